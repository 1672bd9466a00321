//! Sets of packets are shown in the language of rules: what is shown, given to a firewall as its rules, is the same set.
//!
//! The reader is the one of drawings, which knows nothing of how sets are shown.

use sekisho::document::{LoadError, Loader, load};
use sekisho::generate::Seed;
use sekisho::model::{Action, Model};
use sekisho::packet::set::{AddrSet, Limits, Line, PacketBox, PacketSet, Row, Space};

struct Text(String);

impl Loader for Text {
    fn name(&self) -> String {
        "図面.ron".to_owned()
    }

    fn root(&mut self) -> Result<(String, String), LoadError> {
        Ok((self.name(), self.0.clone()))
    }

    fn include(&mut self, _: &str, _: &str) -> Result<(String, String), LoadError> {
        Err(LoadError::NotFound)
    }
}

fn model(rules: &[(bool, String)]) -> Model {
    let rule = |(permit, text): &(bool, String)| format!("({}: \"{text}\"),", if *permit { "permit" } else { "deny" });
    let rules: String = rules.iter().map(rule).collect();
    let text = format!(
        "Municipality(model: Alpha, segments: {{ \"in\": (layer: Internet), \"lg\": (layer: Lgwan) }}, nodes: {{ \
         \"f\": Firewall(joins: [\"in\", \"lg\"], default: Deny, rules: [{rules}]) }})"
    );
    load(&mut Text(text)).map_err(|f| format!("{:?}", f.diagnostics)).expect("a drawing").model
}

fn permitted(space: &mut Space, model: &Model) -> PacketSet {
    let rules = model.transits.values().next().and_then(|t| t.rules.as_deref()).expect("rules");
    let lines: Vec<Line> = rules
        .iter()
        .map(|r| Line {
            permit: r.action == Action::Permit,
            packets: PacketBox {
                contexts: None,
                sources: AddrSet::certain(&r.source, &[], &model.faces),
                destinations: AddrSet::certain(&r.destination, &[], &model.faces),
                services: r.services.clone(),
            },
        })
        .collect();
    space.first_match(&lines, false).expect("small")
}

const ENDS: [&str; 10] = [
    "any",
    "10.3.0.0/24",
    "10.3.0.5-10.3.0.77",
    "10.3.0.9",
    "10.3.1.0/24, 10.4.0.0/16",
    "2001:db8::/32",
    "2001:db8::/64, 10.3.0.1",
    "0.0.0.0/0",
    "fe80::1-fe80::9",
    "10.0.0.0/8, 2001:db8:1::/48",
];

const SERVICES: [&str; 14] = [
    "",
    "tcp",
    "tcp 80,443",
    "tcp 443",
    "udp 53",
    "udp",
    "icmp",
    "icmp echo-request",
    "icmp type 3,11",
    "icmp type 0-255",
    "icmp v6 type 135",
    "tcp from 1024-65535 to 22",
    "proto 47,50-60",
    "tcp 25 + udp 1-9 + icmp",
];

/// P-SET-7, with the reader of drawings.
#[test]
fn what_is_shown_can_be_given_as_rules() {
    let (mut read_again, mut with_except) = (0, 0);
    for s in 0..150 {
        let mut seed = Seed::new(s);
        let mut pick = |from: &[&str]| from[seed.below(from.len() as u64) as usize].to_owned();
        let texts: Vec<String> =
            (0..4).map(|_| format!("{} -> {} {}", pick(&ENDS), pick(&ENDS), pick(&SERVICES))).collect();
        let rules: Vec<(bool, String)> =
            texts.into_iter().map(|t| (seed.below(4) > 0, t.trim_end().to_owned())).collect();
        let mut space = Space::new(&[], 1, Limits::default()).expect("small");
        let set = permitted(&mut space, &model(&rules));
        let everyone = space.everyone().clone();
        let rows = space.rows(set, 0).expect("small");
        let shown: Vec<String> = rows.iter().map(|r: &Row| r.text(&everyone, |_| unreachable!()).en).collect();
        if shown.iter().any(|t| t.contains("except")) {
            // The language of rules has no such word.
            with_except += 1;
            continue;
        }
        let again: Vec<(bool, String)> = shown.iter().map(|t| (true, t.clone())).collect();
        assert_eq!(permitted(&mut space, &model(&again)), set, "seed {s}: {rules:?}\n{shown:#?}");
        read_again += 1;
    }
    assert!(read_again > 100 && with_except > 5, "{read_again} {with_except}");
}
