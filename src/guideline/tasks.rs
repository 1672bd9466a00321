//! The lawful ways to do daily tasks: which of them a drawing has, by what mediators, with which steps by hand.
//!
//! A way is lawful if each of its legs exists for certain and is permitted by the policy matrix.

use std::collections::BTreeSet;

use super::judge::Input;
use super::outcome::Open;
use super::select::{describe, faces, unclear};
use crate::diagnostic::Text;
use crate::model::rulebook::{Leg, Select, Task, TaskWay};
use crate::model::{Carrier, FaceId, Layer, Model, NodeId, Role, Settings, TypeAction};
use crate::verify::fast::{CrossingQuery, Hit, scan};

/// A task with the ways that a drawing has.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskState<'a> {
    /// The task.
    pub task: &'a Task,
    /// The lawful ways, the least effort first.
    pub ways: Vec<WayState<'a>>,
    /// Why the others are none.
    pub obstacles: Vec<Text>,
    /// What has to be stated before a way can be judged.
    pub open: Vec<Open>,
    /// A way that is none for certain might be one, if what is not stated were stated.
    pub uncertain: bool,
    /// File types that no filter on the way lets in.
    pub dead_types: Vec<String>,
}

/// A lawful way.
#[derive(Debug, Clone, PartialEq)]
pub struct WayState<'a> {
    /// The way.
    pub way: &'a TaskWay,
    /// The mediators passed, in the order of the legs.
    pub mediators: Vec<NodeId>,
    /// The terminals from which it leads.
    pub terminals: Vec<NodeId>,
}

/// The terminals at which a way begins.
fn terminals(model: &Model, way: &TaskWay) -> Vec<FaceId> {
    if way.from == Select::default() {
        faces(model, &Select { main: true, ..Select::default() })
    } else {
        faces(model, &way.from)
    }
}

fn query(model: &Model, leg: &Leg, terminal: &[FaceId]) -> CrossingQuery {
    let side = |s: &Select| if *s == Select::default() { terminal.to_vec() } else { faces(model, s) };
    CrossingQuery {
        from: side(&leg.from),
        to: side(&leg.to),
        carriers: leg.carriers.clone(),
        past: leg.via.clone(),
        permitted: true,
        within: true,
        ..CrossingQuery::default()
    }
}

/// Every task of the rule book, in its order.
#[must_use]
pub fn tasks<'a>(input: &Input<'a>) -> Vec<TaskState<'a>> {
    let model = input.model;
    let book: &'a [Task] = &model.rulebook.tasks;
    let mut queries = Vec::new();
    for way in book.iter().flat_map(|t| &t.ways) {
        let terminal = terminals(model, way);
        queries.extend(way.legs.iter().map(|leg| query(model, leg, &terminal)));
    }
    let mut found = scan(model, input.network, &queries).into_iter();
    book.iter()
        .map(|task| {
            let mut state = TaskState {
                task,
                ways: Vec::new(),
                obstacles: Vec::new(),
                open: Vec::new(),
                uncertain: false,
                dead_types: Vec::new(),
            };
            for way in &task.ways {
                let legs: Vec<Vec<Hit>> = way.legs.iter().map(|_| found.next().unwrap_or_default()).collect();
                judge(input, way, &legs, &mut state);
            }
            state.ways.sort_by_key(|w| w.way.steps.len());
            if task.ways.iter().flat_map(|w| &w.legs).any(|l| l.carriers.contains(&Carrier::San)) {
                state.dead_types = dead_types(model, &state);
            }
            state
        })
        .collect()
}

fn judge<'a>(input: &Input<'a>, way: &'a TaskWay, legs: &[Vec<Hit>], state: &mut TaskState<'a>) {
    let model = input.model;
    let terminal = terminals(model, way);
    if terminal.is_empty() {
        let from =
            if way.from == Select::default() { Select { main: true, ..Select::default() } } else { way.from.clone() };
        state.open.extend(unclear(model, &from));
        state.obstacles.push(obstacle(
            way,
            &Text::new(format!("{}がない", describe(&from).ja), format!("there are no {}", describe(&from).en)),
        ));
        return;
    }
    for (leg, hits) in way.legs.iter().zip(legs) {
        if hits.iter().any(|h| h.certain) {
            continue;
        }
        let (from, to) = (end(&leg.from), end(&leg.to));
        let what: Vec<Text> = leg.carriers.iter().map(|&k| k.crossing_name()).collect();
        let via = if leg.via.is_empty() { String::new() } else { format!(" [{}]", leg.via.join(", ")) };
        let (ja, en): (Vec<_>, Vec<_>) = what.into_iter().map(|t| (t.ja, t.en)).unzip();
        state.uncertain |= !hits.is_empty();
        let sure = if hits.is_empty() {
            ("がない", "does not exist or is not permitted")
        } else {
            ("が確かでない", "depends on what is not stated")
        };
        state.obstacles.push(obstacle(
            way,
            &Text::new(
                format!("{}から{}への{}{via}{}", from.ja, to.ja, ja.join("・"), sure.0),
                format!("{} from {} to {}{via} {}", en.join(" or "), from.en, to.en, sure.1),
            ),
        ));
        return;
    }
    let mut mediators: Vec<NodeId> = Vec::new();
    for hit in
        legs.iter().filter_map(|hits| hits.iter().filter(|h| h.certain).min_by_key(|h| (h.len(), h.origin, h.target)))
    {
        for face in hit.faces(input.network) {
            let node = model.faces[face].node;
            if matches!(model.nodes[node].role, Role::Mediator(_)) && !mediators.contains(&node) {
                mediators.push(node);
            }
        }
    }
    let terminals: BTreeSet<NodeId> = terminal.iter().map(|&f| model.faces[f].node).collect();
    state.ways.push(WayState { way, mediators, terminals: terminals.into_iter().collect() });
}

fn obstacle(way: &TaskWay, why: &Text) -> Text {
    Text::new(format!("{}: {}", way.name.ja, why.ja), format!("{}: {}", way.name.en, why.en))
}

fn end(select: &Select) -> Text {
    if *select == Select::default() { Text::new("端末", "the terminal") } else { describe(select) }
}

/// Types that every filter between the Internet side and LGWAN blocks; `*` stands for all that no table names.
fn dead_types(model: &Model, state: &TaskState<'_>) -> Vec<String> {
    let main = faces(model, &Select { main: true, ..Select::default() });
    let in_lgwan =
        main.iter().any(|&f| model.faces[f].segment.is_some_and(|s| model.segments[s].layer == Layer::Lgwan));
    if !in_lgwan && !state.ways.iter().any(|w| w.way.legs.iter().any(|l| l.carriers.contains(&Carrier::San))) {
        return Vec::new();
    }
    type Table<'m> = (&'m [(String, TypeAction)], Option<TypeAction>);
    let tables: Vec<Table<'_>> = model
        .nodes
        .values()
        .filter_map(|n| match &n.declared.settings {
            Settings::Filter { types, otherwise } => Some((types.as_slice(), *otherwise)),
            _ => None,
        })
        .collect();
    let known: BTreeSet<&str> = tables.iter().flat_map(|(t, _)| t.iter().map(|(n, _)| n.as_str())).collect();
    let blocks = |name: Option<&str>| {
        !tables.is_empty()
            && tables.iter().all(|(types, otherwise)| {
                let own = name.and_then(|n| types.iter().find(|(t, _)| t == n).map(|(_, a)| *a));
                own.or(*otherwise) == Some(TypeAction::Block)
            })
    };
    let mut dead: Vec<String> = known.into_iter().filter(|n| blocks(Some(n))).map(str::to_owned).collect();
    if blocks(None) {
        dead.push("*".to_owned());
    }
    dead
}
