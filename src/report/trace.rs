//! What `sekisho trace` shows: one packet, device by device, there and back.
//!
//! Where it goes is found in `packet::journey`; here it gets names, places and words.

use serde::Serialize;

use super::json::{SCHEMA_VERSION, written};
use super::names::Scribe;
use super::text::{Look, Page, Style};
use crate::diagnostic::{Lang, Text};
use crate::model::{FaceId, Model, PacketAddr, PacketState, PortRange, Protocol, icmp_types};
use crate::packet::Packet;
use crate::packet::journey::{Choice, End, Journey, Leg, Outcome, Pass, Sort};
use crate::source::Sources;

/// A packet with all its journeys.
#[derive(Debug)]
pub struct TraceReport<'a> {
    /// The drawing.
    pub model: &'a Model,
    /// Its files.
    pub sources: &'a Sources,
    /// Who sends.
    pub from: FaceId,
    /// What is sent.
    pub packet: Packet,
    /// The journeys; more than one where the drawing leaves something open.
    pub journeys: &'a [Journey],
    /// There are more than were followed.
    pub limited: bool,
}

/// `tcp 443  10.3.0.5:50000 → 10.2.0.9`.
fn packet_text(model: &Model, p: &Packet) -> Text {
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

struct Told<'a> {
    scribe: Scribe<'a>,
    model: &'a Model,
}

impl Told<'_> {
    fn device(&self, id: crate::model::TransitId) -> String {
        self.scribe.node(self.model.transits[id].node)
    }

    fn sort(&self, leg: &Leg, index: usize) -> Text {
        match (leg.sort, index) {
            (Sort::First, _) => Text::new("行き", "there"),
            (Sort::Answer, _) => Text::new("戻り", "back"),
            (Sort::Later, 2) => Text::new("行き(続き)", "there (later packets)"),
            (Sort::Later, _) => Text::new("戻り(続き)", "back (later packets)"),
        }
    }

    /// What a device does, and the place of what decides.
    fn pass(&self, p: &Pass, end: Option<End>) -> (Text, Option<String>) {
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
            Some(End::NoRoute) => Text::new("止まる: 宛先への経路(routes)がない", "stops: no route to the destination"),
            Some(End::BlackHole) => Text::new("捨てる: 経路(drop: true)", "drops it by a route (drop: true)"),
            Some(_) => by,
        };
        (text, place)
    }

    fn end(&self, leg: &Leg) -> Text {
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
            End::Loop => Text::new("× 同じ所を回り続ける", "× it goes in circles"),
            _ => {
                let name = leg.passes.last().map(|p| self.device(p.device)).unwrap_or_default();
                Text::new(format!("× {name} で止まる"), format!("× it ends at {name}"))
            }
        }
    }

    fn choice(&self, choice: &Choice) -> Text {
        let yes = |b: bool, ja: (&str, &str), en: (&str, &str)| {
            if b { (ja.0.to_owned(), en.0.to_owned()) } else { (ja.1.to_owned(), en.1.to_owned()) }
        };
        match *choice {
            Choice::Gateway(z, d) => Text::new(
                format!(
                    "{} で {} が受け取るとき(gateway や next が書かれていない)",
                    self.scribe.zone(z),
                    self.device(d)
                ),
                format!("if {} takes it in {} (no gateway or next is stated)", self.device(d), self.scribe.zone(z)),
            ),
            Choice::Default(d, b) => {
                let (ja, en) = yes(b, ("通す", "止める"), ("passes", "stops"));
                Text::new(
                    format!("{} の既定動作(default)が{ja}とき", self.device(d)),
                    format!("if the default of {} {en} it", self.device(d)),
                )
            }
            Choice::Address(d, b) => {
                let (ja, en) = yes(b, ("当てはまる", "当てはまらない"), ("fits", "does not fit"));
                Text::new(
                    format!("書かれていないアドレスが {} の規則や変換に{ja}とき", self.device(d)),
                    format!("if the address that is not stated {en} what {} says", self.device(d)),
                )
            }
            Choice::Strays(d, b) => {
                let (ja, en) = yes(b, ("規則に聞く", "捨てる"), ("asks its rules", "drops them"));
                Text::new(
                    format!("{} が、要求を見ていない応答(strays)を{ja}とき", self.device(d)),
                    format!("if {} {en} for answers to requests it has not seen (strays)", self.device(d)),
                )
            }
            Choice::Exit(d, z) => Text::new(
                format!("{} が {} へ送るとき(経路からは決まらない)", self.device(d), self.scribe.zone(z)),
                format!("if {} sends it to {} (its routes leave it open)", self.device(d), self.scribe.zone(z)),
            ),
        }
    }

    fn outcome(&self, j: &Journey) -> Text {
        let name = |f: FaceId| self.scribe.thing(f).called();
        match j.outcome {
            Outcome::Reached(f) => Text::new(
                format!("結果: {} と通信できる(行きも戻りも届く)", name(f)),
                format!("Result: a session with {} (there and back)", name(f)),
            ),
            Outcome::Arrived(f) if j.refused => Text::new(
                format!("結果: {} に届くが、{0} は受け付けない(listens・clients)", name(f)),
                format!("Result: it arrives at {}, which does not accept it (listens, clients)", name(f)),
            ),
            Outcome::Arrived(f) => Text::new(
                format!("結果: {} に届くが、応答が戻らない(片道)", name(f)),
                format!("Result: it arrives at {}, but no answer comes back (one way)", name(f)),
            ),
            Outcome::Lost => Text::new("結果: 届かない", "Result: it does not arrive"),
        }
    }
}

/// The text of `sekisho trace`.
#[must_use]
pub fn trace_text(r: &TraceReport<'_>, style: Style) -> String {
    let told = Told { scribe: Scribe { model: r.model, sources: r.sources }, model: r.model };
    let mut page = Page::new(style);
    let pick = |t: &Text| if style.lang == Lang::Ja { t.ja.clone() } else { t.en.clone() };
    let from = told.scribe.thing(r.from).called();
    page.line(Look::Head, 0, &format!("{from}: {}", pick(&packet_text(r.model, &r.packet))));
    for (i, j) in r.journeys.iter().enumerate() {
        if r.journeys.len() > 1 {
            page.blank();
            let title = page.pick(
                &format!("場合 {} / {}", i + 1, r.journeys.len()),
                &format!("Case {} of {}", i + 1, r.journeys.len()),
            );
            page.line(Look::Open, 0, &title);
            for c in &j.choices {
                page.hanging(Look::Open, 2, "? ", &pick(&told.choice(c)));
            }
        }
        for (n, leg) in j.legs.iter().enumerate() {
            page.blank();
            let title = format!("{}: {}", pick(&told.sort(leg, n)), pick(&packet_text(r.model, &leg.packet)));
            page.line(Look::Plain, 0, &title);
            for (k, p) in leg.passes.iter().enumerate() {
                let last = k + 1 == leg.passes.len();
                let end = Some(leg.end).filter(|_| last && p.to.is_none());
                let (text, place) = told.pass(p, end);
                let to = p.to.map_or_else(String::new, |z| format!(" → {}", told.scribe.zone(z)));
                let sign = format!("{}. ", k + 1);
                let look = if end.is_some() { Look::Bad } else { Look::Plain };
                let line = format!("{} ({}{to})  {}", told.device(p.device), told.scribe.zone(p.from), pick(&text));
                page.placed(look, 2, &sign, &line, place);
                if p.left != p.came {
                    let changed = page.pick("アドレス変換: ", "translated: ");
                    page.hanging(Look::Faint, 5, &changed, &pick(&packet_text(r.model, &p.left)));
                }
            }
            page.line(Look::Plain, 2, &pick(&told.end(leg)));
        }
        page.blank();
        let look = if matches!(j.outcome, Outcome::Reached(_)) { Look::Good } else { Look::Bad };
        page.line(look, 0, &pick(&told.outcome(j)));
    }
    if r.limited {
        let text = page.pick("場合が多すぎるので、初めの分だけを示しました", "there are more cases than were followed");
        page.line(Look::Open, 0, &text);
    }
    page.finish()
}

#[derive(Serialize)]
struct TraceJson {
    version: u32,
    from: String,
    journeys: Vec<JourneyJson>,
    limited: bool,
}

#[derive(Serialize)]
struct JourneyJson {
    outcome: &'static str,
    at: Option<String>,
    refused: bool,
    depends_on: Vec<Text2>,
    legs: Vec<LegJson>,
}

#[derive(Serialize)]
struct Text2 {
    ja: String,
    en: String,
}

#[derive(Serialize)]
struct LegJson {
    packet: &'static str,
    sent: String,
    passes: Vec<PassJson>,
    end: &'static str,
    at: Option<String>,
}

#[derive(Serialize)]
struct PassJson {
    device: String,
    from: String,
    to: Option<String>,
    rule: Option<usize>,
    rule_text: Option<String>,
    place: Option<String>,
    left_as: String,
}

/// The JSON of `sekisho trace`.
#[must_use]
pub fn trace_json(r: &TraceReport<'_>) -> String {
    let told = Told { scribe: Scribe { model: r.model, sources: r.sources }, model: r.model };
    let text = |p: &Packet| packet_text(r.model, p).en;
    let at = |end: End| match end {
        End::Delivered(f) => Some(r.model.face_name(f)),
        End::Nobody(z) | End::KeptApart(z) => Some(r.model.zones[z].name.clone()),
        _ => None,
    };
    let pass = |p: &Pass| {
        let t = &r.model.transits[p.device];
        let rule = p.rule.and_then(|i| t.rules.as_ref()?.get(i));
        PassJson {
            device: r.model.nodes[t.node].name.clone(),
            from: r.model.zones[p.from].name.clone(),
            to: p.to.map(|z| r.model.zones[z].name.clone()),
            rule: p.rule.map(|i| i + 1),
            rule_text: rule.map(|r| r.text.clone()),
            place: rule.map(|r| told.scribe.place(r.span).to_string()),
            left_as: text(&p.left),
        }
    };
    let leg = |l: &Leg| LegJson {
        packet: match l.sort {
            Sort::First => "first",
            Sort::Answer => "answer",
            Sort::Later => "later",
        },
        sent: text(&l.packet),
        passes: l.passes.iter().map(pass).collect(),
        end: match l.end {
            End::Delivered(_) => "delivered",
            End::Denied => "denied",
            End::Stray => "stray",
            End::OneWay => "one_way",
            End::NoRoute => "no_route",
            End::BlackHole => "black_hole",
            End::Nobody(_) => "nobody",
            End::KeptApart(_) => "kept_apart",
            End::Loop => "loop",
        },
        at: at(l.end),
    };
    let journey = |j: &Journey| JourneyJson {
        outcome: match j.outcome {
            Outcome::Reached(_) => "session",
            Outcome::Arrived(_) => "one_way",
            Outcome::Lost => "lost",
        },
        at: match j.outcome {
            Outcome::Reached(f) | Outcome::Arrived(f) => Some(r.model.face_name(f)),
            Outcome::Lost => None,
        },
        refused: j.refused,
        depends_on: j.choices.iter().map(|c| told.choice(c)).map(|t| Text2 { ja: t.ja, en: t.en }).collect(),
        legs: j.legs.iter().map(leg).collect(),
    };
    written(&TraceJson {
        version: SCHEMA_VERSION,
        from: r.model.face_name(r.from),
        journeys: r.journeys.iter().map(journey).collect(),
        limited: r.limited,
    })
}
