//! How long answers take on this machine, and how near that is to what its memory allows.
//!
//! `sekisho bench` shows it and the benchmark `scale` measures more of it. Everything is measured in one run, so that figures
//! can be divided by each other. Not here: what a figure means in words.

mod job;
mod machine;
mod stages;

pub use job::{Figures, Job, Peer, figures, need, synthetic};
pub use machine::{Machine, Rates, available, peak, rates};
pub use stages::{Stages, of_drawing, stages};

use std::time::{Duration, Instant};

/// The median of several runs, and how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timed {
    /// The median.
    pub median: Duration,
    /// How many runs.
    pub runs: usize,
}

impl Timed {
    /// In seconds; never 0, so that it can be divided by.
    #[must_use]
    pub fn seconds(self) -> f64 {
        self.median.as_secs_f64().max(1e-9)
    }
}

/// Runs something at most `most` times, and at least once; what takes long is not repeated for longer than ten seconds.
pub fn timed<T>(most: usize, mut run: impl FnMut() -> T) -> (Timed, T) {
    let begun = Instant::now();
    let mut times = Vec::new();
    loop {
        let start = Instant::now();
        let result = run();
        times.push(start.elapsed());
        if times.len() >= most || begun.elapsed() > Duration::from_secs(10) {
            times.sort_unstable();
            return (Timed { median: times[times.len() / 2], runs: times.len() }, result);
        }
    }
}
