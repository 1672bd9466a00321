//! Names where several bodies are drawn together: what a file calls `lg-pc` is `osaka/sakai/lg-pc` there.
//!
//! A file sees the names of its own body and of the bodies above it, never those of its siblings. Without bodies a name
//! is what is written.

use std::collections::BTreeMap;

use super::super::value::Name;
use super::names::normal;
use super::{Resolver, Scope};
use crate::source::Span;

impl Resolver<'_> {
    fn scope_at(&self, span: Span) -> Option<&Scope> {
        self.variation.scopes.get(&span.file)
    }

    /// Whether a place belongs to a body that is not the one judged.
    pub(super) fn is_foreign(&self, span: Span) -> bool {
        self.scope_at(span).is_some_and(|s| s.foreign)
    }

    /// The name that is defined at a place.
    pub(super) fn own(&self, name: &Name) -> String {
        self.full(&normal(&name.text), name.span)
    }

    /// A text with the path of the body in whose file it stands.
    pub(super) fn full(&self, text: &str, span: Span) -> String {
        match self.scope_at(span) {
            Some(scope) => format!("{}{text}", scope.path),
            None => text.to_owned(),
        }
    }

    /// The name that a reference means: of the own body, else of the nearest body above it that has it.
    pub(super) fn key(&self, text: &str, span: Span) -> String {
        self.key_in(&self.names, text, span)
    }

    /// As [`Self::key`], in another name space.
    pub(super) fn key_in<T>(&self, map: &BTreeMap<String, T>, text: &str, span: Span) -> String {
        let text = normal(text);
        let Some(scope) = self.scope_at(span) else { return text };
        let mut path = scope.path.as_str();
        while !path.is_empty() {
            let full = format!("{path}{text}");
            if map.contains_key(&full) {
                return full;
            }
            let above = path.trim_end_matches('/').rfind('/').map_or(0, |at| at + 1);
            path = &path[..above];
        }
        text
    }

    /// Where a body above the own one defines the same name. It would be hidden, and rules would mean something else.
    pub(super) fn hidden_by(&self, name: &Name) -> Option<Span> {
        let path = self.scope_at(name.span).map_or("", |s| s.path.as_str());
        let text = normal(&name.text);
        let ends = path.char_indices().filter(|(_, c)| *c == '/').map(|(at, _)| at + 1);
        let mut above: Vec<usize> = std::iter::once(0).chain(ends).collect();
        above.pop();
        if path.is_empty() {
            return None;
        }
        above.into_iter().find_map(|end| self.names.get(&format!("{}{text}", &path[..end])).map(|(_, span)| *span))
    }

    /// What stands before the names of the body in whose file a place is.
    pub(super) fn own_path(&self, span: Span) -> String {
        self.scope_at(span).map_or_else(String::new, |s| s.path.clone())
    }

    /// A name as the file at `span` writes it.
    pub(super) fn as_written<'k>(&self, key: &'k str, span: Span) -> &'k str {
        self.scope_at(span).and_then(|s| key.strip_prefix(s.path.as_str())).unwrap_or(key)
    }
}
