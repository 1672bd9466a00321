//! Firewalls, routers and L3 switches: what they join, their rules, routes and translations.
//!
//! Diodes and lines have no rules; see `lines`.

use super::super::shape::{ActionDoc, HairpinDoc, RulesSeeDoc, StraysDoc, TransitDoc};
use super::super::value::{Name, Names};
use super::endpoints::{Head, owner, stated};
use super::names::normal;
use super::{MAX_ROWS, Named, Pending, PendingDoc, Resolver};
use crate::diagnostic::{Code, Diagnostic, Text};
use crate::model::{
    Action, Assumption, Declared, Hairpin, Id, Kind, MfaGate, NodeId, Role, RuleState, Settings, Strays, Transit,
    TransitId, ZoneId,
};
use crate::source::Span;

/// What only a breakout or a security cloud states.
fn transit_settings(kind: Kind, doc: &TransitDoc) -> Settings {
    let words = |names: &Option<Names>| names.as_ref().map(|n| n.0.iter().map(|w| normal(&w.text)).collect());
    match kind {
        Kind::Breakout => Settings::Breakout { tenants: words(&doc.tenants) },
        Kind::SecurityCloud => Settings::SecurityCloud { functions: words(&doc.functions) },
        _ => Settings::None,
    }
}

impl Resolver<'_> {
    /// The label that a device has from its own name. A name that is a label of the catalogue gives nothing:
    /// such a label has to be earned.
    pub(super) fn own_label(&self, name: &Name) -> Vec<String> {
        self.label_of(&self.own(name), name.span)
    }

    /// As [`Self::own_label`], by the name of a device whose place is known.
    pub(super) fn label_of(&self, key: &str, span: Span) -> Vec<String> {
        // A further version of a machine, whose name the program made, goes by the name of the machine.
        let own = key.split('(').next().unwrap_or(key);
        let earned = super::policy::STANDARD_LABELS.contains(&self.as_written(own, span));
        if earned { Vec::new() } else { vec![own.to_owned()] }
    }

    /// A transit device without its rules, which need the addresses of all nodes.
    pub(super) fn transit(&mut self, id: NodeId, name: &Name, doc: TransitDoc, kind: Kind, word: &str) -> PendingDoc {
        let zones = self.joined(name, &doc.joins);
        let stateful = doc.stateful.unwrap_or(!matches!(kind, Kind::Router | Kind::L3Switch));
        let (controls, controls_stated) = stated(doc.controls.as_deref());
        let head = Head {
            label: doc.label.clone(),
            kind,
            count: 1,
            controls,
            declared: Declared {
                controls_stated,
                owner: doc.owner.map(owner),
                settings: transit_settings(kind, &doc),
                ..Declared::default()
            },
            part_of: doc.part_of.clone(),
        };
        let lgwan = word == "LgwanFirewall";
        let labels = self.transit_labels(name, &doc, kind, lgwan);
        self.push_transit(id, name, head, Transit { stateful, ..blank(id, zones, labels, name) });
        for (field, owner, stated) in [
            ("tenants", Kind::Breakout, doc.tenants.is_some()),
            ("functions", Kind::SecurityCloud, doc.functions.is_some()),
        ] {
            if stated && kind != owner {
                let place = self.field_place(name.span, field);
                self.error(
                    Code::NOT_FOR_KIND,
                    place,
                    Text::new(
                        format!("項目 `{field}` は {owner:?} だけに使えます"),
                        format!("field `{field}` belongs to {owner:?} only"),
                    ),
                    Text::new(format!("この機器は {word} です"), format!("this node is a {word}")),
                );
            }
        }
        if kind == Kind::SecurityCloud {
            self.cloud_functions(&doc);
        }
        PendingDoc::Transit(doc)
    }

    fn transit_labels(&mut self, name: &Name, doc: &TransitDoc, kind: Kind, lgwan: bool) -> Vec<crate::model::LabelId> {
        let mut words = self.own_label(name);
        let security_cloud = self.is_security_cloud(doc.part_of.as_ref(), doc.owner);
        let has_tenants = doc.tenants.as_ref().is_some_and(|t| !t.0.is_empty());
        for (word, earned) in [
            ("psc", kind == Kind::SecurityCloud || security_cloud),
            ("lgwan-fw", lgwan),
            ("vpn", kind == Kind::VpnGateway),
            ("mfa", doc.mfa.is_some()),
            (
                "file-inspection",
                doc.controls.iter().flatten().any(|c| matches!(c, super::super::shape::ControlDoc::FileInspection)),
            ),
            // A breakout earns its name only when it names tenants and denies everything else.
            (
                "lbo",
                kind == Kind::Breakout && has_tenants && doc.default == Some(ActionDoc::Deny) && doc.rules.is_some(),
            ),
        ] {
            if earned {
                words.push(word.to_owned());
            }
        }
        self.label_list(&words)
    }

    /// The ids of labels. Sorted, distinct.
    pub(super) fn label_list(&mut self, words: &[String]) -> Vec<crate::model::LabelId> {
        let mut ids: Vec<_> = words.iter().map(|w| self.label(w)).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    pub(super) fn push_transit(&mut self, id: NodeId, name: &Name, head: Head, transit: Transit) {
        let row = self.model.transits.push(transit);
        let pushed = self.push_node(name, head, Role::Transit(row));
        debug_assert_eq!(pushed, id);
    }

    /// The zones of `joins`; fewer than two is a mistake.
    pub(super) fn joined(&mut self, name: &Name, joins: &Names) -> Vec<ZoneId> {
        let mut zones: Vec<ZoneId> = Vec::new();
        let mut seen: std::collections::BTreeMap<ZoneId, Span> = std::collections::BTreeMap::new();
        for n in &joins.0 {
            let Some(zone) = self.network(n) else { continue };
            if let Some(&first) = seen.get(&zone) {
                let d = Diagnostic::error(
                    Code::BAD_VALUE,
                    n.span,
                    Text::new(format!("`{}` が二度書かれています", n.text), format!("`{}` is named twice", n.text)),
                    Text::new("同じネットワークです", "the same network"),
                );
                self.diagnostics.push(d.also(first, Text::new("最初はここです", "first named here")));
            } else {
                seen.insert(zone, n.span);
                zones.push(zone);
            }
        }
        if joins.0.len() < 2 && !self.damage.touches(name.span) {
            self.error(
                Code::MISSING_FIELD,
                name.span,
                Text::new("joins には二つ以上のネットワークが必要です", "joins needs two networks or more"),
                Text::new("どこをつなぐ機器ですか", "what does it join?"),
            );
        }
        zones
    }

    /// A machine that forwards between its networks is a router, too.
    pub(super) fn forwarding(&mut self, id: NodeId, name: &Name) {
        let mut zones: Vec<ZoneId> =
            self.model.nodes[id].faces.iter().filter_map(|&f| self.model.faces[f].zone).collect();
        zones.dedup();
        if zones.len() > 1 {
            let labels = self.label_list(&self.own_label(name));
            // Where machines are kept apart, it is one of them, and no frame of theirs comes to it.
            let transit = Transit { hairpin: Some(Hairpin::Drop), ..blank(id, zones, labels, name) };
            self.model.transits.push(transit);
        }
    }

    /// Rules, routes, translation and gates, now that every name and address is known.
    pub(super) fn transit_rules(&mut self, pending: Vec<Pending>) {
        // Machines that forward are devices, too: routes may name them, whatever the order.
        for p in &pending {
            if let PendingDoc::Endpoint(doc) = &p.doc
                && doc.forwards
            {
                self.forwarding(p.id, &p.name);
            }
        }
        let switches: Vec<&super::switches::Switch> = pending
            .iter()
            .filter_map(|p| match &p.doc {
                PendingDoc::Switch(s) => Some(s),
                _ => None,
            })
            .collect();
        self.patch(&switches);
        for p in &pending {
            if let PendingDoc::Endpoint(doc) = &p.doc {
                self.gateways(p.id, &doc.gateway);
            }
        }
        // What translation shows of a device in a network without address is a part of that network, also for rules and routes of others.
        for p in &pending {
            if let (PendingDoc::Transit(doc), Role::Transit(row)) = (&p.doc, &self.model.nodes[p.id].role) {
                let row = *row;
                doc.nat.iter().for_each(|nat| self.translation(row, nat));
            }
        }
        for p in pending {
            if let PendingDoc::Transit(doc) = p.doc
                && let Role::Transit(row) = self.model.nodes[p.id].role
            {
                self.transit_rest(row, &p.name, doc);
            }
        }
    }

    /// The devices to which a machine hands what is not for its own networks: one for each network at most.
    fn gateways(&mut self, id: NodeId, names: &Names) {
        for name in &names.0 {
            let Some(node) = self.node(name) else { continue };
            let faces = self.model.nodes[id].faces.clone();
            let mut used = false;
            for face in faces {
                let Some(zone) = self.model.faces[face].zone else { continue };
                if let Some(device) = self.device_of(node, Some(zone)).filter(|d| self.model.transits[*d].node != id) {
                    self.model.faces[face].gateway.get_or_insert(device);
                    used = true;
                }
            }
            let zones: Vec<ZoneId> =
                self.model.nodes[id].faces.iter().filter_map(|&f| self.model.faces[f].zone).collect();
            // Where the network itself is a mistake, that is what has to be mended.
            if !used && !zones.is_empty() {
                let fitting = zones.iter().flat_map(|&z| self.devices_in(Some(z), id)).collect();
                self.unfitting(
                    name.span,
                    Text::new(
                        format!("`{}` は、この機器のネットワークをつないでいません", name.text),
                        format!("`{}` joins no network of this machine", name.text),
                    ),
                    Text::new(
                        "gateway には、同じネットワークのルーターやファイアウォールを書きます",
                        "gateway names a router or firewall of the same network",
                    ),
                    fitting,
                );
            }
        }
    }

    fn transit_rest(&mut self, row: TransitId, name: &Name, doc: TransitDoc) {
        let total: usize = doc.rules.as_ref().map_or(0, Vec::len);
        if total > MAX_ROWS {
            self.error(
                Code::TOO_MANY,
                name.span,
                Text::new(format!("ルールが多すぎます(上限 {MAX_ROWS})"), format!("too many rules (limit {MAX_ROWS})")),
                Text::new("この機器のルールです", "the rules of this device"),
            );
            return;
        }
        let default = doc.default.map(|d| match d {
            ActionDoc::Permit => Action::Permit,
            ActionDoc::Deny => Action::Deny,
        });
        for rule in doc.rules.iter().flatten() {
            self.own_zones(row, name, rule.enters.0.iter().chain(&rule.leaves.0));
        }
        self.parts(row, name, &doc);
        let rules = match doc.rules {
            Some(rules) => Some(rules.iter().enumerate().filter_map(|(i, r)| self.rule(r, name, i)).collect()),
            // A firewall of which nothing is said is an open question; a router forwards.
            None if default.is_some() || self.filters(row) => Some(Vec::new()),
            None => None,
        };
        if rules.is_some() && default.is_none() {
            let id = self.assume(
                Code::DEFAULT_UNSTATED,
                name.span,
                Text::new(
                    format!("`{}` の既定動作 default が書かれていません", name.text),
                    format!("the default action of `{}` is not stated", name.text),
                ),
                Text::new(
                    "default: Deny か default: Permit を書いてください",
                    "state default: Deny or default: Permit",
                ),
            );
            self.model.transits[row].default_assumption = Some(id);
        }
        let routes = doc.routes.map(|routes| {
            let stated: Vec<_> = routes.iter().flat_map(|r| self.route(row, name, r)).collect();
            self.with_connected(row, name, stated)
        });
        let strays = doc.strays.map(|s| match s {
            StraysDoc::Drop => Strays::Drop,
            StraysDoc::AsRules => Strays::AsRules,
        });
        let outside = doc.rules_see == Some(RulesSeeDoc::Outside);
        if !outside {
            self.rules_see_the_inside(row, rules.as_deref().unwrap_or_default());
        }
        self.memory(row, name, strays.is_some(), rules.as_deref());
        let hairpin = doc.hairpin.map(|h| match h {
            HairpinDoc::Forward => Hairpin::Forward,
            HairpinDoc::Drop => Hairpin::Drop,
        });
        self.hairpin(row, name, hairpin);
        let mfa = doc.mfa.and_then(|m| m.enrolled).map(|enrolled| {
            let enrolled = self.node_list(&enrolled);
            MfaGate { guard: self.guard(&format!("mfa@{}", self.own(name)), name.span), enrolled }
        });
        let transit = &mut self.model.transits[row];
        transit.rules = rules;
        transit.strays = strays;
        transit.rules_see_outside = outside;
        transit.default = default;
        transit.routes = routes;
        transit.mfa = mfa;
    }

    /// P-HAIRPIN: what a device says of packets that go back into a network which keeps its machines apart, or leaves open.
    fn hairpin(&mut self, row: TransitId, name: &Name, stated: Option<Hairpin>) {
        self.model.transits[row].hairpin = stated;
        let zones = &self.model.transits[row].zones;
        let Some(apart) = zones.iter().map(|&z| &self.model.zones[z]).find(|z| z.client_isolation) else {
            if stated.is_some() {
                let place = self.field_place(name.span, "hairpin");
                let message = Text::new(
                    "hairpin は、client_isolation のあるネットワークにつながる機器だけに書けます",
                    "`hairpin` belongs to devices that join a network with client_isolation",
                );
                let label = Text::new(
                    "機器どうしを分けているネットワークは joins にありません",
                    "no network of its joins keeps its machines apart",
                );
                self.error(Code::NOT_FOR_KIND, place, message, label);
            }
            return;
        };
        if stated.is_none() {
            // Told only where an answer rests on it.
            let text = Text::new(
                format!(
                    "`{}` が、`{}` から来たパケットを `{}` へ送り返すかどうか(hairpin)が書かれていません",
                    name.text, apart.name, apart.name
                ),
                format!(
                    "whether `{}` sends packets from `{}` back into `{}` (hairpin) is not stated",
                    name.text, apart.name, apart.name
                ),
            );
            let id = self.model.assumptions.push(Assumption { text, span: Some(name.span) });
            self.model.transits[row].hairpin_assumption = Some(id);
        }
    }

    /// What only devices that remember sessions can say, and what they leave open.
    fn memory(&mut self, row: TransitId, name: &Name, strays_stated: bool, rules: Option<&[crate::model::Rule]>) {
        if !self.model.transits[row].remembers() {
            let label = Text::new(
                "この機器は通信を覚えません(stateful: false)",
                "this device remembers no sessions (stateful: false)",
            );
            if strays_stated {
                let place = self.field_place(name.span, "strays");
                let message = Text::new(
                    "strays は、通信を覚える機器だけに書けます",
                    "strays belongs to devices that remember sessions",
                );
                self.error(Code::NOT_FOR_KIND, place, message, label.clone());
            }
            for rule in rules.into_iter().flatten().filter(|r| r.state == RuleState::Invalid) {
                let message = Text::new(
                    "規則の invalid は、通信を覚える機器だけに書けます",
                    "`invalid` belongs to rules of devices that remember sessions",
                );
                self.error(Code::BAD_RULE, rule.span, message, label.clone());
            }
        } else if !strays_stated && rules.is_some_and(|r| !r.is_empty()) {
            // Told only where an answer rests on it, so nothing is warned of here.
            let text = Text::new(
                format!("`{}` が、要求を見ていない応答をどう扱うか(strays)が書かれていません", name.text),
                format!("how `{}` treats answers to requests that it has not seen (strays) is not stated", name.text),
            );
            let id = self.model.assumptions.push(Assumption { text, span: Some(name.span) });
            self.model.transits[row].strays_assumption = Some(id);
        }
    }

    fn filters(&self, row: TransitId) -> bool {
        let node = self.model.transits[row].node;
        matches!(self.model.nodes[node].kind, Kind::Firewall | Kind::Breakout | Kind::VpnGateway | Kind::SecurityCloud)
    }

    /// Where a rule or route says packets enter and leave must be networks of the device.
    pub(super) fn own_zones<'n>(&mut self, row: TransitId, name: &Name, places: impl Iterator<Item = &'n Name>) {
        for place in places {
            let zone = match self.names.get(&self.key(&place.text, place.span)) {
                Some((Named::Network(zone), _)) => *zone,
                Some((Named::Segment(segment), _)) => self.zone_of_segment[segment.index()],
                _ => continue,
            };
            if !self.model.transits[row].zones.contains(&zone) {
                let joined = &self.model.transits[row].zones;
                let joined = joined.iter().map(|&z| self.model.zones[z].name.clone()).collect();
                self.unfitting(
                    place.span,
                    Text::new(
                        format!("`{}` は `{}` をつないでいません", name.text, place.text),
                        format!("`{}` does not join `{}`", name.text, place.text),
                    ),
                    Text::new("ここには joins のネットワークを書きます", "only networks of joins can stand here"),
                    joined,
                );
            }
        }
    }
}

/// A device that does nothing but join.
pub(super) fn blank(node: NodeId, zones: Vec<ZoneId>, labels: Vec<crate::model::LabelId>, name: &Name) -> Transit {
    Transit {
        node,
        zones,
        parts: None,
        rules: None,
        default: None,
        default_assumption: None,
        stateful: true,
        strays: None,
        strays_assumption: None,
        hairpin: None,
        hairpin_assumption: None,
        rules_see_outside: false,
        routes: None,
        one_way: None,
        dnat: Vec::new(),
        snat: Vec::new(),
        labels,
        mfa: None,
        span: name.span,
    }
}
