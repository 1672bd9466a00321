//! Leaves that know their place: names and maps that notice repeats.
//!
//! A string without escapes is borrowed from the text by `ron`, so its address
//! minus the address of the text is its place. Nothing here knows what a name means.

use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::source::{FileId, Span};

thread_local! {
    /// The file being read and the address of its first byte.
    static READING: Cell<Option<(FileId, usize, usize)>> = const { Cell::new(None) };
}

/// Runs `read` with places counted from the start of `text`.
pub(super) fn reading<T>(file: FileId, text: &str, read: impl FnOnce() -> T) -> T {
    READING.with(|r| r.set(Some((file, text.as_ptr() as usize, text.len()))));
    let value = read();
    READING.with(|r| r.set(None));
    value
}

fn span_of(text: &str) -> Option<Span> {
    let (file, base, len) = READING.with(Cell::get)?;
    let start = (text.as_ptr() as usize).checked_sub(base)?;
    (start + text.len() <= len).then(|| Span::new(file, start..start + text.len()))
}

/// A name, reference or other short text with its place. It cannot contain escapes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    /// The text.
    pub text: String,
    /// Where it stands, without the quotation marks.
    pub span: Span,
}

/// The message by which `read` recognises a string that needed unescaping.
pub(super) const ESCAPED: &str = "\u{1}escaped-name";

/// The message by which `read` recognises a text that is too long to be a name or a rule.
pub(super) const TOO_LONG: &str = "\u{1}long-name";

/// The longest name, rule or address, in bytes.
pub(super) const MAX_NAME_BYTES: usize = 1 << 16;

struct NameVisitor;

impl<'de> Visitor<'de> for NameVisitor {
    type Value = Name;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text in quotation marks")
    }

    fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Name, E> {
        let span = span_of(text).ok_or_else(|| E::custom(ESCAPED))?;
        if text.len() > MAX_NAME_BYTES {
            return Err(E::custom(TOO_LONG));
        }
        Ok(Name { text: text.to_owned(), span })
    }

    fn visit_str<E: de::Error>(self, _: &str) -> Result<Name, E> {
        Err(E::custom(ESCAPED))
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(NameVisitor)
    }
}

/// A map that keeps its order and every repeat; repeats are reported by `resolve` with both places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Map<T> {
    /// The entries as written.
    pub entries: Vec<(Name, T)>,
}

impl<T> Default for Map<T> {
    fn default() -> Self {
        Self { entries: Vec::new() }
    }
}

struct MapVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for MapVisitor<T> {
    type Value = Map<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map `{ \"name\": value, … }`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Map<T>, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = access.next_entry()? {
            entries.push(entry);
        }
        Ok(Map { entries })
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Map<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MapVisitor(PhantomData))
    }
}

/// One name, or a list of names: `"a"` or `["a", "b"]`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Names(pub Vec<Name>);

struct NamesVisitor;

impl<'de> Visitor<'de> for NamesVisitor {
    type Value = Names;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text in quotation marks, or a list of them")
    }

    fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Names, E> {
        NameVisitor.visit_borrowed_str(text).map(|n| Names(vec![n]))
    }

    fn visit_str<E: de::Error>(self, _: &str) -> Result<Names, E> {
        Err(E::custom(ESCAPED))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Names, A::Error> {
        let mut names = Vec::new();
        while let Some(name) = access.next_element()? {
            names.push(name);
        }
        Ok(Names(names))
    }
}

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NamesVisitor)
    }
}

/// A word without quotation marks, with its place: the code of an edition.
struct WordSeed;

impl<'de> de::DeserializeSeed<'de> for WordSeed {
    type Value = Name;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Name, D::Error> {
        deserializer.deserialize_identifier(NameVisitor)
    }
}

struct WordVisitor;

impl<'de> Visitor<'de> for WordVisitor {
    type Value = Name;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a word without quotation marks")
    }

    fn visit_enum<A: de::EnumAccess<'de>>(self, access: A) -> Result<Name, A::Error> {
        let (name, rest) = access.variant_seed(WordSeed)?;
        de::VariantAccess::unit_variant(rest)?;
        Ok(name)
    }
}

impl<'de> Deserialize<'de> for super::shape::EditionDoc {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_enum("Edition", &[], WordVisitor).map(Self)
    }
}
