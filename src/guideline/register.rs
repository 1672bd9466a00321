//! The register of exceptions: what each covers, how it stands on a day, and what is wrong with it.

use super::judge::{RuleVerdict, Verdict};
use super::outcome::{Finding, Outcome};
use crate::diagnostic::Text;
use crate::model::{Date, Exception, Model, NodeId, SegmentId};

/// How an exception stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// In force, and something is covered by it.
    Active,
    /// It has expired; what it covered counts again.
    Expired,
    /// Its rule does not apply to the drawing, so there is nothing it could cover.
    Orphaned,
    /// The rule finds nothing that it covers.
    Unused,
    /// Approver, reason, expiry or compensating control is missing; it covers nothing.
    Incomplete,
}

impl Standing {
    /// The word of machine output.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Expired => "expired",
            Self::Orphaned => "orphaned",
            Self::Unused => "unused",
            Self::Incomplete => "incomplete",
        }
    }
}

/// What exceptions cover: per rule and finding the exception, and how each exception stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Register {
    /// Per rule, in order, and finding: the position of the exception that covers it.
    pub covered: Vec<Vec<Option<usize>>>,
    /// Per exception.
    pub standings: Vec<Standing>,
}

/// What an exception lacks.
fn lacking(e: &Exception) -> Vec<(&'static str, &'static str)> {
    [
        (e.approver.is_none(), ("承認者(approver)", "an approver (approver)")),
        (e.reason.is_none(), ("理由(reason)", "a reason (reason)")),
        (e.until.is_none(), ("期限(until)", "an expiry (until)")),
        (e.compensating.is_none(), ("代わりの対策(compensating)", "a compensating control (compensating)")),
    ]
    .into_iter()
    .filter(|(lacks, _)| *lacks)
    .map(|(_, w)| w)
    .collect()
}

fn expired(e: &Exception, as_of: Option<Date>) -> bool {
    e.until.zip(as_of).is_some_and(|(until, today)| today > until)
}

/// Whether an exception's scope has one of some nodes or segments. Without a scope it covers all that its rule finds.
#[must_use]
pub fn cover(e: &Exception, nodes: &[NodeId], segments: &[SegmentId]) -> bool {
    !e.scoped
        || e.nodes.iter().any(|n| nodes.binary_search(n).is_ok())
        || e.segments.iter().any(|s| segments.binary_search(s).is_ok())
}

/// Whether an exception is in force on a day: complete, and not expired.
#[must_use]
pub fn standing(e: &Exception, as_of: Option<Date>) -> Option<Standing> {
    if !lacking(e).is_empty() {
        Some(Standing::Incomplete)
    } else if expired(e, as_of) {
        Some(Standing::Expired)
    } else {
        None
    }
}

impl Register {
    /// What the exceptions of a drawing cover among what its rules found. `also` says how much an exception covers
    /// outside the rules.
    #[must_use]
    pub fn new(
        model: &Model,
        rules: &[RuleVerdict<'_>],
        as_of: Option<Date>,
        also: &dyn Fn(&Exception) -> bool,
    ) -> Self {
        let mut used = vec![false; model.exceptions.len()];
        let mut would = vec![false; model.exceptions.len()];
        let mut covered = Vec::new();
        for rule in rules {
            let findings = match &rule.verdict {
                Verdict::Decided(o) => o.findings.as_slice(),
                Verdict::NotApplicable(_) => &[],
            };
            covered.push(
                findings
                    .iter()
                    .map(|f| {
                        let fits = |e: &Exception| e.rule == rule.rule.id && cover(e, &f.nodes, &f.segments);
                        for (i, e) in model.exceptions.iter().enumerate() {
                            would[i] |= fits(e);
                        }
                        let by = model.exceptions.iter().position(|e| fits(e) && standing(e, as_of).is_none())?;
                        used[by] = true;
                        Some(by)
                    })
                    .collect(),
            );
        }
        let applies = |e: &Exception| rules.iter().any(|r| r.rule.id == e.rule && r.answer().is_some());
        let standings = model
            .exceptions
            .iter()
            .enumerate()
            .map(|(i, e)| match standing(e, as_of) {
                Some(s) => s,
                None if used[i] || also(e) => Standing::Active,
                // Another exception covers the same; it is in force all the same.
                None if would[i] => Standing::Active,
                None if !applies(e) && !matches!(e.rule.as_str(), "Matrix" | "Attack" | "Leak") => Standing::Orphaned,
                None => Standing::Unused,
            })
            .collect();
        Self { covered, standings }
    }

    /// The answer of the rule about the register itself.
    #[must_use]
    pub fn outcome(&self, model: &Model, as_of: Option<Date>) -> Outcome {
        let mut outcome = Outcome::default();
        if model.exceptions.is_empty() {
            outcome.absent.push(Text::new(
                "例外の登録(exceptions)がありません",
                "the drawing registers no exception (exceptions)",
            ));
            return outcome;
        }
        for (e, standing) in model.exceptions.iter().zip(&self.standings) {
            let text = match standing {
                Standing::Active => continue,
                Standing::Incomplete => {
                    let list = lacking(e);
                    let ja: Vec<&str> = list.iter().map(|w| w.0).collect();
                    let en: Vec<&str> = list.iter().map(|w| w.1).collect();
                    Text::new(
                        format!("例外 {} に{}がない。効力はない", e.id, ja.join("、")),
                        format!("the exception {} lacks {}; it covers nothing", e.id, en.join(", ")),
                    )
                }
                Standing::Expired => {
                    let until = e.until.map(|d| d.to_string()).unwrap_or_default();
                    let today = as_of.map(|d| d.to_string()).unwrap_or_default();
                    Text::new(
                        format!("例外 {} の期限 {until} が過ぎている({today} 時点)", e.id),
                        format!("the exception {} expired on {until} (as of {today})", e.id),
                    )
                }
                Standing::Orphaned => Text::new(
                    format!("例外 {} の規則 {} はこの図面に当てはまらない。登録から外す", e.id, e.rule),
                    format!("the rule {} of the exception {} does not apply to this drawing; remove it", e.rule, e.id),
                ),
                Standing::Unused => Text::new(
                    format!("例外 {} が覆う指摘({})がない。登録から外すか、範囲(at)を直す", e.id, e.rule),
                    format!("the exception {} covers no finding of {}; remove it or mend its scope (at)", e.id, e.rule),
                ),
            };
            outcome.findings.push(Finding { span: Some(e.span), ..Finding::of(text) });
        }
        outcome.looked.push(Text::new(
            format!("例外の登録 {} 件", model.exceptions.len()),
            format!("{} registered exceptions", model.exceptions.len()),
        ));
        outcome
    }
}
