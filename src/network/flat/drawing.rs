//! The flat form of a drawing's network: faces are nodes, what is the case at a face is a bit.
//!
//! Only the steps that are open go in: which lens, how certain, which controls failed and whether eyes count is decided
//! here, once. Not here: why a step exists.

use std::collections::BTreeMap;

use super::{Classes, Condensed, Flat, Link, Pair, Plan, Unfit};
use crate::model::{Carrier, FaceId, Fact, GuardId, Id, Lens, State, Way};
use crate::network::Network;
use crate::packet::Level;

const CARRIERS: u8 = Carrier::ALL.len() as u8;

/// The bit of a state. Ten carriers arrive, ten are held, and ten leave in one of three ways: fifty in all.
#[must_use]
pub fn bit(state: State) -> u8 {
    match state {
        State::Arrives(k) => k as u8,
        State::Holds(k) => CARRIERS + k as u8,
        State::Leaves(k, way) => CARRIERS * (2 + way as u8) + k as u8,
    }
}

/// The state of a bit, if it is one.
#[must_use]
pub fn state(bit: u8) -> Option<State> {
    let carrier = Carrier::ALL[usize::from(bit % CARRIERS)];
    match bit / CARRIERS {
        0 => Some(State::Arrives(carrier)),
        1 => Some(State::Holds(carrier)),
        2 => Some(State::Leaves(carrier, Way::Both)),
        3 => Some(State::Leaves(carrier, Way::Opens)),
        4 => Some(State::Leaves(carrier, Way::Answers)),
        _ => None,
    }
}

/// The open steps of a drawing as edges between faces: what a layout is made of, and what others can be made of.
#[derive(Debug)]
pub struct OpenSteps {
    /// One more than the highest number of a face.
    pub nodes: u32,
    /// The transfers.
    pub classes: Classes,
    /// The edges, sorted by both ends.
    pub links: Vec<Link>,
}

impl OpenSteps {
    /// Those of a lens, of at least a level of certainty, when `failed` (sorted) do not work.
    ///
    /// # Errors
    ///
    /// If the drawing has more different states or transfers than fit.
    pub fn of(network: &Network, lens: Lens, level: Level, failed: &[GuardId], eyes: bool) -> Result<Self, Unfit> {
        Self::between(network, lens, level, failed, eyes, |_, _| true)
    }

    /// As [`Self::of`], only of steps whose faces are wanted: a part of a drawing that is put together with others.
    ///
    /// # Errors
    ///
    /// If the part has more different states or transfers than fit.
    pub fn between(
        network: &Network,
        lens: Lens,
        level: Level,
        failed: &[GuardId],
        eyes: bool,
        wanted: impl Fn(FaceId, FaceId) -> bool,
    ) -> Result<Self, Unfit> {
        let rows = network.lens(lens);
        let mut pairs: BTreeMap<(u32, u32), Vec<Pair>> = BTreeMap::new();
        let mut nodes = 0;
        for number in 0..network.len() as u32 {
            let from = network.fact(number);
            nodes = nodes.max(node(from.face) + 1);
            for edge in rows.from(number) {
                let to = network.fact(edge.to);
                if wanted(from.face, to.face) && Network::open(network.step(edge.step), level, failed, eyes) {
                    let pair = (bit(from.state), bit(to.state));
                    pairs.entry((node(from.face), node(to.face))).or_default().push(pair);
                }
            }
        }
        if pairs.values().flatten().any(|&(a, b)| a > 63 || b > 63) {
            return Err(Unfit::States);
        }
        let mut classes = Classes::new();
        let mut links: Vec<Link> = Vec::with_capacity(pairs.len());
        for ((from, to), pairs) in pairs {
            match classes.intern(&pairs) {
                Some(class) => links.push((from, to, class)),
                // There are far fewer single pairs than transfers made of them.
                None => {
                    for pair in pairs {
                        links.push((from, to, classes.intern(&[pair]).ok_or(Unfit::Transfers)?));
                    }
                }
            }
        }
        Ok(Self { nodes, classes, links })
    }
}

impl Flat {
    /// The layout of [`OpenSteps::of`].
    ///
    /// # Errors
    ///
    /// If the drawing has more different states or transfers than fit.
    pub fn of(network: &Network, lens: Lens, level: Level, failed: &[GuardId], eyes: bool) -> Result<Self, Unfit> {
        let OpenSteps { nodes, classes, links } = OpenSteps::of(network, lens, level, failed, eyes)?;
        Self::new(Plan { nodes, cuts: &[], classes, links: &links, spans: &[] })
    }

    /// Facts as start: those of faces that no step knows lead nowhere and are left out.
    #[must_use]
    pub fn starts(&self, facts: &[Fact]) -> Vec<super::Start> {
        let known = facts.iter().filter(|f| node(f.face) < self.nodes);
        known.map(|f| super::Start { nodes: node(f.face)..node(f.face) + 1, states: 1 << bit(f.state) }).collect()
    }

    /// Facts as one source among many.
    #[must_use]
    pub fn source(&self, facts: &[Fact]) -> Vec<(u32, u64)> {
        let known = facts.iter().filter(|f| node(f.face) < self.nodes);
        known.map(|f| (node(f.face), 1 << bit(f.state))).collect()
    }

    /// Whether a fact is among words of states.
    #[must_use]
    pub fn has(&self, states: &[u64], fact: Fact) -> bool {
        states.get(node(fact.face) as usize).is_some_and(|w| w >> bit(fact.state) & 1 == 1)
    }
}

impl Condensed {
    /// The place of a face among the nodes, for [`super::Reach::states`]; none if no step knows it.
    #[must_use]
    pub fn node(&self, face: FaceId) -> Option<u32> {
        Some(node(face)).filter(|&n| self.knows(n))
    }
}

fn node(face: FaceId) -> u32 {
    face.index() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_a_bit_of_its_own() {
        let all: Vec<State> = (0..64).filter_map(state).collect();
        assert_eq!(all.len(), 50);
        assert!(all.iter().enumerate().all(|(i, &s)| usize::from(bit(s)) == i));
    }
}
