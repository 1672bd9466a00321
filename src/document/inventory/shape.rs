//! The shape of an inventory, field by field. What a name means, and what is not stated, is the business of `resolve`.

use serde::Deserialize;

use super::super::shape::EditionDoc;
use super::super::value::{Map, Name, Names};
use super::{Kind, Place, ServiceKind, StateLink, TeleworkKind, Work};
use crate::model::{Data, LineKind, Owner, SeparationModel};

/// A whole inventory. Every field may be left out; what is left out is not known.
#[derive(Debug, Default, Deserialize)]
#[serde(rename = "Inventory", deny_unknown_fields, default)]
pub(in crate::document) struct InventoryDoc {
    pub name: Option<Name>,
    pub edition: Option<EditionDoc>,
    /// The model of today.
    pub today: Option<SeparationModel>,
    pub terminals: Map<TerminalsDoc>,
    pub systems: Map<SystemDoc>,
    pub services: Option<Map<ServiceDoc>>,
    pub offices: Map<OfficeDoc>,
    pub telework: Option<TeleworkDoc>,
    pub wireless: Option<bool>,
    pub tasks: Option<Names>,
    /// Specific communications of My Number work.
    pub state_links: Option<Vec<StateLink>>,
    /// Business systems that ask a core system.
    pub links: Map<LinkDoc>,
    pub security_cloud: Option<SecurityCloudDoc>,
    pub controls: Map<ControlStateDoc>,
    pub costs: Vec<CostDoc>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::document) struct TerminalsDoc {
    pub label: Option<String>,
    pub count: u32,
    pub department: Option<String>,
    pub work: Option<Vec<Work>>,
    pub office: Option<Name>,
    /// How many of them use the Internet at the same time.
    pub internet_at_once: Option<u32>,
    pub edr: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::document) struct SystemDoc {
    pub label: Option<String>,
    #[serde(default = "one")]
    pub count: u32,
    pub kind: Option<Kind>,
    pub place: Option<Place>,
    pub holds: Option<Vec<Data>>,
    pub used_by: Option<Names>,
    /// How many of a group use it at the same time.
    #[serde(default)]
    pub at_once: Map<u32>,
    pub edr: Option<bool>,
}

fn one() -> u32 {
    1
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::document) struct ServiceDoc {
    pub label: Option<String>,
    pub kind: ServiceKind,
    pub holds: Option<Vec<Data>>,
    pub used_by: Option<Names>,
    #[serde(default)]
    pub at_once: Map<u32>,
    /// The tenant under contract.
    pub tenant: Option<Name>,
    pub registered_devices: Option<bool>,
    pub shared_outside: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::document) struct OfficeDoc {
    pub label: Option<String>,
    pub line: Option<LineKind>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::document) struct TeleworkDoc {
    pub count: u32,
    pub kind: Option<TeleworkKind>,
    pub line: Option<LineKind>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::document) struct LinkDoc {
    pub system: Name,
    /// How the core system validates what it gets.
    pub validated: Option<String>,
    /// Why what it sends is not personal.
    pub not_personal: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::document) struct SecurityCloudDoc {
    pub joined: Option<bool>,
    pub label: Option<String>,
    pub functions: Option<Names>,
    pub owner: Option<Owner>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::document) struct CostDoc {
    pub model: SeparationModel,
    pub what: String,
    pub yen: u64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(in crate::document) struct ControlStateDoc {
    pub in_place: Option<bool>,
    pub on: Option<Name>,
    pub by: Option<Owner>,
    pub note: Option<String>,
}
