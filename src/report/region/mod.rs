//! A region told: its kinds of bodies with what is wrong in each, paths through other bodies step by step.
//!
//! Here names, places and paths are restored; `text` and `json` print them. What a body is worth was decided in `compose`.

mod json;
mod text;

pub use json::region_json;
pub use text::region_text;

use super::names::Scribe;
use super::{Outcome, PathReport, Place};
use crate::change::{Issue, Key, Standing};
use crate::compose::{Composition, Coupled, Kind, Leg, Work};
use crate::diagnostic::Text;
use crate::document::Region;
use crate::model::{Lens, Model, Status};
use crate::source::Sources;

/// A region, told.
#[derive(Debug, Clone)]
pub struct RegionReport {
    /// The name of the region.
    pub name: String,
    /// The answer for all of it.
    pub status: Status,
    /// Kinds of bodies, worst first, then by their first body.
    pub kinds: Vec<KindRow>,
    /// Where bodies cannot be judged one by one.
    pub coupled: Vec<Text>,
    /// How many bodies are judged.
    pub bodies: usize,
    /// How much work it was.
    pub work: Work,
    /// How many warnings there were about the input.
    pub warnings: usize,
    /// Paths that could not be walked again: defects of the program.
    pub faults: Vec<String>,
}

/// Bodies of one kind.
#[derive(Debug, Clone)]
pub struct KindRow {
    /// The body that was judged.
    pub body: BodyRow,
    /// All bodies of the kind, the judged one among them.
    pub members: Vec<BodyRow>,
    /// The worst of it.
    pub status: Status,
    /// Checks and rules asked.
    pub asked: usize,
    /// Checks and rules that hold.
    pub holding: usize,
    /// What is wrong or open.
    pub troubles: Vec<RegionTrouble>,
    /// What its drawing expects of itself and is not so, and where it is written.
    pub differences: Vec<(Text, Place)>,
}

/// A body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyRow {
    /// The path of its names.
    pub path: String,
    /// The name for people.
    pub label: String,
    /// Where it is written.
    pub place: Place,
    /// Its template.
    pub template: Option<String>,
}

/// Something wrong or open in a body.
#[derive(Debug, Clone)]
pub struct RegionTrouble {
    /// What it is about, for programs.
    pub key: String,
    /// `crossing`, `path`, `flow`, `rule`.
    pub kind: &'static str,
    /// Between other bodies and this one.
    pub between_bodies: bool,
    /// Whatever is left open.
    pub certain: bool,
    /// In one sentence.
    pub text: Text,
    /// The path, told.
    pub path: Option<(Lens, PathReport)>,
    /// The parts of the path that lie in other bodies, by number of the step.
    pub legs: Vec<(usize, LegRow)>,
    /// Where it is written.
    pub place: Option<Place>,
}

/// A part of a path in another body.
#[derive(Debug, Clone)]
pub struct LegRow {
    /// The body, by path.
    pub body: String,
    /// The body in whose drawing it is told; it is like the other.
    pub told_of: String,
    /// The part, told.
    pub path: PathReport,
    /// The parts of it that lie in bodies below.
    pub below: Vec<(usize, LegRow)>,
}

impl RegionReport {
    /// Restores names, places and paths.
    #[must_use]
    pub fn new(region: &Region, composition: &Composition) -> Self {
        let mut kinds: Vec<KindRow> = composition.kinds.iter().map(|k| kind(region, composition, k)).collect();
        let rank = |s: Status| match s {
            Status::Violated => 0,
            Status::Undecided => 1,
            Status::Vacuous => 2,
            Status::Holds => 3,
        };
        kinds.sort_by_key(|k| rank(k.status));
        let coupled: Vec<Text> = composition.coupled.iter().map(|c| coupling(region, c)).collect();
        let worst = kinds.iter().map(|k| k.status).min_by_key(|s| rank(*s)).unwrap_or(Status::Undecided);
        let status = if worst == Status::Holds && !coupled.is_empty() { Status::Undecided } else { worst };
        if !coupled.is_empty() {
            for kind in kinds.iter_mut().filter(|k| k.status == Status::Holds) {
                kind.status = Status::Undecided;
            }
        }
        let faults = composition.kinds.iter().flat_map(|k| k.own.faults.iter().chain(&k.others.faults));
        Self {
            name: region.name.clone(),
            status,
            bodies: kinds.iter().map(|k| k.members.len()).sum(),
            kinds,
            coupled,
            work: composition.work.clone(),
            warnings: region.warnings.len() + composition.warnings.len(),
            faults: faults.cloned().collect(),
        }
    }

    /// How the run ends, for scripts.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        match self.status {
            _ if !self.faults.is_empty() => Outcome::Unusable,
            Status::Holds => Outcome::Holds,
            Status::Violated => Outcome::Violated,
            Status::Undecided | Status::Vacuous => Outcome::Undecided,
        }
    }
}

fn body(region: &Region, position: usize) -> BodyRow {
    let b = &region.bodies[position];
    let source = region.sources.get(b.span.file);
    let at = source.line_column(b.span.start as usize);
    BodyRow {
        path: b.path.clone(),
        label: b.label.clone(),
        place: Place { file: source.name().to_owned(), line: at.line, column: at.column },
        template: b.template.clone(),
    }
}

fn kind(region: &Region, composition: &Composition, kind: &Kind) -> KindRow {
    let mut troubles = Vec::new();
    for (standing, model, between) in [(&kind.own, &kind.model, false), (&kind.others, &kind.with_others, true)] {
        troubles.extend(all_troubles(region, composition, standing, model, &kind.sources, between));
    }
    // What others do to it is what nobody sees in its own drawing, so it comes first.
    troubles.sort_by_key(|t| (!t.certain, !t.between_bodies, t.path.is_none()));
    let scribe = Scribe { model: &kind.model, sources: &kind.sources };
    let differences = kind.differences.iter().map(|d| (d.text.clone(), scribe.place(d.span))).collect();
    KindRow {
        differences,
        body: body(region, kind.body),
        members: kind.members.iter().map(|&m| body(region, m)).collect(),
        status: kind.status(),
        asked: kind.asked,
        holding: kind.own.holding + kind.others.holding,
        troubles,
    }
}

fn all_troubles(
    region: &Region,
    composition: &Composition,
    standing: &Standing,
    model: &Model,
    sources: &Sources,
    between: bool,
) -> Vec<RegionTrouble> {
    let scribe = Scribe { model, sources };
    let one = |(key, issue): (&Key, &Issue)| {
        let told = issue.path.as_ref().map(|(lens, _, witness)| (*lens, scribe.path(*lens, witness)));
        let legs = issue.path.as_ref().map(|(lens, _, witness)| {
            composition.tell(model, witness).into_iter().map(|(i, l)| (i, leg(region, *lens, &l))).collect()
        });
        RegionTrouble {
            key: key.to_string(),
            kind: match key {
                Key::NoDrawing => "drawing",
                Key::Crossing(..) => "crossing",
                Key::Path(_) => "path",
                Key::Flow(_) => "flow",
                Key::Rule(..) => "rule",
            },
            between_bodies: between,
            certain: issue.certain,
            text: issue.text.clone(),
            path: told,
            legs: legs.unwrap_or_default(),
            place: issue.span.map(|s| scribe.place(s)),
        }
    };
    standing.issues.iter().map(one).collect()
}

fn leg(region: &Region, lens: Lens, leg: &Leg<'_>) -> LegRow {
    let scribe = Scribe { model: leg.model, sources: leg.sources };
    let mut path = scribe.path(lens, &leg.witness);
    if !leg.starts_at_machines {
        // Who holds the beginning was told before.
        let from = path.start.called();
        path.opening = Text::new(format!("{from} から"), format!("from {from}"));
        path.start.count = 1;
    }
    LegRow {
        body: region.bodies[leg.body].path.clone(),
        told_of: region.bodies[leg.told_of].path.clone(),
        path,
        below: leg.below.iter().map(|(i, l)| (*i, self::leg(region, lens, l))).collect(),
    }
}

fn coupling(region: &Region, coupled: &Coupled) -> Text {
    let path = |b: usize| &region.bodies[b].path;
    match coupled {
        Coupled::Pair { from, to, zone } => Text::new(
            format!("`{}` から `{}` へ、`{zone}` で直接パケットが届きうる", path(*from), path(*to)),
            format!("packets can get from `{}` to `{}` directly, at `{zone}`", path(*from), path(*to)),
        ),
        Coupled::Carrier { body, from, to } => Text::new(
            format!("`{}` の機器が、共有の `{from}` から `{to}` へ他の団体のパケットを運びうる", path(*body)),
            format!("devices of `{}` can carry packets of others from the shared `{from}` to `{to}`", path(*body)),
        ),
        Coupled::Borrower { body, zone } => Text::new(
            format!(
                "`{}` の機器が共有の `{zone}` に直接つながり、そこにいる他の機器のアドレスを名乗りうる",
                path(*body)
            ),
            format!(
                "a machine of `{}` stands in the shared `{zone}` and could use the addresses of others there",
                path(*body)
            ),
        ),
        Coupled::Address { one, other, zone, address } => Text::new(
            format!("`{}` と `{}` の機器が、共有の `{zone}` で同じアドレス {address} を持つ", path(*one), path(*other)),
            format!("machines of `{}` and `{}` both have {address} in the shared `{zone}`", path(*one), path(*other)),
        ),
        Coupled::TooMany { body } => Text::new(
            format!("`{}` の中を通る道が多すぎて、まとめられない", path(*body)),
            format!("there are too many ways through `{}` to be summed up", path(*body)),
        ),
    }
}
