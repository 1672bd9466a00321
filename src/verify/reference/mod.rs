//! The slow, obvious engine: `docs/semantics.md`, row by row, on the model itself.
//!
//! It works with concrete packets, explicit sets of facts and breadth-first
//! search, and it shares no line with the fast engine: where the two differ,
//! one of them is wrong. It is not fast, and it is not what a user waits for.
//!
//! * `packets`, `devices`, `sessions`: one packet of every kind, what a device does to it, who can hold a session with
//!   whom (section 2);
//! * `steps`: what follows from what (section 3);
//! * `closure`: everything that follows, with a shortest path to each;
//! * `checks`: what a check makes of it (section 4).

mod checks;
mod closure;
mod devices;
mod packets;
mod sessions;
mod shortest;
mod steps;

use std::collections::{BTreeMap, BTreeSet};

use super::verdict::{Level, Verdict};
use crate::model::{CheckId, Fact, GuardId, Lens, Model, Question};
use closure::{Memory, search};
use sessions::{Ends, Passage, passages};
use steps::Steps;

/// A model with all its packets sent once, so that many questions do not send them again.
#[derive(Debug)]
pub struct Walked<'a> {
    model: &'a Model,
    passages: BTreeMap<Ends, Passage>,
}

impl<'a> Walked<'a> {
    /// Sends one packet of every kind.
    #[must_use]
    pub fn of(model: &'a Model) -> Self {
        Self { model, passages: passages(model) }
    }

    /// The answers to all checks of the model, in order.
    #[must_use]
    pub fn verify(&self) -> Vec<Verdict> {
        self.model.checks.iter().map(|(id, check)| self.ask(id, &check.question)).collect()
    }

    /// The answer to one question, whether or not the model asks it; `check` only goes into the verdict.
    #[must_use]
    pub fn ask(&self, check: CheckId, question: &Question) -> Verdict {
        checks::answer(self.model, &self.passages, check, question)
    }

    /// Every fact that follows from `starts` while all controls work, by steps of at least `level`.
    #[must_use]
    pub fn reached(&self, lens: Lens, level: Level, eyes: bool, starts: &[Fact]) -> BTreeSet<Fact> {
        let steps = Steps::of(self.model, &self.passages, lens, eyes, None);
        search(&steps, starts, |s| s.guards.is_empty() && s.level >= level, |_, _| Memory::default()).facts()
    }

    /// The least number of failing guards under which a forbidden path exists in `may`, with all least sets, sorted.
    ///
    /// `None` if no set of failing guards opens a path, and for questions that forbid nothing.
    #[must_use]
    pub fn depth(&self, question: &Question) -> Option<(u32, Vec<Vec<GuardId>>)> {
        let Question::Forbid { lens, from, to, eyes } = question else { return None };
        let steps = Steps::of(self.model, &self.passages, *lens, *eyes, None);
        let starts = checks::forbid_starts(self.model, from);
        let targets = checks::forbid_targets(from, to);
        let opened = |failed: &BTreeSet<GuardId>| {
            let found = search(&steps, &starts, |s| s.guards.is_subset(failed), |_, _| Memory::default());
            found.states().any(|(fact, _)| checks::is_hit(*lens, *eyes, &targets, *fact))
        };

        let guards: BTreeSet<GuardId> = steps.iter().flat_map(|s| s.guards.iter().copied()).collect();
        if !opened(&guards) {
            return None;
        }
        // "Depth is the size of the smallest F under which a path exists in may."
        let guards: Vec<GuardId> = guards.into_iter().collect();
        (0..=guards.len()).find_map(|size| {
            let least: Vec<_> =
                subsets(&guards, size).into_iter().filter(|set| opened(&set.iter().copied().collect())).collect();
            (!least.is_empty()).then_some((size as u32, least))
        })
    }
}

/// The answers to all checks of a model, in order.
#[must_use]
pub fn verify(model: &Model) -> Vec<Verdict> {
    Walked::of(model).verify()
}

/// The answer to one question, as [`Walked::ask`].
#[must_use]
pub fn ask(model: &Model, check: CheckId, question: &Question) -> Verdict {
    Walked::of(model).ask(check, question)
}

/// The depth of one question, as [`Walked::depth`].
#[must_use]
pub fn depth(model: &Model, question: &Question) -> Option<(u32, Vec<Vec<GuardId>>)> {
    Walked::of(model).depth(question)
}

/// All subsets of a size, in lexicographic order.
fn subsets(of: &[GuardId], size: usize) -> Vec<Vec<GuardId>> {
    if size == 0 {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for (i, &first) in of.iter().enumerate() {
        for rest in subsets(&of[i + 1..], size - 1) {
            all.push([vec![first], rest].concat());
        }
    }
    all
}
