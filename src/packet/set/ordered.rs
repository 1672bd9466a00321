//! Questions about single lines of an ordered list: does it decide anything, would anything fare otherwise without it.
//!
//! Sets would answer them (`Space::decided_by`), but for each line anew with all lines around it. Here the answer is
//! searched: one packet is enough for "yes", and a box that covers what is left of the line is enough for "no". The search
//! tries every piece that some line tells apart before it says no, so both are exact (P-SET-10). If it takes too long, sets
//! are asked, which may be small where the search is long; only if they grow too large as well is there no answer.

use std::collections::BTreeSet;

use super::diagram::{Limits, TooLarge};
use super::first_match::Line;
use super::numbers::AddrSet;
use super::ranks::{DESTINATIONS, Ranked, Ranks, SIDES, SOURCES, covers, meet};
use super::space::{PacketBox, PacketSet, Space};
use crate::model::FaceId;

/// Steps that the search about one line may take, and that all of one list may take.
const MAX_WORK: usize = 4_000_000;
const MAX_TOTAL: usize = 60_000_000;
/// Sets that are asked where the search gave up: how large, and for how many lines of one list.
const SETS: Limits = Limits { nodes: 400_000, steps: 3_000_000 };
const MAX_ASKED: usize = 16;
/// How many lines about every address are looked at first.
const MAX_BROAD: usize = 32;
/// Up to this many lines that cover another are told apart into those that are needed for it and the others.
const MAX_TRIED: usize = 48;

/// An ordered list of lines, ready for questions.
pub struct Ordered<'l> {
    lines: &'l [Line],
    default: bool,
    faces: &'l [FaceId],
    contexts: u32,
    never: &'l [PacketBox],
    ranked: Vec<Ranked>,
    /// From the first to the last piece of each side: most pairs are told apart by it.
    hulls: Vec<[(u32, u32); SIDES]>,
    /// Sides, as bits, that are one range: exactly the hull.
    plain: Vec<u8>,
    /// The first lines that are about every address: whatever fits them is looked at before all others.
    broad: Vec<usize>,
    /// Boxes of packets that do not exist: the last of `ranked`.
    impossible: std::ops::Range<usize>,
    /// Where lines are found by their destinations and by their sources.
    index: [Index; 2],
    /// The lines that share a packet with one, of the line that was asked about last.
    near: (usize, Vec<Entry>),
    work: usize,
    asked: usize,
}

/// A line in a search, and whether a packet that it decides is what is searched for.
#[derive(Debug, Clone, Copy)]
struct Entry {
    line: u32,
    wanted: bool,
    /// Sides, as bits, on which it covers all that is searched.
    covers: u8,
}

impl<'l> Ordered<'l> {
    /// A list in a space with these attachments and contexts. `default` says what happens to packets that no line matches;
    /// packets of `never` are not given to the list at all.
    #[must_use]
    pub fn new(lines: &'l [Line], default: bool, faces: &'l [FaceId], contexts: u32, never: &'l [PacketBox]) -> Self {
        let ranks = Ranks::new(boxes(lines).chain(never), AddrSet::all(faces), contexts.max(1) - 1);
        let mut ranked: Vec<Ranked> = boxes(lines).map(|b| ranks.of(b)).collect();
        ranked.extend(ranks.impossible());
        ranked.extend(never.iter().map(|b| ranks.of(b)));
        let impossible = lines.len()..ranked.len();
        let hull = |r: &Ranked| {
            std::array::from_fn(|side| match r.0[side].as_slice() {
                [] => (1, 0),
                [(a, b)] | [(a, _), .., (_, b)] => (*a, *b),
            })
        };
        let hulls: Vec<[(u32, u32); SIDES]> = ranked.iter().map(hull).collect();
        let index = [DESTINATIONS, SOURCES].map(|side| Index::new(hulls[..lines.len()].iter().map(|h| h[side])));
        let near = (usize::MAX, Vec::new());
        let one = |r: &Ranked| (0..SIDES).filter(|&s| r.0[s].len() == 1).fold(0, |all, s| all | 1 << s);
        let plain = ranked.iter().map(one).collect();
        let widest = |side: usize| hulls[..lines.len()].iter().map(|h| h[side].1).max().unwrap_or(0);
        let [to, from] = [DESTINATIONS, SOURCES].map(|side| (side, widest(side)));
        let every = |h: &[(u32, u32); SIDES]| [to, from].iter().all(|&(side, last)| h[side] == (0, last));
        let broad = (0..lines.len()).filter(|&i| every(&hulls[i])).take(MAX_BROAD).collect();
        Self {
            broad,
            lines,
            default,
            faces,
            contexts,
            never,
            ranked,
            hulls,
            plain,
            impossible,
            index,
            near,
            work: 0,
            asked: 0,
        }
    }

    /// Whether any packet fits line `i`. `None`: not settled.
    pub fn fits(&mut self, i: usize) -> Option<bool> {
        let list = self.list(i, 0..0, |_| false);
        self.search(i, &list, true)
    }

    /// Whether line `i` decides some packet. `None`: not settled.
    pub fn decides(&mut self, i: usize) -> Option<bool> {
        if self.broadly_covered(i).is_some() {
            return Some(false);
        }
        let list = self.list(i, 0..i, |_| false);
        self.search(i, &list, true).or_else(|| {
            let mut space = self.space()?;
            let own = self.own(&mut space, i).ok()?;
            let before = list.iter().filter_map(|e| self.lines.get(e.line as usize)).map(|l| &l.packets);
            Some(space.left_of(own, before).ok()? != space.none())
        })
    }

    /// Whether some packet would fare otherwise without line `i`. `None`: not settled.
    pub fn matters(&mut self, i: usize) -> Option<bool> {
        let permit = self.lines[i].permit;
        let lines = self.lines;
        let list = self.list(i, 0..lines.len(), |j| j > i && lines[j].permit != permit);
        self.search(i, &list, self.default != permit).or_else(|| {
            let mut space = self.space()?;
            let others = |space: &mut Space, with: bool| -> Result<_, TooLarge> {
                let mut near: Vec<usize> = list.iter().map(|e| e.line as usize).filter(|&j| j < lines.len()).collect();
                near.extend(with.then_some(i));
                near.sort_unstable();
                let near: Vec<Line> = near.into_iter().map(|j| lines[j].clone()).collect();
                let own = self.own(space, i)?;
                let passes = space.first_match(&near, self.default)?;
                space.and(own, passes)
            };
            Some(others(&mut space, true).ok()? != others(&mut space, false).ok()?)
        })
    }

    /// Whether every packet that fits line `i` fits line `j`.
    pub fn covered_by(&mut self, i: usize, j: usize) -> bool {
        let list = self.list(i, j..j + 1, |_| false);
        self.search(i, &list, true) == Some(false)
    }

    /// Lines before `i` that together match everything that fits it; as few as can be told quickly, and the least of them if
    /// one is enough. Only asked where `i` decides nothing.
    pub fn covering(&mut self, i: usize) -> Vec<usize> {
        if let Some(one) = self.broadly_covered(i) {
            return vec![one];
        }
        let count = self.lines.len();
        let mut list = self.list(i, 0..i, |_| false);
        let near: Vec<usize> = list.iter().map(|e| e.line as usize).filter(|&j| j < count).collect();
        if let Some(&one) = near.iter().find(|&&j| self.covered_by(i, j)) {
            return vec![one];
        }
        if near.len() <= MAX_TRIED {
            for &j in near.iter().rev() {
                let without: Vec<Entry> = list.iter().copied().filter(|e| e.line as usize != j).collect();
                if self.search(i, &without, true) == Some(false) {
                    list = without;
                }
            }
        }
        list.into_iter().map(|e| e.line as usize).filter(|&j| j < count).collect()
    }

    /// A line before `i` about every address that matches all that fits it: found without looking at the others.
    fn broadly_covered(&self, i: usize) -> Option<usize> {
        let all = (1 << SIDES) - 1;
        let covers = |&j: &usize| self.entry(i, j).is_some_and(|e| e.covers == all);
        self.broad.iter().copied().take_while(|&j| j < i).find(covers)
    }

    /// The packets that fit line `i` and are given to the list.
    fn own(&self, space: &mut Space, i: usize) -> Result<PacketSet, TooLarge> {
        let own = space.of(&self.lines[i].packets)?;
        space.left_of(own, self.never)
    }

    /// The lines before `i` that may share a packet with it, in order.
    pub fn before(&mut self, i: usize) -> Vec<usize> {
        self.list(i, 0..i, |_| false).into_iter().map(|e| e.line as usize).filter(|&j| j < i).collect()
    }

    fn space(&mut self) -> Option<Space> {
        self.asked += 1;
        (self.asked <= MAX_ASKED).then(|| Space::new(self.faces, self.contexts, SETS).ok()).flatten()
    }

    /// The packets that do not exist, and those of these lines, but `i`, that share a packet with it.
    fn list(&mut self, i: usize, among: std::ops::Range<usize>, wanted: impl Fn(usize) -> bool) -> Vec<Entry> {
        if among.len() <= 1 {
            let lines = self.impossible.clone().chain(among).filter(|&j| j != i);
            return lines.filter_map(|j| self.entry(i, j)).collect();
        }
        if self.near.0 != i {
            let lines = self.impossible.clone().chain(self.find(i)).filter(|&j| j != i);
            self.near = (i, lines.filter_map(|j| self.entry(i, j)).collect());
        }
        let some = self.near.1.iter().filter(|e| {
            let j = e.line as usize;
            self.impossible.contains(&j) || among.contains(&j)
        });
        some.map(|&e| Entry { wanted: (e.line as usize) < self.lines.len() && wanted(e.line as usize), ..e }).collect()
    }

    /// Line `j` in a search about line `i`, if they share a packet. Most pairs are settled without looking at their ranges.
    fn entry(&self, i: usize, j: usize) -> Option<Entry> {
        let (own, other) = (&self.hulls[i], &self.hulls[j]);
        if !(0..SIDES).all(|s| own[s].0 <= other[s].1 && other[s].0 <= own[s].1) {
            return None;
        }
        let mut covering = 0;
        for s in 0..SIDES {
            let around = other[s].0 <= own[s].0 && own[s].1 <= other[s].1;
            let plain = self.plain[j] >> s & 1 == 1;
            if around && (plain || covers(&self.ranked[j].0[s], &self.ranked[i].0[s])) {
                covering |= 1 << s;
            } else if !(plain && self.plain[i] >> s & 1 == 1 || meet(&self.ranked[i].0[s], &self.ranked[j].0[s])) {
                return None;
            }
        }
        Some(Entry { line: j as u32, wanted: false, covers: covering })
    }

    /// The lines that share a packet with line `i`, roughly, in order.
    fn find(&mut self, i: usize) -> Vec<usize> {
        let hull = self.hulls[i];
        let [to, from] = [(0, DESTINATIONS), (1, SOURCES)].map(|(k, side)| self.index[k].near(hull[side]));
        let size = |spans: &[&[(u32, u32)]]| spans.iter().map(|s| s.len()).sum::<usize>();
        let spans = if size(&to) <= size(&from) { to } else { from };
        self.work += size(&spans) / 4;
        let meets = |&j: &usize| {
            let other = &self.hulls[j];
            (0..SIDES).all(|s| hull[s].0 <= other[s].1 && other[s].0 <= hull[s].1)
        };
        let mut near: Vec<usize> = spans.concat().into_iter().map(|(_, j)| j as usize).filter(meets).collect();
        near.sort_unstable();
        near
    }

    /// Whether a packet of line `i` is decided by a wanted line of a list, or, where no line matches, `rest` is wanted.
    fn search(&mut self, i: usize, list: &[Entry], rest: bool) -> Option<bool> {
        if self.ranked[i].0.iter().any(Vec::is_empty) {
            return Some(false);
        }
        if self.work > MAX_TOTAL {
            return None;
        }
        // The sides that most lines cut come first, and leave short lists for the others.
        let mut order: [usize; SIDES] = std::array::from_fn(|s| s);
        let cutting = |s: usize| list.iter().filter(|e| e.covers >> s & 1 == 0).count();
        order.sort_by_key(|&s| std::cmp::Reverse(cutting(s)));
        let mut work = 0;
        let found =
            if self.probe(i, list, rest, &order) { Some(true) } else { self.look(i, list, rest, &order, &mut work) };
        self.work += work + list.len();
        found
    }

    /// Looks at one packet: on each side, in the piece in which the fewest lines are left. Mostly that is enough.
    fn probe(&self, i: usize, list: &[Entry], rest: bool, sides: &[usize]) -> bool {
        let mut list = list.to_vec();
        for &side in sides {
            let own = &self.ranked[i].0[side];
            let mut events: Vec<(u32, bool)> = Vec::new();
            for entry in list.iter().filter(|e| e.covers >> side & 1 == 0) {
                for &(a, b) in &self.ranked[entry.line as usize].0[side] {
                    // Ends come before beginnings at the same place.
                    events.extend([(a, true), (b + 1, false)]);
                }
            }
            events.sort_unstable();
            let (mut active, mut best, mut next) = (0usize, (usize::MAX, 0), events.iter().peekable());
            for &(first, last) in own {
                let mut at = first;
                loop {
                    while let Some(&&(_, begins)) = next.peek().filter(|e| e.0 <= at) {
                        next.next();
                        active = if begins { active + 1 } else { active - 1 };
                    }
                    best = best.min((active, at));
                    match next.peek() {
                        Some(&&(number, _)) if number <= last => at = number,
                        _ => break,
                    }
                }
            }
            let point = [(best.1, best.1)];
            list.retain(|e| e.covers >> side & 1 == 1 || covers(&self.ranked[e.line as usize].0[side], &point));
        }
        list.first().map_or(rest, |e| e.wanted)
    }

    fn look(&self, i: usize, list: &[Entry], rest: bool, sides: &[usize], work: &mut usize) -> Option<bool> {
        // The first line that matches all that is left decides what no line before it does.
        let left = sides.iter().fold(0u8, |all, s| all | 1 << s);
        let whole = list.iter().position(|e| e.covers & left == left);
        let (mut list, rest) = whole.map_or((list, rest), |k| (&list[..k], list[k].wanted));
        while let [before @ .., last] = list
            && last.wanted == rest
        {
            list = before;
        }
        *work += list.len() + 1;
        if *work > MAX_WORK {
            return None;
        }
        let Some((&side, onward)) = sides.split_first() else { return Some(rest) };
        if list.is_empty() || !rest && !list.iter().any(|e| e.wanted) {
            return Some(rest);
        }
        let mut seen: BTreeSet<Vec<u32>> = BTreeSet::new();
        let mut parts = self.parts(i, list, side, work);
        parts.sort_by_key(Vec::len);
        for part in parts {
            if seen.insert(part.clone()) {
                let near: Vec<Entry> = part.iter().map(|&k| list[k as usize]).collect();
                if self.look(i, &near, rest, onward, work)? {
                    return Some(true);
                }
            }
        }
        Some(false)
    }

    /// For each piece of a side of line `i` that lines of a list tell apart, which of them are there.
    fn parts(&self, i: usize, list: &[Entry], side: usize, work: &mut usize) -> Vec<Vec<u32>> {
        let own = &self.ranked[i].0[side];
        // Where a line begins and ends within a range of the side; those that cover all of it are everywhere.
        let mut events: Vec<(u32, bool, u32)> = Vec::new();
        let everywhere = |e: &Entry| e.covers >> side & 1 == 1;
        for (k, entry) in list.iter().enumerate().filter(|(_, e)| !everywhere(e)) {
            let ranges = &self.ranked[entry.line as usize].0[side];
            for &(first, last) in own {
                let near = ranges.partition_point(|r| r.1 < first);
                for &(a, b) in ranges[near..].iter().take_while(|r| r.0 <= last) {
                    events.push((a.max(first), true, k as u32));
                    events.push((b.min(last) + 1, false, k as u32));
                }
            }
        }
        events.sort_unstable();
        let mut active: BTreeSet<u32> = (0..list.len() as u32).filter(|&k| everywhere(&list[k as usize])).collect();
        let mut parts = Vec::new();
        let mut next = events.into_iter().peekable();
        for &(first, last) in own {
            let mut at = first;
            loop {
                while let Some(&(number, begins, k)) = next.peek().filter(|e| e.0 <= at) {
                    debug_assert!(number == at || !begins);
                    next.next();
                    if begins {
                        active.insert(k);
                    } else {
                        active.remove(&k);
                    }
                }
                *work += active.len() + 1;
                parts.push(active.iter().copied().collect());
                match next.peek() {
                    Some(&(number, ..)) if number <= last && *work <= MAX_WORK => at = number,
                    _ => break,
                }
            }
        }
        parts
    }
}

fn boxes(lines: &[Line]) -> impl Iterator<Item = &PacketBox> {
    lines.iter().map(|l| &l.packets)
}

/// Ranges by where they begin, those of about one length together.
struct Index {
    /// For each length, up to a power of two: beginnings and lines, in order.
    by_length: Vec<Vec<(u32, u32)>>,
}

impl Index {
    fn new(ranges: impl Iterator<Item = (u32, u32)>) -> Self {
        let mut by_length = vec![Vec::new(); 33];
        for (line, (first, last)) in ranges.enumerate().filter(|(_, r)| r.0 <= r.1) {
            let length = 32 - (last - first).leading_zeros();
            by_length[length as usize].push((first, line as u32));
        }
        by_length.iter_mut().for_each(|lines| lines.sort_unstable());
        Self { by_length }
    }

    /// All that may meet a range, in parts.
    fn near(&self, (first, last): (u32, u32)) -> Vec<&[(u32, u32)]> {
        let part = |(length, lines): (usize, &'_ Vec<(u32, u32)>)| {
            let longest = (1u64 << length) - 1;
            let from = lines.partition_point(|&(at, _)| u64::from(at) + longest < u64::from(first));
            let to = lines.partition_point(|&(at, _)| at <= last);
            from..to.max(from)
        };
        self.by_length.iter().enumerate().map(|(k, lines)| &lines[part((k, lines))]).collect()
    }
}
