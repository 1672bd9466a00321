//! `sekisho compare`: an inventory built out as five models, each read, checked and judged like any drawing.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use sekisho::change::compare::{Column, Comparison, Given};
use sekisho::diagnostic::Lang;
use sekisho::document::{self, Inventory, LoadError, Loaded, Loader, load, load_inventory};
use sekisho::guideline;
use sekisho::model::{Date, SeparationModel, Status};
use sekisho::network::Network;
use sekisho::report::{self, Report, SideBySide, Style};
use sekisho::verify::fast;

use crate::Outcome;
use crate::args::{Args, CompareArgs, SheetArg};
use crate::files::Disk;
use crate::{day, output, say};

pub(crate) fn run(args: &Args, call: &CompareArgs) -> Outcome {
    compare(args, call).unwrap_or_else(|outcome| outcome)
}

fn compare(args: &Args, call: &CompareArgs) -> Result<Outcome, Outcome> {
    let inventory = match load_inventory(&mut Disk::new(&call.inventory)) {
        Ok(loaded) => loaded.inventory,
        Err(failed) => {
            say::diagnostics(args, &failed.diagnostics, &failed.sources);
            return Err(Outcome::Wrong);
        }
    };
    let wait = match args.lang() {
        Lang::Ja => "五つのモデルを検査しています…",
        Lang::En => "checking five models…",
    };
    let progress = output::Progress::new(wait);
    let work = || built(args, call, &inventory);
    let built = match call.threads {
        None => work(),
        Some(n) => match rayon::ThreadPoolBuilder::new().num_threads(n.into()).build() {
            Ok(pool) => pool.install(work),
            Err(e) => {
                output::say(&format!("sekisho: {e}"));
                return Err(Outcome::Wrong);
            }
        },
    }?;
    drop(progress);
    let (columns, reports): (Vec<Column>, Vec<Report>) = built.judged.into_iter().unzip();
    let comparison = Comparison::new(given(&inventory), columns);
    let compared = SideBySide { comparison: &comparison, reports: &reports };
    if let Some(fault) = compared.fault() {
        return Err(output::internal(args, fault));
    }
    if let Some(folder) = &call.write {
        write(args, folder, &built.texts)?;
    }
    let outcome = if compared.is_undecided() { Outcome::Undecided } else { Outcome::Holds };
    let file = call.output.as_deref();
    let answer = match call.format {
        SheetArg::Text => {
            let color = output::color_out(args, file);
            report::comparison_text(&compared, Style { lang: args.lang(), color, ..Style::default() })
        }
        SheetArg::Json => report::comparison_json(&compared, outcome.code()),
        SheetArg::Markdown => report::comparison_markdown(&compared, args.lang()),
    };
    output::write(file, answer.as_bytes()).map_err(|e| {
        e.say(args);
        Outcome::Wrong
    })?;
    Ok(outcome)
}

/// The drawings as texts, and what is to be said of each.
struct Built {
    texts: Vec<(&'static str, String)>,
    judged: Vec<(Column, Report)>,
}

/// The file of a model's drawing.
fn file_name(model: SeparationModel) -> &'static str {
    match model {
        SeparationModel::Physical => "physical.ron",
        SeparationModel::Alpha => "alpha.ron",
        SeparationModel::AlphaPrime => "alpha-prime.ron",
        SeparationModel::Beta => "beta.ron",
        SeparationModel::BetaPrime => "beta-prime.ron",
    }
}

/// A drawing in memory.
struct Memory<'a>(&'a str, &'a str);

impl Loader for Memory<'_> {
    fn root(&mut self) -> Result<(String, String), LoadError> {
        Ok((self.0.to_owned(), self.1.to_owned()))
    }

    fn include(&mut self, _: &str, _: &str) -> Result<(String, String), LoadError> {
        Err(LoadError::NotFound)
    }
}

/// Builds, reads and checks the five drawings, in parallel; in the order of the models.
fn built(args: &Args, call: &CompareArgs, inventory: &Inventory) -> Result<Built, Outcome> {
    let texts: Vec<(&str, String)> =
        SeparationModel::ALL.into_iter().map(|m| (file_name(m), document::drawing(inventory, m))).collect();
    let mut loaded = Vec::new();
    for (name, text) in &texts {
        match load(&mut Memory(name, text)) {
            Ok(drawing) => loaded.push(drawing),
            Err(failed) => {
                say::diagnostics(args, &failed.diagnostics, &failed.sources);
                return Err(output::internal(args, "a drawing that was built cannot be read"));
            }
        }
    }
    // One day for all, asked for once: the drawings state the same dates.
    let as_of = match loaded.first() {
        Some(first) => day::as_of(args, call.as_of.as_deref(), &first.model)?,
        None => None,
    };
    let judged: Option<Vec<(Column, Report)>> = loaded.par_iter().map(|drawing| judged(drawing, as_of)).collect();
    match judged {
        Some(judged) => Ok(Built { texts, judged }),
        None => Err(output::internal(args, "a drawing that was built declares no model")),
    }
}

/// Everything about one drawing, as `check` finds it.
fn judged(loaded: &Loaded, as_of: Option<Date>) -> Option<(Column, Report)> {
    let model = &loaded.model;
    let network = Network::new(model);
    let verdicts = fast::verify(model, &network);
    let depths: Vec<Option<fast::Depth>> = verdicts
        .par_iter()
        .map(|v| {
            let asked = v.status != Status::Vacuous;
            asked.then(|| fast::depth(model, &network, &model.checks[v.check].question)).flatten()
        })
        .collect();
    let assessment = guideline::assess(&guideline::Input { model, network: &network, verdicts: &verdicts, as_of });
    let report = Report::new(&report::Input {
        model,
        sources: &loaded.sources,
        verdicts: &verdicts,
        depths: &depths,
        differences: &[],
        warnings: &loaded.warnings,
        engine: "fast",
        assessment: Some(&assessment),
        faults: &[],
    });
    Some((Column::new(model, &verdicts, &depths)?, report))
}

/// What the inventory states and the drawings do not show.
fn given(inventory: &Inventory) -> Given {
    Given {
        name: inventory.name.clone(),
        today: inventory.today,
        tasks: inventory.tasks.clone(),
        costs: inventory.costs.iter().map(|c| (c.model, c.what.clone(), c.yen)).collect(),
        unstated: inventory.unstated.clone(),
    }
}

/// Writes all drawings or none; a file that exists is left alone.
fn write(args: &Args, folder: &Path, texts: &[(&'static str, String)]) -> Result<(), Outcome> {
    let targets: Vec<(PathBuf, &str)> = texts.iter().map(|(name, text)| (folder.join(name), text.as_str())).collect();
    let mut made: Vec<&Path> = Vec::new();
    let mut all = || -> Result<(), (PathBuf, std::io::Error)> {
        std::fs::create_dir_all(folder).map_err(|e| (folder.to_owned(), e))?;
        for (path, text) in &targets {
            let failed = |e| (path.clone(), e);
            let file = std::fs::OpenOptions::new().write(true).create_new(true).open(path);
            let mut file = file.map_err(failed)?;
            made.push(path);
            file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
        }
        Ok(())
    };
    let Err((path, error)) = all() else {
        let shown = report::clean(&folder.display().to_string());
        output::say(&match args.lang() {
            Lang::Ja => format!("五枚の図面を `{shown}` に書き出しました"),
            Lang::En => format!("wrote five drawings to `{shown}`"),
        });
        return Ok(());
    };
    for path in made {
        // What cannot be taken back is named by the error that is told.
        let _ = std::fs::remove_file(path);
    }
    let shown = report::clean(&path.display().to_string());
    let exists = error.kind() == std::io::ErrorKind::AlreadyExists;
    let error = report::clean(&error.to_string());
    output::say(&match (args.lang(), exists) {
        (Lang::Ja, true) => format!("エラー: `{shown}` はすでにあります。上書きはしません。何も書いていません"),
        (Lang::En, true) => format!("error: `{shown}` exists and is not overwritten; nothing was written"),
        (Lang::Ja, false) => format!("エラー: `{shown}` に書き込めません: {error}。何も書いていません"),
        (Lang::En, false) => format!("error: cannot write `{shown}`: {error}; nothing was written"),
    });
    Err(Outcome::Wrong)
}
