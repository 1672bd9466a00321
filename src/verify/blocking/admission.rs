//! Reasons apart from packets: who opens, who answers what, and to whom.

use super::Refused;
use crate::model::{Behaviour, FaceId, Model, PortRange, Role, Service};

pub(super) fn refusals(model: &Model, x: FaceId, y: FaceId, wanted: Option<&[Service]>) -> Vec<Refused> {
    let (a, b) = (&model.faces[x], &model.faces[y]);
    let mut all = Vec::new();
    if a.node == b.node {
        return vec![Refused::OneNode];
    }
    if a.zone.is_none() || b.zone.is_none() {
        return vec![Refused::Detached];
    }
    match &model.nodes[a.node].role {
        Role::Endpoint(e) if e.behaviour == Behaviour::Sink => all.push(Refused::TakesOnly),
        Role::Endpoint(e) if !e.outbound => all.push(Refused::OpensNone),
        Role::Mediator(m) if m.servers.as_ref().is_some_and(|s| !s.contains(&b.node)) => {
            all.push(Refused::NotItsServer)
        }
        Role::Transit(_) => all.push(Refused::OpensNone),
        _ => {}
    }
    let (clients, listens) = match &model.nodes[b.node].role {
        Role::Endpoint(e) => (e.clients.as_ref(), e.listens.as_ref()),
        Role::Mediator(m) => (m.clients.as_ref(), m.listens.as_ref()),
        Role::Transit(_) => (None, None),
    };
    if clients.is_some_and(|c| !c.contains(&a.node)) {
        all.push(Refused::NotItsClient);
    }
    if let (Some(listens), Some(wanted)) = (listens, wanted)
        && !wanted.iter().any(|w| listens.iter().any(|l| meet(*l, *w)))
    {
        all.push(Refused::NotListening);
    }
    if let (true, Some(zone)) = (a.zone == b.zone && a.segment.is_some() && b.segment.is_some(), a.zone)
        && model.zones[zone].client_isolation
    {
        all.push(Refused::KeptApart(zone));
    }
    all
}

/// Whether two services share a packet.
fn meet(a: Service, b: Service) -> bool {
    let protocols = a.protocol.is_none() || b.protocol.is_none() || a.protocol == b.protocol;
    let ports = |x: PortRange, y: PortRange| x.first <= y.last && y.first <= x.last;
    protocols && ports(a.source, b.source) && ports(a.destination, b.destination)
}
