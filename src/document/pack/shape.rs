//! The shape of a rule pack, field by field.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::super::value::{Map, Name};
use crate::model::rulebook::{Asked, Decide, Mark, RuleKind, RuleSeverity, Select};
use crate::model::{Carrier, Edition, Layer, Owner, SeparationModel};

/// A whole pack. Every part may be left out.
#[derive(Debug, Default, Deserialize)]
#[serde(rename = "Pack", deny_unknown_fields, default)]
pub(in crate::document) struct Pack {
    pub name: Option<String>,
    pub editions: Map<EditionInfoDoc>,
    pub clauses: Map<ClauseDoc>,
    pub sources: Map<String>,
    pub rules: Map<RuleDoc>,
    /// Rules that are no longer asked.
    pub withdrawn: Vec<Name>,
    pub controls: Map<ControlInfoDoc>,
    pub crossings: Map<CrossingDoc>,
    pub functions: Map<FunctionDoc>,
    pub tasks: Map<TaskDoc>,
}

/// A sentence in both languages.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::document) struct Said {
    pub ja: String,
    pub en: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::document) struct EditionInfoDoc {
    pub published: Said,
    pub changes: Said,
    #[serde(default)]
    pub evidence: Vec<Mark>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::document) struct ClauseDoc {
    pub ja: String,
    pub en: String,
    #[serde(default)]
    pub evidence: Vec<Mark>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::document) struct RuleDoc {
    #[serde(default)]
    pub clauses: Vec<Name>,
    pub ja: String,
    pub en: String,
    #[serde(default)]
    pub repair: Option<Said>,
    #[serde(default)]
    pub models: Vec<SeparationModel>,
    #[serde(default)]
    pub since: Option<Edition>,
    #[serde(default)]
    pub switch: Option<Name>,
    pub severity: RuleSeverity,
    pub kind: RuleKind,
    #[serde(default)]
    pub evidence: Vec<Mark>,
    pub decide: Decide,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::document) struct ControlInfoDoc {
    pub ja: String,
    pub en: String,
    #[serde(default)]
    pub organisational: bool,
    #[serde(default)]
    pub responsible: Vec<Owner>,
    #[serde(default)]
    pub asked: BTreeMap<SeparationModel, Asked>,
    #[serde(default)]
    pub mandatory_if: BTreeMap<SeparationModel, String>,
    #[serde(default)]
    pub evidence: Vec<Mark>,
    pub decide: Decide,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::document) struct CrossingDoc {
    pub models: Vec<SeparationModel>,
    pub from: Layer,
    pub to: Layer,
    pub mediator: Said,
    pub carriers: Vec<Carrier>,
    #[serde(default)]
    pub via: Vec<String>,
    #[serde(default)]
    pub responsible: Vec<Owner>,
    #[serde(default)]
    pub evidence: Vec<Mark>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::document) struct FunctionDoc {
    pub ja: String,
    pub en: String,
    #[serde(default)]
    pub required: bool,
    #[serde(default)]
    pub evidence: Vec<Mark>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::document) struct TaskDoc {
    pub ja: String,
    pub en: String,
    #[serde(default)]
    pub pain: Option<f32>,
    pub ways: Vec<WayDoc>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::document) struct WayDoc {
    pub ja: String,
    pub en: String,
    #[serde(default)]
    pub from: Select,
    #[serde(default)]
    pub to: Select,
    #[serde(default)]
    pub legs: Vec<LegDoc>,
    #[serde(default)]
    pub steps: Vec<Said>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::document) struct LegDoc {
    #[serde(default)]
    pub from: Select,
    #[serde(default)]
    pub to: Select,
    pub carriers: Vec<Carrier>,
    #[serde(default)]
    pub via: Vec<String>,
}
