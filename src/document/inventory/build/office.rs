//! The offices: terminals, desktops that are shown, systems of the body, LGWAN services, and the lines of branches.

use super::super::{Kind, Work};
use super::my_number::data;
use super::place::Home;
use super::text::{field, quoted};
use super::{Draft, Part};
use std::collections::BTreeSet;

pub(super) fn draw(d: &mut Draft<'_>) {
    offices(d);
    terminals(d);
    desktops(d);
    systems(d);
    services(d);
    updates(d);
    wireless(d);
}

/// One network for each branch and segment, and its line.
fn offices(d: &mut Draft<'_>) {
    let p = d.p;
    let used: BTreeSet<(usize, &str, &str)> =
        p.i.terminals
            .iter()
            .enumerate()
            .filter_map(|(g, t)| t.office.map(|o| (o, p.role(g), p.home(g).segment())))
            .collect();
    for (o, role, segment) in used {
        let office = &p.i.offices[o];
        let name = format!("o{}-{role}", o + 1);
        let (part, what) = match role {
            "mn" => (Part::MyNumber, "番号系"),
            "main" => (if p.outward() { Part::Internet } else { Part::Lgwan }, "業務"),
            _ => (Part::Internet, "インターネット"),
        };
        let label = format!("{}({what})", office.label);
        d.networks.push(format!("\"{name}\": (segment: \"{segment}\", label: {}),", quoted(&label)));
        d.wire(part, &format!("{name}-line"), &[&name, segment], office.line, &format!("{label}の回線"));
    }
}

fn terminals(d: &mut Draft<'_>) {
    let p = d.p;
    for (g, t) in p.i.terminals.iter().enumerate() {
        let part = match p.home(g) {
            Home::MyNumber => continue,
            Home::Lgwan => Part::Lgwan,
            _ => Part::Internet,
        };
        let main = if t.does(Work::Internal) { ", main_terminal: true" } else { "" };
        let line = format!(
            "\"pc-{}\": Terminal(at: \"{}\", count: {}{main}, label: {}{}, owner: Body),",
            g + 1,
            p.network(g),
            t.count,
            quoted(&t.label),
            d.terminal_controls(t.edr)
        );
        d.node(part, line);
    }
    let new = d.new_internet_terminals();
    if new > 0 {
        let line = format!(
            "\"in-pc\": Terminal(at: \"in\", count: {new}, label: \"インターネット端末(新しく要る)\"{}, owner: Body),",
            d.terminal_controls(None)
        );
        d.node(Part::Internet, line);
    }
}

fn desktops(d: &mut Draft<'_>) {
    let p = d.p;
    for (g, t) in p.i.terminals.iter().enumerate() {
        for (name, home, part, label, count) in [
            ("lgvdi", "lg", Part::Lgwan, "LGWAN仮想デスクトップ", p.lgwan_desktops(g)),
            ("invdi", "in", Part::Internet, "インターネット仮想デスクトップ", p.internet_desktops(g)),
        ] {
            if count > 0 {
                let line = format!(
                    "\"{name}-{}\": Desktop(at: \"{home}\", count: {count}, label: {}{}, owner: Body),",
                    g + 1,
                    quoted(&format!("{label}({})", t.label)),
                    d.terminal_controls(None)
                );
                d.node(part, line);
            }
        }
    }
}

fn systems(d: &mut Draft<'_>) {
    let p = d.p;
    for (n, s) in p.i.systems.iter().enumerate().filter(|(_, s)| s.kind != Some(Kind::Core)) {
        let (home, name) = (p.system(s), format!("sys-{}", n + 1));
        let business = match s.kind {
            Some(Kind::Business) => ", business_system: true",
            Some(_) => ", business_system: false",
            None => "",
        };
        let common = format!(
            "count: {}, label: {}{}{business}",
            s.count,
            quoted(&s.label),
            field("holds", s.holds.as_ref().map(|h| data(h)))
        );
        let users = p.users(&s.users, Work::Internal);
        match home {
            Home::Backbone => {
                d.node(Part::Backbone, format!("\"{name}\": Server(at: \"lgb\", {common}, owner: Vendor),"));
                backbone(d, &users, &name, &s.label);
            }
            Home::Saas => super::exit::cloud(d, &name, &common, &users, None, None),
            _ => {
                let part = if home == Home::Internet { Part::Internet } else { Part::Lgwan };
                let line =
                    format!("\"{name}\": Server(at: \"{}\", {common}{}),", home.servers(), d.server_controls(s.edr));
                d.node(part, line);
                if home == Home::Internet {
                    let from = d.internet_side(&users);
                    d.in_fw.permit(&from, &[name], "tcp 443", &s.label);
                } else {
                    let from = d.lgwan_side(&users);
                    d.lg_fw.permit(&from, &[name], "tcp 443,445", &s.label);
                }
            }
        }
    }
    if p.i.systems.is_empty() {
        let home = if p.model == crate::model::SeparationModel::BetaPrime { Home::Internet } else { Home::Lgwan };
        let part = if home == Home::Internet { Part::Internet } else { Part::Lgwan };
        d.node(part, format!("\"sys\": Server(at: \"{}\", label: \"業務システム(現況表にない)\"),", home.servers()));
        let all = p.groups(Work::Internal);
        if home == Home::Internet {
            let from = d.internet_side(&all);
            d.in_fw.permit(&from, &["sys".to_owned()], "tcp 443", "業務システム");
        } else {
            let from = d.lgwan_side(&all);
            d.lg_fw.permit(&from, &["sys".to_owned()], "tcp 443,445", "業務システム");
        }
    }
}

/// From the LGWAN side of groups to something in the LGWAN itself.
fn backbone(d: &mut Draft<'_>, users: &[usize], name: &str, reason: &str) {
    let from = d.lgwan_side(users);
    let to = [name.to_owned()];
    d.lg_fw.permit(&from, &to, "tcp 443", reason);
    d.lgwan_fw.permit(&from, &to, "tcp 443", reason);
}

fn services(d: &mut Draft<'_>) {
    let p = d.p;
    for (n, service) in p.asps() {
        let name = format!("asp-{}", n + 1);
        let label = service.as_ref().map_or("LGWAN-ASP(現況表にない)", |s| s.label.as_str());
        let holds = service.as_ref().and_then(|s| s.holds.as_ref()).map(|h| data(h));
        d.node(
            Part::Backbone,
            format!(
                "\"{name}\": Server(at: \"lgb\", label: {}{}, owner: Vendor),",
                quoted(label),
                field("holds", holds)
            ),
        );
        let users = service.as_ref().map(|s| s.users.clone()).unwrap_or_default();
        let users = p.users(&users, Work::Internal);
        backbone(d, &users, &name, label);
    }
}

/// Updates of the LGWAN segment come from the LGWAN side.
fn updates(d: &mut Draft<'_>) {
    let p = d.p;
    if p.on("C-UPD") != Some(true) {
        return;
    }
    d.node(
        Part::Lgwan,
        "\"lg-upd\": Relay(from: \"lgw\", into: \"lg-srv\", purpose: Update, verifies: true, servers: \"update-pf\", label: \"更新中継\"),",
    );
    let to = ["lg-upd.into".to_owned()];
    let from = d.lgwan_side(&p.groups(Work::Internal));
    d.lg_fw.permit(&from, &to, "tcp 8530", "更新プログラム");
    d.lgwan_fw.permit(&["lg-upd.from".to_owned()], &["update-pf".to_owned()], "tcp 8530", "更新プログラム");
}

/// Office wireless stands beside the main terminals.
fn wireless(d: &mut Draft<'_>) {
    let p = d.p;
    if p.i.wireless == Some(false) {
        return;
    }
    let home = if p.outward() { "in" } else { "lg" };
    let security = match p.on("C-WLAN") {
        _ if p.i.wireless.is_none() => "",
        Some(true) => ", security: Enterprise",
        Some(false) => ", security: SharedKey",
        None => "",
    };
    d.networks.push(format!("\"wifi\": (segment: \"{home}\", label: \"庁内無線LAN\", wireless: true{security}),"));
    let part = if p.outward() { Part::Internet } else { Part::Lgwan };
    d.wire(part, "wifi-line", &["wifi", home], Some(crate::model::LineKind::Office), "無線LANの接続");
}
