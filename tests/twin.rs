//! The kernel as a judge: drawings built from namespaces and asked with real connections, against the packet layer.
//!
//! Where a machine has no namespaces to give, one line says so; with `SEKISHO_NEED_TWIN` set that is a failure.

use sekisho::twin::Wrong;

use crate::support::town::Town;
use crate::support::twin::{compared, model_of, story, world};

#[derive(Debug, Default)]
struct Tally {
    towns: usize,
    probes: usize,
    reached: usize,
    certain: usize,
    differing: Vec<u64>,
    broken: Vec<String>,
}

fn run(seeds: std::ops::Range<u64>, wrong: Wrong) -> Option<Tally> {
    let mut world = world()?;
    let mut all = Tally::default();
    for seed in seeds {
        let town = Town::new(seed);
        match compared(&mut world, &town, wrong) {
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
    Some(all)
}

/// `SEKISHO_TWIN=first..end` chooses the towns.
#[test]
#[ignore = "as long as one likes"]
fn many_towns() {
    let chosen = std::env::var("SEKISHO_TWIN").unwrap_or_else(|_| "0..2000".to_owned());
    let (first, end) = chosen.split_once("..").expect("first..end");
    let seeds = first.parse().expect("a number")..end.parse().expect("a number");
    let Some(all) = run(seeds, Wrong::Nothing) else { return };
    println!(
        "{} towns, {} probes, {} reached, {} certain, differ: {:?}",
        all.towns, all.probes, all.reached, all.certain, all.differing
    );
    for b in all.broken.iter().take(5) {
        println!("{b}");
    }
    println!("{} could not be built", all.broken.len());
    if let Some(mut world) = world() {
        for &seed in all.differing.iter().take(4) {
            println!("{}", story(&mut world, &Town::new(seed), Wrong::Nothing));
        }
    }
    assert!(all.differing.is_empty());
    assert!(all.broken.is_empty());
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
