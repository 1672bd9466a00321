//! The words of a difference: marks, relations, certainties, ways and ends, in both languages.

use crate::change::difference::{Called, Depth, End, Mark, Openness, Relation, RuleAnswer, Sort, Way};
use crate::diagnostic::{Lang, Text};
use crate::model::{Protocol, Service, Status};
use crate::report::names::called;

pub(super) fn pick(lang: Lang, ja: &'static str, en: &'static str) -> &'static str {
    match lang {
        Lang::Ja => ja,
        Lang::En => en,
    }
}

pub(super) fn sign(mark: Mark) -> &'static str {
    match mark {
        Mark::Added => "+",
        Mark::Removed => "−",
        Mark::Changed => "~",
    }
}

/// The word of machine output.
pub(super) fn mark_word(mark: Mark) -> &'static str {
    match mark {
        Mark::Added => "added",
        Mark::Removed => "removed",
        Mark::Changed => "changed",
    }
}

pub(super) fn relation_word(r: Relation) -> &'static str {
    match r {
        Relation::Equivalent => "equivalent",
        Relation::Stricter => "stricter",
        Relation::Looser => "looser",
        Relation::Incomparable => "incomparable",
    }
}

pub(super) fn relation(r: Relation, lang: Lang) -> &'static str {
    match r {
        Relation::Equivalent => pick(lang, "同じ", "equivalent"),
        Relation::Stricter => pick(lang, "厳しくなった", "stricter"),
        Relation::Looser => pick(lang, "緩くなった", "looser"),
        Relation::Incomparable => pick(lang, "比べられない(増減とも)", "incomparable (more and less)"),
    }
}

pub(super) fn sort_word(s: Sort) -> &'static str {
    match s {
        Sort::Drawing => "drawing",
        Sort::Segment => "segment",
        Sort::Network => "network",
        Sort::Machine => "machine",
        Sort::Communication => "communication",
        Sort::Medium => "medium",
        Sort::Measure => "measure",
        Sort::Exception => "exception",
        Sort::Group => "group",
    }
}

pub(super) fn sort(s: Sort, lang: Lang) -> &'static str {
    match s {
        Sort::Drawing => pick(lang, "図面", "drawing"),
        Sort::Segment => pick(lang, "セグメント", "segment"),
        Sort::Network => pick(lang, "ネットワーク", "network"),
        Sort::Machine => pick(lang, "機器", "machine"),
        Sort::Communication => pick(lang, "特定通信", "communication"),
        Sort::Medium => pick(lang, "媒体", "medium"),
        Sort::Measure => pick(lang, "団体の対策", "measure"),
        Sort::Exception => pick(lang, "例外", "exception"),
        Sort::Group => pick(lang, "グループ", "group"),
    }
}

pub(super) fn rule(answer: RuleAnswer, lang: Lang) -> &'static str {
    match answer {
        RuleAnswer::NotApplicable => pick(lang, "対象外", "not applicable"),
        RuleAnswer::Holds => pick(lang, "守られている", "holds"),
        RuleAnswer::Excepted => pick(lang, "例外扱い", "excepted"),
        RuleAnswer::Undecided => pick(lang, "未確定", "undecided"),
        RuleAnswer::Violated => pick(lang, "違反", "violated"),
    }
}

pub(super) fn check(answer: Option<(Status, bool)>, lang: Lang) -> String {
    match answer {
        None => pick(lang, "調べていない", "not asked").to_owned(),
        Some((Status::Violated, true)) => pick(lang, "違反(例外扱い)", "violated (excepted)").to_owned(),
        Some((s, _)) => crate::report::words::status(s).get(lang).to_owned(),
    }
}

/// `label(name)`.
pub(super) fn name(c: &Called) -> String {
    called(&c.label, &c.name)
}

/// How many ends of a row are named before the rest is counted.
const NAMED: usize = 3;

/// Some ends in one phrase.
pub(super) fn ends(list: &[End], lang: Lang, all: bool) -> String {
    let told = |e: &End| {
        let addresses = if e.addresses.is_empty() { String::new() } else { format!("[{}]", e.addresses) };
        format!("{}{addresses}", name(&e.called))
    };
    let most = if all { usize::MAX } else { NAMED };
    let shown: Vec<String> = list.iter().take(most).map(told).collect();
    let joined = shown.join(pick(lang, "、", ", "));
    match list.len().saturating_sub(most) {
        0 => joined,
        more => match lang {
            Lang::Ja => format!("{joined} ほか {more}"),
            Lang::En => format!("{joined} and {more} more"),
        },
    }
}

/// Services as people write them: ports of one protocol behind one word.
#[must_use]
pub fn services(list: &[Service], other: bool, lang: Lang) -> String {
    let mut words: Vec<(String, Vec<String>)> = Vec::new();
    for s in list {
        if s.protocol.is_none() {
            return pick(lang, "すべてのサービス", "any service").to_owned();
        }
        let head = Service { destination: crate::model::PortRange::ALL, ..*s }.to_string();
        let ports = (s.destination != crate::model::PortRange::ALL).then(|| s.destination.to_string());
        match words.last_mut() {
            Some((h, list)) if *h == head && ports.is_some() && !list.is_empty() => list.extend(ports),
            _ => words.push((head, ports.into_iter().collect())),
        }
    }
    let mut all: Vec<String> = words
        .into_iter()
        .map(|(head, ports)| {
            let ports = ports.join(",");
            if ports.is_empty() {
                head
            } else if head.contains(" from ") {
                format!("{head} to {ports}")
            } else {
                format!("{head} {ports}")
            }
        })
        .collect();
    if other {
        all.push(pick(lang, "ほかのプロトコル", "other protocols").to_owned());
    }
    all.join(" + ")
}

/// The word of machine output for services: what a drawing could write.
pub(super) fn services_word(list: &[Service], other: bool) -> Vec<String> {
    let mut all: Vec<String> = list
        .iter()
        .map(|s| {
            let from = Service { destination: crate::model::PortRange::ALL, ..*s }.to_string();
            match (s.protocol.is_some_and(Protocol::has_ports), from.contains(" from ")) {
                (true, true) if s.destination != crate::model::PortRange::ALL => format!("{from} to {}", s.destination),
                _ => s.to_string(),
            }
        })
        .collect();
    if other {
        all.push("other".to_owned());
    }
    all
}

pub(super) fn level(l: u8, lang: Lang) -> &'static str {
    match l {
        0 => pick(lang, "開けない", "closed"),
        1 => pick(lang, "開ける可能性", "possibly open"),
        _ => pick(lang, "開ける", "open"),
    }
}

pub(super) fn level_word(l: u8) -> &'static str {
    match l {
        0 => "no",
        1 => "possible",
        _ => "certain",
    }
}

/// An openness in one phrase.
pub(super) fn openness(o: Openness, lang: Lang) -> String {
    let some = level(o.some, lang);
    if o.some == o.all {
        return some.to_owned();
    }
    format!("{some}{}", pick(lang, "(一部のアドレスだけ)", " (some addresses only)"))
}

/// What some ways amount to.
pub(super) struct Through {
    pub(super) passed: Vec<String>,
    pub(super) permitted: (bool, bool),
    pub(super) certain: bool,
    /// Some way without a permit is certain.
    bare: bool,
}

impl Through {
    pub(super) fn of(ways: &[Way]) -> Self {
        let mut passed: Vec<String> = Vec::new();
        for w in ways.iter().flat_map(|w| w.mediators.iter().chain(&w.labels)) {
            if !passed.contains(w) {
                passed.push(w.clone());
            }
        }
        let some = |f: fn(&Way) -> bool| ways.iter().any(f);
        Self {
            passed,
            permitted: (some(|w| w.permitted), some(|w| !w.permitted)),
            certain: some(|w| w.certain),
            bare: some(|w| !w.permitted && w.certain),
        }
    }

    pub(super) fn permit(&self, lang: Lang) -> &'static str {
        match self.permitted {
            (true, true) if self.bare => pick(lang, "許可のない道もある", "also without a permit"),
            (true, true) => pick(lang, "許可のない道もある可能性", "possibly also without a permit"),
            (true, false) => pick(lang, "許可", "permitted"),
            _ => pick(lang, "許可なし", "NO PERMIT"),
        }
    }

    pub(super) fn certainty(&self, lang: Lang) -> &'static str {
        if self.certain { pick(lang, "確か", "certain") } else { pick(lang, "可能性", "only possible") }
    }
}

pub(super) fn depth(d: &Depth, lang: Lang) -> String {
    let sets = |sets: &[Vec<String>]| {
        let shown: Vec<String> = sets.iter().take(2).map(|s| format!("{{{}}}", s.join(", "))).collect();
        let more = sets.len().saturating_sub(2);
        let rest = match (more, lang) {
            (0, _) => String::new(),
            (n, Lang::Ja) => format!(" ほか {n} 組"),
            (n, Lang::En) => format!(" and {n} more"),
        };
        format!("{}{rest}", shown.join(" "))
    };
    match d {
        Depth::NotAsked => pick(lang, "調べていない", "not asked").to_owned(),
        Depth::None => pick(lang, "どの対策が破られても届かない", "not reached whatever fails").to_owned(),
        Depth::AtLeast(n) => match lang {
            Lang::Ja => format!("{n} 以上(探索を打ち切り)"),
            Lang::En => format!("at least {n} (search ended)"),
        },
        Depth::Exactly(0, _) => {
            pick(lang, "0(対策が破られなくても届く)", "0 (reached with every control working)").to_owned()
        }
        Depth::Exactly(n, all) => format!("{n} {}", sets(all)),
    }
}

/// A sentence in the language.
pub(super) fn say(text: &Text, lang: Lang) -> String {
    text.get(lang).to_owned()
}
