//! The shape of a migration plan, field by field: what `docs/plan.md` describes.
//!
//! An edit speaks of a drawing in the drawing's own words; what it does to one is in `apply`.

use serde::Deserialize;

use super::super::shape::{
    ActionDoc, ControlDoc, EditionDoc, ModelDoc, Municipality, OwnerDoc, RedirectDoc, RouteDoc, RuleDoc, TypeActionDoc,
};
use super::super::value::{Map, Name, Names};

/// A whole plan.
#[derive(Debug, Default, Deserialize)]
#[serde(rename = "Plan", deny_unknown_fields, default)]
pub(in crate::document) struct PlanDoc {
    pub name: Option<String>,
    /// The drawing with which it begins.
    pub base: Option<Name>,
    /// The day on which it begins.
    pub starts: Option<Name>,
    pub steps: Map<StepDoc>,
    /// In which order; as written if it is not given.
    pub order: Vec<Name>,
    pub constraints: Vec<ConstraintDoc>,
    /// What costs money while both the old and the new are there.
    pub running: Vec<RunningDoc>,
    /// What the plan expects of its own check.
    pub expect: Vec<ExpectDoc>,
}

/// A step.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(in crate::document) struct StepDoc {
    pub label: Option<String>,
    /// The day on which it begins.
    pub on: Option<Name>,
    /// How long it takes.
    pub days: Option<u32>,
    pub owner: Option<OwnerDoc>,
    /// In the unit that the plan's author chose.
    pub cost: Option<u64>,
    /// While it lasts, the old and the new are both there.
    pub parallel: bool,
    /// What it does cannot be taken back.
    pub irreversible: bool,
    pub note: Option<String>,
    pub change: Vec<EditDoc>,
}

/// One change of a drawing.
#[derive(Debug, Clone, Deserialize)]
pub(in crate::document) enum EditDoc {
    /// Something new, written as in a drawing.
    Add(Box<Municipality>),
    /// Something takes the place of what has the same name.
    Replace(Box<Municipality>),
    /// Something goes.
    Remove(Box<RemoveDoc>),
    /// A machine is attached elsewhere.
    Move(MoveDoc),
    /// Rules of a device.
    Rules(RulesDoc),
    /// The networks that a device joins.
    Joins(ListDoc),
    /// Routes of a device.
    Routes(RoutesDoc),
    /// Whose sessions an endpoint or mediator accepts.
    Clients(ListDoc),
    /// To whom a mediator opens sessions.
    Servers(ListDoc),
    /// The functions of a security cloud.
    Functions(ListDoc),
    /// The tenants to which a breakout restricts cloud services.
    Tenants(ListDoc),
    /// Controls of machines.
    Controls(ControlsDoc),
    /// What a screen transfer carries besides the screen.
    Redirect(RedirectEditDoc),
    /// What happens to files of some types.
    Types(TypesDoc),
    /// What happens to packets that no rule decides.
    Default(DefaultDoc),
    /// How many there are.
    Count(CountDoc),
    /// The model that the drawing declares.
    Model(ModelDoc),
    /// The edition by which it is judged.
    Edition(EditionDoc),
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(in crate::document) struct RemoveDoc {
    pub nodes: Names,
    pub networks: Names,
    pub segments: Names,
    pub addresses: Names,
    pub services: Names,
    pub file_types: Names,
    pub communications: Names,
    pub measures: Names,
    pub media: Names,
    pub groups: Names,
    pub exceptions: Names,
    /// What is carried by hand, by its ends.
    pub carry: Vec<WayDoc>,
    /// The designer's own permits, by their ends.
    pub permits: Vec<WayDoc>,
    /// Required flows, by name.
    pub require: Names,
    /// Forbidden paths of the designer, by name.
    pub forbid: Names,
}

/// A row without a name, by where it begins and ends: every such row is meant.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::document) struct WayDoc {
    pub from: Name,
    pub to: Name,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::document) struct MoveDoc {
    pub node: Name,
    pub to: Name,
    /// Its addresses there; without, they are not stated any more.
    #[serde(default)]
    pub address: Names,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::document) struct RulesDoc {
    pub of: Name,
    /// New rules, behind those that are there.
    #[serde(default)]
    pub add: Vec<RuleDoc>,
    /// New rules before all others.
    #[serde(default)]
    pub first: Vec<RuleDoc>,
    /// Rules that go, by their text.
    #[serde(default)]
    pub remove: Names,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::document) struct ListDoc {
    pub of: Name,
    #[serde(default)]
    pub add: Names,
    #[serde(default)]
    pub remove: Names,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::document) struct RoutesDoc {
    pub of: Name,
    #[serde(default)]
    pub add: Vec<RouteDoc>,
    /// Routes that go, by where they lead (`to`).
    #[serde(default)]
    pub remove: Names,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::document) struct ControlsDoc {
    pub of: Names,
    #[serde(default)]
    pub add: Vec<ControlDoc>,
    #[serde(default)]
    pub remove: Vec<ControlDoc>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::document) struct RedirectEditDoc {
    pub of: Name,
    pub redirect: RedirectDoc,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::document) struct TypesDoc {
    pub of: Name,
    pub types: Map<TypeActionDoc>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::document) struct DefaultDoc {
    pub of: Name,
    pub action: ActionDoc,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::document) struct CountDoc {
    pub of: Name,
    pub count: u64,
}

/// What has to be kept between steps.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::document) enum ConstraintDoc {
    /// One step before another.
    Before {
        first: Name,
        then: Name,
        #[serde(default)]
        reason: Option<String>,
    },
    /// Some steps in one go: no state between them.
    Together { steps: Vec<Name> },
    /// A step not before a day.
    NotBefore { step: Name, on: Name },
}

/// What costs money for each day between two steps.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::document) struct RunningDoc {
    pub from: Name,
    pub until: Name,
    pub per_day: u64,
    #[serde(default)]
    pub label: Option<String>,
}

/// What a plan expects of its own check.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::document) enum ExpectDoc {
    /// Every stage of the order as written holds, or does not.
    Check(VerdictDoc),
    /// There is a safe order, or none.
    Order(VerdictDoc),
    /// After this step something is wrong that the start and the goal do not have.
    FailsAfter(Name),
    /// These steps cannot be put in a safe order.
    Conflict(Vec<Name>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(in crate::document) enum VerdictDoc {
    Safe,
    Unsafe,
    Undecided,
}
