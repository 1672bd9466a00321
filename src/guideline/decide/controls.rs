//! Tests about what a drawing declares: controls of machines, data held, measures of the body, functions.

use std::collections::BTreeSet;

use super::crossing::nodes_of;
use super::{Context, Oracle};
use crate::diagnostic::Text;
use crate::guideline::outcome::{Finding, Open, Outcome};
use crate::guideline::select::{OUTSIDE, describe, faces, layers_of, nodes, unclear};
use crate::model::rulebook::{ControlTest, MeasureTest, Select};
use crate::model::{Data, Kind, Model, NodeId, Role, Settings};
use crate::verify::fast::CrossingQuery;

/// Whether controls on a node stop something.
pub(super) enum Stops {
    /// These do.
    Yes(Vec<String>),
    /// The node does not say which controls it has.
    Unstated(Open),
    /// They do not.
    No,
}

fn has(controls: &[String], word: &str) -> bool {
    controls.iter().any(|c| c == word || c.strip_prefix(word).is_some_and(|rest| rest.starts_with('(')))
}

fn unstated(model: &Model, node: NodeId) -> Open {
    let node = &model.nodes[node];
    Open::new(
        "controls",
        Text::new(
            format!("`{}` の対策(controls)が書かれていません", node.name),
            format!("the controls of `{}` (controls) are not stated", node.name),
        ),
        Some(node.span),
    )
}

/// Whether a node has, of each inner list, one control. An empty list stops nothing.
pub(super) fn stops(model: &Model, node: NodeId, need: &[Vec<String>]) -> Stops {
    if need.is_empty() {
        return Stops::No;
    }
    let n = &model.nodes[node];
    let found: Vec<String> = need.iter().filter_map(|any| any.iter().find(|w| has(&n.controls, w)).cloned()).collect();
    if found.len() == need.len() {
        Stops::Yes(found)
    } else if n.declared.controls_stated {
        Stops::No
    } else {
        Stops::Unstated(unstated(model, node))
    }
}

pub(super) fn controls(c: &Context<'_>, t: &ControlTest, oracle: &mut Oracle) -> Outcome {
    let mut chosen = nodes(c.model, &t.of);
    if let Some(reaching) = &t.reaching {
        let reached = faces(c.model, reaching);
        let mut ask = |from| oracle.ask(CrossingQuery { from, to: reached.clone(), ..CrossingQuery::default() });
        let machines: BTreeSet<NodeId> =
            ask(faces(c.model, &t.of)).iter().map(|h| c.model.faces[h.origin].node).collect();
        // Devices have no face at which anything starts: what counts is what passes them.
        let devices = chosen.iter().any(|&n| !matches!(c.model.nodes[n].role, Role::Endpoint(_)));
        let passing = if devices { ask(faces(c.model, &Select::default())) } else { Vec::new() };
        let passed: BTreeSet<NodeId> =
            passing.iter().flat_map(|h| nodes_of(c.model, &h.witness(c.model, c.network))).collect();
        chosen.retain(|&n| match c.model.nodes[n].role {
            Role::Endpoint(_) => machines.contains(&n),
            _ => passed.contains(&n),
        });
    }
    let what = describe(&t.of);
    let open = unclear(c.model, &t.of);
    if chosen.is_empty() {
        let mut outcome = Outcome::absent(Text::new(
            format!("図面に{}がありません", what.ja),
            format!("the drawing has nothing of {}", what.en),
        ));
        outcome.open = open;
        return outcome;
    }
    let mut each: Vec<Outcome> = Vec::new();
    for node in &chosen {
        let mut outcome = Outcome::default();
        let n = &c.model.nodes[*node];
        match stops(c.model, *node, &t.need) {
            Stops::Yes(words) => outcome.controls.extend(words.into_iter().map(|w| format!("{w}@{}", n.name))),
            Stops::Unstated(o) => outcome.open.push(o),
            Stops::No => {
                let lacking: Vec<String> = t
                    .need
                    .iter()
                    .filter(|any| !any.iter().any(|w| has(&n.controls, w)))
                    .map(|any| any.join("/"))
                    .collect();
                outcome.findings.push(Finding::at(
                    *node,
                    n.span,
                    Text::new(
                        format!("{} に対策 {} がない", called(c.model, *node), lacking.join("、")),
                        format!("{} lacks the control {}", called(c.model, *node), lacking.join(", ")),
                    ),
                ));
            }
        }
        outcome.looked.push(Text::new(
            format!("{}({} 種)の対策", what.ja, chosen.len()),
            format!("controls of {} ({} of them)", what.en, chosen.len()),
        ));
        each.push(outcome);
    }
    let mut whole = if t.one_is_enough {
        Outcome::best(each)
    } else {
        let mut whole = Outcome::default();
        each.into_iter().for_each(|o| whole.and(o));
        whole
    };
    whole.open.extend(open);
    whole
}

/// A node as people call it.
pub(super) fn called(model: &Model, node: NodeId) -> String {
    let n = &model.nodes[node];
    if n.label.is_empty() || n.label == n.name { n.name.clone() } else { format!("{}({})", n.label, n.name) }
}

/// Machines that can hold data and are the body's own to describe.
fn holders(model: &Model, id: NodeId) -> bool {
    matches!(model.nodes[id].kind, Kind::Server | Kind::Nas | Kind::ObjectStore | Kind::CloudService | Kind::Backup)
        && !layers_of(model, id).iter().all(|l| OUTSIDE.contains(l) && *l != crate::model::Layer::Saas)
}

fn holds_unstated(model: &Model, node: NodeId) -> Open {
    let n = &model.nodes[node];
    Open::new(
        "holds",
        Text::new(
            format!("`{}` が持つ情報(holds)が書かれていません", n.name),
            format!("what `{}` holds (holds) is not stated", n.name),
        ),
        Some(n.span),
    )
}

pub(super) fn assets(c: &Context<'_>, of: &Select, never: &[Data]) -> Outcome {
    let chosen: Vec<NodeId> = nodes(c.model, of)
        .into_iter()
        .filter(|&n| holders(c.model, n) || c.model.nodes[n].declared.holds.is_some())
        .collect();
    let what = describe(of);
    if chosen.is_empty() {
        return Outcome::absent(Text::new(
            format!("{}に情報を置く機器がありません", what.ja),
            format!("no machine that keeps data stands in {}", what.en),
        ));
    }
    let mut outcome = Outcome::default();
    for &node in &chosen {
        match &c.model.nodes[node].declared.holds {
            None => outcome.open.push(holds_unstated(c.model, node)),
            Some(held) => {
                for class in held.iter().filter(|d| never.contains(d)) {
                    let name = data_name(*class);
                    outcome.findings.push(Finding::at(
                        node,
                        c.model.nodes[node].span,
                        Text::new(
                            format!("{} に{}が置かれている", called(c.model, node), name.ja),
                            format!("{} keeps {}", called(c.model, node), name.en),
                        ),
                    ));
                }
            }
        }
    }
    outcome.looked.push(Text::new(
        format!("{}の {} 種の機器が持つ情報", what.ja, chosen.len()),
        format!("data on {} machines of {}", chosen.len(), what.en),
    ));
    outcome
}

/// What people call a class of data.
pub(super) fn data_name(data: Data) -> Text {
    let (ja, en) = match data {
        Data::MyNumber => ("個人番号を含む情報", "My Number data"),
        Data::Resident => ("住民情報", "resident data"),
        Data::Important => ("重要な情報資産", "important assets"),
        Data::Ordinary => ("ふつうの庁内情報", "ordinary data"),
        Data::Public => ("公開情報", "public data"),
    };
    Text::new(ja, en)
}

pub(super) fn classified(c: &Context<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    let mut looked = 0;
    for (id, node) in c.model.nodes.iter() {
        if let Settings::Own { unsure, claims } = &node.declared.settings {
            let unsure = *unsure;
            for claim in claims {
                outcome.findings.push(Finding::at(
                    id,
                    node.span,
                    Text::new(
                        format!(
                            "自作の機器 {} が、一覧の機器だけに付く標識 {claim} を名乗っている",
                            called(c.model, id)
                        ),
                        format!(
                            "the custom device {} claims the label {claim}, which devices of the catalogue earn",
                            called(c.model, id)
                        ),
                    ),
                ));
            }
            looked += 1;
            if unsure > 0 {
                outcome.findings.push(Finding::at(
                    id,
                    node.span,
                    Text::new(
                        format!("{} の働きが分かっていない(unsure が {unsure} 件)", called(c.model, id)),
                        format!("what {} does is not known ({unsure} times unsure)", called(c.model, id)),
                    ),
                ));
            }
        }
        if holders(c.model, id) {
            looked += 1;
            if node.declared.holds.is_none() {
                outcome.open.push(holds_unstated(c.model, id));
            }
        }
    }
    if looked == 0 {
        outcome.absent.push(Text::new("分類するものがありません", "there is nothing to classify"));
    } else {
        outcome.looked.push(Text::new(
            format!("情報を置く機器と自作の機器 {looked} 種"),
            format!("{looked} machines that keep data, and custom devices"),
        ));
    }
    outcome
}

pub(super) fn measures(c: &Context<'_>, t: &MeasureTest) -> Outcome {
    let mut outcome = Outcome::default();
    for id in &t.all {
        let name = c.model.rulebook.control(id).map_or_else(|| Text::new(id.clone(), id.clone()), |x| x.name.clone());
        let stated = c.model.measures.iter().find(|m| m.control == *id);
        let span = stated.map(|m| m.span);
        match stated.and_then(|m| m.in_place) {
            None => outcome.open.push(Open::new(
                format!("measures.{id}.in_place"),
                Text::new(
                    format!("{}({id})があるかどうか(measures の in_place)が書かれていません", name.ja),
                    format!("it is not stated whether {} ({id}) is in place (measures, in_place)", name.en),
                ),
                span,
            )),
            Some(false) => outcome.findings.push(Finding {
                span,
                ..Finding::of(Text::new(
                    format!("{}({id})がない", name.ja),
                    format!("{} ({id}) is not in place", name.en),
                ))
            }),
            Some(true) if stated.and_then(|m| m.on).zip(c.as_of).is_some_and(|(on, today)| on > today) => {
                outcome.findings.push(Finding {
                    span,
                    ..Finding::of(Text::new(
                        format!("{}({id})の日付(on)がまだ来ていない", name.ja),
                        format!("{} ({id}) is dated in the future (on)", name.en),
                    ))
                });
            }
            Some(true) => {
                outcome.controls.push(id.clone());
                if t.dated.contains(id) {
                    dated(c, id, &name, &mut outcome);
                }
            }
        }
    }
    if !t.all.is_empty() {
        outcome.looked.push(Text::new(
            format!("団体の対策 {} 件の宣言", t.all.len()),
            format!("{} declared measures of the body", t.all.len()),
        ));
    }
    outcome
}

/// A measure that has to be repeated: when it was last done.
fn dated(c: &Context<'_>, id: &str, name: &Text, outcome: &mut Outcome) {
    let Some(m) = c.model.measures.iter().find(|m| m.control == id) else { return };
    let months = c.model.switches.audit_period_months;
    match (m.on, c.as_of) {
        (None, _) => outcome.open.push(Open::new(
            format!("measures.{id}.on"),
            Text::new(
                format!("{}({id})をいつ行ったか(on)が書かれていません", name.ja),
                format!("it is not stated when {} ({id}) was last done (on)", name.en),
            ),
            Some(m.span),
        )),
        (Some(on), Some(today)) if on.months_later(months) < today => outcome.findings.push(Finding {
            span: Some(m.span),
            ..Finding::of(Text::new(
                format!("{}({id})は {on} が最後で、{months} か月を過ぎている({today} 時点)", name.ja),
                format!("{} ({id}) was last done on {on}, more than {months} months before {today}", name.en),
            ))
        }),
        (Some(_), None) => outcome.open.push(Open::new(
            "as_of",
            Text::new(
                "いつの時点で判定するか(--as-of)が指定されていません",
                "the day for which dates are judged (--as-of) is not given",
            ),
            None,
        )),
        (Some(_), Some(_)) => {}
    }
}

pub(super) fn cloud_functions(c: &Context<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    // A security cloud is often drawn as several devices (entry, exit): what one of them provides, the cloud provides.
    let (mut provided, mut unstated): (Vec<&String>, Vec<NodeId>) = (Vec::new(), Vec::new());
    let mut stated: Option<NodeId> = None;
    for (id, node) in c.model.nodes.iter() {
        let Settings::SecurityCloud { functions } = &node.declared.settings else { continue };
        outcome.looked.push(Text::new(
            format!("{} の機能", called(c.model, id)),
            format!("functions of {}", called(c.model, id)),
        ));
        match functions {
            None => unstated.push(id),
            Some(list) => {
                stated = stated.or(Some(id));
                provided.extend(list);
            }
        }
    }
    let required = c.model.rulebook.functions.iter().filter(|f| f.required);
    let lacking: Vec<_> = required.filter(|f| !provided.contains(&&f.word)).collect();
    if lacking.is_empty() {
        outcome.controls.extend(stated.map(|id| c.model.nodes[id].name.clone()));
    } else if let Some(&id) = unstated.first() {
        let node = &c.model.nodes[id];
        outcome.open.push(Open::new(
            "functions",
            Text::new(
                format!("`{}` の機能(functions)が書かれていません", node.name),
                format!("the functions of `{}` (functions) are not stated", node.name),
            ),
            Some(node.span),
        ));
    } else if let Some(id) = stated {
        let ja: Vec<&str> = lacking.iter().map(|f| f.name.ja.as_str()).collect();
        let en: Vec<&str> = lacking.iter().map(|f| f.name.en.as_str()).collect();
        outcome.findings.push(Finding::at(
            id,
            c.model.nodes[id].span,
            Text::new(
                format!("{} に必須の機能がない: {}", called(c.model, id), ja.join("、")),
                format!("{} lacks required functions: {}", called(c.model, id), en.join(", ")),
            ),
        ));
    }
    let claimed = c.model.transits.iter().find(|(_, t)| t.labels.iter().any(|&l| c.model.labels[l] == "psc"));
    if let (true, Some((_, t))) = (outcome.looked.is_empty(), claimed) {
        let node = &c.model.nodes[t.node];
        outcome.looked.push(Text::new("セキュリティクラウドの機能", "the functions of the security cloud"));
        outcome.open.push(Open::new(
            "functions",
            Text::new(
                format!("`{}` はセキュリティクラウドの一部とされているが、機能(functions)を書く SecurityCloud が図面にありません", node.name),
                format!("`{}` is said to be part of the security cloud, but no SecurityCloud states functions (functions)", node.name),
            ),
            Some(node.span),
        ));
    }
    if outcome.looked.is_empty() {
        outcome.absent.push(Text::new(
            "図面にセキュリティクラウド(SecurityCloud)がありません",
            "the drawing has no security cloud (SecurityCloud)",
        ));
    }
    outcome
}
