//! Changes that may happen between two drawings, as somebody wrote them down beforehand.
//!
//! Names are known to one of the drawings. What really changed is the business of `change`.

use serde::Deserialize;

use super::carrier::Carrier;
use super::service::Service;
use crate::source::Span;

/// Which way something may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
pub enum ExpectedWay {
    /// It comes.
    Added,
    /// It goes.
    Removed,
    /// It becomes another.
    Changed,
}

/// Machines, by their own names and by those of their segments; `None` where it stands is anybody.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ExpectedEnds {
    /// Names of machines, also of all on a network that was named.
    pub machines: Vec<String>,
    /// Names of segments.
    pub segments: Vec<String>,
}

/// What may change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExpectedWhat {
    /// Crossings between segments.
    Crossing {
        /// Where they start.
        from: Option<ExpectedEnds>,
        /// Where they arrive.
        to: Option<ExpectedEnds>,
        /// In which forms; empty is any.
        carries: Vec<Carrier>,
    },
    /// Sessions.
    Session {
        /// Who opens.
        from: Option<ExpectedEnds>,
        /// Who answers.
        to: Option<ExpectedEnds>,
        /// Which services; `None` is any.
        services: Option<Vec<Service>>,
    },
    /// Machines, networks, segments and everything else that has a name.
    Thing(Vec<String>),
    /// Controls of machines and networks.
    Control {
        /// Which; empty is any.
        controls: Vec<String>,
        /// At what; `None` is anywhere.
        at: Option<ExpectedEnds>,
    },
    /// Answers of checks and rules, by name or id.
    Finding(Vec<String>),
    /// Depths of checks.
    Depth(Vec<String>),
    /// Controls that the model asks for, by id.
    Demand(Vec<String>),
}

/// One row of a file of expected changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedChange {
    /// What may change.
    pub what: ExpectedWhat,
    /// Which way; `None` is any.
    pub way: Option<ExpectedWay>,
    /// Whether it may also not happen.
    pub optional: bool,
    /// Why it is expected.
    pub reason: Option<String>,
    /// As it is written, on one line.
    pub text: String,
    /// Where it is written.
    pub span: Span,
}
