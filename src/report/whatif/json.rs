//! What changes, for programs; described in `docs/json.md`.

use serde::Serialize;

use super::{AloneReport, BecameReport, RestReport, WhatIfReport, state_word};
use crate::model::Status;
use crate::report::json::{JsonPath, JsonPlace, Said, path, written};
use crate::report::{DepthReport, SCHEMA_VERSION};

#[derive(Serialize)]
struct JsonWhatIf<'a> {
    schema_version: u32,
    program: &'static str,
    program_version: &'static str,
    drawing: &'a str,
    file: &'a str,
    as_of: Option<&'a str>,
    exit_code: u8,
    changes: Vec<JsonChange<'a>>,
    wrong: Vec<JsonBecame<'a>>,
    undecided: Vec<JsonBecame<'a>>,
    right: Vec<JsonBecame<'a>>,
    still_wrong: usize,
    still_undecided: usize,
    silent: Vec<Said>,
    depths: Vec<JsonRest<'a>>,
    protected: Vec<JsonRest<'a>>,
    stale: Vec<JsonStale<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    controls: Option<Vec<JsonAlone<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    devices: Option<Vec<JsonAlone<'a>>>,
}

#[derive(Serialize)]
struct JsonChange<'a> {
    flag: &'a str,
    text: &'a str,
}

#[derive(Serialize)]
struct JsonBecame<'a> {
    kind: &'static str,
    name: &'a str,
    text: Said,
    before: &'static str,
    after: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<JsonPlace>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lens: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<JsonPath<'a>>,
    not_stated: Vec<JsonOpen>,
}

#[derive(Serialize)]
struct JsonOpen {
    text: Said,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<JsonPlace>,
}

#[derive(Serialize)]
struct JsonRest<'a> {
    check: &'a str,
    title: Said,
    before: Option<JsonDepth<'a>>,
    after: Option<JsonDepth<'a>>,
}

#[derive(Serialize)]
struct JsonDepth<'a> {
    status: &'static str,
    /// `none`, `exactly`, `at_least`, as in `check`.
    kind: &'static str,
    controls: Option<u32>,
    least_sets: &'a [Vec<String>],
}

#[derive(Serialize)]
struct JsonStale<'a> {
    name: &'a str,
    place: JsonPlace,
}

#[derive(Serialize)]
struct JsonAlone<'a> {
    name: &'a str,
    title: Said,
    wrong: Vec<JsonKey<'a>>,
    undecided: Vec<JsonKey<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    no_drawing: Option<Said>,
}

#[derive(Serialize)]
struct JsonKey<'a> {
    kind: &'static str,
    name: &'a str,
    title: Said,
}

/// For programs.
#[must_use]
pub fn what_if_json(report: &WhatIfReport, exit_code: u8) -> String {
    written(&JsonWhatIf {
        schema_version: SCHEMA_VERSION,
        program: env!("CARGO_PKG_NAME"),
        program_version: env!("CARGO_PKG_VERSION"),
        drawing: &report.drawing,
        file: &report.file,
        as_of: report.as_of.as_deref(),
        exit_code,
        changes: report.changes.iter().map(|(flag, text)| JsonChange { flag, text }).collect(),
        wrong: report.wrong.iter().map(became).collect(),
        undecided: report.open.iter().map(became).collect(),
        right: report.right.iter().map(became).collect(),
        still_wrong: report.still_wrong,
        still_undecided: report.still_open,
        silent: report.silent.iter().map(Said::from).collect(),
        depths: report.rests.iter().map(rest).collect(),
        protected: report.protected.iter().map(rest).collect(),
        stale: report.stale.iter().map(|(name, place)| JsonStale { name, place: place.into() }).collect(),
        controls: report.controls.as_ref().map(|l| l.iter().map(single).collect()),
        devices: report.devices.as_ref().map(|l| l.iter().map(single).collect()),
    })
}

fn became(b: &BecameReport) -> JsonBecame<'_> {
    JsonBecame {
        kind: b.kind,
        name: &b.name,
        text: (&b.text).into(),
        before: state_word(b.before),
        after: state_word(b.after),
        place: b.place.as_ref().map(JsonPlace::from),
        lens: b.path.as_ref().map(|(lens, _)| lens.as_str()),
        path: b.path.as_ref().map(|(_, told)| path(told)),
        not_stated: b
            .open
            .iter()
            .map(|o| JsonOpen { text: (&o.text).into(), place: o.place.as_ref().map(JsonPlace::from) })
            .collect(),
    }
}

fn rest(r: &RestReport) -> JsonRest<'_> {
    JsonRest {
        check: &r.check,
        title: (&r.title).into(),
        before: r.before.as_ref().map(depth),
        after: r.after.as_ref().map(depth),
    }
}

fn depth((status, depth): &(Status, DepthReport)) -> JsonDepth<'_> {
    let (kind, controls, least_sets): (_, _, &[Vec<String>]) = match depth {
        DepthReport::None => ("none", None, &[]),
        DepthReport::Exactly(n, sets) => ("exactly", Some(*n), sets),
        DepthReport::AtLeast(n) => ("at_least", Some(*n), &[]),
    };
    JsonDepth { status: status.as_str(), kind, controls, least_sets }
}

fn single(a: &AloneReport) -> JsonAlone<'_> {
    fn keys<'a>(list: &'a [(&'static str, String, crate::diagnostic::Text)]) -> Vec<JsonKey<'a>> {
        list.iter().map(|(kind, name, title)| JsonKey { kind, name, title: title.into() }).collect()
    }
    JsonAlone {
        name: &a.name,
        title: (&a.title).into(),
        wrong: keys(&a.wrong),
        undecided: keys(&a.open),
        no_drawing: a.no_drawing.as_ref().map(Said::from),
    }
}
