//! A difference as JSON, versioned; described in `docs/json.md`.

use serde::Serialize;

use super::Compared;
use super::words::{level_word, mark_word, relation_word, services_word, sort_word};
use crate::change::difference::{
    Called, CarrierChange, CrossingRow, Depth, Difference, End, FlowRow, Openness, Outcome, Way,
};
use crate::diagnostic::Text;
use crate::model::rulebook::Asked;
use crate::report::SCHEMA_VERSION;
use crate::report::json::{Said, written};

#[derive(Serialize)]
struct JsonDifference<'a> {
    schema_version: u32,
    before: Drawing<'a>,
    after: Drawing<'a>,
    outcome: &'static str,
    exit_code: u8,
    whole: Whole,
    #[serde(flatten)]
    rows: Rows<'a>,
    pairs: Vec<Pair<'a>>,
    renamed: Vec<Renamed<'a>>,
    expected: Option<Expected<'a>>,
}

#[derive(Serialize)]
struct Drawing<'a> {
    name: &'a str,
    file: &'a str,
}

#[derive(Serialize)]
struct Whole {
    relation: &'static str,
    certain: bool,
}

#[derive(Serialize)]
struct Rows<'a> {
    rules: Vec<JsonRule<'a>>,
    checks: Vec<JsonCheck<'a>>,
    depths: Vec<JsonDepthChange<'a>>,
    crossings: Vec<JsonCrossing<'a>>,
    sessions: Vec<JsonSession<'a>>,
    things: Vec<JsonThing<'a>>,
    controls: Vec<JsonControl<'a>>,
    demands: Vec<JsonDemand<'a>>,
}

#[derive(Serialize)]
struct Expected<'a> {
    met: usize,
    missing: Vec<Missing<'a>>,
    unexpected: Rows<'a>,
}

#[derive(Serialize)]
struct Missing<'a> {
    text: &'a str,
    reason: Option<&'a str>,
}

#[derive(Serialize)]
struct Pair<'a> {
    from: &'a str,
    to: &'a str,
    relation: &'static str,
    certain: bool,
    open: bool,
    in_both: bool,
}

#[derive(Serialize)]
struct Renamed<'a> {
    kind: &'static str,
    before: &'a str,
    after: &'a str,
}

#[derive(Serialize)]
struct JsonEnd<'a> {
    name: &'a str,
    label: &'a str,
    machine: &'a str,
    presence: &'static str,
    addresses: Option<&'a str>,
    segment_before: Option<&'a str>,
    segment_after: Option<&'a str>,
}

#[derive(Serialize)]
struct JsonWay<'a> {
    labels: &'a [String],
    mediators: &'a [String],
    permitted: bool,
    certain: bool,
}

#[derive(Serialize)]
struct JsonCarrier<'a> {
    carrier: &'static str,
    before: Vec<JsonWay<'a>>,
    after: Vec<JsonWay<'a>>,
}

#[derive(Serialize)]
struct JsonCrossing<'a> {
    change: &'static str,
    certain: bool,
    from_segment: &'a str,
    to_segment: &'a str,
    from: Vec<JsonEnd<'a>>,
    to: Vec<JsonEnd<'a>>,
    carriers: Vec<JsonCarrier<'a>>,
}

#[derive(Serialize)]
struct JsonOpenness {
    some: &'static str,
    all: &'static str,
}

#[derive(Serialize)]
struct JsonSession<'a> {
    change: &'static str,
    certain: bool,
    from: Vec<JsonEnd<'a>>,
    to: Vec<JsonEnd<'a>>,
    services: Vec<String>,
    before: JsonOpenness,
    after: JsonOpenness,
}

#[derive(Serialize)]
struct JsonAttribute<'a> {
    name: &'static str,
    before: Option<&'a str>,
    after: Option<&'a str>,
}

#[derive(Serialize)]
struct JsonThing<'a> {
    change: &'static str,
    certain: bool,
    kind: &'static str,
    machine_kind: Option<String>,
    name: &'a str,
    label: &'a str,
    moved: bool,
    attributes: Vec<JsonAttribute<'a>>,
}

#[derive(Serialize)]
struct JsonControl<'a> {
    change: &'static str,
    control: &'a str,
    at: &'a str,
}

#[derive(Serialize)]
struct JsonDemand<'a> {
    id: &'a str,
    name: Said,
    before: &'static str,
    after: &'static str,
    present: Option<bool>,
}

#[derive(Serialize)]
struct JsonRule<'a> {
    id: &'a str,
    severity: &'static str,
    statement: Said,
    before: &'static str,
    after: &'static str,
    certain: bool,
    fixed: Vec<Said>,
    introduced: Vec<Said>,
    open: Vec<Said>,
}

#[derive(Serialize)]
struct JsonCheck<'a> {
    name: &'a str,
    kind: &'static str,
    before: Option<&'static str>,
    after: Option<&'static str>,
    excepted_before: bool,
    excepted_after: bool,
    certain: bool,
    fixed: Vec<Said>,
    introduced: Vec<Said>,
}

#[derive(Serialize)]
struct JsonDepth<'a> {
    kind: &'static str,
    controls: Option<u32>,
    least_sets: &'a [Vec<String>],
}

#[derive(Serialize)]
struct JsonDepthChange<'a> {
    check: &'a str,
    before: JsonDepth<'a>,
    after: JsonDepth<'a>,
}

fn said(list: &[Text]) -> Vec<Said> {
    list.iter().map(Said::from).collect()
}

fn end(e: &End) -> JsonEnd<'_> {
    let Called { name, label } = &e.called;
    JsonEnd {
        name,
        label,
        machine: &e.machine,
        presence: e.presence.map_or("both", mark_word),
        addresses: Some(e.addresses.as_str()).filter(|a| !a.is_empty()),
        segment_before: e.before.as_deref(),
        segment_after: e.after.as_deref(),
    }
}

fn way(w: &Way) -> JsonWay<'_> {
    JsonWay { labels: &w.labels, mediators: &w.mediators, permitted: w.permitted, certain: w.certain }
}

fn carrier(c: &CarrierChange) -> JsonCarrier<'_> {
    JsonCarrier {
        carrier: c.carrier.as_str(),
        before: c.before.iter().map(way).collect(),
        after: c.after.iter().map(way).collect(),
    }
}

fn crossing(r: &CrossingRow) -> JsonCrossing<'_> {
    JsonCrossing {
        change: mark_word(r.mark),
        certain: r.certain,
        from_segment: &r.from_segment.name,
        to_segment: &r.to_segment.name,
        from: r.from.iter().map(end).collect(),
        to: r.to.iter().map(end).collect(),
        carriers: r.carriers.iter().map(carrier).collect(),
    }
}

fn session(r: &FlowRow) -> JsonSession<'_> {
    let open = |o: Openness| JsonOpenness { some: level_word(o.some), all: level_word(o.all) };
    JsonSession {
        change: mark_word(r.mark),
        certain: r.certain(),
        from: r.from.iter().map(end).collect(),
        to: r.to.iter().map(end).collect(),
        services: services_word(&r.services, r.other_protocols),
        before: open(r.before),
        after: open(r.after),
    }
}

fn depth(d: &Depth) -> JsonDepth<'_> {
    match d {
        Depth::NotAsked => JsonDepth { kind: "not_asked", controls: None, least_sets: &[] },
        Depth::None => JsonDepth { kind: "none", controls: None, least_sets: &[] },
        Depth::AtLeast(n) => JsonDepth { kind: "at_least", controls: Some(*n), least_sets: &[] },
        Depth::Exactly(n, sets) => JsonDepth { kind: "exactly", controls: Some(*n), least_sets: sets },
    }
}

fn demand(a: Option<Asked>) -> &'static str {
    match a {
        Some(Asked::Mandatory) => "mandatory",
        Some(Asked::Recommended) => "recommended",
        None => "not_asked",
    }
}

fn rows(d: &Difference) -> Rows<'_> {
    Rows {
        rules: d
            .rules
            .iter()
            .map(|r| JsonRule {
                id: &r.id,
                severity: r.severity.as_str(),
                statement: (&r.statement).into(),
                before: r.before.as_str(),
                after: r.after.as_str(),
                certain: r.certain(),
                fixed: said(&r.fixed),
                introduced: said(&r.introduced),
                open: said(&r.open),
            })
            .collect(),
        checks: d
            .checks
            .iter()
            .map(|c| JsonCheck {
                name: &c.name,
                kind: c.kind,
                before: c.before.map(|b| b.0.as_str()),
                after: c.after.map(|a| a.0.as_str()),
                excepted_before: c.before.is_some_and(|b| b.1),
                excepted_after: c.after.is_some_and(|a| a.1),
                certain: c.certain(),
                fixed: said(&c.fixed),
                introduced: said(&c.introduced),
            })
            .collect(),
        depths: d
            .depths
            .iter()
            .map(|c| JsonDepthChange { check: &c.name, before: depth(&c.before), after: depth(&c.after) })
            .collect(),
        crossings: d.crossings.iter().map(crossing).collect(),
        sessions: d.flows.iter().map(session).collect(),
        things: d
            .things
            .iter()
            .map(|t| JsonThing {
                change: mark_word(t.mark),
                certain: t.certain(),
                kind: sort_word(t.sort),
                machine_kind: t.kind.map(|k| format!("{k:?}")),
                name: &t.called.name,
                label: &t.called.label,
                moved: t.moved,
                attributes: t
                    .attributes
                    .iter()
                    .map(|a| {
                        let value = |v: &'_ String| !v.is_empty();
                        JsonAttribute {
                            name: a.key,
                            before: Some(&a.before).filter(|v| value(v)).map(String::as_str),
                            after: Some(&a.after).filter(|v| value(v)).map(String::as_str),
                        }
                    })
                    .collect(),
            })
            .collect(),
        controls: d
            .controls
            .iter()
            .map(|c| JsonControl { change: mark_word(c.mark), control: &c.control, at: &c.at.name })
            .collect(),
        demands: d
            .demands
            .iter()
            .map(|c| JsonDemand {
                id: &c.id,
                name: (&c.name).into(),
                before: demand(c.before),
                after: demand(c.after),
                present: c.present,
            })
            .collect(),
    }
}

/// For programs.
#[must_use]
pub fn json(c: &Compared<'_>) -> String {
    let d = c.difference;
    let outcome = c.expected.map_or_else(|| d.outcome(), crate::change::expected::Judged::outcome);
    let (outcome, exit_code) = match outcome {
        Outcome::Same if c.expected.is_some() && !d.is_empty() => ("as_expected", 0),
        Outcome::Same => ("same", 0),
        Outcome::Changed => ("changed", 1),
        Outcome::Open => ("open", 3),
    };
    written(&JsonDifference {
        schema_version: SCHEMA_VERSION,
        before: Drawing { name: c.before.0, file: c.before.1 },
        after: Drawing { name: c.after.0, file: c.after.1 },
        outcome,
        exit_code,
        whole: Whole { relation: relation_word(d.whole.0), certain: d.whole.1 },
        rows: rows(d),
        pairs: d
            .pairs
            .iter()
            .map(|p| Pair {
                from: &p.from.name,
                to: &p.to.name,
                relation: relation_word(p.relation),
                certain: p.certain,
                open: p.open,
                in_both: p.in_both,
            })
            .collect(),
        renamed: d
            .renamed
            .iter()
            .map(|r| Renamed { kind: sort_word(r.sort), before: &r.before, after: &r.after })
            .collect(),
        expected: c.expected.map(|e| Expected {
            met: e.met,
            missing: e.missing.iter().map(|m| Missing { text: &m.text, reason: m.reason.as_deref() }).collect(),
            unexpected: rows(&e.unexpected),
        }),
    })
}
