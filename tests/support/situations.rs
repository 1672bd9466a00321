//! Situations that hardly come about by chance: translation, routes and equal ways arranged so that something hangs on them.
//!
//! Each is made of parts of a random model, so the rest of it stays in the way. Not here: what comes of them.

#![allow(dead_code, unreachable_pub, reason = "every test file uses its own part of it")]

use sekisho::model::*;
use sekisho::source::Span;

use super::random_model::Random;

/// What is arranged between two machines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Situation {
    /// A device publishes a machine of the asker's own network, or of one that both it and the asker's router join, and may
    /// hide the asker as well.
    OneArm,
    /// A request passes a device that translates it, and the answer comes to that device by another network.
    OtherNetwork,
    /// Two devices side by side, of which one may not take the request.
    SideBySide,
    /// A device sends what a network sends into another one, from which it would take it further itself.
    FollowsItself,
}

/// A situation, with its two machines and the networks that it needs, all different.
#[derive(Debug, Clone, Copy)]
pub struct Arranged {
    pub what: Situation,
    pub asks: FaceId,
    pub answers: FaceId,
    pub zones: [ZoneId; 3],
}

/// Whether a seed has one, and which. Two machines are put into its networks, with addresses.
pub fn placed(r: &mut Random, model: &mut Model, devices: usize) -> Option<Arranged> {
    let faces: Vec<FaceId> = model.faces.iter().filter(|(_, f)| f.segment.is_some()).map(|(id, _)| id).collect();
    let zones: Vec<ZoneId> = model.zones.ids().collect();
    if !r.chance(40) || faces.is_empty() || zones.len() < 3 || devices == 0 {
        return None;
    }
    let what = r.pick(&[
        Situation::OneArm,
        Situation::OneArm,
        Situation::OtherNetwork,
        Situation::OtherNetwork,
        Situation::SideBySide,
        Situation::FollowsItself,
    ]);
    let (asks, answers) = (r.pick(&faces), r.pick(&faces));
    let first = r.below(zones.len());
    let at = |i: usize| zones[(first + i) % zones.len()];
    let one_node = model.faces[asks].node == model.faces[answers].node;
    let two = !matches!(what, Situation::OneArm | Situation::FollowsItself);
    if one_node || two && devices < 2 {
        return None;
    }
    let zones = [at(0), at(1), at(2)];
    let own = what == Situation::OneArm && r.chance(50);
    for (face, zone, host) in [(asks, zones[0], 240), (answers, zones[usize::from(!own)], 241)] {
        model.faces[face].zone = Some(zone);
        model.faces[face].address = FaceAddress::Known(vec![AddrRange::single(number(zone, host))]);
    }
    if own {
        model.zones[zones[0]].client_isolation = r.chance(80);
    }
    Some(Arranged { what, asks, answers, zones })
}

/// Arranges the devices.
pub fn arrange(r: &mut Random, model: &mut Model, s: Arranged, span: Span) {
    let [a, b, c] = s.zones;
    let first = TransitId::new(0);
    let inside = number_of(model, s.answers);
    let outside = number(c, 242);
    let publish =
        |zone| Dnat { outside, ports: None, inside: PacketAddr::Literal(inside), inside_port: None, zone, span };
    let hide = |zone| Snat { source: number(c, 243), zone, from: None };
    let route = |to: AddrMatch, prefix_len, via| Route { to, prefix_len, via: Some(via), next: None, when: None, span };
    let exactly = |addr| AddrMatch { literal: vec![AddrRange::single(addr)], ..AddrMatch::default() };
    match s.what {
        Situation::OneArm => {
            let there = model.faces[s.answers].zone.unwrap_or(b);
            rejoin(r, &mut model.transits[first], vec![there, c]);
            model.transits[first].dnat = vec![publish((!r.chance(50)).then_some(there))];
            if r.chance(60) {
                model.transits[first].snat = vec![hide(there)];
            }
            if r.chance(50) {
                // Its way back, if it has one, leads into the same network.
                let home = if r.chance(80) { there } else { c };
                let all = [route(exactly(inside), 32, there), route(AddrMatch::any(), 0, home)];
                model.transits[first].routes = Some(all.into());
            }
            if there == a && r.chance(40) {
                // Nothing is translated: who is kept apart meets by a device that sends back, or not at all.
                model.transits[first].dnat.clear();
                model.transits[first].snat.clear();
            }
            if there != a && model.transits.len() > 1 {
                let other = TransitId::new(1);
                rejoin(r, &mut model.transits[other], vec![a, there]);
                if r.chance(40) {
                    // There is a way to it by the first device, and one back by the network of the machine.
                    rejoin(r, &mut model.transits[other], vec![a, there, c]);
                    let home = route(exactly(number_of(model, s.asks)), 32, a);
                    let ahead = [inside, outside].map(|to| route(exactly(to), 32, c));
                    model.transits[other].routes = Some([vec![home], ahead.into()].concat());
                    let back = [route(exactly(inside), 32, there), route(AddrMatch::any(), 0, there)];
                    model.transits[first].routes = Some(back.into());
                    if r.chance(50) {
                        model.transits[first].dnat.clear();
                    }
                } else if r.chance(60) {
                    // The machine itself is asked by its published address only.
                    let hole = Route { via: None, ..route(exactly(inside), 32, there) };
                    let back = route(exactly(number_of(model, s.asks)), 32, a);
                    model.transits[other].routes = Some(vec![hole, back, route(AddrMatch::any(), 0, there)]);
                }
            }
        }
        Situation::OtherNetwork => {
            let second = TransitId::new(1);
            rejoin(r, &mut model.transits[first], vec![a, b, c]);
            rejoin(r, &mut model.transits[second], vec![c, b]);
            if r.chance(70) {
                model.transits[first].dnat = vec![publish(Some(c))];
            }
            if r.chance(70) {
                model.transits[first].snat = vec![hide(c)];
            }
            model.transits[second].one_way = r.chance(60).then_some((c, b));
        }
        Situation::SideBySide if model.transits.len() > 2 && r.chance(40) => {
            // A third device hands what comes back to one of the two.
            let [second, third] = [1, 2].map(TransitId::new);
            rejoin(r, &mut model.transits[first], vec![a, c]);
            rejoin(r, &mut model.transits[second], vec![a, c]);
            rejoin(r, &mut model.transits[third], vec![c, b]);
            let home = route(exactly(number_of(model, s.asks)), 32, c);
            let home = Route { next: r.pick(&[Some(first), Some(first), None]), ..home };
            model.transits[third].routes = Some(vec![home, route(exactly(inside), 32, b)]);
            model.transits[second].routes = Some(vec![route(exactly(number_of(model, s.asks)), 32, a)]);
        }
        Situation::SideBySide => {
            let second = TransitId::new(1);
            rejoin(r, &mut model.transits[first], vec![a, b]);
            rejoin(r, &mut model.transits[second], vec![a, b]);
            // The answer may be to whom the first device hides.
            let whom = r.pick(&[number_of(model, s.asks), number(c, 243)]);
            let back = route(exactly(whom), 32, a);
            let handed = r.chance(30).then_some(first);
            let mut all = vec![if r.chance(60) { back } else { route(exactly(inside), 32, b) }];
            if r.chance(30) {
                all.push(Route { next: handed, ..route(AddrMatch::any(), 0, a) });
            }
            model.transits[second].routes = Some(all);
            if r.chance(40) {
                model.transits[first].snat = vec![hide(b)];
            }
        }
        Situation::FollowsItself => {
            rejoin(r, &mut model.transits[first], vec![a, b, c]);
            let source = exactly(number_of(model, s.asks));
            let enters = if r.chance(30) { vec![a] } else { Vec::new() };
            let when = RouteWhen { source, enters, services: vec![Service::ANY], joined: AddrMatch::default() };
            let away = Route { when: Some(when), ..route(AddrMatch::any(), 0, c) };
            let home = route(exactly(number_of(model, s.asks)), 32, a);
            model.transits[first].routes = Some(vec![away, home, route(exactly(inside), 32, b)]);
            if r.chance(70) {
                model.transits[first].snat = vec![hide(c)];
            }
        }
    }
}

/// Two questions that hang on it.
pub fn questions(s: Arranged) -> [Question; 2] {
    let (from, to) = (vec![s.asks], vec![s.answers]);
    [Carrier::Req, Carrier::Rsp].map(|carrier| match carrier {
        Carrier::Rsp => Question::Require { from: to.clone(), to: from.clone(), carrier, via: Vec::new() },
        _ => Question::Require { from: from.clone(), to: to.clone(), carrier, via: Vec::new() },
    })
}

/// A device among other networks; mostly its rules are left out.
fn rejoin(r: &mut Random, t: &mut Transit, zones: Vec<ZoneId>) {
    (t.zones, t.parts, t.one_way, t.routes) = (zones, None, None, None);
    t.dnat.clear();
    t.snat.clear();
    if r.chance(70) {
        (t.rules, t.default, t.default_assumption) = (None, None, None);
    }
}

fn number(zone: ZoneId, host: u8) -> Addr {
    std::net::IpAddr::from([10, zone.index() as u8 % 4, 0, host]).into()
}

fn number_of(model: &Model, face: FaceId) -> Addr {
    match &model.faces[face].address {
        FaceAddress::Known(ranges) => ranges[0].first,
        FaceAddress::Within(_) | FaceAddress::Unknown => number(ZoneId::new(0), 0),
    }
}
