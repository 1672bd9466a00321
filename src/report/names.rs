//! Names and places restored: from ids of the model to what a person calls a thing, and where it is written.
//!
//! Not here: sentences. Text is kept as the drawing has it; whoever prints it makes it harmless.

use std::collections::BTreeMap;

use crate::diagnostic::Text;
use crate::model::{FaceId, Kind, LabelId, Model, NodeId, PacketAddr, Role, SegmentId, ZoneId};
use crate::source::{Sources, Span};
use crate::verify::Packet;

/// Where something is written; line and column from 1.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file as the user named it.
    pub file: String,
    /// Line.
    pub line: usize,
    /// Column in characters.
    pub column: usize,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// An attachment of a node, as people call it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thing {
    /// `in-pc`, `sgw.viewer`, `old-nas@in`.
    pub name: String,
    /// The name of the node alone: `in-pc`, `sgw`, `old-nas`.
    pub node: String,
    /// The label of the node; its name if it has none.
    pub label: String,
    /// How many there are of it.
    pub count: u32,
    /// The network it is attached to.
    pub network: Option<String>,
    /// The segment it belongs to.
    pub segment: Option<String>,
}

impl Thing {
    /// `職員端末(in-pc)`, or only the name.
    #[must_use]
    pub fn called(&self) -> String {
        called(&self.label, &self.name)
    }
}

/// `label(name)`, or only the name when there is no label of its own.
#[must_use]
pub(super) fn called(label: &str, name: &str) -> String {
    if label == name || label.is_empty() { name.to_owned() } else { format!("{label}({name})") }
}

/// A concrete packet with names for addresses that are not stated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PacketReport {
    /// `tcp`, `udp`, `icmp`, `proto 47`.
    pub protocol: String,
    /// Source address.
    pub source: Address,
    /// Source port, if the protocol has ports.
    pub source_port: Option<u16>,
    /// Destination address.
    pub destination: Address,
    /// Destination port, if the protocol has ports.
    pub destination_port: Option<u16>,
}

/// An address of a packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A number.
    Number(String),
    /// The address of this thing, which the drawing does not state.
    Of(String),
}

impl Address {
    /// As a sentence has it.
    #[must_use]
    pub fn text(&self) -> Text {
        match self {
            Self::Number(n) => Text::new(n.clone(), n.clone()),
            Self::Of(name) => Text::new(format!("{name} のアドレス"), format!("(address of {name})")),
        }
    }
}

impl PacketReport {
    /// `tcp 443`.
    #[must_use]
    pub fn service(&self) -> String {
        match self.destination_port {
            Some(port) => format!("{} {port}", self.protocol),
            None => self.protocol.clone(),
        }
    }

    /// `tcp 443  10.3.0.0 → 10.9.0.5`.
    #[must_use]
    pub fn text(&self) -> Text {
        let (a, b, service) = (self.source.text(), self.destination.text(), self.service());
        Text::new(format!("{service}  {} → {}", a.ja, b.ja), format!("{service}  {} → {}", a.en, b.en))
    }
}

/// Whoever turns ids into names.
#[derive(Clone, Copy)]
pub(super) struct Scribe<'a> {
    pub(super) model: &'a Model,
    pub(super) sources: &'a Sources,
}

impl Scribe<'_> {
    pub(super) fn place(&self, span: Span) -> Place {
        let source = self.sources.get(span.file);
        let at = source.line_column(span.start as usize);
        Place { file: source.name().to_owned(), line: at.line, column: at.column }
    }

    pub(super) fn thing(&self, face: FaceId) -> Thing {
        let (row, node) = (&self.model.faces[face], self.model.node_of(face));
        // The slots of a medium or a KVM switch have names that nobody gave them.
        let slot = matches!(node.kind, Kind::Medium | Kind::Kvm);
        Thing {
            name: if slot { node.name.clone() } else { self.model.face_name(face) },
            node: node.name.clone(),
            label: node.label.clone(),
            count: node.count,
            network: row.zone.map(|z| self.model.zones[z].name.clone()),
            segment: row.segment.map(|s| self.model.segments[s].name.clone()),
        }
    }

    pub(super) fn node(&self, node: NodeId) -> String {
        let node = &self.model.nodes[node];
        called(&node.label, &node.name)
    }

    pub(super) fn segment(&self, segment: SegmentId) -> String {
        let s = &self.model.segments[segment];
        called(&s.label, &s.name)
    }

    pub(super) fn zone(&self, zone: ZoneId) -> String {
        self.model.zones[zone].name.clone()
    }

    pub(super) fn labels(&self, labels: &[LabelId]) -> Vec<String> {
        labels.iter().map(|&l| self.model.labels[l].clone()).collect()
    }

    pub(super) fn packet(&self, p: &Packet) -> PacketReport {
        let address = |a| match a {
            PacketAddr::Literal(a) => Address::Number(a.to_string()),
            PacketAddr::Of(face) => Address::Of(self.model.face_name(face)),
        };
        let ports = p.protocol.has_ports();
        PacketReport {
            protocol: p.protocol.to_string(),
            source: address(p.source),
            source_port: ports.then_some(p.source_port),
            destination: address(p.destination),
            destination_port: ports.then_some(p.destination_port),
        }
    }

    /// A set of faces, as a person would name it: the segment if it is the whole of one, else its nodes.
    pub(super) fn set(&self, faces: &[FaceId]) -> Text {
        let segment = faces.first().and_then(|&f| self.model.faces[f].segment);
        let whole = segment.filter(|&s| self.model.faces_of(s).eq(faces.iter().copied()));
        if let Some(segment) = whole {
            let name = self.segment(segment);
            return Text::new(name.clone(), name);
        }
        let mut by_node: BTreeMap<NodeId, Vec<FaceId>> = BTreeMap::new();
        for &f in faces {
            by_node.entry(self.model.faces[f].node).or_default().push(f);
        }
        let shown = by_node.iter().take(3);
        let names: Vec<String> =
            shown.map(|(&n, f)| if f.len() > 1 { self.node(n) } else { self.thing(f[0]).called() }).collect();
        let more = by_node.len().saturating_sub(3);
        if more > 0 {
            return Text::new(
                format!("{} ほか {more} 件", names.join("、")),
                format!("{} and {more} more", names.join(", ")),
            );
        }
        match names.len() {
            0 => Text::new("(該当なし)", "(nothing)"),
            _ => Text::new(names.join("、"), names.join(", ")),
        }
    }

    /// The word for a mediator's side, or the network of an endpoint's face.
    pub(super) fn side(&self, face: FaceId) -> Option<String> {
        let node = self.model.node_of(face);
        match &node.role {
            Role::Mediator(m) => node.faces.iter().position(|&f| f == face).and_then(|i| m.sides.get(i).cloned()),
            _ => self.model.faces[face].zone.map(|z| self.zone(z)),
        }
    }
}
