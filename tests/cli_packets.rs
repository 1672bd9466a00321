//! `sekisho trace`, `reach` and `twin` as programs: what they say of small drawings, in both languages, and their exit codes.

use std::process::Command;

use serde_json::Value;

/// What the program answers about a drawing: exit code, and both of its outputs.
pub(crate) fn asked(drawing: &str, lang: &str, args: &[&str]) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("d.ron"), drawing).expect("a file can be written");
    let mut command = Command::new(env!("CARGO_BIN_EXE_sekisho"));
    let (name, rest) = args.split_first().expect("a command");
    command.current_dir(folder.path()).args(["--lang", lang, name, "d.ron"]).args(rest).env_remove("NO_COLOR");
    let output = command.output().expect("the program starts");
    let text = [output.stdout, output.stderr].map(|b| String::from_utf8(b).expect("UTF-8")).concat();
    (output.status.code(), text)
}

/// Whether a text has some words, wherever its lines break.
pub(crate) fn says(text: &str, words: &str) -> bool {
    let flat = |t: &str| t.split_whitespace().collect::<Vec<_>>().join(" ");
    flat(text).contains(&flat(words))
}

pub(crate) fn en(drawing: &str, args: &[&str]) -> (Option<i32>, String) {
    asked(drawing, "en", args)
}

/// Two networks with a firewall between them; `nodes` are the machines and devices.
pub(crate) fn drawing(nodes: &str) -> String {
    format!(
        r#"Municipality(
  model: Alpha,
  segments: {{
    "a": (layer: Internet, address: ["10.1.0.0/24", "2001:db8:1::/64"]),
    "b": (layer: Lgwan, address: ["10.2.0.0/24", "2001:db8:2::/64"]),
  }},
  nodes: {{
{nodes}
  }},
)"#
    )
}

fn two_families() -> String {
    drawing(
        r#""pc": Terminal(at: "a", address: ["10.1.0.5-10.1.0.9", "2001:db8:1::5"], count: 5),
    "srv": Server(at: "b", address: ["10.2.0.5", "2001:db8:2::5"]),
    "fw": Firewall(joins: ["a", "b"], default: Permit, strays: Drop, rules: [(deny: "0.0.0.0/0 -> 0.0.0.0/0")]),"#,
    )
}

#[test]
fn a_trace_is_about_each_family_that_both_ends_have() {
    let (code, text) = en(&two_families(), &["trace", "pc", "srv"]);
    assert_eq!(code, Some(0), "one family is open: {text}");
    assert!(text.contains("Result (IPv4): it does not arrive"), "{text}");
    assert!(text.contains("Result (IPv6): a session with srv"), "{text}");
    assert!(text.contains("other addresses and attachments of pc: 10.1.0.6-10.1.0.9 (name one"), "{text}");
    let (_, ja) = asked(&two_families(), "ja", &["trace", "pc", "srv"]);
    assert!(ja.contains("結果 (IPv4): 届かない") && ja.contains("結果 (IPv6): srv と通信できる"), "{ja}");
    assert!(ja.contains("pc のほかのアドレスや接続: 10.1.0.6-10.1.0.9"), "{ja}");
    let (_, json) = en(&two_families(), &["trace", "pc", "srv", "--format", "json"]);
    let json: Value = serde_json::from_str(&json).expect("JSON");
    let results: Vec<_> = json["tried"].as_array().expect("a list").iter().map(|t| &t["result"]).collect();
    assert_eq!(results, ["none", "session"]);
    assert_eq!((&json["result"], &json["to"], &json["service"]), (&"session".into(), &"srv".into(), &"tcp 443".into()));
}

#[test]
fn the_end_of_a_trace_may_be_an_address_and_is_never_picked() {
    let (code, text) = en(&two_families(), &["trace", "10.1.0.7", "srv"]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("pc: 10.1.0.7 → 10.2.0.5") && !text.contains("other addresses"), "{text}");
    for (from, to, said) in [
        ("10.1.0.77", "srv", "no machine of the drawing has the address 10.1.0.77"),
        ("a", "srv", "`a` is a place; choose one of the machines there: pc"),
        ("pc", "b", "`b` is a place; choose one of the machines there: srv"),
        ("10.1.0.7", "2001:db8:2::5", "of different families"),
    ] {
        let (code, text) = en(&two_families(), &["trace", from, to]);
        assert_eq!((code, text.contains(said)), (Some(2), true), "{from} {to}: {text}");
    }
}

/// A firewall without routes between `a` and `b`, asked by its own network; `more` are further nodes.
fn turning(fw: &str, more: &str) -> String {
    drawing(&format!(
        r#""pc": Terminal(at: "a", address: "10.1.0.5", gateway: "fw"),
    "near": Server(at: "a", address: "10.1.0.9", gateway: "fw"),
    "fw": Firewall(joins: ["a", "b"], default: Permit, strays: Drop, rules: [], {fw}),{more}"#
    ))
}

const ROUND: &str = r#"
    "srv": Server(at: "c", address: "10.3.0.5", gateway: "r"),
    "r": Router(joins: ["a", "c"]),"#;

fn with_c(text: String) -> String {
    text.replace("\"b\": (layer", "\"c\": (layer: Lgwan, address: \"10.3.0.0/24\"),\n    \"b\": (layer")
}

/// P-HAIRPIN: what is right is what the kernel does, where it can be asked.
#[test]
fn without_routes_a_device_turns_only_what_it_translates() {
    let published = r#"nat: [Publish(outside: "203.0.113.5", inside: "near")]"#;
    let hidden = r#"nat: [Publish(outside: "203.0.113.5", inside: "near"), Hide(behind: "10.1.0.1", towards: "a")]"#;
    let routed = r#"routes: [(to: "10.3.0.0/24", via: "a", next: "r")]"#;
    for (text, to, code, said) in [
        (with_c(turning("", ROUND)), "srv", 1, "a device without routes turns only what it translates"),
        (with_c(turning(routed, ROUND)), "srv", 1, "fw (a → a)"),
        (turning(published, ""), "203.0.113.5", 1, "arrives at near, but no answer comes back"),
        (turning(hidden, ""), "203.0.113.5", 0, "a session with near"),
    ] {
        let (came, told) = en(&text, &["trace", "pc", to]);
        assert_eq!((came, says(&told, said)), (Some(code), true), "{told}\n{text}");
        let (kernel, told) = en(&text, &["twin"]);
        assert!(matches!(kernel, Some(0 | 4)), "{told}\n{text}");
    }
}

#[test]
fn what_goes_in_circles_is_shown_once() {
    let text = drawing(
        r#""pc": Terminal(at: "a", address: "10.1.0.5", gateway: "r1"),
    "srv": Server(at: "b", address: "10.2.0.5"),
    "r1": Router(joins: ["a", "b"], routes: [(to: "any", via: "b", next: "r2")]),
    "r2": Router(joins: ["a", "b"], routes: [(to: "any", via: "a", next: "r1")]),"#,
    );
    let (code, told) = en(&text, &["trace", "pc", "10.9.0.1"]);
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("× and so on from 1 again: it goes in circles"), "{told}");
    assert_eq!(told.matches("passes:").count(), 2, "{told}");
    let (_, ja) = asked(&text, "ja", &["trace", "pc", "10.9.0.1"]);
    assert!(ja.contains("× 以下 1 から同じことを繰り返す"), "{ja}");
}

fn cases(text: &str, args: &[&str]) -> Vec<Value> {
    let (_, json) = en(text, &[args, &["--format", "json"]].concat());
    let at = json.find('{').expect("JSON");
    let json: Value = serde_json::Deserializer::from_str(&json[at..]).into_iter().next().expect("JSON").expect("JSON");
    json["tried"][0]["journeys"].as_array().expect("journeys").clone()
}

#[test]
fn what_is_open_is_decided_once_in_a_case() {
    // A list without memory: the default decides the first packet and the later ones.
    let text = drawing(
        r#""pc": Terminal(at: "a", address: "10.1.0.5"),
    "srv": Server(at: "b", address: "10.2.0.5"),
    "l3": L3Switch(joins: ["a", "b"], rules: [(permit: "b -> a tcp established"), (permit: "a -> b udp 53")]),"#,
    );
    let all = cases(&text, &["trace", "pc", "srv", "tcp 80"]);
    let outcomes: Vec<_> = all.iter().map(|j| j["outcome"].as_str().expect("a word")).collect();
    assert_eq!(outcomes, ["lost", "session"], "{all:#?}");
    assert!(all.iter().all(|j| j["depends_on"].as_array().is_some_and(|d| d.len() == 1)), "{all:#?}");
    // Two routers and no gateway: who sends keeps to one of them, and the answer may take the other.
    let text = drawing(
        r#""pc": Terminal(at: "a", address: "10.1.0.5"),
    "srv": Server(at: "b", address: "10.2.0.5"),
    "r1": Router(joins: ["a", "b"]), "r2": Router(joins: ["a", "b"]),"#,
    );
    let all = cases(&text, &["trace", "pc", "srv"]);
    assert_eq!(all.len(), 4, "{all:#?}");
    for journey in &all {
        let device = |leg: usize| &journey["legs"][leg]["passes"][0]["device"];
        assert_eq!((device(0), device(1)), (device(2), device(3)), "{journey:#?}");
    }
    let (code, told) = en(&text, &["trace", "pc", "srv"]);
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("? if pc hands it to r1 in a (no gateway is stated)"), "{told}");
}

fn gate(more: &str) -> String {
    let text = drawing(
        r#""pc": Terminal(at: "a", address: "10.1.0.5"), "pc2": Terminal(at: "a", address: "10.1.0.6"),
    "srv": Server(at: "b", address: "10.2.0.5"),
    "vpn": VpnGateway(joins: ["a", "b"], default: Deny, strays: Drop, mfa: (enrolled: "pc"), rules: [(permit: "a -> srv tcp 443")]),"#,
    );
    format!("{}{more})", text.trim_end().trim_end_matches(')'))
}

#[test]
fn a_gate_is_named_wherever_something_passes_it() {
    let (code, told) = en(&gate(""), &["trace", "pc2", "srv"]);
    assert_eq!(code, Some(3), "{told}");
    assert!(says(&told, "only if it passes multi-factor at vpn (pc2: not enrolled)"), "{told}");
    let (_, ja) = asked(&gate(""), "ja", &["trace", "pc2", "srv"]);
    assert!(says(&ja, "vpn の多要素認証を通れるときだけ(pc2 は登録されていない)"), "{ja}");
    let (code, told) = en(&gate(""), &["trace", "pc", "srv"]);
    assert!(code == Some(0) && !told.contains("multi-factor"), "{told}");
    let (_, told) = en(&gate(""), &["reach", "a", "srv"]);
    let (free, gated) =
        told.split_once("a session, only if it passes multi-factor at vpn (pc2: not enrolled)").expect(&told);
    assert!(free.contains("10.1.0.5 -> 10.2.0.5") && gated.contains("10.1.0.6 -> 10.2.0.5 tcp 443"), "{told}");
    assert!(!gated.contains("one way"), "{told}");
}

#[test]
fn a_required_flow_past_a_gate_does_not_pass_without_a_word() {
    let require = |from| gate(&format!("require: [Flow(from: \"{from}\", to: \"srv\", carries: Request)],"));
    let (_, told) = en(&require("pc2"), &["check"]);
    assert!(
        !told.contains("required flows pass") && says(&told, "it passes multi-factor at vpn; not enrolled there: pc2"),
        "{told}"
    );
    let (_, ja) = asked(&require("a"), "ja", &["check"]);
    assert!(says(&ja, "vpn の多要素認証を通ります。登録されていないもの: pc2"), "{ja}");
    let (_, told) = en(&require("pc"), &["check"]);
    assert!(told.contains("1 required flows pass") && !told.contains("multi-factor at vpn"), "{told}");
}

#[test]
fn who_opens_no_sessions_opens_none() {
    let text = drawing(
        r#""pc": Terminal(at: "a", address: "10.1.0.5", outbound: false),
    "srv": Server(at: "b", address: "10.2.0.5"),
    "fw": Firewall(joins: ["a", "b"], default: Permit, strays: Drop, rules: []),"#,
    );
    let (code, told) = en(&text, &["trace", "pc", "srv"]);
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("Result: no session: pc opens none (outbound: false)"), "{told}");
    let (_, ja) = asked(&text, "ja", &["trace", "pc", "srv"]);
    assert!(ja.contains("結果: 通信は始まらない。pc は自分から通信を開かない(outbound: false)"), "{ja}");
    assert_eq!(cases(&text, &["trace", "pc", "srv"])[0]["outcome"], "not_opened");
    let (code, told) = en(&text, &["trace", "srv", "pc"]);
    assert_eq!(code, Some(0), "{told}");
}

#[test]
fn services_are_read_alike_and_addresses_are_asked_for() {
    let text = drawing(
        r#""pc": Terminal(at: "a", address: "10.1.0.5-10.1.0.6", count: 2),
    "srv": Server(at: "b", address: "10.2.0.5"),
    "fw": Firewall(joins: ["a", "b"], default: Permit, strays: Drop, rules: [], nat: [Publish(outside: "203.0.113.5", inside: "srv")]),"#,
    );
    let (_, told) = en(&text, &["trace", "pc", "srv", "udp from 5 to 7"]);
    assert!(told.contains("udp 5 → 7"), "{told}");
    let (code, told) = en(&text, &["trace", "pc", "srv", "https"]);
    assert!(code == Some(2) && says(&told, "did you mean `tcp 443`?"), "{told}");
    let (code, told) = en(&text, &["trace", "pc", "srv", "proto 999"]);
    assert!(code == Some(2) && told.contains("`999` is not a protocol number (0 to 255)"), "{told}");
    let (_, told) = en(&text, &["reach", "10.1.0.6", "203.0.113.5", "--service", "tcp 443"]);
    assert!(told.contains("  - 10.1.0.6 -> 203.0.113.5 tcp 443\n") && !told.contains("10.2.0.5 "), "{told}");
    let (_, told) = en(&text, &["reach", "pc", "10.2.0.5", "--service", "tcp 443"]);
    assert!(says(&told, "10.1.0.5-10.1.0.6 -> 10.2.0.5 tcp 443") && !told.contains("203"), "{told}");
    let (code, told) = en(&text, &["reach", "203.0.113.5", "srv"]);
    assert!(code == Some(2) && told.contains("nothing in the drawing has the address 203.0.113.5"), "{told}");
    let (code, told) = en(&text, &["reach", "pc", "10.9.9.9"]);
    assert!(code == Some(2) && told.contains("has or publishes the address 10.9.9.9"), "{told}");
}

#[test]
fn services_that_look_odd_are_told_as_in_a_drawing() {
    let text = two_families();
    let odd = "`tcp + udp 53` means every port of tcp, and udp 53";
    for args in [
        ["reach", "pc", "srv", "--service", "tcp+udp 53"],
        ["explain", "pc", "srv", "--service", "tcp + udp 53"],
        ["trace", "pc", "srv", "tcp+udp 53", "--format=text"],
    ] {
        let (_, told) = en(&text, &args);
        assert!(told.contains("warning[W5018]") && says(&told, odd) && told.contains("--service:1:1"), "{told}");
        assert!(says(&told, "tcp 53 + udp 53"), "{told}");
    }
    let (_, told) = en(&text, &["reach", "pc", "srv", "--service", "tcp 53 + udp 53"]);
    assert!(!told.contains("W5018"), "{told}");
}

#[test]
fn reach_says_any_and_what_is_open() {
    let open = |rules: &str, more: &str| {
        drawing(&format!(
            r#""pc": Terminal(at: "a", address: "10.1.0.5"),
    "srv": Server(at: "b", {more}),
    "fw": Firewall(joins: ["a", "b"], {rules}),"#
        ))
    };
    let text = open(r#"default: Deny, strays: Drop, rules: [(permit: "pc -> srv")]"#, r#"address: "10.2.0.5""#);
    let (_, told) = en(&text, &["reach", "pc", "srv"]);
    assert!(told.contains("  - 10.1.0.5 -> 10.2.0.5 any\n"), "{told}");
    assert!(told.contains("10.1.0.5 -> 10.2.0.5 icmp (the types that have no answer)"), "{told}");
    let (_, json) = en(&text, &["reach", "pc", "srv", "--format", "json"]);
    let json: Value =
        serde_json::from_str(&json[json.find('{').expect("JSON")..json.rfind('}').expect("JSON") + 1]).expect("JSON");
    assert!(json["certain"][0].as_str().is_some_and(|t| t.contains("except") && !t.contains("v6")), "{json:#}");
    assert_eq!(json["schema_version"], 2);
    // What is not stated is named, and nothing else.
    let text = open(r#"strays: Drop, rules: [(permit: "pc -> srv tcp 80")]"#, r#"address: "10.2.0.5""#);
    let (_, told) = en(&text, &["reach", "pc", "srv", "--service", "tcp 1-100"]);
    let named: Vec<&str> = told.lines().filter_map(|l| l.trim().strip_prefix("? ")).collect();
    assert_eq!(named, ["the default action of `fw` is not stated"], "{told}");
    let (_, told) = en(&text, &["reach", "pc", "srv"]);
    assert!(told.contains("  - 10.1.0.5 -> 10.2.0.5 any except tcp 80\n"), "{told}");
    let text =
        open(r#"default: Deny, strays: Drop, rules: [(permit: "10.1.0.5 -> 10.2.0.5 tcp 80")]"#, r#"outbound: false"#);
    let (_, ja) = asked(&text, "ja", &["reach", "pc", "srv"]);
    let (_, named) = ja.split_once("? ").expect(&ja);
    assert!(named.contains("srv") && named.contains("アドレス"), "{ja}");
}

#[test]
fn the_json_of_a_trace_says_why_and_where() {
    let text = drawing(
        r#""pc": Terminal(at: "a", address: "10.1.0.5"),
    "srv": Server(at: "b", address: "10.2.0.5"),
    "fw": Firewall(joins: ["a", "b"], default: Deny, strays: Drop, rules: [(permit: "pc -> srv tcp 80")]),"#,
    );
    let reasons = |journey: &Value| -> Vec<String> {
        let legs = journey["legs"].as_array().expect("legs");
        let all = legs.iter().flat_map(|l| l["passes"].as_array().expect("passes"));
        all.map(|p| p["reason"].as_str().expect("a word").to_owned()).collect()
    };
    let open = cases(&text, &["trace", "pc", "srv", "tcp 80"]);
    assert_eq!(reasons(&open[0]), ["rule", "open_session", "open_session", "open_session"]);
    let closed = cases(&text, &["trace", "pc", "srv", "tcp 81"]);
    assert_eq!((reasons(&closed[0]), &closed[0]["legs"][0]["at"]), (vec!["default".to_owned()], &"fw".into()));
    assert_eq!(closed[0]["legs"][0]["end"], "denied");
}
