//! Where the parts of a packet stand among the bits of a diagram, and which packets there are.
//!
//! The order of the parts is the order in which a diagram asks for them: destination, service, source. Rules about one
//! machine with a port of its own then touch that machine's part alone, and rules from somewhere to everywhere are one part
//! that all others share.

use super::diagram::{Diagrams, Edge, Field, TooLarge};
use super::numbers::AddrSet;
pub(super) use super::numbers::minus;
use crate::model::{self, Addr, FaceId, Id, PacketAddr, PortRange, Protocol, Service};
use crate::packet::Packet;

/// A number that whoever asks gives a meaning: between which sides of a device, in which state.
pub(super) const CONTEXT: Field = Field { first: 0, width: 24 };
/// Which kind of destination.
pub(super) const TARGET_KIND: Field = Field { first: 24, width: 2 };
const TARGET: u16 = 26;
/// Which kind of protocol.
pub(super) const PROTOCOL: Field = Field { first: 154, width: 2 };
/// The destination port; the slot of an ICMP type; the number of another protocol.
pub(super) const TARGET_PORT: Field = Field { first: 156, width: 16 };
/// The source port; not asked of protocols without ports.
pub(super) const SOURCE_PORT: Field = Field { first: 172, width: 16 };
/// Which kind of source.
pub(super) const SOURCE_KIND: Field = Field { first: 188, width: 2 };
const SOURCE: u16 = 190;

/// The kinds of protocols.
pub(super) const TCP: u128 = 0;
pub(super) const UDP: u128 = 1;
pub(super) const ICMP: u128 = 2;
pub(super) const OTHER: u128 = 3;

/// The kinds of addresses: a number of one of the families, or an attachment whose number is not stated.
pub(super) const V4: u128 = 0;
pub(super) const V6: u128 = 1;
pub(super) const OF: u128 = 2;

/// The place of IPv4 among the numbers of IPv6: no IPv6 packet has these.
pub(super) const MAPPED: (u128, u128) = (0xffff_0000_0000, 0xffff_ffff_ffff);
const GAP: u128 = 1 << 32;
/// The last number of IPv6, counted without that place. It stands for all numbers behind it, so that "every address" is
/// nothing to ask for.
pub(super) const V6_LAST: u128 = u128::MAX - GAP;

/// ICMP slots: types of ICMPv4, then those of ICMPv6.
pub(super) const ICMP_V6: u128 = model::ICMP_V6 as u128;
pub(super) const ICMP_END: u128 = 2 * ICMP_V6;

/// The numbers of protocols that have a kind of their own, so that no packet has two spellings.
pub(super) const OWN_KIND: [u8; 4] = [1, 6, 17, 58];

/// Where the number of an address stands, by side and kind.
pub(super) fn address_field(is_source: bool, kind: u128) -> Field {
    Field { first: if is_source { SOURCE } else { TARGET }, width: if kind == V6 { 128 } else { 32 } }
}

/// The kind and number of an address. Numbers of IPv6 are counted without the place that IPv4 has among them.
pub(super) fn address(addr: PacketAddr) -> (u128, u128) {
    match addr {
        PacketAddr::Literal(a) if a.is_v4() => (V4, a.bits() - MAPPED.0),
        PacketAddr::Literal(a) if a.bits() < MAPPED.0 => (V6, a.bits()),
        PacketAddr::Literal(a) => (V6, a.bits() - GAP),
        PacketAddr::Of(face) => (OF, face.index() as u128),
    }
}

/// The address of a kind and number.
pub(super) fn address_back(kind: u128, number: u128) -> PacketAddr {
    match kind {
        V4 => PacketAddr::Literal(Addr::from_bits(number + MAPPED.0)),
        V6 if number < MAPPED.0 => PacketAddr::Literal(Addr::from_bits(number)),
        V6 => PacketAddr::Literal(Addr::from_bits(number.min(V6_LAST) + GAP)),
        _ => PacketAddr::Of(FaceId::new(number as usize)),
    }
}

/// The kind of a protocol, and its number if it has no kind of its own.
pub(super) fn protocol(protocol: Protocol) -> (u128, Option<u8>) {
    match protocol {
        Protocol::Tcp => (TCP, None),
        Protocol::Udp => (UDP, None),
        Protocol::Icmp => (ICMP, None),
        Protocol::Other(n) => (OTHER, Some(n)),
    }
}

/// Whether two services may share a packet.
pub(super) fn share(a: &Service, b: &Service) -> bool {
    let meet = |a: PortRange, b: PortRange| a.first <= b.last && b.first <= a.last;
    match (a.protocol, b.protocol) {
        (Some(p), Some(q)) if p != q => false,
        (Some(p), Some(_)) if p.has_ports() => meet(a.source, b.source) && meet(a.destination, b.destination),
        (Some(Protocol::Icmp), Some(_)) => meet(a.destination, b.destination),
        _ => true,
    }
}

/// Whether such a packet exists: protocols spelt in one manner, ports where there are any, one family.
pub(super) fn exists(p: &Packet) -> bool {
    let kinds = [address(p.source).0, address(p.destination).0];
    let is_of = |family: u128| kinds.iter().all(|k| *k == family || *k == OF);
    let ports = match p.protocol {
        Protocol::Tcp | Protocol::Udp => true,
        Protocol::Icmp => {
            let slot = u128::from(p.destination_port);
            p.source_port == 0 && slot < ICMP_END && is_of(if slot < ICMP_V6 { V4 } else { V6 })
        }
        Protocol::Other(n) => !OWN_KIND.contains(&n) && (p.source_port, p.destination_port) == (0, 0),
    };
    ports && (is_of(V4) || is_of(V6))
}

/// The two answers of a diagram under construction.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paint {
    pub(super) inside: Edge,
    pub(super) outside: Edge,
}

impl Paint {
    /// A set.
    pub(super) const SET: Self = Self { inside: Edge::TRUE, outside: Edge::FALSE };

    /// What one rule does.
    pub(super) fn rule(permit: bool) -> Self {
        Self { inside: if permit { Edge::TRUE } else { Edge::FALSE }, outside: Edge::OPEN }
    }

    fn join(self, d: &mut Diagrams, a: Edge, b: Edge) -> Result<Edge, TooLarge> {
        match self.outside {
            Edge::OPEN => d.before(a, b),
            _ => d.or(a, b),
        }
    }
}

/// The packets between two sets of addresses with some of these services.
pub(super) fn packets(
    d: &mut Diagrams,
    paint: Paint,
    sources: &AddrSet,
    list: &[Service],
    targets: &AddrSet,
) -> Result<Edge, TooLarge> {
    let (yes, no) = (paint.inside, paint.outside);
    let mut from = |onward| side(d, true, sources, onward, no);
    let (of_v4, of_v6, of_any) = (from([yes, no, yes])?, from([no, yes, yes])?, from([yes; 3])?);
    let mut to = |any, v4, v6| services(d, paint, list, Senders { any, v4, v6 });
    let onward = [to(of_v4, of_v4, no)?, to(of_v6, no, of_v6)?, to(of_any, of_v4, of_v6)?];
    side(d, false, targets, onward, no)
}

/// Sources, as diagrams, of packets of any family and of packets that are of one family whatever their addresses say.
#[derive(Clone, Copy)]
pub(super) struct Senders {
    any: Edge,
    v4: Edge,
    v6: Edge,
}

impl Senders {
    /// To ask for services alone.
    pub(super) const ALL: Self = Self { any: Edge::TRUE, v4: Edge::TRUE, v6: Edge::TRUE };
}

/// The diagram of one side's addresses, going on by kind.
fn side(d: &mut Diagrams, is_source: bool, set: &AddrSet, onward: [Edge; 3], outside: Edge) -> Result<Edge, TooLarge> {
    let kind = if is_source { SOURCE_KIND } else { TARGET_KIND };
    let mut by_kind = [outside; 3];
    for (k, edge) in by_kind.iter_mut().enumerate() {
        *edge = d.within(address_field(is_source, k as u128), set.ranges(k), onward[k], outside)?;
    }
    let low = d.node(kind.first + 1, by_kind[0], by_kind[1])?;
    // There is no fourth kind, so nothing is asked about it.
    d.node(kind.first, low, by_kind[2])
}

/// The diagram of services, going on to sources.
pub(super) fn services(d: &mut Diagrams, paint: Paint, list: &[Service], senders: Senders) -> Result<Edge, TooLarge> {
    let mut all = paint.outside;
    if senders.any == paint.outside {
        return Ok(all);
    }
    for service in list {
        let one = service_kinds(d, paint, service, senders)?;
        all = paint.join(d, all, one)?;
    }
    Ok(all)
}

fn service_kinds(d: &mut Diagrams, paint: Paint, service: &Service, senders: Senders) -> Result<Edge, TooLarge> {
    let no = paint.outside;
    let range = |r: PortRange| (u128::from(r.first), u128::from(r.last));
    let mut by_kind = [no; 4];
    let asked = |kind: u128| service.protocol.is_none_or(|p| protocol(p).0 == kind);
    if asked(TCP) || asked(UDP) {
        let sources = d.within(SOURCE_PORT, &[range(service.source)], senders.any, no)?;
        let ports = d.within(TARGET_PORT, &[range(service.destination)], sources, no)?;
        for kind in [TCP, UDP].into_iter().filter(|k| asked(*k)) {
            by_kind[kind as usize] = ports;
        }
    }
    if asked(ICMP) {
        let slots = range(service.destination);
        let part = |from: u128, to: u128| (slots.0.max(from), slots.1.min(to));
        for (slots, senders) in [(part(0, ICMP_V6 - 1), senders.v4), (part(ICMP_V6, ICMP_END - 1), senders.v6)] {
            if slots.0 <= slots.1 {
                let types = d.within(TARGET_PORT, &[slots], senders, no)?;
                by_kind[ICMP as usize] = paint.join(d, by_kind[ICMP as usize], types)?;
            }
        }
    }
    if asked(OTHER) {
        let named = service.protocol.and_then(|p| protocol(p).1).map(|n| vec![(u128::from(n), u128::from(n))]);
        let own: Vec<(u128, u128)> = OWN_KIND.iter().map(|&n| (u128::from(n), u128::from(n))).collect();
        let numbers = minus(&named.unwrap_or_else(|| vec![(0, u128::from(u8::MAX))]), &own);
        by_kind[OTHER as usize] = d.within(TARGET_PORT, &numbers, senders.any, no)?;
    }
    let low = d.node(PROTOCOL.first + 1, by_kind[0], by_kind[1])?;
    let high = d.node(PROTOCOL.first + 1, by_kind[2], by_kind[3])?;
    d.node(PROTOCOL.first, low, high)
}

/// Closed ranges of numbers.
pub(super) type Ranges = Vec<(u128, u128)>;

/// Ranges sorted and joined where they touch.
pub(super) fn joined(mut ranges: Ranges) -> Ranges {
    ranges.sort_unstable();
    let mut all: Vec<(u128, u128)> = Vec::with_capacity(ranges.len());
    for (first, last) in ranges {
        match all.last_mut() {
            Some(before) if before.1.checked_add(1).is_none_or(|next| first <= next) => before.1 = before.1.max(last),
            _ => all.push((first, last)),
        }
    }
    all
}
