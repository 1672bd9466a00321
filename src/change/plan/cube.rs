//! From one bad stage to all that are bad for the same reason.
//!
//! A conflict says: whenever these steps are done and those are not, this is wrong. How far that is proved depends on
//! the reason. A path depends on what it passes; a missing flow is missing when it is missing with every version of
//! everything at once; for a rule of the guideline it is tried on other stages. What was only tried is told as such.

use super::survey::{Survey, Trouble};
use crate::change::standing::Key;
use crate::model::plan::{Stage, StepSet};

/// How far it is known that a conflict holds at every stage of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Proof {
    /// Follows from what the evidence depends on, or every stage was looked at.
    Complete,
    /// It held at every stage that was tried: so many.
    Tried(usize),
}

/// Stages that are bad for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// These steps are done.
    pub done: StepSet,
    /// These are not.
    pub open: StepSet,
    /// The step on the way, if the old and the new side by side are the reason.
    pub during: Option<usize>,
    /// What is wrong, as it was found at `seen`.
    pub trouble: Trouble,
    /// The stage at which it was found.
    pub seen: Stage,
    /// How far it is proved for every such stage.
    pub proof: Proof,
}

impl Conflict {
    /// Whether a stage is one of those.
    #[must_use]
    pub fn covers(&self, stage: Stage) -> bool {
        self.done.within(stage.done)
            && self.open.0 & stage.done.0 == 0
            && match self.during {
                None => stage.during.is_empty(),
                Some(step) => stage.during.has(step),
            }
    }
}

/// Of up to so many dropped steps every combination is looked at.
const MAX_DROPPED: usize = 4;
/// With so few further steps, every stage is looked at at once.
const MAX_AT_ONCE: usize = 3;
/// For a proof up to so many stages are looked at.
const MAX_PROOF: usize = 256;
/// The stages of so many further steps are counted.
const MAX_FREE: usize = 16;
/// Otherwise so many stages are tried.
const TRIES: usize = 12;

/// Generalises what is wrong at a stage.
pub(super) fn generalise(survey: &Survey<'_>, stage: Stage, trouble: &Trouble) -> Conflict {
    let n = survey.plan().steps.len();
    let all = StepSet::all(n).minus(stage.during);
    let (kept, proof) = match &trouble.key {
        Key::Flow(name) if trouble.issue.certain && stage.during.is_empty() => flow(survey, stage, trouble, name, all),
        Key::Crossing(..) | Key::Path(_) => {
            let touching = touching(survey, trouble, all);
            (fewer(survey, stage, &trouble.key, touching, Some(touching)), Proof::Complete)
        }
        _ => {
            let (kept, proof) = tried(survey, stage, trouble, touching(survey, trouble, all), all);
            let fewer = fewer(survey, stage, &trouble.key, kept, None);
            let proof = if exhaustive(survey, stage, &trouble.key, all.minus(fewer)) { Proof::Complete } else { proof };
            (fewer, proof)
        }
    };
    Conflict {
        done: StepSet(kept.0 & stage.done.0),
        open: kept.minus(stage.done),
        during: stage.during.iter().next(),
        trouble: trouble.clone(),
        seen: stage,
        proof,
    }
}

/// The steps that change something on which the issue depends.
fn touching(survey: &Survey<'_>, trouble: &Trouble, all: StepSet) -> StepSet {
    let about = &trouble.issue.about;
    let steps = &survey.plan().steps;
    all.iter()
        .filter(|&i| about.is_empty() || steps[i].global || steps[i].touches.iter().any(|t| about.contains(t)))
        .collect()
}

fn flipped(stage: Stage, steps: StepSet) -> Stage {
    Stage { done: StepSet(stage.done.0 ^ steps.0), during: stage.during }
}

/// Whether an issue is there, or the stage cannot be reached anyway because it is no drawing.
fn bad(survey: &Survey<'_>, stage: Stage, key: &Key) -> bool {
    !possible(survey, stage) || survey.has(stage, key)
}

/// Whether what has to come first comes first at a stage.
fn possible(survey: &Survey<'_>, stage: Stage) -> bool {
    survey
        .plan()
        .precedences
        .iter()
        .all(|p| !stage.done.has(p.then) || stage.done.has(p.first) || stage.during.has(p.first))
}

/// Drops steps of `kept` whose state does not matter, as long as every combination of the dropped ones can be looked at.
///
/// With `within`, the evidence found there must depend on no other steps than these; else another path could be seen
/// whose steps nobody looks at.
fn fewer(survey: &Survey<'_>, stage: Stage, key: &Key, kept: StepSet, within: Option<StepSet>) -> StepSet {
    let all = StepSet::all(survey.plan().steps.len()).minus(stage.during);
    let same = |at: Stage| {
        let Some(within) = within else { return bad(survey, at, key) };
        if !possible(survey, at) {
            return true;
        }
        let standing = survey.at(at);
        standing.issues.get(key).filter(|i| !survey.is_tolerated(key, i.certain)).is_some_and(|issue| {
            touching(survey, &Trouble { key: key.clone(), issue: issue.clone() }, all).within(within)
        })
    };
    let mut dropped: Vec<usize> = Vec::new();
    let mut left = kept;
    for step in kept.iter() {
        if dropped.len() >= MAX_DROPPED || left.len() <= 1 {
            break;
        }
        let holds = (0u32..1 << dropped.len()).all(|mask| {
            let others: StepSet = (0..dropped.len()).filter(|i| mask >> i & 1 == 1).map(|i| dropped[i]).collect();
            same(flipped(stage, others.with(step)))
        });
        if holds {
            dropped.push(step);
            left = left.without(step);
        }
    }
    left
}

/// The stages that can be, whatever the state of some further steps is; `None` if there are more than `most`.
fn stages(survey: &Survey<'_>, stage: Stage, free: StepSet, most: usize) -> Option<Vec<Stage>> {
    let steps: Vec<usize> = free.iter().collect();
    if steps.len() > MAX_FREE {
        return None;
    }
    let some = |mask: u64| (0..steps.len()).filter(|i| mask >> i & 1 == 1).map(|i| steps[i]).collect();
    let all = (0u64..1 << steps.len()).map(|mask| flipped(stage, some(mask)));
    let found: Vec<Stage> = all.filter(|&s| possible(survey, s)).take(most + 1).collect();
    (found.len() <= most).then_some(found)
}

/// Whether the issue is there whatever the state of some further steps is, if those are few.
fn exhaustive(survey: &Survey<'_>, stage: Stage, key: &Key, free: StepSet) -> bool {
    free.len() <= MAX_AT_ONCE
        && stages(survey, stage, free, 1 << MAX_AT_ONCE).is_some_and(|all| all.iter().all(|&s| bad(survey, s, key)))
}

/// Tries to prove a conflict that was only tried, by looking at every stage of its kind, if those are not too many.
pub(super) fn proved(survey: &Survey<'_>, mut conflict: Conflict) -> Conflict {
    let all = StepSet::all(survey.plan().steps.len()).minus(conflict.seen.during);
    let free = all.minus(conflict.done).minus(conflict.open);
    if conflict.proof != Proof::Complete
        && let Some(stages) = stages(survey, conflict.seen, free, MAX_PROOF)
    {
        let _ = survey.all(&stages);
        if stages.iter().all(|&s| bad(survey, s, &conflict.trouble.key)) {
            conflict.proof = Proof::Complete;
        }
    }
    conflict
}

/// A flow that is missing: a step can be left open if the flow is missing with all its versions drawn at once.
fn flow(survey: &Survey<'_>, stage: Stage, trouble: &Trouble, name: &str, all: StepSet) -> (StepSet, Proof) {
    let members = &trouble.issue.about;
    let mut kept = all;
    for step in all.iter() {
        let touches = &survey.plan().steps[step].touches;
        // Whether it is asked for at all, and of whom, must not be left open.
        if touches.iter().any(|t| t == name || members.contains(t)) {
            continue;
        }
        let free = all.minus(kept).with(step);
        let fewer = Stage { done: stage.done.minus(free), during: free };
        if survey.flow_may_exist(fewer, name, members) == Some(false) {
            kept = kept.without(step);
        }
    }
    (kept, Proof::Complete)
}

/// Tries other states of the steps that should not matter; one that does matter is kept.
fn tried(survey: &Survey<'_>, stage: Stage, trouble: &Trouble, first: StepSet, all: StepSet) -> (StepSet, Proof) {
    let mut kept = first;
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64 ^ stage.done.0;
    let mut tries = 0;
    while tries < TRIES {
        // A fixed sequence, so that the same plan gets the same answer.
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let free = all.minus(kept);
        if free.is_empty() {
            break;
        }
        let flips = StepSet((seed >> 20 ^ seed << 17) & free.0);
        tries += 1;
        if bad(survey, flipped(stage, flips), &trouble.key) {
            continue;
        }
        // Walk from the stage towards the other until the issue goes: the step that makes it go matters.
        let mut at = StepSet::NONE;
        for step in flips.iter() {
            at = at.with(step);
            if !bad(survey, flipped(stage, at), &trouble.key) {
                kept = kept.with(step);
                break;
            }
        }
    }
    (kept, Proof::Tried(tries))
}
