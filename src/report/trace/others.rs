//! Addresses and attachments of the two ends about which a trace says nothing, so that nobody takes it for the whole.

use super::TraceReport;
use crate::diagnostic::Text;
use crate::model::{Addr, AddrRange, FaceAddress, FaceId, Kind, PacketAddr};

/// How many stretches of addresses are named.
const SHOWN: usize = 6;

impl TraceReport<'_> {
    /// One sentence for each end of which there is more than was tried.
    pub(super) fn others(&self) -> Vec<Text> {
        let tried: Vec<Addr> = self
            .tried
            .iter()
            .flat_map(|t| [t.packet.source, t.packet.destination])
            .filter_map(|a| match a {
                PacketAddr::Literal(a) => Some(a),
                PacketAddr::Of(_) => None,
            })
            .collect();
        self.named.iter().flatten().filter_map(|&face| self.other(face, &tried)).collect()
    }

    fn other(&self, shown: FaceId, tried: &[Addr]) -> Option<Text> {
        let node = self.model.node_of(shown);
        // That it has more addresses goes without saying.
        if node.kind == Kind::Internet {
            return None;
        }
        let mut all: Vec<String> = Vec::new();
        for &face in &node.faces {
            let row = &self.model.faces[face];
            let own = face == shown;
            let list = match &row.address {
                // A family that was not tried, the other end does not have.
                FaceAddress::Known(ranges) if own => {
                    let asked = |r: &&AddrRange| tried.iter().any(|a| a.is_v4() == r.first.is_v4());
                    ranges.iter().filter(asked).flat_map(|&r| without(r, tried)).map(|r| r.to_string()).collect()
                }
                _ if own || row.zone.is_none() => Vec::new(),
                _ => vec![self.model.face_name(face)],
            };
            all.extend(list);
        }
        let more = all.len().saturating_sub(SHOWN);
        all.truncate(SHOWN);
        if all.is_empty() {
            return None;
        }
        let (name, ja, en) = (&node.name, all.join("、"), all.join(", "));
        let (more_ja, more_en) = if more == 0 {
            (String::new(), String::new())
        } else {
            (format!(" ほか {more}"), format!(" and {more} more"))
        };
        Some(Text::new(
            format!("{name} のほかのアドレスや接続: {ja}{more_ja}(それを書けば調べます)"),
            format!("other addresses and attachments of {name}: {en}{more_en} (name one to ask about it)"),
        ))
    }
}

/// A stretch without some addresses.
fn without(range: AddrRange, cut: &[Addr]) -> Vec<AddrRange> {
    let mut cut: Vec<Addr> = cut.iter().copied().filter(|&a| range.contains(a)).collect();
    cut.sort_unstable();
    let mut rest = Vec::new();
    let mut first = Some(range.first);
    for a in cut {
        let Some(from) = first else { break };
        if from < a {
            rest.push(AddrRange { first: from, last: Addr::from_bits(a.bits() - 1) });
        }
        first = a.next().filter(|&n| n <= range.last && n > a);
    }
    rest.extend(first.map(|first| AddrRange { first, last: range.last }));
    rest
}
