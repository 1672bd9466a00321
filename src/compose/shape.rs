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
        // What machines and routes have of it is reduced with them.
        z.addresses.clear();
    }
    for n in m.nodes.values_mut() {
        n.label.clear();
        // One machine or several is all that counts.
        n.count = n.count.min(2);
    }
    let mut kinds = String::new();
    for f in m.faces.values_mut() {
        kinds.push_str(&stated(&std::mem::replace(&mut f.address, FaceAddress::Unknown)));
    }
    let reduce = |a: &mut AddrMatch| {
        a.text = format!("set {} {:?}", number(a), widths(a));
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
            r.when.iter_mut().flat_map(|w| [&mut w.source, &mut w.joined]).for_each(&reduce);
        }
        for n in &mut t.dnat {
            n.outside = class(PacketAddr::Literal(n.outside));
            if matches!(n.inside, PacketAddr::Literal(_)) {
                n.inside = PacketAddr::Literal(class(n.inside));
            }
        }
        for n in &mut t.snat {
            n.source = class(PacketAddr::Literal(n.source));
            n.from.iter_mut().for_each(reduce);
        }
    }
    for c in m.communications.values_mut() {
        c.label.clear();
    }
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = write!(text, "{m:?} {kinds} {:?} {:?} {:?}", addresses.faces, addresses.families, addresses.sets);
    frame.relative_text(without_spans(&text))
}

/// What packets can tell apart of the addresses of a model with strangers, as texts: of the model by itself, and with them.
/// The first `own` faces are those of the model.
pub(super) fn addresses(probed: &Model, own: usize) -> (String, String) {
    let (shape, number) = AddressShape::new(probed);
    // Classes are numbered as they appear, those of the model first.
    let classes = shape.faces[..own].iter().flatten().max().map_or(0, |c| *c as usize + 1);
    let mut by_itself = String::new();
    // Writing to a String cannot fail.
    let _ = write!(by_itself, "{:?} {:?} ", &shape.faces[..own], &shape.families[..classes]);
    for row in &shape.sets {
        let _ = write!(by_itself, "{} ", &row[..classes]);
    }
    for face in probed.faces.values().take(own) {
        by_itself.push_str(&stated(&face.address));
    }
    let mut set = |m: &AddrMatch| {
        let _ = write!(by_itself, "{} {:?} {} ", number(m), widths(m), m.faces.len());
    };
    for t in probed.transits.values() {
        for r in t.rules.iter().flatten() {
            set(&r.source);
            set(&r.destination);
        }
        for r in t.routes.iter().flatten() {
            set(&r.to);
        }
    }
    // An address that translation names has a class of its own wherever strangers are; what it is to rules is its row.
    let named = |a: PacketAddr| match shape.class_of(a) {
        Some(class) if (class as usize) < classes => format!("{class} "),
        Some(class) => shape.sets.iter().map(|row| &row[class as usize..=class as usize]).collect(),
        None => "- ".to_owned(),
    };
    let mut translated = String::new();
    for t in probed.transits.values() {
        for n in &t.dnat {
            translated.push_str(&named(PacketAddr::Literal(n.outside)));
            translated.push_str(&named(n.inside));
        }
        for n in &t.snat {
            translated.push_str(&named(PacketAddr::Literal(n.source)));
        }
    }
    by_itself.push_str(&translated);
    let seen = format!("{:?} {:?} {:?}", shape.faces, shape.families, shape.sets);
    (by_itself, seen)
}

/// How an address is stated: which it is matters only as far as rules can tell.
fn stated(address: &FaceAddress) -> String {
    match address {
        FaceAddress::Known(ranges) => format!("={} ", ranges.len().min(2)),
        FaceAddress::Within(_) => "in ".to_owned(),
        FaceAddress::Unknown => "? ".to_owned(),
    }
}

/// The widths of what a rule names: they matter to some rules of the guideline.
fn widths(m: &AddrMatch) -> Vec<u32> {
    m.literal.iter().chain(&m.named).map(|r| width(r.first, r.last)).collect()
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
