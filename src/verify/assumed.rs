//! Which open questions of the drawing a path rests on.

use std::collections::BTreeSet;

use super::replay::Supposed;
use super::verdict::{Cause, Hop, Level, SessionCause, Witness};
use crate::model::{AssumptionId, Model, PacketAddr, Role, TransitId};

/// The assumptions of some paths. Sorted, distinct.
pub(crate) fn assumptions(model: &Model, witnesses: &[Witness]) -> Vec<AssumptionId> {
    let open = witnesses.iter().flat_map(|w| &w.hops).filter(|h| h.level == Level::May);
    let mut all: Vec<AssumptionId> = open.clone().flat_map(|h| of_hop(model, h)).collect();
    all.extend(supposed(model, open));
    all.sort_unstable();
    all.dedup();
    all
}

/// What a device may do or not, as the drawing does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Open {
    /// Lets answers pass to requests that it has not seen (P-STRAY).
    Strays(TransitId),
    /// Sends back into a zone that keeps its machines apart (P-HAIRPIN).
    Hairpin(TransitId),
}

impl Open {
    fn assumption(self, model: &Model) -> Option<AssumptionId> {
        match self {
            Self::Strays(d) => model.transits[d].strays_assumption,
            Self::Hairpin(d) => model.transits[d].hairpin_assumption,
        }
    }
}

/// What unstated ways of devices some open hops rest on: a session no longer passes without them. If no single one is enough for that,
/// some that are together.
pub(crate) fn supposed<'h>(model: &Model, open: impl Iterator<Item = &'h Hop>) -> BTreeSet<AssumptionId> {
    let both = model.transits.ids().flat_map(|d| [Open::Strays(d), Open::Hairpin(d)]);
    let candidates: BTreeSet<Open> = both.filter(|o| o.assumption(model).is_some()).collect();
    let mut needed = BTreeSet::new();
    if candidates.is_empty() {
        return BTreeSet::new();
    }
    let mut supposed = Supposed::new(model);
    for hop in open {
        let Cause::Session(cause) = &hop.cause else { continue };
        let mut stopped_by = |without: &BTreeSet<Open>| {
            let strays = without.iter().filter_map(|o| if let Open::Strays(d) = o { Some(*d) } else { None });
            let hairpins = without.iter().filter_map(|o| if let Open::Hairpin(d) = o { Some(*d) } else { None });
            !supposed.passes(strays.collect(), hairpins.collect(), hop, cause)
        };
        if !stopped_by(&candidates) {
            continue;
        }
        let alone: Vec<Open> = candidates.iter().copied().filter(|&o| stopped_by(&BTreeSet::from([o]))).collect();
        if !alone.is_empty() {
            needed.extend(alone);
            continue;
        }
        let mut together = candidates.clone();
        for open in &candidates {
            let without: BTreeSet<Open> = together.iter().copied().filter(|o| o != open).collect();
            if stopped_by(&without) {
                together = without;
            }
        }
        needed.extend(together);
    }
    needed.into_iter().filter_map(|o| o.assumption(model)).collect()
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
