//! A composition held against all bodies in one graph: every attack and leak check of every leaf, reached or not.
//!
//! Neither side knows how the other came to its answer: one has ways through others in the drawing of one body for many
//! that are alike, the other every body as it is drawn. Only for regions whose bodies are apart.

use std::collections::BTreeMap;

use super::detour::others_name;
use super::frame::Frame;
use super::union::{Asking, At, From, Steps, Union};
use super::{Composition, Kind};
use crate::change::{Key, Standing};
use crate::document::Region;
use crate::model::{Layer, Lens, Model, Question};
use crate::network::flat::Condensed;
use crate::packet::Level;

/// A check to which the two answers differ.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Disagreement {
    /// The path of the body.
    pub body: String,
    /// The check, as it is named in the body that was judged for all of its kind.
    pub check: String,
    /// What the composition says: whether there is a path, and whether one is certain.
    pub composed: [bool; 2],
    /// What all bodies in one graph say.
    pub together: [bool; 2],
}

/// So many questions are asked in one go: their answers are not all there at once.
const AT_ONCE: usize = 1024;

/// Which steps the checks of a composition are about.
#[must_use]
pub fn steps_asked(composition: &Composition) -> Vec<Steps> {
    let mut steps = Steps::of(&[Lens::Attack, Lens::Leak]);
    let checks = composition.kinds.iter().flat_map(|k| k.model.checks.values());
    for check in checks {
        if let Question::Forbid { lens, eyes: true, .. } = check.question {
            steps.extend([Level::May, Level::Sure].map(|level| Steps { lens, level, eyes: true }));
        }
    }
    steps.sort_unstable();
    steps.dedup();
    steps
}

/// Everything in which a composition and all bodies in one graph differ, and how many checks were compared. The graph has
/// the steps of [`steps_asked`].
#[must_use]
pub fn recheck(region: &Region, composition: &Composition, union: &Union) -> (usize, Vec<Disagreement>) {
    let reached = answers(union);
    let mut of_body: BTreeMap<usize, Vec<(&Asking, [bool; 2])>> = BTreeMap::new();
    for (asking, reached) in union.asking.iter().zip(reached) {
        of_body.entry(asking.body).or_default().push((asking, reached));
    }
    let mut compared = 0;
    let mut all = Vec::new();
    for kind in &composition.kinds {
        let names = forbidden(&kind.model);
        for &member in &kind.members {
            let asked = of_body.get(&member).map_or(&[][..], Vec::as_slice);
            let said = said(region, kind, &names, member, asked);
            compared += said.len();
            for ((about, check), together) in said {
                let of = if about { &kind.others } else { &kind.own };
                let composed = paths(of, &check);
                if composed != together {
                    let body = region.bodies[member].path.clone();
                    all.push(Disagreement { body, check, composed, together });
                }
            }
        }
    }
    all.sort();
    (compared, all)
}

/// The names of the checks about paths, in their order.
fn forbidden(model: &Model) -> Vec<&str> {
    let checks = model.checks.values().filter(|c| matches!(c.question, Question::Forbid { .. }));
    checks.map(|c| c.name.as_str()).collect()
}

/// What the graph says of a member, by whether it is about others and the name of the check in the judged body. Checks of
/// one name are one: so the issues of a composition are kept.
fn said(
    region: &Region,
    kind: &Kind,
    names: &[&str],
    member: usize,
    asked: &[(&Asking, [bool; 2])],
) -> BTreeMap<(bool, String), [bool; 2]> {
    let (here, judged) = (Frame::new(region, member), Frame::new(region, kind.body));
    let mut said: BTreeMap<(bool, String), [bool; 2]> = BTreeMap::new();
    // Bodies that are alike have the same checks in the same order, under names of their own.
    let mut own = 0;
    for (asking, reached) in asked {
        let key = match &asking.from {
            From::Own(_) => {
                own += 1;
                let name = names.get(own - 1).copied().unwrap_or("a check that the judged body has not");
                (false, name.to_owned())
            }
            From::Others(layer, segment) => {
                let segment = judged.absolute(&here.relative(segment));
                (true, format!("{} {} -> {segment}", asking.lens.as_str(), others_name(*layer)))
            }
        };
        let known = said.entry(key).or_default();
        *known = [known[0] | reached[0], known[1] | reached[1]];
    }
    for name in &names[own.min(names.len())..] {
        said.entry((false, (*name).to_owned())).or_default();
    }
    said
}

/// Whether a composition has a path for a check, and whether a certain one.
fn paths(standing: &Standing, check: &str) -> [bool; 2] {
    let issue = standing.issues.get(&Key::Path(check.to_owned()));
    [issue.is_some(), issue.is_some_and(|i| i.certain)]
}

/// For each question: whether there is a path, and whether there is a certain one.
fn answers(union: &Union) -> Vec<[bool; 2]> {
    let mut all = vec![[false; 2]; union.asking.len()];
    for steps in union.kinds() {
        let Some(flat) = union.flat(steps) else { continue };
        let condensed = Condensed::new(flat);
        let level = usize::from(steps.level != Level::May);
        let here = |a: &Asking| a.lens == steps.lens && a.eyes == steps.eyes;
        let mut own = Vec::new();
        let mut others: BTreeMap<Layer, Vec<usize>> = BTreeMap::new();
        for (i, asking) in union.asking.iter().enumerate().filter(|(_, a)| here(a)) {
            match &asking.from {
                From::Own(from) => own.push((i, from)),
                From::Others(layer, _) => others.entry(*layer).or_default().push(i),
            }
        }
        for some in own.chunks(AT_ONCE) {
            let sources: Vec<Vec<At>> = some.iter().map(|(_, from)| (*from).clone()).collect();
            let reach = condensed.reach(&sources);
            for (source, (i, _)) in some.iter().enumerate() {
                let to = &union.asking[*i].to[level];
                let word = to.iter().fold(0, |all, &(face, states)| all | reach.word(source / 64, face, states));
                all[*i][level] = word >> (source % 64) & 1 == 1;
            }
        }
        // What all others reach together is what any of them reaches: each is one source for all bodies.
        for (layer, asked) in others {
            let from: Vec<(usize, &Vec<At>)> =
                union.layers.iter().filter(|((l, _), _)| *l == layer).map(|((_, body), at)| (*body, at)).collect();
            for some in from.chunks(AT_ONCE) {
                let sources: Vec<Vec<At>> = some.iter().map(|(_, at)| (*at).clone()).collect();
                let reach = condensed.reach(&sources);
                for &i in &asked {
                    let asking = &union.asking[i];
                    let seen = union.seen_by(asking.body);
                    for (chunk, of) in some.chunks(64).enumerate() {
                        let strangers = of.iter().enumerate().filter(|(_, (body, _))| !seen.contains(body));
                        let strangers = strangers.fold(0u64, |all, (bit, _)| all | 1 << bit);
                        let to = &asking.to[level];
                        let word = to.iter().fold(0, |all, &(face, states)| all | reach.word(chunk, face, states));
                        all[i][level] |= word & strangers != 0;
                    }
                }
            }
        }
    }
    all
}
