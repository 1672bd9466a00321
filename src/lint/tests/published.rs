//! These tests catch: a published service called closed that some packet may use, or an open one not called so; a line
//! of translation called useless that decides something; networks said to share addresses that do not. The judges are
//! enumeration.

use super::super::{prefixes, translation};
use super::*;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Dnat, Layer, Segment, SegmentId, Table, Zone};

fn place(span: Span, i: usize) -> Span {
    Span::new(span.file, i..i)
}

/// The device as a node, so that remarks can name it.
fn with_device(model: &mut Model, transit: &Transit, span: Span) {
    let device = node(model, transit.zones[0], FaceAddress::Unknown, span);
    model.nodes[device].faces.clear();
}

fn some_ports(dice: &mut Dice) -> Option<(Protocol, PortRange)> {
    let (a, b) = (dice.below(4) as u16, dice.below(4) as u16);
    let protocol = [Protocol::Tcp, Protocol::Udp][dice.below(2)];
    (!dice.one_in(6)).then_some((protocol, PortRange { first: a.min(b), last: a.max(b) }))
}

fn told(remarks: &[Diagnostic], code: Code, i: usize) -> bool {
    remarks.iter().any(|d| d.code == code && d.span().is_some_and(|s| s.start as usize == i))
}

#[test]
fn a_published_service_is_closed_exactly_if_no_packet_for_it_may_pass() {
    let span = Span::new(Sources::new().add("t", "").expect("small"), 0..0);
    let mut seen = [0, 0];
    for seed in 1..=80u64 {
        let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let (mut model, mut transit) = model_and_transit(&mut dice, span);
        with_device(&mut model, &transit, span);
        // Translation makes a device remember.
        transit.stateful = true;
        transit.rules_see_outside = dice.one_in(3);
        let rules: Vec<Rule> = (0..1 + dice.below(4)).map(|_| some_rule(&mut dice, 3, &transit.zones, span)).collect();
        let ports = some_ports(&mut dice);
        let inside_port = ports.filter(|(_, r)| r.first == r.last && dice.one_in(2)).map(|_| 2);
        let inside = match dice.below(4) {
            0 => PacketAddr::Of(FaceId::new(dice.below(3))),
            n => PacketAddr::Literal(literal(n)),
        };
        transit.dnat = vec![Dnat { outside: literal(4), ports, inside, inside_port, zone: None, span: place(span, 1) }];
        transit.rules = Some(rules.clone());
        let mut remarks = Vec::new();
        model.transits.push(transit.clone());
        translation::remarks(&model, &mut remarks);
        let outside = PacketAddr::Literal(literal(4));
        let (to, wanted) = match (transit.rules_see_outside, inside_port) {
            (true, _) => (outside, ports),
            (false, Some(port)) => (inside, ports.map(|(p, _)| (p, PortRange { first: port, last: port }))),
            (false, None) => (inside, ports),
        };
        let open = packets(&model, &transit).iter().any(|p| {
            let asked = wanted.is_none_or(|(protocol, r)| p.protocol == protocol && r.contains(p.ports.1));
            let hits: Vec<Ternary> = rules.iter().map(|r| hit(&model, r, p)).collect();
            asked
                && p.destination == to
                && p.state == PacketState::New
                && decide(&rules, &hits, transit.default, true, None).1
        });
        let closed = told(&remarks, Code::PUBLISHED_NOT_PERMITTED, 1);
        assert_eq!(closed, !open, "seed {seed}: {rules:#?} {transit:#?}");
        seen[usize::from(closed)] += 1;
    }
    assert!(seen[0] > 15 && seen[1] > 15, "{seen:?}");
}

#[test]
fn a_line_of_translation_is_told_if_nothing_is_left_of_it() {
    let span = Span::new(Sources::new().add("t", "").expect("small"), 0..0);
    let mut seen = [0, 0];
    for seed in 1..=200u64 {
        let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let (mut model, mut transit) = model_and_transit(&mut dice, span);
        with_device(&mut model, &transit, span);
        let lines = 2 + dice.below(4);
        for i in 0..lines {
            let outside = literal(4 + dice.below(2));
            for _ in 0..1 + dice.below(2) {
                let inside = PacketAddr::Literal(literal(dice.below(3)));
                let ports = some_ports(&mut dice);
                let span = place(span, i);
                transit.dnat.push(Dnat { outside, ports, inside, inside_port: None, zone: None, span });
            }
        }
        let mut remarks = Vec::new();
        model.transits.push(transit.clone());
        translation::remarks(&model, &mut remarks);
        let asks = |d: &Dnat, q: (Addr, Protocol, u16)| {
            d.outside == q.0 && d.ports.is_none_or(|(p, r)| p == q.1 && r.contains(q.2))
        };
        let mut decides = vec![false; lines];
        for outside in [literal(4), literal(5)] {
            for protocol in [Protocol::Tcp, Protocol::Udp, Protocol::Icmp] {
                for port in 0..6 {
                    let by = transit.dnat.iter().find(|d| asks(d, (outside, protocol, port)));
                    by.into_iter().for_each(|d| decides[d.span.start as usize] = true);
                }
            }
        }
        for (i, &decides) in decides.iter().enumerate() {
            let never = remarks.iter().any(|d| {
                d.code == Code::PUBLISHED_TWICE
                    && d.span() == Some(place(span, i))
                    && d.labels[0].text.en == "this one is never used"
            });
            assert_eq!(never, !decides, "seed {seed} line {i}: {:#?}", transit.dnat);
            seen[usize::from(never)] += 1;
        }
    }
    assert!(seen[0] > 100 && seen[1] > 50, "{seen:?}");
}

#[test]
fn networks_of_one_device_are_told_exactly_if_they_share_an_address() {
    let span = Span::new(Sources::new().add("t", "").expect("small"), 0..0);
    let mut seen = [0, 0];
    for seed in 1..=120u64 {
        let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let mut model = Model::default();
        let (_, blank) = model_and_transit(&mut dice, span);
        let segment = Segment {
            name: String::new(),
            label: String::new(),
            // Whose addresses somebody else hands out: told only where a device joins them.
            layer: Layer::Vendor,
            body: None,
            cloud: false,
            foreign: false,
            span,
        };
        model.segments.push(segment);
        let count = 3 + dice.below(3);
        for i in 0..count {
            let first = dice.below(30) as u8;
            let last = first + dice.below(6) as u8;
            let addr = |n: u8| Addr::from(IpAddr::from([10, 0, 0, n]));
            let range = AddrRange { first: addr(first), last: addr(last) };
            model.zones.push(Zone {
                name: i.to_string(),
                label: String::new(),
                segment: Some(SegmentId::new(0)),
                broadcast: !dice.one_in(6),
                binding: None,
                patched: dice.one_in(4).then_some(0),
                client_isolation: false,
                wireless: false,
                security: None,
                addresses: vec![range],
                span: place(span, i),
            });
        }
        with_device(&mut model, &blank, span);
        let mut transits = Table::default();
        for _ in 0..2 {
            let zones: Vec<ZoneId> = (0..count).filter(|_| !dice.one_in(4)).map(ZoneId::new).collect();
            let parts = dice.one_in(2).then(|| zones.iter().map(|_| dice.below(2) as u32).collect());
            transits.push(Transit { zones, parts, ..blank.clone() });
        }
        model.transits = transits;
        let mut remarks = Vec::new();
        prefixes::remarks(&model, &mut remarks);
        for b in 0..count {
            for a in 0..b {
                let (x, y) = (ZoneId::new(a), ZoneId::new(b));
                let (one, other) = (&model.zones[x], &model.zones[y]);
                let both = |t: &Transit| t.zones.contains(&x) && t.zones.contains(&y) && t.one_part(x, y);
                let shares = (0..50u8).any(|n| {
                    let n = Addr::from(IpAddr::from([10, 0, 0, n]));
                    one.addresses[0].contains(n) && other.addresses[0].contains(n)
                });
                let wanted = shares
                    && one.broadcast
                    && other.broadcast
                    && !model.one_wire(x, y)
                    && model.transits.values().any(both);
                let found = remarks.iter().filter(|d| {
                    d.code == Code::SAME_PREFIX && d.labels[0].span == other.span && d.labels[1].span == one.span
                });
                assert_eq!(found.count(), usize::from(wanted), "seed {seed}: {a} {b} {model:#?}");
                seen[usize::from(wanted)] += 1;
            }
        }
    }
    assert!(seen[0] > 100 && seen[1] > 50, "{seen:?}");
}
