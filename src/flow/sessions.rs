//! From sessions between classes to the content that travels between faces.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::emit::Emitter;
use super::{Content, Lenses, SessionStep, Step, Why};
use crate::model::{
    Behaviour, Carrier, CommunicationId, FaceId, Fact, GuardId, Id, Lens, Model, Role, State, Way, ZoneId,
};
use crate::packet::{Bits, ClassSession, Level, LevelBits, MarkTable};

/// What a session between two faces amounts to, for one part of the services.
pub(super) struct Exchange {
    pub(super) index: u32,
    pub(super) initiator: FaceId,
    pub(super) responder: FaceId,
    pub(super) part: u32,
    pub(super) request: Option<Level>,
    pub(super) reply: Option<Level>,
    pub(super) covert: Option<Level>,
    pub(super) communication: Option<CommunicationId>,
    pub(super) marks: u128,
}

/// Files that a store gives back in the form it keeps.
pub(super) const KEPT: [Carrier; 4] = [Carrier::Raw, Carrier::Chk, Carrier::San, Carrier::Txt];

fn level(bits: &LevelBits, part: &Bits) -> Option<Level> {
    if bits.must.meets(part) {
        Some(Level::Must)
    } else if bits.sure.meets(part) {
        Some(Level::Sure)
    } else if bits.may.meets(part) {
        Some(Level::May)
    } else {
        None
    }
}

/// Who may open and who may answer, apart from packets.
pub(crate) fn admitted(model: &Model, x: FaceId, y: FaceId) -> bool {
    let (xf, yf) = (&model.faces[x], &model.faces[y]);
    if xf.node == yf.node {
        return false;
    }
    let opens = match &model.nodes[xf.node].role {
        Role::Endpoint(e) => e.outbound,
        Role::Mediator(m) => m.servers.as_ref().is_none_or(|s| s.binary_search(&yf.node).is_ok()),
        Role::Transit(_) => false,
    };
    let clients = match &model.nodes[yf.node].role {
        Role::Endpoint(e) => e.clients.as_ref(),
        Role::Mediator(m) => m.clients.as_ref(),
        Role::Transit(_) => return false,
    };
    opens && clients.is_none_or(|c| c.binary_search(&xf.node).is_ok())
}

/// Two endpoints of one zone that keeps its clients apart.
pub(crate) fn isolated(model: &Model, x: FaceId, y: FaceId) -> bool {
    let (xf, yf) = (&model.faces[x], &model.faces[y]);
    xf.zone == yf.zone
        && xf.zone.is_some_and(|z| model.zones[z].client_isolation)
        && xf.segment.is_some()
        && yf.segment.is_some()
}

impl Emitter<'_> {
    /// Steps of all sessions: open, answer, give, emit; and of those who use another's address.
    pub(super) fn session_steps(&mut self) {
        let by_class = self.faces_by_class();
        let mut exchanges = Vec::new();
        for (index, session) in self.sessions.list.iter().enumerate() {
            let key = |zone: ZoneId, class| by_class.get(&(zone, class)).map_or(&[][..], Vec::as_slice);
            for &x in key(session.ends.from, session.ends.source) {
                for &y in key(session.ends.to, session.ends.destination) {
                    if session.apart == isolated(self.model, x, y) && admitted(self.model, x, y) {
                        self.exchanges(index as u32, session, x, y, &mut exchanges);
                    }
                }
            }
        }
        for e in &exchanges {
            self.genuine(e);
        }
        self.impersonations(&exchanges);
    }

    fn faces_by_class(&self) -> FxHashMap<(ZoneId, u32), Vec<FaceId>> {
        let mut map: FxHashMap<(ZoneId, u32), Vec<FaceId>> = FxHashMap::default();
        for (id, face) in self.model.faces.iter() {
            if let Some(zone) = face.zone {
                for &(class, _) in &self.sessions.classes.of_face[id.index()] {
                    map.entry((zone, class)).or_default().push(id);
                }
            }
        }
        map
    }

    /// Splits a session by the communications and permits that tell its services apart.
    fn exchanges(&mut self, index: u32, session: &ClassSession, x: FaceId, y: FaceId, out: &mut Vec<Exchange>) {
        let listens = self.listens[y.index()].clone();
        let heard = |l: &LevelBits| match &listens {
            None => l.clone(),
            Some(set) => LevelBits { may: l.may.and(set), sure: l.sure.and(set), must: l.must.and(set) },
        };
        let new = heard(&session.new);
        let covert = LevelBits {
            may: new.may.or(&session.ack.may),
            sure: new.sure.or(&session.ack.sure),
            must: new.must.or(&session.ack.must),
        };
        let (req, rsp) = (heard(&session.req), heard(&session.rsp));
        if covert.may.is_empty() {
            return;
        }
        for (part, communication) in self.parts_between(x, y) {
            let bits = &self.parts[part as usize];
            let exchange = Exchange {
                index,
                initiator: x,
                responder: y,
                part,
                request: level(&req, bits),
                reply: level(&rsp, bits),
                covert: level(&covert, bits),
                communication,
                marks: session.marks,
            };
            if exchange.covert.is_some() {
                out.push(exchange);
            }
        }
    }

    fn genuine(&mut self, e: &Exchange) {
        let ends = (e.initiator, e.responder);
        for (lens, level, content) in [
            (Lens::Direct, e.request, Content::Request),
            (Lens::Attack, e.request, Content::Request),
            (Lens::Leak, e.covert, if e.request == e.covert { Content::Request } else { Content::Covert }),
        ] {
            if let Some(level) = level {
                let guards = self.session_guards(e, lens, false, e.communication);
                self.offers(ends.0, Way::Opens, Carrier::Req, ends.1, e, lens, level, content, None, guards);
            }
        }
        for lens in Lens::ALL {
            if let Some(level) = e.reply {
                let guards = self.session_guards(e, lens, true, e.communication);
                self.offers(ends.1, Way::Answers, Carrier::Rsp, ends.0, e, lens, level, Content::Reply, None, guards);
            }
        }
    }

    /// The guards of a session's step: endorsement, declassification, gates.
    fn session_guards(
        &self,
        e: &Exchange,
        lens: Lens,
        reply: bool,
        communication: Option<CommunicationId>,
    ) -> Vec<GuardId> {
        let communication = communication.map(|c| &self.model.communications[c]);
        let mut guards: Vec<GuardId> = match lens {
            Lens::Direct => Vec::new(),
            Lens::Attack => {
                let endorse = communication.and_then(|c| c.endorse).filter(|_| !reply);
                endorse.into_iter().chain(self.sessions.marks.gates_for(self.model, e.marks, e.initiator)).collect()
            }
            Lens::Leak => communication.and_then(|c| c.declass).into_iter().collect(),
        };
        guards.sort_unstable();
        guards.dedup();
        guards
    }

    /// Everything that `giver` puts into a session, arriving at `taker`.
    #[allow(clippy::too_many_arguments, reason = "one row of the table of steps")]
    fn offers(
        &mut self,
        giver: FaceId,
        way: Way,
        own_becomes: Carrier,
        taker: FaceId,
        e: &Exchange,
        lens: Lens,
        level: Level,
        content: Content,
        impersonator: Option<FaceId>,
        guards: Vec<GuardId>,
    ) {
        let why = Why::Session(SessionStep {
            session: e.index,
            initiator: e.initiator,
            responder: e.responder,
            content,
            part: e.part,
            impersonator,
            communication: e.communication.filter(|&c| {
                let c = &self.model.communications[c];
                c.endorse.into_iter().chain(c.declass).any(|g| guards.contains(&g))
            }),
        });
        let marks = if lens == Lens::Direct { MarkTable::labels_only(e.marks) } else { 0 };
        let step = |from: Fact, carrier: Carrier| Step {
            from,
            to: Fact::arrives(taker, carrier),
            guards: guards.clone(),
            marks,
            lenses: Lenses::only(lens),
            eyes: false,
            level,
            why,
        };
        let steps: Vec<Step> = match self.model.endpoint_of(giver).map(|end| end.behaviour) {
            Some(Behaviour::Sink) => Vec::new(),
            Some(behaviour) => {
                let kept = if behaviour == Behaviour::Store && lens != Lens::Direct { &KEPT[..] } else { &[] };
                std::iter::once(step(Fact::holds(giver, Carrier::Own), own_becomes))
                    .chain(kept.iter().map(|&k| step(Fact::holds(giver, k), k)))
                    .collect()
            }
            None => self.leaving[giver.index()]
                .iter()
                .filter_map(|&fact| match fact.state {
                    State::Leaves(carrier, w) if w == way || w == Way::Both => Some(step(fact, carrier)),
                    _ => None,
                })
                .collect(),
        };
        for step in steps {
            self.push(step);
        }
    }

    /// Hosts that use the address of a neighbour: of who opens, or of who answers.
    fn impersonations(&mut self, exchanges: &[Exchange]) {
        for lens in [Lens::Attack, Lens::Leak] {
            for as_initiator in [true, false] {
                for (choices, zone) in self.choices(exchanges, lens, as_initiator) {
                    let hosts = self.hosts_in[zone.index()].clone();
                    for m in hosts {
                        for &(reply, ref options) in &choices {
                            self.impersonate(m, zone, lens, as_initiator, reply, options, exchanges);
                        }
                    }
                }
            }
        }
    }

    /// For each zone: for each other end and guard set, the exchanges to choose from, best first.
    #[allow(clippy::type_complexity, reason = "a grouping, used in one place")]
    fn choices(
        &self,
        exchanges: &[Exchange],
        lens: Lens,
        as_initiator: bool,
    ) -> Vec<(Vec<(bool, Vec<usize>)>, ZoneId)> {
        let mut groups: BTreeMap<(ZoneId, FaceId, bool, Vec<GuardId>), Vec<usize>> = BTreeMap::new();
        for (i, e) in exchanges.iter().enumerate() {
            let (imitated, other) = if as_initiator { (e.initiator, e.responder) } else { (e.responder, e.initiator) };
            let Some(zone) = self.model.faces[imitated].zone else { continue };
            if !self.model.zones[zone].broadcast {
                continue;
            }
            for reply in [false, true] {
                let exists = self.imitated_level(e, lens, as_initiator, reply).is_some();
                if exists {
                    let guards = self.imitated_guards(e, lens, as_initiator, reply);
                    groups.entry((zone, other, reply, guards)).or_default().push(i);
                }
            }
        }
        let mut by_zone: BTreeMap<ZoneId, Vec<(bool, Vec<usize>)>> = BTreeMap::new();
        for ((zone, _, reply, _), mut list) in groups {
            list.sort_by_key(|&i| {
                (std::cmp::Reverse(self.imitated_level(&exchanges[i], lens, as_initiator, reply)), i)
            });
            // Two with different imitated nodes are enough: one of them is not the impersonator itself.
            let node = |i: &usize| {
                self.model.faces[if as_initiator { exchanges[*i].initiator } else { exchanges[*i].responder }].node
            };
            let first = list[0];
            let second = list.iter().copied().find(|i| node(i) != node(&first));
            by_zone.entry(zone).or_default().push((reply, std::iter::once(first).chain(second).collect()));
        }
        by_zone.into_iter().map(|(zone, list)| (list, zone)).collect()
    }

    /// Who borrows the initiator's address is not the declared peer, so no communication vouches for it;
    /// what is said to a borrowed responder is still the communication's content.
    fn imitated_guards(&self, e: &Exchange, lens: Lens, as_initiator: bool, reply: bool) -> Vec<GuardId> {
        self.session_guards(e, lens, reply, e.communication.filter(|_| !as_initiator))
    }

    fn imitated_level(&self, e: &Exchange, lens: Lens, as_initiator: bool, reply: bool) -> Option<Level> {
        // Who imitates the responder needs a session to be spoken to in.
        if reply || !as_initiator {
            e.reply
        } else if lens == Lens::Leak {
            e.covert
        } else {
            e.request
        }
    }

    #[allow(clippy::too_many_arguments, reason = "one row of the table of steps")]
    fn impersonate(
        &mut self,
        m: FaceId,
        zone: ZoneId,
        lens: Lens,
        as_initiator: bool,
        reply: bool,
        options: &[usize],
        exchanges: &[Exchange],
    ) {
        let node = self.model.faces[m].node;
        let fits = |i: &&usize| {
            let e = &exchanges[**i];
            self.model.faces[e.initiator].node != node && self.model.faces[e.responder].node != node
        };
        let Some(&i) = options.iter().find(fits) else { return };
        let e = &exchanges[i];
        let Some(level) = self.imitated_level(e, lens, as_initiator, reply) else { return };
        let content = match (reply, lens) {
            (true, _) => Content::Reply,
            (false, Lens::Leak) if as_initiator && e.request != e.covert => Content::Covert,
            (false, _) => Content::Request,
        };
        let mut guards = self.imitated_guards(e, lens, as_initiator, reply);
        guards.extend(self.model.zones[zone].binding);
        guards.sort_unstable();
        guards.dedup();
        let (giver, taker, way, own_becomes) = match (as_initiator, reply) {
            (true, false) => (m, e.responder, Way::Opens, Carrier::Req),
            (true, true) => (e.responder, m, Way::Answers, Carrier::Rsp),
            (false, true) => (m, e.initiator, Way::Answers, Carrier::Rsp),
            (false, false) => (e.initiator, m, Way::Opens, Carrier::Req),
        };
        self.offers(giver, way, own_becomes, taker, e, lens, level, content, Some(m), guards);
    }
}
