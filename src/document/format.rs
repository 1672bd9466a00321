//! The formatter: one indentation, one way to set blanks; lines, comments and every token stay as they are.
//!
//! It works on tokens and knows nothing of what a field means. A text whose
//! brackets do not fit is left alone.

use crate::source::{ScanIssueKind, Token, TokenKind, scan, tokens};

/// A text that cannot be formatted: its brackets or quotation marks do not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unformattable;

impl std::fmt::Display for Unformattable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("brackets or quotation marks do not fit")
    }
}

impl std::error::Error for Unformattable {}

/// The formatted text. Formatting it again changes nothing.
///
/// # Errors
/// [`Unformattable`] when the text is not well formed; nothing is guessed.
pub fn format(text: &str) -> Result<String, Unformattable> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if scan(text).issues.iter().any(|i| !matches!(i.kind, ScanIssueKind::BidiControl)) {
        return Err(Unformattable);
    }
    let pieces = pieces(text);
    let out = write(&pieces);
    // The promise that nothing is lost is kept by looking.
    let same = |a: &Piece<'_>, b: &Piece<'_>| a.text == b.text;
    let again = self::pieces(&out);
    let kept = again.len() == pieces.len() && again.iter().zip(&pieces).all(|(a, b)| same(a, b));
    if kept { Ok(out) } else { Err(Unformattable) }
}

/// A token or a comment, with the number of line breaks before it.
struct Piece<'t> {
    text: &'t str,
    /// `None` for a comment.
    kind: Option<TokenKind>,
    breaks: usize,
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut all = Vec::new();
    let mut at = 0;
    let mut breaks = 0;
    for Token { kind, range, .. } in tokens(text) {
        comments(&text[at..range.start], &mut breaks, &mut all);
        all.push(Piece { text: &text[range.clone()], kind: Some(kind), breaks });
        breaks = 0;
        at = range.end;
    }
    comments(&text[at..], &mut breaks, &mut all);
    all
}

/// The comments between two tokens. RON nests block comments.
fn comments<'t>(gap: &'t str, breaks: &mut usize, all: &mut Vec<Piece<'t>>) {
    let mut rest = gap;
    while let Some(start) = rest.find("//").into_iter().chain(rest.find("/*")).min() {
        *breaks += rest[..start].matches('\n').count();
        let len = if rest[start..].starts_with("//") {
            rest[start..].find('\n').unwrap_or(rest.len() - start)
        } else {
            block_len(&rest[start..])
        };
        all.push(Piece { text: rest[start..start + len].trim_end(), kind: None, breaks: *breaks });
        *breaks = 0;
        rest = &rest[start + len..];
    }
    *breaks += rest.matches('\n').count();
}

fn block_len(text: &str) -> usize {
    let mut depth = 0usize;
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if text[at..].starts_with("*/") {
            depth = depth.saturating_sub(1);
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

fn write(pieces: &[Piece<'_>]) -> String {
    let mut out = String::new();
    // For each open bracket, the indentation of the line on which it stands.
    let mut open: Vec<usize> = Vec::new();
    let mut indent = 0;
    let mut before: Option<&Piece<'_>> = None;
    for piece in pieces {
        let closes = matches!(piece.kind, Some(TokenKind::Close(_)));
        let opener = if closes { open.pop() } else { None };
        let must_break = before.is_some_and(|b| b.kind.is_none() && b.text.starts_with("//"));
        if let Some(previous) = before {
            if piece.breaks > 0 || must_break {
                out.push_str(if piece.breaks > 1 { "\n\n" } else { "\n" });
                indent = opener.unwrap_or_else(|| open.last().map_or(0, |i| i + 2));
                out.extend(std::iter::repeat_n(' ', indent));
            } else if spaced(previous, piece) {
                out.push(' ');
            }
        }
        out.push_str(piece.text);
        if matches!(piece.kind, Some(TokenKind::Open(_))) {
            open.push(indent);
        }
        before = Some(piece);
    }
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

/// Whether a blank stands between two pieces of one line.
fn spaced(a: &Piece<'_>, b: &Piece<'_>) -> bool {
    use TokenKind::{Close, Colon, Comma, Open, Other, Quoted, Word};
    match (a.kind, b.kind) {
        (None, _) | (_, None) => true,
        (Some(Open('{')), Some(Close('}'))) => false,
        (Some(Open('{')), _) | (_, Some(Close('}'))) => true,
        (_, Some(Comma | Colon | Close(_))) | (Some(Open(_)), _) => false,
        (Some(Comma | Colon), _) => true,
        // `Terminal(`, but `a: (`.
        (Some(Word), Some(Open('('))) => false,
        // `#![enable(…)]` and the like keep their shape.
        (Some(Other), _) | (_, Some(Other)) => false,
        (Some(Word | Quoted | Close(_)), Some(Word | Quoted | Open(_))) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::format;

    #[test]
    fn sets_blanks_and_indentation() {
        let text = "Municipality(name:\"あ\",nodes:{\"a\":Terminal( at :\"in\"),// end\n\n\n\n\"b\":Terminal(at:\"in\",\ncount:3)}, )";
        let wanted = "Municipality(name: \"あ\", nodes: { \"a\": Terminal(at: \"in\"), // end\n\n  \"b\": Terminal(at: \"in\",\n    count: 3) },)\n";
        assert_eq!(format(text).as_deref(), Ok(wanted));
        assert_eq!(format(wanted).as_deref(), Ok(wanted));
    }

    #[test]
    fn leaves_broken_text_alone() {
        assert!(format("Municipality(name: \"a\"").is_err());
    }
}
