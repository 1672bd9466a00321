//! `sekisho explain` for the rule book: the page of a rule, control, clause, edition or lawful crossing.

use crate::diagnostic::Text;
use crate::model::Edition;
use crate::model::rulebook::{Asked, Control, Mark, Rule, Rulebook};
use crate::report::judged::{marks, responsible};
use crate::report::rulewords;
use crate::report::text::{Look, Page, Style};
use crate::report::words;

/// The page of an id of the rule book, in upper or lower case; none if it has no such id.
#[must_use]
pub fn entry(book: &Rulebook, id: &str, style: Style) -> Option<String> {
    let same = |known: &str| known.eq_ignore_ascii_case(id.trim());
    let mut page = Page::new(style);
    let known = book.rules.iter().find(|r| same(&r.id)).and_then(|r| book.version(&r.id, None));
    if let Some(found) = known {
        rule(&mut page, book, found);
    } else if let Some(found) = book.controls.iter().find(|c| same(&c.id)) {
        control(&mut page, found);
    } else if let Some((code, clause)) = book.clauses.iter().find(|(c, _)| same(c)) {
        plain(&mut page, code, &clause.text, &clause.evidence);
    } else {
        let code = Edition::parse(&id.trim().to_uppercase())?;
        edition(&mut page, book, code).then_some(())?;
    }
    Some(page.finish())
}

/// Every id that has a page, for suggestions.
pub fn ids(book: &Rulebook) -> impl Iterator<Item = String> + '_ {
    let rules = book.rules.iter().map(|r| r.id.clone());
    let controls = book.controls.iter().map(|c| c.id.clone());
    let editions = book.editions.iter().map(|e| e.edition.to_string());
    rules.chain(controls).chain(book.clauses.keys().cloned()).chain(editions)
}

fn rule(page: &mut Page, book: &Rulebook, rule: &Rule) {
    let lang = page.style.lang;
    let severity = rulewords::severity(rule.severity.as_str());
    let head = format!("{}  [{}] {}", rule.id, severity.get(lang), rule.statement.get(lang));
    page.line(Look::Head, 0, &head);
    page.blank();
    grounds(page, &rule.evidence);
    for code in &rule.clauses {
        if let Some(clause) = book.clauses.get(code) {
            let text = clause.text.get(lang).to_owned();
            page.hanging(Look::Plain, 2, &format!("{code}: "), &text);
        }
    }
    let models: Vec<String> = rule.models.iter().map(|&m| words::separation(m).get(lang).to_owned()).collect();
    let all = page.pick("すべてのモデル", "every model");
    let comma = page.pick("、", ", ");
    let models = if models.is_empty() { all } else { models.join(&comma) };
    said(page, "適用", "applies to", &models);
    if let Some(since) = rule.since {
        let text = page.pick(&format!("{}から", since.name().ja), &format!("since {}", since.name().en));
        said(page, "版", "edition", &text);
    }
    said(page, "一般的な直し方", "usual repair", rule.repair.get(lang));
    paraphrased(page);
}

fn grounds(page: &mut Page, evidence: &[Mark]) {
    let text = rulewords::marks(&marks(evidence)).get(page.style.lang).to_owned();
    said(page, "根拠", "grounds", &text);
}

fn said(page: &mut Page, ja: &str, en: &str, text: &str) {
    if !text.is_empty() {
        let sign = format!("{}: ", page.pick(ja, en));
        page.hanging(Look::Plain, 0, &sign, text);
    }
}

fn paraphrased(page: &mut Page) {
    let text = page.pick(
        "条項の文は要約で、引用ではありません。GL3-2a などは本ツールの記号です。現行のガイドラインで確かめてください",
        "clauses are paraphrased, never quoted; codes such as GL3-2a are marks of this tool. Compare with the guideline in force",
    );
    page.blank();
    page.line(Look::Faint, 0, &text);
}

fn control(page: &mut Page, control: &Control) {
    let lang = page.style.lang;
    let head = format!("{}  {}", control.id, control.name.get(lang));
    page.line(Look::Head, 0, &head);
    page.blank();
    grounds(page, &control.evidence);
    let asked = |page: &Page, a: Asked| match a {
        Asked::Mandatory => page.pick("必須", "mandatory"),
        Asked::Recommended => page.pick("推奨", "recommended"),
    };
    for (model, how) in &control.asked {
        let text = format!("{}: {}", words::separation(*model).get(lang), asked(page, *how));
        page.line(Look::Plain, 2, &text);
    }
    let comma = page.pick("・", ", ");
    let who: Vec<String> =
        responsible(&control.responsible).into_iter().map(|r| rulewords::responsible(r).get(lang).to_owned()).collect();
    said(page, "担当", "answers for it", &who.join(&comma));
    let how = if control.organisational {
        page.pick(
            &format!("図面の measures に \"{}\": (in_place: true) と書くと、あることになる", control.id),
            &format!("a drawing declares it in measures: \"{}\": (in_place: true)", control.id),
        )
    } else {
        page.pick("機器の controls や設定から判断する", "seen from the controls and settings of devices")
    };
    said(page, "見かた", "how it is seen", &how);
    paraphrased(page);
}

fn plain(page: &mut Page, id: &str, text: &Text, evidence: &[Mark]) {
    let head = format!("{id}  {}", text.get(page.style.lang));
    page.line(Look::Head, 0, &head);
    page.blank();
    grounds(page, evidence);
    paraphrased(page);
}

/// An edition by its code.
fn edition(page: &mut Page, book: &Rulebook, code: Edition) -> bool {
    let Some(e) = book.editions.iter().find(|e| e.edition == code) else { return false };
    let lang = page.style.lang;
    let head = format!("{code}  {} ({})", code.name().get(lang), e.published.get(lang));
    page.line(Look::Head, 0, &head);
    page.blank();
    said(page, "ネットワークについて変わったこと", "what changed for networks", e.changes.get(lang));
    grounds(page, &e.evidence);
    paraphrased(page);
    true
}
