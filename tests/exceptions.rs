//! The register of exceptions: what one covers, how each stands on a day, and what the report says of it.
//!
//! What each test catches:
//! * an exception that hides a finding instead of marking it, or covers another rule or another device;
//! * one that counts although it is incomplete or has expired, or whose expiry is off by a day;
//! * one that nobody is told about when it is unused or orphaned;
//! * a matrix check that is excused although some rule still finds its crossing.

use sekisho::document::{LoadError, Loaded, Loader, load};
use sekisho::guideline;
use sekisho::model::Date;
use sekisho::network::Network;
use sekisho::report::{Input, Outcome, Report, RuleReport, RuleStatus, Standing};
use sekisho::verify::fast;

/// A text in memory.
struct Memory(String);

impl Loader for Memory {
    fn root(&mut self) -> Result<(String, String), LoadError> {
        Ok(("town.ron".to_owned(), self.0.clone()))
    }

    fn include(&mut self, _: &str, _: &str) -> Result<(String, String), LoadError> {
        Err(LoadError::NotFound)
    }
}

const TOWN: &str = include_str!("exceptions/town.ron");

/// The town with some exceptions.
fn town(exceptions: &str) -> Loaded {
    let end = TOWN.rfind(')').expect("the drawing ends");
    let text = format!("{}  exceptions: {{ {exceptions} }},\n)", &TOWN[..end]);
    load(&mut Memory(text)).unwrap_or_else(|f| panic!("{:?}", f.diagnostics))
}

fn report(exceptions: &str, day: &str) -> Report {
    let loaded = town(exceptions);
    let model = &loaded.model;
    let network = Network::new(model);
    let verdicts = fast::verify(model, &network);
    let as_of = Date::parse(day);
    let assessment = guideline::assess(&guideline::Input { model, network: &network, verdicts: &verdicts, as_of });
    Report::new(&Input {
        model,
        sources: &loaded.sources,
        verdicts: &verdicts,
        depths: &[],
        differences: &[],
        warnings: &loaded.warnings,
        engine: "fast",
        assessment: Some(&assessment),
        faults: &[],
    })
}

fn rule<'r>(report: &'r Report, id: &str) -> &'r RuleReport {
    report.rules.iter().find(|r| r.id == id).expect("all rules stand in the report")
}

/// A complete exception for a rule.
fn complete(id: &str, rule: &str, at: &str, until: &str) -> String {
    format!(
        r#""{id}": (rule: "{rule}", at: [{at}], approver: "町長", reason: "移行の途中", until: "{until}", compensating: "毎日の目視")"#
    )
}

#[test]
fn without_an_exception_the_finding_counts() {
    let r = report("", "2026-11-26");
    assert_eq!(rule(&r, "R-LI-08").status, RuleStatus::Violated);
    assert_eq!(r.outcome(), Outcome::Violated);
}

#[test]
fn an_excepted_finding_stays_in_the_report_marked() {
    let r = report(&complete("EX-1", "R-LI-08", r#""out""#, "2027-03-31"), "2026-11-26");
    let found = rule(&r, "R-LI-08");
    assert_eq!(found.status, RuleStatus::Excepted);
    assert!(!found.findings.is_empty() && found.findings.iter().all(|f| f.exception == Some(0)));
    assert_eq!(r.exceptions[0].standing, Standing::Active);
    // No other rule about the same crossing is excused by it.
    assert!(r.rules.iter().filter(|x| x.id != "R-LI-08").all(|x| x.findings.iter().all(|f| f.exception.is_none())));
}

#[test]
fn an_exception_counts_on_its_last_day_and_not_on_the_next() {
    let exception = complete("EX-1", "R-LI-08", r#""out""#, "2027-03-31");
    let last = report(&exception, "2027-03-31");
    assert_eq!(rule(&last, "R-LI-08").status, RuleStatus::Excepted);
    assert_eq!(
        last.turns.iter().map(|t| (t.on.as_str(), t.rule.as_str())).collect::<Vec<_>>(),
        [("2027-04-01", "R-LI-08")]
    );
    let next = report(&exception, "2027-04-01");
    assert_eq!(rule(&next, "R-LI-08").status, RuleStatus::Violated);
    assert_eq!(next.exceptions[0].standing, Standing::Expired);
    assert_eq!(rule(&next, "R-MC-04").status, RuleStatus::Violated);
    assert!(next.turns.is_empty());
}

#[test]
fn what_an_exception_lacks_makes_it_cover_nothing() {
    for lacks in ["approver", "reason", "until", "compensating"] {
        let whole = complete("EX-1", "R-LI-08", r#""out""#, "2027-03-31");
        let start = whole.find(&format!("{lacks}: ")).expect("the field is there");
        let end = whole[start..].find("\",").map_or(whole.len() - 1, |i| start + i + 2);
        let r = report(&format!("{}{}", &whole[..start], &whole[end..]), "2026-11-26");
        assert_eq!(r.exceptions[0].standing, Standing::Incomplete, "{lacks}");
        assert_eq!(rule(&r, "R-LI-08").status, RuleStatus::Violated, "{lacks}");
        assert!(rule(&r, "R-MC-04").findings[0].text.en.contains(lacks), "{lacks}");
    }
}

#[test]
fn a_scope_covers_what_touches_it_and_nothing_else() {
    let covers = |at: &str| {
        let r = report(&complete("EX-1", "R-LI-08", at, "2027-03-31"), "2026-11-26");
        (rule(&r, "R-LI-08").status, r.exceptions[0].standing)
    };
    for at in ["", r#""out""#, r#""lg-pc""#, r#""lg""#, r#""in-srv", "lg-pc""#] {
        assert_eq!(covers(at), (RuleStatus::Excepted, Standing::Active), "{at}");
    }
    // Something of the drawing that has nothing to do with it.
    let aside = TOWN
        .replace(r#"    "out": "#, "    \"aside\": Server(at: \"in\", holds: [Public], controls: []),\n    \"out\": ");
    let end = aside.rfind(')').expect("the drawing ends");
    let exception = complete("EX-1", "R-LI-05", r#""aside""#, "2027-03-31");
    let text = format!("{}  exceptions: {{ {exception} }},\n)", &aside[..end]);
    let loaded = load(&mut Memory(text)).unwrap_or_else(|f| panic!("{:?}", f.diagnostics));
    let network = Network::new(&loaded.model);
    let verdicts = fast::verify(&loaded.model, &network);
    let input = guideline::Input { model: &loaded.model, network: &network, verdicts: &verdicts, as_of: None };
    assert_eq!(guideline::judge(&input).register.standings, [guideline::Standing::Unused]);
}

#[test]
fn unused_and_orphaned_exceptions_are_findings() {
    let r = report(&complete("EX-1", "R-MN-09", "", "2027-03-31"), "2026-11-26");
    assert_eq!(r.exceptions[0].standing, Standing::Unused);
    // A rule of another model can cover nothing here.
    let r = report(&complete("EX-1", "R-BT-11", "", "2027-03-31"), "2026-11-26");
    assert_eq!(r.exceptions[0].standing, Standing::Orphaned);
    assert_eq!(rule(&r, "R-MC-04").status, RuleStatus::Violated);
}

#[test]
fn a_matrix_check_is_excused_only_when_everything_that_finds_its_crossing_is() {
    let matrix = |r: &Report| {
        let check = r.checks.iter().find(|c| c.name == "matrix lg -> in").expect("it is asked");
        (check.status, check.is_excepted())
    };
    let by_rule = report(&complete("EX-1", "R-LI-08", r#""out""#, "2027-03-31"), "2026-11-26");
    assert_eq!(matrix(&by_rule), (sekisho::model::Status::Violated, true));
    let by_kind = report(&complete("EX-1", "Matrix", r#""out""#, "2027-03-31"), "2026-11-26");
    assert_eq!(matrix(&by_kind), (sekisho::model::Status::Violated, true));
    assert_eq!(rule(&by_kind, "R-LI-08").status, RuleStatus::Violated, "the rule is not excused by that");
    let expired = report(&complete("EX-1", "R-LI-08", r#""out""#, "2026-03-31"), "2026-11-26");
    assert_eq!(matrix(&expired), (sekisho::model::Status::Violated, false));
}
