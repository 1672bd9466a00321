//! Brackets and the entries between commas, with a guess at what the author meant.
//!
//! Takes tokens from `lex` one by one and never looks back.

use std::ops::Range;

use super::lex::{Lexer, Line, Token, TokenKind};
use super::{Entry, Group, MAX_DEPTH, ScanIssueKind};

/// An open bracket.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) group: usize,
    pub(super) open: Range<usize>,
    pub(super) bracket: char,
    pub(super) line: Line,
    /// If this one turns out to be unclosed, a closing bracket of the wrong shape
    /// is why: it was meant for this one, or for one inside which then took the
    /// end of this one.
    pub(super) wrong: Option<Wrong>,
    /// A bracket inside this one that ended at a closing bracket which, by its
    /// indentation, was written for this one: it is the one that lacks its own.
    pub(super) thief: Option<Range<usize>>,
    pub(super) draft: Draft,
}

/// A closing bracket of the wrong shape, and the bracket it was perhaps meant for.
#[derive(Debug)]
pub(super) struct Wrong {
    pub(super) close: Range<usize>,
    pub(super) open: Range<usize>,
}

/// The entry being read.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) range: Option<Range<usize>>,
    pub(super) key: Option<Range<usize>>,
    pub(super) last: Last,
    /// A value that followed another: where a comma may be missing, and the value.
    /// Only a colon after the value shows that it really begins a new entry.
    pub(super) pending: Option<(usize, Range<usize>)>,
}

/// The token before.
#[derive(Debug, Default, Clone)]
pub(super) enum Last {
    #[default]
    Nothing,
    Word(Range<usize>),
    Quoted(Range<usize>),
    Group(Range<usize>),
}

impl Last {
    pub(super) fn range(&self) -> Option<&Range<usize>> {
        match self {
            Self::Nothing => None,
            Self::Word(range) | Self::Quoted(range) | Self::Group(range) => Some(range),
        }
    }
}

pub(super) struct Tree<'t> {
    pub(super) lexer: Lexer<'t>,
    pub(super) groups: Vec<Group>,
    pub(super) stack: Vec<Frame>,
    /// The last line with a bracket mistake: a stray bracket there is a consequence.
    pub(super) bad_line: Option<usize>,
    /// A bracket was closed when none was open.
    pub(super) is_over: bool,
    pub(super) too_deep: bool,
}

impl<'t> Tree<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let lexer = Lexer::new(text);
        Self { lexer, groups: Vec::new(), stack: Vec::new(), bad_line: None, is_over: false, too_deep: false }
    }

    /// Takes one token.
    pub(super) fn token(&mut self, token: &Token) {
        match token.kind {
            TokenKind::Open(bracket) => self.open(bracket, token),
            TokenKind::Close(bracket) => self.close(bracket, token),
            TokenKind::Comma => self.comma(token.range.start),
            TokenKind::Colon => self.colon(&token.range),
            TokenKind::Word => self.value(token, Last::Word(token.range.clone())),
            TokenKind::Quoted => self.value(token, Last::Quoted(token.range.clone())),
            TokenKind::Other => self.other(&token.range),
        }
    }

    pub(super) fn open(&mut self, bracket: char, token: &Token) {
        // RON reads `()` as a word: it does not count as depth.
        let is_unit = self.lexer.rest().starts_with(')');
        if self.stack.len() >= MAX_DEPTH && !is_unit {
            self.lexer.issues.add(ScanIssueKind::TooDeep, token.range.clone(), None);
            self.too_deep = true;
            return;
        }
        self.value(token, Last::Nothing);
        let group = self.groups.len();
        self.groups.push(Group {
            open: token.range.start,
            close: None,
            parent: self.stack.last().map(|frame| frame.group),
            bracket,
            entries: Vec::new(),
        });
        self.stack.push(Frame {
            group,
            open: token.range.clone(),
            bracket,
            line: token.line,
            wrong: None,
            thief: None,
            draft: Draft::default(),
        });
    }

    /// A value begins (a bracket) or is complete (anything else).
    pub(super) fn value(&mut self, token: &Token, last: Last) {
        let Some(frame) = self.stack.last_mut() else {
            return;
        };
        let before = std::mem::replace(&mut frame.draft.last, last);
        if let Some(comma) = missing_comma(&before, token) {
            if frame.bracket == '[' {
                self.missing_comma(comma, token.range.clone());
            } else {
                frame.draft.pending = Some((comma, token.range.clone()));
            }
        }
        self.extend(&token.range);
    }

    pub(super) fn other(&mut self, range: &Range<usize>) {
        self.extend(range);
        if let Some(frame) = self.stack.last_mut() {
            frame.draft.last = Last::Nothing;
        }
    }

    pub(super) fn extend(&mut self, range: &Range<usize>) {
        if let Some(frame) = self.stack.last_mut() {
            let start = frame.draft.range.as_ref().map_or(range.start, |r| r.start);
            frame.draft.range = Some(start..range.end);
        }
    }

    pub(super) fn colon(&mut self, range: &Range<usize>) {
        let Some(frame) = self.stack.last_mut() else {
            return;
        };
        let name = match &frame.draft.last {
            Last::Word(name) | Last::Quoted(name) => Some(name.clone()),
            _ => None,
        };
        let pending = frame.draft.pending.take();
        if let Some((comma, value)) = pending.filter(|(_, value)| name.as_ref() == Some(value)) {
            self.missing_comma(comma, value);
        }
        if let Some(frame) = self.stack.last_mut()
            && frame.draft.key.is_none()
            && frame.draft.range == name
        {
            frame.draft.key = name;
        }
        self.other(range);
    }

    /// Reports a missing comma and lets a new entry begin with `value`.
    pub(super) fn missing_comma(&mut self, comma: usize, value: Range<usize>) {
        let issues = &mut self.lexer.issues;
        issues.replace(ScanIssueKind::MissingComma, comma..comma, Some(value.clone()), ',');
        let Some(frame) = self.stack.last_mut() else {
            return;
        };
        let last = std::mem::take(&mut frame.draft.last);
        if let Some(range) = &mut frame.draft.range {
            range.end = comma;
        }
        end_entry(&mut self.groups[frame.group], frame, None);
        frame.draft.range = Some(value);
        frame.draft.last = last;
    }

    pub(super) fn comma(&mut self, at: usize) {
        if let Some(frame) = self.stack.last_mut() {
            end_entry(&mut self.groups[frame.group], frame, Some(at));
        }
    }
}

pub(super) fn end_entry(group: &mut Group, frame: &mut Frame, comma: Option<usize>) {
    let Draft { range, key, .. } = std::mem::take(&mut frame.draft);
    if let Some(range) = range {
        group.entries.push(Entry { range, key, comma, group: frame.group });
    }
}

/// Where a comma is missing if `token` begins a value after `before`.
pub(super) fn missing_comma(before: &Last, token: &Token) -> Option<usize> {
    let end = before.range()?.end;
    let is_word = matches!(before, Last::Word(_));
    // `Terminal (…)` is one value, and so are `inf..5` and `1..b'a'`.
    let is_name = is_word && token.kind == TokenKind::Open('(');
    let is_glued = end == token.range.start && (is_word || token.kind == TokenKind::Word);
    (!is_name && !is_glued).then_some(end)
}
