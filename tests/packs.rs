//! Rule packs of a designer, from file to report: what they add, replace, withdraw and may not do; and that the pages
//! about them say everything.
//!
//! What is wrong with a pack, message by message, is tested in `diagnostics`.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// The answer to a drawing with its packs, all as text; the first file is the drawing. Also what was said.
fn check(files: &[(&str, &str)]) -> (Option<i32>, Value, String) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder can be made");
        std::fs::write(path, text).expect("a file can be written");
    }
    let output = Command::new(env!("CARGO_BIN_EXE_sekisho"))
        .current_dir(folder.path())
        .args(["--lang", "en", "check", "--as-of", "2026-04-01", "--format", "json", files[0].0])
        .output()
        .expect("the program starts");
    let said = String::from_utf8(output.stderr).expect("text");
    (output.status.code(), serde_json::from_slice(&output.stdout).unwrap_or(Value::Null), said)
}

/// The rule of an id in an answer.
fn rule<'a>(answer: &'a Value, id: &str) -> &'a Value {
    let rules = answer["rules"].as_array().unwrap_or_else(|| panic!("no rules in {answer}"));
    let found: Vec<&Value> = rules.iter().filter(|r| r["id"] == id).collect();
    assert_eq!(found.len(), 1, "{id} stands in the answer once");
    found[0]
}

fn example(change: impl Fn(String) -> String) -> (Option<i32>, Value, String) {
    let (town, rules) = (change(read("models/packs/town.ron")), read("models/packs/own-rules.ron"));
    check(&[("town.ron", &town), ("own-rules.ron", &rules)])
}

/// A small drawing of the LGWAN segment with one pack; `rules` are fields of the pack.
fn with_pack(fields: &str) -> (Option<i32>, Value, String) {
    let pack = format!("Pack(name: \"試験\", {fields})");
    check(&[
        (
            "town.ron",
            r#"Municipality(model: Alpha, edition: R7_3, packs: ["rules/own.ron"], segments: { "lg": (layer: Lgwan) },
            nodes: { "lg-pc": Terminal(at: "lg", controls: [Mfa]) })"#,
        ),
        ("rules/own.ron", &pack),
    ])
}

fn replaced(text: String, old: &str, new: &str) -> String {
    assert!(text.contains(old), "the example says {old}");
    text.replace(old, new)
}

#[test]
fn the_example_adds_a_rule_and_overrides_one_and_the_report_says_so() {
    let (code, answer, said) = example(|t| t);
    assert_eq!(code, Some(0), "{said}\n{answer}");
    let added = rule(&answer, "TOWN-01");
    assert_eq!(added["status"], "holds");
    assert_eq!(added["own"]["pack"], "見本町の規則集");
    assert_eq!(added["own"]["overrides"], false);
    assert_eq!(added["own"]["place"]["file"], "own-rules.ron");
    assert_eq!(added["clauses"][0]["code"], "町-12", "{added}");
    let changed = rule(&answer, "R-MD-01");
    assert_eq!(changed["own"]["overrides"], true);
    assert!(changed["statement"]["ja"].as_str().expect("a sentence").contains("持ち出しでも"), "{changed}");
    assert_eq!(rule(&answer, "R-MD-02")["own"], Value::Null, "what no pack names is the program's");
}

#[test]
fn the_added_and_the_overriding_rule_are_decided() {
    let (code, answer, _) = example(|t| replaced(t, "[AntiVirus, LogReview]", "[AntiVirus]"));
    assert_eq!(code, Some(1));
    assert_eq!(rule(&answer, "TOWN-01")["status"], "violated");
    let out = r#"(from: "lg-pc", to: "in-pc", medium: "usb-1", by: "情報担当"), (from: "in-pc""#;
    let (code, answer, _) = example(|t| replaced(t, r#"(from: "in-pc""#, out));
    assert_eq!(code, Some(1));
    assert_eq!(rule(&answer, "R-MD-01")["status"], "violated", "the shipped version is content without a station");
}

#[test]
fn an_added_edition_can_be_declared_and_its_rule_is_in_force_from_then_on() {
    let (_, answer, _) = example(|t| t);
    assert_eq!(answer["edition"], "R9_4");
    let (code, before, said) = example(|t| replaced(t, "edition: R9_4", "edition: R7_3"));
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(rule(&before, "TOWN-01")["status"], "not-applicable");
    assert!(rule(&before, "TOWN-01")["why"]["en"].as_str().is_some_and(|w| w.contains("April 2027")), "{before}");
    let (code, _, said) = example(|t| replaced(t, "packs: [\"own-rules.ron\"],", ""));
    assert_eq!(code, Some(2), "without the pack there is no such edition");
    assert!(said.contains("R9_4"), "{said}");
}

#[test]
fn a_version_with_an_edition_leaves_the_older_one_in_force_before_it() {
    let newer = r#"editions: { "R9_4": (published: (ja: "架空", en: "invented"), changes: (ja: "なし", en: "none")) },
        rules: { "R-MD-01": (ja: "新しい文", en: "the new words", since: R9_4, severity: Low, kind: Control, decide: Classified) }"#;
    let (_, answer, said) = with_pack(newer);
    assert_eq!(rule(&answer, "R-MD-01")["own"], Value::Null, "{said}");
    assert_ne!(rule(&answer, "R-MD-01")["statement"]["en"], "the new words");
}

#[test]
fn a_withdrawn_rule_does_not_apply_and_stays_in_the_report() {
    let (_, before, _) = with_pack("");
    assert_ne!(rule(&before, "R-OG-03")["status"], "not-applicable");
    let (_, after, said) = with_pack(r#"withdrawn: ["R-OG-03"]"#);
    let withdrawn = rule(&after, "R-OG-03");
    assert_eq!(withdrawn["status"], "not-applicable", "{said}");
    assert_eq!(withdrawn["own"]["overrides"], true);
    assert!(withdrawn["why"]["en"].as_str().is_some_and(|w| w.contains("withdrawn")), "{withdrawn}");
}

#[test]
fn a_pack_can_add_functions_and_controls_that_drawings_may_then_name() {
    let drawing = r#"Municipality(model: Alpha, edition: R7_3, packs: ["own.ron"], measures: { "町-O": (in_place: true) },
        segments: { "in": (layer: Internet), "ext": (layer: Outside) },
        nodes: { "a": Terminal(at: "in"), "p": SecurityCloud(joins: ["in", "ext"], default: Deny, functions: ["町の窓口"]) })"#;
    let pack = r#"Pack(name: "試験", functions: { "町の窓口": (ja: "窓口", en: "a desk") },
        controls: { "町-O": (ja: "町の対策", en: "a measure", organisational: true, decide: Measures(all: ["町-O"])) },
        rules: { "T-1": (ja: "あ", en: "a", severity: Low, kind: Control, decide: Measures(all: ["町-O"])) })"#;
    let (_, answer, said) = check(&[("town.ron", drawing), ("own.ron", pack)]);
    assert!(answer["rules"].is_array(), "{said}");
    assert_eq!(rule(&answer, "T-1")["status"], "holds");
}

#[test]
fn packs_outside_the_folder_of_the_drawing_are_refused() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let inside = folder.path().join("town");
    std::fs::create_dir(&inside).expect("a folder can be made");
    let outside = folder.path().join("rules.ron");
    std::fs::write(&outside, "Pack(name: \"外\")").expect("a file can be written");
    let absolute = outside.to_string_lossy().into_owned();
    for path in ["../rules.ron", absolute.as_str()] {
        let drawing = format!(
            "Municipality(model: Alpha, packs: [\"{path}\"], segments: {{ \"in\": (layer: Internet) }}, nodes: {{ \"a\": Terminal(at: \"in\") }})"
        );
        std::fs::write(inside.join("town.ron"), drawing).expect("a file can be written");
        let output = Command::new(env!("CARGO_BIN_EXE_sekisho"))
            .current_dir(&inside)
            .args(["--lang", "en", "check", "town.ron"])
            .output()
            .expect("the program starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{path}: {said}");
        assert!(said.contains("S3003"), "{path}: {said}");
    }
}

#[test]
fn a_pack_is_seen_from_the_file_that_names_it() {
    let (_, answer, said) = check(&[
        (
            "town.ron",
            r#"Municipality(model: Alpha, include: ["shared/base.ron"], nodes: { "a": Terminal(at: "in", controls: [Edr]) })"#,
        ),
        ("shared/base.ron", r#"Municipality(packs: ["own.ron"], segments: { "in": (layer: Internet) })"#),
        (
            "shared/own.ron",
            r#"Pack(name: "県の規則集", rules: { "T-1": (ja: "あ", en: "a", severity: Low, kind: Control,
                decide: Controls(of: (layers: [Internet]), need: [["Edr", "EdrOf"]])) })"#,
        ),
    ]);
    assert!(answer["rules"].is_array(), "{said}");
    assert_eq!(rule(&answer, "T-1")["status"], "holds");
    assert_eq!(rule(&answer, "T-1")["own"]["place"]["file"], "shared/own.ron");
}

/// The part of the rule book's source text between two places.
fn part(from: &str, to: &str) -> String {
    let text = read("src/model/rulebook.rs");
    let (_, rest) = text.split_once(from).unwrap_or_else(|| panic!("{from} is in the rule book"));
    rest.split_once(to).unwrap_or_else(|| panic!("{to} is behind {from}")).0.to_owned()
}

/// The variants of `Decide`, and the fields of it and of the tests that it holds.
fn words_of_the_language() -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut variants, mut fields) = (BTreeSet::new(), BTreeSet::new());
    let body = part("pub enum Decide {\n", "\n}\n");
    for line in body.lines().filter(|l| !l.trim_start().starts_with(['/', '#'])) {
        let word: String = line.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        match line.len() - line.trim_start().len() {
            4 if !word.is_empty() => variants.insert(word),
            8 if !word.is_empty() => fields.insert(word),
            _ => false,
        };
    }
    for test in ["Select", "CrossingTest", "PathTest", "ChainTest", "ControlTest", "MeasureTest", "MediaTest"] {
        for line in part(&format!("pub struct {test} {{\n"), "\n}\n").lines() {
            if let Some((field, _)) = line.trim_start().strip_prefix("pub ").and_then(|l| l.split_once(':')) {
                fields.insert(field.to_owned());
            }
        }
    }
    (variants, fields)
}

#[test]
fn every_word_of_the_rule_language_is_explained_in_both_pages() {
    let (variants, fields) = words_of_the_language();
    assert!(variants.len() > 30 && variants.contains("Crossing") && variants.contains("Exceptions"), "{variants:?}");
    assert!(fields.len() > 30 && fields.contains("where_there_is") && fields.contains("isolated_guests"), "{fields:?}");
    for page in ["docs/packs.md", "docs/packs.ja.md"] {
        let text = read(page);
        let without_row: Vec<&String> = variants.iter().filter(|v| !text.contains(&format!("| `{v}` |"))).collect();
        assert!(without_row.is_empty(), "{page} has no row for {without_row:?}");
        let unnamed: Vec<&String> = fields.iter().filter(|f| !text.contains(&format!("`{f}`"))).collect();
        assert!(unnamed.is_empty(), "{page} does not name {unnamed:?}");
    }
}

/// The pieces of a page in `ron,decide` blocks: each is the `decide` of a rule.
fn examples(page: &str) -> Vec<String> {
    let text = read(page);
    let blocks = text.split("```ron,decide\n").skip(1).map(|rest| rest.split_once("```").expect("a block ends").0);
    blocks.flat_map(|b| b.split("\n\n").map(|e| e.trim().trim_end_matches(',').to_owned())).collect()
}

#[test]
fn every_example_of_the_rule_language_is_read_and_decided() {
    let (variants, _) = words_of_the_language();
    let english = examples("docs/packs.md");
    assert_eq!(english, examples("docs/packs.ja.md"), "both pages have the same examples");
    for v in &variants {
        let used = english.iter().any(|e| e.contains(&format!("{v}(")) || e.contains(&format!("{v},")) || e == v);
        assert!(used, "no example of {v}");
    }
    let rules: Vec<String> = english
        .iter()
        .enumerate()
        .map(|(i, e)| format!("\"T-{i}\": (ja: \"例\", en: \"an example\", severity: Low, kind: Control, decide: {e})"))
        .collect();
    let (_, answer, said) = with_pack(&format!("rules: {{ {} }}", rules.join(",\n")));
    assert!(answer["rules"].is_array(), "{said}");
    for i in 0..english.len() {
        assert!(rule(&answer, &format!("T-{i}"))["status"].is_string());
    }
}
