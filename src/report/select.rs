//! Names that a person types: which attachments of the drawing they mean.
//!
//! Only what the model still knows can be named; nothing is guessed, but the nearest name is suggested.

use unicode_normalization::UnicodeNormalization;

use crate::model::{FaceId, Model};

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
