//! A small builder for models written by hand in tests. Not a reader: names that do not exist are a bug of the test.

#![allow(dead_code, unreachable_pub, reason = "every test file uses its own part of it")]

use sekisho::diagnostic::Text;
use sekisho::model::*;
use sekisho::source::{Sources, Span};

/// A model under construction. Segments, zones, labels and guards come into being when they are first named.
#[derive(Debug)]
pub struct Build {
    /// What was built so far.
    pub model: Model,
    span: Span,
}

/// An endpoint to add; the default is a host without faces that answers everybody.
#[derive(Debug)]
pub struct End<'a> {
    /// `(segment, zone, address)`; an empty zone is none, an empty address is not stated.
    pub faces: &'a [(&'a str, &'a str, &'a str)],
    /// What kind.
    pub behaviour: Behaviour,
    /// `edr@name`, or the guard named here.
    pub edr: Option<&'a str>,
    /// Declared internal isolation.
    pub isolated: bool,
    /// The services it answers.
    pub listens: Option<&'a str>,
    /// The nodes it admits.
    pub clients: Option<&'a [&'a str]>,
    /// Whether it opens sessions.
    pub outbound: bool,
}

impl Default for End<'_> {
    fn default() -> Self {
        Self {
            faces: &[],
            behaviour: Behaviour::Host,
            edr: None,
            isolated: false,
            listens: None,
            clients: None,
            outbound: true,
        }
    }
}

impl Default for Build {
    fn default() -> Self {
        Self::new()
    }
}

impl Build {
    /// An empty model.
    pub fn new() -> Self {
        let file = Sources::new().add("built in a test", "").expect("an empty text is not too large");
        Self { model: Model::default(), span: Span::new(file, 0..0) }
    }

    /// The one place of everything that is built.
    pub fn span(&self) -> Span {
        self.span
    }

    /// A segment by name.
    pub fn segment(&mut self, name: &str) -> SegmentId {
        if let Some((id, _)) = self.model.segments.iter().find(|(_, s)| s.name == name) {
            return id;
        }
        let layer = match name {
            "mynum" => Layer::MyNumber,
            "lgwan" => Layer::Lgwan,
            "inet" => Layer::Internet,
            "saas" => Layer::Saas,
            _ => Layer::Outside,
        };
        let (name, span) = (name.to_owned(), self.span);
        self.model.segments.push(Segment {
            label: name.clone(),
            name,
            layer,
            body: None,
            cloud: false,
            foreign: false,
            span,
        })
    }

    /// A zone by name.
    pub fn zone(&mut self, name: &str) -> ZoneId {
        if let Some((id, _)) = self.model.zones.iter().find(|(_, z)| z.name == name) {
            return id;
        }
        self.model.zones.push(Zone {
            name: name.to_owned(),
            label: name.to_owned(),
            segment: None,
            broadcast: true,
            binding: None,
            patched: None,
            client_isolation: false,
            wireless: false,
            security: None,
            addresses: Vec::new(),
            span: self.span,
        })
    }

    /// Declares address binding in a zone.
    pub fn bind(&mut self, zone: &str) {
        let (guard, zone) = (self.guard(&format!("bind@{zone}")), self.zone(zone));
        self.model.zones[zone].binding = Some(guard);
    }

    /// A guard by name.
    pub fn guard(&mut self, name: &str) -> GuardId {
        let known = self.model.guards.iter().find(|(_, g)| g.name == name).map(|(id, _)| id);
        known.unwrap_or_else(|| self.model.guards.push(Guard { name: name.to_owned(), span: None }))
    }

    /// A label by name.
    pub fn label(&mut self, name: &str) -> LabelId {
        let known = self.model.labels.iter().find(|(_, l)| *l == name).map(|(id, _)| id);
        known.unwrap_or_else(|| self.model.labels.push(name.to_owned()))
    }

    fn labels(&mut self, names: &[&str]) -> Vec<LabelId> {
        let mut all: Vec<_> = names.iter().map(|n| self.label(n)).collect();
        all.sort_unstable();
        all
    }

    /// A node by name.
    pub fn node(&self, name: &str) -> NodeId {
        self.model.nodes.iter().find(|(_, n)| n.name == name).map(|(id, _)| id).expect(name)
    }

    /// Nodes by name, sorted.
    pub fn nodes(&self, names: &[&str]) -> Vec<NodeId> {
        let mut all: Vec<_> = names.iter().map(|n| self.node(n)).collect();
        all.sort_unstable();
        all
    }

    /// The face of an endpoint in a segment.
    pub fn face(&self, node: &str, segment: &str) -> FaceId {
        let is_it = |f: &&FaceId| self.model.faces[**f].segment.is_some_and(|s| self.model.segments[s].name == segment);
        self.model.nodes[self.node(node)].faces.iter().find(is_it).copied().expect(node)
    }

    /// The side of a mediator.
    pub fn side(&self, node: &str, side: &str) -> FaceId {
        let node = &self.model.nodes[self.node(node)];
        let Role::Mediator(m) = &node.role else { panic!("{} is no mediator", node.name) };
        node.faces[m.sides.iter().position(|s| s == side).expect(side)]
    }

    /// All endpoint faces of a segment; none if it is unknown.
    pub fn faces(&self, segment: &str) -> Vec<FaceId> {
        let id = self.model.segments.iter().find(|(_, s)| s.name == segment).map(|(id, _)| id);
        id.into_iter().flat_map(|id| self.model.faces_of(id)).collect()
    }

    fn push_node(&mut self, name: &str, kind: Kind, role: Role, faces: Vec<FaceId>) -> NodeId {
        let (label, name) = (name.to_owned(), name.to_owned());
        let (part_of, controls, span) = (None, Vec::new(), self.span);
        self.model.nodes.push(Node {
            name,
            label,
            kind,
            role,
            count: 1,
            faces,
            part_of,
            controls,
            declared: sekisho::model::Declared::default(),
            foreign: false,
            span,
        })
    }

    fn push_face(&mut self, zone: &str, segment: Option<&str>, address: &str) -> FaceId {
        let node = NodeId::new(self.model.nodes.len());
        let segment = segment.map(|s| self.segment(s));
        let zone = (!zone.is_empty()).then(|| self.zone(zone));
        let address = if address.is_empty() { FaceAddress::Unknown } else { FaceAddress::Known(vec![range(address)]) };
        self.model.faces.push(Face { node, zone, segment, address, gateway: None })
    }

    /// A host with one face.
    pub fn host(&mut self, name: &str, segment: &str, zone: &str, address: &str) -> NodeId {
        self.end(name, End { faces: &[(segment, zone, address)], ..End::default() })
    }

    /// An endpoint.
    pub fn end(&mut self, name: &str, end: End<'_>) -> NodeId {
        let faces = end.faces.iter().map(|(s, z, a)| self.push_face(z, Some(s), a)).collect();
        let isolation = end.isolated.then(|| self.guard(&format!("isolation@{name}")));
        let edr = end.edr.map(|e| self.guard(e)).into_iter().collect();
        let clients = end.clients.map(|c| self.nodes(c));
        let listens = end.listens.map(|l| l.split(' ').map(service).collect());
        let endpoint = Endpoint { behaviour: end.behaviour, listens, clients, outbound: end.outbound, isolation, edr };
        self.push_node(name, Kind::Server, Role::Endpoint(endpoint), faces)
    }

    /// A transit device. Rules as in [`Build::rule`]; without any device setting it is stateful and has no routes.
    pub fn device(
        &mut self,
        name: &str,
        zones: &[&str],
        rules: Option<&[&str]>,
        default: Option<Action>,
    ) -> &mut Transit {
        let zones = zones.iter().map(|z| self.zone(z)).collect();
        let rules = rules.map(|r| r.iter().map(|text| self.rule(text)).collect());
        let transit = TransitId::new(self.model.transits.len());
        let node = self.push_node(name, Kind::Firewall, Role::Transit(transit), Vec::new());
        self.model.transits.push(Transit {
            node,
            zones,
            rules,
            default,
            default_assumption: None,
            stateful: true,
            routes: None,
            one_way: None,
            dnat: Vec::new(),
            snat: Vec::new(),
            strays: None,
            strays_assumption: None,
            hairpin: None,
            hairpin_assumption: None,
            rules_see_outside: false,
            parts: None,
            labels: Vec::new(),
            mfa: None,
            span: self.span,
        });
        &mut self.model.transits[transit]
    }

    /// A firewall that denies what its rules do not permit.
    pub fn fw(&mut self, name: &str, zones: &[&str], rules: &[&str]) -> &mut Transit {
        self.device(name, zones, Some(rules), Some(Action::Deny))
    }

    /// A router without rules.
    pub fn router(&mut self, name: &str, zones: &[&str]) -> &mut Transit {
        self.device(name, zones, None, None)
    }

    /// `permit|deny source destination service [established]`
    pub fn rule(&self, text: &str) -> Rule {
        let words: Vec<&str> = text.split(' ').collect();
        Rule {
            action: if words[0] == "permit" { Action::Permit } else { Action::Deny },
            source: addresses(words[1]),
            destination: addresses(words[2]),
            services: vec![service(words[3])],
            state: match words.get(4) {
                Some(&"established") => RuleState::Established,
                Some(&"new") => RuleState::New,
                Some(&"invalid") => RuleState::Invalid,
                _ => RuleState::Any,
            },
            enters: Vec::new(),
            leaves: Vec::new(),
            text: text.to_owned(),
            reason: None,
            span: self.span,
        }
    }

    /// Routes, written `prefix zone`.
    pub fn routes(&mut self, device: &str, routes: &[&str]) {
        let routes = routes.iter().map(|text| {
            let (prefix, zone) = text.split_once(' ').expect("a prefix and a zone");
            let prefix_len = prefix.split_once('/').map_or(0, |(_, len)| len.parse().expect("a prefix length"));
            Route {
                to: addresses(prefix),
                prefix_len,
                via: Some(self.zone(zone)),
                next: None,
                when: None,
                span: self.span,
            }
        });
        let routes = routes.collect();
        self.transit(device).routes = Some(routes);
    }

    /// A transit device by name.
    pub fn transit(&mut self, name: &str) -> &mut Transit {
        let node = self.node(name);
        let (id, _) = self.model.transits.iter().find(|(_, t)| t.node == node).expect(name);
        &mut self.model.transits[id]
    }

    /// A mediator. Sides are `(name, zone, address)`; transforms `side.carrier side.carrier[<|>] [!guard] [?]`.
    pub fn mediator(
        &mut self,
        name: &str,
        sides: &[(&str, &str, &str)],
        transforms: &[&str],
        labels: &[&str],
    ) -> NodeId {
        let faces: Vec<_> = sides.iter().map(|(_, zone, address)| self.push_face(zone, None, address)).collect();
        let labels = self.labels(labels);
        let at = |text: &str| {
            let (side, carrier) = text.split_once('.').expect("side.carrier");
            let side = sides.iter().position(|(name, ..)| *name == side).expect("a declared side");
            let way = match carrier.chars().last() {
                Some('>') => Way::Opens,
                Some('<') => Way::Answers,
                _ => Way::Both,
            };
            (faces[side], self::carrier(carrier.trim_end_matches(['<', '>'])), way)
        };
        let mut made = Vec::new();
        for text in transforms {
            let words: Vec<&str> = text.split(' ').collect();
            let (takes, gives) = (at(words[0]), at(words[1]));
            let guards = words[2..].iter().filter_map(|w| w.strip_prefix('!')).map(|g| self.guard(g)).collect();
            let open = words.contains(&"?").then(|| self.assume(text));
            let reason = Text::new(*text, *text);
            made.push(Transform { takes: (takes.0, takes.1), gives, guards, assumption: open, reason });
        }
        let sides = sides.iter().map(|(name, ..)| (*name).to_owned()).collect();
        let mediator = Mediator { sides, transforms: made, labels, listens: None, clients: None, servers: None };
        self.push_node(name, Kind::Mediator, Role::Mediator(mediator), faces)
    }

    /// Something that is left open.
    pub fn assume(&mut self, text: &str) -> AssumptionId {
        self.model.assumptions.push(Assumption { text: Text::new(text, text), span: None })
    }

    /// A relation, closed by guards.
    pub fn relation(&mut self, from: Fact, to: Fact, guards: &[&str]) {
        let mut guards: Vec<_> = guards.iter().map(|g| self.guard(g)).collect();
        guards.sort_unstable();
        let (reason, span) = (Text::new("relation", "relation"), self.span);
        self.model.relations.push(Relation {
            from,
            to,
            guards,
            labels: Vec::new(),
            assumption: None,
            reason,
            span,
            detour: None,
        });
    }

    /// A line of the allow-list.
    pub fn permit(&mut self, from: &str, to: &str, carrier: Carrier, via: &[&str]) -> &mut Permit {
        let (from, to, via) = (self.segment(from), self.segment(to), self.labels(via));
        let (from_nodes, to_nodes, services, span) = (None, None, None, None);
        let origin = Text::new("test", "test");
        self.model.permits.push(Permit {
            from,
            to,
            from_nodes,
            to_nodes,
            carrier,
            services,
            via,
            avoids: Vec::new(),
            origin,
            span,
        });
        self.model.permits.last_mut().expect("it was just added")
    }

    /// A declared communication, with both guards.
    pub fn communication(&mut self, name: &str, from: &str, to: &str, services: &str) {
        let communication = Communication {
            name: name.to_owned(),
            label: name.to_owned(),
            from: self.nodes(&[from]),
            to: self.nodes(&[to]),
            services: services.split(' ').map(service).collect(),
            purpose: None,
            limits: Limits::default(),
            exchange: None,
            endorse: Some(self.guard(&format!("endorse@{name}"))),
            declass: Some(self.guard(&format!("declass@{name}"))),
            span: self.span,
        };
        self.model.communications.push(communication);
    }
}

/// A carrier by its word.
pub fn carrier(word: &str) -> Carrier {
    Carrier::ALL.into_iter().find(|k| k.as_str() == word).expect(word)
}

/// An address.
pub fn addr(text: &str) -> Addr {
    text.parse::<std::net::IpAddr>().expect(text).into()
}

/// A prefix, or a single address.
pub fn range(text: &str) -> AddrRange {
    text.parse::<ipnet::IpNet>().map_or_else(|_| AddrRange::single(addr(text)), AddrRange::from)
}

/// `any`, an address or a prefix, as numbers.
pub fn addresses(text: &str) -> AddrMatch {
    if text == "any" {
        return AddrMatch::any();
    }
    AddrMatch { literal: vec![range(text)], text: text.to_owned(), ..AddrMatch::default() }
}

/// `any`, `tcp`, `tcp/443`, `udp/1000-2000`.
pub fn service(text: &str) -> Service {
    let (protocol, ports) = text.split_once('/').map_or((text, None), |(p, ports)| (p, Some(ports)));
    let number = |p: &str| p.parse().expect("a port");
    let destination = ports.map_or(PortRange::ALL, |p| {
        let (first, last) = p.split_once('-').unwrap_or((p, p));
        PortRange { first: number(first), last: number(last) }
    });
    let protocol = match protocol {
        "tcp" => Some(Protocol::Tcp),
        "udp" => Some(Protocol::Udp),
        "icmp" => Some(Protocol::Icmp),
        _ => None,
    };
    Service { protocol, destination, ..Service::ANY }
}
