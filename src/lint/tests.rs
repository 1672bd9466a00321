//! These tests catch: a rule called useless that decides something, and a
//! useless rule that is not noticed. The judge is enumeration: every packet
//! that can differ, with the rule and without it.

use std::net::IpAddr;

use super::filter::{Filter, Standing};
use super::needs::Needs;
use crate::model::{
    Action, Addr, AddrMatch, AddrRange, Communication, Declared, Face, FaceAddress, FaceId, Id, Kind, Limits, Model,
    Node, NodeId, PacketAddr, PacketState, PortRange, Protocol, Role, Rule, RuleState, Service, Ternary, Transit,
    TransitId, ZoneId, fits_family,
};
use crate::source::{Sources, Span};

mod published;

/// A small generator; the same numbers everywhere.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % n
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}

const ADDRESSES: usize = 6;

fn literal(i: usize) -> Addr {
    if i < ADDRESSES {
        IpAddr::from([10, 0, 0, i as u8]).into()
    } else {
        IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, i as u16]).into()
    }
}

fn range(dice: &mut Dice) -> AddrRange {
    if dice.one_in(8) {
        return AddrRange::single(literal(ADDRESSES));
    }
    let (a, b) = (dice.below(ADDRESSES - 1), dice.below(ADDRESSES - 1));
    AddrRange { first: literal(a.min(b)), last: literal(a.max(b)) }
}

fn some_match(dice: &mut Dice, faces: usize) -> AddrMatch {
    if dice.one_in(4) {
        return AddrMatch::any();
    }
    let mut m = AddrMatch::default();
    match dice.below(4) {
        0 => m.faces = vec![FaceId::new(dice.below(faces))],
        1 => m.named = vec![range(dice)],
        2 => m.literal = vec![range(dice)],
        _ => {
            m.literal = vec![range(dice)];
            m.faces = vec![FaceId::new(dice.below(faces))];
        }
    }
    m
}

fn some_services(dice: &mut Dice) -> Vec<Service> {
    let mut all = Vec::new();
    for _ in 0..=dice.below(2) {
        let (a, b) = (dice.below(3) as u16, dice.below(3) as u16);
        all.push(match dice.below(6) {
            4 => Service { protocol: Some(Protocol::Icmp), ..Service::ANY },
            5 => Service {
                protocol: Some(Protocol::Icmp),
                source: PortRange::ALL,
                destination: [8, 384].map(|t| PortRange { first: t, last: t })[dice.below(2)],
            },
            0 => Service::ANY,
            1 => Service { protocol: Some(Protocol::Tcp), ..Service::ANY },
            2 => Service {
                protocol: Some(Protocol::Tcp),
                source: PortRange::ALL,
                destination: PortRange { first: a.min(b), last: a.max(b) },
            },
            _ => Service {
                protocol: Some(Protocol::Udp),
                source: PortRange { first: 1, last: 1 },
                destination: PortRange { first: a.min(b), last: u16::MAX },
            },
        });
    }
    all
}

fn some_rule(dice: &mut Dice, faces: usize, zones: &[ZoneId], span: Span) -> Rule {
    let zone = |dice: &mut Dice| dice.one_in(5).then(|| zones[dice.below(zones.len())]);
    Rule {
        action: if dice.one_in(2) { Action::Permit } else { Action::Deny },
        source: some_match(dice, faces),
        destination: some_match(dice, faces),
        services: some_services(dice),
        state: [RuleState::Established, RuleState::New, RuleState::Invalid]
            .get(dice.below(12))
            .copied()
            .unwrap_or_default(),
        enters: zone(dice).into_iter().collect(),
        leaves: zone(dice).into_iter().collect(),
        text: String::new(),
        reason: None,
        span,
    }
}

struct Packet {
    source: PacketAddr,
    destination: PacketAddr,
    protocol: Protocol,
    ports: (u16, u16),
    enters: ZoneId,
    leaves: ZoneId,
    state: PacketState,
}

fn packets(model: &Model, transit: &Transit) -> Vec<Packet> {
    let mut addresses: Vec<PacketAddr> = (0..=ADDRESSES + 1).map(|i| PacketAddr::Literal(literal(i))).collect();
    addresses.extend(model.faces.ids().map(PacketAddr::Of));
    let mut services = vec![(Protocol::Other(99), (0, 0))];
    services.extend([0, 8, 256, 384].map(|slot| (Protocol::Icmp, (0, slot))));
    for destination in 0..4 {
        for source in 0..4 {
            services.push((Protocol::Tcp, (source, destination)));
            services.push((Protocol::Udp, (source, destination)));
        }
    }
    let mut all = Vec::new();
    for &source in &addresses {
        for &destination in addresses.iter().filter(|d| source.same_family(**d)) {
            for &(protocol, ports) in &services {
                for &enters in &transit.zones {
                    for &leaves in transit.zones.iter().filter(|&&z| z != enters) {
                        let other = if transit.remembers() { PacketState::Invalid } else { PacketState::Established };
                        for state in [PacketState::New, other] {
                            // Only TCP shows that a packet belongs to an open session.
                            let shows = state != PacketState::Established || protocol == Protocol::Tcp;
                            let of_family = [source, destination].iter().all(|a| match a {
                                PacketAddr::Literal(a) => fits_family(protocol, ports.1, a.is_v4()),
                                PacketAddr::Of(_) => true,
                            });
                            if shows && of_family {
                                all.push(Packet { source, destination, protocol, ports, enters, leaves, state });
                            }
                        }
                    }
                }
            }
        }
    }
    all
}

/// How certain it is that a rule fits a packet.
fn hit(model: &Model, rule: &Rule, p: &Packet) -> Ternary {
    let fits = rule.concerns(p.state, p.enters, p.leaves)
        && rule.services.iter().any(|s| s.contains(p.protocol, p.ports.0, p.ports.1));
    Ternary::from(fits)
        .and(rule.source.matches(p.source, &model.faces))
        .and(rule.destination.matches(p.destination, &model.faces))
}

/// The rule that decides, and whether the packet passes, as `docs/semantics.md` says.
fn decide(
    rules: &[Rule],
    hits: &[Ternary],
    default: Option<Action>,
    may: bool,
    without: Option<usize>,
) -> (Option<usize>, bool) {
    for (i, rule) in rules.iter().enumerate().filter(|(i, _)| Some(*i) != without) {
        let fits = match hits[i] {
            Ternary::Yes => true,
            Ternary::No => false,
            Ternary::Unknown => (rule.action == Action::Permit) == may,
        };
        if fits {
            return (Some(i), rule.action == Action::Permit);
        }
    }
    (None, default.map_or(may, |d| d == Action::Permit))
}

fn by_enumeration(model: &Model, transit: &Transit, rules: &[Rule], i: usize) -> &'static str {
    let (mut fits, mut decides, mut differs) = (false, false, false);
    for p in packets(model, transit) {
        let hits: Vec<Ternary> = rules.iter().map(|r| hit(model, r, &p)).collect();
        fits |= hits[i] != Ternary::No;
        for may in [true, false] {
            let (by, passes) = decide(rules, &hits, transit.default, may, None);
            decides |= by == Some(i);
            differs |= decide(rules, &hits, transit.default, may, Some(i)).1 != passes;
        }
    }
    match (fits, decides, differs) {
        (false, ..) => "fits nothing",
        (_, false, _) => "shadowed",
        (_, _, false) => "redundant",
        _ => "needed",
    }
}

fn model_and_transit(dice: &mut Dice, span: Span) -> (Model, Transit) {
    let mut model = Model::default();
    let zones: Vec<ZoneId> = (0..2 + dice.below(2)).map(ZoneId::new).collect();
    for address in [
        FaceAddress::Unknown,
        FaceAddress::Within(vec![AddrRange { first: literal(1), last: literal(3) }]),
        FaceAddress::Unknown,
    ] {
        model.faces.push(Face { node: NodeId::new(0), zone: Some(zones[0]), segment: None, address, gateway: None });
    }
    let transit = Transit {
        node: NodeId::new(0),
        zones,
        rules: None,
        default: [None, Some(Action::Permit), Some(Action::Deny)][dice.below(3)],
        default_assumption: None,
        stateful: dice.one_in(2),
        routes: None,
        one_way: None,
        dnat: Vec::new(),
        snat: Vec::new(),
        strays: None,
        strays_assumption: None,
        hairpin: None,
        hairpin_assumption: None,
        rules_see_outside: false,
        parts: None,
        labels: Vec::new(),
        mfa: None,
        span,
    };
    (model, transit)
}

#[test]
fn standing_is_what_enumeration_says() {
    let span = Span::new(Sources::new().add("t", "").expect("small"), 0..0);
    let mut seen = std::collections::BTreeMap::new();
    for seed in 1..=60u64 {
        let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let (model, transit) = model_and_transit(&mut dice, span);
        let count = 1 + dice.below(5);
        let rules: Vec<Rule> = (0..count).map(|_| some_rule(&mut dice, 3, &transit.zones, span)).collect();
        let filter = Filter::new(&model, &transit, &rules);
        for (i, standing) in filter.standings().into_iter().enumerate() {
            let found = match standing {
                Standing::Needed => "needed",
                Standing::FitsNothing => "fits nothing",
                Standing::Shadowed(by) => {
                    assert!(by.iter().all(|&j| j < i) && !by.is_empty(), "seed {seed}: {by:?}");
                    "shadowed"
                }
                Standing::Redundant => "redundant",
                Standing::Unknown => "unknown",
            };
            assert_eq!(
                found,
                by_enumeration(&model, &transit, &rules, i),
                "seed {seed} rule {i}: {rules:#?} {transit:#?}"
            );
            *seen.entry(found).or_insert(0) += 1;
        }
    }
    assert!(["needed", "fits nothing", "shadowed", "redundant"].iter().all(|k| seen.contains_key(k)), "{seen:?}");
}

/// A node with one attachment, of known address or not.
fn node(model: &mut Model, zone: ZoneId, address: FaceAddress, span: Span) -> NodeId {
    let node = NodeId::new(model.nodes.len());
    let face = FaceId::new(model.faces.len());
    model.faces.push(Face { node, zone: Some(zone), segment: None, address, gateway: None });
    model.nodes.push(Node {
        name: String::new(),
        label: String::new(),
        kind: Kind::Server,
        role: Role::Transit(TransitId::new(0)),
        count: 1,
        faces: vec![face],
        part_of: None,
        controls: Vec::new(),
        declared: Declared::default(),
        foreign: false,
        span,
    });
    node
}

fn some_communication(dice: &mut Dice, nodes: &[NodeId], span: Span) -> Communication {
    let mut some = || {
        let mut list: Vec<NodeId> = nodes.iter().copied().filter(|_| dice.one_in(2)).collect();
        list.sort_unstable();
        list
    };
    let (from, to) = (some(), some());
    Communication {
        name: String::new(),
        label: String::new(),
        from,
        to,
        services: some_services(dice),
        purpose: None,
        limits: Limits::default(),
        exchange: None,
        endorse: None,
        declass: None,
        span,
    }
}

/// Whether a communication uses a packet; to a device without memory, whether the packet answers one.
fn uses(model: &Model, c: &Communication, p: &Packet, remembers: bool) -> bool {
    let of = |nodes: &[NodeId], addr: PacketAddr| {
        nodes.iter().flat_map(|&n| &model.nodes[n].faces).any(|&f| match (&model.faces[f].address, addr) {
            (FaceAddress::Known(ranges), PacketAddr::Literal(a)) => ranges.iter().any(|r| r.contains(a)),
            (FaceAddress::Known(_), PacketAddr::Of(_)) => false,
            (_, addr) => addr == PacketAddr::Of(f),
        })
    };
    let (s, d) = p.ports;
    let forward = c.services.iter().any(|x| x.contains(p.protocol, s, d));
    let back = c.services.iter().any(|x| match p.protocol {
        Protocol::Icmp => x.protocol.is_none_or(|p| p == Protocol::Icmp),
        _ => x.contains(p.protocol, d, s),
    });
    forward && of(&c.from, p.source) && of(&c.to, p.destination)
        || !remembers && back && of(&c.to, p.source) && of(&c.from, p.destination)
}

#[test]
fn a_permit_is_wider_than_declared_exactly_if_some_packet_says_so() {
    let span = Span::new(Sources::new().add("t", "").expect("small"), 0..0);
    let mut seen = [0, 0];
    for seed in 1..=60u64 {
        let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let (mut model, transit) = model_and_transit(&mut dice, span);
        let known = |i| FaceAddress::Known(vec![AddrRange::single(literal(i))]);
        model.faces = crate::model::Table::default();
        let zone = transit.zones[0];
        let nodes: Vec<NodeId> = [FaceAddress::Unknown, known(0), known(1), known(2), known(ADDRESSES)]
            .into_iter()
            .map(|address| node(&mut model, zone, address, span))
            .collect();
        for _ in 0..=dice.below(2) {
            let c = some_communication(&mut dice, &nodes, span);
            model.communications.push(c);
        }
        let count = 1 + dice.below(3);
        // Each rule has a place of its own, by which a remark is known.
        let rules: Vec<Rule> = (0..count)
            .map(|i| Rule { span: Span::new(span.file, i..i), ..some_rule(&mut dice, 1, &transit.zones, span) })
            .collect();
        let filter = Filter::new(&model, &transit, &rules);
        let mut remarks = Vec::new();
        let unsettled = Needs::new(&model).remarks(&model, &transit, &rules, &filter, &mut remarks);
        assert_eq!(unsettled, 0);
        let (mut used, mut needless) = (vec![false; count], vec![false; count]);
        for p in packets(&model, &transit) {
            if matches!(p.source, PacketAddr::Of(f) if f.index() != 0)
                || matches!(p.destination, PacketAddr::Of(f) if f.index() != 0)
            {
                continue;
            }
            let hits: Vec<Ternary> = rules.iter().map(|r| hit(&model, r, &p)).collect();
            if let (Some(i), true) = decide(&rules, &hits, transit.default, false, None) {
                let declared = model.communications.values().any(|c| uses(&model, c, &p, transit.remembers()));
                used[i] |= declared;
                needless[i] |= !declared;
            }
        }
        for i in 0..count {
            let found = remarks.iter().any(|d| d.span().is_some_and(|s| s.start as usize == i));
            assert_eq!(found, used[i] && needless[i], "seed {seed} rule {i}: {rules:#?} {:#?}", model.communications);
            seen[usize::from(found)] += 1;
        }
    }
    assert!(seen[0] > 20 && seen[1] > 20, "{seen:?}");
}
