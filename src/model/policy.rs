//! What may cross, what must flow, and what a file expects of its own check.
//!
//! Permits are already written out: every crossing kind of the policy matrix
//! that the declared model allows has become carriers, labels and peers.

use serde::Deserialize;

use super::carrier::{Carrier, Lens};
use super::ids::{FaceId, GuardId, LabelId, NodeId, SegmentId};
use super::service::Service;
use crate::diagnostic::Text;
use crate::source::Span;

/// The separation models of the guideline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
pub enum SeparationModel {
    /// 物理分離
    Physical,
    /// αモデル
    Alpha,
    /// α′モデル
    AlphaPrime,
    /// βモデル
    Beta,
    /// β′モデル
    BetaPrime,
}

impl SeparationModel {
    /// All five.
    pub const ALL: [Self; 5] = [Self::Physical, Self::Alpha, Self::AlphaPrime, Self::Beta, Self::BetaPrime];

    /// The word used in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Physical => "Physical",
            Self::Alpha => "Alpha",
            Self::AlphaPrime => "AlphaPrime",
            Self::Beta => "Beta",
            Self::BetaPrime => "BetaPrime",
        }
    }
}

/// One line of the allow-list: a crossing that may happen.
///
/// A crossing from `from` to `to` is permitted if all that is stated here fits
/// and every label of `via` was passed on the way, and none of `avoids`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permit {
    /// The segment in which the crossing starts.
    pub from: SegmentId,
    /// The segment in which it arrives.
    pub to: SegmentId,
    /// Only from these nodes. Sorted.
    pub from_nodes: Option<Vec<NodeId>>,
    /// Only to these nodes. Sorted.
    pub to_nodes: Option<Vec<NodeId>>,
    /// The carrier in which it arrives.
    pub carrier: Carrier,
    /// Only when the last session is of one of these services (as delivered).
    pub services: Option<Vec<Service>>,
    /// Labels that must have been passed. Sorted.
    pub via: Vec<LabelId>,
    /// Labels that must not have been passed: what is closed is closed all the way. Sorted.
    pub avoids: Vec<LabelId>,
    /// Which cell of the matrix or which line of the file allows it, in words.
    pub origin: Text,
    /// Where, if a file of the user says it.
    pub span: Option<Span>,
}

/// A declared communication: named peers, services and a purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Communication {
    /// Its name in the file.
    pub name: String,
    /// The label for people.
    pub label: String,
    /// Nodes that open it. Sorted.
    pub from: Vec<NodeId>,
    /// Nodes that answer it. Sorted.
    pub to: Vec<NodeId>,
    /// Services; never empty.
    pub services: Vec<Service>,
    /// What it is for.
    pub purpose: Option<Purpose>,
    /// Limits that are in force on its route.
    pub limits: Limits,
    /// Which state-approved exchange it is (eLTAX, …), if it is one.
    pub exchange: Option<String>,
    /// `endorse@name`: the receiver validates what it gets, so a request gives no control (attack).
    pub endorse: Option<GuardId>,
    /// `declass@name`: what it carries is declared not to be protected data (leak).
    pub declass: Option<GuardId>,
    /// Where it was declared.
    pub span: Span,
}

/// The purpose of a declared communication.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[allow(missing_docs, reason = "the words of the file format, explained in docs/format.md")]
pub enum Purpose {
    Business,
    Update,
    Licence,
    Log,
    Name,
    Time,
    Print,
    Authentication,
    Management,
    CloudUse,
    Mail,
}

/// The three limits of a specific communication (特定通信).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limits {
    /// Peers are limited by MAC address.
    pub mac: bool,
    /// Peers are limited by IP address.
    pub address: bool,
    /// The application is limited by port.
    pub port: bool,
}

impl Limits {
    /// Whether all three are in force.
    #[must_use]
    pub fn complete(self) -> bool {
        self.mac && self.address && self.port
    }
}

/// One check, asked of the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// A stable name: `matrix in -> lg`, `attack ext -> lg`, or the name given in the file.
    pub name: String,
    /// What is asked.
    pub question: Question,
    /// Where the file asks it; `None` when the declared model does.
    pub span: Option<Span>,
}

/// What a check asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// Does everything that crosses from one segment to another have a permit?
    Matrix {
        /// The segment in which crossings start.
        from: SegmentId,
        /// The segment in which they arrive.
        to: SegmentId,
    },
    /// Can `from` come to control `to` (attack), or information of `from` arrive at `to` (leak)? It must not.
    Forbid {
        /// [`Lens::Attack`] or [`Lens::Leak`].
        lens: Lens,
        /// Where the attacker or the information is. Sorted; may be empty (then the answer is vacuous).
        from: Vec<FaceId>,
        /// What is protected, or where it must not arrive. Sorted; may be empty.
        to: Vec<FaceId>,
        /// Leak only: count what a person can copy off a screen.
        eyes: bool,
    },
    /// Does every member of `from` have such a flow to some member of `to`?
    Require {
        /// Who needs it. Sorted.
        from: Vec<FaceId>,
        /// To whom. Sorted.
        to: Vec<FaceId>,
        /// In which carrier it must arrive.
        carrier: Carrier,
        /// Labels it must pass. Sorted.
        via: Vec<LabelId>,
    },
}

/// What a file expects of its own check; a difference is a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expectation {
    /// Exactly these crossings lack a permit in `may` (or at least these, when `includes`).
    Matrix {
        /// `(from, to, carrier)`, sorted.
        crossings: Vec<(SegmentId, SegmentId, Carrier)>,
        /// Whether others may exist too.
        includes: bool,
        /// Only count what is certain (no open assumption).
        certain: bool,
        /// Where it is written.
        span: Span,
    },
    /// A verdict of a question that may or may not be one of the checks.
    Verdict {
        /// The question.
        question: Question,
        /// The words in which it is written, for messages.
        text: String,
        /// The status expected.
        status: Option<Status>,
        /// The expected depth, if stated: `Some(None)` is "no set of failing controls opens a path".
        depth: Option<Option<u32>>,
        /// One least set of controls that must be among the answers, by guard name. Sorted.
        controls: Vec<String>,
        /// Where it is written.
        span: Span,
    },
}

/// The answer to a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// A forbidden path does not exist, or a required flow does, whatever is left open.
    Holds,
    /// A forbidden path exists, or a required flow does not, whatever is left open.
    Violated,
    /// It depends on something that the drawing does not say.
    Undecided,
    /// Source or target matched nothing, so the check says nothing.
    Vacuous,
}

impl Status {
    /// The word of machine output.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Violated => "violated",
            Self::Undecided => "undecided",
            Self::Vacuous => "vacuous",
        }
    }
}
