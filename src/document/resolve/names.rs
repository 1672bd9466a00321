//! Declaring and finding names.
//!
//! Segments, networks, nodes and address definitions share one name space, so
//! that a rule can name any of them. Names are compared in their NFC form.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization;

use super::super::shape::{LayerDoc, Municipality, NetworkDoc, SecurityDoc, SegmentDoc};
use super::super::suggest::nearest;
use super::super::value::{Name, Names};
use super::{Named, Resolver};
use crate::diagnostic::{Code, Diagnostic, Text};
use crate::model::{FaceId, Id, Layer, NodeId, Segment, SegmentId, WirelessSecurity, Zone, ZoneId};
use crate::source::Span;

/// The form in which names are compared and kept.
pub(in crate::document) fn normal(text: &str) -> String {
    text.nfc().collect()
}

fn layer(doc: LayerDoc) -> Layer {
    match doc {
        LayerDoc::MyNumber => Layer::MyNumber,
        LayerDoc::GovCloud => Layer::GovCloud,
        LayerDoc::NationalNet => Layer::NationalNet,
        LayerDoc::Lgwan => Layer::Lgwan,
        LayerDoc::LgwanBackbone => Layer::LgwanBackbone,
        LayerDoc::OwnInternal => Layer::OwnInternal,
        LayerDoc::Internet => Layer::Internet,
        LayerDoc::SecurityCloud => Layer::SecurityCloud,
        LayerDoc::Management => Layer::Management,
        LayerDoc::Saas => Layer::Saas,
        LayerDoc::Remote => Layer::Remote,
        LayerDoc::Vendor => Layer::Vendor,
        LayerDoc::Education => Layer::Education,
        LayerDoc::Outside => Layer::Outside,
    }
}

/// Whether a segment's network is one broadcast domain rather than a drawn internet.
fn is_broadcast(layer: Option<Layer>) -> bool {
    !matches!(layer, Some(Layer::Outside | Layer::Saas | Layer::Remote | Layer::LgwanBackbone | Layer::NationalNet))
}

/// How many names are compared in search of what was meant.
const MAX_GUESSES: usize = 1_000_000;
/// Longer lists of what is possible help nobody.
pub(super) const MAX_LISTED: usize = 40;

/// The place of `part` inside `text`, which stands at `span`.
pub(super) fn place_in(span: Span, text: &str, part: &str) -> Span {
    let offset = (part.as_ptr() as usize).checked_sub(text.as_ptr() as usize);
    match offset {
        Some(offset) if span.range().len() == text.len() && offset + part.len() <= text.len() => {
            let start = span.start as usize + offset;
            Span::new(span.file, start..start + part.len())
        }
        _ => span,
    }
}

impl Resolver<'_> {
    /// Declares address definitions, services, type tables, segments and networks.
    pub(super) fn declare(&mut self, whole: &Municipality) {
        for (name, doc) in &whole.segments.entries {
            self.declare_segment(name, doc);
        }
        for (name, doc) in &whole.networks.entries {
            self.declare_network(name, doc);
        }
        for (name, ranges) in &whole.addresses.entries {
            let ranges = self.address_list(ranges);
            let index = self.address_sets.len();
            self.address_sets.push(ranges);
            self.define(name, Named::Addresses(index));
        }
        for (name, parts) in &whole.services.entries {
            let services = self.service_list(parts);
            self.check_service_name(name);
            if let Some((_, first)) = self.services.get(&self.own(name)) {
                let first = *first;
                self.twice(name, first);
            } else {
                self.services.insert(self.own(name), (services, name.span));
            }
        }
        for (name, table) in &whole.file_types.entries {
            let rows = self.type_rows(table);
            if let Some((_, first)) = self.file_types.get(&self.own(name)) {
                let first = *first;
                self.twice(name, first);
            } else {
                self.file_types.insert(self.own(name), (rows, name.span));
            }
        }
    }

    /// The rows of a type table; a type given twice is an error.
    pub(super) fn type_rows(
        &mut self,
        table: &super::super::value::Map<super::super::shape::TypeActionDoc>,
    ) -> Vec<(String, super::super::shape::TypeActionDoc)> {
        let mut rows: Vec<(String, super::super::shape::TypeActionDoc)> = Vec::new();
        let mut places: BTreeMap<String, Span> = BTreeMap::new();
        for (name, action) in &table.entries {
            let key = normal(&name.text);
            if let Some(&first) = places.get(&key) {
                self.twice(name, first);
            } else {
                places.insert(key.clone(), name.span);
                rows.push((key, *action));
            }
        }
        rows
    }

    fn declare_segment(&mut self, name: &Name, doc: &SegmentDoc) {
        let layer = doc.layer.map(layer);
        if layer.is_none() {
            self.missing(name.span, "layer", &name.text);
        }
        let label = doc.label.clone().unwrap_or_else(|| name.text.clone());
        let id = self.model.segments.push(Segment {
            name: self.own(name),
            label: label.clone(),
            layer: layer.unwrap_or(Layer::Outside),
            body: doc.body.clone(),
            cloud: doc.cloud,
            foreign: self.is_foreign(name.span),
            span: name.span,
        });
        let zone = self.push_zone(
            name,
            label,
            Some(id),
            (doc.wireless, doc.security),
            doc.client_isolation,
            doc.binding,
            &doc.address,
        );
        self.zone_of_segment.push(zone);
        self.define(name, Named::Segment(id));
    }

    fn declare_network(&mut self, name: &Name, doc: &NetworkDoc) {
        let segment = doc.segment.as_ref().and_then(|s| self.segment(s));
        let label = doc.label.clone().unwrap_or_else(|| name.text.clone());
        let zone = self.push_zone(
            name,
            label,
            segment,
            (doc.wireless, doc.security),
            doc.client_isolation,
            doc.binding,
            &doc.address,
        );
        self.define(name, Named::Network(zone));
    }

    #[allow(clippy::too_many_arguments, reason = "one call per shape, each argument a field of the file")]
    fn push_zone(
        &mut self,
        name: &Name,
        label: String,
        segment: Option<SegmentId>,
        (wireless, security): (bool, Option<SecurityDoc>),
        client_isolation: bool,
        binding: bool,
        address: &Names,
    ) -> ZoneId {
        let ranges = self.address_list(address);
        self.zone_faces.push(Vec::new());
        let layer = segment.map(|s| self.model.segments[s].layer);
        let binding = binding.then(|| self.guard(&format!("bind@{}", self.own(name)), name.span));
        self.model.zones.push(Zone {
            name: self.own(name),
            label,
            segment,
            broadcast: is_broadcast(layer),
            binding,
            patched: None,
            client_isolation,
            wireless,
            security: security.map(|s| match s {
                SecurityDoc::Enterprise => WirelessSecurity::Enterprise,
                SecurityDoc::SharedKey => WirelessSecurity::SharedKey,
                SecurityDoc::Open => WirelessSecurity::Open,
            }),
            addresses: ranges,
            span: name.span,
        })
    }

    /// Enters a name into the shared name space.
    pub(super) fn define(&mut self, name: &Name, what: Named) {
        let key = self.own(name);
        // The name of a further version is made by the program, so that nobody else can have it.
        if !self.variation.versions.contains_key(&key) {
            self.check_name(name);
        }
        if let Some(above) = self.hidden_by(name) {
            return self.twice(name, above);
        }
        match self.names.get(&key) {
            Some((_, first)) => {
                let first = *first;
                self.twice(name, first);
            }
            None => {
                self.names.insert(key, (what, name.span));
            }
        }
    }

    /// Reports a second definition with both places.
    pub(super) fn twice(&mut self, name: &Name, first: Span) {
        self.diagnostics.push(
            Diagnostic::error(
                Code::DUPLICATE_NAME,
                name.span,
                Text::new(
                    format!("名前 `{}` が二度定義されています", name.text),
                    format!("name `{}` is defined twice", name.text),
                ),
                Text::new("二度目の定義です", "the second definition"),
            )
            .also(first, Text::new("最初の定義はここです", "first defined here")),
        );
    }

    pub(super) fn check_name(&mut self, name: &Name) {
        let text = &name.text;
        let odd = |c: char| c.is_whitespace() || c.is_control() || ",.@{}()[]\"\\+".contains(c);
        let wrong = if text.is_empty() {
            Some(("名前が空です", "the name is empty"))
        } else if text == "any" {
            Some(("`any` は「すべて」の意味に予約されています", "`any` is reserved for \"everything\""))
        } else if text.chars().any(odd) || text.contains("->") {
            Some((
                "名前に空白や , . @ + { } ( ) [ ] \" \\ -> は使えません",
                "a name cannot contain white space or , . @ + { } ( ) [ ] \" \\ ->",
            ))
        } else if text.bytes().all(|b| b.is_ascii_digit() || b == b'-') || super::rules::looks_like_address(text) {
            Some(("数字やアドレスと区別できない名前です", "a name that reads as a number or an address"))
        } else {
            None
        };
        self.bad_name(name, wrong);
    }

    /// A service can be called anything that does not read as a service already.
    fn check_service_name(&mut self, name: &Name) {
        let word = name.text.split_whitespace().next().unwrap_or("");
        let wrong = if name.text.trim() != name.text
            || word.is_empty()
            || name.text.contains('+')
            || name.text.contains(char::is_control)
        {
            Some((
                "サービスの名前に + や両端の空白は使えません",
                "a service name cannot contain + or blanks at its ends",
            ))
        } else if ["any", "tcp", "udp", "icmp", "proto", "established", "new", "invalid"].contains(&word) {
            Some(("プロトコルと区別できない名前です", "a name that reads as a protocol"))
        } else {
            None
        };
        self.bad_name(name, wrong);
    }

    fn bad_name(&mut self, name: &Name, wrong: Option<(&str, &str)>) {
        if let Some((ja, en)) = wrong {
            self.error(Code::BAD_NAME, name.span, Text::new(ja, en), Text::new("この名前です", "this name"));
        }
    }

    /// Finds a name; reports it if nobody defines it.
    pub(super) fn find(&mut self, text: &str, span: Span) -> Option<Named> {
        let key = self.key(text, span);
        self.used.insert(key.clone());
        if let Some((named, _)) = self.names.get(&key) {
            return Some(*named);
        }
        self.unknown_name(text, span, "名前", "name");
        None
    }

    /// Reports an unknown name with the nearest known one.
    pub(super) fn unknown_name(&mut self, text: &str, span: Span, ja: &str, en: &str) {
        if self.damage.hides(text) {
            return;
        }
        if self.variation.absent.contains(&normal(text)) {
            return self.error(
                Code::UNKNOWN_NAME,
                span,
                Text::new(
                    format!("{ja} `{text}` はこの段階ではまだ(またはもう)ありません"),
                    format!("{en} `{text}` is not there (yet, or any more) at this stage"),
                ),
                Text::new("これがないと図面になりません", "without it this is no drawing"),
            );
        }
        let known = std::mem::take(&mut self.names);
        let own = self.own_path(span);
        let near = self.guess(text, known.keys().map(|key| key.strip_prefix(own.as_str()).unwrap_or(key)));
        let place =
            near.as_ref().and_then(|n| known.get(&self.full(n, span)).or(known.get(n))).map(|(_, place)| *place);
        self.names = known;
        let mut diagnostic = Diagnostic::error(
            Code::UNKNOWN_NAME,
            span,
            Text::new(format!("{ja} `{text}` は定義されていません"), format!("{en} `{text}` is not defined")),
            Text::new("この名前のものはありません", "nothing has this name"),
        );
        if let Ok(ip) = text.trim().parse::<std::net::IpAddr>() {
            diagnostic = self.not_an_address(diagnostic, ip.into(), span);
        } else if let Some(near) = near {
            if let Some(place) = place {
                diagnostic = diagnostic.also(place, Text::new("似た名前の定義", "a similar name is defined here"));
            }
            diagnostic = diagnostic.fix(span, near);
        }
        self.diagnostics.push(diagnostic);
    }

    /// The nearest known name. After many mistakes nobody needs more guesses, and each takes time.
    pub(super) fn guess<'k>(&mut self, wrong: &str, known: impl IntoIterator<Item = &'k str>) -> Option<String> {
        if self.guesses > MAX_GUESSES {
            return None;
        }
        let mut compared = 0;
        let near = nearest(wrong, known.into_iter().inspect(|_| compared += 1)).map(str::to_owned);
        self.guesses += compared;
        near
    }

    /// Reports an unknown word of some list, with all that is known and the nearest.
    pub(super) fn unknown_word(
        &mut self,
        code: Code,
        word: &str,
        span: Span,
        known: &[String],
        message: Text,
        label: Text,
    ) {
        let mut diagnostic = Diagnostic::error(code, span, message, label);
        if !known.is_empty() && known.len() <= MAX_LISTED {
            let listed = known.join(", ");
            diagnostic = diagnostic.help(Text::new(format!("使えるもの: {listed}"), format!("known here: {listed}")));
        }
        if let Some(near) = self.guess(word, known.iter().map(String::as_str)) {
            diagnostic = diagnostic.fix(span, near);
        }
        self.diagnostics.push(diagnostic);
    }

    pub(super) fn wrong_sort(&mut self, name: &Name, expected_ja: &str, expected_en: &str) {
        let first = self.names.get(&self.key(&name.text, name.span)).map(|(_, s)| *s);
        let mut d = Diagnostic::error(
            Code::WRONG_REFERENCE,
            name.span,
            Text::new(
                format!("ここには{expected_ja}の名前が必要です"),
                format!("the name of {expected_en} is expected here"),
            ),
            Text::new(format!("`{}` は別の種類のものです", name.text), format!("`{}` is something else", name.text)),
        );
        if let Some(first) = first {
            d = d.also(first, Text::new("定義はここです", "defined here"));
        }
        self.diagnostics.push(d);
    }

    /// The segment of a name.
    pub(super) fn segment(&mut self, name: &Name) -> Option<SegmentId> {
        match self.find(&name.text, name.span)? {
            Named::Segment(id) => Some(id),
            _ => {
                self.wrong_sort(name, "セグメント", "a segment");
                None
            }
        }
    }

    /// The network of a name; a segment stands for its own network.
    pub(super) fn network(&mut self, name: &Name) -> Option<ZoneId> {
        match self.find(&name.text, name.span)? {
            Named::Network(zone) => Some(zone),
            Named::Segment(segment) => Some(self.zone_of_segment[segment.index()]),
            _ => {
                self.wrong_sort(name, "ネットワーク(またはセグメント)", "a network or segment");
                None
            }
        }
    }

    /// The networks of some names; what is wrong is reported and left out.
    pub(super) fn networks(&mut self, names: &Names) -> Vec<ZoneId> {
        let mut zones: Vec<ZoneId> = names.0.iter().filter_map(|n| self.network(n)).collect();
        zones.sort_unstable();
        zones.dedup();
        zones
    }

    /// The node of a name.
    pub(super) fn node(&mut self, name: &Name) -> Option<NodeId> {
        match self.find(&name.text, name.span)? {
            Named::Node(id) => Some(id),
            _ => {
                self.wrong_sort(name, "機器(ノード)", "a node");
                None
            }
        }
    }

    /// The faces a selector stands for: a node, `node.side`, `node@network`, a network, a segment.
    pub(super) fn faces(&mut self, text: &str, span: Span) -> Option<Vec<FaceId>> {
        if self.is_absent(text, span) {
            return Some(Vec::new());
        }
        if let Some((node, side)) = text.split_once('.') {
            let own = self.side(node, side, span, text).map(|f| vec![f]);
            return self.with_versions(node, own, |r, other| r.side(other, side, span, text).map(|f| vec![f]));
        }
        if let Some((node, network)) = text.split_once('@') {
            if let Some(only) = self.version_at(node, network) {
                return Some(only);
            }
            return self.face_at(node, network, span, text);
        }
        Some(match self.find(text, span)? {
            Named::Node(node) => {
                let own = Some(self.model.nodes[node].faces.clone());
                return self.with_versions(text, own, |r, other| r.faces(other, span));
            }
            Named::Network(zone) => self.endpoints_of(zone).collect(),
            Named::Segment(segment) => self.endpoints_in_segment(segment),
            Named::Addresses(_) => {
                self.error(
                    Code::WRONG_REFERENCE,
                    span,
                    Text::new("アドレスの定義はここでは使えません", "an address definition cannot be used here"),
                    Text::new("機器・ネットワーク・セグメントの名前が必要です", "name a node, network or segment"),
                );
                return None;
            }
        })
    }

    /// Whether a selector names something of the plan that is not there at this stage. It stands for nothing, and that is noted.
    pub(super) fn is_absent(&mut self, text: &str, span: Span) -> bool {
        if self.variation.absent.is_empty() {
            return false;
        }
        let owner = normal(text.split(['.', '@']).next().unwrap_or(text));
        let is_absent = self.variation.absent.contains(&owner) && !self.names.contains_key(&owner);
        if is_absent {
            self.stale.push((owner, span));
        }
        is_absent
    }

    /// Further versions of a machine stand beside it wherever it is named.
    fn with_versions(
        &mut self,
        node: &str,
        own: Option<Vec<FaceId>>,
        mut faces: impl FnMut(&mut Self, &str) -> Option<Vec<FaceId>>,
    ) -> Option<Vec<FaceId>> {
        let variation = self.variation;
        let key = normal(node);
        let others = variation.versions.iter().filter(|(_, original)| **original == key);
        let mut all = own;
        for (other, _) in others {
            let more = faces(self, other);
            all = match (all, more) {
                (Some(mut all), Some(more)) => {
                    all.extend(more);
                    Some(all)
                }
                (all, more) => all.or(more),
            };
        }
        all
    }

    /// The faces by which any version of a machine is attached to a network; `None` if there is but one version.
    fn version_at(&mut self, node: &str, network: &str) -> Option<Vec<FaceId>> {
        let key = normal(node);
        if !self.variation.versions.values().any(|original| *original == key) {
            return None;
        }
        let zone = match self.names.get(&normal(network)) {
            Some((Named::Network(zone), _)) => *zone,
            Some((Named::Segment(segment), _)) => self.zone_of_segment[segment.index()],
            _ => return None,
        };
        let all = self.faces(node, self.names.get(&key)?.1)?;
        Some(all.into_iter().filter(|&f| self.model.faces[f].zone == Some(zone)).collect())
    }

    /// The endpoints' faces in a zone, in declared order.
    fn endpoints_of(&self, zone: ZoneId) -> impl Iterator<Item = FaceId> + '_ {
        self.zone_faces[zone.index()].iter().copied().filter(|&f| self.model.faces[f].segment.is_some())
    }

    /// The endpoints' faces in a segment, in declared order.
    pub(super) fn endpoints_in_segment(&self, segment: SegmentId) -> Vec<FaceId> {
        let zones = self.model.zones.iter().filter(|(_, z)| z.segment == Some(segment));
        let mut faces: Vec<FaceId> = zones.flat_map(|(zone, _)| self.endpoints_of(zone)).collect();
        faces.sort_unstable();
        faces
    }

    fn side(&mut self, node: &str, side: &str, span: Span, text: &str) -> Option<FaceId> {
        let id = self.node(&Name { text: node.to_owned(), span: place_in(span, text, node) })?;
        let sides = match &self.model.nodes[id].role {
            crate::model::Role::Mediator(m) => m.sides.clone(),
            _ => Vec::new(),
        };
        let found = sides.iter().position(|s| s == side).and_then(|i| self.model.nodes[id].faces.get(i).copied());
        let is_known = sides.iter().any(|s| s == side) || self.damage.touches(self.model.nodes[id].span);
        if found.is_none() && !is_known {
            self.unknown_word(
                Code::UNKNOWN_NAME,
                side,
                place_in(span, text, side),
                &sides,
                Text::new(
                    format!("`{node}` に `{side}` という面はありません"),
                    format!("`{node}` has no side `{side}`"),
                ),
                Text::new("知らない面です", "unknown side"),
            );
        }
        found
    }

    fn face_at(&mut self, node: &str, network: &str, span: Span, text: &str) -> Option<Vec<FaceId>> {
        let at = place_in(span, text, network);
        let zone = self.network(&Name { text: network.to_owned(), span: at });
        let id = self.node(&Name { text: node.to_owned(), span: place_in(span, text, node) })?;
        let zone = zone?;
        let faces = self.model.nodes[id].faces.clone();
        let found: Vec<_> = faces.iter().copied().filter(|&f| self.model.faces[f].zone == Some(zone)).collect();
        if found.is_empty() {
            if !self.damage.touches(self.model.nodes[id].span) {
                let zones = faces.iter().filter_map(|&f| self.model.faces[f].zone);
                let known: Vec<String> = zones.map(|z| self.model.zones[z].name.clone()).collect();
                self.unknown_word(
                    Code::UNKNOWN_NAME,
                    network,
                    at,
                    &known,
                    Text::new(
                        format!("`{node}` は `{network}` に接続していません"),
                        format!("`{node}` is not attached to `{network}`"),
                    ),
                    Text::new("この接続はありません", "no such attachment"),
                );
            }
            return None;
        }
        Some(found)
    }

    /// The faces of a list of selectors. Sorted, distinct.
    pub(super) fn face_list(&mut self, names: &Names) -> Vec<FaceId> {
        let mut all: Vec<_> = names.0.iter().flat_map(|n| self.peers(n)).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The faces of one selector that must be able to hold a session.
    fn peers(&mut self, name: &Name) -> Vec<FaceId> {
        let key = self.key(&name.text, name.span);
        let transit = match self.names.get(&key) {
            Some((Named::Node(id), _)) => {
                matches!(self.model.nodes.get(*id).map(|n| &n.role), Some(crate::model::Role::Transit(_)))
            }
            _ => false,
        };
        if transit {
            self.used.insert(key);
            self.error(
                Code::WRONG_REFERENCE,
                name.span,
                Text::new(
                    format!("`{}` は通信を中継するだけの機器で、通信の相手にはなりません", name.text),
                    format!("`{}` only forwards packets; it is no end of a session", name.text),
                ),
                Text::new(
                    "端末・サーバー・仲介装置・ネットワーク・セグメントの名前が必要です",
                    "name an endpoint, mediator, network or segment",
                ),
            );
            return Vec::new();
        }
        self.faces(&name.text, name.span).unwrap_or_default()
    }

    /// The nodes of a list of selectors. Sorted, distinct. Transit devices have no faces and are no peers.
    pub(super) fn node_list(&mut self, names: &Names) -> Vec<NodeId> {
        let faces = self.face_list(names);
        let mut all: Vec<_> = faces.into_iter().map(|f| self.model.faces[f].node).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}
