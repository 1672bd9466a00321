//! The parts of a machine's text that a step of a plan can change, whatever its kind.
//!
//! Nothing is resolved here: a part is a list in the drawing's own words.

use super::super::shape::{ControlDoc, EndpointDoc, NodeDoc, PortDoc, RedirectDoc, TransitDoc, TypeActionDoc};
use super::super::value::{Map, Name, Names};

/// The endpoint's fields of an endpoint.
pub(super) fn endpoint(node: &mut NodeDoc) -> Option<&mut EndpointDoc> {
    use NodeDoc as N;
    match node {
        N::Terminal(d)
        | N::Desktop(d)
        | N::Server(d)
        | N::Nas(d)
        | N::Printer(d)
        | N::ObjectStore(d)
        | N::CloudService(d)
        | N::Directory(d)
        | N::Hypervisor(d)
        | N::Manager(d)
        | N::Backup(d)
        | N::Internet(d) => Some(d),
        _ => None,
    }
}

/// The fields of a device that forwards packets by rules.
pub(super) fn transit(node: &mut NodeDoc) -> Option<&mut TransitDoc> {
    use NodeDoc as N;
    match node {
        N::Firewall(d)
        | N::LgwanFirewall(d)
        | N::Router(d)
        | N::L3Switch(d)
        | N::SecurityCloud(d)
        | N::VpnGateway(d)
        | N::Breakout(d) => Some(d),
        _ => None,
    }
}

/// What a device joins.
pub(super) fn joins(node: &mut NodeDoc) -> Option<&mut Names> {
    match node {
        NodeDoc::Line(d) => Some(&mut d.joins),
        NodeDoc::FileShare(d) => Some(&mut d.joins),
        other => transit(other).map(|d| &mut d.joins),
    }
}

/// A list that mediators and endpoints have: `clients` or `servers`.
macro_rules! mediator_field {
    ($node:expr, $field:ident) => {
        match $node {
            NodeDoc::ScreenGateway(d) => Some(&mut d.$field),
            NodeDoc::RemoteBrowser(d) => Some(&mut d.$field),
            NodeDoc::Sanitiser(d) | NodeDoc::Inspector(d) => Some(&mut d.$field),
            NodeDoc::MailConverter(d) => Some(&mut d.$field),
            NodeDoc::MailRelay(d) | NodeDoc::Proxy(d) => Some(&mut d.$field),
            NodeDoc::Resolver(d) => Some(&mut d.$field),
            NodeDoc::Relay(d) => Some(&mut d.$field),
            NodeDoc::Transfer(d) => Some(&mut d.$field),
            NodeDoc::FileShare(d) => Some(&mut d.$field),
            NodeDoc::Kiosk(d) => Some(&mut d.$field),
            NodeDoc::Kvm(d) => Some(&mut d.$field),
            NodeDoc::Mediator(d) => Some(&mut d.$field),
            _ => None,
        }
    };
}

/// Whose sessions it accepts.
pub(super) fn clients(node: &mut NodeDoc) -> Option<&mut Option<Names>> {
    if endpoint(node).is_some() {
        return endpoint(node).map(|d| &mut d.clients);
    }
    mediator_field!(node, clients)
}

/// To whom it opens sessions.
pub(super) fn servers(node: &mut NodeDoc) -> Option<&mut Option<Names>> {
    mediator_field!(node, servers)
}

/// The functions of a security cloud.
pub(super) fn functions(node: &mut NodeDoc) -> Option<&mut Option<Names>> {
    match node {
        NodeDoc::SecurityCloud(d) => Some(&mut d.functions),
        _ => None,
    }
}

/// The tenants of a breakout.
pub(super) fn tenants(node: &mut NodeDoc) -> Option<&mut Option<Names>> {
    match node {
        NodeDoc::Breakout(d) => Some(&mut d.tenants),
        _ => None,
    }
}

/// Its controls.
pub(super) fn controls(node: &mut NodeDoc) -> Option<&mut Option<Vec<ControlDoc>>> {
    if endpoint(node).is_some() {
        return endpoint(node).map(|d| &mut d.controls);
    }
    if transit(node).is_some() {
        return transit(node).map(|d| &mut d.controls);
    }
    match node {
        NodeDoc::Diode(d) => Some(&mut d.controls),
        NodeDoc::Switch(d) => Some(&mut d.controls),
        other => mediator_field!(other, controls),
    }
}

/// What a screen transfer carries besides the screen.
pub(super) fn redirect(node: &mut NodeDoc) -> Option<&mut RedirectDoc> {
    match node {
        NodeDoc::ScreenGateway(d) => Some(&mut d.redirect),
        NodeDoc::RemoteBrowser(d) => Some(&mut d.redirect),
        _ => None,
    }
}

/// What a filter does with files.
pub(super) fn types(node: &mut NodeDoc) -> Option<&mut Map<TypeActionDoc>> {
    match node {
        NodeDoc::Sanitiser(d) | NodeDoc::Inspector(d) => Some(&mut d.types),
        NodeDoc::Kiosk(d) => Some(&mut d.types),
        _ => None,
    }
}

/// The networks without which a machine cannot be drawn.
pub(super) fn attachments(node: &NodeDoc) -> Vec<&Name> {
    use NodeDoc as N;
    let mut all: Vec<&Name> = Vec::new();
    match node {
        N::Terminal(d)
        | N::Desktop(d)
        | N::Server(d)
        | N::Nas(d)
        | N::Printer(d)
        | N::ObjectStore(d)
        | N::CloudService(d)
        | N::Directory(d)
        | N::Hypervisor(d)
        | N::Manager(d)
        | N::Backup(d)
        | N::Internet(d) => all.extend(d.at.iter().chain(d.faces.iter().map(|f| &f.at)).chain(&d.part_of)),
        N::Firewall(d)
        | N::LgwanFirewall(d)
        | N::Router(d)
        | N::L3Switch(d)
        | N::SecurityCloud(d)
        | N::VpnGateway(d)
        | N::Breakout(d) => {
            all.extend(d.joins.0.iter().chain(&d.part_of));
            all.extend(d.routes.iter().flatten().filter_map(|r| r.via.as_ref()));
        }
        N::Switch(d) => {
            for (_, port) in &d.ports.entries {
                match port {
                    PortDoc::Access(vlan) => all.push(vlan),
                    PortDoc::Trunk(t) => all.extend(t.allowed.iter().flat_map(|n| &n.0).chain(&t.native)),
                }
            }
            all.extend(&d.part_of);
        }
        N::Diode(d) => all.extend(d.from.iter().chain(&d.into).chain(&d.part_of)),
        N::Line(d) => all.extend(d.joins.0.iter().chain(&d.part_of)),
        N::ScreenGateway(d) => all.extend(d.viewer.iter().chain(&d.desktop).chain(&d.part_of)),
        N::RemoteBrowser(d) => all.extend(d.user.iter().chain(&d.web).chain(&d.part_of)),
        N::Sanitiser(d) | N::Inspector(d) => all.extend(d.from.iter().chain(&d.into).chain(&d.part_of)),
        N::MailConverter(d) => all.extend(d.from.iter().chain(&d.into).chain(&d.part_of)),
        N::MailRelay(d) | N::Proxy(d) => all.extend(d.inside.iter().chain(&d.outside).chain(&d.part_of)),
        N::Resolver(d) => all.extend(d.serves.iter().chain(&d.upstream).chain(&d.part_of)),
        N::Relay(d) => all.extend(d.from.iter().chain(&d.into).chain(&d.part_of)),
        N::Transfer(d) => all.extend(d.from.iter().chain(&d.into).chain(&d.part_of)),
        N::FileShare(d) => all.extend(d.joins.0.iter().chain(&d.part_of)),
        N::Kiosk(d) => all.extend(&d.part_of),
        N::Kvm(d) => all.extend(&d.part_of),
        N::Mediator(d) => all.extend(d.sides.entries.iter().map(|(_, zone)| zone).chain(&d.part_of)),
    }
    all
}

/// The control of a document in the words of the format, to compare two of them.
pub(super) fn control_word(doc: &ControlDoc) -> String {
    super::super::resolve::control_word(doc)
}
