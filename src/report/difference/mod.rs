//! A difference of two drawings told: text, Markdown and JSON from one page of sections.
//!
//! The most important comes first, equal things are one line, and the same difference gives the same bytes. What changed
//! is known before.

mod expected;
mod inventory;
mod json;
mod lines;
mod page;
mod render;
mod words;

pub use json::json as difference_json;
pub use render::{markdown as difference_markdown, text as difference_text};
pub use words::services as services_told;

use crate::change::difference::Difference;
use crate::change::expected::Judged;

/// What is told.
#[derive(Debug, Clone, Copy)]
pub struct Compared<'a> {
    /// The name of the drawing before, and its file.
    pub before: (&'a str, &'a str),
    /// The name of the drawing after, and its file.
    pub after: (&'a str, &'a str),
    /// What changed.
    pub difference: &'a Difference,
    /// How that compares with what was expected, if something was.
    pub expected: Option<&'a Judged>,
}
