//! How a drawing stands: everything that is wrong with it or open, under keys that other drawings share.
//!
//! The keys speak of names, so that two stages of a plan can be compared. Whether an issue may be there is not decided
//! here.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::diagnostic::Text;
use crate::guideline::{self, Input};
use crate::model::{Date, FaceId, GuardId, Lens, Model, NodeId, Question, Role, Status};
use crate::network::Network;
use crate::source::Span;
use crate::verify::{Answer, Level, Verdict, Witness, fast, replay};

/// What an issue is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// The stage cannot be drawn at all.
    NoDrawing,
    /// A crossing without a permit: from, to, carrier.
    Crossing(String, String, String),
    /// A forbidden path, by the name of its check.
    Path(String),
    /// A required flow, by the name of its check.
    Flow(String),
    /// A rule of the guideline and, if it has one, the crossing that it is about.
    Rule(String, String),
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoDrawing => f.write_str("drawing"),
            Self::Crossing(from, to, carrier) => write!(f, "{from} -> {to} {carrier}"),
            Self::Path(name) | Self::Flow(name) => f.write_str(name),
            Self::Rule(id, about) if about.is_empty() => f.write_str(id),
            Self::Rule(id, about) => write!(f, "{id} ({about})"),
        }
    }
}

/// Something that is wrong or open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// It is so whatever the drawing leaves open.
    pub certain: bool,
    /// In one sentence.
    pub text: Text,
    /// The path, with the lens under which it was found and whether eyes count. It has been replayed.
    pub path: Option<(Lens, bool, Witness)>,
    /// The names of what it depends on, as far as it is about something that is there; of a flow, the machines that lack
    /// it. Empty: about the whole.
    pub about: BTreeSet<String>,
    /// Where it is written.
    pub span: Option<Span>,
}

/// Everything wrong or open in a drawing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing {
    /// By key.
    pub issues: BTreeMap<Key, Issue>,
    /// Paths that the replay refused: a defect of the program.
    pub faults: Vec<String>,
    /// How many checks and rules were asked and held.
    pub holding: usize,
}

impl Standing {
    /// Asks everything: the checks, and the rules of the guideline as of a day.
    #[must_use]
    pub fn new(model: &Model, as_of: Option<Date>) -> Self {
        Self::over(model, &Network::new(model), as_of)
    }

    /// As [`Standing::new`], for a model that is compiled already.
    #[must_use]
    pub fn over(model: &Model, network: &Network, as_of: Option<Date>) -> Self {
        let verdicts = fast::verify(model, network);
        let judged = guideline::judge(&Input { model, network, verdicts: &verdicts, as_of });
        Self::of(model, &verdicts, Some(&judged))
    }

    /// From answers that are there already; without rules, only the checks.
    #[must_use]
    pub fn of(model: &Model, verdicts: &[Verdict], judged: Option<&guideline::Judged<'_>>) -> Self {
        let mut standing = Self::while_failing(model, verdicts, &[]);
        let Some(judged) = judged else { return standing };
        for (rule, covered) in judged.rules.iter().zip(&judged.register.covered) {
            standing.rule(model, rule, covered);
        }
        standing
    }

    /// Only the checks, from answers that are meant while some controls (sorted) do not work.
    #[must_use]
    pub fn while_failing(model: &Model, verdicts: &[Verdict], failed: &[GuardId]) -> Self {
        let mut standing = Self::default();
        for verdict in verdicts {
            standing.verdict(model, verdict, failed);
        }
        standing
    }

    /// A stage that cannot be drawn.
    #[must_use]
    pub fn no_drawing(text: Text, span: Option<Span>) -> Self {
        let issue = Issue { certain: true, text, path: None, about: BTreeSet::new(), span };
        Self { issues: BTreeMap::from([(Key::NoDrawing, issue)]), ..Self::default() }
    }

    fn add(&mut self, key: Key, issue: Issue) {
        let known = self.issues.entry(key).or_insert_with(|| issue.clone());
        if issue.certain && !known.certain {
            *known = issue;
        }
    }

    fn verdict(&mut self, model: &Model, verdict: &Verdict, failed: &[GuardId]) {
        let check = &model.checks[verdict.check];
        match (&verdict.answer, verdict.status) {
            (_, Status::Holds) => self.holding += 1,
            (Answer::Matrix(rows), _) => {
                for row in rows {
                    let segment = |s| model.segments[s].name.clone();
                    let key = Key::Crossing(segment(row.from), segment(row.to), row.carrier.as_str().to_owned());
                    let label = |s| &model.segments[s].label;
                    let (from, to, what) = (label(row.from), label(row.to), row.carrier.crossing_name());
                    let text = Text::new(
                        format!("許可のない通過: {from} → {to}({})", what.ja),
                        format!("a crossing without a permit: {from} → {to} ({})", what.en),
                    );
                    let path = (Lens::Direct, false, row.witness.clone());
                    self.path(model, failed, key, (text, None), path);
                }
            }
            (Answer::Paths(paths), _) => {
                let Question::Forbid { lens, eyes, .. } = check.question else { return };
                let text = Text::new(
                    format!("禁止された経路がある: {}", check.name),
                    format!("there is a forbidden path: {}", check.name),
                );
                for path in paths {
                    let key = Key::Path(check.name.clone());
                    self.path(model, failed, key, (text.clone(), check.span), (lens, eyes, path.clone()));
                }
            }
            (Answer::Flow { missing, .. }, status) => {
                let names: BTreeSet<String> = missing.iter().map(|&(f, _)| model.node_of(f).name.clone()).collect();
                let list = names.iter().cloned().collect::<Vec<_>>().join(", ");
                let certain = status == Status::Violated;
                let text = match certain {
                    true => Text::new(
                        format!("必要な流れがない: {}({list} から)", check.name),
                        format!("a required flow is missing: {} (from {list})", check.name),
                    ),
                    false => Text::new(
                        format!("必要な流れがあるとは言い切れない: {}({list} から)", check.name),
                        format!("a required flow is not certain: {} (from {list})", check.name),
                    ),
                };
                let issue = Issue { certain, text, path: None, about: names, span: check.span };
                self.add(Key::Flow(check.name.clone()), issue);
            }
            (Answer::Nothing, _) => {
                // A required flow without an end is a flow that is not there. A path from or to nothing is none.
                if let Question::Require { .. } = check.question {
                    let text = Text::new(
                        format!("必要な流れの端がない: {}", check.name),
                        format!("an end of a required flow is not there: {}", check.name),
                    );
                    let issue = Issue { certain: true, text, path: None, about: BTreeSet::new(), span: check.span };
                    self.add(Key::Flow(check.name.clone()), issue);
                }
            }
        }
    }

    fn path(
        &mut self,
        model: &Model,
        failed: &[GuardId],
        key: Key,
        (text, span): (Text, Option<Span>),
        path: (Lens, bool, Witness),
    ) {
        if let Err(refusal) = replay::replay(model, path.0, path.1, failed, &path.2) {
            self.faults.push(format!("{key}: {refusal}"));
        }
        let certain = path.2.level() >= Level::Sure;
        let about = about(model, &path.2);
        self.add(key, Issue { certain, text, path: Some(path), about, span });
    }

    fn rule(&mut self, model: &Model, rule: &guideline::RuleVerdict<'_>, covered: &[Option<usize>]) {
        let guideline::Verdict::Decided(outcome) = &rule.verdict else { return };
        let id = &rule.rule.id;
        let before = self.issues.len();
        let covered = covered.iter().copied().chain(std::iter::repeat(None));
        for (finding, _) in outcome.findings.iter().zip(covered).filter(|(_, c)| c.is_none()) {
            let crossing = finding.crossing.map(|(from, to, carrier)| {
                format!("{} -> {} {carrier}", model.segments[from].name, model.segments[to].name)
            });
            let key = Key::Rule(id.clone(), crossing.unwrap_or_default());
            let text = Text::new(format!("{id}: {}", finding.text.ja), format!("{id}: {}", finding.text.en));
            match &finding.path {
                Some(path) => {
                    if let Err(refusal) = replay::replay(model, path.0, path.1, &[], &path.2) {
                        self.faults.push(format!("{key}: {refusal}"));
                    }
                    let issue = Issue {
                        certain: finding.certain,
                        text,
                        about: about(model, &path.2),
                        path: Some(path.clone()),
                        span: finding.span,
                    };
                    self.add(key, issue);
                }
                None => {
                    let about = finding.nodes.iter().map(|&n| model.nodes[n].name.clone()).collect();
                    self.add(key, Issue { certain: finding.certain, text, path: None, about, span: finding.span });
                }
            }
        }
        for open in &outcome.open {
            let said = open.sentence();
            let text = Text::new(format!("{id}: {}", said.ja), format!("{id}: {}", said.en));
            let issue = Issue { certain: false, text, path: None, about: BTreeSet::new(), span: open.span };
            self.add(Key::Rule(id.clone(), String::new()), issue);
        }
        if self.issues.len() == before && outcome.answer() == guideline::Answer::Holds {
            self.holding += 1;
        }
    }
}

/// The names of everything on which a path depends: the machines and networks on it, and the devices that it passes.
fn about(model: &Model, witness: &Witness) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let face = |names: &mut BTreeSet<String>, f: FaceId| {
        names.insert(model.node_of(f).name.clone());
        if let Some(zone) = model.faces[f].zone {
            names.insert(model.zones[zone].name.clone());
        }
        if let Some(segment) = model.faces[f].segment {
            names.insert(model.segments[segment].name.clone());
        }
    };
    let node = |names: &mut BTreeSet<String>, n: NodeId| {
        names.insert(model.nodes[n].name.clone());
    };
    face(&mut names, witness.start.face);
    for hop in &witness.hops {
        face(&mut names, hop.from.face);
        face(&mut names, hop.to.face);
    }
    for n in guideline::nodes_on(model, witness) {
        node(&mut names, n);
        // What a rule of a device means depends on the addresses of what it names.
        if let Role::Transit(t) = model.nodes[n].role {
            let rules = model.transits[t].rules.iter().flatten();
            names.extend(rules.flat_map(|r| r.text.split([',', ' ', '.', '@', '>'])).map(str::to_owned));
        }
    }
    names
}
