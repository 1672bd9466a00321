//! What is asked of a twin: between which machines, for which services.
//!
//! A service is asked for at the edges of every range that the drawing names, one outside of each, and where it names none.

use std::collections::BTreeSet;

use super::lab::{Kind, Listen, Probe};
use super::render::{Twin, ip};
use crate::diagnostic::Text;
use crate::model::{Addr, FaceId, Model, NodeId, PortRange, Protocol, Role, Service};

/// The most services that are asked for.
pub const MOST_SERVICES: usize = 24;
/// The most probes of one drawing.
pub const MOST_PROBES: usize = 60_000;

/// A port that no drawing names by chance.
const NOBODYS: u16 = 9;

/// Which services, from which source ports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Services {
    /// What is asked for, with the source port: 0 for any high one.
    pub asked: Vec<(Listen, u16)>,
    /// What was left out, in words.
    pub told: Vec<Text>,
}

impl Services {
    /// All that the rules and machines of a drawing can tell apart, as far as it is not too much.
    #[must_use]
    pub fn of(model: &Model) -> Self {
        let mut named: BTreeSet<Service> = BTreeSet::new();
        for t in model.transits.values() {
            named.extend(t.rules.iter().flatten().flat_map(|r| r.services.iter().copied()));
            named.extend(t.routes.iter().flatten().filter_map(|r| r.when.as_ref()).flat_map(|w| w.services.clone()));
            for n in &t.dnat {
                let of =
                    |(protocol, destination)| Service { protocol: Some(protocol), source: PortRange::ALL, destination };
                named.extend(n.ports.map(of));
                let port = n.inside_port.map(|port| PortRange { first: port, last: port });
                named.extend(n.ports.zip(port).map(|((protocol, _), range)| of((protocol, range))));
            }
        }
        for node in model.nodes.values() {
            let listens = match &node.role {
                Role::Endpoint(e) => e.listens.as_ref(),
                Role::Mediator(m) => m.listens.as_ref(),
                Role::Transit(_) => None,
            };
            named.extend(listens.into_iter().flatten().copied());
        }
        // What is named itself comes before what is next to it: that is left out first.
        let (mut inside, mut beside) = (BTreeSet::new(), BTreeSet::new());
        for (kind, protocol) in [(Kind::Tcp, Protocol::Tcp), (Kind::Udp, Protocol::Udp)] {
            beside.insert((Listen { protocol: kind, port: NOBODYS }, 0));
            for s in named.iter().filter(|s| s.protocol == Some(protocol)) {
                let sources: Vec<u16> = if s.source == PortRange::ALL { vec![0] } else { edges(s.source) };
                for &source in &sources {
                    for port in edges(s.destination) {
                        let one = (Listen { protocol: kind, port }, source);
                        let within = s.destination.contains(port) && (source == 0 || s.source.contains(source));
                        if within {
                            inside.insert(one)
                        } else {
                            beside.insert(one)
                        };
                    }
                }
            }
        }
        inside.insert((Listen { protocol: Kind::Echo, port: 0 }, 0));
        let all: Vec<_> = inside.iter().copied().chain(beside.difference(&inside).copied()).collect();
        let mut told = Vec::new();
        if all.len() > MOST_SERVICES {
            let (n, all) = (MOST_SERVICES, all.len());
            told.push(Text::new(
                format!("試すサービスは {all} のうち {n} にしました"),
                format!("{n} of {all} services are asked for"),
            ));
        }
        Self { asked: all.into_iter().take(MOST_SERVICES).collect(), told }
    }

    /// Only these services: the ends of their ports.
    #[must_use]
    pub fn only(services: &[Service]) -> Self {
        let mut asked = BTreeSet::new();
        for s in services {
            let protocols = match s.protocol {
                None => vec![Protocol::Tcp, Protocol::Udp, Protocol::Icmp],
                Some(p) => vec![p],
            };
            for kind in protocols.into_iter().filter_map(super::render::kind) {
                let ports = match (kind, s.destination) {
                    (Kind::Echo, _) => vec![0],
                    (_, PortRange::ALL) => vec![NOBODYS],
                    (_, r) => vec![r.first.max(1), r.last],
                };
                let source = if s.source == PortRange::ALL { 0 } else { s.source.last };
                asked.extend(ports.into_iter().map(|port| (Listen { protocol: kind, port }, source)));
            }
        }
        Self { asked: asked.into_iter().collect(), told: Vec::new() }
    }

    /// What has to be listened to.
    #[must_use]
    pub fn listens(&self) -> Vec<Listen> {
        self.asked.iter().map(|(l, _)| *l).collect::<BTreeSet<_>>().into_iter().collect()
    }
}

/// Both ends and one outside of each; port 0 is nobody's.
fn edges(r: PortRange) -> Vec<u16> {
    let mut all: Vec<u16> = vec![r.first.saturating_sub(1), r.first, r.last, r.last.saturating_add(1)];
    if r == PortRange::ALL {
        all = vec![NOBODYS];
    }
    all.retain(|&p| p > 0);
    all.dedup();
    all
}

/// A probe, and what it is about in the drawing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// What is sent.
    pub probe: Probe,
    /// Whose attachment opens.
    pub initiator: FaceId,
    /// Its address.
    pub source: Addr,
    /// The address asked for.
    pub asked: Addr,
}

/// All probes: from every attachment to every address of its family that is not its own machine's.
#[must_use]
pub fn plan(
    model: &Model,
    twin: &Twin,
    services: &Services,
    from: &[NodeId],
    to: &[NodeId],
) -> (Vec<Planned>, Vec<Text>) {
    let mut targets: BTreeSet<Addr> = BTreeSet::new();
    for m in twin.machines.iter().filter(|m| to.is_empty() || to.contains(&m.node)) {
        targets.extend(m.faces.iter().flat_map(|f| f.addresses.iter().copied()));
    }
    if to.is_empty() {
        targets.extend(model.transits.values().flat_map(|t| t.dnat.iter().map(|n| n.outside)));
    }
    targets.retain(|a| !twin.shared.contains(a));
    let mut all = Vec::new();
    for m in twin.machines.iter().filter(|m| from.is_empty() || from.contains(&m.node)) {
        for face in &m.faces {
            for &source in face.addresses.iter().filter(|a| !twin.shared.contains(a)) {
                let own = |a: &Addr| m.faces.iter().any(|f| f.addresses.contains(a));
                for &asked in targets.iter().filter(|a| a.is_v4() == source.is_v4() && !own(a)) {
                    for &(listen, source_port) in &services.asked {
                        let probe = Probe {
                            node: m.at,
                            source: ip(source),
                            destination: ip(asked),
                            kind: listen.protocol,
                            port: listen.port,
                            source_port,
                        };
                        all.push(Planned { probe, initiator: face.face, source, asked });
                    }
                }
            }
        }
    }
    let mut told = services.told.clone();
    if all.len() > MOST_PROBES {
        // Evenly spread, with a step that is no whole number: so every service is met.
        let n = all.len();
        let mut next = 0;
        all = all
            .into_iter()
            .enumerate()
            .filter_map(|(i, p)| {
                let taken = i * MOST_PROBES / n >= next;
                next += usize::from(taken);
                taken.then_some(p)
            })
            .collect();
        told.push(Text::new(
            format!("問い合わせは {n} のうち {} だけ送りました", all.len()),
            format!("{} of {n} probes were sent", all.len()),
        ));
    }
    (all, told)
}
