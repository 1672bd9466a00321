//! The words and signs of the page: statuses, severities, who answers, marks of evidence.
//!
//! Everything that colour says is said by a word and a sign, too: the page is printed in black and white.

use super::page::Page;
use crate::diagnostic::Text;
use crate::model::Status;
use crate::report::rulewords::{self, responsible};
use crate::report::{MarkReport, Responsible, RuleStatus, Standing};

/// The sign and the word of a rule's status.
pub(super) fn status(status: RuleStatus) -> (&'static str, Text) {
    let sign = match status {
        RuleStatus::Violated => "×",
        RuleStatus::Undecided => "?",
        RuleStatus::Excepted => "△",
        RuleStatus::Holds => "○",
        RuleStatus::NotApplicable => "−",
    };
    (sign, rulewords::rule_status(status))
}

/// The status of a check as that of a rule: a check about nothing has no counterpart that would be as bad.
pub(super) fn of_check(status: Status) -> RuleStatus {
    match status {
        Status::Violated => RuleStatus::Violated,
        Status::Undecided => RuleStatus::Undecided,
        Status::Holds => RuleStatus::Holds,
        Status::Vacuous => RuleStatus::NotApplicable,
    }
}

pub(super) fn kind(word: &str) -> Text {
    let (ja, en) = match word {
        "path" => ("経路", "path"),
        "control" => ("対策", "control"),
        "consistency" => ("整合", "consistency"),
        other => (other, other),
    };
    Text::new(ja, en)
}

/// All who can answer for something, in the order of the page.
pub(super) const EVERYBODY: [Responsible; 5] =
    [Responsible::Body, Responsible::Prefecture, Responsible::Jlis, Responsible::Vendor, Responsible::State];

/// How an exception stands: the word, and what that means.
pub(super) fn standing(standing: Standing) -> (Text, Text) {
    let more = match standing {
        Standing::Active => ("", ""),
        Standing::Expired => ("覆っていたものは、再び数えます", "what it covered counts again"),
        Standing::Orphaned => ("規則がこの図面に当てはまりません", "its rule does not apply to this drawing"),
        Standing::Unused => ("規則は、これが覆うものを見つけていません", "the rule finds nothing that it covers"),
        Standing::Incomplete => ("何も覆いません", "it covers nothing"),
    };
    (rulewords::standing(standing), Text::new(more.0, more.1))
}

/// How a control stands.
pub(super) fn in_place(status: RuleStatus) -> (&'static str, Text) {
    let (sign, ja, en) = match status {
        RuleStatus::Holds => ("○", "あり", "in place"),
        RuleStatus::Violated => ("×", "不足", "missing"),
        RuleStatus::Undecided => ("?", "記載なし", "not stated"),
        RuleStatus::Excepted => ("△", "例外", "excepted"),
        RuleStatus::NotApplicable => ("−", "対象外", "not needed"),
    };
    (sign, Text::new(ja, en))
}

/// Whether a model asks for a control.
pub(super) fn demand(mandatory: Option<bool>) -> Text {
    let (ja, en) = match mandatory {
        Some(true) => ("必須", "mandatory"),
        Some(false) => ("推奨", "recommended"),
        None => ("求めなし", "not asked"),
    };
    Text::new(ja, en)
}

/// An edition as people call it, its word behind it: `R7_3` is that of March of the seventh year of Reiwa, 2025.
pub(super) fn edition(word: &str) -> Text {
    let parts = word.strip_prefix('R').and_then(|w| w.split_once('_'));
    match parts.and_then(|(y, m)| Some((y.parse::<u16>().ok()?, m.parse::<u8>().ok()?))) {
        Some((year, month)) if year < 1000 => {
            Text::new(format!("令和{year}年{month}月版({word})"), format!("{}-{month:02} ({word})", 2018 + year))
        }
        _ => Text::new(word, word),
    }
}

/// A file type of a task; the star stands for what no table names.
pub(super) fn file_type(name: &str) -> Text {
    match name {
        "*" => Text::new("表にないすべての形式", "every type that no table names"),
        other => Text::new(other, other),
    }
}

impl Page {
    /// A sign with its word, framed.
    pub(super) fn badge(&mut self, class: &str, sign: &str, word: &Text) {
        let class = format!("badge {class}");
        self.open("span", &[("class", &class)]);
        self.text(sign);
        self.text(" ");
        self.text(word.get(self.lang));
        self.close("span");
    }

    pub(super) fn status(&mut self, of: RuleStatus) {
        let (sign, word) = status(of);
        self.badge(of.as_str(), sign, &word);
    }

    pub(super) fn who(&self, list: &[Responsible]) -> String {
        let names: Vec<String> = list.iter().map(|&r| responsible(r).get(self.lang).to_owned()).collect();
        if names.is_empty() { self.pick("記載なし", "not stated").to_owned() } else { self.joined(names) }
    }

    /// Marks of evidence, each a link to its explanation.
    pub(super) fn marks(&mut self, marks: &[MarkReport]) {
        self.open("span", &[("class", "marks")]);
        for mark in marks {
            let (to, text) = match mark {
                MarkReport::Source(n) => (source_id(n), format!("{} {n}", self.pick("出典", "source"))),
                MarkReport::Survey(n) => {
                    let (ja, en) = rulewords::survey(n);
                    let (word, name) = (self.pick("調査", "survey"), self.pick(ja, en));
                    ("mark-survey".to_owned(), format!("{word} {name}"))
                }
                MarkReport::Recalled => ("mark-recalled".to_owned(), self.pick("記憶", "recalled").to_owned()),
                MarkReport::Unsure => ("mark-unsure".to_owned(), self.pick("要確認", "unsure").to_owned()),
                MarkReport::Design => ("mark-design".to_owned(), self.pick("設計", "design").to_owned()),
            };
            let to = format!("#{to}");
            self.out.push(' ');
            self.el("a", &[("href", &to), ("class", "mark")], &format!("[{text}]"));
        }
        self.close("span");
    }
}

/// The anchor of a source, whatever its name is.
pub(super) fn source_id(name: &str) -> String {
    slug(name).map_or_else(|| "mark-source".to_owned(), |s| format!("source-{s}"))
}

/// A name that can be part of an anchor as it is.
pub(super) fn slug(name: &str) -> Option<&str> {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    (!name.is_empty() && name.len() <= 60 && name.chars().all(fits)).then_some(name)
}
