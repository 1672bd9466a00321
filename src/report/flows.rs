//! What stands in the way between two faces, in words.
//!
//! It words what `verify::blocking` finds and decides nothing. What a required flow lacks is put together in `lacking`.

use super::advice::Advice;
use super::names::Scribe;
use crate::diagnostic::Text;
use crate::model::FaceId;
use crate::verify::blocking::{Blocking, Lane, Refused, Stop, StopReason};

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
        (StopReason::NoHairpin, _) => (
            format!("{name} は {from} から来たものを {from} へ送り返しません(hairpin: Drop)"),
            format!("{name} sends nothing that comes from {from} back into it (hairpin: Drop)"),
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
