//! Plans: what every stage is worth, and in which order the steps are safe.
//!
//! A stage is wrong when something is wrong or open at it that is so neither at the start nor at the goal.

mod advice;
mod back;
mod cheapest;
mod check;
mod cube;
mod order;
mod sat;
mod schedule;
mod survey;

pub use advice::{Advice, advice};
pub use back::{Return, way_back};
pub use check::{Moment, Part, PlanCheck, as_written, check, verdict_of};
pub use cube::{Conflict, Proof};
pub use order::{Clause, Found, Impossible, Order, order};
pub use schedule::{Costs, costs};
pub use survey::{Survey, Trouble};
