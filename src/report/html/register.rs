//! Exceptions: what is covered by one, and the register with expiry and standing.
//!
//! Not here: whether an exception counts; that was decided before.

use super::page::Page;
use super::rules;
use super::words;
use crate::report::{Report, RuleStatus, Standing};

pub(super) fn exceptions(page: &mut Page, report: &Report) {
    page.section("exceptions", "例外", "Exceptions");
    page.say("h3", &[], "例外で認められている規則", "Rules that are violated under an exception");
    page.say(
        "p",
        &[("class", "fine")],
        "認められていても、違反の中身はここに残ります。",
        "What is excepted stays visible here.",
    );
    rules::cards(page, report, RuleStatus::Excepted);
    page.say("h3", &[], "例外の台帳", "Register of exceptions");
    if report.exceptions.is_empty() {
        page.say("p", &[("class", "none")], "例外は書かれていません。", "No exception is written.");
        turns(page, report);
        return page.close("section");
    }
    page.table(
        "register",
        ("例外と、基準日でのその扱い", "Exceptions, and how they stand on the day of the report"),
        &[
            ("番号", "id"),
            ("規則", "rule"),
            ("対象", "about"),
            ("扱い", "standing"),
            ("期限", "until"),
            ("承認者", "approved by"),
            ("理由", "reason"),
            ("代わりの対策", "compensating control"),
        ],
    );
    let all = page.pick("その規則の指摘すべて", "everything that the rule finds").to_owned();
    for e in &report.exceptions {
        page.open("tr", &[]);
        page.open("th", &[("scope", "row")]);
        page.text(&e.id);
        page.place(Some(&e.place));
        page.close("th");
        page.cell(&e.rule);
        let about = if e.at.is_empty() { all.clone() } else { page.joined(&e.at) };
        page.cell(&about);
        page.open("td", &[]);
        let (class, sign) = match e.standing {
            Standing::Active => ("holds", "○"),
            Standing::Expired | Standing::Incomplete => ("violated", "×"),
            Standing::Orphaned | Standing::Unused => ("undecided", "?"),
        };
        let (word, more) = words::standing(e.standing);
        page.badge(class, sign, &word);
        page.text(" ");
        page.told("span", &[], &more);
        page.close("td");
        for field in [&e.until, &e.approver, &e.reason, &e.compensating] {
            let empty = page.pick("記載なし", "not stated");
            let text = field.as_deref().unwrap_or(empty).to_owned();
            // A date stays in one piece.
            let class = if text.len() <= 10 && text.is_ascii() { "word" } else { "" };
            page.el("td", &[("class", class)], &text);
        }
        page.close("tr");
    }
    page.end_table();
    turns(page, report);
    page.close("section");
}

/// The days on which something that counts as fine today will not.
fn turns(page: &mut Page, report: &Report) {
    if report.turns.is_empty() {
        return;
    }
    page.say(
        "h3",
        &[("id", "turns")],
        "このままだと違反に変わる日",
        "Days on which a rule turns red if nothing changes",
    );
    page.open("ul", &[]);
    for turn in &report.turns {
        let text = format!("{} {}: {}", turn.on, turn.rule, turn.why.get(page.lang));
        page.el("li", &[], &text);
    }
    page.close("ul");
}
