//! Finds an order of the steps in which every stage holds, or proves that there is none.
//!
//! Counterexample-guided: a solver proposes an order, its stages are looked at, the first that is bad is generalised to
//! all that are bad for the same reason (`cube`), and the solver learns that one of the open steps has to come before
//! one of the done ones. No order is left: a minimal set of what was learned is the proof.

use super::cheapest::{Known, cheapest};
use super::check::as_written;
use super::cube::{Conflict, Proof, generalise, proved};
use super::sat::{Before, Orders};
use super::schedule::{Costs, costs, during};
use super::survey::Survey;
use crate::model::plan::{Plan, Stage, StepSet};

/// Why an order is not any order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Clause {
    /// A precedence of the plan, by position.
    Precedence(usize),
    /// What would be wrong otherwise.
    Conflict(Box<Conflict>),
}

/// An order of the units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The units, in order.
    pub units: Vec<usize>,
    /// What it costs.
    pub costs: Costs,
    /// Whether no order costs less; else it is the best that was found.
    pub is_cheapest: bool,
}

/// That there is no safe order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Impossible {
    /// As few reasons as exclude every order; none of them can be left out.
    pub core: Vec<Clause>,
    /// How far each is proved.
    pub proof: Proof,
    /// The order that costs least, with something wrong on the way.
    pub least: Order,
}

/// The answer to the search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A safe order.
    Safe(Order),
    /// None.
    None(Box<Impossible>),
    /// The search was ended after so many rounds.
    Open(usize),
}

/// After so many proposals the search ends.
const MAX_ROUNDS: usize = 3_000;
/// So many troubles of a stage are generalised at once.
const MAX_LEARNED: usize = 3;

/// What the search has learned.
pub(super) struct Learned {
    pub(super) clauses: Vec<Clause>,
}

impl Learned {
    /// The conflicts.
    pub(super) fn conflicts(&self) -> impl Iterator<Item = &Conflict> {
        self.clauses.iter().filter_map(|c| match c {
            Clause::Conflict(c) => Some(&**c),
            Clause::Precedence(_) => None,
        })
    }
}

/// Searches for a safe order that stays near the one that is written.
#[must_use]
pub fn order(survey: &Survey<'_>) -> Found {
    let wish = as_written(survey);
    let (result, learned) = search(survey, &wish);
    match result {
        Search::Order(units) => {
            let known = Known::new(&learned);
            Found::Safe(cheapest(survey, known, units))
        }
        Search::None(core) => {
            let core: Vec<Clause> = core
                .into_iter()
                .map(|i| match &learned.clauses[i] {
                    Clause::Conflict(c) => Clause::Conflict(Box::new(proved(survey, (**c).clone()))),
                    precedence => precedence.clone(),
                })
                .collect();
            let proof = core
                .iter()
                .filter_map(|c| match c {
                    Clause::Conflict(c) => Some(c.proof),
                    Clause::Precedence(_) => None,
                })
                .max()
                .unwrap_or(Proof::Complete);
            let known = Known::new(&learned);
            let least = cheapest(survey, known, wish);
            Found::None(Box::new(Impossible { core, proof, least }))
        }
        Search::Open => Found::Open(MAX_ROUNDS),
    }
}

/// Whether there is a safe order at all.
pub(super) fn exists(survey: &Survey<'_>) -> bool {
    matches!(search(survey, &as_written(survey)).0, Search::Order(_))
}

enum Search {
    Order(Vec<usize>),
    /// The clauses that exclude every order.
    None(Vec<usize>),
    Open,
}

fn search(survey: &Survey<'_>, wish: &[usize]) -> (Search, Learned) {
    let plan = survey.plan();
    let mut orders = Orders::new(plan.units.len(), wish);
    let mut learned = Learned { clauses: Vec::new() };
    for (i, p) in plan.precedences.iter().enumerate() {
        let (a, b) = (unit_of(plan, p.first), unit_of(plan, p.then));
        orders.add(&[(a, b)]);
        learned.clauses.push(Clause::Precedence(i));
    }
    for _ in 0..MAX_ROUNDS {
        let all = 0..learned.clauses.len();
        let Some(order) = orders.solve(all.clone()) else {
            let core = orders.core(&all.collect::<Vec<_>>());
            return (Search::None(core), learned);
        };
        let before = learned.clauses.len();
        learn(survey, &order, &mut orders, &mut learned);
        if learned.clauses.len() == before {
            return (Search::Order(order), learned);
        }
    }
    (Search::Open, learned)
}

/// The stages of an order, without start and goal.
pub(super) fn stages(plan: &Plan, order: &[usize]) -> Vec<Stage> {
    let mut all = Vec::new();
    let mut done = StepSet::NONE;
    for (i, &unit) in order.iter().enumerate() {
        all.extend(during(plan, done, &plan.units[unit]));
        done = plan.units[unit].iter().fold(done, |d, &s| d.with(s));
        if i + 1 < order.len() {
            all.push(Stage::of(done));
        }
    }
    all
}

/// Learns from the first bad stage of an order.
fn learn(survey: &Survey<'_>, order: &[usize], orders: &mut Orders, learned: &mut Learned) {
    // A few stages at a time: the first bad one is often early.
    for some in stages(survey.plan(), order).chunks(2 * rayon::current_num_threads()) {
        let _ = survey.all(some);
        let Some((stage, troubles)) =
            some.iter().map(|&s| (s, survey.troubles(s))).find(|(_, troubles)| !troubles.is_empty())
        else {
            continue;
        };
        for trouble in troubles.iter().take(MAX_LEARNED) {
            let conflict = generalise(survey, stage, trouble);
            orders.add(&clause(survey.plan(), &conflict));
            learned.clauses.push(Clause::Conflict(Box::new(conflict)));
        }
        return;
    }
}

pub(super) fn unit_of(plan: &Plan, step: usize) -> usize {
    plan.units.iter().position(|u| u.contains(&step)).unwrap_or_default()
}

/// What has to hold of an order so that none of its stages is bad for this reason.
fn clause(plan: &Plan, conflict: &Conflict) -> Vec<Before> {
    let mut any = Vec::new();
    let mut pair = |a: usize, b: usize| {
        let (a, b) = (unit_of(plan, a), unit_of(plan, b));
        if a != b && !any.contains(&(a, b)) {
            any.push((a, b));
        }
    };
    match conflict.during {
        // All done ones come before all open ones, unless some open one comes before some done one.
        None => {
            for open in conflict.open.iter() {
                for done in conflict.done.iter() {
                    pair(open, done);
                }
            }
        }
        Some(step) => {
            for open in conflict.open.iter() {
                pair(open, step);
            }
            for done in conflict.done.iter() {
                pair(step, done);
            }
        }
    }
    any
}

/// What an order of units costs, everything looked at.
pub(super) fn priced(survey: &Survey<'_>, units: &[usize]) -> Costs {
    let _ = survey.all(&stages(survey.plan(), units));
    costs(survey, units)
}
