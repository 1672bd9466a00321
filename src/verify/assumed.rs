//! Which open questions of the drawing a path rests on.

use super::verdict::{Cause, Hop, Level, SessionCause, Witness};
use crate::model::{AssumptionId, Model, PacketAddr, Role};

/// The assumptions of some paths. Sorted, distinct.
pub(crate) fn assumptions(model: &Model, witnesses: &[Witness]) -> Vec<AssumptionId> {
    let open = witnesses.iter().flat_map(|w| &w.hops).filter(|h| h.level == Level::May);
    let mut all: Vec<AssumptionId> = open.flat_map(|h| of_hop(model, h)).collect();
    all.sort_unstable();
    all.dedup();
    all
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
