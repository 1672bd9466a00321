//! How sets of packets spread from zone to zone.
//!
//! A state is a zone and the packet's current address classes; sets of services
//! travel with it. Translation re-labels the state.

use rustc_hash::FxHashMap;

use super::classes::AddrClass;
use super::filter::{Filter, Lane, Passed};
use super::{Bits, Classes};
use crate::model::{Id, Model, PacketAddr, Route, Rule, Ternary, Transit, TransitId, ZoneId};

/// Labels and gates passed, one bit each; see [`super::Sessions::marks`].
pub(super) type Marks = u128;

/// Marks a packet that has passed a device: coming back to its zone is another walk than not leaving it.
pub(super) const LEFT: Marks = 1 << 127;

/// Where some packets are, and as what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct State {
    pub(super) zone: ZoneId,
    pub(super) s: AddrClass,
    pub(super) d: AddrClass,
    pub(super) marks: Marks,
}

/// What passes one device on one hop, lane by lane, routes included.
#[derive(Debug, Clone)]
pub(super) struct Hop {
    pub(super) new: Passed,
    pub(super) ack: Passed,
    pub(super) rep: Passed,
}

/// A model prepared for spreading.
pub(super) struct Walker<'m> {
    pub(super) model: &'m Model,
    pub(super) classes: &'m Classes,
    filters: Vec<Filter>,
    routes: Vec<Option<Vec<(usize, &'m Route)>>>,
    pub(super) devices_at: Vec<Vec<TransitId>>,
    pub(super) marks_of: Vec<Marks>,
    /// Devices that treat all their zones alike: no routes, directions, translation, or rules about zones.
    plain: Vec<bool>,
}

type HopKey = (TransitId, ZoneId, ZoneId, AddrClass, AddrClass);

/// Hops already evaluated for one pair of classes.
#[derive(Default)]
pub(super) struct HopCache(FxHashMap<HopKey, Hop>);

impl<'m> Walker<'m> {
    pub(super) fn new(model: &'m Model, classes: &'m Classes, marks_of: Vec<Marks>) -> Self {
        let mut devices_at = vec![Vec::new(); model.zones.len()];
        for (id, t) in model.transits.iter() {
            for &zone in &t.zones {
                devices_at[zone.index()].push(id);
            }
        }
        let routes = model
            .transits
            .values()
            .map(|t| t.routes.as_ref().map(|routes| routes.iter().map(|r| (classes.match_id(&r.to), r)).collect()))
            .collect();
        let plain = model.transits.values().map(is_plain).collect();
        Self { model, classes, filters: Filter::all(model, classes), routes, devices_at, marks_of, plain }
    }

    /// Whether a device sends packets for class `d` to zone `to`: `(in may, in sure)`.
    fn routed(&self, device: TransitId, d: AddrClass, to: ZoneId) -> (bool, bool) {
        let Some(routes) = &self.routes[device.index()] else { return (true, true) };
        let matched = |id: usize| self.classes.matches(id, d);
        let certain = routes.iter().filter(|(id, _)| matched(*id) == Ternary::Yes).map(|(_, r)| r.prefix_len).max();
        // Every route that may be the longest match; among equals, any may be taken.
        let mut winners = routes
            .iter()
            .filter(|(id, r)| matched(*id) != Ternary::No && certain.is_none_or(|len| r.prefix_len >= len))
            .map(|(_, r)| r.via == to);
        let sure = certain.is_some() && winners.clone().all(|here| here);
        (winners.any(|here| here), sure)
    }

    fn class_of(&self, addr: PacketAddr) -> AddrClass {
        self.classes.nat.get(&addr).copied().unwrap_or(0)
    }

    /// The hops out of a state: the device, the next zone, and the address classes after translation.
    pub(super) fn next(&self, at: State) -> impl Iterator<Item = (TransitId, State, AddrClass)> + '_ {
        self.devices_at[at.zone.index()]
            .iter()
            .flat_map(move |&device| self.next_through(device, at).map(move |(next, d)| (device, next, d)))
    }

    /// The hops through one device: the next state, and the destination class before source translation.
    fn next_through(&self, device: TransitId, at: State) -> impl Iterator<Item = (State, AddrClass)> + '_ {
        let t = &self.model.transits[device];
        t.zones.iter().filter(move |&&to| to != at.zone).map(move |&to| {
            let dnat = t.dnat.iter().find(|n| n.zone == to && self.class_of(PacketAddr::Literal(n.outside)) == at.d);
            let d = dnat.map_or(at.d, |n| self.class_of(n.inside));
            // A translation applies to packets of its own family; others pass as they are.
            let family = self.classes.v4[at.s as usize];
            let snat = t.snat.iter().find(|n| n.zone == to && family.is_none_or(|v4| v4 == n.source.is_v4()));
            let s = snat.map_or(at.s, |n| self.class_of(PacketAddr::Literal(n.source)));
            let marks = at.marks | self.marks_of[device.index()] | LEFT;
            (State { zone: to, s, d, marks }, d)
        })
    }

    /// What passes `device` from `at` to `to`; `d` is the destination class after translation.
    pub(super) fn hop<'c>(
        &self,
        cache: &'c mut HopCache,
        device: TransitId,
        at: State,
        to: ZoneId,
        d: AddrClass,
    ) -> &'c Hop {
        cache.0.entry((device, at.zone, to, at.s, d)).or_insert_with(|| {
            let t = &self.model.transits[device];
            let filter = &self.filters[device.index()];
            let pass = |lane| filter.passes(self.classes, lane, at.zone, to, at.s, d);
            let forward = self.routed(device, d, to);
            let back = self.routed(device, at.s, at.zone);
            let ahead = t.one_way.is_none_or(|w| w == (at.zone, to));
            let returns = t.one_way.is_none_or(|w| w == (to, at.zone));
            let gate = |mut p: Passed, (may, sure): (bool, bool), open: bool| {
                if !open || !may {
                    p.may = self.classes.none();
                }
                if !open || !sure {
                    p.sure = self.classes.none();
                }
                p
            };
            Hop {
                new: gate(pass(Lane::New), forward, ahead),
                ack: gate(pass(Lane::Ack), forward, ahead),
                rep: gate(pass(Lane::Rep), back, returns),
            }
        })
    }

    /// All states that packets of `start` reach, with the services that reach them, by one lane.
    ///
    /// Without `marked`, walks that pass different labels are one.
    pub(super) fn spread(
        &self,
        cache: &mut HopCache,
        start: State,
        bits: Bits,
        marked: bool,
        lane: impl Fn(&Hop) -> Bits,
    ) -> Vec<(State, Bits)> {
        let mut spread = Spread::new(start, bits);
        while let Some(i) = spread.work.pop() {
            let Reached { state: at, bits, via } = spread.order[i].clone();
            for &device in &self.devices_at[at.zone.index()] {
                if self.plain[device.index()] {
                    self.spread_plain(cache, &mut spread, device, at, &bits, via.as_ref(), marked, &lane);
                    continue;
                }
                for (mut next, d) in self.next_through(device, at) {
                    if !marked {
                        next.marks &= LEFT;
                    }
                    let mut passed = lane(self.hop(cache, device, at, next.zone, d));
                    passed.keep(&bits);
                    spread.reach(next, passed, device, at.zone);
                }
            }
        }
        spread.order.into_iter().map(|r| (r.state, r.bits)).collect()
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
        let mut passed = lane(self.hop(cache, device, State { zone: zones[0], ..at }, zones[0], at.d));
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

    /// The shortest walk from `start` to a zone that visits no zone twice, as routes and one-way directions leave
    /// it open, if only one is as short: its states and devices.
    pub(super) fn single_shortest(
        &self,
        start: State,
        end: ZoneId,
    ) -> Option<Vec<(TransitId, State, State, AddrClass)>> {
        let mut walks: Vec<Vec<(TransitId, State, State, AddrClass)>> = vec![Vec::new()];
        loop {
            let at = |walk: &[(TransitId, State, State, AddrClass)]| walk.last().map_or(start, |h| h.2);
            let mut there = walks.iter().filter(|w| at(w).zone == end);
            match (there.next(), there.next()) {
                (Some(walk), None) => return Some(walk.clone()),
                (Some(_), Some(_)) => return None,
                // A mesh with this many ways is not a drawing of one way.
                (None, _) if walks.is_empty() || walks.len() > MAX_WALKS => return None,
                (None, _) => {}
            }
            walks = walks.iter().flat_map(|walk| self.longer(start, walk)).collect();
        }
    }

    fn longer(
        &self,
        start: State,
        walk: &[(TransitId, State, State, AddrClass)],
    ) -> Vec<Vec<(TransitId, State, State, AddrClass)>> {
        let at = walk.last().map_or(start, |h| h.2);
        self.next(at)
            .filter(|(device, next, d)| {
                let ahead = self.model.transits[*device].one_way.is_none_or(|w| w == (at.zone, next.zone));
                let new_zone = next.zone != start.zone && walk.iter().all(|h| h.2.zone != next.zone);
                ahead && new_zone && self.routed(*device, *d, next.zone).0
            })
            .map(|(device, next, d)| [walk, &[(device, at, next, d)]].concat())
            .collect()
    }

    /// The services that pass every hop of a walk in a lane.
    pub(super) fn along(
        &self,
        cache: &mut HopCache,
        walk: &[(TransitId, State, State, AddrClass)],
        lane: impl Fn(&Hop) -> Bits,
    ) -> Bits {
        walk.iter().fold(self.classes.all(), |mut bits, &(device, at, next, d)| {
            bits.keep(&lane(self.hop(cache, device, at, next.zone, d)));
            bits
        })
    }
}

fn is_plain(t: &Transit) -> bool {
    let about_zones = |r: &Rule| r.enters.is_some() || r.leaves.is_some();
    t.routes.is_none() && t.one_way.is_none() && !t.translates() && !t.rules.iter().flatten().any(about_zones)
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
}

/// Walks looked at side by side in search of a single shortest one.
const MAX_WALKS: usize = 10_000;
