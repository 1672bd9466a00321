//! `sekisho draw`.

use crate::Outcome;
use crate::args::{Args, DrawArgs};

pub(crate) fn run(_args: &Args, _draw: &DrawArgs) -> Outcome {
    eprintln!("not yet");
    Outcome::Wrong
}
