//! Whose addresses are whose: what strangers may have, seen from one body.

use std::net::IpAddr;

use crate::model::{Addr, AddrMatch, AddrRange, FaceAddress, Model};

use super::frame::Frame;

/// The addresses that a body itself states.
#[derive(Debug, Clone, Default)]
pub(super) struct Own {
    pub(super) ranges: Vec<AddrRange>,
    /// Something of it is attached to a network without a stated address.
    pub(super) unstated: bool,
}

impl Own {
    /// The addresses of everything that a frame calls its own.
    pub(super) fn new(model: &Model, frame: &Frame) -> Self {
        let mut own = Self::default();
        let nodes = model.nodes.values().filter(|n| frame.is_own(&n.name));
        for face in nodes.flat_map(|n| &n.faces).map(|&f| &model.faces[f]) {
            match &face.address {
                FaceAddress::Known(ranges) => own.ranges.extend(ranges),
                FaceAddress::Within(_) | FaceAddress::Unknown => own.unstated |= face.zone.is_some(),
            }
        }
        for t in model.transits.values().filter(|t| frame.is_own(&model.nodes[t.node].name)) {
            own.ranges.extend(t.dnat.iter().map(|n| AddrRange::single(n.outside)));
            own.ranges.extend(t.snat.iter().map(|n| AddrRange::single(n.source)));
        }
        own
    }
}

/// How many bodies have each address: disjoint ranges in order.
#[derive(Debug, Clone, Default)]
pub(super) struct Cover {
    pieces: Vec<(AddrRange, i64)>,
    unstated: i64,
}

impl Cover {
    /// Sums up bodies, each so many times.
    pub(super) fn new<'a>(bodies: impl IntoIterator<Item = (&'a Own, i64)>) -> Self {
        let mut events: Vec<(Addr, i64)> = Vec::new();
        let mut unstated = 0;
        for (own, times) in bodies {
            unstated += i64::from(own.unstated) * times;
            for r in &own.ranges {
                events.push((r.first, times));
                // A range that ends with the last address of all is never closed.
                events.extend(r.last.next().map(|next| (next, -times)));
            }
        }
        events.sort_unstable();
        let mut pieces: Vec<(AddrRange, i64)> = Vec::new();
        let (mut count, mut from) = (0, None);
        for (at, change) in events {
            if let Some(first) = from.filter(|&f| f < at && count > 0) {
                pieces.push((AddrRange { first, last: Addr::from_bits(at.bits() - 1) }, count));
            }
            count += change;
            from = Some(at);
        }
        if let Some(first) = from.filter(|_| count > 0) {
            pieces.push((AddrRange { first, last: Addr::from_bits(u128::MAX) }, count));
        }
        Self { pieces, unstated }
    }

    fn at(&self, address: Addr) -> i64 {
        let next = self.pieces.partition_point(|(r, _)| r.first <= address);
        next.checked_sub(1).map(|i| self.pieces[i]).filter(|(r, _)| r.contains(address)).map_or(0, |(_, c)| c)
    }

    /// The addresses that somebody has besides these bodies, each of which is one of those summed up; of each stretch that
    /// `cuts` do not tell apart, the smallest range around them. And whether somebody has addresses that are not stated.
    pub(super) fn without(&self, these: &[&Own], cuts: &[Addr]) -> (Vec<AddrRange>, bool) {
        let own = Self::new(these.iter().map(|o| (*o, 1)));
        let mut hulls: Vec<AddrRange> = Vec::new();
        // The bounds of what was summed up are bounds of the pieces, so one address stands for its piece.
        for &(range, count) in &self.pieces {
            if count > own.at(range.first) {
                add_hulls(&mut hulls, range, cuts);
            }
        }
        (hulls, self.unstated > own.unstated)
    }
}

/// Adds a range, joined with the one before wherever no cut lies between.
fn add_hulls(hulls: &mut Vec<AddrRange>, range: AddrRange, cuts: &[Addr]) {
    let mut first = range.first;
    let mut next = cuts.partition_point(|&c| c <= first);
    loop {
        let end = match cuts.get(next) {
            Some(&cut) if cut <= range.last => Addr::from_bits(cut.bits() - 1),
            _ => range.last,
        };
        match hulls.last_mut() {
            Some(hull) if cuts.partition_point(|&c| c <= hull.last) == cuts.partition_point(|&c| c <= first) => {
                hull.last = end;
            }
            _ => hulls.push(AddrRange { first, last: end }),
        }
        match end.next() {
            Some(after) if end < range.last => first = after,
            _ => return,
        }
        next += 1;
    }
}

/// Where some set of addresses of a model begins or ends. Sorted.
pub(super) fn cuts(model: &Model) -> Vec<Addr> {
    let mut cuts: Vec<Addr> = Vec::new();
    let mut cut = |r: &AddrRange| {
        cuts.push(r.first);
        cuts.extend(r.last.next());
    };
    let of_match = |m: &AddrMatch| m.literal.iter().chain(&m.named).copied().collect::<Vec<_>>();
    for t in model.transits.values() {
        let rules = t.rules.iter().flatten().flat_map(|r| [&r.source, &r.destination]);
        for m in rules.chain(t.routes.iter().flatten().map(|r| &r.to)) {
            of_match(m).iter().for_each(&mut cut);
        }
        t.dnat.iter().for_each(|n| cut(&AddrRange::single(n.outside)));
        t.snat.iter().for_each(|n| cut(&AddrRange::single(n.source)));
    }
    for face in model.faces.values() {
        if let FaceAddress::Known(ranges) = &face.address {
            ranges.iter().for_each(&mut cut);
        }
    }
    // The families never lie in one stretch.
    let family = AddrRange {
        first: Addr::from(IpAddr::from([0, 0, 0, 0])),
        last: Addr::from(IpAddr::from([255, 255, 255, 255])),
    };
    cuts.push(family.first);
    cuts.extend(family.last.next());
    cuts.sort_unstable();
    cuts.dedup();
    cuts
}
