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
pub fn days_of(plan: &Plan, unit: &[usize]) -> u64 {
    unit.iter().map(|&s| u64::from(plan.steps[s].days.unwrap_or(1).max(1))).max().unwrap_or(1)
}

/// The stage on the way to a unit, if old and new stand side by side.
pub(super) fn during(plan: &Plan, done: StepSet, unit: &[usize]) -> Option<Stage> {
    let parallel: StepSet = unit.iter().copied().filter(|&s| plan.steps[s].parallel).collect();
    (!parallel.is_empty()).then_some(Stage { done, during: parallel })
}

/// What runs twice while a unit is being done, and how long that takes; waiting for a day counts.
pub(super) fn step_costs(plan: &Plan, done: StepSet, unit: &[usize], wait: u64) -> Costs {
    let days = days_of(plan, unit) + wait;
    let running = plan
        .running
        .iter()
        .filter(|r| done.has(r.from) && !done.has(r.until))
        .map(|r| r.per_day.saturating_mul(days))
        .fold(0, u64::saturating_add);
    Costs { running, days, ..Costs::default() }
}

/// The days on which each unit of an order begins; `None` if the plan does not say when it starts.
#[must_use]
pub fn begins(plan: &Plan, order: &[usize]) -> Option<Vec<Date>> {
    let mut day = plan.starts?;
    let mut all = Vec::new();
    for &unit in order {
        day = earliest(plan, &plan.units[unit]).map_or(day, |e| e.max(day));
        all.push(day);
        for _ in 0..days_of(plan, &plan.units[unit]) {
            day = day.next();
        }
    }
    Some(all)
}

fn earliest(plan: &Plan, unit: &[usize]) -> Option<Date> {
    plan.not_before.iter().filter(|(s, _)| unit.contains(s)).map(|(_, d)| *d).max()
}

/// What is wrong at a stage for so many days.
pub(super) fn stage_costs(survey: &Survey<'_>, stage: Stage, days: u64) -> Costs {
    let mut costs = Costs::default();
    for trouble in survey.troubles(stage) {
        let field = match (&trouble.key, trouble.issue.certain) {
            (_, false) => &mut costs.undecided,
            (Key::Flow(_), true) => &mut costs.without_flow,
            (_, true) => &mut costs.wrong,
        };
        *field = field.saturating_add(days);
    }
    costs
}

/// What an order of units costs, with everything looked at.
#[must_use]
pub fn costs(survey: &Survey<'_>, order: &[usize]) -> Costs {
    let plan = survey.plan();
    let mut done = StepSet::NONE;
    let mut sum = Costs::default();
    let starts = begins(plan, order);
    for (at, &unit) in order.iter().enumerate() {
        let steps = &plan.units[unit];
        let days = days_of(plan, steps);
        let wait = starts.as_ref().map_or(0, |s| waited(plan, s, order, at));
        sum = sum.plus(step_costs(plan, done, steps, wait));
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

/// How many days pass before a unit may begin.
fn waited(plan: &Plan, starts: &[Date], order: &[usize], at: usize) -> u64 {
    let mut day = match at.checked_sub(1) {
        None => match plan.starts {
            Some(day) => day,
            None => return 0,
        },
        Some(before) => {
            let mut day = starts[before];
            for _ in 0..days_of(plan, &plan.units[order[before]]) {
                day = day.next();
            }
            day
        }
    };
    let mut days = 0;
    while day < starts[at] {
        day = day.next();
        days += 1;
    }
    days
}
