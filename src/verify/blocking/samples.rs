//! Concrete packets between two faces: one at each bound of the drawing, so that no rule is missed.

use std::collections::BTreeSet;

use super::{MAX_PACKETS, Only};
use crate::model::{
    Addr, AddrMatch, AddrRange, FaceAddress, FaceId, ICMP_V6, Model, PacketAddr, PortRange, Protocol, Role, Service,
    fits_family,
};
use crate::verify::Packet;

pub(super) fn is_of(model: &Model, face: FaceId, address: PacketAddr) -> bool {
    match (address, &model.faces[face].address) {
        (PacketAddr::Literal(a), FaceAddress::Known(ranges)) => ranges.iter().any(|r| r.contains(a)),
        (PacketAddr::Of(f), FaceAddress::Within(_) | FaceAddress::Unknown) => f == face,
        _ => false,
    }
}

/// Packets of every kind that rules may tell apart: at each bound of the drawing one.
pub(super) fn packets(
    model: &Model,
    x: FaceId,
    y: FaceId,
    wanted: Option<&[Service]>,
    only: Only,
    limited: &mut bool,
) -> Vec<Packet> {
    let mut sources = addresses(model, x, limited);
    let mut destinations = addresses(model, y, limited);
    sources.retain(|&a| only.source.is_none_or(|o| o == a));
    destinations.retain(|&a| only.end.is_none_or(|o| o == a));
    for n in model.transits.values().flat_map(|t| &t.dnat) {
        if is_of(model, y, n.inside) && only.end.is_none_or(|o| o == n.inside) {
            destinations.push(PacketAddr::Literal(n.outside));
        }
    }
    let listens = match &model.node_of(y).role {
        Role::Endpoint(e) => e.listens.clone(),
        Role::Mediator(m) => m.listens.clone(),
        Role::Transit(_) => None,
    };
    let services = services(model, wanted, listens.as_deref());
    let mut all = Vec::new();
    for &(protocol, source_port, destination_port) in &services {
        for &source in &sources {
            for &destination in destinations.iter().filter(|d| can_be_sent(protocol, destination_port, source, **d)) {
                if all.len() >= MAX_PACKETS {
                    *limited = true;
                    return all;
                }
                all.push(Packet { source, destination, protocol, source_port, destination_port });
            }
        }
    }
    all
}

/// The addresses of a face at which rules or routes may change their minds.
pub(super) fn addresses(model: &Model, face: FaceId, limited: &mut bool) -> Vec<PacketAddr> {
    let FaceAddress::Known(ranges) = &model.faces[face].address else { return vec![PacketAddr::Of(face)] };
    let rules =
        model.transits.values().flat_map(|t| t.rules.iter().flatten()).flat_map(|r| [&r.source, &r.destination]);
    let routes = model.transits.values().flat_map(|t| t.routes.iter().flatten()).map(|r| &r.to);
    let policies = model.transits.values().flat_map(|t| t.routes.iter().flatten()).filter_map(|r| r.when.as_ref());
    let hidden = model.transits.values().flat_map(|t| &t.snat).filter_map(|n| n.from.as_ref());
    let all = rules.chain(routes).chain(policies.flat_map(|w| [&w.source, &w.joined])).chain(hidden);
    let bounds = all.flat_map(|m: &AddrMatch| m.literal.iter().chain(&m.named));
    let cuts: BTreeSet<Addr> = bounds.flat_map(|r: &AddrRange| [Some(r.first), r.last.next()]).flatten().collect();
    let mut all: BTreeSet<Addr> = BTreeSet::new();
    for r in ranges {
        all.insert(r.first);
        all.extend(cuts.range(r.first..=r.last));
    }
    *limited |= all.len() > 32;
    all.into_iter().take(32).map(PacketAddr::Literal).collect()
}

/// The addresses of a face in stretches that no rule or route tells apart, each with the one that stands for it. An address
/// that is not stated has no stretch. After some there may be more that are not looked at: the last one ends with its range.
#[must_use]
pub fn stretches(model: &Model, face: FaceId) -> Vec<(PacketAddr, Option<AddrRange>)> {
    let samples = addresses(model, face, &mut false);
    let FaceAddress::Known(ranges) = &model.faces[face].address else {
        return samples.into_iter().map(|a| (a, None)).collect();
    };
    let numbers: Vec<Addr> = samples
        .iter()
        .filter_map(|a| match a {
            PacketAddr::Literal(a) => Some(*a),
            PacketAddr::Of(_) => None,
        })
        .collect();
    let stretch = |(i, &first): (usize, &Addr)| {
        let range = ranges.iter().find(|r| r.contains(first))?;
        let next = numbers.get(i + 1).filter(|&&n| range.contains(n));
        let last = next.map_or(range.last, |n| Addr::from_bits(n.bits() - 1));
        Some((PacketAddr::Literal(first), Some(AddrRange { first, last })))
    };
    numbers.iter().enumerate().filter_map(stretch).collect()
}

/// One protocol and pair of ports per bound; those that people recognise first.
fn services(model: &Model, wanted: Option<&[Service]>, listens: Option<&[Service]>) -> Vec<(Protocol, u16, u16)> {
    let wanted = wanted.unwrap_or(&[Service::ANY]);
    let listened = |p, s, d| listens.is_none_or(|l| l.iter().any(|x| x.contains(p, s, d)));
    let fits = |p, s, d| wanted.iter().any(|w| w.contains(p, s, d)) && listened(p, s, d);
    let bounds = |r: PortRange| std::iter::once(r.first).chain(r.last.checked_add(1));
    let mut stated: Vec<Service> = wanted.iter().chain(listens.unwrap_or_default()).copied().collect();
    stated.extend(
        model.transits.values().flat_map(|t| t.rules.iter().flatten()).flat_map(|r| r.services.iter().copied()),
    );
    let policies = model.transits.values().flat_map(|t| t.routes.iter().flatten()).filter_map(|r| r.when.as_ref());
    stated.extend(policies.flat_map(|w| w.services.iter().copied()));
    let of = |protocol, destination| Service { protocol: Some(protocol), source: PortRange::ALL, destination };
    let published = model.transits.values().flat_map(|t| &t.dnat).filter_map(|n| n.ports);
    stated.extend(published.map(|(protocol, range)| of(protocol, range)));
    let mut all = Vec::new();
    let protocols: BTreeSet<Protocol> = [Protocol::Tcp, Protocol::Udp, Protocol::Icmp]
        .into_iter()
        .chain(stated.iter().filter_map(|s| s.protocol))
        .collect();
    for protocol in protocols {
        if !protocol.has_ports() {
            let types =
                stated.iter().filter(|s| s.protocol == Some(Protocol::Icmp)).flat_map(|s| bounds(s.destination));
            let slots = [8, ICMP_V6 + 128].into_iter().chain(types.filter(|&t| t < 2 * ICMP_V6));
            match protocol {
                Protocol::Icmp => all.extend(slots.map(|t| (protocol, 0, t))),
                _ => all.push((protocol, 0, 0)),
            }
            continue;
        }
        let mut ports: Vec<u16> = vec![443, 80, 22, 25, 53, 445, 3389];
        ports.extend(stated.iter().flat_map(|s| bounds(s.destination)));
        let sources: BTreeSet<u16> =
            std::iter::once(50_000).chain(stated.iter().flat_map(|s| bounds(s.source)).filter(|&p| p > 0)).collect();
        for port in ports {
            all.extend(sources.iter().rev().map(|&source| (protocol, source, port)));
        }
    }
    let mut seen = BTreeSet::new();
    all.retain(|&(p, s, d)| fits(p, s, d) && seen.insert((p, s, d)));
    all
}

/// Whether one packet can have these: one family, and an ICMP type of it.
fn can_be_sent(protocol: Protocol, port: u16, source: PacketAddr, destination: PacketAddr) -> bool {
    let fits = |a: PacketAddr| match a {
        PacketAddr::Literal(a) => fits_family(protocol, port, a.is_v4()),
        PacketAddr::Of(_) => true,
    };
    source.same_family(destination) && fits(source) && fits(destination)
}
