//! Rules that do nothing, and rules that permit everything.

use super::filter::{Filter, Standing};
use super::needs::Needs;
use super::unsettled;
use crate::diagnostic::{Code, Diagnostic, Text};
use crate::model::{Action, Model, Rule, RuleState, Service, Transit};

/// The most rules before a shadowed one that are shown with their places.
const MAX_SHOWN: usize = 4;

pub(super) fn remarks(model: &Model, transit: &Transit, needs: &Needs<'_>, remarks: &mut Vec<Diagnostic>) {
    let Some(rules) = &transit.rules else { return };
    if rules.is_empty() {
        return;
    }
    let filter = Filter::new(model, transit, rules);
    let mut unknown = 0;
    for (rule, standing) in rules.iter().zip(filter.standings()) {
        remarks.extend(match standing {
            Standing::Shadowed(by) => Some(shadowed(rule, rules, &by)),
            Standing::Redundant => Some(redundant(rule, transit)),
            Standing::FitsNothing => Some(fits_nothing(rule, transit)),
            Standing::Needed => None,
            Standing::Unknown => {
                unknown += 1;
                None
            }
        });
        if permits_everything(rule) {
            remarks.push(Diagnostic::warning(
                Code::ANY_TO_ANY,
                rule.span,
                Text::new("何でも通す許可です", "this permits everything"),
                Text::new("要る相手とサービスに絞ってください", "narrow it to the peers and services that are needed"),
            ));
        }
    }
    unknown += needs.remarks(model, transit, rules, &filter, remarks);
    if unknown > 0 {
        remarks.push(unsettled(
            transit,
            Text::new(
                format!("ルールの重なりが多いので、{unknown} 個のルールは効き目を調べきれませんでした"),
                format!("so many rules overlap that it was not settled what {unknown} of them do"),
            ),
        ));
    }
}

fn word(action: Action) -> Text {
    match action {
        Action::Permit => Text::new("許可", "permits"),
        Action::Deny => Text::new("拒否", "denies"),
    }
}

fn shadowed(rule: &Rule, rules: &[Rule], by: &[usize]) -> Diagnostic {
    let mut d = Diagnostic::warning(
        Code::SHADOWED_RULE,
        rule.span,
        Text::new(
            "このルールは一度も使われません。当てはまる通信は、すべて前のルールで決まります",
            "this rule is never used: rules before it decide everything that fits it",
        ),
        Text::new("使われないルールです", "never used"),
    );
    for &j in by.iter().take(MAX_SHOWN) {
        let what = word(rules[j].action);
        d = d.also(
            rules[j].span,
            Text::new(format!("先にここで決まります({})", what.ja), format!("decided here first (it {})", what.en)),
        );
    }
    if by.len() > MAX_SHOWN {
        let more = by.len() - MAX_SHOWN;
        d = d.help(Text::new(
            format!("ほかに {more} 個の前のルールも関わっています"),
            format!("{more} more rules before it take part"),
        ));
    }
    if by.iter().any(|&j| rules[j].action != rule.action) {
        d = d.help(Text::new(
            "動作が逆のルールに隠れています。順序が入れ替わっていませんか",
            "a rule with the opposite action hides it; are they in the wrong order?",
        ));
    }
    d
}

fn redundant(rule: &Rule, transit: &Transit) -> Diagnostic {
    let d = Diagnostic::warning(
        Code::REDUNDANT_RULE,
        rule.span,
        Text::new(
            "このルールを消しても、通るものと止まるものは変わりません",
            "without this rule the same traffic would pass and be stopped",
        ),
        Text::new("なくても同じです", "changes nothing"),
    );
    if transit.default == Some(rule.action) {
        let what = word(rule.action);
        d.help(Text::new(
            format!("後のルールか既定動作(default)が、同じ「{}」と決めます", what.ja),
            format!("a later rule or the default {} the same", what.en),
        ))
    } else {
        d.help(Text::new("後のルールが、同じ結論を出します", "a later rule decides the same"))
    }
}

fn fits_nothing(rule: &Rule, transit: &Transit) -> Diagnostic {
    let (label, help) = if rule.state == RuleState::Established && transit.remembers() {
        (
            Text::new("使われないルールです", "never used"),
            Text::new(
                "この機器は通信の状態を覚えるので、established のルールは要りません",
                "this device remembers sessions, so rules with `established` are not needed",
            ),
        )
    } else {
        (
            Text::new("当てはまる通信がありません", "no traffic fits it"),
            Text::new(
                "指しているのが、アドレスを持たない機器、何もないネットワーク、IPv4 と IPv6 の組、版の違う ICMP の種類、または来たネットワークへ送り返さない機器の enters と leaves ではありませんか",
                "does it name a device without an address, an empty network, a pair of IPv4 and IPv6, an ICMP type of the other version, or what goes back where it came from on a device that sends nothing back?",
            ),
        )
    };
    Diagnostic::warning(
        Code::WRONG_SIDE,
        rule.span,
        Text::new("このルールに当てはまる通信はありません", "no traffic can ever fit this rule"),
        label,
    )
    .help(help)
}

fn permits_everything(rule: &Rule) -> bool {
    rule.action == Action::Permit
        && rule.source.any
        && rule.destination.any
        && rule.services.contains(&Service::ANY)
        && rule.state == RuleState::Any
        && rule.enters.is_empty()
        && rule.leaves.is_empty()
}
