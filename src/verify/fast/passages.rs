//! Every way on which something crosses from one segment to another, face by face: what differences are made of.
//!
//! The same walks as the matrix. A way is told by what earns it a permit, its labels, and by the mediators that can lie
//! on it; which of several paths is shortest plays no part, so the order of a drawing does not either.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::matrix::{Policy, Walk};
use crate::flow::Why;
use crate::model::{Carrier, FaceId, Fact, Id, LabelId, Model, NodeId, State};
use crate::network::Network;
use crate::packet::{Bits, Level};

/// One way to cross.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// Where it starts.
    pub origin: FaceId,
    /// Where it arrives, in another segment.
    pub target: FaceId,
    /// In which form.
    pub carrier: Carrier,
    /// The labels passed, as far as somebody asks for them. Sorted.
    pub labels: Vec<LabelId>,
    /// Whether a permit fits.
    pub permitted: bool,
    /// Whether it exists whatever the drawing leaves open.
    pub certain: bool,
    /// The mediators that lie on some path of this kind. Sorted.
    pub mediators: Vec<NodeId>,
}

type Key = (FaceId, Carrier, u128, bool);

/// All ways between different segments; by origin, target, carrier, labels and permission.
#[must_use]
pub fn passages(model: &Model, network: &Network) -> Vec<Passage> {
    let policy = Policy::new(model, network);
    let origins: Vec<FaceId> = model.faces.iter().filter(|(_, f)| f.segment.is_some()).map(|(id, _)| id).collect();
    origins.par_iter().flat_map_iter(|&origin| from_origin(model, network, &policy, origin)).collect()
}

fn from_origin(model: &Model, network: &Network, policy: &Policy<'_>, origin: FaceId) -> Vec<Passage> {
    let mut found: BTreeMap<Key, (bool, BTreeSet<NodeId>)> = BTreeMap::new();
    for level in [Level::Sure, Level::May] {
        let walk = Walk::new(network, Fact::holds(origin, Carrier::Own), level, |_| true);
        let mut fresh: BTreeMap<Key, BTreeSet<NodeId>> = BTreeMap::new();
        let passed = passed(model, network, &walk);
        for (i, step, marks) in walk.edges(network) {
            let row = network.step(step);
            let State::Arrives(carrier) = row.to.state else { continue };
            let target = row.to.face;
            let (Some(from), Some(to)) = (model.faces[origin].segment, model.faces[target].segment) else { continue };
            if from == to {
                continue;
            }
            let permitted = policy.fitting(model, network, origin, target, carrier, row, marks).is_some();
            let mediators = passed[i].iter().map(NodeId::new);
            fresh.entry((target, carrier, marks, permitted)).or_default().extend(mediators);
        }
        for (key, mediators) in fresh {
            found.entry(key).or_insert((level == Level::Sure, mediators));
        }
    }
    let marks_of = &network.flow.sessions.marks;
    let labels = |marks: u128| -> Vec<LabelId> {
        model.labels.ids().filter(|&l| marks_of.demanded(&[l]).is_some_and(|bit| bit & marks != 0)).collect()
    };
    found
        .into_iter()
        .map(|((target, carrier, marks, permitted), (certain, mediators))| Passage {
            origin,
            target,
            carrier,
            labels: labels(marks),
            permitted,
            certain,
            mediators: mediators.into_iter().collect(),
        })
        .collect()
}

/// For each state of a walk, the mediators that lie on some way to it.
fn passed(model: &Model, network: &Network, walk: &Walk) -> Vec<Bits> {
    let index: FxHashMap<(u32, u128), usize> =
        walk.seen.iter().enumerate().map(|(i, (fact, marks, _))| ((*fact, *marks), i)).collect();
    let mut sets = vec![Bits::none(model.nodes.len()); walk.seen.len()];
    let mut changed = true;
    while changed {
        changed = false;
        for (i, step, marks) in walk.all() {
            let row = network.step(step);
            let Some(&to) = network.number(row.to).and_then(|n| index.get(&(n, marks))) else { continue };
            let mut more = sets[i].clone();
            if let Why::Transform(node, _) = row.why {
                more.set(node.index());
            }
            if !sets[to].covers(&more) {
                sets[to].add(&more);
                changed = true;
            }
        }
    }
    sets
}
