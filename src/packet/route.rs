//! Where a device sends packets: policy routes in order, then the longest prefix of its table.
//!
//! Evaluated on sets of service classes for one pair of address classes. What
//! its rules say is asked in `filter`.

use super::classes::AddrClass;
use super::filter::Passed;
use super::{Bits, Classes};
use crate::model::{Id, Route, Ternary, Transit, TransitId, ZoneId};

/// A policy route with its sets looked up once.
struct Policy {
    to: usize,
    source: usize,
    joined: usize,
    enters: Vec<ZoneId>,
    forward: Bits,
    reply: Bits,
    out: Option<(ZoneId, Option<TransitId>)>,
}

/// A row of the table.
struct Row {
    to: usize,
    prefix_len: u8,
    via: Option<ZoneId>,
    next: Option<TransitId>,
}

/// The routes of a device, ready for evaluation.
pub(super) struct Routes {
    policies: Vec<Policy>,
    table: Option<Vec<Row>>,
}

/// A packet that asks for its way: it has entered from a zone, from and to some classes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asks {
    pub(super) from: ZoneId,
    pub(super) s: AddrClass,
    pub(super) d: AddrClass,
    /// It is a reply: the services are those of the forward packets.
    pub(super) reply: bool,
}

/// What is sent to a zone, by the device that is handed it.
pub(super) type Outcome = (Option<TransitId>, Passed);

impl Routes {
    pub(super) fn new(transit: &Transit, classes: &Classes) -> Self {
        let routes = || transit.routes.iter().flatten();
        let policies = routes()
            .filter_map(|r| {
                r.when.as_ref().map(|when| Policy {
                    to: classes.match_id(&r.to),
                    source: classes.match_id(&when.source),
                    joined: classes.match_id(&when.joined),
                    enters: when.enters.clone(),
                    forward: classes.bits_of(&when.services, false),
                    reply: classes.bits_of(&when.services, true),
                    out: r.via.map(|via| (via, r.next)),
                })
            })
            .collect();
        // P-POLICY: alone they are no table; what they leave goes wherever it can.
        let in_table = |r: &&Route| r.when.is_none();
        let row = |r: &Route| Row { to: classes.match_id(&r.to), prefix_len: r.prefix_len, via: r.via, next: r.next };
        let all_policies = routes().next().is_some() && routes().all(|r| r.when.is_some());
        let table = transit.routes.as_ref().filter(|_| !all_policies);
        Self { policies, table: table.map(|routes| routes.iter().filter(in_table).map(row).collect()) }
    }

    /// The address sets of all routes.
    pub(super) fn sets(&self) -> impl Iterator<Item = usize> + '_ {
        let rows = self.table.iter().flatten().map(|r| r.to);
        self.policies.iter().flat_map(|p| [p.to, p.source, p.joined]).chain(rows)
    }

    /// P-POLICY, P-NEXT: what of all services the device sends to `to`, by who is handed it. Never empty outcomes only.
    pub(super) fn towards(&self, classes: &Classes, t: &Transit, asks: Asks, to: ZoneId) -> Vec<Outcome> {
        let mut out: Vec<Outcome> = Vec::new();
        let mut rest = Passed::all(classes);
        for p in self.policies.iter().filter(|p| p.enters.is_empty() || p.enters.contains(&asks.from)) {
            let hit = classes.matches(p.to, asks.d).and(classes.matches(p.source, asks.s));
            let hit = match classes.matches(p.joined, asks.d) {
                Ternary::No => hit,
                _ => hit.and(Ternary::Unknown),
            };
            if hit == Ternary::No {
                continue;
            }
            let bits = if asks.reply { &p.reply } else { &p.forward };
            if let Some((_, next)) = p.out.filter(|(via, _)| *via == to) {
                let may = rest.may.and(bits);
                let sure = if hit == Ternary::Yes { rest.sure.and(bits) } else { classes.none() };
                add(&mut out, next, Passed { may, sure });
            }
            if hit == Ternary::Yes {
                rest.may.remove(bits);
            }
            rest.sure.remove(bits);
        }
        for (next, sure) in self.by_prefix(classes, t, asks, to) {
            let sure = if sure { rest.sure.clone() } else { classes.none() };
            add(&mut out, next, Passed { may: rest.may.clone(), sure });
        }
        out.retain(|(_, passed)| !passed.may.is_empty());
        out
    }

    /// P-LPM, P-VRF: who may be handed packets to `to` by the table, and whether that is certain. Between parts there is no way by it.
    fn by_prefix(&self, classes: &Classes, t: &Transit, asks: Asks, to: ZoneId) -> Vec<(Option<TransitId>, bool)> {
        let one_part = |zone: Option<ZoneId>| zone.is_none_or(|z| t.one_part(asks.from, z));
        let Some(table) = &self.table else {
            return if one_part(Some(to)) { vec![(None, true)] } else { Vec::new() };
        };
        let rows = || table.iter().filter(|r| one_part(r.via));
        let matched = |r: &Row| classes.matches(r.to, asks.d);
        let certain = rows().filter(|r| matched(r) == Ternary::Yes).map(|r| r.prefix_len).max();
        // Every route that may be the longest match; among equals, any may be taken.
        let mut winners: Vec<(Option<ZoneId>, Option<TransitId>)> = rows()
            .filter(|r| matched(r) != Ternary::No && certain.is_none_or(|len| r.prefix_len >= len))
            .map(|r| (r.via, r.next))
            .collect();
        winners.sort_unstable();
        winners.dedup();
        let sure = certain.is_some() && winners.len() == 1;
        winners.into_iter().filter(|(via, _)| *via == Some(to)).map(|(_, next)| (next, sure)).collect()
    }

    /// P-HAIRPIN: whether some route leads back into the zone from which a packet comes.
    pub(super) fn may_turn(&self, zone: ZoneId) -> bool {
        let rows = self.table.iter().flatten().filter_map(|r| r.via);
        rows.chain(self.policies.iter().filter_map(|p| p.out).map(|(via, _)| via)).any(|via| via == zone)
    }
}

fn add(out: &mut Vec<Outcome>, next: Option<TransitId>, passed: Passed) {
    match out.iter_mut().find(|(n, _)| *n == next) {
        Some((_, known)) => {
            known.may.add(&passed.may);
            known.sure.add(&passed.sure);
        }
        None => out.push((next, passed)),
    }
}

/// All routes of a model.
pub(super) fn all<'m>(transits: impl Iterator<Item = &'m Transit>, classes: &Classes) -> Vec<Routes> {
    transits.map(|t| Routes::new(t, classes)).collect()
}

/// Whether any route of a drawing names the device that is handed the packet.
pub(super) fn any_hands_over<'m>(mut transits: impl Iterator<Item = &'m Transit>) -> bool {
    transits.any(|t| t.routes.iter().flatten().any(|r| r.next.is_some()))
}

/// The position of a device, for the tables above.
pub(super) fn of(routes: &[Routes], device: TransitId) -> &Routes {
    &routes[device.index()]
}
