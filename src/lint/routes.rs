//! Routes and gateways that lead elsewhere than their author probably thinks: past a network that is joined, or nowhere.
//!
//! Rules are not looked at, and only the first device: what becomes of a packet further on is what checks are for.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Code, Diagnostic, Text};
use crate::model::{
    AddrRange, Communication, FaceAddress, FaceId, Id, Model, NodeId, PacketAddr, Route, Ternary, Transit, ZoneId,
};
use crate::source::Span;

pub(super) fn remarks(model: &Model, remarks: &mut Vec<Diagnostic>) {
    for t in model.transits.values() {
        past_the_network(model, t, remarks);
        two_ways(model, t, remarks);
        no_way_in(model, t, remarks);
        policies(model, t, remarks);
    }
    gateways(model, remarks);
}

/// The one range that a route is for.
fn range(route: &Route) -> Option<AddrRange> {
    match (route.to.literal.as_slice(), route.to.named.as_slice()) {
        ([one], []) | ([], [one]) if !route.to.any => Some(*one),
        _ => None,
    }
}

/// Routes for exactly the prefix of a network that the device joins, which lead elsewhere (P-CONNECTED).
fn past_the_network(model: &Model, t: &Transit, remarks: &mut Vec<Diagnostic>) {
    let connected: BTreeSet<(AddrRange, ZoneId)> =
        t.zones.iter().flat_map(|&z| model.zones[z].addresses.iter().map(move |&r| (r, z))).collect();
    let mut told: BTreeSet<(Span, ZoneId)> = BTreeSet::new();
    // The device's own routes have its own place.
    for route in t.routes.iter().flatten().filter(|r| r.when.is_none() && r.span != t.span) {
        let Some(range) = range(route) else { continue };
        let same = connected.range((range, ZoneId::new(0))..).take_while(|(r, _)| *r == range);
        for &(_, zone) in same {
            // Routes of another part are no alternative.
            let competes = route.via.is_none_or(|via| t.one_part(via, zone));
            let elsewhere = route.via != Some(zone) || route.next.is_some();
            if competes && elsewhere && told.insert((route.span, zone)) {
                remarks.push(past(model, t, route, zone));
            }
        }
    }
}

fn past(model: &Model, t: &Transit, route: &Route, zone: ZoneId) -> Diagnostic {
    let (device, network) = (&model.nodes[t.node].name, &model.zones[zone]);
    let name = &network.name;
    let drops = route.via.is_none();
    let handed =
        route.next.filter(|_| route.via == Some(zone)).map(|next| &model.nodes[model.transits[next].node].name);
    Diagnostic::warning(
        Code::ROUTE_PAST_NETWORK,
        route.span,
        Text::new(
            format!(
                "`{device}` は `{name}` につながっていますが、この経路は同じアドレスを{}",
                match handed {
                    Some(next) => format!("すべて `{next}` に渡します"),
                    None if drops => "捨てます".to_owned(),
                    None => "別の所へ送ります".to_owned(),
                }
            ),
            format!(
                "`{device}` joins `{name}`, but this route {}",
                match handed {
                    Some(next) => format!("hands what is for the same addresses to `{next}`"),
                    None if drops => "drops what is for the same addresses".to_owned(),
                    None => "sends the same addresses elsewhere".to_owned(),
                }
            ),
        ),
        Text::new(
            "多くの製品はつながっている方を選ぶので、この経路は使われません",
            "most products prefer the network that is joined and never use this route",
        ),
    )
    .also(network.span, Text::new("このネットワークです", "this network"))
    .help(Text::new(
        "製品によって違うので、検査はどちらも確かなこととしません。一部だけを別に送るなら、より長いプレフィックスで書いてください",
        "as products differ, checks take neither as certain; to send a part elsewhere, write a longer prefix",
    ))
}

/// Routes for the same destination that lead different ways: which one a product takes, the drawing does not say.
fn two_ways(model: &Model, t: &Transit, remarks: &mut Vec<Diagnostic>) {
    let in_table = |r: &&Route| r.when.is_none() && r.span != t.span;
    type Destination<'r> = (bool, &'r [AddrRange], &'r [AddrRange]);
    let mut first: BTreeMap<Destination<'_>, Vec<&Route>> = BTreeMap::new();
    for route in t.routes.iter().flatten().filter(in_table) {
        let same = first.entry((route.to.any, &route.to.literal, &route.to.named)).or_default();
        let part = |a: Option<ZoneId>, b: Option<ZoneId>| a.zip(b).is_none_or(|(a, b)| t.one_part(a, b));
        let other = same.iter().find(|r| (r.via, r.next) != (route.via, route.next) && part(r.via, route.via));
        if let Some(other) = other.filter(|o| o.span != route.span) {
            let device = &model.nodes[t.node].name;
            let remark = Diagnostic::warning(
                Code::TWO_WAYS,
                route.span,
                Text::new(
                    format!("`{device}` には、同じ宛先へ別の向きの経路が二つあります"),
                    format!("`{device}` has two routes for the same destination that lead different ways"),
                ),
                Text::new(
                    "どちらが使われるか図面からは決まらないので、検査はどちらも確かなこととしません",
                    "which one is taken is not settled by the drawing, so checks take neither as certain",
                ),
            );
            let also = Text::new("もう一つはここです", "the other one is here");
            let help = Text::new(
                "ふだん使う経路だけを書くか、宛先を分けてください。予備の経路に切り替わったときの図面は、別に検査します",
                "state the one that is normally taken, or split the destination; the drawing of a failover is checked by itself",
            );
            let remark = remark.also(other.span, also).help(help);
            if !remarks.contains(&remark) {
                remarks.push(remark);
            }
        }
        same.push(route);
    }
}

/// Policy routes for wide destinations that would take what is for networks of the device itself (P-POLICY).
fn policies(model: &Model, t: &Transit, remarks: &mut Vec<Diagnostic>) {
    let device = &model.nodes[t.node].name;
    for (route, when) in t.routes.iter().flatten().filter_map(|r| Some((r, r.when.as_ref()?))) {
        let taken = |z: &ZoneId| {
            let zone = &model.zones[*z];
            let there = |f: &FaceId| model.faces[*f].zone == Some(*z);
            route.via != Some(*z)
                && (zone.addresses.iter().any(|r| when.joined.named.iter().any(|j| j.covers(*r)))
                    || when.joined.faces.iter().any(there))
        };
        let names: Vec<&str> = t.zones.iter().filter(|z| taken(z)).map(|&z| model.zones[z].name.as_str()).collect();
        if names.is_empty() {
            continue;
        }
        let names = names.join(", ");
        let remark = Diagnostic::warning(
            Code::POLICY_PAST_NETWORK,
            route.span,
            Text::new(
                format!(
                    "このポリシールーティングは、`{device}` がつながるネットワークあてのパケットも取るかもしれません({names})"
                ),
                format!("this policy route may also take what is for networks that `{device}` joins ({names})"),
            ),
            Text::new(
                "製品によって違うので、検査はどちらも確かなこととしません",
                "products differ, so checks take neither as certain",
            ),
        );
        let help = Text::new(
            "先に、そのネットワークだけを宛先にしたポリシールーティング(via か drop: true)を書くと決まります",
            "a policy route for exactly that network before this one (with via, or drop: true) settles it",
        );
        remarks.push(remark.help(help));
    }
}

/// Devices that join a drawn internet with machines to which no route leads (P-CONNECTED): whether they are known is open.
pub(super) fn no_way_in(model: &Model, t: &Transit, remarks: &mut Vec<Diagnostic>) {
    // Beside the ways to such machines stand black holes, which have the name of the network, too.
    let is_open = |name: &str| {
        let mut holes = t.routes.iter().flatten().filter(|r| r.via.is_none() && t.is_connected(r));
        holes.any(|r| r.to.text == name)
    };
    for network in t.zones.iter().map(|&z| &model.zones[z]).filter(|z| !z.broadcast && is_open(&z.name)) {
        let device = &model.nodes[t.node].name;
        let name = &network.name;
        let remark = Diagnostic::warning(
            Code::NO_WAY_IN,
            t.span,
            Text::new(
                format!("`{device}` は `{name}` につながっていますが、そこの機器への経路(routes)がありません"),
                format!("`{device}` joins `{name}`, but no route of it leads to machines there"),
            ),
            Text::new(
                "届くかどうか図面からは決まらないので、検査はどちらも確かなこととしません",
                "whether it reaches them is not settled by the drawing, so checks take neither as certain",
            ),
        );
        let also = Text::new("このネットワークです", "this network");
        let help = Text::new(
            format!(
                "`{name}` の address か、そこへの経路(to: \"{name}\", via: \"{name}\")を書いてください。送らないなら drop: true の経路を書きます"
            ),
            format!(
                "state the address of `{name}`, or a route (to: \"{name}\", via: \"{name}\"); if it sends nothing there, one with drop: true"
            ),
        );
        remarks.push(remark.also(network.span, also).help(help));
    }
}

/// Machines whose gateways lead nowhere, or not to whom they are declared to talk.
fn gateways(model: &Model, remarks: &mut Vec<Diagnostic>) {
    let mut dead: BTreeSet<FaceId> = BTreeSet::new();
    for (id, face) in model.faces.iter() {
        let (Some(device), Some(zone)) = (face.gateway, face.zone) else { continue };
        let t = &model.transits[device];
        if !leads_out(model, t, zone) {
            dead.insert(id);
            let machine = &model.nodes[face.node];
            let (name, gateway) = (&machine.name, &model.nodes[t.node].name);
            remarks.push(
                Diagnostic::warning(
                    Code::DEAD_GATEWAY,
                    machine.span,
                    Text::new(
                        format!("`{name}` の gateway `{gateway}` から先へ行く道がありません"),
                        format!("`{gateway}`, the gateway of `{name}`, leads nowhere"),
                    ),
                    Text::new(
                        "この機器は、自分のネットワークの外へ何も送れません",
                        "this machine can send nothing out of its own network",
                    ),
                )
                .also(
                    t.span,
                    Text::new(
                        format!("`{}` からのパケットを、ほかへ送りません", model.zones[zone].name),
                        format!("sends nothing from `{}` anywhere else", model.zones[zone].name),
                    ),
                ),
            );
        }
    }
    for c in model.communications.values() {
        for &from in &c.from {
            remarks.extend(no_way(model, c, from, &dead));
        }
    }
}

/// Whether the routes, parts and direction of a device let anything on from a zone.
fn leads_out(model: &Model, t: &Transit, from: ZoneId) -> bool {
    if t.one_way.is_some_and(|(enters, _)| enters != from) {
        return false;
    }
    let has_table = t.routes.as_ref().is_some_and(|r| r.is_empty() || r.iter().any(|r| r.when.is_none()));
    let beside = || t.zones.iter().any(|&z| z != from && t.one_part(z, from));
    // What it publishes may be handed back into the network, to another machine.
    !t.dnat.is_empty() || !has_table && beside() || routes_from(t, from).any(|r| is_way(model, r, from))
}

/// The routes that are looked at for packets from a zone.
fn routes_from(t: &Transit, from: ZoneId) -> impl Iterator<Item = &Route> {
    t.routes.iter().flatten().filter(move |r| match &r.when {
        Some(when) => when.enters.is_empty() || when.enters.contains(&from),
        None => r.via.is_some_and(|via| t.one_part(via, from)),
    })
}

/// Whether a route leads out of a zone, or on to another device there.
fn is_way(model: &Model, route: &Route, from: ZoneId) -> bool {
    route.via.is_some_and(|via| !model.one_wire(via, from) || route.next.is_some())
}

/// A communication whose first packet dies at the gateway of the machine that opens it.
fn no_way(model: &Model, c: &Communication, from: NodeId, dead: &BTreeSet<FaceId>) -> Option<Diagnostic> {
    let attached = || model.nodes[from].faces.iter().filter(|&&f| model.faces[f].zone.is_some());
    let mut gateway = None;
    for &f in attached() {
        let face = &model.faces[f];
        let (Some(zone), Some(device)) = (face.zone, face.gateway) else { return None };
        let t = &model.transits[device];
        // Told already, or not asked: a neighbour gets it directly.
        if dead.contains(&f) || is_neighbour(model, zone, &c.to) || leads_to(model, t, zone, &c.to) {
            return None;
        }
        gateway.get_or_insert(t);
    }
    let t = gateway?;
    let (machine, gateway) = (&model.nodes[from], &model.nodes[t.node].name);
    let target = c.to.first().map_or("", |&n| model.nodes[n].name.as_str());
    let name = &machine.name;
    Some(
        Diagnostic::warning(
            Code::DEAD_GATEWAY,
            machine.span,
            Text::new(
                format!(
                    "`{name}` の gateway `{gateway}` には、通信 `{}` の相手 `{target}` への経路がありません",
                    c.name
                ),
                format!(
                    "`{gateway}`, the gateway of `{name}`, has no route to `{target}` for the communication `{}`",
                    c.name
                ),
            ),
            Text::new(
                "正直な機器のパケットは gateway で捨てられます",
                "packets of an honest machine are dropped at the gateway",
            ),
        )
        .also(c.span, Text::new("この通信です", "this communication"))
        .also(t.span, Text::new("この機器の routes を見てください", "please look at the routes of this device")),
    )
}

fn is_neighbour(model: &Model, zone: ZoneId, targets: &[NodeId]) -> bool {
    let faces = targets.iter().flat_map(|&n| &model.nodes[n].faces);
    faces.filter_map(|&f| model.faces[f].zone).any(|z| model.one_wire(z, zone))
}

/// Whether a device may send something from a zone on to any of these nodes, under any address by which one asks for them.
fn leads_to(model: &Model, t: &Transit, from: ZoneId, targets: &[NodeId]) -> bool {
    if t.routes.as_ref().is_none_or(|r| !r.is_empty() && r.iter().all(|r| r.when.is_some())) {
        return true;
    }
    // What the device itself translates it asks its routes about with another address.
    let faces: Vec<FaceId> = targets.iter().flat_map(|&n| model.nodes[n].faces.iter().copied()).collect();
    let has = |f: FaceId, address: PacketAddr| match (&model.faces[f].address, address) {
        (FaceAddress::Known(ranges), PacketAddr::Literal(a)) => ranges.iter().any(|r| r.contains(a)),
        (_, address) => address == PacketAddr::Of(f),
    };
    let published = model.transits.values().flat_map(|t| &t.dnat);
    let outside: Vec<AddrRange> =
        published.filter(|d| faces.iter().any(|&f| has(f, d.inside))).map(|d| AddrRange::single(d.outside)).collect();
    let fits = |r: &Route| {
        let ranges = || r.to.literal.iter().chain(&r.to.named);
        let meets = |all: &[AddrRange]| r.to.any || all.iter().any(|a| ranges().any(|b| a.overlaps(*b)));
        let to = |&f: &FaceId| match &model.faces[f].address {
            FaceAddress::Known(own) => meets(own),
            _ => r.to.matches(PacketAddr::Of(f), &model.faces) != Ternary::No,
        };
        meets(&outside) || faces.iter().any(to)
    };
    routes_from(t, from).any(|r| is_way(model, r, from) && fits(r))
}
