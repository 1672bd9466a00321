//! Wide random models with loops in dead ends, where what may be left out of a walk and what may not are close together.

#![allow(dead_code, unreachable_pub, reason = "every test file uses its own part of it")]

use sekisho::model::*;

use super::random_model::{Random, Sizes, sized_model};

/// More zones and devices than the models on which the engines are compared, all labels watched, and often a loop in a dead
/// end, through which packets go round and come back.
pub fn wide(seed: u64) -> Model {
    let own = Sizes::random(seed);
    // With few devices there are more dead ends.
    let most = if seed % 4 < 2 { 2 } else { 9 };
    let (zones, devices) = (3 + seed as usize % 7, 1 + seed as usize % most);
    let sizes = Sizes { zones, devices, endpoints: own.endpoints.min(4), mediators: own.mediators.min(1), ..own };
    let mut model = sized_model(seed, sizes);
    model.watched = model.labels.ids().collect();
    if !seed.is_multiple_of(5) {
        with_a_loop(&mut Random::new(seed, "loop", 0), &mut model);
    }
    model
}

/// Two new zones with two devices between them. They hang on a zone by a device of their own, or on a device that has both.
fn with_a_loop(r: &mut Random, model: &mut Model) {
    let (zones, devices): (Vec<ZoneId>, Vec<TransitId>) = (model.zones.ids().collect(), model.transits.ids().collect());
    let far = [0, 1].map(|_| {
        let blank = model.zones[zones[0]].clone();
        model.zones.push(Zone { segment: None, patched: None, client_isolation: false, ..blank })
    });
    let device = |r: &mut Random, model: &mut Model, zones: Vec<ZoneId>| {
        let mut t = model.transits[r.pick(&devices)].clone();
        (t.zones, t.parts, t.one_way, t.routes) = (zones, None, None, None);
        (t.dnat, t.snat) = (Vec::new(), Vec::new());
        if r.chance(80) {
            (t.rules, t.default, t.default_assumption) = (None, None, None);
        }
        if r.chance(40) && !model.labels.is_empty() {
            t.labels = vec![LabelId::new(r.below(model.labels.len()))];
        }
        model.transits.push(t)
    };
    let near = device(r, model, far.into());
    let hub = r.pick(&devices);
    let hub_zones = model.transits[hub].zones.clone();
    if r.chance(50) && model.transits[hub].parts.is_none() {
        let t = &mut model.transits[hub];
        t.zones.extend(far);
        t.one_way = None;
        t.routes = t.routes.take().filter(|_| r.chance(30));
        if r.chance(70) {
            // The only way is round the loop.
            let open = |from: ZoneId, to: ZoneId| Rule {
                action: Action::Permit,
                source: AddrMatch::any(),
                destination: AddrMatch::any(),
                services: vec![Service::ANY],
                state: RuleState::Any,
                enters: vec![from],
                leaves: vec![to],
                text: "any -> any".to_owned(),
                reason: None,
                span: t.span,
            };
            let round = vec![open(r.pick(&hub_zones), far[0]), open(far[1], r.pick(&hub_zones))];
            (t.rules, t.default, t.routes) = (Some(round), Some(Action::Deny), None);
        }
        return;
    }
    device(r, model, far.into());
    let zone = r.pick(&hub_zones);
    let door = device(r, model, vec![zone, far[0]]);
    if r.chance(60) {
        // Packets are handed into the dead end.
        let span = model.transits[near].span;
        let next = Some(door);
        let all = Route { to: AddrMatch::any(), prefix_len: 0, via: Some(zone), next, when: None, span };
        let when = RouteWhen {
            source: AddrMatch::any(),
            enters: hub_zones.iter().copied().filter(|z| *z != zone).collect(),
            services: vec![Service::ANY],
            joined: AddrMatch::default(),
        };
        let only = r.chance(50);
        let t = &mut model.transits[hub];
        let mut table = t.routes.take().unwrap_or_default();
        if table.is_empty() || only {
            table = vec![Route { when: Some(when), ..all }];
        } else {
            table.push(all);
        }
        t.routes = Some(table);
    }
}
