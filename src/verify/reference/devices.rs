//! What one transit device does to one packet.

use std::collections::BTreeSet;

use super::super::verdict::{Level, Packet, Transit3};
use crate::model::{
    Action, Model, PacketAddr, PacketState, PortRange, Protocol, Role, Route, Rule, Service, Strays, Ternary, Transit,
    TransitId, ZoneId, answer_ports,
};

/// A packet that a device has let out, and the device that is handed it, if a route names one.
pub(super) type Sent = (Transit3, Option<TransitId>);

/// A device passes a packet of the initiator: lane `new`, or lane `ack` with the flag set.
pub(super) fn forward(
    model: &Model,
    id: TransitId,
    from: ZoneId,
    to: ZoneId,
    packet: Packet,
    flag: bool,
    level: Level,
) -> Vec<Sent> {
    let device = &model.transits[id];
    if device.one_way.is_some_and(|way| way != (from, to)) || doubted(model, device, (from, to), level) {
        return Vec::new();
    }
    let mut sent = Vec::new();
    for (before_rules, after) in translated(model, device, packet, to, level) {
        // P-STATE, P-EST
        let state = if flag && !device.remembers() { flagged(packet.protocol) } else { PacketState::New };
        let seen = seen_by_rules(device, packet, before_rules);
        let Some(rule) = decided(model, device, seen, (from, to), state, level, |r| contains(&r.services, seen)) else {
            continue;
        };
        for next in routed(model, device, before_rules, (from, to), level) {
            sent.push((Transit3 { device: id, from, to, rule, packet: after }, next));
        }
    }
    sent
}

/// A device passes the reply to `packet` from the responder's side to the initiator's: the forward packets, as on the
/// initiator's side, that the reply may belong to, each with the device that is handed the reply. `origin` is the address of
/// the initiator.
pub(super) fn backward(
    model: &Model,
    id: TransitId,
    (from, to): (ZoneId, ZoneId),
    packet: Packet,
    origin: PacketAddr,
    level: Level,
) -> Vec<(Packet, Option<TransitId>)> {
    let device = &model.transits[id];
    // P-DIODE: "only if the reply itself travels in the permitted direction".
    if device.one_way.is_some_and(|way| way != (from, to)) || doubted(model, device, (from, to), level) {
        return Vec::new();
    }
    // P-BACK: to every packet that this device would have made into this one: "in may towards any of its networks", otherwise
    // towards the network of the walk.
    let towards = if level == Level::May { device.zones.as_slice() } else { &[from] };
    let mut passed = BTreeSet::new();
    for before in origins(model, device, packet, origin) {
        let made = towards.iter().flat_map(|&zone| translated(model, device, before, zone, level));
        for (before_rules, after) in made {
            // What is never answered has no reply.
            let Some(reply) = answered(before_rules).filter(|_| after == packet) else { continue };
            if reply_passes(model, device, (before, before_rules, after), (from, to), level) {
                passed.extend(routed(model, device, reply, (from, to), level).into_iter().map(|next| (before, next)));
            }
        }
    }
    passed.into_iter().collect()
}

/// P-ISOLATED: "what a machine passes on that is kept apart itself is never certain to come there".
fn doubted(model: &Model, device: &Transit, way: (ZoneId, ZoneId), level: Level) -> bool {
    let apart = model.zones[way.0].client_isolation || model.zones[way.1].client_isolation;
    level > Level::May && apart && !matches!(model.nodes[device.node].role, Role::Transit(_))
}

/// Every packet that may have become this one: with every address that translation could have replaced.
fn origins(model: &Model, device: &Transit, packet: Packet, origin: PacketAddr) -> BTreeSet<Packet> {
    let snat = model.transits.values().flat_map(|d| &d.snat).map(|s| PacketAddr::Literal(s.source));
    let sources: BTreeSet<_> = [packet.source, origin].into_iter().chain(snat).collect();
    let mut asked = BTreeSet::from([(packet.destination, packet.destination_port)]);
    for n in &device.dnat {
        let outside = PacketAddr::Literal(n.outside);
        asked.insert((outside, packet.destination_port));
        if let (Some((_, range)), Some(_)) = (n.ports, n.inside_port) {
            asked.extend((range.first..=range.last).map(|port| (outside, port)));
        }
    }
    let with =
        |source| asked.iter().map(move |&(destination, destination_port)| (source, destination, destination_port));
    sources
        .into_iter()
        .flat_map(with)
        .map(|(source, destination, destination_port)| Packet { source, destination, destination_port, ..packet })
        .collect()
}

/// Whether the rules let a reply pass from `way.0` to `way.1`. The request was `before` on the initiator's side and `after`
/// on the responder's.
fn reply_passes(
    model: &Model,
    device: &Transit,
    (before, before_rules, after): (Packet, Packet, Packet),
    way: (ZoneId, ZoneId),
    level: Level,
) -> bool {
    let Some(reply) = answered(before_rules) else { return false };
    if !device.remembers() {
        // P-EST: "the reply is evaluated as the packet it is".
        let state = flagged(reply.protocol);
        return decided(model, device, reply, way, state, level, |r| contains(&r.services, reply)).is_some();
    }
    // P-STATE: "iff it would pass the forward packet in the opposite direction".
    let seen = seen_by_rules(device, before, before_rules);
    let opposite = (way.1, way.0);
    let admitted = |way| decided(model, device, seen, way, PacketState::New, level, |r| contains(&r.services, seen));
    // "A session is not tied to networks": P-STATE. On one and the same walk it is those of the walk.
    let zones = || device.zones.iter().copied();
    let anywhere = || zones().flat_map(|a| zones().map(move |b| (a, b))).find_map(admitted);
    let known = admitted(opposite).or_else(|| if level == Level::May { anywhere() } else { None });
    // "Whatever it does with strays, nobody can tell a stray datagram from a first one."
    let told_apart = matches!(reply.protocol, Protocol::Tcp | Protocol::Icmp);
    let dropped = told_apart && device.strays == Some(Strays::Drop);
    if known.is_some() || level != Level::May || after != before || dropped {
        return known.is_some();
    }
    // P-STRAY
    let stray = |state| decided(model, device, reply, way, state, level, |r| answers(r, reply)).is_some();
    match reply.protocol {
        Protocol::Tcp => stray(PacketState::Invalid) && stray(PacketState::New),
        Protocol::Icmp => stray(PacketState::Invalid),
        Protocol::Udp | Protocol::Other(_) => stray(PacketState::New),
    }
}

/// P-STRAY: whether a rule is about an answer whose initiator chooses its own port.
fn answers(rule: &Rule, reply: Packet) -> bool {
    let responder =
        |s: &&Service| s.protocol.is_none_or(|p| p == reply.protocol) && s.source.contains(reply.source_port);
    if !reply.protocol.has_ports() {
        return contains(&rule.services, reply);
    }
    let mut fitting = rule.services.iter().filter(responder);
    match rule.action {
        Action::Permit => fitting.next().is_some(),
        Action::Deny => fitting.any(|s| s.destination == PortRange::ALL),
    }
}

pub(super) fn answered(p: Packet) -> Option<Packet> {
    let (source_port, destination_port) = answer_ports(p.protocol, p.source_port, p.destination_port)?;
    Some(Packet { source: p.destination, destination: p.source, protocol: p.protocol, source_port, destination_port })
}

/// P-EST: "packets of TCP with ACK or RST set are Established, all others New".
fn flagged(protocol: Protocol) -> PacketState {
    if protocol == Protocol::Tcp { PacketState::Established } else { PacketState::New }
}

fn contains(services: &[Service], p: Packet) -> bool {
    services.iter().any(|s| s.contains(p.protocol, p.source_port, p.destination_port))
}

/// P-NATORDER: "rules see the destination after translation, unless the device says `rules_see: Outside`".
fn seen_by_rules(device: &Transit, packet: Packet, before_rules: Packet) -> Packet {
    if device.rules_see_outside { packet } else { before_rules }
}

/// P-DNAT, P-SNAT: "destination translation, then routes and rules, then source translation". Each pair is
/// the packet between the two, and after both. More than one only in `may`, where a source that is not stated may be among
/// those that are translated, or not.
pub(super) fn translated(
    model: &Model,
    device: &Transit,
    packet: Packet,
    to: ZoneId,
    level: Level,
) -> Vec<(Packet, Packet)> {
    let mut before_rules = packet;
    let asked = |n: &&crate::model::Dnat| {
        n.zone.is_none_or(|zone| zone == to)
            && packet.destination == PacketAddr::Literal(n.outside)
            && n.ports.is_none_or(|(p, range)| p == packet.protocol && range.contains(packet.destination_port))
    };
    if let Some(dnat) = device.dnat.iter().find(asked) {
        before_rules.destination = dnat.inside;
        before_rules.destination_port = dnat.inside_port.unwrap_or(packet.destination_port);
    }
    let mut after = Vec::new();
    for snat in device.snat.iter().filter(|s| s.zone == to && packet.source.translates_to(s.source)) {
        let among = snat.from.as_ref().map_or(Ternary::Yes, |set| set.matches(packet.source, &model.faces));
        let behind = Packet { source: PacketAddr::Literal(snat.source), ..before_rules };
        match among {
            Ternary::No => {}
            Ternary::Yes => {
                after.push((before_rules, behind));
                return after;
            }
            Ternary::Unknown if level == Level::May => after.push((before_rules, behind)),
            Ternary::Unknown => return Vec::new(),
        }
    }
    after.push((before_rules, before_rules));
    after
}

/// P-POLICY, P-NEXT: "looked at first, in their order", then the table: who may be handed a packet that leaves
/// to `way.1`, `None` for whoever is addressed. Nothing if it does not leave there.
pub(super) fn routed(
    model: &Model,
    device: &Transit,
    packet: Packet,
    (from, to): (ZoneId, ZoneId),
    level: Level,
) -> BTreeSet<Option<TransitId>> {
    let mut out = BTreeSet::new();
    for route in device.routes.iter().flatten() {
        let Some(when) = &route.when else { continue };
        let concerns = (when.enters.is_empty() || when.enters.contains(&from)) && contains(&when.services, packet);
        let addressed = route.to.matches(packet.destination, &model.faces);
        // P-POLICY: "Some products look at the networks that they join first."
        let joined = when.joined.matches(packet.destination, &model.faces) != Ternary::No;
        let hit = addressed.and(when.source.matches(packet.source, &model.faces));
        let hit = if joined { hit.and(Ternary::Unknown) } else { hit };
        match hit {
            _ if !concerns => {}
            Ternary::No => {}
            // Nothing is certain any more, whatever comes later.
            Ternary::Unknown if level != Level::May => return BTreeSet::new(),
            Ternary::Unknown | Ternary::Yes => {
                if route.via == Some(to) {
                    out.insert(route.next);
                }
                if hit == Ternary::Yes {
                    return out;
                }
            }
        }
    }
    out.extend(by_prefix(model, device, packet.destination, (from, to), level));
    out
}

/// P-LPM, P-VRF: "the longest matching prefix (among equals, any of them)" among the routes that stay in one part; without a
/// table to every zone of the same part. Certain if every route that may win hands it to the same.
fn by_prefix(
    model: &Model,
    device: &Transit,
    destination: PacketAddr,
    (from, to): (ZoneId, ZoneId),
    level: Level,
) -> Vec<Option<TransitId>> {
    let stays = |zone: ZoneId| device.one_part(from, zone);
    let Some(routes) = device.routes.as_ref().filter(|all| all.is_empty() || all.iter().any(|r| r.when.is_none()))
    else {
        return if stays(to) { vec![None] } else { Vec::new() };
    };
    let table: Vec<&Route> = routes.iter().filter(|r| r.when.is_none() && r.via.is_none_or(stays)).collect();
    let matching =
        |wanted: Ternary| table.iter().copied().filter(move |r| r.to.matches(destination, &model.faces) == wanted);
    let longest = matching(Ternary::Yes).map(|r| r.prefix_len).max();
    let may_win: BTreeSet<_> = matching(Ternary::Yes)
        .chain(matching(Ternary::Unknown))
        .filter(|r| longest.is_none_or(|l| r.prefix_len >= l))
        .map(|r| (r.via, r.next))
        .collect();
    if level != Level::May && (longest.is_none() || may_win.len() != 1) {
        return Vec::new();
    }
    may_win.into_iter().filter(|(via, _)| *via == Some(to)).map(|(_, next)| next).collect()
}

/// P-FIRST: the ordered rules, first match, then the default: the rule that lets the packet pass (`None` inside: none of them).
fn decided(
    model: &Model,
    device: &Transit,
    p: Packet,
    (enters, leaves): (ZoneId, ZoneId),
    state: PacketState,
    level: Level,
    service: impl Fn(&Rule) -> bool,
) -> Option<Option<usize>> {
    let Some(rules) = &device.rules else { return Some(None) };
    for (i, rule) in rules.iter().enumerate() {
        if !rule.concerns(state, enters, leaves) || !service(rule) {
            continue;
        }
        let source = rule.source.matches(p.source, &model.faces);
        let matches = match source.and(rule.destination.matches(p.destination, &model.faces)) {
            Ternary::No => false,
            Ternary::Yes => true,
            // "in may an unknown permit matches and an unknown deny does not"; in sure the other way round.
            Ternary::Unknown => (rule.action == Action::Permit) == (level == Level::May),
        };
        if matches {
            return (rule.action == Action::Permit).then_some(Some(i));
        }
    }
    match device.default {
        Some(Action::Permit) => Some(None),
        Some(Action::Deny) => None,
        None => (level == Level::May).then_some(None),
    }
}
