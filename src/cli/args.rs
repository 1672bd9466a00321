//! The command line, as clap sees it.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use sekisho::diagnostic::Lang;

/// 三層分離の図面を検査する / Checks drawings of municipal networks for forbidden paths
#[derive(Debug, Parser)]
#[command(version, about)]
pub(crate) struct Args {
    /// Language of messages: ja or en (default: from the locale)
    #[arg(long, global = true, value_enum)]
    pub(crate) lang: Option<LangArg>,
    /// Colour: auto, always or never
    #[arg(long, global = true, value_enum, default_value_t = ColorArg::Auto)]
    pub(crate) color: ColorArg,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum LangArg {
    Ja,
    En,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum ColorArg {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// 図面を検査する / Check a drawing
    Check(CheckArgs),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum EngineArg {
    Fast,
    Reference,
    Compare,
}

#[derive(Debug, clap::Args)]
pub(crate) struct CheckArgs {
    /// The drawing (RON), or - for standard input
    pub(crate) file: PathBuf,
    /// Which engine decides: fast, reference, or both compared
    #[arg(long, value_enum, default_value_t = EngineArg::Fast)]
    pub(crate) engine: EngineArg,
    /// Number of threads (default: all)
    #[arg(long)]
    pub(crate) threads: Option<usize>,
}

impl Args {
    /// The language of messages: the flag, else the locale, else Japanese.
    pub(crate) fn lang(&self) -> Lang {
        match self.lang {
            Some(LangArg::Ja) => return Lang::Ja,
            Some(LangArg::En) => return Lang::En,
            None => {}
        }
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|v| std::env::var(v).ok().filter(|s| !s.is_empty()));
        match locale {
            Some(l) if l.starts_with("ja") => Lang::Ja,
            Some(l) if l == "C" || l == "POSIX" || l.starts_with("C.") || l.starts_with("en") => Lang::En,
            Some(_) => Lang::En,
            None => Lang::Ja,
        }
    }
}
