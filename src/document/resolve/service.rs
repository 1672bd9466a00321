//! Services as written: `tcp 443`, `udp 53,123`, `tcp from 1024-65535 to 443`, `icmp`, `icmp echo-request`, `proto 47`, a defined name.

use super::super::value::Names;
use super::Resolver;
use super::meant;
use super::names::place_in;
use crate::diagnostic::{Code, Diagnostic, Text};
use crate::model::{ICMP_TYPES, ICMP_V6, PortRange, Protocol, Service};
use crate::source::Span;

/// What is wrong with a service.
enum ServiceError {
    UnknownWord(String),
    BadPort(String),
    BadProtocol(String),
    Backwards(String),
    NoPortsHere(Protocol),
    BadIcmp(String),
}

impl ServiceError {
    fn text(&self) -> Text {
        match self {
            Self::UnknownWord(word) => Text::new(
                format!("`{word}` はプロトコルでもサービスの定義名でもありません"),
                format!("`{word}` is neither a protocol nor a defined service"),
            ),
            Self::BadPort(p) => Text::new(
                format!("`{p}` はポート番号(0〜65535)ではありません"),
                format!("`{p}` is not a port number (0 to 65535)"),
            ),
            Self::BadProtocol(p) => Text::new(
                format!("`{p}` はプロトコル番号(0〜255)ではありません"),
                format!("`{p}` is not a protocol number (0 to 255)"),
            ),
            Self::Backwards(p) => Text::new(
                format!("ポートの範囲 `{p}` の終わりが始まりより前です"),
                format!("the port range `{p}` ends before it starts"),
            ),
            Self::BadIcmp(word) => Text::new(
                format!("`{word}` は ICMP の種類ではありません(echo-request、type 8、v6 type 128 など)"),
                format!("`{word}` is no ICMP type (write echo-request, type 8, v6 type 128, …)"),
            ),
            Self::NoPortsHere(p) => {
                Text::new(format!("{p} にポート番号はありません"), format!("{p} has no port numbers"))
            }
        }
    }
}

/// Services as a person types them outside a drawing: no defined names.
pub(in crate::document) fn parse(text: &str) -> Result<Vec<Service>, Text> {
    let mut all = Vec::new();
    for part in text.split('+').map(str::trim) {
        all.extend(term(if part.is_empty() { "any" } else { part }).map_err(|e| with_proposal(&e, part))?);
    }
    Ok(all)
}

/// An error for who types a service, with what may have been meant.
fn with_proposal(error: &ServiceError, text: &str) -> Text {
    let said = error.text();
    let Some(meant) = proposal(text) else {
        return Text::new(format!("{}。{}", said.ja, WAYS.0), format!("{}; {}", said.en, WAYS.1));
    };
    Text::new(format!("{}。`{meant}` のことですか", said.ja), format!("{}; did you mean `{meant}`?", said.en))
}

/// What may have been meant by a term that cannot be read.
fn proposal(text: &str) -> Option<String> {
    meant::service(text, |t| term(t).is_ok())
}

/// How services are written.
const WAYS: (&str, &str) = (
    "書き方: `tcp 443`、`udp 53,123`、`tcp 1024-65535`、`tcp from 1024-65535 to 443`、`icmp`、`icmp echo-request`、`proto 47`、`any`",
    "write `tcp 443`, `udp 53,123`, `tcp 1024-65535`, `tcp from 1024-65535 to 443`, `icmp`, `icmp echo-request`, `proto 47`, `any`",
);

fn port(text: &str) -> Result<u16, ServiceError> {
    text.parse().map_err(|_| ServiceError::BadPort(text.to_owned()))
}

fn port_range(text: &str) -> Result<PortRange, ServiceError> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let range = PortRange { first: port(first.trim())?, last: port(last.trim())? };
    if range.last < range.first {
        return Err(ServiceError::Backwards(text.to_owned()));
    }
    Ok(range)
}

fn port_list(text: &str) -> Result<Vec<PortRange>, ServiceError> {
    text.split(',').map(|p| port_range(p.trim())).collect()
}

/// One term such as `tcp from 1024-65535 to 443`.
fn term(text: &str) -> Result<Vec<Service>, ServiceError> {
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let rest = rest.trim();
    let protocol = match word {
        "any" if rest.is_empty() => return Ok(vec![Service::ANY]),
        "tcp" => Protocol::Tcp,
        "udp" => Protocol::Udp,
        "icmp" => Protocol::Icmp,
        "proto" => {
            let mut all = Vec::new();
            let list = port_list(rest).map_err(|e| match e {
                ServiceError::BadPort(p) => ServiceError::BadProtocol(p),
                other => other,
            })?;
            for range in list {
                let number = |n: u16| u8::try_from(n).map_err(|_| ServiceError::BadProtocol(n.to_string()));
                all.extend((number(range.first)?..=number(range.last)?).map(|number| {
                    let protocol = match number {
                        1 | 58 => Protocol::Icmp,
                        6 => Protocol::Tcp,
                        17 => Protocol::Udp,
                        n => Protocol::Other(n),
                    };
                    Service { protocol: Some(protocol), ..Service::ANY }
                }));
            }
            return Ok(all);
        }
        other => return Err(ServiceError::UnknownWord(other.to_owned())),
    };
    if rest.is_empty() {
        return Ok(vec![Service { protocol: Some(protocol), ..Service::ANY }]);
    }
    if protocol == Protocol::Icmp {
        return icmp(rest);
    }
    if !protocol.has_ports() {
        return Err(ServiceError::NoPortsHere(protocol));
    }
    let (sources, destinations) = match rest.strip_prefix("from ") {
        None => (vec![PortRange::ALL], port_list(rest)?),
        Some(rest) => match rest.split_once(" to ") {
            Some((from, to)) => (port_list(from)?, port_list(to)?),
            None => (port_list(rest)?, vec![PortRange::ALL]),
        },
    };
    Ok(sources
        .iter()
        .flat_map(|&source| {
            destinations.iter().map(move |&destination| Service { protocol: Some(protocol), source, destination })
        })
        .collect())
}

/// Types of ICMP, by name or number: `echo-request`, `type 3,11,40-255`, `v6 type 135`.
fn icmp(text: &str) -> Result<Vec<Service>, ServiceError> {
    let (v6, rest) = match text.strip_prefix("v6 ") {
        Some(rest) => (true, rest.trim()),
        None => (false, text),
    };
    if text == "v6" {
        let all = PortRange { first: ICMP_V6, last: 2 * ICMP_V6 - 1 };
        return Ok(vec![Service { protocol: Some(Protocol::Icmp), source: PortRange::ALL, destination: all }]);
    }
    let mut slots: Vec<PortRange> = Vec::new();
    for word in rest.split(',').map(str::trim) {
        let bad = || ServiceError::BadIcmp(word.to_owned());
        let number = word.strip_prefix("type ").or(if rest.starts_with("type ") { Some(word) } else { None });
        match (number, ICMP_TYPES.iter().find(|(name, _)| *name == word)) {
            (_, Some((_, all))) => slots.extend(
                all.iter().filter(|&&t| !v6 || t >= ICMP_V6).map(|&slot| PortRange { first: slot, last: slot }),
            ),
            (Some(numbers), None) => {
                let slot = |number: &str| {
                    let number: u8 = number.trim().parse().map_err(|_| bad())?;
                    Ok(u16::from(number) + if v6 { ICMP_V6 } else { 0 })
                };
                let (first, last) = numbers.split_once('-').unwrap_or((numbers, numbers));
                let range = PortRange { first: slot(first)?, last: slot(last)? };
                if range.last < range.first {
                    return Err(ServiceError::Backwards(numbers.to_owned()));
                }
                slots.push(range);
            }
            (None, None) => return Err(bad()),
        }
    }
    Ok(slots
        .into_iter()
        .map(|destination| Service { protocol: Some(Protocol::Icmp), source: PortRange::ALL, destination })
        .collect())
}

impl Resolver<'_> {
    /// The services of a text; terms are joined by `+`. What cannot be read is reported.
    pub(super) fn service(&mut self, text: &str, span: Span) -> Vec<Service> {
        let mut all = Vec::new();
        for part in text.split('+').map(str::trim) {
            if part.is_empty() {
                all.push(Service::ANY);
                continue;
            }
            let key = self.key_in(&self.services, part, span);
            if let Some((services, _)) = self.services.get(&key) {
                all.extend_from_slice(services);
                self.used.insert(format!("service:{key}"));
                continue;
            }
            match term(part) {
                Ok(services) => all.extend(services),
                Err(error) => self.bad_service(&error, part, place_in(span, text, part)),
            }
        }
        self.bare_protocol(text, span);
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The services of a list of texts.
    pub(super) fn service_list(&mut self, names: &Names) -> Vec<Service> {
        let mut all: Vec<_> = names.0.iter().flat_map(|n| self.service(&n.text, n.span)).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    fn bad_service(&mut self, error: &ServiceError, part: &str, span: Span) {
        if matches!(error, ServiceError::UnknownWord(word) if self.damage.hides(word)) {
            return;
        }
        let text = error.text();
        let mut diagnostic =
            Diagnostic::error(Code::BAD_SERVICE, span, text, Text::new("サービスの誤りです", "malformed service"))
                .help(Text::new(
                    format!("{}、または services の定義名", WAYS.0),
                    format!("{}, or a name defined in services", WAYS.1),
                ));
        // A word that many tools know says more than a name that looks alike.
        if let Some(meant) = proposal(part) {
            diagnostic = diagnostic.fix(span, meant);
        } else if let ServiceError::UnknownWord(word) = error {
            let defined = std::mem::take(&mut self.services);
            let known = defined.keys().map(String::as_str).chain(["tcp", "udp", "icmp", "any", "proto"]);
            if let Some(near) = self.guess(word, known).filter(|near| near != word) {
                let place = place_of_word(self.sources.snippet(span), word, span);
                diagnostic = diagnostic.fix(place, near);
            }
            self.services = defined;
        }
        self.diagnostics.push(diagnostic);
    }
}

/// The first word of a service, where it stands.
fn place_of_word(shown: &str, word: &str, span: Span) -> Span {
    if shown.starts_with(word) {
        let start = span.start as usize;
        return Span::new(span.file, start..start + word.len());
    }
    span
}
