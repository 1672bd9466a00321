//! Where the packet layer is known to say something else than a kernel does, each as small as it can be drawn.

#![allow(dead_code, unreachable_pub, reason = "every test file uses its own part of it")]

use sekisho::twin::How;

/// One known gap.
#[derive(Debug)]
pub struct Gap {
    /// What the packet layer does not know.
    pub why: &'static str,
    /// How it shows.
    pub how: How,
    /// The drawing.
    pub ron: &'static str,
}

/// All of them.
pub const GAPS: [Gap; 4] = [
    Gap {
        why: "what a device has translated, it translates back in answers from any network",
        how: How::ReachedUnseen,
        ron: r#"Municipality(
  segments: { "a": (layer: Lgwan, address: "10.1.0.0/24"), "b": (layer: Lgwan, address: "10.2.0.0/24") },
  networks: { "n1": (address: "10.8.1.0/24") },
  nodes: {
    "x": Server(at: "a", address: "10.1.0.10"),
    "y": Server(at: "b", address: "10.2.0.10", gateway: "r0"),
    "r0": Router(joins: ["a", "b", "n1"], stateful: false, default: Permit,
      routes: [(to: "10.1.0.0/24", via: "a"), (to: "192.0.2.1", via: "n1", next: "r1"), (to: "192.0.2.2", via: "b", next: "r1")]),
    "r1": Firewall(joins: ["b", "n1"], stateful: true, strays: AsRules, default: Permit,
      routes: [(to: "10.1.0.0/24", via: "b", next: "r0"), (to: "10.2.0.0/24", via: "b")],
      nat: [Publish(outside: "192.0.2.1", inside: "y"), Hide(behind: "192.0.2.2", towards: "b")]),
  },
  expect: [Matrix([])],
)"#,
    },
    Gap {
        why: "machines of a network that keeps them apart meet through a published address of that network",
        how: How::ArrivedUnseen,
        ron: r#"Municipality(
  segments: { "a": (layer: Lgwan, address: "10.1.0.0/24", client_isolation: true) },
  networks: { "n1": (address: "10.8.1.0/24") },
  nodes: {
    "x": Server(at: "a", address: "10.1.0.10", gateway: "r0"),
    "y": Server(at: "a", address: "10.1.0.11", gateway: "r0"),
    "r0": Firewall(joins: ["a", "n1"], stateful: true, strays: AsRules, default: Permit,
      routes: [(to: "10.1.0.0/24", via: "a")],
      nat: [Publish(outside: "192.0.2.1", inside: "y")]),
  },
  expect: [Matrix([])],
)"#,
    },
    Gap {
        why: "an answer may have two ways that are equally short, of which one is closed: the session is not certain",
        how: How::CertainNotReached,
        ron: r#"Municipality(
  segments: { "a": (layer: Lgwan, address: "10.1.0.0/24"), "b": (layer: Lgwan, address: "10.2.0.0/24") },
  nodes: {
    "x": Server(at: "a", address: "10.1.0.10"),
    "y": Server(at: "b", address: "10.2.0.10"),
    "r0": Firewall(joins: ["a", "b"], stateful: true, strays: Drop, default: Deny, rules: [],
      routes: [(to: "10.1.0.0/24", via: "a")]),
    "r1": Router(joins: ["a", "b"], stateful: false, default: Permit),
  },
  expect: [Matrix([])],
)"#,
    },
    Gap {
        why: "no network hands a packet back to the device that it came from, though that would now send it elsewhere",
        how: How::CertainNotArrived,
        ron: r#"Municipality(
  segments: { "a": (layer: Lgwan, address: "10.1.0.0/24"), "b": (layer: Lgwan, address: "10.2.0.0/24") },
  networks: { "n1": (address: "10.8.1.0/24") },
  nodes: {
    "x": Server(at: "a", address: "10.1.0.10"),
    "y": Server(at: "b", address: "10.2.0.10"),
    "r0": Firewall(joins: ["a", "b", "n1"], stateful: true, strays: AsRules, default: Permit,
      routes: [(to: "any", via: "n1", from: "10.1.0.0/24"), (to: "10.1.0.0/24", via: "a"), (to: "10.2.0.0/24", via: "b")],
      nat: [Hide(behind: "10.8.1.201", towards: "n1")]),
  },
  expect: [Matrix([])],
)"#,
    },
];
