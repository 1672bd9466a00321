//! One concrete packet, device by device: the shortest walk of a session that the bit sets say exists.
//!
//! It finds the walk again from the rules themselves, so that a witness names
//! the rule on each device.

use std::collections::VecDeque;

use super::{Level, Packet};
use crate::model::{Action, Model, PacketAddr, Protocol, Route, Rule, Ternary, Transit, TransitId, ZoneId};

/// One device passed on the forward walk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// The device.
    pub device: TransitId,
    /// The zone in which the packet came.
    pub from: ZoneId,
    /// The zone to which it left.
    pub to: ZoneId,
    /// The position of the rule that let it pass; `None` for the default or a device without rules.
    pub rule: Option<usize>,
    /// The packet as the device let it out.
    pub packet: Packet,
}

/// Which later packets must pass each hop, too, for a certain walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Demand {
    /// A whole session.
    Session,
    /// A single first packet.
    Data,
    /// A later packet of the initiator only (covert).
    Ack,
}

/// The shortest walk from a zone to `end`, a zone with the destination and source seen there, on which `packet`
/// travels, with the marks demanded.
///
/// In `Sure` and above every demanded lane has to pass every hop with certainty;
/// in `May` only the forward packet is looked at (replies may travel elsewhere).
#[must_use]
pub fn trace(
    model: &Model,
    start: ZoneId,
    packet: Packet,
    end: (ZoneId, PacketAddr, Option<PacketAddr>),
    level: Level,
    demand: Demand,
    marks: (&dyn Fn(u128) -> bool, &dyn Fn(TransitId) -> u128),
) -> Option<Vec<Passage>> {
    let first = (start, packet, 0u128);
    let mut seen = vec![(first, None::<(usize, Passage)>)];
    let mut queue = VecDeque::from([0]);
    while let Some(i) = queue.pop_front() {
        let (zone, packet, passed) = seen[i].0;
        if zone == end.0 && packet.destination == end.1 && end.2.is_none_or(|s| packet.source == s) && (marks.0)(passed)
        {
            return Some(unwind(&seen, i));
        }
        for (device, t) in model.transits.iter().filter(|(_, t)| t.zones.contains(&zone)) {
            for &to in t.zones.iter().filter(|&&to| to != zone) {
                let Some(passage) = hop(model, device, t, zone, to, packet, level, demand) else { continue };
                let next = (to, passage.packet, passed | (marks.1)(device));
                if !seen.iter().any(|(s, _)| *s == next) {
                    seen.push((next, Some((i, passage))));
                    queue.push_back(seen.len() - 1);
                }
            }
        }
    }
    None
}

type Seen = ((ZoneId, Packet, u128), Option<(usize, Passage)>);

fn unwind(seen: &[Seen], end: usize) -> Vec<Passage> {
    let mut walk: Vec<Passage> = std::iter::successors(seen[end].1.as_ref(), |(parent, _)| seen[*parent].1.as_ref())
        .map(|(_, p)| p.clone())
        .collect();
    walk.reverse();
    walk
}

#[allow(clippy::too_many_arguments, reason = "one hop of one packet, all of it needed")]
fn hop(
    model: &Model,
    device: TransitId,
    t: &Transit,
    from: ZoneId,
    to: ZoneId,
    packet: Packet,
    level: Level,
    demand: Demand,
) -> Option<Passage> {
    let forward = t.one_way.is_none_or(|w| w == (from, to));
    let back = t.one_way.is_none_or(|w| w == (to, from));
    let dnat = t.dnat.iter().find(|n| n.zone == to && packet.destination == PacketAddr::Literal(n.outside));
    let inside = Packet { destination: dnat.map_or(packet.destination, |n| n.inside), ..packet };
    let need = if level == Level::May { Ternary::Unknown } else { Ternary::Yes };
    let remembers = t.remembers();
    let (new, rule) = decide(model, t, inside, from, to, false, false, level);
    let (ack, ack_rule) = decide(model, t, inside, from, to, !remembers, false, level);
    let (rep, _) = decide(model, t, inside, from, to, !remembers, !remembers, level);
    let routed = route(model, t, inside.destination, to);
    let returned = route(model, t, packet.source, from);
    let tcp = packet.protocol == Protocol::Tcp;
    let ok = |t: Ternary| t >= need;
    let passes = forward
        && ok(routed)
        && match demand {
            Demand::Ack => ok(ack),
            Demand::Data => ok(new),
            Demand::Session if level == Level::May => ok(new),
            Demand::Session => ok(new) && (!tcp || ok(ack)) && back && ok(rep) && ok(returned),
        };
    let snat = t.snat.iter().find(|n| n.zone == to && inside.source.translates_to(n.source));
    let source = snat.map_or(inside.source, |n| PacketAddr::Literal(n.source));
    let rule = if demand == Demand::Ack { ack_rule } else { rule };
    passes.then_some(Passage { device, from, to, rule, packet: Packet { source, ..inside } })
}

/// First match over the rules, three-valued, with the rule that decides: in `may` the first that may permit, else the certain one.
#[allow(clippy::too_many_arguments, reason = "one question about one packet, all of it needed")]
fn decide(
    model: &Model,
    t: &Transit,
    p: Packet,
    from: ZoneId,
    to: ZoneId,
    flagged: bool,
    mirrored: bool,
    level: Level,
) -> (Ternary, Option<usize>) {
    let Some(rules) = &t.rules else { return (Ternary::Yes, None) };
    let named = |possible: Option<usize>, certain| if level == Level::May { possible.or(certain) } else { certain };
    let (p, from, to) = if mirrored { (mirror(p), to, from) } else { (p, from, to) };
    let (mut open, mut possible) = (Ternary::No, None);
    let mut doubtful = false;
    for (i, rule) in rules.iter().enumerate() {
        match (matches(model, rule, p, from, to, flagged), rule.action) {
            (Ternary::No, _) => {}
            (Ternary::Yes, Action::Permit) => {
                let answer = if doubtful { Ternary::Unknown } else { Ternary::Yes };
                return (answer, named(possible, Some(i)));
            }
            (Ternary::Yes, Action::Deny) => return (open, possible),
            (Ternary::Unknown, Action::Permit) => {
                open = Ternary::Unknown;
                possible = possible.or(Some(i));
            }
            (Ternary::Unknown, Action::Deny) => doubtful = true,
        }
    }
    match t.default {
        Some(Action::Permit) if doubtful => (Ternary::Unknown, possible),
        Some(Action::Permit) => (Ternary::Yes, named(possible, None)),
        Some(Action::Deny) => (open, possible),
        None => (Ternary::Unknown, possible),
    }
}

fn mirror(p: Packet) -> Packet {
    Packet {
        source: p.destination,
        destination: p.source,
        source_port: p.destination_port,
        destination_port: p.source_port,
        ..p
    }
}

fn matches(model: &Model, rule: &Rule, p: Packet, from: ZoneId, to: ZoneId, flagged: bool) -> Ternary {
    if rule.established && !flagged || rule.enters.is_some_and(|z| z != from) || rule.leaves.is_some_and(|z| z != to) {
        return Ternary::No;
    }
    if !rule.services.iter().any(|s| s.contains(p.protocol, p.source_port, p.destination_port)) {
        return Ternary::No;
    }
    rule.source.matches(p.source, &model.faces).and(rule.destination.matches(p.destination, &model.faces))
}

/// Whether routes send packets for `destination` to zone `to`.
fn route(model: &Model, t: &Transit, destination: PacketAddr, to: ZoneId) -> Ternary {
    let Some(routes) = &t.routes else { return Ternary::Yes };
    let matched = |r: &Route| r.to.matches(destination, &model.faces);
    let certain = routes.iter().filter(|r| matched(r) == Ternary::Yes).map(|r| r.prefix_len).max();
    let winners: Vec<&Route> =
        routes.iter().filter(|r| matched(r) != Ternary::No && certain.is_none_or(|len| r.prefix_len >= len)).collect();
    match winners.iter().filter(|r| r.via == to).count() {
        0 => Ternary::No,
        all if all == winners.len() && certain.is_some() => Ternary::Yes,
        _ => Ternary::Unknown,
    }
}
