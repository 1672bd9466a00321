//! Differences of two drawings: names and order mean nothing, the mirror is the mirror, and what is called looser or
//! stricter is what a slow comparison of single flows by the reference engine says.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use crate::support::random_model::random_model;
use sekisho::change::difference::{Difference, Drawing, Mark, Relation, difference};
use sekisho::guideline::{Input, assess};
use sekisho::model::*;
use sekisho::network::Network;
use sekisho::verify::{Answer, Level, fast, reference};

fn compare(a: &Model, b: &Model) -> Difference {
    let (n, m) = (Network::new(a), Network::new(b));
    let (v, w) = (fast::verify(a, &n), fast::verify(b, &m));
    let as_of = Date::parse("2026-11-26");
    let x = assess(&Input { model: a, network: &n, verdicts: &v, as_of });
    let y = assess(&Input { model: b, network: &m, verdicts: &w, as_of });
    difference(
        &Drawing { model: a, network: &n, verdicts: &v, assessment: &x },
        &Drawing { model: b, network: &m, verdicts: &w, assessment: &y },
    )
}

/// A stream of numbers (splitmix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    /// The old position of each new one.
    fn order(&mut self, n: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..n).collect();
        for i in (1..n).rev() {
            order.swap(i, self.below(i + 1));
        }
        order
    }
}

/// New ids of old ones.
struct Map {
    segments: Vec<usize>,
    zones: Vec<usize>,
    nodes: Vec<usize>,
    faces: Vec<usize>,
    transits: Vec<usize>,
    labels: Vec<usize>,
    guards: Vec<usize>,
}

fn inverse(order: &[usize]) -> Vec<usize> {
    let mut new = vec![0; order.len()];
    order.iter().enumerate().for_each(|(i, &old)| new[old] = i);
    new
}

fn id<I: Id>(map: &[usize], i: I) -> I {
    I::new(map[i.index()])
}

fn ids<I: Id>(map: &[usize], list: &[I]) -> Vec<I> {
    let mut list: Vec<I> = list.iter().map(|&i| id(map, i)).collect();
    list.sort_unstable();
    list
}

fn table<I: Id, T: Clone>(order: &[usize], old: &Table<I, T>, change: impl Fn(&mut T)) -> Table<I, T> {
    let row = |&i: &usize| {
        let mut row = old[I::new(i)].clone();
        change(&mut row);
        row
    };
    order.iter().map(row).collect()
}

impl Map {
    fn fact(&self, f: &Fact) -> Fact {
        Fact { face: id(&self.faces, f.face), ..*f }
    }

    fn set(&self, s: &AddrMatch) -> AddrMatch {
        AddrMatch { faces: ids(&self.faces, &s.faces), ..s.clone() }
    }

    fn addr(&self, a: PacketAddr) -> PacketAddr {
        match a {
            PacketAddr::Of(f) => PacketAddr::Of(id(&self.faces, f)),
            known => known,
        }
    }

    fn permit(&self, p: &Permit) -> Permit {
        Permit {
            from: id(&self.segments, p.from),
            to: id(&self.segments, p.to),
            from_nodes: p.from_nodes.as_ref().map(|n| ids(&self.nodes, n)),
            to_nodes: p.to_nodes.as_ref().map(|n| ids(&self.nodes, n)),
            via: ids(&self.labels, &p.via),
            avoids: ids(&self.labels, &p.avoids),
            ..p.clone()
        }
    }

    fn question(&self, q: &Question) -> Question {
        let faces = |l: &Vec<FaceId>| ids(&self.faces, l);
        match q {
            Question::Matrix { from, to } => {
                Question::Matrix { from: id(&self.segments, *from), to: id(&self.segments, *to) }
            }
            Question::Forbid { lens, from, to, eyes } => {
                Question::Forbid { lens: *lens, from: faces(from), to: faces(to), eyes: *eyes }
            }
            Question::Require { from, to, carrier, via } => {
                Question::Require { from: faces(from), to: faces(to), carrier: *carrier, via: ids(&self.labels, via) }
            }
        }
    }
}

/// The same drawing in another order; with `rename`, everything has another name, and references follow.
fn disguised(m: &Model, seed: u64, rename: bool) -> Model {
    let r = &mut Random(seed);
    let node_order = r.order(m.nodes.len());
    let face_order: Vec<usize> =
        node_order.iter().flat_map(|&n| m.nodes[NodeId::new(n)].faces.iter().map(|f| f.index())).collect();
    let orders = (
        r.order(m.segments.len()),
        r.order(m.zones.len()),
        r.order(m.transits.len()),
        r.order(m.communications.len()),
        r.order(m.labels.len()),
        r.order(m.guards.len()),
    );
    let map = Map {
        segments: inverse(&orders.0),
        zones: inverse(&orders.1),
        nodes: inverse(&node_order),
        faces: inverse(&face_order),
        transits: inverse(&orders.2),
        labels: inverse(&orders.4),
        guards: inverse(&orders.5),
    };
    let old: BTreeSet<String> = m.nodes.values().map(|n| n.name.clone()).collect();
    let inside: BTreeSet<String> = m
        .zones
        .values()
        .map(|z| z.name.clone())
        .chain(m.communications.values().map(|c| c.name.clone()))
        .chain(old.iter().cloned())
        .collect();
    let new = |name: &str| if rename { format!("<改>\"{name}|x") } else { name.to_owned() };
    let guard = |name: &str| match name.split_once('@') {
        Some((word, of)) if inside.contains(of) => format!("{word}@{}", new(of)),
        Some((word, of)) => match of.split_once('.') {
            Some((node, rest)) if inside.contains(node) => format!("{word}@{}.{rest}", new(node)),
            _ => name.to_owned(),
        },
        None => name.to_owned(),
    };
    let standard: BTreeSet<&str> = sekisho_labels().into_iter().collect();
    let label = |l: &str| if old.contains(l) && !standard.contains(l) { new(l) } else { l.to_owned() };
    let nodes = |l: &Vec<NodeId>| ids(&map.nodes, l);
    let zone = |z: ZoneId| id(&map.zones, z);
    let mut out = m.clone();
    out.segments = table(&orders.0, &m.segments, |s| s.name = new(&s.name));
    out.zones = table(&orders.1, &m.zones, |z| {
        z.name = new(&z.name);
        z.segment = z.segment.map(|s| id(&map.segments, s));
        z.binding = z.binding.map(|g| id(&map.guards, g));
    });
    out.nodes = table(&node_order, &m.nodes, |n| {
        n.name = new(&n.name);
        n.label = new(&n.label);
        n.faces = n.faces.iter().map(|&f| id(&map.faces, f)).collect();
        n.part_of = n.part_of.map(|s| id(&map.segments, s));
        n.declared.controls_nodes = nodes(&n.declared.controls_nodes);
        if let Settings::Kvm { connects, .. } = &mut n.declared.settings {
            *connects = nodes(connects);
        }
        match &mut n.role {
            Role::Endpoint(e) => {
                e.clients = e.clients.as_ref().map(nodes);
                e.isolation = e.isolation.map(|g| id(&map.guards, g));
                e.edr = ids(&map.guards, &e.edr);
            }
            Role::Transit(t) => *t = id(&map.transits, *t),
            Role::Mediator(d) => {
                d.clients = d.clients.as_ref().map(nodes);
                d.servers = d.servers.as_ref().map(nodes);
                d.labels = ids(&map.labels, &d.labels);
                for t in &mut d.transforms {
                    t.takes.0 = id(&map.faces, t.takes.0);
                    t.gives.0 = id(&map.faces, t.gives.0);
                    t.guards = ids(&map.guards, &t.guards);
                }
            }
        }
    });
    out.faces = table(&face_order, &m.faces, |f| {
        f.node = id(&map.nodes, f.node);
        f.zone = f.zone.map(zone);
        f.segment = f.segment.map(|s| id(&map.segments, s));
        f.gateway = f.gateway.map(|t| id(&map.transits, t));
    });
    out.transits = table(&orders.2, &m.transits, |t| {
        t.node = id(&map.nodes, t.node);
        t.zones = t.zones.iter().map(|&z| zone(z)).collect();
        t.one_way = t.one_way.map(|(a, b)| (zone(a), zone(b)));
        t.labels = ids(&map.labels, &t.labels);
        for rule in t.rules.iter_mut().flatten() {
            rule.source = map.set(&rule.source);
            rule.destination = map.set(&rule.destination);
            rule.enters.iter_mut().chain(&mut rule.leaves).for_each(|z| *z = zone(*z));
        }
        for route in t.routes.iter_mut().flatten() {
            route.to = map.set(&route.to);
            route.via = route.via.map(zone);
            route.next = route.next.map(|t| id(&map.transits, t));
            if let Some(when) = &mut route.when {
                when.source = map.set(&when.source);
                when.enters.iter_mut().for_each(|z| *z = zone(*z));
            }
        }
        for d in &mut t.dnat {
            d.inside = map.addr(d.inside);
            d.zone = d.zone.map(zone);
        }
        for s in &mut t.snat {
            s.zone = zone(s.zone);
            s.from = s.from.as_ref().map(|set| map.set(set));
        }
        if let Some(gate) = &mut t.mfa {
            gate.guard = id(&map.guards, gate.guard);
            gate.enrolled = nodes(&gate.enrolled);
        }
    });
    out.communications = table(&orders.3, &m.communications, |c| {
        c.name = new(&c.name);
        c.from = nodes(&c.from);
        c.to = nodes(&c.to);
        c.endorse = c.endorse.map(|g| id(&map.guards, g));
        c.declass = c.declass.map(|g| id(&map.guards, g));
    });
    out.labels = table(&orders.4, &m.labels, |l| *l = label(l));
    out.watched = ids(&map.labels, &m.watched);
    out.guards = table(&orders.5, &m.guards, |g| g.name = guard(&g.name));
    for rel in &mut out.relations {
        rel.from = map.fact(&rel.from);
        rel.to = map.fact(&rel.to);
        rel.guards = ids(&map.guards, &rel.guards);
        rel.labels = ids(&map.labels, &rel.labels);
    }
    out.open_addresses = m.open_addresses.iter().map(|(f, a)| (id(&map.faces, *f), *a)).collect();
    out.open_addresses.sort_unstable();
    out.permits = m.permits.iter().map(|p| map.permit(p)).collect();
    out.checks = m.checks.values().map(|c| Check { question: map.question(&c.question), ..c.clone() }).collect();
    for c in &mut out.carries {
        c.from = ids(&map.faces, &c.from);
        c.to = ids(&map.faces, &c.to);
        c.through = c.through.map(|n| id(&map.nodes, n));
    }
    for e in &mut out.exceptions {
        e.nodes = nodes(&e.nodes);
        e.segments = ids(&map.segments, &e.segments);
    }
    for g in &mut out.groups {
        g.members = nodes(&g.members);
        g.permits = g.permits.iter().map(|p| map.permit(p)).collect();
    }
    out.expectations.clear();
    out
}

/// Labels that belong to kinds of devices.
fn sekisho_labels() -> Vec<&'static str> {
    vec![
        "screen",
        "cdr",
        "av",
        "mailconv",
        "mailrelay",
        "proxy",
        "resolver",
        "relay",
        "update",
        "licence",
        "log",
        "time",
        "name",
        "transfer",
        "fout",
        "share",
        "media",
        "registered-media",
        "kvm",
        "file-inspection",
        "kiosk",
        "psc",
        "lgwan-fw",
        "lbo",
        "mfa",
        "dedicated",
        "internet-line",
        "vpn",
        "diode",
    ]
}

fn shipped() -> Vec<(String, Model)> {
    let mut wrong = Vec::new();
    let found = crate::support::disk::readable(&["models"], &mut wrong);
    assert!(wrong.is_empty(), "{wrong:?}");
    found.into_iter().map(|(path, loaded)| (crate::support::disk::shown(&path), loaded.model)).collect()
}

fn told(d: &Difference) -> String {
    let mut d = d.clone();
    d.renamed.clear();
    d.pairs.retain(|p| p.relation != Relation::Equivalent);
    format!("{d:#?}").chars().take(4_000).collect()
}

#[test]
fn a_drawing_is_no_other_than_itself_shuffled_or_renamed() {
    for (name, model) in shipped() {
        let same = compare(&model, &model);
        assert!(same.is_empty() && same.renamed.is_empty(), "{name}: {}", told(&same));
        let shuffled = compare(&model, &disguised(&model, 7, false));
        assert!(shuffled.is_empty() && shuffled.renamed.is_empty(), "{name} shuffled: {}", told(&shuffled));
        let renamed = compare(&model, &disguised(&model, 8, true));
        assert!(renamed.is_empty(), "{name} renamed: {}", told(&renamed));
        assert!(renamed.renamed.len() >= model.nodes.len(), "{name}: names are told");
    }
}

fn count(variable: &str, usual: u64) -> u64 {
    std::env::var(variable).ok().and_then(|n| n.parse().ok()).unwrap_or(usual)
}

#[test]
fn a_random_drawing_is_no_other_than_itself_shuffled_or_renamed() {
    for seed in 0..count("SEKISHO_MODELS", 150) {
        let model = random_model(seed);
        let same = compare(&model, &model);
        assert!(same.is_empty(), "seed {seed}: {}", told(&same));
        let shuffled = compare(&model, &disguised(&model, seed, false));
        assert!(shuffled.is_empty(), "seed {seed} shuffled: {}", told(&shuffled));
        let renamed = compare(&model, &disguised(&model, seed, true));
        assert!(renamed.is_empty(), "seed {seed} renamed: {}", told(&renamed));
    }
}

/// Something else in the drawing: one thing that matters for flows.
fn edited(m: &Model, seed: u64) -> Model {
    let r = &mut Random(seed);
    let mut out = m.clone();
    for _ in 0..1 + r.below(2) {
        let transits: Vec<TransitId> = out.transits.ids().filter(|&t| out.transits[t].rules.is_some()).collect();
        match r.below(5) {
            0 | 1 if !transits.is_empty() => {
                let at = transits[r.below(transits.len())];
                let rules = out.transits[at].rules.as_mut().expect("it has rules");
                if !rules.is_empty() {
                    let i = r.below(rules.len());
                    if r.below(2) == 0 {
                        rules.remove(i);
                    } else {
                        rules[i].action = if rules[i].action == Action::Permit { Action::Deny } else { Action::Permit };
                    }
                }
            }
            2 if !transits.is_empty() => {
                let at = transits[r.below(transits.len())];
                out.transits[at].default = Some(if r.below(2) == 0 { Action::Permit } else { Action::Deny });
            }
            3 => {
                let at = NodeId::new(r.below(out.nodes.len()));
                if let Role::Endpoint(e) = &mut out.nodes[at].role {
                    e.outbound = !e.outbound;
                }
            }
            _ => {
                let at = NodeId::new(r.below(out.nodes.len()));
                if let Role::Endpoint(e) = &mut out.nodes[at].role {
                    e.listens = match e.listens {
                        None => Some(vec![Service {
                            protocol: Some(Protocol::Tcp),
                            source: PortRange::ALL,
                            destination: PortRange { first: 443, last: 443 },
                        }]),
                        Some(_) => None,
                    };
                }
            }
        }
    }
    out
}

fn mirrored(r: Relation) -> Relation {
    match r {
        Relation::Stricter => Relation::Looser,
        Relation::Looser => Relation::Stricter,
        other => other,
    }
}

fn back(m: Mark) -> Mark {
    match m {
        Mark::Added => Mark::Removed,
        Mark::Removed => Mark::Added,
        Mark::Changed => Mark::Changed,
    }
}

/// What has to be the same, seen from the other side.
fn essence(d: &Difference, mirror: bool) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let turn = |m: Mark| if mirror { back(m) } else { m };
    for f in &d.flows {
        let ends = |l: &[sekisho::change::difference::End]| l.iter().map(|e| e.called.name.clone()).collect::<Vec<_>>();
        let levels = if mirror { (f.after, f.before) } else { (f.before, f.after) };
        all.insert(format!("{:?} {:?} {:?} {:?} {levels:?}", turn(f.mark), ends(&f.from), ends(&f.to), f.services));
    }
    for c in &d.crossings {
        let ends = |l: &[sekisho::change::difference::End]| l.iter().map(|e| e.called.name.clone()).collect::<Vec<_>>();
        let carriers: Vec<_> = c
            .carriers
            .iter()
            .map(|k| if mirror { (k.carrier, &k.after, &k.before) } else { (k.carrier, &k.before, &k.after) })
            .collect();
        all.insert(format!("{:?} {:?} {:?} {carriers:?} {}", turn(c.mark), ends(&c.from), ends(&c.to), c.certain));
    }
    for p in &d.pairs {
        let relation = if mirror { mirrored(p.relation) } else { p.relation };
        all.insert(format!("{} {} {relation:?} {}", p.from.name, p.to.name, p.certain));
    }
    for t in &d.things {
        let values: Vec<_> = t
            .attributes
            .iter()
            .map(|a| if mirror { (a.key, &a.after, &a.before) } else { (a.key, &a.before, &a.after) })
            .collect();
        all.insert(format!("{:?} {:?} {} {values:?}", turn(t.mark), t.sort, t.called.name));
    }
    for c in &d.controls {
        all.insert(format!("{:?} {} {}", turn(c.mark), c.control, c.at.name));
    }
    for x in &d.depths {
        let pair = if mirror { (&x.after, &x.before) } else { (&x.before, &x.after) };
        all.insert(format!("{} {pair:?}", x.name));
    }
    all
}

#[test]
fn the_way_back_is_the_mirror() {
    for seed in 0..count("SEKISHO_MODELS", 150) {
        let a = random_model(seed);
        let b = edited(&a, seed);
        let (there, again) = (essence(&compare(&a, &b), false), essence(&compare(&b, &a), true));
        assert_eq!(there, again, "seed {seed}");
    }
    let all = shipped();
    let find = |name: &str| &all.iter().find(|(n, _)| n == name).expect(name).1;
    // Two drawings without other names for the same things: names are those of the drawing after.
    let (alpha, beta) = (find("models/alpha.ron"), find("models/beta-prime.ron"));
    assert_eq!(essence(&compare(alpha, beta), false), essence(&compare(beta, alpha), true));
}

/// Single flows by the reference engine: from, to, what, and how certain (1 possible, 2 certain).
type Single = BTreeMap<(String, String, String), u8>;

/// Every face a segment of its own, nothing permitted: then each crossing from face to face is a finding.
fn single(m: &Model, probe: Option<Service>) -> Single {
    let mut own = m.clone();
    own.permits.clear();
    own.checks = Table::new();
    own.segments = Table::new();
    let faces: Vec<FaceId> = m.faces.iter().filter(|(_, f)| f.segment.is_some()).map(|(id, _)| id).collect();
    for &f in &faces {
        let old = &m.segments[m.faces[f].segment.expect("an endpoint's")];
        own.faces[f].segment = Some(own.segments.push(Segment { name: format!("{}", f.index()), ..old.clone() }));
    }
    for z in own.zones.ids().collect::<Vec<_>>() {
        own.zones[z].segment = None;
    }
    if let Some(probe) = probe {
        // Sessions alone, of one service.
        own.relations.clear();
        for n in own.nodes.ids().collect::<Vec<_>>() {
            match &mut own.nodes[n].role {
                Role::Endpoint(e) => {
                    let (p, s, d) = (probe.protocol.expect("one"), probe.source.first, probe.destination.first);
                    let heard = e.listens.as_ref().is_none_or(|l| l.iter().any(|x| x.contains(p, s, d)));
                    e.listens = Some(if heard { vec![probe] } else { Vec::new() });
                }
                Role::Mediator(d) => d.transforms.clear(),
                Role::Transit(_) => {}
            }
        }
    }
    for &x in &faces {
        for &y in faces.iter().filter(|&&y| m.faces[y].segment != m.faces[x].segment) {
            let (from, to) = (own.faces[x].segment.expect("set"), own.faces[y].segment.expect("set"));
            own.checks.push(Check {
                name: format!("{} {}", x.index(), y.index()),
                question: Question::Matrix { from, to },
                span: None,
            });
        }
    }
    let mut all = Single::new();
    for v in reference::verify(&own) {
        let Answer::Matrix(rows) = v.answer else { continue };
        for u in rows {
            let (from, to) = (own.segments[u.from].name.clone(), own.segments[u.to].name.clone());
            if probe.is_some() && u.carrier != Carrier::Req {
                continue;
            }
            let what = probe.map_or_else(|| u.carrier.to_string(), |p| p.to_string());
            let level = if u.witness.level() >= Level::Sure { 2 } else { 1 };
            all.insert((from, to, what), level);
        }
    }
    all
}

fn probes(a: &Model, b: &Model) -> BTreeSet<Service> {
    let mut points = BTreeSet::new();
    for m in [a, b] {
        let rules = m.transits.values().flat_map(|t| t.rules.iter().flatten()).flat_map(|r| r.services.clone());
        let heard = m.nodes.values().flat_map(|n| match &n.role {
            Role::Endpoint(e) => e.listens.clone().unwrap_or_default(),
            _ => Vec::new(),
        });
        for s in rules.chain(heard) {
            // One point on either side of every bound.
            let edges = |r: PortRange| [r.first, r.last.saturating_add(1)];
            for p in [Protocol::Tcp, Protocol::Udp].into_iter().filter(|p| s.protocol.is_none_or(|q| q == *p)) {
                for d in edges(s.destination) {
                    for c in edges(s.source) {
                        points.insert((p, c, d));
                    }
                }
            }
            let types = edges(s.destination).into_iter().filter(|&t| t < 2 * ICMP_V6);
            points.extend(types.map(|t| (Protocol::Icmp, 0, t)));
            points.extend(s.protocol.filter(|p| matches!(p, Protocol::Other(_))).map(|p| (p, 0, 0)));
        }
    }
    points.extend([
        (Protocol::Tcp, 50_000, 7),
        (Protocol::Udp, 50_000, 7),
        (Protocol::Icmp, 0, 3),
        (Protocol::Icmp, 0, 8),
        (Protocol::Icmp, 0, ICMP_V6 + 1),
        (Protocol::Icmp, 0, ICMP_V6 + 128),
        (Protocol::Other(200), 0, 0),
    ]);
    let one = |p: u16| PortRange { first: p, last: p };
    points
        .into_iter()
        .map(|(p, s, d)| {
            let ports = p.has_ports();
            Service {
                protocol: Some(p),
                source: if ports { one(s) } else { PortRange::ALL },
                destination: if ports || p == Protocol::Icmp { one(d) } else { PortRange::ALL },
            }
        })
        .collect()
}

#[test]
fn looser_and_stricter_are_what_single_flows_say() {
    let mut seen: BTreeMap<Relation, usize> = BTreeMap::new();
    for seed in 0..count("SEKISHO_MODELS", 60) {
        let mut a = random_model(seed);
        // The slow comparison asks about each pair and each service.
        if a.faces.values().filter(|f| f.segment.is_some()).count() > 6 {
            continue;
        }
        // One address each: parts of a group have no single flow of their own.
        for f in a.faces.ids().collect::<Vec<_>>() {
            if let FaceAddress::Known(ranges) = &a.faces[f].address {
                a.faces[f].address = FaceAddress::Known(vec![AddrRange::single(ranges[0].first)]);
            }
        }
        a.communications = Table::new();
        let b = edited(&a, seed);
        let mut left = single(&a, None);
        let mut right = single(&b, None);
        for probe in probes(&a, &b) {
            left.extend(single(&a, Some(probe)));
            right.extend(single(&b, Some(probe)));
        }
        let keys: BTreeSet<_> = left.keys().chain(right.keys()).cloned().collect();
        let mut slow: BTreeMap<(String, String), (bool, bool)> = BTreeMap::new();
        for key in keys {
            let segment = |f: &str| {
                a.segments[a.faces[FaceId::new(f.parse().expect("a number"))].segment.expect("one")].name.clone()
            };
            let (x, y) = (left.get(&key).copied().unwrap_or(0), right.get(&key).copied().unwrap_or(0));
            let pair = slow.entry((segment(&key.0), segment(&key.1))).or_default();
            pair.0 |= y > x;
            pair.1 |= y < x;
        }
        let found = compare(&a, &b);
        for p in &found.pairs {
            let expected = match slow.get(&(p.from.name.clone(), p.to.name.clone())).copied().unwrap_or_default() {
                (false, false) => Relation::Equivalent,
                (true, false) => Relation::Looser,
                (false, true) => Relation::Stricter,
                (true, true) => Relation::Incomparable,
            };
            *seen.entry(expected).or_default() += 1;
            assert_eq!(p.relation, expected, "seed {seed}: {} → {}", p.from.name, p.to.name);
        }
    }
    assert!(seen.len() >= 3, "every relation is met: {seen:?}");
}

/// A drawing of this repository with some words replaced.
struct Edited {
    text: String,
}

impl sekisho::document::Loader for Edited {
    fn root(&mut self) -> Result<(String, String), sekisho::document::LoadError> {
        Ok(("drawing.ron".to_owned(), self.text.clone()))
    }

    fn include(&mut self, _: &str, _: &str) -> Result<(String, String), sekisho::document::LoadError> {
        Err(sekisho::document::LoadError::NotFound)
    }
}

fn root() -> &'static std::path::Path {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text(edits: &[(&str, &str)]) -> String {
    let mut text = std::fs::read_to_string(root().join("models/alpha.ron")).expect("the drawing is there");
    for (old, new) in edits {
        assert!(text.contains(old), "the drawing has `{old}`");
        text = text.replacen(old, new, 1);
    }
    text
}

fn alpha(edits: &[(&str, &str)]) -> Model {
    match sekisho::document::load(&mut Edited { text: text(edits) }) {
        Ok(loaded) => loaded.model,
        Err(failed) => panic!("{edits:?}: {:?}", failed.diagnostics.iter().map(|d| &d.message.en).collect::<Vec<_>>()),
    }
}

fn changed(edits: &[(&str, &str)]) -> Difference {
    compare(&alpha(&[]), &alpha(edits))
}

/// Rows in short: sign, ends, and what.
fn flows(d: &Difference) -> Vec<String> {
    let names = |l: &[sekisho::change::difference::End]| {
        l.iter().map(|e| format!("{}{}", e.called.name, e.addresses)).collect::<Vec<_>>().join(",")
    };
    d.flows
        .iter()
        .map(|f| {
            let services = f.services.iter().map(ToString::to_string).collect::<Vec<_>>().join("+");
            format!("{:?} {} > {} {services} {}{}", f.mark, names(&f.from), names(&f.to), f.before.some, f.after.some)
        })
        .collect()
}

fn crossings(d: &Difference) -> Vec<String> {
    let names =
        |l: &[sekisho::change::difference::End]| l.iter().map(|e| e.called.name.clone()).collect::<Vec<_>>().join(",");
    d.crossings
        .iter()
        .map(|c| {
            let carriers: Vec<String> = c
                .carriers
                .iter()
                .map(|k| {
                    let permitted = k.before.iter().chain(&k.after).all(|w| w.permitted);
                    format!("{}{}{}", u8::from(!k.before.is_empty()), u8::from(!k.after.is_empty()), k.carrier)
                        + if permitted { "" } else { "!" }
                })
                .collect();
            format!("{:?} {} > {} {}", c.mark, names(&c.from), names(&c.to), carriers.join(","))
        })
        .collect()
}

fn things(d: &Difference) -> Vec<String> {
    d.things
        .iter()
        .map(|t| {
            let keys: Vec<&str> = t.attributes.iter().map(|a| a.key).collect();
            let keys = if t.mark == Mark::Changed { keys.join(",") } else { String::new() };
            format!("{:?} {:?} {} {keys}", t.mark, t.sort, t.called.name).trim_end().to_owned()
        })
        .collect()
}

fn pairs(d: &Difference) -> Vec<String> {
    let changed = d.pairs.iter().filter(|p| p.relation != Relation::Equivalent);
    changed.map(|p| format!("{} > {} {:?} {}", p.from.name, p.to.name, p.relation, p.certain)).collect()
}

const NOTHING: [&str; 0] = [];
const CITY: &str = "(permit: \"ext, in-vdi -> city-web web\"),";

#[test]
fn an_opened_service_is_one_row() {
    let d = changed(&[(CITY, "(permit: \"ext, in-vdi -> city-web web\"), (permit: \"in-vdi -> city-web tcp 22\"),")]);
    assert_eq!(flows(&d), ["Added in-vdi > city-web tcp 22 02"]);
    assert_eq!((crossings(&d), things(&d)), (vec![], vec![]));
    assert_eq!(pairs(&d), ["in > psc Looser true"]);
    assert_eq!(d.whole.0, Relation::Looser);
}

#[test]
fn a_rule_written_otherwise_is_no_change() {
    let two = "(permit: \"in-vdi -> city-web tcp 443\"), (permit: \"in-vdi, ext -> city-web tcp 80\"), \
               (permit: \"ext -> city-web tcp 443\"), (deny: \"in-vdi -> city-web icmp\"),";
    let d = changed(&[(CITY, two)]);
    assert!(d.is_empty(), "{}", told(&d));
}

#[test]
fn a_closed_rule_takes_request_and_answer() {
    let rule = "(permit: \"lg-pc -> asp tcp 443\"), (permit: \"lg-mail -> lgwan-mail mail\"), (permit: \"lgwan-mail -> lg-mail mail\"),\n      (permit: \"lg-upd.from";
    let less =
        "(permit: \"lg-pc -> asp tcp 443\"), (permit: \"lgwan-mail -> lg-mail mail\"),\n      (permit: \"lg-upd.from";
    let d = changed(&[(rule, less)]);
    assert_eq!(flows(&d), ["Removed lg-mail > lgwan-mail tcp 25 20"]);
    assert_eq!(crossings(&d), ["Removed lg-mail > lgwan-mail 10req", "Removed lgwan-mail > lg-mail 10rsp"]);
    assert_eq!(pairs(&d), ["lg > lgb Stricter true", "lgb > lg Stricter true"]);
}

#[test]
fn another_form_is_a_change_of_the_sanitiser() {
    let d = changed(&[("{ \"docx\": Rebuild,", "{ \"docx\": Pass,")]);
    assert_eq!(things(&d), ["Changed Machine cdr types"]);
    assert_eq!(crossings(&d), ["Added in-vdi > lg-pc 01raw!"]);
    assert_eq!(pairs(&d), ["in > lg Looser true"]);
    assert!(d.rules.iter().any(|r| r.id == "R-LI-03"), "{}", told(&d));
    assert!(flows(&d).is_empty());
}

#[test]
fn one_form_instead_of_another_is_one_row() {
    let clean = "types_of: \"office\", otherwise: Block, delivers: Pull, clients: [\"in-vdi\", \"lg-pc\"]";
    let raw = "types: { \"docx\": Pass }, otherwise: Block, delivers: Pull, clients: [\"in-vdi\", \"lg-pc\"]";
    let d = changed(&[(clean, raw)]);
    assert_eq!(crossings(&d), ["Changed in-vdi > lg-pc 01raw!,10san"]);
    assert_eq!(pairs(&d), ["in > lg Incomparable true"]);
    assert!(d.checks.iter().any(|c| c.name == "file-import" && c.after.map(|a| a.0) == Some(Status::Violated)));
}

#[test]
fn an_address_that_moves_with_its_rules_moves_no_flow() {
    let moved = changed(&[("address: \"10.2.16.10\", label", "address: \"10.2.16.77\", label")]);
    assert_eq!(things(&moved), ["Changed Machine lg-fin address"]);
    assert_eq!((flows(&moved), crossings(&moved), pairs(&moved)), (vec![], vec![], vec![]));
    // The same with numbers in the rules, and for a part of a group.
    let rule =
        |to: &str| format!("(permit: \"{to} -> 10.2.16.11 tcp 22\"), (permit: \"mailconv.into -> lg-mail mail\"),");
    let old = "(permit: \"mailconv.into -> lg-mail mail\"),";
    let before = alpha(&[(old, &rule("10.2.0.5"))]);
    let group = ("count: 450, address: \"10.2.0.0/21\"", "count: 450, address: \"10.2.8.0/21\"");
    let after = alpha(&[(old, &rule("10.2.8.5")), group]);
    let d = compare(&before, &after);
    assert_eq!((things(&d), flows(&d)), (vec!["Changed Machine lg-pc address".to_owned()], vec![]));
    // Another terminal of the group is a change, told by its address.
    let d = compare(&before, &alpha(&[(old, &rule("10.2.0.6"))]));
    // The relay states no address, so it may have the one that the rule names.
    assert_eq!(
        flows(&d),
        [
            "Removed lg-pc10.2.0.5 > lg-file tcp 22 20",
            "Removed lg-pc10.2.0.5 > lg-upd.from,lg-upd.into tcp 22 10",
            "Added lg-pc10.2.0.6 > lg-file tcp 22 02",
            "Added lg-pc10.2.0.6 > lg-upd.from,lg-upd.into tcp 22 01",
        ]
    );
}

#[test]
fn a_machine_that_moves_is_told_as_moved() {
    let d = changed(&[("\"city-web\": Server(at: \"psc-web\"", "\"city-web\": Server(at: \"psc\"")]);
    assert_eq!(things(&d), ["Changed Machine city-web at"]);
    assert!(d.things[0].moved);
    let lost = flows(&d).iter().filter(|f| f.contains("ext")).count();
    assert_eq!(lost, 0, "{:?}", flows(&d));
}

#[test]
fn a_control_that_goes_is_told_where_it_was() {
    let d = changed(&[(
        "label: \"申請管理・eLTAX審査\", controls: [Edr, LogReview]",
        "label: \"申請管理・eLTAX審査\", controls: [LogReview]",
    )]);
    let controls: Vec<String> =
        d.controls.iter().map(|c| format!("{:?} {} {}", c.mark, c.control, c.at.name)).collect();
    assert_eq!(controls, ["Removed Edr mn-apply"]);
    assert_eq!((things(&d), flows(&d), crossings(&d)), (vec![], vec![], vec![]));
}

#[test]
fn a_limit_that_goes_is_a_change_of_the_communication() {
    let zaimu = "purpose: Business, limits: [Mac, Address, Port],\n      endorsed";
    let d = changed(&[(zaimu, "purpose: Business, limits: [Mac, Address],\n      endorsed")]);
    assert_eq!(things(&d), ["Changed Communication zaimu limits"]);
    assert!(!d.rules.is_empty() && flows(&d).is_empty(), "{}", told(&d));
}

#[test]
fn a_breakout_is_a_machine_and_what_it_opens() {
    let rt = "    \"rt-pc\": Terminal(";
    let lbo = "    \"lbo\": Firewall(joins: [\"lg\", \"ext\"], default: Deny, rules: [(permit: \"lg-pc -> internet tcp 443\")]),\n    \"rt-pc\": Terminal(";
    let d = changed(&[(rt, lbo)]);
    assert_eq!(things(&d), ["Added Machine lbo"]);
    assert_eq!(flows(&d), ["Added lg-pc > internet tcp 443 02"]);
    assert_eq!(crossings(&d), ["Added internet > lg-pc 01rsp!", "Added lg-pc > internet 01req!"]);
    assert_eq!(pairs(&d), ["ext > lg Looser true", "lg > ext Looser true"]);
    assert!(d.checks.iter().any(|c| c.name == "matrix lg -> ext" && c.after.map(|a| a.0) == Some(Status::Violated)));
    assert!(d.depths.iter().any(|x| x.name == "attack ext -> lg"), "{}", told(&d));
}

#[test]
fn isolation_that_goes_opens_what_it_kept_apart() {
    let d = changed(&[("address: \"172.20.0.0/16\", client_isolation: true", "address: \"172.20.0.0/16\"")]);
    assert_eq!(things(&d), ["Changed Network lgb client_isolation"]);
    let all = "asp,chukan,eltax,lgwan-mail,mynaportal,update-pf";
    assert_eq!(flows(&d).len(), 6, "{:?}", flows(&d));
    assert!(flows(&d).iter().all(|f| f.starts_with("Added") && f.ends_with("any 02")), "{all}: {:?}", flows(&d));
    assert_eq!(pairs(&d), NOTHING);
}

#[test]
fn what_is_left_open_is_told_as_possible_and_ends_as_open() {
    use sekisho::change::difference::Outcome;
    let d = changed(&[(
        "\"juki-fw\": Firewall(joins: [\"mn\", \"nat\"], default: Deny,",
        "\"juki-fw\": Firewall(joins: [\"mn\", \"nat\"],",
    )]);
    assert!(!d.flows.is_empty() && d.flows.iter().all(|f| !f.certain()), "{}", told(&d));
    assert!(d.pairs.iter().filter(|p| p.relation != Relation::Equivalent).all(|p| !p.certain && p.open));
    assert_eq!(d.outcome(), Outcome::Open);
    let d = changed(&[("label: \"貸与端末\", controls: [Mfa], owner: Body", "label: \"貸与端末\", controls: [Mfa]")]);
    assert_eq!((things(&d), d.outcome()), (vec!["Changed Machine rt-pc owner".to_owned()], Outcome::Open));
}

#[test]
fn a_renamed_machine_that_also_changed_is_one_machine() {
    let d = changed(&[
        (
            "\"city-web\": Server(at: \"psc-web\", label: \"市公式サイト\", holds: [Public]",
            "\"web\": Server(at: \"psc-web\", label: \"市公式サイト\", holds: [Ordinary]",
        ),
        (CITY, "(permit: \"ext, in-vdi -> web web\"),"),
    ]);
    assert_eq!(things(&d), ["Changed Machine web holds"]);
    assert_eq!(d.renamed.len(), 1);
    assert!(flows(&d).is_empty() && crossings(&d).is_empty());
}

/// Runs the program on two drawings, and says how it ended and what it wrote.
fn run(folder: &std::path::Path, words: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_sekisho"))
        .current_dir(folder)
        .env("LC_ALL", "C.UTF-8")
        .args(["diff", "--as-of", "2026-11-26"])
        .args(words)
        .output()
        .expect("the program starts");
    let text = [output.stderr, output.stdout].concat();
    (output.status.code(), String::from_utf8(text).expect("text"))
}

fn folder(after: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("a.ron"), text(&[])).expect("written");
    std::fs::write(folder.path().join("b.ron"), text(after)).expect("written");
    folder
}

const OPENED: (&str, &str) =
    (CITY, "(permit: \"ext, in-vdi -> city-web web\"), (permit: \"in-vdi -> city-web tcp 22\"),");

#[test]
fn only_what_was_expected_may_happen() {
    let folder = folder(&[OPENED]);
    let with = |rows: &str| {
        std::fs::write(folder.path().join("e.ron"), format!("Changes(expect: [{rows}])")).expect("written");
        run(folder.path(), &["a.ron", "b.ron", "--expect", "e.ron", "--lang", "en"])
    };
    for good in [
        "Session(from: \"in-vdi\", to: \"city-web\", service: \"tcp 22\", change: Added)",
        "Session(from: \"in\", to: \"psc\")",
        "Session(to: \"psc-web\", service: [\"tcp 1-100\"])",
        "Session(service: \"tcp 1-22\"), Session(service: \"tcp 22-23\")",
        "Session(from: \"in-vdi\"), Session(from: \"ext\", optional: true)",
    ] {
        let (code, text) = with(good);
        assert_eq!(code, Some(0), "{good}: {text}");
    }
    for (bad, why) in [
        ("", "unexpected changes"),
        ("Session(from: \"in-vdi\", service: \"tcp 23\")", "did not happen"),
        ("Session(from: \"in-vdi\", change: Removed)", "unexpected changes"),
        ("Session(from: \"ext\")", "did not happen"),
        ("Session(from: \"in-vdi\"), Thing(name: \"asp\", reason: \"new contract\")", "new contract"),
        ("Session(from: \"in-vdi\"), Crossing(carries: [Request])", "Crossing(carries: [Request])"),
    ] {
        let (code, text) = with(bad);
        assert_eq!(code, Some(1), "{bad}: {text}");
        assert!(text.contains(why), "{bad}: {text}");
    }
}

#[test]
fn every_mistake_in_an_expectation_is_told_with_its_place() {
    let folder = folder(&[]);
    let with = |text: &str| {
        std::fs::write(folder.path().join("e.ron"), text).expect("written");
        run(folder.path(), &["a.ron", "b.ron", "--expect", "e.ron", "--lang", "en"])
    };
    let (code, text) = with(
        "Changes(\n  expect: [\n    Session(from: \"in-vdj\", to: \"city-web\", service: \"tcp 99999\"),\n    Thing(nome: \"asp\"),\n    Sesion(from: \"lg\"),\n    Finding(of: \"R-LI-3\"),\n    Depth(of: \"attack ext -> lq\"),\n    Demand(of: \"C-EDRR\"),\n    Control(control: \"Edrr\", at: \"lg-pcc\"),\n    Crossing(carries: [Requests]),\n  ],\n)",
    );
    assert_eq!(code, Some(2), "{text}");
    for told in [
        "e.ron:3:20",
        "in-vdi",
        "99999",
        "e.ron:4:11",
        "nome",
        "e.ron:5:5",
        "Sesion",
        "R-LI-03",
        "attack ext -> lg",
        "C-EDR",
        "Edr",
        "lg-pc",
        "Requests",
    ] {
        assert!(text.contains(told), "`{told}` in\n{text}");
    }
    let (code, text) = with("Changes(expect: [Thing(reason: \"…\")])");
    assert!(code == Some(2) && text.contains("names nothing"), "{text}");
    assert_eq!(with("").0, Some(2));
    assert_eq!(with("Changes(expect: [").0, Some(2));
    assert_eq!(run(folder.path(), &["a.ron", "b.ron", "--expect", "missing.ron"]).0, Some(2));
    assert_eq!(run(folder.path(), &["a.ron", "missing.ron"]).0, Some(2));
    assert_eq!(run(folder.path(), &["-", "-"]).0, Some(2));
}

#[test]
fn exit_codes_say_how_it_ended() {
    let codes = |edits: &[(&str, &str)]| run(folder(edits).path(), &["a.ron", "b.ron"]).0;
    assert_eq!(codes(&[]), Some(0));
    assert_eq!(codes(&[OPENED]), Some(1));
    assert_eq!(
        codes(&[("label: \"貸与端末\", controls: [Mfa], owner: Body", "label: \"貸与端末\", controls: [Mfa]")]),
        Some(3)
    );
}

#[test]
fn every_form_is_harmless_and_the_same_for_every_number_of_threads() {
    let evil = "<script>alert(1)</script>|`]] -->\\\"";
    let label = format!("label: \"{evil}\", holds: [Public]");
    let folder = folder(&[("label: \"市公式サイト\", holds: [Public]", &label), OPENED]);
    for format in ["text", "json", "markdown", "svg", "dot"] {
        for lang in ["ja", "en"] {
            let words = ["a.ron", "b.ron", "--format", format, "--lang", lang, "--verbose"];
            let (code, once) = run(folder.path(), &words);
            assert_eq!(code, Some(1), "{format}: {once}");
            if format != "text" && format != "json" && format != "dot" {
                assert!(!once.contains("<script>"), "{format}: {once}");
            }
            let output = Command::new(env!("CARGO_BIN_EXE_sekisho"))
                .current_dir(folder.path())
                .env("RAYON_NUM_THREADS", "1")
                .args(["diff", "--as-of", "2026-11-26"])
                .args(words)
                .output()
                .expect("the program starts");
            assert_eq!(String::from_utf8_lossy(&output.stdout), once, "{format}");
        }
    }
    let (_, json) = run(folder.path(), &["a.ron", "b.ron", "--format", "json"]);
    let value: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(value["exit_code"], 1);
    assert_eq!(value["sessions"][0]["services"][0], "tcp 22");
    let (_, svg) = run(folder.path(), &["a.ron", "b.ron", "--format", "svg"]);
    roxmltree::Document::parse(&svg).expect("XML");
}
