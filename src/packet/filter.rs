//! What the rules of a transit device let through, for all services at once.
//!
//! Ordered rules, first match, then the default: evaluated on sets of service
//! classes for one pair of address classes. Where packets go then is asked in
//! `route`.

use super::classes::AddrClass;
use super::{Bits, Classes};
use crate::model::{Action, Model, PacketState, RuleState, Strays, Ternary, Transit, ZoneId};

/// A rule with its sets looked up once.
struct Line {
    action: Action,
    source: usize,
    destination: usize,
    forward: Bits,
    reply: Bits,
    stray: Bits,
    state: RuleState,
    enters: Vec<ZoneId>,
    leaves: Vec<ZoneId>,
}

/// A device ready for evaluation.
pub(super) struct Filter {
    lines: Option<Vec<Line>>,
    /// For each class, the lines that it may match as a source, and as a destination.
    near: [Vec<Bits>; 2],
    default: Option<Action>,
    /// Pairs of zones between which some request may have been let through, if rules tell zones apart.
    pairs: Vec<(ZoneId, ZoneId)>,
    remembers: bool,
    /// It drops what belongs to no session that it knows.
    drops_strays: bool,
}

/// What passes in `may` and in `sure`.
#[derive(Debug, Clone)]
pub(super) struct Passed {
    pub(super) may: Bits,
    pub(super) sure: Bits,
}

impl Passed {
    pub(super) fn none(classes: &Classes) -> Self {
        Self { may: classes.none(), sure: classes.none() }
    }

    pub(super) fn all(classes: &Classes) -> Self {
        Self { may: classes.all(), sure: classes.all() }
    }

    pub(super) fn and(&self, other: &Self) -> Self {
        Self { may: self.may.and(&other.may), sure: self.sure.and(&other.sure) }
    }
}

/// A packet as the rules of a device see it: between which zones, from and to which classes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    pub(super) from: ZoneId,
    pub(super) to: ZoneId,
    pub(super) s: AddrClass,
    pub(super) d: AddrClass,
}

impl Seen {
    fn mirrored(self) -> Self {
        Self { from: self.to, to: self.from, s: self.d, d: self.s }
    }
}

impl Filter {
    pub(super) fn new(transit: &Transit, classes: &Classes) -> Self {
        let lines: Option<Vec<Line>> = transit.rules.as_ref().map(|rules| {
            rules
                .iter()
                .map(|r| Line {
                    action: r.action,
                    source: classes.match_id(&r.source),
                    destination: classes.match_id(&r.destination),
                    forward: classes.bits_of(&r.services, false),
                    reply: classes.bits_of(&r.services, true),
                    stray: classes.stray_bits_of(&r.services, r.action == Action::Permit),
                    state: r.state,
                    enters: r.enters.clone(),
                    leaves: r.leaves.clone(),
                })
                .collect()
        });
        let near = lines.as_deref().map_or_else(Default::default, |lines| {
            [near(lines, classes, |l| l.source), near(lines, classes, |l| l.destination)]
        });
        Self {
            lines,
            near,
            default: transit.default,
            pairs: told_apart(transit),
            remembers: transit.remembers(),
            drops_strays: transit.strays == Some(Strays::Drop),
        }
    }

    pub(super) fn all(model: &Model, classes: &Classes) -> Vec<Self> {
        model.transits.values().map(|t| Self::new(t, classes)).collect()
    }

    /// The address sets of all lines.
    pub(super) fn sets(&self) -> impl Iterator<Item = usize> + '_ {
        self.lines.iter().flatten().flat_map(|l| [l.source, l.destination])
    }

    /// How many there are.
    pub(super) fn lines(&self) -> usize {
        self.lines.as_ref().map_or(0, Vec::len)
    }

    /// The lines that a class may match, as a source or else as a destination, each as certain as it is.
    pub(super) fn near<'c>(
        &'c self,
        classes: &'c Classes,
        as_source: bool,
        class: AddrClass,
    ) -> impl Iterator<Item = (usize, Ternary)> + 'c {
        let set = move |l: &Line| if as_source { l.source } else { l.destination };
        let near = self.near[usize::from(!as_source)].get(class as usize);
        let lines = self.lines.as_deref().unwrap_or_default();
        near.into_iter().flat_map(Bits::iter).map(move |i| (i, classes.matches(set(&lines[i]), class)))
    }

    /// The lines that packets between two classes may match, each as certain as it is.
    pub(super) fn meets(&self, classes: &Classes, s: AddrClass, d: AddrClass) -> Vec<(u32, Ternary)> {
        let Some(lines) = &self.lines else { return Vec::new() };
        let near = self.near[0][s as usize].and(&self.near[1][d as usize]);
        let hit = |line: &Line| classes.matches(line.source, s).and(classes.matches(line.destination, d));
        near.iter().map(|i| (i as u32, hit(&lines[i]))).collect()
    }

    /// What passes of first packets: P-STATE.
    pub(super) fn new_packets(&self, classes: &Classes, seen: Seen) -> Passed {
        self.evaluate(classes, seen, |l| &l.forward, |_| PacketState::New)
    }

    /// What passes of later packets of the initiator. Who remembers sessions treats them as the first one: either it has
    /// seen that, or it takes them for one (Linux picks up sessions in the middle). P-STATE; without memory P-EST.
    pub(super) fn later_packets(&self, classes: &Classes, seen: Seen) -> Passed {
        if self.remembers {
            self.new_packets(classes, seen)
        } else {
            self.evaluate(classes, seen, |l| &l.forward, flagged)
        }
    }

    /// P-STATE, P-EST: what passes of the replies to the forward packets `seen`, on their way back. `plain`: the device translates nothing
    /// of them, so that an answer of which it saw no request can look right at its end.
    pub(super) fn replies(&self, classes: &Classes, seen: Seen, plain: bool) -> Passed {
        if !self.remembers {
            return self.evaluate(classes, seen.mirrored(), |l| &l.reply, flagged);
        }
        let mut passed = self.new_packets(classes, seen);
        // A session is not tied to networks: an answer passes wherever it comes in, if the request was let through anywhere.
        for &(from, to) in &self.pairs {
            passed.may.add(&self.new_packets(classes, Seen { from, to, ..seen }).may);
        }
        if plain && self.lines.is_some() && !passed.may.covers(&classes.all()) {
            passed.may.add(&self.stray_replies(classes, seen));
        }
        passed
    }

    /// Replies to requests that the device has not seen (P-STRAY): SYN+ACK and echo replies belong to no session it knows,
    /// what follows a SYN+ACK opens one, and so does a datagram, which nobody can tell from a first one. They go through the
    /// rules as packets of their own.
    fn stray_replies(&self, classes: &Classes, seen: Seen) -> Bits {
        let own = seen.mirrored();
        let new = self.evaluate(classes, own, |l| &l.stray, |_| PacketState::New).may;
        let invalid = self.evaluate(classes, own, |l| &l.stray, |_| PacketState::Invalid).may;
        let mut passed = new.clone();
        passed.remove(&classes.tcp);
        passed.remove(&classes.icmp);
        if self.drops_strays {
            return passed;
        }
        passed.add(&invalid.and(&classes.icmp));
        passed.add(&invalid.and(&new).and(&classes.tcp));
        passed
    }

    /// P-FIRST: the ordered rules; P-FORWARD without any. `state` says what a packet is to them, given whether it is of TCP.
    fn evaluate(
        &self,
        classes: &Classes,
        seen: Seen,
        services: impl Fn(&Line) -> &Bits,
        state: impl Fn(bool) -> PacketState,
    ) -> Passed {
        let Some(lines) = &self.lines else { return Passed::all(classes) };
        let mut passed = Passed::none(classes);
        let (mut rest_may, mut rest_sure) = (classes.all(), classes.all());
        let at = |zones: &[ZoneId], zone| zones.is_empty() || zones.contains(&zone);
        let near = self.near[0][seen.s as usize].and(&self.near[1][seen.d as usize]);
        for line in near.iter().map(|i| &lines[i]) {
            let whole = services(line);
            let cut;
            let bits = match (line.state.matches(state(true)), line.state.matches(state(false))) {
                _ if !at(&line.enters, seen.from) || !at(&line.leaves, seen.to) => continue,
                (true, true) => whole,
                (false, false) => continue,
                (true, false) => {
                    cut = whole.and(&classes.tcp);
                    &cut
                }
                (false, true) => {
                    cut = whole.without(&classes.tcp);
                    &cut
                }
            };
            let hit = classes.matches(line.source, seen.s).and(classes.matches(line.destination, seen.d));
            match (line.action, hit) {
                (_, Ternary::No) => {}
                (Action::Permit, Ternary::Yes) => {
                    passed.may.add(&rest_may.and(bits));
                    passed.sure.add(&rest_sure.and(bits));
                    rest_may.remove(bits);
                    rest_sure.remove(bits);
                }
                // An unknown permit matches in `may` only; an unknown deny in `sure` only.
                (Action::Permit, Ternary::Unknown) => {
                    passed.may.add(&rest_may.and(bits));
                    rest_may.remove(bits);
                }
                (Action::Deny, Ternary::Yes) => {
                    rest_may.remove(bits);
                    rest_sure.remove(bits);
                }
                (Action::Deny, Ternary::Unknown) => rest_sure.remove(bits),
            }
            if rest_may.is_empty() && rest_sure.is_empty() {
                return passed;
            }
        }
        match self.default {
            Some(Action::Permit) => {
                passed.may.add(&rest_may);
                passed.sure.add(&rest_sure);
            }
            Some(Action::Deny) => {}
            None => passed.may.add(&rest_may),
        }
        passed
    }
}

/// P-EST: to a list without memory, a later packet of TCP shows that it is one (ACK or RST is set); others look like first ones.
fn flagged(tcp: bool) -> PacketState {
    if tcp { PacketState::Established } else { PacketState::New }
}

/// For each class, the lines whose set it may lie in.
fn near(lines: &[Line], classes: &Classes, set: impl Fn(&Line) -> usize) -> Vec<Bits> {
    let mut by_set: Vec<Vec<usize>> = vec![Vec::new(); classes.sets()];
    let mut always = Bits::none(lines.len());
    for (i, line) in lines.iter().enumerate() {
        if classes.is_any(set(line)) {
            always.set(i);
        } else {
            by_set[set(line)].push(i);
        }
    }
    let near = (0..classes.v4.len()).map(|class| {
        let mut near = always.clone();
        let own = classes.sets_of(class as AddrClass).iter().flat_map(|(id, _)| &by_set[*id as usize]);
        own.for_each(|&i| near.set(i));
        near
    });
    near.collect()
}

/// Whether any rule asks where packets enter or leave.
pub(super) fn asks_about_zones(t: &Transit) -> bool {
    t.rules.iter().flatten().any(|r| !r.enters.is_empty() || !r.leaves.is_empty())
}

/// Pairs of zones that the rules of a device tell apart: those that they name, and two others that are like all the rest.
fn told_apart(t: &Transit) -> Vec<(ZoneId, ZoneId)> {
    if !t.remembers() || !asks_about_zones(t) {
        return Vec::new();
    }
    let named = |z: &&ZoneId| t.rules.iter().flatten().any(|r| r.enters.contains(z) || r.leaves.contains(z));
    let (named, others): (Vec<&ZoneId>, Vec<&ZoneId>) = t.zones.iter().partition(named);
    let zones: Vec<ZoneId> = named.into_iter().chain(others.into_iter().take(2)).copied().collect();
    zones.iter().flat_map(|&a| zones.iter().map(move |&b| (a, b))).collect()
}
