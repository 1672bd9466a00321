//! The routes of a device: those of the drawing exactly as they are, else the way through the fewest devices.
//!
//! A part of a device (a VRF) has a table of its own, asked for what enters by its ports; a policy route has one, too,
//! asked for what the rules have marked for it.

use ipnet::IpNet;

use super::addresses::Addresses;
use super::ip;
use super::prefix::{joined, prefixes, without};
use super::rules::policies;
use super::ways::{Ways, table};
use crate::model::{AddrRange, Route, Transit, TransitId, ZoneId};
use crate::twin::lab::{Hop, LabRoute};

/// The table of a device without parts.
const MAIN: u32 = 254;
/// Tables of parts are numbered from here.
const OF_PARTS: u32 = 2000;
/// Tables of policy routes are numbered from here.
const OF_POLICIES: u32 = 3000;

/// What it takes to write the routes of one device.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tables<'a> {
    pub(super) addresses: &'a Addresses,
    pub(super) ways: &'a Ways<'a>,
}

/// Everything that decides where a device sends packets.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub(super) routes: Vec<LabRoute>,
    pub(super) rules: Vec<String>,
}

impl Tables<'_> {
    /// All tables of a device; `port` says the number of its port in a zone.
    pub(super) fn device(&self, id: TransitId, t: &Transit, port: &dyn Fn(ZoneId) -> u32) -> Written {
        let mut all = Written::default();
        for (i, route) in policies(t).enumerate() {
            let number = OF_POLICIES + i as u32;
            all.rules.push(format!("rule add fwmark {} lookup {number} priority {}", i + 1, 40 + i));
            for to in everything() {
                let hop = self.hop(route, port, matches!(to, IpNet::V4(_)));
                all.routes.push(LabRoute { table: number, to, hop });
            }
        }
        if t.parts.is_none() {
            all.routes.extend(self.table(id, t, &t.zones, MAIN, port));
            return all;
        }
        for (name, zones) in t.by_part() {
            let number = OF_PARTS + name;
            for &zone in &zones {
                all.rules.push(format!("rule add iif e{} lookup {number} priority 200", port(zone)));
            }
            all.routes.extend(self.table(id, t, &zones, number, port));
        }
        all
    }

    fn table(
        &self,
        id: TransitId,
        t: &Transit,
        zones: &[ZoneId],
        number: u32,
        port: &dyn Fn(ZoneId) -> u32,
    ) -> Vec<LabRoute> {
        let mut all: Vec<LabRoute> = Vec::new();
        match table(t) {
            None => {
                for a in self.ways.addresses() {
                    if let Some(zone) = self.ways.exit(id, zones, a) {
                        all.push(LabRoute { table: number, to: IpNet::from(ip(a)), hop: Hop::Port(port(zone)) });
                    }
                }
            }
            Some(rows) => {
                let rows: Vec<&Route> = rows.into_iter().filter(|r| r.via.is_none_or(|z| zones.contains(&z))).collect();
                for route in &rows {
                    for to in self.destinations(route, &rows) {
                        // Of two routes to the same prefix the first one stands.
                        if !all.iter().any(|r| r.to == to) {
                            let hop = self.hop(route, port, matches!(to, IpNet::V4(_)));
                            all.push(LabRoute { table: number, to, hop });
                        }
                    }
                }
            }
        }
        all
    }

    fn hop(&self, route: &Route, port: &dyn Fn(ZoneId) -> u32, v4: bool) -> Hop {
        match (route.via, route.next) {
            (None, _) => Hop::Blackhole,
            (Some(zone), None) => Hop::Port(port(zone)),
            (Some(zone), Some(next)) => Hop::Via(port(zone), self.addresses.hop(next, self.addresses.wire(zone), v4)),
        }
    }

    /// The prefixes of a route. A range that is none counts as long as its shortest cover, so what longer routes cover is
    /// taken out of it; prefixes are left to the kernel.
    fn destinations(&self, route: &Route, routes: &[&Route]) -> Vec<IpNet> {
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
}

pub(super) fn everything() -> Vec<IpNet> {
    vec![IpNet::V4(ipnet::Ipv4Net::default()), IpNet::V6(ipnet::Ipv6Net::default())]
}
