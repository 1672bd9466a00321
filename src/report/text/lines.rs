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

/// What kind of letter it is, for finding the ends of Japanese phrases.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Letter {
    Blank,
    Narrow,
    Hiragana,
    Katakana,
    Other,
}

fn letter(c: char) -> Letter {
    match c {
        ' ' => Letter::Blank,
        '\u{3040}'..='\u{309F}' => Letter::Hiragana,
        '\u{30A0}'..='\u{30FF}' => Letter::Katakana,
        c if c.width() == Some(2) => Letter::Other,
        _ => Letter::Narrow,
    }
}

/// How well a line ends between two characters: not at all, if need be, or well.
fn break_between(a: char, b: char) -> u8 {
    let (x, y) = (letter(a), letter(b));
    if NOT_FIRST.contains(b) || NOT_LAST.contains(a) || "っゃゅょ".contains(a) || b.width() == Some(0) || b == ' ' {
        return 0;
    }
    match (x, y) {
        (Letter::Blank, _) => 2,
        (Letter::Narrow, Letter::Narrow) | (Letter::Katakana, Letter::Katakana) => 0,
        _ if "、。」』】・".contains(a) => 2,
        // A phrase ends with hiragana; what follows begins the next one.
        (Letter::Hiragana, Letter::Katakana | Letter::Other | Letter::Narrow) => 2,
        _ => 1,
    }
}

/// How far back a better end of a line is looked for.
const BACK: usize = 24;

/// Text broken into lines of at most `width` columns where that is possible.
pub(in crate::report) fn wrap(text: &str, width: usize) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut lines = Vec::new();
    let (mut start, mut used, mut at) = (0, 0, 0);
    while at < chars.len() {
        used += chars[at].width().unwrap_or(0);
        if used > width && at > start {
            let cut = cut(&chars, start, at).unwrap_or(at);
            lines.push(chars[start..cut].iter().collect::<String>().trim_end().to_owned());
            start = cut;
            while chars.get(start) == Some(&' ') {
                start += 1;
            }
            at = start;
            used = 0;
            continue;
        }
        at += 1;
    }
    if start < chars.len() || lines.is_empty() {
        lines.push(chars[start..].iter().collect::<String>().trim_end().to_owned());
    }
    lines
}

/// Where the line from `start` ends, if what begins at `over` has no room any more.
fn cut(chars: &[char], start: usize, over: usize) -> Option<usize> {
    let mut back = 0;
    let mut fair = None;
    for i in (start + 1..=over).rev() {
        match break_between(chars[i - 1], chars[i]) {
            2 if back <= BACK => return Some(i),
            0 => {}
            _ => fair = fair.or(Some(i)),
        }
        back += chars[i - 1].width().unwrap_or(0);
    }
    fair
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
    pub(in crate::report) fn placed(
        &mut self,
        look: Look,
        indent: usize,
        sign: &str,
        text: &str,
        place: Option<String>,
    ) {
        let Some(place) = place else { return self.hanging(look, indent, sign, text) };
        if text.is_empty() {
            return self.hanging(look, indent, sign, &format!("[{place}]"));
        }
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

    /// A command, never broken into lines: it has to run as it stands there.
    pub(in crate::report) fn command(&mut self, indent: usize, sign: &str, command: &str) {
        self.row(Look::Faint, &format!("{}{sign}{command}", " ".repeat(indent)));
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

#[cfg(test)]
mod tests {
    use super::{clean, columns, wrap};

    #[test]
    fn lines_keep_to_the_width_and_lose_nothing() {
        let text = "情報セキュリティクラウド(psc) の規則 2「any -> in-srv tcp 25」を見直すと、この経路は切れます。";
        for width in 20..60 {
            let lines = wrap(text, width);
            assert!(lines.iter().all(|l| columns(l) <= width), "{width}: {lines:?}");
            let joined: String = lines.concat().chars().filter(|c| *c != ' ').collect();
            assert_eq!(joined, text.chars().filter(|c| *c != ' ').collect::<String>());
            assert!(lines.iter().all(|l| !l.starts_with(['」', '。', '、', 'ュ'])), "{width}: {lines:?}");
        }
    }

    #[test]
    fn a_word_that_does_not_fit_stands_alone_or_is_cut() {
        assert_eq!(wrap("", 20), [""]);
        assert!(wrap(&"x".repeat(100), 20).concat().len() == 100);
    }

    #[test]
    fn nothing_acts_on_the_terminal() {
        assert_eq!(clean("a\u{1b}[31m\nb\u{9b}\u{202e}"), "a\u{fffd}[31m b\u{fffd}\u{fffd}");
    }
}
