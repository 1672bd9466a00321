//! `flow::reach` against single questions: a packet is in a set exactly if the packet layer says so of it alone.

use sekisho::flow::reach;
use sekisho::model::{Addr, FaceAddress, FaceId, ICMP_V6, Model, PacketAddr, Protocol};
use sekisho::packet::{Asked, Level, Lookup, Packet, Sessions};
use sekisho::twin::lab::Kind;

use crate::support::random_model::random_model;
use crate::support::record::read;
use crate::support::twin::model_of;

const RECORD: &str = include_str!("kernel/towns.txt");

#[test]
fn all_packets_are_those_that_single_questions_find() {
    let (mut asked, mut open, mut one_way) = (0, 0, 0);
    for town in read(RECORD).into_iter().take(40) {
        let model = model_of(&town.ron).expect("a recorded town can be read");
        let sessions = Sessions::new(&model);
        let lookup = Lookup::new(&model, &sessions);
        let faces: Vec<FaceId> = model.faces.ids().collect();
        let found = reach(&model, &sessions, &faces, &faces, None).expect("a town is small");
        let owners = |at: Addr| {
            let has = |f: &FaceId| match &model.faces[*f].address {
                FaceAddress::Known(ranges) => ranges.iter().any(|r| r.contains(at)),
                _ => false,
            };
            model.faces.ids().filter(has).collect::<Vec<_>>()
        };
        for p in town.answers(&model).planned {
            let (protocol, destination_port) = match p.probe.kind {
                Kind::Tcp => (Protocol::Tcp, p.probe.port),
                Kind::Udp => (Protocol::Udp, p.probe.port),
                Kind::Echo => (Protocol::Icmp, if p.asked.is_v4() { 8 } else { ICMP_V6 + 128 }),
            };
            let source_port = if protocol == Protocol::Icmp { 0 } else { p.probe.source_port.max(1) };
            let packet = Packet {
                source: PacketAddr::Literal(p.source),
                destination: PacketAddr::Literal(p.asked),
                protocol,
                source_port,
                destination_port,
            };
            // Whoever may get it: the owner of the address, or somebody behind a published one.
            let inside = model.transits.values().flat_map(|t| &t.dnat).filter(|n| n.outside == p.asked);
            let behind = inside.filter_map(|n| match n.inside {
                PacketAddr::Literal(a) => Some(a),
                PacketAddr::Of(_) => None,
            });
            let (mut first, mut answer) = (None, None);
            for at in std::iter::once(p.asked).chain(behind) {
                for responder in owners(at) {
                    let (a, b) = (model.faces[p.initiator].node, model.faces[responder].node);
                    let heard = model.endpoint_of(responder).and_then(|e| e.listens.as_ref());
                    let delivered = model.transits.values().flat_map(|t| &t.dnat).find(|n| {
                        n.outside == p.asked
                            && at != p.asked
                            && n.ports.is_none_or(|(x, r)| x == protocol && r.contains(destination_port))
                    });
                    let port = delivered.and_then(|n| n.inside_port).unwrap_or(destination_port);
                    if a == b || !heard.is_none_or(|l| l.iter().any(|s| s.contains(protocol, source_port, port))) {
                        continue;
                    }
                    let levels = lookup.levels(&Asked {
                        initiator: p.initiator,
                        source: Some(p.source),
                        asked: Some(p.asked),
                        responder,
                        destination: Some(at),
                        protocol,
                        source_port,
                        destination_port,
                    });
                    first = first.max(levels.first);
                    answer = answer.max(levels.answer);
                }
            }
            let is_in = |set| found.space.contains(set, 0, &packet);
            let told = format!("{} {packet:?}: first {first:?}, answer {answer:?}", town.name);
            assert_eq!(is_in(found.certain), answer >= Some(Level::Sure), "certain: {told}");
            assert_eq!(is_in(found.possible), answer == Some(Level::May), "possible: {told}");
            assert_eq!(is_in(found.one_way), answer.is_none() && first.is_some(), "one way: {told}");
            asked += 1;
            open += usize::from(answer.is_some());
            one_way += usize::from(answer.is_none() && first.is_some());
        }
    }
    println!("{asked} asked, {open} open, {one_way} one way");
    assert!(asked > 10_000 && open > 1_000 && one_way > 200, "{asked} {open} {one_way}: hardly anything is asked");
}

/// Sessions of a selection are those of the whole drawing, as far as the selection goes.
#[test]
fn the_sessions_of_a_selection_give_the_same_packets() {
    let (mut asked, mut some) = (0, 0);
    let towns: Vec<Model> = read(RECORD)
        .into_iter()
        .step_by(23)
        .take(6)
        .map(|t| model_of(&t.ron).expect("a recorded town can be read"))
        .chain((0..6).map(random_model))
        .collect();
    for model in towns {
        let whole = Sessions::new(&model);
        let faces: Vec<FaceId> = model.faces.ids().collect();
        let first = |f: FaceId| match &model.faces[f].address {
            FaceAddress::Known(ranges) => ranges.first().map(|r| r.last),
            _ => None,
        };
        for (i, &x) in faces.iter().enumerate() {
            for (j, &y) in faces.iter().enumerate() {
                // Single machines, and now and then a few together; any address, or one, also one that is published.
                let from = if (i + j) % 5 == 0 { faces[..=i].to_vec() } else { vec![x] };
                let to = if (i + j) % 7 == 0 { faces[j..].to_vec() } else { vec![y] };
                let published = model.transits.values().flat_map(|t| &t.dnat).map(|n| n.outside).next();
                let (source, destination) = match (i + j) % 4 {
                    0 => (first(x), None),
                    1 => (None, first(y)),
                    2 => (None, published),
                    _ => (None, None),
                };
                let part = Sessions::between(&model, (&from, source), (&to, destination));
                let told = |sessions: &Sessions| {
                    let mut found = reach(&model, sessions, &from, &to, None).expect("a town is small");
                    found.only(source, destination).expect("a town is small");
                    let sets = [found.certain, found.possible, found.one_way];
                    let gated: Vec<_> =
                        found.gated.iter().map(|g| (g.gates.clone(), g.lacking.clone(), g.packets)).collect();
                    let rows = sets.map(|set| found.rows(set).expect("a town is small"));
                    let past: Vec<_> =
                        gated.into_iter().map(|(g, l, set)| (g, l, found.rows(set).expect("small"))).collect();
                    (rows, past)
                };
                let ((all, past), (own, own_past)) = (told(&whole), told(&part));
                assert_eq!(own, all, "{from:?} {to:?} {source:?} {destination:?}");
                assert_eq!(own_past.len(), past.len(), "{from:?} {to:?} {source:?} {destination:?}");
                for (a, b) in own_past.iter().zip(&past) {
                    assert_eq!((&a.0, &a.2), (&b.0, &b.2), "{from:?} {to:?} {source:?} {destination:?}");
                    // Of one address only those are named who have to do with it; the whole names everybody of the selection.
                    let narrow = source.is_some() || destination.is_some();
                    assert!(a.1 == b.1 || narrow && a.1.is_subset(&b.1), "{a:?} {b:?}");
                }
                asked += 1;
                some += usize::from(all.iter().any(|rows| !rows.is_empty()));
            }
        }
    }
    println!("{asked} asked, {some} with packets");
    assert!(asked > 300 && some > 60, "{asked} {some}: hardly anything is asked");
}
