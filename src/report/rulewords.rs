//! The rules of a report counted, sorted and grouped, and their words: what every output of them shares.
//!
//! Not here: the layout of a page, and how a rule was decided.

use super::rules::{ExceptionReport, MarkReport, Responsible, RuleReport, RuleStatus, Standing};
use super::{OpenReport, PathReport, Report};
use crate::diagnostic::Text;

/// Something the drawing does not state, with the rules that would be decided by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenAttribute<'r> {
    /// What is not stated, and where it could be.
    pub open: &'r OpenReport,
    /// The ids of the undecided rules that ask for it, in the order of the rule book.
    pub rules: Vec<&'r str>,
}

/// The severities of rules, the most serious first.
pub const SEVERITIES: [&str; 4] = ["critical", "high", "medium", "low"];

impl Report {
    /// How many rules have a status.
    #[must_use]
    pub fn count_rules(&self, status: RuleStatus) -> usize {
        self.rules.iter().filter(|r| r.status == status).count()
    }

    /// The rules with a status: the most serious first, then by id.
    #[must_use]
    pub fn rules_with(&self, status: RuleStatus) -> Vec<&RuleReport> {
        let mut list: Vec<&RuleReport> = self.rules.iter().filter(|r| r.status == status).collect();
        list.sort_by_key(|r| (rank(r.severity), r.id.as_str()));
        list
    }

    /// What the undecided rules wait for: each attribute once, the one that decides the most rules first.
    #[must_use]
    pub fn open_attributes(&self) -> Vec<OpenAttribute<'_>> {
        let mut list: Vec<OpenAttribute<'_>> = Vec::new();
        for rule in self.rules.iter().filter(|r| r.status == RuleStatus::Undecided) {
            for open in &rule.open {
                match list.iter_mut().find(|a| a.open == open) {
                    Some(a) if a.rules.contains(&rule.id.as_str()) => {}
                    Some(a) => a.rules.push(&rule.id),
                    None => list.push(OpenAttribute { open, rules: vec![&rule.id] }),
                }
            }
        }
        list.sort_by_key(|a| std::cmp::Reverse(a.rules.len()));
        list
    }

    /// The ids of undecided rules that name nothing that could be stated.
    #[must_use]
    pub fn open_without_attribute(&self) -> Vec<&str> {
        let waits = |r: &&RuleReport| r.status == RuleStatus::Undecided && r.open.is_empty();
        self.rules.iter().filter(waits).map(|r| r.id.as_str()).collect()
    }

    /// Exceptions that do not do what somebody may think they do.
    #[must_use]
    pub fn idle_exceptions(&self) -> Vec<&ExceptionReport> {
        self.exceptions.iter().filter(|e| e.standing != Standing::Active).collect()
    }

    /// The exception that covers a finding.
    pub(super) fn exception(&self, at: Option<usize>) -> Option<&ExceptionReport> {
        at.and_then(|i| self.exceptions.get(i))
    }
}

/// The place of a severity in the order of urgency.
#[must_use]
pub(super) fn rank(severity: &str) -> usize {
    SEVERITIES.iter().position(|s| *s == severity).unwrap_or(SEVERITIES.len())
}

/// The status of a rule, as people say it.
#[must_use]
pub fn rule_status(status: RuleStatus) -> Text {
    let (ja, en) = match status {
        RuleStatus::Violated => ("違反", "violated"),
        RuleStatus::Undecided => ("未確定", "undecided"),
        RuleStatus::Excepted => ("例外扱い", "excepted"),
        RuleStatus::Holds => ("守られている", "holds"),
        RuleStatus::NotApplicable => ("対象外", "not applicable"),
    };
    Text::new(ja, en)
}

/// A severity, as people say it.
#[must_use]
pub fn severity(word: &str) -> Text {
    let (ja, en) = match word {
        "critical" => ("重大", "critical"),
        "high" => ("高", "high"),
        "medium" => ("中", "medium"),
        "low" => ("低", "low"),
        other => (other, other),
    };
    Text::new(ja, en)
}

/// How well something is known, as people say it.
#[must_use]
pub fn mark(mark: &MarkReport) -> Text {
    match mark {
        MarkReport::Source(n) => Text::new(format!("公開資料 {n}"), format!("public source {n}")),
        MarkReport::Survey(s) => {
            let (ja, en) = survey(s);
            Text::new(ja, en)
        }
        MarkReport::Recalled => Text::new("記憶による・未確認", "recalled, not confirmed"),
        MarkReport::Unsure => Text::new("不確か", "uncertain"),
        MarkReport::Design => Text::new("本ツールの判断", "this tool's own decision"),
    }
}

/// What a survey is called in Japanese and English: packs write both, with ` / ` between.
#[must_use]
pub(super) fn survey(name: &str) -> (&str, &str) {
    name.split_once(" / ").unwrap_or((name, name))
}

/// How well something is known, for machines: kind, and which source.
#[must_use]
pub(super) fn mark_word(mark: &MarkReport) -> (&'static str, Option<&str>) {
    match mark {
        MarkReport::Source(n) => ("source", Some(n)),
        MarkReport::Survey(s) => ("survey", Some(s)),
        MarkReport::Recalled => ("recalled", None),
        MarkReport::Unsure => ("unsure", None),
        MarkReport::Design => ("design", None),
    }
}

/// All marks in one phrase.
#[must_use]
pub(super) fn marks(list: &[MarkReport]) -> Text {
    let all: Vec<Text> = list.iter().map(mark).collect();
    let join = |f: fn(&Text) -> &str, comma: &str| all.iter().map(f).collect::<Vec<_>>().join(comma);
    Text::new(join(|t| &t.ja, "、"), join(|t| &t.en, "; "))
}

/// Who answers for something, as people say it.
#[must_use]
pub(super) fn responsible(who: Responsible) -> Text {
    let (ja, en) = match who {
        Responsible::Body => ("団体", "the municipality"),
        Responsible::Prefecture => ("都道府県", "the prefecture"),
        Responsible::Jlis => ("J-LIS", "J-LIS"),
        Responsible::Vendor => ("事業者", "the vendor"),
        Responsible::State => ("国", "the state"),
    };
    Text::new(ja, en)
}

/// How an exception stands, as people say it.
#[must_use]
pub fn standing(standing: Standing) -> Text {
    let (ja, en) = match standing {
        Standing::Active => ("有効", "in force"),
        Standing::Expired => ("期限切れ", "expired"),
        Standing::Orphaned => ("対象が図面にない", "covers nothing that exists"),
        Standing::Unused => ("使われていない", "not used"),
        Standing::Incomplete => ("記載が足りない(効力なし)", "incomplete, so without effect"),
    };
    Text::new(ja, en)
}

/// The names on a path, one after the other.
#[must_use]
pub(super) fn way(path: &PathReport) -> String {
    let mut names: Vec<&str> = vec![&path.start.name];
    for step in &path.steps {
        if names.last() != Some(&step.to.name.as_str()) {
            names.push(&step.to.name);
        }
    }
    names.join(" → ")
}
