//! The answers: section 4, with all declared controls at work.

use std::collections::{BTreeMap, BTreeSet};

use super::super::assumed::supposed;
use super::super::verdict::{Answer, Cause, Hop, Level, Tally, Unpermitted, Verdict, Witness};
use super::closure::{Found, Memory, Place, search};
use super::packets::Addresses;
use super::sessions::{Ends, Passage};
use super::steps::{Step, Steps};
use crate::model::{
    AssumptionId, Behaviour, Carrier, CheckId, FaceId, Fact, LabelId, Lens, Model, Permit, Question, Role, SegmentId,
    State, Status,
};

/// The answer to one question.
pub(super) fn answer(
    model: &Model,
    passages: &BTreeMap<Ends, Passage>,
    check: CheckId,
    question: &Question,
) -> Verdict {
    let mut verdict = Verdict {
        check,
        status: Status::Vacuous,
        answer: Answer::Nothing,
        rests_on: Vec::new(),
        assumptions: Vec::new(),
        tally: Tally::default(),
    };
    match question {
        Question::Matrix { from, to } => matrix(model, passages, *from, *to, &mut verdict),
        Question::Forbid { lens, from, to, eyes } => forbid(model, passages, *lens, from, to, *eyes, &mut verdict),
        Question::Require { from, to, carrier, via } => {
            require(model, passages, from, to, *carrier, via, &mut verdict);
        }
    }
    verdict.assumptions = assumptions(model, &verdict.answer);
    verdict
}

/// "a step is open iff its guards are a subset of F. The verdicts use F = ∅."
fn open(at_least: Level) -> impl Fn(&Step) -> bool {
    move |step| step.guards.is_empty() && step.level >= at_least
}

/// The labels among `asked` that were passed.
fn passed(before: &Memory, step: &Step, asked: &BTreeSet<LabelId>) -> BTreeSet<LabelId> {
    before.labels.union(&step.labels).copied().filter(|l| asked.contains(l)).collect()
}

/// Keeps the least path of every key.
fn keep<K: Ord>(best: &mut BTreeMap<K, ((usize, Vec<FaceId>), Witness)>, key: K, found: &Found<'_>, place: &Place) {
    let rank = found.rank(place);
    if best.get(&key).is_none_or(|old| rank < old.0) {
        best.insert(key, (rank, found.witness(place)));
    }
}

fn matrix(model: &Model, passages: &BTreeMap<Ends, Passage>, from: SegmentId, to: SegmentId, verdict: &mut Verdict) {
    let sources: Vec<FaceId> = model.faces_of(from).collect();
    verdict.tally = Tally { sources: sources.len(), targets: model.faces_of(to).count(), reached: 0 };
    if sources.is_empty() || verdict.tally.targets == 0 {
        return;
    }
    let steps = Steps::of(model, passages, Lens::Direct, false, None);
    let asked: BTreeSet<LabelId> = model.permits.iter().flat_map(|p| p.via.iter().chain(&p.avoids).copied()).collect();
    let remember = |before: &Memory, step: &Step| Memory {
        labels: passed(before, step, &asked),
        carrier: None,
        permits: step.permits.clone().filter(|_| model.faces[step.to.face].segment == Some(to)),
    };
    let permitted = |a: FaceId, b: FaceId, k: Carrier, memory: &Memory| {
        let (a, b) = (model.faces[a].node, model.faces[b].node);
        model.permits.iter().enumerate().any(|(i, p): (usize, &Permit)| {
            (p.from, p.to, p.carrier) == (from, to, k)
                && p.from_nodes.as_ref().is_none_or(|n| n.contains(&a))
                && p.to_nodes.as_ref().is_none_or(|n| n.contains(&b))
                // "a last step that is not a session never fits a permit with services"
                && (p.services.is_none() || memory.permits.as_ref().is_some_and(|fit| fit.contains(&i)))
                && p.via.iter().all(|l| memory.labels.contains(l))
                && !p.avoids.iter().any(|l| memory.labels.contains(l))
        })
    };

    let (mut sure, mut may) = (BTreeMap::new(), BTreeMap::new());
    let mut ends: BTreeMap<Carrier, (BTreeSet<FaceId>, BTreeSet<FaceId>)> = BTreeMap::new();
    let mut reached = BTreeSet::new();
    for a in sources {
        for (level, best) in [(Level::Sure, &mut sure), (Level::May, &mut may)] {
            let found = search(&steps, &[Fact::holds(a, Carrier::Own)], open(level), remember);
            for place in found.states() {
                let State::Arrives(k) = place.0.state else { continue };
                let b = place.0.face;
                if model.faces[b].segment == Some(to) && !permitted(a, b, k, &place.1) {
                    keep(best, k, &found, place);
                    let (origins, targets) = ends.entry(k).or_default();
                    origins.insert(a);
                    targets.insert(b);
                }
            }
            reached.extend(found.facts());
        }
    }
    verdict.tally.reached = reached.len();
    verdict.status = match (sure.is_empty(), may.is_empty()) {
        (false, _) => Status::Violated,
        (true, false) => Status::Undecided,
        (true, true) => Status::Holds,
    };
    // "for each carrier of an unpermitted crossing the shortest path (sure ones first)"
    let crossings = ends.into_iter().filter_map(|(carrier, (origins, targets))| {
        let (_, witness) = sure.remove(&carrier).or_else(|| may.remove(&carrier))?;
        Some(Unpermitted { from, to, carrier, witness, origins: origins.len(), targets: targets.len() })
    });
    verdict.answer = Answer::Matrix(crossings.collect());
}

/// "Start: `Holds(own)` at every `from` face (and for stores `Holds(raw)`)."
pub(super) fn forbid_starts(model: &Model, from: &[FaceId]) -> Vec<Fact> {
    let is_store = |f: &&FaceId| model.endpoint_of(**f).is_some_and(|e| e.behaviour == Behaviour::Store);
    let own = from.iter().map(|&f| Fact::holds(f, Carrier::Own));
    own.chain(from.iter().filter(is_store).map(|&f| Fact::holds(f, Carrier::Raw))).collect()
}

/// "faces in both sets are removed from the targets"
pub(super) fn forbid_targets(from: &[FaceId], to: &[FaceId]) -> BTreeSet<FaceId> {
    to.iter().copied().filter(|f| !from.contains(f)).collect()
}

/// "Attack target: `Holds(own)` at a `to` face. Leak target: `Arrives(k)` at a `to` face with k pivoting in the leak
/// lens, or `Holds(own)` there."
pub(super) fn is_hit(lens: Lens, eyes: bool, targets: &BTreeSet<FaceId>, fact: Fact) -> bool {
    targets.contains(&fact.face)
        && match fact.state {
            State::Holds(k) => k == Carrier::Own,
            State::Arrives(k) => lens == Lens::Leak && lens.pivots(k, eyes),
            State::Leaves(..) => false,
        }
}

fn forbid(
    model: &Model,
    passages: &BTreeMap<Ends, Passage>,
    lens: Lens,
    from: &[FaceId],
    to: &[FaceId],
    eyes: bool,
    verdict: &mut Verdict,
) {
    verdict.tally = Tally { sources: from.len(), targets: to.len(), reached: 0 };
    if from.is_empty() || to.is_empty() {
        return;
    }
    let steps = Steps::of(model, passages, lens, eyes, None);
    let starts = forbid_starts(model, from);
    let targets = forbid_targets(from, to);
    let remember = |before: &Memory, step: &Step| match step.to.state {
        State::Arrives(k) => Memory { carrier: Some(k), ..Memory::default() },
        State::Holds(_) | State::Leaves(..) => before.clone(),
    };

    // "for each final carrier (the last one that arrived) the shortest path", sure ones first.
    let mut best = BTreeMap::new();
    let mut status = Status::Holds;
    for (level, if_reached) in [(Level::Sure, Status::Violated), (Level::May, Status::Undecided)] {
        let found = search(&steps, &starts, open(level), remember);
        let mut here = BTreeMap::new();
        for place in found.states().filter(|(fact, _)| is_hit(lens, eyes, &targets, *fact)) {
            keep(&mut here, place.1.carrier, &found, place);
        }
        if status == Status::Holds && !here.is_empty() {
            status = if_reached;
        }
        for (carrier, path) in here {
            best.entry(carrier).or_insert(path);
        }
        if level == Level::May {
            let reached = found.facts();
            verdict.tally.reached = reached.len();
            if status == Status::Holds {
                // "the guards on steps from the reached set to outside it"
                let border = steps.iter().filter(|s| reached.contains(&s.from) && !reached.contains(&s.to));
                let guards: BTreeSet<_> = border.flat_map(|s| s.guards.iter().copied()).collect();
                verdict.rests_on = guards.into_iter().collect();
            }
        }
    }
    verdict.status = status;
    let mut paths: Vec<_> = best.into_values().collect();
    paths.sort_by(|a, b| a.0.cmp(&b.0));
    verdict.answer = Answer::Paths(paths.into_iter().map(|(_, witness)| witness).collect());
}

fn require(
    model: &Model,
    passages: &BTreeMap<Ends, Passage>,
    from: &[FaceId],
    to: &[FaceId],
    carrier: Carrier,
    via: &[LabelId],
    verdict: &mut Verdict,
) {
    verdict.tally = Tally { sources: from.len(), targets: to.len(), reached: 0 };
    if from.is_empty() || to.is_empty() {
        return;
    }
    let addresses = Addresses::of(model);
    let asked: BTreeSet<LabelId> = via.iter().copied().collect();
    let remember = |before: &Memory, step: &Step| Memory { labels: passed(before, step, &asked), ..Memory::default() };
    let is_flow = |place: &Place| {
        place.0.state == State::Arrives(carrier) && to.contains(&place.0.face) && place.1.labels == asked
    };
    let mut reached = BTreeSet::new();
    let mut missing = Vec::new();
    let (mut in_must, mut in_may) = (None, None);
    for &face in from {
        // "Every `from` face, and for each of its addresses": the least path of each, if there is one.
        let (mut must, mut may) = (Vec::new(), Vec::new());
        for &address in addresses.of_face.get(&face).into_iter().flatten() {
            let steps = Steps::of(model, passages, Lens::Direct, false, Some((face, address)));
            for (level, paths) in [(Level::Must, &mut must), (Level::May, &mut may)] {
                let found = search(&steps, &[Fact::holds(face, Carrier::Own)], open(level), remember);
                let least = found.states().filter(|p| is_flow(p)).min_by_key(|p| found.rank(p));
                paths.push(least.map(|place| found.witness(place)));
                reached.extend(found.facts());
            }
        }
        let has = |paths: &[Option<Witness>]| paths.iter().all(Option::is_some);
        if !has(&must) {
            missing.push((face, has(&may)));
        }
        let shortest = |paths: Vec<Option<Witness>>| paths.into_iter().flatten().min_by_key(|w| w.hops.len());
        if in_must.is_none() && has(&must) {
            in_must = shortest(must);
        } else if in_may.is_none() && has(&may) {
            in_may = shortest(may);
        }
    }
    verdict.tally.reached = reached.len();
    verdict.status = match (missing.is_empty(), missing.iter().all(|&(_, may)| may)) {
        (true, _) => Status::Holds,
        (false, true) => Status::Undecided,
        (false, false) => Status::Violated,
    };
    verdict.answer = Answer::Flow { missing, witness: in_must.or(in_may) };
}

/// What the drawing leaves open on the paths of an answer.
fn assumptions(model: &Model, answer: &Answer) -> Vec<AssumptionId> {
    let hops: Vec<&Hop> = match answer {
        Answer::Matrix(crossings) => crossings.iter().flat_map(|c| &c.witness.hops).collect(),
        Answer::Paths(paths) => paths.iter().flat_map(|w| &w.hops).collect(),
        Answer::Flow { witness, .. } => witness.iter().flat_map(|w| &w.hops).collect(),
        Answer::Nothing => Vec::new(),
    };
    let open: Vec<&Hop> = hops.into_iter().filter(|h| h.level == Level::May).collect();
    let mut all = supposed(model, open.iter().copied());
    for hop in open {
        match &hop.cause {
            Cause::Transform(i) => {
                if let Role::Mediator(m) = &model.node_of(hop.from.face).role {
                    all.extend(m.transforms.get(*i).and_then(|t| t.assumption));
                }
            }
            Cause::Relation(i) => all.extend(model.relations.get(*i).and_then(|r| r.assumption)),
            Cause::Session(session) => {
                let by_default = session.forward.iter().filter(|t| t.rule.is_none());
                all.extend(by_default.filter_map(|t| {
                    let device = &model.transits[t.device];
                    device.default_assumption.filter(|_| device.rules.is_some() && device.default.is_none())
                }));
            }
            Cause::Pivot | Cause::Stored | Cause::SameMachine => {}
        }
    }
    all.into_iter().collect()
}
