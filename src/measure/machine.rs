//! The machine: cores, memory, and how fast memory is read and written by one thread and by several.
//!
//! Linux says what is free and what the process has taken at most; where nobody says it, it is not known and not guessed.

use std::hint::black_box;
use std::time::Instant;

use rayon::prelude::*;

/// How fast memory is, in bytes a second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rates {
    /// How many threads.
    pub threads: usize,
    /// Summing up an array.
    pub read: f64,
    /// Filling one.
    pub write: f64,
    /// One from two others (24 bytes moved for 8 computed).
    pub triad: f64,
}

/// What is measured on.
#[derive(Debug, Clone, PartialEq)]
pub struct Machine {
    /// Cores that the system offers.
    pub cores: usize,
    /// Bytes of memory, if the system says.
    pub memory: Option<u64>,
    /// Memory with one thread, and with as many as are used.
    pub rates: Vec<Rates>,
}

impl Machine {
    /// This one, with arrays of so many bytes: much larger than any cache, or the caches are measured.
    #[must_use]
    pub fn this(threads: usize, bytes: usize) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let mut counts = vec![1, threads];
        counts.dedup();
        let memory = line("/proc/meminfo", "MemTotal:");
        Self { cores, memory, rates: counts.into_iter().map(|n| rates(n, bytes)).collect() }
    }

    /// The rates with most threads.
    #[must_use]
    pub fn best(&self) -> Option<Rates> {
        self.rates.last().copied()
    }
}

impl Rates {
    /// The least seconds in which so many bytes are read and so many written.
    #[must_use]
    pub fn least(self, read: u64, written: u64) -> f64 {
        read as f64 / self.read + written as f64 / self.write
    }
}

/// Measures memory with a number of threads: the best of several passes, since whatever else runs only slows it down.
#[must_use]
pub fn rates(threads: usize, bytes: usize) -> Rates {
    let n = (bytes / 8).max(1024);
    let part = n.div_ceil(threads);
    let (a, b) = (vec![1u64; n], vec![2u64; n]);
    let mut c = vec![3u64; n];
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let mut best = [f64::MAX; 3];
    let mut passes = || {
        for _ in 0..5 {
            let start = Instant::now();
            // Eight sums side by side: one alone waits for itself.
            let sum = |part: &[u64]| {
                let mut sums = [0u64; 8];
                for eight in part.chunks_exact(8) {
                    sums.iter_mut().zip(eight).for_each(|(s, x)| *s = s.wrapping_add(*x));
                }
                sums.iter().fold(0, |all, s| all ^ s)
            };
            black_box(a.par_chunks(part).map(sum).reduce(|| 0, |x, y| x ^ y));
            best[0] = best[0].min(start.elapsed().as_secs_f64());
            let start = Instant::now();
            let value = black_box(7);
            c.par_chunks_mut(part).for_each(|p| p.fill(value));
            black_box(&mut c);
            best[1] = best[1].min(start.elapsed().as_secs_f64());
            let start = Instant::now();
            let factor = black_box(3u64);
            c.par_chunks_mut(part).zip(a.par_chunks(part)).zip(b.par_chunks(part)).for_each(|((c, a), b)| {
                c.iter_mut().zip(a).zip(b).for_each(|((c, a), b)| *c = a.wrapping_add(factor.wrapping_mul(*b)));
            });
            black_box(&mut c);
            best[2] = best[2].min(start.elapsed().as_secs_f64());
        }
    };
    match pool {
        Ok(pool) => pool.install(passes),
        // Without threads of its own it is measured in those that there are.
        Err(_) => passes(),
    }
    let rate = |bytes: usize, seconds: f64| bytes as f64 / seconds.max(1e-9);
    Rates { threads, read: rate(8 * n, best[0]), write: rate(8 * n, best[1]), triad: rate(24 * n, best[2]) }
}

/// The bytes that can be had without swapping, if the system says.
#[must_use]
pub fn available() -> Option<u64> {
    line("/proc/meminfo", "MemAvailable:")
}

/// The most bytes that this process has held so far, if the system says.
#[must_use]
pub fn peak() -> Option<u64> {
    line("/proc/self/status", "VmHWM:")
}

/// A line such as `VmHWM:    1234 kB`, in bytes.
fn line(file: &str, name: &str) -> Option<u64> {
    let text = std::fs::read_to_string(file).ok()?;
    let rest = text.lines().find_map(|l| l.strip_prefix(name))?;
    rest.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}
