//! The numbers of findings: one for each piece of evidence against a drawing.
//!
//! The text report, the machine output and the pictures name a finding by the same number. Nothing is
//! judged or worded here.

use super::verdict::{Answer, Level, Verdict, Witness};
use crate::model::{FaceId, Model, Status};

/// What is shown for a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence<'a> {
    /// A path that should not be there.
    Path(&'a Witness),
    /// Members without a required flow; the flag says that they may have it.
    Missing(&'a [(FaceId, bool)]),
}

/// A numbered piece of evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding<'a> {
    /// From 1.
    pub number: usize,
    /// The verdict it belongs to.
    pub verdict: &'a Verdict,
    /// What is shown.
    pub evidence: Evidence<'a>,
}

impl Finding<'_> {
    /// Whether it is a violation whatever the drawing leaves open.
    #[must_use]
    pub fn certain(&self) -> bool {
        match self.evidence {
            Evidence::Path(witness) => witness.level() >= Level::Sure,
            Evidence::Missing(_) => self.verdict.status == Status::Violated,
        }
    }
}

/// All findings in the order of the checks: for each check that is violated or undecided, each of its
/// paths in order, or all that is missing from its flow as one.
#[must_use]
pub fn findings<'a>(_model: &Model, verdicts: &'a [Verdict]) -> Vec<Finding<'a>> {
    let told = verdicts.iter().filter(|v| matches!(v.status, Status::Violated | Status::Undecided));
    let all = told.flat_map(|verdict| {
        let evidence: Vec<Evidence<'a>> = match &verdict.answer {
            Answer::Matrix(rows) => rows.iter().map(|row| Evidence::Path(&row.witness)).collect(),
            Answer::Paths(paths) => paths.iter().map(Evidence::Path).collect(),
            Answer::Flow { missing, .. } => vec![Evidence::Missing(missing)],
            Answer::Nothing => Vec::new(),
        };
        evidence.into_iter().map(move |evidence| (verdict, evidence))
    });
    all.enumerate().map(|(at, (verdict, evidence))| Finding { number: at + 1, verdict, evidence }).collect()
}
