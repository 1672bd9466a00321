//! What a drawing lacks of a model: controls and lawful crossings, with who answers for them.

use super::decide::{Context, decide_all, switch_is_on};
use super::judge::Input;
use super::outcome::Outcome;
use super::select::faces;
use crate::model::rulebook::{Asked, Control, LawfulCrossing, Select};
use crate::verify::fast::{CrossingQuery, scan};

/// A control of the catalogue, as a drawing shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct ControlState<'a> {
    /// The control.
    pub control: &'a Control,
    /// Whether the model asks for it: mandatory, recommended, or not at all.
    pub asked: Option<Asked>,
    /// Whether it is there.
    pub outcome: Outcome,
}

/// A crossing that the model provides for, and whether the drawing has it.
#[derive(Debug, Clone, PartialEq)]
pub struct CrossingState<'a> {
    /// The crossing.
    pub crossing: &'a LawfulCrossing,
    /// Whether the drawing has one.
    pub present: bool,
    /// Whether both of its layers are drawn at all.
    pub drawn: bool,
}

/// Every control of the catalogue, in its order.
#[must_use]
pub fn controls<'a>(input: &Input<'a>) -> Vec<ControlState<'a>> {
    let model = input.model;
    let all: Vec<&'a Control> = model.rulebook.controls.iter().collect();
    let tests: Vec<_> = all.iter().map(|c| &c.decide).collect();
    let outcomes = decide_all(&Context::new(input), &tests);
    all.into_iter()
        .zip(outcomes)
        .map(|(control, outcome)| ControlState { control, asked: asked(input, control), outcome })
        .collect()
}

fn asked(input: &Input<'_>, control: &Control) -> Option<Asked> {
    let declared = input.model.declared?;
    let strict = control.mandatory_if.get(&declared).is_some_and(|s| switch_is_on(input.model, s));
    if strict { Some(Asked::Mandatory) } else { control.asked.get(&declared).copied() }
}

/// The crossings that the declared model provides for, in the order of the rule book.
#[must_use]
pub fn crossings<'a>(input: &Input<'a>) -> Vec<CrossingState<'a>> {
    let model = input.model;
    let Some(declared) = model.declared else { return Vec::new() };
    let all: Vec<&'a LawfulCrossing> =
        model.rulebook.crossings.iter().filter(|c| c.models.contains(&declared)).collect();
    let side = |layer| faces(model, &Select { layers: vec![layer], ..Select::default() });
    let queries: Vec<CrossingQuery> = all
        .iter()
        .map(|c| CrossingQuery {
            from: side(c.from),
            to: side(c.to),
            carriers: c.carriers.clone(),
            past: c.via.clone(),
            ..CrossingQuery::default()
        })
        .collect();
    let drawn: Vec<bool> = queries.iter().map(|q| !q.from.is_empty() && !q.to.is_empty()).collect();
    let found = scan(model, input.network, &queries);
    all.into_iter()
        .zip(found)
        .zip(drawn)
        .map(|((crossing, hits), drawn)| CrossingState { crossing, present: !hits.is_empty(), drawn })
        .collect()
}
