//! Permits that are wider than anything the drawing declares.
//!
//! What is declared are communications and required flows. A rule is remarked on only if some communication uses it: where
//! nothing is declared, nothing can be said about what is needed. A rule that names several machines is taken as one rule
//! for each pair of them, since whoever writes a machine's name means that machine. Nothing here says that the rest of a
//! rule is harmful.

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic, Text};
use crate::model::{
    Action, AddrMatch, AddrRange, FaceId, Model, Node, PortRange, Protocol, Question, Rule, Service, Transit,
};
use crate::packet::set::{AddrSet, Limits, Ordered, PacketBox, PacketSet, Row, Space, TooLarge};

use super::filter::Filter;

/// The most lines of what is needed that are shown; how many more there are is said.
const MAX_SHOWN: usize = 6;
const LIMITS: Limits = Limits { nodes: 2_000_000, steps: 4_000_000 };

/// What the drawing declares, as packets.
pub(super) struct Needs<'m> {
    nodes: BTreeMap<&'m str, &'m Node>,
    /// Of communications.
    declared: Vec<PacketBox>,
    /// Of required flows: no rule is remarked on for their sake, but what they use is needed.
    required: Vec<PacketBox>,
}

impl<'m> Needs<'m> {
    pub(super) fn new(model: &'m Model) -> Self {
        let peers = |faces: &mut dyn Iterator<Item = FaceId>| {
            let attached = faces.filter(|&f| model.faces[f].zone.is_some());
            attached.fold(AddrSet::none(), |all, f| all.or(&AddrSet::of_face(f, &model.faces)))
        };
        let mut declared = Vec::new();
        for c in model.communications.values() {
            let faces = |nodes: &[crate::model::NodeId]| {
                peers(&mut nodes.iter().flat_map(|&n| model.nodes[n].faces.iter().copied()))
            };
            declared.push(packets(faces(&c.from), faces(&c.to), c.services.clone()));
        }
        let mut required = Vec::new();
        for check in model.checks.values() {
            if let Question::Require { from, to, .. } = &check.question {
                let [from, to] = [from, to].map(|list| peers(&mut list.iter().copied()));
                required.push(packets(from, to, vec![Service::ANY]));
            }
        }
        for list in [&mut declared, &mut required] {
            translated(model, list);
        }
        let nodes = model.nodes.values().map(|n| (n.name.as_str(), n)).collect();
        Self { nodes, declared, required }
    }

    /// Remarks about the permits of a device. Returns how many could not be settled.
    pub(super) fn remarks(
        &self,
        model: &Model,
        transit: &Transit,
        rules: &[Rule],
        filter: &Filter,
        remarks: &mut Vec<Diagnostic>,
    ) -> usize {
        if self.declared.is_empty() {
            return 0;
        }
        // Who remembers nothing needs rules for answers, too.
        let (mut declared, mut required) = (self.declared.clone(), self.required.clone());
        if !transit.remembers() {
            declared.extend(self.declared.iter().map(answers));
            required.extend(self.required.iter().map(answers));
        }
        let lines = filter.certain();
        let used = |i: usize| {
            let own = &lines[i].packets;
            declared.iter().any(|need| need.sources.meets(&own.sources) && need.destinations.meets(&own.destinations))
        };
        let candidates: Vec<usize> =
            (0..rules.len()).filter(|&i| rules[i].action == Action::Permit && used(i)).collect();
        if candidates.is_empty() {
            return 0;
        }
        let mut unsettled = 0;
        let mut ordered = Ordered::new(lines, false, &filter.faces, filter.contexts, &filter.never);
        let mut space = None;
        for i in candidates {
            let before: Vec<&PacketBox> = ordered.before(i).into_iter().map(|j| &lines[j].packets).collect();
            let mut ask = || -> Result<Option<Vec<Row>>, TooLarge> {
                let (space, declared, required) = match &mut space {
                    Some(known) => known,
                    none => {
                        let mut new = Space::new(&filter.faces, filter.contexts, LIMITS)?;
                        let (a, b) = (new.union(&declared)?, new.union(&required)?);
                        none.insert((new, a, b))
                    }
                };
                let own = space.of(&lines[i].packets)?;
                let own = space.left_of(own, before.iter().copied().chain(&filter.never))?;
                let own = space.whatever_context(own)?;
                let touched = space.and(own, *declared)?;
                let own = self.pairs_of(model, space, &rules[i], &lines[i].packets, own, touched)?;
                if own == space.none() {
                    return Ok(None);
                }
                let need = space.or(*declared, *required)?;
                let used = space.and(own, need)?;
                if used == own { Ok(None) } else { space.rows(used, 0).map(Some) }
            };
            match ask() {
                Ok(None) => {}
                Ok(Some(rows)) => remarks.push(wider(model, &rules[i], &rows, &AddrSet::all(&filter.faces))),
                Err(TooLarge) => {
                    unsettled += 1;
                    space = None;
                }
            }
        }
        unsettled
    }

    /// What of a rule's packets is between two of its peers, machines that it names or all the rest, that a communication joins.
    fn pairs_of(
        &self,
        model: &Model,
        space: &mut Space,
        rule: &Rule,
        whole: &PacketBox,
        own: PacketSet,
        touched: PacketSet,
    ) -> Result<PacketSet, TooLarge> {
        if touched == space.none() {
            return Ok(touched);
        }
        let sources = self.peers(model, &rule.source, &whole.sources);
        let destinations = self.peers(model, &rule.destination, &whole.destinations);
        let mut all = space.none();
        for from in &sources {
            for to in &destinations {
                let pair = space.of(&packets(from.clone(), to.clone(), whole.services.clone()))?;
                if space.and(touched, pair)? != space.none() {
                    all = space.or(all, pair)?;
                }
            }
        }
        space.and(own, all)
    }

    /// The machines that one side of a rule names, each by itself, and what else is on that side.
    fn peers(&self, model: &Model, side: &AddrMatch, whole: &AddrSet) -> Vec<AddrSet> {
        let mut rest = whole.clone();
        let mut all = Vec::new();
        for item in side.text.split(',').map(str::trim) {
            let name = item.split_once(['.', '@']).map_or(item, |(node, _)| node);
            if let Some(node) = self.nodes.get(name) {
                let own = node.faces.iter().fold(AddrSet::none(), |all, &f| all.or(&AddrSet::of_face(f, &model.faces)));
                all.push(own.and(whole));
                rest = rest.minus(&own);
            }
        }
        all.push(rest);
        all.retain(|set| !set.is_empty());
        all
    }
}

fn wider(model: &Model, rule: &Rule, rows: &[Row], everyone: &AddrSet) -> Diagnostic {
    let mut d = Diagnostic::warning(
        Code::WIDER_THAN_NEEDED,
        rule.span,
        Text::new(
            "このルールは、宣言された通信と必要な流れが使わないものまで通します",
            "this rule permits more than the declared communications and required flows use",
        ),
        Text::new("もっと絞れます", "can be narrower"),
    );
    for row in rows.iter().take(MAX_SHOWN) {
        let text = row.text(everyone, |face| model.face_name(face));
        d = d.help(Text::new(format!("使われるのは: {}", text.ja), format!("used: {}", text.en)));
    }
    if rows.len() > MAX_SHOWN {
        let more = rows.len() - MAX_SHOWN;
        d = d.help(Text::new(
            format!("使われるものは、ほかに {more} 行あります"),
            format!("and {more} more lines that are used"),
        ));
    }
    d.help(Text::new(
        "残りも要るなら、communications に宣言してください",
        "if the rest is needed, too, please declare it in communications",
    ))
}

fn packets(sources: AddrSet, destinations: AddrSet, services: Vec<Service>) -> PacketBox {
    PacketBox { contexts: None, sources, destinations, services }
}

/// Adds what the same packets are before and after translation, by any device.
fn translated(model: &Model, list: &mut Vec<PacketBox>) {
    let single = |addr| AddrSet::new([AddrRange::single(addr)], []);
    let mut more = Vec::new();
    for need in list.iter() {
        for dnat in model.transits.values().flat_map(|t| &t.dnat).filter(|d| need.destinations.contains(d.inside)) {
            let services = match dnat.ports {
                Some((protocol, ports)) => {
                    vec![Service { protocol: Some(protocol), source: PortRange::ALL, destination: ports }]
                }
                None => need.services.clone(),
            };
            more.push(packets(need.sources.clone(), single(dnat.outside), services));
        }
    }
    list.append(&mut more);
    // A drawing may translate anybody: sources that translation gives count for everybody.
    let given = model.transits.values().flat_map(|t| &t.snat).map(|s| s.source);
    let given = AddrSet::new(given.map(AddrRange::single), []);
    if !given.is_empty() {
        list.iter_mut().filter(|need| !need.sources.is_empty()).for_each(|need| need.sources = need.sources.or(&given));
    }
}

/// The answers to some packets.
fn answers(need: &PacketBox) -> PacketBox {
    let services = need.services.iter().map(|s| match s.protocol {
        Some(Protocol::Icmp) => Service { destination: PortRange::ALL, ..*s },
        _ => Service { source: s.destination, destination: s.source, ..*s },
    });
    packets(need.destinations.clone(), need.sources.clone(), services.collect())
}
