//! A region: many bodies drawn from few templates, each seeing what is above it and nothing of its siblings.
//!
//! Reading ends with a tree of bodies, every one of which can be drawn as an ordinary model: itself, what is above it
//! and, on demand, others beside it. What the others mean for its verdicts is the business of `compose`.

mod cut;
mod draw;
mod fill;
mod load;
mod shape;
mod templates;

use std::ops::Range;
use std::sync::{Arc, OnceLock};

pub use draw::DrawnBody;

use super::load::{Failed, Loader};
use crate::diagnostic::Diagnostic;
use crate::model::rulebook::Rulebook;
use crate::source::{FileId, Sources, Span, tokens};

/// The most bodies of a region.
const MAX_BODIES: usize = 100_000;

/// A part of a file that holds a drawing whose parameters are not filled yet.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    file: FileId,
    range: Range<usize>,
}

/// A body of a region.
#[derive(Debug, Clone)]
pub struct Body {
    /// The names from the top to it, with slashes between; empty for what all share.
    pub path: String,
    /// Its name for people.
    pub label: String,
    /// The body above it, by position.
    pub above: Option<usize>,
    /// Which one it is below the body above it, from 1.
    pub index: u32,
    /// The bodies below it, by position.
    pub below: Vec<usize>,
    /// The name of its template, if it has one.
    pub template: Option<String>,
    /// Where it is written.
    pub span: Span,
    drawn: draw::Drawn,
}

impl Body {
    /// Whether it is judged: nothing is below it.
    #[must_use]
    pub fn is_leaf(&self) -> bool {
        self.below.is_empty()
    }
}

/// A region that could be understood. Its bodies are drawn one by one.
#[derive(Debug)]
pub struct Region {
    /// The name of the region.
    pub name: String,
    /// Its files.
    pub sources: Sources,
    /// All bodies; the first is what all share, each comes after the one above it.
    pub bodies: Vec<Body>,
    /// What its author probably did not mean.
    pub warnings: Vec<Diagnostic>,
    templates: Vec<templates::Template>,
    rulebook: Arc<Rulebook>,
    /// What the bodies below each body have in common, once somebody asked.
    grounds: Vec<OnceLock<draw::Ground>>,
}

impl Region {
    /// The position of a body by its path.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<usize> {
        self.bodies.iter().position(|b| b.path == path)
    }

    /// The bodies that are judged, in the order of the file.
    pub fn leaves(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.bodies.len()).filter(|&b| self.bodies[b].is_leaf())
    }

    /// The bodies above a body, from the top.
    #[must_use]
    pub fn above(&self, body: usize) -> Vec<usize> {
        let mut chain: Vec<usize> = std::iter::successors(self.bodies[body].above, |&b| self.bodies[b].above).collect();
        chain.reverse();
        chain
    }
}

/// Whether a text is a region rather than a single drawing.
#[must_use]
pub fn is_region(text: &str) -> bool {
    // Only the beginning is looked at: a country may be long.
    let head = text.char_indices().nth(1 << 16).map_or(text, |(end, _)| &text[..end]);
    tokens(head).first().is_some_and(|t| &head[t.range.clone()] == "Region")
}

/// Reads a region with its templates.
///
/// # Errors
/// [`Failed`] with every mistake found in the region and its templates. Mistakes that show only when a body is drawn are
/// found by [`Region::draw`].
pub fn load_region(loader: &mut dyn Loader) -> Result<Region, Failed> {
    load::region(loader)
}
