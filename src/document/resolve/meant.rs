//! What somebody may have meant who writes services and addresses as other tools do: `https`, `TCP/443`, `10.2.0.*`.
//!
//! Only proposals, and only such as can be read: the reader of services and addresses knows none of these forms.

use std::net::Ipv4Addr;

use unicode_normalization::UnicodeNormalization;

use super::Resolver;
use super::address::parse_range;
use crate::diagnostic::{Code, Diagnostic, Text};
use crate::model::{Addr, FaceAddress, NodeId};
use crate::source::Span;

/// Words for services that other tools know.
const SERVICES: [(&str, &str); 34] = [
    ("http", "tcp 80"),
    ("https", "tcp 443"),
    ("ssl", "tcp 443"),
    ("tls", "tcp 443"),
    ("quic", "udp 443"),
    ("ssh", "tcp 22"),
    ("sftp", "tcp 22"),
    ("ftp", "tcp 21"),
    ("telnet", "tcp 23"),
    ("smtp", "tcp 25"),
    ("dns", "udp 53 + tcp 53"),
    ("domain", "udp 53 + tcp 53"),
    ("dhcp", "udp 67,68"),
    ("tftp", "udp 69"),
    ("kerberos", "tcp 88 + udp 88"),
    ("pop3", "tcp 110"),
    ("ntp", "udp 123"),
    ("imap", "tcp 143"),
    ("snmp", "udp 161"),
    ("ldap", "tcp 389"),
    ("smb", "tcp 445"),
    ("cifs", "tcp 445"),
    ("syslog", "udp 514"),
    ("ldaps", "tcp 636"),
    ("rdp", "tcp 3389"),
    ("sip", "udp 5060"),
    ("ping", "icmp echo-request"),
    ("ping6", "icmp v6 echo-request"),
    ("gre", "proto 47"),
    ("esp", "proto 50"),
    ("ah", "proto 51"),
    ("ospf", "proto 89"),
    ("vrrp", "proto 112"),
    ("sctp", "proto 132"),
];

/// Words for everything.
const ALL: [&str; 8] = ["any", "all", "*", "ip", "every", "すべて", "全て", "全部"];

/// Half-width, in small letters, without blanks around it.
fn plain(text: &str) -> String {
    let text: String = text.nfkc().collect();
    text.to_lowercase().replace('、', ",").trim_matches(|c: char| c.is_whitespace() || c == ';').to_owned()
}

/// A service, of one term, that can be read.
pub(super) fn service(text: &str, reads: impl Fn(&str) -> bool) -> Option<String> {
    let found = propose(&plain(text))?;
    (found != text && found.split(" + ").all(reads)).then_some(found)
}

fn propose(text: &str) -> Option<String> {
    let blank = |c: char| c.is_whitespace() || "/:=".contains(c);
    let filler = ["port", "ports", "dst", "dport", "service", "type"];
    let mut words: Vec<&str> = text.split(blank).filter(|w| !w.is_empty() && !filler.contains(w)).collect();
    // `443/tcp`
    if let [number, protocol @ ("tcp" | "udp")] = words[..]
        && number.starts_with(|c: char| c.is_ascii_digit())
    {
        words = vec![protocol, number];
    }
    let (&first, rest) = words.split_first()?;
    // `tcp443`
    let stuck = ["tcp", "udp"].into_iter().find_map(|p| Some((p, first.strip_prefix(p).filter(|r| !r.is_empty())?)));
    if let (Some((protocol, number)), true) = (stuck, rest.is_empty()) {
        return number.starts_with(|c: char| c.is_ascii_digit()).then(|| format!("{protocol} {number}"));
    }
    match first {
        "tcp" | "udp" => ports(first, rest),
        "icmp" => icmp("icmp", rest),
        "icmpv6" | "icmp6" | "ipv6-icmp" => icmp("icmp v6", rest),
        "proto" | "protocol" => match rest {
            [name @ ("tcp" | "udp" | "icmp")] => Some((*name).to_owned()),
            [name] => named(name).filter(|s| s.starts_with("proto")),
            _ => None,
        },
        word if ALL.contains(&word) && rest.iter().all(|w| ALL.contains(w)) => Some("any".to_owned()),
        word if rest.is_empty() => named(word),
        _ => None,
    }
}

fn named(word: &str) -> Option<String> {
    SERVICES.iter().find(|(name, _)| *name == word).map(|(_, service)| (*service).to_owned())
}

/// Ports behind `tcp` or `udp`.
fn ports(protocol: &str, rest: &[&str]) -> Option<String> {
    match rest {
        [] => Some(protocol.to_owned()),
        [word] if ALL.contains(word) => Some(protocol.to_owned()),
        ["from", word, "to", to @ ..] if ALL.contains(word) => ports(protocol, to),
        ["to", to @ ..] => ports(protocol, to),
        [word] if named(word).is_some() => {
            named(word)?.split(" + ").find(|s| s.starts_with(protocol)).map(str::to_owned)
        }
        _ if rest.iter().all(|w| w.starts_with(|c: char| c.is_ascii_digit() || c == ',')) => {
            let list = rest.join(",").replace(",,", ",").replace("..", "-").replace('~', "-");
            Some(format!("{protocol} {list}"))
        }
        _ => None,
    }
}

/// Types behind `icmp` or `icmp v6`.
fn icmp(protocol: &str, rest: &[&str]) -> Option<String> {
    match rest {
        [] => Some(protocol.to_owned()),
        [word] if ALL.contains(word) => Some(protocol.to_owned()),
        ["echo" | "ping" | "request"] | ["echo", "request"] => Some(format!("{protocol} echo-request")),
        ["pong" | "reply"] | ["echo", "reply"] => Some(format!("{protocol} echo-reply")),
        _ if rest.iter().all(|w| w.starts_with(|c: char| c.is_ascii_digit())) => {
            Some(format!("{protocol} type {}", rest.join(",")))
        }
        ["v6", more @ ..] if protocol == "icmp" => icmp("icmp v6", more),
        _ => None,
    }
}

/// An address, prefix or range that can be read, or `any`.
pub(super) fn address(text: &str) -> Option<String> {
    let plain = plain(text);
    if ALL.contains(&plain.as_str()) {
        return (text != "any").then(|| "any".to_owned());
    }
    let found = masked(&plain).or_else(|| starred(&plain)).unwrap_or_else(|| plain.replace('~', "-"));
    (found != text && parse_range(&found).is_ok()).then_some(found)
}

/// `10.2.0.0/255.255.255.0`, also with the bits of the mask the other way round.
fn masked(text: &str) -> Option<String> {
    let (net, mask) = text.split_once('/')?;
    let bits = mask.parse::<Ipv4Addr>().ok()?.to_bits();
    let ones = [bits, !bits].into_iter().find(|b| b.leading_ones() + b.trailing_zeros() == 32)?;
    let net = ipnet::Ipv4Net::new(net.parse().ok()?, ones.leading_ones() as u8).ok()?;
    Some(net.trunc().to_string())
}

/// `10.2.0.*`
fn starred(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split('.').collect();
    let known = parts.iter().take_while(|p| p.parse::<u8>().is_ok()).count();
    let stars = parts[known..].iter().all(|p| *p == "*" || *p == "x");
    if !stars || known == parts.len() || known == 0 || parts.len() > 4 {
        return None;
    }
    let mut bytes = [0; 4];
    for (byte, part) in bytes.iter_mut().zip(&parts[..known]) {
        *byte = part.parse().ok()?;
    }
    Some(format!("{}/{}", Ipv4Addr::from(bytes), known * 8))
}

impl Resolver<'_> {
    /// Where a name is expected, an address is none: who has it?
    pub(super) fn not_an_address(&self, diagnostic: Diagnostic, address: Addr, span: Span) -> Diagnostic {
        let has = |f: &crate::model::Face| match &f.address {
            FaceAddress::Known(ranges) => ranges.iter().any(|r| r.contains(address)),
            FaceAddress::Within(_) | FaceAddress::Unknown => false,
        };
        let mut machines = self.model.faces.values().filter(|f| has(f)).map(|f| f.node);
        let own = self.own_path(span);
        let name = |id: NodeId| {
            let name = &self.model.nodes[id].name;
            name.strip_prefix(own.as_str()).unwrap_or(name).to_owned()
        };
        match machines.next().map(name) {
            Some(name) => diagnostic
                .help(Text::new(
                    format!("アドレスではなく機器の名前を書きます。このアドレスは `{name}` にあります"),
                    format!("name the device, not its address; `{name}` has this one"),
                ))
                .fix(span, name),
            None => diagnostic.help(Text::new(
                "アドレスではなく機器の名前を書きます。このアドレスを持つ端末やサーバーは図面にありません",
                "name the device, not its address; no machine of the drawing has this one",
            )),
        }
    }

    /// As [`bare_protocol`], in a drawing.
    pub(super) fn bare_protocol(&mut self, text: &str, span: Span) {
        self.diagnostics.extend(bare_protocol(text, span));
    }
}

/// `tcp + udp 53`: the ports belong to the last protocol only, and the first means all of it.
pub(in crate::document) fn bare_protocol(text: &str, span: Span) -> Option<Diagnostic> {
    let parts: Vec<&str> = text.split('+').map(str::trim).collect();
    let bare = |p: &str| ["tcp", "udp"].contains(&p);
    let with_ports = |p: &str| ["tcp ", "udp "].iter().any(|x| p.starts_with(x));
    let at = parts.windows(2).position(|w| bare(w[0]) && with_ports(w[1]))?;
    let (first, second) = (parts[at], parts[at + 1]);
    let (_, ports) = second.split_once(char::is_whitespace)?;
    let meant: Vec<String> = parts
        .iter()
        .enumerate()
        .map(|(i, p)| if i == at { format!("{first} {}", ports.trim()) } else { (*p).to_owned() })
        .collect();
    let message = Text::new(
        format!("`{first} + {second}` は、{first} のすべてのポートと、{second} のことです"),
        format!("`{first} + {second}` means every port of {first}, and {second}"),
    );
    let label = Text::new("ポートは後ろのプロトコルだけに付きます", "the ports belong to the last protocol only");
    let mut warning = Diagnostic::warning(Code::BARE_PROTOCOL, span, message, label);
    if span.range().len() == text.len() {
        warning = warning.fix(span, meant.join(" + "));
    }
    Some(warning)
}
