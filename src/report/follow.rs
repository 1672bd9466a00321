//! The command that follows a packet: `sekisho trace FILE FROM TO SERVICE`, so that it runs as it is printed.
//!
//! Only made where the words mean that packet again; nothing is run here.

use super::names::Scribe;
use super::select::{faces_named, is_place, owners};
use crate::document::parse_services;
use crate::model::{AddrRange, FaceAddress, FaceId, Model, PacketAddr, PortRange, Protocol, Service};
use crate::verify::Packet;

/// The source port that `trace` takes if it is told none: one that clients use.
pub const SOURCE_PORT: u16 = 50_000;

/// The words of the command behind the name of the program; none if no words name this packet.
pub(super) fn command(scribe: &Scribe<'_>, x: FaceId, y: FaceId, packet: &Packet) -> Option<Vec<String>> {
    let model = scribe.model;
    let file = scribe.sources.iter().next().map(|(_, s)| s.name().to_owned())?;
    let from = end(model, x, packet.source, |a| owners(model, a) == [x])?;
    let to = end(model, y, packet.destination, |_| true)?;
    let mut words = vec!["trace".to_owned()];
    if packet.protocol.has_ports() && packet.source_port != SOURCE_PORT {
        words.extend(["--source-port".to_owned(), packet.source_port.to_string()]);
    }
    let rest = [file, from, to, service(packet)?];
    // What begins like an option is one, unless it is said that options are over. A lone `-` is the standard input.
    if rest.iter().any(|w| w.len() > 1 && w.starts_with('-')) {
        words.push("--".to_owned());
    }
    words.extend(rest);
    // Characters that are not printed as they are would name something else.
    words.iter().all(|w| super::clean(w) == *w).then_some(words)
}

/// A name for one end if its first address of the family is meant, else the number.
fn end(model: &Model, face: FaceId, address: PacketAddr, alone: impl Fn(crate::model::Addr) -> bool) -> Option<String> {
    let name = model.face_name(face);
    let named = faces_named(model, &name).ok().is_some_and(|found| found == [face])
        && !is_place(model, &name)
        && name.parse::<std::net::IpAddr>().is_err();
    let first = |ranges: &[AddrRange], v4: bool| ranges.iter().map(|r| r.first).find(|a| a.is_v4() == v4);
    let is_first = match (address, &model.faces[face].address) {
        (PacketAddr::Literal(a), FaceAddress::Known(ranges)) => first(ranges, a.is_v4()) == Some(a),
        (PacketAddr::Of(f), _) => f == face,
        _ => false,
    };
    match address {
        _ if named && is_first => Some(name),
        PacketAddr::Literal(a) if alone(a) => Some(a.to_string()),
        _ => None,
    }
}

/// The service as it is typed; none if no single one means this packet.
fn service(packet: &Packet) -> Option<String> {
    let text = match packet.protocol {
        // A word such as `echo-request` stands for the type of both versions.
        Protocol::Icmp if matches!(packet.destination_port, 8 | 384) => "icmp echo-request".to_owned(),
        _ => {
            let slot = if packet.protocol.has_ports() || packet.protocol == Protocol::Icmp {
                PortRange { first: packet.destination_port, last: packet.destination_port }
            } else {
                PortRange::ALL
            };
            Service { protocol: Some(packet.protocol), source: PortRange::ALL, destination: slot }.to_string()
        }
    };
    let read = parse_services(&text).ok()?;
    let means = |s: &Service| s.contains(packet.protocol, packet.source_port, packet.destination_port);
    read.iter().any(means).then_some(text)
}

/// The command in one line, quoted so that shells read the same words.
#[must_use]
pub fn typed(words: &[String]) -> String {
    let mut line = "sekisho".to_owned();
    for word in words {
        line.push(' ');
        line.push_str(&quoted(word));
    }
    line
}

/// A word of a command line. Quotation marks that every shell knows, where they are enough.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./:@%+,=".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    if word.chars().any(|c| "\"$`\\!".contains(c)) {
        return format!("'{}'", word.replace('\'', r"'\''"));
    }
    format!("\"{word}\"")
}

#[cfg(test)]
mod tests {
    use super::{quoted, typed};

    #[test]
    fn a_word_is_quoted_only_where_it_has_to_be() {
        for (word, line) in [
            ("d.ron", "d.ron"),
            ("nas@lg", "nas@lg"),
            ("2001:db8::5", "2001:db8::5"),
            ("端末", "端末"),
            ("tcp 443", "\"tcp 443\""),
            ("", "\"\""),
            ("it's", "\"it's\""),
            ("a;b", "\"a;b\""),
            ("$HOME", "'$HOME'"),
            ("say \"it's\"", r#"'say "it'\''s"'"#),
            ("a\\b", r"'a\b'"),
        ] {
            assert_eq!(quoted(word), line);
        }
        assert_eq!(typed(&["trace".to_owned(), "my d.ron".to_owned()]), "sekisho trace \"my d.ron\"");
    }
}
