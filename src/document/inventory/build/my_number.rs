//! My Number work: its terminals, the core systems, lines to them, and specific communications. The same in every model.

use super::super::{Kind, StateLink, Work};
use super::place::Home;
use super::text::{Filter, controls, field, quoted};
use super::{Draft, Part};
use crate::model::{Data, LineKind};

pub(super) fn draw(d: &mut Draft<'_>) {
    let p = d.p;
    let edr = |own: Option<bool>| own.or(p.on("C-EDR"));
    let list = |own: Option<bool>| {
        controls(&[
            (p.on("C-MFA-MN"), "Mfa"),
            (p.on("C-NOEXPORT"), "NoExport"),
            (p.on("C-AV"), "AntiVirus"),
            (edr(own), "Edr"),
        ])
    };
    let groups = p.groups(Work::MyNumber);
    for &g in &groups {
        let t = &p.i.terminals[g];
        let line = format!(
            "\"pc-{}\": Terminal(at: \"{}\", count: {}, label: {}{}, owner: Body),",
            g + 1,
            p.network(g),
            t.count,
            quoted(&t.label),
            list(t.edr)
        );
        d.node(Part::MyNumber, line);
    }
    if groups.is_empty() {
        d.node(
            Part::MyNumber,
            format!("\"mn-pc\": Terminal(at: \"mn\", label: \"番号系の端末(現況表にない)\"{}),", list(None)),
        );
    }
    let server = controls(&[(edr(None), "Edr"), (p.on("C-AV"), "AntiVirus")]);
    for (n, s) in p.i.systems.iter().enumerate().filter(|(_, s)| s.kind == Some(Kind::Core)) {
        let home = p.system(s);
        let (kind, more) = match home {
            Home::MyNumber => ("Server", controls(&[(edr(s.edr), "Edr"), (p.on("C-AV"), "AntiVirus")])),
            Home::Saas => ("CloudService", controls(&[(p.on("C-MFA-CLD"), "Mfa"), (p.on("C-ENC"), "Encrypted")])),
            Home::Backbone => ("Server", ", owner: Vendor".to_owned()),
            _ => ("Server", controls(&[(p.on("C-ENC"), "Encrypted")])),
        };
        let system = format!("sys-{}", n + 1);
        let line = format!(
            "\"{system}\": {kind}(at: \"{}\", count: {}, label: {}{}{more}),",
            home.segment(),
            s.count,
            quoted(&s.label),
            field("holds", s.holds.as_ref().map(|h| data(h)))
        );
        if home == Home::Saas {
            super::exit::saas(d);
        }
        d.node(if home == Home::Saas { Part::Exit } else { Part::MyNumber }, line);
        if home == Home::Backbone {
            let users: Vec<String> = super::terminals(&p.users(&s.users, Work::MyNumber));
            link(d, &users, &system, "tcp 443", "提供者にある基幹業務 / a core system at a provider");
            if !users.is_empty() {
                let from = super::names(&users);
                declare(
                    d,
                    format!(
                        "\"core-{}\": (from: {from}, to: \"{system}\", service: \"tcp 443\", purpose: Business{}),",
                        n + 1,
                        limits(d)
                    ),
                );
            }
        }
    }
    if p.i.systems.iter().any(|s| p.system(s) == Home::GovCloud) {
        d.segment("gc", "GovCloud", "ガバメントクラウド", "");
        let line = p.on("C-LINE").map(|closed| if closed { LineKind::Dedicated } else { LineKind::InternetVpn });
        d.wire(Part::MyNumber, "gc-line", &["mn", "gc"], line, "ガバメントクラウドへの回線");
    }
    state_links(d, &server);
    links(d, &server);
    updates(d);
}

/// Classes of data, as a drawing writes them.
pub(super) fn data(list: &[Data]) -> String {
    let words: Vec<String> = list.iter().map(|h| format!("{h:?}")).collect();
    format!("[{}]", words.join(", "))
}

/// Declares a specific communication; not if nothing is said of its limits, for then nobody knows what it is.
fn declare(d: &mut Draft<'_>, line: String) {
    if d.p.on("C-SPEC3").is_some() {
        d.communications.push(line);
    }
}

/// The limits of a specific communication, with a comma before them.
fn limits(d: &Draft<'_>) -> &'static str {
    match d.p.on("C-SPEC3") {
        Some(true) => ", limits: [Mac, Address, Port]",
        _ => ", limits: []",
    }
}

/// A session from My Number work into the LGWAN itself.
fn link(d: &mut Draft<'_>, from: &[String], to: &str, service: &str, reason: &str) {
    let to = [to.to_owned()];
    d.mn_fw.permit(from, &to, service, reason);
    d.lgwan_fw.permit(from, &to, service, reason);
}

fn state_links(d: &mut Draft<'_>, server: &str) {
    if d.p.i.state_links.is_none() {
        // 何とつながっているか分からないので、つながっていないとはみなさない。
        d.node(
            Part::MyNumber,
            "\"mn-other\": Firewall(joins: [\"mn\", \"lg-srv\"], label: \"番号系へのほかの線\"),  // 現況表にない / not in the inventory",
        );
    }
    let links = d.p.i.state_links.clone().unwrap_or_default();
    let has = |l| links.contains(&l);
    if has(StateLink::Eltax) || has(StateLink::MyNaPortal) {
        d.node(
            Part::MyNumber,
            format!("\"mn-apply\": Server(at: \"mn\", label: \"申請・申告の受付\", holds: [MyNumber]{server}),"),
        );
    }
    let specific = limits(d);
    let one = |d: &mut Draft<'_>, from: &str, to: &str, label: &str, owner: &str, more: &str| {
        d.node(Part::Backbone, format!("\"{to}\": Server(at: \"lgb\", label: \"{label}\", owner: {owner}),"));
        link(d, &[from.to_owned()], to, "tcp 443", label);
        declare(
            d,
            format!(
                "\"to-{to}\": (from: \"{from}\", to: \"{to}\", service: \"tcp 443\", purpose: Business{specific}{more}),"
            ),
        );
    };
    if has(StateLink::Eltax) {
        one(d, "mn-apply", "eltax", "eLTAX", "State", ", exchange: \"eLTAX\"");
    }
    if has(StateLink::MyNaPortal) {
        one(d, "mn-apply", "mynaportal", "マイナポータル申請", "State", ", exchange: \"ぴったりサービス\"");
    }
    if has(StateLink::LinkageServer) {
        d.node(
            Part::MyNumber,
            format!("\"mn-chukan\": Server(at: \"mn\", label: \"中間サーバー接続\", holds: [MyNumber]{server}),"),
        );
        one(d, "mn-chukan", "chukan", "自治体中間サーバー", "Jlis", "");
    }
    if has(StateLink::JukiNet) {
        d.segment("nat", "NationalNet", "住基ネット", "");
        d.node(
            Part::MyNumber,
            format!("\"juki-cs\": Server(at: \"mn\", label: \"住基ネットCS\", holds: [Resident]{server}),"),
        );
        d.node(Part::MyNumber, "\"juki\": Server(at: \"nat\", label: \"住基ネット全国サーバ\", owner: Jlis),");
        let mut fw = Filter::new("juki-fw", "Firewall", &["mn", "nat"], ", label: \"住基ネット境界FW\"");
        fw.permit(&["juki-cs".to_owned()], &["juki".to_owned()], "tcp 443", "住基ネット");
        let lines = if d.p.on("C-SPEC3").is_none() { fw.unknown() } else { fw.lines() };
        d.nodes(Part::MyNumber, lines);
        declare(
            d,
            format!(
                "\"to-juki\": (from: \"juki-cs\", to: \"juki\", service: \"tcp 443\", purpose: Business{specific}),"
            ),
        );
    }
}

/// Business systems that ask a core system. Physical separation has no wire for it: there it is done by hand.
fn links(d: &mut Draft<'_>, server: &str) {
    let p = d.p;
    if p.i.links.is_empty() || p.physical() {
        return;
    }
    d.node(
        Part::MyNumber,
        format!("\"mn-link\": Server(at: \"mn\", label: \"庁内連携\", holds: [MyNumber, Resident], listens: \"tcp 8443\"{server}),"),
    );
    let bound = if p.on("C-SPEC3") == Some(true) { ", binding: true" } else { "" };
    d.networks.push(format!("\"renkei\": (segment: \"lg\", label: \"連携の区画\"{bound}),"));
    d.mn_fw.join("renkei");
    let (specific, to) = (limits(d), ["mn-link".to_owned()]);
    let watched = controls(&[(p.on("C-MON-IN"), "Monitoring")]);
    let mut hubs =
        Filter::new("api-fw", "Firewall", &["renkei", "in-srv"], format!(", label: \"システム連携FW\"{watched}"));
    for (n, l) in p.i.links.iter().enumerate() {
        let system = format!("sys-{}", l.system + 1);
        let why = |given: &Option<String>, name: &str| field(name, given.as_ref().map(|t| quoted(t)));
        let (endorsed, declassified) = (why(&l.validated, "endorsed"), why(&l.not_personal, "declassified"));
        let label = quoted(&l.label);
        let from = if p.system(&p.i.systems[l.system]) == Home::Internet {
            // システムがインターネット側にあるので、LGWAN側の中継だけが両方に開く。
            let hub = format!("hub-{}", n + 1);
            let edr =
                controls(&[(p.on("C-EDR"), "Edr"), (p.on("C-AV"), "AntiVirus"), (p.on("C-LOG-BIZ"), "LogReview")]);
            d.node(Part::Lgwan, format!("\"{hub}\": Server(at: \"renkei\", label: \"連携の中継\", holds: [Ordinary], business_system: false{edr}),"));
            declare(
                d,
                format!(
                    "\"{hub}\": (from: \"{hub}\", to: \"{system}\", service: \"tcp 8443\", purpose: Business{specific}{endorsed}{declassified}, label: {label}),"
                ),
            );
            hubs.permit(std::slice::from_ref(&hub), std::slice::from_ref(&system), "tcp 8443", &l.label);
            hub
        } else {
            d.lg_fw.permit(std::slice::from_ref(&system), &to, "tcp 8443", &l.label);
            system
        };
        d.mn_fw.permit(std::slice::from_ref(&from), &to, "tcp 8443", &l.label);
        declare(
            d,
            format!(
                "\"link-{}\": (from: \"{from}\", to: \"mn-link\", service: \"tcp 8443\", purpose: Business{specific}{endorsed}{declassified}, label: {label}),",
                n + 1
            ),
        );
    }
    if p.i.links.iter().any(|l| p.system(&p.i.systems[l.system]) == Home::Internet) {
        let known = p.on("C-SPEC3").is_some();
        d.nodes(Part::Border, if known { hubs.lines() } else { hubs.unknown() });
    }
    if !p.i.links.iter().all(|l| p.system(&p.i.systems[l.system]) == Home::Internet) {
        d.lg_fw.join("renkei");
    }
}

/// Updates that come from the LGWAN side.
fn updates(d: &mut Draft<'_>) {
    let p = d.p;
    if p.on("C-UPD") != Some(true) {
        return;
    }
    let clients = p.groups(Work::MyNumber);
    let clients = if clients.is_empty() { vec!["mn-pc".to_owned()] } else { super::terminals(&clients) };
    d.node(
        Part::MyNumber,
        format!(
            "\"mn-upd\": Relay(from: \"lgw\", into: \"mn\", purpose: Update, verifies: true, clients: {}, servers: \"update-pf\", label: \"更新中継(番号系)\"),",
            super::names(&clients)
        ),
    );
    d.node(
        Part::Backbone,
        "\"update-pf\": Server(at: \"lgb\", label: \"セキュリティ向上プラットフォーム\", owner: Jlis),",
    );
    let (from, to) = (["mn-upd.from".to_owned()], ["update-pf".to_owned()]);
    d.lgwan_fw.permit(&from, &to, "tcp 8530", "更新プログラム");
    let specific = limits(d);
    declare(
        d,
        format!(
            "\"koshin\": (from: \"mn-upd\", to: \"update-pf\", service: \"tcp 8530\", purpose: Update{specific}, declassified: \"版の照会だけで、業務の情報を含まない\"),"
        ),
    );
}
