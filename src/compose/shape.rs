//! When two bodies are alike: their models are the same text once names, addresses and numbers of machines are reduced to
//! what a verdict can depend on.
//!
//! Everything that is not reduced here stays in the text, so a field that nobody thought of makes bodies different, never
//! alike.

use std::fmt::Write as _;
use std::sync::Arc;

use super::frame::Frame;
use crate::model::{Addr, AddrMatch, FaceAddress, Model, PacketAddr};
use crate::packet::apart::AddressShape;

/// The text of a model by which bodies are compared.
pub(super) fn shape(model: &Model, frame: &Frame) -> String {
    let (addresses, number) = AddressShape::new(model);
    let mut m = model.clone();
    m.name.clear();
    // One book for the whole region.
    m.rulebook = Arc::default();
    for s in m.segments.values_mut() {
        s.label.clear();
    }
    for z in m.zones.values_mut() {
        z.label.clear();
    }
    for n in m.nodes.values_mut() {
        n.label.clear();
        // One machine or several is all that counts.
        n.count = n.count.min(2);
    }
    let mut stated = String::new();
    for f in m.faces.values_mut() {
        // How an address is stated matters; which it is, only as far as rules can tell.
        let kind = match std::mem::replace(&mut f.address, FaceAddress::Unknown) {
            FaceAddress::Known(ranges) => format!("={}", ranges.len().min(2)),
            FaceAddress::Within(_) => "in".to_owned(),
            FaceAddress::Unknown => "?".to_owned(),
        };
        stated.push_str(&kind);
        stated.push(' ');
    }
    let reduce = |a: &mut AddrMatch| {
        // The width of what a rule names matters to some rules of the guideline.
        let widths: Vec<u32> = a.literal.iter().chain(&a.named).map(|r| width(r.first, r.last)).collect();
        a.text = format!("set {} {widths:?}", number(a));
        a.literal.clear();
        a.named.clear();
    };
    let class = |a: PacketAddr| Addr::from_bits(addresses.class_of(a).map_or(u128::MAX, u128::from));
    for t in m.transits.values_mut() {
        for r in t.rules.iter_mut().flatten() {
            r.text.clear();
            reduce(&mut r.source);
            reduce(&mut r.destination);
        }
        for r in t.routes.iter_mut().flatten() {
            reduce(&mut r.to);
        }
        for n in &mut t.dnat {
            n.outside = class(PacketAddr::Literal(n.outside));
            if matches!(n.inside, PacketAddr::Literal(_)) {
                n.inside = PacketAddr::Literal(class(n.inside));
            }
        }
        for n in &mut t.snat {
            n.source = class(PacketAddr::Literal(n.source));
        }
    }
    for c in m.communications.values_mut() {
        c.label.clear();
    }
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = write!(text, "{m:?} {stated} {:?} {:?} {:?}", addresses.faces, addresses.families, addresses.sets);
    frame.relative_text(without_spans(&text))
}

/// What packets can tell apart of the addresses of a model, as a text.
pub(super) fn addresses(model: &Model) -> String {
    let (shape, _) = AddressShape::new(model);
    format!("{:?} {:?} {:?}", shape.faces, shape.families, shape.sets)
}

/// How many bits the size of a range has.
fn width(first: Addr, last: Addr) -> u32 {
    128 - (last.bits() - first.bits()).leading_zeros()
}

/// Places in files say nothing about meaning.
fn without_spans(text: &str) -> String {
    let mut rest = text;
    let mut out = String::with_capacity(text.len());
    while let Some(at) = rest.find("Span { file:") {
        out.push_str(&rest[..at]);
        let end = rest[at..].find('}').map_or(rest.len(), |e| at + e + 1);
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}
