//! The shape of a drawing, field by field: what `docs/format.md` describes.
//!
//! Almost everything is optional here, so that `resolve` can report *all* that
//! is missing at once instead of the first. No field is read and then ignored.

use serde::Deserialize;

use super::value::{Map, Name, Names};

/// A whole file. Included files have the same shape.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(rename = "Municipality", deny_unknown_fields, default)]
pub(super) struct Municipality {
    pub name: Option<String>,
    pub model: Option<ModelDoc>,
    pub edition: Option<EditionDoc>,
    pub include: Vec<Name>,
    pub switches: Option<SwitchesDoc>,
    pub assumptions: Vec<String>,
    /// Rule packs of the designer.
    pub packs: Vec<Name>,
    pub measures: Map<MeasureDoc>,
    pub exceptions: Map<ExceptionDoc>,
    pub groups: Map<GroupDoc>,
    pub addresses: Map<Names>,
    pub services: Map<Names>,
    pub file_types: Map<Map<TypeActionDoc>>,
    pub segments: Map<SegmentDoc>,
    pub networks: Map<NetworkDoc>,
    pub nodes: Map<NodeDoc>,
    pub media: Map<MediumDoc>,
    pub carry: Vec<CarryDoc>,
    pub communications: Map<CommunicationDoc>,
    pub permits: Vec<PermitDoc>,
    pub forbid: Vec<ForbidDoc>,
    pub require: Vec<RequireDoc>,
    pub expect: Vec<ExpectDoc>,
}

/// The separation model declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum ModelDoc {
    Physical,
    Alpha,
    AlphaPrime,
    Beta,
    BetaPrime,
}

/// The code of a guideline edition, written without quotation marks. Which there are is data of the rule book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct EditionDoc(pub(super) Name);

/// Decisions on uncertain points of the guideline.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SwitchesDoc {
    /// The My Number segment may be shown by screen transfer in the LGWAN segment.
    pub mn_screen: Option<bool>,
    /// … and in the Internet segment (β, β′).
    pub mn_screen_in: Option<bool>,
    /// … and on remote terminals.
    pub mn_screen_rt: Option<bool>,
    /// Inspection that confirms the absence of danger counts as sanitisation.
    pub accept_inspection: Option<bool>,
    /// External confirmation and audit are asked of α′.
    pub audit_alpha_prime: Option<bool>,
    pub beta_log_mandatory: Option<bool>,
    pub beta_vuln_mandatory: Option<bool>,
    pub beta_acl_mandatory: Option<bool>,
    /// A cloud area treated as LGWAN needs a dedicated line.
    pub lg_cloud_line: Option<bool>,
    /// Collectors may pull logs.
    pub log_pull_ok: Option<bool>,
    /// A breakout from the Internet segment around the security cloud is accepted.
    pub in_breakout: Option<bool>,
    /// Months after which an audit counts as old.
    pub audit_period_months: Option<u32>,
    /// State-approved exchanges besides the shipped ones.
    pub approved_external: Names,
    /// The services that an α′ body may reach.
    pub lbo_allow: Option<Names>,
}

/// How a wireless network lets clients in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum SecurityDoc {
    Enterprise,
    SharedKey,
    Open,
}

/// A measure of the whole body.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct MeasureDoc {
    pub in_place: Option<bool>,
    /// When it was last done.
    pub on: Option<Name>,
    pub by: Option<OwnerDoc>,
    pub note: Option<String>,
}

/// An approved deviation.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ExceptionDoc {
    pub rule: Option<Name>,
    /// Nodes, networks or segments that it covers.
    pub at: Names,
    pub approver: Option<String>,
    pub reason: Option<String>,
    pub until: Option<Name>,
    pub compensating: Option<String>,
}

/// Departments that follow a model of their own.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct GroupDoc {
    pub model: Option<ModelDoc>,
    pub members: Names,
    pub label: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum LayerDoc {
    MyNumber,
    GovCloud,
    NationalNet,
    Lgwan,
    LgwanBackbone,
    OwnInternal,
    Internet,
    SecurityCloud,
    Management,
    Saas,
    Remote,
    Vendor,
    Education,
    Outside,
}

/// A segment; it is also a network of the same name.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SegmentDoc {
    pub layer: Option<LayerDoc>,
    pub label: Option<String>,
    pub body: Option<String>,
    /// Prefixes of its own network.
    pub address: Names,
    /// Address binding: a host cannot use a neighbour's address.
    pub binding: bool,
    /// Endpoints cannot talk to each other directly.
    pub client_isolation: bool,
    pub wireless: bool,
    pub security: Option<SecurityDoc>,
    /// It stands in a cloud (LGWAN-side systems on a cloud).
    pub cloud: bool,
}

/// A further network: another VLAN of a segment, or a DMZ of devices only.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct NetworkDoc {
    pub segment: Option<Name>,
    pub label: Option<String>,
    pub address: Names,
    pub binding: bool,
    pub client_isolation: bool,
    pub wireless: bool,
    pub security: Option<SecurityDoc>,
}

/// A node: its kind, then its fields.
#[derive(Debug, Clone, Deserialize)]
pub(super) enum NodeDoc {
    // endpoints
    Terminal(EndpointDoc),
    Desktop(EndpointDoc),
    Server(EndpointDoc),
    Nas(EndpointDoc),
    Printer(EndpointDoc),
    ObjectStore(EndpointDoc),
    CloudService(EndpointDoc),
    Directory(EndpointDoc),
    Hypervisor(EndpointDoc),
    Manager(EndpointDoc),
    Backup(EndpointDoc),
    Internet(EndpointDoc),
    // transit
    Firewall(TransitDoc),
    LgwanFirewall(TransitDoc),
    Router(TransitDoc),
    L3Switch(TransitDoc),
    SecurityCloud(TransitDoc),
    VpnGateway(TransitDoc),
    Breakout(TransitDoc),
    Switch(SwitchDoc),
    Diode(DiodeDoc),
    Line(LineDoc),
    // mediators
    ScreenGateway(ScreenGatewayDoc),
    RemoteBrowser(RemoteBrowserDoc),
    Sanitiser(FilterDoc),
    Inspector(FilterDoc),
    MailConverter(MailConverterDoc),
    MailRelay(ProxyDoc),
    Proxy(ProxyDoc),
    Resolver(ResolverDoc),
    Relay(RelayDoc),
    Transfer(TransferDoc),
    FileShare(FileShareDoc),
    Kiosk(KioskDoc),
    Kvm(KvmDoc),
    Mediator(MediatorDoc),
}

#[derive(Debug, Clone, Deserialize)]
pub(super) enum ControlDoc {
    /// Endpoint detection on this node.
    Edr,
    /// Endpoint detection by a named product: it fails everywhere at once.
    EdrOf(Name),
    Mfa,
    NoExport,
    AntiVirus,
    Encrypted,
    LogReview,
    AssetAccessControl,
    VulnerabilityManagement,
    TlsInspection,
    Monitoring,
    Enterprise8021x,
    SessionRecording,
    Backup,
    /// Pictures on the screen cannot be stored.
    NoCapture,
    /// Files are inspected on their way through this device.
    FileInspection,
    /// Only registered devices are let in.
    DeviceRestriction,
    /// Work data stays in a protected area of a private device.
    SecureContainer,
    /// Blocked traffic is written down and looked at.
    BlockLog,
    /// Nobody said which further controls there are: what is not in the list is not known, rather than missing.
    Unstated,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum OwnerDoc {
    Body,
    Prefecture,
    Jlis,
    Vendor,
    State,
    Personal,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum DataDoc {
    MyNumber,
    Resident,
    Important,
    Ordinary,
    Public,
}

/// An endpoint: terminal, server, store, printer …
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct EndpointDoc {
    pub at: Option<Name>,
    pub faces: Vec<FaceDoc>,
    pub address: Names,
    pub count: Option<u64>,
    pub label: Option<String>,
    pub controls: Option<Vec<ControlDoc>>,
    pub holds: Option<Vec<DataDoc>>,
    pub listens: Option<Names>,
    pub clients: Option<Names>,
    pub outbound: Option<bool>,
    /// Between its own faces.
    pub isolated: Option<bool>,
    /// The device to which an honest machine hands what is not for its own network.
    pub gateway: Names,
    /// Forwards packets between its faces.
    pub forwards: bool,
    /// Takes and never gives (printer).
    pub sink: Option<bool>,
    /// Directory: who joins its domain.
    pub members: Option<Names>,
    /// Hypervisor: its guests.
    pub hosts: Option<Names>,
    /// Hypervisor: guests are isolated from it.
    pub isolates_guests: Option<bool>,
    /// Manager, backup, directory: whom it controls.
    pub administers: Option<Names>,
    /// The terminal on which a clerk works most.
    pub main_terminal: Option<bool>,
    /// A business system: documents, personnel, accounting and the like.
    pub business_system: Option<bool>,
    pub part_of: Option<Name>,
    pub owner: Option<OwnerDoc>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FaceDoc {
    pub at: Name,
    #[serde(default)]
    pub address: Names,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum ActionDoc {
    Permit,
    Deny,
}

/// A firewall, router or L3 switch.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct TransitDoc {
    pub joins: Names,
    pub default: Option<ActionDoc>,
    pub rules: Option<Vec<RuleDoc>>,
    pub stateful: Option<bool>,
    /// What it does with packets of no session that it knows.
    pub strays: Option<StraysDoc>,
    /// What it does with packets that go back into a network which keeps its machines apart.
    pub hairpin: Option<HairpinDoc>,
    pub routes: Option<Vec<RouteDoc>>,
    /// Parts with a route table of their own (VRFs): the networks of each.
    pub vrfs: Map<Names>,
    pub nat: Vec<NatDoc>,
    /// Whether rules see a destination before or after it is translated.
    pub rules_see: Option<RulesSeeDoc>,
    pub mfa: Option<MfaDoc>,
    /// Breakout: the tenants to which it restricts cloud services.
    pub tenants: Option<Names>,
    /// Security cloud: the functions it provides.
    pub functions: Option<Names>,
    pub label: Option<String>,
    pub controls: Option<Vec<ControlDoc>>,
    pub part_of: Option<Name>,
    pub owner: Option<OwnerDoc>,
}

/// `(permit: "in-pc -> sgw tcp 443", reason: "…")` or `(deny: "any -> any")`.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RuleDoc {
    pub permit: Option<Name>,
    pub deny: Option<Name>,
    pub enters: Names,
    pub leaves: Names,
    pub reason: Option<String>,
}

/// `(to: "10.2.0.0/16", via: "lg", next: "r2")`; with `from`, `enters` or `service` a policy route.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RouteDoc {
    pub to: Name,
    #[serde(default)]
    pub via: Option<Name>,
    /// The device that is handed the packet.
    #[serde(default)]
    pub next: Option<Name>,
    /// A black hole.
    #[serde(default)]
    pub drop: bool,
    #[serde(default)]
    pub from: Option<Name>,
    #[serde(default)]
    pub enters: Names,
    #[serde(default)]
    pub service: Names,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum StraysDoc {
    Drop,
    AsRules,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum HairpinDoc {
    Forward,
    Drop,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum RulesSeeDoc {
    Inside,
    Outside,
}

/// An L2 switch: VLANs on ports, and what is plugged into them.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SwitchDoc {
    /// The number of each VLAN (network) on this switch.
    pub vlans: Map<u16>,
    pub ports: Map<PortDoc>,
    /// Which port is joined with which port of a switch: `{ "24": "sw2 24" }`.
    pub cables: Map<Name>,
    pub label: Option<String>,
    pub controls: Option<Vec<ControlDoc>>,
    pub part_of: Option<Name>,
    pub owner: Option<OwnerDoc>,
}

/// A port of a switch.
#[derive(Debug, Clone, Deserialize)]
pub(super) enum PortDoc {
    /// One VLAN, without tags.
    Access(Name),
    /// Several VLANs with tags, and one without.
    Trunk(TrunkDoc),
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct TrunkDoc {
    /// `None`: all VLANs of the switch, as switches do.
    pub allowed: Option<Names>,
    pub native: Option<Name>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) enum NatDoc {
    /// An address outside stands for a node inside; with a service, only for that.
    Publish {
        outside: Name,
        inside: Name,
        #[serde(default)]
        service: Option<Name>,
        /// The port of the node inside, if it is another.
        #[serde(default)]
        port: Option<u16>,
    },
    /// What leaves towards a network gets one source address.
    Hide {
        behind: Name,
        towards: Name,
        #[serde(default)]
        from: Option<Name>,
    },
    /// One address outside for one node inside, in both directions.
    Static { outside: Name, inside: Name, towards: Name },
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MfaDoc {
    pub enrolled: Option<Names>,
}

/// A one-way gateway.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct DiodeDoc {
    pub from: Option<Name>,
    pub into: Option<Name>,
    pub label: Option<String>,
    pub controls: Option<Vec<ControlDoc>>,
    pub part_of: Option<Name>,
    pub owner: Option<OwnerDoc>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum LineKindDoc {
    Dedicated,
    ClosedMobile,
    InternetVpn,
    Lgwan,
    Internet,
    Office,
}

/// A line that joins networks and filters nothing.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct LineDoc {
    pub joins: Names,
    pub line: Option<LineKindDoc>,
    pub label: Option<String>,
    pub part_of: Option<Name>,
    pub owner: Option<OwnerDoc>,
}

/// A redirection of a screen transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum RedirectionDoc {
    Off,
    ToViewer,
    ToDesktop,
    Both,
}

/// What a screen transfer carries besides the screen. What is not stated is `others`; without that, open.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RedirectDoc {
    /// Text clipboard.
    pub clipboard: Option<RedirectionDoc>,
    /// File clipboard and file transfer.
    pub files: Option<RedirectionDoc>,
    pub drive: Option<RedirectionDoc>,
    pub printer: Option<RedirectionDoc>,
    pub usb: Option<RedirectionDoc>,
    pub others: Option<RedirectionDoc>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum TypeActionDoc {
    Rebuild,
    Inspect,
    Block,
    Pass,
    PassAfterApproval,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum AttachmentsDoc {
    Remove,
    Sanitise,
    Pass,
}

/// How a mediator hands on: it opens sessions, it is asked, or both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum DeliversDoc {
    Push,
    Pull,
    Both,
}

/// A mediator with its own fields and the common ones.
macro_rules! mediator {
    ($(#[$doc:meta])* $name:ident { $( $(#[$fdoc:meta])* $field:ident: $ty:ty, )* }) => {
        $(#[$doc])*
        #[derive(Debug, Default, Clone, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub(super) struct $name {
            $( $(#[$fdoc])* pub $field: $ty, )*
            pub label: Option<String>,
            /// Addresses by side.
            pub addresses: Map<Names>,
            pub listens: Option<Names>,
            /// Whose sessions it accepts.
            pub clients: Option<Names>,
            /// To whom it opens sessions.
            pub servers: Option<Names>,
            pub controls: Option<Vec<ControlDoc>>,
            /// Forwards packets between its networks, too.
            pub forwards: bool,
            pub part_of: Option<Name>,
            pub owner: Option<OwnerDoc>,
        }

        impl $name {
            /// Splits off the fields that all mediators share.
            pub(super) fn split(self) -> (MediatorCommon, ($($ty,)*)) {
                (
                    MediatorCommon {
                        label: self.label, addresses: self.addresses, listens: self.listens,
                        clients: self.clients, servers: self.servers, controls: self.controls,
                        forwards: self.forwards, part_of: self.part_of, owner: self.owner,
                    },
                    ($(self.$field,)*),
                )
            }
        }
    };
}

/// What all mediators share.
#[derive(Debug, Default)]
pub(super) struct MediatorCommon {
    pub label: Option<String>,
    pub addresses: Map<Names>,
    pub listens: Option<Names>,
    pub clients: Option<Names>,
    pub servers: Option<Names>,
    pub controls: Option<Vec<ControlDoc>>,
    pub forwards: bool,
    pub part_of: Option<Name>,
    pub owner: Option<OwnerDoc>,
}

mediator! { /// Screen transfer: who looks (`viewer`) and whose desktop is shown (`desktop`).
ScreenGatewayDoc { viewer: Option<Name>, desktop: Option<Name>, redirect: RedirectDoc, } }
mediator! { /// A browser that runs elsewhere and returns pixels only.
RemoteBrowserDoc { user: Option<Name>, web: Option<Name>, redirect: RedirectDoc,
    /// It runs on the terminal itself.
    on_terminal: Option<bool>, } }
mediator! { /// A sanitiser or inspector.
FilterDoc { from: Option<Name>, into: Option<Name>, types: Map<TypeActionDoc>, types_of: Option<Name>,
    otherwise: Option<TypeActionDoc>, delivers: Option<DeliversDoc>, } }
mediator! { /// Mail text conversion.
MailConverterDoc { from: Option<Name>, into: Option<Name>, attachments: Option<AttachmentsDoc>,
    delivers: Option<DeliversDoc>, } }
mediator! { /// A proxy or mail relay.
ProxyDoc { inside: Option<Name>, outside: Option<Name>, } }
mediator! { /// A name server that answers one network and may ask another.
ResolverDoc { serves: Option<Name>, upstream: Option<Name>, } }
mediator! { /// A relay for one purpose: what is asked for at `into` is fetched at `from`.
RelayDoc { from: Option<Name>, into: Option<Name>, purpose: Option<PurposeDoc>,
    /// Content is accepted only with a valid signature of its maker.
    verifies: Option<bool>, } }
mediator! { /// Outgoing file transfer with approval and log.
TransferDoc { from: Option<Name>, into: Option<Name>, approval: Option<bool>, log: Option<bool>,
    delivers: Option<DeliversDoc>, } }
mediator! { /// A share between networks: what one puts there the other gets, as it is.
FileShareDoc { joins: Names, } }
mediator! { /// A station through which media are cleaned.
KioskDoc { types: Map<TypeActionDoc>, types_of: Option<Name>, otherwise: Option<TypeActionDoc>, } }
mediator! { /// A keyboard-video-mouse switch.
KvmDoc { connects: Names, usb: Option<OnOffDoc>, } }
mediator! { /// A device that the catalogue does not have.
MediatorDoc { sides: Map<Name>, transforms: Vec<TransformDoc>, labels: Names, } }

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum OnOffDoc {
    On,
    Off,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum PurposeDoc {
    Business,
    Update,
    Licence,
    Log,
    Name,
    Time,
    Print,
    Authentication,
    Management,
    CloudUse,
    Mail,
}

/// A carrier, in the words of the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub(super) enum CarrierDoc {
    Control,
    Request,
    Response,
    Screen,
    Keys,
    RawFile,
    CheckedFile,
    CleanFile,
    Text,
    Admin,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum WayDoc {
    Opens,
    Answers,
    Both,
}

/// One step inside a `Mediator`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TransformDoc {
    pub at: Name,
    pub takes: CarrierDoc,
    pub out: Name,
    pub gives: CarrierDoc,
    #[serde(default)]
    pub way: Option<WayDoc>,
    /// The control that closes this step while it works.
    #[serde(default)]
    pub unless: Option<Name>,
    /// It is not known whether the device does this.
    #[serde(default)]
    pub unsure: bool,
}

/// A removable medium.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct MediumDoc {
    pub label: Option<String>,
    pub registered: bool,
    pub encrypted: bool,
    /// Wiped between uses: nothing of one carry is left for another.
    pub wiped: bool,
}

/// Files carried by hand.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct CarryDoc {
    pub from: Option<Name>,
    pub to: Option<Name>,
    pub medium: Option<Name>,
    /// The station through which the medium goes on the way.
    pub through: Option<Name>,
    pub by: Option<String>,
    pub reason: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum LimitDoc {
    Mac,
    Address,
    Port,
}

/// A declared communication.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct CommunicationDoc {
    pub from: Names,
    pub to: Names,
    pub service: Names,
    pub purpose: Option<PurposeDoc>,
    pub limits: Vec<LimitDoc>,
    /// Which state-approved exchange it is.
    pub exchange: Option<Name>,
    /// How the receiver validates what it gets.
    pub endorsed: Option<String>,
    /// Why what it carries is not protected data.
    pub declassified: Option<String>,
    pub label: Option<String>,
    pub reason: Option<String>,
}

/// An own line of the allow-list.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct PermitDoc {
    pub from: Option<Name>,
    pub to: Option<Name>,
    pub from_nodes: Option<Names>,
    pub to_nodes: Option<Names>,
    pub carries: Vec<CarrierDoc>,
    pub service: Option<Names>,
    pub via: Names,
    pub reason: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) enum ForbidDoc {
    Attack {
        from: Names,
        to: Names,
        #[serde(default)]
        name: Option<Name>,
    },
    Leak {
        from: Names,
        to: Names,
        #[serde(default)]
        eyes: bool,
        #[serde(default)]
        name: Option<Name>,
    },
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) enum RequireDoc {
    Flow {
        from: Names,
        to: Names,
        carries: CarrierDoc,
        #[serde(default)]
        via: Names,
        #[serde(default)]
        name: Option<Name>,
        #[serde(default)]
        #[allow(dead_code, reason = "a note for the readers of the file")]
        reason: Option<String>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum StatusDoc {
    Holds,
    Violated,
    Undecided,
    Vacuous,
}

/// What the file expects of its own check.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) enum ExpectDoc {
    /// Exactly these crossings have no permit.
    Matrix(Vec<(Name, Name, CarrierDoc)>),
    /// At least these have no permit.
    MatrixIncludes(Vec<(Name, Name, CarrierDoc)>),
    /// Exactly these are certain.
    MatrixCertain(Vec<(Name, Name, CarrierDoc)>),
    Attack {
        from: Names,
        to: Names,
        #[serde(default)]
        verdict: Option<StatusDoc>,
        #[serde(default)]
        depth: Option<u32>,
        #[serde(default)]
        no_depth: bool,
        #[serde(default)]
        controls: Names,
    },
    Leak {
        from: Names,
        to: Names,
        #[serde(default)]
        eyes: bool,
        #[serde(default)]
        verdict: Option<StatusDoc>,
        #[serde(default)]
        depth: Option<u32>,
        #[serde(default)]
        no_depth: bool,
    },
    Flow {
        from: Names,
        to: Names,
        carries: CarrierDoc,
        #[serde(default)]
        via: Names,
        verdict: StatusDoc,
    },
}
