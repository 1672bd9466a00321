//! The explanation of "connected" and "not connected" says what the engines say, on random models.

use sekisho::flow::{Content, Why};
use sekisho::model::{FaceId, Lens, Model};
use sekisho::network::Network;
use sekisho::verify::blocking;

use crate::support::random_model::random_model;

/// Whether the compiled network has a session of its own from one face to another.
fn joined(network: &Network, x: FaceId, y: FaceId) -> bool {
    network.flow.steps.iter().any(|s| match &s.why {
        Why::Session(e) => {
            (e.initiator, e.responder, e.content, e.impersonator) == (x, y, Content::Request, None)
                && s.lenses.has(Lens::Direct)
        }
        _ => false,
    })
}

/// A mediator that never gives anything out opens no session worth a step.
fn gives(model: &Model, x: FaceId) -> bool {
    model.mediator_of(x).is_none()
}

#[test]
fn the_explanation_agrees_with_the_network() {
    let wanted: u64 = std::env::var("SEKISHO_MODELS").ok().and_then(|n| n.parse().ok()).unwrap_or(60);
    let (mut connected, mut blocked) = (0, 0);
    let first: u64 = std::env::var("SEKISHO_FIRST_SEED").ok().and_then(|n| n.parse().ok()).unwrap_or(0);
    for seed in first..first + wanted {
        let model = random_model(seed);
        let network = Network::new(&model);
        for x in model.faces.ids().filter(|&x| gives(&model, x)) {
            for y in model.faces.ids().filter(|&y| y != x) {
                let engine = joined(&network, x, y);
                let told = blocking::passage(&model, x, y, None);
                let why = blocking::between(&model, x, y, None);
                assert!(engine || told.is_none(), "seed {seed}: {x:?} -> {y:?} is told to be connected: {told:?}");
                if engine {
                    assert!(
                        told.is_some() || why.limited,
                        "seed {seed}: {x:?} -> {y:?} is connected, but no way is told\n{why:?}"
                    );
                    connected += 1;
                } else if !why.limited {
                    let open = why.walks.iter().any(|w| w.open || w.stops.is_empty());
                    assert!(
                        !open || !why.refusals.is_empty(),
                        "seed {seed}: {x:?} -> {y:?} is not connected, and nothing is told to stop it\n{why:?}"
                    );
                    blocked += 1;
                }
            }
        }
    }
    assert!(connected > 0 && blocked > 0, "{connected} connected, {blocked} blocked");
}
