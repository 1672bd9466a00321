//! Rules as written: `"SRC -> DST SERVICE"`, read with the place of every word.

use super::super::shape::RuleDoc;
use super::super::value::Name;
use super::address::{canonical, parse_range};
use super::{Named, Resolver, meant};
use crate::diagnostic::{Code, Diagnostic, Text};
use crate::model::{
    Action, Addr, AddrMatch, AddrRange, Dnat, FaceAddress, FaceId, Id, PacketAddr, Rule, RuleState, Service,
};
use crate::source::Span;

impl Resolver<'_> {
    /// One rule; `None` when it is reported as malformed.
    ///
    /// `index` is its position in the rules of `owner`.
    pub(super) fn rule(&mut self, doc: &RuleDoc, owner: &Name, index: usize) -> Option<Rule> {
        let (action, text) = match (&doc.permit, &doc.deny) {
            (Some(text), None) => (Action::Permit, text),
            (None, Some(text)) => (Action::Deny, text),
            (Some(a), Some(b)) => {
                self.diagnostics.push(
                    Diagnostic::error(
                        Code::CONFLICT,
                        b.span,
                        Text::new("一つのルールに permit と deny があります", "one rule has both permit and deny"),
                        Text::new("どちらか一方にしてください", "give one of them"),
                    )
                    .also(a.span, Text::new("もう一方はここです", "the other is here")),
                );
                return None;
            }
            (None, None) => {
                let place = self.item_place(owner.span, "rules", index);
                // A word that could not be read has been reported, and may have been the one that is needed.
                if !self.damage.lacks(place, "deny") && !self.damage.left_out_in(place) {
                    self.missing(place, "permit", &owner.text);
                }
                return None;
            }
        };
        let enters = self.networks(&doc.enters);
        let leaves = self.networks(&doc.leaves);
        let (source, destination, services, state) = self.rule_text(text)?;
        Some(Rule {
            action,
            source,
            destination,
            services,
            state,
            enters,
            leaves,
            text: text.text.clone(),
            reason: doc.reason.clone(),
            span: text.span,
        })
    }

    fn rule_text(&mut self, text: &Name) -> Option<(AddrMatch, AddrMatch, Vec<Service>, RuleState)> {
        if self.both_ways(text) {
            return None;
        }
        let Some((left, right)) = text.text.split_once("->") else {
            self.no_arrow(text);
            return None;
        };
        let right_at = text.span.start as usize + left.len() + 2;
        let before = self.diagnostics.len();
        let source = self.address_match(left, text.span.start as usize, text.span);
        let (peers, service) = split_destination(right);
        let first = peers.trim();
        if is_protocol(first) && !self.names.contains_key(first) {
            let place = trimmed(right, right_at, text.span);
            self.bad_rule(place, Text::new("宛先が書かれていません", "the destination is missing"));
            return None;
        }
        let destination = self.address_match(peers, right_at, text.span);
        let service_at = right_at + peers.len();
        let (service, state) = split_state(service);
        let place = trimmed(service, service_at, text.span);
        if service.split_whitespace().any(|word| !split_state(word).1.as_str().is_empty()) {
            self.bad_rule(
                place,
                Text::new(
                    "状態(new、established、invalid)は、文の最後に一つだけ書けます",
                    "a rule has at most one state (new, established, invalid), at its very end",
                ),
            );
            return None;
        }
        let services = self.service(service.trim(), place);
        (self.diagnostics.len() == before
            || self.diagnostics[before..].iter().all(|d| d.severity != crate::diagnostic::Severity::Error))
        .then_some((source?, destination?, services, state))
    }

    /// A comma list of names and addresses. `at` is the offset of `text` in its file.
    pub(super) fn address_match(&mut self, text: &str, at: usize, whole: Span) -> Option<AddrMatch> {
        let mut result = AddrMatch { text: text.trim().to_owned(), ..AddrMatch::default() };
        if text.trim().is_empty() {
            self.bad_rule(whole, Text::new("送信元か宛先が空です", "source or destination is empty"));
            return None;
        }
        let mut offset = 0;
        for item in text.split(',') {
            let place = trimmed(item, at + offset, whole);
            offset += item.len() + 1;
            let item = item.trim();
            if item.is_empty() {
                self.bad_rule(
                    place,
                    Text::new("カンマの間に何も書かれていません", "nothing stands between the commas"),
                );
            } else if item == "any" {
                result.any = true;
            } else if let Ok(range) = parse_range(item) {
                result.literal.push(range);
            } else if looks_like_address(item) {
                if let Err(error) = parse_range(item) {
                    self.bad_address(&error, place);
                }
            } else if let Some(meant) = self.meant(item, place) {
                let message = Text::new(
                    format!("`{item}` は、ここでは名前でもアドレスでもありません"),
                    format!("`{item}` is neither a name nor an address here"),
                );
                let label = Text::new("ほかの書き方をします", "written in another way here");
                self.diagnostics.push(Diagnostic::error(Code::BAD_ADDRESS, place, message, label).fix(place, meant));
            } else {
                self.name_match(item, place, &mut result);
            }
        }
        result.literal = canonical(std::mem::take(&mut result.literal));
        result.named = canonical(std::mem::take(&mut result.named));
        result.faces.sort_unstable();
        result.faces.dedup();
        Some(result)
    }

    /// The address that somebody means who writes it as other tools do, unless it is a name.
    fn meant(&self, item: &str, place: Span) -> Option<String> {
        if self.names.contains_key(&self.key(item, place)) { None } else { meant::address(item) }
    }

    /// An arrow in both directions: a rule has one.
    fn both_ways(&mut self, text: &Name) -> bool {
        let arrows = ["<->", "<=>", "↔", "⇔", "⟷"];
        let Some((arrow, at)) = arrows.into_iter().find_map(|a| Some((a, text.text.find(a)?))) else { return false };
        let start = text.span.start as usize + at;
        let place = Span::new(text.span.file, start..start + arrow.len());
        let message = Text::new(
            format!("`{arrow}` は書けません。一つのルールは一つの向きだけを表します"),
            format!("`{arrow}` is no arrow here: a rule is about one direction"),
        );
        self.bad_rule(place, message);
        if let Some(d) = self.diagnostics.pop() {
            let help = Text::new(
                "通信を始める側から書きます。逆向きにも始めるなら、もう一つルールを書きます。通信を覚える機器では、応答のルールは要りません",
                "begin with whoever opens the session; if both do, write a second rule. A device that remembers sessions needs none for answers",
            );
            self.diagnostics.push(d.help(help).fix(place, "->"));
        }
        true
    }

    fn no_arrow(&mut self, text: &Name) {
        self.bad_rule(text.span, Text::new("`->` がありません", "there is no `->`"));
        let other =
            ["=>", "→", "⇒", "－＞", "ー>", "−>", "＞", ">"].into_iter().find_map(|a| Some((a, text.text.find(a)?)));
        let Some((arrow, at)) = other else { return };
        if let Some(d) = self.diagnostics.pop() {
            let start = text.span.start as usize + at;
            self.diagnostics.push(d.fix(Span::new(text.span.file, start..start + arrow.len()), "->"));
        }
    }

    fn name_match(&mut self, item: &str, place: Span, result: &mut AddrMatch) {
        let known = self.full(item, place);
        if let Some((ranges, faces)) = self.matched.get(&known) {
            result.named.extend_from_slice(ranges);
            result.faces.extend_from_slice(faces);
            return;
        }
        let mut found = AddrMatch::default();
        if self.look_up(item, place, &mut found) {
            found.named = canonical(found.named);
            result.named.extend_from_slice(&found.named);
            result.faces.extend_from_slice(&found.faces);
            self.matched.insert(known, (found.named, found.faces));
        } else {
            result.literal.append(&mut found.literal);
        }
    }

    /// Adds what a name stands for. True when that can be used again for the same name.
    fn look_up(&mut self, item: &str, place: Span, result: &mut AddrMatch) -> bool {
        if self.is_absent(item, place) {
            return false;
        }
        if !item.contains(['.', '@']) {
            match self.find(item, place) {
                Some(Named::Addresses(i)) => {
                    result.literal.extend_from_slice(&self.address_sets[i].clone());
                    return false;
                }
                // A network or segment named in a rule means its prefix, too, if it has one.
                Some(Named::Network(zone)) => self.add_zone(zone, result),
                Some(Named::Segment(segment)) => {
                    let zones: Vec<_> =
                        self.model.zones.iter().filter(|(_, z)| z.segment == Some(segment)).map(|(id, _)| id).collect();
                    for zone in zones {
                        self.add_zone(zone, result);
                    }
                }
                Some(Named::Node(_)) => {}
                None => return false,
            }
        }
        let Some(faces) = self.faces(item, place) else { return false };
        for face in faces {
            self.add_face(face, result);
        }
        true
    }

    pub(super) fn add_zone(&self, zone: crate::model::ZoneId, result: &mut AddrMatch) {
        // The addresses of a network belong to what is attached to it: a face elsewhere whose
        // address is not stated does not lie in them.
        result.named.extend_from_slice(&self.model.zones[zone].addresses);
        if self.model.zones[zone].addresses.is_empty() {
            self.shown_in(zone, result);
        }
        for &face in &self.zone_faces[zone.index()] {
            self.add_face(face, result);
        }
    }

    /// Addresses that translation shows in a zone of which no address is stated: behind which devices hide what they send there, and
    /// what is published there, as far as it is in no other network of the device and not in that of the machine behind it.
    pub(super) fn shown_in(&self, zone: crate::model::ZoneId, result: &mut AddrMatch) {
        for t in self.model.transits.values().filter(|t| t.zones.contains(&zone)) {
            let hidden = t.snat.iter().filter(|n| n.zone == zone).map(|n| n.source);
            let elsewhere = |a: Addr| {
                let others = t.zones.iter().filter(|&&z| z != zone);
                others.flat_map(|&z| &self.model.zones[z].addresses).any(|r| r.contains(a))
            };
            let inside = |n: &Dnat| match n.inside {
                PacketAddr::Of(f) => self.model.faces[f].zone == Some(zone),
                PacketAddr::Literal(a) => {
                    self.zone_faces[zone.index()].iter().any(|&f| match &self.model.faces[f].address {
                        FaceAddress::Known(ranges) => ranges.iter().any(|r| r.contains(a)),
                        _ => false,
                    })
                }
            };
            let published = t.dnat.iter().filter(|n| !elsewhere(n.outside) && !inside(n)).map(|n| n.outside);
            result.named.extend(hidden.chain(published).map(AddrRange::single));
        }
    }

    pub(super) fn add_face(&self, face: FaceId, result: &mut AddrMatch) {
        match &self.model.faces[face].address {
            FaceAddress::Known(ranges) => result.named.extend_from_slice(ranges),
            FaceAddress::Within(_) | FaceAddress::Unknown => result.faces.push(face),
        }
    }

    pub(super) fn bad_rule(&mut self, span: Span, text: Text) {
        self.diagnostics.push(
            Diagnostic::error(Code::BAD_RULE, span, text, Text::new("ルールの書式の誤りです", "malformed rule")).help(
                Text::new(
                    "書き方: \"送信元 -> 宛先 サービス 状態\"(サービスと状態は省ける)、例 \"in-pc -> sgw tcp 443\"",
                    "write \"source -> destination service state\" (the last two can be left out), e.g. \"in-pc -> sgw tcp 443\"",
                ),
            ),
        );
    }
}

pub(super) fn looks_like_address(item: &str) -> bool {
    let digits_and_dots = item.bytes().all(|b| b.is_ascii_hexdigit() || b".:/-".contains(&b));
    digits_and_dots && item.bytes().any(|b| b.is_ascii_digit()) && item.contains(['.', ':', '/'])
}

/// Splits the word for a state off the end of a service.
fn split_state(service: &str) -> (&str, RuleState) {
    for state in [RuleState::New, RuleState::Established, RuleState::Invalid] {
        match service.trim_end().strip_suffix(state.as_str()) {
            Some(rest) if rest.is_empty() || rest.ends_with(char::is_whitespace) => return (rest, state),
            _ => {}
        }
    }
    (service, RuleState::Any)
}

/// Words that begin a service.
fn is_protocol(word: &str) -> bool {
    ["tcp", "udp", "icmp", "proto"].contains(&word)
}

/// Splits `"a, b tcp 443"` into the comma list and the service behind it.
fn split_destination(text: &str) -> (&str, &str) {
    let mut expecting = true;
    let mut end = 0;
    for (i, c) in text.char_indices() {
        if c == ',' {
            expecting = true;
        } else if c.is_whitespace() {
            if !expecting {
                // A word has ended; the list goes on only if a comma follows.
                if text[i..].trim_start().starts_with(',') {
                    continue;
                }
                return (&text[..i], &text[i..]);
            }
        } else {
            expecting = false;
        }
        end = i + c.len_utf8();
    }
    (&text[..end], &text[end..])
}

fn trimmed(part: &str, at: usize, whole: Span) -> Span {
    let lead = part.len() - part.trim_start().len();
    let len = part.trim().len();
    if len == 0 { whole } else { Span::new(whole.file, at + lead..at + lead + len) }
}
