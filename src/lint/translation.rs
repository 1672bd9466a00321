//! Addresses that devices publish: twice, over a machine that has them, or for services that no rule lets through.
//!
//! Only what the same device says is looked at. Whether anybody ever asks for a published address is not.

use std::collections::BTreeMap;

use super::filter::Filter;
use super::unsettled;
use crate::diagnostic::{Code, Diagnostic, Text};
use crate::model::{
    Action, Addr, AddrMatch, AddrRange, Dnat, FaceAddress, Kind, Model, NodeId, PacketAddr, PortRange, Protocol, Rule,
    Service, Ternary, Transit,
};
use crate::packet::set::{AddrSet, Limits, Line, PacketBox, Space, TooLarge};
use crate::source::Span;

/// A protocol and ports; `None` is every service.
type Ports = Option<(Protocol, PortRange)>;

const LIMITS: Limits = Limits { nodes: 2_000_000, steps: 4_000_000 };

pub(super) fn remarks(model: &Model, remarks: &mut Vec<Diagnostic>) {
    let owners = Owners::new(model);
    for transit in model.transits.values().filter(|t| !t.dnat.is_empty()) {
        twice(model, transit, remarks);
        over_a_machine(model, transit, &owners, remarks);
        if let Some(rules) = &transit.rules {
            not_permitted(model, transit, rules, &owners, remarks);
        }
    }
}

/// Who states the addresses that translation names.
struct Owners {
    /// The first two machines of each are enough: one of them is not the device itself.
    of: BTreeMap<Addr, Vec<NodeId>>,
}

impl Owners {
    fn new(model: &Model) -> Self {
        let mut of: BTreeMap<Addr, Vec<NodeId>> = BTreeMap::new();
        for dnat in model.transits.values().flat_map(|t| &t.dnat) {
            of.entry(dnat.outside).or_default();
            if let PacketAddr::Literal(inside) = dnat.inside {
                of.entry(inside).or_default();
            }
        }
        if of.is_empty() {
            return Self { of };
        }
        // Nobody states the numbers of an internet one by one.
        for face in model.faces.values().filter(|f| model.nodes[f.node].kind != Kind::Internet) {
            let FaceAddress::Known(ranges) = &face.address else { continue };
            for range in ranges {
                for (_, owners) in of.range_mut(range.first..=range.last) {
                    if owners.len() < 2 && !owners.contains(&face.node) {
                        owners.push(face.node);
                    }
                }
            }
        }
        Self { of }
    }

    /// The first machine with an address, but for one.
    fn of(&self, address: Addr, but: NodeId) -> Option<NodeId> {
        self.of.get(&address).into_iter().flatten().copied().find(|&n| n != but)
    }
}

/// The services of a published address, by the line that publishes it.
fn lines(transit: &Transit) -> BTreeMap<Span, Vec<&Dnat>> {
    let mut lines: BTreeMap<Span, Vec<&Dnat>> = BTreeMap::new();
    for dnat in &transit.dnat {
        lines.entry(dnat.span).or_default().push(dnat);
    }
    lines
}

fn service(ports: Ports) -> Service {
    ports.map_or(Service::ANY, |(protocol, destination)| Service {
        protocol: Some(protocol),
        source: PortRange::ALL,
        destination,
    })
}

/// Services in words.
fn words(services: &[Service]) -> Text {
    if services.contains(&Service::ANY) {
        return Text::new("すべてのサービス", "every service");
    }
    let list = services.iter().map(Service::to_string).collect::<Vec<_>>().join(" + ");
    Text::new(list.clone(), list)
}

/// What two entries for one address have in common.
fn common(a: &Dnat, b: &Dnat) -> Option<Ports> {
    match (a.ports, b.ports) {
        (None, ports) | (ports, None) => Some(ports),
        (Some((p, a)), Some((q, b))) => {
            let range = PortRange { first: a.first.max(b.first), last: a.last.min(b.last) };
            (p == q && range.first <= range.last).then_some(Some((p, range)))
        }
    }
}

/// What earlier lines take of one line.
struct Taken<'m> {
    by: &'m Dnat,
    services: Vec<Service>,
    rows: usize,
}

/// Lines of which an earlier one of the same device takes what they are for (P-DNAT).
fn twice(model: &Model, transit: &Transit, remarks: &mut Vec<Diagnostic>) {
    // Entries may be many; those of one address are few.
    let mut by_address: BTreeMap<_, Vec<&Dnat>> = BTreeMap::new();
    let mut lost: BTreeMap<Span, Taken<'_>> = BTreeMap::new();
    let mut rows: BTreeMap<Span, usize> = BTreeMap::new();
    for dnat in &transit.dnat {
        *rows.entry(dnat.span).or_default() += 1;
        let earlier = by_address.entry(dnat.outside).or_default();
        if let Some((by, ports, whole)) = taken(earlier, dnat) {
            let line = lost.entry(dnat.span).or_insert(Taken { by, services: Vec::new(), rows: 0 });
            line.services.push(service(ports));
            line.rows += usize::from(whole);
        }
        earlier.push(dnat);
    }
    for (span, line) in lost {
        let never = rows.get(&span) == Some(&line.rows);
        let (address, device) = (line.by.outside, &model.nodes[transit.node].name);
        let asked = words(&line.services);
        remarks.push(
            Diagnostic::warning(
                Code::PUBLISHED_TWICE,
                span,
                Text::new(
                    format!("`{device}` の {address}({})は、先に書かれた変換で使われます", asked.ja),
                    format!("an earlier translation of `{device}` takes {address} ({})", asked.en),
                ),
                if never {
                    Text::new("この行は一度も使われません", "this one is never used")
                } else {
                    Text::new("その分は、この行では変換されません", "that part never comes to this one")
                },
            )
            .also(line.by.span, Text::new("先にここで決まります", "decided here first")),
        );
    }
}

/// Which earlier entry takes what of an entry, and whether nothing is left of it; none where that is meant or does no harm.
fn taken<'m>(earlier: &[&'m Dnat], dnat: &Dnat) -> Option<(&'m Dnat, Ports, bool)> {
    let shared = |e: &&'m Dnat| {
        let before = e.span != dnat.span && (e.zone.is_none() || e.zone == dnat.zone);
        common(e, dnat).filter(|_| before).map(|ports| (*e, ports))
    };
    let all: Vec<(&Dnat, Ports)> = earlier.iter().filter_map(shared).collect();
    if all_of(dnat, all.iter().map(|t| t.1)) {
        return all.first().map(|(by, _)| (*by, dnat.ports, true));
    }
    // An exception before what is for all the rest is how such lists are written; the same end twice changes nothing.
    let exception = |e: &Dnat| common(e, dnat) == Some(e.ports);
    let same_end = |e: &Dnat| (e.inside, e.inside_port) == (dnat.inside, dnat.inside_port);
    all.into_iter().find(|(e, _)| !exception(e) && !same_end(e)).map(|(e, ports)| (e, ports, false))
}

/// Whether ports together are all of those of an entry.
fn all_of(dnat: &Dnat, taken: impl Iterator<Item = Ports>) -> bool {
    let mut ranges = Vec::new();
    for ports in taken {
        match ports {
            None => return true,
            Some((_, range)) => ranges.push(range),
        }
    }
    let Some((_, own)) = dnat.ports else { return false };
    ranges.sort_unstable();
    let mut next = u32::from(own.first);
    for range in ranges {
        if u32::from(range.first) > next {
            return false;
        }
        next = next.max(u32::from(range.last) + 1);
    }
    next > u32::from(own.last)
}

/// Outside addresses that a machine of the drawing states as its own.
fn over_a_machine(model: &Model, transit: &Transit, owners: &Owners, remarks: &mut Vec<Diagnostic>) {
    for (span, dnats) in lines(transit) {
        let dnat = dnats[0];
        let address = dnat.outside;
        // A port of a machine that becomes another port of it is no mistake.
        if dnat.inside == PacketAddr::Literal(address) {
            continue;
        }
        let Some(machine) = owners.of(address, transit.node).map(|n| &model.nodes[n]) else { continue };
        let name = &machine.name;
        remarks.push(
            Diagnostic::warning(
                Code::PUBLISHED_OVER_MACHINE,
                span,
                Text::new(
                    format!("公開するアドレス {address} は、`{name}` のアドレスです"),
                    format!("the published address {address} is that of `{name}`"),
                ),
                Text::new(
                    format!("ここを通って `{name}` へ向かうパケットが、別の機器へ行きます"),
                    format!("packets to `{name}` that come this way go to another machine"),
                ),
            )
            .also(machine.span, Text::new("この機器のアドレスです", "the machine that has it"))
            .help(Text::new(
                "どの機器も使っていないアドレスを outside に書いてください",
                "let `outside` be an address that no machine has",
            )),
        );
    }
}

/// Published services of which the rules of the same device let nothing through, whoever asks.
fn not_permitted(model: &Model, transit: &Transit, rules: &[Rule], owners: &Owners, remarks: &mut Vec<Diagnostic>) {
    let filter = Filter::new(model, transit, rules);
    let mut unknown = 0;
    for (span, dnats) in lines(transit) {
        // Who gets an address for what it sends need not be asked for anything.
        if dnats.iter().any(|d| is_static(model, transit, d)) {
            continue;
        }
        let mut closed: Vec<&Dnat> = Vec::new();
        for &dnat in &dnats {
            match is_closed(transit, &filter, dnat) {
                Ok(true) => closed.push(dnat),
                Ok(false) => {}
                Err(TooLarge) => unknown += 1,
            }
        }
        if let Some(&first) = closed.first() {
            let behind = match first.inside {
                PacketAddr::Of(face) => model.node_of(face).name.clone(),
                PacketAddr::Literal(a) => match owners.of.get(&a).and_then(|n| n.first()) {
                    Some(&n) => model.nodes[n].name.clone(),
                    None => a.to_string(),
                },
            };
            remarks.push(closed_line(model, transit, (span, first.outside, &behind), &closed));
        }
    }
    if unknown > 0 {
        remarks.push(unsettled(
            transit,
            Text::new(
                format!("ルールの重なりが多いので、公開するサービス {unknown} 個は、通るかどうか調べきれませんでした"),
                format!("so many rules overlap that it was not settled whether {unknown} published services pass"),
            ),
        ));
    }
}

fn closed_line(
    model: &Model,
    transit: &Transit,
    (span, address, behind): (Span, Addr, &str),
    closed: &[&Dnat],
) -> Diagnostic {
    let asked = words(&closed.iter().map(|d| service(d.ports)).collect::<Vec<_>>());
    let seen: Vec<Service> = closed.iter().map(|d| service(inner(d))).collect();
    let device = &model.nodes[transit.node].name;
    let d = Diagnostic::warning(
        Code::PUBLISHED_NOT_PERMITTED,
        span,
        Text::new(
            format!("`{device}` は {address}({})を公開しますが、それを通すルールがありません", asked.ja),
            format!("`{device}` publishes {address} ({}), but none of its rules lets it through", asked.en),
        ),
        Text::new("変換しても、ルールで捨てられます", "translated, and then dropped by the rules"),
    );
    if transit.rules_see_outside {
        return d.help(Text::new(
            format!("この機器のルールは変換の前を見ます(rules_see: Outside)。宛先 {address} への許可が要ります"),
            format!(
                "rules of this device look before translation (rules_see: Outside): a permit to {address} is needed"
            ),
        ));
    }
    let seen = if seen.contains(&Service::ANY) { String::new() } else { format!(" {}", words(&seen).en) };
    d.help(Text::new(
        format!("ルールは変換の後を見ます。`{behind}{seen}` への許可が要ります"),
        format!("rules look after translation: a permit to `{behind}{seen}` is needed"),
    ))
}

/// The service behind an entry.
fn inner(dnat: &Dnat) -> Ports {
    let behind = |port| PortRange { first: port, last: port };
    dnat.ports.map(|(protocol, range)| (protocol, dnat.inside_port.map_or(range, behind)))
}

/// Whether what is behind a published address also leaves with it.
fn is_static(model: &Model, transit: &Transit, dnat: &Dnat) -> bool {
    transit.snat.iter().any(|s| {
        let own = |from: &AddrMatch| from.matches(dnat.inside, &model.faces) == Ternary::Yes;
        s.source == dnat.outside && dnat.ports.is_none() && s.from.as_ref().is_some_and(own)
    })
}

/// Whether nothing that asks for a published service may pass the rules.
fn is_closed(transit: &Transit, filter: &Filter, dnat: &Dnat) -> Result<bool, TooLarge> {
    let (to, ports) = match transit.rules_see_outside {
        true => (PacketAddr::Literal(dnat.outside), dnat.ports),
        false => (dnat.inside, inner(dnat)),
    };
    let destinations = match to {
        PacketAddr::Literal(a) => AddrSet::new([AddrRange::single(a)], []),
        PacketAddr::Of(face) => AddrSet::new([], [face]),
    };
    let wanted = PacketBox {
        contexts: Some(filter.opening.clone()),
        sources: AddrSet::all(&filter.faces),
        destinations,
        services: vec![service(ports)],
    };
    // Other lines match none of these packets.
    let near = |l: &&Line| l.packets.destinations.meets(&wanted.destinations);
    let lines: Vec<Line> = filter.possible().iter().filter(near).cloned().collect();
    let mut space = Space::new(&filter.faces, filter.contexts, LIMITS)?;
    let default = transit.default.is_none_or(|d| d == Action::Permit);
    let passes = space.first_match(&lines, default)?;
    let wanted = space.of(&wanted)?;
    Ok(space.and(wanted, passes)? == space.none())
}
