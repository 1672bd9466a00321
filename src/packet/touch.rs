//! Which lines of rules tell pairs of classes apart, found without looking at each pair.
//!
//! Most lines are about few sources and few destinations, or treat all of one side alike. A line that does the latter tells
//! only the classes of the other side apart. For the others there is a list of the classes that they are about.
//!
//! Not here: what a line does to packets.

use super::classes::AddrClass;
use super::hop::Hops;
use crate::model::{Ternary, TransitId};

/// A line of one of some devices that a pair may match: as a request, or as a reply to it.
pub(super) type Touch = (u32, bool, u32, Ternary);

/// The lines of some devices, for the pairs of some sources and some classes that are asked for.
pub(super) struct Touches {
    /// For each source, the lines that it matches and that treat all alike that is asked for.
    pub(super) of_source: Vec<Vec<Touch>>,
    /// For each class that is asked for, the lines that it matches and that treat all sources alike.
    pub(super) of_asked: Vec<Vec<Touch>>,
    /// For each source, the other lines that it matches, each with the place of its list.
    open: Vec<Vec<(usize, Touch)>>,
    /// Who is asked for with such a line, in order.
    lists: Vec<Vec<(u32, Ternary)>>,
}

/// What one side of a line is to some classes.
#[derive(Debug, Clone, Copy, Default)]
struct Share {
    count: u32,
    /// How certain all of them are; `None` if they are not one of them, or differ.
    same: Option<Ternary>,
}

impl Share {
    fn add(&mut self, hit: Ternary) {
        self.same = if self.count == 0 || self.same == Some(hit) { Some(hit) } else { None };
        self.count += 1;
    }

    fn is_whole(self, all: usize) -> bool {
        self.count as usize == all && self.same.is_some()
    }
}

impl Touches {
    pub(super) fn new(hops: &Hops<'_>, devices: &[TransitId], sources: &[AddrClass], asked: &[AddrClass]) -> Self {
        let mut all = Self {
            of_source: vec![Vec::new(); sources.len()],
            of_asked: vec![Vec::new(); asked.len()],
            open: vec![Vec::new(); sources.len()],
            lists: Vec::new(),
        };
        for (at, &device) in devices.iter().enumerate() {
            for reply in [false, true] {
                all.add(hops, (at as u32, reply), device, sources, asked);
            }
        }
        all
    }

    fn add(
        &mut self,
        hops: &Hops<'_>,
        (at, reply): (u32, bool),
        device: TransitId,
        sources: &[AddrClass],
        asked: &[AddrClass],
    ) {
        // Who asks is the source of requests, and the destination of replies.
        let shares = |classes: &[AddrClass], as_source: bool| {
            let mut shares = vec![Share::default(); hops.lines(device)];
            for &c in classes {
                hops.near(device, as_source, c).for_each(|(line, hit)| shares[line].add(hit));
            }
            shares
        };
        let (ours, theirs) = (shares(sources, !reply), shares(asked, reply));
        let mut list_of: Vec<Option<usize>> = vec![None; ours.len()];
        for (i, &d) in asked.iter().enumerate() {
            for (line, hit) in hops.near(device, reply, d).filter(|(line, _)| ours[*line].count > 0) {
                if let Some(all) = ours[line].same.filter(|_| ours[line].is_whole(sources.len())) {
                    self.of_asked[i].push((at, reply, line as u32, all.and(hit)));
                } else if !theirs[line].is_whole(asked.len()) {
                    let list = *list_of[line].get_or_insert_with(|| {
                        self.lists.push(Vec::new());
                        self.lists.len() - 1
                    });
                    self.lists[list].push((i as u32, hit));
                }
            }
        }
        for (i, &s) in sources.iter().enumerate() {
            for (line, hit) in hops.near(device, !reply, s).filter(|(line, _)| theirs[*line].count > 0) {
                if let Some(list) = list_of[line] {
                    self.open[i].push((list, (at, reply, line as u32, hit)));
                } else if let Some(all) = theirs[line].same.filter(|_| !ours[line].is_whole(sources.len())) {
                    self.of_source[i].push((at, reply, line as u32, all.and(hit)));
                }
            }
        }
    }

    /// The other lines that a source meets with each class that is asked for, in order.
    pub(super) fn of_pairs(&self, source: usize) -> Vec<(u32, Touch)> {
        let mut met: Vec<(u32, Touch)> = Vec::new();
        for &(list, (at, reply, line, hit)) in &self.open[source] {
            met.extend(self.lists[list].iter().map(|&(i, other)| (i, (at, reply, line, hit.and(other)))));
        }
        met.sort_unstable();
        met
    }
}
