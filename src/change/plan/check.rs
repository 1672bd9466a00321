//! Every stage of a plan in a given order, and the union where old and new stand side by side.

use std::sync::Arc;

use super::back::{Return, way_back};
use super::schedule::{days_of, during, planned};
use super::survey::{Survey, Trouble};
use crate::change::standing::{Key, Standing};
use crate::model::Date;
use crate::model::plan::{PlanVerdict, Stage, StepSet};

/// What a moment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Before the first step.
    Start,
    /// While a unit is being done, with old and new side by side.
    During(usize),
    /// After a unit.
    After(usize),
}

/// A stage of the order.
#[derive(Debug, Clone)]
pub struct Moment {
    /// What it is.
    pub part: Part,
    /// The stage.
    pub stage: Stage,
    /// The day on which it begins, if the plan says when it starts or when each step is.
    pub on: Option<Date>,
    /// How it stands.
    pub standing: Arc<Standing>,
    /// What is wrong at it and neither at the start nor at the goal.
    pub troubles: Vec<Trouble>,
    /// What was there before the first step and is still there.
    pub inherited: Vec<Key>,
    /// Which way leads back.
    pub back: Option<Return>,
    /// What has to come first and does not.
    pub too_early: Vec<usize>,
}

/// A plan in an order.
#[derive(Debug, Clone)]
pub struct PlanCheck {
    /// The units, in order.
    pub order: Vec<usize>,
    /// The stages.
    pub moments: Vec<Moment>,
    /// The answer.
    pub verdict: PlanVerdict,
}

/// The order of the plan as an order of its units.
#[must_use]
pub fn as_written(survey: &Survey<'_>) -> Vec<usize> {
    let plan = survey.plan();
    let mut order = Vec::new();
    for step in &plan.order {
        if let Some(unit) = plan.units.iter().position(|u| u.contains(step))
            && !order.contains(&unit)
        {
            order.push(unit);
        }
    }
    order
}

/// Looks at every stage of an order.
#[must_use]
pub fn check(survey: &Survey<'_>, order: &[usize]) -> PlanCheck {
    let plan = survey.plan();
    let mut stages = vec![(Part::Start, Stage::of(StepSet::NONE))];
    let mut done = StepSet::NONE;
    for &unit in order {
        if let Some(stage) = during(plan, done, &plan.units[unit]) {
            stages.push((Part::During(unit), stage));
        }
        done = plan.units[unit].iter().fold(done, |d, &s| d.with(s));
        stages.push((Part::After(unit), Stage::of(done)));
    }
    let standings = survey.all(&stages.iter().map(|(_, s)| *s).collect::<Vec<_>>());
    let starts = planned(plan, order);
    let mut moments: Vec<Moment> = stages
        .into_iter()
        .zip(standings)
        .map(|((part, stage), standing)| {
            let inherited = standing
                .issues
                .iter()
                .filter(|(key, i)| i.certain && survey.start.issues.get(*key).is_some_and(|s| s.certain))
                .map(|(key, _)| key.clone())
                .collect();
            let on = starts.as_ref().and_then(|s| match part {
                Part::Start => None,
                Part::During(unit) => s.get(order.iter().position(|u| *u == unit)?).copied(),
                Part::After(unit) => {
                    let mut day = *s.get(order.iter().position(|u| *u == unit)?)?;
                    let parallel = plan.units[unit].iter().any(|&s| plan.steps[s].parallel);
                    if parallel {
                        (0..days_of(plan, &plan.units[unit])).for_each(|_| day = day.next());
                    }
                    Some(day)
                }
            });
            let too_early = plan
                .precedences
                .iter()
                .enumerate()
                .filter(|(_, p)| {
                    matches!(part, Part::After(unit) if plan.units[unit].contains(&p.then)) && !stage.done.has(p.first)
                })
                .map(|(i, _)| i)
                .collect();
            let troubles = survey.troubles(stage);
            Moment { part, stage, on, standing, troubles, inherited, back: None, too_early }
        })
        .collect();
    for m in &mut moments {
        if let Part::After(_) = m.part {
            m.back = Some(way_back(survey, order, m.stage.done));
        }
    }
    let verdict = verdict_of(&moments);
    PlanCheck { order: order.to_vec(), moments, verdict }
}

/// The answer to an order: what is certain and wrong, else what is undecided.
#[must_use]
pub fn verdict_of(moments: &[Moment]) -> PlanVerdict {
    let asked = |m: &Moment, certain: bool| {
        // With old and new side by side, required flows are asked of the stages before and after.
        m.standing
            .issues
            .iter()
            .any(|(key, i)| i.certain == certain && (m.stage.during.is_empty() || !matches!(key, Key::Flow(_))))
    };
    if moments.iter().any(|m| !m.too_early.is_empty() || asked(m, true)) {
        PlanVerdict::Unsafe
    } else if moments.iter().any(|m| asked(m, false)) {
        PlanVerdict::Undecided
    } else {
        PlanVerdict::Safe
    }
}
