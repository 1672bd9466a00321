//! What changes, as Markdown for a comment on a change. Nothing of a drawing or a flag acts as markup.

use super::{AloneReport, BecameReport, RestReport, WhatIfReport, headline, resting, state_text, staying};
use crate::diagnostic::{Lang, Text};
use crate::report::markdown::{code, inline};
use crate::report::told;

struct Sheet {
    lang: Lang,
    out: String,
}

impl Sheet {
    fn pick<'t>(&self, ja: &'t str, en: &'t str) -> &'t str {
        match self.lang {
            Lang::Ja => ja,
            Lang::En => en,
        }
    }

    fn say(&self, text: &Text) -> String {
        inline(text.get(self.lang))
    }

    fn line(&mut self, text: &str) {
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn heading(&mut self, ja: &str, en: &str) {
        let text = format!("\n### {}\n", self.pick(ja, en));
        self.line(&text);
    }
}

/// As Markdown, with a final line break.
#[must_use]
pub fn what_if_markdown(report: &WhatIfReport, lang: Lang) -> String {
    let mut sheet = Sheet { lang, out: String::new() };
    let title = if report.changes.is_empty() {
        Text::new("一つずつの故障", "single failures")
    } else {
        headline(report)
    };
    let title = sheet.say(&title);
    sheet.line(&format!("## sekisho what-if: {title}\n"));
    let about = inline(&crate::report::names::called(&report.drawing, &report.file));
    sheet.line(&about);
    if !report.changes.is_empty() {
        sheet.line("");
    }
    for (flag, text) in &report.changes {
        let line = format!("- {} {}", code(flag), code(text));
        sheet.line(&line);
    }
    if !report.changes.is_empty() {
        let staying = sheet.say(&staying(report));
        sheet.line(&format!("\n{staying}"));
        list(&mut sheet, &report.wrong, "違反になるもの", "What becomes wrong");
        list(&mut sheet, &report.open, "図面からは決められなくなるもの", "What becomes undecided");
        list(&mut sheet, &report.right, "違反や未確定でなくなるもの", "What is not wrong or undecided any more");
        silent(&mut sheet, report);
        rests(&mut sheet, report);
        stale(&mut sheet, report);
    }
    singles(&mut sheet, report.controls.as_deref(), "対策が一つだけ破られたとき", "If one control fails alone");
    singles(&mut sheet, report.devices.as_deref(), "機器が一つだけなくなったとき", "If one machine or device is gone");
    sheet.out
}

fn list(sheet: &mut Sheet, all: &[BecameReport], ja: &str, en: &str) {
    if all.is_empty() {
        return;
    }
    sheet.heading(ja, en);
    for b in all {
        let (text, was, is) = (sheet.say(&b.text), sheet.say(&state_text(b.before)), sheet.say(&state_text(b.after)));
        let place = b.place.as_ref().map(|p| format!(" {}", code(&p.to_string()))).unwrap_or_default();
        sheet.line(&format!("- **{text}** ({was} → {is}){place}"));
        for o in &b.open {
            let (head, text) = (sheet.pick("書かれていないこと", "not stated"), sheet.say(&o.text));
            let place = o.place.as_ref().map(|p| format!(" {}", code(&p.to_string()))).unwrap_or_default();
            let line = format!("  - {head}: {text}{place}");
            sheet.line(&line);
        }
        let path = b.path.iter().filter(|_| b.after >= crate::change::State::Open);
        for (i, line) in path.flat_map(|(_, p)| told::path(p)).enumerate() {
            let (indent, text) = ("  ".repeat(line.depth + 1), sheet.say(&line.text));
            let place = line.place.map(|p| format!(" {}", code(&p.to_string()))).unwrap_or_default();
            let sign = if i == 0 { sheet.pick("経路: ", "path: ") } else { "" };
            let line = format!("{indent}- {sign}{text}{place}");
            sheet.line(&line);
        }
    }
}

fn silent(sheet: &mut Sheet, report: &WhatIfReport) {
    if report.silent.is_empty() {
        return;
    }
    sheet.heading("もう問われない、または相手がいない検査", "Checks that are not asked any more, or about nothing");
    for text in &report.silent {
        let line = format!("- {}", sheet.say(text));
        sheet.line(&line);
    }
}

fn rests(sheet: &mut Sheet, report: &WhatIfReport) {
    let (all, ja, en): (&[RestReport], _, _) = match report.rests.as_slice() {
        [] => (&report.protected, "変わらず、経路を塞いでいる対策", "What keeps forbidden paths closed, as before"),
        changed => (changed, "経路を塞いでいる対策の変化", "Changes of what keeps forbidden paths closed"),
    };
    if all.is_empty() || report.rests.is_empty() && !report.is_unchanged() {
        return;
    }
    sheet.heading(ja, en);
    for r in all {
        let side = |side: &Option<_>| match side {
            None => Text::new("調べる相手がない", "nothing to look at"),
            Some(side) => {
                let (text, sets) = resting(side);
                let join = |pick: fn(&Text) -> &str| sets.iter().map(pick).collect::<Vec<_>>().join(" / ");
                match sets.is_empty() {
                    true => text,
                    false => Text::new(
                        format!("{}: {}", text.ja, join(|t| &t.ja)),
                        format!("{}: {}", text.en, join(|t| &t.en)),
                    ),
                }
            }
        };
        let (title, now) = (sheet.say(&r.title), sheet.say(&side(&r.after)));
        let line = if report.rests.is_empty() {
            format!("- {title}: {now}")
        } else {
            let was = sheet.say(&side(&r.before));
            format!("- {title}: {} {was} → {} {now}", sheet.pick("今", "now"), sheet.pick("変えると", "then"))
        };
        sheet.line(&line);
    }
}

fn stale(sheet: &mut Sheet, report: &WhatIfReport) {
    if report.stale.is_empty() {
        return;
    }
    sheet.heading("なくなったのに、まだ書かれている名前", "Names that are still written although they are gone");
    for (name, place) in &report.stale {
        let line = format!("- {} {}", inline(name), code(&place.to_string()));
        sheet.line(&line);
    }
}

fn singles(sheet: &mut Sheet, list: Option<&[AloneReport]>, ja: &str, en: &str) {
    let Some(list) = list else { return };
    sheet.heading(ja, en);
    let (a, b, c) = (sheet.pick("何が", "what"), sheet.pick("違反", "wrong"), sheet.pick("未確定", "undecided"));
    let head = format!("| {a} | {b} | {c} |\n|---|---|---|");
    sheet.line(&head);
    for a in list.iter().filter(|a| !a.wrong.is_empty() || !a.open.is_empty() || a.no_drawing.is_some()) {
        let cell = |sheet: &Sheet, all: &[(&'static str, String, Text)]| {
            let mut names: Vec<String> = all.iter().map(|(_, _, t)| sheet.say(t)).collect();
            names.dedup();
            format!("{} {}", all.len(), names.join(sheet.pick("、", ", ")))
        };
        let wrong = match &a.no_drawing {
            Some(why) => format!("{} ({})", sheet.pick("図面にならない", "no drawing"), sheet.say(why)),
            None => cell(sheet, &a.wrong),
        };
        let line = format!("| {} | {wrong} | {} |", sheet.say(&a.title), cell(sheet, &a.open));
        sheet.line(&line);
    }
}
