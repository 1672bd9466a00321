//! `sekisho tasks`: for each daily task the lawful way, its steps by hand and mediators, or why there is none.

use serde::Serialize;

use crate::diagnostic::Lang;
use crate::report::json::{JsonWay, Said, ways, written};
use crate::report::rules::TaskReport;
use crate::report::text::{Look, Page, Style};
use crate::report::{Report, SCHEMA_VERSION};

/// For people.
#[must_use]
pub fn tasks_text(report: &Report, style: Style) -> String {
    let mut page = Page::new(style);
    let none = report.tasks.iter().filter(|t| t.ways.is_empty()).count();
    let head = page.pick(
        &format!(
            "毎日の仕事 {} 件のうち、ルールどおりにできるもの {} 件、できないもの {none} 件",
            report.tasks.len(),
            report.tasks.len() - none
        ),
        &format!(
            "{} of {} daily tasks have a lawful way, {none} have none",
            report.tasks.len() - none,
            report.tasks.len()
        ),
    );
    page.line(Look::Head, 0, &head);
    for task in &report.tasks {
        page.blank();
        tell(&mut page, task);
    }
    page.finish()
}

fn tell(page: &mut Page, task: &TaskReport) {
    let lang = page.style.lang;
    let name = task.name.get(lang);
    match task.ways.first() {
        None => {
            let text = page.pick(&format!("{name}: 許された道がない"), &format!("{name}: no lawful route"));
            page.hanging(Look::Bad, 0, "✗ ", &text);
            for obstacle in &task.obstacles {
                page.hanging(Look::Plain, 4, "- ", obstacle.get(lang));
            }
        }
        Some(way) => {
            let count = way.steps.len();
            let text = page.pick(
                &format!("{name}: {}(手順 {count})", way.name.ja),
                &format!("{name}: {} ({count} steps)", way.name.en),
            );
            page.hanging(Look::Good, 0, "○ ", &text);
            for (i, step) in way.steps.iter().enumerate() {
                page.hanging(Look::Plain, 4, &format!("{}) ", i + 1), step.get(lang));
            }
            if !way.mediators.is_empty() {
                let comma = page.pick("、", ", ");
                let text = format!("{}: {}", page.pick("通る装置", "devices passed"), way.mediators.join(&comma));
                page.line(Look::Plain, 4, &text);
            }
            for other in task.ways.iter().skip(1) {
                let text = page.pick(
                    &format!("ほかの道: {}(手順 {})", other.name.ja, other.steps.len()),
                    &format!("another way: {} ({} steps)", other.name.en, other.steps.len()),
                );
                page.line(Look::Faint, 4, &text);
            }
            if page.style.verbose {
                for obstacle in &task.obstacles {
                    page.hanging(Look::Faint, 4, "- ", obstacle.get(lang));
                }
            }
        }
    }
    if !task.dead_types.is_empty() {
        let other = page.pick("表にないすべての形式", "every type not listed");
        let list: Vec<&str> =
            task.dead_types.iter().map(|t| if t == "*" { other.as_str() } else { t.as_str() }).collect();
        let comma = if lang == Lang::Ja { "、" } else { ", " };
        let text = format!("{}: {}", page.pick("通す道のない形式", "types without a way in"), list.join(comma));
        page.line(Look::Open, 4, &text);
    }
}

#[derive(Serialize)]
struct JsonTasks<'a> {
    schema_version: u32,
    drawing: &'a str,
    model: Option<&'static str>,
    tasks: Vec<JsonTask<'a>>,
}

#[derive(Serialize)]
struct JsonTask<'a> {
    id: &'a str,
    name: Said,
    lawful: bool,
    ways: Vec<JsonWay<'a>>,
    obstacles: Vec<Said>,
    dead_types: &'a [String],
}

/// For programs.
#[must_use]
pub fn tasks_json(report: &Report) -> String {
    written(&JsonTasks {
        schema_version: SCHEMA_VERSION,
        drawing: &report.drawing,
        model: report.model.as_ref().map(|m| m.0),
        tasks: report
            .tasks
            .iter()
            .map(|t| JsonTask {
                id: &t.id,
                name: (&t.name).into(),
                lawful: !t.ways.is_empty(),
                ways: ways(t),
                obstacles: t.obstacles.iter().map(Into::into).collect(),
                dead_types: &t.dead_types,
            })
            .collect(),
    })
}
