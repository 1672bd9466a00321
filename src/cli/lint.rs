//! `sekisho lint`.

use crate::Outcome;
use crate::args::{Args, LintArgs};

pub(crate) fn run(_args: &Args, _lint: &LintArgs) -> Outcome {
    eprintln!("not yet");
    Outcome::Wrong
}
