//! Change: what differs between two drawings, what a step of a migration does, and in which order steps are safe.
//!
//! It knows what verdicts mean, neither files nor pages. How a drawing is edited is the business of `document`.

pub mod plan;
mod single;
mod standing;
mod whatif;

pub use single::{Alone, each_control, each_device};
pub use standing::{Issue, Key, Standing};
pub mod compare;
pub mod difference;
pub mod expected;
pub use whatif::{Became, Differences, Protection, RestChange, Rests, Stand, State, differences, stand_both};
