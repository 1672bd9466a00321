//! Addresses as written: `10.0.0.1`, `10.0.0.0/8`, `10.0.0.1-10.0.0.9`, IPv6 alike.
//!
//! Host bits behind a prefix and leading zeros are mistakes, not conveniences.

use std::net::IpAddr;

use super::super::value::{Name, Names};
use super::Resolver;
use super::meant;
use crate::diagnostic::{Code, Diagnostic, Text};
use crate::model::{Addr, AddrRange};
use crate::source::Span;

/// What is wrong with an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum AddressError {
    NotAnAddress,
    HostBits(String),
    LeadingZero,
    Backwards,
    MixedFamilies,
}

impl AddressError {
    pub(super) fn text(&self) -> Text {
        match self {
            Self::NotAnAddress => Text::new("IP アドレスとして読めません", "not an IP address"),
            Self::HostBits(net) => Text::new(
                format!("プレフィックス長より下のビットが残っています(`{net}` のことですか)"),
                format!("bits are set behind the prefix (did you mean `{net}`?)"),
            ),
            Self::LeadingZero => Text::new("数字の先頭に 0 は書けません", "a number cannot start with 0"),
            Self::Backwards => Text::new("範囲の終わりが始まりより前です", "the range ends before it starts"),
            Self::MixedFamilies => {
                Text::new("IPv4 と IPv6 は一つの範囲にできません", "a range cannot mix IPv4 and IPv6")
            }
        }
    }
}

/// One address, prefix or range.
pub(super) fn parse_range(text: &str) -> Result<AddrRange, AddressError> {
    let leading_zero = text
        .split(['.', '/', '-'])
        .any(|part| part.len() > 1 && part.starts_with('0') && part.bytes().all(|b| b.is_ascii_digit()));
    if leading_zero && !text.contains(':') {
        return Err(AddressError::LeadingZero);
    }
    if let Some((first, last)) = text.split_once('-') {
        let first = parse_addr(first.trim())?;
        let last = parse_addr(last.trim())?;
        if first.is_v4() != last.is_v4() {
            return Err(AddressError::MixedFamilies);
        }
        if last < first {
            return Err(AddressError::Backwards);
        }
        return Ok(AddrRange { first, last });
    }
    if text.contains('/') {
        let net: ipnet::IpNet = text.parse().map_err(|_| AddressError::NotAnAddress)?;
        if net.trunc() != net {
            return Err(AddressError::HostBits(net.trunc().to_string()));
        }
        return Ok(net.into());
    }
    parse_addr(text).map(AddrRange::single)
}

fn parse_addr(text: &str) -> Result<Addr, AddressError> {
    text.parse::<IpAddr>().map(Addr::from).map_err(|_| AddressError::NotAnAddress)
}

/// The prefix length of a range for longest-prefix routing; a range that is no prefix counts as its shortest cover.
pub(super) fn prefix_len(range: AddrRange) -> u8 {
    let differing = range.first.bits() ^ range.last.bits();
    (differing.leading_zeros()) as u8
}

/// Sorts and joins ranges that touch or overlap. A range of IPv6 around the place where IPv4 is kept does not hold IPv4.
pub(super) fn canonical(ranges: Vec<AddrRange>) -> Vec<AddrRange> {
    let mut ranges: Vec<AddrRange> = ranges.into_iter().flat_map(one_family).collect();
    ranges.sort_unstable();
    let mut joined: Vec<AddrRange> = Vec::new();
    for range in ranges {
        match joined.last_mut() {
            Some(last)
                if last.first.is_v4() == range.first.is_v4() && last.last.next().is_none_or(|n| range.first <= n) =>
            {
                last.last = last.last.max(range.last);
            }
            _ => joined.push(range),
        }
    }
    joined
}

/// A range without what is of the other family.
fn one_family(range: AddrRange) -> impl Iterator<Item = AddrRange> {
    let v4: AddrRange = ipnet::IpNet::from(ipnet::Ipv4Net::default()).into();
    let around = !range.first.is_v4() && !range.last.is_v4() && range.covers(v4);
    let before = AddrRange { first: range.first, last: Addr::from_bits(v4.first.bits().saturating_sub(1)) };
    let after = v4.last.next().map(|first| AddrRange { first, last: range.last });
    let parts = if around { [Some(before), after] } else { [Some(range), None] };
    parts.into_iter().flatten()
}

/// What of `ranges` is not in `cut`; both canonical.
pub(super) fn subtract(ranges: &[AddrRange], cut: &[AddrRange]) -> Vec<AddrRange> {
    let mut rest = Vec::new();
    for &range in ranges {
        let mut first = Some(range.first);
        let near = cut.partition_point(|c| c.last < range.first);
        for c in cut[near..].iter().take_while(|c| c.first <= range.last) {
            let Some(from) = first else { break };
            if from < c.first {
                rest.push(AddrRange { first: from, last: Addr::from_bits(c.first.bits() - 1) });
            }
            first = c.last.next().filter(|&n| n <= range.last);
        }
        if let Some(from) = first {
            rest.push(AddrRange { first: from, last: range.last });
        }
    }
    rest
}

impl Resolver<'_> {
    /// The ranges of a list of addresses; what cannot be read is reported.
    pub(super) fn address_list(&mut self, names: &Names) -> Vec<AddrRange> {
        let ranges = names.0.iter().filter_map(|n| self.address(n)).collect();
        canonical(ranges)
    }

    /// The range of one written address.
    pub(super) fn address(&mut self, name: &Name) -> Option<AddrRange> {
        match parse_range(&name.text) {
            Ok(range) => Some(range),
            Err(error) => {
                self.bad_address(&error, name.span);
                None
            }
        }
    }

    pub(super) fn bad_address(&mut self, error: &AddressError, span: Span) {
        let label = Text::new("アドレスの誤りです", "malformed address");
        let d = Diagnostic::error(Code::BAD_ADDRESS, span, error.text(), label);
        self.diagnostics.push(match error {
            AddressError::HostBits(meant) => d.fix(span, meant.clone()),
            _ => match meant::address(self.sources.snippet(span)) {
                Some(meant) => d.fix(span, meant),
                None => d,
            },
        });
    }
}
