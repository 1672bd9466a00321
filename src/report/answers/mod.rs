//! Answers to single questions about the guideline: which model, what is lacking, which tasks, what an edition changes.
//!
//! Each as text for people and as JSON for programs. Not here: how they are found (`guideline`).

mod editions;
mod gap;
mod infer;
mod tasks;

pub use editions::{Change, changes, editions_json, editions_text};
pub use gap::{gap_json, gap_text};
pub use infer::{InferenceReport, infer_json, infer_text, inferences};
pub use tasks::{tasks_json, tasks_text};

use super::rules::Responsible;
use crate::diagnostic::Text;

/// What people call the one who answers for something.
pub(super) fn responsible_name(who: Responsible) -> Text {
    let (ja, en) = match who {
        Responsible::Body => ("団体", "the body"),
        Responsible::Prefecture => ("都道府県", "the prefecture"),
        Responsible::Jlis => ("J-LIS", "J-LIS"),
        Responsible::Vendor => ("事業者", "the vendor"),
        Responsible::State => ("国", "the state"),
    };
    Text::new(ja, en)
}
