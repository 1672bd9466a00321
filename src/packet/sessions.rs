//! All sessions of a model, between classes of attachments.

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;

use super::alike::{AlikeClasses, Asked, Tellers};
use super::classes::AddrClass;
use super::hop::Hops;
use super::plan::Plan;
use super::relevant::Relevant;
use super::walk::{Marks, Walker};
use super::{Bits, Classes, Packet};
use crate::model::{Addr, FaceId, GuardId, Id, LabelId, Model, PacketAddr, Question, Transit, TransitId, Zone, ZoneId};

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

    /// The same session for each pair of classes alone.
    fn each(&self) -> impl Iterator<Item = Self> + '_ {
        let own = (self.ends.source, self.ends.asked);
        let pairs = self.alike.sources.iter().flat_map(|&s| self.alike.asked.iter().map(move |d| (s, d)));
        pairs.map(move |(s, d)| {
            let alike = Arc::new(AlikeClasses { sources: vec![s], asked: Asked::one(d) });
            Self { alike, ..self.clone().relabelled(own, (s, d)) }
        })
    }

    /// Whether a class of initiators has it.
    pub(crate) fn is_from(&self, source: AddrClass) -> bool {
        self.alike.sources.binary_search(&source).is_ok()
    }

    /// Whether it arrives at a class of responders.
    pub(crate) fn is_to(&self, destination: AddrClass) -> bool {
        if self.is_translated() { destination == self.ends.destination } else { self.alike.asked.has(destination) }
    }

    /// Every class of initiators with every class of responders at which it arrives.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (AddrClass, AddrClass)> + '_ {
        let arrives = self.is_translated().then_some(self.ends.destination);
        let asked = move || self.alike.asked.iter().filter(move |_| arrives.is_none());
        self.alike.sources.iter().flat_map(move |&s| arrives.into_iter().chain(asked()).map(move |d| (s, d)))
    }

    /// Whether who asks for a class gets it with a class of responders.
    pub(crate) fn is_asked(&self, asked: AddrClass, destination: AddrClass) -> bool {
        self.alike.asked.has(asked)
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
        Self::settled(model, Classes::new(model), MarkTable::new(model), |plan, _| plan)
    }

    /// As [`Sessions::new`], but only what some attachments open to others: from one address and to one, if that is all that
    /// is asked about. Pairs of addresses are walked each by itself, so what is left is the same, and may be far less to do.
    #[must_use]
    pub fn between(model: &Model, from: (&[FaceId], Option<Addr>), to: (&[FaceId], Option<Addr>)) -> Self {
        Self::settled(model, Classes::new(model), MarkTable::new(model), |plan, classes| {
            let of = |faces: &[FaceId], only: Option<Addr>| -> BTreeSet<(ZoneId, AddrClass)> {
                let mut all = BTreeSet::new();
                for &face in faces {
                    let Some(zone) = model.faces[face].zone else { continue };
                    let has = |c: AddrClass, a: Addr| {
                        classes.pieces[face.index()].iter().any(|(range, class)| *class == c && range.contains(a))
                    };
                    let own = classes.of_face[face.index()].iter().map(|(c, _)| *c);
                    all.extend(own.filter(|&c| only.is_none_or(|a| has(c, a))).map(|c| (zone, c)));
                }
                all
            };
            let destinations = of(to.0, to.1).into_iter().map(|(_, c)| c).collect();
            plan.only(classes, &of(from.0, from.1), &destinations)
        })
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
            None => Self::settled(model, classes, marks, |plan, _| plan),
        }
    }

    /// Whether the sessions are those of another model, taken over and not settled again.
    #[must_use]
    pub fn shares(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.list, &other.list)
    }

    /// As [`Sessions::new`], but each pair of classes is walked by itself, through all devices: slow and obvious, to be compared
    /// with what walks a pair for all that fare alike, past devices that cannot matter.
    #[must_use]
    pub fn one_by_one(model: &Model) -> Self {
        let (classes, marks) = (Classes::new(model), MarkTable::new(model));
        let marks_of: Vec<Marks> = model.transits.ids().map(|t| marks.of_device(model, t)).collect();
        let hops = Hops::new(model, &classes);
        let walker = Walker::new(&hops, &marks_of);
        let plan = Plan::new(model, &classes);
        let list =
            plan.initiators.par_iter().flat_map_iter(|(zone, sources)| plan.each(*zone, sources, &walker)).collect();
        Self { classes, marks, list: Arc::new(list) }
    }

    /// The sessions of each pair of classes by itself, in order.
    #[must_use]
    pub fn each(&self) -> Vec<ClassSession> {
        let mut all: Vec<ClassSession> = self.list.iter().flat_map(ClassSession::each).collect();
        all.sort_by_key(|s| (s.ends, s.marks, s.apart));
        all
    }

    fn settled(model: &Model, classes: Classes, marks: MarkTable, only: impl FnOnce(Plan, &Classes) -> Plan) -> Self {
        let marks_of: Vec<Marks> = model.transits.ids().map(|t| marks.of_device(model, t)).collect();
        let relevant = Relevant::new(model, &marks_of);
        let hops = Hops::new(model, &classes);
        let walker = Walker::new(&hops, &marks_of);
        let plan = only(Plan::new(model, &classes), &classes);
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
    let zone = |z: &Zone| Zone { binding: None, addresses: Vec::new(), ..z.clone() };
    a.faces == b.faces
        && a.zones.len() == b.zones.len()
        && a.zones.values().zip(b.zones.values()).all(|(x, y)| zone(x) == zone(y))
        && a.transits.len() == b.transits.len()
        && a.transits.values().zip(b.transits.values()).all(|(x, y)| device(x) == device(y))
        && a.transits.ids().all(|t| a_marks.of_device(a, t) == b_marks.of_device(b, t))
}
