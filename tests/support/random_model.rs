//! Random models: small, so that rules, addresses and names collide often, and with everything a drawing can say.
//!
//! A model is made of a seed and of sizes. Every part draws from a stream of its own, so a smaller model of the same
//! seed is a part of the larger one and proptest can shrink the sizes; [`minimise`] does the rest.

#![allow(dead_code, unreachable_pub, reason = "every test file uses its own part of it")]

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, Ipv6Addr};

use proptest::prelude::*;
use sekisho::diagnostic::Text;
use sekisho::model::*;
use sekisho::source::{Sources, Span};

use super::situations::{self, Arranged};

/// How many of everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// Segments, at least one.
    pub segments: usize,
    /// Zones, at least one.
    pub zones: usize,
    /// Endpoints.
    pub endpoints: usize,
    /// Mediators.
    pub mediators: usize,
    /// Transit devices (none if there is only one zone).
    pub devices: usize,
    /// Relations, at most.
    pub relations: usize,
    /// Declared communications.
    pub communications: usize,
    /// Permits.
    pub permits: usize,
    /// Checks.
    pub checks: usize,
}

impl Sizes {
    /// Sizes drawn from a seed.
    pub fn random(seed: u64) -> Self {
        let mut r = Random::new(seed, "sizes", 0);
        Self {
            segments: 1 + r.below(4),
            zones: r.pick(&[1, 2, 3, 3, 4, 4, 5, 5]),
            endpoints: 2 + r.below(7),
            mediators: r.below(4),
            devices: r.below(5),
            relations: r.below(4),
            communications: r.below(3),
            permits: r.below(9),
            checks: 3 + r.below(3),
        }
    }
}

/// The model of a seed.
pub fn random_model(seed: u64) -> Model {
    sized_model(seed, Sizes::random(seed))
}

/// Random models for proptest; shrinks by leaving out parts.
pub fn models() -> impl Strategy<Value = Model> {
    let sizes = (1..=4_usize, 1..=5_usize, 2..=8_usize, 0..=3_usize, 0..=4_usize);
    let rest = (0..=3_usize, 0..=2_usize, 0..=8_usize, 1..=5_usize);
    let seed = any::<u64>().no_shrink();
    (seed, sizes, rest).prop_map(|(seed, (segments, zones, endpoints, mediators, devices), rest)| {
        let (relations, communications, permits, checks) = rest;
        let sizes =
            Sizes { segments, zones, endpoints, mediators, devices, relations, communications, permits, checks };
        sized_model(seed, sizes)
    })
}

/// The model of a seed with given sizes.
pub fn sized_model(seed: u64, sizes: Sizes) -> Model {
    let file = Sources::new().add("random", "").expect("an empty text is not too large");
    let mut maker = Maker {
        seed,
        sizes,
        span: Span::new(file, 0..0),
        model: Model::default(),
        used: vec![0; sizes.zones],
        strict: Random::new(seed, "strict", 0).chance(60),
        arranged: None,
    };
    maker.make();
    maker.model
}

/// A stream of numbers (splitmix64).
pub struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64, part: &str, index: usize) -> Self {
        let mix = |h: u64, b: u64| (h ^ b).wrapping_mul(0x0100_0000_01b3);
        let start = part.bytes().fold(seed ^ 0xcbf2_9ce4_8422_2325, |h, b| mix(h, u64::from(b)));
        let mut stream = Self(mix(start, index as u64));
        stream.next();
        stream
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `n`; 0 if `n` is.
    pub(super) fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    /// True so many times in a hundred.
    pub(super) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(super) fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    /// Up to `most` of them, sorted, distinct.
    fn some<T: Copy + Ord>(&mut self, of: &[T], most: usize) -> Vec<T> {
        let count = self.below(most + 1).min(of.len());
        let chosen: BTreeSet<T> = (0..count).map(|_| self.pick(of)).collect();
        chosen.into_iter().collect()
    }
}

const LABELS: [&str; 3] = ["screen", "cdr", "psc"];

struct Maker {
    seed: u64,
    sizes: Sizes,
    span: Span,
    model: Model,
    /// Addresses used up in each zone.
    used: Vec<u8>,
    /// Whether little is permitted; otherwise rules are anything.
    strict: bool,
    /// What was arranged.
    arranged: Option<Arranged>,
}

impl Maker {
    fn stream(&self, part: &str, index: usize) -> Random {
        Random::new(self.seed, part, index)
    }

    fn make(&mut self) {
        self.model.name = format!("random {} {:?}", self.seed, self.sizes);
        for label in LABELS {
            self.model.labels.push(label.to_owned());
        }
        self.segments();
        self.zones();
        // Both orders, because ties are broken by declared order.
        if self.stream("order", 0).chance(50) {
            self.mediators();
            self.endpoints();
        } else {
            self.endpoints();
            self.mediators();
        }
        self.arranged = situations::placed(&mut self.stream("situation", 0), &mut self.model, self.sizes.devices);
        self.devices();
        if let Some(arranged) = self.arranged {
            situations::arrange(&mut self.stream("situation", 1), &mut self.model, arranged, self.span);
        }
        self.relations();
        self.communications();
        self.permits();
        self.checks();
    }

    fn segments(&mut self) {
        for i in 0..self.sizes.segments {
            let layers = [Layer::MyNumber, Layer::Lgwan, Layer::Internet, Layer::Outside];
            let name = format!("s{i}");
            let (label, layer, span) = (name.clone(), layers[i % 4], self.span);
            self.model.segments.push(Segment { name, label, layer, body: None, cloud: false, foreign: false, span });
        }
    }

    fn zones(&mut self) {
        for i in 0..self.sizes.zones {
            let mut r = self.stream("zone", i);
            let segments: Vec<_> = self.model.segments.ids().collect();
            let name = format!("z{i}");
            let binding = r.chance(50).then(|| self.guard(&format!("bind@{name}")));
            self.model.zones.push(Zone {
                label: name.clone(),
                name,
                segment: r.chance(75).then(|| r.pick(&segments)),
                broadcast: r.chance(80),
                binding,
                patched: r.chance(12).then_some(0),
                client_isolation: r.chance(15),
                wireless: r.chance(10),
                security: None,
                addresses: Vec::new(),
                span: self.span,
            });
        }
    }

    fn guard(&mut self, name: &str) -> GuardId {
        let known = self.model.guards.iter().find(|(_, g)| g.name == name).map(|(id, _)| id);
        known.unwrap_or_else(|| self.model.guards.push(Guard { name: name.to_owned(), span: Some(self.span) }))
    }

    fn assume(&mut self, text: &str) -> AssumptionId {
        self.model.assumptions.push(Assumption { text: Text::new(text, text), span: None })
    }

    /// All nodes there will be, devices included.
    fn all_nodes(&self) -> Vec<NodeId> {
        (0..self.sizes.endpoints + self.sizes.mediators).map(NodeId::new).collect()
    }

    fn clients(&self, r: &mut Random, percent: usize) -> Option<Vec<NodeId>> {
        r.chance(percent).then(|| r.some(&self.all_nodes(), 6))
    }

    fn push_node(&mut self, name: String, kind: Kind, role: Role, faces: Vec<FaceId>) -> NodeId {
        let (label, part_of, controls, span) = (name.clone(), None, Vec::new(), self.span);
        self.model.nodes.push(Node {
            name,
            label,
            kind,
            role,
            count: 1,
            faces,
            part_of,
            controls,
            declared: sekisho::model::Declared::default(),
            foreign: false,
            span,
        })
    }

    fn push_face(&mut self, r: &mut Random, endpoint: bool) -> FaceId {
        let node = NodeId::new(self.model.nodes.len());
        let segments: Vec<_> = self.model.segments.ids().collect();
        let zone = (!r.chance(8)).then(|| ZoneId::new(r.below(self.sizes.zones)));
        let of_zone = zone.and_then(|z| self.model.zones[z].segment).filter(|_| r.chance(75));
        let segment = endpoint.then(|| of_zone.unwrap_or_else(|| r.pick(&segments)));
        let address = zone.map_or(FaceAddress::Unknown, |z| self.address(r, z));
        self.model.faces.push(Face { node, zone, segment, address, gateway: None })
    }

    /// The networks of a zone; the last of four zones repeats the numbers of the first.
    fn networks(zone: ZoneId) -> [AddrRange; 2] {
        let n = zone.index() as u8 % 4;
        [v4(n, 0, 255), v6(u16::from(n), 0, 0xffff)]
    }

    fn address(&mut self, r: &mut Random, zone: ZoneId) -> FaceAddress {
        let n = zone.index() as u8 % 4;
        self.used[zone.index()] += 1;
        let k = self.used[zone.index()];
        let one4 = v4(n, k, k);
        let some4 = v4(n, 64 + 4 * k, 64 + 4 * k + 3);
        let one6 = v6(u16::from(n), u16::from(k), u16::from(k));
        let [net4, net6] = Self::networks(zone);
        match r.below(14) {
            0..=4 => FaceAddress::Known(vec![one4]),
            5 => FaceAddress::Known(vec![some4]),
            6 => FaceAddress::Known(vec![one4, some4]),
            7 => FaceAddress::Known(vec![one6]),
            8 => FaceAddress::Known(sorted(vec![one4, one6])),
            9 | 10 => FaceAddress::Within(vec![net4]),
            11 => FaceAddress::Within(sorted(vec![net4, net6])),
            _ => FaceAddress::Unknown,
        }
    }

    fn services(r: &mut Random, most: usize) -> Vec<Service> {
        (0..=r.below(most)).map(|_| service(r)).collect()
    }

    fn listens(r: &mut Random) -> Option<Vec<Service>> {
        let empty = r.chance(5);
        r.chance(40).then(|| if empty { Vec::new() } else { Self::services(r, 2) })
    }

    fn endpoints(&mut self) {
        for i in 0..self.sizes.endpoints {
            let mut r = self.stream("endpoint", i);
            let behaviour = match r.below(10) {
                0..=6 => Behaviour::Host,
                7 | 8 => Behaviour::Store,
                _ => Behaviour::Sink,
            };
            let face_count = [1, 1, 1, 1, 1, 1, 2, 2, 2, 3][r.below(10)];
            let faces: Vec<_> = (0..face_count).map(|_| self.push_face(&mut r, true)).collect();
            let isolation = (face_count > 1 && r.chance(40)).then(|| self.guard(&format!("isolation@e{i}")));
            let edr: BTreeSet<GuardId> = match r.below(10) {
                0..=2 => BTreeSet::from([self.guard(&format!("edr@e{i}"))]),
                3 => BTreeSet::from([self.guard("edr@product")]),
                4 => BTreeSet::from([self.guard("edr@product"), self.guard(&format!("edr@e{i}"))]),
                _ => BTreeSet::new(),
            };
            let endpoint = Endpoint {
                behaviour,
                listens: Self::listens(&mut r),
                clients: self.clients(&mut r, 25),
                outbound: r.chance(85),
                isolation,
                edr: edr.into_iter().collect(),
            };
            self.push_node(format!("e{i}"), Kind::Server, Role::Endpoint(endpoint), faces);
        }
    }

    fn mediators(&mut self) {
        for i in 0..self.sizes.mediators {
            let mut r = self.stream("mediator", i);
            let side_count = [1, 2, 2, 2, 2, 3][r.below(6)];
            let faces: Vec<_> = (0..side_count).map(|_| self.push_face(&mut r, false)).collect();
            let mut transforms = Vec::new();
            for n in 0..r.below(6) {
                let takes = r.pick(&[
                    Carrier::Req,
                    Carrier::Req,
                    Carrier::Req,
                    Carrier::Rsp,
                    Carrier::Rsp,
                    Carrier::Raw,
                    Carrier::Key,
                    Carrier::Txt,
                ]);
                let gives = if r.chance(50) { takes } else { r.pick(&Carrier::ALL[1..]) };
                let way = r.pick(&[Way::Both, Way::Opens, Way::Answers]);
                let guards = if r.chance(35) { vec![self.guard(&format!("cdr@m{i}"))] } else { Vec::new() };
                let assumption = r.chance(15).then(|| self.assume(&format!("m{i} transform {n}")));
                transforms.push(Transform {
                    takes: (r.pick(&faces), takes),
                    gives: (r.pick(&faces), gives, way),
                    guards,
                    assumption,
                    reason: Text::new("random", "random"),
                });
            }
            let labels = self.random_labels(&mut r, 2);
            let mediator = Mediator {
                sides: (0..side_count).map(|n| format!("side{n}")).collect(),
                transforms,
                labels,
                listens: Self::listens(&mut r),
                clients: self.clients(&mut r, 15),
                servers: self.clients(&mut r, 15),
            };
            self.push_node(format!("m{i}"), Kind::Mediator, Role::Mediator(mediator), faces);
        }
    }

    fn random_labels(&self, r: &mut Random, most: usize) -> Vec<LabelId> {
        r.some(&self.model.labels.ids().collect::<Vec<_>>(), most)
    }

    fn devices(&mut self) {
        let zones: Vec<ZoneId> = self.model.zones.ids().collect();
        for i in 0..if zones.len() > 1 { self.sizes.devices } else { 0 } {
            let mut r = self.stream("device", i);
            let mut joined = Vec::new();
            let most = 2 + usize::from(r.chance(30));
            while joined.len() < most.min(zones.len()) {
                let zone = r.pick(&zones);
                if !joined.contains(&zone) {
                    joined.push(zone);
                }
            }
            let node = self.push_node(
                format!("d{i}"),
                Kind::Firewall,
                Role::Transit(TransitId::new(self.model.transits.len())),
                Vec::new(),
            );
            let device = self.device(&mut r, i, node, joined);
            self.model.transits.push(device);
        }
        // A host that forwards is a device too.
        let forwards: Vec<_> = self
            .model
            .nodes
            .iter()
            .filter(|(id, n)| matches!(n.role, Role::Endpoint(_)) && self.stream("forwards", id.index()).chance(10))
            .map(|(id, n)| (id, n.faces.iter().filter_map(|&f| self.model.faces[f].zone).collect::<BTreeSet<_>>()))
            .filter(|(_, zones)| zones.len() > 1)
            .collect();
        for (node, zones) in forwards {
            let mut r = self.stream("forwarder", node.index());
            let mut device = self.device(&mut r, 100 + node.index(), node, zones.into_iter().collect());
            (device.rules, device.default, device.default_assumption) = (None, None, None);
            self.model.transits.push(device);
        }
        self.handovers();
    }

    /// Some routes name the device that is handed the packet.
    fn handovers(&mut self) {
        let joins: Vec<(TransitId, Vec<ZoneId>)> =
            self.model.transits.iter().map(|(id, t)| (id, t.zones.clone())).collect();
        for (i, t) in self.model.transits.values_mut().enumerate() {
            let id = TransitId::new(i);
            let mut r = Random::new(self.seed, "handover", id.index());
            for route in t.routes.iter_mut().flatten() {
                let there = |j: &&(TransitId, Vec<ZoneId>)| j.0 != id && route.via.is_some_and(|z| j.1.contains(&z));
                let others: Vec<TransitId> = joins.iter().filter(there).map(|j| j.0).collect();
                route.next = (!others.is_empty() && r.chance(12)).then(|| r.pick(&others));
            }
        }
    }

    fn device(&mut self, r: &mut Random, i: usize, node: NodeId, zones: Vec<ZoneId>) -> Transit {
        let rules = r.chance(if self.strict { 98 } else { 75 });
        let rules = rules.then(|| (0..r.below(5)).map(|_| self.rule(r, &zones)).collect::<Vec<_>>());
        let default = if self.strict || r.chance(60) { Some(Action::Deny) } else { Some(Action::Permit) };
        let default = default.filter(|_| rules.is_some() && !r.chance(15));
        let open = rules.is_some() && default.is_none();
        let default_assumption = open.then(|| self.assume(&format!("default of device {i}")));
        let enrolled = r.some(&self.all_nodes(), 3);
        let mfa = r.chance(15).then(|| MfaGate { guard: self.guard(&format!("mfa@d{i}")), enrolled });
        let one_way = r.chance(10).then(|| {
            let from = r.below(zones.len());
            (zones[from], zones[(from + 1) % zones.len()])
        });
        Transit {
            node,
            rules,
            default,
            default_assumption,
            stateful: r.chance(60),
            strays: r.chance(50).then(|| if r.chance(50) { Strays::Drop } else { Strays::AsRules }),
            strays_assumption: None,
            hairpin: self.stream("hairpin", i).pick(&[None, Some(Hairpin::Forward), Some(Hairpin::Drop)]),
            hairpin_assumption: None,
            rules_see_outside: r.chance(20),
            parts: r.chance(12).then(|| zones.iter().map(|_| r.below(2) as u32).collect()),
            routes: r.chance(40).then(|| self.routes(r, &zones)),
            one_way,
            dnat: if r.chance(20) { self.dnat(r, &zones) } else { Vec::new() },
            snat: if r.chance(15) { self.snat(r, &zones) } else { Vec::new() },
            labels: self.random_labels(r, 1),
            mfa,
            span: self.span,
            zones,
        }
    }

    fn rule(&self, r: &mut Random, zones: &[ZoneId]) -> Rule {
        Rule {
            action: if r.chance(60) { Action::Permit } else { Action::Deny },
            source: self.addresses(r),
            destination: self.addresses(r),
            services: Self::services(r, 2),
            state: if r.chance(30) {
                r.pick(&[RuleState::Established, RuleState::Established, RuleState::New, RuleState::Invalid])
            } else {
                RuleState::Any
            },
            enters: if r.chance(15) { r.some(zones, 2) } else { Vec::new() },
            leaves: if r.chance(15) { r.some(zones, 2) } else { Vec::new() },
            text: "random".to_owned(),
            reason: None,
            span: self.span,
        }
    }

    /// What a rule or route is compared with: everything, numbers, named things, or a mixture.
    fn addresses(&self, r: &mut Random) -> AddrMatch {
        if r.chance(if self.strict { 10 } else { 30 }) {
            return AddrMatch::any();
        }
        let mut set = AddrMatch { text: "random".to_owned(), ..AddrMatch::default() };
        for _ in 0..=r.below(2) {
            let zone = ZoneId::new(r.below(self.sizes.zones));
            let face = r.pick(&self.model.faces.ids().collect::<Vec<_>>());
            let [net4, net6] = Self::networks(zone);
            match (r.below(8), &self.model.faces[face].address) {
                (0, _) => set.literal.push(net4),
                (1, _) => set.literal.push(net6),
                (2, _) => set.literal.push(v4(zone.index() as u8 % 4, 0, 4)),
                (3, _) => set.literal.push(all4()),
                (4, FaceAddress::Known(ranges)) => set.literal.extend(ranges),
                (_, FaceAddress::Known(ranges)) => set.named.extend(ranges),
                (_, FaceAddress::Within(_) | FaceAddress::Unknown) => set.faces.push(face),
            }
        }
        set.faces.sort_unstable();
        set.faces.dedup();
        set.literal = disjoint(set.literal);
        set.named = disjoint(set.named);
        set
    }

    fn routes(&self, r: &mut Random, zones: &[ZoneId]) -> Vec<Route> {
        let mut routes = Vec::new();
        let route =
            |to, prefix_len, via| Route { to, prefix_len, via: Some(via), next: None, when: None, span: self.span };
        for zone in self.model.zones.ids() {
            let near = zones.contains(&zone) && r.chance(90);
            let [net4, net6] = Self::networks(zone);
            for (net, len) in [(net4, 24), (net6, 112)] {
                if r.chance(80) {
                    let to = AddrMatch { literal: vec![net], text: net.to_string(), ..AddrMatch::default() };
                    routes.push(route(to, len, if near { zone } else { r.pick(zones) }));
                }
            }
        }
        for _ in 0..r.below(3) {
            let face = r.pick(&self.model.faces.ids().collect::<Vec<_>>());
            let mut to = AddrMatch { text: "named".to_owned(), ..AddrMatch::default() };
            match &self.model.faces[face].address {
                FaceAddress::Known(ranges) => to.named.extend(ranges),
                FaceAddress::Within(_) | FaceAddress::Unknown => to.faces.push(face),
            }
            routes.push(route(to, 128, r.pick(zones)));
        }
        if r.chance(40) {
            routes.push(route(AddrMatch::any(), 0, r.pick(zones)));
        }
        if r.chance(15) {
            // Policy routes alone, or before the table.
            if r.chance(20) {
                routes.clear();
            }
            for _ in 0..=r.below(2) {
                let when = RouteWhen {
                    source: self.addresses(r),
                    enters: if r.chance(40) { r.some(zones, 2) } else { Vec::new() },
                    services: Self::services(r, 1),
                    joined: if r.chance(30) { self.addresses(r) } else { AddrMatch::default() },
                };
                routes.insert(0, Route { when: Some(when), ..route(self.addresses(r), 0, r.pick(zones)) });
            }
        }
        for route in &mut routes {
            if r.chance(4) {
                route.via = None;
            }
        }
        routes
    }

    fn dnat(&self, r: &mut Random, zones: &[ZoneId]) -> Vec<Dnat> {
        let mut all: Vec<Dnat> = Vec::new();
        for n in 0..=r.below(2) {
            let face = r.pick(&self.model.faces.ids().collect::<Vec<_>>());
            let Some(zone) = self.model.faces[face].zone.filter(|z| zones.contains(z)) else { continue };
            let inside = match &self.model.faces[face].address {
                FaceAddress::Known(ranges) => PacketAddr::Literal(r.pick(ranges).first),
                FaceAddress::Within(_) | FaceAddress::Unknown => PacketAddr::Of(face),
            };
            let outside = v4(r.below(4) as u8, 250 + n as u8, 250).first;
            if !all.iter().any(|d| d.outside == outside && d.zone == Some(zone)) {
                let ports = r.chance(35).then(|| {
                    let first = r.pick(&[80, 443, 8080]);
                    (r.pick(&[Protocol::Tcp, Protocol::Tcp, Protocol::Udp]), PortRange { first, last: first })
                });
                let inside_port = ports.filter(|_| r.chance(60)).map(|_| r.pick(&[80, 443, 22]));
                let zone = (!r.chance(15)).then_some(zone);
                all.push(Dnat { outside, ports, inside, inside_port, zone, span: self.span });
            }
        }
        all
    }

    fn snat(&self, r: &mut Random, zones: &[ZoneId]) -> Vec<Snat> {
        let zone = r.pick(zones);
        let taken = self.model.faces.values().find_map(|f| match &f.address {
            FaceAddress::Known(ranges) if ranges[0].first.is_v4() => Some(ranges[0].first),
            _ => None,
        });
        let fresh = v4(9, 9, 9).first;
        let source = taken.filter(|_| r.chance(20)).unwrap_or(fresh);
        let from = r.chance(30).then(|| self.addresses(r));
        vec![Snat { source, zone, from }]
    }

    fn relations(&mut self) {
        let endpoints = self.endpoint_faces();
        let sides: Vec<_> = self.model.faces.ids().filter(|f| !endpoints.contains(f)).collect();
        for i in 0..self.sizes.relations {
            let mut r = self.stream("relation", i);
            let (u, v) = (r.pick(&endpoints), r.pick(&endpoints));
            let kind = if sides.is_empty() { r.below(2) } else { r.below(4) };
            let (from, to) = match kind {
                0 => (Fact::holds(u, Carrier::Own), Fact::arrives(v, Carrier::Ctl)),
                1 => (Fact::holds(u, Carrier::Raw), Fact::arrives(v, r.pick(&[Carrier::Raw, Carrier::Req]))),
                2 => {
                    let kept = r.pick(&[Carrier::Own, Carrier::Own, Carrier::Raw]);
                    (Fact::holds(u, kept), Fact::arrives(r.pick(&sides), Carrier::Raw))
                }
                _ => {
                    let side = r.pick(&sides);
                    let given: Vec<_> = self.gives(side);
                    let (k, way) = if given.is_empty() { (Carrier::Raw, Way::Both) } else { r.pick(&given) };
                    (Fact::leaves(side, k, way), Fact::arrives(v, k))
                }
            };
            let guards = if r.chance(30) { vec![self.guard(&format!("vmiso@r{}", i % 2))] } else { Vec::new() };
            let assumption = r.chance(20).then(|| self.assume(&format!("relation {i}")));
            let labels = if r.chance(15) { self.random_labels(&mut r, 1) } else { Vec::new() };
            let (reason, span) = (Text::new("random", "random"), self.span);
            self.model.relations.push(Relation { from, to, guards, labels, assumption, reason, span, detour: None });
        }
    }

    fn gives(&self, side: FaceId) -> Vec<(Carrier, Way)> {
        let of = |m: &Mediator| {
            let from_here = m.transforms.iter().filter(|t| t.gives.0 == side);
            from_here.map(|t| (t.gives.1, t.gives.2)).collect()
        };
        self.model.mediator_of(side).map(of).unwrap_or_default()
    }

    fn endpoint_faces(&self) -> Vec<FaceId> {
        self.model.faces.iter().filter(|(_, f)| f.segment.is_some()).map(|(id, _)| id).collect()
    }

    fn communications(&mut self) {
        for i in 0..self.sizes.communications {
            let mut r = self.stream("communication", i);
            let nodes = self.all_nodes();
            let communication = Communication {
                name: format!("c{i}"),
                label: format!("c{i}"),
                from: r.some(&nodes, 4),
                to: r.some(&nodes, 4),
                services: Self::services(&mut r, 2),
                purpose: None,
                limits: Limits::default(),
                exchange: None,
                endorse: r.chance(70).then(|| self.guard(&format!("endorse@c{i}"))),
                declass: r.chance(70).then(|| self.guard(&format!("declass@c{i}"))),
                span: self.span,
            };
            self.model.communications.push(communication);
        }
    }

    fn permits(&mut self) {
        let segments: Vec<_> = self.model.segments.ids().collect();
        for i in 0..self.sizes.permits {
            let mut r = self.stream("permit", i);
            let common = [Carrier::Req, Carrier::Rsp, Carrier::Own];
            let permit = Permit {
                from: r.pick(&segments),
                to: r.pick(&segments),
                from_nodes: self.clients(&mut r, 20),
                to_nodes: self.clients(&mut r, 20),
                carrier: if r.chance(60) { r.pick(&common) } else { r.pick(&Carrier::ALL) },
                services: r.chance(30).then(|| Self::services(&mut r, 2)),
                via: self.random_labels(&mut r, 2),
                avoids: if r.chance(30) { self.random_labels(&mut r, 1) } else { Vec::new() },
                origin: Text::new("random", "random"),
                span: None,
            };
            self.model.permits.push(permit);
        }
    }

    fn checks(&mut self) {
        let segments: Vec<_> = self.model.segments.ids().collect();
        let faces = self.endpoint_faces();
        for i in 0..self.sizes.checks {
            let mut r = self.stream("check", i);
            // Mostly from one network to others: within one there is little to decide.
            let here = self.model.faces[r.pick(&faces)].zone;
            let apart = r.chance(70);
            let near: Vec<_> = faces.iter().copied().filter(|&f| !apart || self.model.faces[f].zone == here).collect();
            let far: Vec<_> = faces.iter().copied().filter(|&f| !apart || self.model.faces[f].zone != here).collect();
            let (mut from, mut to) = (r.some(&near, 3), r.some(&far, 3));
            // Mostly something is asked.
            if from.is_empty() && r.chance(90) {
                from.push(r.pick(&near));
            }
            if to.is_empty() && r.chance(90) {
                to.extend(far.first());
            }
            let layers: BTreeSet<_> = faces.iter().filter_map(|&f| self.model.faces[f].segment).collect();
            let used: Vec<_> = if r.chance(90) { layers.into_iter().collect() } else { segments.clone() };
            let question = match r.below(7) {
                0 | 1 if used.len() > 1 => {
                    let from = r.pick(&used);
                    let others: Vec<_> = used.iter().copied().filter(|&s| s != from).collect();
                    Question::Matrix { from, to: r.pick(&others) }
                }
                2 | 3 => Question::Forbid { lens: Lens::Attack, from, to, eyes: false },
                4 => Question::Forbid { lens: Lens::Leak, from, to, eyes: r.chance(40) },
                _ => {
                    let common = [Carrier::Req, Carrier::Req, Carrier::Rsp];
                    let carrier = if r.chance(70) { r.pick(&common) } else { r.pick(&Carrier::ALL) };
                    let via = if r.chance(30) { self.random_labels(&mut r, 1) } else { Vec::new() };
                    from.truncate(1 + r.below(2));
                    if r.chance(60) {
                        to = r.some(&faces, 5);
                    }
                    Question::Require { from, to, carrier, via }
                }
            };
            self.model.checks.push(Check { name: format!("check {i}"), question, span: None });
        }
        for question in self.arranged.map(situations::questions).into_iter().flatten() {
            self.model.checks.push(Check { name: "arranged".to_owned(), question, span: None });
        }
    }
}

/// One of a few services, so that they meet.
fn service(r: &mut Random) -> Service {
    let port = |p| PortRange { first: p, last: p };
    let tcp = Service { protocol: Some(Protocol::Tcp), ..Service::ANY };
    let udp = Service { protocol: Some(Protocol::Udp), ..Service::ANY };
    match r.below(12) {
        0 | 1 => Service::ANY,
        2..=4 => tcp,
        5 => Service { destination: port(443), ..tcp },
        6 => Service { destination: PortRange { first: 80, last: 500 }, ..tcp },
        7 => Service { source: port(443), ..tcp },
        8 => udp,
        9 => Service { source: PortRange { first: 1024, last: u16::MAX }, destination: port(53), ..udp },
        10 if r.chance(50) => {
            let slot = r.pick(&[8, 0, 3, ICMP_V6 + 128, ICMP_V6 + 1]);
            Service { protocol: Some(Protocol::Icmp), destination: port(slot), ..Service::ANY }
        }
        10 => Service { protocol: Some(Protocol::Icmp), ..Service::ANY },
        _ => Service { protocol: Some(Protocol::Other(50)), ..Service::ANY },
    }
}

fn v4(network: u8, first: u8, last: u8) -> AddrRange {
    let at = |host| Addr::from(std::net::IpAddr::V4(Ipv4Addr::new(10, network, 0, host)));
    AddrRange { first: at(first), last: at(last) }
}

fn v6(network: u16, first: u16, last: u16) -> AddrRange {
    let at = |host| Addr::from(std::net::IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, network, 0, 0, 0, 0, host)));
    AddrRange { first: at(first), last: at(last) }
}

fn all4() -> AddrRange {
    let at = |bits| Addr::from(std::net::IpAddr::V4(Ipv4Addr::from_bits(bits)));
    AddrRange { first: at(0), last: at(u32::MAX) }
}

fn sorted(mut ranges: Vec<AddrRange>) -> Vec<AddrRange> {
    ranges.sort_unstable();
    ranges
}

/// Sorted; of ranges that overlap, the first.
fn disjoint(ranges: Vec<AddrRange>) -> Vec<AddrRange> {
    let mut out: Vec<AddrRange> = Vec::new();
    for range in sorted(ranges) {
        if !out.iter().any(|other| other.overlaps(range)) {
            out.push(range);
        }
    }
    out
}

/// The smallest model on the way from `model` down for which `fails` still says yes: parts are left out one by one.
///
/// Nodes stay (ids would move), but they lose their networks, services, rules and steps.
pub fn minimise(model: Model, fails: impl Fn(&Model) -> bool) -> Model {
    // What is written shorter is smaller: so it ends.
    let size = |m: &Model| format!("{m:?}").len();
    let mut best = model;
    loop {
        let smaller = simplifications(&best).into_iter().find(|m| size(m) < size(&best) && fails(m));
        match smaller {
            Some(m) => best = m,
            None => return best,
        }
    }
}

/// Models that each lack one part of this one.
fn simplifications(model: &Model) -> Vec<Model> {
    let mut out: Vec<Model> = Vec::new();
    let mut with = |change: &dyn Fn(&mut Model)| {
        let mut m = model.clone();
        change(&mut m);
        if m != *model {
            out.push(m);
        }
    };
    if model.checks.len() > 1 {
        for check in model.checks.values() {
            with(&|m| m.checks = std::iter::once(check.clone()).collect());
        }
    }
    for (id, check) in model.checks.iter() {
        let Question::Forbid { lens, from, to, eyes } = &check.question else { continue };
        for (n, list) in [from, to].into_iter().enumerate() {
            for left_out in list {
                let fewer: Vec<FaceId> = list.iter().copied().filter(|f| f != left_out).collect();
                let (from, to) = if n == 0 { (fewer, to.clone()) } else { (from.clone(), fewer) };
                with(&|m| {
                    let (from, to) = (from.clone(), to.clone());
                    m.checks[id].question = Question::Forbid { lens: *lens, from, to, eyes: *eyes };
                });
            }
        }
    }
    for id in model.transits.ids() {
        let rules = model.transits[id].rules.as_ref().map_or(0, Vec::len);
        with(&|m| m.transits[id] = Transit { zones: Vec::new(), rules: None, routes: None, ..m.transits[id].clone() });
        with(&|m| m.transits[id].rules = None);
        for i in 0..rules {
            with(&|m| {
                let rules = m.transits[id].rules.as_mut();
                rules.map(|r| r.remove(i));
            });
            with(&|m| each_rule(m, id, i, |r| r.source = AddrMatch::any()));
            with(&|m| each_rule(m, id, i, |r| r.destination = AddrMatch::any()));
            with(&|m| each_rule(m, id, i, |r| r.services = vec![Service::ANY]));
            with(&|m| each_rule(m, id, i, |r| r.services.truncate(1)));
            with(&|m| each_rule(m, id, i, |r| r.state = RuleState::Any));
            with(&|m| each_rule(m, id, i, |r| (r.enters, r.leaves) = (Vec::new(), Vec::new())));
        }
        for i in 0..model.transits[id].routes.as_ref().map_or(0, Vec::len) {
            with(&|m| {
                let routes = m.transits[id].routes.as_mut();
                routes.map(|r| r.remove(i));
            });
        }
        with(&|m| m.transits[id].routes = None);
        with(&|m| m.transits[id].routes.iter_mut().flatten().for_each(|r| r.next = None));
        with(&|m| m.transits[id].routes.iter_mut().flatten().for_each(|r| r.when = None));
        with(&|m| m.transits[id].parts = None);
        with(&|m| m.transits[id].strays = Some(Strays::Drop));
        with(&|m| m.transits[id].hairpin = Some(Hairpin::Drop));
        with(&|m| m.transits[id].rules_see_outside = false);
        with(&|m| m.transits[id].snat.iter_mut().for_each(|s| s.from = None));
        with(&|m| m.transits[id].dnat.iter_mut().for_each(|d| d.inside_port = None));
        with(&|m| m.transits[id].dnat.iter_mut().for_each(|d| d.ports = None));
        with(&|m| m.transits[id].dnat.clear());
        with(&|m| m.transits[id].dnat.truncate(1));
        with(&|m| m.transits[id].snat.clear());
        with(&|m| m.transits[id].labels.clear());
        with(&|m| m.transits[id].mfa = None);
        with(&|m| m.transits[id].one_way = None);
        with(&|m| m.transits[id].stateful = true);
        with(&|m| m.transits[id].default = Some(Action::Deny));
        with(&|m| m.transits[id].default = Some(Action::Permit));
    }
    for id in model.faces.ids() {
        with(&|m| (m.faces[id].zone, m.faces[id].address) = (None, FaceAddress::Unknown));
        if let FaceAddress::Known(ranges) = &model.faces[id].address {
            let one = FaceAddress::Known(vec![AddrRange::single(ranges[0].first)]);
            with(&|m| m.faces[id].address = one.clone());
        }
    }
    for i in 0..model.relations.len() {
        with(&|m| _ = m.relations.remove(i));
        with(&|m| m.relations[i].guards.clear());
        with(&|m| m.relations[i].labels.clear());
        with(&|m| m.relations[i].assumption = None);
    }
    for i in 0..model.permits.len() {
        with(&|m| _ = m.permits.remove(i));
        with(&|m| m.permits[i].services = None);
        with(&|m| m.permits[i].via.clear());
        with(&|m| (m.permits[i].from_nodes, m.permits[i].to_nodes) = (None, None));
    }
    for id in model.communications.ids() {
        with(&|m| m.communications[id].from.clear());
        with(&|m| m.communications[id].endorse = None);
        with(&|m| m.communications[id].declass = None);
        with(&|m| m.communications[id].services = vec![Service::ANY]);
    }
    for id in model.zones.ids() {
        with(&|m| m.zones[id].binding = None);
        with(&|m| m.zones[id].broadcast = false);
        with(&|m| m.zones[id].client_isolation = false);
    }
    for id in model.nodes.ids() {
        match &model.nodes[id].role {
            Role::Endpoint(e) => {
                let plain = Endpoint {
                    behaviour: e.behaviour,
                    listens: None,
                    clients: None,
                    outbound: true,
                    isolation: None,
                    edr: Vec::new(),
                };
                let variants = [
                    Endpoint { behaviour: Behaviour::Host, ..plain.clone() },
                    plain,
                    Endpoint { listens: None, ..e.clone() },
                    Endpoint { clients: None, ..e.clone() },
                    Endpoint { edr: Vec::new(), ..e.clone() },
                    Endpoint { outbound: false, ..e.clone() },
                ];
                for v in variants {
                    with(&|m| m.nodes[id].role = Role::Endpoint(v.clone()));
                }
            }
            Role::Mediator(old) => {
                let mut variants = vec![
                    Mediator { listens: None, clients: None, servers: None, ..old.clone() },
                    Mediator { labels: Vec::new(), ..old.clone() },
                ];
                for i in 0..old.transforms.len() {
                    let mut fewer = old.clone();
                    fewer.transforms.remove(i);
                    variants.push(fewer);
                    let mut plain = old.clone();
                    (plain.transforms[i].guards, plain.transforms[i].assumption) = (Vec::new(), None);
                    variants.push(plain);
                }
                for v in variants {
                    with(&|m| m.nodes[id].role = Role::Mediator(v.clone()));
                }
            }
            Role::Transit(_) => {}
        }
    }
    out
}

fn each_rule(model: &mut Model, device: TransitId, rule: usize, change: impl Fn(&mut Rule)) {
    let rules = model.transits[device].rules.as_mut();
    if let Some(rule) = rules.and_then(|r| r.get_mut(rule)) {
        change(rule);
    }
}

/// What every model promises and no engine checks again.
pub fn assert_well_formed(model: &Model) {
    let sorted = |nodes: &Option<Vec<NodeId>>| nodes.as_ref().is_none_or(|n| n.is_sorted());
    let mut next = 0;
    for (id, node) in model.nodes.iter() {
        for &face in &node.faces {
            assert_eq!(face.index(), next, "faces are grouped by node, in order");
            assert_eq!(model.faces[face].node, id);
            next += 1;
        }
        match &node.role {
            Role::Endpoint(e) => assert!(sorted(&e.clients) && e.edr.is_sorted()),
            Role::Mediator(m) => {
                assert!(sorted(&m.clients) && sorted(&m.servers) && m.labels.is_sorted());
                assert_eq!(m.sides.len(), node.faces.len());
            }
            Role::Transit(t) => assert_eq!(model.transits[*t].node, id),
        }
    }
    assert_eq!(next, model.faces.len());
    for face in model.faces.values() {
        if let FaceAddress::Known(ranges) | FaceAddress::Within(ranges) = &face.address {
            assert!(!ranges.is_empty() && ranges.windows(2).all(|w| w[0].last < w[1].first));
        }
    }
    for device in model.transits.values() {
        assert!(device.zones.len() > 1);
        for rule in device.rules.iter().flatten() {
            assert!(!rule.services.is_empty() && rule.source.faces.is_sorted());
        }
    }
}
