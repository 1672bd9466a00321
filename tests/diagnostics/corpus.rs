//! The wrong drawings. See `diagnostics.rs` for the marks.

/// What a text is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Form {
    /// A whole file, or several: a line `=== name` begins the next.
    Whole,
    /// Nodes of an otherwise complete drawing.
    Nodes,
    /// Fields of an otherwise complete drawing.
    Fields,
}

/// One wrong drawing.
#[derive(Debug)]
pub(crate) struct Case {
    /// What is wrong with it.
    pub(crate) name: &'static str,
    /// What the text is.
    pub(crate) form: Form,
    /// The text with its marks.
    pub(crate) text: &'static str,
    /// How many messages belong to no place.
    pub(crate) without_place: usize,
}

pub(super) const fn whole(name: &'static str, text: &'static str) -> Case {
    Case { name, form: Form::Whole, text, without_place: 0 }
}

const fn placeless(name: &'static str, text: &'static str) -> Case {
    Case { name, form: Form::Whole, text, without_place: 1 }
}

pub(super) const fn nodes(name: &'static str, text: &'static str) -> Case {
    Case { name, form: Form::Nodes, text, without_place: 0 }
}

const fn fields(name: &'static str, text: &'static str) -> Case {
    Case { name, form: Form::Fields, text, without_place: 0 }
}

/// Everything that can be wrong, one at a time and several at once.
pub(crate) const CORPUS: &[Case] = &[
    // The text.
    nodes("a comma is missing", r#""a": Terminal(at: "in"«S0001=,» «also»count: 800),"#),
    nodes("a number with a unit", r#""a": Terminal(at: "in", count: «S1004»800台),"#),
    nodes("a bracket is not closed", "\"a\": Terminal«S0002»(at: \"in\",\n\"b\": Terminal(at: \"in\"),"),
    whole("a quotation mark is not closed", r#"Municipality(name: «S0002»"試験市)"#),
    nodes("brackets of different kinds", r#""a": Terminal«also»(at: "in"«S0002=)»],"#),
    whole("a closing bracket too many", r#"Municipality(name: "試験市")«S0002»)"#),
    whole("a comment without an end", r#"Municipality(«S0002»/* name: "試験市")"#),
    nodes("full-width symbols", r#""a": Terminal«S0003=(»（at«S0003=:»： "in"«S0003=)»）,"#),
    nodes("a full-width blank", "«S0003= »　\"a\": Terminal(at: \"in\"),"),
    placeless("the drawing is not UTF-8", "!utf8"),
    whole("too deep", include_str!("deep.txt")),
    whole("an empty file", "«S0006»"),
    whole("only a comment", "«S0006»// 試験市の図面\n"),
    whole("another word than Municipality", r#"«S1002=Municipality»City(name: "試験市")"#),
    whole("something behind the end", "Municipality(model: Alpha) «S0001»Municipality()"),
    fields("a character that turns text around", "  assumptions: [\"«S2004»\u{202e}安全\"],"),
    // The shape.
    nodes("an unknown field", r#""a": Terminal(at: "in", «S1001=count»cuont: 800),"#),
    nodes("an unknown field that was to be a required one", r#""a": Terminal(«S1001=at»aat: "in"),"#),
    fields("an unknown field of the drawing", "  «S1001=media»medias: {},"),
    nodes("an unknown kind", r#""a": «S1002=Terminal»Teminal(at: "in"), "b": Manager(at: "in", administers: "a"),"#),
    whole(
        "an unknown layer",
        r#"Municipality(model: Alpha, segments: { "in": (layer: «S1002=Internet»internet) }, nodes: { "a": Terminal(at: "in") })"#,
    ),
    whole(
        "an unknown model",
        r#"Municipality(model: «S1002=BetaPrime»BetaPrim, segments: { "in": (layer: Internet) }, nodes: { "a": Terminal(at: "in") })"#,
    ),
    nodes(
        "required fields are missing",
        r#""«S1003»a": Terminal(count: 2), "«S1003»s": ScreenGateway(viewer: "in", redirect: (others: Off)),
        "«S1003»l": Line(joins: ["in", "lg"]),"#,
    ),
    nodes("a text where a number belongs", r#""a": Terminal(at: "in", count: «S1004»"800"),"#),
    nodes("a number where a name belongs", r#""a": Terminal(at: «S1004»5),"#),
    nodes("a list where one name belongs", r#""a": Terminal(at: «S1004»["in"]),"#),
    nodes("a word where true or false belongs", r#""a": Server(at: "in", outbound: «S1004»no),"#),
    nodes("a kind in quotation marks", r#""f": Firewall(joins: ["in", "lg"], default: «S1004»"Deny", rules: []),"#),
    nodes(
        "one rule where a list belongs",
        r#""f": Firewall(joins: ["in", "lg"], default: Deny, rules: «S1004»(permit: "any -> any")),"#,
    ),
    nodes("a node without a kind", r#""a": «S1004»(at: "in"),"#),
    nodes(
        "a field twice",
        r#""f": Firewall(joins: ["in", "lg"], «also»default: Deny, rules: [], «S1005»default: Permit),"#,
    ),
    nodes(
        "numbers out of range",
        r#""a": Terminal(at: "in", count: «S1006»-800), "b": Terminal(at: "in", «S1006»count: 0),
        "c": Terminal(at: "in", count: «S1006»99999999999999999999999),"#,
    ),
    nodes("a network named twice", r#""f": Router(joins: ["«also»in", "lg", "«S1006»in"]),"#),
    fields("an audit period that is none", r#"  «S1006»switches: (audit_period_months: 0),"#),
    nodes(
        "a rule that names a published address",
        r#""f": Firewall(joins: ["ext", "lg"], default: Deny, nat: [Publish(outside: "203.0.113.5", inside: "lg-srv")],
        rules: [(permit: "«S1006»internet -> 203.0.113.5 tcp 443")]),"#,
    ),
    nodes("a one-way gateway into its own network", r#""d": Diode(from: "in", into: "«S1006»in"),"#),
    nodes(
        "fields of another kind",
        r#""a": Terminal(at: "in", «S1007»sink: true),
        "f": Firewall(joins: ["in", "lg"], default: Deny, rules: [], «S1007»tenants: ["x"]),"#,
    ),
    nodes("at and faces", r#""a": Nas(at: "«S1008»in", faces: [(at: "«also»lg")]),"#),
    nodes(
        "permit and deny in one rule",
        r#""f": Firewall(joins: ["in", "lg"], default: Deny, rules: [(permit: "«also»any -> lg-srv", deny: "«S1008»any -> any")]),"#,
    ),
    nodes(
        "a rule that does nothing",
        r#""f": Firewall(joins: ["in", "lg"], default: Deny, rules: [(permit: "in-pc -> lg-srv"), «S1003»(reason: "x")]),"#,
    ),
    nodes(
        "a rule with a wrong word",
        r#""f": Firewall(joins: ["in", "lg"], default: Deny, rules: [(«S1001=permit»permt: "in-pc -> lg-srv")]),"#,
    ),
    // Names.
    nodes("a node twice", r#""«also»a": Terminal(at: "in"), "«S2001»a": Terminal(at: "lg"),"#),
    nodes("a node called like a segment", r#""«S2001»lg": Terminal(at: "in"),"#),
    nodes("one name in two encodings", "\"が\": Terminal(at: \"in\"),\n\"«S2001»か\u{3099}\": Terminal(at: \"in\"),"),
    fields(
        "services, tables, media and communications twice",
        r#"  services: { "«also»w": ["tcp 80"], "«S2001»w": ["tcp 81"] },
  file_types: { "«also»t": { "pdf": Rebuild, "«S2001»pdf": Block }, "«S2001»t": {} },
  media: { "«also»m": (), "«S2001»m": (), "«S2001»in-pc": () },
  communications: { "«also»c": (from: "in-pc", to: "lg-srv", service: "tcp 1"), "«S2001»c": (from: "in-pc", to: "lg-srv", service: "tcp 1") },"#,
    ),
    nodes(
        "one address for a side, twice",
        r#""p": Proxy(inside: "in", outside: "ext", addresses: { "«also»inside": "10.0.0.1", "«S2001»inside": "10.0.0.2", "«S1001=outside»outsid": "10.0.0.3" }),"#,
    ),
    nodes("an unknown network", r#""a": Terminal(at: "«S2002=in»int"),"#),
    nodes(
        "a name that is nearly right",
        r#""f": Firewall(joins: ["in", "lg"], default: Deny, rules: [(permit: "«S2002=in-pc»in-pv -> lg-srv tcp 443")]),"#,
    ),
    nodes(
        "several unknown names",
        r#""a": Terminal(at: "«S2002»office"),
        "f": Firewall(joins: ["in", "«S2002»dmz"], default: Deny, rules: [(permit: "in-pc, «S2002»nobody -> «S2002=lg-srv»lg-sv.x tcp 443")]),"#,
    ),
    nodes(
        "sides and attachments",
        r#""s": ScreenGateway(viewer: "in", desktop: "lg", redirect: (others: Off)),
        "f": Firewall(joins: ["in", "lg"], default: Deny, rules: [(permit: "in-pc -> s.«S2002=viewer»viwer tcp 443"), (permit: "in-pc@«S2002»lg -> «S2003»lg.viewer")]),"#,
    ),
    nodes(
        "an unknown type table",
        r#""c": Sanitiser(from: "in", into: "lg", types_of: "«S2002»office", otherwise: Block),"#,
    ),
    fields(
        "an unknown medium",
        r#"  media: { "usb-1": () },
  carry: [(from: "in-pc", to: "lg-srv", medium: "«S2002=usb-1»usb-2"), (from: "in-pc", to: "lg-srv", medium: "usb-1")],"#,
    ),
    fields(
        "unknown labels and controls",
        r#"  require: [Flow(from: "in-pc", to: "lg-srv", carries: Keys, via: ["«S2002=screen»screan"])],
  expect: [Attack(from: "ext", to: "lg", controls: ["«S2002»edr@lg-srw"])],"#,
    ),
    nodes(
        "names of the wrong sort",
        r#""a": Terminal(at: "«S2003»in-pc"), "b": Terminal(at: "in", part_of: "«S2003»in-pc"),
        "f": Firewall(joins: ["in", "lg"], default: Deny, rules: [(permit: "any -> any tcp 1", enters: "«S2003»in-pc")]),
        "c": Server(at: "lg", clients: "«S2003»f"),"#,
    ),
    nodes(
        "rules and routes to networks that are not joined",
        r#""f": Firewall(joins: ["in", "lg"], default: Deny, routes: [(to: "any", via: "«S2003»ext")], rules: [(permit: "in-pc -> lg-srv", leaves: "«S2003»ext")]),"#,
    ),
    fields(
        "what is carried through no kiosk",
        r#"  media: { "m": () },
  carry: [(from: "in-pc", to: "lg-srv", medium: "m", through: "«S2003»in-pc")],"#,
    ),
    nodes(
        "names that cannot be names",
        r#""«S2004»in->pc": Terminal(at: "in"), "«S2004»10.1.1.1": Terminal(at: "in"), "«S2004»2024": Terminal(at: "in"),
        "«S2004»any": Terminal(at: "in"), "«S2004»": Terminal(at: "in"), "«S2004»窓口 端末": Terminal(at: "in"), "«S2004»a.b": Terminal(at: "in"),"#,
    ),
    nodes("a name with an escape", r#"«S2004»"a\u{62}": Terminal(at: "in"),"#),
    fields(
        "services that cannot be called so",
        r#"  services: { "«S2004»tcp": ["tcp 80"], "«S2004»a + b": ["tcp 81"] },"#,
    ),
    nodes(
        "malformed addresses",
        r#""a": Terminal(at: "in", address: "«S2005=10.3.0.0/20»10.3.0.1/20"), "b": Terminal(at: "in", address: "«S2005»10.3.0.300"),
        "c": Terminal(at: "in", address: "«S2005»010.3.0.1"), "d": Terminal(at: "in", address: "«S2005»10.3.0.9-10.3.0.1"),
        "e": Terminal(at: "in", address: "«S2005»10.3.0.9-2001:db8::1"),"#,
    ),
    nodes("an address outside its network", r#""a": Terminal(at: "lg", address: ["10.2.1.1", "«S2005»10.3.0.1"]),"#),
    nodes(
        "a range where one address belongs",
        r#""f": Firewall(joins: ["in", "ext"], default: Deny, rules: [], nat: [Hide(behind: "«S2005»203.0.113.0/24", towards: "ext")]),"#,
    ),
    nodes(
        "malformed rules",
        r#""f": Firewall(joins: ["in", "lg"], default: Deny, rules: [
        (permit: "«S2006»in-pc lg-srv tcp 443"),
        (permit: "«S2006=->»in-pc => lg-srv tcp 443"),
        (permit: "«S2006»in-pc -> "),
        (permit: "in-pc -> «S2006»tcp 443"),
        (permit: "«S2006»in-pc, -> lg-srv"),
        (permit: "10.2.0.0/16 -> «S2005=10.3.0.0/16»10.3.0.1/16 tcp 443"),
        ]),"#,
    ),
    nodes(
        "malformed services",
        r#""f": Firewall(joins: ["in", "lg"], default: Deny, rules: [
        (permit: "in-pc -> lg-srv «S2007»tcp 70443"),
        (permit: "in-pc -> lg-srv tcp 80 + «S2007»udp 9-3"),
        (permit: "in-pc -> lg-srv «S2007»icmp 8"),
        (permit: "in-pc -> lg-srv «S2007=tcp»tpc 443"),
        (permit: "in-pc -> lg-srv «S2007»https"),
        ]),"#,
    ),
    whole(
        "an endpoint in a network of devices",
        r#"Municipality(model: Alpha, segments: { "in": (layer: Internet) }, networks: { "dmz": () },
        nodes: { "in-pc": Terminal(at: "in"), "web": Server(at: "«S2008»dmz") })"#,
    ),
    nodes(
        "the same address twice",
        r#""«also»a": Terminal(at: "in", address: "10.3.0.5"), "«S2009»b": Terminal(at: "in", address: "10.3.0.5"),"#,
    ),
    // Checks.
    fields(
        "checks of nothing",
        r#"  forbid: [«S4001»Attack(from: [], to: "lg")],
  require: [«S4001»Flow(from: "in-pc", to: [], carries: Keys)],"#,
    ),
    whole(
        "nothing to check",
        r#"«S4002»Municipality(segments: { "in": (layer: Internet) }, nodes: { "a": Terminal(at: "in") })"#,
    ),
    whole("no segments", "«S1003»Municipality(model: Alpha)"),
    fields(
        "an own permit without a reason",
        r#"  permits: [(from: "in", to: "lg", carries: [Request], reason: "承認済み"), «S1003»(from: "in", to: "lg", carries: [Request])],"#,
    ),
    fields(
        "a carry without an end",
        r#"  media: { "m": () },
  carry: [(from: "in-pc", to: "lg-srv", medium: "m"), «S1003»(from: "in-pc", medium: "m")],"#,
    ),
    fields("a depth and no depth", r#"  expect: [Attack(from: "«S1008»ext", to: "lg", depth: 1, no_depth: true)],"#),
    // What the rules of the guideline read.
    whole(
        "an unknown edition",
        r#"Municipality(model: Alpha, edition: «S1002=R7_3»R7_4, segments: { "in": (layer: Internet) }, nodes: { "a": Terminal(at: "in") })"#,
    ),
    fields(
        "measures that are in no catalogue, and one twice",
        r#"  measures: { "«S2002=O-AUDIT»O-AUDT": (in_place: true), "«also»O-RISK": (in_place: true), "«S2001»O-RISK": (in_place: false) },"#,
    ),
    fields(
        "dates that are none",
        r#"  measures: { "O-AUDIT": (in_place: true, on: "«S1006»2026-02-30") },
  exceptions: { "e": (rule: "R-MN-01", until: "«S1006»令和8年3月末") },"#,
    ),
    fields(
        "exceptions from what is no rule, or from nothing",
        r#"  addresses: { "offices": "10.3.0.0/20" },
  exceptions: {
    "a": (rule: "«S2002=R-MN-01»R-MN-1"), "«S1003»b": (approver: "町長"), "c": (rule: "R-MN-02", at: "«S2002=in-pc»in-pv"),
    "«also»d": (rule: "R-MN-03", at: "lg"), "«S2001»d": (rule: "R-MN-04"),
  },"#,
    ),
    fields(
        "an exception by kind without a scope",
        r#"  exceptions: { "«S1003»a": (rule: "Matrix", reason: "移行中") },"#,
    ),
    fields(
        "an exception for addresses",
        r#"  addresses: { "offices": "10.3.0.0/20" },
  exceptions: { "a": (rule: "Leak", at: ["lg", "«S2003»offices"]) },"#,
    ),
    fields(
        "groups without a model or members, and one twice",
        r#"  groups: {
    "«S1003»a": (members: "in-pc"), "«S1003»b": (model: Beta),
    "«also»c": (model: Beta, members: "lg-srv"), "«S2001»c": (model: Alpha, members: "internet"),
  },"#,
    ),
    fields(
        "a node in two groups",
        r#"  groups: { "«also»税": (model: Alpha, members: ["lg-srv", "in-pc"]), "«S1008»福祉": (model: Beta, members: "lg-srv") },"#,
    ),
    nodes(
        "functions of a security cloud",
        r#""p": SecurityCloud(joins: ["in", "ext"], default: Deny, functions: ["Soc", "«S2002=Sandbox»Sandbx", "«S2002»何でも"]),
        "r": Router(joins: ["in", "lg"], «S1007»functions: ["Soc"]),"#,
    ),
    fields(
        "allowed services that are not drawn",
        r#"  switches: (lbo_allow: ["«S2002=internet»intrenet", "«S2003»lg"]),"#,
    ),
    fields("an unknown switch", r#"  switches: («S1001=mn_screen»mn_scren: true),"#),
    // Rule packs.
    whole(
        "a pack that is not there, and no flood",
        r#"Municipality(model: Alpha, edition: R99_1, packs: ["«S3001»rules.ron"], measures: { "T-1": () }, exceptions: { "e": (rule: "T-2") },
        segments: { "in": (layer: Internet) }, nodes: { "a": Terminal(at: "in") })"#,
    ),
    whole(
        "a pack outside",
        r#"Municipality(model: Alpha, packs: ["«S3003»rules.ron"], segments: { "in": (layer: Internet) }, nodes: { "a": Terminal(at: "in") })
=== rules.ron
!outside"#,
    ),
    whole(
        "a pack without a name",
        r#"Municipality(model: Alpha, packs: ["rules.ron"], segments: { "in": (layer: Internet) }, nodes: { "a": Terminal(at: "in") })
=== rules.ron
«S1003»Pack(withdrawn: ["R-MN-01"])"#,
    ),
    whole(
        "an empty pack, and one with something behind its end",
        r#"Municipality(model: Alpha, packs: ["a.ron", "b.ron"], segments: { "in": (layer: Internet) }, nodes: { "a": Terminal(at: "in") })
=== a.ron
«S0006»// まだ何もない
=== b.ron
Pack(name: "試験") «S0001»Pack()"#,
    ),
    whole(
        "a pack whose name is no text has no second mistake",
        r#"Municipality(model: Alpha, packs: ["rules.ron"], segments: { "in": (layer: Internet) }, nodes: { "a": Terminal(at: "in") })
=== rules.ron
Pack(name: «S1004»5)"#,
    ),
    whole(
        "a drawing where a pack belongs",
        r#"«S1002=Pack»Municipality(model: Alpha, packs: ["図面.ron"], segments: { "in": (layer: Internet) }, nodes: { "a": Terminal(at: "in") })"#,
    ),
    whole(
        "the shape of a pack",
        r#"Municipality(model: Alpha, packs: ["rules.ron"], segments: { "in": (layer: Internet) }, nodes: { "a": Terminal(at: "in") },
        exceptions: { "e": (rule: "T-1") })
=== rules.ron
Pack(
  name: "試験",
  «S1001=rules»rulez: {},
  rules: {
    "T-1": (ja: "あ", en: "a", severity: High, kind: Control, decide: «S1002=Crossing»Crosing(from: (), to: ())),
    "T-2": (ja: "あ", en: "a", severity: High, kind: Control, since: «S1004»R7_13, decide: Classified),
    "T-3": (ja: "あ", en: "a", severity: «S1002=High»Hihg, kind: Control, decide: Classified),
    "T-4": (ja: "あ", en: "a", severity: High, kind: Control, decide: Controls(of: («S1001=layers»layer: [Lgwan]), need: [])),
    "T-5": (ja: "あ", en: "a", severity: High, kind: Control, decide: Crossing(from: (), to: (), «S1001=past»passt: ["cdr"])),
    "T-6": (ja: "あ", en: "a", severity: High, kind: Control«S1003»),
  },
)"#,
    ),
    whole(
        "words in a pack that nobody knows",
        r#"Municipality(model: Alpha, packs: ["rules.ron"], segments: { "in": (layer: Internet) }, nodes: { "a": Terminal(at: "in") })
=== rules.ron
Pack(
  name: "試験",
  clauses: { "町-1": (ja: "あ", en: "a") },
  rules: {
    "«S2002»T-1": (clauses: ["町-1", "町-2"], ja: "あ", en: "a", severity: High, kind: Control, decide: Classified),
    "«S2002»T-2": (ja: "あ", en: "a", severity: High, kind: Path,
      decide: Crossing(from: (layers: [Internet]), to: (layers: [Lgwan]), excused_by: [["screan"]])),
    "«S2002»T-3": (ja: "あ", en: "a", severity: High, kind: Control, decide: Controls(of: (main: true), need: [["Mfa", "edr"]])),
    "«S2002»T-4": (ja: "あ", en: "a", severity: High, kind: Control, switch: "!mn_scren", decide: Classified),
    "«S2002»T-5": (ja: "あ", en: "a", severity: High, kind: Control, decide: All([Any([Measures(all: ["O-AUDT"])])])),
    "«S2002»T-6": (ja: "あ", en: "a", severity: High, kind: Control, evidence: [Source("A999"), Design], decide: Classified),
  },
  controls: { "«S2002»T-C": (ja: "あ", en: "a", mandatory_if: { Beta: "beta_log" }, decide: Controls(of: (), need: [["Edr"]])) },
  crossings: { "«S2002»T-X": (models: [Beta], from: Internet, to: Lgwan, carriers: [CleanFile], via: ["crd"], mediator: (ja: "あ", en: "a")) },
  tasks: { "«S2002»T-T": (ja: "あ", en: "a", ways: [(ja: "あ", en: "a", legs: [(carriers: [Keys], via: ["skreen"])])]) },
)"#,
    ),
    whole(
        "ids twice, rules that are not there, and codes of no edition",
        r#"Municipality(model: Alpha, packs: ["rules.ron"], segments: { "in": (layer: Internet) }, nodes: { "a": Terminal(at: "in") })
=== rules.ron
Pack(
  name: "試験",
  editions: { "«S1006»令和9年": (published: (ja: "あ", en: "a"), changes: (ja: "あ", en: "a")) },
  rules: {
    "«also»T-1": (ja: "あ", en: "a", severity: High, kind: Control, decide: Classified),
    "«S2001»T-1": (ja: "い", en: "b", severity: Low, kind: Control, decide: Classified),
  },
  withdrawn: ["«S2002=R-MN-01»R-MN-1"],
)"#,
    ),
    // Files.
    whole(
        "an include that is not there hides no other mistake, and is no flood",
        r#"Municipality(model: Alpha, include: ["«S3001»psc.ron"], segments: { "in": (layer: Internet) },
        nodes: { "a": Terminal(at: "psc"), "b": Terminal(at: "in", address: "«S2005»10.0.0.1/8"),
        "f": Firewall(joins: ["in", "psc-dmz"], default: Deny, rules: [(permit: "x -> y.viewer web")]),
        "c": Sanitiser(from: "in", into: "q", types_of: "office", otherwise: Block) },
        expect: [Attack(from: "ext", to: "in", controls: ["cdr@x"])])"#,
    ),
    whole(
        "files in a circle",
        r#"Municipality(model: Alpha, include: ["a.ron"], segments: { "in": (layer: Internet) }, nodes: { "a": Terminal(at: "in") })
=== a.ron
Municipality(include: ["«S3002»図面.ron"])"#,
    ),
    whole(
        "a file that includes itself",
        r#"Municipality(model: Alpha, include: ["«S3002»図面.ron"], segments: { "in": (layer: Internet) }, nodes: { "a": Terminal(at: "in") })"#,
    ),
    whole(
        "an include outside",
        r#"Municipality(model: Alpha, include: ["«S3003»a.ron"], segments: { "in": (layer: Internet) }, nodes: { "a": Terminal(at: "in") })
=== a.ron
!outside"#,
    ),
    whole(
        "an include that is too large, one that is locked and one that is no text",
        r#"Municipality(model: Alpha, include: ["«S3004»a.ron", "«S3005»b.ron", "«S0004»c.ron"], segments: { "in": (layer: Internet) }, nodes: { "a": Terminal(at: "in") })
=== a.ron
!large
=== b.ron
!locked
=== c.ron
!utf8"#,
    ),
    whole(
        "mistakes in two files",
        r#"Municipality(model: Alpha, include: ["a.ron"], segments: { "in": (layer: Internet) },
        nodes: { "b": Terminal(at: "«S2002=in»im"), "f": Firewall(joins: ["in", "psc"], default: Deny, rules: [(permit: "«S2002»窓口 -> a")]) })
=== a.ron
Municipality(segments: { "psc": (layer: SecurityCloud) }, nodes: { "a": Terminal(at: "«S2002=psc»pcs") })"#,
    ),
    whole(
        "an include that cannot be read at all does not make its names unknown",
        r#"Municipality(model: Alpha, include: ["a.ron"], segments: { "in": (layer: Internet) },
        nodes: { "f": Firewall(joins: ["in", "psc"], default: Deny, rules: [(permit: "in -> a")]) })
=== a.ron
Municipality(segments: { "psc": (layer: SecurityCloud) }, nodes: { "b": Server«S0002»(at: "psc" })"#,
    ),
    whole(
        "model in two files",
        r#"Municipality(«S1008»model: Alpha, include: ["a.ron"], segments: { "in": (layer: Internet) }, nodes: { "a": Terminal(at: "in") })
=== a.ron
Municipality(«also»model: Beta)"#,
    ),
    // Several at once, and no second message for one mistake.
    whole(
        "many mistakes in one file",
        r#"Municipality(
  model: Beta,
  segments: { "in": (layer: Internet), "lg": (layer: Lgwan, «S1001=address»adress: "10.2.0.0/16") },
  nodes: {
    "a": Terminal(at: «S1004»1, count: «S1004»"x"),
    "b": Terminal(at: "«S2002=lg»lgg"),
    "c": «S1002=Server»Sever(at: "lg"),
    "f": Firewall(joins: ["in", «S1004»3], default: «S1002=Deny»Deni, rules: [(permit: "c -> b «S2007=tcp»tcq 1")]),
    "s": ScreenGateway(viewer: "in", desktop: "lg", redirect: (clipboard: «S1002=Off»Of)),
  },
  forbid: [Attack(«S1001=from»form: "in", to: "lg")],
)"#,
    ),
    // Warnings.
    nodes(
        "unstated things",
        r#""«W5001»f": Firewall(joins: ["in", "lg"], rules: [(permit: "in-pc -> lg-srv tcp 443")]),
        "«W5002»s": ScreenGateway(viewer: "in", desktop: "lg"),
        "«W5008»c": Sanitiser(from: "in", into: "lg", types: { "pdf": Rebuild }),"#,
    ),
    nodes(
        "rules without effect",
        r#""f": Firewall(joins: ["in", "lg"], default: Deny, rules: [
        (deny: "«also»in-pc -> any tcp 400-500"),
        (permit: "«W5003»in-pc -> lg-srv tcp 443"),
        (permit: "in-pc -> lg-srv tcp 80"),
        (deny: "«W5004»any -> any"),
        ]),"#,
    ),
    nodes(
        "a rule that permits everything",
        r#""f": Firewall(joins: ["in", "lg"], default: Deny, rules: [(permit: "«W5009»any -> any")]),"#,
    ),
    fields(
        "unused definitions",
        r#"  addresses: { "«W5005»offices": "10.3.0.0/20" }, services: { "«W5005»web": "tcp 80" },
  file_types: { "«W5005»office": {} }, networks: { "«W5005»dmz": () }, media: { "«W5005»usb": () },"#,
    ),
    whole(
        "a segment without members",
        r#"Municipality(model: Alpha, segments: { "in": (layer: Internet), "«W5006»mn": (layer: MyNumber) }, nodes: { "a": Terminal(at: "in") })"#,
    ),
    whole(
        "an address that matters",
        r#"Municipality(model: Alpha, segments: { "in": (layer: Internet, address: "10.3.0.0/16"), "lg": (layer: Lgwan, address: "10.2.0.0/16") },
        nodes: { "in-pc": Terminal(at: "in"), "«W5007»lg-srv": Server(at: "lg"), "f": Firewall(joins: ["in", "lg"], default: Deny, rules: [(permit: "in-pc -> 10.2.1.0/24 tcp 443")]) })"#,
    ),
    nodes(
        "rules about things that never pass",
        r#""«also»f": Firewall(joins: ["in", "lg"], default: Deny, rules: [
        (permit: "«W5010»internet -> lg-srv tcp 443"),
        (permit: "«W5010»in-pc -> f tcp 443"),
        ]),"#,
    ),
    nodes(
        "peers, counts and labels",
        r#""«W5011»x": Server(at: "in", clients: []),
        "«W5013»y": Terminal(at: "lg", count: 9, address: "10.2.3.0/30", label: "端末"),
        "«W5014»z": Terminal(at: "in", label: "端末"),"#,
    ),
    fields(
        "communications",
        r#"  communications: { "«W5012 W5015»c": (from: "in-pc", to: "lg-srv", service: "tcp 8443", purpose: Business, limits: [Mac]) },"#,
    ),
    whole(
        "a permit wider than what is declared",
        r#"Municipality(model: Alpha, segments: { "in": (layer: Internet), "lg": (layer: Lgwan) },
        nodes: { "pc": Terminal(at: "in", address: "10.3.0.0/24"), "a": Server(at: "lg", address: "10.2.0.1"), "b": Server(at: "lg", address: "10.2.0.2"),
          "f": Firewall(joins: ["in", "lg"], default: Deny, rules: [
            (permit: "pc -> b tcp 22"),
            (permit: "«W5017»pc -> a, b tcp 400-500"),
            (permit: "pc -> a tcp 8443"),
          ]) },
        communications: { "c": (from: "pc", to: "a", service: "tcp 443,8443", purpose: Business, limits: [Mac, Address, Port]) })"#,
    ),
];
