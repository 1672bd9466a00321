//! `sekisho fmt`: one layout for all drawings, with nothing lost.

use std::io::Read as _;
use std::path::Path;

use sekisho::diagnostic::{Lang, RenderOptions, render_all};
use sekisho::document::{format, load};

use crate::Outcome;
use crate::args::{Args, FmtArgs};
use crate::files::Disk;
use crate::output;

pub(crate) fn run(args: &Args, fmt: &FmtArgs) -> Outcome {
    let mut outcome = Outcome::Holds;
    for file in &fmt.files {
        let one = one(args, fmt, file);
        if one != Outcome::Holds && outcome != Outcome::Wrong {
            outcome = one;
        }
    }
    outcome
}

fn one(args: &Args, fmt: &FmtArgs, file: &Path) -> Outcome {
    let stdin = file == Path::new("-");
    let text = match read(file) {
        Ok(text) => text,
        Err(reason) => {
            let name = file.display();
            output::note(&match args.lang() {
                Lang::Ja => format!("{name} を読めません: {reason}\n"),
                Lang::En => format!("{name} cannot be read: {reason}\n"),
            });
            return Outcome::Wrong;
        }
    };
    let Ok(formatted) = format(&text) else { return malformed(args, file) };
    if fmt.check {
        if formatted == text {
            return Outcome::Holds;
        }
        let name = file.display();
        output::say(&match args.lang() {
            Lang::Ja => format!("{name}: 書式が整っていません"),
            Lang::En => format!("{name}: not formatted"),
        });
        return Outcome::Violated;
    }
    let target = if stdin { None } else { Some(file) };
    if !stdin && formatted == text {
        return Outcome::Holds;
    }
    match output::write(target, formatted.as_bytes()) {
        Ok(()) => Outcome::Holds,
        Err(unwritten) => {
            unwritten.say(args);
            Outcome::Wrong
        }
    }
}

fn read(file: &Path) -> Result<String, String> {
    let bytes = if file == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes).map_err(|e| e.to_string())?;
        bytes
    } else {
        std::fs::read(file).map_err(|e| e.to_string())?
    };
    String::from_utf8(bytes).map_err(|_| "not UTF-8".to_owned())
}

/// A text whose brackets do not fit stays as it is; the reader says where.
fn malformed(args: &Args, file: &Path) -> Outcome {
    let options = RenderOptions { lang: args.lang(), color: output::color_err(args), width: None };
    let name = file.display();
    match load(&mut Disk::new(file)) {
        Err(failed) if file != Path::new("-") => {
            output::note(&render_all(&failed.diagnostics, &failed.sources, &options))
        }
        _ => output::note(&match args.lang() {
            Lang::Ja => format!("{name}: 括弧か引用符が合わないので、書式を整えられません\n"),
            Lang::En => format!("{name}: brackets or quotation marks do not fit, so it was left as it is\n"),
        }),
    }
    Outcome::Wrong
}
