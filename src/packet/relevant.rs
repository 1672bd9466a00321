//! Which devices can matter to packets between some zones: all others need not be walked.
//!
//! Zones and devices form a graph. A part of it that hangs on a single zone gives packets back, if at all, in the zone where
//! it took them. It changes nothing if no device in it translates, leaves a mark that the packets would not have anyway, or
//! is handed packets by a route (`P-NEXT`): whatever comes of a walk through it comes of the walk without that detour, too.
//! What hangs on a device keeps the zone there: a packet may come back from that zone by the device itself.
//!
//! Taking away, again and again, what has one neighbour left makes trees, which hang on what cannot be taken away, the core (in
//! a drawing without a loop there is none). What matters are the ways in the trees between the ends, and the core if they lead there.
//!
//! Not here: what a device lets through.

use rustc_hash::FxHashMap;

use super::walk::Marks;
use crate::model::{Id, Model, TransitId, ZoneId};

/// A model ready to be asked.
pub(super) struct Relevant<'m> {
    marks_of: &'m [Marks],
    /// Some route names the device that is handed packets: then every device may matter.
    handed: bool,
    graph: Graph,
    /// On what each place hangs; `None` for the last of a tree and for the core.
    parent: Vec<Option<usize>>,
    /// The devices of each core, and the core of each place that is in one.
    cores: Vec<Vec<usize>>,
    core: Vec<Option<usize>>,
    /// The devices that translate.
    translate: Vec<usize>,
}

/// Zones and, behind them, devices, each with its neighbours.
struct Graph {
    zones: usize,
    next: Vec<Vec<usize>>,
}

impl Graph {
    fn of(model: &Model) -> Self {
        let zones = model.zones.len();
        let mut next = vec![Vec::new(); zones + model.transits.len()];
        for (id, t) in model.transits.iter() {
            let mut joined: Vec<usize> = t.zones.iter().map(|z| z.index()).collect();
            joined.sort_unstable();
            joined.dedup();
            joined.iter().for_each(|&z| next[z].push(zones + id.index()));
            next[zones + id.index()] = joined;
        }
        Self { zones, next }
    }
}

impl<'m> Relevant<'m> {
    pub(super) fn new(model: &'m Model, marks_of: &'m [Marks]) -> Self {
        let graph = Graph::of(model);
        let mut degree: Vec<usize> = graph.next.iter().map(Vec::len).collect();
        let mut left = vec![true; degree.len()];
        let mut parent = vec![None; degree.len()];
        let mut work: Vec<usize> = (0..degree.len()).filter(|&v| degree[v] <= 1).collect();
        while let Some(v) = work.pop() {
            if !std::mem::take(&mut left[v]) {
                continue;
            }
            if let Some(&n) = graph.next[v].iter().find(|&&n| left[n]) {
                parent[v] = Some(n);
                degree[n] -= 1;
                if degree[n] <= 1 {
                    work.push(n);
                }
            }
        }
        let (mut cores, mut core) = (Vec::new(), vec![None; left.len()]);
        for start in 0..left.len() {
            if !left[start] || core[start].is_some() {
                continue;
            }
            let mut devices = Vec::new();
            core[start] = Some(cores.len());
            let mut work = vec![start];
            while let Some(v) = work.pop() {
                devices.extend(v.checked_sub(graph.zones));
                for &n in graph.next[v].iter().filter(|&&n| left[n]) {
                    if core[n].replace(cores.len()).is_none() {
                        work.push(n);
                    }
                }
            }
            cores.push(devices);
        }
        let handed = super::route::any_hands_over(model.transits.values());
        let translates = model.transits.iter().filter(|(_, t)| t.translates());
        let translate = translates.map(|(id, _)| id.index()).collect();
        Self { marks_of, handed, graph, parent, cores, core, translate }
    }

    /// The devices that can matter to packets from a zone that end in some others, sorted; `None` for all.
    pub(super) fn between(&self, from: ZoneId, ends: &[ZoneId]) -> Option<Vec<TransitId>> {
        // Within one zone a detour is another walk than none: the machines may be kept apart there.
        if self.handed || ends.contains(&from) {
            return None;
        }
        let zones = || ends.iter().chain([&from]).map(|z| z.index());
        let device = |&d: &usize| self.graph.zones + d;
        let way = self.kept(zones().chain(self.translate.iter().map(device)));
        let forced = way.iter().filter(|&&d| self.marks_of[d] != 0 && self.separates(d, &way, from, ends));
        let marks = forced.fold(0, |m, &d| m | self.marks_of[d]);
        let marked: Vec<usize> = (0..self.marks_of.len()).filter(|&d| self.marks_of[d] & !marks != 0).collect();
        let all = if marked.is_empty() {
            way
        } else {
            self.kept(zones().chain(self.translate.iter().chain(&marked).map(device)))
        };
        Some(all.into_iter().map(TransitId::new).collect())
    }

    /// The devices on the ways between some places.
    fn kept(&self, places: impl Iterator<Item = usize>) -> Vec<usize> {
        let mut on_way: FxHashMap<usize, OnWay> = FxHashMap::default();
        let mut tops: Vec<usize> = Vec::new();
        for place in places {
            on_way.entry(place).or_default().end = true;
            let mut v = place;
            while !std::mem::replace(&mut on_way.entry(v).or_default().seen, true) {
                let Some(up) = self.parent[v] else {
                    tops.push(v);
                    break;
                };
                let above = on_way.entry(up).or_default();
                above.below += 1;
                above.last = v;
                v = up;
            }
        }
        // The devices of the cores that are on the way, or a part of the way.
        let mut whole: Vec<usize> = Vec::new();
        for &top in &tops {
            if let Some(core) = self.core[top] {
                let alone = tops.iter().all(|&t| t == top || self.core[t] != Some(core));
                if !alone || on_way[&top].end || top >= self.graph.zones {
                    whole.push(core);
                    continue;
                }
            }
            // What only leads on to one place below is not between any two.
            let mut v = top;
            while let Some(w) = on_way.get(&v).filter(|w| !w.end && w.below == 1) {
                let below = w.last;
                on_way.remove(&v);
                v = below;
            }
        }
        whole.sort_unstable();
        whole.dedup();
        let mut devices: Vec<usize> = on_way.keys().filter_map(|v| v.checked_sub(self.graph.zones)).collect();
        devices.extend(whole.into_iter().flat_map(|core| &self.cores[core]));
        devices.sort_unstable();
        devices.dedup();
        devices
    }

    /// Whether every walk among some devices from a zone to others passes a device.
    fn separates(&self, device: usize, among: &[usize], from: ZoneId, ends: &[ZoneId]) -> bool {
        let mut seen = vec![from.index()];
        let mut at = 0;
        while let Some(&zone) = seen.get(at) {
            at += 1;
            for &d in among.iter().filter(|&&d| d != device) {
                let joined = &self.graph.next[self.graph.zones + d];
                if joined.binary_search(&zone).is_ok() {
                    let new: Vec<usize> = joined.iter().copied().filter(|z| !seen.contains(z)).collect();
                    seen.extend(new);
                }
            }
        }
        ends.iter().all(|z| !seen.contains(&z.index()))
    }
}

/// A place on the way from the ends up to where the trees hang.
#[derive(Default)]
struct OnWay {
    seen: bool,
    end: bool,
    /// How many places below it are on the way, and one of them.
    below: usize,
    last: usize,
}
