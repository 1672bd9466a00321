//! Everything beyond the Internet segment: the exit (the security cloud, or what is there instead), mail, web site, clouds.

use super::super::Work;
use super::my_number::data;
use super::place::{Home, Plan};
use super::text::{Filter, controls, field, names, quoted};
use super::{Draft, Part};
use crate::model::SeparationModel;

/// The device at the exit. If nothing is said of the security cloud, nobody knows what it passes.
pub(super) fn device(p: Plan<'_>) -> Filter {
    let cloud = p.i.security_cloud.as_ref();
    if !joined(p) {
        return Filter::new("exit", "Firewall", &["in", "ext"], ", label: \"インターネットへの出口\"");
    }
    let functions = cloud.and_then(|c| c.functions.as_ref());
    let label = cloud.and_then(|c| c.label.as_deref()).unwrap_or("県セキュリティクラウド");
    let owner = cloud.map_or(crate::model::Owner::Prefecture, |c| c.owner);
    let more = format!(
        ", label: {}, owner: {owner:?}{}{}",
        quoted(label),
        controls(&[(p.on("C-MON-IN"), "Monitoring"), (p.on("C-TLS"), "TlsInspection")]),
        field("functions", functions.map(|list| names(list)))
    );
    Filter::new("psc-gw", "SecurityCloud", &["in", "psc", "ext"], more)
}

/// Whether the body is a member of the security cloud, for certain.
pub(super) fn joined(p: Plan<'_>) -> bool {
    p.i.security_cloud.as_ref().and_then(|c| c.joined) == Some(true)
}

pub(super) fn draw(d: &mut Draft<'_>) {
    let p = d.p;
    if joined(p) {
        d.segment("psc", "SecurityCloud", "県セキュリティクラウド", "");
    }
    d.segment("ext", "Outside", "外部インターネット", "");
    d.node(Part::Exit, "\"internet\": Internet(at: \"ext\", label: \"インターネット\"),");
    if !p.needs_internet() {
        return;
    }
    browsing(d);
    mail(d);
    web_site(d);
    for (n, service) in p.clouds() {
        let name = format!("saas-{}", n + 1);
        let label = service.as_ref().map_or("クラウド(現況表にない)", |s| s.label.as_str());
        let holds = service.as_ref().and_then(|s| s.holds.as_ref()).map(|h| data(h));
        let common = format!("label: {}{}", quoted(label), field("holds", holds));
        let users = service.as_ref().map(|s| s.users.clone()).unwrap_or_default();
        let people: Vec<usize> = (0..p.i.terminals.len())
            .filter(|&g| p.home(g) != Home::MyNumber)
            .filter(|g| users.groups.as_ref().is_none_or(|list| list.contains(g)))
            .collect();
        let (devices, shared) = service.as_ref().map_or((None, None), |s| (s.registered_devices, s.shared_outside));
        cloud(d, &name, &common, &people, devices, shared);
    }
    breakout(d);
}

/// The people of the Internet side, and remote terminals whose tunnel ends there.
fn browsers(d: &Draft<'_>) -> Vec<String> {
    let mut list = d.internet_side(&d.p.groups(Work::Internet));
    if d.p.outward() {
        list.extend(super::remote::terminal(d.p));
    }
    list
}

/// Whether the security cloud has a proxy for somebody.
pub(super) fn has_proxy(d: &Draft<'_>) -> bool {
    joined(d.p) && d.p.needs_internet() && !browsers(d).is_empty()
}

fn browsing(d: &mut Draft<'_>) {
    let (people, ext) = (browsers(d), ["ext".to_owned()]);
    if people.is_empty() {
        return;
    }
    if has_proxy(d) {
        let mut servers = vec!["internet".to_owned()];
        servers.extend(clouds(d));
        d.node(
            Part::Exit,
            format!(
                "\"proxy\": Proxy(inside: \"psc\", outside: \"psc\", part_of: \"psc\", clients: {}, servers: {}, listens: \"tcp 8080\", label: \"プロキシ\"),",
                names(&people),
                names(&servers)
            ),
        );
        d.exit.permit(&people, &["proxy.inside".to_owned()], "tcp 8080", "閲覧");
        d.exit.permit(&["proxy.outside".to_owned()], &ext, "tcp 80,443", "閲覧");
    } else {
        d.exit.permit(&people, &ext, "tcp 80,443", "閲覧");
    }
}

/// The names of everything in clouds on the Internet.
fn clouds(d: &Draft<'_>) -> Vec<String> {
    let p = d.p;
    let services = p.clouds().into_iter().map(|(n, _)| format!("saas-{}", n + 1));
    let systems = p.i.systems.iter().enumerate().filter(|(_, s)| p.system(s) == Home::Saas);
    let systems = systems.filter(|(_, s)| s.kind != Some(super::super::Kind::Core));
    if p.model == SeparationModel::AlphaPrime {
        Vec::new()
    } else {
        services.chain(systems.map(|(n, _)| format!("sys-{}", n + 1))).collect()
    }
}

fn mail(d: &mut Draft<'_>) {
    if !d.p.mail() {
        return;
    }
    let (holds, controls) = (super::border::mail_holds(d), d.server_controls(None));
    d.node(
        Part::Internet,
        format!("\"in-mail\": Server(at: \"in-srv\", label: \"インターネットメール\"{holds}, business_system: false{controls}),"),
    );
    let (server, ext) = (["in-mail".to_owned()], ["ext".to_owned()]);
    let readers = d.internet_side(&d.p.groups(Work::Internet));
    d.in_fw.permit(&readers, &server, "tcp 443", "メール");
    if joined(d.p) {
        let relay = ["mail-gw.inside".to_owned()];
        d.node(
            Part::Exit,
            "\"mail-gw\": MailRelay(inside: \"psc\", outside: \"psc\", part_of: \"psc\", clients: [\"in-mail\", \"internet\"], servers: [\"in-mail\", \"internet\"], label: \"メール中継\"),",
        );
        for filter in [&mut d.in_fw, &mut d.exit] {
            filter.permit(&server, &relay, "tcp 25", "出すメール");
            filter.permit(&relay, &server, "tcp 25", "届くメール");
        }
        d.exit.permit(&["mail-gw.outside".to_owned()], &ext, "tcp 25", "出すメール");
        d.exit.permit(&ext, &["mail-gw.outside".to_owned()], "tcp 25", "届くメール");
    } else {
        for filter in [&mut d.in_fw, &mut d.exit] {
            filter.permit(&server, &ext, "tcp 25", "出すメール");
            filter.permit(&ext, &server, "tcp 25", "届くメール");
        }
    }
}

/// The body's web site, if somebody edits one.
fn web_site(d: &mut Draft<'_>) {
    if !d.p.needs(&["CmsUpdate"]) || !joined(d.p) {
        return;
    }
    d.networks.push("\"psc-web\": (segment: \"psc\", label: \"公開サーバ区画\"),".to_owned());
    d.exit.join("psc-web");
    d.node(
        Part::Exit,
        "\"web-site\": Server(at: \"psc-web\", label: \"公式サイト\", holds: [Public], outbound: false),",
    );
    let mut people = browsers(d);
    people.insert(0, "ext".to_owned());
    d.exit.permit(&people, &["web-site".to_owned()], "tcp 80,443", "公式サイト");
}

/// Something in a cloud on the Internet, and who gets in.
pub(super) fn cloud(
    d: &mut Draft<'_>,
    name: &str,
    common: &str,
    users: &[usize],
    devices: Option<bool>,
    shared: Option<bool>,
) {
    let p = d.p;
    saas(d);
    let direct = p.model == SeparationModel::AlphaPrime;
    let people = if direct { d.lgwan_side(users) } else { d.internet_side(users) };
    let at_door = if !direct && has_proxy(d) && !people.is_empty() { vec!["proxy".to_owned()] } else { people.clone() };
    let clients = if shared == Some(false) && !at_door.is_empty() {
        format!(", clients: {}", names(&at_door))
    } else {
        String::new()
    };
    let list = controls(&[(p.on("C-MFA-CLD"), "Mfa"), (p.on("C-ENC"), "Encrypted"), (devices, "DeviceRestriction")]);
    d.node(
        Part::Exit,
        format!("\"{name}\": CloudService(at: \"saas\", {common}{clients}, outbound: false{list}, owner: Vendor),"),
    );
    let to = [name.to_owned()];
    if direct {
        d.breakout.extend(people.iter().map(|who| (who.clone(), name.to_owned())));
    } else if joined(p) {
        if has_proxy(d) {
            d.exit.permit(&["proxy.outside".to_owned()], &to, "tcp 443", "クラウド");
        }
    } else {
        d.exit.permit(&people, &to, "tcp 443", "クラウド");
    }
}

/// The segment of clouds on the Internet, once, with the way by which outsiders reach it.
pub(super) fn saas(d: &mut Draft<'_>) {
    let p = d.p;
    if !d.segments.iter().any(|s| s.starts_with("\"saas\"")) {
        d.segment("saas", "Saas", "特定クラウドサービス", "");
        let all_known = p.clouds().iter().all(|(_, s)| s.as_ref().is_some_and(|s| s.shared_outside.is_some()))
            && !p.i.systems.iter().any(|s| p.system(s) == Home::Saas);
        d.node(
            Part::Exit,
            if all_known {
                "\"saas-edge\": Router(joins: [\"saas\", \"ext\"], label: \"クラウド事業者の入口\"),"
            } else {
                "\"saas-edge\": Firewall(joins: [\"saas\", \"ext\"], label: \"クラウド事業者の入口\"),  // 庁外との共有が書かれていない / sharing with outsiders is not stated"
            },
        );
        if p.model != SeparationModel::AlphaPrime {
            d.exit.join("saas");
        }
    }
}

/// The local breakout of α′, limited as far as that is stated.
fn breakout(d: &mut Draft<'_>) {
    let p = d.p;
    if d.breakout.is_empty() {
        return;
    }
    let tenants: Vec<String> = p.clouds().iter().filter_map(|(_, s)| s.as_ref()?.tenant.clone()).collect();
    let tenants: Vec<String> =
        if tenants.is_empty() { vec![quoted("本市の契約")] } else { tenants.iter().map(|t| quoted(t)).collect() };
    let tenants = match p.on("C-TENANT") {
        Some(true) => format!(", tenants: [{}]", tenants.join(", ")),
        Some(false) => ", tenants: []".to_owned(),
        None => String::new(),
    };
    let list = controls(&[
        (p.on("C-TLS"), "TlsInspection"),
        (p.on("C-MON-IN"), "Monitoring"),
        (p.on("C-SAN"), "FileInspection"),
    ]);
    let default = if p.on("C-DEST").is_some() { ", default: Deny" } else { "" };
    let known = p.on("C-DEST").is_some() && p.on("C-TENANT").is_some();
    let beyond = if known { "saas" } else { "lbo-net" };
    let mut lines = Vec::new();
    if !known {
        // どう絞っているか分からないので、その先に何が通るかも分からない。
        d.networks.push("\"lbo-net\": (label: \"ブレイクアウトの先\"),".to_owned());
        lines.push("\"lbo-line\": Firewall(joins: [\"lbo-net\", \"saas\"], label: \"クラウドへの回線\"),  // 宛先かテナントの制限が書かれていない / limits of destination or tenant are not stated".to_owned());
    }
    lines.push(format!("\"breakout\": Breakout(joins: [\"lg\", \"{beyond}\"], label: \"ローカルブレイクアウト\"{tenants}{default}{list}, rules: ["));
    let mut told = std::collections::BTreeSet::new();
    for (_, to) in &d.breakout {
        let from: Vec<String> = d.breakout.iter().filter(|(_, t)| t == to).map(|(f, _)| f.clone()).collect();
        let to = if p.on("C-DEST") == Some(false) { "any" } else { to.as_str() };
        if told.insert((from.join(", "), to.to_owned())) {
            lines.push(format!("  (permit: \"{} -> {to} tcp 443\", reason: \"クラウドの利用\"),", from.join(", ")));
        }
    }
    lines.push("]),".to_owned());
    for (n, (from, to)) in d.breakout.iter().enumerate() {
        d.communications.push(format!(
            "\"cloud-{}\": (from: \"{from}\", to: \"{to}\", service: \"tcp 443\", purpose: CloudUse, limits: [Address, Port]),",
            n + 1
        ));
    }
    d.nodes(Part::Exit, lines);
}
