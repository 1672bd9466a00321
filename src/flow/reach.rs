//! All packets between two selections: what may open a session there, certainly or possibly, and what gets there without an
//! answer.
//!
//! The packet layer with who opens, listens and admits, as exact sets of packets as they are sent. What a session carries is
//! not said here, nor who else could use an address.

use std::collections::{BTreeMap, BTreeSet};

use super::sessions::{admitted, isolated};
use crate::model::{
    Addr, AddrRange, FaceAddress, FaceId, GuardId, Id, Model, NodeId, PacketAddr, PortRange, Protocol, Role, Service,
};
use crate::packet::set::{AddrSet, Limits, PacketBox, PacketSet, Row, Space, TooLarge};
use crate::packet::{Bits, ClassSession, Classes, Sessions};

/// What gets from one selection to another.
#[derive(Debug)]
pub struct Reach {
    /// All packets there are, for asking on.
    pub space: Space,
    /// They open a session for certain.
    pub certain: PacketSet,
    /// They open one only if something that the drawing leaves open is so.
    pub possible: PacketSet,
    /// They open one only past gates at which who sends is not enrolled.
    pub gated: Vec<Gated>,
    /// They arrive, at least possibly, and no answer comes back.
    pub one_way: PacketSet,
}

/// What gets through only past some gates.
#[derive(Debug)]
pub struct Gated {
    /// The guards of the gates.
    pub gates: Vec<GuardId>,
    /// Who is not enrolled.
    pub lacking: BTreeSet<NodeId>,
    /// The packets that open a session past them, at least possibly.
    pub packets: PacketSet,
}

impl Reach {
    /// Leaves only packets from one address or to one.
    ///
    /// # Errors
    /// If a set is beyond the limits of packet sets.
    pub fn only(&mut self, source: Option<Addr>, destination: Option<Addr>) -> Result<(), TooLarge> {
        let everyone = self.space.everyone().clone();
        let end = |a: Option<Addr>| a.map_or_else(|| everyone.clone(), |a| AddrSet::new([AddrRange::single(a)], None));
        let only = PacketBox {
            contexts: None,
            sources: end(source),
            destinations: end(destination),
            services: vec![Service::ANY],
        };
        let only = self.space.of(&only)?;
        let gated = self.gated.iter_mut().map(|g| &mut g.packets);
        for set in [&mut self.certain, &mut self.possible, &mut self.one_way].into_iter().chain(gated) {
            *set = self.space.and(*set, only)?;
        }
        let none = self.space.none();
        self.gated.retain(|g| g.packets != none);
        Ok(())
    }

    /// A set in rows.
    ///
    /// # Errors
    /// If it is beyond the limits of packet sets.
    pub fn rows(&mut self, set: PacketSet) -> Result<Vec<Row>, TooLarge> {
        self.space.rows(set, 0)
    }
}

/// What gets from some attachments to others, for some services (`None`: all).
///
/// # Errors
/// If the sets are beyond the limits of packet sets.
pub fn reach(
    model: &Model,
    sessions: &Sessions,
    from: &[FaceId],
    to: &[FaceId],
    wanted: Option<&[Service]>,
) -> Result<Reach, TooLarge> {
    let unstated: Vec<FaceId> = model
        .faces
        .iter()
        .filter(|(_, f)| f.zone.is_some() && !matches!(f.address, FaceAddress::Known(_)))
        .map(|(id, _)| id)
        .collect();
    let mut space = Space::new(&unstated, 1, Limits::default())?;
    let none = space.none();
    let words = Words::new(&sessions.classes);
    let mut found = [none; 3];
    let mut gated: BTreeMap<Vec<GuardId>, (BTreeSet<NodeId>, PacketSet)> = BTreeMap::new();
    for (x, y, session) in between(model, sessions, from, to) {
        let classes = &sessions.classes;
        let heard = listens(model, y).map(|l| classes.bits_of(l, false));
        let hear = |bits: &Bits| heard.as_ref().map_or_else(|| bits.clone(), |h| bits.and(h));
        let certain = hear(&session.rsp.sure);
        let possible = hear(&session.rsp.may);
        let arriving = hear(&session.new.may);
        let mut gates: Vec<GuardId> = sessions.marks.gates_for(model, session.marks, x).collect();
        gates.sort_unstable();
        // Past gates only whether is told, not how certainly.
        let behind = match gates.is_empty() {
            true => None,
            false => {
                let entry = gated.entry(gates).or_insert_with(|| (BTreeSet::new(), none));
                if !possible.is_empty() {
                    entry.0.insert(model.faces[x].node);
                }
                Some(&mut entry.1)
            }
        };
        let [certain_set, possible_set, arriving_set] = &mut found;
        let rows = match behind {
            None => vec![(certain_set, certain), (possible_set, possible), (arriving_set, arriving)],
            Some(set) => vec![(set, possible), (arriving_set, arriving)],
        };
        for (set, bits) in rows {
            if bits.is_empty() {
                continue;
            }
            let packets = PacketBox {
                contexts: None,
                sources: own(sessions, x, |c| session.is_from(c)),
                destinations: asked(sessions, y, session),
                services: words.services(&classes.as_sent(session.ends.ports, bits)),
            };
            let packets = space.of(&packets)?;
            *set = space.or(*set, packets)?;
        }
    }
    if let Some(services) = wanted {
        let everyone = space.everyone().clone();
        let only = PacketBox {
            contexts: None,
            sources: everyone.clone(),
            destinations: everyone,
            services: services.to_vec(),
        };
        let only = space.of(&only)?;
        for set in found.iter_mut().chain(gated.values_mut().map(|g| &mut g.1)) {
            *set = space.and(*set, only)?;
        }
    }
    let [certain, open, arriving] = found;
    let mut one_way = space.minus(arriving, open)?;
    let possible = space.minus(open, certain)?;
    let mut past = Vec::new();
    for (gates, (lacking, packets)) in gated {
        // What has another way, without a gate, needs none.
        let packets = space.minus(packets, open)?;
        one_way = space.minus(one_way, packets)?;
        if packets != none {
            past.push(Gated { gates, lacking, packets });
        }
    }
    Ok(Reach { space, certain, possible, gated: past, one_way })
}

/// The sessions between two selections, each with the attachments at its ends.
fn between<'s>(
    model: &'s Model,
    sessions: &'s Sessions,
    from: &'s [FaceId],
    to: &'s [FaceId],
) -> impl Iterator<Item = (FaceId, FaceId, &'s ClassSession)> {
    let at = move |faces: &'s [FaceId], zone, class| {
        faces.iter().copied().filter(move |f| {
            model.faces[*f].zone == Some(zone) && sessions.classes.of_face[f.index()].iter().any(|(c, _)| *c == class)
        })
    };
    sessions.list.iter().flat_map(move |s| {
        let pairs = at(from, s.ends.from, s.ends.source)
            .flat_map(move |x| at(to, s.ends.to, s.ends.destination).map(move |y| (x, y, s)));
        pairs.filter(move |&(x, y, s)| s.apart == isolated(model, x, y) && admitted(model, x, y))
    })
}

fn listens(model: &Model, face: FaceId) -> Option<&[Service]> {
    match &model.node_of(face).role {
        Role::Endpoint(e) => e.listens.as_deref(),
        Role::Mediator(m) => m.listens.as_deref(),
        Role::Transit(_) => None,
    }
}

/// The addresses of an attachment in some classes.
fn own(sessions: &Sessions, face: FaceId, among: impl Fn(u32) -> bool) -> AddrSet {
    let pieces = sessions.classes.pieces[face.index()].iter().filter(|(_, c)| among(*c)).map(|(r, _)| *r);
    let unstated = sessions.classes.of_face[face.index()]
        .iter()
        .any(|(c, a)| among(*c) && matches!(a, PacketAddr::Of(f) if *f == face));
    AddrSet::new(pieces, unstated.then_some(face))
}

/// The addresses that are asked for: the responder's own, or those that translation turns into them.
fn asked(sessions: &Sessions, face: FaceId, session: &ClassSession) -> AddrSet {
    let ends = session.ends;
    let mut set = if ends.asked == ends.destination {
        own(sessions, face, |c| session.alike.asked.has(c))
    } else {
        AddrSet::none()
    };
    if set.is_empty() {
        let published = sessions.classes.nat.iter().filter(|(_, c)| **c == ends.asked).filter_map(|(a, _)| match a {
            PacketAddr::Literal(a) => Some(AddrRange::single(*a)),
            PacketAddr::Of(_) => None,
        });
        set = AddrSet::new(published, None);
    }
    set
}

/// Classes of services as services that people write.
struct Words {
    /// For each class, its pieces.
    of_class: BTreeMap<usize, Vec<Service>>,
}

impl Words {
    fn new(classes: &Classes) -> Self {
        let mut of_class: BTreeMap<usize, Vec<Service>> = BTreeMap::new();
        let protocols = classes.protocols();
        let unmentioned = classes.unmentioned();
        for &protocol in &protocols {
            for (source, destination, class) in classes.cells(protocol) {
                // One protocol that nobody mentions stands for all others.
                let others = (0..=u8::MAX)
                    .map(Protocol::Other)
                    .filter(|p| !protocols.contains(p) && !matches!(p, Protocol::Other(1 | 6 | 17 | 58)));
                let others = others.filter(|_| Some(protocol) == unmentioned);
                let all = std::iter::once(protocol).chain(others);
                let ports = if protocol.has_ports() || protocol == Protocol::Icmp {
                    (source, destination)
                } else {
                    (PortRange::ALL, PortRange::ALL)
                };
                let services = all.map(|p| Service { protocol: Some(p), source: ports.0, destination: ports.1 });
                of_class.entry(class).or_default().extend(services);
            }
        }
        Self { of_class }
    }

    fn services(&self, bits: &Bits) -> Vec<Service> {
        bits.iter().filter_map(|class| self.of_class.get(&class)).flatten().copied().collect()
    }
}
