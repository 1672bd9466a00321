//! What cells of the policy matrix mean on small drawings: each drawing has two segments and one way between them.
//!
//! What each test catches: a cell that permits a neighbouring way, too (the other direction, another device, another
//! model). Which cells there are is the business of `tests/matrix.rs`.

use sekisho::document::{LoadError, Loader, load};
use sekisho::network::Network;
use sekisho::verify::{expect, fast};

/// One text, nothing beside it.
struct Text(String);

impl Loader for Text {
    fn root(&mut self) -> Result<(String, String), LoadError> {
        Ok(("drawing.ron".to_owned(), self.0.clone()))
    }

    fn include(&mut self, _: &str, _: &str) -> Result<(String, String), LoadError> {
        Err(LoadError::NotFound)
    }
}

/// Whether exactly these crossings have no permit, as `("from", "to", Carrier)`.
fn unpermitted_are(model: &str, body: &str, crossings: &str) {
    let text = format!(
        "Municipality(name: \"小さな図面\", model: {model}, edition: R7_3,\n{body}\n  expect: [Matrix([{crossings}])])"
    );
    let loaded = load(&mut Text(text.clone())).unwrap_or_else(|f| panic!("{:#?}\n{text}", f.diagnostics));
    let network = Network::new(&loaded.model);
    let verdicts = fast::verify(&loaded.model, &network);
    let wrong: Vec<String> =
        expect::differences(&loaded.model, &network, &verdicts).into_iter().map(|d| d.text.en).collect();
    assert!(wrong.is_empty(), "{wrong:#?}\n{text}");
}

/// Two servers, `p` in the first layer and `q` in the second, with a firewall that lets `from` open to `to`.
fn linked(layers: [&str; 2], device: &str, from: &str, to: &str) -> String {
    let [a, b] = layers;
    format!(
        r#"  segments: {{ "a": (layer: {a}), "b": (layer: {b}) }},
  nodes: {{ "p": Server(at: "a"), "q": Server(at: "b"),
    "fw": {device}(joins: ["a", "b"], default: Deny, rules: [(permit: "{from} -> {to} tcp 443")]) }},
  communications: {{ "c": (from: "{from}", to: "{to}", service: "tcp 443", purpose: Business, limits: [Mac, Address, Port]) }},"#
    )
}

#[test]
fn named_systems_of_lgwan_may_open_to_the_internet_segment_in_beta_prime_but_not_the_other_way() {
    unpermitted_are("BetaPrime", &linked(["Lgwan", "Internet"], "Firewall", "p", "q"), "");
    unpermitted_are(
        "BetaPrime",
        &linked(["Lgwan", "Internet"], "Firewall", "q", "p"),
        r#"("b", "a", Request), ("a", "b", Response)"#,
    );
    unpermitted_are(
        "Beta",
        &linked(["Lgwan", "Internet"], "Firewall", "p", "q"),
        r#"("a", "b", Request), ("b", "a", Response)"#,
    );
}

#[test]
fn the_government_cloud_is_reached_by_way_of_lgwan_or_a_line_and_not_by_a_tunnel_on_the_internet() {
    let layers = ["MyNumber", "GovCloud"];
    unpermitted_are("Alpha", &linked(layers, "LgwanFirewall", "p", "q"), "");
    let refused = r#"("a", "b", Request), ("b", "a", Response)"#;
    unpermitted_are("Alpha", &linked(layers, "VpnGateway", "p", "q"), refused);
    unpermitted_are("Alpha", &linked(layers, "Firewall", "p", "q"), refused);
}

#[test]
fn a_specific_communication_needs_no_line_towards_lgwan() {
    unpermitted_are("Physical", &linked(["MyNumber", "LgwanBackbone"], "Firewall", "p", "q"), "");
    unpermitted_are(
        "Physical",
        &linked(["MyNumber", "Lgwan"], "Firewall", "p", "q"),
        r#"("a", "b", Request), ("b", "a", Response)"#,
    );
}

#[test]
fn mail_of_lgwan_leaves_as_text_through_the_relay_in_alpha_only() {
    let body = r#"  segments: { "lg": (layer: Lgwan), "psc": (layer: SecurityCloud), "ext": (layer: Outside) },
  networks: { "dmz": (label: "DMZ") },
  nodes: { "mail": Server(at: "lg"), "internet": Internet(at: "ext"),
    "conv": MailConverter(from: "lg", into: "dmz", attachments: Remove, delivers: Push, servers: "relay"),
    "relay": MailRelay(inside: "dmz", outside: "ext", RELAY) },"#;
    let in_cloud = body.replace("RELAY", r#"part_of: "psc""#);
    unpermitted_are("Alpha", &in_cloud, "");
    unpermitted_are("Beta", &in_cloud, r#"("lg", "ext", Text)"#);
    let elsewhere = body.replace("RELAY", "");
    unpermitted_are("Alpha", &elsewhere, r#"("lg", "ext", Text)"#);
}

#[test]
fn a_file_comes_in_by_the_breakout_only_when_it_was_inspected() {
    let body = r#"  segments: { "lg": (layer: Lgwan), "saas": (layer: Saas) },
  networks: { "line": (label: "回線") },
  nodes: { "pc": Terminal(at: "lg"), "suite": Server(at: "saas"), "file": DEVICE,
    "breakout": Breakout(joins: ["lg", "line"], tenants: "city", default: Deny, rules: [(permit: "pc -> file tcp 443")]) },"#;
    let device = |text: &str| body.replace("DEVICE", text);
    let inspected =
        r#"Inspector(from: "saas", into: "line", types: { "docx": Inspect }, otherwise: Block, delivers: Pull)"#;
    unpermitted_are("AlphaPrime", &device(inspected), "");
    let raw = r#"Transfer(from: "saas", into: "line", approval: true, log: true, delivers: Pull)"#;
    unpermitted_are("AlphaPrime", &device(raw), r#"("saas", "lg", RawFile)"#);
    unpermitted_are("Alpha", &device(inspected), r#"("saas", "lg", CheckedFile)"#);
}

#[test]
fn a_breakout_hosted_in_the_security_cloud_is_named_as_one() {
    let body = r#"  segments: { "lg": (layer: Lgwan), "psc": (layer: SecurityCloud) },
  nodes: { "pc": Terminal(at: "lg"), "exit": Server(at: "psc"),
    "breakout": Breakout(joins: ["lg", "psc"], PART tenants: "city", default: Deny, rules: [(permit: "pc -> exit tcp 443")]) },"#;
    let refused = r#"("lg", "psc", Request), ("psc", "lg", Response)"#;
    let hosted = body.replace("PART", r#"part_of: "psc","#);
    unpermitted_are("AlphaPrime", &hosted, "");
    unpermitted_are("Alpha", &hosted, refused);
    unpermitted_are("AlphaPrime", &body.replace("PART", ""), refused);
}

#[test]
fn media_leave_lgwan_through_the_station_under_physical_separation() {
    let body = r#"  segments: { "lg": (layer: Lgwan), "in": (layer: Internet) },
  nodes: { "pc": Terminal(at: "lg"), "web": Terminal(at: "in"), "station": Kiosk(types: { "docx": Inspect }, otherwise: Block) },
  media: { "usb": (registered: true, encrypted: true, wiped: true) },
  carry: [(from: "pc", to: "web", medium: "usb", THROUGH by: "総務課", reason: "原稿")],"#;
    let station = body.replace("THROUGH", r#"through: "station","#);
    unpermitted_are("Physical", &station, "");
    unpermitted_are("Physical", &body.replace("THROUGH", ""), r#"("lg", "in", RawFile)"#);
    unpermitted_are("Alpha", &station, r#"("lg", "in", CheckedFile)"#);
}

#[test]
fn a_remote_terminal_reaches_a_cloud_service_through_the_security_cloud_only() {
    let body = r#"  segments: { "rt": (layer: Remote), "saas": (layer: Saas), "psc": (layer: SecurityCloud) },
  nodes: { "pc": Terminal(at: "rt"), "suite": Server(at: "saas"),
    "gw": VpnGateway(joins: ["rt", "saas"], PART default: Deny, rules: [(permit: "pc -> suite tcp 443")]) },"#;
    unpermitted_are("Beta", &body.replace("PART", r#"part_of: "psc","#), "");
    unpermitted_are("Beta", &body.replace("PART", ""), r#"("rt", "saas", Request), ("saas", "rt", Response)"#);
}

#[test]
fn vendors_work_on_a_jump_host_on_a_closed_line() {
    let body = r#"  segments: { "gc": (layer: GovCloud), "ven": (layer: Vendor) },
  networks: { "dmz": (label: "DMZ") },
  nodes: { "core": Server(at: "gc"), "hands": Terminal(at: "ven"), "line": Line(joins: ["ven", "dmz"], line: KIND),
    "jump": ScreenGateway(viewer: "dmz", desktop: "gc", clients: "hands", servers: "core", redirect: (others: Off)) },"#;
    unpermitted_are("Alpha", &body.replace("KIND", "Dedicated"), "");
    unpermitted_are("Alpha", &body.replace("KIND", "InternetVpn"), r#"("ven", "gc", Keys), ("gc", "ven", Screen)"#);
}

/// A closed stretch and one over the Internet, one behind the other, and the crossings without a permit.
fn in_series(model: &str, layers: [&str; 2], cloud: bool, second: &str, crossings: &str) {
    let [a, b] = layers;
    let cloud = if cloud { ", cloud: true" } else { "" };
    let body = format!(
        r#"  segments: {{ "a": (layer: {a}), "b": (layer: {b}{cloud}) }},
  networks: {{ "relay": (), "half": () }},
  nodes: {{ "p": Server(at: "a"), "q": Server(at: "b"),
    "fw": Firewall(joins: ["a", "relay"], default: Deny, rules: [(permit: "p -> q tcp 443")]),
    "first": Line(joins: ["relay", "half"], line: Dedicated), "second": Line(joins: ["half", "b"], line: {second}) }},"#
    );
    unpermitted_are(model, &body, crossings);
}

#[test]
fn a_way_that_runs_over_the_internet_in_part_is_not_a_dedicated_line() {
    let both = r#"("a", "b", Request), ("b", "a", Response)"#;
    for model in ["Alpha", "BetaPrime"] {
        in_series(model, ["MyNumber", "GovCloud"], false, "Dedicated", "");
        in_series(model, ["MyNumber", "GovCloud"], false, "Internet", both);
        in_series(model, ["MyNumber", "GovCloud"], false, "InternetVpn", both);
        in_series(model, ["Lgwan", "Lgwan"], true, "Dedicated", "");
        in_series(model, ["Lgwan", "Lgwan"], true, "Internet", both);
    }
}
