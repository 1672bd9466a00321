//! Who takes a packet for an address from a network, where the drawing leaves that to the network: whoever leads there
//! through the fewest devices.
//!
//! Route tables, one-way directions and translation of destinations are followed; rules are not looked at, as no router
//! asks a filter for the way.

use std::collections::{BTreeMap, BTreeSet};

use super::addresses::Addresses;
use crate::model::{Addr, Id, Kind, Model, Route, Transit, TransitId, ZoneId};

/// How far, through whom, and to which network.
type Best = (u32, TransitId, ZoneId);

/// The shortest ways from every network to every address.
#[derive(Debug)]
pub(super) struct Ways<'a> {
    model: &'a Model,
    addresses: &'a Addresses,
    /// For each address, for each wire: the devices that lead there, the nearest first.
    best: BTreeMap<(Addr, ZoneId), Vec<Best>>,
}

impl<'a> Ways<'a> {
    pub(super) fn of(model: &'a Model, addresses: &'a Addresses) -> Self {
        let mut all: Vec<Addr> = addresses.at.keys().copied().collect();
        for t in model.transits.values() {
            all.extend(t.dnat.iter().map(|n| n.outside));
            all.extend(t.snat.iter().map(|n| n.source));
        }
        all.sort_unstable();
        all.dedup();
        let mut ways = Self { model, addresses, best: BTreeMap::new() };
        let mut far: BTreeMap<(Addr, ZoneId), u32> = BTreeMap::new();
        for (&a, places) in &addresses.at {
            far.extend(places.iter().map(|&(zone, ..)| ((a, zone), 0)));
        }
        // Distances only ever shrink; an address behind a translation waits for that of the node inside.
        loop {
            let mut changed = false;
            for &a in &all {
                for zone in model.zones.ids().filter(|&z| addresses.wire(z) == z) {
                    let found = ways.options(&far, a, zone);
                    if let Some(&(d, ..)) = found.first() {
                        let old = far.get(&(a, zone)).copied();
                        if old.is_none_or(|o| d < o) {
                            far.insert((a, zone), d);
                            changed = true;
                        }
                    }
                    ways.best.insert((a, zone), found);
                }
            }
            if !changed {
                return ways;
            }
        }
    }

    /// The devices that lead from a zone to an address, the nearest first; ties by declared order.
    fn options(&self, far: &BTreeMap<(Addr, ZoneId), u32>, a: Addr, zone: ZoneId) -> Vec<Best> {
        let mut found = Vec::new();
        for (id, t) in self.model.transits.iter().filter(|(_, t)| self.model.nodes[t.node].kind != Kind::Switch) {
            let wire = |z: ZoneId| self.addresses.wire(z);
            for from in self.addresses.on_wire(&t.zones, zone) {
                // An address that packets get on their way out is answered to the device that gave it.
                if t.snat.iter().any(|n| n.source == a && n.zone == from) {
                    found.push((1, id, from));
                    break;
                }
                let inside = self.translated(t, a);
                // What it translates it may send back where it came from.
                let elsewhere = |to: ZoneId| wire(to) != zone || inside != a;
                let exits = t.zones.iter().filter(|&&to| elsewhere(to) && leads_between(t, from, to));
                let nearest = exits
                    .filter(|&&to| self.leads(t, inside, (from, to)))
                    .filter_map(|&to| far.get(&(inside, wire(to))).map(|d| (d + 1, to)))
                    .min_by_key(|&(d, to)| (d, to.index()));
                if let Some((d, to)) = nearest {
                    found.push((d, id, to));
                    break;
                }
            }
        }
        found.sort_by_key(|&(d, id, _)| (d, id.index()));
        found
    }

    /// The destination behind a device's translation.
    fn translated(&self, t: &Transit, a: Addr) -> Addr {
        let inside = t.dnat.iter().find(|n| n.outside == a).map(|n| self.addresses.literal(n.inside));
        inside.and_then(|list| list.into_iter().find(|i| i.is_v4() == a.is_v4())).unwrap_or(a)
    }

    /// Whether the table of a device leads packets for an address from a zone to another. Policy routes ask for more than
    /// the address, so nobody on the way counts on them.
    fn leads(&self, t: &Transit, a: Addr, (from, to): (ZoneId, ZoneId)) -> bool {
        match table(t) {
            None => true,
            Some(routes) => {
                let part = |r: &&&Route| r.via.is_none_or(|z| t.one_part(from, z));
                let fits = routes.iter().filter(part).filter(|r| self.addresses.contains(&r.to, a));
                fits.rev().max_by_key(|r| r.prefix_len).is_some_and(|r| r.via == Some(to))
            }
        }
    }

    /// The device of a zone that translates an address: there it answers to it.
    pub(super) fn stands_for(&self, a: Addr, zone: ZoneId) -> Option<TransitId> {
        let wire = self.addresses.wire(zone);
        let there = |t: &Transit| self.addresses.on_wire(&t.zones, wire).next().is_some();
        let stands = |t: &Transit| {
            t.dnat.iter().any(|n| n.outside == a)
                || t.snat.iter().any(|n| n.source == a && self.addresses.wire(n.zone) == wire)
        };
        self.model.transits.iter().find(|(_, t)| there(t) && stands(t)).map(|(id, _)| id)
    }

    /// Who takes a packet for an address from a zone, other than `except`.
    pub(super) fn taker(&self, a: Addr, zone: ZoneId, except: Option<TransitId>) -> Option<TransitId> {
        if let Some(id) = self.stands_for(a, zone).filter(|&id| Some(id) != except) {
            return Some(id);
        }
        let wire = self.addresses.wire(zone);
        let list = self.best.get(&(a, wire))?;
        if let Some(&(_, id, _)) = list.iter().find(|&&(_, id, _)| Some(id) != except) {
            return Some(id);
        }
        // Policy routes are not counted on, but where there is one device only, it is asked.
        let is_other = |(id, t): &(TransitId, &Transit)| {
            Some(*id) != except
                && self.model.nodes[t.node].kind != Kind::Switch
                && self.addresses.on_wire(&t.zones, wire).next().is_some()
        };
        let mut others = self.model.transits.iter().filter(is_other);
        others.next().filter(|_| others.next().is_none()).map(|(id, _)| id)
    }

    /// The zone to which a device without routes sends packets for an address, of some that it joins.
    pub(super) fn exit(&self, device: TransitId, zones: &[ZoneId], a: Addr) -> Option<ZoneId> {
        let wire = |z: ZoneId| self.addresses.wire(z);
        let here = |zone: ZoneId| self.addresses.at.get(&a).is_some_and(|l| l.iter().any(|p| p.0 == wire(zone)));
        if let Some(&zone) = zones.iter().find(|&&z| here(z)) {
            return Some(zone);
        }
        let far = |zone: ZoneId| {
            // Whoever translates the address there answers to it.
            if self.stands_for(a, zone).is_some_and(|id| id != device) {
                return Some(1);
            }
            let list = self.best.get(&(a, wire(zone)))?;
            list.iter().find(|&&(_, id, _)| id != device).map(|&(d, ..)| d)
        };
        let all = zones.iter().filter_map(|&z| far(z).map(|d| (d, z)));
        all.min_by_key(|&(d, z)| (d, z.index())).map(|(_, z)| z)
    }

    /// All addresses that anybody may ask for or answer to.
    pub(super) fn addresses(&self) -> impl Iterator<Item = Addr> + '_ {
        let all: BTreeSet<Addr> = self.best.keys().map(|&(a, _)| a).collect();
        all.into_iter()
    }
}

fn leads_between(t: &Transit, from: ZoneId, to: ZoneId) -> bool {
    t.one_way.is_none_or(|w| w == (from, to)) && t.one_part(from, to)
}

/// The routes that ask for nothing but the destination; `None` if the device has no table, and policy routes alone are none.
pub(super) fn table(t: &Transit) -> Option<Vec<&Route>> {
    let routes = t.routes.as_ref()?;
    let rows: Vec<&Route> = routes.iter().filter(|r| r.when.is_none()).collect();
    (routes.is_empty() || !rows.is_empty()).then_some(rows)
}
