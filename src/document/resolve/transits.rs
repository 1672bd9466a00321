//! Firewalls, routers and L3 switches: what they join, their rules, routes and translations.
//!
//! Diodes and lines have no rules; see `lines`.

use super::super::shape::{ActionDoc, NatDoc, RuleDoc, TransitDoc};
use super::super::value::{Name, Names};
use super::address::{parse_range, prefix_len};
use super::endpoints::{Head, owner, stated};
use super::names::normal;
use super::{MAX_ROWS, Named, Pending, PendingDoc, Resolver};
use crate::diagnostic::{Code, Diagnostic, Text};
use crate::model::{
    Action, Addr, AddrRange, Declared, Dnat, FaceAddress, Id, Kind, MfaGate, NodeId, PacketAddr, Role, Route, Settings,
    Snat, Transit, TransitId, ZoneId,
};
use crate::source::Span;

/// The address that a translation makes visible outside, if it is well formed.
pub(super) fn outside_address(nat: &NatDoc) -> Option<AddrRange> {
    let text = match nat {
        NatDoc::Publish { outside, .. } => outside,
        NatDoc::Hide { behind, .. } => behind,
    };
    parse_range(&text.text).ok()
}

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
            self.model.transits.push(blank(id, zones, labels, name));
        }
    }

    /// Rules, routes, translation and gates, now that every name and address is known.
    pub(super) fn transit_rules(&mut self, pending: Vec<Pending>) {
        for p in pending {
            match p.doc {
                PendingDoc::Transit(doc) => {
                    let Role::Transit(row) = self.model.nodes[p.id].role else { continue };
                    self.transit_rest(row, &p.name, doc);
                }
                PendingDoc::Endpoint(doc) if doc.forwards => self.forwarding(p.id, &p.name),
                _ => {}
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
            self.rule_zones(row, rule, name);
        }
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
        let routes = doc.routes.map(|routes| routes.iter().flat_map(|r| self.route(row, r)).collect());
        for nat in &doc.nat {
            self.translation(row, nat);
        }
        self.rules_see_the_inside(row, rules.as_deref().unwrap_or_default());
        let mfa = doc.mfa.and_then(|m| m.enrolled).map(|enrolled| {
            let enrolled = self.node_list(&enrolled);
            MfaGate { guard: self.guard(&format!("mfa@{}", self.own(name)), name.span), enrolled }
        });
        let transit = &mut self.model.transits[row];
        transit.rules = rules;
        transit.default = default;
        transit.routes = routes;
        transit.mfa = mfa;
    }

    /// A rule that names the outside of a published address would never match: rules are looked at after it is
    /// translated. Many products do it the other way round, so nothing is guessed.
    fn rules_see_the_inside(&mut self, row: TransitId, rules: &[crate::model::Rule]) {
        let outside: Vec<Addr> = self.model.transits[row].dnat.iter().map(|d| d.outside).collect();
        for rule in rules {
            let d = &rule.destination;
            let named = |a: &&Addr| d.literal.iter().chain(&d.named).any(|r| r.contains(**a));
            if let Some(address) = outside.iter().find(named).filter(|_| !d.any) {
                let message = Text::new(
                    format!("規則が、公開した外のアドレス {address} を宛先にしています"),
                    format!("a rule names the published address {address} as destination"),
                );
                let label = Text::new(
                    "規則は変換した後の宛先を見ます。中の機器の名前を書いてください",
                    "rules see the destination after translation: name the node inside",
                );
                self.error(Code::BAD_VALUE, rule.span, message, label);
            }
        }
    }

    fn filters(&self, row: TransitId) -> bool {
        let node = self.model.transits[row].node;
        matches!(self.model.nodes[node].kind, Kind::Firewall | Kind::Breakout | Kind::VpnGateway | Kind::SecurityCloud)
    }

    /// Where a rule says packets enter and leave must be networks of the device.
    fn rule_zones(&mut self, row: TransitId, rule: &RuleDoc, name: &Name) {
        for place in rule.enters.iter().chain(&rule.leaves) {
            let zone = match self.names.get(&self.key(&place.text, place.span)) {
                Some((Named::Network(zone), _)) => *zone,
                Some((Named::Segment(segment), _)) => self.zone_of_segment[segment.index()],
                _ => continue,
            };
            if !self.model.transits[row].zones.contains(&zone) {
                self.error(
                    Code::WRONG_REFERENCE,
                    place.span,
                    Text::new(
                        format!("`{}` は `{}` をつないでいません", name.text, place.text),
                        format!("`{}` does not join `{}`", name.text, place.text),
                    ),
                    Text::new(
                        "enters / leaves には joins のネットワークを書きます",
                        "enters and leaves name networks of joins",
                    ),
                );
            }
        }
    }

    fn route(&mut self, row: TransitId, doc: &super::super::shape::RouteDoc) -> Vec<Route> {
        let via = self.network(&doc.via);
        let to = self.address_match(&doc.to.text, doc.to.span.start as usize, doc.to.span);
        let (Some(via), Some(to)) = (via, to) else { return Vec::new() };
        if !self.model.transits[row].zones.contains(&via) {
            self.error(
                Code::WRONG_REFERENCE,
                doc.via.span,
                Text::new(
                    format!("この機器は `{}` をつないでいません", doc.via.text),
                    format!("this device does not join `{}`", doc.via.text),
                ),
                Text::new("via には joins のネットワークを書きます", "via names a network of joins"),
            );
            return Vec::new();
        }
        let span = doc.to.span;
        if to.any {
            return vec![Route { to, prefix_len: 0, via, span }];
        }
        // One route per range, so that the longest prefix is that of the range that matches.
        let single = |literal: Vec<AddrRange>, named: Vec<AddrRange>, faces| crate::model::AddrMatch {
            any: false,
            literal,
            named,
            faces,
            text: to.text.clone(),
        };
        let mut routes: Vec<Route> = to
            .literal
            .iter()
            .map(|&r| Route { to: single(vec![r], Vec::new(), Vec::new()), prefix_len: route_len(r), via, span })
            .collect();
        routes.extend(to.named.iter().map(|&r| Route {
            to: single(Vec::new(), vec![r], Vec::new()),
            prefix_len: route_len(r),
            via,
            span,
        }));
        if !to.faces.is_empty() {
            routes.push(Route { to: single(Vec::new(), Vec::new(), to.faces.clone()), prefix_len: 128, via, span });
        }
        routes
    }

    fn translation(&mut self, row: TransitId, nat: &NatDoc) {
        match nat {
            NatDoc::Publish { outside, inside } => {
                let address = self.single_address(outside);
                let faces = self.faces(&inside.text, inside.span);
                let (Some(address), Some(faces)) = (address, faces) else { return };
                let zones = self.model.transits[row].zones.clone();
                let here =
                    faces.iter().copied().find(|&f| self.model.faces[f].zone.is_some_and(|z| zones.contains(&z)));
                // A node behind further devices: translation happens towards any zone but the asker's; take the first
                // joined zone that is not the outside one only when the node itself is attached to this device.
                let Some(face) = here else {
                    self.error(
                        Code::WRONG_REFERENCE,
                        inside.span,
                        Text::new(
                            format!("`{}` はこの機器がつなぐネットワークにいません", inside.text),
                            format!("`{}` is in no network that this device joins", inside.text),
                        ),
                        Text::new(
                            "公開する相手は直接つながるネットワークの機器です",
                            "publish a node of a joined network",
                        ),
                    );
                    return;
                };
                let Some(zone) = self.model.faces[face].zone else { return };
                let inside = match &self.model.faces[face].address {
                    FaceAddress::Known(ranges) => PacketAddr::Literal(ranges[0].first),
                    _ => PacketAddr::Of(face),
                };
                self.model.transits[row].dnat.push(Dnat { outside: address, inside, zone });
            }
            NatDoc::Hide { behind, towards } => {
                let address = self.single_address(behind);
                let zone = self.network(towards);
                let (Some(source), Some(zone)) = (address, zone) else { return };
                self.model.transits[row].snat.push(Snat { source, zone });
            }
        }
    }

    fn single_address(&mut self, name: &Name) -> Option<Addr> {
        let range = self.address(name)?;
        if range.first != range.last {
            self.error(
                Code::BAD_ADDRESS,
                name.span,
                Text::new("ここには一つのアドレスが必要です", "one single address is expected here"),
                Text::new("範囲は使えません", "not a range"),
            );
            return None;
        }
        Some(range.first)
    }
}

/// IPv4 prefixes count from their own 32 bits, so that they compare with each other; families never mix in a lookup.
fn route_len(range: AddrRange) -> u8 {
    let len = prefix_len(range);
    if range.first.is_v4() { len.saturating_sub(96) } else { len }
}

/// A device that does nothing but join.
pub(super) fn blank(node: NodeId, zones: Vec<ZoneId>, labels: Vec<crate::model::LabelId>, name: &Name) -> Transit {
    Transit {
        node,
        zones,
        rules: None,
        default: None,
        default_assumption: None,
        stateful: true,
        routes: None,
        one_way: None,
        dnat: Vec::new(),
        snat: Vec::new(),
        labels,
        mfa: None,
        span: name.span,
    }
}
