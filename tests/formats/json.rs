//! The JSON and its schema.

use sekisho::report::{Report, json};
use serde_json::{Value, json as value};

use super::sample;
use super::schema::{schema, wrong};

fn read(report: &Report) -> Value {
    serde_json::from_str(&json(report, 1)).expect("JSON")
}

#[test]
fn the_json_of_every_model_drawing_fits_the_schema() {
    let schema = schema();
    for report in sample::models() {
        assert_eq!(wrong(&schema, &read(&report)), Vec::<String>::new(), "{}", report.file);
    }
}

#[test]
fn rules_and_all_that_belongs_to_them_fit_the_schema() {
    let report = sample::city();
    let json = read(&report);
    assert_eq!(wrong(&schema(), &json), Vec::<String>::new());
    assert_eq!(json["schema_version"], 2);
    assert_eq!(
        json["summary"]["rules"],
        value!({ "rules": 8, "violated": 2, "undecided": 2, "excepted": 1, "holds": 2, "not_applicable": 1 })
    );
    let rule = &json["rules"][0];
    assert_eq!((&rule["id"], &rule["status"]), (&"R-B-01".into(), &"violated".into()));
    assert_eq!(rule["findings"][0]["exception"], "EX-1");
    assert_eq!(rule["findings"][1]["exception"], Value::Null);
    assert!(rule["findings"][1]["path"]["steps"].as_array().is_some_and(|s| !s.is_empty()));
    assert_eq!(rule["evidence_marks"][0], value!({ "kind": "source", "source": "A52" }));
    assert_eq!(json["sources"]["A52"], "https://example.org/a52");
    assert_eq!(json["exceptions"][1]["standing"], "expired");
    assert_eq!(json["controls"][0]["demand"], "mandatory");
    assert_eq!(json["crossings"][0]["present"], true);
    assert_eq!(json["tasks"][0]["dead_types"][0], "zip");
    assert_eq!(json["as_of"], "2026-04-01");
}

#[test]
fn after_an_internal_error_no_rule_looks_like_an_answer() {
    let json = read(&sample::broken());
    assert_eq!(wrong(&schema(), &json), Vec::<String>::new());
    let unknown = |list: &str, field: &str| {
        let list = json[list].as_array().expect("a list");
        !list.is_empty() && list.iter().all(|x| x[field] == "unknown")
    };
    assert!(unknown("rules", "status") && unknown("exceptions", "standing") && unknown("controls", "status"));
    assert!(json["rules"].as_array().expect("a list").iter().all(|r| r["findings"] == value!([])));
    assert_eq!(json["summary"]["rules"]["holds"], 0);
    assert_eq!(json["crossings"][0]["present"], Value::Null);
    assert_eq!(json["tasks"], value!([]));
}

/// Every way into a value.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(i, v)| pointers(v, &format!("{at}/{i}"), found));
        }
        Value::Object(fields) => {
            for (k, v) in fields {
                pointers(v, &format!("{at}/{}", k.replace('~', "~0").replace('/', "~1")), found);
            }
        }
        _ => {}
    }
}

#[test]
fn a_report_with_anything_of_the_wrong_type_does_not_fit() {
    let (schema, json) = (schema(), read(&sample::city()));
    let mut all = Vec::new();
    pointers(&json, "", &mut all);
    assert!(all.len() > 500);
    for pointer in all {
        let mut mutated = json.clone();
        // No field of the form is a number below zero, so nothing may stand for this.
        *mutated.pointer_mut(&pointer).expect("it is there") = value!(-1);
        assert!(!wrong(&schema, &mutated).is_empty(), "{pointer} may be anything");
    }
}

#[test]
fn a_report_without_a_field_or_with_a_wrong_word_does_not_fit() {
    let (schema, json) = (schema(), read(&sample::city()));
    for name in json.as_object().expect("an object").keys() {
        let mut mutated = json.clone();
        mutated.as_object_mut().expect("an object").remove(name);
        assert!(!wrong(&schema, &mutated).is_empty(), "{name} may be missing");
    }
    for (pointer, word) in [
        ("/schema_version", value!(1)),
        ("/exit_code", value!(4)),
        ("/rules/0/status", value!("fine")),
        ("/rules/0/severity", value!("huge")),
        ("/rules/0/findings/0/fingerprint", value!("xyz")),
        ("/exceptions/0/standing", value!("perhaps")),
        ("/controls/0/demand", value!("")),
        ("/findings/0/number", value!(0)),
    ] {
        let mut mutated = json.clone();
        *mutated.pointer_mut(pointer).expect(pointer) = word;
        assert!(!wrong(&schema, &mutated).is_empty(), "{pointer}");
    }
    let mut mutated = json;
    mutated["rules"][0].as_object_mut().expect("an object").remove("why");
    assert!(!wrong(&schema, &mutated).is_empty());
}
