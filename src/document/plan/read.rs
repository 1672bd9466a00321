//! From the text of a plan to the plan: every mistake of its author ends here.

use std::collections::BTreeMap;

use super::check::{Part, canonical, circle, nameless, precedences, units};
use super::effects::{effects, is_global};
use super::shape::{ConstraintDoc, EditDoc, ExpectDoc, PlanDoc, RunningDoc, StepDoc, VerdictDoc};
use crate::diagnostic::{Code, Diagnostic, Text};
use crate::document::resolve::{self, normal};
use crate::document::shape::Municipality;
use crate::document::suggest::nearest;
use crate::document::value::Name;
use crate::model::plan::{MAX_DAYS, MAX_STEPS, Plan, PlanExpectation, PlanVerdict, Precedence, Running, Step, StepSet};
use crate::model::{Date, Owner};
use crate::source::{FileId, Span};

/// Collects what is wrong with a plan.
pub(super) struct Reader<'a> {
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) file: FileId,
    pub(super) names: BTreeMap<String, usize>,
    pub(super) doc: &'a PlanDoc,
}

/// A plan without a drawing.
pub(super) fn no_base(file: FileId) -> Diagnostic {
    Diagnostic::error(
        Code::MISSING_FIELD,
        Span::new(file, 0..0),
        Text::new("元の図面 `base` がありません", "there is no `base`, the drawing with which the plan begins"),
        Text::new("例: base: \"今の図面.ron\"", "for example, base: \"today.ron\""),
    )
}

impl Reader<'_> {
    fn error(&mut self, code: Code, span: Span, message: Text, label: Text) {
        self.diagnostics.push(Diagnostic::error(code, span, message, label));
    }

    /// The plan, and in `diagnostics` what is wrong with it.
    pub(super) fn plan(&mut self, base: &Municipality) -> Plan {
        let doc = self.doc;
        let top = Span::new(self.file, 0..0);
        if doc.steps.entries.is_empty() {
            let label = Text::new(
                "例: steps: { \"edr\": (change: [ … ]) }",
                "for example, steps: { \"edr\": (change: [ … ]) }",
            );
            self.error(Code::MISSING_FIELD, top, Text::new("手順 `steps` がありません", "there are no `steps`"), label);
        }
        if doc.steps.entries.len() > MAX_STEPS {
            let span = doc.steps.entries[MAX_STEPS].0.span;
            self.error(
                Code::TOO_MANY,
                span,
                Text::new(format!("手順が多すぎます(上限 {MAX_STEPS})"), format!("too many steps (limit {MAX_STEPS})")),
                Text::new("計画を分けてください", "split the plan"),
            );
            return Plan::default();
        }
        for (i, (name, _)) in doc.steps.entries.iter().enumerate() {
            if self.names.insert(normal(&name.text), i).is_some() {
                self.error(
                    Code::DUPLICATE_NAME,
                    name.span,
                    Text::new(
                        format!("手順 `{}` が二つあります", name.text),
                        format!("there are two steps `{}`", name.text),
                    ),
                    Text::new("二度目です", "the second time"),
                );
            }
        }
        let steps = doc.steps.entries.iter().map(|(name, step)| self.step(name, step)).collect::<Vec<_>>();
        let (stated, together, not_before) = self.constraints();
        let parts: Vec<Part<'_>> = doc
            .steps
            .entries
            .iter()
            .map(|(name, step)| Part { name: &name.text, span: name.span, effects: effects(name.span, step) })
            .collect();
        let mut precedences = precedences(base, &parts, stated, &mut self.diagnostics);
        let units = units(steps.len(), &together);
        // Within steps in one go, which is written first does not matter.
        precedences.retain(|p| units.iter().all(|u| !(u.contains(&p.first) && u.contains(&p.then))));
        if let Err(steps) = canonical(steps.len(), &precedences) {
            self.diagnostics.extend(circle(&parts, &steps, &precedences));
        }
        let order = self.order(&steps);
        let running = doc.running.iter().filter_map(|r| self.running(r)).collect();
        let expectations = doc.expect.iter().filter_map(|e| self.expectation(e, top)).collect();
        Plan {
            name: doc.name.clone().unwrap_or_default(),
            // A plan whose steps have days starts with the first of them.
            starts: self.day(doc.starts.as_ref()).or_else(|| steps.iter().filter_map(|s| s.on).min()),
            steps,
            order,
            precedences,
            units,
            not_before,
            running,
            expectations,
        }
    }

    fn step(&mut self, name: &Name, doc: &StepDoc) -> Step {
        if doc.change.is_empty() {
            self.error(
                Code::MISSING_FIELD,
                name.span,
                Text::new(
                    format!("手順 `{}` は何も変えません", name.text),
                    format!("step `{}` changes nothing", name.text),
                ),
                Text::new("change に変えることを書いてください", "say under change what it changes"),
            );
        }
        for edit in &doc.change {
            self.whole_drawing(name, edit);
            if doc.parallel && matches!(edit, EditDoc::Model(_) | EditDoc::Edition(_)) {
                self.error(
                    Code::CONFLICT,
                    name.span,
                    Text::new(
                        "モデルや版の切り替えは、新旧を並行して行えません",
                        "a change of model or edition cannot be made with old and new side by side",
                    ),
                    Text::new("別の手順に分けてください", "put it into a step of its own"),
                );
            }
        }
        if doc.days.is_some_and(|days| days > MAX_DAYS) {
            self.error(
                Code::BAD_VALUE,
                name.span,
                Text::new(
                    format!("手順 `{}` の日数 days が長すぎます(上限 {MAX_DAYS})", name.text),
                    format!("step `{}` takes too many days (limit {MAX_DAYS})", name.text),
                ),
                Text::new("この手順です", "this step"),
            );
        }
        let e = effects(name.span, doc);
        let mut touches: Vec<String> =
            e.makes.keys().chain(e.takes.keys()).chain(e.changes.keys().map(|(i, _)| i)).map(|i| i.1.clone()).collect();
        touches.sort();
        touches.dedup();
        Step {
            name: normal(&name.text),
            label: doc.label.clone().unwrap_or_else(|| name.text.clone()),
            on: self.day(doc.on.as_ref()),
            days: doc.days,
            owner: doc.owner.map(owner),
            cost: doc.cost,
            parallel: doc.parallel,
            irreversible: doc.irreversible,
            note: doc.note.clone(),
            touches,
            global: is_global(&e, doc),
            span: name.span,
        }
    }

    /// What belongs to a drawing as a whole cannot be added by a step; what has no name cannot be replaced.
    fn whole_drawing(&mut self, name: &Name, edit: &EditDoc) {
        let (EditDoc::Add(doc) | EditDoc::Replace(doc)) = edit else { return };
        if let EditDoc::Replace(_) = edit {
            self.diagnostics.extend(nameless(name, doc));
        }
        for (field, given) in [
            ("name", doc.name.is_some()),
            ("model", doc.model.is_some()),
            ("edition", doc.edition.is_some()),
            ("include", !doc.include.is_empty()),
            ("packs", !doc.packs.is_empty()),
            ("expect", !doc.expect.is_empty()),
        ] {
            if given {
                self.error(
                    Code::UNKNOWN_FIELD,
                    name.span,
                    Text::new(
                        format!("Add や Replace に `{field}` は書けません"),
                        format!("`{field}` cannot be given in Add or Replace"),
                    ),
                    Text::new(
                        "モデルと版は Model(…) と Edition(…) で変えます",
                        "model and edition are changed by Model(…) and Edition(…)",
                    ),
                );
            }
        }
    }

    fn day(&mut self, name: Option<&Name>) -> Option<Date> {
        let name = name?;
        let day = Date::parse(&name.text);
        if day.is_none() {
            self.error(
                Code::BAD_VALUE,
                name.span,
                Text::new(format!("`{}` という日はありません", name.text), format!("there is no day `{}`", name.text)),
                Text::new("書き方は 2027-04-01", "written as 2027-04-01"),
            );
        }
        day
    }

    fn find(&mut self, name: &Name) -> Option<usize> {
        let key = normal(&name.text);
        if let Some(&step) = self.names.get(&key) {
            return Some(step);
        }
        let mut d = Diagnostic::error(
            Code::UNKNOWN_NAME,
            name.span,
            Text::new(format!("手順 `{}` はありません", name.text), format!("there is no step `{}`", name.text)),
            Text::new("知らない手順です", "unknown step"),
        );
        if let Some(near) = nearest(&key, self.names.keys().map(String::as_str)) {
            d = d.fix(name.span, near);
        }
        self.diagnostics.push(d);
        None
    }

    #[allow(clippy::type_complexity, reason = "the three kinds of constraints")]
    fn constraints(&mut self) -> (Vec<Precedence>, Vec<Vec<usize>>, Vec<(usize, Date)>) {
        let (mut before, mut together, mut not_before) = (Vec::new(), Vec::new(), Vec::new());
        for c in &self.doc.constraints {
            match c {
                ConstraintDoc::Before { first, then, reason } => {
                    if let (Some(a), Some(b)) = (self.find(first), self.find(then)) {
                        let reason = reason.clone().map_or_else(
                            || Text::new("計画にそう書かれている", "the plan says so"),
                            |r| Text::new(r.clone(), r),
                        );
                        before.push(Precedence { first: a, then: b, reason, stated: true, span: first.span });
                    }
                }
                ConstraintDoc::Together { steps } => {
                    let found: Vec<usize> = steps.iter().filter_map(|s| self.find(s)).collect();
                    if found.len() == steps.len() {
                        together.push(found);
                    }
                }
                ConstraintDoc::NotBefore { step, on } => {
                    if let (Some(s), Some(day)) = (self.find(step), self.day(Some(on))) {
                        not_before.push((s, day));
                    }
                }
            }
        }
        (before, together, not_before)
    }

    /// The order as written; by day, if every step has one and no order is written.
    fn order(&mut self, steps: &[Step]) -> Vec<usize> {
        let n = steps.len();
        if self.doc.order.is_empty() {
            let mut order: Vec<usize> = (0..n).collect();
            if steps.iter().all(|s| s.on.is_some()) {
                order.sort_by_key(|&i| (steps[i].on, i));
            }
            return order;
        }
        let mut order = Vec::new();
        for name in &self.doc.order {
            match self.find(name) {
                Some(step) if order.contains(&step) => self.error(
                    Code::DUPLICATE_NAME,
                    name.span,
                    Text::new(
                        format!("手順 `{}` が二度並んでいます", name.text),
                        format!("step `{}` is listed twice", name.text),
                    ),
                    Text::new("二度目です", "the second time"),
                ),
                Some(step) => order.push(step),
                None => {}
            }
        }
        let missing: Vec<&str> = (0..n).filter(|i| !order.contains(i)).map(|i| steps[i].name.as_str()).collect();
        if !missing.is_empty() {
            let span = self.doc.order[0].span;
            let list = missing.join(", ");
            self.error(
                Code::MISSING_FIELD,
                span,
                Text::new(
                    format!("order にない手順があります: {list}"),
                    format!("steps that order does not list: {list}"),
                ),
                Text::new("すべての手順を並べてください", "list every step"),
            );
        }
        let dated = order.windows(2).find(|w| matches!((steps[w[0]].on, steps[w[1]].on), (Some(a), Some(b)) if b < a));
        if let Some(w) = dated {
            let (first, second) = (&steps[w[0]], &steps[w[1]]);
            self.error(
                Code::CONFLICT,
                second.span,
                Text::new(
                    format!("order では `{}` の後ですが、日付 on は前です", first.name),
                    format!("order puts it after `{}`, its day `on` is before", first.name),
                ),
                Text::new("順番か日付を直してください", "mend the order or the day"),
            );
        }
        order
    }

    fn running(&mut self, doc: &RunningDoc) -> Option<Running> {
        let (from, until) = (self.find(&doc.from), self.find(&doc.until));
        Some(Running {
            label: doc.label.clone().unwrap_or_else(|| format!("{} – {}", doc.from.text, doc.until.text)),
            from: from?,
            until: until?,
            per_day: doc.per_day,
        })
    }

    fn expectation(&mut self, doc: &ExpectDoc, top: Span) -> Option<PlanExpectation> {
        let verdict = |v: VerdictDoc| match v {
            VerdictDoc::Safe => PlanVerdict::Safe,
            VerdictDoc::Unsafe => PlanVerdict::Unsafe,
            VerdictDoc::Undecided => PlanVerdict::Undecided,
        };
        Some(match doc {
            ExpectDoc::Check(v) => PlanExpectation::Check(verdict(*v), top),
            ExpectDoc::Order(v) => PlanExpectation::Order(verdict(*v), top),
            ExpectDoc::FailsAfter(name) => PlanExpectation::FailsAfter(self.find(name)?, name.span),
            ExpectDoc::Conflict(names) => {
                let steps: Option<StepSet> =
                    names.iter().map(|n| self.find(n)).collect::<Option<Vec<_>>>().map(StepSet::from_iter);
                PlanExpectation::Conflict(steps?, names.first().map_or(top, |n| n.span))
            }
        })
    }
}

fn owner(doc: crate::document::shape::OwnerDoc) -> Owner {
    resolve::owner(doc)
}
