//! The crossings that the model provides for, and which of them the drawing has.
//!
//! Not here: crossings that nobody provides for; they are findings.

use super::page::Page;
use crate::diagnostic::Text;
use crate::report::Report;

pub(super) fn crossings(page: &mut Page, report: &Report) {
    page.section("crossings", "モデルが認める渡り", "Crossings that the model provides for");
    if report.crossings.is_empty() {
        page.say("p", &[("class", "none")], "ありません。", "None.");
        return page.close("section");
    }
    page.table(
        "crossings",
        ("層から層への渡りと、それを担う機器", "From layer to layer, and what carries it"),
        &[
            ("番号", "id"),
            ("どこから", "from"),
            ("どこへ", "to"),
            ("担う機器", "what carries it"),
            ("図面に", "in the drawing"),
            ("責任", "responsible"),
        ],
    );
    for c in &report.crossings {
        page.open("tr", &[]);
        page.head(&c.id);
        page.told("td", &[], &c.from);
        page.told("td", &[], &c.to);
        page.told("td", &[], &c.mediator);
        page.open("td", &[]);
        match c.present {
            true => page.badge("holds", "○", &Text::new("ある", "yes")),
            false => page.badge("not-applicable", "−", &Text::new("ない", "no")),
        }
        page.close("td");
        let who = page.who(&c.responsible);
        page.cell(&who);
        page.close("tr");
    }
    page.end_table();
    page.close("section");
}
