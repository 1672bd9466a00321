//! Names that a person types: which attachments of the drawing they mean.
//!
//! Only what the model still knows can be named; nothing is guessed, but the nearest name is suggested.

use unicode_normalization::UnicodeNormalization;

use crate::model::{Addr, FaceAddress, FaceId, Model};

/// The faces of a node, `node.side`, `node@network`, network or segment.
///
/// # Errors
/// No such name; the nearest known one, if it is near enough to be meant.
pub fn faces_named(model: &Model, name: &str) -> Result<Vec<FaceId>, Option<String>> {
    let name: String = name.trim().nfc().collect();
    if let Some(node) = model.nodes.values().find(|n| n.name == name) {
        // A device that only forwards has no faces of its own.
        return Ok(node.faces.clone());
    }
    if let Some((segment, _)) = model.segments.iter().find(|(_, s)| s.name == name) {
        return Ok(model.faces_of(segment).collect());
    }
    if let Some((zone, _)) = model.zones.iter().find(|(_, z)| z.name == name) {
        return Ok(model.faces.iter().filter(|(_, f)| f.zone == Some(zone)).map(|(id, _)| id).collect());
    }
    for (id, face) in model.faces.iter() {
        let node = &model.nodes[face.node];
        let at = face.zone.map(|z| format!("{}@{}", node.name, model.zones[z].name));
        if model.face_name(id) == name || at.as_deref() == Some(name.as_str()) {
            return Ok(vec![id]);
        }
    }
    let nodes = model.nodes.values().map(|n| n.name.as_str());
    let known = nodes
        .chain(model.segments.values().map(|s| s.name.as_str()))
        .chain(model.zones.values().map(|z| z.name.as_str()));
    let limit = (name.chars().count() / 3).max(1);
    let near = known.map(|k| (strsim::damerau_levenshtein(&name, k), k)).filter(|(d, _)| *d <= limit).min();
    Err(near.map(|(_, k)| k.to_owned()))
}

/// Whether a name means a network or a segment, and not a machine or one of its attachments.
#[must_use]
pub fn is_place(model: &Model, name: &str) -> bool {
    let name: String = name.trim().nfc().collect();
    model.nodes.values().all(|n| n.name != name)
        && (model.segments.values().any(|s| s.name == name) || model.zones.values().any(|z| z.name == name))
}

/// The attachments that have an address.
#[must_use]
pub fn owners(model: &Model, address: Addr) -> Vec<FaceId> {
    let has = |known: &FaceAddress| match known {
        FaceAddress::Known(ranges) => ranges.iter().any(|r| r.contains(address)),
        FaceAddress::Within(_) | FaceAddress::Unknown => false,
    };
    model.faces.iter().filter(|(_, f)| has(&f.address)).map(|(id, _)| id).collect()
}
