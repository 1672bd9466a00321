//! Services: protocol, source and destination ports.
//!
//! Not here: who may use one. A port never narrows what a session carries.

use std::fmt;

/// An IP protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// TCP: content flows only in a session that both sides complete.
    Tcp,
    /// UDP: one datagram is already content.
    Udp,
    /// ICMP and ICMPv6.
    Icmp,
    /// Any other protocol, by number.
    Other(u8),
}

impl Protocol {
    /// Whether it has port numbers.
    #[must_use]
    pub fn has_ports(self) -> bool {
        matches!(self, Self::Tcp | Self::Udp)
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp => f.write_str("tcp"),
            Self::Udp => f.write_str("udp"),
            Self::Icmp => f.write_str("icmp"),
            Self::Other(n) => write!(f, "proto {n}"),
        }
    }
}

/// A closed range of ports; both ends belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PortRange {
    /// First port.
    pub first: u16,
    /// Last port.
    pub last: u16,
}

impl PortRange {
    /// All ports.
    pub const ALL: Self = Self { first: 0, last: u16::MAX };

    /// Whether `port` lies in it.
    #[must_use]
    pub fn contains(self, port: u16) -> bool {
        self.first <= port && port <= self.last
    }
}

impl fmt::Display for PortRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last { write!(f, "{}", self.first) } else { write!(f, "{}-{}", self.first, self.last) }
    }
}

/// One line of a service: a protocol and ports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Service {
    /// The protocol; `None` is any protocol.
    pub protocol: Option<Protocol>,
    /// Source ports of the initiator.
    pub source: PortRange,
    /// Destination ports of the responder.
    pub destination: PortRange,
}

impl Service {
    /// Everything.
    pub const ANY: Self = Self { protocol: None, source: PortRange::ALL, destination: PortRange::ALL };

    /// Whether a packet of this protocol and these ports belongs to it.
    ///
    /// A protocol without ports has source and destination port 0.
    #[must_use]
    pub fn contains(&self, protocol: Protocol, source: u16, destination: u16) -> bool {
        self.protocol.is_none_or(|p| p == protocol)
            && (!protocol.has_ports() || (self.source.contains(source) && self.destination.contains(destination)))
    }

    /// Whether the *reply* to such a packet belongs to it: ports the other way round.
    #[must_use]
    pub fn contains_reply(&self, protocol: Protocol, source: u16, destination: u16) -> bool {
        self.contains(protocol, destination, source)
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.protocol {
            None => f.write_str("any")?,
            Some(p) => write!(f, "{p}")?,
        }
        if self.source != PortRange::ALL {
            write!(f, " from {}", self.source)?;
        }
        if self.destination != PortRange::ALL {
            write!(f, " {}", self.destination)?;
        }
        Ok(())
    }
}
