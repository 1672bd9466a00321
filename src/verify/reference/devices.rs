//! What one transit device does to one packet.

use std::collections::BTreeSet;

use super::super::verdict::{Level, Packet, Transit3};
use crate::model::{Action, Model, PacketAddr, Ternary, Transit, TransitId, ZoneId};

/// A device passes a packet of the initiator: lane `new`, or lane `ack` with the flag set.
pub(super) fn forward(
    model: &Model,
    id: TransitId,
    from: ZoneId,
    to: ZoneId,
    packet: Packet,
    flag: bool,
    level: Level,
) -> Option<Transit3> {
    let device = &model.transits[id];
    if device.one_way.is_some_and(|way| way != (from, to)) {
        return None;
    }
    let (before_rules, after) = translated(device, packet, to);
    routed(model, device, before_rules.destination, to, level)?;
    // "ack: a device that remembers sessions treats it as `new`"
    let rule = decided(model, device, before_rules, from, to, flag && !device.remembers(), level)?;
    Some(Transit3 { device: id, from, to, rule, packet: after })
}

/// A device passes the reply to `packet` from the responder's side to the initiator's: the forward packets, as on the
/// initiator's side, that the reply may belong to. `origin` is the address of the initiator.
pub(super) fn backward(
    model: &Model,
    id: TransitId,
    from: ZoneId,
    to: ZoneId,
    packet: Packet,
    origin: PacketAddr,
    level: Level,
) -> Vec<Packet> {
    let device = &model.transits[id];
    // "A one-way device passes it only if the reply itself travels in the permitted direction."
    if device.one_way.is_some_and(|way| way != (from, to)) {
        return Vec::new();
    }
    // "A reply is translated back": to every packet that this device would have made into this one.
    let snat = model.transits.values().flat_map(|d| &d.snat).map(|s| PacketAddr::Literal(s.source));
    let sources: BTreeSet<_> = [packet.source, origin].into_iter().chain(snat).collect();
    let outside = device.dnat.iter().map(|n| PacketAddr::Literal(n.outside));
    let destinations: BTreeSet<_> = [packet.destination].into_iter().chain(outside).collect();
    let mut passed = Vec::new();
    for &source in &sources {
        for &destination in &destinations {
            let before = Packet { source, destination, ..packet };
            let (before_rules, after) = translated(device, before, from);
            if after != packet || routed(model, device, source, to, level).is_none() {
                continue;
            }
            let rule = if device.remembers() {
                // "passes it iff it passes the forward packet in the opposite direction"
                decided(model, device, before_rules, to, from, false, level)
            } else {
                // "evaluates its rules on the mirrored packet with the flag set"
                decided(model, device, mirrored(before), from, to, true, level)
            };
            if rule.is_some() {
                passed.push(before);
            }
        }
    }
    passed
}

fn mirrored(p: Packet) -> Packet {
    Packet {
        source: p.destination,
        destination: p.source,
        protocol: p.protocol,
        source_port: p.destination_port,
        destination_port: p.source_port,
    }
}

/// "Destination translation happens before the rules of a device are evaluated, source translation after them."
pub(super) fn translated(device: &Transit, packet: Packet, to: ZoneId) -> (Packet, Packet) {
    let mut before_rules = packet;
    let asked = |outside| packet.destination == PacketAddr::Literal(outside);
    if let Some(dnat) = device.dnat.iter().find(|n| n.zone == to && asked(n.outside)) {
        before_rules.destination = dnat.inside;
    }
    let mut after = before_rules;
    if let Some(snat) = device.snat.iter().find(|s| s.zone == to && packet.source.translates_to(s.source)) {
        after.source = PacketAddr::Literal(snat.source);
    }
    (before_rules, after)
}

/// "A device that gives routes forwards only to the zone of the longest matching prefix; among equals, to any of them; no
/// match is a drop." Certain if every route that may be the longest match leads there.
pub(super) fn routed(model: &Model, device: &Transit, destination: PacketAddr, to: ZoneId, level: Level) -> Option<()> {
    let Some(routes) = &device.routes else { return Some(()) };
    let matching = |wanted: Ternary| routes.iter().filter(move |r| r.to.matches(destination, &model.faces) == wanted);
    let longest = matching(Ternary::Yes).map(|r| r.prefix_len).max();
    let may_win: Vec<_> = matching(Ternary::Yes)
        .chain(matching(Ternary::Unknown))
        .filter(|r| longest.is_none_or(|l| r.prefix_len >= l))
        .collect();
    let passes = match level {
        Level::May => may_win.iter().any(|r| r.via == to),
        Level::Sure | Level::Must => longest.is_some() && may_win.iter().all(|r| r.via == to),
    };
    passes.then_some(())
}

/// The ordered rules, first match, then the default: the rule that lets the packet pass (`None` inside: none of them).
fn decided(
    model: &Model,
    device: &Transit,
    p: Packet,
    enters: ZoneId,
    leaves: ZoneId,
    flag: bool,
    level: Level,
) -> Option<Option<usize>> {
    let Some(rules) = &device.rules else { return Some(None) };
    for (i, rule) in rules.iter().enumerate() {
        let fits = (flag || !rule.established)
            && rule.enters.is_none_or(|z| z == enters)
            && rule.leaves.is_none_or(|z| z == leaves)
            && rule.services.iter().any(|s| s.contains(p.protocol, p.source_port, p.destination_port));
        if !fits {
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
