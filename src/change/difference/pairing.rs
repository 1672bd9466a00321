//! What in one drawing is what in the other: segments, networks, machines, their attachments, communications.
//!
//! By name and kind first; what is left, by everything but name and label ([`super::signature`]). Things that nothing
//! tells apart are interchangeable. It judges no difference.

use std::collections::{BTreeMap, BTreeSet};

use super::signature::{Graph, Seed, refine};
use crate::model::{CommunicationId, FaceId, Id, Model, NodeId, Role, SegmentId, ZoneId};

/// Which of the two drawings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// The one before.
    Before,
    /// The one after.
    After,
}

/// One number for both: things of the drawing before come first, then those that only the one after has.
pub(super) type Common = usize;

/// Partners of one kind of thing.
#[derive(Debug, Clone, Default)]
pub(super) struct Pairs {
    before: Vec<Option<usize>>,
    after: Vec<Option<usize>>,
    /// Common numbers of the things after.
    number: Vec<Common>,
    /// The thing after that has a common number.
    back: BTreeMap<Common, usize>,
}

impl Pairs {
    fn new(before: usize, after: usize) -> Self {
        Self { before: vec![None; before], after: vec![None; after], ..Self::default() }
    }

    fn join(&mut self, a: usize, b: usize) {
        self.before[a] = Some(b);
        self.after[b] = Some(a);
    }

    fn free(&self, a: usize, b: usize) -> bool {
        self.before[a].is_none() && self.after[b].is_none()
    }

    fn finish(&mut self) {
        let mut next = self.before.len();
        for (b, partner) in self.after.iter().enumerate() {
            let number = partner.unwrap_or_else(|| {
                next += 1;
                next - 1
            });
            self.number.push(number);
            self.back.insert(number, b);
        }
    }

    /// The common number of a thing.
    pub(super) fn common(&self, side: Side, id: impl Id) -> Common {
        match side {
            Side::Before => id.index(),
            Side::After => self.number[id.index()],
        }
    }

    /// The thing of a common number in the drawing before, and in the one after.
    pub(super) fn both<I: Id>(&self, common: Common) -> (Option<I>, Option<I>) {
        ((common < self.before.len()).then(|| I::new(common)), self.back.get(&common).map(|&b| I::new(b)))
    }

    /// All common numbers.
    pub(super) fn all(&self) -> impl Iterator<Item = Common> + use<> {
        let before = self.before.len();
        0..before + self.after.iter().filter(|p| p.is_none()).count()
    }
}

/// All partners.
#[derive(Debug, Clone, Default)]
pub(super) struct Pairing {
    pub(super) segments: Pairs,
    pub(super) zones: Pairs,
    pub(super) nodes: Pairs,
    pub(super) faces: Pairs,
    pub(super) communications: Pairs,
}

impl Pairing {
    /// By names, then by signatures.
    pub(super) fn by_name(a: &Model, b: &Model) -> Self {
        let mut p = Self::empty(a, b);
        p.named(a, b);
        if p.rest() {
            let (left, right) = (Graph::new(a), Graph::new(b));
            p.refined(&left, &right);
            p.alike(a, b);
        }
        p.finished(a, b)
    }

    /// By structure alone, if the two drawings are one but for names and order.
    pub(super) fn by_structure(a: &Model, b: &Model) -> Option<Self> {
        let (left, right) = (Graph::new(a), Graph::new(b));
        let mut p = Self::empty(a, b);
        p.refined(&left, &right);
        let whole =
            [&p.segments, &p.zones, &p.nodes].iter().all(|k| !k.before.contains(&None) && !k.after.contains(&None));
        whole.then(|| p.finished(a, b))
    }

    fn empty(a: &Model, b: &Model) -> Self {
        Self {
            segments: Pairs::new(a.segments.len(), b.segments.len()),
            zones: Pairs::new(a.zones.len(), b.zones.len()),
            nodes: Pairs::new(a.nodes.len(), b.nodes.len()),
            faces: Pairs::new(a.faces.len(), b.faces.len()),
            communications: Pairs::new(a.communications.len(), b.communications.len()),
        }
    }

    fn rest(&self) -> bool {
        [&self.segments, &self.zones, &self.nodes].iter().any(|k| k.before.contains(&None) && k.after.contains(&None))
    }

    fn named(&mut self, a: &Model, b: &Model) {
        joined(
            &mut self.segments,
            keys(a.segments.iter(), |s| s.name.clone()),
            keys(b.segments.iter(), |s| s.name.clone()),
        );
        joined(&mut self.zones, keys(a.zones.iter(), |z| z.name.clone()), keys(b.zones.iter(), |z| z.name.clone()));
        let kind = |n: &crate::model::Node| (n.name.clone(), format!("{:?}", n.kind));
        joined(&mut self.nodes, keys(a.nodes.iter(), kind), keys(b.nodes.iter(), kind));
    }

    /// Joins what the refined signatures of both drawings call the same, one class at a time.
    fn refined(&mut self, left: &Graph, right: &Graph) {
        loop {
            let seed = Seed { pairs: [&self.segments.before, &self.zones.before, &self.nodes.before] };
            let (l, r) = refine(left, right, &seed);
            let mut joined = false;
            let mut twins: Option<(usize, Vec<usize>, Vec<usize>)> = None;
            for kind in 0..3 {
                let pairs = self.kind(kind);
                let mut classes: BTreeMap<u64, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
                for (i, &c) in l[kind].iter().enumerate().filter(|(i, _)| pairs.before[*i].is_none()) {
                    classes.entry(c).or_default().0.push(i);
                }
                for (i, &c) in r[kind].iter().enumerate().filter(|(i, _)| pairs.after[*i].is_none()) {
                    classes.entry(c).or_default().1.push(i);
                }
                for (_, (ours, theirs)) in classes {
                    match (ours.as_slice(), theirs.as_slice()) {
                        ([], _) | (_, []) => {}
                        ([x], [y]) => {
                            self.kind_mut(kind).join(*x, *y);
                            joined = true;
                        }
                        _ if twins.as_ref().is_none_or(|t| ours.len() < t.1.len()) => {
                            twins = Some((kind, ours, theirs));
                        }
                        _ => {}
                    }
                }
            }
            match twins {
                _ if joined => {}
                None => return,
                Some((kind, ours, theirs)) => {
                    // The same name first; else any, for nothing tells them apart.
                    let name = |g: &Graph, i: usize| g.names[kind][i].clone();
                    let same = ours
                        .iter()
                        .find_map(|&x| Some((x, *theirs.iter().find(|&&y| name(left, x) == name(right, y))?)));
                    let least = |g: &Graph, list: &[usize]| list.iter().copied().min_by_key(|&i| name(g, i));
                    let pair = same.or_else(|| Some((least(left, &ours)?, least(right, &theirs)?)));
                    // Many twins are joined at once: one by one would take too long.
                    if ours.len() > MANY {
                        let sorted = |g: &Graph, list: &[usize]| {
                            let mut list = list.to_vec();
                            list.sort_by_key(|&i| name(g, i));
                            list
                        };
                        for (x, y) in sorted(left, &ours).into_iter().zip(sorted(right, &theirs)) {
                            self.kind_mut(kind).join(x, y);
                        }
                    } else if let Some((x, y)) = pair {
                        self.kind_mut(kind).join(x, y);
                    }
                }
            }
        }
    }

    fn kind(&self, kind: usize) -> &Pairs {
        [&self.segments, &self.zones, &self.nodes][kind]
    }

    fn kind_mut(&mut self, kind: usize) -> &mut Pairs {
        match kind {
            0 => &mut self.segments,
            1 => &mut self.zones,
            _ => &mut self.nodes,
        }
    }

    /// What is left although it is renamed and changed at once: one of its kind at its place, or with its label.
    fn alike(&mut self, a: &Model, b: &Model) {
        let layer = |s: &crate::model::Segment| (s.layer, s.body.clone(), s.cloud);
        only(&mut self.segments, keys(a.segments.iter(), layer), keys(b.segments.iter(), layer));
        for _ in 0..2 {
            let zone = |p: &Self, m: &Model, side: Side| -> Vec<(usize, Vec<Common>)> {
                let key = |id: ZoneId| -> Vec<Common> {
                    let nodes = m.faces.values().filter(|f| f.zone == Some(id)).map(|f| f.node);
                    let devices = m.transits.values().filter(|t| t.zones.contains(&id)).map(|t| t.node);
                    let both: BTreeSet<Common> = nodes.chain(devices).filter_map(|n| p.nodes.joint(side, n)).collect();
                    both.into_iter().collect()
                };
                let all = m.zones.ids().map(|z| (z.index(), key(z)));
                all.filter(|(_, k)| !k.is_empty()).collect()
            };
            let (l, r) = (zone(self, a, Side::Before), zone(self, b, Side::After));
            only(&mut self.zones, l, r);
            let node = |p: &Self, m: &Model, side: Side, labelled: bool| -> Vec<(usize, String)> {
                m.nodes
                    .iter()
                    .filter(|(_, n)| !labelled || n.label != n.name)
                    .map(|(id, n)| {
                        let zones: Vec<Option<Common>> =
                            zones_of(m, id).into_iter().map(|z| p.zones.joint(side, z)).collect();
                        let more = if labelled { n.label.clone() } else { super::attributes::own(m, id) };
                        (id.index(), format!("{:?} {zones:?} {more}", n.kind))
                    })
                    .collect()
            };
            for labelled in [false, true] {
                let (l, r) = (node(self, a, Side::Before, labelled), node(self, b, Side::After, labelled));
                only(&mut self.nodes, l, r);
            }
        }
        // The same name, of another kind: one machine that became something else.
        let role = |n: &crate::model::Node| (n.name.clone(), std::mem::discriminant(&n.role));
        only_hashed(&mut self.nodes, a, b, role);
    }

    fn finished(mut self, a: &Model, b: &Model) -> Self {
        self.segments.finish();
        self.zones.finish();
        self.nodes.finish();
        self.faces(a, b);
        self.faces.finish();
        self.communications(a, b);
        self.communications.finish();
        self
    }

    fn faces(&mut self, a: &Model, b: &Model) {
        for (x, n) in a.nodes.iter() {
            let Some(m) = self.nodes.before[x.index()].map(|y| &b.nodes[NodeId::new(y)]) else { continue };
            let sides = |n: &crate::model::Node, i: usize| match &n.role {
                Role::Mediator(m) => m.sides.get(i).cloned(),
                _ => None,
            };
            let zone = |p: &Self, m: &Model, f: FaceId, side| m.faces[f].zone.map(|z| p.zones.common(side, z));
            let fits = |p: &Self, i: usize, j: usize, strict: bool| {
                sides(n, i) == sides(m, j)
                    && (!strict || zone(p, a, n.faces[i], Side::Before) == zone(p, b, m.faces[j], Side::After))
            };
            for strict in [true, false] {
                for i in 0..n.faces.len() {
                    for j in 0..m.faces.len() {
                        let (f, g) = (n.faces[i].index(), m.faces[j].index());
                        if self.faces.free(f, g) && fits(self, i, j, strict) {
                            self.faces.join(f, g);
                        }
                    }
                }
            }
        }
    }

    fn communications(&mut self, a: &Model, b: &Model) {
        let name = |c: &crate::model::Communication| c.name.clone();
        joined(&mut self.communications, keys(a.communications.iter(), name), keys(b.communications.iter(), name));
        let ends = |p: &Self, m: &Model, side: Side| -> Vec<(usize, String)> {
            let of = |list: &[NodeId]| {
                let mut list: Vec<_> = list.iter().map(|&n| p.nodes.common(side, n)).collect();
                list.sort_unstable();
                list
            };
            m.communications
                .iter()
                .map(|(id, c)| (id.index(), format!("{:?} {:?} {:?}", of(&c.from), of(&c.to), c.services)))
                .collect()
        };
        let (l, r) = (ends(self, a, Side::Before), ends(self, b, Side::After));
        joined(&mut self.communications, l, r);
    }
}

/// Above so many twins they are joined in the order of their names.
const MANY: usize = 64;

impl Pairs {
    /// The common number of a thing that has a partner; before `finish`.
    fn joint(&self, side: Side, id: impl Id) -> Option<Common> {
        match side {
            Side::Before => self.before[id.index()].map(|_| id.index()),
            Side::After => self.after[id.index()],
        }
    }
}

fn keys<'t, I: Id + 't, T: 't, K>(rows: impl Iterator<Item = (I, &'t T)>, key: impl Fn(&T) -> K) -> Vec<(usize, K)> {
    rows.map(|(id, row)| (id.index(), key(row))).collect()
}

/// Joins the first free ones with equal keys, in order.
fn joined<K: Ord>(pairs: &mut Pairs, left: Vec<(usize, K)>, right: Vec<(usize, K)>) {
    let mut there: BTreeMap<&K, Vec<usize>> = BTreeMap::new();
    for (j, k) in right.iter().rev().filter(|(j, _)| pairs.after[*j].is_none()) {
        there.entry(k).or_default().push(*j);
    }
    for (i, k) in &left {
        if pairs.before[*i].is_some() {
            continue;
        }
        if let Some(j) = there.get_mut(k).and_then(Vec::pop) {
            pairs.join(*i, j);
        }
    }
}

/// Joins free ones whose key exactly one thing on each side has.
fn only<K: Ord>(pairs: &mut Pairs, left: Vec<(usize, K)>, right: Vec<(usize, K)>) {
    let mut all: BTreeMap<&K, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for (i, k) in left.iter().filter(|(i, _)| pairs.before[*i].is_none()) {
        all.entry(k).or_default().0.push(*i);
    }
    for (j, k) in right.iter().filter(|(j, _)| pairs.after[*j].is_none()) {
        all.entry(k).or_default().1.push(*j);
    }
    let found: Vec<(usize, usize)> = all
        .into_values()
        .filter_map(|(l, r)| match (l.as_slice(), r.as_slice()) {
            ([i], [j]) => Some((*i, *j)),
            _ => None,
        })
        .collect();
    for (i, j) in found {
        pairs.join(i, j);
    }
}

/// As [`only`], for keys that can only be compared.
fn only_hashed<K: PartialEq>(pairs: &mut Pairs, a: &Model, b: &Model, key: impl Fn(&crate::model::Node) -> K) {
    for (x, n) in a.nodes.iter() {
        let partner = b.nodes.iter().find(|(y, m)| pairs.free(x.index(), y.index()) && key(n) == key(m));
        if let Some((y, _)) = partner {
            pairs.join(x.index(), y.index());
        }
    }
}

/// The zones that a node touches, in order.
pub(super) fn zones_of(m: &Model, id: NodeId) -> Vec<ZoneId> {
    let node = &m.nodes[id];
    let faces = node.faces.iter().filter_map(|&f| m.faces[f].zone);
    let joins = m.transits.values().filter(|t| t.node == id).flat_map(|t| t.zones.iter().copied());
    let mut all: Vec<ZoneId> = Vec::new();
    for z in faces.chain(joins) {
        if !all.contains(&z) {
            all.push(z);
        }
    }
    all
}

/// The common number of a segment, network, machine, attachment or communication.
impl Pairing {
    pub(super) fn segment(&self, side: Side, id: SegmentId) -> Common {
        self.segments.common(side, id)
    }

    pub(super) fn zone(&self, side: Side, id: ZoneId) -> Common {
        self.zones.common(side, id)
    }

    pub(super) fn node(&self, side: Side, id: NodeId) -> Common {
        self.nodes.common(side, id)
    }

    pub(super) fn face(&self, side: Side, id: FaceId) -> Common {
        self.faces.common(side, id)
    }

    pub(super) fn communication(&self, side: Side, id: CommunicationId) -> Common {
        self.communications.common(side, id)
    }
}
