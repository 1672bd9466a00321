//! How sets of packets spread from zone to zone.
//!
//! A state is a zone and the packet's current address classes; sets of services
//! travel with it. Translation re-labels the state.

use rustc_hash::FxHashMap;

use super::classes::AddrClass;
use super::filter::{Filter, Lane, Passed};
use super::{Bits, Classes};
use crate::model::{Id, Model, PacketAddr, Route, Ternary, TransitId, ZoneId};

/// Labels and gates passed, one bit each; see [`super::Sessions::marks`].
pub(super) type Marks = u128;

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
            .map(|t| {
                t.routes.as_ref().map(|routes| {
                    let mut sorted: Vec<_> = routes.iter().map(|r| (classes.match_id(&r.to), r)).collect();
                    // Longest prefix first; the declared order decides between equals.
                    sorted.sort_by_key(|(_, r)| std::cmp::Reverse(r.prefix_len));
                    sorted
                })
            })
            .collect();
        Self { model, classes, filters: Filter::all(model, classes), routes, devices_at, marks_of }
    }

    /// Whether a device sends packets for class `d` to zone `to`: `(in may, in sure)`.
    fn routed(&self, device: TransitId, d: AddrClass, to: ZoneId) -> (bool, bool) {
        let Some(routes) = &self.routes[device.index()] else { return (true, true) };
        let (mut may, mut elsewhere) = (false, false);
        for (id, route) in routes {
            match self.classes.matches(*id, d) {
                Ternary::No => {}
                Ternary::Unknown if route.via == to => may = true,
                Ternary::Unknown => elsewhere = true,
                Ternary::Yes => {
                    let here = route.via == to;
                    return (may || here, here && !elsewhere);
                }
            }
        }
        (may, false)
    }

    fn class_of(&self, addr: PacketAddr) -> AddrClass {
        self.classes.nat.get(&addr).copied().unwrap_or(0)
    }

    /// The hops out of a state: the device, the next zone, and the address classes after translation.
    pub(super) fn next(&self, at: State) -> impl Iterator<Item = (TransitId, State, AddrClass)> + '_ {
        self.devices_at[at.zone.index()].iter().flat_map(move |&device| {
            let t = &self.model.transits[device];
            t.zones.iter().filter(move |&&to| to != at.zone).map(move |&to| {
                let dnat = t.dnat.iter().find(|n| n.zone == to && self.class_of(PacketAddr::Literal(n.outside)) == at.d);
                let d = dnat.map_or(at.d, |n| self.class_of(n.inside));
                let snat = t.snat.iter().find(|n| n.zone == to);
                let s = snat.map_or(at.s, |n| self.class_of(PacketAddr::Literal(n.source)));
                let marks = at.marks | self.marks_of[device.index()];
                (device, State { zone: to, s, d, marks }, d)
            })
        })
    }

    /// What passes `device` from `at` to `to`; `d` is the destination class after translation.
    pub(super) fn hop<'c>(&self, cache: &'c mut HopCache, device: TransitId, at: State, to: ZoneId, d: AddrClass) -> &'c Hop {
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
    pub(super) fn spread(&self, cache: &mut HopCache, start: State, bits: Bits, marked: bool, lane: impl Fn(&Hop) -> Bits) -> Vec<(State, Bits)> {
        let mut order = vec![(start, bits)];
        let mut index: FxHashMap<State, usize> = FxHashMap::from_iter([(start, 0)]);
        let mut work = vec![0];
        while let Some(i) = work.pop() {
            let (at, bits) = order[i].clone();
            for (device, mut next, d) in self.next(at).collect::<Vec<_>>() {
                if !marked {
                    next.marks = 0;
                }
                let mut passed = lane(self.hop(cache, device, at, next.zone, d));
                passed.keep(&bits);
                if passed.is_empty() {
                    continue;
                }
                match index.get(&next) {
                    Some(&j) if order[j].1.covers(&passed) => {}
                    Some(&j) => {
                        order[j].1.add(&passed);
                        work.push(j);
                    }
                    None => {
                        index.insert(next, order.len());
                        work.push(order.len());
                        order.push((next, passed));
                    }
                }
            }
        }
        order
    }

    /// Whether routing leaves exactly one walk without repeated zones from `start` to a state `like` the end.
    pub(super) fn walk_is_unique(&self, start: State, end: State) -> bool {
        let mut count = 0;
        self.count_walks(start, end, &mut vec![start.zone], &mut count);
        count == 1
    }

    fn count_walks(&self, at: State, end: State, visited: &mut Vec<ZoneId>, count: &mut usize) {
        if at.zone == end.zone {
            if at.d == end.d && at.s == end.s {
                *count += 1;
            }
            // A walk that ends here cannot come back without repeating the zone.
            return;
        }
        if *count > 1 {
            return;
        }
        for (device, next, d) in self.next(at).collect::<Vec<_>>() {
            let t = &self.model.transits[device];
            let open = t.one_way.is_none_or(|w| w == (at.zone, next.zone)) && self.routed(device, d, next.zone).0;
            if open && !visited.contains(&next.zone) {
                visited.push(next.zone);
                self.count_walks(next, end, visited, count);
                visited.pop();
            }
        }
    }
}
