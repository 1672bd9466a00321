//! A drawing with a few changes, without a copy of the file: the question "what if".
//!
//! The drawing is read once and resolved twice, as it is and as it would be. All mistakes are told at once: those of
//! the drawing, or else those of the changes and of what they make of the drawing.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::shape::{ControlDoc, Municipality, NodeDoc};
use super::super::value::Name;
use super::apply::{Misfit, Why, apply, squeezed};
use super::shape::EditDoc;
use super::words::{Change, Wish, object, read_words};
use super::{Drawn, Failed, NoDrawing, any_error, base_files, effects, failed, flatten, loaded, misfit, parts};
use crate::diagnostic::{Diagnostic, Severity, Text, sort};
use crate::document::Loaded;
use crate::document::damage::Damage;
use crate::document::load::{Files, Loader, ReadAs};
use crate::document::read::{Written, read};
use crate::document::resolve::{Resolved, Variation, normal, resolve};
use crate::document::suggest::nearest;
use crate::model::rulebook::Rulebook;
use crate::source::{FileId, Sources, Span, TokenKind, tokens};

/// A drawing as it is, and as it would be.
#[derive(Debug)]
pub struct Edited {
    /// As it is.
    pub before: Loaded,
    /// As it would be. Its files include the changes; its warnings are those that it has besides.
    pub after: Loaded,
    /// What is still named although it is gone, where. Sorted.
    pub stale: Vec<(String, Span)>,
    /// The text as it would be.
    pub ground: Ground,
}

/// The text of a drawing as it would be, from which further things can be taken away.
#[derive(Debug)]
pub struct Ground {
    sources: Sources,
    root: Option<FileId>,
    whole: Municipality,
    absent: BTreeSet<String>,
    rulebook: Arc<Rulebook>,
    damage: Damage,
}

impl Ground {
    /// The names of the machines and devices, in declared order.
    pub fn nodes(&self) -> impl Iterator<Item = String> + '_ {
        self.whole.nodes.entries.iter().map(|(name, _)| normal(&name.text))
    }

    /// The drawing without a machine or device.
    ///
    /// # Errors
    /// Why it is no drawing without it.
    pub fn without(&self, name: &str) -> Result<Drawn, NoDrawing> {
        let mut whole = self.whole.clone();
        whole.nodes.entries.retain(|(n, _)| normal(&n.text) != name);
        let mut absent = self.absent.clone();
        absent.insert(name.to_owned());
        let resolved = self.resolved(whole, absent);
        match resolved.diagnostics.iter().find(|d| d.severity == Severity::Error) {
            Some(d) => Err(NoDrawing { text: d.message.clone(), span: d.span() }),
            None => Ok(Drawn { model: resolved.model, stale: resolved.stale }),
        }
    }

    fn resolved(&self, whole: Municipality, absent: BTreeSet<String>) -> Resolved {
        let variation = Variation { absent, ..Variation::default() };
        let documents = self.root.map(|file| (file, whole)).into_iter().collect();
        resolve(documents, self.rulebook.clone(), ReadAs::default(), &self.sources, &self.damage, &variation)
    }
}

/// What a change says, with the text that holds its places.
struct Read {
    wish: Wish,
    file: FileId,
    edits: Vec<EditDoc>,
}

/// Reads a drawing and changes, which are carried out in their order.
///
/// # Errors
/// [`Failed`] with every mistake found.
pub fn load_edited(loader: &mut dyn Loader, changes: &[Change]) -> Result<Edited, Failed> {
    let mut files = Files::default();
    match loader.root() {
        Ok((name, text)) => base_files(&mut files, loader, name, text),
        Err(error) => files.unreadable(None, &loader.name(), &error),
    }
    let Files { mut sources, documents, packs, mut diagnostics, damage, .. } = files;
    let rulebook = crate::document::pack::book(packs, &damage, &mut diagnostics);
    let mut told: Vec<Diagnostic> = Vec::new();
    let mut damage_after = damage.clone();
    let read: Vec<Read> = changes.iter().filter_map(|c| words(&mut sources, c, &mut told, &mut damage_after)).collect();

    let plain = Variation::default();
    let before = resolve(documents.clone(), rulebook.clone(), ReadAs::default(), &sources, &damage, &plain);
    diagnostics.extend(before.diagnostics.iter().cloned());
    if any_error(&diagnostics) {
        diagnostics.append(&mut told);
        return Err(failed(sources, diagnostics));
    }
    let root = documents.last().map(|(file, _)| *file);
    let mut whole = flatten(documents);
    let were = things(&whole);
    for change in &read {
        carry_out(&mut whole, change, &sources, &mut told);
    }
    whole.expect.clear();
    let absent: BTreeSet<String> = were.difference(&things(&whole)).cloned().collect();
    let ground = Ground { sources, root, whole, absent, rulebook, damage: damage_after };
    let after = ground.resolved(ground.whole.clone(), ground.absent.clone());
    let flags: BTreeSet<FileId> = read.iter().map(|r| r.file).collect();
    let new = after.diagnostics.iter().filter(|d| !diagnostics.contains(d)).cloned();
    told.extend(new.map(|d| if d.severity == Severity::Error { of_the_changed(d, &flags) } else { d }));
    sort(&mut diagnostics);
    sort(&mut told);
    if any_error(&told) {
        // What the changed drawing is doubted for means nothing while the changes are not understood.
        told.retain(|d| d.severity == Severity::Error);
        return Err(failed(ground.sources, told));
    }
    let stale = after.stale.clone();
    Ok(Edited {
        before: loaded(before, ground.sources.clone(), diagnostics),
        after: loaded(after, ground.sources.clone(), told),
        stale,
        ground,
    })
}

/// Reads one change; what is wrong with it is added to the messages.
fn words(sources: &mut Sources, change: &Change, told: &mut Vec<Diagnostic>, damage: &mut Damage) -> Option<Read> {
    let Change { wish, text } = change;
    let name = format!("--{}", wish.flag());
    // A text that is too large for a file is too large for a flag; the operating system has refused it long before.
    let file = sources.add(name, text.clone()).ok()?;
    if *wish != Wish::Edit {
        return match read_words(file, sources.get(file).text(), *wish) {
            Ok(edit) => Some(Read { wish: *wish, file, edits: vec![edit] }),
            Err(d) => {
                told.push(*d);
                None
            }
        };
    }
    let source = sources.get(file);
    let listed = tokens(source.text()).first().is_some_and(|t| t.kind == TokenKind::Open('['));
    let (edits, mut messages, hurt) = if listed {
        let read = read::<Vec<EditDoc>>(file, source, Written::Edits);
        (read.document, read.diagnostics, read.damage)
    } else {
        let read = read::<Option<EditDoc>>(file, source, Written::Edits);
        (read.document.into_iter().collect(), read.diagnostics, read.damage)
    };
    told.append(&mut messages);
    // Only what would have added something can hide a name from the other changes.
    if text.contains("Add") {
        damage.merge(hurt);
    }
    Some(Read { wish: *wish, file, edits })
}

/// Carries out a change, and tells what it did not find with the nearest thing that is there.
fn carry_out(whole: &mut Municipality, change: &Read, sources: &Sources, told: &mut Vec<Diagnostic>) {
    for edit in &change.edits {
        let mut misfits: Vec<Misfit> = Vec::new();
        if change.wish == Wish::AddControl {
            misfits.extend(there_already(whole, edit));
        }
        let written = written(whole, edit);
        apply(whole, edit, &mut misfits);
        for mut m in misfits {
            let text = sources.get(change.file).text();
            if let Some(span) = object(change.file, text, change.wish, &m.name.text) {
                m.name.span = span;
            }
            let known: Vec<String> = match (m.why, edit) {
                (Why::NotListed, _) => written.clone(),
                (_, EditDoc::Remove(_)) if change.wish != Wish::Fail => {
                    effects::items(whole).into_iter().map(|(i, _)| i.1).collect()
                }
                _ => whole.nodes.entries.iter().map(|(n, _)| normal(&n.text)).collect(),
            };
            let is_place = m.why == Why::Missing && things(whole).contains(&normal(&m.name.text));
            let d = suggested(misfit(&m), &m, &known);
            told.push(if is_place { d.help(no_machine()) } else { d });
        }
    }
}

/// Controls that a machine has before it is to get them.
fn there_already(whole: &mut Municipality, edit: &EditDoc) -> Vec<Misfit> {
    let EditDoc::Controls(doc) = edit else { return Vec::new() };
    let mut all = Vec::new();
    for of in &doc.of.0 {
        let has = controls_of(whole, of);
        for new in doc.add.iter().map(parts::control_word).filter(|new| has.contains(new)) {
            all.push(Misfit { name: Name { text: new, span: of.span }, why: Why::There });
        }
    }
    all
}

fn node<'w>(whole: &'w mut Municipality, name: &Name) -> Option<&'w mut NodeDoc> {
    whole.nodes.entries.iter_mut().find(|(n, _)| normal(&n.text) == normal(&name.text)).map(|(_, doc)| doc)
}

fn controls_of(whole: &mut Municipality, of: &Name) -> Vec<String> {
    let list: Option<&mut Option<Vec<ControlDoc>>> = node(whole, of).and_then(parts::controls);
    list.and_then(|l| l.as_ref()).map(|l| l.iter().map(parts::control_word).collect()).unwrap_or_default()
}

/// What stands in the list of which an edit takes something away.
fn written(whole: &mut Municipality, edit: &EditDoc) -> Vec<String> {
    let listed = |names: Option<&mut Option<super::super::value::Names>>| -> Vec<String> {
        names.and_then(|n| n.as_ref()).map(|n| n.0.iter().map(|n| n.text.clone()).collect()).unwrap_or_default()
    };
    match edit {
        EditDoc::Controls(doc) => doc.of.0.iter().flat_map(|of| controls_of(whole, of)).collect(),
        EditDoc::Rules(doc) => {
            let rules = node(whole, &doc.of).and_then(parts::transit).and_then(|d| d.rules.as_ref());
            rules
                .into_iter()
                .flatten()
                .flat_map(|r| r.permit.iter().chain(&r.deny))
                .map(|t| squeezed(&t.text))
                .collect()
        }
        EditDoc::Functions(doc) => listed(node(whole, &doc.of).and_then(parts::functions)),
        EditDoc::Clients(doc) => listed(node(whole, &doc.of).and_then(parts::clients)),
        EditDoc::Servers(doc) => listed(node(whole, &doc.of).and_then(parts::servers)),
        _ => Vec::new(),
    }
}

fn no_machine() -> Text {
    Text::new(
        "この名前のものはありますが、機器ではなくセグメントやネットワークなどです",
        "something has this name, but it is no machine or device: a segment, a network or the like",
    )
}

/// How many things that are there are listed beside one that is not.
const LISTED: usize = 12;

fn suggested(d: Diagnostic, m: &Misfit, known: &[String]) -> Diagnostic {
    if m.why == Why::There {
        return d;
    }
    let d = match nearest(&m.name.text, known.iter().map(String::as_str)) {
        Some(near) => d.fix(m.name.span, near),
        None => d,
    };
    match m.why {
        Why::NotListed if known.is_empty() => {
            d.help(Text::new("そこには何も書かれていません", "nothing is written there"))
        }
        Why::NotListed => {
            let shown: Vec<&str> = known.iter().take(LISTED).map(String::as_str).collect();
            let more = known.len().saturating_sub(LISTED);
            let (ja, en) = if more > 0 {
                (format!(" ほか {more} 件"), format!(" and {more} more"))
            } else {
                Default::default()
            };
            d.help(Text::new(
                format!("書かれているもの:\n{}{ja}", shown.join("\n")),
                format!("written there:\n{}{en}", shown.join("\n")),
            ))
        }
        _ => d,
    }
}

/// A mistake that only the changed drawing has, if its place does not say so already.
fn of_the_changed(d: Diagnostic, flags: &BTreeSet<FileId>) -> Diagnostic {
    if d.labels.iter().any(|l| flags.contains(&l.span.file)) {
        return d;
    }
    d.help(Text::new(
        "変更した後の図面での誤りです。変更のない図面にはありません",
        "a mistake of the drawing as changed; without the changes it is not there",
    ))
}

/// The names of segments, networks, nodes and addresses.
fn things(doc: &Municipality) -> BTreeSet<String> {
    effects::items(doc).into_iter().filter(|(i, _)| i.0 == effects::Sort::Thing).map(|(i, _)| i.1).collect()
}
