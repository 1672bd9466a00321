//! What becomes of a packet, in words: each device, each end, each choice, and the result.

use super::super::names::Scribe;
use crate::diagnostic::Text;
use crate::model::{FaceId, Model, PacketAddr, PacketState, PortRange, Protocol, Route, icmp_types};
use crate::packet::Packet;
use crate::packet::journey::{Choice, End, Hander, Journey, Leg, Outcome, Pass, Sort, route_of};

/// `tcp 443  10.3.0.5:50000 → 10.2.0.9`.
pub(super) fn packet_text(model: &Model, p: &Packet) -> Text {
    let address = |a: PacketAddr| match a {
        PacketAddr::Literal(a) => (a.to_string(), a.to_string()),
        PacketAddr::Of(f) => {
            let name = model.face_name(f);
            (format!("{name} のアドレス"), format!("(address of {name})"))
        }
    };
    let (a, b) = (address(p.source), address(p.destination));
    let service = match p.protocol {
        Protocol::Tcp | Protocol::Udp => format!("{} {} → {}", p.protocol, p.source_port, p.destination_port),
        Protocol::Icmp => {
            let slot = p.destination_port;
            format!("icmp {}", icmp_types(PortRange { first: slot, last: slot }))
        }
        Protocol::Other(_) => p.protocol.to_string(),
    };
    Text::new(format!("{} → {}  {service}", a.0, b.0), format!("{} → {}  {service}", a.1, b.1))
}

/// A route by which a packet went on, as it is told.
pub(super) struct Routed<'a> {
    pub(super) route: &'a Route,
    /// Nobody wrote it: the device joins that network.
    pub(super) connected: bool,
    pub(super) text: Text,
    pub(super) place: Option<String>,
}

pub(super) struct Told<'a> {
    pub(super) scribe: Scribe<'a>,
    pub(super) model: &'a Model,
}

impl Told<'_> {
    pub(super) fn device(&self, id: crate::model::TransitId) -> String {
        self.scribe.node(self.model.transits[id].node)
    }

    pub(super) fn sort(&self, leg: &Leg, index: usize) -> Text {
        match (leg.sort, index) {
            (Sort::First, _) => Text::new("行き", "there"),
            (Sort::Answer, _) => Text::new("戻り", "back"),
            (Sort::Later, 2) => Text::new("行き(続き)", "there (later packets)"),
            (Sort::Later, _) => Text::new("戻り(続き)", "back (later packets)"),
        }
    }

    /// What a device does, and the place of what decides.
    pub(super) fn pass(&self, p: &Pass, end: Option<End>) -> (Text, Option<String>) {
        let t = &self.model.transits[p.device];
        let rule = p.rule.and_then(|i| Some((i, t.rules.as_ref()?.get(i)?)));
        let place = rule.map(|(_, r)| self.scribe.place(r.span).to_string());
        let of = |state: PacketState| match state {
            PacketState::New => Text::new("", ""),
            PacketState::Established => Text::new("(ACK の付いたパケットとして)", " (as a packet with ACK)"),
            PacketState::Invalid => {
                Text::new("(要求を見ていない応答として)", " (as an answer to a request it has not seen)")
            }
        };
        let state = p.asked.map_or_else(|| Text::new("", ""), of);
        let by = match (rule, p.asked, t.rules.is_some()) {
            (Some((i, r)), _, _) => Text::new(
                format!("規則 {}「{}」{}", i + 1, r.text, state.ja),
                format!("rule {} \"{}\"{}", i + 1, r.text, state.en),
            ),
            (None, Some(_), _) => {
                Text::new(format!("既定動作 default{}", state.ja), format!("its default{}", state.en))
            }
            (None, None, true) => Text::new("開かれた通信", "an open session"),
            (None, None, false) => Text::new("規則なし", "no rules"),
        };
        let text = match end {
            None => Text::new(format!("通す: {}", by.ja), format!("passes: {}", by.en)),
            Some(End::Denied) => Text::new(format!("止める: {}", by.ja), format!("stops it: {}", by.en)),
            Some(End::Stray) => Text::new(
                "止める: 知っている通信に属さない(strays)",
                "stops it: it belongs to no session that the device knows (strays)",
            ),
            Some(End::OneWay) => Text::new("止める: 逆向きにしか通さない", "stops it: it forwards the other way only"),
            Some(End::NoRoute) if t.routes.is_none() => Text::new(
                "止まる: この先のどこにもこのアドレスの機器がない(routes は書かれていない)",
                "stops: nobody ahead has this address (no routes are stated)",
            ),
            Some(End::NoRoute) => Text::new("止まる: 宛先への経路(routes)がない", "stops: no route to the destination"),
            Some(End::BlackHole) => Text::new("捨てる: 経路(drop: true)", "drops it by a route (drop: true)"),
            Some(End::TurnsBack) => Text::new(
                "止める: 宛先へは来たネットワークへ戻ることになる。routes のない機器は、変換するものしか戻さない",
                "stops it: its way leads back where it came from, and a device without routes turns only what it translates",
            ),
            Some(_) => by,
        };
        (text, place)
    }

    /// The route by which a device sent a packet on, and where it is written. A network that the device joins is written
    /// nowhere as a route (P-CONNECTED).
    pub(super) fn route(&self, leg: &Leg, k: usize) -> Option<Routed<'_>> {
        let p = &leg.passes[k];
        let t = &self.model.transits[p.device];
        let route = t.routes.as_ref()?.get(route_of(self.model, leg, k)?)?;
        let connected = t.is_connected(route);
        let to = if route.to.text.is_empty() { "any" } else { &route.to.text };
        let text = match (route.via, connected) {
            (Some(z), true) => {
                let z = self.scribe.zone(z);
                Text::new(format!("直接つながっているネットワーク {z}"), format!("connected network {z}"))
            }
            (Some(z), false) => {
                let z = self.scribe.zone(z);
                let next = route.next.map(|d| self.device(d));
                let (ja, en) = next.map_or_else(Default::default, |d| (format!("(次は {d})"), format!(", next {d}")));
                Text::new(format!("{to} → {z}{ja}"), format!("{to} → {z}{en}"))
            }
            (None, _) => Text::new(format!("{to} → 捨てる"), format!("{to} → dropped")),
        };
        let place = (!connected).then(|| self.scribe.place(route.span).to_string());
        Some(Routed { route, connected, text, place })
    }

    pub(super) fn end(&self, leg: &Leg) -> Text {
        let zone = |z| self.scribe.zone(z);
        match leg.end {
            End::Delivered(face) => {
                let name = self.scribe.thing(face).called();
                Text::new(format!("○ {name} に届く"), format!("○ arrives at {name}"))
            }
            End::Nobody(z) => Text::new(
                format!("× {} に、このアドレスの機器も受け取るルーターもない", zone(z)),
                format!("× nobody in {} has this address or takes the packet", zone(z)),
            ),
            End::KeptApart(z) => Text::new(
                format!("× {} の中では機器どうしが直接通信できない(client_isolation)", zone(z)),
                format!("× {} keeps its machines apart (client_isolation)", zone(z)),
            ),
            End::Loop => {
                // Its last device hands it on to where it has been before.
                let last = leg.passes.last();
                let wire = |p: &Pass| last.and_then(|l| l.to).is_some_and(|to| self.model.one_wire(p.from, to));
                let first = leg.passes.iter().position(|p| wire(p) && last.is_some_and(|l| l.left == p.came));
                match first {
                    Some(k) => Text::new(
                        format!("× 以下 {} から同じことを繰り返す(堂々巡り)", k + 1),
                        format!("× and so on from {} again: it goes in circles", k + 1),
                    ),
                    None => Text::new("× 同じ所を回り続ける", "× it goes in circles"),
                }
            }
            _ => {
                let name = leg.passes.last().map(|p| self.device(p.device)).unwrap_or_default();
                Text::new(format!("× {name} で止まる"), format!("× it ends at {name}"))
            }
        }
    }

    pub(super) fn choice(&self, choice: &Choice) -> Text {
        let yes = |b: bool, ja: (&str, &str), en: (&str, &str)| {
            if b { (ja.0.to_owned(), en.0.to_owned()) } else { (ja.1.to_owned(), en.1.to_owned()) }
        };
        match *choice {
            Choice::Gateway(z, hander, d) => {
                let (who, lacks) = match hander {
                    Hander::Machine(f) => (self.scribe.thing(f).called(), "gateway"),
                    Hander::Device(d) => (self.device(d), "next"),
                };
                let (d, z) = (self.device(d), self.scribe.zone(z));
                Text::new(
                    format!("{z} で {who} が {d} に渡すとき({lacks} が書かれていない)"),
                    format!("if {who} hands it to {d} in {z} (no {lacks} is stated)"),
                )
            }
            Choice::Default(d, b) => {
                let (ja, en) = yes(b, ("通す", "止める"), ("passes", "stops"));
                Text::new(
                    format!("{} の既定動作(default)が{ja}とき", self.device(d)),
                    format!("if the default of {} {en} it", self.device(d)),
                )
            }
            Choice::Address(d, rule, b) => {
                let (ja, en) = yes(b, ("当てはまる", "当てはまらない"), ("fits", "does not fit"));
                let d = self.device(d);
                match rule {
                    Some(i) => Text::new(
                        format!("書かれていないアドレスが {d} の規則 {} に{ja}とき", i + 1),
                        format!("if the address that is not stated {en} rule {} of {d}", i + 1),
                    ),
                    None => Text::new(
                        format!("書かれていないアドレスが {d} の規則や変換に{ja}とき"),
                        format!("if the address that is not stated {en} what {d} says"),
                    ),
                }
            }
            Choice::Strays(d, b) => {
                let (ja, en) = yes(b, ("規則に聞く", "捨てる"), ("asks its rules", "drops them"));
                Text::new(
                    format!("{} が、要求を見ていない応答(strays)を{ja}とき", self.device(d)),
                    format!("if {} {en} for answers to requests it has not seen (strays)", self.device(d)),
                )
            }
            Choice::Hole(d) => Text::new(
                format!("{} が、捨てる経路か、経路のない宛先として捨てるとき", self.device(d)),
                format!("if {} drops it by a route, or as it knows no way there", self.device(d)),
            ),
            Choice::Exit(d, z) => Text::new(
                format!("{} が {} へ送るとき(経路からは決まらない)", self.device(d), self.scribe.zone(z)),
                format!("if {} sends it to {} (its routes leave it open)", self.device(d), self.scribe.zone(z)),
            ),
        }
    }

    pub(super) fn outcome(&self, j: &Journey) -> Text {
        let name = |f: FaceId| self.scribe.thing(f).called();
        match j.outcome {
            Outcome::Reached(f) => Text::new(
                format!("{} と通信できる(行きも戻りも届く)", name(f)),
                format!("a session with {} (there and back)", name(f)),
            ),
            Outcome::Arrived(f) if j.refused => Text::new(
                format!("{} に届くが、{0} は受け付けない(listens・clients)", name(f)),
                format!("it arrives at {}, which does not accept it (listens, clients)", name(f)),
            ),
            Outcome::Arrived(f) => Text::new(
                format!("{} に届くが、応答が戻らない(片道)", name(f)),
                format!("it arrives at {}, but no answer comes back (one way)", name(f)),
            ),
            Outcome::Lost => Text::new("届かない", "it does not arrive"),
        }
    }
}
