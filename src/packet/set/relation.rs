//! What a set says about addresses alone: its sources and destinations, and who may open a service to whom.

use std::collections::BTreeMap;

use super::diagram::{Edge, TooLarge};
use super::fields::{self, PROTOCOL, Ranges, SOURCE_PORT, TARGET_PORT};
use super::numbers::AddrSet;
use super::space::{PacketSet, Space};
use crate::model::Protocol;

impl Space {
    /// Every destination of a set, in any context.
    #[must_use]
    pub fn destinations(&self, set: PacketSet) -> AddrSet {
        let contexts = self.diagrams.pieces(fields::CONTEXT, set.0);
        let found = contexts.into_iter().flat_map(|(_, _, edge)| self.targets(edge));
        found.fold(AddrSet::none(), |all, (_, some)| all.or(&some))
    }

    /// Every source of a set, in any context.
    #[must_use]
    pub fn sources(&self, set: PacketSet) -> AddrSet {
        let mut seen = std::collections::BTreeSet::new();
        let mut all = AddrSet::none();
        for (_, _, edge) in self.diagrams.pieces(fields::CONTEXT, set.0) {
            for (services, _) in self.targets(edge) {
                if seen.insert(services) {
                    for (from, _) in self.service_groups(services) {
                        if seen.insert(from) {
                            all = all.or(&self.senders(from));
                        }
                    }
                }
            }
        }
        all
    }

    /// A set with what it is in some context, in every context.
    ///
    /// # Errors
    /// If it is beyond the limits.
    pub fn whatever_context(&mut self, set: PacketSet) -> Result<PacketSet, TooLarge> {
        self.diagrams.begin();
        let mut all = Edge::FALSE;
        for (_, _, edge) in self.diagrams.pieces(fields::CONTEXT, set.0) {
            all = self.diagrams.or(all, edge)?;
        }
        Ok(PacketSet(all))
    }

    /// Who may open a service to whom, in one context: sources that may open it (from some source port) to the same
    /// destinations are one group, and no two groups may open it to the same destinations. Sources that may open it to
    /// nobody are left out. `port` is the destination port, or the slot of an ICMP type.
    ///
    /// # Errors
    /// If it is beyond the limits.
    pub fn partition(
        &mut self,
        set: PacketSet,
        context: u32,
        protocol: Protocol,
        port: u16,
    ) -> Result<Vec<(AddrSet, AddrSet)>, TooLarge> {
        self.diagrams.begin();
        let (kind, number) = fields::protocol(protocol);
        let port = number.map_or(u128::from(port), u128::from);
        let mut relations: Vec<(AddrSet, AddrSet)> = Vec::new();
        for (services, to) in self.targets(self.in_context(set, context).0) {
            let at = self.diagrams.at(TARGET_PORT, port, self.diagrams.at(PROTOCOL, kind, services));
            let mut from = Edge::FALSE;
            for (_, _, edge) in self.diagrams.pieces(SOURCE_PORT, at) {
                from = self.diagrams.or(from, edge)?;
            }
            if from != Edge::FALSE {
                relations.push((self.senders(from), to));
            }
        }
        let mut by_target: BTreeMap<AddrSet, AddrSet> = BTreeMap::new();
        for (takers, from) in atoms(&relations) {
            let to = takers.iter().fold(AddrSet::none(), |all, &i| all.or(&relations[i].1));
            let group = by_target.entry(to).or_default();
            *group = group.or(&from);
        }
        let mut groups: Vec<(AddrSet, AddrSet)> = by_target.into_iter().map(|(to, from)| (from, to)).collect();
        groups.sort();
        Ok(groups)
    }
}

/// Sources by the relations that they take part in.
fn atoms(relations: &[(AddrSet, AddrSet)]) -> Vec<(Vec<usize>, AddrSet)> {
    let mut groups: BTreeMap<Vec<usize>, [Ranges; 3]> = BTreeMap::new();
    for kind in 0..3 {
        // Where relations begin and end, in order of numbers; what ends at the last number needs no end.
        let mut events: Vec<(u128, bool, usize)> = Vec::new();
        for (i, (from, _)) in relations.iter().enumerate() {
            for &(first, last) in from.ranges(kind) {
                events.push((first, true, i));
                events.extend(last.checked_add(1).map(|next| (next, false, i)));
            }
        }
        events.sort_unstable();
        let mut active = std::collections::BTreeSet::new();
        let mut at = 0;
        for (number, begins, i) in events {
            if number > at && !active.is_empty() {
                let takers: Vec<usize> = active.iter().copied().collect();
                groups.entry(takers).or_default()[kind].push((at, number - 1));
            }
            at = number;
            if begins {
                active.insert(i);
            } else {
                active.remove(&i);
            }
        }
        if !active.is_empty() {
            groups.entry(active.into_iter().collect()).or_default()[kind].push((at, u128::MAX));
        }
    }
    groups.into_iter().map(|(takers, kinds)| (takers, AddrSet::from_kinds(kinds))).collect()
}
