//! Where a field stands whose value has no place of its own, such as a number or a kind.
//!
//! Names know their place. For the rest the text is scanned again, but only when
//! there is something to report.

use std::ops::Range;

use super::super::damage::Damage;
use super::Resolver;
use crate::source::{Entry, FileId, Group, Scan, Span, scan, tokens};

impl Resolver<'_> {
    fn scan_of(&mut self, file: FileId) -> &Scan {
        let text = self.sources.get(file).text();
        self.scans.entry(file.index()).or_insert_with(|| scan(text))
    }

    /// The entry `field: …` of the node or definition whose name stands at `owner`; `owner` if it is not there.
    pub(super) fn field_place(&mut self, owner: Span, field: &str) -> Span {
        self.entry_of(owner, field).map_or(owner, |range| Span::new(owner.file, range))
    }

    fn entry_of(&mut self, owner: Span, field: &str) -> Option<Range<usize>> {
        let text = self.sources.get(owner.file).text();
        let scan = self.scan_of(owner.file);
        let entry = scan.innermost_entry(owner.start as usize)?;
        entry_named(group_in(scan, entry)?, text, field).map(|e| e.range.clone())
    }

    /// The `index`th thing in the list `field` of the node whose name stands at `owner`.
    pub(super) fn item_place(&mut self, owner: Span, field: &str, index: usize) -> Span {
        let text = self.sources.get(owner.file).text();
        let damage = self.damage;
        let scan = self.scan_of(owner.file);
        let found = scan.innermost_entry(owner.start as usize).and_then(|entry| {
            let list = entry_named(group_in(scan, entry)?, text, field)?;
            nth(damage, owner.file, group_in(scan, list)?, index)
        });
        found.map_or(owner, |range| Span::new(owner.file, range))
    }

    /// The field of the drawing itself, such as `model`.
    pub(super) fn top_place(&mut self, file: FileId, field: &str) -> Span {
        let text = self.sources.get(file).text();
        let scan = self.scan_of(file);
        let whole = scan.groups.iter().filter(|g| g.parent.is_none()).find_map(|g| entry_named(g, text, field));
        let first = || tokens(text).first().map_or(0..0, |t| t.range.clone());
        let range = whole.map_or_else(first, |e| e.range.clone());
        Span::new(file, range)
    }

    /// The `index`th thing in a list of the drawing itself, such as `carry`, counted over all its files.
    pub(super) fn line_place(&mut self, field: &'static str, index: usize) -> Span {
        let (file, index) = self.origins.get(field).and_then(|o| o.get(index)).copied().unwrap_or((self.root, 0));
        let place = self.top_place(file, field);
        let damage = self.damage;
        let scan = self.scan_of(file);
        let list = scan.innermost_entry(place.start as usize).and_then(|list| group_in(scan, list));
        let found = list.and_then(|list| nth(damage, file, list, index));
        found.map_or(place, |range| Span::new(file, range))
    }
}

/// The brackets of an entry's value.
fn group_in<'s>(scan: &'s Scan, entry: &Entry) -> Option<&'s Group> {
    let from = entry.key.as_ref().map_or(entry.range.start, |key| key.end);
    let index = scan.groups.partition_point(|g| g.open < from);
    scan.groups.get(index).filter(|g| g.open < entry.range.end)
}

/// The `index`th entry of those that could be read.
fn nth(damage: &Damage, file: FileId, list: &Group, index: usize) -> Option<Range<usize>> {
    list.entries.iter().filter(|e| !damage.left_out(file, e)).nth(index).map(|e| e.range.clone())
}

fn entry_named<'g>(group: &'g Group, text: &str, name: &str) -> Option<&'g Entry> {
    group.entries.iter().find(|e| e.key.clone().is_some_and(|key| text[key].trim_matches('"') == name))
}
