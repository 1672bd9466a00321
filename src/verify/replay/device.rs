//! What one transit device does with one concrete packet (`docs/semantics.md`, section 2).
//!
//! Not here: in what order devices are passed, and who may send or receive.

use super::refusal::Fault;
use crate::model::{
    Action, AddrMatch, Dnat, Model, PacketAddr, PacketState, PortRange, Protocol, Role, Route, RouteWhen, Rule,
    Service, Ternary, Transit, TransitId, ZoneId, answer_ports,
};
use crate::verify::{Level, Packet};

/// Which packets of a session: the first one, or a later one of the initiator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lane {
    /// The first.
    New,
    /// A later one.
    Ack,
}

/// How an open comparison counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// In favour of the packet.
    May,
    /// Against it.
    Sure,
}

impl From<Level> for Mode {
    fn from(level: Level) -> Self {
        if level >= Level::Sure { Self::Sure } else { Self::May }
    }
}

impl Mode {
    fn counts(self, rule: &Rule, matched: Ternary) -> bool {
        match (self, rule.action) {
            (Self::May, Action::Permit) | (Self::Sure, Action::Deny) => matched != Ternary::No,
            (Self::May, Action::Deny) | (Self::Sure, Action::Permit) => matched == Ternary::Yes,
        }
    }
}

/// A packet that was let out, the rule that let it (`None` for the default or a device without rules), and who may take it
/// then: `None` whoever has the address, or any device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Passed {
    pub(super) rule: Option<usize>,
    pub(super) packet: Packet,
    pub(super) hands: Vec<Option<TransitId>>,
}

/// What rules look at.
struct Seen {
    packet: Packet,
    enters: ZoneId,
    leaves: ZoneId,
    state: PacketState,
    /// The destination port counts as chosen to suit: P-STRAY.
    port_open: bool,
}

/// One device, from one of its zones to another, in the direction of the packet in question.
#[derive(Clone, Copy)]
pub(super) struct Crossing<'m> {
    pub(super) model: &'m Model,
    pub(super) device: &'m Transit,
    pub(super) from: ZoneId,
    pub(super) to: ZoneId,
    /// It drops answers to requests that it has not seen: the drawing says so, or it is asked what follows if it did.
    pub(super) drops_strays: bool,
    /// It is asked what follows if it sent nothing back into a zone that keeps its machines apart.
    pub(super) refuses_hairpins: bool,
}

impl Crossing<'_> {
    /// A packet of the initiator, as it may come out: more than one only where a translation is open.
    pub(super) fn forward(&self, packet: Packet, lane: Lane, mode: Mode) -> Result<Vec<Passed>, Fault> {
        self.direction()?;
        self.kept_apart(mode)?;
        let flagged = lane == Lane::Ack && !self.device.remembers();
        let state = if flagged { of_flag(packet) } else { PacketState::New };
        let inner = self.destination_translated(packet, self.to);
        let hands = self.routed(inner, self.from, self.to, mode)?;
        let rule = self.decide(&self.asked(packet, inner, state, self.from, self.to), mode)?;
        let out = self.source_translated(inner, self.to, mode)?;
        Ok(out.into_iter().map(|packet| Passed { rule, packet, hands: hands.clone() }).collect())
    }

    /// The reply to a packet that is `before` where the reply leaves (the initiator's side) and `after` where it
    /// enters (the responder's side): who may take it then.
    pub(super) fn reply(&self, before: Packet, after: Packet, mode: Mode) -> Result<Vec<Option<TransitId>>, Fault> {
        self.direction()?;
        self.kept_apart(mode)?;
        let inner = self.made_into(before, after, mode).ok_or(Fault::Mistranslated)?;
        let answer = mirrored(inner).ok_or(Fault::Unanswered)?;
        let hands = self.routed(answer, self.from, self.to, mode)?;
        if !self.device.remembers() {
            let (enters, leaves) = (self.from, self.to);
            let seen = Seen { packet: answer, enters, leaves, state: of_flag(answer), port_open: false };
            return self.decide(&seen, mode).map(|_| hands);
        }
        let admitted = |a, b| self.decide(&self.asked(before, inner, PacketState::New, a, b), mode);
        // A session is not tied to networks; that it was let through elsewhere is never certain here.
        let zones = &self.device.zones;
        let pairs = || zones.iter().flat_map(|&a| zones.iter().map(move |&b| (a, b)));
        let elsewhere = || mode == Mode::May && pairs().any(|(a, b)| admitted(a, b).is_ok());
        let known = admitted(self.to, self.from).or_else(|fault| if elsewhere() { Ok(None) } else { Err(fault) });
        let told_apart = matches!(answer.protocol, Protocol::Tcp | Protocol::Icmp);
        let dropped = told_apart && self.drops_strays;
        let stray = mode == Mode::May && before == after && !dropped;
        match known {
            Err(_) if stray && self.stray_passes(answer) => Ok(hands),
            known => known.map(|_| hands),
        }
    }

    /// The packet between the two translations, if `before` may become `after` here. That it went to another network than the
    /// one from which the reply comes is possible, and never certain.
    fn made_into(&self, before: Packet, after: Packet, mode: Mode) -> Option<Packet> {
        let elsewhere = self.device.zones.iter().filter(|_| mode == Mode::May);
        std::iter::once(&self.from).chain(elsewhere).find_map(|&zone| {
            let inner = self.destination_translated(before, zone);
            self.source_translated(inner, zone, mode).ok()?.contains(&after).then_some(inner)
        })
    }

    /// Whether the rules let an answer pass to which the device has seen no request.
    fn stray_passes(&self, packet: Packet) -> bool {
        let passes = |state| {
            let seen =
                Seen { packet, enters: self.from, leaves: self.to, state, port_open: packet.protocol.has_ports() };
            self.decide(&seen, Mode::May).is_ok()
        };
        match packet.protocol {
            Protocol::Tcp => passes(PacketState::Invalid) && passes(PacketState::New),
            Protocol::Icmp => passes(PacketState::Invalid),
            Protocol::Udp | Protocol::Other(_) => passes(PacketState::New),
        }
    }

    fn asked(&self, packet: Packet, inner: Packet, state: PacketState, enters: ZoneId, leaves: ZoneId) -> Seen {
        let packet = if self.device.rules_see_outside { packet } else { inner };
        Seen { packet, enters, leaves, state, port_open: false }
    }

    /// The packets on the other side if only route tables and directions are asked, and what is open is allowed; with who
    /// may take them.
    pub(super) fn conceivable(&self, packet: Packet) -> Vec<(Packet, Vec<Option<TransitId>>)> {
        let inner = self.destination_translated(packet, self.to);
        let open = self.direction().and_then(|()| {
            let hands = self.routed(inner, self.from, self.to, Mode::May)?;
            Ok((self.source_translated(inner, self.to, Mode::May)?, hands))
        });
        open.map_or_else(|_| Vec::new(), |(out, hands)| out.into_iter().map(|p| (p, hands.clone())).collect())
    }

    /// Who may take a packet, as routes see it, if only routes and directions are asked.
    pub(super) fn open_to(&self, packet: Packet) -> Vec<Option<TransitId>> {
        let open = self.direction().and_then(|()| self.routed(packet, self.from, self.to, Mode::May));
        open.unwrap_or_default()
    }

    /// Packets that may have become `after` when they went the other way, given the sources that occur at all.
    pub(super) fn origins(&self, after: Packet, sources: &[PacketAddr]) -> Vec<Packet> {
        let mut asked = vec![(after.destination, after.destination_port)];
        for d in self.device.dnat.iter().filter(|d| d.inside == after.destination) {
            let ports = match (d.ports, d.inside_port) {
                (Some((_, range)), Some(port)) if port == after.destination_port => range.first..=range.last,
                _ => after.destination_port..=after.destination_port,
            };
            asked.extend(ports.map(|port| (PacketAddr::Literal(d.outside), port)));
        }
        let pairs = sources.iter().flat_map(|&s| asked.iter().map(move |&(d, port)| (s, d, port)));
        pairs
            .map(|(source, destination, destination_port)| Packet { source, destination, destination_port, ..after })
            .collect()
    }

    /// A machine that forwards in a zone that keeps its machines apart is one of them: nothing is certain to come from it, or to it.
    fn kept_apart(&self, mode: Mode) -> Result<(), Fault> {
        let apart = |z: ZoneId| self.model.zones.get(z).is_some_and(|z| z.client_isolation);
        let machine = self.model.nodes.get(self.device.node).is_some_and(|n| !matches!(n.role, Role::Transit(_)));
        if mode == Mode::Sure && machine && (apart(self.from) || apart(self.to)) {
            Err(Fault::NotItsZones)
        } else {
            Ok(())
        }
    }

    fn direction(&self) -> Result<(), Fault> {
        let zones = &self.device.zones;
        if !zones.contains(&self.from) || !zones.contains(&self.to) {
            return Err(Fault::NotItsZones);
        }
        match self.device.one_way {
            Some(way) if way != (self.from, self.to) => Err(Fault::AgainstOneWay),
            _ => Ok(()),
        }
    }

    /// Who may take a packet that leaves to `to`, by policy routes in order, then by the table.
    fn routed(&self, packet: Packet, from: ZoneId, to: ZoneId, mode: Mode) -> Result<Vec<Option<TransitId>>, Fault> {
        let mut hands = Vec::new();
        let concerned = |w: &RouteWhen| {
            (w.enters.is_empty() || w.enters.contains(&from))
                && w.services.iter().any(|s| s.contains(packet.protocol, packet.source_port, packet.destination_port))
        };
        let mut decided = false;
        for route in self.device.routes.iter().flatten() {
            let Some(when) = route.when.as_ref().filter(|w| concerned(w)) else { continue };
            let source = self.matched(&when.source, packet.source);
            // A network that the device joins may be looked for first.
            let joined = self.matched(&when.joined, packet.destination) != Ternary::No;
            let most = if joined { Ternary::Unknown } else { Ternary::Yes };
            let hit = self.matched(&route.to, packet.destination).and(source).and(most);
            if hit == Ternary::Unknown && mode == Mode::Sure {
                return Err(Fault::NotRouted);
            }
            if hit != Ternary::No && route.via == Some(to) {
                hands.push(route.next);
            }
            decided = hit == Ternary::Yes;
            if decided {
                break;
            }
        }
        if !decided {
            hands.extend(self.by_prefix(packet.destination, from, to, mode));
        }
        if hands.is_empty() { Err(Fault::NotRouted) } else { Ok(hands) }
    }

    /// A route that matches, or may match, if no longer one that certainly matches is in the way; to be certain, every route
    /// that could win has to say the same.
    fn by_prefix(&self, destination: PacketAddr, from: ZoneId, to: ZoneId, mode: Mode) -> Vec<Option<TransitId>> {
        let stays = |zone: Option<ZoneId>| zone.is_none_or(|z| self.device.one_part(from, z));
        let all = self.device.routes.as_deref();
        let only_policies = all.is_some_and(|r| !r.is_empty() && r.iter().all(|r| r.when.is_some()));
        let Some(all) = all.filter(|_| !only_policies) else {
            return if stays(Some(to)) { vec![None] } else { Vec::new() };
        };
        let table: Vec<&Route> = all.iter().filter(|r| r.when.is_none() && stays(r.via)).collect();
        let matched = |r: &Route| self.matched(&r.to, destination);
        let certain = table.iter().filter(|r| matched(r) == Ternary::Yes).map(|r| r.prefix_len).max();
        let could_win = |r: &&&Route| matched(r) != Ternary::No && certain.is_none_or(|length| r.prefix_len >= length);
        let winners: Vec<&&Route> = table.iter().filter(could_win).collect();
        let one = winners.iter().all(|r| (r.via, r.next) == (winners[0].via, winners[0].next));
        if mode == Mode::Sure && (certain.is_none() || !one) {
            return Vec::new();
        }
        winners.into_iter().filter(|r| r.via == Some(to)).map(|r| r.next).collect()
    }

    /// The rule that lets the packet pass: ordered, first match, then the default.
    fn decide(&self, seen: &Seen, mode: Mode) -> Result<Option<usize>, Fault> {
        let Some(rules) = &self.device.rules else {
            return Ok(None);
        };
        let first = rules.iter().enumerate().find(|(_, r)| mode.counts(r, self.rule_matches(r, seen)));
        let default = || self.device.default.map_or(mode == Mode::May, |action| action == Action::Permit);
        match first {
            Some((position, rule)) if rule.action == Action::Permit => Ok(Some(position)),
            None if default() => Ok(None),
            _ => Err(Fault::Dropped),
        }
    }

    fn rule_matches(&self, rule: &Rule, seen: &Seen) -> Ternary {
        let p = seen.packet;
        let service = |s: &Service| {
            if seen.port_open {
                let whole = rule.action == Action::Permit || s.destination == PortRange::ALL;
                whole && s.protocol.is_none_or(|x| x == p.protocol) && s.source.contains(p.source_port)
            } else {
                s.contains(p.protocol, p.source_port, p.destination_port)
            }
        };
        let plain = rule.concerns(seen.state, seen.enters, seen.leaves) && rule.services.iter().any(service);
        Ternary::from(plain)
            .and(self.matched(&rule.source, p.source))
            .and(self.matched(&rule.destination, p.destination))
    }

    fn matched(&self, set: &AddrMatch, addr: PacketAddr) -> Ternary {
        set.matches(addr, &self.model.faces)
    }

    /// The packet with its destination as routes see it (and rules, unless they look before translation).
    fn destination_translated(&self, packet: Packet, to: ZoneId) -> Packet {
        let asked = |d: &&Dnat| d.applies(packet.destination, packet.protocol, packet.destination_port, to);
        self.device.dnat.iter().find(asked).map_or(packet, |d| Packet {
            destination: d.inside,
            destination_port: d.inside_port.unwrap_or(packet.destination_port),
            ..packet
        })
    }

    /// The packet with the source it may have when it has left the device: the first translation that is for it.
    fn source_translated(&self, packet: Packet, to: ZoneId, mode: Mode) -> Result<Vec<Packet>, Fault> {
        let mut out = Vec::new();
        for s in self.device.snat.iter().filter(|s| s.zone == to && packet.source.translates_to(s.source)) {
            let hit = s.from.as_ref().map_or(Ternary::Yes, |set| self.matched(set, packet.source));
            if hit == Ternary::Unknown && mode == Mode::Sure {
                return Err(Fault::Mistranslated);
            }
            if hit != Ternary::No {
                out.push(Packet { source: PacketAddr::Literal(s.source), ..packet });
            }
            if hit == Ternary::Yes {
                return Ok(out);
            }
        }
        out.push(packet);
        Ok(out)
    }
}

/// What a later packet is to a list without memory.
fn of_flag(packet: Packet) -> PacketState {
    if packet.protocol == Protocol::Tcp { PacketState::Established } else { PacketState::New }
}

pub(super) fn mirrored(packet: Packet) -> Option<Packet> {
    let (source_port, destination_port) = answer_ports(packet.protocol, packet.source_port, packet.destination_port)?;
    let (source, destination) = (packet.destination, packet.source);
    Some(Packet { source, destination, source_port, destination_port, ..packet })
}
