//! All sessions of a model, between classes of attachments.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::alike::{AlikeClasses, Pairs, Tellers, numbered};
use super::classes::{AddrClass, faces_by_zone};
use super::hop::{HopCache, Hops};
use super::relevant::Relevant;
use super::shortest::Lane;
use super::walk::{Hop, Kind, LEFT, Marks, State, Walker};
use super::{Bits, Classes, Packet};
use crate::model::{FaceId, GuardId, Id, LabelId, Model, PacketAddr, Question, Transit, TransitId, Zone, ZoneId};

/// Two attachments, by zone and address class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Endpoints {
    /// The zone of the initiator.
    pub from: ZoneId,
    /// The address class of the initiator.
    pub(crate) source: AddrClass,
    /// The destination that the initiator asks for.
    pub(crate) asked: AddrClass,
    /// The zone of the responder.
    pub to: ZoneId,
    /// The address class of the responder.
    pub(crate) destination: AddrClass,
    /// The source as the responder sees it: translation may have changed it.
    pub(crate) seen: AddrClass,
    /// What translation has made of the services: a map of the classes.
    pub(crate) ports: u32,
}

/// Services in `may`, in `sure` and in `must`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct LevelBits {
    pub(crate) may: Bits,
    pub(crate) sure: Bits,
    pub(crate) must: Bits,
}

/// The sessions between two classes of attachments that pass the same labels.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ClassSession {
    /// Between whom.
    pub ends: Endpoints,
    /// All classes of the same machines, and asked for, of which the same holds: those of `ends` are the first of each.
    pub(crate) alike: Arc<AlikeClasses>,
    /// Labels and gates passed on the forward walk; see [`Sessions::marks`].
    pub marks: u128,
    /// Content of the initiator arrives.
    pub(crate) req: LevelBits,
    /// Content of the responder arrives.
    pub(crate) rsp: LevelBits,
    /// A first packet arrives.
    pub(crate) new: LevelBits,
    /// A later TCP packet of the initiator arrives although no session need complete (leak).
    pub(crate) ack: LevelBits,
    /// Only for two endpoints whose zone keeps them apart: they meet through a device.
    pub(crate) apart: bool,
}

impl ClassSession {
    /// The same session between two classes that fare alike. What is not translated arrives as it was sent.
    pub(super) fn relabelled(mut self, old: (AddrClass, AddrClass), new: (AddrClass, AddrClass)) -> Self {
        let swap = |class: &mut AddrClass, old: AddrClass, new: AddrClass| {
            if *class == old {
                *class = new;
            }
        };
        swap(&mut self.ends.source, old.0, new.0);
        swap(&mut self.ends.seen, old.0, new.0);
        swap(&mut self.ends.asked, old.1, new.1);
        swap(&mut self.ends.destination, old.1, new.1);
        self
    }

    /// Whether a class of initiators has it.
    pub(crate) fn is_from(&self, source: AddrClass) -> bool {
        self.alike.sources.binary_search(&source).is_ok()
    }

    /// Whether it arrives at a class of responders.
    pub(crate) fn is_to(&self, destination: AddrClass) -> bool {
        if self.is_translated() {
            destination == self.ends.destination
        } else {
            self.alike.asked.binary_search(&destination).is_ok()
        }
    }

    /// Every class of initiators with every class of responders at which it arrives.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (AddrClass, AddrClass)> + '_ {
        let arrives = std::slice::from_ref(&self.ends.destination);
        let to = if self.is_translated() { arrives } else { self.alike.asked.as_slice() };
        self.alike.sources.iter().flat_map(move |&s| to.iter().map(move |&d| (s, d)))
    }

    /// Whether who asks for a class gets it with a class of responders.
    pub(crate) fn is_asked(&self, asked: AddrClass, destination: AddrClass) -> bool {
        self.alike.asked.binary_search(&asked).is_ok()
            && if self.is_translated() { destination == self.ends.destination } else { destination == asked }
    }

    /// Whether another address is asked for than answers.
    fn is_translated(&self) -> bool {
        self.ends.asked != self.ends.destination
    }
}

/// What the bits of a set of marks mean.
#[derive(Debug, Clone, Default)]
pub struct MarkTable {
    /// Labels that some permit, requirement or rule asks for.
    labels: Vec<LabelId>,
    /// Gates: the guard and who is enrolled.
    gates: Vec<TransitId>,
}

const FIRST_GATE: usize = 96;

impl MarkTable {
    /// Numbers the labels that somebody asks for, and the gates.
    ///
    /// Labels beyond the 96th and gates beyond the 31st get no bit: such a label counts as not
    /// earned and such a gate as open, which can only add findings.
    #[must_use]
    pub fn new(model: &Model) -> Self {
        let mut labels = BTreeSet::new();
        for p in &model.permits {
            labels.extend(p.via.iter().chain(&p.avoids).copied());
        }
        let asked =
            model.checks.values().map(|c| &c.question).chain(model.expectations.iter().filter_map(|e| match e {
                crate::model::Expectation::Verdict { question, .. } => Some(question),
                crate::model::Expectation::Matrix { .. } => None,
            }));
        for question in asked {
            if let Question::Require { via, .. } = question {
                labels.extend(via.iter().copied());
            }
        }
        let gates =
            model.transits.iter().filter(|(_, t)| t.mfa.is_some()).map(|(id, _)| id).take(127 - FIRST_GATE).collect();
        // Labels of permits come first, so that no verdict depends on how many others are watched.
        let watched = model.watched.iter().copied().filter(|l| !labels.contains(l)).collect::<Vec<_>>();
        Self { labels: labels.iter().copied().chain(watched).take(FIRST_GATE).collect(), gates }
    }

    /// The bits of some labels. A label without a bit makes no bit.
    #[must_use]
    pub fn of_labels(&self, labels: &[LabelId]) -> u128 {
        self.labels.iter().enumerate().filter(|(_, l)| labels.contains(l)).fold(0, |m, (i, _)| m | 1 << i)
    }

    /// The bits that `via` demands, or `None` when one of its labels has no bit (then it cannot be met).
    #[must_use]
    pub fn demanded(&self, via: &[LabelId]) -> Option<u128> {
        via.iter().try_fold(0, |m, l| self.labels.iter().position(|x| x == l).map(|i| m | 1 << i))
    }

    /// The marks of a device.
    #[must_use]
    pub fn of_device(&self, model: &Model, device: TransitId) -> u128 {
        let gate = self.gates.iter().position(|&g| g == device).map_or(0, |i| 1 << (FIRST_GATE + i));
        self.of_labels(&model.transits[device].labels) | gate
    }

    /// The guards of the gates among some marks that stop this initiator.
    pub fn gates_for<'a>(
        &'a self,
        model: &'a Model,
        marks: u128,
        initiator: FaceId,
    ) -> impl Iterator<Item = GuardId> + 'a {
        let node = model.faces[initiator].node;
        self.gates.iter().enumerate().filter(move |(i, _)| marks >> (FIRST_GATE + i) & 1 == 1).filter_map(
            move |(_, &g)| {
                let gate = model.transits[g].mfa.as_ref()?;
                gate.enrolled.binary_search(&node).is_err().then_some(gate.guard)
            },
        )
    }

    /// Only the labels of some marks.
    #[must_use]
    pub fn labels_only(marks: u128) -> u128 {
        marks & ((1 << FIRST_GATE) - 1)
    }
}

/// The packet layer of a model, settled.
#[derive(Debug, Clone)]
pub struct Sessions {
    pub(crate) classes: Classes,
    /// What the bits of marks mean.
    pub marks: MarkTable,
    /// Sessions between classes, in canonical order.
    pub list: Arc<Vec<ClassSession>>,
}

impl Sessions {
    /// Settles the packet layer.
    #[must_use]
    pub fn new(model: &Model) -> Self {
        Self::settled(model, Classes::new(model), MarkTable::new(model))
    }

    /// As [`Sessions::new`], for a model that may differ from another only in what packets never meet, such as controls of
    /// machines: then it has the sessions of the other.
    #[must_use]
    pub fn like(model: &Model, other: &Model, known: &Self) -> Self {
        Self::like_one_of(model, [(other, known)])
    }

    /// As [`Sessions::like`], with the first of several models whose sessions fit.
    #[must_use]
    pub fn like_one_of<'a>(model: &Model, known: impl IntoIterator<Item = (&'a Model, &'a Self)>) -> Self {
        let (classes, marks) = (Classes::new(model), MarkTable::new(model));
        let fits = |&(other, known): &(&Model, &Self)| {
            classes == known.classes && meets_the_same(model, &marks, other, &known.marks)
        };
        match known.into_iter().find(fits) {
            Some((_, known)) => Self { classes, marks, list: Arc::clone(&known.list) },
            None => Self::settled(model, classes, marks),
        }
    }

    /// Whether the sessions are those of another model, taken over and not settled again.
    #[must_use]
    pub fn shares(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.list, &other.list)
    }

    fn settled(model: &Model, classes: Classes, marks: MarkTable) -> Self {
        let marks_of: Vec<Marks> = model.transits.ids().map(|t| marks.of_device(model, t)).collect();
        let relevant = Relevant::new(model, &marks_of);
        let hops = Hops::new(model, &classes);
        let walker = Walker::new(&hops, &marks_of);
        let plan = Plan::new(model, &classes);
        let tellers = Tellers::new(&hops);
        let list = plan
            .initiators
            .par_iter()
            .flat_map_iter(|(zone, sources)| plan.from(*zone, sources, &walker, &relevant, &tellers))
            .collect();
        Self { classes, marks, list: Arc::new(list) }
    }

    /// Concrete packets of some delivered services between two faces, as sent: the service that people recognise best, from
    /// each of the ports that translation turns into it.
    pub(crate) fn packets(&self, initiator: FaceId, asked: PacketAddr, ends: Endpoints, bits: &Bits) -> Vec<Packet> {
        let own = self.classes.of_face[initiator.index()].iter().find(|(c, _)| *c == ends.source);
        let (Some(class), Some(&(_, source))) = (self.classes.representative(bits), own) else { return Vec::new() };
        let mut one = self.classes.none();
        let at = self.classes.services.iter().position(|c| *c == class);
        at.into_iter().for_each(|i| one.set(i));
        let sent = self.classes.as_sent(ends.ports, one);
        let sent = sent.iter().map(|i| self.classes.services[i]);
        sent.map(|s| Packet {
            source,
            destination: asked,
            protocol: s.protocol,
            source_port: s.source,
            destination_port: s.destination,
        })
        .collect()
    }

    /// The source that the responder sees of a packet sent from `source`.
    pub(crate) fn seen_source(&self, source: PacketAddr, ends: Endpoints) -> PacketAddr {
        if ends.seen == ends.source {
            return source;
        }
        let mut translated: Vec<_> =
            self.classes.nat.iter().filter(|(_, c)| **c == ends.seen).map(|(a, _)| *a).collect();
        translated.sort_unstable();
        translated.first().copied().unwrap_or(source)
    }

    /// The address to ask for in order to reach a face as these ends say.
    pub(crate) fn asked_address(&self, responder: FaceId, ends: Endpoints) -> Option<PacketAddr> {
        if ends.asked == ends.destination {
            let own = self.classes.of_face[responder.index()].iter().find(|(c, _)| *c == ends.asked);
            if let Some((_, addr)) = own {
                return Some(*addr);
            }
        }
        let mut published: Vec<_> =
            self.classes.nat.iter().filter(|(_, c)| **c == ends.asked).map(|(a, _)| *a).collect();
        published.sort_unstable();
        published.first().copied()
    }
}

/// Whether packets meet the same in two models whose classes are equal: everything that settling reads besides classes.
/// That is zones with their faces, devices, and the marks of devices. A gate stops nobody while it works; who is enrolled
/// is asked later, by `gates_for`. A difference that packets do not meet either, such as a place, only costs time.
fn meets_the_same(a: &Model, a_marks: &MarkTable, b: &Model, b_marks: &MarkTable) -> bool {
    let device = |t: &Transit| Transit { mfa: None, default_assumption: None, ..t.clone() };
    let zone = |z: &Zone| Zone { binding: None, ..z.clone() };
    a.faces == b.faces
        && a.zones.len() == b.zones.len()
        && a.zones.values().zip(b.zones.values()).all(|(x, y)| zone(x) == zone(y))
        && a.transits.len() == b.transits.len()
        && a.transits.values().zip(b.transits.values()).all(|(x, y)| device(x) == device(y))
        && a.transits.ids().all(|t| a_marks.of_device(a, t) == b_marks.of_device(b, t))
}

/// Who asks whom: attachments by zone and class, and zones joined into realms.
struct Plan {
    /// The classes present in each zone, where any are.
    initiators: Vec<(ZoneId, Vec<AddrClass>)>,
    /// Per realm, the destinations worth asking for, by the zones where packets to them may end.
    asked: Vec<BTreeMap<Vec<ZoneId>, Vec<AddrClass>>>,
    realm: Vec<usize>,
    present: BTreeSet<(ZoneId, AddrClass)>,
    by_zone: Vec<Vec<FaceId>>,
    /// For each class, a number of the machines that have it.
    responders: Vec<u32>,
}

impl Plan {
    fn new(model: &Model, classes: &Classes) -> Self {
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

    /// All sessions from a zone.
    fn from(
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
