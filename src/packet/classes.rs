//! Classes of addresses and services that no rule of the drawing can tell apart.
//!
//! All ranges of the drawing are cut at all bounds; pieces that lie in the same
//! ranges form one class (the first phase of recursive flow classification,
//! Gupta and McKeown 1999). One concrete packet of a cell of classes stands for
//! all packets of the cell: that sentence is the whole correctness argument.

mod cells;

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use super::Bits;
use crate::model::{
    Addr, AddrMatch, AddrRange, FaceAddress, FaceId, Id, Model, PacketAddr, PortRange, Protocol, Role, Service, Ternary,
};

/// A class of addresses.
pub(crate) type AddrClass = u32;

/// One cell of protocol, source ports and destination ports, with a packet that stands for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ServiceClass {
    pub(crate) protocol: Protocol,
    pub(crate) source: u16,
    pub(crate) destination: u16,
}

/// All classes of a model.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Classes {
    /// For each face: its classes, each with the least address of the face in it.
    pub(crate) of_face: Vec<Vec<(AddrClass, PacketAddr)>>,
    /// For each face with stated addresses: the pieces of its ranges in order, each with its class.
    pub(crate) pieces: Vec<Vec<(AddrRange, AddrClass)>>,
    /// For each class: the family, `None` when the address is not stated.
    pub(crate) v4: Vec<Option<bool>>,
    /// Distinct sets of addresses, and for each the answer per class.
    matches: Vec<Vec<Ternary>>,
    match_ids: FxHashMap<AddrMatchKey, usize>,
    /// Service classes with their representatives.
    pub(crate) services: Vec<ServiceClass>,
    service_bits: FxHashMap<Service, (Bits, Bits)>,
    /// Single addresses that translation mentions, with their class.
    pub(crate) nat: FxHashMap<PacketAddr, AddrClass>,
    /// All TCP classes.
    pub(crate) tcp: Bits,
    /// Whether source ports are cut like destination ports, too.
    mirrored: bool,
}

type AddrMatchKey = (bool, Vec<AddrRange>, Vec<AddrRange>, Vec<FaceId>);

fn key(m: &AddrMatch) -> AddrMatchKey {
    (m.any, m.literal.clone(), m.named.clone(), m.faces.clone())
}

/// Ports that people recognise, in order of preference, for the packet that stands for a class.
const WELL_KNOWN: [u16; 12] = [443, 80, 22, 25, 53, 445, 3389, 8443, 389, 514, 123, 110];
/// An ordinary source port of a client.
const EPHEMERAL: u16 = 50_000;

impl Classes {
    pub(crate) fn new(model: &Model) -> Self {
        let matches = all_matches(model);
        let nat_addrs = nat_addresses(model);
        let AddressClasses { of_face, pieces, v4, matches: per_match, nat } =
            address_classes(model, &matches, &nat_addrs);
        let services = service_classes(model);
        let n = services.len();
        let mut tcp = Bits::none(n);
        for (i, s) in services.iter().enumerate() {
            if s.protocol == Protocol::Tcp {
                tcp.set(i);
            }
        }
        let service_bits = all_services(model)
            .into_iter()
            .map(|s| {
                let (mut forward, mut reply) = (Bits::none(n), Bits::none(n));
                for (i, c) in services.iter().enumerate() {
                    if s.contains(c.protocol, c.source, c.destination) {
                        forward.set(i);
                    }
                    if s.contains_reply(c.protocol, c.source, c.destination) {
                        reply.set(i);
                    }
                }
                (s, (forward, reply))
            })
            .collect();
        let match_ids = matches.iter().enumerate().map(|(i, m)| (key(m), i)).collect();
        Self {
            of_face,
            pieces,
            v4,
            matches: per_match,
            match_ids,
            services,
            service_bits,
            nat,
            tcp,
            mirrored: mirrored(model),
        }
    }

    /// The id of an address set, for [`Classes::matches`].
    pub(crate) fn match_id(&self, m: &AddrMatch) -> usize {
        self.match_ids.get(&key(m)).copied().unwrap_or(0)
    }

    /// How many distinct address sets there are.
    pub(crate) fn sets(&self) -> usize {
        self.matches.len()
    }

    /// Whether a class lies in an address set.
    pub(crate) fn matches(&self, id: usize, class: AddrClass) -> Ternary {
        self.matches[id][class as usize]
    }

    /// The service classes of some services, forwards or as replies.
    pub(crate) fn bits_of(&self, services: &[Service], reply: bool) -> Bits {
        let mut bits = Bits::none(self.services.len());
        for s in services {
            if let Some((forward, back)) = self.service_bits.get(s) {
                bits.add(if reply { back } else { forward });
            }
        }
        bits
    }

    pub(crate) fn all(&self) -> Bits {
        Bits::all(self.services.len())
    }

    pub(crate) fn none(&self) -> Bits {
        Bits::none(self.services.len())
    }

    /// The service classes in which a packet lies: those that every service of the drawing answers as it answers the packet.
    pub(crate) fn classes_of(&self, protocol: Protocol, source: u16, destination: u16) -> Vec<usize> {
        let alike = |&i: &usize| {
            let c = &self.services[i];
            c.protocol == protocol
                && self.service_bits.iter().all(|(s, (forward, reply))| {
                    forward.has(i) == s.contains(protocol, source, destination)
                        && (!self.mirrored || reply.has(i) == s.contains_reply(protocol, source, destination))
                })
        };
        (0..self.services.len()).filter(alike).collect()
    }

    /// The class of `bits` that people recognise best.
    pub(crate) fn representative(&self, bits: &Bits) -> Option<ServiceClass> {
        let rank = |c: &ServiceClass| {
            let port = WELL_KNOWN.iter().position(|&p| p == c.destination).unwrap_or(WELL_KNOWN.len());
            (c.protocol != Protocol::Tcp, c.source != EPHEMERAL && c.source != 0, port, *c)
        };
        bits.iter().map(|i| self.services[i]).min_by_key(|c| {
            let (a, b, d, c) = rank(c);
            (a, b, d, c.protocol, c.destination, c.source)
        })
    }
}

fn all_matches(model: &Model) -> Vec<AddrMatch> {
    let mut seen = BTreeSet::new();
    let mut list = Vec::new();
    let rules = model.transits.values().flat_map(|t| t.rules.iter().flatten());
    let from_rules = rules.flat_map(|r| [&r.source, &r.destination]);
    let from_routes = model.transits.values().flat_map(|t| t.routes.iter().flatten()).map(|r| &r.to);
    for m in from_rules.chain(from_routes) {
        if seen.insert(key(m)) {
            list.push(m.clone());
        }
    }
    list
}

fn nat_addresses(model: &Model) -> Vec<PacketAddr> {
    let mut list: Vec<PacketAddr> = model
        .transits
        .values()
        .flat_map(|t| {
            let dnat = t.dnat.iter().flat_map(|d| [PacketAddr::Literal(d.outside), d.inside]);
            dnat.chain(t.snat.iter().map(|s| PacketAddr::Literal(s.source)))
        })
        .collect();
    list.sort_unstable();
    list.dedup();
    list
}

/// What tells one address from another: the sets it lies in, its family, and its own identity where translation names it.
type Signature = (Option<bool>, Vec<(u32, Ternary)>, Option<PacketAddr>);

/// The part of [`Classes`] that is about addresses.
struct AddressClasses {
    of_face: Vec<Vec<(AddrClass, PacketAddr)>>,
    pieces: Vec<Vec<(AddrRange, AddrClass)>>,
    v4: Vec<Option<bool>>,
    matches: Vec<Vec<Ternary>>,
    nat: FxHashMap<PacketAddr, AddrClass>,
}

fn address_classes(model: &Model, matches: &[AddrMatch], nat: &[PacketAddr]) -> AddressClasses {
    let pieces = Pieces::new(model, matches, nat);
    let mut ids: BTreeMap<Signature, AddrClass> = BTreeMap::new();
    let mut order: Vec<Signature> = Vec::new();
    let mut class_of = |signature: Signature| -> AddrClass {
        *ids.entry(signature).or_insert_with_key(|s| {
            order.push(s.clone());
            (order.len() - 1) as AddrClass
        })
    };
    let signature = |addr: PacketAddr| -> Signature {
        let identity = nat.binary_search(&addr).is_ok().then_some(addr);
        match addr {
            PacketAddr::Literal(a) => {
                let sets = pieces.sets_at(a).iter().map(|&m| (m, Ternary::Yes)).collect();
                (Some(a.is_v4()), sets, identity)
            }
            PacketAddr::Of(_) => {
                let sets = matches
                    .iter()
                    .enumerate()
                    .map(|(i, m)| (i as u32, m.matches(addr, &model.faces)))
                    .filter(|(_, t)| *t != Ternary::No)
                    .collect();
                (None, sets, identity)
            }
        }
    };
    let mut of_face = Vec::with_capacity(model.faces.len());
    let mut face_pieces = Vec::with_capacity(model.faces.len());
    for (id, face) in model.faces.iter() {
        let mut own: Vec<(AddrClass, PacketAddr)> = Vec::new();
        let mut parts: Vec<(AddrRange, AddrClass)> = Vec::new();
        let addrs: Vec<(PacketAddr, Option<AddrRange>)> = match &face.address {
            _ if face.zone.is_none() => Vec::new(),
            FaceAddress::Known(ranges) => {
                pieces.in_ranges(ranges).map(|r| (PacketAddr::Literal(r.first), Some(r))).collect()
            }
            FaceAddress::Within(_) | FaceAddress::Unknown => vec![(PacketAddr::Of(id), None)],
        };
        for (addr, range) in addrs {
            let class = class_of(signature(addr));
            parts.extend(range.map(|r| (r, class)));
            if !own.iter().any(|(c, _)| *c == class) {
                own.push((class, addr));
            }
        }
        of_face.push(own);
        face_pieces.push(parts);
    }
    let nat = nat.iter().map(|&a| (a, class_of(signature(a)))).collect();
    let mut per_match = vec![vec![Ternary::No; order.len()]; matches.len()];
    for (class, (_, sets, _)) in order.iter().enumerate() {
        for &(m, t) in sets {
            per_match[m as usize][class] = t;
        }
    }
    for (i, m) in matches.iter().enumerate() {
        if m.any {
            per_match[i].fill(Ternary::Yes);
        }
    }
    let v4 = order.iter().map(|(family, _, _)| *family).collect();
    AddressClasses { of_face, pieces: face_pieces, v4, matches: per_match, nat }
}

/// The number line cut at all bounds, with the address sets over each piece.
struct Pieces {
    starts: Vec<Addr>,
    sets: Vec<Vec<u32>>,
}

impl Pieces {
    fn new(model: &Model, matches: &[AddrMatch], nat: &[PacketAddr]) -> Self {
        let mut cuts = BTreeSet::from([Addr::from_bits(0)]);
        let mut cut = |r: AddrRange| {
            cuts.insert(r.first);
            cuts.extend(r.last.next());
        };
        for m in matches {
            m.literal.iter().chain(&m.named).for_each(|&r| cut(r));
        }
        for face in model.faces.values() {
            if let FaceAddress::Known(ranges) = &face.address {
                ranges.iter().for_each(|&r| cut(r));
            }
        }
        for addr in nat {
            if let PacketAddr::Literal(a) = addr {
                cut(AddrRange::single(*a));
            }
        }
        let starts: Vec<Addr> = cuts.into_iter().collect();
        let mut sets = vec![Vec::new(); starts.len()];
        for (i, m) in matches.iter().enumerate().filter(|(_, m)| !m.any) {
            for r in m.literal.iter().chain(&m.named) {
                let from = starts.partition_point(|&s| s < r.first);
                let to = starts.partition_point(|&s| s <= r.last);
                for set in &mut sets[from..to] {
                    if set.last() != Some(&(i as u32)) {
                        set.push(i as u32);
                    }
                }
            }
        }
        Self { starts, sets }
    }

    fn sets_at(&self, a: Addr) -> &[u32] {
        &self.sets[self.starts.partition_point(|&s| s <= a) - 1]
    }

    /// The pieces inside some ranges, whose bounds are cuts.
    fn in_ranges<'a>(&'a self, ranges: &'a [AddrRange]) -> impl Iterator<Item = AddrRange> + 'a {
        ranges.iter().flat_map(move |r| {
            let from = self.starts.partition_point(|&s| s < r.first);
            let to = self.starts.partition_point(|&s| s <= r.last);
            let ends = move |i: usize| match self.starts.get(i + 1) {
                Some(next) if *next <= r.last => Addr::from_bits(next.bits() - 1),
                _ => r.last,
            };
            (from..to).map(move |i| AddrRange { first: self.starts[i], last: ends(i) })
        })
    }
}

fn all_services(model: &Model) -> BTreeSet<Service> {
    let mut all = BTreeSet::from([Service::ANY]);
    for rule in model.transits.values().flat_map(|t| t.rules.iter().flatten()) {
        all.extend(rule.services.iter().copied());
    }
    for node in model.nodes.values() {
        let listens = match &node.role {
            Role::Endpoint(e) => e.listens.as_ref(),
            Role::Mediator(m) => m.listens.as_ref(),
            Role::Transit(_) => None,
        };
        all.extend(listens.into_iter().flatten().copied());
    }
    for c in model.communications.values() {
        all.extend(c.services.iter().copied());
    }
    for p in &model.permits {
        all.extend(p.services.iter().flatten().copied());
    }
    all
}

/// Cuts the ports of each protocol and merges cells that lie in the same services.
fn service_classes(model: &Model) -> Vec<ServiceClass> {
    let services: Vec<Service> = all_services(model).into_iter().collect();
    let mirrored = mirrored(model);
    let mut protocols = BTreeSet::from([Protocol::Tcp, Protocol::Udp, Protocol::Icmp]);
    protocols.extend(services.iter().filter_map(|s| s.protocol));
    // One protocol that nobody mentions stands for all the others.
    if let Some(free) = (0..=255u8)
        .map(Protocol::Other)
        .find(|p| !protocols.contains(p) && !matches!(p, Protocol::Other(1 | 6 | 17 | 58)))
    {
        protocols.insert(free);
    }
    let mut classes = Vec::new();
    for protocol in protocols {
        let fitting: Vec<&Service> = services.iter().filter(|s| s.protocol.is_none_or(|p| p == protocol)).collect();
        if !protocol.has_ports() {
            classes.push(ServiceClass { protocol, source: 0, destination: 0 });
            continue;
        }
        let (sources, destinations) = cuts_of(&fitting, mirrored);
        cells(protocol, &fitting, &sources, &destinations, &mut classes);
    }
    classes
}

/// Replies of devices that keep no state are looked up with ports swapped, so both bounds cut both ports there.
fn mirrored(model: &Model) -> bool {
    model.transits.values().any(|t| !t.remembers() && t.rules.is_some())
}

/// The pieces of source and destination ports that some services of one protocol tell apart.
fn cuts_of(fitting: &[&Service], mirrored: bool) -> (Vec<PortRange>, Vec<PortRange>) {
    let mut sources: Vec<PortRange> = fitting.iter().map(|s| s.source).collect();
    let mut destinations: Vec<PortRange> = fitting.iter().map(|s| s.destination).collect();
    if mirrored {
        let own = sources.clone();
        sources.extend(&destinations);
        destinations.extend(own);
    }
    (port_cuts(&sources), port_cuts(&destinations))
}

/// In which services a packet and its reply lie: what makes its class.
fn signature_of(fitting: &[&Service], cell: ServiceClass) -> Vec<(bool, bool)> {
    let ServiceClass { protocol, source, destination } = cell;
    let both =
        |s: &&Service| (s.contains(protocol, source, destination), s.contains_reply(protocol, source, destination));
    fitting.iter().map(both).collect()
}

fn cells(
    protocol: Protocol,
    fitting: &[&Service],
    sources: &[PortRange],
    destinations: &[PortRange],
    classes: &mut Vec<ServiceClass>,
) {
    let mut seen: BTreeMap<Vec<(bool, bool)>, usize> = BTreeMap::new();
    for &destination in destinations {
        for &source in sources {
            let cell =
                ServiceClass { protocol, source: usual_source(source), destination: usual_destination(destination) };
            let signature = signature_of(fitting, cell);
            match seen.get(&signature) {
                None => {
                    seen.insert(signature, classes.len());
                    classes.push(cell);
                }
                Some(&i) if better(cell, classes[i]) => classes[i] = cell,
                Some(_) => {}
            }
        }
    }
}

fn better(a: ServiceClass, b: ServiceClass) -> bool {
    let rank = |c: ServiceClass| {
        (
            c.source != EPHEMERAL,
            WELL_KNOWN.iter().position(|&p| p == c.destination).unwrap_or(WELL_KNOWN.len()),
            c.destination,
            c.source,
        )
    };
    rank(a) < rank(b)
}

fn usual_source(range: PortRange) -> u16 {
    if range.contains(EPHEMERAL) { EPHEMERAL } else { range.first }
}

fn usual_destination(range: PortRange) -> u16 {
    WELL_KNOWN.iter().copied().find(|&p| range.contains(p)).unwrap_or(range.first)
}

/// The pieces into which some port ranges cut all ports.
fn port_cuts(ranges: &[PortRange]) -> Vec<PortRange> {
    let mut starts = BTreeSet::from([0u32]);
    for r in ranges {
        starts.insert(u32::from(r.first));
        starts.insert(u32::from(r.last) + 1);
    }
    let starts: Vec<u32> = starts.into_iter().filter(|&s| s <= u32::from(u16::MAX)).collect();
    starts
        .iter()
        .enumerate()
        .map(|(i, &first)| PortRange {
            first: first as u16,
            last: starts.get(i + 1).map_or(u16::MAX, |&next| (next - 1) as u16),
        })
        .collect()
}

/// The faces of a model by zone.
pub(crate) fn faces_by_zone(model: &Model) -> Vec<Vec<FaceId>> {
    let mut by_zone = vec![Vec::new(); model.zones.len()];
    for (id, face) in model.faces.iter() {
        if let Some(zone) = face.zone {
            by_zone[zone.index()].push(id);
        }
    }
    by_zone
}
