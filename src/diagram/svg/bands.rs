//! The plain layout for large pictures: one band per zone, things in rows, straight lines.
//!
//! It takes linear time and never fails. Lines may pass behind things; it is a map of the
//! zones, not a drawing of the wiring.

use super::curve::leave;
use super::layout::{Job, Layout, Placed, StripHeight};
use super::thing::border;
use super::xml::{Point, Rect};
use crate::diagram::kinds::{Flow, Mark};
use crate::diagram::picture::{ClusterId, NodeId};

const GAP: f64 = 30.0;
const PAD: f64 = 18.0;

/// Bands in order of trust.
pub(super) struct Bands<'a> {
    pub(super) strip: StripHeight<'a>,
}

/// A rectangle of things and zones, with places relative to its corner.
struct Block {
    w: f64,
    h: f64,
    nodes: Vec<(NodeId, Point)>,
    clusters: Vec<(ClusterId, Rect)>,
}

impl Layout for Bands<'_> {
    fn place(&self, job: &Job<'_>) -> Placed {
        let area: f64 = job.nodes.iter().map(|(w, h)| (w + GAP) * (h + GAP)).sum();
        let across = (area * 1.5 * job.ratio).sqrt().max(400.0);
        let all = self.fill(job, None, across, job.flow == Flow::Down);
        let mut placed = Placed {
            nodes: vec![Point::default(); job.nodes.len()],
            clusters: vec![None; job.picture.clusters.len()],
            bends: vec![Vec::new(); job.labels.len()],
            labels: vec![None; job.labels.len()],
        };
        for (node, at) in all.nodes {
            placed.nodes[node.0] = at;
        }
        for (cluster, rect) in all.clusters {
            placed.clusters[cluster.0] = Some(rect);
        }
        lay_path(job, &mut placed);
        placed
    }
}

impl Bands<'_> {
    /// What is in a zone: its own things in rows, then the zones inside it.
    fn fill(&self, job: &Job<'_>, id: Option<ClusterId>, across: f64, stack: bool) -> Block {
        let mut blocks = Vec::new();
        for node in job.picture.members(id) {
            let (w, h) = job.nodes[node.0];
            let middle = Point::new(w / 2.0, h / 2.0);
            blocks.push(Block { w, h, nodes: vec![(node, middle)], clusters: Vec::new() });
        }
        let loose = rows(blocks, across);
        let mut zones = Vec::new();
        for inner in job.picture.inside(id).into_iter().filter(|c| job.picture.occupied(*c)) {
            let mut block = self.fill(job, Some(inner), across - 2.0 * PAD, false);
            block.w += 2.0 * PAD;
            if stack {
                block.w = block.w.max(across);
            }
            let strip = (self.strip)(inner, block.w);
            block.shift(PAD, PAD + strip);
            block.h += 2.0 * PAD + strip;
            block.clusters.push((inner, Rect::new(0.0, 0.0, block.w, block.h)));
            zones.push(block);
        }
        let zones = rows(zones, if stack { 0.0 } else { across });
        rows(vec![loose, zones].into_iter().filter(|b| b.w > 0.0).collect(), 0.0)
    }
}

impl Block {
    fn shift(&mut self, x: f64, y: f64) {
        for (_, at) in &mut self.nodes {
            *at = Point::new(at.x + x, at.y + y);
        }
        for (_, rect) in &mut self.clusters {
            *rect = rect.moved(x, y);
        }
    }
}

/// Sets blocks side by side, in a new row whenever they would become wider than `across`.
fn rows(blocks: Vec<Block>, across: f64) -> Block {
    let mut all = Block { w: 0.0, h: 0.0, nodes: Vec::new(), clusters: Vec::new() };
    let (mut x, mut y, mut high) = (0.0, 0.0, 0.0_f64);
    for mut block in blocks {
        if x > 0.0 && x + block.w > across {
            (x, y, high) = (0.0, y + high + GAP, 0.0);
        }
        block.shift(x, y);
        all.w = all.w.max(x + block.w);
        high = high.max(block.h);
        x += block.w + GAP;
        all.h = y + high;
        all.nodes.append(&mut block.nodes);
        all.clusters.append(&mut block.clusters);
    }
    all
}

/// Lays the lines of the path round the things in between, and writes on them. What is
/// written on other lines would hide the map; it is shown when the pointer rests on them.
fn lay_path(job: &Job<'_>, placed: &mut Placed) {
    let boxes = placed.nodes.iter().zip(&job.nodes);
    let rects: Vec<Rect> = boxes.map(|(at, size)| Rect::around(*at, *size)).collect();
    let mut words: Vec<Rect> = Vec::new();
    let edges = job.picture.edges.iter().enumerate();
    for (at, edge) in edges.filter(|(_, e)| e.mark != Mark::None && e.from != e.to) {
        let (a, b) = (rects[edge.from.0], rects[edge.to.0]);
        let others = || {
            let ends = [edge.from.0, edge.to.0];
            rects.iter().enumerate().filter(move |(n, _)| !ends.contains(n)).map(|(_, r)| *r)
        };
        let (from, to) = (a.centre(), b.centre());
        let (long, middle) = (from.distance(to).max(1.0), from.towards(to, 0.5));
        let side = Point::new((from.y - to.y) / long, (to.x - from.x) / long);
        // Straight if that is free, else the bend that passes behind the fewest things.
        let tries = [0.0, 0.5, -0.5, 1.0, -1.0, 1.5, -1.5, 2.0, -2.0, 3.0, -3.0, 4.0, -4.0];
        let best = tries.iter().map(|step| {
            let off = step * (GAP + 50.0);
            let bend = Point::new(middle.x + side.x * off, middle.y + side.y * off);
            let written = Rect::around(bend, job.labels[at]);
            let hidden = others().filter(|r| crosses(*r, from, bend) || crosses(*r, bend, to));
            let clash = others().chain(words.iter().copied()).filter(|r| r.meets(written));
            (hidden.count() + clash.count(), bend, written)
        });
        if let Some((_, bend, written)) = best.min_by_key(|(cost, ..)| *cost) {
            let end =
                |node: NodeId, rect: Rect| leave(&border(job.picture.nodes[node.0].shape, rect), rect.centre(), bend);
            placed.bends[at] = vec![end(edge.from, a), bend, end(edge.to, b)];
            placed.labels[at] = Some(written.centre());
            words.push(written);
        }
    }
}

/// Whether the straight line from `a` to `b` passes through a rectangle.
fn crosses(r: Rect, a: Point, b: Point) -> bool {
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    for (from, by, min, max) in [(a.x, b.x - a.x, r.x, r.right()), (a.y, b.y - a.y, r.y, r.bottom())] {
        if by.abs() < 1e-9 {
            if from < min || from > max {
                return false;
            }
            continue;
        }
        let (one, two) = ((min - from) / by, (max - from) / by);
        low = low.max(one.min(two));
        high = high.min(one.max(two));
    }
    low <= high
}
