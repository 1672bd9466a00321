//! Mediators by which something gets to where no packet gets by itself: a trace follows packets, and a proxy ends them.
//!
//! The engine finds the way and the replay walks it again; here it becomes names and the commands that trace its parts.

use super::super::follow::command;
use super::super::names::Scribe;
use crate::model::{FaceId, Lens, Model, NodeId, Role};
use crate::network::Network;
use crate::source::Sources;
use crate::verify::{Cause, Packet, Witness, fast, replay};

/// A way through mediators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Through {
    /// The mediators, in order.
    pub mediators: Vec<NodeId>,
    /// For each session on the way the words of the command that traces it, where there is one.
    pub commands: Vec<Vec<String>>,
}

/// The shortest way from a machine to another through mediators alone, if no session of any service joins the two.
#[must_use]
pub fn through(model: &Model, sources: &Sources, from: FaceId, to: FaceId) -> Option<Through> {
    let is_mediator = |node: NodeId| matches!(model.nodes[node].role, Role::Mediator(_));
    // Most drawings of packets have none, and then the network need not be compiled.
    if !model.nodes.ids().any(is_mediator) {
        return None;
    }
    let network = Network::new(model);
    let witness = fast::shortest(model, &network, &[from], &[to])?;
    replay::replay(model, Lens::Direct, false, &[], &witness).ok()?;
    let by_network = |c: &Cause| matches!(c, Cause::Session(_) | Cause::Transform(_));
    if !witness.hops.iter().all(|h| by_network(&h.cause)) {
        return None;
    }
    let mut mediators = Vec::new();
    for node in witness.hops.iter().map(|h| model.faces[h.to.face].node).filter(|&n| is_mediator(n)) {
        if !mediators.contains(&node) {
            mediators.push(node);
        }
    }
    let ends = [from, to].map(|f| model.faces[f].node);
    mediators.retain(|n| !ends.contains(n));
    let scribe = Scribe { model, sources };
    let commands = sessions(&witness).filter_map(|(x, y, packet)| command(&scribe, x, y, packet)).collect();
    (!mediators.is_empty()).then_some(Through { mediators, commands })
}

/// The sessions of a way: who opens each, to whom, with which packet.
fn sessions(witness: &Witness) -> impl Iterator<Item = (FaceId, FaceId, &Packet)> {
    witness.hops.iter().filter_map(|h| match &h.cause {
        Cause::Session(s) => Some((s.initiator, s.responder, &s.packet)),
        _ => None,
    })
}
