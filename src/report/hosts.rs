//! Every host and store against every other one, as a table while it is small and as a list by source beyond.
//!
//! Marks are a sign and a word, never a colour alone. Not here: who reaches whom (`verify::fast::hosts`).

use std::collections::BTreeMap;

use serde::Serialize;

use super::json::{SCHEMA_VERSION, written};
use super::text::{Look, Page, Style, columns, fill};
use crate::compose::Union;
use crate::model::{Lens, Model, NodeId};
use crate::verify::fast::{HostReach, Hosts};

/// More hosts than this make a table that no terminal shows.
const LARGEST_TABLE: usize = 12;

/// Whose hosts and stores a table has.
pub trait HostNames {
    /// What is drawn.
    fn title(&self) -> &str;
    /// The name of a row or column.
    fn name(&self, node: NodeId) -> &str;
    /// How many machines it stands for.
    fn count(&self, node: NodeId) -> u32;
}

impl HostNames for Model {
    fn title(&self) -> &str {
        &self.name
    }

    fn name(&self, node: NodeId) -> &str {
        &self.nodes[node].name
    }

    fn count(&self, node: NodeId) -> u32 {
        self.nodes[node].count
    }
}

impl HostNames for Union {
    fn title(&self) -> &str {
        &self.name
    }

    fn name(&self, node: NodeId) -> &str {
        self.machine(node).0
    }

    fn count(&self, node: NodeId) -> u32 {
        self.machine(node).1
    }
}

/// The text of `sekisho matrix --hosts`.
#[must_use]
pub fn hosts_text(of: &dyn HostNames, all: &[Hosts], style: Style) -> String {
    let mut page = Page::new(style);
    for (i, hosts) in all.iter().enumerate() {
        if i > 0 {
            page.blank();
        }
        let pairs: usize = hosts.rows.iter().map(|r| r.sure.len() + r.possible.len()).sum();
        let (n, ja, en) = match hosts.lens {
            Lens::Leak => (
                hosts.rows.len(),
                "漏えい: 行の情報が、列に再び使える形で届く",
                "leak: information of the row arrives at the column",
            ),
            _ => (
                hosts.rows.len(),
                "攻撃: 行を握った者が、列も握る",
                "attack: whoever controls the row comes to control the column",
            ),
        };
        let head = page.pick(
            &format!("{ja}(端末・サーバと保管庫 {n}、通じる組 {pairs})"),
            &format!("{en} ({n} hosts and stores, {pairs} pairs connected)"),
        );
        page.line(Look::Head, 0, &head);
        let key =
            page.pick("× 通じる  ? 通じるかは未確定  - 通じない", "× reached  ? undecided if reached  - not reached");
        page.line(Look::Plain, 0, &key);
        page.blank();
        if hosts.rows.len() <= LARGEST_TABLE { table(&mut page, of, hosts) } else { list(&mut page, of, hosts) }
    }
    page.finish()
}

fn sign(row: &HostReach, to: NodeId) -> &'static str {
    if row.from == to {
        "\\"
    } else if row.sure.contains(&to) {
        "×"
    } else if row.possible.contains(&to) {
        "?"
    } else {
        "-"
    }
}

fn table(page: &mut Page, of: &dyn HostNames, hosts: &Hosts) {
    let name = |n: NodeId| of.name(n);
    let first = hosts.rows.iter().map(|r| columns(name(r.from))).max().unwrap_or(0) + 2;
    let mut head = fill("", first);
    for r in &hosts.rows {
        head.push_str(&fill(name(r.from), columns(name(r.from)) + 2));
    }
    page.row(Look::Head, &head);
    for row in &hosts.rows {
        let mut text = fill(name(row.from), first);
        for to in &hosts.rows {
            text.push_str(&fill(sign(row, to.from), columns(name(to.from)) + 2));
        }
        page.row(Look::Plain, &text);
    }
}

/// Sources that reach the same are one entry: in a large drawing most of them do.
fn list(page: &mut Page, of: &dyn HostNames, hosts: &Hosts) {
    let names = |all: &[NodeId], comma: &str| all.iter().map(|&n| of.name(n)).collect::<Vec<_>>().join(comma);
    let comma = page.pick("、", ", ");
    // What is reached from each other includes the source itself, so that neighbours fall into one entry.
    let with = |r: &HostReach| {
        let mut sure = r.sure.clone();
        sure.push(r.from);
        sure.sort_unstable();
        (sure, r.possible.clone())
    };
    let mut entries: BTreeMap<_, Vec<NodeId>> = BTreeMap::new();
    for row in hosts.rows.iter().filter(|r| !r.sure.is_empty() || !r.possible.is_empty()) {
        entries.entry(with(row)).or_default().push(row.from);
    }
    let mut entries: Vec<_> = entries.into_iter().collect();
    entries.sort_by_key(|(_, from)| from[0]);
    for ((sure, possible), from) in &entries {
        page.line(Look::Head, 0, &names(from, &comma));
        let others: Vec<NodeId> =
            if from.len() == 1 { sure.iter().copied().filter(|n| *n != from[0]).collect() } else { sure.clone() };
        for (look, mark, to) in [(Look::Bad, "× ", &others), (Look::Open, "? ", possible)] {
            if !to.is_empty() {
                let count = to.len();
                let text =
                    page.pick(&format!("{}({count})", names(to, &comma)), &format!("{} ({count})", names(to, &comma)));
                page.hanging(look, 2, mark, &text);
            }
        }
    }
    let silent: Vec<NodeId> =
        hosts.rows.iter().filter(|r| r.sure.is_empty() && r.possible.is_empty()).map(|r| r.from).collect();
    if !silent.is_empty() {
        page.line(Look::Head, 0, &names(&silent, &comma));
        page.hanging(Look::Plain, 2, "- ", &page.pick("どこにも通じない", "reach nothing"));
    }
}

#[derive(Serialize)]
struct JsonHosts<'a> {
    schema_version: u32,
    drawing: &'a str,
    hosts: Vec<JsonHost<'a>>,
    reaches: Vec<JsonReach<'a>>,
}

#[derive(Serialize)]
struct JsonHost<'a> {
    name: &'a str,
    count: u32,
}

#[derive(Serialize)]
struct JsonReach<'a> {
    lens: &'static str,
    from: &'a str,
    certain: Vec<&'a str>,
    undecided: Vec<&'a str>,
}

/// The form of `sekisho matrix --hosts --format json`.
#[must_use]
pub fn hosts_json(of: &dyn HostNames, all: &[Hosts]) -> String {
    let names = |all: &[NodeId]| all.iter().map(|&n| of.name(n)).collect();
    let reach = |lens: Lens, r: &HostReach| JsonReach {
        lens: lens.as_str(),
        from: of.name(r.from),
        certain: names(&r.sure),
        undecided: names(&r.possible),
    };
    let host = |r: &HostReach| JsonHost { name: of.name(r.from), count: of.count(r.from) };
    written(&JsonHosts {
        schema_version: SCHEMA_VERSION,
        drawing: of.title(),
        hosts: all.first().map(|h| h.rows.iter().map(host).collect()).unwrap_or_default(),
        reaches: all.iter().flat_map(|h| h.rows.iter().map(|r| reach(h.lens, r))).collect(),
    })
}
