//! What stands in the way: of a required flow, or between any two faces, in words.
//!
//! It words what `verify::blocking` finds and decides nothing.

use super::advice::Advice;
use super::names::Scribe;
use crate::diagnostic::Text;
use crate::model::{Carrier, FaceId, Model, Question, Role};
use crate::verify::blocking::{self, Blocking, Lane, Refused, Stop, StopReason};

/// How many far ends of a flow are looked at.
const MAX_ENDS: usize = 3;
/// How many remarks one member gets.
const MAX_REMARKS: usize = 6;

/// Why a member lacks a required flow, as far as it is cheaply known.
pub(super) fn obstacles(scribe: &Scribe<'_>, question: &Question, member: FaceId) -> Vec<Advice> {
    let Question::Require { to, carrier, via, .. } = question else { return Vec::new() };
    let model = scribe.model;
    let mut list = Vec::new();
    let mediators: Vec<Vec<FaceId>> = model
        .nodes
        .values()
        .filter(|n| matches!(&n.role, Role::Mediator(m) if m.labels.iter().any(|l| via.contains(l))))
        .map(|n| n.faces.iter().copied().filter(|&f| model.faces[f].zone.is_some()).collect())
        .collect();
    if mediators.is_empty() {
        for &target in to.iter().take(MAX_ENDS) {
            // A response arrives in a session that its receiver opened.
            let (x, y) = if *carrier == Carrier::Rsp { (target, member) } else { (member, target) };
            list.extend(leg(scribe, x, y));
        }
        let direct = matches!(carrier, Carrier::Req | Carrier::Rsp);
        if !direct && list.is_empty() {
            let k = super::words::carrier(*carrier);
            list.push(Advice {
                text: Text::new(
                    format!("{}を出す中継機器までの道が見つかりません", k.ja),
                    format!("no way to a mediator that gives {}", k.en),
                ),
                place: None,
            });
        }
    }
    for sides in mediators {
        let reaches = |a: FaceId| sides.iter().any(|&s| open(model, a, s) || open(model, s, a));
        if !reaches(member) {
            sides.iter().take(1).for_each(|&s| list.extend(leg(scribe, member, s)));
        }
        let ends = &to[..to.len().min(MAX_ENDS)];
        if !ends.iter().any(|&t| reaches(t))
            && let (Some(&s), Some(&t)) = (sides.last(), ends.first())
        {
            list.extend(leg(scribe, s, t));
        }
    }
    let mut seen: Vec<Advice> = Vec::new();
    for advice in list {
        if !seen.contains(&advice) {
            seen.push(advice);
        }
    }
    let more = seen.len().saturating_sub(MAX_REMARKS);
    if more > 0 {
        seen.truncate(MAX_REMARKS);
        seen.push(Advice {
            text: Text::new(
                format!("ほかに {more} か所(sekisho explain で全部を表示)"),
                format!("and {more} more (sekisho explain shows all)"),
            ),
            place: None,
        });
    }
    seen
}

fn open(model: &Model, x: FaceId, y: FaceId) -> bool {
    blocking::passage(model, x, y, None).is_some()
}

/// What stops sessions from one face to another; nothing if something passes.
fn leg(scribe: &Scribe<'_>, x: FaceId, y: FaceId) -> Vec<Advice> {
    if open(scribe.model, x, y) {
        return Vec::new();
    }
    let found = blocking::between(scribe.model, x, y, None);
    let mut list: Vec<Advice> = found.refusals.iter().map(|r| refused(scribe, *r, x, y)).collect();
    for walk in found.walks.iter().take(MAX_ENDS) {
        list.extend(walk.stops.iter().map(|s| stopped(scribe, s)));
    }
    list
}

/// One walk, in words.
pub(super) struct Way {
    /// The networks and devices on it.
    pub(super) way: String,
    /// All that stops packets on it.
    pub(super) stops: Vec<Advice>,
    /// Whether some packet is stopped nowhere on it.
    pub(super) open: bool,
    /// Whether it passes one device twice in a row and is stopped: nothing to learn from it.
    pub(super) again: bool,
}

/// Every remark on a pair, walk by walk.
pub(super) fn walks(scribe: &Scribe<'_>, found: &Blocking) -> Vec<Way> {
    found
        .walks
        .iter()
        .map(|w| {
            let mut way = w.zones.first().map(|&z| scribe.zone(z)).unwrap_or_default();
            for (device, zone) in w.devices.iter().zip(w.zones.iter().skip(1)) {
                let node = &scribe.model.nodes[scribe.model.transits[*device].node];
                way.push_str(&format!(" →[{}]→ {}", node.name, scribe.zone(*zone)));
            }
            let again = !w.open && w.devices.windows(2).any(|d| d[0] == d[1]);
            Way { way, stops: w.stops.iter().map(|s| stopped(scribe, s)).collect(), open: w.open, again }
        })
        .collect()
}

/// A place where packets stop, in words.
pub(super) fn stopped(scribe: &Scribe<'_>, stop: &Stop) -> Advice {
    let device = &scribe.model.transits[stop.device];
    let name = scribe.node(device.node);
    let packet = scribe.packet(&stop.packet).text();
    let (from, to) = (scribe.zone(stop.from), scribe.zone(stop.to));
    let (what_ja, what_en) = match stop.lane {
        Lane::First => (String::new(), String::new()),
        Lane::Later => ("の続き".to_owned(), "later packets of ".to_owned()),
        Lane::Reply => ("の返り".to_owned(), "replies to ".to_owned()),
    };
    let rule = match stop.why {
        StopReason::Rule(i) => device.rules.as_ref().and_then(|r| r.get(i)).map(|r| (i, r)),
        _ => None,
    };
    let (ja, en) = match (stop.why, rule) {
        (StopReason::Rule(_), Some((i, r))) => (
            format!("{name} の規則 {}「{}」が止めます", i + 1, r.text),
            format!("rule {} of {name} stops it: \"{}\"", i + 1, r.text),
        ),
        (StopReason::Rule(_) | StopReason::Default, _) => (
            format!("{name} には {from} から {to} へこれを許す規則がなく、既定(default: Deny)で止まります"),
            format!("{name} has no rule that permits it from {from} to {to}; its default is Deny"),
        ),
        (StopReason::OneWay, _) => (
            format!("{name} は一方向の機器で、逆向きには通しません"),
            format!("{name} forwards in the other direction only"),
        ),
        (StopReason::NoRoute, _) => {
            (format!("{name} に宛先への経路(routes)がありません"), format!("{name} has no route to the destination"))
        }
        (StopReason::MixedFamilies, _) => (
            format!("{name} のアドレス変換で、IPv4 と IPv6 が混ざります"),
            format!("the translation of {name} mixes IPv4 and IPv6"),
        ),
        (StopReason::HandedTo(next), _) => {
            let next = scribe.node(scribe.model.transits[next].node);
            (
                format!("{name} の経路(routes)では、次に受け取るのは {next} です"),
                format!("the routes of {name} hand it to {next}"),
            )
        }
        (StopReason::OtherPart, _) => (
            format!("{name} では、{from} と {to} は別の区画(VRF・VLAN)です"),
            format!("{name} keeps {from} and {to} in different parts (VRF, VLAN)"),
        ),
        (StopReason::JoinedTo(zone), _) => {
            let zone = scribe.zone(zone);
            (
                format!("{name} は宛先のネットワーク {zone} に直接つながっていて、{to} へは回しません"),
                format!("{name} is connected to {zone}, the network of the destination, and does not send it to {to}"),
            )
        }
        (StopReason::RoutedTo(zone), _) => {
            let zone = scribe.zone(zone);
            (
                format!("{name} の経路(routes)では、{to} ではなく {zone} へ向かいます"),
                format!("the routes of {name} lead to {zone}, not to {to}"),
            )
        }
    };
    Advice {
        text: Text::new(format!("{ja}: {}{what_ja}", packet.ja), format!("{en}: {what_en}{}", packet.en)),
        place: Some(scribe.place(rule.map_or(device.span, |(_, r)| r.span))),
    }
}

/// A reason apart from packets, in words.
pub(super) fn refused(scribe: &Scribe<'_>, refusal: Refused, x: FaceId, y: FaceId) -> Advice {
    let (a, b) = (scribe.thing(x).called(), scribe.thing(y).called());
    let (at, ja, en) = match refusal {
        Refused::OpensNone => (
            x,
            format!("{a} は自分から通信を開きません(outbound: false)"),
            format!("{a} opens no sessions (outbound: false)"),
        ),
        Refused::TakesOnly => (x, format!("{a} は受け取るだけの機器です(sink)"), format!("{a} only takes (sink)")),
        Refused::NotItsServer => (
            x,
            format!("{a} が通信を開く相手(servers)に {b} は入っていません"),
            format!("{b} is not among the servers of {a}"),
        ),
        Refused::NotItsClient => (
            y,
            format!("{b} が受け付ける相手(clients)に {a} は入っていません"),
            format!("{a} is not among the clients of {b}"),
        ),
        Refused::NotListening => (
            y,
            format!("{b} はこのサービスを受け付けません(listens)"),
            format!("{b} does not answer this service (listens)"),
        ),
        Refused::OtherFamily => (
            y,
            format!("{a} と {b} では、IPv4 と IPv6 が合いません"),
            format!("{a} and {b} have addresses of different families (IPv4, IPv6)"),
        ),
        Refused::OneNode => (x, format!("{a} と {b} は一つの機器です"), format!("{a} and {b} are one node")),
        Refused::Detached => {
            let at = if scribe.model.faces[x].zone.is_none() { x } else { y };
            (at, "ネットワークにつながっていません".to_owned(), "not attached to a network".to_owned())
        }
        Refused::KeptApart(zone) => {
            let zone = scribe.zone(zone);
            (
                x,
                format!("{zone} の中では端末どうしが直接通信できません(client_isolation)"),
                format!("{zone} keeps its endpoints apart (client_isolation)"),
            )
        }
        Refused::NoWay => (
            x,
            format!("{a} のネットワークと {b} のネットワークをつなぐ機器がありません"),
            format!("no device joins the networks of {a} and {b}"),
        ),
    };
    let span = match refusal {
        Refused::KeptApart(zone) => scribe.model.zones[zone].span,
        _ => scribe.model.node_of(at).span,
    };
    Advice { text: Text::new(ja, en), place: Some(scribe.place(span)) }
}
