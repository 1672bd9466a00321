//! Ways through a body between what it shares with others, each summed up as one step.
//!
//! A way enters the body from a shared fact (or starts at one of its machines), stays inside, and ends at the first shared
//! fact after that. All ways together are exactly what the body means for everybody else: a path splits in one manner
//! only at the shared facts on it. Of ways with the same ends only those stay that need the fewest controls to fail.

use std::collections::{BTreeMap, VecDeque};

use crate::flow::Why;
use crate::model::{Carrier, FaceId, Fact, GuardId, Layer, Lens, Model, NodeId, State};
use crate::network::Network;
use crate::packet::Level;

use super::frame::Frame;

/// An end of a way. Names are relative.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum End {
    /// A state at an attachment of something shared: its name and which of its attachments.
    Shared(String, usize, State),
    /// The machines of the body in segments of a layer, held by the analysed party.
    Machines(Layer),
}

/// A way.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Way {
    pub(crate) from: End,
    pub(crate) to: End,
    pub(crate) lens: Lens,
    /// Controls that have to fail. Names are relative. Sorted.
    pub(crate) guards: Vec<String>,
    /// Labels passed, for crossings. Names are relative. Sorted.
    pub(crate) labels: Vec<String>,
    /// It counts what a person can copy off a screen.
    pub(crate) eyes: bool,
    /// It exists whatever the drawing leaves open.
    pub(crate) sure: bool,
    /// Bodies on the way below the one it leads through. Names are relative.
    pub(crate) below: Vec<String>,
    /// Its steps in the network of the body.
    pub(crate) steps: Vec<u32>,
}

/// Something has more ways than can be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooMany;

/// So many ways with different controls between two facts are kept; more is no drawing that anybody follows.
const MAX_LABELS: usize = 512;

/// A best known way to a fact.
#[derive(Debug, Clone)]
struct Label {
    guards: Vec<GuardId>,
    marks: u128,
    eyes: bool,
    sure: bool,
    /// The label before it and the step from there.
    by: Option<(usize, u32)>,
    fact: u32,
}

impl Label {
    fn covers(&self, other: &Self) -> bool {
        self.marks == other.marks
            && (self.sure || !other.sure)
            && (!self.eyes || other.eyes)
            && self.guards.iter().all(|g| other.guards.binary_search(g).is_ok())
    }
}

/// Finds the ways through the part of a model that `frame` calls its own; `machines` are the faces from which ways start.
pub(crate) fn ways(
    model: &Model,
    network: &Network,
    frame: &Frame,
    machines: &[(Layer, FaceId)],
) -> Result<Vec<Way>, TooMany> {
    let own: Vec<bool> = model.nodes.values().map(|n| frame.is_own(&n.name)).collect();
    let search = Search { model, network, frame, own };
    let mut all = Vec::new();
    for lens in Lens::ALL {
        for fact in 0..network.len() as u32 {
            if !search.is_own(fact) && search.enters(lens, fact) {
                search.run(lens, &[fact], None, &mut all)?;
            }
        }
        if lens == Lens::Direct {
            continue;
        }
        let mut by_layer: BTreeMap<Layer, Vec<u32>> = BTreeMap::new();
        for &(layer, face) in machines {
            let held = [Carrier::Own, Carrier::Raw].map(|k| network.number(Fact::holds(face, k)));
            // Only stores hold files.
            by_layer.entry(layer).or_default().extend(held.into_iter().flatten());
        }
        for (layer, facts) in by_layer {
            search.run(lens, &facts, Some(layer), &mut all)?;
        }
    }
    all.sort();
    Ok(all)
}

struct Search<'a> {
    model: &'a Model,
    network: &'a Network,
    frame: &'a Frame,
    own: Vec<bool>,
}

impl Search<'_> {
    fn node(&self, fact: u32) -> NodeId {
        self.model.faces[self.network.fact(fact).face].node
    }

    fn is_own(&self, fact: u32) -> bool {
        self.own[crate::model::Id::index(self.node(fact))]
    }

    /// A step that already sums up a way through bodies below.
    fn below(&self, step: u32) -> Option<&[String]> {
        let Why::Relation(i) = self.network.step(step).why else { return None };
        self.model.relations[i as usize].detour.as_ref().map(|d| d.through.as_slice())
    }

    /// Whether a way can begin at a shared fact.
    fn enters(&self, lens: Lens, fact: u32) -> bool {
        self.network.lens(lens).from(fact).iter().any(|e| self.is_own(e.to) || self.below(e.step).is_some())
    }

    fn run(&self, lens: Lens, starts: &[u32], layer: Option<Layer>, all: &mut Vec<Way>) -> Result<(), TooMany> {
        let rows = self.network.lens(lens);
        let mut labels: Vec<Label> = Vec::new();
        let mut at: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        let mut queue: VecDeque<usize> = VecDeque::new();
        for &fact in starts {
            labels.push(Label { guards: Vec::new(), marks: 0, eyes: false, sure: true, by: None, fact });
            at.entry(fact).or_default().push(labels.len() - 1);
            queue.push_back(labels.len() - 1);
        }
        let start = starts.first().copied();
        while let Some(i) = queue.pop_front() {
            let from = labels[i].clone();
            if !at[&from.fact].contains(&i) {
                continue;
            }
            let begins = from.by.is_none() && layer.is_none();
            for edge in rows.from(from.fact) {
                let step = self.network.step(edge.step);
                let inside = self.is_own(edge.to);
                // From a shared fact only what enters, or what is summed up already.
                if begins && !inside && self.below(edge.step).is_none() {
                    continue;
                }
                let mut guards = from.guards.clone();
                guards.extend(&step.guards);
                guards.sort_unstable();
                guards.dedup();
                let label = Label {
                    guards,
                    marks: if lens == Lens::Direct { from.marks | step.marks } else { 0 },
                    eyes: from.eyes || step.eyes,
                    sure: from.sure && step.level >= Level::Sure,
                    by: Some((i, edge.step)),
                    fact: edge.to,
                };
                let known = at.entry(edge.to).or_default();
                if Some(edge.to) == start && layer.is_none() || known.iter().any(|&k| labels[k].covers(&label)) {
                    continue;
                }
                known.retain(|&k| !label.covers(&labels[k]));
                if known.len() >= MAX_LABELS {
                    return Err(TooMany);
                }
                known.push(labels.len());
                labels.push(label);
                if inside {
                    queue.push_back(labels.len() - 1);
                }
            }
        }
        let from = match (layer, start) {
            (Some(layer), _) => End::Machines(layer),
            (None, Some(fact)) => self.end(fact),
            (None, None) => return Ok(()),
        };
        for (fact, kept) in at {
            if self.is_own(fact) || Some(fact) == start && layer.is_none() {
                continue;
            }
            all.extend(kept.into_iter().map(|k| self.way(lens, &from, &labels, k)));
        }
        Ok(())
    }

    fn end(&self, fact: u32) -> End {
        let fact = self.network.fact(fact);
        let node = self.model.node_of(fact.face);
        let face = node.faces.iter().position(|&f| f == fact.face).unwrap_or(0);
        End::Shared(self.frame.relative(&node.name), face, fact.state)
    }

    fn way(&self, lens: Lens, from: &End, labels: &[Label], last: usize) -> Way {
        let own = &labels[last];
        let mut steps = Vec::new();
        let mut at = last;
        while let Some((before, step)) = labels[at].by {
            steps.push(step);
            at = before;
        }
        steps.reverse();
        let mut below: Vec<String> = steps.iter().filter_map(|&s| self.below(s)).flatten().cloned().collect();
        below.dedup();
        let mut guards: Vec<String> =
            own.guards.iter().map(|&g| self.frame.relative_control(&self.model.guards[g].name)).collect();
        guards.sort();
        let mut marked: Vec<String> = Vec::new();
        if lens == Lens::Direct {
            for &step in &steps {
                marked.extend(self.labels(step));
            }
        }
        marked.sort();
        marked.dedup();
        Way {
            from: from.clone(),
            to: self.end(own.fact),
            lens,
            guards,
            labels: marked,
            eyes: own.eyes,
            sure: own.sure,
            below: below.iter().map(|b| self.frame.relative(&format!("{b}/"))).collect(),
            steps,
        }
    }

    /// The labels that a step earns and that somebody asks for.
    fn labels(&self, step: u32) -> impl Iterator<Item = String> + '_ {
        let marks = self.network.step(step).marks;
        let of = &self.network.flow.sessions.marks;
        self.model
            .labels
            .iter()
            .filter(move |(id, _)| of.of_labels(&[*id]) & marks != 0)
            .map(|(_, name)| self.frame.relative(name))
    }
}
