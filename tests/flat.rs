//! The flat form of a network reaches what the two engines reach: on every shipped drawing and on random models, in all
//! lenses, with and without failed controls; many sources at once are as one by one.
//!
//! `src/network/flat/tests.rs` holds the layouts against a naive fixpoint on graphs that no drawing gives.

use std::collections::BTreeSet;

use sekisho::model::{Behaviour, Carrier, Fact, GuardId, Lens, Model};
use sekisho::network::Network;
use sekisho::network::flat::{Condensed, Flat, bit, state};
use sekisho::verify::{Level, fast, reference};

use crate::support::disk::{readable, shown};
use crate::support::random_model::random_model;

/// Facts as words of states, and back.
fn facts(model: &Model, has: impl Fn(Fact) -> bool) -> BTreeSet<Fact> {
    let states: Vec<_> = (0..64).filter_map(state).collect();
    let all = model.faces.ids().flat_map(|face| states.iter().map(move |&state| Fact { face, state }));
    all.filter(|f| has(*f)).collect()
}

/// The starts that are asked about: the hosts of each segment together, and each face alone.
fn questions(model: &Model, lens: Lens) -> Vec<Vec<Fact>> {
    let together = model.segments.ids().map(|s| {
        let is_store = |f| model.endpoint_of(f).is_some_and(|e| e.behaviour == Behaviour::Store);
        // Only a store keeps files in the form in which they came, and a question about crossings starts from control alone.
        let raw = |f| (lens != Lens::Direct && is_store(f)).then_some(Carrier::Raw);
        let held = |f| [Some(Carrier::Own), raw(f)];
        model.faces_of(s).flat_map(|f| held(f).into_iter().flatten().map(move |k| Fact::holds(f, k))).collect()
    });
    // One face of every three alone: all of them would take a minute and show no more.
    let alone =
        model.faces.ids().step_by(3).map(|f| vec![Fact::holds(f, Carrier::Own), Fact::arrives(f, Carrier::Raw)]);
    together.chain(alone).collect()
}

/// Compares one drawing; `walked` is the reference, which is slow.
fn compare(model: &Model, walked: Option<&reference::Walked<'_>>, what: &str) -> usize {
    let network = Network::new(model);
    let mut guards: Vec<GuardId> = network.flow.steps.iter().flat_map(|s| s.guards.clone()).collect();
    guards.sort_unstable();
    guards.dedup();
    let some: Vec<GuardId> = guards.iter().copied().step_by(2).collect();
    let mut compared = 0;
    for lens in Lens::ALL {
        let questions = questions(model, lens);
        for (level, eyes) in [(Level::May, false), (Level::May, true), (Level::Sure, false), (Level::Must, true)] {
            for failed in [&[][..], &some, &guards] {
                let flat = Flat::of(&network, lens, level, failed, eyes).expect("a drawing fits");
                let condensed = Condensed::new(&flat);
                let sources: Vec<_> = questions.iter().map(|q| flat.source(q)).collect();
                let many = condensed.reach(&sources);
                for (i, starts) in questions.iter().enumerate() {
                    let place =
                        || format!("{what} {lens:?} {level:?} eyes {eyes} {} failed, question {i}", failed.len());
                    let started: BTreeSet<Fact> = starts.iter().copied().collect();
                    let states = flat.closure(&flat.starts(starts));
                    let ours: BTreeSet<Fact> = &facts(model, |f| flat.has(&states, f)) | &started;
                    let engine = fast::reached(&network, lens, level, failed, eyes, starts);
                    assert!(&engine.into_iter().collect::<BTreeSet<_>>() | &started == ours, "fast: {}", place());
                    let reaches =
                        |f: Fact| condensed.node(f.face).is_some_and(|n| many.states(i, n) >> bit(f.state) & 1 == 1);
                    assert!(&facts(model, reaches) | &started == ours, "many sources: {}", place());
                    if let (Some(walked), true) = (walked, failed.is_empty()) {
                        let reference = walked.reached(lens, level, eyes, starts);
                        let theirs = &reference | &started;
                        let differ: Vec<Fact> = theirs.symmetric_difference(&ours).copied().collect();
                        assert!(differ.is_empty(), "reference: {}: {differ:?}", place());
                    }
                    compared += 1;
                }
            }
        }
    }
    compared
}

#[test]
fn every_shipped_drawing() {
    let mut wrong = Vec::new();
    let drawings = readable(&["models"], &mut wrong);
    let mut compared = 0;
    for (i, (path, loaded)) in drawings.iter().enumerate() {
        // The reference is slow; the five models and every eighth of the others are enough to see that all three agree.
        let is_model = path.parent().is_some_and(|p| p.ends_with("models"));
        let walked = (is_model || i % 8 == 0).then(|| reference::Walked::of(&loaded.model));
        compared += compare(&loaded.model, walked.as_ref(), &shown(path));
    }
    assert!(compared > 1000, "{compared}");
}

#[test]
fn random_models() {
    for seed in 0..60 {
        let model = random_model(seed);
        let walked = reference::Walked::of(&model);
        compare(&model, Some(&walked), &format!("seed {seed}"));
    }
}

#[test]
fn all_hosts_at_once_are_as_one_by_one() {
    let mut wrong = Vec::new();
    let mut models: Vec<(String, Model)> =
        readable(&["models"], &mut wrong).into_iter().map(|(p, l)| (shown(&p), l.model)).collect();
    models.extend((0..40).map(|seed| (format!("seed {seed}"), random_model(seed))));
    let mut reached = 0;
    for (what, model) in models {
        let network = Network::new(&model);
        for lens in [Lens::Attack, Lens::Leak] {
            for row in fast::hosts(&model, &network, lens).expect("a drawing fits").rows {
                let alone = |level| fast::host_alone(&model, &network, lens, level, row.from);
                assert_eq!(row.sure, alone(Level::Sure), "{what} {lens:?}");
                let mut all = [row.sure.clone(), row.possible].concat();
                all.sort_unstable();
                assert_eq!(all, alone(Level::May), "{what} {lens:?}");
                reached += row.sure.len();
            }
        }
    }
    assert!(reached > 100, "something is reached: {reached}");
}
