//! Tokens of RON, also of text that is nearly RON.
//!
//! Says what is wrong with single characters and comments; texts in quotation
//! marks are in `quoted`. What belongs together is the business of `tree`.

use std::ops::Range;

use super::chars::{is_blank, is_word_part, is_word_start, lookalike};
use super::{Issues, ScanIssueKind};

/// What a [`Token`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// `(`, `[` or `{`; a full-width one counts as its ASCII twin.
    Open(char),
    /// `)`, `]` or `}`, likewise.
    Close(char),
    /// `,`
    Comma,
    /// `:`
    Colon,
    /// An identifier or a number.
    Word,
    /// A string, byte string or character.
    Quoted,
    /// Anything else, such as the `#` of an extension.
    Other,
}

/// One word, symbol or text. White space and comments are what is between tokens.
#[derive(Debug, Clone)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it stands.
    pub range: Range<usize>,
    pub(super) line: Line,
}

/// The line a token is on. A line break inside a string or comment does not begin a line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    pub(super) number: usize,
    pub(super) indent: usize,
    /// Whether nothing but blanks came before on this line.
    pub(super) fresh: bool,
}

/// A string that may be the one whose quotation mark is missing, and how many
/// issues there were before it: those after it are consequences.
#[derive(Debug, Clone, Copy)]
pub(super) struct Suspect {
    pub(super) start: usize,
    pub(super) issues: usize,
}

/// Why the lexer stopped before the end.
#[derive(Debug, Clone, Copy)]
pub(super) enum Stop {
    String { start: usize },
    Comment { start: usize, last: usize },
}

pub(super) struct Lexer<'t> {
    pub(super) text: &'t str,
    pub(super) at: usize,
    pub(super) line: Line,
    pub(super) issues: Issues,
    pub(super) stop: Option<Stop>,
    /// The first string that is followed directly by a word: `"a: "in"`.
    pub(super) glued: Option<Suspect>,
    /// The first string that goes on to another line.
    pub(super) multiline: Option<Suspect>,
}

/// The tokens of a text that [`super::scan`] finds nothing wrong with. What is between two of
/// them is white space and comments.
#[must_use]
pub fn tokens(text: &str) -> Vec<Token> {
    let mut lexer = Lexer::new(text);
    std::iter::from_fn(|| lexer.next()).collect()
}

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let line = Line { number: 0, indent: 0, fresh: true };
        let issues = Issues::default();
        Self { text, at: 0, line, issues, stop: None, glued: None, multiline: None }
    }

    pub(super) fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn next(&mut self) -> Option<Token> {
        self.skip_blanks()?;
        let c = self.rest().chars().next()?;
        let start = self.at;
        let line = self.line;
        self.line.fresh = false;
        let kind = self.token(c)?;
        Some(Token { kind, range: start..self.at, line })
    }

    /// Skips blanks and comments. `None` when a comment does not end.
    pub(super) fn skip_blanks(&mut self) -> Option<()> {
        loop {
            let rest = self.rest();
            let Some(c) = rest.chars().next() else {
                return Some(());
            };
            if is_blank(c) {
                self.at += c.len_utf8();
                self.blank(c);
            } else if lookalike(c) == Some(' ') {
                self.issues.lookalike(self.at..self.at + c.len_utf8(), None, ' ');
                self.at += c.len_utf8();
                self.blank(c);
            } else if rest.starts_with("//") {
                self.at += rest.find('\n').unwrap_or(rest.len());
            } else if rest.starts_with("/*") {
                self.block_comment()?;
            } else {
                return Some(());
            }
        }
    }

    pub(super) fn blank(&mut self, c: char) {
        if c == '\n' {
            self.line = Line { number: self.line.number + 1, indent: 0, fresh: true };
        } else if self.line.fresh {
            self.line.indent += match c {
                ' ' => 1,
                '\t' => 4,
                '\u{3000}' => 2,
                _ => 0,
            };
        }
    }

    pub(super) fn block_comment(&mut self) -> Option<()> {
        let start = self.at;
        let mut last = start;
        let mut depth = 1;
        let mut at = start + 2;
        let bytes = self.text.as_bytes();
        while depth > 0 {
            match bytes.get(at..at + 2) {
                Some(b"/*") => {
                    depth += 1;
                    last = at;
                    at += 2;
                }
                Some(b"*/") => {
                    depth -= 1;
                    at += 2;
                }
                Some(_) => at += 1,
                None => {
                    self.stop = Some(Stop::Comment { start, last });
                    self.at = self.text.len();
                    return None;
                }
            }
        }
        self.at = at;
        Some(())
    }

    /// Moves over one token that begins with `c`. `None` when a string does not end.
    pub(super) fn token(&mut self, c: char) -> Option<TokenKind> {
        if let Some(kind) = self.prefixed(c)? {
            return Some(kind);
        }
        match c {
            '"' => self.string(1),
            '\'' => Some(self.character(1)),
            _ if is_word_start(c) => Some(self.word(self.at, c)),
            _ => Some(self.symbol(c)),
        }
    }

    pub(super) fn word(&mut self, start: usize, first: char) -> TokenKind {
        self.skip_word();
        if !first.is_alphabetic() && first != '_' {
            // `8０` can only be a number that was typed with full-width digits.
            for (at, c) in self.text[start..self.at].char_indices() {
                if let Some(digit @ '0'..='9') = lookalike(c) {
                    let at = start + at;
                    self.issues.lookalike(at..at + c.len_utf8(), None, digit);
                }
            }
        }
        TokenKind::Word
    }

    pub(super) fn skip_word(&mut self) {
        let start = self.at;
        while let Some(c) = self.rest().chars().next() {
            // The `=` of `1..=5`.
            if is_word_part(c) || (c == '=' && self.text[start..self.at].ends_with("..")) {
                self.at += c.len_utf8();
            } else {
                break;
            }
        }
    }

    pub(super) fn symbol(&mut self, c: char) -> TokenKind {
        let start = self.at;
        let end = start + c.len_utf8();
        self.at = end;
        if c == '\0' {
            self.issues.add(ScanIssueKind::NulByte, start..end, None);
        }
        let meant = lookalike(c);
        if let Some('0'..='9') = meant {
            return self.word(start, c);
        }
        if let Some(meant) = meant {
            self.issues.lookalike(start..end, None, meant);
        }
        match meant.unwrap_or(c) {
            bracket @ ('(' | '[' | '{') => TokenKind::Open(bracket),
            bracket @ (')' | ']' | '}') => TokenKind::Close(bracket),
            ',' => TokenKind::Comma,
            ':' => TokenKind::Colon,
            '"' => self.fullwidth_string(),
            _ => TokenKind::Other,
        }
    }
}
