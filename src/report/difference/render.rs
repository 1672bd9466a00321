//! The page of a difference as text for a terminal and as Markdown for a comment.

use super::Compared;
use super::page::{Line, Tone, told};
use crate::diagnostic::Lang;
use crate::report::markdown::inline;
use crate::report::text::{Look, Page, Style};

fn look(tone: Tone) -> Look {
    match tone {
        Tone::Plain => Look::Plain,
        Tone::Worse => Look::Bad,
        Tone::Better => Look::Good,
        Tone::Open => Look::Open,
    }
}

fn more(n: usize, lang: Lang) -> String {
    match lang {
        Lang::Ja => format!("ほか {n} 件(--verbose ですべて表示)"),
        Lang::En => format!("and {n} more (--verbose shows all)"),
    }
}

/// For people, on a terminal.
#[must_use]
pub fn text(c: &Compared<'_>, style: Style) -> String {
    let told = told(c, style.lang, style.verbose);
    let mut page = Page::new(style);
    page.line(Look::Head, 0, &told.title);
    for line in &told.head {
        page.line(look(line.tone), 0, &line.text);
    }
    for section in &told.sections {
        page.blank();
        page.line(Look::Head, 0, &format!("■ {}", section.title));
        for line in &section.lines {
            page.hanging(look(line.tone), 2, &format!("{} ", line.sign), &line.text);
            for under in &line.under {
                page.hanging(Look::Plain, 6, "", under);
            }
        }
        if section.left_out > 0 {
            page.line(Look::Faint, 2, &more(section.left_out, style.lang));
        }
    }
    page.finish()
}

/// For a comment on a change. Names of a drawing cannot become markup.
#[must_use]
pub fn markdown(c: &Compared<'_>, lang: Lang) -> String {
    let told = told(c, lang, false);
    let mut out = format!("## {}\n\n", inline(&told.title));
    for line in &told.head {
        out.push_str(&format!("{}\n\n", inline(&line.text)));
    }
    for section in &told.sections {
        out.push_str(&format!("### {}\n\n", inline(&section.title)));
        for Line { sign, text, under, .. } in &section.lines {
            out.push_str(&format!("- `{sign}` {}\n", inline(text)));
            for under in under {
                out.push_str(&format!("  - {}\n", inline(under)));
            }
        }
        if section.left_out > 0 {
            out.push_str(&format!("- {}\n", inline(&more(section.left_out, lang))));
        }
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}
