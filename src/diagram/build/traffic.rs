//! What flows in a drawing, for people: sessions with their devices, what they carry and their services, and
//! relations.
//!
//! It is taken from the steps of the direct lens, so a picture shows what the verdicts are about. Nothing is
//! placed or drawn here.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use super::legs::{carrier, relation_chain};
use crate::flow::{Content, SessionStep, Step, Why};
use crate::model::{
    Carrier, CommunicationId, FaceId, Fact, Lens, Model, NodeId, Role, SegmentId, Service, TransitId, ZoneId,
};
use crate::network::Network;
use crate::packet::{Bits, Level};
use crate::verify::fast;

/// Sessions between two faces on one walk.
#[derive(Debug, Default)]
pub(super) struct Talk {
    /// What travels in them, and whether back to who opened them.
    pub(super) carriers: BTreeSet<(Carrier, bool)>,
    /// The declared communications they are.
    pub(super) communications: BTreeSet<CommunicationId>,
    /// Their services, those of the communications left out; nothing if there are no others.
    pub(super) services: Vec<String>,
}

/// Who opens a session, who answers it, and the devices between.
pub(super) type TalkKey = (FaceId, FaceId, Vec<TransitId>);

/// All that flows.
#[derive(Debug, Default)]
pub(super) struct Traffic {
    pub(super) talks: BTreeMap<TalkKey, Talk>,
    /// Positions in `Model::relations`.
    pub(super) relations: BTreeSet<usize>,
}

/// Steps of the direct lens that can happen while all controls work; between two segments if they are given.
pub(super) fn direct_steps(model: &Model, network: &Network, between: Option<(SegmentId, SegmentId)>) -> Vec<u32> {
    let starts = model.faces.iter().filter(|(id, face)| {
        let endpoint = model.endpoint_of(*id).is_some();
        endpoint && between.is_none_or(|(from, _)| face.segment == Some(from))
    });
    let starts: Vec<u32> = starts.filter_map(|(id, _)| network.number(Fact::holds(id, Carrier::Own))).collect();
    let rows = network.lens(Lens::Direct);
    let mut seen = vec![false; network.len()];
    let mut todo = starts;
    let mut steps = Vec::new();
    while let Some(fact) = todo.pop() {
        if std::mem::replace(&mut seen[fact as usize], true) {
            continue;
        }
        for edge in rows.from(fact) {
            if Network::open(network.step(edge.step), Level::May, &[], false) {
                steps.push(edge.step);
                todo.push(edge.to);
            }
        }
    }
    steps.sort_unstable();
    let Some((_, to)) = between else { return steps };
    // Backwards from everything that arrives in the second segment.
    let mut wanted: BTreeSet<Fact> = steps.iter().map(|s| network.step(*s).to).collect();
    wanted.retain(|f| model.faces[f.face].segment == Some(to));
    let mut useful = BTreeSet::new();
    loop {
        let before = useful.len();
        for &s in &steps {
            let step = network.step(s);
            if wanted.contains(&step.to) && useful.insert(s) {
                wanted.insert(step.from);
            }
        }
        if useful.len() == before {
            return useful.into_iter().collect();
        }
    }
}

impl Traffic {
    /// What the steps say.
    pub(super) fn new(model: &Model, network: &Network, steps: &[u32]) -> Self {
        let mut reader = Reader { model, network, walks: FxHashMap::default(), names: named_services(model, network) };
        let mut all = Self::default();
        let mut bits: BTreeMap<TalkKey, Bits> = BTreeMap::new();
        let (mut direct, mut detours) = (BTreeSet::new(), BTreeSet::new());
        for &index in steps {
            let step = network.step(index);
            match step.why {
                Why::Session(s) if s.impersonator.is_none() && s.content != Content::Covert => {
                    let (walk, straight) = reader.walk(&s, step);
                    let key = (s.initiator, s.responder, walk);
                    if straight {
                        direct.insert((s.initiator, s.responder));
                    } else {
                        detours.insert(key.clone());
                    }
                    let talk = all.talks.entry(key.clone()).or_default();
                    talk.carriers.extend(carrier(step.to).map(|k| (k, s.content == Content::Reply)));
                    let own = reader.services(&s);
                    bits.entry(key).and_modify(|b| b.add(&own)).or_insert(own);
                }
                Why::Relation(i) => {
                    all.relations.insert(i as usize);
                }
                _ => {}
            }
        }
        // A way that comes back to a network says nothing where there is one that does not.
        all.talks.retain(|key, _| !detours.contains(key) || !direct.contains(&(key.0, key.1)));
        for (key, bits) in bits {
            if let Some(talk) = all.talks.get_mut(&key) {
                reader.tell(talk, &key, bits);
            }
        }
        all
    }

    /// Everything that takes part.
    pub(super) fn nodes(&self, model: &Model) -> BTreeSet<NodeId> {
        let mut nodes = BTreeSet::new();
        for (from, to, walk) in self.talks.keys() {
            nodes.extend([model.faces[*from].node, model.faces[*to].node]);
            nodes.extend(walk.iter().map(|d| model.transits[*d].node));
        }
        for &i in &self.relations {
            nodes.extend(relation_chain(model, i));
        }
        nodes
    }
}

/// Class session, content, part of the services, certainty: steps that share them share a walk.
type WalkKey = (u32, Content, u32, Level);

/// Reads steps, remembering the walks that many of them share.
struct Reader<'m> {
    model: &'m Model,
    network: &'m Network,
    /// The devices of a walk, and whether it visits no network twice.
    walks: FxHashMap<WalkKey, (Vec<TransitId>, bool)>,
    names: Vec<(String, Bits)>,
}

impl Reader<'_> {
    fn walk(&mut self, s: &SessionStep, step: &Step) -> (Vec<TransitId>, bool) {
        let key = (s.session, s.content, s.part, step.level);
        let walk = self.walks.entry(key).or_insert_with(|| {
            let cause = fast::session(self.model, self.network, s, step.level, false);
            let mut zones: Vec<ZoneId> = cause.forward.iter().map(|p| p.to).collect();
            zones.extend(cause.forward.first().map(|p| p.from));
            let all = zones.len();
            zones.sort_unstable();
            zones.dedup();
            (cause.forward.iter().map(|p| p.device).collect(), zones.len() == all)
        });
        walk.clone()
    }

    fn services(&self, s: &SessionStep) -> Bits {
        let flow = &self.network.flow;
        let listens = match &self.model.node_of(s.responder).role {
            Role::Endpoint(e) => e.listens.as_ref(),
            Role::Mediator(m) => m.listens.as_ref(),
            Role::Transit(_) => None,
        };
        let heard = listens.map(|l| flow.sessions.classes.bits_of(l, false));
        flow.services(heard.as_ref(), s, Level::May, false)
    }

    /// Names the services of a talk.
    fn tell(&self, talk: &mut Talk, key: &TalkKey, mut bits: Bits) {
        let classes = &self.network.flow.sessions.classes;
        let (from, to) = (self.model.faces[key.0].node, self.model.faces[key.1].node);
        for (id, c) in self.model.communications.iter() {
            if c.from.binary_search(&from).is_ok() && c.to.binary_search(&to).is_ok() {
                let own = classes.bits_of(&c.services, false);
                if own.meets(&bits) {
                    talk.communications.insert(id);
                    bits.remove(&own);
                }
            }
        }
        if classes.has_all(&bits, &classes.all()) {
            return talk.services.push("any".to_owned());
        }
        // The largest named services first, each only if it says something new.
        let mut rest = bits.clone();
        for (name, own) in &self.names {
            if classes.has_all(&bits, own) && own.meets(&rest) {
                talk.services.push(name.clone());
                rest.remove(own);
            }
        }
        if !rest.is_empty() {
            talk.services.push("…".to_owned());
        }
    }
}

/// All services that the drawing names, those of more classes first.
fn named_services(model: &Model, network: &Network) -> Vec<(String, Bits)> {
    let mut all: BTreeSet<Service> = BTreeSet::new();
    all.extend(model.transits.values().flat_map(|t| t.rules.iter().flatten()).flat_map(|r| r.services.iter().copied()));
    for node in model.nodes.values() {
        let listens = match &node.role {
            Role::Endpoint(e) => e.listens.as_ref(),
            Role::Mediator(m) => m.listens.as_ref(),
            Role::Transit(_) => None,
        };
        all.extend(listens.into_iter().flatten().copied());
    }
    let classes = &network.flow.sessions.classes;
    let mut named: Vec<(String, Bits)> =
        all.into_iter().map(|s| (s.to_string(), classes.bits_of(&[s], false))).collect();
    named.sort_by_key(|(name, bits)| (std::cmp::Reverse(bits.iter().count()), name.clone()));
    named
}
