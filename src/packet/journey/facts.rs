//! What a case takes to be so although the drawing leaves it open: each fact is decided once, the same way for the whole case.
//!
//! Which facts there are to decide is seen where packets meet them (`step`, `exit`).

use super::Choice;
use crate::model::{Action, FaceId, PacketAddr, TransitId, ZoneId};

/// Whoever hands a packet to a device in a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hander {
    /// A machine without a stated gateway.
    Machine(FaceId),
    /// A device without a stated next hop.
    Device(TransitId),
}

/// Something that is one way or another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fact {
    /// To whom somebody hands packets for an address in a zone.
    Taker(ZoneId, Hander, PacketAddr),
    /// The default of a device.
    Default(TransitId),
    /// What a device does with strays.
    Strays(TransitId),
    /// To which zone a device sends packets for an address.
    Exit(TransitId, PacketAddr),
    /// Whether a source translation of a device is for an address.
    Translates(TransitId, PacketAddr),
    /// Whether a rule of a device is for packets between two addresses.
    Fits(TransitId, Option<usize>, PacketAddr, PacketAddr),
}

/// A fact with the way it is taken to be.
pub(super) type Taken = (Fact, Choice);

/// The facts of a case, in the order in which packets met them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Facts(Vec<Taken>);

impl Facts {
    fn of(&self, fact: Fact) -> Option<Choice> {
        self.0.iter().find(|(f, _)| *f == fact).map(|(_, c)| *c)
    }

    /// Takes something to be so from here on.
    pub(super) fn take(&mut self, taken: impl IntoIterator<Item = Taken>) {
        for (fact, choice) in taken {
            if self.of(fact).is_none() {
                self.0.push((fact, choice));
            }
        }
    }

    /// The alternatives that agree with what has been decided before. If none does, what was decided is not on offer here.
    pub(super) fn agreeing<T>(&self, all: Vec<T>, taken: impl Fn(&T) -> &[Taken]) -> Vec<T> {
        let agrees = |x: &T| taken(x).iter().all(|(f, c)| self.of(*f).is_none_or(|known| known == *c));
        if all.iter().any(agrees) { all.into_iter().filter(agrees).collect() } else { all }
    }

    /// The default of a device, if it has been decided.
    pub(super) fn default_of(&self, device: TransitId) -> Option<Action> {
        match self.of(Fact::Default(device)) {
            Some(Choice::Default(_, true)) => Some(Action::Permit),
            Some(Choice::Default(_, false)) => Some(Action::Deny),
            _ => None,
        }
    }

    /// For showing: sorted, each once.
    pub(super) fn choices(&self) -> Vec<Choice> {
        let mut all: Vec<Choice> = self.0.iter().map(|(_, c)| *c).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}
