//! Bodies above others summed up from the bottom, and who is around a body.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::unit::{Summed, Unit, asked_labels};
use super::{Around, Composer, Coupled, way};
use crate::model::Model;

impl Composer<'_> {
    /// Sums up the bodies above others, from the bottom; returns who is around the bodies below each.
    pub(super) fn sum_up_inner(&mut self, units: &BTreeMap<usize, Unit>) -> BTreeMap<usize, Vec<usize>> {
        let mut around: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        // Each body comes after the one above it, so backwards is from the bottom.
        let inner: Vec<usize> = (0..self.region.bodies.len()).filter(|&b| !self.region.bodies[b].is_leaf()).collect();
        let mut by_depth: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for body in inner {
            by_depth.entry(self.region.above(body).len()).or_default().push(body);
        }
        for (_, bodies) in by_depth.into_iter().rev() {
            let mut kept: Vec<(usize, Vec<usize>, Around)> = Vec::new();
            for &body in &bodies {
                let all = self.kept(body);
                let needed = self.around(&all, None);
                kept.push((body, all, needed));
            }
            // What all share is above everybody and around nobody.
            let sum = |(body, _, around): &(usize, Vec<usize>, Around)| -> Option<Result<Summed, way::TooMany>> {
                if *body == 0 {
                    return None;
                }
                let unit = units[body].clone();
                let mut model = Model::clone(&unit.model);
                let origins = self.numbered(around);
                self.add_ways(&mut model, around, &self.pool.needed(around, true), &origins);
                let asked = around.iter().flat_map(|(class, _)| asked_labels(&self.summed[*class].unit)).collect();
                Some(Summed::new(unit, model, &asked).map(|s| Summed { below: origins, ..s }))
            };
            let summed: Vec<_> = kept.par_iter().map(sum).collect();
            for ((body, kept, needed), summed) in kept.into_iter().zip(summed) {
                around.insert(body, kept);
                match summed {
                    None => {}
                    Some(Err(_)) => {
                        self.coupled.insert(Coupled::TooMany { body });
                    }
                    Some(Ok(summed)) => {
                        let frame = &summed.unit.frame;
                        let name = |below: usize| frame.relative(&format!("{}/", self.region.bodies[below].path));
                        let below = needed.iter().map(|&(class, b)| (name(b), format!("#{class}/"))).collect();
                        self.pool.add(&summed.ways, &summed.layers, &below);
                        self.class.insert(body, self.summed.len());
                        self.summed.push(Arc::new(summed));
                    }
                }
            }
        }
        around
    }

    /// The bodies directly below one, at most two of each kind: a second one, so that there is one around the first.
    pub(super) fn kept(&mut self, above: usize) -> Vec<usize> {
        let mut kinds: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for &body in &self.region.bodies[above].below {
            let Some(&class) = self.class.get(&self.stands[body]) else { continue };
            let known = kinds.entry(class).or_default();
            if known.len() < 2 || !self.options.symmetry {
                known.push(body);
            }
        }
        for (class, members) in &kinds {
            self.class.extend(members.iter().map(|&m| (m, *class)));
        }
        kinds.into_values().flatten().collect()
    }

    /// Of some bodies, those whose ways a body has around it: not its own, and only the greatest.
    pub(super) fn around(&mut self, kept: &[usize], but: Option<usize>) -> Around {
        let others = kept.iter().filter(|&&b| Some(b) != but);
        let all: Around = others.map(|b| (self.class[b], *b)).collect();
        if self.options.symmetry { self.pool.greatest(all) } else { all }
    }

    /// Everybody whose ways a body has around it, at all levels.
    pub(super) fn surroundings(&mut self, body: usize, kept: &BTreeMap<usize, Vec<usize>>) -> Around {
        let mut chain = self.region.above(body);
        chain.push(body);
        let mut all = Around::new();
        for pair in chain.windows(2) {
            let below = kept.get(&pair[0]).cloned().unwrap_or_default();
            all.extend(self.around(&below, Some(pair[1])));
        }
        all
    }
}
