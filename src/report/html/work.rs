//! Work and duties: tasks of everyday work, controls by who answers for them.
//!
//! Not here: rules, and how a status came about.

use super::begin;
pub(super) use super::crossing::crossings;
use super::page::Page;
use super::words::{self, EVERYBODY};
use crate::diagnostic::Text;
use crate::report::rulewords;
use crate::report::{ControlReport, Report, Responsible, TaskReport, WayReport};

pub(super) fn tasks(page: &mut Page, report: &Report) {
    page.section("tasks", "業務の手順", "Tasks of everyday work");
    if report.tasks.is_empty() {
        page.say("p", &[("class", "none")], "ありません。", "None.");
    }
    for task in &report.tasks {
        self::task(page, task);
    }
    page.close("section");
}

fn task(page: &mut Page, task: &TaskReport) {
    page.open("article", &[("class", "card task")]);
    page.open("h3", &[]);
    page.text(task.name.get(page.lang));
    page.text(" ");
    page.el("span", &[("class", "id")], &task.id);
    page.close("h3");
    if task.ways.is_empty() {
        page.open("p", &[]);
        page.badge("violated", "×", &Text::new("ルールどおりの手順がない", "no lawful route"));
        page.close("p");
    }
    for (at, w) in task.ways.iter().enumerate() {
        way(page, w, at);
    }
    if !task.obstacles.is_empty() {
        page.say("h4", &[], "ほかの方法が使えない理由", "Why other ways are none");
        page.open("ul", &[]);
        for o in &task.obstacles {
            page.told("li", &[], o);
        }
        page.close("ul");
    }
    if !task.dead_types.is_empty() {
        let list: Vec<String> = task.dead_types.iter().map(|t| words::file_type(t).get(page.lang).to_owned()).collect();
        let list = page.joined(list);
        page.say(
            "p",
            &[],
            &format!("ルールどおりに取り込めないファイルの種類: {list}"),
            &format!("file types that have no lawful way in: {list}"),
        );
    }
    page.close("article");
}

fn way(page: &mut Page, way: &WayReport, at: usize) {
    let name = way.name.get(page.lang);
    let name = match at {
        0 => page.pick(&format!("手順: {name}"), &format!("How: {name}")).to_owned(),
        _ => page.pick(&format!("別の手順: {name}"), &format!("Another way: {name}")).to_owned(),
    };
    page.el("h4", &[], &name);
    page.open("ol", &[]);
    for s in &way.steps {
        page.told("li", &[], s);
    }
    page.close("ol");
    let mut said = Vec::new();
    for (list, ja, en) in
        [(&way.from, "使う端末: ", "from the terminals: "), (&way.mediators, "通る機器: ", "through: ")]
    {
        if !list.is_empty() {
            said.push(format!("{}{}", page.pick(ja, en), page.joined(list)));
        }
    }
    if !said.is_empty() {
        page.el("p", &[("class", "fine")], &said.join(page.pick(" / ", "; ")));
    }
}

/// A control stands once, under the first who answers for it, and names the others.
pub(super) fn controls(page: &mut Page, report: &Report) {
    page.section("controls", "対策と責任", "Controls and who answers for them");
    if report.controls.is_empty() {
        page.say("p", &[("class", "none")], "ありません。", "None.");
    }
    let of = |who: Responsible| report.controls.iter().filter(move |c| c.responsible.first() == Some(&who));
    for who in EVERYBODY {
        let list: Vec<&ControlReport> = of(who).collect();
        let word = rulewords::responsible(who);
        let caption =
            Text::new(format!("{}が受け持つ対策", word.ja), format!("Controls for which {} answers", word.en));
        group(page, &word, &caption, &list);
    }
    let nobody: Vec<&ControlReport> = report.controls.iter().filter(|c| c.responsible.is_empty()).collect();
    let caption = Text::new("だれが受け持つか、記載のない対策", "Controls for which nobody is named");
    group(page, &Text::new("責任の記載なし", "nobody is named"), &caption, &nobody);
    page.close("section");
}

fn group(page: &mut Page, who: &Text, caption: &Text, list: &[&ControlReport]) {
    if list.is_empty() {
        return;
    }
    page.told("h3", &[], who);
    page.table(
        "controls",
        (&caption.ja, &caption.en),
        &[
            ("対策", "control"),
            ("求め、状態", "demand, status"),
            ("調べたこと、足りないもの、根拠", "what was looked at or is missing; evidence"),
        ],
    );
    for c in list {
        match begin::control_anchor(c) {
            Some(id) => page.open("tr", &[("id", &id)]),
            None => page.open("tr", &[]),
        }
        page.open("th", &[("scope", "row")]);
        page.text(c.name.get(page.lang));
        page.text(" ");
        page.el("span", &[("class", "id")], &c.id);
        if c.organisational {
            page.text(page.pick("(組織的)", " (organisational)"));
        }
        if c.responsible.len() > 1 {
            let all = page.who(&c.responsible);
            page.say("span", &[("class", "fine")], &format!(" 分担: {all}"), &format!(" shared by {all}"));
        }
        page.close("th");
        page.open("td", &[]);
        page.told("span", &[], &words::demand(c.mandatory));
        page.out.push(' ');
        let (sign, word) = words::in_place(c.status);
        page.badge(c.status.as_str(), sign, &word);
        page.close("td");
        page.open("td", &[]);
        page.text(c.why.get(page.lang));
        page.marks(&c.evidence_marks);
        if !c.open.is_empty() {
            page.open("ul", &[]);
            for o in &c.open {
                page.item(&o.text, o.place.as_ref());
            }
            page.close("ul");
        }
        page.close("td");
        page.close("tr");
    }
    page.end_table();
}
