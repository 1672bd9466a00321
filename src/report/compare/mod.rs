//! `sekisho compare`: five drawings of one inventory side by side, as text, Markdown and JSON.
//!
//! Verdicts, controls and tasks are those of the reports of the drawings, which `check`, `gap` and `tasks` tell of each of
//! them. There is no total and no winner: the parts stand beside each other, each with where it comes from.

mod details;
mod json;
mod markdown;
mod sheet;
mod text;
mod words;

pub use json::comparison_json;
pub use markdown::comparison_markdown;
pub use text::comparison_text;

use super::{Report, RuleStatus};
use crate::change::compare::Comparison;
use crate::model::Status;

/// What is told: the comparison, and the report of each drawing in the same order.
#[derive(Debug, Clone, Copy)]
pub struct SideBySide<'a> {
    /// What stands where, and how deep it is protected.
    pub comparison: &'a Comparison,
    /// What `check`, `gap` and `tasks` say of each drawing.
    pub reports: &'a [Report],
}

impl SideBySide<'_> {
    /// Whether anything depends on what is not stated: a check, a rule, a mandatory control, or a part of the inventory.
    #[must_use]
    pub fn is_undecided(&self) -> bool {
        let open = |r: &Report| {
            r.count(Status::Undecided) > 0
                || r.count_rules(RuleStatus::Undecided) > 0
                || r.controls.iter().any(|c| c.mandatory == Some(true) && c.status == RuleStatus::Undecided)
        };
        !self.comparison.given.unstated.is_empty() || self.reports.iter().any(open)
    }

    /// Whether the inventory lacks one of some fields.
    pub(in crate::report) fn lacks(&self, fields: &[&str]) -> bool {
        self.comparison.given.unstated.iter().any(|(field, _)| fields.contains(&field.as_str()))
    }

    /// Whether a task without a lawful way might have one, if what is not stated were stated.
    pub(in crate::report) fn may_have_way(&self, report: &Report, task: &str) -> bool {
        let uncertain = report.tasks.iter().any(|t| t.id == task && t.uncertain);
        uncertain || self.lacks(&["security_cloud.joined", "services"])
    }

    /// The first internal error of a drawing. With one, nothing may be told.
    #[must_use]
    pub fn fault(&self) -> Option<&str> {
        self.reports.iter().find_map(|r| r.faults.first()).map(String::as_str)
    }
}
