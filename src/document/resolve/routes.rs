//! Where devices send packets: routes, parts with a table of their own, translation.
//!
//! Which packets they let through at all is said by their rules; see `transits`.

use super::super::shape::{NatDoc, RouteDoc, TransitDoc};
use super::super::value::Name;
use super::Resolver;
use super::address::{parse_range, prefix_len};
use crate::diagnostic::{Code, Diagnostic, Text};
use crate::model::{
    Addr, AddrMatch, AddrRange, Dnat, FaceAddress, FaceId, Kind, NodeId, PacketAddr, PortRange, Protocol, Role, Route,
    RouteWhen, Rule, Service, Snat, Transit, TransitId, ZoneId,
};
use crate::source::Span;

/// The address that a translation makes visible outside, if it is well formed.
pub(super) fn outside_address(nat: &NatDoc) -> Option<AddrRange> {
    let text = match nat {
        NatDoc::Publish { outside, .. } | NatDoc::Static { outside, .. } => outside,
        NatDoc::Hide { behind, .. } => behind,
    };
    parse_range(&text.text).ok()
}

impl Resolver<'_> {
    /// The parts of a device: each network in at most one; those in none are a part together.
    pub(super) fn parts(&mut self, row: TransitId, name: &Name, doc: &TransitDoc) {
        if doc.vrfs.entries.is_empty() {
            return;
        }
        let zones = self.model.transits[row].zones.clone();
        let mut parts: Vec<u32> = vec![0; zones.len()];
        let mut named: std::collections::BTreeMap<&str, Span> = std::collections::BTreeMap::new();
        for (i, (vrf, networks)) in doc.vrfs.entries.iter().enumerate() {
            if let Some(&first) = named.get(vrf.text.as_str()) {
                self.twice(vrf, first);
            }
            named.insert(&vrf.text, vrf.span);
            self.own_zones(row, name, networks.0.iter());
            for network in &networks.0 {
                let at = self.network(network).and_then(|zone| zones.iter().position(|&z| z == zone));
                let Some(at) = at else { continue };
                if parts[at] != 0 && parts[at] != i as u32 + 1 {
                    let message = Text::new(
                        format!("`{}` が二つの VRF に入っています", network.text),
                        format!("`{}` is in two VRFs", network.text),
                    );
                    let label = Text::new("一つのネットワークは一つの VRF に属します", "a network belongs to one VRF");
                    self.error(Code::CONFLICT, network.span, message, label);
                }
                parts[at] = i as u32 + 1;
            }
        }
        self.model.transits[row].parts = Some(parts);
    }

    pub(super) fn route(&mut self, row: TransitId, name: &Name, doc: &RouteDoc) -> Vec<Route> {
        let via = self.route_exit(row, name, doc);
        let to = self.address_match(&doc.to.text, doc.to.span.start as usize, doc.to.span);
        let next = doc.next.as_ref().and_then(|n| self.next_device(row, n, via.flatten()));
        let when = self.route_when(row, name, doc);
        let (Some(via), Some(to), Ok(mut when)) = (via, to, when) else { return Vec::new() };
        if let Some(when) = &mut when {
            when.joined = self.joined_past(row, &to, (via, next), &when.enters);
        }
        let span = doc.to.span;
        let route = |to: AddrMatch, prefix_len| Route { to, prefix_len, via, next, when: when.clone(), span };
        // A policy route matches as a whole; its prefix decides nothing.
        if to.any || when.is_some() {
            return vec![route(to, 0)];
        }
        by_prefix(&to, &route)
    }

    /// The network to which a route leads; `Some(None)` for a black hole.
    fn route_exit(&mut self, row: TransitId, name: &Name, doc: &RouteDoc) -> Option<Option<ZoneId>> {
        match (&doc.via, doc.drop) {
            (Some(via), false) => {
                self.own_zones(row, name, std::iter::once(via));
                let zone = self.network(via)?;
                self.model.transits[row].zones.contains(&zone).then_some(Some(zone))
            }
            (None, true) if doc.next.is_none() => Some(None),
            (None, false) => {
                self.missing(doc.to.span, "via", &doc.to.text);
                None
            }
            (via, _) => {
                let place = via.as_ref().or(doc.next.as_ref()).map_or(doc.to.span, |n| n.span);
                let message = Text::new("drop と via・next は一緒に書けません", "drop excludes via and next");
                let label = Text::new("捨てる経路には行き先がありません", "a route that drops leads nowhere");
                self.error(Code::CONFLICT, place, message, label);
                None
            }
        }
    }

    /// The device that a route hands packets to: it has to be in the network of the route.
    fn next_device(&mut self, row: TransitId, name: &Name, via: Option<ZoneId>) -> Option<TransitId> {
        let node = self.node(name)?;
        let found = self.device_of(node, via);
        let own = found == Some(row);
        if let Some(device) = found.filter(|_| !own) {
            return Some(device);
        }
        let message = Text::new(
            format!("`{}` は、そのネットワークでパケットを受け取る機器ではありません", name.text),
            format!("`{}` is no device that takes packets in that network", name.text),
        );
        let label = Text::new(
            "next には、via のネットワークをつなぐ別の機器を書きます",
            "next names another device that joins the network of via",
        );
        let fitting = self.devices_in(via, self.model.transits[row].node);
        self.unfitting(name.span, message, label, fitting);
        None
    }

    /// The names of the devices that join a network, except one.
    pub(super) fn devices_in(&self, zone: Option<ZoneId>, except: NodeId) -> Vec<String> {
        let nodes = &self.model.nodes;
        let takes = |t: &&Transit| {
            let wire = matches!(nodes[t.node].kind, Kind::Switch | Kind::Line | Kind::Diode);
            !wire && t.node != except && zone.is_some_and(|z| t.zones.contains(&z))
        };
        self.model.transits.values().filter(takes).map(|t| nodes[t.node].name.clone()).collect()
    }

    /// Reports a name that does not fit its place, with those that would.
    pub(super) fn unfitting(&mut self, span: Span, message: Text, label: Text, mut fitting: Vec<String>) {
        let mut diagnostic = Diagnostic::error(Code::WRONG_REFERENCE, span, message, label);
        fitting.sort_unstable();
        fitting.dedup();
        if fitting.len() <= super::names::MAX_LISTED {
            let listed = fitting.join(", ");
            let help = match fitting.is_empty() {
                true => Text::new("ここに書けるものは図面にありません", "the drawing has nothing that fits here"),
                false => Text::new(format!("ここに書けるもの: {listed}"), format!("what fits here: {listed}")),
            };
            diagnostic = diagnostic.help(help);
        }
        self.diagnostics.push(diagnostic);
    }

    /// The transit row of a node that joins a network: a device, or a machine that forwards.
    pub(super) fn device_of(&self, node: NodeId, zone: Option<ZoneId>) -> Option<TransitId> {
        let joins = |row: &TransitId| zone.is_none_or(|z| self.model.transits[*row].zones.contains(&z));
        let own = match self.model.nodes[node].role {
            Role::Transit(row) => Some(row),
            _ => self.model.transits.iter().find(|(_, t)| t.node == node).map(|(id, _)| id),
        };
        own.filter(joins)
    }

    /// The condition of a policy route; an error if it cannot be read.
    fn route_when(&mut self, row: TransitId, name: &Name, doc: &RouteDoc) -> Result<Option<RouteWhen>, ()> {
        if doc.from.is_none() && doc.enters.0.is_empty() && doc.service.0.is_empty() {
            return Ok(None);
        }
        self.own_zones(row, name, doc.enters.0.iter());
        let source = match &doc.from {
            Some(from) => self.address_match(&from.text, from.span.start as usize, from.span).ok_or(())?,
            None => AddrMatch { any: true, text: "any".to_owned(), ..AddrMatch::default() },
        };
        let enters = self.networks(&doc.enters);
        let services = if doc.service.0.is_empty() { vec![Service::ANY] } else { self.service_list(&doc.service) };
        if services.is_empty() {
            Err(())
        } else {
            Ok(Some(RouteWhen { source, enters, services, joined: AddrMatch::default() }))
        }
    }

    /// A rule that names the outside of a published address would never match: rules are looked at after it is
    /// translated. Many products do it the other way round, so nothing is guessed.
    pub(super) fn rules_see_the_inside(&mut self, row: TransitId, rules: &[Rule]) {
        let outside: Vec<Addr> = self.model.transits[row].dnat.iter().map(|d| d.outside).collect();
        for rule in rules {
            let d = &rule.destination;
            let named = |a: &&Addr| d.literal.iter().chain(&d.named).any(|r| r.contains(**a));
            if let Some(address) = outside.iter().find(named).filter(|_| !d.any) {
                let message = Text::new(
                    format!("規則が、公開した外のアドレス {address} を宛先にしています"),
                    format!("a rule names the published address {address} as destination"),
                );
                let label = Text::new(
                    "規則は変換した後の宛先を見ます。中の機器の名前を書くか、変換の前に見る製品なら rules_see: Outside を書いてください",
                    "rules see the destination after translation: name the node inside, or state rules_see: Outside if the product looks before",
                );
                self.error(Code::BAD_VALUE, rule.span, message, label);
            }
        }
    }

    pub(super) fn translation(&mut self, row: TransitId, nat: &NatDoc) {
        match nat {
            NatDoc::Publish { outside, inside, service, port } => {
                let ports = service.as_ref().map(|s| self.published_ports(s, *port));
                let address = self.single_address(outside);
                let behind = self.published(row, inside, address);
                let (Some(outside), Some((inside, _))) = (address, behind) else { return };
                let ports = match ports {
                    Some(None) => return,
                    Some(Some(ports)) => ports.into_iter().map(Some).collect(),
                    None => vec![None],
                };
                if let (Some(port), [None]) = (port, ports.as_slice()) {
                    let message = Text::new(
                        format!("port: {port} には service も必要です"),
                        format!("port: {port} needs service, too"),
                    );
                    let label = Text::new("どのポートをこの番号に変えますか", "which port becomes this one?");
                    self.error(Code::MISSING_FIELD, nat_place(nat), message, label);
                    return;
                }
                let span = nat_place(nat);
                let dnat = |ports| Dnat { outside, ports, inside, inside_port: *port, zone: None, span };
                let dnat = ports.into_iter().map(dnat);
                self.model.transits[row].dnat.extend(dnat);
            }
            NatDoc::Hide { behind, towards, from } => {
                let address = self.single_address(behind);
                let zone = self.network(towards);
                let from = match from {
                    None => Some(None),
                    Some(f) => self.address_match(&f.text, f.span.start as usize, f.span).map(Some),
                };
                let (Some(source), Some(zone), Some(from)) = (address, zone, from) else { return };
                self.model.transits[row].snat.push(Snat { source, zone, from: from.filter(|m| !m.any) });
            }
            NatDoc::Static { outside, inside, towards } => {
                let address = self.single_address(outside);
                let behind = self.published(row, inside, address);
                let towards = self.network(towards);
                let (Some(outside), Some((addr, face)), Some(towards)) = (address, behind, towards) else {
                    return;
                };
                let from = match addr {
                    PacketAddr::Literal(a) => AddrMatch { named: vec![AddrRange::single(a)], ..AddrMatch::default() },
                    PacketAddr::Of(_) => AddrMatch { faces: vec![face], ..AddrMatch::default() },
                };
                let from = Some(AddrMatch { text: inside.text.clone(), ..from });
                let transit = &mut self.model.transits[row];
                let span = nat_place(nat);
                transit.dnat.push(Dnat { outside, ports: None, inside: addr, inside_port: None, zone: None, span });
                transit.snat.push(Snat { source: outside, zone: towards, from });
            }
        }
    }

    /// The node behind a published address: its address, and the face that has it, one of a joined network if there is one.
    ///
    /// Of several addresses, one of the family of the outside one: translation does not lead from one family into the other.
    fn published(&mut self, row: TransitId, inside: &Name, outside: Option<Addr>) -> Option<(PacketAddr, FaceId)> {
        let faces = self.faces(&inside.text, inside.span)?;
        let zones = self.model.transits[row].zones.clone();
        let joined = |f: &FaceId| self.model.faces[*f].zone.filter(|z| zones.contains(z));
        let face = faces.iter().copied().find(|f| joined(f).is_some()).or(faces.first().copied())?;
        let address = match &self.model.faces[face].address {
            FaceAddress::Known(ranges) => {
                let family = |r: &&AddrRange| outside.is_none_or(|a| a.is_v4() == r.first.is_v4());
                let own = ranges.iter().find(family).map(|r| r.first);
                if own.is_none() {
                    let message = Text::new(
                        format!("`{}` には、外のアドレスと同じ種類(IPv4 か IPv6)のアドレスがありません", inside.text),
                        format!("`{}` has no address of the family of the outside one", inside.text),
                    );
                    let label = Text::new(
                        "アドレス変換は IPv4 と IPv6 の間では行いません",
                        "translation does not lead from IPv4 into IPv6 or back",
                    );
                    self.error(Code::BAD_ADDRESS, inside.span, message, label);
                }
                PacketAddr::Literal(own?)
            }
            _ => PacketAddr::Of(face),
        };
        Some((address, face))
    }

    /// The ports that are published: TCP or UDP, and a single one where it becomes another.
    fn published_ports(&mut self, service: &Name, port: Option<u16>) -> Option<Vec<(Protocol, PortRange)>> {
        let before = self.diagnostics.len();
        let services = self.service(&service.text, service.span);
        if self.diagnostics.len() > before {
            return None;
        }
        let plain = |s: &Service| {
            let protocol = s.protocol.filter(|p| p.has_ports())?;
            let single = s.destination.first == s.destination.last;
            (s.source == PortRange::ALL && (port.is_none() || single)).then_some((protocol, s.destination))
        };
        let ports: Option<Vec<_>> = services.iter().map(plain).collect();
        if ports.is_none() {
            let message = Text::new(
                format!("`{}` は、公開するサービスとして使えません", service.text),
                format!("`{}` cannot be published", service.text),
            );
            let label = Text::new(
                "tcp か udp の宛先ポートを書きます。port で別の番号に変えるときは、一つのポートだけです",
                "write destination ports of tcp or udp; a single one where `port` turns it into another",
            );
            self.error(Code::BAD_SERVICE, service.span, message, label);
        }
        ports
    }

    fn single_address(&mut self, name: &Name) -> Option<Addr> {
        let range = self.address(name)?;
        if range.first != range.last {
            self.error(
                Code::BAD_ADDRESS,
                name.span,
                Text::new("ここには一つのアドレスが必要です", "one single address is expected here"),
                Text::new("範囲は使えません", "not a range"),
            );
            return None;
        }
        Some(range.first)
    }
}

fn nat_place(nat: &NatDoc) -> Span {
    match nat {
        NatDoc::Publish { outside, .. } | NatDoc::Static { outside, .. } => outside.span,
        NatDoc::Hide { behind, .. } => behind.span,
    }
}

/// One route per range, so that the longest prefix is that of the range that matches.
pub(super) fn by_prefix(to: &AddrMatch, route: &impl Fn(AddrMatch, u8) -> Route) -> Vec<Route> {
    let single = |literal: Vec<AddrRange>, named: Vec<AddrRange>, faces| AddrMatch {
        any: false,
        literal,
        named,
        faces,
        text: to.text.clone(),
    };
    let literal = to.literal.iter().map(|&r| route(single(vec![r], Vec::new(), Vec::new()), route_len(r)));
    let named = to.named.iter().map(|&r| route(single(Vec::new(), vec![r], Vec::new()), route_len(r)));
    let mut routes: Vec<Route> = literal.chain(named).collect();
    if !to.faces.is_empty() {
        routes.push(route(single(Vec::new(), Vec::new(), to.faces.clone()), 128));
    }
    routes
}

/// IPv4 prefixes count from their own 32 bits, so that they compare with each other; families never mix in a lookup.
pub(super) fn route_len(range: AddrRange) -> u8 {
    let len = prefix_len(range);
    if range.first.is_v4() { len.saturating_sub(96) } else { len }
}
