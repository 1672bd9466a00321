//! What an order costs: days with something wrong, days without a required flow, and what runs twice.
//!
//! Money is in the unit of the plan. A step without a stated length counts as one day.

use super::survey::Survey;
use crate::change::standing::Key;
use crate::model::Date;
use crate::model::plan::{Plan, Stage, StepSet};

/// What an order costs; compared from the first field to the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Costs {
    /// Days with something wrong that neither start nor goal has, each issue counted.
    pub wrong: u64,
    /// Days without a required flow, each flow counted.
    pub without_flow: u64,
    /// Days with something undecided that neither start nor goal has.
    pub undecided: u64,
    /// What the double running costs.
    pub running: u64,
    /// How many days it takes.
    pub days: u64,
}

impl Costs {
    /// Whether nothing is wrong at any stage.
    #[must_use]
    pub fn is_safe(&self) -> bool {
        self.wrong == 0 && self.without_flow == 0 && self.undecided == 0
    }

    /// Adds days with one issue.
    pub(super) fn charge(&mut self, key: &Key, certain: bool, days: u64) {
        let field = match (key, certain) {
            (_, false) => &mut self.undecided,
            (Key::Flow(_), true) => &mut self.without_flow,
            (_, true) => &mut self.wrong,
        };
        *field = field.saturating_add(days);
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            wrong: self.wrong.saturating_add(other.wrong),
            without_flow: self.without_flow.saturating_add(other.without_flow),
            undecided: self.undecided.saturating_add(other.undecided),
            running: self.running.saturating_add(other.running),
            days: self.days.saturating_add(other.days),
        }
    }
}

/// How many days the steps of a unit take: they are done in one go, so as long as the longest.
#[must_use]
pub(super) fn days_of(plan: &Plan, unit: &[usize]) -> u64 {
    unit.iter().map(|&s| u64::from(plan.steps[s].days.unwrap_or(1).max(1))).max().unwrap_or(1)
}

/// The stage on the way to a unit, if old and new stand side by side.
pub(super) fn during(plan: &Plan, done: StepSet, unit: &[usize]) -> Option<Stage> {
    let parallel: StepSet = unit.iter().copied().filter(|&s| plan.steps[s].parallel).collect();
    (!parallel.is_empty()).then_some(Stage { done, during: parallel })
}

/// What runs twice while a unit is being done, and how long that takes; waiting for a day counts.
pub(super) fn step_costs(plan: &Plan, done: StepSet, wait: u64, days: u64) -> Costs {
    let days = days + wait;
    let running = plan
        .running
        .iter()
        .filter(|r| done.has(r.from) && !done.has(r.until))
        .map(|r| r.per_day.saturating_mul(days))
        .fold(0, u64::saturating_add);
    Costs { running, days, ..Costs::default() }
}

/// The days on which each unit of an order begins; `None` if the plan does not say when it starts.
///
/// A unit begins on the day that its steps state, or as much earlier as what follows needs. A unit that the order has
/// moved away from its day is done right before what follows, or at the end.
fn begins(plan: &Plan, order: &[usize]) -> Option<Vec<Date>> {
    let start = plan.starts?.number();
    let days = |unit: usize| i64::try_from(days_of(plan, &plan.units[unit])).unwrap_or(i64::MAX);
    let kept = kept_days(plan, order);
    // Backwards: the latest day that keeps every day that follows.
    let mut latest = vec![start; order.len()];
    let mut next: Option<i64> = None;
    for (i, &unit) in order.iter().enumerate().rev() {
        let needed = next.map(|n| n.saturating_sub(days(unit)));
        next = match (kept[i], needed) {
            (Some(own), Some(needed)) => Some(own.min(needed)),
            (own, needed) => own.or(needed),
        };
        latest[i] = next.unwrap_or(start);
    }
    let mut day = start;
    let mut all = Vec::new();
    for (i, &unit) in order.iter().enumerate() {
        day = day.max(latest[i]);
        day = earliest(plan, &plan.units[unit]).map_or(day, |e| e.number().max(day));
        all.push(Date::from_days(day));
        day = day.saturating_add(days(unit));
    }
    Some(all)
}

/// The stated days that an order can keep: as many as do not contradict it, those first that are bound to a day.
fn kept_days(plan: &Plan, order: &[usize]) -> Vec<Option<i64>> {
    let stated: Vec<Option<i64>> = order.iter().map(|&u| stated(plan, u).map(Date::number)).collect();
    let weight = |i: usize| if earliest(plan, &plan.units[order[i]]).is_some() { 1 + order.len() } else { 1 };
    // The heaviest rising sequence; `best[i]` ends with `i` and came from there.
    let mut best: Vec<(usize, Option<usize>)> = Vec::new();
    for i in 0..order.len() {
        let before = stated[i].and_then(|day| {
            let rising = |&j: &usize| stated[j].is_some_and(|earlier| earlier <= day);
            (0..i).filter(rising).max_by_key(|&j| (best[j].0, j))
        });
        best.push((weight(i) + before.map_or(0, |j| best[j].0), before));
    }
    let mut kept = vec![None; order.len()];
    let mut at = (0..order.len()).filter(|&i| stated[i].is_some()).max_by_key(|&i| (best[i].0, i));
    while let Some(i) = at {
        kept[i] = stated[i];
        at = best[i].1;
    }
    kept
}

/// The day that the steps of a unit state.
fn stated(plan: &Plan, unit: usize) -> Option<Date> {
    plan.units[unit].iter().filter_map(|&s| plan.steps[s].on).max()
}

/// The days on which each unit begins: as its steps say, if every unit has a day and the order keeps them; else as what
/// follows allows.
pub(super) fn planned(plan: &Plan, order: &[usize]) -> Option<Vec<Date>> {
    let all: Option<Vec<Date>> = order.iter().map(|&u| stated(plan, u)).collect();
    all.filter(|days| days.is_sorted()).or_else(|| begins(plan, order))
}

fn later(day: Date, days: u64) -> Date {
    Date::from_days(day.number().saturating_add(i64::try_from(days).unwrap_or(i64::MAX)))
}

fn between(day: Date, until: Date) -> u64 {
    u64::try_from(until.number() - day.number()).unwrap_or(0)
}

fn earliest(plan: &Plan, unit: &[usize]) -> Option<Date> {
    plan.not_before.iter().filter(|(s, _)| unit.contains(s)).map(|(_, d)| *d).max()
}

/// What is wrong at a stage for so many days.
pub(super) fn stage_costs(survey: &Survey<'_>, stage: Stage, days: u64) -> Costs {
    let mut costs = Costs::default();
    for trouble in survey.troubles(stage) {
        costs.charge(&trouble.key, trouble.issue.certain, days);
    }
    costs
}

/// What an order of units costs, on the days that it gets.
#[must_use]
pub fn costs(survey: &Survey<'_>, order: &[usize]) -> Costs {
    costs_at(survey, order, planned(survey.plan(), order).as_deref())
}

fn costs_at(survey: &Survey<'_>, order: &[usize], starts: Option<&[Date]>) -> Costs {
    let plan = survey.plan();
    let mut done = StepSet::NONE;
    let mut sum = Costs::default();
    for (at, &unit) in order.iter().enumerate() {
        let steps = &plan.units[unit];
        let (wait, days) = starts.map_or((0, days_of(plan, steps)), |s| lasting(plan, s, order, at));
        sum = sum.plus(step_costs(plan, done, wait, days));
        if at > 0 {
            sum = sum.plus(stage_costs(survey, Stage::of(done), days + wait));
        }
        if let Some(stage) = during(plan, done, steps) {
            sum = sum.plus(stage_costs(survey, stage, days));
        }
        done = steps.iter().fold(done, |d, &s| d.with(s));
    }
    sum
}

/// How many days pass before a unit begins, and how many until it is done or the next begins.
fn lasting(plan: &Plan, starts: &[Date], order: &[usize], at: usize) -> (u64, u64) {
    let free = match at.checked_sub(1) {
        None => plan.starts.unwrap_or(starts[at]),
        Some(before) => later(starts[before], days_of(plan, &plan.units[order[before]])),
    };
    let days = days_of(plan, &plan.units[order[at]]);
    let shorter = starts.get(at + 1).map_or(days, |&next| between(starts[at], next).min(days));
    (between(free, starts[at]), shorter)
}

#[cfg(test)]
mod tests {
    use super::begins;
    use crate::model::Date;
    use crate::model::plan::{Plan, Step};
    use crate::source::{Sources, Span};

    fn plan(days: &[&str], bound: Option<usize>) -> Plan {
        let file = Sources::new().add("built in a test", "").expect("an empty text is not too large");
        let span = Span::new(file, 0..0);
        let step = |on: &&str| Step {
            name: String::new(),
            label: String::new(),
            on: Date::parse(on),
            days: Some(10),
            owner: None,
            cost: None,
            parallel: false,
            irreversible: false,
            note: None,
            touches: Vec::new(),
            global: false,
            span,
        };
        let steps: Vec<Step> = days.iter().map(step).collect();
        Plan {
            starts: steps[0].on,
            units: (0..steps.len()).map(|i| vec![i]).collect(),
            not_before: bound.into_iter().filter_map(|i| Some((i, steps[i].on?))).collect(),
            order: (0..steps.len()).collect(),
            steps,
            ..Plan::default()
        }
    }

    fn told(plan: &Plan, order: &[usize]) -> Vec<String> {
        begins(plan, order).expect("the plan has a start").iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_is_moved_forward_is_done_in_time_and_what_is_moved_back_moves_nothing() {
        let days = ["2027-04-01", "2027-06-01", "2027-12-31", "2028-02-01"];
        let plan = plan(&days, Some(2));
        assert_eq!(told(&plan, &[0, 1, 2, 3]), days);
        // The last step before the one that is bound to its day.
        assert_eq!(told(&plan, &[0, 1, 3, 2]), ["2027-04-01", "2027-06-01", "2027-12-21", "2027-12-31"]);
        // The first step at the end.
        assert_eq!(told(&plan, &[1, 2, 3, 0]), ["2027-06-01", "2027-12-31", "2028-02-01", "2028-02-11"]);
    }
}
