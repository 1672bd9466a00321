//! What an ordered list of 100, 1,000 and 10,000 rules lets through, as one set: by packet sets, by the decision diagrams of
//! another crate over the same 104 bits, and packet by packet. All three answer the same random packets in the same run, and
//! the benchmark fails if two answers differ; read the ratios, not the seconds.
//!
//! `cargo bench --bench packets` prints the table; `-- measure` adds criterion's own statistics of one size. Two mixes of
//! rules: *in order*, as they grow in a body (wide denies first, machines and their ports in the middle, ways out last), and
//! *shuffled*, which is the hardest order for everybody.

use std::hint::black_box;
use std::time::{Duration, Instant};

use biodivine_lib_bdd::{Bdd, BddPartialValuation, BddValuation, BddVariableSet};
use criterion::Criterion;
use sekisho::generate::Seed;
use sekisho::model::{Addr, AddrRange, PacketAddr, PortRange, Protocol, Service};
use sekisho::packet::Packet;
use sekisho::packet::set::{AddrSet, Limits, Line, Ordered, PacketBox, Space};

const SIZES: [u64; 3] = [100, 1_000, 10_000];

/// The other crate takes minutes beyond this.
const PEER: u64 = 1_000;

/// A rule in plain numbers: ranges of sources and destinations, and of ports of a protocol.
#[derive(Debug, Clone)]
struct Plain {
    permit: bool,
    sources: Vec<(u32, u32)>,
    destinations: Vec<(u32, u32)>,
    /// Protocol 6 or 17, with destination ports.
    services: Vec<(u8, u16, u16)>,
}

/// A packet in plain numbers.
#[derive(Debug, Clone, Copy)]
struct Sample {
    source: u32,
    destination: u32,
    protocol: u8,
    source_port: u16,
    port: u16,
}

const EVERY: (u32, u32) = (0, u32::MAX);
const TCP: u8 = 6;
const UDP: u8 = 17;

fn net(address: u32, length: u32) -> (u32, u32) {
    let hosts = u32::MAX.checked_shr(length).unwrap_or(0);
    (address & !hosts, address | hosts)
}

/// A body with servers, each with ports of its own, and offices with machines.
struct Body {
    seed: Seed,
    servers: u64,
    offices: u64,
}

impl Body {
    #[allow(clippy::type_complexity, reason = "an address range and its services, used in one place")]
    fn server(&mut self) -> ((u32, u32), Vec<(u8, u16, u16)>) {
        const PORTS: [u16; 15] = [80, 443, 22, 1433, 3306, 5432, 8080, 8443, 389, 636, 9200, 5000, 21, 25, 110];
        let i = self.seed.below(self.servers) as u32;
        let address = 0x0af0_0000 | ((i / 200) << 8) | (i % 200);
        // The ports of a server are always the same.
        let mut own = Seed::new(u64::from(i));
        let port = |own: &mut Seed| PORTS[own.below(15) as usize];
        let mut services = vec![port(&mut own)];
        if own.below(3) == 0 {
            services.push(port(&mut own));
        }
        if own.below(7) == 0 {
            services.push(1_024 + own.below(5_000) as u16);
        }
        ((address, address), services.into_iter().map(|p| (TCP, p, p)).collect())
    }

    fn office(&mut self) -> (u32, u32) {
        net(0x0a00_0000 | (self.seed.below(self.offices) as u32) << 8, 24)
    }

    fn some(&mut self) -> Vec<(u32, u32)> {
        let machine = |body: &mut Self| {
            let host = body.office().0 + body.seed.below(254) as u32;
            (host, host)
        };
        let one = |body: &mut Self| if body.seed.below(3) == 0 { body.office() } else { machine(body) };
        (0..=self.seed.below(3)).map(|_| one(self)).collect()
    }

    /// A rule of the part of the list: 0 wide denies, 1 machines and their ports, 2 ways out.
    fn rule(&mut self, part: u64) -> Plain {
        const OUT: [&[(u8, u16, u16)]; 4] = [
            &[(TCP, 80, 80), (TCP, 443, 443)],
            &[(TCP, 53, 53), (UDP, 53, 53)],
            &[(UDP, 123, 123)],
            &[(TCP, 443, 443)],
        ];
        const ALL: &[(u8, u16, u16)] = &[(TCP, 0, u16::MAX), (UDP, 0, u16::MAX)];
        let rule = |permit, sources, destinations, services: &[(u8, u16, u16)]| Plain {
            permit,
            sources,
            destinations,
            services: services.to_vec(),
        };
        match (part, self.seed.below(20)) {
            (0, 0..=9) => rule(false, self.some(), vec![EVERY], ALL),
            (0, _) => rule(false, vec![EVERY], vec![self.office()], &[(TCP, 135, 139), (TCP, 445, 445)]),
            (2, k) => rule(true, self.some(), vec![EVERY], OUT[k as usize % 4]),
            (_, 0..=13) => {
                let (server, services) = self.server();
                rule(true, self.some(), vec![server], &services)
            }
            (_, 14..=16) => rule(true, vec![EVERY], vec![self.server().0], OUT[0]),
            (_, 17) => rule(false, vec![EVERY], vec![self.server().0], &[(TCP, 22, 22)]),
            (_, 18) => rule(true, self.some(), vec![self.office()], &[(TCP, 22, 22), (TCP, 3389, 3389)]),
            _ => rule(true, self.some(), vec![self.office()], ALL),
        }
    }
}

fn rules(count: u64, shuffled: bool) -> Vec<Plain> {
    let mut body = Body { seed: Seed::new(count), servers: count / 4 + 4, offices: count / 20 + 8 };
    let part = |i: u64| if i < count / 25 { 0 } else { 1 + u64::from(i > count - count / 8) };
    let mut all: Vec<Plain> = (0..count).map(|i| body.rule(part(i))).collect();
    if shuffled {
        body.seed.shuffle(&mut all);
    }
    all
}

/// Random packets between addresses that rules name, and near them.
fn samples(rules: &[Plain], count: usize) -> Vec<Sample> {
    let mut seed = Seed::new(7);
    let mut end = |side: fn(&Plain) -> &[(u32, u32)]| {
        let ranges = side(&rules[seed.below(rules.len() as u64) as usize]);
        let (first, last) = ranges[seed.below(ranges.len() as u64) as usize];
        let inside = first + seed.below(u64::from(last - first) + 1) as u32;
        inside.wrapping_add(u32::from(seed.below(8) == 0))
    };
    let ends: Vec<(u32, u32)> = (0..count).map(|_| (end(|r| &r.sources), end(|r| &r.destinations))).collect();
    ends.into_iter()
        .map(|(source, destination)| {
            let services = &rules[seed.below(rules.len() as u64) as usize].services;
            let (protocol, first, last) = services[seed.below(services.len() as u64) as usize];
            let port = first + seed.below(u64::from(last - first) + 1) as u16;
            Sample { source, destination, protocol, source_port: seed.below(65_536) as u16, port }
        })
        .collect()
}

fn naive(rules: &[Plain], p: &Sample) -> bool {
    let inside = |ranges: &[(u32, u32)], n: u32| ranges.iter().any(|r| r.0 <= n && n <= r.1);
    let fits = |r: &&Plain| {
        inside(&r.destinations, p.destination)
            && inside(&r.sources, p.source)
            && r.services.iter().any(|s| s.0 == p.protocol && s.1 <= p.port && p.port <= s.2)
    };
    rules.iter().find(fits).is_some_and(|r| r.permit)
}

fn address(n: u32) -> Addr {
    std::net::IpAddr::from(n.to_be_bytes()).into()
}

fn protocol(number: u8) -> Protocol {
    if number == TCP { Protocol::Tcp } else { Protocol::Udp }
}

fn line(rule: &Plain) -> Line {
    let set = |ranges: &[(u32, u32)]| {
        AddrSet::new(ranges.iter().map(|&(a, b)| AddrRange { first: address(a), last: address(b) }), [])
    };
    let service = |&(p, first, last): &(u8, u16, u16)| Service {
        protocol: Some(protocol(p)),
        source: PortRange::ALL,
        destination: PortRange { first, last },
    };
    Line {
        permit: rule.permit,
        packets: PacketBox {
            contexts: None,
            sources: set(&rule.sources),
            destinations: set(&rule.destinations),
            services: rule.services.iter().map(service).collect(),
        },
    }
}

fn packet(p: &Sample) -> Packet {
    Packet {
        source: PacketAddr::Literal(address(p.source)),
        destination: PacketAddr::Literal(address(p.destination)),
        protocol: protocol(p.protocol),
        source_port: p.source_port,
        destination_port: p.port,
    }
}

/// The other crate: destination, protocol, ports and source over 104 bits, in the order that is best here.
struct Peer {
    bits: BddVariableSet,
}

impl Peer {
    /// The place and width of destination, protocol, destination port, source port, source.
    const FIELDS: [(u16, u16); 5] = [(0, 32), (32, 8), (40, 16), (56, 16), (72, 32)];

    fn new() -> Self {
        Self { bits: BddVariableSet::new_anonymous(104) }
    }

    /// A range as prefixes, each a conjunction.
    fn range(&self, field: usize, (first, last): (u32, u32)) -> Bdd {
        let (at, width) = Self::FIELDS[field];
        let variables = self.bits.variables();
        let mut all = self.bits.mk_false();
        let mut from = u64::from(first);
        while from <= u64::from(last) {
            let longest = if from == 0 { u32::from(width) } else { from.trailing_zeros().min(u32::from(width)) };
            let hosts = (0..=longest).rev().find(|&h| from + (1 << h) - 1 <= u64::from(last)).unwrap_or(0);
            let mut clause = BddPartialValuation::empty();
            for bit in 0..width - hosts as u16 {
                clause.set_value(variables[usize::from(at + bit)], from >> (width - 1 - bit) & 1 == 1);
            }
            all = all.or(&self.bits.mk_conjunctive_clause(&clause));
            from += 1 << hosts;
        }
        all
    }

    fn ranges(&self, field: usize, ranges: &[(u32, u32)]) -> Bdd {
        ranges.iter().fold(self.bits.mk_false(), |all, &r| all.or(&self.range(field, r)))
    }

    fn rule(&self, rule: &Plain) -> Bdd {
        let services = rule.services.iter().fold(self.bits.mk_false(), |all, &(p, first, last)| {
            let protocol = self.range(1, (p.into(), p.into()));
            all.or(&protocol.and(&self.range(2, (first.into(), last.into()))))
        });
        services.and(&self.ranges(0, &rule.destinations)).and(&self.ranges(4, &rule.sources))
    }

    /// What a stretch of rules permits and denies, joined in halves.
    fn stretch(&self, rules: &[Plain]) -> (Bdd, Bdd) {
        match rules {
            [] => (self.bits.mk_false(), self.bits.mk_false()),
            [one] if one.permit => (self.rule(one), self.bits.mk_false()),
            [one] => (self.bits.mk_false(), self.rule(one)),
            _ => {
                let (before, after) = rules.split_at(rules.len() / 2);
                let ((a, b), (c, d)) = (self.stretch(before), self.stretch(after));
                (a.or(&c.and_not(&b)), b.or(&d.and_not(&a)))
            }
        }
    }

    fn has(set: &Bdd, p: &Sample) -> bool {
        let numbers = [p.destination, p.protocol.into(), p.port.into(), p.source_port.into(), p.source];
        let mut bits = vec![false; 104];
        for (&(at, width), number) in Self::FIELDS.iter().zip(numbers) {
            for bit in 0..width {
                bits[usize::from(at + bit)] = number >> (width - 1 - bit) & 1 == 1;
            }
        }
        set.eval_in(&BddValuation::new(bits))
    }
}

fn timed<T>(job: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let result = black_box(job());
    (result, start.elapsed())
}

fn table(count: u64, shuffled: bool, lookups: usize) {
    let rules = rules(count, shuffled);
    let samples = samples(&rules, lookups);
    let lines: Vec<Line> = rules.iter().map(line).collect();
    println!("{count} rules, {}", if shuffled { "shuffled" } else { "in order" });
    let mut space = Space::new(&[], 1, Limits::default()).expect("small");
    let (set, building) = timed(|| space.first_match(&lines, false));
    let set = set.expect("these rules are within the limits");
    println!("  set, built: {building:.1?} ({} nodes made)", space.nodes());
    let (said, by_set) = timed(|| samples.iter().map(|p| space.contains(set, 0, &packet(p))).collect::<Vec<_>>());
    let (judged, by_rule) = timed(|| samples.iter().map(|p| naive(&rules, p)).collect::<Vec<_>>());
    assert_eq!(said, judged, "packet sets differ from the rules");
    let permitted = judged.iter().filter(|p| **p).count();
    assert!(permitted > lookups / 50 && permitted < lookups - lookups / 50, "{permitted} of {lookups} say nothing");
    let ratio = |a: Duration, b: Duration| a.as_secs_f64() / b.as_secs_f64().max(1e-9);
    println!("  {lookups} packets: set {by_set:.1?}, rule by rule {by_rule:.1?} ({:.1} times)", ratio(by_rule, by_set));
    if count <= PEER {
        let peer = Peer::new();
        let ((other, _), time) = timed(|| peer.stretch(&rules));
        println!("  biodivine, built: {time:.1?} ({:.1} times, {} nodes)", ratio(time, building), other.size());
        for (p, has) in samples.iter().zip(&judged) {
            assert_eq!(Peer::has(&other, p), *has, "the other diagrams differ from the rules: {p:?}");
        }
    }
    let (idle, asking) = timed(|| {
        let mut ordered = Ordered::new(&lines, false, &[], 1, &[]);
        (0..lines.len()).filter(|&i| ordered.decides(i) == Some(false) || ordered.matters(i) == Some(false)).count()
    });
    println!("  what each rule does: {asking:.1?} ({idle} do nothing)");
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    // `cargo test --bench` does not say `--bench`: then everything runs once, as small as possible.
    let is_bench = args.iter().any(|a| a == "--bench") && !args.iter().any(|a| a == "--test");
    for &count in SIZES.iter().take(if is_bench { SIZES.len() } else { 1 }) {
        for shuffled in [false, true] {
            table(count, shuffled, if is_bench { 20_000 } else { 500 });
        }
    }
    if !is_bench || args.iter().any(|a| a == "measure") {
        let mut criterion = Criterion::default().configure_from_args().without_plots();
        let lines: Vec<Line> = rules(SIZES[0], false).iter().map(line).collect();
        criterion.bench_function("first match, 100 rules", |b| {
            b.iter(|| {
                let mut space = Space::new(&[], 1, Limits::default()).expect("small");
                black_box(space.first_match(&lines, false))
            });
        });
    }
}
