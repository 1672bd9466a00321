//! Differences of two drawings: names and order mean nothing, the mirror is the mirror, and what is called looser or
//! stricter is what a slow comparison of single flows by the reference engine says.

#[path = "support/disk.rs"]
mod disk;
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use sekisho::change::difference::{Difference, Drawing, Mark, Relation, difference};
use sekisho::guideline::{Input, assess};
use sekisho::model::*;
use sekisho::network::Network;
use sekisho::verify::{Answer, Level, fast, reference};
use support::random_model::random_model;

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
    communications: Vec<usize>,
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
            Question::Require { from, to, carrier, via } => Question::Require {
                from: faces(from),
                to: faces(to),
                carrier: *carrier,
                via: ids(&self.labels, via),
            },
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
        communications: inverse(&orders.3),
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
    });
    out.transits = table(&orders.2, &m.transits, |t| {
        t.node = id(&map.nodes, t.node);
        t.zones = t.zones.iter().map(|&z| zone(z)).collect();
        t.one_way = t.one_way.map(|(a, b)| (zone(a), zone(b)));
        t.labels = ids(&map.labels, &t.labels);
        for rule in t.rules.iter_mut().flatten() {
            rule.source = map.set(&rule.source);
            rule.destination = map.set(&rule.destination);
            rule.enters = rule.enters.map(zone);
            rule.leaves = rule.leaves.map(zone);
        }
        for route in t.routes.iter_mut().flatten() {
            route.to = map.set(&route.to);
            route.via = zone(route.via);
        }
        for d in &mut t.dnat {
            d.inside = map.addr(d.inside);
            d.zone = zone(d.zone);
        }
        t.snat.iter_mut().for_each(|s| s.zone = zone(s.zone));
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
        "screen", "cdr", "av", "mailconv", "mailrelay", "proxy", "resolver", "relay", "update", "licence", "log", "time",
        "name", "transfer", "fout", "share", "media", "registered-media", "kiosk", "psc", "lgwan-fw", "lbo", "mfa",
        "dedicated", "internet-line", "vpn", "diode",
    ]
}

fn shipped() -> Vec<(String, Model)> {
    let mut wrong = Vec::new();
    let found = disk::readable(&["models"], &mut wrong);
    assert!(wrong.is_empty(), "{wrong:?}");
    found.into_iter().map(|(path, loaded)| (disk::shown(&path), loaded.model)).collect()
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
                        rules[i].action =
                            if rules[i].action == Action::Permit { Action::Deny } else { Action::Permit };
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
    for (a, b) in [("models/alpha.ron", "models/beta-prime.ron"), ("models/alpha.ron", "models/alpha-prime.ron")] {
        let (there, again) = (compare(find(a), find(b)), compare(find(b), find(a)));
        assert_eq!(essence(&there, false), essence(&again, true), "{a} {b}");
    }
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
            own.checks.push(Check { name: format!("{} {}", x.index(), y.index()), question: Question::Matrix { from, to }, span: None });
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
            let edges = |r: PortRange| [r.first, r.last, r.last.saturating_add(1), r.first.saturating_sub(1)];
            for p in [Protocol::Tcp, Protocol::Udp] {
                for d in edges(s.destination) {
                    for c in [s.source.first, 50_000] {
                        points.insert((p, c, d));
                    }
                }
            }
            points.insert((s.protocol.filter(|p| !p.has_ports()).unwrap_or(Protocol::Icmp), 0, 0));
        }
    }
    points.extend([(Protocol::Tcp, 50_000, 7), (Protocol::Udp, 50_000, 7), (Protocol::Icmp, 0, 0), (Protocol::Other(200), 0, 0)]);
    let one = |p: u16| PortRange { first: p, last: p };
    points
        .into_iter()
        .map(|(p, s, d)| {
            let ports = p.has_ports();
            Service {
                protocol: Some(p),
                source: if ports { one(s) } else { PortRange::ALL },
                destination: if ports { one(d) } else { PortRange::ALL },
            }
        })
        .collect()
}

#[test]
fn looser_and_stricter_are_what_single_flows_say() {
    let mut seen: BTreeMap<Relation, usize> = BTreeMap::new();
    for seed in 0..count("SEKISHO_MODELS", 60) {
        let mut a = random_model(seed);
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
            let segment = |f: &str| a.segments[a.faces[FaceId::new(f.parse().expect("a number"))].segment.expect("one")].name.clone();
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
