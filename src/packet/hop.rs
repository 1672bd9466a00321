//! One hop: what passes one device from a zone to a zone, lane by lane, with its rules, routes and translations.
//!
//! How packets spread from hop to hop is said in `walk`.

use rustc_hash::FxHashMap;

use super::classes::AddrClass;
use super::filter::{Filter, Passed, Seen, asks_about_zones};
use super::route::{self, Asks, Routes};
use super::{Bits, Classes};
use crate::model::{AddrMatch, Id, Model, PacketAddr, Ternary, Transit, TransitId, ZoneId};

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
    /// What translation has made of their services: a map of [`Classes`]. Sets of services are always those that were sent.
    pub(super) ports: u32,
    pub(super) marks: Marks,
    /// The one device that may take them from here: a route named it.
    pub(super) hand: Option<TransitId>,
    /// The device that they have just passed; kept only where a reply may have to be handed to it.
    pub(super) before: Option<TransitId>,
}

impl State {
    pub(super) fn start(zone: ZoneId, s: AddrClass, d: AddrClass) -> Self {
        Self { zone, s, d, ports: 0, marks: 0, hand: None, before: None }
    }
}

/// Which packets are followed from the initiator's zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// Those of the initiator.
    Forward,
    /// Replies, from their end: where they come to, back to where they come from.
    Reply,
    /// Both, on one and the same walk.
    Both,
}

/// What a request was somewhere on its walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Form {
    pub(super) s: AddrClass,
    pub(super) d: AddrClass,
    pub(super) ports: u32,
}

/// What passes one device on one hop, lane by lane, routes included.
#[derive(Debug, Clone)]
pub(super) struct Hop {
    pub(super) new: Passed,
    pub(super) ack: Passed,
    pub(super) rep: Passed,
}

/// What translation makes of packets that leave a device to a zone: one of several, by service or by what is not stated.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Translated {
    /// The destination class and services after destination translation: what routes and rules see.
    d: AddrClass,
    ports: u32,
    /// The source class after source translation.
    s: AddrClass,
    /// The services to which this applies; `None`: all.
    only: Option<Bits>,
    certain: bool,
}

/// A model prepared for hops.
pub(super) struct Hops<'m> {
    pub(super) model: &'m Model,
    pub(super) classes: &'m Classes,
    filters: Vec<Filter>,
    routes: Vec<Routes>,
    /// Devices that treat all their zones alike: no routes, directions, translation, or rules about zones.
    plain: Vec<bool>,
    /// Some route names the device that is handed a packet.
    handed: bool,
}

/// The lines of a device that a pair of classes meets, and as certain as that is: for packets, and for replies.
pub(super) type Meets = [Vec<(u32, Ternary)>; 2];

type HopKey = (TransitId, State, ZoneId, Kind);

/// Hops already evaluated for one pair of classes.
#[derive(Default)]
pub(super) struct HopCache(FxHashMap<HopKey, Vec<(State, Hop)>>);

impl<'m> Hops<'m> {
    pub(super) fn new(model: &'m Model, classes: &'m Classes) -> Self {
        let handed = route::any_hands_over(model.transits.values());
        Self {
            model,
            classes,
            filters: Filter::all(model, classes),
            routes: route::all(model.transits.values(), classes),
            plain: model.transits.values().map(|t| !handed && is_plain(model, t)).collect(),
            handed,
        }
    }

    /// Whether a device treats all its zones alike.
    pub(super) fn is_plain(&self, device: TransitId) -> bool {
        self.plain[device.index()]
    }

    /// The address sets that a device asks about: in its rules, and in its routes and translations. Each sorted, without those that
    /// all classes lie in, or none.
    pub(super) fn sets_of(&self, device: TransitId) -> (Vec<usize>, Vec<usize>) {
        let telling = |mut sets: Vec<usize>| {
            sets.sort_unstable();
            sets.dedup();
            sets.retain(|&id| self.classes.tells_apart(id));
            sets
        };
        let translated = self.model.transits[device].snat.iter().filter_map(|n| n.from.as_ref());
        let routes = route::of(&self.routes, device).sets().chain(translated.map(|m| self.classes.match_id(m)));
        (telling(self.filters[device.index()].sets().collect()), telling(routes.collect()))
    }

    /// How many lines the rules of a device have.
    pub(super) fn lines(&self, device: TransitId) -> usize {
        self.filters[device.index()].lines()
    }

    /// The lines of a device that a class may match, as a source or else as a destination, each as certain as it is.
    pub(super) fn near(
        &self,
        device: TransitId,
        as_source: bool,
        class: AddrClass,
    ) -> impl Iterator<Item = (usize, Ternary)> + '_ {
        self.filters[device.index()].near(self.classes, as_source, class)
    }

    /// What the rules of a device meet of the packets from one class to another, and of the replies.
    pub(super) fn meets(&self, device: TransitId, s: AddrClass, d: AddrClass) -> Meets {
        let filter = &self.filters[device.index()];
        [filter.meets(self.classes, s, d), filter.meets(self.classes, d, s)]
    }

    fn class_of(&self, addr: PacketAddr) -> AddrClass {
        self.classes.nat.get(&addr).copied().unwrap_or(0)
    }

    /// The zones to which a device may send what is in a state.
    pub(super) fn exits(&self, device: TransitId, at: State, kind: Kind) -> impl Iterator<Item = ZoneId> + '_ {
        let t = &self.model.transits[device];
        // Of replies, `hand` says to whom they must have been handed further on: see `evaluate`.
        let taken = kind == Kind::Reply || at.hand.is_none_or(|d| d == device);
        // P-HAIRPIN: whether a turn is the same for both directions of one walk is not certain.
        let turns = kind != Kind::Both
            && (t.translates()
                || sends_back(self.model, t, at.zone) != Ternary::No
                || self.handed_and_turns(device, at, kind));
        t.zones.iter().copied().filter(move |&to| taken && (to != at.zone || turns))
    }

    /// P-HAIRPIN: whether a route named the device for these packets, or may have for replies, and some route of it leads back.
    fn handed_and_turns(&self, device: TransitId, at: State, kind: Kind) -> bool {
        let handed = if kind == Kind::Reply { self.handed } else { at.hand == Some(device) };
        handed && route::of(&self.routes, device).may_turn(at.zone)
    }

    /// The hops through one device to one zone: the next states, and what of all services passes.
    pub(super) fn through<'c>(
        &self,
        cache: &'c mut HopCache,
        device: TransitId,
        at: State,
        to: ZoneId,
        kind: Kind,
    ) -> &'c [(State, Hop)] {
        // Marks say nothing about what passes.
        let key = State { marks: 0, ..at };
        cache.0.entry((device, key, to, kind)).or_insert_with(|| self.evaluate(device, key, to, kind))
    }

    fn evaluate(&self, device: TransitId, at: State, to: ZoneId, kind: Kind) -> Vec<(State, Hop)> {
        let t = &self.model.transits[device];
        // P-DIODE
        let ahead = t.one_way.is_none_or(|w| w == (at.zone, to));
        let returns = t.one_way.is_none_or(|w| w == (to, at.zone));
        let mut hops = Vec::new();
        for x in self.forms(t, at, to, kind) {
            let filter = &self.filters[device.index()];
            // P-NATORDER
            let seen_d = if t.rules_see_outside { at.d } else { x.d };
            let seen = Seen { from: at.zone, to, s: at.s, d: seen_d };
            let seen_ports = if t.rules_see_outside { at.ports } else { x.ports };
            let untranslated = (x.s, x.d, x.ports) == (at.s, at.d, at.ports);
            let mut doubtful = self.model.is_among_the_kept_apart(t, &[at.zone, to]);
            // P-HAIRPIN: what it translates.
            let turned = to == at.zone && !untranslated;
            // Devices that are alike everywhere are asked from one zone into itself, and translate nothing.
            let back_here = to == at.zone && kind != Kind::Both && !turned;
            let bounces = if back_here { sends_back(self.model, t, to) } else { Ternary::No };
            if back_here && bounces != Ternary::Yes && !self.handed_and_turns(device, at, kind) {
                if bounces == Ternary::No {
                    continue;
                }
                doubtful = true;
            }
            let routes = route::of(&self.routes, device);
            let forward = routes.towards(self.classes, t, Asks { from: at.zone, s: at.s, d: x.d, reply: false }, to);
            // Most devices of a wide network have no route there: nothing goes by them, whatever their rules say.
            if kind != Kind::Reply && forward.is_empty() {
                continue;
            }
            let back = routes.towards(self.classes, t, Asks { from: to, s: x.d, d: at.s, reply: true }, at.zone);
            // P-REPROUTE, P-NEXT: a reply goes to the initiator itself, or to the device that is nearer to it. If that device turned it, it must
            // have been handed to it.
            let handed = kind == Kind::Reply && at.hand.is_some();
            let fits = |next: Option<TransitId>| next == at.before && next.is_some() || next.is_none() && !handed;
            let back = back.into_iter().filter(|(next, _)| fits(*next));
            let back = back.fold(Passed::none(self.classes), |mut all, (_, p)| {
                all.may.add(&p.may);
                all.sure.add(&p.sure);
                all
            });
            if kind == Kind::Reply && back.may.is_empty() {
                continue;
            }
            let as_sent = |p: Passed, ports: u32| self.as_sent(p, ports, &x);
            let gate = |p: Passed, open: bool| if open { p } else { Passed::none(self.classes) };
            let new = gate(as_sent(filter.new_packets(self.classes, seen), seen_ports), ahead);
            let ack = gate(as_sent(filter.later_packets(self.classes, seen), seen_ports), ahead);
            let rep = as_sent(filter.replies(self.classes, seen, untranslated), seen_ports);
            let mut rep = gate(rep.and(&as_sent(back, x.ports)), returns);
            if doubtful {
                rep.sure = self.classes.none();
            }
            let next = |hand| State {
                zone: to,
                s: x.s,
                d: x.d,
                ports: x.ports,
                marks: at.marks,
                hand,
                before: (self.handed && kind != Kind::Forward).then_some(device),
            };
            if kind == Kind::Reply {
                // What is sent back anyway need not have been handed to the device.
                let hand = (to == at.zone && !turned && bounces == Ternary::No).then_some(device);
                hops.push((next(hand), Hop { new, ack, rep }));
                continue;
            }
            for (hand, passed) in forward {
                let mut passed = as_sent(passed, x.ports);
                if doubtful {
                    passed.sure = self.classes.none();
                }
                let hop = Hop { new: new.and(&passed), ack: ack.and(&passed), rep: rep.clone() };
                hops.push((next(hand), hop));
            }
        }
        hops
    }

    /// P-BACK: what translation makes of packets that leave to a zone; of those whose replies are followed by themselves, towards
    /// any zone of the device, as a session is tied to none.
    fn forms(&self, t: &Transit, at: State, to: ZoneId, kind: Kind) -> Vec<Translated> {
        if kind != Kind::Reply || !t.translates() {
            return self.translated(t, at, to);
        }
        let mut all: Vec<Translated> = Vec::new();
        for x in t.zones.iter().flat_map(|&zone| self.translated(t, at, zone)) {
            if !all.contains(&x) {
                all.push(x);
            }
        }
        all
    }

    /// The states after one device and one zone, with the services that may go there, if only route tables, translations
    /// and directions are asked.
    pub(super) fn conceivable(&self, device: TransitId, at: State, to: ZoneId) -> Vec<(State, Bits)> {
        let t = &self.model.transits[device];
        if t.one_way.is_some_and(|w| w != (at.zone, to)) {
            return Vec::new();
        }
        let routes = route::of(&self.routes, device);
        let mut all = Vec::new();
        for x in self.translated(t, at, to) {
            let asks = Asks { from: at.zone, s: at.s, d: x.d, reply: false };
            for (hand, passed) in routes.towards(self.classes, t, asks, to) {
                let may = self.as_sent(passed, x.ports, &x).may;
                let before = self.handed.then_some(device);
                all.push((State { zone: to, s: x.s, d: x.d, ports: x.ports, marks: at.marks, hand, before }, may));
            }
        }
        all
    }

    /// To whom a device may hand replies that it sends from the first zone to the second, by routes and directions alone, with the
    /// services. `forms`: as what the requests were, of which any counts.
    pub(super) fn conceivable_back(
        &self,
        device: TransitId,
        (from, to): (ZoneId, ZoneId),
        forms: &[Form],
    ) -> Vec<(Option<TransitId>, Bits)> {
        let t = &self.model.transits[device];
        let mut all: Vec<(Option<TransitId>, Bits)> = Vec::new();
        if t.one_way.is_some_and(|w| w != (from, to)) {
            return all;
        }
        for form in forms {
            let asks = Asks { from, s: form.d, d: form.s, reply: true };
            for (hand, passed) in route::of(&self.routes, device).towards(self.classes, t, asks, to) {
                let may = self.classes.as_sent(form.ports, passed.may);
                match all.iter_mut().find(|(h, _)| *h == hand) {
                    Some((_, bits)) => bits.add(&may),
                    None => all.push((hand, may)),
                }
            }
        }
        all
    }

    /// Services as the device sees them, told as they were sent, as far as a translation applies to them.
    fn as_sent(&self, passed: Passed, ports: u32, x: &Translated) -> Passed {
        let mut sent =
            Passed { may: self.classes.as_sent(ports, passed.may), sure: self.classes.as_sent(ports, passed.sure) };
        if let Some(only) = &x.only {
            sent.may.keep(only);
            sent.sure.keep(only);
        }
        if !x.certain {
            sent.sure = self.classes.none();
        }
        sent
    }

    /// P-DNAT: what translation may make of packets that leave to a zone; the first entry that fits applies.
    fn translated(&self, t: &Transit, at: State, to: ZoneId) -> Vec<Translated> {
        let whole = Translated { d: at.d, ports: at.ports, s: at.s, only: None, certain: true };
        if !t.translates() {
            return vec![whole];
        }
        let mut by_destination = Vec::new();
        let mut rest: Option<Bits> = None;
        let mut all_taken = false;
        for n in t.dnat.iter().filter(|n| n.zone.is_none_or(|z| z == to)) {
            if all_taken || self.class_of(PacketAddr::Literal(n.outside)) != at.d {
                continue;
            }
            let left = rest.clone().unwrap_or_else(|| self.classes.all());
            let (only, ports) = match self.classes.port_rule(n) {
                None => (rest.clone(), at.ports),
                Some(rule) => {
                    let asked = self.classes.asked(at.ports, rule);
                    (Some(left.and(&asked)), self.classes.after(at.ports, rule))
                }
            };
            match &only {
                None => all_taken = true,
                Some(bits) if n.ports.is_none() => {
                    all_taken = true;
                    if bits.is_empty() {
                        continue;
                    }
                }
                Some(bits) => {
                    rest = Some(left.without(bits));
                    if bits.is_empty() {
                        continue;
                    }
                }
            }
            by_destination.push(Translated { d: self.class_of(n.inside), ports, only, ..whole.clone() });
        }
        if !all_taken && rest.as_ref().is_none_or(|r| !r.is_empty()) {
            by_destination.push(Translated { only: rest, ..whole });
        }
        by_destination.into_iter().flat_map(|x| self.source_translated(t, x, to)).collect()
    }

    fn source_translated(&self, t: &Transit, x: Translated, to: ZoneId) -> Vec<Translated> {
        // P-SNAT: a translation applies to packets of its own family; others pass as they are.
        let family = self.classes.v4[x.s as usize];
        let fits = |m: &Option<AddrMatch>| {
            m.as_ref().map_or(Ternary::Yes, |m| self.classes.matches(self.classes.match_id(m), x.s))
        };
        let mut all = Vec::new();
        let mut certain = true;
        for n in t.snat.iter().filter(|n| n.zone == to && family.is_none_or(|v4| v4 == n.source.is_v4())) {
            let hit = fits(&n.from);
            if hit == Ternary::No {
                continue;
            }
            let s = self.class_of(PacketAddr::Literal(n.source));
            certain &= hit == Ternary::Yes;
            all.push(Translated { s, certain, ..x.clone() });
            if hit == Ternary::Yes {
                return all;
            }
        }
        all.push(Translated { certain, ..x });
        all
    }
}

fn is_plain(model: &Model, t: &Transit) -> bool {
    t.zones.iter().all(|&z| sends_back(model, t, z) == Ternary::No)
        && !model.is_among_the_kept_apart(t, &t.zones)
        && t.routes.is_none()
        && t.one_way.is_none()
        && t.parts.is_none()
        && !t.translates()
        && !asks_about_zones(t)
}

/// P-HAIRPIN: whether a device sends back into a zone, as that zone keeps its machines apart.
fn sends_back(model: &Model, t: &Transit, zone: ZoneId) -> Ternary {
    if model.zones[zone].client_isolation { t.sends_back() } else { Ternary::No }
}
