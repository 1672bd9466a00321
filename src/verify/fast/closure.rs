//! Breadth-first closure of facts, with parents for the shortest path.

use std::collections::VecDeque;

use super::View;
use crate::model::{Fact, GuardId};
use crate::network::Network;
use crate::packet::Level;

const UNREACHED: u32 = u32::MAX;
const START: u32 = u32::MAX - 1;

/// Which facts were reached, from what, and how far they are.
pub(super) struct Closure {
    /// Per fact: the step by which it was first reached.
    by: Vec<u32>,
    distance: Vec<u32>,
    /// Facts in the order in which they were reached.
    pub(super) order: Vec<u32>,
}

impl Closure {
    /// Everything reachable from `starts` by open steps of at least `level`.
    pub(super) fn new(view: View<'_>, starts: impl IntoIterator<Item = Fact>, level: Level) -> Self {
        let n = view.network.len();
        let mut c = Self { by: vec![UNREACHED; n], distance: vec![UNREACHED; n], order: Vec::new() };
        let mut queue = VecDeque::new();
        let mut first: Vec<u32> = starts.into_iter().filter_map(|f| view.network.number(f)).collect();
        first.sort_unstable();
        for f in first {
            if c.by[f as usize] == UNREACHED {
                c.reach(f, START, 0);
                queue.push_back(f);
            }
        }
        let rows = view.network.lens(view.lens);
        while let Some(f) = queue.pop_front() {
            let next = c.distance[f as usize] + 1;
            for edge in rows.from(f) {
                if c.by[edge.to as usize] == UNREACHED
                    && Network::open(view.network.step(edge.step), level, view.failed, view.eyes)
                    && view.takes(view.network.step(edge.step))
                {
                    c.reach(edge.to, edge.step, next);
                    queue.push_back(edge.to);
                }
            }
        }
        c
    }

    fn reach(&mut self, fact: u32, by: u32, distance: u32) {
        self.by[fact as usize] = by;
        self.distance[fact as usize] = distance;
        self.order.push(fact);
    }

    pub(super) fn distance(&self, network: &Network, fact: Fact) -> Option<u32> {
        network.number(fact).map(|n| self.distance[n as usize]).filter(|&d| d != UNREACHED)
    }

    /// The steps of the shortest path to a fact.
    pub(super) fn path(&self, network: &Network, fact: Fact) -> Vec<u32> {
        let mut steps = Vec::new();
        let mut at = network.number(fact);
        while let Some(n) = at {
            let by = self.by[n as usize];
            if by == START || by == UNREACHED {
                break;
            }
            steps.push(by);
            at = network.number(network.step(by).from);
        }
        steps.reverse();
        steps
    }

    /// The steps that lead out of what was reached but are closed, as the guards that would have to fail.
    pub(super) fn border(&self, view: View<'_>) -> Vec<Vec<GuardId>> {
        let rows = view.network.lens(view.lens);
        let mut border: Vec<Vec<GuardId>> = Vec::new();
        for &f in &self.order {
            for edge in rows.from(f) {
                let step = view.network.step(edge.step);
                if self.by[edge.to as usize] == UNREACHED && (view.eyes || !step.eyes) {
                    let missing: Vec<GuardId> =
                        step.guards.iter().copied().filter(|g| view.failed.binary_search(g).is_err()).collect();
                    if !missing.is_empty() {
                        border.push(missing);
                    }
                }
            }
        }
        border.sort_unstable();
        border.dedup();
        border
    }
}
