//! The third level, `must`: whether a walk is the shortest and the only one, there and back.
//!
//! What is certain on a walk is asked in `sessions`.

use std::collections::BTreeSet;

use super::super::verdict::{Level, Packet, Transit3};
use super::devices::{answered, routed, translated};
use super::sessions::{Pass, Sender, Trail};
use crate::model::{TransitId, ZoneId};

/// A way of the reply: the zone that it has come to, the devices passed with where they sent it, and who may take it there.
struct Return {
    zone: ZoneId,
    passed: Vec<(TransitId, ZoneId)>,
    hands: BTreeSet<Option<TransitId>>,
}

impl Sender<'_> {
    /// The shortest walk to a zone, if "among the walks that visit no zone twice and that route tables and one-way
    /// directions leave open (unknown counts as open; rules are not looked at) exactly one passes the fewest devices",
    /// and if it passes. With `session`, the way back has to be the only one, too.
    pub(super) fn only_walk(&self, goal: ZoneId, pass: impl Pass, session: bool) -> Option<Trail> {
        let mut walks = vec![Trail::start(self.zone, self.packet)];
        let there = |t: &Trail| t.zone == goal && t.hand.is_none();
        while !walks.is_empty() && !walks.iter().any(there) {
            walks = walks.iter().flat_map(|walk| self.longer(walk)).collect();
        }
        walks.retain(there);
        let [only] = walks.as_slice() else { return None };
        // "No device follows itself."
        let follows_itself = only.hops.windows(2).any(|two| two[0].device == two[1].device);
        if follows_itself || self.turned_instead(only) || session && !self.returns_alone(only) {
            return None;
        }
        only.hops.iter().try_fold(Trail::start(self.zone, self.packet), |t, claimed| {
            let sent = pass(claimed.device, &t, claimed.to);
            sent.into_iter().next().map(|hop| self.extended(&t, hop))
        })
    }

    /// "No device of it might send the packet back, translated, instead."
    fn turned_instead(&self, walk: &Trail) -> bool {
        let mut came = self.packet;
        walk.hops.iter().any(|hop| {
            let (at, here) = (came, (hop.from, hop.from));
            came = hop.packet;
            let device = &self.model.transits[hop.device];
            let back = translated(self.model, device, at, hop.from, Level::May);
            device.one_way.is_none()
                && back.into_iter().any(|(before_rules, after)| {
                    after != at && !routed(self.model, device, before_rules, here, Level::May).is_empty()
                })
        })
    }

    /// The walks with one device more, of which rules are not asked.
    fn longer(&self, t: &Trail) -> Vec<Trail> {
        let mut longer = Vec::new();
        for (id, to) in self.exits(t) {
            let device = &self.model.transits[id];
            let visited = to == self.zone || to == t.zone || t.hops.iter().any(|h| h.to == to);
            if visited || device.one_way.is_some_and(|w| w != (t.zone, to)) {
                continue;
            }
            for (before_rules, after) in translated(self.model, device, t.packet, to, Level::May) {
                for next in routed(self.model, device, before_rules, (t.zone, to), Level::May) {
                    let hop = Transit3 { device: id, from: t.zone, to, rule: None, packet: after };
                    longer.push(self.extended(t, (hop, next)));
                }
            }
        }
        longer
    }

    /// "Among the walks from the responder's zone to the initiator's that visit no zone twice and that routes and one-way
    /// directions leave open for the reply, exactly one passes the fewest devices, and it is this walk backwards."
    fn returns_alone(&self, walk: &Trail) -> bool {
        let replies = self.replies_on(walk);
        let start = Return { zone: walk.zone, passed: Vec::new(), hands: BTreeSet::from([None]) };
        let mut ways = vec![start];
        let there = |way: &Return| way.zone == self.zone && way.hands.contains(&None);
        while !ways.is_empty() && !ways.iter().any(there) {
            ways = ways.iter().flat_map(|way| self.returning(walk.zone, way, &replies)).collect();
        }
        ways.retain(there);
        let backwards: Vec<_> = walk.hops.iter().rev().map(|hop| (hop.device, hop.from)).collect();
        matches!(ways.as_slice(), [only] if only.passed == backwards)
    }

    /// "With the addresses and ports that it has anywhere on this walk": in the zones, and inside the devices.
    fn replies_on(&self, walk: &Trail) -> BTreeSet<Packet> {
        let mut packets = vec![self.packet];
        for hop in &walk.hops {
            let came = packets[packets.len() - 1];
            packets.push(Packet { source: came.source, ..hop.packet });
            packets.push(hop.packet);
        }
        packets.into_iter().filter_map(answered).collect()
    }

    /// The ways of the reply with one device more.
    fn returning(&self, start: ZoneId, way: &Return, replies: &BTreeSet<Packet>) -> Vec<Return> {
        let mut longer = Vec::new();
        for (id, device) in self.model.transits.iter().filter(|(_, d)| d.zones.contains(&way.zone)) {
            if !way.hands.contains(&None) && !way.hands.contains(&Some(id)) {
                continue;
            }
            for &to in &device.zones {
                let visited = to == start || to == way.zone || way.passed.iter().any(|(_, zone)| *zone == to);
                if visited || device.one_way.is_some_and(|w| w != (way.zone, to)) {
                    continue;
                }
                let hands: BTreeSet<_> = replies
                    .iter()
                    .flat_map(|&reply| routed(self.model, device, reply, (way.zone, to), Level::May))
                    .collect();
                if !hands.is_empty() {
                    let passed = way.passed.iter().copied().chain([(id, to)]).collect();
                    longer.push(Return { zone: to, passed, hands });
                }
            }
        }
        longer
    }
}
