//! What guards the step that a session makes, and which labels it earns.

use super::super::refusal::Reason;
use super::{Session, Side, delivers};
use crate::model::{Communication, GuardId, LabelId, Lens, Transit};

impl<'a> Session<'a> {
    /// The guards of the step.
    pub(super) fn guards(&self) -> Result<Vec<GuardId>, Reason> {
        let binding = self.spoofed_zone().and_then(|zone| self.zone(zone)?.binding);
        let communication = self.communication_guard()?;
        let gates = self
            .devices()
            .filter_map(|d| d.mfa.as_ref())
            .filter(|gate| self.lens == Lens::Attack && !gate.enrolled.contains(&self.initiator.0.node));
        Ok(binding.into_iter().chain(communication).chain(gates.map(|gate| gate.guard)).collect())
    }

    /// The guard of the communication that the session is, if one is declared. A session that fits several has a step
    /// for each, so the hop has to say which it is, unless one of them has no guard here.
    fn communication_guard(&self) -> Result<Option<GuardId>, Reason> {
        if let Some(id) = self.cause.communication {
            let named = self.model().communications.get(id).filter(|c| self.is_of(c));
            return named.map(|c| self.guard_of(c)).ok_or(Reason::OtherCommunication(id));
        }
        let mut fitting = self.model().communications.values().filter(|c| self.is_of(c)).peekable();
        if fitting.peek().is_none() || fitting.any(|c| self.guard_of(c).is_none()) {
            Ok(None)
        } else {
            Err(Reason::CommunicationNotNamed)
        }
    }

    fn is_of(&self, c: &Communication) -> bool {
        c.from.contains(&self.initiator.0.node)
            && c.to.contains(&self.responder.0.node)
            && delivers(&c.services, &self.cause.delivered)
    }

    /// The guard that a communication puts on this step. Whoever uses the initiator's address is not held up by it.
    fn guard_of(&self, c: &Communication) -> Option<GuardId> {
        match self.lens {
            _ if self.spoofed == Some(Side::Initiator) => None,
            Lens::Attack if !self.cause.reply => c.endorse,
            Lens::Leak => c.declass,
            _ => None,
        }
    }

    pub(super) fn labels(&self) -> Vec<LabelId> {
        self.devices().flat_map(|d| d.labels.iter().copied()).collect()
    }

    fn devices(&self) -> impl Iterator<Item = &'a Transit> {
        let model = self.model();
        self.cause.forward.iter().filter_map(|t| model.transits.get(t.device))
    }
}
