//! Choices of nodes and faces, as rules write them.

use std::collections::BTreeSet;

use crate::diagnostic::Text;
use crate::model::rulebook::Select;
use crate::model::{FaceId, Kind, Layer, Model, Node, NodeId, Owner, Role};

use super::outcome::Open;

/// What people call a layer.
#[must_use]
pub fn layer_name(layer: Layer) -> Text {
    let (ja, en) = match layer {
        Layer::MyNumber => ("マイナンバー利用事務系", "the My Number segment"),
        Layer::GovCloud => ("ガバメントクラウド", "the government cloud"),
        Layer::NationalNet => ("国の閉域網", "national closed networks"),
        Layer::Lgwan => ("LGWAN接続系", "the LGWAN segment"),
        Layer::LgwanBackbone => ("LGWAN", "the LGWAN backbone"),
        Layer::OwnInternal => ("独自内部ネットワーク", "the own internal network"),
        Layer::Internet => ("インターネット接続系", "the Internet segment"),
        Layer::SecurityCloud => ("セキュリティクラウド", "the security cloud"),
        Layer::Management => ("管理ネットワーク", "the management network"),
        Layer::Saas => ("特定クラウドサービス", "named cloud services"),
        Layer::Remote => ("庁外端末", "remote terminals"),
        Layer::Vendor => ("保守事業者", "vendors"),
        Layer::Education => ("教育系", "the school network"),
        Layer::Outside => ("外部インターネット", "outside"),
    };
    Text::new(ja, en)
}

/// What people call the kinds that rules choose; others by the word of the format.
fn kind_name(kind: Kind) -> String {
    match kind {
        Kind::Terminal => "端末",
        Kind::Desktop => "仮想デスクトップ",
        Kind::Server => "サーバ",
        Kind::Nas => "NAS",
        Kind::Printer => "複合機",
        Kind::ObjectStore => "保管庫",
        Kind::CloudService => "クラウドサービス",
        Kind::Directory => "ディレクトリ",
        Kind::Hypervisor => "仮想基盤",
        Kind::Manager => "管理サーバ",
        Kind::Backup => "バックアップ装置",
        Kind::Firewall => "ファイアウォール",
        Kind::Breakout => "ブレイクアウト装置",
        Kind::SecurityCloud => "セキュリティクラウドの装置",
        Kind::Proxy => "プロキシ",
        Kind::ScreenGateway => "画面転送装置",
        other => return format!("{other:?}"),
    }
    .to_owned()
}

/// A choice in words.
#[must_use]
pub(super) fn describe(select: &Select) -> Text {
    let ja: Vec<String> = select.layers.iter().map(|&l| layer_name(l).ja).collect();
    let en: Vec<String> = select.layers.iter().map(|&l| layer_name(l).en).collect();
    let (ja, en) = (ja.join("・"), en.join(" and "));
    let mut what: Vec<(String, String)> = Vec::new();
    if select.main {
        what.push(("主たる業務端末".to_owned(), "main terminals".to_owned()));
    }
    if select.business {
        what.push(("業務システム".to_owned(), "business systems".to_owned()));
    }
    what.extend(select.kinds.iter().map(|&k| (kind_name(k), format!("{k:?}"))));
    what.extend(select.owners.iter().map(|&o| match o {
        Owner::Personal => ("私物の機器".to_owned(), "private devices".to_owned()),
        other => (format!("管理者 {other:?} の機器"), format!("devices of {other:?}")),
    }));
    what.extend(select.holds.iter().map(|d| (format!("{d:?} を持つ機器"), format!("holders of {d:?} data"))));
    what.extend(select.names.iter().map(|n| (n.clone(), n.clone())));
    let what_ja = what.iter().map(|w| w.0.as_str()).collect::<Vec<_>>().join("・");
    let what_en = what.iter().map(|w| w.1.as_str()).collect::<Vec<_>>().join(", ");
    match (ja.is_empty(), what.is_empty()) {
        (true, true) => Text::new("図面全体", "the whole drawing"),
        (true, false) => Text::new(what_ja, what_en),
        (false, true) => Text::new(ja, en),
        (false, false) => Text::new(format!("{ja}の{what_ja}"), format!("{what_en} of {en}")),
    }
}

/// The layers in which a node stands: of its faces; for devices, of what they join or where they are drawn.
#[must_use]
pub fn layers_of(model: &Model, id: NodeId) -> BTreeSet<Layer> {
    let node = &model.nodes[id];
    let layer = |s| model.segments[s].layer;
    let mut layers: BTreeSet<Layer> = node.faces.iter().filter_map(|&f| model.faces[f].segment.map(layer)).collect();
    if layers.is_empty() || matches!(node.role, Role::Transit(_) | Role::Mediator(_)) {
        let zones: Vec<_> = match &node.role {
            Role::Transit(t) => model.transits[*t].zones.clone(),
            _ => node.faces.iter().filter_map(|&f| model.faces[f].zone).collect(),
        };
        layers.extend(zones.into_iter().filter_map(|z| model.zones[z].segment.map(layer)));
        layers.extend(node.part_of.map(layer));
    }
    layers
}

fn fits_kind(model: &Model, select: &Select, id: NodeId) -> bool {
    let node: &Node = &model.nodes[id];
    let d = &node.declared;
    (select.kinds.is_empty() && node.kind != Kind::Medium || select.kinds.contains(&node.kind))
        && (!select.main || d.main_terminal == Some(true))
        && (!select.business || d.business_system == Some(true))
        && (select.holds.is_empty() || d.holds.as_ref().is_some_and(|h| h.iter().any(|x| select.holds.contains(x))))
        && (select.owners.is_empty() || d.owner.is_some_and(|o| select.owners.contains(&o)))
        && (select.names.is_empty() || select.names.contains(&node.name))
}

/// The nodes of a choice, in declared order.
#[must_use]
pub(super) fn nodes(model: &Model, select: &Select) -> Vec<NodeId> {
    let wanted: BTreeSet<Layer> = select.layers.iter().copied().collect();
    model
        .nodes
        .ids()
        .filter(|&id| fits_kind(model, select, id))
        .filter(|&id| wanted.is_empty() || !layers_of(model, id).is_disjoint(&wanted))
        .collect()
}

/// The endpoint faces of a choice. Sorted.
#[must_use]
pub(super) fn faces(model: &Model, select: &Select) -> Vec<FaceId> {
    model
        .faces
        .iter()
        .filter(|(_, f)| {
            f.segment.is_some_and(|s| select.layers.is_empty() || select.layers.contains(&model.segments[s].layer))
                && fits_kind(model, select, f.node)
        })
        .map(|(id, _)| id)
        .collect()
}

/// What a drawing has to state before a choice is clear: which are main terminals, which are business systems, whose.
#[must_use]
pub(super) fn unclear(model: &Model, select: &Select) -> Vec<Open> {
    let mut open = Vec::new();
    let wanted: BTreeSet<Layer> = select.layers.iter().copied().collect();
    let here = |id: NodeId| wanted.is_empty() || !layers_of(model, id).is_disjoint(&wanted);
    let ours = |id: NodeId| !layers_of(model, id).iter().all(|l| OUTSIDE.contains(l));
    if select.main && !model.nodes.values().any(|n| n.declared.main_terminal == Some(true)) {
        open.push(Open::new(
            "main_terminal",
            Text::new(
                "どれが主たる業務端末か(main_terminal)が書かれていません",
                "it is not stated which are the main terminals (main_terminal)",
            ),
            None,
        ));
    }
    let mut each = |asked: bool, attribute: &str, lacks: &dyn Fn(&Node) -> bool, ja: &str, en: &str| {
        if !asked {
            return;
        }
        for (_, node) in model.nodes.iter().filter(|(id, n)| here(*id) && ours(*id) && lacks(n)) {
            open.push(Open::new(
                attribute,
                Text::new(
                    format!("`{}` の{ja}が書かれていません", node.name),
                    format!("{en} of `{}` is not stated", node.name),
                ),
                Some(node.span),
            ));
        }
    };
    let system = |n: &Node| matches!(n.kind, Kind::Server | Kind::Nas | Kind::ObjectStore);
    each(
        select.business,
        "business_system",
        &|n| system(n) && n.declared.business_system.is_none(),
        "業務システムかどうか(business_system)",
        "whether it is a business system (business_system)",
    );
    // Whose a terminal is matters away from the office; what stands inside is the body's unless it says otherwise.
    let away = |n: &Node| {
        n.faces.iter().any(|&f| model.faces[f].segment.is_some_and(|s| model.segments[s].layer == Layer::Remote))
    };
    each(
        !select.owners.is_empty(),
        "owner",
        &|n| matches!(n.kind, Kind::Terminal | Kind::Desktop) && n.declared.owner.is_none() && away(n),
        "持ち主(owner)",
        "the owner (owner)",
    );
    open
}

/// Layers of others: what stands there is not the body's to describe.
pub(super) const OUTSIDE: [Layer; 8] = [
    Layer::Outside,
    Layer::Saas,
    Layer::Vendor,
    Layer::Education,
    Layer::LgwanBackbone,
    Layer::NationalNet,
    Layer::SecurityCloud,
    Layer::GovCloud,
];
