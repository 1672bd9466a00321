//! The program `sekisho`: arguments, files, progress and exit codes around the library.

mod args;
mod bench;
mod check;
mod compare;
mod day;
mod diff;
mod draw;
mod ends;
mod explain;
mod files;
mod fmt;
mod generate;
mod guideline;
mod help;
mod html;
mod lint;
mod matrix;
mod memory;
mod new;
mod output;
mod plan;
mod reach;
mod region;
mod region_matrix;
mod say;
mod shell;
mod timings;
mod trace;
mod twin;
mod union;
mod what_if;

use std::process::ExitCode;

use args::Command;

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
    /// This machine cannot answer.
    Unavailable,
}

impl Outcome {
    /// The exit code.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Holds => 0,
            Self::Violated => 1,
            Self::Wrong => 2,
            Self::Undecided => 3,
            Self::Unavailable => 4,
        }
    }
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(outcome.code())
    }
}

impl From<sekisho::report::Outcome> for Outcome {
    fn from(outcome: sekisho::report::Outcome) -> Self {
        match outcome {
            sekisho::report::Outcome::Holds => Self::Holds,
            sekisho::report::Outcome::Violated => Self::Violated,
            sekisho::report::Outcome::Unusable => Self::Wrong,
            sekisho::report::Outcome::Undecided => Self::Undecided,
        }
    }
}

fn main() -> ExitCode {
    // Started by itself as the process in which a twin stands: nothing else is done before that.
    if let Some(code) = sekisho::twin::lab::entry() {
        return code.into();
    }
    let args = match help::parse(std::env::args_os().collect()) {
        Ok(args) => args,
        Err(code) => return code,
    };
    match args.command {
        Command::Check(ref check) => check::run(&args, check).into(),
        Command::Explain(ref explain) => explain::run(&args, explain).into(),
        Command::Matrix(ref matrix) => matrix::run(&args, matrix).into(),
        Command::Infer(ref infer) => guideline::infer(&args, infer).into(),
        Command::Gap(ref gap) => guideline::gap(&args, gap).into(),
        Command::Edition(ref edition) => guideline::editions(&args, edition).into(),
        Command::Diff(ref diff) => diff::run(&args, diff).into(),
        Command::Tasks(ref tasks) => guideline::tasks(&args, tasks).into(),
        Command::Plan(ref plan) => plan::run(&args, plan).into(),
        Command::Compare(ref call) => compare::run(&args, call).into(),
        Command::WhatIf(ref call) => what_if::run(&args, call).into(),
        Command::Bench(ref bench) => bench::run(&args, bench).into(),
        Command::Twin(ref call) => twin::run(&args, call).into(),
        Command::Trace(ref call) => trace::run(&args, call).into(),
        Command::Reach(ref call) => reach::run(&args, call).into(),
        Command::Draw(ref draw) => draw::run(&args, draw).into(),
        Command::Lint(ref lint) => lint::run(&args, lint).into(),
        Command::Fmt(ref fmt) => fmt::run(&args, fmt).into(),
        Command::New(ref new) => new::run(&args, new).into(),
        Command::Generate(ref call) => generate::run(&args, call).into(),
        Command::Completions(ref shell) => shell::completions(&args, shell).into(),
        Command::Man(ref man) => shell::man(&args, man).into(),
    }
}
