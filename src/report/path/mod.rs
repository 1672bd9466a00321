//! A witness told step by step: who does what, with which packet, through which rule.
//!
//! Here is what a told path consists of; `tell` words it. Not here: what to do about it.

mod tell;

use super::names::{PacketReport, Place, Thing, called};
use crate::diagnostic::Text;
use crate::model::Carrier;

/// A path, told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathReport {
    /// Where it starts.
    pub start: Thing,
    /// The first sentence.
    pub opening: Text,
    /// Its steps; each starts where the one before ended.
    pub steps: Vec<StepReport>,
    /// All labels passed, by name.
    pub labels: Vec<String>,
    /// Whether no step depends on what the drawing leaves open.
    pub certain: bool,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepReport {
    /// `session`, `transform`, `pivot`, `stored`, `same-machine`, `relation`.
    pub kind: &'static str,
    /// Where from.
    pub from: Thing,
    /// Where to.
    pub to: Thing,
    /// In which form it is there afterwards.
    pub carrier: Carrier,
    /// Whether it only arrived (`arrives`), is kept (`holds`) or is about to leave (`leaves`).
    pub state: &'static str,
    /// What happens, as a sentence.
    pub text: Text,
    /// Why, in the words of the drawing.
    pub reason: Option<Text>,
    /// Where it is written.
    pub place: Option<Place>,
    /// Whether it does not depend on what the drawing leaves open.
    pub certain: bool,
    /// The session, if the step is one.
    pub session: Option<SessionReport>,
    /// Controls on the step.
    pub guards: Vec<String>,
    /// Labels the step earns.
    pub labels: Vec<String>,
}

/// The session of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionReport {
    /// Whose address opens it.
    pub initiator: Thing,
    /// Whose address answers.
    pub responder: Thing,
    /// Who borrows one of the two addresses.
    pub impersonator: Option<Thing>,
    /// Whether the content travels from responder to initiator.
    pub reply: bool,
    /// Whether it travels although no session completes.
    pub covert: bool,
    /// The declared communication whose guard the step carries.
    pub communication: Option<String>,
    /// The packet as the initiator sends it.
    pub sent: PacketReport,
    /// The packet as the responder gets it.
    pub delivered: PacketReport,
    /// The devices on the way, in order.
    pub devices: Vec<DeviceReport>,
}

/// One device passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceReport {
    /// Its name.
    pub name: String,
    /// Its label.
    pub label: String,
    /// The network the packet came from.
    pub from: String,
    /// The network it left to.
    pub to: String,
    /// What let it pass.
    pub by: PassedBy,
    /// Where that is written.
    pub place: Place,
    /// The packet as it leaves the device.
    pub packet: PacketReport,
    /// Whether the device changed an address.
    pub translated: bool,
}

/// Why a device let a packet pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PassedBy {
    /// A rule.
    Rule {
        /// Its position, from 1.
        number: usize,
        /// As written.
        text: String,
        /// Why the designer has it.
        reason: Option<String>,
    },
    /// Its default is to permit.
    Default,
    /// It does not say what its default is.
    UnstatedDefault,
    /// It has no rules and forwards everything.
    NoRules,
}

impl DeviceReport {
    /// Which device the packet passed, from where to where, and what let it.
    #[must_use]
    pub fn passage(&self) -> Text {
        let head = format!("{} → {}  {}: ", self.from, self.to, called(&self.label, &self.name));
        let (by, reason) = match &self.by {
            PassedBy::Rule { number, text, reason } => (
                Text::new(format!("規則 {number}「{text}」で通過"), format!("passes by rule {number} \"{text}\"")),
                reason.as_deref(),
            ),
            PassedBy::Default => (Text::new("既定(default: Permit)で通過", "passes by default (Permit)"), None),
            PassedBy::UnstatedDefault => (
                Text::new(
                    "既定の動作(default)が書かれていないため、通るかもしれない",
                    "may pass: its default is not stated",
                ),
                None,
            ),
            PassedBy::NoRules => (Text::new("規則がないので通過", "passes: it has no rules"), None),
        };
        let reason = reason
            .map_or_else(|| Text::new("", ""), |r| Text::new(format!("、理由「{r}」"), format!(", reason \"{r}\"")));
        let nat = if self.translated { ("、アドレス変換あり", ", address translated") } else { ("", "") };
        Text::new(format!("{head}{}{}{}", by.ja, reason.ja, nat.0), format!("{head}{}{}{}", by.en, reason.en, nat.1))
    }
}
