//! `sekisho edition`: which verdicts change when the drawing is judged by another edition.

use serde::Serialize;

use crate::diagnostic::Text;
use crate::model::Status;
use crate::report::json::{Said, written};
use crate::report::rules::RuleStatus;
use crate::report::text::{Look, Page, Style};
use crate::report::{Report, SCHEMA_VERSION, rule_status, words};

/// A verdict that is another one in the other edition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The id of a rule, or the name of a check.
    pub name: String,
    /// What it asks.
    pub statement: Text,
    /// Before: the word of machine output and what people call it. `None`: it was not asked.
    pub before: Option<(&'static str, Text)>,
    /// After.
    pub after: Option<(&'static str, Text)>,
    /// Why it is so after.
    pub why: Text,
    /// Whether the drawing is worse off.
    pub worse: bool,
}

fn rank(word: &str) -> u8 {
    match word {
        "violated" => 3,
        "undecided" | "vacuous" => 2,
        "excepted" => 1,
        _ => 0,
    }
}

/// The verdicts that differ between two reports of one drawing: checks, then rules, in order.
#[must_use]
pub fn changes(before: &Report, after: &Report) -> Vec<Change> {
    let mut all = Vec::new();
    let status = |s: Status| (s.as_str(), words::status(s));
    for check in &after.checks {
        let old = before.checks.iter().find(|c| c.name == check.name).map(|c| status(c.status));
        push(&mut all, &check.name, Text::new("", ""), old, Some(status(check.status)), Text::new("", ""));
    }
    for check in before.checks.iter().filter(|c| !after.checks.iter().any(|a| a.name == c.name)) {
        push(&mut all, &check.name, Text::new("", ""), Some(status(check.status)), None, Text::new("", ""));
    }
    let of = |s: RuleStatus| (s.as_str(), rule_status(s));
    for rule in &after.rules {
        let old = before.rules.iter().find(|r| r.id == rule.id).map(|r| of(r.status));
        let why = rule.findings.first().map_or_else(|| rule.why.clone(), |f| f.text.clone());
        push(&mut all, &rule.id, rule.statement.clone(), old, Some(of(rule.status)), why);
    }
    for rule in before.rules.iter().filter(|r| !after.rules.iter().any(|a| a.id == r.id)) {
        push(&mut all, &rule.id, rule.statement.clone(), Some(of(rule.status)), None, Text::new("", ""));
    }
    all
}

fn push(
    all: &mut Vec<Change>,
    name: &str,
    statement: Text,
    before: Option<(&'static str, Text)>,
    after: Option<(&'static str, Text)>,
    why: Text,
) {
    let word = |s: &Option<(&'static str, Text)>| s.as_ref().map_or("not-applicable", |s| s.0);
    if word(&before) != word(&after) {
        let worse = rank(word(&after)) > rank(word(&before));
        all.push(Change { name: name.to_owned(), statement, before, after, why, worse });
    }
}

/// For people. `changes` of the newer edition, as the rule book tells them, stand first.
#[must_use]
pub fn editions_text(names: (&Text, &Text), told: &[(Text, Text)], list: &[Change], style: Style) -> String {
    let mut page = Page::new(style);
    let lang = style.lang;
    let worse = list.iter().filter(|c| c.worse).count();
    let head = page.pick(
        &format!("{} → {}: 変わる判定 {} 件(厳しくなるもの {worse} 件)", names.0.ja, names.1.ja, list.len()),
        &format!("{} → {}: {} verdicts change ({worse} for the worse)", names.0.en, names.1.en, list.len()),
    );
    page.line(Look::Head, 0, &head);
    for (edition, changed) in told {
        page.hanging(Look::Faint, 2, "- ", &format!("{}: {}", edition.get(lang), changed.get(lang)));
    }
    if list.is_empty() {
        let text = page.pick("どの判定も変わりません", "no verdict changes");
        page.line(Look::Good, 0, &text);
    }
    let nothing = Text::new("問わない", "not asked");
    for c in list {
        page.blank();
        let word = |s: &Option<(&'static str, Text)>| s.as_ref().map_or(&nothing, |s| &s.1).get(lang).to_owned();
        let (look, sign) = if c.worse { (Look::Bad, "↓ ") } else { (Look::Plain, "↑ ") };
        page.hanging(look, 0, sign, &format!("{}: {} → {}", c.name, word(&c.before), word(&c.after)));
        for text in [&c.statement, &c.why] {
            if !text.get(lang).is_empty() {
                page.line(Look::Plain, 4, text.get(lang));
            }
        }
    }
    page.finish()
}

#[derive(Serialize)]
struct JsonChange<'a> {
    name: &'a str,
    statement: Said,
    before: Option<&'static str>,
    after: Option<&'static str>,
    why: Said,
    worse: bool,
}

#[derive(Serialize)]
struct JsonChanges<'a> {
    schema_version: u32,
    drawing: &'a str,
    from: &'a str,
    to: &'a str,
    changes: Vec<JsonChange<'a>>,
}

/// For programs.
#[must_use]
pub fn editions_json(drawing: &str, (from, to): (&str, &str), list: &[Change]) -> String {
    written(&JsonChanges {
        schema_version: SCHEMA_VERSION,
        drawing,
        from,
        to,
        changes: list
            .iter()
            .map(|c| JsonChange {
                name: &c.name,
                statement: (&c.statement).into(),
                before: c.before.as_ref().map(|b| b.0),
                after: c.after.as_ref().map(|a| a.0),
                why: (&c.why).into(),
                worse: c.worse,
            })
            .collect(),
    })
}
