//! Why two faces hold no session: every device on every simple walk, with the rule, default or route that stops it.
//!
//! It works on concrete packets and explains an answer; it gives none. What it calls passable is passable in `may`
//! (`docs/semantics.md`, section 2). Where it had to stop looking, it says so.

mod admission;
mod samples;
mod stops;

use super::assumed::assumptions;
use super::{Cause, Hop, Level, Packet, SessionCause, Transit3, Witness, replay};
use crate::model::{
    AssumptionId, Carrier, FaceId, Fact, Kind, Lens, Model, PacketAddr, Protocol, Service, Transit, TransitId, Way,
    ZoneId,
};
use crate::packet::{Demand, Passage, WalkEnd, trace};
use admission::refusals;
pub use samples::stretches;
use samples::{addresses, is_of, packets};
use stops::stopped;

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
    /// A packet to follow, as it is sent: of those that are stopped on the shortest walk the first that comes farthest;
    /// without stops the first that was tried. None if no packet is sent, as the two are one machine or one is not attached.
    pub sent: Option<Packet>,
}

/// Which addresses of the two ends are meant: one of them, or all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Only {
    /// The address with which the initiator sends.
    pub source: Option<PacketAddr>,
    /// The address of the responder at which packets arrive.
    pub end: Option<PacketAddr>,
}

/// A reason apart from packets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refused {
    /// The initiator opens no sessions.
    OpensNone,
    /// The initiator takes and never gives (a sink).
    TakesOnly,
    /// The initiator opens sessions, but not to this node (`servers`).
    NotItsServer,
    /// The responder does not admit this node (`clients`).
    NotItsClient,
    /// The responder does not answer such a service (`listens`).
    NotListening,
    /// One has IPv4 addresses only, the other IPv6 addresses only.
    OtherFamily,
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
    /// Whether some packet is stopped nowhere on it.
    pub open: bool,
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
    /// The address belongs to another network that it joins, and it hands packets for it there (P-CONNECTED).
    JoinedTo(ZoneId),
    /// Its route hands it to another device.
    HandedTo(TransitId),
    /// The two networks belong to different parts of the device (VRFs, VLANs).
    OtherPart,
    /// It sends nothing back into a network that keeps its machines apart (`hairpin: Drop`).
    NoHairpin,
    /// Its translation mixes IPv4 and IPv6.
    MixedFamilies,
}

/// Why `x` cannot open a session to `y`, for some services (`None` is any).
#[must_use]
pub fn between(model: &Model, x: FaceId, y: FaceId, wanted: Option<&[Service]>) -> Blocking {
    between_only(model, x, y, wanted, Only::default())
}

/// The same for some addresses of the two.
#[must_use]
pub fn between_only(model: &Model, x: FaceId, y: FaceId, wanted: Option<&[Service]>, only: Only) -> Blocking {
    let mut blocking = Blocking { refusals: refusals(model, x, y, wanted), ..Blocking::default() };
    let (Some(start), Some(end)) = (model.faces[x].zone, model.faces[y].zone) else {
        return blocking;
    };
    let packets = packets(model, x, y, wanted, only, &mut blocking.limited);
    let apart = blocking.refusals.iter().any(|r| matches!(r, Refused::KeptApart(_)));
    let mut walks = walks(model, (start, end), y, apart, &mut blocking.limited);
    let joined = !walks.is_empty();
    walks.sort_by_key(|w| (w.len(), w.clone()));
    for walk in walks {
        let at = |s: &Stop| walk.iter().position(|&(d, from, _)| (d, from) == (s.device, s.from));
        let mut stops: Vec<Stop> = Vec::new();
        let (mut open, mut tried) = (false, false);
        let mut farthest = None;
        for &packet in &packets {
            let Some(found) = stopped(model, &walk, packet, y, only) else { continue };
            open |= found.is_empty();
            tried = true;
            let far = found.first().map(|s| (at(s), s.lane, std::cmp::Reverse(found.len())));
            if far.is_some() && farthest.is_none_or(|(known, _)| far > known) {
                farthest = Some((far, packet));
            }
            for stop in found {
                let same =
                    |s: &Stop| (s.device, s.from, s.lane, s.why) == (stop.device, stop.from, stop.lane, stop.why);
                if !stops.iter().any(same) {
                    stops.push(stop);
                }
            }
        }
        if !tried {
            // Nothing that `x` could send on this walk would be for `y`.
            continue;
        }
        blocking.sent = blocking.sent.or(farthest.map(|(_, packet)| packet));
        stops.sort_by_key(|s| (at(s), s.lane, s.why));
        let zones = std::iter::once(start).chain(walk.iter().map(|&(_, _, to)| to)).collect();
        blocking.walks.push(TriedWalk { zones, devices: walk.iter().map(|&(d, ..)| d).collect(), stops, open });
    }
    if blocking.walks.is_empty() && !blocking.limited && blocking.refusals.is_empty() {
        blocking.refusals.push(if joined { Refused::OtherFamily } else { Refused::NoWay });
    }
    // Where no packet is sent at all, there is none to follow.
    let sends = |r: &Refused| !matches!(r, Refused::OneNode | Refused::Detached | Refused::TakesOnly);
    blocking.sent = blocking.sent.or(packets.first().copied()).filter(|_| blocking.refusals.iter().all(sends));
    blocking
}

/// The shortest walk on which some packet of the services gets through, with the packet and how certain it is.
///
/// The answer is confirmed by `replay`, so it is a session of the semantics.
#[must_use]
pub fn passage(model: &Model, x: FaceId, y: FaceId, wanted: Option<&[Service]>) -> Option<Connection> {
    passage_only(model, x, y, wanted, Only::default())
}

/// The same for some addresses of the two.
#[must_use]
pub fn passage_only(model: &Model, x: FaceId, y: FaceId, wanted: Option<&[Service]>, only: Only) -> Option<Connection> {
    let refusals = refusals(model, x, y, wanted);
    if !refusals.iter().all(|r| matches!(r, Refused::KeptApart(_))) {
        return None;
    }
    let (start, zone) = (model.faces[x].zone?, model.faces[y].zone?);
    let apart = !refusals.is_empty();
    let packets = packets(model, x, y, wanted, only, &mut false);
    for level in [Level::Sure, Level::May] {
        let mut best: Option<Connection> = None;
        for &packet in &packets {
            let demand = if packet.protocol == Protocol::Tcp { Demand::Session } else { Demand::Data };
            for end in addresses(model, y, &mut false).into_iter().filter(|&e| only.end.is_none_or(|o| o == e)) {
                // The shortest walk of the first packet may be one that no reply can follow: then one with another source.
                let translated =
                    model.transits.values().flat_map(|t| &t.snat).map(|s| Some(PacketAddr::Literal(s.source)));
                for source in [None, Some(packet.source)].into_iter().chain(translated) {
                    let marks: (&dyn Fn(u128) -> bool, &dyn Fn(TransitId) -> u128) =
                        (&|left| left > 0 || !apart, &|_| 1);
                    let Some(walk) = trace(
                        model,
                        start,
                        packet,
                        WalkEnd { zone, destination: end, source, port: None },
                        level,
                        demand,
                        marks,
                    ) else {
                        continue;
                    };
                    let passed = |p: Passage| Transit3 {
                        device: p.device,
                        from: p.from,
                        to: p.to,
                        rule: p.rule,
                        packet: p.packet,
                    };
                    let walk: Vec<Transit3> = walk.into_iter().map(passed).collect();
                    if best.as_ref().is_some_and(|b| b.walk.len() <= walk.len()) {
                        break;
                    }
                    if let Some(rests_on) = confirmed(model, (x, y), packet, level, &walk) {
                        best = Some(Connection { packet, level, walk, rests_on });
                        break;
                    }
                }
            }
        }
        if best.is_some() {
            return best;
        }
    }
    None
}

/// A direct session that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// The packet that opens it.
    pub packet: Packet,
    /// How certain it is.
    pub level: Level,
    /// The devices on the way.
    pub walk: Vec<Transit3>,
    /// What is not stated and matters to it, as far as one thing can be named. Sorted.
    pub rests_on: Vec<AssumptionId>,
}

/// What a session rests on that is not stated, if the replay accepts it as a step of its own.
fn confirmed(
    model: &Model,
    (x, y): (FaceId, FaceId),
    packet: Packet,
    level: Level,
    walk: &[Transit3],
) -> Option<Vec<AssumptionId>> {
    let from = match model.endpoint_of(x) {
        Some(_) => Fact::holds(x, Carrier::Own),
        None => Fact::leaves(x, Carrier::Req, Way::Opens),
    };
    let mut labels: Vec<_> = walk.iter().flat_map(|p| model.transits[p.device].labels.iter().copied()).collect();
    labels.sort_unstable();
    labels.dedup();
    let session = SessionCause {
        initiator: x,
        responder: y,
        packet,
        delivered: walk.last().map_or(packet, |p| p.packet),
        reply: false,
        forward: walk.to_vec(),
        impersonator: None,
        covert: false,
        communication: None,
    };
    let cause = Cause::Session(Box::new(session));
    let hop = Hop { from, to: Fact::arrives(y, Carrier::Req), cause, level, guards: Vec::new(), labels };
    let witness = Witness { start: from, hops: vec![hop] };
    let rests_on = || assumptions(model, std::slice::from_ref(&witness));
    replay::replay(model, Lens::Direct, false, &[], &witness).is_ok().then(rests_on)
}

type Leg = (TransitId, ZoneId, ZoneId);

/// Whether a device is of a kind that never sends anything back; there is no need to say so of each.
fn is_wire(model: &Model, t: &Transit) -> bool {
    matches!(model.nodes[t.node].kind, Kind::Switch | Kind::Line)
}

/// All walks that visit no network twice; two that are kept apart meet on a walk that leaves their network and returns. A device
/// that publishes an address of `y` may also send packets back into the network from which they came, and so may any in a network that
/// keeps the two apart.
fn walks(model: &Model, (start, end): (ZoneId, ZoneId), y: FaceId, apart: bool, limited: &mut bool) -> Vec<Vec<Leg>> {
    let publishes = |id: TransitId| model.transits[id].dnat.iter().any(|n| is_of(model, y, n.inside));
    let mut found = Vec::new();
    let mut open: std::collections::VecDeque<Vec<Leg>> = std::collections::VecDeque::from([Vec::new()]);
    let mut looked = 0;
    while let Some(walk) = open.pop_front() {
        let at = walk.last().map_or(start, |&(_, _, to)| to);
        if at == end && !(apart && walk.is_empty()) {
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
            for &to in t
                .zones
                .iter()
                .filter(|&&to| (to != start || apart && at != start) && walk.iter().all(|&(_, _, seen)| seen != to))
            {
                let mut next = walk.clone();
                next.push((id, at, to));
                open.push_back(next);
            }
            let bounces = apart && at == start && walk.is_empty() && t.one_way.is_none() && !is_wire(model, t);
            if (publishes(id) || bounces) && !walk.contains(&(id, at, at)) {
                open.push_back([walk.as_slice(), &[(id, at, at)]].concat());
            }
        }
    }
    found
}
