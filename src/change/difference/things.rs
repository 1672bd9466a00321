//! Things that came, went, moved or are described otherwise: machines, networks, segments, communications and the rest.
//!
//! An endpoint that changed is told here; what it may open is told by the flows.

use std::collections::BTreeMap;

use super::attributes;
use super::names::Names;
use super::pairing::{Common, Pairing, Side};
use super::rows;
use super::{Attribute, Called, Drawing, Mark, Renamed, Sort, ThingChange};
use crate::model::{CommunicationId, Model, NodeId, SegmentId, ZoneId};

type Facts = BTreeMap<&'static str, String>;

/// Controls are told by themselves; what follows from another attribute is not told twice.
const TOLD_ELSEWHERE: [&str; 5] = ["controls", "edr", "isolated", "passes", "isolates_guests"];

/// Whether an attribute that is not written may nevertheless have the same value.
pub(super) fn may_be_unstated(key: &str) -> bool {
    [
        "controls",
        "holds",
        "owner",
        "main_terminal",
        "business_system",
        "address",
        "approval",
        "log",
        "purpose",
        "line",
        "redirect",
        "otherwise",
        "tenants",
        "functions",
        "attachments_pass",
        "usb",
        "in_place",
        "on",
        "by",
        "security",
        "edition",
    ]
    .contains(&key)
}

/// Names that changed.
pub(super) fn renamed(p: &Pairing, a: &Model, b: &Model) -> Vec<Renamed> {
    let mut all = Vec::new();
    let mut push = |sort, x: &str, y: &str| {
        if x != y {
            all.push(Renamed { sort, before: x.to_owned(), after: y.to_owned() });
        }
    };
    for c in p.segments.all() {
        if let (Some(x), Some(y)) = p.segments.both::<SegmentId>(c) {
            push(Sort::Segment, &a.segments[x].name, &b.segments[y].name);
        }
    }
    for c in p.zones.all() {
        // The network that comes with a segment is renamed with it.
        if let (Some(x), Some(y)) = p.zones.both::<ZoneId>(c) {
            let of_segment = |m: &Model, z: ZoneId| m.segments.values().any(|s| s.name == m.zones[z].name);
            if !(of_segment(a, x) && of_segment(b, y)) {
                push(Sort::Network, &a.zones[x].name, &b.zones[y].name);
            }
        }
    }
    for c in p.nodes.all() {
        if let (Some(x), Some(y)) = p.nodes.both::<NodeId>(c) {
            push(Sort::Machine, &a.nodes[x].name, &b.nodes[y].name);
        }
    }
    for c in p.communications.all() {
        if let (Some(x), Some(y)) = p.communications.both::<CommunicationId>(c) {
            push(Sort::Communication, &a.communications[x].name, &b.communications[y].name);
        }
    }
    all.sort();
    all
}

fn yes(b: bool) -> String {
    if b { "true".to_owned() } else { String::new() }
}

fn put(facts: &mut Facts, key: &'static str, value: String) {
    if !value.is_empty() {
        facts.insert(key, value);
    }
}

fn of_segment(m: &Model, id: SegmentId) -> Facts {
    let s = &m.segments[id];
    let mut f = Facts::new();
    put(&mut f, "layer", s.layer.as_str().to_owned());
    put(&mut f, "body", s.body.clone().unwrap_or_default());
    put(&mut f, "cloud", yes(s.cloud));
    f
}

fn of_zone(m: &Model, id: ZoneId, names: &Names<'_>) -> Facts {
    let z = &m.zones[id];
    let mut f = Facts::new();
    put(&mut f, "segments", z.segment.map(|s| names.segment(s)).unwrap_or_default());
    put(&mut f, "broadcast", yes(z.broadcast));
    put(&mut f, "client_isolation", yes(z.client_isolation));
    put(&mut f, "wireless", yes(z.wireless));
    put(&mut f, "security", z.security.map(|s| format!("{s:?}")).unwrap_or_default());
    f
}

fn of_communication(m: &Model, id: CommunicationId, names: &Names<'_>) -> Facts {
    let c = &m.communications[id];
    let mut f = Facts::new();
    put(&mut f, "from", names.nodes(&c.from));
    put(&mut f, "to", names.nodes(&c.to));
    put(&mut f, "service", attributes::services(&c.services));
    put(&mut f, "purpose", c.purpose.map(|p| format!("{p:?}")).unwrap_or_default());
    let limits = [(c.limits.mac, "Mac"), (c.limits.address, "Address"), (c.limits.port, "Port")];
    put(&mut f, "limits", limits.iter().filter(|l| l.0).map(|l| l.1).collect::<Vec<_>>().join(", "));
    put(&mut f, "exchange", c.exchange.clone().unwrap_or_default());
    put(&mut f, "endorsed", yes(c.endorse.is_some()));
    put(&mut f, "declassified", yes(c.declass.is_some()));
    f
}

/// What a drawing says beside its machines, by sort and name.
fn declared(m: &Model, names: &Names<'_>) -> BTreeMap<(Sort, String), Facts> {
    let mut all: BTreeMap<(Sort, String), Facts> = BTreeMap::new();
    let mut f = Facts::new();
    put(&mut f, "model", m.declared.map(|d| d.as_str().to_owned()).unwrap_or_default());
    put(&mut f, "edition", m.edition.map(|e| e.to_string()).unwrap_or_default());
    put(&mut f, "switches", switches(m));
    all.insert((Sort::Drawing, String::new()), f);
    for (i, medium) in m.media.iter().enumerate() {
        let mut f = Facts::new();
        put(&mut f, "registered", yes(medium.registered));
        put(&mut f, "encrypted", yes(medium.encrypted));
        put(&mut f, "wiped", yes(medium.wiped));
        let mut carried: Vec<String> = m
            .carries
            .iter()
            .filter(|c| c.medium == i)
            .map(|c| {
                let ends = |faces: &[crate::model::FaceId]| {
                    let mut nodes: Vec<NodeId> = faces.iter().map(|&f| m.faces[f].node).collect();
                    nodes.sort_unstable();
                    nodes.dedup();
                    names.nodes(&nodes)
                };
                let through = c.through.map(|n| format!(" ({})", names.node(n))).unwrap_or_default();
                let by = c.by.as_ref().map(|b| format!(" [{b}]")).unwrap_or_default();
                format!("{} → {}{through}{by}", ends(&c.from), ends(&c.to))
            })
            .collect();
        carried.sort();
        put(&mut f, "carried", carried.join(", "));
        let name = medium.name.clone().unwrap_or_default();
        // Media without a name are told by what is carried on them.
        let key = if name.is_empty() { format!("({})", carried.join(", ")) } else { name };
        all.insert((Sort::Medium, key), f);
    }
    for measure in &m.measures {
        let mut f = Facts::new();
        put(&mut f, "in_place", measure.in_place.map(|b| b.to_string()).unwrap_or_default());
        put(&mut f, "on", measure.on.map(|d| d.to_string()).unwrap_or_default());
        put(&mut f, "by", measure.by.map(|b| format!("{b:?}")).unwrap_or_default());
        all.insert((Sort::Measure, measure.control.clone()), f);
    }
    for e in &m.exceptions {
        let mut f = Facts::new();
        put(&mut f, "rule", e.rule.clone());
        let segments = e.segments.iter().map(|&s| names.segment(s));
        let mut scope: Vec<String> = segments.chain(e.nodes.iter().map(|&n| names.node(n))).collect();
        scope.sort();
        put(&mut f, "scope", scope.join(", "));
        put(&mut f, "approver", e.approver.clone().unwrap_or_default());
        put(&mut f, "until", e.until.map(|d| d.to_string()).unwrap_or_default());
        put(&mut f, "compensating", e.compensating.clone().unwrap_or_default());
        all.insert((Sort::Exception, e.id.clone()), f);
    }
    for g in &m.groups {
        let mut f = Facts::new();
        put(&mut f, "model", g.model.as_str().to_owned());
        put(&mut f, "members", names.nodes(&g.members));
        all.insert((Sort::Group, g.name.clone()), f);
    }
    all
}

fn switches(m: &Model) -> String {
    use crate::model::Switches;
    let (own, usual) = (&m.switches, Switches::default());
    let mut all: Vec<String> = Switches::NAMES
        .iter()
        .filter(|n| own.get(n) != usual.get(n))
        .map(|n| format!("{n}: {}", own.get(n).unwrap_or_default()))
        .collect();
    if own.audit_period_months != usual.audit_period_months {
        all.push(format!("audit_period_months: {}", own.audit_period_months));
    }
    let list = |v: &[String]| {
        let mut v = v.to_vec();
        v.sort();
        v.join(", ")
    };
    if !own.approved_external.is_empty() {
        all.push(format!("approved_external: [{}]", list(&own.approved_external)));
    }
    if let Some(allowed) = &own.lbo_allow {
        all.push(format!("lbo_allow: [{}]", list(allowed)));
    }
    all.join(", ")
}

fn attributes(before: &Facts, after: &Facts) -> Vec<Attribute> {
    let keys: std::collections::BTreeSet<&'static str> = before.keys().chain(after.keys()).copied().collect();
    let value = |f: &Facts, k: &str| f.get(k).cloned().unwrap_or_default();
    keys.into_iter()
        .map(|key| Attribute { key, before: value(before, key), after: value(after, key) })
        // That there are no controls is a statement, too.
        .filter(|a| !TOLD_ELSEWHERE.contains(&a.key) || a.key == "controls" && stated_nothing(a))
        .filter(|a| a.before != a.after)
        .collect()
}

fn stated_nothing(a: &Attribute) -> bool {
    [a.before.as_str(), a.after.as_str()].contains(&"[]") && [a.before.as_str(), a.after.as_str()].contains(&"")
}

fn change(sort: Sort, called: Called, before: Option<Facts>, after: Option<Facts>) -> Option<ThingChange> {
    let mark = match (&before, &after) {
        (None, Some(_)) => Mark::Added,
        (Some(_), None) => Mark::Removed,
        _ => Mark::Changed,
    };
    let mut attributes = attributes(&before.unwrap_or_default(), &after.unwrap_or_default());
    // A device that joins one more network has not moved.
    let left = |a: &Attribute| a.before.split(", ").any(|x| !x.is_empty() && !a.after.split(", ").any(|y| x == y));
    let moved = mark == Mark::Changed && attributes.iter().any(|a| ["at", "segments"].contains(&a.key) && left(a));
    // A machine whose network changes gets other addresses; where it stands is what matters.
    attributes.sort_by_key(|a| (!["at", "segments"].contains(&a.key), a.key));
    (mark != Mark::Changed || !attributes.is_empty()).then_some(ThingChange {
        mark,
        sort,
        kind: None,
        called,
        title: None,
        attributes,
        moved,
    })
}

pub(super) fn things(
    p: &Pairing,
    a: &Drawing<'_>,
    b: &Drawing<'_>,
    names: (&Names<'_>, &Names<'_>),
) -> Vec<ThingChange> {
    let (a, b) = (a.model, b.model);
    let mut all = Vec::new();
    for c in p.segments.all() {
        let (x, y) = p.segments.both::<SegmentId>(c);
        let facts = (x.map(|x| of_segment(a, x)), y.map(|y| of_segment(b, y)));
        all.extend(change(Sort::Segment, rows::segment(p, a, b, c), facts.0, facts.1));
    }
    for c in p.zones.all() {
        let (x, y) = p.zones.both::<ZoneId>(c);
        let with_segment = |m: &Model, z: ZoneId| m.segments.values().any(|s| s.name == m.zones[z].name);
        // The network that comes and goes with a segment is no news beside it.
        let beside = match (x, y) {
            (Some(x), None) => with_segment(a, x) && gone(p, Side::Before, a, x),
            (None, Some(y)) => with_segment(b, y) && gone(p, Side::After, b, y),
            _ => false,
        };
        if beside {
            continue;
        }
        let facts = (x.map(|x| of_zone(a, x, names.0)), y.map(|y| of_zone(b, y, names.1)));
        let called = match (x, y) {
            (_, Some(y)) => Called { name: b.zones[y].name.clone(), label: b.zones[y].label.clone() },
            (Some(x), None) => Called { name: a.zones[x].name.clone(), label: a.zones[x].label.clone() },
            (None, None) => continue,
        };
        all.extend(change(Sort::Network, called, facts.0, facts.1));
    }
    for c in p.nodes.all() {
        let (x, y) = p.nodes.both::<NodeId>(c);
        let facts =
            (x.map(|x| attributes::facts(a, x, Some(names.0))), y.map(|y| attributes::facts(b, y, Some(names.1))));
        // What a mediator passes is told only where its settings do not say it.
        let silent = |f: &(Option<Facts>, Option<Facts>)| {
            let (Some(l), Some(r)) = f else { return false };
            l.get("passes") != r.get("passes") && attributes(l, r).is_empty()
        };
        let silent = silent(&facts);
        let told = silent.then(|| {
            let (l, r) = (facts.0.clone().unwrap_or_default(), facts.1.clone().unwrap_or_default());
            let value = |f: &Facts| f.get("passes").cloned().unwrap_or_default();
            Attribute { key: "passes", before: value(&l), after: value(&r) }
        });
        let kind = y.map(|y| b.nodes[y].kind).or_else(|| x.map(|x| a.nodes[x].kind));
        let called = rows::node(p, a, b, c);
        let change = match told {
            Some(attribute) => Some(ThingChange {
                mark: Mark::Changed,
                sort: Sort::Machine,
                kind: None,
                called,
                title: None,
                attributes: vec![attribute],
                moved: false,
            }),
            None => change(Sort::Machine, called, facts.0, facts.1),
        };
        all.extend(change.map(|t| ThingChange { kind, ..t }));
    }
    for c in p.communications.all() {
        let (x, y) = p.communications.both::<CommunicationId>(c);
        let facts = (x.map(|x| of_communication(a, x, names.0)), y.map(|y| of_communication(b, y, names.1)));
        let called = match (x, y) {
            (_, Some(y)) => (&b.communications[y].name, &b.communications[y].label),
            (Some(x), None) => (&a.communications[x].name, &a.communications[x].label),
            (None, None) => continue,
        };
        let called = Called { name: called.0.clone(), label: called.1.clone() };
        all.extend(change(Sort::Communication, called, facts.0, facts.1));
    }
    let (left, mut right) = (declared(a, names.0), declared(b, names.1));
    let of = |(_, name): &(Sort, String)| Called { name: name.clone(), label: name.clone() };
    let titled = |t: ThingChange, m: &Model| {
        let catalogue = m.rulebook.controls.iter().find(|c| t.sort == Sort::Measure && c.id == t.called.name);
        ThingChange { title: catalogue.map(|c| c.name.clone()), ..t }
    };
    for (key, facts) in left {
        let other = right.remove(&key);
        all.extend(change(key.0, of(&key), Some(facts), other).map(|t| titled(t, a)));
    }
    for (key, facts) in right {
        all.extend(change(key.0, of(&key), None, Some(facts)).map(|t| titled(t, b)));
    }
    all.sort_by(|x, y| (x.sort, x.mark, !x.moved, &x.called).cmp(&(y.sort, y.mark, !y.moved, &y.called)));
    all
}

/// Whether the segment of a network has no partner.
fn gone(p: &Pairing, side: Side, m: &Model, z: ZoneId) -> bool {
    let common: Option<Common> = m.zones[z].segment.map(|s| p.segment(side, s));
    common.is_some_and(|c| matches!(p.segments.both::<SegmentId>(c), (Some(_), None) | (None, Some(_))))
}
