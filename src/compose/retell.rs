//! A way through others told step by step again: concrete devices, rules and packets of the body it leads through.

use super::way::End;
use super::{Composition, Origin};
use crate::model::Model;
use crate::source::Sources;
use crate::verify::fast::witness;
use crate::verify::{Cause, Witness};

/// A part of a path that lies in another body.
#[derive(Debug)]
pub struct Leg<'c> {
    /// The body, by position.
    pub body: usize,
    /// The body in whose drawing it is told; it is like the other.
    pub told_of: usize,
    /// Its drawing.
    pub model: &'c Model,
    /// The files of its drawing.
    pub sources: &'c Sources,
    /// The steps there.
    pub witness: Witness,
    /// It begins at machines of the body, not at something shared.
    pub starts_at_machines: bool,
    /// The parts of it that lie in bodies below: number of the step, and the part.
    pub below: Vec<(usize, Leg<'c>)>,
}

/// The parts of a path that lie in other bodies, by number of the step.
pub type Telling<'c> = Vec<(usize, Leg<'c>)>;

impl Composition {
    /// The parts of a path that lie in other bodies; `model` is that in which the path was found.
    #[must_use]
    pub fn tell(&self, model: &Model, path: &Witness) -> Telling<'_> {
        self.legs(&self.origins, model, path)
    }

    fn legs(&self, origins: &[Origin], model: &Model, path: &Witness) -> Telling<'_> {
        let detour = |cause: &Cause| match cause {
            Cause::Relation(i) => model.relations.get(*i).and_then(|r| r.detour.as_ref()).map(|d| d.way),
            _ => None,
        };
        let hops = path.hops.iter().enumerate();
        hops.filter_map(|(number, hop)| Some((number, self.leg(origins, detour(&hop.cause)?)?))).collect()
    }

    fn leg(&self, origins: &[Origin], way: u32) -> Option<Leg<'_>> {
        let origin = &origins[origins.partition_point(|o| o.first <= way).checked_sub(1)?];
        let summed = self.summed.get(origin.summed)?;
        let way = summed.ways.get((way - origin.first) as usize)?;
        let witness = witness(&summed.model, &summed.network, &way.steps)?;
        let below = self.legs(&summed.below, &summed.model, &witness);
        Some(Leg {
            starts_at_machines: matches!(way.from, End::Machines(_)),
            body: origin.body,
            told_of: summed.unit.body,
            model: &summed.model,
            sources: &summed.unit.sources,
            witness,
            below,
        })
    }
}
