//! `sekisho matrix`: what crosses between segments, permitted or not.

use std::path::Path;

use sekisho::diagnostic::{RenderOptions, render_all};
use sekisho::document::{Loader as _, is_region, load};
use sekisho::model::{Lens, Model};
use sekisho::network::Network;
use sekisho::report::{self, HostNames, Style};
use sekisho::source::Sources;
use sekisho::verify::fast::{self, Hosts};

use crate::Outcome;
use crate::args::{Args, LensArg, MatrixArgs, TableArg};
use crate::files::Disk;
use crate::output;
use crate::{region, region_matrix};

pub(crate) fn run(args: &Args, matrix: &MatrixArgs) -> Outcome {
    let mut disk = Disk::new(&matrix.file);
    if disk.root().is_ok_and(|(_, text)| is_region(&text)) {
        return region_matrix::run(args, matrix, &mut disk);
    }
    for (flag, given) in [("--body", matrix.body.is_some()), ("--below", matrix.below.is_some())] {
        if given {
            return region::not_a_region(args, flag);
        }
    }
    let options = RenderOptions { lang: args.lang(), color: output::color_err(args), width: None };
    let loaded = match load(&mut disk) {
        Ok(loaded) => loaded,
        Err(failed) => {
            output::note(&render_all(&failed.diagnostics, &failed.sources, &options));
            return Outcome::Wrong;
        }
    };
    output::note(&render_all(&loaded.warnings, &loaded.sources, &options));
    let (model, network) = (&loaded.model, Network::new(&loaded.model));
    if !matrix.hosts {
        return crossings(args, matrix, model, &loaded.sources, &network);
    }
    match lenses(matrix).into_iter().map(|lens| fast::hosts(model, &network, lens)).collect::<Result<Vec<_>, _>>() {
        Ok(all) => tables(args, matrix, model, &all),
        Err(e) => output::internal(args, &e.to_string()),
    }
}

/// The table of what crosses between segments.
pub(crate) fn crossings(
    args: &Args,
    matrix: &MatrixArgs,
    model: &Model,
    sources: &Sources,
    network: &Network,
) -> Outcome {
    let crossings = fast::crossings(model, network);
    if let Some(fault) = report::replayed_crossings(model, &crossings) {
        return output::internal(args, &fault);
    }
    let file = matrix.output.as_deref();
    let answer = match matrix.format {
        TableArg::Json => report::matrix_json(model, sources, &crossings),
        TableArg::Text => {
            let style = Style { lang: args.lang(), color: output::color_out(args, file), ..Style::default() };
            report::matrix_text(model, sources, &crossings, style)
        }
    };
    write(args, file, &answer)
}

/// The questions between hosts that are asked.
pub(crate) fn lenses(matrix: &MatrixArgs) -> Vec<Lens> {
    match matrix.lens {
        None => vec![Lens::Attack, Lens::Leak],
        Some(LensArg::Attack) => vec![Lens::Attack],
        Some(LensArg::Leak) => vec![Lens::Leak],
    }
}

/// The tables of hosts and stores.
pub(crate) fn tables(args: &Args, matrix: &MatrixArgs, of: &dyn HostNames, all: &[Hosts]) -> Outcome {
    let file = matrix.output.as_deref();
    let answer = match matrix.format {
        TableArg::Json => report::hosts_json(of, all),
        TableArg::Text => {
            let style = Style { lang: args.lang(), color: output::color_out(args, file), ..Style::default() };
            report::hosts_text(of, all, style)
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
