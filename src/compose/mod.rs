//! A whole region judged body by body: every distinct body once, the others summed up as ways through them.
//!
//! A body is judged in its own drawing with what is above it. Everybody else matters to it only through what they share,
//! so each other body is there as the ways through it (`way`), which is exact as long as bodies do not exchange packets
//! past what they share; that is checked (`unit`), and where it fails the bodies are undecided, never safe. Bodies whose
//! models are the same but for names (`shape`) are judged once. `docs/semantics.md` has the argument.

mod addresses;
mod answer;
mod detour;
mod frame;
mod levels;
mod meet;
mod pairs;
mod pool;
mod recheck;
mod retell;
mod shape;
mod union;
mod unit;
mod way;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rayon::prelude::*;

pub use answer::{Composition, Coupled, Kind, Options, Surrounded, Work};
pub use pairs::{MOST_HOSTS, MOST_PAIRS, NoTable};
pub use recheck::{Disagreement, recheck, steps_asked};
pub use retell::{Leg, Telling};
pub use union::{NoUnion, Size, Steps, Union};

use addresses::{Cover, Own};
use answer::Origin;
use detour::{Detours, Through, about_others};
use frame::Frame;
use pool::{Needed, Pool};
use unit::{Border, Summed, Unit, asked_labels, border};

use crate::change::Standing;
use crate::diagnostic::{Diagnostic, Severity, sort};
use crate::document::Region;
use crate::guideline::{self, Input};
use crate::model::{Id, Model};
use crate::network::Network;
use crate::verify::expect;
use crate::verify::{Verdict, fast};

struct Clock {
    phases: Vec<(&'static str, Duration)>,
    last: Instant,
}

impl Clock {
    fn lap(&mut self, name: &'static str) {
        let now = Instant::now();
        self.phases.push((name, now - self.last));
        self.last = now;
    }
}

/// Who surrounds a body at one level: the summed bodies whose ways are added, each under the name of a body there.
type Around = Vec<(usize, usize)>;

struct Composer<'r> {
    region: &'r Region,
    options: Options,
    /// Own addresses of every body that was drawn.
    owns: BTreeMap<usize, Own>,
    /// Who stands for a body: one that is like it but for labels and numbers.
    stands: Vec<usize>,
    summed: Vec<Arc<Summed>>,
    /// The summed body that a body is alike to.
    class: BTreeMap<usize, usize>,
    /// The addresses of all bodies below each body above others.
    covers: BTreeMap<usize, Cover>,
    pool: Pool,
    coupled: BTreeSet<Coupled>,
    /// Shared zones in which machines of bodies stand.
    crowded: BTreeSet<String>,
    /// Of which body the border of a body is that of.
    looks_like: BTreeMap<usize, usize>,
    borders: BTreeMap<usize, Border>,
}

/// About how many bytes a region takes at most while it is judged, from the length of its drawings.
///
/// A rough factor on the generous side, not a bound: a country of 1,741 bodies held about a third of what this says.
#[must_use]
pub fn need(region: &Region, symmetry: bool) -> u64 {
    const PER_BYTE: u64 = 140;
    const BASE: u64 = 64 << 20;
    let mut known: BTreeSet<Vec<String>> = BTreeSet::new();
    let drawn = (0..region.bodies.len()).filter(|&b| {
        let key = if symmetry { region.key(b) } else { None };
        key.is_none_or(|key| known.insert(key))
    });
    BASE + drawn.map(|b| region.length(b) as u64 * PER_BYTE).sum::<u64>()
}

/// Judges a region.
///
/// # Errors
/// Every mistake that shows only when the bodies are drawn, once for all bodies of a template.
pub fn compose(region: &Region, options: Options) -> Result<Composition, Vec<Diagnostic>> {
    let mut clock = Clock { phases: Vec::new(), last: Instant::now() };
    let mut c = Composer::new(region, options);
    let units = c.draw_all()?;
    let drawn = units.len();
    let machines = c.machines(&units);
    clock.lap("draw");
    let classes = c.classes(&units);
    clock.lap("compare");
    c.sum_up(classes, &units);
    let shapes = c.summed.len();
    c.apart(&units);
    c.same_addresses(&units);
    clock.lap("sum up");
    let around = c.sum_up_inner(&units);
    clock.lap("levels");
    let (kinds, origins, only) = c.judge(&units, &around);
    clock.lap("judge");
    let work = Work { phases: clock.phases, drawn, shapes, judged: kinds.len(), machines };
    let warnings = once_per_place(units.values().flat_map(|u| u.warnings.clone()).collect());
    Ok(Composition { kinds, warnings, coupled: c.coupled.into_iter().collect(), work, only, summed: c.summed, origins })
}

/// Where bodies exchange packets past what they share, or carry those of others: nothing else is asked.
///
/// # Errors
/// Every mistake that shows only when the bodies are drawn, once for all bodies of a template.
pub fn meeting(region: &Region) -> Result<Vec<Coupled>, Vec<Diagnostic>> {
    let mut c = Composer::new(region, Options { symmetry: true, as_of: None, only: None });
    let units = c.draw_all()?;
    c.classes(&units);
    c.apart(&units);
    c.same_addresses(&units);
    Ok(c.coupled.into_iter().collect())
}

impl<'r> Composer<'r> {
    fn new(region: &'r Region, options: Options) -> Self {
        Self {
            region,
            options,
            owns: BTreeMap::new(),
            stands: (0..region.bodies.len()).collect(),
            summed: Vec::new(),
            class: BTreeMap::new(),
            covers: BTreeMap::new(),
            pool: Pool::default(),
            coupled: BTreeSet::new(),
            crowded: BTreeSet::new(),
            looks_like: BTreeMap::new(),
            borders: BTreeMap::new(),
        }
    }

    /// Draws every body that is not like another but for labels and numbers, and every body above others.
    fn draw_all(&mut self) -> Result<BTreeMap<usize, Unit>, Vec<Diagnostic>> {
        let mut known: BTreeMap<Vec<String>, usize> = BTreeMap::new();
        let mut wanted = Vec::new();
        for body in 0..self.region.bodies.len() {
            let alone = !self.options.symmetry || self.options.only == Some(body);
            let key = if alone { None } else { self.region.key(body) };
            match key {
                Some(key) => match known.get(&key) {
                    Some(&first) => self.stands[body] = first,
                    None => {
                        known.insert(key, body);
                        wanted.push(body);
                    }
                },
                None => wanted.push(body),
            }
        }
        let drawn: Vec<Result<Unit, Vec<Diagnostic>>> = wanted
            .par_iter()
            .map(|&body| self.region.draw(body, &[]).map(|d| Unit::new(self.region, body, d)))
            .collect();
        let mut units = BTreeMap::new();
        let mut wrong: Vec<Diagnostic> = Vec::new();
        for (body, result) in wanted.into_iter().zip(drawn) {
            match result {
                Ok(unit) => {
                    units.insert(body, unit);
                }
                Err(more) => wrong.extend(more),
            }
        }
        if wrong.iter().any(|d| d.severity == Severity::Error) {
            return Err(once_per_place(wrong));
        }
        self.crowded = units.values().flat_map(Unit::stands_in).collect();
        self.owns = units.iter().map(|(b, u)| (*b, u.own.clone())).collect();
        self.covers = self.covers_below();
        Ok(units)
    }

    fn machines(&self, units: &BTreeMap<usize, Unit>) -> u64 {
        let of = |body: usize| -> u64 {
            let unit = &units[&self.stands[body]];
            let own = unit.model.nodes.values().filter(|n| unit.frame.is_own(&n.name) && !n.faces.is_empty());
            own.map(|n| u64::from(n.count)).sum()
        };
        (0..self.region.bodies.len()).map(of).sum()
    }

    /// The addresses of all bodies below each body above others.
    fn covers_below(&self) -> BTreeMap<usize, Cover> {
        let mut below: BTreeMap<usize, BTreeMap<usize, i64>> = BTreeMap::new();
        for body in 0..self.region.bodies.len() {
            for above in self.region.above(body) {
                *below.entry(above).or_default().entry(self.stands[body]).or_default() += 1;
            }
        }
        below
            .into_iter()
            .map(|(above, bodies)| (above, Cover::new(bodies.iter().map(|(b, n)| (&self.owns[b], *n)))))
            .collect()
    }

    /// A unit with strangers.
    fn probed(&self, unit: &Unit) -> (Model, crate::packet::apart::Part) {
        let above = self.region.above(unit.body);
        let covers: Vec<&Cover> = above.iter().map(|a| &self.covers[a]).collect();
        let owns: Vec<&Own> = above.iter().map(|a| &self.owns[a]).collect();
        let (model, mut part) = unit.probed(&covers, &owns);
        part.crowded = model.zones.iter().filter(|(_, z)| self.crowded.contains(&z.name)).map(|(id, _)| id).collect();
        (model, part)
    }

    /// Leaves that are alike: the first of each kind, and who belongs to it. And what goes in and out of them, which
    /// depends on the addresses of others as well.
    fn classes(&mut self, units: &BTreeMap<usize, Unit>) -> Vec<(usize, Vec<usize>)> {
        let leaves: Vec<&Unit> = units.values().filter(|u| self.region.bodies[u.body].is_leaf()).collect();
        let mut found: Vec<(usize, Vec<usize>)> = Vec::new();
        let mut known: HashMap<(Option<Vec<String>>, String), usize> = HashMap::new();
        // Bodies that are alike and see strangers alike let the same in and out, as far as being empty or not goes.
        let mut borders: HashMap<(usize, String), usize> = HashMap::new();
        // In portions, so that not all texts are there at once.
        for portion in leaves.chunks(256) {
            let texts: Vec<Option<_>> = portion
                .par_iter()
                .map(|u| {
                    let sketch = if self.options.symmetry { self.region.sketch(u.body) } else { return None };
                    let (own, seen) = shape::addresses(&self.probed(u).0, u.model.faces.len());
                    // Texts that differ in addresses only need no look at the rest of the model.
                    let own = if sketch.is_some() { own } else { shape::shape(&u.model, &u.frame) };
                    Some(((sketch, own), seen))
                })
                .collect();
            for (unit, texts) in portion.iter().zip(texts) {
                let Some((key, seen)) = texts else {
                    self.looks_like.insert(unit.body, unit.body);
                    found.push((unit.body, vec![unit.body]));
                    continue;
                };
                let class = *known.entry(key).or_insert_with(|| {
                    found.push((unit.body, Vec::new()));
                    found.len() - 1
                });
                found[class].1.push(unit.body);
                let first = *borders.entry((class, seen)).or_insert(unit.body);
                self.looks_like.insert(unit.body, first);
            }
        }
        // What stands above bodies meets its siblings as well; each is looked at by itself.
        let inner = units.keys().filter(|&&b| b != 0 && !self.region.bodies[b].is_leaf());
        self.looks_like.extend(inner.map(|&b| (b, b)));
        let firsts: BTreeSet<usize> = self.looks_like.values().copied().collect();
        let looked: Vec<(usize, Border)> = firsts
            .into_par_iter()
            .map(|first| {
                let (model, part) = self.probed(&units[&first]);
                (first, border(&model, &part))
            })
            .collect();
        self.borders.extend(looked);
        found
    }

    /// Compiles and sums up the first of each kind.
    fn sum_up(&mut self, classes: Vec<(usize, Vec<usize>)>, units: &BTreeMap<usize, Unit>) {
        let asked: BTreeSet<String> = classes.iter().flat_map(|(first, _)| asked_labels(&units[first])).collect();
        let all: Vec<_> = classes
            .par_iter()
            .map(|(first, _)| {
                let unit = units[first].clone();
                let model = Model::clone(&unit.model);
                Summed::new(unit, model, &asked)
            })
            .collect();
        for ((first, members), summed) in classes.into_iter().zip(all) {
            match summed {
                Ok(summed) => {
                    self.class.extend(members.into_iter().map(|m| (m, self.summed.len())));
                    self.pool.add(&summed.ways, &summed.layers, &BTreeMap::new());
                    self.summed.push(Arc::new(summed));
                }
                Err(_) => {
                    self.coupled.insert(Coupled::TooMany { body: first });
                }
            }
        }
    }

    fn judge(
        &mut self,
        units: &BTreeMap<usize, Unit>,
        kept: &BTreeMap<usize, Vec<usize>>,
    ) -> (Vec<Kind>, Vec<Origin>, Option<Surrounded>) {
        let mut kinds: Vec<(usize, Vec<usize>, Around, Vec<Needed>)> = Vec::new();
        let mut known: HashMap<(usize, pool::Content), usize> = HashMap::new();
        let leaves: Vec<usize> = match self.options.only {
            Some(body) => vec![body],
            None => self.region.leaves().collect(),
        };
        for body in leaves {
            let stand = self.stands[body];
            let Some(&class) = self.class.get(&stand) else { continue };
            let around = self.surroundings(stand, kept);
            let needed = self.pool.needed(&around, self.options.only.is_some());
            let key = (class, self.pool.content(&around, &needed));
            match known.get(&key).filter(|_| self.options.symmetry) {
                Some(&i) => kinds[i].1.push(body),
                None => {
                    known.insert(key, kinds.len());
                    kinds.push((body, vec![body], around, needed));
                }
            }
        }
        let all: BTreeSet<(usize, usize)> = kinds.iter().flat_map(|(_, _, around, _)| around).copied().collect();
        let origins = self.numbered(&all.into_iter().collect());
        let this = &*self;
        let only =
            self.options.only.and_then(|_| kinds.first()).map(|(body, _, around, needed)| {
                this.surrounded(&units[&this.stands[*body]], around, needed, &origins)
            });
        let judged: Vec<Kind> = kinds
            .into_par_iter()
            .map(|(body, members, around, needed)| {
                let unit = &units[&this.stands[body]];
                let s = this.surrounded(unit, &around, &needed, &origins);
                let verdicts = fast::verify(&s.model, &s.network);
                let (model, network) = (&s.model, &s.network);
                let rules = guideline::judge(&Input { model, network, verdicts: &verdicts, as_of: this.options.as_of });
                let about: Vec<Verdict> = fast::verify(&s.about_others, &s.network);
                Kind {
                    body: unit.body,
                    members,
                    own: Standing::of(&s.model, &verdicts, Some(&rules)),
                    others: Standing::of(&s.about_others, &about, None),
                    asked: verdicts.len() + rules.rules.len() + about.len(),
                    differences: expect::differences(&s.model, &s.network, &verdicts),
                    sources: unit.sources.clone(),
                    model: s.model,
                    with_others: s.about_others,
                }
            })
            .collect();
        (judged, origins, only)
    }

    /// Numbers the ways of bodies one after the other, so that a path through them can be told again.
    fn numbered(&self, around: &Around) -> Vec<Origin> {
        let mut next = 0;
        let mut origins = Vec::new();
        for &(summed, body) in around {
            origins.push(Origin { first: next, summed, body });
            next += self.summed[summed].ways.len() as u32;
        }
        origins
    }

    fn add_ways(&self, model: &mut Model, around: &Around, needed: &[Needed], origins: &[Origin]) {
        let mut detours = Detours::new(model);
        for &(class, body) in around {
            let frame = Frame::new(self.region, body);
            let of = &self.region.bodies[body];
            let origin = origins.iter().find(|o| (o.summed, o.body) == (class, body));
            let picked: Vec<usize> =
                needed.iter().filter(|(c, b, _)| (*c, *b) == (class, body)).map(|(_, _, i)| *i).collect();
            detours.add(&Through {
                ways: &self.summed[class].ways,
                picked: &picked,
                layers: &self.summed[class].layers,
                frame: &frame,
                path: &of.path,
                span: of.span,
                first: origin.map_or(0, |o| o.first),
            });
        }
    }

    fn surrounded(&self, unit: &Unit, around: &Around, needed: &[Needed], origins: &[Origin]) -> Surrounded {
        let mut model = Model::clone(&unit.model);
        let own_nodes = model.nodes.len();
        self.add_ways(&mut model, around, needed, origins);
        with_others(model, own_nodes, &unit.frame)
    }
}

/// The definition by which the rest of this room is measured: a body with every other body drawn in full beside it.
///
/// Slow, and only as large as an ordinary drawing may be.
///
/// # Errors
/// Every mistake that shows when the bodies are drawn.
pub fn in_full(region: &Region, body: usize) -> Result<Surrounded, Vec<Diagnostic>> {
    let others: Vec<usize> = (0..region.bodies.len()).filter(|&b| b != body).collect();
    let drawn = region.draw(body, &others)?;
    let network = Network::new(&drawn.model);
    let mut asks = drawn.model.clone();
    asks.checks = about_others(&drawn.model, &Frame::new(region, body)).into_iter().collect();
    Ok(Surrounded { model: drawn.model, network, about_others: asks })
}

/// Splits a model to which others were added into what is judged by the rules and what is asked about others.
fn with_others(mut model: Model, own_nodes: usize, frame: &Frame) -> Surrounded {
    let network = Network::new(&model);
    let mut asks = model.clone();
    asks.checks = about_others(&model, frame).into_iter().collect();
    // The machines of others come last, so everything else keeps its number. Relations stay: paths name their positions.
    let faces = model.faces.values().filter(|f| f.node.index() < own_nodes).cloned().collect();
    model.faces = faces;
    let nodes = model.nodes.values().take(own_nodes).cloned().collect();
    model.nodes = nodes;
    let segments = model.segments.values().filter(|s| s.body.as_deref() != Some("*")).cloned().collect();
    model.segments = segments;
    Surrounded { model, network, about_others: asks }
}

/// One message for a mistake that shows in many bodies.
fn once_per_place(mut all: Vec<Diagnostic>) -> Vec<Diagnostic> {
    sort(&mut all);
    let mut kept: Vec<(Diagnostic, usize)> = Vec::new();
    for d in all {
        match kept.iter_mut().find(|(k, _)| k.code == d.code && k.span() == d.span() && k.help == d.help) {
            Some((_, more)) => *more += 1,
            None => kept.push((d, 0)),
        }
    }
    kept.into_iter()
        .map(|(d, more)| match more {
            0 => d,
            _ => d.help(crate::diagnostic::Text::new(
                format!("ほかに {more} の団体でも同じ誤りが現れます"),
                format!("shows in {more} more bodies"),
            )),
        })
        .collect()
}
