//! Boxes in small numbers: on each side, only the pieces that some line of one list tells apart.
//!
//! This is what questions about single lines are asked of ([`super::Ordered`]); a set needs none of it.

use super::fields::{self, ICMP_END, ICMP_V6, OWN_KIND, joined, minus};
use super::numbers::AddrSet;
use super::space::PacketBox;
use crate::model::{PortRange, Protocol, Service};

/// Closed ranges of pieces: sorted, apart.
pub(super) type Pieces = Vec<(u32, u32)>;

/// The sides of a box.
pub(super) const SIDES: usize = 4;
const CONTEXTS: usize = 0;
pub(super) const DESTINATIONS: usize = 1;
pub(super) const SOURCES: usize = 2;
const SERVICES: usize = 3;

/// A box by pieces.
#[derive(Debug, Clone)]
pub(super) struct Ranked(pub(super) [Pieces; SIDES]);

/// Whether two sides share a piece.
pub(super) fn meet(a: &[(u32, u32)], b: &[(u32, u32)]) -> bool {
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        if a[i].1 < b[j].0 {
            i += 1;
        } else if b[j].1 < a[i].0 {
            j += 1;
        } else {
            return true;
        }
    }
    false
}

/// Whether all of `inner` is in `outer`.
pub(super) fn covers(outer: &[(u32, u32)], inner: &[(u32, u32)]) -> bool {
    inner.iter().all(|&(first, last)| {
        let behind = outer.partition_point(|r| r.0 <= first);
        behind > 0 && last <= outer[behind - 1].1
    })
}

/// The pieces of one list of lines.
pub(super) struct Ranks {
    contexts: Vec<u128>,
    addresses: Vec<(usize, u128)>,
    /// For each kind of protocol: its first piece, the cuts of source ports and of destination ports.
    services: [(u32, Vec<u128>, Vec<u128>); 4],
    end: u32,
    everyone: AddrSet,
    last_context: u32,
}

impl Ranks {
    pub(super) fn new<'b>(boxes: impl Iterator<Item = &'b PacketBox>, everyone: AddrSet, last_context: u32) -> Self {
        let mut contexts = vec![0];
        // Every kind of address begins somewhere.
        let mut addresses = vec![(0, 0), (1, 0), (2, 0)];
        let mut list: Vec<Service> = Vec::new();
        for packets in boxes {
            for &(a, b) in packets.contexts.iter().flatten() {
                contexts.extend([u128::from(a), u128::from(b) + 1]);
            }
            for set in [&packets.sources, &packets.destinations] {
                for kind in 0..3 {
                    addresses.extend(set.ranges(kind).iter().flat_map(|&(a, b)| [(kind, a), behind(kind, b)]));
                }
            }
            list.extend_from_slice(&packets.services);
        }
        contexts.retain(|&c| c <= u128::from(last_context));
        contexts.sort_unstable();
        contexts.dedup();
        addresses.sort_unstable();
        addresses.dedup();
        list.sort_unstable();
        list.dedup();
        let mut end = 0;
        let services = std::array::from_fn(|kind| {
            let own: Vec<&Service> = list.iter().filter(|s| concerns(s, kind)).collect();
            let cuts = |side: fn(&Service) -> PortRange| {
                let ports = own.iter().flat_map(|s| [u128::from(side(s).first), u128::from(side(s).last) + 1]);
                let mut cuts: Vec<u128> = ports.chain([0]).filter(|&p| p <= u128::from(u16::MAX)).collect();
                cuts.sort_unstable();
                cuts.dedup();
                cuts
            };
            let (mut sources, mut targets) = (cuts(|s| s.source), cuts(|s| s.destination));
            match kind as u128 {
                fields::ICMP => {
                    sources = vec![0];
                    targets.push(ICMP_V6);
                    targets.retain(|&t| t < ICMP_END);
                    targets.sort_unstable();
                    targets.dedup();
                }
                fields::OTHER => (sources, targets) = (vec![0], (0..=255).collect()),
                _ => {}
            }
            let first = end;
            end += (sources.len() * targets.len()) as u32;
            (first, sources, targets)
        });
        Self { contexts, addresses, services, end, everyone, last_context }
    }

    /// The packets that do not exist, as boxes that say nothing else than that.
    pub(super) fn impossible(&self) -> Vec<Ranked> {
        let all = |n: usize| vec![(0, n as u32 - 1)];
        let family = |kind: usize| {
            let first = self.addresses.partition_point(|a| *a < (kind, 0)) as u32;
            let last = self.addresses.partition_point(|a| *a < (kind + 1, 0)) as u32 - 1;
            vec![(first, last)]
        };
        let (first, _, types) = &self.services[fields::ICMP as usize];
        let half = types.partition_point(|&t| t < ICMP_V6) as u32;
        let versions = [vec![(*first, first + half - 1)], vec![(first + half, first + types.len() as u32 - 1)]];
        let anywhere = || all(self.addresses.len());
        let make = |to: Pieces, from: Pieces, services: Pieces| Ranked([all(self.contexts.len()), to, from, services]);
        let any = || vec![(0, self.end - 1)];
        let mut boxes = vec![make(family(0), family(1), any()), make(family(1), family(0), any())];
        for (kind, types) in [(1, &versions[0]), (0, &versions[1])] {
            boxes.push(make(family(kind), anywhere(), types.clone()));
            boxes.push(make(anywhere(), family(kind), types.clone()));
        }
        boxes
    }

    pub(super) fn of(&self, packets: &PacketBox) -> Ranked {
        let mut sides: [Pieces; SIDES] = Default::default();
        let context = |c: u128| self.contexts.partition_point(|&x| x <= c) as u32 - 1;
        sides[CONTEXTS] = match &packets.contexts {
            None => vec![(0, self.contexts.len() as u32 - 1)],
            Some(ranges) => {
                let known = ranges.iter().filter(|(a, b)| a <= b && *a <= self.last_context);
                narrow(known.map(|&(a, b)| (context(a.into()), context(b.into()))).collect())
            }
        };
        sides[DESTINATIONS] = self.addresses(&packets.destinations);
        sides[SOURCES] = self.addresses(&packets.sources);
        sides[SERVICES] = narrow(packets.services.iter().flat_map(|s| self.service(s)).collect());
        Ranked(sides)
    }

    fn addresses(&self, set: &AddrSet) -> Pieces {
        let piece = |at: (usize, u128)| self.addresses.partition_point(|a| *a <= at) as u32 - 1;
        let set = if set.ranges(fields::OF as usize).is_empty() { set } else { &set.and(&self.everyone) };
        let of_kind = |kind: usize| set.ranges(kind).iter().map(move |&(a, b)| (piece((kind, a)), piece((kind, b))));
        narrow((0..3).flat_map(of_kind).collect())
    }

    fn service(&self, service: &Service) -> Pieces {
        let mut all = Vec::new();
        for (kind, (base, sources, targets)) in self.services.iter().enumerate().filter(|(k, _)| concerns(service, *k))
        {
            let piece = |cuts: &[u128], port: u16| cuts.partition_point(|&c| c <= u128::from(port)) as u32 - 1;
            let range = |cuts: &[u128], r: PortRange| (piece(cuts, r.first), piece(cuts, r.last));
            let (from, to) = (range(sources, service.source), range(targets, service.destination));
            match service.protocol {
                Some(Protocol::Other(n)) if OWN_KIND.contains(&n) => {}
                Some(Protocol::Other(n)) => all.push((base + u32::from(n), base + u32::from(n))),
                None if kind as u128 == fields::OTHER => {
                    let own: Vec<(u128, u128)> = OWN_KIND.iter().map(|&n| (u128::from(n), u128::from(n))).collect();
                    let numbers = minus(&[(0, 255)], &own);
                    all.extend(numbers.into_iter().map(|(a, b)| (base + a as u32, base + b as u32)));
                }
                _ if kind as u128 == fields::ICMP && u128::from(service.destination.first) >= ICMP_END => {}
                _ => all.extend((from.0..=from.1).map(|source| {
                    let row = base + source * targets.len() as u32;
                    (row + to.0, row + to.1)
                })),
            }
        }
        all
    }
}

/// Whether a service has packets of a kind of protocol.
fn concerns(service: &Service, kind: usize) -> bool {
    service.protocol.is_none_or(|p| fields::protocol(p).0 == kind as u128)
}

/// Where the number behind one stands: the kinds follow each other.
fn behind(kind: usize, number: u128) -> (usize, u128) {
    match number.checked_add(1) {
        Some(next) if kind != 0 || next <= u128::from(u32::MAX) => (kind, next),
        _ => (kind + 1, 0),
    }
}

fn narrow(pieces: Pieces) -> Pieces {
    let wide = joined(pieces.into_iter().map(|(a, b)| (u128::from(a), u128::from(b))).collect());
    wide.into_iter().map(|(a, b)| (a as u32, b as u32)).collect()
}
