//! What stops one packet on one walk: each device in turn, looking on behind the first stop.

use super::samples::is_of;
use super::{Lane, Leg, Only, Stop, StopReason};
use crate::model::{FaceId, Model, PacketState, Protocol, Ternary, TransitId, ZoneId};
use crate::packet::device::{Device, Translated, answer};
use crate::verify::{Level, Packet};

/// What stops a packet on a walk, looking on behind the first stop; `None` if the packet is not one for `y` on this walk. Where
/// a translation is open, the form that is stopped at the fewest places.
pub(super) fn stopped(model: &Model, walk: &[Leg], packet: Packet, y: FaceId, only: Only) -> Option<Vec<Stop>> {
    let mut forms: Vec<(Packet, Vec<Stop>)> = vec![(packet, Vec::new())];
    for i in 0..walk.len() {
        forms = forms.into_iter().flat_map(|(now, stops)| passed(model, walk, i, now, &stops)).collect();
    }
    let is_meant = |at| is_of(model, y, at) && only.end.is_none_or(|end| end == at);
    let arrived = forms.into_iter().filter(|(now, _)| is_meant(now.destination));
    arrived.map(|(_, stops)| stops).min_by_key(Vec::len)
}

/// A packet behind one device of a walk, in every form that it may have, with what stops it so far.
fn passed(model: &Model, walk: &[Leg], i: usize, now: Packet, before: &[Stop]) -> Vec<(Packet, Vec<Stop>)> {
    let (id, from, to) = walk[i];
    let device = Device::new(model, &model.transits[id]);
    let next = walk.get(i + 1).map(|leg| leg.0);
    let nearer = i.checked_sub(1).map(|j| walk[j].0);
    let form = |x: Translated| {
        let mut stops = before.to_vec();
        let mut stop = |lane, why| stops.push(Stop { device: id, from, to, lane, why, packet: now });
        let refused = from == to && x.after == now && device.transit.sends_back() == Ternary::No;
        let first = one_way(device, from, to)
            .or_else(|| refused.then_some(StopReason::NoHairpin))
            .or_else(|| unrouted(device, x.inner, from, to, |hand| hand.is_none() || hand == next))
            .or_else(|| deny(device.forward((now, x.inner), from, to, false, Level::May)));
        match first {
            Some(why) => stop(Lane::First, why),
            None if now.protocol == Protocol::Tcp => {
                if let Some(why) = deny(device.forward((now, x.inner), from, to, true, Level::May)) {
                    stop(Lane::Later, why);
                }
                if let Some(why) = reply_stops(device, x, now, from, to, nearer) {
                    stop(Lane::Reply, why);
                }
            }
            None => {}
        }
        if first.is_none()
            && (!x.inner.source.same_family(x.inner.destination) || !x.after.source.same_family(x.after.destination))
        {
            stop(Lane::First, StopReason::MixedFamilies);
        }
        (x.after, stops)
    };
    // P-HAIRPIN: back where it came from goes only what is translated there, or comes from those who are kept apart there.
    let goes = |x: &Translated| from != to || model.zones[from].client_isolation || x.after != now;
    device.translated(now, to).into_iter().filter(goes).map(form).collect()
}

/// Why the reply does not come back from `to` to `from`; `before` is the device nearer to the initiator.
fn reply_stops(
    device: Device<'_>,
    x: Translated,
    asked: Packet,
    from: ZoneId,
    to: ZoneId,
    before: Option<TransitId>,
) -> Option<StopReason> {
    let reply = answer(x.inner)?;
    one_way(device, to, from)
        .or_else(|| unrouted(device, reply, to, from, |hand| hand.is_none() || hand == before))
        .or_else(|| match device.reply(x, asked, from, to, Level::May) {
            Ternary::No if device.transit.remembers() => {
                deny(device.forward((asked, x.inner), from, to, false, Level::May))
            }
            Ternary::No => deny(device.decide(reply, to, from, PacketState::Established, Level::May)),
            _ => None,
        })
}

fn one_way(device: Device<'_>, from: ZoneId, to: ZoneId) -> Option<StopReason> {
    (!device.ahead(from, to)).then_some(StopReason::OneWay)
}

/// Why routes do not lead a packet to a zone, where some devices may be handed it.
fn unrouted(
    device: Device<'_>,
    packet: Packet,
    from: ZoneId,
    to: ZoneId,
    handed: impl Fn(Option<TransitId>) -> bool,
) -> Option<StopReason> {
    let here = device.routed(packet, from, to);
    if here.iter().any(|(hand, _)| handed(*hand)) {
        return None;
    }
    if let Some((Some(next), _)) = here.first() {
        return Some(StopReason::HandedTo(*next));
    }
    if !device.transit.one_part(from, to) {
        return Some(StopReason::OtherPart);
    }
    let elsewhere = device.transit.zones.iter().find(|&&z| z != to && !device.routed(packet, from, z).is_empty());
    let joined = |z: ZoneId| {
        let (table, _) = device.winners(packet.destination, from);
        let asked = device.by_policy(packet, from, z).1.is_some();
        asked && table.into_iter().any(|(_, r)| r.via == Some(z) && device.transit.is_connected(r))
    };
    Some(match elsewhere {
        Some(&z) if joined(z) => StopReason::JoinedTo(z),
        Some(&z) => StopReason::RoutedTo(z),
        None => StopReason::NoRoute,
    })
}

/// The rule or default that certainly drops a packet.
fn deny((answer, rule): (Ternary, Option<usize>)) -> Option<StopReason> {
    (answer == Ternary::No).then(|| rule.map_or(StopReason::Default, StopReason::Rule))
}
