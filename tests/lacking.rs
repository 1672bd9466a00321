//! Why a required flow fails, as the report tells it: which addresses, and a command that shows it and runs as printed.

use std::path::Path;
use std::process::Command;

use sekisho::model::{AddrRange, FaceAddress, Model};
use sekisho::packet::journey::{Outcome, journeys};
use sekisho::verify::blocking;
use serde_json::Value;

use crate::cli_packets::{drawing, says};
use crate::support::random_model::random_model;
use crate::support::record::read;
use crate::support::twin::model_of;

const RECORD: &str = include_str!("kernel/towns.txt");

fn run(folder: &Path, lang: &str, args: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sekisho"));
    command.current_dir(folder).env("SEKISHO_LANG", lang).env_remove("NO_COLOR").args(args);
    let output = command.output().expect("the program starts");
    (output.status.code(), String::from_utf8(output.stdout).expect("UTF-8"))
}

/// Runs a line as a person would who copies it into a shell.
#[cfg(unix)]
fn typed(folder: &Path, line: &str) -> (Option<i32>, String) {
    let program = Path::new(env!("CARGO_BIN_EXE_sekisho")).parent().expect("a folder");
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap_or_default());
    let mut shell = Command::new("sh");
    shell.current_dir(folder).env("PATH", path).env("SEKISHO_LANG", "en").args(["-c", line]);
    let output = shell.output().expect("a shell");
    (output.status.code(), String::from_utf8([output.stdout, output.stderr].concat()).expect("UTF-8"))
}

/// The commands in a report.
fn commands(text: &str) -> Vec<&str> {
    text.lines().filter_map(|l| Some(&l[l.find("sekisho trace ")?..])).collect()
}

/// Five machines with both families, a server with one, and one with both; `rules` are those between them.
fn town(rules: &str, require: &str) -> String {
    let text = drawing(&format!(
        r#""pc": Terminal(at: "a", address: ["10.1.0.5-10.1.0.9", "2001:db8:1::5"], count: 5),
    "old": Server(at: "b", address: "10.2.0.5"),
    "both": Server(at: "b", address: ["10.2.0.6", "2001:db8:2::6"], listens: "tcp 8080"),
    "fw": Firewall(joins: ["a", "b"], default: Deny, strays: Drop, rules: [{rules}]),"#
    ));
    text.replacen("  nodes:", &format!("  require: [{require}],\n  nodes:"), 1)
}

#[test]
fn a_family_that_the_other_end_lacks_is_named() {
    let text = town(r#"(permit: "a -> b")"#, r#"Flow(from: "pc", to: "old", carries: Request)"#);
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("d.ron"), &text).expect("a file can be written");
    let (_, told) = run(folder.path(), "en", &["check", "d.ron"]);
    assert!(says(&told, "no way for 2001:db8:1::5 of pc: old has no IPv6 address [d.ron:"), "{told}");
    assert!(commands(&told).is_empty(), "there is no packet to follow: {told}");
    let (_, ja) = run(folder.path(), "ja", &["check", "d.ron"]);
    assert!(says(&ja, "pc の 2001:db8:1::5 は通りようがありません。old には IPv6 アドレスがありません"), "{ja}");
    // An answer comes in a session that the other end opens: then it is the address at which it arrives.
    let answer = town(r#"(permit: "b -> a")"#, r#"Flow(from: "pc", to: "old", carries: Response)"#);
    std::fs::write(folder.path().join("d.ron"), answer).expect("a file can be written");
    let (_, told) = run(folder.path(), "en", &["check", "d.ron"]);
    assert!(says(&told, "no way for 2001:db8:1::5 of pc: old has no IPv6 address"), "{told}");
    // With an address of that family published for it, the other end has one.
    let published = text.replace("rules: [", r#"nat: [Publish(outside: "2001:db8:9::1", inside: "both")], rules: ["#);
    let published = published.replace(r#"to: "old""#, r#"to: ["old", "both"]"#);
    std::fs::write(folder.path().join("d.ron"), published).expect("a file can be written");
    let (_, told) = run(folder.path(), "en", &["check", "d.ron"]);
    assert!(!told.contains("no way for"), "{told}");
}

#[test]
fn the_addresses_that_get_nowhere_are_named() {
    let rules = r#"(deny: "10.1.0.7-10.1.0.8 -> b"), (permit: "a -> b")"#;
    let text = town(rules, r#"Flow(from: "pc", to: "both", carries: Request)"#);
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("d.ron"), text).expect("a file can be written");
    let (_, told) = run(folder.path(), "en", &["check", "d.ron"]);
    assert!(says(&told, "10.1.0.7-10.1.0.8 of pc gets nowhere"), "{told}");
    assert!(says(&told, "rule 1 of fw stops it: \"10.1.0.7-10.1.0.8 -> b\": tcp 8080 10.1.0.7 → 10.2.0.6"), "{told}");
    assert_eq!(commands(&told), ["sekisho trace d.ron 10.1.0.7 both \"tcp 8080\""], "{told}");
    let (_, ja) = run(folder.path(), "ja", &["check", "d.ron"]);
    assert!(says(&ja, "pc の 10.1.0.7-10.1.0.8 からは通りません"), "{ja}");
    assert!(ja.contains("パケットを追う: sekisho trace d.ron 10.1.0.7 both \"tcp 8080\"\n"), "{ja}");
}

/// Every form of the report names it, and it does what it says.
#[cfg(unix)]
#[test]
fn the_command_beside_a_missing_flow_runs_as_printed() {
    let text = town(r#"(permit: "a -> b tcp 8081")"#, r#"Flow(from: "pc", to: "both", carries: Request)"#);
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::create_dir(folder.path().join("町 $1")).expect("a folder can be made");
    for file in ["d.ron", "-d.ron", "it's a town.ron", "町 $1/図面.ron"] {
        std::fs::write(folder.path().join(file), &text).expect("a file can be written");
        for form in [&[][..], &["--format", "markdown"], &["--format", "junit"], &["--format", "html"]] {
            let (_, told) = run(folder.path(), "en", &[&["check"], form, &["--", file]].concat());
            let plain = ["&quot;", "&#39;", "&#34;", "&apos;"].iter().zip(["\"", "'", "\"", "'"]);
            let told = plain.fold(told, |t, (from, to)| t.replace(from, to));
            let line = commands(&told).first().copied().unwrap_or_else(|| panic!("{form:?}: {told}"));
            let line = line.split('<').next().unwrap_or(line).trim_end_matches('`');
            let (code, traced) = typed(folder.path(), line);
            assert_eq!(code, Some(1), "{line}\n{traced}");
            assert!(
                traced.contains("stops it: its default") && traced.contains("tcp 50000 → 8080"),
                "{line}\n{traced}"
            );
        }
        let (_, json) = run(folder.path(), "en", &["check", "--format", "json", "--", file]);
        let json: Value = serde_json::from_str(&json).expect("JSON");
        let all = json["checks"].as_array().expect("checks").iter();
        let words = all.flat_map(|c| c["missing"].as_array().expect("a list")).map(|m| &m["trace"]).next();
        let words: Vec<&str> =
            words.and_then(Value::as_array).expect("words").iter().filter_map(Value::as_str).collect();
        assert_eq!(run(folder.path(), "en", &words).0, Some(1), "{words:?}");
    }
}

#[test]
fn what_is_only_possible_is_followed_too() {
    let text = town("", r#"Flow(from: "pc", to: "both", carries: Request)"#).replace("default: Deny, ", "");
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("d.ron"), text).expect("a file can be written");
    let (_, told) = run(folder.path(), "en", &["check", "d.ron"]);
    assert!(
        says(&told, "possible, but not certain follow a packet: sekisho trace d.ron pc both \"tcp 8080\""),
        "{told}"
    );
    assert_eq!(run(folder.path(), "en", &["trace", "d.ron", "pc", "both", "tcp 8080"]).0, Some(3), "{told}");
}

/// Nothing that the explanation lets a person follow opens a session, where it says that nothing does.
fn never_opens(model: &Model, name: &str) -> usize {
    let mut followed = 0;
    for x in model.faces.ids() {
        for y in model.faces.ids().filter(|&y| y != x) {
            let why = blocking::between(model, x, y, None);
            let Some(sent) = why.sent.filter(|_| blocking::passage(model, x, y, None).is_none()) else { continue };
            let opens = model.endpoint_of(x).is_some_and(|e| e.outbound);
            for journey in journeys(model, x, sent).0.iter().filter(|_| opens) {
                assert_ne!(journey.outcome, Outcome::Reached(y), "{name}: {x:?} {y:?} {sent:?}\n{why:?}\n{journey:?}");
                followed += 1;
            }
        }
    }
    followed
}

#[test]
fn a_packet_to_follow_opens_no_session() {
    let (mut towns, mut random) = (0, 0);
    for town in read(RECORD).into_iter().step_by(13).take(5) {
        towns += never_opens(&model_of(&town.ron).expect("a recorded town can be read"), &town.name);
    }
    for seed in 0..2 {
        random += never_opens(&random_model(seed), &format!("seed {seed}"));
    }
    println!("{towns} in towns, {random} in random models");
    assert!(towns > 30 && random > 50, "{towns} {random}: hardly anything is followed");
}

/// Numbers that look random, the same each time.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *state >> 33
}

/// The stretches of a face are its addresses, each once, and no bound of the drawing lies inside one.
#[test]
fn stretches_are_all_addresses_and_nothing_tells_their_parts_apart() {
    let mut state = 7;
    let mut cut = 0;
    for _ in 0..40 {
        let mut range = || {
            let first = next(&mut state) % 240 + 5;
            format!("10.1.0.{first}-10.1.0.{}", (first + next(&mut state) % 60).min(255))
        };
        let rules: Vec<String> = (0..4).map(|_| format!("(permit: \"{} -> {}\")", range(), range())).collect();
        let own = format!("\"{}\", \"2001:db8:1::5-2001:db8:1::9\"", range());
        let text = drawing(&format!(
            r#""pc": Server(at: "a", address: [{own}]),
    "fw": Firewall(joins: ["a", "b"], default: Deny, strays: Drop, rules: [{}]),"#,
            rules.join(", ")
        ));
        let model = model_of(&text).unwrap_or_else(|e| panic!("{e}\n{text}"));
        let rules = model.transits.values().flat_map(|t| t.rules.iter().flatten());
        let bounds: Vec<AddrRange> =
            rules.flat_map(|r| [&r.source, &r.destination]).flat_map(|m| m.literal.clone()).collect();
        for (face, row) in model.faces.iter() {
            let FaceAddress::Known(ranges) = &row.address else { continue };
            let parts: Vec<_> = blocking::stretches(&model, face).into_iter().filter_map(|(_, r)| r).collect();
            let of = |all: &[AddrRange]| all.iter().flat_map(|r| r.first.bits()..=r.last.bits()).collect::<Vec<_>>();
            assert_eq!(of(&parts), of(ranges), "{text}");
            for (part, bound) in parts.iter().flat_map(|p| bounds.iter().map(move |b| (p, b))) {
                assert!(!bound.overlaps(*part) || bound.covers(*part), "{part} {bound}\n{text}");
            }
            cut += usize::from(parts.len() > ranges.len());
        }
    }
    assert!(cut > 20, "{cut}: no range is cut");
}

/// Every command in the reports of random towns runs, and shows that there is no session where the report says so.
#[test]
fn every_command_in_the_report_of_a_town_runs() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut closed = 0;
    for town in read(RECORD).into_iter().step_by(9).take(12) {
        let hosts: Vec<&str> =
            town.ron.lines().filter(|l| l.starts_with("\"h")).filter_map(|l| l.split('"').nth(1)).collect();
        let pairs = hosts.iter().flat_map(|a| hosts.iter().filter(move |b| a != *b).map(move |b| (a, b)));
        let flows: Vec<String> =
            pairs.take(6).map(|(a, b)| format!("Flow(from: \"{a}\", to: \"{b}\", carries: Request)")).collect();
        let text = town.ron.replace("expect: [Matrix([])]", &format!("require: [{}]", flows.join(", ")));
        std::fs::write(folder.path().join("d.ron"), &text).expect("a file can be written");
        let (_, json) = run(folder.path(), "en", &["check", "--format", "json", "d.ron"]);
        let json: Value = serde_json::from_str(&json).unwrap_or_else(|e| panic!("{e}\n{json}\n{text}"));
        for missing in
            json["checks"].as_array().expect("checks").iter().flat_map(|c| c["missing"].as_array().expect("a list"))
        {
            let words: Vec<&str> =
                missing["trace"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            if words.is_empty() {
                continue;
            }
            let (code, told) = run(folder.path(), "en", &words);
            let wanted: &[i32] = if missing["possible"] == true { &[0, 1, 3] } else { &[1] };
            assert!(code.is_some_and(|c| wanted.contains(&c)), "{words:?}: {code:?}\n{told}\n{text}");
            closed += usize::from(missing["possible"] == false);
        }
    }
    assert!(closed > 10, "{closed}: hardly any flow is lacking");
}
