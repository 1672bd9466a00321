//! What things are called in a comparison: one name for both drawings, that of the drawing after.
//!
//! Guards and labels carry the names of machines inside them; those are read through the same glass.

use std::collections::{BTreeMap, BTreeSet};

use super::pairing::{Pairing, Side};
use crate::model::{GuardId, Id, LabelId, Model, NodeId, SegmentId, ZoneId};

/// The names of one drawing as the comparison tells them.
pub(super) struct Names<'a> {
    model: &'a Model,
    segments: Vec<String>,
    zones: Vec<String>,
    nodes: Vec<String>,
    /// Names that stand inside other words: of machines, networks and communications.
    inside: BTreeMap<String, String>,
    /// Names of machines: what a label of its own is told by.
    machines: BTreeMap<String, String>,
    /// Labels that are words of the catalogue although a machine here has the same name.
    words: BTreeSet<String>,
}

impl<'a> Names<'a> {
    /// The names of a side: those of the partner after, where there is one.
    pub(super) fn new(p: &Pairing, side: Side, model: &'a Model, other: &Model) -> Self {
        let after = if side == Side::After { model } else { other };
        let segments = model.segments.iter().map(|(id, s)| {
            let (_, partner) = p.segments.both::<SegmentId>(p.segment(side, id));
            partner.map_or_else(|| s.name.clone(), |x| after.segments[x].name.clone())
        });
        let zones = model.zones.iter().map(|(id, z)| {
            let (_, partner) = p.zones.both::<ZoneId>(p.zone(side, id));
            partner.map_or_else(|| z.name.clone(), |x| after.zones[x].name.clone())
        });
        let nodes = model.nodes.iter().map(|(id, n)| {
            let (_, partner) = p.nodes.both::<NodeId>(p.node(side, id));
            partner.map_or_else(|| n.name.clone(), |x| after.nodes[x].name.clone())
        });
        let communications = model.communications.iter().map(|(id, c)| {
            let (_, partner) = p.communications.both(p.communication(side, id));
            partner.map_or_else(|| c.name.clone(), |x| after.communications[x].name.clone())
        });
        let (segments, zones, nodes): (Vec<_>, Vec<_>, Vec<_>) = (segments.collect(), zones.collect(), nodes.collect());
        let communications: Vec<String> = communications.collect();
        let machines: BTreeMap<String, String> =
            model.nodes.values().map(|n| n.name.clone()).zip(nodes.iter().cloned()).collect();
        let mut inside = BTreeMap::new();
        let own = |m: &Model| -> Vec<String> { m.zones.values().map(|z| z.name.clone()).collect() };
        inside.extend(own(model).into_iter().zip(zones.iter().cloned()));
        inside.extend(model.communications.values().map(|c| c.name.clone()).zip(communications.iter().cloned()));
        inside.extend(model.nodes.values().map(|n| n.name.clone()).zip(nodes.iter().cloned()));
        let named = |m: &Model, name: &str| m.nodes.values().any(|n| n.name == name);
        let shared = other.labels.values().filter(|l| named(model, l) && !named(other, l));
        let words = shared.filter(|l| model.labels.values().any(|x| x == *l)).cloned().collect();
        Self { model, segments, zones, nodes, inside, machines, words }
    }

    pub(super) fn segment(&self, id: SegmentId) -> String {
        self.segments[id.index()].clone()
    }

    pub(super) fn zone(&self, id: ZoneId) -> String {
        self.zones[id.index()].clone()
    }

    pub(super) fn node(&self, id: NodeId) -> String {
        self.nodes[id.index()].clone()
    }

    pub(super) fn nodes(&self, list: &[NodeId]) -> String {
        let mut names: Vec<String> = list.iter().map(|&n| self.node(n)).collect();
        names.sort();
        names.join(", ")
    }

    /// A label; one that is the name of a machine is told by that.
    pub(super) fn label(&self, id: LabelId) -> String {
        let label = &self.model.labels[id];
        if self.words.contains(label) {
            return label.clone();
        }
        self.machines.get(label).unwrap_or(label).clone()
    }

    /// `edr@in-pc` as `edr@` and the name of the machine; `edr@a.b` with everything behind the dot as it is.
    pub(super) fn guard(&self, id: GuardId) -> String {
        let name = &self.model.guards[id].name;
        let Some((word, of)) = name.split_once('@') else { return name.clone() };
        if let Some(known) = self.inside.get(of) {
            return format!("{word}@{known}");
        }
        let cut = of.rmatch_indices(['.', '@', ':']).find_map(|(i, _)| Some((self.inside.get(&of[..i])?, &of[i..])));
        cut.map_or_else(|| name.clone(), |(known, rest)| format!("{word}@{known}{rest}"))
    }

    pub(super) fn guards(&self, list: &[GuardId]) -> String {
        self.guard_list(list).join(", ")
    }

    pub(super) fn guard_list(&self, list: &[GuardId]) -> Vec<String> {
        let mut names: Vec<String> = list.iter().map(|&g| self.guard(g)).collect();
        names.sort();
        names
    }
}
