//! Ranges of addresses as prefixes, and as the text of a set.

use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Subnets, Ipv6Subnets};

use super::ip;
use crate::model::{Addr, AddrRange};

/// Sorted, and joined where they touch or overlap: a set in `nft` may not say anything twice.
pub(super) fn joined(mut ranges: Vec<AddrRange>) -> Vec<AddrRange> {
    ranges.sort_unstable();
    let mut all: Vec<AddrRange> = Vec::new();
    for r in ranges {
        match all.last_mut() {
            Some(last) if last.first.is_v4() == r.first.is_v4() && last.last.next().is_none_or(|n| r.first <= n) => {
                last.last = last.last.max(r.last);
            }
            _ => all.push(r),
        }
    }
    all
}

/// What is in `from` and in none of `less`.
pub(super) fn without(from: AddrRange, less: &[AddrRange]) -> Vec<AddrRange> {
    let mut left = Vec::new();
    let mut start = Some(from.first);
    for r in joined(less.to_vec()).into_iter().filter(|r| r.overlaps(from)) {
        let Some(at) = start else { break };
        if r.first > at {
            left.push(AddrRange { first: at, last: Addr::from_bits(r.first.bits() - 1) });
        }
        start = r.last.next().filter(|n| *n <= from.last);
    }
    left.extend(start.map(|first| AddrRange { first, last: from.last }));
    left
}

/// The least prefixes that make up a range.
pub(super) fn prefixes(range: AddrRange) -> Vec<IpNet> {
    match (ip(range.first), ip(range.last)) {
        (IpAddr::V4(a), IpAddr::V4(b)) => Ipv4Subnets::new(a, b, 0).map(IpNet::from).collect(),
        (IpAddr::V6(a), IpAddr::V6(b)) => Ipv6Subnets::new(a, b, 0).map(IpNet::from).collect(),
        _ => Vec::new(),
    }
}

/// A set in the words of `nft`, one family of it; `None` when there is nothing of that family.
pub(super) fn set(ranges: &[AddrRange], v4: bool) -> Option<String> {
    let all: Vec<String> = ranges
        .iter()
        .filter(|r| r.first.is_v4() == v4)
        .map(|r| if r.first == r.last { ip(r.first).to_string() } else { format!("{}-{}", ip(r.first), ip(r.last)) })
        .collect();
    (!all.is_empty()).then(|| format!("{{ {} }}", all.join(", ")))
}
