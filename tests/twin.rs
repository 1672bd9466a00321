//! The kernel as a judge: drawings built from namespaces and asked with real connections, against the packet layer.
//!
//! Where a machine has no namespaces to give, one line says so; with `SEKISHO_NEED_TWIN` set that is a failure.

use sekisho::twin::lab::{Kind, Lab, Listen, Probe};
use sekisho::twin::{Wanted, compare, judge, render};
use sekisho::verify::blocking;

use crate::support::disk;
use crate::support::found::FOUND;
use crate::support::town::Town;
use crate::support::twin::{Judge, Wrong, answers, compared, model_of, story, world};

#[derive(Debug, Default)]
struct Tally {
    towns: usize,
    probes: usize,
    reached: usize,
    certain: usize,
    differing: Vec<u64>,
    broken: Vec<String>,
}

impl Tally {
    /// Fails with the first difference made small.
    fn agreed(&self, by: Judge<'_>) {
        if let (Some(&seed), Some(mut world)) = (self.differing.first(), world()) {
            panic!("{:?} differ; the first:\n{}", self.differing, story(&mut world, &Town::new(seed), by));
        }
        assert!(self.broken.is_empty(), "{}", self.broken.join("\n"));
    }
}

fn run(seeds: std::ops::Range<u64>) -> Option<Tally> {
    let mut world = world()?;
    let mut all = Tally::default();
    for seed in seeds {
        let town = Town::new(seed);
        match compared(&mut world, &town) {
            Err(e) => all.broken.push(format!("{}: {e}", town.name)),
            Ok(c) => {
                all.towns += 1;
                all.probes += c.probes;
                all.reached += c.reached;
                all.certain += c.certain;
                if !c.differences.is_empty() {
                    all.differing.push(seed);
                }
            }
        }
    }
    println!(
        "{} towns, {} probes, {} reached, {} certain; {:?} differ, {} could not be built",
        all.towns,
        all.probes,
        all.reached,
        all.certain,
        all.differing,
        all.broken.len()
    );
    Some(all)
}

/// `SEKISHO_TWIN=first..end` chooses the towns.
#[test]
#[ignore = "as long as one likes"]
fn many_towns() {
    let chosen = std::env::var("SEKISHO_TWIN").unwrap_or_else(|_| "0..2000".to_owned());
    let (first, end) = chosen.split_once("..").expect("first..end");
    let seeds = first.parse().expect("a number")..end.parse().expect("a number");
    if let Some(all) = run(seeds) {
        all.agreed(&judge);
    }
}

#[test]
fn random_towns_agree() {
    if let Some(all) = run(0..25) {
        all.agreed(&judge);
        assert!(all.reached * 20 > all.probes, "hardly anything is reached: nothing is tested");
    }
}

/// A test that cannot fail is none: each mistake has to be noticed within a few towns.
#[test]
fn every_mistake_is_noticed() {
    let Some(mut world) = world() else { return };
    let mut left: Vec<(Wrong, Option<u64>)> = Wrong::ALL.map(|w| (w, None)).into();
    for seed in 1000..1120 {
        if left.iter().all(|(_, noticed)| noticed.is_some()) {
            break;
        }
        let (model, answers) = answers(&mut world, &Town::new(seed)).expect("a town can be built");
        let right: Vec<_> = judge(&model, &answers).differences.iter().map(ToString::to_string).collect();
        assert!(right.is_empty(), "seed {seed}: {}", right.join("\n"));
        for (wrong, noticed) in left.iter_mut().filter(|(_, noticed)| noticed.is_none()) {
            if !wrong.judge(&model, &answers).differences.is_empty() {
                *noticed = Some(seed - 999);
            }
        }
    }
    for (wrong, noticed) in &left {
        println!("{wrong:?}: noticed in town {noticed:?}");
    }
    let missed: Vec<_> = left.iter().filter(|(_, noticed)| noticed.is_none()).map(|(w, _)| w).collect();
    assert!(missed.is_empty(), "not noticed: {missed:?}");
}

/// Where the packet layer was wrong once, and the twin told.
#[test]
fn what_was_found_agrees() {
    let Some(mut world) = world() else { return };
    for one in FOUND {
        let model = model_of(one.ron).unwrap_or_else(|e| panic!("{}: {e}", one.why));
        let found = compare(&mut world, &model, &Wanted::default()).unwrap_or_else(|e| panic!("{}: {e}", one.why));
        let told: Vec<_> = found.differences.iter().map(ToString::to_string).collect();
        assert!(told.is_empty(), "again: {}\n{}", one.why, told.join("\n"));
        assert!(found.probes > 0, "nothing was asked: {}", one.why);
    }
}

/// P-HAIRPIN: machines that are kept apart, and hand to a device what is for their neighbours. No honest machine does, so the
/// other comparisons never ask for it.
#[test]
fn who_is_kept_apart_meets_by_a_device_that_sends_back() {
    let Some(mut world) = world() else { return };
    let devices = [
        ("Router(ROUTES)", true, true),
        ("Router(hairpin: Forward, ROUTES)", true, true),
        ("Router(hairpin: Drop, ROUTES)", false, false),
        ("Router(hairpin: Forward)", true, true),
        // Without routes it may send the packet into the other network, and is taken to take that from there again.
        ("Router(hairpin: Drop)", false, true),
        ("Firewall(default: Deny, rules: [(permit: \"any -> any\", leaves: \"ext\")], ROUTES)", false, false),
        ("Firewall(default: Deny, rules: [(permit: \"any -> any\", enters: \"in\")], ROUTES)", true, true),
        (
            "Firewall(default: Permit, rules: [(deny: \"any -> any\", enters: \"in\", leaves: \"in\")], ROUTES)",
            false,
            false,
        ),
        ("Firewall(default: Permit, rules: [(deny: \"10.3.0.0/24 -> any\", leaves: \"ext\")], ROUTES)", true, true),
    ];
    for (device, meets, may) in devices {
        let device = device.replace("ROUTES", "routes: [(to: \"any\", via: \"ext\")]");
        let device = device.replacen('(', "(joins: [\"in\", \"ext\"], ", 1);
        let model = model_of(&format!(
            r#"Municipality(
              segments: {{ "in": (layer: Internet, address: "10.3.0.0/24", client_isolation: true) }},
              networks: {{ "ext": (address: "192.0.2.0/24") }},
              nodes: {{
                "pc1": Server(at: "in", address: "10.3.0.10", gateway: "r"),
                "pc2": Server(at: "in", address: "10.3.0.11", gateway: "r"),
                "r": {device},
              }},
              expect: [Matrix([])],
            )"#
        ));
        let model = model.unwrap_or_else(|e| panic!("{device}: {e}"));
        let service = Listen { protocol: Kind::Tcp, port: 443 };
        let mut lab = render(&model, &[service]).lab;
        let at = |name: &str| lab.nodes.iter().position(|n| n.name == name).expect("it is drawn");
        let pcs = [at("pc1"), at("pc2")];
        let [one, two] = pcs.map(|pc| lab.nodes[pc].ports[0].addresses[0]);
        let probe =
            Probe { node: pcs[0] as u32, source: one, destination: two, kind: Kind::Tcp, port: 443, source_port: 0 };
        let mut reached = |lab: &Lab| world.ask(lab, std::slice::from_ref(&probe)).expect("it is built")[0].reached;
        assert!(!reached(&lab), "{device}: honest machines do not meet");
        for (pc, other) in [(pcs[0], two), (pcs[1], one)] {
            let routes = &mut lab.nodes[pc].routes;
            let gateway = routes.iter().find(|r| r.to.prefix_len() == 0).expect("it has a gateway").hop.clone();
            routes.iter_mut().find(|r| r.to == other.into()).expect("they are neighbours").hop = gateway;
        }
        assert_eq!(reached(&lab), meets, "{device}: the kernel");
        let faces: Vec<_> = model.faces.iter().filter(|(_, f)| f.segment.is_some()).map(|(id, _)| id).collect();
        let possible = blocking::passage(&model, faces[0], faces[1], None).is_some();
        assert_eq!(possible, may, "{device}: the packet layer");
    }
}

/// A machine that states no address is built with one of each family that its network has, and each is compared.
#[test]
fn who_states_no_address_is_compared_in_both_families() {
    let Some(mut world) = world() else { return };
    let model = model_of(
        r#"Municipality(
          segments: {
            "in": (layer: Internet, address: ["10.3.0.0/24", "2001:db8:3::/64"]),
            "lg": (layer: Lgwan, address: ["10.2.0.0/24", "2001:db8:2::/64"]),
          },
          nodes: {
            "pc": Terminal(at: "in", gateway: "fw"),
            "srv": Server(at: "lg", address: ["10.2.0.11", "2001:db8:2::11"], gateway: "fw"),
            "fw": Firewall(joins: ["in", "lg"], default: Deny, strays: Drop, rules: [(permit: "in -> srv tcp 443")]),
          },
          expect: [Matrix([])],
        )"#,
    );
    let found = compare(&mut world, &model.expect("it is a drawing"), &Wanted::default()).expect("it is built");
    let told: Vec<_> = found.differences.iter().map(ToString::to_string).collect();
    assert!(told.is_empty() && found.reached == 2, "{} answered\n{}", found.reached, told.join("\n"));
}

fn municipal(folders: &[&str]) {
    let Some(mut world) = world() else { return };
    let (mut drawings, mut probes, mut reached) = (0, 0, 0);
    for (path, loaded) in disk::drawings(folders) {
        let Ok(loaded) = loaded else { continue };
        let found = compare(&mut world, &loaded.model, &Wanted::default());
        let found = found.unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let told: Vec<_> = found.differences.iter().take(5).map(ToString::to_string).collect();
        assert!(told.is_empty(), "{}: {}", path.display(), told.join("\n"));
        (drawings, probes, reached) = (drawings + 1, probes + found.probes, reached + found.reached);
    }
    println!("{drawings} drawings, {probes} probes, {reached} reached");
    assert!(drawings > 3 && reached * 50 > probes, "hardly anything is reached: nothing is tested");
}

#[test]
fn municipal_drawings_agree() {
    municipal(&["models/telework", "models/tutorial"]);
}

#[test]
#[ignore = "as long as a minute"]
fn all_municipal_drawings_agree() {
    municipal(&["models"]);
}

#[test]
fn all_towns_can_be_read() {
    for seed in 0..300 {
        let ron = Town::new(seed).ron();
        if let Err(e) = model_of(&ron) {
            panic!("{e}\n{ron}");
        }
    }
}
