//! `sekisho check` of a region: read, compose, report.

use sekisho::compose::{Composition, Options, Surrounded, compose, need};
use sekisho::diagnostic::{Lang, RenderOptions, render_all};
use sekisho::document::{Region, load_region};
use sekisho::guideline;
use sekisho::model::Status;
use sekisho::report::{self, RegionReport, Report, Style};
use sekisho::verify::{expect, fast};

use crate::Outcome;
use crate::args::{Args, CheckArgs, DenyArg, EngineArg, FormatArg};
use crate::check::{internal, pool};
use crate::day;
use crate::files::Disk;
use crate::memory;
use crate::output::{self, Progress};
use crate::{timings, union};

/// A flag that says something only about regions, if one is given.
pub(crate) fn only_for_regions(check: &CheckArgs) -> Option<&'static str> {
    [
        ("--body", check.body.is_some()),
        ("--no-symmetry", check.no_symmetry),
        ("--flat", check.flat),
        ("--max-memory", check.max_memory.is_some()),
    ]
    .into_iter()
    .find_map(|(flag, given)| given.then_some(flag))
}

pub(crate) fn not_a_region(args: &Args, flag: &str) -> Outcome {
    output::say(&match args.lang() {
        Lang::Ja => format!("エラー: {flag} は地域のファイル(Region)にだけ使えます"),
        Lang::En => format!("error: {flag} is for region files (Region) only"),
    });
    Outcome::Wrong
}

pub(crate) fn run(args: &Args, check: &CheckArgs, disk: &mut Disk) -> Outcome {
    let options = RenderOptions { lang: args.lang(), color: output::color_err(args), width: None };
    let as_of = match day::as_of_any(args, check.as_of.as_deref()) {
        Ok(day) => day,
        Err(outcome) => return outcome,
    };
    if check.engine != EngineArg::Fast {
        output::say(match args.lang() {
            Lang::Ja => "エラー: 地域は fast エンジンだけで判定します(--engine は一つの図面のためのものです)",
            Lang::En => "error: a region is judged by the fast engine only (--engine is for single drawings)",
        });
        return Outcome::Wrong;
    }
    if check.body.is_none() && !matches!(check.format, FormatArg::Text | FormatArg::Json) {
        output::say(match args.lang() {
            Lang::Ja => "エラー: 地域の答えの形は text か json です。一つの団体は --body で、どの形でも書けます",
            Lang::En => "error: a region is answered as text or json; with --body, one body in any form",
        });
        return Outcome::Wrong;
    }
    let progress = Progress::new(match args.lang() {
        Lang::Ja => "地域を検査しています…",
        Lang::En => "checking the region…",
    });
    let start = std::time::Instant::now();
    let region = match load_region(disk) {
        Ok(region) => region,
        Err(failed) => {
            drop(progress);
            output::note(&render_all(&failed.diagnostics, &failed.sources, &options));
            return Outcome::Wrong;
        }
    };
    output::note(&render_all(&region.warnings, &region.sources, &options));
    let only = match check.body.as_deref().map(|path| (path, region.find(path))) {
        None => None,
        Some((_, Some(body))) if region.bodies[body].is_leaf() => Some(body),
        Some((path, found)) => return no_such_body(args, &region, path, found.is_some()),
    };
    let read = start.elapsed();
    if let Err(outcome) = memory::enough(args, check.max_memory.as_deref(), need(&region, !check.no_symmetry)) {
        return outcome;
    }
    let asked = Options { symmetry: !check.no_symmetry, as_of, only };
    let pool = match pool(check.threads) {
        Ok(pool) => pool,
        Err(e) => {
            output::say(&format!("sekisho: {e}"));
            return Outcome::Wrong;
        }
    };
    let composed = match &pool {
        Some(pool) => pool.install(|| compose(&region, asked)),
        None => compose(&region, asked),
    };
    drop(progress);
    let composition = match composed {
        Ok(composition) => composition,
        Err(diagnostics) => {
            output::note(&render_all(&diagnostics, &region.sources, &options));
            return Outcome::Wrong;
        }
    };
    output::note(&render_all(&composition.warnings, &region.sources, &options));
    if check.timings {
        let phases: Vec<_> = std::iter::once(("read", read)).chain(composition.work.phases.iter().copied()).collect();
        timings::say(args, &phases);
    }
    if check.flat {
        let second = || union::second(args, check, &region, &composition);
        if let Some(outcome) = pool.as_ref().map_or_else(second, |pool| pool.install(second)) {
            return outcome;
        }
    }
    match &composition.only {
        Some(surrounded) => one(args, check, &region, &composition, surrounded, as_of),
        None => all(args, check, &region, &composition),
    }
}

pub(crate) fn no_such_body(args: &Args, region: &Region, path: &str, inner: bool) -> Outcome {
    let shown = report::clean(path);
    let near = region.leaves().map(|b| region.bodies[b].path.as_str()).min_by_key(|p| distance(p, path));
    let near = report::clean(near.unwrap_or_default());
    output::say(&match (args.lang(), inner) {
        (Lang::Ja, true) => format!("エラー: `{shown}` の下に団体があります。判定するのはその団体です(例 {near})"),
        (Lang::En, true) => format!("error: there are bodies below `{shown}`; those are judged, such as {near}"),
        (Lang::Ja, false) => format!("エラー: `{shown}` という団体はありません。`{near}` ではありませんか"),
        (Lang::En, false) => format!("error: there is no body `{shown}`; did you mean `{near}`?"),
    });
    Outcome::Wrong
}

/// How far two paths are apart: letters that are not in a common beginning.
fn distance(a: &str, b: &str) -> usize {
    let common = a.chars().zip(b.chars()).take_while(|(x, y)| x == y).count();
    a.chars().count() + b.chars().count() - 2 * common
}

fn all(args: &Args, check: &CheckArgs, region: &Region, composition: &Composition) -> Outcome {
    let report = RegionReport::new(region, composition);
    let denied = check.deny == Some(DenyArg::Warnings) && report.warnings > 0;
    let outcome: Outcome = if denied { Outcome::Wrong } else { report.outcome().into() };
    let file = check.output.as_deref();
    let answer = match check.format {
        FormatArg::Json => report::region_json(&report, outcome.code()),
        FormatArg::Text => {
            let color = output::color_out(args, file);
            report::region_text(&report, Style { lang: args.lang(), color, verbose: check.verbose, ..Style::default() })
        }
        // Other forms were refused before anything was judged.
        _ => return Outcome::Wrong,
    };
    if let Err(e) = output::write(file, answer.as_bytes()) {
        e.say(args);
        return Outcome::Wrong;
    }
    if !report.faults.is_empty() {
        internal(args.lang());
    }
    outcome
}

/// The ordinary report of one body, with the ways through others among its relations.
fn one(
    args: &Args,
    check: &CheckArgs,
    region: &Region,
    composition: &Composition,
    surrounded: &Surrounded,
    as_of: Option<sekisho::model::Date>,
) -> Outcome {
    let Surrounded { model, network, about_others } = surrounded;
    let own = fast::verify(model, network);
    let assessment = guideline::assess(&guideline::Input { model, network, verdicts: &own, as_of });
    let mut whole = about_others.clone();
    whole.checks = model.checks.values().chain(about_others.checks.values()).cloned().collect();
    let verdicts = fast::verify(&whole, network);
    let depths: Vec<_> = verdicts
        .iter()
        .map(|v| {
            let asked = v.status != Status::Vacuous;
            asked.then(|| fast::depth(&whole, network, &whole.checks[v.check].question)).flatten()
        })
        .collect();
    let differences = expect::differences(&whole, network, &verdicts);
    let sources = &composition.kinds[0].sources;
    let mut report = Report::new(&report::Input {
        assessment: Some(&assessment),
        model: &whole,
        sources,
        verdicts: &verdicts,
        depths: &depths,
        differences: &differences,
        warnings: &composition.warnings,
        engine: "fast",
        faults: &[],
    });
    // `trace` reads the drawing of one body, and this is a region.
    report.forget_commands();
    let outcome: Outcome = report.outcome().into();
    if !composition.coupled.is_empty() && matches!(outcome, Outcome::Holds | Outcome::Undecided) {
        // A report would read as if all were well.
        let told = RegionReport::new(region, composition);
        output::say(match args.lang() {
            Lang::Ja => "未確定: 団体どうしが共有部分の外で通じているため、この団体だけの報告は書けません",
            Lang::En => "undecided: bodies meet past what they share, so this body cannot be reported by itself",
        });
        for text in &told.coupled {
            output::say(&format!("  ? {}", report::clean(text.get(args.lang()))));
        }
        return Outcome::Undecided;
    }
    let denied = check.deny == Some(DenyArg::Warnings) && !composition.warnings.is_empty();
    let outcome = if denied { Outcome::Wrong } else { outcome };
    if let Err(outcome) = crate::check::write(args, check, (&whole, network, &verdicts), &report, outcome) {
        return outcome;
    }
    if !composition.coupled.is_empty() {
        met(args);
    }
    outcome
}

/// Says that bodies meet where they cannot be judged one by one.
pub(crate) fn met(args: &Args) {
    output::say(match args.lang() {
        Lang::Ja => {
            "団体どうしが共有部分の外で通じているため、この答えは未確定です(sekisho check を --body なしで使うと場所が分かります)"
        }
        Lang::En => {
            "bodies meet past what they share, so this answer is undecided (sekisho check without --body tells the places)"
        }
    });
}
