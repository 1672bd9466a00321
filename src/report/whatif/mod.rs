//! What changes if something in a drawing were different, told: names and places restored, for `text`, `json`, `markdown`.
//!
//! Here is what is told; the three files beside this one lay it out. Not here: what differs (`change`).

mod json;
mod markdown;
mod text;

pub use json::what_if_json;
pub use markdown::what_if_markdown;
pub use text::what_if_text;

use super::names::Scribe;
use super::{DepthReport, OpenReport, Outcome, PathReport, Place, words};
use crate::change::{Alone, Became, Differences, Issue, Key, Protection, Rests, Stand, State};
use crate::diagnostic::Text;
use crate::model::{Date, Lens, Model, Question, Status};
use crate::source::Sources;

/// What a report of changes is made of.
#[derive(Debug, Clone, Copy)]
pub struct WhatIfInput<'a> {
    /// The drawing as it is.
    pub before: &'a Stand<'a>,
    /// As it would be.
    pub after: &'a Stand<'a>,
    /// What differs.
    pub differences: &'a Differences,
    /// The files of both, with the changes.
    pub sources: &'a Sources,
    /// What is still named although it is gone.
    pub stale: &'a [(String, crate::source::Span)],
    /// What was to be different: the flag and its words.
    pub changes: &'a [(String, String)],
    /// What each control alone makes wrong, if that was asked.
    pub controls: Option<&'a [Alone]>,
    /// What each device alone makes wrong, if that was asked.
    pub devices: Option<&'a [Alone]>,
    /// The day of judgement.
    pub as_of: Option<Date>,
}

/// What changes if something were different.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhatIfReport {
    /// The name of the drawing.
    pub drawing: String,
    /// Its file.
    pub file: String,
    /// The day of judgement, if one was needed.
    pub as_of: Option<String>,
    /// What was to be different: the flag and its words.
    pub changes: Vec<(String, String)>,
    /// What became wrong.
    pub wrong: Vec<BecameReport>,
    /// What became undecided.
    pub open: Vec<BecameReport>,
    /// What became right, or is not asked any more.
    pub right: Vec<BecameReport>,
    /// How many are as wrong as before.
    pub still_wrong: usize,
    /// How many are as open as before.
    pub still_open: usize,
    /// Checks that are about nothing now.
    pub silent: Vec<Text>,
    /// Forbidden paths that rest on other controls than before.
    pub rests: Vec<RestReport>,
    /// Every forbidden path that is closed in the drawing as it would be, and on what that rests.
    pub protected: Vec<RestReport>,
    /// What is still named although it is gone, and where.
    pub stale: Vec<(String, Place)>,
    /// What each control alone makes wrong, the worst first; `None` if it was not asked.
    pub controls: Option<Vec<AloneReport>>,
    /// What each device alone makes wrong, the worst first; `None` if it was not asked.
    pub devices: Option<Vec<AloneReport>>,
    /// Internal errors: then nothing here may be relied on.
    pub faults: Vec<String>,
}

/// Something that became another thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BecameReport {
    /// `crossing`, `path`, `flow`, `rule`.
    pub kind: &'static str,
    /// The name that machines know it by.
    pub name: String,
    /// What is, or was, the matter.
    pub text: Text,
    /// How it stood.
    pub before: State,
    /// How it stands.
    pub after: State,
    /// The path, replayed.
    pub path: Option<(Lens, PathReport)>,
    /// What would have to be stated.
    pub open: Vec<OpenReport>,
    /// Where it is asked or written.
    pub place: Option<Place>,
}

/// On what it rests that a forbidden path is closed, before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestReport {
    /// The name of the check.
    pub check: String,
    /// From where to where, and what.
    pub title: Text,
    /// Before; `None` if it was about nothing.
    pub before: Option<(Status, DepthReport)>,
    /// After.
    pub after: Option<(Status, DepthReport)>,
}

/// What a single failure does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AloneReport {
    /// Its name in the drawing.
    pub name: String,
    /// What people call it.
    pub title: Text,
    /// What becomes wrong: kind, name and title.
    pub wrong: Vec<(&'static str, String, Text)>,
    /// What becomes undecided.
    pub open: Vec<(&'static str, String, Text)>,
    /// Why there is no drawing without it.
    pub no_drawing: Option<Text>,
}

impl WhatIfReport {
    /// Restores names and places.
    #[must_use]
    pub fn new(input: &WhatIfInput<'_>) -> Self {
        let WhatIfInput { before, after, differences: d, sources, .. } = *input;
        let old = Scribe { model: before.model, sources };
        let new = Scribe { model: after.model, sources };
        let mut faults = d.faults.clone();
        faults
            .extend(input.controls.iter().chain(&input.devices).flat_map(|l| l.iter()).flat_map(|a| a.faults.clone()));
        // A path belongs to the drawing in which it was found: what is right now was wrong before.
        let told = |list: &[Became], scribe: &Scribe<'_>| list.iter().map(|b| became(scribe, b)).collect::<Vec<_>>();
        let rest = |check: &str, was: Option<&Protection>, is: Option<&Protection>| RestReport {
            check: check.to_owned(),
            title: if is.is_some() { path_title(&new, check) } else { path_title(&old, check) },
            before: was.map(protection),
            after: is.map(protection),
        };
        let closed = after.protections.iter().filter(|(_, p)| p.status == Status::Holds);
        Self {
            drawing: before.model.name.clone(),
            file: sources.iter().next().map(|(_, s)| s.name().to_owned()).unwrap_or_default(),
            as_of: input.as_of.map(|d| d.to_string()),
            changes: input.changes.to_vec(),
            wrong: told(&d.wrong, &new),
            open: told(&d.open, &new),
            right: told(&d.right, &old),
            still_wrong: d.still_wrong,
            still_open: d.still_open,
            silent: d.silent.iter().map(|k| title(&old, k)).collect(),
            rests: d.rests.iter().map(|r| rest(&r.check, r.before.as_ref(), r.after.as_ref())).collect(),
            protected: closed.map(|(check, p)| rest(check, before.protections.get(check), Some(p))).collect(),
            stale: input.stale.iter().map(|(name, span)| (name.clone(), new.place(*span))).collect(),
            controls: input.controls.map(|l| l.iter().map(|a| alone(&new, a, words::guard(&a.name))).collect()),
            devices: input.devices.map(|l| l.iter().map(|a| alone(&new, a, device(&new, &a.name))).collect()),
            faults,
        }
    }

    /// Whether no verdict is another one.
    #[must_use]
    pub fn is_unchanged(&self) -> bool {
        self.wrong.is_empty() && self.open.is_empty() && self.right.is_empty()
    }

    /// How the run ends: something becomes wrong, else something becomes open, else neither.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let alone = || self.controls.iter().chain(&self.devices).flatten();
        if !self.faults.is_empty() {
            Outcome::Unusable
        } else if !self.wrong.is_empty() || alone().any(|a| !a.wrong.is_empty() || a.no_drawing.is_some()) {
            Outcome::Violated
        } else if !self.open.is_empty() || alone().any(|a| !a.open.is_empty()) {
            Outcome::Undecided
        } else {
            Outcome::Holds
        }
    }
}

fn kind(key: &Key) -> &'static str {
    match key {
        Key::NoDrawing => "drawing",
        Key::Crossing(..) => "crossing",
        Key::Path(_) => "path",
        Key::Flow(_) => "flow",
        Key::Rule(..) => "rule",
    }
}

fn became(scribe: &Scribe<'_>, b: &Became) -> BecameReport {
    let Issue { text, path, span, .. } = &b.issue;
    let text = match &b.key {
        Key::Path(name) => path_title(scribe, name),
        _ => text.clone(),
    };
    let assumptions = &scribe.model.assumptions;
    BecameReport {
        kind: kind(&b.key),
        name: b.key.to_string(),
        text,
        before: b.before,
        after: b.after,
        path: path.as_ref().map(|(lens, _, witness)| (*lens, scribe.path(*lens, witness))),
        open: b
            .missing
            .iter()
            .map(|&a| &assumptions[a])
            .map(|a| OpenReport { text: a.text.clone(), place: a.span.map(|s| scribe.place(s)) })
            .collect(),
        place: span.map(|s| scribe.place(s)),
    }
}

fn alone(scribe: &Scribe<'_>, a: &Alone, title: Text) -> AloneReport {
    let list =
        |all: &[(Key, Issue)]| all.iter().map(|(k, _)| (kind(k), k.to_string(), short(scribe, k))).collect::<Vec<_>>();
    AloneReport {
        name: a.name.clone(),
        title,
        wrong: list(&a.wrong),
        open: list(&a.open),
        no_drawing: a.no_drawing.clone(),
    }
}

fn device(scribe: &Scribe<'_>, name: &str) -> Text {
    let node = scribe.model.nodes.iter().find(|(_, n)| n.name == name);
    let called = node.map_or_else(|| name.to_owned(), |(id, _)| scribe.node(id));
    Text::new(called.clone(), called)
}

fn protection(p: &Protection) -> (Status, DepthReport) {
    let depth = match &p.depth {
        Rests::Never => DepthReport::None,
        Rests::On(n, sets) => DepthReport::Exactly(*n, sets.clone()),
        Rests::AtLeast(n) => DepthReport::AtLeast(*n),
    };
    (p.status, depth)
}

/// What a key is about, in few words.
fn title(scribe: &Scribe<'_>, key: &Key) -> Text {
    match key {
        Key::Crossing(from, to, carrier) => {
            let label = |name: &String| segment(scribe.model, name).unwrap_or_else(|| name.clone());
            let (from, to) = (label(from), label(to));
            match carrier_of(carrier) {
                Some(k) => {
                    Text::new(format!("通過 {from} → {to}({})", k.ja), format!("crossing {from} → {to} ({})", k.en))
                }
                None => Text::new(format!("通過 {from} → {to}"), format!("crossing {from} → {to}")),
            }
        }
        Key::Path(name) => path_title(scribe, name),
        Key::Flow(name) => Text::new(format!("必要な通信 {name}"), format!("required flow {name}")),
        Key::Rule(id, _) => Text::new(format!("規則 {id}"), format!("rule {id}")),
        Key::NoDrawing => Text::new("図面にならない", "no drawing"),
    }
}

/// As [`title`], with names instead of labels: for one line among many.
fn short(scribe: &Scribe<'_>, key: &Key) -> Text {
    let whole = |text: Text, faces: &[crate::model::FaceId]| {
        let model = scribe.model;
        let segment = faces.first().and_then(|&f| model.faces[f].segment);
        match segment.filter(|&s| model.faces_of(s).eq(faces.iter().copied())) {
            Some(s) => Text::new(model.segments[s].name.clone(), model.segments[s].name.clone()),
            None => text,
        }
    };
    match key {
        Key::Crossing(from, to, carrier) => match carrier_of(carrier) {
            Some(k) => Text::new(format!("通過 {from} → {to}({})", k.ja), format!("crossing {from} → {to} ({})", k.en)),
            None => Text::new(format!("通過 {from} → {to}"), format!("crossing {from} → {to}")),
        },
        Key::Path(name) => match scribe.model.checks.values().find(|c| c.name == *name).map(|c| &c.question) {
            Some(Question::Forbid { lens, from, to, eyes }) => {
                let (a, b) = (whole(scribe.set(from), from), whole(scribe.set(to), to));
                let (ja, en) = lens_word(*lens, *eyes);
                Text::new(format!("{ja} {} → {}", a.ja, b.ja), format!("{en} {} → {}", a.en, b.en))
            }
            _ => Text::new(name, name),
        },
        other => title(scribe, other),
    }
}

fn carrier_of(word: &str) -> Option<Text> {
    crate::model::Carrier::ALL.into_iter().find(|k| k.as_str() == word).map(crate::model::Carrier::crossing_name)
}

fn lens_word(lens: Lens, eyes: bool) -> (&'static str, &'static str) {
    match (lens, eyes) {
        (Lens::Leak, false) => ("漏えい", "leak"),
        (Lens::Leak, true) => ("漏えい(画面を見て写す場合も)", "leak, by eye too,"),
        _ => ("攻撃", "attack"),
    }
}

fn segment(model: &Model, name: &str) -> Option<String> {
    model.segments.values().find(|s| s.name == name).map(|s| super::names::called(&s.label, &s.name))
}

/// `攻撃 外部 → LGWAN接続系`, from the name of a check; the name itself if no such check is there.
fn path_title(scribe: &Scribe<'_>, name: &str) -> Text {
    let check = scribe.model.checks.values().find(|c| c.name == name);
    let Some(Question::Forbid { lens, from, to, eyes }) = check.map(|c| &c.question) else {
        return Text::new(name, name);
    };
    let (a, b) = (scribe.set(from), scribe.set(to));
    let (ja, en) = lens_word(*lens, *eyes);
    Text::new(format!("{ja} {} → {}", a.ja, b.ja), format!("{en} {} → {}", a.en, b.en))
}

/// On what a closed path rests, in a sentence and, if there are several, the sets of controls.
fn resting((status, depth): &(Status, DepthReport)) -> (Text, Vec<Text>) {
    match status {
        Status::Violated => (Text::new("何も破られなくても届く", "reached though nothing fails"), Vec::new()),
        Status::Undecided => (
            Text::new("届くかどうか、図面からは決められない", "the drawing does not decide whether it is reached"),
            Vec::new(),
        ),
        _ => words::depth(depth),
    }
}

/// What changes of a resting place whose depth stays: the sets of controls that are none any more, and new ones.
fn moved(r: &RestReport) -> Option<(u32, Vec<Text>, Vec<Text>)> {
    let (Some((_, DepthReport::Exactly(a, was))), Some((_, DepthReport::Exactly(b, is)))) = (&r.before, &r.after)
    else {
        return None;
    };
    let only = |these: &[Vec<String>], those: &[Vec<String>]| -> Vec<Text> {
        these.iter().filter(|s| !those.contains(s)).map(|s| set(s)).collect()
    };
    (a == b && *a > 0).then(|| (*a, only(was, is), only(is, was)))
}

/// Controls that fail together.
fn set(names: &[String]) -> Text {
    let list: Vec<Text> = names.iter().map(|g| words::guard(g)).collect();
    let join = |pick: fn(&Text) -> &str, and: &str| list.iter().map(pick).collect::<Vec<_>>().join(and);
    Text::new(join(|t| &t.ja, " と "), join(|t| &t.en, " and "))
}

/// The word of machine output for a state.
fn state_word(state: State) -> &'static str {
    match state {
        State::NotAsked => "not_asked",
        State::Right => "right",
        State::Open => "undecided",
        State::Wrong => "wrong",
    }
}

/// A state as people say it.
fn state_text(state: State) -> Text {
    let (ja, en) = match state {
        State::NotAsked => ("問われない", "not asked"),
        State::Right => ("問題なし", "right"),
        State::Open => ("未確定", "undecided"),
        State::Wrong => ("違反", "wrong"),
    };
    Text::new(ja, en)
}

/// The first sentence: how many of what.
fn headline(report: &WhatIfReport) -> Text {
    if report.is_unchanged() {
        return Text::new("どの判定も変わりません", "no verdict changes");
    }
    let (w, o, r) = (report.wrong.len(), report.open.len(), report.right.len());
    let (mut ja, mut en) = (Vec::new(), Vec::new());
    for (n, j, e) in [
        (w, "違反になるもの", "become wrong"),
        (o, "未確定になるもの", "become undecided"),
        (r, "違反や未確定でなくなるもの", "are not wrong or undecided any more"),
    ] {
        if n > 0 {
            ja.push(format!("{j} {n} 件"));
            en.push(format!("{n} {e}"));
        }
    }
    Text::new(ja.join("、"), en.join(", "))
}

/// How many stay as they are.
fn staying(report: &WhatIfReport) -> Text {
    let (w, o) = (report.still_wrong, report.still_open);
    Text::new(
        format!("変わらず違反 {w} 件、変わらず未確定 {o} 件"),
        format!("as wrong as before: {w}, as undecided as before: {o}"),
    )
}
