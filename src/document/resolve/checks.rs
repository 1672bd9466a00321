//! The checks: what the declared model asks, what the file asks, and what it expects.

use super::super::shape::{ExpectDoc, ForbidDoc, RequireDoc, StatusDoc};
use super::super::value::{Name, Names};
use super::matrix::{Asked, MATRIX};
use super::mediators::carrier;
use super::names::normal;
use super::Resolver;
use crate::diagnostic::{Code, Diagnostic, Text};
use crate::model::{Carrier, Check, Expectation, FaceId, Layer, Lens, Question, Role, SegmentId, Status};
use crate::source::Span;

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
        for doc in forbid {
            self.forbid(doc);
        }
        for doc in require {
            self.require(doc);
        }
    }

    fn matrix_checks(&mut self) {
        let segments: Vec<SegmentId> = self.model.segments.ids().filter(|&s| self.model.faces_of(s).next().is_some()).collect();
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

    fn asked(&mut self, rows: &[Asked], lens: Lens) {
        let Some(declared) = self.model.declared else { return };
        for row in rows.iter().filter(|r| r.applies(declared.as_str())) {
            for from in self.segments_of(&row.from) {
                for to in self.segments_of(&row.to) {
                    let (a, b) = (&self.model.segments[from], &self.model.segments[to]);
                    let name = format!("{} {} -> {}", lens.as_str(), a.name, b.name);
                    let question = Question::Forbid {
                        lens,
                        from: self.model.faces_of(from).collect(),
                        to: self.model.faces_of(to).collect(),
                        eyes: false,
                    };
                    self.model.checks.push(Check { name, question, span: None });
                }
            }
        }
    }

    /// Segments of some layers. A declared segment without members stays in: its check is vacuous, not forgotten.
    fn segments_of(&self, layers: &[String]) -> Vec<SegmentId> {
        self.model.segments.iter().filter(|(_, s)| layers.iter().any(|l| l == s.layer.as_str())).map(|(id, _)| id).collect()
    }

    /// Endpoint faces of a list of selectors, and where to point if there are none.
    fn ends(&mut self, names: &Names) -> Vec<FaceId> {
        let faces = self.face_list(names);
        faces.into_iter().filter(|&f| matches!(self.model.node_of(f).role, Role::Endpoint(_))).collect()
    }

    fn place(names: &Names, other: &Names) -> Option<Span> {
        names.0.first().or(other.0.first()).map(|n| n.span)
    }

    fn forbid(&mut self, doc: ForbidDoc) {
        let (lens, from, to, eyes, name) = match doc {
            ForbidDoc::Attack { from, to, name } => (Lens::Attack, from, to, false, name),
            ForbidDoc::Leak { from, to, eyes, name } => (Lens::Leak, from, to, eyes, name),
        };
        let Some(span) = Self::place(&from, &to) else { return };
        let title = name.map_or_else(|| format!("{} {} -> {}", lens.as_str(), list(&from), list(&to)), |n| normal(&n.text));
        let question = Question::Forbid { lens, from: self.ends(&from), to: self.ends(&to), eyes };
        self.model.checks.push(Check { name: title, question, span: Some(span) });
    }

    fn require(&mut self, doc: RequireDoc) {
        let RequireDoc::Flow { from, to, carries, via, name, .. } = doc;
        let Some(span) = Self::place(&from, &to) else { return };
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
        for doc in docs {
            let expectation = match doc {
                ExpectDoc::Matrix(rows) => self.expected_matrix(&rows, false, false),
                ExpectDoc::MatrixIncludes(rows) => self.expected_matrix(&rows, true, false),
                ExpectDoc::MatrixCertain(rows) => self.expected_matrix(&rows, false, true),
                ExpectDoc::Attack { from, to, verdict, depth, no_depth, controls } => {
                    self.expected_forbid(Lens::Attack, &from, &to, false, verdict, depth, no_depth, &controls)
                }
                ExpectDoc::Leak { from, to, eyes, verdict, depth, no_depth } => {
                    self.expected_forbid(Lens::Leak, &from, &to, eyes, verdict, depth, no_depth, &Names::default())
                }
                ExpectDoc::Flow { from, to, carries, via, verdict } => {
                    let text = format!("require {} -> {} {}", list(&from), list(&to), carrier(carries).as_str());
                    Self::place(&from, &to).map(|span| Expectation::Verdict {
                        question: self.flow(&from, &to, carrier(carries), &via),
                        text,
                        status: Some(status(verdict)),
                        depth: None,
                        controls: Vec::new(),
                        span,
                    })
                }
            };
            self.model.expectations.extend(expectation);
        }
    }

    fn expected_matrix(&mut self, rows: &[(Name, Name, super::super::shape::CarrierDoc)], includes: bool, certain: bool) -> Option<Expectation> {
        let mut crossings = Vec::new();
        for (from, to, c) in rows {
            if let (Some(a), Some(b)) = (self.segment(from), self.segment(to)) {
                crossings.push((a, b, carrier(*c)));
            }
        }
        crossings.sort_unstable();
        crossings.dedup();
        let span = rows.first().map(|(n, _, _)| n.span).or_else(|| self.model.segments.values().next().map(|s| s.span))?;
        Some(Expectation::Matrix { crossings, includes, certain, span })
    }

    #[allow(clippy::too_many_arguments, reason = "the fields of one line of the file")]
    fn expected_forbid(&mut self, lens: Lens, from: &Names, to: &Names, eyes: bool, verdict: Option<StatusDoc>, depth: Option<u32>, no_depth: bool, controls: &Names) -> Option<Expectation> {
        let span = Self::place(from, to)?;
        if depth.is_some() && no_depth {
            self.error(
                Code::CONFLICT, span,
                Text::new("depth と no_depth は同時に書けません", "depth and no_depth exclude each other"),
                Text::new("どちらか一方にしてください", "give one of them"),
            );
        }
        let mut guards = Vec::new();
        for control in &controls.0 {
            let name = normal(&control.text);
            if self.model.guards.values().any(|g| g.name == name) {
                guards.push(name);
            } else {
                let known: Vec<String> = self.model.guards.values().map(|g| g.name.clone()).collect();
                let near = super::super::suggest::nearest(&name, known.iter().map(String::as_str)).map(str::to_owned);
                let mut d = Diagnostic::error(
                    Code::UNKNOWN_NAME, control.span,
                    Text::new(format!("対策 `{name}` はこの図面にありません"), format!("this drawing has no control `{name}`")),
                    Text::new("知らない対策です", "unknown control"),
                );
                if let Some(near) = near {
                    d = d.fix(control.span, near);
                }
                self.diagnostics.push(d);
            }
        }
        guards.sort_unstable();
        Some(Expectation::Verdict {
            text: format!("{} {} -> {}", lens.as_str(), list(from), list(to)),
            question: Question::Forbid { lens, from: self.ends(from), to: self.ends(to), eyes },
            status: verdict.map(status),
            depth: if no_depth { Some(None) } else { depth.map(Some) },
            controls: guards,
            span,
        })
    }

    /// What its author probably did not mean: empty segments, nothing to check.
    pub(super) fn doubts(&mut self) {
        let used_by_devices: Vec<Option<SegmentId>> = self.model.nodes.values().map(|n| n.part_of).collect();
        let empty: Vec<(SegmentId, Span)> = self
            .model
            .segments
            .iter()
            .filter(|(id, s)| self.model.faces_of(*id).next().is_none() && !used_by_devices.contains(&Some(*id)) && s.layer != Layer::SecurityCloud)
            .map(|(id, s)| (id, s.span))
            .collect();
        for (id, span) in empty {
            let name = self.model.segments[id].name.clone();
            self.diagnostics.push(Diagnostic::warning(
                Code::EMPTY_SEGMENT, span,
                Text::new(format!("セグメント `{name}` に端末もサーバーもありません"), format!("segment `{name}` has no endpoint")),
                Text::new("このセグメントについての検査は何も言いません", "checks about it say nothing"),
            ));
        }
        let declared = self.sources.iter().next().is_some();
        if declared && self.model.checks.is_empty() && self.model.expectations.is_empty() && !self.model.segments.is_empty() {
            let span = self.model.segments.values().next().map(|s| s.span);
            if let Some(span) = span {
                self.error(
                    Code::NO_POLICY, span,
                    Text::new(
                        "何を検査するかが書かれていません(model、permits、forbid、require のどれもありません)",
                        "nothing says what to check (no model, permits, forbid or require)",
                    ),
                    Text::new("例えば model: BetaPrime と書いてください", "for example, state model: BetaPrime"),
                );
            }
        }
        if self.model.segments.is_empty() && self.sources.len() > 0 && self.diagnostics.is_empty() {
            let span = Span::new(self.sources.iter().next().map_or_else(|| unreachable!("checked: there is a file"), |(id, _)| id), 0..0);
            self.missing(span, "segments", "Municipality");
        }
    }
}

impl Resolver<'_> {
    /// Faces whose unstated address some rule or route is compared with: an open question each.
    pub(super) fn open_addresses(&mut self) {
        use crate::model::{Assumption, PacketAddr, Ternary};
        let rules = self.model.transits.values().flat_map(|t| t.rules.iter().flatten());
        let routes = self.model.transits.values().flat_map(|t| t.routes.iter().flatten());
        let sets: Vec<_> = rules.flat_map(|r| [&r.source, &r.destination]).chain(routes.map(|r| &r.to)).filter(|m| !m.any && !m.literal.is_empty()).cloned().collect();
        let open: Vec<(FaceId, String)> = self
            .model
            .faces
            .iter()
            .filter(|(_, f)| f.zone.is_some() && !matches!(f.address, crate::model::FaceAddress::Known(_)))
            .filter_map(|(id, _)| {
                let set = sets.iter().find(|m| m.matches(PacketAddr::Of(id), &self.model.faces) == Ternary::Unknown)?;
                Some((id, set.text.clone()))
            })
            .collect();
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
