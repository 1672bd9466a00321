//! `--timings`: where the time went, on standard error.

use std::time::{Duration, Instant};

use sekisho::diagnostic::Lang;

use crate::args::Args;
use crate::output;

/// What the parts of the work are called.
const PARTS: [(&str, &str); 12] = [
    ("read", "読み込み"),
    ("draw", "図面化"),
    ("compare", "比較"),
    ("sum up", "要約"),
    ("levels", "上の階層"),
    ("judge", "判定"),
    ("second answer", "もう一つの答え"),
    ("compile", "通信の展開"),
    ("checks", "検査"),
    ("depths", "深さ"),
    ("rules", "規則"),
    ("report", "報告"),
];

/// Laps of one clock.
pub(crate) struct Clock {
    last: Instant,
    pub(crate) phases: Vec<(&'static str, Duration)>,
}

impl Clock {
    pub(crate) fn new() -> Self {
        Self { last: Instant::now(), phases: Vec::new() }
    }

    pub(crate) fn lap(&mut self, name: &'static str) {
        let now = Instant::now();
        self.phases.push((name, now - self.last));
        self.last = now;
    }
}

/// Says how long each part took and how much memory was held at most.
pub(crate) fn say(args: &Args, phases: &[(&str, Duration)]) {
    for (name, time) in phases {
        let ja = PARTS.iter().find(|(en, _)| en == name).map_or(*name, |(_, ja)| ja);
        let word = match args.lang() {
            Lang::Ja => ja,
            Lang::En => name,
        };
        output::say(&format!("{:>10.1} ms  {word}", time.as_secs_f64() * 1e3));
    }
    peak(args);
}

/// The most memory that was held, as far as the system says.
fn peak(args: &Args) {
    let peak = sekisho::measure::peak().map(|b| format!("{:.0} MiB", b as f64 / f64::from(1 << 20)));
    output::say(&match (args.lang(), peak) {
        (Lang::Ja, Some(peak)) => format!("{peak:>13}  最大のメモリ"),
        (Lang::En, Some(peak)) => format!("{peak:>13}  most memory held"),
        (Lang::Ja, None) => "メモリの量はこのシステムでは分かりません".to_owned(),
        (Lang::En, None) => "how much memory was held is not known on this system".to_owned(),
    });
}
