//! Tests about screen transfers: what they carry, who gets around them, how they ask for a login, what they show.

use std::collections::BTreeSet;

use super::controls::{Stops, called, stops};
use super::crossing::{grouped, open_of};
use super::{Context, Oracle};
use crate::diagnostic::Text;
use crate::guideline::outcome::{Finding, Open, Outcome};
use crate::guideline::select::{describe, faces, layer_name};
use crate::model::rulebook::Select;
use crate::model::{Carrier, Edition, FaceId, Kind, Layer, NodeId, Redirection, Settings};
use crate::verify::fast::{CrossingQuery, Hit};

/// Every endpoint face. Sorted.
fn everybody(c: &Context<'_>) -> Vec<FaceId> {
    c.model.faces.iter().filter(|(_, f)| f.segment.is_some()).map(|(id, _)| id).collect()
}

/// The screen gateways and remote browsers on the path of a crossing.
fn gateways(c: &Context<'_>, hit: &Hit) -> Vec<NodeId> {
    let mut nodes: Vec<NodeId> = hit
        .faces(c.network)
        .map(|f| c.model.faces[f].node)
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

/// Where the screen of a layer is shown, and whether edition and switches permit it.
pub(super) fn screen_of(c: &Context<'_>, layer: Layer, since: Edition, oracle: &mut Oracle) -> Outcome {
    let from = faces(c.model, &Select { layers: vec![layer], ..Select::default() });
    let to: Vec<FaceId> =
        c.model.faces.ids().filter(|&f| c.model.endpoint_of(f).is_some() && from.binary_search(&f).is_err()).collect();
    let shown = oracle.ask(CrossingQuery { from, to, carriers: vec![Carrier::Scr], ..CrossingQuery::default() });
    if shown.is_empty() {
        return Outcome::absent(Text::new(
            format!("{}の画面を見せる画面転送がありません", layer_name(layer).ja),
            format!("no screen transfer shows {}", layer_name(layer).en),
        ));
    }
    let mut outcome = Outcome::default();
    let switches = &c.model.switches;
    let refused: Vec<Hit> = shown
        .iter()
        .filter(|h| {
            let viewer = c.model.faces[h.target].segment.map(|s| c.layer(s));
            let permitted = match viewer {
                Some(Layer::Lgwan | Layer::OwnInternal) => switches.mn_screen,
                Some(Layer::Internet) => switches.mn_screen_in,
                Some(Layer::Remote) => switches.mn_screen_rt,
                // Vendors look in under rules of their own.
                Some(l) => l == layer || matches!(l, Layer::GovCloud | Layer::Vendor),
                None => false,
            };
            !permitted || c.model.edition.is_some_and(|e| e < since)
        })
        .cloned()
        .collect();
    outcome.findings = grouped(c, &refused, |_, from, to| {
        Text::new(
            format!("{from} の画面が {to} に見せられているが、版か切り替え(mn_screen など)がそれを認めていない"),
            format!("the screen of {from} is shown to {to}, which edition or switches (mn_screen, …) do not permit"),
        )
    });
    outcome.open.extend(open_of(c, &outcome.findings));
    if c.model.edition.is_none() {
        outcome.open.push(Open::new(
            "edition",
            Text::new(
                format!("版(edition)が書かれていません。{}からの取り扱いです", since.name().ja),
                format!("the edition (edition) is not stated; it is possible since {}", since.name().en),
            ),
            None,
        ));
    }
    outcome.looked.push(Text::new(
        format!("{}の画面が見せられている先 {} 件", layer_name(layer).ja, shown.len()),
        format!("{} places where {} is shown", shown.len(), layer_name(layer).en),
    ));
    outcome
}
