//! Depth: the least number of controls whose failure opens a path, exactly.
//!
//! If a scenario opens nothing, every scenario that does and contains it must
//! also fail all guards of some step on the border of what was reached. So the
//! search branches over the border only (hitting sets over cuts).
//!
//! A scenario with more failures reaches at least as much, so each goes on from
//! where the one before it stopped.

use std::collections::{BTreeMap, BTreeSet};

use super::forbid::{reached, starts, targets};
use crate::model::{FaceId, Fact, GuardId, Lens, Model};
use crate::network::Network;
use crate::packet::Level;

/// How many scenarios are tried before the search says "at least".
pub const MAX_SCENARIOS: usize = 100_000;

/// How many controls have to fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Depth {
    /// No set of failing controls opens a path.
    None,
    /// Exactly this many; all least sets, sorted.
    Exactly(u32, Vec<Vec<GuardId>>),
    /// At least this many: the search was ended after [`MAX_SCENARIOS`] scenarios.
    AtLeast(u32),
}

pub(super) fn depth(model: &Model, network: &Network, lens: Lens, from: &[FaceId], to: &[FaceId], eyes: bool) -> Depth {
    let all: Vec<GuardId> = model.guards.ids().collect();
    let targets = targets(from, to);
    let search = Search { network, lens, eyes, starts: starts(model, from), targets };
    if !search.opens(&all) {
        return Depth::None;
    }
    let mut tried = 0;
    let nothing_fails = search.after(&Front::default(), &[], true);
    for k in 0.. {
        let mut tree = Tree { k, seen: BTreeSet::new(), found: BTreeSet::new(), tried: &mut tried };
        if !search.branch(&[], &nothing_fails, &mut tree) {
            return Depth::AtLeast(k);
        }
        if !tree.found.is_empty() {
            return Depth::Exactly(k, tree.found.into_iter().collect());
        }
    }
    Depth::None
}

/// What a scenario reaches, and where it stops.
#[derive(Default)]
struct Front {
    /// Per fact, whether it is reached. Empty: nothing was looked at yet.
    reached: Vec<bool>,
    /// The facts behind closed steps, by the guards that would have to fail as well.
    border: BTreeMap<Vec<GuardId>, BTreeSet<u32>>,
}

/// The scenarios of at most `k` failing controls.
struct Tree<'t> {
    k: u32,
    seen: BTreeSet<Vec<GuardId>>,
    found: BTreeSet<Vec<GuardId>>,
    tried: &'t mut usize,
}

struct Search<'a> {
    network: &'a Network,
    lens: Lens,
    eyes: bool,
    starts: Vec<Fact>,
    targets: Vec<FaceId>,
}

impl Search<'_> {
    fn opens(&self, failed: &[GuardId]) -> bool {
        self.hits(&self.after(&Front::default(), failed, false))
    }

    fn hits(&self, front: &Front) -> bool {
        let has = |fact: Fact| self.network.number(fact).is_some_and(|n| front.reached[n as usize]);
        reached(self.lens, self.eyes, has, &self.targets)
    }

    /// What is reached when `failed` do not work, from what is reached when fewer fail; its border only if asked for.
    fn after(&self, before: &Front, failed: &[GuardId], with_border: bool) -> Front {
        let mut front = Front { reached: before.reached.clone(), border: BTreeMap::new() };
        let mut todo: Vec<u32> = Vec::new();
        if front.reached.is_empty() {
            front.reached = vec![false; self.network.len()];
            todo.extend(self.starts.iter().filter_map(|&f| self.network.number(f)));
        }
        let fails = |g: &GuardId| failed.binary_search(g).is_ok();
        for (_, facts) in before.border.iter().filter(|(guards, _)| guards.iter().all(fails)) {
            todo.extend(facts);
        }
        let rows = self.network.lens(self.lens);
        while let Some(fact) = todo.pop() {
            if std::mem::replace(&mut front.reached[fact as usize], true) {
                continue;
            }
            for edge in rows.from(fact).iter().filter(|e| !before.reached.get(e.to as usize).is_some_and(|r| *r)) {
                let step = self.network.step(edge.step);
                if Network::open(step, Level::May, failed, self.eyes) {
                    todo.push(edge.to);
                } else if with_border && (self.eyes || !step.eyes) {
                    let missing = step.guards.iter().copied().filter(|g| !fails(g)).collect();
                    front.border.entry(missing).or_default().insert(edge.to);
                }
            }
        }
        if with_border {
            for (guards, facts) in &before.border {
                let missing: Vec<GuardId> = guards.iter().copied().filter(|g| !fails(g)).collect();
                if !missing.is_empty() {
                    front.border.entry(missing).or_default().extend(facts);
                }
            }
            front.border.retain(|_, facts| {
                facts.retain(|&f| !front.reached[f as usize]);
                !facts.is_empty()
            });
        }
        front
    }

    /// Collects all opening sets of size at most `k` that contain `failed`; false when the budget is spent.
    fn branch(&self, failed: &[GuardId], front: &Front, tree: &mut Tree<'_>) -> bool {
        if !tree.seen.insert(failed.to_vec()) {
            return true;
        }
        *tree.tried += 1;
        if *tree.tried > MAX_SCENARIOS {
            return false;
        }
        if self.hits(front) {
            tree.found.insert(failed.to_vec());
            return true;
        }
        for missing in front.border.keys() {
            let size = failed.len() + missing.len();
            if size > tree.k as usize {
                continue;
            }
            let mut more: Vec<GuardId> = failed.iter().chain(missing).copied().collect();
            more.sort_unstable();
            if tree.seen.contains(&more) {
                continue;
            }
            let next = self.after(front, &more, size < tree.k as usize);
            if !self.branch(&more, &next, tree) {
                return false;
            }
        }
        true
    }
}
