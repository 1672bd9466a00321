//! Tests about what is carried by hand.

use std::collections::{BTreeMap, BTreeSet};

use super::Context;
use crate::diagnostic::Text;
use crate::guideline::outcome::{Finding, Outcome};
use crate::guideline::select::layer_name;
use crate::model::rulebook::MediaTest;
use crate::model::{Carry, FaceId, Layer, Model, NodeId};

fn layers(model: &Model, faces: &[FaceId]) -> BTreeSet<Layer> {
    faces.iter().filter_map(|&f| model.faces[f].segment.map(|s| model.segments[s].layer)).collect()
}

fn nodes(model: &Model, carry: &Carry) -> Vec<NodeId> {
    let mut nodes: Vec<NodeId> = carry.from.iter().chain(&carry.to).map(|&f| model.faces[f].node).collect();
    nodes.extend(carry.through);
    nodes.sort_unstable();
    nodes.dedup();
    nodes
}

fn at(model: &Model, carry: &Carry, text: Text) -> Finding {
    let mut segments: Vec<_> = carry.from.iter().chain(&carry.to).filter_map(|&f| model.faces[f].segment).collect();
    segments.sort_unstable();
    segments.dedup();
    Finding { span: Some(carry.span), nodes: nodes(model, carry), segments, ..Finding::of(text) }
}

fn way(model: &Model, carry: &Carry) -> Text {
    let name = |faces: &[FaceId]| {
        let mut labels: Vec<String> = faces.iter().map(|&f| model.node_of(f).label.clone()).collect();
        labels.dedup();
        let more = labels.len();
        match labels.into_iter().next() {
            Some(first) if more > 1 => format!("{first} …"),
            Some(first) => first,
            None => String::new(),
        }
    };
    let (a, b) = (name(&carry.from), name(&carry.to));
    Text::new(format!("{a} → {b} の手渡し"), format!("what is carried from {a} to {b}"))
}

pub(super) fn media(c: &Context<'_>, t: &MediaTest) -> Outcome {
    let mut outcome = Outcome::default();
    for carry in &c.model.carries {
        let (from, to) = (layers(c.model, &carry.from), layers(c.model, &carry.to));
        let fits =
            |wanted: &[Layer], stands: &BTreeSet<Layer>| wanted.is_empty() || stands.iter().any(|l| wanted.contains(l));
        if !fits(&t.from, &from) || !fits(&t.to, &to) {
            continue;
        }
        let way = way(c.model, carry);
        outcome.looked.push(way.clone());
        if t.banned {
            outcome.findings.push(at(
                c.model,
                carry,
                Text::new(format!("{}は認められない", way.ja), format!("{} is not allowed", way.en)),
            ));
            continue;
        }
        let medium = c.model.media.get(carry.medium);
        let lacking: Vec<(&str, &str)> = [
            (
                t.registered && !medium.is_some_and(|m| m.registered),
                ("登録された媒体(registered)", "a registered medium (registered)"),
            ),
            (
                t.encrypted && !medium.is_some_and(|m| m.encrypted),
                ("媒体の暗号化(encrypted)", "encryption of the medium (encrypted)"),
            ),
            (t.station && carry.through.is_none(), ("検査・無害化の端末(through)", "a cleaning station (through)")),
            (t.approver && carry.by.is_none(), ("承認・実施する人(by)", "somebody who answers for it (by)")),
        ]
        .into_iter()
        .filter(|(lacks, _)| *lacks)
        .map(|(_, w)| w)
        .collect();
        if lacking.is_empty() {
            outcome.controls.extend(medium.and_then(|m| m.name.clone()));
            outcome.controls.extend(carry.through.map(|k| c.model.nodes[k].name.clone()));
        } else {
            let ja: Vec<&str> = lacking.iter().map(|w| w.0).collect();
            let en: Vec<&str> = lacking.iter().map(|w| w.1).collect();
            outcome.findings.push(at(
                c.model,
                carry,
                Text::new(
                    format!("{}に{}がない", way.ja, ja.join("、")),
                    format!("{} lacks {}", way.en, en.join(", ")),
                ),
            ));
        }
    }
    if outcome.looked.is_empty() {
        outcome
            .absent
            .push(Text::new("その手渡し(carry)が図面にありません", "nothing of the kind is carried by hand (carry)"));
    }
    outcome
}

pub(super) fn reuse(c: &Context<'_>, wanted: &[Layer], from: usize) -> Outcome {
    let mut outcome = Outcome::default();
    let mut used: BTreeMap<usize, Vec<&Carry>> = BTreeMap::new();
    for carry in &c.model.carries {
        used.entry(carry.medium).or_default().push(carry);
    }
    for (medium, carries) in used {
        let Some(m) = c.model.media.get(medium) else { continue };
        let mut stands: BTreeSet<Layer> = BTreeSet::new();
        for carry in &carries {
            stands.extend(layers(c.model, &carry.from));
            stands.extend(layers(c.model, &carry.to));
        }
        stands.retain(|l| wanted.contains(l));
        let name = m.name.clone().unwrap_or_else(|| "?".to_owned());
        outcome
            .looked
            .push(Text::new(format!("媒体 {name} の使われる層"), format!("the layers in which {name} is used")));
        if stands.len() < from {
            continue;
        }
        if m.wiped {
            outcome.controls.push(format!("wiped@{name}"));
            continue;
        }
        let ja: Vec<String> = stands.iter().map(|&l| layer_name(l).ja).collect();
        let en: Vec<String> = stands.iter().map(|&l| layer_name(l).en).collect();
        let mut nodes: Vec<NodeId> = carries.iter().flat_map(|k| nodes(c.model, k)).collect();
        nodes.sort_unstable();
        nodes.dedup();
        outcome.findings.push(Finding {
            span: Some(m.span),
            nodes,
            ..Finding::of(Text::new(
                format!("媒体 {name} を消去せずに{}で使い回している", ja.join("・")),
                format!("the medium {name} is used in {} without wiping", en.join(", ")),
            ))
        });
    }
    if outcome.looked.is_empty() {
        outcome.absent.push(Text::new("手渡し(carry)が図面にありません", "nothing is carried by hand (carry)"));
    }
    outcome
}
