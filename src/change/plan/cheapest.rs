//! The order that costs least: first what is wrong, then lost flows, then what is undecided, then double running.
//!
//! For a few units without days of their own it is exact: the cheapest order by what is known is a lower bound; its stages are looked at, what was
//! not known is learned, and it is asked again until what is known is what is so. Otherwise neighbouring orders
//! are tried, and the answer says that it is the best that was found.

use std::collections::BTreeMap;

use super::cube::{Conflict, generalise};
use super::order::{Learned, Order, priced, stages, unit_of};
use super::schedule::{Costs, days_of, during, step_costs};
use super::survey::Survey;
use crate::change::standing::Key;
use crate::model::plan::{Plan, Stage, StepSet};

/// Up to so many units the answer is exact.
const MAX_EXACT: usize = 12;
/// After so many looks at orders the search for a cheaper one ends.
const MAX_LOOKS: usize = 60;

/// What is known of bad stages.
pub(super) struct Known {
    conflicts: Vec<Conflict>,
}

impl Known {
    pub(super) fn new(learned: &Learned) -> Self {
        Self { conflicts: learned.conflicts().cloned().collect() }
    }

    /// What a stage costs at least, as far as is known; each key once.
    fn at_least(&self, stage: Stage, days: u64) -> Costs {
        let mut keys: BTreeMap<&Key, bool> = BTreeMap::new();
        for c in self.conflicts.iter().filter(|c| c.covers(stage)) {
            let certain = keys.entry(&c.trouble.key).or_insert(c.trouble.issue.certain);
            *certain |= c.trouble.issue.certain;
        }
        let mut costs = Costs::default();
        for (key, certain) in keys {
            costs.charge(key, certain, days);
        }
        costs
    }

    fn learn(&mut self, survey: &Survey<'_>, order: &[usize]) -> bool {
        let before = self.conflicts.len();
        for stage in stages(survey.plan(), order) {
            for trouble in survey.troubles(stage) {
                let known = self.conflicts.iter().any(|c| {
                    c.covers(stage) && c.trouble.key == trouble.key && c.trouble.issue.certain >= trouble.issue.certain
                });
                if !known {
                    self.conflicts.push(generalise(survey, stage, &trouble));
                }
            }
        }
        self.conflicts.len() > before
    }
}

/// The order that costs least, beginning from one.
pub(super) fn cheapest(survey: &Survey<'_>, mut known: Known, first: Vec<usize>) -> Order {
    let plan = survey.plan();
    let dated = !plan.not_before.is_empty() || plan.steps.iter().any(|s| s.on.is_some());
    let exact = plan.units.len() <= MAX_EXACT && !dated;
    if exact {
        for _ in 0..MAX_LOOKS {
            let Some(order) = lower_bound(plan, &known) else { break };
            let costs = priced(survey, &order);
            if !known.learn(survey, &order) {
                let first_costs = priced(survey, &first);
                // Among equals the order as written stays.
                let (units, costs) =
                    if first_costs <= costs && in_order(plan, &first) { (first, first_costs) } else { (order, costs) };
                return Order { units, costs, is_cheapest: true };
            }
        }
    }
    neighbours(survey, first)
}

/// Whether an order keeps the precedences.
fn in_order(plan: &Plan, order: &[usize]) -> bool {
    let at = |step: usize| order.iter().position(|&u| u == unit_of(plan, step));
    plan.precedences.iter().all(|p| at(p.first) <= at(p.then))
}

/// The cheapest order by what is known, over all sets of units.
fn lower_bound(plan: &Plan, known: &Known) -> Option<Vec<usize>> {
    let n = plan.units.len();
    let steps: Vec<StepSet> = plan.units.iter().map(|u| u.iter().copied().collect()).collect();
    let set = |mask: usize| (0..n).filter(|i| mask >> i & 1 == 1).fold(StepSet::NONE, |s, i| s.and(steps[i]));
    let full = (1usize << n) - 1;
    let mut best: Vec<Option<(Costs, usize)>> = vec![None; full + 1];
    best[0] = Some((Costs::default(), usize::MAX));
    for mask in 0..full {
        let Some((so_far, _)) = best[mask] else { continue };
        let done = set(mask);
        for unit in (0..n).filter(|i| mask >> i & 1 == 0) {
            let ready = plan
                .precedences
                .iter()
                .all(|p| !steps[unit].has(p.then) || done.has(p.first) || steps[unit].has(p.first));
            if !ready {
                continue;
            }
            let days = days_of(plan, &plan.units[unit]);
            let mut costs = so_far.plus(step_costs(plan, done, 0, days));
            if mask != 0 {
                costs = costs.plus(known.at_least(Stage::of(done), days));
            }
            if let Some(stage) = during(plan, done, &plan.units[unit]) {
                costs = costs.plus(known.at_least(stage, days));
            }
            let next = mask | 1 << unit;
            if best[next].is_none_or(|(c, _)| costs < c) {
                best[next] = Some((costs, unit));
            }
        }
    }
    let mut order = Vec::new();
    let mut mask = full;
    while mask != 0 {
        let (_, unit) = best[mask]?;
        order.push(unit);
        mask &= !(1 << unit);
    }
    order.reverse();
    Some(order)
}

/// Moves one unit at a time as long as that costs less.
fn neighbours(survey: &Survey<'_>, first: Vec<usize>) -> Order {
    let plan = survey.plan();
    let mut best = priced(survey, &first);
    let mut order = first;
    let mut looks = 0;
    // Without anything that costs there is nothing to gain.
    let mut improved = !best.is_safe() || !plan.running.is_empty();
    while improved && looks < MAX_LOOKS {
        improved = false;
        'moves: for from in 0..order.len() {
            for to in (0..order.len()).filter(|&to| to != from) {
                let mut other = order.clone();
                let unit = other.remove(from);
                other.insert(to, unit);
                if !in_order(plan, &other) {
                    continue;
                }
                looks += 1;
                let costs = priced(survey, &other);
                if costs < best {
                    (best, order, improved) = (costs, other, true);
                    break 'moves;
                }
                if looks >= MAX_LOOKS {
                    break 'moves;
                }
            }
        }
    }
    Order { units: order, costs: best, is_cheapest: false }
}
