//! Networks that a device knows without a route, because it joins them (P-CONNECTED), and what policy routes make of them.
//!
//! Routes that are written are read in `routes`.

use super::super::value::Name;
use super::Resolver;
use super::address::{canonical, subtract};
use super::routes::{by_prefix, route_len};
use crate::model::{AddrMatch, AddrRange, FaceId, Id, Kind, Route, TransitId, ZoneId};

impl Resolver<'_> {
    /// P-CONNECTED: who has a table knows the way to the networks that it joins, as every router does. The connected routes
    /// stand first: products take them, and where the drawing states another route for the very same addresses, neither
    /// is certain. Of a drawn internet its prefixes are known; its machines see [`Self::strangers`].
    pub(super) fn with_connected(&self, row: TransitId, name: &Name, stated: Vec<Route>) -> Vec<Route> {
        if !stated.is_empty() && stated.iter().all(|r| r.when.is_some()) {
            return stated;
        }
        let mut table = Vec::new();
        for &zone in &self.model.transits[row].zones {
            let known = &self.model.zones[zone].addresses;
            let mut to = AddrMatch { text: self.model.zones[zone].name.clone(), ..AddrMatch::default() };
            if self.model.zones[zone].broadcast {
                self.add_zone(zone, &mut to);
            } else {
                table.extend(self.strangers(row, zone, name, &stated));
            }
            // A network without stated addresses is known by its machines only: any route for one of them is longer than
            // the prefix that the product will have.
            let all = std::mem::take(&mut to.named);
            let is_beside = |r: &AddrRange| !known.iter().any(|k| k.covers(*r));
            to.named = canonical(all.into_iter().filter(is_beside).collect());
            to.named.extend_from_slice(known);
            let route =
                |to, prefix_len| Route { to, prefix_len, via: Some(zone), next: None, when: None, span: name.span };
            let is_stated = |new: &Route| {
                let mut same = stated.iter().filter(|r| r.when.is_none() && r.next.is_none() && r.via == Some(zone));
                same.any(|r| destination(r) == destination(new))
            };
            let is_longer = |new: &Route| {
                known.is_empty() && stated.iter().any(|r| r.when.is_none() && destination(r) == destination(new))
            };
            // Machines whose address is not stated are somewhere in the prefix of their network.
            let shortest = known.iter().map(|&r| route_len(r)).min().filter(|_| !to.faces.is_empty());
            if let Some(len) = shortest {
                let faces = std::mem::take(&mut to.faces);
                table.push(route(AddrMatch { faces, text: to.text.clone(), ..AddrMatch::default() }, len));
            }
            table.extend(by_prefix(&to, &route).into_iter().filter(|r| !is_stated(r) && !is_longer(r)));
        }
        table.extend(stated);
        table
    }

    /// Machines of a drawn internet to which no route leads. That the device joins their network may mean that it knows them or, as the
    /// way to an internet has to be written, that it does not: then the default route has them, or nothing. Neither is certain. Whoever is the
    /// internet itself is known to nobody.
    fn strangers(&self, row: TransitId, zone: ZoneId, name: &Name, stated: &[Route]) -> Vec<Route> {
        let transit = &self.model.transits[row];
        let concerned = |r: &&Route| r.when.is_none() && r.via.is_none_or(|via| transit.one_part(via, zone));
        let stated: Vec<&Route> = stated.iter().filter(concerned).collect();
        let default: Vec<&Route> = stated.iter().copied().filter(|r| r.to.any).collect();
        if default.iter().any(|r| r.via == Some(zone)) {
            return Vec::new();
        }
        let mut to = AddrMatch { text: self.model.zones[zone].name.clone(), ..AddrMatch::default() };
        for &face in &self.zone_faces[zone.index()] {
            if self.model.node_of(face).kind != Kind::Internet {
                self.add_face(face, &mut to);
            }
        }
        if self.model.zones[zone].addresses.is_empty() {
            self.shown_in(zone, &mut to);
        }
        let led = stated.iter().flat_map(|r| r.to.literal.iter().chain(&r.to.named));
        let led: Vec<AddrRange> = led.chain(&self.model.zones[zone].addresses).copied().collect();
        to.named = subtract(&canonical(std::mem::take(&mut to.named)), &canonical(led));
        to.faces.retain(|f| !stated.iter().any(|r| r.to.faces.contains(f)));
        let route = |via| move |to, prefix_len| Route { to, prefix_len, via, next: None, when: None, span: name.span };
        let mut either = by_prefix(&to, &route(Some(zone)));
        if default.is_empty() {
            either.extend(by_prefix(&to, &route(None)));
        }
        for other in default {
            either.extend(by_prefix(&to, &|to, prefix_len| Route { to, prefix_len, ..other.clone() }));
        }
        either
    }

    /// P-POLICY: the joined networks that a policy route is for without being written for them: `to` is wider.
    pub(super) fn joined_past(
        &self,
        row: TransitId,
        to: &AddrMatch,
        (via, next): (Option<ZoneId>, Option<TransitId>),
        enters: &[ZoneId],
    ) -> AddrMatch {
        let transit = &self.model.transits[row];
        let is_wider = |r: &AddrRange| to.any || to.literal.iter().chain(&to.named).any(|t| t != r && t.covers(*r));
        let mut all = AddrMatch::default();
        for &zone in &transit.zones {
            let here = enters.is_empty() || enters.iter().any(|&e| transit.one_part(e, zone));
            if !here || via == Some(zone) && next.is_none() {
                continue;
            }
            let known = &self.model.zones[zone].addresses;
            if self.model.zones[zone].broadcast {
                let mut machines = AddrMatch::default();
                self.add_zone(zone, &mut machines);
                let beside = |r: &&AddrRange| !known.iter().any(|k| k.covers(**r));
                all.named.extend(machines.named.iter().filter(beside).filter(|r| is_wider(r)));
                all.faces.extend(machines.faces);
            }
            all.named.extend(known.iter().filter(|r| is_wider(r)));
        }
        all.named = canonical(all.named);
        all.faces.retain(|_| to.any);
        all.faces.sort_unstable();
        all.faces.dedup();
        all
    }
}

/// What a route that is not for anything is for.
fn destination(route: &Route) -> Option<(Option<AddrRange>, &[FaceId])> {
    let range = route.to.literal.first().or(route.to.named.first()).copied();
    (!route.to.any).then_some((range, &route.to.faces))
}
