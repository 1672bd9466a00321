//! Declared communications that are not what they claim, or cannot happen.

use crate::diagnostic::{Code, Diagnostic, Text};
use crate::model::{Communication, Id, Model, NodeId, Purpose, Role, Service};
use crate::packet::{Bits, Sessions};

pub(super) fn remarks(model: &Model, remarks: &mut Vec<Diagnostic>) {
    for c in model.communications.values() {
        remarks.extend(not_specific(c));
    }
    if !model.communications.is_empty() {
        let sessions = Sessions::new(model);
        remarks.extend(model.communications.values().filter(|c| !happens(model, &sessions, c)).map(idle));
    }
}

fn not_specific(c: &Communication) -> Option<Diagnostic> {
    let limits = [("Mac", c.limits.mac), ("Address", c.limits.address), ("Port", c.limits.port)];
    // A log that is sent one way needs no limits, and cloud use is permitted by its breakout, not as such.
    let log = c.purpose == Some(Purpose::Log) && limits.iter().all(|(_, given)| !given);
    if log || c.purpose == Some(Purpose::CloudUse) || c.limits.complete() && c.purpose.is_some() {
        return None;
    }
    let mut lacking: Vec<&str> = limits.iter().filter(|(_, given)| !given).map(|(name, _)| *name).collect();
    if c.purpose.is_none() {
        lacking.push("purpose");
    }
    let list = lacking.join(", ");
    Some(Diagnostic::warning(
        Code::NOT_SPECIFIC,
        c.span,
        Text::new(
            format!("通信 `{}` は特定通信になりません", c.name),
            format!("`{}` does not count as a specific communication", c.name),
        ),
        Text::new(format!("足りないもの: {list}"), format!("lacking: {list}")),
    ))
}

fn idle(c: &Communication) -> Diagnostic {
    Diagnostic::warning(
        Code::IDLE_COMMUNICATION,
        c.span,
        Text::new(
            format!("通信 `{}` は、この図面では成り立ちません", c.name),
            format!("`{}` cannot happen in this drawing", c.name),
        ),
        Text::new(
            "from から to へ、このサービスを通すルールや線がありません",
            "no rules and lines let this service pass from `from` to `to`",
        ),
    )
}

/// Whether some session of a communication may exist.
fn happens(model: &Model, sessions: &Sessions, c: &Communication) -> bool {
    let services = sessions.classes.bits_of(&c.services, false);
    let at = |node: &NodeId, zone, class| {
        model.nodes[*node].faces.iter().any(|&f| {
            model.faces[f].zone == Some(zone)
                && sessions.classes.of_face[f.index()].iter().any(|(own, _)| *own == class)
        })
    };
    sessions.list.iter().any(|s| {
        let may = s.req.may.or(&s.new.may).or(&s.ack.may).and(&services);
        !may.is_empty()
            && c.from.iter().any(|n| at(n, s.ends.from, s.ends.source))
            && c.to.iter().any(|n| {
                at(n, s.ends.to, s.ends.destination)
                    && c.from.iter().any(|from| admits(model, sessions, *from, *n, &may))
            })
    })
}

/// Whether a node would answer another on some of these services.
fn admits(model: &Model, sessions: &Sessions, from: NodeId, to: NodeId, services: &Bits) -> bool {
    let (listens, clients): (&Option<Vec<Service>>, _) = match &model.nodes[to].role {
        Role::Endpoint(e) => (&e.listens, &e.clients),
        Role::Mediator(m) => (&m.listens, &m.clients),
        Role::Transit(_) => return false,
    };
    let opens = match &model.nodes[from].role {
        Role::Endpoint(e) => e.outbound,
        Role::Mediator(m) => m.servers.as_ref().is_none_or(|s| s.binary_search(&to).is_ok()),
        Role::Transit(_) => false,
    };
    opens
        && clients.as_ref().is_none_or(|c| c.binary_search(&from).is_ok())
        && listens.as_ref().is_none_or(|l| sessions.classes.bits_of(l, false).meets(services))
}
