//! Who can hold a session with whom: walks of concrete packets in three lanes and at three levels.
//!
//! What a session is good for is not said here, but in `steps`.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::super::verdict::{Level, Packet, Transit3};
use super::devices::{Sent, backward, forward};
use super::packets::{Addresses, services};
use crate::model::{
    CommunicationId, FaceId, GuardId, Hairpin, LabelId, Model, PacketAddr, Protocol, Role, Service, Transit, TransitId,
    ZoneId, answer_ports, fits_family,
};

/// What a passage carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Way {
    /// From initiator to responder: `Sess`, or `Data` where one datagram is content.
    Request,
    /// From initiator to responder although no session completes; only in the leak lens.
    Covert,
    /// From responder to initiator: `Sess`.
    Reply,
}

/// Between whom something can travel, and all of it that a step can depend on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ends {
    pub(super) initiator: FaceId,
    pub(super) responder: FaceId,
    pub(super) way: Way,
    /// The address that the initiator uses.
    pub(super) source: PacketAddr,
    /// The address that the responder answers to.
    pub(super) destination: PacketAddr,
    /// Labels of the devices on the forward walk.
    pub(super) labels: BTreeSet<LabelId>,
    /// Multi-factor gates on it where the initiator is not enrolled.
    pub(super) gates: BTreeSet<GuardId>,
    /// The declared communications that fit.
    pub(super) communications: Vec<CommunicationId>,
    /// The permits (by position) whose services contain the delivered one.
    pub(super) permits: BTreeSet<usize>,
}

/// One packet that makes it possible, as certain as possible.
#[derive(Debug, Clone)]
pub(super) struct Passage {
    pub(super) level: Level,
    pub(super) packet: Packet,
    pub(super) delivered: Packet,
    pub(super) forward: Vec<Transit3>,
}

/// A packet on its way.
#[derive(Debug, Clone)]
pub(super) struct Trail {
    pub(super) zone: ZoneId,
    pub(super) packet: Packet,
    /// The one device that may take it from here: a route named it.
    pub(super) hand: Option<TransitId>,
    /// The device passed last.
    before: Option<TransitId>,
    labels: BTreeSet<LabelId>,
    gates: BTreeSet<GuardId>,
    pub(super) hops: Vec<Transit3>,
}

impl Trail {
    pub(super) fn start(zone: ZoneId, packet: Packet) -> Self {
        Self {
            zone,
            packet,
            hand: None,
            before: None,
            labels: BTreeSet::new(),
            gates: BTreeSet::new(),
            hops: Vec::new(),
        }
    }
}

/// Everything that can travel in sessions, in the order of its ends.
pub(super) fn passages(model: &Model) -> BTreeMap<Ends, Passage> {
    let mut out = BTreeMap::new();
    let addresses = Addresses::of(model);
    let services = services(model);
    let mut destinations: BTreeSet<PacketAddr> = addresses.of_face.values().flatten().copied().collect();
    destinations.extend(model.transits.values().flat_map(|d| &d.dnat).map(|n| PacketAddr::Literal(n.outside)));
    for a in model.faces.ids() {
        let Some(zone) = model.faces[a].zone else { continue };
        if model.endpoint_of(a).is_some_and(|e| !e.outbound) {
            continue;
        }
        for &source in &addresses.of_face[&a] {
            for &destination in &destinations {
                // P-FAMILY: "source and destination are of one address family".
                if !source.same_family(destination) {
                    continue;
                }
                for &(protocol, source_port, destination_port) in &services {
                    // P-FAMILY: "an ICMP type is of the family of the addresses".
                    let fits = |a: PacketAddr| match a {
                        PacketAddr::Literal(a) => fits_family(protocol, destination_port, a.is_v4()),
                        PacketAddr::Of(_) => true,
                    };
                    if !fits(source) || !fits(destination) {
                        continue;
                    }
                    let packet = Packet { source, destination, protocol, source_port, destination_port };
                    Sender { model, addresses: &addresses, a, zone, packet, out: &mut out }.send();
                }
            }
        }
    }
    out
}

/// How a device passes a packet from a zone to a zone: not at all, or as what, and handed to whom.
pub(super) trait Pass: Fn(TransitId, &Trail, ZoneId) -> Vec<Sent> {}
impl<F: Fn(TransitId, &Trail, ZoneId) -> Vec<Sent>> Pass for F {}

/// One packet at its initiator.
pub(super) struct Sender<'a> {
    pub(super) model: &'a Model,
    addresses: &'a Addresses,
    a: FaceId,
    pub(super) zone: ZoneId,
    pub(super) packet: Packet,
    out: &'a mut BTreeMap<Ends, Passage>,
}

impl Sender<'_> {
    fn send(&mut self) {
        let (model, p) = (self.model, self.packet);
        let tcp = p.protocol == Protocol::Tcp;
        // P-ICMP: "a type without reply is data and opens no session".
        let answered = answer_ports(p.protocol, p.source_port, p.destination_port).is_some();
        let lane = |flag, level| move |d, t: &Trail, to| forward(model, d, t.zone, to, t.packet, flag, level);

        // may: lanes independent of each other.
        let new = self.walk(lane(false, Level::May), (Level::May, true));
        let ack = match tcp {
            // P-STATE: "it treats later packets of the initiator as it treats the first".
            true if model.transits.values().all(Transit::remembers) => new.clone(),
            true => self.walk(lane(true, Level::May), (Level::May, false)),
            false => Vec::new(),
        };
        let mut anybody = false;
        let mut replies = BTreeMap::new();
        for t in &new {
            for b in self.responders(t, true) {
                let acked = !tcp || ack.iter().any(|k| (k.zone, k.packet) == (t.zone, t.packet) && self.meets(k, b));
                let back = replies.entry((t.zone, t.packet)).or_insert_with(|| self.replies(t.zone, t.packet));
                let session = answered && acked && back.iter().any(|r| self.meets(r, b));
                if session || !tcp {
                    self.put(t, b, Way::Request, Level::May);
                }
                if session {
                    self.put(t, b, Way::Reply, Level::May);
                }
                if tcp {
                    self.put(t, b, Way::Covert, Level::May);
                }
                anybody = true;
            }
        }
        // "leak only: new or ack (tcp) is enough for req"; `listens` is "not asked of the covert ack lane".
        for t in &ack {
            for b in self.responders(t, false) {
                self.put(t, b, Way::Covert, Level::May);
                anybody = true;
            }
        }
        // sure ⊆ may
        if !anybody {
            return;
        }

        // sure: "new, ack (tcp) and rep all pass, with certainty, hop by hop on one and the same walk".
        let session = |d, t: &Trail, to| {
            let acked = || !tcp || !forward(model, d, t.zone, to, t.packet, true, Level::Sure).is_empty();
            // The reply goes to the initiator itself, or to the device that is nearer to it.
            let comes_back = |sent: &Sent| {
                let back = backward(model, d, (to, t.zone), sent.0.packet, t.packet.source, Level::Sure);
                back.iter().any(|(q, next)| *q == t.packet && (next.is_none() || *next == t.before))
            };
            let mut sent = forward(model, d, t.zone, to, t.packet, false, Level::Sure);
            // What turns at a device is not certain to come back by it.
            sent.retain(|s| to != t.zone && acked() && comes_back(s));
            sent
        };
        if answered {
            let ways: &[Way] = if tcp { &[Way::Request, Way::Reply] } else { &[Way::Reply] };
            self.send_surely(session, (true, true), ways);
        }
        // "for data: new on one walk"
        let ways: &[Way] = if tcp { &[Way::Covert] } else { &[Way::Request] };
        self.send_surely(lane(false, Level::Sure), (true, false), ways);
        if tcp {
            self.send_surely(lane(true, Level::Sure), (false, false), &[Way::Covert]);
        }
    }

    /// `session`: with its replies.
    fn send_surely(&mut self, pass: impl Pass, (ask_listens, session): (bool, bool), ways: &[Way]) {
        for t in self.walk(&pass, (Level::Sure, true)) {
            for b in self.responders(&t, ask_listens) {
                // must: "sure, and the walk is the shortest".
                let only = self.only_walk(t.zone, &pass, session).filter(|w| self.meets(w, b));
                let is_it = |w: &Trail| w.packet == t.packet && w.labels == t.labels && w.gates == t.gates;
                let (trail, level) = match &only {
                    Some(w) if is_it(w) => (w, Level::Must),
                    _ => (&t, Level::Sure),
                };
                for &way in ways {
                    self.put(trail, b, way, level);
                }
            }
        }
    }

    fn put(&mut self, t: &Trail, b: FaceId, way: Way, level: Level) {
        let (from, to) = (self.model.faces[self.a].node, self.model.faces[b].node);
        let delivered = |s: &Service| s.contains(t.packet.protocol, t.packet.source_port, t.packet.destination_port);
        let fitting = self
            .model
            .communications
            .iter()
            .filter(|(_, c)| c.from.contains(&from) && c.to.contains(&to) && c.services.iter().any(delivered));
        let permits = self.model.permits.iter().enumerate();
        let permits = permits.filter(|(_, p)| p.services.as_ref().is_some_and(|s| s.iter().any(delivered)));
        let ends = Ends {
            initiator: self.a,
            responder: b,
            way,
            source: self.packet.source,
            destination: t.packet.destination,
            labels: t.labels.clone(),
            gates: t.gates.clone(),
            communications: fitting.map(|(id, _)| id).collect(),
            permits: permits.map(|(i, _)| i).collect(),
        };
        if self.out.get(&ends).is_none_or(|old| old.level < level) {
            let passage = Passage { level, packet: self.packet, delivered: t.packet, forward: t.hops.clone() };
            self.out.insert(ends, passage);
        }
    }

    /// "Who answers: a face whose node is another node than the initiator's, whose `listens` contains the delivered
    /// `(protocol, ports)` and whose `clients` admits the initiator's node"; and the initiator's `servers` admits it.
    fn responders(&self, t: &Trail, ask_listens: bool) -> Vec<FaceId> {
        let (model, a) = (self.model, self.a);
        let client = model.faces[a].node;
        let answers = |&b: &FaceId| {
            let server = model.faces[b].node;
            let (listens, clients) = match &model.nodes[server].role {
                Role::Endpoint(e) => (&e.listens, &e.clients),
                Role::Mediator(m) => (&m.listens, &m.clients),
                Role::Transit(_) => return false,
            };
            let p = t.packet;
            let service = |s: &Service| s.contains(p.protocol, p.source_port, p.destination_port);
            model.faces[b].zone == Some(t.zone)
                && server != client
                && self.addresses.is_of(model, b, p.destination)
                && (!ask_listens || listens.as_ref().is_none_or(|l| l.iter().any(service)))
                && clients.as_ref().is_none_or(|c| c.contains(&client))
                && model.mediator_of(a).and_then(|m| m.servers.as_ref()).is_none_or(|s| s.contains(&server))
                && self.meets(t, b)
        };
        model.faces.ids().filter(answers).collect()
    }

    /// P-ISOLATED: "within one zone everything passes, except between two endpoints where the zone has client isolation."
    fn meets(&self, t: &Trail, b: FaceId) -> bool {
        let endpoints = self.model.endpoint_of(self.a).is_some() && self.model.endpoint_of(b).is_some();
        !(t.hops.is_empty() && endpoints && self.model.zones[t.zone].client_isolation)
    }

    /// The reply walks that end well: "the reply, with the original packet in the initiator's zone".
    fn replies(&self, zone: ZoneId, delivered: Packet) -> Vec<Trail> {
        let (model, p) = (self.model, self.packet);
        let back = |d, t: &Trail, to| {
            let before = backward(model, d, (t.zone, to), t.packet, p.source, Level::May);
            let sent = |(packet, next)| (Transit3 { device: d, from: t.zone, to, rule: None, packet }, next);
            before.into_iter().map(sent).collect()
        };
        let mut walks = self.walk_from(zone, delivered, back, (Level::May, false));
        walks.retain(|w| w.zone == self.zone && w.packet == p);
        walks
    }

    fn walk(&self, pass: impl Pass, how: (Level, bool)) -> Vec<Trail> {
        self.walk_from(self.zone, self.packet, pass, how)
    }

    /// All places a packet comes to; with `marks`, each with every set of labels and gates passed on the way.
    fn walk_from(&self, zone: ZoneId, packet: Packet, pass: impl Pass, (level, marks): (Level, bool)) -> Vec<Trail> {
        let start = Trail::start(zone, packet);
        // Not marked as seen: coming back to the start through devices is another walk than not leaving it.
        let mut seen = BTreeSet::new();
        let mut out = vec![start.clone()];
        let mut todo = VecDeque::from([start]);
        while let Some(t) = todo.pop_front() {
            for (d, to) in self.exits(&t) {
                // P-HAIRPIN: "handed to it by a route that names it", or "it translates the packet there", or "the zone keeps its
                // machines apart".
                let handed = t.hand == Some(d) && turns(&self.model.transits[d], to);
                let apart = self.model.zones[to].client_isolation && bounces(&self.model.transits[d], level);
                let goes = |sent: &Sent| to != t.zone || handed || apart || sent.0.packet != t.packet;
                for sent in pass(d, &t, to).into_iter().filter(goes) {
                    let next = self.extended(&t, sent);
                    let passed = marks.then(|| (next.labels.clone(), next.gates.clone()));
                    if seen.insert((to, next.packet, passed, next.hand, next.before)) {
                        out.push(next.clone());
                        todo.push_back(next);
                    }
                }
            }
        }
        // P-END: what is handed to a device is not for whoever has the address.
        out.retain(|t| t.hand.is_none());
        out
    }

    /// P-NEXT: the devices that may take a packet, each with the zones that it joins.
    pub(super) fn exits(&self, t: &Trail) -> Vec<(TransitId, ZoneId)> {
        let here = self.model.transits.iter().filter(|(_, d)| d.zones.contains(&t.zone));
        let takes = here.filter(|(id, _)| t.hand.is_none_or(|hand| hand == *id));
        takes.flat_map(|(id, d)| d.zones.iter().map(move |&to| (id, to))).collect()
    }

    pub(super) fn extended(&self, t: &Trail, (hop, hand): Sent) -> Trail {
        let device = &self.model.transits[hop.device];
        let mut next = Trail { zone: hop.to, packet: hop.packet, hand, before: Some(hop.device), ..t.clone() };
        next.labels.extend(&device.labels);
        // "the guard of every multi-factor gate on it unless the initiator's node is enrolled there"
        let gate = device.mfa.as_ref().filter(|g| !g.enrolled.contains(&self.model.faces[self.a].node));
        next.gates.extend(gate.map(|g| g.guard));
        next.hops.push(hop);
        next
    }
}

/// Whether some route of a device leads into a zone: only such a device sends packets back where they came from.
fn turns(device: &Transit, zone: ZoneId) -> bool {
    device.routes.iter().flatten().any(|r| r.via == Some(zone))
}

/// Whether a device sends back into a zone that keeps its machines apart: what is not stated is possible, and never certain.
fn bounces(device: &Transit, level: Level) -> bool {
    match device.hairpin {
        Some(Hairpin::Forward) => true,
        Some(Hairpin::Drop) => false,
        None => level == Level::May,
    }
}
