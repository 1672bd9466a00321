//! `sekisho diff`: what changed in meaning between two drawings, and whether that was expected.

use std::path::Path;

use sekisho::change::difference::{self, Difference, Drawing};
use sekisho::change::expected::{self, Judged};
use sekisho::diagnostic::Lang;
use sekisho::diagram::build::changes;
use sekisho::diagram::{dot, svg};
use sekisho::document::{self, Loaded};
use sekisho::guideline::{self, Assessment};
use sekisho::model::Date;
use sekisho::network::Network;
use sekisho::report::{self, Compared, Style};
use sekisho::verify::{Verdict, fast};

use crate::Outcome;
use crate::args::{Args, DiffArgs, DiffFormatArg};
use crate::files::{Disk, loaded};
use crate::output::{self, Progress};
use crate::{day, say};

/// A drawing that is read and answered.
struct Side {
    loaded: Loaded,
    network: Network,
    verdicts: Vec<Verdict>,
}

impl Side {
    fn new(loaded: Loaded) -> Self {
        let network = Network::new(&loaded.model);
        let verdicts = fast::verify(&loaded.model, &network);
        Self { loaded, network, verdicts }
    }

    fn assessed(&self, as_of: Option<Date>) -> Assessment<'_> {
        let (model, network, verdicts) = (&self.loaded.model, &self.network, self.verdicts.as_slice());
        guideline::assess(&guideline::Input { model, network, verdicts, as_of })
    }

    fn drawing<'a>(&'a self, assessment: &'a Assessment<'a>) -> Drawing<'a> {
        Drawing { model: &self.loaded.model, network: &self.network, verdicts: &self.verdicts, assessment }
    }

    fn named(&self) -> (&str, &str) {
        let file = self.loaded.sources.iter().last().map(|(_, s)| s.name());
        let first = self.loaded.sources.iter().next().map(|(_, s)| s.name());
        (&self.loaded.model.name, first.or(file).unwrap_or_default())
    }
}

pub(crate) fn run(args: &Args, diff: &DiffArgs) -> Outcome {
    if diff.before == Path::new("-") && diff.after == Path::new("-") {
        output::say(match args.lang() {
            Lang::Ja => "エラー: 標準入力から読めるのは一方の図面だけです",
            Lang::En => "error: only one of the drawings can come from standard input",
        });
        return Outcome::Wrong;
    }
    // Both are read before anything is said to be over, so that mistakes of both are told.
    let (before, after) = (loaded(args, &diff.before), loaded(args, &diff.after));
    let (Some(before), Some(after)) = (before, after) else { return Outcome::Wrong };
    let expect = match &diff.expect {
        None => None,
        Some(file) => match document::expected(&mut Disk::new(file), &before.model, &after.model) {
            Ok(expected) => Some(expected),
            Err(failed) => {
                say::diagnostics(args, &failed.diagnostics, &failed.sources);
                return Outcome::Wrong;
            }
        },
    };
    // One day for both: what a date turns is no difference between the drawings.
    let day = day::as_of(args, diff.as_of.as_deref(), &before.model)
        .and_then(|day| Ok(day.or(day::as_of(args, diff.as_of.as_deref(), &after.model)?)));
    let as_of = match day {
        Ok(day) => day,
        Err(outcome) => return outcome,
    };
    let progress = Progress::new(match args.lang() {
        Lang::Ja => "比べています…",
        Lang::En => "comparing…",
    });
    let (before, after) = rayon::join(|| Side::new(before), || Side::new(after));
    let (x, y) = rayon::join(|| before.assessed(as_of), || after.assessed(as_of));
    let (left, right) = (before.drawing(&x), after.drawing(&y));
    let found = difference::difference(&left, &right);
    let judged = expect.as_ref().map(|e| expected::judge(&found, &e.changes));
    drop(progress);
    let answer = answer(args, diff, (&before, &after), (&left, &right), &found, judged.as_ref());
    match output::write(diff.output.as_deref(), answer.as_bytes()) {
        Ok(()) => ended(judged.as_ref().map_or_else(|| found.outcome(), Judged::outcome)),
        Err(unwritten) => {
            unwritten.say(args);
            Outcome::Wrong
        }
    }
}

fn ended(outcome: difference::Outcome) -> Outcome {
    match outcome {
        difference::Outcome::Same => Outcome::Holds,
        difference::Outcome::Changed => Outcome::Violated,
        difference::Outcome::Open => Outcome::Undecided,
    }
}

fn answer(
    args: &Args,
    diff: &DiffArgs,
    (before, after): (&Side, &Side),
    drawings: (&Drawing<'_>, &Drawing<'_>),
    found: &Difference,
    judged: Option<&Judged>,
) -> String {
    let lang = args.lang();
    let compared = Compared { before: before.named(), after: after.named(), difference: found, expected: judged };
    let color = output::color_out(args, diff.output.as_deref());
    match diff.format {
        DiffFormatArg::Text => {
            report::difference_text(&compared, Style { lang, color, verbose: diff.verbose, ..Style::default() })
        }
        DiffFormatArg::Json => report::difference_json(&compared),
        DiffFormatArg::Markdown => report::difference_markdown(&compared, lang),
        DiffFormatArg::Svg => svg::render(&changes::picture(drawings, found, lang), &svg::Options::default()),
        DiffFormatArg::Dot => {
            let picture = changes::picture(drawings, found, lang);
            let page = svg::page(&picture, &svg::Options::default());
            dot::render(&picture, &dot::Options { page, ..dot::Options::default() })
        }
    }
}
