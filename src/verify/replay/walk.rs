//! Walks of concrete packets through several devices.
//!
//! A claimed walk is followed device by device. Where the semantics only asks that some walk exists (later packets
//! and replies in `may`), it is searched here, over concrete packets; the engine's own search is not consulted.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::device::{Crossing, Lane, Mode};
use super::refusal::{Fault, Reason, Stop};
use crate::model::{Model, PacketAddr, TransitId, ZoneId};
use crate::verify::{Packet, Transit3};

/// A packet in a zone.
pub(super) type Place = (ZoneId, Packet);

/// The devices of a model by zone.
pub(super) struct Network<'m> {
    pub(super) model: &'m Model,
    at: BTreeMap<ZoneId, Vec<TransitId>>,
}

impl<'m> Network<'m> {
    pub(super) fn new(model: &'m Model) -> Self {
        let mut at: BTreeMap<ZoneId, Vec<TransitId>> = BTreeMap::new();
        for (id, device) in model.transits.iter() {
            for &zone in &device.zones {
                at.entry(zone).or_default().push(id);
            }
        }
        Self { model, at }
    }

    /// Follows a packet of the initiator along the claimed devices; every rule and every packet has to be as claimed.
    pub(super) fn follow(&self, start: Place, walk: &[Transit3], lane: Lane, mode: Mode) -> Result<Place, Stop> {
        let mut place = start;
        for (i, claimed) in walk.iter().enumerate() {
            place = self.follow_one(place, claimed, lane, mode).map_err(|fault| Stop { device: i + 1, fault })?;
        }
        Ok(place)
    }

    fn follow_one(&self, (zone, packet): Place, claimed: &Transit3, lane: Lane, mode: Mode) -> Result<Place, Fault> {
        if claimed.from != zone {
            return Err(Fault::NotHere);
        }
        let crossing = self.crossing(claimed)?;
        let passed = crossing.forward(packet, lane, mode)?;
        // A rule that certainly lets the packet pass explains a walk that is only claimed to be possible, too.
        let certain = || crossing.forward(packet, lane, Mode::Sure).is_ok_and(|p| p.rule == claimed.rule);
        if passed.rule != claimed.rule && !certain() {
            return Err(Fault::OtherRule(passed.rule));
        }
        if passed.packet != claimed.packet {
            return Err(Fault::OtherPacket(Box::new(passed.packet)));
        }
        Ok((claimed.to, passed.packet))
    }

    /// Whether later packets of the initiator certainly pass along the walk.
    pub(super) fn ack_along(&self, start: Packet, walk: &[Transit3]) -> Result<(), Reason> {
        let mut packet = start;
        for (i, claimed) in walk.iter().enumerate() {
            let passed = self.crossing(claimed).and_then(|c| c.forward(packet, Lane::Ack, Mode::Sure));
            packet = passed.map_err(|fault| Reason::AckStops(Stop { device: i + 1, fault }))?.packet;
        }
        Ok(())
    }

    /// Whether the reply certainly passes back along the walk.
    pub(super) fn reply_along(&self, start: Packet, walk: &[Transit3]) -> Result<(), Reason> {
        for (i, claimed) in walk.iter().enumerate().rev() {
            let before = i.checked_sub(1).and_then(|j| walk.get(j)).map_or(start, |t| t.packet);
            let passed = self.crossing(claimed).and_then(|c| c.back().reply(before, claimed.packet, Mode::Sure));
            passed.map_err(|fault| Reason::ReplyStops(Stop { device: i + 1, fault }))?;
        }
        Ok(())
    }

    /// Whether later packets of the initiator have some walk to `goal`. `within` is whether a packet may arrive
    /// without leaving its zone.
    pub(super) fn ack_exists(&self, start: Place, within: bool, goal: impl Fn(Place) -> bool) -> bool {
        let next = |(zone, packet): Place| {
            let passed = |c: Crossing<'m>| c.forward(packet, Lane::Ack, Mode::May).ok().map(|p| (c.to, p.packet));
            self.crossings(zone).filter_map(passed).collect()
        };
        reaches(start, within, next, goal)
    }

    /// Whether the reply to the packet delivered at `start` has some walk to `goal`, where the initiator sent it.
    pub(super) fn reply_exists(&self, start: Place, within: bool, goal: Place) -> bool {
        let snats = self.model.transits.values().flat_map(|d| &d.snat).map(|s| PacketAddr::Literal(s.source));
        let sources: BTreeSet<_> = snats.chain([goal.1.source, start.1.source]).collect();
        let sources: Vec<_> = sources.into_iter().collect();
        let next = |(zone, after): Place| {
            let back = |c: Crossing<'m>| {
                let origins = c.origins(after, &sources).into_iter();
                let passing = origins.filter(move |&before| c.reply(before, after, Mode::May).is_ok());
                passing.map(move |before| (c.to, before))
            };
            self.crossings(zone).flat_map(back).collect()
        };
        reaches(start, within, next, |place| place == goal)
    }

    /// How long the shortest walk from `start` to `end` is that visits no zone twice, whatever rules say, if there
    /// is only one as short.
    pub(super) fn single_shortest(&self, start: Place, end: ZoneId) -> Option<usize> {
        let mut walks = vec![(start, vec![start.0])];
        for length in 0.. {
            match walks.iter().filter(|((zone, _), _)| *zone == end).count() {
                0 if walks.is_empty() => return None,
                0 => {}
                found => return (found == 1).then_some(length),
            }
            let longer = |(place, zones): &(Place, Vec<ZoneId>)| {
                let mut next = self.conceivable(*place);
                next.retain(|(zone, _)| !zones.contains(zone));
                let extended = |p: Place| (p, [zones.as_slice(), &[p.0]].concat());
                next.into_iter().map(extended).collect::<Vec<_>>()
            };
            walks = walks.iter().flat_map(longer).collect();
        }
        None
    }

    fn conceivable(&self, (zone, packet): Place) -> Vec<Place> {
        self.crossings(zone).filter_map(|c| c.conceivable(packet).map(|p| (c.to, p))).collect()
    }

    fn crossing(&self, claimed: &Transit3) -> Result<Crossing<'m>, Fault> {
        let device = self.model.transits.get(claimed.device).ok_or(Fault::NoSuchDevice)?;
        Ok(Crossing { model: self.model, device, from: claimed.from, to: claimed.to })
    }

    fn crossings(&self, from: ZoneId) -> impl Iterator<Item = Crossing<'m>> {
        let model = self.model;
        let devices = self.at.get(&from).into_iter().flatten().filter_map(move |&id| model.transits.get(id));
        devices.flat_map(move |device| {
            device.zones.iter().filter(move |&&to| to != from).map(move |&to| Crossing { model, device, from, to })
        })
    }
}

impl Crossing<'_> {
    /// The same device the other way round.
    fn back(self) -> Self {
        Self { from: self.to, to: self.from, ..self }
    }
}

/// Breadth-first search; the start itself counts only `within` a zone.
fn reaches(start: Place, within: bool, next: impl Fn(Place) -> Vec<Place>, goal: impl Fn(Place) -> bool) -> bool {
    if within && goal(start) {
        return true;
    }
    let mut seen = BTreeSet::from([start]);
    let mut queue = VecDeque::from([start]);
    while let Some(place) = queue.pop_front() {
        for after in next(place) {
            if goal(after) {
                return true;
            }
            if seen.insert(after) {
                queue.push_back(after);
            }
        }
    }
    false
}
