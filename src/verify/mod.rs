//! The verdicts: two engines behind one call, witnesses, and their replay.
//!
//! This room knows neither files nor colours. What a verdict means is said in
//! `docs/semantics.md`; `reference` follows it literally on the model, `fast`
//! computes it on the compiled network.

mod assumed;
pub mod blocking;
pub mod expect;
pub mod fast;
pub mod reference;
pub mod replay;
mod verdict;

pub(crate) use assumed::assumptions;

pub use verdict::{Answer, Cause, Hop, Level, Packet, SessionCause, Tally, Transit3, Unpermitted, Verdict, Witness};
