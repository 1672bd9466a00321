//! Writing out the steps of a model, row by row of the table in `docs/semantics.md` §3.

use std::collections::BTreeSet;

use super::sessions::KEPT;
use super::{Flow, Lenses, Step, Why};
use crate::model::{Behaviour, Carrier, CommunicationId, FaceId, Fact, GuardId, Id, Lens, Model, Role, State};
use crate::packet::{Bits, Level, Sessions};

/// All steps of a model.
#[must_use]
pub fn steps(model: &Model) -> Flow {
    steps_over(model, Sessions::new(model))
}

/// All steps of a model whose packet layer is settled already.
#[must_use]
pub fn steps_over(model: &Model, sessions: Sessions) -> Flow {
    let mut emitter = Emitter::new(model, &sessions);
    emitter.session_steps();
    emitter.mediators();
    emitter.hosts();
    emitter.relations();
    let Emitter { parts, steps, .. } = emitter;
    Flow { parts, steps: merged(steps), sessions }
}

/// Sorts steps and joins those that differ only in lens or certainty, keeping the most certain.
fn merged(mut steps: Vec<Step>) -> Vec<Step> {
    let key = |s: &Step| (s.from, s.to, s.guards.clone(), s.marks, s.eyes, std::cmp::Reverse(s.level), s.why);
    steps.sort_by_cached_key(|s| (key(s), s.lenses));
    let mut out: Vec<Step> = Vec::with_capacity(steps.len());
    for step in steps {
        match out.last_mut() {
            Some(last) if key(last) == key(&step) => last.lenses = last.lenses.with(step.lenses),
            _ => out.push(step),
        }
    }
    out
}

pub(super) struct Emitter<'m> {
    pub(super) model: &'m Model,
    pub(super) sessions: &'m Sessions,
    pub(super) parts: Vec<Bits>,
    part_of_set: Vec<(Bits, u32)>,
    /// Per face: what its mediator can let leave there.
    pub(super) leaving: Vec<Vec<Fact>>,
    /// Per face: the services it answers.
    pub(super) listens: Vec<Option<Bits>>,
    /// Per zone: faces of hosts.
    pub(super) hosts_in: Vec<Vec<FaceId>>,
    steps: Vec<Step>,
}

impl<'m> Emitter<'m> {
    fn new(model: &'m Model, sessions: &'m Sessions) -> Self {
        let mut leaving = vec![BTreeSet::new(); model.faces.len()];
        let mut listens = vec![None; model.faces.len()];
        for node in model.nodes.values() {
            let heard = match &node.role {
                Role::Endpoint(e) => e.listens.as_ref(),
                Role::Mediator(m) => m.listens.as_ref(),
                Role::Transit(_) => None,
            };
            for &face in &node.faces {
                listens[face.index()] = heard.map(|l| sessions.classes.bits_of(l, false));
            }
            if let Role::Mediator(m) = &node.role {
                for t in &m.transforms {
                    leaving[t.gives.0.index()].insert(Fact::leaves(t.gives.0, t.gives.1, t.gives.2));
                }
            }
        }
        for r in &model.relations {
            if matches!(r.to.state, State::Leaves(..)) {
                leaving[r.to.face.index()].insert(r.to);
            }
        }
        let mut hosts_in = vec![Vec::new(); model.zones.len()];
        for (id, face) in model.faces.iter() {
            let host = model.endpoint_of(id).is_some_and(|e| e.behaviour == Behaviour::Host);
            if let (Some(zone), true) = (face.zone, host) {
                let wire = model.zones.ids().filter(|&z| model.one_wire(z, zone));
                wire.for_each(|z| hosts_in[z.index()].push(id));
            }
        }
        let everything = sessions.classes.all();
        Self {
            model,
            sessions,
            parts: vec![everything.clone()],
            part_of_set: vec![(everything, 0)],
            leaving: leaving.into_iter().map(|s| s.into_iter().collect()).collect(),
            listens,
            hosts_in,
            steps: Vec::new(),
        }
    }

    pub(super) fn push(&mut self, step: Step) {
        self.steps.push(step);
    }

    fn part(&mut self, bits: Bits) -> u32 {
        if let Some((_, id)) = self.part_of_set.iter().find(|(b, _)| *b == bits) {
            return *id;
        }
        let id = self.parts.len() as u32;
        self.parts.push(bits.clone());
        self.part_of_set.push((bits, id));
        id
    }

    /// The parts of the services between two faces that communications or permits tell apart,
    /// each with the communication it belongs to.
    pub(super) fn parts_between(&mut self, x: FaceId, y: FaceId) -> Vec<(u32, Option<CommunicationId>)> {
        let (xn, yn) = (self.model.faces[x].node, self.model.faces[y].node);
        let classes = &self.sessions.classes;
        let mut rest = classes.all();
        let mut sets: Vec<(Bits, Option<CommunicationId>)> = Vec::new();
        for (id, c) in self.model.communications.iter() {
            if c.from.binary_search(&xn).is_ok() && c.to.binary_search(&yn).is_ok() {
                let bits = classes.bits_of(&c.services, false);
                rest.remove(&bits);
                sets.push((bits, Some(id)));
            }
        }
        sets.push((rest, None));
        // Permits with services: only those that could fit something arriving at either end.
        let cuts: Vec<Bits> = self
            .model
            .permits
            .iter()
            .filter(|p| {
                [x, y].iter().any(|&f| {
                    let face = &self.model.faces[f];
                    face.segment == Some(p.to)
                        && p.to_nodes.as_ref().is_none_or(|n| n.binary_search(&face.node).is_ok())
                })
            })
            .filter_map(|p| p.services.as_ref())
            .map(|s| classes.bits_of(s, false))
            .collect();
        for cut in cuts {
            sets = sets
                .into_iter()
                .flat_map(|(bits, c)| {
                    let inside = bits.and(&cut);
                    let mut outside = bits;
                    outside.remove(&cut);
                    [(inside, c), (outside, c)]
                })
                .filter(|(bits, _)| !bits.is_empty())
                .collect();
        }
        sets.into_iter().filter(|(bits, _)| !bits.is_empty()).map(|(bits, c)| (self.part(bits), c)).collect()
    }

    fn simple(&mut self, from: Fact, to: Fact, lenses: Lenses, why: Why) -> &mut Step {
        self.steps.push(Step { from, to, guards: Vec::new(), marks: 0, lenses, eyes: false, level: Level::Must, why });
        let last = self.steps.len() - 1;
        &mut self.steps[last]
    }

    /// mediate
    fn mediators(&mut self) {
        for (id, node) in self.model.nodes.iter() {
            let Role::Mediator(m) = &node.role else { continue };
            let marks = self.sessions.marks.of_labels(&m.labels);
            for (i, t) in m.transforms.iter().enumerate() {
                let from = Fact::arrives(t.takes.0, t.takes.1);
                let to = Fact::leaves(t.gives.0, t.gives.1, t.gives.2);
                let step = self.simple(from, to, Lenses::ALL, Why::Transform(id, i as u32));
                step.guards.clone_from(&t.guards);
                step.marks = marks;
                if t.assumption.is_some() {
                    step.level = Level::May;
                }
            }
        }
    }

    /// pivot, store, same machine
    fn hosts(&mut self) {
        for (id, node) in self.model.nodes.iter() {
            let Role::Endpoint(e) = &node.role else { continue };
            for &face in &node.faces {
                match e.behaviour {
                    Behaviour::Host => self.pivots(face),
                    Behaviour::Store => {
                        for &kept_at in &node.faces {
                            self.stores(face, kept_at, e.isolation.filter(|_| kept_at != face));
                        }
                    }
                    Behaviour::Sink => {}
                }
                for &other in node.faces.iter().filter(|&&o| o != face) {
                    let isolation = self.model.nodes[id].role.isolation();
                    let step = self.simple(
                        Fact::holds(face, Carrier::Own),
                        Fact::arrives(other, Carrier::Own),
                        Lenses::ALL,
                        Why::SameMachine,
                    );
                    step.guards = isolation.into_iter().collect();
                }
            }
        }
    }

    fn pivots(&mut self, face: FaceId) {
        let edr = self.model.endpoint_of(face).map(|e| e.edr.clone()).unwrap_or_default();
        for lens in [Lens::Attack, Lens::Leak] {
            for carrier in Carrier::ALL {
                if !lens.pivots(carrier, true) {
                    continue;
                }
                let step = self.simple(
                    Fact::arrives(face, carrier),
                    Fact::holds(face, Carrier::Own),
                    Lenses::only(lens),
                    Why::Pivot,
                );
                step.eyes = !lens.pivots(carrier, false);
                if lens.pivot_is_guarded_by_edr(carrier) {
                    step.guards.clone_from(&edr);
                }
            }
        }
    }

    /// What arrives at one face of a store is given at all of them.
    fn stores(&mut self, face: FaceId, kept_at: FaceId, isolation: Option<GuardId>) {
        let taken = [(Carrier::Req, Carrier::Raw), (Carrier::Rsp, Carrier::Raw), (Carrier::Ctl, Carrier::Own)];
        for (arriving, kept) in taken.into_iter().chain(KEPT.map(|k| (k, k))) {
            let step =
                self.simple(Fact::arrives(face, arriving), Fact::holds(kept_at, kept), Lenses::INDIRECT, Why::Stored);
            step.guards = isolation.into_iter().collect();
        }
    }

    fn relations(&mut self) {
        for (i, r) in self.model.relations.iter().enumerate() {
            let marks = self.sessions.marks.of_labels(&r.labels);
            let lenses = r.detour.as_ref().map_or(Lenses::ALL, |d| Lenses::only(d.lens));
            let step = self.simple(r.from, r.to, lenses, Why::Relation(i as u32));
            step.guards.clone_from(&r.guards);
            step.marks = marks;
            if let Some(detour) = &r.detour {
                step.eyes = detour.eyes;
                // A required flow is the one way that is drawn; a way around through others is never that.
                step.level = Level::Sure;
            }
            if r.assumption.is_some() {
                step.level = Level::May;
            }
        }
    }
}
