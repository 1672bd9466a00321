//! Lines for a terminal: harmless characters, display width, line breaks, and style that never carries meaning alone.
//!
//! Every piece of text of a drawing goes through [`clean`] before it is printed. Not here: what is said.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style as Ansi};
use unicode_width::UnicodeWidthChar;

use crate::diagnostic::Lang;

/// How to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// The language.
    pub lang: Lang,
    /// Whether to use terminal colours.
    pub color: bool,
    /// Columns to fill.
    pub width: usize,
    /// Show every check, also those that hold, and every path in full.
    pub verbose: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self { lang: Lang::Ja, color: false, width: 92, verbose: false }
    }
}

/// Text without characters that could act on a terminal or reorder a line. Line breaks become blanks.
#[must_use]
pub fn clean(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' | '\r' | '\t' | '\u{85}' | '\u{2028}' | '\u{2029}' => ' ',
            c if c.is_control() => '\u{FFFD}',
            '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{61C}' | '\u{FEFF}' => '\u{FFFD}',
            '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FFF9}'..='\u{FFFB}' => '\u{FFFD}',
            c => c,
        })
        .collect()
}

/// Columns of a text. What the standard leaves open (→, ①) counts as the terminal most often draws it: one.
pub(in crate::report) fn columns(text: &str) -> usize {
    text.chars().map(|c| c.width().unwrap_or(0)).sum()
}

/// Text with blanks up to a width; never cut.
#[must_use]
pub fn fill(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(columns(text))))
}

const NOT_FIRST: &str = "、。，．）」』】〉》・ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ,.)]:;!?！？…";
const NOT_LAST: &str = "（「『【〈《([";

/// Pieces that are not broken: words of narrow characters, single wide ones with what clings to them.
fn pieces(text: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut before = ' ';
    for c in text.chars() {
        let wide = |c: char| c.width() == Some(2);
        let glued = !all.is_empty()
            && c != ' '
            && before != ' '
            && (NOT_FIRST.contains(c) || NOT_LAST.contains(before) || c.width() == Some(0) || (!wide(c) && !wide(before)));
        match all.last_mut() {
            Some(last) if glued => last.push(c),
            _ => all.push(c.to_string()),
        }
        before = c;
    }
    all
}

/// Text broken into lines of at most `width` columns where that is possible.
pub(in crate::report) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for piece in pieces(text) {
        let long = columns(&piece);
        if used + long > width && used > 0 {
            lines.push(String::new());
            used = 0;
        }
        let Some(line) = lines.last_mut() else { break };
        if used == 0 && piece == " " && lines_started(line) {
            continue;
        }
        line.push_str(&piece);
        used += long;
    }
    lines.iter().map(|l| l.trim_end().to_owned()).collect()
}

/// A line that follows another does not begin with a blank.
fn lines_started(line: &str) -> bool {
    line.is_empty()
}

/// How a line looks; the words say the same without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::report) enum Look {
    Plain,
    Head,
    Bad,
    Open,
    Good,
    Faint,
}

/// A page that grows line by line.
pub(in crate::report) struct Page {
    pub(in crate::report) style: Style,
    out: String,
}

impl Page {
    pub(in crate::report) fn new(style: Style) -> Self {
        Self { style, out: String::new() }
    }

    /// One of two sentences.
    pub(in crate::report) fn pick(&self, ja: &str, en: &str) -> String {
        match self.style.lang {
            Lang::Ja => ja,
            Lang::En => en,
        }
        .to_owned()
    }

    pub(in crate::report) fn blank(&mut self) {
        self.out.push('\n');
    }

    /// A paragraph at an indent.
    pub(in crate::report) fn line(&mut self, look: Look, indent: usize, text: &str) {
        self.hanging(look, indent, "", text);
    }

    /// A paragraph whose further lines stand under its text, not under its sign.
    pub(in crate::report) fn hanging(&mut self, look: Look, indent: usize, sign: &str, text: &str) {
        let room = self.style.width.saturating_sub(indent + columns(sign)).max(20);
        for (i, line) in wrap(&clean(text), room).iter().enumerate() {
            let head = if i == 0 { clean(sign) } else { " ".repeat(columns(sign)) };
            let blanks = " ".repeat(indent);
            let (on, off) = self.ansi(look);
            let _ = writeln!(self.out, "{blanks}{on}{head}{line}{off}");
        }
    }

    /// A place behind a text: on the same line if there is room, else on its own.
    pub(in crate::report) fn placed(&mut self, look: Look, indent: usize, sign: &str, text: &str, place: Option<String>) {
        let Some(place) = place else { return self.hanging(look, indent, sign, text) };
        let room = self.style.width.saturating_sub(indent + columns(sign)).max(20);
        if columns(text) + columns(&place) + 3 <= room {
            self.hanging(look, indent, sign, &format!("{text}  [{place}]"));
        } else {
            self.hanging(look, indent, sign, text);
            self.line(look, indent + columns(sign), &format!("[{place}]"));
        }
    }

    /// A line that is already laid out, such as a row of a table.
    pub(in crate::report) fn row(&mut self, look: Look, text: &str) {
        let (on, off) = self.ansi(look);
        let _ = writeln!(self.out, "{on}{}{off}", clean(text).trim_end());
    }

    fn ansi(&self, look: Look) -> (String, String) {
        if !self.style.color || look == Look::Plain {
            return (String::new(), String::new());
        }
        let color = |c: AnsiColor| Ansi::new().fg_color(Some(c.into()));
        let ansi = match look {
            Look::Plain => Ansi::new(),
            Look::Head => Ansi::new().bold(),
            Look::Bad => color(AnsiColor::Red).bold(),
            Look::Open => color(AnsiColor::Yellow).bold(),
            Look::Good => color(AnsiColor::Green),
            Look::Faint => Ansi::new().dimmed(),
        };
        (ansi.render().to_string(), ansi.render_reset().to_string())
    }

    pub(in crate::report) fn finish(self) -> String {
        self.out
    }
}
