//! The comparison as Markdown, for a paper or a comment. Nothing of an inventory acts as markup.

use super::details::{self, Urgency};
use super::{SideBySide, sheet, words};
use crate::diagnostic::{Lang, Text};
use crate::report::markdown::inline;

/// For a paper.
#[must_use]
pub fn comparison_markdown(c: &SideBySide<'_>, lang: Lang) -> String {
    let say = |t: &Text| inline(t.get(lang));
    let pick = |ja: &str, en: &str| if lang == Lang::Ja { ja.to_owned() } else { en.to_owned() };
    let mut out =
        format!("# {}{}\n", inline(&c.comparison.given.name), pick(": 五つのモデルの比較", ": five models compared"));
    out.push_str(&format!("\n{}\n", say(&words::note())));
    for section in sheet::sections(c) {
        out.push_str(&format!("\n## {}\n\n|  |", say(&section.title)));
        for head in sheet::heads(c) {
            out.push_str(&format!(" {} |", say(&head)));
        }
        out.push_str(&format!("\n|---|{}\n", "---|".repeat(c.comparison.columns.len())));
        for row in &section.rows {
            let cells: Vec<String> = row.cells.iter().map(|cell| say(&cell.text)).collect();
            out.push_str(&format!("| {} | {} |\n", say(&row.label), cells.join(" | ")));
        }
    }
    for list in details::lists(c) {
        out.push_str(&format!("\n## {}\n\n", say(&list.title)));
        for entry in &list.entries {
            let sign = match entry.urgency {
                Urgency::Bad => "✗ ",
                Urgency::Open => "? ",
                Urgency::Plain => "",
            };
            out.push_str(&format!("* {sign}{}\n", say(&entry.text)));
            for line in &entry.below {
                out.push_str(&format!("  * {}\n", say(line)));
            }
        }
    }
    out.push_str(&format!("\n## {}\n\n", pick("出どころ", "Where this comes from")));
    for origin in words::origins() {
        out.push_str(&format!("* {}\n", say(&origin)));
    }
    out
}
