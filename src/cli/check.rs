//! `sekisho check`: load, verify, replay, report.

use rayon::prelude::*;
use sekisho::diagnostic::{Lang, RenderOptions, render_all, sort};
use sekisho::document::{Loaded, Loader as _, is_region, load};
use sekisho::guideline;
use sekisho::lint::unseen;
use sekisho::model::{Carrier, Date, FaceId, Model, Status};
use sekisho::network::Network;
use sekisho::report::{self, Input, Report, Style};
use sekisho::verify::fast::Depth;
use sekisho::verify::{Answer, Verdict, expect, fast, reference};

use crate::Outcome;
use crate::args::{Args, CheckArgs, DenyArg, EngineArg, FormatArg};
use crate::day;
use crate::files::Disk;
use crate::html;
use crate::output::{self, Progress};
use crate::region;
use crate::timings::{self, Clock};

pub(crate) fn run(args: &Args, check: &CheckArgs) -> Outcome {
    let mut disk = Disk::new(&check.file);
    if disk.root().is_ok_and(|(_, text)| is_region(&text)) {
        return region::run(args, check, &mut disk);
    }
    if let Some(flag) = region::only_for_regions(check) {
        return region::not_a_region(args, flag);
    }
    let options = RenderOptions { lang: args.lang(), color: output::color_err(args), width: None };
    let mut clock = Clock::new();
    let mut loaded = match load(&mut disk) {
        Ok(loaded) => loaded,
        Err(failed) => {
            output::note(&render_all(&failed.diagnostics, &failed.sources, &options));
            return Outcome::Wrong;
        }
    };
    loaded.warnings.extend(unseen(&loaded.model));
    sort(&mut loaded.warnings);
    output::note(&render_all(&loaded.warnings, &loaded.sources, &options));
    let text = match args.lang() {
        Lang::Ja => "検査しています…",
        Lang::En => "checking…",
    };
    let as_of = match day::as_of(args, check.as_of.as_deref(), &loaded.model) {
        Ok(day) => day,
        Err(outcome) => return outcome,
    };
    let progress = Progress::new(text);
    clock.lap("read");
    let Checked { report, network, verdicts } = match pool(check.threads) {
        Ok(Some(pool)) => pool.install(|| verified(&loaded, check.engine, as_of, &mut clock)),
        Ok(None) => verified(&loaded, check.engine, as_of, &mut clock),
        Err(e) => {
            output::say(&format!("sekisho: {e}"));
            return Outcome::Wrong;
        }
    };
    drop(progress);
    if check.timings {
        timings::say(args, &clock.phases);
    }
    let denied = check.deny == Some(DenyArg::Warnings) && !report.warnings.is_empty();
    let outcome = if denied { Outcome::Wrong } else { report.outcome().into() };
    if let Err(outcome) = write(args, check, (&loaded.model, &network, &verdicts), &report, outcome) {
        return outcome;
    }
    if !report.faults.is_empty() {
        internal(args.lang());
    }
    if denied {
        match args.lang() {
            Lang::Ja => output::say("警告があるため終了コード 2 で終わります(--deny warnings)"),
            Lang::En => output::say("there are warnings, so the exit code is 2 (--deny warnings)"),
        }
    }
    outcome
}

/// Writes the report of one drawing in the form that is asked for.
pub(crate) fn write(
    args: &Args,
    check: &CheckArgs,
    (model, network, verdicts): (&Model, &Network, &[Verdict]),
    report: &Report,
    outcome: Outcome,
) -> Result<(), Outcome> {
    let file = check.output.as_deref();
    let answer = match check.format {
        FormatArg::Json => report::json(report, outcome.code()),
        FormatArg::Sarif => report::sarif(report, args.lang()),
        FormatArg::Junit => report::junit(report, args.lang()),
        FormatArg::Markdown => report::markdown(report, args.lang()),
        FormatArg::Html => html::page(model, network, verdicts, report, args.lang()),
        FormatArg::Text => {
            let color = output::color_out(args, file);
            report::text(report, Style { lang: args.lang(), color, verbose: check.verbose, ..Style::default() })
        }
    };
    output::write(file, answer.as_bytes()).map_err(|e| {
        e.say(args);
        Outcome::Wrong
    })
}

pub(crate) fn internal(lang: Lang) {
    match lang {
        Lang::Ja => output::say("内部エラー: この答えは使えません(終了コード 2)"),
        Lang::En => output::say("internal error: this answer cannot be used (exit code 2)"),
    }
}

/// As many threads as asked for; `None` is rayon's own choice.
pub(crate) fn pool(threads: Option<u16>) -> Result<Option<rayon::ThreadPool>, rayon::ThreadPoolBuildError> {
    threads.map(|n| rayon::ThreadPoolBuilder::new().num_threads(n.into()).build()).transpose()
}

/// The report, and what pictures are made from.
struct Checked {
    report: Report,
    network: Network,
    verdicts: Vec<Verdict>,
}

/// Everything from the drawing to the report.
fn verified(loaded: &Loaded, engine: EngineArg, as_of: Option<Date>, clock: &mut Clock) -> Checked {
    let model = &loaded.model;
    let network = Network::new(model);
    clock.lap("compile");
    let mut faults = Vec::new();
    let (verdicts, name) = match engine {
        EngineArg::Fast => (fast::verify(model, &network), "fast"),
        EngineArg::Reference => (reference::verify(model), "reference"),
        EngineArg::Compare => {
            let (fast, slow) = rayon::join(|| fast::verify(model, &network), || reference::verify(model));
            faults = disagreements(model, &fast, &slow);
            (fast, "compare")
        }
    };
    clock.lap("checks");
    let depths: Vec<Option<Depth>> = verdicts
        .par_iter()
        .map(|v| {
            (v.status != Status::Vacuous)
                .then(|| fast::depth(model, &network, &model.checks[v.check].question))
                .flatten()
        })
        .collect();
    clock.lap("depths");
    let differences = expect::differences(model, &network, &verdicts);
    let assessment = guideline::assess(&guideline::Input { model, network: &network, verdicts: &verdicts, as_of });
    clock.lap("rules");
    let report = Report::new(&Input {
        assessment: Some(&assessment),
        model,
        sources: &loaded.sources,
        verdicts: &verdicts,
        depths: &depths,
        differences: &differences,
        warnings: &loaded.warnings,
        engine: name,
        faults: &faults,
    });
    clock.lap("report");
    Checked { report, network, verdicts }
}

/// What two engines have to agree on: status, carriers with the length of their path, members without a flow.
type Essence = (Status, Vec<(Carrier, usize)>, Vec<(FaceId, bool)>);

fn essence(v: &Verdict) -> Essence {
    let (mut carriers, mut missing) = (Vec::new(), Vec::new());
    match &v.answer {
        Answer::Matrix(rows) => carriers.extend(rows.iter().map(|u| (u.carrier, u.witness.hops.len()))),
        Answer::Paths(paths) => carriers.extend(paths.iter().filter_map(|w| Some((w.final_carrier()?, w.hops.len())))),
        Answer::Flow { missing: m, .. } => missing.extend(m.iter().copied()),
        Answer::Nothing => {}
    }
    carriers.sort_unstable();
    (v.status, carriers, missing)
}

fn disagreements(model: &Model, fast: &[Verdict], slow: &[Verdict]) -> Vec<String> {
    let mut list = Vec::new();
    if fast.len() != slow.len() {
        list.push(format!("{} verdicts of the fast engine, {} of the reference engine", fast.len(), slow.len()));
    }
    for (f, r) in fast.iter().zip(slow) {
        let (a, b) = (essence(f), essence(r));
        if f.check != r.check || a != b {
            list.push(format!(
                "{}: the engines disagree\n  fast      {a:?}\n  reference {b:?}",
                model.checks[f.check].name
            ));
        }
    }
    list
}
