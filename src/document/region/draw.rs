//! One body of a region as an ordinary model: what is above it, itself, and others beside it where somebody asks.
//!
//! Messages about a filled drawing point at the template or body in which the mistake was written, and say for which body
//! it shows.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::super::damage::Damage;
use super::super::load::ReadAs;
use super::super::read::{Written, read};
use super::super::resolve::{MAX_COUNT, Resolved, Scope, Variation, resolve};
use super::super::shape::Municipality;
use super::fill::Filled;
use super::templates::{Matters, Parameter, Template};
use super::{Piece, Region};
use crate::diagnostic::{Code, Diagnostic, Severity, Text, sort};
use crate::model::Model;
use crate::source::{FileId, Sources, Span};

/// Where the drawing of a body comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Drawn {
    /// A template, with the arguments that are given, in the order of its parameters.
    Of { template: usize, arguments: Vec<Option<String>> },
    /// Its own text.
    Own(Piece),
    /// It only holds other bodies together.
    Nothing,
}

/// A body as a model.
#[derive(Debug, Clone)]
pub struct DrawnBody {
    /// What it means. Names of the body have its path in front.
    pub model: Model,
    /// The files of the region and, after them, the filled drawings.
    pub sources: Sources,
    /// What its author probably did not mean, at its place in the region.
    pub warnings: Vec<Diagnostic>,
}

/// A filled drawing among the files.
#[derive(Debug, Clone)]
struct Part {
    body: usize,
    base: FileId,
    filled: Filled,
}

/// What the drawings of several bodies have in common: the files of what is above them, read.
#[derive(Debug, Clone, Default)]
pub(super) struct Ground {
    sources: Sources,
    parts: BTreeMap<FileId, Part>,
    documents: Vec<(FileId, Municipality)>,
    diagnostics: Vec<Diagnostic>,
    damage: Damage,
}

impl Region {
    /// Draws a body with what is above it, and `alongside`, other bodies that are there for the paths through them.
    ///
    /// # Errors
    /// Every mistake that shows when the body is drawn, at its place in the region.
    pub fn draw(&self, body: usize, alongside: &[usize]) -> Result<DrawnBody, Vec<Diagnostic>> {
        let mut chain = self.above(body);
        let mut ground = match chain.last() {
            Some(&above) => self.grounds[above].get_or_init(|| self.ground(&chain)).clone(),
            None => Ground { sources: self.sources.clone(), ..Ground::default() },
        };
        let mut scopes: BTreeMap<FileId, Scope> = BTreeMap::new();
        let scope = |of: usize, foreign: bool| {
            let path = self.bodies[of].path.as_str();
            Scope { path: if path.is_empty() { String::new() } else { format!("{path}/") }, foreign }
        };
        scopes.extend(ground.parts.iter().map(|(file, part)| (*file, scope(part.body, false))));
        let mut others: Vec<usize> = alongside.iter().flat_map(|&o| [self.above(o), vec![o]].concat()).collect();
        others.sort_unstable();
        others.dedup();
        for other in others.into_iter().filter(|o| *o != body && !chain.contains(o)) {
            for file in self.read_body(other, &mut ground) {
                scopes.insert(file, scope(other, true));
            }
        }
        for (file, doc) in &mut ground.documents {
            if scopes.get(file).is_some_and(|s| s.foreign) {
                only_structure(doc);
            }
        }
        for file in self.read_body(body, &mut ground) {
            scopes.insert(file, scope(body, false));
        }
        chain.push(body);
        self.refuse_judging_above(body, &mut ground);
        let Ground { sources, parts, documents, mut diagnostics, damage } = ground;
        let variation = Variation { scopes, ..Variation::default() };
        let Resolved { mut model, diagnostics: more, .. } =
            resolve(documents, self.rulebook.clone(), ReadAs::default(), &sources, &damage, &variation);
        diagnostics.extend(more);
        let foreign = |d: &Diagnostic| {
            d.severity == Severity::Warning
                && d.span().and_then(|s| variation.scopes.get(&s.file)).is_some_and(|s| s.foreign)
        };
        diagnostics.retain(|d| !foreign(d));
        if !self.bodies[body].is_leaf() {
            // What others share is judged with them.
            diagnostics.retain(|d| d.code != Code::NO_POLICY);
        }
        let mut diagnostics: Vec<Diagnostic> = diagnostics.into_iter().map(|d| self.at_origin(d, &parts)).collect();
        sort(&mut diagnostics);
        if diagnostics.iter().any(|d| d.severity == Severity::Error) {
            return Err(diagnostics);
        }
        if model.name.is_empty() {
            model.name.clone_from(&self.bodies[body].label);
        }
        Ok(DrawnBody { model, sources, warnings: diagnostics })
    }

    /// What tells a body from others of the same template below the same body, as far as texts can tell: bodies with equal
    /// keys differ only in labels, and in how many machines groups of more than one have. `None`: like no other.
    #[must_use]
    pub fn key(&self, body: usize) -> Option<Vec<String>> {
        let Drawn::Of { template, arguments } = &self.bodies[body].drawn else { return None };
        let template = &self.templates[*template];
        if template.personal || !self.bodies[body].is_leaf() {
            return None;
        }
        let mut key = vec![self.bodies[body].above.map_or_else(String::new, |a| a.to_string()), template.name.clone()];
        for (parameter, argument) in template.parameters.iter().zip(arguments) {
            key.push(self.told(parameter, argument.as_ref().unwrap_or(&parameter.default)));
        }
        Some(key)
    }

    /// What tells a body and what is above it from others but for addresses, labels and numbers: bodies with equal sketches
    /// whose rules tell the same of their addresses are alike. `None`: nothing can be said without looking at the model.
    #[must_use]
    pub fn sketch(&self, body: usize) -> Option<Vec<String>> {
        let mut sketch = Vec::new();
        let mut chain = self.above(body);
        chain.push(body);
        for at in chain {
            sketch.push("/".to_owned());
            let (template, arguments) = match &self.bodies[at].drawn {
                Drawn::Nothing => continue,
                Drawn::Own(_) => return None,
                Drawn::Of { template, arguments } => (&self.templates[*template], arguments),
            };
            if template.personal {
                return None;
            }
            sketch.push(template.name.clone());
            for (parameter, argument) in template.parameters.iter().zip(arguments) {
                let value = argument.as_ref().unwrap_or(&parameter.default);
                let plain = |c: char| c.is_ascii_hexdigit() || ".:/".contains(c);
                match parameter.matters {
                    Matters::Addresses if parameter.variants.is_empty() && value.chars().all(plain) => {}
                    Matters::Addresses => return None,
                    _ => sketch.push(self.told(parameter, value)),
                }
            }
        }
        Some(sketch)
    }

    /// What a value of a parameter tells.
    fn told(&self, parameter: &Parameter, value: &str) -> String {
        let value = value.to_owned();
        match parameter.matters {
            _ if !parameter.variants.is_empty() => value,
            Matters::Always | Matters::Addresses => value,
            Matters::Never => String::new(),
            Matters::OneOrMore => match value.trim().parse::<u64>() {
                // Too large a number is a mistake that has to show.
                Ok(2..=MAX_COUNT) => "+".to_owned(),
                _ => value,
            },
        }
    }

    /// How long the drawing of a body is, in bytes.
    #[must_use]
    pub fn length(&self, body: usize) -> usize {
        match &self.bodies[body].drawn {
            Drawn::Nothing => 0,
            Drawn::Own(piece) => piece.range.len(),
            Drawn::Of { template, .. } => self.templates[*template].drawing.range.len(),
        }
    }

    fn ground(&self, chain: &[usize]) -> Ground {
        let mut ground = Ground { sources: self.sources.clone(), ..Ground::default() };
        for &body in chain {
            self.read_body(body, &mut ground);
        }
        ground
    }

    /// Fills and reads the drawing of a body and its chosen variants.
    fn read_body(&self, body: usize, ground: &mut Ground) -> Vec<FileId> {
        let mut files = Vec::new();
        for (base, filled) in self.filled(body) {
            let name = match self.bodies[body].path.as_str() {
                "" => self.sources.get(base).name().to_owned(),
                path => format!("{} ({path})", self.sources.get(base).name()),
            };
            // Too large a text is told by the reader of the region: its own file has the same limit.
            let Ok(file) = ground.sources.add(name, filled.text.clone()) else { continue };
            let read = read::<Municipality>(file, ground.sources.get(file), Written::Drawing);
            ground.diagnostics.extend(read.diagnostics);
            ground.damage.merge(read.damage);
            for name in read.document.include.iter().chain(&read.document.packs) {
                ground.diagnostics.push(
                    Diagnostic::error(
                        Code::CONFLICT,
                        name.span,
                        Text::new(
                            "地域の中の図面に include と packs は書けません",
                            "a drawing inside a region has no `include` and no `packs`",
                        ),
                        Text::new("ここです", "here"),
                    )
                    .help(Text::new(
                        "部品は variants に、規則集は Region の packs に書きます",
                        "parts go into `variants`, rule packs into `packs` of the region",
                    )),
                );
            }
            ground.documents.push((file, read.document));
            ground.parts.insert(file, Part { body, base, filled });
            files.push(file);
        }
        files
    }

    fn filled(&self, body: usize) -> Vec<(FileId, Filled)> {
        let (pieces, template, arguments): (Vec<&Piece>, Option<&Template>, &[Option<String>]) =
            match &self.bodies[body].drawn {
                Drawn::Nothing => return Vec::new(),
                Drawn::Own(piece) => (vec![piece], None, &[]),
                Drawn::Of { template, arguments } => {
                    let t = &self.templates[*template];
                    let chosen = t.parameters.iter().zip(arguments).filter_map(|(p, a)| {
                        let value = a.as_ref().unwrap_or(&p.default);
                        p.variants.iter().find(|(v, _)| v == value).map(|(_, piece)| piece)
                    });
                    // The drawing itself comes last: what it says once counts before its variants.
                    (chosen.chain([&t.drawing]).collect(), Some(t), arguments)
                }
            };
        let own = &self.bodies[body];
        let value = |name: &str| -> Option<Cow<'_, str>> {
            let argument = template.and_then(|t| {
                let at = t.parameter(name)?;
                Some(arguments[at].as_deref().unwrap_or(&t.parameters[at].default))
            });
            argument.map(Cow::Borrowed).or_else(|| match name {
                "label" => Some(Cow::Borrowed(own.label.as_str())),
                "path" => Some(Cow::Borrowed(own.path.as_str())),
                "index" => Some(Cow::Owned(own.index.to_string())),
                "name" => Some(Cow::Borrowed(own.path.rsplit('/').next().unwrap_or_default())),
                _ => None,
            })
        };
        pieces
            .into_iter()
            .map(|piece| {
                let source = self.sources.get(piece.file);
                let at = source.line_column(piece.range.start);
                // Blank lines in front keep the numbers of lines true.
                let lead = "\n".repeat(at.line - 1) + &" ".repeat(at.column - 1);
                (piece.file, Filled::new(source.text(), piece.range.clone(), lead, value))
            })
            .collect()
    }

    /// What is above a body is shared: it is judged in the drawings of the bodies, by their models.
    fn refuse_judging_above(&self, leaf: usize, ground: &mut Ground) {
        let mut found = Vec::new();
        for (file, doc) in &ground.documents {
            let Some(part) = ground.parts.get(file).filter(|p| p.body != leaf) else { continue };
            if self.bodies[part.body].is_leaf() {
                continue;
            }
            let given = [
                ("model", doc.model.is_some()),
                ("permits", !doc.permits.is_empty()),
                ("forbid", !doc.forbid.is_empty()),
                ("require", !doc.require.is_empty()),
                ("expect", !doc.expect.is_empty()),
                ("measures", !doc.measures.entries.is_empty()),
                ("exceptions", !doc.exceptions.entries.is_empty()),
                ("groups", !doc.groups.entries.is_empty()),
            ];
            let text = &part.filled.text;
            let start = text.len() - text.trim_start().len();
            found.extend(given.into_iter().filter(|(_, given)| *given).map(|(field, _)| {
                Diagnostic::error(
                    Code::CONFLICT,
                    Span::new(*file, start..start + 1),
                    Text::new(
                        format!("下に団体を持つ図面に `{field}` は書けません"),
                        format!("a drawing with bodies below it has no `{field}`"),
                    ),
                    Text::new("この図面です", "this drawing"),
                )
                .help(Text::new(
                    "判定は団体ごとに行います。団体の図面に書いてください",
                    "what is judged is each body; write it in the drawings of the bodies",
                ))
            }));
        }
        ground.diagnostics.append(&mut found);
    }

    /// A message at the place where a person wrote what it is about.
    fn at_origin(&self, mut d: Diagnostic, parts: &BTreeMap<FileId, Part>) -> Diagnostic {
        let mut of: Option<usize> = None;
        let mut back = |span: &mut Span| -> bool {
            let Some(part) = parts.get(&span.file) else { return true };
            let (range, as_written) = part.filled.origin(span.range());
            *span = Span::new(part.base, range);
            of = of.or(Some(part.body));
            as_written
        };
        if let Some(fix) = &mut d.fix
            && !back(&mut fix.span)
        {
            d.fix = None;
        }
        for label in &mut d.labels {
            back(&mut label.span);
        }
        let Some(body) = of.map(|b| &self.bodies[b]) else { return d };
        if let (Some(template), false) = (&body.template, body.path.is_empty()) {
            d.labels.push(crate::diagnostic::Label {
                span: body.span,
                text: Text::new(
                    format!("団体 `{}`(ひな型 `{template}`)で現れます", body.path),
                    format!("shows in body `{}` (template `{template}`)", body.path),
                ),
                primary: false,
            });
        }
        d
    }
}

/// Leaves of the drawing of another body what packets and files meet, and nothing that is judged.
fn only_structure(doc: &mut Municipality) {
    doc.name = None;
    doc.model = None;
    doc.edition = None;
    doc.switches = None;
    doc.assumptions.clear();
    doc.permits.clear();
    doc.forbid.clear();
    doc.require.clear();
    doc.expect.clear();
    doc.measures.entries.clear();
    doc.exceptions.entries.clear();
    doc.groups.entries.clear();
}
