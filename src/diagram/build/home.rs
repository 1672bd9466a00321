//! Which zone of the picture a thing stands in: its segment, its network, or the border between segments.
//!
//! It decides the boxes and their order of trust, not where things stand in them.

use std::collections::{BTreeMap, BTreeSet};

use super::words::{layer, pick};
use crate::diagnostic::Lang;
use crate::diagram::parts::Cluster;
use crate::diagram::picture::{ClusterId, Picture};
use crate::model::{Id, Kind, Layer, Model, NodeId, Role, SegmentId, ZoneId};

/// Where a thing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Home {
    /// In a network of a segment.
    Network(SegmentId, ZoneId),
    /// In a segment, in none of its networks or in several.
    Segment(SegmentId),
    /// Between segments, right below the zones of this place in the order of trust.
    Border(u8),
}

/// The place of a layer in the order of trust. Layers of one place stand side by side.
pub(super) fn trust(layer: Layer) -> u8 {
    match layer {
        Layer::MyNumber | Layer::GovCloud | Layer::NationalNet => 0,
        Layer::Lgwan => LGWAN,
        // Below, not beside it: so the picture is not wider than a sheet.
        Layer::LgwanBackbone => LGWAN + 1,
        Layer::OwnInternal => 3,
        Layer::Internet | Layer::Management | Layer::Education => 4,
        Layer::SecurityCloud | Layer::Saas => 5,
        Layer::Remote | Layer::Vendor | Layer::Outside => 6,
    }
}

const LGWAN: u8 = 1;

/// The colours of a layer.
pub(super) fn shade(layer: Layer) -> u8 {
    match (layer, trust(layer)) {
        (Layer::Remote | Layer::Vendor, _) => 4,
        (_, place) => place - u8::from(place > LGWAN),
    }
}

/// The tone of the border below the zones of a place.
fn border_tone(place: u8) -> u8 {
    2 * if place == LGWAN { LGWAN + 1 } else { place } + 1
}

/// The homes of all nodes, by position.
pub(super) fn homes(model: &Model) -> Vec<Home> {
    let zones = between(model);
    model.nodes.ids().map(|node| home(model, &zones, node)).collect()
}

/// The networks a node touches.
pub(super) fn zones_of(model: &Model, node: NodeId) -> Vec<ZoneId> {
    let mut zones: Vec<ZoneId> = model.nodes[node].faces.iter().filter_map(|f| model.faces[*f].zone).collect();
    for t in model.transits.values().filter(|t| t.node == node) {
        zones.extend(&t.zones);
    }
    zones.sort_unstable();
    zones.dedup();
    zones
}

/// For every network without a segment: the place above which it lies.
fn between(model: &Model) -> Vec<Option<u8>> {
    let of_segment = |z: ZoneId| model.zones[z].segment.map(|s| trust(model.segments[s].layer));
    let mut place: Vec<Option<u8>> = model.zones.ids().map(of_segment).collect();
    let touching: Vec<Vec<ZoneId>> = model.nodes.ids().map(|n| zones_of(model, n)).collect();
    // Networks without a segment that are joined by a thing lie at one border.
    let mut group: Vec<usize> = (0..model.zones.len()).collect();
    for zones in &touching {
        let open: Vec<usize> = zones.iter().filter(|z| place[z.index()].is_none()).map(|z| z.index()).collect();
        for &z in open.iter().skip(1) {
            let (old, new) = (group[z].max(group[open[0]]), group[z].min(group[open[0]]));
            group.iter_mut().filter(|g| **g == old).for_each(|g| *g = new);
        }
    }
    let mut least: BTreeMap<usize, u8> = BTreeMap::new();
    for zones in &touching {
        let known = zones.iter().filter_map(|z| place[z.index()]).min();
        for z in zones.iter().filter(|z| place[z.index()].is_none()) {
            if let Some(known) = known {
                let old = least.entry(group[z.index()]).or_insert(known);
                *old = known.min(*old);
            }
        }
    }
    for (z, group) in group.iter().enumerate() {
        if place[z].is_none() {
            place[z] = Some(least.get(group).copied().unwrap_or(4));
        }
    }
    place
}

fn home(model: &Model, place: &[Option<u8>], id: NodeId) -> Home {
    let node = &model.nodes[id];
    if let Some(segment) = node.part_of
        && !matches!(node.role, Role::Endpoint(_))
    {
        return Home::Segment(segment);
    }
    let zones = zones_of(model, id);
    let segments: BTreeSet<SegmentId> = zones.iter().filter_map(|z| model.zones[*z].segment).collect();
    let mut one = segments.iter();
    match (one.next(), one.next()) {
        (Some(&segment), None) => match zones[..] {
            [zone] => Home::Network(segment, zone),
            _ => Home::Segment(segment),
        },
        (Some(&first), Some(_)) => {
            let cloud = |s: &&SegmentId| model.segments[**s].layer == Layer::SecurityCloud;
            match segments.iter().find(cloud) {
                Some(&cloud) if node.kind == Kind::SecurityCloud => Home::Segment(cloud),
                _ => {
                    let place = |s: &SegmentId| trust(model.segments[*s].layer);
                    let least = segments.iter().map(place).min().unwrap_or_else(|| place(&first));
                    // What joins segments of one place stands in the one further from the body's own.
                    let outer = segments.iter().max_by_key(|s| (model.segments[**s].layer, **s));
                    let side = |s: &SegmentId| place(s) - u8::from(place(s) > LGWAN);
                    // Two bodies' segments of one layer share it: then it is neither's.
                    let layers: BTreeSet<Layer> = segments.iter().map(|s| model.segments[*s].layer).collect();
                    let alone = layers.len() == segments.len();
                    match outer.filter(|_| alone && segments.iter().all(|s| side(s) == side(&first))) {
                        Some(outer) => Home::Segment(*outer),
                        None => Home::Border(least),
                    }
                }
            }
        }
        (None, _) => {
            let least = zones.iter().filter_map(|z| place[z.index()]).min();
            least.map_or_else(|| by_relations(model, id), Home::Border)
        }
    }
}

/// Media and switches without a network stand below the most trusted thing they are used at.
fn by_relations(model: &Model, id: NodeId) -> Home {
    let mut places: Vec<u8> = Vec::new();
    let mut media = BTreeSet::from([id]);
    // A cleaning station has no slots: it belongs to the media that pass it.
    if model.nodes[id].kind == Kind::Kiosk {
        media.extend(model.nodes.iter().filter(|(_, n)| n.kind == Kind::Medium).map(|(m, _)| m));
    }
    for relation in &model.relations {
        let ends = [relation.from.face, relation.to.face];
        if ends.iter().any(|f| media.contains(&model.faces[*f].node)) {
            let segments = ends.iter().filter_map(|f| model.faces[*f].segment);
            places.extend(segments.map(|s| trust(model.segments[s].layer)));
        }
    }
    Home::Border(places.into_iter().min().unwrap_or(4))
}

/// Boxes of a picture, made when something stands in them.
pub(super) struct Boxes {
    clusters: BTreeMap<Home, ClusterId>,
}

impl Boxes {
    /// The boxes for all these homes, the most trusted first.
    pub(super) fn new(model: &Model, picture: &mut Picture, used: &BTreeSet<Home>, lang: Lang) -> Self {
        let mut clusters = BTreeMap::new();
        let mut networks: BTreeMap<SegmentId, BTreeSet<Option<ZoneId>>> = BTreeMap::new();
        for home in used {
            match *home {
                Home::Network(segment, zone) => _ = networks.entry(segment).or_default().insert(Some(zone)),
                Home::Segment(segment) => _ = networks.entry(segment).or_default().insert(None),
                Home::Border(_) => {}
            }
        }
        let mut segments: Vec<SegmentId> = networks.keys().copied().collect();
        segments.sort_by_key(|s| (model.segments[*s].layer, *s));
        for segment in segments {
            let row = &model.segments[segment];
            let place = trust(row.layer);
            let shade = shade(row.layer);
            let mut cluster = Cluster::new(&row.label, 2 * place).shade(shade);
            let word = layer(row.layer, lang);
            let sub: Vec<&str> =
                [Some(word).filter(|w| *w != row.label), row.body.as_deref()].into_iter().flatten().collect();
            if !sub.is_empty() {
                cluster = cluster.sub_label(sub.join(pick(lang, "・", ", ")));
            }
            let outer = picture.cluster(cluster);
            clusters.insert(Home::Segment(segment), outer);
            let inside = &networks[&segment];
            let several = model.zones.values().filter(|z| z.segment == Some(segment)).count() > 1;
            for zone in inside.iter().flatten() {
                let id = match several {
                    true => {
                        let label = &model.zones[*zone].label;
                        picture.cluster(Cluster::new(label, 2 * place).shade(shade).within(outer))
                    }
                    false => outer,
                };
                clusters.insert(Home::Network(segment, *zone), id);
            }
        }
        let zones = between(model);
        for home in used {
            if let Home::Border(place) = *home {
                let cluster = Cluster::new(pick(lang, "境界", "Border"), border_tone(place)).shade(Cluster::BETWEEN);
                let names =
                    model.zones.iter().filter(|(z, row)| row.segment.is_none() && zones[z.index()] == Some(place));
                let names: Vec<&str> = names.map(|(_, row)| row.label.as_str()).collect();
                let cluster = if names.is_empty() { cluster } else { cluster.sub_label(names.join(" ／ ")) };
                clusters.insert(*home, picture.cluster(cluster));
            }
        }
        Self { clusters }
    }

    /// The box of a home.
    pub(super) fn of(&self, home: Home) -> Option<ClusterId> {
        self.clusters.get(&home).copied()
    }
}
