//! What devices remember of sessions: their connection tables.
//!
//! As Linux keeps them (`nf_conntrack`, also with `tcp_loose`). What a device does with what it knows is in `step`.

use super::super::Packet;
use super::Sort;
use crate::model::{PacketState, Protocol, TransitId};

/// One session that a device knows.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Known {
    device: TransitId,
    /// As the initiator's packets come in.
    came: Packet,
    /// As they leave.
    left: Packet,
    /// It began with a first packet, not in the middle.
    from_start: bool,
    answered: bool,
}

/// Which direction of a known session a packet has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Initiator,
    Responder,
}

/// What a device makes of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Of an open session: rules are not asked. The packets of its initiator, as they came and as they left.
    Open(Side, Packet, Packet),
    /// Of a session that is known, but not yet open; as before.
    Again(Packet),
    /// Rules are asked.
    Asks(PacketState),
}

/// The connection tables of all devices.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Memory(Vec<Known>);

/// A packet with both ends exchanged, as answers to it come in.
fn reversed(p: Packet) -> Packet {
    let answer = super::super::device::answer(p);
    answer.unwrap_or(Packet { source: p.destination, destination: p.source, ..p })
}

impl Memory {
    /// What a device that remembers sessions makes of a packet.
    pub(super) fn standing(&mut self, device: TransitId, packet: Packet, sort: Sort) -> Standing {
        for known in self.0.iter_mut().filter(|k| k.device == device) {
            if reversed(known.left) == packet && sort != Sort::First {
                known.answered = true;
                return Standing::Open(Side::Responder, known.came, known.left);
            }
            if known.came == packet {
                return match sort {
                    // A third packet without a second one belongs to nothing.
                    Sort::Later if !known.answered && known.from_start => Standing::Asks(PacketState::Invalid),
                    _ if known.answered => Standing::Open(Side::Initiator, known.came, known.left),
                    _ => Standing::Again(known.left),
                };
            }
        }
        match (sort, packet.protocol) {
            (Sort::First | Sort::Later, _) => Standing::Asks(PacketState::New),
            (Sort::Answer, Protocol::Tcp | Protocol::Icmp) => Standing::Asks(PacketState::Invalid),
            (Sort::Answer, _) => Standing::Asks(PacketState::New),
        }
    }

    /// A device has let a packet out of which it knew nothing.
    pub(super) fn learn(&mut self, device: TransitId, came: Packet, left: Packet, sort: Sort) {
        self.0.push(Known { device, came, left, from_start: sort == Sort::First, answered: false });
    }
}
