//! Addresses: IPv4 and IPv6 in one order, ranges, and what is known of an attachment's address.
//!
//! A drawing need not give addresses. A comparison with an address that is not
//! stated is [`Ternary::Unknown`], never a silent "no".

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::ids::{FaceId, Table};
use super::topology::Face;

/// An answer that may be open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ternary {
    /// Certainly not.
    No,
    /// The drawing does not say.
    Unknown,
    /// Certainly.
    Yes,
}

impl Ternary {
    /// Both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.min(other)
    }

    /// Either.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.max(other)
    }
}

impl From<bool> for Ternary {
    fn from(value: bool) -> Self {
        if value { Self::Yes } else { Self::No }
    }
}

/// An IP address. IPv4 is kept in its IPv4-mapped place (`::ffff:a.b.c.d`), so both families share one order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Addr(u128);

const V4_FIRST: u128 = 0xffff_0000_0000;
const V4_LAST: u128 = 0xffff_ffff_ffff;

impl Addr {
    /// From the number behind it (IPv4 in its mapped place).
    #[must_use]
    pub fn from_bits(bits: u128) -> Self {
        Self(bits)
    }

    /// The number behind it.
    #[must_use]
    pub fn bits(self) -> u128 {
        self.0
    }

    /// Whether it is an IPv4 address.
    #[must_use]
    pub fn is_v4(self) -> bool {
        (V4_FIRST..=V4_LAST).contains(&self.0)
    }

    /// The next address, if there is one.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        self.0.checked_add(1).map(Self)
    }
}

impl From<IpAddr> for Addr {
    fn from(ip: IpAddr) -> Self {
        match ip {
            IpAddr::V4(v4) => Self(V4_FIRST | u128::from(v4.to_bits())),
            IpAddr::V6(v6) => Self(v6.to_bits()),
        }
    }
}

impl fmt::Display for Addr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_v4() { Ipv4Addr::from_bits(self.0 as u32).fmt(f) } else { Ipv6Addr::from_bits(self.0).fmt(f) }
    }
}

/// A closed, non-empty range of addresses of one family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AddrRange {
    /// First address.
    pub first: Addr,
    /// Last address, not before the first.
    pub last: Addr,
}

impl AddrRange {
    /// A single address.
    #[must_use]
    pub fn single(addr: Addr) -> Self {
        Self { first: addr, last: addr }
    }

    /// Whether `addr` lies in it.
    #[must_use]
    pub fn contains(self, addr: Addr) -> bool {
        self.first <= addr && addr <= self.last
    }

    /// Whether the two share an address.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.first <= other.last && other.first <= self.last
    }

    /// Whether `other` lies wholly in it.
    #[must_use]
    pub fn covers(self, other: Self) -> bool {
        self.first <= other.first && other.last <= self.last
    }
}

impl From<ipnet::IpNet> for AddrRange {
    fn from(net: ipnet::IpNet) -> Self {
        Self { first: net.network().into(), last: net.broadcast().into() }
    }
}

impl fmt::Display for AddrRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last {
            return self.first.fmt(f);
        }
        let size = self.last.0 - self.first.0;
        let prefix_shaped = (size & (size.wrapping_add(1))) == 0 && self.first.0 & size == 0;
        if prefix_shaped {
            let width = if self.first.is_v4() { 32 } else { 128 };
            write!(f, "{}/{}", self.first, width - size.count_ones())
        } else {
            write!(f, "{}-{}", self.first, self.last)
        }
    }
}

/// What is known of the address of a face.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaceAddress {
    /// Exactly these addresses; for a counted group, all of them are in use.
    /// Sorted, disjoint, not empty.
    Known(Vec<AddrRange>),
    /// Not stated, but inside these ranges, the addresses of its network. Sorted, disjoint, not empty.
    Within(Vec<AddrRange>),
    /// Not stated at all.
    Unknown,
}

/// The address of a concrete packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PacketAddr {
    /// A number.
    Literal(Addr),
    /// The address of a face whose number is not stated.
    Of(FaceId),
}

impl PacketAddr {
    /// Whether a source translation to `to` applies to packets with this source: one family, or not known.
    #[must_use]
    pub fn translates_to(self, to: Addr) -> bool {
        self.same_family(Self::Literal(to))
    }

    /// Whether a packet can carry both as source and destination: one family, or not known.
    #[must_use]
    pub fn same_family(self, other: Self) -> bool {
        match (self, other) {
            (Self::Literal(a), Self::Literal(b)) => a.is_v4() == b.is_v4(),
            _ => true,
        }
    }
}

/// The source or destination of a rule or route, as a set of addresses.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AddrMatch {
    /// Everything.
    pub any: bool,
    /// Ranges written as numbers. A face whose address is not stated *may* lie in them.
    pub literal: Vec<AddrRange>,
    /// Known ranges of things that were named. A face with no stated address is not in them.
    pub named: Vec<AddrRange>,
    /// Named faces whose addresses are not stated. Sorted.
    pub faces: Vec<FaceId>,
    /// As written.
    pub text: String,
}

impl AddrMatch {
    /// Everything.
    #[must_use]
    pub fn any() -> Self {
        Self { any: true, text: "any".to_owned(), ..Self::default() }
    }

    /// Whether a packet's address is in the set.
    #[must_use]
    pub fn matches(&self, addr: PacketAddr, faces: &Table<FaceId, Face>) -> Ternary {
        if self.any {
            return Ternary::Yes;
        }
        match addr {
            PacketAddr::Literal(a) => self.literal.iter().chain(&self.named).any(|r| r.contains(a)).into(),
            PacketAddr::Of(face) if self.faces.binary_search(&face).is_ok() => Ternary::Yes,
            PacketAddr::Of(face) => match &faces[face].address {
                FaceAddress::Unknown if self.literal.is_empty() => Ternary::No,
                FaceAddress::Unknown => Ternary::Unknown,
                FaceAddress::Within(ranges) | FaceAddress::Known(ranges) => self.covers_unknown(ranges),
            },
        }
    }

    /// Whether an unstated address inside `within` is in the literal ranges.
    fn covers_unknown(&self, within: &[AddrRange]) -> Ternary {
        if within.iter().all(|w| self.literal.iter().any(|l| l.covers(*w))) {
            Ternary::Yes
        } else if within.iter().any(|w| self.literal.iter().any(|l| l.overlaps(*w))) {
            Ternary::Unknown
        } else {
            Ternary::No
        }
    }
}
