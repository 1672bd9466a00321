//! A region for programs.

use serde::Serialize;

use super::{BodyRow, LegRow, RegionReport, RegionTrouble};
use crate::report::json::{JsonPath, JsonPlace, SCHEMA_VERSION, Said, path, written};

#[derive(Serialize)]
struct JsonRegion<'a> {
    schema_version: u32,
    region: &'a str,
    status: &'static str,
    exit_code: u8,
    bodies: usize,
    machines: u64,
    distinct_bodies: usize,
    judged: usize,
    warnings: usize,
    coupled: Vec<Said>,
    kinds: Vec<JsonKind<'a>>,
    faults: &'a [String],
}

#[derive(Serialize)]
struct JsonKind<'a> {
    body: JsonBody<'a>,
    members: Vec<JsonBody<'a>>,
    status: &'static str,
    asked: usize,
    holding: usize,
    troubles: Vec<JsonTrouble<'a>>,
    differences: Vec<JsonDifference>,
}

#[derive(Serialize)]
struct JsonDifference {
    text: Said,
    place: JsonPlace,
}

#[derive(Serialize)]
struct JsonBody<'a> {
    path: &'a str,
    label: &'a str,
    template: Option<&'a str>,
    place: JsonPlace,
}

#[derive(Serialize)]
struct JsonTrouble<'a> {
    key: &'a str,
    kind: &'static str,
    between_bodies: bool,
    certain: bool,
    text: Said,
    path: Option<JsonPath<'a>>,
    legs: Vec<JsonLeg<'a>>,
    place: Option<JsonPlace>,
}

#[derive(Serialize)]
struct JsonLeg<'a> {
    step: usize,
    body: &'a str,
    told_of: &'a str,
    path: JsonPath<'a>,
    below: Vec<JsonLeg<'a>>,
}

/// A region for programs.
#[must_use]
pub fn region_json(report: &RegionReport, exit_code: u8) -> String {
    let kinds = report.kinds.iter().map(|k| JsonKind {
        body: body(&k.body),
        members: k.members.iter().map(body).collect(),
        status: k.status.as_str(),
        asked: k.asked,
        holding: k.holding,
        troubles: k.troubles.iter().map(trouble).collect(),
        differences: k
            .differences
            .iter()
            .map(|(text, place)| JsonDifference { text: Said::from(text), place: JsonPlace::from(place) })
            .collect(),
    });
    written(&JsonRegion {
        schema_version: SCHEMA_VERSION,
        region: &report.name,
        status: report.status.as_str(),
        exit_code,
        bodies: report.bodies,
        machines: report.work.machines,
        distinct_bodies: report.work.shapes,
        judged: report.work.judged,
        warnings: report.warnings,
        coupled: report.coupled.iter().map(Said::from).collect(),
        kinds: kinds.collect(),
        faults: &report.faults,
    })
}

fn body(b: &BodyRow) -> JsonBody<'_> {
    JsonBody { path: &b.path, label: &b.label, template: b.template.as_deref(), place: JsonPlace::from(&b.place) }
}

fn trouble(t: &RegionTrouble) -> JsonTrouble<'_> {
    JsonTrouble {
        key: &t.key,
        kind: t.kind,
        between_bodies: t.between_bodies,
        certain: t.certain,
        text: Said::from(&t.text),
        path: t.path.as_ref().map(|(_, p)| path(p)),
        legs: t.legs.iter().map(leg).collect(),
        place: t.place.as_ref().map(JsonPlace::from),
    }
}

fn leg((step, l): &(usize, LegRow)) -> JsonLeg<'_> {
    JsonLeg {
        step: step + 1,
        body: &l.body,
        told_of: &l.told_of,
        path: path(&l.path),
        below: l.below.iter().map(leg).collect(),
    }
}
