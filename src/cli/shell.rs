//! `sekisho completions` and `sekisho man`, from the same clap definition as the program.

use clap::CommandFactory as _;

use crate::Outcome;
use crate::args::{Args, CompletionsArgs};

pub(crate) fn completions(args: &CompletionsArgs) -> Outcome {
    clap_complete::generate(args.shell, &mut Args::command(), "sekisho", &mut std::io::stdout());
    Outcome::Holds
}

pub(crate) fn man() -> Outcome {
    match clap_mangen::Man::new(Args::command()).render(&mut std::io::stdout()) {
        Ok(()) => Outcome::Holds,
        Err(_) => Outcome::Wrong,
    }
}
