//! Sets against enumeration; equal sets are equal; laws; numbers of packets; first match; who may open what to whom.

use super::*;
use crate::packet::set::{Count, Line, Ordered, PacketSet, TooLarge};

/// A random set and, for each context and sample, whether it is in it.
fn some_set(seed: &mut Seed, space: &mut Space, samples: &[Packet], depth: u32) -> (PacketSet, Vec<bool>) {
    if depth == 0 || one_in(seed, 5) {
        let b = some_box(seed);
        let naive = (0..CONTEXTS).flat_map(|c| samples.iter().map(move |p| (c, p)));
        let naive = naive.map(|(c, p)| matches(&b, c, p)).collect();
        return (space.of(&b).expect("small"), naive);
    }
    let (a, has_a) = some_set(seed, space, samples, depth - 1);
    let (b, has_b) = some_set(seed, space, samples, depth - 1);
    let each = |op: fn(bool, bool) -> bool| has_a.iter().zip(&has_b).map(|(x, y)| op(*x, *y)).collect::<Vec<_>>();
    match seed.below(4) {
        0 => (space.and(a, b).expect("small"), each(|x, y| x && y)),
        1 => (space.or(a, b).expect("small"), each(|x, y| x || y)),
        2 => (space.minus(a, b).expect("small"), each(|x, y| x && !y)),
        _ => {
            let there = (0..CONTEXTS).flat_map(|_| samples.iter().map(exists));
            (space.complement(a).expect("small"), there.zip(&has_a).map(|(e, x)| e && !x).collect())
        }
    }
}

/// P-SET-1, P-SET-2.
#[test]
fn a_set_has_the_packets_that_its_boxes_say() {
    let samples: Vec<Packet> = packets().into_iter().step_by(7).collect();
    let (mut inside, mut outside) = (0, 0);
    for s in 0..60 {
        let (mut seed, mut space) = (Seed::new(s), space());
        let (set, naive) = some_set(&mut seed, &mut space, &samples, 3);
        for (i, has) in naive.into_iter().enumerate() {
            let (context, p) = ((i / samples.len()) as u32, &samples[i % samples.len()]);
            assert_eq!(space.contains(set, context, p), has, "seed {s}: {context} {p:?}");
            if has { inside += 1 } else { outside += 1 }
        }
        match space.witness(set) {
            Some((context, p)) => assert!(exists(&p) && space.contains(set, context, &p), "seed {s}: {p:?}"),
            None => assert_eq!(set, space.none()),
        }
        assert!(!space.contains(space.all(), CONTEXTS, &samples[0]));
    }
    assert!(inside > 10_000 && outside > 10_000, "{inside} {outside}");
}

/// P-SET-3: the same set made in other ways is the same value.
#[test]
fn equal_sets_are_equal_values() {
    let mut equal = 0;
    for s in 0..200 {
        let (mut seed, mut space) = (Seed::new(s), space());
        let [a, b, c] = [0; 3].map(|_| {
            let first = some_box(&mut seed);
            let second = some_box(&mut seed);
            space.union([&first, &second]).expect("small")
        });
        let laws = |x: &mut Space| -> Result<(), TooLarge> {
            let (all, none) = (x.all(), x.none());
            let (not_a, not_b) = (x.complement(a)?, x.complement(b)?);
            assert_eq!(x.complement(not_a)?, a);
            assert_eq!((x.or(a, not_a)?, x.and(a, not_a)?), (all, none));
            let (both, either) = (x.and(a, b)?, x.or(a, b)?);
            assert_eq!(x.or(not_a, not_b)?, x.complement(both)?);
            assert_eq!((x.or(a, both)?, x.and(a, either)?), (a, a));
            let (bc, ac) = (x.or(b, c)?, x.and(a, c)?);
            assert_eq!(x.and(a, bc)?, x.or(both, ac)?);
            assert_eq!(x.minus(a, b)?, x.and(a, not_b)?);
            assert_eq!(x.and(a, all)?, a);
            assert!(x.is_subset(both, a)? && x.is_subset(a, either)?);
            assert_eq!(x.is_subset(a, b)?, both == a);
            Ok(())
        };
        laws(&mut space).expect("small");
        // A box cut into pieces and put together again, in another order.
        let mut b = some_box(&mut seed);
        let whole = space.of(&b).expect("small");
        let cut = some_addresses(&mut seed);
        let rest = PacketBox { sources: b.sources.minus(&cut), ..b.clone() };
        b.sources = b.sources.and(&cut);
        let mut parts: Vec<PacketBox> = [b, rest]
            .into_iter()
            .flat_map(|b| b.services.clone().into_iter().map(move |s| PacketBox { services: vec![s], ..b.clone() }))
            .collect();
        seed.shuffle(&mut parts);
        let again = parts.iter().fold(space.none(), |all, b| {
            let part = space.of(b).expect("small");
            space.or(all, part).expect("small")
        });
        assert_eq!(again, whole, "seed {s}");
        equal += usize::from(whole != space.none());
    }
    assert!(equal > 50, "{equal}");
}

/// P-SET-4: numbers of packets add up, and those of boxes are products.
#[test]
fn packets_are_counted_exactly() {
    let mut seed = Seed::new(4);
    let mut space = space();
    let v4 = |text: &str| AddrSet::new([AddrRange::single(addr(text))], []);
    let tcp = Service {
        protocol: Some(Protocol::Tcp),
        source: PortRange::ALL,
        destination: PortRange { first: 80, last: 81 },
    };
    let mut one =
        PacketBox { contexts: None, sources: v4("10.0.0.1"), destinations: v4("10.0.0.2"), services: vec![tcp] };
    let count = |space: &mut Space, b: &PacketBox| {
        let set = space.of(b).expect("small");
        space.count(set)
    };
    assert_eq!(count(&mut space, &one), Count::from(3 * 2 * 65_536));
    one.services = vec![Service { protocol: Some(Protocol::Icmp), ..Service::ANY }];
    assert_eq!(count(&mut space, &one), Count::from(3 * 256));
    one.sources = AddrSet::new([], faces());
    one.destinations = AddrSet::new([], faces());
    assert_eq!(count(&mut space, &one), Count::from(3 * 9 * 512));
    one.services = vec![Service { protocol: Some(Protocol::Other(47)), ..Service::ANY }];
    one.destinations = AddrSet::all(&faces()[..3]);
    // 3 contexts, 3 sources, and 2^32 + (2^128 - 2^32) + 3 destinations.
    assert_eq!(count(&mut space, &one).to_string(), "3062541302288446171170371466885913903131");
    for s in 0..60 {
        let [a, b] = [0; 2].map(|_| {
            let b = some_box(&mut seed);
            space.of(&b).expect("small")
        });
        let (both, either) = (space.and(a, b).expect("small"), space.or(a, b).expect("small"));
        let only = [space.minus(a, b).expect("small"), space.minus(b, a).expect("small"), both];
        // Sums of numbers in decimal, by hand: independent of how they are added inside.
        let digits = |set: PacketSet| space.count(set).to_string();
        let sum = only.into_iter().map(digits).reduce(|x, y| decimal_sum(&x, &y)).expect("three");
        assert_eq!(sum, digits(either), "seed {s}");
        assert_eq!(space.count(a) == Count::default(), a == space.none());
        let log = space.count(either).log2();
        assert!(log < 300.0 && (either == space.none() || log >= 0.0), "{log}");
    }
}

fn decimal_sum(a: &str, b: &str) -> String {
    let (mut a, mut b) = (a.bytes().rev(), b.bytes().rev());
    let (mut digits, mut carry) = (Vec::new(), 0);
    loop {
        let (x, y) = (a.next(), b.next());
        if x.is_none() && y.is_none() && carry == 0 {
            break;
        }
        let sum = x.map_or(0, |d| d - b'0') + y.map_or(0, |d| d - b'0') + carry;
        digits.push(char::from(b'0' + sum % 10));
        carry = sum / 10;
    }
    let text: String = digits.iter().rev().collect();
    if text.is_empty() { "0".to_owned() } else { text }
}

fn some_lines(seed: &mut Seed, n: u64) -> Vec<Line> {
    (0..n).map(|_| Line { permit: one_in(seed, 2), packets: some_box(seed) }).collect()
}

/// P-SET-5: what an ordered list permits, and what each of its lines decides.
#[test]
fn the_first_line_that_matches_decides() {
    let samples: Vec<Packet> = packets().into_iter().step_by(11).collect();
    for s in 0..60 {
        let (mut seed, mut space) = (Seed::new(s), space());
        let count = 1 + seed.below(12);
        let lines = some_lines(&mut seed, count);
        let default = one_in(&mut seed, 2);
        let permitted = space.first_match(&lines, default).expect("small");
        let decided: Vec<PacketSet> = (0..lines.len()).map(|i| space.decided_by(&lines, i).expect("small")).collect();
        for context in 0..CONTEXTS {
            for p in &samples {
                let by = lines.iter().position(|l| matches(&l.packets, context, p));
                let passes = exists(p) && by.map_or(default, |i| lines[i].permit);
                assert_eq!(space.contains(permitted, context, p), passes, "seed {s} {p:?}");
                for (i, set) in decided.iter().enumerate() {
                    assert_eq!(space.contains(*set, context, p), by == Some(i), "seed {s} line {i} {p:?}");
                }
            }
        }
        let mut rest = space.all();
        for (set, line) in decided.iter().zip(&lines) {
            let own = space.of(&line.packets).expect("small");
            assert_eq!(space.and(rest, own).expect("small"), *set);
            rest = space.minus(rest, own).expect("small");
        }
    }
}

/// P-SET-8: groups that may do the same, and no two of them.
#[test]
fn a_partition_is_exact_and_the_coarsest() {
    let ends: Vec<PacketAddr> =
        edges().into_iter().map(PacketAddr::Literal).chain(faces().map(PacketAddr::Of)).collect();
    let mut groups_seen = 0;
    for s in 0..80 {
        let (mut seed, mut space) = (Seed::new(s), space());
        let lines = some_lines(&mut seed, 6);
        let set = space.first_match(&lines, false).expect("small");
        let context = seed.below(3) as u32;
        let (protocol, port) =
            [(Protocol::Tcp, 80), (Protocol::Icmp, 8), (Protocol::Icmp, 256), (Protocol::Other(47), 0)]
                [seed.below(4) as usize];
        let groups = space.partition(set, context, protocol, port).expect("small");
        for (i, (from, to)) in groups.iter().enumerate() {
            assert!(!from.is_empty() && !to.is_empty());
            for (other_from, other_to) in &groups[..i] {
                assert!(!from.meets(other_from) && to != other_to, "seed {s}");
            }
        }
        for &source in &ends {
            let to = groups.iter().find(|g| g.0.contains(source)).map(|g| &g.1);
            for &destination in &ends {
                let some = [0, 1, 8, 80, 255, 256, 443, u16::MAX].into_iter().any(|source_port| {
                    let p = Packet { source, destination, protocol, source_port, destination_port: port };
                    space.contains(set, context, &p)
                });
                let said = to.is_some_and(|t| t.contains(destination));
                assert_eq!(said, some, "seed {s}: {source:?} {destination:?}");
            }
        }
        groups_seen += groups.len();
    }
    assert!(groups_seen > 100, "{groups_seen}");
}

/// P-SET-9: beyond the limits there is an answer, and what was there stays as it was.
#[test]
fn what_is_too_large_is_said_so() {
    let limits = Limits { nodes: 3_000, steps: 100_000 };
    let mut space = Space::new(&[], 1, limits).expect("small");
    let mut seed = Seed::new(9);
    let host = |n: u64| AddrSet::new([AddrRange::single(std::net::IpAddr::from((n as u32).to_be_bytes()).into())], []);
    let lines: Vec<Line> = (0..400)
        .map(|_| Line {
            permit: true,
            packets: PacketBox {
                contexts: None,
                sources: host(seed.next_bits()),
                destinations: host(seed.next_bits()),
                services: vec![Service::ANY],
            },
        })
        .collect();
    assert_eq!(space.first_match(&lines, false), Err(TooLarge));
    assert!(space.nodes() <= 3_000);
    let few = Limits { nodes: 1_000_000, steps: 50 };
    assert_eq!(Space::new(&[], 1, few).expect("small").first_match(&lines, false), Err(TooLarge));
    let mut enough = Space::new(&[], 1, Limits::default()).expect("small");
    let set = enough.first_match(&lines, false).expect("enough");
    let all = space.all();
    assert!(lines.iter().all(|l| {
        let b = &l.packets;
        let p = Packet {
            source: first(&b.sources),
            destination: first(&b.destinations),
            protocol: Protocol::Tcp,
            source_port: 1,
            destination_port: 1,
        };
        enough.contains(set, 0, &p) && space.contains(all, 0, &p)
    }));
}

fn first(set: &AddrSet) -> PacketAddr {
    PacketAddr::Literal(std::net::IpAddr::from((set.ranges(0)[0].0 as u32).to_be_bytes()).into())
}

/// P-SET-10: whether a line decides or matters is what enumeration of sets says.
#[test]
fn what_single_lines_do_is_exact() {
    let mut seen = [0; 4];
    for s in 0..400 {
        let (mut seed, mut space) = (Seed::new(s), space());
        let count = 2 + seed.below(7);
        let lines = some_lines(&mut seed, count);
        let default = one_in(&mut seed, 2);
        let known = &faces()[..3];
        let never: Vec<PacketBox> = (0..seed.below(2)).map(|_| some_box(&mut seed)).collect();
        let given = space.all();
        let given = space.left_of(given, &never).expect("small");
        let mut ordered = Ordered::new(&lines, default, known, CONTEXTS, &never);
        let passes = |space: &mut Space, lines: &[Line]| {
            let all = space.first_match(lines, default).expect("small");
            space.and(all, given).expect("small")
        };
        let with = passes(&mut space, &lines);
        for i in 0..lines.len() {
            let own = space.of(&lines[i].packets).expect("small");
            let own = space.and(own, given).expect("small");
            let fits = own != space.none();
            let decided = space.decided_by(&lines, i).expect("small");
            let decides = space.and(decided, given).expect("small") != space.none();
            let mut others = lines.clone();
            others.remove(i);
            let matters = passes(&mut space, &others) != with;
            assert_eq!(ordered.fits(i), Some(fits), "seed {s} line {i}");
            assert_eq!(ordered.decides(i), Some(decides), "seed {s} line {i}");
            assert_eq!(ordered.matters(i), Some(matters), "seed {s} line {i}");
            seen[usize::from(fits) + usize::from(decides) + usize::from(matters)] += 1;
            if fits && !decides {
                let by = ordered.covering(i);
                let all = by.iter().map(|&j| &lines[j].packets);
                assert!(by.iter().all(|&j| j < i), "seed {s}");
                assert_eq!(space.left_of(own, all).expect("small"), space.none(), "seed {s}");
                // None of them can be spared.
                for &j in &by {
                    let rest = by.iter().filter(|&&k| k != j).map(|&k| &lines[k].packets);
                    assert_ne!(space.left_of(own, rest).expect("small"), space.none(), "seed {s}");
                }
            }
        }
    }
    assert!(seen.iter().all(|n| *n > 30), "{seen:?}");
}
