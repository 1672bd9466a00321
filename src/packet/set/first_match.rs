//! Ordered rules as sets: what passes, and what each rule decides.
//!
//! A stretch of rules is one diagram with three answers: permits, denies, does not decide. Two stretches after each other
//! are the first, and where it does not decide the second; that may be put together in any grouping. Which grouping makes
//! the difference: first come *layers* in which no two rules that meet say different things, so that their order does not
//! matter, and in a layer rules stand beside those with near destinations, so that halves hardly touch each other.

use super::diagram::{Edge, TooLarge};
use super::fields::Paint;
use super::numbers::AddrSet;
use super::space::{PacketBox, PacketSet, Space};
use crate::model::PortRange;

/// One rule of an ordered list; the first that matches decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Whether it lets packets through.
    pub permit: bool,
    /// What it matches.
    pub packets: PacketBox,
}

/// Roughly what a box holds: most pairs of boxes are told apart by it, in a few steps.
#[derive(Debug, Clone, Copy)]
struct Outline {
    /// From the first to the last IPv4 destination, source, and port.
    hulls: [(u32, u32); 3],
    /// Which other kinds of destinations and sources there are.
    kinds: [u8; 2],
}

impl Outline {
    fn new(packets: &PacketBox) -> Self {
        let hull = |set: &AddrSet| match set.ranges(0) {
            [] => (1, 0),
            [(a, b)] | [(a, _), .., (_, b)] => (*a as u32, *b as u32),
        };
        let kinds = |set: &AddrSet| u8::from(!set.ranges(1).is_empty()) | u8::from(!set.ranges(2).is_empty()) << 1;
        let mut ports = (u32::MAX, 0);
        for service in &packets.services {
            let own = match service.protocol {
                Some(p) if p.has_ports() => service.destination,
                _ => PortRange::ALL,
            };
            ports = (ports.0.min(own.first.into()), ports.1.max(own.last.into()));
        }
        let (to, from) = (&packets.destinations, &packets.sources);
        Self { hulls: [hull(to), hull(from), ports], kinds: [kinds(to), kinds(from)] }
    }

    fn meets(self, other: Self) -> bool {
        let meet = |k: usize| self.hulls[k].0 <= other.hulls[k].1 && other.hulls[k].0 <= self.hulls[k].1;
        let side = |k: usize| meet(k) | (self.kinds[k] & other.kinds[k] != 0);
        side(0) & side(1) & meet(2)
    }
}

/// The lines in layers: of two lines that meet and say different things, the first stands in an earlier layer.
///
/// For any packet, the first line that matches is in an earlier layer than all others of the other action that match. So
/// the layers one after the other decide what the list decides, whatever the order in each of them (P-SET-5).
fn layers(lines: &[Line]) -> Vec<Vec<&Line>> {
    let mut of: Vec<usize> = Vec::with_capacity(lines.len());
    let mut earlier: [Vec<(Outline, usize)>; 2] = Default::default();
    for (i, line) in lines.iter().enumerate() {
        let own = Outline::new(&line.packets);
        let mut layer = 0;
        for &(outline, j) in &earlier[usize::from(!line.permit)] {
            if outline.meets(own) && of[j] >= layer && lines[j].packets.meets(&line.packets) {
                layer = of[j] + 1;
            }
        }
        of.push(layer);
        earlier[usize::from(line.permit)].push((own, i));
    }
    let mut layers = vec![Vec::new(); of.iter().max().map_or(0, |last| last + 1)];
    lines.iter().zip(of).for_each(|(line, layer)| layers[layer].push(line));
    for layer in &mut layers {
        layer.sort_by_cached_key(|l: &&Line| (l.packets.destinations.outline(), l.packets.sources.outline()));
    }
    layers
}

impl Space {
    /// What an ordered list lets through; `default` says what happens to packets that no line matches.
    ///
    /// # Errors
    /// If it is beyond the limits.
    pub fn first_match(&mut self, lines: &[Line], default: bool) -> Result<PacketSet, TooLarge> {
        self.diagrams.begin();
        let stretch = self.stretch(&layers(lines).concat())?;
        let rest = if default { self.all().0 } else { self.none().0 };
        // Packets that do not exist are decided by nobody, and in no set.
        self.diagrams.before(stretch, rest).map(PacketSet)
    }

    fn stretch(&mut self, lines: &[&Line]) -> Result<Edge, TooLarge> {
        match lines {
            [] => Ok(Edge::OPEN),
            [line] => self.edge_of(&line.packets, Paint::rule(line.permit)),
            _ => {
                let (before, after) = lines.split_at(lines.len() / 2);
                let (a, b) = (self.stretch(before)?, self.stretch(after)?);
                self.diagrams.before(a, b)
            }
        }
    }

    fn any_of(&mut self, sets: &[Edge]) -> Result<Edge, TooLarge> {
        match sets {
            [] => Ok(Edge::FALSE),
            [set] => Ok(*set),
            _ => {
                let (some, others) = sets.split_at(sets.len() / 2);
                let (a, b) = (self.any_of(some)?, self.any_of(others)?);
                self.diagrams.or(a, b)
            }
        }
    }

    /// What is in any of these boxes.
    ///
    /// # Errors
    /// If it is beyond the limits.
    pub fn union<'b>(&mut self, boxes: impl IntoIterator<Item = &'b PacketBox>) -> Result<PacketSet, TooLarge> {
        self.diagrams.begin();
        let sets = boxes.into_iter().map(|b| self.edge_of(b, Paint::SET)).collect::<Result<Vec<_>, _>>()?;
        self.any_of(&sets).map(PacketSet)
    }

    /// The packets that line `i` decides: those that match it and no line before it.
    ///
    /// # Errors
    /// If it is beyond the limits.
    pub fn decided_by(&mut self, lines: &[Line], i: usize) -> Result<PacketSet, TooLarge> {
        let own = self.of(&lines[i].packets)?;
        self.left_of(own, lines[..i].iter().map(|l| &l.packets))
    }

    /// What of a set is in none of these boxes.
    ///
    /// # Errors
    /// If it is beyond the limits.
    pub fn left_of<'b>(
        &mut self,
        set: PacketSet,
        boxes: impl IntoIterator<Item = &'b PacketBox>,
    ) -> Result<PacketSet, TooLarge> {
        self.diagrams.begin();
        let mut cuts = Vec::new();
        for packets in boxes {
            // Only what meets the set counts; joined, the cuts are no larger than it needs.
            let cut = self.edge_of(packets, Paint::SET)?;
            let cut = self.diagrams.and(set.0, cut)?;
            if cut != Edge::FALSE {
                cuts.push(cut);
            }
        }
        let gone = self.any_of(&cuts)?;
        self.diagrams.minus(set.0, gone).map(PacketSet)
    }
}
