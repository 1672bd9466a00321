//! Templates: their parameters with defaults, their drawing, and the variants among which a parameter chooses.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::super::read::{Written, read_as};
use super::super::resolve::{is_address, normal};
use super::super::suggest::nearest;
use super::super::value::Name;
use super::Piece;
use super::cut::{Cut, Outside, WHOLE, cut};
use super::fill::{Filled, masked, uses};
use super::shape::TemplateDoc;
use crate::diagnostic::{Code, Diagnostic, Text};
use crate::source::{FileId, Sources, Span, scan};

/// Parameters that every drawing of a region has, whatever its template declares.
pub(super) const GIVEN: [&str; 4] = ["index", "label", "name", "path"];

/// How a parameter can matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Matters {
    /// For every value anew.
    Always,
    /// As a part of addresses and nothing else: what counts is what rules can tell of them.
    Addresses,
    /// Only whether it is one or more: it is the `count` of machines and nothing else.
    OneOrMore,
    /// Never: it is a label for people and nothing else.
    Never,
}

/// A parameter.
#[derive(Debug, Clone)]
pub(super) struct Parameter {
    pub(super) name: String,
    /// The text that it stands for if nothing else is said.
    pub(super) default: String,
    pub(super) matters: Matters,
    /// Drawings among which its value chooses.
    pub(super) variants: Vec<(String, Piece)>,
}

/// A template.
#[derive(Debug, Clone)]
pub(super) struct Template {
    pub(super) name: String,
    pub(super) parameters: Vec<Parameter>,
    pub(super) drawing: Piece,
    /// Whether the path or name of the body appears in the drawing otherwise than as a label.
    pub(super) personal: bool,
}

impl Template {
    /// The position of a parameter.
    pub(super) fn parameter(&self, name: &str) -> Option<usize> {
        self.parameters.iter().position(|p| p.name == name)
    }
}

/// The text that a value stands for: of a text what is between the quotation marks, of anything else what is written.
pub(super) fn argument(text: &str) -> String {
    let text = text.trim();
    text.strip_prefix('"').and_then(|t| t.strip_suffix('"')).unwrap_or(text).to_owned()
}

/// Reads a file that holds one template.
pub(super) fn file(sources: &Sources, file: FileId, diagnostics: &mut Vec<Diagnostic>) -> Option<(TemplateDoc, Cut)> {
    let source = sources.get(file);
    match cut(source.text(), Outside::Template) {
        Err(issues) => {
            diagnostics.extend(issues.iter().map(|i| super::super::scanned::diagnostic(file, i)));
            None
        }
        Ok(cut) => {
            let read = read_as(file, source, cut.text.clone(), Written::Template);
            let whole = read.diagnostics.is_empty();
            diagnostics.extend(read.diagnostics);
            whole.then_some((read.document, cut))
        }
    }
}

/// Builds a template from its shape; `at` is where its drawing is found among the cuts.
pub(super) fn template(
    sources: &Sources,
    name: &Name,
    doc: &TemplateDoc,
    (file, cut, at): (FileId, &Cut, usize),
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Template> {
    let place = if at == WHOLE { Span::new(file, 0..0) } else { name.span };
    let Some(drawing) = cut.drawings.get(&at).map(|range| Piece { file, range: range.clone() }) else {
        diagnostics.push(Diagnostic::error(
            Code::MISSING_FIELD,
            place,
            Text::new("項目 `drawing` がありません", "field `drawing` is missing"),
            Text::new(
                format!("ひな型 `{}` には図面(drawing か file)が必要です", name.text),
                format!("template `{}` needs a drawing (`drawing` or `file`)", name.text),
            ),
        ));
        return None;
    };
    let mut parameters: Vec<Parameter> = Vec::new();
    let mut places: BTreeMap<String, Span> = BTreeMap::new();
    for (parameter, _) in &doc.parameters.entries {
        let key = normal(&parameter.text);
        if let Some(&first) = places.get(&key) {
            diagnostics.push(twice(parameter, first));
            continue;
        }
        if key.is_empty() || key.contains(|c: char| !c.is_alphanumeric() && c != '_') {
            diagnostics.push(Diagnostic::error(
                Code::BAD_NAME,
                parameter.span,
                Text::new(
                    "パラメーターの名前に使えるのは文字・数字・_ だけです",
                    "the name of a parameter has only letters, digits and _",
                ),
                Text::new("この名前です", "this name"),
            ));
        }
        places.insert(key.clone(), parameter.span);
        let range = cut.values.get(&(parameter.span.start as usize)).cloned().unwrap_or(0..0);
        let default = argument(&sources.get(file).text()[range]);
        parameters.push(Parameter { name: key, default, matters: Matters::Never, variants: Vec::new() });
    }
    for (parameter, values) in &doc.variants.entries {
        let key = normal(&parameter.text);
        let Some(own) = parameters.iter_mut().find(|p| p.name == key) else {
            let known: Vec<String> = places.keys().cloned().collect();
            diagnostics.push(unknown(parameter, &known, "パラメーター", "parameter"));
            continue;
        };
        for (value, _) in &values.entries {
            if let Some((_, first)) = own.variants.iter().find(|(v, _)| *v == value.text) {
                diagnostics.push(twice(value, Span::new(first.file, first.range.clone())));
            } else if let Some(range) = cut.drawings.get(&(value.span.start as usize)) {
                own.variants.push((value.text.clone(), Piece { file, range: range.clone() }));
            }
        }
    }
    for own in parameters.iter().filter(|p| !p.variants.is_empty()) {
        if own.variants.iter().all(|(v, _)| *v != own.default)
            && let Some(&span) = places.get(&own.name)
        {
            let names: Vec<String> = own.variants.iter().map(|(v, _)| v.clone()).collect();
            let listed = names.join(", ");
            diagnostics.push(
                Diagnostic::error(
                    Code::UNKNOWN_NAME,
                    span,
                    Text::new(
                        format!("`{}` の既定値 `{}` という変種はありません", own.name, own.default),
                        format!("the default `{}` of `{}` is none of its variants", own.default, own.name),
                    ),
                    Text::new("このパラメーターです", "this parameter"),
                )
                .help(Text::new(format!("使えるもの: {listed}"), format!("known here: {listed}"))),
            );
        }
    }
    let mut template = Template { name: normal(&name.text), parameters, drawing, personal: false };
    weigh(sources, &mut template, &places, diagnostics);
    Some(template)
}

/// Finds out how each parameter matters, and reports those that nobody declares or uses.
fn weigh(
    sources: &Sources,
    template: &mut Template,
    places: &BTreeMap<String, Span>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut used: BTreeSet<String> = BTreeSet::new();
    let pieces: Vec<Piece> = std::iter::once(&template.drawing)
        .chain(template.parameters.iter().flat_map(|p| p.variants.iter().map(|(_, piece)| piece)))
        .cloned()
        .collect();
    for piece in pieces {
        let text = &sources.get(piece.file).text()[piece.range.clone()];
        let whole = masked(text);
        let scan = scan(&whole);
        let (found, bad) = uses(text);
        let place = |r: &Range<usize>| Span::new(piece.file, piece.range.start + r.start..piece.range.start + r.end);
        for b in bad {
            diagnostics.push(
                Diagnostic::error(
                    Code::BAD_VALUE,
                    place(&b.0),
                    Text::new("`$` の後に名前がありません", "no name after `$`"),
                    Text::new("この `$` です", "this `$`"),
                )
                .help(Text::new("`$` そのものは `$$` と書きます", "write `$$` for a dollar sign itself")),
            );
        }
        for u in found {
            let name = normal(&text[u.name.clone()]);
            let entry = scan.innermost_entry(u.range.start);
            let field = entry.and_then(|e| e.key.clone()).map(|k| whole[k].trim_matches('"').to_owned());
            let alone = entry.is_some_and(|e| e.range.end == u.range.end) && !u.quoted;
            let here = match field.as_deref() {
                Some("label" | "name") => Matters::Never,
                Some("count") if alone => Matters::OneOrMore,
                _ if u.quoted && in_address(text, &u.range) => Matters::Addresses,
                _ => Matters::Always,
            };
            let own = template.parameters.iter_mut().find(|p| p.name == name);
            let is_own = own.is_some();
            if let Some(own) = own {
                own.matters = match (own.matters, here) {
                    (Matters::Never, other) | (other, Matters::Never) => other,
                    (a, b) if a == b => a,
                    _ => Matters::Always,
                };
                used.insert(name.clone());
            }
            if is_own {
                continue;
            }
            if GIVEN.contains(&name.as_str()) {
                template.personal |= here != Matters::Never;
                continue;
            }
            let known: Vec<String> =
                template.parameters.iter().map(|p| p.name.clone()).chain(GIVEN.map(str::to_owned)).collect();
            let name = Name { text: name, span: place(&u.name) };
            let mut d = unknown(&name, &known, "パラメーター", "parameter");
            // Japanese is written without blanks, so a name ends where somebody says so.
            if let Some(meant) = known.iter().filter(|k| name.text.starts_with(k.as_str())).max_by_key(|k| k.len()) {
                d.fix = None;
                d = d.help(Text::new(
                    format!("すぐ後に文字が続くときは `${{{meant}}}` と書きます"),
                    format!("where letters follow directly, write `${{{meant}}}`"),
                ));
            }
            diagnostics.push(d);
        }
    }
    for parameter in &template.parameters {
        if !used.contains(&parameter.name)
            && parameter.variants.is_empty()
            && let Some(&span) = places.get(&parameter.name)
        {
            diagnostics.push(Diagnostic::warning(
                Code::UNUSED_NAME,
                span,
                Text::new(
                    format!("パラメーター `{}` はどこからも使われていません", parameter.name),
                    format!("parameter `{}` is used nowhere", parameter.name),
                ),
                Text::new("使うはずの場所で書き忘れていませんか", "was it forgotten where it should be used?"),
            ));
        }
    }
}

/// Whether a parameter stands inside an address, such as `10.$n.0.0/16`, and is no part of anything else.
fn in_address(text: &str, at: &Range<usize>) -> bool {
    let bound = |c: char| c == '"' || c == ',' || c.is_whitespace();
    let start = text[..at.start].rfind(bound).map_or(0, |i| i + 1);
    let end = text[at.end..].find(bound).map_or(text.len(), |i| at.end + i);
    // Whatever the numbers are, the word reads as an address if it does with a small one.
    let filled = Filled::new(text, start..end, String::new(), |_| Some("1".into()));
    is_address(&filled.text)
}

/// A name given twice, with both places.
pub(super) fn twice(name: &Name, first: Span) -> Diagnostic {
    Diagnostic::error(
        Code::DUPLICATE_NAME,
        name.span,
        Text::new(
            format!("名前 `{}` が二度定義されています", name.text),
            format!("name `{}` is defined twice", name.text),
        ),
        Text::new("二度目の定義です", "the second definition"),
    )
    .also(first, Text::new("最初の定義はここです", "first defined here"))
}

/// An unknown name, with what is known and what was probably meant.
pub(super) fn unknown(name: &Name, known: &[String], ja: &str, en: &str) -> Diagnostic {
    let mut d = Diagnostic::error(
        Code::UNKNOWN_NAME,
        name.span,
        Text::new(format!("{ja} `{}` は定義されていません", name.text), format!("{en} `{}` is not defined", name.text)),
        Text::new("この名前のものはありません", "nothing has this name"),
    );
    if !known.is_empty() && known.len() <= 40 {
        let listed = known.join(", ");
        d = d.help(Text::new(format!("使えるもの: {listed}"), format!("known here: {listed}")));
    }
    match nearest(&name.text, known.iter().map(String::as_str)) {
        Some(near) => {
            let near = near.to_owned();
            d.fix(name.span, near)
        }
        None => d,
    }
}
