//! Why a member lacks a required flow: which of its addresses, what stops them, and the command that shows it.
//!
//! A flow is required of every address of a member. What stops packets is worded in `flows`; nothing is decided here.

use super::advice::Advice;
use super::flows::{refused, stopped};
use super::follow::command;
use super::names::Scribe;
use super::words;
use crate::diagnostic::Text;
use crate::model::{Addr, AddrRange, Carrier, FaceAddress, FaceId, Id, Model, PacketAddr, Question, Role};
use crate::verify::Packet;
use crate::verify::blocking::{self, Only, stretches};

/// How many far ends of a flow are looked at.
const MAX_ENDS: usize = 3;
/// How many remarks one member gets.
const MAX_REMARKS: usize = 6;
/// How many stretches of addresses that get nowhere are named.
const MAX_STRETCHES: usize = 3;

/// What is known of a member without a flow.
#[derive(Debug, Default)]
pub(super) struct Lacking {
    /// What stands in the way.
    pub(super) obstacles: Vec<Advice>,
    /// The words of a command that follows a packet to the place where it ends.
    pub(super) trace: Vec<String>,
}

/// Why a member lacks a required flow, as far as it is cheaply known.
pub(super) fn lacking(scribe: &Scribe<'_>, question: &Question, member: FaceId) -> Lacking {
    let Question::Require { to, carrier, .. } = question else { return Lacking::default() };
    let model = scribe.model;
    let mut found = Found { scribe, list: Vec::new(), sent: None };
    // A response arrives in a session that its receiver opened.
    let answers = *carrier == Carrier::Rsp;
    let mediators = mediators(model, question);
    if mediators.is_empty() {
        let ends = &to[..to.len().min(MAX_ENDS)];
        found.families(member, to, answers);
        found.member(member, ends, answers);
        if !matches!(carrier, Carrier::Req | Carrier::Rsp) && found.list.is_empty() {
            let k = words::carrier(*carrier);
            let text = Text::new(
                format!("{}を出す中継機器までの道が見つかりません", k.ja),
                format!("no way to a mediator that gives {}", k.en),
            );
            found.list.push(Advice { text, place: None });
        }
    }
    for sides in mediators {
        let reaches = |a: FaceId| sides.iter().any(|&s| open(model, a, s) || open(model, s, a));
        found.families(member, &sides, false);
        if !reaches(member) {
            sides.iter().take(1).for_each(|&s| found.leg(member, s));
        } else {
            found.member(member, &sides, false);
        }
        let ends = &to[..to.len().min(MAX_ENDS)];
        if !ends.iter().any(|&t| reaches(t))
            && let (Some(&s), Some(&t)) = (sides.last(), ends.first())
        {
            found.leg(s, t);
        }
    }
    let trace = found.sent.and_then(|(x, y, packet)| command(scribe, x, y, &packet)).unwrap_or_default();
    Lacking { obstacles: shortened(found.list), trace }
}

/// The command for a member that may have the flow: it shows what that depends on.
pub(super) fn possible(scribe: &Scribe<'_>, question: &Question, member: FaceId) -> Vec<String> {
    let Question::Require { to, carrier, .. } = question else { return Vec::new() };
    if !matches!(carrier, Carrier::Req | Carrier::Rsp) || !mediators(scribe.model, question).is_empty() {
        return Vec::new();
    }
    let way = |&end: &FaceId| {
        let (x, y) = if *carrier == Carrier::Rsp { (end, member) } else { (member, end) };
        let packet = blocking::passage(scribe.model, x, y, None)?.packet;
        command(scribe, x, y, &packet)
    };
    to.iter().take(MAX_ENDS).find_map(way).unwrap_or_default()
}

/// The mediators that a flow has to pass, each with its attached sides.
fn mediators(model: &Model, question: &Question) -> Vec<Vec<FaceId>> {
    let Question::Require { via, .. } = question else { return Vec::new() };
    model
        .nodes
        .values()
        .filter(|n| matches!(&n.role, Role::Mediator(m) if m.labels.iter().any(|l| via.contains(l))))
        .map(|n| n.faces.iter().copied().filter(|&f| model.faces[f].zone.is_some()).collect())
        .collect()
}

fn shortened(list: Vec<Advice>) -> Vec<Advice> {
    let mut seen: Vec<Advice> = Vec::new();
    for advice in list {
        if !seen.contains(&advice) {
            seen.push(advice);
        }
    }
    let more = seen.len().saturating_sub(MAX_REMARKS);
    if more > 0 {
        seen.truncate(MAX_REMARKS);
        let text = Text::new(
            format!("ほかに {more} か所(sekisho explain で全部を表示)"),
            format!("and {more} more (sekisho explain shows all)"),
        );
        seen.push(Advice { text, place: None });
    }
    seen
}

fn open(model: &Model, x: FaceId, y: FaceId) -> bool {
    blocking::passage(model, x, y, None).is_some()
}

/// What has been found so far.
struct Found<'s, 'm> {
    scribe: &'s Scribe<'m>,
    list: Vec<Advice>,
    /// The first packet that is stopped, with its two ends.
    sent: Option<(FaceId, FaceId, Packet)>,
}

impl Found<'_, '_> {
    /// What stops sessions from one face to another; nothing if something passes.
    fn leg(&mut self, x: FaceId, y: FaceId) {
        if !open(self.scribe.model, x, y) {
            self.stops(x, y, Only::default());
        }
    }

    fn stops(&mut self, x: FaceId, y: FaceId, only: Only) {
        let found = blocking::between_only(self.scribe.model, x, y, None, only);
        self.list.extend(found.refusals.iter().map(|r| refused(self.scribe, *r, x, y)));
        for walk in found.walks.iter().take(MAX_ENDS) {
            self.list.extend(walk.stops.iter().map(|s| stopped(self.scribe, s)));
        }
        self.sent = self.sent.or(found.sent.map(|p| (x, y, p)));
    }

    /// What stops a member, or those of its addresses that reach none of some far ends.
    fn member(&mut self, member: FaceId, ends: &[FaceId], answers: bool) {
        let model = self.scribe.model;
        let pair = |end| if answers { (end, member) } else { (member, end) };
        if !ends.iter().map(|&end| pair(end)).any(|(x, y)| open(model, x, y)) {
            return ends.iter().map(|&end| pair(end)).for_each(|(x, y)| self.stops(x, y, Only::default()));
        }
        let only = |a| match answers {
            false => Only { source: Some(a), end: None },
            true => Only { source: None, end: Some(a) },
        };
        let passes = |a: PacketAddr| {
            ends.iter().map(|&e| pair(e)).any(|(x, y)| blocking::passage_only(model, x, y, None, only(a)).is_some())
        };
        // A family that nobody has at the other end is told by itself.
        let has = |r: &AddrRange| ends.iter().any(|&e| has_family(model, e, r.first.is_v4(), !answers));
        let stated = stretches(model, member).into_iter().filter_map(|(a, range)| Some((a, range?)));
        let closed = stated.filter(|(_, range)| has(range)).filter(|(a, _)| !passes(*a)).take(MAX_STRETCHES);
        for (address, stretch) in closed.collect::<Vec<_>>() {
            let name = self.scribe.thing(member).called();
            let text = match answers {
                false => Text::new(
                    format!("{name} の {stretch} からは通りません"),
                    format!("{stretch} of {name} gets nowhere"),
                ),
                true => Text::new(
                    format!("{name} の {stretch} へは通りません"),
                    format!("nothing gets to {stretch} of {name}"),
                ),
            };
            self.list.push(Advice { text, place: None });
            ends.iter().map(|&end| pair(end)).for_each(|(x, y)| self.stops(x, y, only(address)));
        }
    }

    /// Families of the member that nobody at the far ends has.
    fn families(&mut self, member: FaceId, ends: &[FaceId], answers: bool) {
        let model = self.scribe.model;
        let FaceAddress::Known(own) = &model.faces[member].address else { return };
        for (v4, word) in [(true, "IPv4"), (false, "IPv6")] {
            let mine: Vec<String> = own.iter().filter(|r| r.first.is_v4() == v4).map(ToString::to_string).collect();
            let Some(&first) = ends.first() else { continue };
            if mine.is_empty() || ends.iter().any(|&e| has_family(model, e, v4, !answers)) {
                continue;
            }
            let (name, mine) = (self.scribe.thing(member).called(), (mine.join("、"), mine.join(", ")));
            let set = self.scribe.set(ends);
            let (ja, en) = match ends.len() {
                1 => (format!("{} には", set.ja), format!("{} has no {word} address", set.en)),
                _ => (format!("{} のどれにも", set.ja), format!("none of {} has an {word} address", set.en)),
            };
            self.list.push(Advice {
                text: Text::new(
                    format!("{name} の {} は通りようがありません。{ja} {word} アドレスがありません", mine.0),
                    format!("no way for {} of {name}: {en}", mine.1),
                ),
                place: Some(self.scribe.place(model.node_of(first).span)),
            });
        }
    }
}

/// Whether a face has an address of a family, or one is published for it. One that is not stated may be of either.
fn has_family(model: &Model, face: FaceId, v4: bool, published: bool) -> bool {
    let FaceAddress::Known(ranges) = &model.faces[face].address else { return true };
    let inside = |a: PacketAddr| match a {
        PacketAddr::Literal(a) => ranges.iter().any(|r| r.contains(a)),
        PacketAddr::Of(f) => f.index() == face.index(),
    };
    let outside = |a: Addr| a.is_v4() == v4;
    ranges.iter().any(|r| r.first.is_v4() == v4)
        || published && model.transits.values().flat_map(|t| &t.dnat).any(|n| outside(n.outside) && inside(n.inside))
}
