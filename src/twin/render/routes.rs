//! The routes of a device: those of the drawing exactly as they are, else the way through the fewest devices.

use ipnet::IpNet;

use super::addresses::Addresses;
use super::prefix::{joined, prefixes, without};
use super::ways::Ways;
use super::{Wrong, ip};
use crate::model::{AddrRange, Route, Transit, TransitId};
use crate::twin::lab::{Hop, LabRoute};

/// The table that is asked without further conditions.
pub(super) const MAIN: u32 = 254;

/// What it takes to write the routes of one device.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tables<'a> {
    pub(super) addresses: &'a Addresses,
    pub(super) ways: &'a Ways<'a>,
    pub(super) wrong: Wrong,
}

impl Tables<'_> {
    /// All routes of a device.
    pub(super) fn device(&self, id: TransitId, t: &Transit) -> Vec<LabRoute> {
        match &t.routes {
            Some(routes) => self.given(id, t, routes),
            None => self.shortest(id, t),
        }
    }

    fn port(t: &Transit, zone: crate::model::ZoneId) -> u32 {
        t.zones.iter().position(|&z| z == zone).unwrap_or(0) as u32
    }

    fn given(&self, _id: TransitId, t: &Transit, routes: &[Route]) -> Vec<LabRoute> {
        let mut all: Vec<LabRoute> = Vec::new();
        for route in routes {
            let hop = Hop::Port(Self::port(t, route.via));
            for to in self.destinations(route, routes) {
                // Of two routes to the same prefix the first one stands.
                if !all.iter().any(|r| r.to == to) {
                    all.push(LabRoute { table: MAIN, to, hop: hop.clone() });
                }
            }
        }
        if self.wrong == Wrong::ShortestPrefix {
            shortest_wins(&mut all);
        }
        all
    }

    /// The prefixes of a route. A range that is none counts as long as its shortest cover, so what longer routes cover is
    /// taken out of it; prefixes are left to the kernel.
    fn destinations(&self, route: &Route, routes: &[Route]) -> Vec<IpNet> {
        let Some(ranges) = self.addresses.ranges(&route.to) else { return everything() };
        let one = |r: AddrRange| prefixes(r).len() == 1;
        let longer: Vec<AddrRange> = routes
            .iter()
            .filter(|r| r.prefix_len > route.prefix_len)
            .filter_map(|r| self.addresses.ranges(&r.to))
            .flatten()
            .collect();
        let pieces = |r: AddrRange| if one(r) { vec![r] } else { without(r, &joined(longer.clone())) };
        ranges.into_iter().flat_map(pieces).flat_map(prefixes).collect()
    }

    fn shortest(&self, id: TransitId, t: &Transit) -> Vec<LabRoute> {
        let mut all = Vec::new();
        for a in self.ways.addresses() {
            if let Some(zone) = self.ways.exit(id, a) {
                all.push(LabRoute { table: MAIN, to: IpNet::from(ip(a)), hop: Hop::Port(Self::port(t, zone)) });
            }
        }
        all
    }
}

pub(super) fn everything() -> Vec<IpNet> {
    vec![IpNet::V4(ipnet::Ipv4Net::default()), IpNet::V6(ipnet::Ipv6Net::default())]
}

/// A mistake on purpose: every prefix inside a shorter one leads where the shorter one leads.
fn shortest_wins(routes: &mut [LabRoute]) {
    let all = routes.to_vec();
    for r in routes.iter_mut() {
        let around = all.iter().filter(|o| o.to.contains(&r.to)).min_by_key(|o| o.to.prefix_len());
        if let Some(o) = around {
            r.hop = o.hop.clone();
        }
    }
}
