//! Who asks whom, and what comes of it for one pair of classes.
//!
//! Not here: which pairs fare alike (`alike`), which devices matter to them (`relevant`), and how packets spread (`walk`).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::alike::{AlikeClasses, Asked, Pairs, Tellers, numbered};
use super::classes::{AddrClass, faces_by_zone};
use super::hop::HopCache;
use super::relevant::Relevant;
use super::sessions::{ClassSession, Endpoints, LevelBits};
use super::shortest::Lane;
use super::walk::{Hop, Kind, LEFT, State, Walker};
use super::{Bits, Classes};
use crate::model::{FaceId, Id, Model, PacketAddr, ZoneId};

/// Who asks whom: attachments by zone and class, and zones joined into realms.
pub(super) struct Plan {
    /// The classes present in each zone, where any are.
    pub(super) initiators: Vec<(ZoneId, Vec<AddrClass>)>,
    /// Per realm, the destinations worth asking for, by the zones where packets to them may end.
    asked: Vec<BTreeMap<Vec<ZoneId>, Vec<AddrClass>>>,
    realm: Vec<usize>,
    present: BTreeSet<(ZoneId, AddrClass)>,
    by_zone: Vec<Vec<FaceId>>,
    /// For each class, a number of the machines that have it.
    responders: Vec<u32>,
}

impl Plan {
    pub(super) fn new(model: &Model, classes: &Classes) -> Self {
        let realm = realms(model);
        let by_zone = faces_by_zone(model);
        let mut present = BTreeSet::new();
        for (zone, faces) in by_zone.iter().enumerate() {
            for face in faces {
                present.extend(classes.of_face[face.index()].iter().map(|(c, _)| (ZoneId::new(zone), *c)));
            }
        }
        let mut asked: Vec<BTreeSet<AddrClass>> = vec![BTreeSet::new(); realm.iter().max().map_or(0, |m| m + 1)];
        let mut initiators: BTreeMap<ZoneId, Vec<AddrClass>> = BTreeMap::new();
        for &(zone, class) in &present {
            asked[realm[zone.index()]].insert(class);
            initiators.entry(zone).or_default().push(class);
        }
        for t in model.transits.values() {
            for n in &t.dnat {
                if let (Some(class), Some(zone)) = (classes.nat.get(&PacketAddr::Literal(n.outside)), t.zones.first()) {
                    asked[realm[zone.index()]].insert(*class);
                }
            }
        }
        let ends = ends_of(model, classes, &present);
        let by_ends = |all: BTreeSet<AddrClass>| {
            let mut by: BTreeMap<Vec<ZoneId>, Vec<AddrClass>> = BTreeMap::new();
            all.into_iter().for_each(|c| by.entry(ends[c as usize].iter().copied().collect()).or_default().push(c));
            by
        };
        Self {
            responders: numbered(classes, &by_zone.concat()),
            by_zone,
            initiators: initiators.into_iter().collect(),
            asked: asked.into_iter().map(by_ends).collect(),
            realm,
            present,
        }
    }

    /// Leaves who asks and what is asked for: classes of initiators, by zone, and of destinations. Addresses that translation
    /// names are left, as it may turn them into others.
    pub(super) fn only(
        mut self,
        classes: &Classes,
        sources: &BTreeSet<(ZoneId, AddrClass)>,
        destinations: &BTreeSet<AddrClass>,
    ) -> Self {
        for (zone, list) in &mut self.initiators {
            list.retain(|c| sources.contains(&(*zone, *c)));
        }
        self.initiators.retain(|(_, list)| !list.is_empty());
        let named: BTreeSet<AddrClass> = classes.nat.values().copied().collect();
        for list in self.asked.iter_mut().flat_map(BTreeMap::values_mut) {
            list.retain(|c| destinations.contains(c) || named.contains(c));
        }
        self
    }

    /// All sessions from a zone.
    pub(super) fn from(
        &self,
        zone: ZoneId,
        sources: &[AddrClass],
        walker: &Walker<'_>,
        relevant: &Relevant<'_>,
        tellers: &Tellers<'_>,
    ) -> Vec<ClassSession> {
        let initiators = &numbered(walker.classes, &self.by_zone[zone.index()]);
        let mut all = Vec::new();
        for (ends, asked) in self.asked[self.realm[zone.index()]].iter().filter(|(ends, _)| !ends.is_empty()) {
            let near = walker.among(relevant.between(zone, ends));
            let pairs = Pairs { tellers, keep: near.keep(), sources, asked, initiators, responders: &self.responders };
            all.extend(pairs.sessions(|s, d| self.pair(&near, zone, s, d)));
        }
        // Found in order for each pair.
        all.sort_by_key(|s: &ClassSession| (s.ends.source, s.ends.asked));
        all
    }

    /// All sessions from a zone, each pair walked by itself and through all devices: the definition of [`Plan::from`].
    pub(super) fn each(&self, zone: ZoneId, sources: &[AddrClass], walker: &Walker<'_>) -> Vec<ClassSession> {
        let asked = self.asked[self.realm[zone.index()]].values().flatten();
        let pairs = asked.flat_map(|&d| sources.iter().map(move |&s| (s, d)));
        let told = pairs.flat_map(|(s, d)| {
            let alike = Arc::new(AlikeClasses { sources: vec![s], asked: Asked::one(d) });
            self.pair(walker, zone, s, d).into_iter().map(move |f| ClassSession { alike: Arc::clone(&alike), ..f })
        });
        told.collect()
    }

    /// All sessions from one class of attachments that ask for one class of addresses.
    fn pair(&self, w: &Walker<'_>, zone: ZoneId, source: AddrClass, asked: AddrClass) -> Vec<ClassSession> {
        // P-FAMILY
        let family = |c: AddrClass| w.classes.v4[c as usize];
        if let (Some(a), Some(b)) = (family(source), family(asked))
            && a != b
        {
            return Vec::new();
        }
        let cache = &mut HopCache::default();
        let start = State::start(zone, source, asked);
        let all = w.classes.between(source, asked);
        let answered = all.and(&w.classes.answered);
        let new = w.spread(cache, start, all.clone(), (Kind::Forward, true), |h| h.new.may.clone());
        let is_end = |s: &State| self.present.contains(&(s.zone, s.d));
        let ack = w.spread(cache, start, all.clone(), (Kind::Forward, false), |h| h.ack.may.clone());
        if !new.iter().chain(&ack).any(|(s, _)| is_end(s)) {
            return Vec::new();
        }
        // P-LANES
        let rep = w.spread(cache, start, answered.clone(), (Kind::Reply, false), |h| h.rep.may.clone());
        let tcp = &w.classes.tcp;
        let session_lane = |h: &Hop| {
            let mut both = h.new.sure.and(&h.rep.sure);
            let mut unacknowledged = both.and(tcp);
            unacknowledged.remove(&h.ack.sure);
            both.remove(&unacknowledged);
            both
        };
        let new_sure = w.spread(cache, start, all.clone(), (Kind::Forward, true), |h| h.new.sure.clone());
        let sess_sure = w.spread(cache, start, answered.clone(), (Kind::Both, true), session_lane);
        let ack_sure = w.spread(cache, start, all.clone(), (Kind::Forward, true), |h| h.ack.sure.clone());
        let mut ends: BTreeSet<State> = BTreeSet::new();
        ends.extend(new.iter().chain(&ack).chain(&ack_sure).map(|(s, _)| *s).filter(is_end));
        let mut found = Vec::new();
        let mut shortest: BTreeMap<ZoneId, Vec<(super::shortest::OpenWalk, Bits)>> = BTreeMap::new();
        for state in ends {
            let walks = shortest.entry(state.zone).or_insert_with(|| w.single_shortest(start, state.zone));
            let lanes: [Lane<'_>; 3] =
                [(&|h| h.new.sure.clone(), false), (&session_lane, true), (&|h| h.ack.sure.clone(), false)];
            let must = w.must(cache, start, walks, state, lanes);
            let [new_must, sess_must, ack_must] = must.map(|bits| bits.and(&all));
            let sess_must = sess_must.and(&answered);
            let same_zone = state.zone == zone;
            // P-ISOLATED
            let isolated = same_zone && w.model.zones[zone].client_isolation;
            for apart in [false, true] {
                if apart && (!isolated || state.marks & LEFT == 0) {
                    continue;
                }
                let at = |list: &[(State, Bits)], marks: u128| {
                    let wanted = State { marks, ..state };
                    list.iter().find(|(s, _)| *s == wanted).map_or_else(|| w.classes.none(), |(_, b)| b.clone())
                };
                // Who is kept apart needs replies and acknowledgements to pass a device, too.
                let anywhere =
                    |list: &[(State, Bits)]| if apart { at(list, LEFT) } else { at(list, LEFT).or(&at(list, 0)) };
                let n = at(&new, state.marks);
                let a = anywhere(&ack);
                let rsp = {
                    let mut both = n.and(&anywhere(&rep));
                    let mut unacknowledged = both.and(tcp);
                    unacknowledged.remove(&a);
                    both.remove(&unacknowledged);
                    both
                };
                let data = |whole: &Bits, session: &Bits| {
                    let mut datagrams = whole.clone();
                    datagrams.remove(tcp);
                    datagrams.or(session)
                };
                let (ns, ss) = (at(&new_sure, state.marks), at(&sess_sure, state.marks));
                let a_sure = at(&ack_sure, state.marks);
                let arrived = |may: Bits, sure: Bits, must: Bits| LevelBits {
                    may: w.classes.delivered(state.ports, may),
                    sure: w.classes.delivered(state.ports, sure),
                    must: w.classes.delivered(state.ports, must),
                };
                let State { zone: to, s: seen, d: destination, ports, .. } = state;
                let session = ClassSession {
                    ends: Endpoints { from: zone, source, asked, to, destination, seen, ports },
                    marks: state.marks,
                    req: arrived(data(&n, &rsp), data(&ns, &ss), data(&new_must, &sess_must)),
                    // The covert lane has no label of its own: any walk will do.
                    ack: arrived(a.and(tcp), a_sure.and(tcp), ack_must.and(tcp)),
                    new: arrived(n, ns, new_must.clone()),
                    rsp: arrived(rsp, ss, sess_must.clone()),
                    apart,
                    alike: Arc::default(),
                };
                if !session.new.may.is_empty() || !session.ack.may.is_empty() {
                    found.push(session);
                }
            }
        }
        found
    }
}

/// For each class, the zones where packets that ask for it may end: where it is present, or what translation makes of it.
fn ends_of(model: &Model, classes: &Classes, present: &BTreeSet<(ZoneId, AddrClass)>) -> Vec<BTreeSet<ZoneId>> {
    let mut ends: Vec<BTreeSet<ZoneId>> = vec![BTreeSet::new(); classes.v4.len()];
    for &(zone, class) in present {
        ends[class as usize].insert(zone);
    }
    let class = |a| classes.nat.get(&a).map(|&c| c as usize);
    let dnat = model.transits.values().flat_map(|t| &t.dnat);
    let steps: BTreeSet<_> =
        dnat.filter_map(|n| Some((class(PacketAddr::Literal(n.outside))?, class(n.inside)?))).collect();
    loop {
        let mut grown = false;
        for &(outside, inside) in &steps {
            for zone in ends[inside].clone() {
                grown |= ends[outside].insert(zone);
            }
        }
        if !grown {
            return ends;
        }
    }
}

/// Zones joined by devices, numbered by their first zone.
fn realms(model: &Model) -> Vec<usize> {
    let mut union = petgraph::unionfind::UnionFind::<usize>::new(model.zones.len());
    for t in model.transits.values() {
        for pair in t.zones.windows(2) {
            union.union(pair[0].index(), pair[1].index());
        }
    }
    let mut number = BTreeMap::new();
    (0..model.zones.len())
        .map(|z| {
            let next = number.len();
            *number.entry(union.find(z)).or_insert(next)
        })
        .collect()
}
