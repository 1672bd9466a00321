//! What a report says of the rules of the guideline: plain data with names and places restored.
//!
//! Not here: how a rule was decided (`guideline`), and how it is worded on a page (`text`, `html`, …).

use super::OpenReport;
use super::names::Place;
use super::path::PathReport;
use crate::diagnostic::Text;
pub use crate::guideline::Standing;

/// The answer of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RuleStatus {
    /// Violated, and not everything of it is excepted.
    Violated,
    /// It depends on something that the drawing does not say.
    Undecided,
    /// Violated, but an exception in force covers every finding. It stays in every output.
    Excepted,
    /// It holds.
    Holds,
    /// It does not apply, and [`RuleReport::why`] says why: another model, edition or switch, or the drawing has nothing
    /// of which the rule speaks.
    NotApplicable,
}

impl RuleStatus {
    /// All, the most urgent first.
    pub const ALL: [Self; 5] = [Self::Violated, Self::Undecided, Self::Excepted, Self::Holds, Self::NotApplicable];

    /// The word of machine output.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Violated => "violated",
            Self::Undecided => "undecided",
            Self::Excepted => "excepted",
            Self::Holds => "holds",
            Self::NotApplicable => "not-applicable",
        }
    }
}

/// A rule with its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleReport {
    /// Its stable id, such as `R-MN-01`.
    pub id: String,
    /// What it asks, paraphrased.
    pub statement: Text,
    /// What is usually done about a violation.
    pub repair: Text,
    /// Clauses: code and paraphrase, as far as the rule book has it.
    pub clauses: Vec<(String, Option<Text>)>,
    /// `critical`, `high`, `medium`, `low`.
    pub severity: &'static str,
    /// `path`, `control`, `consistency`.
    pub kind: &'static str,
    /// The models to which it applies, by their words; empty is all.
    pub models: Vec<&'static str>,
    /// The first edition that has it.
    pub since: Option<String>,
    /// How well the rule itself is known.
    pub evidence_marks: Vec<MarkReport>,
    /// Set when a pack of the designer brings or overrides the rule.
    pub own: Option<OwnRule>,
    /// The answer.
    pub status: RuleStatus,
    /// Why it does not apply, or what was looked at (so that "holds" can be seen not to be empty).
    pub why: Text,
    /// Findings: a path or a place each. Also excepted ones.
    pub findings: Vec<RuleEvidence>,
    /// What has to be stated before it can be decided.
    pub open: Vec<OpenReport>,
    /// Controls and assumptions without which "holds" might be another answer.
    pub rests_on: Vec<String>,
    /// Who usually answers for it.
    pub responsible: Vec<Responsible>,
}

/// Where a rule of a designer's pack comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnRule {
    /// The name of the pack.
    pub pack: String,
    /// It takes the place of a shipped rule.
    pub overrides: bool,
    /// Where it is written.
    pub place: Place,
}

/// How well something is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MarkReport {
    /// A public source says so: its number in [`Report::sources`](super::Report::sources).
    Source(String),
    /// A survey says so: which.
    Survey(String),
    /// Recalled, not confirmed.
    Recalled,
    /// Recalled, and uncertain.
    Unsure,
    /// A decision of this project.
    Design,
}

/// Who answers for something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the words of the file format, explained in docs/format.md")]
pub enum Responsible {
    Body,
    Prefecture,
    Jlis,
    Vendor,
    State,
}

/// One finding of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleEvidence {
    /// What is the case, in one sentence.
    pub text: Text,
    /// The device, network or line of the file that it is about.
    pub place: Option<Place>,
    /// The path, if it is one; replayed.
    pub path: Option<PathReport>,
    /// Whether it is certain, or depends on what the drawing leaves open.
    pub certain: bool,
    /// How many endpoint faces start such a crossing, and at how many it arrives; 0 where it is no crossing.
    pub faces: (usize, usize),
    /// The exception that covers it: position in [`Report::exceptions`](super::Report::exceptions).
    pub exception: Option<usize>,
    /// A mark that stays the same as long as the same rule finds the same thing at the same devices, whatever else
    /// changes in the drawing: 16 hexadecimal digits.
    pub fingerprint: String,
}

/// One exception of the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExceptionReport {
    /// Its id.
    pub id: String,
    /// The rule.
    pub rule: String,
    /// What it covers, by name; empty: everything that the rule finds.
    pub at: Vec<String>,
    /// Who approved it.
    pub approver: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// The last day on which it counts.
    pub until: Option<String>,
    /// What is done instead.
    pub compensating: Option<String>,
    /// How it stands on the day of the report.
    pub standing: Standing,
    /// Where it is written.
    pub place: Place,
}

/// A place of the drawing to begin with: what is violated goes through it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CauseReport {
    /// The place in words: a firewall rule, a setting, a line.
    pub text: Text,
    /// Where it is written.
    pub place: Option<Place>,
    /// The violated rules that it explains.
    pub rules: Vec<String>,
    /// The violated checks.
    pub checks: Vec<String>,
    /// The numbers of the findings.
    pub findings: Vec<usize>,
}

/// A day on which a rule turns red, if the drawing stays as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TurnReport {
    /// The first day on which it is violated.
    pub on: String,
    /// The rule, or the kind of check.
    pub rule: String,
    /// Why.
    pub why: Text,
}

/// A control of the catalogue, as the drawing shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControlReport {
    /// Its id, such as `C-EDR`.
    pub id: String,
    /// What people call it.
    pub name: Text,
    /// Organisational rather than technical.
    pub organisational: bool,
    /// Whether the model asks for it: `Some(true)` mandatory, `Some(false)` recommended, `None` not asked.
    pub mandatory: Option<bool>,
    /// Who usually answers for it; the one that the drawing names, if it does.
    pub responsible: Vec<Responsible>,
    /// `Holds`: in place. `Violated`: missing. `Undecided`: not stated. `NotApplicable`: nothing that needs it.
    pub status: RuleStatus,
    /// What was looked at, or what is missing.
    pub why: Text,
    /// What has to be stated.
    pub open: Vec<OpenReport>,
    /// How well the demand is known.
    pub evidence_marks: Vec<MarkReport>,
}

/// A crossing that the model provides for, and whether the drawing has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrossingReport {
    /// Its id, such as `α-3`.
    pub id: String,
    /// From which layer, to which.
    pub from: Text,
    /// To which layer.
    pub to: Text,
    /// What carries it.
    pub mediator: Text,
    /// Whether the drawing has such a crossing.
    pub present: bool,
    /// Who usually answers for it.
    pub responsible: Vec<Responsible>,
}

/// A task of everyday work, and the lawful way to do it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskReport {
    /// Its id, such as `WebLookup`.
    pub id: String,
    /// What people call it.
    pub name: Text,
    /// The lawful ways, the least effort first; empty: no lawful route.
    pub ways: Vec<WayReport>,
    /// Why the other ways are none: each way with the leg that is missing or not permitted.
    pub obstacles: Vec<Text>,
    /// Another way might be lawful, if what is not stated were stated.
    pub uncertain: bool,
    /// File types that have no lawful way in, if the task moves files.
    pub dead_types: Vec<String>,
}

/// A lawful way to do a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WayReport {
    /// How it is done.
    pub name: Text,
    /// What a person does by hand, step by step.
    pub steps: Vec<Text>,
    /// The mediators on the way, by label of the drawing.
    pub mediators: Vec<String>,
    /// From which terminals.
    pub from: Vec<String>,
}
