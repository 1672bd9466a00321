//! The rule book: the guideline as data. Rules, controls, crossings, editions, security-cloud functions and tasks.
//!
//! The shipped packs stand in `models/policies`; a drawing may bring packs of its own. How a rule is decided on a
//! drawing is the business of `guideline`; how a pack is read, of `document`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::carrier::Carrier;
use super::declared::{Data, Owner, TypeAction};
use super::edition::Edition;
use super::policy::{Purpose, SeparationModel};
use super::topology::{Kind, Layer};
use crate::diagnostic::Text;
use crate::source::Span;

/// Everything the guideline says, as far as it is known, in one place.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rulebook {
    /// Editions, oldest first.
    pub editions: Vec<EditionInfo>,
    /// Clauses by code.
    pub clauses: BTreeMap<String, Clause>,
    /// Public sources by number (`A52`): their addresses.
    pub sources: BTreeMap<String, String>,
    /// Rules in the order of the packs. One id may have several versions, told apart by `since`.
    pub rules: Vec<Rule>,
    /// The catalogue of controls.
    pub controls: Vec<Control>,
    /// The lawful crossings of each model.
    pub crossings: Vec<LawfulCrossing>,
    /// What a security cloud can do.
    pub functions: Vec<CloudFunction>,
    /// What clerks have to do every day.
    pub tasks: Vec<Task>,
}

/// One edition of the guideline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditionInfo {
    /// The edition.
    pub edition: Edition,
    /// When it was published, in words.
    pub published: Text,
    /// What it changed for networks, paraphrased.
    pub changes: Text,
    /// How well that is known.
    pub evidence: Vec<Mark>,
}

/// A clause of the guideline, paraphrased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// What it asks, in the project's own words.
    pub text: Text,
    /// How well that is known.
    pub evidence: Vec<Mark>,
}

/// How well something is known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub enum Mark {
    /// A public page says so; its number in the list of sources.
    Source(String),
    /// A survey or report of the field says so: which one.
    Survey(String),
    /// Recalled, not confirmed by a text that could be opened.
    Recalled,
    /// Recalled, and it is uncertain whether it is so.
    Unsure,
    /// A decision of this project, not a statement of the guideline.
    Design,
}

/// How serious a violation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
pub enum RuleSeverity {
    /// Breaks the isolation of My Number, lets outside code into LGWAN, or data out.
    Critical,
    /// A mandatory control or a condition of the model is missing.
    High,
    /// Weakens a boundary or loses detection.
    Medium,
    /// Advice.
    Low,
}

impl RuleSeverity {
    /// All, the most serious first.
    pub const ALL: [Self; 4] = [Self::Critical, Self::High, Self::Medium, Self::Low];

    /// The word of machine output.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }
}

/// From what a rule is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
pub enum RuleKind {
    /// From the paths of the drawing.
    Path,
    /// From controls that the drawing declares.
    Control,
    /// From whether the drawing fits together.
    Consistency,
}

impl RuleKind {
    /// The word of machine output.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Control => "control",
            Self::Consistency => "consistency",
        }
    }
}

/// One version of a rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Its stable id, such as `R-MN-01`.
    pub id: String,
    /// Clause codes; may be empty.
    pub clauses: Vec<String>,
    /// What it asks, paraphrased.
    pub statement: Text,
    /// What is usually done about a violation.
    pub repair: Text,
    /// The models to which it applies; empty is all.
    pub models: Vec<SeparationModel>,
    /// The first edition that has it; none is every edition.
    pub since: Option<Edition>,
    /// Only while this switch is on.
    pub switch: Option<String>,
    /// How serious.
    pub severity: RuleSeverity,
    /// From what it is decided.
    pub kind: RuleKind,
    /// How well it is known.
    pub evidence: Vec<Mark>,
    /// How it is decided.
    pub decide: Decide,
    /// Which pack it comes from.
    pub pack: PackOrigin,
    /// No longer asked from this version on.
    pub withdrawn: bool,
}

/// Where a rule comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PackOrigin {
    /// The program.
    Shipped,
    /// A pack of the designer: its name, where the rule stands, and whether it takes the place of a shipped one.
    Own {
        /// The name of the pack.
        pack: String,
        /// Where the rule is written.
        span: Span,
        /// It overrides a rule of the same id.
        overrides: bool,
    },
}

/// Whether a model asks for a control.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
pub enum Asked {
    /// It has to be there.
    Mandatory,
    /// It is advised.
    Recommended,
}

/// A control of the catalogue.
#[derive(Debug, Clone, PartialEq)]
pub struct Control {
    /// Its stable id, such as `C-EDR` or `O-AUDIT`.
    pub id: String,
    /// What people call it.
    pub name: Text,
    /// Organisational rather than technical.
    pub organisational: bool,
    /// Who usually answers for it.
    pub responsible: Vec<Owner>,
    /// Which models ask for it, and how strongly. A model that is not listed does not.
    pub asked: BTreeMap<SeparationModel, Asked>,
    /// Switches that make "recommended" mandatory: model and switch.
    pub mandatory_if: BTreeMap<SeparationModel, String>,
    /// How well that is known.
    pub evidence: Vec<Mark>,
    /// How its presence is seen in a drawing.
    pub decide: Decide,
}

/// A crossing that a model provides for.
#[derive(Debug, Clone, PartialEq)]
pub struct LawfulCrossing {
    /// Its id, such as `α-3`.
    pub id: String,
    /// The models that have it.
    pub models: Vec<SeparationModel>,
    /// From which layer.
    pub from: Layer,
    /// To which.
    pub to: Layer,
    /// What carries it, in words.
    pub mediator: Text,
    /// In which form it arrives; one of them is enough.
    pub carriers: Vec<Carrier>,
    /// Labels that it passes.
    pub via: Vec<String>,
    /// Who usually answers for it.
    pub responsible: Vec<Owner>,
    /// How well that is known.
    pub evidence: Vec<Mark>,
}

/// A function of a security cloud.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloudFunction {
    /// The word used in drawings.
    pub word: String,
    /// What people call it.
    pub name: Text,
    /// Whether every security cloud has to have it.
    pub required: bool,
    /// How well that is known.
    pub evidence: Vec<Mark>,
}

/// Something clerks have to do, and the lawful ways to do it.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// Its stable id, such as `WebLookup`.
    pub id: String,
    /// What people call it.
    pub name: Text,
    /// How many of a hundred bodies named it as slowed down by the separation, if known.
    pub pain: Option<f32>,
    /// The ways, the least effort first within each.
    pub ways: Vec<TaskWay>,
}

/// One way to do a task.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskWay {
    /// How it is done, in words.
    pub name: Text,
    /// From whom: the clerks' main terminals if empty.
    pub from: Select,
    /// To what.
    pub to: Select,
    /// The legs of it: each a flow that has to exist and be permitted.
    pub legs: Vec<Leg>,
    /// What a person does by hand, step by step.
    pub steps: Vec<Text>,
}

/// A flow that a way of doing a task needs.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Leg {
    /// From where; the terminal if empty.
    pub from: Select,
    /// To where; the terminal if empty.
    pub to: Select,
    /// In which form it arrives; one of them is enough.
    pub carriers: Vec<Carrier>,
    /// Labels to pass.
    pub via: Vec<String>,
}

/// A choice of nodes: everything that is stated has to fit; what is empty fits all.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Select {
    /// Endpoints with a face in a segment of one of these layers (devices: joined to one, or drawn there).
    pub layers: Vec<Layer>,
    /// Of these kinds.
    pub kinds: Vec<Kind>,
    /// Main terminals (`main_terminal: true`). Where nobody is declared as one, the choice is open.
    pub main: bool,
    /// Business systems (`business_system: true`).
    pub business: bool,
    /// Holding one of these classes of data.
    pub holds: Vec<Data>,
    /// Answered for by one of these.
    pub owners: Vec<Owner>,
    /// With one of these names.
    pub names: Vec<String>,
}

/// How a rule, or the presence of a control, is decided on a drawing.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub enum Decide {
    /// All of these hold.
    All(Vec<Decide>),
    /// One of these holds.
    Any(Vec<Decide>),
    /// Asked only while a switch is on (or off, written `!name`), or in these models.
    If {
        /// The switch; none is always.
        #[serde(default)]
        switch: Option<String>,
        /// Only in these models; empty is all.
        #[serde(default)]
        models: Vec<SeparationModel>,
        /// What is asked then.
        then: Box<Decide>,
    },
    /// Nothing crosses in these carriers, but for what is excused.
    Crossing(CrossingTest),
    /// There is no path under the attack or leak lens.
    Path(PathTest),
    /// Nobody gets something in a first crossing and hands it on in a second. Where `through` is a choice and somebody
    /// of it could hand something on, it holds if nothing comes; where nothing could come or go, it is absent.
    Chain(ChainTest),
    /// The machines or devices have these controls: of each inner list one.
    Controls(ControlTest),
    /// The machines hold none of these classes of data.
    Assets {
        /// Which machines.
        of: Select,
        /// What they must not hold.
        never: Vec<Data>,
    },
    /// Servers, stores and custom devices say what they hold and do.
    Classified,
    /// Measures of the whole body are declared as in place.
    Measures(MeasureTest),
    /// Specific communications of these layers have all three limits, and nothing crosses without one.
    Limits {
        /// Whose border.
        layers: Vec<Layer>,
    },
    /// The far end of a specific communication has no onward path, unless it is state-approved.
    FarEnd {
        /// Whose communications.
        layers: Vec<Layer>,
        /// Where it must not lead.
        to: Vec<Layer>,
    },
    /// State-approved exchanges come by the LGWAN backbone and a linkage server.
    Exchange {
        /// Into which layers.
        layers: Vec<Layer>,
    },
    /// Specific communications carry their one purpose only: narrow services, nothing else on the route.
    OnePurpose {
        /// Whose communications.
        layers: Vec<Layer>,
    },
    /// No communication, relay or resolver with one of these purposes crosses from one choice to the other, either way.
    Purposes {
        /// The purposes.
        purposes: Vec<Purpose>,
        /// One side.
        of: Vec<Layer>,
        /// The other side.
        with: Vec<Layer>,
    },
    /// No machine of these kinds (empty: any machine) is attached to two of these layers, or to one of these and one
    /// of others.
    Shared {
        /// Kinds; empty is any.
        #[serde(default)]
        kinds: Vec<Kind>,
        /// The layers to be kept apart; empty: any two different layers.
        #[serde(default)]
        layers: Vec<Layer>,
        /// If stated: `layers` are kept apart from these, and not from each other.
        #[serde(default)]
        with: Vec<Layer>,
    },
    /// No machine of these kinds controls others in two of these layers, or in a layer other than its own.
    Administers {
        /// Kinds; empty is any.
        #[serde(default)]
        kinds: Vec<Kind>,
        /// The layers to be kept apart.
        layers: Vec<Layer>,
        /// A hypervisor that isolates its guests is accepted.
        #[serde(default)]
        isolated_guests: bool,
    },
    /// No network of these layers is wireless.
    NoWireless {
        /// The layers.
        layers: Vec<Layer>,
    },
    /// Wireless networks of these layers use enterprise authentication.
    WirelessSecurity {
        /// The layers.
        layers: Vec<Layer>,
    },
    /// A wireless network leads to no layer other than its own.
    WirelessApart {
        /// The layers that wireless networks of others must not reach.
        layers: Vec<Layer>,
    },
    /// Screen transfers whose viewer (or, if empty, anybody) is chosen carry no files, and text at most one way with a record.
    Redirections {
        /// Who looks.
        viewer: Select,
        /// Only what goes towards the viewer.
        #[serde(default)]
        to_viewer_only: bool,
    },
    /// The viewer of a screen transfer cannot reach the desktop in another way.
    BesideBroker,
    /// Screen transfers into these layers ask for their own multi-factor login.
    BrokerMfa {
        /// Where the viewer is.
        viewer: Vec<Layer>,
        /// Where the desktop is.
        desktop: Vec<Layer>,
    },
    /// A browser that runs on the terminal has a network of its own.
    TerminalBrowser,
    /// Filters between these layers have an action for every type, and none of these actions.
    Types {
        /// Actions that must not occur.
        never: Vec<TypeAction>,
        /// Only types that match one of these words (`+password`); empty is all.
        #[serde(default)]
        of: Vec<String>,
    },
    /// Devices of these kinds do not forward packets between their sides.
    NotForwarding {
        /// The kinds.
        kinds: Vec<Kind>,
    },
    /// What is carried by hand between these layers.
    Media(MediaTest),
    /// One medium is not used in so many of these layers without wiping.
    MediumReuse {
        /// The layers.
        layers: Vec<Layer>,
        /// From how many on.
        from: usize,
    },
    /// Where a one-way device leads, nothing leads back, and no share is taken for one.
    OneWay {
        /// Between these layers.
        layers: Vec<Layer>,
    },
    /// Collectors of logs only take: nothing leads from them, and each belongs to one layer.
    Collectors {
        /// From which layers.
        layers: Vec<Layer>,
    },
    /// Nothing crosses between segments of different bodies (past this label, if one is given).
    Bodies {
        /// Only what passes this label.
        #[serde(default)]
        via: Option<String>,
    },
    /// A local breakout exists only in these models and from this edition on.
    BreakoutOnly {
        /// The models.
        models: Vec<SeparationModel>,
        /// The first edition.
        since: Edition,
    },
    /// Breakouts name their destinations.
    BreakoutDestinations,
    /// Breakouts restrict tenants.
    BreakoutTenants,
    /// Nothing passes beside the control point of a breakout: no other device, no unlimited protocol.
    BreakoutProtocols,
    /// The security cloud has its required functions.
    CloudFunctions,
    /// A screen of the layer is shown only where switches and edition permit.
    ScreenOf {
        /// Whose screen.
        layer: Layer,
        /// The first edition.
        since: Edition,
    },
    /// The declared model is the one that the drawing shows.
    Inferred,
    /// Groups with a model of their own satisfy it, and their union opens nothing new.
    Groups,
    /// Every exception has an approver, an expiry and a compensating control, is used, and has not expired.
    Exceptions,
}

/// See [`Decide::Crossing`].
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CrossingTest {
    /// Where it starts.
    pub from: Select,
    /// Where it arrives.
    pub to: Select,
    /// Both directions are asked.
    #[serde(default)]
    pub both: bool,
    /// In which form it arrives; empty is any form.
    #[serde(default)]
    pub carriers: Vec<Carrier>,
    /// What the policy matrix permits is excused; the drawing's own permits never excuse a rule.
    #[serde(default = "yes")]
    pub permitted_is_fine: bool,
    /// Excused if all labels of one of these lists were passed.
    #[serde(default)]
    pub excused_by: Vec<Vec<String>>,
    /// Only what passed all of these labels.
    #[serde(default)]
    pub past: Vec<String>,
    /// The rule speaks of nothing unless a node of these kinds exists; empty: it always speaks.
    #[serde(default)]
    pub where_there_is: Vec<Kind>,
    /// The rule speaks of nothing unless there is such a crossing at all, permitted or not.
    #[serde(default)]
    pub only_if_any: bool,
}

/// See [`Decide::Path`].
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PathTest {
    /// Attack, or leak.
    pub leak: bool,
    /// Where it starts.
    pub from: Select,
    /// Where it must not end.
    pub to: Select,
    /// What a person can copy off a screen counts (leak).
    #[serde(default)]
    pub eyes: bool,
    /// Only paths in which nothing but these carriers arrives; empty is any.
    #[serde(default)]
    pub only: Vec<Carrier>,
}

/// See [`Decide::Chain`].
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChainTest {
    /// Where it comes from.
    pub from: Select,
    /// Who gets it and could hand it on.
    pub through: Select,
    /// Where it would go.
    pub to: Select,
    /// In which form it comes.
    pub first: Vec<Carrier>,
    /// In which form it goes on.
    pub second: Vec<Carrier>,
    /// Controls on the middle, of each inner list one, that stop it.
    #[serde(default)]
    pub unless: Vec<Vec<String>>,
    /// Excused if the second crossing passed all labels of one of these lists.
    #[serde(default)]
    pub excused_by: Vec<Vec<String>>,
}

/// See [`Decide::Controls`].
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ControlTest {
    /// Which machines or devices.
    pub of: Select,
    /// Of each inner list, one control is needed. Words of the format: `Edr`, `Mfa`, …
    pub need: Vec<Vec<String>>,
    /// Only those that reach one of these; devices: those that something passes on its way to one of these.
    #[serde(default)]
    pub reaching: Option<Select>,
    /// One of the chosen is enough.
    #[serde(default)]
    pub one_is_enough: bool,
}

/// See [`Decide::Measures`].
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeasureTest {
    /// Ids of controls that have to be declared as in place.
    pub all: Vec<String>,
    /// Those among them that have to be dated within the audit period.
    #[serde(default)]
    pub dated: Vec<String>,
}

/// See [`Decide::Media`].
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MediaTest {
    /// From which layers; empty is any.
    #[serde(default)]
    pub from: Vec<Layer>,
    /// To which layers; empty is any.
    #[serde(default)]
    pub to: Vec<Layer>,
    /// Nothing may be carried at all.
    #[serde(default)]
    pub banned: bool,
    /// The medium is registered.
    #[serde(default)]
    pub registered: bool,
    /// The medium is encrypted.
    #[serde(default)]
    pub encrypted: bool,
    /// It goes through a station.
    #[serde(default)]
    pub station: bool,
    /// Somebody is named who carries or approves.
    #[serde(default)]
    pub approver: bool,
}

fn yes() -> bool {
    true
}

impl Rulebook {
    /// The version of each rule that is in force in an edition (none: the newest), in the order of first appearance.
    #[must_use]
    pub fn in_force(&self, edition: Option<Edition>) -> Vec<&Rule> {
        let mut ids: Vec<&str> = Vec::new();
        for rule in &self.rules {
            if !ids.contains(&rule.id.as_str()) {
                ids.push(&rule.id);
            }
        }
        ids.into_iter().filter_map(|id| self.version(id, edition)).collect()
    }

    /// The version of a rule in an edition: the last one that is not newer; if all are newer, the first of them.
    #[must_use]
    pub fn version(&self, id: &str, edition: Option<Edition>) -> Option<&Rule> {
        let versions = || self.rules.iter().filter(|r| r.id == id);
        let fits = |r: &&Rule| edition.is_none_or(|e| r.since.is_none_or(|s| s <= e));
        // Later lines win among equals: a pack of the designer stands behind the shipped ones.
        versions().filter(fits).max_by_key(|r| r.since).or_else(|| versions().min_by_key(|r| r.since))
    }

    /// A control by id.
    #[must_use]
    pub fn control(&self, id: &str) -> Option<&Control> {
        self.controls.iter().rev().find(|c| c.id == id)
    }
}
