//! Where bodies exchange packets past what they share, so that they cannot be judged one by one.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::unit::{Border, Crossing, Unit, border};
use super::{Composer, Coupled};
use crate::model::AddrRange;

/// What a body lets in, with the body.
type Inward<'a> = Vec<(usize, &'a Crossing)>;

impl Composer<'_> {
    /// The shared zones in which some body lets something out and some body something in for which no one host stands in.
    pub(super) fn suspicious(&self) -> BTreeSet<String> {
        let mut out: BTreeMap<&str, BTreeSet<&BTreeSet<String>>> = BTreeMap::new();
        let mut into = out.clone();
        for border in self.borders.values() {
            for c in &border.out {
                out.entry(&c.zone).or_default().insert(&c.hosts);
            }
            for c in &border.into {
                into.entry(&c.zone).or_default().insert(&c.hosts);
            }
        }
        let apart = |zone: &str, o: &BTreeSet<String>| into[zone].iter().any(|i| i.is_disjoint(o));
        let zones = out.iter().filter(|(zone, _)| into.contains_key(*zone));
        zones.filter(|(zone, all)| all.iter().any(|o| apart(zone, o))).map(|(zone, _)| (*zone).to_owned()).collect()
    }

    /// Which bodies exchange packets past what they share.
    pub(super) fn apart(&mut self, units: &BTreeMap<usize, Unit>) {
        let mut open: Vec<usize> = Vec::new();
        for (&body, first) in &self.looks_like {
            let border = &self.borders[first];
            for (from, to) in border.carried.iter().filter(|_| body == *first) {
                self.coupled.insert(Coupled::Carrier { body, from: from.clone(), to: to.clone() });
            }
            for zone in &border.borrowed {
                self.coupled.insert(Coupled::Borrower { body, zone: zone.clone() });
            }
        }
        let zones = self.suspicious();
        let suspect = |c: &Crossing| zones.contains(&c.zone);
        for (&body, first) in &self.looks_like {
            let border = &self.borders[first];
            if border.out.iter().chain(&border.into).any(suspect) {
                open.push(body);
            }
        }
        // What goes out and in has other addresses for each member, so each is looked at.
        let borders: Vec<(usize, Border)> = open
            .par_iter()
            .map(|body| {
                let (model, part) = self.probed(&units[body]);
                (*body, border(&model, &part))
            })
            .collect();
        // By zone and by who stands in there, because that decides for most of them at once.
        let mut into: BTreeMap<&str, BTreeMap<&BTreeSet<String>, Inward<'_>>> = BTreeMap::new();
        for (body, border) in &borders {
            for crossing in &border.into {
                let here = into.entry(&crossing.zone).or_default();
                here.entry(&crossing.hosts).or_default().push((*body, crossing));
            }
        }
        // A body and those above it are in one drawing.
        let drawn = |body: usize, other: usize| self.region.above(body).contains(&other);
        let mut pairs = BTreeSet::new();
        for (body, border) in &borders {
            for out in &border.out {
                let here = into.get(out.zone.as_str()).into_iter().flatten();
                // One host that stands in on both sides does all that the other body could do.
                let alone = here.filter(|(hosts, _)| hosts.is_disjoint(&out.hosts));
                for (other, inward) in alone.flat_map(|(_, all)| all) {
                    let several = self.stands.iter().filter(|&&s| s == *other).count() > 1;
                    let meets = out.source.meets(&inward.source) && out.destination.meets(&inward.destination);
                    let together = drawn(*body, *other) || drawn(*other, *body);
                    if (other != body || several) && meets && !together {
                        pairs.insert(Coupled::Pair { from: *body, to: *other, zone: out.zone.clone() });
                    }
                }
            }
        }
        self.coupled.extend(pairs);
    }

    /// Machines of different bodies with one address in a shared zone: whom a packet reaches is anybody's guess.
    pub(super) fn same_addresses(&mut self, units: &BTreeMap<usize, Unit>) {
        let mut all: BTreeMap<String, Vec<(AddrRange, usize)>> = BTreeMap::new();
        for body in 0..self.region.bodies.len() {
            let unit = &units[&self.stands[body]];
            for (zone, range) in unit.in_shared_zones() {
                all.entry(zone).or_default().push((range, body));
            }
        }
        for (zone, mut ranges) in all {
            ranges.sort_unstable();
            for pair in ranges.windows(2) {
                let ((a, one), (b, other)) = (pair[0], pair[1]);
                if a.overlaps(b) && one != other {
                    let (zone, address) = (zone.clone(), b.first.to_string());
                    self.coupled.insert(Coupled::Address { one, other, zone, address });
                }
            }
        }
    }
}
