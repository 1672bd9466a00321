//! `sekisho explain`: the page of a code, or why two places of a drawing are connected or not.

use std::path::Path;

use sekisho::diagnostic::{CODES, Lang, RenderOptions, render_all};
use sekisho::document::{Loaded, load};
use sekisho::network::Network;
use sekisho::report::{self, Style, clean};

use crate::Outcome;
use crate::args::{Args, ExplainArgs};
use crate::ends::services;
use crate::files::Disk;
use crate::output;

pub(crate) fn run(args: &Args, explain: &ExplainArgs) -> Outcome {
    match (&explain.from, &explain.to) {
        (Some(from), Some(to)) => pair(args, explain, from, to),
        _ => code(args, &explain.what),
    }
}

fn print(args: &Args, text: &str) -> Outcome {
    match output::write(None, text.as_bytes()) {
        Ok(()) => Outcome::Holds,
        Err(e) => {
            e.say(args);
            Outcome::Wrong
        }
    }
}

fn code(args: &Args, what: &str) -> Outcome {
    let lang = args.lang();
    let wanted = what.trim().to_uppercase();
    if let Some(info) = CODES.iter().find(|c| c.code.as_str() == wanted) {
        let (title, page) = match lang {
            Lang::Ja => (info.title_ja, info.page_ja),
            Lang::En => (info.title_en, info.page_en),
        };
        return print(args, &format!("{wanted}  {title}\n\n{page}\n"));
    }
    let book = sekisho::document::shipped_rulebook();
    let style = Style { lang, color: output::color_out(args, None), ..Style::default() };
    if let Some(page) = report::entry(&book, what, style) {
        return print(args, &page);
    }
    let mut known: Vec<String> = CODES.iter().map(|c| c.code.as_str().to_owned()).collect();
    known.extend(report::ids(&book));
    let (shown, near) = (clean(what), nearest(&wanted, known.iter().map(String::as_str)));
    match lang {
        Lang::Ja => {
            output::say(&format!("エラー: `{shown}` というコードはありません"));
            near.iter().for_each(|n| output::say(&format!("ヒント: `{n}` のことですか")));
            if Path::new(what).exists() {
                output::say(&format!(
                    "ヒント: 図面について聞くときは、始点と終点も書きます: sekisho explain {shown} 始点 終点"
                ));
            }
        }
        Lang::En => {
            output::say(&format!("error: there is no code `{shown}`"));
            near.iter().for_each(|n| output::say(&format!("help: did you mean `{n}`?")));
            if Path::new(what).exists() {
                output::say(&format!("help: to ask about a drawing, name two places: sekisho explain {shown} FROM TO"));
            }
        }
    }
    Outcome::Wrong
}

fn nearest<'a>(wrong: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (wrong.chars().count() / 3).max(2);
    known.map(|k| (strsim::damerau_levenshtein(wrong, k), k)).filter(|(d, _)| *d <= limit).min().map(|(_, k)| k)
}

fn pair(args: &Args, explain: &ExplainArgs, from: &str, to: &str) -> Outcome {
    let lang = args.lang();
    let options = RenderOptions { lang, color: output::color_err(args), width: None };
    let loaded = match load(&mut Disk::new(Path::new(&explain.what))) {
        Ok(loaded) => loaded,
        Err(failed) => {
            output::note(&render_all(&failed.diagnostics, &failed.sources, &options));
            return Outcome::Wrong;
        }
    };
    let (Some(x), Some(y)) = (faces(lang, &loaded, from), faces(lang, &loaded, to)) else { return Outcome::Wrong };
    let wanted = match explain.service.as_deref().map(|s| services(args, s)) {
        Some(None) => return Outcome::Wrong,
        other => other.flatten(),
    };
    let network = Network::new(&loaded.model);
    let style = Style { lang, color: output::color_out(args, None), verbose: true, ..Style::default() };
    match report::connection(&loaded.model, &loaded.sources, &network, (&x, &y), wanted.as_deref(), style) {
        Ok(text) => print(args, &text),
        Err(fault) => output::internal(args, &fault),
    }
}

/// The faces of a node, `node.side`, `node@network`, network or segment; said if there are none.
pub(crate) fn faces(lang: Lang, loaded: &Loaded, name: &str) -> Option<Vec<sekisho::model::FaceId>> {
    let found = report::faces_named(&loaded.model, name);
    if let Ok(faces) = &found
        && !faces.is_empty()
    {
        return found.ok();
    }
    let shown = clean(name);
    match (found, lang) {
        (Ok(_), Lang::Ja) => {
            output::say(&format!("エラー: `{shown}` には、始点や終点にできる端末、サーバー、中継機器がありません"))
        }
        (Ok(_), Lang::En) => {
            output::say(&format!("error: `{shown}` has no endpoint or mediator that could be a start or an end"))
        }
        (Err(near), Lang::Ja) => {
            output::say(&format!("エラー: `{shown}` は図面にありません"));
            near.iter().for_each(|n| output::say(&format!("ヒント: `{}` のことですか", clean(n))));
        }
        (Err(near), Lang::En) => {
            output::say(&format!("error: the drawing has no `{shown}`"));
            near.iter().for_each(|n| output::say(&format!("help: did you mean `{}`?", clean(n))));
        }
    }
    None
}
