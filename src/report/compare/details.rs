//! What stands below the table: which controls, which tasks, which paths, what changes, and what is not stated.
//!
//! An entry that is the same for several models is told once, with their names. The same for text and Markdown.

use super::sheet::{is_terminal, lacking, thousands};
use super::{SideBySide, words};
use crate::change::compare::{Column, Depth, Thing};
use crate::diagnostic::Text;
use crate::guideline::layer_name;
use crate::model::{SeparationModel, Status};
use crate::report::rules::{Responsible, RuleStatus};
use crate::report::{rulewords, words as said};

/// How urgent an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Urgency {
    Bad,
    Open,
    Plain,
}

/// One entry with lines below it.
pub(super) struct Entry {
    pub(super) urgency: Urgency,
    pub(super) text: Text,
    pub(super) below: Vec<Text>,
}

/// A list with a title.
pub(super) struct List {
    pub(super) title: Text,
    pub(super) entries: Vec<Entry>,
}

/// Longer lists end with how many there are more.
const SHOWN: usize = 12;

/// All lists that have something to say.
pub(super) fn lists(c: &SideBySide<'_>) -> Vec<List> {
    let all = [violated(c), controls(c), tasks(c), exposure(c), changes(c), costs(c), undecided(c), unstated(c)];
    all.into_iter().filter(|l| !l.entries.is_empty()).collect()
}

fn list(ja: &str, en: &str, entries: Vec<Entry>) -> List {
    List { title: Text::new(ja, en), entries }
}

/// Texts with the models for which they are true, in the order in which they come.
struct Merged(Vec<(Text, Vec<SeparationModel>, Vec<Text>)>);

impl Merged {
    fn new() -> Self {
        Self(Vec::new())
    }

    fn add(&mut self, model: SeparationModel, text: Text, below: Vec<Text>) {
        match self.0.iter_mut().find(|(t, _, b)| *t == text && *b == below) {
            Some((_, models, _)) => models.push(model),
            None => self.0.push((text, vec![model], below)),
        }
    }

    fn entries(self, urgency: Urgency, all: usize) -> Vec<Entry> {
        self.0
            .into_iter()
            .map(|(text, models, below)| {
                let who = models_text(&models, all);
                Entry {
                    urgency,
                    text: Text::new(format!("{}: {}", who.ja, text.ja), format!("{}: {}", who.en, text.en)),
                    below,
                }
            })
            .collect()
    }
}

fn models_text(models: &[SeparationModel], all: usize) -> Text {
    if models.len() == all && all > 1 {
        return Text::new("すべて", "all");
    }
    let names: Vec<Text> = models.iter().map(|&m| words::model(m)).collect();
    let join = |f: fn(&Text) -> &str, comma: &str| names.iter().map(f).collect::<Vec<_>>().join(comma);
    Text::new(join(|t| &t.ja, "・"), join(|t| &t.en, ", "))
}

fn shorten(mut entries: Vec<Entry>) -> Vec<Entry> {
    let more = entries.len().saturating_sub(SHOWN);
    if more > 0 {
        entries.truncate(SHOWN);
        entries.push(Entry {
            urgency: Urgency::Plain,
            text: Text::new(
                format!("ほか {more} 件(--format json にすべて)"),
                format!("{more} more (all in --format json)"),
            ),
            below: Vec::new(),
        });
    }
    entries
}

fn violated(c: &SideBySide<'_>) -> List {
    let mut merged = Merged::new();
    for (column, report) in c.comparison.columns.iter().zip(c.reports) {
        for check in report.checks.iter().filter(|x| x.status == Status::Violated) {
            let text = Text::new(
                format!("経路 {} → {}({})", check.from.ja, check.to.ja, check.kind.as_str()),
                format!("path {} → {} ({})", check.from.en, check.to.en, check.kind.as_str()),
            );
            merged.add(column.model, text, Vec::new());
        }
        for rule in report.rules_with(RuleStatus::Violated) {
            let text = Text::new(
                format!("規則 {} {}", rule.id, rule.statement.ja),
                format!("rule {} {}", rule.id, rule.statement.en),
            );
            merged.add(column.model, text, Vec::new());
        }
    }
    list("違反", "What is violated", shorten(merged.entries(Urgency::Bad, c.reports.len())))
}

fn controls(c: &SideBySide<'_>) -> List {
    let mut groups: Vec<(Vec<Responsible>, Merged, Merged)> = Vec::new();
    for (column, report) in c.comparison.columns.iter().zip(c.reports) {
        for status in [RuleStatus::Violated, RuleStatus::Undecided] {
            for control in lacking(report, status) {
                let at = groups.iter().position(|(who, ..)| *who == control.responsible).unwrap_or_else(|| {
                    groups.push((control.responsible.clone(), Merged::new(), Merged::new()));
                    groups.len() - 1
                });
                let Some((_, missing, open)) = groups.get_mut(at) else { continue };
                let text = Text::new(
                    format!("{} {}", control.id, control.name.ja),
                    format!("{} {}", control.id, control.name.en),
                );
                if status == RuleStatus::Violated { missing } else { open }.add(column.model, text, Vec::new());
            }
        }
    }
    groups.sort_by(|a, b| a.0.cmp(&b.0));
    let all = c.reports.len();
    let entries = groups
        .into_iter()
        .map(|(who, missing, open)| {
            let names: Vec<Text> = who.iter().map(|&w| rulewords::responsible(w)).collect();
            let ja: Vec<&str> = names.iter().map(|t| t.ja.as_str()).collect();
            let en: Vec<&str> = names.iter().map(|t| t.en.as_str()).collect();
            let lines = |m: Merged, ja: &str, en: &str| -> Vec<Text> {
                m.entries(Urgency::Plain, all)
                    .into_iter()
                    .map(|e| Text::new(format!("{ja} {}", e.text.ja), format!("{en} {}", e.text.en)))
                    .collect()
            };
            let bad = !missing.0.is_empty();
            let mut below = lines(missing, "✗ ない", "✗ missing");
            below.extend(lines(open, "? 書かれていない", "? not stated"));
            Entry {
                urgency: if bad { Urgency::Bad } else { Urgency::Open },
                text: Text::new(format!("担当: {}", ja.join("・")), format!("answers for it: {}", en.join(", "))),
                below,
            }
        })
        .collect();
    list("足りない必須の対策(担当ごと)", "Mandatory controls that are lacking, by who answers for them", entries)
}

fn tasks(c: &SideBySide<'_>) -> List {
    let (mut merged, mut open) = (Merged::new(), Merged::new());
    for (column, report) in c.comparison.columns.iter().zip(c.reports) {
        for task in report.tasks.iter().filter(|t| t.ways.is_empty() && c.comparison.needs(&t.id)) {
            if c.may_have_way(report, &task.id) {
                open.add(column.model, task.name.clone(), Vec::new());
            } else {
                merged.add(column.model, task.name.clone(), task.obstacles.clone());
            }
        }
    }
    let mut entries = merged.entries(Urgency::Bad, c.reports.len());
    entries.extend(open.entries(Urgency::Open, c.reports.len()));
    list(
        "許された道のない作業(? は、書かれていないことで決まる)",
        "Tasks that lose their way (?: depends on what is not stated)",
        entries,
    )
}

fn exposure(c: &SideBySide<'_>) -> List {
    const SETS: usize = 4;
    let mut entries = Vec::new();
    let goals: Vec<_> =
        c.comparison.columns.first().map(|f| f.exposures.iter().map(|e| e.goal).collect()).unwrap_or_default();
    for goal in goals {
        let mut merged = Merged::new();
        for column in &c.comparison.columns {
            let Some(e) = column.exposures.iter().find(|e| e.goal == goal) else { continue };
            let (text, below) = match &e.depth {
                Depth::Exactly(n, sets) => {
                    let mut below: Vec<Text> = sets.iter().take(SETS).map(|s| together(column, s)).collect();
                    let more = sets.len().saturating_sub(SETS);
                    if more > 0 {
                        below.push(Text::new(format!("ほか {more} 組"), format!("{more} more")));
                    }
                    let text = match n {
                        1 => Text::new("次のどれか一つが破られると届く", "reached if one of these fails"),
                        _ => Text::new(
                            format!("次のどれか一組({n} つ)が同時に破られると届く"),
                            format!("reached if one of these sets of {n} fails together"),
                        ),
                    };
                    (text, below)
                }
                Depth::AtLeast(n) => {
                    (Text::new(format!("少なくとも {n} の対策"), format!("at least {n} controls")), Vec::new())
                }
                Depth::Closed => {
                    (Text::new("どの対策が破られても届かない", "not reached, whatever controls fail"), Vec::new())
                }
                Depth::Open => (Text::new("対策が働いていても届く", "reached while every control works"), Vec::new()),
                Depth::Undecided => {
                    (Text::new("書かれていないことで決まる", "depends on what is not stated"), Vec::new())
                }
                Depth::NotAsked => continue,
            };
            merged.add(column.model, text, below);
        }
        let name = words::goal(goal);
        entries.extend(merged.entries(Urgency::Plain, c.reports.len()).into_iter().map(|e| Entry {
            text: Text::new(format!("{} / {}", name.ja, e.text.ja), format!("{} / {}", name.en, e.text.en)),
            ..e
        }));
    }
    list("道が開くまでに破られる対策", "Which controls have to fail", entries)
}

/// A control, by what people call the device on which it works.
fn control(column: &Column, guard: &str) -> Text {
    let device = guard.split_once('@').and_then(|(_, name)| column.things.iter().find(|t| t.name == name));
    let text = said::guard(guard);
    match device {
        Some(device) => {
            let with = |t: &str| t.replace(guard, &device.label);
            Text::new(with(&text.ja), with(&text.en))
        }
        None => text,
    }
}

/// Controls that fail together.
fn together(column: &Column, set: &[String]) -> Text {
    let all: Vec<Text> = set.iter().map(|g| control(column, g)).collect();
    let join = |f: fn(&Text) -> &str, and: &str| all.iter().map(f).collect::<Vec<_>>().join(and);
    Text::new(join(|t| &t.ja, " と "), join(|t| &t.en, " and "))
}

fn thing(t: &Thing) -> Text {
    let kind = words::kind(t.kind);
    match t.count {
        1 => Text::new(format!("{}({})", t.label, kind.ja), format!("{} ({})", t.label, kind.en)),
        n => Text::new(format!("{}({} {n})", t.label, kind.ja), format!("{} ({n} {})", t.label, kind.en)),
    }
}

fn changes(c: &SideBySide<'_>) -> List {
    let today = c.comparison.given.today;
    let mut entries = Vec::new();
    for (column, changes) in c.comparison.columns.iter().zip(&c.comparison.changes) {
        if today == Some(column.model) {
            continue;
        }
        let mut below: Vec<Text> = Vec::new();
        for terminals in [true, false] {
            for m in changes.moved.iter().filter(|m| is_terminal(m.thing.kind) == terminals) {
                let (from, to, what) = (layer_name(m.from), layer_name(m.to), thing(&m.thing));
                below.push(Text::new(
                    format!("移る: {} {} → {}", what.ja, from.ja, to.ja),
                    format!("moves: {}, from {} to {}", what.en, from.en, to.en),
                ));
            }
        }
        let mut group = |ja: &str, en: &str, things: &[Thing]| {
            if !things.is_empty() {
                let all: Vec<Text> = things.iter().map(thing).collect();
                let join = |f: fn(&Text) -> &str, comma: &str| all.iter().map(f).collect::<Vec<_>>().join(comma);
                below.push(Text::new(
                    format!("{ja}: {}", join(|t| &t.ja, "、")),
                    format!("{en}: {}", join(|t| &t.en, ", ")),
                ));
            }
        };
        group("増える", "to add", &changes.added);
        group("なくなる", "no longer needed", &changes.gone);
        if below.is_empty() {
            below.push(Text::new("変わらない", "nothing changes"));
        }
        entries.push(Entry { urgency: Urgency::Plain, text: words::model(column.model), below });
    }
    list("今のモデルから変わること", "What would change from the model of today", entries)
}

fn costs(c: &SideBySide<'_>) -> List {
    let entries = c.comparison.given.costs.iter().map(|(model, what, yen)| {
        let name = words::model(*model);
        Entry {
            urgency: Urgency::Plain,
            text: Text::new(
                format!("{}: {what} {} 円", name.ja, thousands(*yen)),
                format!("{}: {what} {} yen", name.en, thousands(*yen)),
            ),
            below: Vec::new(),
        }
    });
    list("現況表に書かれた費用", "Costs that the inventory states", entries.collect())
}

/// What checks and rules wait for, with the attribute of the drawing.
fn undecided(c: &SideBySide<'_>) -> List {
    let mut merged = Merged::new();
    for (column, report) in c.comparison.columns.iter().zip(c.reports) {
        let checks = report.checks.iter().filter(|x| x.status == Status::Undecided).flat_map(|x| &x.open);
        let rules = report.open_attributes();
        let mut told: Vec<&Text> = Vec::new();
        for open in checks.map(|o| &o.text).chain(rules.iter().map(|a| &a.open.text)) {
            if !told.contains(&open) {
                told.push(open);
                merged.add(column.model, open.clone(), Vec::new());
            }
        }
        let silent = report.open_without_attribute();
        if !silent.is_empty() {
            let ids = silent.join(", ");
            let text = Text::new(
                format!("規則 {ids}: 通るかどうかが確かでない経路による"),
                format!("rules {ids}: a path that is not certain"),
            );
            merged.add(column.model, text, Vec::new());
        }
    }
    let entries = shorten(merged.entries(Urgency::Open, c.reports.len()));
    list(
        "図面で書かれていないために決まらないこと",
        "What the drawings leave undecided, and what is not stated",
        entries,
    )
}

fn unstated(c: &SideBySide<'_>) -> List {
    let entries = c.comparison.given.unstated.iter().map(|(field, text)| Entry {
        urgency: Urgency::Open,
        text: Text::new(format!("{field}: {}", text.ja), format!("{field}: {}", text.en)),
        below: Vec::new(),
    });
    list("現況表に書かれていないこと", "What the inventory does not state", entries.collect())
}
