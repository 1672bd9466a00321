//! What the rules of the guideline read beside the paths: edition, switches, measures, exceptions, groups.

use std::collections::BTreeMap;

use super::super::load::ReadAs;
use super::super::shape::{ExceptionDoc, GroupDoc, MeasureDoc, Municipality, OnOffDoc, TransitDoc};
use super::super::suggest::nearest;
use super::super::value::{Map, Name};
use super::endpoints::owner;
use super::names::normal;
use super::{Named, Pending, PendingDoc, Resolver, separation_model};
use crate::diagnostic::{Code, Diagnostic, Text};
use crate::model::{Date, Edition, Exception, Group, Kind, Measure, NodeId, SegmentId, Settings, Switches};
use crate::source::Span;

/// The longest audit period, in months: what was done longer ago is not regular.
const MAX_PERIOD: u32 = 60;

impl Resolver<'_> {
    /// Whether a name stands in its list for the first time; if not, both places are reported.
    fn once<'n>(&mut self, seen: &mut BTreeMap<&'n str, Span>, name: &'n Name) -> bool {
        match seen.get(name.text.as_str()) {
            Some(&first) => {
                self.twice(name, first);
                false
            }
            None => {
                seen.insert(&name.text, name.span);
                true
            }
        }
    }

    /// The model and the edition by which the drawing is judged.
    pub(super) fn edition(&mut self, whole: &Municipality, read_as: ReadAs) {
        self.model.declared = read_as.model.or(whole.model.map(separation_model));
        if let Some(doc) = &whole.edition {
            let known = |e: &Edition| self.model.rulebook.editions.iter().any(|i| i.edition == *e);
            match Edition::parse(&doc.0.text).filter(known) {
                Some(edition) => self.model.edition = Some(edition),
                None if self.damage.hides(&doc.0.text) => {}
                None => self.unknown_edition(&doc.0),
            }
        }
        self.model.edition = read_as.edition.or(self.model.edition);
    }

    fn unknown_edition(&mut self, word: &Name) {
        let known: Vec<String> = self.model.rulebook.editions.iter().map(|e| e.edition.to_string()).collect();
        let mut d = Diagnostic::error(
            Code::UNKNOWN_VARIANT,
            word.span,
            Text::new(format!("`{}` という版はありません", word.text), format!("there is no edition `{}`", word.text)),
            Text::new("知らない版です", "unknown edition"),
        )
        .help(Text::new(
            format!("使えるもの: {}。新しい版は規則集(packs)で加えられます", known.join(", ")),
            format!("known here: {}; a new edition can be added by a rule pack (packs)", known.join(", ")),
        ));
        if let Some(near) = nearest(&word.text, known.iter().map(String::as_str)) {
            d = d.fix(word.span, near);
        }
        self.diagnostics.push(d);
    }

    pub(super) fn switches(&mut self, whole: &Municipality) {
        let Some(doc) = &whole.switches else { return };
        let d = Switches::default();
        self.model.switches = Switches {
            mn_screen: doc.mn_screen.unwrap_or(d.mn_screen),
            mn_screen_in: doc.mn_screen_in.unwrap_or(d.mn_screen_in),
            mn_screen_rt: doc.mn_screen_rt.unwrap_or(d.mn_screen_rt),
            accept_inspection: doc.accept_inspection.unwrap_or(d.accept_inspection),
            audit_alpha_prime: doc.audit_alpha_prime.unwrap_or(d.audit_alpha_prime),
            beta_log_mandatory: doc.beta_log_mandatory.unwrap_or(d.beta_log_mandatory),
            beta_vuln_mandatory: doc.beta_vuln_mandatory.unwrap_or(d.beta_vuln_mandatory),
            beta_acl_mandatory: doc.beta_acl_mandatory.unwrap_or(d.beta_acl_mandatory),
            lg_cloud_line: doc.lg_cloud_line.unwrap_or(d.lg_cloud_line),
            log_pull_ok: doc.log_pull_ok.unwrap_or(d.log_pull_ok),
            in_breakout: doc.in_breakout.unwrap_or(d.in_breakout),
            audit_period_months: doc.audit_period_months.unwrap_or(d.audit_period_months),
            approved_external: doc.approved_external.0.iter().map(|n| normal(&n.text)).collect(),
            lbo_allow: doc.lbo_allow.as_ref().map(|l| l.0.iter().map(|n| normal(&n.text)).collect()),
        };
        if !(1..=MAX_PERIOD).contains(&self.model.switches.audit_period_months) {
            let place = self.top_place(self.root, "switches");
            self.error(
                Code::BAD_VALUE,
                place,
                Text::new(
                    format!("audit_period_months は 1 から {MAX_PERIOD} までです"),
                    format!("audit_period_months must be from 1 to {MAX_PERIOD}"),
                ),
                Text::new("この切り替えの中です", "in these switches"),
            );
        }
    }

    /// The services that an α′ body may reach have to be drawn.
    pub(super) fn allowed_services(&mut self, whole: &Municipality) {
        let Some(list) = whole.switches.as_ref().and_then(|s| s.lbo_allow.as_ref()) else { return };
        for name in &list.0 {
            if !matches!(self.find(&name.text, name.span), None | Some(Named::Node(_))) {
                self.wrong_sort(name, "機器", "a node");
            }
        }
    }

    /// The functions of a security cloud are words of the rule book.
    pub(super) fn cloud_functions(&mut self, doc: &TransitDoc) {
        let known: Vec<String> = self.model.rulebook.functions.iter().map(|f| f.word.clone()).collect();
        for name in doc.functions.iter().flat_map(|f| &f.0) {
            if !known.contains(&normal(&name.text)) && !self.damage.hides(&name.text) {
                self.unknown_word(
                    Code::UNKNOWN_NAME,
                    &name.text,
                    name.span,
                    &known,
                    Text::new(
                        format!("セキュリティクラウドの機能 `{}` はありません", name.text),
                        format!("there is no function `{}` of a security cloud", name.text),
                    ),
                    Text::new("機能の一覧にない言葉です", "not in the list of functions"),
                );
            }
        }
    }

    /// Measures of the whole body, by the ids of the catalogue of controls.
    pub(super) fn measures(&mut self, map: &Map<MeasureDoc>) {
        let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
        for (name, doc) in &map.entries {
            if !self.once(&mut seen, name) {
                continue;
            }
            if self.model.rulebook.control(&name.text).is_none() && !self.damage.hides(&name.text) {
                self.unknown_control(name);
            }
            let on = doc.on.as_ref().and_then(|d| self.date(d));
            self.model.measures.push(Measure {
                control: name.text.clone(),
                in_place: doc.in_place,
                on,
                by: doc.by.map(owner),
                note: doc.note.clone(),
                span: name.span,
            });
        }
    }

    fn unknown_control(&mut self, name: &Name) {
        let known: Vec<String> = self.model.rulebook.controls.iter().map(|c| c.id.clone()).collect();
        self.unknown_word(
            Code::UNKNOWN_NAME,
            &name.text,
            name.span,
            &known,
            Text::new(
                format!("対策の番号 `{}` はありません", name.text),
                format!("there is no control `{}`", name.text),
            ),
            Text::new("対策の一覧にない番号です", "not in the catalogue of controls"),
        );
    }

    fn date(&mut self, text: &Name) -> Option<Date> {
        date(text, &mut self.diagnostics)
    }

    /// The register of exceptions. What is missing in one is a finding of the rules, not an error of the file.
    pub(super) fn exceptions(&mut self, map: &Map<ExceptionDoc>) {
        let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
        for (name, doc) in &map.entries {
            if !self.once(&mut seen, name) {
                continue;
            }
            match &doc.rule {
                None => self.missing(name.span, "rule", &name.text),
                // Checks of the drawing can be excepted by their kind.
                Some(rule) if ["Matrix", "Attack", "Leak"].contains(&rule.text.as_str()) => {
                    if doc.at.0.is_empty() {
                        self.missing(name.span, "at", &name.text);
                    }
                }
                Some(rule)
                    if !self.model.rulebook.rules.iter().any(|r| r.id == rule.text)
                        && !self.damage.hides(&rule.text) =>
                {
                    let d = super::super::pack::unknown_rule(&self.model.rulebook, &rule.text, rule.span);
                    self.diagnostics.push(d);
                }
                Some(_) => {}
            }
            let (nodes, segments) = self.scope(&doc.at.0);
            let until = doc.until.as_ref().and_then(|d| self.date(d));
            let stated = |t: &Option<String>| t.clone().filter(|t| !t.trim().is_empty());
            self.model.exceptions.push(Exception {
                id: name.text.clone(),
                rule: doc.rule.as_ref().map(|r| r.text.clone()).unwrap_or_default(),
                nodes,
                segments,
                scoped: !doc.at.0.is_empty(),
                approver: stated(&doc.approver),
                reason: stated(&doc.reason),
                until,
                compensating: stated(&doc.compensating),
                span: name.span,
            });
        }
    }

    /// The nodes and segments of a list of names; a network stands for the nodes in it.
    fn scope(&mut self, names: &[Name]) -> (Vec<NodeId>, Vec<SegmentId>) {
        let (mut nodes, mut segments) = (Vec::new(), Vec::new());
        for name in names {
            match self.find(&name.text, name.span) {
                Some(Named::Segment(s)) => segments.push(s),
                Some(Named::Node(n)) => nodes.push(n),
                Some(Named::Network(zone)) => {
                    let here = self.model.faces.iter().filter(|(_, f)| f.zone == Some(zone));
                    nodes.extend(here.map(|(_, f)| f.node));
                }
                Some(Named::Addresses(_)) => self.error(
                    Code::WRONG_REFERENCE,
                    name.span,
                    Text::new(
                        "ここには機器、ネットワーク、セグメントの名前を書きます",
                        "a node, network or segment belongs here",
                    ),
                    Text::new("アドレスの定義です", "this is a definition of addresses"),
                ),
                None => {}
            }
        }
        nodes.sort_unstable();
        nodes.dedup();
        segments.sort_unstable();
        segments.dedup();
        (nodes, segments)
    }

    /// Groups with a model of their own; a node can follow one model only.
    pub(super) fn groups(&mut self, map: &Map<GroupDoc>) {
        let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
        let mut group_of: BTreeMap<NodeId, &Name> = BTreeMap::new();
        for (name, doc) in &map.entries {
            if !self.once(&mut seen, name) {
                continue;
            }
            if doc.model.is_none() {
                self.missing(name.span, "model", &name.text);
            }
            if doc.members.0.is_empty() {
                self.missing(name.span, "members", &name.text);
            }
            let members = self.node_list(&doc.members);
            for &node in &members {
                let Some(other) = group_of.insert(node, name) else { continue };
                let called = &self.model.nodes[node].name;
                let d = Diagnostic::error(
                    Code::CONFLICT,
                    name.span,
                    Text::new(
                        format!("`{called}` が二つのグループ `{}` と `{}` に入っています", other.text, name.text),
                        format!("`{called}` is in two groups, `{}` and `{}`", other.text, name.text),
                    ),
                    Text::new("一つの機器が従うモデルは一つです", "a node follows one model"),
                );
                self.diagnostics.push(d.also(other.span, Text::new("もう一方のグループです", "the other group")));
            }
            let Some(model) = doc.model else { continue };
            self.model.groups.push(Group {
                name: name.text.clone(),
                label: doc.label.clone().unwrap_or_else(|| name.text.clone()),
                model: separation_model(model),
                members,
                permits: Vec::new(),
                span: name.span,
            });
        }
    }

    /// What a KVM switch connects, as a setting of it.
    pub(super) fn kvm_settings(&mut self, pending: &[Pending]) {
        for p in pending {
            if let PendingDoc::Kvm { connects, usb } = &p.doc {
                let connects = self.node_list(connects);
                let usb = usb.map(|u| u == OnOffDoc::On);
                self.model.nodes[p.id].declared.settings = Settings::Kvm { usb, connects };
            }
        }
    }

    /// Labels that the rules ask for are told apart on every path, as far as some device earns them.
    pub(super) fn watch_labels(&mut self) {
        if self.model.declared.is_none() {
            return;
        }
        let mut earned: Vec<_> =
            self.model.labels.iter().filter(|(_, l)| super::LABELS.contains(&l.as_str())).map(|(id, _)| id).collect();
        // What passes a breakout is told apart from what goes around it, also where the breakout does not earn `lbo`.
        let exits = self.model.transits.values().filter(|t| self.model.nodes[t.node].kind == Kind::Breakout);
        earned.extend(exits.flat_map(|t| t.labels.iter().copied()));
        earned.sort_unstable();
        earned.dedup();
        self.model.watched = earned;
    }
}

/// The day of a text; what is none is reported.
pub(in crate::document) fn date(text: &Name, diagnostics: &mut Vec<Diagnostic>) -> Option<Date> {
    let date = Date::parse(&text.text);
    if date.is_none() {
        diagnostics.push(Diagnostic::error(
            Code::BAD_VALUE,
            text.span,
            Text::new(format!("`{}` は日付ではありません", text.text), format!("`{}` is not a date", text.text)),
            Text::new("2026-04-01 のように書きます", "write it like 2026-04-01"),
        ));
    }
    date
}
