//! The report as one HTML page: for an audit and for the paper of a budget, on a screen and printed.
//!
//! The page needs nothing but itself: no network, no font, no script for what it says. Its one script filters and
//! points at the diagram; a content security policy names that script by its hash and forbids every other. Only the
//! order is decided here. Not here: how pictures are drawn; whoever calls hands them in.

mod appendix;
mod begin;
mod crossing;
mod findings;
mod holds;
mod page;
mod path;
mod picture;
mod register;
mod rules;
mod top;
mod words;
mod work;

#[cfg(test)]
mod tests;

use super::Report;
use crate::diagnostic::Lang;
use page::Page;

/// What a page needs besides the report.
///
/// Pictures are put in as they are. They must come from a drawer that escapes what it writes, as this library's does.
#[derive(Debug, Clone, Default)]
pub struct HtmlInput {
    /// The language of the page.
    pub lang: Lang,
    /// The diagram of the whole drawing, as an SVG element whose things carry `data-node` and `data-thing`.
    pub svg: Option<String>,
    /// A small picture for each of [`Report::findings`], in their order; fewer are allowed.
    pub finding_svgs: Vec<Option<String>>,
}

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// SHA-256 of the script, in base64; a test holds it to the script.
const SCRIPT_HASH: &str = "izNXQW5b2PyYeDTscB1FA9YR2Z/LjQcXCpSvj8zZfyo=";

/// The page.
#[must_use]
pub fn html(report: &Report, input: &HtmlInput) -> String {
    let mut page = Page::new(input.lang);
    head(&mut page, report);
    top::title(&mut page, report);
    page.open("main", &[("id", "main")]);
    if report.faults.is_empty() {
        body(&mut page, report, input);
    } else {
        top::faults(&mut page, report);
    }
    page.close("main");
    page.out.push_str("<script>");
    page.out.push_str(SCRIPT);
    page.out.push_str("</script>\n</body>\n</html>\n");
    page.out
}

fn body(page: &mut Page, report: &Report, input: &HtmlInput) {
    top::summary(page, report);
    begin::begin(page, report);
    begin::audit(page, report);
    top::contents(page, report);
    top::filter(page, report);
    picture::diagram(page, input);
    rules::violated(page, report);
    findings::violated(page, report, input);
    rules::undecided(page, report);
    findings::undecided(page, report, input);
    register::exceptions(page, report);
    findings::flows(page, report, input);
    work::tasks(page, report);
    work::controls(page, report);
    work::crossings(page, report);
    holds::holds(page, report);
    holds::assumptions(page, report);
    appendix::rules(page, report);
    appendix::evidence(page, report);
}

fn head(page: &mut Page, report: &Report) {
    let lang = page.pick("ja", "en");
    let policy = format!(
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-{SCRIPT_HASH}'; base-uri 'none'; form-action 'none'"
    );
    page.out.push_str("<!DOCTYPE html>\n");
    page.open("html", &[("lang", lang)]);
    page.out.push_str("\n<head>\n<meta charset=\"utf-8\">\n");
    // The policy is ours; its quotes have to stay quotes.
    page.out.push_str(&format!("<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n"));
    page.out.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    page.out.push_str("<meta name=\"referrer\" content=\"no-referrer\">\n");
    let title = format!("{} — {}", top::name(report), page.pick("三層分離の検査報告", "three-layer separation report"));
    page.el("title", &[], &title);
    page.out.push_str("<style>\n");
    page.out.push_str(STYLE);
    page.out.push_str("</style>\n</head>\n<body>\n");
    page.say("a", &[("class", "skip"), ("href", "#main")], "本文へ", "Skip to the text");
}
