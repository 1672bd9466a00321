//! The paths of the report as JSON: steps, sessions, packets, devices.

use serde::Serialize;

use super::Said;
use crate::report::{
    Address, DeviceReport, PacketReport, PassedBy, PathReport, Place, SessionReport, StepReport, Thing,
};

#[derive(Serialize)]
pub(in crate::report) struct JsonPlace {
    file: String,
    line: usize,
    column: usize,
}

impl From<&Place> for JsonPlace {
    fn from(p: &Place) -> Self {
        Self { file: p.file.clone(), line: p.line, column: p.column }
    }
}

#[derive(Serialize)]
pub(in crate::report) struct JsonPath<'a> {
    start: JsonThing<'a>,
    opening: Said,
    labels: &'a [String],
    steps: Vec<JsonStep<'a>>,
}

#[derive(Serialize)]
pub(super) struct JsonThing<'a> {
    name: &'a str,
    label: &'a str,
    count: u32,
    network: Option<&'a str>,
    segment: Option<&'a str>,
}

#[derive(Serialize)]
struct JsonStep<'a> {
    kind: &'static str,
    from: JsonThing<'a>,
    to: JsonThing<'a>,
    state: &'static str,
    carrier: &'static str,
    certain: bool,
    text: Said,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Said>,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<JsonPlace>,
    guards: &'a [String],
    labels: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<JsonSession<'a>>,
}

#[derive(Serialize)]
struct JsonSession<'a> {
    initiator: JsonThing<'a>,
    responder: JsonThing<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    impersonator: Option<JsonThing<'a>>,
    reply: bool,
    covert: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    communication: Option<&'a str>,
    sent: JsonPacket<'a>,
    delivered: JsonPacket<'a>,
    devices: Vec<JsonDevice<'a>>,
}

#[derive(Serialize)]
struct JsonPacket<'a> {
    protocol: &'a str,
    source: JsonAddress<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_port: Option<u16>,
    destination: JsonAddress<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    destination_port: Option<u16>,
}

/// A number, or the thing whose address it is.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum JsonAddress<'a> {
    Number(&'a str),
    AddressOf(&'a str),
}

#[derive(Serialize)]
struct JsonDevice<'a> {
    name: &'a str,
    label: &'a str,
    from: &'a str,
    to: &'a str,
    /// `rule`, `default`, `unstated_default`, `no_rules`.
    passed_by: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<JsonRule<'a>>,
    place: JsonPlace,
    packet: JsonPacket<'a>,
    translated: bool,
}

#[derive(Serialize)]
struct JsonRule<'a> {
    number: usize,
    text: &'a str,
    reason: Option<&'a str>,
}

pub(super) fn thing(t: &Thing) -> JsonThing<'_> {
    JsonThing {
        name: &t.name,
        label: &t.label,
        count: t.count,
        network: t.network.as_deref(),
        segment: t.segment.as_deref(),
    }
}

fn packet(p: &PacketReport) -> JsonPacket<'_> {
    fn address(a: &Address) -> JsonAddress<'_> {
        match a {
            Address::Number(n) => JsonAddress::Number(n),
            Address::Of(name) => JsonAddress::AddressOf(name),
        }
    }
    JsonPacket {
        protocol: &p.protocol,
        source: address(&p.source),
        source_port: p.source_port,
        destination: address(&p.destination),
        destination_port: p.destination_port,
    }
}

fn device(d: &DeviceReport) -> JsonDevice<'_> {
    let (passed_by, rule) = match &d.by {
        PassedBy::Rule { number, text, reason } => {
            ("rule", Some(JsonRule { number: *number, text, reason: reason.as_deref() }))
        }
        PassedBy::Default => ("default", None),
        PassedBy::UnstatedDefault => ("unstated_default", None),
        PassedBy::NoRules => ("no_rules", None),
    };
    JsonDevice {
        name: &d.name,
        label: &d.label,
        from: &d.from,
        to: &d.to,
        passed_by,
        rule,
        place: (&d.place).into(),
        packet: packet(&d.packet),
        translated: d.translated,
    }
}

fn session(s: &SessionReport) -> JsonSession<'_> {
    JsonSession {
        initiator: thing(&s.initiator),
        responder: thing(&s.responder),
        impersonator: s.impersonator.as_ref().map(thing),
        reply: s.reply,
        covert: s.covert,
        communication: s.communication.as_deref(),
        sent: packet(&s.sent),
        delivered: packet(&s.delivered),
        devices: s.devices.iter().map(device).collect(),
    }
}

fn step(s: &StepReport) -> JsonStep<'_> {
    JsonStep {
        kind: s.kind,
        from: thing(&s.from),
        to: thing(&s.to),
        state: s.state,
        carrier: s.carrier.as_str(),
        certain: s.certain,
        text: (&s.text).into(),
        reason: s.reason.as_ref().map(Said::from),
        place: s.place.as_ref().map(JsonPlace::from),
        guards: &s.guards,
        labels: &s.labels,
        session: s.session.as_ref().map(session),
    }
}

pub(in crate::report) fn path(p: &PathReport) -> JsonPath<'_> {
    JsonPath {
        start: thing(&p.start),
        opening: (&p.opening).into(),
        labels: &p.labels,
        steps: p.steps.iter().map(step).collect(),
    }
}
