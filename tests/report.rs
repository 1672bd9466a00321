//! The report as a library: a path that cannot be walked again is an internal error, never an answer.

use sekisho::diagnostic::Lang;
use sekisho::document::{LoadError, Loaded, Loader, load};
use sekisho::network::Network;
use sekisho::report::{self, Input, Outcome, Report, Style};
use sekisho::verify::{Answer, Cause, Verdict, fast};

struct Memory(&'static str);

impl Loader for Memory {
    fn root(&mut self) -> Result<(String, String), LoadError> {
        Ok(("city.ron".to_owned(), self.0.to_owned()))
    }

    fn include(&mut self, _from: &str, _path: &str) -> Result<(String, String), LoadError> {
        Err(LoadError::NotFound)
    }
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

fn city() -> (Loaded, Vec<Verdict>) {
    let loaded = load(&mut Memory(CITY)).expect("a drawing");
    let verdicts = fast::verify(&loaded.model, &Network::new(&loaded.model));
    (loaded, verdicts)
}

fn told(loaded: &Loaded, verdicts: &[Verdict], faults: &[String]) -> Report {
    let depths = vec![None; verdicts.len()];
    Report::new(&Input {
        assessment: None,
        model: &loaded.model,
        sources: &loaded.sources,
        verdicts,
        depths: &depths,
        differences: &[],
        warnings: &loaded.warnings,
        engine: "fast",
        faults,
    })
}

/// Nothing of the report may look like an answer.
fn is_loud(report: &Report) {
    assert_eq!(report.outcome(), Outcome::Unusable);
    assert!(!report.faults.is_empty() && report.findings.is_empty());
    let ja = report::text(report, Style::default());
    assert!(ja.starts_with("内部エラー") && ja.contains("この答えは使えません"), "{ja}");
    assert!(!ja.contains("守られている") && !ja.contains("見つかりませんでした"), "{ja}");
    let en = report::text(report, Style { lang: Lang::En, ..Style::default() });
    assert!(en.starts_with("Internal error"), "{en}");
    let json: serde_json::Value = serde_json::from_str(&report::json(report, 2)).expect("JSON");
    assert_eq!(json["usable"], false);
    assert!(json["checks"].as_array().expect("a list").iter().all(|c| c["status"] == "unknown"));
}

#[test]
fn a_sound_report_has_one_finding_for_a_session_and_its_replies() {
    let (loaded, verdicts) = city();
    let report = told(&loaded, &verdicts, &[]);
    assert!(report.faults.is_empty(), "{:?}", report.faults);
    assert_eq!(report.outcome(), Outcome::Violated);
    let matrix: Vec<_> = report.findings.iter().filter(|f| report.checks[f.check].kind.as_str() == "matrix").collect();
    assert_eq!(matrix.len(), 1);
    assert_eq!(matrix[0].parts.len(), 2, "requests one way, responses the other");
    assert_eq!(report::groups(&loaded.model, &verdicts).len(), report.findings.len());
}

#[test]
fn a_path_that_cannot_be_walked_is_an_internal_error() {
    let (loaded, mut verdicts) = city();
    let mut changed = false;
    for verdict in &mut verdicts {
        if let Answer::Matrix(rows) = &mut verdict.answer
            && let Some(row) = rows.first_mut()
            && let Cause::Session(session) = &mut row.witness.hops[0].cause
        {
            session.packet.destination_port = 22;
            changed = true;
        }
    }
    assert!(changed);
    is_loud(&told(&loaded, &verdicts, &[]));
}

#[test]
fn an_answer_without_its_evidence_is_an_internal_error() {
    let (loaded, mut verdicts) = city();
    let violated =
        verdicts.iter_mut().find(|v| !matches!(&v.answer, Answer::Matrix(rows) if rows.is_empty())).expect("one");
    violated.answer = Answer::Matrix(Vec::new());
    is_loud(&told(&loaded, &verdicts, &[]));
}

#[test]
fn engines_that_disagree_are_an_internal_error() {
    let (loaded, verdicts) = city();
    is_loud(&told(&loaded, &verdicts, &["matrix in -> lg: the engines disagree".to_owned()]));
}
