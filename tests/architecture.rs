//! The rooms of the house: which room may name which, and what every source file has.
//!
//! A room is a folder under `src`. The command line is another crate and needs no row: the library cannot name it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Each room and the rooms that it may name, besides itself. A new room needs a row.
const ROOMS: [(&str, &[&str]); 18] = [
    ("source", &[]),
    ("diagnostic", &["source"]),
    ("model", &["source", "diagnostic"]),
    ("document", &["source", "diagnostic", "model"]),
    ("packet", &["diagnostic", "model"]),
    ("flow", &["model", "packet"]),
    ("network", &["model", "packet", "flow"]),
    ("verify", &["source", "diagnostic", "model", "packet", "flow", "network"]),
    ("guideline", &["source", "diagnostic", "model", "network", "verify"]),
    ("generate", &[]),
    ("measure", &["model", "document", "generate", "packet", "flow", "network", "verify", "guideline"]),
    ("twin", &["diagnostic", "model", "packet"]),
    ("lint", &["source", "diagnostic", "model", "packet"]),
    ("change", &["source", "diagnostic", "model", "document", "packet", "flow", "network", "verify", "guideline"]),
    (
        "compose",
        &["source", "diagnostic", "model", "document", "packet", "flow", "network", "verify", "guideline", "change"],
    ),
    (
        "report",
        &[
            "source",
            "diagnostic",
            "model",
            "document",
            "packet",
            "flow",
            "network",
            "verify",
            "guideline",
            "change",
            "compose",
            "measure",
            "twin",
        ],
    ),
    ("diagram", &["diagnostic", "model", "packet", "flow", "network", "verify", "change", "report"]),
    ("cli", &[]),
];

/// Outside crates that only one room may name.
const GUESTS: [(&str, &[&str]); 10] = [
    ("petgraph", &["document", "lint", "network", "verify"]),
    ("ron", &["document", "source", "diagnostic"]),
    ("graphviz_rust", &["diagram"]),
    ("dagre", &["diagram"]),
    ("serde_json", &["report", "twin"]),
    ("nix", &["twin"]),
    ("socket2", &["twin"]),
    ("annotate_snippets", &["diagnostic"]),
    ("clap", &["cli"]),
    ("batsat", &["change"]),
];

/// The most lines of code of a source file, without blank lines, comments and the test module at its end.
const LONGEST: usize = 400;

/// Longer files, each with its reason.
const LONGER: [(&str, &str); 6] = [
    ("cli/args.rs", "one table: the command line, flag by flag"),
    ("diagnostic/codes.rs", "one table: every code with its page"),
    ("document/shape.rs", "one table: the format, field by field"),
    ("document/resolve/mediators.rs", "one table: the catalogue of mediators, row by row"),
    ("document/resolve/endpoints.rs", "machines, their faces and the relations between them read each other"),
    ("document/resolve/names.rs", "one name space: how a name is declared is how it is found"),
];

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Every source file, as a path under `src`, with its text.
fn files() -> BTreeMap<String, String> {
    fn walk(folder: &Path, found: &mut BTreeMap<String, String>) {
        for entry in std::fs::read_dir(folder).expect("the folder can be read") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|x| x == "rs") {
                let name = path.strip_prefix(src()).expect("under src").to_string_lossy().replace('\\', "/");
                found.insert(name, std::fs::read_to_string(&path).expect("text"));
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(&src(), &mut found);
    found
}

fn room(file: &str) -> Option<&str> {
    file.split_once('/').map(|(room, _)| room)
}

/// The code of a file: no comments, no test modules at its end.
fn code(text: &str) -> String {
    let body = text.split("#[cfg(test)]\nmod ").next().unwrap_or(text);
    body.lines().map(|l| l.split("//").next().unwrap_or(l)).collect::<Vec<_>>().join("\n")
}

/// The words that follow `before` in a text: the rooms behind `crate::`.
fn after(text: &str, before: &str) -> BTreeSet<String> {
    text.split(before)
        .skip(1)
        .map(|rest| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect())
        .collect()
}

#[test]
fn rooms_name_only_rooms_before_them() {
    let rows: BTreeMap<&str, &[&str]> = ROOMS.into_iter().collect();
    let mut wrong = Vec::new();
    for (file, text) in files() {
        let Some(here) = room(&file) else { continue };
        let Some(allowed) = rows.get(here) else {
            wrong.push(format!("{file}: the room `{here}` has no row"));
            continue;
        };
        let is_test = file.contains("/tests") || file.ends_with("/sample.rs");
        if here == "cli" || is_test {
            continue;
        }
        for named in after(&code(&text), "crate::").into_iter().filter(|n| rows.contains_key(n.as_str())) {
            if named != here && !allowed.contains(&named.as_str()) {
                wrong.push(format!("{file}: `{here}` may not name `{named}`"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn no_row_allows_a_room_behind_it() {
    let order: Vec<&str> = ROOMS.iter().map(|(r, _)| *r).collect();
    for (i, (room, allowed)) in ROOMS.iter().enumerate() {
        for other in *allowed {
            assert!(order[..i].contains(other), "`{room}` comes before `{other}`");
        }
    }
}

#[test]
fn outside_crates_stay_in_their_rooms() {
    let mut wrong = Vec::new();
    for (file, text) in files() {
        let Some(here) = room(&file) else { continue };
        let code = code(&text);
        for (guest, rooms) in GUESTS {
            let is_named = code.lines().any(|l| {
                let l = l.trim_start();
                [format!("use {guest}::"), format!("pub use {guest}::"), format!("use {guest};")]
                    .iter()
                    .any(|u| l.starts_with(u.as_str()))
            });
            if is_named && !rooms.contains(&here) {
                wrong.push(format!("{file}: `{guest}` is not a guest of `{here}`"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn every_file_says_what_it_is() {
    let silent: Vec<String> =
        files().into_iter().filter(|(_, text)| !text.starts_with("//!")).map(|(file, _)| file).collect();
    assert!(silent.is_empty(), "no `//!` at the top of {silent:?}");
}

#[test]
fn no_file_is_long() {
    let listed: BTreeMap<&str, &str> = LONGER.into_iter().collect();
    let all = files();
    let lines = |text: &str| {
        let body = text.split("#[cfg(test)]\nmod ").next().unwrap_or(text);
        body.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with("//")).count()
    };
    let is_test = |file: &str| file.contains("/tests");
    let mut wrong: Vec<String> = all
        .iter()
        .filter(|(file, text)| lines(text) > LONGEST && !is_test(file) && !listed.contains_key(file.as_str()))
        .map(|(file, text)| format!("{file}: {} lines", lines(text)))
        .collect();
    wrong.extend(
        LONGER.iter().filter(|(file, _)| !all.contains_key(*file)).map(|(file, _)| format!("{file}: listed, but gone")),
    );
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// The tests are listed by hand in `tests/suite.rs`; one that is not would never run.
#[test]
fn every_file_of_tests_is_in_a_program() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let suite = std::fs::read_to_string(root.join("tests/suite.rs")).expect("the list of tests");
    let manifest = std::fs::read_to_string(root.join("Cargo.toml")).expect("the manifest");
    let forgotten: Vec<String> = std::fs::read_dir(root.join("tests"))
        .expect("the folder can be read")
        .filter_map(|entry| entry.expect("an entry").file_name().into_string().ok())
        .filter(|file| {
            let is_in_suite =
                file.strip_suffix(".rs").is_some_and(|name| suite.lines().any(|l| l == format!("mod {name};")));
            let is_program = manifest.lines().any(|l| l == format!("path = \"tests/{file}\""));
            file.ends_with(".rs") && !is_in_suite && !is_program
        })
        .collect();
    assert!(forgotten.is_empty(), "add to tests/suite.rs as `mod …;`: {forgotten:?}");
}
