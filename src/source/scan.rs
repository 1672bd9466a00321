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

use std::ops::Range;

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
    Scan {
        groups: tree.groups,
        issues,
    }
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
        entries
            .into_iter()
            .fold(String::new(), |path, entry| self.step(text, path, entry))
    }

    fn step(&self, text: &str, mut path: String, entry: &Entry) -> String {
        let group = &self.groups[entry.group];
        if let Some(key) = entry.key.clone().and_then(|key| text.get(key)) {
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(key);
        } else if group.bracket == '[' || group.entries.len() > 1 {
            let index = group
                .entry_at(entry.range.start)
                .map_or(0, |(index, _)| index);
            path.push_str(&format!("[{index}]"));
        }
        path
    }
}

impl Group {
    fn entry_at(&self, offset: usize) -> Option<(usize, &Entry)> {
        let index = self
            .entries
            .partition_point(|e| e.range.start <= offset)
            .checked_sub(1)?;
        let entry = &self.entries[index];
        let end = entry.comma.map_or(entry.range.end, |comma| comma + 1);
        (offset < end).then_some((index, entry))
    }
}

// ---------------------------------------------------------------------------
// Issues

#[derive(Debug, Default)]
struct Issues {
    list: Vec<ScanIssue>,
}

impl Issues {
    fn add(&mut self, kind: ScanIssueKind, span: Range<usize>, other: Option<Range<usize>>) {
        self.push(ScanIssue {
            kind,
            span,
            other,
            replacement: None,
        });
    }

    fn lookalike(&mut self, span: Range<usize>, other: Option<Range<usize>>, meant: char) {
        self.replace(ScanIssueKind::FullWidthSymbol, span, other, meant);
    }

    fn replace(
        &mut self,
        kind: ScanIssueKind,
        span: Range<usize>,
        other: Option<Range<usize>>,
        by: char,
    ) {
        self.push(ScanIssue {
            kind,
            span,
            other,
            replacement: Some(by),
        });
    }

    fn push(&mut self, issue: ScanIssue) {
        if self.list.len() < MAX_ISSUES {
            self.list.push(issue);
        }
    }
}

fn bidi_controls(text: &str) -> impl Iterator<Item = ScanIssue> {
    text.match_indices(|c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
        .take(MAX_ISSUES)
        .map(|(at, control)| ScanIssue {
            kind: ScanIssueKind::BidiControl,
            span: at..at + control.len(),
            other: None,
            replacement: None,
        })
}

// ---------------------------------------------------------------------------
// Characters

/// Blanks of RON. Other blanks of Unicode are errors there, so they are [`lookalike`]s here.
fn is_blank(c: char) -> bool {
    matches!(
        c,
        ' ' | '\t'
            | '\r'
            | '\n'
            | '\x0B'
            | '\x0C'
            | '\u{85}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'
            | '\u{2029}'
    )
}

/// The ASCII character that somebody who typed `c` outside a string probably meant.
///
/// None of these can begin a token of RON.
fn lookalike(c: char) -> Option<char> {
    match c {
        '\u{a0}'
        | '\u{1680}'
        | '\u{2000}'..='\u{200b}'
        | '\u{202f}'
        | '\u{205f}'
        | '\u{2060}'
        | '\u{3000}'
        | '\u{feff}' => Some(' '),
        '“' | '”' | '„' | '‟' | '〝' | '〞' | '〟' | '‘' | '’' | '「' | '」' | '『' | '』'
        | '＇' => Some('"'),
        '、' => Some(','),
        '。' => Some('.'),
        '〔' | '【' => Some('['),
        '〕' | '】' => Some(']'),
        '\u{2212}' => Some('-'),
        // Full-width letters are letters for RON; all other full-width ASCII is not.
        '\u{ff01}'..='\u{ff5e}' if !c.is_alphabetic() => char::from_u32(u32::from(c) - 0xfee0),
        _ => None,
    }
}

fn is_word_start(c: char) -> bool {
    if c.is_ascii() {
        c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '+' | '-')
    } else {
        is_word_part(c) && lookalike(c).is_none()
    }
}

/// Wider than RON's identifiers, so that an odd character does not split a word.
fn is_word_part(c: char) -> bool {
    if c.is_ascii() {
        return is_word_start(c);
    }
    if is_blank(c) || c.is_control() {
        return false;
    }
    c.is_alphanumeric() || c == '＿' || lookalike(c).is_none()
}

fn closing(bracket: char) -> char {
    match bracket {
        '(' => ')',
        '[' => ']',
        _ => '}',
    }
}

// ---------------------------------------------------------------------------
// Tokens

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Open(char),
    Close(char),
    Comma,
    Colon,
    /// An identifier or a number.
    Word,
    /// A string, byte string or character.
    Quoted,
    Other,
}

#[derive(Debug, Clone)]
struct Token {
    kind: Kind,
    range: Range<usize>,
    line: Line,
}

/// The line a token is on. A line break inside a string or comment does not begin a line.
#[derive(Debug, Clone, Copy)]
struct Line {
    number: usize,
    indent: usize,
    /// Whether nothing but blanks came before on this line.
    fresh: bool,
}

/// A string that may be the one whose quotation mark is missing, and how many
/// issues there were before it: those after it are consequences.
#[derive(Debug, Clone, Copy)]
struct Suspect {
    start: usize,
    issues: usize,
}

/// Why the lexer stopped before the end.
#[derive(Debug, Clone, Copy)]
enum Stop {
    String { start: usize },
    Comment { start: usize, last: usize },
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    line: Line,
    issues: Issues,
    stop: Option<Stop>,
    /// The first string that is followed directly by a word: `"a: "in"`.
    glued: Option<Suspect>,
    /// The first string that goes on to another line.
    multiline: Option<Suspect>,
}

impl<'t> Lexer<'t> {
    fn new(text: &'t str) -> Self {
        let line = Line {
            number: 0,
            indent: 0,
            fresh: true,
        };
        let issues = Issues::default();
        Self {
            text,
            at: 0,
            line,
            issues,
            stop: None,
            glued: None,
            multiline: None,
        }
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn next(&mut self) -> Option<Token> {
        self.skip_blanks()?;
        let c = self.rest().chars().next()?;
        let start = self.at;
        let line = self.line;
        self.line.fresh = false;
        let kind = self.token(c)?;
        Some(Token {
            kind,
            range: start..self.at,
            line,
        })
    }

    /// Skips blanks and comments. `None` when a comment does not end.
    fn skip_blanks(&mut self) -> Option<()> {
        loop {
            let rest = self.rest();
            let Some(c) = rest.chars().next() else {
                return Some(());
            };
            if is_blank(c) {
                self.at += c.len_utf8();
                self.blank(c);
            } else if lookalike(c) == Some(' ') {
                self.issues
                    .lookalike(self.at..self.at + c.len_utf8(), None, ' ');
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

    fn blank(&mut self, c: char) {
        if c == '\n' {
            self.line = Line {
                number: self.line.number + 1,
                indent: 0,
                fresh: true,
            };
        } else if self.line.fresh {
            self.line.indent += match c {
                ' ' => 1,
                '\t' => 4,
                '\u{3000}' => 2,
                _ => 0,
            };
        }
    }

    fn block_comment(&mut self) -> Option<()> {
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
    fn token(&mut self, c: char) -> Option<Kind> {
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

    /// `r"…"`, `r#"…"#`, `b"…"`, `br"…"`, `b'…'` and `r#word`.
    fn prefixed(&mut self, c: char) -> Option<Option<Kind>> {
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
        let prefix = if rest.starts_with("br") {
            2
        } else {
            usize::from(c == 'r')
        };
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
            return Some(Some(Kind::Word));
        }
        Some(None)
    }

    fn string(&mut self, prefix: usize) -> Option<Kind> {
        let start = self.at;
        let suspect = Suspect {
            start,
            issues: self.issues.list.len(),
        };
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
        Some(Kind::Quoted)
    }

    fn raw_string(&mut self, prefix: usize, hashes: usize) -> Option<Kind> {
        let start = self.at;
        let body = start + prefix + hashes + 1;
        let end = format!("\"{}", "#".repeat(hashes));
        let Some(length) = self.text.get(body..).and_then(|body| body.find(&end)) else {
            return self.unclosed(start);
        };
        self.at = body + length + end.len();
        Some(Kind::Quoted)
    }

    fn unclosed(&mut self, start: usize) -> Option<Kind> {
        self.stop = Some(Stop::String { start });
        self.at = self.text.len();
        None
    }

    fn character(&mut self, prefix: usize) -> Kind {
        let body = &self.rest()[prefix..];
        // `'''` is a character for RON.
        let length = match body.chars().next() {
            Some('\\') => body
                .char_indices()
                .skip(2)
                .take(10)
                .find(|&(_, c)| c == '\'')
                .map(|(at, _)| at),
            Some(c) => body[c.len_utf8()..]
                .starts_with('\'')
                .then_some(c.len_utf8()),
            None => None,
        };
        match length {
            Some(length) => {
                self.at += prefix + length + 1;
                Kind::Quoted
            }
            None => {
                self.at += prefix;
                Kind::Other
            }
        }
    }

    fn word(&mut self, start: usize, first: char) -> Kind {
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
        Kind::Word
    }

    fn skip_word(&mut self) {
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

    fn symbol(&mut self, c: char) -> Kind {
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
            bracket @ ('(' | '[' | '{') => Kind::Open(bracket),
            bracket @ (')' | ']' | '}') => Kind::Close(bracket),
            ',' => Kind::Comma,
            ':' => Kind::Colon,
            '"' => self.fullwidth_string(),
            _ => Kind::Other,
        }
    }

    /// “…” on one line: both marks are wrong, what is between them is not our concern.
    fn fullwidth_string(&mut self) -> Kind {
        let rest = self.rest();
        let is_mark = |c| c == '"' || lookalike(c) == Some('"');
        let end = rest.find(|c| c == '\n' || is_mark(c));
        let Some((at, mark)) = end.and_then(|at| Some((at, rest[at..].chars().next()?))) else {
            return Kind::Other;
        };
        if mark == '\n' {
            return Kind::Other;
        }
        let at = self.at + at;
        self.at = at + mark.len_utf8();
        if mark != '"' {
            self.issues.lookalike(at..self.at, None, '"');
        }
        Kind::Quoted
    }

    /// Says which string or comment was not closed.
    fn finish(&mut self) {
        match self.stop {
            // RON never allows a word directly after a string.
            None if self.glued.is_some() => self.blame_string(self.text.len()),
            None => {}
            Some(Stop::Comment { start, last }) => {
                let other = (last != start).then_some(last..last + 2);
                self.issues
                    .add(ScanIssueKind::UnclosedComment, start..start + 2, other);
            }
            Some(Stop::String { start }) => self.blame_string(start),
        }
    }

    /// One quotation mark is missing, so from there on inside and outside are
    /// exchanged. The first odd string is to blame; `last`, if it is a string at
    /// all, is where that shows.
    fn blame_string(&mut self, last: usize) {
        let end = Suspect {
            start: last,
            issues: self.issues.list.len(),
        };
        let Suspect {
            start,
            issues: before,
        } = self.glued.or(self.multiline).unwrap_or(end);
        self.issues.list.truncate(before);
        let mark = self.mark(start);
        let body = self.text.get(mark.end..).unwrap_or_default();
        let line = &body[..body.find('\n').unwrap_or(body.len())];
        if let Some((at, c)) = line
            .char_indices()
            .find(|&(_, c)| matches!(c, '“' | '”' | '＂' | '〟'))
        {
            let at = mark.end + at;
            self.issues
                .lookalike(at..at + c.len_utf8(), Some(mark), '"');
        } else {
            let other = (start != last && last < self.text.len()).then(|| self.mark(last));
            self.issues.add(ScanIssueKind::UnclosedString, mark, other);
        }
    }

    /// The opening of a string, up to its quotation mark.
    fn mark(&self, start: usize) -> Range<usize> {
        let length = self
            .text
            .get(start..)
            .and_then(|text| text.find('"'))
            .unwrap_or(0);
        start..start + length + 1
    }
}

// ---------------------------------------------------------------------------
// Groups and entries

/// An open bracket.
#[derive(Debug)]
struct Frame {
    group: usize,
    open: Range<usize>,
    bracket: char,
    line: Line,
    /// If this one turns out to be unclosed, a closing bracket of the wrong shape
    /// is why: it was meant for this one, or for one inside which then took the
    /// end of this one.
    wrong: Option<Wrong>,
    /// A bracket inside this one that ended at a closing bracket which, by its
    /// indentation, was written for this one: it is the one that lacks its own.
    thief: Option<Range<usize>>,
    draft: Draft,
}

/// A closing bracket of the wrong shape, and the bracket it was perhaps meant for.
#[derive(Debug)]
struct Wrong {
    close: Range<usize>,
    open: Range<usize>,
}

/// The entry being read.
#[derive(Debug, Default)]
struct Draft {
    range: Option<Range<usize>>,
    key: Option<Range<usize>>,
    last: Last,
    /// A value that followed another: where a comma may be missing, and the value.
    /// Only a colon after the value shows that it really begins a new entry.
    pending: Option<(usize, Range<usize>)>,
}

/// The token before.
#[derive(Debug, Default, Clone)]
enum Last {
    #[default]
    Nothing,
    Word(Range<usize>),
    Quoted(Range<usize>),
    Group(Range<usize>),
}

impl Last {
    fn range(&self) -> Option<&Range<usize>> {
        match self {
            Self::Nothing => None,
            Self::Word(range) | Self::Quoted(range) | Self::Group(range) => Some(range),
        }
    }
}

struct Tree<'t> {
    lexer: Lexer<'t>,
    groups: Vec<Group>,
    stack: Vec<Frame>,
    /// The last line with a bracket mistake: a stray bracket there is a consequence.
    bad_line: Option<usize>,
    /// A bracket was closed when none was open.
    is_over: bool,
    too_deep: bool,
}

impl<'t> Tree<'t> {
    fn new(text: &'t str) -> Self {
        let lexer = Lexer::new(text);
        Self {
            lexer,
            groups: Vec::new(),
            stack: Vec::new(),
            bad_line: None,
            is_over: false,
            too_deep: false,
        }
    }

    /// Takes one token.
    fn token(&mut self, token: &Token) {
        match token.kind {
            Kind::Open(bracket) => self.open(bracket, token),
            Kind::Close(bracket) => self.close(bracket, token),
            Kind::Comma => self.comma(token.range.start),
            Kind::Colon => self.colon(&token.range),
            Kind::Word => self.value(token, Last::Word(token.range.clone())),
            Kind::Quoted => self.value(token, Last::Quoted(token.range.clone())),
            Kind::Other => self.other(&token.range),
        }
    }

    fn open(&mut self, bracket: char, token: &Token) {
        // RON reads `()` as a word: it does not count as depth.
        let is_unit = self.lexer.rest().starts_with(')');
        if self.stack.len() >= MAX_DEPTH && !is_unit {
            self.lexer
                .issues
                .add(ScanIssueKind::TooDeep, token.range.clone(), None);
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
    fn value(&mut self, token: &Token, last: Last) {
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

    fn other(&mut self, range: &Range<usize>) {
        self.extend(range);
        if let Some(frame) = self.stack.last_mut() {
            frame.draft.last = Last::Nothing;
        }
    }

    fn extend(&mut self, range: &Range<usize>) {
        if let Some(frame) = self.stack.last_mut() {
            let start = frame.draft.range.as_ref().map_or(range.start, |r| r.start);
            frame.draft.range = Some(start..range.end);
        }
    }

    fn colon(&mut self, range: &Range<usize>) {
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
    fn missing_comma(&mut self, comma: usize, value: Range<usize>) {
        let issues = &mut self.lexer.issues;
        issues.replace(
            ScanIssueKind::MissingComma,
            comma..comma,
            Some(value.clone()),
            ',',
        );
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

    fn comma(&mut self, at: usize) {
        if let Some(frame) = self.stack.last_mut() {
            end_entry(&mut self.groups[frame.group], frame, Some(at));
        }
    }

    fn close(&mut self, bracket: char, token: &Token) {
        let Some(top) = self.stack.last() else {
            return self.nothing_open(token);
        };
        if closing(top.bracket) == bracket {
            self.close_top(token);
            return;
        }
        let opener = self
            .stack
            .iter()
            .rposition(|frame| closing(frame.bracket) == bracket);
        match opener {
            None => self.wrong_shape(token),
            Some(opener) if is_stray(top, &self.stack[opener], token.line) => {
                self.wrong_shape(token);
            }
            Some(opener) if is_typo(top, &self.stack[opener], token.line) => {
                let wrong = Wrong {
                    close: token.range.clone(),
                    open: top.open.clone(),
                };
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

    fn close_top(&mut self, token: &Token) {
        let Some(mut frame) = self.pop(Some(&token.range)) else {
            return;
        };
        if let Some(wrong) = frame.wrong.take() {
            match self.stack.last_mut() {
                Some(outer) if outer.bracket == frame.bracket && outer.wrong.is_none() => {
                    outer.wrong = Some(wrong)
                }
                _ => self
                    .lexer
                    .issues
                    .add(ScanIssueKind::UnexpectedClose, wrong.close, None),
            }
        }
        self.note_theft(frame, token);
    }

    /// Remembers that a bracket was closed by what looks like the end of an outer one.
    fn note_theft(&mut self, frame: Frame, token: &Token) {
        if token.line.fresh && token.line.indent < frame.line.indent {
            let thief = frame.thief.unwrap_or(frame.open);
            let robbed = self.stack.iter_mut().rev().find(|outer| {
                outer.bracket == frame.bracket && outer.line.indent == token.line.indent
            });
            if let Some(robbed) = robbed {
                robbed.thief.get_or_insert(thief);
            }
        }
    }

    /// No bracket of this shape should end here. Whether it is a typing mistake for
    /// the innermost one or simply too much shows when that one is closed or not.
    fn wrong_shape(&mut self, token: &Token) {
        match self.stack.last_mut() {
            Some(top) if top.wrong.is_none() => {
                top.wrong = Some(Wrong {
                    close: token.range.clone(),
                    open: top.open.clone(),
                });
            }
            _ => self.unexpected(token),
        }
    }

    /// After the first bracket too many, those after it say nothing new.
    fn nothing_open(&mut self, token: &Token) {
        if !std::mem::replace(&mut self.is_over, true) {
            self.unexpected(token);
        }
    }

    fn unexpected(&mut self, token: &Token) {
        if self.bad_line != Some(token.line.number) {
            self.bad_line = Some(token.line.number);
            self.lexer
                .issues
                .add(ScanIssueKind::UnexpectedClose, token.range.clone(), None);
        }
    }

    fn mismatched(&mut self, Wrong { close, open }: Wrong) {
        let bracket = self.lexer.text[open.clone()].chars().next().unwrap_or('(');
        let right = closing(lookalike(bracket).unwrap_or(bracket));
        let issues = &mut self.lexer.issues;
        issues.replace(ScanIssueKind::MismatchedDelimiter, close, Some(open), right);
    }

    /// Gives up waiting for the innermost bracket's end.
    fn unclosed(&mut self, noticed: Option<&Token>) {
        let Some(frame) = self.pop(None) else { return };
        self.bad_line = noticed.map(|token| token.line.number).or(self.bad_line);
        if let Some(wrong) = frame.wrong {
            self.mismatched(wrong);
            return;
        }
        let blamed = frame
            .thief
            .filter(|thief| !self.is_blamed(thief))
            .unwrap_or(frame.open);
        let other = noticed.map(|token| token.range.clone());
        self.lexer
            .issues
            .add(ScanIssueKind::UnclosedDelimiter, blamed, other);
    }

    fn is_blamed(&self, open: &Range<usize>) -> bool {
        let kind = ScanIssueKind::UnclosedDelimiter;
        self.lexer
            .issues
            .list
            .iter()
            .any(|issue| issue.kind == kind && issue.span == *open)
    }

    fn pop(&mut self, close: Option<&Range<usize>>) -> Option<Frame> {
        let mut frame = self.stack.pop()?;
        let end = close
            .or(frame.draft.range.as_ref())
            .map_or(frame.open.end, |range| range.end);
        let group = &mut self.groups[frame.group];
        end_entry(group, &mut frame, None);
        group.close = close.map(|close| close.start);
        // An unclosed bracket ends with its last entry, or with what was in that.
        let end = group
            .entries
            .last()
            .map_or(end, |entry| entry.range.end.max(end));
        let whole = frame.open.start..end;
        self.extend(&whole);
        if let Some(outer) = self.stack.last_mut() {
            outer.draft.last = Last::Group(whole);
        }
        Some(frame)
    }

    /// Ends all brackets that are still open.
    fn finish(&mut self) {
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

fn end_entry(group: &mut Group, frame: &mut Frame, comma: Option<usize>) {
    let Draft { range, key, .. } = std::mem::take(&mut frame.draft);
    if let Some(range) = range {
        group.entries.push(Entry {
            range,
            key,
            comma,
            group: frame.group,
        });
    }
}

/// Where a comma is missing if `token` begins a value after `before`.
fn missing_comma(before: &Last, token: &Token) -> Option<usize> {
    let end = before.range()?.end;
    let is_word = matches!(before, Last::Word(_));
    // `Terminal (…)` is one value, and so are `inf..5` and `1..b'a'`.
    let is_name = is_word && token.kind == Kind::Open('(');
    let is_glued = end == token.range.start && (is_word || token.kind == Kind::Word);
    (!is_name && !is_glued).then_some(end)
}

/// Whether a closing bracket that fits `outer` was meant neither for it nor for
/// anything inside: brackets over several lines end at the start of a line, and
/// not further in than they began.
fn is_stray(top: &Frame, outer: &Frame, close: Line) -> bool {
    if close.fresh {
        close.indent > top.line.indent
    } else {
        close.number != outer.line.number
    }
}

/// Whether a closing bracket that fits `outer` but not `top` was meant for `top`.
fn is_typo(top: &Frame, outer: &Frame, close: Line) -> bool {
    close.fresh && close.indent == top.line.indent && close.indent != outer.line.indent
}

#[cfg(test)]
mod tests {
    //! These tests catch: blaming a text that RON reads, blaming the wrong
    //! place, and panicking on anything at all.

    use super::ScanIssueKind::*;
    use super::*;
    use proptest::prelude::*;

    /// Every issue as `Kind@text under the span`, with `<>` for an empty span.
    fn issues(text: &str) -> Vec<String> {
        let scan = scan(text);
        scan.issues
            .iter()
            .map(|i| format!("{:?}@{}", i.kind, &text[i.span.clone()]))
            .collect()
    }

    /// The only issue, which must begin at the `«` that is taken out of the text,
    /// and explain itself with the place of the `»` if there is one.
    #[track_caller]
    fn check(marked: &str, kind: ScanIssueKind) -> ScanIssue {
        let mut text = marked.to_owned();
        let mut take = |mark: char| {
            let at = text.find(mark)?;
            text.remove(at);
            Some(at)
        };
        // The mark that comes first must go first, or it would move the other.
        let is_reversed = marked.find('»') < marked.find('«');
        let (start, other) = if is_reversed && marked.contains('»') {
            let other = take('»');
            (take('«'), other)
        } else {
            let start = take('«');
            (start, take('»'))
        };
        let found = scan(&text).issues;
        assert_eq!(found.len(), 1, "{text}\n{found:?}");
        let issue = found.into_iter().next().expect("one");
        assert_eq!(
            (issue.kind, Some(issue.span.start)),
            (kind, start),
            "{text}\n{issue:?}"
        );
        assert_eq!(
            issue.other.as_ref().map(|other| other.start),
            other,
            "{text}\n{issue:?}"
        );
        issue
    }

    const DRAWING: &str = r###"
// 上野市
Municipality(
    name: "上野市", /* 例 /* 入れ子 */ */
    segments: { "in": (layer: Internet), "ext": (layer: Outside) },
    nodes: {
        "in-pc": Terminal(at: "in", count: 800, redirect: None),
        "fw": Firewall(
            joins: ["in", "ext"],
            rules: [
                (permit: "in-pc -> sgw tcp 443", reason: "メール \"(\" の転送"),
                (deny: r##"x"#"##, bytes: b"\"}", letter: '\'', byte: b'('),
            ],
        ),
    },
)
"###;

    #[test]
    fn a_drawing_is_silent() {
        ron::from_str::<ron::Value>(DRAWING).expect("RON");
        assert_eq!(issues(DRAWING), Vec::<String>::new());
    }

    #[test]
    fn whatever_ron_reads_is_silent() {
        let texts = [
            "#![enable(implicit_some)]\n#![type = \"x\"]\n(a: 1)",
            "1..5",
            "1..=5",
            "inf..5",
            "NaN..=2",
            "..=5",
            "..",
            "[1.0..2.0, 1..b'a', b'a'..5, -inf, +1, .5, 0xFF_u8, 1e-3]",
            "'''",
            "'\"'",
            "'\\u{1F600}'",
            "'\\x41'",
            "\"\\\"\"",
            "\"a\\\n  b\"",
            "r\"\\\"",
            "r#\"\"(\"#",
            "br#\"\"\"#",
            "b\"\\\"\"",
            "r#in-pc",
            "{r#a.b-c+d: 1}",
            "Foo",
            "Foo()",
            "Foo (1, )",
            "Some (Some(1))",
            "(a:1,b:2,)",
            "{(1): [2], \"x\": (), 'c': {}}",
            "[()]",
            "\"\u{0}（）“\"",
            "/* ( */ [ /* , */ 1 // )\n]",
            "// （",
            "網(区画: \"内\", ｎａｍｅ: 1, a０: 2)",
            "\u{85}\u{200e}1\u{2028}",
            "[Foo\n(1), Foo/**/(2)]",
            "(Foo, Bar: 1)",
            "true",
            "",
            "/**/",
        ];
        for text in texts {
            if ron::from_str::<ron::Value>(text).is_ok() {
                assert_eq!(issues(text), Vec::<String>::new(), "{text}");
            }
        }
    }

    #[test]
    fn as_deep_as_ron_reads() {
        for (open, middle, close) in [
            ("[", "1", "]"),
            ("(", "()", ")"),
            ("{1:", "()", "}"),
            ("Some(", "[]", ")"),
        ] {
            for depth in 120..140 {
                let text = format!("{}{middle}{}", open.repeat(depth), close.repeat(depth));
                if ron::from_str::<ron::Value>(&text).is_ok() {
                    assert_eq!(issues(&text), Vec::<String>::new());
                }
            }
        }
        assert_eq!(issues(&"[".repeat(1_000_000)), ["TooDeep@["]);
    }

    #[test]
    fn unclosed_is_blamed_where_it_opened() {
        check(
            "(\n  nodes: {\n    \"a\": Terminal«(at: \"in\",\n    \"b\": Terminal(at: \"in\"),\n  »},\n)",
            UnclosedDelimiter,
        );
        check(
            "(rules: [\n  «(permit: \"a\",\n  (permit: \"b\"),\n»])",
            UnclosedDelimiter,
        );
        check("«(a: 1", UnclosedDelimiter);
    }

    #[test]
    fn indentation_tells_which_one_is_unclosed() {
        check(
            "Municipality(\n  policy: Policy«(a: 1,\n  nodes: {\n  },\n)\n",
            UnclosedDelimiter,
        );
        check(
            "A(\n  b: B(\n    c: C«(1,\n    d: 2,\n  ),\n)\n",
            UnclosedDelimiter,
        );
        // Odd indentation alone is no mistake.
        assert_eq!(
            issues("A(\n    b: B(1,\n  ),\n  c: 2\n)"),
            Vec::<String>::new()
        );
    }

    #[test]
    fn wrong_and_stray_closing_brackets() {
        let issue = check("(a: Terminal»(at: \"in\"«}, b: 2)", MismatchedDelimiter);
        assert_eq!(issue.replacement, Some(')'));
        check(
            "(\n  a: [\n    Terminal»(at: \"in\"«],\n  ],\n)",
            MismatchedDelimiter,
        );
        check("(a: 1)«)", UnexpectedClose);
        check("(a: 1«], b: (2))", UnexpectedClose);
        check("{\n  a: »(\n    b: 1\n  «}\n}", MismatchedDelimiter);
    }

    #[test]
    fn unclosed_strings_and_comments() {
        check("(name: «\"上野市)", UnclosedString);
        check(
            "(\n  \"a\": (at: «\"in, count: 1),\n  \"b\": (at: \"in\", count: 1, [),\n  \"c\": (at: \"in»\")\n",
            UnclosedString,
        );
        check("(name: «r#\"上野市\")", UnclosedString);
        check("(a: 1, «/* b: 2)", UnclosedComment);
        check("(a: 1, «/* \"10.0.0.0»/*\" */ b: 2)", UnclosedComment);
        let issue = check(
            "(name: »\"上野市«”,\n model: BetaPrime, x: \"a\")",
            FullWidthSymbol,
        );
        assert_eq!(issue.replacement, Some('"'));
    }

    #[test]
    fn full_width_symbols() {
        let text = "Municipality（name： “上野市”，　count: ８0、x:\u{a0}[1］）";
        let found: Vec<_> = scan(text)
            .issues
            .iter()
            .map(|i| (i.kind, i.replacement))
            .collect();
        let meant: Vec<_> = "(:\"\", 8, ])"
            .chars()
            .map(|c| (FullWidthSymbol, Some(c)))
            .collect();
        assert_eq!(found, meant);
        assert_eq!(issues("(a: \"（）\") // ："), Vec::<String>::new());
    }

    #[test]
    fn missing_commas() {
        let issue = check("{ \"a\": (1)« »\"b\": (2) }", MissingComma);
        assert_eq!(
            (issue.span.is_empty(), issue.replacement),
            (true, Some(','))
        );
        check("(a: 1« /* ) */ »b: 2)", MissingComma);
        check("[(1)« »(2)]", MissingComma);
        check("(a: \"x\"« »b: \"y\", c: 1)", MissingComma);
        // A missing colon or missing quotation marks are not a missing comma.
        assert_eq!(issues("(name \"上野市\")"), Vec::<String>::new());
        assert_eq!(issues("(name: 上野 市)"), Vec::<String>::new());
        let text = "(a: 1 b: 2)";
        let keys: Vec<_> = scan(text).groups[0]
            .entries
            .iter()
            .filter_map(|e| text.get(e.key.clone()?))
            .collect();
        assert_eq!(keys, ["a", "b"]);
    }

    #[test]
    fn hidden_characters() {
        assert_eq!(issues("(a: \"\u{202e}x\u{2069}\")").len(), 2);
        check("(a: «\0)", NulByte);
    }

    #[test]
    fn entries_and_paths() {
        let scan = scan(DRAWING);
        let at = |needle: &str| DRAWING.find(needle).expect("there");
        let path = |needle: &str| scan.path(DRAWING, at(needle));
        assert_eq!(path("Municipality"), "");
        assert_eq!(path("None"), "nodes.\"in-pc\".redirect");
        assert_eq!(path("\"ext\"],"), "nodes.\"fw\".joins[1]");
        assert_eq!(path("r##"), "nodes.\"fw\".rules[1].deny");
        let entry = scan.innermost_entry(at("800")).expect("an entry");
        assert_eq!(&DRAWING[entry.range.clone()], "count: 800");
        assert_eq!(entry.comma, Some(entry.range.end));
        let around: Vec<_> = scan
            .enclosing(at("800"))
            .filter_map(|e| DRAWING.get(e.key.clone()?))
            .collect();
        assert_eq!(around, ["count", "\"in-pc\"", "nodes"]);
        let last = scan.innermost_entry(at("b'('")).expect("an entry");
        assert_eq!(
            (&DRAWING[last.range.clone()], last.comma),
            ("byte: b'('", None)
        );
    }

    #[test]
    fn much_text_takes_linear_time() {
        for piece in [
            "(",
            ")",
            "[],",
            "\"\n",
            "“",
            "r#\"",
            "/*",
            "'",
            "\u{202e}",
            "a b",
            "）",
            "(]",
            "  [\n ]\n",
            "r##",
        ] {
            let found = scan(&piece.repeat(200_000));
            assert!(found.issues.len() <= MAX_ISSUES);
        }
    }

    /// Pieces that together are often RON or nearly so.
    fn soup() -> impl Strategy<Value = String> {
        let piece = prop::sample::select(vec![
            "(", ")", "[", "]", "{", "}", ",", ",", ":", "a", "in-pc", "Foo", "Some", "None",
            "inf", "NaN", "1", "..", "=", "-", ".", "\"x\"", "\"", "\\", "r#", "r\"", "b\"", "b'",
            "br", "'", "'a'", "#", "!", "//", "/*", "*/", "/", "\n", " ", "\t", "\r", "\u{3000}",
            "（", "）", "“", "”", "：", "、", "日本", "８", "\0", "\u{202e}", "\u{200e}",
            "\u{feff}", "é", "\u{301}", "()", "u8",
        ]);
        prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
    }

    /// Mostly well-formed RON.
    fn ron_text() -> impl Strategy<Value = String> {
        let leaf = prop::sample::select(vec![
            "1",
            "-1.5e3",
            "0x1F",
            "\"x\"",
            "\"\\\"(\"",
            "r#\"\"]\"#",
            "'('",
            "b'\\''",
            "b\"}\"",
            "Foo",
            "()",
            "true",
            "None",
            "1..2",
            "inf",
            "/*,*/ 1",
            "2 // )\n",
            "网",
            "'''",
            "NaN..1",
        ])
        .prop_map(str::to_owned);
        leaf.prop_recursive(4, 32, 4, |inner| {
            let list = prop::collection::vec(inner.clone(), 0..4);
            let gap = prop::sample::select(vec!["", " ", "\n  ", "/* ( */"]);
            (list, 0..6_u8, gap, any::<bool>()).prop_map(|(list, shape, gap, trailing)| {
                let end = if trailing && !list.is_empty() {
                    ","
                } else {
                    ""
                };
                let named = |sep: &str| {
                    let entry = |(i, v): (usize, &String)| format!("{gap}k{i}{gap}:{sep}{v}{gap}");
                    list.iter()
                        .enumerate()
                        .map(entry)
                        .collect::<Vec<_>>()
                        .join(",")
                };
                match shape {
                    0 => format!("[{}{end}{gap}]", list.join(&format!("{gap},{gap}"))),
                    1 => format!("({gap}{}{end})", list.join(&format!("{gap},{gap}"))),
                    2 => format!("Foo{gap}({}{end})", named(gap)),
                    3 => format!("({}{end}{gap})", named("")),
                    4 => format!(
                        "Some{gap}({gap}{})",
                        list.first().map_or("1", String::as_str)
                    ),
                    _ => {
                        let entry = |v: &String| format!("{v}{gap}:{gap}{v}");
                        format!(
                            "{{{}{end}}}",
                            list.iter().map(entry).collect::<Vec<_>>().join(",")
                        )
                    }
                }
            })
        })
    }

    fn holds(text: &str) -> Result<(), TestCaseError> {
        let found = scan(text);
        for issue in &found.issues {
            prop_assert!(text.get(issue.span.clone()).is_some(), "{issue:?}");
            prop_assert!(
                issue
                    .other
                    .clone()
                    .is_none_or(|other| text.get(other).is_some()),
                "{issue:?}"
            );
        }
        for entry in found.groups.iter().flat_map(|group| &group.entries) {
            prop_assert!(
                text.get(entry.range.clone()).is_some_and(|t| !t.is_empty()),
                "{entry:?}"
            );
            prop_assert!(
                entry.key.clone().is_none_or(|key| text.get(key).is_some()),
                "{entry:?}"
            );
        }
        for offset in 0..=text.len() {
            let _ = found.path(text, offset);
        }
        if ron::from_str::<ron::Value>(text).is_ok() {
            let wrong: Vec<_> = found
                .issues
                .iter()
                .filter(|issue| issue.kind != BidiControl)
                .collect();
            prop_assert!(wrong.is_empty(), "{wrong:?}");
        }
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        #[test]
        fn any_text(text in any::<String>()) {
            holds(&text)?;
        }

        #[test]
        fn any_soup(text in soup()) {
            holds(&text)?;
        }

        #[test]
        fn any_ron(text in ron_text()) {
            holds(&text)?;
        }
    }

    /// Whatever single character is forgotten, one place is blamed, and for
    /// quotation marks and commas it is the line with the gap.
    #[test]
    fn one_forgotten_character_is_one_issue() {
        for (at, c) in DRAWING
            .char_indices()
            .filter(|&(_, c)| "()[]{}\",".contains(c))
        {
            let mut text = DRAWING.to_owned();
            text.remove(at);
            let line = |at: usize| {
                text.as_bytes()[..at]
                    .iter()
                    .filter(|&&b| b == b'\n')
                    .count()
            };
            let found = scan(&text).issues;
            let counted = found
                .iter()
                .filter(|issue| issue.kind != MissingComma || c == ',');
            assert!(counted.count() <= 1, "{text}\n{found:?}");
            let is_here = found.iter().all(|issue| line(issue.span.start) == line(at));
            assert!(is_here || "()[]{}".contains(c), "{text}\n{found:?}");
        }
    }
}
