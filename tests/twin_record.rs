//! What a kernel answered when it was asked, against the packet layer of today: `tests/kernel/README.md`. Needs no kernel.

use sekisho::twin::{Services, judge};

use crate::support::record::{read, written};
use crate::support::town::Town;
use crate::support::twin::{Wrong, answers, model_of, world};

const RECORD: &str = include_str!("kernel/towns.txt");

#[test]
fn the_record_and_the_packet_layer_agree() {
    let (mut towns, mut probes, mut reached) = (0, 0, 0);
    let mut wrong = Vec::new();
    for town in read(RECORD) {
        let model = model_of(&town.ron).unwrap_or_else(|e| panic!("{}: {e}", town.name));
        let answers = town.answers(&model);
        let found = judge(&model, &answers);
        (towns, probes, reached) = (towns + 1, probes + found.probes, reached + found.reached);
        wrong.extend(found.differences.iter().map(|d| format!("{}: {d}", town.name)));
    }
    println!("{towns} towns, {probes} probes, {reached} reached, {} differ", wrong.len());
    assert!(wrong.is_empty(), "{}", wrong[..wrong.len().min(20)].join("\n"));
    assert!(towns >= 90 && reached > 10_000, "the record is not what it was");
}

/// Also without a kernel: each mistake is noticed somewhere in the record.
#[test]
fn the_record_notices_every_mistake() {
    let mut left = Wrong::ALL.to_vec();
    for town in read(RECORD) {
        let model = model_of(&town.ron).expect("a recorded town can be read");
        let answers = town.answers(&model);
        left.retain(|w| w.judge(&model, &answers).differences.is_empty());
        if left.is_empty() {
            return;
        }
    }
    panic!("not noticed: {left:?}");
}

/// Writes the record again, without the towns in which the two differ.
#[test]
#[ignore = "writes a file of this repository"]
fn record() {
    let Some(mut world) = world() else { return };
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").expect("a kernel has a name");
    let mut text = format!("kernel {release}");
    for seed in 5000..5120 {
        let town = Town::new(seed);
        let (model, answers) = answers(&mut world, &town).expect("a town can be built");
        let found = judge(&model, &answers);
        if !found.differences.is_empty() {
            println!("{} is left out: {}", town.name, found.differences[0]);
            continue;
        }
        text.push_str(&written(&town.name, &town.ron(), &Services::of(&model), &answers));
    }
    std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/kernel/towns.txt"), text)
        .expect("a file can be written");
}
