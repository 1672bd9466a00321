//! What `sekisho trace` says beside where a packet goes: by which route it went on.

use sekisho::model::{FaceAddress, Model, PacketAddr, Protocol, Ternary};
use sekisho::packet::Packet;
use sekisho::packet::journey::{End, Leg, journeys, route_of};
use serde_json::Value;

use crate::cli_packets::{asked, drawing, en};
use crate::support::record::read;
use crate::support::twin::model_of;

const RECORD: &str = include_str!("kernel/towns.txt");

/// A firewall that reaches `b` by way of a router; `fw` are the fields of the firewall.
fn two_hops(fw: &str) -> String {
    let text = drawing(&format!(
        r#""pc": Terminal(at: "a", address: "10.1.0.5"),
    "srv": Server(at: "b", address: "10.2.0.5"),
    "fw": Firewall(joins: ["a", "n"], default: Permit, strays: Drop, rules: [], {fw}),
    "r": Router(joins: ["n", "b"], routes: [(to: "any", via: "n", next: "fw"), (to: "10.2.0.77", drop: true)]),"#
    ));
    text.replace("  nodes:", "  networks: { \"n\": (address: \"10.8.0.0/24\") },\n  nodes:")
}

const WRITTEN: &str = r#"routes: [(to: "10.2.0.0/24", via: "n", next: "r")]"#;

/// P-CONNECTED: nobody wrote such a route, so it has no place.
#[test]
fn a_trace_says_by_which_route_a_packet_goes_on() {
    let text = two_hops(WRITTEN);
    let (_, told) = en(&text, &["trace", "pc", "srv"]);
    let first: Vec<&str> = told.lines().skip(2).take(6).collect();
    let place = text.lines().enumerate().find_map(|(i, l)| Some((i + 1, l.find("\"10.2.0.0/24\", via")? + 2)));
    let (line, column) = place.expect("the route is written");
    assert_eq!(
        first,
        [
            "there: 10.1.0.5 → 10.2.0.5  tcp 50000 → 443",
            "  1. fw (a → n)  passes: its default",
            &format!("     route: 10.2.0.0/24 → n, next r  [d.ron:{line}:{column}]"),
            "  2. r (n → b)  passes: no rules",
            "     route: connected network b",
            "  ○ arrives at srv",
        ],
        "{told}"
    );
    let (_, ja) = asked(&text, "ja", &["trace", "pc", "srv"]);
    assert!(ja.contains("     経路: 直接つながっているネットワーク b\n"), "{ja}");
    assert!(ja.contains(&format!("     経路: 10.2.0.0/24 → n(次は r)  [d.ron:{line}:{column}]\n")), "{ja}");
    let (_, told) = en(&text, &["trace", "pc", "10.2.0.77"]);
    assert!(told.contains("     route: 10.2.0.77 → dropped  [d.ron:"), "{told}");
    // A device without a table has no route to tell.
    let (_, told) = en(&two_hops(""), &["trace", "pc", "srv"]);
    let (there, _) = told.split_once("  2. r").expect(&told);
    assert!(!there.contains("route:"), "{told}");
}

#[test]
fn the_json_of_a_trace_tells_routes() {
    let (_, json) = en(&two_hops(WRITTEN), &["trace", "pc", "srv", "--format", "json"]);
    let json: Value = serde_json::from_str(&json).expect("JSON");
    let routes: Vec<&Value> = json["tried"][0]["journeys"][0]["legs"][0]["passes"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|p| &p["route"])
        .collect();
    assert_eq!((&routes[0]["connected"], &routes[0]["next"]), (&false.into(), &"r".into()));
    assert!(routes[0]["place"].as_str().is_some_and(|p| p.starts_with("d.ron:")), "{json:#}");
    assert_eq!(
        (&routes[1]["connected"], &routes[1]["to"], &routes[1]["place"]),
        (&true.into(), &"b".into(), &Value::Null)
    );
}

#[test]
fn what_is_handed_to_a_connected_network_is_explained_so() {
    let text = two_hops(WRITTEN).replace("joins: [\"a\", \"n\"]", "joins: [\"a\", \"b\", \"n\"]");
    let text = text.replace("rules: []", "rules: [(deny: \"a -> b\")]").replace(WRITTEN, "routes: []");
    let (_, told) = en(&text, &["explain", "pc", "srv"]);
    assert!(crate::cli_packets::says(&told, "fw is connected to b, the network of the destination"), "{told}");
    let (_, ja) = asked(&text, "ja", &["explain", "pc", "srv"]);
    assert!(crate::cli_packets::says(&ja, "fw は宛先のネットワーク b に直接つながっていて、n へは回しません"), "{ja}");
}

/// The obvious way to say whether a route may be the one: nothing that certainly comes before it fits the packet.
fn may_decide(model: &Model, leg: &Leg, k: usize, index: usize) -> bool {
    let pass = &leg.passes[k];
    let t = &model.transits[pass.device];
    let routes = t.routes.as_deref().unwrap_or_default();
    let fits = |i: usize| {
        let r = &routes[i];
        let to = r.to.matches(pass.left.destination, &model.faces);
        let Some(when) = &r.when else { return to };
        let service = |s: &sekisho::model::Service| {
            s.contains(pass.left.protocol, pass.came.source_port, pass.left.destination_port)
        };
        let here = (when.enters.is_empty() || when.enters.contains(&pass.from)) && when.services.iter().any(service);
        to.and(when.source.matches(pass.came.source, &model.faces)).and(here.into())
    };
    let sure = |i: &usize| fits(*i) == Ternary::Yes;
    let policy = |i: &usize| routes[*i].when.is_some();
    let one_part = |i: &usize| routes[*i].via.is_none_or(|z| t.one_part(pass.from, z));
    let before: Vec<usize> = if policy(&index) {
        (0..index).filter(policy).collect()
    } else {
        let longer = |i: &usize| routes[*i].prefix_len > routes[index].prefix_len && one_part(i);
        (0..routes.len()).filter(|i| policy(i) || longer(i)).collect()
    };
    fits(index) != Ternary::No && !before.iter().any(sure) && routes[index].via == pass.to
}

#[test]
fn the_route_that_is_told_is_one_that_may_decide() {
    let (mut told, mut connected, mut none) = (0, 0, 0);
    for town in read(RECORD).into_iter().take(150) {
        let model = model_of(&town.ron).expect("a recorded town can be read");
        let addresses: Vec<_> = model
            .faces
            .iter()
            .filter_map(|(f, row)| match &row.address {
                FaceAddress::Known(ranges) if row.zone.is_some() => Some((f, PacketAddr::Literal(ranges[0].first))),
                _ => None,
            })
            .collect();
        for &(from, source) in &addresses {
            for &(_, destination) in addresses.iter().filter(|(_, d)| source.same_family(*d) && source != *d) {
                let packet =
                    Packet { source, destination, protocol: Protocol::Tcp, source_port: 50_000, destination_port: 443 };
                for leg in journeys(&model, from, packet).0.iter().flat_map(|j| &j.legs) {
                    for (k, pass) in leg.passes.iter().enumerate() {
                        let t = &model.transits[pass.device];
                        let taker = leg.passes.get(k + 1).map(|n| n.device);
                        let end = Some(leg.end).filter(|_| pass.to.is_none());
                        let Some(i) = route_of(&model, leg, k) else {
                            // Nothing decided: there are policy routes only or none, or the packet ended for another reason.
                            let table = t.routes.iter().flatten().any(|r| r.when.is_none());
                            assert!(
                                !table || pass.to.is_none() && end != Some(End::BlackHole),
                                "{pass:?} {}",
                                town.ron
                            );
                            none += 1;
                            continue;
                        };
                        assert!(may_decide(&model, leg, k, i), "{i} {pass:?} {}", town.ron);
                        let route = &t.routes.as_ref().expect("it has routes")[i];
                        let circles = leg.end == End::Loop && taker.is_none();
                        assert!(circles || route.next.is_none() || route.next == taker, "{pass:?} {}", town.ron);
                        told += 1;
                        connected += usize::from(t.is_connected(route));
                    }
                }
            }
        }
    }
    println!("{told} told, {connected} connected, {none} none");
    assert!(told > 1_000 && connected > 50 && none > 200, "{told} {connected} {none}: hardly anything is told");
}
