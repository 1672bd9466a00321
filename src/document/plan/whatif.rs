//! A drawing with a few changes, without a copy of the file: the question "what if".

use super::apply::{Misfit, apply};
use super::shape::EditDoc;
use super::{Failed, any_error, base_files, failed, flatten, loaded, misfit};
use crate::document::Loaded;
use crate::document::load::{Files, Loader, ReadAs};
use crate::document::read::{Written, read};
use crate::document::resolve::{Variation, resolve};
use crate::document::shape::Municipality;

/// A drawing as it is, and as it would be.
#[derive(Debug)]
pub struct Edited {
    /// As it is.
    pub before: Loaded,
    /// As it would be. Its files include the changes.
    pub after: Loaded,
    /// What is still named although it is gone, where. Sorted.
    pub stale: Vec<(String, crate::source::Span)>,
}

/// Reads a drawing and changes, each with the name by which messages call it (such as a flag) and its text.
///
/// # Errors
/// [`Failed`] with every mistake found.
pub fn load_edited(loader: &mut dyn Loader, changes: &[(String, String)]) -> Result<Edited, Failed> {
    let mut files = Files::default();
    match loader.root() {
        Ok((name, text)) => base_files(&mut files, loader, name, text),
        Err(error) => files.unreadable(None, &loader.name(), &error),
    }
    let mut edits: Vec<EditDoc> = Vec::new();
    for (name, text) in changes {
        let Ok(file) = files.sources.add(name.clone(), text.clone()) else {
            files.unreadable(None, name, &crate::document::LoadError::TooLarge);
            continue;
        };
        let read = read::<Vec<EditDoc>>(file, files.sources.get(file), Written::Edits);
        files.diagnostics.extend(read.diagnostics);
        edits.extend(read.document);
    }
    let Files { sources, documents, packs, mut diagnostics, damage, .. } = files;
    let rulebook = crate::document::pack::book(packs, &damage, &mut diagnostics);
    let root = documents.last().map(|(file, _)| *file);
    let before =
        resolve(documents.clone(), rulebook.clone(), ReadAs::default(), &sources, &damage, &Variation::default());
    let mut warnings = before.diagnostics.clone();
    if any_error(&warnings) || any_error(&diagnostics) {
        diagnostics.append(&mut warnings);
        return Err(failed(sources, diagnostics));
    }
    let mut whole = flatten(documents);
    let names = |doc: &Municipality| -> std::collections::BTreeSet<String> {
        super::effects::items(doc)
            .into_iter()
            .filter(|(i, _)| i.0 == super::effects::Sort::Thing)
            .map(|(i, _)| i.1)
            .collect()
    };
    let were = names(&whole);
    let mut misfits: Vec<Misfit> = Vec::new();
    for edit in &edits {
        apply(&mut whole, edit, &mut misfits);
    }
    let known: Vec<&String> = were.iter().collect();
    diagnostics.extend(misfits.iter().map(|m| {
        let d = misfit(m);
        match crate::document::suggest::nearest(&m.name.text, known.iter().map(|k| k.as_str())) {
            Some(near) => d.fix(m.name.span, near),
            None => d,
        }
    }));
    whole.expect.clear();
    let absent = were.difference(&names(&whole)).cloned().collect();
    let variation = Variation { absent, ..Variation::default() };
    let documents = root.map(|file| (file, whole)).into_iter().collect();
    let after = resolve(documents, rulebook, ReadAs::default(), &sources, &damage, &variation);
    diagnostics.extend(after.diagnostics.iter().cloned());
    if any_error(&diagnostics) {
        return Err(failed(sources, diagnostics));
    }
    let stale = after.stale.clone();
    diagnostics.retain(|d| !warnings.contains(d));
    Ok(Edited { before: loaded(before, sources.clone(), warnings), after: loaded(after, sources, diagnostics), stale })
}
