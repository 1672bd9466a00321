//! What one transit device does with one concrete packet: translation, routes, rules.
//!
//! Three-valued, as a drawing may leave things open. Not here: all packets at
//! once (`filter`, `route`, `hop`), and where a packet goes on from there.

use super::{Level, Packet};
use crate::model::{
    Action, Model, PacketAddr, PacketState, PortRange, Protocol, Route, Rule, Service, Strays, Ternary, Transit,
    TransitId, ZoneId, answer_ports,
};

/// A device with the drawing it stands in.
#[derive(Clone, Copy)]
pub(crate) struct Device<'m> {
    pub(crate) model: &'m Model,
    pub(crate) transit: &'m Transit,
    /// What happens when no rule matches, if that is known.
    pub(crate) default: Option<Action>,
}

/// What translation makes of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Translated {
    /// As routes see it, and rules unless they look before translation.
    pub(crate) inner: Packet,
    /// As it leaves.
    pub(crate) after: Packet,
    /// Nothing about it is open.
    pub(crate) certain: bool,
}

/// What the rules say, and the rule that decides; `None` for the default or a device without rules.
pub(crate) type Decision = (Ternary, Option<usize>);

impl<'m> Device<'m> {
    pub(crate) fn new(model: &'m Model, transit: &'m Transit) -> Self {
        Self { model, transit, default: transit.default }
    }

    /// P-DIODE: whether packets may go this way at all.
    pub(crate) fn ahead(self, from: ZoneId, to: ZoneId) -> bool {
        self.transit.one_way.is_none_or(|w| w == (from, to))
    }

    /// P-DNAT, P-SNAT, P-NATORDER: what translation makes of a packet that leaves to a zone. More than one only if the drawing leaves it open.
    pub(crate) fn translated(self, packet: Packet, to: ZoneId) -> Vec<Translated> {
        let asked =
            |n: &&crate::model::Dnat| n.applies(packet.destination, packet.protocol, packet.destination_port, to);
        let mut inner = packet;
        if let Some(n) = self.transit.dnat.iter().find(asked) {
            inner.destination = n.inside;
            inner.destination_port = n.inside_port.unwrap_or(packet.destination_port);
        }
        let mut all = Vec::new();
        let mut certain = true;
        for n in self.transit.snat.iter().filter(|n| n.zone == to && packet.source.translates_to(n.source)) {
            let hit = n.from.as_ref().map_or(Ternary::Yes, |m| m.matches(packet.source, &self.model.faces));
            if hit == Ternary::No {
                continue;
            }
            certain &= hit == Ternary::Yes;
            all.push(Translated { inner, after: Packet { source: PacketAddr::Literal(n.source), ..inner }, certain });
            if hit == Ternary::Yes {
                return all;
            }
        }
        all.push(Translated { inner, after: inner, certain });
        all
    }

    /// P-POLICY, P-NEXT: who may be handed a packet that leaves to a zone, and how certainly. `packet` is as routes see it.
    pub(crate) fn routed(self, packet: Packet, from: ZoneId, to: ZoneId) -> Vec<(Option<TransitId>, Ternary)> {
        let (mut out, rest) = self.by_policy(packet, from, to);
        let Some(sure) = rest else { return out };
        for (next, certain) in self.by_prefix(packet.destination, from, to) {
            note(&mut out, next, if sure && certain { Ternary::Yes } else { Ternary::Unknown });
        }
        out
    }

    /// P-POLICY: what policy routes alone say of a packet, as [`Device::routed`]. Whether the table is asked at all, and if so
    /// whether that is certain.
    pub(crate) fn by_policy(
        self,
        packet: Packet,
        from: ZoneId,
        to: ZoneId,
    ) -> (Vec<(Option<TransitId>, Ternary)>, Option<bool>) {
        let mut out: Vec<(Option<TransitId>, Ternary)> = Vec::new();
        let mut sure = true;
        for route in self.transit.routes.iter().flatten() {
            let hit = self.by_condition(route, packet, from);
            if hit == Ternary::No {
                continue;
            }
            if route.via == Some(to) {
                let certain = sure && hit == Ternary::Yes;
                note(&mut out, route.next, if certain { Ternary::Yes } else { Ternary::Unknown });
            }
            if hit == Ternary::Yes {
                return (out, None);
            }
            sure = false;
        }
        (out, Some(sure))
    }

    /// P-POLICY: whether a policy route is for a packet that came from a zone. A route without condition is none.
    pub(crate) fn by_condition(self, route: &Route, packet: Packet, from: ZoneId) -> Ternary {
        let Some(when) = &route.when else { return Ternary::No };
        let here = when.enters.is_empty() || when.enters.contains(&from);
        let service = |s: &Service| s.contains(packet.protocol, packet.source_port, packet.destination_port);
        if !here || !when.services.iter().any(service) {
            return Ternary::No;
        }
        let faces = &self.model.faces;
        let hit = route.to.matches(packet.destination, faces).and(when.source.matches(packet.source, faces));
        match when.joined.matches(packet.destination, faces) {
            Ternary::No => hit,
            _ => hit.and(Ternary::Unknown),
        }
    }

    fn by_prefix(self, destination: PacketAddr, from: ZoneId, to: ZoneId) -> Vec<(Option<TransitId>, bool)> {
        if !self.has_table() {
            return if self.transit.one_part(from, to) { vec![(None, true)] } else { Vec::new() };
        }
        let (won, certain) = self.winners(destination, from);
        let mut winners: Vec<(Option<ZoneId>, Option<TransitId>)> = won.map(|(_, r)| (r.via, r.next)).collect();
        winners.sort_unstable();
        winners.dedup();
        let sure = certain && winners.len() == 1;
        winners.into_iter().filter(|(via, _)| *via == Some(to)).map(|(_, next)| (next, sure)).collect()
    }

    /// P-LPM, P-VRF: the routes of the table that may win for a packet from a zone, with their positions; whether one certainly matches.
    pub(crate) fn winners(
        self,
        destination: PacketAddr,
        from: ZoneId,
    ) -> (impl Iterator<Item = (usize, &'m Route)>, bool) {
        let one_part = move |zone: Option<ZoneId>| zone.is_none_or(|z| self.transit.one_part(from, z));
        let routes = self.transit.routes.as_deref().unwrap_or_default();
        let table = routes.iter().enumerate().filter(move |(_, r)| r.when.is_none() && one_part(r.via));
        let matched = move |r: &Route| r.to.matches(destination, &self.model.faces);
        let certain = table.clone().filter(|(_, r)| matched(r) == Ternary::Yes).map(|(_, r)| r.prefix_len).max();
        let wins = move |r: &Route| matched(r) != Ternary::No && certain.is_none_or(|len| r.prefix_len >= len);
        (table.filter(move |(_, r)| wins(r)), certain.is_some())
    }

    /// Whether a black hole may be what decides about a packet: of the policy routes, or in the table.
    pub(crate) fn may_drop(self, packet: Packet, from: ZoneId) -> bool {
        for route in self.transit.routes.iter().flatten() {
            match self.by_condition(route, packet, from) {
                Ternary::No => {}
                _ if route.via.is_none() => return true,
                Ternary::Yes => return false,
                Ternary::Unknown => {}
            }
        }
        self.has_table() && self.winners(packet.destination, from).0.any(|(_, r)| r.via.is_none())
    }

    /// P-POLICY: policy routes alone are no table; what they leave goes wherever it can.
    pub(crate) fn has_table(self) -> bool {
        let routes = self.transit.routes.as_deref();
        routes.is_some_and(|all| all.is_empty() || all.iter().any(|r| r.when.is_none()))
    }

    /// P-HAIRPIN: whether some route leads back into a zone.
    pub(crate) fn may_turn(self, zone: ZoneId) -> bool {
        self.transit.routes.iter().flatten().any(|r| r.via == Some(zone))
    }

    /// What the rules say of a packet of the initiator; `asked` is as it came, `inner` after destination translation.
    pub(crate) fn forward(
        self,
        (asked, inner): (Packet, Packet),
        from: ZoneId,
        to: ZoneId,
        later: bool,
        level: Level,
    ) -> Decision {
        let seen = if self.transit.rules_see_outside { Packet { source: inner.source, ..asked } } else { inner };
        let state = if later && !self.transit.remembers() { flagged(seen.protocol) } else { PacketState::New };
        self.decide(seen, from, to, state, level)
    }

    /// P-STATE, P-EST, P-STRAY: what the device says of the reply to a packet that went from `from` to `to`.
    pub(crate) fn reply(self, x: Translated, asked: Packet, from: ZoneId, to: ZoneId, level: Level) -> Ternary {
        if self.transit.remembers() {
            let mut admitted = self.forward((asked, x.inner), from, to, false, level).0;
            if level == Level::May && admitted == Ternary::No {
                // A session is not tied to networks.
                let zones = &self.transit.zones;
                let pairs = zones.iter().flat_map(|&a| zones.iter().map(move |&b| (a, b)));
                let anywhere = pairs.map(|(a, b)| self.forward((asked, x.inner), a, b, false, level).0);
                admitted = anywhere.max().unwrap_or(Ternary::No).and(Ternary::Unknown);
            }
            if admitted == Ternary::Yes || x.after != asked {
                return admitted;
            }
            return admitted.or(self.stray_reply(x.inner, from, to));
        }
        match answer(x.inner) {
            Some(p) => self.decide(p, to, from, flagged(p.protocol), level).0,
            None => Ternary::No,
        }
    }

    /// P-STRAY: what the rules may say of a reply to a request that the device has not seen.
    pub(crate) fn stray_reply(self, request: Packet, from: ZoneId, to: ZoneId) -> Ternary {
        let Some(p) = answer(request) else { return Ternary::No };
        // Nobody can tell a stray datagram from a first one.
        if self.transit.strays == Some(Strays::Drop) && matches!(p.protocol, Protocol::Tcp | Protocol::Icmp) {
            return Ternary::No;
        }
        let passes = |state| {
            let (answer, _) = self.decide_with(p, to, from, state, Level::May, |rule| stray_fits(rule, p));
            answer != Ternary::No
        };
        let passes = match p.protocol {
            Protocol::Tcp => passes(PacketState::Invalid) && passes(PacketState::New),
            Protocol::Icmp => passes(PacketState::Invalid),
            Protocol::Udp | Protocol::Other(_) => passes(PacketState::New),
        };
        if passes { Ternary::Unknown } else { Ternary::No }
    }

    /// P-FIRST: first match over the rules, three-valued, with the rule that decides: in `may` the first that may permit, else the
    /// certain one.
    pub(crate) fn decide(self, p: Packet, from: ZoneId, to: ZoneId, state: PacketState, level: Level) -> Decision {
        let fits =
            |rule: &Rule| rule.services.iter().any(|s| s.contains(p.protocol, p.source_port, p.destination_port));
        self.decide_with(p, from, to, state, level, fits)
    }

    /// The rules that fit, or may fit as an address is open, in order. Nothing behind the first that certainly fits counts.
    pub(crate) fn fitting(
        self,
        p: Packet,
        from: ZoneId,
        to: ZoneId,
        state: PacketState,
    ) -> impl Iterator<Item = (usize, &'m Rule, Ternary)> {
        let service =
            move |r: &Rule| r.services.iter().any(|s| s.contains(p.protocol, p.source_port, p.destination_port));
        self.fitting_with(p, from, to, state, service)
    }

    /// The same where `service` says which services a rule is about.
    fn fitting_with<F: Fn(&Rule) -> bool>(
        self,
        p: Packet,
        from: ZoneId,
        to: ZoneId,
        state: PacketState,
        service: F,
    ) -> impl Iterator<Item = (usize, &'m Rule, Ternary)> + use<'m, F> {
        let faces = &self.model.faces;
        let rules = self.transit.rules.iter().flatten().enumerate();
        let concerned = rules.filter(move |(_, r)| r.concerns(state, from, to) && service(r));
        let hit = move |r: &Rule| r.source.matches(p.source, faces).and(r.destination.matches(p.destination, faces));
        concerned.map(move |(i, r)| (i, r, hit(r))).filter(|(.., hit)| *hit != Ternary::No)
    }

    fn decide_with(
        self,
        p: Packet,
        from: ZoneId,
        to: ZoneId,
        state: PacketState,
        level: Level,
        service: impl Fn(&Rule) -> bool,
    ) -> Decision {
        if self.transit.rules.is_none() {
            return (Ternary::Yes, None);
        }
        let named = |possible: Option<usize>, certain| if level == Level::May { possible.or(certain) } else { certain };
        let (mut open, mut possible) = (Ternary::No, None);
        let mut doubtful = false;
        for (i, rule, hit) in self.fitting_with(p, from, to, state, service) {
            match (hit, rule.action) {
                (Ternary::No, _) => {}
                (Ternary::Yes, Action::Permit) => {
                    let answer = if doubtful { Ternary::Unknown } else { Ternary::Yes };
                    return (answer, named(possible, Some(i)));
                }
                (Ternary::Yes, Action::Deny) => return (open, possible.or(Some(i))),
                (Ternary::Unknown, Action::Permit) => {
                    open = Ternary::Unknown;
                    possible = possible.or(Some(i));
                }
                (Ternary::Unknown, Action::Deny) => doubtful = true,
            }
        }
        match self.default {
            Some(Action::Permit) if doubtful => (Ternary::Unknown, possible),
            Some(Action::Permit) => (Ternary::Yes, named(possible, None)),
            Some(Action::Deny) => (open, possible),
            None => (Ternary::Unknown, possible),
        }
    }
}

fn note(out: &mut Vec<(Option<TransitId>, Ternary)>, next: Option<TransitId>, hit: Ternary) {
    match out.iter_mut().find(|(n, _)| *n == next) {
        Some((_, known)) => *known = known.or(hit),
        None => out.push((next, hit)),
    }
}

/// P-EST: what a later packet of TCP is to a list without memory; other packets look like first ones.
fn flagged(protocol: Protocol) -> PacketState {
    if protocol == Protocol::Tcp { PacketState::Established } else { PacketState::New }
}

/// P-REPLY: the answer to a packet, if such a packet is answered at all.
pub(crate) fn answer(p: Packet) -> Option<Packet> {
    let (source_port, destination_port) = answer_ports(p.protocol, p.source_port, p.destination_port)?;
    Some(Packet { source: p.destination, destination: p.source, protocol: p.protocol, source_port, destination_port })
}

/// Whether a rule is about an answer whose initiator chooses its own port.
fn stray_fits(rule: &Rule, p: Packet) -> bool {
    rule.services.iter().any(|s| match p.protocol {
        Protocol::Tcp | Protocol::Udp => {
            s.protocol.is_none_or(|x| x == p.protocol)
                && s.source.contains(p.source_port)
                && (rule.action == Action::Permit || s.destination == PortRange::ALL)
        }
        _ => s.contains(p.protocol, p.source_port, p.destination_port),
    })
}
