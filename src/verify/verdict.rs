//! What an engine returns: one verdict per check, each with its evidence.
//!
//! Plain data in terms of the model's ids; wording happens in `report`.

use crate::model::{
    AssumptionId, Carrier, CheckId, CommunicationId, FaceId, Fact, GuardId, LabelId, SegmentId, Status, TransitId,
    ZoneId,
};

pub use crate::packet::{Level, Packet};

/// One device passed by a packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transit3 {
    /// The device.
    pub device: TransitId,
    /// The zone in which the packet came.
    pub from: ZoneId,
    /// The zone to which it left.
    pub to: ZoneId,
    /// The rule that let it pass: its position, `None` for the default or a device without rules.
    pub rule: Option<usize>,
    /// The packet after the device's translation (forward walks), as the device let it out.
    pub packet: Packet,
}

/// A session that carried something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionCause {
    /// The face whose address opened it.
    pub initiator: FaceId,
    /// The face whose address answers it.
    pub responder: FaceId,
    /// The packet as the initiator sends it.
    pub packet: Packet,
    /// The packet as the responder gets it.
    pub delivered: Packet,
    /// Whether the content travels from responder to initiator.
    pub reply: bool,
    /// The devices of the forward walk, in order. Empty within one zone.
    pub forward: Vec<Transit3>,
    /// A host that uses the initiator's or the responder's address.
    pub impersonator: Option<FaceId>,
    /// Leak lens: content travels although no session completes.
    pub covert: bool,
    /// The declared communication whose guard the step carries, if any.
    pub communication: Option<CommunicationId>,
}

/// Why a step of a witness exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// Content in a network session.
    Session(Box<SessionCause>),
    /// The mediator of the face did it: position in its transforms.
    Transform(usize),
    /// What arrived gives control, or is there in re-usable form.
    Pivot,
    /// A store keeps it.
    Stored,
    /// Two faces of one machine.
    SameMachine,
    /// Position in `Model::relations`.
    Relation(usize),
}

/// One step of a witness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// The premise.
    pub from: Fact,
    /// What follows.
    pub to: Fact,
    /// Why.
    pub cause: Cause,
    /// How certain it is.
    pub level: Level,
    /// Guards on the step; all of them have to have failed. Sorted.
    pub guards: Vec<GuardId>,
    /// Labels the step earns. Sorted.
    pub labels: Vec<LabelId>,
}

/// A path: each hop starts where the one before ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// Where it starts.
    pub start: Fact,
    /// Its steps.
    pub hops: Vec<Hop>,
}

impl Witness {
    /// Where it ends.
    #[must_use]
    pub fn end(&self) -> Fact {
        self.hops.last().map_or(self.start, |h| h.to)
    }

    /// The last carrier that arrived on it.
    #[must_use]
    pub fn final_carrier(&self) -> Option<Carrier> {
        self.hops.iter().rev().find_map(|h| match h.to.state {
            crate::model::State::Arrives(k) => Some(k),
            _ => None,
        })
    }

    /// The least certain of its steps; `Must` for an empty path.
    #[must_use]
    pub fn level(&self) -> Level {
        self.hops.iter().map(|h| h.level).min().unwrap_or(Level::Must)
    }

    /// All labels passed. Sorted, distinct.
    #[must_use]
    pub fn labels(&self) -> Vec<LabelId> {
        let mut all: Vec<_> = self.hops.iter().flat_map(|h| h.labels.iter().copied()).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// A crossing without a permit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unpermitted {
    /// In which segment it starts.
    pub from: SegmentId,
    /// In which it arrives.
    pub to: SegmentId,
    /// In which form it arrives.
    pub carrier: Carrier,
    /// The shortest path.
    pub witness: Witness,
    /// How many endpoint faces start such a crossing.
    pub origins: usize,
    /// At how many endpoint faces it arrives.
    pub targets: usize,
}

/// The evidence of a verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Matrix: the crossings without a permit, one per carrier, in carrier order.
    Matrix(Vec<Unpermitted>),
    /// Forbid: the shortest path per final carrier, shortest first.
    Paths(Vec<Witness>),
    /// Require: members without the flow in `must` (with whether they have it in `may`), and one witness of a member that has it.
    Flow {
        /// Members without the flow in `must`; the flag says that they have it in `may`.
        missing: Vec<(FaceId, bool)>,
        /// A shortest path of the first member that has it, in `must` if possible, else in `may`.
        witness: Option<Witness>,
    },
    /// Source or target matched nothing.
    Nothing,
}

/// What was looked at for a verdict, so that "holds" can be seen not to be empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Faces the check started from.
    pub sources: usize,
    /// Faces it was asked about.
    pub targets: usize,
    /// Facts that were reached in `may`.
    pub reached: usize,
}

/// The answer to one check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Which check.
    pub check: CheckId,
    /// The answer.
    pub status: Status,
    /// The evidence.
    pub answer: Answer,
    /// Guards without which the answer would be another: for a path that is not there, those on the border of what was
    /// reached. Sorted.
    pub rests_on: Vec<GuardId>,
    /// Assumptions on the way of the evidence (undecided). Sorted.
    pub assumptions: Vec<AssumptionId>,
    /// What was looked at.
    pub tally: Tally,
}
