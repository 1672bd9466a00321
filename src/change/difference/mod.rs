//! What changed in meaning between two drawings.
//!
//! Names, order and the way rules are written play no part: machines are matched ([`pairing`]), and what is compared is
//! what the drawings mean. Everything is told in names; how it looks is the business of `report`. What a drawing leaves
//! open stays open: it is neither counted as there nor as absent.

mod attributes;
mod controls;
mod crossings;
mod findings;
mod flows;
mod merge;
mod names;
mod pairing;
mod rows;
mod services;
mod signature;
mod things;

use std::collections::BTreeMap;

use crate::diagnostic::Text;
use crate::guideline::Assessment;
use crate::model::rulebook::{Asked, RuleSeverity};
use crate::model::{Carrier, Kind, Model, Service, Status};
use crate::network::Network;
use crate::verify::Verdict;

pub use flows::Openness;
pub use pairing::Side;
use names::Names;
use pairing::Pairing;

/// One of the two drawings, with its answers.
#[derive(Debug, Clone, Copy)]
pub struct Drawing<'a> {
    /// What it means.
    pub model: &'a Model,
    /// The same, compiled.
    pub network: &'a Network,
    /// The answers to its checks.
    pub verdicts: &'a [Verdict],
    /// What the guideline says.
    pub assessment: &'a Assessment<'a>,
}

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

/// More or less, counted item by item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Tendency {
    more: bool,
    less: bool,
    /// Some item of that direction changed whatever is left open.
    more_certain: bool,
    less_certain: bool,
    /// Some item is possible on one side or on both.
    open: bool,
}

type Level2 = (u8, u8);

fn certain_step(before: Level2, after: Level2) -> bool {
    before.0.abs_diff(after.0) == 2 || before.1.abs_diff(after.1) == 2
}

impl Tendency {
    /// Counts one item by its level before and after (for some and for all of a group): 0 no, 1 possible, 2 certain.
    fn item(&mut self, before: Level2, after: Level2) {
        let more = after.0 > before.0 || after.1 > before.1;
        let less = after.0 < before.0 || after.1 < before.1;
        let certain = certain_step(before, after);
        self.more |= more;
        self.less |= less;
        self.more_certain |= more && certain;
        self.less_certain |= less && certain;
        self.open |= [before.0, after.0].contains(&1);
    }

    fn add(&mut self, other: Self) {
        self.more |= other.more;
        self.less |= other.less;
        self.more_certain |= other.more_certain;
        self.less_certain |= other.less_certain;
        self.open |= other.open;
    }

    fn relation(self) -> Relation {
        match (self.more, self.less) {
            (false, false) => Relation::Equivalent,
            (false, true) => Relation::Stricter,
            (true, false) => Relation::Looser,
            (true, true) => Relation::Incomparable,
        }
    }

    fn certain(self) -> bool {
        (!self.more || self.more_certain) && (!self.less || self.less_certain)
    }
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

/// How a comparison ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing changed in meaning.
    Same,
    /// Something changed.
    Changed,
    /// Whether something changed depends on what a drawing does not say.
    Open,
}

impl Difference {
    /// Whether nothing changed but names.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.things.is_empty()
            && self.crossings.is_empty()
            && self.flows.is_empty()
            && self.checks.is_empty()
            && self.rules.is_empty()
            && self.demands.is_empty()
            && self.controls.is_empty()
            && self.depths.is_empty()
            && self.pairs.iter().all(|p| p.relation == Relation::Equivalent && p.in_both)
    }

    /// How the comparison ends.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        if self.is_empty() {
            return Outcome::Same;
        }
        let certain = self.things.iter().any(ThingChange::certain)
            || self.crossings.iter().any(|r| r.certain)
            || self.flows.iter().any(FlowRow::certain)
            || self.checks.iter().any(CheckChange::certain)
            || self.rules.iter().any(RuleChange::certain)
            || !self.demands.is_empty()
            || !self.controls.is_empty();
        if certain { Outcome::Changed } else { Outcome::Open }
    }
}

impl ThingChange {
    /// Whether it changed whatever the drawings leave open: a value that one of them does not state may be the same.
    #[must_use]
    pub fn certain(&self) -> bool {
        self.mark != Mark::Changed
            || self.attributes.iter().any(|a| !a.before.is_empty() && !a.after.is_empty())
            || self.attributes.iter().any(|a| !things::may_be_unstated(a.key))
    }
}

impl CheckChange {
    /// Whether the answer is another whatever the drawings leave open.
    #[must_use]
    pub fn certain(&self) -> bool {
        let open = |s: &Option<(Status, bool)>| matches!(s, Some((Status::Undecided, _)));
        !open(&self.before) && !open(&self.after)
    }
}

impl RuleChange {
    /// Whether the answer is another whatever the drawings leave open.
    #[must_use]
    pub fn certain(&self) -> bool {
        self.before != RuleAnswer::Undecided && self.after != RuleAnswer::Undecided
    }
}

/// What people call an attribute of a [`ThingChange`].
#[must_use]
pub fn attribute_name(key: &str) -> Text {
    attributes::called(key)
}

/// Compares two drawings.
#[must_use]
pub fn difference(before: &Drawing<'_>, after: &Drawing<'_>) -> Difference {
    let by_name = compared(&Pairing::by_name(before.model, after.model), before, after);
    if by_name.is_empty() {
        return by_name;
    }
    // Names may have been given to other things: if the drawings are one but for names, nothing changed.
    let by_structure = Pairing::by_structure(before.model, after.model).map(|p| compared(&p, before, after));
    by_structure.filter(Difference::is_empty).unwrap_or(by_name)
}

fn compared(p: &Pairing, a: &Drawing<'_>, b: &Drawing<'_>) -> Difference {
    let names =
        (Names::new(p, Side::Before, a.model, b.model), Names::new(p, Side::After, b.model, a.model));
    let both = (&names.0, &names.1);
    let flows = flows::flows(p, a, b);
    let crossings = crossings::crossings(p, a, b, both);
    let mut tendency: BTreeMap<(usize, usize), Tendency> = flows.tendency.clone();
    for (pair, t) in &crossings.tendency {
        tendency.entry(*pair).or_default().add(*t);
    }
    let (pairs, whole) = rows::pairs(p, a.model, b.model, &tendency);
    let things = things::things(p, a, b, both);
    Difference {
        renamed: things::renamed(p, a.model, b.model),
        controls: controls::controls(p, a.model, b.model, both),
        things,
        crossings: rows::crossings(p, a.model, b.model, crossings),
        flows: rows::flows(p, a.model, b.model, flows),
        pairs,
        whole,
        checks: findings::checks(p, a, b),
        rules: findings::rules(p, a, b),
        demands: controls::demands(a, b),
        depths: controls::depths(p, a, b, both),
    }
}
