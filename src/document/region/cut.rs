//! Where the drawings and values of a region file stand.
//!
//! A region holds whole drawings whose parameters are not filled yet, so they are no RON. They are found by their
//! brackets and blanked out before the rest is read.

use std::collections::BTreeMap;
use std::ops::Range;

use super::super::read::blank;
use super::fill::masked;
use crate::source::{Entry, Group, Scan, ScanIssue, scan, tokens};

/// What stands where, by the place of the name that it belongs to (inside its quotation marks).
#[derive(Debug, Default)]
pub(super) struct Cut {
    /// The text with drawings blanked out and parameters made words.
    pub(super) text: String,
    /// The drawing of a template, body or variant.
    pub(super) drawings: BTreeMap<usize, Range<usize>>,
    /// The value of an argument or parameter, as written.
    pub(super) values: BTreeMap<usize, Range<usize>>,
}

/// What a file of this form has at its outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outside {
    Region,
    Template,
}

/// The place that stands for the drawing of the file itself: of a template, or of what all bodies of a region share.
pub(super) const WHOLE: usize = usize::MAX;

struct Cutter<'t> {
    text: &'t str,
    scan: &'t Scan,
    drawings: BTreeMap<usize, Range<usize>>,
    values: BTreeMap<usize, Range<usize>>,
    /// What to blank, and what to write at the start of it.
    blanks: Vec<(Range<usize>, &'static str)>,
}

/// Cuts a text.
///
/// # Errors
/// What is wrong with its brackets; then nothing can be said about what belongs where.
pub(super) fn cut(text: &str, outside: Outside) -> Result<Cut, Vec<ScanIssue>> {
    let masked = masked(text);
    let scan = scan(&masked);
    if !scan.issues.is_empty() {
        return Err(scan.issues);
    }
    let mut cutter =
        Cutter { text: &masked, scan: &scan, drawings: BTreeMap::new(), values: BTreeMap::new(), blanks: Vec::new() };
    if let Some(top) = scan.groups.iter().find(|g| g.parent.is_none()) {
        match outside {
            Outside::Region => cutter.region(top),
            Outside::Template => cutter.template(top, WHOLE),
        }
    }
    let Cutter { drawings, values, blanks, .. } = cutter;
    let mut rest = masked;
    for (range, instead) in blanks {
        blank(&mut rest, range.clone());
        rest.replace_range(range.start..range.start + instead.len(), instead);
    }
    Ok(Cut { text: rest, drawings, values })
}

impl<'t> Cutter<'t> {
    fn key(&self, entry: &Entry) -> Option<&'t str> {
        entry.key.clone().map(|k| self.text[k].trim_matches('"'))
    }

    /// The brackets of an entry's value.
    fn group(&self, entry: &Entry) -> Option<&'t Group> {
        let from = entry.key.as_ref().map_or(entry.range.start, |key| key.end);
        let index = self.scan.groups.partition_point(|g| g.open < from);
        self.scan.groups.get(index).filter(|g| g.open < entry.range.end)
    }

    fn named(&self, group: &'t Group, name: &str) -> Option<&'t Entry> {
        group.entries.iter().find(|e| self.key(e) == Some(name))
    }

    fn inside(&self, group: &'t Group, name: &str) -> &'t [Entry] {
        self.named(group, name).and_then(|e| self.group(e)).map_or(&[], |g| &g.entries)
    }

    fn value(&self, entry: &Entry) -> Range<usize> {
        let key = entry.key.as_ref().map_or(entry.range.start, |k| k.end);
        let colon = self.text[key..entry.range.end].find(':').map_or(key, |c| key + c + 1);
        let rest = &self.text[colon..entry.range.end];
        let lead = rest.len() - rest.trim_start().len();
        // A comment may stand before the value.
        let lead =
            if rest[lead..].starts_with('/') { tokens(rest).first().map_or(lead, |t| t.range.start) } else { lead };
        colon + lead..entry.range.end
    }

    fn region(&mut self, top: &'t Group) {
        self.drawing(top, WHOLE);
        self.arguments(top, "with");
        for template in self.inside(top, "templates") {
            if let (Some(group), Some(at)) = (self.group(template), name_at(template)) {
                self.template(group, at);
            }
        }
        self.bodies(top);
    }

    fn bodies(&mut self, above: &'t Group) {
        for body in self.inside(above, "bodies") {
            if let (Some(group), Some(at)) = (self.group(body), name_at(body)) {
                self.drawing(group, at);
                self.arguments(group, "with");
                self.bodies(group);
            }
        }
    }

    fn template(&mut self, group: &'t Group, at: usize) {
        self.drawing(group, at);
        self.arguments(group, "parameters");
        for parameter in self.inside(group, "variants") {
            for variant in self.group(parameter).map_or(&[][..], |g| &g.entries) {
                let Some(at) = name_at(variant) else { continue };
                let value = self.value(variant);
                // Shorter than a drawing can be, it is a mistake that the reader tells.
                if value.len() >= 2 {
                    self.drawings.insert(at, value.clone());
                    self.blanks.push((value, "()"));
                }
            }
        }
    }

    fn drawing(&mut self, group: &'t Group, at: usize) {
        if let Some(entry) = self.named(group, "drawing") {
            self.drawings.insert(at, self.value(entry));
            let end = entry.comma.map_or(entry.range.end, |c| c + 1);
            self.blanks.push((entry.range.start..end, ""));
        }
    }

    fn arguments(&mut self, group: &'t Group, field: &str) {
        for argument in self.inside(group, field) {
            if let Some(at) = name_at(argument) {
                let value = self.value(argument);
                self.values.insert(at, value);
            }
        }
    }
}

/// Where the name of an entry begins, inside its quotation marks.
fn name_at(entry: &Entry) -> Option<usize> {
    entry.key.as_ref().map(|k| k.start + 1)
}
