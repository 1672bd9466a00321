//! An inventory of a body: what it has, before anybody has decided by which model it is built.
//!
//! Read with the same reader as drawings. What it does not state stays unknown: nothing here is assumed to be in place.
//! [`drawing`] builds it out as one of the five models, as the text of a drawing. What that is worth, `verify` and
//! `guideline` say; nothing is decided here.

mod build;
mod resolve;
mod shape;
mod unstated;

use std::collections::BTreeMap;

use serde::Deserialize;

pub use build::drawing;

use super::damage::Damage;
use super::load::{Failed, Loader, shorten, unreadable};
use super::read::{Written, read};
use crate::diagnostic::{Severity, Text, sort};
use crate::model::{Data, Date, Edition, LineKind, Owner, SeparationModel};
use crate::source::Sources;

/// What a body has.
#[derive(Debug, Clone, PartialEq)]
pub struct Inventory {
    /// What the body is called.
    pub name: String,
    /// The edition by which it wants to be judged.
    pub edition: Option<Edition>,
    /// The model that it follows today.
    pub today: Option<SeparationModel>,
    /// Groups of terminals, in the order of the file.
    pub terminals: Vec<Terminals>,
    /// Systems of the body.
    pub systems: Vec<System>,
    /// Services of others; `None`: not stated.
    pub services: Option<Vec<Service>>,
    /// Branches and offices outside of the main building.
    pub offices: Vec<Office>,
    /// Terminals that work outside; `None`: not stated.
    pub telework: Option<Telework>,
    /// Whether there is office wireless.
    pub wireless: Option<bool>,
    /// Ids of the daily tasks that are needed; `None`: not stated.
    pub tasks: Option<Vec<String>>,
    /// Specific communications with national systems; `None`: not stated.
    pub state_links: Option<Vec<StateLink>>,
    /// Business systems that ask a core system.
    pub links: Vec<Link>,
    /// The prefectural security cloud; `None`: not stated.
    pub security_cloud: Option<SecurityCloud>,
    /// Controls by the ids of the catalogue.
    pub controls: BTreeMap<String, ControlState>,
    /// Costs that the body states.
    pub costs: Vec<Cost>,
    /// What is not stated and changes the drawings, by field.
    pub unstated: Vec<(String, Text)>,
}

/// What people do on a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub enum Work {
    /// マイナンバー利用事務
    MyNumber,
    /// 庁内の行政事務
    Internal,
    /// インターネットの利用
    Internet,
}

/// A group of terminals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terminals {
    /// Its name in the file.
    pub name: String,
    /// What people call it.
    pub label: String,
    /// How many.
    pub count: u32,
    /// What is done on them; `None`: not stated.
    pub work: Option<Vec<Work>>,
    /// In which office: position in [`Inventory::offices`]; `None`: the main building.
    pub office: Option<usize>,
    /// How many use the Internet at the same time.
    pub internet_at_once: Option<u32>,
    /// Whether they have EDR, where that differs from the body's answer.
    pub edr: Option<bool>,
}

impl Terminals {
    /// Whether a kind of work is done on them. What is not stated counts as work inside and on the Internet.
    #[must_use]
    pub fn does(&self, work: Work) -> bool {
        self.work.as_ref().map_or(work != Work::MyNumber, |list| list.contains(&work))
    }
}

/// What kind of system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Kind {
    /// 基幹業務: residents, taxes, welfare
    Core,
    /// 業務システム: documents, personnel, accounting
    Business,
    /// グループウェア
    Groupware,
    /// ホームページの編集など、公開のためのもの
    Web,
}

/// Where a system stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Place {
    /// 庁内
    OnPremises,
    /// ガバメントクラウド
    GovCloud,
    /// LGWAN-ASP
    LgwanAsp,
    /// インターネット上のクラウド
    Cloud,
}

/// A system of the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct System {
    /// Its name in the file.
    pub name: String,
    /// What people call it.
    pub label: String,
    /// How many machines.
    pub count: u32,
    /// What kind; `None`: not stated.
    pub kind: Option<Kind>,
    /// Where it stands; `None`: not stated.
    pub place: Option<Place>,
    /// What it holds; `None`: not stated.
    pub holds: Option<Vec<Data>>,
    /// Who uses it.
    pub users: Users,
    /// Whether it has EDR, where that differs from the body's answer.
    pub edr: Option<bool>,
}

/// Who uses something.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Users {
    /// Positions in [`Inventory::terminals`]; `None`: not stated, which counts as everybody.
    pub groups: Option<Vec<usize>>,
    /// How many of a group at the same time, where that is stated.
    pub at_once: BTreeMap<usize, u32>,
}

/// What kind of service of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum ServiceKind {
    /// LGWAN-ASP
    LgwanAsp,
    /// クラウドの業務サービス
    CloudSuite,
    /// Web会議
    WebMeeting,
    /// インターネットメール
    Mail,
}

/// A service of others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Its name in the file.
    pub name: String,
    /// What people call it.
    pub label: String,
    /// What kind.
    pub kind: ServiceKind,
    /// What is kept there; `None`: not stated.
    pub holds: Option<Vec<Data>>,
    /// Who uses it.
    pub users: Users,
    /// The tenant under contract.
    pub tenant: Option<String>,
    /// Whether only registered devices get in.
    pub registered_devices: Option<bool>,
    /// Whether it is shared with people outside.
    pub shared_outside: Option<bool>,
}

/// An office outside of the main building.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Office {
    /// What people call it.
    pub label: String,
    /// Its line; `None`: not stated.
    pub line: Option<LineKind>,
}

/// Whose terminals work outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum TeleworkKind {
    /// Loaned by the body.
    Loaned,
    /// Private devices.
    Private,
}

/// Terminals that work outside of the offices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Telework {
    /// How many; 0 says that there are none.
    pub count: u32,
    /// Whose; `None`: not stated.
    pub kind: Option<TeleworkKind>,
    /// The line; `None`: not stated.
    pub line: Option<LineKind>,
}

/// A specific communication with a national system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub enum StateLink {
    /// 住基ネット
    JukiNet,
    /// 自治体中間サーバー
    LinkageServer,
    /// eLTAX
    Eltax,
    /// マイナポータル申請
    MyNaPortal,
}

/// A business system asks a core system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// What people call it.
    pub label: String,
    /// Position in [`Inventory::systems`].
    pub system: usize,
    /// How the core system validates what it gets.
    pub validated: Option<String>,
    /// Why what it sends is not personal.
    pub not_personal: Option<String>,
}

/// The prefectural security cloud.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecurityCloud {
    /// Whether the body is a member.
    pub joined: Option<bool>,
    /// What people call it.
    pub label: Option<String>,
    /// What it does, in the words of the rule book; `None`: not stated.
    pub functions: Option<Vec<String>>,
    /// Who runs it.
    pub owner: Owner,
}

/// A control, as the inventory states it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ControlState {
    /// Whether it is in place.
    pub in_place: Option<bool>,
    /// When it was last done.
    pub on: Option<Date>,
    /// Who answers for it.
    pub by: Option<Owner>,
    /// For readers.
    pub note: Option<String>,
}

/// A cost that the body states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cost {
    /// Of which model.
    pub model: SeparationModel,
    /// For what.
    pub what: String,
    /// How much.
    pub yen: u64,
}

/// An inventory that could be understood.
#[derive(Debug)]
pub struct LoadedInventory {
    /// What it states.
    pub inventory: Inventory,
    /// Its file.
    pub sources: Sources,
}

/// Reads an inventory; it is one file.
///
/// # Errors
/// [`Failed`] with every mistake found.
pub fn load_inventory(loader: &mut dyn Loader) -> Result<LoadedInventory, Failed> {
    let mut sources = Sources::default();
    let failed = |sources, mut diagnostics| {
        sort(&mut diagnostics);
        shorten(&mut diagnostics);
        Failed { sources, diagnostics }
    };
    let (name, text) = match loader.root() {
        Ok(root) => root,
        Err(error) => return Err(failed(sources, vec![unreadable(None, &loader.name(), &error)])),
    };
    let Ok(file) = sources.add(name.clone(), text) else {
        return Err(failed(sources, vec![unreadable(None, &name, &super::LoadError::TooLarge)]));
    };
    let read = read(file, sources.get(file), Written::Inventory);
    let mut diagnostics = read.diagnostics;
    let damage: Damage = read.damage;
    let inventory =
        if damage.is_whole() { None } else { Some(resolve::resolve(file, read.document, &damage, &mut diagnostics)) };
    match inventory {
        Some(inventory) if !diagnostics.iter().any(|d| d.severity == Severity::Error) => {
            Ok(LoadedInventory { inventory, sources })
        }
        _ => Err(failed(sources, diagnostics)),
    }
}
