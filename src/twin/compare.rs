//! The kernel against the packet layer: whatever really came about has to exist there, and whatever is certain there has
//! really to come about.

use std::collections::BTreeMap;

use super::journey;
use super::lab::{Heard, Kind, World};
use super::plan::{Planned, Services, plan};
use super::render::{Attachment, Twin, ip, render};
use crate::diagnostic::Text;
use crate::model::{Addr, FaceId, ICMP_V6, Kind as NodeKind, Model, NodeId, PacketAddr, Protocol, Transit, ZoneId};
use crate::packet::{Asked, Level, Levels, Lookup, Packet, Sessions};

/// What is to be compared.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Who opens; empty for everybody.
    pub from: Vec<NodeId>,
    /// Who is asked; empty for everybody.
    pub to: Vec<NodeId>,
    /// Which services; `None` for those that the drawing tells apart.
    pub services: Option<Services>,
}

/// What a comparison found.
#[derive(Debug, Clone, Default)]
pub struct Comparison {
    /// Machines that stood.
    pub machines: usize,
    /// Routers that stood.
    pub routers: usize,
    /// Networks that stood.
    pub networks: usize,
    /// Probes that were sent.
    pub probes: usize,
    /// Probes whose answer came back.
    pub reached: usize,
    /// Probes whose first packet arrived.
    pub arrived: usize,
    /// Probes that the packet layer is certain about, one way or the other.
    pub certain: usize,
    /// Probes of which the drawing leaves nothing open: there is one journey of their packets, and the kernel has to do it.
    pub exact: usize,
    /// Everything in which the two differ.
    pub differences: Vec<Difference>,
    /// What was chosen or left out.
    pub told: Vec<Text>,
}

/// How the two differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// A first packet arrived that the packet layer lets nowhere.
    ArrivedUnseen,
    /// An answer came back in a session that does not exist in the packet layer.
    ReachedUnseen,
    /// A first packet did not arrive although that is certain.
    CertainNotArrived,
    /// No answer came back although the session is certain.
    CertainNotReached,
    /// Something else became of the packets than of their journey.
    OtherJourney,
}

impl How {
    /// Whether something arrived that should not have.
    fn is_arrival(self) -> bool {
        matches!(self, Self::ArrivedUnseen | Self::ReachedUnseen)
    }
}

/// One probe in which the two differ, told from both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// How.
    pub how: How,
    /// Who asked.
    pub from: String,
    /// With which address.
    pub source: Addr,
    /// Which address was asked for.
    pub asked: Addr,
    /// What for: `tcp 443`.
    pub service: String,
    /// What the kernel did.
    pub kernel: Text,
    /// What the packet layer says.
    pub model: Text,
    /// The same, as it was asked.
    pub levels: Levels,
}

/// What was asked of a twin, and what it answered; it may be a record.
#[derive(Debug, Clone)]
pub struct Answers {
    /// What stood.
    pub twin: Twin,
    /// What was asked.
    pub planned: Vec<Planned>,
    /// What was heard, in the same order.
    pub heard: Vec<Heard>,
    /// What was chosen or left out.
    pub told: Vec<Text>,
}

/// Builds the twin of a drawing and asks it.
///
/// # Errors
/// If the twin could not be built, in the words of the system.
pub fn ask(world: &mut World, model: &Model, wanted: &Wanted) -> Result<Answers, String> {
    let services = wanted.services.clone().unwrap_or_else(|| Services::of(model));
    let twin = render(model, &services.listens());
    let (planned, told) = plan(model, &twin, &services, &wanted.from, &wanted.to);
    let probes: Vec<_> = planned.iter().map(|p| p.probe.clone()).collect();
    let heard = world.ask(&twin.lab, &probes)?;
    let told = twin.told.iter().cloned().chain(told).collect();
    Ok(Answers { twin, planned, heard, told })
}

/// Compares answers with what the packet layer says of a drawing.
#[must_use]
pub fn judge(model: &Model, answers: &Answers) -> Comparison {
    let mut found = Judge::new(model, &answers.twin).all(&answers.planned, &answers.heard);
    found.told.clone_from(&answers.told);
    found
}

/// Builds the twin of a drawing, asks it and the packet layer, and compares.
///
/// A busy machine can lose packets or take longer than anybody waits. So where something failed to arrive that should
/// have, the twin is built and asked once more, and only what fails both times is told. What did arrive has arrived: once is enough.
///
/// # Errors
/// If the twin could not be built, in the words of the system.
pub fn compare(world: &mut World, model: &Model, wanted: &Wanted) -> Result<Comparison, String> {
    let once = judge(model, &ask(world, model, wanted)?);
    if once.differences.iter().all(|d| d.how.is_arrival()) {
        return Ok(once);
    }
    let mut again = judge(model, &ask(world, model, wanted)?);
    again.differences.retain(|d| d.how.is_arrival() || once.differences.contains(d));
    let seen = once.differences.into_iter().filter(|d| d.how.is_arrival());
    let others: Vec<Difference> = seen.filter(|d| !again.differences.contains(d)).collect();
    again.differences.extend(others);
    Ok(again)
}

struct Judge<'a> {
    model: &'a Model,
    twin: &'a Twin,
    sessions: Sessions,
    /// Who has an address.
    owners: BTreeMap<Addr, (FaceId, bool)>,
}

impl<'a> Judge<'a> {
    fn new(model: &'a Model, twin: &'a Twin) -> Self {
        let owner = |f: &Attachment| f.addresses.iter().map(|&a| (a, (f.face, f.stated))).collect::<Vec<_>>();
        Self {
            model,
            twin,
            sessions: Sessions::new(model),
            owners: twin.machines.iter().flat_map(|m| m.faces.iter().flat_map(owner)).collect(),
        }
    }

    fn all(&self, planned: &[Planned], heard: &[Heard]) -> Comparison {
        let lookup = Lookup::new(self.model, &self.sessions);
        let mut found = Comparison {
            machines: self.twin.machines.len(),
            routers: self.twin.lab.nodes.len() - self.twin.machines.len(),
            networks: self.twin.lab.networks as usize,
            probes: planned.len(),
            ..Comparison::default()
        };
        for (p, h) in planned.iter().zip(heard) {
            found.reached += usize::from(h.reached);
            found.arrived += usize::from(!h.arrived.is_empty());
            self.one(&lookup, p, h, &mut found);
            // Who states none was given one of each family that its network has.
            let number = |a: PacketAddr| match a {
                PacketAddr::Literal(a) => Some(a),
                PacketAddr::Of(face) => {
                    let own = |(a, (f, _)): &(&Addr, &(FaceId, bool))| *f == face && a.is_v4() == p.asked.is_v4();
                    self.owners.iter().find(own).map(|(&a, _)| a)
                }
            };
            let told = journey::told(self.model, p, h, self.packet(p, h), &number);
            found.exact += usize::from(told.exact);
            if let Some(model) = told.otherwise {
                let difference = self.difference(How::OtherJourney, p, h, Levels::default());
                found.differences.push(Difference { model, ..difference });
            }
        }
        found
    }

    fn one(&self, lookup: &Lookup<'_>, p: &Planned, h: &Heard, found: &mut Comparison) {
        // What may exist is asked of whoever the packet came to; what must, of whoever it is meant for.
        let mut worst: Option<(How, Levels)> = None;
        let mut note = |how: How, levels: Levels| {
            if worst.is_none_or(|(old, _)| rank(how) < rank(old)) {
                worst = Some((how, levels));
            }
        };
        for arrival in &h.arrived {
            let at: Addr = arrival.destination.into();
            let Some(&(face, stated)) = self.owners.get(&at) else { continue };
            // Whom a translation leads back to itself talks to nobody else.
            if self.model.faces[face].node == self.model.faces[p.initiator].node {
                continue;
            }
            let asked = self.asked(p, h, face, at, stated);
            let levels = lookup.levels(&asked);
            if levels.first.is_none() {
                note(How::ArrivedUnseen, levels);
            }
            let answered = h.answered.is_none_or(|n| n == arrival.node);
            if h.reached && answered && levels.answer.is_none() {
                note(How::ReachedUnseen, levels);
            }
        }
        let mut certain = false;
        let own = self.model.faces[p.initiator].node;
        for (face, at, stated) in self.meant(p.asked).into_iter().filter(|(f, ..)| self.model.faces[*f].node != own) {
            let levels = lookup.levels(&self.asked(p, h, face, at, stated));
            certain |= levels.first.is_none() || levels.first == Some(Level::Must);
            let arrived = h.arrived.iter().any(|a| Addr::from(a.destination) == at);
            // The packet layer takes every device of a network for the next one; an honest machine has its gateway.
            if self.has_gateway(p.initiator) || self.has_gateway(face) {
                continue;
            }
            if levels.first == Some(Level::Must) && !arrived && p.probe.kind != Kind::Tcp {
                note(How::CertainNotArrived, levels);
            }
            if levels.answer == Some(Level::Must) && !h.reached && self.answers(at, p) {
                note(How::CertainNotReached, levels);
            }
        }
        found.certain += usize::from(certain);
        if let Some((how, levels)) = worst {
            found.differences.push(self.difference(how, p, h, levels));
        }
    }

    /// Whether a machine hands its packets to one of several devices of its network.
    fn has_gateway(&self, face: FaceId) -> bool {
        let face = &self.model.faces[face];
        let wire = |z: &ZoneId| face.zone.is_some_and(|zone| self.model.one_wire(zone, *z));
        let kind = |t: &Transit| self.model.nodes[t.node].kind;
        let there = self.model.transits.values().filter(|t| kind(t) != NodeKind::Switch && t.zones.iter().any(wire));
        face.gateway.is_some() && there.count() > 1
    }

    /// Whether the machine at an address was set to answer.
    fn answers(&self, at: Addr, p: &Planned) -> bool {
        let machine = self.twin.machines.iter().find(|m| m.faces.iter().any(|f| f.addresses.contains(&at)));
        let listens = machine.map(|m| &self.twin.lab.nodes[m.at as usize].listens);
        listens.is_some_and(|l| l.iter().any(|l| l.protocol == p.probe.kind && l.port == p.probe.port))
    }

    /// Whom an address stands for: who has it, and who is behind it.
    fn meant(&self, asked: Addr) -> Vec<(FaceId, Addr, bool)> {
        let mut all = Vec::new();
        if let Some(&(face, stated)) = self.owners.get(&asked) {
            all.push((face, asked, stated));
        }
        for n in self.model.transits.values().flat_map(|t| &t.dnat).filter(|n| n.outside == asked) {
            let inside = match n.inside {
                PacketAddr::Literal(a) => self.owners.get(&a).map(|&(face, stated)| (face, a, stated)),
                PacketAddr::Of(face) => {
                    let own = self.owners.iter().find(|(a, (f, _))| *f == face && a.is_v4() == asked.is_v4());
                    own.map(|(&a, &(face, stated))| (face, a, stated))
                }
            };
            all.extend(inside);
        }
        all
    }

    /// The packet of a probe.
    fn packet(&self, p: &Planned, h: &Heard) -> Packet {
        let (source_port, destination_port) = ports(p, h);
        let known = |a: Addr| match self.owners.get(&a) {
            Some(&(face, false)) => PacketAddr::Of(face),
            _ => PacketAddr::Literal(a),
        };
        let (source, destination) = (known(p.source), known(p.asked));
        Packet { source, destination, protocol: protocol(p.probe.kind), source_port, destination_port }
    }

    fn asked(&self, p: &Planned, h: &Heard, face: FaceId, at: Addr, stated: bool) -> Asked {
        let (source_port, destination_port) = ports(p, h);
        let known = |a: Addr| self.owners.get(&a).is_none_or(|&(_, stated)| stated).then_some(a);
        Asked {
            initiator: p.initiator,
            source: known(p.source),
            asked: known(p.asked),
            responder: face,
            destination: stated.then_some(at),
            protocol: protocol(p.probe.kind),
            source_port,
            destination_port,
        }
    }

    fn name(&self, node: u32) -> &str {
        self.twin.lab.nodes.get(node as usize).map_or("?", |n| n.name.as_str())
    }

    fn difference(&self, how: How, p: &Planned, h: &Heard, levels: Levels) -> Difference {
        let places: Vec<String> =
            h.arrived.iter().map(|a| format!("{} ({} <- {})", self.name(a.node), a.destination, a.source)).collect();
        let places = places.join(", ");
        // A word of the system, such as "connection refused".
        let told = h.told.as_deref().map_or_else(String::new, |t| format!(" ({t})"));
        let kernel = match (h.reached, places.is_empty()) {
            (true, _) => Text::new(format!("返事が届いた: {places}"), format!("the answer came back: {places}")),
            (false, false) => Text::new(
                format!("最初のパケットは届いたが返事がない: {places}{told}"),
                format!("the first packet arrived and no answer came back: {places}{told}"),
            ),
            (false, true) => Text::new(format!("どこにも届かない{told}"), format!("it arrived nowhere{told}")),
        };
        let word = |l: Option<Level>| match l {
            None => ("なし", "none"),
            Some(Level::May) => ("ありうる(may)", "possible (may)"),
            Some(Level::Sure) => ("確か(sure)", "certain (sure)"),
            Some(Level::Must) => ("必ず(must)", "certain, and on the only shortest way (must)"),
        };
        let model = Text::new(
            format!("最初のパケット: {}、セッション: {}", word(levels.first).0, word(levels.answer).0),
            format!("first packet: {}, session: {}", word(levels.first).1, word(levels.answer).1),
        );
        let service = match p.probe.kind {
            Kind::Echo => "icmp".to_owned(),
            kind => format!("{} from {} to {}", protocol(kind), h.source_port, p.probe.port),
        };
        Difference {
            how,
            from: self.name(p.probe.node).to_owned(),
            source: p.source,
            asked: p.asked,
            service,
            kernel,
            model,
            levels,
        }
    }
}

/// What is told when a probe differs in several ways: the most telling.
fn rank(how: How) -> u8 {
    match how {
        How::ReachedUnseen => 0,
        How::ArrivedUnseen => 1,
        How::CertainNotReached => 2,
        How::CertainNotArrived => 3,
        How::OtherJourney => 4,
    }
}

/// Source and destination port as sent; of an echo its type.
fn ports(p: &Planned, h: &Heard) -> (u16, u16) {
    match p.probe.kind {
        Kind::Echo if p.asked.is_v4() => (0, 8),
        Kind::Echo => (0, ICMP_V6 + 128),
        _ => (h.source_port, p.probe.port),
    }
}

fn protocol(kind: Kind) -> Protocol {
    match kind {
        Kind::Tcp => Protocol::Tcp,
        Kind::Udp => Protocol::Udp,
        Kind::Echo => Protocol::Icmp,
    }
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (source, asked) = (ip(self.source), ip(self.asked));
        write!(
            f,
            "{:?}: {} {source} -> {asked} {}: {} | {}",
            self.how, self.from, self.service, self.kernel.en, self.model.en
        )
    }
}
