//! Where to begin: the fewest places of the drawing that explain everything that is violated.
//!
//! A place explains a path if the path goes through it: a firewall rule, a setting of a mediator, a line without rules, a
//! shared machine. What lawful traffic needs, too, is chosen last. This is advice, found greedily; it decides no verdict.

use std::collections::BTreeSet;

use super::names::{Place, called};
use super::path::{PassedBy, PathReport, StepReport};
use super::rules::{CauseReport, RuleStatus};
use super::{CheckKind, Report};
use crate::diagnostic::Text;
use crate::model::Status;

/// A place of the drawing that a path goes through.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Element {
    place: Place,
    /// What tells two settings of one device apart.
    detail: String,
}

/// Something that is violated, and what its path goes through.
struct Item {
    rule: Option<String>,
    check: Option<String>,
    /// The number of the finding that tells it.
    finding: Option<usize>,
    elements: Vec<Element>,
    /// Where it stands if it has no path.
    place: Option<Place>,
    text: Text,
}

/// The places, those that explain the most first. `lawful` are paths that have to stay.
pub(super) fn causes(report: &Report, lawful: &[PathReport]) -> Vec<CauseReport> {
    let mut described: Vec<(Element, Text)> = Vec::new();
    let items = items(report, &mut described);
    let needed: BTreeSet<Element> = {
        let kept =
            report.checks.iter().filter(|c| matches!(c.kind, CheckKind::Require(..)) && c.status == Status::Holds);
        let flows = kept.flat_map(|c| &c.evidence).map(|e| &e.path);
        flows.chain(lawful).flat_map(|p| elements(p, &mut Vec::new())).collect()
    };
    let mut causes = Vec::new();
    let mut open: Vec<&Item> = items.iter().filter(|i| !i.elements.is_empty()).collect();
    while !open.is_empty() {
        let count = |e: &Element| open.iter().filter(|i| i.elements.contains(e)).count();
        let best = described
            .iter()
            .enumerate()
            .map(|(i, (e, text))| ((needed.contains(e), std::cmp::Reverse(count(e)), i), e, text))
            .filter(|((_, n, _), ..)| n.0 > 0)
            .min_by_key(|(key, ..)| *key);
        let Some((_, element, text)) = best else { break };
        // What is cited is everything the place has a part in, not only what nothing else explained before.
        let explained: Vec<&Item> = items.iter().filter(|i| i.elements.contains(element)).collect();
        causes.push(cause(text.clone(), Some(element.place.clone()), &explained));
        open.retain(|i| !i.elements.contains(element));
    }
    let rest: Vec<&Item> = items.iter().filter(|i| i.elements.is_empty()).collect();
    for item in rest {
        match causes.iter_mut().find(|c| c.place.is_some() && c.place == item.place) {
            Some(known) => add(known, item),
            None => causes.push(cause(item.text.clone(), item.place.clone(), &[item])),
        }
    }
    causes
}

fn cause(text: Text, place: Option<Place>, items: &[&Item]) -> CauseReport {
    let mut cause = CauseReport { text, place, rules: Vec::new(), checks: Vec::new(), findings: Vec::new() };
    items.iter().for_each(|i| add(&mut cause, i));
    cause
}

fn add(cause: &mut CauseReport, item: &Item) {
    fn push<T: PartialEq + Clone>(list: &mut Vec<T>, one: Option<&T>) {
        list.extend(one.filter(|o| !list.contains(o)).cloned());
    }
    push(&mut cause.rules, item.rule.as_ref());
    push(&mut cause.checks, item.check.as_ref());
    push(&mut cause.findings, item.finding.as_ref());
    cause.findings.sort_unstable();
}

/// Everything that is violated and not excepted, with what its path goes through.
fn items(report: &Report, described: &mut Vec<(Element, Text)>) -> Vec<Item> {
    let mut items = Vec::new();
    for (i, check) in report.checks.iter().enumerate().filter(|(_, c)| c.status == Status::Violated) {
        let told = |j: usize| report.findings.iter().find(|f| f.parts.contains(&(i, j))).map(|f| f.number);
        if matches!(check.kind, CheckKind::Require(..)) {
            let finding = report.findings.iter().find(|f| f.check == i).map(|f| f.number);
            let text = Text::new(
                format!("必要な通信「{}」が通らない", check.name),
                format!("the required flow \"{}\" does not pass", check.name),
            );
            let place = check.place.clone();
            items.push(Item {
                rule: None,
                check: Some(check.name.clone()),
                finding,
                elements: Vec::new(),
                place,
                text,
            });
            continue;
        }
        for (j, e) in check.evidence.iter().enumerate().filter(|(_, e)| e.exception.is_none() && e.path.certain) {
            items.push(Item {
                rule: None,
                check: Some(check.name.clone()),
                finding: told(j),
                elements: elements(&e.path, described),
                place: None,
                text: e.path.opening.clone(),
            });
        }
    }
    for rule in report.rules.iter().filter(|r| r.status == RuleStatus::Violated) {
        for f in rule.findings.iter().filter(|f| f.certain && f.exception.is_none()) {
            items.push(Item {
                rule: Some(rule.id.clone()),
                check: None,
                finding: None,
                elements: f.path.as_ref().map(|p| elements(p, described)).unwrap_or_default(),
                place: f.place.clone(),
                text: f.text.clone(),
            });
        }
    }
    items
}

/// What a path goes through and somebody could change; each is described once.
fn elements(path: &PathReport, described: &mut Vec<(Element, Text)>) -> Vec<Element> {
    let mut all = Vec::new();
    for step in &path.steps {
        for (element, text) in of_step(step) {
            if !described.iter().any(|(e, _)| *e == element) {
                described.push((element.clone(), text));
            }
            if !all.contains(&element) {
                all.push(element);
            }
        }
    }
    all
}

fn of_step(step: &StepReport) -> Vec<(Element, Text)> {
    if let Some(session) = &step.session {
        return session
            .devices
            .iter()
            .map(|d| {
                let name = called(&d.label, &d.name);
                let (detail, text) = match &d.by {
                    PassedBy::Rule { number, text, .. } => (
                        format!("rule {number}"),
                        Text::new(
                            format!("{name} の規則 {number}「{text}」"),
                            format!("rule {number} of {name}: \"{text}\""),
                        ),
                    ),
                    PassedBy::Default | PassedBy::UnstatedDefault => (
                        "default".to_owned(),
                        Text::new(format!("{name} の既定の動作(default)"), format!("the default of {name}")),
                    ),
                    PassedBy::NoRules => (
                        "no rules".to_owned(),
                        Text::new(
                            format!("{name}: 規則がなく、すべて通す"),
                            format!("{name}: it has no rules and passes everything"),
                        ),
                    ),
                };
                (Element { place: d.place.clone(), detail }, text)
            })
            .collect();
    }
    let (Some(place), "transform" | "relation" | "same-machine") = (&step.place, step.kind) else { return Vec::new() };
    let name = called(&step.from.label, &step.from.node);
    let text = match &step.reason {
        Some(reason) => Text::new(format!("{name}: {}", reason.ja), format!("{name}: {}", reason.en)),
        None => step.text.clone(),
    };
    // A shared machine is one place, whichever way a path goes through it.
    let detail = if step.kind == "same-machine" { step.kind.to_owned() } else { text.en.clone() };
    vec![(Element { place: place.clone(), detail }, text)]
}
