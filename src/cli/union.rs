//! All bodies of a region as one graph, as the command line makes it: how much memory it may take, and what is said if it
//! cannot be made.

use std::time::Instant;

use sekisho::compose::{Composition, Disagreement, NoUnion, Steps, Union, recheck, steps_asked};
use sekisho::diagnostic::{Lang, RenderOptions, render_all};
use sekisho::document::Region;
use sekisho::report;

use crate::Outcome;
use crate::args::{Args, CheckArgs};
use crate::check::internal;
use crate::memory;
use crate::output;

/// What the graph may take where the system does not say how much memory is free.
const LIMIT: u64 = 8_000_000_000;

/// So many differences are shown; one is enough to distrust everything.
const SHOWN: usize = 10;

/// Builds the graph in no more memory than is allowed, or says why not.
pub(crate) fn build(args: &Args, region: &Region, steps: &[Steps], allowed: Option<&str>) -> Result<Union, Outcome> {
    Union::new(region, steps, memory::limit(allowed, LIMIT)).map_err(|failed| match failed {
        NoUnion::Wrong(diagnostics) => {
            let options = RenderOptions { lang: args.lang(), color: output::color_err(args), width: None };
            output::note(&render_all(&diagnostics, &region.sources, &options));
            Outcome::Wrong
        }
        NoUnion::TooLarge { bytes, limit } => {
            output::say(&match args.lang() {
                Lang::Ja => format!(
                    "エラー: すべての団体を一つのグラフにするには {bytes} バイトほど要りますが、使えるのは {limit} バイトです"
                ),
                Lang::En => {
                    format!("error: all bodies in one graph need about {bytes} bytes, and may take {limit}")
                }
            });
            Outcome::Wrong
        }
        NoUnion::Unfit(unfit) => output::internal(args, &unfit.to_string()),
        NoUnion::Unknown(machine) => output::internal(args, &format!("two drawings differ in `{machine}`")),
    })
}

/// The second answer of `check --flat`: nothing if it is the same, else how the run ends.
pub(crate) fn second(args: &Args, check: &CheckArgs, region: &Region, composition: &Composition) -> Option<Outcome> {
    let start = Instant::now();
    let union = match build(args, region, &steps_asked(composition), check.max_memory.as_deref()) {
        Ok(union) => union,
        Err(outcome) => return Some(outcome),
    };
    let apart = composition.coupled.is_empty();
    let (compared, different) = if apart { recheck(region, composition, &union) } else { (0, Vec::new()) };
    let (faces, edges) = (union.size().faces, union.size().links.iter().sum::<u64>());
    let seconds = start.elapsed().as_secs_f64();
    output::say(&match (args.lang(), apart) {
        (Lang::Ja, true) => format!(
            "すべての団体を一つのグラフにして比べました: 接続口 {faces}、辺 {edges}、比べた検査 {compared}、{seconds:.2} 秒"
        ),
        (Lang::En, true) => format!(
            "all bodies in one graph, compared: {faces} attachments, {edges} edges, {compared} checks, {seconds:.2} s"
        ),
        (Lang::Ja, false) => format!(
            "団体を一つずつ判定できないところがあるため、一つのグラフとは比べられません: 接続口 {faces}、辺 {edges}、{seconds:.2} 秒"
        ),
        (Lang::En, false) => format!(
            "bodies cannot be judged one by one, so there is nothing to compare: {faces} attachments, {edges} edges, {seconds:.2} s"
        ),
    });
    if different.is_empty() {
        return None;
    }
    for d in different.iter().take(SHOWN) {
        output::say(&told(args.lang(), d));
    }
    if different.len() > SHOWN {
        let more = different.len() - SHOWN;
        output::say(&match args.lang() {
            Lang::Ja => format!("ほかに {more} 件"),
            Lang::En => format!("and {more} more"),
        });
    }
    internal(args.lang());
    Some(Outcome::Wrong)
}

fn told(lang: Lang, d: &Disagreement) -> String {
    let word = |[possible, certain]: [bool; 2]| match (lang, possible, certain) {
        (Lang::Ja, false, _) => "経路はない",
        (Lang::Ja, true, false) => "経路があるかもしれない",
        (Lang::Ja, true, true) => "経路がある",
        (Lang::En, false, _) => "no path",
        (Lang::En, true, false) => "possibly a path",
        (Lang::En, true, true) => "a path",
    };
    let (body, check) = (report::clean(&d.body), report::clean(&d.check));
    let (composed, together) = (word(d.composed), word(d.together));
    match lang {
        Lang::Ja => {
            format!("{body}: {check}: 団体ごとの判定では{composed}、すべての団体を一つのグラフにすると{together}")
        }
        Lang::En => format!("{body}: {check}: {composed} body by body, {together} with all bodies in one graph"),
    }
}
