//! Answers to single questions about the guideline: which model, what is lacking, which tasks, what an edition changes.
//!
//! Each as text for people and as JSON for programs. Not here: how they are found (`guideline`).

mod editions;
mod entry;
mod gap;
mod infer;
mod tasks;

pub use editions::{Change, changes, editions_json, editions_text};
pub use entry::{entry, ids};
pub use gap::{gap_json, gap_text};
pub use infer::{InferenceReport, infer_json, infer_text, inferences};
pub use tasks::{tasks_json, tasks_text};
