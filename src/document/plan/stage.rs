//! The drawing of a stage: what is done is done, what is on the way is there in both versions.
//!
//! Versions of one machine stand beside each other under names of their own (`in-pc`, `in-pc(2)`), and whatever names
//! the machine means all of them.

use std::collections::{BTreeMap, BTreeSet};

use super::super::shape::{ForbidDoc, Municipality, NodeDoc};
use super::super::value::{Map, Name};
use super::apply::{Misfit, apply};
use super::effects::{Effects, Item, Sort, items};
use super::shape::StepDoc;
use crate::document::resolve::{Variation, normal};
use crate::model::plan::{Stage, StepSet};

/// Of more steps that touch one thing at once, not every combination is drawn.
const MAX_AT_ONCE: usize = 5;

/// Why a stage cannot be drawn.
#[derive(Debug)]
pub(super) enum Unbuilt {
    /// Some change finds nothing to change.
    Misfits(Vec<Misfit>),
    /// What is on the way cannot be drawn beside what was there: a network or another definition is replaced.
    NoVersions(String),
}

/// What stages are made of.
pub(super) struct Material<'a> {
    pub(super) base: &'a Municipality,
    pub(super) steps: &'a [(Name, StepDoc)],
    pub(super) effects: &'a [Effects],
    /// The steps in the order in which they are applied, whatever the order of the plan.
    pub(super) canonical: &'a [usize],
    /// Every name of the base and of the steps.
    pub(super) universe: &'a BTreeSet<String>,
}

impl Material<'_> {
    fn after(&self, done: StepSet) -> (Municipality, Vec<Misfit>) {
        let mut whole = self.base.clone();
        let mut misfits = Vec::new();
        for &step in self.canonical.iter().filter(|&&s| done.has(s)) {
            for edit in &self.steps[step].1.change {
                apply(&mut whole, edit, &mut misfits);
            }
        }
        (whole, misfits)
    }

    /// The drawing of a stage.
    pub(super) fn draw(&self, stage: Stage) -> Result<(Municipality, Variation), Unbuilt> {
        let (mut whole, misfits) = self.after(stage.done);
        if !misfits.is_empty() {
            return Err(Unbuilt::Misfits(misfits));
        }
        let mut variation = Variation::default();
        if !stage.during.is_empty() {
            self.superpose(&mut whole, stage, &mut variation)?;
        }
        let here: BTreeSet<String> =
            items(&whole).into_iter().filter(|(i, _)| i.0 == Sort::Thing).map(|(i, _)| i.1).collect();
        variation.absent = self.universe.difference(&here).cloned().collect();
        Ok((whole, variation))
    }

    /// Adds, beside what is there, what is there after any of the steps on the way.
    fn superpose(&self, whole: &mut Municipality, stage: Stage, variation: &mut Variation) -> Result<(), Unbuilt> {
        let mut touching: BTreeMap<&Item, StepSet> = BTreeMap::new();
        for step in stage.during.iter() {
            let e = &self.effects[step];
            for item in e.makes.keys().chain(e.takes.keys()).chain(e.changes.keys().map(|(i, _)| i)) {
                let set = touching.entry(item).or_default();
                *set = set.with(step);
            }
        }
        let single = stage.during.iter().map(StepSet::one);
        let groups: BTreeSet<StepSet> = touching.values().copied().chain(single).collect();
        let mut drawn: BTreeMap<StepSet, Option<Municipality>> = BTreeMap::new();
        for group in groups {
            let steps: Vec<usize> = group.iter().collect();
            if steps.len() > MAX_AT_ONCE {
                return Err(Unbuilt::NoVersions(self.steps[steps[0]].0.text.clone()));
            }
            for mask in 1u32..1 << steps.len() {
                let subset: StepSet = (0..steps.len()).filter(|i| mask >> i & 1 == 1).map(|i| steps[i]).collect();
                drawn.entry(subset).or_insert_with(|| {
                    let (other, misfits) = self.after(stage.done.and(subset));
                    misfits.is_empty().then_some(other)
                });
            }
        }
        let first = whole.clone();
        for (item, touched) in touching {
            let others =
                drawn.iter().filter(|(subset, _)| subset.within(touched)).filter_map(|(_, drawn)| drawn.as_ref());
            for other in others {
                add_version(whole, &first, other, item, variation)?;
            }
        }
        for other in drawn.iter().filter(|(subset, _)| subset.len() == 1).filter_map(|(_, drawn)| drawn.as_ref()) {
            add_rows(whole, &first, other);
        }
        Ok(())
    }
}

/// Adds what `other` has under the name of an item, if `first` has it otherwise.
fn add_version(
    whole: &mut Municipality,
    first: &Municipality,
    other: &Municipality,
    item: &Item,
    variation: &mut Variation,
) -> Result<(), Unbuilt> {
    let (sort, name) = item;
    match sort {
        Sort::Thing => {
            if let Some((own, doc)) = entry(&other.nodes, name) {
                add_node(whole, own, doc, name, variation);
            }
            only_new(&mut whole.segments, &first.segments, &other.segments, name)?;
            only_new(&mut whole.networks, &first.networks, &other.networks, name)?;
            only_new(&mut whole.addresses, &first.addresses, &other.addresses, name)?;
        }
        Sort::Service => only_new(&mut whole.services, &first.services, &other.services, name)?,
        Sort::FileTypes => only_new(&mut whole.file_types, &first.file_types, &other.file_types, name)?,
        Sort::Medium => only_new(&mut whole.media, &first.media, &other.media, name)?,
        Sort::Group => only_new(&mut whole.groups, &first.groups, &other.groups, name)?,
        Sort::Communication => {
            // A communication that is replaced is declared in both ways meanwhile.
            if let Some((own, doc)) = entry(&other.communications, name) {
                let used = whole.communications.entries.iter().filter(|(n, _)| original(&n.text) == *name).count();
                let text = if used == 0 { own.text.clone() } else { format!("{}({})", own.text, used + 1) };
                whole.communications.entries.push((Name { text, span: own.span }, doc.clone()));
            }
        }
        // What is claimed and not drawn opens no path: the claim stays as it was.
        Sort::Measure | Sort::Exception | Sort::Require | Sort::Forbid | Sort::Row => {}
        Sort::Whole => return Err(Unbuilt::NoVersions(name.clone())),
    }
    Ok(())
}

fn original(text: &str) -> String {
    normal(text.split('(').next().unwrap_or(text))
}

fn entry<'m, T>(map: &'m Map<T>, name: &str) -> Option<&'m (Name, T)> {
    map.entries.iter().find(|(n, _)| normal(&n.text) == name)
}

fn add_node(whole: &mut Municipality, own: &Name, doc: &NodeDoc, name: &str, variation: &mut Variation) {
    let used = whole.nodes.entries.iter().filter(|(n, _)| original(&n.text) == name).count();
    if used == 0 {
        whole.nodes.entries.push((own.clone(), doc.clone()));
        return;
    }
    let text = format!("{}({})", own.text, used + 1);
    variation.versions.insert(normal(&text), name.to_owned());
    whole.nodes.entries.push((Name { text, span: own.span }, doc.clone()));
}

/// A definition that only one of two drawings has; one that both have must not have been replaced.
fn only_new<T: Clone>(into: &mut Map<T>, first: &Map<T>, other: &Map<T>, name: &str) -> Result<(), Unbuilt> {
    match (entry(first, name), entry(other, name)) {
        (Some((a, _)), Some((b, _))) if a.span != b.span => Err(Unbuilt::NoVersions(name.to_owned())),
        (None, Some(new)) if entry(into, name).is_none() => {
            into.entries.push(new.clone());
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Rows without a name: what either drawing has. Rows of both have one place where they are written.
fn add_rows(whole: &mut Municipality, first: &Municipality, other: &Municipality) {
    fn more<T: Clone, K: PartialEq>(first: &[T], other: &[T], place: impl Fn(&T) -> K) -> Vec<T> {
        other.iter().filter(|row| !first.iter().any(|f| place(f) == place(row))).cloned().collect()
    }
    let span = |n: &Option<Name>| n.as_ref().map(|n| n.span);
    whole.carry.extend(more(&first.carry, &other.carry, |c| span(&c.from)));
    whole.permits.extend(more(&first.permits, &other.permits, |p| span(&p.from)));
    whole.forbid.extend(more(&first.forbid, &other.forbid, |f| {
        let (ForbidDoc::Attack { from, .. } | ForbidDoc::Leak { from, .. }) = f;
        from.0.first().map(|n| n.span)
    }));
}
