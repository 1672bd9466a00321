//! A region judged body by body against its definition, in which every other body is drawn in full.
//!
//! Random templates, a few bodies each. Where the composition says that bodies meet past what they share, it makes no
//! claim; everywhere else every answer and every depth must be the same. Judging alike bodies once must change nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use sekisho::compose::{
    Composition, Coupled, Options, Steps, Surrounded, Union, compose, in_full, recheck, steps_asked,
};
use sekisho::document::{LoadError, Loader, Region, load_region};
use sekisho::model::{FaceId, Layer, Lens, Model, Question, State, Status};
use sekisho::network::flat::{bit, state};
use sekisho::verify::fast::{self, Depth};

/// One text, no files.
struct Text(String);

impl Loader for Text {
    fn root(&mut self) -> Result<(String, String), LoadError> {
        Ok(("region.ron".to_owned(), self.0.clone()))
    }

    fn include(&mut self, _: &str, _: &str) -> Result<(String, String), LoadError> {
        Err(LoadError::NotFound)
    }
}

/// A small generator, the same on every system.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.roll(n) == 0
    }

    fn of<'w>(&mut self, words: &[&'w str]) -> &'w str {
        words[self.roll(words.len() as u64) as usize]
    }
}

/// What all share: an outside, a closed network with machines, and now and then a device between them.
fn nation(d: &mut Dice) -> String {
    let isolation = if d.one_in(2) { ", client_isolation: true" } else { "" };
    let stated = if d.one_in(4) { "" } else { ", address: \"172.20.0.10\"" };
    let mut nodes = format!(
        "\"net\": Internet(at: \"ext\"), \"asp\": Server(at: \"lgb\"{stated}), \"portal\": Server(at: \"lgb\", address: \"172.20.0.11\", controls: [Edr]),"
    );
    if d.one_in(2) {
        let device = d.of(&[
            "MailRelay(inside: \"lgb\", outside: \"ext\"",
            "Transfer(from: \"ext\", into: \"lgb\", approval: false",
            "Relay(from: \"ext\", into: \"lgb\", purpose: Update, verifies: true",
            "Sanitiser(from: \"ext\", into: \"lgb\", types: { \"docx\": Rebuild }, otherwise: Pass",
        ]);
        write!(nodes, "\"middle\": {device}),").expect("a string");
    }
    format!(
        "drawing: Municipality(segments: {{ \"ext\": (layer: Outside), \"lgb\": (layer: LgwanBackbone, address: \"172.20.0.0/16\"{isolation}) }}, nodes: {{ {nodes} }})"
    )
}

/// What the bodies of one prefecture share.
fn prefecture(d: &mut Dice) -> String {
    let rules = match d.roll(3) {
        0 => "(permit: \"proxy.outside -> net tcp 443\"), (permit: \"towns -> proxy.inside tcp 8080\")",
        1 => "(permit: \"towns -> net tcp 443\")",
        _ => {
            "(permit: \"proxy.outside -> net tcp 443\"), (permit: \"towns -> proxy.inside tcp 8080\"), (permit: \"net, towns -> web tcp 443\")"
        }
    };
    // Seldom towns and shared machines of another prefecture are let in: then bodies meet, and nothing is compared.
    let rules = if Dice(d.0).one_in(12) {
        "(permit: \"any -> web tcp 443\"), (permit: \"towns, web -> any tcp 443\")"
    } else {
        rules
    };
    format!(
        "parameters: {{ \"n\": 1 }}, drawing: Municipality(addresses: {{ \"towns\": [\"10.0.0.0/8\"] }},
          segments: {{ \"psc\": (layer: SecurityCloud, address: \"172.22.$n.64/26\") }},
          networks: {{ \"psc-net\": (address: \"172.22.$n.0/26\") }},
          nodes: {{
            \"gw\": SecurityCloud(joins: [\"psc-net\", \"psc\", \"ext\"], default: Deny, routes: [(to: \"towns\", via: \"psc-net\"), (to: \"172.22.$n.64/26\", via: \"psc\"), (to: \"any\", via: \"ext\")], rules: [{rules}]),
            \"proxy\": Proxy(inside: \"psc\", outside: \"psc\", addresses: {{ \"inside\": \"172.22.$n.70\", \"outside\": \"172.22.$n.71\" }}),
            \"web\": Server(at: \"psc\", address: \"172.22.$n.72\", outbound: {}),
          }})",
        d.one_in(2)
    )
}

/// A town: three segments, some machines, a firewall on each side, something between, and random rules.
fn town(d: &mut Dice, meets: bool) -> String {
    let edr = |d: &mut Dice| if d.one_in(2) { ", controls: [Edr]" } else { "" };
    let mut nodes = String::new();
    let mut put = |text: String| nodes.push_str(&format!("{text},\n"));
    put(format!("\"in-pc\": Terminal(at: \"in\", count: $pcs, address: \"10.$n.3.0/25\"{})", edr(d)));
    put(format!("\"lg-pc\": Terminal(at: \"lg\", count: 20, address: \"10.$n.2.0/25\"{})", edr(d)));
    put(format!("\"mn-pc\": Terminal(at: \"mn\", address: \"10.$n.1.1\"{})", edr(d)));
    put(format!("\"lg-srv\": {}(at: \"lg\", address: \"10.$n.2.200\")", d.of(&["Server", "Nas"])));
    let peers: &[&str] = if d.one_in(8) { &["asp", "any"] } else { &["asp", "portal", "net", "172.20.0.11"] };
    let own = ["lg-pc", "lg-srv", "lg"];
    let mut rules: Vec<String> = Vec::new();
    for _ in 0..=d.roll(3) {
        rules.push(format!("(permit: \"{} -> {} {}\")", d.of(&own), d.of(peers), d.of(&["tcp 443", "tcp 25", "any"])));
    }
    if d.one_in(3) {
        rules.push(format!("(permit: \"{} -> {} tcp 443\")", d.of(&["asp", "portal"]), d.of(&["lg-srv", "lg-pc"])));
    }
    if meets && d.one_in(2) {
        rules.push(format!("(permit: \"10.0.0.0/8 -> lg-srv {}\")", d.of(&["tcp 25", "tcp 443"])));
    }
    put(format!("\"lg-fw\": Firewall(joins: [\"lg\", \"lgb\"], default: Deny, rules: [{}])", rules.join(", ")));
    let out = d.of(&[
        "proxy.inside tcp 8080",
        "proxy.inside tcp 8080",
        "net tcp 443",
        "net tcp 443",
        "web tcp 443",
        "any tcp 443",
    ]);
    let mut rules = vec![format!("(permit: \"in-pc -> {out}\")")];
    if d.one_in(3) {
        rules.push("(permit: \"proxy.inside -> in-pc tcp 443\")".to_owned());
    }
    if meets && d.one_in(3) {
        rules.push("(permit: \"any -> in-pc tcp 443\")".to_owned());
    }
    put(format!("\"in-fw\": Firewall(joins: [\"in\", \"psc-net\"], default: Deny, rules: [{}])", rules.join(", ")));
    match d.roll(5) {
        0 => put(format!("\"two\": Terminal(faces: [(at: \"in\"), (at: \"lg\")]{})", edr(d))),
        1 => {
            put("\"cdr\": Sanitiser(from: \"in\", into: \"lg\", types: { \"docx\": Rebuild }, otherwise: Block)"
                .to_owned())
        }
        2 => put("\"sgw\": ScreenGateway(viewer: \"in\", desktop: \"lg\", redirect: (clipboard: Off))".to_owned()),
        3 => put("\"share\": Transfer(from: \"in\", into: \"lg\", approval: false)".to_owned()),
        _ => {}
    }
    match d.roll(4) {
        0 => put("\"mn-fw\": Firewall(joins: [\"mn\", \"lg\"], default: Deny, rules: [(permit: \"mn-pc -> lg-srv tcp 443\")])".to_owned()),
        1 => put("\"mn-up\": Relay(from: \"lg\", into: \"mn\", purpose: Update, verifies: true)".to_owned()),
        2 => put("\"mn-fw\": Firewall(joins: [\"mn\", \"lgb\"], default: Deny, rules: [(permit: \"mn-pc -> portal tcp 443\")])".to_owned()),
        _ => {}
    }
    if meets && d.one_in(4) {
        put("\"loose\": Server(at: \"lgb\", address: \"172.20.9.$n\")".to_owned());
    }
    if meets && d.one_in(4) {
        put("\"helper\": Server(at: \"psc\")".to_owned());
    }
    if meets && d.one_in(4) {
        put("\"turn\": Router(joins: [\"lgb\", \"lg\"])".to_owned());
    }
    let model = d.of(&["Alpha", "Beta", "BetaPrime"]);
    let file = d.of(&["", "file"]);
    let variant = if file.is_empty() {
        "\"no\": Municipality(), \"yes\": Municipality(nodes: { \"extra\": Server(at: \"lg\", address: \"10.$n.2.201\") })"
    } else {
        "\"no\": Municipality(), \"yes\": Municipality(nodes: { \"extra\": Nas(faces: [(at: \"in\"), (at: \"lg\")]) })"
    };
    format!(
        "parameters: {{ \"n\": 1, \"pcs\": 10, \"label\": \"\", \"more\": \"no\" }},
         drawing: Municipality(model: {model}, segments: {{
            \"in\": (layer: Internet, address: \"10.$n.3.0/24\"), \"lg\": (layer: Lgwan, address: \"10.$n.2.0/24\"), \"mn\": (layer: MyNumber, label: \"$label\", address: \"10.$n.1.0/24\"),
         }}, nodes: {{ {nodes} }}, require: [Flow(from: \"lg-pc\", to: \"asp\", carries: Request, name: \"work\")]),
         variants: {{ \"more\": {{ {variant} }} }}"
    )
}

fn text(seed: u64) -> String {
    let d = &mut Dice(seed);
    let meets = d.one_in(4);
    let templates = 1 + d.roll(2);
    let mut out =
        format!("Region(name: \"random {seed}\", of: \"nation\", templates: {{\n\"nation\": ({}),\n", nation(d));
    writeln!(out, "\"pref\": ({}),", prefecture(d)).expect("a string");
    for i in 0..templates {
        writeln!(out, "\"town{i}\": ({}),", town(d, meets)).expect("a string");
    }
    out.push_str("},\nbodies: {\n");
    for p in 0..=d.roll(2) {
        writeln!(out, "\"p{p}\": (of: \"pref\", with: {{ \"n\": {} }}, bodies: {{", 20 + p).expect("a string");
        for b in 0..=d.roll(3) {
            // Now and then an address plan is used twice.
            let n = if d.one_in(6) { 1 } else { 1 + 10 * p + b };
            let more = d.of(&["no", "no", "no", "yes"]);
            let pcs = d.of(&["10", "10", "12"]);
            let kind = d.roll(templates);
            writeln!(
                out,
                "\"b{b}\": (of: \"town{kind}\", label: \"町{b}\", with: {{ \"n\": {n}, \"pcs\": {pcs}, \"more\": \"{more}\" }}),"
            )
            .expect("a string");
        }
        out.push_str("}),\n");
    }
    out.push_str("})\n");
    out
}

fn region(text: &str) -> Region {
    match load_region(&mut Text(text.to_owned())) {
        Ok(region) => region,
        Err(failed) => panic!("{text}\n{:#?}", failed.diagnostics),
    }
}

fn composed(region: &Region, symmetry: bool, only: Option<usize>) -> Composition {
    match compose(region, Options { symmetry, as_of: None, only }) {
        Ok(composition) => composition,
        Err(diagnostics) => panic!("{diagnostics:#?}"),
    }
}

/// Every answer about a body, by the name of its check, with how many controls have to fail.
fn answers(s: &Surrounded) -> BTreeMap<String, (Status, Option<String>)> {
    let mut all = BTreeMap::new();
    for model in [&s.model, &s.about_others] {
        for v in fast::verify(model, &s.network) {
            let check = &model.checks[v.check];
            let depth = (v.status != Status::Vacuous)
                .then(|| fast::depth(model, &s.network, &check.question))
                .flatten()
                .map(|d| match d {
                    // Which sets there are differs: of bodies that do the same, one is there.
                    Depth::Exactly(k, _) => format!("{k}"),
                    other => format!("{other:?}"),
                });
            all.insert(check.name.clone(), (v.status, depth));
        }
    }
    all
}

#[test]
fn a_composition_agrees_with_every_body_drawn_in_full() {
    let count: u64 = std::env::var("SEKISHO_REGIONS").ok().and_then(|n| n.parse().ok()).unwrap_or(240);
    let (mut compared, mut met, mut through, mut statuses) = (0, 0, 0, BTreeSet::new());
    for seed in 0..count {
        let text = text(seed);
        let region = region(&text);
        for leaf in region.leaves().collect::<Vec<_>>() {
            let composition = composed(&region, true, Some(leaf));
            if !composition.coupled.is_empty() {
                met += 1;
                continue;
            }
            let short = answers(composition.only.as_ref().expect("the body was asked for"));
            let full = answers(&in_full(&region, leaf).unwrap_or_else(|d| panic!("{text}\n{d:#?}")));
            assert_eq!(short, full, "seed {seed}, {}\n{text}", region.bodies[leaf].path);
            compared += 1;
            statuses.extend(full.values().map(|(s, _)| *s as u8));
            let alone = answers(&alone(&region, leaf));
            through += usize::from(full.iter().any(|(name, answer)| alone.get(name).is_some_and(|a| a != answer)));
        }
    }
    println!("{compared} bodies compared, {met} of bodies that meet, {through} with an answer that others change");
    // The comparison would say little if others never mattered, or if every region were given up.
    assert!(
        compared > 150 && met > 20 && through > 15 && statuses.len() >= 3,
        "{compared} {met} {through} {statuses:?}"
    );
}

/// A body as if there were no others.
fn alone(region: &Region, leaf: usize) -> Surrounded {
    let model = region.draw(leaf, &[]).expect("it could be drawn").model;
    let network = sekisho::network::Network::new(&model);
    let mut about_others = model.clone();
    about_others.checks = std::iter::empty().collect();
    Surrounded { model, network, about_others }
}

/// What is wrong with each body, with its own path left out.
fn troubles(region: &Region, composition: &Composition) -> BTreeMap<String, (u8, BTreeSet<String>)> {
    let mut all = BTreeMap::new();
    for kind in &composition.kinds {
        let own = format!("{}/", region.bodies[kind.body].path);
        // Bodies that are alike may lie below different bodies that are alike.
        let above = region.above(kind.body).into_iter().map(|b| format!("{}/", region.bodies[b].path));
        let paths: Vec<String> = above.skip(1).chain([own]).collect();
        let said = |key: String| paths.iter().rev().fold(key, |key, path| key.replace(path, ""));
        let keys = || kind.own.issues.iter().chain(&kind.others.issues);
        let said: BTreeSet<String> = keys().map(|(k, i)| format!("{} {}", said(k.to_string()), i.certain)).collect();
        for &member in &kind.members {
            all.insert(region.bodies[member].path.clone(), (kind.status() as u8, said.clone()));
        }
        assert!(kind.own.faults.is_empty() && kind.others.faults.is_empty(), "{:?}", kind.own.faults);
    }
    all
}

#[test]
fn judging_alike_bodies_once_changes_nothing() {
    let mut saved = 0;
    for seed in 0..120 {
        let text = text(seed);
        let region = region(&text);
        let (once, each) = (composed(&region, true, None), composed(&region, false, None));
        assert_eq!(once.coupled.is_empty(), each.coupled.is_empty(), "seed {seed}\n{text}");
        if once.coupled.is_empty() {
            assert_eq!(troubles(&region, &once), troubles(&region, &each), "seed {seed}\n{text}");
            assert_eq!(each.kinds.len(), region.leaves().count());
            saved += each.kinds.len() - once.kinds.len();
        }
    }
    assert!(saved > 12, "bodies that are alike were found: {saved}");
}

/// What is reached, as name of the machine, attachment and state.
type Reached = BTreeSet<(String, usize, State)>;

fn named(model: &Model, face: FaceId) -> (String, usize) {
    let node = model.node_of(face);
    (node.name.clone(), node.faces.iter().position(|&f| f == face).expect("a face of its node"))
}

/// What is reached in a drawing with everybody in full, and in the graph of all bodies; without the start itself, of which
/// a graph knows only what leads somewhere.
fn both(full: &Surrounded, union: &Union, steps: Steps, from: &[FaceId]) -> (Reached, Reached) {
    let starts = fast::path_starts(&full.model, from);
    let begins = |name: &str, i: usize, s: State| {
        starts.iter().any(|f| f.state == s && named(&full.model, f.face) == (name.to_owned(), i))
    };
    let facts = fast::reached(&full.network, steps.lens, steps.level, &[], steps.eyes, &starts);
    let slow = facts.into_iter().map(|f| {
        let (name, i) = named(&full.model, f.face);
        (name, i, f.state)
    });
    let flat = union.flat(steps).expect("it was wanted");
    let at = |face| {
        let (name, i) = named(&full.model, face);
        union.number(&name, i).expect("every machine is there")
    };
    let begin: Vec<_> = starts
        .iter()
        .map(|f| (at(f.face), 1 << bit(f.state)))
        .map(|(n, states)| sekisho::network::flat::Start { nodes: n..n + 1, states })
        .collect();
    let words = flat.closure(&begin);
    let mut quick = Reached::new();
    for (face, _) in full.model.faces.iter() {
        let (name, i) = named(&full.model, face);
        let word = words[at(face) as usize];
        let states = (0..64).filter(|s| word >> s & 1 == 1).filter_map(state);
        quick.extend(states.map(|s| (name.clone(), i, s)));
    }
    let without = |all: Reached| all.into_iter().filter(|(n, i, s)| !begins(n, *i, *s)).collect();
    (without(slow.collect()), without(quick))
}

/// The machines of segments of a layer of a body, or all those on the outside.
fn machines(model: &Model, path: &str, layer: Layer) -> Vec<FaceId> {
    let here = |name: &str| path.is_empty() || name.starts_with(&format!("{path}/"));
    let in_layer = |f: &FaceId| {
        let face = &model.faces[*f];
        face.segment.is_some_and(|s| model.segments[s].layer == layer && here(&model.segments[s].name))
    };
    model.faces.iter().map(|(id, _)| id).filter(in_layer).filter(|&f| model.endpoint_of(f).is_some()).collect()
}

#[test]
fn all_bodies_in_one_graph_reach_what_they_reach_in_full() {
    let count: u64 = std::env::var("SEKISHO_REGIONS").ok().and_then(|n| n.parse().ok()).unwrap_or(60);
    let (mut apart, mut crossed, mut checks, mut paths) = (0, 0, 0, 0);
    for seed in 0..count {
        let text = text(seed);
        let region = region(&text);
        let composition = composed(&region, true, None);
        if !composition.coupled.is_empty() {
            continue;
        }
        apart += 1;
        let union = Union::new(&region, &steps_asked(&composition), u64::MAX).expect("a small graph");
        let (compared, different) = recheck(&region, &composition, &union);
        assert!(different.is_empty(), "seed {seed}\n{different:#?}\n{text}");
        checks += compared;
        let asked: usize = composition.kinds.iter().map(|k| k.members.len() * forbidden(k)).sum();
        // Of checks about others it compares also those about nobody.
        assert!(compared >= asked, "seed {seed}: every check about paths is compared, {compared} of {asked}");
        paths += composition.kinds.iter().filter(|k| k.status() != Status::Holds).count();
        for leaf in region.leaves() {
            let full = in_full(&region, leaf).expect("it could be drawn");
            let path = &region.bodies[leaf].path;
            let starts = [machines(&full.model, "", Layer::Outside), machines(&full.model, path, Layer::Internet)];
            for (steps, from) in union.kinds().flat_map(|s| starts.iter().map(move |f| (s, f))) {
                assert!(!from.is_empty(), "there is a start");
                let (slow, quick) = both(&full, &union, steps, from);
                assert_eq!(slow, quick, "seed {seed}, {path}, {steps:?}\n{text}");
                let own = format!("{path}/");
                let inner = |(name, _, _): &&(String, usize, State)| name.contains("/b") && !name.starts_with(&own);
                crossed += usize::from(slow.iter().any(|r| inner(&r)));
            }
        }
    }
    println!(
        "{apart} regions, {checks} checks, {paths} kinds with trouble, {crossed} closures that reach other bodies"
    );
    assert!(apart > count / 3 && checks > 100 && paths > 10 && crossed > 20, "{apart} {checks} {paths} {crossed}");
}

/// How many checks about paths were asked about a body, those about others included.
fn forbidden(kind: &sekisho::compose::Kind) -> usize {
    let checks = kind.model.checks.values().chain(kind.with_others.checks.values());
    checks.filter(|c| matches!(c.question, Question::Forbid { .. })).count()
}

/// What is above bodies may meet what is above others: here the machine of one prefecture is open to the outside and lets
/// itself into that of the other, and from there into a town.
const MEETING_ABOVE: &str = r#"
Region(name: "neighbours above", of: "nation", templates: {
  "nation": (drawing: Municipality(segments: { "ext": (layer: Outside) }, nodes: { "net": Internet(at: "ext") })),
  "open": (drawing: Municipality(
    segments: { "psc": (layer: SecurityCloud, address: "172.22.20.64/26") },
    networks: { "psc-net": (address: "172.22.20.0/26") },
    nodes: {
      "gw": SecurityCloud(joins: ["psc-net", "psc", "ext"], default: Deny,
        routes: [(to: "172.22.20.64/26", via: "psc"), (to: "172.22.20.0/26", via: "psc-net"), (to: "any", via: "ext")],
        rules: [(permit: "net -> web tcp 443"), (permit: "web -> any tcp 443")]),
      "web": Server(at: "psc", address: "172.22.20.72"),
    })),
  "closed": (drawing: Municipality(
    segments: { "psc": (layer: SecurityCloud, address: "172.22.21.64/26") },
    networks: { "psc-net": (address: "172.22.21.0/26") },
    nodes: {
      "gw": SecurityCloud(joins: ["psc-net", "psc", "ext"], default: Deny,
        routes: [(to: "10.0.0.0/8", via: "psc-net"), (to: "172.22.21.64/26", via: "psc"), (to: "any", via: "ext")],
        rules: [(permit: "172.22.20.72 -> web tcp 443"), (permit: "web -> 10.0.0.0/8 tcp 443")]),
      "web": Server(at: "psc", address: "172.22.21.72"),
    })),
  "town": (parameters: { "n": 1 }, drawing: Municipality(model: Alpha,
    segments: { "in": (layer: Internet, address: "10.$n.3.0/24"), "lg": (layer: Lgwan, address: "10.$n.2.0/24") },
    nodes: {
      "in-pc": Terminal(at: "in", address: "10.$n.3.1"),
      "two": Terminal(faces: [(at: "in", address: "10.$n.3.2"), (at: "lg", address: "10.$n.2.2")]),
      "lg-pc": Terminal(at: "lg", address: "10.$n.2.1"),
      "in-fw": Firewall(joins: ["in", "psc-net"], default: Deny, rules: [(permit: "web -> in-pc tcp 443")]),
    })),
}, bodies: {
  "p0": (of: "open", bodies: { "b0": (of: "town", with: { "n": 1 }) }),
  "p1": (of: "closed", bodies: { "b0": (of: "town", with: { "n": 11 }) }),
})
"#;

#[test]
fn bodies_above_others_that_meet_are_found() {
    let region = region(MEETING_ABOVE);
    let town = region.find("p1/b0").expect("it is there");
    let full = answers(&in_full(&region, town).expect("it could be drawn"));
    assert_eq!(full["attack ext -> p1/b0/lg"].0, Status::Violated, "through both prefectures");
    let composition = composed(&region, true, None);
    assert!(!composition.coupled.is_empty(), "nothing counts as safe");
}

/// A host that both can get at stands in for nobody if it gets at only one of them: the one lets out anything, so that the
/// host gets it as well, and the other lets in only the one.
const NO_STAND_IN: &str = r#"
Region(name: "a server between", of: "nation", templates: {
  "nation": (drawing: Municipality(
    segments: { "lgb": (layer: LgwanBackbone, address: "172.20.0.0/16") },
    nodes: { "asp": Server(at: "lgb", address: "172.20.0.10") })),
  "talker": (drawing: Municipality(model: Alpha,
    segments: { "in": (layer: Internet, address: "10.1.3.0/24"), "lg": (layer: Lgwan, address: "10.1.2.0/24") },
    nodes: {
      "two": Terminal(faces: [(at: "in", address: "10.1.3.2"), (at: "lg", address: "10.1.2.2")]),
      "fw": Firewall(joins: ["lg", "lgb"], default: Deny, rules: [(permit: "two -> any any")]),
    })),
  "listener": (drawing: Municipality(model: Alpha,
    segments: { "lg": (layer: Lgwan, address: "10.2.2.0/24"), "mn": (layer: MyNumber, address: "10.2.1.0/24") },
    nodes: {
      "lg-srv": Server(at: "lg", address: "10.2.2.200"), "mn-pc": Terminal(at: "mn", address: "10.2.1.1"),
      "fw": Firewall(joins: ["lg", "lgb"], default: Deny, rules: [(permit: "10.1.2.2 -> lg-srv any")]),
      "mn-fw": Firewall(joins: ["lg", "mn"], default: Deny, rules: [(permit: "lg-srv -> mn-pc any")]),
    })),
}, bodies: { "a": (of: "talker"), "b": (of: "listener") })
"#;

#[test]
fn a_shared_host_stands_in_only_on_both_sides() {
    let region = region(NO_STAND_IN);
    let town = region.find("b").expect("it is there");
    let full = answers(&in_full(&region, town).expect("it could be drawn"));
    assert_eq!(full["attack */Internet -> b/mn"].0, Status::Violated, "through the other body");
    assert!(!composed(&region, true, None).coupled.is_empty(), "nothing counts as safe");
}

/// Runs the program on a region.
fn sekisho(text: &str, words: &[&str]) -> (Option<i32>, String, String) {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("region.ron"), text).expect("written");
    let mut call = std::process::Command::new(env!("CARGO_BIN_EXE_sekisho"));
    call.current_dir(folder.path()).args(&words[..1]).arg("region.ron").args(&words[1..]).args(["--lang", "en"]);
    let out = call.output().expect("the program runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    (out.status.code(), text(out.stdout), text(out.stderr))
}

#[test]
fn a_second_answer_and_tables_of_a_region() {
    let seed = (0..).find(|&s| {
        let region = region(&text(s));
        region.leaves().count() > 2 && composed(&region, true, None).coupled.is_empty()
    });
    let apart = text(seed.expect("most regions are apart"));
    let (plain, said, _) = sekisho(&apart, &["check"]);
    let (code, answer, note) = sekisho(&apart, &["check", "--flat"]);
    assert_eq!((code, &answer), (plain, &said), "a second answer changes nothing");
    assert!(note.contains("all bodies in one graph, compared:"), "{note}");
    let (_, _, note) = sekisho(MEETING_ABOVE, &["check", "--flat"]);
    assert!(note.contains("nothing to compare"), "{note}");

    let (code, _, note) = sekisho(&apart, &["matrix"]);
    assert!(code == Some(2) && note.contains("--body") && note.contains("--hosts"), "{note}");
    let (code, table, note) = sekisho(&apart, &["matrix", "--body", "p0/b0"]);
    assert!(code == Some(0) && table.contains("p0/b0/lg"), "{note}");
    let (code, _, note) = sekisho(&apart, &["matrix", "--body", "p0"]);
    assert!(code == Some(2) && note.contains("p0/b0"), "{note}");
    let (code, table, note) = sekisho(&apart, &["matrix", "--hosts", "--below", "p0", "--format", "json"]);
    let hosts: serde_json::Value = serde_json::from_str(&table).expect(&note);
    let name = |v: &serde_json::Value| v["name"].as_str().unwrap_or_default().to_owned();
    let names: Vec<String> = hosts["hosts"].as_array().expect("a list").iter().map(name).collect();
    assert!(code == Some(0) && names.contains(&"p0/b0/in-pc".to_owned()), "{names:?}");
    assert!(names.iter().all(|n| n.starts_with("p0/")), "{names:?}");
    let (code, _, note) = sekisho(MEETING_ABOVE, &["matrix", "--hosts", "--lens", "leak"]);
    assert!(code == Some(3) && note.contains("undecided"), "{note}");
}

#[test]
fn a_table_of_all_hosts_is_what_each_reaches_in_full() {
    let (mut tables, mut reached) = (0, 0);
    for seed in 0..12 {
        let region = region(&text(seed));
        let composition = composed(&region, true, None);
        let Some(leaf) = region.leaves().next().filter(|_| composition.coupled.is_empty()) else { continue };
        let union = Union::new(&region, &steps_asked(&composition), u64::MAX).expect("a small graph");
        let full = in_full(&region, leaf).expect("it could be drawn");
        for lens in [Lens::Attack, Lens::Leak] {
            let quick = union.hosts(lens, &union.hosts_below(None)).expect("a small table");
            let slow = fast::hosts(&full.model, &full.network, lens).expect("a small drawing");
            let all = |rows: &[fast::HostReach], name: &dyn Fn(sekisho::model::NodeId) -> String| {
                let set = |nodes: &[_]| nodes.iter().map(|&n| name(n)).collect::<BTreeSet<String>>();
                let row = |r: &fast::HostReach| (name(r.from), (set(&r.sure), set(&r.possible)));
                rows.iter().map(row).collect::<BTreeMap<_, _>>()
            };
            let quick = all(&quick.rows, &|n| union.machine(n).0.to_owned());
            assert_eq!(quick, all(&slow.rows, &|n| full.model.nodes[n].name.clone()), "seed {seed}, {lens:?}");
            tables += 1;
            reached += quick.values().map(|(sure, _)| sure.len()).sum::<usize>();
        }
    }
    assert!(tables > 8 && reached > 500, "{tables} {reached}");
}

/// A region of two towns below a prefecture, with something more in the nation and in the town `a`.
fn holes(nation: &str, a: &str) -> Region {
    let town = |n: u32, more: &str| {
        format!(
            "(drawing: Municipality(model: Beta, segments: {{ \"in\": (layer: Internet, address: \"10.{n}.3.0/24\"), \"lg\": (layer: Lgwan, address: \"10.{n}.2.0/24\") }},
               nodes: {{ \"in-pc\": Terminal(at: \"in\", address: \"10.{n}.3.1\"), \"lg-pc\": Terminal(at: \"lg\", address: \"10.{n}.2.1\"),
                 \"fw\": Firewall(joins: [\"lg\", \"lgb\"], default: Deny, rules: [(permit: \"lg-pc -> asp tcp 443\")]), {more} }}))"
        )
    };
    region(&format!(
        "Region(name: \"holes\", drawing: Municipality(
            segments: {{ \"ext\": (layer: Outside), \"lgb\": (layer: LgwanBackbone, address: \"172.20.0.0/16\", client_isolation: true),
              \"psc\": (layer: SecurityCloud, address: \"172.22.0.0/24\") }},
            nodes: {{ \"net\": Internet(at: \"ext\"), \"asp\": Server(at: \"lgb\", address: \"172.20.0.1\"), \"portal\": Server(at: \"lgb\", address: \"172.20.0.2\"), {nation} }}),
          bodies: {{ \"a\": {}, \"b\": {} }})",
        town(1, a),
        town(2, "")
    ))
}

/// Drawings in which somebody saw a path that the composition missed: now it says that bodies meet.
#[test]
fn bodies_that_meet_in_ways_once_missed_are_found() {
    let plain = composed(&holes("", ""), true, None);
    assert_eq!(plain.coupled, []);
    // A machine in a shared broadcast domain answers as its neighbours.
    let borrower = composed(&holes("", "\"loose\": Server(at: \"psc\", address: \"172.22.0.9\")"), true, None);
    assert!(borrower.coupled.iter().any(|c| matches!(c, Coupled::Borrower { .. })), "{:?}", borrower.coupled);
    // A device carries packets out of a network that keeps its machines apart, and back.
    let turn = composed(&holes("", "\"turn\": Router(joins: [\"lgb\", \"in\"])"), true, None);
    assert!(turn.coupled.iter().any(|c| matches!(c, Coupled::Carrier { .. })), "{:?}", turn.coupled);
    // Two machines with one address in a shared network.
    let twin = "\"one\": Server(at: \"lgb\", address: \"172.20.0.9\")";
    let text = |n| {
        format!(
            "(drawing: Municipality(model: Beta, segments: {{ \"lg\": (layer: Lgwan, address: \"10.{n}.2.0/24\") }}, nodes: {{ \"pc\": Terminal(at: \"lg\", address: \"10.{n}.2.1\"), {twin} }}))"
        )
    };
    let region = region(&format!(
        "Region(name: \"twins\", drawing: Municipality(segments: {{ \"lgb\": (layer: LgwanBackbone, address: \"172.20.0.0/16\") }}), bodies: {{ \"a\": {}, \"b\": {} }})",
        text(1),
        text(2)
    ));
    let twins = composed(&region, true, None);
    assert!(twins.coupled.iter().any(|c| matches!(c, Coupled::Address { .. })), "{:?}", twins.coupled);
}
