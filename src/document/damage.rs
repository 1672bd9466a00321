//! What could not be read, so that its absence is not reported as a second mistake.
//!
//! Filled by `read` and `load`, asked by `resolve`. It says nothing itself.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::source::{Entry, FileId, Scan, Span};

/// The parts of a drawing that were left out because of a mistake.
#[derive(Debug, Default, Clone)]
pub(super) struct Damage {
    /// A whole file is missing or unreadable: any name may have been defined there.
    everything: bool,
    /// Names whose definition was left out.
    names: BTreeSet<String>,
    /// Fields that were left out, with the entry that lacks them now.
    fields: Vec<(FileId, Range<usize>, String)>,
    /// Where the names of the entries begin from which something was left out.
    owners: BTreeSet<(FileId, usize)>,
    /// What was left out.
    ranges: Vec<(FileId, Range<usize>)>,
}

impl Damage {
    /// A whole file could not be read.
    pub(super) fn whole_file(&mut self) {
        self.everything = true;
    }

    /// Whether a whole file could not be read.
    pub(super) fn is_whole(&self) -> bool {
        self.everything
    }

    /// Whether anything is missing at all.
    pub(super) fn any(&self) -> bool {
        self.everything || !self.ranges.is_empty()
    }

    /// Whether a name may be unknown only because its definition was left out.
    pub(super) fn hides(&self, name: &str) -> bool {
        self.everything || self.names.contains(name)
    }

    /// Whether `field` is missing around a place only because it was left out.
    pub(super) fn lacks(&self, place: Span, field: &str) -> bool {
        self.fields.iter().any(|(file, around, name)| {
            *file == place.file && around.contains(&(place.start as usize)) && name == field
        })
    }

    /// Whether anything was left out from the entry whose name stands at a place.
    pub(super) fn touches(&self, name: Span) -> bool {
        self.owners.contains(&(name.file, name.start as usize))
    }

    /// Whether something was left out inside a place.
    pub(super) fn left_out_in(&self, place: Span) -> bool {
        self.ranges
            .iter()
            .any(|(f, r)| *f == place.file && place.range().start <= r.start && r.end <= place.range().end)
    }

    /// Whether an entry was left out.
    pub(super) fn left_out(&self, file: FileId, entry: &Entry) -> bool {
        self.ranges.iter().any(|(f, r)| *f == file && r.start <= entry.range.start && entry.range.end <= r.end)
    }

    /// Notes that `range` was left out; `meant` is the field that was probably meant by a wrong word.
    pub(super) fn note(&mut self, file: FileId, scan: &Scan, text: &str, range: &Range<usize>, meant: Option<&str>) {
        self.ranges.push((file, range.clone()));
        let inside = scan
            .groups
            .iter()
            .flat_map(|g| &g.entries)
            .filter(|e| range.start <= e.range.start && e.range.end <= range.end);
        self.names.extend(inside.filter_map(|e| e.key.clone()).map(|key| text[key].trim_matches('"').to_owned()));
        let mut around = scan.enclosing(range.start);
        let own = around.next();
        let owner = around.next();
        let field = own.and_then(|e| e.key.clone()).map(|key| text[key].to_owned());
        let where_to = owner.map_or(0..text.len() + 1, |e| e.range.clone());
        for name in field.into_iter().chain(meant.map(str::to_owned)) {
            self.fields.push((file, where_to.clone(), name));
        }
        self.owners.extend(owner.into_iter().chain(around).filter_map(|e| name_start(e, text)).map(|at| (file, at)));
    }

    /// Adds what another file lacks.
    pub(super) fn merge(&mut self, other: Self) {
        self.everything |= other.everything;
        self.names.extend(other.names);
        self.fields.extend(other.fields);
        self.owners.extend(other.owners);
        self.ranges.extend(other.ranges);
    }
}

/// Where the name of an entry begins, without its quotation mark.
fn name_start(entry: &Entry, text: &str) -> Option<usize> {
    let key = entry.key.as_ref()?;
    Some(key.start + usize::from(text[key.clone()].starts_with('"')))
}
