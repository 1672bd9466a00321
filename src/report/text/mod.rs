//! The report as text for a person: verdict first, then each finding, what is open, what holds, and under which assumptions.
//!
//! Only the order is decided here. Not here: how a line is laid out (`lines`) and how a path is told (`finding`).

mod begin;
pub(super) mod finding;
mod holds;
mod lines;
mod pair;
mod rules;

pub use lines::{Style, clean, fill};
pub use pair::connection;

pub(super) use finding::{packet, path as told_path};
pub(super) use lines::{Look, Page, columns};

use super::{CheckKind, Finding, Outcome, Report, RuleStatus};
use crate::model::Status;

/// The report of `sekisho check`.
#[must_use]
pub fn text(report: &Report, style: Style) -> String {
    let mut page = Page::new(style);
    headline(&mut page, report);
    about(&mut page, report);
    if !report.faults.is_empty() {
        faults(&mut page, report);
        return page.finish();
    }
    begin::begin(&mut page, report);
    let flow = |f: &&Finding| matches!(report.checks[f.check].kind, CheckKind::Require(..));
    let of = |status: Status| report.findings.iter().filter(move |f| !flow(f) && f.status == status);
    section(&mut page, report, of(Status::Violated), "禁止された経路", "Forbidden paths");
    section(&mut page, report, of(Status::Undecided), "図面からは決められないもの", "What the drawing does not decide");
    holds::vacuous(&mut page, report);
    section(&mut page, report, report.findings.iter().filter(flow), "必要な通信", "Required flows");
    rules::rules(&mut page, report);
    holds::holds(&mut page, report);
    holds::statements(&mut page, report);
    holds::givens(&mut page);
    holds::differences(&mut page, report);
    summary(&mut page, report);
    page.finish()
}

fn section<'r>(page: &mut Page, report: &Report, findings: impl Iterator<Item = &'r Finding>, ja: &str, en: &str) {
    let mut first = true;
    for finding in findings {
        if first {
            heading(page, ja, en);
            first = false;
        } else {
            page.blank();
        }
        finding::finding(page, report, finding);
    }
}

fn heading(page: &mut Page, ja: &str, en: &str) {
    page.blank();
    let text = format!("■ {}", page.pick(ja, en));
    page.line(Look::Head, 0, &text);
}

/// How many findings have a status, flows apart.
fn counted(report: &Report, status: Status, flows: bool) -> usize {
    let flow = |f: &&Finding| matches!(report.checks[f.check].kind, CheckKind::Require(..));
    report.findings.iter().filter(|f| f.status == status && flow(f) == flows).count()
}

fn headline(page: &mut Page, report: &Report) {
    if !report.faults.is_empty() {
        let text = page.pick(
            "内部エラー: 見つけた経路を検算で確かめられませんでした。この答えは使えません",
            "Internal error: a path could not be confirmed. This answer cannot be used",
        );
        return page.line(Look::Bad, 0, &text);
    }
    let (bad, lost) = (counted(report, Status::Violated, false), counted(report, Status::Violated, true));
    let open = counted(report, Status::Undecided, false) + counted(report, Status::Undecided, true);
    let (vacuous, differences, all) = (report.count(Status::Vacuous), report.differences.len(), report.checks.len());
    let mut parts: Vec<(Look, String)> = Vec::new();
    let mut say = |n: usize, look: Look, ja: String, en: String| {
        if n > 0 {
            parts.push((look, page.pick(&ja, &en)));
        }
    };
    let s = |n: usize| if n == 1 { "" } else { "s" };
    say(bad, Look::Bad, format!("禁止された経路が {bad} 件あります"), format!("{bad} forbidden path{} found", s(bad)));
    say(
        lost,
        Look::Bad,
        format!("必要な通信が {lost} 件、通りません"),
        format!("{lost} required flow{} missing", s(lost)),
    );
    say(
        open,
        Look::Open,
        format!("図面からは決められないものが {open} 件あります"),
        format!("{open} not decided by the drawing"),
    );
    say(
        vacuous,
        Look::Open,
        format!("相手がなく、何も言えない検査が {vacuous} 件あります"),
        format!("{vacuous} check{} about nothing", s(vacuous)),
    );
    let (broken, waiting) = (report.count_rules(RuleStatus::Violated), report.count_rules(RuleStatus::Undecided));
    say(
        broken,
        Look::Bad,
        format!("ガイドラインの規則 {broken} 件に違反しています"),
        format!("{broken} rule{} of the guideline violated", s(broken)),
    );
    say(
        waiting,
        Look::Open,
        format!("図面からは決められないガイドラインの規則が {waiting} 件あります"),
        format!("{waiting} rule{} of the guideline not decided by the drawing", s(waiting)),
    );
    say(
        differences,
        Look::Open,
        format!("ファイルに書かれた期待と違う点が {differences} 件あります"),
        format!("{differences} expectation{} not met", s(differences)),
    );
    if parts.is_empty() && all == 0 {
        let n = report.expectations;
        let text = if n == 0 {
            page.pick("検査が一つもありません", "there is no check")
        } else {
            page.pick(
                &format!("検査はなく、ファイルに書かれた期待 {n} 件だけを確かめました"),
                &format!("no checks; only the {n} expectations of the file were looked at"),
            )
        };
        parts.push((Look::Open, text));
    }
    // Where only required flows were asked for, nothing was said about forbidden paths.
    if parts.is_empty() && report.checks.iter().all(|c| matches!(c.kind, CheckKind::Require(..))) {
        let text = page.pick(
            &format!("必要な通信 {all} 件は、すべて通ります(下の前提の下で)。禁止された経路の検査はありません"),
            &format!("all {all} required flows pass (under the assumptions below); no check asks for forbidden paths"),
        );
        return page.line(Look::Good, 0, &text);
    }
    if parts.is_empty() {
        let text = page.pick(
            &format!("検査 {all} 件すべてについて、禁止された経路は見つかりませんでした(下の前提の下で)"),
            &format!("no forbidden path in any of {all} checks (under the assumptions below)"),
        );
        return page.line(Look::Good, 0, &text);
    }
    for (look, text) in parts {
        page.line(look, 0, &text);
    }
}

fn about(page: &mut Page, report: &Report) {
    let mut words = vec![super::names::called(&report.drawing, &report.file)];
    if let Some((_, model)) = &report.model {
        words.push(model.get(page.style.lang).to_owned());
    }
    if let Some(edition) = &report.edition {
        words.push(format!("{} {edition}", page.pick("ガイドライン", "guideline")));
    }
    if report.engine != "fast" {
        words.push(format!("{} {}", page.pick("エンジン", "engine"), report.engine));
    }
    let checks = page.pick(&format!("検査 {} 件", report.checks.len()), &format!("{} checks", report.checks.len()));
    words.push(checks);
    let comma = page.pick("、", ", ");
    let text = format!("{} {}", page.pick("図面:", "drawing:"), words.join(&comma));
    page.line(Look::Plain, 0, &text);
    if !report.warnings.is_empty() {
        let n = report.warnings.len();
        let text = page.pick(
            &format!("警告: {n} 件(標準エラー出力に詳細)"),
            &format!("warnings: {n} (details on standard error)"),
        );
        page.line(Look::Open, 0, &text);
    }
}

fn faults(page: &mut Page, report: &Report) {
    let text = page.pick(
        "sekisho 自身の誤りです。図面が安全だという意味でも、危険だという意味でもありません。図面とこの表示を添えて開発者に知らせてください。",
        "This is a defect of sekisho. It says nothing about the drawing, neither good nor bad. Please report it with the drawing and this text.",
    );
    page.line(Look::Plain, 0, &text);
    for fault in &report.faults {
        for (i, line) in fault.lines().enumerate() {
            page.hanging(Look::Plain, 2, if i == 0 { "- " } else { "  " }, line);
        }
    }
}

fn summary(page: &mut Page, report: &Report) {
    page.blank();
    rules::summary(page, report);
    let n = |s: Status| report.count(s);
    let (a, b, c, d) = (n(Status::Violated), n(Status::Undecided), n(Status::Vacuous), n(Status::Holds));
    let (code, ja, en) = match report.outcome() {
        Outcome::Holds => (0, "すべて守られている", "everything holds"),
        Outcome::Violated => (1, "違反または期待との違いがある", "a violation or an unmet expectation"),
        Outcome::Unusable => (2, "何も言えない検査がある", "a check says nothing"),
        Outcome::Undecided => (3, "未確定のものだけが残っている", "only undecided ones are left"),
    };
    let text = page.pick(
        &format!(
            "検査 {} 件: 違反 {a}、未確定 {b}、対象なし {c}、守られている {d}。終了コード {code}({ja})",
            report.checks.len()
        ),
        &format!(
            "{} checks: violated {a}, undecided {b}, vacuous {c}, holding {d}. Exit code {code} ({en})",
            report.checks.len()
        ),
    );
    page.line(Look::Head, 0, &text);
}
