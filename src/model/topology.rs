//! Segments, zones, nodes and their faces.
//!
//! Every default is already explicit and every name resolved. Not here: what
//! flows (that follows from it) and whether it may (that is `policy`).

use serde::Deserialize;

use super::address::{AddrRange, FaceAddress};
use super::carrier::{Carrier, Fact, Lens, Way};
use super::declared::{Declared, WirelessSecurity};
use super::ids::{AssumptionId, FaceId, GuardId, LabelId, NodeId, SegmentId, TransitId, ZoneId};
use super::service::Service;
use crate::source::Span;

/// The layer of a segment: its role in the three-layer separation, or an outside party.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
pub enum Layer {
    /// マイナンバー利用事務系
    MyNumber,
    /// ガバメントクラウド (the part treated as My Number segment)
    GovCloud,
    /// 住基ネット, 情報提供ネットワーク and other national closed networks
    NationalNet,
    /// LGWAN接続系
    Lgwan,
    /// 総合行政ネットワーク (the LGWAN itself, with LGWAN-ASP)
    LgwanBackbone,
    /// 独自内部ネットワーク (a body's own layer between LGWAN and Internet)
    OwnInternal,
    /// インターネット接続系
    Internet,
    /// 自治体情報セキュリティクラウド
    SecurityCloud,
    /// 管理ネットワーク
    Management,
    /// 特定クラウドサービス
    Saas,
    /// 庁外端末
    Remote,
    /// ベンダー保守拠点
    Vendor,
    /// 教育系ネットワーク
    Education,
    /// 外部インターネット
    Outside,
}

impl Layer {
    /// All layers, from the most to the least trusted.
    pub const ALL: [Self; 14] = [
        Self::MyNumber,
        Self::GovCloud,
        Self::NationalNet,
        Self::Lgwan,
        Self::LgwanBackbone,
        Self::OwnInternal,
        Self::Internet,
        Self::SecurityCloud,
        Self::Management,
        Self::Saas,
        Self::Remote,
        Self::Vendor,
        Self::Education,
        Self::Outside,
    ];

    /// The word used in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MyNumber => "MyNumber",
            Self::GovCloud => "GovCloud",
            Self::NationalNet => "NationalNet",
            Self::Lgwan => "Lgwan",
            Self::LgwanBackbone => "LgwanBackbone",
            Self::OwnInternal => "OwnInternal",
            Self::Internet => "Internet",
            Self::SecurityCloud => "SecurityCloud",
            Self::Management => "Management",
            Self::Saas => "Saas",
            Self::Remote => "Remote",
            Self::Vendor => "Vendor",
            Self::Education => "Education",
            Self::Outside => "Outside",
        }
    }
}

/// A segment: a set of faces under one policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// Its name in the file.
    pub name: String,
    /// The label for people; the name if none was given.
    pub label: String,
    /// Its role.
    pub layer: Layer,
    /// The body it belongs to, where several bodies share a drawing.
    pub body: Option<String>,
    /// It stands in a cloud.
    pub cloud: bool,
    /// It belongs to a body that is drawn for the paths through it, and is not judged here.
    pub foreign: bool,
    /// Where it was declared.
    pub span: Span,
}

/// A zone: one broadcast domain, or an outside network drawn as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    /// Its name in the file.
    pub name: String,
    /// The label for people.
    pub label: String,
    /// The segment of endpoints attached here; none for a zone of devices only (DMZ).
    pub segment: Option<SegmentId>,
    /// Whether hosts in it share one broadcast domain and could use each other's
    /// addresses. False for a drawn internet, where routing decides who has an address.
    pub broadcast: bool,
    /// The guard of address binding (`bind@zone`), when binding is declared.
    pub binding: Option<GuardId>,
    /// Zones with the same number are patched together at layer 2: one broadcast domain.
    pub patched: Option<u32>,
    /// Endpoints in it cannot talk to each other directly (client isolation).
    pub client_isolation: bool,
    /// Whether it is a wireless network.
    pub wireless: bool,
    /// How a wireless network lets clients in, if stated.
    pub security: Option<WirelessSecurity>,
    /// The addresses stated for it; empty when none are. Sorted, disjoint.
    ///
    /// Machines and routes have taken what they need from it; only remarks about the drawing look here.
    pub addresses: Vec<AddrRange>,
    /// Where it was declared.
    pub span: Span,
}

/// What a node is, for people and pictures. Behaviour is in [`Role`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[allow(missing_docs, reason = "the names are the words of the file format, explained in docs/format.md")]
pub enum Kind {
    Terminal,
    Desktop,
    Server,
    Nas,
    Printer,
    ObjectStore,
    CloudService,
    Directory,
    Hypervisor,
    Manager,
    Backup,
    Internet,
    Firewall,
    Router,
    L3Switch,
    Switch,
    Diode,
    SecurityCloud,
    VpnGateway,
    Breakout,
    Line,
    ScreenGateway,
    RemoteBrowser,
    Sanitiser,
    Inspector,
    MailConverter,
    MailRelay,
    Proxy,
    Resolver,
    Relay,
    Transfer,
    Kiosk,
    FileShare,
    Medium,
    Kvm,
    Mediator,
}

/// A node of the drawing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its name in the file.
    pub name: String,
    /// The label for people.
    pub label: String,
    /// What it is.
    pub kind: Kind,
    /// How it behaves.
    pub role: Role,
    /// How many of it there are, as one group; at least 1.
    pub count: u32,
    /// Its faces, in declared order; empty for transit devices.
    pub faces: Vec<FaceId>,
    /// The segment whose operator runs it (`part_of`), e.g. the security cloud.
    pub part_of: Option<SegmentId>,
    /// Controls declared on it, as written (`Edr`, `Mfa`, …).
    pub controls: Vec<String>,
    /// What it declares for the rules of the guideline.
    pub declared: Declared,
    /// It belongs to a body that is drawn for the paths through it, and is not judged here.
    pub foreign: bool,
    /// Where it was declared.
    pub span: Span,
}

/// The behaviour of a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// Holds content, can be controlled.
    Endpoint(Endpoint),
    /// Forwards or drops packets.
    Transit(TransitId),
    /// Ends sessions on named sides and emits something else.
    Mediator(Mediator),
}

impl Role {
    /// The guard between an endpoint's faces, if its isolation is declared.
    #[must_use]
    pub fn isolation(&self) -> Option<GuardId> {
        match self {
            Self::Endpoint(e) => e.isolation,
            _ => None,
        }
    }
}

/// What kind of endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Behaviour {
    /// Can be controlled and then acts for whoever controls it.
    Host,
    /// Keeps content in the form in which it came and gives it back.
    Store,
    /// Takes, never gives.
    Sink,
}

/// An endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Host, store or sink.
    pub behaviour: Behaviour,
    /// The services it answers; `None` is every service.
    pub listens: Option<Vec<Service>>,
    /// The nodes it admits as initiators; `None` is every node. Sorted.
    pub clients: Option<Vec<NodeId>>,
    /// Whether it opens sessions of its own.
    pub outbound: bool,
    /// The guard between its faces (`isolation@node`), when internal isolation is declared.
    pub isolation: Option<GuardId>,
    /// The guards of endpoint detection on it (`edr@node`, or the shared product's).
    pub edr: Vec<GuardId>,
}

/// A mediator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mediator {
    /// Its named sides; face `i` of the node is side `i`.
    pub sides: Vec<String>,
    /// What it makes of what arrives.
    pub transforms: Vec<Transform>,
    /// The labels that a crossing through it earns.
    pub labels: Vec<LabelId>,
    /// The services it answers; `None` is every service.
    pub listens: Option<Vec<Service>>,
    /// The nodes whose sessions it accepts; `None` is every node. Sorted.
    pub clients: Option<Vec<NodeId>>,
    /// The nodes to which it opens sessions; `None` is every node. Sorted.
    pub servers: Option<Vec<NodeId>>,
}

/// One step inside a mediator: `takes` arriving at a face becomes `gives` leaving a face.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transform {
    /// The side and carrier that arrive.
    pub takes: (FaceId, Carrier),
    /// The side, carrier and way that leave.
    pub gives: (FaceId, Carrier, Way),
    /// Guards that close this step while they work. Sorted.
    pub guards: Vec<GuardId>,
    /// Set when the drawing leaves open whether the device does this.
    pub assumption: Option<AssumptionId>,
    /// What makes the device do it, in words ("redirect drive: ToViewer").
    pub reason: crate::diagnostic::Text,
}

/// An attachment of an endpoint or of a mediator's side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Face {
    /// Whose attachment.
    pub node: NodeId,
    /// The network it is attached to; `None` for the slot of a medium or KVM switch.
    pub zone: Option<ZoneId>,
    /// The segment of an endpoint's face; `None` for a mediator's side.
    pub segment: Option<SegmentId>,
    /// Its address.
    pub address: FaceAddress,
    /// The device to which an honest machine hands what is not for its own network; `None` when not stated. Whoever controls
    /// the machine may use any: only required flows, traces and twins ask for it.
    pub gateway: Option<TransitId>,
}

/// A step that is not a network session: administration, a shared machine, a medium carried by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// The one premise.
    pub from: Fact,
    /// What follows.
    pub to: Fact,
    /// Guards that close it while they work. Sorted.
    pub guards: Vec<GuardId>,
    /// Labels it earns.
    pub labels: Vec<LabelId>,
    /// Set when the drawing leaves it open.
    pub assumption: Option<AssumptionId>,
    /// Why, in words ("joins the domain of dc").
    pub reason: crate::diagnostic::Text,
    /// Where it was declared.
    pub span: Span,
    /// Set when it sums up a way through bodies that are not drawn.
    pub detour: Option<Detour>,
}

/// What a way through bodies that are not drawn is, beside its ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detour {
    /// The lens in which it is open.
    pub lens: Lens,
    /// It counts what a person can copy off a screen.
    pub eyes: bool,
    /// The bodies on the way, by path.
    pub through: Vec<String>,
    /// Position of the way in the list of whoever made it.
    pub way: u32,
}

/// A guard: a named control that closes steps while it works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guard {
    /// `edr@in-pc`, `cdr@sanitiser`, `endorse@tokutei`, …
    pub name: String,
    /// Where the control was declared.
    pub span: Option<Span>,
}

/// Something that the drawing leaves open and that a verdict may rest on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assumption {
    /// What is not stated, naming the attribute.
    pub text: crate::diagnostic::Text,
    /// Where it could be stated.
    pub span: Option<Span>,
}
