//! One body by itself: its model with what is above it, what it lets in and out, and the ways through it.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::addresses::{Cover, Own, cuts};
use super::frame::Frame;
use super::way::{TooMany, Way, ways};
use crate::diagnostic::Diagnostic;
use crate::document::{DrawnBody, Region};
use crate::model::{
    AddrRange, Behaviour, Declared, Endpoint, Face, FaceAddress, FaceId, Id, Kind, LabelId, Layer, Model, Node, Role,
    ZoneId,
};
use crate::network::Network;
use crate::packet::Sessions;
use crate::packet::apart::{Addresses, Part, Strays, strays};
use crate::source::Sources;

/// A body that has been drawn.
#[derive(Debug, Clone)]
pub(super) struct Unit {
    pub(super) body: usize,
    pub(super) frame: Frame,
    pub(super) model: Arc<Model>,
    pub(super) sources: Sources,
    /// What its author probably did not mean.
    pub(super) warnings: Vec<Diagnostic>,
    pub(super) own: Own,
}

/// A packet between bodies in a zone that they share, by the name of the zone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Crossing {
    pub(super) zone: String,
    pub(super) source: Addresses,
    pub(super) destination: Addresses,
    /// The shared hosts that stand in for the other side.
    pub(super) hosts: BTreeSet<String>,
}

/// What a body lets out, in and through.
#[derive(Debug, Clone, Default)]
pub(super) struct Border {
    pub(super) out: Vec<Crossing>,
    pub(super) into: Vec<Crossing>,
    pub(super) carried: Vec<(String, String)>,
    pub(super) borrowed: Vec<String>,
}

impl Unit {
    pub(super) fn new(region: &Region, body: usize, drawn: DrawnBody) -> Self {
        let frame = Frame::new(region, body);
        let own = Own::new(&drawn.model, &frame);
        Self { body, frame, model: Arc::new(drawn.model), sources: drawn.sources, warnings: drawn.warnings, own }
    }

    /// The segments' machines from which ways start, with their layers.
    pub(super) fn machines(&self, model: &Model) -> Vec<(Layer, FaceId)> {
        let own = |f: &Face| {
            let segment = &model.segments[f.segment?];
            let ours = self.frame.is_own(&model.nodes[f.node].name) && self.frame.is_own(&segment.name);
            // Machines of the bodies below, summed up, are machines of this body for those outside.
            (ours || segment.foreign).then_some(segment.layer)
        };
        let faces = model.faces.iter().filter_map(|(id, f)| Some((own(f)?, id)));
        faces.filter(|(_, f)| model.endpoint_of(*f).is_some()).collect()
    }

    /// The zones that it shares and in which machines of its own stand, by name.
    pub(super) fn stands_in(&self) -> BTreeSet<String> {
        let own = self.model.faces.values().filter(|f| self.frame.is_own(&self.model.nodes[f.node].name));
        let zones = own.filter_map(|f| f.zone).map(|z| &self.model.zones[z].name);
        zones.filter(|z| !self.frame.is_own(z)).cloned().collect()
    }

    /// The stated addresses of its machines in zones that it shares, by the name of the zone.
    pub(super) fn in_shared_zones(&self) -> Vec<(String, AddrRange)> {
        let mut all = Vec::new();
        for face in self.model.faces.values().filter(|f| self.frame.is_own(&self.model.nodes[f.node].name)) {
            let Some(zone) = face.zone.map(|z| &self.model.zones[z].name) else { continue };
            if let (FaceAddress::Known(ranges), false) = (&face.address, self.frame.is_own(zone)) {
                all.extend(ranges.iter().map(|r| (zone.clone(), *r)));
            }
        }
        all
    }

    /// The body with strangers: in every zone above it those that can be there. `covers` are the addresses of all bodies
    /// below each body above, from the top; `above` are the own addresses of those bodies.
    pub(super) fn probed(&self, covers: &[&Cover], above: &[&Own]) -> (Model, Part) {
        let mut model = Model::clone(&self.model);
        let cuts = cuts(&model);
        let mut part = self.part(&model);
        for (level, cover) in covers.iter().enumerate() {
            // Those in between are drawn; they are no strangers.
            let known: Vec<&Own> = above.iter().skip(level + 1).copied().chain([&self.own]).collect();
            let (ranges, unstated) = cover.without(&known, &cuts);
            let mut addresses = Vec::new();
            if !ranges.is_empty() {
                addresses.push(FaceAddress::Known(ranges));
            }
            if unstated {
                addresses.push(FaceAddress::Unknown);
            }
            let zones: Vec<ZoneId> =
                model.zones.iter().filter(|(_, z)| self.frame.level_of(&z.name) == level).map(|(id, _)| id).collect();
            for zone in zones {
                for address in &addresses {
                    part.probes.push(probe(&mut model, zone, address.clone()));
                }
            }
        }
        (model, part)
    }

    fn part(&self, model: &Model) -> Part {
        let own = |node| self.frame.is_own(&model.nodes[node].name);
        let host = |e: &Endpoint| {
            e.behaviour == Behaviour::Host
                && e.edr.is_empty()
                && e.outbound
                && e.listens.is_none()
                && e.clients.is_none()
        };
        let is_host = |f: &Face| match &model.nodes[f.node].role {
            Role::Endpoint(e) => host(e),
            _ => false,
        };
        Part {
            faces: model.faces.iter().filter(|(_, f)| own(f.node)).map(|(id, _)| id).collect(),
            devices: model.transits.iter().filter(|(_, t)| own(t.node)).map(|(id, _)| id).collect(),
            zones: model.zones.iter().filter(|(_, z)| self.frame.is_own(&z.name)).map(|(id, _)| id).collect(),
            probes: Vec::new(),
            crowded: Vec::new(),
            hosts: model
                .faces
                .iter()
                .filter(|(_, f)| !own(f.node) && is_host(f) && f.zone.is_some_and(|z| !model.zones[z].broadcast))
                .map(|(id, _)| id)
                .collect(),
        }
    }
}

/// Follows the packets of a body and of strangers.
pub(super) fn border(model: &Model, part: &Part) -> Border {
    let Strays { out, into, carried, borrowed } = strays(model, part);
    let name = |z: ZoneId| model.zones[z].name.clone();
    let named = |all: BTreeSet<crate::packet::apart::Stray>| {
        all.into_iter()
            .map(|s| Crossing {
                zone: name(s.zone),
                source: s.source,
                destination: s.destination,
                hosts: s.hosts.iter().map(|&f| model.face_name(f)).collect(),
            })
            .collect()
    };
    Border {
        out: named(out),
        into: named(into),
        carried: carried.into_iter().map(|(a, b)| (name(a), name(b))).collect(),
        borrowed: borrowed.into_iter().map(name).collect(),
    }
}

fn probe(model: &mut Model, zone: ZoneId, address: FaceAddress) -> FaceId {
    let host = Endpoint {
        behaviour: Behaviour::Host,
        listens: None,
        clients: None,
        outbound: true,
        isolation: None,
        edr: Vec::new(),
    };
    let span = model.zones[zone].span;
    let node = model.nodes.push(Node {
        name: String::new(),
        label: String::new(),
        kind: Kind::Terminal,
        role: Role::Endpoint(host),
        count: 2,
        faces: Vec::new(),
        part_of: None,
        controls: Vec::new(),
        declared: Declared::default(),
        foreign: true,
        span,
    });
    let segment = model.zones[zone].segment;
    let face = model.faces.push(Face { node, zone: Some(zone), segment, address, gateway: None });
    model.nodes[node].faces.push(face);
    debug_assert_eq!(face.index() + 1, model.faces.len());
    face
}

/// A body compiled, with the ways through it.
#[derive(Debug)]
pub(super) struct Summed {
    pub(super) unit: Unit,
    /// The model as compiled: with the ways through what is below.
    pub(super) model: Model,
    pub(super) network: Network,
    pub(super) ways: Vec<Way>,
    /// The layers in which it, or a body below it, has machines.
    pub(super) layers: BTreeSet<Layer>,
    /// Whose the ways in its own model are.
    pub(super) below: Vec<super::Origin>,
}

impl Summed {
    /// Compiles a model of a unit and sums it up; labels of these (relative) names are told apart on every way.
    pub(super) fn new(unit: Unit, mut model: Model, asked: &BTreeSet<String>) -> Result<Self, TooMany> {
        let watched = model.labels.iter().filter(|(_, l)| asked.contains(&unit.frame.relative(l)));
        let watched: Vec<LabelId> = watched.map(|(id, _)| id).collect();
        model.watched.extend(watched);
        model.watched.sort_unstable();
        model.watched.dedup();
        let network = Network::over(&model, Sessions::new(&model));
        let machines = unit.machines(&model);
        let ways = ways(&model, &network, &unit.frame, &machines)?;
        let layers = machines.iter().map(|(layer, _)| *layer).collect();
        Ok(Self { unit, model, network, ways, layers, below: Vec::new() })
    }
}

/// The relative names of the labels that somebody asks for in a model.
pub(super) fn asked_labels(unit: &Unit) -> BTreeSet<String> {
    let m = &unit.model;
    let asked = m.permits.iter().flat_map(|p| p.via.iter().chain(&p.avoids)).chain(&m.watched);
    asked.map(|&l| unit.frame.relative(&m.labels[l])).collect()
}
