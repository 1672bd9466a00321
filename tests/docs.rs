//! What the documents say is true: every command in them is run and its output compared, every drawing in them is
//! checked, every link leads somewhere, and the Japanese and English pages show the same commands.
//!
//! A `console` block is what a reader would see: `$ ` and a command, then its messages and its output. A line `...`
//! stands for any number of lines. `# exit 1` behind a command is the exit code; none is 0.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Pages with commands, in both languages.
const PAIRS: [(&str, &str); 12] = [
    ("README.md", "README.ja.md"),
    ("docs/compare.md", "docs/compare.ja.md"),
    ("docs/diff.md", "docs/diff.ja.md"),
    ("docs/format.md", "docs/format.ja.md"),
    ("docs/generate.md", "docs/generate.ja.md"),
    ("docs/packs.md", "docs/packs.ja.md"),
    ("docs/packets.md", "docs/packets.ja.md"),
    ("docs/plan.md", "docs/plan.ja.md"),
    ("docs/region.md", "docs/region.ja.md"),
    ("docs/tutorial.md", "docs/tutorial.ja.md"),
    ("docs/twin.md", "docs/twin.ja.md"),
    ("docs/what-if.md", "docs/what-if.ja.md"),
];

/// Commands that are shown but not run here: they build the program or run this very test.
const NOT_RUN: [&str; 3] = ["cargo test", "cargo install --path .", ".ci/run"];

/// What no page may contain: a page is about the program, the same on every machine and wherever it is kept.
const FORBIDDEN: [&str; 6] = ["/home/", "/root/", "/tmp/", "/work", " issue", concat!("crates", ".io")];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(page: &Path) -> String {
    std::fs::read_to_string(page).unwrap_or_else(|e| panic!("{}: {e}", page.display()))
}

fn shown(page: &Path) -> String {
    page.strip_prefix(root()).unwrap_or(page).display().to_string()
}

/// Every page of the project.
fn pages() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in [".", "docs", "models", "models/mistakes"] {
        let entries = std::fs::read_dir(root().join(folder)).unwrap_or_else(|e| panic!("{folder}: {e}"));
        found.extend(entries.filter_map(|e| Some(e.ok()?.path())).filter(|p| p.extension().is_some_and(|x| x == "md")));
    }
    found.sort();
    found
}

fn is_japanese(page: &Path) -> bool {
    page.to_string_lossy().ends_with(".ja.md")
}

/// The fenced blocks of a page: what stands behind the fence, the line of the fence, and the lines inside.
fn blocks(text: &str) -> Vec<(String, usize, Vec<String>)> {
    let mut all = Vec::new();
    let mut open: Option<(String, usize, Vec<String>)> = None;
    for (i, line) in text.lines().enumerate() {
        match (line.strip_prefix("```"), open.take()) {
            (Some(info), None) => open = Some((info.to_owned(), i + 1, Vec::new())),
            (Some(_), Some(block)) => all.push(block),
            (None, Some(mut block)) => {
                block.2.push(line.to_owned());
                open = Some(block);
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block is not closed");
    all
}

/// A command with its expected exit code and output, and its line in the page.
struct Shown {
    line: usize,
    command: String,
    code: i32,
    output: Vec<String>,
}

fn commands(page: &Path) -> Vec<Shown> {
    let mut all: Vec<Shown> = Vec::new();
    for (_, first, lines) in blocks(&read(page)).into_iter().filter(|(info, _, _)| info == "console") {
        let start = all.len();
        for (i, line) in lines.into_iter().enumerate() {
            if let Some(command) = line.strip_prefix("$ ") {
                let (command, code) = match command.split_once("# exit ") {
                    Some((command, code)) => (command, code.trim().parse().expect("an exit code")),
                    None => (command, 0),
                };
                all.push(Shown { line: first + i + 1, command: command.trim().to_owned(), code, output: Vec::new() });
            } else {
                assert!(all.len() > start, "{}: a console block begins with `$ `", shown(page));
                all.last_mut().expect("there is one").output.push(line);
            }
        }
    }
    all
}

/// Whether real lines are what is written, where `...` stands for any number of lines.
fn fits(written: &[String], real: &[String]) -> bool {
    match written {
        [] => real.is_empty(),
        [dots] if dots == "..." => true,
        [dots, rest @ ..] if dots == "..." => (0..=real.len()).any(|i| fits(rest, &real[i..])),
        [line, rest @ ..] => real.first().is_some_and(|r| r.trim_end() == line.trim_end()) && fits(rest, &real[1..]),
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder can be made");
    for entry in std::fs::read_dir(from).expect("the folder can be read") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).expect("a file can be copied");
        }
    }
}

/// The words of a command of ours; texts in quotation marks are one word.
fn words(command: &str) -> Option<Vec<String>> {
    let rest = command.strip_prefix("cargo run --release -- ").or_else(|| command.strip_prefix("sekisho "))?;
    let parts = rest.split('"').enumerate();
    Some(
        parts
            .flat_map(
                |(i, p)| {
                    if i % 2 == 1 { vec![p.to_owned()] } else { p.split_whitespace().map(str::to_owned).collect() }
                },
            )
            .collect(),
    )
}

fn run(words: &[String], lang: &str, folder: &Path) -> (Option<i32>, Vec<String>) {
    let output = Command::new(env!("CARGO_BIN_EXE_sekisho"))
        .current_dir(folder)
        .env("LC_ALL", "C.UTF-8")
        .env_remove("NO_COLOR")
        .env_remove("SEKISHO_DOT")
        .args(["--lang", lang])
        .args(words)
        .output()
        .expect("the program starts");
    let mut lines = Vec::new();
    for bytes in [&output.stderr, &output.stdout] {
        lines.extend(String::from_utf8_lossy(bytes).lines().map(str::to_owned));
    }
    (output.status.code(), lines)
}

#[test]
fn every_command_gives_what_is_shown() {
    let mut wrong = Vec::new();
    for page in pages() {
        let shown_commands = commands(&page);
        if shown_commands.is_empty() {
            continue;
        }
        // A copy, so that files written by the examples do not stay behind; one per page, so that commands can build on each other.
        let folder = tempfile::tempdir().expect("a temporary folder");
        copy(&root().join("models"), &folder.path().join("models"));
        for c in shown_commands {
            let place = format!("{}:{}: {}", shown(&page), c.line, c.command);
            if NOT_RUN.contains(&c.command.as_str()) {
                continue;
            }
            let Some(words) = words(&c.command) else {
                wrong.push(format!("{place}: neither ours nor listed as not run"));
                continue;
            };
            let (code, real) = run(&words, if is_japanese(&page) { "ja" } else { "en" }, folder.path());
            // Exit code 4: this machine has no namespaces to give, and has said so in a line.
            if words[0] == "twin" && code == Some(4) {
                println!("SKIPPED: {place}: {}", real.join(" "));
                continue;
            }
            if code != Some(c.code) {
                wrong.push(format!("{place}: exit code {code:?}, not {}", c.code));
            }
            if !c.output.is_empty() && !fits(&c.output, &real) {
                wrong.push(format!("{place}: shows\n{}\nbut gives\n{}", c.output.join("\n"), real.join("\n")));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n\n"));
}

#[test]
fn both_languages_show_the_same_commands() {
    for (english, japanese) in PAIRS {
        let list = |page: &str| -> Vec<(String, i32)> {
            commands(&root().join(page)).into_iter().map(|c| (c.command, c.code)).collect()
        };
        assert_eq!(list(english), list(japanese), "{english} and {japanese}");
    }
}

#[test]
fn every_drawing_in_a_page_holds() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut checked = 0;
    for page in pages() {
        for (_, line, lines) in blocks(&read(&page)).into_iter().filter(|(info, _, _)| info == "ron,check") {
            std::fs::write(folder.path().join("drawing.ron"), lines.join("\n")).expect("a file can be written");
            // The day is fixed: the drawings declare when audits took place.
            let command = ["check", "--as-of", "2026-04-01", "drawing.ron"].map(str::to_owned);
            let (code, real) = run(&command, "en", folder.path());
            assert_eq!(code, Some(0), "{}:{line}\n{}", shown(&page), real.join("\n"));
            checked += 1;
        }
    }
    assert!(checked >= 2, "the format reference shows a complete drawing in both languages");
}

#[test]
fn every_excerpt_is_in_its_drawing() {
    for page in pages() {
        for (info, line, lines) in blocks(&read(&page)) {
            let Some(file) = info.strip_prefix("ron,part=") else { continue };
            let whole = read(&root().join(file));
            assert!(whole.contains(&lines.join("\n")), "{}:{line} is not in {file}", shown(&page));
        }
    }
}

/// The anchor that a heading gets where these pages are read.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().to_lowercase();
    kept.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c)).map(|c| if c == ' ' { '-' } else { c }).collect()
}

fn has_anchor(page: &Path, wanted: &str) -> bool {
    read(page).lines().filter(|l| l.starts_with('#')).any(|l| anchor(l.trim_start_matches('#')) == wanted)
}

#[test]
fn every_link_leads_somewhere() {
    let mut wrong = Vec::new();
    for page in pages() {
        let text = read(&page);
        for target in text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target) {
            if target.contains("://") || target.contains(char::is_whitespace) {
                continue;
            }
            let (file, heading) = target.split_once('#').map_or((target, None), |(f, h)| (f, Some(h)));
            let path = if file.is_empty() { page.clone() } else { page.parent().unwrap_or(root()).join(file) };
            let good = path.exists() && heading.is_none_or(|h| has_anchor(&path, h));
            if !good {
                wrong.push(format!("{}: {target}", shown(&page)));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn no_page_speaks_of_a_machine_or_a_place() {
    for page in pages() {
        let text = read(&page);
        for word in FORBIDDEN {
            assert!(!text.contains(word), "{} contains `{word}`", shown(&page));
        }
    }
}

/// The fields and the fixed words of the format: what stands before `: ` in a struct, and the variants of its enums.
fn words_of_the_format() -> std::collections::BTreeSet<String> {
    let text = read(&root().join("src/document/shape.rs"));
    let lines = text.lines().filter(|l| !l.trim_start().starts_with("#["));
    let code: Vec<&str> = lines.map(|l| l.split("//").next().unwrap_or(l)).collect();
    let mut found = std::collections::BTreeSet::new();
    for line in code.iter().filter(|l| !l.contains('$') && !l.contains("fn ") && !l.contains("self.")) {
        for (before, _) in line.match_indices(": ").map(|(i, _)| line.split_at(i)) {
            let word: String = before.chars().rev().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
            found.insert(word.chars().rev().collect());
        }
    }
    for body in code.join("\n").split("enum ").skip(1) {
        let Some((_, body)) = body.split_once('{') else { continue };
        let body = body.split("\n}").next().unwrap_or(body);
        let words = body.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|w| !w.ends_with("Doc"));
        let variants = words.filter(|w| w.starts_with(|c: char| c.is_ascii_uppercase()));
        found.extend(variants.map(str::to_owned));
    }
    for not_a_word in
        ["", "Map", "Name", "Names", "Option", "String", "Vec", "MediatorCommon", "Debug", "Default", "Deserialize"]
    {
        found.remove(not_a_word);
    }
    found
}

#[test]
fn the_format_is_described_completely() {
    for page in ["docs/format.md", "docs/format.ja.md"] {
        let text = read(&root().join(page));
        let named = |word: &str| {
            let is_letter = |i: usize| text.as_bytes().get(i).is_some_and(|c| c.is_ascii_alphanumeric() || *c == b'_');
            text.match_indices(word).any(|(i, w)| (i == 0 || !is_letter(i - 1)) && !is_letter(i + w.len()))
        };
        let missing: Vec<String> = words_of_the_format().into_iter().filter(|w| !named(w)).collect();
        assert!(missing.is_empty(), "{page} does not describe {missing:?}");
    }
}
