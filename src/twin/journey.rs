//! The kernel against journeys: what becomes of one packet, there and back, where everything is stated.
//!
//! Sessions are compared by two implications, because they count every way there might be. A journey is what honest
//! machines and devices do: it is compared with equality. Where the drawing leaves choices open there are several, and
//! the kernel has to have done one of them.

use super::lab::Heard;
use super::plan::Planned;
use crate::diagnostic::Text;
use crate::model::{Addr, FaceId, Model, PacketAddr};
use crate::packet::Packet;
use crate::packet::journey::{End, Journey, Leg, Outcome, Sort, journeys};

/// What a journey comes to, as far as it can be seen in a kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Seen {
    reached: bool,
    /// The address at which the first packet arrived, and the source it had there.
    arrived: Option<(Addr, Addr)>,
}

/// The answer of the journeys about one probe.
#[derive(Debug, Clone)]
pub(super) struct Told {
    /// Whether there was only one, and nothing had been left open.
    pub(super) exact: bool,
    /// What the kernel did otherwise, if it did.
    pub(super) otherwise: Option<Text>,
}

/// Compares one probe. `number` gives the number of an address that the drawing does not state.
pub(super) fn told(
    model: &Model,
    p: &Planned,
    h: &Heard,
    packet: Packet,
    number: &dyn Fn(PacketAddr) -> Option<Addr>,
) -> Told {
    let (all, limited) = journeys(model, p.initiator, packet);
    let exact = all.len() == 1 && !limited && all[0].choices.is_empty();
    let kernel = Seen {
        reached: h.reached,
        arrived: h.arrived.first().map(|a| (Addr::from(a.destination), Addr::from(a.source))),
    };
    let fits = |j: &Journey| {
        let told = seen(j, number);
        // Who is admitted is not asked in the kernel: there everybody is answered who is heard.
        told.arrived == kernel.arrived && (told.reached == kernel.reached || j.refused)
    };
    // A translation has to take another source port if the stated one is in use for the same destination; then an arrival
    // is not recognised.
    let translates = model.transits.values().any(crate::model::Transit::translates);
    let unseen = h.arrived.is_empty() && p.probe.source_port != 0 && translates;
    // Whom a translation leads back to itself: the kernel takes nothing from outside that has its own address.
    let node = |f: FaceId| model.faces[f].node;
    let home = |l: &Leg| matches!(l.end, End::Delivered(f) if node(f) == node(p.initiator));
    let own = all.iter().any(|j| j.legs.first().is_some_and(home));
    let otherwise = (!limited && !unseen && !own && !all.iter().any(fits)).then(|| words(model, &all));
    Told { exact, otherwise }
}

fn seen(j: &Journey, number: &dyn Fn(PacketAddr) -> Option<Addr>) -> Seen {
    let first = j.legs.first().map(Leg::last);
    let arrived = first.and_then(|l| Some((number(l.destination)?, number(l.source)?)));
    match j.outcome {
        Outcome::Reached(_) => Seen { reached: true, arrived },
        Outcome::Arrived(_) => Seen { reached: false, arrived },
        Outcome::Lost => Seen { reached: false, arrived: None },
    }
}

fn words(model: &Model, all: &[Journey]) -> Text {
    let told: Vec<Text> = all.iter().take(3).map(|j| way(model, j)).collect();
    let (ja, en): (Vec<&str>, Vec<&str>) = told.iter().map(|t| (t.ja.as_str(), t.en.as_str())).unzip();
    let more = all.len().saturating_sub(told.len());
    let (more_ja, more_en) = match more {
        0 => (String::new(), String::new()),
        _ => (format!(" ほか {more} 通り"), format!(" and {more} more")),
    };
    Text::new(
        format!("パケットの道: {}{more_ja}", ja.join("、または ")),
        format!("the way of the packets: {}{more_en}", en.join(", or ")),
    )
}

/// The way of each packet of a journey.
fn way(model: &Model, journey: &Journey) -> Text {
    let leg = |l: &Leg| {
        let devices = l.passes.iter().map(|p| model.nodes[model.transits[p.device].node].name.as_str());
        let way = devices.collect::<Vec<_>>().join(" > ");
        let sort = match l.sort {
            Sort::First => ("行き", "there"),
            Sort::Answer => ("戻り", "back"),
            Sort::Later => ("続き", "later"),
        };
        let end = end(model, l.end);
        let line = |sort: &str, end: &str| {
            if way.is_empty() { format!("{sort}: {end}") } else { format!("{sort}: {way} > {end}") }
        };
        (line(sort.0, &end.ja), line(sort.1, &end.en))
    };
    let (ja, en): (Vec<String>, Vec<String>) = journey.legs.iter().map(leg).unzip();
    Text::new(ja.join("。"), en.join("; "))
}

fn end(model: &Model, end: End) -> Text {
    match end {
        End::Delivered(face) => Text::new(model.face_name(face), model.face_name(face)),
        End::Denied => Text::new("規則か既定動作で止まる", "stopped by a rule or the default"),
        End::Stray => Text::new("知らない通信なので止まる(strays)", "stopped as a stray"),
        End::OneWay => Text::new("逆向きなので止まる", "stopped as it goes the other way"),
        End::NoRoute => Text::new("経路がない", "no route"),
        End::BlackHole => Text::new("捨てる経路(drop)", "dropped by a route"),
        End::TurnsBack => Text::new("来た側へは戻さない", "not sent back where it came from"),
        End::Nobody(_) => Text::new("受け取る機器がない", "nobody there takes it"),
        End::KeptApart(_) => Text::new("端末どうしは直接通信できない", "kept apart (client_isolation)"),
        End::Loop => Text::new("回り続ける", "it goes in circles"),
    }
}
