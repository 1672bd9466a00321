//! Writing HTML elements: every text of a drawing is made harmless here, and only here.
//!
//! Tags and names of attributes are ours; values and texts may be anybody's. Not here: what a page says.

use crate::diagnostic::{Lang, Text};
use crate::report::Place;
use crate::report::text::clean;

/// Attributes of an element.
pub(super) type Attrs<'a> = &'a [(&'static str, &'a str)];

/// A page that grows element by element.
pub(super) struct Page {
    pub(super) lang: Lang,
    pub(super) out: String,
}

/// Text with nothing left that means anything to HTML, acts on a terminal or reorders a line.
pub(super) fn escape(raw: &str) -> String {
    marked_up(&clean(raw))
}

fn marked_up(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' => out.push_str("&#9;"),
            c => out.push(c),
        }
    }
    out
}

/// Several names in one attribute, with a tab between them: no name has one once it is cleaned.
pub(super) fn listed<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> String {
    names.into_iter().map(|n| clean(n.as_ref())).collect::<Vec<_>>().join("\t")
}

impl Page {
    pub(super) fn new(lang: Lang) -> Self {
        Self { lang, out: String::new() }
    }

    /// One of two texts.
    pub(super) fn pick<'t>(&self, ja: &'t str, en: &'t str) -> &'t str {
        match self.lang {
            Lang::Ja => ja,
            Lang::En => en,
        }
    }

    /// Names or sentences in a row.
    pub(super) fn joined<S: AsRef<str>>(&self, list: impl IntoIterator<Item = S>) -> String {
        let list: Vec<String> = list.into_iter().map(|s| s.as_ref().to_owned()).collect();
        list.join(self.pick("、", ", "))
    }

    pub(super) fn open(&mut self, tag: &'static str, attrs: Attrs<'_>) {
        self.out.push('<');
        self.out.push_str(tag);
        for (name, value) in attrs {
            // The one character that may be in a list of names and in no text.
            let value = if value.contains('\t') { marked_up(value) } else { escape(value) };
            self.out.push_str(&format!(" {name}=\"{value}\""));
        }
        self.out.push('>');
    }

    pub(super) fn close(&mut self, tag: &'static str) {
        self.out.push_str("</");
        self.out.push_str(tag);
        self.out.push('>');
        if !matches!(tag, "a" | "b" | "code" | "span" | "em") {
            self.out.push('\n');
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        self.out.push_str(&escape(text));
    }

    /// An element with nothing but text in it.
    pub(super) fn el(&mut self, tag: &'static str, attrs: Attrs<'_>, text: &str) {
        self.open(tag, attrs);
        self.text(text);
        self.close(tag);
    }

    /// The same in the language of the page.
    pub(super) fn say(&mut self, tag: &'static str, attrs: Attrs<'_>, ja: &str, en: &str) {
        let text = self.pick(ja, en).to_owned();
        self.el(tag, attrs, &text);
    }

    /// A text in both languages.
    pub(super) fn told(&mut self, tag: &'static str, attrs: Attrs<'_>, text: &Text) {
        let text = text.get(self.lang);
        self.el(tag, attrs, text);
    }

    /// A heading of a section, which starts here.
    pub(super) fn section(&mut self, id: &'static str, ja: &str, en: &str) {
        self.open("section", &[("id", id), ("aria-labelledby", &format!("{id}-head"))]);
        let head = format!("{id}-head");
        self.say("h2", &[("id", &head)], ja, en);
    }

    /// Where something is written, behind what is said: the file by its name, its folder for the pointer.
    pub(super) fn place(&mut self, place: Option<&Place>) {
        if let Some(place) = place {
            let whole = clean(&place.to_string());
            let short = whole.rsplit(['/', '\\']).next().unwrap_or(&whole).to_owned();
            self.out.push(' ');
            self.el("code", &[("class", "place"), ("title", &whole)], &short);
        }
    }

    /// A list item with a place.
    pub(super) fn item(&mut self, text: &Text, place: Option<&Place>) {
        self.open("li", &[]);
        self.text(text.get(self.lang));
        self.place(place);
        self.close("li");
    }

    /// A table up to its body, with a caption and the heads of its columns.
    pub(super) fn table(&mut self, class: &str, caption: (&str, &str), heads: &[(&str, &str)]) {
        self.open("div", &[("class", "scroll")]);
        self.open("table", &[("class", class)]);
        self.say("caption", &[], caption.0, caption.1);
        self.open("thead", &[]);
        self.open("tr", &[]);
        for (ja, en) in heads {
            self.say("th", &[("scope", "col")], ja, en);
        }
        self.close("tr");
        self.close("thead");
        self.open("tbody", &[]);
    }

    pub(super) fn end_table(&mut self) {
        self.close("tbody");
        self.close("table");
        self.close("div");
    }

    /// The head of a row.
    pub(super) fn head(&mut self, text: &str) {
        self.el("th", &[("scope", "row")], text);
    }

    pub(super) fn cell(&mut self, text: &str) {
        self.el("td", &[], text);
    }

    /// A term and what is said of it.
    pub(super) fn term(&mut self, ja: &str, en: &str, text: &str) {
        self.say("dt", &[], ja, en);
        self.el("dd", &[], text);
    }
}
