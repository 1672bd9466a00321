//! Closing brackets: which opening bracket each was meant for, and which was never closed.
//!
//! Indentation is the evidence; nothing here reads on to see whether a guess was right.

use std::ops::Range;

use super::ScanIssueKind;
use super::chars::{closing, lookalike};
use super::lex::{Line, Token};
use super::tree::{Frame, Last, Tree, Wrong, end_entry};

impl Tree<'_> {
    pub(super) fn close(&mut self, bracket: char, token: &Token) {
        let Some(top) = self.stack.last() else {
            return self.nothing_open(token);
        };
        if closing(top.bracket) == bracket {
            self.close_top(token);
            return;
        }
        let opener = self.stack.iter().rposition(|frame| closing(frame.bracket) == bracket);
        match opener {
            None => self.wrong_shape(token),
            Some(opener) if is_stray(top, &self.stack[opener], token.line) => {
                self.wrong_shape(token);
            }
            Some(opener) if is_typo(top, &self.stack[opener], token.line) => {
                let wrong = Wrong { close: token.range.clone(), open: top.open.clone() };
                self.bad_line = Some(token.line.number);
                self.mismatched(wrong);
                self.pop(Some(&token.range));
            }
            Some(opener) => {
                while self.stack.len() > opener + 1 {
                    self.unclosed(Some(token));
                }
                self.close_top(token);
            }
        }
    }

    pub(super) fn close_top(&mut self, token: &Token) {
        let Some(mut frame) = self.pop(Some(&token.range)) else {
            return;
        };
        if let Some(wrong) = frame.wrong.take() {
            match self.stack.last_mut() {
                Some(outer) if outer.bracket == frame.bracket && outer.wrong.is_none() => outer.wrong = Some(wrong),
                _ => self.lexer.issues.add(ScanIssueKind::UnexpectedClose, wrong.close, None),
            }
        }
        self.note_theft(frame, token);
    }

    /// Remembers that a bracket was closed by what looks like the end of an outer one.
    pub(super) fn note_theft(&mut self, frame: Frame, token: &Token) {
        if token.line.fresh && token.line.indent < frame.line.indent {
            let thief = frame.thief.unwrap_or(frame.open);
            let robbed = self
                .stack
                .iter_mut()
                .rev()
                .find(|outer| outer.bracket == frame.bracket && outer.line.indent == token.line.indent);
            if let Some(robbed) = robbed {
                robbed.thief.get_or_insert(thief);
            }
        }
    }

    /// No bracket of this shape should end here. Whether it is a typing mistake for
    /// the innermost one or simply too much shows when that one is closed or not.
    pub(super) fn wrong_shape(&mut self, token: &Token) {
        match self.stack.last_mut() {
            Some(top) if top.wrong.is_none() => {
                top.wrong = Some(Wrong { close: token.range.clone(), open: top.open.clone() });
            }
            _ => self.unexpected(token),
        }
    }

    /// After the first bracket too many, those after it say nothing new.
    pub(super) fn nothing_open(&mut self, token: &Token) {
        if !std::mem::replace(&mut self.is_over, true) {
            self.unexpected(token);
        }
    }

    pub(super) fn unexpected(&mut self, token: &Token) {
        if self.bad_line != Some(token.line.number) {
            self.bad_line = Some(token.line.number);
            self.lexer.issues.add(ScanIssueKind::UnexpectedClose, token.range.clone(), None);
        }
    }

    pub(super) fn mismatched(&mut self, Wrong { close, open }: Wrong) {
        let bracket = self.lexer.text[open.clone()].chars().next().unwrap_or('(');
        let right = closing(lookalike(bracket).unwrap_or(bracket));
        let issues = &mut self.lexer.issues;
        issues.replace(ScanIssueKind::MismatchedDelimiter, close, Some(open), right);
    }

    /// Gives up waiting for the innermost bracket's end.
    pub(super) fn unclosed(&mut self, noticed: Option<&Token>) {
        let Some(frame) = self.pop(None) else { return };
        self.bad_line = noticed.map(|token| token.line.number).or(self.bad_line);
        if let Some(wrong) = frame.wrong {
            self.mismatched(wrong);
            return;
        }
        let blamed = frame.thief.filter(|thief| !self.is_blamed(thief)).unwrap_or(frame.open);
        let other = noticed.map(|token| token.range.clone());
        self.lexer.issues.add(ScanIssueKind::UnclosedDelimiter, blamed, other);
    }

    pub(super) fn is_blamed(&self, open: &Range<usize>) -> bool {
        let kind = ScanIssueKind::UnclosedDelimiter;
        self.lexer.issues.list.iter().any(|issue| issue.kind == kind && issue.span == *open)
    }

    pub(super) fn pop(&mut self, close: Option<&Range<usize>>) -> Option<Frame> {
        let mut frame = self.stack.pop()?;
        let end = close.or(frame.draft.range.as_ref()).map_or(frame.open.end, |range| range.end);
        let group = &mut self.groups[frame.group];
        end_entry(group, &mut frame, None);
        group.close = close.map(|close| close.start);
        // An unclosed bracket ends with its last entry, or with what was in that.
        let end = group.entries.last().map_or(end, |entry| entry.range.end.max(end));
        let whole = frame.open.start..end;
        self.extend(&whole);
        if let Some(outer) = self.stack.last_mut() {
            outer.draft.last = Last::Group(whole);
        }
        Some(frame)
    }

    /// Ends all brackets that are still open.
    pub(super) fn finish(&mut self) {
        // After an unclosed string every bracket is wrong: say only the cause.
        let report = self.lexer.stop.is_none() && self.lexer.glued.is_none() && !self.too_deep;
        self.lexer.finish();
        while !self.stack.is_empty() {
            if report {
                self.unclosed(None);
            } else {
                self.pop(None);
            }
        }
    }
}

/// Whether a closing bracket that fits `outer` was meant neither for it nor for
/// anything inside: brackets over several lines end at the start of a line, and
/// not further in than they began.
pub(super) fn is_stray(top: &Frame, outer: &Frame, close: Line) -> bool {
    if close.fresh { close.indent > top.line.indent } else { close.number != outer.line.number }
}

/// Whether a closing bracket that fits `outer` but not `top` was meant for `top`.
pub(super) fn is_typo(top: &Frame, outer: &Frame, close: Line) -> bool {
    close.fresh && close.indent == top.line.indent && close.indent != outer.line.indent
}
