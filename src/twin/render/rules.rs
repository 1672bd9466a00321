//! The rules and translations of a device as text for `nft`.
//!
//! First match decides in both languages, so a rule becomes as many lines as it takes, in the same place.

use std::fmt::Write as _;

use super::addresses::Addresses;
use super::ip;
use super::prefix::set;
use super::ways::table;
use crate::model::{
    Action, AddrMatch, Hairpin, ICMP_V6, Model, PortRange, Protocol, Route, Rule, RuleState, Service, Snat, Strays,
    Transit, ZoneId,
};

/// What it takes to write the rules of one device.
#[derive(Debug, Clone, Copy)]
pub(super) struct Writer<'a> {
    pub(super) model: &'a Model,
    pub(super) addresses: &'a Addresses,
}

/// The packets that a line can be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Both,
    Four,
    Six,
}

impl Writer<'_> {
    /// All tables of a device.
    pub(super) fn device(&self, t: &Transit) -> String {
        let mut text = String::new();
        let filter = self.filter(t);
        if !filter.is_empty() {
            let _ = writeln!(text, "table inet sekisho {{\n{filter}}}");
        }
        text.push_str(&self.translation(t));
        text.push_str(&self.marks(t));
        text
    }

    fn port(t: &Transit, zone: ZoneId) -> String {
        format!("e{}", t.zones.iter().position(|&z| z == zone).unwrap_or(t.zones.len()))
    }

    fn filter(&self, t: &Transit) -> String {
        let mut text = String::new();
        let mut permits = true;
        let mut filters = false;
        let mut turns = String::new();
        if let Some((from, into)) = t.one_way {
            let (from, into) = (Self::port(t, from), Self::port(t, into));
            let _ = writeln!(text, "  iifname != \"{from}\" drop\n  oifname != \"{into}\" drop");
        }
        // Without a table a device forwards to its other networks, not back to where a packet came from, but for what a policy
        // route leads there or the device translates. Where machines are kept apart the drawing may say it for any device.
        let closed = |zone: ZoneId| match t.hairpin.filter(|_| self.model.zones[zone].client_isolation) {
            Some(stated) => stated == Hairpin::Drop,
            None => table(t).is_none(),
        };
        if t.one_way.is_none() {
            for (i, &zone) in t.zones.iter().enumerate().filter(|(_, z)| closed(**z)) {
                let turned = self.turned(t, zone, t.hairpin.is_some() && self.model.zones[zone].client_isolation);
                let _ = match turned.is_empty() {
                    true => writeln!(text, "  iifname \"e{i}\" oifname \"e{i}\" drop"),
                    false => {
                        let _ = writeln!(turns, " chain turn{i} {{\n{turned}  drop\n }}");
                        writeln!(text, "  iifname \"e{i}\" oifname \"e{i}\" jump turn{i}")
                    }
                };
            }
        }
        if let Some(rules) = &t.rules {
            filters = true;
            permits = t.default == Some(Action::Permit);
            let remembers = t.remembers();
            if remembers {
                text.push_str("  ct state established,related accept\n");
                if t.strays == Some(Strays::Drop) {
                    text.push_str("  ct state invalid drop\n");
                }
            }
            for line in rules.iter().flat_map(|r| self.rule(t, r, remembers)) {
                let _ = writeln!(text, "  {line}");
            }
        }
        if text.is_empty() && !filters {
            return text;
        }
        let policy = if permits { "accept" } else { "drop" };
        format!("{turns} chain forward {{\n  type filter hook forward priority 0; policy {policy}\n{text} }}\n")
    }

    /// What a device that turns nothing else sends back into a zone from which it came.
    fn turned(&self, t: &Transit, zone: ZoneId, refused: bool) -> String {
        let mut text = String::new();
        if !refused && policies(t).any(|r| r.via == Some(zone)) {
            text.push_str("  meta mark != 0 return\n");
        }
        if t.translates() {
            text.push_str("  ct status dnat return\n  ct status snat return\n");
        }
        for n in t.snat.iter().filter(|n| n.zone == zone) {
            if let Some(from) = self.sources(n) {
                let protocol = if n.source.is_v4() { "ipv4" } else { "ipv6" };
                let _ = writeln!(text, "  meta nfproto {protocol} {from}ct state new return");
            }
        }
        text
    }

    /// The condition of a source translation on sources; `None` if there are none of its family.
    fn sources(&self, n: &Snat) -> Option<String> {
        let v4 = n.source.is_v4();
        let name = if v4 { "ip" } else { "ip6" };
        match n.from.as_ref().and_then(|m| self.addresses.ranges(m)).map(|r| set(&r, v4)) {
            None => Some(String::new()),
            Some(None) => None,
            Some(Some(set)) => Some(format!("{name} saddr {set} ")),
        }
    }

    /// The lines of a rule.
    fn rule(&self, t: &Transit, rule: &Rule, remembers: bool) -> Vec<String> {
        let action = match rule.action {
            Action::Permit => "accept",
            Action::Deny => "drop",
        };
        let mut start = String::new();
        for (zones, word) in [(&rule.enters, "iifname"), (&rule.leaves, "oifname")] {
            let names: Vec<String> = zones.iter().map(|&z| format!("\"{}\"", Self::port(t, z))).collect();
            if !names.is_empty() {
                let _ = write!(start, "{word} {{ {} }} ", names.join(", "));
            }
        }
        // The words for the state, and whether they are about TCP only, or about everything else only.
        let states: &[(&str, Option<bool>)] = match (rule.state, remembers) {
            (RuleState::Any, _) => &[("", None)],
            (RuleState::New, true) => &[("ct state new ", None)],
            (RuleState::Invalid, true) => &[("ct state invalid ", None)],
            // Packets of open sessions have passed already; and nothing is known to be a stray where nothing is remembered.
            (RuleState::Established, true) | (RuleState::Invalid, false) => &[],
            (RuleState::New, false) => {
                &[("meta l4proto != tcp ", Some(false)), ("tcp flags & (ack | rst) == 0x0 ", Some(true))]
            }
            (RuleState::Established, false) => &[("tcp flags & (ack | rst) != 0x0 ", Some(true))],
        };
        // What is not tracked has not been translated, either.
        let looks: &[(&str, bool)] = if t.rules_see_outside {
            &[("ct state != invalid ", true), ("ct state invalid ", false)]
        } else {
            &[("", false)]
        };
        let mut lines = Vec::new();
        for &(tracked, before) in looks {
            for &(state, tcp) in states {
                let about = |s: &&Service| tcp.is_none() || s.protocol.is_none_or(|p| Some(p == Protocol::Tcp) == tcp);
                for (family, ends) in &self.ends(&rule.source, &rule.destination, before) {
                    for service in rule.services.iter().filter(about) {
                        for words in self.service(*service, *family, before) {
                            lines.push(format!("{start}{tracked}{ends}{state}{words}{action}"));
                        }
                    }
                }
            }
        }
        lines
    }

    /// Source and destination, one entry for each family of which both can be. `before`: as it was asked for, before
    /// translation.
    fn ends(&self, source: &AddrMatch, destination: &AddrMatch, before: bool) -> Vec<(Family, String)> {
        let sides = [self.addresses.ranges(source), self.addresses.ranges(destination)];
        if sides.iter().all(Option::is_none) {
            return vec![(Family::Both, String::new())];
        }
        let mut all = Vec::new();
        for (family, v4, name) in [(Family::Four, true, "ip"), (Family::Six, false, "ip6")] {
            let mut text = String::new();
            let mut any = true;
            let asked = if before { "ct original " } else { "" };
            for (side, (look, word)) in sides.iter().zip([("", "saddr"), (asked, "daddr")]) {
                match side.as_ref().map(|ranges| set(ranges, v4)) {
                    None => {}
                    Some(None) => any = false,
                    Some(Some(set)) => {
                        let _ = write!(text, "{look}{name} {word} {set} ");
                    }
                }
            }
            if any {
                all.push((family, text));
            }
        }
        all
    }

    fn range(r: PortRange) -> String {
        if r.first == r.last { r.first.to_string() } else { format!("{}-{}", r.first, r.last) }
    }

    /// A service as conditions, each with a blank behind it.
    fn service(&self, s: Service, family: Family, before: bool) -> Vec<String> {
        let Some(protocol) = s.protocol else { return vec![String::new()] };
        match protocol {
            Protocol::Tcp | Protocol::Udp => {
                let mut text = format!("meta l4proto {protocol} ");
                let asked = if before { "ct original proto-dst".to_owned() } else { format!("{protocol} dport") };
                for (range, word) in [(s.source, format!("{protocol} sport")), (s.destination, asked)] {
                    if range != PortRange::ALL {
                        let _ = write!(text, "{word} {} ", Self::range(range));
                    }
                }
                vec![text]
            }
            Protocol::Icmp if s.destination != PortRange::ALL => icmp(s.destination, family),
            Protocol::Icmp => vec![match family {
                Family::Both => "meta l4proto { icmp, ipv6-icmp } ".to_owned(),
                Family::Four => "meta l4proto icmp ".to_owned(),
                Family::Six => "meta l4proto ipv6-icmp ".to_owned(),
            }],
            Protocol::Other(n) => vec![format!("meta l4proto {n} ")],
        }
    }

    /// Marks for policy routes, looked at in order behind the translation of destinations: the first that matches decides.
    fn marks(&self, t: &Transit) -> String {
        let mut text = String::new();
        for (i, route) in policies(t).enumerate() {
            let Some(when) = &route.when else { continue };
            let names: Vec<String> = when.enters.iter().map(|&z| format!("\"{}\"", Self::port(t, z))).collect();
            let start = if names.is_empty() { String::new() } else { format!("iifname {{ {} }} ", names.join(", ")) };
            for (family, ends) in &self.ends(&when.source, &route.to, false) {
                for service in &when.services {
                    for words in self.service(*service, *family, false) {
                        let _ = writeln!(text, "  {start}{ends}{words}meta mark set {} accept", i + 1);
                    }
                }
            }
        }
        if text.is_empty() {
            return text;
        }
        format!("table inet ways {{\n chain pre {{\n  type filter hook prerouting priority -50\n{text} }}\n}}\n")
    }

    /// The tables of translations, one for each family.
    fn translation(&self, t: &Transit) -> String {
        let mut text = String::new();
        for (v4, name) in [(true, "ip"), (false, "ip6")] {
            let (mut pre, mut post) = (String::new(), String::new());
            for n in t.dnat.iter().filter(|n| n.outside.is_v4() == v4) {
                let inside = self.addresses.literal(n.inside).into_iter().find(|a| a.is_v4() == v4);
                let Some(inside) = inside else { continue };
                let service = n.ports.map_or_else(String::new, |(protocol, range)| {
                    format!("meta l4proto {protocol} {protocol} dport {} ", Self::range(range))
                });
                let to = match n.inside_port.filter(|_| n.ports.is_some()) {
                    Some(port) => std::net::SocketAddr::new(ip(inside), port).to_string(),
                    None => ip(inside).to_string(),
                };
                let _ = writeln!(pre, "  {name} daddr {} {service}dnat to {to}", ip(n.outside));
            }
            for n in t.snat.iter().filter(|n| n.source.is_v4() == v4) {
                let Some(from) = self.sources(n) else { continue };
                let _ = writeln!(post, "  oifname \"{}\" {from}snat to {}", Self::port(t, n.zone), ip(n.source));
            }
            if !(pre.is_empty() && post.is_empty()) {
                let _ = writeln!(
                    text,
                    "table {name} nat {{\n chain pre {{\n  type nat hook prerouting priority -100\n{pre} }}\n \
                     chain post {{\n  type nat hook postrouting priority 100\n{post} }}\n}}"
                );
            }
        }
        text
    }
}

/// The policy routes of a device, in order; they are numbered from one.
pub(super) fn policies(t: &Transit) -> impl Iterator<Item = &Route> {
    t.routes.iter().flatten().filter(|r| r.when.is_some())
}

/// Types of ICMP: those of IPv4, and those of IPv6 behind them.
fn icmp(types: PortRange, family: Family) -> Vec<String> {
    let mut all = Vec::new();
    for (word, start, other) in [("icmp", 0, Family::Six), ("icmpv6", ICMP_V6, Family::Four)] {
        let (first, last) = (types.first.max(start), types.last.min(start + ICMP_V6 - 1));
        if first <= last && family != other {
            let (first, last) = (first - start, last - start);
            let range = if first == last { first.to_string() } else { format!("{first}-{last}") };
            all.push(format!("{word} type {range} "));
        }
    }
    all
}
