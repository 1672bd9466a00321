//! Nodes and networks: numbers that do not fit, labels given twice, devices that talk to nobody.

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic, Text};
use crate::model::{FaceAddress, Id, Model, Node, Role, SegmentId, Way};
use crate::source::Span;

pub(super) fn remarks(model: &Model, remarks: &mut Vec<Diagnostic>) {
    for node in model.nodes.values() {
        nobody(node, remarks);
        count(model, node, remarks);
    }
    labels(model, remarks);
    dead_ends(model, remarks);
    open_addresses(model, remarks);
}

fn nobody(node: &Node, remarks: &mut Vec<Diagnostic>) {
    let (clients, servers) = match &node.role {
        Role::Endpoint(e) => (&e.clients, &None),
        Role::Mediator(m) => (&m.clients, &m.servers),
        Role::Transit(_) => return,
    };
    let none = |peers: &Option<Vec<_>>| peers.as_ref().is_some_and(Vec::is_empty);
    for (field, is_empty, ja, en) in [
        ("clients", none(clients), "誰からの通信も受けません", "accepts nobody's sessions"),
        // A device that only answers may well open nothing.
        ("servers", none(servers) && opens(node), "どこへも通信を始めません", "opens no session at all"),
    ] {
        if is_empty {
            remarks.push(Diagnostic::warning(
                Code::NO_PEERS,
                node.span,
                Text::new(
                    format!("`{}` の {field} に当てはまる相手がいません", node.name),
                    format!("`{field}` of `{}` names nobody", node.name),
                ),
                Text::new(format!("このままでは{ja}"), format!("as it is, it {en}")),
            ));
        }
    }
}

/// Whether a mediator has something to send in sessions of its own.
fn opens(node: &Node) -> bool {
    matches!(&node.role, Role::Mediator(m) if m.transforms.iter().any(|t| t.gives.2 != Way::Answers))
}

fn count(model: &Model, node: &Node, remarks: &mut Vec<Diagnostic>) {
    for &face in &node.faces {
        let FaceAddress::Known(ranges) = &model.faces[face].address else { continue };
        let sizes = ranges.iter().map(|r| r.last.bits() - r.first.bits());
        let total = sizes.fold(0u128, |sum, size| sum.saturating_add(size).saturating_add(1));
        if u128::from(node.count) > total {
            remarks.push(Diagnostic::warning(
                Code::COUNT_OVER_ADDRESS,
                node.span,
                Text::new(
                    format!("`{}` は {} 台ですが、アドレスは {total} 個しかありません", node.name, node.count),
                    format!("`{}` stands for {} machines, but has {total} addresses only", node.name, node.count),
                ),
                Text::new("count か address を見直してください", "please look at count and address"),
            ));
        }
    }
}

fn labels(model: &Model, remarks: &mut Vec<Diagnostic>) {
    let segments = model.segments.values().map(|s| (s.label.as_str(), s.span));
    twice(segments, remarks);
    // The network of a segment has the segment's label.
    let own = |span: Span| model.segments.values().any(|s| s.span == span);
    twice(model.zones.values().filter(|z| !own(z.span)).map(|z| (z.label.as_str(), z.span)), remarks);
    twice(model.nodes.values().map(|n| (n.label.as_str(), n.span)), remarks);
}

fn twice<'m>(labels: impl Iterator<Item = (&'m str, Span)>, remarks: &mut Vec<Diagnostic>) {
    let mut first: BTreeMap<&str, Span> = BTreeMap::new();
    for (label, span) in labels {
        if let Some(&before) = first.get(label) {
            remarks.push(
                Diagnostic::warning(
                    Code::DUPLICATE_LABEL,
                    span,
                    Text::new(
                        format!("表示名「{label}」が別のものにも付いています"),
                        format!("the label \"{label}\" is given to something else, too"),
                    ),
                    Text::new("図や報告で見分けがつきません", "pictures and reports cannot tell them apart"),
                )
                .also(before, Text::new("こちらにも付いています", "given here, too")),
            );
        } else {
            first.insert(label, span);
        }
    }
}

/// Networks in which nothing is attached and that lead nowhere.
fn dead_ends(model: &Model, remarks: &mut Vec<Diagnostic>) {
    let mut attached = vec![0usize; model.zones.len()];
    for face in model.faces.values() {
        if let Some(zone) = face.zone {
            attached[zone.index()] += 2;
        }
    }
    for zone in model.transits.values().flat_map(|t| &t.zones) {
        attached[zone.index()] += 1;
    }
    let mut occupied = vec![false; model.segments.len()];
    for segment in model.faces.values().filter_map(|f| f.segment) {
        occupied[segment.index()] = true;
    }
    let is_own = |segment: Option<SegmentId>, span: Span| segment.is_some_and(|s| model.segments[s].span == span);
    for zone in
        model.zones.iter().filter(|(id, z)| attached[id.index()] == 1 && !is_own(z.segment, z.span)).map(|(_, z)| z)
    {
        remarks.push(Diagnostic::warning(
            Code::UNUSED_NAME,
            zone.span,
            Text::new(
                format!("ネットワーク `{}` には機器が一つつながっているだけで、その先に何もありません", zone.name),
                format!("network `{}` is joined by one device and holds nothing else", zone.name),
            ),
            Text::new("つながる機器を描き忘れていませんか", "is something missing in the drawing?"),
        ));
    }
}

fn open_addresses(model: &Model, remarks: &mut Vec<Diagnostic>) {
    for &(face, assumption) in &model.open_addresses {
        remarks.push(Diagnostic::warning(
            Code::UNKNOWN_ADDRESS,
            model.node_of(face).span,
            model.assumptions[assumption].text.clone(),
            Text::new("address を書くと、はっきりします", "state its address to settle it"),
        ));
    }
}
