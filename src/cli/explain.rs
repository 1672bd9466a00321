//! `sekisho explain`.

use crate::Outcome;
use crate::args::{Args, ExplainArgs};

pub(crate) fn run(_args: &Args, _explain: &ExplainArgs) -> Outcome {
    eprintln!("not yet");
    Outcome::Wrong
}
