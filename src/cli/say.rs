//! Diagnostics on standard error, in the language and colour that were asked for.

use sekisho::diagnostic::{Diagnostic, RenderOptions, render_all};
use sekisho::source::Sources;

use crate::args::Args;
use crate::output;

/// How diagnostics are drawn.
pub(crate) fn options(args: &Args) -> RenderOptions {
    RenderOptions { lang: args.lang(), color: output::color_err(args), width: None }
}

/// Shows diagnostics, if there are any.
pub(crate) fn diagnostics(args: &Args, list: &[Diagnostic], sources: &Sources) {
    output::note(&render_all(list, sources, &options(args)));
}
