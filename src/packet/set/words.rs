//! A set of packets as people write it: `10.1.0.0/16 except 10.1.3.7 -> 10.2.0.1 tcp 80,443`.
//!
//! What is shown says all: nothing is left out or rounded, and reading it back gives the same set (P-SET-7). Where no
//! "except" is needed it is the text of a rule in a drawing.

use super::fields::{self, ICMP_END, ICMP_V6, Ranges};
use super::numbers::{AddrSet, minus};
use super::rows::Row;
use crate::diagnostic::Text;
use crate::model::{
    Addr, AddrRange, FaceId, ICMP_TYPES, PacketAddr, PortRange, Protocol, Service, answer_ports, fits_family,
};

/// Some numbers of one kind as a person writes them: ranges, each with ranges that are taken out.
type Term = ((u128, u128), Ranges);

impl Row {
    /// The row in words. `everyone` is every address of the space, `name` names an attachment without a number.
    #[must_use]
    pub fn text(&self, everyone: &AddrSet, name: impl Fn(FaceId) -> String) -> Text {
        self.told(everyone, name, &services(&self.in_families()))
    }

    /// As [`Row::text`], for packets that open sessions: where every service with an answer, but for some, is there, it is
    /// `any` or `any except`, without a word on types of ICMP that have none.
    #[must_use]
    pub fn text_of_sessions(&self, everyone: &AddrSet, name: impl Fn(FaceId) -> String) -> Text {
        let services = self.but_for_silence().unwrap_or_else(|| services(&self.in_families()));
        self.told(everyone, name, &services)
    }

    /// Whether [`Row::text_of_sessions`] says `any`.
    #[must_use]
    pub fn is_any_with_answer(&self) -> bool {
        self.but_for_silence().is_some()
    }

    /// The services in words, if these begin with `any` once types of ICMP without an answer are not looked at.
    fn but_for_silence(&self) -> Option<String> {
        let slots = (0..2 * crate::model::ICMP_V6).filter(|&t| self.is_silent(t));
        let silent = slots.map(|t| Service {
            protocol: Some(Protocol::Icmp),
            source: PortRange::ALL,
            destination: PortRange { first: t, last: t },
        });
        let all: Vec<Service> = self.services.iter().copied().chain(silent).collect();
        let text = if service_terms(&rest(&all)).is_empty() { "any".to_owned() } else { services(&all) };
        text.starts_with("any").then_some(text)
    }

    /// Whether these are the types of ICMP that have no answer, all of them, and nothing else.
    #[must_use]
    pub fn is_all_without_answer(&self) -> bool {
        let own = |t: u16| self.family().is_none_or(|v4| fits_family(Protocol::Icmp, t, v4));
        let held = |t: u16| self.services.iter().any(|s| s.contains(Protocol::Icmp, 0, t));
        self.services.iter().all(|s| s.protocol == Some(Protocol::Icmp))
            && (0..2 * crate::model::ICMP_V6).filter(|&t| own(t)).all(|t| held(t) == self.is_silent(t))
    }

    /// The family of the addresses, if they have one.
    fn family(&self) -> Option<bool> {
        let only = |set: &AddrSet, kind: u128| (0..3).all(|k| (k == kind as usize) != set.ranges(k).is_empty());
        let of = |kind| [&self.sources, &self.destinations].into_iter().any(|set| only(set, kind));
        if of(fields::V4) { Some(true) } else { of(fields::V6).then_some(false) }
    }

    fn is_silent(&self, kind: u16) -> bool {
        answer_ports(Protocol::Icmp, 0, kind).is_none()
            || self.family().is_some_and(|v4| !fits_family(Protocol::Icmp, kind, v4))
    }

    /// The services, with the types of ICMP of the other family where that is less to write: such packets there are none.
    fn in_families(&self) -> Vec<Service> {
        let Some(v4) = self.family() else { return self.services.clone() };
        let first = if v4 { crate::model::ICMP_V6 } else { 0 };
        let other = PortRange { first, last: first + crate::model::ICMP_V6 - 1 };
        let mut all = self.services.clone();
        all.push(Service { protocol: Some(Protocol::Icmp), source: PortRange::ALL, destination: other });
        if service_terms(&rest(&all)).is_empty() {
            return vec![Service::ANY];
        }
        if services(&all).len() < services(&self.services).len() { all } else { self.services.clone() }
    }

    fn told(&self, everyone: &AddrSet, name: impl Fn(FaceId) -> String, services: &str) -> Text {
        let [from, to] = [&self.sources, &self.destinations].map(|set| addresses(set, everyone, &name));
        let service = if services.is_empty() { String::new() } else { format!(" {services}") };
        // Japanese readers write lists of ports with a middle dot.
        let dotted = service.replace(',', "・");
        Text::new(format!("{} -> {}{dotted}", from.ja, to.ja), format!("{} -> {}{service}", from.en, to.en))
    }
}

/// A set of addresses in words.
#[must_use]
pub fn addresses(set: &AddrSet, everyone: &AddrSet, name: impl Fn(FaceId) -> String) -> Text {
    if set == everyone {
        return Text::new("any", "any");
    }
    let others = everyone.minus(set);
    if cost_of_terms(&others) + 1 < cost_of_terms(set) {
        let list = flat(&others, &name);
        return except("any", &list);
    }
    let (mut ja, mut en) = (Vec::new(), Vec::new());
    for kind in 0..2 {
        for (base, cuts) in terms(set.ranges(kind), kind) {
            let base = written(kind, base);
            let text = match cuts.as_slice() {
                [] => Text::new(base.clone(), base),
                _ => except(&base, &cuts.iter().map(|&cut| written(kind, cut)).collect::<Vec<_>>()),
            };
            ja.push(text.ja);
            en.push(text.en);
        }
    }
    for face in set.unstated() {
        ja.push(name(face));
        en.push(name(face));
    }
    Text::new(ja.join("、"), en.join(", "))
}

fn except(base: &str, cuts: &[String]) -> Text {
    let ja = format!("{base}({} を除く)", cuts.join("、"));
    let en = match cuts {
        [cut] => format!("{base} except {cut}"),
        _ => format!("{base} except ({})", cuts.join(", ")),
    };
    Text::new(ja, en)
}

/// A set as a list without "except".
fn flat(set: &AddrSet, name: impl Fn(FaceId) -> String) -> Vec<String> {
    let numbers = (0..2).flat_map(|kind| set.ranges(kind).iter().map(move |&range| written(kind, range)));
    numbers.chain(set.unstated().map(name)).collect()
}

fn written(kind: usize, (first, last): (u128, u128)) -> String {
    let (first, last) = real(kind, (first, last));
    if kind == 1 && (first, last) == (0, u128::MAX) {
        return "::/0".to_owned();
    }
    AddrRange { first: Addr::from_bits(first), last: Addr::from_bits(last) }.to_string()
}

/// A range in the numbers that people know: those of IPv6 with the place of IPv4 among them.
fn real(kind: usize, (first, last): (u128, u128)) -> (u128, u128) {
    let bits = |number: u128| match fields::address_back(kind as u128, number) {
        PacketAddr::Literal(addr) => addr.bits(),
        PacketAddr::Of(_) => number,
    };
    (bits(first), if last == u128::MAX { last } else { bits(last) })
}

/// How many numbers a person has to write for a range: one for an address or a prefix.
fn range_cost(kind: usize, range: (u128, u128)) -> usize {
    let (first, last) = real(kind, range);
    let size = last - first;
    1 + usize::from(size & size.wrapping_add(1) != 0 || first & size != 0)
}

/// The ranges of one kind with the fewest numbers to write: neighbours as one range, without the gaps between them, where
/// that is less.
fn terms(ranges: &[(u128, u128)], kind: usize) -> Vec<Term> {
    // best[i]: the least cost of the first i ranges, and where the last term of them begins.
    let mut best: Vec<(usize, usize)> = vec![(0, 0)];
    // What the gaps before each range cost, all together.
    let mut gaps = vec![0usize];
    for pair in ranges.windows(2) {
        let gap = (pair[0].1 + 1, pair[1].0 - 1);
        gaps.push(gaps.last().copied().unwrap_or(0) + range_cost(kind, gap));
    }
    // The cheapest beginning of a term that is no prefix.
    let mut from = (0, 0);
    for (i, &(first, last)) in ranges.iter().enumerate() {
        let start = |j: usize| best[j].0 as isize - gaps[j] as isize;
        if i == 0 || start(i) <= start(from.0) {
            from = (i, i);
        }
        let whole = |j: usize| range_cost(kind, (ranges[j].0, last));
        let mut choice = (best[i].0 + range_cost(kind, (first, last)), i);
        let mut look = |j: usize| {
            let cost = (start(j) + gaps[i] as isize) as usize + whole(j);
            if cost < choice.0 {
                choice = (cost, j);
            }
        };
        look(from.0);
        // Prefixes that end here begin at one place for each length.
        let end = real(kind, (first, last)).1;
        for size in (1..=128).map(|length| u128::MAX >> (128 - length)).take_while(|size| end & size == *size) {
            if let Ok(j) = ranges[..i].binary_search_by_key(&(end - size), |&r| real(kind, r).0) {
                look(j);
            }
        }
        best.push(choice);
    }
    let mut terms = Vec::new();
    let mut end = ranges.len();
    while end > 0 {
        let begin = best[end].1;
        let base = (ranges[begin].0, ranges[end - 1].1);
        let cuts = ranges[begin..end].windows(2).map(|p| (p[0].1 + 1, p[1].0 - 1)).collect();
        terms.push((base, cuts));
        end = begin;
    }
    terms.reverse();
    terms
}

fn cost_of_terms(set: &AddrSet) -> usize {
    let of_kind = |kind: usize| {
        let cost = |(base, cuts): Term| std::iter::once(base).chain(cuts).map(|r| range_cost(kind, r)).sum::<usize>();
        terms(set.ranges(kind), kind).into_iter().map(cost).sum::<usize>()
    };
    of_kind(0) + of_kind(1) + set.unstated().count()
}

/// How much there is to write for a set of addresses; nothing for "any".
pub(super) fn address_cost(set: &AddrSet, everyone: &AddrSet) -> usize {
    if set == everyone {
        return 0;
    }
    cost_of_terms(set).min(1 + cost_of_terms(&everyone.minus(set)))
}

/// The services of a protocol: lists of destination ports by lists of source ports.
type Ports = Vec<(Ranges, Ranges)>;

fn ports_of(list: &[Service], protocol: Protocol) -> Ports {
    let range = |r: PortRange| (u128::from(r.first), u128::from(r.last));
    let of: Vec<&Service> = list.iter().filter(|s| s.protocol.is_none_or(|p| p == protocol)).collect();
    let mut starts: Vec<u128> = of.iter().flat_map(|s| [range(s.destination).0, range(s.destination).1 + 1]).collect();
    starts.sort_unstable();
    starts.dedup();
    let mut by_source: std::collections::BTreeMap<Ranges, Ranges> = Default::default();
    for pair in starts.windows(2) {
        let there = of.iter().filter(|s| range(s.destination).0 <= pair[0] && pair[0] <= range(s.destination).1);
        let sources = fields::joined(there.map(|s| range(s.source)).collect());
        if !sources.is_empty() {
            by_source.entry(sources).or_default().push((pair[0], pair[1] - 1));
        }
    }
    by_source.into_iter().map(|(from, to)| (from, fields::joined(to))).collect()
}

const EVERY_PORT: (u128, u128) = (0, u16::MAX as u128);

fn list(ranges: &[(u128, u128)]) -> String {
    let item = |&(a, b): &(u128, u128)| if a == b { a.to_string() } else { format!("{a}-{b}") };
    ranges.iter().map(item).collect::<Vec<_>>().join(",")
}

/// Services in words: the terms of a rule, joined by `+`; nothing for every service.
#[must_use]
pub fn services(all: &[Service]) -> String {
    if all.contains(&Service::ANY) {
        return String::new();
    }
    let terms = service_terms(all);
    let others = service_terms(&rest(all));
    if others.len() + 1 < terms.len() {
        let brackets = |t: String| if others.len() == 1 { t } else { format!("({t})") };
        return format!("any except {}", brackets(others.join(" + ")));
    }
    terms.join(" + ")
}

/// Every other service.
fn rest(all: &[Service]) -> Vec<Service> {
    let range = |(a, b): (u128, u128)| PortRange { first: a as u16, last: b as u16 };
    let mut rest = Vec::new();
    for protocol in [Protocol::Tcp, Protocol::Udp] {
        let known = ports_of(all, protocol);
        let mut whole = vec![EVERY_PORT];
        for (sources, targets) in &known {
            whole = minus(&whole, targets);
            for source in minus(&[EVERY_PORT], sources) {
                rest.extend(targets.iter().map(|&t| Service {
                    protocol: Some(protocol),
                    source: range(source),
                    destination: range(t),
                }));
            }
        }
        rest.extend(whole.into_iter().map(|t| Service {
            protocol: Some(protocol),
            source: PortRange::ALL,
            destination: range(t),
        }));
    }
    let types = minus(&[(0, ICMP_END - 1)], &slots(all));
    rest.extend(types.into_iter().map(|t| Service {
        protocol: Some(Protocol::Icmp),
        source: PortRange::ALL,
        destination: range(t),
    }));
    let named: Vec<(u128, u128)> = fields::OWN_KIND.iter().map(|&n| (u128::from(n), u128::from(n))).collect();
    let numbers = minus(&minus(&[(0, 255)], &named), &numbers(all)).into_iter().flat_map(|(a, b)| a..=b);
    rest.extend(numbers.map(|n| Service { protocol: Some(Protocol::Other(n as u8)), ..Service::ANY }));
    rest
}

fn slots(all: &[Service]) -> Vec<(u128, u128)> {
    let ports = ports_of(all, Protocol::Icmp);
    let ranges = ports.into_iter().flat_map(|(_, to)| to).map(|(a, b)| (a, b.min(ICMP_END - 1)));
    fields::joined(ranges.filter(|(a, b)| a <= b).collect())
}

/// The numbers of other protocols.
fn numbers(all: &[Service]) -> Vec<(u128, u128)> {
    let other = |s: &Service| match s.protocol {
        Some(Protocol::Other(n)) => Some((u128::from(n), u128::from(n))),
        _ => None,
    };
    fields::joined(all.iter().filter_map(other).collect())
}

fn service_terms(all: &[Service]) -> Vec<String> {
    let mut terms = Vec::new();
    for protocol in [Protocol::Tcp, Protocol::Udp] {
        for (sources, targets) in ports_of(all, protocol) {
            let (from, to) = (list(&sources), list(&targets));
            terms.push(match (sources == [EVERY_PORT], targets == [EVERY_PORT]) {
                (true, true) => protocol.to_string(),
                (true, false) => format!("{protocol} {to}"),
                (false, true) => format!("{protocol} from {from}"),
                (false, false) => format!("{protocol} from {from} to {to}"),
            });
        }
    }
    terms.extend(icmp_terms(slots(all)));
    let numbers = numbers(all);
    if !numbers.is_empty() {
        terms.push(format!("proto {}", list(&numbers)));
    }
    terms
}

/// How many terms there are to write for services; none for every service.
pub(super) fn service_cost(all: &[Service]) -> usize {
    if all.contains(&Service::ANY) { 0 } else { service_terms(all).len().min(1 + service_terms(&rest(all)).len()) }
}

/// Types of ICMP: names that stand for both versions, then numbers of each.
fn icmp_terms(slots: Vec<(u128, u128)>) -> Vec<String> {
    if slots == [(0, ICMP_END - 1)] {
        return vec!["icmp".to_owned()];
    }
    let holds = |n: &u16| slots.iter().any(|r| r.0 <= u128::from(*n) && u128::from(*n) <= r.1);
    // Names in long ranges would only cut them into pieces.
    let is_short = |n: &u16| slots.iter().any(|r| r.0 <= u128::from(*n) && u128::from(*n) <= r.1 && r.1 - r.0 < 2);
    let named = ICMP_TYPES.iter().filter(|(_, all)| all.iter().all(holds) && all.iter().any(is_short));
    let (mut names, mut said) = (Vec::new(), Vec::new());
    for (name, numbers) in named {
        names.push(*name);
        said.extend(numbers.iter().map(|&n| (u128::from(n), u128::from(n))));
    }
    let rest = minus(&slots, &fields::joined(said));
    let mut terms = Vec::new();
    if !names.is_empty() {
        terms.push(format!("icmp {}", names.join(",")));
    }
    for (word, first) in [("icmp type", 0), ("icmp v6 type", ICMP_V6)] {
        let half = (first, first + ICMP_V6 - 1);
        let inside = minus(&[half], &minus(&[half], &rest));
        let types: Vec<(u128, u128)> = inside.into_iter().map(|(a, b)| (a - first, b - first)).collect();
        if !types.is_empty() {
            terms.push(format!("{word} {}", list(&types)));
        }
    }
    terms
}
