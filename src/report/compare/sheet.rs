//! The table of the comparison: sections of rows with one cell per model, the same for every output.
//!
//! Not here: how a table is laid out, and what stands below it (`details`).

use super::{SideBySide, words};
use crate::change::compare::{Changes, Column, Depth};
use crate::diagnostic::Text;
use crate::guideline::layer_name;
use crate::model::{Kind, Layer, Status};
use crate::report::rules::{ControlReport, Responsible, RuleStatus};
use crate::report::{Report, rulewords};

/// How a cell looks; the words in it say the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    Plain,
    Bad,
    Open,
}

/// One cell.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    pub(super) text: Text,
    pub(super) sign: Sign,
}

/// One row.
pub(super) struct Row {
    pub(super) label: Text,
    pub(super) cells: Vec<Cell>,
}

/// Rows that belong together.
pub(super) struct Section {
    pub(super) title: Text,
    pub(super) rows: Vec<Row>,
}

fn plain(text: Text) -> Cell {
    Cell { text, sign: Sign::Plain }
}

fn number(n: u64) -> Cell {
    plain(Text::new(n.to_string(), n.to_string()))
}

/// A number of which 0 is what one hopes for.
fn wrong(n: usize, sign: Sign) -> Cell {
    let text = n.to_string();
    Cell { text: Text::new(text.clone(), text), sign: if n == 0 { Sign::Plain } else { sign } }
}

/// The mandatory controls of a drawing that are missing, or of which nothing is stated.
pub(super) fn lacking(report: &Report, status: RuleStatus) -> Vec<&ControlReport> {
    report.controls.iter().filter(|c| c.mandatory == Some(true) && c.status == status).collect()
}

/// The heads of the columns.
pub(super) fn heads(c: &SideBySide<'_>) -> Vec<Text> {
    let today = c.comparison.given.today;
    let columns = c.comparison.columns.iter();
    columns
        .map(|column| {
            let name = words::model(column.model);
            if today == Some(column.model) {
                Text::new(format!("{}(今)", name.ja), format!("{} (now)", name.en))
            } else {
                name
            }
        })
        .collect()
}

/// The whole table.
pub(super) fn sections(c: &SideBySide<'_>) -> Vec<Section> {
    let mut list = vec![checks(c), controls(c), tasks(c), exposure(c), terminals(c)];
    list.extend(changes(c));
    list.extend(costs(c));
    list
}

fn section(ja: &str, en: &str, rows: Vec<Row>) -> Section {
    Section { title: Text::new(ja, en), rows }
}

fn checks(c: &SideBySide<'_>) -> Section {
    let row = |ja: &str, en: &str, cell: &dyn Fn(&Report) -> Cell| Row {
        label: Text::new(ja, en),
        cells: c.reports.iter().map(cell).collect(),
    };
    section(
        "検査と規則",
        "Checks and rules",
        vec![
            row("経路の検査: 違反", "checks: violated", &|r| wrong(r.count(Status::Violated), Sign::Bad)),
            row("経路の検査: 未確定", "checks: undecided", &|r| wrong(r.count(Status::Undecided), Sign::Open)),
            row("規則: 違反", "rules: violated", &|r| wrong(r.count_rules(RuleStatus::Violated), Sign::Bad)),
            row("規則: 未確定", "rules: undecided", &|r| wrong(r.count_rules(RuleStatus::Undecided), Sign::Open)),
        ],
    )
}

const EVERYBODY: [Responsible; 5] =
    [Responsible::Body, Responsible::Prefecture, Responsible::Jlis, Responsible::Vendor, Responsible::State];

fn controls(c: &SideBySide<'_>) -> Section {
    let count = |r: &Report, status, who: Option<Responsible>| {
        lacking(r, status).iter().filter(|c| who.is_none_or(|w| c.responsible.contains(&w))).count()
    };
    let row = |label: Text, status, sign| Row {
        label,
        cells: c.reports.iter().map(|r| wrong(count(r, status, None), sign)).collect(),
    };
    let mut rows = vec![
        row(Text::new("ない", "missing"), RuleStatus::Violated, Sign::Bad),
        row(Text::new("書かれていない", "not stated"), RuleStatus::Undecided, Sign::Open),
    ];
    for who in EVERYBODY {
        let cells: Vec<Cell> = c
            .reports
            .iter()
            .map(|r| {
                let (bad, open) =
                    (count(r, RuleStatus::Violated, Some(who)), count(r, RuleStatus::Undecided, Some(who)));
                let text = match (bad, open) {
                    (0, 0) => "-".to_owned(),
                    (bad, 0) => format!("✗{bad}"),
                    (0, open) => format!("?{open}"),
                    (bad, open) => format!("✗{bad} ?{open}"),
                };
                let sign = match (bad, open) {
                    (0, 0) => Sign::Plain,
                    (0, _) => Sign::Open,
                    _ => Sign::Bad,
                };
                Cell { text: Text::new(text.clone(), text), sign }
            })
            .collect();
        if cells.iter().any(|c| c.sign != Sign::Plain) {
            let name = rulewords::responsible(who);
            rows.push(Row { label: Text::new(format!("  {}の担当", name.ja), format!("  for {}", name.en)), cells });
        }
    }
    section("モデルが必須とする対策", "Controls that the model makes mandatory", rows)
}

fn tasks(c: &SideBySide<'_>) -> Section {
    let Some(first) = c.reports.first() else { return section("", "", Vec::new()) };
    let needed = first.tasks.iter().filter(|t| c.comparison.needs(&t.id));
    let rows = needed
        .map(|task| Row {
            label: short(&task.name),
            cells: c
                .reports
                .iter()
                .map(|r| match r.tasks.iter().find(|t| t.id == task.id).and_then(|t| t.ways.first()) {
                    Some(way) => {
                        let n = way.steps.len();
                        plain(Text::new(
                            format!("手順 {n}"),
                            if n == 1 { "1 step".into() } else { format!("{n} steps") },
                        ))
                    }
                    None if c.may_have_way(r, &task.id) => {
                        Cell { text: Text::new("? 未確定", "? open"), sign: Sign::Open }
                    }
                    None => Cell { text: Text::new("✗ 道なし", "✗ no way"), sign: Sign::Bad },
                })
                .collect(),
        })
        .collect();
    section("要る作業と、人が手で行う手順の数", "Needed tasks, and their steps by hand", rows)
}

/// The name of a task without what stands in brackets.
fn short(name: &Text) -> Text {
    let cut = |t: &str| t.split(['(', '(']).next().unwrap_or(t).trim().to_owned();
    let (ja, en) = (cut(&name.ja), cut(&name.en));
    // The longest names, as they fit a table of 100 columns.
    let ja = ja
        .replace("ファイルのダウンロードと取り込み", "ダウンロードと取り込み")
        .replace("添付ファイルのあるメールの受信", "添付のあるメールの受信");
    let en = en
        .replace("downloading a file and bringing it in", "downloading a file")
        .replace("receiving mail with an attachment", "mail with an attachment")
        .replace("looking something up on the web", "looking something up")
        .replace("sending a file to somebody outside", "sending a file outside");
    Text::new(ja, en)
}

fn exposure(c: &SideBySide<'_>) -> Section {
    let goals: Vec<_> =
        c.comparison.columns.first().map(|f| f.exposures.iter().map(|e| e.goal).collect()).unwrap_or_default();
    let rows = goals
        .into_iter()
        .map(|goal| Row {
            label: words::goal(goal),
            cells: c
                .comparison
                .columns
                .iter()
                .map(|column| {
                    let depth = column.exposures.iter().find(|e| e.goal == goal).map(|e| &e.depth);
                    let depth = depth.unwrap_or(&Depth::NotAsked);
                    let sign = match depth {
                        Depth::Open => Sign::Bad,
                        Depth::Undecided => Sign::Open,
                        _ => Sign::Plain,
                    };
                    Cell { text: words::depth(depth), sign }
                })
                .collect(),
        })
        .collect();
    section("道が開くまでに破られる対策の数", "Controls that have to fail before a way opens", rows)
}

fn terminals(c: &SideBySide<'_>) -> Section {
    let row = |label: Text, count: &dyn Fn(&Column) -> u64| Row {
        label,
        cells: c.comparison.columns.iter().map(|column| number(count(column))).collect(),
    };
    let at = |layer: Layer| {
        let name = layer_name(layer);
        row(Text::new(format!("端末: {}", name.ja), format!("terminals: {}", trimmed(&name.en))), &move |column| {
            column.terminals(layer)
        })
    };
    let mut rows = vec![at(Layer::MyNumber), at(Layer::Lgwan), at(Layer::Internet), at(Layer::Remote)];
    rows.extend(telework(c));
    rows.extend([
        row(Text::new("見せる: LGWAN側", "desktops shown: LGWAN"), &|c| c.desktops(Layer::Lgwan)),
        row(Text::new("見せる: インターネット側", "desktops shown: Internet"), &|c| {
            c.desktops(Layer::Internet)
        }),
    ]);
    section(
        "端末と、画面転送で見せる仮想デスクトップ(台)",
        "Terminals, and desktops to be shown by screen transfer",
        rows,
    )
}

/// By which crossing of the model terminals outside work, if there are any.
fn telework(c: &SideBySide<'_>) -> Option<Row> {
    let has = |r: &Report, ids: &[&str]| r.crossings.iter().any(|x| x.present && ids.contains(&x.id.as_str()));
    let cell = |(column, r): (&Column, &Report)| {
        if column.terminals(Layer::Remote) == 0 {
            plain(Text::new("-", "-"))
        } else if c.lacks(&["telework"]) {
            Cell { text: Text::new("? 未確定", "? open"), sign: Sign::Open }
        } else if has(r, &["β-7a"]) {
            plain(Text::new("VPN", "tunnel"))
        } else if has(r, &["α-10", "β-7b"]) {
            plain(Text::new("画面転送", "screen"))
        } else {
            Cell { text: Text::new("✗ 道なし", "✗ no way"), sign: Sign::Bad }
        }
    };
    let any = c.comparison.columns.iter().any(|column| column.terminals(Layer::Remote) > 0);
    any.then(|| Row {
        label: Text::new("庁外端末の道", "way for remote terminals"),
        cells: c.comparison.columns.iter().zip(c.reports).map(cell).collect(),
    })
}

fn trimmed(en: &str) -> &str {
    en.trim_start_matches("the ").trim_end_matches(" segment")
}

/// Whether a device that moves is a terminal; else it is a system.
pub(super) fn is_terminal(kind: Kind) -> bool {
    matches!(kind, Kind::Terminal | Kind::Desktop)
}

fn changes(c: &SideBySide<'_>) -> Option<Section> {
    let all = &c.comparison.changes;
    let row = |ja: &str, en: &str, count: &dyn Fn(&Changes) -> u64| Row {
        label: Text::new(ja, en),
        cells: all.iter().map(|changes| number(count(changes))).collect(),
    };
    let rows = vec![
        row("移る端末(台)", "terminals that move", &|c| {
            c.moved.iter().filter(|m| m.thing.kind == Kind::Terminal).map(|m| u64::from(m.thing.count)).sum()
        }),
        row("移るシステム(種)", "systems that move", &|c| {
            c.moved.iter().filter(|m| !is_terminal(m.thing.kind)).count() as u64
        }),
        row("増える機器(種)", "kinds of devices to add", &|c| c.added.len() as u64),
        row("なくなる機器(種)", "kinds of devices that go", &|c| c.gone.len() as u64),
    ];
    (!all.is_empty()).then(|| section("今のモデルからの変化", "Changes from the model of today", rows))
}

fn costs(c: &SideBySide<'_>) -> Option<Section> {
    let costs = &c.comparison.given.costs;
    let cells = c
        .comparison
        .columns
        .iter()
        .map(|column| {
            let mine: Vec<u64> = costs.iter().filter(|(m, ..)| *m == column.model).map(|(_, _, yen)| *yen).collect();
            let sum = mine.iter().fold(0u64, |a, b| a.saturating_add(*b));
            if mine.is_empty() { plain(Text::new("-", "-")) } else { plain(Text::new(thousands(sum), thousands(sum))) }
        })
        .collect();
    let row = Row { label: Text::new("書かれた費用の合計(円)", "stated costs, sum (yen)"), cells };
    (!costs.is_empty())
        .then(|| section("費用(現況表に書かれたものだけ)", "Costs, as far as the inventory states them", vec![row]))
}

/// A number in groups of three digits.
pub(super) fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}
