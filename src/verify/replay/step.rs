//! The steps that are not sessions (`docs/semantics.md`, section 3).

use super::Step;
use super::refusal::Reason;
use crate::model::{AssumptionId, Behaviour, Carrier, Endpoint, FaceId, Fact, Lens, Model, Role, State};
use crate::verify::{Hop, Level};

/// The role of a face's node, if there is such a face.
pub(super) fn role(model: &Model, face: FaceId) -> Option<&Role> {
    let face = model.faces.get(face)?;
    Some(&model.nodes.get(face.node)?.role)
}

/// The endpoint of a face, if it is an endpoint's.
pub(super) fn endpoint(model: &Model, face: FaceId) -> Option<&Endpoint> {
    match role(model, face)? {
        Role::Endpoint(endpoint) => Some(endpoint),
        _ => None,
    }
}

/// What a mediator makes of what arrived.
pub(super) fn transform(model: &Model, hop: &Hop, position: usize) -> Result<Step, Reason> {
    let Some(Role::Mediator(mediator)) = role(model, hop.from.face) else {
        return Err(Reason::NoSuchTransform(position));
    };
    let transform = mediator.transforms.get(position).ok_or(Reason::NoSuchTransform(position))?;
    let takes = Fact::arrives(transform.takes.0, transform.takes.1);
    let gives = Fact::leaves(transform.gives.0, transform.gives.1, transform.gives.2);
    if (takes, gives) != (hop.from, hop.to) {
        return Err(Reason::OtherTransform(position));
    }
    Ok(Step::new(level(transform.assumption), transform.guards.clone(), mediator.labels.clone()))
}

/// What arrived gives control of a host.
pub(super) fn pivot(model: &Model, lens: Lens, eyes: bool, hop: &Hop) -> Result<Step, Reason> {
    let (Some(host), State::Arrives(carrier)) = (endpoint(model, hop.from.face), hop.from.state) else {
        return Err(Reason::NoPivot);
    };
    let gives = host.behaviour == Behaviour::Host && lens.pivots(carrier, eyes);
    if !gives || hop.to != Fact::holds(hop.from.face, Carrier::Own) {
        return Err(Reason::NoPivot);
    }
    let guards = if lens.pivot_is_guarded_by_edr(carrier) { host.edr.clone() } else { Vec::new() };
    Ok(Step::new(Level::Must, guards, Vec::new()))
}

/// A store keeps what arrived.
pub(super) fn stored(model: &Model, lens: Lens, hop: &Hop) -> Result<Step, Reason> {
    let (Some(store), State::Arrives(carrier)) = (endpoint(model, hop.from.face), hop.from.state) else {
        return Err(Reason::NotStored);
    };
    let kept = kept_as(carrier).ok_or(Reason::NotStored)?;
    let keeps = store.behaviour == Behaviour::Store && lens != Lens::Direct;
    let node = |face: FaceId| model.faces.get(face).map(|f| f.node);
    let own_face = node(hop.to.face) == node(hop.from.face);
    if !keeps || !own_face || hop.to.state != State::Holds(kept) {
        return Err(Reason::NotStored);
    }
    // Between two faces of the store its isolation stands, if it is declared.
    let between = store.isolation.filter(|_| hop.to.face != hop.from.face);
    Ok(Step::new(Level::Must, between.into_iter().collect(), Vec::new()))
}

/// In which form a store keeps what arrives.
fn kept_as(carrier: Carrier) -> Option<Carrier> {
    match carrier {
        Carrier::Req | Carrier::Rsp | Carrier::Raw => Some(Carrier::Raw),
        Carrier::Chk | Carrier::San | Carrier::Txt => Some(carrier),
        Carrier::Ctl => Some(Carrier::Own),
        Carrier::Own | Carrier::Scr | Carrier::Key => None,
    }
}

/// Control passes from one face of a machine to another.
pub(super) fn same_machine(model: &Model, hop: &Hop) -> Result<Step, Reason> {
    let node = |face: FaceId| model.faces.get(face).map(|f| f.node);
    let machine = endpoint(model, hop.from.face).ok_or(Reason::NotOneMachine)?;
    let control = hop.from.state == State::Holds(Carrier::Own) && hop.to.state == State::Arrives(Carrier::Own);
    let faces = hop.from.face != hop.to.face && node(hop.from.face) == node(hop.to.face);
    if !control || !faces {
        return Err(Reason::NotOneMachine);
    }
    Ok(Step::new(Level::Must, machine.isolation.into_iter().collect(), Vec::new()))
}

/// A relation of the model.
pub(super) fn relation(model: &Model, hop: &Hop, position: usize) -> Result<Step, Reason> {
    let relation = model.relations.get(position).ok_or(Reason::NoSuchRelation(position))?;
    if (relation.from, relation.to) != (hop.from, hop.to) {
        return Err(Reason::OtherRelation(position));
    }
    let level = level(relation.assumption);
    let level = if relation.detour.is_some() { level.min(Level::Sure) } else { level };
    Ok(Step::new(level, relation.guards.clone(), relation.labels.clone()))
}

/// How certain a step is that may rest on something open.
fn level(assumption: Option<AssumptionId>) -> Level {
    if assumption.is_some() { Level::May } else { Level::Must }
}
