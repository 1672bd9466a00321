//! Nodes get ids and faces; endpoints get their behaviour and the relations between machines.

use super::super::shape::{ControlDoc, DataDoc, EndpointDoc, NodeDoc, OwnerDoc};
use super::super::value::{Name, Names};
use super::address::subtract;
use super::names::normal;
use super::{MAX_COUNT, MAX_ROWS, Named, Pending, PendingDoc, Resolver, kind_name};
use crate::diagnostic::{Code, Diagnostic, Text};
use crate::model::{
    Addr, AddrRange, Behaviour, Carrier, Data, Declared, Endpoint, Face, FaceAddress, FaceId, Fact, Id, Kind, Node,
    NodeId, Owner, Relation, Role, ZoneId,
};
use crate::source::Span;

/// What every node document says about itself.
pub(super) struct Head {
    pub(super) label: Option<String>,
    pub(super) kind: Kind,
    pub(super) count: u32,
    pub(super) controls: Vec<String>,
    pub(super) declared: Declared,
    pub(super) part_of: Option<Name>,
}

/// The controls of a node, and whether what it does not name is missing rather than unknown.
pub(super) fn stated(controls: Option<&[ControlDoc]>) -> (Vec<String>, bool) {
    let open = |c: &&ControlDoc| matches!(c, ControlDoc::Unstated);
    let all = controls.is_some_and(|list| !list.iter().any(|c| open(&c)));
    (controls.into_iter().flatten().filter(|c| !open(c)).map(control_name).collect(), all)
}

/// Who answers for a node.
pub(in crate::document) fn owner(doc: OwnerDoc) -> Owner {
    match doc {
        OwnerDoc::Body => Owner::Body,
        OwnerDoc::Prefecture => Owner::Prefecture,
        OwnerDoc::Jlis => Owner::Jlis,
        OwnerDoc::Vendor => Owner::Vendor,
        OwnerDoc::State => Owner::State,
        OwnerDoc::Personal => Owner::Personal,
    }
}

fn data(doc: DataDoc) -> Data {
    match doc {
        DataDoc::MyNumber => Data::MyNumber,
        DataDoc::Resident => Data::Resident,
        DataDoc::Important => Data::Important,
        DataDoc::Ordinary => Data::Ordinary,
        DataDoc::Public => Data::Public,
    }
}

pub(super) fn control_name(doc: &ControlDoc) -> String {
    match doc {
        ControlDoc::Edr => "Edr".to_owned(),
        ControlDoc::EdrOf(product) => format!("EdrOf({})", product.text),
        ControlDoc::Mfa => "Mfa".to_owned(),
        ControlDoc::NoExport => "NoExport".to_owned(),
        ControlDoc::AntiVirus => "AntiVirus".to_owned(),
        ControlDoc::Encrypted => "Encrypted".to_owned(),
        ControlDoc::LogReview => "LogReview".to_owned(),
        ControlDoc::AssetAccessControl => "AssetAccessControl".to_owned(),
        ControlDoc::VulnerabilityManagement => "VulnerabilityManagement".to_owned(),
        ControlDoc::TlsInspection => "TlsInspection".to_owned(),
        ControlDoc::Monitoring => "Monitoring".to_owned(),
        ControlDoc::Enterprise8021x => "Enterprise8021x".to_owned(),
        ControlDoc::SessionRecording => "SessionRecording".to_owned(),
        ControlDoc::Backup => "Backup".to_owned(),
        ControlDoc::NoCapture => "NoCapture".to_owned(),
        ControlDoc::FileInspection => "FileInspection".to_owned(),
        ControlDoc::DeviceRestriction => "DeviceRestriction".to_owned(),
        ControlDoc::SecureContainer => "SecureContainer".to_owned(),
        ControlDoc::BlockLog => "BlockLog".to_owned(),
        ControlDoc::Unstated => "Unstated".to_owned(),
    }
}

impl Resolver<'_> {
    /// Gives every node its id and faces, in declared order.
    pub(super) fn nodes(&mut self, entries: Vec<(Name, NodeDoc)>) -> Vec<Pending> {
        if entries.len() > MAX_ROWS {
            let span = entries[0].0.span;
            self.error(
                Code::TOO_MANY,
                span,
                Text::new(format!("ノードが多すぎます(上限 {MAX_ROWS})"), format!("too many nodes (limit {MAX_ROWS})")),
                Text::new("台数は count で書けます", "use count for groups"),
            );
            return Vec::new();
        }
        // Names first: a node may name one that comes later.
        for (i, (name, _)) in entries.iter().enumerate() {
            self.define(name, Named::Node(NodeId::new(i)));
        }
        entries.into_iter().map(|(name, doc)| self.node_entry(name, doc)).collect()
    }

    fn node_entry(&mut self, name: Name, doc: NodeDoc) -> Pending {
        let id = NodeId::new(self.model.nodes.len());
        let what = kind_name(&doc);
        let doc = match doc {
            NodeDoc::Terminal(d) => self.endpoint(id, &name, d, Kind::Terminal),
            NodeDoc::Desktop(d) => self.endpoint(id, &name, d, Kind::Desktop),
            NodeDoc::Server(d) => self.endpoint(id, &name, d, Kind::Server),
            NodeDoc::Nas(d) => self.endpoint(id, &name, d, Kind::Nas),
            NodeDoc::Printer(d) => self.endpoint(id, &name, d, Kind::Printer),
            NodeDoc::ObjectStore(d) => self.endpoint(id, &name, d, Kind::ObjectStore),
            NodeDoc::CloudService(d) => self.endpoint(id, &name, d, Kind::CloudService),
            NodeDoc::Directory(d) => self.endpoint(id, &name, d, Kind::Directory),
            NodeDoc::Hypervisor(d) => self.endpoint(id, &name, d, Kind::Hypervisor),
            NodeDoc::Manager(d) => self.endpoint(id, &name, d, Kind::Manager),
            NodeDoc::Backup(d) => self.endpoint(id, &name, d, Kind::Backup),
            NodeDoc::Internet(d) => self.endpoint(id, &name, d, Kind::Internet),
            NodeDoc::Firewall(d) => self.transit(id, &name, d, Kind::Firewall, what),
            NodeDoc::LgwanFirewall(d) => self.transit(id, &name, d, Kind::Firewall, what),
            NodeDoc::Router(d) => self.transit(id, &name, d, Kind::Router, what),
            NodeDoc::L3Switch(d) => self.transit(id, &name, d, Kind::L3Switch, what),
            NodeDoc::SecurityCloud(d) => self.transit(id, &name, d, Kind::SecurityCloud, what),
            NodeDoc::VpnGateway(d) => self.transit(id, &name, d, Kind::VpnGateway, what),
            NodeDoc::Breakout(d) => self.transit(id, &name, d, Kind::Breakout, what),
            NodeDoc::Switch(d) => self.switch(id, &name, d),
            NodeDoc::Diode(d) => self.diode(id, &name, d),
            NodeDoc::Line(d) => self.line(id, &name, d),
            other => self.mediator(id, &name, other),
        };
        Pending { id, name, doc }
    }

    /// Enters a node without faces.
    pub(super) fn push_node(&mut self, name: &Name, head: Head, role: Role) -> NodeId {
        let part_of = head.part_of.as_ref().and_then(|p| self.segment(p));
        self.model.nodes.push(Node {
            name: self.own(name),
            label: head.label.unwrap_or_else(|| name.text.clone()),
            kind: head.kind,
            role,
            count: head.count,
            faces: Vec::new(),
            part_of,
            controls: head.controls,
            declared: head.declared,
            foreign: self.is_foreign(name.span),
            span: name.span,
        })
    }

    /// Attaches a node to a network (or to none, for the slot of a medium).
    pub(super) fn push_face(&mut self, node: NodeId, zone: Option<ZoneId>, endpoint: bool, address: &Names) -> FaceId {
        let ranges = self.address_list(address);
        let inside = zone.map(|z| self.model.zones[z].addresses.clone()).unwrap_or_default();
        let within = |r: &AddrRange| {
            let next = inside.partition_point(|i| i.first <= r.first);
            next > 0 && inside[next - 1].covers(*r)
        };
        if let Some(stray) = ranges.iter().find(|r| !inside.is_empty() && !within(r)) {
            // The list was sorted and joined; the first that lies outside by itself is the one to show.
            let outside = |n: &&Name| super::address::parse_range(&n.text).is_ok_and(|r| !within(&r));
            let span =
                address.0.iter().find(outside).or(address.0.first()).map_or(self.model.nodes[node].span, |n| n.span);
            let network = inside.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            self.error(
                Code::BAD_ADDRESS,
                span,
                Text::new(
                    format!("アドレス {stray} は、接続先ネットワークの {network} に入っていません"),
                    format!("address {stray} is not inside {network}, the addresses of its network"),
                ),
                Text::new("ネットワークの外のアドレスです", "outside its network"),
            );
        }
        let address = if !ranges.is_empty() {
            FaceAddress::Known(ranges)
        } else if !inside.is_empty() {
            FaceAddress::Within(inside)
        } else {
            FaceAddress::Unknown
        };
        let segment = if endpoint { zone.and_then(|z| self.zone_segment(z)) } else { None };
        let face = self.model.faces.push(Face { node, zone, segment, address, gateway: None });
        if let Some(zone) = zone {
            self.zone_faces[zone.index()].push(face);
        }
        self.model.nodes[node].faces.push(face);
        face
    }

    fn endpoint(&mut self, id: NodeId, name: &Name, doc: EndpointDoc, kind: Kind) -> PendingDoc {
        let count = match doc.count {
            None => 1,
            Some(n) if (1..=MAX_COUNT).contains(&n) => n as u32,
            Some(n) => {
                let place = self.field_place(name.span, "count");
                self.error(
                    Code::BAD_VALUE,
                    place,
                    Text::new(
                        format!("台数 count は 1 から {MAX_COUNT} までです({n} と書かれています)"),
                        format!("count must be from 1 to {MAX_COUNT} (it is {n})"),
                    ),
                    Text::new(format!("`{}` の count です", name.text), format!("the count of `{}`", name.text)),
                );
                1
            }
        };
        self.only_for(name, kind, &doc);
        let listens = doc.listens.as_ref().map(|l| self.service_list(l));
        let edr = self.edr_guards(name, doc.controls.as_deref().unwrap_or_default());
        let isolation =
            doc.isolated.unwrap_or(false).then(|| self.guard(&format!("isolation@{}", self.own(name)), name.span));
        let behaviour = match kind {
            Kind::ObjectStore | Kind::CloudService => Behaviour::Store,
            Kind::Printer if doc.sink.unwrap_or(false) => Behaviour::Sink,
            _ => Behaviour::Host,
        };
        let (controls, controls_stated) = stated(doc.controls.as_deref());
        let head = Head {
            label: doc.label.clone(),
            kind,
            count,
            controls,
            declared: Declared {
                controls_stated,
                holds: doc.holds.as_ref().map(|h| h.iter().map(|&d| data(d)).collect()),
                owner: doc.owner.map(owner),
                main_terminal: doc.main_terminal,
                business_system: doc.business_system,
                isolates_guests: doc.isolates_guests.unwrap_or(false),
                ..Declared::default()
            },
            part_of: doc.part_of.clone(),
        };
        let role = Role::Endpoint(Endpoint {
            behaviour,
            listens,
            clients: None,
            outbound: doc.outbound.unwrap_or(true),
            isolation,
            edr,
        });
        self.push_node(name, head, role);
        self.endpoint_faces(id, name, &doc);
        PendingDoc::Endpoint(doc)
    }

    fn edr_guards(&mut self, name: &Name, controls: &[ControlDoc]) -> Vec<crate::model::GuardId> {
        let mut guards: Vec<_> = controls
            .iter()
            .filter_map(|c| match c {
                ControlDoc::Edr => Some(self.guard(&format!("edr@{}", self.own(name)), name.span)),
                ControlDoc::EdrOf(product) => {
                    Some(self.guard(&format!("edr({})", normal(&product.text)), product.span))
                }
                _ => None,
            })
            .collect();
        guards.sort_unstable();
        guards.dedup();
        guards
    }

    fn endpoint_faces(&mut self, id: NodeId, name: &Name, doc: &EndpointDoc) {
        match (&doc.at, doc.faces.as_slice()) {
            (Some(at), []) => {
                if let Some(zone) = self.network(at) {
                    self.endpoint_face(id, zone, at.span, &doc.address);
                }
            }
            (None, [_, ..]) => {
                if let Some(stray) = doc.address.0.first() {
                    self.error(
                        Code::CONFLICT,
                        stray.span,
                        Text::new(
                            "faces を使うときの address は各 face に書きます",
                            "with faces, each face has its own address",
                        ),
                        Text::new("ここには書けません", "not here"),
                    );
                }
                for face in &doc.faces {
                    if let Some(zone) = self.network(&face.at) {
                        self.endpoint_face(id, zone, face.at.span, &face.address);
                    }
                }
            }
            (Some(at), [first, ..]) => self.diagnostics.push(
                Diagnostic::error(
                    Code::CONFLICT,
                    at.span,
                    Text::new("at と faces は同時に書けません", "at and faces exclude each other"),
                    Text::new("at はここです", "at is here"),
                )
                .also(first.at.span, Text::new("faces はここです", "faces is here")),
            ),
            (None, []) => {
                if !self.damage.lacks(name.span, "faces") {
                    self.missing(name.span, "at", &name.text);
                }
            }
        }
    }

    fn endpoint_face(&mut self, id: NodeId, zone: ZoneId, span: Span, address: &Names) {
        if self.zone_segment(zone).is_none() {
            let network = self.model.zones[zone].name.clone();
            self.error(
                Code::NO_SEGMENT,
                span,
                Text::new(
                    format!("ネットワーク `{network}` はどのセグメントにも属さないので、端末やサーバーは置けません"),
                    format!("network `{network}` belongs to no segment, so no endpoint can be in it"),
                ),
                Text::new(
                    "networks の segment を書くか、別のネットワークにしてください",
                    "give it a segment, or use another network",
                ),
            );
            return;
        }
        self.push_face(id, Some(zone), true, address);
    }

    /// Fields of `EndpointDoc` that only some kinds have.
    fn only_for(&mut self, name: &Name, kind: Kind, doc: &EndpointDoc) {
        let given = [
            ("sink", doc.sink.is_some(), kind == Kind::Printer),
            ("members", doc.members.is_some(), kind == Kind::Directory),
            ("hosts", doc.hosts.is_some(), kind == Kind::Hypervisor),
            ("isolates_guests", doc.isolates_guests.is_some(), kind == Kind::Hypervisor),
            (
                "administers",
                doc.administers.is_some(),
                matches!(
                    kind,
                    Kind::Manager | Kind::Backup | Kind::Directory | Kind::Server | Kind::Terminal | Kind::Hypervisor
                ),
            ),
            ("main_terminal", doc.main_terminal.is_some(), matches!(kind, Kind::Terminal | Kind::Desktop)),
            (
                "business_system",
                doc.business_system.is_some(),
                matches!(kind, Kind::Server | Kind::Nas | Kind::ObjectStore | Kind::CloudService),
            ),
        ];
        for (field, is_given, fits) in given {
            if is_given && !fits {
                let place = self.field_place(name.span, field);
                self.error(
                    Code::NOT_FOR_KIND,
                    place,
                    Text::new(
                        format!("項目 `{field}` は {kind:?} には使えません"),
                        format!("field `{field}` does not belong to {kind:?}"),
                    ),
                    Text::new(format!("この機器は {kind:?} です"), format!("this node is a {kind:?}")),
                );
            }
        }
    }

    /// Address book of the whole drawing: the more specific owner keeps its addresses, `Internet` gets the rest.
    pub(super) fn settle_addresses(&mut self, pending: &[Pending]) {
        self.carve_groups();
        let mut taken: Vec<AddrRange> = self.model.zones.values().flat_map(|z| z.addresses.clone()).collect();
        for (_, face) in self.model.faces.iter() {
            if let FaceAddress::Known(ranges) = &face.address {
                taken.extend_from_slice(ranges);
            }
        }
        for p in pending {
            if let PendingDoc::Transit(doc) = &p.doc {
                taken.extend(doc.nat.iter().filter_map(super::routes::outside_address));
            }
        }
        let public = subtract(&super::address::canonical(public_ranges()), &super::address::canonical(taken));
        let ids: Vec<_> = self.model.faces.ids().collect();
        for id in ids {
            let node = self.model.faces[id].node;
            let unstated = !matches!(self.model.faces[id].address, FaceAddress::Known(_));
            if self.model.nodes[node].kind == Kind::Internet && unstated && !public.is_empty() {
                self.model.faces[id].address = FaceAddress::Known(public.clone());
            }
        }
    }

    /// In one zone, an address inside a larger range of another belongs to the smaller one only.
    fn carve_groups(&mut self) {
        let mut by_zone: std::collections::BTreeMap<ZoneId, Vec<FaceId>> = std::collections::BTreeMap::new();
        for (id, face) in self.model.faces.iter() {
            if let (Some(zone), FaceAddress::Known(_)) = (face.zone, &face.address) {
                by_zone.entry(zone).or_default().push(id);
            }
        }
        for faces in by_zone.into_values() {
            self.carve_zone(&faces);
        }
    }

    fn carve_zone(&mut self, faces: &[FaceId]) {
        // One sweep over all ranges of the zone by first address: a range can only clash with
        // those still open, so the cost is near the number of overlaps.
        let mut ranges: Vec<(AddrRange, FaceId)> = faces
            .iter()
            .flat_map(|&f| match &self.model.faces[f].address {
                FaceAddress::Known(r) => r.iter().map(|&r| (r, f)).collect::<Vec<_>>(),
                _ => Vec::new(),
            })
            .collect();
        ranges.sort_unstable_by_key(|(r, f)| (r.first, std::cmp::Reverse(r.last), *f));
        let mut open: Vec<(AddrRange, FaceId)> = Vec::new();
        let mut cuts: std::collections::BTreeMap<FaceId, Vec<AddrRange>> = std::collections::BTreeMap::new();
        for (range, face) in ranges {
            // What is open is nested, each inside the one before: what clashes is reported and not opened.
            while open.last().is_some_and(|(o, _)| o.last < range.first) {
                open.pop();
            }
            match open.iter().rev().find(|(_, owner)| *owner != face && !self.one_machine(*owner, face)).copied() {
                Some((outer, owner)) if outer.covers(range) && outer != range => {
                    cuts.entry(owner).or_default().push(range);
                    open.push((range, face));
                }
                Some((_, owner)) => self.address_clash(owner, face, range),
                None => open.push((range, face)),
            }
        }
        for (face, cut) in cuts {
            if let FaceAddress::Known(own) = &self.model.faces[face].address {
                let rest = subtract(own, &super::address::canonical(cut));
                if !rest.is_empty() {
                    self.model.faces[face].address = FaceAddress::Known(rest);
                }
            }
        }
    }

    /// Whether two faces are of two versions of one machine, which may have one address.
    fn one_machine(&self, a: FaceId, b: FaceId) -> bool {
        let name = |f: FaceId| {
            let own = &self.model.node_of(f).name;
            self.variation.versions.get(own).unwrap_or(own)
        };
        !self.variation.versions.is_empty() && name(a) == name(b)
    }

    fn address_clash(&mut self, a: FaceId, b: FaceId, range: AddrRange) {
        let (first, second) = (self.model.node_of(a).span, self.model.node_of(b).span);
        let (name_a, name_b) = (self.model.face_name(a), self.model.face_name(b));
        self.diagnostics.push(
            Diagnostic::error(
                Code::ADDRESS_CLASH,
                second,
                Text::new(
                    format!("`{name_a}` と `{name_b}` のアドレスが {range} で重なっています"),
                    format!("`{name_a}` and `{name_b}` both have {range}"),
                ),
                Text::new("こちらと", "this one"),
            )
            .also(first, Text::new("こちらです", "and this one")),
        );
    }

    /// Clients, domain membership, guests and administration, now that all nodes have faces.
    pub(super) fn relations(&mut self, pending: &[Pending]) {
        for p in pending {
            match &p.doc {
                PendingDoc::Endpoint(doc) => self.endpoint_relations(p.id, &p.name, doc),
                PendingDoc::Mediator { clients, servers } => {
                    self.mediator_peers(p.id, clients.as_ref(), servers.as_ref())
                }
                _ => {}
            }
        }
    }

    fn endpoint_relations(&mut self, id: NodeId, name: &Name, doc: &EndpointDoc) {
        let clients = doc.clients.as_ref().map(|c| self.node_list(c));
        if let Role::Endpoint(e) = &mut self.model.nodes[id].role {
            e.clients = clients;
        }
        let mut controlled: Vec<NodeId> = Vec::new();
        for name in doc.members.iter().chain(&doc.hosts).chain(&doc.administers).flat_map(|n| &n.0) {
            controlled.extend(self.others(id, name).into_iter().map(|f| self.model.faces[f].node));
        }
        controlled.sort_unstable();
        controlled.dedup();
        self.model.nodes[id].declared.controls_nodes = controlled;
        let label = self.own(name);
        for member in doc.members.iter().flat_map(|m| &m.0) {
            for face in self.others(id, member) {
                self.relate(
                    id,
                    face,
                    Carrier::Ctl,
                    &[],
                    member.span,
                    Text::new(
                        format!("ドメイン `{label}` が管理する"),
                        format!("is managed by the domain of `{label}`"),
                    ),
                );
                self.relate_back(
                    face,
                    id,
                    Carrier::Req,
                    &[],
                    member.span,
                    Text::new(
                        format!("ドメイン `{label}` に参加している"),
                        format!("is a member of the domain of `{label}`"),
                    ),
                );
            }
        }
        let escape = doc.isolates_guests.unwrap_or(false).then(|| self.guard(&format!("vmiso@{label}"), name.span));
        for guest in doc.hosts.iter().flat_map(|h| &h.0) {
            for face in self.others(id, guest) {
                self.relate(
                    id,
                    face,
                    Carrier::Ctl,
                    &[],
                    guest.span,
                    Text::new(format!("仮想化基盤 `{label}` の上で動く"), format!("runs on the hypervisor `{label}`")),
                );
                let guards: Vec<_> = escape.into_iter().collect();
                self.relate_back(
                    face,
                    id,
                    Carrier::Ctl,
                    &guards,
                    guest.span,
                    Text::new(format!("仮想化基盤 `{label}` への脱出"), format!("escape to the hypervisor `{label}`")),
                );
            }
        }
        for managed in doc.administers.iter().flat_map(|a| &a.0) {
            for face in self.others(id, managed) {
                self.relate(
                    id,
                    face,
                    Carrier::Ctl,
                    &[],
                    managed.span,
                    Text::new(format!("`{label}` が管理する"), format!("is administered by `{label}`")),
                );
            }
        }
    }

    fn others(&mut self, id: NodeId, selector: &Name) -> Vec<FaceId> {
        let faces = self.faces(&selector.text, selector.span).unwrap_or_default();
        faces.into_iter().filter(|&f| self.model.faces[f].node != id).collect()
    }

    fn relate(
        &mut self,
        from: NodeId,
        to: FaceId,
        carrier: Carrier,
        guards: &[crate::model::GuardId],
        span: Span,
        reason: Text,
    ) {
        for face in self.model.nodes[from].faces.clone() {
            self.push_relation(
                Fact::holds(face, Carrier::Own),
                Fact::arrives(to, carrier),
                guards,
                span,
                reason.clone(),
            );
        }
    }

    fn relate_back(
        &mut self,
        from: FaceId,
        to: NodeId,
        carrier: Carrier,
        guards: &[crate::model::GuardId],
        span: Span,
        reason: Text,
    ) {
        for face in self.model.nodes[to].faces.clone() {
            self.push_relation(
                Fact::holds(from, Carrier::Own),
                Fact::arrives(face, carrier),
                guards,
                span,
                reason.clone(),
            );
        }
    }

    fn push_relation(&mut self, from: Fact, to: Fact, guards: &[crate::model::GuardId], span: Span, reason: Text) {
        self.model.relations.push(Relation {
            from,
            to,
            guards: guards.to_vec(),
            labels: Vec::new(),
            assumption: None,
            reason,
            span,
            detour: None,
        });
    }
}

/// The addresses that `Internet` stands for: what is routed publicly.
fn public_ranges() -> Vec<AddrRange> {
    let v4 = |a: [u8; 4], b: [u8; 4]| AddrRange {
        first: Addr::from(std::net::IpAddr::from(a)),
        last: Addr::from(std::net::IpAddr::from(b)),
    };
    // Not public: 0/8, 10/8, 100.64/10, 127/8, 169.254/16, 172.16/12, 192.168/16, 224/3 (RFC 6890).
    vec![
        v4([1, 0, 0, 0], [9, 255, 255, 255]),
        v4([11, 0, 0, 0], [100, 63, 255, 255]),
        v4([100, 128, 0, 0], [126, 255, 255, 255]),
        v4([128, 0, 0, 0], [169, 253, 255, 255]),
        v4([169, 255, 0, 0], [172, 15, 255, 255]),
        v4([172, 32, 0, 0], [192, 167, 255, 255]),
        v4([192, 169, 0, 0], [223, 255, 255, 255]),
        AddrRange { first: Addr::from_bits(0x2000 << 112), last: Addr::from_bits((0x4000 << 112) - 1) },
    ]
}
