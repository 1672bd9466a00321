//! The appendix: every rule with its status and why, the marks of evidence, the sources.
//!
//! Not here: findings; the table links to them.

use super::page::Page;
use super::rules::rule_anchor;
use super::words::source_id;
use crate::report::rulewords;
use crate::report::{Report, RuleStatus};

pub(super) fn rules(page: &mut Page, report: &Report) {
    page.section("rules", "付録: すべての規則", "Appendix: all rules");
    if report.rules.is_empty() {
        page.say("p", &[("class", "none")], "規則はありません。", "There are no rules.");
        return page.close("section");
    }
    page.table(
        "rules",
        ("規則の一覧と、この図面での答え", "All rules, and the answer for this drawing"),
        &[
            ("規則、重大度、状態", "rule, severity, status"),
            ("求めること(要約)", "what it asks (paraphrased)"),
            ("理由、調べたもの、根拠", "why, or what was looked at; evidence"),
        ],
    );
    for (at, r) in report.rules.iter().enumerate() {
        page.open("tr", &[("class", r.status.as_str())]);
        page.open("th", &[("scope", "row")]);
        match r.status {
            RuleStatus::Holds | RuleStatus::NotApplicable => page.text(&r.id),
            _ => {
                let to = format!("#{}", rule_anchor(r, at));
                page.el("a", &[("href", &to)], &r.id);
            }
        }
        page.out.push(' ');
        page.told("span", &[("class", "fine")], &rulewords::severity(r.severity));
        page.out.push(' ');
        page.status(r.status);
        page.close("th");
        page.open("td", &[]);
        page.text(r.statement.get(page.lang));
        if let Some(own) = &r.own {
            let text = page.pick(&format!("(独自: {})", own.pack), &format!(" (own: {})", own.pack)).to_owned();
            page.text(&text);
        }
        page.close("td");
        page.open("td", &[]);
        page.text(r.why.get(page.lang));
        page.marks(&r.evidence_marks);
        page.close("td");
        page.close("tr");
    }
    page.end_table();
    page.close("section");
}

pub(super) fn evidence(page: &mut Page, report: &Report) {
    page.section("evidence", "付録: 根拠の印と出典", "Appendix: marks of evidence, and sources");
    page.open("dl", &[("class", "legend")]);
    for (id, mark, text) in [
        (
            "mark-source",
            ("[出典 n]", "[source n]"),
            ("公開された資料が述べている。n は下の出典の番号", "a public source says so; n is its number below"),
        ),
        ("mark-survey", ("[調査 n]", "[survey n]"), ("公表された調査が述べている", "a published survey says so")),
        (
            "mark-recalled",
            ("[記憶]", "[recalled]"),
            ("原文で確かめていない。使う前に確かめること", "from memory, not confirmed; confirm it before use"),
        ),
        (
            "mark-unsure",
            ("[要確認]", "[unsure]"),
            ("原文で確かめておらず、不確か。必ず確かめること", "from memory and uncertain; it has to be confirmed"),
        ),
        (
            "mark-design",
            ("[設計]", "[design]"),
            ("ガイドラインではなく、このツールの設計上の決めごと", "no guideline says so: a decision of this tool"),
        ),
    ] {
        page.say("dt", &[("id", id)], mark.0, mark.1);
        page.say("dd", &[], text.0, text.1);
    }
    page.close("dl");
    page.say(
        "p",
        &[("class", "notice")],
        "条項の文はすべて要約です。引用ではありません。現行のガイドラインで確かめてください。",
        "All clauses are paraphrased, none is quoted. Check them against the current guideline.",
    );
    page.say("h3", &[], "公開の出典", "Public sources");
    if report.sources.is_empty() {
        page.say("p", &[("class", "none")], "ありません。", "None.");
        return page.close("section");
    }
    page.open("dl", &[("class", "sources")]);
    let mut sources: Vec<(&String, &String)> = report.sources.iter().collect();
    sources.sort_by_key(|(name, _)| counted(name));
    for (name, address) in sources {
        page.el("dt", &[("id", &source_id(name))], name);
        page.open("dd", &[]);
        // Only what a reader can follow without running anything.
        if address.starts_with("https://") || address.starts_with("http://") {
            page.el("a", &[("href", address), ("rel", "noreferrer noopener external")], address);
        } else {
            page.text(address);
        }
        page.close("dd");
    }
    page.close("dl");
    page.close("section");
}

/// As a person counts: 7 before 12, and A2 before A10.
fn counted(name: &str) -> (&str, u32, &str) {
    let at = name.find(|c: char| c.is_ascii_digit()).unwrap_or(name.len());
    let (word, number) = name.split_at(at);
    (word, number.parse().unwrap_or(u32::MAX), name)
}
