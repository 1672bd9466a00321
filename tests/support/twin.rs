//! What the tests of the twin share: worlds, towns as models, differences made small.

#![allow(dead_code, unreachable_pub, reason = "every test file uses its own part of it")]

use std::path::Path;

use sekisho::document::{LoadError, Loader, load};
use sekisho::model::{Action, Addr, AddrMatch, AddrRange, Model, PortRange, Protocol, Strays, Transit};
use sekisho::twin::lab::World;
use sekisho::twin::{Answers, Comparison, Wanted, ask, compare, judge};

use super::town::Town;

/// A drawing in memory.
struct Text(String);

impl Loader for Text {
    fn root(&mut self) -> Result<(String, String), LoadError> {
        Ok(("town.ron".to_owned(), self.0.clone()))
    }

    fn include(&mut self, _: &str, _: &str) -> Result<(String, String), LoadError> {
        Err(LoadError::NotFound)
    }
}

/// The model of a drawing, or what is wrong with it.
pub fn model_of(ron: &str) -> Result<Model, String> {
    match load(&mut Text(ron.to_owned())) {
        Ok(loaded) => Ok(loaded.model),
        Err(failed) => {
            Err(failed.diagnostics.iter().map(|d| format!("{} {}\n", d.code.as_str(), d.message.en)).collect())
        }
    }
}

/// A world, or none where the machine has none to give; that is an error where it has been asked for.
pub fn world() -> Option<World> {
    match World::start(Path::new(env!("CARGO_BIN_EXE_sekisho"))) {
        Ok(world) => Some(world),
        Err(why) => {
            let needed = std::env::var_os("SEKISHO_NEED_TWIN").is_some();
            assert!(!needed, "a twin is needed: {}", why.text().en);
            println!("SKIPPED: no twin on this machine: {}", why.text().en);
            None
        }
    }
}

/// A judge to be compared with the kernel; the right one is `sekisho::twin::judge`.
pub type Judge<'a> = &'a dyn Fn(&Model, &Answers) -> Comparison;

/// What a twin of a town answers.
pub fn answers(world: &mut World, town: &Town) -> Result<(Model, Answers), String> {
    let model = model_of(&town.ron())?;
    let answers = ask(world, &model, &Wanted::default())?;
    Ok((model, answers))
}

/// A comparison of a town.
pub fn compared(world: &mut World, town: &Town) -> Result<Comparison, String> {
    compare(world, &model_of(&town.ron())?, &Wanted::default())
}

/// The least town in which a judge still differs in a way that it does in the first one.
pub fn shrunk(world: &mut World, town: &Town, by: Judge<'_>) -> Town {
    let mut least = town.clone();
    let mut hows = |t: &Town| {
        let (model, answers) = answers(world, t).ok()?;
        Some(by(&model, &answers).differences.iter().map(|d| d.how).collect::<Vec<_>>())
    };
    let Some(first) = hows(town) else { return least };
    loop {
        let smaller = least
            .smaller()
            .into_iter()
            .find(|t| t.ron() != least.ron() && hows(t).is_some_and(|found| found.iter().any(|h| first.contains(h))));
        match smaller {
            Some(t) => least = t,
            None => return least,
        }
    }
}

/// A difference as somebody needs it who has to understand it: the drawing, and what was told.
pub fn story(world: &mut World, town: &Town, by: Judge<'_>) -> String {
    let least = shrunk(world, town, by);
    let told = match answers(world, &least) {
        Ok((model, answers)) => by(&model, &answers).differences.iter().take(6).map(|d| format!("{d}\n")).collect(),
        Err(e) => e,
    };
    format!("{}\n{told}", least.ron())
}

/// What a judge can get wrong. Each has to be noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    LastMatch,
    NoState,
    ShortestPrefix,
    NoTranslation,
    OneWay,
    SixIgnored,
    PortsOffByOne,
    NoPolicyRoutes,
    NoParts,
    NothingConnected,
    NextHopIgnored,
    HostsForward,
    StraysDropped,
    DefaultTurned,
    NoIsolation,
    TypesIgnored,
    ListensIgnored,
}

impl Wrong {
    pub const ALL: [Self; 17] = [
        Self::LastMatch,
        Self::NoState,
        Self::ShortestPrefix,
        Self::NoTranslation,
        Self::OneWay,
        Self::SixIgnored,
        Self::PortsOffByOne,
        Self::NoPolicyRoutes,
        Self::NoParts,
        Self::NothingConnected,
        Self::NextHopIgnored,
        Self::HostsForward,
        Self::StraysDropped,
        Self::DefaultTurned,
        Self::NoIsolation,
        Self::TypesIgnored,
        Self::ListensIgnored,
    ];

    /// The comparison as it would come out if the packet layer had this wrong.
    pub fn judge(self, model: &Model, answers: &Answers) -> Comparison {
        let mut model = model.clone();
        let mut answers = answers.clone();
        self.spoil(&mut model);
        match self {
            // Whatever arrives is a session.
            Self::OneWay => answers.heard.iter_mut().for_each(|h| h.reached = !h.arrived.is_empty()),
            Self::ListensIgnored => {
                let all: Vec<_> = answers.twin.lab.nodes.iter().flat_map(|n| n.listens.clone()).collect();
                answers.twin.lab.nodes.iter_mut().for_each(|n| n.listens.clone_from(&all));
            }
            _ => {}
        }
        judge(&model, &answers)
    }

    fn spoil(self, model: &mut Model) {
        let four = AddrMatch {
            literal: vec![AddrRange { first: addr("0.0.0.0"), last: addr("255.255.255.255") }],
            ..AddrMatch::default()
        };
        if self == Self::NoIsolation {
            let zones: Vec<_> = model.zones.ids().collect();
            zones.iter().for_each(|&z| model.zones[z].client_isolation = false);
        }
        if self == Self::HostsForward {
            self.forwarders(model);
        }
        let devices: Vec<_> = model.transits.ids().collect();
        for id in devices {
            let t = &mut model.transits[id];
            let rules = t.rules.iter_mut().flatten();
            match self {
                Self::LastMatch => t.rules.iter_mut().for_each(|r| r.reverse()),
                Self::NoState => (t.stateful, t.strays) = (false, None),
                Self::ShortestPrefix => {
                    t.routes.iter_mut().flatten().for_each(|r| r.prefix_len = 128 - r.prefix_len.min(128));
                }
                Self::NoTranslation => (t.dnat, t.snat) = (Vec::new(), Vec::new()),
                Self::SixIgnored => rules.filter(|r| r.source.any).for_each(|r| r.source = four.clone()),
                Self::PortsOffByOne => rules.flat_map(|r| &mut r.services).for_each(|s| {
                    if s.destination.last > s.destination.first && s.destination.last < u16::MAX {
                        s.destination.last -= 1;
                    }
                }),
                Self::NoPolicyRoutes => t.routes.iter_mut().for_each(|r| r.retain(|r| r.when.is_none())),
                Self::NoParts => t.parts = None,
                // Such routes are not written, so they stand where the device does.
                Self::NothingConnected => {
                    let place = model.nodes[t.node].span;
                    t.routes.iter_mut().for_each(|all| all.retain(|r| r.span != place));
                }
                Self::NextHopIgnored => t.routes.iter_mut().flatten().for_each(|r| r.next = None),
                Self::StraysDropped if t.strays.is_some() => t.strays = Some(Strays::Drop),
                Self::DefaultTurned => {
                    t.default = t.default.map(|d| if d == Action::Deny { Action::Permit } else { Action::Deny });
                }
                Self::TypesIgnored => rules.flat_map(|r| &mut r.services).for_each(|s| {
                    if s.protocol == Some(Protocol::Icmp) {
                        s.destination = PortRange::ALL;
                    }
                }),
                _ => {}
            }
        }
    }

    /// Every machine with several attachments passes packets on.
    fn forwarders(self, model: &mut Model) {
        let Some(blank) = model.transits.values().next().cloned() else { return };
        let plain = |n| model.transits.values().all(|t| t.node != n);
        let several = model.nodes.iter().filter(|(id, n)| n.faces.len() > 1 && plain(*id)).map(|(id, _)| id);
        for node in several.collect::<Vec<_>>() {
            let zones = model.nodes[node].faces.iter().filter_map(|&f| model.faces[f].zone).collect();
            let plain = Transit {
                node,
                zones,
                parts: None,
                rules: None,
                routes: None,
                dnat: Vec::new(),
                snat: Vec::new(),
                stateful: false,
                strays: None,
                ..blank.clone()
            };
            model.transits.push(plain);
        }
    }
}

fn addr(text: &str) -> Addr {
    text.parse::<std::net::IpAddr>().expect("an address").into()
}
