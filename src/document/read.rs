//! From text to shape, reporting every mistake of a file in one run.
//!
//! `ron` stops at the first mistake. So the entry that holds it is blanked out
//! (same length, places stay true) and the rest is read again, until it reads or
//! nothing can be blanked. What a name means is not known here; see `resolve`.

use std::ops::Range;

use ron::error::{Error, SpannedError};
use serde::Deserialize;

use super::damage::Damage;
use super::suggest::nearest;
use super::value::{ESCAPED, MAX_NAME_BYTES, TOO_LONG, reading};
use crate::diagnostic::{Code, Diagnostic, Text};
use crate::source::{Entry, FileId, LineColumn, Scan, ScanIssueKind, Source, Span, TokenKind, scan, tokens};

/// Longer words are cut in messages.
const MAX_WORD: usize = 60;

/// A file as far as it could be read.
pub(super) struct Read<T> {
    pub(super) document: T,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// What was left out because of the mistakes.
    pub(super) damage: Damage,
}

/// What a file is to be, for messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    Drawing,
    Pack,
    Plan,
    Edits,
    Changes,
    Inventory,
    Region,
    Template,
}

impl Written {
    fn word(self) -> Text {
        match self {
            Self::Drawing => Text::new("図面", "the drawing"),
            Self::Pack => Text::new("規則集", "the rule pack"),
            Self::Plan => Text::new("移行計画", "the migration plan"),
            Self::Edits => Text::new("変更", "the changes"),
            Self::Changes => Text::new("期待する変化のファイル", "the file of expected changes"),
            Self::Inventory => Text::new("現況表", "the inventory"),
            Self::Region => Text::new("地域のファイル", "the region"),
            Self::Template => Text::new("ひな型のファイル", "the template"),
        }
    }
}

/// Mistakes of shape after which reading stops; a file with more is hardly a drawing.
const MAX_MISTAKES: usize = 200;
/// Each mistake costs one more reading of the text; large files get fewer readings.
const MAX_READ_BYTES: usize = 64 << 20;

pub(super) fn read<T: Default + for<'de> Deserialize<'de>>(file: FileId, source: &Source, what: Written) -> Read<T> {
    read_as(file, source, source.text().to_owned(), what)
}

/// As [`read`], of a text in which something was blanked out; every place is as in the source.
pub(super) fn read_as<T: Default + for<'de> Deserialize<'de>>(
    file: FileId,
    source: &Source,
    mut text: String,
    what: Written,
) -> Read<T> {
    let mut state = Read { document: T::default(), diagnostics: Vec::new(), damage: Damage::default() };
    let scanned = scan(&text);
    state.diagnostics.extend(scanned.issues.iter().map(|issue| super::scanned::diagnostic(file, issue)));
    if scanned.issues.iter().any(|issue| issue.kind != ScanIssueKind::BidiControl) {
        // The brackets do not fit: every further message would be a guess.
        state.damage.whole_file();
        return state;
    }
    if tokens(source.text()).is_empty() {
        state.diagnostics.push(empty_file(file, what));
        state.damage.whole_file();
        return state;
    }
    let mut blanked: Vec<Range<usize>> = Vec::new();
    for _ in 0..(MAX_READ_BYTES / text.len()).clamp(8, MAX_MISTAKES) {
        let error = match parse(file, &text) {
            Ok(document) => {
                state.document = document;
                return state;
            }
            Err(error) => error,
        };
        let place = place_of(&error, source, &text);
        let target = scanned.innermost_entry(place.start).map(|e| whole_entry(e, &text));
        let consequence = target.as_ref().is_some_and(|t| blanked.iter().any(|b| t.start <= b.start && b.end <= t.end));
        if !consequence {
            state.diagnostics.push(shape_diagnostic(file, &error.code, place.clone(), &scanned, source, what));
        }
        let Some(target) = target.filter(|t| !blanked.contains(t)) else {
            state.damage.whole_file();
            return state;
        };
        state.damage.note(file, &scanned, source.text(), &target, meant(&error.code));
        blank(&mut text, target.clone());
        blanked.push(target);
    }
    state.diagnostics.push(too_many_mistakes(file, blanked.len()));
    state.damage.whole_file();
    state
}

/// The field that was probably meant by an unknown one.
fn meant(error: &Error) -> Option<&'static str> {
    match error {
        Error::NoSuchStructField { expected, found, .. } => nearest(found, expected.iter().copied()),
        _ => None,
    }
}

fn parse<T: for<'de> Deserialize<'de>>(file: FileId, text: &str) -> Result<T, SpannedError> {
    reading(file, text, || super::options().from_str(text))
}

/// Where an error is, as bytes. Columns are counted in the text that was read: of what was blanked out the bytes are as in
/// the source, the characters are not.
fn place_of(error: &SpannedError, source: &Source, text: &str) -> Range<usize> {
    let at = |line, column: usize| {
        let line = source.offset(LineColumn { line, column: 1 });
        text[line..].char_indices().nth(column.saturating_sub(1)).map_or(text.len(), |(i, _)| line + i)
    };
    let start = at(error.span.start.line, error.span.start.col);
    let end = at(error.span.end.line, error.span.end.col);
    if matches!(error.code, Error::MissingStructField { .. }) {
        return start..start.max(end).min(start + 1);
    }
    start..end.max(start)
}

/// The entry with its comma, so that blanking leaves a well-formed list.
fn whole_entry(entry: &Entry, text: &str) -> Range<usize> {
    let end = entry.comma.map_or(entry.range.end, |comma| comma + 1);
    entry.range.start..end.min(text.len())
}

pub(super) fn blank(text: &mut String, range: Range<usize>) {
    let blanks: String = text[range.clone()].bytes().map(|b| if b == b'\n' { '\n' } else { ' ' }).collect();
    text.replace_range(range, &blanks);
}

fn empty_file(file: FileId, what: Written) -> Diagnostic {
    let word = what.word();
    let empty = Diagnostic::error(
        Code::EMPTY_FILE,
        Span::new(file, 0..0),
        Text::new("ファイルが空です", "the file is empty"),
        Text::new(format!("ここに{}を書きます", word.ja), format!("{} belongs here", word.en)),
    );
    let form = match what {
        Written::Pack => Some("Pack(name: \"…\", rules: { … })"),
        Written::Plan => Some("Plan(name: \"…\", base: \"…\", steps: { … })"),
        Written::Edits => Some("[Remove(nodes: \"…\")]"),
        Written::Changes => Some("Changes(expect: [Session(from: \"…\", to: \"…\", change: Added)])"),
        Written::Inventory => Some("Inventory(name: \"…\", terminals: { … }, systems: { … })"),
        Written::Region => Some("Region(name: \"…\", of: \"…\", templates: { … }, bodies: { … })"),
        Written::Template => Some("(parameters: { … }, drawing: Municipality( … ))"),
        Written::Drawing => None,
    };
    if let Some(form) = form {
        return empty.help(Text::new(format!("書き方は {form}"), format!("written as {form}")));
    }
    empty.help(Text::new(
        "`sekisho new beta-prime` でひな型を作れます",
        "`sekisho new beta-prime` writes a commented starting file",
    ))
}

fn too_many_mistakes(file: FileId, limit: usize) -> Diagnostic {
    Diagnostic::error(
        Code::TOO_MANY,
        Span::new(file, 0..0),
        Text::new(
            format!("書式の誤りが {limit} 件を超えたので、残りは読んでいません"),
            format!("more than {limit} mistakes of shape; the rest was not read"),
        ),
        Text::new("このファイル", "this file"),
    )
}

fn shape_diagnostic(
    file: FileId,
    error: &Error,
    place: Range<usize>,
    scan: &Scan,
    source: &Source,
    what: Written,
) -> Diagnostic {
    let value = value_at(source.text(), scan, place.start);
    let span = Span::new(file, word_at(source.text(), place.clone()));
    let path = scan.path(source.text(), place.start);
    let owner = owner_of(scan, source.text(), place.start, what);
    match error {
        Error::NoSuchStructField { expected, found, .. } => unknown(
            Code::UNKNOWN_FIELD,
            span,
            found,
            expected,
            Text::new(
                format!("項目 `{}` は{}にはありません", clip(found), owner.ja),
                format!("there is no field `{}` in {}", clip(found), owner.en),
            ),
            Text::new("知らない項目名です", "unknown field"),
        ),
        Error::NoSuchEnumVariant { expected, found, .. } => unknown(
            Code::UNKNOWN_VARIANT,
            span,
            found,
            expected,
            Text::new(
                format!("`{}` という種類はありません", clip(found)),
                format!("there is no kind `{}`", clip(found)),
            ),
            Text::new("知らない種類です", "unknown kind"),
        ),
        Error::MissingStructField { field, .. } => Diagnostic::error(
            Code::MISSING_FIELD,
            span,
            Text::new(format!("項目 `{field}` がありません"), format!("field `{field}` is missing")),
            needed_in(&path),
        ),
        Error::DuplicateStructField { field, .. } => duplicate_field(file, field, span, scan, source, place.start),
        Error::ExceededRecursionLimit => Diagnostic::error(
            Code::TOO_DEEP,
            span,
            Text::new("入れ子が深すぎます(上限 128)", "nested too deeply (limit 128)"),
            Text::new("ここが深すぎます", "too deep here"),
        ),
        Error::ExpectedDifferentStructName { expected, found } if found == "Region" => Diagnostic::error(
            Code::UNKNOWN_VARIANT,
            span,
            Text::new(
                format!("これは地域のファイル(Region)です。ここには {expected} のファイルが要ります"),
                format!("this is a region (Region); a file of {expected} is needed here"),
            ),
            Text::new("地域のファイルです", "a region"),
        )
        .help(Text::new(
            "地域は `sekisho check` で検査します。一つの団体だけなら `--body 県/町`",
            "a region is for `sekisho check`; one body of it with `--body PREFECTURE/TOWN`",
        )),
        Error::ExpectedDifferentStructName { expected, found } => Diagnostic::error(
            Code::UNKNOWN_VARIANT,
            span,
            Text::new(
                format!("`{expected}` のはずが `{}` と書かれています", clip(found)),
                format!("expected `{expected}`, found `{}`", clip(found)),
            ),
            Text::new("名前が違います", "wrong name"),
        )
        .fix(span, *expected),
        Error::Message(m) if m == ESCAPED => Diagnostic::error(
            Code::BAD_NAME,
            Span::new(file, text_before(source.text(), &place)),
            Text::new("名前に \\ を使った書き方はできません", "a name cannot contain escapes (\\)"),
            Text::new("そのままの文字で書いてください", "write it without \\"),
        ),
        Error::Message(m) if m == TOO_LONG => Diagnostic::error(
            Code::TOO_MANY,
            Span::new(file, text_before(source.text(), &place)),
            Text::new(
                format!("文字が長すぎます(上限 {MAX_NAME_BYTES} バイト)"),
                format!("this text is too long (limit {MAX_NAME_BYTES} bytes)"),
            ),
            Text::new("引用符の閉じ忘れではありませんか", "is a quotation mark missing?"),
        ),
        Error::TrailingCharacters | Error::Eof => outside(file, error, &place, source.text(), what),
        other => wrong_value(value.map_or(span, |v| Span::new(file, v)), other, &path, source.text()),
    }
}

/// In whose brackets a place is, in words.
fn owner_of(scan: &Scan, text: &str, offset: usize, what: Written) -> Text {
    match scan.enclosing(offset).nth(1) {
        None => what.word(),
        Some(entry) => {
            let path = scan.path(text, entry.range.start);
            Text::new(format!(" `{path}` "), format!("`{path}`"))
        }
    }
}

/// The beginning of a word, as much as a message needs.
fn clip(word: &str) -> String {
    match word.char_indices().nth(MAX_WORD) {
        Some((end, _)) => format!("{}…", &word[..end]),
        None => word.to_owned(),
    }
}

fn needed_in(path: &str) -> Text {
    if path.is_empty() {
        return Text::new("ここに必要です", "needed here");
    }
    Text::new(format!("`{path}` に必要です"), format!("needed in `{path}`"))
}

/// The value of the entry around a place: all of it if it is on one line, else its first word.
fn value_at(text: &str, scan: &Scan, offset: usize) -> Option<Range<usize>> {
    let entry = scan.innermost_entry(offset)?;
    let start = match &entry.key {
        None => entry.range.start,
        Some(key) => {
            let colon = text.get(key.end..entry.range.end)?.find(':')? + key.end + 1;
            let rest = text.get(colon..entry.range.end)?;
            colon + tokens(rest).first()?.range.start
        }
    };
    let value = text.get(start..entry.range.end)?;
    let end = match value.find('\n') {
        None => entry.range.end,
        Some(_) => start + tokens(value).first()?.range.end,
    };
    Some(start..end)
}

fn unknown(code: Code, span: Span, found: &str, expected: &[&str], message: Text, label: Text) -> Diagnostic {
    let listed = expected.join(", ");
    let diagnostic = Diagnostic::error(code, span, message, label)
        .help(Text::new(format!("使えるもの: {listed}"), format!("known here: {listed}")));
    match nearest(found, expected.iter().copied()) {
        Some(near) => diagnostic.fix(span, near),
        None => diagnostic,
    }
}

fn duplicate_field(file: FileId, field: &str, span: Span, scan: &Scan, source: &Source, at: usize) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        Code::DUPLICATE_FIELD,
        span,
        Text::new(format!("項目 `{field}` が二度書かれています"), format!("field `{field}` is given twice")),
        Text::new("二度目です", "the second time"),
    );
    let first = scan.innermost_entry(at).and_then(|entry| {
        let group = scan.groups.get(entry.group)?;
        let key = group.entries.iter().filter_map(|e| e.key.clone()).find(|k| &source.text()[k.clone()] == field)?;
        (key.start < span.start as usize).then_some(key)
    });
    match first {
        Some(key) => diagnostic.also(Span::new(file, key), Text::new("最初はここです", "first given here")),
        None => diagnostic,
    }
}

fn wrong_value(span: Span, error: &Error, path: &str, text: &str) -> Diagnostic {
    let written = text.get(span.range()).unwrap_or_default();
    let number = written.starts_with(|c: char| c.is_ascii_digit());
    let (ja, en) = match error {
        Error::ExpectedString | Error::ExpectedStringEnd => {
            ("引用符で囲んだ文字が必要です", "a text in quotation marks is expected")
        }
        Error::ExpectedInteger | Error::InvalidIntegerDigit { .. } => ("整数が必要です", "a whole number is expected"),
        Error::IntegerOutOfBounds => ("数が大きすぎるか、負の数です", "the number is too large or negative"),
        Error::ExpectedBoolean => ("true か false が必要です", "true or false is expected"),
        Error::ExpectedArray | Error::ExpectedArrayEnd => ("[ … ] の一覧が必要です", "a list [ … ] is expected"),
        Error::ExpectedMap | Error::ExpectedMapEnd | Error::ExpectedMapColon => {
            ("{ \"名前\": 値, … } の対応表が必要です", "a map { \"name\": value, … } is expected")
        }
        Error::ExpectedStructLike
        | Error::ExpectedNamedStructLike(_)
        | Error::ExpectedStructLikeEnd
        | Error::ExpectedStructName(_) => ("( … ) が必要です", "( … ) is expected"),
        Error::ExpectedIdentifier if written.starts_with('(') => (
            "( の前に種類の名前が必要です。例: Terminal(…)",
            "the name of a kind is needed before (, as in Terminal(…)",
        ),
        Error::ExpectedIdentifier if written.starts_with('"') => {
            ("引用符のない名前が必要です", "a word without quotation marks is expected")
        }
        Error::InvalidValueForType { expected, .. } if expected.contains("edition") => {
            ("版の記号が必要です。例: R7_3", "the code of an edition is expected, as in R7_3")
        }
        Error::ExpectedIdentifier => ("項目名か種類の名前が必要です", "a field or kind name is expected"),
        _ if number => ("数だけを書きます。単位は付けません", "a number alone is expected, without a unit"),
        Error::InvalidValueForType { expected, .. } if expected.contains("list") => (
            "引用符で囲んだ文字か、その一覧 [ … ] が必要です",
            "a text in quotation marks or a list of them is expected",
        ),
        Error::ExpectedDifferentLength { .. } => ("値の個数が違います", "the number of values is not as expected"),
        _ => ("値の書き方が違います", "the value is not written as expected"),
    };
    let code = match error {
        Error::IntegerOutOfBounds => Code::BAD_VALUE,
        _ => Code::WRONG_TYPE,
    };
    let label = if path.is_empty() {
        Text::new("ここです", "here")
    } else {
        Text::new(format!("`{path}` の値です"), format!("the value of `{path}`"))
    };
    Diagnostic::error(code, span, Text::new(ja, en), label)
}

/// Text behind the end of the drawing, or no end at all.
fn outside(file: FileId, error: &Error, place: &Range<usize>, text: &str, what: Written) -> Diagnostic {
    let word = what.word();
    if matches!(error, Error::Eof) {
        let end = text.trim_end().len();
        let last = text[..end].char_indices().next_back().map_or(0, |(i, _)| i);
        return Diagnostic::error(
            Code::SYNTAX,
            Span::new(file, last..end),
            Text::new("ファイルが途中で終わっています", "the file ends too early"),
            Text::new("この後が足りません", "something is missing after this"),
        );
    }
    let from = place.start.min(text.len());
    let next = text.get(from..).and_then(|rest| tokens(rest).first().map(|t| from + t.range.start..from + t.range.end));
    Diagnostic::error(
        Code::SYNTAX,
        Span::new(file, next.unwrap_or(from..from)),
        Text::new(
            format!("{}の終わりの後に余分なものがあります", word.ja),
            format!("there is something after the end of {}", word.en),
        ),
        Text::new(format!("{}はこの前で終わっています", word.ja), format!("{} ends before this", word.en)),
    )
}

/// The text in quotation marks at a place, or the last one before it.
fn text_before(text: &str, place: &Range<usize>) -> Range<usize> {
    let quoted = tokens(text).into_iter().filter(|t| t.kind == TokenKind::Quoted);
    quoted.take_while(|t| t.range.start <= place.start).last().map_or(place.clone(), |t| t.range)
}

/// Widens an empty place to the word that stands there, so that something can be underlined.
fn word_at(text: &str, place: Range<usize>) -> Range<usize> {
    if place.start < place.end
        && place.end <= text.len()
        && text.is_char_boundary(place.start)
        && text.is_char_boundary(place.end)
    {
        return place;
    }
    let start = (0..=place.start.min(text.len())).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0);
    let len = text[start..]
        .char_indices()
        .find(|(_, c)| !(c.is_alphanumeric() || *c == '_'))
        .map_or(text.len() - start, |(i, c)| if i == 0 { c.len_utf8() } else { i });
    start..start + len
}
