//! The report as SARIF 2.1.0, for code hosts and their lists of findings.
//!
//! One run. What is certain is a result that fails; what depends on something unstated is an open one, and the format
//! gives open results the level `none`. What an exception covers stays, as suppressed. Not here: anything about the
//! machine or the time of the run.

mod place;
mod rules;

use serde_json::{Value, json};

use super::json::written;
use super::{
    CheckKind, CheckReport, ExceptionReport, Finding, OpenReport, PathReport, Place, Report, RuleEvidence, RuleReport,
    RuleStatus, fingerprint, told,
};
use crate::diagnostic::{Lang, Text};
use crate::model::Status;
use place::{location, message, remark};
use rules::{FIRST, both, index, level};

/// The name of our mark among the partial fingerprints of a result.
const MARK: &str = "sekisho/v1";

/// The report as SARIF, with a final line break.
#[must_use]
pub fn sarif(report: &Report, lang: Lang) -> String {
    let usable = report.faults.is_empty();
    let faults: Vec<Value> =
        report.faults.iter().map(|f| json!({ "level": "error", "message": { "text": message(f) } })).collect();
    let writer = Writer { report, lang };
    let run = json!({
        "tool": { "driver": {
            "name": "sekisho",
            "version": env!("CARGO_PKG_VERSION"),
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "rules": rules::all(report, lang),
        } },
        "invocations": [{ "executionSuccessful": usable, "toolExecutionNotifications": faults }],
        "language": match lang { Lang::Ja => "ja", Lang::En => "en" },
        "columnKind": "unicodeCodePoints",
        "results": if usable { writer.results() } else { vec![writer.unusable()] },
        "properties": {
            "drawing": report.drawing,
            "model": report.model.as_ref().map(|m| m.0),
            "edition": report.edition,
            "asOf": report.as_of,
        },
    });
    written(&json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }))
}

struct Writer<'r> {
    report: &'r Report,
    lang: Lang,
}

/// What every result has.
struct Outline<'r> {
    rule: &'r str,
    index: usize,
    certain: bool,
    level: &'static str,
    text: Text,
    place: Option<&'r Place>,
    mark: String,
    status: &'static str,
}

impl Writer<'_> {
    fn results(&self) -> Vec<Value> {
        let report = self.report;
        let marks = fingerprint::findings(report);
        let mut list: Vec<Value> = report.findings.iter().zip(marks).map(|(f, mark)| self.finding(f, mark)).collect();
        list.extend(report.checks.iter().filter(|c| c.status == Status::Vacuous).map(|c| self.vacuous(c)));
        list.extend(report.differences.iter().map(|(text, place)| self.difference(text, place)));
        for (i, rule) in report.rules.iter().enumerate() {
            match rule.status {
                RuleStatus::Violated | RuleStatus::Excepted => {
                    list.extend(rule.findings.iter().map(|f| self.evidence(rule, FIRST + i, f)));
                }
                RuleStatus::Undecided if rule.findings.is_empty() => list.push(self.open(rule, FIRST + i)),
                RuleStatus::Undecided => {
                    list.extend(rule.findings.iter().map(|f| self.evidence(rule, FIRST + i, f)));
                }
                RuleStatus::Holds | RuleStatus::NotApplicable => {}
            }
        }
        list
    }

    /// After an internal error nothing may look like an answer, and an empty list would say "nothing found".
    fn unusable(&self) -> Value {
        let rule = "internal-error";
        let outline = Outline {
            rule,
            index: index(rule),
            certain: true,
            level: "error",
            text: Text::new("内部エラー。この答えは使えません", "internal error; this answer cannot be used"),
            place: None,
            mark: fingerprint::named(rule, ""),
            status: "unknown",
        };
        self.result(&outline, &self.report.faults)
    }

    fn result(&self, o: &Outline<'_>, more: &[String]) -> Value {
        let mut text = message(o.text.get(self.lang));
        for line in more {
            text.push('\n');
            text.push_str(&message(line));
        }
        json!({
            "ruleId": o.rule,
            "ruleIndex": o.index,
            "kind": if o.certain { "fail" } else { "open" },
            "level": if o.certain { o.level } else { "none" },
            "message": { "text": text },
            "locations": [location(o.place, &self.report.file)],
            "partialFingerprints": { MARK: o.mark },
            "properties": { "message": both(&o.text), "status": o.status },
        })
    }

    fn finding(&self, f: &Finding, mark: String) -> Value {
        let check = &self.report.checks[f.check];
        let rule = rules::of(&check.kind);
        let outline = Outline {
            rule,
            index: index(rule),
            certain: f.status == Status::Violated,
            level: "error",
            text: f.title.clone(),
            place: told::place(self.report, f),
            mark,
            status: f.status.as_str(),
        };
        let mut more: Vec<String> = f.advice.iter().map(|a| a.text.get(self.lang).to_owned()).collect();
        if f.status == Status::Undecided {
            more.extend(self.opens(&check.open));
        }
        let mut value = self.result(&outline, &more);
        let paths = told::paths(self.report, f);
        if !paths.is_empty() {
            value["codeFlows"] = paths.iter().map(|(_, e)| self.flow(&e.path)).collect();
        }
        let related: Vec<Value> = f
            .advice
            .iter()
            .filter(|a| a.place.is_some())
            .map(|a| remark(a.text.get(self.lang), a.place.as_ref()))
            .collect();
        if !related.is_empty() {
            value["relatedLocations"] = Value::Array(related);
        }
        value["properties"]["finding"] = json!(f.number);
        value["properties"]["check"] = json!(check.name);
        if let CheckKind::Require(..) = check.kind {
            value["properties"]["missing"] = check.missing.iter().map(|m| json!(m.member.name)).collect();
        }
        value
    }

    fn opens(&self, list: &[OpenReport]) -> Vec<String> {
        list.iter().map(|o| o.text.get(self.lang).to_owned()).collect()
    }

    fn vacuous(&self, c: &CheckReport) -> Value {
        let text = Text::new(
            format!("検査「{}」は相手がなく、何も言えません", c.name),
            format!("the check \"{}\" is about nothing, so it says nothing", c.name),
        );
        let rule = "check-vacuous";
        let mark = fingerprint::named(rule, &c.name);
        let status = c.status.as_str();
        let place = c.place.as_ref();
        // The run is unusable because of it, so it fails rather than being left open.
        self.result(
            &Outline { rule, index: index(rule), certain: true, level: "error", text, place, mark, status },
            &[],
        )
    }

    fn difference(&self, text: &Text, place: &Place) -> Value {
        let rule = "expectation";
        let outline = Outline {
            rule,
            index: index(rule),
            certain: true,
            level: "error",
            text: text.clone(),
            place: Some(place),
            mark: fingerprint::named(rule, &text.en),
            status: "violated",
        };
        self.result(&outline, &[])
    }

    fn evidence(&self, rule: &RuleReport, index: usize, f: &RuleEvidence) -> Value {
        let certain = f.certain && rule.status != RuleStatus::Undecided;
        let outline = Outline {
            rule: &rule.id,
            index,
            certain,
            level: level(rule.severity),
            text: f.text.clone(),
            place: f.place.as_ref(),
            mark: f.fingerprint.clone(),
            status: rule.status.as_str(),
        };
        let mut more = vec![rule.statement.get(self.lang).to_owned(), rule.repair.get(self.lang).to_owned()];
        if !certain {
            more.extend(self.opens(&rule.open));
        }
        let mut value = self.result(&outline, &more);
        if let Some(path) = &f.path {
            value["codeFlows"] = json!([self.flow(path)]);
        }
        if f.faces != (0, 0) {
            value["properties"]["origins"] = json!(f.faces.0);
            value["properties"]["targets"] = json!(f.faces.1);
        }
        if let Some(e) = self.report.exception(f.exception) {
            value["suppressions"] = json!([self.suppression(e)]);
            value["properties"]["exception"] = json!(e.id);
        }
        value
    }

    /// An undecided rule that has nothing to point at but what is not stated.
    fn open(&self, rule: &RuleReport, index: usize) -> Value {
        let outline = Outline {
            rule: &rule.id,
            index,
            certain: false,
            level: level(rule.severity),
            text: Text::new(
                format!("図面からは決められません: {}", rule.statement.ja),
                format!("not decided by the drawing: {}", rule.statement.en),
            ),
            place: rule.open.iter().find_map(|o| o.place.as_ref()),
            mark: fingerprint::named("open", &rule.id),
            status: rule.status.as_str(),
        };
        self.result(&outline, &self.opens(&rule.open))
    }

    /// The register stands in the drawing, but no finding is marked where it is, so the kind is `external`.
    fn suppression(&self, e: &ExceptionReport) -> Value {
        let none = match self.lang {
            Lang::Ja => "記載なし",
            Lang::En => "not stated",
        };
        let of = |x: &'_ Option<String>| x.clone().unwrap_or_else(|| none.to_owned());
        let (until, who, why, instead) = (of(&e.until), of(&e.approver), of(&e.reason), of(&e.compensating));
        let justification = match self.lang {
            Lang::Ja => format!("例外 {}: {why}(承認 {who}、期限 {until}、代わりの対策 {instead})", e.id),
            Lang::En => format!("exception {}: {why} (approved by {who}, until {until}, instead: {instead})", e.id),
        };
        json!({
            "kind": "external",
            "status": "accepted",
            "justification": super::clean(&justification),
            "location": location(Some(&e.place), &e.place.file),
        })
    }

    fn flow(&self, path: &PathReport) -> Value {
        let step = |l: told::Line<'_>| {
            json!({
                "location": remark(l.text.get(self.lang), l.place),
                "nestingLevel": l.depth,
                "importance": if l.depth == 0 { "essential" } else { "important" },
            })
        };
        let locations: Vec<Value> = told::path(path).into_iter().map(step).collect();
        json!({ "threadFlows": [{ "locations": locations }] })
    }
}
