//! `sekisho gap`: which controls and crossings of a model a drawing lacks, and who answers for them.

use serde::Serialize;

use crate::diagnostic::Lang;
use crate::report::json::{Said, responsible, written};
use crate::report::rules::{ControlReport, CrossingReport, Responsible, RuleStatus};
use crate::report::text::{Look, Page, Style};
use crate::report::{Report, SCHEMA_VERSION, rulewords};

/// Lacking or open, as far as the model asks for it; mandatory ones first.
fn wanted(report: &Report) -> Vec<&ControlReport> {
    let mut list: Vec<&ControlReport> = report
        .controls
        .iter()
        .filter(|c| c.mandatory.is_some() && matches!(c.status, RuleStatus::Violated | RuleStatus::Undecided))
        .collect();
    list.sort_by_key(|c| (c.mandatory != Some(true), c.status));
    list
}

fn owners(list: &[Responsible], lang: Lang) -> String {
    let names: Vec<String> = list.iter().map(|&r| rulewords::responsible(r).get(lang).to_owned()).collect();
    names.join(match lang {
        Lang::Ja => "・",
        Lang::En => ", ",
    })
}

/// For people.
#[must_use]
pub fn gap_text(report: &Report, style: Style) -> String {
    let mut page = Page::new(style);
    let lang = style.lang;
    let model = report.model.as_ref().map_or_else(String::new, |(_, t)| t.get(lang).to_owned());
    let list = wanted(report);
    let missing = |mandatory: bool| {
        list.iter().filter(|c| c.mandatory == Some(mandatory) && c.status == RuleStatus::Violated).count()
    };
    let open = |mandatory: bool| {
        list.iter().filter(|c| c.mandatory == Some(mandatory) && c.status == RuleStatus::Undecided).count()
    };
    let head = page.pick(
        &format!(
            "{model}が求める対策: 必須のうち、ない {} 件・書かれていない {} 件。推奨のうち、ない {} 件・書かれていない {} 件",
            missing(true),
            open(true),
            missing(false),
            open(false)
        ),
        &format!(
            "controls that {model} asks for: mandatory: {} missing, {} not stated; recommended: {} missing, {} not stated",
            missing(true),
            open(true),
            missing(false),
            open(false)
        ),
    );
    page.line(Look::Head, 0, &head);
    for mandatory in [true, false] {
        let title = if mandatory { page.pick("必須", "Mandatory") } else { page.pick("推奨", "Recommended") };
        let rows: Vec<_> = list.iter().filter(|c| c.mandatory == Some(mandatory)).collect();
        if rows.is_empty() {
            continue;
        }
        page.blank();
        page.line(Look::Head, 0, &format!("■ {title}"));
        for control in rows {
            row(&mut page, control, lang);
        }
    }
    crossings(&mut page, report, lang);
    let note = page.pick(
        "必須と推奨の区別は、条項の本文を確かめられないまま整理したものです。最新のガイドラインで確かめてください",
        "which control is mandatory was put together without the clauses at hand; compare with the guideline in force",
    );
    page.blank();
    page.line(Look::Faint, 0, &note);
    page.finish()
}

fn row(page: &mut Page, control: &ControlReport, lang: Lang) {
    let (look, sign, word) = match control.status {
        RuleStatus::Violated => (Look::Bad, "✗ ", page.pick("ない", "missing")),
        _ => (Look::Open, "? ", page.pick("書かれていない", "not stated")),
    };
    let answers = page.pick("担当", "answers for it");
    let text = format!(
        "{} {}: {word}  ({answers}: {})",
        control.id,
        control.name.get(lang),
        owners(&control.responsible, lang)
    );
    page.hanging(look, 2, sign, &text);
    if control.status == RuleStatus::Violated {
        page.line(Look::Plain, 6, control.why.get(lang));
    }
    const SHOWN: usize = 4;
    for open in control.open.iter().take(SHOWN) {
        page.line(Look::Plain, 6, open.text.get(lang));
        if let Some(place) = &open.place {
            page.line(Look::Faint, 6, &format!("[{place}]"));
        }
    }
    if control.open.len() > SHOWN {
        let more = control.open.len() - SHOWN;
        let text = page
            .pick(&format!("ほか {more} 件(--format json にすべて)"), &format!("{more} more (all in --format json)"));
        page.line(Look::Plain, 6, &text);
    }
}

fn crossings(page: &mut Page, report: &Report, lang: Lang) {
    let lacking: Vec<&CrossingReport> = report.crossings.iter().filter(|c| !c.present).collect();
    if lacking.is_empty() {
        return;
    }
    page.blank();
    let title = page.pick(
        "■ モデルが用意している渡りのうち、図面にないもの(なくてもよい。要るなら、この形で)",
        "■ Crossings that the model provides for and the drawing does not have (none is required; if needed, in this form)",
    );
    page.line(Look::Head, 0, &title);
    for c in lacking {
        let text = format!(
            "{} {} → {}: {}  ({})",
            c.id,
            c.from.get(lang),
            c.to.get(lang),
            c.mediator.get(lang),
            owners(&c.responsible, lang)
        );
        page.hanging(Look::Plain, 2, "- ", &text);
    }
}

#[derive(Serialize)]
struct JsonGap<'a> {
    schema_version: u32,
    drawing: &'a str,
    model: Option<&'static str>,
    edition: Option<&'a str>,
    controls: Vec<JsonControl<'a>>,
    crossings: Vec<JsonCrossing<'a>>,
}

#[derive(Serialize)]
struct JsonControl<'a> {
    id: &'a str,
    name: Said,
    mandatory: Option<bool>,
    status: &'static str,
    responsible: Vec<&'static str>,
    why: Said,
    open: Vec<Said>,
}

#[derive(Serialize)]
struct JsonCrossing<'a> {
    id: &'a str,
    from: Said,
    to: Said,
    mediator: Said,
    present: bool,
    responsible: Vec<&'static str>,
}

/// For programs: all controls and crossings, also those that are there.
#[must_use]
pub fn gap_json(report: &Report) -> String {
    written(&JsonGap {
        schema_version: SCHEMA_VERSION,
        drawing: &report.drawing,
        model: report.model.as_ref().map(|m| m.0),
        edition: report.edition.as_deref(),
        controls: report
            .controls
            .iter()
            .map(|c| JsonControl {
                id: &c.id,
                name: (&c.name).into(),
                mandatory: c.mandatory,
                status: c.status.as_str(),
                responsible: responsible(&c.responsible),
                why: (&c.why).into(),
                open: c.open.iter().map(|o| (&o.text).into()).collect(),
            })
            .collect(),
        crossings: report
            .crossings
            .iter()
            .map(|c| JsonCrossing {
                id: &c.id,
                from: (&c.from).into(),
                to: (&c.to).into(),
                mediator: (&c.mediator).into(),
                present: c.present,
                responsible: responsible(&c.responsible),
            })
            .collect(),
    })
}
