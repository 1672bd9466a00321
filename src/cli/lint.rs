//! `sekisho lint`: rules without effect, unused names, numbers that do not fit.

use sekisho::diagnostic::sort;
use sekisho::document::load;
use sekisho::lint::lint;

use crate::Outcome;
use crate::args::{Args, LintArgs};
use crate::files::Disk;
use crate::say;

pub(crate) fn run(args: &Args, lint_args: &LintArgs) -> Outcome {
    let loaded = match load(&mut Disk::new(&lint_args.file)) {
        Ok(loaded) => loaded,
        Err(failed) => {
            say::diagnostics(args, &failed.diagnostics, &failed.sources);
            return Outcome::Wrong;
        }
    };
    let mut remarks = loaded.warnings;
    remarks.extend(loaded.unused);
    remarks.extend(lint(&loaded.model));
    sort(&mut remarks);
    say::diagnostics(args, &remarks, &loaded.sources);
    if lint_args.deny.is_some() && !remarks.is_empty() { Outcome::Violated } else { Outcome::Holds }
}
