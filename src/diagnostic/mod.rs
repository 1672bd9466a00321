//! What is wrong with an input, as plain data: a code, places, an expectation, a suggestion.
//!
//! This room words and renders messages in Japanese and English. It does not
//! know networks: whoever finds a mistake fills in a [`Diagnostic`].

mod codes;
mod render;

pub use codes::{CODES, Code, CodeInfo};
pub use render::{RenderOptions, render, render_all};

use crate::source::Span;

/// The language of everything a person reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Lang {
    /// 日本語
    #[default]
    Ja,
    /// English
    En,
}

/// One sentence in both languages; rendering picks one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// Japanese.
    pub ja: String,
    /// English.
    pub en: String,
}

impl Text {
    /// A sentence in both languages.
    pub fn new(ja: impl Into<String>, en: impl Into<String>) -> Self {
        Self { ja: ja.into(), en: en.into() }
    }

    /// The sentence in `lang`.
    #[must_use]
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Ja => &self.ja,
            Lang::En => &self.en,
        }
    }
}

/// How serious a diagnostic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The input cannot be used.
    Error,
    /// The input can be used, but says something its author probably did not mean.
    Warning,
}

/// A place with a short remark of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What to say there.
    pub text: Text,
    /// Whether this is the place that is wrong; the others explain it.
    pub primary: bool,
}

/// A replacement that would repair the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What to replace.
    pub span: Span,
    /// With what.
    pub replacement: String,
}

/// One mistake or doubt about the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable code, the key of `sekisho explain`.
    pub code: Code,
    /// Error or warning.
    pub severity: Severity,
    /// The headline: what is wrong, in one sentence without a final stop.
    pub message: Text,
    /// Places; the first primary one is *the* place. Empty only when there is no file at all.
    pub labels: Vec<Label>,
    /// What was expected, or what to do.
    pub help: Vec<Text>,
    /// "Did you mean": a replacement.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// An error of `code` at `span` with `message`.
    #[must_use]
    pub fn error(code: Code, span: Span, message: Text, label: Text) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message,
            labels: vec![Label { span, text: label, primary: true }],
            help: Vec::new(),
            fix: None,
        }
    }

    /// A warning of `code` at `span` with `message`.
    #[must_use]
    pub fn warning(code: Code, span: Span, message: Text, label: Text) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, span, message, label) }
    }

    /// Adds a second place that explains the first.
    #[must_use]
    pub fn also(mut self, span: Span, text: Text) -> Self {
        self.labels.push(Label { span, text, primary: false });
        self
    }

    /// Adds a sentence of help.
    #[must_use]
    pub fn help(mut self, text: Text) -> Self {
        self.help.push(text);
        self
    }

    /// Adds the replacement that would repair it.
    #[must_use]
    pub fn fix(mut self, span: Span, replacement: impl Into<String>) -> Self {
        self.fix = Some(Fix { span, replacement: replacement.into() });
        self
    }

    /// The place that is wrong.
    #[must_use]
    pub fn span(&self) -> Option<Span> {
        self.labels.iter().find(|l| l.primary).or(self.labels.first()).map(|l| l.span)
    }
}

/// Puts diagnostics in the order in which they are shown: by file, place, severity, code.
pub fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by(|a, b| {
        (a.span(), a.severity, a.code.as_str(), &a.message.en).cmp(&(
            b.span(),
            b.severity,
            b.code.as_str(),
            &b.message.en,
        ))
    });
    diagnostics.dedup();
}
