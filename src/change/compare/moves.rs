//! What stands where, and what would move, come or go between two drawings of the same inventory.
//!
//! A device of the inventory has the same name in every drawing, so a name in another layer is a move.

use crate::model::{Kind, Layer, Model, Owner, Role};

/// A device of a drawing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thing {
    /// Its name in the drawing.
    pub name: String,
    /// What people call it.
    pub label: String,
    /// What it is.
    pub kind: Kind,
    /// How many.
    pub count: u32,
    /// The layer in which it stands, if it stands in one.
    pub layer: Option<Layer>,
}

/// Something that stands in another layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// What, as it would be.
    pub thing: Thing,
    /// In which layer it stands today.
    pub from: Layer,
    /// In which it would stand.
    pub to: Layer,
}

/// What changes from one drawing to another.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changes {
    /// Terminals and systems that stand elsewhere.
    pub moved: Vec<Moved>,
    /// Devices that have to be added. Where there would only be more of one, `count` is how many more.
    pub added: Vec<Thing>,
    /// Devices that are no longer there. Where there would only be fewer, `count` is how many fewer.
    pub gone: Vec<Thing>,
}

/// The devices that are the body's or its contractors' to move, buy and give up, in declared order.
pub(super) fn things(model: &Model) -> Vec<Thing> {
    let theirs = |o: Option<Owner>| matches!(o, Some(Owner::State | Owner::Jlis));
    model
        .nodes
        .values()
        .filter(|n| !theirs(n.declared.owner) && n.kind != Kind::Internet)
        .map(|n| {
            // The side of a mediator stands nowhere: it is between segments.
            let face = n.faces.first().filter(|_| matches!(n.role, Role::Endpoint(_)));
            Thing {
                name: n.name.clone(),
                label: n.label.clone(),
                kind: n.kind,
                count: n.count,
                layer: face.and_then(|&f| model.faces[f].segment).map(|s| model.segments[s].layer),
            }
        })
        .collect()
}

/// From `today` to `then`.
pub(super) fn changes(today: &super::Column, then: &super::Column) -> Changes {
    let mut changes = Changes::default();
    for thing in &then.things {
        let Some(old) = today.things.iter().find(|t| t.name == thing.name) else {
            changes.added.push(thing.clone());
            continue;
        };
        if let (Some(from), Some(to)) = (old.layer, thing.layer)
            && from != to
        {
            changes.moved.push(Moved { thing: thing.clone(), from, to });
        }
        let differs = |count| Thing { count, ..thing.clone() };
        if thing.count > old.count {
            changes.added.push(differs(thing.count - old.count));
        } else if thing.count < old.count {
            changes.gone.push(differs(old.count - thing.count));
        }
    }
    let stays = |t: &&Thing| !then.things.iter().any(|n| n.name == t.name);
    changes.gone.extend(today.things.iter().filter(stays).cloned());
    changes
}
