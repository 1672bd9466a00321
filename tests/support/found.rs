//! Drawings in which the kernel once showed that the packet layer said something else, each as small as it can be drawn.

#![allow(dead_code, unreachable_pub, reason = "every test file uses its own part of it")]

/// One of them.
#[derive(Debug)]
pub struct Found {
    /// What the packet layer did not know.
    pub why: &'static str,
    /// The drawing.
    pub ron: &'static str,
}

/// All of them.
pub const FOUND: [Found; 6] = [
    Found {
        why: "what a device has translated, it translates back in answers from any network",
        ron: r#"Municipality(
  segments: { "a": (layer: Lgwan, address: "10.1.0.0/24"), "b": (layer: Lgwan, address: "10.2.0.0/24") },
  networks: { "n1": (address: "10.8.1.0/24") },
  nodes: {
    "x": Server(at: "a", address: "10.1.0.10"),
    "y": Server(at: "b", address: "10.2.0.10", gateway: "r0"),
    "r0": Router(joins: ["a", "b", "n1"], stateful: false, default: Permit,
      rules: [(deny: "10.1.0.0/24 -> 10.2.0.0/24")],
      routes: [(to: "10.1.0.0/24", via: "a"), (to: "192.0.2.1", via: "n1", next: "r1"), (to: "192.0.2.2", via: "b", next: "r1")]),
    "r1": Firewall(joins: ["b", "n1"], stateful: true, strays: AsRules, default: Permit,
      routes: [(to: "10.1.0.0/24", via: "b", next: "r0"), (to: "10.2.0.0/24", via: "b")],
      nat: [Publish(outside: "192.0.2.1", inside: "y"), Hide(behind: "192.0.2.2", towards: "b")]),
  },
  expect: [Matrix([])],
)"#,
    },
    Found {
        why: "machines of a network that keeps them apart meet through a published address of that network",
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
    Found {
        why: "an answer may have two ways that are equally short, of which one is closed: the session is not certain",
        ron: r#"Municipality(
  segments: { "a": (layer: Lgwan, address: "10.1.0.0/24"), "b": (layer: Lgwan, address: "10.2.0.0/24") },
  networks: { "m0": (address: "10.8.0.0/24"), "m1": (address: "10.8.1.0/24") },
  nodes: {
    "x": Server(at: "a", address: "10.1.0.10"),
    "y": Server(at: "b", address: "10.2.0.10"),
    "r0": Firewall(joins: ["a", "m0"], stateful: true, strays: Drop, default: Deny, rules: [], routes: []),
    "r0b": Router(joins: ["m0", "b"]),
    "r1": Router(joins: ["a", "m1"]),
    "r1b": Router(joins: ["m1", "b"]),
  },
  expect: [Matrix([])],
)"#,
    },
    Found {
        why: "no network hands a packet back to the device that it came from, though that would now send it elsewhere",
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
    Found {
        why: "a balancer with one arm: what answers to it is translated back and sent into the network from which it came",
        ron: r#"Municipality(
  segments: { "a": (layer: Lgwan, address: "10.1.0.0/24"), "b": (layer: Lgwan, address: "10.2.0.0/24") },
  networks: { "n1": (address: "10.8.1.0/24") },
  nodes: {
    "x": Server(at: "a", address: "10.1.0.10", gateway: "r0"),
    "y": Server(at: "b", address: "10.2.0.10", gateway: "r1"),
    "r0": Firewall(joins: ["a", "b", "n1"], stateful: true, strays: Drop, default: Permit,
      rules: [(deny: "10.1.0.0/24 -> 10.2.0.0/24")],
      routes: [(to: "10.1.0.0/24", via: "a"), (to: "192.0.2.1", via: "n1", next: "r1")]),
    "r1": Firewall(joins: ["b", "n1"], stateful: true, strays: Drop, default: Deny,
      rules: [(permit: "any -> 10.2.0.0/24 tcp")],
      routes: [(to: "10.1.0.0/24", via: "b", next: "r0"), (to: "10.2.0.0/24", via: "b")],
      nat: [Publish(outside: "192.0.2.1", inside: "y")]),
  },
  expect: [Matrix([])],
)"#,
    },
    Found {
        why: "a gateway that sends back into the same network, and hides who asked: the answer takes another way",
        ron: r#"Municipality(
  segments: { "a": (layer: Lgwan, address: "10.1.1.0/24"), "b": (layer: Lgwan, address: "10.2.2.0/24") },
  networks: { "spare": (address: "10.9.0.0/24") },
  nodes: {
    "x": Server(at: "a", address: "10.1.1.10"),
    "y": Server(at: "b", address: "10.2.2.11", gateway: "r1"),
    "r0": Firewall(joins: ["a", "b"], stateful: true, strays: AsRules, default: Permit,
      routes: [(to: "192.0.2.2", via: "b", next: "r1"), (to: "10.2.2.10/31", drop: true)]),
    "r1": Firewall(joins: ["b", "spare"], stateful: true, strays: Drop, default: Permit,
      routes: [(to: "10.1.1.0/24", via: "b", next: "r0")],
      nat: [Hide(behind: "192.0.2.2", towards: "b")]),
  },
  expect: [Matrix([])],
)"#,
    },
];
