//! The program `sekisho`: arguments, files, progress and exit codes around the library.

mod args;
mod check;
mod draw;
mod explain;
mod files;
mod fmt;
mod lint;
mod matrix;
mod new;
mod shell;

use std::process::ExitCode;

use clap::Parser;

use args::{Args, Command};

/// How a run ended, for scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Everything asked holds.
    Holds,
    /// Something is violated.
    Violated,
    /// The input or the call is wrong.
    Wrong,
    /// Something depends on what the drawing does not say.
    Undecided,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(match outcome {
            Outcome::Holds => 0,
            Outcome::Violated => 1,
            Outcome::Wrong => 2,
            Outcome::Undecided => 3,
        })
    }
}

fn main() -> ExitCode {
    let args = Args::parse();
    match args.command {
        Command::Check(ref check) => check::run(&args, check).into(),
        Command::Explain(ref explain) => explain::run(&args, explain).into(),
        Command::Matrix(ref matrix) => matrix::run(&args, matrix).into(),
        Command::Draw(ref draw) => draw::run(&args, draw).into(),
        Command::Lint(ref lint) => lint::run(&args, lint).into(),
        Command::Fmt(ref fmt) => fmt::run(&args, fmt).into(),
        Command::New(ref new) => new::run(&args, new).into(),
        Command::Completions(ref shell) => shell::completions(shell).into(),
        Command::Man => shell::man().into(),
    }
}
