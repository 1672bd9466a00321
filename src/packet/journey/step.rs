//! One packet from zone to zone until it ends; at each device memory, translation, routes and rules, in that order.

use super::super::Packet;
use super::super::device::Device;
use super::exit::Exit;
use super::facts::{Fact, Facts, Hander, Taken};
use super::memory::Standing;
use super::{Choice, End, Leg, MAX_HOPS, MAX_JOURNEYS, Pass, Sort, Traveller, Trip, owners};
use crate::model::{Action, FaceId, PacketAddr, PacketState, Protocol, Strays, Ternary, TransitId, ZoneId};

/// A packet in a zone, with whoever put it there, and the device that has to take it.
#[derive(Clone)]
pub(super) struct Place {
    pub(super) zone: ZoneId,
    pub(super) packet: Packet,
    sender: Option<FaceId>,
    device: Option<TransitId>,
    hand: Option<TransitId>,
}

impl Place {
    /// Whether a route has named the device that takes it.
    pub(super) fn is_handed(&self) -> bool {
        self.hand.is_some()
    }
}

/// What a device does with a packet: it leaves to a zone, handed to somebody, or it ends.
struct Done {
    pass: Pass,
    next: Result<(ZoneId, Option<TransitId>), End>,
    trip: Trip,
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
                    for (device, taken) in trip.facts.agreeing(takers, |(_, taken)| taken) {
                        // What comes again as it came fares again as it fared.
                        let again = |p: &Pass| (p.device, p.from, p.came) == (device, at.zone, at.packet);
                        if leg.passes.iter().any(again) {
                            let mut leg = leg.clone();
                            leg.end = End::Loop;
                            ended.push((trip.clone(), leg));
                            continue;
                        }
                        let mut trip = trip.clone();
                        trip.facts.take(taken);
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
    fn takers(&self, at: &Place) -> Result<Vec<(TransitId, Vec<Taken>)>, End> {
        let model = self.model;
        if let Some(hand) = at.hand {
            return Ok(vec![(hand, Vec::new())]);
        }
        let joined = |t: &crate::model::Transit| t.zones.contains(&at.zone);
        // P-ISOLATED: a machine that forwards is kept apart from the others, too.
        let kept_apart = |d: TransitId| model.is_among_the_kept_apart(&model.transits[d], &[at.zone]);
        let is_machine = |f: FaceId| model.endpoint_of(f).is_some();
        let itself = |d: TransitId, f: FaceId| model.transits[d].node == model.faces[f].node;
        let sent_by_machine = at.sender.is_some_and(is_machine);
        let among_them = sent_by_machine || at.device.is_some_and(kept_apart);
        let others = || {
            let all = model.transits.iter().filter(|(id, t)| joined(t) && Some(*id) != at.device);
            all.filter(|(id, _)| !among_them || !kept_apart(*id) || at.sender.is_some_and(|f| itself(*id, f)))
        };
        // An address that a device answers for by translation is that device's.
        let translated = |t: &crate::model::Transit| {
            t.dnat.iter().any(|n| PacketAddr::Literal(n.outside) == at.packet.destination)
                || t.snat.iter().any(|n| PacketAddr::Literal(n.source) == at.packet.destination && n.zone == at.zone)
        };
        // A group holds more machines than the one that sends, and a machine answers itself.
        let owner = owners(model, at.zone, at.packet.destination).next();
        if let Some(face) = owner {
            let passed_on = at.device.is_some_and(|d| kept_apart(d) && !itself(d, face));
            let apart = (sent_by_machine || passed_on) && is_machine(face) && model.zones[at.zone].client_isolation;
            return Err(if apart { End::KeptApart(at.zone) } else { End::Delivered(face) });
        }
        if let Some(gateway) = at.sender.and_then(|f| model.faces[f].gateway) {
            return if sent_by_machine && kept_apart(gateway) {
                Err(End::KeptApart(at.zone))
            } else {
                Ok(vec![(gateway, Vec::new())])
            };
        }
        let own: Vec<TransitId> = others().filter(|(_, t)| translated(t)).map(|(id, _)| id).collect();
        let all = if own.is_empty() { others().map(|(id, _)| id).collect() } else { own };
        let hander = at.sender.map(Hander::Machine).or(at.device.map(Hander::Device));
        let taken = |device| match hander {
            Some(hander) if all.len() > 1 => {
                let fact = Fact::Taker(at.zone, hander, at.packet.destination);
                vec![(fact, Choice::Gateway(at.zone, hander, device))]
            }
            _ => Vec::new(),
        };
        if all.is_empty() { Err(End::Nobody(at.zone)) } else { Ok(all.iter().map(|&d| (d, taken(d))).collect()) }
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
        let exits = trip.facts.agreeing(self.exits(id, at, standing), |e| &e.taken);
        for Exit { to, form: x, taken, .. } in exits {
            let mut trip = trip.clone();
            trip.facts.take(taken);
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
            for Verdict { passes, rule, taken } in self.asked(&trip.facts, id, (came, x.inner), (at.zone, to), state) {
                let mut trip = trip.clone();
                trip.facts.take(taken);
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

    /// What the rules say; both answers where the drawing leaves it open and nothing has been decided yet.
    fn asked(
        &self,
        facts: &Facts,
        id: TransitId,
        packet: (Packet, Packet),
        way: (ZoneId, ZoneId),
        state: PacketState,
    ) -> Vec<Verdict> {
        let t = &self.model.transits[id];
        let by_rules = || {
            let device = Device { default: t.default.or(facts.default_of(id)), ..Device::new(self.model, t) };
            decided(device, id, packet, way, state)
        };
        let all = match t.strays {
            Some(Strays::Drop) if state == PacketState::Invalid => vec![Verdict::stray(Vec::new())],
            None if state == PacketState::Invalid => {
                let stray = |yes| (Fact::Strays(id), Choice::Strays(id, yes));
                let mut all = by_rules();
                all.iter_mut().for_each(|v| v.taken.push(stray(true)));
                all.insert(0, Verdict::stray(vec![stray(false)]));
                all
            }
            _ => by_rules(),
        };
        facts.agreeing(all, |v| &v.taken)
    }
}

/// What a device's rules say of a packet, and what that rests on.
struct Verdict {
    passes: Result<(), End>,
    rule: Option<usize>,
    taken: Vec<Taken>,
}

impl Verdict {
    fn stray(taken: Vec<Taken>) -> Self {
        Self { passes: Err(End::Stray), rule: None, taken }
    }
}

/// The verdicts of a list of rules, each with what it takes of the rules of which it is open whether they fit.
fn decided(
    device: Device<'_>,
    id: TransitId,
    (came, inner): (Packet, Packet),
    (from, to): (ZoneId, ZoneId),
    state: PacketState,
) -> Vec<Verdict> {
    let seen = if device.transit.rules_see_outside { Packet { source: inner.source, ..came } } else { inner };
    let verdict = |action: Action, rule, taken: &[Taken]| Verdict {
        passes: if action == Action::Permit { Ok(()) } else { Err(End::Denied) },
        rule,
        taken: taken.to_vec(),
    };
    let (mut open, mut last) = (Vec::new(), None);
    for (i, rule, hit) in device.fitting(seen, from, to, state) {
        if hit == Ternary::Yes {
            last = Some((rule.action, Some(i)));
            break;
        }
        open.push((rule.action, i));
    }
    let last = last.or(device.default.map(|action| (action, None)));
    // A rule that says what would be said behind it decides nothing.
    while open.last().is_some_and(|(action, _)| last.is_some_and(|(same, _)| same == *action)) {
        open.pop();
    }
    let mut all = Vec::new();
    let mut taken: Vec<Taken> = Vec::new();
    for (action, i) in open {
        let fits = |yes| (Fact::Fits(id, Some(i), seen.source, seen.destination), Choice::Address(id, Some(i), yes));
        all.push(verdict(action, Some(i), &[taken.as_slice(), &[fits(true)]].concat()));
        taken.push(fits(false));
    }
    match last {
        Some((action, rule)) => all.push(verdict(action, rule, &taken)),
        None => all.extend([(Action::Permit, true), (Action::Deny, false)].map(|(action, yes)| {
            let by_default = (Fact::Default(id), Choice::Default(id, yes));
            verdict(action, None, &[taken.as_slice(), &[by_default]].concat())
        })),
    }
    all
}
