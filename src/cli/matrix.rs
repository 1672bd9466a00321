//! `sekisho matrix`.

use crate::Outcome;
use crate::args::{Args, MatrixArgs};

pub(crate) fn run(_args: &Args, _matrix: &MatrixArgs) -> Outcome {
    eprintln!("not yet");
    Outcome::Wrong
}
