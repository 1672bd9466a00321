//! The replay accepts genuine witnesses and refuses each kind of false one, for its own reason.
//!
//! Drawings and witnesses are written by hand: no engine takes part. Every refusal test starts from a witness that it
//! first sees accepted, and then changes one thing.

use std::net::IpAddr;

use sekisho::diagnostic::Text;
use sekisho::model::*;
use sekisho::source::{Sources, Span};
use sekisho::verify::replay::{Fault, Reason, Refusal, Stop, replay, start_ok};
use sekisho::verify::{Cause, Hop, Level, Packet, SessionCause, Transit3, Witness};

// ---------------------------------------------------------------- drawings

fn span() -> Span {
    Span::new(Sources::default().add("t", "").expect("small"), 0..0)
}

fn text() -> Text {
    Text::new("", "")
}

fn ip(s: &str) -> Addr {
    s.parse::<IpAddr>().expect("an address").into()
}

fn lit(s: &str) -> PacketAddr {
    PacketAddr::Literal(ip(s))
}

fn known(s: &str) -> FaceAddress {
    FaceAddress::Known(vec![AddrRange::single(ip(s))])
}

/// `any`, or one literal network or address.
fn addrs(s: &str) -> AddrMatch {
    if s == "any" {
        return AddrMatch::any();
    }
    let range = s.parse::<ipnet::IpNet>().map_or_else(|_| AddrRange::single(ip(s)), AddrRange::from);
    AddrMatch { literal: vec![range], text: s.to_owned(), ..AddrMatch::default() }
}

fn port(protocol: Protocol, port: u16) -> Service {
    Service { protocol: Some(protocol), destination: PortRange { first: port, last: port }, ..Service::ANY }
}

fn rule(action: Action, source: &str, destination: &str, service: Service) -> Rule {
    Rule {
        action,
        source: addrs(source),
        destination: addrs(destination),
        services: vec![service],
        state: RuleState::Any,
        enters: Vec::new(),
        leaves: Vec::new(),
        text: String::new(),
        reason: None,
        span: span(),
    }
}

fn route(to: &str, prefix_len: u8, via: ZoneId) -> Route {
    Route { to: addrs(to), prefix_len, via: Some(via), next: None, when: None, span: span() }
}

const HOST: Behaviour = Behaviour::Host;

#[derive(Default)]
struct Drawing(Model);

impl Drawing {
    fn segment(&mut self, name: &str) -> SegmentId {
        let (name, label) = (name.to_owned(), name.to_owned());
        self.0.segments.push(Segment {
            name,
            label,
            layer: Layer::Internet,
            body: None,
            cloud: false,
            foreign: false,
            span: span(),
        })
    }

    fn zone(&mut self, name: &str) -> ZoneId {
        self.0.zones.push(Zone {
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
            span: span(),
        })
    }

    fn node(&mut self, name: &str, role: Role, faces: &[(ZoneId, FaceAddress)]) -> Vec<FaceId> {
        let node = NodeId::new(self.0.nodes.len());
        let face = |(zone, address): &(ZoneId, FaceAddress)| Face {
            node,
            zone: Some(*zone),
            segment: None,
            address: address.clone(),
            gateway: None,
        };
        let faces: Vec<_> = faces.iter().map(|f| self.0.faces.push(face(f))).collect();
        self.0.nodes.push(Node {
            name: name.to_owned(),
            label: name.to_owned(),
            kind: Kind::Server,
            role,
            count: 1,
            faces: faces.clone(),
            part_of: None,
            declared: sekisho::model::Declared::default(),
            foreign: false,
            controls: Vec::new(),
            span: span(),
        });
        faces
    }

    fn endpoint(&mut self, name: &str, behaviour: Behaviour, faces: &[(ZoneId, FaceAddress)]) -> Vec<FaceId> {
        let role = Role::Endpoint(Endpoint {
            behaviour,
            listens: None,
            clients: None,
            outbound: true,
            isolation: None,
            edr: Vec::new(),
        });
        self.node(name, role, faces)
    }

    fn host(&mut self, name: &str, zone: ZoneId, address: &str) -> FaceId {
        self.endpoint(name, HOST, &[(zone, known(address))])[0]
    }

    fn transit(&mut self, zones: &[ZoneId], rules: Vec<Rule>) -> TransitId {
        let id = TransitId::new(self.0.transits.len());
        self.node("transit", Role::Transit(id), &[]);
        let node = NodeId::new(self.0.nodes.len() - 1);
        self.0.transits.push(Transit {
            node,
            zones: zones.to_vec(),
            rules: Some(rules),
            default: Some(Action::Deny),
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
            span: span(),
        })
    }

    fn guard(&mut self, name: &str) -> GuardId {
        self.0.guards.push(Guard { name: name.to_owned(), span: None })
    }

    fn label(&mut self, name: &str) -> LabelId {
        self.0.labels.push(name.to_owned())
    }
}

fn endpoint_mut(model: &mut Model, face: FaceId) -> &mut Endpoint {
    let node = model.faces[face].node;
    match &mut model.nodes[node].role {
        Role::Endpoint(e) => e,
        _ => panic!("not an endpoint"),
    }
}

fn mediator_mut(model: &mut Model, face: FaceId) -> &mut Mediator {
    let node = model.faces[face].node;
    match &mut model.nodes[node].role {
        Role::Mediator(m) => m,
        _ => panic!("not a mediator"),
    }
}

// ---------------------------------------------------------------- witnesses

fn packet(source: PacketAddr, destination: PacketAddr, protocol: Protocol, port: u16) -> Packet {
    let source_port = if protocol.has_ports() { 50_000 } else { 0 };
    Packet { source, destination, protocol, source_port, destination_port: port }
}

fn via(device: TransitId, from: ZoneId, to: ZoneId, rule: Option<usize>, packet: Packet) -> Transit3 {
    Transit3 { device, from, to, rule, packet }
}

fn session(initiator: FaceId, responder: FaceId, packet: Packet, forward: Vec<Transit3>) -> SessionCause {
    let delivered = forward.last().map_or(packet, |t| t.packet);
    SessionCause {
        initiator,
        responder,
        packet,
        delivered,
        reply: false,
        forward,
        impersonator: None,
        covert: false,
        communication: None,
    }
}

fn hop(from: Fact, to: Fact, cause: Cause, level: Level) -> Hop {
    Hop { from, to, cause, level, guards: Vec::new(), labels: Vec::new() }
}

fn request(s: &SessionCause, level: Level) -> Hop {
    let from = Fact::holds(s.initiator, Carrier::Own);
    hop(from, Fact::arrives(s.responder, Carrier::Req), Cause::Session(Box::new(s.clone())), level)
}

fn answer(s: &SessionCause, level: Level) -> Hop {
    let from = Fact::holds(s.responder, Carrier::Own);
    let s = SessionCause { reply: true, ..s.clone() };
    hop(from, Fact::arrives(s.initiator, Carrier::Rsp), Cause::Session(Box::new(s)), level)
}

fn pivot(face: FaceId, carrier: Carrier) -> Hop {
    hop(Fact::arrives(face, carrier), Fact::holds(face, Carrier::Own), Cause::Pivot, Level::Must)
}

/// A witness with the circumstances in which it is replayed.
#[derive(Clone)]
struct Case {
    model: Model,
    lens: Lens,
    failed: Vec<GuardId>,
    hops: Vec<Hop>,
}

impl Case {
    fn new(model: Model, lens: Lens, hops: Vec<Hop>) -> Self {
        Self { model, lens, failed: Vec::new(), hops }
    }

    fn replay(&self) -> Result<(), Refusal> {
        let witness = Witness { start: self.hops[0].from, hops: self.hops.clone() };
        replay(&self.model, self.lens, false, &self.failed, &witness)
    }

    #[track_caller]
    fn accepted(&self) -> &Self {
        assert_eq!(self.replay(), Ok(()));
        self
    }

    #[track_caller]
    fn refused(&self, number: usize, reason: Reason) {
        assert_eq!(self.replay(), Err(Refusal::Hop { number, reason }));
    }

    /// Accepted as it is, refused after one change.
    #[track_caller]
    fn breaks(&self, change: impl FnOnce(&mut Self), number: usize, reason: Reason) -> &Self {
        self.accepted();
        let mut changed = self.clone();
        change(&mut changed);
        changed.refused(number, reason);
        self
    }

    /// Accepted as it is, and still after one change.
    #[track_caller]
    fn bears(&self, change: impl FnOnce(&mut Self)) -> &Self {
        self.accepted();
        let mut changed = self.clone();
        change(&mut changed);
        changed.accepted();
        self
    }

    /// The session of the `i`-th hop.
    fn session(&mut self, i: usize) -> &mut SessionCause {
        match &mut self.hops[i].cause {
            Cause::Session(s) => s,
            _ => panic!("no session"),
        }
    }

    /// Gives the session of every hop the same new walk.
    fn rewalk(&mut self, change: impl Fn(&mut SessionCause)) {
        for hop in &mut self.hops {
            if let Cause::Session(s) = &mut hop.cause {
                change(s);
            }
        }
    }
}

fn stop(device: usize, fault: Fault) -> Stop {
    Stop { device, fault }
}

// ---------------------------------------------------------------- one firewall

/// `pc` in `inside` opens 443 on `srv` in `outside`, through a firewall whose second rule allows it.
struct Office {
    case: Case,
    inside: ZoneId,
    outside: ZoneId,
    pc: FaceId,
    neighbour: FaceId,
    srv: FaceId,
    decoy: FaceId,
    fw: TransitId,
}

fn office() -> Office {
    office_with(Protocol::Tcp)
}

fn office_with(protocol: Protocol) -> Office {
    let mut d = Drawing::default();
    let (inside, outside) = (d.zone("inside"), d.zone("outside"));
    let pc = d.host("pc", inside, "10.2.0.10");
    let neighbour = d.host("neighbour", inside, "10.2.0.11");
    let srv = d.host("srv", outside, "10.1.0.20");
    let decoy = d.host("decoy", outside, "10.1.0.21");
    let rules = vec![
        rule(Action::Deny, "any", "any", port(protocol, 22)),
        rule(Action::Permit, "10.2.0.10", "10.1.0.0/24", port(protocol, 443)),
    ];
    let fw = d.transit(&[inside, outside], rules);
    d.0.transits[fw].labels = vec![d.label("fw")];
    endpoint_mut(&mut d.0, srv).listens = Some(vec![port(protocol, 443)]);
    let p = packet(lit("10.2.0.10"), lit("10.1.0.20"), protocol, 443);
    let s = session(pc, srv, p, vec![via(fw, inside, outside, Some(1), p)]);
    let mut hops = vec![request(&s, Level::Must), pivot(srv, Carrier::Req), answer(&s, Level::Must)];
    hops[0].labels = vec![LabelId::new(0)];
    hops[2].labels = vec![LabelId::new(0)];
    let case = Case::new(d.0, Lens::Attack, hops);
    Office { case, inside, outside, pc, neighbour, srv, decoy, fw }
}

#[test]
fn a_session_there_and_back_is_accepted_at_every_level() {
    let o = office();
    o.case.accepted();
    for level in [Level::May, Level::Sure] {
        o.case.bears(|c| c.hops.iter_mut().for_each(|h| h.level = level));
    }
}

#[test]
fn an_empty_path_is_accepted_if_its_face_exists() {
    let o = office();
    let empty = |face| Witness { start: Fact::holds(face, Carrier::Own), hops: Vec::new() };
    assert_eq!(replay(&o.case.model, Lens::Attack, false, &[], &empty(o.pc)), Ok(()));
    let nowhere = FaceId::new(99);
    let refusal = replay(&o.case.model, Lens::Attack, false, &[], &empty(nowhere));
    assert_eq!(refusal, Err(Refusal::NoSuchStart(nowhere)));
}

#[test]
fn hops_have_to_be_chained() {
    let o = office();
    o.case.breaks(|c| drop(c.hops.remove(1)), 2, Reason::NotChained);
    o.case.breaks(|c| c.hops[1].from.face = o.decoy, 2, Reason::NotChained);
    o.case.breaks(|c| c.hops.swap(0, 1), 2, Reason::NotChained);
}

#[test]
fn the_first_hop_has_to_start_at_the_start() {
    let o = office();
    let witness = Witness { start: Fact::holds(o.neighbour, Carrier::Own), hops: o.case.hops.clone() };
    let refusal = replay(&o.case.model, Lens::Attack, false, &[], &witness);
    assert_eq!(refusal, Err(Refusal::Hop { number: 1, reason: Reason::NotChained }));
}

#[test]
fn facts_have_to_be_at_the_ends_of_the_session() {
    let o = office();
    o.case.breaks(|c| c.hops[0].to.face = o.decoy, 1, Reason::OtherEnds);
    o.case.breaks(|c| c.session(0).reply = true, 1, Reason::OtherEnds);
    o.case.breaks(|c| c.session(0).responder = o.decoy, 1, Reason::OtherEnds);
    o.case.breaks(|c| c.session(2).reply = false, 3, Reason::OtherEnds);
}

#[test]
fn the_carrier_has_to_be_what_the_session_carries() {
    let o = office();
    for carrier in Carrier::ALL.into_iter().filter(|&k| k != Carrier::Req) {
        let change = |c: &mut Case| c.hops[0].to.state = State::Arrives(carrier);
        o.case.breaks(change, 1, Reason::OtherContent);
    }
    o.case.breaks(|c| c.hops[0].to.state = State::Holds(Carrier::Req), 1, Reason::OtherContent);
    o.case.breaks(|c| c.hops[2].to.state = State::Arrives(Carrier::Req), 3, Reason::OtherContent);
    let arrived = |c: &mut Case| c.hops[0].from.state = State::Arrives(Carrier::Own);
    o.case.breaks(arrived, 1, Reason::OtherContent);
}

#[test]
fn the_rule_has_to_be_the_one_that_decides() {
    let o = office();
    let other = |rule| Reason::Walk(stop(1, Fault::OtherRule(rule)));
    o.case.breaks(|c| c.session(0).forward[0].rule = Some(0), 1, other(Some(1)));
    o.case.breaks(|c| c.session(0).forward[0].rule = None, 1, other(Some(1)));
    o.case.breaks(|c| c.session(0).forward[0].rule = Some(99), 1, other(Some(1)));
}

#[test]
fn the_first_rule_that_matches_decides() {
    let o = office();
    let dropped = Reason::Walk(stop(1, Fault::Dropped));
    let deny = |c: &mut Case| {
        let rules = c.model.transits[o.fw].rules.as_mut().expect("rules");
        rules[0].services = vec![Service::ANY];
    };
    o.case.breaks(deny, 1, dropped.clone());
    let empty = |c: &mut Case| c.model.transits[o.fw].rules = Some(Vec::new());
    o.case.breaks(empty, 1, dropped.clone());
    let rule = |c: &mut Case, change: fn(&mut Rule, &Office)| {
        change(&mut c.model.transits[o.fw].rules.as_mut().expect("rules")[1], &o);
    };
    o.case.breaks(|c| rule(c, |r, _| r.state = RuleState::Established), 1, dropped.clone());
    o.case.breaks(|c| rule(c, |r, o| r.enters = vec![o.outside]), 1, dropped.clone());
    o.case.breaks(|c| rule(c, |r, o| r.leaves = vec![o.inside]), 1, dropped);
    o.case.bears(|c| rule(c, |r, o| (r.enters, r.leaves) = (vec![o.inside], vec![o.outside])));
}

#[test]
fn the_packet_has_to_be_the_one_that_rules_allow() {
    let o = office();
    let to_port_22 = |c: &mut Case| {
        let s = c.session(0);
        (s.packet.destination_port, s.delivered.destination_port) = (22, 22);
        s.forward[0].packet.destination_port = 22;
    };
    o.case.breaks(to_port_22, 1, Reason::Walk(stop(1, Fault::Dropped)));
}

#[test]
fn the_walk_has_to_lie_on_the_drawing() {
    let o = office();
    let walk = |fault| Reason::Walk(stop(1, fault));
    o.case.breaks(|c| c.session(0).forward.clear(), 1, Reason::EndsElsewhere);
    let other = packet(lit("10.2.0.10"), lit("10.1.0.21"), Protocol::Tcp, 443);
    let p = o.case.clone().session(0).packet;
    o.case.breaks(|c| c.session(0).forward[0].packet = other, 1, walk(Fault::OtherPacket(Box::new(p))));
    o.case.breaks(|c| c.session(0).forward[0].from = o.outside, 1, walk(Fault::NotHere));
    o.case.breaks(|c| c.session(0).forward[0].to = o.inside, 1, walk(Fault::NotItsZones));
    o.case.breaks(|c| c.session(0).forward[0].to = ZoneId::new(99), 1, walk(Fault::NotItsZones));
    let device = |c: &mut Case| c.session(0).forward[0].device = TransitId::new(99);
    o.case.breaks(device, 1, walk(Fault::NoSuchDevice));
    let delivered = |c: &mut Case| c.session(0).delivered.source_port = 1;
    o.case.breaks(delivered, 1, Reason::OtherDelivered(Box::new(p)));
}

#[test]
fn addresses_have_to_be_those_of_the_faces() {
    let o = office();
    let spoof = |c: &mut Case| c.session(0).packet.source = lit("10.2.0.11");
    o.case.breaks(spoof, 1, Reason::SourceOfAnother);
    o.case.breaks(|c| c.session(0).packet.source = PacketAddr::Of(o.pc), 1, Reason::SourceOfAnother);
    let decoy = |c: &mut Case| c.session(0).delivered.destination = lit("10.1.0.21");
    o.case.breaks(decoy, 1, Reason::DestinationOfAnother);
    let named = |c: &mut Case| c.session(0).delivered.destination = PacketAddr::Of(o.srv);
    o.case.breaks(named, 1, Reason::DestinationOfAnother);
    let v6 = |c: &mut Case| c.session(0).packet.destination = lit("2001:db8::1");
    o.case.breaks(v6, 1, Reason::MixedFamilies);
    let nowhere = FaceId::new(99);
    let unknown = |c: &mut Case| c.session(0).packet.destination = PacketAddr::Of(nowhere);
    o.case.breaks(unknown, 1, Reason::NoSuchFace(nowhere));
}

#[test]
fn protocols_without_ports_have_none() {
    let mut o = office_with(Protocol::Icmp);
    o.case.rewalk(|s| {
        for p in [&mut s.packet, &mut s.delivered, &mut s.forward[0].packet] {
            p.destination_port = 8;
        }
        s.forward[0].rule = Some(1);
    });
    let rules = o.case.model.transits[o.fw].rules.as_mut().expect("rules");
    rules[0].services = vec![port(Protocol::Tcp, 22)];
    rules[1].services = vec![Service { protocol: Some(Protocol::Icmp), ..Service::ANY }];
    endpoint_mut(&mut o.case.model, o.srv).listens = None;
    o.case.breaks(|c| c.session(0).packet.source_port = 7, 1, Reason::PortsWithoutPorts);
    // A type of ICMPv6 between addresses of IPv4.
    o.case.breaks(|c| c.session(0).packet.destination_port = ICMP_V6 + 128, 1, Reason::MixedFamilies);
}

#[test]
fn ends_have_to_take_part() {
    let o = office();
    let listens =
        |services: Vec<Service>| move |c: &mut Case| endpoint_mut(&mut c.model, o.srv).listens = Some(services);
    o.case.breaks(listens(vec![port(Protocol::Tcp, 80)]), 1, Reason::NotListening);
    o.case.breaks(listens(vec![port(Protocol::Udp, 443)]), 1, Reason::NotListening);
    o.case.breaks(listens(Vec::new()), 1, Reason::NotListening);
    let (pc, neighbour) = (o.case.model.faces[o.pc].node, o.case.model.faces[o.neighbour].node);
    o.case.bears(|c| endpoint_mut(&mut c.model, o.srv).clients = Some(vec![pc]));
    let clients = |c: &mut Case| endpoint_mut(&mut c.model, o.srv).clients = Some(vec![neighbour]);
    o.case.breaks(clients, 1, Reason::ClientNotAdmitted);
    o.case.breaks(|c| endpoint_mut(&mut c.model, o.pc).outbound = false, 1, Reason::MayNotOpen);
    o.case.breaks(|c| c.model.faces[o.srv].zone = None, 1, Reason::Detached(o.srv));
    o.case.breaks(|c| c.model.faces[o.srv].node = pc, 1, Reason::OneNode);
}

#[test]
fn ids_of_another_model_are_refused() {
    let o = office();
    let face = FaceId::new(1_000);
    o.case.breaks(|c| c.hops[0].to.face = face, 1, Reason::NoSuchFace(face));
    o.case.breaks(|c| c.session(0).initiator = face, 1, Reason::NoSuchFace(face));
    o.case.breaks(|c| c.session(0).impersonator = Some(face), 1, Reason::OtherEnds);
    let communication = CommunicationId::new(5);
    let change = |c: &mut Case| c.session(0).communication = Some(communication);
    o.case.breaks(change, 1, Reason::OtherCommunication(communication));
    o.case.breaks(|c| c.hops[1].cause = Cause::Transform(9), 2, Reason::NoSuchTransform(9));
    o.case.breaks(|c| c.hops[1].cause = Cause::Relation(9), 2, Reason::NoSuchRelation(9));
}

#[test]
fn labels_have_to_be_those_of_the_devices() {
    let o = office();
    let fw = vec![LabelId::new(0)];
    let other = Reason::OtherLabels { earned: fw.clone() };
    o.case.breaks(|c| c.hops[0].labels.clear(), 1, other.clone());
    o.case.breaks(|c| c.hops[0].labels.push(LabelId::new(1)), 1, other.clone());
    o.case.breaks(|c| c.hops[2].labels.clear(), 3, other);
    o.case.breaks(|c| c.hops[1].labels = fw, 2, Reason::OtherLabels { earned: Vec::new() });
}

#[test]
fn only_steps_that_pivot_pivot() {
    let o = office();
    o.case.breaks(|c| c.lens = Lens::Direct, 2, Reason::NoPivot);
    o.case.breaks(|c| c.hops[1].to.state = State::Holds(Carrier::Raw), 2, Reason::NoPivot);
    o.case.breaks(|c| c.hops[1].to.face = o.decoy, 2, Reason::NoPivot);
    let sink = |c: &mut Case| endpoint_mut(&mut c.model, o.srv).behaviour = Behaviour::Sink;
    o.case.breaks(sink, 2, Reason::NoPivot);
    o.case.breaks(|c| c.hops[1].cause = Cause::Stored, 2, Reason::NotStored);
    o.case.breaks(|c| c.hops[1].cause = Cause::SameMachine, 2, Reason::NotOneMachine);
}

#[test]
fn what_an_eye_copies_pivots_only_when_eyes_count() {
    let o = office();
    let hops = vec![pivot(o.srv, Carrier::Scr)];
    let witness = Witness { start: hops[0].from, hops };
    assert_eq!(replay(&o.case.model, Lens::Leak, true, &[], &witness), Ok(()));
    let refusal = Err(Refusal::Hop { number: 1, reason: Reason::NoPivot });
    assert_eq!(replay(&o.case.model, Lens::Leak, false, &[], &witness), refusal);
    assert_eq!(replay(&o.case.model, Lens::Attack, true, &[], &witness), refusal);
}

// ---------------------------------------------------------------- guards

#[test]
fn edr_guards_answers_and_files_in_the_attack_lens() {
    let mut o = office();
    let edr = o.case.model.guards.push(Guard { name: "edr".to_owned(), span: None });
    endpoint_mut(&mut o.case.model, o.pc).edr = vec![edr];
    endpoint_mut(&mut o.case.model, o.srv).edr = vec![edr];
    o.case.hops.push(pivot(o.pc, Carrier::Rsp));
    o.case.hops[3].guards = vec![edr];
    o.case.refused(4, Reason::GuardWorks(edr));
    o.case.failed = vec![edr];
    o.case.breaks(|c| c.hops[3].guards.clear(), 4, Reason::OtherGuards { demanded: vec![edr] });
    o.case.breaks(|c| c.failed.clear(), 4, Reason::GuardWorks(edr));
    // A request is not stopped by it, and neither is anything in the leak lens.
    o.case.breaks(|c| c.hops[1].guards = vec![edr], 2, Reason::OtherGuards { demanded: Vec::new() });
    o.case.bears(|c| {
        c.lens = Lens::Leak;
        c.hops[3].guards.clear();
    });
}

#[test]
fn a_gate_guards_the_session_of_those_who_are_not_enrolled() {
    let mut o = office();
    let mfa = o.case.model.guards.push(Guard { name: "mfa".to_owned(), span: None });
    o.case.model.transits[o.fw].mfa = Some(MfaGate { guard: mfa, enrolled: Vec::new() });
    o.case.failed = vec![mfa];
    o.case.hops[0].guards = vec![mfa];
    o.case.hops[2].guards = vec![mfa];
    let missing = Reason::OtherGuards { demanded: vec![mfa] };
    o.case.breaks(|c| c.hops[0].guards.clear(), 1, missing.clone());
    o.case.breaks(|c| c.hops[2].guards.clear(), 3, missing);
    o.case.breaks(|c| c.failed.clear(), 1, Reason::GuardWorks(mfa));
    let pc = o.case.model.faces[o.pc].node;
    let too_many = Reason::OtherGuards { demanded: Vec::new() };
    let enrol = |c: &mut Case| c.model.transits[o.fw].mfa.as_mut().expect("gate").enrolled = vec![pc];
    o.case.breaks(enrol, 1, too_many.clone());
    o.case.breaks(|c| c.lens = Lens::Leak, 1, too_many);
}

fn communication(o: &Office, endorse: Option<GuardId>, declass: Option<GuardId>) -> Communication {
    Communication {
        name: "c".to_owned(),
        label: "c".to_owned(),
        from: vec![o.case.model.faces[o.pc].node],
        to: vec![o.case.model.faces[o.srv].node],
        services: vec![port(Protocol::Tcp, 443)],
        purpose: None,
        limits: Limits::default(),
        exchange: None,
        endorse,
        declass,
        span: span(),
    }
}

/// The office with a declared communication, both of its guards failed, and a witness in the attack lens.
fn declared() -> (Office, CommunicationId, GuardId, GuardId) {
    let mut o = office();
    let endorse = o.case.model.guards.push(Guard { name: "endorse".to_owned(), span: None });
    let declass = o.case.model.guards.push(Guard { name: "declass".to_owned(), span: None });
    let c = communication(&o, Some(endorse), Some(declass));
    let id = o.case.model.communications.push(c);
    o.case.failed = vec![endorse, declass];
    o.case.rewalk(|s| s.communication = Some(id));
    o.case.hops[0].guards = vec![endorse];
    (o, id, endorse, declass)
}

#[test]
fn endorsement_guards_the_request_only() {
    let (o, id, endorse, declass) = declared();
    let demanded = |guards: &[GuardId]| Reason::OtherGuards { demanded: guards.to_vec() };
    o.case.breaks(|c| c.hops[0].guards.clear(), 1, demanded(&[endorse]));
    o.case.breaks(|c| c.hops[0].guards = vec![declass], 1, demanded(&[endorse]));
    o.case.breaks(|c| c.hops[2].guards = vec![endorse], 3, demanded(&[]));
    o.case.breaks(|c| c.failed = vec![declass], 1, Reason::GuardWorks(endorse));
    o.case.breaks(|c| c.session(0).communication = None, 1, Reason::CommunicationNotNamed);
    let peers = |c: &mut Case| c.model.communications[id].from.clear();
    o.case.breaks(peers, 1, Reason::OtherCommunication(id));
    let peers = |c: &mut Case| c.model.communications[id].to.clear();
    o.case.breaks(peers, 1, Reason::OtherCommunication(id));
    let service = |c: &mut Case| c.model.communications[id].services = vec![port(Protocol::Tcp, 80)];
    o.case.breaks(service, 1, Reason::OtherCommunication(id));
    // The session is its own step when nothing declared fits it, and then no guard is on it.
    o.case.bears(|c| {
        c.model.communications[id].services = vec![port(Protocol::Tcp, 80)];
        c.rewalk(|s| s.communication = None);
        c.hops[0].guards.clear();
    });
}

#[test]
fn declassification_guards_both_steps_of_the_leak_lens() {
    let (mut o, _, _, declass) = declared();
    o.case.lens = Lens::Leak;
    o.case.hops[0].guards = vec![declass];
    o.case.hops[2].guards = vec![declass];
    let demanded = Reason::OtherGuards { demanded: vec![declass] };
    o.case.breaks(|c| c.hops[0].guards.clear(), 1, demanded.clone());
    o.case.breaks(|c| c.hops[2].guards.clear(), 3, demanded);
    o.case.breaks(|c| c.session(2).communication = None, 3, Reason::CommunicationNotNamed);
    o.case.breaks(|c| c.lens = Lens::Direct, 1, Reason::OtherGuards { demanded: Vec::new() });
}

#[test]
fn each_communication_that_fits_gives_its_own_step() {
    let (mut o, id, ..) = declared();
    let plain = communication(&o, None, None);
    let other = o.case.model.communications.push(plain);
    o.case.bears(|c| {
        c.session(0).communication = Some(other);
        c.hops[0].guards.clear();
    });
    o.case.bears(|c| {
        c.session(0).communication = None;
        c.hops[0].guards.clear();
    });
    let mixed = |c: &mut Case| c.session(0).communication = Some(other);
    o.case.breaks(mixed, 1, Reason::OtherGuards { demanded: Vec::new() });
    assert_ne!(id, other);
}

// ---------------------------------------------------------------- what is not stated

#[test]
fn an_unstated_default_is_never_certain() {
    let mut o = office();
    o.case.model.transits[o.fw].rules.as_mut().expect("rules").truncate(1);
    o.case.model.transits[o.fw].default = None;
    o.case.rewalk(|s| s.forward[0].rule = None);
    o.case.hops[0].level = Level::May;
    o.case.hops[2].level = Level::May;
    let open = Reason::Walk(stop(1, Fault::Dropped));
    o.case.breaks(|c| c.hops[0].level = Level::Sure, 1, open.clone());
    o.case.breaks(|c| c.hops[0].level = Level::Must, 1, open.clone());
    o.case.breaks(|c| c.hops[2].level = Level::Sure, 3, open);
    let sure = |c: &mut Case| {
        c.model.transits[o.fw].default = Some(Action::Permit);
        c.hops[0].level = Level::Sure;
    };
    o.case.bears(sure);
}

/// The office with no number stated for the server.
fn unstated(address: FaceAddress) -> Office {
    let mut o = office();
    o.case.model.faces[o.srv].address = address;
    o.case.rewalk(|s| {
        for p in [&mut s.packet, &mut s.delivered, &mut s.forward[0].packet] {
            p.destination = PacketAddr::Of(o.srv);
        }
    });
    for i in [0, 2] {
        o.case.hops[i].level = Level::May;
    }
    o
}

#[test]
fn a_rule_over_an_unstated_address_is_not_certain() {
    let o = unstated(FaceAddress::Unknown);
    o.case.breaks(|c| c.hops[0].level = Level::Sure, 1, Reason::Walk(stop(1, Fault::Dropped)));
    // The rule covers everything the address can be, so the comparison is certain.
    let net: ipnet::IpNet = "10.1.0.0/25".parse().expect("a network");
    let within = unstated(FaceAddress::Within(vec![net.into()]));
    within.case.bears(|c| c.hops[0].level = Level::Sure);
    // A deny that may match stops the packet possibly, so nothing passes for certain.
    let mut o = o;
    let rules = o.case.model.transits[o.fw].rules.as_mut().expect("rules");
    rules[1].destination = AddrMatch::any();
    o.case.bears(|c| c.hops[0].level = Level::Sure);
    let rules = o.case.model.transits[o.fw].rules.as_mut().expect("rules");
    rules[0] = rule(Action::Deny, "any", "10.1.0.7", Service::ANY);
    o.case.breaks(|c| c.hops[0].level = Level::Sure, 1, Reason::Walk(stop(1, Fault::Dropped)));
}

#[test]
fn a_certain_walk_names_the_rule_that_is_certain() {
    let mut o = unstated(FaceAddress::Unknown);
    let rules = o.case.model.transits[o.fw].rules.as_mut().expect("rules");
    rules[0] = rule(Action::Permit, "any", "10.1.0.7", Service::ANY);
    rules[1].destination = AddrMatch::any();
    o.case.bears(|c| c.session(0).forward[0].rule = Some(0));
    o.case.bears(|c| c.hops[0].level = Level::Sure);
    let maybe = |c: &mut Case| {
        c.hops[0].level = Level::Sure;
        c.session(0).forward[0].rule = Some(0);
    };
    o.case.breaks(maybe, 1, Reason::Walk(stop(1, Fault::OtherRule(Some(1)))));
}

#[test]
fn routes_decide_where_a_packet_leaves() {
    let mut o = office();
    let not_routed = Reason::Walk(stop(1, Fault::NotRouted));
    let back = route("10.2.0.0/24", 24, o.inside);
    o.case.model.transits[o.fw].routes = Some(vec![route("10.1.0.0/24", 24, o.outside), back.clone()]);
    o.case.breaks(|c| c.model.transits[o.fw].routes = Some(vec![back.clone()]), 1, not_routed.clone());
    let longer = |c: &mut Case| {
        let routes = c.model.transits[o.fw].routes.as_mut().expect("routes");
        routes.push(route("10.1.0.20/32", 32, o.inside));
    };
    o.case.breaks(longer, 1, not_routed);
    let shorter = |c: &mut Case| {
        let routes = c.model.transits[o.fw].routes.as_mut().expect("routes");
        routes.insert(0, route("any", 0, o.inside));
    };
    o.case.bears(shorter);
    // The reply is routed, too: by the initiator's address.
    let no_return = |c: &mut Case| c.model.transits[o.fw].routes.as_mut().expect("routes").truncate(1);
    o.case.breaks(no_return, 1, Reason::ReplyStops(stop(1, Fault::NotRouted)));
    o.case.hops.iter_mut().for_each(|h| h.level = Level::May);
    o.case.breaks(no_return, 1, Reason::NoReply);
}

#[test]
fn a_route_over_an_unstated_address_is_not_certain() {
    let mut o = unstated(FaceAddress::Unknown);
    let rules = o.case.model.transits[o.fw].rules.as_mut().expect("rules");
    rules[1].destination = AddrMatch::any();
    o.case.bears(|c| c.hops[0].level = Level::Sure);
    let routes = vec![route("10.1.0.0/24", 24, o.outside), route("10.2.0.0/24", 24, o.inside)];
    o.case.model.transits[o.fw].routes = Some(routes);
    o.case.breaks(|c| c.hops[0].level = Level::Sure, 1, Reason::Walk(stop(1, Fault::NotRouted)));
}

#[test]
fn an_unstated_address_is_that_of_its_own_face() {
    let mut o = unstated(FaceAddress::Unknown);
    o.case.model.faces[o.decoy].address = FaceAddress::Unknown;
    let other = |c: &mut Case| {
        let s = c.session(0);
        for p in [&mut s.packet, &mut s.delivered, &mut s.forward[0].packet] {
            p.destination = PacketAddr::Of(o.decoy);
        }
    };
    o.case.breaks(other, 1, Reason::DestinationOfAnother);
}

// ---------------------------------------------------------------- lanes

#[test]
fn a_session_needs_its_reply() {
    let mut o = office();
    o.case.model.transits[o.fw].stateful = false;
    let reply = Rule { state: RuleState::Established, ..rule(Action::Permit, "10.1.0.20", "10.2.0.10", Service::ANY) };
    o.case.model.transits[o.fw].rules.as_mut().expect("rules").push(reply);
    let no_rule = |c: &mut Case| drop(c.model.transits[o.fw].rules.as_mut().expect("rules").pop());
    o.case.breaks(no_rule, 1, Reason::ReplyStops(stop(1, Fault::Dropped)));
    // A rule for new sessions with the ports of the request does not fit the reply's ports.
    let wrong_port = |c: &mut Case| {
        c.model.transits[o.fw].rules.as_mut().expect("rules")[2].services = vec![port(Protocol::Tcp, 443)];
    };
    o.case.breaks(wrong_port, 1, Reason::ReplyStops(stop(1, Fault::Dropped)));
    let ports = |c: &mut Case| {
        let one = |p| PortRange { first: p, last: p };
        let tcp = Some(Protocol::Tcp);
        let reply = Service { protocol: tcp, source: one(443), destination: one(50_000) };
        c.model.transits[o.fw].rules.as_mut().expect("rules")[2].services = vec![reply];
    };
    o.case.bears(ports);
    o.case.hops.iter_mut().for_each(|h| h.level = Level::May);
    o.case.breaks(no_rule, 1, Reason::NoReply);
}

#[test]
fn a_session_needs_its_later_packets() {
    let mut o = office();
    o.case.model.transits[o.fw].stateful = false;
    let rules = o.case.model.transits[o.fw].rules.as_mut().expect("rules");
    rules.push(rule(Action::Permit, "10.1.0.20", "10.2.0.10", Service::ANY));
    // Drops what claims to belong to a session, in the direction of the request only.
    let deny = |c: &mut Case| {
        let rule = Rule { state: RuleState::Established, ..rule(Action::Deny, "10.2.0.10", "any", Service::ANY) };
        c.model.transits[o.fw].rules.as_mut().expect("rules")[0] = rule;
    };
    o.case.breaks(deny, 1, Reason::AckStops(stop(1, Fault::Dropped)));
    o.case.hops.iter_mut().for_each(|h| h.level = Level::May);
    o.case.breaks(deny, 1, Reason::NoAck);
    // A device that remembers does not look at the flag.
    o.case.bears(|c| {
        deny(c);
        c.model.transits[o.fw].stateful = true;
    });
}

#[test]
fn a_datagram_is_content_without_a_reply() {
    let mut o = office_with(Protocol::Udp);
    o.case.accepted();
    o.case.model.transits[o.fw].one_way = Some((o.inside, o.outside));
    o.case.refused(3, Reason::ReplyStops(stop(1, Fault::AgainstOneWay)));
    o.case.hops[2].level = Level::May;
    o.case.refused(3, Reason::NoReply);
    o.case.hops.truncate(2);
    o.case.breaks(
        |c| c.model.transits[o.fw].one_way = Some((o.outside, o.inside)),
        1,
        Reason::Walk(stop(1, Fault::AgainstOneWay)),
    );
}

#[test]
fn only_tcp_has_later_packets_that_count() {
    let mut o = office_with(Protocol::Udp);
    o.case.model.transits[o.fw].stateful = false;
    let deny = rule(Action::Deny, "10.2.0.10", "any", Service::ANY);
    let rules = o.case.model.transits[o.fw].rules.as_mut().expect("rules");
    rules[0] = Rule { state: RuleState::Established, ..deny };
    rules.push(rule(Action::Permit, "10.1.0.20", "10.2.0.10", Service::ANY));
    o.case.accepted();
    o.case.bears(|c| c.hops[2].level = Level::May);
}

#[test]
fn a_reply_may_take_another_way_but_not_for_certain() {
    let mut o = office();
    o.case.model.transits[o.fw].one_way = Some((o.inside, o.outside));
    o.case.hops.iter_mut().for_each(|h| h.level = Level::May);
    o.case.refused(1, Reason::NoReply);
    let back = Transit {
        one_way: Some((o.outside, o.inside)),
        stateful: false,
        rules: None,
        labels: Vec::new(),
        ..o.case.model.transits[o.fw].clone()
    };
    o.case.model.transits.push(back);
    let sure = |c: &mut Case| c.hops[0].level = Level::Sure;
    o.case.breaks(sure, 1, Reason::ReplyStops(stop(1, Fault::AgainstOneWay)));
}

#[test]
fn a_must_step_has_the_only_walk() {
    let o = office();
    let second = |c: &mut Case| {
        let twin = Transit { rules: Some(Vec::new()), ..c.model.transits[o.fw].clone() };
        c.model.transits.push(twin);
    };
    o.case.breaks(second, 1, Reason::AnotherWalk);
    o.case.bears(|c| {
        second(c);
        c.hops[0].level = Level::Sure;
        c.hops[2].level = Level::Sure;
    });
    // The second device leads there by its routes only, or not at all; an answer has one way, too.
    let routed = |to: &'static str, len: u8, via: ZoneId| {
        move |c: &mut Case| {
            second(c);
            c.model.transits[TransitId::new(1)].routes = Some(vec![route(to, len, via)]);
        }
    };
    o.case.bears(routed("10.9.0.0/24", 24, o.inside));
    o.case.breaks(routed("any", 0, o.outside), 1, Reason::AnotherWalk);
    o.case.breaks(routed("10.2.0.0/24", 24, o.inside), 1, Reason::AnotherWalk);
    o.case.bears(|c| {
        routed("10.2.0.0/24", 24, o.inside)(c);
        c.hops[0].level = Level::Sure;
        c.hops[2].level = Level::Sure;
    });
}

// must: "no device follows itself"
#[test]
fn a_device_that_takes_back_what_it_has_sent_is_no_must() {
    let mut d = Drawing::default();
    let (inside, middle, outside) = (d.zone("inside"), d.zone("middle"), d.zone("outside"));
    let pc = d.host("pc", inside, "10.2.0.10");
    let srv = d.host("srv", outside, "10.1.0.20");
    let fw = d.transit(&[inside, middle, outside], vec![rule(Action::Permit, "any", "any", Service::ANY)]);
    let when = RouteWhen {
        source: addrs("any"),
        enters: vec![inside],
        services: vec![Service::ANY],
        joined: AddrMatch::default(),
    };
    let away = Route { when: Some(when), ..route("any", 0, middle) };
    d.0.transits[fw].routes = Some(vec![away, route("10.1.0.0/24", 24, outside), route("10.2.0.0/24", 24, inside)]);
    let p = packet(lit("10.2.0.10"), lit("10.1.0.20"), Protocol::Udp, 53);
    let walk = vec![via(fw, inside, middle, Some(0), p), via(fw, middle, outside, Some(0), p)];
    let hops = vec![request(&session(pc, srv, p, walk), Level::Sure)];
    Case::new(d.0, Lens::Attack, hops).breaks(|c| c.hops[0].level = Level::Must, 1, Reason::AnotherWalk);
}

// P-HAIRPIN
#[test]
fn only_what_is_translated_is_sent_back_by_nobody_s_hand() {
    let mut d = Drawing::default();
    let (inside, middle) = (d.zone("inside"), d.zone("middle"));
    let pc = d.host("pc", inside, "10.2.0.10");
    let srv = d.host("srv", inside, "10.2.0.20");
    d.0.zones[inside].client_isolation = true;
    let fw = d.transit(&[inside, middle], vec![rule(Action::Permit, "any", "any", Service::ANY)]);
    d.0.transits[fw].dnat = vec![Dnat {
        outside: ip("203.0.113.80"),
        inside: lit("10.2.0.20"),
        zone: None,
        ports: None,
        inside_port: None,
        span: span(),
    }];
    let asked = packet(lit("10.2.0.10"), lit("203.0.113.80"), Protocol::Tcp, 443);
    let inner = Packet { destination: lit("10.2.0.20"), ..asked };
    let hops = vec![request(&session(pc, srv, asked, vec![via(fw, inside, inside, Some(0), inner)]), Level::May)];
    // What is not translated it does not send back.
    d.0.transits[fw].hairpin = Some(Hairpin::Drop);
    let case = Case::new(d.0, Lens::Attack, hops);
    // Whether the answer comes back by it is not certain.
    let stays = Reason::ReplyStops(stop(1, Fault::HandedToAnother));
    case.breaks(|c| c.hops[0].level = Level::Sure, 1, stays);
    let not_there = Reason::Walk(stop(1, Fault::NotItsZones));
    case.breaks(|c| (c.session(0).packet, c.session(0).delivered) = (inner, inner), 1, not_there);
}

// ---------------------------------------------------------------- two devices and translation

/// `pc` asks for 203.0.113.80, which the second device translates to `srv`; the first hides `pc` behind 192.0.2.1.
struct Nat {
    case: Case,
    middle: ZoneId,
    first: TransitId,
    second: TransitId,
    original: Packet,
    hidden: Packet,
    inner: Packet,
}

fn nat() -> Nat {
    let mut d = Drawing::default();
    let (inside, middle, outside) = (d.zone("inside"), d.zone("middle"), d.zone("outside"));
    let pc = d.host("pc", inside, "10.2.0.10");
    let srv = d.host("srv", outside, "10.1.0.20");
    let first = d.transit(&[inside, middle], vec![rule(Action::Permit, "10.2.0.0/24", "203.0.113.80", Service::ANY)]);
    let second = d.transit(&[middle, outside], vec![rule(Action::Permit, "192.0.2.1", "10.1.0.20", Service::ANY)]);
    d.0.transits[first].snat = vec![Snat { source: ip("192.0.2.1"), zone: middle, from: None }];
    let behind = Dnat {
        outside: ip("203.0.113.80"),
        inside: lit("10.1.0.20"),
        zone: Some(outside),
        ports: None,
        inside_port: None,
        span: span(),
    };
    d.0.transits[second].dnat = vec![behind];
    let original = packet(lit("10.2.0.10"), lit("203.0.113.80"), Protocol::Tcp, 443);
    let hidden = Packet { source: lit("192.0.2.1"), ..original };
    let inner = Packet { destination: lit("10.1.0.20"), ..hidden };
    let walk = vec![via(first, inside, middle, Some(0), hidden), via(second, middle, outside, Some(0), inner)];
    let s = session(pc, srv, original, walk);
    let hops = vec![request(&s, Level::Must), pivot(srv, Carrier::Req), answer(&s, Level::Must)];
    Nat { case: Case::new(d.0, Lens::Attack, hops), middle, first, second, original, hidden, inner }
}

#[test]
fn translation_is_done_there_and_undone_back() {
    let n = nat();
    n.case.accepted();
    n.case.bears(|c| c.hops.iter_mut().for_each(|h| h.level = Level::May));
}

#[test]
fn translation_has_to_show_in_the_packets() {
    let n = nat();
    let other = |device, packet| Reason::Walk(stop(device, Fault::OtherPacket(Box::new(packet))));
    n.case.breaks(|c| c.session(0).forward[0].packet = n.original, 1, other(1, n.hidden));
    n.case.breaks(|c| c.session(0).forward[1].packet = n.hidden, 1, other(2, n.inner));
    n.case.breaks(|c| c.session(0).delivered = n.hidden, 1, Reason::DestinationOfAnother);
    let source = |c: &mut Case| c.session(0).delivered.source = n.original.source;
    n.case.breaks(source, 1, Reason::OtherDelivered(Box::new(n.inner)));
}

#[test]
fn rules_see_the_translated_destination_and_the_original_source() {
    let n = nat();
    let dropped = |device| Reason::Walk(stop(device, Fault::Dropped));
    let rules = |c: &mut Case, device: TransitId, source: &str, destination: &str| {
        c.model.transits[device].rules = Some(vec![rule(Action::Permit, source, destination, Service::ANY)]);
    };
    n.case.breaks(|c| rules(c, n.first, "192.0.2.1", "any"), 1, dropped(1));
    n.case.breaks(|c| rules(c, n.second, "any", "203.0.113.80"), 1, dropped(2));
}

#[test]
fn routes_see_the_translated_destination_and_the_initiator_as_it_is_known_there() {
    let mut n = nat();
    let (inside, outside) = (ZoneId::new(0), ZoneId::new(2));
    let to_srv = route("10.1.0.0/24", 24, outside);
    let to_pc = route("10.2.0.0/24", 24, inside);
    let (out, back) = (route("203.0.113.80", 32, n.middle), route("192.0.2.1", 32, n.middle));
    n.case.model.transits[n.first].routes = Some(vec![out.clone(), to_pc]);
    n.case.model.transits[n.second].routes = Some(vec![to_srv, back.clone()]);
    let untranslated = |c: &mut Case| {
        let routes = vec![route("203.0.113.80", 32, outside), back.clone()];
        c.model.transits[n.second].routes = Some(routes);
    };
    n.case.breaks(untranslated, 1, Reason::Walk(stop(2, Fault::NotRouted)));
    let hidden = |c: &mut Case| {
        let routes = vec![out.clone(), route("192.0.2.1", 32, inside)];
        c.model.transits[n.first].routes = Some(routes);
    };
    n.case.breaks(hidden, 1, Reason::ReplyStops(stop(1, Fault::NotRouted)));
}

#[test]
fn translation_belongs_to_the_zone_to_which_a_packet_leaves() {
    let n = nat();
    let dnat = |c: &mut Case| c.model.transits[n.second].dnat[0].zone = Some(n.middle);
    n.case.breaks(dnat, 1, Reason::Walk(stop(2, Fault::Dropped)));
    let snat = |c: &mut Case| c.model.transits[n.first].snat[0].zone = ZoneId::new(0);
    let original = Fault::OtherPacket(Box::new(n.original));
    n.case.breaks(snat, 1, Reason::Walk(stop(1, original)));
}

#[test]
fn later_packets_have_to_reach_the_responder_s_address() {
    let mut n = nat();
    let (first, second) = (n.first, n.second);
    n.case.hops.iter_mut().for_each(|h| h.level = Level::May);
    // No source translation, and a first device that does not remember.
    let inner = Packet { source: n.original.source, ..n.inner };
    n.case.rewalk(|s| {
        s.forward[0].packet = n.original;
        s.forward[1].packet = inner;
        s.delivered = inner;
    });
    let devices = &mut n.case.model.transits;
    let forward = rule(Action::Permit, "any", "any", Service::ANY);
    devices[second].rules = Some(vec![Rule { enters: vec![n.middle], ..forward }]);
    devices[first].snat.clear();
    devices[first].stateful = false;
    let answers = rule(Action::Permit, "203.0.113.80", "10.2.0.10", Service::ANY);
    devices[first].rules.as_mut().expect("rules").push(answers);
    // A plain device beside them leads to the right zone, but does not translate.
    let zones = vec![ZoneId::new(0), ZoneId::new(2)];
    let plain = Transit { zones, rules: None, dnat: Vec::new(), ..devices[second].clone() };
    devices.push(plain);
    let no_later = |c: &mut Case| {
        let deny = rule(Action::Deny, "10.2.0.10", "any", Service::ANY);
        let rules = c.model.transits[first].rules.as_mut().expect("rules");
        rules.insert(0, Rule { state: RuleState::Established, ..deny });
        c.rewalk(|s| s.forward[0].rule = Some(1));
    };
    n.case.breaks(no_later, 1, Reason::NoAck);
}

#[test]
fn devices_have_to_come_in_order() {
    let n = nat();
    n.case.breaks(|c| c.session(0).forward.reverse(), 1, Reason::Walk(stop(1, Fault::NotHere)));
    let dropped = |c: &mut Case| c.session(0).forward.truncate(1);
    n.case.breaks(dropped, 1, Reason::EndsElsewhere);
    let skipped = |c: &mut Case| c.session(0).forward = c.session(0).forward.split_off(1);
    n.case.breaks(skipped, 1, Reason::Walk(stop(1, Fault::NotHere)));
    let swapped = |c: &mut Case| c.session(0).forward[0].device = n.second;
    n.case.breaks(swapped, 1, Reason::Walk(stop(1, Fault::NotItsZones)));
}

#[test]
fn a_reply_that_is_not_translated_back_is_none() {
    let mut n = nat();
    n.case.hops.iter_mut().for_each(|h| h.level = Level::May);
    // The request goes through a twin of the first device; the reply then has to be translated back by one of them.
    let one_way = |c: &mut Case| {
        c.model.transits[n.first].one_way = Some((ZoneId::new(0), n.middle));
        let plain = Transit { snat: Vec::new(), one_way: None, ..c.model.transits[n.first].clone() };
        c.model.transits.push(plain);
    };
    n.case.breaks(one_way, 1, Reason::NoReply);
    n.case.bears(|c| {
        one_way(c);
        let id = TransitId::new(2);
        c.model.transits[id].snat = c.model.transits[n.first].snat.clone();
    });
}

// ---------------------------------------------------------------- one zone

/// Two hosts and a third in one zone.
fn lan() -> (Case, [FaceId; 3], ZoneId) {
    let mut d = Drawing::default();
    let zone = d.zone("lan");
    let faces = ["10.0.0.1", "10.0.0.2", "10.0.0.3"].map(|a| d.host(a, zone, a));
    let p = packet(lit("10.0.0.1"), lit("10.0.0.2"), Protocol::Tcp, 80);
    let s = session(faces[0], faces[1], p, Vec::new());
    let hops = vec![request(&s, Level::Must), pivot(faces[1], Carrier::Req), answer(&s, Level::Must)];
    (Case::new(d.0, Lens::Attack, hops), faces, zone)
}

#[test]
fn isolation_keeps_endpoints_of_one_zone_apart() {
    let (case, _, zone) = lan();
    case.breaks(|c| c.model.zones[zone].client_isolation = true, 1, Reason::Isolated);
    case.breaks(
        |c| {
            c.model.zones[zone].client_isolation = true;
            c.hops[0].level = Level::May;
        },
        1,
        Reason::Isolated,
    );
}

/// In an isolated zone, the session goes out through one device and comes in through another.
fn hairpin() -> (Case, TransitId) {
    let (mut case, _, lan) = lan();
    case.model.zones[lan].client_isolation = true;
    let mut d = Drawing(std::mem::take(&mut case.model));
    let beyond = d.zone("beyond");
    let out = d.transit(&[lan, beyond], vec![rule(Action::Permit, "any", "any", Service::ANY)]);
    let back = d.transit(&[lan, beyond], vec![rule(Action::Permit, "any", "any", Service::ANY)]);
    case.model = d.0;
    case.rewalk(|s| {
        let p = s.packet;
        s.forward = vec![via(out, lan, beyond, Some(0), p), via(back, beyond, lan, Some(0), p)];
    });
    case.hops.iter_mut().for_each(|h| h.level = Level::Sure);
    case.hops[1].level = Level::Must;
    (case, out)
}

#[test]
fn isolated_endpoints_may_meet_by_way_of_devices() {
    let (mut case, out) = hairpin();
    let (lan, beyond) = (ZoneId::new(0), ZoneId::new(1));
    case.breaks(|c| c.hops[0].level = Level::Must, 1, Reason::AnotherWalk);
    case.hops.iter_mut().for_each(|h| h.level = Level::May);
    // Then later packets and replies have to take that way, too.
    let deny = Rule { state: RuleState::Established, ..rule(Action::Deny, "10.0.0.1", "any", Service::ANY) };
    let no_later = |c: &mut Case| {
        for id in [0, 1].map(TransitId::new) {
            c.model.transits[id].stateful = false;
            c.model.transits[id].rules.as_mut().expect("rules").insert(0, deny.clone());
        }
        c.rewalk(|s| s.forward.iter_mut().for_each(|t| t.rule = Some(1)));
    };
    case.breaks(no_later, 1, Reason::NoAck);
    let one_way = |c: &mut Case| {
        c.model.transits[out].one_way = Some((lan, beyond));
        let mut back = c.model.transits[TransitId::new(1)].clone();
        back.one_way = Some((beyond, lan));
        back.rules = Some(vec![rule(Action::Permit, "10.0.0.1", "any", Service::ANY)]);
        back.stateful = false;
        c.model.transits[TransitId::new(1)] = back;
    };
    case.breaks(one_way, 1, Reason::NoReply);
    // Where nothing isolates, they go directly.
    case.bears(|c| {
        no_later(c);
        c.model.zones[lan].client_isolation = false;
    });
}

/// The third host of the zone uses the address of one of the others.
fn impersonation(cause: impl FnOnce(&mut SessionCause), from: Fact, to: Fact) -> Case {
    let (mut case, faces, _) = lan();
    let s = case.session(0);
    s.impersonator = Some(faces[2]);
    cause(s);
    let mut hop = case.hops.swap_remove(0);
    (hop.from, hop.to) = (from, to);
    case.hops = vec![hop];
    case
}

fn impersonations() -> [(Case, bool); 4] {
    let (_, [a, b, m], _) = lan();
    let (own, req, rsp) = (Carrier::Own, Carrier::Req, Carrier::Rsp);
    [
        (impersonation(|_| (), Fact::holds(m, own), Fact::arrives(b, req)), true),
        (impersonation(|s| s.reply = true, Fact::holds(b, own), Fact::arrives(m, rsp)), true),
        (impersonation(|s| s.reply = true, Fact::holds(m, own), Fact::arrives(a, rsp)), false),
        (impersonation(|_| (), Fact::holds(a, own), Fact::arrives(m, req)), false),
    ]
}

#[test]
fn a_neighbour_may_use_either_address() {
    let (_, [a, b, _], zone) = lan();
    for (case, _) in impersonations() {
        case.accepted();
        case.bears(|c| c.lens = Lens::Leak);
        case.breaks(|c| c.lens = Lens::Direct, 1, Reason::ImpersonationInDirect);
        case.breaks(|c| c.model.zones[zone].broadcast = false, 1, Reason::NotBroadcast);
        case.breaks(|c| c.session(0).impersonator = None, 1, Reason::OtherEnds);
        let m = FaceId::new(2);
        let elsewhere = |c: &mut Case| {
            let zone = c.model.zones.push(c.model.zones[zone].clone());
            c.model.faces[m].zone = Some(zone);
        };
        case.breaks(elsewhere, 1, Reason::NoHostOfTheZone);
        let sink = |c: &mut Case| endpoint_mut(&mut c.model, m).behaviour = Behaviour::Sink;
        if case.hops[0].from.face == m {
            let mut changed = case.clone();
            sink(&mut changed);
            assert!(changed.replay().is_err());
        } else {
            case.breaks(sink, 1, Reason::NoHostOfTheZone);
        }
        for end in [a, b] {
            let own = |c: &mut Case| c.model.faces[m].node = c.model.faces[end].node;
            case.breaks(own, 1, Reason::ImpersonatesItself);
        }
    }
}

#[test]
fn who_passes_for_the_responder_needs_a_whole_session() {
    let [as_initiator, _, _, mut as_responder] = impersonations().map(|(case, _)| case);
    as_responder.lens = Lens::Leak;
    as_responder.breaks(|c| c.session(0).covert = true, 1, Reason::NotCovert);
    let leak = |c: &mut Case| {
        c.lens = Lens::Leak;
        c.session(0).covert = true;
    };
    as_initiator.bears(leak);

    let mut o = office_with(Protocol::Udp);
    o.case.hops.truncate(1);
    o.case.hops[0].to.face = o.decoy;
    o.case.session(0).impersonator = Some(o.decoy);
    let one_way = |c: &mut Case| c.model.transits[o.fw].one_way = Some((o.inside, o.outside));
    o.case.breaks(one_way, 1, Reason::ReplyStops(stop(1, Fault::AgainstOneWay)));
    let mut honest = o.case.clone();
    honest.hops[0].to.face = o.srv;
    honest.session(0).impersonator = None;
    honest.bears(one_way);
}

#[test]
fn binding_guards_impersonation() {
    let (_, _, zone) = lan();
    for (mut case, _) in impersonations() {
        let bind = case.model.guards.push(Guard { name: "bind".to_owned(), span: None });
        case.model.zones[zone].binding = Some(bind);
        case.refused(1, Reason::OtherGuards { demanded: vec![bind] });
        case.hops[0].guards = vec![bind];
        case.refused(1, Reason::GuardWorks(bind));
        case.failed = vec![bind];
        case.accepted();
    }
}

#[test]
fn only_the_responder_s_impersonator_meets_the_communication_s_guards() {
    for (mut case, initiator) in impersonations() {
        case.lens = Lens::Leak;
        let declass = case.model.guards.push(Guard { name: "declass".to_owned(), span: None });
        case.model.communications.push(Communication {
            from: vec![NodeId::new(0)],
            to: vec![NodeId::new(1)],
            services: vec![Service::ANY],
            ..communication(&office(), None, Some(declass))
        });
        if initiator {
            case.accepted();
        } else {
            case.refused(1, Reason::CommunicationNotNamed);
            case.session(0).communication = Some(CommunicationId::new(0));
            case.refused(1, Reason::OtherGuards { demanded: vec![declass] });
        }
    }
}

#[test]
fn an_impersonator_is_in_the_zone_of_the_end_it_plays() {
    let o = office();
    let mut case = o.case.clone();
    case.hops.truncate(1);
    case.hops[0].from.face = o.neighbour;
    case.session(0).impersonator = Some(o.neighbour);
    case.accepted();
    case.breaks(
        |c| {
            c.hops[0].from.face = o.decoy;
            c.session(0).impersonator = Some(o.decoy);
        },
        1,
        Reason::NoHostOfTheZone,
    );
    let (zone, node) = (o.outside, case.model.faces[o.neighbour].node);
    case.bears(|c| c.model.zones[zone].broadcast = false);
    // The session itself is still that of the two ends.
    case.bears(|c| endpoint_mut(&mut c.model, o.neighbour).outbound = false);
    case.breaks(|c| endpoint_mut(&mut c.model, o.pc).outbound = false, 1, Reason::MayNotOpen);
    let only = |c: &mut Case| endpoint_mut(&mut c.model, o.srv).clients = Some(vec![node]);
    case.breaks(only, 1, Reason::ClientNotAdmitted);
}

// ---------------------------------------------------------------- covert

#[test]
fn colluding_ends_need_no_whole_session_in_the_leak_lens() {
    let mut o = office();
    o.case.lens = Lens::Leak;
    o.case.hops.truncate(1);
    o.case.model.transits[o.fw].one_way = Some((o.inside, o.outside));
    o.case.refused(1, Reason::ReplyStops(stop(1, Fault::AgainstOneWay)));
    o.case.session(0).covert = true;
    o.case.breaks(|c| c.lens = Lens::Attack, 1, Reason::NotCovert);
    o.case.breaks(|c| c.lens = Lens::Direct, 1, Reason::NotCovert);
    let reverse = |c: &mut Case| c.model.transits[o.fw].one_way = Some((o.outside, o.inside));
    o.case.breaks(reverse, 1, Reason::Walk(stop(1, Fault::AgainstOneWay)));
}

#[test]
fn a_covert_packet_may_pretend_to_belong_to_a_session() {
    let mut o = office();
    o.case.lens = Lens::Leak;
    o.case.hops.truncate(1);
    o.case.session(0).covert = true;
    o.case.model.transits[o.fw].stateful = false;
    o.case.model.transits[o.fw].rules.as_mut().expect("rules")[1].state = RuleState::Established;
    // It is no first packet, so nobody has to listen for it.
    o.case.bears(|c| endpoint_mut(&mut c.model, o.srv).listens = Some(Vec::new()));
    let remembers = |c: &mut Case| c.model.transits[o.fw].stateful = true;
    o.case.breaks(remembers, 1, Reason::Walk(stop(1, Fault::Dropped)));
    let honest = |c: &mut Case| c.session(0).covert = false;
    o.case.breaks(honest, 1, Reason::Walk(stop(1, Fault::Dropped)));
}

#[test]
fn only_requests_of_a_party_over_tcp_are_covert() {
    let mut o = office();
    o.case.lens = Lens::Leak;
    o.case.breaks(|c| c.session(2).covert = true, 3, Reason::NotCovert);
    let mut udp = office_with(Protocol::Udp);
    udp.case.lens = Lens::Leak;
    udp.case.breaks(|c| c.session(0).covert = true, 1, Reason::NotCovert);
}

// ---------------------------------------------------------------- mediators

/// A client reaches side `c` of a screen gateway, whose side `d` opens a session to a desktop.
struct Screen {
    case: Case,
    c: FaceId,
    d: FaceId,
    desktop: FaceId,
    cdr: GuardId,
}

fn screen() -> Screen {
    let mut d = Drawing::default();
    let (near, far) = (d.zone("near"), d.zone("far"));
    let client = d.host("client", near, "10.2.0.10");
    let desktop = d.host("desktop", far, "10.1.0.10");
    let (label, cdr) = (d.label("screen"), d.guard("cdr"));
    let faces = [(near, known("10.2.0.99")), (far, known("10.1.0.99"))];
    let mediator = Mediator {
        sides: vec!["c".to_owned(), "d".to_owned()],
        transforms: Vec::new(),
        labels: vec![label],
        listens: None,
        clients: None,
        servers: None,
    };
    let sides = d.node("gateway", Role::Mediator(mediator), &faces);
    let (c, dd) = (sides[0], sides[1]);
    let transform = |takes, gives| Transform { takes, gives, guards: Vec::new(), assumption: None, reason: text() };
    mediator_mut(&mut d.0, c).transforms = vec![
        transform((c, Carrier::Req), (dd, Carrier::Key, Way::Opens)),
        transform((dd, Carrier::Rsp), (c, Carrier::Scr, Way::Answers)),
    ];
    let s1 = session(client, c, packet(lit("10.2.0.10"), lit("10.2.0.99"), Protocol::Tcp, 443), Vec::new());
    let s2 = session(dd, desktop, packet(lit("10.1.0.99"), lit("10.1.0.10"), Protocol::Tcp, 3389), Vec::new());
    let key = Fact::leaves(dd, Carrier::Key, Way::Opens);
    let scr = Fact::leaves(c, Carrier::Scr, Way::Answers);
    let mut hops = vec![
        request(&s1, Level::Must),
        hop(Fact::arrives(c, Carrier::Req), key, Cause::Transform(0), Level::Must),
        Hop { from: key, to: Fact::arrives(desktop, Carrier::Key), ..request(&s2, Level::Must) },
        pivot(desktop, Carrier::Key),
        answer(&s2, Level::Must),
        hop(Fact::arrives(dd, Carrier::Rsp), scr, Cause::Transform(1), Level::Must),
        Hop { from: scr, to: Fact::arrives(client, Carrier::Scr), ..answer(&s1, Level::Must) },
    ];
    hops[1].labels = vec![label];
    hops[5].labels = vec![label];
    Screen { case: Case::new(d.0, Lens::Attack, hops), c, d: dd, desktop, cdr }
}

#[test]
fn keys_go_in_and_pictures_come_out() {
    screen().case.accepted();
}

#[test]
fn a_mediator_does_what_its_row_says() {
    let s = screen();
    s.case.breaks(|c| c.hops[1].cause = Cause::Transform(1), 2, Reason::OtherTransform(1));
    s.case.breaks(|c| c.hops[1].cause = Cause::Transform(2), 2, Reason::NoSuchTransform(2));
    let raw = |c: &mut Case| c.hops[1].to.state = State::Leaves(Carrier::Raw, Way::Opens);
    s.case.breaks(raw, 2, Reason::OtherTransform(0));
    let way = |c: &mut Case| c.hops[1].to.state = State::Leaves(Carrier::Key, Way::Both);
    s.case.breaks(way, 2, Reason::OtherTransform(0));
    s.case.breaks(|c| c.hops[1].to.face = s.c, 2, Reason::OtherTransform(0));
    let earned = vec![LabelId::new(0)];
    s.case.breaks(|c| c.hops[1].labels.clear(), 2, Reason::OtherLabels { earned: earned.clone() });
    s.case.breaks(|c| c.hops[0].labels = earned, 1, Reason::OtherLabels { earned: Vec::new() });
}

#[test]
fn a_transform_has_its_guards_and_its_doubts() {
    let mut s = screen();
    mediator_mut(&mut s.case.model, s.c).transforms[0].guards = vec![s.cdr];
    s.case.refused(2, Reason::OtherGuards { demanded: vec![s.cdr] });
    s.case.hops[1].guards = vec![s.cdr];
    s.case.refused(2, Reason::GuardWorks(s.cdr));
    s.case.failed = vec![s.cdr];
    s.case.accepted();
    let assumption = s.case.model.assumptions.push(Assumption { text: text(), span: None });
    mediator_mut(&mut s.case.model, s.c).transforms[0].assumption = Some(assumption);
    s.case.refused(2, Reason::LessCertain { at_most: Level::May });
    s.case.hops[1].level = Level::May;
    s.case.accepted();
}

#[test]
fn output_leaves_only_in_its_way() {
    let s = screen();
    // Side `d` answers nobody: the same key, drawn as an answer, is refused.
    let answers = |c: &mut Case| {
        mediator_mut(&mut c.model, s.d).transforms[0].gives.2 = Way::Answers;
        let state = State::Leaves(Carrier::Key, Way::Answers);
        c.hops[1].to.state = state;
        c.hops[2].from.state = state;
    };
    s.case.breaks(answers, 3, Reason::OtherContent);
    let opens = |c: &mut Case| {
        mediator_mut(&mut c.model, s.d).transforms[1].gives.2 = Way::Opens;
        let state = State::Leaves(Carrier::Scr, Way::Opens);
        c.hops[5].to.state = state;
        c.hops[6].from.state = state;
    };
    s.case.breaks(opens, 7, Reason::OtherContent);
    let both = |c: &mut Case| {
        mediator_mut(&mut c.model, s.d).transforms[0].gives.2 = Way::Both;
        let state = State::Leaves(Carrier::Key, Way::Both);
        c.hops[1].to.state = state;
        c.hops[2].from.state = state;
    };
    s.case.bears(both);
    s.case.breaks(|c| c.hops[2].to.state = State::Arrives(Carrier::Req), 3, Reason::OtherContent);
}

#[test]
fn a_mediator_opens_to_its_servers_and_answers_its_clients() {
    let s = screen();
    let client = s.case.model.faces[FaceId::new(0)].node;
    let desktop = s.case.model.faces[s.desktop].node;
    s.case.bears(|c| mediator_mut(&mut c.model, s.c).servers = Some(vec![desktop]));
    s.case.breaks(|c| mediator_mut(&mut c.model, s.c).servers = Some(vec![client]), 3, Reason::MayNotOpen);
    s.case.bears(|c| mediator_mut(&mut c.model, s.c).clients = Some(vec![client]));
    s.case.breaks(|c| mediator_mut(&mut c.model, s.c).clients = Some(vec![desktop]), 1, Reason::ClientNotAdmitted);
    let listens = |c: &mut Case| mediator_mut(&mut c.model, s.c).listens = Some(vec![port(Protocol::Tcp, 80)]);
    s.case.breaks(listens, 1, Reason::NotListening);
    // Client isolation is between endpoints.
    s.case.bears(|c| c.model.zones[ZoneId::new(0)].client_isolation = true);
}

// ---------------------------------------------------------------- stores, sinks, machines, relations

#[test]
fn a_store_keeps_and_gives_in_the_form_that_came() {
    let (mut case, [a, b, _], _) = lan();
    case.lens = Lens::Leak;
    endpoint_mut(&mut case.model, b).behaviour = Behaviour::Store;
    let raw = Fact::holds(b, Carrier::Raw);
    case.hops[1] = hop(Fact::arrives(b, Carrier::Req), raw, Cause::Stored, Level::Must);
    case.hops[2].from = raw;
    case.hops[2].to = Fact::arrives(a, Carrier::Raw);
    case.accepted();
    case.bears(|c| c.lens = Lens::Attack);
    case.breaks(|c| c.lens = Lens::Direct, 2, Reason::NotStored);
    case.breaks(|c| c.hops[1].to.state = State::Holds(Carrier::San), 2, Reason::NotStored);
    case.breaks(|c| c.hops[1].to.state = State::Holds(Carrier::Own), 2, Reason::NotStored);
    case.breaks(|c| c.hops[1].cause = Cause::Pivot, 2, Reason::NoPivot);
    case.breaks(|c| c.hops[2].to.state = State::Arrives(Carrier::Rsp), 3, Reason::OtherContent);
    case.breaks(|c| endpoint_mut(&mut c.model, b).behaviour = HOST, 2, Reason::NotStored);
}

#[test]
fn a_store_with_control_opens_and_answers() {
    let (mut case, [_, b, _], _) = lan();
    case.hops.remove(0);
    case.hops[0] = hop(Fact::arrives(b, Carrier::Ctl), Fact::holds(b, Carrier::Own), Cause::Stored, Level::Must);
    endpoint_mut(&mut case.model, b).behaviour = Behaviour::Store;
    case.breaks(|c| c.hops[0].from.state = State::Arrives(Carrier::Key), 1, Reason::NotStored);
}

#[test]
fn a_store_gives_files_and_a_host_does_not() {
    let (case, [a, ..], _) = lan();
    for carrier in Carrier::ALL {
        let mut case = case.clone();
        case.hops.truncate(1);
        case.hops[0].from.state = State::Holds(carrier);
        case.hops[0].to.state = State::Arrives(carrier);
        case.refused(1, Reason::OtherContent);
        endpoint_mut(&mut case.model, a).behaviour = Behaviour::Store;
        if matches!(carrier, Carrier::Raw | Carrier::Chk | Carrier::San | Carrier::Txt) {
            case.accepted();
        } else {
            case.refused(1, Reason::OtherContent);
        }
    }
}

#[test]
fn a_sink_never_gives() {
    let (case, [a, b, _], _) = lan();
    let sink = |face| move |c: &mut Case| endpoint_mut(&mut c.model, face).behaviour = Behaviour::Sink;
    case.breaks(sink(a), 1, Reason::OtherContent);
    let mut answer = case.clone();
    answer.hops.drain(..2);
    answer.breaks(sink(b), 1, Reason::OtherContent);
}

#[test]
fn one_machine_passes_control_between_its_faces() {
    let mut d = Drawing::default();
    let (x, y) = (d.zone("x"), d.zone("y"));
    let faces = d.endpoint("laptop", HOST, &[(x, FaceAddress::Unknown), (y, FaceAddress::Unknown)]);
    let other = d.host("other", y, "10.0.0.1");
    let isolation = d.guard("isolation");
    let (from, to) = (Fact::holds(faces[0], Carrier::Own), Fact::arrives(faces[1], Carrier::Own));
    let case = Case::new(d.0, Lens::Direct, vec![hop(from, to, Cause::SameMachine, Level::Must)]);
    case.breaks(|c| c.hops[0].to.face = other, 1, Reason::NotOneMachine);
    case.breaks(|c| c.hops[0].to.face = faces[0], 1, Reason::NotOneMachine);
    case.breaks(|c| c.hops[0].to.state = State::Holds(Carrier::Own), 1, Reason::NotOneMachine);
    let isolated = |c: &mut Case| endpoint_mut(&mut c.model, faces[0]).isolation = Some(isolation);
    case.breaks(isolated, 1, Reason::OtherGuards { demanded: vec![isolation] });
    case.bears(|c| {
        isolated(c);
        c.hops[0].guards = vec![isolation];
        c.failed = vec![isolation];
    });
}

#[test]
fn a_relation_is_taken_as_it_is_declared() {
    let (mut case, [a, b, m], _) = lan();
    let (guard, label) = (GuardId::new(0), LabelId::new(0));
    case.model.relations.push(Relation {
        from: Fact::holds(a, Carrier::Own),
        to: Fact::arrives(b, Carrier::Ctl),
        guards: vec![guard],
        labels: vec![label],
        assumption: None,
        reason: text(),
        span: span(),
        detour: None,
    });
    let relation = case.model.relations[0].clone();
    case.hops = vec![Hop {
        guards: vec![guard],
        labels: vec![label],
        ..hop(relation.from, relation.to, Cause::Relation(0), Level::Must)
    }];
    case.failed = vec![guard];
    case.breaks(|c| c.hops[0].to.face = m, 1, Reason::OtherRelation(0));
    case.breaks(|c| c.hops[0].to.state = State::Arrives(Carrier::Own), 1, Reason::OtherRelation(0));
    case.breaks(|c| c.hops[0].guards.clear(), 1, Reason::OtherGuards { demanded: vec![guard] });
    case.breaks(|c| c.hops[0].labels.clear(), 1, Reason::OtherLabels { earned: vec![label] });
    case.breaks(|c| c.failed.clear(), 1, Reason::GuardWorks(guard));
    let open = |c: &mut Case| c.model.relations[0].assumption = Some(AssumptionId::new(0));
    case.breaks(open, 1, Reason::LessCertain { at_most: Level::May });
}

// ---------------------------------------------------------------- questions

/// The office with segments, as the question of a matrix.
fn crossing() -> (Model, Question, Witness, Permit) {
    let mut o = office();
    let mut d = Drawing(std::mem::take(&mut o.case.model));
    let (from, to) = (d.segment("from"), d.segment("to"));
    let mut model = d.0;
    model.faces[o.pc].segment = Some(from);
    model.faces[o.srv].segment = Some(to);
    let permit = Permit {
        from,
        to,
        from_nodes: None,
        to_nodes: None,
        carrier: Carrier::Req,
        services: None,
        via: Vec::new(),
        avoids: Vec::new(),
        origin: text(),
        span: None,
    };
    o.case.hops.truncate(1);
    let witness = Witness { start: o.case.hops[0].from, hops: o.case.hops };
    (model, Question::Matrix { from, to }, witness, permit)
}

#[test]
fn a_crossing_starts_and_ends_in_its_segments() {
    let (model, question, witness, _) = crossing();
    assert_eq!(start_ok(&model, &question, &witness), Ok(()));
    let Question::Matrix { from, to } = question else { panic!("a matrix") };
    let back = Question::Matrix { from: to, to: from };
    assert_eq!(start_ok(&model, &back, &witness), Err(Refusal::StartOffQuestion));
    let within = Question::Matrix { from, to: from };
    assert_eq!(start_ok(&model, &within, &witness), Err(Refusal::EndOffQuestion));
    let nothing = Witness { start: witness.start, hops: Vec::new() };
    assert_eq!(start_ok(&model, &question, &nothing), Err(Refusal::EndOffQuestion));
    let raw = Witness { start: Fact::holds(witness.start.face, Carrier::Raw), ..witness };
    assert_eq!(start_ok(&model, &question, &raw), Err(Refusal::StartOffQuestion));
}

#[test]
fn a_crossing_with_a_permit_is_no_evidence() {
    let (model, question, witness, permit) = crossing();
    let ask = |change: &dyn Fn(&mut Permit)| {
        let mut permit = permit.clone();
        change(&mut permit);
        start_ok(&Model { permits: vec![permit], ..model.clone() }, &question, &witness)
    };
    let permitted = Err(Refusal::Permitted(0));
    let (pc, srv) = (model.faces[witness.start.face].node, model.faces[witness.end().face].node);
    assert_eq!(ask(&|_| ()), permitted);
    assert_eq!(ask(&|p| p.carrier = Carrier::Raw), Ok(()));
    assert_eq!(ask(&|p| p.to = p.from), Ok(()));
    assert_eq!(ask(&|p| p.from_nodes = Some(vec![pc])), permitted);
    assert_eq!(ask(&|p| p.from_nodes = Some(vec![srv])), Ok(()));
    assert_eq!(ask(&|p| p.to_nodes = Some(vec![srv])), permitted);
    assert_eq!(ask(&|p| p.to_nodes = Some(vec![pc])), Ok(()));
    assert_eq!(ask(&|p| p.services = Some(vec![port(Protocol::Tcp, 443)])), permitted);
    assert_eq!(ask(&|p| p.services = Some(vec![port(Protocol::Tcp, 80)])), Ok(()));
    assert_eq!(ask(&|p| p.via = vec![LabelId::new(0)]), permitted);
    assert_eq!(ask(&|p| p.via = vec![LabelId::new(1)]), Ok(()));
}

#[test]
fn a_permit_with_services_fits_no_last_step_without_a_session() {
    let (mut model, question, mut witness, mut permit) = crossing();
    witness.hops[0].cause = Cause::Relation(0);
    model.permits = vec![permit.clone()];
    assert_eq!(start_ok(&model, &question, &witness), Err(Refusal::Permitted(0)));
    permit.services = Some(vec![Service::ANY]);
    model.permits = vec![permit];
    assert_eq!(start_ok(&model, &question, &witness), Ok(()));
}

#[test]
fn a_forbidden_path_ends_in_control_or_information() {
    let o = office();
    let mut model = o.case.model.clone();
    let hops = o.case.hops[..2].to_vec();
    let controlled = Witness { start: hops[0].from, hops };
    let arrived = Witness { start: controlled.start, hops: controlled.hops[..1].to_vec() };
    let forbid = |lens, from: &[FaceId], to: &[FaceId]| Question::Forbid {
        lens,
        from: from.to_vec(),
        to: to.to_vec(),
        eyes: false,
    };
    let attack = forbid(Lens::Attack, &[o.pc], &[o.srv]);
    assert_eq!(start_ok(&model, &attack, &controlled), Ok(()));
    assert_eq!(start_ok(&model, &attack, &arrived), Err(Refusal::EndOffQuestion));
    let leak = forbid(Lens::Leak, &[o.pc], &[o.srv]);
    assert_eq!(start_ok(&model, &leak, &controlled), Ok(()));
    assert_eq!(start_ok(&model, &leak, &arrived), Ok(()));
    let mut seen = arrived.clone();
    seen.hops[0].to.state = State::Arrives(Carrier::Scr);
    assert_eq!(start_ok(&model, &leak, &seen), Err(Refusal::EndOffQuestion));
    let elsewhere = forbid(Lens::Attack, &[o.neighbour], &[o.srv]);
    assert_eq!(start_ok(&model, &elsewhere, &controlled), Err(Refusal::StartOffQuestion));
    let elsewhere = forbid(Lens::Attack, &[o.pc], &[o.decoy]);
    assert_eq!(start_ok(&model, &elsewhere, &controlled), Err(Refusal::EndOffQuestion));
    let both = forbid(Lens::Attack, &[o.pc, o.srv], &[o.srv]);
    assert_eq!(start_ok(&model, &both, &controlled), Err(Refusal::EndOffQuestion));
    let direct = forbid(Lens::Direct, &[o.pc], &[o.srv]);
    assert_eq!(start_ok(&model, &direct, &controlled), Err(Refusal::EndOffQuestion));
    let raw = Witness { start: Fact::holds(o.pc, Carrier::Raw), ..controlled };
    assert_eq!(start_ok(&model, &attack, &raw), Err(Refusal::StartOffQuestion));
    endpoint_mut(&mut model, o.pc).behaviour = Behaviour::Store;
    assert_eq!(start_ok(&model, &attack, &raw), Ok(()));
}

#[test]
fn a_required_flow_arrives_and_passes_its_labels() {
    let o = office();
    let hops = o.case.hops[..1].to_vec();
    let witness = Witness { start: hops[0].from, hops };
    let ask = |from, to, carrier, via: &[LabelId]| {
        let question = Question::Require { from: vec![from], to: vec![to], carrier, via: via.to_vec() };
        start_ok(&o.case.model, &question, &witness)
    };
    let (passed, missed) = (LabelId::new(0), LabelId::new(1));
    assert_eq!(ask(o.pc, o.srv, Carrier::Req, &[passed]), Ok(()));
    assert_eq!(ask(o.pc, o.srv, Carrier::Req, &[passed, missed]), Err(Refusal::LabelNotPassed(missed)));
    assert_eq!(ask(o.pc, o.srv, Carrier::Key, &[]), Err(Refusal::EndOffQuestion));
    assert_eq!(ask(o.pc, o.decoy, Carrier::Req, &[]), Err(Refusal::EndOffQuestion));
    assert_eq!(ask(o.neighbour, o.srv, Carrier::Req, &[]), Err(Refusal::StartOffQuestion));
}

#[test]
fn a_refusal_says_where_and_why() {
    let mut o = office();
    o.case.session(2).forward[0].rule = Some(0);
    let refusal = o.case.replay().expect_err("a wrong rule");
    assert_eq!(refusal.to_string(), "hop 3: on the way there, device 1: rule 1 decides");
}
