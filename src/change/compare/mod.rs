//! One inventory built out as several models: what stands where in each, how deep it is protected, and what would change.
//!
//! Everything is read off the models and verdicts of the drawings; nothing is decided here, and there is no score. What
//! rules, controls and tasks say of each drawing is `guideline`'s and is told beside this. Not here: files and pages.

mod exposure;
mod moves;

pub use exposure::{Depth, Exposure, Goal};
pub use moves::{Changes, Moved, Thing};

use crate::diagnostic::Text;
use crate::model::{Kind, Layer, Model, SeparationModel};
use crate::verify::{Verdict, fast};

/// What the inventory states and the drawings do not show.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Given {
    /// What the body is called.
    pub name: String,
    /// The model that it follows today.
    pub today: Option<SeparationModel>,
    /// Ids of the daily tasks that are needed; `None`: not stated, so all of them.
    pub tasks: Option<Vec<String>>,
    /// Costs: of which model, for what, how many yen.
    pub costs: Vec<(SeparationModel, String, u64)>,
    /// What is not stated, by field.
    pub unstated: Vec<(String, Text)>,
}

/// One drawing, as far as it is compared with the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Which model it follows.
    pub model: SeparationModel,
    /// Its devices, in declared order.
    pub things: Vec<Thing>,
    /// How many controls stand before what is protected.
    pub exposures: Vec<Exposure>,
}

/// The drawings side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// What was stated beside the drawings.
    pub given: Given,
    /// The drawings, in the order in which they were given.
    pub columns: Vec<Column>,
    /// For each drawing what changes from the model of today; empty without one.
    pub changes: Vec<Changes>,
}

impl Column {
    /// What one drawing shows. There is one verdict and one depth per check, in order.
    #[must_use]
    pub fn new(model: &Model, verdicts: &[Verdict], depths: &[Option<fast::Depth>]) -> Option<Self> {
        Some(Self {
            model: model.declared?,
            things: moves::things(model),
            exposures: exposure::exposures(model, verdicts, depths),
        })
    }

    fn count(&self, kind: Kind, layers: &[Layer]) -> u64 {
        let here = self.things.iter().filter(|t| t.kind == kind && t.layer.is_some_and(|l| layers.contains(&l)));
        here.map(|t| u64::from(t.count)).sum()
    }

    /// Terminals that stand in a layer.
    #[must_use]
    pub fn terminals(&self, layer: Layer) -> u64 {
        self.count(Kind::Terminal, &[layer])
    }

    /// Desktops of a layer that are shown elsewhere by screen transfer.
    #[must_use]
    pub fn desktops(&self, layer: Layer) -> u64 {
        self.count(Kind::Desktop, &[layer])
    }
}

impl Comparison {
    /// Puts drawings side by side.
    #[must_use]
    pub fn new(given: Given, columns: Vec<Column>) -> Self {
        let today = given.today.and_then(|t| columns.iter().find(|c| c.model == t));
        let changes = today.map(|t| columns.iter().map(|c| moves::changes(t, c)).collect()).unwrap_or_default();
        Self { given, columns, changes }
    }

    /// Whether a task is needed.
    #[must_use]
    pub fn needs(&self, task: &str) -> bool {
        self.given.tasks.as_ref().is_none_or(|list| list.iter().any(|t| t == task))
    }
}
