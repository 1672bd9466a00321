//! Parameters in the text of a drawing: `$pcs` and `${pcs}` become what the body says they are.
//!
//! Filling is a matter of text, so that a parameter may stand for anything: a number, a word, a list, part of an
//! address. Every place in the filled text knows where it comes from, so that messages point at what a person wrote.

use std::borrow::Cow;
use std::ops::Range;

/// A parameter in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Use {
    /// From the `$` to its end.
    pub(super) range: Range<usize>,
    /// The name without `$` and brackets.
    pub(super) name: Range<usize>,
    /// Inside quotation marks.
    pub(super) quoted: bool,
}

/// What is wrong with a `$`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BadUse(pub(super) Range<usize>);

/// Every parameter in a text, outside comments. `$$` is a dollar sign.
pub(super) fn uses(text: &str) -> (Vec<Use>, Vec<BadUse>) {
    let bytes = text.as_bytes();
    let (mut found, mut bad) = (Vec::new(), Vec::new());
    let (mut at, mut quoted, mut nested) = (0, false, 0usize);
    while at < bytes.len() {
        let next = bytes.get(at + 1).copied();
        match (bytes[at], next) {
            (b'/', Some(b'*')) if !quoted => {
                nested += 1;
                at += 2;
            }
            (b'*', Some(b'/')) if nested > 0 => {
                nested -= 1;
                at += 2;
            }
            _ if nested > 0 => at += 1,
            (b'/', Some(b'/')) if !quoted => at += text[at..].find('\n').unwrap_or(text.len() - at),
            (b'\\', Some(_)) if quoted => at += 2,
            (b'"', _) => {
                quoted = !quoted;
                at += 1;
            }
            (b'$', Some(b'$')) => at += 2,
            (b'$', open) => {
                let braced = open == Some(b'{');
                let start = at + 1 + usize::from(braced);
                let length =
                    text[start..].find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len() - start);
                let end = start + length;
                let closed = !braced || bytes.get(end) == Some(&b'}');
                let whole = at..(end + usize::from(braced)).min(text.len());
                if length == 0 || !closed {
                    bad.push(BadUse(at..end.max(at + 1)));
                    at = end.max(at + 1);
                } else {
                    at = whole.end;
                    found.push(Use { range: whole, name: start..end, quoted });
                }
            }
            _ => at += 1,
        }
    }
    (found, bad)
}

/// The text with every `$` outside quotation marks made part of a word, so that it scans as RON. Places stay true.
pub(super) fn masked(text: &str) -> String {
    if !text.contains('$') {
        return text.to_owned();
    }
    let (found, _) = uses(text);
    let mut bytes = text.as_bytes().to_vec();
    for u in found.iter().filter(|u| !u.quoted) {
        bytes[u.range.start] = b'_';
        bytes[u.range.start..u.name.start].fill(b'_');
        bytes[u.name.end..u.range.end].fill(b'_');
    }
    // Only ASCII characters were replaced, each by another.
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// A filled text.
#[derive(Debug, Clone, Default)]
pub(super) struct Filled {
    pub(super) text: String,
    /// Pieces in order: where they begin in the filled text, where they come from, and whether they are as written.
    pieces: Vec<(usize, Range<usize>, bool)>,
}

impl Filled {
    /// Fills the part `range` of `whole`; `value` knows the parameters. What it does not know stays as it is: that was
    /// reported when the template was read.
    pub(super) fn new<'v>(
        whole: &str,
        range: Range<usize>,
        lead: String,
        value: impl Fn(&str) -> Option<Cow<'v, str>>,
    ) -> Self {
        let mut filled = Self { text: lead, pieces: Vec::new() };
        let part = &whole[range.clone()];
        let mut at = 0;
        for u in uses(part).0 {
            filled.push(&part[at..u.range.start], range.start + at..range.start + u.range.start, true);
            at = u.range.end;
            let source = range.start + u.range.start..range.start + u.range.end;
            match value(&part[u.name.clone()]) {
                Some(text) => filled.push(&text, source, false),
                None => filled.push(&part[u.range.clone()], source, true),
            }
        }
        filled.push(&part[at..], range.start + at..range.end, true);
        filled
    }

    fn push(&mut self, text: &str, source: Range<usize>, literal: bool) {
        if !text.is_empty() {
            self.pieces.push((self.text.len(), source, literal));
            self.text.push_str(&if literal { Cow::Owned(text.replace("$$", "$")) } else { Cow::Borrowed(text) });
        }
    }

    /// Where a place of the filled text comes from, and whether it was written there as it is.
    pub(super) fn origin(&self, range: Range<usize>) -> (Range<usize>, bool) {
        let of = |at: usize| -> (Range<usize>, bool) {
            let i = self.pieces.partition_point(|(start, ..)| *start <= at).saturating_sub(1);
            match self.pieces.get(i) {
                None => (0..0, false),
                Some((_, source, false)) => (source.clone(), false),
                Some((start, source, true)) => {
                    let here = (source.start + at.saturating_sub(*start)).min(source.end);
                    (here..here, true)
                }
            }
        };
        let (first, as_written) = of(range.start);
        if range.is_empty() {
            return (first, as_written);
        }
        // The end belongs to the piece of the last byte, not to the one after it.
        let (last, also) = of(range.end - 1);
        let end = if also { last.end + 1 } else { last.end };
        (first.start..end.max(first.end), as_written && also)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(text: &str) -> Filled {
        Filled::new(text, 0..text.len(), String::new(), |n| match n {
            "n" => Some(Cow::Borrowed("27")),
            "町" => Some(Cow::Borrowed("[Edr]")),
            _ => None,
        })
    }

    #[test]
    fn parameters_are_filled_outside_comments() {
        let filled = fill("count: $n, \"10.$n.0.0/16\" ${n}x // $n\n/* $n */ $町 $$n");
        assert_eq!(filled.text, "count: 27, \"10.27.0.0/16\" 27x // $n\n/* $n */ [Edr] $n");
    }

    #[test]
    fn every_place_knows_where_it_comes_from() {
        let text = "count: $n, at: \"lg\"";
        let filled = fill(text);
        let at = filled.text.find("\"lg\"").expect("there");
        let (range, as_written) = filled.origin(at..at + 4);
        assert_eq!((&text[range], as_written), ("\"lg\"", true));
        let (range, as_written) = filled.origin(7..9);
        assert_eq!((&text[range], as_written), ("$n", false));
    }

    #[test]
    fn a_dollar_alone_is_bad() {
        assert_eq!(uses("a $ b ${x").1.len(), 2);
        assert_eq!(masked("count: ${n}, \"$n\"").len(), "count: ${n}, \"$n\"".len());
    }
}
