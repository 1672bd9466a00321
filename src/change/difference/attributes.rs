//! What a drawing says of one machine, attribute by attribute, in words that do not depend on names.
//!
//! Rules, routes and translation are not among them: what they mean is in the flows.

use std::collections::BTreeMap;
use std::fmt::Debug;

use super::names::Names;
use crate::diagnostic::Text;
use crate::model::{Behaviour, FaceAddress, Model, NodeId, Role, Service, Settings, State, Way};

/// Every attribute that names no other thing, as one text.
pub(super) fn own(m: &Model, id: NodeId) -> String {
    let plain = facts(m, id, None);
    let left_out = ["at", "segments", "address"];
    plain.into_iter().filter(|(k, _)| !left_out.contains(k)).map(|(k, v)| format!("{k}={v};")).collect()
}

/// Other machines that a machine names: the word, and which.
pub(super) fn references(m: &Model, id: NodeId) -> Vec<(&'static str, Vec<NodeId>)> {
    let node = &m.nodes[id];
    let mut all = vec![("controls", node.declared.controls_nodes.clone())];
    match &node.role {
        Role::Endpoint(e) => all.push(("clients", e.clients.clone().unwrap_or_default())),
        Role::Mediator(d) => {
            all.push(("clients", d.clients.clone().unwrap_or_default()));
            all.push(("servers", d.servers.clone().unwrap_or_default()));
        }
        Role::Transit(_) => {}
    }
    for t in m.transits.values().filter(|t| t.node == id) {
        all.push(("enrolled", t.mfa.as_ref().map(|g| g.enrolled.clone()).unwrap_or_default()));
    }
    if let Settings::Kvm { connects, .. } = &node.declared.settings {
        all.push(("connects", connects.clone()));
    }
    all
}

/// An address as it is stated.
pub(super) fn address(a: &FaceAddress) -> String {
    match a {
        FaceAddress::Known(ranges) => ranges.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        FaceAddress::Within(_) | FaceAddress::Unknown => String::new(),
    }
}

/// Services in the short form that people write.
pub(super) fn services(list: &[Service]) -> String {
    let mut words: Vec<String> = list.iter().map(ToString::to_string).collect();
    words.sort();
    words.join(" + ")
}

fn word(v: &impl Debug) -> String {
    format!("{v:?}")
}

fn stated(v: &Option<impl Debug>) -> String {
    v.as_ref().map(word).unwrap_or_default()
}

fn put(all: &mut BTreeMap<&'static str, String>, key: &'static str, value: String) {
    if !value.is_empty() {
        all.insert(key, value);
    }
}

/// Every attribute of a machine; what is not stated is left out. With names, references to other things are among them.
pub(super) fn facts(m: &Model, id: NodeId, names: Option<&Names<'_>>) -> BTreeMap<&'static str, String> {
    let node = &m.nodes[id];
    let d = &node.declared;
    let mut all = BTreeMap::new();
    put(&mut all, "kind", word(&node.kind));
    put(&mut all, "count", if node.count == 1 { String::new() } else { node.count.to_string() });
    let mut controls = node.controls.clone();
    controls.sort();
    put(
        &mut all,
        "controls",
        match (controls.is_empty(), d.controls_stated) {
            (true, true) => "[]".to_owned(),
            _ => controls.join(", "),
        },
    );
    put(
        &mut all,
        "holds",
        d.holds.as_ref().map(|h| h.iter().map(word).collect::<Vec<_>>().join(", ")).unwrap_or_default(),
    );
    put(&mut all, "owner", stated(&d.owner));
    put(&mut all, "main_terminal", d.main_terminal.map(|b| b.to_string()).unwrap_or_default());
    put(&mut all, "business_system", d.business_system.map(|b| b.to_string()).unwrap_or_default());
    put(&mut all, "isolates_guests", if d.isolates_guests { "true".to_owned() } else { String::new() });
    settings(&mut all, &d.settings);
    match &node.role {
        Role::Endpoint(e) => {
            let behaviour = if e.behaviour == Behaviour::Host { String::new() } else { word(&e.behaviour) };
            put(&mut all, "behaviour", behaviour);
            put(&mut all, "listens", e.listens.as_ref().map(|l| services(l)).unwrap_or_default());
            put(&mut all, "outbound", if e.outbound { String::new() } else { "false".to_owned() });
            put(&mut all, "isolated", if e.isolation.is_some() { "true".to_owned() } else { String::new() });
        }
        Role::Mediator(d) => {
            put(&mut all, "listens", d.listens.as_ref().map(|l| services(l)).unwrap_or_default());
            put(&mut all, "passes", transforms(m, id, names));
        }
        Role::Transit(_) => {}
    }
    let Some(names) = names else { return all };
    let faces = |f: &dyn Fn(crate::model::FaceId) -> Option<String>| {
        let mut list: Vec<String> = node.faces.iter().filter_map(|&x| f(x)).collect();
        list.sort();
        list.dedup();
        list.join(", ")
    };
    let mut joins: Vec<String> = super::pairing::zones_of(m, id).into_iter().map(|z| names.zone(z)).collect();
    joins.sort();
    put(&mut all, "at", joins.join(", "));
    put(&mut all, "segments", faces(&|f| m.faces[f].segment.map(|s| names.segment(s))));
    put(&mut all, "address", faces(&|f| Some(address(&m.faces[f].address)).filter(|a| !a.is_empty())));
    put(&mut all, "part_of", node.part_of.map(|s| names.segment(s)).unwrap_or_default());
    // Who nobody limits and who is limited to nobody are two things.
    let limited =
        |list: &Option<Vec<NodeId>>| list.as_ref().map(|l| format!("[{}]", names.nodes(l))).unwrap_or_default();
    match &node.role {
        Role::Endpoint(e) => {
            put(&mut all, "clients", limited(&e.clients));
            put(&mut all, "edr", names.guards(&e.edr));
        }
        Role::Mediator(d) => {
            put(&mut all, "clients", limited(&d.clients));
            put(&mut all, "servers", limited(&d.servers));
        }
        Role::Transit(_) => {}
    }
    put(&mut all, "controls_nodes", names.nodes(&d.controls_nodes));
    for t in m.transits.values().filter(|t| t.node == id) {
        put(
            &mut all,
            "enrolled",
            t.mfa.as_ref().map(|g| format!("[{}]", names.nodes(&g.enrolled))).unwrap_or_default(),
        );
        let way = t.one_way.map(|(a, b)| format!("{} → {}", names.zone(a), names.zone(b)));
        put(&mut all, "direction", way.unwrap_or_default());
        let mut labels: Vec<String> = t.labels.iter().map(|&l| names.label(l)).collect();
        labels.sort();
        labels.retain(|l| *l != names.node(id));
        put(&mut all, "labels", labels.join(", "));
    }
    put(&mut all, "relations", relations(m, id, names));
    all
}

fn settings(all: &mut BTreeMap<&'static str, String>, s: &Settings) {
    let list = |v: &Option<Vec<String>>| {
        v.as_ref()
            .map(|v| {
                let mut v = v.clone();
                v.sort();
                format!("[{}]", v.join(", "))
            })
            .unwrap_or_default()
    };
    match s {
        Settings::None => {}
        Settings::Filter { types, otherwise } => {
            let mut types: Vec<String> = types.iter().map(|(t, a)| format!("{t}: {a:?}")).collect();
            types.sort();
            put(all, "types", types.join(", "));
            put(all, "otherwise", stated(otherwise));
        }
        Settings::Screen { redirect, on_terminal } => {
            let open: Vec<String> =
                redirect.iter().filter_map(|(w, r)| r.as_ref().map(|r| format!("{w}: {r:?}"))).collect();
            put(all, "redirect", open.join(", "));
            put(all, "on_terminal", if *on_terminal { "true".to_owned() } else { String::new() });
        }
        Settings::Breakout { tenants } => put(all, "tenants", list(tenants)),
        Settings::SecurityCloud { functions } => put(all, "functions", list(functions)),
        Settings::Line(kind) => put(all, "line", stated(kind)),
        Settings::Transfer { approval, log } => {
            put(all, "approval", stated(approval));
            put(all, "log", stated(log));
        }
        Settings::Relay { purpose, verifies } => {
            put(all, "purpose", stated(purpose));
            put(all, "verifies", if *verifies { "true".to_owned() } else { String::new() });
        }
        Settings::Mail { passes } => put(all, "attachments_pass", stated(passes)),
        Settings::Kvm { usb, .. } => put(all, "usb", stated(usb)),
        Settings::Own { unsure, claims } => {
            put(all, "unsure", if *unsure == 0 { String::new() } else { unsure.to_string() });
            put(all, "claims", claims.join(", "));
        }
    }
}

fn transforms(m: &Model, id: NodeId, names: Option<&Names<'_>>) -> String {
    let node = &m.nodes[id];
    let Role::Mediator(d) = &node.role else { return String::new() };
    let side = |f: crate::model::FaceId| {
        let at = node.faces.iter().position(|&x| x == f);
        at.and_then(|i| d.sides.get(i)).cloned().unwrap_or_default()
    };
    let mut list: Vec<String> = d
        .transforms
        .iter()
        .map(|t| {
            let way = match t.gives.2 {
                Way::Both => "",
                Way::Opens => ">",
                Way::Answers => "<",
            };
            let guards = match names {
                Some(n) => n.guards(&t.guards),
                None => t.guards.len().to_string(),
            };
            let open = if t.assumption.is_some() { " (?)" } else { "" };
            let guards = if t.guards.is_empty() { String::new() } else { format!(" [{guards}]") };
            format!("{} {} → {} {}{way}{guards}{open}", side(t.takes.0), t.takes.1, side(t.gives.0), t.gives.1)
        })
        .collect();
    list.sort();
    list.dedup();
    list.join(", ")
}

/// What it administers, shares or is carried to: steps that are no sessions.
fn relations(m: &Model, id: NodeId, names: &Names<'_>) -> String {
    let said = |s: State| match s {
        State::Arrives(k) => k.to_string(),
        State::Holds(k) => format!("holds {k}"),
        State::Leaves(k, _) => format!("leaves {k}"),
    };
    let mut list: Vec<String> = m
        .relations
        .iter()
        .filter(|r| m.faces[r.from.face].node == id && m.faces[r.to.face].node != id)
        .map(|r| {
            let guards = if r.guards.is_empty() { String::new() } else { format!(" [{}]", names.guards(&r.guards)) };
            let open = if r.assumption.is_some() { " (?)" } else { "" };
            let to = names.node(m.faces[r.to.face].node);
            format!("{} → {to} {}{guards}{open}", said(r.from.state), said(r.to.state))
        })
        .collect();
    list.sort();
    list.dedup();
    list.join(", ")
}

/// What people call an attribute.
pub(super) fn called(key: &str) -> Text {
    let (ja, en) = match key {
        "kind" => ("種類", "kind"),
        "count" => ("台数", "count"),
        "at" => ("ネットワーク", "network"),
        "segments" => ("セグメント", "segment"),
        "address" => ("アドレス", "address"),
        "controls" => ("対策", "controls"),
        "holds" => ("持つデータ", "data held"),
        "owner" => ("担当", "owner"),
        "main_terminal" => ("主たる業務端末", "main terminal"),
        "business_system" => ("業務システム", "business system"),
        "isolates_guests" => ("ゲストの隔離", "isolation of guests"),
        "behaviour" => ("ふるまい", "behaviour"),
        "listens" => ("受けるサービス", "services answered"),
        "outbound" => ("自分から開く", "opens sessions"),
        "isolated" => ("内部の隔離", "isolation inside"),
        "passes" => ("渡すもの", "what it passes"),
        "clients" => ("受ける相手", "clients"),
        "servers" => ("開く相手", "servers"),
        "part_of" => ("運用する系", "part of"),
        "edr" => ("EDR", "EDR"),
        "controls_nodes" => ("管理する機器", "machines it controls"),
        "enrolled" => ("多要素認証の登録", "enrolled for multi-factor"),
        "direction" => ("向き", "direction"),
        "labels" => ("標識", "labels"),
        "relations" => ("管理・共用の関係", "relations"),
        "types" => ("ファイルの種類", "file types"),
        "otherwise" => ("ほかの種類", "other types"),
        "redirect" => ("リダイレクト", "redirections"),
        "on_terminal" => ("端末上で動く", "runs on the terminal"),
        "tenants" => ("テナントの制限", "tenant restriction"),
        "functions" => ("機能", "functions"),
        "line" => ("回線", "line"),
        "approval" => ("承認", "approval"),
        "log" => ("記録", "log"),
        "purpose" => ("用途", "purpose"),
        "verifies" => ("署名の確認", "verifies signatures"),
        "attachments_pass" => ("添付をそのまま通す", "attachments pass"),
        "usb" => ("USBの共用", "shared USB"),
        "unsure" => ("不確かな変換", "unsure transforms"),
        "claims" => ("名乗る標識", "labels claimed"),
        "layer" => ("層", "layer"),
        "body" => ("団体", "body"),
        "cloud" => ("クラウド", "cloud"),
        "binding" => ("アドレスの固定", "address binding"),
        "client_isolation" => ("端末どうしの遮断", "client isolation"),
        "wireless" => ("無線", "wireless"),
        "security" => ("無線の認証", "wireless security"),
        "broadcast" => ("一つの同報領域", "one broadcast domain"),
        "from" => ("開く側", "from"),
        "to" => ("答える側", "to"),
        "service" => ("サービス", "service"),
        "limits" => ("制限", "limits"),
        "exchange" => ("国の認めた連携", "approved exchange"),
        "endorsed" => ("受け側の検証", "endorsed"),
        "declassified" => ("保護対象外の申告", "declassified"),
        "model" => ("モデル", "model"),
        "edition" => ("版", "edition"),
        "switches" => ("切り替え", "switches"),
        "in_place" => ("実施", "in place"),
        "on" => ("実施日", "done on"),
        "by" => ("担当", "by"),
        "registered" => ("登録", "registered"),
        "encrypted" => ("暗号化", "encrypted"),
        "wiped" => ("使うたびに消去", "wiped"),
        "carried" => ("運び方", "carried"),
        "members" => ("機器", "members"),
        "rule" => ("規則", "rule"),
        "scope" => ("範囲", "scope"),
        "approver" => ("承認者", "approver"),
        "until" => ("期限", "until"),
        "compensating" => ("代わりの対策", "compensating control"),
        other => (other, other),
    };
    Text::new(ja, en)
}
