//! L2 switches: which networks their ports carry, and which of them cables bring together.
//!
//! A network is a VLAN. A switch keeps its VLANs apart; a cable between two ports joins what leaves one with what enters the
//! other, so VLANs that are patched together are one broadcast domain.

use std::collections::BTreeMap;

use petgraph::unionfind::UnionFind;

use super::super::shape::{PortDoc, SwitchDoc, TrunkDoc};
use super::super::value::{Map, Name};
use super::endpoints::{Head, owner, stated};
use super::transits::blank;
use super::{PendingDoc, Resolver};
use crate::diagnostic::{Code, Diagnostic, Text};
use crate::model::{Declared, Hairpin, Id, Kind, NodeId, Role, Transit, ZoneId};
use crate::source::Span;

/// What a port sends and takes: one network without a tag, and some with a tag.
#[derive(Debug, Clone, Default)]
struct Port {
    untagged: Option<ZoneId>,
    tagged: Vec<ZoneId>,
}

/// A switch whose networks are known.
#[derive(Debug)]
pub(in crate::document) struct Switch {
    node: NodeId,
    name: String,
    ports: BTreeMap<String, Port>,
    numbers: BTreeMap<ZoneId, u16>,
    /// The port, the port at the other end as written, and its place.
    cables: Vec<(Name, Name)>,
}

/// Two networks that a cable brings together.
#[derive(Debug, Clone)]
struct Patch {
    /// The switch at which the cable is written.
    switch: NodeId,
    zones: (ZoneId, ZoneId),
    place: Span,
}

impl Resolver<'_> {
    pub(super) fn switch(&mut self, id: NodeId, name: &Name, doc: SwitchDoc) -> PendingDoc {
        let mut ports: BTreeMap<String, Port> = BTreeMap::new();
        let mut places: BTreeMap<&str, Span> = BTreeMap::new();
        let mut zones: Vec<ZoneId> = Vec::new();
        let numbers = self.numbers(&doc.vlans);
        for (port, what) in &doc.ports.entries {
            if let Some(&first) = places.get(port.text.as_str()) {
                self.twice(port, first);
                continue;
            }
            places.insert(&port.text, port.span);
            let own = match what {
                PortDoc::Access(vlan) => Port { untagged: self.network(vlan), tagged: Vec::new() },
                PortDoc::Trunk(t) => {
                    // A trunk that does not name its native VLAN has number 1 untagged, as products do.
                    let first = || numbers.iter().find(|(_, n)| **n == 1).map(|(zone, _)| *zone);
                    let untagged = match &t.native {
                        Some(native) => self.network(native),
                        None => first(),
                    };
                    let mut tagged = t.allowed.as_ref().map_or_else(Vec::new, |named| self.networks(named));
                    tagged.retain(|z| Some(*z) != untagged);
                    Port { untagged, tagged }
                }
            };
            for zone in own.untagged.iter().chain(&own.tagged) {
                if !zones.contains(zone) {
                    zones.push(*zone);
                }
            }
            ports.insert(port.text.clone(), own);
        }
        // A trunk that does not say what it carries carries every VLAN of the switch, as products do.
        let open = |(_, what): &(Name, PortDoc)| matches!(what, PortDoc::Trunk(TrunkDoc { allowed: None, .. }));
        if doc.ports.entries.iter().any(open) {
            let others: Vec<ZoneId> = numbers.keys().filter(|z| !zones.contains(z)).copied().collect();
            zones.extend(others);
        }
        for (port, what) in &doc.ports.entries {
            if let (PortDoc::Trunk(TrunkDoc { allowed: None, .. }), Some(own)) = (what, ports.get_mut(&port.text)) {
                own.tagged = zones.iter().copied().filter(|z| Some(*z) != own.untagged).collect();
            }
        }
        if doc.ports.entries.is_empty() && !self.damage.touches(name.span) {
            self.missing(name.span, "ports", &name.text);
        }
        let (controls, controls_stated) = stated(doc.controls.as_deref());
        let head = Head {
            label: doc.label,
            kind: Kind::Switch,
            count: 1,
            controls,
            declared: Declared { controls_stated, owner: doc.owner.map(owner), ..Declared::default() },
            part_of: doc.part_of,
        };
        let words = self.own_label(name);
        let labels = self.label_list(&words);
        // Each network is a part of its own until cables are known.
        let parts = Some((0..zones.len() as u32).collect());
        self.push_transit(
            id,
            name,
            head,
            Transit { parts, hairpin: Some(Hairpin::Drop), ..blank(id, zones, labels, name) },
        );
        let cables = doc.cables.entries;
        PendingDoc::Switch(Switch { node: id, name: self.own(name), ports, numbers, cables })
    }

    /// The number of each VLAN: one each, none for two.
    fn numbers(&mut self, vlans: &Map<u16>) -> BTreeMap<ZoneId, u16> {
        let mut numbers = BTreeMap::new();
        let mut taken: BTreeMap<u16, Span> = BTreeMap::new();
        let mut named: BTreeMap<ZoneId, Span> = BTreeMap::new();
        for (vlan, number) in &vlans.entries {
            if !(1..=4094).contains(number) {
                let message =
                    Text::new(format!("VLAN の番号 {number} は使えません"), format!("{number} is no number of a VLAN"));
                let label = Text::new("1 から 4094 までです", "they go from 1 to 4094");
                self.error(Code::BAD_VALUE, vlan.span, message, label);
            }
            if let Some(&first) = taken.get(number) {
                let message = Text::new(
                    format!("番号 {number} が二つの VLAN に付いています"),
                    format!("two VLANs have the number {number}"),
                );
                let d =
                    Diagnostic::error(Code::DUPLICATE_NAME, vlan.span, message, Text::new("二つ目です", "the second"));
                self.diagnostics.push(d.also(first, Text::new("一つ目はここです", "the first is here")));
            }
            taken.entry(*number).or_insert(vlan.span);
            let Some(zone) = self.network(vlan) else { continue };
            if let Some(&first) = named.get(&zone) {
                self.twice(vlan, first);
            }
            named.entry(zone).or_insert(vlan.span);
            numbers.insert(zone, *number);
        }
        numbers
    }

    /// P-VLAN: joins networks by the cables of all switches.
    pub(super) fn patch(&mut self, switches: &[&Switch]) {
        let mut union = UnionFind::<usize>::new(self.model.zones.len());
        for patch in self.patches(switches) {
            let (a, b) = patch.zones;
            let joined = union.union(a.index(), b.index());
            if joined {
                self.tell_patch(&patch);
            }
            // Neither switch may have a port in both networks; the cable is what joins them.
            let Role::Transit(row) = self.model.nodes[patch.switch].role else { continue };
            let own = &mut self.model.transits[row].zones;
            own.extend([a, b].into_iter().filter(|z| !own.contains(z)).collect::<Vec<_>>());
        }
        let size =
            |z: usize, union: &UnionFind<usize>| (0..self.model.zones.len()).filter(|&o| union.equiv(z, o)).count();
        let patched: Vec<Option<u32>> =
            (0..self.model.zones.len()).map(|z| (size(z, &union) > 1).then(|| union.find(z) as u32)).collect();
        let zones: Vec<ZoneId> = self.model.zones.ids().collect();
        for zone in zones {
            self.model.zones[zone].patched = patched[zone.index()];
        }
        for switch in switches {
            let Role::Transit(row) = self.model.nodes[switch.node].role else { continue };
            let transit = &mut self.model.transits[row];
            transit.parts = Some(transit.zones.iter().map(|z| union.find(z.index()) as u32).collect());
        }
    }

    fn tell_patch(&mut self, patch: &Patch) {
        let name = |z: ZoneId| self.model.zones[z].name.clone();
        let (a, b) = (name(patch.zones.0), name(patch.zones.1));
        self.diagnostics.push(
            Diagnostic::warning(
                Code::PATCHED,
                patch.place,
                Text::new(
                    format!("このケーブルで `{a}` と `{b}` が一つのネットワークになります"),
                    format!("this cable makes `{a}` and `{b}` one network"),
                ),
                Text::new("二つの VLAN がつながっています", "two VLANs are patched together"),
            )
            .help(Text::new(
                "意図していなければ、ポートの VLAN か、トランクの native と番号を確かめてください",
                "if that is not meant, look at the VLANs of the ports, and at native and the numbers of trunks",
            )),
        );
    }

    fn patches(&mut self, switches: &[&Switch]) -> Vec<Patch> {
        let mut all = Vec::new();
        for switch in switches {
            for (from, to) in &switch.cables {
                let own = self.port(switch, &from.text, from);
                let far = match to.text.split_once(char::is_whitespace) {
                    Some((name, port)) => {
                        let key = self.key(name, to.span);
                        let far = switches.iter().find(|s| s.name == key).copied();
                        if far.is_none() {
                            self.no_switch(name, to);
                        }
                        far.and_then(|far| Some((far, self.port(far, port.trim(), to)?)))
                    }
                    None => {
                        let message = Text::new(
                            format!("`{}` に続けて、ポートの名前が必要です", to.text),
                            format!("the name of a port has to follow `{}`", to.text),
                        );
                        self.error(Code::WRONG_REFERENCE, to.span, message, how_cables_are_written());
                        None
                    }
                };
                let (Some(own), Some((far_switch, far))) = (own, far) else { continue };
                for zones in self.joined_by((switch, &own), (far_switch, &far), to) {
                    all.push(Patch { switch: switch.node, zones, place: to.span });
                }
            }
        }
        all
    }

    /// The networks that a cable between two ports joins.
    fn joined_by(&mut self, a: (&Switch, &Port), b: (&Switch, &Port), cable: &Name) -> Vec<(ZoneId, ZoneId)> {
        let mut all: Vec<(ZoneId, ZoneId)> = a.1.untagged.zip(b.1.untagged).into_iter().collect();
        for &x in &a.1.tagged {
            for &y in &b.1.tagged {
                let one = match (a.0.numbers.get(&x), b.0.numbers.get(&y)) {
                    (Some(m), Some(n)) => m == n,
                    (None, None) => x == y,
                    _ if x == y => true,
                    _ => {
                        self.unnumbered(a, b, (x, y), cable);
                        false
                    }
                };
                if one {
                    all.push((x, y));
                }
            }
        }
        all.retain(|(x, y)| x != y);
        all
    }

    /// Tags can only be compared if both switches number the VLAN.
    fn unnumbered(&mut self, a: (&Switch, &Port), b: (&Switch, &Port), (x, y): (ZoneId, ZoneId), cable: &Name) {
        let (switch, zone) = if a.0.numbers.contains_key(&x) { (b.0, y) } else { (a.0, x) };
        let network = self.model.zones[zone].name.clone();
        let message = Text::new(
            format!(
                "`{}` の VLAN `{network}` の番号(vlans)がないので、このトランクでつながるか決められません",
                switch.name
            ),
            format!(
                "whether this trunk joins the VLAN `{network}` of `{}` cannot be decided without its number (vlans)",
                switch.name
            ),
        );
        let label = Text::new(
            "両端のスイッチに vlans: { 名前: 番号 } を書いてください",
            "state vlans: { name: number } on both switches",
        );
        if !self
            .diagnostics
            .iter()
            .any(|d| d.labels.first().is_some_and(|l| l.span == cable.span) && d.code == Code::MISSING_FIELD)
        {
            self.error(Code::MISSING_FIELD, cable.span, message, label);
        }
    }

    fn port(&mut self, switch: &Switch, port: &str, place: &Name) -> Option<Port> {
        let found = switch.ports.get(port).cloned();
        if found.is_none() {
            let known: Vec<&str> = switch.ports.keys().map(String::as_str).collect();
            let list = known.join(", ");
            let message = Text::new(
                format!("スイッチ `{}` にポート `{port}` はありません", switch.name),
                format!("switch `{}` has no port `{port}`", switch.name),
            );
            let label = Text::new(format!("あるのは {list} です"), format!("it has {list}"));
            self.error(Code::UNKNOWN_NAME, place.span, message, label);
        }
        found
    }

    fn no_switch(&mut self, name: &str, place: &Name) {
        let message = Text::new(format!("`{name}` はスイッチではありません"), format!("`{name}` is no switch"));
        self.error(Code::WRONG_REFERENCE, place.span, message, how_cables_are_written());
    }
}

fn how_cables_are_written() -> Text {
    Text::new("書き方: cables: { \"24\": \"sw2 24\" }", "write cables: { \"24\": \"sw2 24\" }")
}
