//! The lines of each section, in one language.

use super::page::{Line, Tone};
use super::words::{self, Through, ends, pick, say, sign};
use crate::change::difference::{
    CarrierChange, CheckChange, CrossingRow, Difference, FlowRow, Mark, Relation, RuleAnswer, RuleChange,
};
use crate::diagnostic::Lang;
use crate::model::Status;

/// How many findings of one rule are told.
const TOLD: usize = 3;

fn texts(list: &[crate::diagnostic::Text], lang: Lang) -> Vec<String> {
    let mut told: Vec<String> = list.iter().take(TOLD).map(|t| say(t, lang)).collect();
    match (list.len().saturating_sub(TOLD), lang) {
        (0, _) => {}
        (n, Lang::Ja) => told.push(format!("ほか {n} 件")),
        (n, Lang::En) => told.push(format!("and {n} more")),
    }
    told
}

/// Findings introduced and fixed: rules, then checks. Rules that are only asked in one of the drawings and find nothing
/// are told elsewhere.
pub(super) fn findings(d: &Difference, lang: Lang) -> (Vec<Line>, Vec<Line>) {
    let (mut worse, mut better) = (Vec::new(), Vec::new());
    for r in d.rules.iter().filter(|r| !only_asked(r)) {
        let severity = crate::report::severity(r.severity.as_str());
        let head = format!(
            "{} [{}] {} → {}: {}",
            r.id,
            severity.get(lang),
            words::rule(r.before, lang),
            words::rule(r.after, lang),
            r.statement.get(lang)
        );
        let is_worse = r.after > r.before || r.after == r.before && !r.introduced.is_empty();
        let tone = match r.after {
            RuleAnswer::Undecided => Tone::Open,
            _ if is_worse => Tone::Worse,
            _ => Tone::Better,
        };
        let mut line = Line::new(if is_worse { "!" } else { "✓" }, tone, head);
        line.under.extend(texts(&r.introduced, lang).into_iter().map(|t| format!("+ {t}")));
        line.under.extend(texts(&r.fixed, lang).into_iter().map(|t| format!("− {t}")));
        line.under.extend(texts(&r.open, lang).into_iter().map(|t| format!("? {t}")));
        if is_worse { worse.push(line) } else { better.push(line) }
    }
    for c in d.checks.iter().filter(|c| c.kind != "require" && !only_one(c)) {
        let rank = |s: &Option<(Status, bool)>| match s {
            None | Some((Status::Holds, _)) => 0,
            Some((Status::Violated, true)) => 1,
            Some((Status::Vacuous | Status::Undecided, _)) => 2,
            Some((Status::Violated, false)) => 3,
        };
        let (x, y) = (rank(&c.before), rank(&c.after));
        let is_worse = y > x || y == x && !c.introduced.is_empty();
        let tone = if y == 2 {
            Tone::Open
        } else if is_worse {
            Tone::Worse
        } else {
            Tone::Better
        };
        let head = format!("{}: {} → {}", c.name, words::check(c.before, lang), words::check(c.after, lang));
        let mut line = Line::new(if is_worse { "!" } else { "✓" }, tone, head);
        let list = |l: &[crate::diagnostic::Text]| texts(l, lang).join(pick(lang, "、", ", "));
        if !c.introduced.is_empty() {
            line = line.under(format!("+ {}", list(&c.introduced)));
        }
        if !c.fixed.is_empty() {
            line = line.under(format!("− {}", list(&c.fixed)));
        }
        if is_worse { worse.push(line) } else { better.push(line) }
    }
    (worse, better)
}

/// A rule that one of the drawings does not ask, and in which nothing was or is wrong.
fn only_asked(r: &RuleChange) -> bool {
    let quiet = |a| matches!(a, RuleAnswer::NotApplicable | RuleAnswer::Holds);
    quiet(r.before) && quiet(r.after) && r.fixed.is_empty() && r.introduced.is_empty()
}

/// A check that one of the drawings does not ask, and in which nothing was or is wrong.
fn only_one(c: &CheckChange) -> bool {
    let quiet = |s: &Option<(Status, bool)>| matches!(s, None | Some((Status::Holds, _)));
    (c.before.is_none() || c.after.is_none()) && quiet(&c.before) && quiet(&c.after)
}

pub(super) fn asked(d: &Difference, lang: Lang) -> Vec<Line> {
    let ids = |after: RuleAnswer| -> Vec<&str> {
        d.rules.iter().filter(|r| only_asked(r) && r.after == after).map(|r| r.id.as_str()).collect()
    };
    let mut all = Vec::new();
    for (after, sign, ja, en) in [
        (RuleAnswer::Holds, "+", "新たに問われ、守られている", "asked now, and kept"),
        (RuleAnswer::NotApplicable, "−", "もう問われない", "no longer asked"),
    ] {
        let list = ids(after);
        if !list.is_empty() {
            all.push(Line::new(sign, Tone::Plain, format!("{}: {}", pick(lang, ja, en), list.join(", "))));
        }
    }
    for (added, sign, ja, en) in [
        (true, "+", "図面が新たに求め、満たされている", "asked by the drawing now, and met"),
        (false, "−", "図面がもう求めない", "no longer asked by the drawing"),
    ] {
        let fits = |c: &&CheckChange| only_one(c) && c.before.is_none() == added;
        let list: Vec<&str> = d.checks.iter().filter(fits).map(|c| c.name.as_str()).collect();
        if !list.is_empty() {
            all.push(Line::new(sign, Tone::Plain, format!("{}: {}", pick(lang, ja, en), list.join(", "))));
        }
    }
    all
}

pub(super) fn required(d: &Difference, lang: Lang) -> Vec<Line> {
    let mut all = Vec::new();
    for c in d.checks.iter().filter(|c| c.kind == "require" && !only_one(c)) {
        let has = |s: &Option<(Status, bool)>| matches!(s, Some((Status::Holds, _)));
        let (sign, tone) = match (&c.before, &c.after) {
            (_, Some((Status::Undecided, _))) => ("~", Tone::Open),
            (x, None) if !has(x) => ("−", Tone::Plain),
            (_, y) if has(y) => ("+", Tone::Better),
            _ => ("−", Tone::Worse),
        };
        let head = format!("{}: {} → {}", c.name, words::check(c.before, lang), words::check(c.after, lang));
        let mut line = Line::new(sign, tone, head);
        let list = |l: &[crate::diagnostic::Text]| texts(l, lang).join(pick(lang, "、", ", "));
        if !c.introduced.is_empty() {
            line = line.under(format!("{}: {}", pick(lang, "通らなくなった", "without it now"), list(&c.introduced)));
        }
        if !c.fixed.is_empty() {
            line = line.under(format!("{}: {}", pick(lang, "通るようになった", "has it now"), list(&c.fixed)));
        }
        all.push(line);
    }
    all.sort_by_key(|l| (l.tone != Tone::Worse, l.tone != Tone::Open));
    all
}

pub(super) fn depths(d: &Difference, lang: Lang) -> Vec<Line> {
    use crate::change::difference::Depth;
    let number = |d: &Depth| match d {
        Depth::NotAsked | Depth::None => u32::MAX,
        Depth::Exactly(n, _) | Depth::AtLeast(n) => *n,
    };
    let line = |c: &crate::change::difference::DepthChange| {
        let (x, y) = (number(&c.before), number(&c.after));
        let (sign, tone) = match y.cmp(&x) {
            std::cmp::Ordering::Less => ("↓", Tone::Worse),
            std::cmp::Ordering::Greater => ("↑", Tone::Better),
            std::cmp::Ordering::Equal => ("~", Tone::Plain),
        };
        let same =
            if x == y { pick(lang, "(数は同じ、対策が別)", " (same number, other controls)") } else { "" };
        Line::new(
            sign,
            tone,
            format!("{}: {} → {}{same}", c.name, words::depth(&c.before, lang), words::depth(&c.after, lang)),
        )
    };
    d.depths.iter().map(line).collect()
}

pub(super) fn pairs(d: &Difference, lang: Lang) -> Vec<Line> {
    let mut all = Vec::new();
    for r in [Relation::Looser, Relation::Incomparable, Relation::Stricter] {
        let told = |p: &crate::change::difference::PairChange| {
            let open = if p.certain { "" } else { pick(lang, "(可能性)", " (only possible)") };
            let sure =
                if p.certain && p.open { pick(lang, "(一部は可能性)", " (partly only possible)") } else { "" };
            format!("{} → {}{open}{sure}", p.from.name, p.to.name)
        };
        let list: Vec<String> = d.pairs.iter().filter(|p| p.relation == r).map(told).collect();
        if list.is_empty() {
            continue;
        }
        let (sign, tone) = match r {
            Relation::Looser => ("+", Tone::Worse),
            Relation::Stricter => ("−", Tone::Better),
            _ => ("±", Tone::Worse),
        };
        let text = format!("{}: {}", words::relation(r, lang), list.join(pick(lang, "、", ", ")));
        all.push(Line::new(sign, tone, text));
    }
    all
}

/// The most important first: without a permit, then certain, then between machines of both drawings.
pub(super) fn crossings(d: &Difference, lang: Lang, all: bool) -> Vec<Line> {
    let rank = |r: &CrossingRow| {
        let bare = |c: &CarrierChange| c.after.iter().any(|w| !w.permitted);
        let old = |list: &[crate::change::difference::End]| list.iter().all(|e| e.presence.is_none());
        (!r.carriers.iter().any(bare), !r.certain, !(old(&r.from) && old(&r.to)), r.mark == Mark::Removed)
    };
    let mut rows: Vec<&CrossingRow> = d.crossings.iter().collect();
    rows.sort_by_key(|r| rank(r));
    rows.into_iter().map(|r| crossing(r, lang, all)).collect()
}

pub(super) fn crossing(r: &CrossingRow, lang: Lang, all: bool) -> Line {
    let after = Through::of(&r.carriers.iter().flat_map(|c| c.after.clone()).collect::<Vec<_>>());
    let tone = match r.mark {
        Mark::Removed => Tone::Better,
        _ if after.permitted.1 && after.certain => Tone::Worse,
        _ if !r.certain => Tone::Open,
        _ => Tone::Plain,
    };
    let head = format!(
        "{} → {}: {} → {}",
        r.from_segment.name,
        r.to_segment.name,
        ends(&r.from, lang, all),
        ends(&r.to, lang, all)
    );
    let mut line = Line::new(sign(r.mark), tone, head);
    let group = |f: &dyn Fn(&&CarrierChange) -> bool| -> Vec<&CarrierChange> { r.carriers.iter().filter(f).collect() };
    let lost = group(&|c| c.after.is_empty());
    let gained = group(&|c| c.before.is_empty());
    let names = |list: &[&CarrierChange]| {
        let words: Vec<String> = list.iter().map(|c| say(&c.carrier.crossing_name(), lang)).collect();
        words.join(pick(lang, "、", ", "))
    };
    let through = |list: &[&CarrierChange], after: bool| {
        let ways: Vec<_> = list.iter().flat_map(|c| if after { c.after.clone() } else { c.before.clone() }).collect();
        let t = Through::of(&ways);
        let mut words = vec![t.permit(lang).to_owned()];
        if !t.certain {
            words.push(t.certainty(lang).to_owned());
        }
        if !t.passed.is_empty() {
            words.push(format!("{} {}", pick(lang, "経由", "via"), t.passed.join(", ")));
        }
        format!("{}({})", pick(lang, "", " "), words.join(pick(lang, "、", ", ")))
    };
    match (lost.is_empty(), gained.is_empty()) {
        (false, false) => {
            line = line.under(format!(
                "{}{} → {}{}",
                names(&lost),
                through(&lost, false),
                names(&gained),
                through(&gained, true)
            ));
        }
        (false, true) => line = line.under(format!("{}{}", names(&lost), through(&lost, false))),
        (true, false) => line = line.under(format!("{}{}", names(&gained), through(&gained, true))),
        (true, true) => {}
    }
    for c in r.carriers.iter().filter(|c| !c.before.is_empty() && !c.after.is_empty()) {
        line = line.under(format!("{}: {}", say(&c.carrier.crossing_name(), lang), ways(c, lang)));
    }
    line
}

/// What differs between the ways of one carrier.
fn ways(c: &CarrierChange, lang: Lang) -> String {
    let (x, y) = (Through::of(&c.before), Through::of(&c.after));
    let mut words = Vec::new();
    if x.permitted != y.permitted {
        words.push(format!("{} → {}", x.permit(lang), y.permit(lang)));
    }
    if x.certain != y.certain {
        words.push(format!("{} → {}", x.certainty(lang), y.certainty(lang)));
    }
    let passed = |t: &Through| {
        if t.passed.is_empty() { pick(lang, "なし", "nothing").to_owned() } else { t.passed.join(", ") }
    };
    if x.passed != y.passed {
        words.push(format!("{} {} → {}", pick(lang, "経由", "via"), passed(&x), passed(&y)));
    }
    if words.is_empty() {
        // The same labels and mediators, combined otherwise.
        let told = |ways: &[crate::change::difference::Way]| {
            let list: Vec<String> = ways
                .iter()
                .map(|w| {
                    let passed: Vec<String> = w.mediators.iter().chain(&w.labels).cloned().collect();
                    let t = Through::of(std::slice::from_ref(w));
                    let passed =
                        if passed.is_empty() { pick(lang, "なし", "nothing").to_owned() } else { passed.join("+") };
                    format!("{passed}({})", t.permit(lang))
                })
                .collect();
            list.join(" | ")
        };
        words.push(format!("{} {} → {}", pick(lang, "経由", "via"), told(&c.before), told(&c.after)));
    }
    words.join(pick(lang, "、", ", "))
}

/// Sessions between machines of both drawings first; those that come and go with a machine are counted.
pub(super) fn flows(d: &Difference, lang: Lang, all: bool) -> Vec<Line> {
    let stays = |r: &FlowRow| {
        r.from.iter().chain(&r.to).any(|e| e.presence.is_none())
            && r.from.iter().any(|e| e.presence.is_none())
            && r.to.iter().any(|e| e.presence.is_none())
    };
    let mut rows: Vec<&FlowRow> = d.flows.iter().filter(|r| all || stays(r)).collect();
    let between = |r: &FlowRow| {
        let segments = |list: &[crate::change::difference::End]| -> std::collections::BTreeSet<Option<String>> {
            list.iter().map(|e| e.after.clone().or_else(|| e.before.clone())).collect()
        };
        segments(&r.from) != segments(&r.to)
    };
    rows.sort_by_key(|r| (!stays(r), !between(r), r.mark == Mark::Removed, !r.certain()));
    let mut lines: Vec<Line> = rows.iter().map(|r| flow(r, lang, all)).collect();
    if !all {
        let rest: Vec<&FlowRow> = d.flows.iter().filter(|r| !stays(r)).collect();
        for (mark, ja, en) in [
            (Mark::Added, "増えた機器とともに開ける通信", "sessions that come with machines added"),
            (Mark::Removed, "減った機器とともに開けなくなる通信", "sessions that go with machines removed"),
        ] {
            let n = rest.iter().filter(|r| r.mark == mark).count();
            if n > 0 {
                let text = match lang {
                    Lang::Ja => format!("{ja} {n} 行(--verbose で表示)"),
                    Lang::En => format!("{en}: {n} rows (--verbose shows them)"),
                };
                lines.push(Line::new(sign(mark), Tone::Plain, text));
            }
        }
    }
    lines
}

pub(super) fn flow(r: &FlowRow, lang: Lang, all: bool) -> Line {
    let services = words::services(&r.services, r.other_protocols, lang);
    let head = format!("{} → {}: {services}", ends(&r.from, lang, all), ends(&r.to, lang, all));
    let (x, y) = (r.before, r.after);
    let plain = |o: crate::change::difference::Openness| o.some == o.all && o.some != 1;
    let told = match r.mark {
        Mark::Added if plain(y) => String::new(),
        Mark::Added => format!(" ({})", words::openness(y, lang)),
        Mark::Removed if plain(x) => String::new(),
        Mark::Removed => format!(" ({}: {})", pick(lang, "前", "before"), words::openness(x, lang)),
        Mark::Changed => format!(" ({} → {})", words::openness(x, lang), words::openness(y, lang)),
    };
    let tone = if r.certain() { Tone::Plain } else { Tone::Open };
    Line::new(sign(r.mark), tone, format!("{head}{told}"))
}
