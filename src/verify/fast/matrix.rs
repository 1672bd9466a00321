//! Matrix conformance: every crossing of every origin, and whether a permit fits.
//!
//! Endpoints absorb in the direct lens, so each origin has a small closure of
//! its own; origins are independent and run in parallel. A state is a fact with
//! the set of labels passed.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::lift::lift;
use super::vacuous;
use crate::flow::{Step, Why};
use crate::model::{Carrier, CheckId, FaceId, Fact, GuardId, Lens, Model, Permit, Question, SegmentId, State, Status};
use crate::network::Network;
use crate::packet::{Bits, Level};
use crate::verify::assumed::assumptions;
use crate::verify::verdict::{Answer, Tally, Unpermitted, Verdict};

type Pair = (SegmentId, SegmentId);

/// All crossings without a permit, by segment pair.
pub(super) struct Crossings {
    found: BTreeMap<Pair, BTreeMap<Carrier, Found>>,
    reached: BTreeMap<SegmentId, usize>,
}

/// The best path of one carrier and how common it is.
struct Found {
    sure: bool,
    steps: Vec<u32>,
    origins: BTreeSet<FaceId>,
    targets: BTreeSet<FaceId>,
}

/// What one origin starts: per target segment and carrier, the shortest sure and the shortest possible path.
struct FromOrigin {
    origin: FaceId,
    reached: usize,
    found: Vec<OneCarrier>,
}

/// Where it arrives, in which form, whether for certain, the path, and at which faces.
type OneCarrier = (SegmentId, Carrier, bool, Vec<u32>, BTreeSet<FaceId>);

impl Crossings {
    /// All crossings of the segments that some questions start from, while `failed` (sorted) do not work.
    pub(super) fn new<'q>(
        model: &Model,
        network: &Network,
        questions: impl Iterator<Item = &'q Question>,
        failed: &[GuardId],
    ) -> Self {
        let mut segments = BTreeSet::new();
        for question in questions {
            if let Question::Matrix { from, .. } = question {
                segments.insert(*from);
            }
        }
        let policy = Policy::new(model, network);
        let origins: Vec<FaceId> = segments.iter().flat_map(|&s| model.faces_of(s)).collect();
        let per_origin: Vec<FromOrigin> =
            origins.par_iter().map(|&o| from_origin(model, network, &policy, o, failed)).collect();
        let mut all = Self { found: BTreeMap::new(), reached: BTreeMap::new() };
        for one in per_origin {
            let Some(from) = model.faces[one.origin].segment else { continue };
            *all.reached.entry(from).or_default() += one.reached;
            for (to, carrier, sure, steps, targets) in one.found {
                all.merge((from, to), carrier, sure, steps, one.origin, targets);
            }
        }
        all
    }

    fn merge(
        &mut self,
        pair: Pair,
        carrier: Carrier,
        sure: bool,
        steps: Vec<u32>,
        origin: FaceId,
        targets: BTreeSet<FaceId>,
    ) {
        let entry = self.found.entry(pair).or_default().entry(carrier);
        let best = entry.or_insert_with(|| Found {
            sure,
            steps: steps.clone(),
            origins: BTreeSet::new(),
            targets: BTreeSet::new(),
        });
        best.origins.insert(origin);
        best.targets.extend(targets);
        // Sure before possible, then short before long; origins come in declared order, so the first stays on ties.
        if (!sure, steps.len()) < (!best.sure, best.steps.len()) {
            best.sure = sure;
            best.steps = steps;
        }
    }

    pub(super) fn verdict(
        &self,
        model: &Model,
        network: &Network,
        check: CheckId,
        from: SegmentId,
        to: SegmentId,
    ) -> Verdict {
        let (sources, targets) = (model.faces_of(from).count(), model.faces_of(to).count());
        if sources == 0 || targets == 0 {
            return vacuous(check, sources, targets);
        }
        let empty = BTreeMap::new();
        let found = self.found.get(&(from, to)).unwrap_or(&empty);
        let unpermitted: Vec<Unpermitted> = found
            .iter()
            .map(|(&carrier, f)| Unpermitted {
                from,
                to,
                carrier,
                witness: lift(model, network, &f.steps),
                origins: f.origins.len(),
                targets: f.targets.len(),
            })
            .collect();
        let status = if found.values().any(|f| f.sure) {
            Status::Violated
        } else if found.is_empty() {
            Status::Holds
        } else {
            Status::Undecided
        };
        let witnesses: Vec<_> = unpermitted.iter().map(|u| u.witness.clone()).collect();
        Verdict {
            check,
            status,
            answer: Answer::Matrix(unpermitted),
            rests_on: Vec::new(),
            assumptions: assumptions(model, &witnesses),
            tally: Tally { sources, targets, reached: self.reached.get(&from).copied().unwrap_or(0) },
        }
    }
}

/// Permits by pair and carrier, with what they demand looked up once.
pub(super) struct Policy<'m> {
    permits: FxHashMap<(SegmentId, SegmentId, Carrier), Vec<Line<'m>>>,
}

struct Line<'m> {
    index: usize,
    permit: &'m Permit,
    demanded: Option<u128>,
    avoided: Option<u128>,
    services: Option<Bits>,
}

impl<'m> Policy<'m> {
    pub(super) fn new(model: &'m Model, network: &Network) -> Self {
        let sessions = &network.flow.sessions;
        let mut permits: FxHashMap<_, Vec<Line<'m>>> = FxHashMap::default();
        for (index, permit) in model.permits.iter().enumerate() {
            permits.entry((permit.from, permit.to, permit.carrier)).or_default().push(Line {
                index,
                permit,
                demanded: sessions.marks.demanded(&permit.via),
                // A label without a bit cannot be seen to be absent: then nothing fits.
                avoided: sessions.marks.demanded(&permit.avoids),
                services: permit.services.as_ref().map(|s| sessions.classes.bits_of(s, false)),
            });
        }
        Self { permits }
    }

    #[allow(clippy::too_many_arguments, reason = "one crossing, all of it needed")]
    fn permits(
        &self,
        model: &Model,
        network: &Network,
        origin: FaceId,
        target: FaceId,
        carrier: Carrier,
        step: &Step,
        marks: u128,
    ) -> bool {
        self.fitting(model, network, origin, target, carrier, step, marks).is_some()
    }

    /// The first permit that fits a crossing: its position in the model.
    #[allow(clippy::too_many_arguments, reason = "what a permit is compared with")]
    pub(super) fn fitting(
        &self,
        model: &Model,
        network: &Network,
        origin: FaceId,
        target: FaceId,
        carrier: Carrier,
        step: &Step,
        marks: u128,
    ) -> Option<usize> {
        let (a, b) = (&model.faces[origin], &model.faces[target]);
        let (Some(from), Some(to)) = (a.segment, b.segment) else { return None };
        let lines = self.permits.get(&(from, to, carrier))?;
        let delivered = match &step.why {
            Why::Session(s) => Some(&network.flow.parts[s.part as usize]),
            _ => None,
        };
        let fits = |line: &&Line<'_>| {
            let node_fits =
                |nodes: &Option<Vec<_>>, node| nodes.as_ref().is_none_or(|n: &Vec<_>| n.binary_search(&node).is_ok());
            node_fits(&line.permit.from_nodes, a.node)
                && node_fits(&line.permit.to_nodes, b.node)
                && line.services.as_ref().is_none_or(|s| delivered.is_some_and(|d| s.covers(d)))
                && line.demanded.is_some_and(|d| d & !marks == 0)
                && line.avoided.is_some_and(|a| a & marks == 0)
        };
        lines.iter().find(fits).map(|line| line.index)
    }
}

fn from_origin(
    model: &Model,
    network: &Network,
    policy: &Policy<'_>,
    origin: FaceId,
    failed: &[GuardId],
) -> FromOrigin {
    let mut out = FromOrigin { origin, reached: 0, found: Vec::new() };
    let mut known: BTreeSet<(SegmentId, Carrier)> = BTreeSet::new();
    for level in [Level::Sure, Level::May] {
        let mut fresh: BTreeMap<(SegmentId, Carrier), (Vec<u32>, BTreeSet<FaceId>)> = BTreeMap::new();
        let walk = Walk::failing(network, Fact::holds(origin, Carrier::Own), level, failed, |_| true);
        out.reached = walk.seen.len();
        for (i, step, marks) in walk.edges(network) {
            let step_row = network.step(step);
            let State::Arrives(carrier) = step_row.to.state else { continue };
            let target = step_row.to.face;
            let (Some(a), Some(b)) = (model.faces[origin].segment, model.faces[target].segment) else { continue };
            if a == b || policy.permits(model, network, origin, target, carrier, step_row, marks) {
                continue;
            }
            fresh.entry((b, carrier)).or_insert_with(|| (walk.path(i, step), BTreeSet::new())).1.insert(target);
        }
        for ((to, carrier), (steps, targets)) in fresh {
            if level == Level::Sure {
                known.insert((to, carrier));
                out.found.push((to, carrier, true, steps, targets));
            } else if known.contains(&(to, carrier)) {
                // Found for certain already; what is only possible adds to the count of targets.
                let sure = out.found.iter_mut().find(|(t, c, _, _, _)| *t == to && *c == carrier);
                sure.into_iter().for_each(|(_, _, _, _, t)| t.extend(targets.iter().copied()));
            } else {
                out.found.push((to, carrier, false, steps, targets));
            }
        }
    }
    out
}

/// A fact, the labels passed, and the state and step before it.
type Visited = (u32, u128, Option<(usize, u32)>);

/// The closure of one origin in the direct lens over facts with labels passed.
pub(super) struct Walk {
    /// Fact, labels passed, and the state and step before.
    pub(super) seen: Vec<Visited>,
    edges: Vec<(usize, u32, u128)>,
}

impl Walk {
    pub(super) fn new(network: &Network, start: Fact, level: Level, fits: impl Fn(&Step) -> bool) -> Self {
        Self::failing(network, start, level, &[], fits)
    }

    /// While some controls (sorted) do not work.
    fn failing(network: &Network, start: Fact, level: Level, failed: &[GuardId], fits: impl Fn(&Step) -> bool) -> Self {
        let mut walk = Self { seen: Vec::new(), edges: Vec::new() };
        let Some(first) = network.number(start) else { return walk };
        let mut index: FxHashMap<(u32, u128), usize> = FxHashMap::default();
        walk.seen.push((first, 0, None));
        index.insert((first, 0), 0);
        let rows = network.lens(Lens::Direct);
        let mut queue = VecDeque::from([0]);
        while let Some(i) = queue.pop_front() {
            let (fact, marks, _) = walk.seen[i];
            for edge in rows.from(fact) {
                let step = network.step(edge.step);
                if !Network::open(step, level, failed, false) || !fits(step) {
                    continue;
                }
                let passed = marks | step.marks;
                walk.edges.push((i, edge.step, passed));
                index.entry((edge.to, passed)).or_insert_with(|| {
                    walk.seen.push((edge.to, passed, Some((i, edge.step))));
                    queue.push_back(walk.seen.len() - 1);
                    walk.seen.len() - 1
                });
            }
        }
        walk
    }

    /// Every step taken, in the order of the search: the state it starts from, the step, the labels passed after it.
    pub(super) fn edges<'a>(&'a self, network: &'a Network) -> impl Iterator<Item = (usize, u32, u128)> + 'a {
        self.edges.iter().copied().filter(|(_, step, _)| matches!(network.step(*step).to.state, State::Arrives(_)))
    }

    /// Every step taken, also those inside mediators.
    pub(super) fn all(&self) -> impl Iterator<Item = (usize, u32, u128)> + '_ {
        self.edges.iter().copied()
    }

    /// The steps of the path that ends with `last` from state `i`.
    pub(super) fn path(&self, i: usize, last: u32) -> Vec<u32> {
        let mut steps = vec![last];
        let mut at = i;
        while let Some((parent, step)) = self.seen[at].2 {
            steps.push(step);
            at = parent;
        }
        steps.reverse();
        steps
    }
}
