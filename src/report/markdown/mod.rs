//! The report as Markdown, for a comment on a change: verdict, counts, what is violated with its path, what is open.
//!
//! In the language of the reader. Nothing of a drawing acts as markup (`escape`). Not here: colours and pictures.

mod escape;

pub(super) use escape::{code, inline};

use super::rulewords::{self, way};
use super::words::{self, GIVENS};
use super::{CheckKind, ExceptionReport, Finding, Outcome, Report, RuleEvidence, RuleReport, RuleStatus, told, typed};
use crate::diagnostic::{Lang, Text};
use crate::model::Status;
use escape::html;

/// Hosts refuse long comments; behind this many characters, only the heads of findings are given.
const ROOM: usize = 40_000;

/// How many findings of a rule are given with their paths.
const SHOWN: usize = 10;

struct Sheet {
    lang: Lang,
    out: String,
}

impl Sheet {
    fn pick(&self, ja: &str, en: &str) -> String {
        match self.lang {
            Lang::Ja => ja,
            Lang::En => en,
        }
        .to_owned()
    }

    /// A text of the drawing or of the report, harmless.
    fn say(&self, text: &Text) -> String {
        inline(text.get(self.lang))
    }

    fn line(&mut self, text: &str) {
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn heading(&mut self, ja: &str, en: &str) {
        let text = self.pick(ja, en);
        self.line(&format!("\n### {text}\n"));
    }

    fn is_full(&self) -> bool {
        self.out.len() > ROOM
    }

    fn fold(&mut self, summary: &str, lines: &[String]) {
        let summary = html(summary);
        self.line(&format!("\n<details><summary>{summary}</summary>\n"));
        for line in lines {
            self.line(line);
        }
        self.line("\n</details>\n");
    }

    fn comma(&self) -> &'static str {
        match self.lang {
            Lang::Ja => "、",
            Lang::En => ", ",
        }
    }
}

/// The report as Markdown, with a final line break.
#[must_use]
pub fn markdown(report: &Report, lang: Lang) -> String {
    let mut sheet = Sheet { lang, out: String::new() };
    verdict(&mut sheet, report);
    if !report.faults.is_empty() {
        sheet.line("");
        for fault in &report.faults {
            sheet.line(&format!("- {}", inline(fault)));
        }
        return sheet.out;
    }
    counts(&mut sheet, report);
    begin(&mut sheet, report);
    rules(&mut sheet, report);
    findings(&mut sheet, report);
    vacuous(&mut sheet, report);
    open(&mut sheet, report);
    exceptions(&mut sheet, report);
    differences(&mut sheet, report);
    assumptions(&mut sheet, report);
    sheet.out
}

fn verdict(sheet: &mut Sheet, report: &Report) {
    let text = match report.outcome() {
        _ if !report.faults.is_empty() => {
            sheet.pick("内部エラー。この答えは使えません", "Internal error. This answer cannot be used")
        }
        Outcome::Unusable => sheet.pick("何も言えない検査があります", "Some checks say nothing"),
        Outcome::Violated if report.count(Status::Violated) == 0 && report.differences.is_empty() => {
            sheet.pick("ガイドラインの規則への違反があります", "Rules of the guideline are violated")
        }
        Outcome::Violated => {
            sheet.pick("違反または期待との違いがあります", "There are violations or unmet expectations")
        }
        Outcome::Undecided => {
            sheet.pick("違反は見つからず、未確定のものが残っています", "No violation found; something is undecided")
        }
        Outcome::Holds => {
            sheet.pick("違反は見つかりませんでした(下の前提の下で)", "No violation found (under the assumptions below)")
        }
    };
    sheet.line(&format!("## sekisho: {text}\n"));
    let mut about = vec![inline(&super::names::called(&report.drawing, &report.file))];
    if let Some((_, model)) = &report.model {
        about.push(sheet.say(model));
    }
    if let Some(edition) = &report.edition {
        about.push(format!("{} {}", sheet.pick("ガイドライン", "guideline"), inline(edition)));
    }
    if let Some(day) = &report.as_of {
        about.push(format!("{}{}", inline(day), sheet.pick(" の時点", " (day of judgement)")));
    }
    let about = about.join(sheet.comma());
    sheet.line(&about);
}

fn counts(sheet: &mut Sheet, report: &Report) {
    let n = |s| report.count(s).to_string();
    let r = |s| report.count_rules(s).to_string();
    let head = sheet.pick(
        "| | 違反 | 未確定 | 例外扱い | 守られている | 対象なし・対象外 |",
        "| | violated | undecided | excepted | holding | vacuous or not applicable |",
    );
    sheet.line(&format!("\n{head}\n|---|--:|--:|--:|--:|--:|"));
    let cells = [n(Status::Violated), n(Status::Undecided), "–".to_owned(), n(Status::Holds), n(Status::Vacuous)];
    let name = sheet.pick("検査", "checks");
    sheet.line(&format!("| {name} | {} |", cells.join(" | ")));
    if !report.rules.is_empty() {
        let cells: Vec<String> = RuleStatus::ALL.into_iter().map(r).collect();
        let name = sheet.pick("ガイドラインの規則", "rules of the guideline");
        sheet.line(&format!("| {name} | {} |", cells.join(" | ")));
    }
}

/// The places that explain everything that is violated.
fn begin(sheet: &mut Sheet, report: &Report) {
    if report.causes.is_empty() {
        return;
    }
    sheet.heading("まず見る所", "Where to begin");
    for (i, cause) in report.causes.iter().enumerate() {
        let place = cause.place.as_ref().map(|p| format!(" {}", code(&p.to_string()))).unwrap_or_default();
        let ids: Vec<String> = cause.rules.iter().map(|id| code(id)).collect();
        let ids = if ids.is_empty() { String::new() } else { format!(" → {}", ids.join(sheet.comma())) };
        sheet.line(&format!("{}. {}{place}{ids}", i + 1, sheet.say(&cause.text)));
    }
}

fn told_path(sheet: &Sheet, path: &super::PathReport, lines: &mut Vec<String>) {
    let mut number = 0;
    for l in told::path(path) {
        let place = l.place.map(|p| format!(" {}", code(&p.to_string()))).unwrap_or_default();
        if l.depth == 0 {
            number += 1;
            lines.push(format!("{number}. {}{place}", sheet.say(&l.text)));
        } else {
            lines.push(format!("   - {}{place}", sheet.say(&l.text)));
        }
    }
}

fn rules(sheet: &mut Sheet, report: &Report) {
    let list = report.rules_with(RuleStatus::Violated);
    if list.is_empty() {
        return;
    }
    sheet.heading("違反しているガイドラインの規則", "Violated rules of the guideline");
    for rule in list {
        let severity = rulewords::severity(rule.severity);
        let head = format!("**{}** [{}] {}", inline(&rule.id), sheet.say(&severity), sheet.say(&rule.statement));
        sheet.line(&format!("- {head}"));
        if !sheet.is_full() {
            violated(sheet, report, rule);
        }
    }
}

fn violated(sheet: &mut Sheet, report: &Report, rule: &RuleReport) {
    let mut grounds: Vec<String> = rule.clauses.iter().map(|(c, _)| inline(c)).collect();
    if !rule.evidence_marks.is_empty() {
        grounds.push(sheet.say(&rulewords::marks(&rule.evidence_marks)));
    }
    let mut lines = Vec::new();
    if !grounds.is_empty() {
        lines.push(format!("{}: {}\n", sheet.pick("根拠", "Grounds"), grounds.join(sheet.comma())));
    }
    for f in rule.findings.iter().take(SHOWN) {
        finding_of(sheet, report, f, &mut lines);
    }
    let more = rule.findings.len().saturating_sub(SHOWN);
    if more > 0 {
        lines.push(sheet.pick(&format!("\nほか {more} 件"), &format!("\n{more} more")));
    }
    lines.push(format!("\n{}: {}", sheet.pick("直し方", "Repair"), sheet.say(&rule.repair)));
    let n = rule.findings.len();
    let summary =
        sheet.pick(&format!("{}: 指摘 {n} 件と直し方", rule.id), &format!("{}: {n} findings, and repair", rule.id));
    sheet.fold(&summary, &lines);
}

fn finding_of(sheet: &Sheet, report: &Report, f: &RuleEvidence, lines: &mut Vec<String>) {
    let place = f.place.as_ref().map(|p| format!(" {}", code(&p.to_string()))).unwrap_or_default();
    let doubt = if f.certain { String::new() } else { sheet.pick("【未確定】", " \\[not certain\\]") };
    let covered = match report.exception(f.exception) {
        Some(e) => format!("{} {}", sheet.pick("〔例外〕", " (exception)"), code(&e.id)),
        None => String::new(),
    };
    lines.push(format!("\n**{}**{doubt}{covered}{place}\n", sheet.say(&f.text)));
    if let Some(path) = &f.path {
        told_path(sheet, path, lines);
    }
}

fn findings(sheet: &mut Sheet, report: &Report) {
    for (status, ja, en) in [
        (
            Status::Violated,
            "禁止された経路と、通らない必要な通信",
            "Forbidden paths, and required flows that are missing",
        ),
        (Status::Undecided, "図面からは決められない経路と通信", "Paths and flows that the drawing does not decide"),
    ] {
        let list: Vec<&Finding> = report.findings.iter().filter(|f| f.status == status).collect();
        if list.is_empty() {
            continue;
        }
        sheet.heading(ja, en);
        for f in list {
            sheet.line(&format!("- {} {}", code(&f.number.to_string()), sheet.say(&f.title)));
            if !sheet.is_full() {
                finding(sheet, report, f);
            }
        }
    }
}

fn finding(sheet: &mut Sheet, report: &Report, f: &Finding) {
    let mut lines = Vec::new();
    let paths = told::paths(report, f);
    if let Some((_, first)) = paths.first() {
        told_path(sheet, &first.path, &mut lines);
    }
    if !matches!(report.checks[f.check].kind, CheckKind::Matrix) {
        for (_, e) in paths.iter().skip(1) {
            lines.push(format!("\n{}: {}", sheet.pick("ほかの経路", "Another path"), inline(&way(&e.path))));
        }
    }
    for m in &report.checks[f.check].missing {
        let text = if m.possible {
            sheet.pick("通るとは言い切れない", "possible, but not certain")
        } else {
            sheet.pick("通らない", "does not pass")
        };
        lines.push(format!("- {}: {text}", inline(&m.member.called())));
        for o in &m.obstacles {
            let place = o.place.as_ref().map(|p| format!(" {}", code(&p.to_string()))).unwrap_or_default();
            lines.push(format!("  - {}{place}", sheet.say(&o.text)));
        }
        if !m.trace.is_empty() {
            let sign = sheet.pick("パケットを追う", "Follow a packet");
            lines.push(format!("  - {sign}: {}", code(&typed(&m.trace))));
        }
    }
    if !f.advice.is_empty() {
        lines.push(format!("\n{}:\n", sheet.pick("見る所", "Where to look")));
        for a in &f.advice {
            let place = a.place.as_ref().map(|p| format!(" {}", code(&p.to_string()))).unwrap_or_default();
            lines.push(format!("- {}{place}", sheet.say(&a.text)));
        }
    }
    let summary =
        sheet.pick(&format!("指摘 {} の経路と見る所", f.number), &format!("Finding {}: path, where to look", f.number));
    sheet.fold(&summary, &lines);
}

fn vacuous(sheet: &mut Sheet, report: &Report) {
    let list: Vec<_> = report.checks.iter().filter(|c| c.status == Status::Vacuous).collect();
    if list.is_empty() {
        return;
    }
    sheet.heading("相手がなく、何も言えない検査", "Checks about nothing");
    for c in list {
        sheet.line(&format!("- {}", inline(&c.name)));
    }
}

/// What is not stated, as a list to tick off.
fn open(sheet: &mut Sheet, report: &Report) {
    let mut checks: Vec<&super::OpenReport> = Vec::new();
    for open in report.checks.iter().filter(|c| c.status == Status::Undecided).flat_map(|c| &c.open) {
        if !checks.contains(&open) {
            checks.push(open);
        }
    }
    let attributes = report.open_attributes();
    let without = report.open_without_attribute();
    if checks.is_empty() && attributes.is_empty() && without.is_empty() {
        return;
    }
    sheet.heading("書けば決まること", "What would decide the undecided");
    let place =
        |o: &super::OpenReport| o.place.as_ref().map(|p| format!(" {}", code(&p.to_string()))).unwrap_or_default();
    for open in checks {
        sheet.line(&format!("- [ ] {}{}", sheet.say(&open.text), place(open)));
    }
    for a in attributes {
        let rules: Vec<String> = a.rules.iter().map(|r| code(r)).collect();
        let rules = rules.join(sheet.comma());
        sheet.line(&format!("- [ ] {}{} → {rules}", sheet.say(&a.open.text), place(a.open)));
    }
    if !without.is_empty() {
        let rules: Vec<String> = without.iter().map(|r| code(r)).collect();
        let text =
            sheet.pick("何を書けばよいか分からない規則", "Rules of which it is not known what would decide them");
        sheet.line(&format!("- {text}: {}", rules.join(sheet.comma())));
    }
}

fn exceptions(sheet: &mut Sheet, report: &Report) {
    if report.exceptions.is_empty() {
        return;
    }
    sheet.heading("登録されている例外", "Registered exceptions");
    let head = sheet.pick(
        "| 例外 | 規則 | 状態 | 期限 | 承認 | 理由 | 代わりの対策 |",
        "| exception | rule | standing | until | approved by | reason | done instead |",
    );
    sheet.line(&format!("{head}\n|---|---|---|---|---|---|---|"));
    for e in &report.exceptions {
        let row = row(sheet, e);
        sheet.line(&format!("| {} |", row.join(" | ")));
    }
}

fn row(sheet: &Sheet, e: &ExceptionReport) -> Vec<String> {
    let of = |x: &Option<String>| x.as_ref().map_or_else(|| sheet.pick("記載なし", "not stated"), |t| inline(t));
    vec![
        code(&e.id),
        code(&e.rule),
        sheet.say(&rulewords::standing(e.standing)),
        of(&e.until),
        of(&e.approver),
        of(&e.reason),
        of(&e.compensating),
    ]
}

fn differences(sheet: &mut Sheet, report: &Report) {
    if report.differences.is_empty() {
        return;
    }
    sheet.heading("ファイルに書かれた期待との違い", "Expectations that are not met");
    for (text, place) in &report.differences {
        sheet.line(&format!("- {} {}", sheet.say(text), code(&place.to_string())));
    }
}

fn assumptions(sheet: &mut Sheet, report: &Report) {
    let mut lines: Vec<String> =
        GIVENS.iter().map(|g| format!("- {}: {}", g.id, inline(&sheet.pick(g.ja, g.en)))).collect();
    lines.extend(report.statements.iter().map(|s| format!("- {}: {}", sheet.pick("設計者", "designer"), inline(s))));
    for (ja, en) in words::NOT_LOOKED_AT {
        lines.push(format!("- {}: {}", sheet.pick("見ていないこと", "not looked at"), inline(&sheet.pick(ja, en))));
    }
    let summary = sheet.pick("この答えの前提", "Assumptions of this answer");
    sheet.fold(&summary, &lines);
}
