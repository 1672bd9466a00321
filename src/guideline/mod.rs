//! The guideline: every rule of the rule book decided on a drawing, with findings, open questions and what it rests on.
//!
//! Rules are data (`model::rulebook`); here is what their tests mean. Beside the rules: which model a drawing honestly
//! is, what it lacks of a model, which lawful ways there are for daily tasks, and the register of exceptions. This room
//! knows neither files nor pages.

mod decide;
mod gap;
mod infer;
mod judge;
mod outcome;
mod register;
mod select;
mod tasks;

pub use gap::{ControlState, CrossingState, controls, crossings};
pub use infer::{Inference, Reason, infer};
pub use judge::{Input, Judged, RuleVerdict, Verdict, covers_path, judge, kind_of};
pub use outcome::{Answer, Finding, Open, Outcome};
pub use register::{Register, Standing, cover, standing};
pub use decide::nodes_on;
pub use select::{layer_name, layers_of};
pub use tasks::{TaskState, WayState, tasks};
