//! The page of a difference: sections with lines, the most important first, ready for any rendering.

use super::Compared;
use super::expected;
use super::inventory;
use super::lines;
use super::words::{pick, relation};
use crate::change::difference::{Mark, Relation};
use crate::diagnostic::Lang;

/// How a line is to be looked at; its sign says the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    Plain,
    Worse,
    Better,
    Open,
}

/// One line with what belongs under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) sign: &'static str,
    pub(super) tone: Tone,
    pub(super) text: String,
    pub(super) under: Vec<String>,
}

impl Line {
    pub(super) fn new(sign: &'static str, tone: Tone, text: String) -> Self {
        Self { sign, tone, text, under: Vec::new() }
    }

    pub(super) fn under(mut self, text: impl Into<String>) -> Self {
        self.under.push(text.into());
        self
    }
}

/// A section; `left_out` lines are only counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Section {
    pub(super) title: String,
    pub(super) lines: Vec<Line>,
    pub(super) left_out: usize,
}

/// Everything that is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) title: String,
    pub(super) head: Vec<Line>,
    pub(super) sections: Vec<Section>,
}

/// How many lines of a section are shown unless everything is asked for.
const MOST: usize = 12;

pub(super) fn told(c: &Compared<'_>, lang: Lang, all: bool) -> Told {
    let d = c.difference;
    let mut sections = Vec::new();
    let mut add = |ja: &str, en: &str, list: Vec<Line>| {
        if list.is_empty() {
            return;
        }
        let count = list.len();
        let title = match lang {
            Lang::Ja => format!("{ja} {count} 件"),
            Lang::En => format!("{en}: {count}"),
        };
        // One line more than fits is shown rather than counted.
        let shown = if all || count <= MOST + 1 { count } else { MOST };
        let lines = list.into_iter().take(shown).collect();
        sections.push(Section { title, lines, left_out: count - shown });
    };
    if let Some(judged) = c.expected {
        add("期待していない変化", "unexpected changes", expected::unexpected(judged, lang, all));
        add("起きなかった期待", "expected changes that did not happen", expected::missing(judged, lang));
    }
    // Who expected something wants to know what else there is; the rest is for --verbose.
    if c.expected.is_some() && !all {
        return Told { title: title(c, lang), head: head(c, lang), sections };
    }
    let (worse, better) = lines::findings(d, lang);
    add("新たな指摘", "findings introduced", worse);
    add("なくなった指摘", "findings fixed", better);
    add("必要な通信の変化", "required flows", lines::required(d, lang));
    add(
        "深さの変化(道が開くまでに破られる対策)",
        "depth (controls that have to fail before a way opens)",
        lines::depths(d, lang),
    );
    add("セグメント間の判定の変化", "pairs of segments that compare differently", lines::pairs(d, lang));
    add("セグメント間を渡るものの変化", "crossings between segments", lines::crossings(d, lang, all));
    add("開ける通信の変化", "sessions that can be opened", lines::flows(d, lang, all));
    add("機器などの変化", "machines and other things", inventory::things(d, lang));
    add("機器の対策の変化", "controls of machines", inventory::controls(d, lang));
    add("モデルの求める対策の変化", "controls that the model asks for", inventory::demands(d, lang));
    add("問われ方が変わった規則と検査", "rules and checks asked otherwise", lines::asked(d, lang));
    add("名前だけの変化", "renamed", inventory::renamed(d, lang));
    Told { title: title(c, lang), head: head(c, lang), sections }
}

fn title(c: &Compared<'_>, lang: Lang) -> String {
    let named = |(name, file): (&str, &str)| if name.is_empty() { file.to_owned() } else { name.to_owned() };
    let (before, after) = (named(c.before), named(c.after));
    // Two states of one drawing are told apart by their files.
    let (before, after) = if before == after { (c.before.1.to_owned(), c.after.1.to_owned()) } else { (before, after) };
    match lang {
        Lang::Ja => format!("{before} → {after} の意味の違い"),
        Lang::En => format!("what changed in meaning: {before} → {after}"),
    }
}

fn head(c: &Compared<'_>, lang: Lang) -> Vec<Line> {
    let d = c.difference;
    let mut head = Vec::new();
    if d.is_empty() {
        let text = match (d.renamed.is_empty(), lang) {
            (true, Lang::Ja) => "意味の変化はありません",
            (true, Lang::En) => "no change in meaning",
            (false, Lang::Ja) => "意味の変化はありません。名前だけが変わりました",
            (false, Lang::En) => "no change in meaning; only names changed",
        };
        head.push(Line::new("", Tone::Better, text.to_owned()));
        return head;
    }
    let (whole, certain) = d.whole;
    let sure = if certain {
        ""
    } else {
        pick(lang, "(図面に書かれていないことによる)", " (depends on what is not stated)")
    };
    let tone = match whole {
        _ if !certain => Tone::Open,
        Relation::Looser | Relation::Incomparable => Tone::Worse,
        Relation::Stricter | Relation::Equivalent => Tone::Better,
    };
    let pairs = |r: Relation| d.pairs.iter().filter(|p| p.relation == r).count();
    let counts = match lang {
        Lang::Ja => format!(
            "全体: {}{sure}。セグメントの組 {} のうち、緩く {}、厳しく {}、増減とも {}、同じ {}",
            relation(whole, lang),
            d.pairs.len(),
            pairs(Relation::Looser),
            pairs(Relation::Stricter),
            pairs(Relation::Incomparable),
            pairs(Relation::Equivalent),
        ),
        Lang::En => format!(
            "whole drawing: {}{sure}. Of {} pairs of segments {} looser, {} stricter, {} incomparable, {} equivalent",
            relation(whole, lang),
            d.pairs.len(),
            pairs(Relation::Looser),
            pairs(Relation::Stricter),
            pairs(Relation::Incomparable),
            pairs(Relation::Equivalent),
        ),
    };
    head.push(Line::new("", tone, counts));
    let things = |mark| d.things.iter().filter(|t| t.mark == mark).count();
    let rows = |mark| d.crossings.iter().filter(|t| t.mark == mark).count();
    let flows = |mark| d.flows.iter().filter(|t| t.mark == mark).count();
    let three = |f: &dyn Fn(Mark) -> usize| format!("+{} −{} ~{}", f(Mark::Added), f(Mark::Removed), f(Mark::Changed));
    let counts = match lang {
        Lang::Ja => {
            format!("渡り {}、通信 {}、機器など {}(+ 増、− 減、~ 変)", three(&rows), three(&flows), three(&things))
        }
        Lang::En => format!(
            "crossings {}, sessions {}, machines and other things {} (+ added, − removed, ~ changed)",
            three(&rows),
            three(&flows),
            three(&things)
        ),
    };
    head.push(Line::new("", Tone::Plain, counts));
    if let Some(judged) = c.expected {
        let (missing, met) = (judged.missing.len(), judged.met);
        let unexpected = expected::unexpected(judged, lang, true).len();
        let text = match lang {
            Lang::Ja => {
                format!("期待どおりの変化 {met} 件、期待していない変化 {unexpected} 件、起きなかった期待 {missing} 件")
            }
            Lang::En => {
                format!("{met} changes as expected, {unexpected} unexpected, {missing} expected ones did not happen")
            }
        };
        let tone = if unexpected + missing == 0 { Tone::Better } else { Tone::Worse };
        head.push(Line::new("", tone, text));
    }
    head
}
