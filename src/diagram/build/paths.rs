//! Which paths of the verdicts a picture shows, and what it says about those it does not.
//!
//! Steps are numbered on through all paths of a picture, so that no number stands for two things.

use std::collections::{BTreeMap, BTreeSet};

use super::legs::{Leg, legs};
use super::wires::Wires;
use super::words::{pick, question};
use crate::diagnostic::Lang;
use crate::diagram::kinds::{Emphasis, Mark};
use crate::diagram::picture::{NodeId as Thing, Picture};
use crate::model::{CheckId, Model, NodeId, Question, Status};
use crate::report::{Group, groups};
use crate::verify::{Answer, Verdict, Witness};

/// How many paths are shown where none is asked for.
pub(super) const SHOWN: usize = 3;

/// A path to show.
#[derive(Debug)]
pub(super) struct Shown {
    number: usize,
    check: CheckId,
    mark: Mark,
    /// Where it starts and ends; nothing for a flow that is missing.
    ends: Option<(NodeId, NodeId)>,
    /// Who misses a flow.
    missing: Vec<NodeId>,
    legs: Vec<Leg>,
}

impl Shown {
    /// A finding by its number in the report.
    pub(super) fn new(model: &Model, verdicts: &[Verdict], number: usize, group: &Group) -> Self {
        let mark = if group.status == Status::Violated { Mark::Forbidden } else { Mark::Possible };
        let ends = |w: &Witness| (model.faces[w.start.face].node, model.faces[w.end().face].node);
        let verdict = &verdicts[group.check];
        let witness = group.witnesses(verdicts).into_iter().next();
        let missing = match &verdict.answer {
            Answer::Flow { missing, .. } => missing.iter().map(|(f, _)| model.faces[*f].node).collect(),
            _ => Vec::new(),
        };
        Self {
            number,
            check: verdict.check,
            mark,
            ends: witness.map(ends),
            missing,
            legs: witness.map_or_else(Vec::new, |w| legs(model, w)),
        }
    }

    /// Everything on the path.
    pub(super) fn nodes(&self) -> impl Iterator<Item = NodeId> + '_ {
        let ends = self.ends.iter().flat_map(|(a, b)| [*a, *b]);
        self.legs.iter().flat_map(|l| l.chain.iter().copied()).chain(ends).chain(self.missing.iter().copied())
    }
}

/// The first path of each check that is violated, then of each that is undecided; attacks and leaks before
/// crossings, up to [`SHOWN`]. A path that runs along lines already shown would only add numbers to them.
pub(super) fn first_of_each(model: &Model, verdicts: &[Verdict]) -> Vec<Shown> {
    let all = groups(model, verdicts);
    let mut firsts: Vec<(usize, &Group)> = Vec::new();
    for (at, group) in all.iter().enumerate().filter(|(_, g)| !g.parts.is_empty()) {
        if firsts.iter().all(|(_, g)| g.check != group.check) {
            firsts.push((at + 1, group));
        }
    }
    let crossing = |g: &Group| matches!(model.checks[verdicts[g.check].check].question, Question::Matrix { .. });
    firsts.sort_by_key(|(_, g)| (g.status != Status::Violated, crossing(g)));
    let mut covered: BTreeSet<(NodeId, NodeId)> = BTreeSet::new();
    let mut shown = Vec::new();
    for path in firsts.into_iter().map(|(number, g)| Shown::new(model, verdicts, number, g)) {
        let before = covered.len();
        for pair in path.legs.iter().flat_map(|l| l.chain.windows(2)) {
            covered.insert((pair[0].min(pair[1]), pair[0].max(pair[1])));
        }
        if covered.len() > before {
            shown.push(path);
        }
        if shown.len() == SHOWN {
            break;
        }
    }
    shown
}

/// Lays paths over the lines, emphasises what is on them, and says under the heading what they are.
pub(super) fn lay(
    model: &Model,
    shown: &[Shown],
    things: &BTreeMap<NodeId, Thing>,
    wires: &mut Wires<'_>,
    picture: &mut Picture,
) -> Vec<String> {
    let lang = picture.lang;
    let mut emphasis: BTreeMap<Thing, Emphasis> = BTreeMap::new();
    let mut raise = |node: NodeId, to: Emphasis| {
        if let Some(thing) = things.get(&node) {
            let old = emphasis.entry(*thing).or_default();
            if matches!(*old, Emphasis::None | Emphasis::OnPath) {
                *old = to;
            }
        }
    };
    let (mut last, mut lines) = (0, Vec::new());
    let mut laid: Vec<Vec<(&Leg, u32)>> = Vec::new();
    for path in shown {
        if let Some((start, end)) = path.ends {
            raise(start, Emphasis::Source);
            raise(end, Emphasis::Target);
        }
        path.missing.iter().for_each(|n| raise(*n, Emphasis::Source));
        // Where it begins like a path before it, it shares the numbers.
        let alike = |other: &Vec<(&Leg, u32)>| other.iter().zip(&path.legs).take_while(|((a, _), b)| a == b).count();
        let shared = laid.iter().max_by_key(|other| alike(other)).map_or_else(Vec::new, |o| o[..alike(o)].to_vec());
        let mut own: Vec<(&Leg, u32)> = Vec::new();
        for (at, leg) in path.legs.iter().enumerate() {
            leg.chain.iter().for_each(|n| raise(*n, Emphasis::OnPath));
            let step = shared.get(at).map_or(last + 1, |(_, step)| *step);
            if wires.lay(leg, path.mark, step) {
                last = last.max(step);
            }
            own.push((leg, step));
        }
        let mut numbers: Vec<u32> = own.iter().map(|(_, step)| *step).collect();
        numbers.dedup();
        lines.push(told(model, path, &numbers, lang));
        laid.push(own);
    }
    for (thing, emphasis) in emphasis {
        picture.emphasise(thing, emphasis);
    }
    lines
}

/// A path in a line of words.
fn told(model: &Model, path: &Shown, steps: &[u32], lang: Lang) -> String {
    let word = match (path.mark, path.ends) {
        (Mark::Forbidden, Some(_)) => pick(lang, "禁止された経路", "forbidden path"),
        (_, Some(_)) => pick(lang, "あり得る経路", "possible path"),
        (Mark::Forbidden, None) => pick(lang, "流れがない", "no flow"),
        (_, None) => pick(lang, "流れは未確定", "flow undecided"),
    };
    let about = question(model, &model.checks[path.check].question, lang);
    let steps: Vec<String> = steps.iter().map(u32::to_string).collect();
    let steps = match (lang, steps.is_empty()) {
        (_, true) => String::new(),
        (Lang::Ja, _) => format!("（図の番号 {}）", steps.join("→")),
        (Lang::En, _) => format!(" (steps {})", steps.join(", ")),
    };
    match lang {
        Lang::Ja => format!("指摘 {}　{word}：{about}{steps}", path.number),
        Lang::En => format!("Finding {}, {word}: {about}{steps}", path.number),
    }
}

/// The verdicts in numbers, and how many findings are not shown.
pub(super) fn counts(model: &Model, verdicts: &[Verdict], shown: &[Shown], lang: Lang) -> Vec<String> {
    let of = |status| verdicts.iter().filter(|v| v.status == status).count();
    let (bad, open, good, empty) =
        (of(Status::Violated), of(Status::Undecided), of(Status::Holds), of(Status::Vacuous));
    let mut line = match lang {
        Lang::Ja => format!("判定：検査 {} 件のうち、違反 {bad} 件、未確定 {open} 件、適合 {good} 件", verdicts.len()),
        Lang::En => format!("Verdict: of {} checks, {bad} violated, {open} undecided, {good} hold", verdicts.len()),
    };
    if empty > 0 {
        line.push_str(&match lang {
            Lang::Ja => format!("、対象なし {empty} 件"),
            Lang::En => format!(", {empty} about nothing"),
        });
    }
    let mut lines = vec![line];
    let all = groups(model, verdicts).len();
    if all > shown.len() {
        lines.push(match lang {
            Lang::Ja => format!(
                "指摘は全部で {all} 件。この図に番号で示したのは {} 件（ほか {} 件）",
                shown.len(),
                all - shown.len()
            ),
            Lang::En => format!("{all} findings in all; {} are shown here, {} are not", shown.len(), all - shown.len()),
        });
    }
    lines
}
