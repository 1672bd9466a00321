//! Tests about settings of devices: screen transfers, filters, forwarding, breakouts.

use std::collections::BTreeSet;

use super::controls::{Stops, called, stops};
use super::crossing::{crosses, grouped, open_of};
use super::{Context, Oracle};
use crate::diagnostic::Text;
use crate::guideline::outcome::{Finding, Open, Outcome};
use crate::guideline::select::{describe, faces, layers_of};
use crate::model::rulebook::Select;
use crate::model::{
    Action, AddrRange, Carrier, Edition, FaceId, Kind, Layer, NodeId, Protocol, Redirection, Role, Rule,
    SeparationModel, Settings, Transit, TypeAction,
};
use crate::verify::fast::{CrossingQuery, Hit};

/// Every endpoint face. Sorted.
fn everybody(c: &Context<'_>) -> Vec<FaceId> {
    c.model.faces.iter().filter(|(_, f)| f.segment.is_some()).map(|(id, _)| id).collect()
}

/// The screen gateways and remote browsers on the path of a crossing.
fn gateways(c: &Context<'_>, hit: &Hit) -> Vec<NodeId> {
    let w = hit.witness(c.model, c.network);
    let mut nodes: Vec<NodeId> = w
        .hops
        .iter()
        .map(|h| c.model.faces[h.to.face].node)
        .filter(|&n| matches!(c.model.nodes[n].kind, Kind::ScreenGateway | Kind::RemoteBrowser))
        .collect();
    nodes.sort_unstable();
    nodes.dedup();
    nodes
}

pub(super) fn redirections(c: &Context<'_>, viewer: &Select, to_viewer_only: bool, oracle: &mut Oracle) -> Outcome {
    let anybody = *viewer == Select::default();
    let shown = oracle.ask(CrossingQuery {
        from: if anybody { Vec::new() } else { everybody(c) },
        to: if anybody { Vec::new() } else { faces(c.model, viewer) },
        carriers: vec![Carrier::Scr],
        ..CrossingQuery::default()
    });
    let seen: BTreeSet<NodeId> = shown.iter().flat_map(|h| gateways(c, h)).collect();
    let mut outcome = Outcome::default();
    for (id, node) in c.model.nodes.iter() {
        let Settings::Screen { redirect, .. } = &node.declared.settings else { continue };
        if !anybody && !seen.contains(&id) {
            continue;
        }
        outcome.looked.push(Text::new(
            format!("{} の redirect", called(c.model, id)),
            format!("redirect of {}", called(c.model, id)),
        ));
        let unstated: Vec<&str> = redirect.iter().filter(|(_, r)| r.is_none()).map(|(f, _)| *f).collect();
        if !unstated.is_empty() {
            outcome.open.push(Open::new(
                "redirect",
                Text::new(
                    format!("`{}` の redirect のうち {} が書かれていません", node.name, unstated.join(", ")),
                    format!("redirect of `{}` does not state {}", node.name, unstated.join(", ")),
                ),
                Some(node.span),
            ));
        }
        let mut wrong: Vec<String> = Vec::new();
        let mut text_one_way = false;
        for (field, value) in redirect {
            let Some(value) = value else { continue };
            let towards_viewer = matches!(value, Redirection::ToViewer | Redirection::Both);
            match value {
                Redirection::Off => {}
                _ if to_viewer_only && !towards_viewer => {}
                Redirection::ToViewer | Redirection::ToDesktop if *field == "clipboard" && !to_viewer_only => {
                    text_one_way = true;
                }
                other => wrong.push(format!("{field}: {other:?}")),
            }
        }
        if !wrong.is_empty() {
            outcome.findings.push(Finding::at(
                id,
                node.span,
                Text::new(
                    format!("{} の画面転送で {} が開いている", called(c.model, id), wrong.join("、")),
                    format!("the screen transfer {} has {} open", called(c.model, id), wrong.join(", ")),
                ),
            ));
        }
        if text_one_way {
            let record = [vec!["SessionRecording".to_owned(), "LogReview".to_owned()]];
            match stops(c.model, id, &record) {
                Stops::Yes(words) => outcome.controls.extend(words.into_iter().map(|w| format!("{w}@{}", node.name))),
                Stops::Unstated(o) => outcome.open.push(o),
                Stops::No => outcome.findings.push(Finding::at(
                    id,
                    node.span,
                    Text::new(
                        format!(
                            "{} の一方向のクリップボードが記録されていない(SessionRecording か LogReview)",
                            called(c.model, id)
                        ),
                        format!(
                            "the one-way clipboard of {} is not recorded (SessionRecording or LogReview)",
                            called(c.model, id)
                        ),
                    ),
                )),
            }
        }
    }
    if outcome.looked.is_empty() {
        outcome.absent.push(Text::new(
            format!("{}が見る画面転送がありません", describe(viewer).ja),
            format!("no screen transfer is seen by {}", describe(viewer).en),
        ));
    }
    outcome
}

/// Pairs of viewer and desktop, with the gateway between them.
fn pairs(c: &Context<'_>, keys: &[Hit]) -> Vec<(NodeId, NodeId, NodeId)> {
    let mut all: Vec<(NodeId, NodeId, NodeId)> = keys
        .iter()
        .flat_map(|h| {
            let (viewer, desktop) = (c.model.faces[h.origin].node, c.model.faces[h.target].node);
            gateways(c, h).into_iter().map(move |g| (viewer, desktop, g))
        })
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

pub(super) fn beside_broker(c: &Context<'_>, oracle: &mut Oracle) -> Outcome {
    let everybody = everybody(c);
    let keys = oracle.ask(CrossingQuery {
        from: everybody.clone(),
        to: everybody.clone(),
        carriers: vec![Carrier::Key],
        ..CrossingQuery::default()
    });
    let beside = oracle.ask(CrossingQuery {
        from: everybody.clone(),
        to: everybody,
        carriers: vec![Carrier::Req],
        unpermitted: true,
        excused_by: vec![vec!["screen".to_owned()]],
        ..CrossingQuery::default()
    });
    let pairs = pairs(c, &keys);
    if pairs.is_empty() {
        return Outcome::absent(Text::new(
            "層をまたぐ画面転送がありません",
            "no screen transfer leads to another layer",
        ));
    }
    let segments = |n: NodeId| -> BTreeSet<_> {
        c.model.nodes[n].faces.iter().filter_map(|&f| c.model.faces[f].segment).collect()
    };
    let around: Vec<Hit> = beside
        .into_iter()
        .filter(|h| {
            let viewer = c.model.faces[h.origin].node;
            let there = c.model.faces[h.target].segment;
            pairs.iter().any(|(v, d, _)| *v == viewer && there.is_some_and(|s| segments(*d).contains(&s)))
        })
        .collect();
    let mut outcome = Outcome {
        findings: grouped(c, &around, |_, from, to| {
            Text::new(
                format!("{from} が、画面転送の横を通って {to} にじかに通信できる"),
                format!("{from} can reach {to} beside the screen transfer"),
            )
        }),
        ..Outcome::default()
    };
    outcome.open = open_of(c, &outcome.findings);
    outcome.looked.push(Text::new(
        format!("画面転送の見る側と見られる側 {} 組", pairs.len()),
        format!("{} pairs of viewer and desktop", pairs.len()),
    ));
    outcome
}

pub(super) fn broker_mfa(c: &Context<'_>, viewer: &[Layer], desktop: &[Layer], oracle: &mut Oracle) -> Outcome {
    let side = |layers: &[Layer]| faces(c.model, &Select { layers: layers.to_vec(), ..Select::default() });
    let keys = oracle.ask(CrossingQuery {
        from: side(viewer),
        to: side(desktop),
        carriers: vec![Carrier::Key],
        ..CrossingQuery::default()
    });
    let found: BTreeSet<NodeId> = keys.iter().flat_map(|h| gateways(c, h)).collect();
    let mut outcome = Outcome::default();
    for node in found {
        let n = &c.model.nodes[node];
        outcome.looked.push(Text::new(
            format!("{} のログイン", called(c.model, node)),
            format!("the login of {}", called(c.model, node)),
        ));
        match stops(c.model, node, &[vec!["Mfa".to_owned()]]) {
            Stops::Yes(_) => outcome.controls.push(format!("Mfa@{}", n.name)),
            Stops::Unstated(o) => outcome.open.push(o),
            Stops::No => outcome.findings.push(Finding::at(
                node,
                n.span,
                Text::new(
                    format!("画面転送 {} に、それ自身の多要素認証(Mfa)がない", called(c.model, node)),
                    format!("the screen transfer {} has no multi-factor login of its own (Mfa)", called(c.model, node)),
                ),
            )),
        }
    }
    if outcome.looked.is_empty() {
        outcome
            .absent
            .push(Text::new("その層のあいだに画面転送がありません", "no screen transfer leads between the layers"));
    }
    outcome
}

pub(super) fn terminal_browser(c: &Context<'_>, oracle: &mut Oracle) -> Outcome {
    let lgwan = Select { layers: vec![Layer::Lgwan], kinds: vec![Kind::Terminal, Kind::Desktop], ..Select::default() };
    let out = Select { layers: vec![Layer::SecurityCloud, Layer::Internet, Layer::Outside], ..Select::default() };
    let hits = oracle.ask(CrossingQuery {
        from: faces(c.model, &lgwan),
        to: faces(c.model, &out),
        carriers: vec![Carrier::Req],
        ..CrossingQuery::default()
    });
    let mut outcome = Outcome::default();
    for (id, node) in c.model.nodes.iter() {
        let Settings::Screen { on_terminal: true, .. } = node.declared.settings else { continue };
        outcome.looked.push(Text::new(
            format!("端末の上で動く {}", called(c.model, id)),
            format!("{}, which runs on the terminal", called(c.model, id)),
        ));
        let web = node.faces.get(1).and_then(|&f| c.model.faces[f].zone).and_then(|z| c.model.zones[z].segment);
        if web.is_some_and(|s| c.layer(s) == Layer::Lgwan) {
            outcome.findings.push(Finding::at(
                id,
                node.span,
                Text::new(
                    format!(
                        "{} が LGWAN 接続系の経路で外へ出ている(web に専用のネットワークが要る)",
                        called(c.model, id)
                    ),
                    format!("{} goes out by the LGWAN network (web needs a network of its own)", called(c.model, id)),
                ),
            ));
        }
        outcome.findings.extend(grouped(c, &hits, |_, from, to| {
            Text::new(
                format!("{from} のほかのプログラムも {to} へ出られる"),
                format!("other programs of {from} can go out to {to}, too"),
            )
        }));
    }
    outcome.open.extend(open_of(c, &outcome.findings));
    if outcome.looked.is_empty() {
        outcome.absent.push(Text::new(
            "端末の上で動く分離ブラウザ(on_terminal)がありません",
            "no isolated browser runs on a terminal (on_terminal)",
        ));
    }
    outcome
}

pub(super) fn types(c: &Context<'_>, never: &[TypeAction], of: &[String]) -> Outcome {
    let mut outcome = Outcome::default();
    let asked = |t: &str| of.is_empty() || of.iter().any(|w| t.contains(w.as_str()));
    for (id, node) in c.model.nodes.iter() {
        let name = called(c.model, id);
        match &node.declared.settings {
            Settings::Filter { types, otherwise } => {
                outcome.looked.push(Text::new(format!("{name} の形式の表"), format!("the type table of {name}")));
                let wrong: Vec<String> = types
                    .iter()
                    .filter(|(t, a)| asked(t) && never.contains(a))
                    .map(|(t, a)| format!("{t}: {a:?}"))
                    .collect();
                if !wrong.is_empty() {
                    outcome.findings.push(Finding::at(
                        id,
                        node.span,
                        Text::new(
                            format!("{name} が {} を素通しする", wrong.join("、")),
                            format!("{name} passes {} as it is", wrong.join(", ")),
                        ),
                    ));
                }
                let listed = !of.is_empty() && types.iter().any(|(t, _)| asked(t));
                match otherwise {
                    _ if listed => {}
                    None => outcome.open.push(Open::new(
                        "otherwise",
                        Text::new(
                            format!("`{}` が表にない形式をどう扱うか(otherwise)が書かれていません", node.name),
                            format!("what `{}` does with other types (otherwise) is not stated", node.name),
                        ),
                        Some(node.span),
                    )),
                    Some(action) if never.contains(action) => outcome.findings.push(Finding::at(
                        id,
                        node.span,
                        Text::new(
                            format!("{name} が表にない形式を素通しする(otherwise: {action:?})"),
                            format!("{name} passes all other types as they are (otherwise: {action:?})"),
                        ),
                    )),
                    Some(_) => {}
                }
            }
            Settings::Mail { passes } if of.is_empty() => {
                outcome.looked.push(Text::new(format!("{name} の添付"), format!("attachments at {name}")));
                match passes {
                    None => outcome.open.push(Open::new(
                        "attachments",
                        Text::new(
                            format!("`{}` の添付の扱い(attachments)が書かれていません", node.name),
                            format!("what `{}` does with attachments is not stated", node.name),
                        ),
                        Some(node.span),
                    )),
                    Some(true) => outcome.findings.push(Finding::at(
                        id,
                        node.span,
                        Text::new(
                            format!("{name} が添付をそのまま通す(attachments: Pass)"),
                            format!("{name} passes attachments as they are (attachments: Pass)"),
                        ),
                    )),
                    Some(false) => {}
                }
            }
            _ => {}
        }
    }
    if outcome.looked.is_empty() {
        outcome
            .absent
            .push(Text::new("図面に無害化・検査の装置がありません", "the drawing has no sanitiser or inspector"));
    }
    outcome
}

pub(super) fn not_forwarding(c: &Context<'_>, kinds: &[Kind]) -> Outcome {
    let mut outcome = Outcome::default();
    for (id, node) in c.model.nodes.iter().filter(|(_, n)| kinds.contains(&n.kind)) {
        outcome.looked.push(Text::new(
            format!("{} の転送設定", called(c.model, id)),
            format!("whether {} forwards", called(c.model, id)),
        ));
        if c.model.transits.values().any(|t| t.node == id) {
            outcome.findings.push(Finding::at(
                id,
                node.span,
                Text::new(
                    format!("{} がパケットも転送している(forwards)", called(c.model, id)),
                    format!("{} also forwards packets (forwards)", called(c.model, id)),
                ),
            ));
        }
    }
    if outcome.looked.is_empty() {
        outcome.absent.push(Text::new("その種類の機器が図面にありません", "the drawing has no such device"));
    }
    outcome
}

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
