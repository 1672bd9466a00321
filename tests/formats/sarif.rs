//! SARIF: the structural rules of version 2.1.0, on real reports.

use std::collections::BTreeSet;

use sekisho::diagnostic::Lang;
use sekisho::report::{Report, sarif};
use serde_json::Value;

use super::sample;

const KINDS: [&str; 6] = ["notApplicable", "pass", "fail", "review", "open", "informational"];
const LEVELS: [&str; 4] = ["none", "note", "warning", "error"];

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn is_message(value: &Value) {
    let text = value["text"].as_str().unwrap_or_else(|| panic!("no text in {value}"));
    assert!(!text.is_empty());
    // A brace is doubled, else it would be a placeholder; no embedded link.
    let single = text.replace("{{", "").replace("}}", "");
    assert!(!single.contains(['{', '}']) && !text.contains("]("), "{text}");
}

fn is_location(value: &Value) {
    if let Some(physical) = value.get("physicalLocation") {
        let uri = physical["artifactLocation"]["uri"].as_str().expect("an address");
        assert!(uri.is_ascii() && !uri.contains([' ', ':', '\\']) && !uri.starts_with('/'), "{uri}");
        let region = &physical["region"];
        assert!(region["startLine"].as_u64().is_some_and(|n| n > 0), "{value}");
        assert!(region["startColumn"].as_u64().is_none_or(|n| n > 0), "{value}");
    } else {
        assert!(value.get("message").is_some(), "{value}");
    }
    if let Some(message) = value.get("message") {
        is_message(message);
    }
}

/// Reads the SARIF of a report and holds it to the rules of the format; the run.
fn run(report: &Report, lang: Lang) -> Value {
    let text = sarif(report, lang);
    assert!(text.ends_with("}\n") && !text.contains('\u{1}'));
    let log: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(log["version"], "2.1.0");
    assert_eq!(list(&log["runs"]).len(), 1);
    let run = log["runs"][0].clone();
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    assert!(run.get("automationDetails").is_none() && run.get("versionControlProvenance").is_none());
    assert!(run["tool"]["driver"]["name"].is_string());
    assert!(list(&run["invocations"]).iter().all(|i| i["executionSuccessful"].is_boolean()));
    let rules = list(&run["tool"]["driver"]["rules"]);
    for rule in rules {
        assert!(rule["id"].as_str().is_some_and(|id| !id.is_empty()));
        for part in ["shortDescription", "fullDescription", "help"] {
            is_message(&rule[part]);
        }
        assert!(LEVELS.contains(&rule["defaultConfiguration"]["level"].as_str().expect("a level")));
        let markdown = rule["help"]["markdown"].as_str().unwrap_or_default();
        assert!(!markdown.contains('<'), "no HTML: {markdown}");
    }
    let mut marks = BTreeSet::new();
    for result in list(&run["results"]) {
        is_message(&result["message"]);
        let index = usize::try_from(result["ruleIndex"].as_u64().expect("an index")).expect("small");
        assert_eq!(rules.get(index).map(|r| &r["id"]), Some(&result["ruleId"]), "the index names the rule");
        let (kind, level) = (result["kind"].as_str().expect("a kind"), result["level"].as_str().expect("a level"));
        assert!(KINDS.contains(&kind) && LEVELS.contains(&level), "{kind} {level}");
        assert_eq!(kind != "fail", level == "none", "what does not fail has no level");
        assert_eq!(list(&result["locations"]).len(), 1);
        for location in list(&result["locations"]).iter().chain(list(&result["relatedLocations"])) {
            is_location(location);
        }
        for flow in list(&result["codeFlows"]) {
            let threads = list(&flow["threadFlows"]);
            assert_eq!(threads.len(), 1);
            let locations = list(&threads[0]["locations"]);
            assert!(locations.len() > 1, "a path has a start and a step");
            for step in locations {
                is_location(&step["location"]);
                assert!(["important", "essential", "unimportant"].contains(&step["importance"].as_str().expect("one")));
            }
        }
        for s in list(&result["suppressions"]) {
            assert_eq!((s["kind"].as_str(), s["status"].as_str()), (Some("external"), Some("accepted")));
            assert!(s["justification"].is_string());
            is_location(&s["location"]);
        }
        let mark = result["partialFingerprints"]["sekisho/v1"].as_str().expect("a mark").to_owned();
        assert!(mark.len() == 16 && mark.chars().all(|c| c.is_ascii_hexdigit()), "{mark}");
        assert!(marks.insert((result["ruleId"].to_string(), mark)), "a mark twice: {result}");
        assert!(result["properties"]["message"]["ja"].is_string() && result["properties"]["message"]["en"].is_string());
    }
    run
}

fn of<'v>(run: &'v Value, rule: &str) -> Vec<&'v Value> {
    list(&run["results"]).iter().filter(|r| r["ruleId"] == rule).collect()
}

#[test]
fn all_model_drawings_keep_to_the_format() {
    for report in sample::models() {
        let run = run(&report, Lang::Ja);
        assert!(list(&run["results"]).len() >= report.findings.len(), "{}", report.file);
    }
}

#[test]
fn every_rule_is_known_and_every_finding_of_a_violated_rule_is_a_result() {
    for lang in [Lang::Ja, Lang::En] {
        let report = sample::city();
        let run = run(&report, lang);
        let ids: Vec<&Value> = list(&run["tool"]["driver"]["rules"]).iter().map(|r| &r["id"]).collect();
        for rule in &report.rules {
            assert!(ids.iter().any(|id| **id == *rule.id), "{}", rule.id);
        }
        let critical = of(&run, "R-Z-01");
        assert_eq!(critical.len(), 2);
        assert_eq!((&critical[0]["kind"], &critical[0]["level"]), (&"fail".into(), &"error".into()));
        assert_eq!(critical[1]["kind"], "open", "what is not certain does not fail");
        assert_eq!(of(&run, "R-B-01")[0]["level"], "warning");
        assert_eq!(of(&run, "R-C-01")[0]["kind"], "open");
        assert!(of(&run, "R-E-01").is_empty() && of(&run, "R-F-01").is_empty());
        assert!(!list(&of(&run, "check-attack")[0]["codeFlows"]).is_empty());
        assert!(!of(&run, "check-matrix").is_empty());
    }
}

#[test]
fn what_is_excepted_stays_and_is_suppressed() {
    let run = run(&sample::city(), Lang::Ja);
    let suppressed = |r: &Value| !list(&r["suppressions"]).is_empty();
    assert!(of(&run, "R-D-01").into_iter().all(suppressed) && of(&run, "R-D-01").len() == 1);
    let medium: Vec<bool> = of(&run, "R-B-01").into_iter().map(suppressed).collect();
    assert_eq!(medium, [true, false]);
    let justification = of(&run, "R-D-01")[0]["suppressions"][0]["justification"].as_str().expect("one");
    assert!(justification.contains("EX-1") && justification.contains("2027-03-31"), "{justification}");
}

#[test]
fn the_message_is_in_the_language_of_the_reader() {
    let report = sample::city();
    let text = |lang| run(&report, lang)["results"][0]["message"]["text"].as_str().expect("text").to_owned();
    let first = &report.findings[0].title;
    assert!(text(Lang::Ja).starts_with(&first.ja) && text(Lang::En).starts_with(&first.en));
}

#[test]
fn after_an_internal_error_there_is_one_loud_result() {
    let run = run(&sample::broken(), Lang::Ja);
    assert_eq!(run["invocations"][0]["executionSuccessful"], false);
    assert_eq!(list(&run["results"]).len(), 1);
    assert_eq!(run["results"][0]["ruleId"], "internal-error");
    assert!(!sarif(&sample::broken(), Lang::Ja).contains("\"violated\""));
}

const CITY: &str = r#"Municipality(
  model: Alpha, edition: R7_3,
  segments: { "lg": (layer: Lgwan, address: "10.2.0.0/16"), "in": (layer: Internet, address: "10.3.0.0/16") },
  nodes: {
    "lg-pc": Terminal(at: "lg", address: "10.2.0.5"),
    "in-pc": Terminal(at: "in", address: "10.3.0.5"),
    "fw": Firewall(joins: ["lg", "in"], default: Deny, rules: [(permit: "in-pc -> lg-pc tcp 443")]),
  },
)"#;

/// The same city after edits that have nothing to do with the finding: a name, labels, a comment, another machine.
const EDITED: &str = r#"// A comment on top.
Municipality(
  name: "試験市",
  model: Alpha, edition: R7_3,
  segments: {
    "lg": (layer: Lgwan, address: "10.2.0.0/16", label: "LGWAN接続系"),
    "in": (layer: Internet, address: "10.3.0.0/16"),
  },
  nodes: {
    "lg-pc": Terminal(at: "lg", address: "10.2.0.5", label: "職員端末"),
    "in-pc": Terminal(at: "in", address: "10.3.0.5"),
    "fw": Firewall(joins: ["lg", "in"], default: Deny, rules: [(permit: "in-pc -> lg-pc tcp 443", reason: "連携")]),
    "z-printer": Server(at: "in", address: "10.3.0.99"),
  },
)"#;

#[test]
fn marks_survive_unrelated_edits() {
    let marks = |text| {
        let run = run(&sample::small(text), Lang::Ja);
        let of = |r: &Value| r["partialFingerprints"]["sekisho/v1"].as_str().expect("a mark").to_owned();
        list(&run["results"]).iter().map(of).collect::<BTreeSet<String>>()
    };
    let (before, after) = (marks(CITY), marks(EDITED));
    assert!(!before.is_empty());
    assert_eq!(before, after);
}

/// The firewall does not say what it does with the rest.
const OPEN: &str = r#"Municipality(
  model: Alpha, edition: R7_3,
  segments: { "lg": (layer: Lgwan, address: "10.2.0.0/16"), "in": (layer: Internet, address: "10.3.0.0/16") },
  nodes: {
    "lg-pc": Terminal(at: "lg", address: "10.2.0.5"),
    "in-pc": Terminal(at: "in", address: "10.3.0.5"),
    "fw": Firewall(joins: ["lg", "in"], rules: []),
  },
)"#;

#[test]
fn what_is_undecided_is_open_and_names_what_is_missing() {
    let run = run(&sample::small(OPEN), Lang::Ja);
    let results = list(&run["results"]);
    assert!(!results.is_empty() && results.iter().all(|r| r["kind"] == "open" && r["level"] == "none"));
    let text = results[0]["message"]["text"].as_str().expect("text");
    assert!(text.contains("default"), "{text}");
}

#[test]
fn addresses_of_files_are_relative_and_encoded() {
    let run = run(&sample::small(CITY), Lang::Ja);
    let location = &run["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(location["artifactLocation"]["uri"], "dir/a%20b.ron");
    assert_eq!(location["artifactLocation"]["uriBaseId"], "%SRCROOT%");
}
