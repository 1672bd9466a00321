//! What follows from what: the rows of the table in section 3, each step with one premise.

use std::collections::{BTreeMap, BTreeSet};

use super::super::verdict::{Cause, Level, SessionCause};
use super::sessions::{Ends, Passage, Way as Travels};
use crate::model::{
    Behaviour, Carrier, CommunicationId, FaceId, Fact, GuardId, LabelId, Lens, Model, PacketAddr, Role, State, Way,
};

/// The forms in which a store keeps files.
const KEPT: [Carrier; 4] = [Carrier::Raw, Carrier::Chk, Carrier::San, Carrier::Txt];

/// From one fact to the next.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) from: Fact,
    pub(super) to: Fact,
    /// Closed while one of these works.
    pub(super) guards: BTreeSet<GuardId>,
    pub(super) labels: BTreeSet<LabelId>,
    /// Direct lens, for a session: the permits whose services contain the delivered one. `None`: not a session.
    pub(super) permits: Option<BTreeSet<usize>>,
    pub(super) level: Level,
    pub(super) cause: Cause,
}

/// All steps of one lens.
#[derive(Debug)]
pub(super) struct Steps {
    all: Vec<Step>,
    after: BTreeMap<Fact, Vec<usize>>,
}

impl Steps {
    /// The steps in `lens`. With `only`, sessions that this face opens or answers use this one of its addresses.
    pub(super) fn of(
        model: &Model,
        passages: &BTreeMap<Ends, Passage>,
        lens: Lens,
        eyes: bool,
        only: Option<(FaceId, PacketAddr)>,
    ) -> Self {
        let mut table = Table { model, lens, leaves: leaves(model), rows: BTreeMap::new() };
        for (ends, passage) in passages {
            let other = |face, address| only.is_some_and(|(f, a)| f == face && a != address);
            if !other(ends.initiator, ends.source) && !other(ends.responder, ends.destination) {
                table.session((ends, passage));
            }
        }
        table.mediators();
        table.endpoints(eyes);
        for (i, r) in model.relations.iter().enumerate() {
            if r.detour.as_ref().is_some_and(|d| d.lens != lens || d.eyes && !eyes) {
                continue;
            }
            let level = match r.assumption {
                Some(_) => Level::May,
                None if r.detour.is_some() => Level::Sure,
                None => Level::Must,
            };
            table.put(r.from, r.to, &r.guards, &r.labels, level, Cause::Relation(i));
        }

        let all: Vec<Step> = table.rows.into_iter().map(|(row, (level, cause))| row.step(level, cause)).collect();
        let mut after: BTreeMap<Fact, Vec<usize>> = BTreeMap::new();
        for (i, step) in all.iter().enumerate() {
            after.entry(step.from).or_default().push(i);
        }
        Self { all, after }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Step> {
        self.all.iter()
    }

    /// The steps with this premise, in order.
    pub(super) fn after(&self, fact: Fact) -> impl Iterator<Item = &Step> {
        self.after.get(&fact).into_iter().flatten().map(|&i| &self.all[i])
    }
}

/// What tells two steps apart; of those that are alike, the most certain is kept.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    from: Fact,
    to: Fact,
    guards: BTreeSet<GuardId>,
    labels: BTreeSet<LabelId>,
    permits: Option<BTreeSet<usize>>,
}

impl Row {
    fn step(self, level: Level, cause: Cause) -> Step {
        let Self { from, to, guards, labels, permits } = self;
        Step { from, to, guards, labels, permits, level, cause }
    }
}

/// What can be about to leave each mediator's side: by a transform or a relation.
fn leaves(model: &Model) -> BTreeMap<FaceId, BTreeSet<(Carrier, Way)>> {
    let mut out: BTreeMap<FaceId, BTreeSet<(Carrier, Way)>> = BTreeMap::new();
    for node in model.nodes.values() {
        if let Role::Mediator(m) = &node.role {
            for t in &m.transforms {
                out.entry(t.gives.0).or_default().insert((t.gives.1, t.gives.2));
            }
        }
    }
    for relation in &model.relations {
        if let State::Leaves(k, way) = relation.to.state {
            out.entry(relation.to.face).or_default().insert((k, way));
        }
    }
    out
}

struct Table<'a> {
    model: &'a Model,
    lens: Lens,
    leaves: BTreeMap<FaceId, BTreeSet<(Carrier, Way)>>,
    rows: BTreeMap<Row, (Level, Cause)>,
}

impl Table<'_> {
    fn put<'g>(
        &mut self,
        from: Fact,
        to: Fact,
        guards: impl IntoIterator<Item = &'g GuardId>,
        labels: impl IntoIterator<Item = &'g LabelId>,
        level: Level,
        cause: Cause,
    ) {
        let (guards, labels) = (guards.into_iter().copied().collect(), labels.into_iter().copied().collect());
        self.row(Row { from, to, guards, labels, permits: None }, level, || cause);
    }

    fn row(&mut self, row: Row, level: Level, cause: impl FnOnce() -> Cause) {
        if self.rows.get(&row).is_none_or(|old| old.0 < level) {
            self.rows.insert(row, (level, cause()));
        }
    }

    /// open, answer, give, emit, and both kinds of impersonation.
    fn session(&mut self, session: (&Ends, &Passage)) {
        let ends = session.0;
        if ends.way == Travels::Covert && self.lens != Lens::Leak {
            return;
        }
        let (a, b) = (ends.initiator, ends.responder);
        let reply = ends.way == Travels::Reply;
        let (sender, receiver) = if reply { (b, a) } else { (a, b) };
        // "If several communications fit one packet, each gives its own step." Without one: its own step without the guard.
        let none = [None];
        let declared: Vec<_> = ends.communications.iter().map(|&c| Some(c)).collect();
        let variants = if declared.is_empty() { &none[..] } else { &declared[..] };

        for &communication in variants {
            for (state, k) in self.sends(sender, reply) {
                let (from, to) = (Fact { face: sender, state }, Fact::arrives(receiver, k));
                self.travel(session, from, to, reply, communication, None);
            }
        }
        if self.lens == Lens::Direct {
            return;
        }
        // impersonate the initiator: `Holds(own)@m` gives `Arrives(req)@b`; what b answers arrives at m. ·bind@zone·
        for m in self.neighbours(a, b, a) {
            if reply {
                for (state, k) in self.sends(b, true) {
                    self.travel(session, Fact { face: b, state }, Fact::arrives(m, k), true, None, Some((m, a)));
                }
            } else {
                let (from, to) = (Fact::holds(m, Carrier::Own), Fact::arrives(b, Carrier::Req));
                self.travel(session, from, to, false, None, Some((m, a)));
            }
        }
        // impersonate the responder, with Sess: `Holds(own)@m` gives `Arrives(rsp)@a`; what a sends arrives at m.
        // ·bind@zone, and the communication guards of the session·
        let impostors = if reply { self.neighbours(a, b, b) } else { Vec::new() };
        for m in impostors {
            for &communication in variants {
                let (from, to) = (Fact::holds(m, Carrier::Own), Fact::arrives(a, Carrier::Rsp));
                self.travel(session, from, to, true, communication, Some((m, b)));
                for (state, k) in self.sends(a, false) {
                    let (from, to) = (Fact { face: a, state }, Fact::arrives(m, k));
                    self.travel(session, from, to, false, communication, Some((m, b)));
                }
            }
        }
    }

    /// What a face puts into a session, as initiator or in answer: the fact it follows from, and the carrier.
    fn sends(&self, face: FaceId, reply: bool) -> Vec<(State, Carrier)> {
        let own = (State::Holds(Carrier::Own), if reply { Carrier::Rsp } else { Carrier::Req });
        match self.model.endpoint_of(face).map(|e| e.behaviour) {
            Some(Behaviour::Host) => vec![own],
            // "A store opens and answers also with `Holds(own)`."
            Some(Behaviour::Store) => KEPT.iter().map(|&k| (State::Holds(k), k)).chain([own]).collect(),
            // "A sink never gives."
            Some(Behaviour::Sink) => Vec::new(),
            None => {
                let direction = if reply { Way::Answers } else { Way::Opens };
                let leaving = self.leaves.get(&face).into_iter().flatten();
                let fits = leaving.filter(|(_, way)| *way == Way::Both || *way == direction);
                fits.map(|&(k, way)| (State::Leaves(k, way), k)).collect()
            }
        }
    }

    /// The hosts that could use the address of `victim`, at the end of a session between `a` and `b`.
    fn neighbours(&self, a: FaceId, b: FaceId, victim: FaceId) -> Vec<FaceId> {
        let model = self.model;
        let Some(zone) = model.faces[victim].zone.filter(|&z| model.zones[z].broadcast) else {
            return Vec::new();
        };
        let nodes = [model.faces[a].node, model.faces[b].node];
        let faces = model
            .faces
            .iter()
            .filter(|(_, f)| f.zone.is_some_and(|z| model.one_wire(z, zone)) && !nodes.contains(&f.node));
        let is_host = |&m: &FaceId| model.endpoint_of(m).is_some_and(|e| e.behaviour == Behaviour::Host);
        faces.map(|(id, _)| id).filter(is_host).collect()
    }

    /// One step in a session; with `posing`, by a host (first) that uses the address of a face (second).
    fn travel(
        &mut self,
        (ends, passage): (&Ends, &Passage),
        from: Fact,
        to: Fact,
        reply: bool,
        communication: Option<CommunicationId>,
        posing: Option<(FaceId, FaceId)>,
    ) {
        let declared = communication.map(|c| &self.model.communications[c]);
        let communication_guard = match self.lens {
            // "in the attack lens, `endorse` on its `req` step and on no other"
            Lens::Attack if !reply => declared.and_then(|c| c.endorse),
            // "in the leak lens `declass` on both its steps"
            Lens::Leak => declared.and_then(|c| c.declass),
            // "In the direct lens no guard of a communication or gate applies."
            Lens::Attack | Lens::Direct => None,
        };
        let zone = posing.and_then(|(_, victim)| self.model.faces[victim].zone);
        let binding = zone.and_then(|z| self.model.zones[z].binding);
        let mut guards: BTreeSet<GuardId> = binding.into_iter().chain(communication_guard).collect();
        if self.lens == Lens::Attack {
            guards.extend(&ends.gates);
        }
        let permits = (self.lens == Lens::Direct).then(|| ends.permits.clone());
        let row = Row { from, to, guards, labels: ends.labels.clone(), permits };
        self.row(row, passage.level, || {
            Cause::Session(Box::new(SessionCause {
                initiator: ends.initiator,
                responder: ends.responder,
                packet: passage.packet,
                delivered: passage.delivered,
                reply,
                forward: passage.forward.clone(),
                impersonator: posing.map(|(m, _)| m),
                covert: ends.way == Travels::Covert,
                communication: communication.filter(|_| communication_guard.is_some()),
            }))
        });
    }

    /// mediate: `Arrives(k)@m.s`, transform (s,k)→(s′,k′,way), gives `Leaves(k′,way)@m.s′`. ·its guards·
    fn mediators(&mut self) {
        for node in self.model.nodes.values() {
            let Role::Mediator(m) = &node.role else { continue };
            for (i, t) in m.transforms.iter().enumerate() {
                let from = Fact::arrives(t.takes.0, t.takes.1);
                let to = Fact::leaves(t.gives.0, t.gives.1, t.gives.2);
                let level = if t.assumption.is_some() { Level::May } else { Level::Must };
                self.put(from, to, &t.guards, &m.labels, level, Cause::Transform(i));
            }
        }
    }

    /// pivot, store, same machine.
    fn endpoints(&mut self, eyes: bool) {
        for node in self.model.nodes.values() {
            let Role::Endpoint(endpoint) = &node.role else { continue };
            for &face in &node.faces {
                for k in Carrier::ALL {
                    let arrives = Fact::arrives(face, k);
                    match endpoint.behaviour {
                        Behaviour::Host if self.lens.pivots(k, eyes) => {
                            // ·every EDR guard of h, for rsp and raw in the attack lens·
                            let edr = self.lens.pivot_is_guarded_by_edr(k).then_some(&endpoint.edr);
                            let own = Fact::holds(face, Carrier::Own);
                            self.put(arrives, own, edr.into_iter().flatten(), [], Level::Must, Cause::Pivot);
                        }
                        Behaviour::Store if self.lens != Lens::Direct => {
                            let kept = match k {
                                Carrier::Req | Carrier::Rsp | Carrier::Raw => Carrier::Raw,
                                Carrier::Chk | Carrier::San | Carrier::Txt => k,
                                Carrier::Ctl => Carrier::Own,
                                Carrier::Own | Carrier::Scr | Carrier::Key => continue,
                            };
                            // At every face of the store. ·isolation@s between faces, if declared·
                            for &at in &node.faces {
                                let isolation = endpoint.isolation.as_ref().filter(|_| at != face);
                                self.put(arrives, Fact::holds(at, kept), isolation, [], Level::Must, Cause::Stored);
                            }
                        }
                        Behaviour::Host | Behaviour::Store | Behaviour::Sink => {}
                    }
                }
                // same machine: `Arrives(own)` at every other face. ·isolation@h if declared·
                for &other in node.faces.iter().filter(|&&other| other != face) {
                    let (from, to) = (Fact::holds(face, Carrier::Own), Fact::arrives(other, Carrier::Own));
                    self.put(from, to, &endpoint.isolation, [], Level::Must, Cause::SameMachine);
                }
            }
        }
    }
}
