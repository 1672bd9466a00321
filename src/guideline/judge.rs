//! Every rule of the rule book, in its order, with its answer: also those that do not apply.

use crate::diagnostic::Text;
use crate::model::rulebook::{Decide, Rule};
use crate::model::{Date, Exception, Lens, Model, Question};
use crate::network::Network;
use crate::verify::{self, Witness};

use super::decide::{Context, decide_all};
use super::outcome::{Answer, Outcome};
use super::register::Register;

/// What rules are decided on.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The drawing.
    pub model: &'a Model,
    /// The same, compiled.
    pub network: &'a Network,
    /// The verdicts of its checks.
    pub verdicts: &'a [verify::Verdict],
    /// The day for which dates are judged.
    pub as_of: Option<Date>,
}

/// The answer of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It was decided.
    Decided(Outcome),
    /// It does not apply: another model, edition or switch, or it was withdrawn.
    NotApplicable(Text),
}

/// A rule with its answer.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleVerdict<'a> {
    /// The rule, in the version that is in force.
    pub rule: &'a Rule,
    /// Its answer.
    pub verdict: Verdict,
}

impl RuleVerdict<'_> {
    /// The answer; `None` if the rule does not apply.
    #[must_use]
    pub fn answer(&self) -> Option<Answer> {
        match &self.verdict {
            Verdict::Decided(outcome) => Some(outcome.answer()),
            Verdict::NotApplicable(_) => None,
        }
    }
}

/// All rules with what exceptions cover.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged<'a> {
    /// Every rule, in the order of the rule book.
    pub rules: Vec<RuleVerdict<'a>>,
    /// What the exceptions cover, and how they stand.
    pub register: Register,
}

/// Decides every rule of the rule book, and then what exceptions cover.
#[must_use]
pub fn judge<'a>(input: &Input<'a>) -> Judged<'a> {
    let mut rules = decided(input);
    let also = |e: &Exception| covers_check(input, e);
    let mut register = Register::new(input.model, &rules, input.as_of, &also);
    let about = rules.iter().position(|r| r.rule.decide == Decide::Exceptions && r.answer().is_some());
    if let Some(i) = about {
        let outcome = register.outcome(input.model, input.as_of);
        register.covered[i] = vec![None; outcome.findings.len()];
        rules[i].verdict = Verdict::Decided(outcome);
    }
    Judged { rules, register }
}

/// Whether an exception covers a path of some check by the kind of the check.
fn covers_check(input: &Input<'_>, e: &Exception) -> bool {
    input.verdicts.iter().any(|v| {
        kind_of(&input.model.checks[v.check].question) == Some(e.rule.as_str())
            && witnesses(&v.answer).iter().any(|w| covers_path(input.model, e, w))
    })
}

/// The word by which an exception names a kind of check.
#[must_use]
pub fn kind_of(question: &Question) -> Option<&'static str> {
    match question {
        Question::Matrix { .. } => Some("Matrix"),
        Question::Forbid { lens: Lens::Leak, .. } => Some("Leak"),
        Question::Forbid { .. } => Some("Attack"),
        Question::Require { .. } => None,
    }
}

fn witnesses(answer: &verify::Answer) -> Vec<&Witness> {
    match answer {
        verify::Answer::Matrix(rows) => rows.iter().map(|u| &u.witness).collect(),
        verify::Answer::Paths(paths) => paths.iter().collect(),
        _ => Vec::new(),
    }
}

/// Whether the scope of an exception has a device or an end of a path.
#[must_use]
pub fn covers_path(model: &Model, e: &Exception, w: &Witness) -> bool {
    let nodes = super::decide::nodes_on(model, w);
    let mut segments: Vec<_> = [w.start.face, w.end().face].iter().filter_map(|&f| model.faces[f].segment).collect();
    segments.sort_unstable();
    e.scoped && super::register::cover(e, &nodes, &segments)
}

fn decided<'a>(input: &Input<'a>) -> Vec<RuleVerdict<'a>> {
    let model: &'a Model = input.model;
    let rules = model.rulebook.in_force(model.edition);
    let barred: Vec<Option<Text>> = rules.iter().map(|r| why_not(model, r)).collect();
    let asked: Vec<_> = rules.iter().zip(&barred).filter(|(_, b)| b.is_none()).map(|(r, _)| &r.decide).collect();
    let mut outcomes = decide_all(&Context::new(input), &asked).into_iter();
    rules
        .into_iter()
        .zip(barred)
        .map(|(rule, barred)| {
            let verdict = match barred {
                Some(why) => Verdict::NotApplicable(why),
                None => Verdict::Decided(outcomes.next().unwrap_or_default()),
            };
            RuleVerdict { rule, verdict }
        })
        .collect()
}

/// Why a rule does not apply to a drawing.
fn why_not(model: &Model, rule: &Rule) -> Option<Text> {
    let Some(declared) = model.declared else {
        return Some(Text::new("図面がモデルを宣言していません(model)", "the drawing declares no model (model)"));
    };
    if rule.withdrawn {
        return Some(Text::new("規則集が取り下げています", "withdrawn by a rule pack"));
    }
    // A group that follows a model of its own brings the rules of that model.
    let models = std::iter::once(declared).chain(model.groups.iter().map(|g| g.model));
    if !rule.models.is_empty() && !models.into_iter().any(|m| rule.models.contains(&m)) {
        let names =
            |f: fn(crate::model::SeparationModel) -> Text| rule.models.iter().map(|&m| f(m)).collect::<Vec<_>>();
        let list = names(model_name);
        return Some(Text::new(
            format!("{} の規則です", list.iter().map(|t| t.ja.as_str()).collect::<Vec<_>>().join("・")),
            format!("a rule of {}", list.iter().map(|t| t.en.as_str()).collect::<Vec<_>>().join(", ")),
        ));
    }
    if let (Some(since), Some(edition)) = (rule.since, model.edition)
        && edition < since
    {
        return Some(Text::new(
            format!("ガイドライン{}からの規則です", since.name().ja),
            format!("a rule since the edition of {}", since.name().en),
        ));
    }
    if let Some(switch) = &rule.switch
        && !super::decide::switch_is_on(model, switch)
    {
        return Some(Text::new(
            format!("切り替え `{switch}` が選ばれていません"),
            format!("the switch `{switch}` is not set so"),
        ));
    }
    None
}

/// What people call a model.
#[must_use]
pub(super) fn model_name(model: crate::model::SeparationModel) -> Text {
    use crate::model::SeparationModel as M;
    let (ja, en) = match model {
        M::Physical => ("物理分離", "physical separation"),
        M::Alpha => ("αモデル", "the α model"),
        M::AlphaPrime => ("α′モデル", "the α′ model"),
        M::Beta => ("βモデル", "the β model"),
        M::BetaPrime => ("β′モデル", "the β′ model"),
    };
    Text::new(ja, en)
}
