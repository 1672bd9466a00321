//! After the layered layout: lines pulled straight, like threads, between what is beside them.
//!
//! Only bends and the words on them move, only across the layers, and never past a neighbour:
//! no line crosses another that it did not cross before, and none enters another zone.

use super::layout::{Job, Placed};
use super::route::Axis;
use super::xml::Rect;
use crate::diagram::kinds::{Flow, Mark};

const SWEEPS: usize = 8;

/// Something in a layer: where it stands across, and how far it reaches to each side.
pub(super) struct Item {
    pub(super) at: f64,
    pub(super) half: f64,
    pub(super) what: What,
}

/// What an item is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    Node(usize),
    /// The near or the far side of a zone.
    Side(usize, bool),
    /// The line and the place of the bend in it.
    Bend(usize, usize),
}

/// Pulls all lines straight, those of the path shown first.
pub(super) fn relax(job: &Job<'_>, placed: &mut Placed) {
    let axis = Axis(job.flow);
    let mut layers = layers(job, placed, axis);
    let mut found: Vec<Vec<(usize, usize)>> = placed.bends.iter().map(|bends| vec![(0, 0); bends.len()]).collect();
    for (layer, items) in layers.iter().enumerate() {
        for (k, item) in items.iter().enumerate() {
            if let What::Bend(edge, place) = item.what {
                found[edge][place] = (layer, k);
            }
        }
    }
    let mut order: Vec<usize> = (0..placed.bends.len()).collect();
    order.sort_by_key(|edge| std::cmp::Reverse(job.picture.edges[*edge].mark));
    for _ in 0..SWEEPS {
        for &edge in &order {
            let mut from = 0;
            while from < placed.bends[edge].len() {
                let (to, target) = run(job, placed, axis, edge, from);
                let free = found[edge][from..to].iter().map(|&(layer, k)| room(&layers[layer], k));
                let free = free.fold((f64::MIN, f64::MAX), |a, b| (a.0.max(b.0), a.1.min(b.1)));
                if free.0 <= free.1 {
                    let at = target.clamp(free.0, free.1);
                    for (place, &(layer, k)) in found[edge].iter().enumerate().take(to).skip(from) {
                        layers[layer][k].at = at;
                        shift(placed, axis, edge, place, at);
                    }
                }
                from = to;
            }
        }
    }
}

/// Between which places something may stand without passing its neighbours in the layer.
fn room(items: &[Item], k: usize) -> (f64, f64) {
    let half = items[k].half;
    let low = k.checked_sub(1).map(|before| items[before].at + items[before].half + half);
    let high = items.get(k + 1).map(|next| next.at - next.half - half);
    (low.unwrap_or(f64::MIN), high.unwrap_or(f64::MAX))
}

pub(super) fn shift(placed: &mut Placed, axis: Axis, edge: usize, place: usize, at: f64) {
    let bend = &mut placed.bends[edge][place];
    let moved = axis.point(axis.along(*bend), at);
    if let Some(label) = &mut placed.labels[edge]
        && label.distance(*bend) < 1.0
    {
        *label = moved;
    }
    *bend = moved;
}

/// The straight piece of a line that begins at a bend: where it ends, and where it would
/// stand best, namely between what comes before and after it. If it does already, it stays:
/// few long pieces are easier to follow than many short ones.
fn run(job: &Job<'_>, placed: &Placed, axis: Axis, edge: usize, from: usize) -> (usize, f64) {
    let bends = &placed.bends[edge];
    let here = axis.across(bends[from]);
    let same = bends[from..].iter().take_while(|p| (axis.across(**p) - here).abs() < 0.5);
    let to = from + same.count().max(1);
    let end = |node: usize| {
        let reach = 0.3 * axis.breadth(job.nodes[node]);
        let middle = axis.across(placed.nodes[node]);
        here.clamp(middle - reach, middle + reach)
    };
    let ends = &job.picture.edges[edge];
    let before = from.checked_sub(1).map(|b| axis.across(bends[b]));
    let before = before.unwrap_or_else(|| end(ends.from.0));
    let after = bends.get(to).map_or_else(|| end(ends.to.0), |p| axis.across(*p));
    (to, here.clamp(before.min(after), before.max(after)))
}

/// Everything that has bends beside it, layer by layer, in its order across.
pub(super) fn layers(job: &Job<'_>, placed: &Placed, axis: Axis) -> Vec<Vec<Item>> {
    let mut layers: Vec<(f64, Vec<Item>)> = Vec::new();
    let mut add = |along: f64, item: Item| match layers.iter_mut().find(|layer| (layer.0 - along).abs() < 0.6) {
        Some(layer) => layer.1.push(item),
        None => layers.push((along, vec![item])),
    };
    for (edge, bends) in placed.bends.iter().enumerate() {
        for (place, bend) in bends.iter().enumerate() {
            let written = placed.labels[edge].is_some_and(|label| label.distance(*bend) < 1.0);
            let heavy = job.picture.edges[edge].mark != Mark::None;
            let half = if heavy { 11.0 } else { 7.0 };
            let half = if written { axis.breadth(job.labels[edge]) / 2.0 + 5.0 } else { half };
            add(axis.along(*bend), Item { at: axis.across(*bend), half, what: What::Bend(edge, place) });
        }
    }
    for (node, (at, size)) in placed.nodes.iter().zip(&job.nodes).enumerate() {
        let half = axis.breadth(*size) / 2.0 + 10.0;
        add(axis.along(*at), Item { at: axis.across(*at), half, what: What::Node(node) });
    }
    for (zone, rect) in placed.clusters.iter().enumerate().filter_map(|(zone, rect)| Some((zone, (*rect)?))) {
        let (low, high) = axis.span(rect);
        let sides = axis.sides(rect);
        for (_, items) in layers.iter_mut().filter(|l| l.0 > low - 3.0 && l.0 < high + 3.0) {
            items.extend([false, true].map(|far| Item {
                at: sides[usize::from(far)],
                half: 5.0,
                what: What::Side(zone, far),
            }));
        }
    }
    let mut layers: Vec<_> = layers.into_iter().map(|(_, items)| items).collect();
    for items in &mut layers {
        items.sort_by(|a, b| a.at.total_cmp(&b.at).then(a.what.cmp(&b.what)));
    }
    layers
}

impl Axis {
    /// The size of something across.
    fn breadth(self, (w, h): (f64, f64)) -> f64 {
        if self.0 == Flow::Down { w } else { h }
    }

    /// The two sides of a rectangle across.
    pub(super) fn sides(self, r: Rect) -> [f64; 2] {
        let turned = Rect::new(r.y, r.x, r.h, r.w);
        let (low, high) = self.span(turned);
        [low, high]
    }
}
