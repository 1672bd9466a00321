//! `sekisho infer`, `gap`, `tasks`, `edition`: single questions about the guideline.

use std::path::Path;

use sekisho::diagnostic::{Lang, RenderOptions, Text, render_all};
use sekisho::document::{Loaded, ReadAs, load_as};
use sekisho::guideline::{self, Input};
use sekisho::model::{Date, Edition, SeparationModel};
use sekisho::network::Network;
use sekisho::report::{self, Report, Style};
use sekisho::verify::fast;

use crate::Outcome;
use crate::args::{Args, EditionArgs, GapArgs, InferArgs, ModelArg, TableArg, TasksArgs};
use crate::day;
use crate::files::Disk;
use crate::output;

/// Reads a drawing as another model or edition; what is wrong with it has been said when an outcome comes back.
fn loaded(args: &Args, disk: &mut Disk, read_as: ReadAs, quiet: bool) -> Result<Loaded, Outcome> {
    let options = RenderOptions { lang: args.lang(), color: output::color_err(args), width: None };
    match load_as(disk, read_as) {
        Ok(loaded) => {
            if !quiet {
                output::note(&render_all(&loaded.warnings, &loaded.sources, &options));
            }
            Ok(loaded)
        }
        Err(failed) => {
            output::note(&render_all(&failed.diagnostics, &failed.sources, &options));
            Err(Outcome::Wrong)
        }
    }
}

/// The report with what the guideline says; an internal error has been said when an outcome comes back.
fn assessed(args: &Args, loaded: &Loaded, as_of: Option<Date>) -> Result<Report, Outcome> {
    let model = &loaded.model;
    let network = Network::new(model);
    let verdicts = fast::verify(model, &network);
    let assessment = guideline::assess(&Input { model, network: &network, verdicts: &verdicts, as_of });
    let report = Report::new(&report::Input {
        model,
        sources: &loaded.sources,
        verdicts: &verdicts,
        depths: &[],
        differences: &[],
        warnings: &loaded.warnings,
        engine: "fast",
        assessment: Some(&assessment),
        faults: &[],
    });
    match report.faults.first() {
        Some(fault) => Err(output::internal(args, fault)),
        None => Ok(report),
    }
}

fn answer(args: &Args, file: Option<&Path>, text: &str, outcome: Outcome) -> Outcome {
    match output::write(file, text.as_bytes()) {
        Ok(()) => outcome,
        Err(e) => {
            e.say(args);
            Outcome::Wrong
        }
    }
}

fn style(args: &Args, file: Option<&Path>, verbose: bool) -> Style {
    Style { lang: args.lang(), color: output::color_out(args, file), verbose, ..Style::default() }
}

/// Says that a drawing declares no model, without which nothing can be answered.
fn no_model(args: &Args) -> Outcome {
    output::say(match args.lang() {
        Lang::Ja => "エラー: 図面がモデルを宣言していません(model: Alpha などと書くか、モデルを引数で指定してください)",
        Lang::En => {
            "error: the drawing declares no model (write model: Alpha or the like, or name one on the command line)"
        }
    });
    Outcome::Wrong
}

pub(crate) fn infer(args: &Args, infer: &InferArgs) -> Outcome {
    let run = || {
        let json = infer.format == TableArg::Json;
        let loaded = loaded(args, &mut Disk::new(&infer.file), ReadAs::default(), false)?;
        let network = Network::new(&loaded.model);
        let found = guideline::infer(&loaded.model, &network);
        let list = report::inferences(&loaded.model, &loaded.sources, &found);
        let file = infer.output.as_deref();
        let text = if json {
            report::infer_json(&loaded.model.name, &list)
        } else {
            report::infer_text(&list, style(args, file, false))
        };
        let outcome = if list.iter().any(|i| i.agrees() == Some(false)) {
            Outcome::Violated
        } else if list.iter().any(|i| i.agrees().is_none()) {
            Outcome::Undecided
        } else {
            Outcome::Holds
        };
        Ok(answer(args, file, &text, outcome))
    };
    run().unwrap_or_else(|outcome: Outcome| outcome)
}

fn separation(model: ModelArg) -> SeparationModel {
    match model {
        ModelArg::Physical => SeparationModel::Physical,
        ModelArg::Alpha => SeparationModel::Alpha,
        ModelArg::AlphaPrime => SeparationModel::AlphaPrime,
        ModelArg::Beta => SeparationModel::Beta,
        ModelArg::BetaPrime => SeparationModel::BetaPrime,
    }
}

pub(crate) fn gap(args: &Args, gap: &GapArgs) -> Outcome {
    let run = || {
        let json = gap.format == TableArg::Json;
        let read_as = ReadAs { model: gap.model.map(separation), edition: None };
        let loaded = loaded(args, &mut Disk::new(&gap.file), read_as, false)?;
        if loaded.model.declared.is_none() {
            return Err(no_model(args));
        }
        let as_of = day::as_of(args, gap.as_of.as_deref(), &loaded.model)?;
        let report = assessed(args, &loaded, as_of)?;
        let file = gap.output.as_deref();
        let text = if json { report::gap_json(&report) } else { report::gap_text(&report, style(args, file, false)) };
        let lacks = |status| report.controls.iter().any(|c| c.mandatory == Some(true) && c.status == status);
        let outcome = if lacks(report::RuleStatus::Violated) {
            Outcome::Violated
        } else if lacks(report::RuleStatus::Undecided) {
            Outcome::Undecided
        } else {
            Outcome::Holds
        };
        Ok(answer(args, file, &text, outcome))
    };
    run().unwrap_or_else(|outcome: Outcome| outcome)
}

pub(crate) fn tasks(args: &Args, tasks: &TasksArgs) -> Outcome {
    let run = || {
        let json = tasks.format == TableArg::Json;
        let loaded = loaded(args, &mut Disk::new(&tasks.file), ReadAs::default(), false)?;
        if loaded.model.declared.is_none() {
            return Err(no_model(args));
        }
        let report = assessed(args, &loaded, None)?;
        let file = tasks.output.as_deref();
        let text = if json {
            report::tasks_json(&report)
        } else {
            report::tasks_text(&report, style(args, file, tasks.verbose))
        };
        Ok(answer(args, file, &text, Outcome::Holds))
    };
    run().unwrap_or_else(|outcome: Outcome| outcome)
}

/// An edition of the rule book by its code; an unknown one has been said when an outcome comes back.
fn edition(args: &Args, loaded: &Loaded, code: &str) -> Result<Edition, Outcome> {
    let known = &loaded.model.rulebook.editions;
    if let Some(edition) = Edition::parse(code).filter(|e| known.iter().any(|i| i.edition == *e)) {
        return Ok(edition);
    }
    let codes: Vec<String> = known.iter().map(|e| e.edition.to_string()).collect();
    let (code, codes) = (report::clean(code), codes.join(", "));
    output::say(&match args.lang() {
        Lang::Ja => format!("エラー: `{code}` という版はありません。使えるもの: {codes}"),
        Lang::En => format!("error: there is no edition `{code}`; known here: {codes}"),
    });
    Err(Outcome::Wrong)
}

pub(crate) fn editions(args: &Args, call: &EditionArgs) -> Outcome {
    let run = || {
        let json = call.format == TableArg::Json;
        let mut disk = Disk::new(&call.file);
        let plain = loaded(args, &mut disk, ReadAs::default(), false)?;
        if plain.model.declared.is_none() {
            return Err(no_model(args));
        }
        let (from, to) = (edition(args, &plain, &call.from)?, edition(args, &plain, &call.to)?);
        let as_of = day::as_of(args, call.as_of.as_deref(), &plain.model)?;
        let mut judged = |edition| {
            let read_as = ReadAs { edition: Some(edition), ..ReadAs::default() };
            let loaded = loaded(args, &mut disk, read_as, true)?;
            assessed(args, &loaded, as_of)
        };
        let (before, after) = (judged(from)?, judged(to)?);
        let list = report::changes(&before, &after);
        let file = call.output.as_deref();
        let (first, last) = (from.min(to), from.max(to));
        let told: Vec<(Text, Text)> = plain
            .model
            .rulebook
            .editions
            .iter()
            .filter(|e| e.edition > first && e.edition <= last)
            .map(|e| (e.edition.name(), e.changes.clone()))
            .collect();
        let text = if json {
            report::editions_json(&plain.model.name, (&from.to_string(), &to.to_string()), &list)
        } else {
            report::editions_text((&from.name(), &to.name()), &told, &list, style(args, file, false))
        };
        let outcome = if list.iter().any(|c| c.worse) { Outcome::Violated } else { Outcome::Holds };
        Ok(answer(args, file, &text, outcome))
    };
    run().unwrap_or_else(|outcome: Outcome| outcome)
}
