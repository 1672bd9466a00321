//! What the Linux kernel did with real packets, against what the packet layer says: `tests/kernel/README.md`.
//!
//! Two implications are held, of both engines: a session that the kernel let happen exists in `may` (else "holds" would
//! be wrong), and a session that is `sure` happened in the kernel (else a violation would be invented).

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use ipnet::Ipv4Net;
use sekisho::model::*;
use sekisho::network::Network;
use sekisho::verify::{Answer, Level, Verdict, fast, reference};
use serde_json::Value;

use crate::support::build::{Build, End, addr, addresses};

/// The five probes of a cell, in the order of its letters.
const PROBES: [(Protocol, u16); 5] =
    [(Protocol::Tcp, 22), (Protocol::Tcp, 80), (Protocol::Tcp, 443), (Protocol::Udp, 53), (Protocol::Icmp, 0)];

/// The source ports that the probes came from.
const SOURCE_PORTS: PortRange = PortRange { first: 10_000, last: 31_999 };

// ---- reading a recorded topology ---------------------------------------------------------------------------------

fn text(v: &Value) -> &str {
    v.as_str().expect("a string")
}

fn list(v: &Value) -> &[Value] {
    v.as_array().map_or(&[], Vec::as_slice)
}

fn entries(v: &Value) -> impl Iterator<Item = (&str, &Value)> {
    v.as_object().into_iter().flatten().map(|(k, v)| (k.as_str(), v))
}

fn port(v: &Value) -> u16 {
    v.as_u64().and_then(|p| p.try_into().ok()).expect("a port")
}

/// `[80, 443]`, `"20-100"` or nothing.
fn ports(v: &Value) -> Vec<PortRange> {
    match v {
        Value::Null => vec![PortRange::ALL],
        Value::Array(all) => all.iter().map(|p| PortRange { first: port(p), last: port(p) }).collect(),
        _ => {
            let (first, last) = text(v).split_once('-').expect("first-last");
            let number = |p: &str| p.parse().expect("a port");
            vec![PortRange { first: number(first), last: number(last) }]
        }
    }
}

fn services(rule: &Value) -> Vec<Service> {
    let protocol = rule["proto"].as_str().map(|p| match p {
        "tcp" => Protocol::Tcp,
        "udp" => Protocol::Udp,
        "icmp" => Protocol::Icmp,
        other => panic!("protocol {other}"),
    });
    let pairs = ports(&rule["sport"]).into_iter().flat_map(|s| ports(&rule["dport"]).into_iter().map(move |d| (s, d)));
    pairs.map(|(source, destination)| Service { protocol, source, destination }).collect()
}

/// An attachment of a recorded node: the network, the address in it and its prefix.
struct Leg {
    net: String,
    address: Ipv4Addr,
    prefix: Ipv4Net,
}

fn legs(node: &Value) -> Vec<Leg> {
    let leg = |(net, a): (&str, &Value)| {
        let prefix: Ipv4Net = text(a).parse().expect("address/length");
        Leg { net: net.to_owned(), address: prefix.addr(), prefix }
    };
    entries(&node["if"]).map(leg).collect()
}

/// A prefix and, unless packets are lost there, the network and the next hop.
type RouteRow = (Ipv4Net, Option<(String, Option<Ipv4Addr>)>);

/// The routes of a node.
fn routes(node: &Value) -> Vec<RouteRow> {
    let legs = legs(node);
    let mut all: Vec<_> = legs.iter().map(|l| (l.prefix.trunc(), Some((l.net.clone(), None)))).collect();
    let default = Value::from("0.0.0.0/0");
    let gateway = node.get("gw").map(|gw| (&default, gw));
    for (to, via) in list(&node["routes"]).iter().map(|r| (&r[0], &r[1])).chain(gateway) {
        let hop = text(via).parse::<Ipv4Addr>().ok();
        let out = hop.and_then(|h| legs.iter().find(|l| l.prefix.contains(&h)).map(|l| (l.net.clone(), Some(h))));
        all.push((text(to).parse().expect("a prefix"), out));
    }
    all
}

/// The address with which a host asks for another.
fn source_for(node: &Value, to: Ipv4Addr) -> Ipv4Addr {
    let legs = legs(node);
    let best = routes(node).into_iter().filter(|(p, _)| p.contains(&to)).max_by_key(|(p, _)| p.prefix_len());
    let net = best.and_then(|(_, out)| out).map(|(net, _)| net);
    let leg = legs.iter().find(|l| Some(&l.net) == net.as_ref()).or(legs.first());
    leg.expect("a host has a leg").address
}

/// Whether a network name says who forwards a packet: every next hop is the only other forwarder of its network.
fn exact(nodes: &Value) -> bool {
    let forwarders = |net: &str| -> BTreeSet<Ipv4Addr> {
        // A host on two networks takes packets for its other address, too.
        let ways = entries(nodes).map(|(_, n)| (n, legs(n))).filter(|(n, l)| n["forward"] == true || l.len() > 1);
        let legs = ways.flat_map(|(_, l)| l);
        legs.filter(|l| l.net == net).map(|l| l.address).collect()
    };
    entries(nodes).all(|(_, node)| {
        let own: BTreeSet<_> = legs(node).iter().map(|l| l.address).collect();
        routes(node).into_iter().all(|(_, out)| match out {
            Some((net, Some(hop))) => forwarders(&net).difference(&own).eq([&hop]),
            // Straight to a neighbour, but a forwarder might be asked instead: that is no other walk, it ends there too.
            _ => true,
        })
    })
}

// ---- as a drawing ------------------------------------------------------------------------------------------------

struct Drawing {
    build: Build,
    /// The face that has an address, and its node's name.
    faces: BTreeMap<Ipv4Addr, (FaceId, String)>,
    /// Hosts whose own filter is left out, because one device cannot say it.
    unfiltered: BTreeSet<String>,
}

/// The rules of a chain between some zones, with its policy as the last one.
fn chain(b: &mut Build, chain: &Value, enters: Option<ZoneId>, leaves: Option<ZoneId>) -> Vec<Rule> {
    let mut rules = Vec::new();
    let wildcard = Value::from("0.0.0.0/0");
    for r in list(&chain["rules"]) {
        let zone = |b: &mut Build, side: &str, else_: Option<ZoneId>| r[side].as_str().map(|n| b.zone(n)).or(else_);
        let (enters, leaves) = (zone(b, "in", enters), zone(b, "out", leaves));
        let at = |side: &str| addresses(text(r.get(side).unwrap_or(&wildcard)));
        rules.push(Rule {
            action: if r["do"] == "allow" { Action::Permit } else { Action::Deny },
            source: at("src"),
            destination: at("dst"),
            services: services(r),
            state: RuleState::Any,
            enters: enters.into_iter().collect(),
            leaves: leaves.into_iter().collect(),
            text: r.to_string(),
            reason: None,
            span: b.span(),
        });
    }
    rules.push(all(b, chain["policy"] == "allow", enters, leaves));
    rules
}

fn all(b: &Build, permit: bool, enters: Option<ZoneId>, leaves: Option<ZoneId>) -> Rule {
    Rule {
        enters: enters.into_iter().collect(),
        leaves: leaves.into_iter().collect(),
        ..b.rule(if permit { "permit any any any" } else { "deny any any any" })
    }
}

/// A recorded topology as a drawing.
///
/// A network is a zone. A router is a device. A host is an endpoint in a zone of its own for each address, behind a
/// device that has the host's routes and filters and takes each of its addresses on every leg.
fn draw(nodes: &Value) -> Drawing {
    let mut b = Build::new();
    let (mut faces, mut unfiltered) = (BTreeMap::new(), BTreeSet::new());
    for (name, node) in entries(nodes) {
        let (legs, host) = (legs(node), name.starts_with('h'));
        let own = |l: &Leg| format!("{name} {}", l.address);
        let nets: Vec<String> = legs.iter().map(|l| l.net.clone()).collect();
        let lost = format!("{name} lost");
        let mut zones = nets.clone();
        zones.push(lost.clone());
        if host {
            zones.extend(legs.iter().map(own));
            let words: Vec<_> = legs.iter().map(|l| (own(l), l.address.to_string())).collect();
            let ends: Vec<_> = words.iter().map(|(zone, a)| (zone.as_str(), zone.as_str(), a.as_str())).collect();
            b.end(name, End { faces: &ends, ..End::default() });
            faces.extend(legs.iter().map(|l| (l.address, (b.face(name, &own(l)), name.to_owned()))));
        }
        let device = format!("{name} forwarding");
        let zones: Vec<&str> = zones.iter().map(String::as_str).collect();
        b.device(&device, &zones, None, Some(Action::Permit));

        let mut table = Vec::new();
        for (to, out) in routes(node) {
            table.push(format!("{to} {}", out.map_or(lost.clone(), |(net, _)| net)));
        }
        if host {
            table.extend(legs.iter().map(|l| format!("{}/32 {}", l.address, own(l))));
        }
        b.routes(&device, &table.iter().map(String::as_str).collect::<Vec<_>>());

        let mut rules = Vec::new();
        let chains = if host { ["input", "output"].map(|c| node.get(c)) } else { [node.get("filter"), None] };
        let kinds: BTreeSet<bool> = chains.iter().flatten().map(|c| c["stateful"] == true).collect();
        if host {
            if kinds.len() > 1 {
                unfiltered.insert(name.to_owned());
            } else {
                for l in &legs {
                    let zone = b.zone(&own(l));
                    for (c, enters, leaves) in [(chains[0], None, Some(zone)), (chains[1], Some(zone), None)] {
                        if let Some(c) = c {
                            rules.extend(chain(&mut b, c, enters, leaves));
                        }
                    }
                }
            }
            if node["forward"] != true {
                let nets: Vec<ZoneId> = nets.iter().map(|n| b.zone(n)).collect();
                for &from in &nets {
                    rules.extend(nets.iter().filter(|&&to| to != from).map(|&to| all(&b, false, Some(from), Some(to))));
                }
            }
        } else if let Some(filter) = chains[0] {
            rules = chain(&mut b, filter, None, None);
        }
        let mut snat = Vec::new();
        for l in &legs {
            let rule = list(&node["nat"]).iter().find(|r| r["out"].as_str().is_none_or(|n| n == l.net));
            if let Some(rule) = rule {
                let source = rule["to"].as_str().map_or_else(|| l.address.to_string(), str::to_owned);
                snat.push(Snat { source: addr(&source), zone: b.zone(&l.net), from: None });
            }
        }
        let t = b.transit(&device);
        t.stateful = kinds.first().copied().unwrap_or(true);
        t.rules = (!rules.is_empty()).then_some(rules);
        t.snat = snat;
    }
    Drawing { build: b, faces, unfiltered }
}

/// The drawing in which every host answers one service only, and asks for the matrix between all segments.
fn model_of(drawing: &Drawing, nodes: &Value, (protocol, port): (Protocol, u16)) -> Model {
    let mut model = drawing.build.model.clone();
    let word = protocol.to_string();
    let ends = model.nodes.ids().collect::<Vec<_>>();
    for id in ends {
        let closed = list(&nodes[model.nodes[id].name.as_str()]["closed"]);
        let shut = closed.iter().any(|c| c[0] == word.as_str() && c[1] == port);
        let service = Service {
            protocol: Some(protocol),
            source: SOURCE_PORTS,
            destination: PortRange { first: port, last: port },
        };
        let any = Service { source: PortRange::ALL, destination: PortRange::ALL, ..service };
        let service = if protocol.has_ports() { service } else { any };
        if let Role::Endpoint(e) = &mut model.nodes[id].role {
            e.listens = Some(if shut { Vec::new() } else { vec![service] });
        }
    }
    let segments: Vec<_> = model.segments.ids().collect();
    for &from in &segments {
        for &to in segments.iter().filter(|&&to| to != from) {
            let name = format!("{} {}", model.segments[from].name, model.segments[to].name);
            model.checks.push(Check { name, question: Question::Matrix { from, to }, span: None });
        }
    }
    model
}

/// What crosses from one segment to another, and how certainly.
type Crossings = BTreeMap<(SegmentId, SegmentId, Carrier), Level>;

fn crossings(verdicts: &[Verdict]) -> Crossings {
    let mut all = Crossings::new();
    for v in verdicts {
        let Answer::Matrix(rows) = &v.answer else { panic!("a matrix") };
        all.extend(rows.iter().map(|u| ((u.from, u.to, u.carrier), u.witness.level())));
    }
    all
}

// ---- the comparison ----------------------------------------------------------------------------------------------

#[derive(Default)]
struct Tally {
    topologies: usize,
    exact: usize,
    probes: usize,
    reached: usize,
    arrivals: usize,
    sure: usize,
    sure_not_compared: usize,
    open: usize,
    denied: Vec<String>,
    invented: Vec<String>,
    differ: Vec<String>,
}

fn compare(line: &str, tally: &mut Tally) {
    let recorded: Value = serde_json::from_str(line).expect("a recorded topology");
    let (name, nodes) = (text(&recorded["name"]), &recorded["nodes"]);
    let drawing = draw(nodes);
    let exact = exact(nodes);
    tally.topologies += 1;
    tally.exact += usize::from(exact);
    for (i, probe) in PROBES.into_iter().enumerate() {
        let model = model_of(&drawing, nodes, probe);
        let quick = crossings(&fast::verify(&model, &Network::new(&model)));
        let slow = crossings(&reference::verify(&model));
        if quick != slow {
            tally.differ.push(format!("{name} {probe:?}"));
        }
        for (from, cells) in entries(&recorded["verdicts"]) {
            for (to, cell) in entries(cells) {
                let asked: Ipv4Addr = to.parse().expect("an address");
                let (a, _) = &drawing.faces[&source_for(&nodes[from], asked)];
                let (b, answers) = &drawing.faces[&asked];
                let segment = |f: FaceId| model.faces[f].segment.expect("an endpoint is in a segment");
                let (a, b) = (segment(*a), segment(*b));
                let letter = text(cell).as_bytes()[i] as char;
                let short = format!("{name} {from} -> {to} {} {}", probe.0, probe.1);
                let what = format!("{short}: kernel {letter}");
                tally.probes += 1;
                tally.reached += usize::from(letter == 'O');
                for (who, said) in [("fast", &quick), ("reference", &slow)] {
                    let session = said.get(&(b, a, Carrier::Rsp)).copied();
                    let data = said.get(&(a, b, Carrier::Req)).copied();
                    if letter == 'O' && session.is_none() {
                        tally.denied.push(format!("{what}, {who} has no session"));
                    }
                    if probe.0 == Protocol::Udp && letter != '.' && data.is_none() && !(closed(nodes, answers, probe)) {
                        tally.denied.push(format!("{what}, {who} lets nothing arrive"));
                    }
                    let certain = session.is_some_and(|l| l >= Level::Sure);
                    let left_out = drawing.unfiltered.contains(from) || drawing.unfiltered.contains(answers);
                    if certain && letter != 'O' && exact && !left_out {
                        tally.invented.push(format!("{what}, {who} is sure"));
                    }
                    if who == "fast" {
                        tally.arrivals += usize::from(probe.0 == Protocol::Udp && letter != '.');
                        tally.sure += usize::from(certain && exact && !left_out);
                        tally.sure_not_compared += usize::from(certain && (!exact || left_out));
                        tally.open += usize::from(session == Some(Level::May) && letter != 'O');
                    }
                }
            }
        }
    }
}

fn closed(nodes: &Value, host: &str, (protocol, port): (Protocol, u16)) -> bool {
    list(&nodes[host]["closed"]).iter().any(|c| c[0] == protocol.to_string().as_str() && c[1] == port)
}

#[test]
fn the_kernel_and_the_packet_layer_agree() {
    let mut t = Tally::default();
    let only = std::env::var("SEKISHO_TOPOLOGY").ok();
    for line in include_str!("kernel/corpus.jsonl").lines() {
        if only.as_ref().is_none_or(|name| line.contains(&format!("\"{name}\""))) {
            compare(line, &mut t);
        }
    }
    println!(
        "{} topologies, {} probes compared, {} sessions in the kernel, {} datagrams arrived; {} sessions sure and {} of \
         that kind not asked (the next hop or a filter is not drawn, {} topologies are exact), {} open and silent in the kernel; \
         {} denied, {} invented, {} differences of the engines",
        t.topologies,
        t.probes,
        t.reached,
        t.arrivals,
        t.sure,
        t.sure_not_compared,
        t.exact,
        t.open,
        t.denied.len(),
        t.invented.len(),
        t.differ.len(),
    );
    for (what, all) in [("denied", &t.denied), ("invented", &t.invented), ("engines", &t.differ)] {
        for line in all.iter().take(60) {
            println!("{what}: {line}");
        }
    }
    assert!(t.denied.is_empty() && t.invented.is_empty() && t.differ.is_empty());
}
