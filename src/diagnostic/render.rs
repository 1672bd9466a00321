//! Diagnostics as text for a terminal: the snippet, what is wrong there, how to repair it.
//!
//! The drawing itself is done by `annotate-snippets`; this file decides what it
//! gets to see. It only ever sees the few lines that matter, each cut to the
//! width of the screen and free of characters that could act on a terminal.
//! Machine-readable output is not made here.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Patch, Renderer, Snippet};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::{Diagnostic, Fix, Label, Lang, Severity};
use crate::source::{FileId, LineColumn, Source, Sources, Span};

/// How to draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RenderOptions {
    /// The language of all words.
    pub lang: Lang,
    /// Whether to use terminal colours.
    pub color: bool,
    /// Columns of the screen, if known.
    pub width: Option<usize>,
}

/// Columns when the width of the screen is not known.
const DEFAULT_WIDTH: usize = 140;

/// Below this a snippet says nothing; it is drawn too wide instead.
const MIN_WIDTH: usize = 40;

/// Labels further apart than this many lines get snippets of their own.
const MAX_GAP: usize = 1000;

/// A fix over more lines than this is not drawn.
const MAX_FIX_LINES: usize = 20;

/// A replacement of more bytes than this is not drawn.
const MAX_REPLACEMENT: usize = 4096;

/// Surrounds the number that stands for a place until the drawing is done. Our
/// lines are cut, so the column that the drawing counts would be wrong.
const PLACE: char = '\u{e000}';

/// All diagnostics with a blank line between them, and a line that counts them.
/// Nothing for no diagnostics.
#[must_use]
pub fn render_all(diagnostics: &[Diagnostic], sources: &Sources, options: &RenderOptions) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics {
        out.push_str(&render(diagnostic, sources, options));
        out.push('\n');
    }
    if !diagnostics.is_empty() {
        out.push_str(&summary(diagnostics, options.lang));
        out.push('\n');
    }
    out
}

/// One diagnostic, ending with a line break.
#[must_use]
pub fn render(diagnostic: &Diagnostic, sources: &Sources, options: &RenderOptions) -> String {
    let views = views(diagnostic, sources, options);
    let mut places: Vec<String> = views.iter().map(|view| view.place.clone()).collect();
    let level = level(diagnostic.severity, options.lang);
    let title = level.primary_title(visible(diagnostic.message.get(options.lang))).id(diagnostic.code.as_str());
    let snippets = views.iter().enumerate().map(|(number, view)| view.snippet(number));
    let help = diagnostic.help.iter().map(|text| {
        let lines: Vec<String> = text.get(options.lang).lines().map(visible).collect();
        help_level(options.lang).message(lines.join("\n"))
    });
    let mut report = vec![Group::with_title(title).elements(snippets).elements(help)];
    if let Some(fix) = &diagnostic.fix {
        report.extend(fix_group(fix, sources, options, &views, &mut places));
    }
    let renderer = if options.color { Renderer::styled() } else { Renderer::plain() };
    // Lines are cut already; the drawing must not cut them a second time.
    let drawing = renderer.decor_style(DecorStyle::Unicode).term_width(1 << 20).render(&report);
    let mut out = tidy(&fill_places(&drawing, &places));
    let more = match options.lang {
        Lang::Ja => "くわしく",
        Lang::En => "more",
    };
    let _ = writeln!(out, "{more}: sekisho explain {}", diagnostic.code.as_str());
    out
}

fn level(severity: Severity, lang: Lang) -> Level<'static> {
    match (severity, lang) {
        (Severity::Error, Lang::Ja) => Level::ERROR.with_name("エラー"),
        (Severity::Error, Lang::En) => Level::ERROR,
        (Severity::Warning, Lang::Ja) => Level::WARNING.with_name("警告"),
        (Severity::Warning, Lang::En) => Level::WARNING,
    }
}

fn help_level(lang: Lang) -> Level<'static> {
    match lang {
        Lang::Ja => Level::HELP.with_name("ヒント"),
        Lang::En => Level::HELP,
    }
}

fn summary(diagnostics: &[Diagnostic], lang: Lang) -> String {
    let count = |severity| diagnostics.iter().filter(|d| d.severity == severity).count();
    let parts: Vec<String> = [Severity::Error, Severity::Warning]
        .into_iter()
        .map(|severity| (severity, count(severity)))
        .filter(|&(_, count)| count > 0)
        .map(|(severity, count)| match (severity, lang) {
            (Severity::Error, Lang::Ja) => format!("エラー {count} 件"),
            (Severity::Warning, Lang::Ja) => format!("警告 {count} 件"),
            (Severity::Error, Lang::En) => format!("{count} error{}", plural(count)),
            (Severity::Warning, Lang::En) => format!("{count} warning{}", plural(count)),
        })
        .collect();
    parts.join(match lang {
        Lang::Ja => "、",
        Lang::En => ", ",
    })
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// The repair as removed and added lines. `None` when it is too long to be of use.
fn fix_group<'a>(
    fix: &Fix,
    sources: &Sources,
    options: &RenderOptions,
    views: &[View],
    places: &mut Vec<String>,
) -> Option<Group<'a>> {
    let source = sources.get(fix.span.file);
    let lines = lines_of(source, fix.span);
    if lines.len() > MAX_FIX_LINES || fix.replacement.len() > MAX_REPLACEMENT {
        return None;
    }
    let columns = columns(options, lines.end);
    let range = clamp(source, fix.span);
    let mut excerpt = Excerpt::new(lines.start);
    for line in lines {
        let focus = [range.start, range.end].into_iter().find(|&at| source.line_column(at).line == line);
        excerpt.add_line(source, line, focus, columns);
    }
    let replacement: Vec<String> = fix.replacement.split('\n').map(visible).collect();
    let patch = Patch::new(excerpt.offset(range.start)..excerpt.offset(range.end), replacement.join("\n"));
    // In the file of the first snippet no path is drawn.
    let is_same_file = views.first().is_some_and(|view| view.file == fix.span.file);
    let number = if is_same_file { 0 } else { places.len() };
    places.push(place(sources, fix.span));
    let title = match options.lang {
        Lang::Ja => "こう書けば直ります",
        Lang::En => "write it like this",
    };
    let snippet = Snippet::source(excerpt.text).line_start(excerpt.first_line).path(placeholder(number)).patch(patch);
    Some(Group::with_title(help_level(options.lang).secondary_title(title)).element(snippet))
}

// ---------------------------------------------------------------------------
// Which lines to show

/// One snippet: a stretch of one file with labels.
struct View {
    file: FileId,
    place: String,
    excerpt: Excerpt,
    marks: Vec<Mark>,
}

/// A label inside an excerpt.
struct Mark {
    range: Range<usize>,
    text: String,
    primary: bool,
}

impl View {
    fn snippet(&self, number: usize) -> Snippet<'_, Annotation<'_>> {
        let annotations = self.marks.iter().map(|mark| {
            let kind = if mark.primary { AnnotationKind::Primary } else { AnnotationKind::Context };
            let label = (!mark.text.is_empty()).then_some(mark.text.as_str());
            kind.span(mark.range.clone()).label(label)
        });
        Snippet::source(self.excerpt.text.as_str())
            .line_start(self.excerpt.first_line)
            .path(placeholder(number))
            .annotations(annotations)
    }
}

/// The snippets of a diagnostic, the one with *the* place first.
fn views(diagnostic: &Diagnostic, sources: &Sources, options: &RenderOptions) -> Vec<View> {
    let mut waiting: VecDeque<&Label> = diagnostic.labels.iter().collect();
    let main = diagnostic.labels.iter().position(|label| label.primary);
    waiting.rotate_left(main.unwrap_or(0));
    let mut views = Vec::new();
    while let Some(first) = waiting.pop_front() {
        let mut labels = vec![first];
        waiting.retain(|label| {
            let is_near = labels.iter().any(|other| is_near(sources, other, label))
                && labels.iter().all(|other| fit_together(sources, options, other, label));
            if is_near {
                labels.push(label);
            }
            !is_near
        });
        views.push(view(&labels, sources, options));
    }
    views
}

fn is_near(sources: &Sources, one: &Label, other: &Label) -> bool {
    let line = |label: &Label| first_line(sources, label.span);
    one.span.file == other.span.file && line(one).abs_diff(line(other)) <= MAX_GAP
}

/// Whether two labels, if they are on one line, can both be seen when it is cut.
fn fit_together(sources: &Sources, options: &RenderOptions, one: &Label, other: &Label) -> bool {
    let line = first_line(sources, one.span);
    if one.span.file != other.span.file || line != first_line(sources, other.span) {
        return true;
    }
    let source = sources.get(one.span.file);
    let columns = columns(options, line);
    let (one, other) = (clamp(source, one.span).start, clamp(source, other.span).start);
    let between = &source.text()[one.min(other)..one.max(other)];
    let whole = &source.text()[line_range(source, line)];
    fits(between, columns / 2) || fits(whole, columns + 2 * DOTS.len())
}

fn view(labels: &[&Label], sources: &Sources, options: &RenderOptions) -> View {
    let file = labels[0].span.file;
    let source = sources.get(file);
    let lines: Vec<usize> = labels.iter().map(|label| first_line(sources, label.span)).collect();
    let first = lines.iter().copied().min().unwrap_or(1);
    let last = lines.iter().copied().max().unwrap_or(1);
    let columns = columns(options, last);
    let mut excerpt = Excerpt::new(first);
    for line in first..=last {
        if lines.iter().any(|l| l.abs_diff(line) <= 1) {
            let on_line = labels.iter().zip(&lines).filter(|&(_, &l)| l == line);
            let focus = on_line.map(|(label, _)| clamp(source, label.span).start).min();
            excerpt.add_line(source, line, focus, columns);
        } else {
            excerpt.add_nothing();
        }
    }
    let marks = labels.iter().zip(&lines).map(|(label, &line)| mark(label, line, source, &excerpt, options.lang));
    let mut marks: Vec<Mark> = marks.collect();
    excerpt.keep_wide_labels_apart(&mut marks);
    View { file, place: place(sources, labels[0].span), excerpt, marks }
}

/// A place of more than one line is marked up to the end of its first line.
fn mark(label: &Label, line: usize, source: &Source, excerpt: &Excerpt, lang: Lang) -> Mark {
    let range = clamp(source, label.span);
    let end = range.end.min(line_range(source, line).end).max(range.start);
    Mark {
        range: excerpt.offset(range.start)..excerpt.offset(end),
        text: visible(label.text.get(lang)),
        primary: label.primary,
    }
}

fn first_line(sources: &Sources, span: Span) -> usize {
    sources.get(span.file).line_column(span.range().start).line
}

/// The lines that a span touches.
fn lines_of(source: &Source, span: Span) -> Range<usize> {
    let range = span.range();
    source.line_column(range.start).line..source.line_column(range.end).line + 1
}

/// The range of a span, moved into the text and on to character boundaries.
fn clamp(source: &Source, span: Span) -> Range<usize> {
    let start = source.text().floor_char_boundary(span.range().start);
    let end = source.text().ceil_char_boundary(span.range().end);
    start..end.max(start)
}

/// The bytes of a line without its line break.
fn line_range(source: &Source, line: usize) -> Range<usize> {
    let start = source.offset(LineColumn { line, column: 1 });
    let rest = &source.text()[start..];
    let text = &rest[..rest.find('\n').unwrap_or(rest.len())];
    start..start + text.strip_suffix('\r').unwrap_or(text).len()
}

/// Columns for the text of a line beside its number.
fn columns(options: &RenderOptions, last_line: usize) -> usize {
    let numbers = last_line.to_string().len() + "  │ ".chars().count();
    let dots = 2 * DOTS.len();
    options.width.unwrap_or(DEFAULT_WIDTH).saturating_sub(numbers + dots).max(MIN_WIDTH)
}

// ---------------------------------------------------------------------------
// Lines as they are shown

/// Stands for the part of a line that is not shown. ASCII, because `…` is two
/// columns wide on some Japanese terminals.
const DOTS: &str = "...";

/// Lines of a file as they are shown: harmless and not too long.
struct Excerpt {
    text: String,
    first_line: usize,
    /// The lines that are not empty in place of others.
    lines: Vec<Shown>,
    is_begun: bool,
}

/// The part of a line that is shown.
struct Shown {
    /// Where it is in the file.
    bytes: Range<usize>,
    /// Where it is in the excerpt, without dots.
    start: usize,
    /// The characters of the file.
    text: String,
}

impl Excerpt {
    fn new(first_line: usize) -> Self {
        Self { text: String::new(), first_line, lines: Vec::new(), is_begun: false }
    }

    /// A line that is only there to be counted.
    fn add_nothing(&mut self) {
        if std::mem::replace(&mut self.is_begun, true) {
            self.text.push('\n');
        }
    }

    /// Adds a line, cut to `columns` so that `focus` can be seen.
    fn add_line(&mut self, source: &Source, line: usize, focus: Option<usize>, columns: usize) {
        self.add_nothing();
        let whole = line_range(source, line);
        let part = window(source.text(), &whole, focus.unwrap_or(whole.start), columns);
        if part.start > whole.start {
            self.text.push_str(DOTS);
        }
        let start = self.text.len();
        let text = &source.text()[part.clone()];
        self.text.push_str(&visible(text));
        if part.end < whole.end {
            self.text.push_str(DOTS);
        }
        self.lines.push(Shown { bytes: part, start, text: text.to_owned() });
    }

    /// Where a byte of the file is in the excerpt; the nearest place if it was cut off.
    fn offset(&self, byte: usize) -> usize {
        let line = self.lines.iter().find(|line| byte <= line.bytes.end).or(self.lines.last());
        let Some(line) = line else { return 0 };
        let before = byte.clamp(line.bytes.start, line.bytes.end) - line.bytes.start;
        line.start + visible(line.text.get(..before).unwrap_or_default()).len()
    }

    /// The drawing counts a label in characters when it puts another one to its
    /// right on the same row, so Japanese would move that one. A label that is
    /// long enough to reach the other gets a row of its own: make it that long.
    fn keep_wide_labels_apart(&self, marks: &mut [Mark]) {
        for i in 0..marks.len() {
            let is_wide = marks[i].text.width() != marks[i].text.chars().count();
            let (row, _, end) = self.columns_of(&marks[i].range);
            let others = marks.iter().map(|mark| self.columns_of(&mark.range));
            let reach = others.filter(|other| other.0 == row).map(|other| other.2).max();
            let gap = reach.unwrap_or(0).saturating_sub(end);
            let missing = gap.saturating_sub(marks[i].text.len());
            if is_wide && missing > 0 {
                marks[i].text.push_str(&" ".repeat(missing));
            }
        }
    }

    /// Row, first and last column of a range.
    fn columns_of(&self, range: &Range<usize>) -> (usize, usize, usize) {
        let row = self.text[..range.start].matches('\n').count();
        let line = self.text[..range.start].rfind('\n').map_or(0, |at| at + 1);
        let column = |at: usize| self.text[line..at].width();
        (row, column(range.start), column(range.end))
    }
}

/// The part of a line to show: all of it, or `columns` columns from a little before `focus`.
fn window(text: &str, line: &Range<usize>, focus: usize, columns: usize) -> Range<usize> {
    if fits(&text[line.clone()], columns + 2 * DOTS.len()) {
        return line.clone();
    }
    let focus = focus.clamp(line.start, line.end);
    let back = |columns| fit(text[line.start..focus].chars().rev(), columns);
    let (_, left) = back(columns / 3);
    let (forward, right) = fit(text[focus..line.end].chars(), columns - left);
    let (back, _) = back(columns - right);
    focus - back..focus + forward
}

fn fits(text: &str, columns: usize) -> bool {
    fit(text.chars(), columns).0 == text.len()
}

/// How many bytes of the characters fit into so many columns, and the columns they take.
fn fit(chars: impl Iterator<Item = char>, columns: usize) -> (usize, usize) {
    let mut bytes = 0;
    let mut used = 0;
    for c in chars {
        let width = shown_width(c);
        if used + width > columns {
            break;
        }
        used += width;
        bytes += c.len_utf8();
    }
    (bytes, used)
}

// ---------------------------------------------------------------------------
// Characters

/// A text without characters that act on a terminal or hide: each is replaced by
/// something that can be seen.
fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        push_visible(&mut out, c);
    }
    out
}

fn push_visible(out: &mut String, c: char) {
    match c {
        '\t' => out.push_str("    "),
        '\0'..='\x1f' => out.extend(char::from_u32(0x2400 + u32::from(c))),
        '\x7f' => out.push('␡'),
        _ if is_hidden(c) => {
            let _ = write!(out, "<U+{:04X}>", u32::from(c));
        }
        _ => out.push(c),
    }
}

/// Characters that are not seen, change the direction of text or stand for
/// something in our own drawing.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}' | PLACE)
}

fn shown_width(c: char) -> usize {
    match c {
        '\t' => 4,
        '\0'..='\x1f' | '\x7f' => 1,
        _ if is_hidden(c) => "<U+10FFFF>".len(),
        _ => c.width().unwrap_or(1),
    }
}

// ---------------------------------------------------------------------------
// After the drawing

fn place(sources: &Sources, span: Span) -> String {
    visible(&sources.place(span))
}

fn placeholder(number: usize) -> String {
    format!("{PLACE}{number}{PLACE}")
}

/// Puts the real places where the drawing has a placeholder with line and column.
fn fill_places(drawing: &str, places: &[String]) -> String {
    let mut parts = drawing.split(PLACE);
    let mut out = parts.next().unwrap_or_default().to_owned();
    while let (Some(number), Some(rest)) = (parts.next(), parts.next()) {
        if let Some(place) = number.parse().ok().and_then(|number: usize| places.get(number)) {
            out.push_str(place);
        }
        out.push_str(rest.trim_start_matches(|c: char| c == ':' || c.is_ascii_digit()));
    }
    out
}

/// Drops blanks at the ends of lines.
fn tidy(drawing: &str) -> String {
    drawing.lines().flat_map(|line| [line.trim_end(), "\n"]).collect()
}

#[cfg(test)]
mod tests {
    //! These tests catch: changed wording and shape, Japanese out of line,
    //! terminal controls that get through, and texts that cannot be drawn.

    use super::*;
    use crate::diagnostic::{Code, Text};
    use proptest::prelude::*;

    const UENO: &str = "\
Municipality(
    name: \"上野市\",
    segments: { \"内部\": (layer: Internet) },
    nodes: {
        \"庁内端末\": Terminal(at: \"内郡\", count: 800), \"庁内端末\": Terminal(at: \"内部\"),
    },
)
";

    fn sources(files: &[(&str, &str)]) -> (Sources, Vec<FileId>) {
        let mut sources = Sources::new();
        let ids = files.iter().map(|&(name, text)| sources.add(name, text).expect("small")).collect();
        (sources, ids)
    }

    /// The span of the `nth` (from 0) `needle` of a file.
    fn find(sources: &Sources, file: FileId, needle: &str, nth: usize) -> Span {
        let (start, _) = sources.get(file).text().match_indices(needle).nth(nth).expect("is there");
        Span::new(file, start..start + needle.len())
    }

    fn plain(lang: Lang) -> RenderOptions {
        RenderOptions { lang, color: false, width: Some(100) }
    }

    fn both(text: &str) -> Text {
        Text::new(text, text)
    }

    fn unknown_name() -> (Sources, Diagnostic) {
        let (sources, ids) = sources(&[("上野市.ron", UENO)]);
        let span = find(&sources, ids[0], "内郡", 0);
        let diagnostic = Diagnostic::error(
            Code::UNKNOWN_NAME,
            span,
            Text::new("セグメント「内郡」は定義されていません", "segment `内郡` is not defined"),
            Text::new("この名前のセグメントはありません", "no segment has this name"),
        )
        .help(Text::new("似た名前があります: 内部", "there is a similar name: 内部"));
        (sources, diagnostic)
    }

    fn twice() -> (Sources, Diagnostic) {
        let (sources, ids) = sources(&[("上野市.ron", UENO), ("共通/端末.ron", "{\n\t\"庁内端末\": (),\n}\n")]);
        let diagnostic = Diagnostic::warning(
            Code::DUPLICATE_NAME,
            find(&sources, ids[0], "\"庁内端末\"", 1),
            Text::new("名前「庁内端末」が二度定義されています", "`庁内端末` is defined twice"),
            Text::new("二度目の定義です", "second definition"),
        )
        .also(find(&sources, ids[0], "\"庁内端末\"", 0), Text::new("最初の定義です", "first definition"))
        .also(find(&sources, ids[1], "\"庁内端末\"", 0), Text::new("ここにもあります", "here as well"));
        (sources, diagnostic)
    }

    #[track_caller]
    fn check(sources: &Sources, diagnostic: &Diagnostic, lang: Lang, expected: &str) {
        let found = render(diagnostic, sources, &plain(lang));
        assert_eq!(found, expected.trim_start_matches('\n'), "\n{found}");
    }

    #[test]
    fn japanese() {
        let (sources, diagnostic) = unknown_name();
        let expected = r#"
エラー[S2002]: セグメント「内郡」は定義されていません
  ╭▸ 上野市.ron:5:31
  │
5 │         "庁内端末": Terminal(at: "内郡", count: 800), "庁内端末": Terminal(at: "内部"),
  │                                   ━━━━ この名前のセグメントはありません
  │
  ╰ ヒント: 似た名前があります: 内部
くわしく: sekisho explain S2002
"#;
        check(&sources, &diagnostic, Lang::Ja, expected);
    }

    #[test]
    fn english() {
        let (sources, diagnostic) = unknown_name();
        let expected = r#"
error[S2002]: segment `内郡` is not defined
  ╭▸ 上野市.ron:5:31
  │
5 │         "庁内端末": Terminal(at: "内郡", count: 800), "庁内端末": Terminal(at: "内部"),
  │                                   ━━━━ no segment has this name
  │
  ╰ help: there is a similar name: 内部
more: sekisho explain S2002
"#;
        check(&sources, &diagnostic, Lang::En, expected);
    }

    #[test]
    fn two_places_on_a_line_and_one_in_another_file() {
        let (sources, diagnostic) = twice();
        let japanese = r#"
警告[S2001]: 名前「庁内端末」が二度定義されています
  ╭▸ 上野市.ron:5:49
  │
5 │         "庁内端末": Terminal(at: "内郡", count: 800), "庁内端末": Terminal(at: "内部"),
  │         ┬─────────                                    ━━━━━━━━━━ 二度目の定義です
  │         │
  │         最初の定義です
  │
  ⸬  共通/端末.ron:2:2
  │
2 │     "庁内端末": (),
  ╰╴    ────────── ここにもあります
くわしく: sekisho explain S2001
"#;
        check(&sources, &diagnostic, Lang::Ja, japanese);
        let english = r#"
warning[S2001]: `庁内端末` is defined twice
  ╭▸ 上野市.ron:5:49
  │
5 │         "庁内端末": Terminal(at: "内郡", count: 800), "庁内端末": Terminal(at: "内部"),
  │         ────────── first definition                   ━━━━━━━━━━ second definition
  │
  ⸬  共通/端末.ron:2:2
  │
2 │     "庁内端末": (),
  ╰╴    ────────── here as well
more: sekisho explain S2001
"#;
        check(&sources, &diagnostic, Lang::En, english);
    }

    #[test]
    fn a_fix_is_drawn_as_a_patch() {
        let (sources, diagnostic) = unknown_name();
        let span = diagnostic.span().expect("a place");
        let expected = r#"
エラー[S2002]: セグメント「内郡」は定義されていません
  ╭▸ 上野市.ron:5:31
  │
5 │         "庁内端末": Terminal(at: "内郡", count: 800), "庁内端末": Terminal(at: "内部"),
  │                                   ━━━━ この名前のセグメントはありません
  │
  ╰ ヒント: 似た名前があります: 内部
ヒント: こう書けば直ります
  ╭╴
5 -         "庁内端末": Terminal(at: "内郡", count: 800), "庁内端末": Terminal(at: "内部"),
5 +         "庁内端末": Terminal(at: "内部", count: 800), "庁内端末": Terminal(at: "内部"),
  ╰╴
くわしく: sekisho explain S2002
"#;
        check(&sources, &diagnostic.fix(span, "内部"), Lang::Ja, expected);
    }

    #[test]
    fn without_a_file() {
        let message = Text::new("ファイル「a.ron」が見つかりません", "file `a.ron` not found");
        let (_, mut diagnostic) = unknown_name();
        diagnostic.labels.clear();
        let diagnostic = Diagnostic { code: Code::FILE_ERROR, message, ..diagnostic };
        let expected = r#"
error[S3005]: file `a.ron` not found
 │
 ╰ help: there is a similar name: 内部
more: sekisho explain S3005
"#;
        check(&Sources::new(), &diagnostic, Lang::En, expected);
    }

    #[test]
    fn all_are_counted() {
        let (sources, warning) = twice();
        let error = Diagnostic { severity: Severity::Error, ..warning.clone() };
        let last = |diagnostics: &[Diagnostic], lang| {
            let all = render_all(diagnostics, &sources, &plain(lang));
            all.lines().last().map(str::to_owned)
        };
        let mixed = [error.clone(), error.clone(), error.clone(), warning.clone()];
        assert_eq!(last(&mixed, Lang::Ja).as_deref(), Some("エラー 3 件、警告 1 件"));
        assert_eq!(last(&mixed, Lang::En).as_deref(), Some("3 errors, 1 warning"));
        assert_eq!(last(&[warning], Lang::En).as_deref(), Some("1 warning"));
        assert_eq!(last(&[], Lang::En), None);
        let two = render_all(&[error.clone(), error.clone()], &sources, &plain(Lang::Ja));
        assert!(two.contains("explain S2001\n\nエラー[S2001]"), "{two}");
    }

    #[test]
    fn a_huge_line_is_cut_and_its_column_is_not() {
        let huge = format!("(a: \"{}\", at: \"どこ\", b: \"{}\")", "あ".repeat(200_000), "い".repeat(200_000));
        let (sources, ids) = sources(&[("巨大.ron", &huge)]);
        let span = find(&sources, ids[0], "どこ", 0);
        let diagnostic = Diagnostic::error(Code::SYNTAX, span, both("大きい"), both("ここ"))
            .also(find(&sources, ids[0], "a", 0), both("はじめ"))
            .fix(span, "あそこ");
        let expected = r#"
エラー[S0001]: 大きい
  ╭▸ 巨大.ron:1:200014
  │
1 │ ...ああああああああああ", at: "どこ", b: "いいいいいいいいいいいいいいいいいいいいいいいいい...
  │                                ━━━━ ここ
  │
  ⸬  巨大.ron:1:2
  │
1 │ (a: "ああああああああああああああああああああああああああああああああああああああああああ...
  │  ─ はじめ
  ╰╴
ヒント: こう書けば直ります
  ╭╴
1 - ...ああああああああああ", at: "どこ", b: "いいいいいいいいいいいいいいいいいいいいいいいいい...
1 + ...ああああああああああ", at: "あそこ", b: "いいいいいいいいいいいいいいいいいいいいいいいいい...
  ╰╴
くわしく: sekisho explain S0001
"#;
        check(&sources, &diagnostic, Lang::Ja, expected);
    }

    #[test]
    fn nothing_acts_on_the_terminal() {
        let (sources, ids) = sources(&[("a\u{1b}[2J\n.ron", "(x: \"\u{1b}[31m\u{202e}\u{85}\t赤\", y: 1)\r\n")]);
        let diagnostic = Diagnostic::error(
            Code::SYNTAX,
            find(&sources, ids[0], "y", 0),
            both("悪\u{1b}い\n名前"),
            both("ここ\u{7}"),
        )
        .help(both("一行目\n二\u{200f}行目"));
        let expected = r#"
エラー[S0001]: 悪␛い␊名前
  ╭▸ a␛[2J␊.ron:1:18
  │
1 │ (x: "␛[31m<U+202E><U+0085>    赤", y: 1)
  │                                    ━ ここ␇
  │
  ╰ ヒント: 一行目
            二<U+200F>行目
くわしく: sekisho explain S0001
"#;
        check(&sources, &diagnostic, Lang::Ja, expected);
    }

    #[test]
    fn colour_only_on_request() {
        let (sources, diagnostic) = twice();
        let colored = RenderOptions { color: true, ..plain(Lang::Ja) };
        assert!(render(&diagnostic, &sources, &colored).contains("\u{1b}["));
        assert!(!render(&diagnostic, &sources, &plain(Lang::Ja)).contains('\u{1b}'));
    }

    #[test]
    fn places_far_apart_are_drawn_apart() {
        let text = format!("(a: 1,\n{}b: 2)", "\n".repeat(100_000));
        let (sources, ids) = sources(&[("遠.ron", &text)]);
        let diagnostic =
            Diagnostic::error(Code::CONFLICT, find(&sources, ids[0], "b", 0), both("両立しません"), both("これと"))
                .also(find(&sources, ids[0], "a", 0), both("これ"));
        let drawn = render(&diagnostic, &sources, &plain(Lang::Ja));
        assert!(drawn.contains("╭▸ 遠.ron:100002:1\n") && drawn.contains("⸬  遠.ron:1:2\n"), "{drawn}");
        assert!(drawn.lines().count() < 20, "{drawn}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        /// Whatever the text and the places, it can be drawn, and the place is right.
        #[test]
        fn anything_can_be_drawn(
            text in "(a|日本|\\t|\\n|\\r|\u{1b}|\u{202e}|\u{e000}|é|\\PC| {9}){0,60}",
            cuts in prop::collection::vec((0_usize..200, 0_usize..200), 4),
            replacement in ".{0,3}\\n?.{0,3}",
            width in 0_usize..90,
        ) {
            let (sources, ids) = sources(&[("a.ron", &text)]);
            let spans: Vec<Span> = cuts
                .iter()
                .map(|&(a, b)| {
                    let a = text.floor_char_boundary(a.min(text.len()));
                    let b = text.floor_char_boundary(b.min(text.len()));
                    Span::new(ids[0], a.min(b)..a.max(b))
                })
                .collect();
            let diagnostic = Diagnostic::error(Code::SYNTAX, spans[0], both("だめ"), both("ここが"))
                .also(spans[1], both("wide ひろい"))
                .also(spans[2], both(""))
                .fix(spans[3], replacement);
            let drawn = render(&diagnostic, &sources, &RenderOptions { lang: Lang::Ja, color: false, width: Some(width) });
            prop_assert!(drawn.chars().all(|c| c == '\n' || !is_hidden(c)), "{drawn}");
            let place = format!("▸ {}\n", sources.place(spans[0]));
            prop_assert!(drawn.contains(&place), "{drawn}");
        }
    }
}
