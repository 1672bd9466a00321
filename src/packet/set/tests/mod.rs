//! These tests catch: a packet that a set has or has not against what its rules say, equal sets that are not equal, a
//! number of packets that is wrong, and words that do not say the set. The judge is enumeration, packet by packet, on
//! random sets whose edges are aimed at.

mod reading;
mod sets;
mod wording;

use super::{AddrSet, Limits, PacketBox, Space};
use crate::generate::Seed;
use crate::model::{Addr, AddrRange, FaceId, Id, PacketAddr, PortRange, Protocol, Service};
use crate::packet::Packet;

/// Contexts of the space of these tests.
const CONTEXTS: u32 = 3;

/// Attachments of the space of these tests, and one that is not in it.
fn faces() -> [FaceId; 4] {
    [2, 3, 7, 5].map(FaceId::new)
}

fn space() -> Space {
    Space::new(&faces()[..3], CONTEXTS, Limits::default()).expect("small")
}

fn addr(text: &str) -> Addr {
    text.parse::<std::net::IpAddr>().expect("an address").into()
}

/// Addresses at which something may go wrong: both ends of both families, around the place of IPv4 in IPv6.
fn edges() -> Vec<Addr> {
    let mut all: Vec<Addr> = ["0.0.0.0", "10.0.0.0", "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.7", "10.0.0.8"]
        .into_iter()
        .chain(["255.255.255.255", "::", "::fffe:ffff:ffff", "::1:0:0:0", "2001:db8::", "2001:db8::1"])
        .chain(["2001:db8::ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"])
        .map(addr)
        .collect();
    all.sort_unstable();
    all
}

/// Whether the seed says so, once in `n`.
fn one_in(seed: &mut Seed, n: u64) -> bool {
    seed.below(n) == 0
}

fn some_addresses(seed: &mut Seed) -> AddrSet {
    if one_in(seed, 4) {
        return AddrSet::all(&faces()[..3]);
    }
    let edges = edges();
    let ranges: Vec<AddrRange> = (0..seed.below(4))
        .map(|_| {
            let a = edges[seed.below(edges.len() as u64) as usize];
            let family: Vec<Addr> = edges.iter().copied().filter(|b| b.is_v4() == a.is_v4()).collect();
            let b = family[seed.below(family.len() as u64) as usize];
            AddrRange { first: a.min(b), last: a.max(b) }
        })
        .collect();
    let named: Vec<FaceId> = faces().into_iter().filter(|_| one_in(seed, 3)).collect();
    AddrSet::new(ranges, named)
}

const PORTS: [u16; 8] = [0, 1, 8, 80, 255, 256, 443, u16::MAX];

fn some_range(seed: &mut Seed) -> PortRange {
    if one_in(seed, 2) {
        return PortRange::ALL;
    }
    let [a, b] = [0; 2].map(|_| PORTS[seed.below(PORTS.len() as u64) as usize]);
    PortRange { first: a.min(b), last: a.max(b) }
}

fn some_services(seed: &mut Seed) -> Vec<Service> {
    (0..=seed.below(3))
        .map(|_| {
            let protocol = match seed.below(7) {
                0 => return Service::ANY,
                1 | 2 => Protocol::Tcp,
                3 => Protocol::Udp,
                4 | 5 => Protocol::Icmp,
                _ => Protocol::Other([0, 6, 47, 255][seed.below(4) as usize]),
            };
            let source = if protocol.has_ports() { some_range(seed) } else { PortRange::ALL };
            let destination = if matches!(protocol, Protocol::Other(_)) { PortRange::ALL } else { some_range(seed) };
            Service { protocol: Some(protocol), source, destination }
        })
        .collect()
}

fn some_box(seed: &mut Seed) -> PacketBox {
    let contexts = one_in(seed, 3).then(|| {
        let a = seed.below(u64::from(CONTEXTS)) as u32;
        vec![(a, a + seed.below(3) as u32)]
    });
    PacketBox {
        contexts,
        sources: some_addresses(seed),
        destinations: some_addresses(seed),
        services: some_services(seed),
    }
}

/// Packets that some set of these tests tells apart, and some that do not exist.
fn packets() -> Vec<Packet> {
    let mut ends: Vec<PacketAddr> = edges().into_iter().map(PacketAddr::Literal).collect();
    ends.extend(faces().map(PacketAddr::Of));
    let mut services = Vec::new();
    for port in PORTS {
        for source_port in [0, 1, u16::MAX] {
            services.extend([(Protocol::Tcp, source_port, port), (Protocol::Udp, source_port, port)]);
        }
        services.push((Protocol::Icmp, 0, port));
        services.push((Protocol::Other(port as u8), 0, 0));
    }
    services.push((Protocol::Icmp, 7, 8));
    services.push((Protocol::Other(47), 0, 1));
    let mut all = Vec::new();
    for &source in &ends {
        for &destination in &ends {
            all.extend(services.iter().map(|&(protocol, source_port, destination_port)| Packet {
                source,
                destination,
                protocol,
                source_port,
                destination_port,
            }));
        }
    }
    all
}

/// Whether such a packet exists, as the page of `Space` says.
fn exists(p: &Packet) -> bool {
    let known = |a: PacketAddr| match a {
        PacketAddr::Of(face) => faces()[..3].contains(&face),
        PacketAddr::Literal(_) => true,
    };
    let ends = [p.source, p.destination];
    let families: Vec<bool> =
        ends.iter().filter_map(|a| if let PacketAddr::Literal(n) = a { Some(n.is_v4()) } else { None }).collect();
    let family = families.first().copied();
    known(p.source)
        && known(p.destination)
        && families.iter().all(|f| Some(*f) == family)
        && match p.protocol {
            Protocol::Tcp | Protocol::Udp => true,
            Protocol::Icmp => {
                p.source_port == 0
                    && match p.destination_port {
                        0..=255 => family != Some(false),
                        256..=511 => family != Some(true),
                        _ => false,
                    }
            }
            Protocol::Other(n) => ![1, 6, 17, 58].contains(&n) && p.source_port == 0 && p.destination_port == 0,
        }
}

/// Whether a box has a packet.
fn matches(b: &PacketBox, context: u32, p: &Packet) -> bool {
    exists(p)
        && b.contexts.as_ref().is_none_or(|c| c.iter().any(|r| r.0 <= context && context <= r.1))
        && b.sources.contains(p.source)
        && b.destinations.contains(p.destination)
        && b.services.iter().any(|s| s.contains(p.protocol, p.source_port, p.destination_port))
}
