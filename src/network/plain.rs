//! The same question the plain way: petgraph's own graphs and a breadth-first search over pairs of node and state.
//!
//! What somebody would write first. It is here to be measured against and to be compared with, not to be used.

use petgraph::csr::Csr;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;

use super::flat::{Classes, Link, Start};

/// A petgraph graph whose edges carry the number of their transfer.
#[derive(Debug)]
pub struct Plain<G> {
    graph: G,
    /// Per transfer and bit: the bits that follow.
    next: Vec<[Vec<u8>; 64]>,
}

/// What a search needs of a graph.
pub trait Edges {
    /// How many nodes.
    fn count(&self) -> usize;
    /// The edges from a node.
    fn from(&self, node: u32) -> impl Iterator<Item = (u32, u16)>;
}

impl Edges for DiGraph<(), u16> {
    fn count(&self) -> usize {
        self.node_count()
    }

    fn from(&self, node: u32) -> impl Iterator<Item = (u32, u16)> {
        self.edges(NodeIndex::new(node as usize)).map(|e| (e.target().index() as u32, *e.weight()))
    }
}

impl Edges for Csr<(), u16> {
    fn count(&self) -> usize {
        self.node_count()
    }

    fn from(&self, node: u32) -> impl Iterator<Item = (u32, u16)> {
        self.neighbors_slice(node).iter().copied().zip(self.edges_slice(node).iter().copied())
    }
}

fn table(classes: &Classes) -> Vec<[Vec<u8>; 64]> {
    let follows = |class: u16, bit: usize| {
        classes.pairs(class).iter().filter(|(a, _)| usize::from(*a) == bit).map(|(_, b)| *b).collect()
    };
    (0..classes.len()).map(|c| std::array::from_fn(|bit| follows(c as u16, bit))).collect()
}

impl Plain<DiGraph<(), u16>> {
    /// As a [`DiGraph`].
    #[must_use]
    pub fn graph(nodes: u32, links: &[Link], classes: &Classes) -> Self {
        let mut graph = DiGraph::with_capacity(nodes as usize, links.len());
        for _ in 0..nodes {
            graph.add_node(());
        }
        for &(from, to, class) in links {
            graph.add_edge(NodeIndex::new(from as usize), NodeIndex::new(to as usize), class);
        }
        Self { graph, next: table(classes) }
    }
}

impl Plain<Csr<(), u16>> {
    /// As a [`Csr`], which holds one edge per pair of nodes: parallel edges must have been joined to one transfer.
    ///
    /// # Panics
    ///
    /// If the links are not sorted by their ends without repetition.
    #[must_use]
    pub fn rows(nodes: u32, links: &[Link], classes: &Classes) -> Self {
        let mut graph = Csr::from_sorted_edges(links).expect("sorted links, no two between the same nodes");
        while graph.node_count() < nodes as usize {
            graph.add_node(());
        }
        Self { graph, next: table(classes) }
    }
}

impl<G: Edges> Plain<G> {
    /// Everything that follows, a word of states per node.
    #[must_use]
    pub fn closure(&self, starts: &[Start]) -> Vec<u64> {
        let each = starts.iter().flat_map(|s| s.nodes.clone().map(|n| (n, s.states)));
        self.search(each)
    }

    /// Everything that follows from states of single nodes.
    #[must_use]
    pub fn search(&self, starts: impl IntoIterator<Item = (u32, u64)>) -> Vec<u64> {
        let mut seen = vec![0u64; self.graph.count()];
        let mut queue = std::collections::VecDeque::new();
        for (node, states) in starts {
            for bit in (0..64).filter(|b| states >> b & 1 == 1) {
                if seen[node as usize] >> bit & 1 == 0 {
                    seen[node as usize] |= 1 << bit;
                    queue.push_back((node, bit as u8));
                }
            }
        }
        while let Some((node, bit)) = queue.pop_front() {
            for (to, class) in self.graph.from(node) {
                for &next in &self.next[usize::from(class)][usize::from(bit)] {
                    if seen[to as usize] >> next & 1 == 0 {
                        seen[to as usize] |= 1 << next;
                        queue.push_back((to, next));
                    }
                }
            }
        }
        seen
    }
}
