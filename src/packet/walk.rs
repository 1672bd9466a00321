//! How sets of packets spread from zone to zone.
//!
//! A state is a zone and the packet's current address classes; sets of services
//! travel with it. What happens at one device is said in `hop`.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use super::hop::{HopCache, Hops};
use super::{Bits, Classes};
use crate::model::{Id, Model, TransitId, ZoneId};

pub(super) use super::hop::{Hop, Kind, LEFT, Marks, State};

/// A model prepared for spreading.
pub(super) struct Walker<'m> {
    pub(super) model: &'m Model,
    pub(super) classes: &'m Classes,
    hops: &'m Hops<'m>,
    devices_at: Cow<'m, [Vec<TransitId>]>,
    marks_of: &'m [Marks],
    /// The devices that are walked by, sorted; `None`: all.
    keep: Option<Vec<TransitId>>,
}

/// A walk without regard to rules: where each hop starts, the device, and the state after it.
pub(super) type OpenWalk = Vec<(State, TransitId, State)>;

impl<'m> Walker<'m> {
    pub(super) fn new(hops: &'m Hops<'m>, marks_of: &'m [Marks]) -> Self {
        let model = hops.model;
        let mut devices_at = vec![Vec::new(); model.zones.len()];
        for (id, t) in model.transits.iter() {
            for &zone in &t.zones {
                devices_at[zone.index()].push(id);
            }
        }
        Self { model, classes: hops.classes, hops, devices_at: Cow::Owned(devices_at), marks_of, keep: None }
    }

    /// The same walks by some devices only, which are sorted; `None`: by all.
    pub(super) fn among(&self, keep: Option<Vec<TransitId>>) -> Walker<'_> {
        Walker { devices_at: Cow::Borrowed(&self.devices_at), keep, ..*self }
    }

    /// The devices that are walked by, sorted; `None`: all.
    pub(super) fn keep(&self) -> Option<&[TransitId]> {
        self.keep.as_deref()
    }

    fn devices(&self, zone: ZoneId) -> impl Iterator<Item = TransitId> + '_ {
        let kept = |d: &TransitId| self.keep.as_ref().is_none_or(|keep| keep.binary_search(d).is_ok());
        self.devices_at[zone.index()].iter().copied().filter(kept)
    }

    /// All hops out of a state: the device, the state after it, and what passes. States have the marks of `at`.
    pub(super) fn each_hop(
        &self,
        cache: &mut HopCache,
        at: State,
        kind: Kind,
        visit: &mut impl FnMut(TransitId, State, &Hop),
    ) {
        for device in self.devices(at.zone) {
            self.each_hop_of(cache, device, at, kind, visit);
        }
    }

    fn each_hop_of(
        &self,
        cache: &mut HopCache,
        device: TransitId,
        at: State,
        kind: Kind,
        visit: &mut impl FnMut(TransitId, State, &Hop),
    ) {
        for to in self.hops.exits(device, at, kind) {
            for (next, hop) in self.hops.through(cache, device, at, to, kind) {
                visit(device, State { marks: at.marks, ..*next }, hop);
            }
        }
    }

    /// All states in which packets of `start` may be delivered, with the services that get there, by one lane.
    ///
    /// Without `marked`, walks that pass different labels are one.
    pub(super) fn spread(
        &self,
        cache: &mut HopCache,
        start: State,
        bits: Bits,
        (kind, marked): (Kind, bool),
        lane: impl Fn(&Hop) -> Bits,
    ) -> Vec<(State, Bits)> {
        let mut spread = Spread::new(start, bits);
        while let Some(i) = spread.work.pop() {
            let Reached { state: at, bits, via } = spread.order[i].clone();
            for device in self.devices(at.zone) {
                if self.hops.is_plain(device) {
                    self.spread_plain(cache, &mut spread, device, at, &bits, via.as_ref(), marked, &lane);
                    continue;
                }
                let marks = if marked { at.marks | self.marks_of[device.index()] | LEFT } else { LEFT };
                self.each_hop_of(cache, device, at, kind, &mut |_, next, hop| {
                    let mut passed = lane(hop);
                    passed.keep(&bits);
                    spread.reach(State { marks, ..next }, passed, device, at.zone);
                });
            }
        }
        spread.delivered()
    }

    /// A device that treats all its zones alike is asked once for all of them. Passing it twice in a row leads nowhere
    /// new, except back to where the packet came from.
    #[allow(clippy::too_many_arguments, reason = "the inside of one loop")]
    fn spread_plain(
        &self,
        cache: &mut HopCache,
        spread: &mut Spread,
        device: TransitId,
        at: State,
        bits: &Bits,
        via: Option<&(TransitId, Vec<ZoneId>)>,
        marked: bool,
        lane: &impl Fn(&Hop) -> Bits,
    ) {
        let zones = &self.model.transits[device].zones;
        // All hops are alike, so one of them is asked: from the first zone into itself.
        let alike = State { zone: zones[0], ..at };
        let [(_, hop)] = self.hops.through(cache, device, alike, zones[0], Kind::Both) else { return };
        let mut passed = lane(hop);
        passed.keep(bits);
        if passed.is_empty() {
            return;
        }
        let marks = if marked { at.marks | self.marks_of[device.index()] | LEFT } else { LEFT };
        let back = via.filter(|(d, _)| *d == device).map(|(_, from)| from);
        for &to in back.unwrap_or(zones).iter().filter(|&&to| to != at.zone) {
            spread.reach(State { zone: to, marks, ..at }, passed.clone(), device, at.zone);
        }
    }

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
        lanes: [&dyn Fn(&Hop) -> Bits; N],
    ) -> [Bits; N] {
        let end = |walk: &OpenWalk| {
            let last = walk.last().map_or(start, |h| h.2);
            State { marks: self.marks_along(walk), before: None, ..last }
        };
        lanes.map(|lane| {
            let mut must = self.classes.none();
            for (walk, bits) in walks.iter().filter(|(walk, _)| end(walk) == state) {
                must.add(&self.along(cache, walk, lane).and(bits));
            }
            must
        })
    }

    /// The labels and gates of a walk.
    pub(super) fn marks_along(&self, walk: &OpenWalk) -> Marks {
        walk.iter().fold(0, |m, (_, device, _)| m | self.marks_of[device.index()] | LEFT)
    }
}

/// A state that packets reach, with the services that do, and how they came if only one plain way is known:
/// the device and the zones before it.
#[derive(Clone)]
struct Reached {
    state: State,
    bits: Bits,
    via: Option<(TransitId, Vec<ZoneId>)>,
}

/// The states reached so far, and those to look at again.
struct Spread {
    order: Vec<Reached>,
    index: FxHashMap<State, usize>,
    work: Vec<usize>,
}

impl Spread {
    fn new(start: State, bits: Bits) -> Self {
        Self {
            order: vec![Reached { state: start, bits, via: None }],
            index: FxHashMap::from_iter([(start, 0)]),
            work: vec![0],
        }
    }

    fn reach(&mut self, state: State, bits: Bits, device: TransitId, from: ZoneId) {
        if bits.is_empty() {
            return;
        }
        let Some(&i) = self.index.get(&state) else {
            self.index.insert(state, self.order.len());
            self.work.push(self.order.len());
            self.order.push(Reached { state, bits, via: Some((device, vec![from])) });
            return;
        };
        let known = &mut self.order[i];
        let mut news = !known.bits.covers(&bits);
        match &mut known.via {
            Some((d, zones)) if *d == device && zones.contains(&from) => {}
            Some((d, zones)) if *d == device => {
                zones.push(from);
                news = true;
            }
            Some(_) => {
                known.via = None;
                news = true;
            }
            None => {}
        }
        if news {
            known.bits.add(&bits);
            self.work.push(i);
        }
    }

    /// P-END: the states in which whoever has the address gets the packets, as no route hands them to a device.
    fn delivered(self) -> Vec<(State, Bits)> {
        let mut index: FxHashMap<State, usize> = FxHashMap::default();
        let mut all: Vec<(State, Bits)> = Vec::new();
        for r in self.order.into_iter().filter(|r| r.state.hand.is_none()) {
            let state = State { before: None, ..r.state };
            match index.get(&state) {
                Some(&i) => all[i].1.add(&r.bits),
                None => {
                    index.insert(state, all.len());
                    all.push((state, r.bits));
                }
            }
        }
        all
    }
}

/// Walks looked at side by side in search of a single shortest one.
const MAX_WALKS: usize = 10_000;
