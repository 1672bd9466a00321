//! One concrete question to the packet layer: how certain a session is between two attachments.
//!
//! The engines ask for all packets at once; this is for those who hold a single packet in the hand.

use rustc_hash::FxHashMap;

use super::{AddrClass, Bits, Level, LevelBits, Sessions};
use crate::model::{Addr, FaceId, Id, Model, PacketAddr, PortRange, Protocol, ZoneId};

/// A packet and where it is to arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// Who opens.
    pub initiator: FaceId,
    /// With which address; `None` if it is not stated.
    pub source: Option<Addr>,
    /// The address asked for; `None`: that of the responder, which is not stated.
    pub asked: Option<Addr>,
    /// Who answers.
    pub responder: FaceId,
    /// The address of the responder at which the packet arrives; `None` if it is not stated.
    pub destination: Option<Addr>,
    /// The protocol.
    pub protocol: Protocol,
    /// The source port, as sent.
    pub source_port: u16,
    /// The destination port, as sent; for ICMP its type.
    pub destination_port: u16,
}

/// What the packet layer says of it, apart from who may open, who listens and who is admitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Levels {
    /// The first packet arrives.
    pub first: Option<Level>,
    /// A whole session exists: the answer comes back.
    pub answer: Option<Level>,
}

/// Source ports, destination ports, and the class of the packets that have both.
type Piece = (PortRange, PortRange, usize);

/// The sessions of a model, for TCP, UDP and ICMP, to be asked about single packets.
#[derive(Debug)]
pub struct Lookup<'a> {
    model: &'a Model,
    sessions: &'a Sessions,
    /// Positions of sessions by zone and class of the initiator, and by zone of the responder.
    by_ends: FxHashMap<(ZoneId, AddrClass, ZoneId), Vec<u32>>,
    /// The classes of services by pieces of their ports.
    pieces: Vec<(Protocol, Vec<Piece>)>,
}

impl<'a> Lookup<'a> {
    /// Sorts the sessions by their ends.
    #[must_use]
    pub fn new(model: &'a Model, sessions: &'a Sessions) -> Self {
        let mut by_ends: FxHashMap<_, Vec<u32>> = FxHashMap::default();
        for (i, session) in sessions.list.iter().enumerate() {
            let e = session.ends;
            for &source in &session.alike.sources {
                by_ends.entry((e.from, source, e.to)).or_default().push(i as u32);
            }
        }
        let probed = [Protocol::Tcp, Protocol::Udp, Protocol::Icmp];
        let pieces = probed.map(|p| (p, sessions.classes.pieces_of(model, p))).into();
        Self { model, sessions, by_ends, pieces }
    }

    /// How certain a session is.
    #[must_use]
    pub fn levels(&self, asked: &Asked) -> Levels {
        let mut levels = Levels::default();
        let classes = &self.sessions.classes;
        let (x, y) = (&self.model.faces[asked.initiator], &self.model.faces[asked.responder]);
        let (Some(from), Some(to)) = (x.zone, y.zone) else { return levels };
        let (Some(source), Some(destination)) =
            (self.class_at(asked.initiator, asked.source), self.class_at(asked.responder, asked.destination))
        else {
            return levels;
        };
        let target = match asked.asked {
            a if a == asked.destination => Some(destination),
            Some(a) => classes.nat.get(&PacketAddr::Literal(a)).copied(),
            None => None,
        };
        let (Some(target), Some(found)) = (target, self.by_ends.get(&(from, source, to))) else { return levels };
        let Some(sent) = self.class_of(asked) else { return levels };
        let apart = from == to && self.model.zones[from].client_isolation && x.segment.is_some() && y.segment.is_some();
        for session in found.iter().map(|&i| &self.sessions.list[i as usize]) {
            if session.is_asked(target, destination) && session.apart == apart {
                // Sets of sessions are of services as they are delivered.
                for i in classes.delivered(session.ends.ports, sent.clone()).iter() {
                    levels.first = levels.first.max(level(&session.new, i));
                    levels.answer = levels.answer.max(level(&session.rsp, i));
                }
            }
        }
        levels
    }

    /// The class of a packet as it is sent.
    fn class_of(&self, asked: &Asked) -> Option<Bits> {
        let (_, pieces) = self.pieces.iter().find(|(p, _)| *p == asked.protocol)?;
        let fits = |(s, d, _): &&Piece| s.contains(asked.source_port) && d.contains(asked.destination_port);
        let mut bits = self.sessions.classes.none();
        bits.set(pieces.iter().find(fits)?.2);
        Some(bits)
    }

    /// The class of an address of a face.
    fn class_at(&self, face: FaceId, address: Option<Addr>) -> Option<AddrClass> {
        match address {
            Some(a) => self.sessions.classes.pieces[face.index()].iter().find(|(r, _)| r.contains(a)).map(|&(_, c)| c),
            None => self.sessions.classes.of_face[face.index()].first().map(|&(c, _)| c),
        }
    }
}

fn level(bits: &LevelBits, i: usize) -> Option<Level> {
    if bits.must.has(i) {
        Some(Level::Must)
    } else if bits.sure.has(i) {
        Some(Level::Sure)
    } else {
        bits.may.has(i).then_some(Level::May)
    }
}
