//! A plan for programs.

use serde::Serialize;

use super::{PlanReport, ReasonRow, TroubleRow};
use crate::model::plan::PlanVerdict;
use crate::report::json::{JsonPath, JsonPlace, SCHEMA_VERSION, Said, path, written};

#[derive(Serialize)]
struct JsonPlan<'a> {
    schema_version: u32,
    plan: &'a str,
    drawing: &'a str,
    verdict: &'static str,
    steps: Vec<JsonStep<'a>>,
    stages: Vec<JsonStage<'a>>,
    costs: Option<JsonCosts>,
    cheapest: Option<bool>,
    impossible: Option<JsonImpossible<'a>>,
    looked_at: usize,
    differences: Vec<JsonDifference>,
}

#[derive(Serialize)]
struct JsonStep<'a> {
    name: &'a str,
    label: &'a str,
    place: JsonPlace,
    parallel: bool,
    irreversible: bool,
}

#[derive(Serialize)]
struct JsonStage<'a> {
    number: usize,
    steps: Vec<&'a str>,
    during: bool,
    on: Option<&'a str>,
    verdict: &'static str,
    troubles: Vec<JsonTrouble<'a>>,
    inherited: Vec<Said>,
    at_goal: Vec<Said>,
    open_at_goal: Vec<Said>,
    open: usize,
    back: Option<Said>,
    back_to_start: bool,
    too_early: Vec<Said>,
    stale: Vec<JsonStale<'a>>,
}

#[derive(Serialize)]
struct JsonStale<'a> {
    name: &'a str,
    place: JsonPlace,
}

#[derive(Serialize)]
struct JsonTrouble<'a> {
    key: &'a str,
    kind: &'static str,
    certain: bool,
    text: Said,
    path: Option<JsonPath<'a>>,
    place: Option<JsonPlace>,
}

#[derive(Serialize)]
struct JsonCosts {
    wrong_days: u64,
    days_without_flow: u64,
    undecided_days: u64,
    double_running: u64,
    days: u64,
}

#[derive(Serialize)]
struct JsonImpossible<'a> {
    proved: bool,
    core: Vec<JsonReason<'a>>,
    advice: Vec<Said>,
}

#[derive(Serialize)]
struct JsonReason<'a> {
    text: Said,
    done: Vec<&'a str>,
    open: Vec<&'a str>,
    seen: Vec<&'a str>,
    trouble: Option<JsonTrouble<'a>>,
    proof: Said,
    place: Option<JsonPlace>,
}

#[derive(Serialize)]
struct JsonDifference {
    text: Said,
    place: JsonPlace,
}

fn verdict(v: PlanVerdict) -> &'static str {
    match v {
        PlanVerdict::Safe => "safe",
        PlanVerdict::Undecided => "undecided",
        PlanVerdict::Unsafe => "unsafe",
    }
}

fn trouble(t: &TroubleRow) -> JsonTrouble<'_> {
    JsonTrouble {
        key: &t.key,
        kind: t.kind,
        certain: t.certain,
        text: (&t.text).into(),
        path: t.path.as_ref().map(|(_, p)| path(p)),
        place: t.place.as_ref().map(Into::into),
    }
}

/// A plan for programs.
#[must_use]
pub fn plan_json(report: &PlanReport) -> String {
    let name = |s: &usize| report.steps[*s].name.as_str();
    let reason =
        |r: &'_ ReasonRow| -> (Vec<usize>, Vec<usize>, Vec<usize>) { (r.done.clone(), r.open.clone(), r.seen.clone()) };
    written(&JsonPlan {
        schema_version: SCHEMA_VERSION,
        plan: &report.plan,
        drawing: &report.drawing,
        verdict: verdict(report.verdict),
        steps: report
            .steps
            .iter()
            .map(|s| JsonStep {
                name: &s.name,
                label: &s.label,
                place: (&s.place).into(),
                parallel: s.parallel,
                irreversible: s.irreversible,
            })
            .collect(),
        stages: report
            .moments
            .iter()
            .map(|m| JsonStage {
                number: m.number,
                steps: m.steps.iter().map(name).collect(),
                during: m.during,
                on: m.on.as_deref(),
                verdict: verdict(m.verdict),
                troubles: m.troubles.iter().map(trouble).collect(),
                inherited: m.inherited.iter().map(Into::into).collect(),
                at_goal: m.at_goal.iter().map(Into::into).collect(),
                open_at_goal: m.open_at_goal.iter().map(Into::into).collect(),
                open: m.open,
                back: m.back.as_ref().map(Into::into),
                back_to_start: m.back_to_start,
                too_early: m.too_early.iter().map(Into::into).collect(),
                stale: m.stale.iter().map(|(name, place)| JsonStale { name, place: place.into() }).collect(),
            })
            .collect(),
        costs: report.costs.map(|c| JsonCosts {
            wrong_days: c.wrong,
            days_without_flow: c.without_flow,
            undecided_days: c.undecided,
            double_running: c.running,
            days: c.days,
        }),
        cheapest: report.is_cheapest,
        impossible: report.impossible.as_ref().map(|none| JsonImpossible {
            proved: none.is_proved,
            core: none
                .core
                .iter()
                .map(|r| {
                    let (done, open, seen) = reason(r);
                    JsonReason {
                        text: (&r.text).into(),
                        done: done.iter().map(name).collect(),
                        open: open.iter().map(name).collect(),
                        seen: seen.iter().map(name).collect(),
                        trouble: r.trouble.as_ref().map(trouble),
                        proof: (&r.proof).into(),
                        place: r.place.as_ref().map(Into::into),
                    }
                })
                .collect(),
            advice: none.advice.iter().map(Into::into).collect(),
        }),
        looked_at: report.looked_at,
        differences: report
            .differences
            .iter()
            .map(|(text, place)| JsonDifference { text: text.into(), place: place.into() })
            .collect(),
    })
}
