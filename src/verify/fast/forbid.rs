//! Attack and leak: is there a path, and if not, what does that rest on?

use super::closure::Closure;
use super::lift::lift;
use super::{View, vacuous};
use crate::model::{Behaviour, Carrier, CheckId, FaceId, Fact, Lens, Model, Status};
use crate::network::Network;
use crate::packet::Level;
use crate::verify::assumed::assumptions;
use crate::verify::verdict::{Answer, Tally, Verdict, Witness};

/// Where the analysed party starts.
pub(super) fn starts(model: &Model, from: &[FaceId]) -> Vec<Fact> {
    let mut facts = Vec::new();
    for &face in from {
        facts.push(Fact::holds(face, Carrier::Own));
        if model.endpoint_of(face).is_some_and(|e| e.behaviour == Behaviour::Store) {
            facts.push(Fact::holds(face, Carrier::Raw));
        }
    }
    facts
}

/// The facts at which a target counts as reached: `(the arrival, the fact that completes it)`.
pub(super) fn ends(model: &Model, lens: Lens, face: FaceId, eyes: bool) -> Vec<(Fact, Option<Fact>)> {
    let own = Fact::holds(face, Carrier::Own);
    let carriers = Carrier::ALL.into_iter().filter(|&k| lens.pivots(k, eyes));
    // A store that is controlled at one face is controlled at all of them.
    let elsewhere = model.node_of(face).faces.iter().copied().filter(move |&f| f != face);
    carriers
        .flat_map(|k| {
            let here = (Fact::arrives(face, k), (lens == Lens::Attack).then_some(own));
            std::iter::once(here).chain(elsewhere.clone().map(move |f| (Fact::arrives(f, k), Some(own))))
        })
        .collect()
}

/// Target faces: those asked about that are not sources themselves.
pub(super) fn targets(from: &[FaceId], to: &[FaceId]) -> Vec<FaceId> {
    to.iter().copied().filter(|f| from.binary_search(f).is_err()).collect()
}

pub(super) fn verdict(model: &Model, view: View<'_>, check: CheckId, from: &[FaceId], to: &[FaceId]) -> Verdict {
    let network = view.network;
    if from.is_empty() || to.is_empty() {
        return vacuous(check, from.len(), to.len());
    }
    let targets = targets(from, to);
    let may = Closure::new(view, starts(model, from), Level::May);
    let tally = Tally { sources: from.len(), targets: to.len(), reached: may.order.len() };
    let found = paths(model, view, &may, &targets, Level::May);
    if found.is_empty() {
        let mut rests_on = may.border(view).concat();
        rests_on.sort_unstable();
        rests_on.dedup();
        return Verdict {
            check,
            status: Status::Holds,
            answer: Answer::Paths(Vec::new()),
            rests_on,
            assumptions: Vec::new(),
            tally,
        };
    }
    let sure = Closure::new(view, starts(model, from), Level::Sure);
    // What is certain comes first; a carrier that is only possible is shown as well.
    let mut chosen = paths(model, view, &sure, &targets, Level::Sure);
    let status = if chosen.is_empty() { Status::Undecided } else { Status::Violated };
    let known: Vec<Carrier> = chosen.iter().map(|(c, _)| *c).collect();
    chosen.extend(found.into_iter().filter(|(c, _)| !known.contains(c)));
    let witnesses: Vec<Witness> = chosen.iter().map(|(_, steps)| lift(model, network, steps)).collect();
    let assumptions = if status == Status::Undecided { assumptions(model, &witnesses) } else { Vec::new() };
    Verdict { check, status, answer: Answer::Paths(witnesses), rests_on: Vec::new(), assumptions, tally }
}

/// The arrivals any of which makes a forbidden path, as far as the steps that complete them are open at a level: what a
/// closure that knows no paths has to look for.
pub(super) fn arrivals(model: &Model, view: View<'_>, level: Level, from: &[FaceId], to: &[FaceId]) -> Vec<Fact> {
    let all = targets(from, to).into_iter().flat_map(|face| ends(model, view.lens, face, view.eyes));
    all.filter(|&(arrival, own)| completing(view, arrival, own, level).is_some()).map(|(arrival, _)| arrival).collect()
}

/// The shortest path per final carrier, with the carrier, shortest first.
fn paths(
    model: &Model,
    view: View<'_>,
    closure: &Closure,
    targets: &[FaceId],
    level: Level,
) -> Vec<(Carrier, Vec<u32>)> {
    let mut best: Vec<(u32, Carrier, Vec<u32>)> = Vec::new();
    for &face in targets {
        for (arrival, own) in ends(model, view.lens, face, view.eyes) {
            let Some(distance) = closure.distance(view.network, arrival) else { continue };
            let Some(last) = completing(view, arrival, own, level) else { continue };
            let crate::model::State::Arrives(carrier) = arrival.state else { continue };
            let length = distance + u32::from(last.is_some());
            match best.iter_mut().find(|(_, c, _)| *c == carrier) {
                Some((known, _, _)) if *known < length => {}
                other => {
                    let mut steps = closure.path(view.network, arrival);
                    steps.extend(last);
                    match other {
                        Some((known, _, old)) if *known == length && !earlier(view, &steps, old) => {}
                        Some(entry) => *entry = (length, carrier, steps),
                        None => best.push((length, carrier, steps)),
                    }
                }
            }
        }
    }
    best.sort_by_key(|(length, carrier, _)| (*length, *carrier));
    best.into_iter().map(|(_, carrier, steps)| (carrier, steps)).collect()
}

/// Which of two paths of one length comes first: the first face that differs decides.
fn earlier(view: View<'_>, a: &[u32], b: &[u32]) -> bool {
    let faces = |steps: &[u32]| -> Vec<Fact> {
        steps.iter().flat_map(|&s| [view.network.step(s).from, view.network.step(s).to]).collect()
    };
    faces(a) < faces(b)
}

/// The step that turns an arrival into control, if one is asked for: `None` if it is closed.
fn completing(view: View<'_>, arrival: Fact, own: Option<Fact>, level: Level) -> Option<Option<u32>> {
    let Some(own) = own else { return Some(None) };
    let from = view.network.number(arrival)?;
    let to = view.network.number(own)?;
    let open = |step: u32| Network::open(view.network.step(step), level, view.failed, view.eyes);
    view.network.lens(view.lens).from(from).iter().find(|e| e.to == to && open(e.step)).map(|e| Some(e.step))
}

/// Whether some target is reached, by what `has` says of facts.
pub(super) fn reached(lens: Lens, eyes: bool, has: impl Fn(Fact) -> bool, targets: &[FaceId]) -> bool {
    let arrives = |face: FaceId| {
        let mut carriers = Carrier::ALL.into_iter().filter(|&k| lens.pivots(k, eyes));
        lens == Lens::Leak && carriers.any(|k| has(Fact::arrives(face, k)))
    };
    targets.iter().any(|&face| has(Fact::holds(face, Carrier::Own)) || arrives(face))
}
