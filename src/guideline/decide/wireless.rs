//! Tests about wireless networks: where there may be none, how they let clients in, and where they lead.

use std::collections::BTreeSet;

use super::controls::called;
use super::crossing::{crosses, grouped, open_of};
use super::{Context, Oracle};
use crate::diagnostic::Text;
use crate::guideline::outcome::{Finding, Open, Outcome};
use crate::guideline::select::faces;
use crate::model::rulebook::Select;
use crate::model::{FaceId, Layer, NodeId, WirelessSecurity, ZoneId};
use crate::verify::fast::CrossingQuery;

/// Zones of some layers.
fn zones(c: &Context<'_>, layers: &[Layer]) -> Vec<ZoneId> {
    c.model
        .zones
        .iter()
        .filter(|(_, z)| z.segment.is_some_and(|s| layers.contains(&c.layer(s))))
        .map(|(id, _)| id)
        .collect()
}

pub(super) fn no_wireless(c: &Context<'_>, layers: &[Layer]) -> Outcome {
    let here = zones(c, layers);
    let mut outcome = Outcome::default();
    for &zone in &here {
        let z = &c.model.zones[zone];
        if z.wireless {
            outcome.findings.push(Finding {
                span: Some(z.span),
                segments: z.segment.into_iter().collect(),
                nodes: in_zone(c, zone),
                ..Finding::of(Text::new(
                    format!("ネットワーク {} が無線である", z.label),
                    format!("the network {} is wireless", z.label),
                ))
            });
        }
    }
    // A wireless bridge needs no segment of its own: what one device joins with a network of the layer is part of it.
    for (zone, z) in c.model.zones.iter().filter(|(_, z)| z.wireless && z.segment.is_none()) {
        let Some(bridge) =
            c.model.transits.values().find(|t| t.zones.contains(&zone) && t.zones.iter().any(|z| here.contains(z)))
        else {
            continue;
        };
        outcome.findings.push(Finding {
            span: Some(z.span),
            nodes: vec![bridge.node],
            ..Finding::of(Text::new(
                format!("無線のネットワーク {} が、{} でつながっている", z.label, c.model.nodes[bridge.node].label),
                format!("the wireless network {} is joined by {}", z.label, c.model.nodes[bridge.node].label),
            ))
        });
    }
    if here.is_empty() {
        outcome.absent.push(Text::new("その層が図面にありません", "the drawing has no such layer"));
    } else {
        outcome.looked.push(Text::new(
            format!("ネットワーク {} 個(wireless と書かれたものが無線)", here.len()),
            format!("{} networks (wireless where the drawing says so)", here.len()),
        ));
    }
    outcome
}

fn in_zone(c: &Context<'_>, zone: ZoneId) -> Vec<NodeId> {
    let mut nodes: Vec<NodeId> =
        c.model.faces.iter().filter(|(_, f)| f.zone == Some(zone)).map(|(_, f)| f.node).collect();
    nodes.sort_unstable();
    nodes.dedup();
    nodes
}

pub(super) fn wireless_security(c: &Context<'_>, layers: &[Layer]) -> Outcome {
    let mut outcome = Outcome::default();
    for zone in zones(c, layers) {
        let z = &c.model.zones[zone];
        if !z.wireless {
            continue;
        }
        outcome.looked.push(Text::new(format!("無線 {} の認証", z.label), format!("authentication of {}", z.label)));
        match z.security {
            Some(WirelessSecurity::Enterprise) => outcome.controls.push(format!("Enterprise8021x@{}", z.name)),
            Some(WirelessSecurity::SharedKey | WirelessSecurity::Open) => outcome.findings.push(Finding {
                span: Some(z.span),
                segments: z.segment.into_iter().collect(),
                nodes: in_zone(c, zone),
                ..Finding::of(Text::new(
                    format!("無線 {} が利用者ごとの認証(802.1X)を使っていない", z.label),
                    format!("the wireless network {} does not authenticate each user (802.1X)", z.label),
                ))
            }),
            None => outcome.open.push(Open::new(
                "security",
                Text::new(
                    format!("無線 `{}` の認証方式(security)が書かれていません", z.name),
                    format!("how `{}` lets clients in (security) is not stated", z.name),
                ),
                Some(z.span),
            )),
        }
    }
    if outcome.looked.is_empty() {
        outcome.absent.push(Text::new("その層に無線がありません", "there is no wireless network in the layer"));
    }
    outcome
}

pub(super) fn wireless_apart(c: &Context<'_>, layers: &[Layer], oracle: &mut Oracle) -> Outcome {
    let mut outcome = Outcome::default();
    let targets = faces(c.model, &Select { layers: layers.to_vec(), ..Select::default() });
    let wireless: Vec<ZoneId> = c.model.zones.iter().filter(|(_, z)| z.wireless).map(|(id, _)| id).collect();
    for &zone in &wireless {
        let z = &c.model.zones[zone];
        if z.segment.is_some_and(|s| layers.contains(&c.layer(s))) {
            continue;
        }
        let mut from: Vec<FaceId> =
            c.model.faces.iter().filter(|(_, f)| f.zone == Some(zone)).map(|(id, _)| id).collect();
        from.sort_unstable();
        let hits =
            oracle.ask(CrossingQuery { from, to: targets.clone(), unpermitted: true, ..CrossingQuery::default() });
        outcome.findings.extend(grouped(c, &hits, crosses));
    }
    // One access point or trunk that joins wireless networks of different layers is one device for both.
    for transit in c.model.transits.values() {
        let joined: BTreeSet<Layer> = transit
            .zones
            .iter()
            .filter(|z| c.model.zones[**z].wireless)
            .filter_map(|&z| c.model.zones[z].segment.map(|s| c.layer(s)))
            .collect();
        if joined.len() > 1 && joined.iter().any(|l| layers.contains(l)) && transit.rules.is_none() {
            let node = &c.model.nodes[transit.node];
            outcome.findings.push(Finding::at(
                transit.node,
                node.span,
                Text::new(
                    format!("{} が層の違う無線を一台で通している", called(c.model, transit.node)),
                    format!("{} carries wireless networks of different layers", called(c.model, transit.node)),
                ),
            ));
        }
    }
    outcome.open.extend(open_of(c, &outcome.findings));
    if wireless.is_empty() {
        outcome.absent.push(Text::new("図面に無線がありません", "the drawing has no wireless network"));
    } else {
        outcome.looked.push(Text::new(
            format!("無線のネットワーク {} 個から届く先", wireless.len()),
            format!("what {} wireless networks reach", wireless.len()),
        ));
    }
    outcome
}
