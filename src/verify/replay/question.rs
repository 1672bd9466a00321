//! Whether a witness is one of the question: where it starts, where it ends, and what it passes.

use super::refusal::Refusal;
use super::session::delivers;
use super::step::endpoint;
use crate::model::{Behaviour, Carrier, FaceId, Fact, LabelId, Lens, Model, Permit, Question, SegmentId, State};
use crate::verify::{Cause, Witness};

/// Whether a witness starts and ends as the question asks (`docs/semantics.md`, section 4).
///
/// It does not look at the hops; that is [`super::replay`], which has to be called with the question's lens
/// ([`Lens::Direct`] for matrix and require).
///
/// # Errors
///
/// What does not fit. See [`Refusal`]: it is a defect of sekisho, and the verdict must not be shown as safe.
pub fn start_ok(model: &Model, question: &Question, witness: &Witness) -> Result<(), Refusal> {
    match question {
        Question::Matrix { from, to } => matrix(model, *from, *to, witness),
        Question::Forbid { lens, from, to, eyes } => {
            require(forbid_start(model, from, witness.start), Refusal::StartOffQuestion)?;
            let end = witness.end();
            let target = to.contains(&end.face) && !from.contains(&end.face);
            let gained = target && forbid_gain(model, *lens, *eyes, end);
            require(gained, Refusal::EndOffQuestion)
        }
        Question::Require { from, to, carrier, via } => {
            let start = witness.start;
            let begins = start.state == State::Holds(Carrier::Own) && from.contains(&start.face);
            require(begins, Refusal::StartOffQuestion)?;
            let end = witness.end();
            let arrives = end.state == State::Arrives(*carrier) && to.contains(&end.face);
            require(arrives, Refusal::EndOffQuestion)?;
            let labels = witness.labels();
            via.iter().find(|l| !labels.contains(l)).map_or(Ok(()), |&l| Err(Refusal::LabelNotPassed(l)))
        }
    }
}

fn require(condition: bool, otherwise: Refusal) -> Result<(), Refusal> {
    if condition { Ok(()) } else { Err(otherwise) }
}

/// The analysed party at a face of `from`, or a file in a store there.
fn forbid_start(model: &Model, from: &[FaceId], start: Fact) -> bool {
    let store = || endpoint(model, start.face).is_some_and(|e| e.behaviour == Behaviour::Store);
    let held = match start.state {
        State::Holds(Carrier::Own) => true,
        State::Holds(Carrier::Raw) => store(),
        _ => false,
    };
    held && from.contains(&start.face)
}

/// Control, or in the leak lens also information in re-usable form.
fn forbid_gain(model: &Model, lens: Lens, eyes: bool, end: Fact) -> bool {
    if model.faces.get(end.face).is_none() {
        return false;
    }
    match end.state {
        State::Holds(Carrier::Own) => lens != Lens::Direct,
        State::Arrives(carrier) => lens == Lens::Leak && lens.pivots(carrier, eyes),
        _ => false,
    }
}

fn matrix(model: &Model, from: SegmentId, to: SegmentId, witness: &Witness) -> Result<(), Refusal> {
    let (start, end) = (witness.start, witness.end());
    let begins = start.state == State::Holds(Carrier::Own) && is_endpoint_of(model, start.face, from);
    require(begins, Refusal::StartOffQuestion)?;
    let State::Arrives(carrier) = end.state else {
        return Err(Refusal::EndOffQuestion);
    };
    require(is_endpoint_of(model, end.face, to), Refusal::EndOffQuestion)?;
    let labels = witness.labels();
    let fits = |p: &Permit| (p.from, p.to, p.carrier) == (from, to, carrier) && permits(model, p, witness, &labels);
    model.permits.iter().position(fits).map_or(Ok(()), |permit| Err(Refusal::Permitted(permit)))
}

fn is_endpoint_of(model: &Model, face: FaceId, segment: SegmentId) -> bool {
    endpoint(model, face).is_some() && model.faces.get(face).is_some_and(|f| f.segment == Some(segment))
}

/// Whether peers, service and labels of a permit fit.
fn permits(model: &Model, permit: &Permit, witness: &Witness, labels: &[LabelId]) -> bool {
    let peer = |nodes: &Option<Vec<_>>, face| {
        let node = model.faces.get(face).map(|f| f.node);
        nodes.as_ref().is_none_or(|nodes| node.is_some_and(|n| nodes.contains(&n)))
    };
    let delivered = witness.hops.last().and_then(|hop| match &hop.cause {
        Cause::Session(session) => Some(&session.delivered),
        _ => None,
    });
    let service = permit.services.as_ref().is_none_or(|s| delivered.is_some_and(|packet| delivers(s, packet)));
    peer(&permit.from_nodes, witness.start.face)
        && peer(&permit.to_nodes, witness.end().face)
        && service
        && permit.via.iter().all(|label| labels.contains(label))
        && !permit.avoids.iter().any(|label| labels.contains(label))
}
