//! A plan for reading on a terminal.

use super::{ImpossibleReport, MomentRow, PlanReport, TroubleRow};
use crate::diagnostic::Lang;
use crate::model::plan::PlanVerdict;
use crate::report::text::{Look, Page, columns, finding};
use crate::report::{Style, fill};

/// So many troubles of a stage are told with their paths.
const TOLD: usize = 3;

/// What stands above the picture of a stage: its number and name, then its day and answer.
#[must_use]
pub fn plan_stage(report: &PlanReport, m: &MomentRow, lang: Lang) -> (String, String) {
    let page = Page::new(Style { lang, ..Style::default() });
    let number = if m.during { format!("{}…", m.number) } else { m.number.to_string() };
    let (_, sign) = sign(&page, m);
    let first = m.troubles.first().map(|t| t.text.get(lang).to_owned());
    let parts: Vec<String> = m.on.clone().into_iter().chain([sign]).chain(first).collect();
    (format!("{number}  {}", called(&page, report, m)), parts.join("  "))
}

/// A plan for reading.
#[must_use]
pub fn plan_text(report: &PlanReport, style: Style) -> String {
    let mut page = Page::new(style);
    head(&mut page, report);
    if let Some(none) = &report.impossible {
        impossible(&mut page, report, none);
    }
    table(&mut page, report);
    costs(&mut page, report);
    stages(&mut page, report);
    for (text, place) in &report.differences {
        page.blank();
        let text = page.pick(&format!("期待と違う: {}", text.ja), &format!("not as expected: {}", text.en));
        page.placed(Look::Bad, 0, "", &text, Some(place.to_string()));
    }
    page.finish()
}

fn head(page: &mut Page, report: &PlanReport) {
    let n = report.steps.len();
    let title = page.pick(
        &format!("移行計画「{}」 手順 {n}、元の図面「{}」", report.plan, report.drawing),
        &format!(
            "migration plan \"{}\": {} from the drawing \"{}\"",
            report.plan,
            counted(n as u64, "step"),
            report.drawing
        ),
    );
    page.line(Look::Head, 0, &title);
    let searched = report.is_cheapest.is_some();
    let (look, text) = match (report.verdict, &report.impossible, report.gave_up) {
        (_, _, Some(rounds)) => (
            Look::Open,
            page.pick(
                &format!("未定: {rounds} 通りの順番を試しても決まりませんでした"),
                &format!("undecided: {rounds} orders were tried without an answer"),
            ),
        ),
        (_, Some(none), _) if none.is_proved => {
            (Look::Bad, page.pick("安全な順番はありません(証明付き)", "there is no safe order (proved)"))
        }
        (_, Some(_), _) => (
            Look::Bad,
            page.pick(
                "安全な順番は見つかりません(理由の一部は試しただけで、証明ではありません)",
                "no safe order found (some reasons were only tried, not proved)",
            ),
        ),
        (PlanVerdict::Safe, ..) if searched => (Look::Good, page.pick("安全な順番があります", "there is a safe order")),
        (PlanVerdict::Safe, ..) => (Look::Good, page.pick("どの段階にも問題はありません", "every stage holds")),
        (PlanVerdict::Undecided, ..) if searched => (
            Look::Open,
            page.pick(
                "新しい問題の出ない順番がありますが、決まらないことが残ります",
                "there is an order without anything new wrong, but something stays undecided",
            ),
        ),
        (PlanVerdict::Undecided, ..) => (Look::Open, page.pick("未定の段階があります", "some stages are undecided")),
        (PlanVerdict::Unsafe, ..) if searched && report.moments.iter().all(|m| m.troubles.is_empty()) => (
            Look::Bad,
            page.pick(
                "新しい問題の出ない順番がありますが、元の図面の問題が残る段階があります",
                "there is an order without anything new wrong, but what is wrong at the start stays for some stages",
            ),
        ),
        (PlanVerdict::Unsafe, ..) => {
            let bad = report.moments.iter().filter(|m| m.verdict == PlanVerdict::Unsafe).count();
            let en = if bad == 1 { "one stage does not hold".to_owned() } else { format!("{bad} stages do not hold") };
            (Look::Bad, page.pick(&format!("問題のある段階が {bad} つあります"), &en))
        }
    };
    page.line(look, 0, &text);
}

fn sign(page: &Page, m: &MomentRow) -> (Look, String) {
    let bad = m.troubles.iter().filter(|t| t.certain).count() + m.too_early.len();
    let open = m.troubles.iter().filter(|t| !t.certain).count();
    if bad > 0 {
        (Look::Bad, page.pick(&format!("× 新たに {bad} 件"), &format!("x {bad} new")))
    } else if !m.inherited.is_empty() {
        let n = m.inherited.len();
        (Look::Bad, page.pick(&format!("× 元から {n} 件"), &format!("x {n} as before")))
    } else if open > 0 {
        (Look::Open, page.pick(&format!("? 新たに {open} 件"), &format!("? {open} new")))
    } else if m.verdict == PlanVerdict::Unsafe {
        // Wrong at the goal already: the plan leads there.
        (Look::Bad, page.pick("× 到達点と同じ", "x as at the goal"))
    } else if m.verdict == PlanVerdict::Undecided {
        (Look::Open, page.pick(&format!("? {} 件", m.open), &format!("? {} open", m.open)))
    } else {
        (Look::Good, page.pick("○", "ok"))
    }
}

fn called(page: &Page, report: &PlanReport, m: &MomentRow) -> String {
    if m.steps.is_empty() {
        return page.pick("(いま)", "(now)");
    }
    let names: Vec<String> = m.steps.iter().map(|&s| report.steps[s].called()).collect();
    let joined = names.join(" + ");
    if m.during { page.pick(&format!("{joined} 並行中"), &format!("{joined}, side by side")) } else { joined }
}

fn table(page: &mut Page, report: &PlanReport) {
    page.blank();
    let searched = report.is_cheapest.is_some();
    let title = match (searched, report.impossible.is_some()) {
        (true, true) => page.pick("最も害の少ない順番", "the order that does least harm"),
        (true, false) => page.pick("順番", "the order"),
        _ => page.pick("段階(書かれた順番)", "stages (in the order as written)"),
    };
    page.line(Look::Head, 0, &title);
    // The names are long: they stand last, so that the columns before them stay in line.
    let rows: Vec<(Look, [String; 4], String)> = report
        .moments
        .iter()
        .map(|m| {
            let (look, sign) = sign(page, m);
            let back = m.back.as_ref().map(|b| b.get(page.style.lang).to_owned()).unwrap_or_default();
            let number = if m.during { format!("{}…", m.number) } else { m.number.to_string() };
            (look, [number, m.on.clone().unwrap_or_default(), sign, back], called(page, report, m))
        })
        .collect();
    let has_back = rows.iter().any(|(_, row, _)| !row[3].is_empty());
    let has_days = rows.iter().any(|(_, row, _)| !row[1].is_empty());
    let word =
        |page: &Page, is_there: bool, ja: &str, en: &str| if is_there { page.pick(ja, en) } else { String::new() };
    let heads = [
        "#".to_owned(),
        word(page, has_days, "日付", "day"),
        page.pick("結果", "result"),
        word(page, has_back, "戻り道", "way back"),
    ];
    let rows: Vec<_> = std::iter::once((Look::Faint, heads, page.pick("手順", "step"))).chain(rows).collect();
    let mut widths = [0usize; 4];
    for (_, row, _) in &rows {
        for (w, cell) in widths.iter_mut().zip(row) {
            *w = (*w).max(columns(cell));
        }
    }
    for (look, row, name) in rows {
        let cells: Vec<String> = row.iter().zip(widths).filter(|(_, w)| *w > 0).map(|(c, w)| fill(c, w)).collect();
        page.hanging(look, 2, &format!("{}  ", cells.join("  ")), &name);
    }
}

fn costs(page: &mut Page, report: &PlanReport) {
    let Some(c) = &report.costs else { return };
    page.blank();
    let mut parts = vec![page.pick(&format!("日数 {}", c.days), &counted(c.days, "day"))];
    if c.running > 0 {
        parts.push(page.pick(&format!("並行運用の費用 {}", c.running), &format!("double running costs {}", c.running)));
    }
    if c.wrong > 0 {
        parts.push(page.pick(
            &format!("問題のある延べ日数 {}", c.wrong),
            &format!("{} with something wrong", counted(c.wrong, "day")),
        ));
    }
    if c.without_flow > 0 {
        parts.push(page.pick(
            &format!("必要な流れのない延べ日数 {}", c.without_flow),
            &format!("{} without a required flow", counted(c.without_flow, "day")),
        ));
    }
    if c.undecided > 0 {
        parts.push(
            page.pick(
                &format!("未定の延べ日数 {}", c.undecided),
                &format!("{} undecided", counted(c.undecided, "day")),
            ),
        );
    }
    let text = parts.join(&page.pick("、", ", "));
    page.line(Look::Plain, 0, &text);
    match report.is_cheapest {
        Some(true) => {
            let text = page.pick("これより負担の少ない順番はありません", "no order costs less");
            page.line(Look::Faint, 0, &text);
        }
        Some(false) => {
            let text = page.pick("見つけた中で最も負担の少ない順番です", "the least that was found");
            page.line(Look::Faint, 0, &text);
        }
        None => {}
    }
    let looked = report.looked_at;
    let text = page.pick(&format!("見た段階 {looked}"), &format!("{} looked at", counted(looked as u64, "stage")));
    page.line(Look::Faint, 0, &text);
}

fn stages(page: &mut Page, report: &PlanReport) {
    let mut shown: std::collections::BTreeSet<&(String, super::Place)> = std::collections::BTreeSet::new();
    // Where there is no safe order, the paths were told with the reasons.
    let told = if report.impossible.is_some() { 0 } else { TOLD };
    let mut first_at: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    for m in &report.moments {
        // What goes on being named is told once.
        let stale: Vec<_> = m.stale.iter().filter(|s| !m.during && shown.insert(s)).collect();
        let is_goal = std::ptr::eq(m, &report.moments[report.moments.len() - 1]);
        let at_goal: &[crate::diagnostic::Text] = if is_goal { &m.at_goal } else { &[] };
        let open_at_goal: &[crate::diagnostic::Text] = if is_goal { &m.open_at_goal } else { &[] };
        if m.troubles.is_empty()
            && m.too_early.is_empty()
            && stale.is_empty()
            && m.inherited.is_empty()
            && at_goal.is_empty()
            && open_at_goal.is_empty()
        {
            continue;
        }
        page.blank();
        let name = called(page, report, m);
        let title = if m.steps.is_empty() {
            page.pick("最初の段階", "the start")
        } else if m.during {
            page.pick(&format!("{}… {name}", m.number), &format!("{}… {name}", m.number))
        } else {
            page.pick(&format!("{} {name} の後", m.number), &format!("{} after {name}", m.number))
        };
        page.line(Look::Head, 0, &title);
        for reason in &m.too_early {
            let text = page.pick(&format!("早すぎる: {}", reason.ja), &format!("too early: {}", reason.en));
            page.hanging(Look::Bad, 1, "× ", &text);
        }
        let mut paths = 0;
        for t in &m.troubles {
            // What stays wrong is shown where it begins.
            match first_at.get(t.key.as_str()) {
                Some(&first) if told > 0 && t.path.is_some() && !page.style.verbose => {
                    trouble(page, t, 1, false);
                    let text = page.pick(&format!("経路は {first} で示した"), &format!("the path is shown at {first}"));
                    page.line(Look::Faint, 3, &text);
                }
                _ => {
                    trouble(page, t, 1, paths < told);
                    if paths < told {
                        first_at.insert(&t.key, m.number);
                    }
                    paths += usize::from(t.path.is_some());
                }
            }
        }
        for text in &m.inherited {
            let said = page.pick(&format!("元から: {}", text.ja), &format!("as before: {}", text.en));
            page.hanging(Look::Bad, 1, "× ", &said);
        }
        for text in at_goal {
            let said =
                page.pick(&format!("計画が済んでも残る: {}", text.ja), &format!("stays when all is done: {}", text.en));
            page.hanging(Look::Bad, 1, "× ", &said);
        }
        for text in open_at_goal {
            let said = page
                .pick(&format!("計画が済んでも未定: {}", text.ja), &format!("undecided when all is done: {}", text.en));
            page.hanging(Look::Open, 1, "? ", &said);
        }
        for (name, place) in stale {
            let text = page.pick(
                &format!("なくなった(まだない) `{name}` がここに書かれています"),
                &format!("`{name}`, which is not there, is still named here"),
            );
            page.placed(Look::Faint, 1, "・", &text, Some(place.to_string()));
        }
    }
}

fn trouble(page: &mut Page, t: &TroubleRow, indent: usize, told: bool) {
    let (look, sign) = if t.certain { (Look::Bad, "× ") } else { (Look::Open, "? ") };
    let text = t.text.get(page.style.lang).to_owned();
    page.placed(look, indent, sign, &text, t.place.as_ref().map(ToString::to_string));
    if let (true, Some((lens, path))) = (told || page.style.verbose, &t.path) {
        finding::path(page, *lens, path);
    }
}

fn impossible(page: &mut Page, report: &PlanReport, none: &ImpossibleReport) {
    page.blank();
    let n = none.core.len();
    let text = page.pick(
        &format!("次の {n} 個は、どんな順番でもすべては守れません。一つでも欠ければ守れます"),
        &format!("no order keeps all of these {n}; without any one of them some order would"),
    );
    page.line(Look::Head, 0, &text);
    for (i, reason) in none.core.iter().enumerate() {
        let text = reason.text.get(page.style.lang).to_owned();
        page.placed(Look::Plain, 1, &format!("{}. ", i + 1), &text, reason.place.as_ref().map(ToString::to_string));
        if let Some(t) = &reason.trouble {
            let seen: Vec<&str> = reason.seen.iter().map(|&s| report.steps[s].name.as_str()).collect();
            let seen = seen.join(", ");
            let text = page.pick(&format!("見た段階: 済み {{{seen}}}"), &format!("seen with {{{seen}}} done"));
            page.line(Look::Faint, 4, &text);
            let proof = reason.proof.get(page.style.lang).to_owned();
            page.line(Look::Faint, 4, &proof);
            trouble(page, t, 4, true);
        }
    }
    page.blank();
    if none.advice.is_empty() {
        let text = page.pick(
            "手順を一つにまとめることも、EDR や MFA を一つ足すことも、道を開きません(試したものの中では)",
            "neither doing two of these steps in one go nor one more EDR or MFA opens the way (as far as was tried)",
        );
        page.line(Look::Plain, 0, &text);
        return;
    }
    let text = page.pick(
        "どれか一つで道が開きます(計画全体で確かめました。する、しないは決めていません)",
        "any one of these opens the way (each was tried on the whole plan; whether to do it is not decided here)",
    );
    page.line(Look::Head, 0, &text);
    for advice in &none.advice {
        let text = advice.get(page.style.lang).to_owned();
        page.hanging(Look::Plain, 1, "- ", &text);
    }
}

/// `1 day`, `2 days`.
fn counted(n: u64, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}
