//! From positions of steps to a witness that names devices, rules and a concrete packet.

use crate::flow::{Content, SessionStep, Why};
use crate::model::{Model, Protocol, Role};
use crate::network::Network;
use crate::packet::{Demand, Level, Packet, WalkEnd, trace};
use crate::verify::verdict::{Cause, Hop, SessionCause, Transit3, Witness};

/// The witness of a path of steps.
pub(super) fn lift(model: &Model, network: &Network, steps: &[u32]) -> Witness {
    let hops: Vec<Hop> = steps.iter().map(|&s| hop(model, network, s)).collect();
    let start = hops.first().map_or_else(|| unreachable!("a path has a step"), |h| h.from);
    Witness { start, hops }
}

fn hop(model: &Model, network: &Network, index: u32) -> Hop {
    let step = network.step(index);
    let (cause, labels) = match step.why {
        Why::Session(s) => {
            let session = session(model, network, &s, step.level, s.impersonator == Some(step.to.face));
            let labels = session.forward.iter().flat_map(|p| model.transits[p.device].labels.iter().copied()).collect();
            (Cause::Session(Box::new(session)), labels)
        }
        Why::Transform(node, i) => {
            let labels = match &model.nodes[node].role {
                Role::Mediator(m) => m.labels.clone(),
                _ => Vec::new(),
            };
            (Cause::Transform(i as usize), labels)
        }
        Why::Pivot => (Cause::Pivot, Vec::new()),
        Why::Stored => (Cause::Stored, Vec::new()),
        Why::SameMachine => (Cause::SameMachine, Vec::new()),
        Why::Relation(i) => (Cause::Relation(i as usize), model.relations[i as usize].labels.clone()),
    };
    let mut labels: Vec<_> = labels;
    labels.sort_unstable();
    labels.dedup();
    Hop { from: step.from, to: step.to, cause, level: step.level, guards: step.guards.clone(), labels }
}

/// The session behind a step, with the devices it passes.
pub(crate) fn session(
    model: &Model,
    network: &Network,
    s: &SessionStep,
    level: Level,
    spoken_to: bool,
) -> SessionCause {
    let flow = &network.flow;
    let row = &flow.sessions.list[s.session as usize];
    let listens = match &model.node_of(s.responder).role {
        Role::Endpoint(e) => e.listens.as_ref(),
        Role::Mediator(m) => m.listens.as_ref(),
        Role::Transit(_) => None,
    };
    let heard = listens.map(|l| flow.sessions.classes.bits_of(l, false));
    let bits = flow.services(heard.as_ref(), s, level, spoken_to);
    let packets = flow.packets(s, &bits);
    let first = *packets.first().unwrap_or_else(|| unreachable!("a step has a service"));
    let heard_as = flow.sessions.classes.representative(&bits);
    let covert_ack = s.content == Content::Covert && {
        let class = flow.sessions.classes.services.iter().position(|c| Some(*c) == heard_as);
        let new = match level {
            Level::May => &row.new.may,
            Level::Sure => &row.new.sure,
            Level::Must => &row.new.must,
        };
        class.is_none_or(|c| !new.has(c) || heard.as_ref().is_some_and(|h| !h.has(c)))
    };
    let demand = match s.content {
        Content::Covert if covert_ack => Demand::Ack,
        Content::Covert => Demand::Data,
        Content::Request if first.protocol != Protocol::Tcp && !spoken_to => Demand::Data,
        Content::Request | Content::Reply => Demand::Session,
    };
    let target = flow.sessions.classes.of_face[crate::model::Id::index(s.responder)]
        .iter()
        .find(|(c, _)| *c == row.ends.destination)
        .map(|(_, a)| *a);
    // The highest bit of marks says that a device was passed at all.
    let marks = |device| flow.sessions.marks.of_device(model, device) | 1 << 127;
    let end = WalkEnd {
        zone: row.ends.to,
        destination: target.unwrap_or(first.destination),
        source: Some(flow.sessions.seen_source(first.source, row.ends)),
        port: heard_as.map(|c| c.destination),
    };
    // Labels of a covert walk matter to nobody, as long as it leaves the zone if it has to.
    let wanted = |passed: u128| match s.content {
        Content::Covert => !row.apart || passed != 0,
        Content::Request | Content::Reply => passed == row.marks,
    };
    let traced = |&p: &Packet| Some((p, trace(model, row.ends.from, p, end, level, demand, (&wanted, &marks))?));
    let (packet, walk) = packets.iter().find_map(traced).unwrap_or((first, Vec::new()));
    let delivered = walk.last().map_or(packet, |p| p.packet);
    SessionCause {
        initiator: s.initiator,
        responder: s.responder,
        packet,
        delivered,
        reply: s.content == Content::Reply,
        forward: walk
            .into_iter()
            .map(|p| Transit3 { device: p.device, from: p.from, to: p.to, rule: p.rule, packet: p.packet })
            .collect(),
        impersonator: s.impersonator,
        covert: s.content == Content::Covert,
        communication: s.communication,
    }
}
