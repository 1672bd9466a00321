//! Text of a drawing made fit to be drawn: harmless characters, display width, line breaks.
//!
//! It does not escape: each format quotes in its own way, after this.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthChar;

use super::kinds::Mark;

/// The longest text that is looked at; what is beyond is cut with an ellipsis.
const MOST_CHARS: usize = 400;

/// Lines of `text` without characters that could disturb a file or reorder the line.
///
/// Control characters, noncharacters and bidirectional controls become U+FFFD, so that
/// they are seen; tabs become spaces; every kind of line end splits.
pub(super) fn lines(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut chars = text.chars().peekable();
    let mut taken = 0;
    while let Some(c) = chars.next() {
        let Some(line) = lines.last_mut() else { break };
        taken += 1;
        if taken > MOST_CHARS {
            line.push('…');
            break;
        }
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => lines.push(String::new()),
            '\t' => line.push(' '),
            c if is_unfit(c) => line.push('\u{FFFD}'),
            c => line.push(c),
        }
    }
    lines
}

/// `text` on one line, for tooltips and places with no room.
pub(super) fn one_line(text: &str) -> String {
    lines(text).join(" ")
}

fn is_unfit(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{61C}' | '\u{FEFF}')
        || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}')
        || matches!(c, '\u{FFF9}'..='\u{FFFB}' | '\u{FDD0}'..='\u{FDEF}')
        || (c as u32) & 0xFFFE == 0xFFFE
}

/// Columns a character takes: 0, 1 or 2. A Japanese font draws ①, → and … full width, so
/// what the standard leaves open counts two.
pub(super) fn columns_of(c: char) -> usize {
    match (c.width().unwrap_or(1), c as u32) {
        (0, _) => 0,
        (_, 0..=0x24F | 0xFF61..=0xFFDC) => 1,
        _ => 2,
    }
}

/// Columns a text takes.
pub(super) fn columns(text: &str) -> usize {
    text.chars().map(columns_of).sum()
}

/// An upper bound of the width of `text` in a sans-serif font of `size`.
pub(super) fn width(text: &str, size: f64, bold: bool) -> f64 {
    let em: f64 = text
        .chars()
        .map(|c| match c {
            'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' => 0.34,
            ' ' | '(' | ')' | '[' | ']' | '-' | '/' | '\\' | 'f' | 'r' | 't' => 0.42,
            'W' | 'M' | 'm' | 'w' | '@' | '%' => 0.96,
            'A'..='Z' | '&' => 0.74,
            c if c.is_ascii() => 0.6,
            '\u{1F000}'..='\u{1FAFF}' => 1.4,
            c => [0.0, 0.72, 1.03][columns_of(c)],
        })
        .sum();
    em * size * if bold { 1.05 } else { 1.0 }
}

/// Breaks every line of `text` at `limit` columns, at most `most` lines in all.
///
/// The pieces are about equally long. A break falls after a separator or between two kinds
/// of characters if there is such a place nearby, else anywhere, but not before a mark that
/// may not begin a Japanese line.
pub(super) fn wrap(text: &str, limit: usize, most: usize) -> Vec<String> {
    let limit = limit.max(4);
    let mut out = Vec::new();
    for line in lines(text) {
        let mut rest: &str = line.trim();
        loop {
            let long = columns(rest);
            let even = long.div_ceil(long.div_ceil(limit).max(1));
            let (head, tail) = split(rest, limit, even);
            out.push(head.trim_end().to_owned());
            rest = tail.trim_start();
            if rest.is_empty() || out.len() > most {
                break;
            }
        }
    }
    if out.len() > most {
        out.truncate(most.max(1));
        if let Some(last) = out.last_mut() {
            while columns(last) + 2 > limit && last.pop().is_some() {}
            last.push('…');
        }
    }
    out
}

/// The first piece of `text`, at most `limit` columns and best about `even`, and the rest.
fn split(text: &str, limit: usize, even: usize) -> (&str, &str) {
    if columns(text) <= limit {
        return (text, "");
    }
    // The best place so far as (how far it is from the best length, where).
    let (mut used, mut best, mut before) = (0, None::<(usize, usize)>, ' ');
    for (at, c) in text.char_indices() {
        let bad_start = columns_of(c) == 0 || NOT_FIRST.contains(c);
        if at > 0 && !bad_start && !NOT_LAST.contains(before) && used <= limit {
            let good = AFTER.contains(before) || "（(".contains(c) || turns(before, c);
            let cost = used.abs_diff(even) * 2 + if good { 0 } else { limit / 2 };
            if best.is_none_or(|(least, _)| cost < least) {
                best = Some((cost, at));
            }
        }
        if used > limit {
            break;
        }
        used += columns_of(c);
        before = c;
    }
    let first = text.chars().next().map_or(0, char::len_utf8);
    text.split_at(best.map_or(first, |(_, at)| at.max(first)))
}

const NOT_FIRST: &str = "、。，．）」』】〉》・ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ,.)]:;!?！？…";
const NOT_LAST: &str = "（「『【〈《([";
const AFTER: &str = " /_-@・／、。）　,;:";

/// Whether one kind of characters ends and another begins: 仮想|デスクトップ.
fn turns(a: char, b: char) -> bool {
    let kind = |c: char| match c {
        c if c.is_ascii_alphanumeric() || ".-_".contains(c) => 0,
        '\u{30A0}'..='\u{30FF}' | '\u{FF66}'..='\u{FF9F}' => 1,
        '\u{3040}'..='\u{309F}' => 2,
        _ => 3,
    };
    kind(a) != kind(b) && (kind(a), kind(b)) != (3, 2)
}

/// `①②`, or white on black for a forbidden path; `(21)` beyond the last sign.
pub(super) fn step_signs(steps: &[u32], mark: Mark) -> String {
    let mut out = String::new();
    for &step in steps {
        let code = match (mark, step) {
            (Mark::Forbidden, 1..=10) => 0x2776 + step - 1,
            (Mark::Forbidden, 11..=20) => 0x24EB + step - 11,
            (_, 1..=20) => 0x2460 + step - 1,
            _ => 0,
        };
        match char::from_u32(code).filter(|_| code != 0) {
            Some(sign) => out.push(sign),
            None => {
                let _ = write!(out, "({step})");
            }
        }
    }
    out
}
