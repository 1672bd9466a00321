//! Which future day turns a verdict red: exceptions that expire, and measures that grow old.
//!
//! Nothing is decided again here: what an exception covers today counts on the day after its last.

use super::judge::{Input, RuleVerdict, Verdict};
use super::outcome::Answer;
use super::register::{Register, Standing};
use crate::diagnostic::Text;
use crate::model::Date;
use crate::model::rulebook::Decide;

/// A day on which a rule turns red, if the drawing stays as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// The first day on which it is violated.
    pub on: Date,
    /// The rule, or the kind of check.
    pub rule: String,
    /// Why.
    pub why: Text,
}

/// Every day after the day of the report on which something turns red, the earliest first.
#[must_use]
pub fn turns(input: &Input<'_>, rules: &[RuleVerdict<'_>], register: &Register) -> Vec<Turn> {
    let mut all = Vec::new();
    for (e, standing) in input.model.exceptions.iter().zip(&register.standings) {
        if let (Standing::Active, Some(until)) = (standing, e.until) {
            all.push(Turn {
                on: until.next(),
                rule: e.rule.clone(),
                why: Text::new(
                    format!("例外 {} の期限が {until} で切れる", e.id),
                    format!("the exception {} expires on {until}", e.id),
                ),
            });
        }
    }
    let months = input.model.switches.audit_period_months;
    for rule in rules {
        let Verdict::Decided(outcome) = &rule.verdict else { continue };
        // A rule that is violated already cannot turn.
        if outcome.answer() == Answer::Violated {
            continue;
        }
        for id in dated(&rule.rule.decide) {
            let Some(m) = input.model.measures.iter().find(|m| m.control == *id && m.in_place == Some(true)) else {
                continue;
            };
            let Some(on) = m.on else { continue };
            let last = on.months_later(months);
            if input.as_of.is_none_or(|today| today <= last) {
                all.push(Turn {
                    on: last.next(),
                    rule: rule.rule.id.clone(),
                    why: Text::new(
                        format!("{id} の最後の実施 {on} から {months} か月を過ぎる"),
                        format!("{id} was last done on {on}, more than {months} months before"),
                    ),
                });
            }
        }
    }
    all.sort_by(|a, b| (a.on, &a.rule, &a.why.en).cmp(&(b.on, &b.rule, &b.why.en)));
    all
}

/// The measures of a test that have to be repeated. Under `Any` another part may still hold, so nothing is foretold.
fn dated(decide: &Decide) -> Vec<&String> {
    match decide {
        Decide::All(list) => list.iter().flat_map(dated).collect(),
        Decide::If { then, .. } => dated(then),
        Decide::Measures(t) => t.dated.iter().collect(),
        _ => Vec::new(),
    }
}
