//! Tests about machines in two places: shared ones, administration, one-way devices, collectors.

use std::collections::BTreeSet;

use super::controls::called;
use super::crossing::{crosses, grouped, open_of};
use super::{Context, Oracle};
use crate::diagnostic::Text;
use crate::guideline::outcome::{Finding, Outcome};
use crate::guideline::select::{faces, layer_name, layers_of};
use crate::model::rulebook::Select;
use crate::model::{Carrier, FaceId, Kind, Layer, NodeId, Purpose, Role, ZoneId};
use crate::verify::fast::{CrossingQuery, Hit};

fn list(layers: &BTreeSet<Layer>) -> Text {
    Text::new(
        layers.iter().map(|&l| layer_name(l).ja).collect::<Vec<_>>().join("と"),
        layers.iter().map(|&l| layer_name(l).en).collect::<Vec<_>>().join(" and "),
    )
}

pub(super) fn shared(c: &Context<'_>, kinds: &[Kind], layers: &[Layer], with: &[Layer]) -> Outcome {
    let wanted = |l: &Layer| layers.is_empty() || layers.contains(l) || with.contains(l);
    let apart = |stands: &BTreeSet<Layer>| {
        with.is_empty() || stands.iter().any(|l| layers.contains(l)) && stands.iter().any(|l| with.contains(l))
    };
    let mut outcome = Outcome::default();
    let mut looked = 0;
    for (id, node) in c.model.nodes.iter() {
        // Devices that pass packets are meant to join networks: only where a rule names their kind.
        let named = kinds.contains(&node.kind);
        if !named && (!kinds.is_empty() || node.kind == Kind::Internet || !matches!(node.role, Role::Endpoint(_))) {
            continue;
        }
        looked += 1;
        let stands: BTreeSet<Layer> = layers_of(c.model, id).into_iter().filter(|l| wanted(l)).collect();
        if stands.len() < 2 || !apart(&stands) {
            continue;
        }
        // A word in the drawing does not make one machine two: isolation is a reason for an exception.
        let inside = match node.role.isolation() {
            Some(_) => Text::new("(isolated と書かれていても一台)", " (isolated inside, but one machine)"),
            None => Text::new("", ""),
        };
        let both = list(&stands);
        outcome.findings.push(Finding::at(
            id,
            node.span,
            Text::new(
                format!("{} が{}の両方につながる一つの機器である{}", called(c.model, id), both.ja, inside.ja),
                format!("{} is one machine in both {}{}", called(c.model, id), both.en, inside.en),
            ),
        ));
    }
    if looked == 0 {
        outcome.absent.push(Text::new("その種類の機器が図面にありません", "the drawing has no machine of these kinds"));
    } else {
        outcome
            .looked
            .push(Text::new(format!("{looked} 種の機器がつながる層"), format!("the layers of {looked} machines")));
    }
    outcome
}

pub(super) fn administers(c: &Context<'_>, kinds: &[Kind], layers: &[Layer], isolated_guests: bool) -> Outcome {
    let mut outcome = Outcome::default();
    let mut looked = 0;
    for (id, node) in c.model.nodes.iter() {
        if node.declared.controls_nodes.is_empty() || !kinds.is_empty() && !kinds.contains(&node.kind) {
            continue;
        }
        looked += 1;
        let mut stands: BTreeSet<Layer> =
            node.declared.controls_nodes.iter().flat_map(|&n| layers_of(c.model, n)).collect();
        // A hypervisor stands under its guests; every other machine acts from where it is.
        if node.kind != Kind::Hypervisor {
            stands.extend(layers_of(c.model, id));
        }
        stands.retain(|l| layers.contains(l));
        if stands.len() < 2 {
            continue;
        }
        if isolated_guests && node.kind == Kind::Hypervisor && node.declared.isolates_guests {
            outcome.controls.push(format!("vmiso@{}", node.name));
            continue;
        }
        let both = list(&stands);
        outcome.findings.push(Finding::at(
            id,
            node.span,
            Text::new(
                format!("{} が{}の機器をまとめて管理できる", called(c.model, id), both.ja),
                format!("{} controls machines in {}", called(c.model, id), both.en),
            ),
        ));
    }
    if looked == 0 {
        outcome.absent.push(Text::new(
            "ほかの機器を管理する機器(members, hosts, administers)が図面にありません",
            "no machine of these kinds controls others (members, hosts, administers)",
        ));
    } else {
        outcome.looked.push(Text::new(
            format!("{looked} 種の管理機器が及ぶ層"),
            format!("the reach of {looked} controlling machines"),
        ));
    }
    outcome
}

pub(super) fn one_way(c: &Context<'_>, layers: &[Layer], oracle: &mut Oracle) -> Outcome {
    let mut outcome = Outcome::default();
    let layer_of = |z: ZoneId| c.model.zones[z].segment.map(|s| c.layer(s)).filter(|l| layers.contains(l));
    let everybody = faces(c.model, &Select { layers: layers.to_vec(), ..Select::default() });
    let face_layer = |f: FaceId| c.model.faces[f].segment.map(|s| c.layer(s));
    for transit in c.model.transits.values() {
        let Some((from, into)) = transit.one_way else { continue };
        let node = &c.model.nodes[transit.node];
        let past = transit.labels.iter().map(|&l| c.model.labels[l].clone()).collect();
        let through = oracle.ask(CrossingQuery {
            from: everybody.clone(),
            to: everybody.clone(),
            past,
            ..CrossingQuery::default()
        });
        let crossings =
            oracle.ask(CrossingQuery { from: everybody.clone(), to: everybody.clone(), ..CrossingQuery::default() });
        // Between which layers it leads: those it joins, and those that get what passes it when it ends in a network of
        // devices only.
        let mut leads: BTreeSet<(Layer, Layer)> =
            through.iter().filter_map(|h| face_layer(h.origin).zip(face_layer(h.target))).collect();
        leads.extend(layer_of(from).zip(layer_of(into)));
        // The permit of a lawful way out does not make the device one-way again.
        let back: Vec<Hit> = crossings
            .into_iter()
            .filter(|h| !matches!(h.carrier, Carrier::Scr | Carrier::Key))
            .filter(|h| {
                face_layer(h.origin).zip(face_layer(h.target)).is_some_and(|(b, a)| a != b && leads.contains(&(a, b)))
            })
            .collect();
        outcome.looked.push(Text::new(
            format!("一方向装置 {} の戻り道", called(c.model, transit.node)),
            format!("ways back beside the one-way device {}", called(c.model, transit.node)),
        ));
        let span = node.span;
        let device = transit.node;
        let name = called(c.model, device);
        outcome.findings.extend(
            grouped(c, &back, |_, from, to| {
                Text::new(
                    format!("一方向装置 {name} の逆向きに {from} から {to} へ戻る道がある"),
                    format!("beside the one-way device {name} there is a way back from {from} to {to}"),
                )
            })
            .into_iter()
            .map(|mut f| {
                f.span = f.span.or(Some(span));
                f.nodes.push(device);
                f.nodes.sort_unstable();
                f.nodes.dedup();
                f
            }),
        );
    }
    for (id, node) in c.model.nodes.iter().filter(|(_, n)| n.kind == Kind::FileShare) {
        let stands: BTreeSet<Layer> = layers_of(c.model, id).into_iter().filter(|l| layers.contains(l)).collect();
        outcome
            .looked
            .push(Text::new(format!("共有 {}", called(c.model, id)), format!("the share {}", called(c.model, id))));
        if stands.len() > 1 {
            let both = list(&stands);
            outcome.findings.push(Finding::at(
                id,
                node.span,
                Text::new(
                    format!("共有 {} は権限を分けても{}の双方向に通る", called(c.model, id), both.ja),
                    format!(
                        "the share {} passes files both ways between {}, whatever its rights say",
                        called(c.model, id),
                        both.en
                    ),
                ),
            ));
        }
    }
    outcome.open.extend(open_of(c, &outcome.findings));
    if outcome.looked.is_empty() {
        outcome
            .absent
            .push(Text::new("図面に一方向装置も共有もありません", "the drawing has no one-way device and no share"));
    }
    outcome
}

pub(super) fn collectors(c: &Context<'_>, layers: &[Layer], oracle: &mut Oracle) -> Outcome {
    let mut outcome = Outcome::default();
    let inside = faces(c.model, &Select { layers: layers.to_vec(), ..Select::default() });
    let mut collectors: BTreeSet<NodeId> = BTreeSet::new();
    for comm in c.model.communications.values().filter(|m| m.purpose == Some(Purpose::Log)) {
        collectors.extend(comm.to.iter().copied());
        // Where the collector opens the session, it pulls.
        for &n in comm.from.iter().filter(|&&n| {
            comm.to.iter().any(|&t| layers_of(c.model, t).iter().any(|l| layers.contains(l)))
                && !layers_of(c.model, n).iter().any(|l| layers.contains(l))
        }) {
            outcome
                .looked
                .push(Text::new(format!("ログの通信 {}", comm.label), format!("the log communication {}", comm.label)));
            if !c.model.switches.log_pull_ok {
                outcome.findings.push(Finding::at(
                    n,
                    comm.span,
                    Text::new(
                        format!("{} がログを取りに行く向きになっている(送らせる向きにする)", called(c.model, n)),
                        format!("{} pulls logs; they have to be pushed to it", called(c.model, n)),
                    ),
                ));
            }
        }
    }
    for &node in &collectors {
        let n = &c.model.nodes[node];
        let mut from = n.faces.clone();
        from.sort_unstable();
        let to: Vec<FaceId> = inside.iter().copied().filter(|f| c.model.faces[*f].node != node).collect();
        let hits = oracle.ask(CrossingQuery {
            from,
            to,
            carriers: vec![Carrier::Req, Carrier::Ctl, Carrier::Raw, Carrier::Own],
            ..CrossingQuery::default()
        });
        outcome.looked.push(Text::new(
            format!("ログ収集 {} から出る通信", called(c.model, node)),
            format!("what leads from the collector {}", called(c.model, node)),
        ));
        if !(c.model.switches.log_pull_ok) {
            outcome.findings.extend(grouped(c, &hits, crosses));
        }
        let stands: BTreeSet<Layer> = layers_of(c.model, node).into_iter().filter(|l| layers.contains(l)).collect();
        if stands.len() > 1 {
            let both = list(&stands);
            outcome.findings.push(Finding::at(
                node,
                n.span,
                Text::new(
                    format!("ログ収集 {} が{}の両方にある", called(c.model, node), both.ja),
                    format!("the collector {} stands in both {}", called(c.model, node), both.en),
                ),
            ));
        }
    }
    outcome.open.extend(open_of(c, &outcome.findings));
    if outcome.looked.is_empty() {
        outcome.absent.push(Text::new(
            "ログの通信(purpose: Log)が図面にありません",
            "the drawing has no communication for logs (purpose: Log)",
        ));
    }
    outcome
}
