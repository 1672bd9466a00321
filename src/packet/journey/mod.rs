//! One packet, hop by hop, there and back: what honest machines and devices do with it.
//!
//! Devices remember sessions, routes hand packets on, gateways are asked. Where the drawing leaves a choice open, every
//! choice is a journey of its own, and says what was chosen. This is what `sekisho trace` shows, and what is held
//! against the Linux kernel. The search for forbidden paths is elsewhere (`sessions`): it lets whoever controls a
//! machine choose.

mod exit;
mod facts;
mod memory;
mod step;
mod told;

use self::facts::Facts;
pub use self::facts::Hander;
use self::memory::Memory;
pub use self::told::route_of;
use super::Packet;
use super::device::answer;
use crate::model::{FaceAddress, FaceId, Model, PacketAddr, PacketState, Protocol, Role, TransitId, ZoneId};

/// How many journeys are followed where the drawing leaves choices open.
pub const MAX_JOURNEYS: usize = 64;
/// How many devices a packet passes before it counts as going in circles (a usual time to live).
pub const MAX_HOPS: usize = 64;

/// Which packet of a session it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sort {
    /// The first of the initiator.
    First,
    /// The first of the responder: SYN+ACK, a datagram, an echo reply.
    Answer,
    /// Any later one of TCP, of either side.
    Later,
}

/// One device that a packet has come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pass {
    /// The device.
    pub device: TransitId,
    /// The zone in which the packet came.
    pub from: ZoneId,
    /// The zone to which it left; `None` if it did not.
    pub to: Option<ZoneId>,
    /// The packet as it came.
    pub came: Packet,
    /// The packet as it left, or as it was when it was dropped.
    pub left: Packet,
    /// What the rules were asked about; `None` if the packet belongs to an open session, or there are no rules.
    pub asked: Option<PacketState>,
    /// The rule that decided; `None` for the default, or if no rule was asked.
    pub rule: Option<usize>,
}

/// How a packet ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum End {
    /// It comes to a machine that has the address.
    Delivered(FaceId),
    /// Rules or the default of the last device drop it.
    Denied,
    /// The last device drops what belongs to no session it knows.
    Stray,
    /// The last device forwards in the other direction only.
    OneWay,
    /// The last device has no route for it.
    NoRoute,
    /// The last device has a route that drops it.
    BlackHole,
    /// The last device has no routes, and its way leads back into the zone from which the packet came.
    TurnsBack,
    /// Nobody in that zone has the address or takes the packet.
    Nobody(ZoneId),
    /// The zone keeps its machines apart.
    KeptApart(ZoneId),
    /// It goes in circles.
    Loop,
}

/// Something that the drawing leaves open, as it was taken here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Choice {
    /// Which device a machine or a device hands packets to in a zone.
    Gateway(ZoneId, Hander, TransitId),
    /// The default action that is not stated.
    Default(TransitId, bool),
    /// Whether a rule (by position), or a translation, that is compared with an address that is not stated fits.
    Address(TransitId, Option<usize>, bool),
    /// What a device does with strays, which is not stated.
    Strays(TransitId, bool),
    /// To which zone a device sends it, where its routes leave that open.
    Exit(TransitId, ZoneId),
    /// A route by which a device may drop it does.
    Hole(TransitId),
}

/// The way of one packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leg {
    /// Which packet it is.
    pub sort: Sort,
    /// Where it starts.
    pub start: ZoneId,
    /// As it starts.
    pub packet: Packet,
    /// The devices it comes to.
    pub passes: Vec<Pass>,
    /// How it ends.
    pub end: End,
}

impl Leg {
    /// The packet as it is at its end.
    #[must_use]
    pub fn last(&self) -> Packet {
        self.passes.last().map_or(self.packet, |p| p.left)
    }
}

/// What becomes of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// The answer came back, and (TCP) content flowed both ways.
    Reached(FaceId),
    /// The first packet arrived; no session came of it.
    Arrived(FaceId),
    /// The first packet did not arrive.
    Lost,
}

/// A session tried: the way of each of its packets, as far as they were sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Journey {
    /// The packets in order: there, back, and for TCP two more.
    pub legs: Vec<Leg>,
    /// What becomes of it.
    pub outcome: Outcome,
    /// Whether the machine at the end does not answer this service (`listens`), or not this machine (`clients`).
    pub refused: bool,
    /// What was taken to be so although the drawing leaves it open. Sorted.
    pub choices: Vec<Choice>,
}

/// What becomes of a packet that a machine sends, and of the session it opens. More than one only where the drawing
/// leaves a choice open; `true` beside them if there are more than [`MAX_JOURNEYS`].
#[must_use]
pub fn journeys(model: &Model, from: FaceId, packet: Packet) -> (Vec<Journey>, bool) {
    let mut traveller = Traveller { model, done: Vec::new(), limited: false };
    let Some(zone) = model.faces[from].zone else { return (Vec::new(), false) };
    let trip = Trip { from, legs: Vec::new(), memory: Memory::default(), facts: Facts::default() };
    traveller.send(trip, zone, Some(from), packet, Sort::First);
    let mut done = traveller.done;
    done.sort_by(|a, b| a.choices.cmp(&b.choices));
    done.dedup();
    (done, traveller.limited)
}

/// A session under way.
#[derive(Debug, Clone)]
struct Trip {
    from: FaceId,
    legs: Vec<Leg>,
    memory: Memory,
    facts: Facts,
}

struct Traveller<'m> {
    model: &'m Model,
    done: Vec<Journey>,
    limited: bool,
}

impl Traveller<'_> {
    /// Sends a packet and goes on with what comes of it.
    fn send(&mut self, trip: Trip, zone: ZoneId, sender: Option<FaceId>, packet: Packet, sort: Sort) {
        let leg = Leg { sort, start: zone, packet, passes: Vec::new(), end: End::Loop };
        for (trip, leg) in self.ends(trip, sender, leg) {
            if self.done.len() >= MAX_JOURNEYS {
                self.limited = true;
                return;
            }
            self.ended(trip, leg);
        }
    }

    /// What follows when a packet has come to its end.
    fn ended(&mut self, mut trip: Trip, leg: Leg) {
        let (end, last) = (leg.end, leg.last());
        trip.legs.push(leg);
        let first = &trip.legs[0];
        let (sent, target) = match first.end {
            End::Delivered(face) => (first.packet, face),
            _ => return self.over(trip, Outcome::Lost, false),
        };
        let delivered = first.last();
        let refused = trip.legs.len() == 1 && !self.answers(target, trip.from, delivered);
        let back = answer(delivered);
        let came_home = |wanted: Packet| end == End::Delivered(trip.from) && answer(sent) == Some(wanted);
        let tcp = sent.protocol == Protocol::Tcp;
        match (trip.legs.len(), back) {
            (1, Some(back)) if !refused => {
                let zone = self.model.faces[target].zone;
                match zone {
                    Some(zone) => self.send(trip, zone, Some(target), back, Sort::Answer),
                    None => self.over(trip, Outcome::Arrived(target), false),
                }
            }
            (2, Some(_)) if tcp && came_home(last) => {
                let (from, zone) = (trip.from, trip.legs[0].start);
                self.send(trip, zone, Some(from), sent, Sort::Later);
            }
            (3, Some(back)) if end == End::Delivered(target) && last == delivered => {
                match self.model.faces[target].zone {
                    Some(zone) => self.send(trip, zone, Some(target), back, Sort::Later),
                    None => self.over(trip, Outcome::Arrived(target), false),
                }
            }
            (2 | 4, _) if came_home(last) => self.over(trip, Outcome::Reached(target), false),
            _ => self.over(trip, Outcome::Arrived(target), refused),
        }
    }

    fn over(&mut self, trip: Trip, outcome: Outcome, refused: bool) {
        let choices = trip.facts.choices();
        self.done.push(Journey { legs: trip.legs, outcome, refused, choices });
    }

    /// Whether a machine answers a service, and that machine.
    fn answers(&self, face: FaceId, client: FaceId, packet: Packet) -> bool {
        let (listens, clients) = match &self.model.node_of(face).role {
            Role::Endpoint(e) => (e.listens.as_ref(), e.clients.as_ref()),
            Role::Mediator(m) => (m.listens.as_ref(), m.clients.as_ref()),
            Role::Transit(_) => return false,
        };
        let p = packet;
        let heard = |s: &crate::model::Service| s.contains(p.protocol, p.source_port, p.destination_port);
        listens.is_none_or(|l| l.iter().any(heard))
            && clients.is_none_or(|c| c.contains(&self.model.faces[client].node))
    }
}

/// The attachments in a zone that have an address.
fn owners(model: &Model, zone: ZoneId, address: PacketAddr) -> impl Iterator<Item = FaceId> + '_ {
    let has = move |id: FaceId, known: &FaceAddress| match (address, known) {
        (PacketAddr::Literal(a), FaceAddress::Known(ranges)) => ranges.iter().any(|r| r.contains(a)),
        (PacketAddr::Of(f), FaceAddress::Within(_) | FaceAddress::Unknown) => f == id,
        _ => false,
    };
    let here = move |z: ZoneId| model.one_wire(z, zone);
    model.faces.iter().filter(move |(id, f)| f.zone.is_some_and(here) && has(*id, &f.address)).map(|(id, _)| id)
}
