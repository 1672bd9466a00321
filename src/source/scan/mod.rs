//! A tolerant look at the brackets, entries and quotation marks of a RON text.
//!
//! The RON reader stops at the first place where it *noticed* a mistake, which
//! for an unclosed bracket is often many lines later. This scanner reads on,
//! and says where the mistake probably *is*. It also knows which
//! comma-separated entry surrounds a place, so that one bad entry can be blanked
//! out and the rest read.
//!
//! It is not a parser: it accepts much that is not RON, builds no values and
//! never says that a text is right. Whatever the RON reader accepts it finds
//! nothing wrong with, except invisible characters that turn text around
//! ([`ScanIssueKind::BidiControl`]). One pass, no recursion.

mod chars;
mod close;
mod lex;
mod quoted;
mod tree;

#[cfg(test)]
mod tests;

use std::ops::Range;

pub use lex::{Token, TokenKind, tokens};

use tree::Tree;

/// How many brackets may be open at once. The RON reader has the same limit.
const MAX_DEPTH: usize = 128;

/// After so many issues nobody reads on; a file of another kind must not fill the memory.
const MAX_ISSUES: usize = 100;

/// What [`scan`] found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scan {
    /// Every bracket pair, in the order of the opening brackets.
    pub groups: Vec<Group>,
    /// Every mistake, by place. At most 100.
    pub issues: Vec<ScanIssue>,
}

/// One pair of brackets and what is inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Byte of the opening bracket.
    pub open: usize,
    /// Byte of the closing bracket, if there is one.
    pub close: Option<usize>,
    /// The group around this one, an index into [`Scan::groups`].
    pub parent: Option<usize>,
    /// The opening bracket: `(`, `[` or `{`. A full-width one counts as its ASCII twin.
    pub bracket: char,
    /// What is between the commas.
    pub entries: Vec<Entry>,
}

/// One of the comma-separated things inside a [`Group`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// From its first to its last token, without white space and comments around it.
    pub range: Range<usize>,
    /// The `name` or `"name"` before its colon.
    pub key: Option<Range<usize>>,
    /// The byte of the comma that ends it.
    pub comma: Option<usize>,
    /// The group it is in, an index into [`Scan::groups`].
    pub group: usize,
}

/// What is wrong at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScanIssueKind {
    /// A bracket that is never closed; `other` is where that was noticed.
    UnclosedDelimiter,
    /// A closing bracket that nothing opened.
    UnexpectedClose,
    /// A closing bracket of the wrong shape; `other` is the opening bracket.
    MismatchedDelimiter,
    /// A quotation mark that is never closed; `other` is the last one, if that is another.
    UnclosedString,
    /// A `/*` that is never closed; `other` is the last `/*` inside it, if there is one.
    UnclosedComment,
    /// A symbol or blank that only looks like the one that RON needs.
    /// In place of a quotation mark, `other` is the mark that opened the string.
    FullWidthSymbol,
    /// Two values without a comma between them: `span` is the empty place
    /// for the comma, `other` the value after it.
    MissingComma,
    /// More than 128 brackets open at once; the scan stopped here.
    TooDeep,
    /// An invisible character that changes the direction of text.
    BidiControl,
    /// A NUL character outside strings and comments.
    NulByte,
}

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanIssue {
    /// What is wrong.
    pub kind: ScanIssueKind,
    /// Where.
    pub span: Range<usize>,
    /// A second place that explains the first; see [`ScanIssueKind`].
    pub other: Option<Range<usize>>,
    /// What to put in place of `span`: the ASCII character that was probably
    /// meant, the missing comma, the closing bracket of the right shape.
    pub replacement: Option<char>,
}

/// Scans a text. Never fails; reads what it can.
#[must_use]
pub fn scan(text: &str) -> Scan {
    let mut tree = Tree::new(text);
    while !tree.too_deep
        && let Some(token) = tree.lexer.next()
    {
        tree.token(&token);
    }
    tree.finish();
    let mut issues = tree.lexer.issues.list;
    issues.extend(bidi_controls(text));
    issues.sort_by_key(|issue| (issue.span.start, issue.span.end));
    issues.truncate(MAX_ISSUES);
    Scan { groups: tree.groups, issues }
}

impl Scan {
    /// The smallest entry around a byte. An entry reaches up to its comma.
    #[must_use]
    pub fn innermost_entry(&self, offset: usize) -> Option<&Entry> {
        self.enclosing(offset).next()
    }

    /// The entries around a byte, from the innermost outwards.
    pub fn enclosing(&self, offset: usize) -> impl Iterator<Item = &Entry> {
        let opened = self.groups.partition_point(|group| group.open <= offset);
        // Groups closed before `offset` have no entry around it, but lead outwards.
        std::iter::successors(opened.checked_sub(1), |&group| self.groups[group].parent)
            .filter_map(move |group| self.groups[group].entry_at(offset).map(|(_, entry)| entry))
    }

    /// The way from the outside to a byte, for people: `nodes."in-pc".redirect`.
    ///
    /// `text` is the text that was scanned.
    #[must_use]
    pub fn path(&self, text: &str, offset: usize) -> String {
        let mut entries: Vec<&Entry> = self.enclosing(offset).collect();
        entries.reverse();
        entries.into_iter().fold(String::new(), |path, entry| self.step(text, path, entry))
    }

    fn step(&self, text: &str, mut path: String, entry: &Entry) -> String {
        let group = &self.groups[entry.group];
        if let Some(key) = entry.key.clone().and_then(|key| text.get(key)) {
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(key);
        } else if group.bracket == '[' || group.entries.len() > 1 {
            let index = group.entry_at(entry.range.start).map_or(0, |(index, _)| index);
            path.push_str(&format!("[{index}]"));
        }
        path
    }
}

impl Group {
    fn entry_at(&self, offset: usize) -> Option<(usize, &Entry)> {
        let index = self.entries.partition_point(|e| e.range.start <= offset).checked_sub(1)?;
        let entry = &self.entries[index];
        let end = entry.comma.map_or(entry.range.end, |comma| comma + 1);
        (offset < end).then_some((index, entry))
    }
}

#[derive(Debug, Default)]
struct Issues {
    list: Vec<ScanIssue>,
}

impl Issues {
    fn add(&mut self, kind: ScanIssueKind, span: Range<usize>, other: Option<Range<usize>>) {
        self.push(ScanIssue { kind, span, other, replacement: None });
    }

    fn lookalike(&mut self, span: Range<usize>, other: Option<Range<usize>>, meant: char) {
        self.replace(ScanIssueKind::FullWidthSymbol, span, other, meant);
    }

    fn replace(&mut self, kind: ScanIssueKind, span: Range<usize>, other: Option<Range<usize>>, by: char) {
        self.push(ScanIssue { kind, span, other, replacement: Some(by) });
    }

    fn push(&mut self, issue: ScanIssue) {
        if self.list.len() < MAX_ISSUES {
            self.list.push(issue);
        }
    }
}

fn bidi_controls(text: &str) -> impl Iterator<Item = ScanIssue> {
    text.match_indices(|c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')).take(MAX_ISSUES).map(
        |(at, control)| ScanIssue {
            kind: ScanIssueKind::BidiControl,
            span: at..at + control.len(),
            other: None,
            replacement: None,
        },
    )
}
