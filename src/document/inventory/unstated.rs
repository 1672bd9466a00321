//! What an inventory does not state and what therefore is drawn as unknown, or as the wider of two possibilities.
//!
//! Controls are not listed here: `gap` asks for each of them in each drawing.

use super::{Inventory, Place, Work};
use crate::diagnostic::Text;

/// Fields that are not stated, with what that means for the drawings.
pub(super) fn unstated(i: &Inventory) -> Vec<(String, Text)> {
    let mut list = Vec::new();
    let mut lacks = |is: bool, field: &str, ja: &str, en: &str| {
        if is {
            list.push((field.to_owned(), Text::new(ja, en)));
        }
    };
    lacks(i.edition.is_none(), "edition", "どの版で判定するか", "the edition by which it is judged");
    lacks(
        !i.terminals.iter().any(|t| t.work.as_ref().is_some_and(|w| w.contains(&Work::MyNumber))),
        "terminals.work: [MyNumber]",
        "マイナンバー利用事務の端末。分からないものとして一台描いている",
        "terminals for My Number work; one of which nothing is known is drawn",
    );
    lacks(
        i.systems.is_empty(),
        "systems",
        "業務システム。分からないものとして一つ描いている",
        "business systems; one of which nothing is known is drawn",
    );
    lacks(
        i.services.is_none(),
        "services",
        "使う外部サービス。要る作業から、分からないものとして描いている",
        "services of others; drawn as unknown where a task needs them",
    );
    lacks(
        i.telework.is_none(),
        "telework",
        "テレワーク。分からないものとして一台描いている",
        "telework; one terminal of which nothing is known is drawn",
    );
    lacks(
        i.wireless.is_none(),
        "wireless",
        "庁内の無線LAN。守り方の分からないものを描いている",
        "office wireless; drawn without saying how it is protected",
    );
    lacks(
        i.tasks.is_none(),
        "tasks",
        "要る作業。すべて要るものとしている",
        "tasks that are needed; all are taken as needed",
    );
    lacks(
        i.state_links.is_none(),
        "state_links",
        "マイナンバー利用事務系が何とつながるか。何が通るか分からない線を描いている",
        "with what My Number work is joined; drawn as a line of which nobody knows what passes",
    );
    let cloud = i.security_cloud.as_ref();
    lacks(
        cloud.and_then(|c| c.joined).is_none(),
        "security_cloud.joined",
        "県のセキュリティクラウドに参加しているか。出口が何を通すか分からないものとしている",
        "membership in the security cloud; what the exit passes is drawn as unknown",
    );
    lacks(
        cloud.is_some_and(|c| c.joined != Some(false) && c.functions.is_none()),
        "security_cloud.functions",
        "セキュリティクラウドの機能",
        "functions of the security cloud",
    );
    let mut each = |field: String, ja: &str, en: &str| list.push((field, Text::new(ja, en)));
    for t in i.terminals.iter().filter(|t| t.work.is_none()) {
        each(
            format!("terminals.{}.work", t.name),
            "何の仕事の端末か。庁内の事務とインターネットの両方としている",
            "what is done on them; taken as internal work and use of the Internet",
        );
    }
    for s in &i.systems {
        if s.kind.is_none() {
            each(
                format!("systems.{}.kind", s.name),
                "どんなシステムか。置き場所は業務システムと同じとしている",
                "what kind of system; placed as a business system",
            );
        }
        if s.place.is_none() {
            each(
                format!("systems.{}.place", s.name),
                "どこにあるか。庁内としている",
                "where it stands; drawn on premises",
            );
        }
        if s.holds.is_none() {
            each(format!("systems.{}.holds", s.name), "何の情報を持つか", "what it holds");
        }
        if s.users.groups.is_none() && s.place != Some(Place::GovCloud) {
            each(
                format!("systems.{}.used_by", s.name),
                "だれが使うか。全員としている",
                "who uses it; taken as everybody",
            );
        }
    }
    for o in i.offices.iter().filter(|o| o.line.is_none()) {
        each(
            format!("offices.{}.line", o.label),
            "どんな回線か。何が通るか分からないものとしている",
            "which line; what it passes is drawn as unknown",
        );
    }
    list
}
