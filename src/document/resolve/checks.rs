//! The checks: what the declared model asks, what the file asks, and what it expects.

use std::collections::{BTreeMap, BTreeSet};

use super::super::shape::{ExpectDoc, ForbidDoc, MediumDoc, Municipality, RequireDoc, StatusDoc};
use super::super::value::{Map, Name, Names};
use super::matrix::{Asked, MATRIX};
use super::mediators::carrier;
use super::names::normal;
use super::{MAX_ROWS, Named, Resolver};
use crate::diagnostic::{Code, Diagnostic, Severity, Text};
use crate::model::{Carrier, Check, Expectation, FaceId, Layer, Lens, Question, Role, SegmentId, Status};
use crate::source::Span;

/// The kinds of controls that a device can have.
const GUARD_KINDS: [&str; 8] = ["edr", "cdr", "av", "conv", "verify", "isolation", "vmiso", "mfa"];

fn status(doc: StatusDoc) -> Status {
    match doc {
        StatusDoc::Holds => Status::Holds,
        StatusDoc::Violated => Status::Violated,
        StatusDoc::Undecided => Status::Undecided,
        StatusDoc::Vacuous => Status::Vacuous,
    }
}

fn list(names: &Names) -> String {
    names.0.iter().map(|n| n.text.as_str()).collect::<Vec<_>>().join(", ")
}

impl Resolver<'_> {
    /// All checks, in the order in which they are answered.
    pub(super) fn checks(&mut self, forbid: Vec<ForbidDoc>, require: Vec<RequireDoc>) {
        if self.model.declared.is_some() || !self.model.permits.is_empty() {
            self.matrix_checks();
        }
        if self.model.declared.is_some() {
            self.asked(&MATRIX.attack, Lens::Attack);
            self.asked(&MATRIX.leak, Lens::Leak);
        }
        for (index, doc) in forbid.into_iter().enumerate() {
            self.forbid(index, doc);
        }
        for (index, doc) in require.into_iter().enumerate() {
            self.require(index, doc);
        }
    }

    fn matrix_checks(&mut self) {
        let occupied: BTreeSet<SegmentId> = self.model.faces.iter().filter_map(|(_, f)| f.segment).collect();
        let segments: Vec<SegmentId> = occupied.into_iter().filter(|&s| !self.model.segments[s].foreign).collect();
        if segments.len() * segments.len() > MAX_ROWS {
            return self.too_many_checks();
        }
        for &from in &segments {
            for &to in segments.iter().filter(|&&to| to != from) {
                let (a, b) = (&self.model.segments[from], &self.model.segments[to]);
                let unjudged = |l: Layer| MATRIX.unjudged.iter().any(|u| u == l.as_str());
                if self.model.declared.is_some() && unjudged(a.layer) && unjudged(b.layer) {
                    continue;
                }
                let name = format!("matrix {} -> {}", a.name, b.name);
                self.model.checks.push(Check { name, question: Question::Matrix { from, to }, span: None });
            }
        }
    }

    fn too_many_checks(&mut self) {
        let place = self.top_place(self.root, "segments");
        self.error(
            Code::TOO_MANY,
            place,
            Text::new(
                "セグメントが多すぎて、組ごとに検査できません(上限 1000)",
                "too many segments to check in pairs (limit 1000)",
            ),
            Text::new("図面を分けてください", "split the drawing"),
        );
    }

    fn asked(&mut self, rows: &[Asked], lens: Lens) {
        let Some(declared) = self.model.declared else { return };
        for row in rows.iter().filter(|r| r.applies(declared.as_str())) {
            for from in self.segments_of(&row.from) {
                for to in self.segments_of(&row.to) {
                    let (a, b) = (&self.model.segments[from], &self.model.segments[to]);
                    let name = format!("{} {} -> {}", lens.as_str(), a.name, b.name);
                    let question = Question::Forbid {
                        lens,
                        from: self.endpoints_in_segment(from),
                        to: self.endpoints_in_segment(to),
                        eyes: false,
                    };
                    self.model.checks.push(Check { name, question, span: None });
                }
            }
        }
    }

    /// Segments of some layers. A declared segment without members stays in: its check is vacuous, not forgotten.
    fn segments_of(&self, layers: &[String]) -> Vec<SegmentId> {
        self.model
            .segments
            .iter()
            .filter(|(_, s)| !s.foreign && layers.iter().any(|l| l == s.layer.as_str()))
            .map(|(id, _)| id)
            .collect()
    }

    /// Endpoint faces of a list of selectors, and where to point if there are none.
    fn ends(&mut self, names: &Names) -> Vec<FaceId> {
        let faces = self.face_list(names);
        faces.into_iter().filter(|&f| matches!(self.model.node_of(f).role, Role::Endpoint(_))).collect()
    }

    /// Where a check is written; a check without a source or a target is a mistake.
    fn place(&mut self, field: &'static str, index: usize, from: &Names, to: &Names) -> Span {
        for (side, names) in [("from", from), ("to", to)] {
            if names.0.is_empty() {
                let place = self.line_place(field, index);
                if self.damage.left_out_in(place) {
                    continue;
                }
                self.error(
                    Code::EMPTY_CHECK,
                    place,
                    Text::new(format!("検査の {side} が空です"), format!("`{side}` of this check is empty")),
                    Text::new("これでは何も確かめられません", "nothing would be checked"),
                );
            }
        }
        match from.0.first().or(to.0.first()) {
            Some(name) => name.span,
            None => self.line_place(field, index),
        }
    }

    fn forbid(&mut self, index: usize, doc: ForbidDoc) {
        let (lens, from, to, eyes, name) = match doc {
            ForbidDoc::Attack { from, to, name } => (Lens::Attack, from, to, false, name),
            ForbidDoc::Leak { from, to, eyes, name } => (Lens::Leak, from, to, eyes, name),
        };
        let span = self.place("forbid", index, &from, &to);
        let title =
            name.map_or_else(|| format!("{} {} -> {}", lens.as_str(), list(&from), list(&to)), |n| normal(&n.text));
        let question = Question::Forbid { lens, from: self.ends(&from), to: self.ends(&to), eyes };
        self.model.checks.push(Check { name: title, question, span: Some(span) });
    }

    fn require(&mut self, index: usize, doc: RequireDoc) {
        let RequireDoc::Flow { from, to, carries, via, name, .. } = doc;
        let span = self.place("require", index, &from, &to);
        let carrier = carrier(carries);
        let title = name.map_or_else(
            || format!("require {} -> {} {}", list(&from), list(&to), carrier.as_str()),
            |n| normal(&n.text),
        );
        let question = self.flow(&from, &to, carrier, &via);
        self.model.checks.push(Check { name: title, question, span: Some(span) });
    }

    fn flow(&mut self, from: &Names, to: &Names, carrier: Carrier, via: &Names) -> Question {
        Question::Require { from: self.ends(from), to: self.ends(to), carrier, via: self.via(via) }
    }

    /// What the file expects of its own check.
    pub(super) fn expectations(&mut self, docs: Vec<ExpectDoc>) {
        for (index, doc) in docs.into_iter().enumerate() {
            let expectation = match doc {
                ExpectDoc::Matrix(rows) => self.expected_matrix(index, &rows, false, false),
                ExpectDoc::MatrixIncludes(rows) => self.expected_matrix(index, &rows, true, false),
                ExpectDoc::MatrixCertain(rows) => self.expected_matrix(index, &rows, false, true),
                ExpectDoc::Attack { from, to, verdict, depth, no_depth, controls } => {
                    let span = self.place("expect", index, &from, &to);
                    self.expected_forbid(span, Lens::Attack, &from, &to, false, verdict, depth, no_depth, &controls)
                }
                ExpectDoc::Leak { from, to, eyes, verdict, depth, no_depth } => {
                    let span = self.place("expect", index, &from, &to);
                    self.expected_forbid(
                        span,
                        Lens::Leak,
                        &from,
                        &to,
                        eyes,
                        verdict,
                        depth,
                        no_depth,
                        &Names::default(),
                    )
                }
                ExpectDoc::Flow { from, to, carries, via, verdict } => {
                    let text = format!("require {} -> {} {}", list(&from), list(&to), carrier(carries).as_str());
                    let span = self.place("expect", index, &from, &to);
                    Expectation::Verdict {
                        question: self.flow(&from, &to, carrier(carries), &via),
                        text,
                        status: Some(status(verdict)),
                        depth: None,
                        controls: Vec::new(),
                        span,
                    }
                }
            };
            self.model.expectations.push(expectation);
        }
    }

    fn expected_matrix(
        &mut self,
        index: usize,
        rows: &[(Name, Name, super::super::shape::CarrierDoc)],
        includes: bool,
        certain: bool,
    ) -> Expectation {
        let mut crossings = Vec::new();
        for (from, to, c) in rows {
            if let (Some(a), Some(b)) = (self.segment(from), self.segment(to)) {
                crossings.push((a, b, carrier(*c)));
            }
        }
        crossings.sort_unstable();
        crossings.dedup();
        let span = rows.first().map_or_else(|| self.line_place("expect", index), |(n, _, _)| n.span);
        Expectation::Matrix { crossings, includes, certain, span }
    }

    #[allow(clippy::too_many_arguments, reason = "the fields of one line of the file")]
    fn expected_forbid(
        &mut self,
        span: Span,
        lens: Lens,
        from: &Names,
        to: &Names,
        eyes: bool,
        verdict: Option<StatusDoc>,
        depth: Option<u32>,
        no_depth: bool,
        controls: &Names,
    ) -> Expectation {
        if depth.is_some() && no_depth {
            self.error(
                Code::CONFLICT,
                span,
                Text::new("depth と no_depth は同時に書けません", "depth and no_depth exclude each other"),
                Text::new("どちらか一方にしてください", "give one of them"),
            );
        }
        let mut guards = Vec::new();
        for control in &controls.0 {
            let name = normal(&control.text);
            // A control that a device does not have (any more) is an expectation that is not met, not a slip of the pen.
            let of_a_node = name.split_once('@').is_some_and(|(kind, node)| {
                GUARD_KINDS.contains(&kind) && matches!(self.names.get(node), Some((Named::Node(_), _)))
            });
            if self.guard_ids.contains_key(&name) || of_a_node {
                guards.push(name);
            } else if !self.damage.any() {
                let known: Vec<String> = self.guard_ids.keys().cloned().collect();
                self.unknown_word(
                    Code::UNKNOWN_NAME,
                    &name,
                    control.span,
                    &known,
                    Text::new(
                        format!("対策 `{name}` はこの図面にありません"),
                        format!("this drawing has no control `{name}`"),
                    ),
                    Text::new("知らない対策です", "unknown control"),
                );
            }
        }
        guards.sort_unstable();
        Expectation::Verdict {
            text: format!("{} {} -> {}", lens.as_str(), list(from), list(to)),
            question: Question::Forbid { lens, from: self.ends(from), to: self.ends(to), eyes },
            status: verdict.map(status),
            depth: if no_depth { Some(None) } else { depth.map(Some) },
            controls: guards,
            span,
        }
    }

    /// What makes a drawing a drawing: segments, and something to check.
    pub(super) fn complete(&mut self, whole: &Municipality) {
        if self.damage.any() {
            return;
        }
        if whole.segments.entries.is_empty() {
            let place = self.top_place(self.root, "segments");
            self.missing(place, "segments", "Municipality");
        }
        let asks = whole.model.is_some()
            || !whole.permits.is_empty()
            || !whole.forbid.is_empty()
            || !whole.require.is_empty()
            || !whole.expect.is_empty();
        if !asks {
            let place = self.top_place(self.root, "model");
            self.error(
                Code::NO_POLICY,
                place,
                Text::new(
                    "何を検査するかが書かれていません(model、permits、forbid、require のどれもありません)",
                    "nothing says what to check (no model, permits, forbid or require)",
                ),
                Text::new("例えば model: BetaPrime と書いてください", "for example, state model: BetaPrime"),
            );
        }
    }

    /// What its author probably did not mean: segments in which nothing is drawn.
    pub(super) fn doubts(&mut self) {
        let is_wrong = self.damage.any() || self.diagnostics.iter().any(|d| d.severity == Severity::Error);
        if is_wrong {
            // What is missing may be missing because of a mistake that is reported already.
            return;
        }
        let mut occupied: BTreeSet<SegmentId> = self.model.faces.iter().filter_map(|(_, f)| f.segment).collect();
        occupied.extend(self.model.nodes.values().filter_map(|n| n.part_of));
        let empty: Vec<(String, Span)> = self
            .model
            .segments
            .iter()
            .filter(|(id, s)| !occupied.contains(id) && s.layer != Layer::SecurityCloud)
            .map(|(_, s)| (s.name.clone(), s.span))
            .collect();
        for (name, span) in empty {
            self.diagnostics.push(Diagnostic::warning(
                Code::EMPTY_SEGMENT,
                span,
                Text::new(
                    format!("セグメント `{name}` に端末もサーバーもありません"),
                    format!("segment `{name}` has no endpoint"),
                ),
                Text::new("このセグメントについての検査は何も言いません", "checks about it say nothing"),
            ));
        }
    }

    /// Definitions that nothing uses.
    pub(super) fn unused(&self, media: &Map<MediumDoc>) -> Vec<Diagnostic> {
        let kinds = |named: &Named| match named {
            Named::Addresses(_) => Some(("アドレスの定義", "address definition")),
            Named::Network(_) => Some(("ネットワーク", "network")),
            Named::Segment(_) | Named::Node(_) => None,
        };
        let names = self.names.iter().filter(|(key, _)| !self.used.contains(*key));
        let names = names.filter_map(|(key, (named, span))| Some((key.as_str(), kinds(named)?, *span)));
        let services = self.services.iter().filter(|(key, _)| !self.used.contains(&format!("service:{key}")));
        let services = services.map(|(key, (_, span))| (key.as_str(), ("サービスの定義", "service"), *span));
        let tables = self.file_types.iter().filter(|(key, _)| !self.used.contains(&format!("types:{key}")));
        let tables = tables.map(|(key, (_, span))| (key.as_str(), ("形式の表", "type table"), *span));
        let media = media.entries.iter().filter(|(name, _)| !self.used.contains(&format!("medium:{}", self.own(name))));
        let media = media.map(|(name, _)| (name.text.as_str(), ("媒体", "medium"), name.span));
        names
            .chain(services)
            .chain(tables)
            .chain(media)
            .map(|(name, (ja, en), span)| {
                Diagnostic::warning(
                    Code::UNUSED_NAME,
                    span,
                    Text::new(
                        format!("{ja} `{name}` はどこからも使われていません"),
                        format!("{en} `{name}` is used nowhere"),
                    ),
                    Text::new("使うはずの場所で書き忘れていませんか", "was it forgotten where it should be used?"),
                )
            })
            .collect()
    }
}

impl Resolver<'_> {
    /// Faces whose unstated address some rule or route is compared with: an open question each.
    pub(super) fn open_addresses(&mut self) {
        use crate::model::{AddrMatch, AddrRange, Assumption, FaceAddress, PacketAddr, Ternary};
        let rules = self.model.transits.values().flat_map(|t| t.rules.iter().flatten());
        let routes = self.model.transits.values().flat_map(|t| t.routes.iter().flatten());
        let sets: Vec<_> = rules
            .flat_map(|r| [&r.source, &r.destination])
            .chain(routes.map(|r| &r.to))
            .filter(|m| !m.any && !m.literal.is_empty())
            .cloned()
            .collect();
        // Faces of which the same is known are in doubt about the same sets, unless a set names them.
        let mut doubted: BTreeMap<Vec<AddrRange>, Vec<usize>> = BTreeMap::new();
        let mut open: Vec<(FaceId, String)> = Vec::new();
        for (id, face) in self.model.faces.iter().filter(|(_, f)| f.zone.is_some()) {
            let within = match &face.address {
                FaceAddress::Known(_) => continue,
                FaceAddress::Within(ranges) => ranges.clone(),
                FaceAddress::Unknown => Vec::new(),
            };
            let nobody = |m: &AddrMatch| AddrMatch { faces: Vec::new(), text: String::new(), ..m.clone() };
            let candidates = doubted.entry(within).or_insert_with(|| {
                let unknown =
                    |m: &AddrMatch| nobody(m).matches(PacketAddr::Of(id), &self.model.faces) == Ternary::Unknown;
                (0..sets.len()).filter(|&i| unknown(&sets[i])).collect()
            });
            if let Some(&i) = candidates.iter().find(|&&i| sets[i].faces.binary_search(&id).is_err()) {
                open.push((id, sets[i].text.clone()));
            }
        }
        for (face, compared) in open {
            let name = self.model.face_name(face);
            let span = self.model.node_of(face).span;
            let text = Text::new(
                format!("`{name}` のアドレスが書かれていないので、`{compared}` に当たるかどうか分かりません"),
                format!("the address of `{name}` is not stated, so whether `{compared}` matches it is open"),
            );
            let id = self.model.assumptions.push(Assumption { text, span: Some(span) });
            self.model.open_addresses.push((face, id));
        }
    }
}
