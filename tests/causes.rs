//! Where to begin: the places that a report names explain everything that is violated, and they are the ones planted.
//!
//! What each test catches:
//! * a cause that is missing, so that somebody repairs all that is named and is still in violation;
//! * a place of lawful work named in place of the mistake;
//! * advice where nothing is violated.

use std::collections::BTreeSet;

use sekisho::document::Loaded;
use sekisho::guideline;
use sekisho::model::{Date, Status};
use sekisho::network::Network;
use sekisho::report::{Input, Report, RuleStatus};
use sekisho::verify::fast;

use crate::support::disk;

fn report(loaded: &Loaded) -> Report {
    let model = &loaded.model;
    let network = Network::new(model);
    let verdicts = fast::verify(model, &network);
    let as_of = Date::parse("2026-11-26");
    let assessment = guideline::assess(&guideline::Input { model, network: &network, verdicts: &verdicts, as_of });
    Report::new(&Input {
        model,
        sources: &loaded.sources,
        verdicts: &verdicts,
        depths: &[],
        differences: &[],
        warnings: &[],
        engine: "fast",
        assessment: Some(&assessment),
        faults: &[],
    })
}

#[test]
fn the_report_of_the_audit_sample_names_the_three_causes_and_no_other() {
    let mut wrong = Vec::new();
    let all = disk::readable(&["models/audit"], &mut wrong);
    let (_, loaded) = all.iter().next().expect("the sample");
    let causes = report(loaded).causes;
    let told: Vec<&str> = causes.iter().map(|c| c.text.en.as_str()).collect();
    assert_eq!(causes.len(), 3, "{told:?}");
    for part in ["meet-line", "in-gw -> link-srv tcp 445", "redirection of drive"] {
        assert!(told.iter().any(|t| t.contains(part)), "{part} in {told:?}");
    }
}

#[test]
fn the_causes_explain_everything_that_is_violated_and_nothing_else() {
    let mut wrong = Vec::new();
    for (path, loaded) in disk::readable(&["models", "tests/rules"], &mut wrong) {
        let report = report(&loaded);
        let name = disk::shown(&path);
        let rules: BTreeSet<&str> =
            report.rules.iter().filter(|r| r.status == RuleStatus::Violated).map(|r| r.id.as_str()).collect();
        let explained: BTreeSet<&str> = report.causes.iter().flat_map(|c| &c.rules).map(String::as_str).collect();
        if rules != explained {
            wrong.push(format!("{name}: violated {rules:?}, explained {explained:?}"));
        }
        let checks: BTreeSet<&str> = report
            .checks
            .iter()
            .filter(|c| c.status == Status::Violated && !c.is_excepted())
            .map(|c| c.name.as_str())
            .collect();
        let explained: BTreeSet<&str> = report.causes.iter().flat_map(|c| &c.checks).map(String::as_str).collect();
        if checks != explained {
            wrong.push(format!("{name}: violated {checks:?}, explained {explained:?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}
