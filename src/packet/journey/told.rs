//! By which route a device sent a packet on, for whoever tells a journey.
//!
//! The journey itself knows where the packet went and not why (`exit`); here the route is found again.

use super::super::Packet;
use super::super::device::Device;
use super::{End, Leg};
use crate::model::{Model, Route, Ternary, TransitId, ZoneId};

/// The position of the route that decided at one device of a leg, among the routes of that device. None if no route did:
/// the device has no table, or nothing in it is for the packet.
#[must_use]
pub fn route_of(model: &Model, leg: &Leg, pass: usize) -> Option<usize> {
    let last = pass + 1 == leg.passes.len();
    let taker = leg.passes.get(pass + 1).map(|next| next.device);
    let pass = leg.passes.get(pass)?;
    if pass.to.is_none() && leg.end != End::BlackHole {
        return None;
    }
    let device = Device::new(model, &model.transits[pass.device]);
    // Routes see the destination as it leaves, and the source as it came.
    let (source, source_port) = (pass.came.source, pass.came.source_port);
    let seen = Packet { source, source_port, ..pass.left };
    // What goes in circles is not followed to whoever takes it again.
    let handed = |next: TransitId| Some(next) == taker || last && leg.end == End::Loop;
    deciding(device, seen, pass.from, pass.to, handed)
}

/// The position of the route that leads a packet from a zone to another, or drops it, and hands it on as it may be handed.
pub(super) fn deciding(
    device: Device<'_>,
    seen: Packet,
    from: ZoneId,
    to: Option<ZoneId>,
    handed: impl Fn(TransitId) -> bool,
) -> Option<usize> {
    let leads = |r: &Route| r.via == to && r.next.is_none_or(&handed);
    for (i, route) in device.transit.routes.iter().flatten().enumerate() {
        match device.by_condition(route, seen, from) {
            Ternary::No => {}
            _ if leads(route) => return Some(i),
            Ternary::Yes => return None,
            Ternary::Unknown => {}
        }
    }
    if !device.has_table() {
        return None;
    }
    let mut best: Option<(Ternary, u8, usize)> = None;
    for (i, route) in device.winners(seen.destination, from).0.filter(|(_, r)| leads(r)) {
        let hit = route.to.matches(seen.destination, &device.model.faces);
        // Of routes that are as good, the first: those for the networks that the device joins stand first.
        if best.is_none_or(|(known, len, _)| (known, len) < (hit, route.prefix_len)) {
            best = Some((hit, route.prefix_len, i));
        }
    }
    best.map(|(.., i)| i)
}
