//! The steps of a path that can be seen: from thing to thing, with every device between.
//!
//! What happens inside one thing (a mediator's transform, a takeover) has no line and no number.

use crate::model::{Carrier, Fact, Kind, Model, NodeId, State};
use crate::verify::{Cause, Hop, Witness};

/// A visible step of a path: the things it passes, in the direction of what it carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Leg {
    pub(super) chain: Vec<NodeId>,
    pub(super) carrier: Carrier,
    /// Whether it is a session of the network.
    pub(super) session: bool,
}

/// The visible steps of a path.
pub(super) fn legs(model: &Model, witness: &Witness) -> Vec<Leg> {
    witness.hops.iter().filter_map(|hop| leg(model, hop)).collect()
}

fn leg(model: &Model, hop: &Hop) -> Option<Leg> {
    let (from, to) = (model.faces[hop.from.face].node, model.faces[hop.to.face].node);
    let chain = match &hop.cause {
        Cause::Session(s) => {
            let mut devices: Vec<NodeId> = s.forward.iter().map(|p| model.transits[p.device].node).collect();
            if s.reply {
                devices.reverse();
            }
            [vec![from], devices, vec![to]].concat()
        }
        Cause::Relation(i) => relation_chain(model, *i),
        Cause::Transform(_) | Cause::Pivot | Cause::Stored | Cause::SameMachine => return None,
    };
    let carrier = carrier(hop.to).unwrap_or(Carrier::Own);
    let session = matches!(hop.cause, Cause::Session(_));
    (from != to).then_some(Leg { chain, carrier, session })
}

/// The things a relation joins: its two ends, and the cleaning station between a medium and its reader.
pub(super) fn relation_chain(model: &Model, index: usize) -> Vec<NodeId> {
    let Some(relation) = model.relations.get(index) else { return Vec::new() };
    let (from, to) = (model.faces[relation.from.face].node, model.faces[relation.to.face].node);
    let station = (model.nodes[from].kind == Kind::Medium).then(|| {
        let named = |name: &str| relation.labels.iter().any(|l| model.labels[*l] == name);
        model.nodes.iter().find(|(_, n)| n.kind == Kind::Kiosk && named(&n.name)).map(|(id, _)| id)
    });
    let mut chain = vec![from];
    chain.extend(station.flatten());
    chain.push(to);
    chain
}

/// What a fact is about.
pub(super) fn carrier(fact: Fact) -> Option<Carrier> {
    match fact.state {
        State::Arrives(k) | State::Leaves(k, _) | State::Holds(k) => Some(k),
    }
}
