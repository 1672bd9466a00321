//! The comparison as JSON, versioned with the other answers; described in `docs/json.md`.

use serde::Serialize;

use super::sheet::lacking;
use super::{SideBySide, words};
use crate::change::compare::{Column, Depth, Thing};
use crate::model::{Layer, Status};
use crate::report::json::{Said, responsible, written};
use crate::report::rules::{ControlReport, RuleStatus};
use crate::report::{Report, SCHEMA_VERSION};

#[derive(Serialize)]
struct JsonComparison<'a> {
    schema_version: u32,
    inventory: &'a str,
    exit_code: u8,
    today: Option<&'static str>,
    models: Vec<JsonModel<'a>>,
    unstated: Vec<JsonUnstated<'a>>,
    note: Said,
}

#[derive(Serialize)]
struct JsonUnstated<'a> {
    field: &'a str,
    text: Said,
}

#[derive(Serialize)]
struct JsonModel<'a> {
    model: &'static str,
    name: Said,
    drawing: &'a str,
    checks: Counts,
    rules: Counts,
    findings: usize,
    violated_checks: Vec<&'a str>,
    violated_rules: Vec<&'a str>,
    controls: JsonControls<'a>,
    tasks: Vec<JsonTask<'a>>,
    terminals: JsonTerminals,
    desktops: JsonDesktops,
    exposures: Vec<JsonExposure<'a>>,
    changes: Option<JsonChanges<'a>>,
    costs: Option<JsonCosts<'a>>,
    open: Vec<Said>,
}

#[derive(Serialize)]
struct Counts {
    violated: usize,
    undecided: usize,
    holds: usize,
}

#[derive(Serialize)]
struct JsonControls<'a> {
    missing: Vec<JsonControl<'a>>,
    not_stated: Vec<JsonControl<'a>>,
}

#[derive(Serialize)]
struct JsonControl<'a> {
    id: &'a str,
    name: Said,
    responsible: Vec<&'static str>,
    why: Said,
    open: Vec<Said>,
}

#[derive(Serialize)]
struct JsonTask<'a> {
    id: &'a str,
    name: Said,
    needed: bool,
    lawful: bool,
    steps: Option<usize>,
    way: Option<Said>,
    obstacles: Vec<Said>,
}

#[derive(Serialize)]
struct JsonTerminals {
    my_number: u64,
    lgwan: u64,
    internet: u64,
    remote: u64,
}

#[derive(Serialize)]
struct JsonDesktops {
    lgwan: u64,
    internet: u64,
}

#[derive(Serialize)]
struct JsonExposure<'a> {
    question: &'static str,
    kind: &'static str,
    controls: Option<u32>,
    least_sets: &'a [Vec<String>],
    checks: &'a [String],
}

#[derive(Serialize)]
struct JsonChanges<'a> {
    moved: Vec<JsonMoved<'a>>,
    added: Vec<JsonThing<'a>>,
    gone: Vec<JsonThing<'a>>,
}

#[derive(Serialize)]
struct JsonMoved<'a> {
    #[serde(flatten)]
    thing: JsonThing<'a>,
    from: &'static str,
    to: &'static str,
}

#[derive(Serialize)]
struct JsonThing<'a> {
    name: &'a str,
    label: &'a str,
    kind: String,
    count: u32,
}

#[derive(Serialize)]
struct JsonCosts<'a> {
    yen: u64,
    items: Vec<JsonCost<'a>>,
}

#[derive(Serialize)]
struct JsonCost<'a> {
    what: &'a str,
    yen: u64,
}

/// For programs: everything, also what is in order.
#[must_use]
pub fn comparison_json(c: &SideBySide<'_>, exit_code: u8) -> String {
    let given = &c.comparison.given;
    written(&JsonComparison {
        schema_version: SCHEMA_VERSION,
        inventory: &given.name,
        exit_code,
        today: given.today.map(|t| t.as_str()),
        models: c
            .comparison
            .columns
            .iter()
            .zip(c.reports)
            .enumerate()
            .map(|(i, (column, report))| model(c, i, column, report))
            .collect(),
        unstated: given.unstated.iter().map(|(field, text)| JsonUnstated { field, text: text.into() }).collect(),
        note: (&words::note()).into(),
    })
}

fn model<'a>(c: &SideBySide<'a>, at: usize, column: &'a Column, report: &'a Report) -> JsonModel<'a> {
    let rules = |s| report.count_rules(s);
    JsonModel {
        model: column.model.as_str(),
        name: (&words::model(column.model)).into(),
        drawing: &report.drawing,
        checks: Counts {
            violated: report.count(Status::Violated),
            undecided: report.count(Status::Undecided),
            holds: report.count(Status::Holds),
        },
        rules: Counts {
            violated: rules(RuleStatus::Violated),
            undecided: rules(RuleStatus::Undecided),
            holds: rules(RuleStatus::Holds),
        },
        findings: report.findings.len(),
        violated_checks: report
            .checks
            .iter()
            .filter(|x| x.status == Status::Violated)
            .map(|x| x.name.as_str())
            .collect(),
        violated_rules: report.rules_with(RuleStatus::Violated).iter().map(|r| r.id.as_str()).collect(),
        controls: JsonControls {
            missing: lacking(report, RuleStatus::Violated).into_iter().map(control).collect(),
            not_stated: lacking(report, RuleStatus::Undecided).into_iter().map(control).collect(),
        },
        tasks: tasks(c, report),
        terminals: JsonTerminals {
            my_number: column.terminals(Layer::MyNumber),
            lgwan: column.terminals(Layer::Lgwan),
            internet: column.terminals(Layer::Internet),
            remote: column.terminals(Layer::Remote),
        },
        desktops: JsonDesktops { lgwan: column.desktops(Layer::Lgwan), internet: column.desktops(Layer::Internet) },
        exposures: column
            .exposures
            .iter()
            .map(|e| {
                let (kind, controls, sets): (_, _, &[Vec<String>]) = match &e.depth {
                    Depth::Open => ("open", Some(0), &[]),
                    Depth::Undecided => ("undecided", None, &[]),
                    Depth::Exactly(n, sets) => ("exactly", Some(*n), sets),
                    Depth::AtLeast(n) => ("at_least", Some(*n), &[]),
                    Depth::Closed => ("none", None, &[]),
                    Depth::NotAsked => ("not_asked", None, &[]),
                };
                JsonExposure { question: e.goal.as_str(), kind, controls, least_sets: sets, checks: &e.checks }
            })
            .collect(),
        changes: c.comparison.changes.get(at).map(|changes| JsonChanges {
            moved: changes
                .moved
                .iter()
                .map(|m| JsonMoved { thing: thing(&m.thing), from: m.from.as_str(), to: m.to.as_str() })
                .collect(),
            added: changes.added.iter().map(thing).collect(),
            gone: changes.gone.iter().map(thing).collect(),
        }),
        costs: costs(c, column),
        open: open(report),
    }
}

fn control(c: &ControlReport) -> JsonControl<'_> {
    JsonControl {
        id: &c.id,
        name: (&c.name).into(),
        responsible: responsible(&c.responsible),
        why: (&c.why).into(),
        open: c.open.iter().map(|o| (&o.text).into()).collect(),
    }
}

fn tasks<'a>(c: &SideBySide<'_>, report: &'a Report) -> Vec<JsonTask<'a>> {
    let one = |t: &'a crate::report::TaskReport| JsonTask {
        id: &t.id,
        name: (&t.name).into(),
        needed: c.comparison.needs(&t.id),
        lawful: !t.ways.is_empty(),
        steps: t.ways.first().map(|w| w.steps.len()),
        way: t.ways.first().map(|w| (&w.name).into()),
        obstacles: t.obstacles.iter().map(Into::into).collect(),
    };
    report.tasks.iter().map(one).collect()
}

fn thing(t: &Thing) -> JsonThing<'_> {
    JsonThing { name: &t.name, label: &t.label, kind: format!("{:?}", t.kind), count: t.count }
}

fn costs<'a>(c: &SideBySide<'a>, column: &Column) -> Option<JsonCosts<'a>> {
    let mine = c.comparison.given.costs.iter().filter(|(m, ..)| *m == column.model);
    let items: Vec<JsonCost<'a>> = mine.map(|(_, what, yen)| JsonCost { what, yen: *yen }).collect();
    let yen = items.iter().fold(0u64, |a, i| a.saturating_add(i.yen));
    (!items.is_empty()).then_some(JsonCosts { yen, items })
}

/// What checks and rules wait for, each once.
fn open(report: &Report) -> Vec<Said> {
    let checks = report.checks.iter().filter(|x| x.status == Status::Undecided).flat_map(|x| &x.open).map(|o| &o.text);
    let rules =
        report.rules.iter().filter(|r| r.status == RuleStatus::Undecided).flat_map(|r| &r.open).map(|o| &o.text);
    let mut told = Vec::new();
    for text in checks.chain(rules) {
        if !told.contains(&text) {
            told.push(text);
        }
    }
    told.into_iter().map(Into::into).collect()
}
