//! What a transit device lets through, for all services at once.
//!
//! Ordered rules, first match, then the default: evaluated on sets of service
//! classes for one pair of address classes.

use super::classes::AddrClass;
use super::{Bits, Classes};
use crate::model::{Action, Model, Ternary, Transit, ZoneId};

/// A rule with its sets looked up once.
struct Line {
    action: Action,
    source: usize,
    destination: usize,
    forward: Bits,
    reply: Bits,
    established: bool,
    enters: Option<ZoneId>,
    leaves: Option<ZoneId>,
}

/// A device ready for evaluation.
pub(super) struct Filter {
    lines: Option<Vec<Line>>,
    default: Option<Action>,
    remembers: bool,
}

/// What passes in `may` and in `sure`.
#[derive(Debug, Clone)]
pub(super) struct Passed {
    pub(super) may: Bits,
    pub(super) sure: Bits,
}

/// Which packet of a session is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Lane {
    New,
    Ack,
    Rep,
}

impl Filter {
    pub(super) fn new(transit: &Transit, classes: &Classes) -> Self {
        let lines = transit.rules.as_ref().map(|rules| {
            rules
                .iter()
                .map(|r| Line {
                    action: r.action,
                    source: classes.match_id(&r.source),
                    destination: classes.match_id(&r.destination),
                    forward: classes.bits_of(&r.services, false),
                    reply: classes.bits_of(&r.services, true),
                    established: r.established,
                    enters: r.enters,
                    leaves: r.leaves,
                })
                .collect()
        });
        Self { lines, default: transit.default, remembers: transit.remembers() }
    }

    pub(super) fn all(model: &Model, classes: &Classes) -> Vec<Self> {
        model.transits.values().map(|t| Self::new(t, classes)).collect()
    }

    /// What passes of the *forward* packets from class `s` to class `d` that enter at `from` and leave at `to`,
    /// or, in the `Rep` lane, of their replies on the way back.
    pub(super) fn passes(
        &self,
        classes: &Classes,
        lane: Lane,
        from: ZoneId,
        to: ZoneId,
        s: AddrClass,
        d: AddrClass,
    ) -> Passed {
        let Some(lines) = &self.lines else {
            return Passed { may: classes.all(), sure: classes.all() };
        };
        let mirrored = lane == Lane::Rep && !self.remembers;
        let flagged = lane != Lane::New && !self.remembers;
        let (from, to, s, d) = if mirrored { (to, from, d, s) } else { (from, to, s, d) };
        let mut passed = Passed { may: classes.none(), sure: classes.none() };
        let (mut rest_may, mut rest_sure) = (classes.all(), classes.all());
        for line in lines {
            if line.established && !flagged
                || line.enters.is_some_and(|z| z != from)
                || line.leaves.is_some_and(|z| z != to)
            {
                continue;
            }
            let hit = classes.matches(line.source, s).and(classes.matches(line.destination, d));
            let bits = if mirrored { &line.reply } else { &line.forward };
            match (line.action, hit) {
                (_, Ternary::No) => {}
                (Action::Permit, Ternary::Yes) => {
                    passed.may.add(&rest_may.and(bits));
                    passed.sure.add(&rest_sure.and(bits));
                    rest_may.remove(bits);
                    rest_sure.remove(bits);
                }
                // An unknown permit matches in `may` only; an unknown deny in `sure` only.
                (Action::Permit, Ternary::Unknown) => {
                    passed.may.add(&rest_may.and(bits));
                    rest_may.remove(bits);
                }
                (Action::Deny, Ternary::Yes) => {
                    rest_may.remove(bits);
                    rest_sure.remove(bits);
                }
                (Action::Deny, Ternary::Unknown) => rest_sure.remove(bits),
            }
        }
        match self.default {
            Some(Action::Permit) => {
                passed.may.add(&rest_may);
                passed.sure.add(&rest_sure);
            }
            Some(Action::Deny) => {}
            None => passed.may.add(&rest_may),
        }
        passed
    }
}
