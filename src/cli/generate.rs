//! `sekisho generate`: a synthetic population, written as the text of a region.

use std::path::Path;

use sekisho::diagnostic::Lang;
use sekisho::generate::{Kind, Order, Population, Refused, write};
use sekisho::report;

use crate::Outcome;
use crate::args::{Args, GenerateArgs, PopulationArg};
use crate::output::{self, Progress};

pub(crate) fn run(args: &Args, call: &GenerateArgs) -> Outcome {
    let order = Order {
        kind: match call.kind {
            PopulationArg::Municipality => Kind::Municipality,
            PopulationArg::Prefecture => Kind::Prefecture,
            PopulationArg::Country => Kind::Country,
        },
        seed: call.seed,
        nodes: call.nodes,
        bodies: call.bodies,
        mistakes: call.mistakes,
        shapes: call.shapes,
        expanded: call.expanded,
    };
    let file = call.output.as_deref().filter(|f| *f != Path::new("-"));
    // Before the work, so that nobody waits for a refusal.
    if let Some(path) = file.filter(|path| path.symlink_metadata().is_ok()) {
        return refuse(args, path, &std::io::Error::from(std::io::ErrorKind::AlreadyExists));
    }
    let progress = Progress::new(match args.lang() {
        Lang::Ja => "図面を組み立てています…",
        Lang::En => "putting the drawings together…",
    });
    let population = match Population::draw(&order) {
        Ok(population) => population,
        Err(refused) => {
            drop(progress);
            say(args, refused);
            return Outcome::Wrong;
        }
    };
    let text = write(&order, &population);
    let written = match file {
        Some(path) => create(args, path, &text),
        None => output::write(None, text.as_bytes()).map_err(|e| {
            e.say(args);
            Outcome::Wrong
        }),
    };
    drop(progress);
    if let Err(outcome) = written {
        return outcome;
    }
    if let Some(path) = file {
        let shown = report::clean(&path.display().to_string());
        let (bodies, machines) = (population.bodies(), population.machines());
        output::say(&match args.lang() {
            Lang::Ja => format!("`{shown}` を作りました(団体 {bodies}、端末と仮想デスクトップ {machines} 台)"),
            Lang::En => format!("wrote `{shown}` ({bodies} bodies, {machines} terminals and desktops)"),
        });
    }
    Outcome::Holds
}

/// Writes a file that must not exist yet, whole or not at all.
fn create(args: &Args, path: &Path, text: &str) -> Result<(), Outcome> {
    // The name is taken first: whoever comes later finds it taken, and the whole text then replaces the empty file.
    std::fs::OpenOptions::new().write(true).create_new(true).open(path).map_err(|e| refuse(args, path, &e))?;
    output::write(Some(path), text.as_bytes()).map_err(|e| {
        e.say(args);
        // Nothing more can be done if this fails, too; the first error has been told.
        let _ = std::fs::remove_file(path);
        Outcome::Wrong
    })
}

fn refuse(args: &Args, path: &Path, error: &std::io::Error) -> Outcome {
    let (shown, exists) =
        (report::clean(&path.display().to_string()), error.kind() == std::io::ErrorKind::AlreadyExists);
    let error = report::clean(&error.to_string());
    output::say(&match (args.lang(), exists) {
        (Lang::Ja, true) => format!("エラー: `{shown}` はすでにあります。上書きはしません。別の名前にしてください"),
        (Lang::En, true) => format!("error: `{shown}` exists and is not overwritten; please choose another name"),
        (Lang::Ja, false) => format!("エラー: `{shown}` に書き込めません: {error}"),
        (Lang::En, false) => format!("error: cannot write `{shown}`: {error}"),
    });
    Outcome::Wrong
}

fn say(args: &Args, refused: Refused) {
    output::say(&match (args.lang(), refused) {
        (Lang::Ja, Refused::NoBody) => "エラー: 団体の数は 1 以上にしてください".to_owned(),
        (Lang::En, Refused::NoBody) => "error: there has to be at least one body".to_owned(),
        (Lang::Ja, Refused::OneBody) => {
            "エラー: municipality は一つの団体です。いくつも要るときは prefecture か country にしてください".to_owned()
        }
        (Lang::En, Refused::OneBody) => {
            "error: a municipality is one body; use prefecture or country for several".to_owned()
        }
        (Lang::Ja, Refused::TooManyBodies { most }) => {
            format!("エラー: 団体が多すぎます。アドレスを割り当てられるのは {most} までです")
        }
        (Lang::En, Refused::TooManyBodies { most }) => {
            format!("error: too many bodies; there are addresses for {most} at most")
        }
        (Lang::Ja, Refused::TooManyMachines { most }) => {
            format!("エラー: 端末が多すぎます。この団体に割り当てられるのは {most} 台までです")
        }
        (Lang::En, Refused::TooManyMachines { most }) => {
            format!("error: too many machines; these bodies have addresses for {most} at most")
        }
    });
}
