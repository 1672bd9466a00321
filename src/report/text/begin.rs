//! Where to begin: the places that explain what is violated, each with what it explains.
//!
//! Shown only when there is more than one thing to explain; with one, the finding itself says it.

use super::{Look, Page, heading};
use crate::report::Report;

pub(super) fn begin(page: &mut Page, report: &Report) {
    let explained: usize = report.causes.iter().map(|c| c.rules.len() + c.findings.len()).sum();
    if explained < 2 {
        return;
    }
    let n = report.causes.len();
    heading(page, &format!("まず見る所({n})"), &format!("Where to begin ({n})"));
    let lang = page.style.lang;
    for (i, cause) in report.causes.iter().enumerate() {
        let sign = format!("{}) ", i + 1);
        let place = cause.place.as_ref().map(ToString::to_string);
        page.placed(Look::Bad, 2, &sign, cause.text.get(lang), place);
        let comma = page.pick("、", ", ");
        let mut parts = Vec::new();
        if !cause.findings.is_empty() {
            let list: Vec<String> = cause.findings.iter().map(ToString::to_string).collect();
            parts.push(format!("{} {}", page.pick("指摘", "findings"), list.join(&comma)));
        }
        if !cause.rules.is_empty() {
            parts.push(cause.rules.join(&comma));
        }
        page.hanging(Look::Plain, 5, "→ ", &parts.join(&page.pick("、", "; ")));
    }
    let note = page.pick(
        "違反を説明するのに足りる、いちばん少ない所です。正しい仕事に要る所は後回しにしています。直したら、もう一度検査してください",
        "these places are enough to explain every violation; what lawful work needs was chosen last. Check again after a repair",
    );
    page.line(Look::Faint, 2, &note);
}
