//! Which model a drawing honestly is, from where its main terminals and business systems stand. "None" is an answer.

use std::collections::BTreeSet;

use super::judge::model_name;
use super::outcome::{Finding, Open, Outcome};
use super::select::{faces, layer_name, layers_of, unclear};
use crate::diagnostic::Text;
use crate::model::rulebook::Select;
use crate::model::{Carrier, FaceId, Group, Kind, Layer, Model, NodeId, SeparationModel};
use crate::network::Network;
use crate::source::Span;
use crate::verify::fast::{CrossingQuery, Hit, scan};
use crate::verify::{self, Witness};

/// One reason, with the place that shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// In one sentence.
    pub text: Text,
    /// Where it is written.
    pub span: Option<Span>,
    /// The crossing that shows it.
    pub path: Option<Witness>,
}

/// What a drawing, or a group of it, is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inference {
    /// The group, or none for the whole drawing.
    pub group: Option<String>,
    /// What it says it is.
    pub declared: Option<SeparationModel>,
    /// What it is; none if it is none of the models, or if that cannot be said.
    pub model: Option<SeparationModel>,
    /// Why.
    pub reasons: Vec<Reason>,
    /// What has to be stated before it can be said. Not empty: the answer is open.
    pub open: Vec<Open>,
}

/// What crosses between the layers of interest.
struct Facts<'n> {
    network: &'n Network,
    /// Keys from the Internet side to LGWAN: LGWAN is shown by screen transfer.
    lgwan_by_screen: Vec<Hit>,
    /// Requests from the Internet side to LGWAN beside the screen transfer that no permit of the matrix allows.
    lgwan_open: Vec<Hit>,
    /// Requests from LGWAN to cloud services.
    breakout: Vec<Hit>,
    /// Anything between LGWAN and the Internet segment that is not carried by hand, be it by a stick in a shared USB hub.
    wired: Vec<Hit>,
}

fn side(model: &Model, layers: &[Layer]) -> Vec<FaceId> {
    faces(model, &Select { layers: layers.to_vec(), ..Select::default() })
}

impl<'n> Facts<'n> {
    fn new(model: &Model, network: &'n Network, of: Option<&Group>) -> Self {
        let inner = side(model, &[Layer::Lgwan, Layer::OwnInternal]);
        let lgwan = side(model, &[Layer::Lgwan]);
        let internet = side(model, &[Layer::Internet]);
        let saas = side(model, &[Layer::Saas]);
        let query = |from: &[FaceId], to: &[FaceId], carriers: &[Carrier], unpermitted: bool| CrossingQuery {
            from: from.to_vec(),
            to: to.to_vec(),
            carriers: carriers.to_vec(),
            unpermitted,
            ..CrossingQuery::default()
        };
        let by_hand = vec![vec!["media".to_owned()], vec!["kvm".to_owned()]];
        let queries = [
            query(&internet, &lgwan, &[Carrier::Key], false),
            CrossingQuery {
                excused_by: vec![vec!["screen".to_owned()]],
                ..query(&internet, &lgwan, &[Carrier::Req], true)
            },
            query(&inner, &saas, &[Carrier::Req], false),
            CrossingQuery { excused_by: by_hand.clone(), ..query(&internet, &inner, &[], false) },
            CrossingQuery { excused_by: by_hand, ..query(&inner, &internet, &[], false) },
        ];
        let ours = |h: &Hit| {
            of.is_none_or(|g| {
                g.members.contains(&model.faces[h.origin].node) || g.members.contains(&model.faces[h.target].node)
            })
        };
        let mut found = scan(model, network, &queries).into_iter().map(|l| l.into_iter().filter(ours).collect());
        let mut next = || -> Vec<Hit> { found.next().unwrap_or_default() };
        let (lgwan_by_screen, lgwan_open, breakout) = (next(), next(), next());
        let wired = [next(), next()].concat();
        Self { network, lgwan_by_screen, lgwan_open, breakout, wired }
    }
}

/// What a drawing is, and then each of its groups.
#[must_use]
pub fn infer(model: &Model, network: &Network) -> Vec<Inference> {
    let grouped: BTreeSet<NodeId> = model.groups.iter().flat_map(|g| g.members.iter().copied()).collect();
    // Where every main terminal is in a group, each group is a drawing of its own, and there is no rest to judge.
    let main = |id: NodeId| model.nodes[id].declared.main_terminal == Some(true);
    let rest = model.groups.is_empty() || model.nodes.ids().any(|id| main(id) && !grouped.contains(&id));
    let mut all = Vec::new();
    if rest || !model.nodes.ids().any(main) {
        all.push(one(model, network, None, &|n| !grouped.contains(&n)));
    }
    for group in &model.groups {
        all.push(one(model, network, Some(group), &|n| group.members.contains(&n)));
    }
    all
}

fn one(model: &Model, network: &Network, group: Option<&Group>, ours: &dyn Fn(NodeId) -> bool) -> Inference {
    let mut out = Inference {
        group: group.map(|g| g.label.clone()),
        declared: group.map_or(model.declared, |g| Some(g.model)),
        model: None,
        reasons: Vec::new(),
        open: Vec::new(),
    };
    let any_stated = model.nodes.iter().any(|(id, n)| n.declared.main_terminal == Some(true) && ours(id));
    let terminals: Vec<NodeId> = model
        .nodes
        .iter()
        .filter(|(id, n)| {
            let stated = n.declared.main_terminal == Some(true);
            // A group that states no main terminal works at every terminal of it.
            let worked_at = group.is_some() && !any_stated && matches!(n.kind, Kind::Terminal | Kind::Desktop);
            (stated || worked_at) && ours(*id)
        })
        .map(|(id, _)| id)
        .collect();
    if terminals.is_empty() {
        out.open = unclear(model, &Select { main: true, ..Select::default() });
        if out.open.is_empty() {
            out.open.push(Open::new(
                "main_terminal",
                Text::new("主たる業務端末(main_terminal)がありません", "there is no main terminal (main_terminal)"),
                None,
            ));
        }
        return out;
    }
    let facts = Facts::new(model, network, group);
    let mut stands: BTreeSet<Layer> = BTreeSet::new();
    for &id in &terminals {
        let node = &model.nodes[id];
        for layer in layers_of(model, id) {
            if matches!(layer, Layer::Lgwan | Layer::Internet | Layer::OwnInternal) {
                stands.insert(layer);
                out.reasons.push(Reason {
                    text: Text::new(
                        format!("主たる業務端末 {} は{}にある", node.label, layer_name(layer).ja),
                        format!("the main terminal {} stands in {}", node.label, layer_name(layer).en),
                    ),
                    span: Some(node.span),
                    path: None,
                });
            }
        }
    }
    let stands: Vec<Layer> = stands.into_iter().collect();
    match stands.as_slice() {
        [Layer::Internet] => beta(model, &facts, ours, &mut out),
        [Layer::Lgwan] | [Layer::OwnInternal] => alpha(model, &facts, stands[0], &mut out),
        [] => out.reasons.push(plain(
            "主たる業務端末が、LGWAN接続系にもインターネット接続系にもない",
            "the main terminals stand neither in the LGWAN nor in the Internet segment",
        )),
        _ => out.reasons.push(plain(
            "主たる業務端末が二つの層に分かれている。グループ(groups)ごとにモデルを宣言すると、それぞれで判定する",
            "the main terminals stand in two layers; declare groups (groups) to have each judged by a model of its own",
        )),
    }
    out
}

fn plain(ja: &str, en: &str) -> Reason {
    Reason { text: Text::new(ja, en), span: None, path: None }
}

/// A reason with the first crossing that shows it.
fn seen(model: &Model, network: &Network, hit: &Hit, ja: &str, en: &str) -> Reason {
    let (a, b) = (model.node_of(hit.origin), model.node_of(hit.target));
    Reason {
        text: Text::new(format!("{ja}({} → {})", a.label, b.label), format!("{en} ({} → {})", a.label, b.label)),
        span: Some(a.span),
        path: Some(hit.witness(model, network)),
    }
}

fn alpha(model: &Model, facts: &Facts<'_>, layer: Layer, out: &mut Inference) {
    if layer == Layer::OwnInternal {
        out.reasons.push(plain(
            "独自内部ネットワークはガイドラインのモデルにないので、αモデルに準じて読む",
            "an own internal network is no model of the guideline; it is read like the α model",
        ));
    }
    if let Some(hit) = facts.breakout.first() {
        out.reasons.push(seen(
            model,
            facts.network,
            hit,
            "LGWAN の側から特定クラウドへじかに出る",
            "the LGWAN side goes straight to cloud services",
        ));
        out.model = Some(SeparationModel::AlphaPrime);
    } else if let Some(hit) = facts.wired.first() {
        out.reasons.push(seen(
            model,
            facts.network,
            hit,
            "LGWAN とインターネットの間に、装置を通る渡りがある",
            "something crosses between LGWAN and Internet through devices",
        ));
        out.model = Some(SeparationModel::Alpha);
    } else {
        out.reasons.push(plain(
            "LGWAN とインターネットの間に、手渡しのほかの渡りがない",
            "nothing crosses between LGWAN and Internet but what is carried by hand",
        ));
        out.model = Some(SeparationModel::Physical);
    }
}

fn beta(model: &Model, facts: &Facts<'_>, ours: &dyn Fn(NodeId) -> bool, out: &mut Inference) {
    if !side(model, &[Layer::Lgwan]).is_empty() {
        if let Some(hit) = facts.lgwan_open.first() {
            out.reasons.push(seen(
                model,
                facts.network,
                hit,
                "インターネットの側から LGWAN へ、画面転送のほかの通信が通るので、β にも β′ にも当てはまらない",
                "sessions beside the screen transfer lead from the Internet side to LGWAN, so it is neither β nor β′",
            ));
            return;
        }
        match facts.lgwan_by_screen.first() {
            Some(hit) => out.reasons.push(seen(
                model,
                facts.network,
                hit,
                "LGWAN は画面転送で使われている",
                "LGWAN is used by screen transfer",
            )),
            None => {
                out.reasons.push(plain(
                    "LGWAN を画面転送で使っていないので、β にも β′ にも当てはまらない",
                    "LGWAN is not used by screen transfer, so it is neither β nor β′",
                ));
                return;
            }
        }
    }
    let systems: Vec<NodeId> = model
        .nodes
        .iter()
        .filter(|(id, n)| n.declared.business_system == Some(true) && (ours(*id) || !model.groups.is_empty()))
        .map(|(id, _)| id)
        .collect();
    let mut here: BTreeSet<Layer> = BTreeSet::new();
    for id in systems {
        let node = &model.nodes[id];
        for layer in layers_of(model, id) {
            if matches!(layer, Layer::Lgwan | Layer::Internet) {
                here.insert(layer);
                out.reasons.push(Reason {
                    text: Text::new(
                        format!("業務システム {} は{}にある", node.label, layer_name(layer).ja),
                        format!("the business system {} stands in {}", node.label, layer_name(layer).en),
                    ),
                    span: Some(node.span),
                    path: None,
                });
            }
        }
    }
    if here.contains(&Layer::Internet) {
        out.model = Some(SeparationModel::BetaPrime);
    } else if here.contains(&Layer::Lgwan) {
        out.model = Some(SeparationModel::Beta);
    } else {
        out.open.push(Open::new(
            "business_system",
            Text::new(
                "業務システムがどこにあるか(business_system)が書かれていません",
                "it is not stated where the business systems are (business_system)",
            ),
            None,
        ));
    }
}

/// The declared model is the one that the drawing shows.
pub(super) fn rule(model: &Model, network: &Network) -> Outcome {
    let mut outcome = Outcome::default();
    for inference in infer(model, network).into_iter().filter(|i| i.group.is_none()) {
        compare(model, &inference, &mut outcome);
    }
    if outcome.looked.is_empty() {
        outcome.absent.push(Text::new(
            "主たる業務端末はすべてグループに属し、グループごとに判定しています(R-MC-03)",
            "every main terminal is in a group, and each group is judged by itself (R-MC-03)",
        ));
    }
    outcome
}

fn compare(model: &Model, inference: &Inference, outcome: &mut Outcome) {
    let Some(declared) = inference.declared else { return };
    let called = inference.group.clone().map_or_else(
        || Text::new("図面", "the drawing"),
        |g| Text::new(format!("グループ {g}"), format!("the group {g}")),
    );
    outcome.looked.push(Text::new(
        format!("{}の主たる業務端末と業務システムの置き場所", called.ja),
        format!("where main terminals and business systems of {} stand", called.en),
    ));
    if !inference.open.is_empty() {
        outcome.open.extend(inference.open.iter().cloned());
        return;
    }
    if inference.model == Some(declared) {
        return;
    }
    let last = inference.reasons.last();
    let why = last.map_or_else(|| Text::new("", ""), |r| r.text.clone());
    let found = inference.model.map_or_else(
        || Text::new("どのモデルにも当てはまらない", "none of the models"),
        |m| Text::new(format!("{}にあたる", model_name(m).ja), model_name(m).en),
    );
    let want = model_name(declared);
    let mut nodes: Vec<NodeId> =
        model.nodes.iter().filter(|(_, n)| n.declared.main_terminal == Some(true)).map(|(id, _)| id).collect();
    nodes.sort_unstable();
    outcome.findings.push(Finding {
        // The last reason says why; where it shows nothing, an earlier one shows the machine it is about.
        span: inference.reasons.iter().rev().find_map(|r| r.span),
        path: last.and_then(|r| r.path.clone()).map(|w| (crate::model::Lens::Direct, false, w)),
        nodes,
        ..Finding::of(Text::new(
            format!("{}は{}と宣言しているが、{}。{}", called.ja, want.ja, found.ja, why.ja),
            format!("{} declares {}, but it is {}: {}", called.en, want.en, found.en, why.en),
        ))
    });
}

/// Every group satisfies its own model, and the union opens nothing that no group has alone.
pub(super) fn groups(model: &Model, network: &Network, verdicts: &[verify::Verdict]) -> Outcome {
    if model.groups.is_empty() {
        return Outcome::absent(Text::new(
            "モデルの違うグループ(groups)がありません",
            "the drawing has no groups with a model of their own (groups)",
        ));
    }
    let mut outcome = Outcome::default();
    for inference in infer(model, network).into_iter().filter(|i| i.group.is_some()) {
        compare(model, &inference, &mut outcome);
    }
    for group in &model.groups {
        own_matrix(model, network, group, &mut outcome);
    }
    // A path through machines of two groups exists only because they stand in one drawing.
    for verdict in verdicts {
        let verify::Answer::Paths(paths) = &verdict.answer else { continue };
        for w in paths {
            let passed: Vec<&Group> = model.groups.iter().filter(|g| passes(model, w, g)).collect();
            if passed.len() > 1 {
                let names: Vec<&str> = passed.iter().map(|g| g.label.as_str()).collect();
                outcome.findings.push(Finding {
                    certain: w.level() >= verify::Level::Sure,
                    nodes: super::decide::nodes_on(model, w),
                    path: Some((lens(model, verdict), false, w.clone())),
                    ..Finding::of(Text::new(
                        format!("グループ {} を合わせると、どちらか一方にはない経路ができる", names.join("と")),
                        format!("the groups {} together open a path that neither has alone", names.join(" and ")),
                    ))
                });
            }
        }
    }
    outcome
}

fn lens(model: &Model, verdict: &verify::Verdict) -> crate::model::Lens {
    match &model.checks[verdict.check].question {
        crate::model::Question::Forbid { lens, .. } => *lens,
        _ => crate::model::Lens::Direct,
    }
}

fn passes(model: &Model, w: &Witness, group: &Group) -> bool {
    super::decide::nodes_on(model, w).iter().any(|n| group.members.contains(n))
}

/// What crosses at the members of a group under the matrix of its own model.
fn own_matrix(model: &Model, network: &Network, group: &Group, outcome: &mut Outcome) {
    if Some(group.model) == model.declared {
        return;
    }
    let judged = Model { permits: group.permits.clone(), ..model.clone() };
    let all: Vec<FaceId> = model.faces.iter().filter(|(_, f)| f.segment.is_some()).map(|(id, _)| id).collect();
    let mut members: Vec<FaceId> = group.members.iter().flat_map(|&n| model.nodes[n].faces.clone()).collect();
    members.sort_unstable();
    let query = |from: &[FaceId], to: &[FaceId]| CrossingQuery {
        from: from.to_vec(),
        to: to.to_vec(),
        unpermitted: true,
        ..CrossingQuery::default()
    };
    let found = scan(&judged, network, &[query(&members, &all), query(&all, &members)]);
    for hit in found.into_iter().flatten() {
        let (a, b) = (model.node_of(hit.origin), model.node_of(hit.target));
        let witness = hit.witness(model, network);
        let want = model_name(group.model);
        outcome.findings.push(Finding {
            certain: hit.certain,
            span: Some(a.span),
            nodes: super::decide::nodes_on(model, &witness),
            crossing: model.faces[hit.origin]
                .segment
                .zip(model.faces[hit.target].segment)
                .map(|(x, y)| (x, y, hit.carrier)),
            faces: (1, 1),
            path: Some((crate::model::Lens::Direct, false, witness)),
            ..Finding::of(Text::new(
                format!(
                    "グループ {} の{}では、{} から {} への渡りは認められない",
                    group.label, want.ja, a.label, b.label
                ),
                format!(
                    "{} of the group {} does not permit what crosses from {} to {}",
                    want.en, group.label, a.label, b.label
                ),
            ))
        });
    }
    outcome.looked.push(Text::new(
        format!("グループ {} の機器に渡るもの", group.label),
        format!("what crosses at the machines of the group {}", group.label),
    ));
}
