//! The model: what a drawing means, with every name resolved and every default explicit.
//!
//! It is the last stage at which a user can be told of a mistake; from here on
//! functions are total. It knows no RON, no files and no graphs.

mod address;
mod carrier;
mod declared;
mod edition;
mod expected;
mod ids;
pub mod plan;
mod policy;
pub mod rulebook;
mod service;
mod topology;
mod transit;

pub use address::{Addr, AddrMatch, AddrRange, FaceAddress, PacketAddr, Ternary};
pub use carrier::{Carrier, Fact, Lens, State, Way};
pub use declared::{
    Carry, Data, Date, Declared, Exception, Group, LineKind, Measure, Medium, Owner, Redirection, Settings, Switches,
    TypeAction, WirelessSecurity,
};
pub use edition::Edition;
pub use expected::{ExpectedChange, ExpectedEnds, ExpectedWay, ExpectedWhat};
pub use ids::{
    AssumptionId, CheckId, CommunicationId, FaceId, GuardId, Id, LabelId, NodeId, SegmentId, Table, TransitId, ZoneId,
};
pub use policy::{Check, Communication, Expectation, Limits, Permit, Purpose, Question, SeparationModel, Status};
pub use service::{ICMP_TYPES, ICMP_V6, PortRange, Protocol, Service, answer_ports, fits_family, icmp_types};
pub use topology::{
    Assumption, Behaviour, Detour, Endpoint, Face, Guard, Kind, Layer, Mediator, Node, Relation, Role, Segment,
    Transform, Zone,
};
pub use transit::{
    Action, Dnat, Hairpin, MfaGate, PacketState, Route, RouteWhen, Rule, RuleState, Snat, Strays, Transit,
};

use std::sync::Arc;

use rulebook::Rulebook;

/// A resolved drawing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Model {
    /// The name of the drawing.
    pub name: String,
    /// The model it declares to follow.
    pub declared: Option<SeparationModel>,
    /// The guideline edition it is judged by.
    pub edition: Option<Edition>,
    /// Segments in declared order.
    pub segments: Table<SegmentId, Segment>,
    /// Zones in declared order.
    pub zones: Table<ZoneId, Zone>,
    /// Nodes in declared order.
    pub nodes: Table<NodeId, Node>,
    /// Faces, grouped by node.
    pub faces: Table<FaceId, Face>,
    /// Transit devices.
    pub transits: Table<TransitId, Transit>,
    /// Steps that are not sessions.
    pub relations: Vec<Relation>,
    /// Declared communications.
    pub communications: Table<CommunicationId, Communication>,
    /// Labels: `screen`, `cdr`, `psc`, the names of devices, …
    pub labels: Table<LabelId, String>,
    /// Labels that the rules ask for, told apart on every path. Sorted.
    pub watched: Vec<LabelId>,
    /// Guards.
    pub guards: Table<GuardId, Guard>,
    /// What the drawing leaves open.
    pub assumptions: Table<AssumptionId, Assumption>,
    /// Faces whose unstated address some rule is compared with, and what to ask about it. Sorted.
    pub open_addresses: Vec<(FaceId, AssumptionId)>,
    /// Statements of the designer that the report repeats.
    pub statements: Vec<String>,
    /// The allow-list.
    pub permits: Vec<Permit>,
    /// The checks, in the order in which they are answered.
    pub checks: Table<CheckId, Check>,
    /// Decisions on uncertain points of the guideline.
    pub switches: Switches,
    /// Removable media, in declared order; undeclared ones last.
    pub media: Vec<Medium>,
    /// What is carried by hand.
    pub carries: Vec<Carry>,
    /// Measures of the whole body.
    pub measures: Vec<Measure>,
    /// The register of exceptions.
    pub exceptions: Vec<Exception>,
    /// Groups that follow a model of their own.
    pub groups: Vec<Group>,
    /// The rules by which the drawing is judged: the shipped ones, and those of its own packs.
    pub rulebook: Arc<Rulebook>,
    /// What the file expects of its own check.
    pub expectations: Vec<Expectation>,
}

impl Model {
    /// The faces whose endpoints belong to a segment, in declared order.
    pub fn faces_of(&self, segment: SegmentId) -> impl Iterator<Item = FaceId> + '_ {
        self.faces.iter().filter(move |(_, f)| f.segment == Some(segment)).map(|(id, _)| id)
    }

    /// Whether two zones are one broadcast domain: one and the same, or patched together at layer 2.
    #[must_use]
    pub fn one_wire(&self, a: ZoneId, b: ZoneId) -> bool {
        let patched = |z: ZoneId| self.zones.get(z).and_then(|z| z.patched);
        a == b || patched(a).is_some() && patched(a) == patched(b)
    }

    /// P-ISOLATED: whether a device is a machine that forwards, and one of some zones keeps its machines apart, so also this one.
    #[must_use]
    pub fn is_among_the_kept_apart(&self, device: &Transit, zones: &[ZoneId]) -> bool {
        !matches!(self.nodes[device.node].role, Role::Transit(_))
            && zones.iter().any(|&z| self.zones[z].client_isolation)
    }

    /// The node of a face.
    #[must_use]
    pub fn node_of(&self, face: FaceId) -> &Node {
        &self.nodes[self.faces[face].node]
    }

    /// The endpoint of a face, if it is an endpoint's.
    #[must_use]
    pub fn endpoint_of(&self, face: FaceId) -> Option<&Endpoint> {
        match &self.node_of(face).role {
            Role::Endpoint(e) => Some(e),
            _ => None,
        }
    }

    /// The mediator of a face, if it is a mediator's side.
    #[must_use]
    pub fn mediator_of(&self, face: FaceId) -> Option<&Mediator> {
        match &self.node_of(face).role {
            Role::Mediator(m) => Some(m),
            _ => None,
        }
    }

    /// How a face is named: the node, the side of a mediator, the network of a node with several faces.
    #[must_use]
    pub fn face_name(&self, face: FaceId) -> String {
        let node = self.node_of(face);
        let position = node.faces.iter().position(|&f| f == face).unwrap_or(0);
        match &node.role {
            Role::Mediator(m) => format!("{}.{}", node.name, m.sides[position]),
            _ if node.faces.len() > 1 => match self.faces[face].zone {
                Some(zone) => format!("{}@{}", node.name, self.zones[zone].name),
                None => node.name.clone(),
            },
            _ => node.name.clone(),
        }
    }

    /// The zone of a face, if it is attached to a network.
    #[must_use]
    pub fn zone_of(&self, face: FaceId) -> Option<ZoneId> {
        self.faces[face].zone
    }
}
