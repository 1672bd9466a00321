//! Text with a name, and places in it.
//!
//! This room knows bytes, lines and spans. It does not know RON, networks or
//! how a message is worded. Reading files from disk happens in the command
//! line; the library only ever sees a [`Source`] that is already text.

mod scan;

pub use scan::{Entry, Group, Scan, ScanIssue, ScanIssueKind, Token, TokenKind, scan, tokens};

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// Which file of a run a place belongs to: an index into [`Sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u32);

impl FileId {
    /// The position in [`Sources`].
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A half-open byte range in one file.
///
/// Always on character boundaries of the file it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// A span over `range` of `file`.
    #[must_use]
    pub fn new(file: FileId, range: Range<usize>) -> Self {
        // INVARIANT: `Sources::add` refuses files over 64 MiB, so offsets fit.
        Self { file, start: range.start as u32, end: range.end as u32 }
    }

    /// The byte range.
    #[must_use]
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A place as people read it: both counted from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineColumn {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// One text with the name to show for it.
#[derive(Debug, Clone)]
pub struct Source {
    name: String,
    text: String,
    lines: Vec<usize>,
}

impl Source {
    fn new(name: String, text: String) -> Self {
        let mut lines = vec![0];
        lines.extend(text.bytes().enumerate().filter(|&(_, b)| b == b'\n').map(|(i, _)| i + 1));
        Self { name, text, lines }
    }

    /// The name to show, usually the path as the user typed it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Line and column of a byte offset; an offset inside a character counts as its start.
    #[must_use]
    pub fn line_column(&self, offset: usize) -> LineColumn {
        let offset = offset.min(self.text.len());
        let line = self.lines.partition_point(|&start| start <= offset) - 1;
        let before = self.text.as_bytes().get(self.lines[line]..offset).unwrap_or_default();
        // Counting the bytes that start a character needs no boundary check.
        let column = before.iter().filter(|&&b| b & 0xC0 != 0x80).count();
        LineColumn { line: line + 1, column: column + 1 }
    }

    /// The byte offset of a line and column, both from 1; clamped to the text.
    #[must_use]
    pub fn offset(&self, at: LineColumn) -> usize {
        let Some(&start) = self.lines.get(at.line.saturating_sub(1)) else {
            return self.text.len();
        };
        self.text[start..].char_indices().nth(at.column.saturating_sub(1)).map_or(self.text.len(), |(i, _)| start + i)
    }
}

/// All texts of one run, in the order they were read.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// Shared, so that many drawings can have one part in common.
    files: Vec<Arc<Source>>,
}

/// The largest file that is read, in bytes. A country is written with groups,
/// not node by node; a file over this size is more likely the wrong file.
pub const MAX_FILE_BYTES: usize = 64 << 20;

/// A text was larger than [`MAX_FILE_BYTES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLarge {
    /// Its size in bytes.
    pub bytes: usize,
}

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes is more than the limit of {MAX_FILE_BYTES}", self.bytes)
    }
}

impl std::error::Error for TooLarge {}

impl Sources {
    /// No files yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text under the name to show. A byte order mark at the start is dropped.
    ///
    /// # Errors
    /// [`TooLarge`] when the text is over [`MAX_FILE_BYTES`].
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> Result<FileId, TooLarge> {
        let mut text = text.into();
        if text.len() > MAX_FILE_BYTES {
            return Err(TooLarge { bytes: text.len() });
        }
        if text.starts_with('\u{feff}') {
            text.drain(..'\u{feff}'.len_utf8());
        }
        let id = FileId(self.files.len() as u32);
        self.files.push(Arc::new(Source::new(name.into(), text)));
        Ok(id)
    }

    /// The file of an id.
    #[must_use]
    pub fn get(&self, id: FileId) -> &Source {
        &self.files[id.index()]
    }

    /// All files with their ids, in order.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &Source)> {
        self.files.iter().enumerate().map(|(i, s)| (FileId(i as u32), s.as_ref()))
    }

    /// Number of files.
    #[must_use]
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there is no file.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The text under a span.
    #[must_use]
    pub fn snippet(&self, span: Span) -> &str {
        self.get(span.file).text.get(span.range()).unwrap_or_default()
    }

    /// `file:line:column` of the start of a span.
    #[must_use]
    pub fn place(&self, span: Span) -> String {
        let source = self.get(span.file);
        let at = source.line_column(span.start as usize);
        format!("{}:{}:{}", source.name(), at.line, at.column)
    }
}
