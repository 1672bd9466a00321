//! What the sessions of a selection rest on that the drawing does not state: what is taken to be so, and would close some.
//!
//! Each unstated default, each unstated treatment of strays and of packets that go back into a network which keeps its machines
//! apart is taken the other way, and the packets are asked for again.
//! Unstated addresses are named if packets from or to them are among those that are not certain.

use super::reach::{Reach, reach};
use crate::model::{Action, Addr, AssumptionId, FaceId, Hairpin, Model, Service, Strays, Transit, TransitId};
use crate::packet::Sessions;
use crate::packet::set::TooLarge;

/// With more unstated attributes than this, they are only listed.
const MAX_TRIED: usize = 12;

/// What was found of what the possible sessions rest on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rests {
    /// What is not stated and matters. Sorted.
    pub on: Vec<AssumptionId>,
    /// Whether each was tried; else they are all that could matter.
    pub tried: bool,
}

/// What the possible sessions of some attachments rest on; `found` is the answer that has them.
///
/// # Errors
/// If the sets are beyond the limits of packet sets.
pub fn rests_on(
    model: &Model,
    (from, to): (&[FaceId], &[FaceId]),
    wanted: Option<&[Service]>,
    (source, destination): (Option<Addr>, Option<Addr>),
    found: &mut Reach,
) -> Result<Rests, TooLarge> {
    let possible = found.possible;
    if possible == found.space.none() {
        return Ok(Rests { on: Vec::new(), tried: true });
    }
    let of = |pick: fn(&Transit) -> Option<AssumptionId>| {
        model.transits.iter().filter_map(move |(id, t)| Some((id, pick(t)?))).collect::<Vec<_>>()
    };
    let defaults = of(|t| t.default_assumption.filter(|_| t.default.is_none() && t.rules.is_some()));
    let strays = of(|t| t.strays_assumption.filter(|_| t.strays.is_none()));
    let mut on: Vec<AssumptionId> = Vec::new();
    for row in found.rows(possible)? {
        let named = row.sources.unstated().chain(row.destinations.unstated());
        on.extend(named.filter_map(|f| {
            let at = model.open_addresses.binary_search_by_key(&f, |(face, _)| *face).ok()?;
            Some(model.open_addresses[at].1)
        }));
    }
    let hairpins = of(|t| t.hairpin_assumption.filter(|_| t.hairpin.is_none()));
    let tried = defaults.len() + strays.len() + hairpins.len() <= MAX_TRIED;
    if tried {
        let open = found.space.or(found.certain, possible)?;
        let before = found.space.count(open);
        let closes = |change: &dyn Fn(&mut Transit), id: TransitId| -> Result<bool, TooLarge> {
            let mut other = model.clone();
            change(&mut other.transits[id]);
            let mut then =
                reach(&other, &Sessions::between(&other, (from, source), (to, destination)), from, to, wanted)?;
            then.only(source, destination)?;
            let open = then.space.or(then.certain, then.possible)?;
            Ok(then.space.count(open) != before)
        };
        for &(id, assumption) in &defaults {
            if closes(&|t| t.default = Some(Action::Deny), id)? {
                on.push(assumption);
            }
        }
        for &(id, assumption) in &strays {
            if closes(&|t| t.strays = Some(Strays::Drop), id)? {
                on.push(assumption);
            }
        }
        for &(id, assumption) in &hairpins {
            if closes(&|t| t.hairpin = Some(Hairpin::Drop), id)? {
                on.push(assumption);
            }
        }
    } else {
        on.extend(defaults.iter().chain(&strays).chain(&hairpins).map(|(_, a)| *a));
    }
    on.sort_unstable();
    on.dedup();
    Ok(Rests { on, tried })
}
