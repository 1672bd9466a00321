//! The flat form of a network, for sizes at which a graph of facts no longer fits: one word of states per node.
//!
//! A node is a face (or anything else that has states), a state is a bit, an edge is a *transfer* of bits. Two layouts:
//!
//! * [`Flat`]: rows of edges in blocks of neighbouring nodes, for one question after another. A block is worked on until it
//!   is stable while it is in the cache; only edges between blocks meet through atomics.
//! * [`Condensed`]: facts that reach each other are one, the rest is in topological order, 64 sources are one word. For
//!   "every one of these, each alone".
//!
//! Both give the least fixpoint, which is unique: nothing depends on the number of threads. Not here: paths, guards that
//! may fail (they are decided when the form is made), and what is asked.

mod blocks;
mod class;
mod condense;
mod drawing;
mod parts;
mod sweep;

pub use blocks::{Flat, Need};
pub use class::{Classes, Pair};
pub use condense::{Condensed, Reach};
pub use drawing::{OpenSteps, bit, state};

use std::fmt;
use std::ops::Range;

/// An edge: from this node, to that node, by this transfer.
pub type Link = (u32, u32, u16);

/// Which way an interval edge leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fan {
    /// From every node of the range to the hub.
    In,
    /// From the hub to every node of the range.
    Out,
}

/// An interval edge: one record for an edge between a hub and each node of a range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Which way.
    pub fan: Fan,
    /// The nodes.
    pub nodes: Range<u32>,
    /// The hub.
    pub hub: u32,
    /// The transfer.
    pub class: u16,
}

/// States that hold at the start, at every node of a range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    /// The nodes.
    pub nodes: Range<u32>,
    /// The states.
    pub states: u64,
}

/// What a layout is made of.
#[derive(Debug, Clone)]
pub struct Plan<'a> {
    /// How many nodes.
    pub nodes: u32,
    /// Where blocks begin, ascending; nodes that talk to each other should share a block. Empty: every [`BLOCK`] nodes.
    pub cuts: &'a [u32],
    /// The transfers that edges name.
    pub classes: Classes,
    /// The edges; building is fastest if they are sorted by their start.
    pub links: &'a [Link],
    /// The interval edges.
    pub spans: &'a [Span],
}

/// The most nodes of a block: a place inside it has 16 bits.
pub const LARGEST_BLOCK: u32 = 1 << 16;

/// The nodes of a block where nobody says how to cut: their words and edges stay in the nearest caches.
pub const BLOCK: u32 = 4096;

/// Why something has no flat form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// More different states than a word has bits.
    States,
    /// More different transfers than an edge can name.
    Transfers,
    /// An edge names a node or a transfer that is not there.
    Edge,
    /// A block is too large, or the cuts do not ascend.
    Cuts,
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::States => "more than 64 states",
            Self::Transfers => "more than 65,536 transfers",
            Self::Edge => "an edge without its node or transfer",
            Self::Cuts => "blocks that do not ascend or are too large",
        })
    }
}

impl std::error::Error for Unfit {}

#[cfg(test)]
mod tests;
