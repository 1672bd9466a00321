//! The rules of the guideline as JSON, with exceptions, controls, crossings, tasks and sources.

use serde::Serialize;

use super::path::{JsonPath, JsonPlace, path};
use super::{Remark, Said};
use crate::report::rulewords::mark_word;
use crate::report::{CauseReport, TurnReport};
use crate::report::{
    ControlReport, CrossingReport, ExceptionReport, MarkReport, OpenReport, OwnRule, Report, Responsible, RuleEvidence,
    RuleReport, RuleStatus, TaskReport,
};

/// How many rules have a status.
#[derive(Serialize)]
pub(super) struct RuleCounts {
    rules: usize,
    violated: usize,
    undecided: usize,
    excepted: usize,
    holds: usize,
    not_applicable: usize,
}

pub(super) fn counts(report: &Report, usable: bool) -> RuleCounts {
    let n = |s| if usable { report.count_rules(s) } else { 0 };
    RuleCounts {
        rules: report.rules.len(),
        violated: n(RuleStatus::Violated),
        undecided: n(RuleStatus::Undecided),
        excepted: n(RuleStatus::Excepted),
        holds: n(RuleStatus::Holds),
        not_applicable: n(RuleStatus::NotApplicable),
    }
}

#[derive(Serialize)]
pub(super) struct JsonMark<'a> {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
}

fn marks(list: &[MarkReport]) -> Vec<JsonMark<'_>> {
    list.iter().map(mark_word).map(|(kind, source)| JsonMark { kind, source }).collect()
}

fn opens(list: &[OpenReport]) -> Vec<Remark> {
    list.iter().map(|o| Remark { text: (&o.text).into(), place: o.place.as_ref().map(JsonPlace::from) }).collect()
}

/// The word of machine output; also that of the file format.
pub(in crate::report) fn responsible(list: &[Responsible]) -> Vec<&'static str> {
    let word = |r: &Responsible| match r {
        Responsible::Body => "body",
        Responsible::Prefecture => "prefecture",
        Responsible::Jlis => "jlis",
        Responsible::Vendor => "vendor",
        Responsible::State => "state",
    };
    list.iter().map(word).collect()
}

#[derive(Serialize)]
pub(super) struct JsonRule<'a> {
    id: &'a str,
    statement: Said,
    repair: Said,
    clauses: Vec<JsonClause<'a>>,
    severity: &'static str,
    kind: &'static str,
    models: &'a [&'static str],
    since: Option<&'a str>,
    evidence_marks: Vec<JsonMark<'a>>,
    own: Option<JsonOwn<'a>>,
    status: &'static str,
    why: Said,
    findings: Vec<JsonRuleFinding<'a>>,
    open: Vec<Remark>,
    rests_on: &'a [String],
    responsible: Vec<&'static str>,
}

#[derive(Serialize)]
struct JsonClause<'a> {
    code: &'a str,
    text: Option<Said>,
}

#[derive(Serialize)]
struct JsonOwn<'a> {
    pack: &'a str,
    overrides: bool,
    place: JsonPlace,
}

#[derive(Serialize)]
struct JsonRuleFinding<'a> {
    text: Said,
    certain: bool,
    fingerprint: &'a str,
    /// The id of the exception that covers it.
    exception: Option<&'a str>,
    origins: usize,
    targets: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<JsonPlace>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<JsonPath<'a>>,
}

fn finding<'a>(f: &'a RuleEvidence, report: &'a Report) -> JsonRuleFinding<'a> {
    JsonRuleFinding {
        text: (&f.text).into(),
        certain: f.certain,
        fingerprint: &f.fingerprint,
        exception: report.exception(f.exception).map(|e| e.id.as_str()),
        origins: f.faces.0,
        targets: f.faces.1,
        place: f.place.as_ref().map(JsonPlace::from),
        path: f.path.as_ref().map(path),
    }
}

fn rule<'a>(r: &'a RuleReport, report: &'a Report, usable: bool) -> JsonRule<'a> {
    let own = |o: &'a OwnRule| JsonOwn { pack: &o.pack, overrides: o.overrides, place: (&o.place).into() };
    JsonRule {
        id: &r.id,
        statement: (&r.statement).into(),
        repair: (&r.repair).into(),
        clauses: r.clauses.iter().map(|(code, t)| JsonClause { code, text: t.as_ref().map(Said::from) }).collect(),
        severity: r.severity,
        kind: r.kind,
        models: &r.models,
        since: r.since.as_deref(),
        evidence_marks: marks(&r.evidence_marks),
        own: r.own.as_ref().map(own),
        // After an internal error nothing may look like an answer.
        status: if usable { r.status.as_str() } else { "unknown" },
        why: (&r.why).into(),
        findings: if usable { r.findings.iter().map(|f| finding(f, report)).collect() } else { Vec::new() },
        open: opens(&r.open),
        rests_on: &r.rests_on,
        responsible: responsible(&r.responsible),
    }
}

pub(super) fn rules(report: &Report, usable: bool) -> Vec<JsonRule<'_>> {
    report.rules.iter().map(|r| rule(r, report, usable)).collect()
}

#[derive(Serialize)]
pub(super) struct JsonException<'a> {
    id: &'a str,
    rule: &'a str,
    at: &'a [String],
    approver: Option<&'a str>,
    reason: Option<&'a str>,
    until: Option<&'a str>,
    compensating: Option<&'a str>,
    standing: &'static str,
    place: JsonPlace,
}

/// A place to begin with.
#[derive(Serialize)]
pub(super) struct JsonCause<'a> {
    text: Said,
    place: Option<JsonPlace>,
    rules: &'a [String],
    checks: &'a [String],
    findings: &'a [usize],
}

pub(super) fn causes(list: &[CauseReport]) -> Vec<JsonCause<'_>> {
    list.iter()
        .map(|c| JsonCause {
            text: (&c.text).into(),
            place: c.place.as_ref().map(JsonPlace::from),
            rules: &c.rules,
            checks: &c.checks,
            findings: &c.findings,
        })
        .collect()
}

/// A day on which a rule turns red.
#[derive(Serialize)]
pub(super) struct JsonTurn<'a> {
    on: &'a str,
    rule: &'a str,
    why: Said,
}

pub(super) fn turns(list: &[TurnReport]) -> Vec<JsonTurn<'_>> {
    list.iter().map(|t| JsonTurn { on: &t.on, rule: &t.rule, why: (&t.why).into() }).collect()
}

pub(super) fn exceptions(list: &[ExceptionReport], usable: bool) -> Vec<JsonException<'_>> {
    list.iter()
        .map(|e| JsonException {
            id: &e.id,
            rule: &e.rule,
            at: &e.at,
            approver: e.approver.as_deref(),
            reason: e.reason.as_deref(),
            until: e.until.as_deref(),
            compensating: e.compensating.as_deref(),
            // Whether it covers something depends on findings that are not known after an internal error.
            standing: if usable { e.standing.as_str() } else { "unknown" },
            place: (&e.place).into(),
        })
        .collect()
}

#[derive(Serialize)]
pub(super) struct JsonControl<'a> {
    id: &'a str,
    name: Said,
    organisational: bool,
    /// `mandatory`, `recommended`, `not_asked`.
    demand: &'static str,
    responsible: Vec<&'static str>,
    status: &'static str,
    why: Said,
    open: Vec<Remark>,
    evidence_marks: Vec<JsonMark<'a>>,
}

pub(super) fn controls(list: &[ControlReport], usable: bool) -> Vec<JsonControl<'_>> {
    list.iter()
        .map(|c| JsonControl {
            id: &c.id,
            name: (&c.name).into(),
            organisational: c.organisational,
            demand: match c.mandatory {
                Some(true) => "mandatory",
                Some(false) => "recommended",
                None => "not_asked",
            },
            responsible: responsible(&c.responsible),
            status: if usable { c.status.as_str() } else { "unknown" },
            why: (&c.why).into(),
            open: opens(&c.open),
            evidence_marks: marks(&c.evidence_marks),
        })
        .collect()
}

#[derive(Serialize)]
pub(super) struct JsonLawful<'a> {
    id: &'a str,
    from: Said,
    to: Said,
    mediator: Said,
    /// `null` after an internal error.
    present: Option<bool>,
    responsible: Vec<&'static str>,
}

pub(super) fn crossings(list: &[CrossingReport], usable: bool) -> Vec<JsonLawful<'_>> {
    list.iter()
        .map(|c| JsonLawful {
            id: &c.id,
            from: (&c.from).into(),
            to: (&c.to).into(),
            mediator: (&c.mediator).into(),
            present: usable.then_some(c.present),
            responsible: responsible(&c.responsible),
        })
        .collect()
}

#[derive(Serialize)]
pub(super) struct JsonTask<'a> {
    id: &'a str,
    name: Said,
    ways: Vec<JsonWay<'a>>,
    obstacles: Vec<Said>,
    dead_types: &'a [String],
}

/// One lawful way of a task.
#[derive(Serialize)]
pub(in crate::report) struct JsonWay<'a> {
    name: Said,
    steps: Vec<Said>,
    mediators: &'a [String],
    from: &'a [String],
}

pub(in crate::report) fn ways(task: &TaskReport) -> Vec<JsonWay<'_>> {
    task.ways
        .iter()
        .map(|w| JsonWay {
            name: (&w.name).into(),
            steps: w.steps.iter().map(Said::from).collect(),
            mediators: &w.mediators,
            from: &w.from,
        })
        .collect()
}

/// Empty after an internal error: "no lawful way" would be an answer.
pub(super) fn tasks(list: &[TaskReport], usable: bool) -> Vec<JsonTask<'_>> {
    let list = if usable { list } else { &[] };
    list.iter()
        .map(|t| JsonTask {
            id: &t.id,
            name: (&t.name).into(),
            ways: ways(t),
            obstacles: t.obstacles.iter().map(Said::from).collect(),
            dead_types: &t.dead_types,
        })
        .collect()
}
