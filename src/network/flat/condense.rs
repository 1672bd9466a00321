//! The second layout: many sources at once. Sources are bits, 64 to a word; facts that reach each other are one.
//!
//! Two stages. In each block, nodes that hand every state to each other are one group: that is most of a network, and a
//! block fits the cache. Then the facts of the groups, `(group, state)`, are condensed and put into topological order, so
//! that one pass over the components answers 64 sources. Not here: one question alone, for which this is too much work.

use rayon::prelude::*;

use super::blocks::Block;
use super::parts::{components, rows};
use super::{Classes, Fan, Flat, Link};

/// Facts condensed, in topological order.
#[derive(Debug)]
pub struct Condensed {
    /// The states that occur, as the number of a bit, and the place of each bit among them.
    states: Vec<u8>,
    /// Per node: its group.
    group: Vec<u32>,
    /// Per group and state: its component.
    part: Vec<u32>,
    /// Per component: the facts in it.
    size: Vec<u64>,
    rows: Vec<u32>,
    next: Vec<u32>,
}

/// What each of many sources reaches.
#[derive(Debug)]
pub struct Reach<'c> {
    condensed: &'c Condensed,
    sources: usize,
    /// Per 64 sources, a word per component.
    words: Vec<Vec<u64>>,
}

/// A block with its nodes grouped.
struct Grouped {
    group: Vec<u32>,
    groups: u32,
    /// Between groups of the block.
    inner: Vec<(u16, u16, u16)>,
    /// From a group to a node of another block.
    outer: Vec<Link>,
}

impl Condensed {
    /// Condenses a layout.
    #[must_use]
    pub fn new(flat: &Flat) -> Self {
        let universe = flat.classes.universe();
        let states: Vec<u8> = (0..64).filter(|s| universe >> s & 1 == 1).collect();
        let each = |i: usize| grouped(flat, &flat.blocks[i], universe);
        let grouped: Vec<Grouped> = (0..flat.blocks.len()).into_par_iter().map(each).collect();
        let mut base = Vec::with_capacity(grouped.len());
        let mut groups = 0;
        let mut group = Vec::with_capacity(flat.len());
        for g in &grouped {
            base.push(groups);
            group.extend(g.group.iter().map(|x| x + groups));
            groups += g.groups;
        }
        let mut edges: Vec<(u32, (u32, u16))> = Vec::new();
        for (g, &base) in grouped.iter().zip(&base) {
            edges.extend(g.inner.iter().map(|&(a, b, c)| (base + u32::from(a), (base + u32::from(b), c))));
            edges.extend(g.outer.iter().map(|&(a, b, c)| (base + a, (group[b as usize], c))));
        }
        drop(grouped);
        let (starts, edges) = rows(groups as usize, &edges);
        let row = |g: u32| &edges[starts[g as usize] as usize..starts[g as usize + 1] as usize];
        let facts = Facts::new(&flat.classes, &states);
        let width = states.len().max(1);
        let count = groups as usize * states.len();
        let (mut part, parts) = components(count, |fact, next| {
            let (g, s) = (fact / width as u32, fact as usize % width);
            for &(to, class) in row(g) {
                next.extend(facts.of(class, s).iter().map(|&t| to * width as u32 + u32::from(t)));
            }
        });
        // Turned round, an edge leads from a lower number to a higher one.
        part.par_iter_mut().for_each(|p| *p = parts - 1 - *p);
        let from_group = |g: u32| {
            let (part, facts) = (&part, &facts);
            row(g).iter().flat_map(move |&(to, class)| {
                (0..states_len(facts)).flat_map(move |s| {
                    let a = part[g as usize * width + s];
                    let ends = facts.of(class, s).iter().map(move |&t| part[to as usize * width + usize::from(t)]);
                    ends.filter(move |&b| a != b).map(move |b| u64::from(a) << 32 | u64::from(b))
                })
            })
        };
        let mut between: Vec<u64> = (0..groups).into_par_iter().flat_map_iter(from_group).collect();
        between.par_sort_unstable();
        between.dedup();
        let list: Vec<(u32, u32)> = between.into_iter().map(|e| ((e >> 32) as u32, e as u32)).collect();
        let (rows, next) = rows(parts as usize, &list);
        let mut members = vec![0u64; groups as usize];
        for &g in &group {
            members[g as usize] += 1;
        }
        let mut size = vec![0u64; parts as usize];
        for (fact, &p) in part.iter().enumerate() {
            size[p as usize] += members[fact / width];
        }
        Self { states, group, part, size, rows, next }
    }

    /// Whether there is a node of this number.
    pub(super) fn knows(&self, node: u32) -> bool {
        (node as usize) < self.group.len()
    }

    /// How many components there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.size.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.size.is_empty()
    }

    /// The bytes that it takes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        let words = self.group.len() + self.part.len() + self.rows.len() + self.next.len() + 2 * self.size.len();
        4 * words as u64
    }

    /// The bytes that the answer for so many sources takes.
    #[must_use]
    pub fn need(&self, sources: usize) -> u64 {
        8 * self.len() as u64 * sources.div_ceil(64) as u64
    }

    /// What each source reaches, alone; a source is some states at some nodes. In the threads of the current rayon pool.
    #[must_use]
    pub fn reach(&self, sources: &[Vec<(u32, u64)>]) -> Reach<'_> {
        let words = sources.par_chunks(64).map(|some| self.pass(some)).collect();
        Reach { condensed: self, sources: sources.len(), words }
    }

    fn pass(&self, sources: &[Vec<(u32, u64)>]) -> Vec<u64> {
        let mut words = vec![0u64; self.len()];
        for (i, source) in sources.iter().enumerate() {
            for &(node, states) in source {
                for (place, _) in self.states.iter().enumerate().filter(|(_, s)| states >> **s & 1 == 1) {
                    words[self.component(node, place)] |= 1 << i;
                }
            }
        }
        for p in 0..words.len() {
            let word = words[p];
            if word != 0 {
                for &to in &self.next[self.rows[p] as usize..self.rows[p + 1] as usize] {
                    words[to as usize] |= word;
                }
            }
        }
        words
    }

    fn component(&self, node: u32, place: usize) -> usize {
        self.part[self.group[node as usize] as usize * self.states.len() + place] as usize
    }
}

impl Reach<'_> {
    /// How many sources were asked about.
    #[must_use]
    pub fn sources(&self) -> usize {
        self.sources
    }

    /// The states of a node that a source reaches. States that no edge takes or makes are not told: nothing follows from them.
    #[must_use]
    pub fn states(&self, source: usize, node: u32) -> u64 {
        let (words, bit) = (&self.words[source / 64], source % 64);
        let c = self.condensed;
        let has = |place: usize| words[c.component(node, place)] >> bit & 1;
        c.states.iter().enumerate().fold(0, |all, (place, &s)| all | has(place) << s)
    }

    /// Which of the 64 sources from `64 * chunk` on reach some state of these at a node, a bit for each. As with
    /// [`Self::states`], states that no edge takes or makes are not told.
    #[must_use]
    pub fn word(&self, chunk: usize, node: u32, states: u64) -> u64 {
        let (words, c) = (&self.words[chunk], self.condensed);
        let of = c.states.iter().enumerate().filter(|(_, s)| states >> **s & 1 == 1);
        of.fold(0, |all, (place, _)| all | words[c.component(node, place)])
    }

    /// How many pairs of node and state each source reaches.
    #[must_use]
    pub fn counts(&self) -> Vec<u64> {
        let count = |words: &Vec<u64>| {
            let mut counts = [0u64; 64];
            for (&word, &size) in words.iter().zip(&self.condensed.size) {
                let mut rest = word;
                while rest != 0 {
                    counts[rest.trailing_zeros() as usize] += size;
                    rest &= rest - 1;
                }
            }
            counts
        };
        let mut all: Vec<u64> = self.words.par_iter().map(count).collect::<Vec<_>>().concat();
        all.truncate(self.sources);
        all
    }
}

/// The transfers as lists of places among the states that occur.
struct Facts {
    width: usize,
    starts: Vec<u32>,
    to: Vec<u8>,
}

impl Facts {
    fn new(classes: &Classes, states: &[u8]) -> Self {
        let mut facts = Self { width: states.len(), starts: vec![0], to: Vec::new() };
        let place = |s: u8| states.iter().position(|&x| x == s).map(|p| p as u8);
        for class in 0..classes.len() {
            for &s in states {
                let pairs = classes.pairs(class as u16).iter().filter(|(a, _)| *a == s);
                facts.to.extend(pairs.filter_map(|&(_, b)| place(b)));
                facts.starts.push(facts.to.len() as u32);
            }
        }
        facts
    }

    fn of(&self, class: u16, place: usize) -> &[u8] {
        let i = usize::from(class) * self.width + place;
        &self.to[self.starts[i] as usize..self.starts[i + 1] as usize]
    }
}

fn states_len(facts: &Facts) -> usize {
    facts.width
}

/// Groups the nodes of a block that hand everything to each other, and keeps one edge per pair of groups and transfer.
fn grouped(flat: &Flat, block: &Block, universe: u64) -> Grouped {
    let keeps: Vec<bool> = (0..flat.classes.len()).map(|c| universe & !flat.classes.keeps(c as u16) == 0).collect();
    let whole = |class: u16| keeps[usize::from(class)];
    if !block.unit.is_empty() {
        let of_unit = |u: usize| block.row(u).iter().map(move |e| (u as u16, (e & 0xffff) as u16, (e >> 16) as u16));
        return Grouped {
            group: block.unit.iter().map(|u| u32::from(*u)).collect(),
            groups: block.units() as u32,
            inner: (0..block.units()).flat_map(of_unit).collect(),
            outer: block.remote.iter().map(|r| (u32::from(r.from), flat.boundary[r.to as usize], r.class)).collect(),
        };
    }
    // The intervals edge by edge: for a block they are few.
    let mut fans: Vec<(u32, (u16, u16))> = Vec::new();
    for f in &block.fans {
        for place in f.first..=f.last {
            let (from, to) = if f.fan == Fan::In { (place, f.hub) } else { (f.hub, place) };
            fans.push((u32::from(from), (to, f.class)));
        }
    }
    let (starts, fans) = rows(block.len(), &fans);
    let each = |place: usize| {
        let row = block.row(place).iter().map(|e| ((e & 0xffff) as usize, (e >> 16) as u16));
        let fanned = fans[starts[place] as usize..starts[place + 1] as usize].iter();
        row.chain(fanned.map(|&(to, class)| (usize::from(to), class)))
    };
    let (group, groups) = components(block.len(), |place, next| {
        next.extend(each(place as usize).filter(|(_, class)| whole(*class)).map(|(to, _)| to as u32));
    });
    let mut inner: Vec<(u16, u16, u16)> = Vec::new();
    // Most edges stay in the one large group of a block: the first 64 transfers inside a group are seen without sorting.
    let mut inside = vec![0u64; groups as usize];
    for place in 0..block.len() {
        let a = group[place];
        for (to, class) in each(place) {
            let b = group[to];
            if a == b {
                let bit = if class < 64 { 1u64 << class } else { 0 };
                if whole(class) || inside[a as usize] & bit != 0 {
                    continue;
                }
                inside[a as usize] |= bit;
            }
            inner.push((a as u16, b as u16, class));
        }
    }
    inner.sort_unstable();
    inner.dedup();
    let out = |r: &super::blocks::Remote| (group[usize::from(r.from)], flat.boundary[r.to as usize], r.class);
    let outer = block.remote.iter().map(out).collect();
    Grouped { group, groups, inner, outer }
}
