//! Every mistake is reported at its place, with its code, once, and all of them in one run.
//!
//! The corpus is a table of small wrong drawings. A mark such as `«S2002»` stands where a
//! diagnostic begins; `«S2002=in-pc»` also says what is suggested instead (`·` is a blank); `«also»` stands where
//! a second place is shown. The marks are taken out before the text is read.

#[path = "diagnostics/corpus.rs"]
mod corpus;
#[path = "diagnostics/packets.rs"]
mod packets;
#[path = "diagnostics/remarks.rs"]
mod remarks;

use std::collections::{BTreeMap, BTreeSet};

use corpus::{CORPUS, Case, Form};
use packets::PACKETS;
use remarks::REMARKS;
use sekisho::diagnostic::{CODES, Diagnostic, Lang, RenderOptions, render_all};
use sekisho::document::{LoadError, Loader, load};
use sekisho::source::Sources;

/// Files in memory; the first is the drawing.
struct Memory {
    files: Vec<(String, Result<String, LoadError>)>,
}

impl Loader for Memory {
    fn name(&self) -> String {
        self.files[0].0.clone()
    }

    fn root(&mut self) -> Result<(String, String), LoadError> {
        let (name, text) = &self.files[0];
        Ok((name.clone(), text.clone()?))
    }

    fn include(&mut self, _: &str, path: &str) -> Result<(String, String), LoadError> {
        let (name, text) = self.files.iter().find(|(n, _)| n == path).ok_or(LoadError::NotFound)?;
        Ok((name.clone(), text.clone()?))
    }
}

const HEAD: &str = "Municipality(\n  name: \"試験市\", model: BetaPrime, edition: R7_3,\n  segments: { \"in\": (layer: Internet), \"lg\": (layer: Lgwan, address: \"10.2.0.0/16\"), \"ext\": (layer: Outside) },\n";
const NODES: &str = "    \"in-pc\": Terminal(at: \"in\"), \"lg-srv\": Server(at: \"lg\", address: \"10.2.0.9\"), \"internet\": Internet(at: \"ext\"),\n";

fn whole(case: &Case) -> String {
    match case.form {
        Form::Whole => case.text.to_owned(),
        Form::Nodes => {
            let lines: Vec<String> = case.text.lines().map(|line| format!("    {}", line.trim_start())).collect();
            format!("{HEAD}  nodes: {{\n{NODES}{}\n  }},\n)\n", lines.join("\n"))
        }
        Form::Fields => format!("{HEAD}  nodes: {{\n{NODES}  }},\n{}\n)\n", case.text),
    }
}

/// What is expected: `file:line:column code`, and `also` for second places.
type Expected = BTreeSet<(String, usize, usize, String)>;

/// Takes the marks out of a text and says where they stood.
fn unmark(file: &str, marked: &str, expected: &mut Expected) -> String {
    let (mut text, mut rest) = (String::new(), marked);
    while let Some((before, after)) = rest.split_once('«') {
        text.push_str(before);
        let (mark, after) = after.split_once('»').expect("a mark ends");
        let line = text.matches('\n').count() + 1;
        let column = text.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        for one in mark.split(' ').filter(|one| !one.is_empty()) {
            let code = if one.ends_with('=') { format!("{one} ") } else { one.replace('·', " ") };
            assert!(expected.insert((file.to_owned(), line, column, code)), "{mark} twice");
        }
        rest = after;
    }
    text.push_str(rest);
    text
}

fn found(diagnostics: &[Diagnostic], sources: &Sources, expected: &Expected) -> Expected {
    let mut all = Expected::new();
    for d in diagnostics {
        for (i, label) in d.labels.iter().enumerate() {
            let source = sources.get(label.span.file);
            let at = source.line_column(label.span.start as usize);
            let place = |what: &str| (source.name().to_owned(), at.line, at.column, what.to_owned());
            let fixed = d.fix.as_ref().map(|f| place(&format!("{}={}", d.code.as_str(), f.replacement)));
            match fixed {
                _ if i > 0 => {
                    // Second places are told when the corpus asks for them.
                    let also = place("also");
                    if expected.contains(&also) {
                        all.insert(also);
                    }
                }
                Some(fixed) if expected.contains(&fixed) => {
                    all.insert(fixed);
                }
                _ => {
                    all.insert(place(d.code.as_str()));
                }
            }
        }
    }
    all
}

/// All wrong drawings.
fn cases() -> impl Iterator<Item = &'static Case> {
    CORPUS.iter().chain(PACKETS).chain(REMARKS)
}

/// The files of a case: a line `=== name` begins the next one.
fn files(text: &str) -> Vec<(String, String)> {
    let mut files = vec![("図面.ron".to_owned(), String::new())];
    for line in text.split_inclusive('\n') {
        match line.strip_prefix("=== ") {
            Some(name) => files.push((name.trim().to_owned(), String::new())),
            None => files.last_mut().expect("one").1.push_str(line),
        }
    }
    files
}

fn outcome(case: &Case) -> (Vec<Diagnostic>, Sources, Expected) {
    let mut expected = Expected::new();
    let files = files(&whole(case)).into_iter().map(|(name, text)| {
        let text = unmark(&name, &text, &mut expected);
        let text = match text.trim() {
            "!utf8" => Err(LoadError::NotUtf8(7)),
            "!outside" => Err(LoadError::Outside),
            "!large" => Err(LoadError::TooLarge),
            "!locked" => Err(LoadError::Other("アクセスが拒否されました".to_owned())),
            _ => Ok(text),
        };
        (name, text)
    });
    let mut loader = Memory { files: files.collect() };
    match load(&mut loader) {
        Ok(loaded) => {
            let mut all = loaded.warnings;
            all.extend(loaded.unused);
            all.extend(sekisho::lint::lint(&loaded.model));
            (all, loaded.sources, expected)
        }
        Err(failed) => (failed.diagnostics, failed.sources, expected),
    }
}

#[test]
fn every_mistake_is_reported_where_it_is() {
    let mut wrong = String::new();
    for case in cases() {
        let (diagnostics, sources, expected) = outcome(case);
        let found = found(&diagnostics, &sources, &expected);
        let without_place = diagnostics.iter().filter(|d| d.labels.is_empty()).count();
        if found != expected || without_place != case.without_place {
            let options = RenderOptions { lang: Lang::Ja, color: false, width: None };
            wrong.push_str(&format!(
                "==== {}\nmissing {:?}\ntoo many {:?}, {without_place} without a place\n{}\n",
                case.name,
                expected.difference(&found).collect::<Vec<_>>(),
                found.difference(&expected).collect::<Vec<_>>(),
                render_all(&diagnostics, &sources, &options)
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn the_corpus_covers_every_code() {
    assert!(cases().count() >= 75, "{}", cases().count());
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for case in cases() {
        for d in outcome(case).0 {
            *seen.entry(d.code.as_str()).or_default() += 1;
        }
    }
    let missing: Vec<_> = CODES.iter().map(|c| c.code.as_str()).filter(|c| !seen.contains_key(c)).collect();
    assert!(missing.is_empty(), "no case shows {missing:?}");
}

/// `SEKISHO_SHOW=1 cargo test --test suite diagnostics::show -- --nocapture` prints all messages, to be read aloud.
#[test]
fn show() {
    if std::env::var_os("SEKISHO_SHOW").is_none() {
        return;
    }
    for case in cases() {
        let (diagnostics, sources, _) = outcome(case);
        println!("==== {}", case.name);
        for lang in [Lang::Ja, Lang::En] {
            print!("{}", render_all(&diagnostics, &sources, &RenderOptions { lang, color: false, width: Some(120) }));
        }
    }
}

#[test]
fn messages_are_sentences_in_both_languages() {
    for case in cases() {
        let (diagnostics, _, _) = outcome(case);
        for d in &diagnostics {
            let texts = std::iter::once(&d.message).chain(d.labels.iter().map(|l| &l.text)).chain(&d.help);
            for text in texts {
                assert!(!text.ja.trim().is_empty() && !text.en.trim().is_empty(), "{}: {d:?}", case.name);
                assert!(!text.ja.ends_with('。') && !text.en.ends_with('.'), "{}: {text:?}", case.name);
                assert!(!text.ja.is_ascii(), "{}: {text:?}", case.name);
                assert!(
                    !text.en.contains(char::from(1)) && !text.ja.contains(char::from(1)),
                    "{}: {text:?}",
                    case.name
                );
            }
        }
    }
}
