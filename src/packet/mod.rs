//! Who can hold a session with whom: the packet layer of `docs/semantics.md`, exactly and for all packets at once.
//!
//! Addresses and services fall into finitely many classes that no rule can tell
//! apart; sets of services are bit sets. This room knows sessions; what they
//! carry is the business of `flow`.

mod alike;
pub mod apart;
mod bits;
mod classes;
mod concrete;
pub(crate) mod device;
mod filter;
mod hop;
pub mod journey;
mod levels;
mod plan;
mod relevant;
mod route;
mod sessions;
pub mod set;
mod shortest;
mod touch;
mod walk;

pub use concrete::{Demand, Passage, WalkEnd, trace};
pub use levels::{Asked, Levels, Lookup};
pub use sessions::{ClassSession, Endpoints, MarkTable, Sessions};

use crate::model::{PacketAddr, Protocol, Ternary};

pub(crate) use bits::Bits;
pub(crate) use classes::{AddrClass, Classes};
pub(crate) use sessions::LevelBits;

/// How certain a step is. Ordered: `May < Sure < Must`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The drawing leaves it open.
    May,
    /// Certain, on one walk.
    Sure,
    /// Certain, and the walk is the only one.
    Must,
}

impl Level {
    /// What an open question has to be answered with at least, for a walk of this level.
    pub(crate) fn needs(self) -> Ternary {
        if self == Self::May { Ternary::Unknown } else { Ternary::Yes }
    }
}

/// A concrete packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Packet {
    /// Source address.
    pub source: PacketAddr,
    /// Destination address.
    pub destination: PacketAddr,
    /// Protocol.
    pub protocol: Protocol,
    /// Source port; 0 for protocols without ports.
    pub source_port: u16,
    /// Destination port; 0 for protocols without ports.
    pub destination_port: u16,
}
