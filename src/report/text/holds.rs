//! What holds and what it rests on, checks that say nothing, statements, assumptions, unmet expectations.

use super::{Look, Page, heading};
use crate::model::{Lens, Status};
use crate::report::words::{self, GIVENS};
use crate::report::{CheckKind, CheckReport, DepthReport, Report};

/// How many least sets of controls are written out without `--verbose`.
const SETS: usize = 5;

pub(super) fn vacuous(page: &mut Page, report: &Report) {
    let list: Vec<&CheckReport> = report.checks.iter().filter(|c| c.status == Status::Vacuous).collect();
    if list.is_empty() {
        return;
    }
    heading(page, "何も言えない検査(相手がいません)", "Checks about nothing");
    for c in list {
        let (from, to) = (c.tally.sources == 0, c.tally.targets == 0);
        let empty = match (from, to) {
            (true, true) => page.pick("始点にも終点にも、端末やサーバーがありません", "neither end has an endpoint"),
            (true, false) => page.pick("始点に、端末もサーバーもありません", "its start has no endpoint"),
            _ => page.pick("終点に、端末もサーバーもありません", "its end has no endpoint"),
        };
        let text = format!("{}: {empty}", c.name);
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
    let (pairs, rest): (Vec<&CheckReport>, Vec<&CheckReport>) =
        list.into_iter().partition(|c| c.kind == CheckKind::Matrix);
    if !pairs.is_empty() {
        let n = pairs.len();
        let text = page.pick(
            &format!("セグメントの組 {n} 組: 許可のない通過は見つからない"),
            &format!("{n} pairs of segments: nothing crosses without a permit"),
        );
        page.hanging(Look::Plain, 2, "- ", &text);
        if page.style.verbose {
            for c in pairs {
                let text = format!("{} → {}", c.from.get(lang), c.to.get(lang));
                page.line(Look::Faint, 6, &text);
            }
        }
    }
    let (flows, rest): (Vec<&CheckReport>, Vec<&CheckReport>) =
        rest.into_iter().partition(|c| matches!(c.kind, CheckKind::Require(..)));
    let mut groups: Vec<Vec<&CheckReport>> = Vec::new();
    for c in rest {
        match groups.iter_mut().find(|g| (&g[0].kind, &g[0].depth) == (&c.kind, &c.depth)) {
            Some(group) => group.push(c),
            None => groups.push(vec![c]),
        }
    }
    for group in groups {
        unreached(page, &group);
    }
    // What passes a gate at which it is not enrolled is not said to pass without a word.
    let (gated, open): (Vec<&CheckReport>, Vec<&CheckReport>) = flows.iter().partition(|c| !c.logins.is_empty());
    for c in gated {
        let text = page.pick(
            &format!("必要な通信は、多要素認証を通れれば通る: {}", c.name),
            &format!("a required flow passes if the login is passed: {}", c.name),
        );
        page.hanging(Look::Open, 2, "- ", &text);
        c.logins.iter().for_each(|t| page.line(Look::Open, 4, t.get(lang)));
    }
    if !open.is_empty() {
        let names: Vec<&str> = open.iter().map(|c| c.name.as_str()).collect();
        let (n, names) = (names.len(), names.join(&page.pick("、", ", ")));
        let text =
            page.pick(&format!("必要な通信 {n} 件は通る: {names}"), &format!("{n} required flows pass: {names}"));
        page.hanging(Look::Plain, 2, "- ", &text);
    }
    if !flows.is_empty() {
        let shown = if page.style.verbose { flows.as_slice() } else { &[] };
        for (c, e) in shown.iter().flat_map(|c| c.evidence.iter().map(move |e| (c, e))) {
            let text = page.pick(&format!("「{}」の例", c.name), &format!("\"{}\", for example", c.name));
            page.line(Look::Plain, 4, &text);
            super::finding::path(page, Lens::Direct, &e.path);
        }
    }
    not_asked(page, report);
}

/// Attacks or leaks that are not there and rest on the same controls.
fn unreached(page: &mut Page, group: &[&CheckReport]) {
    let lang = page.style.lang;
    for c in group {
        let (a, b) = (c.from.get(lang), c.to.get(lang));
        let text = match &c.kind {
            CheckKind::Forbid(Lens::Leak, false) => {
                page.pick(&format!("漏えい {a} → {b}: 届かない"), &format!("leak {a} → {b}: not reached"))
            }
            CheckKind::Forbid(Lens::Leak, true) => page.pick(
                &format!("漏えい {a} → {b}: 届かない(画面を見て写す場合も)"),
                &format!("leak {a} → {b}: not reached, not even by eye"),
            ),
            _ => page.pick(&format!("攻撃 {a} → {b}: 届かない"), &format!("attack {a} → {b}: not reached")),
        };
        page.hanging(Look::Plain, 2, "- ", &text);
        if page.style.verbose && !c.rests_on.is_empty() {
            let list: Vec<String> = c.rests_on.iter().map(|g| words::guard(g).get(lang).to_owned()).collect();
            let text = format!("{}: {}", page.pick("支えている対策", "rests on"), list.join(&page.pick("、", ", ")));
            page.line(Look::Faint, 6, &text);
        }
    }
    let Some(c) = group.first() else { return };
    let n = group.len();
    let all = if n > 1 { page.pick(&format!("以上 {n} 件: "), &format!("these {n}: ")) } else { String::new() };
    depth(page, c, &all);
}

/// How many controls have to fail, and which; nothing is left out silently.
fn depth(page: &mut Page, c: &CheckReport, all: &str) {
    let Some(depth) = &c.depth else { return };
    let (text, sets) = words::depth(depth);
    let look = if *depth == DepthReport::None { Look::Faint } else { Look::Plain };
    page.line(look, 6, &format!("{all}{}", text.get(page.style.lang)));
    let shown = if page.style.verbose { sets.len() } else { SETS };
    for set in sets.iter().take(shown) {
        let set = set.get(page.style.lang).to_owned();
        page.hanging(Look::Plain, 8, "* ", &set);
    }
    let more = sets.len().saturating_sub(shown);
    if more > 0 {
        let text = page
            .pick(&format!("ほか {more} 組(--verbose で表示)"), &format!("{more} more sets (--verbose shows them)"));
        page.hanging(Look::Plain, 8, "* ", &text);
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
    let text = format!(
        "{}: {}",
        page.pick("通過の検査をしていない組", "pairs not checked for crossings"),
        list.join(&page.pick("、", ", "))
    );
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
    let parts: Vec<String> =
        GIVENS.iter().map(|g| format!("{}:{}", g.id, page.pick(g.ja, &format!(" {}", g.en)))).collect();
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
        let text = page.pick(
            &format!("ファイルに書かれた期待 {n} 件は、すべてそのとおりでした"),
            &format!("all {n} expectations of the file are met"),
        );
        return page.line(Look::Plain, 0, &text);
    }
    heading(page, "ファイルに書かれた期待との違い", "Expectations that are not met");
    for (text, place) in &report.differences {
        let text = text.get(page.style.lang).to_owned();
        page.placed(Look::Bad, 2, "- ", &text, Some(place.to_string()));
    }
}
