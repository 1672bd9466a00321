//! From shape to meaning: names become ids, defaults become explicit, mistakes become diagnostics.
//!
//! One file per part of a drawing. Nothing here decides a verdict; the last
//! stage at which a user can be told of a mistake ends with this room.

mod address;
mod checks;
mod connected;
mod declared;
mod endpoints;
mod lines;
mod matrix;
mod meant;
mod media;
mod mediators;
pub(super) mod names;
mod place;
mod policy;
mod routes;
mod rules;
mod scope;
pub(super) mod service;
mod switches;
mod transits;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::model::rulebook::Rulebook;

use super::damage::Damage;
use super::shape::{ModelDoc, Municipality, NodeDoc, TypeActionDoc};
use super::value::Name;
use crate::diagnostic::{Code, Diagnostic, Text};
use crate::model::{
    AddrRange, Assumption, AssumptionId, Carrier, CommunicationId, FaceId, Guard, GuardId, LabelId, Model, NodeId,
    SegmentId, SeparationModel, Service, Settings, TypeAction, ZoneId,
};
use crate::source::{FileId, Scan, Sources, Span};

/// The most nodes, rules and communications of one drawing, so that every id fits and memory stays bounded.
pub(super) const MAX_ROWS: usize = 1_000_000;
/// The largest counted group.
pub(super) const MAX_COUNT: u64 = 100_000_000;

/// What a name of the shared name space stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    Segment(SegmentId),
    Network(ZoneId),
    Node(NodeId),
    Addresses(usize),
}

/// What makes a permit different from another.
pub(super) type PermitKey = (
    (SegmentId, SegmentId, Carrier),
    (Option<Vec<NodeId>>, Option<Vec<NodeId>>),
    (Option<Vec<Service>>, Vec<LabelId>, String),
);

/// What resolving returns.
#[derive(Debug, Default)]
pub(super) struct Resolved {
    pub(super) model: Model,
    /// Everything there is to say.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Definitions that nobody uses.
    pub(super) unused: Vec<Diagnostic>,
    /// Where something is named that is not there at this stage. Sorted.
    pub(super) stale: Vec<(String, Span)>,
}

/// What makes a stage of a plan differ from a drawing by itself.
#[derive(Debug, Default)]
pub(super) struct Variation {
    /// Names that the plan knows, but of which nothing is there at this stage: rules and lists may go on naming them.
    pub(super) absent: BTreeSet<String>,
    /// A machine that is there in several versions at once: the name of the further version, and whose it is.
    pub(super) versions: BTreeMap<String, String>,
    /// Files whose names have a path in front, because they are the drawing of one body among others.
    pub(super) scopes: BTreeMap<FileId, Scope>,
}

/// Whose drawing a file is, where several bodies are drawn together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scope {
    /// The path of the body with a slash at its end; empty for what all share.
    pub(super) path: String,
    /// It is there for the paths that lead through it, and is not judged itself.
    pub(super) foreign: bool,
}

/// Everything that resolving needs to know and to collect.
pub(super) struct Resolver<'a> {
    pub(super) sources: &'a Sources,
    pub(super) damage: &'a Damage,
    pub(super) variation: &'a Variation,
    /// Where something is named that is not there at this stage.
    pub(super) stale: Vec<(String, Span)>,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) model: Model,
    pub(super) names: BTreeMap<String, (Named, Span)>,
    pub(super) zone_of_segment: Vec<ZoneId>,
    pub(super) address_sets: Vec<Vec<AddrRange>>,
    pub(super) services: BTreeMap<String, (Vec<Service>, Span)>,
    pub(super) file_types: BTreeMap<String, (Vec<(String, TypeActionDoc)>, Span)>,
    pub(super) used: BTreeSet<String>,
    /// The file with which reading began.
    pub(super) root: FileId,
    /// For each list of the drawing, where its lines come from.
    pub(super) origins: BTreeMap<&'static str, Vec<(FileId, usize)>>,
    /// Faces by zone, in order.
    pub(super) zone_faces: Vec<Vec<FaceId>>,
    /// Permits that are written already.
    pub(super) permit_keys: BTreeSet<PermitKey>,
    pub(super) communications_between: BTreeMap<(SegmentId, SegmentId), Vec<CommunicationId>>,
    pub(super) label_ids: BTreeMap<String, LabelId>,
    pub(super) guard_ids: BTreeMap<String, GuardId>,
    /// What a name stands for in a rule, once it has been looked up.
    pub(super) matched: BTreeMap<String, (Vec<AddrRange>, Vec<FaceId>)>,
    /// How many names were compared in search of what was meant.
    pub(super) guesses: usize,
    /// Texts scanned for the place of a field.
    pub(super) scans: BTreeMap<usize, Scan>,
}

/// Resolves the files of a drawing, in the order in which they are to be understood.
///
/// The model is to be used only if there were no errors.
pub(super) fn resolve(
    documents: Vec<(FileId, Municipality)>,
    rulebook: Arc<Rulebook>,
    read_as: super::load::ReadAs,
    sources: &Sources,
    damage: &Damage,
    variation: &Variation,
) -> Resolved {
    let Some(root) = documents.last().map(|(file, _)| *file) else {
        return Resolved::default();
    };
    let mut r = Resolver {
        sources,
        damage,
        variation,
        stale: Vec::new(),
        diagnostics: Vec::new(),
        model: Model::default(),
        names: BTreeMap::new(),
        zone_of_segment: Vec::new(),
        address_sets: Vec::new(),
        services: BTreeMap::new(),
        file_types: BTreeMap::new(),
        used: BTreeSet::new(),
        root,
        origins: BTreeMap::new(),
        zone_faces: Vec::new(),
        permit_keys: BTreeSet::new(),
        communications_between: BTreeMap::new(),
        label_ids: BTreeMap::new(),
        guard_ids: BTreeMap::new(),
        matched: BTreeMap::new(),
        guesses: 0,
        scans: BTreeMap::new(),
    };
    r.model.rulebook = rulebook;
    let mut whole = merge(&mut r, documents);
    r.edition(&whole, read_as);
    r.switches(&whole);
    r.complete(&whole);
    r.declare(&whole);
    let nodes = std::mem::take(&mut whole.nodes.entries);
    let pending = r.nodes(nodes);
    r.media(&whole.media, &whole.carry, &pending);
    r.settle_addresses(&pending);
    r.relations(&pending);
    r.kvm_settings(&pending);
    r.allowed_services(&whole);
    r.transit_rules(pending);
    r.open_addresses();
    r.communications(std::mem::take(&mut whole.communications.entries));
    r.measures(&whole.measures);
    r.exceptions(&whole.exceptions);
    r.groups(&whole.groups);
    r.watch_labels();
    r.policy(std::mem::take(&mut whole.permits));
    r.checks(std::mem::take(&mut whole.forbid), std::mem::take(&mut whole.require));
    r.expectations(std::mem::take(&mut whole.expect));
    r.doubts();
    let unused = r.unused(&whole.media);
    r.stale.sort();
    r.stale.dedup();
    Resolved { model: r.model, diagnostics: r.diagnostics, unused, stale: r.stale }
}

/// Joins the files into one document, with both places of anything that is said twice.
fn merge(r: &mut Resolver<'_>, documents: Vec<(FileId, Municipality)>) -> Municipality {
    let mut whole = Municipality::default();
    let mut given: BTreeMap<&str, FileId> = BTreeMap::new();
    for (file, doc) in documents {
        for (is_given, field) in
            [(doc.model.is_some(), "model"), (doc.edition.is_some(), "edition"), (doc.switches.is_some(), "switches")]
        {
            if let Some(&first) = given.get(field).filter(|_| is_given) {
                let (here, there) = (r.top_place(file, field), r.top_place(first, field));
                let d = Diagnostic::error(
                    Code::CONFLICT,
                    here,
                    Text::new(
                        format!("項目 `{field}` が、読み込んだ別のファイルにも書かれています"),
                        format!("field `{field}` is also given in an included file"),
                    ),
                    Text::new("どちらか一方だけにしてください", "give it in one file only"),
                );
                r.diagnostics.push(d.also(there, Text::new("もう一方はここです", "the other is here")));
            } else if is_given {
                given.insert(field, file);
            }
        }
        for (field, count) in [
            ("carry", doc.carry.len()),
            ("permits", doc.permits.len()),
            ("forbid", doc.forbid.len()),
            ("require", doc.require.len()),
            ("expect", doc.expect.len()),
        ] {
            r.origins.entry(field).or_default().extend((0..count).map(|i| (file, i)));
        }
        append(&mut whole, doc);
    }
    r.model.name = whole.name.clone().unwrap_or_default();
    r.model.statements = std::mem::take(&mut whole.assumptions);
    whole
}

/// Joins a file to those before it; what can be given once is that of the last file that gives it.
pub(super) fn append(whole: &mut Municipality, mut doc: Municipality) {
    whole.name = doc.name.take().or(whole.name.take());
    whole.model = doc.model.or(whole.model);
    whole.edition = doc.edition.take().or(whole.edition.take());
    whole.switches = doc.switches.take().or(whole.switches.take());
    whole.assumptions.append(&mut doc.assumptions);
    whole.packs.append(&mut doc.packs);
    whole.measures.entries.append(&mut doc.measures.entries);
    whole.exceptions.entries.append(&mut doc.exceptions.entries);
    whole.groups.entries.append(&mut doc.groups.entries);
    whole.addresses.entries.append(&mut doc.addresses.entries);
    whole.services.entries.append(&mut doc.services.entries);
    whole.file_types.entries.append(&mut doc.file_types.entries);
    whole.segments.entries.append(&mut doc.segments.entries);
    whole.networks.entries.append(&mut doc.networks.entries);
    whole.nodes.entries.append(&mut doc.nodes.entries);
    whole.media.entries.append(&mut doc.media.entries);
    whole.carry.append(&mut doc.carry);
    whole.communications.entries.append(&mut doc.communications.entries);
    whole.permits.append(&mut doc.permits);
    whole.forbid.append(&mut doc.forbid);
    whole.require.append(&mut doc.require);
    whole.expect.append(&mut doc.expect);
}

/// Whether a word is an address, a prefix or a range of addresses.
pub(super) fn is_address(word: &str) -> bool {
    address::parse_range(word).is_ok()
}

/// The word of a control in a model, to compare two of them.
pub(super) fn control_word(doc: &super::shape::ControlDoc) -> String {
    endpoints::control_name(doc)
}

pub(in crate::document) use declared::date;
pub(in crate::document) use endpoints::owner;
/// The labels that rules and permits may ask for.
pub use matrix::{MatrixCommunication, MatrixKind, MatrixRow, matrix_kinds, matrix_rows};
pub(in crate::document) use meant::bare_protocol;
pub(in crate::document) use names::normal;
pub(in crate::document) use policy::STANDARD_LABELS as LABELS;

pub(super) fn separation_model(doc: ModelDoc) -> SeparationModel {
    match doc {
        ModelDoc::Physical => SeparationModel::Physical,
        ModelDoc::Alpha => SeparationModel::Alpha,
        ModelDoc::AlphaPrime => SeparationModel::AlphaPrime,
        ModelDoc::Beta => SeparationModel::Beta,
        ModelDoc::BetaPrime => SeparationModel::BetaPrime,
    }
}

impl Resolver<'_> {
    pub(super) fn error(&mut self, code: Code, span: Span, message: Text, label: Text) {
        self.diagnostics.push(Diagnostic::error(code, span, message, label));
    }

    /// Reports a field that is missing at a place, unless it was left out because it was wrong.
    pub(super) fn missing(&mut self, span: Span, field: &str, what: &str) {
        if self.damage.lacks(span, field) {
            return;
        }
        self.error(
            Code::MISSING_FIELD,
            span,
            Text::new(format!("項目 `{field}` がありません"), format!("field `{field}` is missing")),
            Text::new(format!("`{what}` には `{field}` が必要です"), format!("`{what}` needs `{field}`")),
        );
    }

    /// The id of a label, new or known.
    pub(super) fn label(&mut self, name: &str) -> LabelId {
        if let Some(&id) = self.label_ids.get(name) {
            return id;
        }
        let id = self.model.labels.push(name.to_owned());
        self.label_ids.insert(name.to_owned(), id);
        id
    }

    /// The id of a guard, new or known: one product's failure is one guard.
    pub(super) fn guard(&mut self, name: &str, span: Span) -> GuardId {
        if let Some(&id) = self.guard_ids.get(name) {
            return id;
        }
        let id = self.model.guards.push(Guard { name: name.to_owned(), span: Some(span) });
        self.guard_ids.insert(name.to_owned(), id);
        id
    }

    /// Records something the drawing leaves open.
    pub(super) fn assume(&mut self, code: Code, span: Span, text: Text, label: Text) -> AssumptionId {
        if !self.damage.touches(span) {
            self.diagnostics.push(Diagnostic::warning(code, span, text.clone(), label));
        }
        self.model.assumptions.push(Assumption { text, span: Some(span) })
    }

    /// The segment and address ranges a face gets from its zone.
    pub(super) fn zone_segment(&self, zone: ZoneId) -> Option<SegmentId> {
        self.model.zones[zone].segment
    }
}

/// A node whose faces exist, with what can only be resolved once all nodes have theirs.
pub(super) struct Pending {
    pub(super) id: NodeId,
    pub(super) name: Name,
    pub(super) doc: PendingDoc,
}

/// The rest of a node's text.
pub(super) enum PendingDoc {
    Endpoint(super::shape::EndpointDoc),
    Transit(super::shape::TransitDoc),
    Mediator { clients: Option<super::value::Names>, servers: Option<super::value::Names> },
    Kiosk(KioskTypes),
    Kvm { connects: super::value::Names, usb: Option<super::shape::OnOffDoc> },
    Switch(switches::Switch),
    Done,
}

/// What a kiosk or sanitiser makes of files, summed over its type table.
#[derive(Debug, Clone, Default)]
pub(super) struct KioskTypes {
    /// The table itself.
    pub(super) rows: Vec<(String, TypeAction)>,
    /// What happens to other types.
    pub(super) otherwise: Option<TypeAction>,
    pub(super) rebuilds: bool,
    pub(super) inspects: bool,
    /// Types that pass as they are.
    pub(super) passes: Vec<String>,
    /// Set when it is not stated what happens to other types.
    pub(super) open: Option<AssumptionId>,
}

impl KioskTypes {
    /// The table as a setting of the device.
    pub(super) fn settings(&self) -> Settings {
        Settings::Filter { types: self.rows.clone(), otherwise: self.otherwise }
    }
}

/// Which kind a node document is, for messages.
pub(super) fn kind_name(doc: &NodeDoc) -> &'static str {
    match doc {
        NodeDoc::Terminal(_) => "Terminal",
        NodeDoc::Desktop(_) => "Desktop",
        NodeDoc::Server(_) => "Server",
        NodeDoc::Nas(_) => "Nas",
        NodeDoc::Printer(_) => "Printer",
        NodeDoc::ObjectStore(_) => "ObjectStore",
        NodeDoc::CloudService(_) => "CloudService",
        NodeDoc::Directory(_) => "Directory",
        NodeDoc::Hypervisor(_) => "Hypervisor",
        NodeDoc::Manager(_) => "Manager",
        NodeDoc::Backup(_) => "Backup",
        NodeDoc::Internet(_) => "Internet",
        NodeDoc::Firewall(_) => "Firewall",
        NodeDoc::LgwanFirewall(_) => "LgwanFirewall",
        NodeDoc::Router(_) => "Router",
        NodeDoc::L3Switch(_) => "L3Switch",
        NodeDoc::SecurityCloud(_) => "SecurityCloud",
        NodeDoc::VpnGateway(_) => "VpnGateway",
        NodeDoc::Breakout(_) => "Breakout",
        NodeDoc::Switch(_) => "Switch",
        NodeDoc::Diode(_) => "Diode",
        NodeDoc::Line(_) => "Line",
        NodeDoc::ScreenGateway(_) => "ScreenGateway",
        NodeDoc::RemoteBrowser(_) => "RemoteBrowser",
        NodeDoc::Sanitiser(_) => "Sanitiser",
        NodeDoc::Inspector(_) => "Inspector",
        NodeDoc::MailConverter(_) => "MailConverter",
        NodeDoc::MailRelay(_) => "MailRelay",
        NodeDoc::Proxy(_) => "Proxy",
        NodeDoc::Resolver(_) => "Resolver",
        NodeDoc::Relay(_) => "Relay",
        NodeDoc::Transfer(_) => "Transfer",
        NodeDoc::FileShare(_) => "FileShare",
        NodeDoc::Kiosk(_) => "Kiosk",
        NodeDoc::Kvm(_) => "Kvm",
        NodeDoc::Mediator(_) => "Mediator",
    }
}
