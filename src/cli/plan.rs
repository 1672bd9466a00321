//! `sekisho plan check` and `plan order`: a migration plan, stage by stage.

use sekisho::change::plan::{Found, Survey, as_written, check, order};
use sekisho::diagnostic::{Lang, RenderOptions, render_all};
use sekisho::diagram::Page;
use sekisho::diagram::build::{View, picture};
use sekisho::diagram::svg::{self, Panel};
use sekisho::document::{LoadedPlan, load_plan};
use sekisho::model::Date;
use sekisho::model::plan::{PlanVerdict, Stage};
use sekisho::network::Network;
use sekisho::report::{self, PlanReport, Style};
use sekisho::verify::fast;

use crate::Outcome;
use crate::args::{Args, PlanAction, PlanArgs, SheetArg};
use crate::day;
use crate::files::Disk;
use crate::output::{self, Progress};

pub(crate) fn run(args: &Args, plan: &PlanArgs) -> Outcome {
    let options = RenderOptions { lang: args.lang(), color: output::color_err(args), width: None };
    let loaded = match load_plan(&mut Disk::for_plan(&plan.file)) {
        Ok(loaded) => loaded,
        Err(failed) => {
            output::note(&render_all(&failed.diagnostics, &failed.sources, &options));
            return Outcome::Wrong;
        }
    };
    output::note(&render_all(&loaded.warnings, &loaded.sources, &options));
    let Ok(start) = loaded.draw(Stage::default()) else {
        return output::internal(args, "the drawing of the plan is none");
    };
    let as_of = match day::as_of(args, plan.as_of.as_deref(), &start.model) {
        Ok(day) => day,
        Err(outcome) => return outcome,
    };
    let progress = Progress::new(match args.lang() {
        Lang::Ja => "段階を調べています…",
        Lang::En => "looking at the stages…",
    });
    let report = match super::check::pool(plan.threads) {
        Ok(Some(pool)) => pool.install(|| answered(&loaded, plan.action, as_of)),
        Ok(None) => answered(&loaded, plan.action, as_of),
        Err(e) => {
            output::say(&format!("sekisho: {e}"));
            return Outcome::Wrong;
        }
    };
    drop(progress);
    if let Some(fault) = report.faults.first() {
        return output::internal(args, fault);
    }
    if let Some(file) = &plan.draw {
        let sheet = drawn(&loaded, &report, args.lang());
        if let Err(e) = output::write(Some(file), sheet.as_bytes()) {
            e.say(args);
            return Outcome::Wrong;
        }
    }
    written(args, plan, &report)
}

/// The stages of the order that was looked at, drawn one after the other.
fn drawn(loaded: &LoadedPlan, report: &PlanReport, lang: Lang) -> String {
    let mut panels = Vec::new();
    let options = svg::Options { page: Page::Fit, legend: false, heading: false, ..svg::Options::default() };
    for row in &report.moments {
        let (caption, answer) = report::plan_stage(report, row, lang);
        let is_wrong = row.verdict == PlanVerdict::Unsafe;
        // A stage that is no drawing keeps its place, with an empty frame; its caption says why.
        let svg = loaded.draw(row.stage).ok().and_then(|stage| {
            let network = Network::new(&stage.model);
            let verdicts = fast::verify(&stage.model, &network);
            let picture = picture(&stage.model, &network, &verdicts, View::Aggregate, lang).ok()?;
            Some(svg::render(&picture, &options))
        });
        panels.push(Panel { caption, answer, is_wrong, svg: svg.unwrap_or_default() });
    }
    svg::strip(&report.plan, &panels)
}

fn answered(loaded: &LoadedPlan, action: PlanAction, as_of: Option<Date>) -> PlanReport {
    let survey = Survey::new(loaded, as_of);
    match action {
        PlanAction::Check => report::plan_checked(&survey, &check(&survey, &as_written(&survey))),
        PlanAction::Order => {
            let found: Found = order(&survey);
            report::plan_found(&survey, &found, as_of)
        }
    }
}

fn written(args: &Args, plan: &PlanArgs, report: &PlanReport) -> Outcome {
    let file = plan.output.as_deref();
    let answer = match plan.format {
        SheetArg::Json => report::plan_json(report),
        SheetArg::Markdown => report::plan_markdown(report, args.lang()),
        SheetArg::Text => {
            let style = Style {
                lang: args.lang(),
                color: output::color_out(args, file),
                verbose: plan.verbose,
                ..Style::default()
            };
            report::plan_text(report, style)
        }
    };
    if let Err(e) = output::write(file, answer.as_bytes()) {
        e.say(args);
        return Outcome::Wrong;
    }
    // A plan that says what it expects is right when it is as expected.
    match (report.expectations, report.differences.len(), report.verdict) {
        (0, _, PlanVerdict::Safe) => Outcome::Holds,
        (0, _, PlanVerdict::Undecided) => Outcome::Undecided,
        (0, _, PlanVerdict::Unsafe) => Outcome::Violated,
        (_, 0, _) => Outcome::Holds,
        _ => Outcome::Violated,
    }
}
