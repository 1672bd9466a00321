//! From files to a plan whose first and last stage are drawings.

use std::collections::{BTreeMap, BTreeSet};

use super::apply::{Why, apply};
use super::check::canonical;
use super::effects::{Sort, effects, items};
use super::read::{Reader, no_base};
use super::shape::PlanDoc;
use super::{LoadedPlan, any_error, base_files, failed, flatten, goal, misfit};
use crate::diagnostic::{Code, Diagnostic, Severity, Text};
use crate::document::Failed;
use crate::document::load::{Files, Loader, ReadAs};
use crate::document::read::{Written, read};
use crate::document::resolve::{self, Variation};
use crate::document::shape::Municipality;
use crate::document::suggest::nearest;

pub(super) fn plan(loader: &mut dyn Loader) -> Result<LoadedPlan, Failed> {
    let mut files = Files::default();
    let (name, text) = match loader.root() {
        Ok(root) => root,
        Err(error) => {
            files.unreadable(None, &loader.name(), &error);
            return Err(failed(files.sources, files.diagnostics));
        }
    };
    let Ok(file) = files.sources.add(name.clone(), text) else {
        files.unreadable(None, &name, &crate::document::LoadError::TooLarge);
        return Err(failed(files.sources, files.diagnostics));
    };
    let read = read::<PlanDoc>(file, files.sources.get(file), Written::Plan);
    files.diagnostics.extend(read.diagnostics);
    let is_whole = !any_error(&files.diagnostics);
    let doc = read.document;
    let Some(base) = &doc.base else {
        if is_whole {
            files.diagnostics.push(no_base(file));
        }
        return Err(failed(files.sources, files.diagnostics));
    };
    match loader.include(&name, &base.text) {
        Ok((path, text)) => base_files(&mut files, loader, path, text),
        Err(error) => files.unreadable(Some(base.span), &base.text, &error),
    }
    let Files { sources, documents, packs, mut diagnostics, damage, .. } = files;
    let rulebook = crate::document::pack::book(packs, &damage, &mut diagnostics);
    let Some(root) = documents.last().map(|(file, _)| *file) else { return Err(failed(sources, diagnostics)) };
    let resolved = resolve::resolve(
        documents.clone(),
        rulebook.clone(),
        ReadAs::default(),
        &sources,
        &damage,
        &Variation::default(),
    );
    let mut warnings = resolved.diagnostics;
    if any_error(&warnings) || any_error(&diagnostics) {
        diagnostics.append(&mut warnings);
        return Err(failed(sources, diagnostics));
    }
    let base = flatten(documents);
    let mut reader = Reader { diagnostics, file, names: BTreeMap::new(), doc: &doc };
    let plan = reader.plan(&base);
    let Reader { mut diagnostics, .. } = reader;
    let order = match canonical(plan.steps.len(), &plan.precedences) {
        Ok(order) => order,
        Err(_) => return Err(failed(sources, diagnostics)),
    };
    if any_error(&diagnostics) {
        return Err(failed(sources, diagnostics));
    }
    let effects: Vec<_> = doc.steps.entries.iter().map(|(n, s)| effects(n.span, s)).collect();
    let things = |i: &super::effects::Item| (i.0 == Sort::Thing).then(|| i.1.clone());
    let mut universe: BTreeSet<String> = items(&base).iter().filter_map(|(i, _)| things(i)).collect();
    universe.extend(effects.iter().flat_map(|e| e.makes.keys()).filter_map(things));
    let loaded = LoadedPlan {
        plan,
        sources,
        warnings: Vec::new(),
        root,
        base,
        steps: doc.steps.entries,
        effects,
        canonical: order,
        universe,
        rulebook,
        damage,
    };
    goal_is_a_drawing(loaded, diagnostics.split_off(0), warnings)
}

/// The last stage is resolved once with all its messages: there every name of the steps is looked up.
fn goal_is_a_drawing(
    mut loaded: LoadedPlan,
    mut diagnostics: Vec<Diagnostic>,
    warnings: Vec<Diagnostic>,
) -> Result<LoadedPlan, Failed> {
    let mut whole = loaded.base.clone();
    let mut misfits = Vec::new();
    for &step in &loaded.canonical {
        for edit in &loaded.steps[step].1.change {
            apply(&mut whole, edit, &mut misfits);
        }
    }
    for m in &misfits {
        let mut d = misfit(m);
        if m.why == Why::NotListed {
            // What was meant stands somewhere in the drawing: rules and lists are short texts.
            let texts = rule_texts(&loaded.base);
            if let Some(near) = nearest(&m.name.text, texts.iter().map(String::as_str)) {
                d = d.fix(m.name.span, near);
            }
        }
        diagnostics.push(d);
    }
    let here: BTreeSet<String> =
        items(&whole).into_iter().filter(|(i, _)| i.0 == Sort::Thing).map(|(i, _)| i.1).collect();
    let absent = loaded.universe.difference(&here).cloned().collect();
    let resolved = loaded.resolve(whole, &Variation { absent, ..Variation::default() });
    diagnostics.extend(resolved.diagnostics);
    if any_error(&diagnostics) {
        diagnostics.retain(|d| d.severity == Severity::Error || !warnings.contains(d));
        return Err(failed(loaded.sources, diagnostics));
    }
    let mut all = warnings;
    for d in diagnostics.into_iter().filter(|d| d.severity != Severity::Error) {
        if !all.contains(&d) {
            all.push(d);
        }
    }
    for (name, span) in &resolved.stale {
        all.push(Diagnostic::warning(
            Code::UNUSED_NAME,
            *span,
            Text::new(
                format!("計画がすべて済んだ後も、ここに `{name}` が書かれています"),
                format!("`{name}` is still named here when the plan is done"),
            ),
            Text::new(
                "なくなったものを指しています。規則が残ると、その番地をほかの機器が使えます",
                "it names what is gone; a rule left behind opens its address to others",
            ),
        ));
    }
    crate::diagnostic::sort(&mut all);
    debug_assert!(loaded.draw(goal(loaded.plan.steps.len())).is_ok());
    loaded.warnings = all;
    Ok(loaded)
}

fn rule_texts(base: &Municipality) -> Vec<String> {
    let mut all = Vec::new();
    for (_, node) in &base.nodes.entries {
        let mut node = node.clone();
        if let Some(d) = super::parts::transit(&mut node) {
            all.extend(d.rules.iter().flatten().flat_map(|r| r.permit.iter().chain(&r.deny)).map(|n| n.text.clone()));
        }
    }
    all
}
