//! Questions about crossings that rules ask, against the slow definition of the policy matrix on random models.
//!
//! What each test catches:
//! * `unpermitted_crossings_are_those_of_the_definition`: a crossing that the scan for rules misses or invents;
//! * `what_passed_a_label_is_excused_as_by_a_permit_that_asks_for_it`: a label that is seen where it was not passed, or
//!   not seen where it was;
//! * `what_is_past_a_label_is_what_is_not_excused_by_it`: the two ways of asking for a label drifting apart.

use std::collections::BTreeSet;

use sekisho::diagnostic::Text;
use sekisho::model::{Carrier, Check, LabelId, Model, Permit, Question, SegmentId, Table};
use sekisho::network::Network;
use sekisho::verify::fast::{CrossingQuery, Hit, scan};
use sekisho::verify::{Answer, Level, reference};

use crate::support::random_model::random_model;

/// A carrier that arrives, and whether for certain.
type Arrivals = BTreeSet<(Carrier, bool)>;

fn of_hits(hits: &[Hit]) -> Arrivals {
    let sure: BTreeSet<Carrier> = hits.iter().filter(|h| h.certain).map(|h| h.carrier).collect();
    hits.iter().map(|h| (h.carrier, sure.contains(&h.carrier))).collect()
}

/// The unpermitted crossings of each ordered pair of segments, by the slow definition.
fn defined(model: &Model) -> Vec<((SegmentId, SegmentId), Arrivals)> {
    let mut asked = model.clone();
    asked.checks = Table::new();
    let ids: Vec<SegmentId> = model.segments.ids().collect();
    for &from in &ids {
        for &to in ids.iter().filter(|&&to| to != from) {
            asked.checks.push(Check { name: String::new(), question: Question::Matrix { from, to }, span: None });
        }
    }
    reference::verify(&asked)
        .iter()
        .map(|v| {
            let Question::Matrix { from, to } = asked.checks[v.check].question else { unreachable!("only matrices") };
            let found = match &v.answer {
                Answer::Matrix(rows) => rows.iter().map(|u| (u.carrier, u.witness.level() >= Level::Sure)).collect(),
                _ => Arrivals::new(),
            };
            ((from, to), found)
        })
        .collect()
}

fn scanned(model: &Model, change: impl Fn(&mut CrossingQuery)) -> Vec<((SegmentId, SegmentId), Arrivals)> {
    let ids: Vec<SegmentId> = model.segments.ids().collect();
    let pairs: Vec<(SegmentId, SegmentId)> =
        ids.iter().flat_map(|&a| ids.iter().filter(move |&&b| b != a).map(move |&b| (a, b))).collect();
    let queries: Vec<CrossingQuery> = pairs
        .iter()
        .map(|&(a, b)| {
            let mut q = CrossingQuery {
                from: model.faces_of(a).collect(),
                to: model.faces_of(b).collect(),
                ..CrossingQuery::default()
            };
            change(&mut q);
            q
        })
        .collect();
    let network = Network::new(model);
    pairs.into_iter().zip(scan(model, &network, &queries).iter().map(|h| of_hits(h))).collect()
}

/// A random model whose permits all count as those of the matrix, and in which every label is watched.
fn model(seed: u64) -> Model {
    let mut model = random_model(seed);
    model.permits.iter_mut().for_each(|p| p.span = None);
    model.watched = model.labels.ids().collect();
    model
}

const MODELS: u64 = 300;

#[test]
fn unpermitted_crossings_are_those_of_the_definition() {
    let mut seen = 0;
    for seed in 0..MODELS {
        let model = model(seed);
        let (slow, fast) = (defined(&model), scanned(&model, |q| q.unpermitted = true));
        seen += slow.iter().map(|(_, a)| a.len()).sum::<usize>();
        assert_eq!(slow, fast, "seed {seed}");
    }
    assert!(seen > 500, "the models have something to find: {seen}");
}

#[test]
fn what_passed_a_label_is_excused_as_by_a_permit_that_asks_for_it() {
    let mut excused = 0;
    for seed in 0..MODELS {
        let plain = model(seed);
        let Some(label) = plain.labels.ids().nth(seed as usize % plain.labels.len().max(1)) else { continue };
        let mut permitting = plain.clone();
        permitting.permits = everything_past(&plain, label);
        let name = plain.labels[label].clone();
        let slow = defined(&permitting);
        let fast = scanned(&plain, |q| q.excused_by = vec![vec![name.clone()]]);
        assert_eq!(slow, fast, "seed {seed} label {name}");
        let all = scanned(&plain, |_| {});
        excused += all.iter().zip(&fast).filter(|(a, b)| a != b).count();
    }
    assert!(excused > 20, "the labels excuse something: {excused}");
}

#[test]
fn what_is_past_a_label_is_what_is_not_excused_by_it() {
    for seed in 0..MODELS {
        let model = model(seed);
        let Some(label) = model.labels.ids().nth(seed as usize % model.labels.len().max(1)) else { continue };
        let name = model.labels[label].clone();
        let none = scanned(&model, |q| {
            q.past = vec![name.clone()];
            q.excused_by = vec![vec![name.clone()]];
        });
        assert!(none.iter().all(|(_, a)| a.is_empty()), "seed {seed} label {name}");
        let carriers = |list: &[((SegmentId, SegmentId), Arrivals)]| -> BTreeSet<(SegmentId, SegmentId, Carrier)> {
            list.iter().flat_map(|((a, b), f)| f.iter().map(|(c, _)| (*a, *b, *c))).collect()
        };
        let past = carriers(&scanned(&model, |q| q.past = vec![name.clone()]));
        let beside = carriers(&scanned(&model, |q| q.excused_by = vec![vec![name.clone()]]));
        let all = carriers(&scanned(&model, |_| {}));
        assert_eq!(past.union(&beside).copied().collect::<BTreeSet<_>>(), all, "seed {seed} label {name}");
    }
}

#[test]
fn a_permit_that_avoids_a_label_leaves_what_passed_it() {
    let mut left = 0;
    for seed in 0..MODELS {
        let plain = model(seed);
        let Some(label) = plain.labels.ids().nth(seed as usize % plain.labels.len().max(1)) else { continue };
        let mut avoiding = plain.clone();
        avoiding.permits = everything_past(&plain, label);
        avoiding.permits.iter_mut().for_each(|p| p.avoids = std::mem::take(&mut p.via));
        let name = plain.labels[label].clone();
        let slow = defined(&avoiding);
        assert_eq!(slow, scanned(&avoiding, |q| q.unpermitted = true), "seed {seed} label {name}");
        assert_eq!(slow, scanned(&plain, |q| q.past = vec![name.clone()]), "seed {seed} label {name}");
        left += slow.iter().filter(|(_, a)| !a.is_empty()).count();
    }
    assert!(left > 20, "the labels leave something: {left}");
}

/// Everything between segments is permitted where a label was passed.
fn everything_past(model: &Model, label: LabelId) -> Vec<Permit> {
    let ids: Vec<SegmentId> = model.segments.ids().collect();
    let mut permits = Vec::new();
    for &from in &ids {
        for &to in ids.iter().filter(|&&to| to != from) {
            for carrier in Carrier::ALL {
                permits.push(Permit {
                    from,
                    to,
                    from_nodes: None,
                    to_nodes: None,
                    carrier,
                    services: None,
                    via: vec![label],
                    avoids: Vec::new(),
                    origin: Text::new("", ""),
                    span: None,
                });
            }
        }
    }
    permits
}
