//! Everything that crosses between segments, also what is permitted: for tables, not for verdicts.
//!
//! The verdicts of `matrix` come from the same walks; here each crossing is kept with the permit that fits it.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::lift::lift;
use super::matrix::{Policy, Walk};
use crate::model::{Carrier, FaceId, Fact, LabelId, Model, SegmentId, State};
use crate::network::Network;
use crate::packet::Level;
use crate::verify::verdict::Witness;

/// One kind of crossing: what arrives, through what, and by which permit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crossing {
    /// The segment in which it starts.
    pub from: SegmentId,
    /// The segment in which it arrives.
    pub to: SegmentId,
    /// In which form.
    pub carrier: Carrier,
    /// The labels passed on its shortest path. Sorted.
    pub via: Vec<LabelId>,
    /// The first permit that fits: its position in `Model::permits`.
    pub permitted_by: Option<usize>,
    /// Whether it exists whatever the drawing leaves open.
    pub certain: bool,
    /// How many endpoint faces start such a crossing.
    pub origins: usize,
    /// At how many it arrives.
    pub targets: usize,
    /// The shortest path of the first origin.
    pub witness: Witness,
}

type Key = (SegmentId, SegmentId, Carrier, Option<usize>);

/// The best path to one kind of crossing so far.
struct Best {
    certain: bool,
    steps: Vec<u32>,
    origins: BTreeSet<FaceId>,
    targets: BTreeSet<FaceId>,
}

/// All crossings between different segments, by pair, carrier and permit; what has no permit comes first.
#[must_use]
pub fn crossings(model: &Model, network: &Network) -> Vec<Crossing> {
    let policy = Policy::new(model, network);
    let origins: Vec<FaceId> = model.segments.ids().flat_map(|s| model.faces_of(s)).collect();
    let per_origin: Vec<BTreeMap<Key, Best>> =
        origins.par_iter().map(|&o| from_origin(model, network, &policy, o)).collect();
    let mut all: BTreeMap<Key, Best> = BTreeMap::new();
    for one in per_origin {
        for (key, found) in one {
            match all.entry(key) {
                std::collections::btree_map::Entry::Vacant(e) => {
                    e.insert(found);
                }
                std::collections::btree_map::Entry::Occupied(mut e) => e.get_mut().merge(found),
            }
        }
    }
    all.into_iter()
        .map(|((from, to, carrier, permitted_by), best)| {
            let witness = lift(model, network, &best.steps);
            Crossing {
                from,
                to,
                carrier,
                via: witness.labels(),
                permitted_by,
                certain: best.certain,
                origins: best.origins.len(),
                targets: best.targets.len(),
                witness,
            }
        })
        .collect()
}

impl Best {
    /// Sure before possible, then short before long; on ties the one that was declared first stays.
    fn merge(&mut self, other: Self) {
        self.origins.extend(other.origins);
        self.targets.extend(other.targets);
        if (!other.certain, other.steps.len()) < (!self.certain, self.steps.len()) {
            self.certain = other.certain;
            self.steps = other.steps;
        }
    }
}

fn from_origin(model: &Model, network: &Network, policy: &Policy<'_>, origin: FaceId) -> BTreeMap<Key, Best> {
    let mut all: BTreeMap<Key, Best> = BTreeMap::new();
    let Some(from) = model.faces[origin].segment else { return all };
    for level in [Level::Sure, Level::May] {
        let walk = Walk::new(network, Fact::holds(origin, Carrier::Own), level, |_| true);
        for (i, step, marks) in walk.edges(network) {
            let row = network.step(step);
            let (State::Arrives(carrier), Some(to)) = (row.to.state, model.faces[row.to.face].segment) else {
                continue;
            };
            if from == to {
                continue;
            }
            let permitted = policy.fitting(model, network, origin, row.to.face, carrier, row, marks);
            all.entry((from, to, carrier, permitted))
                .or_insert_with(|| Best {
                    certain: level == Level::Sure,
                    steps: walk.path(i, step),
                    origins: BTreeSet::from([origin]),
                    targets: BTreeSet::new(),
                })
                .targets
                .insert(row.to.face);
        }
    }
    all
}

/// The shortest direct path from one of some faces to one of others, sure ones first; through mediators, not through hosts.
#[must_use]
pub fn shortest(model: &Model, network: &Network, from: &[FaceId], to: &[FaceId]) -> Option<Witness> {
    for level in [Level::Sure, Level::May] {
        let mut best: Option<Vec<u32>> = None;
        for &origin in from {
            let walk = Walk::new(network, Fact::holds(origin, Carrier::Own), level, |_| true);
            let hit = walk.edges(network).find(|(_, step, _)| {
                let end = network.step(*step).to.face;
                to.contains(&end) && !from.contains(&end)
            });
            if let Some((i, step, _)) = hit {
                let steps = walk.path(i, step);
                if best.as_ref().is_none_or(|b| steps.len() < b.len()) {
                    best = Some(steps);
                }
            }
        }
        if let Some(steps) = best {
            return Some(lift(model, network, &steps));
        }
    }
    None
}
