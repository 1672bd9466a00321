//! What a person is told: verdicts with names and places restored, grouped into findings, and rendered.
//!
//! A [`Report`] is self-contained, sorted, and the same for the same drawing. Every path in it has been walked again
//! by `verify::replay`; a refusal is an internal error that makes the whole report unusable. Not here: how a verdict
//! was found, files, and colours beyond "on or off".

mod advice;
mod answers;
mod build;
mod causes;
mod compare;
mod difference;
mod findings;
mod fingerprint;
mod flows;
mod follow;
mod hosts;
mod html;
mod json;
mod judged;
mod junit;
mod lacking;
mod logins;
mod markdown;
mod measured;
mod names;
mod path;
mod plan;
mod reach;
mod region;
mod rules;
mod rulewords;
#[cfg(test)]
mod sample;
mod sarif;
mod select;
mod table;
mod text;
mod told;
mod trace;
mod twin;
mod whatif;
pub mod words;

pub use advice::Advice;
pub use answers::{
    Change, InferenceReport, changes, editions_json, editions_text, entry, gap_json, gap_text, ids, infer_json,
    infer_text, inferences, tasks_json, tasks_text,
};
pub use build::Input;
pub use compare::{SideBySide, comparison_json, comparison_markdown, comparison_text};
pub use difference::{Compared, difference_json, difference_markdown, difference_text, services_told};
pub use findings::{Group, groups};
pub use follow::{SOURCE_PORT, typed};
pub use hosts::{HostNames, hosts_json, hosts_text};
pub use html::{HtmlInput, html};
pub use json::{SCHEMA_VERSION, json};
pub use junit::junit;
pub use markdown::markdown;
pub use measured::{Measured, bench_json, bench_text};
pub use names::{Address, PacketReport, Place, Thing};
pub use path::{DeviceReport, PassedBy, PathReport, SessionReport, StepReport};
pub use plan::{
    ImpossibleReport, MomentRow, PlanReport, ReasonRow, StepRow, TroubleRow, checked as plan_checked,
    found as plan_found, plan_json, plan_markdown, plan_stage, plan_text,
};
pub use reach::ReachReport;
pub use region::{BodyRow, KindRow, LegRow, RegionReport, RegionTrouble, region_json, region_text};
pub use rules::{
    CauseReport, ControlReport, CrossingReport, ExceptionReport, MarkReport, OwnRule, Responsible, RuleEvidence,
    RuleReport, RuleStatus, Standing, TaskReport, TurnReport, WayReport,
};
pub use rulewords::{OpenAttribute, SEVERITIES, mark, rule_status, severity, standing};
pub use sarif::sarif;
pub use select::{faces_named, is_place, owners};
pub use table::{matrix_json, matrix_text, replayed_crossings};
pub use text::{Style, clean, connection, fill, text};
pub use trace::{Came, Through, TraceReport, Tried, through, trace_json, trace_text};
pub use twin::{TwinReport, how as twin_difference, twin_json, twin_text};
pub use whatif::{
    AloneReport, BecameReport, RestReport, WhatIfInput, WhatIfReport, what_if_json, what_if_markdown, what_if_text,
};

use crate::diagnostic::{Severity, Text};
use crate::model::{Carrier, Lens, Status};
use crate::verify::Tally;

/// Everything there is to say about one drawing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The name of the drawing.
    pub drawing: String,
    /// Its file, as the user named it.
    pub file: String,
    /// The separation model it declares to follow: its word and what people call it.
    pub model: Option<(&'static str, Text)>,
    /// The guideline edition it is judged by.
    pub edition: Option<String>,
    /// Which engine decided.
    pub engine: &'static str,
    /// Every check, in declared order.
    pub checks: Vec<CheckReport>,
    /// What is wrong or open, grouped and numbered; violations first.
    pub findings: Vec<Finding>,
    /// Where to begin: the fewest places that explain everything that is violated, found greedily.
    pub causes: Vec<CauseReport>,
    /// Every rule of the rule book, in its order; also those that do not apply.
    pub rules: Vec<RuleReport>,
    /// The register of exceptions, in the order of the file.
    pub exceptions: Vec<ExceptionReport>,
    /// The day for which exceptions and dated measures were judged, if one was given.
    pub as_of: Option<String>,
    /// Days on which a rule turns red, if the drawing stays as it is; the earliest first.
    pub turns: Vec<TurnReport>,
    /// The catalogue of controls, as the drawing shows it.
    pub controls: Vec<ControlReport>,
    /// The crossings that the model provides for.
    pub crossings: Vec<CrossingReport>,
    /// Tasks of everyday work.
    pub tasks: Vec<TaskReport>,
    /// Addresses of the public sources that evidence marks name.
    pub sources: std::collections::BTreeMap<String, String>,
    /// Expectations of the file that are not met.
    pub differences: Vec<(Text, Place)>,
    /// How many expectations the file states.
    pub expectations: usize,
    /// What the author of the drawing probably did not mean.
    pub warnings: Vec<WarningReport>,
    /// Statements of the designer, repeated.
    pub statements: Vec<String>,
    /// Ordered pairs of segments that no check asks about.
    pub not_asked: Vec<(String, String)>,
    /// Internal errors. If there are any, nothing else in the report may be relied on.
    pub faults: Vec<String>,
}

/// How a report ends, for scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Everything that was asked holds.
    Holds,
    /// Something is violated, or an expectation is not met.
    Violated,
    /// Internal error, or a check that says nothing.
    Unusable,
    /// Something depends on what the drawing leaves open.
    Undecided,
}

/// One check with its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckReport {
    /// Its stable name.
    pub name: String,
    /// What kind of question.
    pub kind: CheckKind,
    /// From where, as people call it.
    pub from: Text,
    /// To where.
    pub to: Text,
    /// Where the file asks it.
    pub place: Option<Place>,
    /// The answer.
    pub status: Status,
    /// The evidence: unpermitted crossings, paths, or the path of a required flow.
    pub evidence: Vec<Evidence>,
    /// Members that lack a required flow.
    pub missing: Vec<MissingReport>,
    /// What has to be clarified before it can be decided.
    pub open: Vec<OpenReport>,
    /// Gates with multi-factor login on the way of a required flow at which whoever asks is not enrolled.
    pub logins: Vec<Text>,
    /// Controls without which "holds" might be another answer.
    pub rests_on: Vec<String>,
    /// How many controls have to fail.
    pub depth: Option<DepthReport>,
    /// What was looked at.
    pub tally: Tally,
}

/// The kinds of checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckKind {
    /// Does everything that crosses have a permit?
    Matrix,
    /// Attack or leak, with or without what a person can copy off a screen.
    Forbid(Lens, bool),
    /// A required flow: its carrier, and the labels to pass.
    Require(Carrier, Vec<String>),
}

impl CheckKind {
    /// The word of machine output.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Matrix => "matrix",
            Self::Forbid(lens, _) => lens.as_str(),
            Self::Require(..) => "require",
        }
    }
}

/// One path that an answer rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The last carrier that arrives.
    pub carrier: Carrier,
    /// The path.
    pub path: PathReport,
    /// How many endpoint faces start such a crossing (matrix), else 1.
    pub origins: usize,
    /// At how many it arrives (matrix), else 1.
    pub targets: usize,
    /// The exception that covers it: position in [`Report::exceptions`].
    pub exception: Option<usize>,
}

/// A member without a required flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingReport {
    /// Who.
    pub member: Thing,
    /// Whether it may have the flow, depending on what the drawing leaves open.
    pub possible: bool,
    /// What stands in the way, as far as it is known.
    pub obstacles: Vec<Advice>,
    /// The words of a `sekisho` command that follows a packet of the flow to where it ends; empty if there is none. See
    /// [`typed`].
    pub trace: Vec<String>,
}

/// Something to clarify.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenReport {
    /// What is not stated.
    pub text: Text,
    /// Where it could be stated.
    pub place: Option<Place>,
}

/// How many controls have to fail before a path opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DepthReport {
    /// No set of failing controls opens a path.
    None,
    /// This many; all least sets.
    Exactly(u32, Vec<Vec<String>>),
    /// At least this many: the search was ended.
    AtLeast(u32),
}

/// A warning about the drawing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WarningReport {
    /// Its code.
    pub code: &'static str,
    /// How serious.
    pub severity: Severity,
    /// What is the matter.
    pub message: Text,
    /// Where.
    pub place: Option<Place>,
}

/// One thing to look at: a check's evidence, or the evidence of several checks that is one and the same connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// From 1; the number of `sekisho draw --finding`.
    pub number: usize,
    /// Violated or undecided.
    pub status: Status,
    /// In one sentence.
    pub title: Text,
    /// The check it belongs to first: position in [`Report::checks`].
    pub check: usize,
    /// `(check, evidence)`: the first is told in full.
    pub parts: Vec<(usize, usize)>,
    /// Where to look, and what would close it.
    pub advice: Vec<Advice>,
}

impl CheckReport {
    /// Whether exceptions in force cover all of its evidence. It stays violated; it does not count against the drawing.
    #[must_use]
    pub fn is_excepted(&self) -> bool {
        !self.evidence.is_empty() && self.missing.is_empty() && self.evidence.iter().all(|e| e.exception.is_some())
    }
}

impl Report {
    /// Takes commands out of it: for a drawing that is no file by itself, on which a command could be run.
    pub fn forget_commands(&mut self) {
        self.checks.iter_mut().flat_map(|c| &mut c.missing).for_each(|m| m.trace.clear());
    }

    /// Builds the report: replays every path, restores names and places, groups and sorts.
    #[must_use]
    pub fn new(input: &Input<'_>) -> Self {
        build::report(input)
    }

    /// How many checks have a status.
    #[must_use]
    pub fn count(&self, status: Status) -> usize {
        self.checks.iter().filter(|c| c.status == status).count()
    }

    /// The end of the run. Warnings do not count here, and what an exception in force covers does not either.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let violated = self.checks.iter().any(|c| c.status == Status::Violated && !c.is_excepted());
        if !self.faults.is_empty()
            || self.count(Status::Vacuous) > 0
            || self.checks.is_empty() && self.expectations == 0
        {
            Outcome::Unusable
        } else if violated || !self.differences.is_empty() || self.count_rules(RuleStatus::Violated) > 0 {
            Outcome::Violated
        } else if self.count(Status::Undecided) > 0 || self.count_rules(RuleStatus::Undecided) > 0 {
            Outcome::Undecided
        } else {
            Outcome::Holds
        }
    }
}
