//! The service classes of a drawing as pieces of protocols and ports, for comparing two drawings.
//!
//! How classes are made is told above; here they are only written out.

use std::collections::{BTreeMap, BTreeSet};

use super::{Classes, cells_of, signature_of};
use crate::model::{PortRange, Protocol, Service};

impl Classes {
    /// The protocols that are told apart; one that nobody mentions stands for all the others.
    pub(crate) fn protocols(&self) -> BTreeSet<Protocol> {
        self.services.iter().map(|s| s.protocol).collect()
    }

    /// The protocol that stands for all that nobody mentions.
    pub(crate) fn unmentioned(&self) -> Option<Protocol> {
        let mentioned = |p: Protocol| self.service_bits.keys().any(|s| s.protocol == Some(p));
        self.protocols().into_iter().find(|p| matches!(p, Protocol::Other(_)) && !mentioned(*p))
    }

    /// Source and destination ports of a protocol in pieces, each with its class.
    pub(crate) fn cells(&self, protocol: Protocol) -> Vec<(PortRange, PortRange, usize)> {
        let own = self.services.iter().enumerate().filter(|(_, s)| s.protocol == protocol);
        let mut services: Vec<Service> = self.service_bits.keys().copied().collect();
        services.sort_unstable();
        let fitting: Vec<&Service> = services.iter().filter(|s| s.protocol.is_none_or(|p| p == protocol)).collect();
        let by_signature: BTreeMap<_, usize> =
            own.map(|(i, cell)| (signature_of(&fitting, *cell, self.cuts), i)).collect();
        let all = cells_of(protocol, &fitting, self.cuts).into_iter();
        all.filter_map(|(cell, source, destination)| {
            let class = by_signature.get(&signature_of(&fitting, cell, self.cuts))?;
            Some((source, destination, *class))
        })
        .collect()
    }
}
