//! Tests about crossings, paths, and what one machine gets and hands on.

use std::collections::BTreeMap;

use super::{Context, Oracle};
use crate::diagnostic::Text;
use crate::guideline::outcome::{Finding, Open, Outcome, count};
use crate::guideline::select::{describe, faces, unclear};
use crate::model::rulebook::{ChainTest, CrossingTest, PathTest, Select};
use crate::model::{Carrier, FaceId, Lens, Model, NodeId, Question, Role, SegmentId, Status};
use crate::verify::fast::{self, CrossingQuery, Hit};
use crate::verify::{Answer, Level, Witness, assumptions};

/// The devices of a path: machines, mediators and what packets pass. Sorted.
pub fn nodes_of(model: &Model, w: &Witness) -> Vec<NodeId> {
    let mut nodes: Vec<NodeId> = vec![model.faces[w.start.face].node];
    for hop in &w.hops {
        nodes.push(model.faces[hop.to.face].node);
        if let crate::verify::Cause::Session(s) = &hop.cause {
            nodes.extend(s.forward.iter().map(|p| model.transits[p.device].node));
            nodes.extend(s.impersonator.map(|f| model.faces[f].node));
        }
    }
    nodes.sort_unstable();
    nodes.dedup();
    nodes
}

/// A finding that is a crossing.
pub(super) fn crossing_finding(c: &Context<'_>, hit: &Hit, faces: (usize, usize), text: Text) -> Finding {
    let witness = hit.witness(c.model, c.network);
    let segment = |f: FaceId| c.model.faces[f].segment;
    let (from, to) = (segment(hit.origin), segment(hit.target));
    let mut segments: Vec<SegmentId> = from.into_iter().chain(to).collect();
    segments.sort_unstable();
    segments.dedup();
    Finding {
        text,
        span: span_of(c.model, &witness),
        certain: hit.certain,
        nodes: nodes_of(c.model, &witness),
        segments,
        crossing: from.zip(to).map(|(a, b)| (a, b, hit.carrier)),
        faces,
        path: Some((Lens::Direct, false, witness)),
    }
}

/// Where a reader looks first: the device in the middle, else the machine where it starts.
fn span_of(model: &Model, w: &Witness) -> Option<crate::source::Span> {
    let middle = w.hops.iter().find_map(|h| match &h.cause {
        crate::verify::Cause::Relation(i) => model.relations.get(*i).map(|r| r.span),
        crate::verify::Cause::Session(s) => s.forward.first().map(|p| {
            let device = &model.transits[p.device];
            let rule = p.rule.and_then(|r| device.rules.as_ref()?.get(r).map(|r| r.span));
            rule.unwrap_or(device.span)
        }),
        _ => None,
    });
    middle.or_else(|| Some(model.node_of(w.start.face).span))
}

/// One finding per pair of segments and carrier: the shortest path, certain ones before possible ones.
pub(super) fn grouped(c: &Context<'_>, hits: &[Hit], text: impl Fn(&Hit, &str, &str) -> Text) -> Vec<Finding> {
    /// From where, to where, in which form.
    type Way = (Option<SegmentId>, Option<SegmentId>, Carrier);
    let mut groups: BTreeMap<Way, Vec<&Hit>> = BTreeMap::new();
    for hit in hits {
        let key = (c.model.faces[hit.origin].segment, c.model.faces[hit.target].segment, hit.carrier);
        groups.entry(key).or_default().push(hit);
    }
    groups
        .into_values()
        .filter_map(|group| {
            let best = group.iter().min_by_key(|h| (!h.certain, h.len(), h.origin, h.target))?;
            let faces = count(group.iter().map(|h| (&h.origin, &h.target)));
            let name = |f| {
                let node = c.model.node_of(f);
                if node.label.is_empty() || node.label == node.name {
                    node.name.clone()
                } else {
                    format!("{}({})", node.label, node.name)
                }
            };
            Some(crossing_finding(c, best, faces, text(best, &name(best.origin), &name(best.target))))
        })
        .collect()
}

/// What has to be clarified before uncertain findings are decided.
pub(super) fn open_of(c: &Context<'_>, findings: &[Finding]) -> Vec<Open> {
    let witnesses: Vec<Witness> =
        findings.iter().filter(|f| !f.certain).filter_map(|f| f.path.as_ref().map(|(_, _, w)| w.clone())).collect();
    assumptions(c.model, &witnesses)
        .into_iter()
        .map(|a| {
            let a = &c.model.assumptions[a];
            Open::new("assumption", a.text.clone(), a.span)
        })
        .collect()
}

/// The sentence of a crossing that must not be.
pub(super) fn crosses(hit: &Hit, from: &str, to: &str) -> Text {
    let what = hit.carrier.crossing_name();
    Text::new(format!("{from} から {to} へ{}が渡る", what.ja), format!("from {from} to {to}: {}", what.en))
}

pub(super) fn crossing(c: &Context<'_>, t: &CrossingTest, oracle: &mut Oracle) -> Outcome {
    let mut whole = Outcome::default();
    let pairs: &[(&Select, &Select)] = if t.both { &[(&t.from, &t.to), (&t.to, &t.from)] } else { &[(&t.from, &t.to)] };
    for (from, to) in pairs {
        let (a, b) = (faces(c.model, from), faces(c.model, to));
        let query = CrossingQuery {
            from: a.clone(),
            to: b.clone(),
            carriers: t.carriers.clone(),
            unpermitted: t.permitted_is_fine,
            excused_by: t.excused_by.clone(),
            past: t.past.clone(),
            ..CrossingQuery::default()
        };
        let any = t
            .only_if_any
            .then(|| oracle.ask(CrossingQuery { unpermitted: false, excused_by: Vec::new(), ..query.clone() }));
        let hits = oracle.ask(query);
        let (from_text, to_text) = (describe(from), describe(to));
        let missing_kind =
            !t.where_there_is.is_empty() && !c.model.nodes.values().any(|n| t.where_there_is.contains(&n.kind));
        if a.is_empty() || b.is_empty() {
            let lacking = if a.is_empty() { &from_text } else { &to_text };
            whole.absent.push(Text::new(
                format!("図面に{}がありません", lacking.ja),
                format!("the drawing has nothing of {}", lacking.en),
            ));
            whole.open.extend(unclear(c.model, from));
            whole.open.extend(unclear(c.model, to));
            continue;
        }
        if missing_kind || any.is_some_and(|any| any.is_empty()) {
            whole.absent.push(Text::new(
                format!("{}から{}への、この規則が問う渡りがありません", from_text.ja, to_text.ja),
                format!("no crossing of the kind asked about leads from {} to {}", from_text.en, to_text.en),
            ));
            continue;
        }
        let findings = grouped(c, &hits, crosses);
        whole.open.extend(open_of(c, &findings));
        whole.findings.extend(findings);
        whole.looked.push(Text::new(
            format!("{}(端末など {} か所)から{}(端末など {} か所)への渡り", from_text.ja, a.len(), to_text.ja, b.len()),
            format!(
                "crossings from {} ({} terminals and the like) to {} ({} terminals and the like)",
                from_text.en,
                a.len(),
                to_text.en,
                b.len()
            ),
        ));
        outcome_labels(c, t, &mut whole);
        let segments = |list: &[FaceId]| list.iter().filter_map(|&f| c.model.faces[f].segment).collect::<Vec<_>>();
        whole.guards.extend(c.guards_between(&segments(&a), &segments(&b)));
    }
    whole
}

/// The devices that earn the labels which excuse a crossing: the rule rests on them.
fn outcome_labels(c: &Context<'_>, t: &CrossingTest, whole: &mut Outcome) {
    let mut labels: Vec<&String> = t.excused_by.iter().flatten().collect();
    labels.sort();
    labels.dedup();
    for label in labels {
        let Some((id, _)) = c.model.labels.iter().find(|(_, l)| *l == label) else { continue };
        for node in c.model.nodes.values() {
            let earns = match &node.role {
                Role::Transit(t) => c.model.transits[*t].labels.contains(&id),
                Role::Mediator(m) => m.labels.contains(&id),
                Role::Endpoint(_) => false,
            };
            if earns {
                whole.controls.push(format!("{label}: {}", node.name));
            }
        }
    }
}

pub(super) fn path(c: &Context<'_>, t: &PathTest, oracle: &mut Oracle) -> Outcome {
    let (from, to) = (faces(c.model, &t.from), faces(c.model, &t.to));
    let (from_text, to_text) = (describe(&t.from), describe(&t.to));
    if from.is_empty() || to.is_empty() {
        let lacking = if from.is_empty() { from_text } else { to_text };
        return Outcome::absent(Text::new(
            format!("図面に{}がありません", lacking.ja),
            format!("the drawing has nothing of {}", lacking.en),
        ));
    }
    if !oracle.answers() {
        return Outcome::default();
    }
    let lens = if t.leak { Lens::Leak } else { Lens::Attack };
    let question = Question::Forbid { lens, from: from.clone(), to: to.clone(), eyes: t.eyes };
    let verdict = fast::paths_of_only(c.model, c.network, &question, &t.only);
    let mut outcome = Outcome { guards: verdict.rests_on.clone(), ..Outcome::default() };
    if let Answer::Paths(paths) = verdict.answer {
        for w in paths {
            // A machine in both places is no path of its own: what it is, `Shared` says.
            if c.model.faces[w.end().face].node == c.model.faces[w.start.face].node {
                continue;
            }
            let end = c.model.node_of(w.end().face).label.clone();
            let start = c.model.node_of(w.start.face).label.clone();
            let text = if t.leak {
                Text::new(format!("{start} の情報が {end} に届く"), format!("information of {start} arrives at {end}"))
            } else {
                Text::new(
                    format!("{start} を握った者が {end} を握れる"),
                    format!("whoever holds {start} can come to hold {end}"),
                )
            };
            // Several faces or forms of one way: the first path says it.
            if outcome.findings.iter().any(|f| f.text == text) {
                continue;
            }
            outcome.findings.push(Finding {
                span: span_of(c.model, &w),
                certain: w.level() >= Level::Sure,
                nodes: nodes_of(c.model, &w),
                path: Some((lens, t.eyes, w)),
                ..Finding::of(text)
            });
        }
    }
    outcome.open = open_of(c, &outcome.findings);
    if verdict.status != Status::Vacuous {
        outcome.looked.push(Text::new(
            format!("{}から{}への経路", from_text.ja, to_text.ja),
            format!("paths from {} to {}", from_text.en, to_text.en),
        ));
    }
    outcome
}

pub(super) fn chain(c: &Context<'_>, t: &ChainTest, oracle: &mut Oracle) -> Outcome {
    let (from, through, to) = (faces(c.model, &t.from), faces(c.model, &t.through), faces(c.model, &t.to));
    let first = oracle.ask(CrossingQuery {
        from: from.clone(),
        to: through.clone(),
        carriers: t.first.clone(),
        ..CrossingQuery::default()
    });
    let second = oracle.ask(CrossingQuery {
        from: through.clone(),
        to: to.clone(),
        carriers: t.second.clone(),
        excused_by: t.excused_by.clone(),
        ..CrossingQuery::default()
    });
    if from.is_empty() || to.is_empty() || through.is_empty() {
        let lacking = [(&from, &t.from), (&through, &t.through), (&to, &t.to)];
        let lacking =
            lacking.iter().find(|(list, _)| list.is_empty()).map_or_else(|| describe(&t.to), |(_, s)| describe(s));
        return Outcome::absent(Text::new(
            format!("図面に{}がありません", lacking.ja),
            format!("the drawing has nothing of {}", lacking.en),
        ));
    }
    let node = |f: FaceId| c.model.faces[f].node;
    let mut outcome = Outcome::default();
    let mut middles: Vec<NodeId> = first.iter().map(|h| node(h.target)).collect();
    middles.sort_unstable();
    middles.dedup();
    if middles.is_empty() && t.through != Select::default() && !second.is_empty() {
        // Somebody stands ready to hand on; that nothing comes to them is what the rule asks for.
        outcome.looked.push(Text::new(
            format!("{}に{}から渡ってくるもの(ない)", describe(&t.through).ja, describe(&t.from).ja),
            format!("what comes from {} to {} (nothing)", describe(&t.from).en, describe(&t.through).en),
        ));
        return outcome;
    }
    if middles.is_empty() {
        return Outcome::absent(Text::new(
            format!("{}から渡ってくるものがありません", describe(&t.from).ja),
            format!("nothing of the kind comes from {}", describe(&t.from).en),
        ));
    }
    for middle in middles {
        let ends: Vec<&Hit> = second.iter().filter(|h| node(h.origin) == middle).collect();
        let named = &c.model.nodes[middle];
        if ends.is_empty() {
            outcome.looked.push(Text::new(
                format!("`{}` が受け取って渡す先", named.name),
                format!("where `{}` hands on what it gets", named.name),
            ));
            continue;
        }
        match super::controls::stops(c.model, middle, &t.unless) {
            super::controls::Stops::Yes(words) => {
                outcome.looked.push(Text::new(
                    format!("`{}` が受け取って渡す先", named.name),
                    format!("where `{}` hands on what it gets", named.name),
                ));
                outcome.controls.extend(words.iter().map(|w| format!("{w}@{}", named.name)));
                continue;
            }
            super::controls::Stops::Unstated(open) => {
                outcome.open.push(open);
                continue;
            }
            super::controls::Stops::No => {}
        }
        let Some(comes) = first.iter().filter(|h| node(h.target) == middle).min_by_key(|h| (!h.certain, h.len()))
        else {
            continue;
        };
        if let Some(goes) = ends.iter().min_by_key(|h| (!h.certain, h.len(), h.target)) {
            let label = |f: FaceId| c.model.node_of(f).label.clone();
            let text = Text::new(
                format!("{} から {} に渡り、さらに {} へ渡る", label(comes.origin), named.label, label(goes.target)),
                format!("what comes from {} to {} goes on to {}", label(comes.origin), named.label, label(goes.target)),
            );
            let mut finding = crossing_finding(c, goes, (1, 1), text);
            let w = comes.witness(c.model, c.network);
            finding.nodes.extend(nodes_of(c.model, &w));
            finding.nodes.sort_unstable();
            finding.nodes.dedup();
            finding.certain = goes.certain && comes.certain;
            outcome.findings.push(finding);
        }
    }
    outcome.open.extend(open_of(c, &outcome.findings));
    outcome
}

/// Crossings between segments of different bodies.
pub(super) fn bodies(c: &Context<'_>, via: Option<&str>, oracle: &mut Oracle) -> Outcome {
    let body = |f: FaceId| c.model.faces[f].segment.and_then(|s| c.model.segments[s].body.clone());
    let mut by_body: BTreeMap<String, Vec<FaceId>> = BTreeMap::new();
    for f in c.model.faces.ids() {
        if let Some(b) = body(f) {
            by_body.entry(b).or_default().push(f);
        }
    }
    if by_body.len() < 2 {
        return Outcome::absent(Text::new(
            "図面に二つ以上の団体(body)がありません",
            "the drawing does not have two bodies (body)",
        ));
    }
    let mut outcome = Outcome::default();
    let names: Vec<String> = by_body.keys().cloned().collect();
    for name in &names {
        let others: Vec<FaceId> = {
            let mut all: Vec<FaceId> =
                by_body.iter().filter(|(b, _)| *b != name).flat_map(|(_, f)| f.clone()).collect();
            all.sort_unstable();
            all
        };
        let hits = oracle.ask(CrossingQuery {
            from: by_body[name].clone(),
            to: others,
            unpermitted: true,
            past: via.map(str::to_owned).into_iter().collect(),
            ..CrossingQuery::default()
        });
        outcome.findings.extend(grouped(c, &hits, crosses));
    }
    outcome.open.extend(open_of(c, &outcome.findings));
    outcome.looked.push(Text::new(
        format!("{} 団体({})のあいだの渡り", names.len(), names.join("、")),
        format!("crossings among {} bodies ({})", names.len(), names.join(", ")),
    ));
    outcome
}
