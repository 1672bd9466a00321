//! The report as JSON, versioned; described in `docs/json.md`.
//!
//! Own structures, so that the inside may change. Sentences are given in both languages, so the bytes do not depend
//! on the reader. Characters that could act on a terminal are escaped.

mod path;
mod rules;

use std::collections::BTreeMap;

use serde::Serialize;

use super::words::{self, GIVENS, NOT_LOOKED_AT};
use super::{Advice, CheckKind, CheckReport, DepthReport, Evidence, Finding, Outcome, Report};
use crate::diagnostic::{Severity, Text};
use crate::model::{Carrier, Status};
pub(super) use rules::{JsonWay, ways};

pub(super) use path::{JsonPath, JsonPlace, path};
use path::{JsonThing, thing};
pub(super) use rules::responsible;

/// The version of the form; a reader that knows another one must not guess.
pub const SCHEMA_VERSION: u32 = 2;

/// A sentence in both languages.
#[derive(Serialize)]
pub(super) struct Said {
    ja: String,
    en: String,
}

impl From<&Text> for Said {
    fn from(t: &Text) -> Self {
        Self { ja: t.ja.clone(), en: t.en.clone() }
    }
}

fn said(ja: &str, en: &str) -> Said {
    Said { ja: ja.to_owned(), en: en.to_owned() }
}

#[derive(Serialize)]
struct JsonReport<'a> {
    schema_version: u32,
    program: &'static str,
    program_version: &'static str,
    drawing: &'a str,
    file: &'a str,
    model: Option<&'static str>,
    edition: Option<&'a str>,
    engine: &'static str,
    exit_code: u8,
    usable: bool,
    internal_errors: &'a [String],
    summary: Summary,
    findings: Vec<JsonFinding<'a>>,
    checks: Vec<JsonCheck<'a>>,
    as_of: Option<&'a str>,
    rules: Vec<rules::JsonRule<'a>>,
    exceptions: Vec<rules::JsonException<'a>>,
    turns: Vec<rules::JsonTurn<'a>>,
    causes: Vec<rules::JsonCause<'a>>,
    controls: Vec<rules::JsonControl<'a>>,
    crossings: Vec<rules::JsonLawful<'a>>,
    tasks: Vec<rules::JsonTask<'a>>,
    sources: &'a BTreeMap<String, String>,
    expectations: Expectations,
    warnings: Vec<Warning>,
    statements: &'a [String],
    assumptions: Vec<Assumed>,
    not_asked: Vec<[&'a str; 2]>,
    not_looked_at: Vec<Said>,
}

#[derive(Serialize)]
struct Summary {
    checks: usize,
    violated: usize,
    undecided: usize,
    vacuous: usize,
    holds: usize,
    rules: rules::RuleCounts,
}

#[derive(Serialize)]
struct Assumed {
    id: &'static str,
    text: Said,
}

#[derive(Serialize)]
struct Expectations {
    stated: usize,
    unmet: Vec<Remark>,
}

#[derive(Serialize)]
pub(super) struct Remark {
    text: Said,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<JsonPlace>,
}

#[derive(Serialize)]
struct Warning {
    code: &'static str,
    severity: &'static str,
    text: Said,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<JsonPlace>,
}

#[derive(Serialize)]
struct JsonFinding<'a> {
    number: usize,
    status: &'static str,
    title: Said,
    check: &'a str,
    /// `[check, evidence]`: positions in `checks` and in its `evidence`.
    parts: Vec<[usize; 2]>,
    look_at: Vec<Remark>,
}

#[derive(Serialize)]
struct JsonCheck<'a> {
    name: &'a str,
    kind: &'static str,
    from: Said,
    to: Said,
    #[serde(skip_serializing_if = "Option::is_none")]
    eyes: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    carrier: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    via: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<JsonPlace>,
    status: &'static str,
    evidence: Vec<JsonEvidence<'a>>,
    missing: Vec<Missing<'a>>,
    open: Vec<Remark>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    logins: Vec<Said>,
    rests_on: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    depth: Option<JsonDepth<'a>>,
    tally: Tally,
}

#[derive(Serialize)]
struct Tally {
    sources: usize,
    targets: usize,
    reached: usize,
}

#[derive(Serialize)]
struct JsonDepth<'a> {
    /// `none`, `exactly`, `at_least`.
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    controls: Option<u32>,
    least_sets: &'a [Vec<String>],
}

#[derive(Serialize)]
struct Missing<'a> {
    member: JsonThing<'a>,
    possible: bool,
    obstacles: Vec<Remark>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    trace: &'a [String],
}

#[derive(Serialize)]
struct JsonEvidence<'a> {
    carrier: &'static str,
    certain: bool,
    origins: usize,
    targets: usize,
    path: JsonPath<'a>,
}

fn evidence(e: &Evidence) -> JsonEvidence<'_> {
    JsonEvidence {
        carrier: e.carrier.as_str(),
        certain: e.path.certain,
        origins: e.origins,
        targets: e.targets,
        path: path(&e.path),
    }
}

fn remark(a: &Advice) -> Remark {
    Remark { text: (&a.text).into(), place: a.place.as_ref().map(JsonPlace::from) }
}

fn check(c: &CheckReport, usable: bool) -> JsonCheck<'_> {
    let (eyes, carrier, via): (_, Option<Carrier>, _) = match &c.kind {
        CheckKind::Matrix => (None, None, None),
        CheckKind::Forbid(_, eyes) => (Some(*eyes), None, None),
        CheckKind::Require(k, via) => (None, Some(*k), Some(via.as_slice())),
    };
    JsonCheck {
        name: &c.name,
        kind: c.kind.as_str(),
        from: (&c.from).into(),
        to: (&c.to).into(),
        eyes,
        carrier: carrier.map(Carrier::as_str),
        via,
        place: c.place.as_ref().map(JsonPlace::from),
        // After an internal error nothing may look like an answer.
        status: if usable { c.status.as_str() } else { "unknown" },
        evidence: if usable { c.evidence.iter().map(evidence).collect() } else { Vec::new() },
        missing: c
            .missing
            .iter()
            .map(|m| Missing {
                member: thing(&m.member),
                possible: m.possible,
                obstacles: m.obstacles.iter().map(remark).collect(),
                trace: &m.trace,
            })
            .collect(),
        open: c
            .open
            .iter()
            .map(|o| Remark { text: (&o.text).into(), place: o.place.as_ref().map(JsonPlace::from) })
            .collect(),
        logins: c.logins.iter().filter(|_| usable).map(Said::from).collect(),
        rests_on: &c.rests_on,
        depth: c.depth.as_ref().filter(|_| usable).map(|d| match d {
            DepthReport::None => JsonDepth { kind: "none", controls: None, least_sets: &[] },
            DepthReport::Exactly(n, sets) => JsonDepth { kind: "exactly", controls: Some(*n), least_sets: sets },
            DepthReport::AtLeast(n) => JsonDepth { kind: "at_least", controls: Some(*n), least_sets: &[] },
        }),
        tally: Tally { sources: c.tally.sources, targets: c.tally.targets, reached: c.tally.reached },
    }
}

fn finding<'a>(f: &'a Finding, report: &'a Report) -> JsonFinding<'a> {
    JsonFinding {
        number: f.number,
        status: f.status.as_str(),
        title: (&f.title).into(),
        check: &report.checks[f.check].name,
        parts: f.parts.iter().map(|&(i, j)| [i, j]).collect(),
        look_at: f.advice.iter().map(remark).collect(),
    }
}

/// The report as JSON with a final line break. `exit_code` is the code with which the program ends.
#[must_use]
pub fn json(report: &Report, exit_code: u8) -> String {
    let usable = report.faults.is_empty();
    let n = |s: Status| if usable { report.count(s) } else { 0 };
    let whole = JsonReport {
        schema_version: SCHEMA_VERSION,
        program: "sekisho",
        program_version: env!("CARGO_PKG_VERSION"),
        drawing: &report.drawing,
        file: &report.file,
        model: report.model.as_ref().map(|m| m.0),
        edition: report.edition.as_deref(),
        engine: report.engine,
        exit_code,
        usable: usable && report.outcome() != Outcome::Unusable,
        internal_errors: &report.faults,
        summary: Summary {
            checks: report.checks.len(),
            violated: n(Status::Violated),
            undecided: n(Status::Undecided),
            vacuous: n(Status::Vacuous),
            holds: n(Status::Holds),
            rules: rules::counts(report, usable),
        },
        findings: report.findings.iter().map(|f| finding(f, report)).collect(),
        checks: report.checks.iter().map(|c| check(c, usable)).collect(),
        as_of: report.as_of.as_deref(),
        rules: rules::rules(report, usable),
        exceptions: rules::exceptions(&report.exceptions, usable),
        causes: rules::causes(&report.causes),
        turns: if usable { rules::turns(&report.turns) } else { Vec::new() },
        controls: rules::controls(&report.controls, usable),
        crossings: rules::crossings(&report.crossings, usable),
        tasks: rules::tasks(&report.tasks, usable),
        sources: &report.sources,
        expectations: Expectations {
            stated: report.expectations,
            unmet: report.differences.iter().map(|(t, p)| Remark { text: t.into(), place: Some(p.into()) }).collect(),
        },
        warnings: report
            .warnings
            .iter()
            .map(|w| Warning {
                code: w.code,
                severity: if w.severity == Severity::Error { "error" } else { "warning" },
                text: (&w.message).into(),
                place: w.place.as_ref().map(JsonPlace::from),
            })
            .collect(),
        statements: &report.statements,
        assumptions: GIVENS.iter().map(|g| Assumed { id: g.id, text: said(g.ja, g.en) }).collect(),
        not_asked: report.not_asked.iter().map(|(a, b)| [a.as_str(), b.as_str()]).collect(),
        not_looked_at: NOT_LOOKED_AT.iter().map(|(ja, en)| said(ja, en)).collect(),
    };
    written(&whole)
}

/// Pretty JSON in which nothing can act on a terminal.
pub(super) fn written(value: &impl Serialize) -> String {
    let text = serde_json::to_string_pretty(value).unwrap_or_else(|e| unreachable!("plain data is always JSON: {e}"));
    let mut out = String::with_capacity(text.len() + 1);
    for c in text.chars() {
        // Such characters stand inside strings only, where an escape means the same.
        if c != '\n' && !super::clean(c.encode_utf8(&mut [0; 4])).starts_with(c) {
            out.push_str(&format!("\\u{:04x}", c as u32));
        } else {
            out.push(c);
        }
    }
    out.push('\n');
    out
}

/// A carrier in machine output, with its words.
#[derive(Serialize)]
pub(super) struct JsonCarrier {
    word: &'static str,
    text: Said,
}

pub(super) fn carrier(k: Carrier) -> JsonCarrier {
    JsonCarrier { word: k.as_str(), text: (&words::carrier(k)).into() }
}
