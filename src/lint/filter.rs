//! A device's ordered rules as lines of packet sets, with what each rule does to the whole.
//!
//! The packets of a device are all packets that could be given to it, whether or
//! not anything in the drawing sends them: sources and destinations are all
//! numbers and all attachments whose number is not stated. The three-valued
//! answers of the semantics give two lists of lines, one for `may` and one for
//! `sure`; in each of them an ordinary first match decides.

use std::collections::{BTreeMap, BTreeSet};

use super::sides;
use crate::model::{
    Action, AddrMatch, AddrRange, FaceAddress, FaceId, Model, PacketAddr, PacketState, Protocol, Rule, Service,
    Ternary, Transit, ZoneId,
};
use crate::packet::set::{AddrSet, Line, Ordered, PacketBox};

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

/// A device's rules as lines.
pub(super) struct Filter {
    /// Attachments without a number.
    pub(super) faces: Vec<FaceId>,
    /// How many contexts there are: between which zones, in which state.
    pub(super) contexts: u32,
    /// The contexts of packets that open a session.
    pub(super) opening: Numbers,
    /// Packets that are never given to the rules.
    pub(super) never: Vec<PacketBox>,
    /// The lines of `may`.
    may: Vec<Line>,
    /// The lines of `sure`, where they are others.
    sure: Option<Vec<Line>>,
    default: Option<Action>,
}

impl Filter {
    pub(super) fn new(model: &Model, transit: &Transit, rules: &[Rule]) -> Self {
        let addresses = Addresses::new(model);
        let contexts = Contexts::new(model, transit, rules);
        let (mut may, mut sure) = (Vec::with_capacity(rules.len()), Vec::with_capacity(rules.len()));
        for rule in rules {
            let (source, target) = (addresses.of(model, &rule.source), addresses.of(model, &rule.destination));
            let line = |sources: &AddrSet, destinations: &AddrSet| Line {
                permit: rule.action == Action::Permit,
                packets: PacketBox {
                    contexts: contexts.of(rule),
                    sources: sources.clone(),
                    destinations: destinations.clone(),
                    services: rule.services.clone(),
                },
            };
            let (certain, possible) = (line(&source.0, &target.0), line(&source.1, &target.1));
            // An unknown permit matches in `may` only, an unknown deny in `sure` only.
            let (in_may, in_sure) = if certain.permit { (possible, certain) } else { (certain, possible) };
            may.push(in_may);
            sure.push(in_sure);
        }
        // Where nothing is open, one list says it all.
        let doubtful = transit.default.is_none() || may != sure;
        Self {
            faces: addresses.faces,
            contexts: contexts.count(),
            opening: contexts.numbers(|_, _, state| state == PacketState::New),
            never: contexts
                .never()
                .into_iter()
                .map(|(c, services)| addresses_any(&addresses.all, c, services))
                .collect(),
            may,
            sure: doubtful.then_some(sure),
            default: transit.default,
        }
    }

    /// The lines with what may fit permits, and what certainly fits denies.
    pub(super) fn possible(&self) -> &[Line] {
        &self.may
    }

    /// The lines with what certainly fits permits, and what may fit denies.
    pub(super) fn certain(&self) -> &[Line] {
        self.sure.as_ref().unwrap_or(&self.may)
    }

    /// What each rule does, in order.
    pub(super) fn standings(&self) -> Vec<Standing> {
        let default = |level: bool| self.default.map_or(level, |d| d == Action::Permit);
        let ordered = |lines, level| Ordered::new(lines, default(level), &self.faces, self.contexts, &self.never);
        let mut levels = vec![ordered(&self.may, true)];
        levels.extend(self.sure.as_ref().map(|lines| ordered(lines, false)));
        (0..self.may.len()).map(|i| standing(&mut levels, i)).collect()
    }
}

/// What rule `i` does: something, if it does it in `may` or in `sure`.
fn standing(levels: &mut [Ordered<'_>], i: usize) -> Standing {
    match any(levels, |level| level.decides(i)) {
        None => Standing::Unknown,
        Some(true) => match any(levels, |level| level.matters(i)) {
            None => Standing::Unknown,
            Some(true) => Standing::Needed,
            Some(false) => Standing::Redundant,
        },
        Some(false) => match any(levels, |level| level.fits(i)) {
            None => Standing::Unknown,
            Some(false) => Standing::FitsNothing,
            Some(true) => Standing::Shadowed(covering(levels, i)),
        },
    }
}

/// Yes, if one level says so; no, if all say no.
fn any<'l>(levels: &mut [Ordered<'l>], ask: impl Fn(&mut Ordered<'l>) -> Option<bool>) -> Option<bool> {
    let mut found = Some(false);
    for level in levels {
        match ask(level) {
            Some(true) => return Some(true),
            Some(false) => {}
            None => found = None,
        }
    }
    found
}

/// A single rule that covers rule `i` at all levels, if there is one, else all that do it together.
fn covering(levels: &mut [Ordered<'_>], i: usize) -> Vec<usize> {
    let all: BTreeSet<usize> = levels.iter_mut().flat_map(|level| level.covering(i)).collect();
    if all.len() > 1
        && let Some(&one) = all.iter().find(|&&j| levels.iter_mut().all(|level| level.covered_by(i, j)))
    {
        return vec![one];
    }
    all.into_iter().collect()
}

fn addresses_any(all: &AddrSet, contexts: Numbers, services: Vec<Service>) -> PacketBox {
    PacketBox { contexts: Some(contexts), sources: all.clone(), destinations: all.clone(), services }
}

/// The attachments without a number, by what is known of them.
struct Addresses {
    faces: Vec<FaceId>,
    all: AddrSet,
    /// Those of which the same is known: one of them, and all.
    kinds: Vec<(FaceId, AddrSet)>,
}

impl Addresses {
    fn new(model: &Model) -> Self {
        let mut kinds: BTreeMap<&[AddrRange], Vec<FaceId>> = BTreeMap::new();
        for (id, face) in model.faces.iter().filter(|(_, f)| f.zone.is_some()) {
            match &face.address {
                FaceAddress::Known(_) => {}
                FaceAddress::Within(ranges) => kinds.entry(ranges).or_default().push(id),
                FaceAddress::Unknown => kinds.entry(&[]).or_default().push(id),
            }
        }
        let mut faces: Vec<FaceId> = kinds.values().flatten().copied().collect();
        faces.sort_unstable();
        let all = AddrSet::all(&faces);
        let kinds = kinds.into_values().map(|list| (list[0], AddrSet::new([], list))).collect();
        Self { faces, all, kinds }
    }

    /// What certainly lies in an address set, and what may.
    fn of(&self, model: &Model, m: &AddrMatch) -> (AddrSet, AddrSet) {
        if m.any {
            return (self.all.clone(), self.all.clone());
        }
        let named = m.faces.iter().copied().filter(|f| self.faces.binary_search(f).is_ok());
        let mut certain = AddrSet::new(m.literal.iter().chain(&m.named).copied(), named);
        let mut possible = certain.clone();
        let unnamed = AddrMatch { faces: Vec::new(), text: String::new(), ..m.clone() };
        for (one, kind) in &self.kinds {
            match unnamed.matches(PacketAddr::Of(*one), &model.faces) {
                Ternary::No => {}
                Ternary::Unknown => possible = possible.or(kind),
                Ternary::Yes => {
                    certain = certain.or(kind);
                    possible = possible.or(kind);
                }
            }
        }
        (certain, possible)
    }
}

/// Closed ranges of contexts.
type Numbers = Vec<(u32, u32)>;

/// Numbers for where a packet enters and leaves, and what it is to the device.
struct Contexts {
    zones: Vec<Option<ZoneId>>,
    /// Into which of them packets may go back that came from there.
    turning: Vec<bool>,
    states: [PacketState; 2],
}

impl Contexts {
    fn new(model: &Model, transit: &Transit, rules: &[Rule]) -> Self {
        let named: BTreeSet<ZoneId> = rules.iter().flat_map(|r| r.enters.iter().chain(&r.leaves).copied()).collect();
        let rest: Vec<ZoneId> = transit.zones.iter().copied().filter(|z| !named.contains(z)).collect();
        let others = rest.len();
        let turns = |z: ZoneId| sides::may_turn(model, transit, z);
        let named = named.into_iter().filter(|z| transit.zones.contains(z)).map(Some);
        // Zones that no rule names are alike; two of them are needed for a packet between them.
        let zones: Vec<Option<ZoneId>> = named.chain(std::iter::repeat_n(None, others.min(2))).collect();
        let of_rest = rest.iter().any(|&z| turns(z));
        let turning = zones.iter().map(|z| z.map_or(of_rest, turns)).collect();
        // Who remembers sessions asks its rules about first packets and strays; who does not sees first and later ones.
        let other = if transit.remembers() { PacketState::Invalid } else { PacketState::Established };
        Self { zones, turning, states: [PacketState::New, other] }
    }

    fn count(&self) -> u32 {
        (self.zones.len() * self.zones.len() * self.states.len()) as u32
    }

    fn numbers(&self, keep: impl Fn(usize, usize, PacketState) -> bool) -> Numbers {
        let n = self.zones.len();
        let mut all = Numbers::new();
        for a in 0..n {
            for b in 0..n {
                for (flag, _) in self.states.iter().enumerate().filter(|&(_, &s)| keep(a, b, s)) {
                    let number = ((a * n + b) * self.states.len() + flag) as u32;
                    match all.last_mut() {
                        Some(before) if before.1 + 1 == number => before.1 = number,
                        _ => all.push((number, number)),
                    }
                }
            }
        }
        all
    }

    /// Packets that no device gets: that leave where they entered, unless it turns them; and, where nothing is remembered, packets that show to
    /// belong to an open session, but are not of TCP.
    fn never(&self) -> Vec<(Numbers, Vec<Service>)> {
        let mut never = vec![(self.numbers(|a, b, _| a == b && !self.turning[a]), vec![Service::ANY])];
        if self.states.contains(&PacketState::Established) {
            let plain = |protocol| Service { protocol: Some(protocol), ..Service::ANY };
            let others = (0..=u8::MAX).map(|n| plain(Protocol::Other(n)));
            let others = [plain(Protocol::Udp), plain(Protocol::Icmp)].into_iter().chain(others).collect();
            never.push((self.numbers(|_, _, s| s == PacketState::Established), others));
        }
        never
    }

    fn of(&self, rule: &Rule) -> Option<Numbers> {
        if rule.enters.is_empty() && rule.leaves.is_empty() && self.states.iter().all(|&s| rule.state.matches(s)) {
            return None;
        }
        let at =
            |zones: &[ZoneId], zone: usize| zones.is_empty() || self.zones[zone].is_some_and(|z| zones.contains(&z));
        Some(self.numbers(|a, b, state| rule.state.matches(state) && at(&rule.enters, a) && at(&rule.leaves, b)))
    }
}
