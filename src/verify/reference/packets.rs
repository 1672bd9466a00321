//! Concrete packets: which ones are worth sending.
//!
//! Two packets that no rule, route, translation, face or service of the model
//! tells apart have the same fate, so one of them stands for both. That is the
//! only economy of this engine. What becomes of a packet is said in `devices`.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{
    Addr, AddrMatch, AddrRange, FaceAddress, FaceId, ICMP_V6, Model, PacketAddr, PortRange, Protocol, Role, Service,
    Ternary, answer_ports,
};

/// The addresses worth trying.
pub(super) struct Addresses {
    /// Of every face.
    pub(super) of_face: BTreeMap<FaceId, Vec<PacketAddr>>,
}

impl Addresses {
    /// Every face's ranges, cut at every bound that occurs anywhere; of pieces that nothing tells apart, the first.
    pub(super) fn of(model: &Model) -> Self {
        let known = |f: FaceId| match &model.faces[f].address {
            FaceAddress::Known(ranges) => ranges.as_slice(),
            FaceAddress::Within(_) | FaceAddress::Unknown => &[],
        };
        let rules = || model.transits.values().filter_map(|d| d.rules.as_ref()).flatten();
        let routes = || model.transits.values().filter_map(|d| d.routes.as_ref()).flatten();
        let policies = || routes().filter_map(|r| r.when.as_ref());
        let hidden = model.transits.values().flat_map(|d| &d.snat).filter_map(|s| s.from.as_ref());
        let matches: Vec<&AddrMatch> = rules()
            .flat_map(|r| [&r.source, &r.destination])
            .chain(routes().map(|r| &r.to))
            .chain(policies().flat_map(|w| [&w.source, &w.joined]))
            .chain(hidden)
            .collect();
        let mut singles: Vec<Addr> = Vec::new();
        for device in model.transits.values() {
            singles.extend(device.snat.iter().map(|s| s.source));
            for dnat in &device.dnat {
                singles.push(dnat.outside);
                singles.extend(match dnat.inside {
                    PacketAddr::Literal(a) => Some(a),
                    PacketAddr::Of(_) => None,
                });
            }
        }
        let ranges = matches.iter().flat_map(|m| m.literal.iter().chain(&m.named)).copied();
        let ranges = ranges.chain(model.faces.ids().flat_map(|f| known(f).iter().copied()));
        let cuts: BTreeSet<Addr> = ranges
            .chain(singles.iter().map(|&a| AddrRange::single(a)))
            .flat_map(|r| [Some(r.first), r.last.next()])
            .flatten()
            .collect();

        let of_face = model.faces.ids().map(|face| {
            let mut kinds = BTreeMap::new();
            for range in known(face) {
                for first in cuts.range(range.first..=range.last).copied() {
                    let told_apart_by: Vec<bool> = [first.is_v4()]
                        .into_iter()
                        .chain(
                            matches.iter().map(|m| m.matches(PacketAddr::Literal(first), &model.faces) == Ternary::Yes),
                        )
                        .chain(model.faces.ids().map(|f| known(f).iter().any(|r| r.contains(first))))
                        .chain(singles.iter().map(|&s| s == first))
                        .collect();
                    kinds.entry(told_apart_by).or_insert(PacketAddr::Literal(first));
                }
            }
            // "A face whose address is 'within' a network or unknown has the one address Of(face)."
            let all = if kinds.is_empty() { vec![PacketAddr::Of(face)] } else { kinds.into_values().collect() };
            (face, all)
        });
        Self { of_face: of_face.collect() }
    }

    /// Whether a packet with this destination is for this face.
    pub(super) fn is_of(&self, model: &Model, face: FaceId, address: PacketAddr) -> bool {
        match (address, &model.faces[face].address) {
            (PacketAddr::Literal(a), FaceAddress::Known(ranges)) => ranges.iter().any(|r| r.contains(a)),
            (PacketAddr::Of(f), FaceAddress::Within(_) | FaceAddress::Unknown) => f == face,
            _ => false,
        }
    }
}

/// One protocol and pair of ports of every kind: of those that no service of the model tells apart, the first.
pub(super) fn services(model: &Model) -> BTreeSet<(Protocol, u16, u16)> {
    let of_nodes = |role: &'_ Role| match role {
        Role::Endpoint(e) => e.listens.clone(),
        Role::Mediator(m) => m.listens.clone(),
        Role::Transit(_) => None,
    };
    let mut stated: BTreeSet<Service> = model.nodes.values().filter_map(|n| of_nodes(&n.role)).flatten().collect();
    stated.extend(model.permits.iter().filter_map(|p| p.services.as_ref()).flatten());
    stated.extend(model.communications.values().flat_map(|c| &c.services));
    // Services with which replies are compared, and those of which only the responder's port is.
    let (mut of_replies, mut of_strays) = (BTreeSet::new(), BTreeSet::new());
    for device in model.transits.values() {
        let in_rules = device.rules.iter().flatten().flat_map(|r| &r.services);
        let in_routes = device.routes.iter().flatten().filter_map(|r| r.when.as_ref()).flat_map(|w| &w.services);
        stated.extend(in_rules.clone().chain(in_routes.clone()));
        of_replies.extend(in_routes);
        match device.remembers() {
            true => of_strays.extend(in_rules),
            false => of_replies.extend(in_rules),
        }
        let of = |protocol, destination| Service { protocol: Some(protocol), source: PortRange::ALL, destination };
        stated.extend(device.dnat.iter().filter_map(|n| n.ports).map(|(protocol, range)| of(protocol, range)));
        let behind = device.dnat.iter().filter_map(|n| Some((n.inside_port?, n.ports?)));
        stated.extend(behind.map(|(n, (protocol, _))| of(protocol, PortRange { first: n, last: n })));
    }
    let of_replies: Vec<Service> = of_replies.into_iter().copied().collect();
    let of_strays: Vec<Service> = of_strays.into_iter().copied().collect();

    let bounds = |ranges: Vec<PortRange>| {
        let around = |p: u16| [Some(p), p.checked_sub(1), p.checked_add(1)].into_iter().flatten();
        ranges.into_iter().flat_map(move |r| around(r.first).chain(around(r.last))).collect::<BTreeSet<u16>>()
    };
    let back = |of: fn(&Service) -> PortRange| of_replies.iter().map(of).collect::<Vec<_>>();
    let sources = stated.iter().map(|s| s.source).chain(back(|s| s.destination));
    let sources = bounds(sources.collect());
    let destinations = stated.iter().map(|s| s.destination).chain(back(|s| s.source));
    let destinations = bounds(destinations.chain(of_strays.iter().map(|s| s.source)).collect());
    let mentioned: BTreeSet<u8> = stated
        .iter()
        .filter_map(|s| match s.protocol {
            Some(Protocol::Other(n)) => Some(n),
            _ => None,
        })
        .collect();
    let mut protocols = vec![Protocol::Tcp, Protocol::Udp, Protocol::Icmp];
    protocols.extend(mentioned.iter().map(|&n| Protocol::Other(n)));
    protocols.extend((0..=u8::MAX).rev().find(|n| !mentioned.contains(n)).map(Protocol::Other));

    let mut kinds = BTreeMap::new();
    for protocol in protocols {
        let (sources, destinations) = if protocol.has_ports() {
            (
                [50000].into_iter().chain(sources.iter().copied()).collect(),
                [443, 80].into_iter().chain(destinations.iter().copied()).collect(),
            )
        } else if protocol == Protocol::Icmp {
            // Types, of either version; with those that ask for a reply, and some that do not.
            let types = (0..2 * ICMP_V6).filter(|&t| answer_ports(protocol, 0, t).is_some());
            let around = destinations.iter().copied().filter(|&t| t < 2 * ICMP_V6);
            (vec![0], types.chain([1, 3, ICMP_V6, ICMP_V6 + 1]).chain(around).collect())
        } else {
            (vec![0], vec![0])
        };
        for &source in &sources {
            for &destination in &destinations {
                let answer = answer_ports(protocol, source, destination);
                let v6 = protocol == Protocol::Icmp && destination >= ICMP_V6;
                let told_apart_by: Vec<bool> = [protocol == Protocol::Tcp, answer.is_some(), v6]
                    .into_iter()
                    .chain(stated.iter().map(|s| s.contains(protocol, source, destination)))
                    .chain(of_replies.iter().map(|s| s.contains_reply(protocol, source, destination)))
                    .chain(of_strays.iter().map(|s| match protocol {
                        Protocol::Tcp | Protocol::Udp => {
                            s.protocol.is_none_or(|p| p == protocol) && s.source.contains(destination)
                        }
                        _ => s.contains_reply(protocol, source, destination),
                    }))
                    .collect();
                kinds.entry(told_apart_by).or_insert((protocol, source, destination));
            }
        }
    }
    kinds.into_values().collect()
}
