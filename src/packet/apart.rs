//! Whether packets of strangers can get into a part of a drawing, packets of the part out to strangers, or packets of
//! others through it.
//!
//! Strangers stand as probes in the drawing. Only single packets are followed, not sessions: what no packet can do no
//! session can do, either. This is asked of a body of a region before its siblings are summed up.
//!
//! Where a host that all share stands in the same zone and gets from one body, and sends to the other, at least what the
//! bodies exchange, it stands in for that: it has no controls that would stop anything, so whatever one could do to the other
//! goes through it as well.

use std::collections::{BTreeMap, BTreeSet};

use super::classes::AddrClass;
use super::hop::{HopCache, Hops};
use super::walk::{Hop, Kind, State, Walker};
use super::{Bits, Classes};
use crate::model::{AddrRange, Behaviour, FaceId, Id, Model, PacketAddr, Ternary, TransitId, ZoneId};

/// What a part of a drawing is, among the rest.
#[derive(Debug, Clone, Default)]
pub struct Part {
    /// The faces of the part. Sorted.
    pub faces: Vec<FaceId>,
    /// The devices of the part. Sorted.
    pub devices: Vec<TransitId>,
    /// The zones of the part. Sorted. All others are shared.
    pub zones: Vec<ZoneId>,
    /// Faces that stand for strangers, each in a shared zone. Sorted.
    pub probes: Vec<FaceId>,
    /// Shared zones in which machines of strangers stand themselves. Sorted.
    pub crowded: Vec<ZoneId>,
    /// Faces of shared hosts, each in a shared zone. Sorted.
    pub hosts: Vec<FaceId>,
}

/// Some addresses.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Addresses {
    /// These.
    Ranges(Vec<AddrRange>),
    /// Addresses that nobody states.
    Unstated,
}

impl Addresses {
    /// Whether one address may be in both.
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Ranges(a), Self::Ranges(b)) => a.iter().any(|x| b.iter().any(|y| x.overlaps(*y))),
            (Self::Unstated, Self::Unstated) => true,
            _ => false,
        }
    }
}

/// Packets between a part and strangers, as they are in a shared zone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stray {
    /// The shared zone.
    pub zone: ZoneId,
    /// From where.
    pub source: Addresses,
    /// To where.
    pub destination: Addresses,
    /// The shared hosts in the zone that get, or send, at least as much: each stands in for strangers on this side. Sorted.
    pub hosts: Vec<FaceId>,
}

/// What a part lets out to strangers, lets in from them, and carries for others.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Strays {
    /// Packets of the part on their way to strangers.
    pub out: BTreeSet<Stray>,
    /// Packets of strangers that reach something of the part.
    pub into: BTreeSet<Stray>,
    /// Shared zones between which the part carries packets; one zone twice, where its machines are kept apart and the part
    /// brings them together.
    pub carried: BTreeSet<(ZoneId, ZoneId)>,
    /// Shared zones in which a host of the part could use the addresses of others.
    pub borrowed: BTreeSet<ZoneId>,
}

/// Follows the packets.
#[must_use]
pub fn strays(model: &Model, part: &Part) -> Strays {
    let classes = Classes::new(model);
    let (hops, marks) = (Hops::new(model, &classes), vec![0; model.transits.len()]);
    let walker = Walker::new(&hops, &marks);
    let probe = Probe { model, classes: &classes, walker: &walker, part };
    let mut found = Strays::default();
    probe.out(&mut found.out);
    probe.inward(&mut found.into);
    probe.carried(&mut found.carried);
    probe.borrowed(&mut found.borrowed);
    found
}

/// Services of first packets and of later ones.
type Both = (Bits, Bits);

fn covers(all: &Both, some: &Both) -> bool {
    all.0.covers(&some.0) && all.1.covers(&some.1)
}

struct Probe<'a, 'm> {
    model: &'m Model,
    classes: &'a Classes,
    walker: &'a Walker<'m>,
    part: &'a Part,
}

impl Probe<'_, '_> {
    fn is_shared(&self, zone: ZoneId) -> bool {
        self.part.zones.binary_search(&zone).is_err()
    }

    /// The classes of strangers, by shared zone.
    fn strangers(&self) -> BTreeSet<(ZoneId, AddrClass)> {
        let at = |&face: &FaceId| self.model.faces[face].zone.map(|z| (z, face));
        let placed = self.part.probes.iter().filter_map(at);
        placed.flat_map(|(z, f)| self.classes.of_face[f.index()].iter().map(move |(c, _)| (z, *c))).collect()
    }

    /// The addresses that some faces have in a class, or that translation gives.
    fn addresses(&self, class: AddrClass, faces: &[FaceId]) -> Addresses {
        let mut ranges: Vec<AddrRange> = faces
            .iter()
            .flat_map(|f| &self.classes.pieces[f.index()])
            .filter(|(_, c)| *c == class)
            .map(|(r, _)| *r)
            .collect();
        let translated = self.classes.nat.iter().filter(|(_, c)| **c == class).filter_map(|(a, _)| match a {
            PacketAddr::Literal(a) => Some(AddrRange::single(*a)),
            PacketAddr::Of(_) => None,
        });
        ranges.extend(translated);
        ranges.sort_unstable();
        ranges.dedup();
        if ranges.is_empty() { Addresses::Unstated } else { Addresses::Ranges(ranges) }
    }

    fn one_family(&self, a: AddrClass, b: AddrClass) -> bool {
        let family = |c: AddrClass| self.classes.v4[c as usize];
        !matches!((family(a), family(b)), (Some(x), Some(y)) if x != y)
    }

    /// Wherever a first or later packet gets, with the services of both kinds.
    fn spread(&self, zone: ZoneId, s: AddrClass, d: AddrClass) -> BTreeMap<(ZoneId, AddrClass, AddrClass), Both> {
        let cache = &mut HopCache::default();
        let start = State::start(zone, s, d);
        let all = || self.classes.between(s, d);
        let mut reached: BTreeMap<(ZoneId, AddrClass, AddrClass), Both> = BTreeMap::new();
        let none = || (self.classes.none(), self.classes.none());
        for (at, bits) in self.walker.spread(cache, start, all(), (Kind::Forward, false), |h| h.new.may.clone()) {
            reached.entry((at.zone, at.s, at.d)).or_insert_with(none).0.add(&bits);
        }
        for (at, bits) in self.walker.spread(cache, start, all(), (Kind::Forward, false), |h| h.ack.may.clone()) {
            reached.entry((at.zone, at.s, at.d)).or_insert_with(none).1.add(&bits);
        }
        reached
    }

    /// The shared hosts in a zone, each with a class of its addresses.
    fn hosts_at(&self, zone: ZoneId) -> Vec<(FaceId, AddrClass)> {
        let here = self.part.hosts.iter().filter(|&&f| self.model.faces[f].zone == Some(zone));
        here.flat_map(|f| self.classes.of_face[f.index()].iter().map(|(c, _)| (*f, *c))).collect()
    }

    fn by_place(&self) -> BTreeMap<(ZoneId, AddrClass), Vec<FaceId>> {
        let mut all: BTreeMap<(ZoneId, AddrClass), Vec<FaceId>> = BTreeMap::new();
        for &face in &self.part.faces {
            let Some(zone) = self.model.faces[face].zone else { continue };
            for (class, _) in &self.classes.of_face[face.index()] {
                all.entry((zone, *class)).or_default().push(face);
            }
        }
        all
    }

    fn out(&self, found: &mut BTreeSet<Stray>) {
        let asked: BTreeSet<AddrClass> = self.strangers().into_iter().map(|(_, c)| c).collect();
        for ((zone, s), faces) in self.by_place() {
            let mut to_hosts: BTreeMap<AddrClass, BTreeMap<(ZoneId, AddrClass, AddrClass), Both>> = BTreeMap::new();
            for &d in asked.iter().filter(|&&d| self.one_family(s, d)) {
                for ((at, s_there, d_there), bits) in self.spread(zone, s, d) {
                    if !self.is_shared(at) {
                        continue;
                    }
                    let mut hosts: Vec<FaceId> = Vec::new();
                    for (host, h) in self.hosts_at(at) {
                        let there = to_hosts.entry(h).or_insert_with(|| self.spread(zone, s, h));
                        if there.get(&(at, s_there, h)).is_some_and(|b| covers(b, &bits)) {
                            hosts.push(host);
                        }
                    }
                    hosts.sort_unstable();
                    hosts.dedup();
                    let own = if s_there == s { faces.as_slice() } else { &[] };
                    found.insert(Stray {
                        zone: at,
                        source: self.addresses(s_there, own),
                        destination: self.addresses(d_there, &self.part.probes),
                        hosts,
                    });
                }
            }
        }
    }

    fn inward(&self, found: &mut BTreeSet<Stray>) {
        let ends = self.by_place();
        let mut asked: BTreeSet<AddrClass> = ends.keys().map(|(_, c)| *c).collect();
        asked.extend(self.classes.nat.values().copied());
        for (zone, s) in self.strangers() {
            let hosts = self.hosts_at(zone);
            for &d in asked.iter().filter(|&&d| self.one_family(s, d)) {
                let inside = |s: AddrClass| {
                    let mut all: BTreeMap<(ZoneId, AddrClass), Both> = BTreeMap::new();
                    for ((at, _, d), bits) in self.spread(zone, s, d) {
                        if ends.contains_key(&(at, d)) {
                            let known = all.entry((at, d)).or_insert_with(|| bits.clone());
                            known.0.add(&bits.0);
                            known.1.add(&bits.1);
                        }
                    }
                    all
                };
                let reached = inside(s);
                if reached.is_empty() {
                    continue;
                }
                let stands_in = |h: AddrClass| {
                    let theirs = inside(h);
                    reached.iter().all(|(end, bits)| theirs.get(end).is_some_and(|b| covers(b, bits)))
                };
                let mut by: Vec<FaceId> =
                    hosts.iter().filter(|(_, class)| stands_in(*class)).map(|(host, _)| *host).collect();
                by.sort_unstable();
                by.dedup();
                found.insert(Stray {
                    zone,
                    source: self.addresses(s, &self.part.probes),
                    destination: self.addresses(d, &self.part.faces),
                    hosts: by,
                });
            }
        }
    }

    /// Follows packets that are nobody's of the part through its devices only.
    fn carried(&self, found: &mut BTreeSet<(ZoneId, ZoneId)>) {
        let mut shared: BTreeSet<AddrClass> = self.strangers().into_iter().map(|(_, c)| c).collect();
        for face in self.model.faces.ids().filter(|f| self.part.faces.binary_search(f).is_err()) {
            if self.model.faces[face].zone.is_some_and(|z| self.is_shared(z)) {
                shared.extend(self.classes.of_face[face.index()].iter().map(|(c, _)| *c));
            }
        }
        let doors: BTreeSet<ZoneId> = self
            .part
            .devices
            .iter()
            .flat_map(|&d| self.model.transits[d].zones.iter().copied())
            .filter(|&z| self.is_shared(z))
            .collect();
        let mut asked = shared.clone();
        asked.extend(self.classes.nat.values());
        for &door in &doors {
            let here = self.kept_apart(door);
            for (&s, &d) in shared.iter().flat_map(|s| asked.iter().map(move |d| (s, d))) {
                if self.one_family(s, d) {
                    // What comes back translated is as new there as what meets although it is kept apart.
                    let ends = |at: &State| {
                        let turned = (at.s, at.d) != (s, d) || here.contains(&s) && here.contains(&d);
                        let elsewhere = at.zone != door;
                        elsewhere && shared.contains(&d) || shared.contains(&at.d) && (elsewhere || turned)
                    };
                    self.through(door, (s, d), ends, found);
                }
            }
        }
    }

    /// The classes of machines that stand in a shared zone that keeps them apart; of strangers only where some do.
    fn kept_apart(&self, zone: ZoneId) -> BTreeSet<AddrClass> {
        if !self.model.zones[zone].client_isolation {
            return BTreeSet::new();
        }
        let crowded = self.part.crowded.binary_search(&zone).is_ok();
        let stands = |f: &FaceId| {
            let probe = self.part.probes.binary_search(f).is_ok();
            self.model.faces[*f].zone == Some(zone) && self.part.faces.binary_search(f).is_err() && (crowded || !probe)
        };
        let faces = self.model.faces.ids().filter(stands);
        faces.flat_map(|f| self.classes.of_face[f.index()].iter().map(|(c, _)| *c)).collect()
    }

    /// A host in a broadcast domain can speak and answer as its neighbours, also to machines that are not drawn with it.
    fn borrowed(&self, found: &mut BTreeSet<ZoneId>) {
        for &face in &self.part.faces {
            let host = self.model.endpoint_of(face).is_some_and(|e| e.behaviour == Behaviour::Host);
            let zone = self.model.faces[face].zone.filter(|&z| self.is_shared(z) && self.model.zones[z].broadcast);
            found.extend(zone.filter(|_| host));
        }
    }

    fn through(
        &self,
        door: ZoneId,
        (s, d): (AddrClass, AddrClass),
        ends: impl Fn(&State) -> bool,
        found: &mut BTreeSet<(ZoneId, ZoneId)>,
    ) {
        let cache = &mut HopCache::default();
        // A packet is of one kind all the way: a first one, a later one, or an answer.
        type Lane = (Kind, fn(&Hop) -> &Bits);
        let lanes: [Lane; 3] =
            [(Kind::Forward, |h| &h.new.may), (Kind::Forward, |h| &h.ack.may), (Kind::Reply, |h| &h.rep.may)];
        for (kind, lane) in lanes {
            let start = State::start(door, s, d);
            let mut reached: BTreeMap<State, Bits> = BTreeMap::from([(start, self.classes.between(s, d))]);
            let mut work = vec![start];
            while let Some(at) = work.pop() {
                let bits = reached[&at].clone();
                self.walker.each_hop(cache, at, kind, &mut |device, next, hop| {
                    let mut passed = lane(hop).clone();
                    passed.keep(&bits);
                    if passed.is_empty() || self.part.devices.binary_search(&device).is_err() {
                        return;
                    }
                    if self.is_shared(next.zone) {
                        if ends(&next) {
                            found.insert((door, next.zone));
                        }
                        return;
                    }
                    let known = reached.entry(next).or_insert_with(|| self.classes.none());
                    if !known.covers(&passed) {
                        known.add(&passed);
                        work.push(next);
                    }
                });
            }
        }
    }
}

/// What packets can tell apart of the addresses of a model, without the addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressShape {
    /// Per face, its classes.
    pub faces: Vec<Vec<u32>>,
    /// Per class, its family.
    pub families: Vec<Option<bool>>,
    /// Per distinct set of addresses in rules and routes, the answer per class as a letter: `n`, `?` or `y`.
    pub sets: Vec<String>,
    numbers: Vec<(PacketAddr, u32)>,
}

impl AddressShape {
    /// The shape of a model, and for each set of addresses of its rules and routes the number of it.
    pub fn new(model: &Model) -> (Self, impl Fn(&crate::model::AddrMatch) -> usize + use<>) {
        let classes = Classes::new(model);
        let faces = classes.of_face.iter().map(|c| c.iter().map(|(c, _)| *c).collect()).collect();
        let mut numbers: Vec<(PacketAddr, u32)> = classes.nat.iter().map(|(a, c)| (*a, *c)).collect();
        numbers.sort_unstable();
        let count = classes.v4.len();
        let letter = |t: Ternary| match t {
            Ternary::No => 'n',
            Ternary::Unknown => '?',
            Ternary::Yes => 'y',
        };
        let row = |id: usize| (0..count).map(|c| letter(classes.matches(id, c as AddrClass))).collect::<String>();
        let sets = (0..classes.sets()).map(row).collect();
        let families = classes.v4.clone();
        (Self { faces, families, sets, numbers }, move |m: &crate::model::AddrMatch| classes.match_id(m))
    }

    /// The class of an address that translation names.
    #[must_use]
    pub fn class_of(&self, address: PacketAddr) -> Option<u32> {
        self.numbers.binary_search_by_key(&address, |(a, _)| *a).ok().map(|i| self.numbers[i].1)
    }
}
