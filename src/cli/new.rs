//! `sekisho new`.

use crate::Outcome;
use crate::args::{Args, NewArgs};

pub(crate) fn run(_args: &Args, _new: &NewArgs) -> Outcome {
    eprintln!("not yet");
    Outcome::Wrong
}
