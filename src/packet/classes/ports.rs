//! What destination translation makes of service classes when it changes ports.
//!
//! A map takes the class of a packet as it was sent to its class after some translations. Sets of services stay those that
//! were sent; a map is asked wherever a device looks at ports.

use std::collections::BTreeMap;

use super::{Bits, Classes, Cuts, ServiceClass, cells_of, signature_of};
use crate::model::{Dnat, Model, PortRange, Protocol, Service};

/// No packet of the class has come this way.
const GONE: u32 = u32::MAX;

/// A translation with ports: those asked for, and the port behind.
type PortRule = (Protocol, PortRange, Option<u16>);

/// All maps that chains of translations make. The first changes nothing.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PortMaps {
    rules: Vec<(PortRule, Bits)>,
    maps: Vec<Vec<u32>>,
    /// The map after another map and a rule.
    after: Vec<Vec<u32>>,
}

/// The services that a translation has to tell apart.
pub(super) fn services_of(n: &Dnat) -> impl Iterator<Item = Service> + use<> {
    let of = |protocol, destination| Service { protocol: Some(protocol), source: PortRange::ALL, destination };
    let asked = n.ports.map(|(protocol, range)| of(protocol, range));
    let inside =
        n.ports.zip(n.inside_port).map(|((protocol, _), port)| of(protocol, PortRange { first: port, last: port }));
    asked.into_iter().chain(inside)
}

impl PortMaps {
    pub(super) fn new(model: &Model, services: &[ServiceClass], cuts: Cuts) -> Self {
        let mut rules: Vec<(PortRule, Bits)> = Vec::new();
        for n in model.transits.values().flat_map(|t| &t.dnat) {
            let Some((protocol, range)) = n.ports else { continue };
            let rule = (protocol, range, n.inside_port);
            if rules.iter().all(|(r, _)| *r != rule) {
                let mut bits = Bits::none(services.len());
                let asked = |c: &ServiceClass| c.protocol == protocol && range.contains(c.destination);
                services.iter().enumerate().filter(|(_, c)| asked(c)).for_each(|(i, _)| bits.set(i));
                rules.push((rule, bits));
            }
        }
        let single: Vec<Vec<u32>> = rules.iter().map(|(r, bits)| single(model, services, cuts, *r, bits)).collect();
        let identity: Vec<u32> = (0..services.len() as u32).collect();
        let mut maps = vec![identity.clone()];
        let mut known = BTreeMap::from([(identity, 0)]);
        let mut after: Vec<Vec<u32>> = Vec::new();
        // What is gone stays gone, so chains end: a map that changes nothing more is known already.
        while after.len() < maps.len() {
            let map = maps[after.len()].clone();
            let mut row = Vec::new();
            for own in &single {
                let next: Vec<u32> = map.iter().map(|&c| own.get(c as usize).copied().unwrap_or(GONE)).collect();
                let id = *known.entry(next.clone()).or_insert_with(|| {
                    maps.push(next);
                    maps.len() as u32 - 1
                });
                row.push(id);
            }
            after.push(row);
        }
        Self { rules, maps, after }
    }
}

/// What one translation makes of each class.
fn single(model: &Model, services: &[ServiceClass], cuts: Cuts, rule: PortRule, asked: &Bits) -> Vec<u32> {
    let (protocol, _, inside) = rule;
    let all: Vec<Service> = super::all_services(model).into_iter().collect();
    let fitting: Vec<&Service> = all.iter().filter(|s| s.protocol.is_none_or(|p| p == protocol)).collect();
    // A class is found by what makes it one.
    let own = services.iter().enumerate().filter(|(_, c)| c.protocol == protocol);
    let by_signature: BTreeMap<_, u32> = own.map(|(i, c)| (signature_of(&fitting, *c, cuts), i as u32)).collect();
    let cells = cells_of(protocol, &fitting, cuts);
    let changed = |class: &ServiceClass| {
        let Some(port) = inside else { return by_signature.get(&signature_of(&fitting, *class, cuts)).copied() };
        let there = cells.iter().find(|(_, s, d)| s.contains(class.source) && d.contains(port))?;
        by_signature.get(&signature_of(&fitting, there.0, cuts)).copied()
    };
    services
        .iter()
        .enumerate()
        .map(|(i, class)| if asked.has(i) { changed(class).unwrap_or(GONE) } else { GONE })
        .collect()
}

impl Classes {
    /// The position of the ports of a translation among the rules of the maps; none if it takes all services as they are.
    pub(crate) fn port_rule(&self, n: &Dnat) -> Option<usize> {
        let (protocol, range) = n.ports?;
        self.maps.rules.iter().position(|(r, _)| *r == (protocol, range, n.inside_port))
    }

    /// The services, as sent, that ask for what a translation translates once they have become what a map says.
    pub(crate) fn asked(&self, map: u32, rule: usize) -> Bits {
        self.as_sent(map, self.maps.rules[rule].1.clone())
    }

    /// The map after a map and a translation.
    pub(crate) fn after(&self, map: u32, rule: usize) -> u32 {
        self.maps.after[map as usize][rule]
    }

    /// Services as they were sent, from what a map has made of them.
    pub(crate) fn as_sent(&self, map: u32, bits: Bits) -> Bits {
        if map == 0 {
            return bits;
        }
        let mut sent = self.none();
        let map = self.maps.maps[map as usize].iter().enumerate();
        map.filter(|&(_, &c)| c != GONE && bits.has(c as usize)).for_each(|(i, _)| sent.set(i));
        sent
    }

    /// What a map makes of services as they were sent.
    pub(crate) fn delivered(&self, map: u32, bits: Bits) -> Bits {
        if map == 0 {
            return bits;
        }
        let mut delivered = self.none();
        let map = &self.maps.maps[map as usize];
        bits.iter().map(|i| map[i]).filter(|&c| c != GONE).for_each(|c| delivered.set(c as usize));
        delivered
    }
}
