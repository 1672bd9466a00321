//! The third level, `must`: which walk is the shortest and the only one, there and back.
//!
//! What passes a device is asked in `hop`.

use super::Bits;
use super::hop::{Form, HopCache};
use super::walk::{Hop, Kind, LEFT, Marks, State, Walker};
use crate::model::{Id, TransitId, ZoneId};

/// A walk without regard to rules: where each hop starts, the device, and the state after it.
pub(super) type OpenWalk = Vec<(State, TransitId, State)>;

/// What is looked at of a hop, and whether it is whole sessions, so that the way back has to be the only one, too.
pub(super) type Lane<'a> = (&'a dyn Fn(&Hop) -> Bits, bool);

/// A way of replies: the devices passed with where they sent them, and what goes on by who may take it.
struct Return {
    zone: ZoneId,
    passed: Vec<(TransitId, ZoneId)>,
    hands: Vec<(Option<TransitId>, Bits)>,
}

impl Walker<'_> {
    /// For each service, the shortest walk from `start` to a zone that visits no zone twice, as routes and one-way
    /// directions leave it open, if only one is as short. Walks in order, each with its services.
    pub(super) fn single_shortest(&self, start: State, end: ZoneId) -> Vec<(OpenWalk, Bits)> {
        let mut walks: Vec<(OpenWalk, Bits)> = vec![(Vec::new(), self.classes.all())];
        let mut single = Vec::new();
        let mut open = self.classes.all();
        let at = |walk: &OpenWalk| walk.last().map_or(start, |h| h.2);
        while !walks.is_empty() && !open.is_empty() {
            // A mesh with this many ways is not a drawing of one way.
            if walks.len() > MAX_WALKS {
                break;
            }
            let there = || walks.iter().filter(|(w, _)| at(w).zone == end && at(w).hand.is_none());
            let (mut once, mut twice) = (self.classes.none(), self.classes.none());
            for (_, bits) in there() {
                twice.add(&once.and(bits));
                once.add(bits);
            }
            for (walk, bits) in there() {
                let own = bits.without(&twice);
                if !own.is_empty() {
                    single.push((walk.clone(), own));
                }
            }
            open.remove(&once);
            walks = walks.iter().flat_map(|(walk, bits)| self.longer(start, walk, &bits.and(&open))).collect();
        }
        single
    }

    fn longer(&self, start: State, walk: &OpenWalk, bits: &Bits) -> Vec<(OpenWalk, Bits)> {
        let at = walk.last().map_or(start, |h| h.2);
        let mut longer = Vec::new();
        if bits.is_empty() {
            return longer;
        }
        for device in self.devices(at.zone) {
            for to in self.hops.exits(device, at, Kind::Both) {
                if to == start.zone || walk.iter().any(|h| h.2.zone == to) {
                    continue;
                }
                for (next, open) in self.hops.conceivable(device, at, to) {
                    let open = open.and(bits);
                    if !open.is_empty() {
                        longer.push(([walk.as_slice(), &[(at, device, next)]].concat(), open));
                    }
                }
            }
        }
        longer
    }

    /// The services that pass every hop of a walk in a lane.
    pub(super) fn along(&self, cache: &mut HopCache, walk: &OpenWalk, lane: impl Fn(&Hop) -> Bits) -> Bits {
        walk.iter().fold(self.classes.all(), |mut bits, &(at, device, next)| {
            let hops = self.hops.through(cache, device, at, next.zone, Kind::Both);
            let same = |n: &State| State { marks: 0, ..*n } == State { marks: 0, ..next };
            let mut passed = self.classes.none();
            hops.iter().filter(|(n, _)| same(n)).for_each(|(_, hop)| passed.add(&lane(hop)));
            bits.keep(&passed);
            bits
        })
    }

    /// What passes the single shortest walk to a state, lane by lane, if it is one to that state.
    pub(super) fn must<const N: usize>(
        &self,
        cache: &mut HopCache,
        start: State,
        walks: &[(OpenWalk, Bits)],
        state: State,
        lanes: [Lane<'_>; N],
    ) -> [Bits; N] {
        let end = |walk: &OpenWalk| {
            let last = walk.last().map_or(start, |h| h.2);
            State { marks: self.marks_along(walk), before: None, ..last }
        };
        // No device follows itself.
        let follows_itself = |walk: &OpenWalk| walk.windows(2).any(|two| two[0].1 == two[1].1);
        let fits = |walk: &OpenWalk| end(walk) == state && !follows_itself(walk);
        lanes.map(|(lane, session)| {
            let mut must = self.classes.none();
            for (walk, bits) in walks.iter().filter(|(walk, _)| fits(walk)) {
                let mut passed = self.along(cache, walk, lane).and(bits);
                passed.remove(&self.turned_instead(walk));
                must.add(&if session { self.alone_back(start, walk, passed) } else { passed });
            }
            must
        })
    }

    /// What a device of a walk might send back, translated, instead of on: such a walk competes although it visits a zone twice.
    fn turned_instead(&self, walk: &OpenWalk) -> Bits {
        let mut turned = self.classes.none();
        for &(at, device, _) in walk.iter().filter(|(_, device, _)| self.model.transits[*device].translates()) {
            for (next, bits) in self.hops.conceivable(device, at, at.zone) {
                if (next.s, next.d, next.ports) != (at.s, at.d, at.ports) {
                    turned.add(&bits);
                }
            }
        }
        turned
    }

    /// The labels and gates of a walk.
    pub(super) fn marks_along(&self, walk: &OpenWalk) -> Marks {
        walk.iter().fold(0, |m, (_, device, _)| m | self.marks_of[device.index()] | LEFT)
    }

    /// Of some services, those of which replies have one way back with the fewest devices, namely this walk. Routes are asked about
    /// replies as they are anywhere on this walk: in the zones, and inside the devices.
    fn alone_back(&self, start: State, walk: &OpenWalk, services: Bits) -> Bits {
        let mut forms = vec![Form { s: start.s, d: start.d, ports: start.ports }];
        for (at, _, next) in walk {
            forms.push(Form { s: at.s, d: next.d, ports: next.ports });
            forms.push(Form { s: next.s, d: next.d, ports: next.ports });
        }
        forms.sort_unstable();
        forms.dedup();
        let end = walk.last().map_or(start.zone, |h| h.2.zone);
        let backwards: Vec<_> = walk.iter().rev().map(|(at, device, _)| (*device, at.zone)).collect();
        let (mut own, mut others) = (self.classes.none(), self.classes.none());
        let mut ways = vec![Return { zone: end, passed: Vec::new(), hands: vec![(None, services)] }];
        for length in 0..=walk.len() {
            for way in ways.iter().filter(|w| w.zone == start.zone) {
                let sum = if way.passed == backwards { &mut own } else { &mut others };
                way.hands.iter().filter(|(hand, _)| hand.is_none()).for_each(|(_, bits)| sum.add(bits));
            }
            if length == walk.len() {
                break;
            }
            ways = ways.iter().flat_map(|way| self.returning(end, way, &forms, &others)).collect();
            if ways.len() > MAX_WALKS {
                return self.classes.none();
            }
        }
        own.without(&others)
    }

    /// The ways with one device more of what has not come back by others.
    fn returning(&self, end: ZoneId, way: &Return, forms: &[Form], others: &Bits) -> Vec<Return> {
        let mut longer = Vec::new();
        for device in self.devices(way.zone) {
            let mut taken = self.classes.none();
            for (_, bits) in way.hands.iter().filter(|(hand, _)| hand.is_none_or(|d| d == device)) {
                taken.add(bits);
            }
            taken.remove(others);
            for &to in &self.model.transits[device].zones {
                if taken.is_empty() || to == end || to == way.zone || way.passed.iter().any(|(_, zone)| *zone == to) {
                    continue;
                }
                let mut hands = self.hops.conceivable_back(device, (way.zone, to), forms);
                hands.iter_mut().for_each(|(_, bits)| bits.keep(&taken));
                hands.retain(|(_, bits)| !bits.is_empty());
                if !hands.is_empty() {
                    longer.push(Return { zone: to, passed: [way.passed.as_slice(), &[(device, to)]].concat(), hands });
                }
            }
        }
        longer
    }
}

/// Walks looked at side by side in search of a single shortest one.
const MAX_WALKS: usize = 10_000;
