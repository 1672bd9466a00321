//! Content in a network session: what it carries to whom. Its children ask who may hold it and what guards it.
//!
//! The packets themselves are walked in `walk` and `device`.

mod admission;
mod guard;

use super::Step;
use super::device::{Lane, Mode};
use super::refusal::Reason;
use super::step::{endpoint, role};
use super::walk::{Network, Place};
use crate::model::{
    Behaviour, Carrier, Face, FaceId, Fact, Lens, Model, PacketAddr, Protocol, Role, Service, State, Way, Zone, ZoneId,
    answer_ports,
};
use crate::verify::{Hop, Level, Packet, SessionCause};
use admission::is_address_of;

/// The two sides of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Initiator,
    Responder,
}

/// The claimed session, with both ends looked up.
struct Session<'a> {
    network: &'a Network<'a>,
    lens: Lens,
    hop: &'a Hop,
    cause: &'a SessionCause,
    initiator: (&'a Face, ZoneId),
    responder: (&'a Face, ZoneId),
    /// Whose address the impersonator uses.
    spoofed: Option<Side>,
}

/// Whether the packets of a claimed session pass as it says. Nothing is asked of who sends them, and what they carry.
pub(super) fn passes(network: &Network<'_>, hop: &Hop, cause: &SessionCause) -> Result<(), Reason> {
    Session::claimed(network, Lens::Leak, hop, cause)?.check_walks()
}

/// The step that a claimed session makes.
pub(super) fn step(network: &Network<'_>, lens: Lens, hop: &Hop, cause: &SessionCause) -> Result<Step, Reason> {
    let session = Session::claimed(network, lens, hop, cause)?;
    session.check_impersonator()?;
    session.check_content()?;
    session.check_packet()?;
    session.check_admission()?;
    session.check_walks()?;
    Ok(Step::new(hop.level, session.guards()?, session.labels()))
}

fn attached(model: &Model, id: FaceId) -> Result<(&Face, ZoneId), Reason> {
    let face = model.faces.get(id).ok_or(Reason::NoSuchFace(id))?;
    Ok((face, face.zone.ok_or(Reason::Detached(id))?))
}

/// Which side's address is used by an impersonator, given that the facts lie at the ends of the session.
fn spoofed(hop: &Hop, cause: &SessionCause) -> Result<Option<Side>, Reason> {
    let (giver, taker) = if cause.reply {
        ((cause.responder, Side::Responder), (cause.initiator, Side::Initiator))
    } else {
        ((cause.initiator, Side::Initiator), (cause.responder, Side::Responder))
    };
    let (from, to) = (hop.from.face, hop.to.face);
    match cause.impersonator {
        None if (from, to) == (giver.0, taker.0) => Ok(None),
        Some(host) if (from, to) == (host, taker.0) => Ok(Some(giver.1)),
        Some(host) if (from, to) == (giver.0, host) => Ok(Some(taker.1)),
        _ => Err(Reason::OtherEnds),
    }
}

impl<'a> Session<'a> {
    fn claimed(network: &'a Network<'a>, lens: Lens, hop: &'a Hop, cause: &'a SessionCause) -> Result<Self, Reason> {
        let model = network.model;
        let (initiator, responder) = (attached(model, cause.initiator)?, attached(model, cause.responder)?);
        Ok(Self { network, lens, hop, cause, initiator, responder, spoofed: spoofed(hop, cause)? })
    }

    fn model(&self) -> &'a Model {
        self.network.model
    }

    /// What is sent at the premise has to be what arrives at the conclusion.
    fn check_content(&self) -> Result<(), Reason> {
        let content = content(self.model(), self.hop.from, self.cause.reply);
        if content.map(State::Arrives) != Some(self.hop.to.state) {
            return Err(Reason::OtherContent);
        }
        let colludes = !self.cause.reply && self.spoofed != Some(Side::Responder);
        let possible = self.lens == Lens::Leak && self.cause.packet.protocol == Protocol::Tcp && colludes;
        if self.cause.covert && !possible { Err(Reason::NotCovert) } else { Ok(()) }
    }

    fn check_walks(&self) -> Result<(), Reason> {
        let mode = Mode::from(self.hop.level);
        let first = self.check_forward(Lane::New, mode).and_then(|()| self.check_listening());
        if self.cause.covert {
            first.or_else(|_| self.check_forward(Lane::Ack, mode))?;
        } else {
            first?;
            self.check_return(mode)?;
        }
        let alone = || !self.is_answered() || self.network.returns_alone(self.start(), &self.cause.forward);
        let must = self.hop.level == Level::Must;
        if must && !(self.is_the_only_walk() && alone()) { Err(Reason::AnotherWalk) } else { Ok(()) }
    }

    fn check_forward(&self, lane: Lane, mode: Mode) -> Result<(), Reason> {
        let walk = &self.cause.forward;
        let (zone, packet) = self.network.follow(self.start(), walk, lane, mode).map_err(Reason::Walk)?;
        if zone != self.responder.1 {
            return Err(Reason::EndsElsewhere);
        }
        if packet != self.cause.delivered {
            return Err(Reason::OtherDelivered(Box::new(packet)));
        }
        if walk.is_empty() && self.isolated() { Err(Reason::Isolated) } else { Ok(()) }
    }

    /// Whether the step needs a session with its replies, and not just a packet.
    fn is_answered(&self) -> bool {
        let tcp = self.cause.packet.protocol == Protocol::Tcp;
        !self.cause.covert && (tcp || self.cause.reply || self.spoofed == Some(Side::Responder))
    }

    /// Later packets and the reply, where the step needs a session and not just a datagram.
    fn check_return(&self, mode: Mode) -> Result<(), Reason> {
        let tcp = self.cause.packet.protocol == Protocol::Tcp;
        if !self.is_answered() {
            return Ok(());
        }
        let p = &self.cause.packet;
        if answer_ports(p.protocol, p.source_port, p.destination_port).is_none() {
            return Err(Reason::NoReply);
        }
        let (network, walk) = (self.network, &self.cause.forward);
        if mode == Mode::Sure {
            if tcp {
                network.ack_along(self.cause.packet, walk)?;
            }
            return network.reply_along(self.cause.packet, walk);
        }
        let within = !self.isolated();
        let arrived = |(zone, packet): Place| zone == self.responder.1 && self.answers_to(packet.destination);
        if tcp && !network.ack_exists(self.start(), within, arrived) {
            return Err(Reason::NoAck);
        }
        let delivered = (self.responder.1, self.cause.delivered);
        if network.reply_exists(delivered, within, self.start()) { Ok(()) } else { Err(Reason::NoReply) }
    }

    /// Whether the claimed walk is the one shortest.
    fn is_the_only_walk(&self) -> bool {
        let mut zones: Vec<_> = self.cause.forward.iter().map(|t| t.to).chain([self.initiator.1]).collect();
        zones.sort_unstable();
        let simple = zones.windows(2).all(|pair| pair[0] != pair[1]);
        let walk = &self.cause.forward;
        let onward = walk.windows(2).all(|pair| pair[0].device != pair[1].device);
        let shortest = self.network.single_shortest(self.start(), self.responder.1);
        simple && onward && shortest == Some(walk.len()) && !self.network.turned_instead(self.start(), walk)
    }

    /// Where the initiator sends its packet.
    fn start(&self) -> Place {
        (self.initiator.1, self.cause.packet)
    }

    fn answers_to(&self, addr: PacketAddr) -> bool {
        is_address_of(addr, self.cause.responder, self.responder.0)
    }

    /// Whether the two are endpoints whose zone keeps them apart.
    fn isolated(&self) -> bool {
        let endpoints = [self.cause.initiator, self.cause.responder].map(|f| endpoint(self.model(), f).is_some());
        self.initiator.1 == self.responder.1
            && endpoints == [true, true]
            && self.zone(self.initiator.1).is_some_and(|z| z.client_isolation)
    }

    fn spoofed_zone(&self) -> Option<ZoneId> {
        self.spoofed.map(|side| match side {
            Side::Initiator => self.initiator.1,
            Side::Responder => self.responder.1,
        })
    }

    fn zone(&self, id: ZoneId) -> Option<&'a Zone> {
        self.model().zones.get(id)
    }
}

/// What the premise sends into a session, as its initiator or in answer.
fn content(model: &Model, premise: Fact, reply: bool) -> Option<Carrier> {
    match (role(model, premise.face)?, premise.state) {
        (Role::Endpoint(e), State::Holds(Carrier::Own)) if e.behaviour != Behaviour::Sink => {
            Some(if reply { Carrier::Rsp } else { Carrier::Req })
        }
        (Role::Endpoint(e), State::Holds(k)) if e.behaviour == Behaviour::Store => {
            Some(k).filter(|k| matches!(k, Carrier::Raw | Carrier::Chk | Carrier::San | Carrier::Txt))
        }
        (Role::Mediator(_), State::Leaves(k, way)) => {
            let fits = way == Way::Both || way == if reply { Way::Answers } else { Way::Opens };
            Some(k).filter(|_| fits)
        }
        _ => None,
    }
}

/// Whether the delivered packet belongs to one of the services.
pub(super) fn delivers(services: &[Service], delivered: &Packet) -> bool {
    services.iter().any(|s| s.contains(delivered.protocol, delivered.source_port, delivered.destination_port))
}
