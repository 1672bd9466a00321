//! Which open questions of the drawing a path rests on.

use std::collections::BTreeSet;

use super::replay::Supposed;
use super::verdict::{Cause, Hop, Level, SessionCause, Witness};
use crate::model::{AssumptionId, Model, PacketAddr, Role, TransitId};

/// The assumptions of some paths. Sorted, distinct.
pub(crate) fn assumptions(model: &Model, witnesses: &[Witness]) -> Vec<AssumptionId> {
    let open = witnesses.iter().flat_map(|w| &w.hops).filter(|h| h.level == Level::May);
    let mut all: Vec<AssumptionId> = open.clone().flat_map(|h| of_hop(model, h)).collect();
    all.extend(strays(model, open));
    all.sort_unstable();
    all.dedup();
    all
}

/// The devices on whose treatment of answers to requests that they have not seen (P-STRAY) some open hops rest: a session
/// no longer passes if they drop them. If no single device is enough for that, some that are together.
pub(crate) fn strays<'h>(model: &Model, open: impl Iterator<Item = &'h Hop>) -> BTreeSet<AssumptionId> {
    let unstated = |d: &TransitId| model.transits[*d].strays_assumption.is_some();
    let candidates: BTreeSet<TransitId> = model.transits.ids().filter(unstated).collect();
    let mut needed = BTreeSet::new();
    if candidates.is_empty() {
        return BTreeSet::new();
    }
    let mut supposed = Supposed::new(model);
    for hop in open {
        let Cause::Session(cause) = &hop.cause else { continue };
        let mut stopped_by = |dropping: BTreeSet<TransitId>| !supposed.passes(dropping, hop, cause);
        if !stopped_by(candidates.clone()) {
            continue;
        }
        let alone: Vec<TransitId> = candidates.iter().copied().filter(|&d| stopped_by(BTreeSet::from([d]))).collect();
        if !alone.is_empty() {
            needed.extend(alone);
            continue;
        }
        let mut together = candidates.clone();
        for &device in &candidates {
            let without: BTreeSet<TransitId> = together.iter().copied().filter(|&d| d != device).collect();
            if stopped_by(without.clone()) {
                together = without;
            }
        }
        needed.extend(together);
    }
    needed.into_iter().filter_map(|d| model.transits[d].strays_assumption).collect()
}

fn of_hop(model: &Model, hop: &Hop) -> Vec<AssumptionId> {
    match &hop.cause {
        Cause::Session(s) => of_session(model, s),
        Cause::Transform(i) => match &model.node_of(hop.from.face).role {
            Role::Mediator(m) => m.transforms.get(*i).and_then(|t| t.assumption).into_iter().collect(),
            _ => Vec::new(),
        },
        Cause::Relation(i) => model.relations.get(*i).and_then(|r| r.assumption).into_iter().collect(),
        Cause::Pivot | Cause::Stored | Cause::SameMachine => Vec::new(),
    }
}

fn of_session(model: &Model, session: &SessionCause) -> Vec<AssumptionId> {
    let mut all = Vec::new();
    for passage in &session.forward {
        let device = &model.transits[passage.device];
        if passage.rule.is_none() && device.rules.is_some() && device.default.is_none() {
            all.extend(device.default_assumption);
        }
    }
    let addresses =
        [session.packet.source, session.packet.destination, session.delivered.source, session.delivered.destination];
    for address in addresses {
        if let PacketAddr::Of(face) = address {
            let known = model.open_addresses.binary_search_by_key(&face, |(f, _)| *f);
            all.extend(known.ok().map(|i| model.open_addresses[i].1));
        }
    }
    all
}
