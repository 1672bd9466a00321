//! Who may open which service to whom, at packet level, in two drawings: what is gained and lost.
//!
//! Machines are compared, not numbers: a machine that moves to another address together with the rules that name it opens
//! what it opened. A group whose addresses the rules tell apart is compared part by part.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::merge::{Row, merged};
use super::pairing::{Common, Pairing, Side};
use super::services::Services;
use super::{Drawing, Tendency};
use crate::flow::{admitted, isolated};
use crate::model::{AddrRange, FaceId, Id, Model, ZoneId};
use crate::packet::{AddrClass, Bits};

/// How certain it is that a service can be opened, from some and from all addresses of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Openness {
    /// From some address of the one to some address of the other: 0 no, 1 possible, 2 certain.
    pub some: u8,
    /// Between all of their addresses.
    pub all: u8,
}

/// An attachment, or a part of its addresses.
pub(super) type Actor = (Common, usize);

/// What changes between two actors: the services, by what was before and what is after.
pub(super) type Change = BTreeMap<(Openness, Openness), BTreeSet<usize>>;

/// The parts of an attachment that some rule of either drawing tells apart.
#[derive(Debug, Clone, Default)]
pub(super) struct Part {
    before: Vec<AddrClass>,
    after: Vec<AddrClass>,
    /// Addresses after, else before; empty: all of them.
    pub(super) addresses: Vec<AddrRange>,
}

/// All that differs.
pub(super) struct Flows {
    pub(super) services: Services,
    pub(super) parts: Vec<Vec<Part>>,
    pub(super) rows: Vec<Row<Actor, Change>>,
    /// What it means for each pair of segments.
    pub(super) tendency: BTreeMap<(Common, Common), Tendency>,
}

type Reach = FxHashMap<((ZoneId, AddrClass), (ZoneId, AddrClass), bool), (Bits, Bits)>;

/// The sessions between classes, without what they pass.
fn reach(d: &Drawing<'_>) -> Reach {
    let mut all: Reach = FxHashMap::default();
    let sessions = &d.network.flow.sessions;
    for s in sessions.list.iter() {
        for (source, destination) in s.pairs() {
            let key = ((s.ends.from, source), (s.ends.to, destination), s.apart);
            let none = || (sessions.classes.none(), sessions.classes.none());
            let (may, sure) = all.entry(key).or_insert_with(none);
            may.add(&s.req.may);
            sure.add(&s.req.sure);
        }
    }
    all
}

/// One drawing, ready to be asked.
struct Asked<'a> {
    model: &'a Model,
    reach: Reach,
    /// Per face, the services it answers.
    listens: Vec<Option<Bits>>,
}

impl<'a> Asked<'a> {
    fn new(d: &Drawing<'a>) -> Self {
        use crate::model::Role;
        let classes = &d.network.flow.sessions.classes;
        let listens = d.model.faces.values().map(|f| {
            let heard = match &d.model.nodes[f.node].role {
                Role::Endpoint(e) => e.listens.as_ref(),
                Role::Mediator(m) => m.listens.as_ref(),
                Role::Transit(_) => None,
            };
            heard.map(|l| classes.bits_of(l, false))
        });
        Self { model: d.model, reach: reach(d), listens: listens.collect() }
    }

    /// Per class of services: how certain it is, for some and for all addresses.
    fn open(&self, x: (FaceId, &[AddrClass]), y: (FaceId, &[AddrClass]), classes: usize) -> Option<Vec<Openness>> {
        let (from, to) = (self.model.faces[x.0].zone?, self.model.faces[y.0].zone?);
        if !admitted(self.model, x.0, y.0) {
            return None;
        }
        let apart = isolated(self.model, x.0, y.0);
        let mut found: Option<Vec<Openness>> = None;
        let mut missing = false;
        for &a in x.1 {
            for &b in y.1 {
                let Some((may, sure)) = self.reach.get(&((from, a), (to, b), apart)) else {
                    missing = true;
                    continue;
                };
                let heard =
                    |bits: &Bits, c: usize| bits.has(c) && self.listens[y.0.index()].as_ref().is_none_or(|l| l.has(c));
                let level = |c: usize| if heard(sure, c) { 2 } else { u8::from(heard(may, c)) };
                match &mut found {
                    None => {
                        found = Some((0..classes).map(|c| Openness { some: level(c), all: level(c) }).collect());
                    }
                    Some(list) => {
                        for (c, o) in list.iter_mut().enumerate() {
                            let l = level(c);
                            *o = Openness { some: o.some.max(l), all: o.all.min(l) };
                        }
                    }
                }
            }
        }
        if let (Some(list), true) = (&mut found, missing) {
            list.iter_mut().for_each(|o| o.all = 0);
        }
        found.filter(|list| list.iter().any(|o| o.some > 0))
    }
}

/// What differs between two drawings.
pub(super) fn flows(p: &Pairing, a: &Drawing<'_>, b: &Drawing<'_>) -> Flows {
    let classes = (&a.network.flow.sessions.classes, &b.network.flow.sessions.classes);
    let services = Services::new(classes.0, classes.1);
    let (left, right) = (Asked::new(a), Asked::new(b));
    let faces: Vec<(Common, Both)> = p.faces.all().map(|c| (c, p.faces.both::<FaceId>(c))).collect();
    let parts: Vec<Vec<Part>> = faces.iter().map(|(_, both)| parts(a, b, *both)).collect();
    let counts = (classes.0.services.len(), classes.1.services.len());
    let found: Vec<FromOne> = faces
        .par_iter()
        .map(|&(x, (xa, xb))| {
            let mut cells = Vec::new();
            let mut tendency: BTreeMap<(Common, Common), Tendency> = BTreeMap::new();
            for &(y, (ya, yb)) in &faces {
                for (i, px) in parts[x].iter().enumerate() {
                    for (j, py) in parts[y].iter().enumerate() {
                        let before =
                            xa.zip(ya).and_then(|(x, y)| left.open((x, &px.before), (y, &py.before), counts.0));
                        let after = xb.zip(yb).and_then(|(x, y)| right.open((x, &px.after), (y, &py.after), counts.1));
                        if before.is_none() && after.is_none() {
                            continue;
                        }
                        let at =
                            |list: &Option<Vec<Openness>>, c: usize| list.as_ref().map(|l| l[c]).unwrap_or_default();
                        let states: Vec<(Openness, Openness)> =
                            services.classes.iter().map(|&(c, d)| (at(&before, c), at(&after, d))).collect();
                        let pair = |m: &Model, side, x: Option<FaceId>, y: Option<FaceId>| {
                            let (s, t) = (m.faces[x?].segment?, m.faces[y?].segment?);
                            Some((p.segment(side, s), p.segment(side, t)))
                        };
                        let here = (pair(a.model, Side::Before, xa, ya), pair(b.model, Side::After, xb, yb));
                        count(&mut tendency, here, &states);
                        let mut change = Change::new();
                        for (k, state) in states.iter().enumerate().filter(|(_, s)| s.0 != s.1) {
                            change.entry(*state).or_default().insert(k);
                        }
                        if !change.is_empty() {
                            cells.push((((x, i), (y, j)), change));
                        }
                    }
                }
            }
            (cells, tendency)
        })
        .collect();
    let mut cells = BTreeMap::new();
    let mut tendency: BTreeMap<(Common, Common), Tendency> = BTreeMap::new();
    for (some, more) in found {
        cells.extend(some);
        for (pair, t) in more {
            tendency.entry(pair).or_default().add(t);
        }
    }
    Flows { services, parts, rows: merged(cells), tendency }
}

type Pair = Option<(Common, Common)>;

/// An attachment before and after.
type Both = (Option<FaceId>, Option<FaceId>);

/// What one attachment opens that changed, and what that says of pairs of segments.
type FromOne = (Vec<((Actor, Actor), Change)>, BTreeMap<(Common, Common), Tendency>);

/// Adds what some states say about the pairs of segments between which they are: before, and after.
fn count(all: &mut BTreeMap<(Common, Common), Tendency>, here: (Pair, Pair), states: &[(Openness, Openness)]) {
    let different = |p: Pair| p.filter(|(s, t)| s != t);
    let (before, after) = (different(here.0), different(here.1));
    for &(x, y) in states {
        if before == after {
            if let Some(pair) = before {
                all.entry(pair).or_default().item((x.some, x.all), (y.some, y.all));
            }
            continue;
        }
        let none = (0, 0);
        if let Some(pair) = before {
            all.entry(pair).or_default().item((x.some, x.all), none);
        }
        if let Some(pair) = after {
            all.entry(pair).or_default().item(none, (y.some, y.all));
        }
    }
}

/// The parts of an attachment: positions in its addresses, so that a group that moved as a whole is the same group.
fn parts(a: &Drawing<'_>, b: &Drawing<'_>, (x, y): Both) -> Vec<Part> {
    let classes = |d: &Drawing<'_>, f: Option<FaceId>| -> Vec<AddrClass> {
        let own = f.map(|f| d.network.flow.sessions.classes.of_face[f.index()].as_slice()).unwrap_or_default();
        own.iter().map(|(c, _)| *c).collect()
    };
    let pieces = |d: &Drawing<'_>, f: Option<FaceId>| -> Vec<(AddrRange, AddrClass)> {
        f.map(|f| d.network.flow.sessions.classes.pieces[f.index()].clone()).unwrap_or_default()
    };
    let whole = Part { before: classes(a, x), after: classes(b, y), addresses: Vec::new() };
    let (left, right) = (pieces(a, x), pieces(b, y));
    let size = |list: &[(AddrRange, AddrClass)]| -> Option<u128> {
        list.iter().try_fold(0u128, |n, (r, _)| n.checked_add((r.last.bits() - r.first.bits()).checked_add(1)?))
    };
    let same = size(&left).is_some() && size(&left) == size(&right) && size(&left) != Some(0);
    if !same || (whole.before.len() <= 1 && whole.after.len() <= 1) {
        return vec![whole];
    }
    let mut found: BTreeMap<(AddrClass, AddrClass), Vec<AddrRange>> = BTreeMap::new();
    let (mut i, mut j) = (0, 0);
    let (mut used_l, mut used_r) = (0u128, 0u128);
    while let (Some((l, c)), Some((r, d))) = (left.get(i), right.get(j)) {
        let (rest_l, rest_r) = (l.last.bits() - l.first.bits() - used_l, r.last.bits() - r.first.bits() - used_r);
        let take = rest_l.min(rest_r);
        let first = r.first.bits() + used_r;
        let range = AddrRange {
            first: crate::model::Addr::from_bits(first),
            last: crate::model::Addr::from_bits(first + take),
        };
        found.entry((*c, *d)).or_default().push(range);
        used_l += take + 1;
        used_r += take + 1;
        if rest_l == take {
            (i, used_l) = (i + 1, 0);
        }
        if rest_r == take {
            (j, used_r) = (j + 1, 0);
        }
    }
    if found.len() == 1 {
        return vec![whole];
    }
    // In the order of the addresses, which no drawing order changes.
    let mut all: Vec<Part> = found
        .into_iter()
        .map(|((c, d), addresses)| Part { before: vec![c], after: vec![d], addresses: joined(addresses) })
        .collect();
    all.sort_by(|p, q| p.addresses.cmp(&q.addresses));
    all
}

fn joined(list: Vec<AddrRange>) -> Vec<AddrRange> {
    let mut out: Vec<AddrRange> = Vec::new();
    for r in list {
        match out.last_mut() {
            Some(last) if last.last.next() == Some(r.first) => last.last = r.last,
            _ => out.push(r),
        }
    }
    out
}
