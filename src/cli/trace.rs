//! `sekisho trace`: one packet hop by hop, there and back, once for each address family that both ends have.

use sekisho::diagnostic::{Lang, Text};
use sekisho::model::{Addr, FaceAddress, ICMP_V6, Model, PacketAddr, PortRange, Protocol, Service};
use sekisho::packet::Packet;
use sekisho::packet::journey::journeys;
use sekisho::report::{Came, SOURCE_PORT, Style, TraceReport, Tried, through, trace_json, trace_text};

use crate::Outcome;
use crate::args::{Args, TableArg, TraceArgs};
use crate::ends::{Side, asked, error, sender, services};
use crate::files::loaded;
use crate::output;

pub(crate) fn run(args: &Args, call: &TraceArgs) -> Outcome {
    let lang = args.lang();
    let Some(loaded) = loaded(args, &call.file) else { return Outcome::Wrong };
    let model = &loaded.model;
    let (Some(from), Some(to)) = (sender(lang, &loaded, &call.from), asked(lang, &loaded, &call.to)) else {
        return Outcome::Wrong;
    };
    let (Side::Machine(sender) | Side::Address(_, Some(sender))) = from else { return Outcome::Wrong };
    let Some(service) = services(args, &call.service).and_then(|all| single(lang, &call.service, &all)) else {
        return Outcome::Wrong;
    };
    let packets = packets(model, from, to, service, call.source_port);
    if packets.is_empty() {
        let text = Text::new(
            "始点・終点・サービスで IPv4 と IPv6 が合いません",
            "start, end and service are of different families (IPv4 and IPv6)",
        );
        error(lang, &text);
        return Outcome::Wrong;
    }
    let tried = |packet| {
        let (journeys, limited) = journeys(model, sender, packet);
        Tried { packet, journeys, limited }
    };
    let named = |side| match side {
        Side::Machine(face) => Some(face),
        Side::Address(..) => None,
    };
    let mut report = TraceReport {
        model,
        sources: &loaded.sources,
        from: sender,
        to: &call.to,
        service: &call.service,
        tried: packets.into_iter().map(tried).collect(),
        named: [named(from), named(to)],
        through: None,
    };
    if let (Came::Nothing, Some(destination)) = (report.came(), named(to)) {
        report.through = through(model, &loaded.sources, sender, destination);
    }
    let answer = match call.format {
        TableArg::Json => trace_json(&report),
        TableArg::Text => trace_text(&report, Style { lang, color: output::color_out(args, None), ..Style::default() }),
    };
    if let Err(e) = output::write(None, answer.as_bytes()) {
        e.say(args);
        return Outcome::Wrong;
    }
    match report.came() {
        Came::Session => Outcome::Holds,
        Came::Open => Outcome::Undecided,
        Came::Nothing => Outcome::Violated,
    }
}

/// A single service, for either family.
#[derive(Debug, Clone, Copy)]
struct Asked {
    protocol: Protocol,
    /// The source ports that were typed.
    sources: PortRange,
    /// The destination port; the type of ICMP in IPv4 and in IPv6.
    slots: [Option<u16>; 2],
}

/// The packets that are tried: one for each family that both ends have, IPv4 first.
fn packets(model: &Model, from: Side, to: Side, service: Asked, port: Option<u16>) -> Vec<Packet> {
    let (sources, destinations) = (addresses(model, from), addresses(model, to));
    let mut all: Vec<Packet> = Vec::new();
    for (v4, slot) in [true, false].into_iter().zip(service.slots) {
        let one = |list: &[(bool, PacketAddr)]| list.iter().find(|(f, _)| *f == v4).map(|(_, a)| *a);
        let (Some(source), Some(destination), Some(slot)) = (one(&sources), one(&destinations), slot) else { continue };
        let usual = if service.sources.contains(SOURCE_PORT) { SOURCE_PORT } else { service.sources.first };
        let source_port = if service.protocol.has_ports() { port.unwrap_or(usual) } else { 0 };
        let packet = Packet { source, destination, protocol: service.protocol, source_port, destination_port: slot };
        // Two addresses that are not stated are those of any family.
        let open = |a| matches!(a, PacketAddr::Of(_));
        if !all.iter().any(|p| open(source) && open(destination) && (p.source, p.destination) == (source, destination))
        {
            all.push(packet);
        }
    }
    all
}

/// The first address of each family (true: IPv4).
fn addresses(model: &Model, side: Side) -> Vec<(bool, PacketAddr)> {
    let face = match side {
        Side::Address(a, _) => return vec![(a.is_v4(), PacketAddr::Literal(a))],
        Side::Machine(face) => face,
    };
    let first = |ranges: &[sekisho::model::AddrRange], v4: bool| -> Option<Addr> {
        ranges.iter().map(|r| r.first).find(|a| a.is_v4() == v4)
    };
    [true, false]
        .into_iter()
        .filter_map(|v4| {
            let address = match &model.faces[face].address {
                FaceAddress::Known(ranges) => PacketAddr::Literal(first(ranges, v4)?),
                FaceAddress::Within(ranges) => first(ranges, v4).map(|_| PacketAddr::Of(face))?,
                FaceAddress::Unknown => PacketAddr::Of(face),
            };
            Some((v4, address))
        })
        .collect()
}

/// A single protocol and port.
fn single(lang: Lang, text: &str, all: &[Service]) -> Option<Asked> {
    let found = one_service(all);
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

fn one_service(all: &[Service]) -> Option<Asked> {
    let first = all.first()?;
    let protocol = first.protocol?;
    let one = |r: PortRange| (r.first == r.last).then_some(r.first);
    let asked = |slots| Some(Asked { protocol, sources: PortRange::ALL, slots });
    match (protocol, all) {
        (Protocol::Tcp | Protocol::Udp, [s]) => {
            let port = one(s.destination)?;
            Some(Asked { protocol, sources: s.source, slots: [Some(port); 2] })
        }
        // Of all types one asks for an echo.
        (Protocol::Icmp, [s]) if s.destination == PortRange::ALL => asked([Some(8), Some(ICMP_V6 + 128)]),
        // A word such as `echo-request` stands for a type of each version.
        (Protocol::Icmp, _) if all.iter().all(|s| s.protocol == Some(protocol)) => {
            let types = all.iter().map(|s| one(s.destination)).collect::<Option<Vec<u16>>>()?;
            let of = |v6: bool| types.iter().filter(|&&t| (t >= ICMP_V6) == v6).copied().collect::<Vec<_>>();
            match (of(false).as_slice(), of(true).as_slice()) {
                ([v4], [v6]) => asked([Some(*v4), Some(*v6)]),
                ([v4], []) => asked([Some(*v4), None]),
                ([], [v6]) => asked([None, Some(*v6)]),
                _ => None,
            }
        }
        (Protocol::Other(_), [_]) => asked([Some(0); 2]),
        _ => None,
    }
}
