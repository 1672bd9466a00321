//! `sekisho matrix`: what crosses between segments, permitted or not.

use std::path::Path;

use sekisho::diagnostic::{RenderOptions, render_all};
use sekisho::document::load;
use sekisho::model::{Lens, Model};
use sekisho::network::Network;
use sekisho::report::{self, Style};
use sekisho::verify::fast;

use crate::Outcome;
use crate::args::{Args, LensArg, MatrixArgs, TableArg};
use crate::files::Disk;
use crate::output;

pub(crate) fn run(args: &Args, matrix: &MatrixArgs) -> Outcome {
    let options = RenderOptions { lang: args.lang(), color: output::color_err(args), width: None };
    let loaded = match load(&mut Disk::new(&matrix.file)) {
        Ok(loaded) => loaded,
        Err(failed) => {
            output::note(&render_all(&failed.diagnostics, &failed.sources, &options));
            return Outcome::Wrong;
        }
    };
    output::note(&render_all(&loaded.warnings, &loaded.sources, &options));
    let network = Network::new(&loaded.model);
    if matrix.hosts {
        return hosts(args, matrix, &loaded.model, &network);
    }
    let crossings = fast::crossings(&loaded.model, &network);
    if let Some(fault) = report::replayed_crossings(&loaded.model, &crossings) {
        return crate::output::internal(args, &fault);
    }
    let file = matrix.output.as_deref();
    let answer = match matrix.format {
        TableArg::Json => report::matrix_json(&loaded.model, &loaded.sources, &crossings),
        TableArg::Text => {
            let style = Style { lang: args.lang(), color: output::color_out(args, file), ..Style::default() };
            report::matrix_text(&loaded.model, &loaded.sources, &crossings, style)
        }
    };
    write(args, file, &answer)
}

fn hosts(args: &Args, matrix: &MatrixArgs, model: &Model, network: &Network) -> Outcome {
    let lenses = match matrix.lens {
        None => vec![Lens::Attack, Lens::Leak],
        Some(LensArg::Attack) => vec![Lens::Attack],
        Some(LensArg::Leak) => vec![Lens::Leak],
    };
    let all = match lenses.into_iter().map(|lens| fast::hosts(model, network, lens)).collect::<Result<Vec<_>, _>>() {
        Ok(all) => all,
        Err(e) => return output::internal(args, &e.to_string()),
    };
    let file = matrix.output.as_deref();
    let answer = match matrix.format {
        TableArg::Json => report::hosts_json(model, &all),
        TableArg::Text => {
            let style = Style { lang: args.lang(), color: output::color_out(args, file), ..Style::default() };
            report::hosts_text(model, &all, style)
        }
    };
    write(args, file, &answer)
}

fn write(args: &Args, file: Option<&Path>, answer: &str) -> Outcome {
    match output::write(file, answer.as_bytes()) {
        Ok(()) => Outcome::Holds,
        Err(e) => {
            e.say(args);
            Outcome::Wrong
        }
    }
}
