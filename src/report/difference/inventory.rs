//! Lines about what there is: machines and other things, their controls, what the model asks for, names.

use super::page::{Line, Tone};
use super::words::{self, name, pick, sign};
use crate::change::difference::{Attribute, Difference, Mark, Sort, ThingChange, attribute_name};
use crate::diagnostic::Lang;
use crate::model::rulebook::Asked;

fn value(v: &str, lang: Lang) -> String {
    if v.is_empty() { pick(lang, "なし", "none").to_owned() } else { v.to_owned() }
}

fn attribute(a: &Attribute, lang: Lang) -> String {
    // Long lists are told by what came and what went.
    let list = |v: &str| -> Vec<String> {
        v.trim_matches(['[', ']']).split(", ").filter(|x| !x.is_empty()).map(str::to_owned).collect()
    };
    let (x, y) = (list(&a.before), list(&a.after));
    let called = attribute_name(a.key);
    if x.len() + y.len() > 2 {
        let went: Vec<String> = x.iter().filter(|v| !y.contains(v)).map(|v| format!("−{v}")).collect();
        let came: Vec<String> = y.iter().filter(|v| !x.contains(v)).map(|v| format!("+{v}")).collect();
        if !went.is_empty() || !came.is_empty() {
            return format!("{}: {}", called.get(lang), [went, came].concat().join(pick(lang, "、", ", ")));
        }
    }
    format!("{}: {} → {}", called.get(lang), value(&a.before, lang), value(&a.after, lang))
}

/// What a thing is called; a measure by the catalogue's words.
fn thing(t: &ThingChange, lang: Lang) -> String {
    match &t.title {
        Some(title) => format!("{}({})", title.get(lang), t.called.name),
        None => name(&t.called),
    }
}

pub(super) fn things(d: &Difference, lang: Lang) -> Vec<Line> {
    let mut lines = Vec::new();
    let changed = |t: &&ThingChange| t.mark == Mark::Changed;
    let mut list: Vec<&ThingChange> = d.things.iter().filter(changed).collect();
    list.sort_by_key(|t| (t.sort != Sort::Drawing, !t.moved));
    for t in list {
        let what = if t.moved { pick(lang, "移動", "moved") } else { pick(lang, "変更", "changed") };
        let name = if t.sort == Sort::Drawing { String::new() } else { format!(" {}", thing(t, lang)) };
        let attributes: Vec<String> = t.attributes.iter().map(|a| attribute(a, lang)).collect();
        let text = format!("{}{name} {what}: {}", words::sort(t.sort, lang), attributes.join(pick(lang, "。", "; ")));
        lines.push(Line::new("~", if t.certain() { Tone::Plain } else { Tone::Open }, text));
    }
    // What came and went is one line per sort.
    for (mark, sign) in [(Mark::Added, "+"), (Mark::Removed, "−")] {
        let sorts: std::collections::BTreeSet<Sort> =
            d.things.iter().filter(|t| t.mark == mark).map(|t| t.sort).collect();
        for sort in sorts {
            let all: Vec<&ThingChange> = d.things.iter().filter(|t| t.mark == mark && t.sort == sort).collect();
            let names: Vec<String> = all.iter().map(|t| thing(t, lang)).collect();
            let text = match lang {
                Lang::Ja => format!("{} {} 件: {}", words::sort(sort, lang), all.len(), names.join("、")),
                Lang::En => format!("{} ({}): {}", words::sort(sort, lang), all.len(), names.join(", ")),
            };
            lines.push(Line::new(sign, Tone::Plain, text));
        }
    }
    lines
}

pub(super) fn controls(d: &Difference, lang: Lang) -> Vec<Line> {
    let mut all: Vec<Line> = Vec::new();
    for mark in [Mark::Removed, Mark::Added] {
        let mut by_control: std::collections::BTreeMap<&str, Vec<String>> = std::collections::BTreeMap::new();
        for c in d.controls.iter().filter(|c| c.mark == mark) {
            by_control.entry(&c.control).or_default().push(name(&c.at));
        }
        for (control, at) in by_control {
            let what = match mark {
                Mark::Added => pick(lang, "加わった", "added"),
                _ => pick(lang, "なくなった", "lost"),
            };
            let tone = if mark == Mark::Added { Tone::Better } else { Tone::Worse };
            let text = format!("{control} {what}: {}", at.join(pick(lang, "、", ", ")));
            all.push(Line::new(sign(mark), tone, text));
        }
    }
    all
}

pub(super) fn demands(d: &Difference, lang: Lang) -> Vec<Line> {
    let word = |a: Option<Asked>| match a {
        Some(Asked::Mandatory) => pick(lang, "必須", "mandatory"),
        Some(Asked::Recommended) => pick(lang, "推奨", "recommended"),
        None => pick(lang, "求めない", "not asked for"),
    };
    let line = |c: &crate::change::difference::DemandChange| {
        let (state, tone) = match (c.after, c.present) {
            (None, _) => ("", Tone::Plain),
            (_, Some(true)) => (pick(lang, "(ある)", " (in place)"), Tone::Better),
            (_, Some(false)) => (pick(lang, "(ない)", " (missing)"), Tone::Worse),
            (_, None) => (pick(lang, "(書かれていない)", " (not stated)"), Tone::Open),
        };
        let rank = |a: Option<Asked>| match a {
            None => 0,
            Some(Asked::Recommended) => 1,
            Some(Asked::Mandatory) => 2,
        };
        let sign = if rank(c.after) > rank(c.before) { "+" } else { "−" };
        let text = format!("{} {}: {} → {}{state}", c.id, c.name.get(lang), word(c.before), word(c.after));
        Line::new(sign, tone, text)
    };
    d.demands.iter().map(line).collect()
}

pub(super) fn renamed(d: &Difference, lang: Lang) -> Vec<Line> {
    let line = |r: &crate::change::difference::Renamed| {
        Line::new("=", Tone::Plain, format!("{} {} → {}", words::sort(r.sort, lang), r.before, r.after))
    };
    d.renamed.iter().map(line).collect()
}
