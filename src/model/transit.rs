//! Transit devices: ordered rules, routes, translation.
//!
//! This is what a drawing says about packets. Who can hold a session with whom
//! follows from it in `packet`.

use super::address::{Addr, AddrMatch, PacketAddr};
use super::ids::{AssumptionId, GuardId, LabelId, NodeId, ZoneId};
use super::service::Service;
use crate::source::Span;

/// What a rule or a default does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Lets the packet through.
    Permit,
    /// Drops it.
    Deny,
}

/// One rule of an ordered list; the first that matches decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// What it does.
    pub action: Action,
    /// Source addresses.
    pub source: AddrMatch,
    /// Destination addresses.
    pub destination: AddrMatch,
    /// Services; never empty.
    pub services: Vec<Service>,
    /// Matches only packets that claim to belong to a session already open.
    pub established: bool,
    /// Matches only packets that enter from this zone.
    pub enters: Option<ZoneId>,
    /// Matches only packets that leave to this zone.
    pub leaves: Option<ZoneId>,
    /// As written.
    pub text: String,
    /// Why the designer has it.
    pub reason: Option<String>,
    /// Where it is.
    pub span: Span,
}

/// One route: packets to these destinations leave to this zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Destinations.
    pub to: AddrMatch,
    /// How specific it is: the longest prefix that matches wins. Named things count as 128.
    pub prefix_len: u8,
    /// The zone.
    pub via: ZoneId,
    /// Where it is.
    pub span: Span,
}

/// Destination translation: an address on one side stands for a node on the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dnat {
    /// The address that is asked for.
    pub outside: Addr,
    /// The address behind it.
    pub inside: PacketAddr,
    /// The zone of the node behind it: translation happens when a packet leaves to it.
    pub zone: ZoneId,
}

/// Source translation: packets that leave to a zone get this source address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snat {
    /// The source they get.
    pub source: Addr,
    /// The zone they leave to.
    pub zone: ZoneId,
}

/// A multi-factor gate on a transit device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MfaGate {
    /// `mfa@device`
    pub guard: GuardId,
    /// Clients that are enrolled: a compromised one rides its own session, so the gate does not stop it. Sorted.
    pub enrolled: Vec<NodeId>,
}

/// A transit device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transit {
    /// Its node; for a forwarding host, the host's.
    pub node: NodeId,
    /// The zones it joins, in declared order; at least two.
    pub zones: Vec<ZoneId>,
    /// Ordered rules; `None` forwards everything.
    pub rules: Option<Vec<Rule>>,
    /// What happens when no rule matches; `None` when there are rules and the file does not say.
    pub default: Option<Action>,
    /// The assumption to name when the default is not stated.
    pub default_assumption: Option<AssumptionId>,
    /// Whether it remembers sessions: replies pass where the request was admitted.
    pub stateful: bool,
    /// Route table; `None` when none is given: then packets may leave to every other zone.
    pub routes: Option<Vec<Route>>,
    /// Forwards only in this direction (a diode).
    pub one_way: Option<(ZoneId, ZoneId)>,
    /// Destination translations.
    pub dnat: Vec<Dnat>,
    /// Source translations.
    pub snat: Vec<Snat>,
    /// Labels that a crossing through it earns.
    pub labels: Vec<LabelId>,
    /// Its multi-factor gate, if it has one and says who is enrolled.
    pub mfa: Option<MfaGate>,
    /// Where it was declared.
    pub span: Span,
}

impl Transit {
    /// Whether it translates addresses; such a device remembers sessions whatever it says.
    #[must_use]
    pub fn translates(&self) -> bool {
        !self.dnat.is_empty() || !self.snat.is_empty()
    }

    /// Whether replies pass because the request was admitted.
    #[must_use]
    pub fn remembers(&self) -> bool {
        self.stateful || self.translates()
    }
}
