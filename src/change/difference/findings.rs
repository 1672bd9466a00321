//! What checks and rules find in one drawing and not in the other, exceptions respected.
//!
//! Findings are told apart by what they are about, not by the path that happens to be the shortest.

use std::collections::{BTreeMap, BTreeSet};

use super::pairing::{Common, Pairing, Side};
use super::{CheckChange, Drawing, RuleAnswer, RuleChange};
use crate::diagnostic::Text;
use crate::guideline::{self, Answer, Finding};
use crate::model::rulebook::Decide;
use crate::model::{Check, CheckId, FaceId, Model, Question, Status};
use crate::verify::{self, Level, Verdict, Witness};

/// The word of a kind of check.
fn kind(question: &Question) -> &'static str {
    match question {
        Question::Matrix { .. } => "matrix",
        Question::Forbid { lens, .. } => lens.as_str(),
        Question::Require { .. } => "require",
    }
}

/// What a check asks, in common numbers: whole segments where it asks about whole segments.
fn asks(p: &Pairing, side: Side, m: &Model, check: &Check) -> String {
    let set = |faces: &[FaceId]| -> String {
        let segments: BTreeSet<_> = faces.iter().filter_map(|&f| m.faces[f].segment).collect();
        let whole = segments.iter().map(|&s| m.faces_of(s).count()).sum::<usize>() == faces.len();
        if whole && !segments.is_empty() {
            let list: BTreeSet<Common> = segments.iter().map(|&s| p.segment(side, s)).collect();
            format!("segments {list:?}")
        } else {
            let list: BTreeSet<Common> = faces.iter().map(|&f| p.face(side, f)).collect();
            format!("faces {list:?}")
        }
    };
    match &check.question {
        Question::Matrix { from, to } => format!("{} {}", p.segment(side, *from), p.segment(side, *to)),
        Question::Forbid { from, to, eyes, .. } => format!("{eyes} {} {}", set(from), set(to)),
        Question::Require { from, to, carrier, .. } => format!("{carrier} {} {}", set(from), set(to)),
    }
}

/// The checks of both drawings that ask the same, and those that only one asks.
pub(super) fn partners(p: &Pairing, a: &Model, b: &Model) -> Vec<(Option<CheckId>, Option<CheckId>)> {
    let list = |m: &Model, side| -> Vec<(CheckId, &'static str, String, String)> {
        m.checks.iter().map(|(id, c)| (id, kind(&c.question), c.name.clone(), asks(p, side, m, c))).collect()
    };
    let (left, right) = (list(a, Side::Before), list(b, Side::After));
    let mut partner: BTreeMap<CheckId, CheckId> = BTreeMap::new();
    let mut taken: BTreeSet<CheckId> = BTreeSet::new();
    for (by_name, by_question) in [(true, true), (false, true), (true, false)] {
        for (x, kind, name, asks) in &left {
            if partner.contains_key(x) {
                continue;
            }
            let found = right.iter().find(|(y, k, n, q)| {
                !taken.contains(y) && kind == k && (!by_name || name == n) && (!by_question || asks == q)
            });
            if let Some((y, ..)) = found {
                partner.insert(*x, *y);
                taken.insert(*y);
            }
        }
    }
    let mut all: Vec<(Option<CheckId>, Option<CheckId>)> =
        left.iter().map(|(x, ..)| (Some(*x), partner.get(x).copied())).collect();
    all.extend(right.iter().filter(|(y, ..)| !taken.contains(y)).map(|(y, ..)| (None, Some(*y))));
    all
}

/// What a check found: what it is, whether it is certain, and how people call it.
type Evidence = BTreeMap<(u8, Common), (bool, Text)>;

fn evidence(p: &Pairing, side: Side, m: &Model, v: &Verdict) -> Evidence {
    let mut all = Evidence::new();
    let certain = |w: &Witness| w.level() >= Level::Sure;
    match &v.answer {
        verify::Answer::Matrix(rows) => {
            for u in rows {
                all.insert((0, u.carrier as usize), (certain(&u.witness), u.carrier.crossing_name()));
            }
        }
        verify::Answer::Paths(paths) => {
            for w in paths {
                let Some(k) = w.final_carrier() else { continue };
                let entry = all.entry((1, k as usize)).or_insert((false, k.name()));
                entry.0 |= certain(w);
            }
        }
        verify::Answer::Flow { missing, .. } => {
            for (face, may) in missing {
                let node = m.node_of(*face);
                let name =
                    if node.label == node.name { node.name.clone() } else { format!("{}({})", node.label, node.name) };
                all.insert((2, p.face(side, *face)), (!may, Text::new(name.clone(), name)));
            }
        }
        verify::Answer::Nothing => {}
    }
    all
}

/// Whether exceptions cover everything that a check found.
fn excepted(d: &Drawing<'_>, v: &Verdict) -> bool {
    let (model, assessment) = (d.model, d.assessment);
    let kind = guideline::kind_of(&model.checks[v.check].question);
    let in_force = |e: &&crate::model::Exception| guideline::standing(e, assessment.as_of).is_none();
    let by_kind = |w: &Witness| {
        model
            .exceptions
            .iter()
            .filter(in_force)
            .any(|e| Some(e.rule.as_str()) == kind && guideline::covers_path(model, e, w))
    };
    let by_rules = |w: &Witness| {
        let ends = model.faces[w.start.face].segment.zip(model.faces[w.end().face].segment);
        let Some(key) = ends.zip(w.final_carrier()).map(|((s, t), k)| (s, t, k)) else { return false };
        let judged = &assessment.judged;
        let mut covered = Vec::new();
        for (rule, by) in judged.rules.iter().zip(&judged.register.covered) {
            let guideline::Verdict::Decided(outcome) = &rule.verdict else { continue };
            let same = outcome.findings.iter().zip(by).filter(|(f, _)| f.crossing == Some(key));
            covered.extend(same.map(|(_, by)| by.is_some()));
        }
        !covered.is_empty() && covered.iter().all(|c| *c)
    };
    let witnesses: Vec<&Witness> = match &v.answer {
        verify::Answer::Matrix(rows) => rows.iter().map(|u| &u.witness).collect(),
        verify::Answer::Paths(paths) => paths.iter().collect(),
        _ => Vec::new(),
    };
    !witnesses.is_empty() && witnesses.into_iter().all(|w| by_kind(w) || by_rules(w))
}

/// Checks whose answer or evidence changed.
pub(super) fn checks(p: &Pairing, a: &Drawing<'_>, b: &Drawing<'_>) -> Vec<CheckChange> {
    let verdict = |d: &Drawing<'_>, id: Option<CheckId>| d.verdicts.iter().find(|v| Some(v.check) == id).cloned();
    let mut all = Vec::new();
    for (x, y) in partners(p, a.model, b.model) {
        let (l, r) = (verdict(a, x), verdict(b, y));
        let answer = |d: &Drawing<'_>, v: &Option<Verdict>| v.as_ref().map(|v| (v.status, excepted(d, v)));
        let found = |d: &Drawing<'_>, side, v: &Option<Verdict>| {
            v.as_ref().map(|v| evidence(p, side, d.model, v)).unwrap_or_default()
        };
        let (before, after) = (answer(a, &l), answer(b, &r));
        let (had, has) = (found(a, Side::Before, &l), found(b, Side::After, &r));
        let news = |here: &Evidence, there: &Evidence| -> Vec<Text> {
            let news =
                here.iter().filter(|(k, (certain, _))| there.get(k).is_none_or(|(c, _)| c != certain && *certain));
            news.map(|(_, (certain, text))| possible(text, *certain)).collect()
        };
        let (fixed, introduced) = (news(&had, &has), news(&has, &had));
        // A check that the model asks in one of the drawings only, and that finds nothing, is no news; one that a file
        // asks is.
        let silent = |s: &Option<(Status, bool)>| matches!(s, None | Some((Status::Holds | Status::Vacuous, _)));
        let only_one = before.is_none() || after.is_none();
        let written = |m: &Model, id: Option<CheckId>| id.is_some_and(|id| m.checks[id].span.is_some());
        if only_one && silent(&before) && silent(&after) && !written(a.model, x) && !written(b.model, y) {
            continue;
        }
        if before == after && fixed.is_empty() && introduced.is_empty() {
            continue;
        }
        let name = y.map(|y| &b.model.checks[y]).or_else(|| x.map(|x| &a.model.checks[x]));
        let Some(check) = name else { continue };
        all.push(CheckChange {
            name: check.name.clone(),
            kind: kind(&check.question),
            before,
            after,
            fixed,
            introduced,
        });
    }
    all.sort_by(|x, y| (x.kind, &x.name).cmp(&(y.kind, &y.name)));
    all
}

fn possible(text: &Text, certain: bool) -> Text {
    if certain {
        return text.clone();
    }
    Text::new(format!("{}(可能性)", text.ja), format!("{} (possible)", text.en))
}

/// What a finding of a rule is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct About {
    crossing: Option<(Common, Common, u8)>,
    /// Of a path: the lens. Which of several paths are shown, and between which machines, depends on which are the
    /// shortest and on the order of the drawing; checks and crossings tell more.
    path: Option<crate::model::Lens>,
    nodes: Vec<Common>,
    segments: Vec<Common>,
    certain: bool,
    covered: bool,
}

/// Whether a rule is about chains: what comes to a machine and goes on from it.
fn is_chain(decide: &Decide) -> bool {
    match decide {
        Decide::All(list) | Decide::Any(list) => list.iter().any(is_chain),
        Decide::If { then, .. } => is_chain(then),
        Decide::Chain(_) => true,
        _ => false,
    }
}

fn about(p: &Pairing, side: Side, chain: bool, f: &Finding, covered: bool) -> About {
    // One of all chains through a machine is shown; which one depends on the order of the drawing.
    if let (true, Some((lens, ..))) = (chain, &f.path) {
        let path = Some(*lens);
        return About { crossing: None, path, nodes: Vec::new(), segments: Vec::new(), certain: f.certain, covered };
    }
    let crossing = f.crossing.map(|(s, t, k)| (p.segment(side, s), p.segment(side, t), k as u8));
    let path = f.path.as_ref().filter(|_| crossing.is_none()).map(|(lens, ..)| *lens);
    let told = crossing.is_some() || path.is_some();
    let mut nodes: Vec<Common> = f.nodes.iter().filter(|_| !told).map(|&n| p.node(side, n)).collect();
    let mut segments: Vec<Common> = f.segments.iter().filter(|_| !told).map(|&s| p.segment(side, s)).collect();
    nodes.sort_unstable();
    segments.sort_unstable();
    About { crossing, path, nodes, segments, certain: f.certain, covered }
}

/// The answer of a rule with what exceptions cover.
fn answer(verdict: &guideline::RuleVerdict<'_>, covered: &[Option<usize>]) -> RuleAnswer {
    let guideline::Verdict::Decided(outcome) = &verdict.verdict else { return RuleAnswer::NotApplicable };
    let bare = |f: &&Finding, certain: bool| !certain || f.certain;
    let uncovered = |certain: bool| {
        outcome.findings.iter().zip(covered).filter(|(f, c)| c.is_none() && bare(f, certain)).count() > 0
    };
    match outcome.answer() {
        Answer::Absent => RuleAnswer::NotApplicable,
        Answer::Holds => RuleAnswer::Holds,
        Answer::Undecided => RuleAnswer::Undecided,
        Answer::Violated if uncovered(true) => RuleAnswer::Violated,
        Answer::Violated if uncovered(false) || !outcome.open.is_empty() => RuleAnswer::Undecided,
        Answer::Violated => RuleAnswer::Excepted,
    }
}

/// A rule in one drawing: its answer, what it finds and what it waits for.
struct Seen<'d> {
    rule: &'d crate::model::rulebook::Rule,
    answer: RuleAnswer,
    findings: BTreeMap<About, Vec<Text>>,
    open: Vec<Text>,
}

fn seen<'d>(p: &Pairing, side: Side, d: &Drawing<'d>) -> Vec<Seen<'d>> {
    let judged = &d.assessment.judged;
    judged
        .rules
        .iter()
        .zip(&judged.register.covered)
        .map(|(verdict, covered)| {
            let mut findings: BTreeMap<About, Vec<Text>> = BTreeMap::new();
            let mut open = Vec::new();
            let chain = is_chain(&verdict.rule.decide);
            if let guideline::Verdict::Decided(outcome) = &verdict.verdict {
                for (f, by) in outcome.findings.iter().zip(covered) {
                    let text = possible(&f.text, f.certain);
                    let text = match by {
                        None => text,
                        Some(_) => {
                            Text::new(format!("{}(例外あり)", text.ja), format!("{} (under an exception)", text.en))
                        }
                    };
                    findings.entry(about(p, side, chain, f, by.is_some())).or_default().push(text);
                }
                open = outcome.open.iter().map(guideline::Open::sentence).collect();
            }
            Seen { rule: verdict.rule, answer: answer(verdict, covered), findings, open }
        })
        .collect()
}

/// Rules whose answer or findings changed, the most serious first.
pub(super) fn rules(p: &Pairing, a: &Drawing<'_>, b: &Drawing<'_>) -> Vec<RuleChange> {
    let (left, right) = (seen(p, Side::Before, a), seen(p, Side::After, b));
    let ids: BTreeSet<&String> = left.iter().chain(&right).map(|s| &s.rule.id).collect();
    let mut all = Vec::new();
    for id in ids {
        let (l, r) = (left.iter().find(|s| s.rule.id == *id), right.iter().find(|s| s.rule.id == *id));
        let Some(rule) = r.or(l).map(|s| s.rule) else { continue };
        let answer = |s: Option<&Seen<'_>>| s.map_or(RuleAnswer::NotApplicable, |s| s.answer);
        let news = |here: Option<&Seen<'_>>, there: Option<&Seen<'_>>| -> Vec<Text> {
            let mut list = Vec::new();
            for (about, texts) in here.iter().flat_map(|s| &s.findings) {
                // Of paths it is known that there are some, not how many.
                let known = there.and_then(|s| s.findings.get(about)).map_or(0, |known| {
                    if about.path.is_some() || about.crossing.is_some() { usize::MAX } else { known.len() }
                });
                list.extend(texts.iter().skip(known).cloned());
            }
            list.sort_by(|x, y| x.en.cmp(&y.en));
            list
        };
        let (before, after) = (answer(l), answer(r));
        let (fixed, introduced) = (news(l, r), news(r, l));
        if before == after && fixed.is_empty() && introduced.is_empty() {
            continue;
        }
        let open = r.filter(|_| after == RuleAnswer::Undecided).map(|r| r.open.clone()).unwrap_or_default();
        all.push(RuleChange {
            id: id.clone(),
            statement: rule.statement.clone(),
            severity: rule.severity,
            before,
            after,
            fixed,
            introduced,
            open,
        });
    }
    all.sort_by(|x, y| (x.severity, &x.id).cmp(&(y.severity, &y.id)));
    all
}
