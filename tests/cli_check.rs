//! `sekisho check`, `matrix` and `explain` as programs: exit codes, languages, JSON, threads, files, hostile input.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Two segments and a firewall between them; `fw` is the rest of the firewall, `more` further fields of the drawing.
fn drawing(fw: &str, more: &str) -> String {
    format!(
        r#"Municipality(
  name: "試験市",
  segments: {{
    "lg": (layer: Lgwan, label: "LGWAN接続系", address: "10.2.0.0/16"),
    "in": (layer: Internet, label: "インターネット接続系", address: "10.3.0.0/16"),
  }},
  nodes: {{
    "lg-pc": Terminal(at: "lg", address: "10.2.0.5", label: "職員端末"),
    "in-pc": Terminal(at: "in", address: "10.3.0.5", count: 800, label: "業務端末"),
    "fw": Firewall(joins: ["lg", "in"], {fw}),
  }},
  {more}
)"#
    )
}

const ATTACK: &str = r#"forbid: [Attack(from: "in", to: "lg")],"#;
const OPEN: &str = r#"default: Deny, rules: [(permit: "in-pc -> lg-pc tcp 443", reason: "試験")]"#;

fn sekisho(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sekisho"));
    command.current_dir(folder).args(args).env_remove("NO_COLOR").env("LC_ALL", "ja_JP.UTF-8");
    command.output().expect("the program starts")
}

fn folder(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("city.ron"), text).expect("a file can be written");
    folder
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

fn check(text: &str, more: &[&str]) -> (Option<i32>, String) {
    let folder = folder(text);
    let args: Vec<&str> = ["check", "city.ron"].iter().chain(more).copied().collect();
    let output = sekisho(folder.path(), &args);
    (output.status.code(), out(&output))
}

#[test]
fn holding_is_0_and_says_under_which_assumptions() {
    let (code, text) = check(&drawing("default: Deny, rules: []", ATTACK), &["--lang", "ja"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("禁止された経路は見つかりませんでした") && text.contains("A1:"), "{text}");
    assert!(!text.contains("安全") && !text.contains("secure"), "{text}");
}

#[test]
fn a_violation_is_1_with_the_rule_its_place_and_a_packet() {
    let text = drawing(OPEN, ATTACK);
    let (code, ja) = check(&text, &["--lang", "ja"]);
    assert_eq!(code, Some(1), "{ja}");
    for part in [
        "禁止された経路が 1 件あります",
        "in-pc -> lg-pc tcp 443",
        "city.ron:10:",
        "10.3.0.5 → 10.2.0.5",
        "試験",
        "800 台",
    ] {
        assert!(ja.contains(part), "{part} is missing in\n{ja}");
    }
    let (code, en) = check(&text, &["--lang", "en"]);
    assert_eq!(code, Some(1));
    assert!(en.contains("1 forbidden path found") && en.contains("passes by rule 1"), "{en}");
}

#[test]
fn an_unmet_expectation_is_1() {
    let more = r#"forbid: [Attack(from: "in", to: "lg")], expect: [Attack(from: "in", to: "lg", verdict: Violated)],"#;
    let (code, text) = check(&drawing("default: Deny, rules: []", more), &[]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("期待との違い"), "{text}");
}

#[test]
fn nothing_to_look_at_is_2() {
    let more = r#"networks: { "empty": (segment: "lg") }, forbid: [Attack(from: "in", to: "empty")],"#;
    let (code, text) = check(&drawing(OPEN, more), &[]);
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("何も言えない検査"), "{text}");
}

#[test]
fn wrong_input_is_2_and_prints_no_answer() {
    let (code, text) = check("Municipality(", &[]);
    assert_eq!((code, text.as_str()), (Some(2), ""));
}

#[test]
fn undecided_is_3_and_names_what_is_missing() {
    let (code, text) = check(&drawing("rules: []", ATTACK), &[]);
    assert_eq!(code, Some(3), "{text}");
    assert!(text.contains("【未確定】") && text.contains("default"), "{text}");
}

#[test]
fn denied_warnings_are_2_but_the_answer_is_printed() {
    let (code, text) = check(&drawing("rules: []", ATTACK), &["--deny", "warnings"]);
    assert_eq!(code, Some(2));
    assert!(text.contains("図面からは決められないもの"), "{text}");
}

#[test]
fn json_has_a_version_and_every_check() {
    let (code, text) = check(&drawing(OPEN, ATTACK), &["--format", "json"]);
    assert_eq!(code, Some(1));
    let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(json["schema_version"], 2);
    assert_eq!(json["exit_code"], 1);
    assert_eq!(json["checks"][0]["status"], "violated");
    let device = &json["checks"][0]["evidence"][0]["path"]["steps"][0]["session"]["devices"][0];
    assert_eq!(device["rule"]["text"], "in-pc -> lg-pc tcp 443");
    assert_eq!(device["place"]["line"], 10);
    assert_eq!(json["assumptions"].as_array().map(Vec::len), Some(8));
    let (_, english) = check(&drawing(OPEN, ATTACK), &["--format", "json", "--lang", "en"]);
    assert_eq!(text, english, "JSON does not depend on the language");
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    let more = r#"model: Alpha, edition: R7_3, forbid: [Leak(from: "lg", to: "in")],"#;
    let text = drawing(OPEN, more);
    for format in ["text", "json", "sarif", "junit", "markdown"] {
        let answers: Vec<_> =
            ["1", "2", "7"].iter().map(|n| check(&text, &["--threads", n, "--format", format, "-v"])).collect();
        assert!(answers.iter().all(|a| *a == answers[0]) && !answers[0].1.is_empty());
    }
}

#[test]
fn every_host_against_every_other() {
    let folder = folder(&drawing(OPEN, ATTACK));
    let text = out(&sekisho(folder.path(), &["matrix", "--hosts", "city.ron", "--lang", "en"]));
    let row = |name: &str| text.lines().find(|l| l.starts_with(name)).map(|l| l.split_whitespace().collect::<Vec<_>>());
    assert_eq!(row("in-pc"), Some(vec!["in-pc", "×", "\\"]), "{text}");
    assert!(text.contains("attack:") && text.contains("leak:"), "{text}");
    let json = out(&sekisho(folder.path(), &["matrix", "--hosts", "--lens", "attack", "city.ron", "--format", "json"]));
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let reaches: Vec<_> = json["reaches"].as_array().expect("a list").iter().map(|r| r["lens"].as_str()).collect();
    assert_eq!(reaches, [Some("attack"); 2], "{json}");
    assert_eq!(json["reaches"][1]["certain"], serde_json::json!(["lg-pc"]), "{json}");
    assert_eq!(sekisho(folder.path(), &["matrix", "--lens", "leak", "city.ron"]).status.code(), Some(2));
}

#[test]
fn measuring_says_what_was_measured_and_on_what() {
    let folder = folder(&drawing(OPEN, ATTACK));
    for (lang, words) in
        [("ja", ["段階", "普通の探索", "メモリの速さ"]), ("en", ["stage", "plain search", "speed of memory"])]
    {
        let output = sekisho(folder.path(), &["bench", "city.ron", "--threads", "1", "--lang", lang]);
        let text = out(&output);
        assert_eq!(output.status.code(), Some(0));
        assert!(words.iter().all(|w| text.contains(w)), "{text}");
    }
    let json = out(&sekisho(folder.path(), &["bench", "--nodes", "4000", "--format", "json"]));
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(
        (&json["nodes"], &json["sources"], &json["drawing"]),
        (&4000.into(), &64.into(), &serde_json::Value::Null)
    );
    assert!(json["flat"]["build_seconds"].as_f64().is_some_and(|s| s > 0.0), "{json}");
    let code = |args: &[&str]| sekisho(folder.path(), args).status.code();
    assert_eq!(code(&["bench", "none.ron"]), Some(2));
    assert_eq!(code(&["bench", "--nodes", "0"]), Some(2));
    assert_eq!(code(&["bench", "city.ron", "--nodes", "10"]), Some(2));
}

#[test]
fn every_engine_gives_the_same_answer() {
    for fw in [OPEN, "default: Deny, rules: []", "rules: []"] {
        let text = drawing(fw, ATTACK);
        let codes: Vec<_> = ["fast", "reference", "compare"].iter().map(|e| check(&text, &["--engine", e]).0).collect();
        assert!(codes.iter().all(|c| *c == codes[0] && *c != Some(2)), "{codes:?}");
    }
}

#[test]
fn an_answer_in_a_file_is_whole_and_leaves_nothing_beside_it() {
    let folder = folder(&drawing(OPEN, ATTACK));
    std::fs::write(folder.path().join("answer.json"), "old").expect("a file can be written");
    let output = sekisho(folder.path(), &["check", "city.ron", "--format", "json", "-o", "answer.json"]);
    assert_eq!((output.status.code(), out(&output).as_str()), (Some(1), ""));
    let text = std::fs::read_to_string(folder.path().join("answer.json")).expect("the answer");
    serde_json::from_str::<serde_json::Value>(&text).expect("JSON");
    assert_eq!(std::fs::read_dir(folder.path()).expect("the folder").count(), 2);
    let output = sekisho(folder.path(), &["check", "city.ron", "-o", "no/such/folder/answer.txt"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(!output.stderr.is_empty());
}

#[test]
fn a_drawing_may_come_from_standard_input() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_sekisho"))
        .args(["check", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let mut input = child.stdin.take().expect("a pipe");
    input.write_all(drawing(OPEN, ATTACK).as_bytes()).expect("the program reads");
    drop(input);
    assert_eq!(child.wait_with_output().expect("it ends").status.code(), Some(1));
}

#[test]
fn hostile_text_does_not_reach_the_terminal() {
    let evil = r"\u{1b}[31m<script>alert(1)</script>\u{9b}2J\n改行\u{202e}逆";
    let text = drawing(OPEN, ATTACK)
        .replace("業務端末", evil)
        .replace("試験市", evil)
        .replace("reason: \"試験\"", &format!("reason: \"{evil}\""));
    for args in [&["--lang", "ja"][..], &["--format", "json"], &["--color", "never", "-v"]] {
        let (code, shown) = check(&text, args);
        assert_eq!(code, Some(1), "{shown}");
        assert!(!shown.chars().any(|c| c != '\n' && c.is_control() || c == '\u{202e}'), "{shown:?}");
        assert!(shown.contains("script"), "the text itself is not hidden");
    }
    for verb in [
        &["matrix", "city.ron"][..],
        &["explain", "city.ron", "in-pc", "lg-pc"],
        &["explain", "city.ron", "\u{1b}[31m", "lg-pc"],
    ] {
        let folder = folder(&text);
        let output = sekisho(folder.path(), verb);
        let shown = format!("{}{}", out(&output), String::from_utf8_lossy(&output.stderr));
        assert!(!shown.chars().any(|c| c != '\n' && c.is_control()), "{shown:?}");
    }
}

#[test]
fn colour_only_when_asked_for() {
    let (_, plain) = check(&drawing(OPEN, ATTACK), &[]);
    let (_, colour) = check(&drawing(OPEN, ATTACK), &["--color", "always"]);
    assert!(!plain.contains('\u{1b}') && colour.contains('\u{1b}'));
}

#[test]
fn no_line_is_too_long_for_a_screen() {
    use unicode_width::UnicodeWidthStr as _;
    for lang in ["ja", "en"] {
        let (_, text) = check(&drawing(OPEN, "model: Alpha, edition: R7_3,"), &["--lang", lang, "-v"]);
        for line in text.lines() {
            assert!(line.width() <= 100, "{} columns: {line}", line.width());
        }
    }
}

#[test]
fn the_matrix_marks_with_signs_and_words() {
    let folder = folder(&drawing(OPEN, "model: Alpha, edition: R7_3,"));
    let text = out(&sekisho(folder.path(), &["matrix", "city.ron", "--lang", "ja"]));
    assert!(text.contains("×要求") && text.contains("許可なし"), "{text}");
    let json = out(&sekisho(folder.path(), &["matrix", "city.ron", "--format", "json"]));
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["schema_version"], 2);
    assert!(json["crossings"].as_array().is_some_and(|c| c.iter().any(|c| c["permitted"] == false)));
}

#[test]
fn explain_tells_codes_and_pairs() {
    let folder = folder(&drawing(OPEN, ATTACK));
    let explain = |args: &[&str]| {
        let output = sekisho(folder.path(), &[&["explain"], args].concat());
        (output.status.code(), out(&output), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, page, _) = explain(&["S1001", "--lang", "en"]);
    assert!(code == Some(0) && page.contains("unknown field"), "{page}");
    let (code, _, said) = explain(&["S101"]);
    assert!(code == Some(2) && said.contains("S1001"), "{said}");
    let (code, why, _) = explain(&["city.ron", "in-pc", "lg-pc"]);
    assert!(code == Some(0) && why.contains("直接つながります") && why.contains("規則 1"), "{why}");
    let (code, why, _) = explain(&["city.ron", "in-pc", "lg-pc", "--service", "tcp 22"]);
    assert!(code == Some(0) && why.contains("つながりません") && why.contains("default: Deny"), "{why}");
    let (code, why, _) = explain(&["city.ron", "lg", "in"]);
    assert!(code == Some(0) && why.contains("止めているもの"), "{why}");
    let (code, _, said) = explain(&["city.ron", "in-pv", "lg-pc"]);
    assert!(code == Some(2) && said.contains("in-pc"), "{said}");
    assert_eq!(explain(&["city.ron", "in-pc", "lg-pc", "--service", "tpc"]).0, Some(2));
}

#[test]
fn sarif_junit_and_markdown_are_written_whole_in_the_language_of_the_reader() {
    let text = drawing(OPEN, ATTACK);
    let formats = [
        ("sarif", "\"version\": \"2.1.0\"", "から攻撃して", "an attacker at"),
        ("junit", "<testsuites ", "から攻撃して", "an attacker at"),
        ("markdown", "## sekisho: ", "違反または期待との違いがあります", "There are violations"),
    ];
    for (format, sign, ja, en) in formats {
        for (lang, said) in [("ja", ja), ("en", en)] {
            let (code, out) = check(&text, &["--format", format, "--lang", lang]);
            assert_eq!(code, Some(1), "{format}");
            assert!(out.contains(sign) && out.contains(said) && out.ends_with('\n'), "{format} {lang}: {out}");
            assert!(!out.contains('\u{1b}'), "no colours: {out}");
        }
        let folder = folder(&text);
        let output = sekisho(folder.path(), &["check", "city.ron", "--format", format, "-o", "answer"]);
        assert_eq!((output.status.code(), out(&output).as_str()), (Some(1), ""));
        let file = std::fs::read_to_string(folder.path().join("answer")).expect("the answer");
        assert_eq!(file, check(&text, &["--format", format]).1, "{format}");
    }
}

#[test]
fn the_table_of_crossings_has_no_findings_to_export() {
    let folder = folder(&drawing(OPEN, ATTACK));
    let output = sekisho(folder.path(), &["matrix", "city.ron", "--format", "sarif"]);
    assert_eq!((output.status.code(), out(&output).as_str()), (Some(2), ""));
}

#[test]
fn a_closed_pipe_is_a_quiet_end() {
    let folder = folder(&drawing(OPEN, ATTACK));
    let mut child = Command::new(env!("CARGO_BIN_EXE_sekisho"))
        .current_dir(folder.path())
        .args(["check", "city.ron"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(1));
}
