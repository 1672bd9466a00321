//! One packet from zone to zone until it ends; at each device memory, translation, routes and rules, in that order.

use std::collections::{BTreeSet, VecDeque};

use super::super::device::{Device, Translated};
use super::super::{Level, Packet};
use super::memory::{Side, Standing};
use super::{Choice, End, Leg, MAX_HOPS, MAX_JOURNEYS, Pass, Sort, Traveller, Trip, owners};
use crate::model::{Action, FaceId, Id, PacketAddr, PacketState, Protocol, Strays, Ternary, TransitId, ZoneId};

/// A packet in a zone, with whoever put it there, and the device that has to take it.
#[derive(Clone)]
struct Place {
    zone: ZoneId,
    packet: Packet,
    sender: Option<FaceId>,
    device: Option<TransitId>,
    hand: Option<TransitId>,
}

/// What a device does with a packet: it leaves to a zone, handed to somebody, or it ends.
struct Done {
    pass: Pass,
    next: Result<(ZoneId, Option<TransitId>), End>,
    trip: Trip,
}

/// Where a device may send a packet, and as what.
struct Exit {
    /// The zone and whoever is handed it there; or how it ends.
    to: Result<(ZoneId, Option<TransitId>), End>,
    form: Translated,
    /// A route says so.
    stated: bool,
    choices: Vec<Choice>,
}

impl Traveller<'_> {
    /// Every way on which a packet may come to an end.
    pub(super) fn ends(&mut self, trip: Trip, sender: Option<FaceId>, leg: Leg) -> Vec<(Trip, Leg)> {
        let start = Place { zone: leg.start, packet: leg.packet, sender, device: None, hand: None };
        let mut open = vec![(trip, leg, start)];
        let mut ended = Vec::new();
        while let Some((trip, mut leg, at)) = open.pop() {
            if ended.len() + open.len() >= MAX_JOURNEYS {
                self.limited = true;
                break;
            }
            if leg.passes.len() > MAX_HOPS {
                leg.end = End::Loop;
                ended.push((trip, leg));
                continue;
            }
            match self.takers(&at) {
                Err(end) => {
                    leg.end = end;
                    ended.push((trip, leg));
                }
                Ok(takers) => {
                    let several = takers.len() > 1;
                    for device in takers {
                        // What comes again as it came fares again as it fared.
                        let again = |p: &Pass| (p.device, p.from, p.came) == (device, at.zone, at.packet);
                        if leg.passes.iter().any(again) {
                            let mut leg = leg.clone();
                            leg.end = End::Loop;
                            ended.push((trip.clone(), leg));
                            continue;
                        }
                        let mut trip = trip.clone();
                        if several {
                            trip.choices.push(Choice::Gateway(at.zone, device));
                        }
                        for done in self.at_device(trip, device, &at, leg.sort) {
                            let mut leg = leg.clone();
                            let packet = done.pass.left;
                            leg.passes.push(done.pass);
                            match done.next {
                                Err(end) => {
                                    leg.end = end;
                                    ended.push((done.trip, leg));
                                }
                                Ok((zone, hand)) => {
                                    let place = Place { zone, packet, sender: None, device: Some(device), hand };
                                    open.push((done.trip, leg, place));
                                }
                            }
                        }
                    }
                }
            }
        }
        ended
    }

    /// The devices that may take a packet in a zone, or how it ends there.
    fn takers(&self, at: &Place) -> Result<Vec<TransitId>, End> {
        let model = self.model;
        if let Some(hand) = at.hand {
            return Ok(vec![hand]);
        }
        let joined = |t: &crate::model::Transit| t.zones.contains(&at.zone);
        let others = || model.transits.iter().filter(|(id, t)| joined(t) && Some(*id) != at.device);
        // An address that a device answers for by translation is that device's.
        let translated = |t: &crate::model::Transit| {
            t.dnat.iter().any(|n| PacketAddr::Literal(n.outside) == at.packet.destination)
                || t.snat.iter().any(|n| PacketAddr::Literal(n.source) == at.packet.destination && n.zone == at.zone)
        };
        // A group holds more machines than the one that sends, and a machine answers itself.
        let owner = owners(model, at.zone, at.packet.destination).next();
        if let Some(face) = owner {
            let both = |f: FaceId| model.endpoint_of(f).is_some();
            let apart = at.sender.is_some_and(both) && both(face) && model.zones[at.zone].client_isolation;
            return Err(if apart { End::KeptApart(at.zone) } else { End::Delivered(face) });
        }
        if let Some(gateway) = at.sender.and_then(|f| model.faces[f].gateway) {
            return Ok(vec![gateway]);
        }
        let own: Vec<TransitId> = others().filter(|(_, t)| translated(t)).map(|(id, _)| id).collect();
        if !own.is_empty() {
            return Ok(own);
        }
        let all: Vec<TransitId> = others().map(|(id, _)| id).collect();
        if all.is_empty() { Err(End::Nobody(at.zone)) } else { Ok(all) }
    }

    /// What one device does with a packet; several where the drawing leaves something open.
    fn at_device(&self, mut trip: Trip, id: TransitId, at: &Place, sort: Sort) -> Vec<Done> {
        let t = &self.model.transits[id];
        let came = at.packet;
        let standing = if t.remembers() {
            trip.memory.standing(id, came, sort)
        } else {
            let later = sort != Sort::First && came.protocol == Protocol::Tcp;
            Standing::Asks(if later { PacketState::Established } else { PacketState::New })
        };
        let mut all = Vec::new();
        for Exit { to, form: x, choices, .. } in self.exits(id, at, standing) {
            let mut trip = trip.clone();
            trip.choices.extend(choices);
            let pass = |left, asked, rule, to| Pass { device: id, from: at.zone, to, came, left, asked, rule };
            let (to, next) = match to {
                Ok(to) => to,
                Err(end) => {
                    all.push(Done { pass: pass(came, None, None, None), next: Err(end), trip });
                    continue;
                }
            };
            if !Device::new(self.model, t).ahead(at.zone, to) {
                all.push(Done { pass: pass(x.inner, None, None, None), next: Err(End::OneWay), trip });
                continue;
            }
            let state = match standing {
                Standing::Asks(state) if t.rules.is_some() => state,
                Standing::Again(_) if t.rules.is_some() => PacketState::New,
                other => {
                    if let Standing::Asks(PacketState::New) = other
                        && t.remembers()
                    {
                        trip.memory.learn(id, came, x.after, sort);
                    }
                    all.push(Done { pass: pass(x.after, None, None, Some(to)), next: Ok((to, next)), trip });
                    continue;
                }
            };
            for (passes, rule, choices) in self.asked(id, (came, x.inner), (at.zone, to), state) {
                let mut trip = trip.clone();
                trip.choices.extend(choices);
                match passes {
                    Err(end) => all.push(Done { pass: pass(x.inner, Some(state), rule, None), next: Err(end), trip }),
                    Ok(()) => {
                        if t.remembers() && standing == Standing::Asks(PacketState::New) {
                            trip.memory.learn(id, came, x.after, sort);
                        }
                        let left = if state == PacketState::Invalid { came } else { x.after };
                        all.push(Done { pass: pass(left, Some(state), rule, Some(to)), next: Ok((to, next)), trip });
                    }
                }
            }
        }
        all
    }

    /// Where a device may send a packet, to whom, and as what; or how the packet ends there.
    fn exits(&self, id: TransitId, at: &Place, standing: Standing) -> Vec<Exit> {
        let device = Device::new(self.model, &self.model.transits[id]);
        let as_it_is = Translated { inner: at.packet, after: at.packet, certain: true };
        let mut found = Vec::new();
        // A router sends packets back where they came from if its routes say so.
        for &to in &device.transit.zones {
            let forms = match standing {
                Standing::Open(Side::Initiator, _, left) | Standing::Again(left) => {
                    vec![Translated { inner: Packet { source: at.packet.source, ..left }, after: left, certain: true }]
                }
                // The destination is translated back before routes are asked, the source after.
                Standing::Open(Side::Responder, came, _) => {
                    let home = super::super::device::answer(came).unwrap_or(at.packet);
                    let inner =
                        Packet { destination: home.destination, destination_port: home.destination_port, ..at.packet };
                    vec![Translated { inner, after: home, certain: true }]
                }
                Standing::Asks(PacketState::New) => device.translated(at.packet, to),
                Standing::Asks(_) => vec![as_it_is],
            };
            for (i, &form) in forms.iter().enumerate() {
                let open = (!form.certain).then_some(Choice::Address(id, i == 0));
                let (stated, _) = device.by_policy(form.inner, at.zone, to);
                for (next, routed) in device.routed(form.inner, at.zone, to) {
                    let doubt = (routed == Ternary::Unknown).then_some(Choice::Exit(id, to));
                    let choices = open.into_iter().chain(doubt).collect();
                    let stated = device.has_table() || stated.iter().any(|(n, _)| *n == next);
                    found.push(Exit { to: Ok((to, next)), form, stated, choices });
                }
            }
        }
        self.nearest(id, &mut found);
        // P-HAIRPIN: without a table a device turns only what it translates.
        for exit in found.iter_mut().filter(|e| !e.stated && e.to.is_ok_and(|(to, _)| to == at.zone)) {
            if exit.form.inner == at.packet && exit.form.after == at.packet {
                exit.to = Err(End::TurnsBack);
            }
        }
        if found.is_empty() {
            let holes = device.transit.routes.iter().flatten().filter(|r| r.via.is_none());
            let hole =
                holes.into_iter().any(|r| r.to.matches(at.packet.destination, &self.model.faces) == Ternary::Yes);
            let end = if hole { End::BlackHole } else { End::NoRoute };
            found.push(Exit { to: Err(end), form: as_it_is, stated: true, choices: Vec::new() });
        }
        found
    }

    /// What no route says goes the way through the fewest devices; where several are as short, each is a choice.
    fn nearest(&self, id: TransitId, found: &mut Vec<Exit>) {
        let far = |exit: &Exit| match exit.to {
            Ok((zone, _)) if !exit.stated => self.distance(id, zone, exit.form.inner.destination),
            _ => None,
        };
        // If nobody anywhere has the address, nothing is left but what routes say.
        let least = found.iter().filter_map(far).min();
        found.retain(|exit| exit.stated || least.is_some() && far(exit) == least);
        let unstated = |exit: &Exit| exit.to.ok().map(|(zone, _)| zone).filter(|_| !exit.stated);
        let zones: BTreeSet<ZoneId> = found.iter().filter_map(unstated).collect();
        if zones.len() > 1 {
            for exit in found.iter_mut() {
                exit.choices.extend(unstated(exit).map(|zone| Choice::Exit(id, zone)));
            }
        }
    }

    /// How many devices are between a zone and whoever has an address, not counting one device.
    fn distance(&self, without: TransitId, from: ZoneId, address: PacketAddr) -> Option<usize> {
        let model = self.model;
        let mut seen = vec![false; model.zones.len()];
        let mut queue = VecDeque::from([(from, 0)]);
        seen[from.index()] = true;
        while let Some((zone, distance)) = queue.pop_front() {
            let answers = |t: &crate::model::Transit| {
                t.zones.contains(&zone)
                    && (t.dnat.iter().any(|n| PacketAddr::Literal(n.outside) == address)
                        || t.snat.iter().any(|n| PacketAddr::Literal(n.source) == address && n.zone == zone))
            };
            let translated = model.transits.iter().any(|(id, t)| id != without && answers(t));
            if translated || owners(model, zone, address).next().is_some() {
                return Some(distance);
            }
            for (_, t) in model.transits.iter().filter(|(id, t)| *id != without && t.zones.contains(&zone)) {
                for &to in t.zones.iter().filter(|&&to| t.one_part(zone, to)) {
                    if !std::mem::replace(&mut seen[to.index()], true) {
                        queue.push_back((to, distance + 1));
                    }
                }
            }
        }
        None
    }

    /// What the rules say; both answers where the drawing leaves it open.
    #[allow(clippy::type_complexity, reason = "one row of alternatives, used in one place")]
    fn asked(
        &self,
        id: TransitId,
        (came, inner): (Packet, Packet),
        (from, to): (ZoneId, ZoneId),
        state: PacketState,
    ) -> Vec<(Result<(), End>, Option<usize>, Vec<Choice>)> {
        let t = &self.model.transits[id];
        let device = Device::new(self.model, t);
        if state == PacketState::Invalid {
            match t.strays {
                Some(Strays::Drop) => return vec![(Err(End::Stray), None, Vec::new())],
                None => {
                    let mut all = vec![(Err(End::Stray), None, vec![Choice::Strays(id, false)])];
                    for (end, rule, mut choices) in self.decided(device, id, (came, inner), (from, to), state) {
                        choices.push(Choice::Strays(id, true));
                        all.push((end, rule, choices));
                    }
                    return all;
                }
                Some(Strays::AsRules) => {}
            }
        }
        self.decided(device, id, (came, inner), (from, to), state)
    }

    #[allow(clippy::type_complexity, reason = "as above")]
    fn decided(
        &self,
        device: Device<'_>,
        id: TransitId,
        (came, inner): (Packet, Packet),
        (from, to): (ZoneId, ZoneId),
        state: PacketState,
    ) -> Vec<(Result<(), End>, Option<usize>, Vec<Choice>)> {
        let t = device.transit;
        let seen = if t.rules_see_outside { Packet { source: inner.source, ..came } } else { inner };
        let (may, possible) = device.decide(seen, from, to, state, Level::May);
        let (sure, certain) = device.decide(seen, from, to, state, Level::Sure);
        match (may, sure) {
            (Ternary::No, _) => vec![(Err(End::Denied), possible, Vec::new())],
            (_, Ternary::Yes) => vec![(Ok(()), certain, Vec::new())],
            _ => {
                let by_default = possible.is_none() && t.default.is_none();
                let choice = |yes| if by_default { Choice::Default(id, yes) } else { Choice::Address(id, yes) };
                let denies =
                    |i: &usize| t.rules.as_ref().and_then(|r| r.get(*i)).is_some_and(|r| r.action == Action::Deny);
                let denied = certain.filter(denies);
                vec![(Ok(()), possible, vec![choice(true)]), (Err(End::Denied), denied, vec![choice(false)])]
            }
        }
    }
}
