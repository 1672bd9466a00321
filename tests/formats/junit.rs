//! JUnit XML, read back with a parser that we do not write with.

use roxmltree::{Document, Node};
use sekisho::diagnostic::Lang;
use sekisho::report::{Report, junit};

use super::sample;

fn cases<'a>(doc: &'a Document<'_>, suite: &str) -> Vec<Node<'a, 'a>> {
    let is_it = |n: &Node<'_, '_>| n.has_tag_name("testsuite") && n.attribute("name") == Some(suite);
    let suite = doc.descendants().find(is_it).unwrap_or_else(|| panic!("no suite {suite}"));
    suite.children().filter(|n| n.has_tag_name("testcase")).collect()
}

fn ending<'a>(case: Node<'a, 'a>) -> Option<Node<'a, 'a>> {
    case.children().find(Node::is_element)
}

fn counts_are_right(doc: &Document<'_>) {
    for suite in doc.descendants().filter(|n| n.has_tag_name("testsuite") || n.has_tag_name("testsuites")) {
        for (attribute, tag) in
            [("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")]
        {
            let n = suite.descendants().filter(|n| n.has_tag_name(tag)).count();
            assert_eq!(suite.attribute(attribute), Some(n.to_string().as_str()), "{attribute}");
        }
    }
}

fn written(report: &Report, lang: Lang) -> String {
    let text = junit(report, lang);
    let doc = Document::parse(&text).unwrap_or_else(|e| panic!("{e}\n{text}"));
    counts_are_right(&doc);
    text
}

#[test]
fn every_status_has_its_ending_and_undecided_is_no_success() {
    for lang in [Lang::Ja, Lang::En] {
        let text = written(&sample::city(), lang);
        let doc = Document::parse(&text).expect("XML");
        let rules = cases(&doc, "rules");
        assert_eq!(rules.len(), 8);
        for case in rules {
            let name = case.attribute("name").expect("a name");
            let end = ending(case).map(|e| (e.tag_name().name(), e.attribute("type")));
            let expected = match &name[..6] {
                "R-B-01" | "R-Z-01" => Some(("failure", Some("violated"))),
                "R-C-01" | "R-C-02" => Some(("error", Some("undecided"))),
                "R-D-01" => Some(("system-out", None)),
                "R-F-01" => Some(("skipped", None)),
                _ => None,
            };
            assert_eq!(end, expected, "{name}");
        }
        assert!(text.contains("EX-1") && text.contains("2027-03-31"), "{text}");
    }
}

#[test]
fn every_check_is_a_case_and_violations_tell_their_path() {
    let report = sample::city();
    let text = written(&report, Lang::Ja);
    let doc = Document::parse(&text).expect("XML");
    let checks = cases(&doc, "checks");
    for check in &report.checks {
        let found = checks.iter().find(|c| c.attribute("name") == Some(&check.name)).expect("a case");
        let failed = ending(*found).is_some_and(|e| e.has_tag_name("failure"));
        assert_eq!(failed, check.status == sekisho::model::Status::Violated, "{}", check.name);
        if failed {
            let body = ending(*found).and_then(|e| e.text()).unwrap_or_default();
            assert!(body.contains("kyoyu-nas"), "{}: {body}", check.name);
        }
    }
    assert!(checks.iter().any(|c| c.attribute("classname") == Some("sekisho.expectation")), "{text}");
}

#[test]
fn names_stay_text_and_control_characters_are_gone() {
    let mut report = sample::city();
    report.drawing = sample::HOSTILE.to_owned();
    report.checks[0].name = "a\u{0}\u{FFFE}\u{b}<b>\"'&".to_owned();
    let text = written(&report, Lang::Ja);
    assert!(!text.contains("<script") && !text.chars().any(|c| c.is_control() && c != '\n'), "{text}");
    let doc = Document::parse(&text).expect("XML");
    let name = cases(&doc, "checks")[0].attribute("name");
    assert_eq!(name, Some("a\u{FFFD}\u{FFFD}\u{FFFD}<b>\"'&"));
}

#[test]
fn after_an_internal_error_nothing_passes() {
    let text = written(&sample::broken(), Lang::Ja);
    let doc = Document::parse(&text).expect("XML");
    let all: Vec<Node<'_, '_>> = doc.descendants().filter(|n| n.has_tag_name("testcase")).collect();
    assert!(all.len() > 20 && all.iter().all(|c| ending(*c).is_some_and(|e| e.has_tag_name("error"))), "{text}");
}

#[test]
fn a_drawing_without_checks_is_an_error() {
    let mut report = sample::city();
    report.checks.clear();
    report.findings.clear();
    report.expectations = 0;
    let text = written(&report, Lang::En);
    assert!(text.contains("there is no check"), "{text}");
}

#[test]
fn all_model_drawings_give_xml() {
    for report in sample::models() {
        written(&report, Lang::En);
    }
}
