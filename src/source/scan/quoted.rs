//! Texts in quotation marks: where they end, and which one was never closed.

use std::ops::Range;

use super::ScanIssueKind;
use super::chars::{is_word_part, is_word_start, lookalike};
use super::lex::{Lexer, Stop, Suspect, TokenKind};

impl Lexer<'_> {
    /// `r"…"`, `r#"…"#`, `b"…"`, `br"…"`, `b'…'` and `r#word`.
    pub(super) fn prefixed(&mut self, c: char) -> Option<Option<TokenKind>> {
        if !matches!(c, 'b' | 'r') {
            return Some(None);
        }
        let rest = self.rest();
        if rest.starts_with("b\"") {
            return self.string(2).map(Some);
        }
        if rest.starts_with("b'") {
            return Some(Some(self.character(2)));
        }
        let prefix = if rest.starts_with("br") { 2 } else { usize::from(c == 'r') };
        if prefix == 0 {
            return Some(None);
        }
        let after = &rest[prefix..];
        let hashes = after.len() - after.trim_start_matches('#').len();
        if after[hashes..].starts_with('"') {
            return self.raw_string(prefix, hashes).map(Some);
        }
        if prefix == 1 && hashes == 1 && after[1..].starts_with(is_word_part) {
            self.at += 2;
            self.skip_word();
            return Some(Some(TokenKind::Word));
        }
        Some(None)
    }

    pub(super) fn string(&mut self, prefix: usize) -> Option<TokenKind> {
        let start = self.at;
        let suspect = Suspect { start, issues: self.issues.list.len() };
        let bytes = self.text.as_bytes();
        let mut at = start + prefix;
        let mut breaks = false;
        loop {
            match bytes.get(at) {
                Some(b'"') => break,
                Some(b'\\') => at += 2,
                Some(&byte) => {
                    breaks |= byte == b'\n';
                    at += 1;
                }
                None => return self.unclosed(start),
            }
        }
        self.at = at + 1;
        if self.rest().starts_with(is_word_start) {
            self.glued.get_or_insert(suspect);
        }
        if breaks {
            self.multiline.get_or_insert(suspect);
        }
        Some(TokenKind::Quoted)
    }

    pub(super) fn raw_string(&mut self, prefix: usize, hashes: usize) -> Option<TokenKind> {
        let start = self.at;
        let body = start + prefix + hashes + 1;
        let end = format!("\"{}", "#".repeat(hashes));
        let Some(length) = self.text.get(body..).and_then(|body| body.find(&end)) else {
            return self.unclosed(start);
        };
        self.at = body + length + end.len();
        Some(TokenKind::Quoted)
    }

    pub(super) fn unclosed(&mut self, start: usize) -> Option<TokenKind> {
        self.stop = Some(Stop::String { start });
        self.at = self.text.len();
        None
    }

    pub(super) fn character(&mut self, prefix: usize) -> TokenKind {
        let body = &self.rest()[prefix..];
        // `'''` is a character for RON.
        let length = match body.chars().next() {
            Some('\\') => body.char_indices().skip(2).take(10).find(|&(_, c)| c == '\'').map(|(at, _)| at),
            Some(c) => body[c.len_utf8()..].starts_with('\'').then_some(c.len_utf8()),
            None => None,
        };
        match length {
            Some(length) => {
                self.at += prefix + length + 1;
                TokenKind::Quoted
            }
            None => {
                self.at += prefix;
                TokenKind::Other
            }
        }
    }

    /// “…” on one line: both marks are wrong, what is between them is not our concern.
    pub(super) fn fullwidth_string(&mut self) -> TokenKind {
        let rest = self.rest();
        let is_mark = |c| c == '"' || lookalike(c) == Some('"');
        let end = rest.find(|c| c == '\n' || is_mark(c));
        let Some((at, mark)) = end.and_then(|at| Some((at, rest[at..].chars().next()?))) else {
            return TokenKind::Other;
        };
        if mark == '\n' {
            return TokenKind::Other;
        }
        let at = self.at + at;
        self.at = at + mark.len_utf8();
        if mark != '"' {
            self.issues.lookalike(at..self.at, None, '"');
        }
        TokenKind::Quoted
    }

    /// Says which string or comment was not closed.
    pub(super) fn finish(&mut self) {
        match self.stop {
            // RON never allows a word directly after a string.
            None if self.glued.is_some() => self.blame_string(self.text.len()),
            None => {}
            Some(Stop::Comment { start, last }) => {
                let other = (last != start).then_some(last..last + 2);
                self.issues.add(ScanIssueKind::UnclosedComment, start..start + 2, other);
            }
            Some(Stop::String { start }) => self.blame_string(start),
        }
    }

    /// One quotation mark is missing, so from there on inside and outside are
    /// exchanged. The first odd string is to blame; `last`, if it is a string at
    /// all, is where that shows.
    pub(super) fn blame_string(&mut self, last: usize) {
        let end = Suspect { start: last, issues: self.issues.list.len() };
        let Suspect { start, issues: before } = self.glued.or(self.multiline).unwrap_or(end);
        self.issues.list.truncate(before);
        let mark = self.mark(start);
        let body = self.text.get(mark.end..).unwrap_or_default();
        let line = &body[..body.find('\n').unwrap_or(body.len())];
        if let Some((at, c)) = line.char_indices().find(|&(_, c)| matches!(c, '“' | '”' | '＂' | '〟')) {
            let at = mark.end + at;
            self.issues.lookalike(at..at + c.len_utf8(), Some(mark), '"');
        } else {
            let other = (start != last && last < self.text.len()).then(|| self.mark(last));
            self.issues.add(ScanIssueKind::UnclosedString, mark, other);
        }
    }

    /// The opening of a string, up to its quotation mark.
    pub(super) fn mark(&self, start: usize) -> Range<usize> {
        let length = self.text.get(start..).and_then(|text| text.find('"')).unwrap_or(0);
        start..start + length + 1
    }
}
