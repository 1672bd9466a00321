//! Signatures of segments, networks and machines: everything that a drawing says of them but their names and labels.
//!
//! Colour refinement: a thing is told by what it is, then by what it is joined to, then by what those are joined to. It
//! finds partners; whether the drawings mean the same is decided elsewhere.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::attributes;
use crate::model::{AddrMatch, FaceId, Id, Model, NodeId, PacketAddr, Question, Ternary, Transit, ZoneId};

/// What is joined already: per kind, the partner of each thing before.
pub(super) struct Seed<'a> {
    pub(super) pairs: [&'a Vec<Option<usize>>; 3],
}

/// The things of one drawing and how they hang together.
pub(super) struct Graph {
    /// Names per kind: segments, networks, machines.
    pub(super) names: [Vec<String>; 3],
    own: Vec<u64>,
    /// Sorted lists of `(word, neighbour)`.
    edges: Vec<Vec<(u64, usize)>>,
    first: [usize; 4],
}

fn hash(value: &impl Hash) -> u64 {
    // Its keys are fixed, so the same drawing has the same colours on every machine.
    let mut h = DefaultHasher::new();
    value.hash(&mut h);
    h.finish()
}

impl Graph {
    pub(super) fn new(m: &Model) -> Self {
        let first =
            [0, m.segments.len(), m.segments.len() + m.zones.len(), m.segments.len() + m.zones.len() + m.nodes.len()];
        let mut own = Vec::new();
        own.extend(m.segments.values().map(|s| hash(&("segment", s.layer, &s.body, s.cloud))));
        own.extend(m.zones.values().map(|z| {
            let security = format!("{:?}", z.security);
            hash(&("zone", z.broadcast, z.binding.is_some(), z.client_isolation, z.wireless, security))
        }));
        own.extend(m.nodes.ids().map(|n| hash(&("node", attributes::own(m, n)))));
        let names = [
            m.segments.values().map(|s| s.name.clone()).collect(),
            m.zones.values().map(|z| z.name.clone()).collect(),
            m.nodes.values().map(|n| n.name.clone()).collect(),
        ];
        let mut graph = Self { names, edges: vec![Vec::new(); own.len()], own, first };
        graph.attachments(m);
        graph.references(m);
        graph.rules(m);
        graph.policy(m);
        graph
    }

    fn segment(&self, i: impl Id) -> usize {
        self.first[0] + i.index()
    }

    fn zone(&self, i: impl Id) -> usize {
        self.first[1] + i.index()
    }

    fn node(&self, i: impl Id) -> usize {
        self.first[2] + i.index()
    }

    fn edge(&mut self, word: &impl Hash, from: usize, to: usize) {
        self.edges[from].push((hash(&(word, ">")), to));
        self.edges[to].push((hash(&(word, "<")), from));
    }

    fn attachments(&mut self, m: &Model) {
        for (id, z) in m.zones.iter() {
            if let Some(s) = z.segment {
                self.edge(&"in", self.zone(id), self.segment(s));
            }
        }
        for (id, n) in m.nodes.iter() {
            for (i, &f) in n.faces.iter().enumerate() {
                let face = &m.faces[f];
                // The faces of an endpoint have no order of their own; the sides of a mediator do.
                let place = (m.mediator_of(f).map(|_| i), attributes::address(&face.address));
                if let Some(z) = face.zone {
                    self.edge(&("at", &place), self.node(id), self.zone(z));
                }
                if let Some(s) = face.segment {
                    self.edge(&"of", self.node(id), self.segment(s));
                }
            }
            if let Some(s) = n.part_of {
                self.edge(&"part of", self.node(id), self.segment(s));
            }
        }
    }

    fn references(&mut self, m: &Model) {
        for (id, _) in m.nodes.iter() {
            for (word, others) in attributes::references(m, id) {
                for other in others {
                    self.edge(&word, self.node(id), self.node(other));
                }
            }
        }
        for r in &m.relations {
            let word = format!("relation {:?} {:?} {}", r.from.state, r.to.state, r.assumption.is_some());
            let (x, y) = (m.faces[r.from.face].node, m.faces[r.to.face].node);
            self.edge(&word, self.node(x), self.node(y));
        }
        for c in m.communications.values() {
            let word = format!("communication {:?} {:?} {:?} {:?}", c.services, c.purpose, c.limits, c.exchange);
            for &x in &c.from {
                for &y in &c.to {
                    self.edge(&word, self.node(x), self.node(y));
                }
            }
        }
    }

    fn rules(&mut self, m: &Model) {
        for t in m.transits.values() {
            let device = self.node(t.node);
            for &z in &t.zones {
                let way = t.one_way.map(|(from, to)| (z == from, z == to));
                let part = t.parts.as_ref().map(|parts| parts.iter().filter(|p| Some(*p) == part_of(t, z)).count());
                let about = (t.stateful, format!("{:?}", t.default), t.strays.is_some(), t.rules_see_outside, part);
                let about = (about, t.hairpin);
                self.edge(&("joins", way, about), device, self.zone(z));
            }
            for (i, r) in t.rules.iter().flatten().enumerate() {
                let head = (i, format!("{:?}", r.action), format!("{:?}", r.services), r.state);
                for (word, zones) in [("enters", &r.enters), ("leaves", &r.leaves)] {
                    for &z in zones {
                        self.edge(&(word, &head), device, self.zone(z));
                    }
                }
                for (word, set) in [("from", &r.source), ("to", &r.destination)] {
                    self.matched(m, set, &(word, &head), device);
                }
            }
            self.ways(m, t, device);
        }
    }

    /// Routes and translations.
    fn ways(&mut self, m: &Model, t: &Transit, device: usize) {
        for (i, r) in t.routes.iter().flatten().enumerate() {
            // Only policy routes have an order.
            let services = r.when.as_ref().map(|w| (i, format!("{:?}", w.services)));
            let head = ("route", r.prefix_len, services);
            let place = r.via.map_or(device, |z| self.zone(z));
            self.edge(&head, device, place);
            if let Some(next) = r.next {
                self.edge(&("next", &head), device, self.node(m.transits[next].node));
            }
            self.matched(m, &r.to, &("to", &head), device);
            if let Some(w) = &r.when {
                self.matched(m, &w.source, &("from", &head), device);
                for &z in &w.enters {
                    self.edge(&("enters", &head), device, self.zone(z));
                }
            }
        }
        for d in &t.dnat {
            let word = (d.outside.to_string(), format!("{:?} {:?}", d.ports, d.inside_port));
            self.edge(&("nat", word), device, d.zone.map_or(device, |z| self.zone(z)));
        }
        for s in &t.snat {
            self.edge(&("nat", format!("source {}", s.source)), device, self.zone(s.zone));
            if let Some(from) = &s.from {
                self.matched(m, from, &("nat from", s.source), device);
            }
        }
    }

    /// Joins a device to the machines whose addresses lie in a set.
    fn matched(&mut self, m: &Model, set: &AddrMatch, word: &impl Hash, device: usize) {
        if set.any {
            self.edges[device].push((hash(&(word, "any")), device));
            return;
        }
        let inside = |f: FaceId| -> Vec<Ternary> {
            match &m.faces[f].address {
                crate::model::FaceAddress::Known(ranges) => {
                    ranges.iter().map(|r| set.matches(PacketAddr::Literal(r.first), &m.faces)).collect()
                }
                _ => vec![set.matches(PacketAddr::Of(f), &m.faces)],
            }
        };
        for (id, face) in m.faces.iter() {
            let answer = inside(id);
            if answer.iter().any(|t| *t != Ternary::No) {
                self.edge(&(word, &answer), device, self.node(face.node));
            }
        }
    }

    fn policy(&mut self, m: &Model) {
        for check in m.checks.values() {
            match &check.question {
                // All pairs are asked about, or those that the layers say.
                Question::Matrix { .. } => {}
                Question::Forbid { lens, from, to, eyes } => {
                    let word = format!("{lens:?} {eyes}");
                    self.asked(m, &word, from, to);
                }
                Question::Require { from, to, carrier, .. } => {
                    let word = format!("require {carrier:?}");
                    self.asked(m, &word, from, to);
                }
            }
        }
        for e in &m.exceptions {
            for &n in &e.nodes {
                let at = self.node(n);
                self.edges[at].push((hash(&("exception", &e.rule, &e.id)), at));
            }
        }
    }

    fn asked(&mut self, m: &Model, word: &str, from: &[FaceId], to: &[FaceId]) {
        for (end, faces) in [("from", from), ("to", to)] {
            let nodes: BTreeSet<NodeId> = faces.iter().map(|&f| m.faces[f].node).collect();
            for n in nodes {
                let at = self.node(n);
                self.edges[at].push((hash(&(word, end)), at));
            }
        }
    }

    /// The first colours: joined things have one of their own, all others that of what they are.
    fn begin(&self, seed: &Seed<'_>, before: bool) -> Colours {
        let mut fixed: Vec<Option<u64>> = vec![None; self.own.len()];
        for (kind, pairs) in seed.pairs.iter().enumerate() {
            for (a, b) in pairs.iter().enumerate().filter_map(|(a, b)| Some((a, (*b)?))) {
                fixed[self.first[kind] + if before { a } else { b }] = Some(hash(&("pair", kind, a)));
            }
        }
        let now = self.own.iter().zip(&fixed).map(|(o, f)| f.unwrap_or(*o)).collect();
        Colours { fixed, now, count: 0 }
    }

    /// One round; whether more is told apart than before.
    fn round(&self, c: &mut Colours) -> bool {
        let next: Vec<u64> = (0..c.now.len())
            .map(|i| {
                c.fixed[i].unwrap_or_else(|| {
                    let mut around: Vec<(u64, u64)> = self.edges[i].iter().map(|&(w, j)| (w, c.now[j])).collect();
                    around.sort_unstable();
                    hash(&(c.now[i], around))
                })
            })
            .collect();
        let count = next.iter().collect::<BTreeSet<_>>().len();
        let more = count != c.count;
        (c.now, c.count) = (next, count);
        more
    }

    fn by_kind(&self, c: &Colours) -> [Vec<u64>; 3] {
        [0, 1, 2].map(|k| c.now[self.first[k]..self.first[k + 1]].to_vec())
    }
}

/// The colours of one drawing in the course of refinement.
struct Colours {
    fixed: Vec<Option<u64>>,
    now: Vec<u64>,
    count: usize,
}

/// The colours of all things of both drawings once nothing more is told apart, by kind.
pub(super) fn refine(left: &Graph, right: &Graph, seed: &Seed<'_>) -> ([Vec<u64>; 3], [Vec<u64>; 3]) {
    let (mut l, mut r) = (left.begin(seed, true), right.begin(seed, false));
    // Both go on as long as one of them gains: colours of different rounds cannot be compared.
    while left.round(&mut l) | right.round(&mut r) {}
    (left.by_kind(&l), right.by_kind(&r))
}

/// The number of the part of a device to which a zone belongs.
fn part_of(t: &Transit, zone: ZoneId) -> Option<&u32> {
    let at = t.zones.iter().position(|&z| z == zone)?;
    t.parts.as_ref()?.get(at)
}
