//! All ways of all bodies in one table, so that they can be compared: who does nothing that another does not do, and which
//! ways are needed around a body.
//!
//! Names of controls are compared without the body that has them: whatever fails in one body can fail in another that is
//! there instead of it. Of bodies below a summed body, each kind is there once, so its number stands for its name.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::way::{End, Way};
use crate::model::{Layer, Lens};

/// What two ways must have in common for one to do what the other does.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Ends {
    from: End,
    to: End,
    lens: Lens,
    labels: Vec<String>,
}

/// A way in numbers.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Core {
    ends: u32,
    guards: Vec<u32>,
    eyes: bool,
    sure: bool,
}

impl Core {
    /// Whether it does at least what another does.
    fn does(&self, other: &Self) -> bool {
        self.ends == other.ends
            && (self.sure || !other.sure)
            && (!self.eyes || other.eyes)
            && self.guards.iter().all(|g| other.guards.binary_search(g).is_ok())
    }
}

/// A way that is needed: the summed body, the body there, the position of the way.
pub(super) type Needed = (usize, usize, usize);

/// What the surroundings of a body are: layers of others, and ways with whose controls they need.
pub(super) type Content = (Vec<Layer>, Vec<(usize, u32)>);

/// The table.
#[derive(Debug, Default)]
pub(super) struct Pool {
    ends: HashMap<Ends, u32>,
    names: HashMap<String, u32>,
    /// Per summed body, its ways in order.
    ways: Vec<Vec<Core>>,
    /// The same by ends.
    by_ends: Vec<HashMap<u32, Vec<u32>>>,
    layers: Vec<BTreeSet<Layer>>,
    known: HashMap<(usize, usize), bool>,
}

impl Pool {
    /// Adds a summed body; `below` has the relative names of the bodies below it and what stands for them.
    pub(super) fn add(&mut self, ways: &[Way], layers: &BTreeSet<Layer>, below: &BTreeMap<String, String>) {
        let mut cores = Vec::with_capacity(ways.len());
        let mut by_ends: HashMap<u32, Vec<u32>> = HashMap::new();
        for way in ways {
            let next = self.ends.len() as u32;
            let key = Ends { from: way.from.clone(), to: way.to.clone(), lens: way.lens, labels: way.labels.clone() };
            let ends = *self.ends.entry(key).or_insert(next);
            let mut guards: Vec<u32> = way
                .guards
                .iter()
                .map(|g| {
                    let name = below.iter().find_map(|(name, token)| {
                        g.contains(name.as_str()).then(|| g.replacen(name.as_str(), token, 1))
                    });
                    let next = self.names.len() as u32;
                    *self.names.entry(name.unwrap_or_else(|| g.clone())).or_insert(next)
                })
                .collect();
            guards.sort_unstable();
            by_ends.entry(ends).or_default().push(cores.len() as u32);
            cores.push(Core { ends, guards, eyes: way.eyes, sure: way.sure });
        }
        self.ways.push(cores);
        self.by_ends.push(by_ends);
        self.layers.push(layers.clone());
    }

    /// Whether everything that one summed body does another does, too, with controls of its own in their place.
    fn covered(&mut self, a: usize, b: usize) -> bool {
        if let Some(&known) = self.known.get(&(a, b)) {
            return known;
        }
        let of = |way: &Core| {
            let others = self.by_ends[b].get(&way.ends);
            others.is_some_and(|others| others.iter().any(|&o| self.ways[b][o as usize].does(way)))
        };
        let answer = self.layers[a].is_subset(&self.layers[b]) && self.ways[a].iter().all(of);
        self.known.insert((a, b), answer);
        answer
    }

    /// Of some bodies, given with what they are like, those that are needed: of bodies of which one does nothing that another
    /// does not do, the other.
    pub(super) fn greatest(&mut self, mut all: Vec<(usize, usize)>) -> Vec<(usize, usize)> {
        all.sort_unstable();
        all.dedup_by_key(|(class, _)| *class);
        let mut kept: Vec<(usize, usize)> = Vec::new();
        for one in all {
            if kept.iter().any(|k| self.covered(one.0, k.0)) {
                continue;
            }
            kept.retain(|k| !self.covered(k.0, one.0));
            kept.push(one);
        }
        kept
    }

    /// The ways of bodies that are needed: where a way asks nothing of any control, no other with its ends is. What is
    /// open while all controls work needs no others (`guarded` false); how many have to fail does.
    pub(super) fn needed(&self, around: &[(usize, usize)], guarded: bool) -> Vec<Needed> {
        let mut free: HashMap<u32, Vec<&Core>> = HashMap::new();
        let mut needed = Vec::new();
        // The free ones first.
        for want_free in [true, false].into_iter().take(1 + usize::from(guarded)) {
            for &(class, body) in around {
                for (i, way) in self.ways[class].iter().enumerate().filter(|(_, w)| w.guards.is_empty() == want_free) {
                    let known = free.entry(way.ends).or_default();
                    if known.iter().any(|f| f.does(way)) {
                        continue;
                    }
                    if want_free {
                        known.push(way);
                    }
                    needed.push((class, body, i));
                }
            }
        }
        needed.sort_unstable();
        needed
    }

    /// What the needed ways and layers are, whoever has them: bodies that are alike with equal surroundings are judged once.
    pub(super) fn content(&self, around: &[(usize, usize)], needed: &[Needed]) -> Content {
        let layers: BTreeSet<Layer> =
            around.iter().flat_map(|(class, _)| self.layers[*class].iter().copied()).collect();
        let mut numbers: Vec<(usize, u32)> = Vec::new();
        for &(class, _, i) in needed {
            let way = &self.ways[class][i];
            // A free way is the same whoever has it; the others are told apart by whose controls they need.
            let (whose, rest) = if way.guards.is_empty() { (usize::MAX, 0) } else { (class, i as u32) };
            let flags = u32::from(way.eyes) << 1 | u32::from(way.sure);
            numbers.push(if whose == usize::MAX { (whose, way.ends << 2 | flags) } else { (whose, rest) });
        }
        numbers.sort_unstable();
        numbers.dedup();
        (layers.into_iter().collect(), numbers)
    }
}
