//! Diagnostics on standard error, in the language and colour that were asked for.

use sekisho::diagnostic::{Diagnostic, RenderOptions, render_all};
use sekisho::source::Sources;

use crate::args::{Args, ColorArg};

/// How diagnostics are drawn.
pub(crate) fn options(args: &Args) -> RenderOptions {
    let color = match args.color {
        ColorArg::Always => true,
        ColorArg::Never => false,
        ColorArg::Auto => anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never,
    };
    RenderOptions { lang: args.lang(), color, width: None }
}

/// Shows diagnostics, if there are any.
pub(crate) fn diagnostics(args: &Args, list: &[Diagnostic], sources: &Sources) {
    use std::io::Write as _;
    let text = render_all(list, sources, &options(args));
    // A closed pipe is a quiet end.
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}
