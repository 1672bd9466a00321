//! Reads back what is shown: a reader of a few lines that shares nothing with the writer.

use std::net::IpAddr;

use super::super::Row;
use super::*;

fn range(text: &str) -> Option<AddrRange> {
    if let Some((first, last)) = text.split_once('-') {
        return Some(AddrRange { first: ip(first)?, last: ip(last)? });
    }
    let Some((net, length)) = text.split_once('/') else { return Some(AddrRange::single(ip(text)?)) };
    let first = ip(net)?;
    let width = if first.is_v4() { 32 } else { 128 };
    let hosts = width - length.parse::<u32>().ok()?;
    let size = if hosts == 128 { u128::MAX } else { (1 << hosts) - 1 };
    Some(AddrRange { first, last: Addr::from_bits(first.bits() | size) })
}

fn ip(text: &str) -> Option<Addr> {
    text.parse::<IpAddr>().ok().map(Addr::from)
}

/// Splits at a separator outside of brackets.
fn split<'t>(text: &'t str, separator: &str) -> Vec<&'t str> {
    let (mut parts, mut depth, mut from, mut at) = (Vec::new(), 0, 0, 0);
    while at < text.len() {
        let rest = &text[at..];
        if depth == 0 && rest.starts_with(separator) {
            parts.push(text[from..at].trim());
            at += separator.len();
            from = at;
            continue;
        }
        let c = rest.chars().next().expect("not at the end");
        depth += i32::from(c == '(') - i32::from(c == ')');
        at += c.len_utf8();
    }
    parts.push(text[from..].trim());
    parts
}

fn base(text: &str) -> AddrSet {
    if text == "any" {
        return AddrSet::all(&faces()[..3]);
    }
    if let Some(n) = text.strip_prefix("face") {
        return AddrSet::new([], [FaceId::new(n.parse().expect("a number"))]);
    }
    AddrSet::new([range(text).unwrap_or_else(|| panic!("`{text}`"))], [])
}

fn set(text: &str) -> AddrSet {
    split(text, ",").into_iter().fold(AddrSet::none(), |all, item| {
        let (plain, cuts) = item.split_once(" except ").unwrap_or((item, ""));
        let cuts = cuts.trim_start_matches('(').trim_end_matches(')');
        let gone = if cuts.is_empty() { AddrSet::none() } else { set(cuts) };
        all.or(&base(plain).minus(&gone))
    })
}

fn ports(text: &str) -> Vec<PortRange> {
    let one = |t: &str| t.trim().parse().unwrap_or_else(|_| panic!("`{t}`"));
    let range = |item: &str| {
        let (a, b) = item.split_once('-').unwrap_or((item, item));
        PortRange { first: one(a), last: one(b) }
    };
    text.split(',').map(range).collect()
}

fn icmp(text: &str) -> Vec<PortRange> {
    let shift = |by: u16, all: Vec<PortRange>| -> Vec<PortRange> {
        all.into_iter().map(|r| PortRange { first: r.first + by, last: r.last + by }).collect()
    };
    if let Some(types) = text.strip_prefix("v6 type ") {
        return shift(256, ports(types));
    }
    if let Some(types) = text.strip_prefix("type ") {
        return ports(types);
    }
    let names: [(&str, &[u16]); 9] = [
        ("echo-request", &[8, 384]),
        ("echo-reply", &[0, 385]),
        ("unreachable", &[3, 257]),
        ("too-big", &[258]),
        ("time-exceeded", &[11, 259]),
        ("parameter-problem", &[12, 260]),
        ("redirect", &[5, 393]),
        ("timestamp-request", &[13]),
        ("timestamp-reply", &[14]),
    ];
    let of = |name: &str| names.iter().find(|(n, _)| *n == name).unwrap_or_else(|| panic!("`{name}`")).1;
    text.split(',').flat_map(of).map(|&n| PortRange { first: n, last: n }).collect()
}

fn term(text: &str) -> Vec<Service> {
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    let plain = |protocol| Service { protocol: Some(protocol), ..Service::ANY };
    let protocol = match word {
        "tcp" => Protocol::Tcp,
        "udp" => Protocol::Udp,
        "icmp" if rest.is_empty() => return vec![plain(Protocol::Icmp)],
        "icmp" => {
            return icmp(rest).into_iter().map(|p| Service { destination: p, ..plain(Protocol::Icmp) }).collect();
        }
        "proto" => {
            let numbers = ports(rest).into_iter().flat_map(|p| p.first..=p.last);
            return numbers.map(|n| plain(Protocol::Other(n as u8))).collect();
        }
        _ => panic!("`{text}`"),
    };
    let (from, to) = match rest.strip_prefix("from ").map(|r| r.split_once(" to ").unwrap_or((r, ""))) {
        Some((from, to)) => (ports(from), to),
        None => (vec![PortRange::ALL], rest),
    };
    let to = if to.is_empty() { vec![PortRange::ALL] } else { ports(to) };
    from.iter()
        .flat_map(|&source| {
            to.iter().map(move |&destination| Service { protocol: Some(protocol), source, destination })
        })
        .collect()
}

/// What a line shows, as a row, and the services that it takes out.
pub(super) fn line(text: &str) -> (Row, Vec<Service>) {
    let (from, rest) = text.split_once(" -> ").expect("an arrow");
    let words = ["any except", "tcp", "udp", "icmp", "proto"];
    let at = words.iter().filter_map(|w| {
        rest.match_indices(&format!(" {w}")).map(|m| m.0).find(|&i| {
            let before = &rest[..i];
            !before.ends_with(',')
                && !before.ends_with("->")
                && before.matches('(').count() == before.matches(')').count()
        })
    });
    let at = at.min().unwrap_or(rest.len());
    let services = rest[at..].trim();
    let list = |t: &str| t.split(" + ").flat_map(term).collect::<Vec<_>>();
    let (services, cuts) = match services.strip_prefix("any except ") {
        Some(cuts) => (vec![Service::ANY], list(cuts.trim_start_matches('(').trim_end_matches(')'))),
        None if services.is_empty() => (vec![Service::ANY], Vec::new()),
        None => (list(services), Vec::new()),
    };
    (Row { sources: set(from), destinations: set(&rest[..at]), services }, cuts)
}

/// The Japanese spelling of a line, with the English punctuation.
pub(super) fn from_japanese(text: &str) -> String {
    let mut text = text.replace('、', ", ").replace('・', ",");
    while let Some(end) = text.find(" を除く)") {
        let begin = text[..end].rfind('(').expect("a bracket");
        let cuts = text[begin + 1..end].to_owned();
        let behind = text[end + " を除く)".len()..].to_owned();
        text = format!("{} except ({cuts}){behind}", &text[..begin]);
    }
    text
}
