//! The order of trust, as both layouts need it: which way a line is laid, and what lies
//! between two zones. It knows no format.

use super::parts::Edge;
use super::picture::{NodeId, Picture};

/// Whether an edge leads from a less trusted zone into a more trusted one.
pub(super) fn runs_up(picture: &Picture, edge: &Edge) -> bool {
    match (picture.band(edge.from), picture.band(edge.to)) {
        (Some(from), Some(to)) => from > to,
        _ => false,
    }
}

/// For every two neighbouring tones: the things of the first that must end above the hinge
/// between them, and those of the second that must begin below it.
pub(super) fn hinges(picture: &Picture) -> Vec<(Vec<NodeId>, Vec<NodeId>)> {
    let bands: Vec<_> = (0..picture.nodes.len()).map(|n| picture.band(NodeId(n))).collect();
    let mut leaves = vec![true; bands.len()];
    let mut starts = vec![true; bands.len()];
    for edge in picture.edges.iter().filter(|e| bands[e.from.0] == bands[e.to.0]) {
        if edge.from.0 < edge.to.0 {
            leaves[edge.from.0] = false;
            starts[edge.to.0] = false;
        }
    }
    let mut tones: Vec<u8> = bands.iter().flatten().copied().collect();
    tones.sort_unstable();
    tones.dedup();
    let pick = |tone: u8, wanted: &[bool]| -> Vec<NodeId> {
        let all = (0..bands.len()).filter(|&n| bands[n] == Some(tone) && wanted[n]);
        all.map(NodeId).collect()
    };
    tones.windows(2).map(|w| (pick(w[0], &leaves), pick(w[1], &starts))).collect()
}
