//! The rules and translations of a device as text for `nft`.
//!
//! First match decides in both languages, so a rule becomes as many lines as it takes, in the same place.

use std::fmt::Write as _;

use super::addresses::Addresses;
use super::prefix::set;
use super::{Wrong, ip};
use crate::model::{Action, AddrMatch, PortRange, Protocol, Rule, Service, Transit, ZoneId};

/// What it takes to write the rules of one device.
#[derive(Debug, Clone, Copy)]
pub(super) struct Writer<'a> {
    pub(super) addresses: &'a Addresses,
    pub(super) wrong: Wrong,
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
        if self.wrong != Wrong::NoTranslation {
            text.push_str(&self.translation(t));
        }
        text
    }

    fn port(t: &Transit, zone: ZoneId) -> String {
        format!("e{}", t.zones.iter().position(|&z| z == zone).unwrap_or(t.zones.len()))
    }

    fn filter(&self, t: &Transit) -> String {
        let mut text = String::new();
        let mut permits = true;
        if let Some((from, into)) = t.one_way {
            let (from, into) = (Self::port(t, from), Self::port(t, into));
            let _ = writeln!(text, "  iifname != \"{from}\" drop\n  oifname != \"{into}\" drop");
        }
        if let Some(rules) = &t.rules {
            permits = t.default == Some(Action::Permit);
            if self.wrong == Wrong::DefaultTurned {
                permits = !permits;
            }
            let remembers = t.remembers() && self.wrong != Wrong::NoState;
            if self.wrong == Wrong::SixUnfiltered {
                text.push_str("  meta nfproto ipv6 accept\n");
            }
            if remembers {
                text.push_str("  ct state established,related accept\n");
                // Answers to requests that the device has not seen are dropped (assumption A2).
                if self.wrong != Wrong::StraysPass {
                    text.push_str("  ct state invalid drop\n");
                }
            }
            let mut lines: Vec<Vec<String>> = rules.iter().map(|r| self.rule(t, r, remembers)).collect();
            if self.wrong == Wrong::LastMatch {
                lines.reverse();
            }
            for line in lines.concat() {
                let _ = writeln!(text, "  {line}");
            }
        }
        if text.is_empty() {
            return text;
        }
        let policy = if permits { "accept" } else { "drop" };
        format!(" chain forward {{\n  type filter hook forward priority 0; policy {policy}\n{text} }}\n")
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
        let states: Vec<&str> = match (rule.established, remembers) {
            (false, _) => vec![""],
            // Packets of open sessions have passed already.
            (true, true) => return Vec::new(),
            (true, false) => vec!["tcp flags & (ack | rst) != 0x0 "],
        };
        let ends = self.ends(&rule.source, &rule.destination, ["saddr", "daddr"]);
        let mut lines = Vec::new();
        for state in states {
            for (family, ends) in &ends {
                for service in &rule.services {
                    for words in self.service(*service, *family) {
                        lines.push(format!("{start}{ends}{state}{words}{action}"));
                    }
                }
            }
        }
        lines
    }

    /// Source and destination, one entry for each family of which both can be.
    fn ends(&self, source: &AddrMatch, destination: &AddrMatch, words: [&str; 2]) -> Vec<(Family, String)> {
        let sides = [self.addresses.ranges(source), self.addresses.ranges(destination)];
        if sides.iter().all(Option::is_none) {
            return vec![(Family::Both, String::new())];
        }
        let mut all = Vec::new();
        for (family, v4, name) in [(Family::Four, true, "ip"), (Family::Six, false, "ip6")] {
            let mut text = String::new();
            let mut any = true;
            for (side, word) in sides.iter().zip(words) {
                match side.as_ref().map(|ranges| set(ranges, v4)) {
                    None => {}
                    Some(None) => any = false,
                    Some(Some(set)) => {
                        let _ = write!(text, "{name} {word} {set} ");
                    }
                }
            }
            if any {
                all.push((family, text));
            }
        }
        all
    }

    fn range(&self, r: PortRange) -> String {
        let last = if self.wrong == Wrong::PortsOffByOne && r.last > r.first { r.last - 1 } else { r.last };
        if r.first == last { r.first.to_string() } else { format!("{}-{last}", r.first) }
    }

    /// A service as conditions, each with a blank behind it.
    fn service(&self, s: Service, family: Family) -> Vec<String> {
        let Some(protocol) = s.protocol else { return vec![String::new()] };
        match protocol {
            Protocol::Tcp | Protocol::Udp => {
                let mut text = format!("meta l4proto {protocol} ");
                for (range, word) in [(s.source, "sport"), (s.destination, "dport")] {
                    if range != PortRange::ALL {
                        let _ = write!(text, "{protocol} {word} {} ", self.range(range));
                    }
                }
                vec![text]
            }
            Protocol::Icmp => vec![match family {
                Family::Both => "meta l4proto { icmp, ipv6-icmp } ".to_owned(),
                Family::Four => "meta l4proto icmp ".to_owned(),
                Family::Six => "meta l4proto ipv6-icmp ".to_owned(),
            }],
            Protocol::Other(n) => vec![format!("meta l4proto {n} ")],
        }
    }

    /// The tables of translations, one for each family.
    fn translation(&self, t: &Transit) -> String {
        let mut text = String::new();
        for (v4, name) in [(true, "ip"), (false, "ip6")] {
            let (mut pre, mut post) = (String::new(), String::new());
            for n in t.dnat.iter().filter(|n| n.outside.is_v4() == v4) {
                let inside = self.addresses.literal(n.inside).into_iter().find(|a| a.is_v4() == v4);
                if let Some(inside) = inside {
                    let _ = writeln!(pre, "  {name} daddr {} dnat to {}", ip(n.outside), ip(inside));
                }
            }
            for n in t.snat.iter().filter(|n| n.source.is_v4() == v4) {
                let _ = writeln!(post, "  oifname \"{}\" snat to {}", Self::port(t, n.zone), ip(n.source));
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
