//! Every host and store against every other one: who comes to control whom, and whose information arrives where.
//!
//! From the layout for many sources, 64 of them at a time. It is for tables: a check has its own closure, with paths.

use super::forbid::{reached, starts};
use crate::model::{Behaviour, Fact, Id, Lens, Model, NodeId, Role};
use crate::network::Network;
use crate::network::flat::{Condensed, Flat, Reach, Unfit, bit};
use crate::packet::Level;

/// What one host or store reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostReach {
    /// Which.
    pub from: NodeId,
    /// What it certainly reaches, in declared order.
    pub sure: Vec<NodeId>,
    /// What it reaches only if something that the drawing leaves open is so.
    pub possible: Vec<NodeId>,
}

/// All of them in one lens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hosts {
    /// Attack or leak.
    pub lens: Lens,
    /// One row for each host and store, in declared order.
    pub rows: Vec<HostReach>,
}

/// Every host and store against every other one, while all controls work; a person copying off a screen does not count.
///
/// # Errors
///
/// If the drawing has no flat form.
pub fn hosts(model: &Model, network: &Network, lens: Lens) -> Result<Hosts, Unfit> {
    let all = hosts_asked(model);
    let sure = layout(network, lens, Level::Sure)?;
    let may = layout(network, lens, Level::May)?;
    let sources = |flat: &Flat| -> Vec<Vec<(u32, u64)>> {
        all.iter().map(|&n| flat.source(&starts(model, &model.nodes[n].faces))).collect()
    };
    let (sure_reach, may_reach) = (sure.1.reach(&sources(&sure.0)), may.1.reach(&sources(&may.0)));
    let row = |(i, &from): (usize, &NodeId)| {
        let reaches = |condensed: &Condensed, reach: &Reach<'_>, to: NodeId| {
            let has = |f: Fact| condensed.node(f.face).is_some_and(|n| reach.states(i, n) >> bit(f.state) & 1 == 1);
            to != from && super::forbid::reached(lens, false, has, &model.nodes[to].faces)
        };
        let (sure, rest): (Vec<NodeId>, Vec<NodeId>) = all.iter().partition(|&&to| reaches(&sure.1, &sure_reach, to));
        let possible = rest.into_iter().filter(|&to| reaches(&may.1, &may_reach, to)).collect();
        HostReach { from, sure, possible }
    };
    Ok(Hosts { lens, rows: all.iter().enumerate().map(row).collect() })
}

/// What one host or store reaches by the closure of the checks, of at least a level: the same question, one by one.
#[must_use]
pub fn host_alone(model: &Model, network: &Network, lens: Lens, level: Level, from: NodeId) -> Vec<NodeId> {
    let facts = super::reached(network, lens, level, &[], false, &starts(model, &model.nodes[from].faces));
    let has = |f: Fact| facts.contains(&f);
    let others = model.nodes.iter().filter(|(id, n)| *id != from && is_asked(&n.role));
    others.filter(|(_, n)| reached(lens, false, has, &n.faces)).map(|(id, _)| id).collect()
}

/// The hosts and stores of a drawing, in declared order.
#[must_use]
pub fn hosts_asked(model: &Model) -> Vec<NodeId> {
    model.nodes.iter().filter(|(_, n)| is_asked(&n.role)).map(|(id, _)| id).collect()
}

/// Where a host or store starts, as places and states of the flat form.
#[must_use]
pub fn host_starts(model: &Model, node: NodeId) -> Vec<(u32, u64)> {
    let facts = starts(model, &model.nodes[node].faces);
    facts.iter().map(|f| (f.face.index() as u32, 1 << bit(f.state))).collect()
}

fn layout(network: &Network, lens: Lens, level: Level) -> Result<(Flat, Condensed), Unfit> {
    let flat = Flat::of(network, lens, level, &[], false)?;
    let condensed = Condensed::new(&flat);
    Ok((flat, condensed))
}

fn is_asked(role: &Role) -> bool {
    matches!(role, Role::Endpoint(e) if matches!(e.behaviour, Behaviour::Host | Behaviour::Store))
}
