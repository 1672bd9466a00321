//! Random towns for the twin: drawings in the project's own language in which everything is stated that a kernel would
//! ask for, addresses, routes, next hops, gateways, defaults. Made to be taken apart: a difference is shrunk by leaving
//! things out.

#![allow(dead_code, unreachable_pub, reason = "every test file uses its own part of it")]

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;

use sekisho::generate::Seed;

/// A network.
#[derive(Debug, Clone)]
pub struct Net {
    pub name: String,
    /// The third octet: `10.{area}.{number}.0/24`.
    pub area: u64,
    pub number: u64,
    pub six: bool,
    /// Machines stand in it.
    pub inhabited: bool,
    pub isolated: bool,
}

impl Net {
    fn four(&self) -> String {
        format!("10.{}.{}.0/24", self.area, self.number)
    }

    fn six(&self) -> Option<String> {
        self.six.then(|| format!("fd00:{:x}:{:x}::/64", self.area, self.number))
    }

    fn prefixes(&self) -> Vec<String> {
        std::iter::once(self.four()).chain(self.six()).collect()
    }

    fn host(&self, n: u64) -> Vec<String> {
        let six = self.six.then(|| format!("fd00:{:x}:{:x}::{n:x}", self.area, self.number));
        std::iter::once(format!("10.{}.{}.{n}", self.area, self.number)).chain(six).collect()
    }
}

/// A machine.
#[derive(Debug, Clone)]
pub struct Host {
    pub name: String,
    /// Networks and the number of the machine in each.
    pub faces: Vec<(usize, u64)>,
    pub gateways: Vec<String>,
    pub listens: Option<String>,
    pub forwards: bool,
}

/// A device.
#[derive(Debug, Clone)]
pub struct Device {
    pub name: String,
    pub kind: &'static str,
    pub joins: Vec<usize>,
    pub stateful: bool,
    pub strays: Option<&'static str>,
    pub permits: bool,
    pub rules: Option<Vec<String>>,
    pub routes: Option<Vec<String>>,
    pub nat: Vec<String>,
    pub outside: bool,
    /// The networks of each VRF.
    pub vrfs: Vec<Vec<usize>>,
}

/// A random town.
#[derive(Debug, Clone)]
pub struct Town {
    pub name: String,
    pub nets: Vec<Net>,
    pub hosts: Vec<Host>,
    pub devices: Vec<Device>,
    pub diodes: Vec<(usize, usize)>,
}

struct Draw(Seed);

impl Draw {
    fn chance(&mut self, percent: u64) -> bool {
        self.0.below(100) < percent
    }

    fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.0.below(list.len() as u64) as usize]
    }

    fn range(&mut self, from: u64, to: u64) -> u64 {
        from + self.0.below(to - from + 1)
    }
}

/// An address that translation gives, and where it is at home.
struct Outside {
    address: String,
    six: bool,
    device: usize,
    net: usize,
}

impl Town {
    /// The town of a number.
    pub fn new(seed: u64) -> Self {
        let mut d = Draw(Seed::new(seed ^ 0x7477_696e));
        let mut town = Self {
            name: format!("seed{seed}"),
            nets: Vec::new(),
            hosts: Vec::new(),
            devices: Vec::new(),
            diodes: Vec::new(),
        };
        let six = d.chance(50);
        let routers = d.range(1, 4) as usize;
        for i in 0..routers {
            let stateful = d.chance(65);
            town.devices.push(Device {
                name: format!("r{i}"),
                kind: if stateful { "Firewall" } else { "Router" },
                joins: Vec::new(),
                stateful,
                strays: stateful.then(|| *d.pick(&["Drop", "AsRules"])),
                permits: d.chance(30),
                rules: None,
                routes: None,
                nat: Vec::new(),
                outside: false,
                vrfs: Vec::new(),
            });
        }
        // A tree of devices, now and then with a loop, and networks with machines at its nodes.
        for i in 1..routers {
            let other = d.0.below(i as u64) as usize;
            town.link(&mut d, &[other, i], six);
        }
        if routers > 2 && d.chance(50) {
            let a = d.0.below(routers as u64) as usize;
            let b = (a + 1 + d.0.below(routers as u64 - 1) as usize) % routers;
            town.link(&mut d, &[a, b], six);
        }
        let lans = d.range(2, 4);
        for i in 0..lans {
            let a = if (i as usize) < routers { i as usize } else { d.0.below(routers as u64) as usize };
            let mut at = vec![a];
            if routers > 1 && d.chance(35) {
                at.push((a + 1 + d.0.below(routers as u64 - 1) as usize) % routers);
            }
            let net = town.link(&mut d, &at, six);
            town.nets[net].inhabited = true;
        }
        for device in 0..routers {
            // A device of one network joins nothing.
            if town.devices[device].joins.len() < 2 {
                let net = town.link(&mut d, &[device], six);
                town.nets[net].inhabited = true;
            }
        }
        town.people(&mut d);
        town.gateways(&mut d);
        let outside = town.translate(&mut d);
        town.isolate(&mut d);
        town.route(&mut d, &outside);
        town.filter(&mut d, &outside);
        town
    }

    /// A new network at some devices.
    fn link(&mut self, d: &mut Draw, devices: &[usize], six: bool) -> usize {
        let number = self.nets.len() as u64;
        self.nets.push(Net {
            name: format!("n{number}"),
            area: d.range(1, 2),
            number,
            six: six && d.chance(90),
            inhabited: false,
            isolated: false,
        });
        for &device in devices {
            self.devices[device].joins.push(number as usize);
        }
        number as usize
    }

    fn at(&self, net: usize) -> Vec<usize> {
        (0..self.devices.len()).filter(|&d| self.devices[d].joins.contains(&net)).collect()
    }

    fn people(&mut self, d: &mut Draw) {
        let inhabited: Vec<usize> = (0..self.nets.len()).filter(|&n| self.nets[n].inhabited).collect();
        let count = d.range(3, 6).max(inhabited.len() as u64);
        for i in 0..count {
            let first = if (i as usize) < inhabited.len() { inhabited[i as usize] } else { *d.pick(&inhabited) };
            let mut faces = vec![(first, i + 10)];
            if inhabited.len() > 1 && d.chance(12) {
                let second = *d.pick(&inhabited);
                if second != first {
                    faces.push((second, i + 10));
                }
            }
            let listens = match d.0.below(6) {
                0 => Some("tcp 80,443 + icmp"),
                1 => Some("udp 53 + tcp 22-443"),
                _ => None,
            };
            let forwards = faces.len() > 1 && d.chance(25);
            self.hosts.push(Host {
                name: format!("h{i}"),
                faces,
                gateways: Vec::new(),
                listens: listens.map(str::to_owned),
                forwards,
            });
        }
    }

    /// Where there is a choice, it is stated; elsewhere now and then.
    fn gateways(&mut self, d: &mut Draw) {
        for host in 0..self.hosts.len() {
            for (net, _) in self.hosts[host].faces.clone() {
                let devices = self.at(net).into_iter().map(|x| self.devices[x].name.clone());
                let there = |h: &Host| h.forwards && h.faces.iter().any(|f| f.0 == net);
                let hosts = self.hosts.iter().enumerate().filter(|(i, h)| *i != host && there(h));
                let all: Vec<String> = devices.chain(hosts.map(|(_, h)| h.name.clone())).collect();
                if all.len() > 1 || self.hosts[host].forwards || d.chance(60) {
                    let one = d.pick(&all).clone();
                    if !self.hosts[host].gateways.contains(&one) {
                        self.hosts[host].gateways.push(one);
                    }
                }
            }
        }
    }

    /// Machines are kept apart in a few networks: not where one of them passes packets on, which a port of an isolating
    /// switch would stop, nor where a translation leads back into the network (`tests/twin.rs` has that by itself).
    fn isolate(&mut self, d: &mut Draw) {
        for net in 0..self.nets.len() {
            let forwards = self.hosts.iter().any(|h| h.forwards && h.faces.iter().any(|f| f.0 == net));
            let translates = self.at(net).iter().any(|&x| !self.devices[x].nat.is_empty());
            self.nets[net].isolated = self.nets[net].inhabited && d.chance(10) && !forwards && !translates;
        }
    }

    fn translate(&mut self, d: &mut Draw) -> Vec<Outside> {
        let mut all = Vec::new();
        for device in 0..self.devices.len() {
            if !d.chance(30) {
                continue;
            }
            self.devices[device].kind = "Firewall";
            self.devices[device].stateful = true;
            if self.devices[device].strays.is_none() {
                self.devices[device].strays = Some(*d.pick(&["Drop", "AsRules"]));
            }
            self.devices[device].outside = d.chance(15);
            for _ in 0..d.range(1, 2) {
                let joins = self.devices[device].joins.clone();
                let net = *d.pick(&joins);
                let six = self.nets[net].six && d.chance(25);
                let n = all.len() as u64 + 1;
                // An address of its own, or one of the network.
                // Rules that look behind the translation may not name what stands before it, not even in a prefix.
                let hides = d.chance(50);
                let apart = !hides && !self.devices[device].outside;
                let address = match (six, apart || d.chance(50)) {
                    (false, true) => format!("192.0.2.{n}"),
                    (false, false) => self.nets[net].host(200 + n)[0].clone(),
                    (true, true) => format!("fd00:c0:2::{n:x}"),
                    (true, false) => self.nets[net].host(200 + n)[1].clone(),
                };
                let others: Vec<usize> = joins.iter().copied().filter(|&j| j != net).collect();
                let insiders: Vec<String> = self
                    .hosts
                    .iter()
                    .filter(|h| {
                        h.faces.len() == 1 && others.contains(&h.faces[0].0) && (!six || self.nets[h.faces[0].0].six)
                    })
                    .map(|h| h.name.clone())
                    .collect();
                let name = self.nets[net].name.clone();
                if !hides && insiders.is_empty() {
                    continue;
                }
                let line = if hides {
                    let from = match d.0.below(3) {
                        0 => format!(", from: \"{}\"", self.prefix(d)),
                        _ => String::new(),
                    };
                    format!("Hide(behind: \"{address}\", towards: \"{name}\"{from})")
                } else {
                    let inside = d.pick(&insiders).clone();
                    match d.0.below(5) {
                        0 => format!("Static(outside: \"{address}\", inside: \"{inside}\", towards: \"{name}\")"),
                        1 => format!("Publish(outside: \"{address}\", inside: \"{inside}\", service: \"tcp 443\")"),
                        2 => format!(
                            "Publish(outside: \"{address}\", inside: \"{inside}\", service: \"tcp 8080\", port: 80)"
                        ),
                        _ => format!("Publish(outside: \"{address}\", inside: \"{inside}\")"),
                    }
                };
                all.push(Outside { address, six, device, net });
                self.devices[device].nat.push(line);
            }
        }
        all
    }

    /// A prefix or address that stands somewhere in the town.
    fn prefix(&self, d: &mut Draw) -> String {
        let net = d.pick(&self.nets);
        match d.0.below(6) {
            0 => format!("10.{}.0.0/16", net.area),
            1 => net.six().unwrap_or_else(|| net.four()),
            2 => net.four(),
            3 => format!("10.{}.{}.10-10.{}.{}.{}", net.area, net.number, net.area, net.number, d.range(11, 14)),
            _ => {
                let host = d.pick(&self.hosts);
                let (net, n) = *d.pick(&host.faces);
                d.pick(&self.nets[net].host(n)).clone()
            }
        }
    }

    /// From each network to each device or network, the first device and distance.
    fn toward(&self, d: &mut Draw, from: usize) -> BTreeMap<usize, (u32, usize, usize)> {
        // Breadth first over devices: how far each other device is, by which network, and through which neighbour.
        let mut far: BTreeMap<usize, (u32, usize, usize)> = BTreeMap::new();
        let mut queue = VecDeque::from([from]);
        let mut distance = BTreeMap::from([(from, 0)]);
        while let Some(x) = queue.pop_front() {
            let mut next: Vec<(usize, usize)> = self.devices[x]
                .joins
                .iter()
                .flat_map(|&n| self.at(n).into_iter().map(move |y| (n, y)))
                .filter(|&(_, y)| y != x)
                .collect();
            d.0.shuffle(&mut next);
            for (n, y) in next {
                if distance.contains_key(&y) {
                    continue;
                }
                distance.insert(y, distance[&x] + 1);
                let first = if x == from { (n, y) } else { (far[&x].1, far[&x].2) };
                far.insert(y, (distance[&y], first.0, first.1));
                queue.push_back(y);
            }
        }
        far
    }

    fn route(&mut self, d: &mut Draw, outside: &[Outside]) {
        for device in 0..self.devices.len() {
            let joins = self.devices[device].joins.clone();
            let far = self.toward(d, device);
            let hop = |net: usize, next: usize| {
                format!("via: \"{}\", next: \"{}\"", self.nets[net].name, self.devices[next].name)
            };
            let mut routes = Vec::new();
            for (i, net) in self.nets.iter().enumerate() {
                let way = if joins.contains(&i) {
                    Some(format!("via: \"{}\"", net.name))
                } else {
                    let best = self.at(i).into_iter().filter_map(|o| far.get(&o)).min();
                    best.map(|&(_, n, next)| hop(n, next))
                };
                for p in net.prefixes() {
                    if let Some(way) = way.as_ref().filter(|_| d.chance(96)) {
                        routes.push(format!("(to: \"{p}\", {way})"));
                    }
                }
            }
            for o in outside.iter().filter(|o| o.device != device) {
                let way = if joins.contains(&o.net) {
                    Some((o.net, o.device))
                } else {
                    far.get(&o.device).map(|f| (f.1, f.2))
                };
                if let Some((net, next)) = way.filter(|_| d.chance(96)) {
                    routes.push(format!("(to: \"{}\", {})", o.address, hop(net, next)));
                }
            }
            let neighbours: Vec<(usize, usize)> = joins
                .iter()
                .flat_map(|&n| self.at(n).into_iter().map(move |y| (n, y)))
                .filter(|&(_, y)| y != device)
                .collect();
            if !neighbours.is_empty() && d.chance(25) {
                let &(n, y) = d.pick(&neighbours);
                routes.push(format!("(to: \"any\", {})", hop(n, y)));
            }
            // Something more special that leads elsewhere, or nowhere.
            if d.chance(35) {
                let net = d.pick(&self.nets);
                let to = match d.0.below(3) {
                    0 => format!("10.{}.{}.0/27", net.area, net.number),
                    1 => format!("10.{}.{}.10/31", net.area, net.number),
                    _ => net.host(d.range(10, 15))[0].clone(),
                };
                let way = match (neighbours.is_empty(), d.0.below(3)) {
                    (true, _) | (_, 0) => "drop: true".to_owned(),
                    _ => {
                        let &(n, y) = d.pick(&neighbours);
                        hop(n, y)
                    }
                };
                routes.push(format!("(to: \"{to}\", {way})"));
            }
            // By source, service or entrance; before everything else.
            if d.chance(35) {
                for _ in 0..d.range(1, 2) {
                    let to = if d.chance(50) { "any".to_owned() } else { self.prefix(d) };
                    let mut when = Vec::new();
                    if d.chance(60) {
                        when.push(format!("from: \"{}\"", self.prefix(d)));
                    }
                    if d.chance(30) {
                        when.push(format!("enters: \"{}\"", self.nets[*d.pick(&joins)].name));
                    }
                    if when.is_empty() || d.chance(40) {
                        when.push(format!("service: \"{}\"", d.pick(&["tcp 443", "tcp 22-80", "udp", "icmp"])));
                    }
                    // A device that hides what it sends away would, in the packet layer, be handed it back by the network
                    // and judge it by its new source.
                    let hides = self.devices[device].nat.iter().any(|n| !n.starts_with("Publish"));
                    let way = match (neighbours.is_empty(), d.0.below(3)) {
                        (true, _) | (_, 0) => "drop: true".to_owned(),
                        (_, way) if way == 1 || hides => {
                            let &(n, y) = d.pick(&neighbours);
                            hop(n, y)
                        }
                        _ => format!("via: \"{}\"", self.nets[*d.pick(&joins)].name),
                    };
                    routes.push(format!("(to: \"{to}\", {way}, {})", when.join(", ")));
                }
            }
            self.devices[device].routes = Some(routes);
            if joins.len() > 3 && d.chance(40) {
                let cut = d.range(2, joins.len() as u64 - 2) as usize;
                self.devices[device].vrfs = vec![joins[..cut].to_vec(), joins[cut..].to_vec()];
            }
        }
    }

    fn service(d: &mut Draw) -> String {
        match d.0.below(13) {
            12 => "icmp unreachable".to_owned(),
            0 | 1 => "tcp 443".to_owned(),
            2 => "tcp 22-80".to_owned(),
            3 => "tcp 80,443".to_owned(),
            4 => "udp 53".to_owned(),
            5 => "tcp".to_owned(),
            6 => "icmp".to_owned(),
            7 => "icmp echo-request".to_owned(),
            8 => "tcp from 1024-65535 to 22".to_owned(),
            9 => "tcp from 443 to 1024-65535".to_owned(),
            _ => String::new(),
        }
    }

    fn filter(&mut self, d: &mut Draw, outside: &[Outside]) {
        for device in 0..self.devices.len() {
            if d.chance(25) {
                continue;
            }
            let mut rules = Vec::new();
            for _ in 0..d.range(0, 9) {
                let end = |d: &mut Draw| match d.0.below(3) {
                    0 => "any".to_owned(),
                    _ => self.prefix(d),
                };
                let (from, to) = (end(d), end(d));
                let to = match outside.iter().find(|o| o.device == device) {
                    Some(o) if self.devices[device].outside && d.chance(50) => o.address.clone(),
                    _ => to,
                };
                let mut sentence = format!("{from} -> {to} {}", Self::service(d));
                let stateful = self.devices[device].stateful;
                match d.0.below(10) {
                    0 if stateful => sentence.push_str(" new"),
                    1 if stateful => sentence.push_str(" invalid"),
                    0..=3 if !stateful => sentence.push_str(" established"),
                    _ => {}
                }
                let word = if d.chance(65) { "permit" } else { "deny" };
                let mut rule = format!("({word}: \"{}\"", sentence.trim().replace("  ", " "));
                for field in ["enters", "leaves"] {
                    if d.chance(20) {
                        let joins = &self.devices[device].joins;
                        let mut some = vec![self.nets[*d.pick(joins)].name.clone()];
                        if d.chance(30) {
                            some.push(self.nets[*d.pick(joins)].name.clone());
                            some.sort();
                            some.dedup();
                        }
                        let _ = write!(rule, ", {field}: {some:?}");
                    }
                }
                rule.push(')');
                rules.push(rule);
            }
            // So that something passes a list without memory: answers have to, as well.
            if !self.devices[device].stateful && d.chance(60) {
                rules.insert(0, "(permit: \"any -> any tcp established\")".to_owned());
            }
            self.devices[device].rules = Some(rules);
        }
    }

    /// As a drawing.
    pub fn ron(&self) -> String {
        let mut text = format!("Municipality(\n  name: \"{}\",\n  segments: {{\n", self.name);
        let list = |all: &[String]| all.iter().map(|a| format!("\"{a}\"")).collect::<Vec<_>>().join(", ");
        let names = |nets: &[usize]| list(&nets.iter().map(|&n| self.nets[n].name.clone()).collect::<Vec<_>>());
        for net in self.nets.iter().filter(|n| n.inhabited) {
            let isolated = if net.isolated { ", client_isolation: true" } else { "" };
            let _ =
                writeln!(text, "    \"{}\": (layer: Lgwan, address: [{}]{isolated}),", net.name, list(&net.prefixes()));
        }
        text.push_str("  },\n  networks: {\n");
        for net in self.nets.iter().filter(|n| !n.inhabited) {
            let _ = writeln!(text, "    \"{}\": (address: [{}]),", net.name, list(&net.prefixes()));
        }
        text.push_str("  },\n  nodes: {\n");
        for h in &self.hosts {
            let face = |&(net, n): &(usize, u64)| {
                format!("(at: \"{}\", address: [{}])", self.nets[net].name, list(&self.nets[net].host(n)))
            };
            let faces = h.faces.iter().map(face).collect::<Vec<_>>().join(", ");
            let mut more = String::new();
            if !h.gateways.is_empty() {
                let _ = write!(more, ", gateway: [{}]", list(&h.gateways));
            }
            if let Some(l) = &h.listens {
                let _ = write!(more, ", listens: \"{l}\"");
            }
            if h.forwards {
                more.push_str(", forwards: true");
            }
            let _ = writeln!(text, "    \"{}\": Server(faces: [{faces}]{more}),", h.name);
        }
        for x in &self.devices {
            let mut more = format!(", stateful: {}", x.stateful);
            if let Some(s) = x.strays {
                let _ = write!(more, ", strays: {s}");
            }
            let _ = write!(more, ", default: {}", if x.permits { "Permit" } else { "Deny" });
            if x.outside {
                more.push_str(", rules_see: Outside");
            }
            for (field, lines) in [
                ("rules", x.rules.as_ref()),
                ("routes", x.routes.as_ref()),
                ("nat", (!x.nat.is_empty()).then_some(&x.nat)),
            ] {
                if let Some(lines) = lines {
                    let _ = write!(more, ",\n      {field}: [");
                    for line in lines {
                        let _ = write!(more, "\n        {line},");
                    }
                    more.push_str("\n      ]");
                }
            }
            if !x.vrfs.is_empty() {
                let parts = x.vrfs.iter().enumerate().map(|(i, v)| format!("\"v{i}\": [{}]", names(v)));
                let _ = write!(more, ", vrfs: {{{}}}", parts.collect::<Vec<_>>().join(", "));
            }
            let _ = writeln!(text, "    \"{}\": {}(joins: [{}]{more}),", x.name, x.kind, names(&x.joins));
        }
        for (i, (from, into)) in self.diodes.iter().enumerate() {
            let (from, into) = (&self.nets[*from].name, &self.nets[*into].name);
            let _ = writeln!(text, "    \"d{i}\": Diode(from: \"{from}\", into: \"{into}\"),");
        }
        text.push_str("  },\n  expect: [Matrix([])],\n)\n");
        text
    }

    /// Every town with one thing less.
    pub fn smaller(&self) -> Vec<Self> {
        let mut all = Vec::new();
        let mut with = |change: &dyn Fn(&mut Self)| {
            let mut town = self.clone();
            change(&mut town);
            all.push(town);
        };
        for i in 0..self.devices.len() {
            with(&|t| drop(t.devices.remove(i)));
        }
        for i in 0..self.hosts.len() {
            with(&|t| drop(t.hosts.remove(i)));
        }
        for i in 0..self.nets.len() {
            with(&|t| {
                t.nets[i].six = false;
            });
            with(&|t| t.nets[i].isolated = false);
        }
        for i in 0..self.hosts.len() {
            with(&|t| t.hosts[i].listens = None);
            with(&|t| t.hosts[i].forwards = false);
            for j in 0..self.hosts[i].faces.len() {
                with(&|t| {
                    t.hosts[i].faces.remove(j);
                });
            }
        }
        for i in 0..self.devices.len() {
            with(&|t| t.devices[i].rules = None);
            with(&|t| t.devices[i].nat.clear());
            with(&|t| t.devices[i].vrfs.clear());
            with(&|t| t.devices[i].outside = false);
            for j in 0..self.devices[i].rules.as_ref().map_or(0, Vec::len) {
                with(&|t| {
                    t.devices[i].rules.as_mut().map(|r| r.remove(j));
                });
            }
            for j in 0..self.devices[i].routes.as_ref().map_or(0, Vec::len) {
                with(&|t| {
                    t.devices[i].routes.as_mut().map(|r| r.remove(j));
                });
            }
            for j in 0..self.devices[i].nat.len() {
                with(&|t| drop(t.devices[i].nat.remove(j)));
            }
        }
        all
    }
}
