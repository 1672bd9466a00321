//! What is walked once for all that fare alike, past devices that cannot matter, against every pair walked by itself.
//!
//! `SEKISHO_ALIKE=10000 cargo test --release --test suite alike:: -- --nocapture` is the long run.

use sekisho::model::Model;
use sekisho::packet::{ClassSession, Sessions};

use crate::support::loops::wide;
use crate::support::town::Town;
use crate::support::twin::model_of;

/// How many to try.
fn wanted(usual: u64) -> u64 {
    std::env::var("SEKISHO_ALIKE").ok().and_then(|n| n.parse().ok()).unwrap_or(usual)
}

/// How many sessions there are, or what is wrong with them.
fn compared(model: &Model, name: &str) -> Result<usize, String> {
    let (thrifty, plain) = (Sessions::new(model).each(), Sessions::one_by_one(model).each());
    if thrifty == plain {
        return Ok(plain.len());
    }
    let only = |some: &[ClassSession], others: &[ClassSession]| some.iter().filter(|s| !others.contains(s)).count();
    Err(format!(
        "{name}: {} sessions, {} of them are not found and {} others are",
        plain.len(),
        only(&plain, &thrifty),
        only(&thrifty, &plain)
    ))
}

#[test]
fn wide_models_have_the_sessions_of_each_pair() {
    let (mut sessions, mut wrong) = (0, Vec::new());
    for seed in 0..wanted(400) {
        match compared(&wide(seed), &format!("seed {seed}")) {
            Ok(n) => sessions += n,
            Err(e) => wrong.push(e),
        }
    }
    println!("{sessions} sessions");
    assert!(wrong.is_empty(), "{} differ, the first:\n{}", wrong.len(), wrong[..wrong.len().min(5)].join("\n"));
    assert!(sessions > 1_000, "hardly anything was compared");
}

#[test]
fn towns_have_the_sessions_of_each_pair() {
    let mut wrong = Vec::new();
    for seed in 0..wanted(60) {
        let town = Town::new(seed);
        let model = model_of(&town.ron()).expect("a town can be read");
        wrong.extend(compared(&model, &town.name).err());
    }
    assert!(wrong.is_empty(), "{} differ, the first:\n{}", wrong.len(), wrong[..wrong.len().min(5)].join("\n"));
}
