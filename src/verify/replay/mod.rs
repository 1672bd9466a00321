//! The replay: every path is walked again on the model before it is shown.
//!
//! It is written from `docs/semantics.md` alone. It takes a finished [`Witness`] and asks of each hop whether it is
//! one step of the semantics, with the guards, labels and certainty that are claimed; a session is walked again with
//! its concrete packet. It shares no code with the engines, and it is neither of them: it finds no paths, it does not
//! say that there is none, and it does not look for a shorter one. What it searches for itself are only the walks of
//! replies and later packets, which a witness does not spell out.
//!
//! It is total: a witness may contain anything, ids of other models included. The model has to be one that
//! resolution made, so that its own ids are its own.

mod device;
mod question;
mod refusal;
mod session;
mod step;
mod walk;

pub use question::start_ok;
pub use refusal::{Fault, Reason, Refusal, Stop};

use std::collections::BTreeSet;

use crate::model::{GuardId, LabelId, Lens, Model, TransitId};
use crate::verify::{Cause, Hop, Level, SessionCause, Witness};
use walk::Network;

/// What a step is by the semantics, to be compared with what a hop claims.
struct Step {
    at_most: Level,
    guards: Vec<GuardId>,
    labels: Vec<LabelId>,
}

impl Step {
    fn new(at_most: Level, mut guards: Vec<GuardId>, mut labels: Vec<LabelId>) -> Self {
        guards.sort_unstable();
        guards.dedup();
        labels.sort_unstable();
        labels.dedup();
        Self { at_most, guards, labels }
    }
}

/// Walks a witness again on the model, hop by hop.
///
/// `eyes` counts what a person can copy off a screen (leak lens); `failed` are the controls that do not work.
///
/// # Errors
///
/// The first hop that is no step, or not the one that is claimed. See [`Refusal`]: it is a defect of sekisho, and the
/// verdict must not be shown as safe.
pub fn replay(model: &Model, lens: Lens, eyes: bool, failed: &[GuardId], witness: &Witness) -> Result<(), Refusal> {
    let mut at = witness.start;
    if model.faces.get(at.face).is_none() {
        return Err(Refusal::NoSuchStart(at.face));
    }
    let network = Network::new(model);
    for (i, hop) in witness.hops.iter().enumerate() {
        let chained = if hop.from == at { Ok(()) } else { Err(Reason::NotChained) };
        chained
            .and_then(|()| replay_hop(&network, lens, eyes, failed, hop))
            .map_err(|reason| Refusal::Hop { number: i + 1, reason })?;
        at = hop.to;
    }
    Ok(())
}

/// Asks of sessions what becomes of them if some devices drop answers to requests that they have not seen (P-STRAY), and some
/// send nothing back into a zone that keeps its machines apart (P-HAIRPIN).
pub(crate) struct Supposed<'m>(Network<'m>);

impl<'m> Supposed<'m> {
    pub(crate) fn new(model: &'m Model) -> Self {
        Self(Network::new(model))
    }

    /// Whether the packets of a session still pass as it claims.
    pub(crate) fn passes(
        &mut self,
        dropping: BTreeSet<TransitId>,
        refusing: BTreeSet<TransitId>,
        hop: &Hop,
        cause: &SessionCause,
    ) -> bool {
        self.0.suppose(dropping, refusing);
        session::passes(&self.0, hop, cause).is_ok()
    }
}

fn replay_hop(network: &Network<'_>, lens: Lens, eyes: bool, failed: &[GuardId], hop: &Hop) -> Result<(), Reason> {
    let model = network.model;
    for face in [hop.from.face, hop.to.face] {
        model.faces.get(face).ok_or(Reason::NoSuchFace(face))?;
    }
    let step = match &hop.cause {
        Cause::Session(cause) => session::step(network, lens, hop, cause),
        Cause::Transform(position) => step::transform(model, hop, *position),
        Cause::Pivot => step::pivot(model, lens, eyes, hop),
        Cause::Stored => step::stored(model, lens, hop),
        Cause::SameMachine => step::same_machine(model, hop),
        Cause::Relation(position) => step::relation(model, hop, *position),
    }?;
    compare(hop, step, failed)
}

fn compare(hop: &Hop, step: Step, failed: &[GuardId]) -> Result<(), Reason> {
    if hop.level > step.at_most {
        return Err(Reason::LessCertain { at_most: step.at_most });
    }
    if hop.guards != step.guards {
        return Err(Reason::OtherGuards { demanded: step.guards });
    }
    if hop.labels != step.labels {
        return Err(Reason::OtherLabels { earned: step.labels });
    }
    match step.guards.into_iter().find(|guard| !failed.contains(guard)) {
        Some(guard) => Err(Reason::GuardWorks(guard)),
        None => Ok(()),
    }
}
