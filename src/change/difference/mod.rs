//! What changed in meaning between two drawings.
//!
//! Names, order and the way rules are written play no part: machines are matched ([`pairing`]), and what is compared is
//! what the drawings mean. Everything is told in names; how it looks is the business of `report`. What a drawing leaves
//! open stays open: it is neither counted as there nor as absent.

mod attributes;
mod controls;
mod crossings;
mod findings;
mod flows;
mod merge;
mod names;
mod pairing;
mod rows;
mod services;
mod signature;
mod tendency;
mod things;
mod told;

use std::collections::BTreeMap;

use crate::diagnostic::Text;
use crate::guideline::Assessment;
use crate::model::{Model, Status};
use crate::network::Network;
use crate::verify::Verdict;

pub use flows::Openness;
use names::Names;
use pairing::Pairing;
pub use pairing::Side;
use tendency::Tendency;
pub use told::{
    Attribute, Called, CarrierChange, CheckChange, ControlChange, CrossingRow, DemandChange, Depth, DepthChange,
    Difference, End, FlowRow, Mark, PairChange, Relation, Renamed, RuleAnswer, RuleChange, Sort, ThingChange, Way,
};

/// One of the two drawings, with its answers.
#[derive(Debug, Clone, Copy)]
pub struct Drawing<'a> {
    /// What it means.
    pub model: &'a Model,
    /// The same, compiled.
    pub network: &'a Network,
    /// The answers to its checks.
    pub verdicts: &'a [Verdict],
    /// What the guideline says.
    pub assessment: &'a Assessment<'a>,
}

/// How a comparison ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing changed in meaning.
    Same,
    /// Something changed.
    Changed,
    /// Whether something changed depends on what a drawing does not say.
    Open,
}

impl Difference {
    /// Whether nothing changed but names.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.things.is_empty()
            && self.crossings.is_empty()
            && self.flows.is_empty()
            && self.checks.is_empty()
            && self.rules.is_empty()
            && self.demands.is_empty()
            && self.controls.is_empty()
            && self.depths.is_empty()
            && self.pairs.iter().all(|p| p.relation == Relation::Equivalent && p.in_both)
    }

    /// How the comparison ends.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        if self.is_empty() {
            return Outcome::Same;
        }
        let certain = self.things.iter().any(ThingChange::certain)
            || self.crossings.iter().any(|r| r.certain)
            || self.flows.iter().any(FlowRow::certain)
            || self.checks.iter().any(CheckChange::certain)
            || self.rules.iter().any(RuleChange::certain)
            || !self.demands.is_empty()
            || !self.controls.is_empty();
        if certain { Outcome::Changed } else { Outcome::Open }
    }
}

impl ThingChange {
    /// Whether it changed whatever the drawings leave open: a value that one of them does not state may be the same.
    #[must_use]
    pub fn certain(&self) -> bool {
        self.mark != Mark::Changed
            || self.attributes.iter().any(|a| !a.before.is_empty() && !a.after.is_empty())
            || self.attributes.iter().any(|a| !things::may_be_unstated(a.key))
    }
}

impl CheckChange {
    /// Whether the answer is another whatever the drawings leave open.
    #[must_use]
    pub fn certain(&self) -> bool {
        let open = |s: &Option<(Status, bool)>| matches!(s, Some((Status::Undecided, _)));
        !open(&self.before) && !open(&self.after)
    }
}

impl RuleChange {
    /// Whether the answer is another whatever the drawings leave open.
    #[must_use]
    pub fn certain(&self) -> bool {
        self.before != RuleAnswer::Undecided && self.after != RuleAnswer::Undecided
    }
}

/// What people call an attribute of a [`ThingChange`].
#[must_use]
pub fn attribute_name(key: &str) -> Text {
    attributes::called(key)
}

/// Compares two drawings.
#[must_use]
pub fn difference(before: &Drawing<'_>, after: &Drawing<'_>) -> Difference {
    let by_name = compared(&Pairing::by_name(before.model, after.model), before, after);
    if by_name.is_empty() {
        return by_name;
    }
    // Names may have been given to other things: if the drawings are one but for names, nothing changed.
    let by_structure = Pairing::by_structure(before.model, after.model).map(|p| compared(&p, before, after));
    by_structure.filter(Difference::is_empty).unwrap_or(by_name)
}

fn compared(p: &Pairing, a: &Drawing<'_>, b: &Drawing<'_>) -> Difference {
    let names = (Names::new(p, Side::Before, a.model, b.model), Names::new(p, Side::After, b.model, a.model));
    let both = (&names.0, &names.1);
    let flows = flows::flows(p, a, b);
    let crossings = crossings::crossings(p, a, b, both);
    let mut tendency: BTreeMap<(usize, usize), Tendency> = flows.tendency.clone();
    for (pair, t) in &crossings.tendency {
        tendency.entry(*pair).or_default().add(*t);
    }
    let (pairs, whole) = rows::pairs(p, a.model, b.model, &tendency);
    let things = things::things(p, a, b, both);
    Difference {
        renamed: things::renamed(p, a.model, b.model),
        controls: controls::controls(p, a.model, b.model, both),
        things,
        crossings: rows::crossings(p, a.model, b.model, crossings),
        flows: rows::flows(p, a.model, b.model, flows),
        pairs,
        whole,
        checks: findings::checks(p, a, b),
        rules: findings::rules(p, a, b),
        demands: controls::demands(a, b),
        depths: controls::depths(p, a, b, both),
    }
}
