//! Transit devices: ordered rules, routes, translation.
//!
//! This is what a drawing says about packets. Who can hold a session with whom
//! follows from it in `packet`.

use std::collections::BTreeMap;

use super::address::{Addr, AddrMatch, PacketAddr, Ternary};
use super::ids::{AssumptionId, GuardId, LabelId, NodeId, TransitId, ZoneId};
use super::service::{PortRange, Protocol, Service};
use crate::source::Span;

/// What a rule or a default does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Lets the packet through.
    Permit,
    /// Drops it.
    Deny,
}

/// Which packets a rule matches by what the device knows of their session.
///
/// A device that remembers sessions lets packets of open ones pass without asking its rules; rules are asked for first
/// packets, and for packets of no session it knows. A list without memory looks at the packet alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum RuleState {
    /// Whatever they are.
    #[default]
    Any,
    /// First packets. Without memory: everything but TCP packets with ACK or RST.
    New,
    /// Packets of open sessions. Without memory: TCP packets with ACK or RST.
    Established,
    /// Packets of no session that the device knows and that open none, such as an answer whose request went another
    /// way. Without memory nothing is known to be that.
    Invalid,
}

impl RuleState {
    /// Whether a rule of this state matches a packet of that one.
    #[must_use]
    pub fn matches(self, packet: PacketState) -> bool {
        match self {
            Self::Any => true,
            Self::New => packet == PacketState::New,
            Self::Established => packet == PacketState::Established,
            Self::Invalid => packet == PacketState::Invalid,
        }
    }

    /// The word of the rule language; none for any.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Any => "",
            Self::New => "new",
            Self::Established => "established",
            Self::Invalid => "invalid",
        }
    }
}

/// What a packet is to the rules of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PacketState {
    /// Opens a session, or could.
    New,
    /// Claims to belong to an open session, to a device that cannot look.
    Established,
    /// Belongs to no session that the device knows, and opens none.
    Invalid,
}

/// What a device that remembers sessions does with packets of no session that it knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Strays {
    /// Drops them, whatever its rules say.
    Drop,
    /// Asks its rules, as for any other packet.
    AsRules,
}

/// What a device does with packets from a network that keeps its machines apart which are for that same network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hairpin {
    /// Sends them back there, where its routes say so and its rules let them pass.
    Forward,
    /// Drops them, unless it translates them or a route has handed them to it.
    Drop,
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
    /// Matches only packets in this state.
    pub state: RuleState,
    /// Matches only packets that enter from one of these zones; empty: from any.
    pub enters: Vec<ZoneId>,
    /// Matches only packets that leave to one of these zones; empty: to any.
    pub leaves: Vec<ZoneId>,
    /// As written.
    pub text: String,
    /// Why the designer has it.
    pub reason: Option<String>,
    /// Where it is.
    pub span: Span,
}

impl Rule {
    /// Whether it is about packets in this state that go from one zone to the other.
    #[must_use]
    pub fn concerns(&self, state: PacketState, from: ZoneId, to: ZoneId) -> bool {
        let at = |zones: &[ZoneId], zone| zones.is_empty() || zones.contains(&zone);
        self.state.matches(state) && at(&self.enters, from) && at(&self.leaves, to)
    }
}

/// Which packets a policy route is for, besides their destinations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteWhen {
    /// Source addresses.
    pub source: AddrMatch,
    /// The zones from which they enter; empty: any.
    pub enters: Vec<ZoneId>,
    /// Services; never empty.
    pub services: Vec<Service>,
    /// Destinations in networks that the device joins, for which the route is not written in particular: some products look
    /// for those first.
    pub joined: AddrMatch,
}

/// One route: packets to these destinations leave to this zone.
///
/// Routes with a condition (policy routes) are looked at first, in order, and the first that matches decides. Then the
/// longest prefix among the others does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Destinations.
    pub to: AddrMatch,
    /// How specific it is: the longest prefix that matches wins. Named things count as 128.
    pub prefix_len: u8,
    /// The zone; `None` drops the packet (a black hole).
    pub via: Option<ZoneId>,
    /// The device in that zone that is handed the packet; `None`: whoever is addressed, or any device.
    pub next: Option<TransitId>,
    /// The condition of a policy route.
    pub when: Option<RouteWhen>,
    /// Where it is.
    pub span: Span,
}

/// Destination translation: an address on one side stands for a node on the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dnat {
    /// The address that is asked for.
    pub outside: Addr,
    /// The service that is asked for; `None`: all.
    pub ports: Option<(Protocol, PortRange)>,
    /// The address behind it.
    pub inside: PacketAddr,
    /// The port behind it; `None`: the one that was asked for.
    pub inside_port: Option<u16>,
    /// The zone of the node behind it: translation happens when a packet leaves to it. `None`: wherever routes lead.
    pub zone: Option<ZoneId>,
    /// Where it is. One line of the drawing may give several, one for each range of ports.
    pub span: Span,
}

impl Dnat {
    /// Whether it translates a packet that asks for this address and service and leaves to this zone.
    #[must_use]
    pub fn applies(&self, asked: PacketAddr, protocol: Protocol, port: u16, to: ZoneId) -> bool {
        self.zone.is_none_or(|z| z == to)
            && asked == PacketAddr::Literal(self.outside)
            && self.ports.is_none_or(|(p, range)| p == protocol && range.contains(port))
    }
}

/// Source translation: packets that leave to a zone get this source address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snat {
    /// The source they get.
    pub source: Addr,
    /// The zone they leave to.
    pub zone: ZoneId,
    /// The sources that are translated; `None`: all of the address's own family.
    pub from: Option<AddrMatch>,
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
    /// Parts that keep their packets to themselves (VRFs, the VLANs of a switch), one number per zone; `None`: one part.
    /// Only a policy route leads from one into another.
    pub parts: Option<Vec<u32>>,
    /// Ordered rules; `None` forwards everything.
    pub rules: Option<Vec<Rule>>,
    /// What happens when no rule matches; `None` when there are rules and the file does not say.
    pub default: Option<Action>,
    /// The assumption to name when the default is not stated.
    pub default_assumption: Option<AssumptionId>,
    /// Whether it remembers sessions: replies pass where the request was admitted.
    pub stateful: bool,
    /// What it does with packets of no session that it knows, if it remembers sessions; `None` when not stated.
    pub strays: Option<Strays>,
    /// The assumption to name when that is not stated and matters.
    pub strays_assumption: Option<AssumptionId>,
    /// What it does with packets that come from a zone with client isolation and go back into it; `None` when not stated.
    pub hairpin: Option<Hairpin>,
    /// The assumption to name when that is not stated and matters.
    pub hairpin_assumption: Option<AssumptionId>,
    /// Rules see the destination before it is translated.
    pub rules_see_outside: bool,
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

    /// P-HAIRPIN: whether it sends what comes from a zone that keeps its machines apart back into that zone, where routes lead there.
    #[must_use]
    pub fn sends_back(&self) -> Ternary {
        match self.hairpin {
            Some(Hairpin::Forward) => Ternary::Yes,
            Some(Hairpin::Drop) => Ternary::No,
            None => Ternary::Unknown,
        }
    }

    /// P-CONNECTED: whether a route of it is one that nobody wrote, for a network that it joins. Such a route has its place
    /// where the device is declared.
    #[must_use]
    pub fn is_connected(&self, route: &Route) -> bool {
        route.span == self.span
    }

    /// Its zones by the part to which they belong; all of them in part 0 if it has one part.
    #[must_use]
    pub fn by_part(&self) -> BTreeMap<u32, Vec<ZoneId>> {
        let mut all: BTreeMap<u32, Vec<ZoneId>> = BTreeMap::new();
        for (i, &zone) in self.zones.iter().enumerate() {
            let part = self.parts.as_ref().and_then(|p| p.get(i)).copied().unwrap_or(0);
            all.entry(part).or_default().push(zone);
        }
        all
    }

    /// Whether two of its zones belong to one part.
    #[must_use]
    pub fn one_part(&self, a: ZoneId, b: ZoneId) -> bool {
        let Some(parts) = &self.parts else { return true };
        let part = |z| self.zones.iter().position(|&x| x == z).and_then(|i| parts.get(i));
        part(a) == part(b)
    }
}
