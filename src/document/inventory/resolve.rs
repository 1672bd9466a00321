//! From the shape of an inventory to what it states: names found, numbers checked, what is unstated listed.
//!
//! Every mistake is reported, each with its place. Not here: how an inventory is built out.

use std::collections::BTreeMap;

use super::super::damage::Damage;
use super::super::resolve::date;
use super::super::suggest::nearest;
use super::super::value::{Map, Name, Names};
use super::shape::{ControlStateDoc, InventoryDoc, SystemDoc, TerminalsDoc};
use super::unstated::unstated;
use super::{
    ControlState, Cost, Inventory, Kind, Link, Office, Place, SecurityCloud, Service, System, Telework, Terminals,
    Users, Work,
};
use crate::diagnostic::{Code, Diagnostic, Text};
use crate::model::rulebook::Rulebook;
use crate::model::{Edition, Owner};
use crate::source::{FileId, Span};

/// The largest group that can be drawn.
const MOST: u32 = 100_000_000;

pub(super) fn resolve(
    file: FileId,
    doc: InventoryDoc,
    damage: &Damage,
    diagnostics: &mut Vec<Diagnostic>,
) -> Inventory {
    let book = super::super::pack::BOOK.clone();
    let mut r = Resolve { book: &book, whole: Span::new(file, 0..0), damage, diagnostics };
    let inventory = r.inventory(doc);
    Inventory { unstated: unstated(&inventory), ..inventory }
}

struct Resolve<'a> {
    book: &'a Rulebook,
    /// The file, for what is missing in it.
    whole: Span,
    damage: &'a Damage,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl Resolve<'_> {
    fn inventory(&mut self, doc: InventoryDoc) -> Inventory {
        let name = doc.name.as_ref().map(|n| n.text.clone()).unwrap_or_default();
        match &doc.name {
            Some(n) => self.legible(n),
            None => self.missing("name", "レポートと図面に出る団体の名前です", "reports and drawings show it"),
        }
        if doc.terminals.entries.is_empty() {
            self.missing("terminals", "端末の組が一つは要ります", "at least one group of terminals is needed");
        }
        let offices = self.names(&doc.offices);
        let groups = self.names(&doc.terminals);
        let systems = self.names(&doc.systems);
        let on_premises =
            |s: &SystemDoc| matches!(s.place, None | Some(Place::OnPremises)) && s.kind != Some(Kind::Core);
        let asks: Vec<bool> = doc.systems.entries.iter().map(|(_, s)| on_premises(s)).collect();
        let terminals = doc.terminals.entries.into_iter().map(|(n, d)| self.terminals(&n, d, &offices)).collect();
        let terminals: Vec<Terminals> = terminals;
        if let Some(map) = &doc.services {
            self.names(map);
        }
        self.names(&doc.links);
        Inventory {
            name,
            edition: doc.edition.and_then(|e| self.edition(&e.0)),
            today: doc.today,
            offices: doc
                .offices
                .entries
                .into_iter()
                .map(|(n, d)| Office { label: d.label.unwrap_or(n.text), line: d.line })
                .collect(),
            systems: doc.systems.entries.into_iter().map(|(n, d)| self.system(n, d, &groups, &terminals)).collect(),
            services: doc.services.map(|map| {
                map.entries
                    .into_iter()
                    .map(|(n, d)| Service {
                        label: d.label.unwrap_or_else(|| n.text.clone()),
                        name: n.text,
                        kind: d.kind,
                        holds: d.holds,
                        users: self.users(d.used_by.as_ref(), &d.at_once, &groups, &terminals),
                        tenant: d.tenant.as_ref().map(|t| self.tenant(t)),
                        registered_devices: d.registered_devices,
                        shared_outside: d.shared_outside,
                    })
                    .collect()
            }),
            telework: doc.telework.map(|t| Telework { count: t.count.min(MOST), kind: t.kind, line: t.line }),
            wireless: doc.wireless,
            tasks: doc.tasks.map(|list| self.tasks(list)),
            state_links: doc.state_links,
            links: doc
                .links
                .entries
                .into_iter()
                .filter_map(|(n, d)| {
                    let system = self.find(&d.system, &systems, ("システム", "system"))?;
                    if !asks.get(system).is_some_and(|a| *a) {
                        self.error(
                            Code::CONFLICT,
                            d.system.span,
                            Text::new(
                                format!("`{}` は、庁内にある、基幹業務でないシステムではありません", d.system.text),
                                format!("`{}` is no system on premises other than a core system", d.system.text),
                            ),
                            Text::new(
                                "基幹業務に照会する側のシステムを書きます",
                                "name the system that asks a core system",
                            ),
                        );
                        return None;
                    }
                    Some(Link { label: n.text, system, validated: d.validated, not_personal: d.not_personal })
                })
                .collect(),
            security_cloud: doc.security_cloud.map(|s| SecurityCloud {
                joined: s.joined,
                label: s.label,
                functions: s.functions.map(|list| self.functions(list)),
                owner: s.owner.unwrap_or(Owner::Prefecture),
            }),
            controls: self.controls(doc.controls),
            costs: doc.costs.into_iter().map(|c| Cost { model: c.model, what: c.what, yen: c.yen }).collect(),
            terminals,
            unstated: Vec::new(),
        }
    }

    fn missing(&mut self, field: &str, ja: &str, en: &str) {
        if self.damage.lacks(self.whole, field) {
            return;
        }
        self.diagnostics.push(Diagnostic::error(
            Code::MISSING_FIELD,
            self.whole,
            Text::new(format!("現況表に項目 `{field}` がありません"), format!("the inventory has no `{field}`")),
            Text::new(ja, en),
        ));
    }

    fn error(&mut self, code: Code, span: Span, message: Text, label: Text) {
        self.diagnostics.push(Diagnostic::error(code, span, message, label));
    }

    /// A name that can be shown on one line.
    fn legible(&mut self, name: &Name) {
        if name.text.trim().is_empty()
            || name.text.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'))
        {
            self.error(
                Code::BAD_NAME,
                name.span,
                Text::new(
                    "名前が空か、改行などの制御文字を含んでいます",
                    "a name is empty or has line breaks or other control characters",
                ),
                Text::new("一行で読める名前にしてください", "a name of one line is needed"),
            );
        }
    }

    /// The names of a map, each once.
    fn names<T>(&mut self, map: &Map<T>) -> Vec<String> {
        let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
        for (name, _) in &map.entries {
            self.legible(name);
            if let Some(&first) = seen.get(name.text.as_str()) {
                let twice = Diagnostic::error(
                    Code::DUPLICATE_NAME,
                    name.span,
                    Text::new(
                        format!("`{}` が二度書かれています", name.text),
                        format!("`{}` is written twice", name.text),
                    ),
                    Text::new("二度目です", "the second time"),
                );
                self.diagnostics.push(twice.also(first, Text::new("最初はここです", "first here")));
            } else {
                seen.insert(&name.text, name.span);
            }
        }
        map.entries.iter().map(|(n, _)| n.text.clone()).collect()
    }

    fn find(&mut self, name: &Name, known: &[String], what: (&str, &str)) -> Option<usize> {
        let found = known.iter().position(|k| *k == name.text);
        if found.is_none() && !self.damage.hides(&name.text) {
            self.unknown(name, known, what);
        }
        found
    }

    fn unknown(&mut self, name: &Name, known: &[String], what: (&str, &str)) {
        let mut d = Diagnostic::error(
            Code::UNKNOWN_NAME,
            name.span,
            Text::new(
                format!("{} `{}` はありません", what.0, name.text),
                format!("there is no {} `{}`", what.1, name.text),
            ),
            Text::new("知らない名前です", "unknown name"),
        );
        if let Some(near) = nearest(&name.text, known.iter().map(String::as_str)) {
            d = d.fix(name.span, near);
        }
        if !known.is_empty() && known.len() <= 60 {
            let list = known.join(", ");
            d = d.help(Text::new(format!("使えるもの: {list}"), format!("known here: {list}")));
        }
        self.diagnostics.push(d);
    }

    fn count(&mut self, name: &Name, field: &str, count: u32, most: u32) -> u32 {
        if count == 0 || count > most {
            self.error(
                Code::BAD_VALUE,
                name.span,
                Text::new(
                    format!("`{}` の {field} が {count} です(1 から {most} まで)", name.text),
                    format!("{field} of `{}` is {count} (1 to {most})", name.text),
                ),
                Text::new("この組です", "this one"),
            );
        }
        count.clamp(1, most)
    }

    fn terminals(&mut self, name: &Name, doc: TerminalsDoc, offices: &[String]) -> Terminals {
        let count = self.count(name, "count", doc.count, MOST);
        let internet_at_once = doc.internet_at_once.map(|n| self.count(name, "internet_at_once", n, count));
        if let Some(list) = &doc.work
            && (list.is_empty() || list.contains(&Work::MyNumber) && list.iter().any(|w| *w != Work::MyNumber))
        {
            let d = Diagnostic::error(
                Code::CONFLICT,
                name.span,
                Text::new(
                    format!("`{}` の work が、一台の端末でできる組み合わせではありません", name.text),
                    format!("work of `{}` is nothing that one terminal can do", name.text),
                ),
                Text::new("この組です", "this group"),
            );
            self.diagnostics.push(d.help(Text::new(
                "マイナンバー利用事務の端末は、どのモデルでもほかの仕事の端末と別です。別の組に分けて書いてください",
                "in every model, terminals for My Number work are separate from the others; write them as a group of their own",
            )));
        }
        let called = doc.label.unwrap_or_else(|| name.text.clone());
        Terminals {
            name: name.text.clone(),
            label: match doc.department {
                Some(department) if !department.trim().is_empty() => format!("{department} {called}"),
                _ => called,
            },
            count,
            work: doc.work,
            office: doc.office.and_then(|o| self.find(&o, offices, ("庁舎", "office"))),
            internet_at_once,
            edr: doc.edr,
        }
    }

    fn system(&mut self, name: Name, doc: SystemDoc, groups: &[String], terminals: &[Terminals]) -> System {
        if doc.place == Some(Place::GovCloud) && doc.kind != Some(Kind::Core) {
            self.error(
                Code::CONFLICT,
                name.span,
                Text::new(
                    format!("`{}` はガバメントクラウドにあるのに、kind が Core ではありません", name.text),
                    format!("`{}` stands in the government cloud, and its kind is not Core", name.text),
                ),
                Text::new(
                    "ここでは、ガバメントクラウドには基幹業務だけを置けます",
                    "here only core systems stand in the government cloud",
                ),
            );
        }
        System {
            label: doc.label.unwrap_or_else(|| name.text.clone()),
            count: self.count(&name, "count", doc.count, MOST),
            kind: doc.kind,
            place: doc.place,
            holds: doc.holds,
            users: self.users(doc.used_by.as_ref(), &doc.at_once, groups, terminals),
            edr: doc.edr,
            name: name.text,
        }
    }

    fn users(&mut self, by: Option<&Names>, at_once: &Map<u32>, groups: &[String], terminals: &[Terminals]) -> Users {
        let listed = |list: &Names| list.0.iter().filter_map(|n| self.find(n, groups, ("端末の組", "group"))).collect();
        let mut users = Users { groups: by.map(listed), ..Users::default() };
        self.names(at_once);
        for (name, number) in &at_once.entries {
            let Some(group) = self.find(name, groups, ("端末の組", "group of terminals")) else { continue };
            let most = terminals.get(group).map_or(MOST, |t| t.count);
            let number = self.count(name, "at_once", *number, most);
            if users.groups.as_ref().is_some_and(|list| !list.contains(&group)) {
                self.error(
                    Code::CONFLICT,
                    name.span,
                    Text::new(
                        format!("`{}` は used_by にありません", name.text),
                        format!("`{}` is not in used_by", name.text),
                    ),
                    Text::new("使わない組の台数です", "a number for a group that does not use it"),
                );
            }
            users.at_once.insert(group, number);
        }
        users
    }

    /// A tenant is a name in a drawing, too, so it can have no quotation marks.
    fn tenant(&mut self, name: &Name) -> String {
        self.legible(name);
        if name.text.contains(['"', '\\']) {
            self.error(
                Code::BAD_NAME,
                name.span,
                Text::new("tenant に引用符や \\ は使えません", "a tenant cannot contain quotation marks or \\"),
                Text::new("契約の名前をそのまま書いてください", "write the name of the contract"),
            );
        }
        name.text.clone()
    }

    fn edition(&mut self, code: &Name) -> Option<Edition> {
        let edition = Edition::parse(&code.text).filter(|e| self.book.editions.iter().any(|i| i.edition == *e));
        if edition.is_none() {
            let known: Vec<String> = self.book.editions.iter().map(|e| e.edition.to_string()).collect();
            self.unknown(code, &known, ("版", "edition"));
        }
        edition
    }

    fn tasks(&mut self, list: Names) -> Vec<String> {
        let known: Vec<String> = self.book.tasks.iter().map(|t| t.id.clone()).collect();
        list.0
            .iter()
            .filter(|n| self.find(n, &known, ("毎日の作業", "daily task")).is_some())
            .map(|n| n.text.clone())
            .collect()
    }

    fn functions(&mut self, list: Names) -> Vec<String> {
        let known: Vec<String> = self.book.functions.iter().map(|f| f.word.clone()).collect();
        list.0
            .iter()
            .filter(|n| self.find(n, &known, ("セキュリティクラウドの機能", "function of a security cloud")).is_some())
            .map(|n| n.text.clone())
            .collect()
    }

    fn controls(&mut self, map: Map<ControlStateDoc>) -> BTreeMap<String, ControlState> {
        self.names(&map);
        let known: Vec<String> = self.book.controls.iter().map(|c| c.id.clone()).collect();
        let mut found = BTreeMap::new();
        for (name, doc) in map.entries {
            self.find(&name, &known, ("対策の番号", "control"));
            if name.text == "C-PSC" {
                self.error(
                    Code::CONFLICT,
                    name.span,
                    Text::new(
                        "セキュリティクラウドへの参加は security_cloud の joined に書きます",
                        "membership in the security cloud is stated by `joined` of `security_cloud`",
                    ),
                    Text::new("ここには書けません", "not here"),
                );
            }
            let on = doc.on.as_ref().and_then(|d| date(d, self.diagnostics));
            found.insert(name.text, ControlState { in_place: doc.in_place, on, by: doc.by, note: doc.note });
        }
        found
    }
}
