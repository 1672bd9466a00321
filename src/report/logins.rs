//! Gates with multi-factor login on the way of something that passes, at which whoever asks is not enrolled.
//!
//! A gate stops nobody in the packet layer and is no guard of a required flow (`docs/semantics.md` §2, §3): so it is named
//! wherever something is said to pass through it.

use std::collections::BTreeSet;

use super::names::called;
use crate::diagnostic::Text;
use crate::model::{FaceId, GuardId, Model, NodeId, TransitId};
use crate::packet::journey::{Journey, Leg};
use crate::verify::{Cause, Witness};

/// The gates that a device has and a node is not enrolled at.
fn stops(model: &Model, device: TransitId, node: NodeId) -> bool {
    model.transits[device].mfa.as_ref().is_some_and(|g| g.enrolled.binary_search(&node).is_err())
}

fn node(model: &Model, id: NodeId) -> String {
    let node = &model.nodes[id];
    called(&node.label, &node.name)
}

fn list(model: &Model, nodes: &BTreeSet<NodeId>) -> (String, String) {
    let names: Vec<String> = nodes.iter().map(|&n| node(model, n)).collect();
    (names.join("、"), names.join(", "))
}

/// The gates of a journey at which its sender is not enrolled.
pub(super) fn of_journey(model: &Model, from: FaceId, journey: &Journey) -> Vec<TransitId> {
    let sender = model.faces[from].node;
    let passed = journey.legs.first().map_or(&[][..], |l: &Leg| l.passes.as_slice());
    let through = passed.iter().filter(|p| p.to.is_some()).map(|p| p.device);
    through.filter(|&d| stops(model, d, sender)).collect()
}

/// A condition on a result: `only if it passes multi-factor at vpn, where pc2 is not enrolled`.
pub(super) fn condition(model: &Model, gates: &[TransitId], who: &BTreeSet<NodeId>) -> Text {
    let names: Vec<String> = gates.iter().map(|&g| node(model, model.transits[g].node)).collect();
    let (ja, en) = list(model, who);
    Text::new(
        format!("{} の多要素認証を通れるときだけ({ja} は登録されていない)", names.join("、")),
        format!("only if it passes multi-factor at {} ({en}: not enrolled)", names.join(" and ")),
    )
}

/// The devices of some guards, as far as they are gates.
pub(super) fn gates(model: &Model, guards: &[GuardId]) -> Vec<TransitId> {
    let has = |g: &GuardId| model.transits.iter().find(|(_, t)| t.mfa.as_ref().is_some_and(|m| m.guard == *g));
    guards.iter().filter_map(has).map(|(id, _)| id).collect()
}

/// What is to be told of a required flow of some members that takes this way.
pub(super) fn of_flow(model: &Model, members: &[FaceId], way: &Witness) -> Vec<Text> {
    let members: BTreeSet<NodeId> = members.iter().map(|&f| model.faces[f].node).collect();
    let mut all = Vec::new();
    for hop in &way.hops {
        let Cause::Session(session) = &hop.cause else { continue };
        let opens = model.faces[session.initiator].node;
        // The other members take the same way, as far as it is told.
        let asked = if members.contains(&opens) { members.clone() } else { BTreeSet::from([opens]) };
        for pass in &session.forward {
            let lacking: BTreeSet<NodeId> = asked.iter().copied().filter(|&n| stops(model, pass.device, n)).collect();
            if lacking.is_empty() {
                continue;
            }
            let (gate, (ja, en)) = (node(model, model.transits[pass.device].node), list(model, &lacking));
            all.push(Text::new(
                format!("{gate} の多要素認証を通ります。登録されていないもの: {ja}"),
                format!("it passes multi-factor at {gate}; not enrolled there: {en}"),
            ));
        }
    }
    all.dedup();
    all
}
