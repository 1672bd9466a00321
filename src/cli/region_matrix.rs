//! `sekisho matrix` of a region: the table of one body in its surroundings, or hosts of all bodies against each other.

use sekisho::compose::{MOST_HOSTS, MOST_PAIRS, NoTable, Options, Steps, compose, meeting};
use sekisho::diagnostic::{Diagnostic, Lang, RenderOptions, render_all};
use sekisho::document::{Region, load_region};

use crate::Outcome;
use crate::args::{Args, MatrixArgs};
use crate::files::Disk;
use crate::matrix::{crossings, lenses, tables};
use crate::output;
use crate::region::{met, no_such_body};
use crate::union;

pub(crate) fn run(args: &Args, matrix: &MatrixArgs, disk: &mut Disk) -> Outcome {
    let options = RenderOptions { lang: args.lang(), color: output::color_err(args), width: None };
    if !matrix.hosts && matrix.body.is_none() {
        output::say(match args.lang() {
            Lang::Ja => {
                "エラー: 地域の表には --body(その団体のセグメントの表)か --hosts(全団体の端末・サーバと保管庫の表)が要ります"
            }
            Lang::En => {
                "error: a region needs --body (the table of segments of that body) or --hosts (hosts and stores of all bodies)"
            }
        });
        return Outcome::Wrong;
    }
    let region = match load_region(disk) {
        Ok(region) => region,
        Err(failed) => {
            output::note(&render_all(&failed.diagnostics, &failed.sources, &options));
            return Outcome::Wrong;
        }
    };
    output::note(&render_all(&region.warnings, &region.sources, &options));
    match &matrix.body {
        Some(path) => one(args, matrix, &region, path),
        None => hosts(args, matrix, &region),
    }
}

fn wrong(args: &Args, region: &Region, diagnostics: &[Diagnostic]) -> Outcome {
    let options = RenderOptions { lang: args.lang(), color: output::color_err(args), width: None };
    output::note(&render_all(diagnostics, &region.sources, &options));
    Outcome::Wrong
}

/// The segments of one body, with what packets and files meet in others.
fn one(args: &Args, matrix: &MatrixArgs, region: &Region, path: &str) -> Outcome {
    let only = match region.find(path) {
        Some(body) if region.bodies[body].is_leaf() => body,
        found => return no_such_body(args, region, path, found.is_some()),
    };
    let composition = match compose(region, Options { symmetry: true, as_of: None, only: Some(only) }) {
        Ok(composition) => composition,
        Err(diagnostics) => return wrong(args, region, &diagnostics),
    };
    output::note(&render_all(
        &composition.warnings,
        &region.sources,
        &RenderOptions { lang: args.lang(), color: output::color_err(args), width: None },
    ));
    let (Some(surrounded), Some(kind)) = (&composition.only, composition.kinds.first()) else {
        met(args);
        return Outcome::Undecided;
    };
    match crossings(args, matrix, &surrounded.model, &kind.sources, &surrounded.network) {
        Outcome::Holds if !composition.coupled.is_empty() => {
            met(args);
            Outcome::Undecided
        }
        outcome => outcome,
    }
}

/// Hosts and stores of many bodies.
fn hosts(args: &Args, matrix: &MatrixArgs, region: &Region) -> Outcome {
    let below = match matrix.below.as_deref().map(|path| (path, region.find(path))) {
        None => None,
        Some((_, Some(body))) => Some(body),
        Some((path, None)) => return no_such_body(args, region, path, false),
    };
    let meets = match meeting(region) {
        Ok(coupled) => !coupled.is_empty(),
        Err(diagnostics) => return wrong(args, region, &diagnostics),
    };
    let lenses = lenses(matrix);
    let union = match union::build(args, region, &Steps::of(&lenses), None) {
        Ok(union) => union,
        Err(outcome) => return outcome,
    };
    let chosen = union.hosts_below(below);
    let all = match lenses.into_iter().map(|lens| union.hosts(lens, &chosen)).collect::<Result<Vec<_>, _>>() {
        Ok(all) => all,
        Err(no) => return no_table(args, no),
    };
    match tables(args, matrix, &union, &all) {
        Outcome::Holds if meets => {
            met(args);
            Outcome::Undecided
        }
        outcome => outcome,
    }
}

fn no_table(args: &Args, no: NoTable) -> Outcome {
    output::say(&match (args.lang(), no) {
        (Lang::Ja, NoTable::Hosts(n)) => format!(
            "エラー: 端末・サーバと保管庫が {n} あります。表にできるのは {MOST_HOSTS} までです。--below で範囲を狭めてください"
        ),
        (Lang::En, NoTable::Hosts(n)) => {
            format!("error: there are {n} hosts and stores, and a table has {MOST_HOSTS} at most; narrow it by --below")
        }
        (Lang::Ja, NoTable::Pairs(n)) => format!(
            "エラー: 通じる組が {n} より多くあります。書き出せるのは {MOST_PAIRS} までです。--below で範囲を狭めてください"
        ),
        (Lang::En, NoTable::Pairs(n)) => {
            format!(
                "error: {n} pairs and more are connected, and {MOST_PAIRS} at most are listed; narrow it by --below"
            )
        }
        (_, NoTable::Steps) => return output::internal(args, "a graph without its steps"),
    });
    Outcome::Wrong
}
