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
use super::hop::Hops;
use super::sessions::ClassSession;
use super::touch::{Touch, Touches};
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
        // None of these sets holds everything.
        let lies = |sets: &[usize], c: usize| -> Vec<(u32, crate::model::Ternary)> {
            let own = classes.sets_of(c as AddrClass).iter();
            own.filter(|(id, _)| sets.binary_search(&(*id as usize)).is_ok()).copied().collect()
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

/// What the devices of a walk make of a pair: what they make of each of the two alone, by number, and the lines that tell pairs apart.
/// Only for pairs between the same zones.
type Key = (u32, u32, Vec<Touch>);

/// Classes that are asked for and that no line tells apart for all sources, with the same machines at their ends.
struct Block {
    /// What the devices make of them alone, by number.
    part: u32,
    responders: u32,
    /// Groups, by number.
    members: Vec<u32>,
}

/// What some sources have in common: which blocks and groups with the same machines have an outcome with them.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    initiators: u32,
    responders: u32,
    outcome: u32,
    whole: Vec<u32>,
    groups: Vec<u32>,
    /// The groups of the one block which have another outcome.
    but: Vec<u32>,
}

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
        let devices: Vec<TransitId> = tells.iter().map(|t| t.device).collect();
        let first = |groups: &[Vec<AddrClass>]| groups.iter().map(|g| g[0]).collect::<Vec<_>>();
        let touches = Touches::new(self.tellers.hops, &devices, &first(&sources), &first(&asked));
        let (blocks, block_of) = self.blocks(&asked, &tells, &touches);
        let mut parts = Numbers::new();
        let mut outcomes = Outcomes::new(walk);
        let mut rows: BTreeMap<Row, Vec<AddrClass>> = BTreeMap::new();
        for (i, s) in sources.iter().enumerate() {
            let part = parts.of((self.alone(s[0], &tells), &touches.of_source[i]));
            // The groups that some line tells apart for this source, and then whole blocks of those that are left.
            let mut apart: BTreeMap<usize, Vec<(u32, u32)>> = BTreeMap::new();
            for met in touches.of_pairs(i).chunk_by(|a, b| a.0 == b.0) {
                let (at, block) = (met[0].0, block_of[met[0].0 as usize]);
                let key = (part, blocks[block].part, met.iter().map(|m| m.1).collect());
                apart.entry(block).or_default().push((at, outcomes.of(key, (s[0], asked[at as usize][0]))));
            }
            let initiators = self.initiators[s[0] as usize];
            let mut found: BTreeMap<(u32, u32), (Vec<u32>, Vec<u32>)> = BTreeMap::new();
            for (b, block) in blocks.iter().enumerate() {
                let apart = apart.remove(&b).unwrap_or_default();
                let is_apart = |m: &&u32| apart.binary_search_by_key(*m, |&(at, _)| at).is_ok();
                let like = block.members.iter().find(|m| !is_apart(m));
                let rest =
                    like.map_or(0, |&m| outcomes.of((part, block.part, Vec::new()), (s[0], asked[m as usize][0])));
                let other: Vec<&(u32, u32)> = apart.iter().filter(|(_, outcome)| *outcome != rest).collect();
                for (at, outcome) in other.iter().filter(|(_, o)| *o != 0) {
                    found.entry((block.responders, *outcome)).or_default().1.push(*at);
                }
                if rest != 0 && other.is_empty() {
                    found.entry((block.responders, rest)).or_default().0.push(b as u32);
                } else if rest != 0 {
                    let but = other.iter().map(|(at, _)| *at).collect();
                    let row = Row {
                        initiators,
                        responders: block.responders,
                        outcome: rest,
                        whole: vec![b as u32],
                        groups: Vec::new(),
                        but,
                    };
                    rows.entry(row).or_default().extend(s);
                }
            }
            for ((responders, outcome), (whole, mut groups)) in found {
                groups.sort_unstable();
                let row = Row { initiators, responders, outcome, whole, groups, but: Vec::new() };
                rows.entry(row).or_default().extend(s);
            }
        }
        outcomes.told(rows, &blocks, &asked)
    }

    /// What devices make of a class alone.
    fn alone(&self, c: AddrClass, tells: &[&Tells]) -> (Option<AddrClass>, Option<bool>, Vec<u32>) {
        let named = self.tellers.names(c).then_some(c);
        (named, self.tellers.hops.classes.v4[c as usize], tells.iter().map(|t| t.alone[c as usize]).collect())
    }

    /// The groups that are asked for in blocks, and the block of each.
    fn blocks(&self, asked: &[Vec<AddrClass>], tells: &[&Tells], touches: &Touches) -> (Vec<Block>, Vec<usize>) {
        let mut parts = Numbers::new();
        let mut blocks: Vec<Block> = Vec::new();
        let mut known: FxHashMap<(u32, u32), usize> = FxHashMap::default();
        let block_of = asked.iter().enumerate().map(|(at, group)| {
            let part = parts.of((self.alone(group[0], tells), &touches.of_asked[at]));
            let responders = self.responders[group[0] as usize];
            let block = *known.entry((part, responders)).or_insert_with(|| {
                blocks.push(Block { part, responders, members: Vec::new() });
                blocks.len() - 1
            });
            blocks[block].members.push(at as u32);
            block
        });
        let block_of = block_of.collect();
        (blocks, block_of)
    }
}

/// What came of walks, each once.
struct Outcomes<W> {
    walk: W,
    walked: FxHashMap<Key, u32>,
    /// The first is that there are no sessions.
    all: Vec<Vec<ClassSession>>,
    number_of: FxHashMap<Vec<ClassSession>, u32>,
}

impl<W: Fn(AddrClass, AddrClass) -> Vec<ClassSession>> Outcomes<W> {
    fn new(walk: W) -> Self {
        let number_of = FxHashMap::from_iter([(Vec::new(), 0)]);
        Self { walk, walked: FxHashMap::default(), all: vec![Vec::new()], number_of }
    }

    /// The number of the outcome of a pair.
    fn of(&mut self, key: Key, pair: (AddrClass, AddrClass)) -> u32 {
        let Self { walk, walked, all, number_of } = self;
        *walked.entry(key).or_insert_with(|| {
            let found: Vec<_> = walk(pair.0, pair.1).into_iter().map(|f| f.relabelled(pair, OPEN)).collect();
            *number_of.entry(found).or_insert_with_key(|found| {
                all.push(found.clone());
                all.len() as u32 - 1
            })
        })
    }

    /// The sessions of some rows, each with its sources.
    fn told(
        &self,
        rows: BTreeMap<Row, Vec<AddrClass>>,
        blocks: &[Block],
        asked: &[Vec<AddrClass>],
    ) -> Vec<ClassSession> {
        let classes = |groups: &mut dyn Iterator<Item = u32>| {
            let mut all: Vec<AddrClass> = groups.flat_map(|g| &asked[g as usize]).copied().collect();
            all.sort_unstable();
            all
        };
        let members = |b: u32| blocks[b as usize].members.iter().copied();
        // A whole block is written down once, however many rows leave something out of it.
        let mut lists: FxHashMap<Vec<u32>, Arc<Vec<AddrClass>>> = FxHashMap::default();
        let mut all = Vec::new();
        for (row, mut sources) in rows {
            sources.sort_unstable();
            let list = if row.groups.is_empty() {
                let list = lists.entry(row.whole.clone());
                Arc::clone(list.or_insert_with(|| Arc::new(classes(&mut row.whole.iter().flat_map(|&b| members(b))))))
            } else {
                let whole = row.whole.iter().flat_map(|&b| members(b));
                Arc::new(classes(&mut whole.chain(row.groups.iter().copied())))
            };
            let asked = Asked { all: list, but: classes(&mut row.but.into_iter()) };
            let Some(ends) = asked.iter().next().map(|d| (sources[0], d)) else { continue };
            let alike = Arc::new(AlikeClasses { sources, asked });
            let told = self.all[row.outcome as usize].iter().cloned();
            all.extend(told.map(|f| ClassSession { alike: Arc::clone(&alike), ..f.relabelled(OPEN, ends) }));
        }
        all
    }
}

/// Stands for the classes of a pair in an outcome that several pairs have.
const OPEN: (AddrClass, AddrClass) = (AddrClass::MAX, AddrClass::MAX - 1);

/// The classes for which a session was walked once.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct AlikeClasses {
    /// Of the initiator, sorted.
    pub(crate) sources: Vec<AddrClass>,
    /// That are asked for. What is not translated arrives as what was asked for.
    pub(crate) asked: Asked,
}

/// A list of classes that many may share, but for some of them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct Asked {
    /// Sorted.
    all: Arc<Vec<AddrClass>>,
    /// Sorted, all of them in the list.
    but: Vec<AddrClass>,
}

impl Asked {
    pub(crate) fn one(class: AddrClass) -> Self {
        Self { all: Arc::new(vec![class]), but: Vec::new() }
    }

    pub(crate) fn has(&self, class: AddrClass) -> bool {
        self.all.binary_search(&class).is_ok() && self.but.binary_search(&class).is_err()
    }

    /// In order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = AddrClass> + '_ {
        self.all.iter().copied().filter(|c| self.but.binary_search(c).is_err())
    }
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
