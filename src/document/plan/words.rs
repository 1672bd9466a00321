//! Changes in the few words of a designer, such as `in-pc: Edr` behind `--drop-control`, read as edits of a drawing.
//!
//! Every name keeps its place in the words themselves, so a slip is shown where it was typed. Nothing is put together
//! as RON text on the way: no name can become a further edit. Whether a name exists is not known here.

use std::ops::Range;

use super::super::shape::{ControlDoc, ModelDoc, RuleDoc};
use super::super::value::{Name, Names};
use super::shape::{ControlsDoc, EditDoc, ListDoc, MoveDoc, RemoveDoc, RulesDoc};
use crate::diagnostic::{Code, Diagnostic, Text};
use crate::document::pack::CONTROL_WORDS;
use crate::document::suggest::nearest;
use crate::source::{FileId, Span};

/// What is to be different.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wish {
    /// A machine loses a control: `in-pc: Edr`.
    DropControl,
    /// A machine gets a control: `in-pc: Edr`.
    AddControl,
    /// A device lets something pass, before all its other rules: `fw: in-pc -> lg-srv tcp 445`.
    Open,
    /// A rule of a device goes, by its text: `fw: in-pc -> sgw tcp 443`.
    Close,
    /// A machine or device is gone: `fw`.
    Fail,
    /// A machine is attached elsewhere: `in-pc: lg`, or with its addresses there `in-pc: lg 10.2.9.0/24`.
    Move,
    /// A function of a security cloud ends: `psc-gw: Proxy`.
    EndOption,
    /// The drawing declares another model: `beta-prime`.
    Model,
    /// Any edit of a migration plan, in RON.
    Edit,
}

impl Wish {
    /// All of them, in the order of the help.
    pub const ALL: [Self; 9] = [
        Self::DropControl,
        Self::AddControl,
        Self::Open,
        Self::Close,
        Self::Fail,
        Self::Move,
        Self::EndOption,
        Self::Model,
        Self::Edit,
    ];

    /// The flag by which messages call it, without the dashes.
    #[must_use]
    pub fn flag(self) -> &'static str {
        match self {
            Self::DropControl => "drop-control",
            Self::AddControl => "add-control",
            Self::Open => "open",
            Self::Close => "close",
            Self::Fail => "fail",
            Self::Move => "move",
            Self::EndOption => "end-option",
            Self::Model => "model",
            Self::Edit => "edit",
        }
    }

    fn form(self) -> &'static str {
        match self {
            Self::DropControl => r#"--drop-control "in-pc: Edr""#,
            Self::AddControl => r#"--add-control "in-pc: Edr""#,
            Self::Open => r#"--open "fw: in-pc -> lg-srv tcp 445""#,
            Self::Close => r#"--close "fw: in-pc -> sgw tcp 443""#,
            Self::Fail => "--fail in-pc",
            Self::Move => r#"--move "in-pc: lg" / --move "in-pc: lg 10.2.9.0/24""#,
            Self::EndOption => r#"--end-option "psc-gw: Proxy""#,
            Self::Model => "--model beta-prime",
            Self::Edit => r#"--edit 'Redirect(of: "sgw", redirect: (drive: Both))'"#,
        }
    }
}

/// A change, as it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What kind.
    pub wish: Wish,
    /// Its words.
    pub text: String,
}

impl Change {
    /// A change of a drawing in words.
    #[must_use]
    pub fn new(wish: Wish, text: impl Into<String>) -> Self {
        Self { wish, text: text.into() }
    }
}

/// Part of the words with its place.
#[derive(Clone)]
struct Part<'t> {
    text: &'t str,
    range: Range<usize>,
}

impl<'t> Part<'t> {
    fn trimmed(whole: &'t str, range: Range<usize>) -> Self {
        let text = &whole[range.clone()];
        let start = range.start + (text.len() - text.trim_start().len());
        let text = text.trim();
        Self { text, range: start..start + text.len() }
    }

    fn span(&self, file: FileId) -> Span {
        Span::new(file, self.range.clone())
    }

    fn name(&self, file: FileId) -> Name {
        Name { text: self.text.to_owned(), span: self.span(file) }
    }

    /// The parts between separators; an empty one is kept, so that it can be reported.
    fn split(&self, whole: &'t str, at: impl Fn(char) -> bool) -> Vec<Part<'t>> {
        let mut parts = Vec::new();
        let mut start = self.range.start;
        for (i, c) in self.text.char_indices().filter(|&(_, c)| at(c)) {
            parts.push(Part::trimmed(whole, start..self.range.start + i));
            start = self.range.start + i + c.len_utf8();
        }
        parts.push(Part::trimmed(whole, start..self.range.end));
        parts
    }
}

/// One edit for a thing that is said in words, or why not.
pub(super) fn read_words(file: FileId, text: &str, wish: Wish) -> Result<EditDoc, Slip> {
    let reader = Reader { file, text, wish };
    reader.harmless()?;
    reader.edit()
}

/// What is wrong with the words; boxed, because most words are right.
type Slip = Box<Diagnostic>;

struct Reader<'t> {
    file: FileId,
    text: &'t str,
    wish: Wish,
}

impl<'t> Reader<'t> {
    fn edit(&self) -> Result<EditDoc, Slip> {
        let whole = Part::trimmed(self.text, 0..self.text.len());
        if whole.text.is_empty() {
            return Err(self.wrong(0..self.text.len(), "空です", "it is empty"));
        }
        match self.wish {
            Wish::Fail => {
                Ok(EditDoc::Remove(Box::new(RemoveDoc { nodes: self.names(&whole)?, ..RemoveDoc::default() })))
            }
            Wish::Model => self.model(&whole).map(EditDoc::Model),
            Wish::DropControl | Wish::AddControl => {
                let (nodes, words) = self.halves(&whole)?;
                let of = self.names(&nodes)?;
                let list = words.split(self.text, |c| c == ',' || c == '、');
                let controls = list.iter().map(|w| self.control(w)).collect::<Result<Vec<_>, _>>()?;
                let (add, remove) =
                    if self.wish == Wish::AddControl { (controls, Vec::new()) } else { (Vec::new(), controls) };
                Ok(EditDoc::Controls(ControlsDoc { of, add, remove }))
            }
            Wish::Open | Wish::Close => {
                let (device, rule) = self.halves(&whole)?;
                let (of, rule) = (device.name(self.file), rule.name(self.file));
                let mut doc = RulesDoc { of, add: Vec::new(), first: Vec::new(), remove: Names::default() };
                match self.wish {
                    Wish::Open => doc.first.push(RuleDoc { permit: Some(rule), ..RuleDoc::default() }),
                    _ => doc.remove.0.push(rule),
                }
                Ok(EditDoc::Rules(doc))
            }
            Wish::Move => {
                let (node, place) = self.halves(&whole)?;
                let parts = place.split(self.text, |c| c.is_whitespace() || c == ',');
                let mut parts = parts.into_iter().filter(|p| !p.text.is_empty());
                let Some(to) = parts.next() else { return Err(self.half_missing(&whole)) };
                let address = Names(parts.map(|p| p.name(self.file)).collect());
                Ok(EditDoc::Move(MoveDoc { node: node.name(self.file), to: to.name(self.file), address }))
            }
            Wish::EndOption => {
                let (cloud, words) = self.halves(&whole)?;
                let remove = self.names(&words)?;
                Ok(EditDoc::Functions(ListDoc { of: cloud.name(self.file), add: Names::default(), remove }))
            }
            Wish::Edit => Err(self.wrong(whole.range, "RON の変更です", "an edit in RON")),
        }
    }

    /// What no name or rule of a drawing can contain is refused at once.
    fn harmless(&self) -> Result<(), Slip> {
        let odd = |c: char| c == '"' || c == '\\' || c.is_control() || c == '\u{2028}' || c == '\u{2029}';
        let Some((at, c)) = self.text.char_indices().find(|&(_, c)| odd(c)) else { return Ok(()) };
        let (ja, en) = match c {
            '"' | '\\' => (format!("`{c}` は使えません"), format!("`{c}` cannot be used here")),
            '\n' | '\r' => ("改行は使えません".to_owned(), "a line break cannot be used here".to_owned()),
            _ => ("見えない制御文字は使えません".to_owned(), "a control character cannot be used here".to_owned()),
        };
        let span = Span::new(self.file, at..at + c.len_utf8());
        let label = Text::new("名前にもルールにも書けない文字です", "no name and no rule can contain it");
        Err(self.helped(Diagnostic::error(Code::BAD_NAME, span, Text::new(ja, en), label)))
    }

    /// What stands before and behind the colon.
    fn halves(&self, whole: &Part<'t>) -> Result<(Part<'t>, Part<'t>), Slip> {
        // A colon with a blank behind it comes first: addresses have colons, too.
        let Some(at) = whole.text.find(": ").or_else(|| whole.text.find(':')) else {
            return Err(self.no_colon(whole));
        };
        let at = whole.range.start + at;
        let before = Part::trimmed(self.text, whole.range.start..at);
        let behind = Part::trimmed(self.text, at + 1..whole.range.end);
        if before.text.is_empty() || behind.text.is_empty() {
            return Err(self.half_missing(whole));
        }
        Ok((before, behind))
    }

    fn no_colon(&self, whole: &Part<'t>) -> Slip {
        if let Some((i, wide)) = whole.text.char_indices().find(|&(_, c)| c == '\u{ff1a}') {
            let start = whole.range.start + i;
            let span = Span::new(self.file, start..start + wide.len_utf8());
            let d = Diagnostic::error(
                Code::FULL_WIDTH,
                span,
                Text::new("全角の「:」は使えません。半角にしてください", "a full-width colon; use the half-width one"),
                Text::new("全角です", "full-width"),
            );
            return self.helped(d.fix(span, ": "));
        }
        let d = self.wrong(whole.range.clone(), "コロン「:」がありません", "there is no colon");
        // `edr@in-pc` is how a report names a control of a machine.
        let meant = whole.text.split_once('@').and_then(|(word, node)| {
            CONTROL_WORDS.iter().find(|c| c.eq_ignore_ascii_case(word)).map(|c| format!("{node}: {c}"))
        });
        match meant.filter(|_| matches!(self.wish, Wish::DropControl | Wish::AddControl)) {
            Some(meant) => Box::new(d.fix(whole.span(self.file), meant)),
            None => d,
        }
    }

    fn half_missing(&self, whole: &Part<'t>) -> Slip {
        self.wrong(whole.range.clone(), "コロンの前か後ろが空です", "nothing stands before or behind the colon")
    }

    fn names(&self, part: &Part<'t>) -> Result<Names, Slip> {
        let parts = part.split(self.text, |c| c == ',' || c == '、');
        if parts.iter().any(|p| p.text.is_empty()) {
            return Err(self.wrong(part.range.clone(), "名前が空です", "a name is empty"));
        }
        Ok(Names(parts.iter().map(|p| p.name(self.file)).collect()))
    }

    fn control(&self, word: &Part<'t>) -> Result<ControlDoc, Slip> {
        if let Some(product) = word.text.strip_prefix("EdrOf(").and_then(|rest| rest.strip_suffix(')')) {
            let start = word.range.start + "EdrOf(".len();
            let product = Part::trimmed(self.text, start..start + product.len());
            return Ok(ControlDoc::EdrOf(product.name(self.file)));
        }
        // Without a value, the words of the format read themselves.
        let read =
            CONTROL_WORDS.contains(&word.text).then(|| crate::document::options().from_str(word.text).ok()).flatten();
        read.ok_or_else(|| self.unknown(word, "対策", "control", &CONTROL_WORDS))
    }

    fn model(&self, word: &Part<'t>) -> Result<ModelDoc, Slip> {
        let plain: String = word.text.chars().filter(char::is_ascii_alphanumeric).collect();
        Ok(match plain.to_ascii_lowercase().as_str() {
            "physical" => ModelDoc::Physical,
            "alpha" => ModelDoc::Alpha,
            "alphaprime" => ModelDoc::AlphaPrime,
            "beta" => ModelDoc::Beta,
            "betaprime" => ModelDoc::BetaPrime,
            _ => return Err(self.unknown(word, "モデル", "model", &MODELS)),
        })
    }

    fn unknown(&self, word: &Part<'t>, ja: &str, en: &str, known: &[&str]) -> Slip {
        let (text, listed) = (word.text, known.join(", "));
        let d = Diagnostic::error(
            Code::UNKNOWN_VARIANT,
            word.span(self.file),
            Text::new(format!("`{text}` という{ja}はありません"), format!("there is no {en} `{text}`")),
            Text::new(format!("知らない{ja}です"), format!("unknown {en}")),
        );
        let d = d.help(Text::new(format!("使えるもの: {listed}"), format!("known here: {listed}")));
        match nearest(text, known.iter().copied()) {
            Some(near) => Box::new(d.fix(word.span(self.file), near)),
            None => Box::new(d),
        }
    }

    fn wrong(&self, range: Range<usize>, ja: &str, en: &str) -> Slip {
        let flag = self.wish.flag();
        let d = Diagnostic::error(
            Code::BAD_VALUE,
            Span::new(self.file, range),
            Text::new(format!("--{flag} の書き方が違います"), format!("--{flag} is not written like this")),
            Text::new(ja, en),
        );
        self.helped(d)
    }

    fn helped(&self, d: Diagnostic) -> Slip {
        let form = self.wish.form();
        Box::new(d.help(Text::new(format!("書き方: {form}"), format!("written as {form}"))))
    }
}

const MODELS: [&str; 5] = ["physical", "alpha", "alpha-prime", "beta", "beta-prime"];

/// The place of what a change takes away or adds, for a message about it; edits remember only what has it.
pub(super) fn object(file: FileId, text: &str, wish: Wish, word: &str) -> Option<Span> {
    let colon = text.find(": ").or_else(|| text.find(':'))?;
    let known = matches!(wish, Wish::DropControl | Wish::AddControl);
    let behind = Part::trimmed(text, colon + 1..text.len());
    let parts = behind.split(text, |c| c == ',' || c == '、');
    parts.into_iter().find(|p| known && p.text == word).map(|p| p.span(file))
}
