//! Classes of addresses: pieces of the number line that lie in the same sets.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use super::AddrClass;
use crate::model::{Addr, AddrMatch, AddrRange, FaceAddress, Model, PacketAddr, Ternary};

/// What tells one address from another: the sets it lies in, its family, and its own identity where translation names it.
type Signature = (Option<bool>, Vec<(u32, Ternary)>, Option<PacketAddr>);

/// The part of [`Classes`] that is about addresses.
pub(super) struct AddressClasses {
    pub(super) of_face: Vec<Vec<(AddrClass, PacketAddr)>>,
    pub(super) pieces: Vec<Vec<(AddrRange, AddrClass)>>,
    pub(super) v4: Vec<Option<bool>>,
    /// For each class, the sets in which it lies or may lie, in order; without those that hold everything.
    pub(super) sets: Vec<Vec<(u32, Ternary)>>,
    pub(super) nat: FxHashMap<PacketAddr, AddrClass>,
}

pub(super) fn address_classes(model: &Model, matches: &[AddrMatch], nat: &[PacketAddr]) -> AddressClasses {
    let pieces = Pieces::new(model, matches, nat);
    let mut ids: BTreeMap<Signature, AddrClass> = BTreeMap::new();
    let mut order: Vec<Signature> = Vec::new();
    let mut class_of = |signature: Signature| -> AddrClass {
        *ids.entry(signature).or_insert_with_key(|s| {
            order.push(s.clone());
            (order.len() - 1) as AddrClass
        })
    };
    let signature = |addr: PacketAddr| -> Signature {
        let identity = nat.binary_search(&addr).is_ok().then_some(addr);
        match addr {
            PacketAddr::Literal(a) => {
                let sets = pieces.sets_at(a).iter().map(|&m| (m, Ternary::Yes)).collect();
                (Some(a.is_v4()), sets, identity)
            }
            PacketAddr::Of(_) => {
                let sets = matches
                    .iter()
                    .enumerate()
                    .map(|(i, m)| (i as u32, m.matches(addr, &model.faces)))
                    .filter(|(i, t)| *t != Ternary::No && !matches[*i as usize].any)
                    .collect();
                (None, sets, identity)
            }
        }
    };
    let mut of_face = Vec::with_capacity(model.faces.len());
    let mut face_pieces = Vec::with_capacity(model.faces.len());
    for (id, face) in model.faces.iter() {
        let mut own: Vec<(AddrClass, PacketAddr)> = Vec::new();
        let mut known: BTreeSet<AddrClass> = BTreeSet::new();
        let mut parts: Vec<(AddrRange, AddrClass)> = Vec::new();
        let addrs: Vec<(PacketAddr, Option<AddrRange>)> = match &face.address {
            _ if face.zone.is_none() => Vec::new(),
            FaceAddress::Known(ranges) => {
                pieces.in_ranges(ranges).map(|r| (PacketAddr::Literal(r.first), Some(r))).collect()
            }
            FaceAddress::Within(_) | FaceAddress::Unknown => vec![(PacketAddr::Of(id), None)],
        };
        for (addr, range) in addrs {
            let class = class_of(signature(addr));
            parts.extend(range.map(|r| (r, class)));
            if known.insert(class) {
                own.push((class, addr));
            }
        }
        of_face.push(own);
        face_pieces.push(parts);
    }
    let nat = nat.iter().map(|&a| (a, class_of(signature(a)))).collect();
    let (v4, sets) = order.into_iter().map(|(family, sets, _)| (family, sets)).unzip();
    AddressClasses { of_face, pieces: face_pieces, v4, sets, nat }
}

/// The number line cut at all bounds, with the address sets over each piece.
struct Pieces {
    starts: Vec<Addr>,
    sets: Vec<Vec<u32>>,
}

impl Pieces {
    fn new(model: &Model, matches: &[AddrMatch], nat: &[PacketAddr]) -> Self {
        let mut cuts = BTreeSet::from([Addr::from_bits(0)]);
        let mut cut = |r: AddrRange| {
            cuts.insert(r.first);
            cuts.extend(r.last.next());
        };
        for m in matches {
            m.literal.iter().chain(&m.named).for_each(|&r| cut(r));
        }
        for face in model.faces.values() {
            if let FaceAddress::Known(ranges) = &face.address {
                ranges.iter().for_each(|&r| cut(r));
            }
        }
        for addr in nat {
            if let PacketAddr::Literal(a) = addr {
                cut(AddrRange::single(*a));
            }
        }
        let starts: Vec<Addr> = cuts.into_iter().collect();
        let mut sets = vec![Vec::new(); starts.len()];
        for (i, m) in matches.iter().enumerate().filter(|(_, m)| !m.any) {
            for r in m.literal.iter().chain(&m.named) {
                let from = starts.partition_point(|&s| s < r.first);
                let to = starts.partition_point(|&s| s <= r.last);
                for set in &mut sets[from..to] {
                    if set.last() != Some(&(i as u32)) {
                        set.push(i as u32);
                    }
                }
            }
        }
        Self { starts, sets }
    }

    fn sets_at(&self, a: Addr) -> &[u32] {
        &self.sets[self.starts.partition_point(|&s| s <= a) - 1]
    }

    /// The pieces inside some ranges, whose bounds are cuts.
    fn in_ranges<'a>(&'a self, ranges: &'a [AddrRange]) -> impl Iterator<Item = AddrRange> + 'a {
        ranges.iter().flat_map(move |r| {
            let from = self.starts.partition_point(|&s| s < r.first);
            let to = self.starts.partition_point(|&s| s <= r.last);
            let ends = move |i: usize| match self.starts.get(i + 1) {
                Some(next) if *next <= r.last => Addr::from_bits(next.bits() - 1),
                _ => r.last,
            };
            (from..to).map(move |i| AddrRange { first: self.starts[i], last: ends(i) })
        })
    }
}
