//! `sekisho bench`: how long answers take on this machine, for a drawing or for a synthetic network.

use sekisho::diagnostic::{Lang, RenderOptions, render_all};
use sekisho::generate::mesh::Mesh;
use sekisho::measure::{self, Machine};
use sekisho::report::{self, Measured, Style};

use crate::Outcome;
use crate::args::{Args, BenchArgs, TableArg};
use crate::files::Disk;
use crate::output;

/// The nodes of the synthetic network, if nobody says how many.
const NODES: u32 = 1_000_000;

/// The seed of the synthetic network: the same graph everywhere.
const SEED: u64 = 1;

/// Arrays for measuring memory: larger than caches are.
const ARRAY: usize = 128 << 20;

pub(crate) fn run(args: &Args, bench: &BenchArgs) -> Outcome {
    let pool = match super::check::pool(bench.threads) {
        Ok(pool) => pool,
        Err(e) => return wrong(args, &format!("スレッドを用意できません: {e}"), &format!("no threads: {e}")),
    };
    let progress = output::Progress::new(match args.lang() {
        Lang::Ja => "測っています…",
        Lang::En => "measuring…",
    });
    let outcome = match pool {
        Some(pool) => pool.install(|| measured(args, bench)),
        None => measured(args, bench),
    };
    drop(progress);
    outcome
}

fn wrong(args: &Args, ja: &str, en: &str) -> Outcome {
    output::say(&match args.lang() {
        Lang::Ja => format!("エラー: {}", report::clean(ja)),
        Lang::En => format!("error: {}", report::clean(en)),
    });
    Outcome::Wrong
}

fn measured(args: &Args, bench: &BenchArgs) -> Outcome {
    let (job, drawing) = match &bench.file {
        Some(path) => {
            let options = RenderOptions { lang: args.lang(), color: output::color_err(args), width: None };
            let (stages, loaded, network) = match measure::stages(&mut Disk::new(path)) {
                Ok(measured) => measured,
                Err(failed) => {
                    output::note(&render_all(&failed.diagnostics, &failed.sources, &options));
                    return Outcome::Wrong;
                }
            };
            match measure::of_drawing(&loaded.model, &network) {
                Ok(job) => (job, Some((loaded.model.name.clone(), stages))),
                Err(e) => return output::internal(args, &e.to_string()),
            }
        }
        None => {
            let nodes = bench.nodes.unwrap_or(NODES);
            let need = measure::need(nodes.into());
            if let Some(free) = measure::available().filter(|&free| need > free) {
                return wrong(
                    args,
                    &format!(
                        "点 {nodes} には {need} バイトが要りますが、空いているのは {free} バイトです。--nodes を小さくしてください"
                    ),
                    &format!("{nodes} nodes need {need} bytes, and {free} bytes are free; use a smaller --nodes"),
                );
            }
            (measure::synthetic(Mesh::random(nodes, SEED)), None)
        }
    };
    let figures = match measure::figures(&job) {
        Ok(figures) => figures,
        Err(e) => return output::internal(args, &e),
    };
    // Before memory is measured, which takes some of its own.
    let peak = measure::peak();
    let threads =
        bench.threads.map_or_else(|| std::thread::available_parallelism().map_or(1, usize::from), usize::from);
    let machine = Machine::this(threads, ARRAY);
    let date = super::day::today().to_string();
    let measured = Measured {
        drawing: drawing.as_ref().map(|(name, _)| name.as_str()),
        stages: drawing.as_ref().map(|(_, stages)| *stages),
        figures: &figures,
        machine: &machine,
        threads,
        peak,
        date: &date,
    };
    let file = bench.output.as_deref();
    let answer = match bench.format {
        TableArg::Json => report::bench_json(&measured),
        TableArg::Text => {
            let style = Style { lang: args.lang(), color: output::color_out(args, file), ..Style::default() };
            report::bench_text(&measured, style)
        }
    };
    match output::write(file, answer.as_bytes()) {
        Ok(()) => Outcome::Holds,
        Err(e) => {
            e.say(args);
            Outcome::Wrong
        }
    }
}
