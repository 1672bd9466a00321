//! Where one device may send a packet: by its routes, or the way through the fewest devices.

use std::collections::{BTreeSet, VecDeque};

use super::super::Packet;
use super::super::device::{Device, Translated, answer};
use super::facts::{Fact, Taken};
use super::memory::{Side, Standing};
use super::step::Place;
use super::told::deciding;
use super::{Choice, End, Traveller, owners};
use crate::model::{Hairpin, Id, PacketAddr, PacketState, Ternary, TransitId, ZoneId};

/// Where a device may send a packet, and as what.
pub(super) struct Exit {
    /// The zone and whoever is handed it there; or how it ends.
    pub(super) to: Result<(ZoneId, Option<TransitId>), End>,
    pub(super) form: Translated,
    /// A route says so.
    pub(super) stated: bool,
    pub(super) taken: Vec<Taken>,
}

impl Traveller<'_> {
    /// Where a device may send a packet, to whom, and as what; or how the packet ends there.
    pub(super) fn exits(&self, id: TransitId, at: &Place, standing: Standing) -> Vec<Exit> {
        let device = Device::new(self.model, &self.model.transits[id]);
        let as_it_is = Translated { inner: at.packet, after: at.packet, certain: true };
        let mut found = Vec::new();
        // A router sends packets back where they came from if its routes say so.
        for &to in &device.transit.zones {
            let forms = match standing {
                Standing::Open(Side::Initiator, _, left) | Standing::Again(left) => {
                    vec![Translated { inner: Packet { source: at.packet.source, ..left }, after: left, certain: true }]
                }
                // The destination is translated back before routes are asked, the source after.
                Standing::Open(Side::Responder, came, _) => {
                    let home = answer(came).unwrap_or(at.packet);
                    let inner =
                        Packet { destination: home.destination, destination_port: home.destination_port, ..at.packet };
                    vec![Translated { inner, after: home, certain: true }]
                }
                Standing::Asks(PacketState::New) => device.translated(at.packet, to),
                Standing::Asks(_) => vec![as_it_is],
            };
            for (i, &form) in forms.iter().enumerate() {
                let open = (!form.certain)
                    .then_some((Fact::Translates(id, at.packet.source), Choice::Address(id, None, i == 0)));
                let (stated, _) = device.by_policy(form.inner, at.zone, to);
                for (next, routed) in device.routed(form.inner, at.zone, to) {
                    let doubt = (routed == Ternary::Unknown)
                        .then_some((Fact::Exit(id, form.inner.destination), Choice::Exit(id, to)));
                    let taken = open.into_iter().chain(doubt).collect();
                    let stated = device.has_table() || stated.iter().any(|(n, _)| *n == next);
                    found.push(Exit { to: Ok((to, next)), form, stated, taken });
                }
            }
        }
        self.nearest(id, &mut found);
        // P-HAIRPIN: without a table a device turns only what it translates. Where machines are kept apart the drawing may say it.
        let apart = self.model.zones[at.zone].client_isolation && !at.is_handed();
        let stated = device.transit.hairpin.filter(|_| apart);
        for exit in found.iter_mut().filter(|e| e.to.is_ok_and(|(to, _)| to == at.zone)) {
            let turns = stated.map_or(exit.stated, |h| h == Hairpin::Forward);
            if !turns && exit.form.inner == at.packet && exit.form.after == at.packet {
                exit.to = Err(End::TurnsBack);
            }
        }
        // Where it is open whether a route drops it, that is a way for it to end, too.
        let open = found.iter().any(|e| e.to.is_ok() && !e.taken.is_empty());
        let dropped = found.iter().map(|e| e.form).find(|form| open && device.may_drop(form.inner, at.zone));
        if let Some(form) = dropped {
            let taken = vec![(Fact::Exit(id, form.inner.destination), Choice::Hole(id))];
            found.push(Exit { to: Err(End::BlackHole), form, stated: true, taken });
        }
        if found.is_empty() {
            let hole = deciding(device, at.packet, at.zone, None, |_| false).is_some();
            let end = if hole { End::BlackHole } else { End::NoRoute };
            found.push(Exit { to: Err(end), form: as_it_is, stated: true, taken: Vec::new() });
        }
        found
    }

    /// What no route says goes the way through the fewest devices; where several are as short, each is a choice.
    fn nearest(&self, id: TransitId, found: &mut Vec<Exit>) {
        let far = |exit: &Exit| match exit.to {
            Ok((zone, _)) if !exit.stated => self.distance(id, zone, exit.form.inner.destination),
            _ => None,
        };
        // If nobody anywhere has the address, nothing is left but what routes say.
        let least = found.iter().filter_map(far).min();
        found.retain(|exit| exit.stated || least.is_some() && far(exit) == least);
        let unstated = |exit: &Exit| exit.to.ok().map(|(zone, _)| zone).filter(|_| !exit.stated);
        let zones: BTreeSet<ZoneId> = found.iter().filter_map(unstated).collect();
        if zones.len() > 1 {
            for exit in found.iter_mut() {
                let fact = Fact::Exit(id, exit.form.inner.destination);
                exit.taken.extend(unstated(exit).map(|zone| (fact, Choice::Exit(id, zone))));
            }
        }
    }

    /// How many devices are between a zone and whoever has an address, not counting one device.
    fn distance(&self, without: TransitId, from: ZoneId, address: PacketAddr) -> Option<usize> {
        let model = self.model;
        let mut seen = vec![false; model.zones.len()];
        let mut queue = VecDeque::from([(from, 0)]);
        seen[from.index()] = true;
        while let Some((zone, distance)) = queue.pop_front() {
            let answers = |t: &crate::model::Transit| {
                t.zones.contains(&zone)
                    && (t.dnat.iter().any(|n| PacketAddr::Literal(n.outside) == address)
                        || t.snat.iter().any(|n| PacketAddr::Literal(n.source) == address && n.zone == zone))
            };
            let translated = model.transits.iter().any(|(id, t)| id != without && answers(t));
            if translated || owners(model, zone, address).next().is_some() {
                return Some(distance);
            }
            for (_, t) in model.transits.iter().filter(|(id, t)| *id != without && t.zones.contains(&zone)) {
                for &to in t.zones.iter().filter(|&&to| t.one_part(zone, to)) {
                    if !std::mem::replace(&mut seen[to.index()], true) {
                        queue.push_back((to, distance + 1));
                    }
                }
            }
        }
        None
    }
}
