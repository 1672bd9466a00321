//! Tests about breakouts from the LGWAN side: in which models, where to, for whom, and what passes beside them.

use super::controls::called;
use super::crossing::{crosses, grouped, open_of};
use super::{Context, Oracle};
use crate::diagnostic::Text;
use crate::guideline::outcome::{Finding, Open, Outcome};
use crate::guideline::select::{faces, layers_of};
use crate::model::rulebook::Select;
use crate::model::{
    Action, AddrRange, Carrier, Edition, Kind, Layer, NodeId, Protocol, Role, Rule, SeparationModel, Settings, Transit,
};
use crate::verify::fast::CrossingQuery;

/// Breakouts from the LGWAN side, with their transit rows.
fn breakouts<'a>(c: &Context<'a>) -> Vec<(NodeId, &'a Transit)> {
    c.model
        .nodes
        .iter()
        .filter(|(_, n)| n.kind == Kind::Breakout)
        .filter_map(|(id, n)| match n.role {
            Role::Transit(t) => Some((id, &c.model.transits[t])),
            _ => None,
        })
        .filter(|(id, _)| {
            let layers = layers_of(c.model, *id);
            layers.contains(&Layer::Lgwan) || !layers.contains(&Layer::Internet)
        })
        .collect()
}

fn no_breakout() -> Outcome {
    Outcome::absent(Text::new(
        "図面に LGWAN 接続系のブレイクアウト(Breakout)がありません",
        "the drawing has no breakout from the LGWAN segment (Breakout)",
    ))
}

pub(super) fn breakout_only(c: &Context<'_>, models: &[SeparationModel], since: Edition) -> Outcome {
    let mut outcome = Outcome::default();
    for (id, t) in breakouts(c) {
        let name = called(c.model, id);
        outcome.looked.push(Text::new(format!("ブレイクアウト {name}"), format!("the breakout {name}")));
        if !c.declared.is_some_and(|m| models.contains(&m)) {
            outcome.findings.push(Finding::at(
                id,
                t.span,
                Text::new(
                    format!("宣言したモデルではブレイクアウト {name} を置けない"),
                    format!("the declared model has no place for the breakout {name}"),
                ),
            ));
        } else if c.model.edition.is_some_and(|e| e < since) {
            outcome.findings.push(Finding::at(
                id,
                t.span,
                Text::new(
                    format!("ブレイクアウト {name} は{}より前の版では認められていない", since.name().ja),
                    format!("the breakout {name} is not provided for before the edition of {}", since.name().en),
                ),
            ));
        } else if c.model.edition.is_none() {
            outcome.open.push(Open::new(
                "edition",
                Text::new("版(edition)が書かれていません", "the edition (edition) is not stated"),
                None,
            ));
        }
    }
    if outcome.looked.is_empty() { no_breakout() } else { outcome }
}

/// More addresses than a named service can have.
fn broad(ranges: &[AddrRange]) -> bool {
    ranges.iter().any(|r| {
        let count = r.last.bits() - r.first.bits();
        let v4 = r.first.is_v4();
        if v4 { count >= 1 << 16 } else { count >= 1 << 96 }
    })
}

/// Why a destination names nothing in particular.
fn too_wide(c: &Context<'_>, rule: &Rule) -> bool {
    let d = &rule.destination;
    d.any
        || broad(&d.literal)
        || broad(&d.named)
        || d.faces.iter().any(|&f| {
            let node = c.model.node_of(f);
            node.kind == Kind::Internet || c.model.faces[f].segment.is_some_and(|s| c.layer(s) == Layer::Outside)
        })
}

pub(super) fn breakout_destinations(c: &Context<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    for (id, t) in breakouts(c) {
        let name = called(c.model, id);
        outcome.looked.push(Text::new(format!("ブレイクアウト {name} の宛先"), format!("destinations of {name}")));
        if t.default == Some(Action::Permit) || t.rules.is_none() {
            outcome.findings.push(Finding::at(
                id,
                t.span,
                Text::new(
                    format!("{name} は規則にない宛先も通す(default)"),
                    format!("{name} passes destinations that no rule names (default)"),
                ),
            ));
        } else if t.default.is_none() {
            outcome.open.push(Open::new(
                "default",
                Text::new(
                    format!("`{}` の default が書かれていません", c.model.nodes[id].name),
                    format!("the default of `{}` is not stated", c.model.nodes[id].name),
                ),
                Some(t.span),
            ));
        }
        for rule in t.rules.iter().flatten().filter(|r| r.action == Action::Permit) {
            let unlisted = c.model.switches.lbo_allow.as_ref().and_then(|allow| {
                let nodes = rule.destination.faces.iter().map(|&f| c.model.node_of(f));
                nodes.into_iter().find(|n| !allow.contains(&n.name)).map(|n| n.name.clone())
            });
            let text = if too_wide(c, rule) {
                Text::new(
                    format!("{name} の規則「{}」の宛先が広すぎる", rule.text),
                    format!("the destination of the rule \"{}\" of {name} is too wide", rule.text),
                )
            } else if let Some(node) = unlisted {
                Text::new(
                    format!("{name} の宛先 {node} が lbo_allow の一覧にない"),
                    format!("the destination {node} of {name} is not on the list lbo_allow"),
                )
            } else {
                continue;
            };
            outcome.findings.push(Finding::at(id, rule.span, text));
        }
    }
    if outcome.looked.is_empty() { no_breakout() } else { outcome }
}

pub(super) fn breakout_tenants(c: &Context<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    for (id, t) in breakouts(c) {
        let Settings::Breakout { tenants } = &c.model.nodes[id].declared.settings else { continue };
        let name = called(c.model, id);
        outcome.looked.push(Text::new(format!("ブレイクアウト {name} のテナント"), format!("tenants of {name}")));
        match tenants {
            None => outcome.open.push(Open::new(
                "tenants",
                Text::new(
                    format!("`{}` のテナント制限(tenants)が書かれていません", c.model.nodes[id].name),
                    format!("the tenant restriction of `{}` (tenants) is not stated", c.model.nodes[id].name),
                ),
                Some(t.span),
            )),
            Some(list) if list.is_empty() || list.iter().any(|t| t == "any" || t == "*") => {
                outcome.findings.push(Finding::at(
                    id,
                    t.span,
                    Text::new(
                        format!("{name} にテナント制限がなく、ほかのテナントにも出られる"),
                        format!("{name} restricts no tenant, so other tenants can be reached, too"),
                    ),
                ));
            }
            Some(list) => outcome.controls.extend(list.iter().map(|t| format!("tenant {t}"))),
        }
    }
    if outcome.looked.is_empty() { no_breakout() } else { outcome }
}

pub(super) fn breakout_protocols(c: &Context<'_>, oracle: &mut Oracle) -> Outcome {
    let side = |layers: &[Layer]| faces(c.model, &Select { layers: layers.to_vec(), ..Select::default() });
    let found = breakouts(c);
    // A breakout that restricts no tenant bears no label `lbo`, but what passes it does not go around it.
    let mut excused_by = vec![vec!["lbo".to_owned()], vec!["screen".to_owned()]];
    excused_by.extend(found.iter().map(|(id, _)| vec![c.model.nodes[*id].name.clone()]));
    let beside = oracle.ask(CrossingQuery {
        from: side(&[Layer::Lgwan]),
        to: side(&[Layer::Saas, Layer::Outside]),
        carriers: vec![Carrier::Req],
        excused_by,
        ..CrossingQuery::default()
    });
    if found.is_empty() {
        return no_breakout();
    }
    let mut outcome = Outcome::default();
    for (id, t) in found {
        let name = called(c.model, id);
        outcome.looked.push(Text::new(format!("{name} を通らない通信"), format!("what passes beside {name}")));
        for rule in t.rules.iter().flatten().filter(|r| r.action == Action::Permit && too_wide(c, r)) {
            if rule.services.iter().any(|s| s.protocol != Some(Protocol::Tcp)) {
                outcome.findings.push(Finding::at(
                    id,
                    rule.span,
                    Text::new(
                        format!("{name} の規則「{}」が、宛先を限らずに TCP 以外を通す", rule.text),
                        format!("the rule \"{}\" of {name} passes more than TCP to anybody", rule.text),
                    ),
                ));
            }
        }
    }
    outcome.findings.extend(grouped(c, &beside, crosses));
    outcome.open.extend(open_of(c, &outcome.findings));
    outcome
}
