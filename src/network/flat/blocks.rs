//! The rows: how edges become blocks, and what that takes.
//!
//! Blocks are built independently and in parallel. An edge inside a block is one 32-bit word; an edge that leaves its block
//! goes to a slot of the other one's inbox. Not here: following the edges.

use std::ops::Range;

use rayon::prelude::*;

use super::parts::components;
use super::{BLOCK, Classes, Fan, LARGEST_BLOCK, Link, Plan, Span, Unfit};

/// One word of states per node, and rows of edges in blocks.
#[derive(Debug)]
pub struct Flat {
    pub(super) nodes: u32,
    pub(super) classes: Classes,
    /// The states that some edge takes or makes.
    pub(super) universe: u64,
    pub(super) blocks: Vec<Block>,
    /// The nodes at which edges of other blocks arrive, ascending: the inbox has one slot for each.
    pub(super) boundary: Vec<u32>,
    edges: u64,
}

/// Neighbouring nodes and the edges from them.
#[derive(Debug, Default)]
pub(super) struct Block {
    /// Its first node.
    pub(super) base: u32,
    /// How many nodes.
    pub(super) size: u32,
    /// The unit of each node, where nodes that hand every state to each other are one unit. Empty: each node is one.
    pub(super) unit: Vec<u16>,
    /// Per unit, where its edges begin; one more at the end.
    pub(super) rows: Vec<u32>,
    /// The unit in the lower half, the transfer in the upper.
    pub(super) edges: Vec<u32>,
    /// Edges that leave the block, by their start.
    pub(super) remote: Vec<Remote>,
    pub(super) fans: Vec<LocalFan>,
    /// A bit for each place that has edges inside the block: the others lead nowhere, or only through intervals.
    pub(super) busy: Vec<u64>,
    /// Its part of the inbox.
    pub(super) slots: Range<u32>,
}

/// An edge to another block.
#[derive(Debug, Clone, Copy)]
pub(super) struct Remote {
    pub(super) from: u16,
    pub(super) class: u16,
    /// While building: the node. Afterwards: the slot.
    pub(super) to: u32,
}

/// An interval edge inside a block.
#[derive(Debug, Clone, Copy)]
pub(super) struct LocalFan {
    pub(super) fan: Fan,
    pub(super) first: u16,
    pub(super) last: u16,
    pub(super) hub: u16,
    pub(super) class: u16,
}

/// The bytes that a layout takes, known before anything is allocated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Need {
    /// The rows and edges.
    pub layout: u64,
    /// The words of states of one question.
    pub states: u64,
}

impl Need {
    /// For so many nodes, edges and blocks (0: as many as there are without cuts).
    #[must_use]
    pub fn of(nodes: u64, links: u64, blocks: u64) -> Self {
        let blocks = if blocks == 0 { nodes.div_ceil(u64::from(BLOCK)) } else { blocks };
        let per_block = size_of::<Block>() as u64 + 12;
        Self { layout: 4 * nodes + nodes / 8 + 4 * links + per_block * blocks, states: 8 * nodes }
    }

    /// Both.
    #[must_use]
    pub fn total(self) -> u64 {
        self.layout + self.states
    }

    /// The least that one closure has to move: everything read once, and every word written once and read once.
    #[must_use]
    pub fn traffic(self) -> u64 {
        self.layout + 2 * self.states
    }
}

impl Block {
    pub(super) fn len(&self) -> usize {
        self.size as usize
    }

    /// The unit of a place.
    pub(super) fn unit_of(&self, place: usize) -> usize {
        self.unit.get(place).map_or(place, |u| usize::from(*u))
    }

    /// How many units.
    pub(super) fn units(&self) -> usize {
        self.rows.len() - 1
    }

    /// The place and transfer of each local edge of a place.
    pub(super) fn row(&self, place: usize) -> &[u32] {
        &self.edges[self.rows[place] as usize..self.rows[place + 1] as usize]
    }
}

impl Flat {
    /// Builds the layout.
    ///
    /// # Errors
    ///
    /// If an edge names what is not there, or the blocks are not what they have to be.
    pub fn new(plan: Plan<'_>) -> Result<Self, Unfit> {
        let cuts = cuts(plan.nodes, plan.cuts)?;
        let universe = plan.classes.universe();
        let whole = whole(&plan.classes, universe);
        let extra = expanded(&plan, &cuts)?;
        let sorted: Vec<Link>;
        let links = if extra.is_empty() && plan.links.is_sorted_by_key(|l| l.0) {
            plan.links
        } else {
            let mut all = [plan.links, &extra].concat();
            // Edges of one node keep their order, so that the same input gives the same rows.
            all.par_sort_by_key(|l| l.0);
            sorted = all;
            &sorted
        };
        let ends = |i: usize| cuts.get(i + 1).copied().unwrap_or(plan.nodes);
        let count = cuts.len();
        let built: Result<Vec<Block>, Unfit> = (0..count)
            .into_par_iter()
            .map(|i| {
                let (base, end) = (cuts[i], ends(i));
                let from = links.partition_point(|l| l.0 < base);
                // The last block takes the rest, so that an edge from beyond the last node is seen and refused.
                let to = if i + 1 == count { links.len() } else { links.partition_point(|l| l.0 < end) };
                block(base, end, &links[from..to], plan.nodes, &whole)
            })
            .collect();
        let mut blocks = built?;
        if blocks.is_empty() && !links.is_empty() {
            return Err(Unfit::Edge);
        }
        for span in plan.spans {
            for (i, nodes) in pieces(&cuts, plan.nodes, &span.nodes) {
                let block = &mut blocks[i];
                if let Some(hub) = local(block, span.hub) {
                    let place = |n: u32| (n - block.base) as u16;
                    let (first, last) = (place(nodes.start), place(nodes.end - 1));
                    block.fans.push(LocalFan { fan: span.fan, first, last, hub, class: span.class });
                }
            }
        }
        let mut boundary: Vec<u32> = blocks.iter().flat_map(|b| b.remote.iter().map(|r| r.to)).collect();
        boundary.par_sort_unstable();
        boundary.dedup();
        blocks.par_iter_mut().for_each(|b| {
            for r in &mut b.remote {
                r.to = boundary.partition_point(|&n| n < r.to) as u32;
            }
            let end = b.base + b.len() as u32;
            b.slots = boundary.partition_point(|&n| n < b.base) as u32..boundary.partition_point(|&n| n < end) as u32;
        });
        let spanned: u64 = plan.spans.iter().map(|s| u64::from(s.nodes.end.saturating_sub(s.nodes.start))).sum();
        let edges = plan.links.len() as u64 + spanned;
        Ok(Self { nodes: plan.nodes, universe, classes: plan.classes, blocks, boundary, edges })
    }

    /// The same, prepared for more than one question: in each block, nodes that hand every state to each other become one
    /// unit. That takes longer than one closure saves, and makes every later one a pass over the words.
    #[must_use]
    pub fn united(mut self) -> Self {
        let whole = whole(&self.classes, self.universe);
        // Intervals are as good as units, and would have to be written out for them.
        self.blocks.par_iter_mut().filter(|b| b.fans.is_empty()).for_each(|b| unite(b, &whole));
        self
    }

    /// How many nodes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes as usize
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes == 0
    }

    /// How many edges, each node of an interval counted.
    #[must_use]
    pub fn edges(&self) -> u64 {
        self.edges
    }

    /// The transfers.
    #[must_use]
    pub fn classes(&self) -> &Classes {
        &self.classes
    }

    /// The bytes that it takes, as it was built.
    #[must_use]
    pub fn need(&self) -> Need {
        let mut layout = 0;
        for b in &self.blocks {
            let fans = size_of_val(b.fans.as_slice());
            layout += 4 * (b.rows.len() + b.edges.len())
                + 8 * b.busy.len()
                + 2 * b.unit.len()
                + size_of_val(b.remote.as_slice())
                + fans
                + size_of::<Block>();
        }
        Need { layout: layout as u64 + 12 * self.boundary.len() as u64, states: 8 * u64::from(self.nodes) }
    }

    /// The block of a node.
    pub(super) fn block_of(&self, node: u32) -> usize {
        self.blocks.partition_point(|b| b.base <= node).saturating_sub(1)
    }
}

fn cuts(nodes: u32, given: &[u32]) -> Result<Vec<u32>, Unfit> {
    if given.is_empty() {
        return Ok((0..nodes).step_by(BLOCK as usize).collect());
    }
    let ends = given.iter().skip(1).copied().chain([nodes]);
    let good = given[0] == 0 && given.iter().zip(ends).all(|(&a, b)| a < b && b - a <= LARGEST_BLOCK);
    if good { Ok(given.to_vec()) } else { Err(Unfit::Cuts) }
}

/// A range of nodes, by block.
pub(super) fn pieces(cuts: &[u32], nodes: u32, range: &Range<u32>) -> Vec<(usize, Range<u32>)> {
    let first = cuts.partition_point(|&c| c <= range.start).saturating_sub(1);
    let of_block = |i: usize| {
        let end = cuts.get(i + 1).copied().unwrap_or(nodes);
        (i, range.start.max(cuts[i])..range.end.min(end))
    };
    (first..cuts.len()).take_while(|&i| cuts[i] < range.end).map(of_block).filter(|(_, r)| r.start < r.end).collect()
}

fn local(block: &Block, node: u32) -> Option<u16> {
    let place = node.checked_sub(block.base)?;
    if (place as usize) < block.len() { u16::try_from(place).ok() } else { None }
}

/// Interval edges whose hub stands in another block, edge by edge: a block may not read another one's words.
fn expanded(plan: &Plan<'_>, cuts: &[u32]) -> Result<Vec<Link>, Unfit> {
    let mut links = Vec::new();
    for span in plan.spans {
        let Span { fan, nodes, hub, class } = span;
        if nodes.end > plan.nodes || *hub >= plan.nodes || usize::from(*class) >= plan.classes.len() {
            return Err(Unfit::Edge);
        }
        for (i, piece) in pieces(cuts, plan.nodes, nodes) {
            let end = cuts.get(i + 1).copied().unwrap_or(plan.nodes);
            if !(cuts[i]..end).contains(hub) {
                links.extend(piece.map(|n| match fan {
                    Fan::In => (n, *hub, *class),
                    Fan::Out => (*hub, n, *class),
                }));
            }
        }
    }
    Ok(links)
}

/// One block, from the sorted edges of its nodes.
fn block(base: u32, end: u32, links: &[Link], nodes: u32, whole: &[bool]) -> Result<Block, Unfit> {
    let n = end - base;
    let mut b = Block { base, size: n, rows: Vec::with_capacity(n as usize + 1), ..Block::default() };
    b.edges.reserve_exact(links.len());
    b.rows.push(0);
    for &(from, to, class) in links {
        if from >= end || to >= nodes || usize::from(class) >= whole.len() {
            return Err(Unfit::Edge);
        }
        let place = from - base;
        while b.rows.len() <= place as usize {
            b.rows.push(b.edges.len() as u32);
        }
        let there = to.wrapping_sub(base);
        if there < n {
            b.edges.push(there | u32::from(class) << 16);
        } else {
            b.remote.push(Remote { from: place as u16, class, to });
        }
    }
    b.rows.resize(n as usize + 1, b.edges.len() as u32);
    b.busy = busy(&b.rows);
    Ok(b)
}

/// Which transfers keep every state.
fn whole(classes: &Classes, universe: u64) -> Vec<bool> {
    (0..classes.len()).map(|c| universe & !classes.keeps(c as u16) == 0).collect()
}

fn busy(rows: &[u32]) -> Vec<u64> {
    let mut busy = vec![0u64; (rows.len() - 1).div_ceil(64)];
    for (place, _) in rows.windows(2).enumerate().filter(|(_, w)| w[0] < w[1]) {
        busy[place / 64] |= 1 << (place % 64);
    }
    busy
}

/// Makes one unit of nodes that hand every state to each other, if that leaves less than half of them. `whole` says which
/// transfers keep every state.
fn unite(b: &mut Block, whole: &[bool]) {
    let is_whole = |class: u16| whole[usize::from(class)];
    let edge = |e: &u32| ((e & 0xffff) as u16, (e >> 16) as u16);
    if b.edges.iter().filter(|e| is_whole(edge(e).1)).count() < b.len() / 2 {
        return;
    }
    let (unit, units) = components(b.len(), |place, next| {
        let kept = b.row(place as usize).iter().map(edge).filter(|(_, class)| is_whole(*class));
        next.extend(kept.map(|(to, _)| u32::from(to)));
    });
    if units as usize > b.len() / 2 {
        return;
    }
    let mut edges: Vec<u64> = Vec::new();
    // Most edges stay in one large unit: the first 64 transfers inside a unit are seen without sorting.
    let mut inside = vec![0u64; units as usize];
    for place in 0..b.len() {
        let from = unit[place];
        for (to, class) in b.row(place).iter().map(edge) {
            let to = unit[usize::from(to)];
            if from == to {
                let bit = if class < 64 { 1u64 << class } else { 0 };
                if is_whole(class) || inside[from as usize] & bit != 0 {
                    continue;
                }
                inside[from as usize] |= bit;
            }
            edges.push(u64::from(from) << 32 | u64::from(class) << 16 | u64::from(to));
        }
    }
    edges.sort_unstable();
    edges.dedup();
    b.rows = vec![0];
    b.edges = Vec::with_capacity(edges.len());
    for e in edges {
        b.rows.resize((e >> 32) as usize + 1, b.edges.len() as u32);
        b.edges.push(e as u32);
    }
    b.rows.resize(units as usize + 1, b.edges.len() as u32);
    b.busy = busy(&b.rows);
    for r in &mut b.remote {
        r.from = unit[usize::from(r.from)] as u16;
    }
    b.unit = unit.into_iter().map(|u| u as u16).collect();
}
