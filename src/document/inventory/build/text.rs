//! Pieces of the text of a drawing: quoted texts, lists, controls, firewalls. A text of the user cannot end its quotation.

/// A text in quotation marks, whatever it contains.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if acts(c) => out.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Characters that break a line, act on a terminal or reorder what is read.
fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{61C}' | '\u{FEFF}'
            | '\u{FFF9}'..='\u{FFFB}')
}

/// `["a", "b"]`; names made here need no escapes.
pub(super) fn names(list: &[String]) -> String {
    let list: Vec<String> = list.iter().map(|n| format!("\"{n}\"")).collect();
    format!("[{}]", list.join(", "))
}

/// The field `controls`, with a comma before it. What is not stated leaves the list open; if nothing is, there is no list.
pub(super) fn controls(list: &[(Option<bool>, &str)]) -> String {
    let words: Vec<&str> = list.iter().filter(|(is, _)| *is == Some(true)).map(|(_, w)| *w).collect();
    let open = list.iter().any(|(is, _)| is.is_none());
    match (words.is_empty(), open) {
        (true, true) => String::new(),
        (_, true) => format!(", controls: [{}, Unstated]", words.join(", ")),
        (_, false) => format!(", controls: [{}]", words.join(", ")),
    }
}

/// An optional field with a comma before it.
pub(super) fn field(name: &str, value: Option<String>) -> String {
    value.map(|v| format!(", {name}: {v}")).unwrap_or_default()
}

/// A device that passes packets by rules.
#[derive(Default)]
pub(super) struct Filter {
    name: &'static str,
    kind: &'static str,
    joins: Vec<String>,
    more: String,
    rules: Vec<(String, String)>,
}

impl Filter {
    pub(super) fn new(name: &'static str, kind: &'static str, joins: &[&str], more: impl Into<String>) -> Self {
        let joins = joins.iter().map(|j| (*j).to_owned()).collect();
        Self { name, kind, joins, more: more.into(), rules: Vec::new() }
    }

    pub(super) fn join(&mut self, network: &str) {
        self.joins.push(network.to_owned());
    }

    /// Permits sessions, if both sides are anybody.
    pub(super) fn permit(&mut self, from: &[String], to: &[String], service: &str, reason: &str) {
        if !from.is_empty() && !to.is_empty() {
            let sentence = format!("{} -> {} {service}", from.join(", "), to.join(", "));
            let sentence = sentence.trim_end().to_owned();
            if !self.rules.iter().any(|(s, _)| *s == sentence) {
                self.rules.push((sentence, reason.to_owned()));
            }
        }
    }

    /// The lines of the device.
    pub(super) fn lines(&self) -> Vec<String> {
        let joins = names(&self.joins);
        let mut lines =
            vec![format!("\"{}\": {}(joins: {joins}, default: Deny{}, rules: [", self.name, self.kind, self.more)];
        for (sentence, reason) in &self.rules {
            lines.push(format!("  (permit: \"{sentence}\", reason: {}),", quoted(reason)));
        }
        lines.push("]),".to_owned());
        lines
    }

    /// The same device, of which nobody knows what it passes.
    pub(super) fn unknown(&self) -> Vec<String> {
        vec![format!("\"{}\": {}(joins: {}{}),", self.name, self.kind, names(&self.joins), self.more)]
    }
}

#[cfg(test)]
mod tests {
    use super::{controls, quoted};

    #[test]
    fn nothing_ends_a_quotation() {
        assert_eq!(quoted("a\"b\\c\nd\u{202e}"), "\"a\\\"b\\\\c\\u{a}d\\u{202e}\"");
    }

    #[test]
    fn what_is_not_stated_leaves_the_list_open() {
        assert_eq!(controls(&[(Some(true), "Edr"), (Some(false), "Mfa")]), ", controls: [Edr]");
        assert_eq!(controls(&[(Some(true), "Edr"), (None, "Mfa")]), ", controls: [Edr, Unstated]");
        assert_eq!(controls(&[(Some(false), "Edr")]), ", controls: []");
        assert_eq!(controls(&[(None, "Edr")]), "");
    }
}
