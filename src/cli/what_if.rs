//! `sekisho what-if`: what changes in the verdicts if something in the drawing were different. No file is changed.

use clap::{Arg, ArgAction, ArgMatches, Command, FromArgMatches};
use sekisho::change::{differences, each_control, each_device, stand_both};
use sekisho::diagnostic::Lang;
use sekisho::document::{Change, Edited, Wish, load_edited};
use sekisho::model::Date;
use sekisho::report::{self, Style, WhatIfInput, WhatIfReport};

use crate::Outcome;
use crate::args::{Args, SheetArg, WhatIfArgs};
use crate::day;
use crate::files::Disk;
use crate::output::{self, Progress};
use crate::say;

/// The changes of a call, in the order in which they were written: they are carried out in that order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Changes(pub(crate) Vec<Change>);

/// The name of an argument, what it is called in the usage, and its help.
fn argument(wish: Wish) -> Arg {
    let (value, help) = match wish {
        Wish::DropControl => ("NODE: CONTROL", "A machine loses a control, e.g. \"in-pc: Edr\""),
        Wish::AddControl => ("NODE: CONTROL", "A machine gets a control, e.g. \"in-pc: Edr\""),
        Wish::Open => {
            ("DEVICE: RULE", "A device lets this pass, before all its rules, e.g. \"fw: in-pc -> lg-srv tcp 445\"")
        }
        Wish::Close => ("DEVICE: RULE", "A rule of a device goes, by its text, e.g. \"fw: in-pc -> sgw tcp 443\""),
        Wish::Fail => ("NODE", "A machine or device is gone"),
        Wish::Move => {
            ("NODE: NETWORK", "A machine is attached elsewhere, e.g. \"in-pc: lg\" or \"in-pc: lg 10.2.9.0/24\"")
        }
        Wish::EndOption => ("CLOUD: FUNCTION", "A function of a security cloud ends, e.g. \"psc-gw: Proxy\""),
        Wish::Model => ("MODEL", "Another model: physical, alpha, alpha-prime, beta or beta-prime"),
        Wish::Edit => ("RON", "Any edit of a migration plan, e.g. 'Redirect(of: \"sgw\", redirect: (drive: Both))'"),
    };
    let arg = Arg::new(id(wish)).long(wish.flag()).value_name(value).help(help);
    arg.action(ArgAction::Append).num_args(1).allow_hyphen_values(true)
}

/// As clap makes the name of a field from a flag.
fn id(wish: Wish) -> &'static str {
    match wish {
        Wish::DropControl => "drop_control",
        Wish::AddControl => "add_control",
        Wish::EndOption => "end_option",
        other => other.flag(),
    }
}

impl FromArgMatches for Changes {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut all: Vec<(usize, Change)> = Vec::new();
        for wish in Wish::ALL {
            let id = id(wish);
            let texts = matches.get_many::<String>(id).into_iter().flatten();
            let places = matches.indices_of(id).into_iter().flatten();
            all.extend(places.zip(texts).map(|(place, text)| (place, Change::new(wish, text.clone()))));
        }
        all.sort_by_key(|(place, _)| *place);
        Ok(Self(all.into_iter().map(|(_, change)| change).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl clap::Args for Changes {
    fn augment_args(command: Command) -> Command {
        Wish::ALL.into_iter().fold(command, |command, wish| command.arg(argument(wish)))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

pub(crate) fn run(args: &Args, call: &WhatIfArgs) -> Outcome {
    let changes = &call.changes.0;
    if changes.is_empty() && !call.each_control && !call.each_device {
        output::say(match args.lang() {
            Lang::Ja => {
                "エラー: 何を変えるかがありません\nヒント: --drop-control \"in-pc: Edr\" や --fail NODE などを付けるか、--each-control か --each-device で一つずつ全部試します"
            }
            Lang::En => {
                "error: nothing is to be different\nhelp: add --drop-control \"in-pc: Edr\", --fail NODE or the like, or try every single failure with --each-control or --each-device"
            }
        });
        return Outcome::Wrong;
    }
    let edited = match load_edited(&mut Disk::new(&call.file), changes) {
        Ok(edited) => edited,
        Err(failed) => {
            say::diagnostics(args, &failed.diagnostics, &failed.sources);
            return Outcome::Wrong;
        }
    };
    // What the drawing is warned about anyway is said by `check`.
    say::diagnostics(args, &edited.after.warnings, &edited.after.sources);
    let as_of = match day::as_of(args, call.as_of.as_deref(), &edited.before.model) {
        Ok(day) => day,
        Err(outcome) => return outcome,
    };
    let text = match args.lang() {
        Lang::Ja => "調べています…",
        Lang::En => "working it out…",
    };
    let progress = Progress::new(text);
    let report = asked(call, &edited, as_of);
    drop(progress);
    if let Some(fault) = report.faults.first() {
        return output::internal(args, fault);
    }
    let outcome: Outcome = report.outcome().into();
    let file = call.output.as_deref();
    let answer = match call.format {
        SheetArg::Json => report::what_if_json(&report, outcome.code()),
        SheetArg::Markdown => report::what_if_markdown(&report, args.lang()),
        SheetArg::Text => {
            let style = Style { lang: args.lang(), color: output::color_out(args, file), ..Style::default() };
            report::what_if_text(&report, style)
        }
    };
    match output::write(file, answer.as_bytes()) {
        Ok(()) => outcome,
        Err(e) => {
            e.say(args);
            Outcome::Wrong
        }
    }
}

fn asked(call: &WhatIfArgs, edited: &Edited, as_of: Option<Date>) -> WhatIfReport {
    let (before, after) = stand_both(&edited.before.model, &edited.after.model, as_of);
    let controls = call.each_control.then(|| each_control(&after));
    let devices = call.each_device.then(|| each_device(&after, &edited.ground, as_of));
    let told = |c: &Change| (format!("--{}", c.wish.flag()), c.text.clone());
    let changes: Vec<_> = call.changes.0.iter().map(told).collect();
    WhatIfReport::new(&WhatIfInput {
        before: &before,
        after: &after,
        differences: &differences(&before, &after),
        sources: &edited.after.sources,
        stale: &edited.stale,
        changes: &changes,
        controls: controls.as_deref(),
        devices: devices.as_deref(),
        as_of,
    })
}
