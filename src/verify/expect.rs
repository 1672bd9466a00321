//! Whether the verdicts are what the file expects of its own check.

use std::collections::BTreeSet;

use super::fast::{self, Depth};
use super::verdict::{Answer, Level, Verdict};
use crate::diagnostic::Text;
use crate::model::{Carrier, CheckId, Expectation, GuardId, Id, Model, Question, SegmentId};
use crate::network::Network;
use crate::source::Span;

/// An expectation that is not met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What was expected and what is the case.
    pub text: Text,
    /// Where it is written.
    pub span: Span,
}

/// All expectations that are not met, in the order of the file.
#[must_use]
pub fn differences(model: &Model, network: &Network, verdicts: &[Verdict]) -> Vec<Difference> {
    model
        .expectations
        .iter()
        .flat_map(|e| match e {
            Expectation::Matrix { crossings, includes, certain, span } => {
                let found = crossings_of(model, network, verdicts, *certain);
                matrix(model, crossings, &found, *includes, *span)
            }
            Expectation::Verdict { question, text, status, depth, controls, span } => {
                let verdict = fast::ask(model, network, CheckId::new(0), question);
                let mut list = Vec::new();
                if let Some(wanted) = status
                    && *wanted != verdict.status
                {
                    list.push(differs(text, wanted.as_str(), verdict.status.as_str(), *span));
                }
                if depth.is_some() || !controls.is_empty() {
                    list.extend(depth_difference(model, network, question, text, *depth, controls, *span));
                }
                list
            }
        })
        .collect()
}

type Crossing = (SegmentId, SegmentId, Carrier);

/// Unpermitted crossings of all segment pairs; taken from the verdicts where the pair is a check.
fn crossings_of(model: &Model, network: &Network, verdicts: &[Verdict], certain: bool) -> BTreeSet<Crossing> {
    let mut found = BTreeSet::new();
    let mut collect = |v: &Verdict| {
        if let Answer::Matrix(rows) = &v.answer {
            found.extend(
                rows.iter().filter(|u| !certain || u.witness.level() >= Level::Sure).map(|u| (u.from, u.to, u.carrier)),
            );
        }
    };
    verdicts.iter().for_each(&mut collect);
    let asked: BTreeSet<(SegmentId, SegmentId)> = model
        .checks
        .values()
        .filter_map(|c| match c.question {
            Question::Matrix { from, to } => Some((from, to)),
            _ => None,
        })
        .collect();
    if asked.is_empty() {
        for from in model.segments.ids() {
            for to in model.segments.ids().filter(|&to| to != from) {
                collect(&fast::ask(model, network, CheckId::new(0), &Question::Matrix { from, to }));
            }
        }
    }
    found
}

fn matrix(
    model: &Model,
    wanted: &[Crossing],
    found: &BTreeSet<Crossing>,
    includes: bool,
    span: Span,
) -> Vec<Difference> {
    let name = |c: &Crossing| format!("{} -> {} {}", model.segments[c.0].name, model.segments[c.1].name, c.2);
    let missing = wanted.iter().filter(|c| !found.contains(c)).map(|c| Difference {
        text: Text::new(
            format!("許可のない通過 {} を期待しましたが、ありません", name(c)),
            format!("expected the unpermitted crossing {}, there is none", name(c)),
        ),
        span,
    });
    let extra = found.iter().filter(|c| !includes && !wanted.contains(c)).map(|c| Difference {
        text: Text::new(
            format!("期待していない、許可のない通過 {} があります", name(c)),
            format!("unexpected unpermitted crossing {}", name(c)),
        ),
        span,
    });
    missing.chain(extra).collect()
}

fn differs(text: &str, wanted: &str, found: &str, span: Span) -> Difference {
    Difference {
        text: Text::new(
            format!("`{text}` は {wanted} のはずが {found} です"),
            format!("`{text}` is expected to be {wanted}, it is {found}"),
        ),
        span,
    }
}

fn depth_difference(
    model: &Model,
    network: &Network,
    question: &Question,
    text: &str,
    wanted: Option<Option<u32>>,
    controls: &[String],
    span: Span,
) -> Option<Difference> {
    let found = fast::depth(model, network, question)?;
    let (number, sets) = match &found {
        Depth::None => (None, Vec::new()),
        Depth::Exactly(n, sets) => (Some(*n), sets.clone()),
        Depth::AtLeast(n) => (Some(*n), Vec::new()),
    };
    let names = |set: &Vec<GuardId>| {
        let mut names: Vec<String> = set.iter().map(|&g| model.guards[g].name.clone()).collect();
        names.sort_unstable();
        names
    };
    let said = |n: Option<u32>| n.map_or_else(|| "none".to_owned(), |n| n.to_string());
    if let Some(wanted) = wanted
        && wanted != number
    {
        let sets: Vec<String> = sets.iter().map(|s| format!("{{{}}}", names(s).join(", "))).collect();
        return Some(differs(
            &format!("depth {text}"),
            &said(wanted),
            &format!("{} {}", said(number), sets.join(" ")),
            span,
        ));
    }
    if !controls.is_empty() && !sets.iter().any(|s| names(s) == controls) {
        let all: Vec<String> = sets.iter().map(|s| format!("{{{}}}", names(s).join(", "))).collect();
        return Some(differs(
            &format!("controls {text}"),
            &format!("{{{}}}", controls.join(", ")),
            &all.join(" "),
            span,
        ));
    }
    None
}
