//! Text into DOT: the only place where text of a drawing is quoted.

use graphviz_rust::dot_structures::{Attribute, Id};

use crate::diagram::text;

/// An identifier generated here.
pub(super) fn plain(id: &str) -> Id {
    Id::Plain(id.to_owned())
}

/// An attribute whose value is a word of ours.
pub(super) fn word(key: &str, value: &str) -> Attribute {
    Attribute(plain(key), quote(&[value]))
}

/// An attribute whose value is text of a drawing.
pub(super) fn attr<T: AsRef<str>>(key: &str, lines: &[T]) -> Attribute {
    Attribute(plain(key), quote(lines))
}

/// The same, every line at the left.
pub(super) fn left<T: AsRef<str>>(key: &str, lines: &[T]) -> Attribute {
    Attribute(plain(key), quoted(lines, "\\l", "\\l"))
}

/// Room on both sides, since Graphviz sets words close to the line.
pub(super) fn aside(line: &str) -> String {
    format!("\u{a0}\u{a0}{line}\u{a0}\u{a0}")
}

fn quote<T: AsRef<str>>(lines: &[T]) -> Id {
    quoted(lines, "\\n", "")
}

/// A quoted string in which no character has a meaning to DOT any more: not the quote, not
/// the backslash (`\N` would become the name of the node), not the ampersand (`&quot;`).
fn quoted<T: AsRef<str>>(lines: &[T], between: &str, end: &str) -> Id {
    let mut out = String::from("\"");
    for (at, line) in lines.iter().flat_map(|l| text::lines(l.as_ref())).enumerate() {
        out.push_str(if at > 0 { between } else { "" });
        for c in line.chars() {
            match c {
                '"' => out.push_str("\\\""),
                '\\' => out.push_str("\\\\"),
                '&' => out.push_str("&amp;"),
                c => out.push(c),
            }
        }
    }
    out.push_str(end);
    out.push('"');
    Id::Escaped(out)
}
