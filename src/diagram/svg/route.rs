//! After the layered layout: less empty space between the layers, and lines that pass straight
//! through a layer, turn only between layers, and end side by side on their things.

use super::curve::leave;
use super::layout::{Job, Placed};
use super::thing::border;
use super::xml::{Point, Rect};
use crate::diagram::kinds::Flow;
use crate::diagram::picture::NodeId;

/// The widest empty stripe left between two layers, downwards and to the right.
const STRIPE: (f64, f64) = (14.0, 26.0);
/// How far a line runs straight before it reaches a thing, so that its head is seen.
const STUB: f64 = 12.0;

/// Which coordinate runs along the direction in which trust falls.
#[derive(Clone, Copy)]
pub(super) struct Axis(pub(super) Flow);

impl Axis {
    pub(super) fn along(self, p: Point) -> f64 {
        if self.0 == Flow::Down { p.y } else { p.x }
    }

    pub(super) fn across(self, p: Point) -> f64 {
        if self.0 == Flow::Down { p.x } else { p.y }
    }

    pub(super) fn point(self, along: f64, across: f64) -> Point {
        match self.0 {
            Flow::Down => Point::new(across, along),
            Flow::Right => Point::new(along, across),
        }
    }

    fn set(self, p: &mut Point, along: f64) {
        *p = self.point(along, self.across(*p));
    }

    pub(super) fn span(self, r: Rect) -> (f64, f64) {
        match self.0 {
            Flow::Down => (r.y, r.bottom()),
            Flow::Right => (r.x, r.right()),
        }
    }
}

/// Takes out empty stripes that run through the whole picture.
pub(super) fn squeeze(job: &Job<'_>, placed: &mut Placed) {
    let axis = Axis(job.flow);
    let most = if job.flow == Flow::Down { STRIPE.0 } else { STRIPE.1 };
    let mut taken: Vec<(f64, f64)> = Vec::new();
    let grown = |(from, to): (f64, f64), by: f64| (from - by, to + by);
    for (at, size) in placed.nodes.iter().zip(&job.nodes) {
        taken.push(grown(axis.span(Rect::around(*at, *size)), 9.0));
    }
    for (at, size) in placed.labels.iter().zip(&job.labels) {
        taken.extend(at.map(|at| grown(axis.span(Rect::around(at, *size)), 3.0)));
    }
    for rect in placed.clusters.iter().flatten() {
        let (from, to) = axis.span(*rect);
        taken.extend([(from - 8.0, from + 1.0), (to - 1.0, to + 8.0)]);
    }
    take_out(axis, placed, taken, most);
}

/// Takes out empty stripes along the direction of trust: what stands far apart comes nearer, lines with it.
pub(super) fn squeeze_across(job: &Job<'_>, placed: &mut Placed) {
    let axis = Axis(match job.flow {
        Flow::Down => Flow::Right,
        Flow::Right => Flow::Down,
    });
    let mut taken: Vec<(f64, f64)> = Vec::new();
    for (at, size) in placed.nodes.iter().zip(&job.nodes) {
        let (from, to) = axis.span(Rect::around(*at, *size));
        taken.push((from - 16.0, to + 16.0));
    }
    for (at, size) in placed.labels.iter().zip(&job.labels) {
        taken.extend(at.map(|at| axis.span(Rect::around(at, *size))));
    }
    for point in placed.bends.iter().flatten() {
        let at = axis.along(*point);
        taken.push((at - 8.0, at + 8.0));
    }
    for rect in placed.clusters.iter().flatten() {
        let (from, to) = axis.span(*rect);
        taken.extend([(from - 10.0, from + 10.0), (to - 10.0, to + 10.0)]);
    }
    take_out(axis, placed, taken, 30.0);
}

/// Moves everything together so that no stripe between what is `taken` is wider than `most`.
fn take_out(axis: Axis, placed: &mut Placed, mut taken: Vec<(f64, f64)>, most: f64) {
    taken.sort_by(|a, b| a.0.total_cmp(&b.0));
    // Empty stripes as (where one ends, how much of it goes).
    let mut cuts: Vec<(f64, f64, f64)> = Vec::new();
    let mut reach = taken.first().map_or(0.0, |t| t.0);
    for (from, to) in taken {
        if from - reach > most {
            cuts.push((reach, from, most / (from - reach)));
        }
        reach = reach.max(to);
    }
    let moved = |at: f64| {
        let gone = cuts.iter().map(|(from, to, left)| (at.clamp(*from, *to) - from) * (1.0 - left));
        at - gone.sum::<f64>()
    };
    let bends = placed.bends.iter_mut().flatten();
    let labels = placed.labels.iter_mut().flatten();
    for point in placed.nodes.iter_mut().chain(bends).chain(labels) {
        let at = moved(axis.along(*point));
        axis.set(point, at);
    }
    for rect in placed.clusters.iter_mut().flatten() {
        let (from, to) = axis.span(*rect);
        let (from, to) = (moved(from), moved(to));
        match axis.0 {
            Flow::Down => (rect.y, rect.h) = (from, to - from),
            Flow::Right => (rect.x, rect.w) = (from, to - from),
        }
    }
}

/// Replaces bends: straight through every layer, and to a place of its own on each thing.
pub(super) fn straighten(job: &Job<'_>, placed: &mut Placed) {
    let axis = Axis(job.flow);
    let layers = layers(job, placed, axis);
    let through = |p: Point| layers.iter().find(|l| (l.0 - axis.along(p)).abs() < 0.6);
    let rects: Vec<_> = placed.nodes.iter().zip(&job.nodes).map(|(at, size)| Rect::around(*at, *size)).collect();
    let ports = ports(job, placed, axis, &rects);
    for (at, edge) in job.picture.edges.iter().enumerate() {
        if placed.bends[at].is_empty() || edge.from == edge.to {
            placed.bends[at].clear();
            continue;
        }
        let old = std::mem::take(&mut placed.bends[at]);
        let mut way = Vec::new();
        let end = |node: NodeId, near: Point, port: f64| -> [Point; 2] {
            let rect = rects[node.0];
            let (low, high) = axis.span(rect);
            let after = axis.along(near) > axis.along(rect.centre());
            let far = if after { high + 1.0 } else { low - 1.0 };
            let start = axis.point(axis.along(rect.centre()), port);
            let shape = job.picture.nodes[node.0].shape;
            let touch = leave(&border(shape, rect), start, axis.point(far, port));
            let layer = through(rect.centre()).map_or(0.0, |l| l.1 / 2.0);
            let out = axis.along(rect.centre()) + if after { layer } else { -layer };
            [touch, axis.point(out, port)]
        };
        let (near, far) = (old[0], old[old.len() - 1]);
        let (from, to) = (end(edge.from, near, ports[at].0), end(edge.to, far, ports[at].1));
        way.extend(from);
        let mut last = axis.along(from[1]);
        for p in old {
            let half = through(p).map_or(0.0, |l| l.1 / 2.0);
            let forward = axis.along(p) >= last;
            last = axis.along(p);
            let half = if forward { half } else { -half };
            way.push(axis.point(last - half, axis.across(p)));
            way.push(axis.point(last + half, axis.across(p)));
        }
        way.extend([to[1], to[0]]);
        placed.bends[at] = simplify(way);
    }
}

/// The layers: their middles, and how far the things and words in them reach.
fn layers(job: &Job<'_>, placed: &Placed, axis: Axis) -> Vec<(f64, f64)> {
    let mut layers: Vec<(f64, f64)> = Vec::new();
    let nodes = placed.nodes.iter().copied().zip(job.nodes.iter().map(|s| (*s, 2.0 * STUB)));
    let labels = placed.labels.iter().zip(&job.labels);
    let labels = labels.filter_map(|(at, size)| Some(((*at)?, (*size, 4.0))));
    for (at, ((w, h), more)) in nodes.chain(labels) {
        let (middle, size) = (axis.along(at), if axis.0 == Flow::Down { h } else { w } + more);
        match layers.iter_mut().find(|l| (l.0 - middle).abs() < 0.6) {
            Some(layer) => layer.1 = layer.1.max(size),
            None => layers.push((middle, size)),
        }
    }
    layers
}

/// Where on its two things every line ends, across the direction of trust.
fn ports(job: &Job<'_>, placed: &Placed, axis: Axis, rects: &[Rect]) -> Vec<(f64, f64)> {
    let edges = &job.picture.edges;
    // Every end as (thing, whether on its far side, where the line comes from, edge, which end).
    let mut ends: Vec<(NodeId, bool, f64, usize, bool)> = Vec::new();
    for (at, edge) in edges.iter().enumerate().filter(|(_, e)| e.from != e.to) {
        if let (Some(first), Some(last)) = (placed.bends[at].first(), placed.bends[at].last()) {
            for (node, near, is_to) in [(edge.from, first, false), (edge.to, last, true)] {
                let after = axis.along(*near) > axis.along(rects[node.0].centre());
                ends.push((node, after, axis.across(*near), at, is_to));
            }
        }
    }
    ends.sort_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)).then(a.2.total_cmp(&b.2)).then(a.3.cmp(&b.3)));
    let mut ports = vec![(0.0, 0.0); edges.len()];
    for group in ends.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
        let rect = rects[group[0].0.0];
        let middle = axis.across(rect.centre());
        let room = 0.62 * if axis.0 == Flow::Down { rect.w } else { rect.h };
        let step = (room / group.len() as f64).min(30.0);
        for (place, (_, _, from, at, is_to)) in group.iter().enumerate() {
            let even = middle + (place as f64 - (group.len() as f64 - 1.0) / 2.0) * step;
            // A line alone on its side runs straight on if the thing is wide enough.
            let alone = group.len() == 1 && (from - middle).abs() <= room / 2.0;
            let port = if alone { *from } else { even };
            if *is_to {
                ports[*at].1 = port;
            } else {
                ports[*at].0 = port;
            }
        }
    }
    ports
}

/// The same way without points in the middle of a straight piece.
fn simplify(way: Vec<Point>) -> Vec<Point> {
    let mut out: Vec<Point> = Vec::new();
    for p in way {
        if out.last().is_some_and(|last| last.distance(p) < 0.5) {
            continue;
        }
        if let [.., a, b] = out[..] {
            let turn = (b.x - a.x) * (p.y - b.y) - (b.y - a.y) * (p.x - b.x);
            let ahead = (b.x - a.x) * (p.x - b.x) + (b.y - a.y) * (p.y - b.y);
            if turn.abs() < 0.5 * a.distance(b).max(1.0) && ahead > 0.0 {
                out.pop();
            }
        }
        out.push(p);
    }
    out
}
