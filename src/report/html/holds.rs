//! What holds and on what it rests; assumptions; what was not looked at.
//!
//! Not here: the words of assumptions and controls (`report::words`).

use super::page::Page;
use crate::diagnostic::Text;
use crate::model::{Lens, Status};
use crate::report::words::{GIVENS, NOT_LOOKED_AT, depth, guard};
use crate::report::{CheckKind, CheckReport, Report, RuleStatus};

pub(super) fn holds(page: &mut Page, report: &Report) {
    page.section("holds", "守られていることと、その支え", "What holds, and on what it rests");
    let list: Vec<&CheckReport> = report
        .checks
        .iter()
        .filter(|c| c.status == Status::Holds && !matches!(c.kind, CheckKind::Require(..)))
        .collect();
    if list.is_empty() {
        page.say("p", &[("class", "none")], "守られている検査はありません。", "No check holds.");
    } else {
        let (matrix, others): (Vec<&CheckReport>, Vec<&CheckReport>) =
            list.into_iter().partition(|c| c.kind == CheckKind::Matrix);
        crossings(page, &matrix);
        self::others(page, &others);
    }
    let rests: Vec<_> =
        report.rules.iter().filter(|r| r.status == RuleStatus::Holds && !r.rests_on.is_empty()).collect();
    if !rests.is_empty() {
        page.table(
            "resting",
            (
                "守られている規則のうち、対策や前提に支えられているもの",
                "Rules that hold because of controls or assumptions",
            ),
            &[("規則", "rule"), ("求めること(要約)", "what it asks (paraphrased)"), ("支え", "rests on")],
        );
        for r in rests {
            page.open("tr", &[]);
            page.head(&r.id);
            page.told("td", &[], &r.statement);
            let text = supports(page, &r.rests_on);
            page.cell(&text);
            page.close("tr");
        }
        page.end_table();
    }
    if !report.not_asked.is_empty() {
        let list: Vec<String> = report.not_asked.iter().map(|(a, b)| format!("{a} → {b}")).collect();
        let list = page.joined(list);
        page.say(
            "p",
            &[],
            &format!("通過の検査をしていない組: {list}"),
            &format!("Pairs not checked for crossings: {list}"),
        );
    }
    page.close("section");
}

/// Pairs that nothing crosses without a permit, in one row for everything they start from.
fn crossings(page: &mut Page, list: &[&CheckReport]) {
    if list.is_empty() {
        return;
    }
    let n = list.len();
    page.table(
        "crossed",
        (&format!("許可のない通過がない組({n})"), &format!("Pairs that nothing crosses without a permit ({n})")),
        &[("どこから", "from"), ("どこへ(支え)", "to (what it rests on)")],
    );
    let mut from: Vec<&Text> = Vec::new();
    for c in list {
        if !from.contains(&&c.from) {
            from.push(&c.from);
        }
    }
    for start in from {
        page.open("tr", &[]);
        page.head(start.get(page.lang));
        let mut said = Vec::new();
        for c in list.iter().filter(|c| c.from == *start) {
            let to = c.to.get(page.lang);
            let on = rests(page, c);
            said.push(match on == "—" {
                true => to.to_owned(),
                false => format!("{to} — {on}"),
            });
        }
        let text = said.join(" / ");
        page.cell(&text);
        page.close("tr");
    }
    page.end_table();
}

/// Controls in words; an assumption such as A3 is its own word.
fn supports(page: &Page, list: &[String]) -> String {
    let word = |name: &String| match GIVENS.iter().any(|g| g.id == name) || !name.contains(['@', '(']) {
        true => name.clone(),
        false => guard(name).get(page.lang).to_owned(),
    };
    page.joined(list.iter().map(word))
}

/// Attacks and leaks: what rests on the same things stands in one row.
fn others(page: &mut Page, list: &[&CheckReport]) {
    if list.is_empty() {
        return;
    }
    page.table(
        "holding",
        ("守られている検査(攻撃と漏えい)", "Checks that hold (attacks and leaks)"),
        &[("検査", "check"), ("どこから → どこへ", "from → to"), ("支えと深さ", "what it rests on, and how deep")],
    );
    let mut rows: Vec<(Text, String, Vec<String>)> = Vec::new();
    for c in list {
        let (word, on) = (asked(c), rests(page, c));
        let pair = format!("{} → {}", c.from.get(page.lang), c.to.get(page.lang));
        match rows.iter_mut().find(|(w, o, _)| *w == word && *o == on) {
            Some((.., pairs)) => pairs.push(pair),
            None => rows.push((word, on, vec![pair])),
        }
    }
    for (word, on, pairs) in &rows {
        page.open("tr", &[]);
        page.told("th", &[("scope", "row")], word);
        page.cell(&pairs.join(" / "));
        page.cell(on);
        page.close("tr");
    }
    page.end_table();
}

fn asked(c: &CheckReport) -> Text {
    match &c.kind {
        CheckKind::Forbid(Lens::Leak, true) => Text::new("漏えい(画面を見て写す場合も)", "leak, even by eye"),
        CheckKind::Forbid(Lens::Leak, false) => Text::new("漏えい", "leak"),
        _ => Text::new("攻撃", "attack"),
    }
}

/// What a check rests on, in one line.
fn rests(page: &Page, c: &CheckReport) -> String {
    match &c.depth {
        None if c.rests_on.is_empty() => "—".to_owned(),
        None => supports(page, &c.rests_on),
        Some(d) => {
            let (text, sets) = depth(d);
            let sets: Vec<&str> = sets.iter().map(|s| s.get(page.lang)).collect();
            let text = text.get(page.lang);
            if sets.is_empty() { text.to_owned() } else { format!("{text}: {}", sets.join(" / ")) }
        }
    }
}

pub(super) fn assumptions(page: &mut Page, report: &Report) {
    page.section("assumptions", "前提と、見ていないこと", "Assumptions, and what was not looked at");
    page.say(
        "p",
        &[],
        "この報告のすべての答えは、次の前提の下で成り立ちます。",
        "Every answer of this report is true under these assumptions.",
    );
    page.open("dl", &[("class", "givens")]);
    for g in GIVENS {
        page.el("dt", &[("id", &format!("given-{}", g.id))], g.id);
        page.say("dd", &[], g.ja, g.en);
    }
    page.close("dl");
    page.say("h3", &[], "見ていないこと", "What was not looked at");
    page.open("ul", &[]);
    for (ja, en) in NOT_LOOKED_AT {
        page.say("li", &[], ja, en);
    }
    page.close("ul");
    if !report.statements.is_empty() {
        page.say("h3", &[], "設計者が書いた前提", "Statements of the designer");
        page.open("ul", &[]);
        for s in &report.statements {
            page.el("li", &[], s);
        }
        page.close("ul");
    }
    if report.expectations > 0 {
        page.say("h3", &[], "ファイルに書かれた期待", "Expectations of the file");
        let (n, bad) = (report.expectations, report.differences.len());
        page.say(
            "p",
            &[],
            &format!("期待 {n} 件のうち、違ったものは {bad} 件です。"),
            &format!("Of {n} expectations, {bad} are not met."),
        );
        places(page, &report.differences.iter().map(|(t, p)| (t, Some(p))).collect::<Vec<_>>());
    }
    if !report.warnings.is_empty() {
        page.say("h3", &[], "図面についての警告", "Warnings about the drawing");
        let list: Vec<Text> = report
            .warnings
            .iter()
            .map(|w| Text::new(format!("{}: {}", w.code, w.message.ja), format!("{}: {}", w.code, w.message.en)))
            .collect();
        places(page, &list.iter().zip(&report.warnings).map(|(t, w)| (t, w.place.as_ref())).collect::<Vec<_>>());
    }
    page.close("section");
}

fn places(page: &mut Page, list: &[(&Text, Option<&crate::report::Place>)]) {
    if list.is_empty() {
        return;
    }
    page.open("ul", &[]);
    for (text, place) in list {
        page.item(text, *place);
    }
    page.close("ul");
}
