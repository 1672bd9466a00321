//! How sets of packets spread from zone to zone.
//!
//! A state is a zone and the packet's current address classes; sets of services
//! travel with it. What happens at one device is said in `hop`, and which walk is
//! the only shortest one in `shortest`.

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
    pub(super) hops: &'m Hops<'m>,
    devices_at: Cow<'m, [Vec<TransitId>]>,
    pub(super) marks_of: &'m [Marks],
    /// The devices that are walked by, sorted; `None`: all.
    keep: Option<Vec<TransitId>>,
}

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

    /// The devices of a zone that are walked by.
    pub(super) fn devices(&self, zone: ZoneId) -> impl Iterator<Item = TransitId> + '_ {
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
