//! Rows as people read them: numbers become names, and the order is that of the names.
//!
//! What differs is known before; here it is only told.

use std::collections::{BTreeMap, BTreeSet};

use super::crossings::Crossings;
use super::flows::{Actor, Flows};
use super::pairing::{Common, Pairing, Side};
use super::{Called, CarrierChange, CrossingRow, End, FlowRow, Mark, PairChange, Relation, Tendency, Way};
use crate::model::{FaceId, Model, NodeId, SegmentId};

fn called(name: &str, label: &str) -> Called {
    Called { name: name.to_owned(), label: label.to_owned() }
}

/// A segment, as the drawing after calls it if it has it.
pub(super) fn segment(p: &Pairing, a: &Model, b: &Model, c: Common) -> Called {
    match p.segments.both::<SegmentId>(c) {
        (_, Some(s)) => called(&b.segments[s].name, &b.segments[s].label),
        (Some(s), None) => called(&a.segments[s].name, &a.segments[s].label),
        (None, None) => called("", ""),
    }
}

/// A machine.
pub(super) fn node(p: &Pairing, a: &Model, b: &Model, c: Common) -> Called {
    match p.nodes.both::<NodeId>(c) {
        (_, Some(n)) => called(&b.nodes[n].name, &b.nodes[n].label),
        (Some(n), None) => called(&a.nodes[n].name, &a.nodes[n].label),
        (None, None) => called("", ""),
    }
}

fn end(p: &Pairing, a: &Model, b: &Model, face: Common, addresses: String) -> End {
    let (x, y) = p.faces.both::<FaceId>(face);
    let (m, f, side) = match (x, y) {
        (_, Some(f)) => (b, f, Side::After),
        (Some(f), None) => (a, f, Side::Before),
        (None, None) => return End::nobody(),
    };
    let (n, twins) = (m.faces[f].node, p.nodes.both::<NodeId>(p.node(side, m.faces[f].node)));
    let segment = |m: &Model, f: Option<FaceId>, side| {
        f.and_then(|f| m.faces[f].segment).map(|s| segment(p, a, b, p.segment(side, s)).name)
    };
    End {
        called: called(&m.face_name(f), &m.nodes[n].label),
        machine: m.nodes[n].name.clone(),
        presence: match twins {
            (Some(_), None) => Some(Mark::Removed),
            (None, Some(_)) => Some(Mark::Added),
            _ => None,
        },
        addresses,
        before: segment(a, x, Side::Before),
        after: segment(b, y, Side::After),
    }
}

impl End {
    fn nobody() -> Self {
        let none = Called { name: String::new(), label: String::new() };
        Self {
            called: none,
            machine: String::new(),
            presence: None,
            addresses: String::new(),
            before: None,
            after: None,
        }
    }
}

fn actors(p: &Pairing, a: &Model, b: &Model, flows: &Flows, set: &BTreeSet<Actor>) -> Vec<End> {
    let mut by_face: BTreeMap<Common, Vec<usize>> = BTreeMap::new();
    for &(face, part) in set {
        by_face.entry(face).or_default().push(part);
    }
    let mut all: Vec<End> = by_face
        .into_iter()
        .map(|(face, parts)| {
            let all = &flows.parts[face];
            // Nobody reaches the other family; that says nothing about the part.
            let family = |i: usize| all[i].addresses.first().map(|r| r.first.is_v4());
            let families: BTreeSet<Option<bool>> = parts.iter().map(|&i| family(i)).collect();
            let alike = (0..all.len()).filter(|&i| families.contains(&family(i))).count();
            let told = if parts.len() == alike {
                String::new()
            } else {
                let mut ranges: Vec<_> = parts.iter().flat_map(|&i| all[i].addresses.iter().copied()).collect();
                ranges.sort_unstable();
                ranges.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
            };
            end(p, a, b, face, told)
        })
        .collect();
    all.sort();
    all
}

/// What became of something that was at a level before and is at one after.
fn became(before: bool, after: bool) -> Mark {
    match (before, after) {
        (false, true) => Mark::Added,
        (true, false) => Mark::Removed,
        _ => Mark::Changed,
    }
}

pub(super) fn flows(p: &Pairing, a: &Model, b: &Model, found: Flows) -> Vec<FlowRow> {
    let mut all: Vec<FlowRow> = Vec::new();
    for (from, to, change) in &found.rows {
        let (from, to) = (actors(p, a, b, &found, from), actors(p, a, b, &found, to));
        for (&(before, after), kinds) in change {
            let listed = found.services.text(kinds);
            let (rest, services): (Vec<_>, Vec<_>) =
                listed.into_iter().partition(|s| found.services.is_rest(s.protocol));
            all.push(FlowRow {
                mark: became(before.some > 0, after.some > 0),
                from: from.clone(),
                to: to.clone(),
                services,
                other_protocols: !rest.is_empty(),
                before,
                after,
            });
        }
    }
    all.sort_by(|x, y| {
        (&x.from, &x.to, x.before, x.after, &x.services).cmp(&(&y.from, &y.to, y.before, y.after, &y.services))
    });
    all
}

/// Whether some way is certain on one side and, even as a possibility, not there on the other.
fn certain_way(here: &BTreeSet<Way>, there: &BTreeSet<Way>) -> bool {
    here.iter()
        .filter(|w| w.certain)
        .any(|w| !there.contains(w) && !there.contains(&Way { certain: false, ..w.clone() }))
}

pub(super) fn crossings(p: &Pairing, a: &Model, b: &Model, found: Crossings) -> Vec<CrossingRow> {
    let mut all: Vec<CrossingRow> = found
        .rows
        .into_iter()
        .map(|(from, to, (s, t, carriers))| {
            let ends = |set: BTreeSet<Common>| {
                let mut list: Vec<End> = set.into_iter().map(|f| end(p, a, b, f, String::new())).collect();
                list.sort();
                list
            };
            let (before, after) =
                (carriers.values().any(|w| !w.0.is_empty()), carriers.values().any(|w| !w.1.is_empty()));
            let certain = carriers.values().any(|(x, y)| certain_way(x, y) || certain_way(y, x));
            CrossingRow {
                mark: became(before, after),
                from_segment: segment(p, a, b, s),
                to_segment: segment(p, a, b, t),
                from: ends(from),
                to: ends(to),
                carriers: carriers
                    .into_iter()
                    .map(|(carrier, (x, y))| CarrierChange {
                        carrier,
                        before: x.into_iter().collect(),
                        after: y.into_iter().collect(),
                    })
                    .collect(),
                certain,
            }
        })
        .collect();
    all.sort_by(|x, y| {
        (&x.from_segment, &x.to_segment, &x.from, &x.to, &x.carriers).cmp(&(
            &y.from_segment,
            &y.to_segment,
            &y.from,
            &y.to,
            &y.carriers,
        ))
    });
    all
}

/// Every ordered pair of segments, and all of them together.
pub(super) fn pairs(
    p: &Pairing,
    a: &Model,
    b: &Model,
    tendency: &BTreeMap<(Common, Common), Tendency>,
) -> (Vec<PairChange>, (Relation, bool)) {
    let mut all = Vec::new();
    let mut whole = Tendency::default();
    let both = |c: Common| matches!(p.segments.both::<SegmentId>(c), (Some(_), Some(_)));
    for s in p.segments.all() {
        for t in p.segments.all().filter(|&t| t != s) {
            let found = tendency.get(&(s, t)).copied().unwrap_or_default();
            whole.add(found);
            all.push(PairChange {
                from: segment(p, a, b, s),
                to: segment(p, a, b, t),
                relation: found.relation(),
                certain: found.certain(),
                open: found.open,
                in_both: both(s) && both(t),
            });
        }
    }
    all.sort_by(|x, y| (&x.from, &x.to).cmp(&(&y.from, &y.to)));
    (all, (whole.relation(), whole.certain()))
}
