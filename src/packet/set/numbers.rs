//! Sets of addresses: ranges of IPv4 and of IPv6 numbers, and attachments whose number is not stated.
//!
//! A comparison with an address that is not stated may be open; which attachments are in a set is decided by whoever
//! makes it (`AddrSet::certain`, `AddrSet::possible`).

use super::fields::{self, MAPPED, OF, V4, V6, joined};
use crate::model::{Addr, AddrMatch, AddrRange, Face, FaceAddress, FaceId, Id, PacketAddr, Table, Ternary};

/// A set of addresses. Equal sets are equal values.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct AddrSet {
    /// Ranges by kind: IPv4 and IPv6 numbers, positions of attachments. Sorted, apart, not touching.
    ranges: [Vec<(u128, u128)>; 3],
}

impl AddrSet {
    /// No address.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Every number, and these attachments.
    #[must_use]
    pub fn all(faces: &[FaceId]) -> Self {
        let mut set = Self::default();
        set.ranges[V4 as usize] = vec![(0, u128::from(u32::MAX))];
        set.ranges[V6 as usize] = vec![(0, u128::MAX)];
        set.ranges[OF as usize] = joined(faces.iter().map(|f| (f.index() as u128, f.index() as u128)).collect());
        set
    }

    /// From ranges of numbers (each of the family of its first number) and attachments, in any order.
    #[must_use]
    pub fn new(ranges: impl IntoIterator<Item = AddrRange>, faces: impl IntoIterator<Item = FaceId>) -> Self {
        let mut set = Self::default();
        for range in ranges {
            let (first, last) = (range.first.bits(), range.last.bits());
            if range.first.is_v4() {
                set.ranges[V4 as usize].push((first - MAPPED.0, last.min(MAPPED.1) - MAPPED.0));
            } else {
                // The last number stands for all that are not used behind it.
                let number = |a: u128| fields::address(PacketAddr::Literal(Addr::from_bits(a))).1;
                let first = number(first);
                let last = match last {
                    u128::MAX => last,
                    _ if (MAPPED.0..=MAPPED.1).contains(&last) => MAPPED.0 - 1,
                    _ => number(last),
                };
                set.ranges[V6 as usize].push((first.min(last), last));
            }
        }
        set.ranges[OF as usize] = faces.into_iter().map(|f| (f.index() as u128, f.index() as u128)).collect();
        set.ranges = set.ranges.map(joined);
        set
    }

    /// What certainly lies in the source or destination of a rule; `faces` are those that count at all.
    #[must_use]
    pub fn certain(m: &AddrMatch, faces: &[FaceId], table: &Table<FaceId, Face>) -> Self {
        Self::of_match(m, faces, table, |t| t == Ternary::Yes)
    }

    /// What may lie in it.
    #[must_use]
    pub fn possible(m: &AddrMatch, faces: &[FaceId], table: &Table<FaceId, Face>) -> Self {
        Self::of_match(m, faces, table, |t| t != Ternary::No)
    }

    fn of_match(
        m: &AddrMatch,
        faces: &[FaceId],
        table: &Table<FaceId, Face>,
        counts: impl Fn(Ternary) -> bool,
    ) -> Self {
        if m.any {
            return Self::all(faces);
        }
        let open = faces.iter().copied().filter(|&f| counts(m.matches(PacketAddr::Of(f), table)));
        Self::new(m.literal.iter().chain(&m.named).copied(), open)
    }

    /// The addresses of an attachment: its numbers, or itself.
    #[must_use]
    pub fn of_face(face: FaceId, table: &Table<FaceId, Face>) -> Self {
        match &table[face].address {
            FaceAddress::Known(ranges) => Self::new(ranges.iter().copied(), []),
            FaceAddress::Within(_) | FaceAddress::Unknown => Self::new([], [face]),
        }
    }

    /// Whether the two share an address.
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        (0..3).any(|k| meet(&self.ranges[k], &other.ranges[k]))
    }

    /// From the first to the last number, by which sets near each other stand near each other: wide before narrow.
    pub(super) fn outline(&self) -> [Option<(u128, std::cmp::Reverse<u128>)>; 3] {
        std::array::from_fn(|k| Some((self.ranges[k].first()?.0, std::cmp::Reverse(self.ranges[k].last()?.1))))
    }

    pub(super) fn ranges(&self, kind: usize) -> &[(u128, u128)] {
        &self.ranges[kind]
    }

    pub(super) fn from_kinds(ranges: [Vec<(u128, u128)>; 3]) -> Self {
        Self { ranges: ranges.map(joined) }
    }

    /// The attachments in it whose numbers are not stated.
    pub fn unstated(&self) -> impl Iterator<Item = FaceId> + '_ {
        self.ranges(fields::OF as usize).iter().flat_map(|&(a, b)| a..=b).map(|id| FaceId::new(id as usize))
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ranges.iter().all(Vec::is_empty)
    }

    /// Whether an address is in it.
    #[must_use]
    pub fn contains(&self, addr: PacketAddr) -> bool {
        let (kind, number) = fields::address(addr);
        let ranges = self.ranges(kind as usize);
        let behind = ranges.partition_point(|r| r.0 <= number);
        behind > 0 && number <= ranges[behind - 1].1
    }

    /// What is in either.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        let both = |k: usize| self.ranges[k].iter().chain(&other.ranges[k]).copied().collect();
        Self::from_kinds([both(0), both(1), both(2)])
    }

    /// What is here and not there.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        let rest = |k: usize| minus(&self.ranges[k], &other.ranges[k]);
        Self { ranges: [rest(0), rest(1), rest(2)] }
    }

    /// What is in both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        self.minus(&self.minus(other))
    }
}

fn meet(a: &[(u128, u128)], b: &[(u128, u128)]) -> bool {
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
        if x.1 < y.0 {
            a.next();
        } else if y.1 < x.0 {
            b.next();
        } else {
            return true;
        }
    }
    false
}

/// What of sorted ranges is not in others.
pub(super) fn minus(ranges: &[(u128, u128)], cuts: &[(u128, u128)]) -> Vec<(u128, u128)> {
    let mut rest = Vec::new();
    for &(first, last) in ranges {
        let mut from = Some(first);
        let near = cuts.partition_point(|c| c.1 < first);
        for &(a, b) in cuts[near..].iter().take_while(|c| c.0 <= last) {
            let Some(at) = from else { break };
            if at < a {
                rest.push((at, a - 1));
            }
            from = (b < last).then(|| b + 1);
        }
        rest.extend(from.map(|at| (at, last)));
    }
    rest
}
