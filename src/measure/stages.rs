//! A drawing, stage by stage, and its own network as a job.

use std::time::Instant;

use super::{Job, Timed, timed};
use crate::document::{Failed, Loaded, Loader, ReadAs, load_watched};
use crate::flow::steps_over;
use crate::guideline::{Input, judge};
use crate::model::{Lens, Model, NodeId};
use crate::network::Network;
use crate::network::flat::{OpenSteps, Start, Unfit};
use crate::packet::{Level, Sessions};
use crate::verify::fast;

/// The median time of each stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stages {
    /// Texts become documents.
    pub read: Timed,
    /// Documents become the model.
    pub resolve: Timed,
    /// Who can hold a session with whom.
    pub packets: Timed,
    /// What flows in the sessions.
    pub steps: Timed,
    /// The graph of the steps, and its rows.
    pub freeze: Timed,
    /// The checks.
    pub checks: Timed,
    /// The rules of the guideline.
    pub rules: Timed,
}

const RUNS: usize = 5;

/// Reads and judges a drawing several times.
///
/// # Errors
///
/// What is wrong with the drawing.
pub fn stages(loader: &mut dyn Loader) -> Result<(Stages, Loaded, Network), Failed> {
    let mut reading = Vec::new();
    let mut resolving = Vec::new();
    let mut loaded = None;
    for _ in 0..RUNS {
        let begun = Instant::now();
        let mut read = None;
        let result = load_watched(loader, ReadAs::default(), &mut || read = Some(begun.elapsed()))?;
        let all = begun.elapsed();
        let read = read.unwrap_or(all);
        reading.push(read);
        resolving.push(all.saturating_sub(read));
        loaded = Some(result);
    }
    let Some(loaded) = loaded else { unreachable!("there is at least one run") };
    let median = |mut times: Vec<std::time::Duration>| {
        times.sort_unstable();
        Timed { median: times[times.len() / 2], runs: times.len() }
    };
    let model = &loaded.model;
    let (packets, _) = timed(RUNS, || Sessions::new(model));
    let mut writing = Vec::new();
    let mut freezing = Vec::new();
    let (_, network) = timed(RUNS, || {
        let sessions = Sessions::new(model);
        let begun = Instant::now();
        let flow = steps_over(model, sessions);
        writing.push(begun.elapsed());
        let begun = Instant::now();
        let network = Network::of(flow);
        freezing.push(begun.elapsed());
        network
    });
    let (checks, verdicts) = timed(RUNS, || fast::verify(model, &network));
    let (rules, _) = timed(RUNS, || judge(&Input { model, network: &network, verdicts: &verdicts, as_of: None }));
    let (steps, freeze) = (median(writing), median(freezing));
    let stages = Stages { read: median(reading), resolve: median(resolving), packets, steps, freeze, checks, rules };
    Ok((stages, loaded, network))
}

/// The network of a drawing as a job: all hosts and stores together, and each of them alone, in the attack lens.
///
/// # Errors
///
/// If the drawing has no flat form.
pub fn of_drawing(model: &Model, network: &Network) -> Result<Job, Unfit> {
    let OpenSteps { nodes, classes, links } = OpenSteps::of(network, Lens::Attack, Level::May, &[], false)?;
    let known = |s: &(u32, u64)| s.0 < nodes;
    let facts = |n: NodeId| fast::host_starts(model, n).into_iter().filter(known).collect();
    let sources: Vec<Vec<(u32, u64)>> = fast::hosts_asked(model).into_iter().map(facts).collect();
    let start = |&(n, states): &(u32, u64)| Start { nodes: n..n + 1, states };
    let starts = sources.iter().flatten().map(start).collect();
    Ok(Job { nodes, cuts: Vec::new(), classes, links, spans: Vec::new(), starts, sources })
}
