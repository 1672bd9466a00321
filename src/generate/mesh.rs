//! A layered graph of any number of nodes: municipalities of three layers, joined by mediators and through their gateways.
//!
//! It has the shape of the real thing (most traffic stays in a layer, what leaves it is transformed, municipalities hardly
//! talk to each other) and no meaning. Two forms: [`Mesh::random`], every edge its own, the hardest case for memory; and
//! [`Mesh::regular`], networks as hubs with interval edges, as drawings with templates and counted groups are.

use std::ops::Range;

use super::seed::Seed;

/// An edge: from, to, position in [`TRANSFERS`].
pub type Link = (u32, u32, u16);

/// The six carrier states.
pub const STATES: [&str; 6] = ["own", "req", "raw", "chk", "san", "txt"];

/// What edges make of the states, as pairs of positions in [`STATES`].
pub const TRANSFERS: [&[(u8, u8)]; 8] = [
    // In one layer: everything that is there goes on.
    &[(0, 0), (1, 1), (2, 2), (3, 3), (4, 4), (5, 5)],
    // Files only; text only; requests of whoever has control.
    &[(2, 2), (3, 3), (4, 4)],
    &[(5, 5)],
    &[(0, 1)],
    // A weak machine: requests and raw files give control.
    &[(1, 0), (2, 0)],
    // A sanitiser, an inspector, a mail converter.
    &[(2, 4), (3, 4)],
    &[(2, 3)],
    &[(1, 5), (2, 5)],
];

const KEEP: u16 = 0;
const FILES: u16 = 1;
const TEXT: u16 = 2;
const ASK: u16 = 3;
const WEAK: u16 = 4;
const SANITISE: u16 = 5;
const INSPECT: u16 = 6;
const CONVERT: u16 = 7;

/// The nodes of a municipality, by layer: Internet, LGWAN, My Number.
pub const LAYERS: [u32; 3] = [1500, 1200, 300];

/// The nodes of a network behind one hub, the hub included, in the regular form.
const NETWORK: u32 = 100;

const MUNICIPALITY: u32 = LAYERS[0] + LAYERS[1] + LAYERS[2];

/// An interval edge of the regular form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fan {
    /// From the hub to the nodes, or from the nodes to the hub.
    pub out: bool,
    /// The nodes.
    pub nodes: Range<u32>,
    /// The hub.
    pub hub: u32,
    /// Position in [`TRANSFERS`].
    pub transfer: u16,
}

/// A graph.
#[derive(Debug, Clone, Default)]
pub struct Mesh {
    /// How many nodes.
    pub nodes: u32,
    /// The first node of each municipality.
    pub municipalities: Vec<u32>,
    /// Edges, by start and end, no two between the same nodes.
    pub links: Vec<Link>,
    /// Interval edges; none in the random form.
    pub fans: Vec<Fan>,
    /// The Internet layers.
    pub internet: Vec<Range<u32>>,
}

/// What the source holds: control and raw files.
pub const HELD: u64 = 0b101;

/// Numbers from a seed, as mesh draws them: the sequence is part of what a seed means.
#[derive(Debug, Clone)]
pub struct Random(Seed);

impl Random {
    /// Of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Seed::new(seed))
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0.next_bits()
    }

    /// Below `n`, which is not 0.
    pub fn below(&mut self, n: u32) -> u32 {
        (((self.bits() >> 32) * u64::from(n)) >> 32) as u32
    }
}

/// Three layers of neighbouring nodes.
type Layers = [Range<u32>; 3];

impl Mesh {
    /// Every edge its own; four from a node on average.
    #[must_use]
    pub fn random(nodes: u32, seed: u64) -> Self {
        let mut mesh = Self::empty(nodes);
        mesh.links.reserve_exact(nodes as usize * 4 + nodes as usize / 16 + 64);
        let mut random = Random::new(seed);
        for m in 0..mesh.municipalities.len() {
            let layers = mesh.layers(m);
            for (l, layer) in layers.iter().enumerate() {
                for node in layer.clone() {
                    let first = mesh.links.len();
                    for _ in 0..2 + random.below(5) {
                        let (to, transfer) =
                            (layer.start + random.below(layer.end - layer.start), ordinary(&mut random));
                        mesh.links.push((node, to, transfer));
                    }
                    mesh.mediate(&layers, l, node, &mut random);
                    mesh.tidy(first);
                }
            }
        }
        mesh
    }

    /// Networks of one hub and its machines: nearly all edges are intervals.
    #[must_use]
    pub fn regular(nodes: u32, seed: u64) -> Self {
        let mut mesh = Self::empty(nodes);
        let mut random = Random::new(seed);
        for m in 0..mesh.municipalities.len() {
            let layers = mesh.layers(m);
            for (l, layer) in layers.iter().enumerate() {
                for hub in layer.clone().step_by(NETWORK as usize) {
                    let first = mesh.links.len();
                    let machines = hub + 1..layer.end.min(hub + NETWORK);
                    if !machines.is_empty() {
                        // Most networks pass everything on; some only what machines ask and what files they fetch.
                        let (out, back) = if random.below(4) == 0 { (FILES, KEEP) } else { (KEEP, KEEP) };
                        mesh.fans.push(Fan { out: false, nodes: machines.clone(), hub, transfer: back });
                        mesh.fans.push(Fan { out: true, nodes: machines, hub, transfer: out });
                    }
                    for _ in 0..4 {
                        let to = layer.start + random.below((layer.end - layer.start).div_ceil(NETWORK)) * NETWORK;
                        mesh.links.push((hub, to, ordinary(&mut random)));
                    }
                    mesh.mediate(&layers, l, hub, &mut random);
                    mesh.tidy(first);
                }
            }
        }
        mesh
    }

    /// How many edges, every node of an interval counted.
    #[must_use]
    pub fn edges(&self) -> u64 {
        let fans: u64 = self.fans.iter().map(|f| u64::from(f.nodes.end - f.nodes.start)).sum();
        self.links.len() as u64 + fans
    }

    /// Machines spread over the Internet layers, to be asked about one by one.
    #[must_use]
    pub fn some(&self, how_many: usize) -> Vec<u32> {
        let layers = &self.internet;
        let pick = |i: usize| {
            let layer = &layers[i * layers.len() / how_many];
            layer.start + (i as u32 * 37 + 1) % (layer.end - layer.start)
        };
        if layers.is_empty() { Vec::new() } else { (0..how_many).map(pick).collect() }
    }

    fn empty(nodes: u32) -> Self {
        let municipalities: Vec<u32> = (0..nodes).step_by(MUNICIPALITY as usize).collect();
        let mut mesh = Self { nodes, municipalities, ..Self::default() };
        mesh.internet = (0..mesh.municipalities.len()).map(|m| mesh.layers(m)[0].clone()).collect();
        mesh
    }

    /// The layers of a municipality; the last one may be smaller than the others.
    fn layers(&self, municipality: usize) -> Layers {
        let base = self.municipalities[municipality];
        let size = (self.nodes - base).min(MUNICIPALITY);
        let part = |n: u32| base + (u64::from(size) * u64::from(n)).div_ceil(u64::from(MUNICIPALITY)) as u32;
        let (a, b) = (part(LAYERS[0]), part(LAYERS[0] + LAYERS[1]));
        [base..a, a..b, b..base + size]
    }

    /// One node in 32 is a mediator to a neighbouring layer; the first of a municipality talks to others.
    fn mediate(&mut self, layers: &Layers, layer: usize, node: u32, random: &mut Random) {
        let base = layers[0].start;
        if node == base {
            for _ in 0..4 {
                let to = self.municipalities[random.below(self.municipalities.len() as u32) as usize];
                self.links.push((node, to, [FILES, TEXT, ASK, KEEP][random.below(4) as usize]));
            }
        }
        let place = node - layers[layer].start;
        let spread = if self.fans.is_empty() { 32 } else { NETWORK };
        if place.is_multiple_of(spread) {
            let up = layer < 2 && (layer == 0 || random.below(2) == 0);
            let other = &layers[if up { layer + 1 } else { layer - 1 }];
            if !other.is_empty() {
                let to = other.start + random.below(other.end - other.start);
                let kinds = if up { [SANITISE, INSPECT, CONVERT, TEXT] } else { [FILES, ASK, TEXT, SANITISE] };
                self.links.push((node, to, kinds[random.below(4) as usize]));
            }
        }
    }

    /// The edges of one node in order, one per end: the first transfer that was drawn stays.
    fn tidy(&mut self, first: usize) {
        self.links[first..].sort_by_key(|l| l.1);
        let mut kept = first;
        for i in first..self.links.len() {
            if kept == first || self.links[kept - 1].1 != self.links[i].1 {
                self.links[kept] = self.links[i];
                kept += 1;
            }
        }
        self.links.truncate(kept);
    }
}

/// Three in four edges inside a layer pass everything on.
fn ordinary(random: &mut Random) -> u16 {
    match random.below(16) {
        0 => FILES,
        1 => TEXT,
        2 => ASK,
        3 => WEAK,
        _ => KEEP,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_means_the_same_everywhere() {
        let mut random = Random::new(1);
        // The published first values of splitmix64 with seed 1.
        assert_eq!([random.bits(), random.bits()], [0x910a_2dec_8902_5cc1, 0xbeeb_8da1_658e_ec67]);
        let mesh = Mesh::random(10_000, 7);
        let digest = mesh.links.iter().fold(0u64, |d, &(a, b, c)| {
            (d ^ u64::from(a) ^ u64::from(b) << 20 ^ u64::from(c) << 40).wrapping_mul(0x100_0000_01b3)
        });
        assert_eq!((mesh.links.len(), digest), (40_211, 4_864_550_350_831_390_020));
    }

    #[test]
    fn edges_are_in_order_and_inside() {
        for nodes in [0, 1, 2, 5, 1000, 3001, 10_000] {
            for mesh in [Mesh::random(nodes, 3), Mesh::regular(nodes, 3)] {
                assert!(mesh.links.is_sorted_by(|a, b| (a.0, a.1) < (b.0, b.1)), "{nodes}");
                assert!(mesh.links.iter().all(|l| l.0 < nodes && l.1 < nodes && usize::from(l.2) < TRANSFERS.len()));
                assert!(mesh.fans.iter().all(|f| f.nodes.end <= nodes && f.hub < nodes && !f.nodes.contains(&f.hub)));
                assert!(mesh.some(64).iter().all(|&n| n < nodes));
            }
        }
        let mesh = Mesh::random(30_000, 1);
        let average = mesh.edges() as f64 / f64::from(mesh.nodes);
        assert!((3.9..4.1).contains(&average), "{average}");
    }
}
