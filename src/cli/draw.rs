//! `sekisho draw`: load, verify, draw, write the picture whole or not at all.
//!
//! What is drawn is decided in the library; here are arguments, Graphviz, files and exit codes.

use std::ffi::OsStr;
use std::path::Path;

use sekisho::diagnostic::{Lang, Text};
use sekisho::diagram::build::{View, WHOLE_MOST, fitting, picture};
use sekisho::diagram::graphviz::{self, Graphviz};
use sekisho::diagram::{Picture, dot, mermaid, svg};
use sekisho::document::{Loaded, load};
use sekisho::model::{Model, SegmentId};
use sekisho::network::Network;
use sekisho::report::{Input, Report, clean};
use sekisho::verify::{Verdict, fast};

use crate::Outcome;
use crate::args::{Args, DrawArgs, PictureArg};
use crate::files::Disk;
use crate::{output, say};

pub(crate) fn run(args: &Args, draw: &DrawArgs) -> Outcome {
    let loaded = match load(&mut Disk::new(&draw.file)) {
        Ok(loaded) => loaded,
        Err(failed) => {
            say::diagnostics(args, &failed.diagnostics, &failed.sources);
            return Outcome::Wrong;
        }
    };
    say::diagnostics(args, &loaded.warnings, &loaded.sources);
    let lang = args.lang();
    let network = Network::new(&loaded.model);
    let verdicts = fast::verify(&loaded.model, &network);
    if let Some(fault) = fault(&loaded, &verdicts) {
        return output::internal(args, &fault);
    }
    match drawn(&loaded.model, &network, &verdicts, draw, lang) {
        Ok(bytes) => match output::write(draw.output.as_deref(), &bytes) {
            Ok(()) => Outcome::Holds,
            Err(unwritten) => {
                unwritten.say(args);
                Outcome::Wrong
            }
        },
        Err(text) => {
            let word = match lang {
                Lang::Ja => "エラー",
                Lang::En => "error",
            };
            eprintln!("{word}: {}", clean(text.get(lang)));
            Outcome::Wrong
        }
    }
}

/// What the replay has against a path: what it refuses is not drawn.
fn fault(loaded: &Loaded, verdicts: &[Verdict]) -> Option<String> {
    let report = Report::new(&Input {
        assessment: None,
        model: &loaded.model,
        sources: &loaded.sources,
        verdicts,
        depths: &[],
        differences: &[],
        warnings: &[],
        engine: "fast",
        faults: &[],
    });
    report.faults.into_iter().next()
}

fn drawn(model: &Model, network: &Network, verdicts: &[Verdict], draw: &DrawArgs, lang: Lang) -> Result<Vec<u8>, Text> {
    let format = format(draw)?;
    let asked = view(model, draw)?;
    let view = fitting(model, asked);
    if view != asked {
        let n = model.nodes.len();
        let note = Text::new(
            format!(
                "注意: {n} 個あり {WHOLE_MOST} 個を超えるため、集約図にしました。--between か --finding で一部を描けます"
            ),
            format!(
                "note: {n} things are more than {WHOLE_MOST}, so the picture is aggregated; --between or --finding draws a part"
            ),
        );
        eprintln!("{}", note.get(lang));
    }
    let picture = picture(model, network, verdicts, view, lang).map_err(|e| e.text())?;
    render(&picture, format, draw.dot.as_deref())
}

/// The format asked for, else that of the output's name, else SVG.
fn format(draw: &DrawArgs) -> Result<PictureArg, Text> {
    if let Some(format) = draw.format {
        return Ok(format);
    }
    let Some(path) = &draw.output else { return Ok(PictureArg::Svg) };
    let ending = path.extension().and_then(OsStr::to_str).map(str::to_ascii_lowercase);
    match ending.as_deref() {
        Some("svg") | None => Ok(PictureArg::Svg),
        Some("dot" | "gv") => Ok(PictureArg::Dot),
        Some("png") => Ok(PictureArg::Png),
        Some("pdf") => Ok(PictureArg::Pdf),
        Some("mmd" | "mermaid") => Ok(PictureArg::Mermaid),
        Some(other) => Err(Text::new(
            format!(
                "拡張子 .{other} から形式が分かりません。--format dot, svg, png, pdf, mermaid のどれかを指定してください"
            ),
            format!("the ending .{other} says no format: give --format dot, svg, png, pdf or mermaid"),
        )),
    }
}

fn view(model: &Model, draw: &DrawArgs) -> Result<View, Text> {
    if let Some(number) = draw.finding {
        return Ok(View::Finding(number));
    }
    match draw.between.as_deref() {
        Some([from, to]) => Ok(View::Between(segment(model, from)?, segment(model, to)?)),
        _ if draw.aggregate => Ok(View::Aggregate),
        _ => Ok(View::Whole),
    }
}

/// A segment by its name, else by its label.
fn segment(model: &Model, name: &str) -> Result<SegmentId, Text> {
    let rows = || model.segments.iter();
    let found = rows().find(|(_, s)| s.name == name).or_else(|| rows().find(|(_, s)| s.label == name));
    found.map(|(id, _)| id).ok_or_else(|| {
        let names: Vec<&str> = rows().map(|(_, s)| s.name.as_str()).collect();
        let names = names.join(", ");
        Text::new(
            format!("`{name}` というセグメントはありません。あるのは {names} です"),
            format!("there is no segment `{name}`; there are {names}"),
        )
    })
}

fn render(picture: &Picture, format: PictureArg, dot_path: Option<&Path>) -> Result<Vec<u8>, Text> {
    // Graphviz cannot turn the sheet by itself: it is turned as the embedded layout would turn it.
    let options = || dot::Options { page: svg::page(picture, &svg::Options::default()), ..dot::Options::default() };
    let without = dot_path == Some(Path::new("none"));
    let by_graphviz = |format| match without {
        true => Err(not_installed("none")),
        false => Graphviz::find(dot_path).and_then(|g| g.render(picture, &options(), format)).map_err(|e| failed(&e)),
    };
    match format {
        PictureArg::Dot => Ok(dot::render(picture, &options()).into_bytes()),
        PictureArg::Mermaid => Ok(mermaid::render(picture).into_bytes()),
        PictureArg::Png => by_graphviz(graphviz::Format::Png),
        PictureArg::Pdf => by_graphviz(graphviz::Format::Pdf),
        PictureArg::Svg if dot_path.is_some() && !without => by_graphviz(graphviz::Format::Svg),
        PictureArg::Svg => Ok(svg::render(picture, &svg::Options::default()).into_bytes()),
    }
}

fn not_installed(looked_for: &str) -> Text {
    Text::new(
        format!(
            "png と pdf を描くには Graphviz が要りますが、見つかりません（{looked_for}）。Graphviz（コマンド dot。例: apt install graphviz）を入れるか、--dot で場所を指定してください。svg、dot、mermaid は Graphviz なしで描けます"
        ),
        format!(
            "png and pdf need Graphviz, which was not found ({looked_for}): install Graphviz (the command dot, e.g. apt install graphviz) or give its place with --dot; svg, dot and mermaid need nothing installed"
        ),
    )
}

fn failed(error: &graphviz::Error) -> Text {
    match error {
        graphviz::Error::NotInstalled { looked_for } => not_installed(&looked_for.display().to_string()),
        graphviz::Error::TooLarge { nodes, most } => Text::new(
            format!("{nodes} 個は Graphviz には多すぎます（{most} 個まで）。--aggregate か --between を使ってください"),
            format!("{error}; try --aggregate or --between"),
        ),
        other => Text::new(
            format!("Graphviz で描けませんでした。--format svg は Graphviz なしで描けます（{other}）"),
            format!("Graphviz did not draw it; --format svg needs no Graphviz ({other})"),
        ),
    }
}
