//! From a drawing to a lab: every device a router, every attachment of a machine an address, every rule a line of `nft`.
//!
//! Written from what the format and the semantics say in words. It neither reads nor calls the packet layer: two readings
//! of one text are compared, and one of them is done by the kernel. What cannot be built, and what had to be chosen because
//! the drawing does not say, is listed in [`Twin::told`].

mod addresses;
mod machines;
mod prefix;
mod routes;
mod rules;
mod ways;

use crate::diagnostic::Text;
use crate::model::{Addr, FaceId, Model, NodeId, Protocol, TransitId};

use super::lab::{Lab, Listen};

pub(super) use addresses::ip;

/// A drawing, built.
#[derive(Debug, Clone)]
pub struct Twin {
    /// What stands in the kernel.
    pub lab: Lab,
    /// The machines in it.
    pub machines: Vec<Machine>,
    /// The device of each router in it, by position in the lab.
    pub routers: Vec<(TransitId, u32)>,
    /// What was chosen or left out, in the order of the drawing.
    pub told: Vec<Text>,
    /// Addresses that more than one machine has: what is asked of them cannot be compared.
    pub shared: Vec<Addr>,
}

/// One machine of a node: a group is built as its first and its last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    /// The node.
    pub node: NodeId,
    /// Its position in the lab.
    pub at: u32,
    /// Its attachments.
    pub faces: Vec<Attachment>,
}

/// An attachment of a machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// The face.
    pub face: FaceId,
    /// Its addresses, at most one of each family.
    pub addresses: Vec<Addr>,
    /// Whether they are stated in the drawing.
    pub stated: bool,
}

/// Builds the lab of a drawing. `services`: what will be asked for, so that it is listened to.
#[must_use]
pub fn render(model: &Model, services: &[Listen]) -> Twin {
    let mut told = Vec::new();
    let chosen = addresses::Addresses::of(model, &mut told);
    let ways = ways::Ways::of(model, &chosen);
    let mut builder = machines::Builder::new(model, &chosen, &ways, services);
    builder.machines();
    builder.routers(&mut told);
    builder.neighbours();
    let (lab, machines, routers) = builder.done();
    let shared = chosen.shared();
    for a in &shared {
        told.push(Text::new(
            format!("アドレス {a} は複数の機器にあるので、これへの通信は比べません"),
            format!("several machines have the address {a}: what is asked of it is not compared"),
        ));
    }
    Twin { lab, machines, routers, told, shared }
}

/// What a protocol is called in a probe, if it can be probed at all.
pub(super) fn kind(protocol: Protocol) -> Option<super::lab::Kind> {
    match protocol {
        Protocol::Tcp => Some(super::lab::Kind::Tcp),
        Protocol::Udp => Some(super::lab::Kind::Udp),
        Protocol::Icmp => Some(super::lab::Kind::Echo),
        Protocol::Other(_) => None,
    }
}
