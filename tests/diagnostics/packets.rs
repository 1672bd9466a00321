//! Wrong drawings about what devices do with packets: rules with states, routes, parts, translation, switches.
//!
//! The marks are explained in `diagnostics.rs`; other mistakes are in `corpus.rs`.

use super::corpus::{Case, nodes, whole};

/// One mistake at a time, and several at once.
pub(crate) const PACKETS: &[Case] = &[
    nodes(
        "types of ICMP that are none",
        r#""f": Firewall(joins: ["in", "lg"], default: Deny, rules: [
        (permit: "in-pc -> lg-srv «S2007=icmp·echo-request»icmp ping"), (permit: "in-pc -> lg-srv «S2007»icmp type 300"),
        (permit: "in-pc -> lg-srv «S2007»icmp v6 type x"), (permit: "in-pc -> lg-srv «S2007=icmp·type·8»icmp 8"),
        ]),"#,
    ),
    nodes(
        "services as other tools write them",
        r#""f": Firewall(joins: ["in", "lg"], default: Deny, rules: [
        (permit: "in-pc -> lg-srv «S2007=tcp·443»https"), (permit: "in-pc -> lg-srv «S2007=tcp·80»http"),
        (permit: "in-pc -> lg-srv «S2007=icmp·echo-request»ping"), (permit: "in-pc -> lg-srv «S2007=icmp·echo-request»icmp echo"),
        (permit: "in-pc -> lg-srv «S2007=tcp·443»tcp/443"), (permit: "in-pc -> lg-srv «S2007=tcp·443»TCP/443"),
        (permit: "in-pc -> lg-srv «S2007=tcp·443»443/tcp"), (permit: "in-pc -> lg-srv «S2007=tcp»tcp any"),
        (permit: "in-pc -> lg-srv «S2007=tcp·443»ｔｃｐ　４４３"), (permit: "in-pc -> lg-srv «S2007=tcp·80»tcp http"),
        (permit: "in-pc -> lg-srv «S2007=any»any any"), (permit: "in-pc -> lg-srv «S2007=icmp·v6»icmpv6"),
        (permit: "in-pc -> lg-srv «S2007=udp·53·+·tcp·53»dns"), (permit: "in-pc -> lg-srv «S2007=tcp·80,443»tcp 80 443"),
        (permit: "in-pc -> lg-srv «S2007»proto 999"), (permit: "in-pc -> lg-srv «S2007=tcp»proto tcp"),
        ]),"#,
    ),
    nodes(
        "addresses as other tools write them",
        r#""f": Firewall(joins: ["in", "lg"], default: Deny, rules: [
        (permit: "«S2005=any»Any -> lg-srv"), (permit: "«S2005=any»* -> lg-srv tcp 443"), (permit: "lg-srv -> «S2005=any»all tcp 1"),
        (permit: "«S2005=10.2.0.0/24»10.2.0.0/255.255.255.0 -> in-pc"), (permit: "«S2005=10.2.0.0/24»10.2.0.* -> in-pc"),
        (permit: "«S2005=10.2.0.1»１０.2.0.1 -> in-pc"), (permit: "«S2005=10.2.0.1-10.2.0.9»10.2.0.1~10.2.0.9 -> in-pc"),
        (permit: "in-pc «S2006=->»<-> lg-srv"), («S1001=permit»allow: "in-pc -> lg-srv tcp 2"),
        ]),"#,
    ),
    nodes(
        "one message for a word that no rule has",
        r#""f": Firewall(joins: ["in", "lg"], default: Deny, rules: [
        («S1001»rule: "in-pc -> lg-srv tcp 1"), («S1001=permit»許可: "in-pc -> lg-srv tcp 2"), («S1001=deny»拒否: "in-pc -> lg-srv tcp 3"),
        («S1001»action: "permit", «S1001»source: "in-pc", «S1001»destination: "lg-srv"), («S1001=permit»Allow: "in-pc -> lg-srv"),
        «S1003»(reason: "nothing is said to pass"), («S1001=permit»accept: "in-pc -> lg-srv tcp 2", reason: "as elsewhere"),
        ]),"#,
    ),
    nodes(
        "a protocol whose ports stand behind another",
        r#""f": Firewall(joins: ["in", "lg"], default: Deny, rules: [
        (permit: "in-pc -> lg-srv «W5018=tcp·53·+·udp·53»tcp+udp 53"), (permit: "in-pc -> lg-srv tcp 54 + udp"),
        ]),"#,
    ),
    nodes(
        "an address where a name is expected",
        r#""t": Terminal(at: "lg", gateway: "«S2002»10.2.0.1"), "u": Terminal(at: "lg", gateway: "«S2002=h»10.2.0.77"),
        "h": Server(at: "lg", address: "10.2.0.77", forwards: true),
        "f": Firewall(joins: ["in", "lg"], default: Deny, rules: [], routes: [(to: "10.2.0.0/16", via: "lg", next: "«S2002=h»10.2.0.77"), (to: "any", via: "in")]),"#,
    ),
    nodes(
        "states in the wrong place, and two of them",
        r#""f": Firewall(joins: ["in", "lg"], default: Deny, rules: [
        (permit: "in-pc -> lg-srv «S2006»established tcp 443"), (permit: "in-pc -> lg-srv «S2006»tcp established new"),
        ]),"#,
    ),
    nodes(
        "what a device without memory cannot say",
        r#""r": Router(joins: ["in", "lg"], default: Deny, «S1007»strays: Drop, rules: [
        (permit: "in-pc -> lg-srv tcp 443"), (deny: "«S2006»any -> any invalid"),
        ]),"#,
    ),
    nodes(
        "a word that is none for strays, and for what rules see",
        r#""f": Firewall(joins: ["in", "lg"], default: Deny, strays: «S1002=Drop»Drops, rules_see: «S1002=Outside»Outsid, rules: []),"#,
    ),
    nodes(
        "routes that lead nowhere",
        r#""r": Router(joins: ["in", "lg"], routes: [
        (to: "«S1003»10.2.0.0/16"), (to: "10.3.0.0/16", via: "«S1008»lg", drop: true), (to: "10.4.0.0/16", next: "«S1008»f", drop: true),
        (to: "10.5.0.0/16", drop: true),
        ]),
        "f": Firewall(joins: ["in", "lg"], default: Deny, rules: []),"#,
    ),
    nodes(
        "next hops that take no packets there",
        r#""r": Router(joins: ["in", "lg"], routes: [
        (to: "10.2.0.0/16", via: "lg", next: "«S2003»r"), (to: "10.3.0.0/16", via: "lg", next: "«S2003»lg-srv"),
        (to: "10.4.0.0/16", via: "lg", next: "«S2003»f"), (to: "10.5.0.0/16", via: "lg", next: "«S2002»g7"),
        ]),
        "f": Firewall(joins: ["in", "ext"], default: Deny, rules: []),"#,
    ),
    nodes(
        "policy routes with wrong conditions",
        r#""r": Router(joins: ["in", "lg"], routes: [
        (to: "any", via: "lg", from: "«S2002=in-pc»in-pv"), (to: "any", via: "lg", enters: "«S2003»ext"),
        (to: "any", via: "lg", service: "«S2007»https"), (to: "any", via: "lg", from: "«S2005»10.2.0.300"),
        ]),"#,
    ),
    nodes(
        "networks in two VRFs, in none of the device, and a VRF twice",
        r#""r": Router(joins: ["in", "lg"], vrfs: { "«also»A": "in", "B": "«S1008»in", "C": "«S2003»ext", "«S2001»A": "lg" }),"#,
    ),
    nodes(
        "published services that cannot be",
        r#""f": Firewall(joins: ["ext", "lg"], default: Deny, rules: [], nat: [
        Publish(outside: "«S1003»203.0.113.5", inside: "lg-srv", port: 443),
        Publish(outside: "203.0.113.6", inside: "lg-srv", service: "«S2007»icmp"),
        Publish(outside: "203.0.113.7", inside: "lg-srv", service: "«S2007»tcp 80-90", port: 443),
        Publish(outside: "203.0.113.8", inside: "«S2002=lg-srv»lg-sv"),
        ]),"#,
    ),
    nodes(
        "static translation that is none",
        r#""f": Firewall(joins: ["ext", "lg"], default: Deny, nat: [
        Static(outside: "«S2005»203.0.113.0/24", inside: "lg-srv", towards: "ext"),
        Static(outside: "203.0.113.9", inside: "lg-srv", towards: "«S2002=ext»exit"),
        Static(outside: "203.0.113.10", inside: "lg-srv", towards: "ext"),
        Hide(behind: "203.0.113.11", towards: "ext", from: "«S2002=lg-srv»lg-srw"),
        ], rules: [(permit: "«S1006»internet -> 203.0.113.10 tcp 443")]),"#,
    ),
    nodes(
        "gateways that are no device of the network",
        r#""a": Terminal(at: "in", gateway: "«S2003»f"), "b": Terminal(at: "in", gateway: "«S2003»lg-srv"), "c": Terminal(at: "in", gateway: "«S2002»g"),
        "f": Firewall(joins: ["lg", "ext"], default: Deny, rules: []),"#,
    ),
    nodes(
        "ports and numbers twice, and a switch without ports",
        r#""s": Switch(vlans: { "«also»in": 10, "«S2001»lg": 10 }, ports: { "«also»1": Access("in"), "«S2001»1": Access("lg") }),
        "«S1003»t": Switch(vlans: { "in": 10 }),
        "u": Switch(vlans: { "«also»in": 10, "«S1006»lg": 4095, "«S2001»in": 11 }, ports: { "1": Access("in") }),"#,
    ),
    nodes(
        "ports of networks that are not there",
        r#""s": Switch(ports: { "1": Access("«S2002»inn7"), "2": Trunk(allowed: ["in", "«S2002»x"], native: "«S2002»y") }),
        "t": Switch(ports: { "1": «S1002=Access»Acces("in") }),"#,
    ),
    nodes(
        "cables that lead nowhere",
        r#""s": Switch(ports: { "1": Access("in"), "2": Access("in"), "3": Access("in"), "4": Access("in") },
        cables: { "1": "«S2003»t", "2": "«S2003»in-pc 1", "3": "«S2002»t 9", "«S2002»7": "t 1" }),
        "t": Switch(ports: { "1": Access("in") }),"#,
    ),
    nodes(
        "a trunk of which one side has no numbers",
        r#""s": Switch(vlans: { "in": 10 }, ports: { "24": Trunk(allowed: ["in"]) }, cables: { "24": "«S1003»t 24" }),
        "t": Switch(ports: { "24": Trunk(allowed: ["lg"]) }),"#,
    ),
    // What only looks odd.
    nodes(
        "VLANs patched together by access ports, native VLANs and numbers",
        r#""s": Switch(vlans: { "in": 10 }, ports: { "1": Access("in"), "2": Trunk(allowed: ["in"], native: "in") }, cables: { "1": "«W5016»t 1" }),
        "t": Switch(vlans: { "lg": 10 }, ports: { "1": Access("lg"), "2": Trunk(allowed: ["lg"]) }),"#,
    ),
    whole(
        "a trunk with two native VLANs",
        r#"Municipality(model: Alpha, segments: { "in": (layer: Internet), "lg": (layer: Lgwan) }, nodes: {
        "a": Terminal(at: "in"), "b": Terminal(at: "lg"),
        "s": Switch(ports: { "24": Trunk(native: "in") }, cables: { "24": "«W5016»t 24" }),
        "t": Switch(ports: { "24": Trunk(native: "lg") }) })"#,
    ),
];
