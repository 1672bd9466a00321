//! Who may open a session to whom, with which addresses, and who may pass for somebody else.

use super::super::refusal::Reason;
use super::super::step::{endpoint, role};
use super::{Session, attached, delivers};
use crate::model::{Behaviour, Face, FaceAddress, FaceId, Lens, PacketAddr, Protocol, Role, fits_family};

impl Session<'_> {
    pub(super) fn check_impersonator(&self) -> Result<(), Reason> {
        let (Some(id), Some(zone)) = (self.cause.impersonator, self.spoofed_zone()) else {
            return Ok(());
        };
        if self.lens == Lens::Direct {
            return Err(Reason::ImpersonationInDirect);
        }
        let (face, at) = attached(self.model(), id)?;
        let host = endpoint(self.model(), id).is_some_and(|e| e.behaviour == Behaviour::Host);
        if !host || !self.model().one_wire(at, zone) {
            return Err(Reason::NoHostOfTheZone);
        }
        if !self.zone(zone).is_some_and(|z| z.broadcast) {
            return Err(Reason::NotBroadcast);
        }
        if face.node == self.initiator.0.node || face.node == self.responder.0.node {
            return Err(Reason::ImpersonatesItself);
        }
        Ok(())
    }

    pub(super) fn check_packet(&self) -> Result<(), Reason> {
        let packet = &self.cause.packet;
        if let PacketAddr::Of(face) = packet.destination {
            self.model().faces.get(face).ok_or(Reason::NoSuchFace(face))?;
        }
        if !is_address_of(packet.source, self.cause.initiator, self.initiator.0) {
            return Err(Reason::SourceOfAnother);
        }
        if !self.answers_to(self.cause.delivered.destination) {
            return Err(Reason::DestinationOfAnother);
        }
        let no_ports = match packet.protocol {
            Protocol::Tcp | Protocol::Udp => true,
            Protocol::Icmp => packet.source_port == 0,
            Protocol::Other(_) => (packet.source_port, packet.destination_port) == (0, 0),
        };
        if !no_ports {
            return Err(Reason::PortsWithoutPorts);
        }
        let fits = |a: PacketAddr| match a {
            PacketAddr::Literal(a) => fits_family(packet.protocol, packet.destination_port, a.is_v4()),
            PacketAddr::Of(_) => true,
        };
        if !packet.source.same_family(packet.destination) || !fits(packet.source) || !fits(packet.destination) {
            return Err(Reason::MixedFamilies);
        }
        Ok(())
    }

    /// Who may open a session to whom; which services are answered is asked with the walk.
    pub(super) fn check_admission(&self) -> Result<(), Reason> {
        let (initiator, responder) = (self.initiator.0.node, self.responder.0.node);
        if initiator == responder {
            return Err(Reason::OneNode);
        }
        let opens = match role(self.model(), self.cause.initiator) {
            Some(Role::Endpoint(e)) => e.outbound,
            Some(Role::Mediator(m)) => m.servers.as_ref().is_none_or(|nodes| nodes.contains(&responder)),
            Some(Role::Transit(_)) | None => false,
        };
        if !opens {
            return Err(Reason::MayNotOpen);
        }
        let clients = match role(self.model(), self.cause.responder) {
            Some(Role::Endpoint(e)) => e.clients.as_ref(),
            Some(Role::Mediator(m)) => m.clients.as_ref(),
            Some(Role::Transit(_)) | None => return Err(Reason::NotListening),
        };
        let admitted = clients.is_none_or(|nodes| nodes.contains(&initiator));
        if admitted { Ok(()) } else { Err(Reason::ClientNotAdmitted) }
    }

    pub(super) fn check_listening(&self) -> Result<(), Reason> {
        let listens = match role(self.model(), self.cause.responder) {
            Some(Role::Endpoint(e)) => e.listens.as_deref(),
            Some(Role::Mediator(m)) => m.listens.as_deref(),
            Some(Role::Transit(_)) | None => return Err(Reason::NotListening),
        };
        let answers = listens.is_none_or(|services| delivers(services, &self.cause.delivered));
        if answers { Ok(()) } else { Err(Reason::NotListening) }
    }
}

/// Whether the address is one of the face: a number stated for it, or its own unstated one.
pub(super) fn is_address_of(addr: PacketAddr, id: FaceId, face: &Face) -> bool {
    match (addr, &face.address) {
        (PacketAddr::Literal(number), FaceAddress::Known(ranges)) => ranges.iter().any(|r| r.contains(number)),
        (PacketAddr::Of(of), FaceAddress::Within(_) | FaceAddress::Unknown) => of == id,
        _ => false,
    }
}
