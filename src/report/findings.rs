//! What is wrong or open, grouped so that one mistake is told once, and numbered.
//!
//! One session makes two crossings, requests one way and responses the other: both belong to one finding. So do
//! several carriers that take the same way. Numbers are in the order of the report: violated, undecided, flows last.

use std::collections::BTreeMap;

use super::advice::Permits;
use super::names::Scribe;
use super::words::carried;
use super::{CheckKind, CheckReport, Finding};
use crate::diagnostic::Text;
use crate::model::{Carrier, Id, Lens, Model, NodeId, Question, Role, Status};
use crate::verify::{Answer, Cause, Level, Verdict, Witness};

/// The evidence of one finding, as positions in the verdicts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Violated or undecided.
    pub status: Status,
    /// The verdict it belongs to first.
    pub check: usize,
    /// `(verdict, path)`: positions of the paths; the first is the one to tell. Empty for a missing flow.
    pub parts: Vec<(usize, usize)>,
}

/// All findings of some verdicts, in the order of their numbers: finding `n` is element `n - 1`.
#[must_use]
pub fn groups(model: &Model, verdicts: &[Verdict]) -> Vec<Group> {
    let mut all: Vec<Group> = Vec::new();
    let mut known: BTreeMap<(bool, Shape), usize> = BTreeMap::new();
    for (i, verdict) in verdicts.iter().enumerate() {
        match &verdict.answer {
            Answer::Matrix(rows) => {
                for (j, row) in rows.iter().enumerate() {
                    let certain = row.witness.level() >= Level::Sure;
                    let at = *known.entry((certain, shape(model, &row.witness))).or_insert_with(|| {
                        let status = if certain { Status::Violated } else { Status::Undecided };
                        all.push(Group { status, check: i, parts: Vec::new() });
                        all.len() - 1
                    });
                    all[at].parts.push((i, j));
                }
            }
            Answer::Paths(paths) if !paths.is_empty() => {
                all.push(Group { status: verdict.status, check: i, parts: (0..paths.len()).map(|j| (i, j)).collect() });
            }
            Answer::Flow { .. } if verdict.status != Status::Holds => {
                all.push(Group { status: verdict.status, check: i, parts: Vec::new() });
            }
            _ => {}
        }
    }
    for group in &mut all {
        let carrier = |&(i, j): &(usize, usize)| match &verdicts[i].answer {
            Answer::Matrix(rows) => rows.get(j).map(|r| rank(r.carrier)),
            _ => None,
        };
        group.parts.sort_by_key(|p| (carrier(p), *p));
        if let Some(&(first, _)) = group.parts.first() {
            group.check = first;
        }
    }
    let flow = |g: &Group| matches!(model.checks[verdicts[g.check].check].question, Question::Require { .. });
    all.sort_by_key(|g| (flow(g), g.status != Status::Violated, g.check, g.parts.first().copied()));
    all
}

/// What says most about a connection comes first: who opens it before what comes back.
fn rank(carrier: Carrier) -> usize {
    let order = [
        Carrier::Own,
        Carrier::Ctl,
        Carrier::Req,
        Carrier::Key,
        Carrier::Raw,
        Carrier::Rsp,
        Carrier::Scr,
        Carrier::Chk,
        Carrier::San,
        Carrier::Txt,
    ];
    order.iter().position(|&k| k == carrier).unwrap_or(order.len())
}

/// The two ends of a way, whichever comes first, and what lies between.
type Shape = ((NodeId, NodeId), Vec<NodeId>);

fn shape(model: &Model, witness: &Witness) -> Shape {
    let ends = (model.faces[witness.start.face].node, model.faces[witness.end().face].node);
    let mut between: Vec<NodeId> = Vec::new();
    for hop in &witness.hops {
        for face in [hop.from.face, hop.to.face] {
            if matches!(model.node_of(face).role, Role::Mediator(_)) {
                between.push(model.faces[face].node);
            }
        }
        if let Cause::Session(s) = &hop.cause {
            between.extend(s.forward.iter().map(|p| model.transits[p.device].node));
        }
    }
    between.sort_unstable();
    between.dedup();
    ((ends.0.min(ends.1), ends.0.max(ends.1)), between)
}

/// The findings of a report, told.
pub(super) fn findings(scribe: &Scribe<'_>, verdicts: &[Verdict], checks: &[CheckReport]) -> Vec<Finding> {
    let permits = Permits::new(scribe.model);
    groups(scribe.model, verdicts)
        .into_iter()
        .enumerate()
        .map(|(i, group)| Finding {
            number: i + 1,
            status: group.status,
            title: title(&group, checks),
            check: group.check,
            advice: scribe.advice(&permits, &group, verdicts),
            parts: group.parts,
        })
        .collect()
}

fn title(group: &Group, checks: &[CheckReport]) -> Text {
    let check = &checks[group.check];
    let certain = group.status == Status::Violated;
    let (a, b) = (&check.from, &check.to);
    let maybe = if certain { "" } else { "可能性があります" };
    match &check.kind {
        CheckKind::Matrix => {
            let k = group.parts.first().map_or(Carrier::Own, |&(i, j)| checks[i].evidence[j].carrier);
            if k == Carrier::Own {
                let (ja, en) = if certain {
                    ("つながっています", "are")
                } else {
                    ("つながっているかもしれません", "may be")
                };
                return Text::new(
                    format!("{} と {} が、一つの機器で{ja}", a.ja, b.ja),
                    format!("{} and {} {en} joined by one machine", a.en, b.en),
                );
            }
            let k = carried(Lens::Direct, k);
            let verb = if certain { "が通ります" } else { "が通る" };
            Text::new(
                format!("{} から {} へ、許可のない{}{verb}{maybe}", a.ja, b.ja, k.ja),
                format!(
                    "from {} to {}, without a permit: {}{}",
                    a.en,
                    b.en,
                    k.en,
                    if certain { "" } else { " (possibly)" }
                ),
            )
        }
        CheckKind::Forbid(Lens::Leak, eyes) => {
            let verb = if certain { "漏れます" } else { "漏れる" };
            let seen = if *eyes { "(画面を見て写す場合を含む)" } else { "" };
            Text::new(
                format!("{} の情報が {} へ{verb}{maybe}{seen}", a.ja, b.ja),
                format!("information of {} {} to {}", a.en, if certain { "leaks" } else { "may leak" }, b.en),
            )
        }
        CheckKind::Forbid(..) => {
            let verb = if certain { "乗っ取れます" } else { "乗っ取れる" };
            Text::new(
                format!("{} から攻撃して {} を{verb}{maybe}", a.ja, b.ja),
                format!(
                    "an attacker at {} {} take over {}",
                    a.en,
                    if certain { "can" } else { "may be able to" },
                    b.en
                ),
            )
        }
        CheckKind::Require(k, _) => {
            let k = carried(Lens::Direct, *k);
            let (ja, en) = if certain {
                ("が通りません", "do not pass")
            } else {
                ("が通るとは言い切れません", "may not pass")
            };
            Text::new(
                format!("必要な通信「{}」: {} から {} へ{}{ja}", check.name, a.ja, b.ja, k.ja),
                format!("required flow \"{}\": from {} to {}, {} {en}", check.name, a.en, b.en, k.en),
            )
        }
    }
}

impl Group {
    /// The paths of the finding, the one to tell first.
    #[must_use]
    pub fn witnesses<'v>(&self, verdicts: &'v [Verdict]) -> Vec<&'v Witness> {
        let path = |&(i, j): &(usize, usize)| match &verdicts.get(i)?.answer {
            Answer::Matrix(rows) => rows.get(j).map(|r| &r.witness),
            Answer::Paths(paths) => paths.get(j),
            _ => None,
        };
        self.parts.iter().filter_map(path).collect()
    }

    /// The position of the finding's first verdict's check among the checks.
    #[must_use]
    pub fn check_index(&self, verdicts: &[Verdict]) -> usize {
        verdicts.get(self.check).map_or(0, |v| v.check.index())
    }
}
