//! `sekisho infer`: which model a drawing honestly is, and why.

use serde::Serialize;

use crate::diagnostic::Text;
use crate::guideline::Inference;
use crate::model::Model;
use crate::report::json::{Said, written};
use crate::report::names::{Place, Scribe};
use crate::report::text::{Look, Page, Style};
use crate::report::{OpenReport, SCHEMA_VERSION, words};
use crate::source::Sources;

/// What a drawing, or a group of it, is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InferenceReport {
    /// The group; none for the whole drawing.
    pub group: Option<String>,
    /// What it declares: its word and what people call it.
    pub declared: Option<(&'static str, Text)>,
    /// What it is; none if it is none of the models, or if that cannot be said yet.
    pub model: Option<(&'static str, Text)>,
    /// Why, with places.
    pub reasons: Vec<(Text, Option<Place>)>,
    /// What has to be stated first.
    pub open: Vec<OpenReport>,
}

impl InferenceReport {
    /// Whether the drawing is what it declares. `None`: that cannot be said yet.
    #[must_use]
    pub fn agrees(&self) -> Option<bool> {
        if !self.open.is_empty() {
            return None;
        }
        Some(match (&self.declared, &self.model) {
            (Some(d), Some(m)) => d.0 == m.0,
            (Some(_), None) => false,
            (None, _) => true,
        })
    }
}

/// Inferences with names and places restored.
#[must_use]
pub fn inferences(model: &Model, sources: &Sources, list: &[Inference]) -> Vec<InferenceReport> {
    let scribe = Scribe { model, sources };
    let word = |m: crate::model::SeparationModel| (m.as_str(), words::separation(m));
    list.iter()
        .map(|i| InferenceReport {
            group: i.group.clone(),
            declared: i.declared.map(word),
            model: i.model.map(word),
            reasons: i.reasons.iter().map(|r| (r.text.clone(), r.span.map(|s| scribe.place(s)))).collect(),
            open: i
                .open
                .iter()
                .map(|o| OpenReport { text: o.sentence(), place: o.span.map(|s| scribe.place(s)) })
                .collect(),
        })
        .collect()
}

/// For people.
#[must_use]
pub fn infer_text(list: &[InferenceReport], style: Style) -> String {
    let mut page = Page::new(style);
    let lang = style.lang;
    for (i, one) in list.iter().enumerate() {
        if i > 0 {
            page.blank();
        }
        let what = match &one.group {
            None => page.pick("この図面", "This drawing"),
            Some(g) => page.pick(&format!("グループ {g}"), &format!("The group {g}")),
        };
        let is = match (&one.model, one.open.is_empty()) {
            (Some((_, name)), _) => page.pick(&format!("は、{}です", name.ja), &format!(" is {}", name.en)),
            (None, true) => page.pick("は、どのモデルにも当てはまりません", " is none of the models"),
            (None, false) => page.pick("がどのモデルかは、まだ言えません", " cannot be said to be a model yet"),
        };
        let (look, sign) = match one.agrees() {
            Some(true) => (Look::Good, "○ "),
            Some(false) => (Look::Bad, "✗ "),
            None => (Look::Open, "? "),
        };
        page.hanging(look, 0, sign, &format!("{what}{is}"));
        if let (Some((_, declared)), Some(false)) = (&one.declared, one.agrees()) {
            let text = page.pick(
                &format!("宣言は{}です(規則 R-MC-01)", declared.ja),
                &format!("it declares {} (rule R-MC-01)", declared.en),
            );
            page.line(Look::Bad, 4, &text);
        }
        for (reason, place) in &one.reasons {
            page.hanging(Look::Plain, 4, "- ", reason.get(lang));
            if let Some(place) = place {
                page.line(Look::Faint, 6, &format!("[{place}]"));
            }
        }
        for open in &one.open {
            page.hanging(Look::Open, 4, "? ", open.text.get(lang));
            if let Some(place) = &open.place {
                page.line(Look::Faint, 6, &format!("[{place}]"));
            }
        }
    }
    page.finish()
}

#[derive(Serialize)]
struct JsonInference<'a> {
    group: Option<&'a str>,
    declared: Option<&'static str>,
    model: Option<&'static str>,
    agrees: Option<bool>,
    reasons: Vec<Said>,
    open: Vec<Said>,
}

#[derive(Serialize)]
struct JsonInferences<'a> {
    schema_version: u32,
    drawing: &'a str,
    inferences: Vec<JsonInference<'a>>,
}

/// For programs.
#[must_use]
pub fn infer_json(drawing: &str, list: &[InferenceReport]) -> String {
    written(&JsonInferences {
        schema_version: SCHEMA_VERSION,
        drawing,
        inferences: list
            .iter()
            .map(|i| JsonInference {
                group: i.group.as_deref(),
                declared: i.declared.as_ref().map(|d| d.0),
                model: i.model.as_ref().map(|m| m.0),
                agrees: i.agrees(),
                reasons: i.reasons.iter().map(|(t, _)| t.into()).collect(),
                open: i.open.iter().map(|o| (&o.text).into()).collect(),
            })
            .collect(),
    })
}
