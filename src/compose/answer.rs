//! What is asked of a region and what comes back: plain data.

use std::sync::Arc;
use std::time::Duration;

use super::unit::Summed;
use crate::change::Standing;
use crate::diagnostic::Diagnostic;
use crate::model::{Date, Model, Status};
use crate::network::Network;
use crate::source::Sources;
use crate::verify::expect::Difference;

/// How a region is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Judge bodies that are alike once. Without it every body is drawn, compiled and judged by itself.
    pub symmetry: bool,
    /// The day for which dates are judged.
    pub as_of: Option<Date>,
    /// Judge only this body, and keep its drawing compiled.
    pub only: Option<usize>,
}

/// How long the parts of the work took and how much of it there was.
#[derive(Debug, Clone, Default)]
pub struct Work {
    /// Name of a part (for `--timings`) and its time.
    pub phases: Vec<(&'static str, Duration)>,
    /// Bodies that were drawn.
    pub drawn: usize,
    /// Distinct bodies by themselves.
    pub shapes: usize,
    /// Distinct bodies with what surrounds them: as many were judged.
    pub judged: usize,
    /// Machines of the region, groups counted by their number.
    pub machines: u64,
}

/// Bodies that are judged together because nothing tells them apart.
#[derive(Debug)]
pub struct Kind {
    /// The body that was judged.
    pub body: usize,
    /// All of them, in the order of the region; the judged one is among them.
    pub members: Vec<usize>,
    /// What is wrong or open in its own drawing.
    pub own: Standing,
    /// What is wrong or open between other bodies and it.
    pub others: Standing,
    /// How many checks and rules were asked.
    pub asked: usize,
    /// What its drawing expects of itself and is not so.
    pub differences: Vec<Difference>,
    /// The drawing of the judged body with the ways through others.
    pub model: Model,
    /// The same with machines of others, to which the answers about them belong.
    pub with_others: Model,
    /// The files to which both point.
    pub sources: Sources,
}

impl Kind {
    /// The worst of it.
    #[must_use]
    pub fn status(&self) -> Status {
        let issues = || self.own.issues.values().chain(self.others.issues.values());
        if issues().any(|i| i.certain) || !self.differences.is_empty() {
            Status::Violated
        } else if issues().next().is_some() {
            Status::Undecided
        } else {
            Status::Holds
        }
    }
}

/// Two bodies that exchange packets past what they share, or one that carries packets of others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Coupled {
    /// Packets of one get to another.
    Pair {
        /// From which body.
        from: usize,
        /// To which body.
        to: usize,
        /// In which shared zone they pass.
        zone: String,
    },
    /// A body carries packets between two shared zones.
    Carrier {
        /// Which body.
        body: usize,
        /// From which zone.
        from: String,
        /// To which zone.
        to: String,
    },
    /// A host of a body stands in a shared broadcast domain, where it can use the addresses of others.
    Borrower {
        /// Which body.
        body: usize,
        /// In which zone.
        zone: String,
    },
    /// Machines of two bodies have one address in a shared zone.
    Address {
        /// One body.
        one: usize,
        /// The other.
        other: usize,
        /// The shared zone.
        zone: String,
        /// The first such address.
        address: String,
    },
    /// A body has more ways than can be told apart.
    TooMany {
        /// Which body.
        body: usize,
    },
}

/// A judged region.
#[derive(Debug)]
pub struct Composition {
    /// The kinds of bodies, by their first member.
    pub kinds: Vec<Kind>,
    /// What the author of the region probably did not mean, once for all bodies of a template.
    pub warnings: Vec<Diagnostic>,
    /// Where bodies cannot be judged one by one. If there is anything, nothing counts as safe.
    pub coupled: Vec<Coupled>,
    /// What it cost.
    pub work: Work,
    /// The drawing of the only body that was asked for.
    pub only: Option<Surrounded>,
    pub(super) summed: Vec<Arc<Summed>>,
    /// Whose ways there are.
    pub(super) origins: Vec<Origin>,
}

/// Whose the ways from a number on are.
#[derive(Debug, Clone)]
pub(super) struct Origin {
    pub(super) first: u32,
    /// The body that was summed up.
    pub(super) summed: usize,
    /// The body there, which is like it.
    pub(super) body: usize,
}

/// A drawing of one body with everything that others mean for it.
#[derive(Debug)]
pub struct Surrounded {
    /// The model with the ways through others.
    pub model: Model,
    /// The same, compiled.
    pub network: Network,
    /// The same with machines of others, and only the checks that are about them.
    pub about_others: Model,
}
