//! The comparison for a terminal: the table, which fits 100 columns, and the lists below it.

use super::details::{self, Urgency};
use super::sheet::{self, Sign};
use super::{SideBySide, words};
use crate::report::text::{Look, Page, Style, columns, fill};

/// For people.
#[must_use]
pub fn comparison_text(c: &SideBySide<'_>, style: Style) -> String {
    let mut page = Page::new(style);
    let lang = style.lang;
    let name = &c.comparison.given.name;
    let head = page.pick(
        &format!("{name}: 一つの現況表から組み立てた五つのモデル"),
        &format!("{name}: five models, built from one inventory"),
    );
    page.line(Look::Head, 0, &head);
    page.line(Look::Plain, 0, words::note().get(lang));
    table(&mut page, c);
    for list in details::lists(c) {
        page.blank();
        page.line(Look::Head, 0, &format!("■ {}", list.title.get(lang)));
        for entry in &list.entries {
            let (look, sign) = match entry.urgency {
                Urgency::Bad => (Look::Bad, "✗ "),
                Urgency::Open => (Look::Open, "? "),
                Urgency::Plain => (Look::Plain, "- "),
            };
            page.hanging(look, 2, sign, entry.text.get(lang));
            for line in &entry.below {
                page.hanging(Look::Plain, 6, "* ", line.get(lang));
            }
        }
    }
    page.blank();
    let title = page.pick("■ 出どころ", "■ Where this comes from");
    page.line(Look::Head, 0, &title);
    for origin in words::origins() {
        page.hanging(Look::Faint, 2, "- ", origin.get(lang));
    }
    page.finish()
}

fn table(page: &mut Page, c: &SideBySide<'_>) {
    let lang = page.style.lang;
    let sections = sheet::sections(c);
    let heads: Vec<String> = sheet::heads(c).iter().map(|h| h.get(lang).to_owned()).collect();
    let rows = || sections.iter().flat_map(|s| &s.rows);
    let first = rows().map(|r| columns(r.label.get(lang))).max().unwrap_or(0) + 1;
    let widths: Vec<usize> = heads
        .iter()
        .enumerate()
        .map(|(i, h)| {
            let cells = rows().filter_map(|r| r.cells.get(i)).map(|cell| columns(cell.text.get(lang)));
            cells.max().unwrap_or(0).max(columns(h)) + 1
        })
        .collect();
    let line = |label: &str, cells: &[String]| {
        let mut text = fill(label, first);
        for (cell, width) in cells.iter().zip(&widths) {
            text.push_str("| ");
            text.push_str(&fill(cell, *width));
        }
        text
    };
    let rule: String = format!(
        "{}{}",
        "-".repeat(first),
        widths.iter().map(|w| format!("+{}", "-".repeat(w + 1))).collect::<String>()
    );
    page.blank();
    page.row(Look::Head, &line("", &heads));
    for section in &sections {
        page.row(Look::Plain, &rule);
        let title = section.title.get(lang).to_owned();
        page.row(Look::Head, &title);
        for row in &section.rows {
            let cells: Vec<String> = row.cells.iter().map(|c| c.text.get(lang).to_owned()).collect();
            let look = if row.cells.iter().any(|c| c.sign == Sign::Bad) {
                Look::Bad
            } else if row.cells.iter().any(|c| c.sign == Sign::Open) {
                Look::Open
            } else {
                Look::Plain
            };
            page.row(look, &line(row.label.get(lang), &cells));
        }
    }
    page.row(Look::Plain, &rule);
    let key = page.pick(
        "✗ ない・届く・道がない  ? 書かれていないので決まらない。担当が複数の対策は、それぞれに数える",
        "✗ missing, reached, no way  ? not stated, so undecided. A control with several owners counts for each",
    );
    page.line(Look::Faint, 0, &key);
}
