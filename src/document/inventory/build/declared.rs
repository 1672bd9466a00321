//! The beginning of a drawing, and the controls that the inventory states, as measures of the body.

use super::place::Plan;
use super::text::{field, quoted};
use crate::model::SeparationModel;

/// Everything before the segments.
pub(super) fn head(p: Plan<'_>) -> String {
    let (ja, en, what_ja, what_en) = match p.model {
        SeparationModel::Physical => (
            "物理分離",
            "physical separation",
            "系ごとに別の端末と線。ファイルは登録した媒体で運ぶ。",
            "Separate terminals and wires for each segment; files walk on registered media.",
        ),
        SeparationModel::Alpha => (
            "αモデル",
            "the α model",
            "主たる業務端末も業務システムもLGWAN接続系。インターネットは画面転送で見る。",
            "Main terminals and business systems in LGWAN; the Internet is seen by screen transfer.",
        ),
        SeparationModel::AlphaPrime => (
            "α′モデル",
            "the α′ model",
            "αに、決めたクラウドへのローカルブレイクアウトが加わる。",
            "α plus a local breakout to named clouds.",
        ),
        SeparationModel::Beta => (
            "βモデル",
            "the β model",
            "主たる業務端末はインターネット接続系、業務システムはLGWAN接続系に残し、画面転送で使う。",
            "Main terminals in the Internet segment; business systems stay in LGWAN and are used by screen transfer.",
        ),
        SeparationModel::BetaPrime => (
            "β′モデル",
            "the β′ model",
            "主たる業務端末も業務システムもインターネット接続系。LGWANは画面転送で使う。",
            "Main terminals and business systems in the Internet segment; LGWAN is used by screen transfer.",
        ),
    };
    let name = quoted(&format!("{} {ja}", p.i.name));
    let edition = field("edition", p.i.edition.map(|e| e.to_string()));
    format!(
        "// 現況表から組み立てた{ja}の図面。{what_ja}
// A drawing of {en}, built from an inventory. {what_en}
// 現況表にないことは、分からないものとして描いている。アドレスと経路は書いていない。ここから直していく。
// What the inventory does not state is drawn as unknown. Addresses and routes are not given. It is a place to go on from.
Municipality(
  name: {name},
  model: {:?}{edition},
  assumptions: [\"現況表から組み立てた図面で、現況表にない機器と線は描いていない\"],
",
        p.model
    )
}

/// The controls, in the order of their ids.
pub(super) fn measures(p: Plan<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    for (id, c) in &p.i.controls {
        let mut fields = Vec::new();
        fields.extend(c.in_place.map(|b| format!("in_place: {b}")));
        fields.extend(c.on.map(|d| format!("on: \"{d}\"")));
        fields.extend(c.by.map(|o| format!("by: {o:?}")));
        fields.extend(c.note.as_ref().map(|n| format!("note: {}", quoted(n))));
        lines.push(format!("\"{id}\": ({}),", fields.join(", ")));
    }
    lines
}
