//! Walks of concrete packets through several devices.
//!
//! A claimed walk is followed device by device. Where the semantics only asks that some walk exists (later packets
//! and replies in `may`), it is searched here, over concrete packets; the engine's own search is not consulted.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::device::{Crossing, Lane, Mode, mirrored};
use super::refusal::{Fault, Reason, Stop};
use crate::model::{Hairpin, Model, PacketAddr, Strays, TransitId, ZoneId};
use crate::verify::{Packet, Transit3};

/// A packet in a zone.
pub(super) type Place = (ZoneId, Packet);

/// The devices of a model by zone.
pub(super) struct Network<'m> {
    pub(super) model: &'m Model,
    at: BTreeMap<ZoneId, Vec<TransitId>>,
    /// Devices that are taken to drop answers to requests that they have not seen, whatever the drawing leaves open.
    dropping: BTreeSet<TransitId>,
    /// Devices that are taken to send nothing back into a zone that keeps its machines apart, if the drawing leaves it open.
    refusing: BTreeSet<TransitId>,
}

impl<'m> Network<'m> {
    pub(super) fn new(model: &'m Model) -> Self {
        let mut at: BTreeMap<ZoneId, Vec<TransitId>> = BTreeMap::new();
        for (id, device) in model.transits.iter() {
            for &zone in &device.zones {
                at.entry(zone).or_default().push(id);
            }
        }
        Self { model, at, dropping: BTreeSet::new(), refusing: BTreeSet::new() }
    }

    /// Takes these devices, and those that say so, to drop answers to requests that they have not seen, and those to send nothing
    /// back into a zone that keeps its machines apart.
    pub(super) fn suppose(&mut self, dropping: BTreeSet<TransitId>, refusing: BTreeSet<TransitId>) {
        self.dropping = dropping;
        self.refusing = refusing;
    }

    fn drops_strays(&self, device: TransitId) -> bool {
        self.dropping.contains(&device) || self.model.transits[device].strays == Some(Strays::Drop)
    }

    /// Follows a packet of the initiator along the claimed devices; every rule and every packet has to be as claimed, and
    /// who takes it has to be whom a route names.
    pub(super) fn follow(&self, start: Place, walk: &[Transit3], lane: Lane, mode: Mode) -> Result<Place, Stop> {
        let mut place = start;
        let mut handed = false;
        for (i, claimed) in walk.iter().enumerate() {
            let next = walk.get(i + 1).map(|t| t.device);
            let followed = self.follow_one(place, claimed, (lane, mode), next, handed);
            (place, handed) = followed.map_err(|fault| Stop { device: i + 1, fault })?;
        }
        Ok(place)
    }

    /// The place after one device, and whether a route names the `next` one. Only what was `handed` to it may go back, or what
    /// has got another destination from it.
    fn follow_one(
        &self,
        (zone, packet): Place,
        claimed: &Transit3,
        (lane, mode): (Lane, Mode),
        next: Option<TransitId>,
        handed: bool,
    ) -> Result<(Place, bool), Fault> {
        if claimed.from != zone {
            return Err(Fault::NotHere);
        }
        let crossing = self.crossing(claimed)?;
        if !crossing.may_be(handed, packet != claimed.packet, mode) {
            return Err(Fault::NotItsZones);
        }
        let all = crossing.forward(packet, lane, mode)?;
        // A rule that certainly lets the packet pass explains a walk that is only claimed to be possible, too.
        let surely = crossing.forward(packet, lane, Mode::Sure).unwrap_or_default();
        let Some(first) = all.first() else { return Err(Fault::Dropped) };
        if first.rule != claimed.rule && surely.first().is_none_or(|p| p.rule != claimed.rule) {
            return Err(Fault::OtherRule(first.rule));
        }
        let Some(passed) = all.iter().find(|p| p.packet == claimed.packet) else {
            return Err(Fault::OtherPacket(Box::new(first.packet)));
        };
        let to_next = next.is_some() && passed.hands.contains(&next);
        if to_next || passed.hands.contains(&None) {
            return Ok(((claimed.to, passed.packet), to_next));
        }
        Err(Fault::HandedToAnother)
    }

    /// Whether later packets of the initiator certainly pass along the walk.
    pub(super) fn ack_along(&self, start: Packet, walk: &[Transit3]) -> Result<(), Reason> {
        let mut packet = start;
        for (i, claimed) in walk.iter().enumerate() {
            let passed = self.crossing(claimed).and_then(|c| c.forward(packet, Lane::Ack, Mode::Sure));
            let passed = passed.map_err(|fault| Reason::AckStops(Stop { device: i + 1, fault }))?;
            packet = passed.first().map_or(packet, |p| p.packet);
        }
        Ok(())
    }

    /// Whether the reply certainly passes back along the walk, handed from each device to the one before it.
    pub(super) fn reply_along(&self, start: Packet, walk: &[Transit3]) -> Result<(), Reason> {
        for (i, claimed) in walk.iter().enumerate().rev() {
            let nearer = i.checked_sub(1).and_then(|j| walk.get(j));
            let before = nearer.map_or(start, |t| t.packet);
            let passed = self.crossing(claimed).and_then(|c| {
                let hands = c.back().reply(before, claimed.packet, Mode::Sure)?;
                let fits = |hand: &Option<TransitId>| hand.is_none() || *hand == nearer.map(|t| t.device);
                // What turns at a device is not certain to have been handed to it.
                if hands.iter().any(fits) && c.from != c.to { Ok(()) } else { Err(Fault::HandedToAnother) }
            });
            passed.map_err(|fault| Reason::ReplyStops(Stop { device: i + 1, fault }))?;
        }
        Ok(())
    }

    /// Whether later packets of the initiator have some walk to `goal`. `within` is whether a packet may arrive
    /// without leaving its zone.
    pub(super) fn ack_exists(&self, start: Place, within: bool, goal: impl Fn(Place) -> bool) -> bool {
        let next = |(zone, packet): Place, hand: Option<TransitId>| {
            let passed = |c: Crossing<'m>| {
                let all = c.forward(packet, Lane::Ack, Mode::May).unwrap_or_default().into_iter();
                all.filter(move |p| c.may_be(hand.is_some(), packet != p.packet, Mode::May)).map(move |p| (c.to, p))
            };
            let out = self.crossings(zone, hand).flat_map(passed);
            out.flat_map(|(to, p)| p.hands.into_iter().map(move |hand| ((to, p.packet), hand))).collect()
        };
        reaches(start, within, next, goal)
    }

    /// Whether the reply to the packet delivered at `start` has some walk to `goal`, where the initiator sent it.
    pub(super) fn reply_exists(&self, start: Place, within: bool, goal: Place) -> bool {
        let snats = self.model.transits.values().flat_map(|d| &d.snat).map(|s| PacketAddr::Literal(s.source));
        let sources: BTreeSet<_> = snats.chain([goal.1.source, start.1.source]).collect();
        let sources: Vec<_> = sources.into_iter().collect();
        let next = |(zone, after): Place, hand: Option<TransitId>| {
            let back = |c: Crossing<'m>| {
                let origins = c.origins(after, &sources).into_iter();
                let origins = origins.filter(move |before| c.may_be(hand.is_some(), *before != after, Mode::May));
                let passing = origins.filter_map(move |before| Some((before, c.reply(before, after, Mode::May).ok()?)));
                passing.flat_map(move |(before, hands)| hands.into_iter().map(move |hand| ((c.to, before), hand)))
            };
            self.crossings(zone, hand).flat_map(back).collect()
        };
        reaches(start, within, next, |place| place == goal)
    }

    /// How long the shortest walk from `start` to `end` is that visits no zone twice, whatever rules say, if there
    /// is only one as short.
    pub(super) fn single_shortest(&self, start: Place, end: ZoneId) -> Option<usize> {
        let mut walks = vec![((start, None), vec![start.0])];
        for length in 0.. {
            match walks.iter().filter(|(((zone, _), hand), _)| *zone == end && hand.is_none()).count() {
                0 if walks.is_empty() => return None,
                0 => {}
                found => return (found == 1).then_some(length),
            }
            let longer = |(place, zones): &((Place, Option<TransitId>), Vec<ZoneId>)| {
                let mut next = self.conceivable(*place);
                next.retain(|((zone, _), _)| !zones.contains(zone));
                let extended = |p: (Place, Option<TransitId>)| (p, [zones.as_slice(), &[p.0.0]].concat());
                next.into_iter().map(extended).collect::<Vec<_>>()
            };
            walks = walks.iter().flat_map(longer).collect();
        }
        None
    }

    /// Whether a device of a walk might send the packet back, translated, instead of on.
    pub(super) fn turned_instead(&self, start: Place, walk: &[Transit3]) -> bool {
        let mut came = start.1;
        walk.iter().any(|claimed| {
            let at = came;
            came = claimed.packet;
            let back = self.crossing(claimed).map(|c| Crossing { to: c.from, ..c }.conceivable(at)).unwrap_or_default();
            back.iter().any(|(packet, _)| *packet != at)
        })
    }

    /// Whether the reply, as it is anywhere on a walk from `start`, has one way back of at most as many devices. The walk itself is one.
    pub(super) fn returns_alone(&self, start: Place, walk: &[Transit3]) -> bool {
        let mut requests = vec![start.1];
        for claimed in walk {
            let came = requests.last().map_or(start.1, |p| *p);
            requests.extend([Packet { source: came.source, ..claimed.packet }, claimed.packet]);
        }
        let replies: BTreeSet<Packet> = requests.into_iter().filter_map(mirrored).collect();
        let end = walk.last().map_or(start.0, |t| t.to);
        self.ways_back(start.0, &replies, &mut vec![end], &BTreeSet::from([None]), walk.len()) == 1
    }

    /// How many ways lead to `goal` from the last of the `visited` zones, with at most so many devices.
    fn ways_back(
        &self,
        goal: ZoneId,
        replies: &BTreeSet<Packet>,
        visited: &mut Vec<ZoneId>,
        hands: &BTreeSet<Option<TransitId>>,
        devices: usize,
    ) -> usize {
        let Some(&zone) = visited.last() else { return 0 };
        if zone == goal || devices == 0 {
            return usize::from(zone == goal && hands.contains(&None));
        }
        let mut ways = 0;
        let all = self.at.get(&zone).into_iter().flatten();
        for &id in all.filter(|id| hands.contains(&None) || hands.contains(&Some(**id))) {
            for c in self.crossings(zone, Some(id)) {
                if visited.contains(&c.to) {
                    continue;
                }
                let next: BTreeSet<_> = replies.iter().flat_map(|&reply| c.open_to(reply)).collect();
                if !next.is_empty() {
                    visited.push(c.to);
                    ways += self.ways_back(goal, replies, visited, &next, devices - 1);
                    visited.pop();
                }
            }
        }
        ways
    }

    fn conceivable(&self, ((zone, packet), hand): (Place, Option<TransitId>)) -> Vec<(Place, Option<TransitId>)> {
        let mut all = Vec::new();
        for c in self.crossings(zone, hand) {
            for (p, hands) in c.conceivable(packet) {
                // Routes that say the same are one way.
                let hands: BTreeSet<_> = hands.into_iter().collect();
                all.extend(hands.into_iter().map(|hand| ((c.to, p), hand)));
            }
        }
        all
    }

    fn crossing(&self, claimed: &Transit3) -> Result<Crossing<'m>, Fault> {
        let device = self.model.transits.get(claimed.device).ok_or(Fault::NoSuchDevice)?;
        let drops_strays = self.drops_strays(claimed.device);
        let refuses_hairpins = self.refusing.contains(&claimed.device);
        Ok(Crossing { model: self.model, device, from: claimed.from, to: claimed.to, drops_strays, refuses_hairpins })
    }

    /// What a packet in a zone may cross: any device there, or the one to which it was handed. See [`Crossing::may_be`].
    fn crossings(&self, from: ZoneId, hand: Option<TransitId>) -> impl Iterator<Item = Crossing<'m>> {
        let model = self.model;
        let ids = self.at.get(&from).into_iter().flatten().copied();
        let devices = ids.filter(move |id| hand.is_none_or(|h| h == *id));
        let devices = devices.filter_map(move |id| Some((id, model.transits.get(id)?)));
        devices.flat_map(move |(id, device)| {
            let drops_strays = self.drops_strays(id);
            let refuses_hairpins = self.refusing.contains(&id);
            device.zones.iter().map(move |&to| Crossing { model, device, from, to, drops_strays, refuses_hairpins })
        })
    }
}

impl Crossing<'_> {
    /// A device sends back where it came from only what a route handed to it, if it has a route there, what it translates, and
    /// what comes from a zone that keeps its machines apart, if it does so.
    fn may_be(&self, handed: bool, translated: bool, mode: Mode) -> bool {
        let leads_back = || self.device.routes.iter().flatten().any(|r| r.via == Some(self.to));
        let apart = self.model.zones.get(self.to).is_some_and(|z| z.client_isolation);
        let bounces = || match self.device.hairpin {
            Some(answer) => answer == Hairpin::Forward,
            None => mode == Mode::May && !self.refuses_hairpins,
        };
        self.from != self.to || translated || handed && leads_back() || apart && bounces()
    }

    /// The same device the other way round.
    fn back(self) -> Self {
        Self { from: self.to, to: self.from, ..self }
    }
}

/// Breadth-first search over places, each with the device that has to take the packet there; the start itself counts only
/// `within` a zone.
fn reaches(
    start: Place,
    within: bool,
    next: impl Fn(Place, Option<TransitId>) -> Vec<(Place, Option<TransitId>)>,
    goal: impl Fn(Place) -> bool,
) -> bool {
    if within && goal(start) {
        return true;
    }
    let mut seen = BTreeSet::from([(start, None)]);
    let mut queue = VecDeque::from([(start, None)]);
    while let Some((place, hand)) = queue.pop_front() {
        for (after, hand) in next(place, hand) {
            if hand.is_none() && goal(after) {
                return true;
            }
            if seen.insert((after, hand)) {
                queue.push_back((after, hand));
            }
        }
    }
    false
}
