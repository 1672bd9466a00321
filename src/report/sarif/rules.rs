//! The rules of the driver: the kinds of checks first, then every rule of the guideline, each with its help.

use serde_json::{Value, json};

use super::place::message;
use crate::diagnostic::{Lang, Text};
use crate::report::markdown::inline;
use crate::report::rulewords::{self, mark_word};
use crate::report::{CheckKind, Report, RuleReport};

/// A kind of question that the checks of a drawing ask, as a rule of the driver.
struct Question {
    id: &'static str,
    short: (&'static str, &'static str),
    full: (&'static str, &'static str),
}

/// In the order of their indices; `index` looks here.
const QUESTIONS: [Question; 7] = [
    Question {
        id: "check-matrix",
        short: ("許可のない通過", "crossing without a permit"),
        full: (
            "セグメントの間を通るものには、すべて方針表の許可が要ります",
            "everything that crosses between segments needs a permit of the policy matrix",
        ),
    },
    Question {
        id: "check-attack",
        short: ("攻撃の経路", "way for an attack"),
        full: (
            "攻撃者が機器を足場に進んで、守るべき所に届いてはいけません",
            "an attacker who goes from machine to machine must not arrive at what is protected",
        ),
    },
    Question {
        id: "check-leak",
        short: ("漏えいの経路", "way for a leak"),
        full: (
            "守るべき情報が、再び使える形で外へ届いてはいけません",
            "protected information must not arrive outside in a form that can be used again",
        ),
    },
    Question {
        id: "check-require",
        short: ("通らない必要な通信", "required flow that is missing"),
        full: ("必要と宣言された通信は通らなければなりません", "a flow that is declared to be required has to pass"),
    },
    Question {
        id: "check-vacuous",
        short: ("相手のない検査", "check about nothing"),
        full: (
            "始点か終点に何もない検査は、安全だとも危険だとも言えません",
            "a check without anything at one end says neither that it is safe nor that it is not",
        ),
    },
    Question {
        id: "expectation",
        short: ("期待との違い", "unmet expectation"),
        full: (
            "図面のファイルに書かれた期待は、判定と一致しなければなりません",
            "an expectation written in the drawing has to agree with the verdict",
        ),
    },
    Question {
        id: "internal-error",
        short: ("内部エラー", "internal error"),
        full: (
            "sekisho 自身の誤りです。図面が安全だという意味でも、危険だという意味でもありません",
            "a defect of sekisho, which says nothing about the drawing, neither good nor bad",
        ),
    },
];

/// How many rules of the driver come before those of the guideline.
pub(super) const FIRST: usize = QUESTIONS.len();

/// The position of a kind of check among the rules of the driver.
pub(super) fn index(id: &str) -> usize {
    QUESTIONS.iter().position(|q| q.id == id).unwrap_or(0)
}

/// The id of the driver's rule for a check.
pub(super) fn of(kind: &CheckKind) -> &'static str {
    match kind.as_str() {
        "attack" => "check-attack",
        "leak" => "check-leak",
        "require" => "check-require",
        _ => "check-matrix",
    }
}

/// The level of a finding of a rule, from how serious the rule is.
pub(super) fn level(severity: &str) -> &'static str {
    match severity {
        "critical" | "high" => "error",
        "medium" => "warning",
        _ => "note",
    }
}

/// Both languages, for readers that want the other one.
pub(super) fn both(text: &Text) -> Value {
    json!({ "ja": text.ja, "en": text.en })
}

fn text(text: &str) -> Value {
    json!({ "text": message(text) })
}

pub(super) fn all(report: &Report, lang: Lang) -> Vec<Value> {
    let pick = |(ja, en): (&str, &str)| match lang {
        Lang::Ja => ja.to_owned(),
        Lang::En => en.to_owned(),
    };
    let mut list: Vec<Value> = QUESTIONS
        .iter()
        .map(|q| {
            json!({
                "id": q.id,
                "shortDescription": text(&pick(q.short)),
                "fullDescription": text(&pick(q.full)),
                "help": text(&pick(q.full)),
                "defaultConfiguration": { "level": "error" },
            })
        })
        .collect();
    list.extend(report.rules.iter().map(|r| rule(report, r, lang)));
    list
}

fn rule(report: &Report, r: &RuleReport, lang: Lang) -> Value {
    let (plain, markdown) = help(report, r, lang);
    let mut properties = json!({
        "severity": r.severity,
        "kind": r.kind,
        "clauses": r.clauses.iter().map(|(code, _)| code.as_str()).collect::<Vec<_>>(),
        "evidence": r.evidence_marks.iter().map(|m| match mark_word(m) {
            (kind, Some(source)) => format!("{kind}:{source}"),
            (kind, None) => kind.to_owned(),
        }).collect::<Vec<_>>(),
        // After an internal error nothing may look like an answer.
        "status": if report.faults.is_empty() { r.status.as_str() } else { "unknown" },
        "statement": both(&r.statement),
        "repair": both(&r.repair),
        "tags": ["three-layer-separation", r.kind, r.severity],
    });
    if let Some(own) = &r.own {
        properties["pack"] = json!({ "name": own.pack, "overrides": own.overrides });
    }
    json!({
        "id": r.id,
        "shortDescription": text(r.statement.get(lang)),
        "fullDescription": text(&format!("{} {}", r.statement.get(lang), r.repair.get(lang))),
        "help": { "text": plain, "markdown": markdown },
        "defaultConfiguration": { "level": level(r.severity) },
        "properties": properties,
    })
}

/// What a rule asks, why it is believed, and what is usually done: plain, and as Markdown without HTML.
fn help(report: &Report, r: &RuleReport, lang: Lang) -> (String, String) {
    let pick = |ja: &str, en: &str| match lang {
        Lang::Ja => ja.to_owned(),
        Lang::En => en.to_owned(),
    };
    let mut rows: Vec<(String, String)> = vec![
        (pick("規則", "rule"), r.statement.get(lang).to_owned()),
        (pick("重大さ", "severity"), rulewords::severity(r.severity).get(lang).to_owned()),
        (pick("直し方", "repair"), r.repair.get(lang).to_owned()),
    ];
    for (code, clause) in &r.clauses {
        let clause = clause.as_ref().map(|t| format!(" {}", t.get(lang))).unwrap_or_default();
        rows.push((pick("条項", "clause"), format!("{code}{clause}")));
    }
    for m in &r.evidence_marks {
        let address = match mark_word(m) {
            ("source", Some(n)) => report.sources.get(n).map(|a| format!(" {a}")).unwrap_or_default(),
            _ => String::new(),
        };
        rows.push((pick("根拠", "grounds"), format!("{}{address}", rulewords::mark(m).get(lang))));
    }
    let plain: Vec<String> = rows.iter().map(|(k, v)| message(&format!("{k}: {v}"))).collect();
    // Braces are doubled after the rest, so that a backslash before one stays where it is.
    let braces = |t: String| t.replace('{', "{{").replace('}', "}}");
    let marked: Vec<String> = rows.iter().map(|(k, v)| format!("- **{k}**: {}", braces(inline(v)))).collect();
    (plain.join("\n"), marked.join("\n"))
}
