//! What `sekisho bench` measured, in words and as JSON. Ratios are the message: seconds belong to one machine and one day.
//!
//! Not here: measuring (`measure`).

use serde::Serialize;

use super::json::{SCHEMA_VERSION, written};
use super::text::{Look, Page, Style, columns, fill};
use crate::measure::{Figures, Machine, Peer, Stages, Timed};

/// Everything that was measured in one run.
#[derive(Debug)]
pub struct Measured<'a> {
    /// The name of the drawing; none for the synthetic network.
    pub drawing: Option<&'a str>,
    /// The stages of the drawing.
    pub stages: Option<Stages>,
    /// The kernel and the plain search.
    pub figures: &'a Figures,
    /// On what.
    pub machine: &'a Machine,
    /// How many threads.
    pub threads: usize,
    /// The most bytes that were held, if the system says.
    pub peak: Option<u64>,
    /// When, as `2026-11-26`.
    pub date: &'a str,
}

/// The least seconds in which this machine's memory could do the closure.
fn bound(m: &Measured<'_>) -> Option<f64> {
    let need = m.figures.need;
    Some(m.machine.best()?.least(need.layout + need.states, need.states))
}

fn per_source(p: &Peer) -> f64 {
    p.many.seconds() / p.tried.max(1) as f64
}

/// The rows that compare the two ways: Japanese, English, ours, plain.
fn rows(f: &Figures) -> Vec<(&'static str, &'static str, f64, f64)> {
    let (o, p) = (&f.ours, &f.plain);
    let first = |p: &Peer| p.build.seconds() + p.one.seconds();
    let n = f.sources as f64;
    let prepared = o.build.seconds() + f.condense.seconds() + per_source(o) * n;
    vec![
        ("組み立て", "building", o.build.seconds(), p.build.seconds()),
        ("出どころ全部から一度に", "from all sources at once", o.one.seconds(), p.one.seconds()),
        ("組み立てと合わせて", "both together", first(o), first(p)),
        ("出どころ一つあたり", "each source alone", per_source(o), per_source(p)),
        (
            "出どころ全部を一つずつ、準備から",
            "every source alone, with all preparation",
            prepared,
            p.build.seconds() + per_source(p) * n,
        ),
    ]
}

fn stage_rows(s: &Stages) -> [(&'static str, &'static str, &'static str, Timed); 7] {
    [
        ("read", "読む", "read", s.read),
        ("resolve", "名前を解く", "resolve names", s.resolve),
        ("packets", "誰と誰が通信できるか", "who can talk to whom", s.packets),
        ("steps", "通信で何が渡るか", "what crosses in it", s.steps),
        ("freeze", "グラフにする", "make the graph", s.freeze),
        ("checks", "検査", "checks", s.checks),
        ("rules", "ガイドラインの規則", "rules of the guideline", s.rules),
    ]
}

/// Seconds as people read them.
fn time(seconds: f64) -> String {
    match seconds {
        s if s >= 1.0 => format!("{s:.2} s"),
        s if s >= 1e-3 => format!("{:.2} ms", s * 1e3),
        s => format!("{:.2} µs", s * 1e6),
    }
}

fn amount(bytes: u64) -> String {
    match bytes {
        b if b >= 100_000_000 => format!("{:.2} GB", b as f64 / 1e9),
        b if b >= 100_000 => format!("{:.1} MB", b as f64 / 1e6),
        b => format!("{:.1} kB", b as f64 / 1e3),
    }
}

/// The text of `sekisho bench`.
#[must_use]
pub fn bench_text(m: &Measured<'_>, style: Style) -> String {
    let mut page = Page::new(style);
    let f = m.figures;
    let title = match m.drawing {
        Some(name) => page.pick(&format!("答えにかかる時間: {name}"), &format!("How long answers take: {name}")),
        None => page.pick("答えにかかる時間: 合成したネットワーク", "How long answers take: a synthetic network"),
    };
    page.line(Look::Head, 0, &title);
    machine(&mut page, m);
    if let Some(stages) = &m.stages {
        page.blank();
        let head = page.pick("段階(数回の中央値)", "stage (median of several runs)");
        page.line(Look::Head, 0, &head);
        let all: f64 = stage_rows(stages).iter().map(|r| r.3.seconds()).sum();
        for (_, ja, en, t) in stage_rows(stages) {
            let text = format!(
                "{}{:>12}  {:>3.0} %",
                fill(&page.pick(ja, en), 26),
                time(t.seconds()),
                t.seconds() / all * 100.0
            );
            page.row(Look::Plain, &format!("  {text}"));
        }
    }
    page.blank();
    let head = page.pick(
        &format!("何が届くか: 点 {}、つながり {}、届いた(点、状態)の組 {}", f.nodes, f.edges, f.pairs),
        &format!("What is reached: {} nodes, {} edges, {} pairs of node and state reached", f.nodes, f.edges, f.pairs),
    );
    page.line(Look::Head, 0, &head);
    let titles = [page.pick("本ツール", "sekisho"), page.pick("普通の探索", "plain search"), page.pick("比", "ratio")];
    let wide = rows(f).iter().map(|r| columns(&page.pick(r.0, r.1))).max().unwrap_or(0) + 2;
    let right = |text: &str, width: usize| format!("{}{text}", " ".repeat(width.saturating_sub(columns(text))));
    let head =
        format!("  {}{}{}{}", fill("", wide), right(&titles[0], 12), right(&titles[1], 14), right(&titles[2], 12));
    page.row(Look::Head, &head);
    for (ja, en, ours, plain) in rows(f) {
        let ratio = page.pick(&format!("{:.1} 倍", plain / ours), &format!("{:.1} times", plain / ours));
        let label = fill(&page.pick(ja, en), wide);
        page.row(
            Look::Plain,
            &format!("  {label}{}{}{}", right(&time(ours), 12), right(&time(plain), 14), right(&ratio, 12)),
        );
    }
    let (tried, sources) = (f.plain.tried, f.sources);
    let note = page.pick(
        &format!("普通の探索は petgraph のグラフと幅優先探索。一つずつの分は、{sources} のうち {tried} を測った。両方の答えは同じと確かめた"),
        &format!("Plain search is petgraph's graph, breadth first; one by one it was measured for {tried} of {sources} sources. Both gave the same answers"),
    );
    page.line(Look::Plain, 2, &note);
    memory(&mut page, m);
    page.finish()
}

fn machine(page: &mut Page, m: &Measured<'_>) {
    let unknown = page.pick("このシステムでは分からない", "not known on this system");
    let total = m.machine.memory.map_or_else(|| unknown.clone(), amount);
    let (cores, threads, date) = (m.machine.cores, m.threads, m.date);
    let text = page.pick(
        &format!("コア {cores}、メモリ {total}、スレッド {threads}、{date}"),
        &format!("{cores} cores, memory: {total}, {threads} threads, {date}"),
    );
    page.line(Look::Plain, 0, &text);
}

fn memory(page: &mut Page, m: &Measured<'_>) {
    let f = m.figures;
    page.blank();
    let head = page.pick("メモリの速さと比べて", "Beside the speed of memory");
    page.line(Look::Head, 0, &head);
    for r in &m.machine.rates {
        let gb = |rate: f64| format!("{:.1} GB/s", rate / 1e9);
        let (read, write, triad, n) = (gb(r.read), gb(r.write), gb(r.triad), r.threads);
        let text = page.pick(
            &format!("スレッド {n}: 読み {read}、書き {write}、三つの配列 {triad}"),
            &format!("{n} thread(s): read {read}, write {write}, triad {triad}"),
        );
        page.line(Look::Plain, 2, &text);
    }
    if let Some(least) = bound(m) {
        let (took, least_told, ratio) = (time(f.ours.one.seconds()), time(least), f.ours.one.seconds() / least);
        let bytes = amount(f.need.traffic());
        let text = page.pick(
            &format!("触れるしかない {bytes} を動かすだけで {least_told}。かかったのは {took}、その {ratio:.1} 倍"),
            &format!(
                "moving the {bytes} that have to be touched takes {least_told}; it took {took}, {ratio:.1} times that"
            ),
        );
        page.line(Look::Plain, 2, &text);
    }
    let gain = f.alone.seconds() / f.ours.one.seconds();
    let each = (f.need.total() + f.condensed) / f.nodes.max(1);
    let unknown = page.pick("このシステムでは分からない", "not known on this system");
    let peak = m.peak.map_or(unknown, amount);
    let text = page.pick(
        &format!("スレッド {} は一つより {gain:.1} 倍速い。一点あたり {each} バイト。測定全体の最大メモリ: {peak}", m.threads),
        &format!("{} threads are {gain:.1} times as fast as one; {each} bytes per node; most memory of the whole run: {peak}", m.threads),
    );
    page.line(Look::Plain, 2, &text);
}

#[derive(Serialize)]
struct JsonBench<'a> {
    schema_version: u32,
    program_version: &'static str,
    date: &'a str,
    cores: usize,
    threads: usize,
    memory_bytes: Option<u64>,
    peak_bytes: Option<u64>,
    drawing: Option<&'a str>,
    stages: Vec<JsonStage>,
    nodes: u64,
    edges: u64,
    pairs: u64,
    sources: usize,
    flat: JsonPeer,
    plain: JsonPeer,
    condense_seconds: f64,
    one_thread_seconds: f64,
    layout_bytes: u64,
    state_bytes: u64,
    condensed_bytes: u64,
    bandwidth: Vec<JsonRates>,
    bound_seconds: Option<f64>,
    times_bound: Option<f64>,
}

#[derive(Serialize)]
struct JsonStage {
    stage: &'static str,
    seconds: f64,
    runs: usize,
}

#[derive(Serialize)]
struct JsonPeer {
    build_seconds: f64,
    all_sources_seconds: f64,
    each_source_seconds: f64,
    sources_tried: usize,
    runs: usize,
}

#[derive(Serialize)]
struct JsonRates {
    threads: usize,
    read: f64,
    write: f64,
    triad: f64,
}

fn peer(p: &Peer) -> JsonPeer {
    JsonPeer {
        build_seconds: p.build.seconds(),
        all_sources_seconds: p.one.seconds(),
        each_source_seconds: per_source(p),
        sources_tried: p.tried,
        runs: p.one.runs,
    }
}

/// The form of `sekisho bench --format json`.
#[must_use]
pub fn bench_json(m: &Measured<'_>) -> String {
    let f = m.figures;
    let stage =
        |(stage, _, _, t): (&'static str, &str, &str, Timed)| JsonStage { stage, seconds: t.seconds(), runs: t.runs };
    let rate =
        |r: &crate::measure::Rates| JsonRates { threads: r.threads, read: r.read, write: r.write, triad: r.triad };
    let bound = bound(m);
    written(&JsonBench {
        schema_version: SCHEMA_VERSION,
        program_version: env!("CARGO_PKG_VERSION"),
        date: m.date,
        cores: m.machine.cores,
        threads: m.threads,
        memory_bytes: m.machine.memory,
        peak_bytes: m.peak,
        drawing: m.drawing,
        stages: m.stages.as_ref().map(|s| stage_rows(s).into_iter().map(stage).collect()).unwrap_or_default(),
        nodes: f.nodes,
        edges: f.edges,
        pairs: f.pairs,
        sources: f.sources,
        flat: peer(&f.ours),
        plain: peer(&f.plain),
        condense_seconds: f.condense.seconds(),
        one_thread_seconds: f.alone.seconds(),
        layout_bytes: f.need.layout,
        state_bytes: f.need.states,
        condensed_bytes: f.condensed,
        bandwidth: m.machine.rates.iter().map(rate).collect(),
        bound_seconds: bound,
        times_bound: bound.map(|b| f.ours.one.seconds() / b),
    })
}
