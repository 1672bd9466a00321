//! The compiled model: a petgraph graph of facts and one-premise steps, and its frozen form per lens.
//!
//! Immutable once made. It knows no names, no files and no verdict texts.

pub mod flat;
pub mod plain;

use petgraph::graph::{DiGraph, NodeIndex};
use rustc_hash::FxHashMap;

use crate::flow::{Flow, Step, steps, steps_over};
use crate::model::{Fact, GuardId, Lens, Model};
use crate::packet::{Level, Sessions};

/// The graph of a model: nodes are facts, edges are positions in [`Flow::steps`].
#[derive(Debug)]
pub struct Network {
    /// The steps and what they refer to.
    pub flow: Flow,
    /// Facts and steps, for algorithms and pictures.
    pub graph: DiGraph<Fact, u32>,
    index: FxHashMap<Fact, NodeIndex>,
    frozen: [Frozen; 3],
}

/// One lens of the graph as rows of outgoing steps, in the order of [`Flow::steps`].
#[derive(Debug, Default)]
pub struct Frozen {
    rows: Vec<u32>,
    edges: Vec<Edge>,
}

/// An outgoing step.
#[derive(Debug, Clone, Copy)]
pub struct Edge {
    /// The fact that follows.
    pub to: u32,
    /// The step.
    pub step: u32,
}

impl Frozen {
    /// The steps from a fact.
    #[must_use]
    pub fn from(&self, fact: u32) -> &[Edge] {
        let i = fact as usize;
        &self.edges[self.rows[i] as usize..self.rows[i + 1] as usize]
    }
}

impl Network {
    /// Compiles a model.
    #[must_use]
    pub fn new(model: &Model) -> Self {
        Self::of(steps(model))
    }

    /// Compiles a model whose packet layer is settled already.
    #[must_use]
    pub fn over(model: &Model, sessions: Sessions) -> Self {
        Self::of(steps_over(model, sessions))
    }

    /// The graph of steps that are written out already.
    #[must_use]
    pub fn of(flow: Flow) -> Self {
        let mut graph = DiGraph::with_capacity(0, flow.steps.len());
        let mut index = FxHashMap::default();
        // Facts are numbered in canonical order, so that the order of numbers is the order of declaration.
        let mut facts: Vec<Fact> = flow.steps.iter().flat_map(|s| [s.from, s.to]).collect();
        facts.sort_unstable();
        facts.dedup();
        for fact in facts {
            index.insert(fact, graph.add_node(fact));
        }
        for (i, step) in flow.steps.iter().enumerate() {
            graph.add_edge(index[&step.from], index[&step.to], i as u32);
        }
        let frozen = Lens::ALL.map(|lens| freeze(&flow, &index, lens));
        Self { flow, graph, index, frozen }
    }

    /// The number of a fact, if any step knows it.
    #[must_use]
    pub fn number(&self, fact: Fact) -> Option<u32> {
        self.index.get(&fact).map(|n| n.index() as u32)
    }

    /// The fact of a number.
    #[must_use]
    pub fn fact(&self, number: u32) -> Fact {
        self.graph[NodeIndex::new(number as usize)]
    }

    /// How many facts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.graph.node_count()
    }

    /// Whether nothing can happen at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.graph.node_count() == 0
    }

    /// A step by position.
    #[must_use]
    pub fn step(&self, step: u32) -> &Step {
        &self.flow.steps[step as usize]
    }

    /// The rows of a lens.
    #[must_use]
    pub fn lens(&self, lens: Lens) -> &Frozen {
        &self.frozen[lens as usize]
    }

    /// Whether a step is open when only `failed` (sorted) do not work, at a level, with or without eyes.
    #[must_use]
    pub fn open(step: &Step, level: Level, failed: &[GuardId], eyes: bool) -> bool {
        step.level >= level && (eyes || !step.eyes) && step.guards.iter().all(|g| failed.binary_search(g).is_ok())
    }
}

fn freeze(flow: &Flow, index: &FxHashMap<Fact, NodeIndex>, lens: Lens) -> Frozen {
    let mut frozen = Frozen { rows: vec![0u32; index.len() + 1], edges: Vec::new() };
    let mut row: Vec<Edge> = Vec::new();
    let mut at = 0;
    // Steps are sorted by premise, so the rows come one after the other.
    for (i, step) in flow.steps.iter().enumerate().filter(|(_, s)| s.lenses.has(lens)) {
        let from = index[&step.from].index();
        if from != at {
            frozen.close_row(at, from, &mut row);
            at = from;
        }
        let edge = Edge { to: index[&step.to].index() as u32, step: i as u32 };
        // Labels and services matter in the direct lens only; elsewhere one step per guard set and certainty is enough.
        let known = lens != Lens::Direct
            && row.iter().rev().take_while(|e| e.to == edge.to).any(|e| {
                let other = &flow.steps[e.step as usize];
                other.guards == step.guards && other.eyes == step.eyes && other.level >= step.level
            });
        if !known {
            row.push(edge);
        }
    }
    frozen.close_row(at, index.len(), &mut row);
    frozen
}

impl Frozen {
    /// Ends the row of fact `at`; the rows up to `next` are empty.
    fn close_row(&mut self, at: usize, next: usize, row: &mut Vec<Edge>) {
        self.edges.append(row);
        self.rows[at + 1..=next].fill(self.edges.len() as u32);
    }
}
