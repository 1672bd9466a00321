//! The file of expected changes: which differences between two drawings may happen.
//!
//! Every name in it has to be known to one of the two drawings; everything that is wrong is told at once. Whether the
//! changes happen is not known here.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::load::{Failed, LoadError, Loader, unreadable};
use super::read::{Written, read};
use super::resolve::names::normal;
use super::resolve::service;
use super::suggest::nearest;
use super::value::{Name, Names};
use crate::diagnostic::{Code, Diagnostic, Severity, Text, sort};
use crate::model::{Carrier, ExpectedChange, ExpectedEnds, ExpectedWay, ExpectedWhat, Model, Role};
use crate::source::{FileId, Sources, Span};

/// A file of expected changes, understood.
#[derive(Debug)]
pub struct Expected {
    /// Its rows, in order.
    pub changes: Vec<ExpectedChange>,
    /// Its text.
    pub sources: Sources,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename = "Changes", deny_unknown_fields, default)]
struct Changes {
    #[allow(dead_code, reason = "for readers of the file")]
    name: Option<String>,
    expect: Vec<Row>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
enum Row {
    Crossing {
        #[serde(default)]
        from: Names,
        #[serde(default)]
        to: Names,
        #[serde(default)]
        carries: Vec<Carrier>,
        #[serde(default)]
        change: Option<ExpectedWay>,
        #[serde(default)]
        optional: bool,
        #[serde(default)]
        reason: Option<String>,
    },
    Session {
        #[serde(default)]
        from: Names,
        #[serde(default)]
        to: Names,
        #[serde(default)]
        service: Names,
        #[serde(default)]
        change: Option<ExpectedWay>,
        #[serde(default)]
        optional: bool,
        #[serde(default)]
        reason: Option<String>,
    },
    Thing {
        #[serde(default)]
        name: Names,
        #[serde(default)]
        change: Option<ExpectedWay>,
        #[serde(default)]
        optional: bool,
        #[serde(default)]
        reason: Option<String>,
    },
    Control {
        #[serde(default)]
        control: Names,
        #[serde(default)]
        at: Names,
        #[serde(default)]
        change: Option<ExpectedWay>,
        #[serde(default)]
        optional: bool,
        #[serde(default)]
        reason: Option<String>,
    },
    Finding {
        #[serde(default)]
        of: Names,
        #[serde(default)]
        optional: bool,
        #[serde(default)]
        reason: Option<String>,
    },
    Depth {
        #[serde(default)]
        of: Names,
        #[serde(default)]
        optional: bool,
        #[serde(default)]
        reason: Option<String>,
    },
    Demand {
        #[serde(default)]
        of: Names,
        #[serde(default)]
        optional: bool,
        #[serde(default)]
        reason: Option<String>,
    },
}

/// Reads the changes that may happen between two drawings.
///
/// # Errors
/// [`Failed`] with every mistake found.
pub fn expected(loader: &mut dyn Loader, before: &Model, after: &Model) -> Result<Expected, Failed> {
    let mut sources = Sources::default();
    let failed = |sources, diagnostics| Err(Failed { sources, diagnostics });
    let (name, text) = match loader.root() {
        Ok(found) => found,
        Err(error) => return failed(sources, vec![unreadable(None, &loader.name(), &error)]),
    };
    let file = match sources.add(name.clone(), text) {
        Ok(file) => file,
        Err(_) => return failed(sources, vec![unreadable(None, &name, &LoadError::TooLarge)]),
    };
    let found = read::<Changes>(file, sources.get(file), Written::Changes);
    let mut reader = Reader { models: [before, after], file, diagnostics: found.diagnostics };
    let mut changes = Vec::new();
    if !found.damage.is_whole() {
        // What could not be read is missing in a row, and that has been said.
        let read = reader.diagnostics.is_empty();
        for (i, row) in found.document.expect.into_iter().enumerate() {
            let change = reader.row(row);
            if read && names_nothing(&change.what) && reader.diagnostics.is_empty() {
                reader.diagnostics.push(Diagnostic::error(
                    Code::MISSING_FIELD,
                    change.span,
                    Text::new(
                        format!("{} 行目の期待 {} は何も名指していません", i + 1, change.text),
                        format!("row {} of the expected changes, {}, names nothing", i + 1, change.text),
                    ),
                    Text::new("name か of が必要です", "name or of is needed"),
                ));
            }
            changes.push(change);
        }
    }
    let mut diagnostics = reader.diagnostics;
    sort(&mut diagnostics);
    if diagnostics.iter().any(|d| d.severity == Severity::Error) {
        return failed(sources, diagnostics);
    }
    Ok(Expected { changes, sources })
}

/// Whether a row that has to name something does not.
fn names_nothing(what: &ExpectedWhat) -> bool {
    match what {
        ExpectedWhat::Thing(l) | ExpectedWhat::Finding(l) | ExpectedWhat::Depth(l) | ExpectedWhat::Demand(l) => {
            l.is_empty()
        }
        _ => false,
    }
}

struct Reader<'a> {
    models: [&'a Model; 2],
    file: FileId,
    diagnostics: Vec<Diagnostic>,
}

fn listed(names: &Names) -> String {
    let list: Vec<String> = names.0.iter().map(|n| format!("\"{}\"", n.text)).collect();
    if list.len() == 1 { list.concat() } else { format!("[{}]", list.join(", ")) }
}

/// A carrier as drawings and these files write it.
fn written(carrier: Carrier) -> &'static str {
    match carrier {
        Carrier::Own => "Control",
        Carrier::Req => "Request",
        Carrier::Rsp => "Response",
        Carrier::Scr => "Screen",
        Carrier::Key => "Keys",
        Carrier::Raw => "RawFile",
        Carrier::Chk => "CheckedFile",
        Carrier::San => "CleanFile",
        Carrier::Txt => "Text",
        Carrier::Ctl => "Admin",
    }
}

impl Reader<'_> {
    fn row(&mut self, row: Row) -> ExpectedChange {
        let mut told: Vec<String> = Vec::new();
        let mut first: Option<Span> = None;
        let mut tell = |field: &str, names: &Names| {
            if let Some(n) = names.0.first() {
                first = first.or(Some(n.span));
                told.push(format!("{field}: {}", listed(names)));
            }
        };
        let (word, what, way, optional, reason) = match row {
            Row::Crossing { from, to, carries, change, optional, reason } => {
                tell("from", &from);
                tell("to", &to);
                if !carries.is_empty() {
                    let words: Vec<&str> = carries.iter().map(|&c| written(c)).collect();
                    told.push(format!("carries: [{}]", words.join(", ")));
                }
                let (from, to) = (self.ends(&from), self.ends(&to));
                ("Crossing", ExpectedWhat::Crossing { from, to, carries }, change, optional, reason)
            }
            Row::Session { from, to, service, change, optional, reason } => {
                tell("from", &from);
                tell("to", &to);
                tell("service", &service);
                let (from, to) = (self.ends(&from), self.ends(&to));
                let services = self.services(&service);
                ("Session", ExpectedWhat::Session { from, to, services }, change, optional, reason)
            }
            Row::Thing { name, change, optional, reason } => {
                tell("name", &name);
                let names = self.known(&name, things, ("図面にある名前", "a name of the drawings"));
                ("Thing", ExpectedWhat::Thing(names), change, optional, reason)
            }
            Row::Control { control, at, change, optional, reason } => {
                tell("control", &control);
                tell("at", &at);
                let controls = self.known(&control, controls, ("機器の対策", "a control of the machines"));
                let at = self.ends(&at);
                ("Control", ExpectedWhat::Control { controls, at }, change, optional, reason)
            }
            Row::Finding { of, optional, reason } => {
                tell("of", &of);
                let names =
                    self.known(&of, findings, ("検査の名前か規則の番号", "the name of a check or the id of a rule"));
                ("Finding", ExpectedWhat::Finding(names), None, optional, reason)
            }
            Row::Depth { of, optional, reason } => {
                tell("of", &of);
                let names = self.known(&of, checks, ("検査の名前", "the name of a check"));
                ("Depth", ExpectedWhat::Depth(names), None, optional, reason)
            }
            Row::Demand { of, optional, reason } => {
                tell("of", &of);
                let names = self.known(&of, demands, ("対策の番号", "the id of a control"));
                ("Demand", ExpectedWhat::Demand(names), None, optional, reason)
            }
        };
        if let Some(way) = way {
            told.push(format!("change: {way:?}"));
        }
        let text = format!("{word}({})", told.join(", "));
        ExpectedChange { what, way, optional, reason, text, span: first.unwrap_or(Span::new(self.file, 0..0)) }
    }

    /// Machines and segments by the names of machines, networks and segments; none is anybody.
    fn ends(&mut self, names: &Names) -> Option<ExpectedEnds> {
        if names.0.is_empty() {
            return None;
        }
        let mut found = ExpectedEnds::default();
        for name in &names.0 {
            let text = normal(&name.text);
            let mut known = false;
            for m in self.models {
                if m.segments.values().any(|s| s.name == text) {
                    found.segments.push(text.clone());
                    known = true;
                    continue;
                }
                if m.nodes.values().any(|n| n.name == text) {
                    found.machines.push(text.clone());
                    known = true;
                    continue;
                }
                let Some((zone, _)) = m.zones.iter().find(|(_, z)| z.name == text) else { continue };
                known = true;
                let here = m.faces.values().filter(|f| f.zone == Some(zone)).map(|f| m.nodes[f.node].name.clone());
                found.machines.extend(here);
                found.machines.push(text.clone());
            }
            if !known {
                let all = places(self.models);
                self.unknown(name, &all, ("機器、ネットワーク、セグメントの名前", "a machine, network or segment"));
            }
        }
        for list in [&mut found.machines, &mut found.segments] {
            list.sort();
            list.dedup();
        }
        Some(found)
    }

    fn services(&mut self, names: &Names) -> Option<Vec<crate::model::Service>> {
        if names.0.is_empty() {
            return None;
        }
        let mut all = Vec::new();
        for name in &names.0 {
            match service::parse(&name.text) {
                Ok(services) => all.extend(services),
                Err(text) => {
                    let label = Text::new("サービスの誤りです", "malformed service");
                    let help = Text::new(
                        "書き方: `tcp 443`、`udp 53,123`、`icmp`、`any`(図面の services の定義名は使えません)",
                        "write `tcp 443`, `udp 53,123`, `icmp` or `any` (names defined in a drawing are not known here)",
                    );
                    self.diagnostics.push(Diagnostic::error(Code::BAD_SERVICE, name.span, text, label).help(help));
                }
            }
        }
        Some(all)
    }

    fn known(
        &mut self,
        names: &Names,
        list: fn(&Model) -> Vec<String>,
        what: (&'static str, &'static str),
    ) -> Vec<String> {
        let mut all: BTreeSet<String> = BTreeSet::new();
        self.models.iter().for_each(|m| all.extend(list(m)));
        let mut found = Vec::new();
        for name in &names.0 {
            let text = normal(&name.text);
            if all.contains(&text) {
                found.push(text);
            } else {
                self.unknown(name, &all, what);
            }
        }
        found
    }

    fn unknown(&mut self, name: &Name, known: &BTreeSet<String>, (ja, en): (&str, &str)) {
        let text = &name.text;
        let mut d = Diagnostic::error(
            Code::UNKNOWN_NAME,
            name.span,
            Text::new(format!("`{text}` はどちらの図面にもありません"), format!("neither drawing knows `{text}`")),
            Text::new(format!("{ja}が必要です"), format!("{en} is expected")),
        );
        if let Some(near) = nearest(text, known.iter().map(String::as_str)) {
            d = d.fix(name.span, near);
        }
        self.diagnostics.push(d);
    }
}

fn places(models: [&Model; 2]) -> BTreeSet<String> {
    let of = |m: &Model| -> Vec<String> {
        let segments = m.segments.values().map(|s| s.name.clone());
        let zones = m.zones.values().map(|z| z.name.clone());
        segments.chain(zones).chain(m.nodes.values().map(|n| n.name.clone())).collect()
    };
    models.into_iter().flat_map(of).collect()
}

/// The word by which a row names the drawing itself: its model, edition and switches.
const DRAWING: &str = "drawing";

fn things(m: &Model) -> Vec<String> {
    let mut all: Vec<String> = places([m, m]).into_iter().collect();
    all.push(DRAWING.to_owned());
    all.extend(m.communications.values().map(|c| c.name.clone()));
    all.extend(m.media.iter().filter_map(|x| x.name.clone()));
    all.extend(m.measures.iter().map(|x| x.control.clone()));
    all.extend(m.exceptions.iter().map(|e| e.id.clone()));
    all.extend(m.groups.iter().map(|g| g.name.clone()));
    all
}

fn controls(m: &Model) -> Vec<String> {
    let mut all: Vec<String> = m.nodes.values().flat_map(|n| n.controls.clone()).collect();
    all.push("binding".to_owned());
    if m.nodes.values().any(|n| matches!(&n.role, Role::Endpoint(e) if e.isolation.is_some())) {
        all.push("isolation".to_owned());
    }
    if m.nodes.values().any(|n| n.declared.isolates_guests) {
        all.push("vmiso".to_owned());
    }
    all
}

fn checks(m: &Model) -> Vec<String> {
    m.checks.values().map(|c| c.name.clone()).collect()
}

fn findings(m: &Model) -> Vec<String> {
    checks(m).into_iter().chain(m.rulebook.rules.iter().map(|r| r.id.clone())).collect()
}

fn demands(m: &Model) -> Vec<String> {
    m.rulebook.controls.iter().map(|c| c.id.clone()).collect()
}
