//! The shape of a region file, field by field: what `docs/region.md` describes.
//!
//! The drawings inside it are cut out before this is read; they are read once per body, with its own parameters.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::super::value::{Map, Name};

/// A whole region file.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(rename = "Region", deny_unknown_fields, default)]
pub(in crate::document) struct RegionDoc {
    pub name: Option<String>,
    /// Rule packs of the designer, for all bodies.
    pub packs: Vec<Name>,
    pub of: Option<Name>,
    /// The values are read from the text: they may be anything.
    pub with: Map<IgnoredAny>,
    /// What all share, if it has no template. It is cut out before this is read, and named here so that it is known.
    pub drawing: Option<IgnoredAny>,
    pub templates: Map<TemplateDoc>,
    pub bodies: Map<BodyDoc>,
}

/// A drawing with parameters.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(in crate::document) struct TemplateDoc {
    pub file: Option<Name>,
    /// Cut out before this is read.
    pub drawing: Option<IgnoredAny>,
    pub parameters: Map<IgnoredAny>,
    /// Only the names of parameters and values are left here.
    pub variants: Map<Map<IgnoredAny>>,
}

/// One body, or several alike.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(in crate::document) struct BodyDoc {
    pub of: Option<Name>,
    pub label: Option<String>,
    pub with: Map<IgnoredAny>,
    pub count: Option<u32>,
    /// Cut out before this is read.
    pub drawing: Option<IgnoredAny>,
    pub bodies: Map<BodyDoc>,
}
