//! After the layered layout: things, bends and zones moved across the layers until lines are short and zones narrow.
//!
//! Nothing passes a neighbour in its layer, so no line crosses another that it did not cross before. It is a descent
//! on a sum of distances: whatever stands in the way is pushed, and a group moves as long as that makes the sum less.

use rustc_hash::FxHashMap;

use super::layout::{Job, Placed};
use super::relax::{What, layers, shift};
use super::route::Axis;
use super::xml::Rect;
use crate::diagram::kinds::{Flow, Mark};

const SWEEPS: usize = 40;
/// How many things may be looked at in all; a picture of hundreds of lines is left as it is then.
const WORK: usize = 12_000_000;
/// Closer than this is the same place.
const SAME: f64 = 0.01;

/// A distance that counts, so many times.
struct Pull {
    a: usize,
    b: usize,
    weight: f64,
}

/// Everything that can move across, and what holds it.
#[derive(Default)]
struct Board {
    at: Vec<f64>,
    /// For each: who stands after it, and how near they may come.
    after: Vec<Vec<(usize, f64)>>,
    before: Vec<Vec<(usize, f64)>>,
    pulls: Vec<Pull>,
    pulls_of: Vec<Vec<usize>>,
    /// The number of the last group each was in.
    member: Vec<u32>,
    groups: u32,
    work: usize,
}

/// Moves everything together.
pub(super) fn compact(job: &Job<'_>, placed: &mut Placed) {
    let axis = Axis(job.flow);
    let mut ids: FxHashMap<(u8, usize, usize), usize> = FxHashMap::default();
    let mut whats: Vec<What> = Vec::new();
    let mut board = Board::default();
    let mut id = |what: What, at: f64, board: &mut Board| {
        *ids.entry(key(what)).or_insert_with(|| {
            whats.push(what);
            board.at.push(at);
            board.after.push(Vec::new());
            board.before.push(Vec::new());
            board.pulls_of.push(Vec::new());
            board.member.push(0);
            board.at.len() - 1
        })
    };
    for layer in layers(job, placed, axis) {
        let row: Vec<(usize, f64)> = layer.iter().map(|i| (id(i.what, i.at, &mut board), i.half)).collect();
        for pair in row.windows(2) {
            let ((a, half_a), (b, half_b)) = (pair[0], pair[1]);
            // What is nearer already may stay so.
            let least = (half_a + half_b).min(board.at[b] - board.at[a]);
            board.after[a].push((b, least));
            board.before[b].push((a, least));
        }
    }
    for (at, edge) in job.picture.edges.iter().enumerate().filter(|(_, e)| e.from != e.to) {
        let mut way = vec![id(What::Node(edge.from.0), axis.across(placed.nodes[edge.from.0]), &mut board)];
        for (place, bend) in placed.bends[at].iter().enumerate() {
            way.push(id(What::Bend(at, place), axis.across(*bend), &mut board));
        }
        way.push(id(What::Node(edge.to.0), axis.across(placed.nodes[edge.to.0]), &mut board));
        let heavy = if edge.mark == Mark::None { 1.0 } else { 2.0 };
        let last = way.len().saturating_sub(2);
        for (step, pair) in way.windows(2).enumerate() {
            // A bend in the middle of a line is worse than one beside a thing.
            let inner = if step == 0 || step == last { 1.0 } else { 2.0 };
            board.pull(pair[0], pair[1], heavy * inner);
        }
    }
    for (zone, rect) in placed.clusters.iter().enumerate() {
        if let Some(rect) = rect {
            let [low, high] = axis.sides(*rect);
            let (a, b) = (id(What::Side(zone, false), low, &mut board), id(What::Side(zone, true), high, &mut board));
            board.pull(a, b, 2.0);
        }
    }
    board.settle();
    for (var, what) in whats.iter().enumerate() {
        let at = board.at[var];
        match *what {
            What::Node(n) => placed.nodes[n] = axis.point(axis.along(placed.nodes[n]), at),
            What::Bend(edge, place) => shift(placed, axis, edge, place, at),
            What::Side(zone, far) => {
                if let Some(rect) = &mut placed.clusters[zone] {
                    *rect = moved(*rect, job.flow, far, at);
                }
            }
        }
    }
}

fn key(what: What) -> (u8, usize, usize) {
    match what {
        What::Node(n) => (0, n, 0),
        What::Side(zone, far) => (1, zone, usize::from(far)),
        What::Bend(edge, place) => (2, edge, place),
    }
}

/// A rectangle with one of its sides across at another place.
fn moved(r: Rect, flow: Flow, far: bool, at: f64) -> Rect {
    match (flow, far) {
        (Flow::Down, false) => Rect::new(at, r.y, r.right() - at, r.h),
        (Flow::Down, true) => Rect::new(r.x, r.y, at - r.x, r.h),
        (Flow::Right, false) => Rect::new(r.x, at, r.w, r.bottom() - at),
        (Flow::Right, true) => Rect::new(r.x, r.y, r.w, at - r.y),
    }
}

impl Board {
    fn pull(&mut self, a: usize, b: usize, weight: f64) {
        self.pulls_of[a].push(self.pulls.len());
        self.pulls_of[b].push(self.pulls.len());
        self.pulls.push(Pull { a, b, weight });
    }

    /// Moves groups until nothing becomes shorter.
    fn settle(&mut self) {
        for _ in 0..SWEEPS {
            let mut better = false;
            for start in 0..self.at.len() {
                for forward in [true, false] {
                    for stiff in [false, true] {
                        better |= self.work < WORK && self.improve(start, forward, stiff);
                    }
                }
            }
            if !better {
                break;
            }
        }
    }

    /// Moves the group of one thing as far as it gains. A stiff group takes with it what stands in one line.
    fn improve(&mut self, start: usize, forward: bool, stiff: bool) -> bool {
        let sign = if forward { 1.0 } else { -1.0 };
        let mut moved = false;
        for _ in 0..8 {
            let group = self.group(start, forward, stiff);
            let inside = |v: usize| self.member[v] == self.groups;
            let (mut slope, mut room) = (0.0, f64::MAX);
            for &v in &group {
                let held = if forward { &self.after[v] } else { &self.before[v] };
                for &(other, least) in held.iter().filter(|(o, _)| !inside(*o)) {
                    room = room.min((self.at[other] - self.at[v]).abs() - least);
                }
                for pull in self.pulls_of[v].iter().map(|p| &self.pulls[*p]) {
                    let other = if pull.a == v { pull.b } else { pull.a };
                    if inside(other) {
                        continue;
                    }
                    let ahead = (self.at[other] - self.at[v]) * sign;
                    if ahead > SAME {
                        slope -= pull.weight;
                        room = room.min(ahead);
                    } else {
                        slope += pull.weight;
                    }
                }
            }
            if slope > -SAME || room < SAME || room == f64::MAX {
                break;
            }
            for &v in &group {
                self.at[v] += sign * room;
            }
            moved = true;
        }
        moved
    }

    /// What has to move if one thing does: the members of the newest group.
    fn group(&mut self, start: usize, forward: bool, stiff: bool) -> Vec<usize> {
        self.groups += 1;
        self.member[start] = self.groups;
        let mut group = vec![start];
        let mut next = 0;
        while let Some(&v) = group.get(next) {
            next += 1;
            let held = if forward { &self.after[v] } else { &self.before[v] };
            let pushed =
                held.iter().filter(|(o, least)| (self.at[*o] - self.at[v]).abs() - least < SAME).map(|(o, _)| *o);
            let line = self.pulls_of[v].iter().map(|p| &self.pulls[*p]).map(|p| if p.a == v { p.b } else { p.a });
            let line = line.filter(|o| stiff && (self.at[*o] - self.at[v]).abs() < SAME);
            self.work += held.len() + self.pulls_of[v].len();
            for other in pushed.chain(line) {
                if self.member[other] != self.groups {
                    self.member[other] = self.groups;
                    group.push(other);
                }
            }
        }
        group
    }
}
