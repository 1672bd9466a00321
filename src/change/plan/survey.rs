//! The stages of a plan and how each stands, each looked at once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::change::standing::{Issue, Key, Standing};
use crate::document::LoadedPlan;
use crate::model::plan::{Plan, Stage, StepSet};
use crate::model::{Carrier, CheckId, Date, FaceId, Id, Model, Question, Status};
use crate::network::Network;
use crate::packet::Sessions;
use crate::verify::fast;

/// Something wrong at a stage that is so neither at the start nor at the goal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// What it is about.
    pub key: Key,
    /// The issue.
    pub issue: Issue,
}

/// So many stages keep what is known of their packets.
const MAX_LAYERS: usize = 8;

/// The stages of a plan.
pub struct Survey<'a> {
    /// The plan with its drawing.
    pub loaded: &'a LoadedPlan,
    as_of: Option<Date>,
    known: Mutex<FxHashMap<Stage, Arc<Standing>>>,
    flows: Mutex<FxHashMap<(Stage, String), Option<bool>>>,
    /// Stages whose packets were followed: others that differ only in what packets never meet take them over.
    layers: Mutex<Vec<Arc<(Model, Sessions)>>>,
    tolerated: BTreeMap<Key, bool>,
    /// How the drawing stands before the first step.
    pub start: Arc<Standing>,
    /// How it stands when all is done.
    pub goal: Arc<Standing>,
}

impl<'a> Survey<'a> {
    /// Looks at the start and the goal.
    #[must_use]
    pub fn new(loaded: &'a LoadedPlan, as_of: Option<Date>) -> Self {
        let mut survey = Self {
            loaded,
            as_of,
            known: Mutex::default(),
            flows: Mutex::default(),
            layers: Mutex::default(),
            tolerated: BTreeMap::new(),
            start: Arc::default(),
            goal: Arc::default(),
        };
        let n = loaded.plan.steps.len();
        let ends = survey.all(&[Stage::of(StepSet::NONE), Stage::of(StepSet::all(n))]);
        for end in &ends {
            for (key, issue) in &end.issues {
                let certain = survey.tolerated.entry(key.clone()).or_insert(issue.certain);
                *certain |= issue.certain;
            }
        }
        survey.start = ends[0].clone();
        survey.goal = ends[1].clone();
        survey
    }

    /// The plan.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.loaded.plan
    }

    /// How a stage stands.
    #[must_use]
    pub fn at(&self, stage: Stage) -> Arc<Standing> {
        if let Some(known) = lock(&self.known).get(&stage) {
            return known.clone();
        }
        let standing = Arc::new(match self.loaded.draw(stage) {
            Ok(drawn) => self.standing(drawn.model),
            Err(no) => Standing::no_drawing(no.text, no.span),
        });
        lock(&self.known).entry(stage).or_insert(standing).clone()
    }

    fn standing(&self, model: Model) -> Standing {
        let layers = lock(&self.layers).clone();
        let sessions = Sessions::like_one_of(&model, layers.iter().map(|l| (&l.0, &l.1)));
        let network = Network::over(&model, sessions.clone());
        let standing = Standing::over(&model, &network, self.as_of);
        if !layers.iter().any(|l| l.1.shares(&sessions)) {
            let mut kept = lock(&self.layers);
            if kept.len() >= MAX_LAYERS {
                kept.remove(0);
            }
            kept.push(Arc::new((model, sessions)));
        }
        standing
    }

    /// How some stages stand, looked at in parallel.
    #[must_use]
    pub fn all(&self, stages: &[Stage]) -> Vec<Arc<Standing>> {
        stages.par_iter().map(|&s| self.at(s)).collect()
    }

    /// How many stages were looked at.
    #[must_use]
    pub fn looked_at(&self) -> usize {
        lock(&self.known).len()
    }

    /// Whether an issue may be there: it is so at the start or at the goal, at least as certainly.
    #[must_use]
    pub fn is_tolerated(&self, key: &Key, certain: bool) -> bool {
        self.tolerated.get(key).is_some_and(|&known| known || !certain)
    }

    /// What is wrong at a stage and neither at the start nor at the goal, what is certain first.
    ///
    /// While old and new stand side by side, required flows are those of the stages before and after.
    #[must_use]
    pub fn troubles(&self, stage: Stage) -> Vec<Trouble> {
        let standing = self.at(stage);
        let mut all: Vec<Trouble> = standing
            .issues
            .iter()
            .filter(|(key, issue)| !self.is_tolerated(key, issue.certain))
            .filter(|(key, _)| stage.during.is_empty() || !matches!(key, Key::Flow(_)))
            .map(|(key, issue)| Trouble { key: key.clone(), issue: issue.clone() })
            .collect();
        all.sort_by(|a, b| (!a.issue.certain, &a.key).cmp(&(!b.issue.certain, &b.key)));
        all
    }

    /// Whether a stage has an issue that may not be there.
    #[must_use]
    pub fn has(&self, stage: Stage, key: &Key) -> bool {
        self.at(stage).issues.get(key).is_some_and(|i| !self.is_tolerated(key, i.certain))
    }

    /// Whether a required flow may exist when of some steps it is open whether they are done.
    ///
    /// `members` are those of which it is asked; empty: all. Every version of everything is drawn at once, so "no" is no for each single stage. `None`: that cannot be drawn.
    #[must_use]
    pub fn flow_may_exist(&self, stage: Stage, name: &str, members: &BTreeSet<String>) -> Option<bool> {
        let key = (stage, name.to_owned());
        if let Some(known) = lock(&self.flows).get(&key) {
            return *known;
        }
        let answer = self.loaded.draw(stage).ok().and_then(|drawn| {
            let model = drawn.model;
            let (from, to, carrier, via) = flow(&model, name)?;
            let own = |f: FaceId| {
                let node = &model.node_of(f).name;
                node.split('(').next().unwrap_or(node).to_owned()
            };
            let from: Vec<FaceId> =
                from.into_iter().filter(|&f| members.is_empty() || members.contains(&own(f))).collect();
            if from.is_empty() || to.is_empty() {
                return Some(false);
            }
            let network = Network::new(&model);
            // A group with several versions has the flow if any of them has: each is asked for itself.
            Some(from.iter().any(|&one| {
                let question = Question::Require { from: vec![one], to: to.clone(), carrier, via: via.clone() };
                fast::ask(&model, &network, CheckId::new(0), &question).status != Status::Violated
            }))
        });
        lock(&self.flows).insert(key, answer);
        answer
    }
}

type Flow = (Vec<FaceId>, Vec<FaceId>, Carrier, Vec<crate::model::LabelId>);

fn flow(model: &Model, name: &str) -> Option<Flow> {
    model.checks.values().find_map(|c| match &c.question {
        Question::Require { from, to, carrier, via } if c.name == name => {
            Some((from.clone(), to.clone(), *carrier, via.clone()))
        }
        _ => None,
    })
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // A panic elsewhere ends the program anyway; what is in the map is whole.
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
