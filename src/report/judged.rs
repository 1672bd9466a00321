//! From the guideline's answers to the report: names, places and fingerprints restored, paths told.

use super::names::{Scribe, called};
use super::rules::{
    ControlReport, CrossingReport, ExceptionReport, MarkReport, OwnRule, Responsible, RuleEvidence, RuleReport,
    RuleStatus, TaskReport, TurnReport, WayReport,
};
use super::{OpenReport, Report, fingerprint};
use crate::diagnostic::Text;
use crate::guideline::{self, Answer, Assessment, Finding, Open, Outcome, RuleVerdict, Verdict};
use crate::model::rulebook::{Asked, Mark, PackOrigin, Rule};
use crate::model::{Model, Owner};
use crate::verify::replay;

/// Fills the parts of a report that are about the guideline. Paths that the replay refuses become faults.
pub(super) fn fill(scribe: &Scribe<'_>, assessment: &Assessment<'_>, report: &mut Report) {
    report.faults.extend(refused(scribe.model, assessment));
    let judged = &assessment.judged;
    report.as_of = assessment.as_of.map(|d| d.to_string());
    report.rules = judged
        .rules
        .iter()
        .zip(&judged.register.covered)
        .map(|(rule, covered)| scribe.rule(rule, covered, &assessment.controls))
        .collect();
    report.exceptions = scribe
        .model
        .exceptions
        .iter()
        .zip(&judged.register.standings)
        .map(|(e, standing)| ExceptionReport {
            id: e.id.clone(),
            rule: e.rule.clone(),
            at: e
                .segments
                .iter()
                .map(|&s| scribe.model.segments[s].name.clone())
                .chain(e.nodes.iter().map(|&n| scribe.model.nodes[n].name.clone()))
                .collect(),
            approver: e.approver.clone(),
            reason: e.reason.clone(),
            until: e.until.map(|d| d.to_string()),
            compensating: e.compensating.clone(),
            standing: *standing,
            place: scribe.place(e.span),
        })
        .collect();
    report.turns = assessment
        .turns
        .iter()
        .map(|t| TurnReport { on: t.on.to_string(), rule: t.rule.clone(), why: t.why.clone() })
        .collect();
    report.controls = assessment.controls.iter().map(|c| scribe.control(c)).collect();
    report.crossings = assessment.crossings.iter().map(crossing).collect();
    report.tasks = assessment.tasks.iter().map(|t| scribe.task(t)).collect();
    report.sources = scribe.model.rulebook.sources.clone();
}

/// Paths of findings that cannot be walked again.
fn refused(model: &Model, assessment: &Assessment<'_>) -> Vec<String> {
    let mut faults = Vec::new();
    for rule in &assessment.judged.rules {
        let Verdict::Decided(outcome) = &rule.verdict else { continue };
        for finding in &outcome.findings {
            if let Some((lens, eyes, w)) = &finding.path
                && let Err(refusal) = replay::replay(model, *lens, *eyes, &[], w)
            {
                faults.push(format!("{}: {refusal}", rule.rule.id));
            }
        }
    }
    faults
}

pub(super) fn marks(marks: &[Mark]) -> Vec<MarkReport> {
    marks
        .iter()
        .map(|m| match m {
            Mark::Source(s) => MarkReport::Source(s.clone()),
            Mark::Survey(s) => MarkReport::Survey(s.clone()),
            Mark::Recalled => MarkReport::Recalled,
            Mark::Unsure => MarkReport::Unsure,
            Mark::Design => MarkReport::Design,
        })
        .collect()
}

pub(super) fn responsible(owners: &[Owner]) -> Vec<Responsible> {
    let mut all: Vec<Responsible> = owners
        .iter()
        .map(|o| match o {
            Owner::Body | Owner::Personal => Responsible::Body,
            Owner::Prefecture => Responsible::Prefecture,
            Owner::Jlis => Responsible::Jlis,
            Owner::Vendor => Responsible::Vendor,
            Owner::State => Responsible::State,
        })
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

impl Scribe<'_> {
    fn opens(&self, open: &[Open]) -> Vec<OpenReport> {
        open.iter().map(|o| OpenReport { text: o.sentence(), place: o.span.map(|s| self.place(s)) }).collect()
    }

    fn rule(
        &self,
        judged: &RuleVerdict<'_>,
        covered: &[Option<usize>],
        controls: &[guideline::ControlState<'_>],
    ) -> RuleReport {
        let rule = judged.rule;
        let empty = Outcome::default();
        let (outcome, barred) = match &judged.verdict {
            Verdict::Decided(o) => (o, None),
            Verdict::NotApplicable(why) => (&empty, Some(why.clone())),
        };
        let mut findings: Vec<RuleEvidence> = outcome
            .findings
            .iter()
            .zip(covered.iter().copied().chain(std::iter::repeat(None)))
            .map(|(f, exception)| self.evidence(rule, f, exception))
            .collect();
        number_repeats(&mut findings);
        let status = status(outcome, &findings, barred.is_some());
        RuleReport {
            id: rule.id.clone(),
            statement: rule.statement.clone(),
            repair: rule.repair.clone(),
            clauses: rule
                .clauses
                .iter()
                .map(|c| (c.clone(), self.model.rulebook.clauses.get(c).map(|x| x.text.clone())))
                .collect(),
            severity: rule.severity.as_str(),
            kind: rule.kind.as_str(),
            models: rule.models.iter().map(|m| m.as_str()).collect(),
            since: rule.since.map(|s| s.to_string()),
            evidence_marks: marks(&rule.evidence),
            own: match &rule.pack {
                PackOrigin::Shipped => None,
                PackOrigin::Own { pack, span, overrides } => {
                    Some(OwnRule { pack: pack.clone(), overrides: *overrides, place: self.place(*span) })
                }
            },
            status,
            why: why(outcome, barred),
            findings,
            open: self.opens(&outcome.open),
            rests_on: self.rests_on(outcome),
            responsible: answers_for(rule, controls),
        }
    }

    fn rests_on(&self, outcome: &Outcome) -> Vec<String> {
        let guards = outcome.guards.iter().map(|&g| self.model.guards[g].name.clone());
        let mut all: Vec<String> = guards.chain(outcome.controls.iter().cloned()).collect();
        all.sort();
        all.dedup();
        all
    }

    fn evidence(&self, rule: &Rule, f: &Finding, exception: Option<usize>) -> RuleEvidence {
        let mut parts: Vec<&str> = vec![&rule.id];
        parts.extend(f.nodes.iter().map(|&n| self.model.nodes[n].name.as_str()));
        if let Some((from, to, carrier)) = f.crossing {
            parts.push(&self.model.segments[from].name);
            parts.push(&self.model.segments[to].name);
            parts.push(carrier.as_str());
        }
        // What is about no device is told apart by what it says.
        if f.crossing.is_none() {
            parts.push(&f.text.en);
        }
        RuleEvidence {
            text: f.text.clone(),
            place: f.span.map(|s| self.place(s)),
            path: f.path.as_ref().map(|(lens, _, w)| self.path(*lens, w)),
            certain: f.certain,
            faces: f.faces,
            exception,
            fingerprint: fingerprint::of(&parts),
        }
    }

    fn control(&self, state: &guideline::ControlState<'_>) -> ControlReport {
        let status = match state.outcome.answer() {
            Answer::Holds => RuleStatus::Holds,
            Answer::Violated => RuleStatus::Violated,
            Answer::Undecided => RuleStatus::Undecided,
            Answer::Absent => RuleStatus::NotApplicable,
        };
        let named = self.model.measures.iter().find(|m| m.control == state.control.id).and_then(|m| m.by);
        let text = match state.outcome.findings.as_slice() {
            [] => why(&state.outcome, None),
            [one] => one.text.clone(),
            [first, rest @ ..] => Text::new(
                format!("{}(ほか {} 件)", first.text.ja, rest.len()),
                format!("{} (and {} more)", first.text.en, rest.len()),
            ),
        };
        ControlReport {
            id: state.control.id.clone(),
            name: state.control.name.clone(),
            organisational: state.control.organisational,
            mandatory: state.asked.map(|a| a == Asked::Mandatory),
            responsible: named.map_or_else(|| responsible(&state.control.responsible), |o| responsible(&[o])),
            status,
            why: text,
            open: self.opens(&state.outcome.open),
            evidence_marks: marks(&state.control.evidence),
        }
    }

    fn task(&self, state: &guideline::TaskState<'_>) -> TaskReport {
        let name = |n: &crate::model::NodeId| called(&self.model.nodes[*n].label, &self.model.nodes[*n].name);
        let mut obstacles: Vec<Text> = state.open.iter().map(Open::sentence).collect();
        obstacles.extend(state.obstacles.iter().cloned());
        TaskReport {
            id: state.task.id.clone(),
            name: state.task.name.clone(),
            ways: state
                .ways
                .iter()
                .map(|w| WayReport {
                    name: w.way.name.clone(),
                    steps: w.way.steps.clone(),
                    mediators: w.mediators.iter().map(name).collect(),
                    from: w.terminals.iter().map(name).collect(),
                })
                .collect(),
            obstacles,
            uncertain: state.uncertain || !state.open.is_empty(),
            dead_types: state.dead_types.clone(),
        }
    }
}

/// Findings that nothing else tells apart get a number, in their order, so that no two marks of a rule are the same.
fn number_repeats(findings: &mut [RuleEvidence]) {
    let mut used: std::collections::BTreeMap<String, usize> = std::collections::BTreeMap::new();
    for f in findings {
        let n = used.entry(f.fingerprint.clone()).or_default();
        *n += 1;
        if *n > 1 {
            f.fingerprint = fingerprint::of(&[&f.fingerprint, &n.to_string()]);
        }
    }
}

fn status(outcome: &Outcome, findings: &[RuleEvidence], barred: bool) -> RuleStatus {
    if barred {
        return RuleStatus::NotApplicable;
    }
    match outcome.answer() {
        Answer::Absent => RuleStatus::NotApplicable,
        Answer::Holds => RuleStatus::Holds,
        Answer::Undecided => RuleStatus::Undecided,
        Answer::Violated if findings.iter().any(|f| f.certain && f.exception.is_none()) => RuleStatus::Violated,
        Answer::Violated if findings.iter().any(|f| f.exception.is_none()) || !outcome.open.is_empty() => {
            RuleStatus::Undecided
        }
        Answer::Violated => RuleStatus::Excepted,
    }
}

/// What was looked at, or why there was nothing to look at.
fn why(outcome: &Outcome, barred: Option<Text>) -> Text {
    if let Some(why) = barred {
        return why;
    }
    let list = if outcome.looked.is_empty() { &outcome.absent } else { &outcome.looked };
    Text::new(
        list.iter().map(|t| t.ja.as_str()).collect::<Vec<_>>().join(" / "),
        list.iter().map(|t| t.en.as_str()).collect::<Vec<_>>().join("; "),
    )
}

/// Who answers for the controls that a rule asks for; the body, where it asks for none.
fn answers_for(rule: &Rule, controls: &[guideline::ControlState<'_>]) -> Vec<Responsible> {
    let mut owners: Vec<Owner> = Vec::new();
    for state in controls {
        let measures =
            matches!(&rule.decide, crate::model::rulebook::Decide::Measures(m) if m.all.contains(&state.control.id));
        if state.control.decide == rule.decide || measures {
            owners.extend(&state.control.responsible);
        }
    }
    if owners.is_empty() { vec![Responsible::Body] } else { responsible(&owners) }
}

fn crossing(state: &guideline::CrossingState<'_>) -> CrossingReport {
    CrossingReport {
        id: state.crossing.id.clone(),
        from: guideline::layer_name(state.crossing.from),
        to: guideline::layer_name(state.crossing.to),
        mediator: state.crossing.mediator.clone(),
        present: state.present,
        responsible: responsible(&state.crossing.responsible),
    }
}
