//! Pairs of address classes that fare alike, so that one of them is walked for all.
//!
//! What a device does to the packets of a pair depends on the lines of its rules that match the pair, on the routes and
//! translations that match one of the two, and, where anything is translated, on the same for the addresses that translation gives.
//! Pairs between the same zones that agree in all that at every device that can matter ([`Relevant`]) have the same sessions. A class that
//! translation names is alike to none. Those with the same machines at their ends are told as one session with several classes.
//!
//! Not here: the walk itself, and what makes two classes different in the first place (`classes`).

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::classes::{AddrClass, Classes};
use super::hop::{Hops, Meets};
use super::sessions::ClassSession;
use crate::model::{FaceId, Id, TransitId};

/// Numbers for values, in the order in which they come.
struct Numbers<T>(FxHashMap<T, u32>);

impl<T: std::hash::Hash + Eq> Numbers<T> {
    fn new() -> Self {
        Self(FxHashMap::default())
    }

    fn of(&mut self, value: T) -> u32 {
        let next = self.0.len() as u32;
        *self.0.entry(value).or_insert(next)
    }
}

/// What one device can tell of each class alone.
struct Tells {
    device: TransitId,
    /// The sets of its rules, routes and translations in which the class lies.
    sets: Vec<u32>,
    /// Those of its routes and translations only, and what its rules say of packets between the class and addresses that
    /// translation gives.
    alone: Vec<u32>,
}

/// What devices tell of classes.
pub(super) struct Tellers<'a> {
    hops: &'a Hops<'a>,
    tells: Vec<Option<Tells>>,
    /// Classes that translation names, sorted.
    named: Vec<AddrClass>,
}

/// Beyond so many pairs of a class and an address of translation, a device is asked no finer than by `sets`.
const MAX_NAMED: usize = 1 << 18;

impl<'a> Tellers<'a> {
    pub(super) fn new(hops: &'a Hops<'a>) -> Self {
        let mut named: Vec<AddrClass> = hops.classes.nat.values().copied().collect();
        named.sort_unstable();
        named.dedup();
        let tells = hops.model.transits.ids().map(|id| Tells::new(hops, id, &named)).collect();
        Self { hops, tells, named }
    }

    /// Whether translation names a class.
    fn names(&self, class: AddrClass) -> bool {
        self.named.binary_search(&class).is_ok()
    }

    /// Those of some devices, or of all, that tell classes apart at all.
    fn among(&self, keep: Option<&[TransitId]>) -> Vec<&Tells> {
        match keep {
            None => self.tells.iter().flatten().collect(),
            Some(keep) => keep.iter().filter_map(|d| self.tells[d.index()].as_ref()).collect(),
        }
    }

    /// Classes in groups that none of some devices tells apart, and that `ends` does not.
    fn groups(&self, list: &[AddrClass], tells: &[&Tells], ends: impl Fn(AddrClass) -> u32) -> Vec<Vec<AddrClass>> {
        let mut groups: BTreeMap<_, Vec<AddrClass>> = BTreeMap::new();
        for &c in list {
            let own = self.names(c).then_some(c);
            let sets: Vec<u32> = tells.iter().map(|t| t.sets[c as usize]).collect();
            groups.entry((self.hops.classes.v4[c as usize], own, ends(c), sets)).or_default().push(c);
        }
        let mut groups: Vec<_> = groups.into_values().collect();
        groups.sort_unstable_by_key(|g| g[0]);
        groups
    }
}

impl Tells {
    fn new(hops: &Hops<'_>, device: TransitId, named: &[AddrClass]) -> Option<Self> {
        let classes = hops.classes;
        let (rules, routes) = hops.sets_of(device);
        if rules.is_empty() && routes.is_empty() {
            return None;
        }
        let count = classes.v4.len();
        let lies = |sets: &[usize], c: usize| -> Vec<(usize, crate::model::Ternary)> {
            let answers = sets.iter().map(|&id| (id, classes.matches(id, c as AddrClass)));
            answers.filter(|(_, t)| *t != crate::model::Ternary::No).collect()
        };
        let mut numbers = Numbers::new();
        let sets = (0..count).map(|c| numbers.of((lies(&rules, c), lies(&routes, c)))).collect();
        if count.saturating_mul(named.len()) > MAX_NAMED {
            return Some(Self { device, alone: Vec::clone(&sets), sets });
        }
        let mut numbers = Numbers::new();
        let alone = (0..count).map(|c| {
            let meets = named.iter().map(|&n| hops.meets(device, c as AddrClass, n));
            numbers.of((lies(&routes, c), meets.collect::<Vec<_>>()))
        });
        let alone = alone.collect();
        Some(Self { device, sets, alone })
    }
}

/// What the devices of a walk make of a pair, by number. Only for pairs between the same zones.
type Key = (Option<AddrClass>, Option<AddrClass>, Option<bool>, Option<bool>, Vec<(u32, u32, u32)>);

/// Numbers of what pairs meet at one device, and those known for what it tells of the two.
type Met = (Numbers<Meets>, FxHashMap<(u32, u32), u32>);

/// The pairs between one zone and the zones where some classes end.
pub(super) struct Pairs<'a> {
    pub(super) tellers: &'a Tellers<'a>,
    /// The devices that can matter; `None`: all.
    pub(super) keep: Option<&'a [TransitId]>,
    pub(super) sources: &'a [AddrClass],
    pub(super) asked: &'a [AddrClass],
    /// For each class, a number of the machines that have it: here as initiators, and anywhere.
    pub(super) initiators: &'a [u32],
    pub(super) responders: &'a [u32],
}

impl Pairs<'_> {
    /// All sessions of the pairs; `walk` finds those of one pair.
    pub(super) fn sessions(&self, walk: impl Fn(AddrClass, AddrClass) -> Vec<ClassSession>) -> Vec<ClassSession> {
        let tells = self.tellers.among(self.keep);
        let sources = self.tellers.groups(self.sources, &tells, |c| self.initiators[c as usize]);
        let asked = self.tellers.groups(self.asked, &tells, |c| self.responders[c as usize]);
        let mut met: Vec<Met> = tells.iter().map(|_| (Numbers::new(), FxHashMap::default())).collect();
        let mut walked: FxHashMap<Key, u32> = FxHashMap::default();
        let mut outcomes: Vec<Vec<ClassSession>> = vec![Vec::new()];
        let mut outcome_of: FxHashMap<Vec<ClassSession>, u32> = FxHashMap::from_iter([(Vec::new(), 0)]);
        // Sources with one outcome for the same destinations, and then destinations with one outcome for the same sources.
        let mut by_asked: BTreeMap<(usize, u32, u32), Vec<AddrClass>> = BTreeMap::new();
        for s in &sources {
            for (at, d) in asked.iter().enumerate() {
                let (s0, d0) = (s[0], d[0]);
                let key = self.key((s0, d0), &tells, &mut met);
                let outcome = *walked.entry(key).or_insert_with(|| {
                    let found: Vec<_> = walk(s0, d0).into_iter().map(|f| f.relabelled((s0, d0), OPEN)).collect();
                    *outcome_of.entry(found).or_insert_with_key(|found| {
                        outcomes.push(found.clone());
                        outcomes.len() as u32 - 1
                    })
                });
                if outcome != 0 {
                    let all = by_asked.entry((at, self.initiators[s0 as usize], outcome)).or_default();
                    all.extend(s);
                }
            }
        }
        let mut rows: BTreeMap<(Vec<AddrClass>, u32, u32), Vec<AddrClass>> = BTreeMap::new();
        for ((at, _, outcome), mut s) in by_asked {
            s.sort_unstable();
            let responders = self.responders[asked[at][0] as usize];
            rows.entry((s, responders, outcome)).or_default().extend(&asked[at]);
        }
        let mut all = Vec::new();
        for ((s, _, outcome), mut d) in rows {
            d.sort_unstable();
            let ends = (s[0], d[0]);
            let alike = Arc::new(AlikeClasses { sources: s, asked: d });
            let told = outcomes[outcome as usize].iter().cloned();
            all.extend(told.map(|f| ClassSession { alike: Arc::clone(&alike), ..f.relabelled(OPEN, ends) }));
        }
        all
    }

    fn key(&self, (s, d): (AddrClass, AddrClass), tells: &[&Tells], met: &mut [Met]) -> Key {
        let hops = self.tellers.hops;
        let named = |c| self.tellers.names(c).then_some(c);
        let at = tells.iter().zip(met).map(|(t, (numbers, known))| {
            let sets = (t.sets[s as usize], t.sets[d as usize]);
            let number = *known.entry(sets).or_insert_with(|| numbers.of(hops.meets(t.device, s, d)));
            (number, t.alone[s as usize], t.alone[d as usize])
        });
        let family = |c: AddrClass| hops.classes.v4[c as usize];
        (named(s), named(d), family(s), family(d), at.collect())
    }
}

/// Stands for the classes of a pair in an outcome that several pairs have.
const OPEN: (AddrClass, AddrClass) = (AddrClass::MAX, AddrClass::MAX - 1);

/// The classes for which a session was walked once.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct AlikeClasses {
    /// Of the initiator, sorted.
    pub(crate) sources: Vec<AddrClass>,
    /// That are asked for, sorted. What is not translated arrives as what was asked for.
    pub(crate) asked: Vec<AddrClass>,
}

/// For each class, a number of those of some machines that have it.
pub(super) fn numbered(classes: &Classes, faces: &[FaceId]) -> Vec<u32> {
    let mut by_class: Vec<Vec<FaceId>> = vec![Vec::new(); classes.v4.len()];
    for &face in faces {
        classes.of_face[face.index()].iter().for_each(|(c, _)| by_class[*c as usize].push(face));
    }
    let mut numbers = Numbers::new();
    by_class.into_iter().map(|faces| numbers.of(faces)).collect()
}
