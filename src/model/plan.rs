//! A migration plan: steps, what has to be kept between them, and the stages that they make.
//!
//! What a step does to a drawing is text and stays in `document`; here is what an order needs to know.

use super::declared::{Date, Owner};
use crate::diagnostic::Text;
use crate::source::Span;

/// The most steps of one plan.
pub const MAX_STEPS: usize = 64;
/// The most days of one step: a century.
pub const MAX_DAYS: u32 = 36_525;

/// Some steps of a plan, by position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct StepSet(pub u64);

impl StepSet {
    /// No step.
    pub const NONE: Self = Self(0);

    /// The first `n` steps.
    #[must_use]
    pub fn all(n: usize) -> Self {
        Self(if n >= 64 { u64::MAX } else { (1 << n) - 1 })
    }

    /// One step.
    #[must_use]
    pub fn one(step: usize) -> Self {
        Self(1 << step)
    }

    /// Whether a step is among them.
    #[must_use]
    pub fn has(self, step: usize) -> bool {
        self.0 >> step & 1 == 1
    }

    /// These and a step.
    #[must_use]
    pub fn with(self, step: usize) -> Self {
        Self(self.0 | 1 << step)
    }

    /// These without a step.
    #[must_use]
    pub fn without(self, step: usize) -> Self {
        Self(self.0 & !(1 << step))
    }

    /// These and those.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// These that are not those.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether all of them are among those.
    #[must_use]
    pub fn within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many.
    #[must_use]
    pub fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Them, by position.
    pub fn iter(self) -> impl Iterator<Item = usize> {
        (0..64).filter(move |&i| self.has(i))
    }
}

impl FromIterator<usize> for StepSet {
    fn from_iter<I: IntoIterator<Item = usize>>(steps: I) -> Self {
        steps.into_iter().fold(Self::NONE, Self::with)
    }
}

/// A stage of a migration: what is done, and what is on the way, old and new beside each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Stage {
    /// The steps that are done.
    pub done: StepSet,
    /// The steps of which it is open whether they are done: both versions of what they touch are there.
    pub during: StepSet,
}

impl Stage {
    /// A stage at which nothing is on the way.
    #[must_use]
    pub fn of(done: StepSet) -> Self {
        Self { done, during: StepSet::NONE }
    }
}

/// A step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its name.
    pub name: String,
    /// The label for people.
    pub label: String,
    /// The day on which it begins, if stated.
    pub on: Option<Date>,
    /// How many days it takes; none if not stated.
    pub days: Option<u32>,
    /// Who does it.
    pub owner: Option<Owner>,
    /// What it costs, in the unit of the plan.
    pub cost: Option<u64>,
    /// While it lasts, the old and the new are both there.
    pub parallel: bool,
    /// What it does cannot be taken back.
    pub irreversible: bool,
    /// A note for readers.
    pub note: Option<String>,
    /// The names of what it adds, changes or removes. Sorted.
    pub touches: Vec<String>,
    /// Beside machines and networks it changes what anything may depend on: a definition, a communication, the model.
    pub global: bool,
    /// Where it is written.
    pub span: Span,
}

/// Why one step has to come before another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Precedence {
    /// The step that comes first.
    pub first: usize,
    /// The step that follows.
    pub then: usize,
    /// Why.
    pub reason: Text,
    /// Written in the plan, or following from what the steps change.
    pub stated: bool,
    /// Where it is written, or where the second step names what the first makes.
    pub span: Span,
}

/// What costs money for each day between two steps: the old and the new both run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Running {
    /// What runs twice.
    pub label: String,
    /// The step with which it begins.
    pub from: usize,
    /// The step with which it ends.
    pub until: usize,
    /// For each day, in the unit of the plan.
    pub per_day: u64,
}

/// What a plan expects of its own check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlanExpectation {
    /// The answer to `plan check`.
    Check(PlanVerdict, Span),
    /// The answer to `plan order`.
    Order(PlanVerdict, Span),
    /// In the order as written, something goes wrong first after this step.
    FailsAfter(usize, Span),
    /// These steps cannot be put in a safe order.
    Conflict(StepSet, Span),
}

/// The answer to a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PlanVerdict {
    /// Every stage holds.
    Safe,
    /// Something depends on what is not stated.
    Undecided,
    /// Some stage does not hold; or no order is safe.
    Unsafe,
}

/// A migration plan.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// Its name.
    pub name: String,
    /// The day on which it begins.
    pub starts: Option<Date>,
    /// Its steps, in declared order.
    pub steps: Vec<Step>,
    /// The order as written, a permutation of the steps.
    pub order: Vec<usize>,
    /// What has to come before what.
    pub precedences: Vec<Precedence>,
    /// Steps in one go, each step in exactly one: groups in the order of their first step.
    pub units: Vec<Vec<usize>>,
    /// Days before which a step may not begin.
    pub not_before: Vec<(usize, Date)>,
    /// What costs money between two steps.
    pub running: Vec<Running>,
    /// What the plan expects of its own check.
    pub expectations: Vec<PlanExpectation>,
}
