//! Rules about things that are never on that side of the device.
//!
//! Lines and route tables are followed, rules are not: a rule is remarked on only
//! if no rule of any other device could make it useful. Numbers that belong to
//! nothing drawn may be anywhere.

use std::collections::BTreeSet;

use crate::diagnostic::{Code, Diagnostic, Text};
use crate::model::{AddrMatch, Model, PacketAddr, Role, Route, Rule, Ternary, Transit, TransitId, ZoneId};

pub(super) fn remarks(model: &Model, id: TransitId, remarks: &mut Vec<Diagnostic>) {
    let transit = &model.transits[id];
    let Some(rules) = transit.rules.as_ref().filter(|r| !r.is_empty()) else { return };
    let mut around = None;
    for rule in rules {
        let (source, target) = (places(model, &rule.source), places(model, &rule.destination));
        if source.is_none() && target.is_none() {
            continue;
        }
        let around = around.get_or_insert_with(|| Around::new(model, id));
        if let Some(text) = around.objection(model, transit, rule, source.as_ref(), target.as_ref()) {
            remarks.push(
                Diagnostic::warning(
                    Code::WRONG_SIDE,
                    rule.span,
                    Text::new(
                        "このルールの通信は、この機器を通りません",
                        "traffic of this rule never passes this device",
                    ),
                    text,
                )
                .also(transit.span, Text::new("この機器です", "this device")),
            );
        }
    }
}

/// The zones in which what an address set names is attached; `None` when it may be anywhere.
fn places(model: &Model, m: &AddrMatch) -> Option<BTreeSet<ZoneId>> {
    if m.any || !m.literal.is_empty() || m.text.is_empty() {
        return None;
    }
    let mut zones = BTreeSet::new();
    for item in m.text.split(',').map(str::trim) {
        let (node, side) = item.split_once(['.', '@']).map_or((item, None), |(n, s)| (n, Some(s)));
        if let Some(n) = model.nodes.values().find(|n| n.name == node) {
            if let Role::Transit(_) = n.role {
                return None;
            }
            let faces = n.faces.iter().filter(|&&f| side.is_none_or(|s| model.face_name(f).ends_with(s)));
            zones.extend(faces.filter_map(|&f| model.faces[f].zone));
        } else if let Some((zone, _)) = model.zones.iter().find(|(_, z)| z.name == item) {
            zones.insert(zone);
            if let Some((segment, _)) = model.segments.iter().find(|(_, s)| s.name == item) {
                zones.extend(model.zones.iter().filter(|(_, z)| z.segment == Some(segment)).map(|(id, _)| id));
            }
        } else {
            return None;
        }
    }
    (!zones.is_empty()).then_some(zones)
}

/// What is behind each zone of a device, by the lines of the others.
struct Around {
    /// For each zone of the device: zones from which a packet can come in there, and zones it can reach from there.
    behind: Vec<(ZoneId, BTreeSet<ZoneId>, BTreeSet<ZoneId>)>,
}

impl Around {
    fn new(model: &Model, id: TransitId) -> Self {
        let mut forward: Vec<(ZoneId, ZoneId)> = Vec::new();
        for (other, t) in model.transits.iter().filter(|(other, _)| *other != id) {
            debug_assert!(other != id);
            match t.one_way {
                Some(way) => forward.push(way),
                None => {
                    let hub = t.zones.first().copied();
                    // Joined zones are joined in both directions; a star says as much as all pairs.
                    for &zone in t.zones.iter().skip(1) {
                        forward.extend(hub.into_iter().flat_map(|h| [(h, zone), (zone, h)]));
                    }
                }
            }
        }
        let mut onward: std::collections::BTreeMap<ZoneId, Vec<ZoneId>> = std::collections::BTreeMap::new();
        let mut backward = onward.clone();
        for (a, b) in forward {
            onward.entry(a).or_default().push(b);
            backward.entry(b).or_default().push(a);
        }
        let reach = |from: ZoneId, ways: &std::collections::BTreeMap<ZoneId, Vec<ZoneId>>| {
            let mut seen = BTreeSet::from([from]);
            let mut open = vec![from];
            while let Some(zone) = open.pop() {
                for &next in ways.get(&zone).into_iter().flatten() {
                    if seen.insert(next) {
                        open.push(next);
                    }
                }
            }
            seen
        };
        let zones = &model.transits[id].zones;
        Self { behind: zones.iter().map(|&z| (z, reach(z, &backward), reach(z, &onward))).collect() }
    }

    /// Why no packet of a rule passes the device, if none does.
    fn objection(
        &self,
        model: &Model,
        transit: &Transit,
        rule: &Rule,
        source: Option<&BTreeSet<ZoneId>>,
        target: Option<&BTreeSet<ZoneId>>,
    ) -> Option<Text> {
        let meets =
            |wanted: Option<&BTreeSet<ZoneId>>, zones: &BTreeSet<ZoneId>| wanted.is_none_or(|w| !w.is_disjoint(zones));
        let ins: Vec<ZoneId> = self
            .behind
            .iter()
            .filter(|(z, from, _)| (rule.enters.is_empty() || rule.enters.contains(z)) && meets(source, from))
            .map(|b| b.0)
            .collect();
        if ins.is_empty() {
            return Some(Text::new(
                "送信元は、この機器のどの側にもいません",
                "the source is on no side of this device",
            ));
        }
        let outs: Vec<ZoneId> = self
            .behind
            .iter()
            .filter(|(z, _, to)| (rule.leaves.is_empty() || rule.leaves.contains(z)) && meets(target, to))
            .map(|b| b.0)
            .collect();
        if outs.is_empty() {
            return Some(Text::new(
                "宛先は、この機器のどの側にもいません",
                "the destination is on no side of this device",
            ));
        }
        let routed: Vec<ZoneId> = outs.iter().copied().filter(|&out| is_routed(model, transit, rule, out)).collect();
        if routed.is_empty() {
            return Some(Text::new(
                "宛先のある側へ向かう経路(routes)がありません",
                "no route leads to the side where the destination is",
            ));
        }
        // Two different sides, or one into which the device sends packets back. Where routes name devices, or look at more than the
        // destination, somebody may steer packets around.
        let turned = |a: ZoneId| may_turn(model, transit, a);
        if ins.iter().any(|&a| routed.iter().any(|&b| a != b || turned(a))) || is_steered(model) {
            return None;
        }
        Some(Text::new(
            "送信元と宛先が、この機器の同じ側にいます",
            "source and destination are on the same side of this device",
        ))
    }
}

/// P-HAIRPIN: whether a device may send packets back into a zone from which they came.
pub(super) fn may_turn(model: &Model, transit: &Transit, zone: ZoneId) -> bool {
    let handed = || {
        let to_it = |r: &Route| r.via == Some(zone) && r.next.is_some_and(|d| model.transits[d].node == transit.node);
        model.transits.values().flat_map(|t| t.routes.iter().flatten()).any(to_it)
    };
    let leads_back = || transit.routes.iter().flatten().any(|r| r.via == Some(zone));
    transit.translates()
        || model.zones.get(zone).is_some_and(|z| z.client_isolation) && transit.sends_back() != Ternary::No
        || leads_back() && handed()
}

fn is_steered(model: &Model) -> bool {
    let routes = model.transits.values().flat_map(|t| t.routes.iter().flatten());
    routes.into_iter().any(|r| r.next.is_some() || r.when.is_some())
}

/// Whether the device has a route by which some packet of a rule may leave to a zone.
fn is_routed(model: &Model, transit: &Transit, rule: &Rule, out: ZoneId) -> bool {
    let Some(routes) = &transit.routes else { return true };
    let to = &rule.destination;
    routes.iter().filter(|r| r.via == Some(out)).any(|r| {
        r.to.any || to.any || {
            let ranges = || r.to.literal.iter().chain(&r.to.named);
            to.literal.iter().chain(&to.named).any(|a| ranges().any(|b| a.overlaps(*b)))
                || to.faces.iter().any(|&f| r.to.matches(PacketAddr::Of(f), &model.faces) != Ternary::No)
                // A route to something without a number, named on both sides.
                || r.to.faces.iter().any(|f| to.faces.contains(f) || !to.literal.is_empty())
        }
    })
}
