//! One concrete packet, device by device: the shortest walk of a session that the bit sets say exists.
//!
//! It finds the walk again from the rules themselves, so that a witness names
//! the rule on each device.

use std::collections::VecDeque;

use super::device::{Device, answer};
use super::{Level, Packet};
use crate::model::{Model, PacketAddr, Protocol, Ternary, TransitId, ZoneId};

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

/// Where a packet is on its walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    zone: ZoneId,
    packet: Packet,
    passed: u128,
    /// The one device that may take it from here.
    hand: Option<TransitId>,
    /// The device it has passed last: a reply may have to be handed to it.
    before: Option<TransitId>,
}

/// The end of a walk: a zone, with the destination, the source and the service seen there.
#[derive(Debug, Clone, Copy)]
pub struct WalkEnd {
    /// The zone.
    pub zone: ZoneId,
    /// The destination.
    pub destination: PacketAddr,
    /// The source, if it matters.
    pub source: Option<PacketAddr>,
    /// The port, if it matters.
    pub port: Option<u16>,
}

/// The shortest walk from a zone to `end` on which `packet` travels, with the marks demanded.
///
/// In `Sure` and above every demanded lane has to pass every hop with certainty;
/// in `May` only the forward packet is looked at (replies may travel elsewhere).
#[must_use]
pub fn trace(
    model: &Model,
    start: ZoneId,
    packet: Packet,
    end: WalkEnd,
    level: Level,
    demand: Demand,
    marks: (&dyn Fn(u128) -> bool, &dyn Fn(TransitId) -> u128),
) -> Option<Vec<Passage>> {
    let first = Place { zone: start, packet, passed: 0, hand: None, before: None };
    let mut seen = vec![(first, None::<(usize, Passage)>)];
    let mut queue = VecDeque::from([0]);
    while let Some(i) = queue.pop_front() {
        let at = seen[i].0;
        if at.hand.is_none()
            && at.zone == end.zone
            && at.packet.destination == end.destination
            && end.source.is_none_or(|s| at.packet.source == s)
            && end.port.is_none_or(|p| at.packet.destination_port == p)
            && (marks.0)(at.passed)
        {
            return Some(unwind(&seen, i));
        }
        let here = model
            .transits
            .iter()
            .filter(|(id, t)| t.zones.contains(&at.zone) && at.hand.is_none_or(|hand| hand == *id));
        for (id, t) in here {
            let device = Device::new(model, t);
            let handed = at.hand == Some(id) && device.may_turn(at.zone);
            let bounces = model.zones[at.zone].client_isolation && t.sends_back() >= level.needs();
            for &to in &t.zones {
                // Whether both directions of one walk turn at a device is not certain.
                if to == at.zone && demand == Demand::Session && level != Level::May {
                    continue;
                }
                for (packet, rule, hand) in hop(device, at, to, level, demand) {
                    // P-HAIRPIN
                    if to == at.zone && !handed && !bounces && packet == at.packet {
                        continue;
                    }
                    let next = Place { zone: to, packet, passed: at.passed | (marks.1)(id), hand, before: Some(id) };
                    if !seen.iter().any(|(s, _)| *s == next) {
                        let passage = Passage { device: id, from: at.zone, to, rule, packet };
                        seen.push((next, Some((i, passage))));
                        queue.push_back(seen.len() - 1);
                    }
                }
            }
        }
    }
    None
}

type Seen = (Place, Option<(usize, Passage)>);

fn unwind(seen: &[Seen], end: usize) -> Vec<Passage> {
    let mut walk: Vec<Passage> = std::iter::successors(seen[end].1.as_ref(), |(parent, _)| seen[*parent].1.as_ref())
        .map(|(_, p)| p.clone())
        .collect();
    walk.reverse();
    walk
}

/// What a device makes of a packet that it lets out to a zone, the rule that lets it, and who is handed it.
fn hop(
    device: Device<'_>,
    at: Place,
    to: ZoneId,
    level: Level,
    demand: Demand,
) -> Vec<(Packet, Option<usize>, Option<TransitId>)> {
    let ok = |t: Ternary| t >= level.needs();
    let mut all = Vec::new();
    // P-ISOLATED
    let apart = level > Level::May && device.model.is_among_the_kept_apart(device.transit, &[at.zone, to]);
    if apart || !device.ahead(at.zone, to) {
        return all;
    }
    let tcp = at.packet.protocol == Protocol::Tcp;
    for x in device.translated(at.packet, to) {
        if level != Level::May && !x.certain {
            continue;
        }
        let both = (at.packet, x.inner);
        let (new, rule) = device.forward(both, at.zone, to, false, level);
        let (ack, ack_rule) = device.forward(both, at.zone, to, true, level);
        let back = || {
            let Some(reply) = answer(Packet { source: at.packet.source, ..x.inner }) else { return false };
            let routed = device.routed(reply, to, at.zone);
            let handed = |(next, t): &(Option<TransitId>, Ternary)| (next.is_none() || *next == at.before) && ok(*t);
            device.ahead(to, at.zone) && ok(device.reply(x, at.packet, at.zone, to, level)) && routed.iter().any(handed)
        };
        let passes = match demand {
            Demand::Ack => ok(ack),
            Demand::Data => ok(new),
            Demand::Session if level == Level::May => ok(new),
            Demand::Session => ok(new) && (!tcp || ok(ack)) && back(),
        };
        let rule = if demand == Demand::Ack { ack_rule } else { rule };
        for (hand, routed) in device.routed(x.inner, at.zone, to) {
            if passes && ok(routed) {
                all.push((x.after, rule, hand));
            }
        }
    }
    all
}
