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
    /// ICMP and ICMPv6. The type stands where others have the destination port: see [`ICMP_V6`].
    Icmp,
    /// Any other protocol, by number.
    Other(u8),
}

/// Added to a type of ICMPv6, so that both versions share one range of numbers: 8 is the echo request of ICMPv4,
/// 256 + 128 that of ICMPv6.
pub const ICMP_V6: u16 = 256;

/// The names of ICMP types that people write, each with its numbers; ICMPv6 has [`ICMP_V6`] added.
pub const ICMP_TYPES: [(&str, &[u16]); 9] = [
    ("echo-request", &[8, ICMP_V6 + 128]),
    ("echo-reply", &[0, ICMP_V6 + 129]),
    ("unreachable", &[3, ICMP_V6 + 1]),
    ("too-big", &[ICMP_V6 + 2]),
    ("time-exceeded", &[11, ICMP_V6 + 3]),
    ("parameter-problem", &[12, ICMP_V6 + 4]),
    ("redirect", &[5, ICMP_V6 + 137]),
    ("timestamp-request", &[13]),
    ("timestamp-reply", &[14]),
];

/// P-ICMP: request and reply among ICMP types (RFC 792, 950, 4443).
const ICMP_REPLIES: [(u16, u16); 5] = [(8, 0), (13, 14), (15, 16), (17, 18), (ICMP_V6 + 128, ICMP_V6 + 129)];

/// The source and destination port of an answer to a packet; none when such a packet is not answered.
///
/// Ports change places. An ICMP type has its reply, if it asks for one.
#[must_use]
pub fn answer_ports(protocol: Protocol, source: u16, destination: u16) -> Option<(u16, u16)> {
    match protocol {
        Protocol::Icmp => {
            ICMP_REPLIES.iter().find(|(request, _)| *request == destination).map(|&(_, reply)| (source, reply))
        }
        _ => Some((destination, source)),
    }
}

/// Whether a service slot can stand in a packet of a family: types of ICMPv4 in IPv4 only, those of ICMPv6 in IPv6 only.
#[must_use]
pub fn fits_family(protocol: Protocol, destination: u16, v4: bool) -> bool {
    protocol != Protocol::Icmp || (destination < ICMP_V6) == v4
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
    /// A protocol without ports has source and destination port 0; ICMP has its type as destination.
    #[must_use]
    pub fn contains(&self, protocol: Protocol, source: u16, destination: u16) -> bool {
        let ports = match protocol {
            Protocol::Tcp | Protocol::Udp => self.source.contains(source) && self.destination.contains(destination),
            Protocol::Icmp => self.destination.contains(destination),
            Protocol::Other(_) => true,
        };
        self.protocol.is_none_or(|p| p == protocol) && ports
    }

    /// Whether the *reply* to such a packet belongs to it; see [`answer_ports`].
    #[must_use]
    pub fn contains_reply(&self, protocol: Protocol, source: u16, destination: u16) -> bool {
        answer_ports(protocol, source, destination).is_some_and(|(s, d)| self.contains(protocol, s, d))
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
        if self.protocol == Some(Protocol::Icmp) && self.destination != PortRange::ALL {
            return write!(f, " {}", icmp_types(self.destination));
        }
        if self.destination != PortRange::ALL {
            write!(f, " {}", self.destination)?;
        }
        Ok(())
    }
}

/// The word for some ICMP types: a name where there is one, else `type 7` or `v6 type 7`.
#[must_use]
pub fn icmp_types(range: PortRange) -> String {
    if range.first == range.last {
        return icmp_type(range.first);
    }
    format!("{} - {}", icmp_type(range.first), icmp_type(range.last))
}

fn icmp_type(slot: u16) -> String {
    let version = if slot >= ICMP_V6 { "v6 " } else { "" };
    match ICMP_TYPES.iter().find(|(_, numbers)| numbers.contains(&slot)) {
        Some((name, _)) => format!("{version}{name}"),
        None => format!("{version}type {}", slot % ICMP_V6),
    }
}
