//! What a person types for the ends of a packet and for its service: names, addresses, one protocol with one port.

use std::net::IpAddr;

use sekisho::diagnostic::{Lang, Text};
use sekisho::document::{Loaded, doubtful_services, parse_services};
use sekisho::model::{Addr, FaceId, Model, PacketAddr, Service};
use sekisho::report::{clean, is_place, owners};
use sekisho::source::{Sources, Span};

use crate::args::Args;
use crate::explain::faces;
use crate::{output, say};

/// Says what is wrong with the call.
pub(crate) fn error(lang: Lang, text: &Text) {
    match lang {
        Lang::Ja => output::say(&format!("エラー: {}", clean(&text.ja))),
        Lang::En => output::say(&format!("error: {}", clean(&text.en))),
    }
}

/// One end of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// A machine at one of its attachments, with any of its addresses.
    Machine(FaceId),
    /// An address, and the attachment that has it, if one has.
    Address(Addr, Option<FaceId>),
}

/// Who sends: a machine at one attachment, or an address that one has.
pub(crate) fn sender(lang: Lang, loaded: &Loaded, name: &str) -> Option<Side> {
    let Some(address) = number(name) else { return machine(lang, loaded, name).map(Side::Machine) };
    let found = owners(&loaded.model, address);
    if found.is_empty() {
        error(
            lang,
            &Text::new(
                format!("アドレス {address} を持つ機器は図面にありません"),
                format!("no machine of the drawing has the address {address}"),
            ),
        );
        return None;
    }
    single(lang, &loaded.model, name, &found).map(|face| Side::Address(address, Some(face)))
}

/// Who is asked: a machine at one attachment, or any address.
pub(crate) fn asked(lang: Lang, loaded: &Loaded, name: &str) -> Option<Side> {
    match number(name) {
        Some(address) => Some(Side::Address(address, None)),
        None => machine(lang, loaded, name).map(Side::Machine),
    }
}

/// One end of many packets: attachments, and the one address that is meant, if it was an address.
pub(crate) fn selection(lang: Lang, loaded: &Loaded, name: &str, asked: bool) -> Option<(Vec<FaceId>, Option<Addr>)> {
    let Some(address) = number(name) else { return Some((faces(lang, loaded, name)?, None)) };
    let model = &loaded.model;
    let mut found = owners(model, address);
    // A published address is asked for, and nobody sends with it.
    if asked {
        for n in model.transits.values().flat_map(|t| &t.dnat).filter(|n| n.outside == address) {
            match n.inside {
                PacketAddr::Literal(inside) => found.extend(owners(model, inside)),
                PacketAddr::Of(face) => found.push(face),
            }
        }
    }
    if found.is_empty() {
        let (ja, en) = if asked { ("持つ、または公開する", "has or publishes") } else { ("持つ", "has") };
        error(
            lang,
            &Text::new(
                format!("アドレス {address} を{ja}機器は図面にありません"),
                format!("nothing in the drawing {en} the address {address}"),
            ),
        );
        return None;
    }
    found.sort_unstable();
    found.dedup();
    Some((found, Some(address)))
}

/// An address as typed.
pub(crate) fn number(name: &str) -> Option<Addr> {
    name.trim().parse::<IpAddr>().ok().map(Addr::from)
}

fn machine(lang: Lang, loaded: &Loaded, name: &str) -> Option<FaceId> {
    let model = &loaded.model;
    let all = faces(lang, loaded, name)?;
    // What stands in a place is not picked for anybody, even if it is one machine only.
    if is_place(model, name) {
        let list = list(model, &all);
        error(
            lang,
            &Text::new(
                format!("`{name}` は場所の名前です。そこの機器を一つ選んでください: {list}"),
                format!("`{name}` is a place; choose one of the machines there: {list}"),
            ),
        );
        return None;
    }
    single(lang, model, name, &all)
}

/// A single attachment of what was named.
fn single(lang: Lang, model: &Model, name: &str, all: &[FaceId]) -> Option<FaceId> {
    if let [face] = all {
        return Some(*face);
    }
    let list = list(model, all);
    error(
        lang,
        &Text::new(
            format!("`{name}` には接続がいくつもあります。一つを選んでください: {list}"),
            format!("`{name}` has several attachments; choose one: {list}"),
        ),
    );
    None
}

fn list(model: &Model, all: &[FaceId]) -> String {
    all.iter().map(|&f| model.face_name(f)).collect::<Vec<_>>().join(", ")
}

/// Services as typed; said if they cannot be read, and what looks odd about them.
pub(crate) fn services(args: &Args, text: &str) -> Option<Vec<Service>> {
    match parse_services(text) {
        Ok(all) => {
            doubts(args, text);
            Some(all)
        }
        Err(e) => {
            error(args.lang(), &e);
            None
        }
    }
}

/// What the same words in a drawing would be remarked on for.
fn doubts(args: &Args, text: &str) {
    let mut sources = Sources::new();
    if let Ok(file) = sources.add("--service", text) {
        let found = doubtful_services(text, Span::new(file, 0..text.len()));
        say::diagnostics(args, found.as_slice(), &sources);
    }
}
