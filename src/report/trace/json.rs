//! The JSON of `sekisho trace`, described in `docs/json.md`.

use serde::Serialize;

use super::super::json::{SCHEMA_VERSION, Said, written};
use super::super::logins;
use super::super::names::Scribe;
use super::words::{Told, packet_text};
use super::{Came, TraceReport, Tried, family};
use crate::model::{Transit, TransitId};
use crate::packet::Packet;
use crate::packet::journey::{End, Journey, Leg, Outcome, Pass, Sort};

#[derive(Serialize)]
struct TraceJson<'a> {
    schema_version: u32,
    from: String,
    to: String,
    service: String,
    result: &'static str,
    tried: Vec<TriedJson>,
    others: Vec<Said>,
    through: Option<ThroughJson<'a>>,
}

#[derive(Serialize)]
struct ThroughJson<'a> {
    mediators: Vec<&'a str>,
    trace: &'a [Vec<String>],
}

#[derive(Serialize)]
struct TriedJson {
    family: Option<&'static str>,
    sent: String,
    result: &'static str,
    journeys: Vec<JourneyJson>,
    limited: bool,
}

#[derive(Serialize)]
struct JourneyJson {
    outcome: &'static str,
    at: Option<String>,
    refused: bool,
    logins: Vec<String>,
    depends_on: Vec<Said>,
    legs: Vec<LegJson>,
}

#[derive(Serialize)]
struct LegJson {
    packet: &'static str,
    sent: String,
    passes: Vec<PassJson>,
    end: &'static str,
    at: Option<String>,
}

#[derive(Serialize)]
struct PassJson {
    device: String,
    from: String,
    to: Option<String>,
    reason: &'static str,
    rule: Option<usize>,
    rule_text: Option<String>,
    place: Option<String>,
    route: Option<RouteJson>,
    left_as: String,
}

#[derive(Serialize)]
struct RouteJson {
    connected: bool,
    to: String,
    next: Option<String>,
    place: Option<String>,
}

/// The JSON of `sekisho trace`.
#[must_use]
pub fn trace_json(r: &TraceReport<'_>) -> String {
    let told = Told { scribe: Scribe { model: r.model, sources: r.sources }, model: r.model };
    let text = |p: &Packet| packet_text(r.model, p).en;
    let device = |d: TransitId| r.model.nodes[r.model.transits[d].node].name.clone();
    let at = |end: End| match end {
        End::Delivered(f) => Some(r.model.face_name(f)),
        End::Nobody(z) | End::KeptApart(z) => Some(r.model.zones[z].name.clone()),
        _ => None,
    };
    let route = |l: &Leg, k: usize| {
        told.route(l, k).map(|x| RouteJson {
            connected: x.connected,
            to: x.route.to.text.clone(),
            next: x.route.next.map(device),
            place: x.place,
        })
    };
    let pass = |l: &Leg, k: usize| {
        let p = &l.passes[k];
        let end = Some(l.end).filter(|_| p.to.is_none());
        let t = &r.model.transits[p.device];
        let rule = p.rule.and_then(|i| t.rules.as_ref()?.get(i));
        PassJson {
            device: device(p.device),
            from: r.model.zones[p.from].name.clone(),
            to: p.to.map(|z| r.model.zones[z].name.clone()),
            reason: reason(p, end, t),
            rule: p.rule.map(|i| i + 1),
            rule_text: rule.map(|r| r.text.clone()),
            place: rule.map(|r| told.scribe.place(r.span).to_string()),
            route: route(l, k),
            left_as: text(&p.left),
        }
    };
    let leg = |l: &Leg| LegJson {
        packet: match l.sort {
            Sort::First => "first",
            Sort::Answer => "answer",
            Sort::Later => "later",
        },
        sent: text(&l.packet),
        passes: (0..l.passes.len()).map(|k| pass(l, k)).collect(),
        end: word_of(l.end),
        // What stops at a device ends there.
        at: at(l.end).or_else(|| l.passes.last().map(|p| device(p.device))),
    };
    let journey = |j: &Journey| JourneyJson {
        outcome: match j.outcome {
            _ if r.unopened(j).is_some() => "not_opened",
            Outcome::Reached(_) => "session",
            Outcome::Arrived(_) => "one_way",
            Outcome::Lost => "lost",
        },
        at: match j.outcome {
            Outcome::Reached(f) | Outcome::Arrived(f) => Some(r.model.face_name(f)),
            Outcome::Lost => None,
        },
        refused: j.refused,
        logins: logins::of_journey(r.model, r.from, j).into_iter().map(device).collect(),
        depends_on: j.choices.iter().map(|c| Said::from(&told.choice(c))).collect(),
        legs: j.legs.iter().map(leg).collect(),
    };
    let tried = |t: &Tried| TriedJson {
        family: family(&t.packet),
        sent: text(&t.packet),
        result: word(r.came_of(t)),
        journeys: t.journeys.iter().map(journey).collect(),
        limited: t.limited,
    };
    written(&TraceJson {
        schema_version: SCHEMA_VERSION,
        from: r.model.face_name(r.from),
        to: r.to.to_owned(),
        service: r.service.to_owned(),
        result: word(r.came()),
        tried: r.tried.iter().map(tried).collect(),
        others: r.others().iter().map(Said::from).collect(),
        through: r.through.as_ref().map(|way| ThroughJson {
            mediators: way.mediators.iter().map(|&n| r.model.nodes[n].name.as_str()).collect(),
            trace: &way.commands,
        }),
    })
}

fn word(came: Came) -> &'static str {
    match came {
        Came::Session => "session",
        Came::Open => "open",
        Came::Nothing => "none",
    }
}

fn word_of(end: End) -> &'static str {
    match end {
        End::Delivered(_) => "delivered",
        End::Denied => "denied",
        End::Stray => "stray",
        End::OneWay => "one_way",
        End::NoRoute => "no_route",
        End::BlackHole => "black_hole",
        End::TurnsBack => "turns_back",
        End::Nobody(_) => "nobody",
        End::KeptApart(_) => "kept_apart",
        End::Loop => "loop",
    }
}

/// What decides at a device: its rules, or what else ends the packet there.
fn reason(p: &Pass, end: Option<End>, t: &Transit) -> &'static str {
    match end {
        Some(end) if end != End::Denied => word_of(end),
        _ if p.rule.is_some() => "rule",
        _ if p.asked.is_some() => "default",
        _ if t.rules.is_some() => "open_session",
        _ => "no_rules",
    }
}
