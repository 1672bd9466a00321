//! Classes of addresses and services that no rule of the drawing can tell apart.
//!
//! All ranges of the drawing are cut at all bounds; pieces that lie in the same
//! ranges form one class (the first phase of recursive flow classification,
//! Gupta and McKeown 1999). One concrete packet of a cell of classes stands for
//! all packets of the cell: that sentence is the whole correctness argument.

mod addresses;
mod cells;
mod ports;

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use self::addresses::{AddressClasses, address_classes};
use self::ports::PortMaps;
use super::Bits;
use crate::model::{
    AddrMatch, AddrRange, FaceId, ICMP_V6, Id, Model, PacketAddr, PortRange, Protocol, Role, Service, Ternary, Transit,
    answer_ports,
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
    /// For each class, the sets of addresses in which it lies or may lie, in order; without those that hold everything.
    sets: Vec<Vec<(u32, Ternary)>>,
    /// Of the distinct sets of addresses, those that hold everything.
    any: Vec<bool>,
    /// Of the distinct sets of addresses, those in which some class lies otherwise than others.
    telling: Vec<bool>,
    match_ids: FxHashMap<AddrMatchKey, usize>,
    /// Service classes with their representatives.
    pub(crate) services: Vec<ServiceClass>,
    /// For each service: forward packets, replies, and replies of which only the responder's port is asked.
    service_bits: FxHashMap<Service, [Bits; 3]>,
    /// Single addresses that translation mentions, with their class.
    pub(crate) nat: FxHashMap<PacketAddr, AddrClass>,
    /// All TCP classes.
    pub(crate) tcp: Bits,
    /// All ICMP classes.
    pub(crate) icmp: Bits,
    /// Classes of packets that can be answered at all: not, say, ICMP errors.
    pub(crate) answered: Bits,
    /// ICMP classes of IPv6, and of IPv4: what the other family has not.
    alien: [Bits; 2],
    /// What cuts ports, beside services themselves.
    cuts: Cuts,
    /// What translation makes of services.
    maps: PortMaps,
}

/// What cuts ports, beside services themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cuts {
    /// Replies are looked up with ports swapped, so both bounds cut both ports.
    mirrored: bool,
    /// Replies to unseen requests are looked up by their source port: source ports cut destination ports, too.
    strays: bool,
    /// Ports are translated: a class keeps its piece of source ports apart.
    translated: bool,
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
        let AddressClasses { of_face, pieces, v4, sets, nat } = address_classes(model, &matches, &nat_addrs);
        let cuts = Cuts::of(model);
        let services = service_classes(model, cuts);
        let n = services.len();
        let those = |wanted: &dyn Fn(&ServiceClass) -> bool| {
            let mut bits = Bits::none(n);
            services.iter().enumerate().filter(|(_, s)| wanted(s)).for_each(|(i, _)| bits.set(i));
            bits
        };
        let icmp_of = |v6: bool| those(&|s| s.protocol == Protocol::Icmp && (s.destination >= ICMP_V6) == v6);
        let maps = PortMaps::new(model, &services, cuts);
        let service_bits = all_services(model)
            .into_iter()
            .map(|s| {
                let forward = those(&|c| s.contains(c.protocol, c.source, c.destination));
                let reply = those(&|c| s.contains_reply(c.protocol, c.source, c.destination));
                let stray = those(&|c| answers_from(&s, c));
                (s, [forward, reply, stray])
            })
            .collect();
        let match_ids = matches.iter().enumerate().map(|(i, m)| (key(m), i)).collect();
        Self {
            of_face,
            pieces,
            v4,
            any: matches.iter().map(|m| m.any).collect(),
            telling: telling(&sets, matches.len()),
            sets,
            match_ids,
            service_bits,
            nat,
            tcp: those(&|s| s.protocol == Protocol::Tcp),
            icmp: those(&|s| s.protocol == Protocol::Icmp),
            answered: those(&|s| answer_ports(s.protocol, s.source, s.destination).is_some()),
            alien: [icmp_of(true), icmp_of(false)],
            services,
            cuts,
            maps,
        }
    }

    /// The id of an address set, for [`Classes::matches`].
    pub(crate) fn match_id(&self, m: &AddrMatch) -> usize {
        self.match_ids.get(&key(m)).copied().unwrap_or(0)
    }

    /// How many distinct address sets there are.
    pub(crate) fn sets(&self) -> usize {
        self.any.len()
    }

    /// Whether some class lies in an address set otherwise than others.
    pub(crate) fn tells_apart(&self, id: usize) -> bool {
        self.telling[id]
    }

    /// Whether a class lies in an address set.
    pub(crate) fn matches(&self, id: usize, class: AddrClass) -> Ternary {
        if self.any[id] {
            return Ternary::Yes;
        }
        let own = &self.sets[class as usize];
        own.binary_search_by_key(&(id as u32), |(set, _)| *set).map_or(Ternary::No, |i| own[i].1)
    }

    /// The address sets in which a class lies or may lie, in order; without those that hold everything.
    pub(crate) fn sets_of(&self, class: AddrClass) -> &[(u32, Ternary)] {
        &self.sets[class as usize]
    }

    /// Whether an address set holds everything.
    pub(crate) fn is_any(&self, id: usize) -> bool {
        self.any[id]
    }

    /// The service classes of some services, forwards or as replies.
    pub(crate) fn bits_of(&self, services: &[Service], reply: bool) -> Bits {
        self.bits(services.iter(), usize::from(reply))
    }

    /// The service classes of which a rule may match an answer to an unseen request. The initiator chooses its own port,
    /// so some port will do for a permit, and a deny has to name them all.
    pub(crate) fn stray_bits_of(&self, services: &[Service], permit: bool) -> Bits {
        let whole = |s: &&Service| permit || s.destination == PortRange::ALL || s.protocol == Some(Protocol::Icmp);
        self.bits(services.iter().filter(whole), 2)
    }

    fn bits<'a>(&self, services: impl Iterator<Item = &'a Service>, which: usize) -> Bits {
        let mut bits = Bits::none(self.services.len());
        services.filter_map(|s| self.service_bits.get(s)).for_each(|all| bits.add(&all[which]));
        bits
    }

    /// Everything that can be sent from one class of addresses to another.
    pub(crate) fn between(&self, s: AddrClass, d: AddrClass) -> Bits {
        let mut all = self.all();
        for v4 in [s, d].into_iter().filter_map(|c| self.v4[c as usize]) {
            all.remove(&self.alien[usize::from(!v4)]);
        }
        all
    }

    /// Whether a session of `bits` has all of `own` that a session can have: ICMP of one family is enough, and only types
    /// that are answered.
    pub(crate) fn has_all(&self, bits: &Bits, own: &Bits) -> bool {
        let mut lacks = own.without(bits);
        lacks.remove(&self.icmp.without(&self.answered));
        for family in self.alien.iter().filter(|f| !bits.meets(f) && bits.meets(&self.icmp)) {
            lacks.remove(family);
        }
        lacks.is_empty()
    }

    pub(crate) fn all(&self) -> Bits {
        Bits::all(self.services.len())
    }

    pub(crate) fn none(&self) -> Bits {
        Bits::none(self.services.len())
    }

    /// The pieces of source and destination ports of a protocol, each with the class of its packets.
    pub(crate) fn pieces_of(&self, model: &Model, protocol: Protocol) -> Vec<(PortRange, PortRange, usize)> {
        let all: Vec<Service> = all_services(model).into_iter().collect();
        let fitting: Vec<&Service> = all.iter().filter(|s| s.protocol.is_none_or(|p| p == protocol)).collect();
        let signature = |cell| signature_of(&fitting, cell, self.cuts);
        let own = self.services.iter().enumerate().filter(|(_, c)| c.protocol == protocol);
        let classes: BTreeMap<_, usize> = own.map(|(i, c)| (signature(*c), i)).collect();
        let cells = cells_of(protocol, &fitting, self.cuts).into_iter();
        cells.filter_map(|(cell, s, d)| classes.get(&signature(cell)).map(|&i| (s, d, i))).collect()
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

/// Of so many sets, those in which some class lies otherwise than others.
fn telling(sets: &[Vec<(u32, Ternary)>], count: usize) -> Vec<bool> {
    let mut held: Vec<[usize; 2]> = vec![[0; 2]; count];
    for &(set, hit) in sets.iter().flatten() {
        held[set as usize][usize::from(hit == Ternary::Unknown)] += 1;
    }
    held.iter().map(|&[yes, unknown]| yes + unknown > 0 && yes != sets.len() && unknown != sets.len()).collect()
}

fn all_matches(model: &Model) -> Vec<AddrMatch> {
    let mut seen = BTreeSet::new();
    let mut list = Vec::new();
    let rules = model.transits.values().flat_map(|t| t.rules.iter().flatten());
    let from_rules = rules.flat_map(|r| [&r.source, &r.destination]);
    let routes = || model.transits.values().flat_map(|t| t.routes.iter().flatten());
    let from_routes =
        routes().map(|r| &r.to).chain(routes().filter_map(|r| r.when.as_ref()).flat_map(|w| [&w.source, &w.joined]));
    let from_nat = model.transits.values().flat_map(|t| &t.snat).filter_map(|n| n.from.as_ref());
    for m in from_rules.chain(from_routes).chain(from_nat) {
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

fn all_services(model: &Model) -> BTreeSet<Service> {
    let mut all = BTreeSet::from([Service::ANY]);
    for t in model.transits.values() {
        all.extend(t.rules.iter().flatten().flat_map(|r| &r.services).copied());
        all.extend(t.routes.iter().flatten().filter_map(|r| r.when.as_ref()).flat_map(|w| &w.services).copied());
        all.extend(t.dnat.iter().flat_map(ports::services_of));
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

/// Whether an answer to packets of a class, with the initiator's port left open, may belong to a service.
fn answers_from(s: &Service, c: &ServiceClass) -> bool {
    match c.protocol {
        Protocol::Tcp | Protocol::Udp => s.protocol.is_none_or(|p| p == c.protocol) && s.source.contains(c.destination),
        _ => s.contains_reply(c.protocol, c.source, c.destination),
    }
}

impl Cuts {
    fn of(model: &Model) -> Self {
        let filters = || model.transits.values().filter(|t| t.rules.is_some());
        let policies =
            || model.transits.values().flat_map(|t| t.routes.iter().flatten()).filter_map(|r| r.when.as_ref());
        Self {
            mirrored: filters().any(|t| !t.remembers())
                || policies()
                    .any(|w| w.services.iter().any(|s| *s != Service { protocol: s.protocol, ..Service::ANY })),
            strays: filters().any(Transit::remembers),
            translated: model.transits.values().flat_map(|t| &t.dnat).any(|n| n.inside_port.is_some()),
        }
    }
}

/// Cuts the ports of each protocol and merges cells that lie in the same services.
fn service_classes(model: &Model, cuts: Cuts) -> Vec<ServiceClass> {
    let services: Vec<Service> = all_services(model).into_iter().collect();
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
        let mut seen: BTreeMap<Signature, usize> = BTreeMap::new();
        for (cell, ..) in cells_of(protocol, &fitting, cuts) {
            match seen.get(&signature_of(&fitting, cell, cuts)) {
                None => {
                    seen.insert(signature_of(&fitting, cell, cuts), classes.len());
                    classes.push(cell);
                }
                Some(&i) if better(cell, classes[i]) => classes[i] = cell,
                Some(_) => {}
            }
        }
    }
    classes
}

/// The cells into which some services cut the packets of a protocol: one packet of each, its source and destination ports.
fn cells_of(protocol: Protocol, fitting: &[&Service], cuts: Cuts) -> Vec<(ServiceClass, PortRange, PortRange)> {
    let all = |source, destination| ServiceClass { protocol, source, destination };
    match protocol {
        Protocol::Other(_) => vec![(all(0, 0), PortRange::ALL, PortRange::ALL)],
        Protocol::Icmp => {
            let mut bounds: Vec<PortRange> = fitting.iter().map(|s| s.destination).collect();
            let types = (0..2 * ICMP_V6).filter(|&t| answer_ports(protocol, 0, t).is_some());
            bounds.extend(types.map(|t| PortRange { first: t, last: t }));
            // A bound that is named by its reply cuts the request, too.
            let reply = |t: u16| answer_ports(protocol, 0, t).map(|(_, r)| r);
            let requests = (0..2 * ICMP_V6).filter(|&t| reply(t).is_some_and(|r| bounds.iter().any(|b| b.contains(r))));
            let requests: Vec<u16> = requests.collect();
            bounds.extend(requests.into_iter().map(|t| PortRange { first: t, last: t }));
            bounds.extend([
                PortRange { first: 0, last: ICMP_V6 - 1 },
                PortRange { first: ICMP_V6, last: 2 * ICMP_V6 - 1 },
            ]);
            let pieces = port_cuts(&bounds).into_iter().filter(|p| p.first < 2 * ICMP_V6);
            pieces.map(|p| (all(0, p.first), PortRange::ALL, p)).collect()
        }
        Protocol::Tcp | Protocol::Udp => {
            let (sources, destinations) = cuts_of(fitting, cuts);
            let mut cells = Vec::new();
            for &destination in &destinations {
                for &source in &sources {
                    cells.push((all(usual_source(source), usual_destination(destination)), source, destination));
                }
            }
            cells
        }
    }
}

/// The pieces of source and destination ports that some services of one protocol tell apart.
fn cuts_of(fitting: &[&Service], cuts: Cuts) -> (Vec<PortRange>, Vec<PortRange>) {
    let mut sources: Vec<PortRange> = fitting.iter().map(|s| s.source).collect();
    let mut destinations: Vec<PortRange> = fitting.iter().map(|s| s.destination).collect();
    let own = sources.clone();
    if cuts.mirrored {
        sources.extend(&destinations);
    }
    if cuts.mirrored || cuts.strays {
        destinations.extend(own);
    }
    (port_cuts(&sources), port_cuts(&destinations))
}

/// What makes the class of a packet: in which services it and its replies lie, and what translation must not mix.
type Signature = (Vec<(bool, bool, bool)>, (bool, bool), u16);

fn signature_of(fitting: &[&Service], cell: ServiceClass, cuts: Cuts) -> Signature {
    let ServiceClass { protocol, source, destination } = cell;
    let lies = |s: &&Service| {
        let reply = (cuts.mirrored || !protocol.has_ports()) && s.contains_reply(protocol, source, destination);
        (s.contains(protocol, source, destination), reply, cuts.strays && answers_from(s, &cell))
    };
    let answered = answer_ports(protocol, source, destination).is_some();
    let v6 = protocol == Protocol::Icmp && destination >= ICMP_V6;
    // Each piece of source ports has its own representative.
    let piece = if cuts.translated && protocol.has_ports() { source } else { 0 };
    (fitting.iter().map(lies).collect(), (answered, v6), piece)
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
