//! From the answers about a plan to its report: names, places and paths restored.

use super::{ImpossibleReport, MomentRow, PlanReport, ReasonRow, StepRow, TroubleRow};
use crate::change::plan::{
    Advice, Clause, Conflict, Found, Moment, Part, PlanCheck, Proof, Return, Survey, Trouble, advice, check, costs,
};
use crate::change::{Issue, Key};
use crate::diagnostic::Text;
use crate::model::plan::{Plan, PlanExpectation, PlanVerdict, StepSet};
use crate::model::{Date, Model};
use crate::report::names::Scribe;
use crate::report::words;
use crate::source::{Sources, Span};

/// The report of a plan in an order.
#[must_use]
pub fn checked(survey: &Survey<'_>, result: &PlanCheck) -> PlanReport {
    let mut report = empty(survey);
    report.verdict = result.verdict;
    report.moments = moments(survey, result);
    report.costs = Some(costs(survey, &result.order));
    report.looked_at = survey.looked_at();
    report.faults = faults(result);
    expectations(survey, &mut report, result, None);
    report
}

/// The report of a search for an order.
#[must_use]
pub fn found(survey: &Survey<'_>, found: &Found, as_of: Option<Date>) -> PlanReport {
    let mut report = empty(survey);
    let order = match found {
        Found::Safe(order) => Some(order),
        Found::None(none) => Some(&none.least),
        Found::Open(rounds) => {
            report.gave_up = Some(*rounds);
            None
        }
    };
    if let Some(order) = order {
        let result = check(survey, &order.units);
        report.moments = moments(survey, &result);
        report.verdict = result.verdict;
        report.faults = faults(&result);
        report.costs = Some(order.costs);
        report.is_cheapest = Some(order.is_cheapest);
    }
    if let Found::None(none) = found {
        report.verdict = PlanVerdict::Unsafe;
        report.impossible = Some(ImpossibleReport {
            core: none.core.iter().map(|c| reason(survey, c)).collect(),
            is_proved: none.proof == Proof::Complete,
            advice: advice(survey, none, as_of).iter().map(|a| told_advice(survey, a)).collect(),
        });
    }
    report.looked_at = survey.looked_at();
    if !survey.plan().expectations.is_empty() {
        let written = check(survey, &crate::change::plan::as_written(survey));
        expectations(survey, &mut report, &written, Some(found));
    }
    report
}

fn empty(survey: &Survey<'_>) -> PlanReport {
    let plan = survey.plan();
    let sources = &survey.loaded.sources;
    let steps = plan
        .steps
        .iter()
        .map(|s| StepRow {
            name: s.name.clone(),
            label: s.label.clone(),
            place: place(sources, s.span),
            parallel: s.parallel,
            irreversible: s.irreversible,
        })
        .collect();
    PlanReport {
        plan: plan.name.clone(),
        file: sources.iter().next().map_or_else(String::new, |(_, s)| s.name().to_owned()),
        drawing: survey.loaded.drawing().to_owned(),
        steps,
        verdict: PlanVerdict::Undecided,
        moments: Vec::new(),
        costs: None,
        is_cheapest: None,
        impossible: None,
        gave_up: None,
        looked_at: 0,
        differences: Vec::new(),
        expectations: plan.expectations.len(),
        faults: Vec::new(),
    }
}

fn place(sources: &Sources, span: Span) -> super::Place {
    let source = sources.get(span.file);
    let at = source.line_column(span.start as usize);
    super::Place { file: source.name().to_owned(), line: at.line, column: at.column }
}

fn faults(result: &PlanCheck) -> Vec<String> {
    result.moments.iter().flat_map(|m| m.standing.faults.iter().cloned()).collect()
}

fn moments(survey: &Survey<'_>, result: &PlanCheck) -> Vec<MomentRow> {
    let mut number = 0;
    result
        .moments
        .iter()
        .map(|m| {
            if let Part::During(_) = m.part {
                return moment(survey, m, number + 1);
            }
            if let Part::After(_) = m.part {
                number += 1;
            }
            moment(survey, m, number)
        })
        .collect()
}

fn moment(survey: &Survey<'_>, m: &Moment, number: usize) -> MomentRow {
    let plan = survey.plan();
    let sources = &survey.loaded.sources;
    let steps = match m.part {
        Part::Start => Vec::new(),
        Part::During(unit) | Part::After(unit) => plan.units[unit].clone(),
    };
    let drawn = survey.loaded.draw(m.stage).ok();
    let at_start = |k: &Key| survey.start.issues.get(k).map(|i| i.text.clone());
    MomentRow {
        stage: m.stage,
        number,
        steps,
        during: matches!(m.part, Part::During(_)),
        on: m.on.map(|d| d.to_string()),
        verdict: crate::change::plan::verdict_of(std::slice::from_ref(m)),
        troubles: m.troubles.iter().map(|t| trouble(drawn.as_ref().map(|d| &d.model), sources, t)).collect(),
        inherited: m.inherited.iter().filter_map(at_start).collect(),
        at_goal: m
            .standing
            .issues
            .iter()
            .filter(|(k, i)| i.certain && survey.goal.issues.get(*k).is_some_and(|g| g.certain))
            .filter(|(k, _)| !survey.start.issues.get(*k).is_some_and(|s| s.certain))
            .map(|(k, i)| sentence(k, i))
            .collect(),
        open_at_goal: m
            .standing
            .issues
            .iter()
            .filter(|(k, i)| !i.certain && survey.goal.issues.contains_key(*k))
            .filter(|(k, _)| !survey.start.issues.contains_key(*k))
            .map(|(k, i)| sentence(k, i))
            .collect(),
        open: m.standing.issues.values().filter(|i| !i.certain).count(),
        back: m.back.map(|b| way_back(plan, m, b)),
        back_to_start: m.back == Some(Return::ToStart),
        too_early: m.too_early.iter().map(|&p| plan.precedences[p].reason.clone()).collect(),
        stale: drawn
            .map(|d| d.stale.into_iter().map(|(name, span)| (name, place(sources, span))).collect())
            .unwrap_or_default(),
    }
}

fn way_back(plan: &Plan, m: &Moment, back: Return) -> Text {
    let own = |step: usize| matches!(m.part, Part::After(unit) if plan.units[unit].contains(&step));
    match back {
        Return::ToStep(step) if own(step) => Text::new("戻れない地点", "no return"),
        Return::ToStart => Text::new("最初まで", "to the start"),
        Return::ToStep(step) => {
            let name = &plan.steps[step].name;
            Text::new(format!("`{name}` まで"), format!("to `{name}`"))
        }
        Return::Nowhere => Text::new("なし", "none"),
        Return::NotFound(n) => Text::new(format!("不明({n} 段階)"), format!("unknown ({n} tried)")),
    }
}

fn trouble(model: Option<&Model>, sources: &Sources, t: &Trouble) -> TroubleRow {
    let kind = match &t.key {
        Key::NoDrawing => "drawing",
        Key::Crossing(..) => "crossing",
        Key::Path(_) => "path",
        Key::Flow(_) => "flow",
        Key::Rule(..) => "rule",
    };
    let path = model.and_then(|model| {
        let (lens, _, witness) = t.issue.path.as_ref()?;
        Some((*lens, Scribe { model, sources }.path(*lens, witness)))
    });
    TroubleRow {
        key: t.key.to_string(),
        kind,
        certain: t.issue.certain,
        text: sentence(&t.key, &t.issue),
        path,
        place: t.issue.span.map(|s| place(sources, s)),
    }
}

/// The sentence of an issue, with the carrier in words.
fn sentence(key: &Key, issue: &Issue) -> Text {
    let Key::Crossing(_, _, carrier) = key else { return issue.text.clone() };
    let Some(known) = crate::model::Carrier::ALL.into_iter().find(|c| c.as_str() == carrier) else {
        return issue.text.clone();
    };
    let word = words::carrier(known);
    Text::new(
        issue.text.ja.replace(&format!("({carrier})"), &format!("({})", word.ja)),
        issue.text.en.replace(&format!("({carrier})"), &format!("({})", word.en)),
    )
}

fn names(plan: &Plan, steps: StepSet) -> Text {
    let list: Vec<String> = steps.iter().map(|s| format!("`{}`", plan.steps[s].name)).collect();
    Text::new(list.join("・"), list.join(", "))
}

fn reason(survey: &Survey<'_>, clause: &Clause) -> ReasonRow {
    let plan = survey.plan();
    let sources = &survey.loaded.sources;
    match clause {
        Clause::Precedence(i) => {
            let p = &plan.precedences[*i];
            let (a, b) = (&plan.steps[p.first].name, &plan.steps[p.then].name);
            ReasonRow {
                text: Text::new(
                    format!("`{a}` は `{b}` より先でなければならない: {}", p.reason.ja),
                    format!("`{a}` has to come before `{b}`: {}", p.reason.en),
                ),
                done: vec![p.then],
                open: vec![p.first],
                seen: Vec::new(),
                trouble: None,
                proof: Text::new("計画から", "from the plan"),
                place: Some(place(sources, p.span)),
            }
        }
        Clause::Conflict(c) => conflict(survey, c),
    }
}

fn conflict(survey: &Survey<'_>, c: &Conflict) -> ReasonRow {
    let plan = survey.plan();
    let (done, open) = (names(plan, c.done), names(plan, c.open));
    let both = match (c.done.is_empty(), c.open.is_empty()) {
        (false, false) => Text::new(
            format!("{} が済んだのに {} がまだ", done.ja, open.ja),
            format!("{} done with {} still open", done.en, open.en),
        ),
        (false, true) => Text::new(format!("{} が済んでいる", done.ja), format!("{} done", done.en)),
        (true, _) => Text::new(format!("{} がまだ", open.ja), format!("{} still open", open.en)),
    };
    let text = match c.during.map(|d| &plan.steps[d].name) {
        Some(during) => Text::new(
            format!("`{during}` の新旧を並べている間に、{}、という段階があってはならない", both.ja),
            format!("while the old and the new of `{during}` stand side by side, never {}", both.en),
        ),
        None => Text::new(format!("{}、という段階があってはならない", both.ja), format!("never {}", both.en)),
    };
    let drawn = survey.loaded.draw(c.seen).ok();
    ReasonRow {
        text,
        done: c.done.iter().collect(),
        open: c.open.iter().collect(),
        seen: c.seen.done.iter().collect(),
        trouble: Some(trouble(drawn.as_ref().map(|d| &d.model), &survey.loaded.sources, &c.trouble)),
        proof: match c.proof {
            Proof::Complete => Text::new("このような段階すべてについて証明済み", "proved for every such stage"),
            Proof::Tried(n) => Text::new(
                format!("このような段階を {n} 通り試して、すべてそうだった(証明ではない)"),
                format!("so at {n} such stages that were tried (not a proof)"),
            ),
        },
        place: None,
    }
}

fn told_advice(survey: &Survey<'_>, advice: &Advice) -> Text {
    let plan = survey.plan();
    match advice {
        Advice::Together(a, b) => {
            let (a, b) = (&plan.steps[*a].name, &plan.steps[*b].name);
            Text::new(
                format!("`{a}` と `{b}` を一度に行う(constraints に Together(steps: [\"{a}\", \"{b}\"]))"),
                format!("do `{a}` and `{b}` in one go (Together(steps: [\"{a}\", \"{b}\"]) under constraints)"),
            )
        }
        Advice::Control { node, control } => Text::new(
            format!("`{node}` に {control} を、最初の手順より前に入れる"),
            format!("put {control} on `{node}` before the first step"),
        ),
    }
}

/// What the plan expects and is not so.
fn expectations(survey: &Survey<'_>, report: &mut PlanReport, written: &PlanCheck, found: Option<&Found>) {
    let plan = survey.plan();
    let word = |v: PlanVerdict| match v {
        PlanVerdict::Safe => "Safe",
        PlanVerdict::Undecided => "Undecided",
        PlanVerdict::Unsafe => "Unsafe",
    };
    for e in &plan.expectations {
        let (text, span) = match (e, found) {
            (PlanExpectation::Check(wanted, span), _) if *wanted != written.verdict => {
                (differs("check", word(*wanted), word(written.verdict)), *span)
            }
            (PlanExpectation::Order(wanted, span), Some(_)) if *wanted != report.verdict => {
                (differs("order", word(*wanted), word(report.verdict)), *span)
            }
            (PlanExpectation::FailsAfter(step, span), _) => {
                let first = written.moments.iter().find(|m| !m.troubles.is_empty() || !m.too_early.is_empty());
                let at = first.and_then(|m| match m.part {
                    Part::During(unit) | Part::After(unit) => Some(&plan.units[unit]),
                    Part::Start => None,
                });
                if at.is_some_and(|unit| unit.contains(step)) {
                    continue;
                }
                let wanted = &plan.steps[*step].name;
                let seen = at.map_or("-".to_owned(), |u| plan.steps[u[0]].name.clone());
                (differs("FailsAfter", wanted, &seen), *span)
            }
            (PlanExpectation::Conflict(steps, span), Some(Found::None(none))) => {
                let named = |c: &Clause| match c {
                    Clause::Precedence(i) => StepSet::one(plan.precedences[*i].first).with(plan.precedences[*i].then),
                    Clause::Conflict(c) => c.done.and(c.open).and(c.during.into_iter().collect()),
                };
                let all = none.core.iter().map(named).fold(StepSet::NONE, StepSet::and);
                if all == *steps {
                    continue;
                }
                (differs("Conflict", &names(plan, *steps).en, &names(plan, all).en), *span)
            }
            (PlanExpectation::Conflict(steps, span), Some(_)) => {
                (differs("Conflict", &names(plan, *steps).en, "-"), *span)
            }
            _ => continue,
        };
        report.differences.push((text, place(&survey.loaded.sources, span)));
    }
}

fn differs(what: &str, wanted: &str, found: &str) -> Text {
    Text::new(
        format!("`{what}` は {wanted} のはずが {found} です"),
        format!("`{what}` is expected to be {wanted}, it is {found}"),
    )
}
