//! `sekisho fmt`.

use crate::Outcome;
use crate::args::{Args, FmtArgs};

pub(crate) fn run(_args: &Args, _fmt: &FmtArgs) -> Outcome {
    eprintln!("not yet");
    Outcome::Wrong
}
