//! The nodes of a lab: machines with an address for each attachment, routers without any, and who is whose neighbour.
//!
//! An attachment behaves as the drawing has it, as if it were alone: what leaves with its address leaves by its port, and
//! what comes in by a port has to be addressed to it. The kernel would be more generous; a machine that passes packets
//! from one network to another says so with `forwards`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::net::IpAddr;

use ipnet::IpNet;

use super::addresses::Addresses;
use super::routes::{Tables, everything};
use super::rules::Writer;
use super::ways::Ways;
use super::{Attachment, Machine, ip};
use crate::diagnostic::Text;
use crate::model::{FaceId, Model, NodeId, Role, Service, TransitId, ZoneId};
use crate::twin::lab::{Hop, Kind, Lab, LabNode, LabRoute, Listen, Neighbour, Port};

/// Tables of attachments are numbered from here.
const OF_FACES: u32 = 1000;

/// A lab under construction.
#[derive(Debug)]
pub(super) struct Builder<'a> {
    model: &'a Model,
    addresses: &'a Addresses,
    ways: &'a Ways<'a>,
    services: &'a [Listen],
    /// The number of the bridge of each wire.
    wires: BTreeMap<ZoneId, u32>,
    lab: Lab,
    machines: Vec<Machine>,
    /// The lab node and first port of each device.
    routers: BTreeMap<TransitId, (u32, BTreeMap<ZoneId, u32>)>,
    /// The lab node and port of each attachment.
    ports: BTreeMap<(FaceId, usize), (u32, u32)>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(model: &'a Model, addresses: &'a Addresses, ways: &'a Ways<'a>, services: &'a [Listen]) -> Self {
        let wires: BTreeSet<ZoneId> = model.zones.ids().map(|z| addresses.wire(z)).collect();
        let wires: BTreeMap<ZoneId, u32> = wires.into_iter().zip(0..).collect();
        let lab = Lab { networks: wires.len() as u32, nodes: Vec::new() };
        let (machines, routers, ports) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
        Self { model, addresses, ways, services, wires, lab, machines, routers, ports }
    }

    pub(super) fn done(self) -> (Lab, Vec<Machine>, Vec<(TransitId, u32)>) {
        let routers = self.routers.iter().map(|(&id, &(at, _))| (id, at)).collect();
        (self.lab, self.machines, routers)
    }

    /// The bridge of a zone.
    fn network(&self, zone: ZoneId) -> u32 {
        self.wires.get(&self.addresses.wire(zone)).copied().unwrap_or(0)
    }

    /// Machines, without their neighbours.
    pub(super) fn machines(&mut self) {
        for (&node, &count) in &self.addresses.machines {
            for machine in 0..count {
                self.machine(node, machine);
            }
        }
    }

    fn machine(&mut self, id: NodeId, machine: usize) {
        let node = &self.model.nodes[id];
        let at = self.lab.nodes.len() as u32;
        let (mut ports, mut faces) = (Vec::new(), Vec::new());
        for &face in &node.faces {
            let (Some(zone), Some(list)) = (self.model.faces[face].zone, self.addresses.of.get(&(face, machine)))
            else {
                continue;
            };
            self.ports.insert((face, machine), (at, ports.len() as u32));
            let isolated = self.model.zones[zone].client_isolation && self.model.faces[face].segment.is_some();
            ports.push(Port {
                network: self.network(zone),
                addresses: list.iter().map(|&a| ip(a)).collect(),
                isolated,
                neighbours: Vec::new(),
            });
            let stated = matches!(self.model.faces[face].address, crate::model::FaceAddress::Known(_));
            faces.push(Attachment { face, addresses: list.clone(), stated });
        }
        let forwards = self.forwarder(id).is_some();
        let nft = if forwards { String::new() } else { only_own(&ports) };
        self.lab.nodes.push(LabNode {
            name: format!("{}{}", node.name, if machine == 0 { "" } else { "'" }),
            ports,
            forwards,
            routes: Vec::new(),
            rules: Vec::new(),
            rules6: Vec::new(),
            nft,
            listens: self.services.iter().copied().filter(|s| listens(&node.role, *s)).collect(),
            watched: true,
        });
        self.machines.push(Machine { node: id, at, faces });
    }

    /// The device that a machine is, too, if it passes packets on.
    fn forwarder(&self, node: NodeId) -> Option<TransitId> {
        self.model.transits.iter().find(|(_, t)| t.node == node).map(|(id, _)| id)
    }

    /// Devices, without their neighbours.
    pub(super) fn routers(&mut self, told: &mut Vec<Text>) {
        let writer = Writer { model: self.model, addresses: self.addresses };
        let tables = Tables { addresses: self.addresses, ways: self.ways };
        for (id, t) in self.model.transits.iter() {
            let name = &self.model.nodes[t.node].name;
            // What a switch joins is one wire already.
            if self.model.nodes[t.node].kind == crate::model::Kind::Switch {
                continue;
            }
            if t.strays.is_none() && t.remembers() && t.rules.as_ref().is_some_and(|r| !r.is_empty()) {
                told.push(Text::new(
                    format!("`{name}` の strays は図面にないので AsRules として建てました"),
                    format!("`strays` of `{name}` is not stated: it is built as AsRules"),
                ));
            }
            if t.hairpin_assumption.is_some() {
                let as_built = if super::ways::table(t).is_some() { "Forward" } else { "Drop" };
                told.push(Text::new(
                    format!("`{name}` の hairpin は図面にないので {as_built} として建てました"),
                    format!("`hairpin` of `{name}` is not stated: it is built as {as_built}"),
                ));
            }
            if t.rules.is_some() && t.default.is_none() {
                told.push(Text::new(
                    format!("`{name}` の既定の動作は図面にないので Deny として建てました"),
                    format!("the default of `{name}` is not stated: it is built as Deny"),
                ));
            }
            if t.mfa.is_some() {
                told.push(Text::new(
                    format!("`{name}` の多要素認証は建てていません (開いています)"),
                    format!("the gate with multi-factor login of `{name}` is not built: it stands open"),
                ));
            }
            if self.model.nodes[t.node].faces.is_empty() {
                let ports = t.zones.iter().map(|&z| Port { network: self.network(z), ..Port::default() }).collect();
                let numbers = t.zones.iter().enumerate().map(|(i, &z)| (z, i as u32)).collect();
                self.routers.insert(id, (self.lab.nodes.len() as u32, numbers));
                let port = |zone: ZoneId| t.zones.iter().position(|&z| z == zone).unwrap_or(0) as u32;
                let written = tables.device(id, t, &port);
                self.lab.nodes.push(LabNode {
                    name: name.clone(),
                    ports,
                    forwards: true,
                    routes: written.routes,
                    rules6: written.rules.clone(),
                    rules: written.rules,
                    nft: writer.device(t),
                    ..LabNode::default()
                });
            } else {
                self.forwarding_machine(id, t, &tables, &writer, told);
            }
        }
    }

    /// A machine that passes packets on: its ports are in the order of its faces, which is that of the zones it joins.
    fn forwarding_machine(
        &mut self,
        id: TransitId,
        t: &crate::model::Transit,
        tables: &Tables<'_>,
        writer: &Writer<'_>,
        told: &mut Vec<Text>,
    ) {
        let stands: Vec<u32> = self.machines.iter().filter(|m| m.node == t.node).map(|m| m.at).collect();
        let Some(&at) = stands.first() else { return };
        if stands.len() > 1 {
            let name = &self.model.nodes[t.node].name;
            told.push(Text::new(
                format!("`{name}` は最初の 1 台だけが中継します"),
                format!("only the first machine of `{name}` passes packets on"),
            ));
        }
        let numbers: BTreeMap<ZoneId, u32> = t
            .zones
            .iter()
            .filter_map(|&z| {
                let face = self.model.nodes[t.node].faces.iter().find(|&&f| self.model.faces[f].zone == Some(z))?;
                Some((z, self.ports.get(&(*face, 0))?.1))
            })
            .collect();
        let written = tables.device(id, t, &|zone| numbers.get(&zone).copied().unwrap_or(0));
        let node = &mut self.lab.nodes[at as usize];
        node.routes.extend(written.routes);
        node.rules6.extend(written.rules.iter().cloned());
        node.rules.extend(written.rules);
        if t.zones.iter().enumerate().all(|(i, z)| numbers.get(z) == Some(&(i as u32))) {
            node.nft.push_str(&writer.device(t));
        }
        self.routers.insert(id, (at, numbers));
    }

    /// Neighbours of everybody, and the tables of attachments.
    pub(super) fn neighbours(&mut self) {
        let all: Vec<_> = self.ways.addresses().collect();
        for m in 0..self.machines.len() {
            let machine = self.machines[m].clone();
            let own = self.forwarder(machine.node);
            for (port, attachment) in machine.faces.iter().enumerate() {
                let Some(zone) = self.model.faces[attachment.face].zone else { continue };
                let number = port as u32;
                let list = self.around(zone, &all, own, machine.at, number);
                let node = &mut self.lab.nodes[machine.at as usize];
                node.ports[port].neighbours = list;
                let table = OF_FACES + number;
                for &a in &attachment.addresses {
                    let list = if a.is_v4() { &mut node.rules } else { &mut node.rules6 };
                    list.push(format!("rule add from {} lookup {table} priority 100", ip(a)));
                }
                let families = everything().into_iter().zip([true, false]);
                let has = |v4: bool| attachment.addresses.iter().any(|a| a.is_v4() == v4);
                let gateway = self.model.faces[attachment.face].gateway;
                for (to, v4) in families.filter(|(_, v4)| has(*v4)) {
                    let hop = match gateway {
                        None => Hop::Port(number),
                        Some(id) => Hop::Via(number, self.addresses.hop(id, self.addresses.wire(zone), v4)),
                    };
                    node.routes.push(LabRoute { table, to, hop });
                }
                if gateway.is_some() {
                    // Whoever stands in the same network is asked without a gateway.
                    let wire = self.addresses.wire(zone);
                    let near = self.addresses.at.iter().filter(|(_, at)| at.iter().any(|p| p.0 == wire));
                    let own = |a: &crate::model::Addr| attachment.addresses.contains(a);
                    for a in near.map(|(&a, _)| a).filter(|a| !own(a)) {
                        node.routes.push(LabRoute { table, to: IpNet::from(ip(a)), hop: Hop::Port(number) });
                    }
                }
                if let Some(id) = own.filter(|_| gateway.is_none()) {
                    self.by_itself(id, machine.at, table, zone);
                }
            }
        }
        let routers: Vec<_> = self.routers.iter().map(|(&id, (at, ports))| (id, *at, ports.clone())).collect();
        for (id, at, ports) in routers {
            for (&zone, &port) in &ports {
                if self.lab.nodes[at as usize].watched {
                    continue;
                }
                let list = self.around(zone, &all, Some(id), at, port);
                self.lab.nodes[at as usize].ports[port as usize].neighbours = list;
            }
        }
    }

    /// A machine that passes packets on asks itself first where to send its own.
    fn by_itself(&mut self, id: TransitId, at: u32, table: u32, zone: ZoneId) {
        let Some((_, ports)) = self.routers.get(&id).filter(|(node, _)| *node == at) else { return };
        let mut routes = Vec::new();
        let known: BTreeSet<IpNet> =
            self.lab.nodes[at as usize].routes.iter().filter(|r| r.table == table).map(|r| r.to).collect();
        let zones = &self.model.transits[id].zones;
        for a in self.ways.addresses().filter(|&a| !known.contains(&IpNet::from(ip(a)))) {
            if self.ways.taker(a, zone, None) == Some(id)
                && let Some(&port) = self.ways.exit(id, zones, a).and_then(|z| ports.get(&z))
            {
                routes.push(LabRoute { table, to: IpNet::from(ip(a)), hop: Hop::Port(port) });
            }
        }
        self.lab.nodes[at as usize].routes.extend(routes);
    }

    /// Who takes packets for which address in a zone, as `node` sees it.
    fn around(
        &self,
        zone: ZoneId,
        all: &[crate::model::Addr],
        own: Option<TransitId>,
        node: u32,
        port: u32,
    ) -> Vec<Neighbour> {
        let mut list = Vec::new();
        let wire = self.addresses.wire(zone);
        // Devices by the names that routes have for them.
        for (&id, (at, ports)) in &self.routers {
            let there = ports.iter().find(|(z, _)| self.addresses.wire(**z) == wire);
            let Some((_, &other)) = there.filter(|_| Some(id) != own) else { continue };
            let names = [true, false].map(|v4| self.addresses.hop(id, wire, v4));
            list.extend(names.map(|address| Neighbour { address, node: *at, port: other }));
        }
        for &a in all {
            let here = self.addresses.at.get(&a).into_iter().flatten().filter(|p| p.0 == wire);
            let here = here.filter_map(|&(_, face, machine)| self.ports.get(&(face, machine)));
            let taker = || {
                let id = self.ways.taker(a, zone, own)?;
                let (at, ports) = self.routers.get(&id)?;
                let own = ports.iter().find(|(z, _)| self.addresses.wire(**z) == wire)?;
                Some((*at, *own.1))
            };
            let target = here.copied().find(|&t| t != (node, port)).or_else(taker);
            list.extend(target.map(|(node, port)| Neighbour { address: ip(a), node, port }));
        }
        list
    }
}

/// What comes in by a port has to be addressed to it.
fn only_own(ports: &[Port]) -> String {
    if ports.len() < 2 {
        return String::new();
    }
    let mut lines = String::new();
    for (i, port) in ports.iter().enumerate() {
        let others = ports.iter().enumerate().filter(|(j, _)| *j != i).flat_map(|(_, p)| p.addresses.iter());
        for a in others.filter(|a| !port.addresses.contains(a)) {
            let name = match a {
                IpAddr::V4(_) => "ip",
                IpAddr::V6(_) => "ip6",
            };
            let _ = writeln!(lines, "  iifname \"e{i}\" {name} daddr {a} drop");
        }
    }
    format!(
        "table inet own {{\n chain input {{\n  type filter hook input priority -10; policy accept\n{lines} }}\n}}\n"
    )
}

/// Whether a node answers a service, asked from some port.
fn listens(role: &Role, asked: Listen) -> bool {
    let list = match role {
        Role::Endpoint(e) => e.listens.as_ref(),
        Role::Mediator(m) => m.listens.as_ref(),
        Role::Transit(_) => return false,
    };
    let protocol = match asked.protocol {
        Kind::Tcp => crate::model::Protocol::Tcp,
        Kind::Udp => crate::model::Protocol::Udp,
        Kind::Echo => crate::model::Protocol::Icmp,
    };
    let fits = |s: &Service| s.protocol.is_none_or(|p| p == protocol) && s.destination.contains(asked.port);
    list.is_none_or(|list| list.iter().any(fits))
}
