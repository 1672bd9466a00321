//! One job at sizes from a thousand nodes to ten million: which (node, state) pairs are reachable, from one set of sources
//! and from 64 sources, each alone. Beside the flat form stand petgraph's two graphs and two Datalog engines, all held to
//! the same answer, and the memory of the machine, all in one run: read the ratios, not the seconds.
//!
//! `cargo bench --bench scale` prints the table; `-- measure` adds criterion's own statistics of the flat form.
//! `SEKISHO_BENCH_NODES=1000000` is the largest size then, `SEKISHO_BENCH_THREADS` the number of threads. Nothing here
//! fails because something is slow; it fails if two answers differ.

use std::hint::black_box;

use criterion::Criterion;
use datafrog::{Iteration, Relation};
use sekisho::generate::mesh::Mesh;
use sekisho::measure::{self, Job, Machine, Timed, timed};
use sekisho::network::flat::{Condensed, Link};
use sekisho::network::plain::Plain;

const SIZES: [u32; 5] = [1_000, 10_000, 100_000, 1_000_000, 10_000_000];

/// Beyond this a Datalog engine takes minutes and most of the memory.
const DATALOG: u32 = 1_000_000;

/// The ascent program, in a module of its own: the macro writes items without documentation.
#[allow(missing_docs, unreachable_pub, clippy::all, reason = "written by a macro")]
mod program {
    ascent::ascent! {
        pub struct Reachable;
        relation link(u32, u32, u16);
        relation transfer(u16, u8, u8);
        relation reach(u32, u8);
        reach(to, after) <-- reach(from, before), link(from, to, class), transfer(class, before, after);
    }
}

/// States as words, from pairs.
fn words(nodes: u32, pairs: impl IntoIterator<Item = (u32, u8)>) -> Vec<u64> {
    let mut words = vec![0u64; nodes as usize];
    pairs.into_iter().for_each(|(node, state)| words[node as usize] |= 1 << state);
    words
}

/// Pairs of node and state, from sources.
fn pairs(starts: impl IntoIterator<Item = (u32, u64)>) -> Vec<(u32, u8)> {
    let of = |(node, states): (u32, u64)| (0..64).filter(move |s| states >> s & 1 == 1).map(move |s| (node, s as u8));
    starts.into_iter().flat_map(of).collect()
}

fn together(job: &Job) -> Vec<(u32, u8)> {
    pairs(job.starts.iter().flat_map(|s| s.nodes.clone().map(|n| (n, s.states))))
}

/// A pair as one number: datafrog sorts, and one number sorts faster than two.
fn fact(node: u32, state: u8) -> u32 {
    node << 3 | u32::from(state)
}

/// datafrog's relation of what follows from what: its joins want facts, not transfers.
fn frog_relation(job: &Job, links: &[Link]) -> Relation<(u32, u32)> {
    let of =
        |&(from, to, class): &Link| job.classes.pairs(class).iter().map(move |&(a, b)| (fact(from, a), fact(to, b)));
    links.iter().flat_map(of).collect::<Vec<_>>().into()
}

fn frog(follows: &Relation<(u32, u32)>, starts: &[(u32, u8)]) -> Vec<(u32, u8)> {
    let mut iteration = Iteration::new();
    let reach = iteration.variable::<(u32, ())>("reach");
    reach.extend(starts.iter().map(|&(n, s)| (fact(n, s), ())));
    while iteration.changed() {
        reach.from_join(&reach, follows, |_, (), &to| (to, ()));
    }
    reach.complete().iter().map(|&(f, ())| (f >> 3, (f & 7) as u8)).collect()
}

fn ascent_program(job: &Job, links: &[Link]) -> program::Reachable {
    let classes = 0..job.classes.len() as u16;
    let transfer = classes.flat_map(|c| job.classes.pairs(c).iter().map(move |&(a, b)| (c, a, b))).collect();
    let mut program = program::Reachable::default();
    program.link = links.to_vec();
    program.transfer = transfer;
    program
}

/// One line of the table. `many` is for one of the sources that are asked about alone.
struct Row {
    name: &'static str,
    build: Timed,
    one: Timed,
    many: Option<f64>,
}

fn show(row: &Row, ours: &Row) {
    let total = |r: &Row| r.build.seconds() + r.one.seconds();
    let many = match (row.many, ours.many) {
        (Some(m), Some(o)) => format!("{:>10.3} ms {:>7.0}×", m * 1e3, m / o),
        _ => String::new(),
    };
    println!(
        "  {:<34} {:>9.1} ms {:>9.1} ms {:>7.1}× {many}",
        row.name,
        row.build.seconds() * 1e3,
        row.one.seconds() * 1e3,
        total(row) / total(ours),
    );
}

/// The share of the sources that a slow engine is asked about.
fn tried(job: &Job) -> usize {
    job.sources.len().min(if job.nodes > 200_000 { 2 } else { 8 })
}

fn table(what: &str, job: &Job, machine: &Machine) {
    let (build, flat) = timed(5, || job.flat().expect("the job is one of a layout"));
    let mut states = vec![0; flat.len()];
    let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
    let (alone, ()) = one_thread.install(|| timed(9, || flat.closure_in(&job.starts, &mut states)));
    let (one, ()) = timed(9, || flat.closure_in(&job.starts, &mut states));
    let (unite, united) = timed(1, || job.flat().expect("the job is one of a layout").united());
    let mut again = vec![0; flat.len()];
    let (later_alone, ()) = one_thread.install(|| timed(9, || united.closure_in(&job.starts, &mut again)));
    let (later, ()) = timed(9, || united.closure_in(&job.starts, &mut again));
    assert!(again == states, "united it reaches something else");
    let (condense, condensed) = timed(3, || Condensed::new(&flat));
    let (many, reach) = timed(9, || condensed.reach(&job.sources));
    let counts = reach.counts();
    let per_source = many.seconds() / job.sources.len() as f64;
    let ours = Row { name: "flat form", build, one, many: Some(per_source) };
    let facts: u64 = states.iter().map(|w| u64::from(w.count_ones())).sum();
    let need = flat.need();
    println!("\n{what}: {} nodes, {} edges, {facts} pairs reached", job.nodes, flat.edges());
    println!("  {:<34} {:>12} {:>12} {:>8} {:>13} {:>8}", "", "build", "one source", "both", "each of 64", "");
    show(&ours, &ours);
    let (first, last) = (machine.rates.first(), machine.rates.last());
    let rows = [
        ("closure", first, alone, need),
        ("closure", last, one, need),
        ("closure once united", first, later_alone, united.need()),
        ("closure once united", last, later, united.need()),
    ];
    println!("  built and united in {:.1} ms", unite.seconds() * 1e3);
    for (name, rates, time, need) in rows {
        let Some(rates) = rates else { continue };
        let least = rates.least(need.layout + need.states, need.states);
        println!(
            "  {name}, {} thread(s): {:.2} ms; memory alone needs {:.2} ms for {:.0} MB: {:.1}× the bound",
            rates.threads,
            time.seconds() * 1e3,
            least * 1e3,
            need.traffic() as f64 / 1e6,
            time.seconds() / least
        );
    }
    println!(
        "  condensed once in {:.1} ms to {} components; 64 sources in {:.3} ms; {} + {} bytes per node",
        condense.seconds() * 1e3,
        condensed.len(),
        many.seconds() * 1e3,
        need.total() / u64::from(job.nodes.max(1)),
        condensed.bytes() / u64::from(job.nodes.max(1)),
    );

    let links = job.written_out();
    let some = &job.sources[..tried(job)];
    let check = |name: &str, i: usize, states: &[u64]| {
        let n: u64 = states.iter().map(|w| u64::from(w.count_ones())).sum();
        assert_eq!(n, counts[i], "{name}: source {i}");
    };
    {
        let (build, plain) = timed(3, || Plain::graph(job.nodes, &links, &job.classes));
        let (one, found) = timed(3, || plain.closure(&job.starts));
        assert!(found == states, "petgraph's graph reaches something else");
        let (many, ()) = timed(1, || {
            some.iter().enumerate().for_each(|(i, s)| check("petgraph", i, &plain.search(s.iter().copied())));
        });
        let many = Some(many.seconds() / some.len() as f64);
        show(&Row { name: "petgraph Graph, plain search", build, one, many }, &ours);
    }
    {
        let (build, plain) = timed(1, || Plain::rows(job.nodes, &links, &job.classes));
        let (one, found) = timed(3, || plain.closure(&job.starts));
        assert!(found == states, "petgraph's rows reach something else");
        let (many, ()) = timed(1, || {
            some.iter().enumerate().for_each(|(i, s)| check("petgraph", i, &plain.search(s.iter().copied())));
        });
        let many = Some(many.seconds() / some.len() as f64);
        show(&Row { name: "petgraph Csr, plain search", build, one, many }, &ours);
    }
    if job.nodes <= DATALOG {
        let (build, follows) = timed(1, || frog_relation(job, &links));
        let (one, found) = timed(1, || frog(&follows, &together(job)));
        assert!(words(job.nodes, found) == states, "datafrog reaches something else");
        let (many, ()) = timed(1, || {
            for (i, s) in some.iter().enumerate() {
                let found = frog(&follows, &pairs(s.iter().copied()));
                check("datafrog", i, &words(job.nodes, found));
            }
        });
        let many = Some(many.seconds() / some.len() as f64);
        show(&Row { name: "datafrog", build, one, many }, &ours);
        drop(follows);
        let (build, mut program) = timed(1, || ascent_program(job, &links));
        program.reach = together(job);
        let (one, ()) = timed(1, || program.run());
        assert!(words(job.nodes, program.reach) == states, "ascent reaches something else");
        show(&Row { name: "ascent", build, one, many: None }, &ours);
    }
}

fn measure_flat(c: &mut Criterion, sizes: &[u32]) {
    let mut group = c.benchmark_group("measure");
    group.sample_size(10);
    for &nodes in sizes {
        let job = measure::synthetic(Mesh::random(nodes, 1));
        let flat = job.flat().expect("the job is one of a layout");
        let mut states = vec![0; flat.len()];
        group.bench_function(format!("build {nodes}"), |b| b.iter(|| black_box(job.flat().is_ok())));
        group.bench_function(format!("closure {nodes}"), |b| b.iter(|| flat.closure_in(&job.starts, &mut states)));
        let condensed = Condensed::new(&flat);
        group.bench_function(format!("64 sources {nodes}"), |b| b.iter(|| black_box(condensed.reach(&job.sources))));
    }
    group.finish();
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    // `cargo test --bench` does not say `--bench`: then everything runs once, as small as possible.
    let is_bench = args.iter().any(|a| a == "--bench");
    let number = |name: &str| std::env::var(name).ok().and_then(|v| v.parse::<u32>().ok());
    let largest = if is_bench { number("SEKISHO_BENCH_NODES").unwrap_or(SIZES[4]) } else { SIZES[0] };
    let sizes: Vec<u32> = SIZES.into_iter().filter(|&n| n <= largest).collect();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = number("SEKISHO_BENCH_THREADS").map_or(cores, |n| n as usize);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
    let machine = Machine::this(threads, if is_bench { 128 << 20 } else { 1 << 20 });
    println!("{} cores, {:.1} GB", machine.cores, machine.memory.unwrap_or(0) as f64 / 1e9);
    for r in &machine.rates {
        let gb = |rate: f64| rate / 1e9;
        println!(
            "memory, {} thread(s): read {:.1} GB/s, write {:.1} GB/s, triad {:.1} GB/s",
            r.threads,
            gb(r.read),
            gb(r.write),
            gb(r.triad)
        );
    }
    pool.install(|| {
        for &nodes in &sizes {
            table("every edge its own", &measure::synthetic(Mesh::random(nodes, 1)), &machine);
            table("networks as intervals", &measure::synthetic(Mesh::regular(nodes, 1)), &machine);
        }
    });
    if !is_bench || args.iter().any(|a| a == "measure") {
        measure_flat(&mut Criterion::default().configure_from_args().without_plots(), &sizes);
    }
}
