//! A plan as Markdown, for a comment on a change.

use super::{MomentRow, PlanReport, TroubleRow};
use crate::diagnostic::{Lang, Text};
use crate::model::plan::PlanVerdict;
use crate::report::markdown::{code, inline};

/// A plan as Markdown.
#[must_use]
pub fn plan_markdown(report: &PlanReport, lang: Lang) -> String {
    let pick = |ja: &str, en: &str| Text::new(ja, en).get(lang).to_owned();
    let mut out = format!("## {}: {}\n\n", pick("移行計画", "Migration plan"), inline(&report.plan));
    let verdict = match (report.verdict, report.impossible.is_some()) {
        (_, true) => pick("安全な順番はない", "no safe order"),
        (PlanVerdict::Safe, _) => pick("問題なし", "safe"),
        (PlanVerdict::Undecided, _) => pick("未定", "undecided"),
        (PlanVerdict::Unsafe, _) => pick("問題あり", "not safe"),
    };
    out += &format!("**{verdict}**\n\n");
    if let Some(none) = &report.impossible {
        for (i, reason) in none.core.iter().enumerate() {
            out += &format!("{}. {}\n", i + 1, inline(reason.text.get(lang)));
            if let Some(t) = &reason.trouble {
                out += &format!("   - {}\n", inline(t.text.get(lang)));
            }
            out += &format!("   - {}\n", inline(reason.proof.get(lang)));
        }
        out.push('\n');
        for advice in &none.advice {
            out += &format!("- {}: {}\n", pick("道を開くもの", "opens the way"), inline(advice.get(lang)));
        }
        out.push('\n');
    }
    let head =
        ["#".to_owned(), pick("手順", "step"), pick("日付", "day"), pick("結果", "result"), pick("戻り道", "way back")];
    out += &format!("| {} |\n|---|---|---|---|---|\n", head.join(" | "));
    for m in &report.moments {
        let back = m.back.as_ref().map(|b| inline(b.get(lang))).unwrap_or_default();
        let day = m.on.clone().unwrap_or_default();
        out += &format!("| {} | {} | {day} | {} | {back} |\n", m.number, steps(report, m, lang), result(m, lang));
    }
    for m in report.moments.iter().filter(|m| !m.troubles.is_empty()) {
        out += &format!("\n### {} {}\n\n", m.number, steps(report, m, lang));
        for t in &m.troubles {
            out += &trouble(t, lang);
        }
    }
    for (text, place) in &report.differences {
        out += &format!("\n- {} ({})\n", inline(text.get(lang)), code(&place.to_string()));
    }
    out
}

fn steps(report: &PlanReport, m: &MomentRow, lang: Lang) -> String {
    if m.steps.is_empty() {
        return Text::new("いま", "now").get(lang).to_owned();
    }
    let names: Vec<String> = m.steps.iter().map(|&s| inline(&report.steps[s].called())).collect();
    let during =
        if m.during { Text::new("(並行中)", " (side by side)").get(lang).to_owned() } else { String::new() };
    format!("{}{during}", names.join(" + "))
}

fn result(m: &MomentRow, lang: Lang) -> String {
    let bad = m.troubles.iter().filter(|t| t.certain).count() + m.too_early.len() + m.inherited.len();
    let text = match (m.verdict, bad) {
        (PlanVerdict::Safe, _) => Text::new("○", "ok"),
        (PlanVerdict::Undecided, _) => Text::new(format!("? {}", m.open), format!("? {}", m.open)),
        (PlanVerdict::Unsafe, n) => Text::new(format!("× {n}"), format!("x {n}")),
    };
    text.get(lang).to_owned()
}

fn trouble(t: &TroubleRow, lang: Lang) -> String {
    let sign = if t.certain { "×" } else { "?" };
    let mut out = format!("- {sign} {}\n", inline(t.text.get(lang)));
    if let Some((_, path)) = &t.path {
        out += &format!("  1. {}\n", inline(path.opening.get(lang)));
        for step in &path.steps {
            out += &format!("  1. {}\n", inline(step.text.get(lang)));
        }
    }
    out
}
