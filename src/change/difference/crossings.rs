//! What crosses between segments in two drawings, machine by machine: carrier, what it passes, whether it may, how certain.
//!
//! A way is told by its labels, by the mediators that can lie on it and by whether a permit fits; which path is the
//! shortest says nothing about meaning.

use std::collections::{BTreeMap, BTreeSet};

use super::merge::{Row, merged};
use super::names::Names;
use super::pairing::{Common, Pairing, Side};
use super::{Drawing, Tendency, Way};
use crate::model::{Carrier, Model, NodeId};
use crate::verify::fast::passages;

/// The ways of one carrier, before and after.
pub(super) type Ways = (BTreeSet<Way>, BTreeSet<Way>);

/// What changes between two attachments: from and to which segment, and the ways of each carrier.
pub(super) type Change = (Common, Common, BTreeMap<Carrier, Ways>);

/// All that differs.
pub(super) struct Crossings {
    pub(super) rows: Vec<Row<Common, Change>>,
    pub(super) tendency: BTreeMap<(Common, Common), Tendency>,
}

type Cells = BTreeMap<(Common, Common, Common, Common), BTreeMap<Carrier, Ways>>;

pub(super) fn crossings(p: &Pairing, a: &Drawing<'_>, b: &Drawing<'_>, names: (&Names<'_>, &Names<'_>)) -> Crossings {
    let told = comparable(a, b);
    let mut cells = Cells::new();
    for (side, d, names) in [(Side::Before, a, names.0), (Side::After, b, names.1)] {
        for found in passages(d.model, d.network) {
            let (x, y) = (&d.model.faces[found.origin], &d.model.faces[found.target]);
            let (Some(s), Some(t)) = (x.segment, y.segment) else { continue };
            let key = (p.segment(side, s), p.segment(side, t), p.face(side, found.origin), p.face(side, found.target));
            let mut labels: Vec<String> =
                found.labels.iter().filter(|&&l| told.contains(&d.model.labels[l])).map(|&l| names.label(l)).collect();
            labels.sort();
            labels.dedup();
            let mut mediators: Vec<String> = found.mediators.iter().map(|&n| names.node(n)).collect();
            mediators.sort();
            let way = Way { permitted: found.permitted, certain: found.certain, mediators, labels };
            let ways = cells.entry(key).or_default().entry(found.carrier).or_default();
            if side == Side::Before {
                ways.0.insert(way)
            } else {
                ways.1.insert(way)
            };
        }
    }
    let mut tendency: BTreeMap<(Common, Common), Tendency> = BTreeMap::new();
    let mut by_segments: BTreeMap<(Common, Common), BTreeMap<(Common, Common), Change>> = BTreeMap::new();
    for ((s, t, x, y), mut carriers) in cells {
        let level = |ways: &BTreeSet<Way>| ways.iter().map(|w| 1 + u8::from(w.certain)).max().unwrap_or(0);
        let of_pair = tendency.entry((s, t)).or_default();
        for (before, after) in carriers.values_mut() {
            of_pair.item((level(before), 0), (level(after), 0));
            strongest(before);
            strongest(after);
        }
        carriers.retain(|_, (before, after)| before != after);
        if !carriers.is_empty() {
            by_segments.entry((s, t)).or_default().insert((x, y), (s, t, carriers));
        }
    }
    let rows = by_segments.into_values().flat_map(merged).collect();
    Crossings { rows, tendency }
}

/// Of two ways that differ only in certainty, the certain one says everything.
fn strongest(ways: &mut BTreeSet<Way>) {
    let certain: BTreeSet<Way> = ways.iter().filter(|w| w.certain).cloned().collect();
    ways.retain(|w| w.certain || !certain.contains(&Way { certain: true, ..w.clone() }));
}

/// Labels that say the same in both drawings: each drawing sees them on paths, or has no device that earns them.
fn comparable(a: &Drawing<'_>, b: &Drawing<'_>) -> BTreeSet<String> {
    let seen = |d: &Drawing<'_>, label: &str| {
        let id = d.model.labels.iter().find(|(_, l)| *l == label).map(|(id, _)| id);
        id.is_none_or(|id| d.network.flow.sessions.marks.demanded(&[id]).is_some())
    };
    let own_name = |m: &Model, label: &str| m.nodes.iter().any(|(_, n): (NodeId, _)| n.name == label);
    let known: BTreeSet<&String> = a.model.labels.values().chain(b.model.labels.values()).collect();
    known
        .into_iter()
        .filter(|l| seen(a, l) && seen(b, l))
        // A label that is only the name of a machine follows that machine; mediators are told by themselves.
        .filter(|l| {
            let both = [a.model, b.model].iter().all(|m| m.labels.values().any(|x| x == *l));
            both || !(own_name(a.model, l) || own_name(b.model, l))
        })
        .cloned()
        .collect()
}
