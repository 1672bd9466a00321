//! The closure: every block until it is stable, then what it hands to others, until nobody has anything new.
//!
//! Each task owns the words of its block. What crosses between blocks goes through an inbox of atomics, one word per
//! boundary node; states only grow and the least fixpoint is unique, so neither the order of blocks nor the number of
//! threads can be seen in the result.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

use rayon::prelude::*;

use super::blocks::{Block, pieces};
use super::{Fan, Flat, Start};

/// Nodes and edges from which a second thread is worth waking: below, the answer is there before it has started.
const WORTH_A_THREAD: u64 = 200_000;

/// What blocks say to each other.
struct Mail {
    /// Everything that was ever sent to a boundary node.
    inbox: Vec<AtomicU64>,
    /// Blocks with something new in their inbox.
    waiting: Vec<AtomicBool>,
}

/// What a task needs beside the words.
#[derive(Default)]
struct Scratch {
    /// A bit for every node of the block that grew.
    dirty: Vec<u64>,
    /// Per interval edge from a hub: what it has handed on.
    sent: Vec<u64>,
    /// The states of the units, where a block has some.
    units: Vec<u64>,
}

impl Block {
    /// The places of a start that lies inside.
    fn places(&self, start: &Start) -> (usize, usize) {
        ((start.nodes.start - self.base) as usize, (start.nodes.end - self.base) as usize)
    }
}

impl Scratch {
    fn clear(&mut self, nodes: usize) {
        self.dirty.clear();
        self.dirty.resize(nodes.div_ceil(64), 0);
    }
}

impl Flat {
    /// Everything that follows from `starts`, a word of states per node; in the threads of the current rayon pool.
    #[must_use]
    pub fn closure(&self, starts: &[Start]) -> Vec<u64> {
        let mut states = vec![0; self.len()];
        self.closure_in(starts, &mut states);
        states
    }

    /// As [`Self::closure`], in words that are there already: memory touched for the first time costs more than the work.
    ///
    /// # Panics
    ///
    /// If there is not one word per node.
    pub fn closure_in(&self, starts: &[Start], states: &mut [u64]) {
        assert_eq!(states.len(), self.len(), "one word per node");
        let mail = Mail {
            inbox: self.boundary.iter().map(|_| AtomicU64::new(0)).collect(),
            waiting: self.blocks.iter().map(|_| AtomicBool::new(false)).collect(),
        };
        let starts = self.starts_by_block(starts);
        let mut parts: Vec<&mut [u64]> = Vec::with_capacity(self.blocks.len());
        let mut rest = states;
        for block in &self.blocks {
            let (part, after) = rest.split_at_mut(block.len());
            parts.push(part);
            rest = after;
        }
        let wide = rayon::current_num_threads() > 1 && u64::from(self.nodes) + self.edges() >= WORTH_A_THREAD;
        let begin = |scratch: &mut Scratch, i: usize, words: &mut [u64]| {
            let from = starts.partition_point(|(b, _)| *b < i);
            let mine = starts[from..].iter().take_while(|(b, _)| *b == i).map(|(_, s)| s);
            self.begin(scratch, i, words, mine, &mail);
        };
        if wide {
            parts
                .par_iter_mut()
                .enumerate()
                .for_each_init(Scratch::default, |scratch, (i, words)| begin(scratch, i, words));
        } else {
            let mut scratch = Scratch::default();
            parts.iter_mut().enumerate().for_each(|(i, words)| begin(&mut scratch, i, words));
        }
        loop {
            let now: Vec<bool> = mail.waiting.iter().map(|w| w.swap(false, Relaxed)).collect();
            if !now.contains(&true) {
                break;
            }
            let again = |scratch: &mut Scratch, i: usize, words: &mut [u64]| self.receive(scratch, i, words, &mail);
            if wide {
                let due = parts.par_iter_mut().enumerate().filter(|(i, _)| now[*i]);
                due.for_each_init(Scratch::default, |scratch, (i, words)| again(scratch, i, words));
            } else {
                let mut scratch = Scratch::default();
                parts.iter_mut().enumerate().filter(|(i, _)| now[*i]).for_each(|(i, w)| again(&mut scratch, i, w));
            }
        }
    }

    fn starts_by_block(&self, starts: &[Start]) -> Vec<(usize, Start)> {
        let cuts: Vec<u32> = self.blocks.iter().map(|b| b.base).collect();
        let of_start = |s: &Start| {
            let states = s.states;
            let all = pieces(&cuts, self.nodes, &s.nodes).into_iter();
            all.map(move |(i, nodes)| (i, Start { nodes, states })).collect::<Vec<_>>()
        };
        let mut all: Vec<(usize, Start)> = starts.iter().flat_map(of_start).collect();
        if !all.is_sorted_by_key(|(i, _)| *i) {
            all.sort_by_key(|(i, _)| *i);
        }
        all
    }

    /// The first visit of a block.
    fn begin<'s>(
        &self,
        scratch: &mut Scratch,
        i: usize,
        words: &mut [u64],
        starts: impl Iterator<Item = &'s Start>,
        mail: &Mail,
    ) {
        let block = &self.blocks[i];
        if block.unit.is_empty() {
            scratch.clear(words.len());
            words.fill(0);
            for start in starts {
                let (first, end) = block.places(start);
                words[first..end].iter_mut().for_each(|w| *w |= start.states);
                mark(&mut scratch.dirty, first, end);
            }
            self.settle(block, words, scratch);
            self.send(block, words, mail);
            return;
        }
        scratch.clear(block.units());
        let mut units = std::mem::take(&mut scratch.units);
        units.clear();
        units.resize(block.units(), 0);
        let starts: Vec<&Start> = starts.collect();
        for start in &starts {
            let (first, end) = block.places(start);
            for &unit in &block.unit[first..end] {
                units[usize::from(unit)] |= start.states & self.universe;
            }
        }
        mark(&mut scratch.dirty, 0, block.units());
        self.settle(block, &mut units, scratch);
        words.iter_mut().zip(&block.unit).for_each(|(w, unit)| *w = units[usize::from(*unit)]);
        // States that no edge takes stay where they are.
        for start in starts.iter().filter(|s| s.states & !self.universe != 0) {
            let (first, end) = block.places(start);
            words[first..end].iter_mut().for_each(|w| *w |= start.states);
        }
        self.send(block, &units, mail);
        scratch.units = units;
    }

    /// A later visit: only what came in counts as new.
    fn receive(&self, scratch: &mut Scratch, i: usize, words: &mut [u64], mail: &Mail) {
        let block = &self.blocks[i];
        scratch.clear(block.units());
        if block.unit.is_empty() {
            self.open_inbox(block, words, scratch, mail);
            self.settle(block, words, scratch);
            self.send(block, words, mail);
            return;
        }
        let mut units = std::mem::take(&mut scratch.units);
        units.clear();
        units.resize(block.units(), 0);
        for (w, unit) in words.iter().zip(&block.unit) {
            units[usize::from(*unit)] = w & self.universe;
        }
        self.open_inbox(block, &mut units, scratch, mail);
        self.settle(block, &mut units, scratch);
        words.iter_mut().zip(&block.unit).for_each(|(w, unit)| *w |= units[usize::from(*unit)]);
        self.send(block, &units, mail);
        scratch.units = units;
    }

    fn open_inbox(&self, block: &Block, units: &mut [u64], scratch: &mut Scratch, mail: &Mail) {
        for slot in block.slots.clone() {
            let unit = block.unit_of((self.boundary[slot as usize] - block.base) as usize);
            let came = mail.inbox[slot as usize].load(Relaxed);
            if came & !units[unit] != 0 {
                units[unit] |= came;
                mark(&mut scratch.dirty, unit, unit + 1);
            }
        }
    }

    fn send(&self, block: &Block, words: &[u64], mail: &Mail) {
        for r in &block.remote {
            let states = self.classes.apply(r.class, words[usize::from(r.from)]);
            if states & !mail.inbox[r.to as usize].load(Relaxed) != 0 {
                let before = mail.inbox[r.to as usize].fetch_or(states, Relaxed);
                if states & !before != 0 {
                    mail.waiting[self.block_of(self.boundary[r.to as usize])].store(true, Relaxed);
                }
            }
        }
    }

    /// Works on one block until nothing in it changes. `dirty` has a bit for every node that grew.
    fn settle(&self, block: &Block, words: &mut [u64], scratch: &mut Scratch) {
        scratch.sent.clear();
        scratch.sent.resize(block.fans.len(), 0);
        loop {
            self.follow(block, words, &mut scratch.dirty);
            if block.fans.is_empty() || !self.fan(block, words, scratch) {
                return;
            }
        }
    }

    /// The rows of all nodes that grew, in the order of ids, until none is left.
    fn follow(&self, block: &Block, words: &mut [u64], dirty: &mut [u64]) {
        loop {
            let mut any = 0;
            for (w, busy) in block.busy.iter().enumerate() {
                dirty[w] &= busy;
                any |= dirty[w];
                while dirty[w] != 0 {
                    let place = w * 64 + dirty[w].trailing_zeros() as usize;
                    dirty[w] &= dirty[w] - 1;
                    let states = words[place];
                    for &edge in block.row(place) {
                        let to = (edge & 0xffff) as usize;
                        let came = self.classes.apply((edge >> 16) as u16, states);
                        let had = words[to];
                        // Written whether it grew or not: whether it does cannot be guessed, and a wrong guess costs more.
                        words[to] = had | came;
                        dirty[to / 64] |= u64::from(came & !had != 0) << (to % 64);
                    }
                    dirty[w] &= busy;
                }
            }
            if any == 0 {
                return;
            }
        }
    }

    /// The interval edges once; whether something grew.
    fn fan(&self, block: &Block, words: &mut [u64], scratch: &mut Scratch) -> bool {
        let mut grew = false;
        for (f, sent) in block.fans.iter().zip(&mut scratch.sent) {
            let (first, end, hub) = (usize::from(f.first), usize::from(f.last) + 1, usize::from(f.hub));
            match f.fan {
                Fan::In => {
                    let all = words[first..end].iter().fold(0, |all, w| all | w);
                    let came = self.classes.apply(f.class, all);
                    if came & !words[hub] != 0 {
                        words[hub] |= came;
                        mark(&mut scratch.dirty, hub, hub + 1);
                        grew = true;
                    }
                }
                Fan::Out => {
                    let came = self.classes.apply(f.class, words[hub]);
                    if came == *sent {
                        continue;
                    }
                    *sent = came;
                    let mut new = 0;
                    for w in &mut words[first..end] {
                        new |= came & !*w;
                        *w |= came;
                    }
                    if new != 0 {
                        mark(&mut scratch.dirty, first, end);
                        grew = true;
                    }
                }
            }
        }
        grew
    }
}

/// Sets the bits of a range.
fn mark(dirty: &mut [u64], first: usize, end: usize) {
    let mut at = first;
    while at < end {
        let stop = end.min((at / 64 + 1) * 64);
        let below = |n: usize| if n == 64 { u64::MAX } else { (1 << n) - 1 };
        dirty[at / 64] |= below(stop - at) << (at % 64);
        at = stop;
    }
}
