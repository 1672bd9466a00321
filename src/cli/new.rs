//! `sekisho new`: a commented starting file for each model, in the language of the user.
//!
//! The texts are in `templates/`; `«日本語|English»` in them stands for one of the two.

use std::io::Write as _;
use std::path::Path;

use sekisho::diagnostic::Lang;

use crate::Outcome;
use crate::args::{Args, ModelArg, NewArgs};
use crate::output;

pub(crate) fn run(args: &Args, new: &NewArgs) -> Outcome {
    let text = starting_file(new.model, args.lang());
    let file = new.output.as_deref().filter(|f| *f != Path::new("-"));
    let written = match file {
        None => output::write(None, text.as_bytes()).map_err(|e| e.say(args)),
        Some(path) => create(path, &text).map_err(|e| refuse(args, path, &e)),
    };
    match (written, file, args.lang()) {
        (Err(()), ..) => return Outcome::Wrong,
        (Ok(()), None, _) => {}
        (Ok(()), Some(path), Lang::Ja) => output::say(&format!(
            "`{0}` を作りました。▼ の所を書き換えて、`sekisho check {0}` で検査してください",
            path.display()
        )),
        (Ok(()), Some(path), Lang::En) => {
            output::say(&format!("wrote `{0}`; replace what is marked ▼, then run `sekisho check {0}`", path.display()))
        }
    }
    Outcome::Holds
}

/// Writes a file that must not exist yet.
fn create(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes())
}

fn refuse(args: &Args, path: &Path, error: &std::io::Error) {
    let (shown, exists) = (path.display(), error.kind() == std::io::ErrorKind::AlreadyExists);
    match (args.lang(), exists) {
        (Lang::Ja, true) => {
            output::say(&format!("エラー: `{shown}` はすでにあります。上書きはしません。別の名前にしてください"))
        }
        (Lang::En, true) => {
            output::say(&format!("error: `{shown}` exists and is not overwritten; please choose another name"))
        }
        (Lang::Ja, false) => output::say(&format!("エラー: `{shown}` に書き込めません: {error}")),
        (Lang::En, false) => output::say(&format!("error: cannot write `{shown}`: {error}")),
    }
}

/// Stands for `//|` while a text is split.
const OPTIONAL: &str = "\u{1}";

/// The starting file of a model in one language.
fn starting_file(model: ModelArg, lang: Lang) -> String {
    let mut rest = match model {
        ModelArg::Physical => include_str!("templates/physical.ron"),
        ModelArg::Alpha => include_str!("templates/alpha.ron"),
        ModelArg::AlphaPrime => include_str!("templates/alpha-prime.ron"),
        ModelArg::Beta => include_str!("templates/beta.ron"),
        ModelArg::BetaPrime => include_str!("templates/beta-prime.ron"),
    };
    let mut text = String::with_capacity(rest.len());
    while let Some((before, after)) = rest.split_once('«') {
        let (both, behind) = after.split_once('»').unwrap_or((after, ""));
        // `//|` inside a text is the mark of an optional line, not the border between the languages.
        let both = both.replace("//|", OPTIONAL);
        let (ja, en) = both.split_once('|').unwrap_or((&both, &both));
        text.push_str(before);
        let chosen = match lang {
            Lang::Ja => ja,
            Lang::En => en,
        };
        text.push_str(&chosen.replace(OPTIONAL, "//|"));
        rest = behind;
    }
    text.push_str(rest);
    text
}
