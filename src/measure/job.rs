//! One job for all: which pairs of node and state are reachable, from one set of sources and from many, each alone.
//!
//! Ours and petgraph's answers are compared before any time is told. The Datalog engines join them in `benches/scale.rs`.

use super::{Timed, timed};
use crate::generate::mesh::{HELD, Mesh, TRANSFERS};
use crate::network::flat::{Classes, Condensed, Fan, Flat, Link, Need, Plan, Span, Start, Unfit};
use crate::network::plain::{Edges, Plain};

/// A graph with what is asked of it.
#[derive(Debug, Clone)]
pub struct Job {
    /// How many nodes.
    pub nodes: u32,
    /// Where blocks begin.
    pub cuts: Vec<u32>,
    /// The transfers.
    pub classes: Classes,
    /// The edges, sorted by both ends.
    pub links: Vec<Link>,
    /// The interval edges.
    pub spans: Vec<Span>,
    /// The sources that are asked about together.
    pub starts: Vec<Start>,
    /// The sources that are asked about one by one.
    pub sources: Vec<Vec<(u32, u64)>>,
}

/// The times of one way of answering.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Peer {
    /// From a list of edges to what is searched.
    pub build: Timed,
    /// All sources together.
    pub one: Timed,
    /// The sources one by one.
    pub many: Timed,
    /// How many of the sources were tried: the plain way takes too long for all. `many` is for these.
    pub tried: usize,
}

/// What a job took.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    /// How many nodes.
    pub nodes: u64,
    /// How many edges.
    pub edges: u64,
    /// How many pairs of node and state are reached from all sources together.
    pub pairs: u64,
    /// How many sources are asked about one by one.
    pub sources: usize,
    /// The flat form; `many` is without condensing.
    pub ours: Peer,
    /// The closure with one thread.
    pub alone: Timed,
    /// Condensing, which is done once for all sources.
    pub condense: Timed,
    /// petgraph's graph and a search.
    pub plain: Peer,
    /// The bytes of the flat form.
    pub need: Need,
    /// The bytes of the condensed form.
    pub condensed: u64,
}

/// The most sources that the plain search is tried with: it takes the same again for each.
const TRIED: usize = 4;

/// The bytes that [`figures`] will take for a synthetic graph of so many nodes, before anything is allocated.
#[must_use]
pub fn need(nodes: u64) -> u64 {
    let links = nodes * 4 + nodes / 16;
    let flat = Need::of(nodes, links, nodes / 3000 + 1).total();
    // The list of edges; petgraph's nodes, edges, answers and queue; groups and components with what making them takes.
    flat + 12 * links + (20 * links + 8 * nodes) + 32 * nodes + 64 * nodes
}

/// The synthetic job: a municipality's Internet layers are the source; 64 of their machines are asked about one by one.
#[must_use]
pub fn synthetic(mesh: Mesh) -> Job {
    let mut classes = Classes::new();
    for pairs in TRANSFERS {
        // Eight small transfers always fit, and get the numbers that the graph gave them.
        let _ = classes.intern(pairs);
    }
    let span = |f: &crate::generate::mesh::Fan| {
        let fan = if f.out { Fan::Out } else { Fan::In };
        Span { fan, nodes: f.nodes.clone(), hub: f.hub, class: f.transfer }
    };
    Job {
        nodes: mesh.nodes,
        spans: mesh.fans.iter().map(span).collect(),
        starts: mesh.internet.iter().map(|n| Start { nodes: n.clone(), states: HELD }).collect(),
        sources: mesh.some(64).into_iter().map(|n| vec![(n, HELD)]).collect(),
        cuts: mesh.municipalities,
        links: mesh.links,
        classes,
    }
}

impl Job {
    /// The layout.
    ///
    /// # Errors
    ///
    /// If the job is not one of a layout.
    pub fn flat(&self) -> Result<Flat, Unfit> {
        Flat::new(Plan {
            nodes: self.nodes,
            cuts: &self.cuts,
            classes: self.classes.clone(),
            links: &self.links,
            spans: &self.spans,
        })
    }

    /// All edges, the intervals written out, sorted: what others need.
    #[must_use]
    pub fn written_out(&self) -> Vec<Link> {
        let mut all = self.links.clone();
        for s in &self.spans {
            all.extend(
                s.nodes.clone().map(|n| if s.fan == Fan::In { (n, s.hub, s.class) } else { (s.hub, n, s.class) }),
            );
        }
        if !self.spans.is_empty() {
            all.sort_unstable();
        }
        all
    }
}

/// How many pairs of node and state there are.
fn pairs(states: &[u64]) -> u64 {
    states.iter().map(|w| u64::from(w.count_ones())).sum()
}

/// The times of a way that searches once per source, with its answers: together, and how many pairs each tried one reaches.
fn search<G: Edges>(build: Timed, plain: &Plain<G>, job: &Job, tried: usize) -> (Peer, Vec<u64>, Vec<u64>) {
    let (one, together) = timed(3, || plain.closure(&job.starts));
    let each = || job.sources[..tried].iter().map(|s| pairs(&plain.search(s.iter().copied()))).collect();
    let (many, counts): (Timed, Vec<u64>) = timed(1, each);
    (Peer { build, one, many, tried }, together, counts)
}

/// Does the job both ways, in the threads of the current rayon pool.
///
/// # Errors
///
/// In words, if the two ways differ, or the job is not one of a layout.
pub fn figures(job: &Job) -> Result<Figures, String> {
    let (build, flat) = timed(5, || job.flat());
    let flat = flat.map_err(|e| e.to_string())?;
    let mut states = vec![0; flat.len()];
    let (one, ()) = timed(7, || flat.closure_in(&job.starts, &mut states));
    let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build().map_err(|e| e.to_string())?;
    let (alone, ()) = one_thread.install(|| timed(7, || flat.closure_in(&job.starts, &mut states)));
    let (condense, condensed) = timed(3, || Condensed::new(&flat));
    let (many, reach) = timed(7, || condensed.reach(&job.sources));
    let ours = Peer { build, one, many, tried: job.sources.len() };

    let links = job.written_out();
    let (build, plain) = timed(3, || Plain::graph(job.nodes, &links, &job.classes));
    let tried = job.sources.len().min(TRIED);
    let (plain, together, counts) = search(build, &plain, job, tried);
    if together != states {
        return Err("the flat form and the plain search reach different pairs".to_owned());
    }
    // A source's own states that no edge takes are not counted by the condensed form.
    let universe = job.classes.universe();
    let own = |s: &Vec<(u32, u64)>| s.iter().map(|(_, w)| u64::from((w & !universe).count_ones())).sum::<u64>();
    let ours_alone: Vec<u64> = reach.counts().iter().zip(&job.sources).map(|(n, s)| n + own(s)).collect();
    if ours_alone[..tried] != counts {
        return Err("many sources at once and the plain search reach different pairs".to_owned());
    }
    Ok(Figures {
        nodes: job.nodes.into(),
        edges: flat.edges(),
        pairs: pairs(&states),
        sources: job.sources.len(),
        ours,
        alone,
        condense,
        plain,
        need: flat.need(),
        condensed: condensed.bytes(),
    })
}
