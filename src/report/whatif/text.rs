//! What changes, for reading on a terminal.

use super::{AloneReport, BecameReport, RestReport, WhatIfReport, headline, moved, resting, state_text, staying};
use crate::change::State;
use crate::diagnostic::Text;
use crate::report::PathReport;
use crate::report::text::{Look, Page, Style, told_path};

/// How many least sets of controls are written out.
const SETS: usize = 5;
/// How many things that a single failure makes wrong are named.
const NAMED: usize = 6;

/// For people.
#[must_use]
pub fn what_if_text(report: &WhatIfReport, style: Style) -> String {
    let mut page = Page::new(style);
    for (flag, text) in &report.changes {
        let sign = page.pick("もし ", "if ");
        page.hanging(Look::Head, 0, &sign, &format!("{flag} \"{text}\""));
    }
    if !report.changes.is_empty() {
        changed(&mut page, report);
    }
    let lists = [
        (
            &report.controls,
            "対策が一つだけ破られたとき(重い順)",
            "If one control fails alone (the worst first)",
            "controls",
        ),
        (
            &report.devices,
            "機器が一つだけなくなったとき(重い順)",
            "If one machine or device is gone (the worst first)",
            "devices",
        ),
    ];
    for (i, (list, ja, en, what)) in lists.into_iter().enumerate() {
        let Some(list) = list else { continue };
        if i > 0 || !report.changes.is_empty() {
            page.blank();
        }
        singles(&mut page, list, (ja, en), what);
    }
    page.finish()
}

fn changed(page: &mut Page, report: &WhatIfReport) {
    let lang = page.style.lang;
    let look = if !report.wrong.is_empty() {
        Look::Bad
    } else if !report.open.is_empty() {
        Look::Open
    } else {
        Look::Good
    };
    page.line(look, 0, headline(report).get(lang));
    page.line(Look::Plain, 0, staying(report).get(lang));
    let mut told: Vec<(usize, &PathReport)> = Vec::new();
    let mut number = 0;
    let flow = |b: &&BecameReport| b.kind == "flow";
    let other = |b: &&BecameReport| b.kind != "flow";
    let parts: [(Vec<&BecameReport>, &str, &str); 5] = [
        (report.wrong.iter().filter(flow).collect(), "通らなくなる必要な通信", "Required flows that are lost"),
        (report.wrong.iter().filter(other).collect(), "違反になるもの", "What becomes wrong"),
        (report.open.iter().collect(), "図面からは決められなくなるもの", "What becomes undecided"),
        (report.right.iter().filter(flow).collect(), "通るようになる必要な通信", "Required flows that are gained"),
        (
            report.right.iter().filter(other).collect(),
            "違反や未確定でなくなるもの",
            "What is not wrong or undecided any more",
        ),
    ];
    for (list, ja, en) in parts {
        if list.is_empty() {
            continue;
        }
        heading(page, ja, en);
        for b in list {
            number += 1;
            became(page, b, number, &mut told);
        }
    }
    if !report.silent.is_empty() {
        heading(page, "もう問われない、または相手がいない検査", "Checks that are not asked any more, or about nothing");
        for text in &report.silent {
            page.hanging(Look::Open, 2, "- ", text.get(lang));
        }
    }
    rests(page, report);
    if !report.stale.is_empty() {
        heading(page, "なくなったのに、まだ書かれている名前", "Names that are still written although they are gone");
        for (name, place) in &report.stale {
            page.placed(Look::Plain, 2, "- ", name, Some(place.to_string()));
        }
    }
}

fn heading(page: &mut Page, ja: &str, en: &str) {
    page.blank();
    let text = format!("■ {}", page.pick(ja, en));
    page.line(Look::Head, 0, &text);
}

fn became<'r>(page: &mut Page, b: &'r BecameReport, number: usize, told: &mut Vec<(usize, &'r PathReport)>) {
    let lang = page.style.lang;
    let look = match b.after {
        State::Wrong => Look::Bad,
        State::Open => Look::Open,
        State::Right | State::NotAsked => Look::Good,
    };
    let sign = format!("{number}. ");
    page.hanging(look, 0, &sign, b.text.get(lang));
    let way = format!("{} → {}", state_text(b.before).get(lang), state_text(b.after).get(lang));
    page.placed(Look::Faint, 3, "", &way, b.place.as_ref().map(ToString::to_string));
    for open in &b.open {
        let sign = page.pick("書かれていないこと: ", "not stated: ");
        page.placed(Look::Plain, 3, &sign, open.text.get(lang), open.place.as_ref().map(ToString::to_string));
    }
    let Some((lens, path)) = b.path.as_ref().filter(|_| b.after >= State::Open) else { return };
    match told.iter().find(|(_, known)| *known == path) {
        Some((first, _)) => {
            let text = page.pick(&format!("経路は {first} と同じ"), &format!("the same path as {first}"));
            page.line(Look::Plain, 3, &text);
        }
        None => {
            told_path(page, *lens, path);
            told.push((number, path));
        }
    }
}

fn rests(page: &mut Page, report: &WhatIfReport) {
    let lang = page.style.lang;
    if report.rests.is_empty() {
        if report.protected.is_empty() || !report.is_unchanged() {
            return;
        }
        heading(page, "変わらず、経路を塞いでいる対策", "What keeps forbidden paths closed, as before");
        let mut groups: Vec<(&RestReport, Vec<&str>)> = Vec::new();
        for r in &report.protected {
            match groups.iter_mut().find(|(first, _)| first.after == r.after) {
                Some((_, titles)) => titles.push(r.title.get(lang)),
                None => groups.push((r, vec![r.title.get(lang)])),
            }
        }
        for (first, titles) in groups {
            let comma = page.pick("、", ", ");
            page.hanging(Look::Plain, 2, "- ", &titles.join(&comma));
            if let Some(after) = &first.after {
                resting_on(page, "", after);
            }
        }
        return;
    }
    heading(page, "経路を塞いでいる対策の変化", "Changes of what keeps forbidden paths closed");
    for r in &report.rests {
        page.hanging(Look::Plain, 2, "- ", r.title.get(lang));
        if let Some((depth, gone, new)) = moved(r) {
            let text = page.pick(
                &format!("深さ {depth} のまま、破られると届く組が変わる"),
                &format!("still depth {depth}; the sets whose failure opens it change"),
            );
            page.line(Look::Plain, 6, &text);
            sets(page, "- ", &gone);
            sets(page, "+ ", &new);
            continue;
        }
        for (side, ja, en) in [(&r.before, "今: ", "now: "), (&r.after, "変えると: ", "then: ")] {
            let sign = page.pick(ja, en);
            match side {
                Some(side) => resting_on(page, &sign, side),
                None => {
                    let text = page.pick("調べる相手がない", "nothing to look at");
                    page.hanging(Look::Faint, 6, &sign, &text);
                }
            }
        }
    }
}

fn resting_on(page: &mut Page, sign: &str, side: &(crate::model::Status, crate::report::DepthReport)) {
    let lang = page.style.lang;
    let (text, list) = resting(side);
    page.hanging(Look::Plain, 6, sign, text.get(lang));
    sets(page, "* ", &list);
}

fn sets(page: &mut Page, sign: &str, list: &[Text]) {
    let lang = page.style.lang;
    for set in list.iter().take(SETS) {
        page.hanging(Look::Plain, 8, sign, set.get(lang));
    }
    let more = list.len().saturating_sub(SETS);
    if more > 0 {
        let text = page.pick(&format!("ほか {more} 組"), &format!("{more} more sets"));
        page.hanging(Look::Plain, 8, sign, &text);
    }
}

fn singles(page: &mut Page, list: &[AloneReport], (ja, en): (&str, &str), what: &str) {
    let lang = page.style.lang;
    let text = format!("■ {}", page.pick(ja, en));
    page.line(Look::Head, 0, &text);
    let comma = page.pick("、", ", ");
    let mut harmless = 0;
    for a in list {
        let name = a.title.get(lang);
        if let Some(why) = &a.no_drawing {
            let text = page.pick(
                &format!("{name}: これがないと図面になりません({})", why.ja),
                &format!("{name}: without it this is no drawing ({})", why.en),
            );
            page.hanging(Look::Bad, 2, "- ", &text);
            continue;
        }
        if a.wrong.is_empty() && a.open.is_empty() {
            harmless += 1;
            continue;
        }
        let named = |list: &[(&'static str, String, Text)]| {
            let mut names: Vec<&str> = list.iter().take(NAMED).map(|(_, _, t)| t.get(lang)).collect();
            names.dedup();
            let more = list.len().saturating_sub(NAMED);
            let rest = if more == 0 {
                String::new()
            } else {
                page.pick(&format!(" ほか {more} 件"), &format!(" and {more} more"))
            };
            format!("{}{rest}", names.join(&comma))
        };
        let mut parts = Vec::new();
        let (w, o) = (a.wrong.len(), a.open.len());
        if w > 0 {
            let head = page.pick(&format!("違反 {w} 件"), &format!("{w} wrong"));
            parts.push(format!("{head}: {}", named(&a.wrong)));
        }
        if o > 0 {
            let head = page.pick(&format!("未確定 {o} 件"), &format!("{o} undecided"));
            parts.push(format!("{head}: {}", named(&a.open)));
        }
        let text = format!("{name}  {}", parts.join(&page.pick("。", "; ")));
        page.hanging(if w > 0 { Look::Bad } else { Look::Open }, 2, "- ", &text);
    }
    let text = match (harmless, what) {
        (0, _) => return,
        (n, "controls") => page.pick(
            &format!("ほかの対策 {n} 個は、一つだけ破られても、新しく違反になるものはありません"),
            &format!("of the other {n} controls, none makes anything wrong by failing alone"),
        ),
        (n, _) => page.pick(
            &format!("ほかの機器 {n} 個は、一つだけなくなっても、新しく違反になるものはありません"),
            &format!("of the other {n} machines and devices, none makes anything wrong by being gone alone"),
        ),
    };
    page.line(Look::Faint, 2, &text);
}
