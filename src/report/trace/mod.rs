//! What `sekisho trace` shows: one packet, device by device, there and back, for each address family that is asked about.
//!
//! Where it goes is found in `packet::journey`; here it gets names, places and words.

mod json;
mod others;
mod through;
mod words;

use std::collections::BTreeSet;

pub use self::json::trace_json;
pub use self::through::{Through, through};
use self::words::{Told, packet_text};
use super::follow::typed;
use super::logins;
use super::names::{Scribe, called};
use super::text::{Look, Page, Style};
use crate::diagnostic::{Lang, Text};
use crate::model::{FaceId, Model, PacketAddr, Role};
use crate::packet::Packet;
use crate::packet::journey::{Journey, Leg, Outcome};
use crate::source::Sources;

/// A packet with all its journeys.
#[derive(Debug)]
pub struct Tried {
    /// What is sent.
    pub packet: Packet,
    /// The journeys; more than one where the drawing leaves something open.
    pub journeys: Vec<Journey>,
    /// There are more than were followed.
    pub limited: bool,
}

/// What was asked, and what was found.
#[derive(Debug)]
pub struct TraceReport<'a> {
    /// The drawing.
    pub model: &'a Model,
    /// Its files.
    pub sources: &'a Sources,
    /// Who sends.
    pub from: FaceId,
    /// Who is asked, as typed.
    pub to: &'a str,
    /// The service, as typed.
    pub service: &'a str,
    /// What was tried: one packet for each address family that both ends have.
    pub tried: Vec<Tried>,
    /// The ends of which a machine was named, not an address: they may have more addresses than were tried.
    pub named: [Option<FaceId>; 2],
    /// The mediators through which the destination can be reached, where nothing of what was tried gets there.
    pub through: Option<Through>,
}

/// What came of all that was tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Came {
    /// No session.
    Nothing,
    /// A session depends on something that is not stated, or on a login.
    Open,
    /// A session for certain.
    Session,
}

impl TraceReport<'_> {
    /// The best of what came of the packets that were tried: one that opens a session is enough.
    #[must_use]
    pub fn came(&self) -> Came {
        self.tried.iter().map(|t| self.came_of(t)).max().unwrap_or(Came::Nothing)
    }

    /// Why the sender opens no such session, whatever would become of its packets.
    fn unopened(&self, journey: &Journey) -> Option<Text> {
        let node = self.model.node_of(self.from);
        let name = called(&node.label, &node.name);
        match &node.role {
            Role::Endpoint(e) if !e.outbound => Some(Text::new(
                format!("通信は始まらない。{name} は自分から通信を開かない(outbound: false)"),
                format!("no session: {name} opens none (outbound: false)"),
            )),
            Role::Mediator(m) => {
                let servers = m.servers.as_ref()?;
                let (Outcome::Reached(at) | Outcome::Arrived(at)) = journey.outcome else { return None };
                servers.binary_search(&self.model.faces[at].node).is_err().then(|| {
                    Text::new(
                        format!("通信は始まらない。{name} は servers の相手にしか通信を開かない"),
                        format!("no session: {name} opens sessions only with its servers"),
                    )
                })
            }
            _ => None,
        }
    }

    fn came_of(&self, tried: &Tried) -> Came {
        let opened = |j: &&Journey| matches!(j.outcome, Outcome::Reached(_)) && self.unopened(j).is_none();
        let reached: Vec<&Journey> = tried.journeys.iter().filter(opened).collect();
        let free = reached.iter().all(|j| logins::of_journey(self.model, self.from, j).is_empty());
        match reached.len() {
            0 => Came::Nothing,
            n if n == tried.journeys.len() && !tried.limited && free => Came::Session,
            _ => Came::Open,
        }
    }
}

/// `IPv4` or `IPv6`, if a packet says which it is.
fn family(p: &Packet) -> Option<&'static str> {
    let of = |a: PacketAddr| match a {
        PacketAddr::Literal(a) => Some(if a.is_v4() { "IPv4" } else { "IPv6" }),
        PacketAddr::Of(_) => None,
    };
    of(p.source).or(of(p.destination))
}

/// The text of `sekisho trace`.
#[must_use]
pub fn trace_text(r: &TraceReport<'_>, style: Style) -> String {
    let told = Told { scribe: Scribe { model: r.model, sources: r.sources }, model: r.model };
    let mut page = Page::new(style);
    for (i, tried) in r.tried.iter().enumerate() {
        if i > 0 {
            page.blank();
        }
        tried_text(&mut page, r, &told, tried, style.lang);
    }
    if let Some(way) = &r.through {
        let names: Vec<String> = way.mediators.iter().map(|&n| told.scribe.node(n)).collect();
        let (ja, en) = (names.join(" → "), names.join(", then "));
        let text = page.pick(
            &format!("パケットは直接は届かないが、中継機器を通せば届くものがある: {ja}"),
            &format!("no packet gets there by itself, but something does through: {en}"),
        );
        page.line(Look::Open, 0, &text);
        for words in &way.commands {
            let sign = page.pick("たどるには: ", "to trace it: ");
            page.command(2, &sign, &typed(words));
        }
    }
    for text in r.others() {
        page.line(Look::Faint, 0, text.get(style.lang));
    }
    page.finish()
}

fn tried_text(page: &mut Page, r: &TraceReport<'_>, told: &Told<'_>, tried: &Tried, lang: Lang) {
    let pick = |t: &Text| t.get(lang).to_owned();
    let from = told.scribe.thing(r.from).called();
    page.line(Look::Head, 0, &format!("{from}: {}", pick(&packet_text(r.model, &tried.packet))));
    // Where two families are told, each result says of which it is.
    let family = family(&tried.packet).filter(|_| r.tried.len() > 1);
    for (i, j) in tried.journeys.iter().enumerate() {
        if tried.journeys.len() > 1 {
            page.blank();
            let title = page.pick(
                &format!("場合 {} / {}", i + 1, tried.journeys.len()),
                &format!("Case {} of {}", i + 1, tried.journeys.len()),
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
            leg_text(page, told, leg, lang);
        }
        page.blank();
        let gates = logins::of_journey(r.model, r.from, j);
        let unopened = r.unopened(j);
        let look = match j.outcome {
            _ if unopened.is_some() => Look::Bad,
            Outcome::Reached(_) if gates.is_empty() => Look::Good,
            Outcome::Reached(_) => Look::Open,
            _ => Look::Bad,
        };
        let family = family.map_or_else(String::new, |f| format!(" ({f})"));
        let head = page.pick(&format!("結果{family}: "), &format!("Result{family}: "));
        page.line(look, 0, &format!("{head}{}", pick(unopened.as_ref().unwrap_or(&told.outcome(j)))));
        if unopened.is_none() && matches!(j.outcome, Outcome::Reached(_)) && !gates.is_empty() {
            let sender = BTreeSet::from([r.model.faces[r.from].node]);
            page.line(look, 2, logins::condition(r.model, &gates, &sender).get(lang));
        }
    }
    if tried.limited {
        let text = page.pick("場合が多すぎるので、初めの分だけを示しました", "there are more cases than were followed");
        page.line(Look::Open, 0, &text);
    }
}

/// The devices on the way of one packet, and its end.
fn leg_text(page: &mut Page, told: &Told<'_>, leg: &Leg, lang: Lang) {
    for (k, p) in leg.passes.iter().enumerate() {
        let last = k + 1 == leg.passes.len();
        let end = Some(leg.end).filter(|_| last && p.to.is_none());
        let (text, place) = told.pass(p, end);
        let to = p.to.map_or_else(String::new, |z| format!(" → {}", told.scribe.zone(z)));
        let sign = format!("{}. ", k + 1);
        let look = if end.is_some() { Look::Bad } else { Look::Plain };
        let line = format!("{} ({}{to})  {}", told.device(p.device), told.scribe.zone(p.from), text.get(lang));
        page.placed(look, 2, &sign, &line, place);
        if let Some(routed) = told.route(leg, k) {
            let sign = page.pick("経路: ", "route: ");
            page.placed(Look::Faint, 5, &sign, routed.text.get(lang), routed.place);
        }
        if p.left != p.came {
            let changed = page.pick("アドレス変換: ", "translated: ");
            page.hanging(Look::Faint, 5, &changed, packet_text(told.model, &p.left).get(lang));
        }
    }
    page.line(Look::Plain, 2, told.end(leg).get(lang));
}
