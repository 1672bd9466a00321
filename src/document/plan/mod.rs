//! Migration plans: a drawing, steps that change it, and the drawing of every stage.
//!
//! A step is text in the words of a drawing, so a stage is resolved like any drawing. What the stages are worth is not
//! known here.

mod apply;
mod check;
mod effects;
mod load;
mod parts;
mod read;
mod shape;
mod stage;
mod whatif;
mod words;

use std::collections::BTreeSet;
use std::sync::Arc;

use super::damage::Damage;
use super::load::{Files, Loader, ReadAs, shorten};
use super::resolve::{Resolved, append, resolve};
use super::shape::Municipality;
use super::value::Name;
use super::{Failed, Loaded};
use crate::diagnostic::{Diagnostic, Severity, Text, sort};
use crate::model::Model;
use crate::model::plan::{Plan, Stage, StepSet};
use crate::model::rulebook::Rulebook;
use crate::source::{FileId, Sources, Span};
use apply::{Misfit, Why};
use effects::Effects;
use shape::StepDoc;
use stage::{Material, Unbuilt};

pub use whatif::{Edited, Ground, load_edited};
pub use words::{Change, Wish};

/// A plan that could be understood: its first and its last stage are drawings.
#[derive(Debug, Clone)]
pub struct LoadedPlan {
    /// What an order needs to know.
    pub plan: Plan,
    /// The files of the plan and of its drawing.
    pub sources: Sources,
    /// What its author probably did not mean.
    pub warnings: Vec<Diagnostic>,
    root: FileId,
    base: Municipality,
    steps: Vec<(Name, StepDoc)>,
    effects: Vec<Effects>,
    canonical: Vec<usize>,
    universe: BTreeSet<String>,
    rulebook: Arc<Rulebook>,
    damage: Damage,
}

/// A stage, drawn.
#[derive(Debug)]
pub struct Drawn {
    /// What it means.
    pub model: Model,
    /// What is named at this stage although it is not there. Sorted.
    pub stale: Vec<(String, Span)>,
}

/// Why a stage is no drawing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoDrawing {
    /// In a few words.
    pub text: Text,
    /// Where the reason is written.
    pub span: Option<Span>,
}

/// Reads a plan with its drawing.
///
/// # Errors
/// [`Failed`] with every mistake found, in the plan, in its drawing and in what the steps make of it.
pub fn load_plan(loader: &mut dyn Loader) -> Result<LoadedPlan, Failed> {
    load::plan(loader)
}

impl LoadedPlan {
    /// The name of the drawing with which it begins.
    #[must_use]
    pub fn drawing(&self) -> &str {
        self.base.name.as_deref().unwrap_or_default()
    }

    /// The drawing of a stage.
    ///
    /// # Errors
    /// Why there is none, when a step needs what another makes.
    pub fn draw(&self, stage: Stage) -> Result<Drawn, NoDrawing> {
        let material = Material {
            base: &self.base,
            steps: &self.steps,
            effects: &self.effects,
            canonical: &self.canonical,
            universe: &self.universe,
        };
        let (whole, variation) = material.draw(stage).map_err(|unbuilt| match unbuilt {
            Unbuilt::Misfits(misfits) => misfits.first().map_or_else(nothing, |m| {
                let d = misfit(m);
                NoDrawing { text: d.message, span: Some(m.name.span) }
            }),
            Unbuilt::NoVersions(name) => NoDrawing {
                text: Text::new(
                    format!("`{name}` の新旧を並べて図にすることはできません"),
                    format!("the old and the new `{name}` cannot be drawn beside each other"),
                ),
                span: None,
            },
        })?;
        let resolved = self.resolve(whole, &variation);
        if let Some(d) = resolved.diagnostics.iter().find(|d| d.severity == Severity::Error) {
            return Err(NoDrawing { text: d.message.clone(), span: d.labels.first().map(|l| l.span) });
        }
        Ok(Drawn { model: resolved.model, stale: resolved.stale })
    }

    /// The same plan with two steps in one go; `None` if that cannot be.
    #[must_use]
    pub fn together(&self, a: usize, b: usize) -> Option<Self> {
        let mut other = self.clone();
        let plan = &mut other.plan;
        let at = |plan: &Plan, step: usize| plan.units.iter().position(|u| u.contains(&step));
        let (a, b) = (at(plan, a)?, at(plan, b)?);
        if a == b {
            return None;
        }
        let gone = plan.units.remove(a.max(b));
        plan.units[a.min(b)].extend(gone);
        plan.units[a.min(b)].sort_unstable();
        let units = plan.units.clone();
        plan.precedences.retain(|p| !units.iter().any(|u| u.contains(&p.first) && u.contains(&p.then)));
        Some(other)
    }

    /// The same plan with one more control on a machine wherever it is there; `None` if the machine cannot have it.
    #[must_use]
    pub fn with_control(&self, node: &str, control: &str) -> Option<Self> {
        let control = match control {
            "Edr" => super::shape::ControlDoc::Edr,
            "Mfa" => super::shape::ControlDoc::Mfa,
            _ => return None,
        };
        let mut other = self.clone();
        let mut added = false;
        let mut add = |whole: &mut Municipality| {
            for (name, doc) in &mut whole.nodes.entries {
                if super::resolve::normal(&name.text) != node {
                    continue;
                }
                let Some(controls) = parts::controls(doc) else { continue };
                let controls = controls.get_or_insert_with(Vec::new);
                if !controls.iter().any(|c| parts::control_word(c) == parts::control_word(&control)) {
                    controls.push(control.clone());
                    added = true;
                }
            }
        };
        add(&mut other.base);
        for (_, step) in &mut other.steps {
            for edit in &mut step.change {
                if let shape::EditDoc::Add(doc) | shape::EditDoc::Replace(doc) = edit {
                    add(doc);
                }
            }
        }
        added.then_some(other)
    }

    fn resolve(&self, mut whole: Municipality, variation: &super::resolve::Variation) -> Resolved {
        // What the drawing expects of its own check is said of the drawing as it stands, not of a stage.
        whole.expect.clear();
        let files = vec![(self.root, whole)];
        resolve(files, self.rulebook.clone(), ReadAs::default(), &self.sources, &self.damage, variation)
    }
}

fn nothing() -> NoDrawing {
    NoDrawing { text: Text::new("図面になりません", "this is no drawing"), span: None }
}

/// What a change did not find, as a mistake.
fn misfit(m: &Misfit) -> Diagnostic {
    use crate::diagnostic::Code;
    let name = &m.name.text;
    let (code, message, label) = match m.why {
        Why::Missing => (
            Code::UNKNOWN_NAME,
            Text::new(format!("`{name}` はありません"), format!("there is no `{name}`")),
            Text::new("変えるものがありません", "nothing to change"),
        ),
        Why::There => (
            Code::DUPLICATE_NAME,
            Text::new(format!("`{name}` は、もうあります"), format!("`{name}` is there already")),
            Text::new("加えるものがありません", "nothing to add"),
        ),
        Why::NotOfKind(part) => (
            Code::NOT_FOR_KIND,
            Text::new(
                format!("`{name}` は、`{part}` のない種類の機器です"),
                format!("`{name}` is a node of a kind without `{part}`"),
            ),
            Text::new(format!("`{part}` は変えられません"), format!("its `{part}` cannot be changed")),
        ),
        Why::NotListed => (
            Code::UNKNOWN_NAME,
            Text::new(format!("`{name}` は、そこに書かれていません"), format!("`{name}` is not written there")),
            Text::new("取り除くものがありません", "nothing to remove"),
        ),
    };
    Diagnostic::error(code, m.name.span, message, label)
}

/// The files of a drawing as one, once it is known that they do not contradict each other.
fn flatten(documents: Vec<(FileId, Municipality)>) -> Municipality {
    let mut whole = Municipality::default();
    for (_, doc) in documents {
        append(&mut whole, doc);
    }
    whole
}

/// The messages of a failed run: errors with the warnings beside them, sorted.
fn failed(sources: Sources, mut diagnostics: Vec<Diagnostic>) -> Failed {
    sort(&mut diagnostics);
    diagnostics.dedup();
    shorten(&mut diagnostics);
    Failed { sources, diagnostics }
}

/// Whether any message is a mistake.
fn any_error(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|d| d.severity == Severity::Error)
}

/// The stage at which everything is done.
fn goal(steps: usize) -> Stage {
    Stage::of(StepSet::all(steps))
}

/// The files of a drawing, read but not resolved.
fn base_files(files: &mut Files, loader: &mut dyn Loader, name: String, text: String) {
    files.read_all(loader, name, text);
    files.read_packs(loader);
}

/// A drawing as it was loaded, for what works on drawings.
fn loaded(resolved: Resolved, sources: Sources, warnings: Vec<Diagnostic>) -> Loaded {
    Loaded { model: resolved.model, sources, warnings, unused: resolved.unused }
}
