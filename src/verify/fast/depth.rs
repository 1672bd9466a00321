//! Depth: the least number of controls whose failure opens a path, exactly.
//!
//! If a scenario opens nothing, every scenario that does and contains it must
//! also fail all guards of some step on the border of what was reached. So the
//! search branches over the border only (hitting sets over cuts).

use std::collections::BTreeSet;

use super::View;
use super::closure::Closure;
use super::forbid::{reached, starts, targets};
use crate::model::{FaceId, GuardId, Lens, Model};
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
    for k in 0.. {
        let mut seen = BTreeSet::new();
        let mut found = BTreeSet::new();
        if !search.branch(&[], k, &mut seen, &mut found, &mut tried) {
            return Depth::AtLeast(k);
        }
        if !found.is_empty() {
            return Depth::Exactly(k, found.into_iter().collect());
        }
    }
    Depth::None
}

struct Search<'a> {
    network: &'a Network,
    lens: Lens,
    eyes: bool,
    starts: Vec<crate::model::Fact>,
    targets: Vec<FaceId>,
}

impl Search<'_> {
    fn view<'s>(&'s self, failed: &'s [GuardId]) -> View<'s> {
        View { network: self.network, lens: self.lens, eyes: self.eyes, failed, only: &[] }
    }

    fn opens(&self, failed: &[GuardId]) -> bool {
        let view = self.view(failed);
        let closure = Closure::new(view, self.starts.iter().copied(), Level::May);
        reached(view, &closure, &self.targets)
    }

    /// Collects all opening sets of size at most `k` that contain `failed`; false when the budget is spent.
    fn branch(
        &self,
        failed: &[GuardId],
        k: u32,
        seen: &mut BTreeSet<Vec<GuardId>>,
        found: &mut BTreeSet<Vec<GuardId>>,
        tried: &mut usize,
    ) -> bool {
        if !seen.insert(failed.to_vec()) {
            return true;
        }
        *tried += 1;
        if *tried > MAX_SCENARIOS {
            return false;
        }
        let view = self.view(failed);
        let closure = Closure::new(view, self.starts.iter().copied(), Level::May);
        if reached(view, &closure, &self.targets) {
            found.insert(failed.to_vec());
            return true;
        }
        for missing in closure.border(view) {
            if failed.len() + missing.len() > k as usize {
                continue;
            }
            let mut more: Vec<GuardId> = failed.iter().copied().chain(missing).collect();
            more.sort_unstable();
            if !self.branch(&more, k, seen, found, tried) {
                return false;
            }
        }
        true
    }
}
