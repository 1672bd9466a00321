//! Where the groups and systems of an inventory stand in each model, and how many desktops that takes.
//!
//! The main terminals stand in LGWAN in physical separation, α and α′, in the Internet segment in β and β′. Not here: by
//! which devices the segments are joined.

use super::super::{Inventory, Kind, Place, Service, ServiceKind, System, Users, Work};
use crate::model::SeparationModel;

/// Where something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Home {
    MyNumber,
    GovCloud,
    Lgwan,
    Backbone,
    Internet,
    Saas,
}

impl Home {
    /// The segment.
    pub(super) fn segment(self) -> &'static str {
        match self {
            Self::MyNumber => "mn",
            Self::GovCloud => "gc",
            Self::Lgwan => "lg",
            Self::Backbone => "lgb",
            Self::Internet => "in",
            Self::Saas => "saas",
        }
    }

    /// The network of servers.
    pub(super) fn servers(self) -> &'static str {
        match self {
            Self::Lgwan => "lg-srv",
            Self::Internet => "in-srv",
            other => other.segment(),
        }
    }
}

/// An inventory under one model.
#[derive(Clone, Copy)]
pub(super) struct Plan<'a> {
    pub(super) i: &'a Inventory,
    pub(super) model: SeparationModel,
}

impl Plan<'_> {
    /// Whether main terminals stand in the Internet segment.
    pub(super) fn outward(self) -> bool {
        matches!(self.model, SeparationModel::Beta | SeparationModel::BetaPrime)
    }

    pub(super) fn physical(self) -> bool {
        self.model == SeparationModel::Physical
    }

    /// Whether a control is in place; `None` if the inventory does not say.
    pub(super) fn on(self, id: &str) -> Option<bool> {
        self.i.controls.get(id).and_then(|c| c.in_place)
    }

    /// Whether a daily task is needed. If nothing is said of tasks, all are.
    pub(super) fn needs(self, tasks: &[&str]) -> bool {
        self.i.tasks.as_ref().is_none_or(|list| list.iter().any(|t| tasks.contains(&t.as_str())))
    }

    /// Whether anybody needs something of the Internet, beyond LGWAN.
    pub(super) fn needs_internet(self) -> bool {
        self.i.tasks.as_ref().is_none_or(|list| list.iter().any(|t| t != "LgwanAsp"))
    }

    /// Whether files or mail come in.
    pub(super) fn files_in(self) -> bool {
        self.needs(&["Download", "MailWithAttachment", "CloudSuite"])
    }

    pub(super) fn files_out(self) -> bool {
        self.needs(&["SendFileOut", "CmsUpdate"])
    }

    /// Whether there is Internet mail of the body's own.
    pub(super) fn mail(self) -> bool {
        let stated = self.i.services.as_ref().map(|list| list.iter().any(|s| s.kind == ServiceKind::Mail));
        stated.unwrap_or_else(|| self.needs(&["MailWithAttachment"]))
    }

    /// Groups with a kind of work.
    pub(super) fn groups(self, work: Work) -> Vec<usize> {
        (0..self.i.terminals.len()).filter(|&g| self.i.terminals[g].does(work)).collect()
    }

    /// Groups that only use the Internet.
    pub(super) fn internet_only(self) -> Vec<usize> {
        self.groups(Work::Internet).into_iter().filter(|&g| !self.i.terminals[g].does(Work::Internal)).collect()
    }

    /// Where a group stands.
    pub(super) fn home(self, group: usize) -> Home {
        let t = &self.i.terminals[group];
        if t.does(Work::MyNumber) {
            Home::MyNumber
        } else if t.does(Work::Internal) && !self.outward() {
            Home::Lgwan
        } else {
            Home::Internet
        }
    }

    /// The network in which the terminals of a group are.
    pub(super) fn network(self, group: usize) -> String {
        match self.i.terminals[group].office {
            Some(office) => format!("o{}-{}", office + 1, self.role(group)),
            None => self.home(group).segment().to_owned(),
        }
    }

    /// What a group does, as part of the name of its network in an office: the same in every model.
    pub(super) fn role(self, group: usize) -> &'static str {
        let t = &self.i.terminals[group];
        match (t.does(Work::MyNumber), t.does(Work::Internal)) {
            (true, _) => "mn",
            (_, true) => "main",
            _ => "net",
        }
    }

    /// Where a system stands.
    pub(super) fn system(self, s: &System) -> Home {
        let core = s.kind == Some(Kind::Core);
        match (s.place.unwrap_or(Place::OnPremises), s.kind) {
            (Place::GovCloud, _) => Home::GovCloud,
            (Place::LgwanAsp, _) => Home::Backbone,
            (Place::Cloud, _) => Home::Saas,
            _ if core => Home::MyNumber,
            (_, Some(Kind::Web)) => Home::Internet,
            (_, Some(Kind::Groupware)) if self.outward() => Home::Internet,
            _ if self.model == SeparationModel::BetaPrime => Home::Internet,
            _ => Home::Lgwan,
        }
    }

    /// The groups that use something and do a kind of work.
    pub(super) fn users(self, users: &Users, work: Work) -> Vec<usize> {
        let all = self.groups(work);
        match &users.groups {
            None => all,
            Some(list) => all.into_iter().filter(|g| list.contains(g)).collect(),
        }
    }

    /// LGWAN-ASP services, with their position among the services.
    pub(super) fn asps(self) -> Vec<(usize, Option<Service>)> {
        match &self.i.services {
            Some(list) => list
                .iter()
                .enumerate()
                .filter(|(_, s)| s.kind == ServiceKind::LgwanAsp)
                .map(|(n, s)| (n, Some(s.clone())))
                .collect(),
            None if self.needs(&["LgwanAsp"]) => vec![(0, None)],
            None => Vec::new(),
        }
    }

    /// Clouds on the Internet, with their position among the services.
    pub(super) fn clouds(self) -> Vec<(usize, Option<Service>)> {
        let is_cloud = |s: &Service| matches!(s.kind, ServiceKind::CloudSuite | ServiceKind::WebMeeting);
        match &self.i.services {
            Some(list) => {
                list.iter().enumerate().filter(|(_, s)| is_cloud(s)).map(|(n, s)| (n, Some(s.clone()))).collect()
            }
            None if self.needs(&["CloudSuite"]) => vec![(0, None)],
            None => Vec::new(),
        }
    }

    /// How many of a group may use LGWAN at the same time by screen transfer: those of all that they use there, together,
    /// and never more than there are. Nothing where the terminals stand in LGWAN.
    pub(super) fn lgwan_desktops(self, group: usize) -> u32 {
        let t = &self.i.terminals[group];
        if !self.outward() || !t.does(Work::Internal) || t.does(Work::MyNumber) {
            return 0;
        }
        let systems = self.i.systems.iter().filter(|s| matches!(self.system(s), Home::Lgwan | Home::Backbone));
        let systems = systems.filter(|s| s.kind != Some(Kind::Core)).map(|s| &s.users);
        let asps = self.asps();
        let services: Vec<Users> =
            asps.iter().map(|(_, s)| s.as_ref().map(|s| s.users.clone()).unwrap_or_default()).collect();
        let unknown = Users::default();
        let placeholder =
            (self.i.systems.is_empty() && self.model == SeparationModel::Beta).then_some(&unknown).into_iter();
        let mut sum: u64 = 0;
        for users in systems.chain(&services).chain(placeholder) {
            if users.groups.as_ref().is_none_or(|list| list.contains(&group)) {
                sum += u64::from(users.at_once.get(&group).copied().unwrap_or(t.count));
            }
        }
        u32::try_from(sum.min(u64::from(t.count))).unwrap_or(t.count)
    }

    /// How many of a group may use the Internet at the same time by screen transfer.
    pub(super) fn internet_desktops(self, group: usize) -> u32 {
        let t = &self.i.terminals[group];
        let inward = !self.outward() && !self.physical() && t.does(Work::Internal);
        if inward && t.does(Work::Internet) && self.needs_internet() {
            t.internet_at_once.unwrap_or(t.count)
        } else {
            0
        }
    }
}
