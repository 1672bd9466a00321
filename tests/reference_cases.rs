//! Small drawings with the verdict that the semantics gives, asked of the reference engine; and what must hold of any
//! drawing, asked of random ones.
//!
//! Numbers of the cases are stable and have gaps.

use std::collections::BTreeSet;

use sekisho::model::*;
use sekisho::verify::reference::{ask, depth, verify};
use sekisho::verify::{Answer, Level, Verdict, Witness};

use crate::support::build::{self, Build, End, addr, carrier};

// ---- asking ----------------------------------------------------------------------------------------------------

const CHECK: fn() -> CheckId = || CheckId::new(0);

/// All crossings without a permit, `from>to carrier`, over all ordered pairs of segments.
fn crossings(b: &Build) -> Vec<String> {
    let mut all = Vec::new();
    for (from, f) in b.model.segments.iter() {
        for (to, t) in b.model.segments.iter().filter(|&(to, _)| to != from) {
            let verdict = ask(&b.model, CHECK(), &Question::Matrix { from, to });
            if let Answer::Matrix(unpermitted) = verdict.answer {
                all.extend(unpermitted.iter().map(|u| format!("{}>{} {}", f.name, t.name, u.carrier)));
            }
        }
    }
    all.sort();
    all
}

fn statuses(b: &Build) -> BTreeSet<Status> {
    let pairs = b.model.segments.ids().flat_map(|from| b.model.segments.ids().map(move |to| (from, to)));
    let pairs = pairs.filter(|(from, to)| from != to);
    pairs.map(|(from, to)| ask(&b.model, CHECK(), &Question::Matrix { from, to }).status).collect()
}

fn forbid(b: &Build, lens: Lens, from: &str, to: &str) -> Question {
    Question::Forbid { lens, from: b.faces(from), to: b.faces(to), eyes: false }
}

fn verdict(b: &Build, question: &Question) -> Verdict {
    ask(&b.model, CHECK(), question)
}

/// Whether there is such a path.
fn path(b: &Build, lens: Lens, from: &str, to: &str) -> bool {
    match verdict(b, &forbid(b, lens, from, to)).status {
        Status::Violated => true,
        Status::Holds => false,
        other => panic!("{from} to {to}: {other:?}"),
    }
}

fn attack(b: &Build, from: &str, to: &str) -> bool {
    path(b, Lens::Attack, from, to)
}

fn leak(b: &Build, from: &str, to: &str) -> bool {
    path(b, Lens::Leak, from, to)
}

/// The depth.
fn least(b: &Build, lens: Lens, from: &str, to: &str) -> Option<u32> {
    depth(&b.model, &forbid(b, lens, from, to)).map(|d| d.0)
}

/// The least sets of controls, by name.
fn controls(b: &Build, from: &str, to: &str) -> Vec<Vec<String>> {
    let sets = depth(&b.model, &forbid(b, Lens::Attack, from, to)).map(|d| d.1).unwrap_or_default();
    let name = |g: &GuardId| b.model.guards[*g].name.clone();
    sets.iter().map(|set| set.iter().map(name).collect()).collect()
}

/// The status of a required flow, and who lacks it.
fn required(b: &mut Build, from: FaceId, to: Vec<FaceId>, k: &str, via: &[&str]) -> (Status, usize) {
    let via = via.iter().map(|l| b.label(l)).collect();
    let question = Question::Require { from: vec![from], to, carrier: carrier(k), via };
    let verdict = verdict(b, &question);
    let Answer::Flow { missing, .. } = verdict.answer else { panic!("a flow") };
    (verdict.status, missing.len())
}

// ---- drawings that several cases share ----------------------------------------------------------------------------

/// Permits, written `from>to carrier [label]`.
fn permits(b: &mut Build, lines: &[&str]) {
    for line in lines {
        let words: Vec<&str> = line.split(' ').collect();
        let (from, to) = words[0].split_once('>').expect("from>to");
        b.permit(from, to, carrier(words[1]), &words[2..]);
    }
}

const ALPHA: &[&str] = &[
    "lgwan>inet key screen",
    "inet>lgwan scr screen",
    "inet>lgwan san cdr",
    "inet>lgwan txt mailconv",
    "lgwan>inet raw mailout",
    "lgwan>inet txt mailout",
    "inet>world req",
    "world>inet rsp",
    "world>inet raw",
    "world>inet txt",
    "world>inet req",
    "inet>world rsp",
];

const BOTH_WAYS: [&str; 4] = ["inet>lgwan req", "inet>lgwan rsp", "lgwan>inet req", "lgwan>inet rsp"];
const LGWAN_OPENS: [&str; 2] = ["inet>lgwan rsp", "lgwan>inet req"];
const NONE: [&str; 0] = [];

/// An LGWAN terminal and an Internet-segment terminal.
fn pair() -> Build {
    let mut b = Build::new();
    b.host("pcA", "lgwan", "za", "10.1.0.10");
    b.host("pcB", "inet", "zb", "10.2.0.10");
    b
}

/// The same with a firewall between them.
fn two(rules: &[&str]) -> Build {
    let mut b = pair();
    b.fw("fw", &["za", "zb"], rules);
    b
}

fn stateless(rules: &[&str]) -> Build {
    let mut b = two(rules);
    b.transit("fw").stateful = false;
    b
}

const SCREEN: [&str; 2] = ["c.req d.key>", "d.rsp c.scr<"];

/// What varies in the α drawing.
#[derive(Default)]
struct Alpha<'a> {
    screen: &'a [&'a str],
    sanitiser: &'a [&'a str],
    mail: &'a [&'a str],
    rules: &'a [&'a str],
}

/// α: LGWAN terminal, screen gateway, Internet-side desktop, world; sanitiser; mail converter; My Number apart.
fn alpha(a: Alpha<'_>) -> Build {
    let mut b = Build::new();
    for (name, segment, zone, address) in [
        ("lg-pc", "lgwan", "lg", "10.1.0.10"),
        ("lg-mail", "lgwan", "lg", "10.1.0.25"),
        ("vdi", "inet", "in", "10.2.0.10"),
        ("in-mail", "inet", "in", "10.2.0.25"),
        ("in-files", "inet", "in", "10.2.0.30"),
        ("mn-pc", "mynum", "mn", "10.0.0.10"),
        ("mn-db", "mynum", "mn", "10.0.0.20"),
        ("web", "world", "w", "203.0.113.10"),
    ] {
        b.host(name, segment, zone, address);
    }
    let screen = [&SCREEN, a.screen].concat();
    b.mediator("sgw", &[("c", "dmz", "10.9.0.5"), ("d", "dmz", "10.9.0.6")], &screen, &["screen"]);
    let sanitiser = [&["i.req o.san", "i.rsp o.san", "i.raw o.san", "i.req o.raw !cdr@cdr"], a.sanitiser].concat();
    b.mediator("cdr", &[("i", "dmz", "10.9.0.7"), ("o", "dmz", "10.9.0.8")], &sanitiser, &["cdr"]);
    let mail = [&["i.req o.txt", "i.req o.raw !conv@mc"], a.mail].concat();
    b.mediator("mc", &[("i", "dmz", "10.9.0.9"), ("o", "dmz", "10.9.0.11")], &mail, &["mailconv", "cdr"]);
    let lg = [
        "permit 10.1.0.0/24 10.9.0.5 tcp/443",
        "permit 10.1.0.0/24 10.9.0.8 tcp/443",
        "permit 10.9.0.11 10.1.0.25 tcp/25",
    ];
    b.fw("fw-lg", &["lg", "dmz"], &[&lg, a.rules].concat());
    let inside =
        ["permit 10.9.0.6 10.2.0.10 tcp/3389", "permit 10.2.0.30 10.9.0.7 tcp/443", "permit 10.2.0.25 10.9.0.9 tcp/25"];
    b.fw("fw-in", &["dmz", "in"], &[&inside, a.rules].concat());
    b.fw("fw-ext", &["in", "w"], &["permit 10.2.0.0/24 any tcp/443", "permit any 10.2.0.25 tcp/25"]);
    permits(&mut b, ALPHA);
    b
}

/// β: terminals in the Internet segment, LGWAN desktop over a screen gateway, one specific communication.
fn beta(edr: bool, screen: &[&str], endorse: bool) -> Build {
    let mut b = Build::new();
    b.host("web", "world", "w", "203.0.113.1");
    let edr = edr.then_some("edr@in-pc");
    b.end("in-pc", End { faces: &[("inet", "in", "10.2.0.10")], edr, ..End::default() });
    b.host("lg-desk", "lgwan", "lg", "10.1.0.10");
    b.host("lg-srv", "lgwan", "lg", "10.1.0.20");
    b.host("mn-srv", "mynum", "mn", "10.0.0.20");
    b.mediator("sgw", &[("c", "in", "10.2.0.99"), ("d", "dm", "10.9.0.6")], screen, &["screen"]);
    b.fw("fw-lg", &["dm", "lg"], &["permit 10.9.0.6 10.1.0.10 tcp/3389"]);
    b.fw("fw-mn", &["lg", "mn"], &["permit 10.1.0.20 10.0.0.20 tcp/8443"]);
    b.fw("fw-ext", &["in", "w"], &["permit 10.2.0.0/24 any tcp/443"]);
    b.bind("lg");
    if endorse {
        b.communication("tokutei", "lg-srv", "mn-srv", "tcp/8443");
    }
    permits(&mut b, &["inet>lgwan key screen", "lgwan>inet scr screen", "inet>world req", "world>inet rsp"]);
    let (lg, mn) = (b.nodes(&["lg-srv"]), b.nodes(&["mn-srv"]));
    let out = b.permit("lgwan", "mynum", Carrier::Req, &[]);
    (out.from_nodes, out.to_nodes) = (Some(lg.clone()), Some(mn.clone()));
    let back = b.permit("mynum", "lgwan", Carrier::Rsp, &[]);
    (back.from_nodes, back.to_nodes) = (Some(mn), Some(lg));
    b
}

// ---- A. packets --------------------------------------------------------------------------------------------------

#[test]
fn case_01_deny_all_firewall() {
    assert_eq!(crossings(&two(&[])), NONE);
}

#[test]
fn case_02_default_permit_with_one_deny() {
    let mut b = two(&["deny any any tcp/445"]);
    b.transit("fw").default = Some(Action::Permit);
    assert_eq!(crossings(&b), BOTH_WAYS);
}

#[test]
fn case_03_shadowed_deny() {
    let b = two(&["permit 10.1.0.0/16 any tcp/443", "deny 10.1.0.10 any tcp/443"]);
    assert_eq!(crossings(&b), LGWAN_OPENS);
}

#[test]
fn case_04_shadowed_permit() {
    let b = two(&["deny 10.1.0.10 any tcp/443", "permit 10.1.0.0/16 any tcp/443"]);
    assert_eq!(crossings(&b), NONE);
}

#[test]
fn case_06_stateful_established_alone() {
    assert_eq!(crossings(&two(&["permit 10.2.0.0/16 any any established"])), NONE);
}

#[test]
fn case_07_stateful_outbound_session() {
    assert_eq!(crossings(&two(&["permit 10.1.0.0/16 any tcp/443"])), LGWAN_OPENS);
}

#[test]
fn case_08_stateless_established_is_a_covert_channel() {
    let b = stateless(&["permit 10.2.0.0/16 10.1.0.0/16 tcp established"]);
    assert_eq!(crossings(&b), NONE);
    assert!(!attack(&b, "inet", "lgwan"));
    assert!(leak(&b, "inet", "lgwan"));
}

#[test]
fn case_09_stateless_without_return() {
    assert_eq!(crossings(&stateless(&["permit 10.1.0.0/16 10.2.0.0/16 tcp/443"])), NONE);
    assert_eq!(crossings(&stateless(&["permit 10.1.0.0/16 10.2.0.0/16 udp/514"])), ["lgwan>inet req"]);
}

#[test]
fn case_10_stateless_pair() {
    let b = stateless(&["permit 10.1.0.0/16 any tcp/443", "permit 10.2.0.0/16 10.1.0.0/16 tcp established"]);
    assert_eq!(crossings(&b), LGWAN_OPENS);
}

#[test]
fn case_11_diode() {
    let mut b = pair();
    let way = (b.zone("zb"), b.zone("za"));
    b.router("di", &["zb", "za"]).one_way = Some(way);
    assert_eq!(crossings(&b), ["inet>lgwan req"]);
    assert!(!leak(&b, "lgwan", "inet"));
}

#[test]
fn case_13_diode_with_sanitiser() {
    let mut b = pair();
    b.mediator("cdr", &[("i", "y", "10.9.0.1"), ("o", "za", "10.1.0.99")], &["i.req o.san"], &["cdr"]);
    let way = (b.zone("zb"), b.zone("y"));
    b.router("di", &["zb", "y"]).one_way = Some(way);
    permits(&mut b, ALPHA);
    assert_eq!(crossings(&b), NONE);
    assert!(!attack(&b, "inet", "lgwan"));
}

#[test]
fn case_14_destination_translation() {
    let mut b = two(&["permit any 10.1.0.10 tcp/8443"]);
    let zone = b.zone("za");
    let inside = PacketAddr::Literal(addr("10.1.0.10"));
    b.transit("fw").dnat = vec![Dnat {
        outside: addr("10.2.0.200"),
        inside,
        zone: Some(zone),
        ports: None,
        inside_port: None,
        span: b.span(),
    }];
    assert_eq!(crossings(&b), ["inet>lgwan req", "lgwan>inet rsp"]);
}

#[test]
fn case_15_source_translation() {
    let mut b = Build::new();
    b.host("pc1", "lgwan", "za", "10.1.0.10");
    b.host("pc2", "lgwan", "za", "10.1.0.11");
    b.host("pcB", "inet", "zb", "10.2.0.10");
    let zone = b.zone("m");
    b.router("nat", &["za", "m"]).snat = vec![Snat { source: addr("192.0.2.1"), zone, from: None }];
    b.fw("fw", &["m", "zb"], &["permit 192.0.2.1 any tcp/443"]);
    for pc in ["pc1", "pc2"] {
        let (from, to) = (vec![b.face(pc, "lgwan")], b.faces("inet"));
        let question = Question::Forbid { lens: Lens::Attack, from, to, eyes: false };
        assert_eq!(verdict(&b, &question).status, Status::Violated, "{pc}");
    }
}

#[test]
fn case_16_black_hole() {
    let mut b = two(&["permit any any any"]);
    b.routes("fw", &["10.1.0.0/16 za"]);
    assert_eq!(crossings(&b), ["inet>lgwan req"]);
    b.routes("fw", &[]);
    assert_eq!(crossings(&b), NONE);
}

#[test]
fn case_17_longest_prefix() {
    let mut b = pair();
    b.router("r", &["za", "up", "bypass"]);
    b.routes("r", &["10.2.0.0/16 up", "10.2.0.10/32 bypass", "10.1.0.0/16 za"]);
    b.fw("fw", &["up", "zb"], &[]);
    b.router("r2", &["bypass", "zb"]);
    assert_eq!(crossings(&b), BOTH_WAYS);
}

#[test]
fn case_19_vlans_apart() {
    assert_eq!(crossings(&pair()), NONE);
}

#[test]
fn case_20_vlans_patched_together() {
    let mut b = Build::new();
    b.host("pcA", "lgwan", "sw.10", "");
    b.host("pcB", "inet", "sw.10", "");
    assert_eq!(crossings(&b), BOTH_WAYS);
}

#[test]
fn case_21_version_six_unfiltered() {
    let mut b = Build::new();
    b.host("pcA", "lgwan", "za", "10.1.0.10");
    b.host("pcA6", "lgwan", "za", "2001:db8:1::10");
    b.host("pcB6", "inet", "zb", "2001:db8:2::10");
    b.device("fw4", &["za", "zb"], Some(&["deny 0.0.0.0/0 0.0.0.0/0 any"]), Some(Action::Permit));
    assert_eq!(crossings(&b), BOTH_WAYS);
}

#[test]
fn case_22_default_not_stated() {
    let mut b = two(&[]);
    b.transit("fw").default = None;
    assert_eq!(crossings(&b), BOTH_WAYS);
    assert_eq!(statuses(&b), BTreeSet::from([Status::Undecided]));
}

// ---- B. mediators -------------------------------------------------------------------------------------------------

#[test]
fn case_23_alpha() {
    let b = alpha(Alpha::default());
    assert_eq!(crossings(&b), NONE);
    assert!(!attack(&b, "world", "lgwan"));
    assert_eq!(least(&b, Lens::Attack, "world", "lgwan"), Some(1));
    assert_eq!(controls(&b, "world", "lgwan"), [["cdr@cdr"], ["conv@mc"]]);
    assert_eq!(least(&b, Lens::Attack, "world", "mynum"), None);
}

#[test]
fn case_24_text_clipboard_inwards() {
    let b = alpha(Alpha { screen: &["d.rsp c.txt<"], ..Alpha::default() });
    assert_eq!(crossings(&b), ["inet>lgwan txt"]);
}

#[test]
fn case_25_file_clipboard_inwards() {
    let b = alpha(Alpha { screen: &["d.rsp c.raw<"], ..Alpha::default() });
    assert_eq!(crossings(&b), ["inet>lgwan raw"]);
    assert!(attack(&b, "world", "lgwan"));
}

#[test]
fn case_27_remote_desktop_beside_the_gateway() {
    let b = alpha(Alpha { rules: &["permit 10.1.0.10 10.2.0.10 tcp/3389"], ..Alpha::default() });
    assert_eq!(crossings(&b), LGWAN_OPENS);
}

#[test]
fn case_28_sanitiser_bypass() {
    let b = alpha(Alpha { sanitiser: &["i.req o.raw"], ..Alpha::default() });
    assert_eq!(crossings(&b), ["inet>lgwan raw"]);
    assert!(attack(&b, "world", "lgwan"));
}

#[test]
fn case_30_file_share_beside_the_sanitiser() {
    let b = alpha(Alpha { rules: &["permit 10.1.0.10 10.2.0.30 tcp/445"], ..Alpha::default() });
    assert_eq!(crossings(&b), LGWAN_OPENS);
}

#[test]
fn case_31_mail_attachments_unchanged() {
    let b = alpha(Alpha { mail: &["i.req o.raw"], ..Alpha::default() });
    assert_eq!(crossings(&b), ["inet>lgwan raw"]);
}

#[test]
fn case_32_mail_attachments_sanitised() {
    assert_eq!(crossings(&alpha(Alpha { mail: &["i.req o.san"], ..Alpha::default() })), NONE);
}

/// An LGWAN terminal and the world.
fn outwards() -> Build {
    let mut b = Build::new();
    b.host("pc", "lgwan", "za", "10.1.0.10");
    b.host("web", "world", "w", "203.0.113.10");
    b
}

#[test]
fn case_34_proxy_chain() {
    let mut b = outwards();
    let proxy = ["c.req u.req", "u.rsp c.rsp"];
    b.mediator("px1", &[("c", "za", "10.1.0.80"), ("u", "m", "10.9.0.1")], &proxy, &[]);
    b.mediator("px2", &[("c", "m", "10.9.0.2"), ("u", "w", "203.0.113.1")], &proxy, &[]);
    assert_eq!(crossings(&b), ["lgwan>world req", "world>lgwan rsp"]);
}

#[test]
fn case_35_remote_browser() {
    let mut b = outwards();
    let sides = [("c", "za", "10.1.0.80"), ("u", "w", "203.0.113.1")];
    b.mediator("rbi", &sides, &["c.req u.key", "u.rsp c.scr"], &["screen"]);
    permits(&mut b, &["lgwan>world key screen", "world>lgwan scr screen"]);
    assert_eq!(crossings(&b), NONE);
    assert!(!attack(&b, "world", "lgwan"));
}

#[test]
fn case_37_resolver_of_local_names() {
    let mut b = outwards();
    b.mediator("dns", &[("c", "za", "10.1.0.53")], &[], &[]);
    assert_eq!(crossings(&b), NONE);
    assert!(!leak(&b, "lgwan", "world"));
}

/// A medium or switch with a slot at each of two machines in separate networks.
fn carried(other: &str, transforms: &[&str], labels: &[&str], gives: Carrier) -> Build {
    let mut b = Build::new();
    b.host("pcA", other, "za", "");
    b.host("pcB", "inet", "zb", "");
    b.mediator("usb", &[("a", "", ""), ("b", "", "")], transforms, labels);
    for (pc, segment, slot) in [("pcA", other, "a"), ("pcB", "inet", "b")] {
        let (pc, slot) = (b.face(pc, segment), b.side("usb", slot));
        b.relation(Fact::holds(pc, Carrier::Own), Fact::arrives(slot, Carrier::Raw), &[]);
        b.relation(Fact::leaves(slot, gives, Way::Both), Fact::arrives(pc, gives), &[]);
    }
    b
}

#[test]
fn case_39_kvm_with_usb() {
    let b = carried("mynum", &["a.raw b.raw", "b.raw a.raw"], &[], Carrier::Raw);
    assert_eq!(crossings(&b), ["inet>mynum raw", "mynum>inet raw"]);
}

#[test]
fn case_40_no_link_at_all() {
    let mut b = Build::new();
    b.host("pcA", "mynum", "za", "");
    b.host("pcB", "inet", "zb", "");
    assert_eq!(crossings(&b), NONE);
    assert_eq!(least(&b, Lens::Attack, "inet", "mynum"), None);
}

// ---- C. machines with two feet --------------------------------------------------------------------------------------

fn two_feet(isolated: bool) -> Build {
    let mut b = Build::new();
    let faces = &[("lgwan", "za", "10.1.0.9"), ("inet", "zb", "10.2.0.9")];
    b.end("x", End { faces, isolated, ..End::default() });
    b
}

#[test]
fn case_41_dual_homed_host() {
    let b = two_feet(false);
    assert_eq!(crossings(&b), ["inet>lgwan own", "lgwan>inet own"]);
    assert!(attack(&b, "inet", "lgwan"));
}

#[test]
fn case_43_isolated_feet() {
    let b = two_feet(true);
    assert_eq!(crossings(&b), NONE);
    assert_eq!(least(&b, Lens::Attack, "inet", "lgwan"), Some(1));
}

#[test]
fn case_44_printer_in_two_segments() {
    let mut b = two_feet(false);
    b.host("a", "lgwan", "za", "10.1.0.10");
    b.host("b", "inet", "zb", "10.2.0.10");
    assert_eq!(crossings(&b), ["inet>lgwan own", "lgwan>inet own"]);
    assert!(attack(&b, "inet", "lgwan"));
}

fn hypervisor(guards: &[&str]) -> Build {
    let mut b = Build::new();
    b.host("vm-in", "inet", "zi", "10.2.0.10");
    b.host("vm-mn", "mynum", "zm", "10.0.0.10");
    b.host("hv", "infra", "zh", "10.8.0.10");
    b.host("web", "world", "zi", "203.0.113.1");
    let (vm_in, vm_mn, hv) = (b.face("vm-in", "inet"), b.face("vm-mn", "mynum"), b.face("hv", "infra"));
    b.relation(Fact::holds(vm_in, Carrier::Own), Fact::arrives(hv, Carrier::Ctl), guards);
    b.relation(Fact::holds(hv, Carrier::Own), Fact::arrives(vm_mn, Carrier::Ctl), &[]);
    b
}

#[test]
fn case_46_shared_hypervisor_with_isolation() {
    let b = hypervisor(&["vmiso@hv"]);
    assert!(!attack(&b, "world", "mynum"));
    assert_eq!(controls(&b, "world", "mynum"), [["vmiso@hv"]]);
}

#[test]
fn case_47_shared_hypervisor_without() {
    assert!(attack(&hypervisor(&[]), "world", "mynum"));
}

#[test]
fn case_48_management_server() {
    let mut b = Build::new();
    b.host("vdi", "inet", "in", "10.2.0.10");
    b.host("db", "mynum", "mn", "10.0.0.10");
    b.host("mgr", "mgmt", "mg", "10.8.0.10");
    b.host("web", "world", "w", "203.0.113.1");
    b.fw("fx", &["in", "w"], &["permit 10.2.0.0/24 any tcp/443"]);
    b.fw("f1", &["mg", "in"], &["permit 10.8.0.10 10.2.0.0/24 tcp/22"]);
    b.fw("f2", &["mg", "mn"], &["permit 10.8.0.10 any tcp/22"]);
    let verdict = verdict(&b, &forbid(&b, Lens::Attack, "world", "mynum"));
    assert_eq!(verdict.status, Status::Violated);
    let Answer::Paths(paths) = verdict.answer else { panic!("paths") };
    let owned = |f: &Fact| f.state == State::Holds(Carrier::Own);
    let facts = std::iter::once(paths[0].start).chain(paths[0].hops.iter().map(|h| h.to));
    let names: Vec<String> = facts.filter(owned).map(|f| b.model.face_name(f.face)).collect();
    assert_eq!(names, ["web", "vdi", "mgr", "db"]);
}

#[test]
fn case_51_one_directory_for_two_segments() {
    let mut b = pair();
    b.host("dc", "lgwan", "za", "10.1.0.5");
    let dc = b.face("dc", "lgwan");
    for (pc, segment) in [("pcA", "lgwan"), ("pcB", "inet")] {
        let pc = b.face(pc, segment);
        b.relation(Fact::holds(dc, Carrier::Own), Fact::arrives(pc, Carrier::Ctl), &[]);
        b.relation(Fact::holds(pc, Carrier::Own), Fact::arrives(dc, Carrier::Req), &[]);
    }
    assert_eq!(crossings(&b), ["inet>lgwan req", "lgwan>inet ctl"]);
    assert!(attack(&b, "inet", "lgwan"));
}

// ---- D. media and shares ----------------------------------------------------------------------------------------------

#[test]
fn case_52_medium_used_on_both_sides() {
    let b = carried("lgwan", &["a.raw b.raw", "b.raw a.raw"], &[], Carrier::Raw);
    assert_eq!(crossings(&b), ["inet>lgwan raw", "lgwan>inet raw"]);
}

#[test]
fn case_53_medium_through_a_kiosk() {
    let mut b = carried("lgwan", &["b.raw a.san"], &["cdr"], Carrier::San);
    permits(&mut b, ALPHA);
    assert_eq!(crossings(&b), NONE);
}

#[test]
fn case_55_storage_with_two_feet() {
    assert_eq!(crossings(&two_feet(false)), ["inet>lgwan own", "lgwan>inet own"]);
}

#[test]
fn case_56_store_and_forward() {
    let mut b = pair();
    let sides = [("a", "za", "10.1.0.9"), ("b", "zb", "10.2.0.9")];
    b.mediator("nas", &sides, &["a.req b.raw", "b.req a.raw"], &[]);
    assert_eq!(crossings(&b), ["inet>lgwan raw", "lgwan>inet raw"]);
}

// ---- E. remote access ---------------------------------------------------------------------------------------------------

#[test]
fn case_57_full_tunnel() {
    let mut b = Build::new();
    b.host("srv", "lgwan", "lg", "10.1.0.10");
    b.host("web", "world", "home", "203.0.113.1");
    b.host("laptop", "lgwan", "tun", "10.7.0.2");
    b.fw("vpngw", &["tun", "lg"], &["permit any any any"]);
    assert_eq!(crossings(&b), NONE);
    assert!(!attack(&b, "world", "lgwan"));
}

fn remote_access(labels: &[&str]) -> Build {
    let mut b = Build::new();
    b.host("remote", "remote", "w", "203.0.113.9");
    b.host("srv", "inet", "in", "10.2.0.10");
    let labels = labels.iter().map(|l| b.label(l)).collect();
    b.fw("gw", &["w", "in"], &["permit any 10.2.0.10 tcp/443"]).labels = labels;
    permits(&mut b, &["remote>inet req mfa", "inet>remote rsp"]);
    b
}

#[test]
fn case_59_gateway_with_second_factor() {
    assert_eq!(crossings(&remote_access(&["mfa"])), NONE);
}

#[test]
fn case_60_gateway_without() {
    assert_eq!(crossings(&remote_access(&[])), ["remote>inet req"]);
}

#[test]
fn case_62_vendor_line() {
    let mut b = Build::new();
    b.host("pcA", "vendor", "za", "10.1.0.10");
    b.host("pcB", "mynum", "zb", "10.2.0.10");
    b.fw("fw", &["za", "zb"], &["permit 10.1.0.10 10.2.0.10 tcp/22"]);
    assert_eq!(crossings(&b), ["mynum>vendor rsp", "vendor>mynum req"]);
}

// ---- F. cloud ---------------------------------------------------------------------------------------------------------------

fn breakout(edr: bool, sharing: bool, wide: bool) -> Build {
    let mut b = Build::new();
    let edr = edr.then_some("edr@lg-pc");
    b.end("lg-pc", End { faces: &[("lgwan", "lg", "10.1.0.10")], edr, ..End::default() });
    b.host("web", "world", "w", "203.0.113.10");
    let clients: &[&str] = if sharing { &["lg-pc", "web"] } else { &["lg-pc"] };
    let faces = &[("saas", "w", "198.51.100.5")];
    let store = End { behaviour: Behaviour::Store, outbound: false, clients: Some(clients), ..End::default() };
    b.end("service", End { faces, ..store });
    let rule = if wide { "permit 10.1.0.0/24 any tcp/443" } else { "permit 10.1.0.0/24 198.51.100.0/24 tcp/443" };
    // A drawn internet is no broadcast domain: nobody else there has the address of the service.
    let (label, outside) = (b.label("lbo"), b.zone("w"));
    b.model.zones[outside].broadcast = false;
    b.fw("lbo", &["lg", "w"], &[rule]).labels = vec![label];
    permits(&mut b, ALPHA);
    permits(&mut b, &["lgwan>saas req lbo", "saas>lgwan rsp lbo", "saas>lgwan raw lbo"]);
    permits(&mut b, &["world>saas req", "saas>world rsp", "saas>world raw"]);
    b
}

#[test]
fn case_63_breakout_with_edr() {
    let b = breakout(true, true, false);
    assert_eq!(crossings(&b), NONE);
    assert!(!attack(&b, "world", "lgwan"));
    assert_eq!(controls(&b, "world", "lgwan"), [["edr@lg-pc"]]);
}

#[test]
fn case_64_breakout_without_edr() {
    let b = breakout(false, true, false);
    assert_eq!(crossings(&b), NONE);
    assert!(attack(&b, "world", "lgwan"));
}

#[test]
fn case_65_breakout_without_sharing() {
    let b = breakout(false, false, false);
    assert!(!attack(&b, "world", "lgwan"));
    assert!(!leak(&b, "lgwan", "world"));
}

#[test]
fn case_67_breakout_to_anywhere() {
    assert_eq!(crossings(&breakout(true, true, true)), ["lgwan>world req", "world>lgwan rsp"]);
}

#[test]
fn case_68_foreign_tenant() {
    let mut b = breakout(true, false, false);
    let faces = &[("world", "w", "198.51.100.6")];
    b.end("other-tenant", End { faces, behaviour: Behaviour::Store, outbound: false, ..End::default() });
    assert!(crossings(&b).contains(&"lgwan>world req".to_owned()));
    assert!(leak(&b, "lgwan", "world"));
}

// ---- G. β and β′ --------------------------------------------------------------------------------------------------------------

#[test]
fn case_70_beta() {
    let b = beta(true, &SCREEN, true);
    assert_eq!(crossings(&b), NONE);
    assert_eq!(least(&b, Lens::Attack, "world", "lgwan"), Some(1));
    assert_eq!(controls(&b, "world", "lgwan"), [["edr@in-pc"]]);
    assert_eq!(least(&b, Lens::Attack, "world", "mynum"), Some(2));
}

#[test]
fn case_71_beta_without_edr() {
    let b = beta(false, &SCREEN, true);
    assert_eq!(crossings(&b), NONE);
    assert!(attack(&b, "world", "lgwan"));
    assert_eq!(least(&b, Lens::Attack, "world", "mynum"), Some(1));
}

#[test]
fn case_72_beta_without_endorsement() {
    assert!(attack(&beta(false, &SCREEN, false), "world", "mynum"));
}

#[test]
fn case_73_file_clipboard_outwards() {
    let b = beta(true, &[SCREEN[0], SCREEN[1], "c.req d.raw>"], true);
    assert_eq!(crossings(&b), ["inet>lgwan raw"]);
}

#[test]
fn case_74_declassified_communication() {
    let b = beta(true, &SCREEN, true);
    assert!(!leak(&b, "mynum", "world"));
    assert_eq!(least(&b, Lens::Leak, "mynum", "inet"), None);
}

#[test]
fn case_75_eyes() {
    let b = beta(true, &SCREEN, true);
    let (from, to) = (b.faces("lgwan"), b.faces("inet"));
    let seen = Question::Forbid { lens: Lens::Leak, from, to, eyes: true };
    assert_eq!(verdict(&b, &seen).status, Status::Violated);
    assert!(!leak(&b, "lgwan", "inet"));
}

#[test]
fn case_76_communication_for_a_whole_subnet() {
    let mut b = beta(true, &SCREEN, true);
    let wide = b.rule("permit 10.1.0.0/24 10.0.0.20 tcp/8443");
    b.transit("fw-mn").rules.as_mut().expect("rules").push(wide);
    assert_eq!(crossings(&b), ["lgwan>mynum req", "mynum>lgwan rsp"]);
}

#[test]
fn case_78_business_system_in_the_internet_segment() {
    let mut b = beta(true, &SCREEN, true);
    b.host("biz", "inet", "in", "10.2.0.30");
    b.fw("fw-x", &["in", "mn"], &["permit 10.2.0.30 10.0.0.20 tcp/8443"]);
    assert_eq!(crossings(&b), ["inet>mynum req", "mynum>inet rsp"]);
    assert_eq!(least(&b, Lens::Attack, "world", "mynum"), Some(0));
}

#[test]
fn case_80_neighbour_uses_the_address() {
    let mut b = beta(true, &SCREEN, true);
    let zone = b.zone("lg");
    b.model.zones[zone].binding = None;
    assert_eq!(controls(&b, "world", "mynum"), [["edr@in-pc"]]);
}

fn second_factor() -> Build {
    let mut b = Build::new();
    let faces = &[("remote", "w", "203.0.113.9")];
    b.end("remote", End { faces, clients: Some(&[]), edr: Some("edr@remote"), ..End::default() });
    b.host("srv", "inet", "in", "10.2.0.10");
    b.host("evil", "world", "w", "203.0.113.66");
    b.bind("w");
    let gate = MfaGate { guard: b.guard("mfa@gw"), enrolled: b.nodes(&["remote"]) };
    b.fw("gw", &["w", "in"], &["permit any 10.2.0.10 tcp/443"]).mfa = Some(gate);
    b
}

#[test]
fn case_81_second_factor_not_enrolled() {
    assert_eq!(least(&second_factor(), Lens::Attack, "world", "inet"), Some(1));
}

#[test]
fn case_82_second_factor_session_riding() {
    assert_eq!(least(&second_factor(), Lens::Attack, "remote", "inet"), Some(0));
}

#[test]
fn case_83_wired_and_wireless() {
    let mut b = Build::new();
    let faces = &[("lgwan", "za", "10.1.0.10"), ("inet", "wifi", "10.2.0.10")];
    b.end("lap", End { faces, ..End::default() });
    assert!(crossings(&b).contains(&"inet>lgwan own".to_owned()));
}

#[test]
fn case_84_output_without_direction() {
    assert_eq!(crossings(&beta(true, &["c.req d.key", "d.rsp c.scr"], true)), ["lgwan>world scr"]);
}

#[test]
fn case_85_required_flows_of_alpha() {
    let mut b = alpha(Alpha::default());
    let face = |b: &Build, node: &str, segment: &str| b.face(node, segment);
    let (pc, vdi) = (face(&b, "lg-pc", "lgwan"), face(&b, "vdi", "inet"));
    let (files, in_mail, lg_mail) =
        (face(&b, "in-files", "inet"), face(&b, "in-mail", "inet"), face(&b, "lg-mail", "lgwan"));
    let (inet, world) = (b.faces("inet"), b.faces("world"));
    let holds = (Status::Holds, 0);
    assert_eq!(required(&mut b, pc, inet, "key", &["screen"]), holds);
    assert_eq!(required(&mut b, vdi, vec![pc], "scr", &["screen"]), holds);
    assert_eq!(required(&mut b, files, vec![pc], "san", &["cdr"]), holds);
    assert_eq!(required(&mut b, in_mail, vec![lg_mail], "txt", &["mailconv"]), holds);
    assert_eq!(required(&mut b, vdi, world, "req", &[]), holds);
}

#[test]
fn case_87_required_flow_rests_on_a_default() {
    let mut b = two(&[]);
    b.transit("fw").default = None;
    let (from, to) = (b.face("pcA", "lgwan"), b.faces("inet"));
    assert_eq!(required(&mut b, from, to, "req", &[]), (Status::Undecided, 1));
}

#[test]
fn case_89_nothing_to_protect() {
    let b = two(&[]);
    assert_eq!(verdict(&b, &forbid(&b, Lens::Attack, "inet", "mynum")).status, Status::Vacuous);
}

#[test]
fn case_90_one_product_on_two_hosts() {
    let mut b = beta(true, &SCREEN, true);
    let (desk, srv) = (b.face("lg-desk", "lgwan"), b.face("lg-srv", "lgwan"));
    b.relation(Fact::holds(desk, Carrier::Own), Fact::arrives(srv, Carrier::Ctl), &["edr@in-pc"]);
    assert_eq!(least(&b, Lens::Attack, "world", "lgwan"), Some(1));
}

// ---- H. certain, open, and one way only -----------------------------------------------------------------------------------------

fn status(b: &Build, question: &Question) -> Status {
    verdict(b, question).status
}

fn attack_status(b: &Build, from: &str, to: &str) -> Status {
    status(b, &forbid(b, Lens::Attack, from, to))
}

#[test]
fn an_address_that_is_not_stated_may_be_permitted() {
    let mut b = two(&["permit 10.1.0.0/16 10.2.0.0/16 tcp/443"]);
    let (a, inet) = (b.face("pcA", "lgwan"), b.face("pcB", "inet"));
    b.model.faces[a].address = FaceAddress::Unknown;
    assert_eq!(attack_status(&b, "lgwan", "inet"), Status::Undecided);
    assert_eq!(required(&mut b, a, vec![inet], "req", &[]), (Status::Undecided, 1));
    b.model.faces[a].address = FaceAddress::Within(vec![build::range("10.1.5.0/24")]);
    assert_eq!(attack_status(&b, "lgwan", "inet"), Status::Violated);
    b.model.faces[a].address = FaceAddress::Within(vec![build::range("10.3.0.0/24")]);
    assert_eq!(attack_status(&b, "lgwan", "inet"), Status::Holds);
}

#[test]
fn an_address_that_is_not_stated_may_be_denied() {
    let mut b = two(&["deny 10.1.0.0/16 any any", "permit any 10.2.0.10 tcp/443"]);
    let a = b.face("pcA", "lgwan");
    b.model.faces[a].address = FaceAddress::Unknown;
    assert_eq!(attack_status(&b, "lgwan", "inet"), Status::Undecided);
}

#[test]
fn a_name_is_certain_where_a_number_is_not() {
    let mut b = two(&["permit 10.1.0.10 any tcp/443"]);
    let a = b.face("pcA", "lgwan");
    b.model.faces[a].address = FaceAddress::Unknown;
    let rule = &mut b.transit("fw").rules.as_mut().expect("rules")[0];
    rule.source = AddrMatch { faces: vec![a], text: "pcA".to_owned(), ..AddrMatch::default() };
    assert_eq!(attack_status(&b, "lgwan", "inet"), Status::Violated);
}

#[test]
fn a_reply_on_another_way_is_possible_but_not_certain() {
    let mut b = pair();
    let (za, zb) = (b.zone("za"), b.zone("zb"));
    b.fw("out", &["za", "zb"], &["permit any any tcp"]).one_way = Some((za, zb));
    b.fw("back", &["zb", "za"], &["permit 10.1.0.0/16 any tcp"]).one_way = Some((zb, za));
    assert_eq!(attack_status(&b, "lgwan", "inet"), Status::Undecided);
}

#[test]
fn a_flow_on_one_of_two_ways_is_not_required_to_be_there() {
    let mut b = two(&["permit any any any"]);
    let (a, inet) = (b.face("pcA", "lgwan"), b.face("pcB", "inet"));
    assert_eq!(required(&mut b, a, vec![inet], "req", &[]), (Status::Holds, 0));
    b.fw("second", &["za", "zb"], &[]);
    assert_eq!(required(&mut b, a, vec![inet], "req", &[]), (Status::Undecided, 1));
    assert_eq!(attack_status(&b, "lgwan", "inet"), Status::Violated);
    // A route table that does not lead over the second makes the first the only way again.
    b.routes("second", &[]);
    assert_eq!(required(&mut b, a, vec![inet], "req", &[]), (Status::Holds, 0));
}

#[test]
fn every_address_of_a_group_needs_the_flow() {
    let mut b = two(&["permit 10.1.0.10 any tcp/443"]);
    let (a, inet) = (b.face("pcA", "lgwan"), b.face("pcB", "inet"));
    assert_eq!(required(&mut b, a, vec![inet], "req", &[]), (Status::Holds, 0));
    b.model.faces[a].address = FaceAddress::Known(vec![build::range("10.1.0.10/31")]);
    assert_eq!(required(&mut b, a, vec![inet], "req", &[]), (Status::Violated, 1));
    assert_eq!(attack_status(&b, "lgwan", "inet"), Status::Violated);
}

#[test]
fn a_transform_left_open_leaves_the_verdict_open() {
    let mut b = pair();
    let sides = [("a", "za", "10.1.0.9"), ("b", "zb", "10.2.0.9")];
    b.mediator("share", &sides, &["a.req b.raw ?"], &[]);
    let verdict = verdict(&b, &forbid(&b, Lens::Attack, "lgwan", "inet"));
    assert_eq!(verdict.status, Status::Undecided);
    assert_eq!(verdict.assumptions.len(), 1);
}

#[test]
fn a_neighbour_answers_in_place_of_a_server() {
    // The terminal may open a session to the server and to nobody else; the server itself cannot be attacked.
    let mut b = Build::new();
    b.host("pc", "lgwan", "za", "10.1.0.10");
    let faces = &[("inet", "zb", "10.2.0.10")];
    b.end("server", End { faces, clients: Some(&["pc"]), outbound: false, ..End::default() });
    b.host("evil", "world", "zb", "10.2.0.66");
    b.fw("fw", &["za", "zb"], &["permit any 10.2.0.10 tcp/443"]);
    assert_eq!(attack_status(&b, "world", "lgwan"), Status::Violated);
    b.bind("zb");
    assert_eq!(attack_status(&b, "world", "lgwan"), Status::Holds);
    assert_eq!(controls(&b, "world", "lgwan"), [["bind@zb"]]);
    // Where routing decides who has an address, nobody else can use it, whatever fails.
    let zb = b.zone("zb");
    b.model.zones[zb].broadcast = false;
    assert_eq!(least(&b, Lens::Attack, "world", "lgwan"), None);
}

#[test]
fn the_side_of_a_mediator_has_an_address_to_use() {
    let mut b = Build::new();
    b.host("pc", "lgwan", "za", "10.1.0.10");
    b.host("evil", "world", "zm", "10.9.0.66");
    b.host("db", "mynum", "zb", "10.2.0.10");
    b.mediator("relay", &[("c", "za", "10.1.0.80"), ("u", "zm", "10.9.0.1")], &["c.req u.req>"], &[]);
    b.fw("fw", &["zm", "zb"], &["permit 10.9.0.1 any tcp/443"]);
    assert_eq!(attack_status(&b, "world", "mynum"), Status::Violated);
    b.bind("zm");
    assert_eq!(controls(&b, "world", "mynum"), [["bind@zm"]]);
}

#[test]
fn client_isolation_stops_neighbours_and_nothing_else() {
    let mut b = Build::new();
    b.host("a", "lgwan", "wifi", "10.1.0.10");
    b.host("b", "inet", "wifi", "10.1.0.11");
    let wifi = b.zone("wifi");
    b.model.zones[wifi].client_isolation = true;
    assert_eq!(crossings(&b), NONE);
    b.mediator("proxy", &[("c", "wifi", "10.1.0.80")], &["c.req c.req"], &[]);
    assert_eq!(crossings(&b), ["inet>lgwan req", "lgwan>inet req"]);
}

#[test]
fn replies_of_a_translated_source_find_back_over_two_translations() {
    let mut b = Build::new();
    b.host("pc", "lgwan", "za", "10.1.0.10");
    b.host("srv", "inet", "zb", "10.2.0.10");
    let (m, zb) = (b.zone("m"), b.zone("zb"));
    b.router("inner", &["za", "m"]).snat = vec![Snat { source: addr("192.0.2.1"), zone: m, from: None }];
    b.router("outer", &["m", "zb"]).snat = vec![Snat { source: addr("192.0.2.2"), zone: zb, from: None }];
    assert_eq!(crossings(&b), ["inet>lgwan req", "inet>lgwan rsp", "lgwan>inet req", "lgwan>inet rsp"]);
}

// ---- what holds of any drawing ------------------------------------------------------------------------------------------------

use crate::support::random_model::{self, assert_well_formed, models, random_model};
use proptest::prelude::*;

/// How open a status is to a forbidden path.
fn openness(status: Status) -> u8 {
    match status {
        Status::Vacuous | Status::Holds => 0,
        Status::Undecided => 1,
        Status::Violated => 2,
    }
}

/// The checks that forbid something are answered by `smaller` with nothing more than by `larger`.
fn assert_no_more(smaller: &Model, larger: &Model) -> Result<(), TestCaseError> {
    for (few, many) in verify(smaller).iter().zip(verify(larger)) {
        if matches!(few.answer, Answer::Flow { .. }) {
            continue;
        }
        prop_assert!(openness(few.status) <= openness(many.status), "{few:#?}\n{many:#?}");
        prop_assert!(few.tally.reached <= many.tally.reached, "{few:#?}\n{many:#?}");
    }
    Ok(())
}

fn with_everything_failed(model: &Model) -> Model {
    let mut m = model.clone();
    for id in model.zones.ids() {
        m.zones[id].binding = None;
    }
    for id in model.nodes.ids() {
        match &mut m.nodes[id].role {
            Role::Endpoint(e) => (e.isolation, e.edr) = (None, Vec::new()),
            Role::Mediator(mediator) => mediator.transforms.iter_mut().for_each(|t| t.guards.clear()),
            Role::Transit(_) => {}
        }
    }
    for id in model.transits.ids() {
        m.transits[id].mfa = None;
    }
    for id in model.communications.ids() {
        (m.communications[id].endorse, m.communications[id].declass) = (None, None);
    }
    m.relations.iter_mut().for_each(|r| r.guards.clear());
    m
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_deny_on_top_adds_nothing(larger in models(), pick in any::<prop::sample::Index>(), rule in 0..4_u8) {
        prop_assume!(!larger.transits.is_empty());
        let mut smaller = larger.clone();
        let device = TransitId::new(pick.index(larger.transits.len()));
        let b = Build::new();
        let text = ["deny any any any", "deny 10.0.0.0/24 any any", "deny any any tcp/443", "deny any 10.1.0.1 udp"];
        let device = &mut smaller.transits[device];
        if device.rules.is_none() {
            (device.rules, device.default) = (Some(Vec::new()), Some(Action::Permit));
        }
        device.rules.as_mut().expect("they were just made").insert(0, b.rule(text[rule as usize]));
        assert_no_more(&smaller, &larger)?;
    }

    #[test]
    fn removing_a_device_adds_nothing(larger in models(), pick in any::<prop::sample::Index>()) {
        prop_assume!(!larger.transits.is_empty());
        let mut smaller = larger.clone();
        smaller.transits[TransitId::new(pick.index(larger.transits.len()))].zones.clear();
        assert_no_more(&smaller, &larger)?;
    }

    #[test]
    fn failing_controls_take_nothing_away_and_bound_the_depth(model in models()) {
        let failed = with_everything_failed(&model);
        assert_no_more(&model, &failed)?;
        for ((_, check), (now, then)) in model.checks.iter().zip(verify(&model).into_iter().zip(verify(&failed))) {
            if !matches!(check.question, Question::Forbid { .. }) || now.status == Status::Vacuous {
                continue;
            }
            let least = depth(&model, &check.question);
            prop_assert_eq!(least.is_none(), then.status == Status::Holds);
            prop_assert_eq!(least.as_ref().is_some_and(|d| d.0 == 0), now.status != Status::Holds);
            // What the answer rests on contains a control of every least set.
            for set in least.into_iter().flat_map(|d| d.1).filter(|set| !set.is_empty()) {
                prop_assert!(set.iter().any(|g| now.rests_on.contains(g)), "{:?} {:?}", set, now.rests_on);
            }
        }
    }

    #[test]
    fn evidence_is_a_chain_of_open_steps(model in models()) {
        assert_well_formed(&model);
        for verdict in verify(&model) {
            let forbids = matches!(verdict.answer, Answer::Matrix(_) | Answer::Paths(_));
            let paths: Vec<Witness> = match verdict.answer {
                Answer::Matrix(all) => all.into_iter().map(|u| u.witness).collect(),
                Answer::Paths(all) => all,
                Answer::Flow { witness, .. } => witness.into_iter().collect(),
                Answer::Nothing => Vec::new(),
            };
            let certain = paths.iter().any(|w| w.level() >= Level::Sure);
            prop_assert!(!forbids || certain == (verdict.status == Status::Violated), "only a violation is certain");
            for path in paths {
                let mut at = path.start;
                for hop in &path.hops {
                    prop_assert_eq!(hop.from, at);
                    prop_assert!(hop.guards.is_empty());
                    at = hop.to;
                }
            }
        }
    }
}

#[test]
fn random_models_are_well_formed() {
    for seed in 0..500 {
        assert_well_formed(&random_model(seed));
    }
}

#[test]
fn minimising_keeps_what_fails() {
    let open = |m: &Model| verify(m).iter().any(|v| v.status == Status::Undecided);
    let model = (0..).map(random_model).find(|m| open(m)).expect("some model is undecided");
    let least = random_model::minimise(model.clone(), open);
    assert!(open(&least));
    assert!(least.checks.len() == 1 && least.permits.len() <= model.permits.len());
}
