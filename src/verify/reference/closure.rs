//! Everything that follows from some facts, breadth first, with a least shortest path to each.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use super::super::verdict::{Hop, Witness};
use super::steps::{Step, Steps};
use crate::model::{Carrier, FaceId, Fact, LabelId};

/// What a check has to remember of the path that led to a fact.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Memory {
    /// The labels passed, of those the check asks about.
    pub(super) labels: BTreeSet<LabelId>,
    /// The last carrier that arrived.
    pub(super) carrier: Option<Carrier>,
    /// The permits that the last step fits by its service, if it was a session.
    pub(super) permits: Option<BTreeSet<usize>>,
}

/// A fact, and what is remembered of the way to it.
pub(super) type Place = (Fact, Memory);

/// The least of the shortest paths to a place.
struct Path<'s> {
    /// Its faces. "Ties are broken by declared order (of the faces of the path, first difference decides)."
    faces: Vec<FaceId>,
    /// The last step, and the place before it.
    last: Option<(Place, &'s Step)>,
}

/// What was found.
pub(super) struct Found<'s>(BTreeMap<Place, Path<'s>>);

/// Breadth-first search from `starts` over the steps that are `open`.
pub(super) fn search<'s>(
    steps: &'s Steps,
    starts: &[Fact],
    open: impl Fn(&Step) -> bool,
    remember: impl Fn(&Memory, &Step) -> Memory,
) -> Found<'s> {
    let mut found: BTreeMap<Place, Path> = BTreeMap::new();
    let start = |&fact: &Fact| ((fact, Memory::default()), Path { faces: vec![fact.face], last: None });
    let mut level: BTreeMap<Place, Path> = starts.iter().map(start).collect();
    while !level.is_empty() {
        let places: Vec<Place> = level.keys().cloned().collect();
        found.append(&mut level);
        for place in places {
            for step in steps.after(place.0).filter(|s| open(s)) {
                let next = (step.to, remember(&place.1, step));
                if found.contains_key(&next) {
                    continue;
                }
                let faces = [found[&place].faces.as_slice(), &[step.to.face]].concat();
                let path = Path { faces, last: Some((place.clone(), step)) };
                match level.entry(next) {
                    Entry::Vacant(free) => _ = free.insert(path),
                    Entry::Occupied(mut other) if path.faces < other.get().faces => _ = other.insert(path),
                    Entry::Occupied(_) => {}
                }
            }
        }
    }
    Found(found)
}

impl Found<'_> {
    /// Everything reached.
    pub(super) fn states(&self) -> impl Iterator<Item = &Place> {
        self.0.keys()
    }

    /// The facts reached.
    pub(super) fn facts(&self) -> BTreeSet<Fact> {
        self.0.keys().map(|(fact, _)| *fact).collect()
    }

    /// The order of two paths: fewest steps, then declared order of the faces.
    pub(super) fn rank(&self, place: &Place) -> (usize, Vec<FaceId>) {
        self.0.get(place).map_or((0, Vec::new()), |p| (p.faces.len(), p.faces.clone()))
    }

    /// The path to a place.
    pub(super) fn witness(&self, place: &Place) -> Witness {
        let mut hops = Vec::new();
        let mut at = place;
        while let Some((before, step)) = self.0.get(at).and_then(|p| p.last.as_ref()) {
            hops.push(Hop {
                from: step.from,
                to: step.to,
                cause: step.cause.clone(),
                level: step.level,
                guards: step.guards.iter().copied().collect(),
                labels: step.labels.iter().copied().collect(),
            });
            at = before;
        }
        hops.reverse();
        Witness { start: at.0, hops }
    }
}
