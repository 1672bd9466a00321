//! Answers of a kernel as text, so that they can be compared where there is no kernel to ask: `tests/kernel/README.md`.

#![allow(dead_code, unreachable_pub, reason = "every test file uses its own part of it")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::IpAddr;

use sekisho::model::{Addr, Model};
use sekisho::twin::lab::{Arrival, Heard, Kind, Listen};
use sekisho::twin::{Answers, Services, plan, render};

/// The source port that is written for "any high one".
const HIGH: u16 = 20_000;

/// One town of a record.
#[derive(Debug)]
pub struct Recorded {
    pub name: String,
    pub ron: String,
    services: Vec<(Listen, u16)>,
    rows: Vec<(IpAddr, IpAddr, String)>,
    /// Arrivals under other addresses than those asked for, by row and position.
    others: Vec<(usize, usize, IpAddr, u16, IpAddr)>,
}

fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Tcp => "tcp",
        Kind::Udp => "udp",
        Kind::Echo => "echo",
    }
}

/// Writes a town down.
pub fn written(name: &str, ron: &str, services: &Services, answers: &Answers) -> String {
    let mut text = format!("town {name}\n");
    for line in ron.lines() {
        let _ = writeln!(text, "{}", line.trim());
    }
    let listed = services.asked.iter().map(|(l, source)| format!("{} {} {source}", word(l.protocol), l.port));
    let _ = writeln!(text, "asked {}", listed.collect::<Vec<_>>().join(", "));
    let mut rows: Vec<((Addr, Addr), String)> = Vec::new();
    let mut others = String::new();
    for (p, h) in answers.planned.iter().zip(&answers.heard) {
        let key = (p.source, p.asked);
        if rows.last().is_none_or(|(k, _)| *k != key) {
            rows.push((key, String::new()));
        }
        let row = rows.len() - 1;
        let at = rows[row].1.len();
        let first = h.arrived.first();
        let plain = first.is_some_and(|a| {
            a.source == p.probe.source && a.destination == p.probe.destination && a.port == p.probe.port
        });
        let letter = match (h.reached, first.is_some(), plain) {
            (true, _, true) => 'O',
            (true, ..) => 'R',
            (false, true, true) => 'a',
            (false, true, false) => 'A',
            (false, false, _) => '.',
        };
        if let Some(a) = first.filter(|_| !plain) {
            let _ = writeln!(others, "other {row} {at} {} {} {}", a.destination, a.port, a.source);
        }
        rows[row].1.push(letter);
    }
    for ((source, asked), letters) in &rows {
        let _ = writeln!(text, "{source} {asked} {letters}");
    }
    text + &others + "end\n"
}

/// Reads all towns of a record.
pub fn read(text: &str) -> Vec<Recorded> {
    let mut all = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(name) = line.strip_prefix("town ") else { continue };
        let mut town = Recorded {
            name: name.to_owned(),
            ron: String::new(),
            services: Vec::new(),
            rows: Vec::new(),
            others: Vec::new(),
        };
        for line in lines.by_ref() {
            if let Some(list) = line.strip_prefix("asked ") {
                town.services = list.split(", ").map(service).collect();
                break;
            }
            town.ron.push_str(line);
            town.ron.push('\n');
        }
        for line in lines.by_ref().take_while(|l| *l != "end") {
            let words: Vec<&str> = line.split(' ').collect();
            let address = |i: usize| words[i].parse::<IpAddr>().expect("an address");
            if words[0] == "other" {
                let number = |i: usize| words[i].parse::<usize>().expect("a number");
                town.others.push((number(1), number(2), address(3), number(4) as u16, address(5)));
            } else {
                town.rows.push((address(0), address(1), words[2].to_owned()));
            }
        }
        all.push(town);
    }
    all
}

fn service(text: &str) -> (Listen, u16) {
    let words: Vec<&str> = text.split(' ').collect();
    let protocol = match words[0] {
        "tcp" => Kind::Tcp,
        "udp" => Kind::Udp,
        _ => Kind::Echo,
    };
    let number = |i: usize| words[i].parse().expect("a port");
    (Listen { protocol, port: number(1) }, number(2))
}

impl Recorded {
    /// As if the kernel had just been asked. What stood is written again from the drawing: that needs no kernel.
    pub fn answers(&self, model: &Model) -> Answers {
        let services = Services { asked: self.services.clone(), told: Vec::new() };
        let twin = render(model, &services.listens());
        let (mut planned, mut heard) = (Vec::new(), Vec::new());
        let (all, _) = plan(model, &twin, &services, &[], &[]);
        let by_key: BTreeMap<_, _> = all
            .into_iter()
            .map(|p| ((p.probe.clone(), p.asked), p))
            .map(|((probe, asked), p)| ((probe.source, asked, probe.kind, probe.port, probe.source_port), p))
            .collect();
        let node_of: BTreeMap<IpAddr, u32> = twin
            .machines
            .iter()
            .flat_map(|m| m.faces.iter().flat_map(|f| &f.addresses).map(|a| (ip(*a), m.at)))
            .collect();
        for (row, (source, asked, letters)) in self.rows.iter().enumerate() {
            for (at, letter) in letters.chars().enumerate() {
                let (listen, port) = self.services[at];
                let key = (*source, Addr::from(*asked), listen.protocol, listen.port, port);
                let p = by_key.get(&key).unwrap_or_else(|| panic!("{}: nobody asks {key:?}", self.name));
                let (destination, to, seen) = match letter {
                    'R' | 'A' => {
                        let other = self.others.iter().find(|o| (o.0, o.1) == (row, at)).expect("told below");
                        (other.2, other.3, other.4)
                    }
                    _ => (*asked, listen.port, *source),
                };
                let source_port = if port == 0 && listen.protocol != Kind::Echo { HIGH } else { port };
                let arrival = Arrival {
                    node: node_of.get(&destination).copied().unwrap_or(0),
                    source: seen,
                    source_port,
                    destination,
                    port: to,
                };
                let reached = matches!(letter, 'O' | 'R');
                let answered = (reached && listen.protocol != Kind::Echo).then_some(arrival.node);
                heard.push(Heard {
                    reached,
                    answered,
                    arrived: if letter == '.' { Vec::new() } else { vec![arrival] },
                    told: None,
                    source_port,
                });
                planned.push(p.clone());
            }
        }
        Answers { twin, planned, heard, told: Vec::new() }
    }
}

fn ip(a: Addr) -> IpAddr {
    a.to_string().parse().expect("an address reads as one")
}
