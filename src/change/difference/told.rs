//! What a difference consists of: plain data, told in names.

use super::Openness;
use super::tendency::certain_step;
use crate::diagnostic::Text;
use crate::model::rulebook::{Asked, RuleSeverity};
use crate::model::{Carrier, Kind, Service, Status};

/// What became of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mark {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It is another.
    Changed,
}

/// The kinds of things that a drawing names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Sort {
    Drawing,
    Segment,
    Network,
    Machine,
    Communication,
    Medium,
    Measure,
    Exception,
    Group,
}

/// The name and the label of something.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Called {
    /// The name in the file; that of the drawing after, where it has one.
    pub name: String,
    /// The label for people.
    pub label: String,
}

/// A thing with another name and the same meaning.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Renamed {
    /// What it is.
    pub sort: Sort,
    /// Its name before.
    pub before: String,
    /// Its name after.
    pub after: String,
}

/// An attribute that changed; an empty value is not stated, or the ordinary one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Attribute {
    /// The word of machine output.
    pub key: &'static str,
    /// Before.
    pub before: String,
    /// After.
    pub after: String,
}

/// A thing that was added or removed, or whose attributes changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThingChange {
    /// What became of it.
    pub mark: Mark,
    /// What it is.
    pub sort: Sort,
    /// Its kind, for a machine.
    pub kind: Option<Kind>,
    /// What it is called.
    pub called: Called,
    /// What the catalogue calls it, for a measure.
    pub title: Option<Text>,
    /// What changed; for what was added or removed, what it is.
    pub attributes: Vec<Attribute>,
    /// Whether it is attached elsewhere.
    pub moved: bool,
}

/// An attachment at one end of a row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct End {
    /// What it is called: `in-pc`, `sgw.viewer`, `old-nas@in`.
    pub called: Called,
    /// The name of the machine after, else before.
    pub machine: String,
    /// Whether the machine is in both drawings, new, or gone.
    pub presence: Option<Mark>,
    /// The addresses meant, if it is not all of them.
    pub addresses: String,
    /// The segment before, by name.
    pub before: Option<String>,
    /// The segment after.
    pub after: Option<String>,
}

/// One way to cross.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Way {
    /// Labels passed. Sorted.
    pub labels: Vec<String>,
    /// Mediators that can lie on it. Sorted.
    pub mediators: Vec<String>,
    /// Whether a permit fits.
    pub permitted: bool,
    /// Whether it exists whatever the drawing leaves open.
    pub certain: bool,
}

/// What changed in one form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CarrierChange {
    /// The form.
    pub carrier: Carrier,
    /// The ways before; none: it did not cross.
    pub before: Vec<Way>,
    /// The ways after.
    pub after: Vec<Way>,
}

/// Crossings that changed in the same way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrossingRow {
    /// What became of it; another carrier between the same ends is a change.
    pub mark: Mark,
    /// The segment where it starts.
    pub from_segment: Called,
    /// The segment where it arrives.
    pub to_segment: Called,
    /// Where it starts.
    pub from: Vec<End>,
    /// Where it arrives.
    pub to: Vec<End>,
    /// Per carrier, in order.
    pub carriers: Vec<CarrierChange>,
    /// Whether it changed whatever the drawings leave open.
    pub certain: bool,
}

/// Sessions that changed in the same way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlowRow {
    /// What became of it.
    pub mark: Mark,
    /// Who opens.
    pub from: Vec<End>,
    /// Who answers.
    pub to: Vec<End>,
    /// The services, in the short form.
    pub services: Vec<Service>,
    /// Whether protocols that no drawing mentions are among them.
    pub other_protocols: bool,
    /// Before.
    pub before: Openness,
    /// After.
    pub after: Openness,
}

impl FlowRow {
    /// Whether it changed whatever the drawings leave open.
    #[must_use]
    pub fn certain(&self) -> bool {
        certain_step((self.before.some, self.before.all), (self.after.some, self.after.all))
    }
}

/// How what crosses compares: nothing more and nothing less, less, more, or both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// The same crosses.
    Equivalent,
    /// Nothing more crosses, and something no longer does.
    Stricter,
    /// Everything still crosses, and something more does.
    Looser,
    /// Something no longer crosses, and something else does.
    Incomparable,
}

/// The verdict on one ordered pair of segments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairChange {
    /// From.
    pub from: Called,
    /// To.
    pub to: Called,
    /// How it compares.
    pub relation: Relation,
    /// Whether that is so whatever the drawings leave open.
    pub certain: bool,
    /// Whether something between the two is only possible, before or after.
    pub open: bool,
    /// Whether both segments are in both drawings.
    pub in_both: bool,
}

/// A check whose answer or evidence changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckChange {
    /// Its name after, else before.
    pub name: String,
    /// `matrix`, `attack`, `leak`, `require`.
    pub kind: &'static str,
    /// The answer before, and whether exceptions cover all that it finds; `None`: not asked.
    pub before: Option<(Status, bool)>,
    /// The answer after.
    pub after: Option<(Status, bool)>,
    /// What was found before and is no more: carriers, members without the flow.
    pub fixed: Vec<Text>,
    /// What is found now.
    pub introduced: Vec<Text>,
}

/// The answer of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RuleAnswer {
    /// It does not apply, or the drawing has nothing of which it speaks.
    NotApplicable,
    /// It holds.
    Holds,
    /// Exceptions cover everything that is wrong.
    Excepted,
    /// It depends on what the drawing does not say.
    Undecided,
    /// It is violated.
    Violated,
}

impl RuleAnswer {
    /// The word of machine output.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotApplicable => "not-applicable",
            Self::Holds => "holds",
            Self::Excepted => "excepted",
            Self::Undecided => "undecided",
            Self::Violated => "violated",
        }
    }
}

/// A rule of the guideline whose answer or findings changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleChange {
    /// Its id.
    pub id: String,
    /// What it asks.
    pub statement: Text,
    /// How serious.
    pub severity: RuleSeverity,
    /// Before.
    pub before: RuleAnswer,
    /// After.
    pub after: RuleAnswer,
    /// What was wrong and is no more.
    pub fixed: Vec<Text>,
    /// What is wrong now.
    pub introduced: Vec<Text>,
    /// What has to be stated now, if it is undecided.
    pub open: Vec<Text>,
}

/// A control that the model asks for more or less strongly than before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemandChange {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: Text,
    /// Before; `None`: not asked for.
    pub before: Option<Asked>,
    /// After.
    pub after: Option<Asked>,
    /// Whether the drawing after has it: `None` is not stated.
    pub present: Option<bool>,
}

/// A control that a machine or network has got or lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControlChange {
    /// Added or removed.
    pub mark: Mark,
    /// The control: a word for controls, or the name of a guard.
    pub control: String,
    /// At what.
    pub at: Called,
}

/// How many controls stand in a way.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// It is not asked.
    NotAsked,
    /// No set of failing controls opens a path.
    None,
    /// This many; all least sets.
    Exactly(u32, Vec<Vec<String>>),
    /// At least this many.
    AtLeast(u32),
}

/// An attack or leak check whose depth or controls changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DepthChange {
    /// The check.
    pub name: String,
    /// Before.
    pub before: Depth,
    /// After.
    pub after: Depth,
}

/// Everything that changed in meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Other names for the same things.
    pub renamed: Vec<Renamed>,
    /// Things added, removed, moved or changed.
    pub things: Vec<ThingChange>,
    /// Crossings between segments.
    pub crossings: Vec<CrossingRow>,
    /// Sessions.
    pub flows: Vec<FlowRow>,
    /// Every ordered pair of segments, also those where nothing changed.
    pub pairs: Vec<PairChange>,
    /// All pairs together.
    pub whole: (Relation, bool),
    /// Checks.
    pub checks: Vec<CheckChange>,
    /// Rules of the guideline.
    pub rules: Vec<RuleChange>,
    /// What the model asks for.
    pub demands: Vec<DemandChange>,
    /// Controls of machines and networks.
    pub controls: Vec<ControlChange>,
    /// Depths.
    pub depths: Vec<DepthChange>,
}
