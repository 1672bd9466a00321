//! What becomes of the verdicts when a drawing is changed: two drawings, each with how it stands, and what differs.
//!
//! It does not know how a drawing is edited, and nothing is worded here beyond what an issue says itself.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::{Issue, Key, Standing};
use crate::guideline::{self, Input};
use crate::model::{AssumptionId, Date, Lens, Model, Question, Status};
use crate::network::Network;
use crate::packet::Sessions;
use crate::verify::fast::{self, Depth};
use crate::verify::{Verdict, assumptions};

/// A drawing, compiled and asked everything.
#[derive(Debug)]
pub struct Stand<'m> {
    /// What it means.
    pub model: &'m Model,
    /// The same, compiled.
    pub network: Network,
    /// The answer to every check, in order.
    pub verdicts: Vec<Verdict>,
    /// What is wrong or open.
    pub standing: Standing,
    /// What forbidden paths are kept closed by, under the names of their checks.
    pub protections: BTreeMap<String, Protection>,
    /// Every question that was about something: checks, pairs of segments, rules.
    asked: BTreeSet<Key>,
}

/// On what it rests that a forbidden path is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Protection {
    /// Attack or leak.
    pub lens: Lens,
    /// Whether what a person can copy off a screen counts.
    pub eyes: bool,
    /// Whether it is closed.
    pub status: Status,
    /// How many controls have to fail, by name.
    pub depth: Rests,
}

/// How many controls have to fail before a path opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rests {
    /// However many fail, none opens.
    Never,
    /// This many; all least sets, by name.
    On(u32, Vec<Vec<String>>),
    /// At least this many: the search was ended.
    AtLeast(u32),
}

/// How a question stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// It is not asked, or about nothing.
    NotAsked,
    /// Nothing is wrong.
    Right,
    /// It depends on what the drawing does not state.
    Open,
    /// It is wrong, whatever the drawing leaves open.
    Wrong,
}

/// Something that is different.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Became {
    /// What it is about.
    pub key: Key,
    /// How it stood.
    pub before: State,
    /// How it stands.
    pub after: State,
    /// What is, or was, wrong or open. It belongs to the drawing as it would be, unless nothing is wrong there any more.
    pub issue: Issue,
    /// For what became open: what would have to be stated. Of the drawing as it would be.
    pub missing: Vec<AssumptionId>,
}

/// A forbidden path that rests on other controls than before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestChange {
    /// The name of its check.
    pub check: String,
    /// Before; `None` if it was not asked.
    pub before: Option<Protection>,
    /// After.
    pub after: Option<Protection>,
}

/// Everything that differs between two drawings, sorted by key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Differences {
    /// What became wrong.
    pub wrong: Vec<Became>,
    /// What became open.
    pub open: Vec<Became>,
    /// What is neither wrong nor open any more.
    pub right: Vec<Became>,
    /// How many are as wrong as before.
    pub still_wrong: usize,
    /// How many are as open as before.
    pub still_open: usize,
    /// Checks of crossings and paths that said something and are about nothing now.
    pub silent: Vec<Key>,
    /// Forbidden paths that rest on other controls.
    pub rests: Vec<RestChange>,
    /// Paths that the replay refused: a defect of the program.
    pub faults: Vec<String>,
}

impl<'m> Stand<'m> {
    /// Compiles a drawing and asks everything: checks, depths, and the rules of the guideline as of a day.
    #[must_use]
    pub fn new(model: &'m Model, as_of: Option<Date>) -> Self {
        Self::with(model, Network::new(model), as_of)
    }

    /// Asks everything of a drawing that is compiled already.
    #[must_use]
    pub fn with(model: &'m Model, network: Network, as_of: Option<Date>) -> Self {
        let verdicts = fast::verify(model, &network);
        let (protections, (standing, rules)) = rayon::join(
            || protections(model, &network, &verdicts),
            || {
                let judged = guideline::judge(&Input { model, network: &network, verdicts: &verdicts, as_of });
                let decided = judged.rules.iter().filter(|r| r.answer().is_some());
                let rules: Vec<String> = decided.map(|r| r.rule.id.clone()).collect();
                (Standing::of(model, &verdicts, Some(&judged)), rules)
            },
        );
        let mut asked: BTreeSet<Key> = rules.into_iter().map(|id| Key::Rule(id, String::new())).collect();
        asked.extend(verdicts.iter().filter(|v| v.status != Status::Vacuous).map(|v| question(model, v)));
        Self { model, network, verdicts, standing, protections, asked }
    }

    fn asks(&self, key: &Key) -> bool {
        self.asked.contains(&general(key))
    }
}

/// The question of a check, as a key.
fn question(model: &Model, verdict: &Verdict) -> Key {
    let check = &model.checks[verdict.check];
    let segment = |s| model.segments[s].name.clone();
    match check.question {
        Question::Matrix { from, to } => Key::Crossing(segment(from), segment(to), String::new()),
        Question::Forbid { .. } => Key::Path(check.name.clone()),
        Question::Require { .. } => Key::Flow(check.name.clone()),
    }
}

/// The question to which an issue belongs.
fn general(key: &Key) -> Key {
    match key {
        Key::Crossing(from, to, _) => Key::Crossing(from.clone(), to.clone(), String::new()),
        Key::Rule(id, _) => Key::Rule(id.clone(), String::new()),
        other => other.clone(),
    }
}

fn protections(model: &Model, network: &Network, verdicts: &[Verdict]) -> BTreeMap<String, Protection> {
    let names = |set: &Vec<_>| set.iter().map(|&g| model.guards[g].name.clone()).collect();
    verdicts
        .par_iter()
        .filter(|v| v.status != Status::Vacuous)
        .filter_map(|v| {
            let check = &model.checks[v.check];
            let Question::Forbid { lens, eyes, .. } = check.question else { return None };
            let depth = match fast::depth(model, network, &check.question)? {
                Depth::None => Rests::Never,
                Depth::AtLeast(n) => Rests::AtLeast(n),
                Depth::Exactly(n, sets) => Rests::On(n, sets.iter().map(names).collect()),
            };
            Some((check.name.clone(), Protection { lens, eyes, status: v.status, depth }))
        })
        .collect()
}

/// A drawing as it is and as it would be, each asked everything, side by side. Where packets meet the same in both, they
/// are followed once.
#[must_use]
pub fn stand_both<'m>(before: &'m Model, after: &'m Model, as_of: Option<Date>) -> (Stand<'m>, Stand<'m>) {
    let sessions = Sessions::new(before);
    rayon::join(
        || Stand::with(before, Network::over(before, sessions.clone()), as_of),
        || Stand::with(after, Network::over(after, Sessions::like(after, before, &sessions)), as_of),
    )
}

/// What differs between how two drawings stand.
#[must_use]
pub fn differences(before: &Stand<'_>, after: &Stand<'_>) -> Differences {
    let mut all = Differences::default();
    all.faults.extend(before.standing.faults.iter().chain(&after.standing.faults).cloned());
    all.faults.dedup();
    let keys: BTreeSet<&Key> = before.standing.issues.keys().chain(after.standing.issues.keys()).collect();
    for key in keys {
        let (old, new) = (before.standing.issues.get(key), after.standing.issues.get(key));
        let (was, is) = (state(before, key, old), state(after, key, new));
        if was == is || matches!((old, new), (None, None)) {
            match is {
                State::Wrong => all.still_wrong += 1,
                State::Open => all.still_open += 1,
                State::Right | State::NotAsked => {}
            }
            continue;
        }
        let Some(issue) = new.or(old).cloned() else { continue };
        let missing = match (is, &issue.path) {
            (State::Open, Some((_, _, witness))) => assumptions(after.model, std::slice::from_ref(witness)),
            (State::Open, None) => flow_needs(after, key),
            _ => Vec::new(),
        };
        let became = Became { key: key.clone(), before: was, after: is, issue, missing };
        match is {
            State::Wrong => all.wrong.push(became),
            State::Open => all.open.push(became),
            State::Right | State::NotAsked => all.right.push(became),
        }
    }
    let paths = before.asked.iter().filter(|k| matches!(k, Key::Crossing(..) | Key::Path(_)));
    all.silent.extend(paths.filter(|k| !after.asked.contains(k)).cloned());
    let checks: BTreeSet<&String> = before.protections.keys().chain(after.protections.keys()).collect();
    for check in checks {
        let (old, new) = (before.protections.get(check), after.protections.get(check));
        if old != new {
            all.rests.push(RestChange { check: check.clone(), before: old.cloned(), after: new.cloned() });
        }
    }
    all
}

fn state(stand: &Stand<'_>, key: &Key, issue: Option<&Issue>) -> State {
    match issue {
        Some(issue) if issue.certain => State::Wrong,
        Some(_) => State::Open,
        None if stand.asks(key) => State::Right,
        None => State::NotAsked,
    }
}

/// What a required flow depends on that is not stated.
fn flow_needs(stand: &Stand<'_>, key: &Key) -> Vec<AssumptionId> {
    let Key::Flow(name) = key else { return Vec::new() };
    let of = |v: &&Verdict| stand.model.checks[v.check].name == *name;
    stand.verdicts.iter().find(of).map(|v| v.assumptions.clone()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    //! These tests catch: an issue counted on the wrong side.

    use super::*;
    use crate::diagnostic::Text;

    fn stand<'m>(model: &'m Model, issues: &[(&str, bool)], asked: &[&str]) -> Stand<'m> {
        let key = |n: &str| Key::Path(n.to_owned());
        let issue =
            |certain| Issue { certain, text: Text::new("", ""), path: None, about: BTreeSet::new(), span: None };
        let mut standing = Standing::default();
        standing.issues.extend(issues.iter().map(|&(n, certain)| (key(n), issue(certain))));
        Stand {
            model,
            network: Network::new(model),
            verdicts: Vec::new(),
            standing,
            protections: BTreeMap::new(),
            asked: asked.iter().map(|n| key(n)).collect(),
        }
    }

    #[test]
    fn every_change_of_state_is_on_its_side() {
        let model = Model::default();
        let asked = ["a", "b", "c", "d", "e", "f"];
        let before = stand(&model, &[("b", true), ("c", false), ("d", true), ("f", true)], &asked);
        let after = stand(&model, &[("a", true), ("c", true), ("d", false), ("f", true)], &asked[..5]);
        let d = differences(&before, &after);
        let keys = |list: &[Became]| list.iter().map(|b| b.key.to_string()).collect::<Vec<_>>();
        assert_eq!(
            (keys(&d.wrong), keys(&d.open), keys(&d.right)),
            (vec!["a".into(), "c".into()], vec!["d".into()], vec!["b".into()])
        );
        assert_eq!((d.still_wrong, d.still_open), (1, 0));
        assert_eq!(d.silent, vec![Key::Path("f".to_owned())]);
    }
}
