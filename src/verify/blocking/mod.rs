//! Why two faces hold no session: every device on every simple walk, with the rule, default or route that stops it.
//!
//! It works on concrete packets and explains an answer; it gives none. What it calls passable is passable in `may`
//! (`docs/semantics.md`, section 2). Where it had to stop looking, it says so.

mod admission;
mod samples;

use super::{Level, Packet};
use crate::model::{
    Action, FaceId, Model, PacketAddr, Protocol, Service, Ternary, Transit, TransitId, ZoneId,
};
use crate::packet::{Demand, Passage, trace};
use admission::refusals;
use samples::{addresses, is_of, packets};

/// How many walks are looked at.
pub const MAX_WALKS: usize = 100;
/// How many packets are tried between two faces.
pub const MAX_PACKETS: usize = 400;

/// Why nothing gets from one face to another.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Blocking {
    /// Reasons apart from packets.
    pub refusals: Vec<Refused>,
    /// Every walk looked at, shortest first, with all that stops packets on it; none for a walk that is open.
    pub walks: Vec<TriedWalk>,
    /// Whether there are more walks or packets than were looked at.
    pub limited: bool,
}

/// A reason apart from packets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refused {
    /// The initiator opens no sessions.
    OpensNone,
    /// The initiator opens sessions, but not to this node (`servers`).
    NotItsServer,
    /// The responder does not admit this node (`clients`).
    NotItsClient,
    /// The responder does not answer such a service (`listens`).
    NotListening,
    /// Both are one node.
    OneNode,
    /// One of them is not attached to a network.
    Detached,
    /// The network keeps its endpoints apart.
    KeptApart(ZoneId),
    /// No device joins their networks, not even by way of others.
    NoWay,
}

/// One walk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TriedWalk {
    /// The networks on it, in order.
    pub zones: Vec<ZoneId>,
    /// The devices on it, in order.
    pub devices: Vec<TransitId>,
    /// What stops packets on it; all of them, in order.
    pub stops: Vec<Stop>,
}

/// One place where packets stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stop {
    /// The device.
    pub device: TransitId,
    /// Where the packets of the initiator come in.
    pub from: ZoneId,
    /// Where they would leave.
    pub to: ZoneId,
    /// Which packet of the session it is.
    pub lane: Lane,
    /// Why it stops.
    pub why: StopReason,
    /// A packet that stops here, as the initiator's side sees it.
    pub packet: Packet,
}

/// Which packet of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lane {
    /// The first packet of the initiator.
    First,
    /// Its later packets.
    Later,
    /// The replies.
    Reply,
}

/// Why a packet stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StopReason {
    /// A rule denies it: its position.
    Rule(usize),
    /// No rule matches and the default is to deny.
    Default,
    /// The device forwards in the other direction only.
    OneWay,
    /// No route matches.
    NoRoute,
    /// Its route leads to another network.
    RoutedTo(ZoneId),
}

/// Why `x` cannot open a session to `y`, for some services (`None` is any).
#[must_use]
pub fn between(model: &Model, x: FaceId, y: FaceId, wanted: Option<&[Service]>) -> Blocking {
    let mut blocking = Blocking { refusals: refusals(model, x, y, wanted), ..Blocking::default() };
    let (Some(start), Some(end)) = (model.faces[x].zone, model.faces[y].zone) else {
        return blocking;
    };
    let packets = packets(model, x, y, wanted, &mut blocking.limited);
    let mut walks = walks(model, start, end, &mut blocking.limited);
    walks.sort_by_key(|w| (w.len(), w.clone()));
    for walk in walks {
        let mut stops: Vec<Stop> = Vec::new();
        let mut open = false;
        for &packet in &packets {
            let Some(found) = stopped(model, &walk, packet, y) else { continue };
            open |= found.is_empty();
            for stop in found {
                let same = |s: &Stop| (s.device, s.from, s.lane, s.why) == (stop.device, stop.from, stop.lane, stop.why);
                if !stops.iter().any(same) {
                    stops.push(stop);
                }
            }
        }
        let at = |s: &Stop| walk.iter().position(|&(d, from, _)| (d, from) == (s.device, s.from));
        stops.sort_by_key(|s| (at(s), s.lane, s.why));
        if open {
            stops.clear();
        }
        let zones = std::iter::once(start).chain(walk.iter().map(|&(_, _, to)| to)).collect();
        blocking.walks.push(TriedWalk { zones, devices: walk.iter().map(|&(d, ..)| d).collect(), stops });
    }
    if blocking.walks.is_empty() && !blocking.limited {
        blocking.refusals.push(Refused::NoWay);
    }
    blocking
}

/// The shortest walk on which some packet of the services gets through, with the packet and how certain it is.
#[must_use]
pub fn passage(model: &Model, x: FaceId, y: FaceId, wanted: Option<&[Service]>) -> Option<(Packet, Level, Vec<Passage>)> {
    if !refusals(model, x, y, wanted).is_empty() {
        return None;
    }
    let (start, zone) = (model.faces[x].zone?, model.faces[y].zone?);
    let packets = packets(model, x, y, wanted, &mut false);
    let mut best = None;
    for level in [Level::Sure, Level::May] {
        for &packet in &packets {
            let demand = if packet.protocol == Protocol::Tcp { Demand::Session } else { Demand::Data };
            for end in addresses(model, y, &mut false) {
                let Some(walk) = trace(model, start, packet, (zone, end, None), level, demand, (&|_| true, &|_| 0)) else { continue };
                if best.as_ref().is_none_or(|(_, _, w): &(Packet, Level, Vec<_>)| walk.len() < w.len()) {
                    best = Some((packet, level, walk));
                }
            }
        }
        if best.is_some() {
            return best;
        }
    }
    best
}

type Leg = (TransitId, ZoneId, ZoneId);

/// All walks that visit no network twice.
fn walks(model: &Model, start: ZoneId, end: ZoneId, limited: &mut bool) -> Vec<Vec<Leg>> {
    let mut found = Vec::new();
    let mut open: std::collections::VecDeque<Vec<Leg>> = std::collections::VecDeque::from([Vec::new()]);
    let mut looked = 0;
    while let Some(walk) = open.pop_front() {
        let at = walk.last().map_or(start, |&(_, _, to)| to);
        if at == end {
            found.push(walk);
            if found.len() >= MAX_WALKS {
                *limited |= !open.is_empty();
                break;
            }
            continue;
        }
        looked += 1;
        if looked > MAX_WALKS * 100 {
            *limited = true;
            break;
        }
        for (id, t) in model.transits.iter().filter(|(_, t)| t.zones.contains(&at)) {
            for &to in t.zones.iter().filter(|&&to| to != start && walk.iter().all(|&(_, _, seen)| seen != to)) {
                let mut next = walk.clone();
                next.push((id, at, to));
                open.push_back(next);
            }
        }
    }
    found
}

/// What stops a packet on a walk, looking on behind the first stop; `None` if the packet is not one for `y` on this walk.
fn stopped(model: &Model, walk: &[Leg], packet: Packet, y: FaceId) -> Option<Vec<Stop>> {
    let mut stops = Vec::new();
    let mut now = packet;
    for &(device, from, to) in walk {
        let t = &model.transits[device];
        let dnat = t.dnat.iter().find(|n| n.zone == to && now.destination == PacketAddr::Literal(n.outside));
        let inside = Packet { destination: dnat.map_or(now.destination, |n| n.inside), ..now };
        let mut stop = |lane, why| stops.push(Stop { device, from, to, lane, why, packet: now });
        let first = one_way(t, from, to).or_else(|| route(model, t, inside.destination, to)).or_else(|| deny(model, t, inside, from, to, false));
        match first {
            Some(why) => stop(Lane::First, why),
            None if packet.protocol == Protocol::Tcp => {
                let flag = !t.remembers();
                if flag && let Some(why) = deny(model, t, inside, from, to, true) {
                    stop(Lane::Later, why);
                }
                let back = one_way(t, to, from).or_else(|| route(model, t, now.source, from)).or_else(|| {
                    flag.then(|| deny(model, t, mirror(inside), to, from, true)).flatten()
                });
                if let Some(why) = back {
                    stop(Lane::Reply, why);
                }
            }
            None => {}
        }
        let source = t.snat.iter().find(|n| n.zone == to).map_or(inside.source, |n| PacketAddr::Literal(n.source));
        now = Packet { source, ..inside };
    }
    is_of(model, y, now.destination).then_some(stops)
}

fn one_way(t: &Transit, from: ZoneId, to: ZoneId) -> Option<StopReason> {
    t.one_way.is_some_and(|w| w != (from, to)).then_some(StopReason::OneWay)
}

fn route(model: &Model, t: &Transit, destination: PacketAddr, to: ZoneId) -> Option<StopReason> {
    let mut sorted: Vec<_> = t.routes.as_ref()?.iter().collect();
    sorted.sort_by_key(|r| std::cmp::Reverse(r.prefix_len));
    for r in sorted {
        match r.to.matches(destination, &model.faces) {
            Ternary::No => {}
            _ if r.via == to => return None,
            Ternary::Unknown => {}
            Ternary::Yes => return Some(StopReason::RoutedTo(r.via)),
        }
    }
    Some(StopReason::NoRoute)
}

/// The rule or default that certainly drops a packet.
fn deny(model: &Model, t: &Transit, p: Packet, from: ZoneId, to: ZoneId, flag: bool) -> Option<StopReason> {
    let rules = t.rules.as_ref()?;
    for (i, r) in rules.iter().enumerate() {
        let fits = (flag || !r.established)
            && r.enters.is_none_or(|z| z == from)
            && r.leaves.is_none_or(|z| z == to)
            && r.services.iter().any(|s| s.contains(p.protocol, p.source_port, p.destination_port));
        if !fits {
            continue;
        }
        match (r.source.matches(p.source, &model.faces).and(r.destination.matches(p.destination, &model.faces)), r.action) {
            (Ternary::No, _) | (Ternary::Unknown, Action::Deny) => {}
            (_, Action::Permit) => return None,
            (Ternary::Yes, Action::Deny) => return Some(StopReason::Rule(i)),
        }
    }
    (t.default == Some(Action::Deny)).then_some(StopReason::Default)
}

fn mirror(p: Packet) -> Packet {
    Packet { source: p.destination, destination: p.source, source_port: p.destination_port, destination_port: p.source_port, ..p }
}
