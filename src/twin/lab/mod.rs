//! A network of Linux namespaces, as plain data, and what was heard when it was probed with real connections.
//!
//! Not here: what a drawing is. A lab knows nodes, ports, addresses, routes, the text of rules for `nft`, and who
//! listens. It is built and probed in a process of its own (`world`), so that nothing of it outlives that process.

#[cfg(target_os = "linux")]
mod build;
#[cfg(target_os = "linux")]
mod child;
#[cfg(target_os = "linux")]
mod probe;
#[cfg(target_os = "linux")]
mod serve;
#[cfg(target_os = "linux")]
mod silence;
#[cfg(target_os = "linux")]
mod watch;
mod world;

use std::net::IpAddr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

pub use world::{ENTRY, Unavailable, World, capable, entry};

/// A network to be built.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lab {
    /// How many networks there are; each is one bridge.
    pub networks: u32,
    /// The nodes.
    pub nodes: Vec<LabNode>,
}

/// One network namespace.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabNode {
    /// For people; also the name under which it is found while the lab stands.
    pub name: String,
    /// Its interfaces; number `i` is `e{i}` in rules.
    pub ports: Vec<Port>,
    /// Whether it passes packets on.
    pub forwards: bool,
    /// Its routes, in any table.
    pub routes: Vec<LabRoute>,
    /// Lines that begin with `rule add`, for IPv4.
    pub rules: Vec<String>,
    /// The same for IPv6: the program takes one family at a time.
    pub rules6: Vec<String>,
    /// The text for `nft`; empty for none.
    pub nft: String,
    /// Services that it answers on all of its addresses; empty with `watched` for one that only takes.
    pub listens: Vec<Listen>,
    /// Whether it is a machine: arrivals are watched there, and it can be asked to open connections.
    pub watched: bool,
}

/// An interface.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Port {
    /// The network.
    pub network: u32,
    /// Its addresses, each with nothing but itself on the link.
    pub addresses: Vec<IpAddr>,
    /// Cannot exchange frames with other isolated ports of the network.
    pub isolated: bool,
    /// Which node and port of the network has an address, as seen from here; never asked for by broadcast.
    pub neighbours: Vec<Neighbour>,
}

/// A permanent entry of the neighbour table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Neighbour {
    /// The address.
    pub address: IpAddr,
    /// The position of the node that takes frames for it.
    pub node: u32,
    /// Its port.
    pub port: u32,
}

/// A route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabRoute {
    /// The table; 254 is the main one.
    pub table: u32,
    /// Destinations.
    pub to: IpNet,
    /// Where to.
    pub hop: Hop,
}

/// Where a route leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Hop {
    /// Out of this port; the neighbour table says who takes it.
    Port(u32),
    /// Out of this port to whoever has that address there.
    Via(u32, IpAddr),
    /// Lost in silence.
    Blackhole,
}

/// A service that is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Listen {
    /// The protocol; ICMP echo is answered by every machine by itself.
    pub protocol: Kind,
    /// The port.
    pub port: u16,
}

/// What a probe is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// A connection, a request and an answer.
    Tcp,
    /// A datagram and an answer.
    Udp,
    /// An echo request and its reply.
    Echo,
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probe {
    /// Who opens.
    pub node: u32,
    /// With which of its addresses.
    pub source: IpAddr,
    /// Towards which address.
    pub destination: IpAddr,
    /// How.
    pub kind: Kind,
    /// The port asked for; 0 for an echo.
    pub port: u16,
    /// The port asked from; 0: any that no other probe has.
    pub source_port: u16,
}

/// What came of a probe.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard {
    /// The answer came back to who asked.
    pub reached: bool,
    /// The node that answered, where the answer says so (not for an echo).
    pub answered: Option<u32>,
    /// Where the first packet arrived, behind everything that filters; in the order in which it was seen.
    pub arrived: Vec<Arrival>,
    /// What the asker was told instead of an answer: a word of the system.
    pub told: Option<String>,
    /// The source port that was used.
    pub source_port: u16,
}

/// The first packet of a probe, seen at a machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrival {
    /// The machine.
    pub node: u32,
    /// The source as it was seen there.
    pub source: IpAddr,
    /// The source port as it was seen there; 0 for an echo.
    pub source_port: u16,
    /// The destination as it was seen there.
    pub destination: IpAddr,
    /// The port asked for, as it was seen there; 0 for an echo.
    pub port: u16,
}
