//! The way back from a stage: undoing steps so that every stage on the way holds.

use std::collections::BTreeSet;

use super::survey::Survey;
use crate::model::plan::{Stage, StepSet};

/// Where a safe way back from a stage leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Return {
    /// To the start.
    ToStart,
    /// As far as to the last step that cannot be taken back.
    ToStep(usize),
    /// Nowhere: every first step back makes something wrong.
    Nowhere,
    /// Not found among so many stages.
    NotFound(usize),
}

/// How many stages are looked at in search of a way back.
const MAX_STAGES: usize = 64;

/// Whether from a stage the steps can be undone safely, in the reverse order or in another.
#[must_use]
pub fn way_back(survey: &Survey<'_>, order: &[usize], from: StepSet) -> Return {
    let plan = survey.plan();
    let fixed: StepSet = from.iter().filter(|&s| plan.steps[s].irreversible).collect();
    // What a step that stays needs has to stay, too.
    let mut floor = fixed;
    while let Some(p) = plan.precedences.iter().find(|p| floor.has(p.then) && from.has(p.first) && !floor.has(p.first))
    {
        floor = floor.with(p.first);
    }
    let last = order.iter().rev().flat_map(|&u| plan.units[u].iter().copied()).find(|&s| fixed.has(s));
    let found = last.map_or(Return::ToStart, Return::ToStep);
    if from == floor {
        return found;
    }
    let mut seen = BTreeSet::from([from]);
    let mut todo = vec![from];
    let mut looked = 0;
    while let Some(at) = todo.pop() {
        if at == floor {
            return found;
        }
        let mut next: Vec<StepSet> = Vec::new();
        // The reverse order is tried first: it is on top of the stack.
        for &unit in order {
            let steps: StepSet = plan.units[unit].iter().copied().collect();
            let undone = at.minus(steps);
            let allowed = steps.within(at)
                && steps.0 & floor.0 == 0
                && plan.precedences.iter().all(|p| !undone.has(p.then) || undone.has(p.first) || !from.has(p.first));
            if allowed && seen.insert(undone) {
                next.push(undone);
            }
        }
        for undone in next {
            if looked >= MAX_STAGES {
                return Return::NotFound(looked);
            }
            looked += 1;
            if survey.troubles(Stage::of(undone)).is_empty() {
                todo.push(undone);
            }
        }
    }
    Return::Nowhere
}
