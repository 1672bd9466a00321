//! A space of packets and the sets in it.
//!
//! All sets of one space live in one store, so equal sets are equal values and comparing them is comparing two numbers.
//! Sets of different spaces have nothing to do with each other.

use super::diagram::{Diagrams, Edge, Limits, TooLarge};
use super::fields::{
    self, CONTEXT, ICMP, OTHER, PROTOCOL, Paint, SOURCE_KIND, SOURCE_PORT, TARGET_KIND, TARGET_PORT, address_field,
};
use super::numbers::AddrSet;
use crate::model::{FaceId, Id, PacketAddr, Protocol, Service};
use crate::packet::Packet;

/// A set of packets of one [`Space`]. Equal sets are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PacketSet(pub(super) Edge);

/// A set of packets as rules are written: everything whose parts are in these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PacketBox {
    /// Contexts as closed ranges; `None` is every context.
    pub contexts: Option<Vec<(u32, u32)>>,
    /// Sources.
    pub sources: AddrSet,
    /// Destinations.
    pub destinations: AddrSet,
    /// Services.
    pub services: Vec<Service>,
}

impl PacketBox {
    /// Whether two boxes may share a packet: no only if they do not.
    pub(super) fn meets(&self, other: &Self) -> bool {
        let contexts = match (&self.contexts, &other.contexts) {
            (Some(a), Some(b)) => a.iter().any(|x| b.iter().any(|y| x.0 <= y.1 && y.0 <= x.1)),
            _ => true,
        };
        contexts
            && self.destinations.meets(&other.destinations)
            && self.sources.meets(&other.sources)
            && self.services.iter().any(|a| other.services.iter().any(|b| fields::share(a, b)))
    }
}

/// A set with the places of attachments in the list of a space instead of their ids. Others are no address here.
///
/// The last place stands for all numbers behind it, so that "every attachment" is nothing to ask for.
fn places(faces: &[FaceId], set: &AddrSet) -> AddrSet {
    let place = |id: u128| faces.partition_point(|f| (f.index() as u128) < id) as u128;
    let end = |number: u128| if number as usize == faces.len() { u128::from(u32::MAX) } else { number - 1 };
    let all = set.ranges(2).iter().map(|&(a, b)| (place(a), place(b + 1))).filter(|(a, b)| a < b);
    let known = all.map(|(a, b)| (a, end(b))).collect();
    AddrSet::from_kinds([set.ranges(0).to_vec(), set.ranges(1).to_vec(), known])
}

/// All packets that can exist, and the sets of them.
///
/// A packet has a *context*, a number below that given to [`Space::new`] to which the caller gives a meaning (one context
/// if it needs none); a source and a destination, each a number or one of the space's attachments without a number, of one
/// family where both are numbers; a protocol; and ports. Protocols without ports have port 0 in both places, but for the
/// type of ICMP, which stands in the place of the destination port: types of ICMPv4 are 0 to 255, not in packets of IPv6,
/// and those of ICMPv6 are 256 to 511, not in packets of IPv4. Protocols 1, 6, 17 and 58 go by their names. Nothing else
/// exists, and "all packets" is all these (P-SET-1).
#[derive(Debug)]
pub struct Space {
    pub(super) diagrams: Diagrams,
    faces: Vec<FaceId>,
    contexts: u32,
    pub(super) everyone: AddrSet,
    all: PacketSet,
}

impl Space {
    /// A space with these attachments and this number of contexts (at least one, at most 2²⁴).
    ///
    /// # Errors
    /// If the limits do not even allow the set of all packets.
    pub fn new(faces: &[FaceId], contexts: u32, limits: Limits) -> Result<Self, TooLarge> {
        let mut diagrams = Diagrams::new(limits);
        let mut faces = faces.to_vec();
        faces.sort_unstable();
        faces.dedup();
        let everyone = AddrSet::all(&faces);
        let every = places(&faces, &everyone);
        let all = PacketSet(fields::packets(&mut diagrams, Paint::SET, &every, &[Service::ANY], &every)?);
        Ok(Self { diagrams, faces, contexts: contexts.clamp(1, 1 << CONTEXT.width), everyone, all })
    }

    /// Every packet.
    #[must_use]
    pub fn all(&self) -> PacketSet {
        self.all
    }

    /// No packet.
    #[must_use]
    pub fn none(&self) -> PacketSet {
        PacketSet(Edge::FALSE)
    }

    /// Every address.
    #[must_use]
    pub fn everyone(&self) -> &AddrSet {
        &self.everyone
    }

    /// The attachments without a number. Sorted.
    #[must_use]
    pub fn faces(&self) -> &[FaceId] {
        &self.faces
    }

    /// How many contexts there are.
    #[must_use]
    pub fn contexts(&self) -> u32 {
        self.contexts
    }

    /// How many nodes the sets of the space have together: what they cost.
    #[must_use]
    pub fn nodes(&self) -> usize {
        self.diagrams.len()
    }

    /// The packets of a box that exist.
    ///
    /// # Errors
    /// If it is beyond the limits.
    pub fn of(&mut self, packets: &PacketBox) -> Result<PacketSet, TooLarge> {
        self.diagrams.begin();
        self.edge_of(packets, Paint::SET).map(PacketSet)
    }

    /// A box as a diagram with these answers inside and outside.
    pub(super) fn edge_of(&mut self, packets: &PacketBox, paint: Paint) -> Result<Edge, TooLarge> {
        let d = &mut self.diagrams;
        let places = |set: &AddrSet| places(&self.faces, set);
        let (from, to) = (places(&packets.sources), places(&packets.destinations));
        let inside = fields::packets(d, paint, &from, &packets.services, &to)?;
        let Some(contexts) = &packets.contexts else { return Ok(inside) };
        // The last context stands for all numbers behind it, so that "every context" is nothing to ask for.
        let last = self.contexts - 1;
        let up_to = |b: u32| if b >= last { CONTEXT.max() } else { u128::from(b) };
        let known = contexts.iter().filter(|(a, b)| a <= b && *a <= last);
        let ranges = fields::joined(known.map(|&(a, b)| (u128::from(a), up_to(b))).collect());
        d.within(CONTEXT, &ranges, inside, paint.outside)
    }

    /// What is in both.
    ///
    /// # Errors
    /// If it is beyond the limits.
    pub fn and(&mut self, a: PacketSet, b: PacketSet) -> Result<PacketSet, TooLarge> {
        self.diagrams.begin();
        self.diagrams.and(a.0, b.0).map(PacketSet)
    }

    /// What is in either.
    ///
    /// # Errors
    /// If it is beyond the limits.
    pub fn or(&mut self, a: PacketSet, b: PacketSet) -> Result<PacketSet, TooLarge> {
        self.diagrams.begin();
        self.diagrams.or(a.0, b.0).map(PacketSet)
    }

    /// What is in the first and not in the second.
    ///
    /// # Errors
    /// If it is beyond the limits.
    pub fn minus(&mut self, a: PacketSet, b: PacketSet) -> Result<PacketSet, TooLarge> {
        self.diagrams.begin();
        self.diagrams.minus(a.0, b.0).map(PacketSet)
    }

    /// Every other packet.
    ///
    /// # Errors
    /// If it is beyond the limits.
    pub fn complement(&mut self, a: PacketSet) -> Result<PacketSet, TooLarge> {
        self.minus(self.all, a)
    }

    /// Whether all of the first is in the second.
    ///
    /// # Errors
    /// If finding out is beyond the limits.
    pub fn is_subset(&mut self, a: PacketSet, b: PacketSet) -> Result<bool, TooLarge> {
        Ok(self.minus(a, b)? == self.none())
    }

    /// Whether a packet is in a set.
    #[must_use]
    pub fn contains(&self, set: PacketSet, context: u32, p: &Packet) -> bool {
        if context >= self.contexts || !fields::exists(p) {
            return false;
        }
        let d = &self.diagrams;
        let end = |edge: Edge, is_source: bool, addr: PacketAddr| {
            let (kind, mut number) = fields::address(addr);
            if let PacketAddr::Of(face) = addr {
                match self.faces.binary_search(&face) {
                    Ok(place) => number = place as u128,
                    Err(_) => return Edge::FALSE,
                }
            }
            let edge = d.at(if is_source { SOURCE_KIND } else { TARGET_KIND }, kind, edge);
            d.at(address_field(is_source, kind), number, edge)
        };
        let (kind, number) = fields::protocol(p.protocol);
        let edge = end(d.at(CONTEXT, u128::from(context), set.0), false, p.destination);
        let edge =
            d.at(TARGET_PORT, number.map_or(u128::from(p.destination_port), u128::from), d.at(PROTOCOL, kind, edge));
        end(d.at(SOURCE_PORT, u128::from(p.source_port), edge), true, p.source) == Edge::TRUE
    }

    /// A packet of a set with its context, the same for the same set; `None` if the set is empty.
    #[must_use]
    pub fn witness(&self, set: PacketSet) -> Option<(u32, Packet)> {
        let (context, edge) = self.least(CONTEXT, set.0)?;
        let (target, edge) = self.least(TARGET_KIND, edge)?;
        let (number, edge) = self.least(address_field(false, target), edge)?;
        let destination = self.address_back(target, number);
        let (kind, edge) = self.least(PROTOCOL, edge)?;
        let (port, edge) = self.least(TARGET_PORT, edge)?;
        let (source_port, edge) = if kind < ICMP { self.least(SOURCE_PORT, edge)? } else { (0, edge) };
        let (from, edge) = self.least(SOURCE_KIND, edge)?;
        let (number, _) = self.least(address_field(true, from), edge)?;
        let source = self.address_back(from, number);
        let protocol = match kind {
            fields::TCP => Protocol::Tcp,
            fields::UDP => Protocol::Udp,
            ICMP => Protocol::Icmp,
            _ => Protocol::Other(port as u8),
        };
        let destination_port = if kind == OTHER { 0 } else { port as u16 };
        let packet = Packet { source, destination, protocol, source_port: source_port as u16, destination_port };
        Some((context as u32, packet))
    }

    /// Ranges as a diagram has them, by kind, as a set of addresses.
    pub(super) fn addresses(&self, mut kinds: [Vec<(u128, u128)>; 3]) -> AddrSet {
        let face = |&(a, b): &(u128, u128)| {
            let last = (b as usize).min(self.faces.len().saturating_sub(1));
            self.faces[a as usize..=last].iter().map(|f| (f.index() as u128, f.index() as u128)).collect::<Vec<_>>()
        };
        kinds[fields::OF as usize] = kinds[fields::OF as usize].iter().flat_map(face).collect();
        AddrSet::from_kinds(kinds)
    }

    fn address_back(&self, kind: u128, number: u128) -> PacketAddr {
        match (kind, self.faces.get(number as usize)) {
            (fields::OF, Some(&face)) => PacketAddr::Of(face),
            _ => fields::address_back(kind, number),
        }
    }

    /// The least number of a field for which a diagram is not false, and what it becomes there.
    fn least(&self, field: super::diagram::Field, edge: Edge) -> Option<(u128, Edge)> {
        if edge == Edge::FALSE {
            return None;
        }
        let (mut number, mut edge) = (0, edge);
        while self.diagrams.bit(edge) < field.end() {
            let bit = self.diagrams.bit(edge);
            let (zero, one) = self.diagrams.ways(edge, bit);
            if zero == Edge::FALSE {
                number |= 1 << (field.end() - 1 - bit);
                edge = one;
            } else {
                edge = zero;
            }
        }
        Some((number, edge))
    }

    /// What a set is in one context, for every context.
    #[must_use]
    pub fn in_context(&self, set: PacketSet, context: u32) -> PacketSet {
        PacketSet(self.diagrams.at(CONTEXT, u128::from(context.min(self.contexts - 1)), set.0))
    }

    /// The contexts of a set, as closed ranges.
    #[must_use]
    pub fn contexts_of(&self, set: PacketSet) -> Vec<(u32, u32)> {
        let last = u128::from(self.contexts - 1);
        let pieces = self.diagrams.pieces(CONTEXT, set.0);
        let ranges = fields::joined(pieces.into_iter().map(|(a, b, _)| (a, b.min(last))).collect());
        ranges.into_iter().map(|(a, b)| (a as u32, b as u32)).collect()
    }
}
