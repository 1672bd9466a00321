//! A lab as namespaces, links, addresses, routes and rules.
//!
//! What a test of networks can stumble over is settled here: every device has a number of its own (a pair with equal
//! numbers comes up late), neighbours are permanent (the table of learned ones is small and shared by the whole kernel),
//! errors are not limited in rate, addresses are used at once, and bridged frames do not meet the rules of routers.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Write as _;
use std::process::Command;
use std::time::{Duration, Instant};

use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::sched::{CloneFlags, setns, unshare};

use super::child::quiet;
use super::world::PATH;
use super::{Hop, Lab};

const HERE: &str = "/proc/thread-self/ns/net";

/// What is set in every namespace. Files that a kernel lacks are passed over: the settings are against its own haste.
const SETTINGS: [(&str, &str); 17] = [
    ("ipv4/icmp_ratelimit", "0"),
    ("ipv6/icmp/ratelimit", "0"),
    ("ipv4/icmp_msgs_per_sec", "1000000"),
    ("ipv4/icmp_msgs_burst", "100000"),
    ("ipv4/ping_group_range", "0 0"),
    ("ipv6/conf/default/accept_dad", "0"),
    ("ipv6/conf/default/accept_ra", "0"),
    ("ipv6/conf/default/router_solicitations", "0"),
    ("ipv6/conf/default/addr_gen_mode", "1"),
    ("ipv4/conf/all/send_redirects", "0"),
    ("ipv4/conf/default/send_redirects", "0"),
    ("ipv4/conf/all/accept_redirects", "0"),
    ("ipv4/conf/default/accept_redirects", "0"),
    ("ipv4/conf/all/rp_filter", "0"),
    ("ipv4/conf/default/rp_filter", "0"),
    ("bridge/bridge-nf-call-iptables", "0"),
    ("bridge/bridge-nf-call-ip6tables", "0"),
];

/// Runs a program with a text as its input.
pub(super) fn tool(name: &str, args: &[&str], input: &str) -> Result<(), String> {
    let failed = |e: std::io::Error| format!("{name}: {e}");
    let mut child = quiet(Command::new(name).args(args).env_clear().env("PATH", PATH)).spawn().map_err(failed)?;
    if let Some(mut pipe) = child.stdin.take() {
        // A program that has ended early says why on its own.
        let _ = pipe.write_all(input.as_bytes());
    }
    let out = child.wait_with_output().map_err(failed)?;
    if out.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&out.stderr);
    // Both programs name the line that they could not read.
    let line = said.split("-:").nth(1).or_else(|| said.split("stdin:").nth(1));
    let number = line.and_then(|l| l.split(|c: char| !c.is_ascii_digit()).next()?.parse::<usize>().ok());
    let line = number.and_then(|n| input.lines().nth(n.checked_sub(1)?)).unwrap_or_default();
    Err(format!("{name}: {}: {}", line.trim(), said.lines().take(2).collect::<Vec<_>>().join(" / ")))
}

/// A lab that stands. It falls when this is dropped.
#[derive(Debug)]
pub(super) struct Built {
    home: File,
    /// The namespace of the bridges.
    pub(super) fabric: File,
    /// The namespaces of the nodes.
    pub(super) nodes: Vec<File>,
    pins: Vec<String>,
}

impl Drop for Built {
    fn drop(&mut self) {
        let _ = setns(&self.home, CloneFlags::CLONE_NEWNET);
        for pin in &self.pins {
            let _ = umount2(pin.as_str(), MntFlags::MNT_DETACH);
            let _ = std::fs::remove_file(pin);
        }
    }
}

impl Built {
    /// Builds a lab.
    pub(super) fn new(lab: &Lab) -> Result<Self, String> {
        let home = File::open(HERE).map_err(|e| e.to_string())?;
        let mut pins = Vec::new();
        let fabric = namespace("fabric", &mut pins)?;
        let mut built = Self { home, fabric, nodes: Vec::new(), pins: Vec::new() };
        for (i, node) in lab.nodes.iter().enumerate() {
            let file = namespace(&format!("n{i}"), &mut pins)?;
            if node.forwards {
                set("ipv4/ip_forward", "1");
                set("ipv6/conf/all/forwarding", "1");
            }
            if node.watched && !node.listens.iter().any(|l| l.protocol == super::Kind::Echo) {
                set("ipv4/icmp_echo_ignore_all", "1");
                set("ipv6/icmp/echo_ignore_all", "1");
            }
            built.nodes.push(file);
        }
        built.pins = pins;
        enter(&built.fabric)?;
        tool("ip", &["-batch", "-"], &links(lab))?;
        for (i, node) in lab.nodes.iter().enumerate() {
            enter(&built.nodes[i])?;
            tool("ip", &["-batch", "-"], &inside(lab, i))?;
            if !node.rules6.is_empty() {
                tool("ip", &["-6", "-batch", "-"], &node.rules6.join("\n"))?;
            }
            if !node.nft.is_empty() {
                tool("nft", &["-f", "-"], &node.nft).map_err(|e| format!("{}: {e}\n{}", node.name, node.nft))?;
            }
        }
        built.settle()?;
        Ok(built)
    }

    /// Links come up a moment after they were told to; until then frames vanish.
    ///
    /// Only the ends at the bridges are looked at: of a pair, the end at the node was told last and comes up first.
    fn settle(&self) -> Result<(), String> {
        let end = Instant::now() + Duration::from_secs(10);
        enter(&self.fabric)?;
        while !up() {
            if Instant::now() > end {
                return Err("links did not come up".to_owned());
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }
}

/// Enters a namespace with this thread.
pub(super) fn enter(file: &File) -> Result<(), String> {
    setns(file, CloneFlags::CLONE_NEWNET).map_err(|e| format!("setns: {e}"))
}

fn set(name: &str, value: &str) {
    let _ = std::fs::write(format!("/proc/sys/net/{name}"), value);
}

/// A new namespace with a name, and this thread in it.
fn namespace(name: &str, pins: &mut Vec<String>) -> Result<File, String> {
    unshare(CloneFlags::CLONE_NEWNET).map_err(|e| format!("unshare: {e}"))?;
    let pin = format!("/run/netns/{name}");
    File::create(&pin).map_err(|e| format!("{pin}: {e}"))?;
    let none: Option<&str> = None;
    mount(Some(HERE), pin.as_str(), none, MsFlags::MS_BIND, none).map_err(|e| format!("{pin}: {e}"))?;
    pins.push(pin);
    for (name, value) in SETTINGS {
        set(name, value);
    }
    // A user outside the range of groups cannot ping; only mapped groups may be named, so the wide range is tried second.
    set("ipv4/ping_group_range", "0 2147483647");
    File::open(HERE).map_err(|e| e.to_string())
}

/// Whether all ports of the bridges of this namespace carry frames.
fn up() -> bool {
    let out = Command::new("ip").args(["-o", "-d", "link", "show", "up"]).env_clear().env("PATH", PATH).output();
    let Ok(out) = out else { return false };
    let text = String::from_utf8_lossy(&out.stdout);
    // The bridge itself may lag behind its ports, without harm.
    text.lines().filter(|l| l.contains("bridge_slave")).all(|l| {
        l.contains("state UP") && l.split_once("bridge_slave state ").is_some_and(|(_, s)| s.starts_with("forwarding"))
    })
}

fn mac(node: usize, port: usize) -> String {
    let n = node as u32;
    format!("02:00:{:02x}:{:02x}:{:02x}:{:02x}", n >> 16 & 255, n >> 8 & 255, n & 255, port & 255)
}

/// All links, made from the namespace of the bridges.
fn links(lab: &Lab) -> String {
    let mut text = String::from("link set lo up\n");
    for b in 0..lab.networks {
        let _ = writeln!(text, "link add br{b} type bridge forward_delay 0 mcast_snooping 0\nlink set br{b} up");
    }
    let mut index = 1000;
    for (i, node) in lab.nodes.iter().enumerate() {
        for (j, port) in node.ports.iter().enumerate() {
            let (here, there, address) = (index, index + 1, mac(i, j));
            index += 2;
            let _ = writeln!(
                text,
                "link add p{i}_{j} index {here} type veth peer name e{j} index {there} address {address} netns n{i}\n\
                 link set p{i}_{j} master br{}\nlink set p{i}_{j} up",
                port.network
            );
            if port.isolated {
                let _ = writeln!(text, "link set p{i}_{j} type bridge_slave isolated on");
            }
        }
    }
    text
}

/// Addresses, neighbours and routes of a node, made from its namespace.
fn inside(lab: &Lab, i: usize) -> String {
    let node = &lab.nodes[i];
    let mut text = String::from("link set lo up\n");
    for (j, port) in node.ports.iter().enumerate() {
        for a in &port.addresses {
            let (len, nodad) = if a.is_ipv4() { (32, "") } else { (128, " nodad") };
            let _ = writeln!(text, "addr add {a}/{len} dev e{j}{nodad}");
        }
        let _ = writeln!(text, "link set e{j} up");
        for n in &port.neighbours {
            let to = mac(n.node as usize, n.port as usize);
            let _ = writeln!(text, "neigh replace {} lladdr {to} dev e{j} nud permanent", n.address);
        }
    }
    for r in &node.routes {
        let (to, table) = (r.to, r.table);
        let _ = match &r.hop {
            Hop::Port(p) => writeln!(text, "route add {to} dev e{p} table {table}"),
            Hop::Via(p, a) => writeln!(text, "route add {to} via {a} dev e{p} onlink table {table}"),
            Hop::Blackhole => writeln!(text, "route add blackhole {to} table {table}"),
        };
    }
    for rule in &node.rules {
        let _ = writeln!(text, "{rule}");
    }
    text
}
