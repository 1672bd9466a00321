//! All bodies of a region as one graph: each is drawn and compiled, nothing is summed up and nothing judged once for many.
//!
//! The second answer, by which a composition is measured at any size, and the only one that knows all pairs of machines of
//! different bodies. A body is compiled with what is above it and gives the steps that have at least one end at something
//! of its own; steps among shared things come from the drawing of the body to which they belong. Facts are known by the
//! absolute name of their machine and the number of the attachment, so that a shared machine is one node.
//!
//! It is exact exactly where a composition says that bodies are apart (`Composition::coupled` is empty): packets that
//! bodies exchange past what they share, or that one carries for others, are in no drawing of a single body. A shared host
//! that stands in for both sides of such packets does what they would do, so nothing more is reached by them. Not here:
//! paths, controls that fail, crossings with permits.

use std::collections::BTreeMap;
use std::ops::Range;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::detour::asked_about_others;
use super::unit::Unit;
use crate::diagnostic::Diagnostic;
use crate::document::Region;
use crate::model::{Behaviour, FaceId, Fact, Id, Layer, Lens, Model, NodeId, Question, Role};
use crate::network::Network;
use crate::network::flat::{Classes, Flat, LARGEST_BLOCK, Link, Need, OpenSteps, Plan, Unfit, bit};
use crate::packet::Level;
use crate::verify::fast;

/// Which steps a graph has: those of a lens, of at least a level, with or without a person who copies off a screen. All
/// controls work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Steps {
    /// Attack or leak.
    pub lens: Lens,
    /// How certain.
    pub level: Level,
    /// Whether a person copying off a screen counts.
    pub eyes: bool,
}

impl Steps {
    /// What is possible and what is certain in some lenses, without eyes.
    #[must_use]
    pub fn of(lenses: &[Lens]) -> Vec<Self> {
        let levels = [Level::May, Level::Sure];
        lenses.iter().flat_map(|&lens| levels.map(|level| Self { lens, level, eyes: false })).collect()
    }
}

/// Why there is no such graph.
#[derive(Debug)]
pub enum NoUnion {
    /// Mistakes that show only when a body is drawn.
    Wrong(Vec<Diagnostic>),
    /// It takes more memory than it may.
    TooLarge {
        /// The bytes that it would take; if it was given up on the way, as the bodies so far let expect.
        bytes: u64,
        /// What it may take.
        limit: u64,
    },
    /// The flat form has no room for it.
    Unfit(Unfit),
    /// Two drawings do not agree on this machine: a defect of the program.
    Unknown(String),
}

/// How much there is, and what it takes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Size {
    /// Machines and devices.
    pub machines: u64,
    /// Their attachments.
    pub faces: u64,
    /// Per graph: the edges between attachments.
    pub links: Vec<u64>,
    /// Bodies with attachments.
    pub blocks: u64,
}

impl Size {
    /// The bytes that it takes while it is made, which is the most that it ever takes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        let link = size_of::<Link>() as u64;
        let layouts: u64 = self.links.iter().map(|&n| link * n + Need::of(self.faces, n, self.blocks).total()).sum();
        // One of them is sorted at a time, and one condensed: for each attachment some fifty states.
        let largest = self.links.iter().max().copied().unwrap_or(0);
        layouts + 2 * link * largest + 24 * 50 * self.faces + 200 * self.machines
    }
}

/// A machine or device of the region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Machine {
    pub(super) name: String,
    pub(super) body: usize,
    pub(super) count: u32,
    /// Its attachments.
    pub(super) faces: Range<u32>,
    /// Where whoever controls it starts, at each attachment.
    pub(super) starts: u64,
    /// It is a host or a store.
    pub(super) asked: bool,
}

/// Some states at an attachment.
pub(super) type At = (u32, u64);

/// A question of a leaf: is anything reached that makes a forbidden path?
#[derive(Debug)]
pub(super) struct Asking {
    pub(super) body: usize,
    pub(super) lens: Lens,
    pub(super) eyes: bool,
    pub(super) from: From,
    /// What makes a path that is possible, and one that is certain.
    pub(super) to: [Vec<At>; 2],
}

/// Where a question starts.
#[derive(Debug)]
pub(super) enum From {
    /// It is a check of the body itself: there.
    Own(Vec<At>),
    /// At the machines of all others in segments of this layer; to this segment of the body.
    Others(Layer, String),
}

/// All bodies as one graph for each kind of steps.
#[derive(Debug)]
pub struct Union {
    /// The name of the region.
    pub name: String,
    pub(super) machines: Vec<Machine>,
    /// Never iterated: names to positions.
    index: FxHashMap<String, u32>,
    /// Of each body, where whoever controls its machines in segments of a layer starts.
    pub(super) layers: BTreeMap<(Layer, usize), Vec<At>>,
    pub(super) asking: Vec<Asking>,
    /// The body above each body.
    above: Vec<Option<usize>>,
    flats: BTreeMap<Steps, Flat>,
    size: Size,
}

/// An end of a step that belongs to the body itself; the rest is its number there.
const OWN: u32 = 1 << 31;

/// So many bodies are compiled at a time; then what they gave is put together.
const PORTION: usize = 64;

/// What one body gives. Attachments of its own are marked by [`OWN`].
struct Given {
    body: usize,
    machines: Vec<Machine>,
    faces: u32,
    steps: Vec<(Classes, Vec<Link>)>,
    layers: BTreeMap<Layer, Vec<At>>,
    asking: Vec<Asking>,
}

impl Union {
    /// Draws and compiles every body, with these kinds of steps.
    ///
    /// # Errors
    /// Mistakes in drawings, and a graph of more than `limit` bytes: it is counted before it is laid out, and given up as
    /// soon as what is gathered is too much.
    pub fn new(region: &Region, steps: &[Steps], limit: u64) -> Result<Self, NoUnion> {
        let mut union = Self {
            name: region.name.clone(),
            machines: Vec::new(),
            index: FxHashMap::default(),
            layers: BTreeMap::new(),
            asking: Vec::new(),
            above: region.bodies.iter().map(|b| b.above).collect(),
            flats: BTreeMap::new(),
            size: Size { links: vec![0; steps.len()], ..Size::default() },
        };
        let mut gathered: Vec<(Classes, Vec<Link>)> = steps.iter().map(|_| (Classes::new(), Vec::new())).collect();
        let mut cuts = Vec::new();
        let mut done = 0;
        let mut by_depth: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for body in 0..region.bodies.len() {
            by_depth.entry(region.above(body).len()).or_default().push(body);
        }
        // What is above a body is numbered before it.
        for portion in by_depth.values().flat_map(|bodies| bodies.chunks(PORTION)) {
            let given: Vec<Result<Given, NoUnion>> =
                portion.par_iter().map(|&body| give(region, body, steps, &union)).collect();
            let mut wrong = Vec::new();
            for one in given {
                match one {
                    Ok(one) => union.take(one, &mut gathered, &mut cuts)?,
                    Err(NoUnion::Wrong(more)) => wrong.extend(more),
                    Err(other) => return Err(other),
                }
            }
            if !wrong.is_empty() {
                return Err(NoUnion::Wrong(super::once_per_place(wrong)));
            }
            done += portion.len() as u64;
            let bytes = union.size.bytes();
            if bytes > limit {
                let all = u128::from(bytes) * region.bodies.len() as u128 / u128::from(done);
                return Err(NoUnion::TooLarge { bytes: u64::try_from(all).unwrap_or(u64::MAX), limit });
            }
        }
        for (kind, (classes, links)) in steps.iter().zip(gathered) {
            let plan = Plan { nodes: union.size.faces as u32, cuts: &cuts, classes, links: &links, spans: &[] };
            union.flats.insert(*kind, Flat::new(plan).map_err(NoUnion::Unfit)?);
        }
        Ok(union)
    }

    /// How much there is.
    #[must_use]
    pub fn size(&self) -> &Size {
        &self.size
    }

    /// The number of an attachment of a machine in every graph.
    #[must_use]
    pub fn number(&self, machine: &str, attachment: usize) -> Option<u32> {
        let faces = self.faces(machine)?;
        let number = faces.start.checked_add(u32::try_from(attachment).ok()?)?;
        Some(number).filter(|n| faces.contains(n))
    }

    /// The graph of a kind of steps, if it was wanted.
    #[must_use]
    pub fn flat(&self, steps: Steps) -> Option<&Flat> {
        self.flats.get(&steps)
    }

    /// The kinds of steps for which there is a graph.
    pub fn kinds(&self) -> impl Iterator<Item = Steps> + '_ {
        self.flats.keys().copied()
    }

    /// A body and those above it: who is no stranger to it.
    pub(super) fn seen_by(&self, body: usize) -> Vec<usize> {
        std::iter::successors(Some(body), |&b| self.above[b]).collect()
    }

    fn faces(&self, machine: &str) -> Option<Range<u32>> {
        self.index.get(machine).map(|&m| self.machines[m as usize].faces.clone())
    }

    /// Puts what a body gives to the rest.
    fn take(
        &mut self,
        given: Given,
        gathered: &mut [(Classes, Vec<Link>)],
        cuts: &mut Vec<u32>,
    ) -> Result<(), NoUnion> {
        let base = self.size.faces as u32;
        let after = self.size.faces + u64::from(given.faces);
        if after >= u64::from(OWN) {
            return Err(NoUnion::Unfit(Unfit::Edge));
        }
        let place = |face: u32| if face & OWN == 0 { face } else { base + (face & !OWN) };
        let places = |all: Vec<At>| all.into_iter().map(|(face, states)| (place(face), states)).collect::<Vec<At>>();
        for mut machine in given.machines {
            machine.faces = place(machine.faces.start)..place(machine.faces.end);
            if self.index.insert(machine.name.clone(), self.machines.len() as u32).is_some() {
                return Err(NoUnion::Unknown(machine.name));
            }
            self.machines.push(machine);
        }
        for (i, (classes, links)) in given.steps.into_iter().enumerate() {
            let (all_classes, all_links) = &mut gathered[i];
            let known = (0..classes.len()).map(|c| merged(all_classes, &classes, c as u16));
            let known = known.collect::<Option<Vec<_>>>().ok_or(NoUnion::Unfit(Unfit::Transfers))?;
            for (from, to, class) in links {
                all_links.extend(known[usize::from(class)].iter().map(|&c| (place(from), place(to), c)));
            }
            self.size.links[i] = all_links.len() as u64;
        }
        self.layers.extend(given.layers.into_iter().map(|(layer, at)| ((layer, given.body), places(at))));
        self.asking.extend(given.asking.into_iter().map(|a| Asking {
            from: match a.from {
                From::Own(at) => From::Own(places(at)),
                others => others,
            },
            to: a.to.map(places),
            ..a
        }));
        cuts.extend((base..after as u32).step_by(LARGEST_BLOCK as usize));
        self.size.machines = self.machines.len() as u64;
        self.size.faces = after;
        self.size.blocks = cuts.len() as u64;
        Ok(())
    }
}

/// A transfer among those of all bodies. There are far fewer single pairs than transfers made of them.
fn merged(all: &mut Classes, of: &Classes, class: u16) -> Option<Vec<u16>> {
    let pairs = of.pairs(class);
    match all.intern(pairs) {
        Some(class) => Some(vec![class]),
        None => pairs.iter().map(|&pair| all.intern(&[pair])).collect(),
    }
}

/// Draws and compiles one body; only its steps are kept.
fn give(region: &Region, body: usize, steps: &[Steps], above: &Union) -> Result<Given, NoUnion> {
    let drawn = region.draw(body, &[]).map_err(NoUnion::Wrong)?;
    let unit = Unit::new(region, body, drawn);
    let model: &Model = &unit.model;
    let network = Network::new(model);
    let own: Vec<bool> = model.nodes.values().map(|n| unit.frame.is_own(&n.name)).collect();
    let is_own = |face: FaceId| own[model.faces[face].node.index()];
    let mut places: Vec<u32> = vec![u32::MAX; model.faces.len()];
    let mut machines = Vec::new();
    let mut faces = 0;
    for (id, node) in model.nodes.iter() {
        let count = node.faces.len() as u32;
        let range = if own[id.index()] {
            faces += count;
            OWN | (faces - count)..OWN | faces
        } else {
            // Everybody who sees a shared machine sees all its attachments.
            let shared = above.faces(&node.name).filter(|f| f.len() == node.faces.len());
            shared.ok_or_else(|| NoUnion::Unknown(node.name.clone()))?
        };
        for (&face, place) in node.faces.iter().zip(range.clone()) {
            places[face.index()] = place;
        }
        if own[id.index()] {
            machines.push(machine(model, id, body, range));
        }
    }
    let at =
        |facts: Vec<Fact>| -> Vec<At> { facts.iter().map(|f| (places[f.face.index()], 1 << bit(f.state))).collect() };
    let mut given = Vec::new();
    for s in steps {
        let wanted = |a: FaceId, b: FaceId| is_own(a) || is_own(b);
        let of = OpenSteps::between(&network, s.lens, s.level, &[], s.eyes, wanted).map_err(NoUnion::Unfit)?;
        let place = |face: u32| places[face as usize];
        given.push((of.classes, of.links.into_iter().map(|(a, b, class)| (place(a), place(b), class)).collect()));
    }
    let mut layers: BTreeMap<Layer, Vec<At>> = BTreeMap::new();
    for (layer, face) in unit.machines(model) {
        layers.entry(layer).or_default().extend(at(fast::path_starts(model, &[face])));
    }
    let mut asking = Vec::new();
    if region.bodies[body].is_leaf() {
        let ends = |lens, eyes, from: &[FaceId], to: &[FaceId]| {
            [Level::May, Level::Sure].map(|level| at(fast::path_ends(model, &network, (lens, level, eyes), from, to)))
        };
        for check in model.checks.values() {
            if let &Question::Forbid { lens, ref from, ref to, eyes } = &check.question {
                let starts = From::Own(at(fast::path_starts(model, from)));
                asking.push(Asking { body, lens, eyes, from: starts, to: ends(lens, eyes, from, to) });
            }
        }
        for asked in asked_about_others(model, &unit.frame) {
            let to = ends(asked.lens, false, &[], &asked.to);
            let from = From::Others(asked.from, asked.segment);
            asking.push(Asking { body, lens: asked.lens, eyes: false, from, to });
        }
    }
    Ok(Given { body, machines, faces, steps: given, layers, asking })
}

fn machine(model: &Model, node: NodeId, body: usize, faces: Range<u32>) -> Machine {
    let of = &model.nodes[node];
    let first = of.faces.first().map(|&f| fast::path_starts(model, &[f])).unwrap_or_default();
    let asked = matches!(&of.role, Role::Endpoint(e) if matches!(e.behaviour, Behaviour::Host | Behaviour::Store));
    let starts = first.iter().fold(0, |all, f| all | 1 << bit(f.state));
    Machine { name: of.name.clone(), body, count: of.count, faces, starts, asked }
}
