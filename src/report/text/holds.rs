//! What holds and what it rests on, checks that say nothing, statements, assumptions, unmet expectations.

use super::{Look, Page, heading};
use crate::model::{Lens, Status};
use crate::report::words::{self, GIVENS};
use crate::report::{CheckKind, CheckReport, DepthReport, Report};

/// How many least sets of controls are written out.
const SETS: usize = 5;

pub(super) fn vacuous(page: &mut Page, report: &Report) {
    let list: Vec<&CheckReport> = report.checks.iter().filter(|c| c.status == Status::Vacuous).collect();
    if list.is_empty() {
        return;
    }
    heading(page, "何も言えない検査(相手がいません)", "Checks about nothing");
    let lang = page.style.lang;
    for c in list {
        let (from, to) = (c.tally.sources == 0, c.tally.targets == 0);
        let empty = match (from, to) {
            (true, true) => page.pick("始点にも終点にも、端末やサーバーがありません", "neither end has an endpoint"),
            (true, false) => page.pick("始点に、端末もサーバーもありません", "its start has no endpoint"),
            _ => page.pick("終点に、端末もサーバーもありません", "its end has no endpoint"),
        };
        let text = format!("{} ({} → {}): {empty}", c.name, c.from.get(lang), c.to.get(lang));
        page.placed(Look::Plain, 2, "- ", &text, c.place.as_ref().map(ToString::to_string));
    }
}

pub(super) fn holds(page: &mut Page, report: &Report) {
    let list: Vec<&CheckReport> = report.checks.iter().filter(|c| c.status == Status::Holds).collect();
    if list.is_empty() {
        return;
    }
    heading(page, "守られていること", "What holds");
    let lang = page.style.lang;
    let (pairs, rest): (Vec<&CheckReport>, Vec<&CheckReport>) = list.into_iter().partition(|c| c.kind == CheckKind::Matrix);
    if !pairs.is_empty() {
        let n = pairs.len();
        let text = page.pick(&format!("セグメントの組 {n} 組: 許可のない通過は見つからない"), &format!("{n} pairs of segments: nothing crosses without a permit"));
        page.hanging(Look::Plain, 2, "- ", &text);
        if page.style.verbose {
            for c in pairs {
                let text = format!("{} → {}", c.from.get(lang), c.to.get(lang));
                page.line(Look::Faint, 6, &text);
            }
        }
    }
    for c in rest {
        let (a, b) = (c.from.get(lang), c.to.get(lang));
        let text = match &c.kind {
            CheckKind::Forbid(Lens::Leak, _) => page.pick(&format!("漏えい {a} → {b}: 届かない"), &format!("leak {a} → {b}: not reached")),
            CheckKind::Forbid(..) => page.pick(&format!("攻撃 {a} → {b}: 届かない"), &format!("attack {a} → {b}: not reached")),
            _ => page.pick(&format!("必要な通信「{}」: 通る", c.name), &format!("required flow \"{}\": passes", c.name)),
        };
        let text = match &c.depth {
            Some(DepthReport::None) => {
                format!("{text}{}", page.pick("。どの対策が破られても届かない", "; no failure of any control opens a path"))
            }
            _ => text,
        };
        page.hanging(Look::Plain, 2, "- ", &text);
        depth(page, c);
        if page.style.verbose && !c.rests_on.is_empty() {
            let list: Vec<String> = c.rests_on.iter().map(|g| words::guard(g).get(lang).to_owned()).collect();
            let text = format!("{}: {}", page.pick("支えている対策", "rests on"), list.join(&page.pick("、", ", ")));
            page.line(Look::Faint, 4, &text);
        }
    }
    not_asked(page, report);
}

fn depth(page: &mut Page, c: &CheckReport) {
    let lang = page.style.lang;
    match &c.depth {
        Some(DepthReport::AtLeast(n)) => {
            let text = page.pick(&format!("少なくとも {n} 個の対策が同時に破られないと届かない(探索を打ち切りました)"), &format!("at least {n} controls have to fail (the search was ended)"));
            page.line(Look::Plain, 4, &text);
        }
        Some(DepthReport::Exactly(n, sets)) => {
            let and = page.pick(" と ", " and ");
            let mut words: Vec<String> =
                sets.iter().take(SETS).map(|s| s.iter().map(|g| words::guard(g).get(lang).to_owned()).collect::<Vec<_>>().join(&and)).collect();
            let more = sets.len().saturating_sub(SETS);
            if more > 0 {
                words.push(page.pick(&format!("ほか {more} 組"), &format!("{more} more sets")));
            }
            let text = if words.len() == 1 && *n == 1 {
                page.pick(&format!("{} が破られると届く(深さ 1)", words[0]), &format!("reached if {} fails (depth 1)", words[0]))
            } else if *n == 1 {
                page.pick(
                    &format!("次のどれか一つが破られると届く(深さ 1): {}", words.join("; ")),
                    &format!("reached if one of these fails (depth 1): {}", words.join("; ")),
                )
            } else {
                page.pick(
                    &format!("次のどれか一組が同時に破られると届く(深さ {n}): {}", words.join("; ")),
                    &format!("reached if all of one of these sets fail (depth {n}): {}", words.join("; ")),
                )
            };
            page.line(Look::Plain, 4, &text);
        }
        Some(DepthReport::None) | None => {}
    }
}

/// Pairs of segments that nobody asked about, so that nobody takes silence for an answer.
fn not_asked(page: &mut Page, report: &Report) {
    if report.not_asked.is_empty() {
        return;
    }
    let shown = if page.style.verbose { usize::MAX } else { 4 };
    let mut list: Vec<String> = report.not_asked.iter().take(shown).map(|(a, b)| format!("{a} → {b}")).collect();
    let more = report.not_asked.len().saturating_sub(list.len());
    if more > 0 {
        list.push(page.pick(&format!("ほか {more} 組"), &format!("{more} more")));
    }
    let text = format!("{}: {}", page.pick("通過の検査をしていない組", "pairs not checked for crossings"), list.join(&page.pick("、", ", ")));
    page.hanging(Look::Faint, 2, "- ", &text);
}

pub(super) fn statements(page: &mut Page, report: &Report) {
    if report.statements.is_empty() {
        return;
    }
    heading(page, "設計者が書いた前提", "Statements of the designer");
    for s in &report.statements {
        page.hanging(Look::Plain, 2, "- ", s);
    }
}

pub(super) fn givens(page: &mut Page) {
    heading(page, "この答えの前提", "Assumptions of this answer");
    let parts: Vec<String> = GIVENS.iter().map(|g| format!("{} {}", g.id, page.pick(g.ja, g.en))).collect();
    let text = format!("{}{}", parts.join(&page.pick("。", "; ")), page.pick("。", "."));
    page.line(Look::Faint, 2, &text);
    let parts: Vec<String> = words::NOT_LOOKED_AT.iter().map(|(ja, en)| page.pick(ja, en)).collect();
    let text = format!("{}: {}", page.pick("見ていないこと", "not looked at"), parts.join(&page.pick("。", "; ")));
    page.line(Look::Faint, 2, &text);
}

pub(super) fn differences(page: &mut Page, report: &Report) {
    if report.expectations == 0 {
        return;
    }
    if report.differences.is_empty() {
        page.blank();
        let n = report.expectations;
        let text = page.pick(&format!("ファイルに書かれた期待 {n} 件は、すべてそのとおりでした"), &format!("all {n} expectations of the file are met"));
        return page.line(Look::Plain, 0, &text);
    }
    heading(page, "ファイルに書かれた期待との違い", "Expectations that are not met");
    for (text, place) in &report.differences {
        let text = text.get(page.style.lang).to_owned();
        page.placed(Look::Bad, 2, "- ", &text, Some(place.to_string()));
    }
}
