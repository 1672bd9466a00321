//! Services on the common refinement of two drawings: the pieces of protocols and ports that either tells apart.
//!
//! And back from pieces to the short form that people write. It knows no machines.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{PortRange, Protocol, Service};
use crate::packet::Classes;

/// A piece: protocol, source ports, destination ports.
type Piece = (Protocol, PortRange, PortRange);

/// Kinds of services that neither drawing can tell apart, each with its class in both.
pub(super) struct Services {
    /// Class before, class after.
    pub(super) classes: Vec<(usize, usize)>,
    pieces: Vec<Vec<Piece>>,
    /// The protocol that stands for all that nobody mentions.
    rest: Option<Protocol>,
}

impl Services {
    pub(super) fn new(a: &Classes, b: &Classes) -> Self {
        let (left, right) = (a.protocols(), b.protocols());
        let rest_of = [a.unmentioned(), b.unmentioned()];
        let mut protocols: BTreeSet<Protocol> = left.union(&right).copied().collect();
        // One that is free in both drawings stands for the rest of both.
        let mentioned =
            |p: Protocol| (left.contains(&p) && Some(p) != rest_of[0]) || (right.contains(&p) && Some(p) != rest_of[1]);
        let rest = (0..=255u8).map(Protocol::Other).find(|p| !mentioned(*p) && !is_named(*p));
        protocols.retain(|p| mentioned(*p));
        protocols.extend(rest);
        let mut found: BTreeMap<(usize, usize), Vec<Piece>> = BTreeMap::new();
        for p in protocols {
            let own = |c: &Classes, known: &BTreeSet<Protocol>| {
                if known.contains(&p) { c.cells(p) } else { c.unmentioned().map(|f| c.cells(f)).unwrap_or_default() }
            };
            let (l, r) = (own(a, &left), own(b, &right));
            for &(s, d, x) in &l {
                for &(t, e, y) in &r {
                    if let (Some(s), Some(d)) = (shared(s, t), shared(d, e)) {
                        found.entry((x, y)).or_default().push((p, s, d));
                    }
                }
            }
        }
        let mut all: Vec<((usize, usize), Vec<Piece>)> = found.into_iter().collect();
        all.iter_mut().for_each(|(_, pieces)| pieces.sort_unstable());
        // The order of the services themselves, not of anybody's numbers.
        all.sort_by(|x, y| x.1.cmp(&y.1));
        let (classes, pieces) = all.into_iter().unzip();
        Self { classes, pieces, rest }
    }

    /// Some kinds of services as people write them: `tcp 80,443`, `udp 53`, `any`.
    pub(super) fn text(&self, kinds: &BTreeSet<usize>) -> Vec<Service> {
        if kinds.len() == self.pieces.len() {
            return vec![Service::ANY];
        }
        let mut by_protocol: BTreeMap<Protocol, BTreeMap<(u16, u16), Vec<PortRange>>> = BTreeMap::new();
        for &(protocol, source, destination) in kinds.iter().flat_map(|&k| &self.pieces[k]) {
            let rows = by_protocol.entry(protocol).or_default();
            rows.entry((source.first, source.last)).or_default().push(destination);
        }
        let mut all = Vec::new();
        for (protocol, rows) in by_protocol {
            // Source pieces with equal destinations are one, if they lie side by side.
            let mut joined: Vec<(PortRange, Vec<PortRange>)> = Vec::new();
            for ((first, last), list) in rows {
                let list = union(list);
                match joined.last_mut() {
                    Some((s, l)) if *l == list && u32::from(s.last) + 1 == u32::from(first) => s.last = last,
                    _ => joined.push((PortRange { first, last }, list)),
                }
            }
            for (source, list) in joined {
                all.extend(list.into_iter().map(|destination| Service {
                    protocol: Some(protocol),
                    source,
                    destination,
                }));
            }
        }
        all
    }

    /// Whether a protocol stands for all that neither drawing mentions.
    pub(super) fn is_rest(&self, protocol: Option<Protocol>) -> bool {
        protocol.is_some() && protocol == self.rest
    }
}

fn is_named(p: Protocol) -> bool {
    matches!(p, Protocol::Other(1 | 6 | 17 | 58))
}

fn shared(a: PortRange, b: PortRange) -> Option<PortRange> {
    let (first, last) = (a.first.max(b.first), a.last.min(b.last));
    (first <= last).then_some(PortRange { first, last })
}

/// Ranges joined where they meet.
fn union(mut list: Vec<PortRange>) -> Vec<PortRange> {
    list.sort_unstable();
    let mut out: Vec<PortRange> = Vec::new();
    for r in list {
        match out.last_mut() {
            Some(last) if u32::from(r.first) <= u32::from(last.last) + 1 => last.last = last.last.max(r.last),
            _ => out.push(r),
        }
    }
    out
}
