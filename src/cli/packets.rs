//! `sekisho trace` and `sekisho reach`: one packet hop by hop, and all packets between two selections.

use sekisho::diagnostic::{Lang, Text};
use sekisho::document::parse_services;
use sekisho::flow;
use sekisho::model::{Addr, FaceAddress, FaceId, ICMP_V6, Model, PacketAddr, Protocol, Service};
use sekisho::packet::journey::{Outcome as End, journeys};
use sekisho::packet::{Packet, Sessions};
use sekisho::report::{ReachReport, Style, TraceReport, clean, trace_json, trace_text};

use crate::Outcome;
use crate::args::{Args, ReachArgs, TableArg, TraceArgs};
use crate::explain::faces;
use crate::files::loaded;
use crate::output;

/// The source port of a packet, unless another is asked for: one that clients use.
const SOURCE_PORT: u16 = 50_000;

fn error(lang: Lang, text: &Text) {
    match lang {
        Lang::Ja => output::say(&format!("エラー: {}", clean(&text.ja))),
        Lang::En => output::say(&format!("error: {}", clean(&text.en))),
    }
}

pub(crate) fn trace(args: &Args, call: &TraceArgs) -> Outcome {
    let lang = args.lang();
    let Some(loaded) = loaded(args, &call.file) else { return Outcome::Wrong };
    let model = &loaded.model;
    let Some(from) = faces(lang, &loaded, &call.from).and_then(|all| one(args, model, &call.from, &all)) else {
        return Outcome::Wrong;
    };
    let Some((service, slot)) = services(lang, &call.service).and_then(|all| single(lang, &call.service, &all)) else {
        return Outcome::Wrong;
    };
    let destination = match call.to.parse::<std::net::IpAddr>() {
        Ok(ip) => PacketAddr::Literal(Addr::from(ip)),
        Err(_) => match faces(lang, &loaded, &call.to).and_then(|all| one(args, model, &call.to, &all)) {
            Some(face) => match address(model, face, own_family(model, from)) {
                Some(address) => address,
                None => {
                    error(
                        lang,
                        &Text::new(
                            "始点と終点で IPv4 と IPv6 が合いません",
                            "start and end have addresses of different families",
                        ),
                    );
                    return Outcome::Wrong;
                }
            },
            None => return Outcome::Wrong,
        },
    };
    let family = match destination {
        PacketAddr::Literal(a) => Some(a.is_v4()),
        PacketAddr::Of(_) => None,
    };
    let Some(source) = address(model, from, family) else {
        error(
            lang,
            &Text::new("始点と終点で IPv4 と IPv6 が合いません", "start and end have addresses of different families"),
        );
        return Outcome::Wrong;
    };
    let packet = sent(service, slot, call.source_port.unwrap_or(SOURCE_PORT), source, destination);
    let (all, limited) = journeys(model, from, packet);
    let report = TraceReport { model, sources: &loaded.sources, from, packet, journeys: &all, limited };
    let answer = match call.format {
        TableArg::Json => trace_json(&report),
        TableArg::Text => trace_text(&report, Style { lang, color: output::color_out(args, None), ..Style::default() }),
    };
    if let Err(e) = output::write(None, answer.as_bytes()) {
        e.say(args);
        return Outcome::Wrong;
    }
    let reached = all.iter().filter(|j| matches!(j.outcome, End::Reached(_))).count();
    match reached {
        0 => Outcome::Violated,
        n if n == all.len() && !limited => Outcome::Holds,
        _ => Outcome::Undecided,
    }
}

/// A single attachment of what was named.
fn one(args: &Args, model: &Model, name: &str, all: &[FaceId]) -> Option<FaceId> {
    if let [face] = all {
        return Some(*face);
    }
    let names: Vec<String> = all.iter().map(|&f| model.face_name(f)).collect();
    let list = names.join(", ");
    error(
        args.lang(),
        &Text::new(
            format!("`{name}` には接続がいくつもあります。一つを選んでください: {list}"),
            format!("`{name}` has several attachments; choose one: {list}"),
        ),
    );
    None
}

fn own_family(model: &Model, face: FaceId) -> Option<bool> {
    match &model.faces[face].address {
        FaceAddress::Known(ranges) if ranges.iter().all(|r| r.first.is_v4() == ranges[0].first.is_v4()) => {
            Some(ranges[0].first.is_v4())
        }
        _ => None,
    }
}

/// The first address of an attachment, of a family if one is asked for.
fn address(model: &Model, face: FaceId, v4: Option<bool>) -> Option<PacketAddr> {
    match &model.faces[face].address {
        FaceAddress::Known(ranges) => {
            // Of both families, people mean IPv4.
            let fits = |r: &&sekisho::model::AddrRange| v4.is_none_or(|v4| r.first.is_v4() == v4);
            let first = ranges.iter().filter(fits).find(|r| r.first.is_v4()).or(ranges.iter().find(fits));
            first.map(|r| PacketAddr::Literal(r.first))
        }
        FaceAddress::Within(_) | FaceAddress::Unknown => Some(PacketAddr::Of(face)),
    }
}

fn services(lang: Lang, text: &str) -> Option<Vec<Service>> {
    match parse_services(text) {
        Ok(all) => Some(all),
        Err(e) => {
            error(lang, &e);
            None
        }
    }
}

/// A single protocol and port.
fn single(lang: Lang, text: &str, all: &[Service]) -> Option<(Protocol, Option<u16>)> {
    let found = match all.first().and_then(|s| Some((s.protocol?, s.destination))) {
        Some((protocol, ports)) if all.iter().all(|s| s.protocol == Some(protocol)) => {
            let single = ports.first == ports.last;
            match protocol {
                Protocol::Tcp | Protocol::Udp if all.len() == 1 && single => Some((protocol, Some(ports.first))),
                Protocol::Icmp => Some((protocol, single.then_some(ports.first))),
                Protocol::Other(_) if all.len() == 1 => Some((protocol, None)),
                _ => None,
            }
        }
        _ => None,
    };
    if found.is_none() {
        error(
            lang,
            &Text::new(
                format!("`{text}` は一つのサービスではありません(例: tcp 443、icmp echo-request)"),
                format!("`{text}` is not one service (write tcp 443, icmp echo-request, …)"),
            ),
        );
    }
    found
}

fn sent(protocol: Protocol, slot: Option<u16>, port: u16, source: PacketAddr, destination: PacketAddr) -> Packet {
    let v6 = matches!(destination, PacketAddr::Literal(a) if !a.is_v4());
    let echo = if v6 { ICMP_V6 + 128 } else { 8 };
    let (source_port, destination_port) = match protocol {
        Protocol::Tcp | Protocol::Udp => (port, slot.unwrap_or(0)),
        // `echo-request` is one word for both versions.
        Protocol::Icmp => (0, slot.filter(|&s| s != 8 && s != ICMP_V6 + 128).unwrap_or(echo)),
        Protocol::Other(_) => (0, 0),
    };
    Packet { source, destination, protocol, source_port, destination_port }
}

pub(crate) fn reach(args: &Args, call: &ReachArgs) -> Outcome {
    let lang = args.lang();
    let Some(loaded) = loaded(args, &call.file) else { return Outcome::Wrong };
    let (Some(from), Some(to)) = (faces(lang, &loaded, &call.from), faces(lang, &loaded, &call.to)) else {
        return Outcome::Wrong;
    };
    let wanted = match call.service.as_deref().map(|s| services(lang, s)) {
        Some(None) => return Outcome::Wrong,
        other => other.flatten(),
    };
    // Who may open it to whom is asked of one port.
    let port = wanted.as_deref().and_then(|all| match all {
        [s] if s.destination.first == s.destination.last => Some((s.protocol?, s.destination.first)),
        _ => None,
    });
    let sessions = Sessions::new(&loaded.model);
    let found = flow::reach(&loaded.model, &sessions, &from, &to, wanted.as_deref());
    let between = (clean(&call.from), clean(&call.to));
    let report = match found.and_then(|r| ReachReport::new(&loaded.model, between, r, port)) {
        Ok(report) => report,
        Err(_) => {
            error(
                lang,
                &Text::new(
                    "パケットの集合が大きすぎて求められません",
                    "the sets of packets are too large to be computed",
                ),
            );
            return Outcome::Undecided;
        }
    };
    let answer = match call.format {
        TableArg::Json => report.json(),
        TableArg::Text => report.text(Style { lang, color: output::color_out(args, None), ..Style::default() }),
    };
    if let Err(e) = output::write(None, answer.as_bytes()) {
        e.say(args);
        return Outcome::Wrong;
    }
    Outcome::Holds
}
