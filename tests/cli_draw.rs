//! `sekisho draw` from end to end: every format and view, the same bytes every time, hostile names, what is missing.
//!
//! How a picture looks is judged by people; `docs/images` is what they judged, and is held to what is drawn today.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const BETA_PRIME: &str = "models/beta-prime.ron";
const MISTAKE: &str = "models/mistakes/e-07-screen-drive-open.ron";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn draw(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sekisho"))
        .current_dir(root())
        .env_remove("SEKISHO_DOT")
        .args(["draw", "--lang", "ja"])
        .args(args)
        .output()
        .expect("the program runs")
}

fn text(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).expect("text")
}

/// An SVG that another parser reads, and how many elements of a class it has.
fn count(svg: &str, class: &str) -> usize {
    let xml = roxmltree::Document::parse(svg).expect("the SVG is XML");
    xml.descendants().filter(|e| e.attribute("class") == Some(class)).count()
}

fn write(folder: &tempfile::TempDir, name: &str, text: &str) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, text).expect("written");
    path
}

#[test]
fn the_picture_of_the_readme_is_what_is_drawn_today() {
    for (file, args) in [
        ("docs/images/beta-prime.svg", vec![BETA_PRIME]),
        ("docs/images/mistake.svg", vec![MISTAKE]),
        ("docs/images/finding.svg", vec![MISTAKE, "--finding", "2"]),
    ] {
        let drawn = text(&draw(&args));
        let kept = std::fs::read_to_string(root().join(file)).expect(file);
        assert!(drawn == kept, "{file} is out of date: sekisho draw --lang ja {} -o {file}", args.join(" "));
    }
}

#[test]
fn every_reference_model_is_drawn_whole() {
    for name in ["physical", "alpha", "alpha-prime", "beta", "beta-prime"] {
        let svg = text(&draw(&[&format!("models/{name}.ron")]));
        assert!(count(&svg, "node") > 20, "{name}");
        assert!(svg.contains("違反 0 件"), "{name}");
        assert!(!svg.contains("禁止"), "{name} has no forbidden path");
    }
}

#[test]
fn equal_calls_give_equal_bytes() {
    for format in ["svg", "dot", "mermaid"] {
        for args in [vec![MISTAKE], vec![MISTAKE, "--aggregate"], vec![BETA_PRIME, "--between", "in", "lg"]] {
            let args: Vec<&str> = args.into_iter().chain(["--format", format]).collect();
            assert_eq!(draw(&args).stdout, draw(&args).stdout, "{args:?}");
        }
    }
}

#[test]
fn a_mistake_is_marked_and_what_is_not_shown_is_said() {
    let svg = text(&draw(&[MISTAKE]));
    for words in ["禁止", "起点", "終点", "指摘は全部で"] {
        assert!(svg.contains(words), "{words}");
    }
}

#[test]
fn a_view_of_a_part_is_smaller_than_the_whole() {
    let all = count(&text(&draw(&[BETA_PRIME])), "node");
    let between = text(&draw(&[BETA_PRIME, "--between", "in", "lg"]));
    assert!((5..all).contains(&count(&between, "node")), "{}", count(&between, "node"));
    for device in ["sgw", "cdr", "in-fw", "lg-fw"] {
        assert!(between.contains(device), "{device} lies between");
    }
    for elsewhere in ["city-web", "gc-core", "mail-gw"] {
        assert!(!between.contains(elsewhere), "{elsewhere} does not");
    }
    let aggregated = text(&draw(&[BETA_PRIME, "--aggregate"]));
    assert!(count(&aggregated, "node") < all);
    assert!(aggregated.contains("ファイル無害化"), "mediators stay");
    // The segment may be named by its label, too.
    assert!(draw(&[BETA_PRIME, "--between", "インターネット接続系", "lg"]).status.success());
}

#[test]
fn a_finding_is_drawn_alone() {
    let one = text(&draw(&[MISTAKE, "--finding", "1"]));
    assert!(one.contains("指摘 1　"));
    assert!(count(&one, "node") < count(&text(&draw(&[MISTAKE])), "node"));
    for (number, words) in [("0", "1 から"), ("9999", "1 から")] {
        let output = draw(&[MISTAKE, "--finding", number]);
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&output.stderr).contains(words));
    }
    let none = draw(&[BETA_PRIME, "--finding", "1"]);
    assert_eq!(none.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&none.stderr).contains("指摘はありません"));
}

#[test]
fn an_unknown_segment_is_named_with_those_there_are() {
    let output = draw(&[BETA_PRIME, "--between", "in", "lgg"]);
    assert_eq!(output.status.code(), Some(2));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("lgg") && stderr.contains("psc"), "{stderr}");
}

#[test]
fn without_graphviz_png_and_pdf_say_what_is_missing() {
    let folder = tempfile::tempdir().expect("a folder");
    for ending in ["png", "pdf"] {
        let to = folder.path().join(format!("out.{ending}"));
        let to = to.to_str().expect("a name");
        for dot in ["none", "/nowhere/dot"] {
            let output = draw(&[MISTAKE, "-o", to, "--dot", dot]);
            assert_eq!(output.status.code(), Some(2));
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert!(stderr.contains("Graphviz") && stderr.contains("svg"), "{stderr}");
        }
        assert!(!Path::new(to).exists(), "nothing is left behind");
    }
    for format in ["svg", "dot", "mermaid"] {
        assert!(draw(&[MISTAKE, "--format", format, "--dot", "none"]).status.success(), "{format} needs nothing");
    }
}

#[test]
fn the_name_of_the_output_gives_the_format_and_the_file_is_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, begin) in [("a.svg", "<svg "), ("b.dot", "digraph "), ("c.mmd", "flowchart ")] {
        let to = folder.path().join(name);
        assert!(draw(&[MISTAKE, "-o", to.to_str().expect("a name")]).status.success());
        assert!(std::fs::read_to_string(&to).expect("written").starts_with(begin), "{name}");
    }
    let names: Vec<_> =
        std::fs::read_dir(folder.path()).expect("read").map(|f| f.expect("entry").file_name()).collect();
    assert_eq!(names.len(), 3, "no temporary file is left: {names:?}");
    let output = draw(&[MISTAKE, "-o", folder.path().join("d.gif").to_str().expect("a name")]);
    assert_eq!(output.status.code(), Some(2));
    let output = draw(&[MISTAKE, "-o", folder.path().join("no/such/folder.svg").to_str().expect("a name")]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_bad_drawing_is_told_like_check_tells_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let bad = write(&folder, "bad.ron", "Municipality(segments: { \"a\": (layer: Nowhere) })");
    let output = draw(&[bad.to_str().expect("a name")]);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    assert!(String::from_utf8_lossy(&output.stderr).contains("bad.ron:1:"));
}

#[test]
fn names_of_a_drawing_stay_text() {
    let folder = tempfile::tempdir().expect("a folder");
    let label = "</text><script>alert(1)</script> ]; evil [label=x] --> `**` #quot; &lt; %%{init}%%";
    let nasty = format!(
        "Municipality(name: \"{label}\", model: Alpha,
          segments: {{ \"a\": (layer: Internet, label: \"{label}\"), \"<b>\": (layer: Outside, label: \"{label}\") }},
          nodes: {{ \"<img/src=x&y;#\": Terminal(at: \"a\", label: \"{label}\"), \"evil;//\": Server(at: \"<b>\", label: \"{label}\"),
            \"%%\": Firewall(joins: [\"a\", \"<b>\"], label: \"{label}\") }})"
    );
    let nasty = write(&folder, "nasty.ron", &nasty);
    let nasty = nasty.to_str().expect("a name");
    let svg = text(&draw(&[nasty]));
    assert_eq!(count(&svg, "node"), 3);
    assert!(!svg.contains("<script") && !svg.contains("<img"));
    let dot = text(&draw(&[nasty, "--format", "dot"]));
    assert!(graphviz_rust::parse(&dot).is_ok());
    assert!(!dot.lines().any(|line| line.trim_start().starts_with("evil")));
    let mermaid = text(&draw(&[nasty, "--format", "mermaid"]));
    assert!(!mermaid.contains("<script") && !mermaid.contains("%%{") && !mermaid.contains("`"));
}

/// A drawing with more things than a sheet holds.
fn large() -> String {
    let terminals: String = (0..160).map(|n| format!("\"pc-{n}\": Terminal(at: \"in\", count: 10),")).collect();
    format!(
        "Municipality(name: \"大きな市\", model: Alpha, segments: {{ \"in\": (layer: Internet), \"ext\": (layer: Outside) }},
          nodes: {{ {terminals} \"internet\": Internet(at: \"ext\"),
            \"fw\": Firewall(joins: [\"in\", \"ext\"], default: Deny, rules: [(permit: \"in -> ext tcp 443\")]),
            \"cdr\": Sanitiser(from: \"ext\", into: \"in\", types: {{ \"pdf\": Rebuild }}, otherwise: Block, delivers: Pull) }})"
    )
}

#[test]
fn a_large_drawing_is_aggregated_and_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = write(&folder, "large.ron", &large());
    let output = draw(&[path.to_str().expect("a name")]);
    let svg = text(&output);
    assert_eq!(count(&svg, "node"), 4, "terminals, Internet, firewall, sanitiser");
    assert!(svg.contains("×1600") && svg.contains("集約図"));
    assert!(String::from_utf8_lossy(&output.stderr).contains("集約"));
}
