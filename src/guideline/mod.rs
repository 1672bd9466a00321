//! The guideline: every rule of the rule book decided on a drawing, with findings, open questions and what it rests on.
//!
//! Rules are data (`model::rulebook`); here is what their tests mean. Beside the rules: which model a drawing honestly
//! is, what it lacks of a model, which lawful ways there are for daily tasks, and the register of exceptions. This room
//! knows neither files nor pages.

mod calendar;
mod decide;
mod gap;
mod infer;
mod judge;
mod outcome;
mod register;
mod select;
mod tasks;

pub use calendar::{Turn, turns};
pub use decide::nodes_on;
pub use gap::{ControlState, CrossingState, controls, crossings};
pub use infer::{Inference, Reason, infer};
pub use judge::{Input, Judged, RuleVerdict, Verdict, covers_path, judge, kind_of};
pub use outcome::{Answer, Finding, Open, Outcome};
pub use register::{Register, Standing, cover, standing};
pub use select::{layer_name, layers_of};
pub use tasks::{TaskState, WayState, tasks};

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::model::{Carrier, Date, FaceId, SegmentId};
use crate::verify::Witness;
use crate::verify::fast::{CrossingQuery, Hit, scan};

/// Everything that the guideline has to say about one drawing.
#[derive(Debug, Clone, PartialEq)]
pub struct Assessment<'a> {
    /// Every rule, and what exceptions cover.
    pub judged: Judged<'a>,
    /// The catalogue of controls.
    pub controls: Vec<ControlState<'a>>,
    /// The crossings that the model provides for.
    pub crossings: Vec<CrossingState<'a>>,
    /// Daily tasks.
    pub tasks: Vec<TaskState<'a>>,
    /// One shortest path of every kind of crossing that the policy matrix permits: what has to stay when something is mended.
    pub lawful: Vec<Witness>,
    /// Days on which a rule turns red, if the drawing stays as it is.
    pub turns: Vec<Turn>,
    /// The day for which dates were judged.
    pub as_of: Option<Date>,
}

/// Asks everything at once.
#[must_use]
pub fn assess<'a>(input: &Input<'a>) -> Assessment<'a> {
    let judged = judge(input);
    Assessment {
        turns: turns(input, &judged.rules, &judged.register),
        judged,
        controls: controls(input),
        crossings: crossings(input),
        lawful: lawful(input),
        tasks: tasks(input),
        as_of: input.as_of,
    }
}

/// One shortest path per pair of segments and carrier that the matrix permits.
fn lawful(input: &Input<'_>) -> Vec<Witness> {
    let model = input.model;
    let all: Vec<FaceId> = model.faces.iter().filter(|(_, f)| f.segment.is_some()).map(|(id, _)| id).collect();
    let query = CrossingQuery { from: all.clone(), to: all, permitted: true, ..CrossingQuery::default() };
    let mut best: BTreeMap<(SegmentId, SegmentId, Carrier), Hit> = BTreeMap::new();
    for hit in scan(model, input.network, &[query]).into_iter().flatten() {
        let (Some(from), Some(to)) = (model.faces[hit.origin].segment, model.faces[hit.target].segment) else {
            continue;
        };
        match best.entry((from, to, hit.carrier)) {
            Entry::Vacant(e) => {
                e.insert(hit);
            }
            Entry::Occupied(mut e) if hit.len() < e.get().len() => {
                e.insert(hit);
            }
            Entry::Occupied(_) => {}
        }
    }
    best.values().map(|hit| hit.witness(model, input.network)).collect()
}

/// Whether the drawing has something whose answer depends on the day: an exception with an expiry, a dated measure.
#[must_use]
pub fn depends_on_the_day(model: &crate::model::Model) -> bool {
    model.exceptions.iter().any(|e| e.until.is_some()) || model.measures.iter().any(|m| m.on.is_some())
}
