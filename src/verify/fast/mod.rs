//! The fast engine: closures on the compiled network, in parallel over checks and origins.
//!
//! It answers exactly what the reference engine answers; `tests/engines.rs`
//! holds them to it on random models. Ties are broken by declared order, and
//! results are collected by position, so the number of threads changes nothing.

mod closure;
mod crossings;
mod depth;
mod flow;
mod forbid;
mod hosts;
mod lift;
mod matrix;
mod passages;
mod scan;

use rayon::prelude::*;

use super::verdict::{Answer, Tally, Verdict};
use crate::model::{Carrier, CheckId, FaceId, Fact, GuardId, Id, Lens, Model, Question, State, Status};
use crate::network::Network;
use crate::packet::Level;

pub use crossings::{Crossing, crossings, shortest};
pub use depth::{Depth, MAX_SCENARIOS};
pub use hosts::{HostReach, Hosts, host_alone, host_starts, hosts, hosts_asked};
pub(crate) use lift::session;
pub use passages::{Passage, passages};
pub use scan::{CrossingQuery, Hit, scan};

/// The answer to every check, in order.
#[must_use]
pub fn verify(model: &Model, network: &Network) -> Vec<Verdict> {
    let checks: Vec<(CheckId, &Question)> = model.checks.iter().map(|(id, c)| (id, &c.question)).collect();
    let crossings = matrix::Crossings::new(model, network, checks.iter().map(|(_, q)| *q), &[]);
    checks.par_iter().map(|(id, question)| answer(model, network, &crossings, *id, question)).collect()
}

/// The answer to one question.
#[must_use]
pub fn ask(model: &Model, network: &Network, check: CheckId, question: &Question) -> Verdict {
    let crossings = matrix::Crossings::new(model, network, std::iter::once(question), &[]);
    answer(model, network, &crossings, check, question)
}

/// The answers to all checks of crossings and paths that one failing control can change, in order; every other check has
/// the answer that it has when everything works.
#[must_use]
pub fn failing(model: &Model, network: &Network, verdicts: &[Verdict], guard: GuardId) -> Vec<Verdict> {
    let failed = [guard];
    // A control that stands on no direct step changes no crossing.
    let direct = network.flow.steps.iter().any(|s| s.lenses.has(Lens::Direct) && s.guards == failed);
    let asked = verdicts.iter().filter(|v| match &model.checks[v.check].question {
        Question::Matrix { .. } => direct && v.status != Status::Vacuous,
        // What is reached grows by a step on its border or not at all. What is open has no border; it may become certain.
        Question::Forbid { .. } => v.status == Status::Undecided || v.rests_on.contains(&guard),
        Question::Require { .. } => false,
    });
    let asked: Vec<CheckId> = asked.map(|v| v.check).collect();
    let question = |id: &CheckId| &model.checks[*id].question;
    let crossings = matrix::Crossings::new(model, network, asked.iter().map(question), &failed);
    let answers = asked.par_iter().map(|id| match question(id) {
        Question::Forbid { lens, from, to, eyes } => {
            let view = View { network, lens: *lens, eyes: *eyes, failed: &failed, only: &[] };
            forbid::verdict(model, view, *id, from, to)
        }
        other => answer(model, network, &crossings, *id, other),
    });
    answers.collect()
}

/// How many controls have to fail before a forbidden path opens; `None` for other questions.
#[must_use]
pub fn depth(model: &Model, network: &Network, question: &Question) -> Option<Depth> {
    match question {
        Question::Forbid { lens, from, to, eyes } => Some(depth::depth(model, network, *lens, from, to, *eyes)),
        _ => None,
    }
}

/// Every fact that follows from `starts`, in the order of their numbers: the closure behind the verdicts, for comparison.
#[must_use]
pub fn reached(
    network: &Network,
    lens: Lens,
    level: Level,
    failed: &[GuardId],
    eyes: bool,
    starts: &[Fact],
) -> Vec<Fact> {
    let view = View { network, lens, eyes, failed, only: &[] };
    let mut numbers = closure::Closure::new(view, starts.iter().copied(), level).order;
    numbers.sort_unstable();
    numbers.into_iter().map(|n| network.fact(n)).collect()
}

/// Where a question about a path starts.
#[must_use]
pub fn path_starts(model: &Model, from: &[FaceId]) -> Vec<Fact> {
    forbid::starts(model, from)
}

/// The arrivals any of which makes a path of at least a level, while all controls work. `from` is sorted.
#[must_use]
pub fn path_ends(
    model: &Model,
    network: &Network,
    (lens, level, eyes): (Lens, Level, bool),
    from: &[FaceId],
    to: &[FaceId],
) -> Vec<Fact> {
    forbid::arrivals(model, View { network, lens, eyes, failed: &[], only: &[] }, level, from, to)
}

/// The states at a face of a host or store by which it counts as reached; a person copying off a screen does not count.
#[must_use]
pub fn host_states(lens: Lens) -> Vec<State> {
    let arrives = Carrier::ALL.into_iter().filter(|&k| lens == Lens::Leak && lens.pivots(k, false));
    arrives.map(State::Arrives).chain([State::Holds(Carrier::Own)]).collect()
}

fn answer(
    model: &Model,
    network: &Network,
    crossings: &matrix::Crossings,
    check: CheckId,
    question: &Question,
) -> Verdict {
    match question {
        Question::Matrix { from, to } => crossings.verdict(model, network, check, *from, *to),
        Question::Forbid { lens, from, to, eyes } => {
            forbid::verdict(model, View { network, lens: *lens, eyes: *eyes, failed: &[], only: &[] }, check, from, to)
        }
        Question::Require { from, to, carrier, via } => flow::verdict(model, network, check, from, to, *carrier, via),
    }
}

/// A check that says nothing.
fn vacuous(check: CheckId, sources: usize, targets: usize) -> Verdict {
    Verdict {
        check,
        status: Status::Vacuous,
        answer: Answer::Nothing,
        rests_on: Vec::new(),
        assumptions: Vec::new(),
        tally: Tally { sources, targets, reached: 0 },
    }
}

/// What the three kinds of closure share.
#[derive(Clone, Copy)]
struct View<'a> {
    network: &'a Network,
    lens: Lens,
    eyes: bool,
    failed: &'a [GuardId],
    /// Only steps by which one of these carriers arrives, or nothing does; empty is any.
    only: &'a [Carrier],
}

impl View<'_> {
    fn takes(&self, step: &crate::flow::Step) -> bool {
        self.only.is_empty() || !matches!(step.to.state, State::Arrives(k) if !self.only.contains(&k))
    }
}

/// A path of steps with everything there is to tell of it; `None` for no step at all.
#[must_use]
pub fn witness(model: &Model, network: &Network, steps: &[u32]) -> Option<super::Witness> {
    (!steps.is_empty()).then(|| lift::lift(model, network, steps))
}

/// The shortest forbidden path per final carrier on which nothing but some carriers arrives; certain ones first.
#[must_use]
pub fn paths_of_only(model: &Model, network: &Network, question: &Question, only: &[Carrier]) -> Verdict {
    match question {
        Question::Forbid { lens, from, to, eyes } => {
            let view = View { network, lens: *lens, eyes: *eyes, failed: &[], only };
            forbid::verdict(model, view, CheckId::new(0), from, to)
        }
        _ => ask(model, network, CheckId::new(0), question),
    }
}
