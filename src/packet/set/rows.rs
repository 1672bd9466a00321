//! A set as rows `sources, destinations, services`.
//!
//! Rows are read off the diagram: destinations that nothing tells apart, for each of them services that nothing tells
//! apart, for each of them the sources. Then they are made fewer and plainer, and every change is checked against the
//! set itself: the rows together are the set, no more and no less (P-SET-6).

use std::collections::BTreeMap;

use super::diagram::{Edge, TooLarge};
use super::fields::{
    self, ICMP, OTHER, PROTOCOL, Paint, Ranges, SOURCE_KIND, SOURCE_PORT, Senders, TARGET_KIND, TARGET_PORT,
    address_field,
};
use super::numbers::AddrSet;
use super::space::{PacketBox, PacketSet, Space};
use super::words::{address_cost, service_cost};
use crate::model::{ICMP_TYPES, PortRange, Protocol, Service};

/// Some sources, some destinations, some services: every packet between them with such a service.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    /// Destinations.
    pub destinations: AddrSet,
    /// Services. Sorted; none of them holds a packet of another.
    pub services: Vec<Service>,
    /// Sources.
    pub sources: AddrSet,
}

/// With more rows than this, rows are only joined where they are equal on two sides, which takes no search.
const MAX_SEARCHED: usize = 48;

impl Space {
    /// A set, in one context, as few plain rows. They may overlap; together they are the set. The same for the same set.
    ///
    /// # Errors
    /// If it is beyond the limits.
    pub fn rows(&mut self, set: PacketSet, context: u32) -> Result<Vec<Row>, TooLarge> {
        self.diagrams.begin();
        let set = self.in_context(set, context);
        let mut rows = self.plain_rows(set.0)?;
        loop {
            let before = rows.len();
            rows = joined(
                rows,
                |r| (r.sources.clone(), r.services.clone()),
                |r, o| {
                    r.destinations = r.destinations.or(&o.destinations);
                },
            );
            rows = joined(
                rows,
                |r| (r.destinations.clone(), r.services.clone()),
                |r, o| {
                    r.sources = r.sources.or(&o.sources);
                },
            );
            rows = joined(
                rows,
                |r| (r.sources.clone(), r.destinations.clone()),
                |r, o| {
                    r.services.extend_from_slice(&o.services);
                },
            );
            for row in &mut rows {
                row.services = self.tidy(&row.services)?;
            }
            if rows.len() == before {
                break;
            }
        }
        for row in &mut rows {
            self.widen(row, set)?;
        }
        rows.sort();
        rows.dedup();
        if rows.len() <= MAX_SEARCHED {
            self.pair_up(&mut rows, set)?;
            self.drop_needless(&mut rows)?;
        }
        Ok(rows)
    }

    /// The rows of a diagram that asks nothing about contexts: apart from each other, and all of it.
    fn plain_rows(&mut self, edge: Edge) -> Result<Vec<Row>, TooLarge> {
        let mut rows = Vec::new();
        for (services, destinations) in self.targets(edge) {
            for (from, services) in self.service_groups(services) {
                rows.push(Row {
                    sources: self.senders(from),
                    destinations: destinations.clone(),
                    services: self.tidy(&services)?,
                });
            }
        }
        Ok(rows)
    }

    /// Destinations by what a diagram becomes for them.
    pub(super) fn targets(&self, edge: Edge) -> Vec<(Edge, AddrSet)> {
        let mut groups: Vec<(Edge, [Ranges; 3])> = Vec::new();
        let mut place: BTreeMap<Edge, usize> = BTreeMap::new();
        for kind in 0..3 {
            let of_kind = self.diagrams.at(TARGET_KIND, kind, edge);
            for (first, last, onward) in self.diagrams.pieces(address_field(false, kind), of_kind) {
                let at = *place.entry(onward).or_insert_with(|| {
                    groups.push((onward, Default::default()));
                    groups.len() - 1
                });
                groups[at].1[kind as usize].push((first, last));
            }
        }
        groups.into_iter().map(|(onward, kinds)| (onward, self.addresses(kinds))).collect()
    }

    /// The sources of a diagram that asks for nothing else.
    pub(super) fn senders(&self, edge: Edge) -> AddrSet {
        let ranges = |kind: u128| {
            let of_kind = self.diagrams.at(SOURCE_KIND, kind, edge);
            let pieces = self.diagrams.pieces(address_field(true, kind), of_kind);
            pieces.into_iter().map(|(a, b, _)| (a, b)).collect()
        };
        self.addresses([ranges(0), ranges(1), ranges(2)])
    }

    /// Services by what a diagram, past the destination, becomes for them.
    pub(super) fn service_groups(&self, edge: Edge) -> Vec<(Edge, Vec<Service>)> {
        let mut groups: Vec<(Edge, Vec<Service>)> = Vec::new();
        let mut place: BTreeMap<Edge, usize> = BTreeMap::new();
        let mut add = |onward: Edge, service: Service| {
            let at = *place.entry(onward).or_insert_with(|| {
                groups.push((onward, Vec::new()));
                groups.len() - 1
            });
            groups[at].1.push(service);
        };
        let range = |a: u128, b: u128| PortRange { first: a as u16, last: b as u16 };
        for kind in 0..4 {
            let ports = self.diagrams.pieces(TARGET_PORT, self.diagrams.at(PROTOCOL, kind, edge));
            for (first, last, onward) in ports {
                let destination = range(first, last);
                match kind {
                    ICMP => {
                        add(onward, Service { protocol: Some(Protocol::Icmp), source: PortRange::ALL, destination });
                    }
                    OTHER => (first..=last).for_each(|n| {
                        add(onward, Service { protocol: Some(Protocol::Other(n as u8)), ..Service::ANY });
                    }),
                    _ => {
                        let protocol = Some(if kind == fields::TCP { Protocol::Tcp } else { Protocol::Udp });
                        for (a, b, from) in self.diagrams.pieces(SOURCE_PORT, onward) {
                            add(from, Service { protocol, source: range(a, b), destination });
                        }
                    }
                }
            }
        }
        groups
    }

    /// The same services, each packet in one of them, in one order.
    pub(super) fn tidy(&mut self, list: &[Service]) -> Result<Vec<Service>, TooLarge> {
        let edge = fields::services(&mut self.diagrams, Paint::SET, list, Senders::ALL)?;
        let all = fields::services(&mut self.diagrams, Paint::SET, &[Service::ANY], Senders::ALL)?;
        if edge == all {
            return Ok(vec![Service::ANY]);
        }
        let mut tidy: Vec<Service> = self.service_groups(edge).into_iter().flat_map(|(_, list)| list).collect();
        tidy.sort_unstable();
        Ok(tidy)
    }

    fn holds(&mut self, set: PacketSet, row: &Row) -> Result<bool, TooLarge> {
        let own = self.edge_of(&row.packets(), Paint::SET)?;
        Ok(self.diagrams.minus(own, set.0)? == Edge::FALSE)
    }

    /// Makes the sides of a row wider where that is said in fewer words and adds no packet.
    fn widen(&mut self, row: &mut Row, set: PacketSet) -> Result<(), TooLarge> {
        let everyone = self.everyone.clone();
        for side in 0..5 {
            let mut wide = row.clone();
            match side {
                0 => wide.services = vec![Service::ANY],
                // Types of the version that no packet of this row has may be named with the others.
                1 if row.services.iter().any(is_icmp) => {
                    wide.services.push(Service { protocol: Some(Protocol::Icmp), ..Service::ANY });
                    wide.services = self.tidy(&wide.services)?;
                }
                2 if row.services.iter().any(is_icmp) => {
                    let twins = ICMP_TYPES.iter().filter(|(_, all)| {
                        let named = |n| row.services.iter().any(|s| s.contains(Protocol::Icmp, 0, n));
                        all.iter().copied().any(named)
                    });
                    wide.services.extend(twins.flat_map(|(_, all)| *all).map(|&n| Service {
                        protocol: Some(Protocol::Icmp),
                        source: PortRange::ALL,
                        destination: PortRange { first: n, last: n },
                    }));
                    wide.services = self.tidy(&wide.services)?;
                }
                3 => wide.sources = everyone.clone(),
                4 => wide.destinations = everyone.clone(),
                _ => continue,
            }
            let cost = |r: &Row| {
                address_cost(&r.sources, &everyone)
                    + address_cost(&r.destinations, &everyone)
                    + service_cost(&r.services)
            };
            if wide != *row && cost(&wide) <= cost(row) && self.holds(set, &wide)? {
                *row = wide;
            }
        }
        Ok(())
    }

    /// Joins two rows into one where that adds no packet.
    fn pair_up(&mut self, rows: &mut Vec<Row>, set: PacketSet) -> Result<(), TooLarge> {
        let mut i = 0;
        while i < rows.len() {
            let mut j = i + 1;
            while j < rows.len() {
                let mut both = rows[i].services.clone();
                both.extend_from_slice(&rows[j].services);
                let both = Row {
                    sources: rows[i].sources.or(&rows[j].sources),
                    destinations: rows[i].destinations.or(&rows[j].destinations),
                    services: self.tidy(&both)?,
                };
                if self.holds(set, &both)? {
                    rows[i] = both;
                    rows.remove(j);
                    j = i + 1;
                } else {
                    j += 1;
                }
            }
            let mut row = rows[i].clone();
            self.widen(&mut row, set)?;
            rows[i] = row;
            i += 1;
        }
        Ok(())
    }

    /// Leaves out rows all of whose packets are in the others.
    fn drop_needless(&mut self, rows: &mut Vec<Row>) -> Result<(), TooLarge> {
        for i in (0..rows.len()).rev() {
            let own = self.edge_of(&rows[i].packets(), Paint::SET)?;
            let mut others = Edge::FALSE;
            for (_, row) in rows.iter().enumerate().filter(|(j, _)| *j != i) {
                let other = self.edge_of(&row.packets(), Paint::SET)?;
                others = self.diagrams.or(others, other)?;
            }
            if self.diagrams.minus(own, others)? == Edge::FALSE {
                rows.remove(i);
            }
        }
        Ok(())
    }
}

impl Row {
    /// The row as a box, in every context.
    #[must_use]
    pub fn packets(&self) -> PacketBox {
        PacketBox {
            contexts: None,
            sources: self.sources.clone(),
            destinations: self.destinations.clone(),
            services: self.services.clone(),
        }
    }
}

fn is_icmp(service: &Service) -> bool {
    service.protocol == Some(Protocol::Icmp)
}

/// Rows with equal keys as one.
fn joined<K: Ord>(rows: Vec<Row>, key: impl Fn(&Row) -> K, join: impl Fn(&mut Row, &Row)) -> Vec<Row> {
    let mut by_key: BTreeMap<K, Row> = BTreeMap::new();
    for row in rows {
        match by_key.entry(key(&row)) {
            std::collections::btree_map::Entry::Vacant(free) => {
                free.insert(row);
            }
            std::collections::btree_map::Entry::Occupied(mut known) => join(known.get_mut(), &row),
        }
    }
    by_key.into_values().collect()
}
