//! Single failures, all of them: what each control or each device alone would make wrong.
//!
//! The question behind it: what is the single thing on which everything rests? A control that fails opens ways; a device
//! that is gone closes some. Rules of the guideline speak of designs, so they are not asked of a failing control.

use rayon::prelude::*;

use super::{Issue, Key, Stand, Standing};
use crate::diagnostic::Text;
use crate::document::Ground;
use crate::guideline::{self, Input};
use crate::model::Date;
use crate::network::Network;
use crate::verify::fast;

/// What a single failure does.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Alone {
    /// The control or device.
    pub name: String,
    /// What it makes wrong. Sorted.
    pub wrong: Vec<(Key, Issue)>,
    /// What it makes open. Sorted.
    pub open: Vec<(Key, Issue)>,
    /// Why there is no drawing without it.
    pub no_drawing: Option<Text>,
    /// Paths that the replay refused: a defect of the program.
    pub faults: Vec<String>,
}

impl Alone {
    fn new(name: String, base: &Standing, then: Standing) -> Self {
        let mut alone = Self { name, faults: then.faults, ..Self::default() };
        for (key, issue) in then.issues {
            match (base.issues.get(&key).map(|i| i.certain), issue.certain) {
                (Some(true), _) | (Some(false), false) => {}
                (_, true) => alone.wrong.push((key, issue)),
                (None, false) => alone.open.push((key, issue)),
            }
        }
        alone
    }

    /// Whether it makes nothing wrong and nothing open.
    #[must_use]
    pub fn is_harmless(&self) -> bool {
        self.wrong.is_empty() && self.open.is_empty() && self.no_drawing.is_none()
    }

    /// How many checks, and then how many rules, it makes wrong; what is open counts last.
    fn weight(&self) -> (bool, usize, usize, usize) {
        let rules = self.wrong.iter().filter(|(k, _)| matches!(k, Key::Rule(..))).count();
        (self.no_drawing.is_some(), self.wrong.len() - rules, rules, self.open.len())
    }
}

/// The worst first; the others as they were declared.
fn sorted(mut all: Vec<Alone>) -> Vec<Alone> {
    all.sort_by_key(|a| std::cmp::Reverse(a.weight()));
    all
}

/// Each control that can fail, alone.
#[must_use]
pub fn each_control(stand: &Stand<'_>) -> Vec<Alone> {
    let Stand { model, network, verdicts, standing, .. } = stand;
    let guards: Vec<_> = model.guards.iter().collect();
    let alone = guards.par_iter().map(|&(id, guard)| {
        let answers = fast::failing(model, network, verdicts, id);
        Alone::new(guard.name.clone(), standing, Standing::while_failing(model, &answers, &[id]))
    });
    sorted(alone.collect())
}

/// Each machine or device, gone alone.
#[must_use]
pub fn each_device(stand: &Stand<'_>, ground: &Ground, as_of: Option<Date>) -> Vec<Alone> {
    let names: Vec<String> = ground.nodes().collect();
    let alone = names.into_par_iter().map(|name| match ground.without(&name) {
        Err(none) => Alone { name, no_drawing: Some(none.text), ..Alone::default() },
        Ok(drawn) => {
            let model = &drawn.model;
            let network = Network::new(model);
            let verdicts = fast::verify(model, &network);
            let judged = guideline::judge(&Input { model, network: &network, verdicts: &verdicts, as_of });
            Alone::new(name, &stand.standing, Standing::of(model, &verdicts, Some(&judged)))
        }
    });
    sorted(alone.collect())
}
