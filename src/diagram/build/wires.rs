//! Lines between neighbouring things: everything that passes between two of them becomes one line.
//!
//! A session is led through its devices, so a line is a piece of the way and not a pair of ends; that keeps the
//! number of lines near the number of cables. A path that is shown is laid over the same lines.

use std::collections::{BTreeMap, BTreeSet};

use super::legs::{Leg, carrier, relation_chain};
use super::line::{Stroke, Wire};
use super::traffic::{Talk, TalkKey, Traffic};
use super::words::style;
use crate::diagnostic::Lang;
use crate::diagram::kinds::{Arrows, Line, Mark};
use crate::diagram::parts::Edge;
use crate::diagram::picture::{NodeId as Thing, Picture};
use crate::model::{Carrier, Kind, Model, NodeId, Role};

/// All lines, by their two ends in the order of things.
pub(super) struct Wires<'m> {
    model: &'m Model,
    thing_of: &'m BTreeMap<NodeId, Thing>,
    wires: BTreeMap<(Thing, Thing), Wire>,
}

impl<'m> Wires<'m> {
    /// No lines yet.
    pub(super) fn new(model: &'m Model, thing_of: &'m BTreeMap<NodeId, Thing>) -> Self {
        Self { model, thing_of, wires: BTreeMap::new() }
    }

    /// Adds what flows.
    pub(super) fn traffic(&mut self, traffic: &Traffic) {
        for (key, talk) in &traffic.talks {
            self.talk(key, talk);
        }
        for &i in &traffic.relations {
            self.relation(i);
        }
    }

    fn talk(&mut self, key: &TalkKey, talk: &Talk) {
        let model = self.model;
        let (from, to) = (model.faces[key.0].node, model.faces[key.1].node);
        let mediator = |n: NodeId| matches!(model.nodes[n].role, Role::Mediator(_));
        // Whoever shares a network can talk there: the common box says so. Only mediators that name one another are
        // meant to.
        if key.2.is_empty() && (mediator(from) == mediator(to)) && !(mediator(from) && self.named(from, to)) {
            return;
        }
        let mut nodes = vec![from];
        nodes.extend(key.2.iter().map(|d| model.transits[*d].node));
        nodes.push(to);
        let special: Vec<(Carrier, bool)> =
            talk.carriers.iter().copied().filter(|(k, _)| !matches!(k, Carrier::Req | Carrier::Rsp)).collect();
        let pairs = self.pairs(&nodes);
        let last = pairs.len().saturating_sub(1);
        for (at, (a, b)) in pairs.into_iter().enumerate() {
            let wire = self.wire(a, b, true);
            wire.plain |= special.is_empty();
            wire.special.extend(special.iter().map(|(k, reply)| (*k, *reply != (a > b))));
            if at == 0 {
                wire.communications.extend(&talk.communications);
            }
            if at == last && special.is_empty() {
                wire.services.extend(talk.services.iter().cloned());
            }
        }
    }

    /// Whether one mediator says that it opens sessions to the other, or accepts them from it.
    fn named(&self, from: NodeId, to: NodeId) -> bool {
        let list = |n: NodeId, opens: bool| match &self.model.nodes[n].role {
            Role::Mediator(m) => {
                if opens {
                    m.servers.as_ref()
                } else {
                    m.clients.as_ref()
                }
            }
            _ => None,
        };
        list(from, true).is_some() || list(to, false).is_some()
    }

    fn relation(&mut self, index: usize) {
        let model = self.model;
        let relation = &model.relations[index];
        let chain = relation_chain(model, index);
        let media = chain.iter().any(|n| by_hand(model.nodes[*n].kind));
        let carried = carrier(relation.to).unwrap_or(Carrier::Own);
        for (a, b) in self.pairs(&chain) {
            let wire = self.wire(a, b, true);
            wire.media |= media;
            wire.special.insert((carried, a > b));
        }
    }

    /// Lays a step of a path over its lines.
    pub(super) fn lay(&mut self, leg: &Leg, mark: Mark, step: u32) -> bool {
        let media = !leg.session && leg.chain.iter().any(|n| by_hand(self.model.nodes[*n].kind));
        let pairs = self.pairs(&leg.chain);
        for &(a, b) in &pairs {
            let ahead = a < b;
            let style = if media { Line::Media } else { style(leg.carrier) };
            let stroke = Stroke { mark, step, ahead, carrier: leg.carrier, style };
            self.wire(a, b, false).strokes.push(stroke);
        }
        !pairs.is_empty()
    }

    /// A bare cable between two things, unless there is a line already.
    pub(super) fn cable(&mut self, a: Thing, b: Thing) {
        if a != b {
            self.wire(a, b, false);
        }
    }

    /// The things with a line to this one.
    pub(super) fn neighbours(&self, thing: Thing) -> BTreeSet<Thing> {
        let ends = self.wires.keys().filter(|(a, b)| *a == thing || *b == thing);
        ends.map(|(a, b)| if *a == thing { *b } else { *a }).collect()
    }

    /// Makes one line of those between a thing and some others: it then leads to a thing that stands for them.
    pub(super) fn gather(&mut self, thing: Thing, others: &BTreeSet<Thing>, hub: Thing) {
        for &other in others {
            let Some(old) = self.wires.remove(&(thing.min(other), thing.max(other))) else { continue };
            let turned = (thing < other) != (thing < hub);
            let wire = self.wires.entry((thing.min(hub), thing.max(hub))).or_default();
            for side in [0, 1] {
                wire.opened[side] |= old.opened[if turned { 1 - side } else { side }];
            }
            wire.plain |= old.plain;
            wire.special.extend(old.special.into_iter().map(|(k, back)| (k, back != turned)));
            wire.communications.extend(old.communications);
            wire.services.extend(old.services);
        }
    }

    /// Whether there is a line between two things.
    pub(super) fn joined(&self, a: Thing, b: Thing) -> bool {
        self.wires.contains_key(&(a.min(b), a.max(b)))
    }

    /// Neighbouring things along some nodes, those that are the same left out.
    fn pairs(&self, nodes: &[NodeId]) -> Vec<(Thing, Thing)> {
        let mut things: Vec<Thing> = nodes.iter().filter_map(|n| self.thing_of.get(n).copied()).collect();
        things.dedup();
        things.windows(2).map(|w| (w[0], w[1])).collect()
    }

    fn wire(&mut self, from: Thing, to: Thing, opens: bool) -> &mut Wire {
        let wire = self.wires.entry((from.min(to), from.max(to))).or_default();
        wire.opened[usize::from(from > to)] |= opens;
        wire
    }

    /// Puts all lines into a picture.
    pub(super) fn draw(self, picture: &mut Picture, lang: Lang) {
        let of_role = |wanted: fn(&Role) -> bool| -> BTreeSet<Thing> {
            let nodes = self.thing_of.iter().filter(|(n, _)| wanted(&self.model.nodes[**n].role));
            nodes.map(|(_, t)| *t).collect()
        };
        let mediators = of_role(|r| matches!(r, Role::Mediator(_)));
        let devices = of_role(|r| matches!(r, Role::Transit(_)));
        for (&(a, b), wire) in &self.wires {
            let beside = mediators.contains(&a) || mediators.contains(&b);
            let edge = match wire.strokes.is_empty() {
                true => wire.ordinary(self.model, (a, b), beside, lang),
                false => wire.marked((a, b), lang),
            };
            // A device stands on the side of its zone that looks to the border in the middle of the picture.
            let device = (devices.contains(&edge.from), devices.contains(&edge.to));
            let turn = match (picture.band(edge.from), picture.band(edge.to)) {
                (Some(from), Some(to)) if from == to => match from {
                    0..=MIDDLE => device == (true, false),
                    _ => device == (false, true),
                },
                _ => false,
            };
            picture.edge(if turn { turned(edge) } else { edge });
        }
    }
}

/// The tone of the last zone above the middle of a picture.
const MIDDLE: u8 = 3;

/// The same line, written from its far end.
fn turned(mut edge: Edge) -> Edge {
    std::mem::swap(&mut edge.from, &mut edge.to);
    edge.arrows = match edge.arrows {
        Arrows::Forward => Arrows::Backward,
        Arrows::Backward => Arrows::Forward,
        same => same,
    };
    edge
}

fn by_hand(kind: Kind) -> bool {
    matches!(kind, Kind::Medium | Kind::Kiosk | Kind::Kvm)
}
