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
use crate::packet::journey::{End, Journey, Leg, Outcome, journeys};

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
    let name = |f: FaceId| model.face_name(f);
    let leg = |l: &Leg| {
        let devices: Vec<&str> =
            l.passes.iter().map(|p| model.nodes[model.transits[p.device].node].name.as_str()).collect();
        let end = match l.end {
            End::Delivered(face) => name(face),
            end => format!("{end:?}"),
        };
        format!("{:?}: {} > {end}", l.sort, devices.join(" > "))
    };
    let told: Vec<String> = all.iter().take(3).map(|j| j.legs.iter().map(leg).collect::<Vec<_>>().join("; ")).collect();
    let told = told.join(" | ");
    Text::new(format!("パケットの道: {told}"), format!("the way of the packets: {told}"))
}
