//! From the text of a region to its tree of bodies.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::de::IgnoredAny;

use super::super::load::{Failed, Files, LoadError, Loader, shorten};
use super::super::read::{Written, read_as};
use super::super::resolve::normal;
use super::super::value::{Map, Name};
use super::cut::{Cut, Outside, WHOLE, cut};
use super::draw::Drawn;
use super::shape::{BodyDoc, RegionDoc};
use super::templates::{self, Template, argument, twice, unknown};
use super::{Body, MAX_BODIES, Piece, Region};
use crate::diagnostic::{Code, Diagnostic, Severity, Text, sort};
use crate::source::{FileId, Sources, Span};

fn failed(sources: Sources, mut diagnostics: Vec<Diagnostic>) -> Failed {
    sort(&mut diagnostics);
    shorten(&mut diagnostics);
    Failed { sources, diagnostics }
}

pub(super) fn region(loader: &mut dyn Loader) -> Result<Region, Failed> {
    let mut files = Files::default();
    let (name, text) = match loader.root() {
        Ok(root) => root,
        Err(error) => {
            files.unreadable(None, &loader.name(), &error);
            return Err(failed(files.sources, files.diagnostics));
        }
    };
    let Ok(file) = files.sources.add(name.clone(), text) else {
        files.unreadable(None, &name, &LoadError::TooLarge);
        return Err(failed(files.sources, files.diagnostics));
    };
    let cut = match cut(files.sources.get(file).text(), Outside::Region) {
        Ok(cut) => cut,
        Err(issues) => {
            files.diagnostics.extend(issues.iter().map(|i| super::super::scanned::diagnostic(file, i)));
            return Err(failed(files.sources, files.diagnostics));
        }
    };
    let read = read_as::<RegionDoc>(file, files.sources.get(file), cut.text.clone(), Written::Region);
    files.diagnostics.extend(read.diagnostics);
    if !files.diagnostics.is_empty() {
        return Err(failed(files.sources, files.diagnostics));
    }
    let doc = read.document;
    let templates = all_templates(loader, &mut files, (&name, file, &cut), &doc);
    let packs = doc.packs.iter().map(|p| (name.clone(), p.clone())).collect();
    files.read_named_packs(loader, packs);
    let Files { sources, packs, mut diagnostics, damage, .. } = files;
    let rulebook = super::super::pack::book(packs, &damage, &mut diagnostics);
    let mut builder =
        Builder { sources: &sources, file, cut: &cut, templates: &templates, diagnostics, bodies: Vec::new() };
    builder.root(&doc);
    let Builder { mut diagnostics, bodies, .. } = builder;
    // What a body with a mistake would have used is not unused.
    if diagnostics.iter().all(|d| d.severity != Severity::Error) {
        unused_templates(&doc, &bodies, &mut diagnostics);
    }
    if diagnostics.iter().any(|d| d.severity == Severity::Error) {
        return Err(failed(sources, diagnostics));
    }
    sort(&mut diagnostics);
    let grounds = bodies.iter().map(|_| OnceLock::new()).collect();
    let templates = templates.into_iter().flatten().collect();
    let name = doc.name.unwrap_or_default();
    Ok(Region { name, sources, bodies, warnings: diagnostics, templates, rulebook, grounds })
}

/// The templates in the order of the file; `None` for one with a mistake.
fn all_templates(
    loader: &mut dyn Loader,
    files: &mut Files,
    (from, file, own): (&str, FileId, &Cut),
    doc: &RegionDoc,
) -> Vec<Option<Template>> {
    let mut seen: BTreeMap<String, Span> = BTreeMap::new();
    let mut all = Vec::new();
    for (name, doc) in &doc.templates.entries {
        if let Some(&first) = seen.get(&normal(&name.text)) {
            files.diagnostics.push(twice(name, first));
            continue;
        }
        seen.insert(normal(&name.text), name.span);
        let at = name.span.start as usize;
        let Some(path) = &doc.file else {
            all.push(templates::template(&files.sources, name, doc, (file, own, at), &mut files.diagnostics));
            continue;
        };
        if own.drawings.contains_key(&at) || !doc.parameters.entries.is_empty() || !doc.variants.entries.is_empty() {
            files.diagnostics.push(Diagnostic::error(
                Code::CONFLICT,
                path.span,
                Text::new(
                    "file を書くときは、drawing・parameters・variants はそのファイルに書きます",
                    "with `file`, the drawing, parameters and variants stand in that file",
                ),
                Text::new("どちらか一方にしてください", "give one of them"),
            ));
        }
        all.push(match loader.include(from, &path.text) {
            Err(error) => {
                files.unreadable(Some(path.span), &path.text, &error);
                None
            }
            Ok((shown, text)) => match files.sources.add(shown.clone(), text) {
                Err(_) => {
                    files.unreadable(Some(path.span), &shown, &LoadError::TooLarge);
                    None
                }
                Ok(file) => templates::file(&files.sources, file, &mut files.diagnostics).and_then(|(doc, cut)| {
                    templates::template(&files.sources, name, &doc, (file, &cut, WHOLE), &mut files.diagnostics)
                }),
            },
        });
    }
    all
}

fn unused_templates(doc: &RegionDoc, bodies: &[Body], diagnostics: &mut Vec<Diagnostic>) {
    for (name, _) in &doc.templates.entries {
        let used = bodies.iter().any(|b| b.template.as_deref() == Some(normal(&name.text).as_str()));
        if !used {
            diagnostics.push(Diagnostic::warning(
                Code::UNUSED_NAME,
                name.span,
                Text::new(
                    format!("ひな型 `{}` はどこからも使われていません", name.text),
                    format!("template `{}` is used nowhere", name.text),
                ),
                Text::new("使うはずの場所で書き忘れていませんか", "was it forgotten where it should be used?"),
            ));
        }
    }
}

struct Builder<'a> {
    sources: &'a Sources,
    file: FileId,
    cut: &'a Cut,
    templates: &'a [Option<Template>],
    diagnostics: Vec<Diagnostic>,
    bodies: Vec<Body>,
}

impl Builder<'_> {
    fn error(&mut self, code: Code, span: Span, message: Text, label: Text) {
        self.diagnostics.push(Diagnostic::error(code, span, message, label));
    }

    fn root(&mut self, doc: &RegionDoc) {
        let top = Span::new(self.file, 0..0);
        let own = self.cut.drawings.get(&WHOLE).cloned();
        let drawn = match (&doc.of, own) {
            (Some(of), Some(_)) => {
                self.both(of);
                None
            }
            (Some(of), None) => self.of(of, &doc.with, None),
            (None, own) => {
                self.no_arguments(&doc.with);
                own.map(|range| Drawn::Own(Piece { file: self.file, range }))
            }
        };
        self.bodies.push(Body {
            path: String::new(),
            label: doc.name.clone().unwrap_or_default(),
            above: None,
            index: 1,
            below: Vec::new(),
            template: doc.of.as_ref().map(|of| normal(&of.text)),
            span: doc.of.as_ref().map_or(top, |of| of.span),
            drawn: drawn.unwrap_or(Drawn::Nothing),
        });
        if doc.bodies.entries.is_empty() {
            self.error(
                Code::MISSING_FIELD,
                top,
                Text::new("項目 `bodies` がありません", "field `bodies` is missing"),
                Text::new("この地域には団体がありません", "this region has no bodies"),
            );
        }
        // Not by recursion: the reader has limited the depth already, but nothing here has to rely on that.
        let mut open: Vec<(usize, &Map<BodyDoc>)> = vec![(0, &doc.bodies)];
        while let Some((above, map)) = open.pop() {
            let first = self.bodies.len();
            let docs = self.below(above, map);
            open.extend(docs.into_iter().enumerate().map(|(i, d)| (first + i, d)).rev());
        }
        self.link();
    }

    /// The bodies of one level, with what is below each.
    fn below<'d>(&mut self, above: usize, map: &'d Map<BodyDoc>) -> Vec<&'d Map<BodyDoc>> {
        let mut seen: BTreeMap<String, Span> = BTreeMap::new();
        let mut further = Vec::new();
        let mut index = 0;
        for (name, doc) in &map.entries {
            self.check_name(name);
            let count = doc.count.unwrap_or(1) as usize;
            if count == 0 {
                self.error(
                    Code::BAD_VALUE,
                    name.span,
                    Text::new("count は 1 以上です", "count is at least 1"),
                    Text::new("この団体です", "this body"),
                );
            }
            if self.bodies.len() + count > MAX_BODIES {
                let message = Text::new(
                    format!("団体が多すぎます(上限 {MAX_BODIES})"),
                    format!("too many bodies (limit {MAX_BODIES})"),
                );
                return {
                    self.error(Code::TOO_MANY, name.span, message, Text::new("ここで超えます", "over the limit here"));
                    Vec::new()
                };
            }
            let Some(drawn) = self.drawn(name, doc) else { continue };
            for i in 1..=count {
                index += 1;
                let own = if doc.count.is_some() { format!("{}-{i}", normal(&name.text)) } else { normal(&name.text) };
                if let Some(&first) = seen.get(&own) {
                    self.diagnostics.push(twice(&Name { text: own, span: name.span }, first));
                    break;
                }
                seen.insert(own.clone(), name.span);
                let path = match self.bodies[above].path.as_str() {
                    "" => own.clone(),
                    path => format!("{path}/{own}"),
                };
                let label = doc.label.clone().or_else(|| self.given_label(&drawn));
                let label = match label {
                    Some(label) if doc.count.is_some() => format!("{label} {i}"),
                    Some(label) => label,
                    None => own,
                };
                self.bodies.push(Body {
                    path,
                    label,
                    above: Some(above),
                    index,
                    below: Vec::new(),
                    template: doc.of.as_ref().map(|of| normal(&of.text)),
                    span: name.span,
                    drawn: drawn.clone(),
                });
                further.push(&doc.bodies);
            }
        }
        further
    }

    /// Tells each body what is below it.
    fn link(&mut self) {
        for body in 1..self.bodies.len() {
            if let Some(above) = self.bodies[body].above {
                self.bodies[above].below.push(body);
            }
        }
    }

    fn given_label(&self, drawn: &Drawn) -> Option<String> {
        let Drawn::Of { template, arguments } = drawn else { return None };
        let template = self.templates.iter().flatten().nth(*template)?;
        arguments.get(template.parameter("label")?).cloned().flatten()
    }

    fn check_name(&mut self, name: &Name) {
        let odd = |c: char| c.is_whitespace() || c.is_control() || ",.@{}()[]\"\\+/$".contains(c);
        if name.text.is_empty() || name.text.contains(odd) || name.text.contains("->") {
            self.error(
                Code::BAD_NAME,
                name.span,
                Text::new(
                    "団体の名前に空白や , . @ + / $ { } ( ) [ ] \" \\ -> は使えません",
                    "the name of a body cannot contain white space or , . @ + / $ { } ( ) [ ] \" \\ ->",
                ),
                Text::new("この名前です", "this name"),
            );
        }
    }

    fn drawn(&mut self, name: &Name, doc: &BodyDoc) -> Option<Drawn> {
        let own = self.cut.drawings.get(&(name.span.start as usize)).cloned();
        match (&doc.of, own) {
            (Some(of), None) => self.of(of, &doc.with, doc.label.as_deref()),
            (None, Some(range)) => {
                self.no_arguments(&doc.with);
                Some(Drawn::Own(Piece { file: self.file, range }))
            }
            (Some(of), Some(_)) => {
                self.both(of);
                None
            }
            (None, None) if doc.bodies.entries.is_empty() => {
                self.error(
                    Code::MISSING_FIELD,
                    name.span,
                    Text::new("項目 `of` がありません", "field `of` is missing"),
                    Text::new(
                        format!("`{}` にはひな型(of)か図面(drawing)が必要です", name.text),
                        format!("`{}` needs a template (of) or a drawing", name.text),
                    ),
                );
                None
            }
            (None, None) => {
                self.no_arguments(&doc.with);
                Some(Drawn::Nothing)
            }
        }
    }

    fn both(&mut self, of: &Name) {
        self.error(
            Code::CONFLICT,
            of.span,
            Text::new("of と drawing の両方が書かれています", "both `of` and `drawing` are given"),
            Text::new("どちらか一方にしてください", "give one of them"),
        );
    }

    fn no_arguments(&mut self, with: &Map<IgnoredAny>) {
        if let Some((first, _)) = with.entries.first() {
            self.error(
                Code::CONFLICT,
                first.span,
                Text::new("of がないので with は意味を持ちません", "without `of`, `with` means nothing"),
                Text::new("このパラメーターです", "this parameter"),
            );
        }
    }

    fn of(&mut self, of: &Name, with: &Map<IgnoredAny>, label: Option<&str>) -> Option<Drawn> {
        let known: Vec<&Template> = self.templates.iter().flatten().collect();
        let Some(position) = known.iter().position(|t| t.name == normal(&of.text)) else {
            // A template that could not be read has its message already.
            if self.templates.iter().all(Option::is_some) {
                let names: Vec<String> = known.iter().map(|t| t.name.clone()).collect();
                self.diagnostics.push(unknown(of, &names, "ひな型", "template"));
            }
            return None;
        };
        let template = known[position];
        let mut arguments: Vec<Option<String>> = vec![None; template.parameters.len()];
        let mut places: BTreeMap<usize, Span> = BTreeMap::new();
        let mut more = Vec::new();
        for (name, _) in &with.entries {
            let Some(at) = template.parameter(&normal(&name.text)) else {
                let names: Vec<String> = template.parameters.iter().map(|p| p.name.clone()).collect();
                more.push(unknown(name, &names, "パラメーター", "parameter"));
                continue;
            };
            if let Some(&first) = places.get(&at) {
                more.push(twice(name, first));
                continue;
            }
            places.insert(at, name.span);
            let range = self.cut.values.get(&(name.span.start as usize)).cloned().unwrap_or(0..0);
            let value = argument(&self.sources.get(self.file).text()[range.clone()]);
            let variants = &template.parameters[at].variants;
            if !variants.is_empty() && variants.iter().all(|(v, _)| *v != value) {
                let names: Vec<String> = variants.iter().map(|(v, _)| v.clone()).collect();
                // The suggestion replaces what is between quotation marks.
                let inner = if self.sources.get(self.file).text()[range.clone()].starts_with('"') {
                    range.start + 1..range.end - 1
                } else {
                    range
                };
                let shown = Name { text: value.clone(), span: Span::new(self.file, inner) };
                more.push(unknown(&shown, &names, "変種", "variant"));
            }
            arguments[at] = Some(value);
        }
        if let (Some(label), Some(at)) = (label, template.parameter("label"))
            && arguments[at].is_none()
        {
            arguments[at] = Some(label.to_owned());
        }
        self.diagnostics.extend(more);
        Some(Drawn::Of { template: position, arguments })
    }
}
