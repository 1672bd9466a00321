//! The command line, as clap sees it.
//!
//! What its help says in Japanese is in `help`.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use sekisho::diagnostic::Lang;

use crate::what_if::Changes;

/// Checks drawings of municipal networks for forbidden paths
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
    /// Check a drawing or a region
    Check(CheckArgs),
    /// Explain a code, or why two places are connected or not
    Explain(ExplainArgs),
    /// Table of what crosses between segments, and through what
    Matrix(MatrixArgs),
    /// Which model the drawing honestly is, and why
    Infer(InferArgs),
    /// Which controls and crossings of a model the drawing lacks, and who answers for them
    Gap(GapArgs),
    /// Which verdicts change when the drawing is judged by another edition
    Edition(EditionArgs),
    /// What changed in meaning between two drawings
    Diff(DiffArgs),
    /// The lawful way, with its steps by hand, for each daily task
    Tasks(TasksArgs),
    /// Check every stage of a migration plan, or find a safe order of its steps
    Plan(PlanArgs),
    /// One inventory built out as each of the five models, side by side; it decides nothing (exit code 3: some answers are undecided)
    Compare(CompareArgs),
    /// What changes in the verdicts if something in the drawing were different
    WhatIf(WhatIfArgs),
    /// How long answers take on this machine, for a drawing or for a synthetic network
    Bench(BenchArgs),
    /// Build the drawing from namespaces of this machine's Linux kernel, ask it with real connections and compare (exit code 4: not to be had here)
    Twin(TwinArgs),
    /// Follow one packet, device by device, there and back (exit code 1: no session; 3: it depends)
    Trace(TraceArgs),
    /// All packets that get from one place to another, in the words of rules
    Reach(ReachArgs),
    /// Draw a diagram
    Draw(DrawArgs),
    /// Find shadowed rules, unused names, empty segments
    Lint(LintArgs),
    /// Format a drawing
    Fmt(FmtArgs),
    /// Write a commented starting file
    New(NewArgs),
    /// Write a synthetic population: one municipality, a prefecture or the country
    Generate(GenerateArgs),
    /// Shell completions
    Completions(CompletionsArgs),
    /// Manual page
    Man(ManArgs),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum EngineArg {
    /// The fast engine
    Fast,
    /// The slow, obvious one that follows the definition
    Reference,
    /// Both; any difference is an internal error
    Compare,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FormatArg {
    /// For reading, on a terminal
    Text,
    /// Everything, for programs
    Json,
    /// SARIF 2.1.0, for lists of findings of a code host
    Sarif,
    /// JUnit XML, for systems that show tests
    Junit,
    /// For a comment on a change
    Markdown,
    /// One self-contained page, for the audit and for printing
    Html,
}

/// The forms of the table of crossings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TableArg {
    Text,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DenyArg {
    Warnings,
}

#[derive(Debug, clap::Args)]
pub(crate) struct CheckArgs {
    /// The drawing or region (RON), or - for standard input
    pub(crate) file: PathBuf,
    /// Which engine decides
    #[arg(long, value_enum, default_value_t = EngineArg::Fast)]
    pub(crate) engine: EngineArg,
    /// Number of threads (default: all)
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t = FormatArg::Text)]
    pub(crate) format: FormatArg,
    /// Write the answer to this file instead of standard output
    #[arg(short, long)]
    pub(crate) output: Option<PathBuf>,
    /// Judge exceptions and dated measures as of this day, e.g. 2027-04-01 (default: today)
    #[arg(long, value_name = "DATE")]
    pub(crate) as_of: Option<String>,
    /// Treat warnings as errors
    #[arg(long, value_enum)]
    pub(crate) deny: Option<DenyArg>,
    /// Show every check, also those that hold
    #[arg(short, long)]
    pub(crate) verbose: bool,
    /// Of a region: the full report of this body, e.g. osaka/sakai
    #[arg(long, value_name = "PATH")]
    pub(crate) body: Option<String>,
    /// Of a region: judge every body by itself, also those that are alike
    #[arg(long)]
    pub(crate) no_symmetry: bool,
    /// Of a region: a second answer that instantiates every body; any difference is an internal error
    #[arg(long)]
    pub(crate) flat: bool,
    /// Say on standard error how long each part took, and how much memory was used
    #[arg(long)]
    pub(crate) timings: bool,
    /// Of a region: do not begin if more memory is likely needed, e.g. 2G (default: what is free)
    #[arg(long, value_name = "BYTES")]
    pub(crate) max_memory: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ExplainArgs {
    /// A code such as S2002, an id such as R-LI-01 or C-EDR; or a drawing, then FROM and TO
    pub(crate) what: String,
    /// Where it starts: a node, network or segment of the drawing
    #[arg(requires = "to")]
    pub(crate) from: Option<String>,
    /// Where it ends
    pub(crate) to: Option<String>,
    /// Which service, e.g. "tcp 443" (default: any)
    #[arg(long)]
    pub(crate) service: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LensArg {
    /// Whoever controls one comes to control the other
    Attack,
    /// Information of one arrives at the other
    Leak,
}

#[derive(Debug, clap::Args)]
pub(crate) struct BenchArgs {
    /// The drawing (RON), or - (default: a synthetic network)
    pub(crate) file: Option<PathBuf>,
    /// How many nodes the synthetic network has (default: 1000000)
    #[arg(long, conflicts_with = "file", value_parser = clap::value_parser!(u32).range(1..=1_000_000_000))]
    pub(crate) nodes: Option<u32>,
    /// Number of threads (default: all)
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t = TableArg::Text)]
    pub(crate) format: TableArg,
    /// Write the answer to this file
    #[arg(short, long)]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct MatrixArgs {
    /// The drawing (RON), or -
    pub(crate) file: PathBuf,
    /// Every host and store against every other one, instead of segments: who reaches whom by attack or leak
    #[arg(long)]
    pub(crate) hosts: bool,
    /// With --hosts: only one of the two questions
    #[arg(long, value_enum, requires = "hosts")]
    pub(crate) lens: Option<LensArg>,
    /// Of a region, with --hosts: only the hosts and stores of this body and of those below it, e.g. osaka
    #[arg(long, value_name = "PATH", requires = "hosts")]
    pub(crate) below: Option<String>,
    /// Of a region: the table of this body in its surroundings, e.g. osaka/sakai
    #[arg(long, value_name = "PATH", conflicts_with = "hosts")]
    pub(crate) body: Option<String>,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t = TableArg::Text)]
    pub(crate) format: TableArg,
    /// Write the answer to this file
    #[arg(short, long)]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct InferArgs {
    /// The drawing (RON), or -
    pub(crate) file: PathBuf,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t = TableArg::Text)]
    pub(crate) format: TableArg,
    /// Write the answer to this file
    #[arg(short, long)]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct GapArgs {
    /// The drawing (RON), or -
    pub(crate) file: PathBuf,
    /// Against which model (default: the one that the drawing declares)
    #[arg(value_enum)]
    pub(crate) model: Option<ModelArg>,
    /// Judge dated measures as of this day (default: today)
    #[arg(long, value_name = "DATE")]
    pub(crate) as_of: Option<String>,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t = TableArg::Text)]
    pub(crate) format: TableArg,
    /// Write the answer to this file
    #[arg(short, long)]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct EditionArgs {
    /// The drawing (RON), or -
    pub(crate) file: PathBuf,
    /// The edition before, e.g. R6_10
    pub(crate) from: String,
    /// The edition after, e.g. R7_3
    pub(crate) to: String,
    /// Judge exceptions and dated measures as of this day (default: today)
    #[arg(long, value_name = "DATE")]
    pub(crate) as_of: Option<String>,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t = TableArg::Text)]
    pub(crate) format: TableArg,
    /// Write the answer to this file
    #[arg(short, long)]
    pub(crate) output: Option<PathBuf>,
}

/// The forms of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DiffFormatArg {
    /// For reading, on a terminal
    Text,
    /// Everything, for programs
    Json,
    /// For a comment on a change
    Markdown,
    /// A picture that needs no other program
    Svg,
    /// The same picture as DOT text
    Dot,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Exit codes: 0 no change in meaning, or only expected ones; 1 changes, or unexpected ones, or \
                        expected ones that did not happen; 2 wrong input; 3 whether something changed depends on what \
                        a drawing does not say")]
pub(crate) struct DiffArgs {
    /// The drawing before (RON), or -
    pub(crate) before: PathBuf,
    /// The drawing after (RON), or -
    pub(crate) after: PathBuf,
    /// Changes that may happen (RON); anything else fails
    #[arg(long, value_name = "FILE")]
    pub(crate) expect: Option<PathBuf>,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t = DiffFormatArg::Text)]
    pub(crate) format: DiffFormatArg,
    /// Write the answer to this file
    #[arg(short, long)]
    pub(crate) output: Option<PathBuf>,
    /// Judge exceptions and dated measures as of this day (default: today)
    #[arg(long, value_name = "DATE")]
    pub(crate) as_of: Option<String>,
    /// Show every row in full
    #[arg(short, long)]
    pub(crate) verbose: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct TasksArgs {
    /// The drawing (RON), or -
    pub(crate) file: PathBuf,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t = TableArg::Text)]
    pub(crate) format: TableArg,
    /// Write the answer to this file
    #[arg(short, long)]
    pub(crate) output: Option<PathBuf>,
    /// Also say why the other ways are none
    #[arg(short, long)]
    pub(crate) verbose: bool,
}

/// What is asked of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlanAction {
    /// Every stage, in the order as written
    Check,
    /// An order in which every stage holds, or why there is none
    Order,
}

/// The forms of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SheetArg {
    /// For reading, on a terminal
    Text,
    /// Everything, for programs
    Json,
    /// For a paper
    Markdown,
}

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exit codes: 0 every stage holds (a plan with `expect`: as expected), 1 some stage does not, or no order is safe, 2 wrong input, 3 undecided"
)]
pub(crate) struct PlanArgs {
    /// What is asked: check every stage, or find an order
    #[arg(value_enum)]
    pub(crate) action: PlanAction,
    /// The plan (RON)
    pub(crate) file: PathBuf,
    /// Judge exceptions and dated measures as of this day, e.g. 2027-04-01 (default: today)
    #[arg(long, value_name = "DATE")]
    pub(crate) as_of: Option<String>,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t = SheetArg::Text)]
    pub(crate) format: SheetArg,
    /// Write the answer to this file instead of standard output
    #[arg(short, long)]
    pub(crate) output: Option<PathBuf>,
    /// Also write the strip of diagrams, one per stage, to this SVG file
    #[arg(long, value_name = "FILE")]
    pub(crate) draw: Option<PathBuf>,
    /// Number of threads (default: all)
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
    /// Tell every path, not only the first of a stage
    #[arg(short, long)]
    pub(crate) verbose: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct CompareArgs {
    /// The inventory (RON), or -
    pub(crate) inventory: PathBuf,
    /// Write the five drawings into this folder; an existing file is never overwritten
    #[arg(long, value_name = "FOLDER")]
    pub(crate) write: Option<PathBuf>,
    /// Judge dated measures as of this day (default: today)
    #[arg(long, value_name = "DATE")]
    pub(crate) as_of: Option<String>,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t = SheetArg::Text)]
    pub(crate) format: SheetArg,
    /// Write the answer to this file
    #[arg(short, long)]
    pub(crate) output: Option<PathBuf>,
    /// Number of threads (default: all)
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
}

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exit codes: 0 nothing becomes wrong or open, 1 something becomes wrong, 2 wrong input, 3 something becomes undecided"
)]
pub(crate) struct WhatIfArgs {
    /// The drawing (RON), or -; it is not changed
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) changes: Changes,
    /// What each control alone would make wrong if it failed, the worst first
    #[arg(long)]
    pub(crate) each_control: bool,
    /// What each machine or device alone would make wrong if it were gone, the worst first
    #[arg(long)]
    pub(crate) each_device: bool,
    /// Judge exceptions and dated measures as of this day (default: today)
    #[arg(long, value_name = "DATE")]
    pub(crate) as_of: Option<String>,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t = SheetArg::Text)]
    pub(crate) format: SheetArg,
    /// Write the answer to this file
    #[arg(short, long)]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PictureArg {
    Dot,
    Svg,
    Png,
    Pdf,
    Mermaid,
}

#[derive(Debug, clap::Args)]
pub(crate) struct DrawArgs {
    /// The drawing (RON), or -
    pub(crate) file: PathBuf,
    /// Form of the picture (default: by the name of the output file, else svg)
    #[arg(long, value_enum)]
    pub(crate) format: Option<PictureArg>,
    /// Write the picture to this file
    #[arg(short, long)]
    pub(crate) output: Option<PathBuf>,
    /// Only what lies between two segments, e.g. --between in lg
    #[arg(long, num_args = 2, value_names = ["FROM", "TO"], conflicts_with_all = ["finding", "aggregate"])]
    pub(crate) between: Option<Vec<String>>,
    /// Only one finding, by its number in `sekisho check`
    #[arg(long, conflicts_with = "aggregate")]
    pub(crate) finding: Option<usize>,
    /// One box per segment and kind, for large drawings
    #[arg(long)]
    pub(crate) aggregate: bool,
    /// Path of Graphviz `dot`; `none` draws without it
    #[arg(long, env = "SEKISHO_DOT")]
    pub(crate) dot: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct TwinArgs {
    /// The drawing (RON), or -
    pub(crate) file: PathBuf,
    /// Only connections opened by this node, network or segment; several may be given
    #[arg(long)]
    pub(crate) from: Vec<String>,
    /// Only connections to this node, network or segment; several may be given
    #[arg(long)]
    pub(crate) to: Vec<String>,
    /// Only this service, e.g. "tcp 443" (default: every bound that the drawing names, and one beside it)
    #[arg(long)]
    pub(crate) service: Option<String>,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t = TableArg::Text)]
    pub(crate) format: TableArg,
    /// Show every difference, not only the first ones
    #[arg(long)]
    pub(crate) keep_going: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct TraceArgs {
    /// The drawing (RON), or -
    pub(crate) file: PathBuf,
    /// Who sends: a machine, one of its attachments such as nas@lg, or one of its addresses
    pub(crate) from: String,
    /// Who is asked: a machine, one of its attachments, or an address
    pub(crate) to: String,
    /// One service, e.g. "tcp 443" or "icmp echo-request"
    #[arg(default_value = "tcp 443")]
    pub(crate) service: String,
    /// The source port (default: 50000)
    #[arg(long, value_name = "PORT")]
    pub(crate) source_port: Option<u16>,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t = TableArg::Text)]
    pub(crate) format: TableArg,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ReachArgs {
    /// The drawing (RON), or -
    pub(crate) file: PathBuf,
    /// From where: a machine, network or segment, or an address that a machine has
    pub(crate) from: String,
    /// To where: a machine, network or segment, or an address that one has or a device publishes
    pub(crate) to: String,
    /// Only this service, e.g. "tcp 443"; with one port, also who may open it to whom
    #[arg(long)]
    pub(crate) service: Option<String>,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t = TableArg::Text)]
    pub(crate) format: TableArg,
}

#[derive(Debug, clap::Args)]
pub(crate) struct LintArgs {
    /// The drawing (RON), or -
    pub(crate) file: PathBuf,
    /// Treat warnings as errors
    #[arg(long, value_enum)]
    pub(crate) deny: Option<DenyArg>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct FmtArgs {
    /// The drawings (RON), or - to filter standard input
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Change nothing; exit with 1 if something would change
    #[arg(long)]
    pub(crate) check: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ModelArg {
    Physical,
    Alpha,
    AlphaPrime,
    Beta,
    BetaPrime,
}

#[derive(Debug, clap::Args)]
pub(crate) struct NewArgs {
    /// Which model the city is to follow
    #[arg(value_enum)]
    pub(crate) model: ModelArg,
    /// Write to this file (default: standard output); an existing file is never overwritten
    #[arg(short, long)]
    pub(crate) output: Option<PathBuf>,
}

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PopulationArg {
    /// One municipality, below its prefecture and the nation
    Municipality,
    /// A prefecture with its municipalities
    Prefecture,
    /// All prefectures
    Country,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "The file describes no real body. The weights are those of surveys and are marginals only. \
                        The same call writes the same bytes")]
pub(crate) struct GenerateArgs {
    /// What is drawn
    #[arg(value_enum)]
    pub(crate) kind: PopulationArg,
    /// Where the numbers start; another seed gives another population
    #[arg(long, value_name = "N")]
    pub(crate) seed: u64,
    /// Write to this file (default: standard output); an existing file is never overwritten
    #[arg(short, long)]
    pub(crate) output: Option<PathBuf>,
    /// About how many terminals and desktops there are (default: what the number of employees suggests)
    #[arg(long, value_name = "N")]
    pub(crate) nodes: Option<u64>,
    /// How many municipalities (default: 43 in a prefecture, 1741 in the country)
    #[arg(long, value_name = "N")]
    pub(crate) bodies: Option<u32>,
    /// Share of bodies with a mistake of design, from 0 to 1, to the nearest combination
    #[arg(long, value_name = "RATE", value_parser = rate, default_value = "0")]
    pub(crate) mistakes: u32,
    /// The most combinations of model, size, habits and controls (default: 60 in the country, so that bodies alike can be
    /// judged together; else no limit)
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) shapes: Option<u32>,
    /// No templates: every body's own drawing is written out
    #[arg(long)]
    pub(crate) expanded: bool,
}

/// A share, in millionths.
fn rate(text: &str) -> Result<u32, String> {
    match text.parse::<f64>() {
        // The bounds make the conversion exact enough and free of loss.
        Ok(rate) if (0.0..=1.0).contains(&rate) => Ok((rate * 1e6).round() as u32),
        _ => Err("a number from 0 to 1".to_owned()),
    }
}

#[derive(Debug, clap::Args)]
pub(crate) struct CompletionsArgs {
    /// bash, zsh, fish, elvish or powershell
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ManArgs {
    /// The command whose page to print (default: the page of the program)
    pub(crate) command: Option<String>,
}

impl Args {
    /// The language of messages: the flag, else the environment, else Japanese.
    pub(crate) fn lang(&self) -> Lang {
        match self.lang {
            Some(LangArg::Ja) => Lang::Ja,
            Some(LangArg::En) => Lang::En,
            None => crate::help::environment(),
        }
    }
}
