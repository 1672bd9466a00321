//! Controls: what the model asks for, what machines and networks have, and how many have to fail.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::findings::partners;
use super::names::Names;
use super::pairing::Pairing;
use super::{Called, ControlChange, DemandChange, Depth, DepthChange, Drawing, Mark, rows};
use crate::guideline::Answer;
use crate::model::{CheckId, Model, NodeId, Role, Status, ZoneId};
use crate::verify::fast;

/// Controls that the declared model asks for more or less strongly.
pub(super) fn demands(a: &Drawing<'_>, b: &Drawing<'_>) -> Vec<DemandChange> {
    let ids: BTreeSet<&String> =
        a.assessment.controls.iter().chain(&b.assessment.controls).map(|c| &c.control.id).collect();
    let find = |d: &Drawing<'_>, id: &String| d.assessment.controls.iter().position(|c| c.control.id == *id);
    let mut all = Vec::new();
    for id in ids {
        let (l, r) = (find(a, id), find(b, id));
        let (l, r) = (l.map(|i| &a.assessment.controls[i]), r.map(|i| &b.assessment.controls[i]));
        let (before, after) = (l.and_then(|c| c.asked), r.and_then(|c| c.asked));
        let Some(state) = r.or(l).filter(|_| before != after) else { continue };
        let present = match state.outcome.answer() {
            Answer::Holds | Answer::Absent => Some(true),
            Answer::Violated => Some(false),
            Answer::Undecided => None,
        };
        all.push(DemandChange { id: id.clone(), name: state.control.name.clone(), before, after, present });
    }
    all.sort_by_key(|d| (d.after != Some(crate::model::rulebook::Asked::Mandatory), d.id.clone()));
    all
}

fn of_node(m: &Model, id: NodeId, names: &Names<'_>) -> BTreeSet<String> {
    let node = &m.nodes[id];
    let mut all: BTreeSet<String> = node.controls.iter().cloned().collect();
    let mut guards = Vec::new();
    if let Role::Endpoint(e) = &node.role {
        guards.extend(e.edr.iter().filter(|_| !node.controls.iter().any(|c| c.starts_with("Edr"))));
        guards.extend(e.isolation.iter());
    }
    if node.declared.isolates_guests {
        all.insert("vmiso".to_owned());
    }
    all.extend(guards.into_iter().map(|&g| {
        let name = names.guard(g);
        // At its own machine, the name of the machine says nothing more.
        name.split_once('@').map_or(name.clone(), |(word, _)| word.to_owned())
    }));
    all
}

/// Controls that machines and networks of both drawings have got or lost.
pub(super) fn controls(p: &Pairing, a: &Model, b: &Model, names: (&Names<'_>, &Names<'_>)) -> Vec<ControlChange> {
    let mut all = Vec::new();
    let mut push = |at: Called, before: BTreeSet<String>, after: BTreeSet<String>| {
        let mut add = |mark, list: Vec<&String>| {
            all.extend(list.into_iter().map(|c| ControlChange { mark, control: c.clone(), at: at.clone() }));
        };
        add(Mark::Removed, before.difference(&after).collect());
        add(Mark::Added, after.difference(&before).collect());
    };
    for c in p.nodes.all() {
        if let (Some(x), Some(y)) = p.nodes.both::<NodeId>(c) {
            push(rows::node(p, a, b, c), of_node(a, x, names.0), of_node(b, y, names.1));
        }
    }
    for c in p.zones.all() {
        if let (Some(x), Some(y)) = p.zones.both::<ZoneId>(c) {
            let bound = |m: &Model, z: ZoneId| m.zones[z].binding.map(|_| "binding".to_owned()).into_iter().collect();
            let called = Called { name: b.zones[y].name.clone(), label: b.zones[y].label.clone() };
            push(called, bound(a, x), bound(b, y));
        }
    }
    all.sort_by(|x, y| (x.mark != Mark::Removed, &x.at, &x.control).cmp(&(y.mark != Mark::Removed, &y.at, &y.control)));
    all
}

fn depth(d: &Drawing<'_>, names: &Names<'_>, check: Option<CheckId>) -> Depth {
    let Some(check) = check else { return Depth::NotAsked };
    let vacuous = d.verdicts.iter().any(|v| v.check == check && v.status == Status::Vacuous);
    if vacuous {
        return Depth::NotAsked;
    }
    match fast::depth(d.model, d.network, &d.model.checks[check].question) {
        None => Depth::NotAsked,
        Some(fast::Depth::None) => Depth::None,
        Some(fast::Depth::AtLeast(n)) => Depth::AtLeast(n),
        Some(fast::Depth::Exactly(n, sets)) => {
            let mut sets: Vec<Vec<String>> = sets.iter().map(|s| names.guard_list(s)).collect();
            sets.sort();
            Depth::Exactly(n, sets)
        }
    }
}

/// Attack and leak checks whose depth or controls changed; those with fewer controls than before first.
pub(super) fn depths(
    p: &Pairing,
    a: &Drawing<'_>,
    b: &Drawing<'_>,
    names: (&Names<'_>, &Names<'_>),
) -> Vec<DepthChange> {
    let both = partners(p, a.model, b.model);
    let mut all: Vec<DepthChange> = both
        .par_iter()
        .filter_map(|&(x, y)| {
            let (x, y) = (x?, y?);
            let (before, after) = (depth(a, names.0, Some(x)), depth(b, names.1, Some(y)));
            (before != after).then(|| DepthChange { name: b.model.checks[y].name.clone(), before, after })
        })
        .collect();
    let number = |d: &Depth| match d {
        Depth::NotAsked | Depth::None => u32::MAX,
        Depth::Exactly(n, _) | Depth::AtLeast(n) => *n,
    };
    all.sort_by_key(|d| (number(&d.after) >= number(&d.before), number(&d.after), d.name.clone()));
    all
}
