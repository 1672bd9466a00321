//! How many controls have to fail before a way opens, for the questions that people ask: the worst of each kind of check.
//!
//! The numbers are those of `verify`; which check belongs to which question is read off the layers at its ends.

use std::collections::BTreeSet;

use crate::model::{FaceId, Layer, Lens, Model, Question, Status};
use crate::verify::{Verdict, fast};

/// What must not happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Goal {
    /// Somebody outside comes to control something in LGWAN.
    Lgwan,
    /// Somebody outside comes to control something of My Number work.
    MyNumber,
    /// Information of My Number work gets out.
    Leak,
}

impl Goal {
    /// All, in the order in which they are told.
    pub const ALL: [Self; 3] = [Self::Lgwan, Self::MyNumber, Self::Leak];

    /// The word of machine output.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lgwan => "outside-to-lgwan",
            Self::MyNumber => "outside-to-my-number",
            Self::Leak => "my-number-to-outside",
        }
    }
}

/// What stands in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Depth {
    /// Nothing: there is a way for certain.
    Open,
    /// It depends on what the drawing does not state.
    Undecided,
    /// So many controls have to fail: all least sets, by the names of the controls.
    Exactly(u32, Vec<Vec<String>>),
    /// At least so many: the search was ended.
    AtLeast(u32),
    /// No failing controls open a way.
    Closed,
    /// No check asks about it.
    NotAsked,
}

impl Depth {
    /// The smaller, the worse.
    fn rank(&self) -> (u8, u32) {
        match self {
            Self::Open => (0, 0),
            Self::Undecided => (1, 0),
            Self::Exactly(n, _) | Self::AtLeast(n) => (2, *n),
            Self::Closed => (3, 0),
            Self::NotAsked => (4, 0),
        }
    }
}

/// One question, with the worst answer of its checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exposure {
    /// Which question.
    pub goal: Goal,
    /// What stands in the way.
    pub depth: Depth,
    /// The checks that give this answer, by name.
    pub checks: Vec<String>,
}

fn layers(model: &Model, faces: &[FaceId]) -> BTreeSet<Layer> {
    faces.iter().filter_map(|&f| model.faces[f].segment).map(|s| model.segments[s].layer).collect()
}

fn goal(model: &Model, question: &Question) -> Option<Goal> {
    let Question::Forbid { lens, from, to, eyes: false } = question else { return None };
    let (from, to) = (layers(model, from), layers(model, to));
    let inner = |set: &BTreeSet<Layer>| set.contains(&Layer::MyNumber) || set.contains(&Layer::GovCloud);
    match lens {
        Lens::Attack if from.contains(&Layer::Outside) && to.contains(&Layer::Lgwan) => Some(Goal::Lgwan),
        Lens::Attack if from.contains(&Layer::Outside) && inner(&to) => Some(Goal::MyNumber),
        Lens::Leak if inner(&from) => Some(Goal::Leak),
        _ => None,
    }
}

/// Each question, in the order of [`Goal::ALL`].
pub(super) fn exposures(model: &Model, verdicts: &[Verdict], depths: &[Option<fast::Depth>]) -> Vec<Exposure> {
    let mut list: Vec<Exposure> =
        Goal::ALL.into_iter().map(|goal| Exposure { goal, depth: Depth::NotAsked, checks: Vec::new() }).collect();
    for (i, verdict) in verdicts.iter().enumerate() {
        let check = &model.checks[verdict.check];
        let Some(goal) = goal(model, &check.question) else { continue };
        let depth = match (verdict.status, depths.get(i).and_then(Option::as_ref)) {
            (Status::Violated, _) => Depth::Open,
            (Status::Undecided, _) => Depth::Undecided,
            (Status::Vacuous, _) | (Status::Holds, None) => continue,
            (Status::Holds, Some(fast::Depth::None)) => Depth::Closed,
            (Status::Holds, Some(fast::Depth::AtLeast(n))) => Depth::AtLeast(*n),
            (Status::Holds, Some(fast::Depth::Exactly(n, sets))) => {
                let name = |&g| model.guards[g].name.clone();
                Depth::Exactly(*n, sets.iter().map(|s| s.iter().map(name).collect()).collect())
            }
        };
        for row in list.iter_mut().filter(|r| r.goal == goal) {
            merge(row, depth.clone(), &check.name);
        }
    }
    list
}

/// Keeps the worst answer; of equal ones, all checks and all sets of controls.
fn merge(row: &mut Exposure, depth: Depth, check: &str) {
    if depth.rank() < row.depth.rank() {
        row.depth = depth;
        row.checks = vec![check.to_owned()];
    } else if depth.rank() == row.depth.rank() {
        row.checks.push(check.to_owned());
        if let (Depth::Exactly(_, all), Depth::Exactly(_, more)) = (&mut row.depth, depth) {
            for set in more {
                if !all.contains(&set) {
                    all.push(set);
                }
            }
        }
    }
}
