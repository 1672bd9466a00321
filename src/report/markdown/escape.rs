//! Text of a drawing made harmless for Markdown and HTML as code hosts render it.
//!
//! A name must not become markup, a link, a mention or a reference, whatever it contains. An entity for a blank of no
//! width stands behind `@`, `#` and in addresses: hosts look for those in the rendered text, where a backslash is gone.

use crate::report::clean;

/// Breaks a word that a host would make a link of.
const APART: &str = "&#8203;";

/// Whether a host may read something into the text around a character: a mention, a reference, an address.
fn joins(before: &str, c: char, after: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric();
    let ends = |with: &str| before.to_ascii_lowercase().ends_with(with);
    let follows = after.starts_with(|c: char| !c.is_whitespace());
    match c {
        // `in-pc@in` is the program's own way to write an attachment and stays as it is; a mention has no word before
        // it, an address has a dot behind it.
        '@' => follows && (!before.ends_with(word) || after.split_whitespace().next().is_some_and(|w| w.contains('.'))),
        '#' | '!' | '%' | '$' | '~' | '&' => after.starts_with(|c: char| word(c) || c == '"'),
        // `http://` and `mailto:`; `www.`; `GH-1`
        ':' => follows && before.ends_with(word),
        '.' => ends("www"),
        '-' => ends("gh"),
        _ => false,
    }
}

fn escaped(text: &str, markup: impl Fn(char) -> bool) -> String {
    let text = clean(text);
    let text = text.trim();
    let mut out = String::with_capacity(text.len());
    for (i, c) in text.char_indices() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if markup(c) => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
        if joins(&text[..i], c, &text[i + c.len_utf8()..]) {
            out.push_str(APART);
        }
    }
    out
}

/// Text inside HTML, such as a `summary`.
pub(in crate::report) fn html(text: &str) -> String {
    // Nothing of Markdown acts there, but a line of Markdown could begin behind a blank line; `clean` leaves none.
    escaped(text, |_| false)
}

/// Text inside a line of Markdown.
pub(in crate::report) fn inline(text: &str) -> String {
    let mut out = escaped(text, |c| "\\`*_{}[]|~^$".contains(c));
    // What begins a list, a heading line or a number at the start of a line.
    let digits = out.chars().take_while(char::is_ascii_digit).count();
    if out.starts_with(['-', '+', '=']) {
        out.insert(0, '\\');
    } else if digits > 0 && out[digits..].starts_with('.') {
        out.insert(digits, '\\');
    }
    out
}

/// A code span that ends where it should; for ids and names that are to be copied.
pub(in crate::report) fn code(text: &str) -> String {
    let text = clean(text);
    let mut longest = 0;
    let mut run = 0;
    for c in text.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') || text.trim().is_empty() { " " } else { "" };
    // A bar ends the cell of a table even inside a code span.
    format!("{fence}{pad}{}{pad}{fence}", text.replace('|', "¦"))
}

#[cfg(test)]
mod tests {
    use super::{code, html, inline};

    #[test]
    fn a_name_cannot_become_markup() {
        assert_eq!(inline("a|b*c_d`e"), r"a\|b\*c\_d\`e");
        assert_eq!(inline("<script>&"), "&lt;script&gt;&amp;");
        assert_eq!(inline("[x](javascript:y)"), r"\[x\](javascript:&#8203;y)");
        assert_eq!(inline("- a"), r"\- a");
        assert_eq!(inline("1. a"), r"1\. a");
        for plain in ["in-pc → lg-pc", "職員端末(in-pc@in)", "isolated: true", "規則 2「in-pc, tcp 443」"] {
            assert_eq!(inline(plain), plain, "ordinary names stay readable and can be copied");
        }
    }

    #[test]
    fn a_name_cannot_become_a_mention_a_reference_or_a_link() {
        assert_eq!(inline("@team #12"), "@&#8203;team #&#8203;12");
        for bad in ["https://example.org", "www.example.org", "a@b.example", "mailto:x", "GH-1", "!1", "市@x", "%v1"] {
            assert!(inline(bad).contains("&#8203;") && html(bad).contains("&#8203;"), "{bad}");
        }
    }

    #[test]
    fn a_line_stays_one_line_and_html_stays_text() {
        assert_eq!(inline("a\n\n# b"), "a  # b");
        assert_eq!(html("</summary>\n\n# x"), "&lt;/summary&gt;  # x");
    }

    #[test]
    fn a_code_span_ends_where_it_should() {
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(code("a|b"), "`a¦b`");
    }
}
