//! Drawings that look odd: addresses, translation, routes and gateways. Each has beside it what must not be told.
//!
//! The marks are explained in `diagnostics.rs`; what cannot be checked at all is in `corpus.rs` and `packets.rs`.

use super::corpus::{Case, nodes, whole};

/// One remark at a time, each with its near misses.
pub(crate) const REMARKS: &[Case] = &[
    whole(
        "networks with the same addresses, overlapping ones, and where they may",
        r#"Municipality(model: Alpha, segments: { "in": (layer: Internet, address: "10.3.0.0/24"), "lg": (layer: Lgwan, address: "10.2.0.0/16"),
        "shop": (layer: Vendor, address: "192.168.1.0/24"), "maker": (layer: Vendor, address: "192.168.1.0/24") },
        networks: {
          "«also»a": (segment: "lg", address: "10.4.0.0/24"), "«W5019»b": (segment: "in", address: ["10.5.0.0/24", "10.4.0.0/24"]),
          "«also»far": (segment: "lg", address: "10.6.0.0/24"), "«W5019»away": (segment: "in", address: "10.6.0.0/24"), "«W5019»again": (segment: "in", address: "10.6.0.0/24"),
          "«W5019»inner": (segment: "in", address: "10.2.7.0/24"),
          "red": (segment: "lg", address: "10.7.0.0/24"), "blue": (segment: "in", address: "10.7.0.0/24"), "up": (segment: "lg", address: "10.8.0.0/24"),
          "left": (segment: "lg", address: "10.9.0.0/24"), "mid": (address: "10.10.0.0/30"), "right": (segment: "in", address: "10.9.0.0/24"),
          "w1": (segment: "lg", address: "10.11.0.0/24"), "w2": (segment: "lg", address: "10.11.0.0/24") },
        nodes: {
          "t1": Terminal(at: "in"), "t2": Terminal(at: "lg"), "t3": Terminal(at: "shop"), "t4": Terminal(at: "maker"), "t5": Terminal(at: "far"), "t6": Terminal(at: "away"),
          "t7": Terminal(at: "again"), "t8": Server(faces: [(at: "a"), (at: "b"), (at: "inner"), (at: "red"), (at: "blue"), (at: "up"), (at: "left"), (at: "right")]),
          "«also»r": Router(joins: ["a", "b", "in"]), "r2": Router(joins: ["lg", "inner"]),
          "v": Router(joins: ["red", "blue", "up"], vrfs: { "A": ["red", "up"], "B": "blue" }),
          "n1": Router(joins: ["left", "mid"], nat: [Hide(behind: "10.10.0.1", towards: "mid")]), "n2": Router(joins: ["mid", "right"], nat: [Hide(behind: "10.10.0.2", towards: "mid")]),
          "s1": Switch(ports: { "1": Access("w1"), "2": Access("w1") }, cables: { "1": "«W5016»s2 1" }), "s2": Switch(ports: { "1": Access("w2"), "2": Access("w2") }),
          "w": Router(joins: ["w1", "w2", "mid"]),
        })"#,
    ),
    nodes(
        "an address published a second time, and an exception before the rest",
        r#""f": Firewall(joins: ["ext", "lg"], default: Permit, nat: [
        Publish(outside: "«also»203.0.113.5", inside: "lg-srv", service: "tcp 80-90"),
        Publish(outside: "«W5020»203.0.113.5", inside: "s2", service: "tcp 85"),
        Publish(outside: "«W5020»203.0.113.5", inside: "s2", service: "tcp 88-95"),
        Publish(outside: "203.0.113.5", inside: "s2", service: "udp 85"),
        Publish(outside: "203.0.113.6", inside: "lg-srv", service: "tcp 25"),
        Publish(outside: "203.0.113.6", inside: "s2"),
        Static(outside: "203.0.113.7", inside: "lg-srv", towards: "ext"),
        Publish(outside: "«W5020»203.0.113.7", inside: "s2", service: "tcp 443", port: 8443),
        Publish(outside: "203.0.113.8", inside: "s2", service: "tcp 1-9"), Publish(outside: "203.0.113.8", inside: "s2", service: "tcp 5-12"),
        ]),
        "s2": Server(at: "lg", address: "10.2.0.10"),"#,
    ),
    nodes(
        "a published address that a machine has, and one that becomes another port of its own",
        r#""f": Firewall(joins: ["ext", "lg"], default: Permit, nat: [
        Publish(outside: "«W5021»10.2.0.9", inside: "s2"), Publish(outside: "10.2.0.10", inside: "s2", service: "tcp 80", port: 8080),
        Publish(outside: "203.0.113.8", inside: "s2"),
        ]),
        "s2": Server(at: "lg", address: "10.2.0.10"),"#,
    ),
    whole(
        "published services that no rule lets through",
        r#"Municipality(model: Alpha, segments: { "in": (layer: Internet, address: "10.3.0.0/16"), "lg": (layer: Lgwan, address: "10.2.0.0/16"), "ext": (layer: Outside) },
        nodes: { "in-pc": Terminal(at: "in"), "lg-srv": Server(at: "lg", address: "10.2.0.9"), "internet": Internet(at: "ext"),
        "f": Firewall(joins: ["ext", "lg"], default: Deny, nat: [
        Publish(outside: "«W5022»203.0.113.5", inside: "lg-srv", service: "tcp 443", port: 8443),
        Publish(outside: "203.0.113.6", inside: "lg-srv", service: "tcp 443"),
        Publish(outside: "«W5022»203.0.113.7", inside: "s2"),
        Static(outside: "203.0.113.8", inside: "s2", towards: "ext"),
        ], rules: [(permit: "internet -> lg-srv tcp 400-500")]),
        "g": Firewall(joins: ["ext", "lg"], default: Deny, rules_see: Outside, nat: [
        Publish(outside: "203.0.113.9", inside: "lg-srv", service: "tcp 443", port: 8443),
        Publish(outside: "«W5022»203.0.113.10", inside: "lg-srv", service: "tcp 443"),
        ], rules: [(permit: "internet -> 203.0.113.9 tcp 443"), (permit: "internet -> lg-srv tcp 443")]),
        "s2": Server(at: "lg", address: "10.2.0.10") })"#,
    ),
    whole(
        "routes past a network that is joined, a longer one, and one of another VRF",
        r#"Municipality(model: Alpha, segments: { "in": (layer: Internet, address: "10.3.0.0/16"), "lg": (layer: Lgwan, address: "10.2.0.0/16"), "ext": (layer: Outside) },
        nodes: { "in-pc": Terminal(at: "in"), "lg-srv": Server(at: "lg", address: "10.2.0.9"), "internet": Internet(at: "ext"),
        "r": Router(joins: ["lg", "in"], routes: [
        (to: "«W5023»10.2.0.0/16", via: "in"), (to: "10.2.0.0/17", via: "in"), (to: "any", via: "in"),
        ]),
        "s": Router(joins: ["lg", "in"], routes: [(to: "«W5023»lg", drop: true), (to: "any", via: "in")]),
        "t": Router(joins: ["lg", "in"], routes: [(to: "«W5023»10.2.0.0/16", via: "lg", next: "r"), (to: "any", via: "in")]),
        "u": Router(joins: ["lg", "in"], routes: [(to: "10.2.0.0/16", via: "lg"), (to: "10.8.0.0/16", via: "in", from: "in-pc")]),
        "v": Router(joins: ["lg", "in", "ext"], vrfs: { "A": "lg", "B": ["in", "ext"] }, routes: [(to: "10.2.0.0/16", via: "in"), (to: "any", via: "ext")]) })"#,
    ),
    whole(
        "wide policy routes of a device that joins more",
        r#"Municipality(model: Alpha, segments: { "in": (layer: Internet, address: "10.3.0.0/16"), "lg": (layer: Lgwan, address: "10.2.0.0/16"),
          "mn": (layer: MyNumber, address: "10.1.0.0/16") },
        nodes: { "in-pc": Terminal(at: "in"), "lg-srv": Server(at: "lg"), "mn-pc": Terminal(at: "mn"),
        "r": Router(joins: ["lg", "in", "mn"], routes: [
        (to: "mn", drop: true, from: "lg-srv"), (to: "«W5028»any", via: "mn", from: "in-pc"), (to: "«W5028»10.0.0.0/8", via: "in", enters: "lg"), (to: "10.9.0.0/16", via: "in", enters: "lg") ]),
        "v": Router(joins: ["lg", "in", "mn"], vrfs: { "A": "lg", "B": ["in", "mn"] }, routes: [(to: "10.2.0.0/16", via: "lg", enters: "in"), (to: "any", via: "mn")]) })"#,
    ),
    whole(
        "no route into an outer network",
        r#"Municipality(model: Alpha, segments: { "rem": (layer: Remote), "pool": (layer: Remote, address: "10.8.0.0/24"), "lg": (layer: Lgwan, address: "10.2.0.0/16"),
          "in": (layer: Internet, address: "10.3.0.0/16"), "mn": (layer: MyNumber, address: "10.1.0.0/16"), "ext": (layer: Outside) },
        nodes: { "rt": Terminal(at: "rem", address: "10.7.0.5"), "pt": Terminal(at: "pool", address: "10.8.0.5"), "lg-srv": Server(at: "lg"), "in-pc": Terminal(at: "in"),
        "mn-pc": Terminal(at: "mn"), "internet": Internet(at: "ext"),
        "«W5027»r": Router(joins: ["rem", "pool", "lg", "ext"], routes: [(to: "10.9.0.0/16", via: "lg")]),
        "s": Router(joins: ["rem", "lg"], routes: [(to: "any", via: "lg")]),
        "t": Router(joins: ["rem", "lg"], routes: [(to: "rem", via: "rem")]) })"#,
    ),
    whole(
        "two routes for one destination",
        r#"Municipality(model: Alpha, segments: { "in": (layer: Internet, address: "10.3.0.0/16"), "lg": (layer: Lgwan, address: "10.2.0.0/16"),
          "mn": (layer: MyNumber, address: "10.1.0.0/16"), "ext": (layer: Outside) },
        nodes: { "in-pc": Terminal(at: "in"), "lg-srv": Server(at: "lg"), "mn-pc": Terminal(at: "mn"), "internet": Internet(at: "ext"),
        "r": Router(joins: ["lg", "in", "ext"], routes: [
        (to: "any", via: "ext"), (to: "10.9.0.0/16", via: "lg"), (to: "any", via: "ext"), (to: "«W5026»any", via: "lg"), (to: "«W5026»10.9.0.0/16", drop: true) ]),
        "s": Router(joins: ["lg", "in"], routes: [(to: "any", via: "lg", next: "r"), (to: "10.8.0.0/16", via: "in", from: "in-pc")]),
        "v": Router(joins: ["lg", "in", "ext"], vrfs: { "A": "lg", "B": ["in", "ext"] }, routes: [(to: "any", via: "lg"), (to: "any", via: "ext")]) })"#,
    ),
    whole(
        "machines with IPv4 only in a network that has IPv6",
        r#"Municipality(model: Alpha, segments: { "«W5024»in": (layer: Internet, address: ["10.3.0.0/16", "2001:db8:3::/64"]),
          "lg": (layer: Lgwan, address: ["10.2.0.0/16", "2001:db8:2::/64"]), "mn": (layer: MyNumber, address: "10.1.0.0/16") },
        nodes: {
          "a": Terminal(at: "in", count: 20, address: "10.3.0.0/24"), "b": Server(at: "in", address: ["10.3.1.1", "2001:db8:3::1"]), "c": Terminal(at: "in"),
          "d": Server(at: "lg", address: "2001:db8:2::1"), "e": Terminal(at: "lg"), "f": Server(at: "mn", address: "10.1.0.9"),
          "g": Server(faces: [(at: "lg", address: "10.2.0.7"), (at: "lg", address: "2001:db8:2::7")]),
          "r": Router(joins: ["in", "lg", "mn"]),
        })"#,
    ),
    whole(
        "gateways that lead nowhere, or not to whom is declared",
        r#"Municipality(model: Alpha, segments: { "in": (layer: Internet, address: "10.3.0.0/16"), "lg": (layer: Lgwan, address: "10.2.0.0/16"), "mn": (layer: MyNumber, address: "10.1.0.0/16") },
        nodes: {
          "«W5025»a": Terminal(at: "mn", gateway: "v"), "b": Terminal(at: "in", gateway: "v"),
          "«W5025»c": Terminal(at: "in", gateway: "r"), "d": Terminal(at: "in", gateway: "s"), "e": Terminal(at: "in", gateway: "q"),
          "f": Server(at: "mn", address: "10.1.0.9"), "g": Server(at: "lg", address: "10.2.0.9"), "h": Server(at: "in", address: "10.3.0.9"),
          "v": Router(joins: ["in", "lg", "mn"], vrfs: { "A": "mn", "B": ["in", "lg"] }),
          "r": Router(joins: ["in", "lg"], routes: []),
          "s": Router(joins: ["in", "lg"], routes: [(to: "10.1.0.0/16", via: "lg", next: "z")]), "z": Router(joins: ["lg", "mn"]),
          "q": Router(joins: ["in", "lg"]),
          "i": Terminal(at: "in", gateway: "p"), "p": Router(joins: ["in", "lg"], routes: [(to: "203.0.113.0/24", via: "lg", next: "y")]),
          "j": Terminal(at: "in", gateway: "r"), "k": Terminal(at: "mn", gateway: "x"),
          "«W5025»m": Terminal(at: "in", gateway: "o"), "o": Router(joins: ["in", "lg"], routes: [(to: "10.1.0.0/16", via: "in")]),
          "l": Terminal(at: "in", gateway: "n"), "n": Router(joins: ["in", "lg"], routes: [(to: "10.1.0.0/16", via: "in", next: "s")]),
          "x": Router(joins: ["in", "lg", "mn"], vrfs: { "A": "mn", "B": ["in", "lg"] }, nat: [Publish(outside: "198.51.100.1", inside: "f")]),
          "«W5025»u": Terminal(at: "lg", gateway: "w"), "w": Diode(from: "in", into: "lg"),
          "y": Router(joins: ["lg", "mn"], nat: [Publish(outside: "203.0.113.9", inside: "f")]),
        },
        communications: {
          "«also»far": (from: ["c", "d", "e", "i", "m", "l"], to: "f", service: "tcp 443", purpose: Business, limits: [Mac, Address, Port]),
          "near": (from: "j", to: "h", service: "tcp 443", purpose: Business, limits: [Mac, Address, Port]),
          "next": (from: "c", to: "g", service: "tcp 443", purpose: Business, limits: [Mac, Address, Port]),
        })"#,
    ),
];
