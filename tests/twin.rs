//! The kernel as a judge: drawings built from namespaces and asked with real connections, against the packet layer.
//!
//! Where a machine has no namespaces to give, one line says so; with `SEKISHO_NEED_TWIN` set that is a failure.

use sekisho::twin::{Wanted, compare, judge};

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
