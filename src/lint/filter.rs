//! A device's ordered rules as boxes of packets, with what each rule does to the whole.
//!
//! The packets of a device are all packets that could be given to it, whether or
//! not anything in the drawing sends them: sources and destinations are all
//! numbers and all attachments whose number is not stated. The three-valued
//! answers of the semantics give each rule two boxes, one for `may` and one for
//! `sure`; in each of them an ordinary first match decides.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};

use super::space::{Packets, Set};
use crate::model::{
    Action, Addr, AddrMatch, AddrRange, FaceAddress, FaceId, Model, PacketAddr, PacketState, PortRange, Protocol, Rule,
    Service, Ternary, Transit, ZoneId,
};

/// What a rule does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Standing {
    /// It decides some packet, and without it that packet would fare otherwise.
    Needed,
    /// No packet fits it at all.
    FitsNothing,
    /// These rules before it decide every packet that fits it.
    Shadowed(Vec<usize>),
    /// It decides packets, but without it they would fare the same.
    Redundant,
    /// Too many rules overlap; nothing is claimed.
    Unknown,
}

/// One rule as sets of packets.
struct Line {
    action: Action,
    may: Packets,
    sure: Packets,
}

/// A device's rules, ready for questions.
pub(super) struct Filter {
    lines: Vec<Line>,
    default: Option<Action>,
    /// Source and destination of different families: no such packet exists.
    impossible: [Packets; 2],
    /// Whether `may` and `sure` differ anywhere.
    doubtful: bool,
    /// Rules by their first destination, if their destinations are near each other.
    narrow: Vec<(u64, usize)>,
    /// All other rules.
    wide: Vec<usize>,
    /// The first rules from anywhere to anywhere: likely to hide others.
    broad: Vec<usize>,
    spent: std::cell::Cell<usize>,
}

/// How many comparisons of boxes one rule may cost.
const MAX_WORK: usize = 2_000_000;
/// How many all rules of a device may cost.
const MAX_TOTAL: usize = 20_000_000;
/// How many rules about everything are tried first.
const MAX_BROAD: usize = 32;
/// A rule whose destinations span more numbers than this is compared with every other.
const NARROW: u64 = 64;

impl Filter {
    pub(super) fn new(model: &Model, transit: &Transit, rules: &[Rule]) -> Self {
        let addresses = Addresses::new(model, rules);
        let ports = Ports::new(rules);
        let contexts = Contexts::new(transit, rules);
        let lines: Vec<Line> = rules
            .iter()
            .map(|rule| {
                let (source_yes, source_may) = addresses.of(model, &rule.source);
                let (target_yes, target_may) = addresses.of(model, &rule.destination);
                let (services, contexts) = (ports.of(&rule.services), contexts.of(rule));
                let yes = Packets([source_yes, target_yes, services.clone(), contexts.clone()]);
                let maybe = Packets([source_may, target_may, services, contexts]);
                match rule.action {
                    Action::Permit => Line { action: rule.action, may: maybe, sure: yes },
                    Action::Deny => Line { action: rule.action, may: yes, sure: maybe },
                }
            })
            .collect();
        let doubtful = transit.default.is_none() || lines.iter().any(|l| l.may != l.sure);
        let (v4, v6) = addresses.families();
        let all = (ports.all(), contexts.all());
        let apart = |a: &Set, b: &Set| Packets([a.clone(), b.clone(), all.0.clone(), all.1.clone()]);
        let impossible = [apart(&v4, &v6), apart(&v6, &v4)];
        let (mut narrow, mut wide) = (Vec::new(), Vec::new());
        for (i, line) in lines.iter().enumerate() {
            // One of the two boxes holds the other.
            match [&line.may, &line.sure]
                .iter()
                .filter_map(|p| p.0[1].bounds())
                .reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
            {
                Some((first, last)) if last - first > NARROW => wide.push(i),
                Some((first, _)) => narrow.push((first, i)),
                None => {}
            }
        }
        narrow.sort_unstable();
        let about_all = |r: &Rule| r.source.any && r.destination.any;
        let broad = rules.iter().enumerate().filter(|(_, r)| about_all(r)).map(|(i, _)| i).take(MAX_BROAD).collect();
        Self {
            broad,
            impossible,
            lines,
            default: transit.default,
            doubtful,
            narrow,
            wide,
            spent: std::cell::Cell::new(0),
        }
    }

    /// The rules, in order, whose packets meet some of rule `i`'s.
    fn near(&self, i: usize, may: bool, work: &mut usize) -> Vec<usize> {
        let own = self.packets(i, may);
        let Some((first, last)) = own.0[1].bounds() else { return Vec::new() };
        let from = self.narrow.partition_point(|&(at, _)| at + NARROW < first);
        let to = self.narrow.partition_point(|&(at, _)| at <= last);
        let close = self.narrow[from..to].iter().map(|&(_, j)| j);
        *work += to - from + self.wide.len();
        let mut near: Vec<usize> =
            close.chain(self.wide.iter().copied()).filter(|&j| j != i && self.packets(j, may).meets(own)).collect();
        near.sort_unstable();
        near
    }

    /// What rule `i` does.
    pub(super) fn standing(&self, i: usize) -> Standing {
        let levels: &[bool] = if self.doubtful { &[true, false] } else { &[true] };
        if self.spent.get() > MAX_TOTAL {
            return Standing::Unknown;
        }
        let mut work = 0;
        let mut judge = || -> Option<Standing> {
            let mut fits = false;
            for &may in levels {
                fits |= self.left(i, may, 0, &mut work, &mut BTreeSet::new())?;
            }
            if !fits {
                return Some(Standing::FitsNothing);
            }
            if let Some(&j) = self.broad.iter().take_while(|&&j| j < i).find(|&&j| self.covers(j, i, levels)) {
                return Some(Standing::Shadowed(vec![j]));
            }
            let mut covering = BTreeSet::new();
            let mut decides = false;
            for &may in levels {
                decides |= self.left(i, may, i, &mut work, &mut covering)?;
            }
            if !decides {
                return Some(Standing::Shadowed(self.one_that_covers(i, levels, covering)));
            }
            let mut differs = false;
            for &may in levels {
                differs |= self.differs(i, may, &mut work)?;
            }
            Some(if differs { Standing::Needed } else { Standing::Redundant })
        };
        let standing = judge().unwrap_or(Standing::Unknown);
        self.spent.set(self.spent.get() + work);
        standing
    }

    fn packets(&self, i: usize, may: bool) -> &Packets {
        if may { &self.lines[i].may } else { &self.lines[i].sure }
    }

    /// Whether any possible packet of rule `i` is left when those of the first `before` rules are taken away.
    /// `None` when that is too much work.
    fn left(&self, i: usize, may: bool, before: usize, work: &mut usize, met: &mut BTreeSet<usize>) -> Option<bool> {
        let own = self.packets(i, may);
        let near = if before == 0 { Vec::new() } else { self.near(i, may, work) };
        let near = near.into_iter().take_while(|&j| j < before);
        let cuts: Vec<(Option<usize>, &Packets)> =
            self.impossible.iter().map(|p| (None, p)).chain(near.map(|j| (Some(j), self.packets(j, may)))).collect();
        let mut open = vec![(own.clone(), 0)];
        while let Some((piece, from)) = open.pop() {
            if piece.is_empty() {
                continue;
            }
            let cut = (from..cuts.len()).find(|&k| cuts[k].1.meets(&piece));
            *work += cut.map_or(cuts.len(), |k| k + 1) - from;
            if *work > MAX_WORK {
                return None;
            }
            let Some(k) = cut else { return Some(true) };
            met.extend(cuts[k].0);
            open.extend(piece.minus(cuts[k].1).into_iter().map(|p| (p, k + 1)));
        }
        Some(false)
    }

    /// A single rule that covers rule `i`, if there is one, else all that do it together.
    fn one_that_covers(&self, i: usize, levels: &[bool], covering: BTreeSet<usize>) -> Vec<usize> {
        match covering.iter().find(|&&j| self.covers(j, i, levels)) {
            Some(&j) => vec![j],
            None => covering.into_iter().collect(),
        }
    }

    /// Whether every possible packet of rule `i` is one of rule `j`'s.
    fn covers(&self, j: usize, i: usize, levels: &[bool]) -> bool {
        levels.iter().all(|&may| {
            let whole = self
                .impossible
                .iter()
                .fold(vec![self.packets(i, may).clone()], |rest, cut| rest.iter().flat_map(|p| p.minus(cut)).collect());
            whole.iter().all(|p| p.is_empty() || p.minus(self.packets(j, may)).iter().all(Packets::is_empty))
        })
    }

    /// Whether some packet fares otherwise without rule `i`.
    fn differs(&self, i: usize, may: bool, work: &mut usize) -> Option<bool> {
        let own = self.packets(i, may);
        let action = self.lines[i].action;
        let default = self.default.unwrap_or(if may { Action::Permit } else { Action::Deny });
        let others = self.near(i, may, work);
        let opposite = |k: usize| others[k] > i && self.lines[others[k]].action != action;
        let first = self
            .impossible
            .iter()
            .fold(vec![own.clone()], |rest, cut| rest.iter().flat_map(|p| p.minus(cut)).collect());
        let mut open: Vec<(Packets, usize)> = first.into_iter().map(|p| (p, 0)).collect();
        while let Some((piece, from)) = open.pop() {
            if piece.is_empty() {
                continue;
            }
            *work += 2 * (others.len() - from) + 1;
            if *work > MAX_WORK {
                return None;
            }
            let meets = |k: usize| self.packets(others[k], may).meets(&piece);
            if default == action && !(from..others.len()).any(|k| opposite(k) && meets(k)) {
                continue;
            }
            match (from..others.len()).find(|&k| meets(k)) {
                None => return Some(true),
                Some(k) if opposite(k) => return Some(true),
                Some(k) => open.extend(piece.minus(self.packets(others[k], may)).into_iter().map(|p| (p, k + 1))),
            }
        }
        Some(false)
    }
}

/// Numbers for addresses: pieces of the number line, then groups of attachments without a number.
struct Addresses {
    starts: Vec<Addr>,
    /// What is known of the attachments of each kind, with the numbers of its groups and one attachment.
    kinds: Vec<(FaceId, u64, u64)>,
    groups: BTreeMap<FaceId, u64>,
}

impl Addresses {
    fn new(model: &Model, rules: &[Rule]) -> Self {
        let v4_first: Addr = IpAddr::V4(Ipv4Addr::UNSPECIFIED).into();
        let v4_last: Addr = IpAddr::V4(Ipv4Addr::BROADCAST).into();
        let mut starts = BTreeSet::from([Addr::from_bits(0), v4_first]);
        starts.extend(v4_last.next());
        // Which rules name an attachment that has no number.
        let mut named: BTreeMap<FaceId, Vec<usize>> = BTreeMap::new();
        for (k, m) in rules.iter().flat_map(|r| [&r.source, &r.destination]).enumerate() {
            for range in m.literal.iter().chain(&m.named) {
                starts.insert(range.first);
                starts.extend(range.last.next());
            }
            for &face in &m.faces {
                named.entry(face).or_default().push(k);
            }
        }
        let starts: Vec<Addr> = starts.into_iter().collect();
        // Attachments of which the same is known, and named by the same rules, are one.
        let mut kinds: BTreeMap<Vec<AddrRange>, BTreeMap<Vec<usize>, Vec<FaceId>>> = BTreeMap::new();
        for (id, face) in model.faces.iter().filter(|(_, f)| f.zone.is_some()) {
            let within = match &face.address {
                FaceAddress::Known(_) => continue,
                FaceAddress::Within(ranges) => ranges.clone(),
                FaceAddress::Unknown => Vec::new(),
            };
            kinds.entry(within).or_default().entry(named.remove(&id).unwrap_or_default()).or_default().push(id);
        }
        let mut next = starts.len() as u64;
        let mut groups = BTreeMap::new();
        let mut list = Vec::new();
        for by_name in kinds.into_values() {
            let first = next;
            let one = by_name.values().flatten().copied().next();
            for faces in by_name.into_values() {
                groups.extend(faces.into_iter().map(|f| (f, next)));
                next += 1;
            }
            list.extend(one.map(|face| (face, first, next - 1)));
        }
        Self { starts, kinds: list, groups }
    }

    fn piece(&self, a: Addr) -> u64 {
        (self.starts.partition_point(|&s| s <= a) - 1) as u64
    }

    /// What certainly lies in an address set, and what may.
    fn of(&self, model: &Model, m: &AddrMatch) -> (Set, Set) {
        let last = self.kinds.last().map_or(self.starts.len() as u64 - 1, |k| k.2);
        if m.any {
            let all = Set::new(vec![(0, last)]);
            return (all.clone(), all);
        }
        let ranges = m.literal.iter().chain(&m.named);
        let mut yes: Vec<(u64, u64)> = ranges.map(|r| (self.piece(r.first), self.piece(r.last))).collect();
        yes.extend(m.faces.iter().filter_map(|f| self.groups.get(f)).map(|&g| (g, g)));
        let mut may = yes.clone();
        let unnamed = AddrMatch { faces: Vec::new(), ..m.clone() };
        for &(face, first, last) in &self.kinds {
            match unnamed.matches(PacketAddr::Of(face), &model.faces) {
                Ternary::No => {}
                Ternary::Unknown => may.push((first, last)),
                Ternary::Yes => {
                    yes.push((first, last));
                    may.push((first, last));
                }
            }
        }
        (Set::new(yes), Set::new(may))
    }

    /// All IPv4 and all IPv6 numbers.
    fn families(&self) -> (Set, Set) {
        let of = |v4: bool| {
            let pieces = self.starts.iter().enumerate().filter(|(_, a)| a.is_v4() == v4);
            Set::new(pieces.map(|(i, _)| (i as u64, i as u64)).collect())
        };
        (of(true), of(false))
    }
}

/// Numbers for services: protocol, source port and destination port, cut wherever some rule cuts.
struct Ports {
    /// Each protocol with its first number and its pieces of source and destination ports.
    protocols: Vec<(Protocol, u64, Vec<u32>, Vec<u32>)>,
    end: u64,
}

impl Ports {
    fn new(rules: &[Rule]) -> Self {
        let services: Vec<Service> = rules.iter().flat_map(|r| r.services.iter().copied()).collect();
        let mut all = BTreeSet::from([Protocol::Tcp, Protocol::Udp, Protocol::Icmp]);
        all.extend(services.iter().filter_map(|s| s.protocol));
        // One protocol that nobody mentions stands for all others.
        all.extend(
            (0..=255).map(Protocol::Other).find(|p| !all.contains(p) && !matches!(p, Protocol::Other(1 | 6 | 17 | 58))),
        );
        let mut end = 0;
        let mut protocols = Vec::new();
        for protocol in all {
            let fitting =
                || services.iter().filter(move |s| s.protocol.is_none_or(|p| p == protocol) && protocol.has_ports());
            let (sources, targets) = (cuts(fitting().map(|s| s.source)), cuts(fitting().map(|s| s.destination)));
            let size = sources.len() as u64 * targets.len() as u64;
            protocols.push((protocol, end, sources, targets));
            end += size;
        }
        Self { protocols, end }
    }

    fn all(&self) -> Set {
        Set::new(vec![(0, self.end - 1)])
    }

    fn of(&self, services: &[Service]) -> Set {
        let mut ranges = Vec::new();
        for service in services {
            for (protocol, base, sources, targets) in &self.protocols {
                if service.protocol.is_some_and(|p| p != *protocol) {
                    continue;
                }
                let (s, t) = (pieces(sources, service.source), pieces(targets, service.destination));
                for source in s.0..=s.1 {
                    let row = base + source as u64 * targets.len() as u64;
                    ranges.push((row + t.0 as u64, row + t.1 as u64));
                }
            }
        }
        Set::new(ranges)
    }
}

fn cuts(ranges: impl Iterator<Item = PortRange>) -> Vec<u32> {
    let mut starts = BTreeSet::from([0]);
    for r in ranges {
        starts.extend([u32::from(r.first), u32::from(r.last) + 1]);
    }
    starts.into_iter().filter(|&s| s <= u32::from(u16::MAX)).collect()
}

/// The first and last piece of a range. A protocol without ports has one piece.
fn pieces(starts: &[u32], range: PortRange) -> (usize, usize) {
    let piece = |port: u16| starts.partition_point(|&s| s <= u32::from(port)) - 1;
    (piece(range.first), piece(range.last))
}

/// Numbers for where a packet enters and leaves, and whether it claims to belong to an open session.
struct Contexts {
    zones: Vec<Option<ZoneId>>,
    states: [PacketState; 2],
}

impl Contexts {
    fn new(transit: &Transit, rules: &[Rule]) -> Self {
        let named: BTreeSet<ZoneId> = rules.iter().flat_map(|r| r.enters.iter().chain(&r.leaves).copied()).collect();
        let others = transit.zones.iter().filter(|z| !named.contains(z)).count();
        let named = named.into_iter().filter(|z| transit.zones.contains(z)).map(Some);
        // Zones that no rule names are alike; two of them are needed for a packet between them.
        let zones = named.chain(std::iter::repeat_n(None, others.min(2))).collect();
        // Who remembers sessions asks its rules about first packets and strays; who does not sees first and later ones.
        let other = if transit.remembers() { PacketState::Invalid } else { PacketState::Established };
        Self { zones, states: [PacketState::New, other] }
    }

    fn numbers(&self, keep: impl Fn(Option<ZoneId>, Option<ZoneId>, PacketState) -> bool) -> Set {
        let n = self.zones.len() as u64;
        let mut all = Vec::new();
        for (a, &enters) in self.zones.iter().enumerate() {
            for (b, &leaves) in self.zones.iter().enumerate().filter(|&(b, _)| b != a) {
                for (flag, _) in self.states.iter().enumerate().filter(|&(_, &s)| keep(enters, leaves, s)) {
                    let number = (a as u64 * n + b as u64) * self.states.len() as u64 + flag as u64;
                    all.push((number, number));
                }
            }
        }
        Set::new(all)
    }

    fn all(&self) -> Set {
        self.numbers(|_, _, _| true)
    }

    fn of(&self, rule: &Rule) -> Set {
        let at = |zones: &[ZoneId], zone: Option<ZoneId>| zones.is_empty() || zone.is_some_and(|z| zones.contains(&z));
        self.numbers(|enters, leaves, state| {
            rule.state.matches(state) && at(&rule.enters, enters) && at(&rule.leaves, leaves)
        })
    }
}
