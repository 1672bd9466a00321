//! Required flows: every member, with every address, in `must`.

use rayon::prelude::*;

use super::lift::lift;
use super::matrix::Walk;
use super::vacuous;
use crate::flow::{Step, Why};
use crate::model::{Carrier, CheckId, FaceId, Fact, Id, LabelId, Model, Status};
use crate::network::Network;
use crate::packet::Level;
use crate::verify::assumed::assumptions;
use crate::verify::verdict::{Answer, Tally, Verdict};

/// Whether a member has the flow in `must` and in `may`, a path of each, and how much was looked at.
type Member = (bool, bool, Option<Vec<u32>>, Option<Vec<u32>>, usize);

pub(super) fn verdict(
    model: &Model,
    network: &Network,
    check: CheckId,
    from: &[FaceId],
    to: &[FaceId],
    carrier: Carrier,
    via: &[LabelId],
) -> Verdict {
    if from.is_empty() || to.is_empty() {
        return vacuous(check, from.len(), to.len());
    }
    let demanded = network.flow.sessions.marks.demanded(via);
    let members: Vec<Member> = from
        .par_iter()
        .map(|&f| {
            let (must, sure_path, reached) = has(network, f, to, carrier, demanded, Level::Must);
            let (may, may_path, _) = has(network, f, to, carrier, demanded, Level::May);
            (must, may, sure_path, may_path, reached)
        })
        .collect();
    let missing: Vec<(FaceId, bool)> =
        from.iter().zip(&members).filter(|(_, m)| !m.0).map(|(&f, m)| (f, m.1)).collect();
    let status = if missing.is_empty() {
        Status::Holds
    } else if missing.iter().all(|(_, may)| *may) {
        Status::Undecided
    } else {
        Status::Violated
    };
    // In `must` if some member has it so, else the open path that an undecided answer rests on.
    let certain = members.iter().find(|m| m.0).and_then(|m| m.2.as_ref());
    let open = members.iter().find(|m| !m.0 && m.1).and_then(|m| m.3.as_ref());
    let chosen = if status == Status::Undecided { open.or(certain) } else { certain.or(open) };
    let witness = chosen.map(|steps| lift(model, network, steps));
    let open_questions = match (&witness, status) {
        (Some(w), Status::Undecided) => assumptions(model, std::slice::from_ref(w)),
        _ => Vec::new(),
    };
    let tally = Tally { sources: from.len(), targets: to.len(), reached: members.iter().map(|m| m.4).sum() };
    Verdict {
        check,
        status,
        answer: Answer::Flow { missing, witness },
        rests_on: Vec::new(),
        assumptions: open_questions,
        tally,
    }
}

/// Whether a member has the flow from each of its addresses, and the shortest path of its first address.
fn has(
    network: &Network,
    face: FaceId,
    to: &[FaceId],
    carrier: Carrier,
    demanded: Option<u128>,
    level: Level,
) -> (bool, Option<Vec<u32>>, usize) {
    let Some(demanded) = demanded else { return (false, None, 0) };
    let sessions = &network.flow.sessions;
    // A face on no network has no address: then there is one question to ask, about none.
    let addresses: Vec<Option<u32>> = match sessions.classes.of_face[face.index()].as_slice() {
        [] => vec![None],
        own => own.iter().map(|(class, _)| Some(*class)).collect(),
    };
    let mut first = None;
    let mut reached = 0;
    for class in addresses {
        let own_address = |step: &Step| match (&step.why, class) {
            (Why::Session(s), Some(class)) => {
                let session = &sessions.list[s.session as usize];
                (s.initiator != face || session.is_from(class)) && (s.responder != face || session.is_to(class))
            }
            _ => true,
        };
        let walk = Walk::new(network, Fact::holds(face, Carrier::Own), level, own_address);
        reached += walk.seen.len();
        let hit = walk.edges(network).find(|(_, step, marks)| {
            let to_fact = network.step(*step).to;
            to_fact.state == crate::model::State::Arrives(carrier)
                && to.binary_search(&to_fact.face).is_ok()
                && demanded & !marks == 0
        });
        match hit {
            None => return (false, first, reached),
            Some((i, step, _)) => first = first.or_else(|| Some(walk.path(i, step))),
        }
    }
    (true, first, reached)
}
