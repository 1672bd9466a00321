//! What would open the way when no order is safe: steps in one go, or one more control.
//!
//! Each is tried on the whole plan before it is named. Nothing here says that it should be done.

use super::cube::Conflict;
use super::order::{Clause, Impossible, exists, unit_of};
use super::survey::Survey;
use crate::change::standing::Key;
use crate::model::{Date, Lens};

/// Something with which there is a safe order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Advice {
    /// These two steps in one go.
    Together(usize, usize),
    /// This control on this machine, from the beginning.
    Control {
        /// The machine.
        node: String,
        /// The control, in the word of the format.
        control: &'static str,
    },
}

/// How many changes are tried.
const MAX_TRIES: usize = 12;

/// What opens the way, each tried on the whole plan.
#[must_use]
pub fn advice(survey: &Survey<'_>, impossible: &Impossible, as_of: Option<Date>) -> Vec<Advice> {
    candidates(survey, impossible)
        .into_iter()
        .take(MAX_TRIES)
        .filter(|candidate| {
            let changed = match candidate {
                Advice::Together(a, b) => survey.loaded.together(*a, *b),
                Advice::Control { node, control } => survey.loaded.with_control(node, control),
            };
            changed.is_some_and(|loaded| {
                let other = Survey::new(&loaded, as_of);
                // One more control must not be bought by something else that is wrong at both ends.
                ends_no_worse(survey, &other) && exists(&other)
            })
        })
        .collect()
}

fn ends_no_worse(before: &Survey<'_>, after: &Survey<'_>) -> bool {
    let no_worse = |a: &crate::change::Standing, b: &crate::change::Standing| {
        b.issues.iter().all(|(k, i)| a.issues.get(k).is_some_and(|old| old.certain >= i.certain))
    };
    no_worse(&before.start, &after.start) && no_worse(&before.goal, &after.goal)
}

fn candidates(survey: &Survey<'_>, impossible: &Impossible) -> Vec<Advice> {
    let plan = survey.plan();
    let conflicts: Vec<&Conflict> = impossible
        .core
        .iter()
        .filter_map(|c| match c {
            Clause::Conflict(c) => Some(&**c),
            Clause::Precedence(_) => None,
        })
        .collect();
    let mut all = Vec::new();
    for c in &conflicts {
        for done in c.done.iter() {
            for open in c.open.iter().filter(|&o| unit_of(plan, o) != unit_of(plan, done)) {
                all.push(Advice::Together(done.min(open), done.max(open)));
            }
        }
    }
    for c in &conflicts {
        if let (Key::Path(_) | Key::Rule(..), Some((Lens::Attack, _, _))) = (&c.trouble.key, &c.trouble.issue.path) {
            for node in &c.trouble.issue.about {
                for control in ["Edr", "Mfa"] {
                    all.push(Advice::Control { node: node.clone(), control });
                }
            }
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    all.retain(|a| seen.insert(a.clone()));
    all
}
