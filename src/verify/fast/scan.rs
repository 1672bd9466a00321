//! What crosses between two choices of machines, for rules that ask more than the policy matrix does.
//!
//! The same walks as the matrix, asked with other filters: by machine, by label, with or without a permit. All questions
//! are answered in one pass over the origins.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::lift::lift;
use super::matrix::{Policy, Walk};
use crate::model::{Carrier, FaceId, Fact, Id, LabelId, Model, State};
use crate::network::Network;
use crate::packet::Level;
use crate::verify::verdict::Witness;

/// A question about crossings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CrossingQuery {
    /// Endpoint faces where it starts. Sorted.
    pub from: Vec<FaceId>,
    /// Endpoint faces where it arrives. Sorted.
    pub to: Vec<FaceId>,
    /// In which form it arrives; empty is any.
    pub carriers: Vec<Carrier>,
    /// Only what no permit of the policy matrix allows. Permits of the drawing itself are deviations: they excuse
    /// nothing here.
    pub unpermitted: bool,
    /// Only what a permit of the policy matrix allows, or what stays within a segment.
    pub permitted: bool,
    /// Also what stays within a segment.
    pub within: bool,
    /// Not what passed all labels of one of these lists.
    pub excused_by: Vec<Vec<String>>,
    /// Only what passed all of these labels.
    pub past: Vec<String>,
}

/// One crossing that fits: the shortest of its origin, target and carrier, certain ones before possible ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Where it starts.
    pub origin: FaceId,
    /// Where it arrives.
    pub target: FaceId,
    /// In which form.
    pub carrier: Carrier,
    /// Whether it exists whatever the drawing leaves open.
    pub certain: bool,
    steps: Vec<u32>,
}

impl Hit {
    /// The path.
    #[must_use]
    pub fn witness(&self, model: &Model, network: &Network) -> Witness {
        lift(model, network, &self.steps)
    }

    /// The faces at which its steps end, in order. Devices that packets pass are not among them: [`Self::witness`] tells
    /// those, at a cost.
    pub fn faces<'n>(&'n self, network: &'n Network) -> impl Iterator<Item = FaceId> + 'n {
        self.steps.iter().map(|&s| network.step(s).to.face)
    }

    /// How many steps it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// Never: a crossing has a step.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }
}

/// A query with its labels as bits.
struct Ready<'q> {
    query: &'q CrossingQuery,
    excused: Vec<u128>,
    /// `None`: some label is earned by no device, so nothing passed it.
    past: Option<u128>,
}

impl<'q> Ready<'q> {
    fn new(model: &Model, network: &Network, query: &'q CrossingQuery) -> Self {
        let marks = &network.flow.sessions.marks;
        let ids = |names: &[String]| -> Option<Vec<LabelId>> {
            names.iter().map(|n| model.labels.iter().find(|(_, l)| *l == n).map(|(id, _)| id)).collect()
        };
        // A label without a bit cannot be seen: it excuses nothing, and everything may have passed it.
        let excused = query.excused_by.iter().filter_map(|l| marks.demanded(&ids(l)?)).collect();
        let past = ids(&query.past).map(|ids| marks.of_labels(&ids));
        Self { query, excused, past }
    }

    fn fits(&self, (target, same): (FaceId, bool), carrier: Carrier, marks: u128, permitted: bool) -> bool {
        (self.query.carriers.is_empty() || self.query.carriers.contains(&carrier))
            && (!self.query.unpermitted || !permitted)
            && (!self.query.permitted || permitted)
            && (self.query.within || !same)
            && self.query.to.binary_search(&target).is_ok()
            && self.past.is_some_and(|p| p & !marks == 0)
            && !self.excused.iter().any(|&e| e & !marks == 0)
    }
}

type Key = (FaceId, Carrier);
type Best = (bool, Vec<u32>);

/// The crossings that fit each query, in the order of the queries; each list by origin, target and carrier.
#[must_use]
pub fn scan(model: &Model, network: &Network, queries: &[CrossingQuery]) -> Vec<Vec<Hit>> {
    let policy = Policy::new(model, network);
    let ready: Vec<Ready<'_>> = queries.iter().map(|q| Ready::new(model, network, q)).collect();
    let mut asked: Vec<Vec<usize>> = vec![Vec::new(); model.faces.len()];
    for (i, q) in queries.iter().enumerate() {
        for f in &q.from {
            asked[f.index()].push(i);
        }
    }
    let origins: Vec<FaceId> = model.faces.ids().filter(|f| !asked[f.index()].is_empty()).collect();
    let found: Vec<BTreeMap<(usize, Key), Best>> = origins
        .par_iter()
        .map(|&origin| from_origin(model, network, &policy, &ready, &asked[origin.index()], origin))
        .collect();
    let mut all: Vec<Vec<Hit>> = vec![Vec::new(); queries.len()];
    for (origin, one) in origins.into_iter().zip(found) {
        for ((query, (target, carrier)), (certain, steps)) in one {
            all[query].push(Hit { origin, target, carrier, certain, steps });
        }
    }
    all
}

fn from_origin(
    model: &Model,
    network: &Network,
    policy: &Policy<'_>,
    ready: &[Ready<'_>],
    asked: &[usize],
    origin: FaceId,
) -> BTreeMap<(usize, Key), Best> {
    let mut found: BTreeMap<(usize, Key), Best> = BTreeMap::new();
    let Some(home) = model.faces[origin].segment else { return found };
    for level in [Level::Sure, Level::May] {
        let walk = Walk::new(network, Fact::holds(origin, Carrier::Own), level, |_| true);
        for (i, step, marks) in walk.edges(network) {
            let row = network.step(step);
            let State::Arrives(carrier) = row.to.state else { continue };
            let target = row.to.face;
            let Some(there) = model.faces[target].segment else { continue };
            let same = there == home;
            let by_matrix = || {
                let permit = policy.fitting(model, network, origin, target, carrier, row, marks);
                permit.is_some_and(|p| model.permits[p].span.is_none())
            };
            let permitted = same || by_matrix();
            for &q in asked {
                if ready[q].fits((target, same), carrier, marks, permitted) {
                    found.entry((q, (target, carrier))).or_insert_with(|| (level == Level::Sure, walk.path(i, step)));
                }
            }
        }
    }
    found
}
