//! Two engines, one meaning: on random models the fast engine answers exactly what the reference answers,
//! and every path of either is accepted by the replay, which shares no code with them.
//!
//! `SEKISHO_MODELS=1000000 cargo test --release --test suite engines:: -- --nocapture` is the long run.

use sekisho::model::{Carrier, Lens, Model, Question, Status};
use sekisho::network::Network;
use sekisho::verify::{Answer, Verdict, fast, reference, replay};

use crate::support::random_model::{Sizes, random_model, sized_model};

/// What two engines must agree on.
#[derive(Debug, PartialEq, Eq)]
struct Essence {
    status: Status,
    carriers: Vec<(Carrier, usize)>,
    missing: Vec<(usize, bool)>,
}

fn essence(v: &Verdict) -> Essence {
    use sekisho::model::Id;
    let (mut carriers, mut missing) = (Vec::new(), Vec::new());
    match &v.answer {
        Answer::Matrix(rows) => carriers.extend(rows.iter().map(|u| (u.carrier, u.witness.hops.len()))),
        Answer::Paths(paths) => carriers.extend(paths.iter().filter_map(|w| Some((w.final_carrier()?, w.hops.len())))),
        Answer::Flow { missing: m, .. } => missing.extend(m.iter().map(|(f, may)| (f.index(), *may))),
        Answer::Nothing => {}
    }
    carriers.sort_unstable();
    Essence { status: v.status, carriers, missing }
}

fn lens_of(q: &Question) -> (Lens, bool) {
    match q {
        Question::Forbid { lens, eyes, .. } => (*lens, *eyes),
        _ => (Lens::Direct, false),
    }
}

fn replayed(model: &Model, v: &Verdict, who: &str, seed: u64) -> Vec<String> {
    let question = &model.checks[v.check].question;
    let (lens, eyes) = lens_of(question);
    let witnesses: Vec<_> = match &v.answer {
        Answer::Matrix(rows) => rows.iter().map(|u| &u.witness).collect(),
        Answer::Paths(paths) => paths.iter().collect(),
        Answer::Flow { witness, .. } => witness.iter().collect(),
        Answer::Nothing => Vec::new(),
    };
    let mut refused = Vec::new();
    for w in witnesses {
        if let Err(e) = replay::replay(model, lens, eyes, &[], w) {
            refused.push(format!("seed {seed} {who} {}: {e}\n{w:#?}", model.checks[v.check].name));
        } else if let Err(e) = replay::start_ok(model, question, w) {
            refused.push(format!("seed {seed} {who} {}: ends: {e}", model.checks[v.check].name));
        }
    }
    refused
}

/// A model of any size, or with `SEKISHO_SMALL` a small one: most mistakes show in few nodes, and many more can be tried.
fn chosen_model(seed: u64) -> Model {
    if std::env::var_os("SEKISHO_SMALL").is_none() {
        return random_model(seed);
    }
    let pick = |shift: u32, most: usize| (seed >> shift) as usize % most;
    let sizes = Sizes {
        segments: 1 + pick(0, 3),
        zones: 1 + pick(2, 3),
        endpoints: 2 + pick(4, 3),
        mediators: pick(6, 2),
        devices: pick(7, 3),
        relations: pick(9, 2),
        communications: pick(10, 2),
        permits: pick(11, 4),
        checks: 3,
    };
    sized_model(seed, sizes)
}

/// All disagreements on one model.
fn disagreements(seed: u64) -> Vec<String> {
    let model = chosen_model(seed);
    let network = Network::new(&model);
    let walked = reference::Walked::of(&model);
    let (f, r) = (fast::verify(&model, &network), walked.verify());
    let mut wrong = Vec::new();
    for (f, r) in f.iter().zip(&r) {
        let (a, b) = (essence(f), essence(r));
        if a != b {
            wrong.push(format!(
                "seed {seed} check `{}` {:?}\n  fast      {a:?}\n  reference {b:?}",
                model.checks[f.check].name, model.checks[f.check].question
            ));
        }
        wrong.extend(replayed(&model, f, "fast", seed));
        wrong.extend(replayed(&model, r, "reference", seed));
        let question = &model.checks[f.check].question;
        let (d, e) = (fast::depth(&model, &network, question), walked.depth(question));
        let d = match d {
            Some(fast::Depth::Exactly(n, sets)) => Some((n, sets)),
            Some(fast::Depth::AtLeast(_)) | Some(fast::Depth::None) | None => None,
        };
        if f.status != Status::Vacuous && d != e {
            wrong.push(format!(
                "seed {seed} depth of `{}` {question:?}\n  fast      {d:?}\n  reference {e:?}",
                model.checks[f.check].name
            ));
        }
    }
    wrong
}

#[test]
fn the_engines_agree_on_random_models() {
    let wanted: u64 = std::env::var("SEKISHO_MODELS").ok().and_then(|n| n.parse().ok()).unwrap_or(1_500);
    let first: u64 = std::env::var("SEKISHO_FIRST_SEED").ok().and_then(|n| n.parse().ok()).unwrap_or(0);
    let show: usize = std::env::var("SEKISHO_SHOW").ok().and_then(|n| n.parse().ok()).unwrap_or(3);
    let started = std::time::Instant::now();
    let wrong: Vec<String> = {
        use std::sync::atomic::{AtomicU64, Ordering};
        let next = AtomicU64::new(first);
        let found = std::sync::Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for _ in 0..std::thread::available_parallelism().map_or(1, std::num::NonZero::get) {
                scope.spawn(|| {
                    loop {
                        let seed = next.fetch_add(1, Ordering::Relaxed);
                        if seed >= first + wanted {
                            break;
                        }
                        let wrong = disagreements(seed);
                        if !wrong.is_empty() {
                            found.lock().expect("no panic holds it").extend(wrong);
                        }
                    }
                });
            }
        });
        found.into_inner().expect("no panic holds it")
    };
    println!("{wanted} random models in {:.1?}", started.elapsed());
    assert!(
        wrong.is_empty(),
        "{} disagreements, the first:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(show)].join("\n")
    );
}

/// Prints the devices and faces of one random model: `SEKISHO_SEED=7 cargo test --test suite engines::print -- --ignored --nocapture`.
#[test]
#[ignore = "a tool for looking at one seed"]
fn print_one_model() {
    let seed = std::env::var("SEKISHO_SEED").ok().and_then(|n| n.parse().ok()).unwrap_or(0);
    let model = chosen_model(seed);
    println!("{:#?}\n{:#?}", model.transits, model.faces);
    for v in reference::verify(&model) {
        println!("reference {:#?}", v.answer);
    }
}
