//! The top of the page: title block, verdict, summary, contents, filter, diagram.
//!
//! Not here: any single finding.

use super::begin;
use super::page::Page;
use super::words;
use crate::diagnostic::Text;
use crate::model::Status;
use crate::report::rulewords::{self, SEVERITIES};
use crate::report::{CheckKind, Outcome, Report, RuleStatus, Standing};

/// What the drawing is called.
pub(super) fn name(report: &Report) -> &str {
    if report.drawing.is_empty() { &report.file } else { &report.drawing }
}

pub(super) fn title(page: &mut Page, report: &Report) {
    page.open("header", &[]);
    page.say("p", &[("class", "over")], "三層分離の検査報告", "Three-layer separation: report of a check");
    page.el("h1", &[], name(report));
    page.open("dl", &[("class", "block")]);
    page.term("図面", "drawing", name(report));
    page.term("ファイル", "file", &report.file);
    let unstated = page.pick("記載なし", "not stated").to_owned();
    let model = report.model.as_ref().map_or(unstated.clone(), |(_, m)| m.get(page.lang).to_owned());
    page.term("モデル", "model", &model);
    page.term(
        "ガイドラインの版",
        "guideline edition",
        &report.edition.as_deref().map_or(unstated.clone(), |e| words::edition(e).get(page.lang).to_owned()),
    );
    let no_day = page.pick("指定なし(期限は判定していません)", "none given (no date was judged)").to_owned();
    page.term("基準日(--as-of)", "as of (--as-of)", report.as_of.as_deref().unwrap_or(&no_day));
    page.term("作成", "made by", &format!("sekisho {}", env!("CARGO_PKG_VERSION")));
    if report.engine != "fast" {
        page.term("エンジン", "engine", report.engine);
    }
    page.close("dl");
    page.say(
        "p",
        &[("class", "notice")],
        "規則と条項の文は要約であり、ガイドラインの文言そのものではありません。使う前に、現行のガイドラインの本文と照らし合わせてください。GL3-2a のような条項の記号と R-LI-01 のような規則の番号は、このツールが付けたもので、ガイドラインの番号ではありません。",
        "Rules and clauses are paraphrased; they are not the words of the guideline. Compare them with the text of the current guideline before you rely on them. Codes of clauses such as GL3-2a and of rules such as R-LI-01 are marks of this tool, not numbers of the guideline.",
    );
    page.close("header");
}

/// Nothing of the report may look like an answer.
pub(super) fn faults(page: &mut Page, report: &Report) {
    page.section("fault", "内部エラー", "Internal error");
    page.say(
        "p",
        &[("class", "verdict violated")],
        "見つけた経路を検算で確かめられませんでした。この答えは使えません。図面が安全だという意味でも、危険だという意味でもありません。",
        "A path could not be confirmed. This answer cannot be used. It says nothing about the drawing, neither good nor bad.",
    );
    page.open("ul", &[]);
    for fault in &report.faults {
        page.el("li", &[], fault);
    }
    page.close("ul");
    page.close("section");
}

fn rules(report: &Report, severity: Option<&str>, status: RuleStatus) -> usize {
    report.rules.iter().filter(|r| r.status == status && severity.is_none_or(|s| s == r.severity)).count()
}

/// How many findings of checks have a status, flows apart.
fn paths(report: &Report, status: Status, flows: bool) -> usize {
    let flow = |check: usize| matches!(report.checks[check].kind, CheckKind::Require(..));
    report.findings.iter().filter(|f| f.status == status && flow(f.check) == flows).count()
}

fn verdict(report: &Report) -> Text {
    let mut parts: Vec<(String, String)> = Vec::new();
    let mut say = |n: usize, ja: String, en: String| {
        if n > 0 {
            parts.push((ja, en));
        }
    };
    let s = |n: usize| if n == 1 { "" } else { "s" };
    let n = rules(report, None, RuleStatus::Violated);
    let by: Vec<(Text, usize)> = SEVERITIES
        .iter()
        .map(|w| (rulewords::severity(w), rules(report, Some(w), RuleStatus::Violated)))
        .filter(|(_, n)| *n > 0)
        .collect();
    let ja: Vec<String> = by.iter().map(|(w, n)| format!("{} {n}", w.ja)).collect();
    let en: Vec<String> = by.iter().map(|(w, n)| format!("{n} {}", w.en)).collect();
    say(n, format!("規則 {n} 件に違反({})", ja.join("、")), format!("{n} rule{} violated ({})", s(n), en.join(", ")));
    let n = paths(report, Status::Violated, false);
    say(n, format!("禁止された経路が {n} 件"), format!("{n} forbidden path{}", s(n)));
    let n = paths(report, Status::Violated, true);
    say(n, format!("通らない必要な通信が {n} 件"), format!("{n} required flow{} missing", s(n)));
    let n = report.differences.len();
    say(n, format!("ファイルの期待との違いが {n} 件"), format!("{n} expectation{} not met", s(n)));
    let n = rules(report, None, RuleStatus::Undecided);
    say(n, format!("未確定の規則が {n} 件"), format!("{n} rule{} undecided", s(n)));
    let n = paths(report, Status::Undecided, false) + paths(report, Status::Undecided, true);
    say(n, format!("未確定の検査の指摘が {n} 件"), format!("{n} undecided finding{} of checks", s(n)));
    let n = report.count(Status::Vacuous);
    say(n, format!("相手がなく何も言えない検査が {n} 件"), format!("{n} check{} about nothing", s(n)));
    let n = rules(report, None, RuleStatus::Excepted);
    say(n, format!("例外で認められている規則が {n} 件"), format!("{n} rule{} excepted", s(n)));
    let (ja, en) = match report.outcome() {
        Outcome::Violated => ("違反があります", "There are violations"),
        Outcome::Undecided => (
            "違反は見つかりませんでしたが、図面からは決められないものがあります",
            "Nothing is violated, but the drawing leaves something open",
        ),
        Outcome::Unusable => (
            "何も言えない検査があるため、この結果だけでは判断できません",
            "Some check says nothing, so this result is not enough to judge by",
        ),
        Outcome::Holds => (
            "違反も未確定も見つかりませんでした(後に挙げる前提の下で)",
            "Nothing is violated and nothing is open (under the assumptions below)",
        ),
    };
    if parts.is_empty() {
        return Text::new(format!("{ja}。"), format!("{en}."));
    }
    let (a, b): (Vec<String>, Vec<String>) = parts.into_iter().unzip();
    Text::new(format!("{ja}: {}。", a.join("、")), format!("{en}: {}.", b.join(", ")))
}

pub(super) fn summary(page: &mut Page, report: &Report) {
    page.section("summary", "まとめ", "Summary");
    let (class, sign) = match report.outcome() {
        Outcome::Violated => ("verdict violated", "×"),
        Outcome::Undecided => ("verdict undecided", "?"),
        Outcome::Unusable => ("verdict undecided", "!"),
        Outcome::Holds => ("verdict holds", "○"),
    };
    page.open("p", &[("class", class)]);
    page.el("span", &[("class", "sign"), ("aria-hidden", "true")], sign);
    page.told("span", &[], &verdict(report));
    page.close("p");
    let expired = report.exceptions.iter().filter(|e| e.standing != Standing::Active).count();
    if expired > 0 {
        page.say(
            "p",
            &[],
            &format!("有効でない例外が {expired} 件あります(期限切れ、記載の不足など)。「例外」の節を見てください。"),
            &format!("{expired} of the exceptions are not active (expired, incomplete, …): see \"Exceptions\"."),
        );
    }
    page.open("div", &[("class", "scroll")]);
    page.open("table", &[("class", "counts")]);
    page.say("caption", &[], "重大度ごとの規則の数と、検査の数", "Rules by severity, and checks");
    page.open("thead", &[]);
    page.open("tr", &[]);
    page.say("th", &[("scope", "col")], "重大度", "severity");
    for status in RuleStatus::ALL {
        let (sign, word) = words::status(status);
        let text = format!("{sign} {}", word.get(page.lang));
        page.el("th", &[("scope", "col")], &text);
    }
    page.say("th", &[("scope", "col")], "計", "all");
    page.close("tr");
    page.close("thead");
    page.open("tbody", &[]);
    for severity in SEVERITIES {
        let word = rulewords::severity(severity).get(page.lang).to_owned();
        row(page, &word, |s| rules(report, Some(severity), s));
    }
    let word = page.pick("規則の計", "all rules").to_owned();
    row(page, &word, |s| rules(report, None, s));
    let word = page.pick("検査", "checks").to_owned();
    row(page, &word, |s| report.checks.iter().filter(|c| words::of_check(c.status) == s).count());
    page.end_table();
    page.say(
        "p",
        &[("class", "fine")],
        "検査は、セグメントからセグメントへの通過、攻撃、漏えい、必要な通信を一つずつ調べたものです。検査の「対象外」は、相手がなく何も言えないことを表します。",
        "Checks look at crossings from segment to segment, attacks, leaks and required flows, one by one. A check that is \"not applicable\" is about nothing and says nothing.",
    );
    begin::demanded(page, report);
    page.close("section");
}

fn row(page: &mut Page, head: &str, count: impl Fn(RuleStatus) -> usize) {
    page.open("tr", &[]);
    page.head(head);
    let counts = RuleStatus::ALL.map(count);
    for n in counts {
        page.cell(&n.to_string());
    }
    page.cell(&counts.iter().sum::<usize>().to_string());
    page.close("tr");
}

pub(super) fn contents(page: &mut Page, report: &Report) {
    let about = page.pick("目次", "Contents").to_owned();
    page.open("nav", &[("aria-label", &about)]);
    page.say("h2", &[], "目次", "Contents");
    page.open("ol", &[]);
    let all = report.rules.len();
    for (to, ja, en) in [
        ("#begin", "まず見る所", "Where to begin"),
        ("#audit", "監査までにすること", "Before the audit"),
        ("#diagram", "図", "Diagram"),
        ("#violated", "違反している規則", "Violated rules"),
        ("#forbidden", "禁止された経路", "Forbidden paths"),
        ("#undecided", "未確定の規則", "Undecided rules"),
        ("#open", "図面からは決められない検査", "Checks that the drawing does not decide"),
        ("#exceptions", "例外", "Exceptions"),
        ("#flows", "必要な通信", "Required flows"),
        ("#tasks", "業務の手順", "Tasks of everyday work"),
        ("#controls", "対策と責任", "Controls and who answers for them"),
        ("#crossings", "モデルが認める渡り", "Crossings that the model provides for"),
        ("#holds", "守られていることと、その支え", "What holds, and on what it rests"),
        ("#assumptions", "前提と、見ていないこと", "Assumptions, and what was not looked at"),
    ] {
        page.open("li", &[]);
        page.say("a", &[("href", to)], ja, en);
        page.close("li");
    }
    for (to, ja, en) in [
        ("#rules", format!("付録: すべての規則({all} 件)"), format!("Appendix: all {all} rules")),
        ("#evidence", "付録: 根拠の印と出典".to_owned(), "Appendix: marks of evidence, and sources".to_owned()),
    ] {
        page.open("li", &[]);
        page.say("a", &[("href", to)], &ja, &en);
        page.close("li");
    }
    page.close("ol");
    page.close("nav");
}

/// Hidden until the script is there that makes it work.
pub(super) fn filter(page: &mut Page, _report: &Report) {
    let about = page.pick("指摘の絞り込み", "Filter the findings").to_owned();
    page.open("div", &[("id", "filter"), ("role", "search"), ("aria-label", &about), ("hidden", "")]);
    let statuses = [RuleStatus::Violated, RuleStatus::Undecided, RuleStatus::Excepted];
    let options: Vec<(&str, Text)> = statuses.iter().map(|s| (s.as_str(), words::status(*s).1)).collect();
    select(page, "f-status", ("状態", "status"), &options);
    let mut options: Vec<(&str, Text)> = SEVERITIES.iter().map(|s| (*s, rulewords::severity(s))).collect();
    options.push(("none", Text::new("検査の指摘(重大度なし)", "checks (no severity)")));
    select(page, "f-severity", ("重大度", "severity"), &options);
    page.open("label", &[("for", "f-text")]);
    page.text(page.pick("語句", "words"));
    page.close("label");
    page.open("input", &[("id", "f-text"), ("type", "search"), ("autocomplete", "off")]);
    page.out.push('\n');
    page.say("button", &[("id", "f-reset"), ("type", "button")], "すべて表示", "Show all");
    let template = page.pick("指摘 {m} 件のうち {n} 件を表示", "{n} of {m} findings shown").to_owned();
    page.el("output", &[("id", "count"), ("aria-live", "polite"), ("data-template", &template)], "");
    page.close("div");
}

fn select(page: &mut Page, id: &'static str, label: (&str, &str), options: &[(&str, Text)]) {
    page.say("label", &[("for", id)], label.0, label.1);
    page.open("select", &[("id", id)]);
    page.say("option", &[("value", "")], "すべて", "all");
    for (value, text) in options {
        page.told("option", &[("value", value)], text);
    }
    page.close("select");
}
