//! A validator for the part of JSON Schema (2020-12) that `docs/report.schema.json` uses.
//!
//! A keyword that it does not know ends the test, so nothing in the schema can be without effect. Beyond the standard,
//! it holds data to be described: a field that the schema does not name is an error here, though readers ignore it.

use serde_json::Value;

/// Keywords that say something to people only.
const FOR_PEOPLE: [&str; 4] = ["$schema", "$defs", "title", "description"];

/// The only pattern there is.
const MARK: &str = "^[0-9a-f]{16}$";

pub(crate) fn schema() -> Value {
    let text = std::fs::read_to_string(super::sample::root().join("docs/report.schema.json")).expect("the schema");
    serde_json::from_str(&text).expect("JSON")
}

/// What is wrong with a value, each with the way to it.
pub(crate) fn wrong(root: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    check(root, root, value, "", &mut found);
    found
}

fn is_type(word: &str, value: &Value) -> bool {
    match word {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("unknown type {other}"),
    }
}

fn check(root: &Value, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    let schema = schema.as_object().unwrap_or_else(|| panic!("{at}: not a schema"));
    let mut say = |text: String| found.push(format!("{at}: {text}"));
    for (keyword, rule) in schema {
        match keyword.as_str() {
            "$ref" | "anyOf" | "properties" | "items" | "additionalProperties" => {}
            "type" => {
                let words: Vec<&str> = match rule {
                    Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
                    one => one.as_str().into_iter().collect(),
                };
                if !words.iter().any(|w| is_type(w, value)) {
                    say(format!("{value} is not {words:?}"));
                }
            }
            "const" if value == rule => {}
            "enum" if rule.as_array().expect("a list").contains(value) => {}
            "const" | "enum" => say(format!("{value} is not {rule}")),
            "minimum" => {
                if value.as_i64().is_some_and(|n| n < rule.as_i64().expect("a number")) {
                    say(format!("{value} is less than {rule}"));
                }
            }
            "minItems" | "maxItems" => {
                let n = value.as_array().map_or(0, Vec::len) as u64;
                let limit = rule.as_u64().expect("a number");
                if keyword == "minItems" && n < limit || keyword == "maxItems" && n > limit {
                    say(format!("{n} items"));
                }
            }
            "pattern" => {
                assert_eq!(rule, MARK, "a pattern that is not known here");
                let is_digit = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
                if value.as_str().is_some_and(|s| s.len() != 16 || !s.chars().all(is_digit)) {
                    say(format!("{value} is no mark"));
                }
            }
            "required" => {
                for name in rule.as_array().expect("a list").iter().filter_map(Value::as_str) {
                    if value.is_object() && value.get(name).is_none() {
                        say(format!("{name} is missing"));
                    }
                }
            }
            other => assert!(FOR_PEOPLE.contains(&other), "{at}: the keyword {other} is not known here"),
        }
    }
    inside(root, schema, value, at, found);
}

/// The parts of a value.
fn inside(root: &Value, schema: &serde_json::Map<String, Value>, value: &Value, at: &str, found: &mut Vec<String>) {
    if let Some(name) = schema.get("$ref").and_then(Value::as_str) {
        let pointer = name.strip_prefix('#').expect("a place in this file");
        check(root, root.pointer(pointer).unwrap_or_else(|| panic!("{name} is not there")), value, at, found);
    }
    if let Some(list) = schema.get("anyOf").and_then(Value::as_array) {
        let fits = |s: &Value| {
            let mut problems = Vec::new();
            check(root, s, value, at, &mut problems);
            problems.is_empty()
        };
        if !list.iter().any(fits) {
            found.push(format!("{at}: {value} fits none of the forms"));
        }
    }
    if let (Some(items), Some(list)) = (schema.get("items"), value.as_array()) {
        for (i, item) in list.iter().enumerate() {
            check(root, items, item, &format!("{at}/{i}"), found);
        }
    }
    let more = schema.get("additionalProperties");
    let known = schema.get("properties");
    if let (Some(fields), true) = (value.as_object(), known.is_some() || more.is_some()) {
        for (name, field) in fields {
            let at = format!("{at}/{name}");
            match known.and_then(|k| k.get(name)).or(more) {
                Some(schema) => check(root, schema, field, &at, found),
                None => found.push(format!("{at}: not described")),
            }
        }
    }
}
