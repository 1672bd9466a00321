//! What one transit device does with one concrete packet (`docs/semantics.md`, section 2).
//!
//! Not here: in what order devices are passed, and who may send or receive.

use super::refusal::Fault;
use crate::model::{Action, AddrMatch, Model, PacketAddr, Route, Rule, Ternary, Transit, ZoneId};
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

/// A packet that was let out, and the rule that let it: `None` for the default or a device without rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Passed {
    pub(super) rule: Option<usize>,
    pub(super) packet: Packet,
}

/// What rules look at.
struct Seen {
    packet: Packet,
    enters: ZoneId,
    leaves: ZoneId,
    flagged: bool,
}

/// One device, from one of its zones to another, in the direction of the packet in question.
#[derive(Clone, Copy)]
pub(super) struct Crossing<'m> {
    pub(super) model: &'m Model,
    pub(super) device: &'m Transit,
    pub(super) from: ZoneId,
    pub(super) to: ZoneId,
}

impl Crossing<'_> {
    /// A packet of the initiator.
    pub(super) fn forward(&self, packet: Packet, lane: Lane, mode: Mode) -> Result<Passed, Fault> {
        self.direction()?;
        let inner = destination_translated(self.device, packet, self.to);
        self.routed(inner.destination, mode)?;
        let flagged = lane == Lane::Ack && !self.device.remembers();
        let rule = self.decide(&Seen { packet: inner, enters: self.from, leaves: self.to, flagged }, mode)?;
        let packet = source_translated(self.device, inner, self.to);
        Ok(Passed { rule, packet })
    }

    /// The reply to a packet that is `before` where the reply leaves (the initiator's side) and `after` where it
    /// enters (the responder's side).
    pub(super) fn reply(&self, before: Packet, after: Packet, mode: Mode) -> Result<(), Fault> {
        self.direction()?;
        let inner = destination_translated(self.device, before, self.from);
        if source_translated(self.device, inner, self.from) != after {
            return Err(Fault::Mistranslated);
        }
        self.routed(before.source, mode)?;
        let seen = if self.device.remembers() {
            Seen { packet: inner, enters: self.to, leaves: self.from, flagged: false }
        } else {
            Seen { packet: mirrored(before), enters: self.from, leaves: self.to, flagged: true }
        };
        self.decide(&seen, mode).map(|_| ())
    }

    /// The packet on the other side if only route tables and directions are asked, and what is open is allowed.
    pub(super) fn conceivable(&self, packet: Packet) -> Option<Packet> {
        self.direction().ok()?;
        let inner = destination_translated(self.device, packet, self.to);
        self.routed(inner.destination, Mode::May).ok()?;
        Some(source_translated(self.device, inner, self.to))
    }

    /// Packets that may have become `after` when they went the other way, given the sources that occur at all.
    pub(super) fn origins(&self, after: Packet, sources: &[PacketAddr]) -> Vec<Packet> {
        let outside = self.device.dnat.iter().filter(|d| d.zone == self.from && d.inside == after.destination);
        let destinations: Vec<_> = outside.map(|d| PacketAddr::Literal(d.outside)).chain([after.destination]).collect();
        let pairs = sources.iter().flat_map(|&s| destinations.iter().map(move |&d| (s, d)));
        pairs.map(|(source, destination)| Packet { source, destination, ..after }).collect()
    }

    fn direction(&self) -> Result<(), Fault> {
        let zones = &self.device.zones;
        if self.from == self.to || !zones.contains(&self.from) || !zones.contains(&self.to) {
            return Err(Fault::NotItsZones);
        }
        match self.device.one_way {
            Some(way) if way != (self.from, self.to) => Err(Fault::AgainstOneWay),
            _ => Ok(()),
        }
    }

    /// Whether a packet to `destination` leaves to `self.to`: for a route that matches, or may match, no longer one
    /// that certainly matches is in the way; to be certain, every route that could win leads there.
    fn routed(&self, destination: PacketAddr, mode: Mode) -> Result<(), Fault> {
        let Some(routes) = &self.device.routes else {
            return Ok(());
        };
        let matched = |r: &Route| self.matched(&r.to, destination);
        let certain = routes.iter().filter(|r| matched(r) == Ternary::Yes).map(|r| r.prefix_len).max();
        let mut winners =
            routes.iter().filter(|r| matched(r) != Ternary::No && certain.is_none_or(|length| r.prefix_len >= length));
        let leaves = match mode {
            Mode::May => winners.any(|r| r.via == self.to),
            Mode::Sure => certain.is_some() && winners.all(|r| r.via == self.to),
        };
        if leaves { Ok(()) } else { Err(Fault::NotRouted) }
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
        let plain = (seen.flagged || !rule.established)
            && rule.enters.is_none_or(|z| z == seen.enters)
            && rule.leaves.is_none_or(|z| z == seen.leaves)
            && rule.services.iter().any(|s| s.contains(p.protocol, p.source_port, p.destination_port));
        Ternary::from(plain)
            .and(self.matched(&rule.source, p.source))
            .and(self.matched(&rule.destination, p.destination))
    }

    fn matched(&self, set: &AddrMatch, addr: PacketAddr) -> Ternary {
        set.matches(addr, &self.model.faces)
    }
}

/// The packet with its destination as the rules and routes of `device` see it.
fn destination_translated(device: &Transit, packet: Packet, to: ZoneId) -> Packet {
    let hit = device.dnat.iter().find(|d| d.zone == to && PacketAddr::Literal(d.outside) == packet.destination);
    hit.map_or(packet, |d| Packet { destination: d.inside, ..packet })
}

/// The packet with the source it has when it has left `device`.
fn source_translated(device: &Transit, packet: Packet, to: ZoneId) -> Packet {
    let hit = device.snat.iter().find(|s| s.zone == to && packet.source.translates_to(s.source));
    hit.map_or(packet, |s| Packet { source: PacketAddr::Literal(s.source), ..packet })
}

fn mirrored(packet: Packet) -> Packet {
    Packet {
        source: packet.destination,
        destination: packet.source,
        protocol: packet.protocol,
        source_port: packet.destination_port,
        destination_port: packet.source_port,
    }
}
