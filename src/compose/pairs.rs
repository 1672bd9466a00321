//! Every host and store of the bodies of a region against every other one, from all bodies in one graph.
//!
//! 64 sources are one word; few words of sources are there at once, so that what is reached counts and not what there is.

use rayon::prelude::*;

use super::union::{At, Machine, Steps, Union};
use crate::model::{Id, Lens, NodeId};
use crate::network::flat::{Condensed, bit};
use crate::packet::Level;
use crate::verify::fast::{HostReach, Hosts, host_states};

/// The most hosts and stores of a table.
pub const MOST_HOSTS: usize = 20_000;

/// The most pairs that are listed: more nobody reads, and their names alone would fill the memory.
pub const MOST_PAIRS: u64 = 20_000_000;

/// So many words of sources are answered at a time, whatever the number of threads.
const AT_ONCE: usize = 32;

/// Why there is no table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoTable {
    /// More hosts and stores than [`MOST_HOSTS`].
    Hosts(usize),
    /// More pairs than [`MOST_PAIRS`]; so many were there when it was given up.
    Pairs(u64),
    /// The graph was made without these steps.
    Steps,
}

impl Union {
    /// The machine of a row or column: its name and how many it stands for.
    #[must_use]
    pub fn machine(&self, number: NodeId) -> (&str, u32) {
        let machine = &self.machines[number.index()];
        (&machine.name, machine.count)
    }

    /// The hosts and stores of a body and of all below it, or of the whole region.
    #[must_use]
    pub fn hosts_below(&self, body: Option<usize>) -> Vec<NodeId> {
        let below = |m: &Machine| body.is_none_or(|b| self.seen_by(m.body).contains(&b));
        let chosen = self.machines.iter().enumerate().filter(|(_, m)| m.asked && below(m));
        chosen.map(|(i, _)| NodeId::new(i)).collect()
    }

    /// Each of some hosts and stores against each other, while all controls work; a person copying off a screen does not
    /// count.
    ///
    /// # Errors
    /// If the table would be too large, or the graph has not these steps.
    pub fn hosts(&self, lens: Lens, chosen: &[NodeId]) -> Result<Hosts, NoTable> {
        if chosen.len() > MOST_HOSTS {
            return Err(NoTable::Hosts(chosen.len()));
        }
        let flat = |level| self.flat(Steps { lens, level, eyes: false }).ok_or(NoTable::Steps);
        let (may, sure) = (Condensed::new(flat(Level::May)?), Condensed::new(flat(Level::Sure)?));
        let ends = host_states(lens).into_iter().fold(0, |all, s| all | 1 << bit(s));
        let mut rows: Vec<HostReach> = Vec::with_capacity(chosen.len());
        let mut pairs = 0;
        let words: Vec<&[NodeId]> = chosen.chunks(64).collect();
        for some in words.chunks(AT_ONCE) {
            let found: Vec<Vec<HostReach>> =
                some.par_iter().map(|from| self.reached_from(from, chosen, ends, &may, &sure)).collect();
            pairs += found.iter().flatten().map(|r| (r.sure.len() + r.possible.len()) as u64).sum::<u64>();
            rows.extend(found.into_iter().flatten());
            if pairs > MOST_PAIRS {
                return Err(NoTable::Pairs(pairs));
            }
        }
        Ok(Hosts { lens, rows })
    }

    /// What at most 64 of them reach.
    fn reached_from(
        &self,
        from: &[NodeId],
        chosen: &[NodeId],
        ends: u64,
        may: &Condensed,
        sure: &Condensed,
    ) -> Vec<HostReach> {
        let starts = |n: &NodeId| -> Vec<At> {
            let machine = &self.machines[n.index()];
            machine.faces.clone().map(|face| (face, machine.starts)).collect()
        };
        let sources: Vec<Vec<At>> = from.iter().map(starts).collect();
        let (may, sure) = (may.reach(&sources), sure.reach(&sources));
        let mut rows: Vec<HostReach> =
            from.iter().map(|&from| HostReach { from, sure: Vec::new(), possible: Vec::new() }).collect();
        for &to in chosen {
            let faces = || self.machines[to.index()].faces.clone();
            let certain = faces().fold(0, |all, face| all | sure.word(0, face, ends));
            let possible = faces().fold(0, |all, face| all | may.word(0, face, ends)) & !certain;
            for (bit, row) in rows.iter_mut().enumerate().filter(|(_, row)| row.from != to) {
                if certain >> bit & 1 == 1 {
                    row.sure.push(to);
                } else if possible >> bit & 1 == 1 {
                    row.possible.push(to);
                }
            }
        }
        rows
    }
}
