//! The rules of the guideline as text: what is violated, what decides the undecided ones, what is excepted, the rest as counts.
//!
//! Nothing is printed for a report without rules. Not here: how a path is told in full (`finding`).

use super::{Look, Page, heading};
use crate::model::Lens;
use crate::report::rulewords::{self, SEVERITIES, way};
use crate::report::{ExceptionReport, Report, RuleEvidence, RuleReport, RuleStatus, Standing};

/// How many findings of a rule are shown without `--verbose`.
const SHOWN: usize = 5;

/// Violated, undecided and excepted rules: what somebody has to look at.
pub(super) fn rules(page: &mut Page, report: &Report) {
    if report.rules.is_empty() {
        return;
    }
    counts(page, report);
    for rule in report.rules_with(RuleStatus::Violated) {
        page.blank();
        violated(page, report, rule);
    }
    open(page, report);
    excepted(page, report);
    exceptions(page, report);
    turns(page, report);
    rest(page, report);
}

/// The days on which something that counts as fine today will not.
fn turns(page: &mut Page, report: &Report) {
    if report.turns.is_empty() {
        return;
    }
    heading(page, "このままだと違反に変わる日", "Days on which a rule turns red if nothing changes");
    let lang = page.style.lang;
    for turn in &report.turns {
        let text = format!("{} {}: {}", turn.on, turn.rule, turn.why.get(lang));
        page.hanging(Look::Plain, 2, "- ", &text);
    }
}

fn counts(page: &mut Page, report: &Report) {
    let n = report.rules.len();
    let (ja, en) = (format!("ガイドラインの規則 {n} 件"), format!("Rules of the guideline ({n})"));
    heading(page, &ja, &en);
    let lang = page.style.lang;
    let comma = page.pick("、", ", ");
    for status in RuleStatus::ALL {
        let list = report.rules_with(status);
        let by: Vec<String> = SEVERITIES
            .iter()
            .map(|s| (s, list.iter().filter(|r| r.severity == *s).count()))
            .filter(|(_, n)| *n > 0)
            .map(|(s, n)| format!("{} {n}", rulewords::severity(s).get(lang)))
            .collect();
        let by = match (by.is_empty(), lang) {
            (true, _) => String::new(),
            (false, crate::diagnostic::Lang::Ja) => format!("({})", by.join(&comma)),
            (false, crate::diagnostic::Lang::En) => format!(" ({})", by.join(&comma)),
        };
        let look = match status {
            _ if list.is_empty() => Look::Faint,
            RuleStatus::Violated => Look::Bad,
            RuleStatus::Undecided | RuleStatus::Excepted => Look::Open,
            RuleStatus::Holds => Look::Good,
            RuleStatus::NotApplicable => Look::Faint,
        };
        let text = format!("{}: {}{by}", rulewords::rule_status(status).get(lang), list.len());
        page.hanging(look, 2, "- ", &text);
    }
    if let Some(day) = &report.as_of {
        let text = page.pick(
            &format!("例外と期限付きの対策は {day} の時点で判定"),
            &format!("exceptions and dated measures are judged as of {day}"),
        );
        page.line(Look::Faint, 2, &text);
    }
}

/// The id, how serious, and what it asks.
fn title(page: &Page, rule: &RuleReport) -> (String, String) {
    let lang = page.style.lang;
    (
        format!("{} ", rule.id),
        format!("[{}] {}", rulewords::severity(rule.severity).get(lang), rule.statement.get(lang)),
    )
}

fn violated(page: &mut Page, report: &Report, rule: &RuleReport) {
    let lang = page.style.lang;
    let (sign, text) = title(page, rule);
    page.hanging(Look::Bad, 0, &sign, &text);
    grounds(page, rule);
    findings(page, report, rule);
    let (sign, text) = (page.pick("直し方: ", "repair: "), rule.repair.get(lang).to_owned());
    page.hanging(Look::Plain, 3, &sign, &text);
}

/// The clauses, and how well the rule itself is known.
fn grounds(page: &mut Page, rule: &RuleReport) {
    let lang = page.style.lang;
    let comma = page.pick("、", ", ");
    let mut parts = Vec::new();
    if !rule.clauses.is_empty() {
        let codes: Vec<&str> = rule.clauses.iter().map(|(code, _)| code.as_str()).collect();
        parts.push(format!("{} {}", page.pick("条項", "clause"), codes.join(&comma)));
    }
    if !rule.evidence_marks.is_empty() {
        parts.push(rulewords::marks(&rule.evidence_marks).get(lang).to_owned());
    }
    if let Some(own) = &rule.own {
        parts.push(match own.overrides {
            true => page.pick(
                &format!("規則集「{}」が置き換えた規則", own.pack),
                &format!("overridden by the pack \"{}\"", own.pack),
            ),
            false => {
                page.pick(&format!("規則集「{}」の規則", own.pack), &format!("a rule of the pack \"{}\"", own.pack))
            }
        });
    }
    if !parts.is_empty() {
        let sign = page.pick("根拠: ", "grounds: ");
        page.hanging(Look::Faint, 3, &sign, &parts.join(&page.pick("。", "; ")));
    }
    if page.style.verbose {
        for (code, text) in rule.clauses.iter().filter_map(|(c, t)| Some((c, t.as_ref()?))) {
            let text = text.get(lang).to_owned();
            page.hanging(Look::Faint, 5, &format!("{code}: "), &text);
        }
    }
}

fn findings(page: &mut Page, report: &Report, rule: &RuleReport) {
    let shown = if page.style.verbose { rule.findings.len() } else { SHOWN };
    // What still counts comes before what an exception covers, so that the limit never hides it first.
    let mut list: Vec<&RuleEvidence> = rule.findings.iter().collect();
    list.sort_by_key(|f| f.exception.is_some());
    for f in list.iter().take(shown) {
        finding(page, report, f);
    }
    let rest = list.len().saturating_sub(shown);
    if rest > 0 {
        let text =
            page.pick(&format!("ほか {rest} 件(--verbose で表示)"), &format!("{rest} more (--verbose shows them)"));
        page.line(Look::Plain, 3, &text);
    }
}

fn finding(page: &mut Page, report: &Report, f: &RuleEvidence) {
    let lang = page.style.lang;
    let doubt = if f.certain { String::new() } else { page.pick("【未確定】", " [not certain]") };
    let covered = match report.exception(f.exception) {
        Some(e) => page.pick(&format!("〔例外 {}〕", e.id), &format!(" [exception {}]", e.id)),
        None => String::new(),
    };
    let text = format!("{}{doubt}{covered}", f.text.get(lang));
    page.placed(Look::Plain, 3, "- ", &text, f.place.as_ref().map(ToString::to_string));
    let Some(path) = &f.path else { return };
    if page.style.verbose {
        super::finding::path(page, Lens::Direct, path);
        return;
    }
    let (from, to) = f.faces;
    let common = if from > 1 || to > 1 {
        page.pick(&format!("(出どころ {from}、届き先 {to})"), &format!(" ({from} origins, {to} targets)"))
    } else {
        String::new()
    };
    let sign = page.pick("経路: ", "path: ");
    page.hanging(Look::Faint, 5, &sign, &format!("{}{common}", way(path)));
}

/// One line per thing that is not stated, with the rules that it would decide.
fn open(page: &mut Page, report: &Report) {
    let n = report.count_rules(RuleStatus::Undecided);
    if n == 0 {
        return;
    }
    let ja = format!("書けば決まること(未確定の規則 {n} 件)");
    heading(page, &ja, &format!("What would decide the {n} undecided rules"));
    let comma = page.pick("、", ", ");
    for a in report.open_attributes() {
        let text = format!("{} → {}", a.open.text.get(page.style.lang), a.rules.join(&comma));
        page.placed(Look::Open, 2, "? ", &text, a.open.place.as_ref().map(ToString::to_string));
    }
    let without = report.open_without_attribute();
    if !without.is_empty() {
        let text = page.pick("何を書けばよいか分からないもの", "nothing is known that would decide them");
        page.hanging(Look::Open, 2, "? ", &format!("{text}: {}", without.join(&comma)));
    }
    if page.style.verbose {
        for rule in report.rules_with(RuleStatus::Undecided) {
            let (sign, text) = title(page, rule);
            page.hanging(Look::Faint, 4, &sign, &text);
            findings(page, report, rule);
        }
    }
}

fn excepted(page: &mut Page, report: &Report) {
    let list = report.rules_with(RuleStatus::Excepted);
    if list.is_empty() {
        return;
    }
    heading(page, "例外として認められている違反", "Violations that a registered exception covers");
    for rule in list {
        let (sign, text) = title(page, rule);
        page.hanging(Look::Open, 2, &sign, &text);
        let mut said: Vec<usize> = Vec::new();
        for i in rule.findings.iter().filter_map(|f| f.exception) {
            if !said.contains(&i) {
                said.push(i);
                if let Some(e) = report.exception(Some(i)) {
                    let (text, place) = (described(page, e), e.place.to_string());
                    page.placed(Look::Plain, 5, "- ", &text, Some(place));
                }
            }
        }
        findings(page, report, rule);
    }
}

/// An exception in one line: until when, who, why, and what is done instead.
fn described(page: &Page, e: &ExceptionReport) -> String {
    let none = page.pick("記載なし", "not stated");
    let of = |x: &Option<String>| x.clone().unwrap_or_else(|| none.clone());
    let (until, who, why, instead) = (of(&e.until), of(&e.approver), of(&e.reason), of(&e.compensating));
    page.pick(
        &format!("例外 {}: 期限 {until}、承認 {who}、理由 {why}、代わりの対策 {instead}", e.id),
        &format!("exception {}: until {until}; approved by {who}; reason: {why}; done instead: {instead}", e.id),
    )
}

/// Exceptions that cover nothing, so that nobody relies on them.
fn exceptions(page: &mut Page, report: &Report) {
    let list = report.idle_exceptions();
    if list.is_empty() {
        return;
    }
    heading(page, "効いていない例外", "Exceptions without effect");
    for e in list {
        let standing = rulewords::standing(e.standing).get(page.style.lang).to_owned();
        let standing = format!("[{standing}] {} ", e.rule);
        let look = if e.standing == Standing::Unused { Look::Plain } else { Look::Open };
        let text = format!("{standing}{}", described(page, e));
        page.placed(look, 2, "- ", &text, Some(e.place.to_string()));
    }
}

/// With `--verbose`, every rule that holds or does not apply, and why.
fn rest(page: &mut Page, report: &Report) {
    if !page.style.verbose {
        return;
    }
    for (status, ja, en) in [
        (RuleStatus::Holds, "守られている規則", "Rules that hold"),
        (RuleStatus::NotApplicable, "対象外の規則", "Rules that do not apply"),
    ] {
        let list = report.rules_with(status);
        if list.is_empty() {
            continue;
        }
        heading(page, ja, en);
        for rule in list {
            let (sign, text) = title(page, rule);
            page.hanging(Look::Plain, 2, &sign, &text);
            let why = rule.why.get(page.style.lang).to_owned();
            if !why.is_empty() {
                page.line(Look::Faint, 6, &why);
            }
            if !rule.rests_on.is_empty() {
                let sign = page.pick("支えている対策: ", "rests on: ");
                page.hanging(Look::Faint, 6, &sign, &rule.rests_on.join(&page.pick("、", ", ")));
            }
        }
    }
}

/// The last line about rules, beside the one about checks.
pub(super) fn summary(page: &mut Page, report: &Report) {
    if report.rules.is_empty() {
        return;
    }
    let n = |s| report.count_rules(s);
    let (a, b, c, d, e) = (
        n(RuleStatus::Violated),
        n(RuleStatus::Undecided),
        n(RuleStatus::Excepted),
        n(RuleStatus::Holds),
        n(RuleStatus::NotApplicable),
    );
    let all = report.rules.len();
    let text = page.pick(
        &format!("ガイドラインの規則 {all} 件: 違反 {a}、未確定 {b}、例外扱い {c}、守られている {d}、対象外 {e}"),
        &format!("{all} rules: violated {a}, undecided {b}, excepted {c}, holding {d}, not applicable {e}"),
    );
    page.line(Look::Head, 0, &text);
}
