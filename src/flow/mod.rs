//! What flows: the one-premise steps of `docs/semantics.md` §3, written out for a model.
//!
//! This room knows that sessions exist and what carriers, mediators and hosts
//! make of them. It knows packets no further, and no verdicts.

mod emit;
mod reach;
mod rests;
mod sessions;

pub use emit::{steps, steps_over};
pub use reach::{Gated, Reach, reach};
pub use rests::{Rests, rests_on};
pub(crate) use sessions::{admitted, isolated};

use crate::model::{CommunicationId, FaceId, Fact, GuardId, Lens, NodeId};
use crate::packet::{Bits, Level, Packet, Sessions};

/// Lenses in which a step exists, as a bit set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lenses(u8);

impl Lenses {
    /// In all three.
    pub const ALL: Self = Self(0b111);
    /// Attack and leak.
    pub const INDIRECT: Self = Self(0b110);

    /// Only in one.
    #[must_use]
    pub fn only(lens: Lens) -> Self {
        Self(1 << lens as u8)
    }

    /// In both sets.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether it exists in `lens`.
    #[must_use]
    pub fn has(self, lens: Lens) -> bool {
        self.0 >> lens as u8 & 1 == 1
    }
}

/// Which content of a session a step carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Content {
    /// From initiator to responder, in a session (or a datagram).
    Request,
    /// From responder to initiator.
    Reply,
    /// From initiator to responder, although no session need complete.
    Covert,
}

/// The session behind a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionStep {
    /// A host that uses the initiator's or responder's address. First, so that the honest session comes first in order.
    pub impersonator: Option<FaceId>,
    /// Position in [`Sessions::list`].
    pub session: u32,
    /// Whose address opens it.
    pub initiator: FaceId,
    /// Whose address answers.
    pub responder: FaceId,
    /// What travels.
    pub content: Content,
    /// The part of the services meant: position in [`Flow::parts`].
    pub part: u32,
    /// The communication whose guard the step carries.
    pub communication: Option<CommunicationId>,
}

/// Why a step exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// Content of a session.
    Session(SessionStep),
    /// A mediator's transform, by position.
    Transform(NodeId, u32),
    /// What arrived gives control, or is there in re-usable form.
    Pivot,
    /// A store keeps it.
    Stored,
    /// Two faces of one machine.
    SameMachine,
    /// Position in `Model::relations`.
    Relation(u32),
}

/// A one-premise step.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Step {
    /// The premise.
    pub from: Fact,
    /// What follows.
    pub to: Fact,
    /// Guards that close it while they work. Sorted.
    pub guards: Vec<GuardId>,
    /// Relevant labels that it earns, as marks.
    pub marks: u128,
    /// Where it exists.
    pub lenses: Lenses,
    /// Counts what a person can copy off a screen.
    pub eyes: bool,
    /// How certain.
    pub level: Level,
    /// Why.
    pub why: Why,
}

/// All steps of a model, with what they refer to.
#[derive(Debug)]
pub struct Flow {
    /// The packet layer.
    pub sessions: Sessions,
    /// Parts of services that some permit or communication tells apart; the first is everything.
    pub(crate) parts: Vec<Bits>,
    /// Steps in canonical order.
    pub steps: Vec<Step>,
}

impl Flow {
    /// The services of a step's session, as far as the step is about them.
    /// `spoken_to` says that the step is what a borrowed responder hears: that needs a whole session.
    pub(crate) fn services(&self, listens: Option<&Bits>, s: &SessionStep, level: Level, spoken_to: bool) -> Bits {
        let session = &self.sessions.list[s.session as usize];
        let pick = |l: &crate::packet::LevelBits| match level {
            Level::May => l.may.clone(),
            Level::Sure => l.sure.clone(),
            Level::Must => l.must.clone(),
        };
        let heard = |bits: Bits| listens.map_or_else(|| bits.clone(), |l| bits.and(l));
        let bits = match s.content {
            Content::Request if !spoken_to => heard(pick(&session.req)),
            Content::Request | Content::Reply => heard(pick(&session.rsp)),
            Content::Covert => {
                let new = heard(pick(&session.new));
                if new.meets(&self.parts[s.part as usize]) { new } else { pick(&session.ack) }
            }
        };
        bits.and(&self.parts[s.part as usize])
    }

    /// The packets that stand for a step's session, as sent, best first: several if ports are translated, of which some may
    /// not get through.
    pub(crate) fn packets(&self, s: &SessionStep, bits: &Bits) -> Vec<Packet> {
        let ends = self.sessions.list[s.session as usize].ends;
        let asked = self.sessions.asked_address(s.responder, ends);
        asked.map_or_else(Vec::new, |asked| self.sessions.packets(s.initiator, asked, ends, bits))
    }
}
