//! What `sekisho trace` says beside where a packet goes: by which route it went on.

use std::collections::BTreeSet;

use sekisho::model::{FaceAddress, Model, PacketAddr, Protocol, Ternary};
use sekisho::packet::Packet;
use sekisho::packet::journey::{End, Leg, journeys, route_of};
use serde_json::Value;

use crate::cli_packets::{asked, drawing, en, says};
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

/// A verdict is told by the rule that gives it, and the open question is whether the address fits the rule before.
#[test]
fn an_open_address_is_asked_of_the_rule_that_is_open() {
    let steps = |rules: &str| -> Vec<String> {
        let text = drawing(&format!(
            r#""pc": Terminal(at: "a"), "srv": Server(at: "b", address: "10.2.0.5"),
    "fw": Firewall(joins: ["a", "b"], strays: Drop, {rules}),"#
        ));
        let (_, told) = en(&text, &["trace", "pc", "srv"]);
        let told = told.lines().map(str::trim).filter(|l| l.starts_with('?') || l.starts_with("1. fw (a"));
        // Beside the first packets, later ones only say that a session is open.
        let told = told.filter(|l| !l.contains("an open session"));
        told.map(|l| l.split("  [").next().unwrap_or(l).to_owned()).collect()
    };
    assert_eq!(
        steps(r#"default: Permit, rules: [(deny: "10.1.0.5 -> any")]"#),
        [
            "? if the address that is not stated does not fit rule 1 of fw",
            "1. fw (a → b)  passes: its default",
            "? if the address that is not stated fits rule 1 of fw",
            "1. fw (a)  stops it: rule 1 \"10.1.0.5 -> any\"",
        ]
    );
    // What would be said behind it anyway makes no case.
    assert_eq!(
        steps(
            r#"default: Deny, rules: [(deny: "10.1.0.5 -> any"), (permit: "10.1.0.6 -> any"), (deny: "10.1.0.7 -> any")]"#
        ),
        [
            "? if the address that is not stated does not fit rule 1 of fw",
            "? if the address that is not stated does not fit rule 2 of fw",
            "1. fw (a)  stops it: its default",
            "? if the address that is not stated does not fit rule 1 of fw",
            "? if the address that is not stated fits rule 2 of fw",
            "1. fw (a → b)  passes: rule 2 \"10.1.0.6 -> any\"",
            "? if the address that is not stated fits rule 1 of fw",
            "1. fw (a)  stops it: rule 1 \"10.1.0.5 -> any\"",
        ]
    );
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
    assert!(says(&told, "fw is connected to b, the network of the destination"), "{told}");
    let (_, ja) = asked(&text, "ja", &["explain", "pc", "srv"]);
    assert!(says(&ja, "fw は宛先のネットワーク b に直接つながっていて、n へは回しません"), "{ja}");
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
        let hit = to.and(when.source.matches(pass.came.source, &model.faces)).and(here.into());
        // A network that the device joins may be looked for first.
        let joined = when.joined.matches(pass.left.destination, &model.faces) != Ternary::No;
        if joined { hit.and(Ternary::Unknown) } else { hit }
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

/// A proxy between two networks that no device joins for these two; `more` are further nodes.
fn by_proxy(more: &str) -> String {
    drawing(&format!(
        r#""pc": Terminal(at: "a", address: "10.1.0.5"), "pc2": Terminal(at: "a", address: "10.1.0.6"),
    "srv": Server(at: "b", address: "10.2.0.5", listens: "tcp 443"),
    "px": Proxy(inside: "a", outside: "b"),
    "fw": Firewall(joins: ["a", "b"], default: Deny, strays: Drop, rules: [{more}]),"#
    ))
}

#[test]
fn a_mediator_on_the_way_is_named_where_no_packet_gets_there() {
    let (code, told) = en(&by_proxy(""), &["trace", "pc", "srv"]);
    assert_eq!(code, Some(1), "the packet itself does not arrive: {told}");
    assert!(says(&told, "no packet gets there by itself, but something does through: px"), "{told}");
    let commands: Vec<&str> = told.lines().filter_map(|l| l.trim().strip_prefix("to trace it: sekisho ")).collect();
    assert_eq!(commands.len(), 2, "{told}");
    assert!(commands[0].starts_with("trace d.ron pc px.inside ") && commands[1].contains(" px.outside srv "), "{told}");
    for command in commands {
        let words: Vec<&str> = command
            .split('"')
            .flat_map(|w| if w.starts_with("tcp") { vec![w] } else { w.split_whitespace().collect() })
            .collect();
        let (name, rest) = (words[0], &words[2..]);
        let (code, told) = en(&by_proxy(""), &[&[name], rest].concat());
        assert_eq!(code, Some(0), "{command}\n{told}");
    }
    let (_, ja) = asked(&by_proxy(""), "ja", &["trace", "pc", "srv"]);
    assert!(says(&ja, "パケットは直接は届かないが、中継機器を通せば届くものがある: px"), "{ja}");
    let (_, json) = en(&by_proxy(""), &["trace", "pc", "srv", "--format", "json"]);
    let json: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["through"]["mediators"], serde_json::json!(["px"]));
    // Where another service gets there directly, nobody needs the proxy; nor does the proxy lead where it does not listen.
    for (text, to) in [(by_proxy(r#"(permit: "pc -> srv tcp 443")"#), "srv"), (by_proxy(""), "pc2")] {
        let (_, told) = en(&text, &["trace", "pc", to, "udp 53"]);
        assert!(!told.contains("gets there by itself"), "{told}");
    }
    let none = by_proxy("").replace("\"px\"", "\"px2\"").replace("outside: \"b\"", "outside: \"a\"");
    let (_, told) = en(&none, &["trace", "pc", "srv"]);
    assert!(!told.contains("gets there by itself"), "{told}");
}

/// The section of `docs/json.md` with a title, and the words in it that stand between backticks.
fn section(title: &str) -> (String, BTreeSet<String>) {
    let page = include_str!("../docs/json.md");
    let (_, rest) = page.split_once(&format!("## `{title}`\n")).expect("the section is there");
    let text = rest.split("\n## ").next().unwrap_or(rest).to_owned();
    let words = text.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    (text, words)
}

/// The fields that stand in the first columns of the tables of a section.
fn fields(text: &str) -> BTreeSet<String> {
    let rows = text.lines().filter(|l| l.starts_with("| `"));
    rows.flat_map(|l| l.split('|').nth(1).unwrap_or_default().split('`').skip(1).step_by(2))
        .map(str::to_owned)
        .collect()
}

fn keys(value: &Value, found: &mut BTreeSet<String>, values: &mut BTreeSet<String>) {
    match value {
        Value::Array(all) => all.iter().for_each(|v| keys(v, found, values)),
        Value::Object(all) => {
            for (key, v) in all.iter().filter(|(_, v)| v.get("ja").is_none()) {
                found.insert(key.clone());
                if let ("result" | "outcome" | "packet" | "end" | "reason" | "family", Some(word)) =
                    (key.as_str(), v.as_str())
                {
                    values.insert(word.to_owned());
                }
                keys(v, found, values);
            }
            let sentences = all.iter().filter(|(_, v)| v.get("ja").is_some()).map(|(k, _)| k.clone());
            found.extend(sentences);
        }
        _ => {}
    }
}

/// Drawings whose answers have every field, with a question to each.
fn many() -> Vec<(String, Vec<&'static str>)> {
    let gate = drawing(
        r#""pc": Terminal(at: "a", address: "10.1.0.5"),
    "srv": Server(at: "b", address: "10.2.0.5"),
    "vpn": VpnGateway(joins: ["a", "b"], strays: Drop, mfa: (enrolled: "srv"), rules: [(permit: "a -> srv tcp 443")]),"#,
    );
    vec![
        (two_hops(WRITTEN), vec!["pc", "srv"]),
        (two_hops(WRITTEN), vec!["pc", "10.2.0.77"]),
        (two_hops(WRITTEN), vec!["pc", "10.9.9.9"]),
        (by_proxy(""), vec!["pc", "srv"]),
        (gate.clone(), vec!["pc", "srv"]),
        (gate, vec!["pc", "srv", "tcp 80"]),
    ]
}

#[test]
fn the_json_of_a_trace_is_as_documented() {
    let (text, words) = section("trace --format json");
    let (mut found, mut values) = (BTreeSet::new(), BTreeSet::new());
    for (drawing, ends) in many() {
        let (_, json) = en(&drawing, &[&["trace"], ends.as_slice(), &["--format", "json"]].concat());
        let json = &json[json.find('{').expect("JSON")..=json.rfind('}').expect("JSON")];
        keys(&serde_json::from_str(json).expect("JSON"), &mut found, &mut values);
    }
    found.retain(|k| k != "ja" && k != "en");
    assert!(found.difference(&words).next().is_none(), "not described: {:?}", found.difference(&words));
    assert!(fields(&text).difference(&found).next().is_none(), "not there: {:?}", fields(&text).difference(&found));
    assert!(values.len() > 12 && values.is_subset(&words), "not described: {:?}", values.difference(&words));
    // What is described and was not met has to be a word of the source at least.
    let source = include_str!("../src/report/trace/json.rs").to_owned() + include_str!("../src/report/trace/mod.rs");
    let others = ["null", "true", "listens", "clients", "client_isolation", "sekisho", "schema_version"];
    let plain = |w: &&String| w.chars().all(|c| c.is_ascii_lowercase() || c == '_') && !others.contains(&w.as_str());
    for word in words.iter().filter(plain).filter(|w| !found.contains(*w)) {
        assert!(source.contains(&format!("\"{word}\"")), "`{word}` is described and never written");
    }
}

#[test]
fn the_json_of_reach_is_as_documented() {
    let (text, words) = section("reach --format json");
    let mut found = BTreeSet::new();
    for (drawing, ends) in many() {
        let service = [&["--service"], ends.get(2..).filter(|s| !s.is_empty()).unwrap_or(&["tcp 443"])].concat();
        let asked = [&["reach"], &ends[..2], &service, &["--format", "json"]].concat();
        let (_, json) = en(&drawing, &asked);
        let Some(at) = json.find('{') else { continue };
        let json = &json[at..=json.rfind('}').expect("JSON")];
        keys(&serde_json::from_str(json).expect("JSON"), &mut found, &mut BTreeSet::new());
    }
    found.retain(|k| k != "ja" && k != "en");
    assert!(found.difference(&words).next().is_none(), "not described: {:?}", found.difference(&words));
    assert!(fields(&text).difference(&found).next().is_none(), "not there: {:?}", fields(&text).difference(&found));
    // With what stands in the sentences.
    assert!(["only", "packets", "sources", "destinations"].iter().all(|w| words.contains(*w) && found.contains(*w)));
}
