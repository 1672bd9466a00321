//! A migration plan told: its stages with what is wrong at each, the order that was found, or why there is none.
//!
//! Here names, places and paths are restored; `text`, `json` and `markdown` print them. What a stage is worth was
//! decided in `change`.

mod build;
mod json;
mod markdown;
mod text;

pub use build::{checked, found};
pub use json::plan_json;
pub use markdown::plan_markdown;
pub use text::{plan_stage, plan_text};

use super::{PathReport, Place};
use crate::change::plan::Costs;
use crate::diagnostic::Text;
use crate::model::Lens;
use crate::model::plan::{PlanVerdict, Stage};

/// A plan, told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanReport {
    /// The name of the plan.
    pub plan: String,
    /// The file of the plan.
    pub file: String,
    /// The name of its drawing.
    pub drawing: String,
    /// The steps, in declared order.
    pub steps: Vec<StepRow>,
    /// The answer.
    pub verdict: PlanVerdict,
    /// The stages of the order, if one was looked at.
    pub moments: Vec<MomentRow>,
    /// What the order costs.
    pub costs: Option<Costs>,
    /// Whether no order costs less; `None` if no order was searched.
    pub is_cheapest: Option<bool>,
    /// Why there is no safe order.
    pub impossible: Option<ImpossibleReport>,
    /// The search ended after so many rounds without an answer.
    pub gave_up: Option<usize>,
    /// How many stages were looked at.
    pub looked_at: usize,
    /// What the plan expects of its own check and is not so.
    pub differences: Vec<(Text, Place)>,
    /// How many things the plan expects.
    pub expectations: usize,
    /// Paths that could not be walked again: defects of the program.
    pub faults: Vec<String>,
}

/// A step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepRow {
    /// Its name.
    pub name: String,
    /// Its label.
    pub label: String,
    /// Where it is written.
    pub place: Place,
    /// Old and new side by side while it lasts.
    pub parallel: bool,
    /// It cannot be taken back.
    pub irreversible: bool,
}

impl StepRow {
    /// `端末を移す(move)`, or only the name.
    #[must_use]
    pub fn called(&self) -> String {
        super::names::called(&self.label, &self.name)
    }
}

/// A stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MomentRow {
    /// The stage.
    pub stage: Stage,
    /// Its number in the order; 0 is the start.
    pub number: usize,
    /// The steps with which it is reached, by position; none at the start.
    pub steps: Vec<usize>,
    /// While they are being done, with old and new side by side.
    pub during: bool,
    /// The day on which it begins.
    pub on: Option<String>,
    /// The answer at this stage.
    pub verdict: PlanVerdict,
    /// What is wrong or open here and neither at the start nor at the goal.
    pub troubles: Vec<TroubleRow>,
    /// What was wrong at the start already and still is.
    pub inherited: Vec<Text>,
    /// What is wrong here and at the goal, too, but not at the start.
    pub at_goal: Vec<Text>,
    /// What is open here and at the goal, too, but not at the start.
    pub open_at_goal: Vec<Text>,
    /// How many things are open here.
    pub open: usize,
    /// Which way leads back.
    pub back: Option<Text>,
    /// Whether a safe way leads back to the start.
    pub back_to_start: bool,
    /// What should have come first.
    pub too_early: Vec<Text>,
    /// What is still named although it is gone, and where.
    pub stale: Vec<(String, Place)>,
}

/// Something wrong at a stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TroubleRow {
    /// What it is about, for programs.
    pub key: String,
    /// `drawing`, `crossing`, `path`, `flow`, `rule`.
    pub kind: &'static str,
    /// Whatever is left open.
    pub certain: bool,
    /// In one sentence.
    pub text: Text,
    /// The path, told.
    pub path: Option<(Lens, PathReport)>,
    /// Where it is written.
    pub place: Option<Place>,
}

/// Why there is no safe order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImpossibleReport {
    /// As few reasons as exclude every order.
    pub core: Vec<ReasonRow>,
    /// Every reason is proved for all stages of its kind.
    pub is_proved: bool,
    /// What would open the way; each was tried on the whole plan.
    pub advice: Vec<Text>,
}

/// A reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReasonRow {
    /// What it excludes, in one sentence.
    pub text: Text,
    /// The steps that are done, by position.
    pub done: Vec<usize>,
    /// The steps that are not.
    pub open: Vec<usize>,
    /// The stage at which it was seen, by the steps that are done there.
    pub seen: Vec<usize>,
    /// What is wrong there; none for a precedence.
    pub trouble: Option<TroubleRow>,
    /// How far it is proved.
    pub proof: Text,
    /// Where it is written, for a precedence.
    pub place: Option<Place>,
}
