//! What deciding a rule gives: findings, open questions, what was looked at. Three-valued, and never vacuous.
//!
//! In terms of the model's ids; wording beyond one sentence, places and fingerprints are restored in `report`.

use crate::diagnostic::Text;
use crate::model::{Carrier, FaceId, GuardId, Lens, NodeId, SegmentId};
use crate::source::Span;
use crate::verify::Witness;

/// The answer of a rule or of the presence of a control.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// It holds.
    Holds,
    /// It is violated, whatever is left open.
    Violated,
    /// It depends on what the drawing does not say.
    Undecided,
    /// The drawing has nothing of which it speaks.
    Absent,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// In one sentence.
    pub text: Text,
    /// Where it is written.
    pub span: Option<Span>,
    /// The path, with the lens it was found under and whether eyes count.
    pub path: Option<(Lens, bool, Witness)>,
    /// Whether it is the case whatever the drawing leaves open.
    pub certain: bool,
    /// The devices that it is about: those of the path, or the one at the place. Sorted.
    pub nodes: Vec<NodeId>,
    /// The segments that it is about. Sorted.
    pub segments: Vec<SegmentId>,
    /// For a crossing: from where to where, and in which form.
    pub crossing: Option<(SegmentId, SegmentId, Carrier)>,
    /// How many faces start such a crossing, and at how many it arrives.
    pub faces: (usize, usize),
}

impl Finding {
    /// Something wrong at a node.
    pub(super) fn at(node: NodeId, span: Span, text: Text) -> Self {
        Self { nodes: vec![node], span: Some(span), ..Self::of(text) }
    }

    /// Something wrong that is about no device.
    pub(super) fn of(text: Text) -> Self {
        Self {
            text,
            span: None,
            path: None,
            certain: true,
            nodes: Vec::new(),
            segments: Vec::new(),
            crossing: None,
            faces: (0, 0),
        }
    }
}

/// Something that the drawing does not say and on which the answer depends.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Open {
    /// The attribute, such as `controls` or `measures."O-AUDIT".in_place`.
    pub attribute: String,
    /// What is not stated, in one sentence that names the attribute.
    pub text: (String, String),
    /// Where it could be stated.
    pub span: Option<Span>,
}

impl Open {
    pub(super) fn new(attribute: impl Into<String>, text: Text, span: Option<Span>) -> Self {
        Self { attribute: attribute.into(), text: (text.ja, text.en), span }
    }

    /// The sentence.
    #[must_use]
    pub fn sentence(&self) -> Text {
        Text::new(self.text.0.clone(), self.text.1.clone())
    }
}

/// Everything that deciding gave.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outcome {
    /// What is wrong, or may be.
    pub findings: Vec<Finding>,
    /// What has to be stated first.
    pub open: Vec<Open>,
    /// What was looked at, a sentence each; empty: nothing of which the rule speaks.
    pub looked: Vec<Text>,
    /// Why there was nothing to look at, if so.
    pub absent: Vec<Text>,
    /// Controls on which "holds" rests: guards of the engine.
    pub guards: Vec<GuardId>,
    /// Declared controls and measures on which it rests, by name.
    pub controls: Vec<String>,
}

impl Outcome {
    /// The answer.
    #[must_use]
    pub fn answer(&self) -> Answer {
        if self.findings.iter().any(|f| f.certain) {
            Answer::Violated
        } else if !self.findings.is_empty() || !self.open.is_empty() {
            Answer::Undecided
        } else if self.looked.is_empty() {
            Answer::Absent
        } else {
            Answer::Holds
        }
    }

    /// There was nothing to look at.
    pub(super) fn absent(why: Text) -> Self {
        Self { absent: vec![why], ..Self::default() }
    }

    /// Both have to hold.
    pub(super) fn and(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.open.extend(other.open);
        self.looked.extend(other.looked);
        self.absent.extend(other.absent);
        self.guards.extend(other.guards);
        self.controls.extend(other.controls);
        self.tidy();
    }

    /// Sorted and without repeats where order says nothing.
    pub(super) fn tidy(&mut self) {
        let mut seen = std::collections::BTreeSet::new();
        self.open.retain(|o| seen.insert(o.clone()));
        self.guards.sort_unstable();
        self.guards.dedup();
        self.controls.sort();
        self.controls.dedup();
        self.looked.dedup();
        self.absent.dedup();
        let mut kept: Vec<Finding> = Vec::new();
        for f in self.findings.drain(..) {
            if !kept.contains(&f) {
                kept.push(f);
            }
        }
        self.findings = kept;
    }

    /// The best of some outcomes: one that holds, else one that is undecided, else all that is wrong.
    pub(super) fn best(list: Vec<Self>) -> Self {
        let rank = |a: Answer| match a {
            Answer::Holds => 0,
            Answer::Undecided => 1,
            Answer::Violated => 2,
            Answer::Absent => 3,
        };
        let least = list.iter().map(|o| rank(o.answer())).min();
        let mut whole = Self::default();
        let mut first = true;
        for outcome in list.into_iter().filter(|o| Some(rank(o.answer())) == least) {
            if first || rank(outcome.answer()) > 0 {
                whole.and(outcome);
            }
            first = false;
        }
        whole
    }
}

/// The faces of a hit as a pair for [`Finding::faces`].
pub(super) fn count<'h>(hits: impl Iterator<Item = (&'h FaceId, &'h FaceId)>) -> (usize, usize) {
    let (mut origins, mut targets) = (std::collections::BTreeSet::new(), std::collections::BTreeSet::new());
    for (o, t) in hits {
        origins.insert(*o);
        targets.insert(*t);
    }
    (origins.len(), targets.len())
}
