//! Communications, and the allow-list: matrix cells and own lines written out as permits.

use std::collections::{BTreeMap, BTreeSet};

use super::super::shape::{CommunicationDoc, LimitDoc, PermitDoc, PurposeDoc};
use super::super::value::Name;
use super::matrix::{CrossingKind, KindRow, MATRIX};
use super::mediators::carrier;
use super::names::normal;
use super::{MAX_ROWS, Resolver};
use crate::diagnostic::{Code, Diagnostic, Text};
use crate::model::{
    Carrier, Communication, CommunicationId, LabelId, Limits, NodeId, Permit, Purpose, Role, SegmentId,
};
use crate::source::Span;

pub(super) fn purpose(doc: PurposeDoc) -> Purpose {
    match doc {
        PurposeDoc::Business => Purpose::Business,
        PurposeDoc::Update => Purpose::Update,
        PurposeDoc::Licence => Purpose::Licence,
        PurposeDoc::Log => Purpose::Log,
        PurposeDoc::Name => Purpose::Name,
        PurposeDoc::Time => Purpose::Time,
        PurposeDoc::Print => Purpose::Print,
        PurposeDoc::Authentication => Purpose::Authentication,
        PurposeDoc::Management => Purpose::Management,
        PurposeDoc::CloudUse => Purpose::CloudUse,
        PurposeDoc::Mail => Purpose::Mail,
    }
}

impl Resolver<'_> {
    /// Declared communications.
    pub(super) fn communications(&mut self, entries: Vec<(Name, CommunicationDoc)>) {
        let mut seen: BTreeMap<String, Span> = BTreeMap::new();
        for (name, doc) in entries {
            let key = self.own(&name);
            if let Some(&first) = seen.get(&key) {
                self.twice(&name, first);
                continue;
            }
            seen.insert(key, name.span);
            self.communication(&name, &doc);
        }
    }

    fn communication(&mut self, name: &Name, doc: &CommunicationDoc) {
        for (field, given) in
            [("from", !doc.from.0.is_empty()), ("to", !doc.to.0.is_empty()), ("service", !doc.service.0.is_empty())]
        {
            if !given {
                self.missing(name.span, field, &name.text);
            }
        }
        let key = self.own(name);
        let endorse = doc.endorsed.is_some().then(|| self.guard(&format!("endorse@{key}"), name.span));
        let declass = doc.declassified.is_some().then(|| self.guard(&format!("declass@{key}"), name.span));
        let from = self.node_list(&doc.from);
        let to = self.node_list(&doc.to);
        let services = self.service_list(&doc.service);
        self.model.communications.push(Communication {
            name: key,
            label: doc.label.clone().unwrap_or_else(|| name.text.clone()),
            from,
            to,
            services,
            purpose: doc.purpose.map(purpose),
            limits: Limits {
                mac: doc.limits.contains(&LimitDoc::Mac),
                address: doc.limits.contains(&LimitDoc::Address),
                port: doc.limits.contains(&LimitDoc::Port),
            },
            exchange: doc.exchange.as_ref().map(|e| normal(&e.text)),
            endorse,
            declass,
            span: name.span,
        });
    }

    /// The allow-list: the cells of the declared model, then the file's own lines.
    pub(super) fn policy(&mut self, own: Vec<PermitDoc>) {
        if self.model.declared.is_some() {
            self.matrix_permits();
            self.group_permits();
        }
        for (index, doc) in own.iter().enumerate() {
            self.own_permit(index, doc);
        }
    }

    /// What the matrix of each group's own model permits.
    fn group_permits(&mut self) {
        let (declared, whole) = (self.model.declared, std::mem::take(&mut self.model.permits));
        let keys = std::mem::take(&mut self.permit_keys);
        for i in 0..self.model.groups.len() {
            self.model.declared = Some(self.model.groups[i].model);
            self.matrix_permits();
            self.model.groups[i].permits = std::mem::take(&mut self.model.permits);
            self.permit_keys.clear();
        }
        self.model.declared = declared;
        self.model.permits = whole;
        self.permit_keys = keys;
    }

    fn matrix_permits(&mut self) {
        let Some(declared) = self.model.declared else { return };
        self.index_communications();
        let own = self.model.segments.iter().filter(|(_, s)| !s.foreign);
        let segments: Vec<SegmentId> = own.map(|(id, _)| id).collect();
        for &from in &segments {
            if self.model.permits.len() > MAX_ROWS {
                return self.too_many_permits(from);
            }
            for &to in segments.iter().filter(|&&to| to != from) {
                let (a, b) = (&self.model.segments[from], &self.model.segments[to]);
                if a.body.is_some() && b.body.is_some() && a.body != b.body {
                    continue;
                }
                if a.layer == b.layer {
                    // One layer of one body; a segment that does not say whose it is is nobody's neighbour.
                    if a.body == b.body {
                        self.same_layer(from, to);
                    }
                    continue;
                }
                let (la, lb) = (a.layer.as_str(), b.layer.as_str());
                for (_, _, cells, clause, _) in MATRIX.rows.iter().filter(|(f, t, ..)| f == la && t == lb) {
                    let kinds = cells.get(declared.as_str()).or_else(|| cells.get("all"));
                    for kind in kinds.into_iter().flatten() {
                        if let Some(k) = MATRIX.kinds.get(kind) {
                            self.cell(from, to, kind, k, clause);
                        }
                    }
                }
            }
        }
    }

    fn too_many_permits(&mut self, at: SegmentId) {
        let span = self.model.segments[at].span;
        self.error(
            Code::TOO_MANY,
            span,
            Text::new(
                format!("セグメントの組の許可が多すぎます(上限 {MAX_ROWS})"),
                format!("too many permits between segments (limit {MAX_ROWS})"),
            ),
            Text::new("図面を分けるか、body を書いてください", "split the drawing, or state body"),
        );
    }

    /// Which communications lead from one segment to another.
    fn index_communications(&mut self) {
        let mut index: BTreeMap<(SegmentId, SegmentId), Vec<CommunicationId>> = BTreeMap::new();
        for (id, c) in self.model.communications.iter() {
            for &from in &self.segments_of_nodes(&c.from) {
                for &to in &self.segments_of_nodes(&c.to) {
                    index.entry((from, to)).or_default().push(id);
                }
            }
        }
        self.communications_between = index;
    }

    /// The segments in which some of these nodes have an endpoint face.
    fn segments_of_nodes(&self, nodes: &[NodeId]) -> BTreeSet<SegmentId> {
        let faces = nodes.iter().flat_map(|&n| &self.model.nodes[n].faces);
        faces.filter_map(|&f| self.model.faces[f].segment).collect()
    }

    fn same_layer(&mut self, from: SegmentId, to: SegmentId) {
        // A cloud area treated as the body's own layer is reached by a dedicated line only (GL3-2b).
        let cloud = self.model.segments[from].cloud != self.model.segments[to].cloud;
        let via = match cloud && self.model.switches.lg_cloud_line {
            true => self.label_list(&["dedicated".to_owned()]),
            false => Vec::new(),
        };
        let avoids = self.avoided(&via);
        for carrier in Carrier::ALL {
            self.model.permits.push(Permit {
                from,
                to,
                from_nodes: None,
                to_nodes: None,
                carrier,
                services: None,
                via: via.clone(),
                avoids: avoids.clone(),
                origin: Text::new("同じ層の中", "within one layer"),
                span: None,
            });
        }
    }

    fn cell(&mut self, from: SegmentId, to: SegmentId, name: &str, kind: &CrossingKind, clause: &str) {
        let too_early = kind.since.is_some_and(|since| self.model.edition.is_some_and(|e| e < since));
        let no_edition = kind.since.is_some() && self.model.edition.is_none();
        let off = kind.switch.as_deref().is_some_and(|s| !self.model.switches.get(s).unwrap_or(false));
        if too_early || no_edition && kind.switch.is_some() || off {
            return;
        }
        let via: Vec<LabelId> = self.label_list(&kind.via);
        let origin = Text::new(format!("{}({name}, {clause})", kind.ja), format!("{} ({name}, {clause})", kind.en));
        for row in &kind.rows {
            match row {
                KindRow::Carries(c) => self.permit(from, to, carrier(*c), None, None, None, &via, &origin),
                KindRow::Back(c) => self.permit(to, from, carrier(*c), None, None, None, &via, &origin),
                KindRow::Communication { spec, purposes, one_way } => {
                    self.communication_permits(from, to, *spec, purposes, *one_way, &via, &origin)
                }
            }
        }
    }

    /// A session of a declared communication, opened on the side where the cell begins.
    #[allow(clippy::too_many_arguments, reason = "the fields of the row, and where it stands")]
    fn communication_permits(
        &mut self,
        from: SegmentId,
        to: SegmentId,
        spec: bool,
        purposes: &[PurposeDoc],
        one_way: bool,
        via: &[LabelId],
        origin: &Text,
    ) {
        let wanted: Vec<Purpose> = purposes.iter().map(|&p| purpose(p)).collect();
        let fits = |c: &Communication| {
            (!spec || (c.limits.complete() && c.purpose.is_some()))
                && (wanted.is_empty() || c.purpose.is_some_and(|p| wanted.contains(&p)))
        };
        let between = self.communications_between.get(&(from, to)).cloned().unwrap_or_default();
        let chosen: Vec<Communication> =
            between.iter().map(|&c| &self.model.communications[c]).filter(|c| fits(c)).cloned().collect();
        for c in chosen {
            // A session is two crossings: the request that is opened in `from`, and what comes back to it.
            let (opens, answers) = (self.endpoints_in(&c.from, from), self.endpoints_in(&c.to, to));
            if !opens.is_empty() && !answers.is_empty() {
                let services = Some(c.services.clone());
                let named = Text::new(format!("{}: {}", origin.ja, c.label), format!("{}: {}", origin.en, c.label));
                self.permit(
                    from,
                    to,
                    Carrier::Req,
                    Some(opens.clone()),
                    Some(answers.clone()),
                    services.clone(),
                    via,
                    &named,
                );
                if !one_way {
                    self.permit(to, from, Carrier::Rsp, Some(answers), Some(opens), services, via, &named);
                }
            }
        }
    }

    /// Those of `nodes` that have an endpoint face in a segment. Sorted.
    fn endpoints_in(&self, nodes: &[NodeId], segment: SegmentId) -> Vec<NodeId> {
        nodes
            .iter()
            .copied()
            .filter(|&n| {
                matches!(self.model.nodes[n].role, Role::Endpoint(_))
                    && self.model.nodes[n].faces.iter().any(|&f| self.model.faces[f].segment == Some(segment))
            })
            .collect()
    }

    #[allow(clippy::too_many_arguments, reason = "the columns of a permit")]
    fn permit(
        &mut self,
        from: SegmentId,
        to: SegmentId,
        carrier: Carrier,
        from_nodes: Option<Vec<NodeId>>,
        to_nodes: Option<Vec<NodeId>>,
        services: Option<Vec<crate::model::Service>>,
        via: &[LabelId],
        origin: &Text,
    ) {
        let avoids = self.avoided(via);
        let permit = Permit {
            from,
            to,
            from_nodes,
            to_nodes,
            carrier,
            services,
            via: via.to_vec(),
            avoids,
            origin: origin.clone(),
            span: None,
        };
        let key = (
            (permit.from, permit.to, permit.carrier),
            (permit.from_nodes.clone(), permit.to_nodes.clone()),
            (permit.services.clone(), permit.via.clone(), permit.origin.en.clone()),
        );
        if self.permit_keys.insert(key) {
            self.model.permits.push(permit);
        }
    }

    fn own_permit(&mut self, index: usize, doc: &PermitDoc) {
        let unreasoned = doc.reason.as_ref().is_none_or(|r| r.trim().is_empty());
        for (field, is_missing) in [
            ("from", doc.from.is_none()),
            ("to", doc.to.is_none()),
            ("carries", doc.carries.is_empty()),
            ("reason", unreasoned),
        ] {
            if is_missing {
                let place = self.line_place("permits", index);
                self.missing(place, field, "permits");
            }
        }
        let (Some(from), Some(to)) = (&doc.from, &doc.to) else { return };
        let from_nodes = doc.from_nodes.as_ref().map(|n| self.node_list(n));
        let to_nodes = doc.to_nodes.as_ref().map(|n| self.node_list(n));
        let services = doc.service.as_ref().map(|s| self.service_list(s));
        let via = self.via(&doc.via);
        let avoids = self.avoided(&via);
        let reason = doc.reason.clone().unwrap_or_default();
        let (Some(a), Some(b)) = (self.segment(from), self.segment(to)) else { return };
        for c in &doc.carries {
            self.model.permits.push(Permit {
                from: a,
                to: b,
                from_nodes: from_nodes.clone(),
                to_nodes: to_nodes.clone(),
                carrier: carrier(*c),
                services: services.clone(),
                via: via.clone(),
                avoids: avoids.clone(),
                origin: Text::new(format!("この図面の許可: {reason}"), format!("permitted by this drawing: {reason}")),
                span: Some(from.span),
            });
        }
    }

    /// What a way must not pass: where a dedicated line is asked for, no stretch may run over the Internet. Where the
    /// security cloud is asked for, too, the Internet begins behind it, and its own rules take over.
    fn avoided(&mut self, via: &[LabelId]) -> Vec<LabelId> {
        let asked = |word: &str| self.label_ids.get(word).is_some_and(|id| via.contains(id));
        match asked("dedicated") && !asked("psc") {
            true => self.label_list(&["internet-line".to_owned()]),
            false => Vec::new(),
        }
    }

    /// Labels that must be passed; one that nothing can earn is a mistake.
    pub(super) fn via(&mut self, names: &super::super::value::Names) -> Vec<LabelId> {
        let mut ids = Vec::new();
        for name in &names.0 {
            let key = self.key_in(&self.label_ids, &name.text, name.span);
            if self.label_ids.contains_key(&key) || STANDARD_LABELS.contains(&key.as_str()) {
                ids.push(self.label(&key));
            } else if self.is_absent(&key, name.span) {
                // Nothing earns it, so what asks for it is not met.
                ids.push(self.label(&key));
            } else if !self.damage.hides(&key) {
                let known: Vec<String> =
                    self.label_ids.keys().map(String::as_str).chain(STANDARD_LABELS).map(str::to_owned).collect();
                self.unknown_label(&key, name.span, &known);
            }
        }
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    fn unknown_label(&mut self, key: &str, span: Span, known: &[String]) {
        let mut d = Diagnostic::error(
            Code::UNKNOWN_NAME,
            span,
            Text::new(format!("標識 `{key}` を付ける機器はありません"), format!("no device earns the label `{key}`")),
            Text::new("知らない標識です", "unknown label"),
        )
        .help(Text::new(
            format!("使えるもの: {}、または機器の名前", STANDARD_LABELS.join(", ")),
            format!("known here: {}, or the name of a device", STANDARD_LABELS.join(", ")),
        ));
        if let Some(near) = self.guess(key, known.iter().map(String::as_str)) {
            d = d.fix(span, near);
        }
        self.diagnostics.push(d);
    }
}

/// Labels that the catalogue can give, whether or not this drawing has such a device.
pub(in crate::document) const STANDARD_LABELS: [&str; 27] = [
    "screen",
    "cdr",
    "av",
    "mailconv",
    "mailrelay",
    "proxy",
    "resolver",
    "relay",
    "update",
    "licence",
    "transfer",
    "fout",
    "share",
    "media",
    "registered-media",
    "kiosk",
    "kvm",
    "psc",
    "lgwan-fw",
    "lbo",
    "mfa",
    "dedicated",
    "vpn",
    "diode",
    "log",
    "file-inspection",
    "internet-line",
];
