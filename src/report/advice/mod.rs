//! Where to look: the permit that comes nearest and what it lacks, and the places on the path that let it pass.
//!
//! Nothing here changes a verdict, and none of it promises that one change is enough.

mod places;

use std::collections::BTreeMap;

use super::findings::Group;
use super::names::{Place, Scribe};
use crate::diagnostic::{Lang, Text};
use crate::model::{Carrier, Communication, Lens, Model, NodeId, Permit, Question, SegmentId};
use crate::source::Span;
use crate::verify::{Answer, Cause, Hop, SessionCause, Unpermitted, Verdict, Witness};

/// One remark with a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// What to look at or do.
    pub text: Text,
    /// Where it is written.
    pub place: Option<Place>,
}

/// The allow-list by pair of segments.
pub(super) struct Permits<'m>(BTreeMap<(SegmentId, SegmentId), Vec<&'m Permit>>);

impl<'m> Permits<'m> {
    pub(super) fn new(model: &'m Model) -> Self {
        let mut map: BTreeMap<_, Vec<&Permit>> = BTreeMap::new();
        for permit in &model.permits {
            map.entry((permit.from, permit.to)).or_default().push(permit);
        }
        Self(map)
    }

    fn between(&self, from: SegmentId, to: SegmentId) -> &[&'m Permit] {
        self.0.get(&(from, to)).map_or(&[], Vec::as_slice)
    }
}

impl Scribe<'_> {
    /// The remarks on a finding: why it has no permit, then the places on its first path.
    pub(super) fn advice(&self, permits: &Permits<'_>, group: &Group, verdicts: &[Verdict]) -> Vec<Advice> {
        let mut list = Vec::new();
        let mut bare: Vec<((SegmentId, SegmentId), Vec<Carrier>)> = Vec::new();
        for &(i, j) in &group.parts {
            if let Answer::Matrix(rows) = &verdicts[i].answer
                && let Some(row) = rows.get(j)
                && !self.without_permit(permits, row, &mut list)
            {
                match bare.iter_mut().find(|(pair, _)| *pair == (row.from, row.to)) {
                    Some((_, carriers)) => carriers.push(row.carrier),
                    None => bare.push(((row.from, row.to), vec![row.carrier])),
                }
            }
        }
        let bare: Vec<Advice> =
            bare.into_iter().map(|((from, to), carriers)| self.nothing_allows(permits, from, to, &carriers)).collect();
        list.splice(0..0, bare);
        let lens = match &self.model.checks[verdicts[group.check].check].question {
            Question::Forbid { lens, .. } => *lens,
            _ => Lens::Direct,
        };
        if let Some(witness) = group.witnesses(verdicts).first() {
            for hop in &witness.hops {
                self.places(lens, hop, &mut list);
            }
        }
        let mut seen = Vec::new();
        list.retain(|a: &Advice| {
            let fresh = !seen.contains(a);
            seen.push(a.clone());
            fresh
        });
        list
    }

    fn note(&self, list: &mut Vec<Advice>, span: Option<Span>, ja: String, en: String) {
        list.push(Advice { text: Text::new(ja, en), place: span.map(|s| self.place(s)) });
    }

    /// No permit is about these carriers between the two segments.
    fn nothing_allows(&self, permits: &Permits<'_>, from: SegmentId, to: SegmentId, carriers: &[Carrier]) -> Advice {
        let (a, b) = (self.segment(from), self.segment(to));
        let words: Vec<Text> = carriers.iter().map(|&k| super::words::carried(Lens::Direct, k)).collect();
        let ja: Vec<&str> = words.iter().map(|t| t.ja.as_str()).collect();
        let en: Vec<&str> = words.iter().map(|t| t.en.as_str()).collect();
        let any = !permits.between(from, to).is_empty();
        let (ja, en) = if any {
            (format!("{}を許す決まりはありません", ja.join("と")), format!("no permit allows {}", en.join(" or ")))
        } else {
            ("何も許されていません".to_owned(), "nothing is permitted".to_owned())
        };
        Advice {
            text: Text::new(format!("{a} から {b} へは、{ja}"), format!("from {a} to {b}, {en}")), place: None
        }
    }

    /// The nearest permit and what it lacks; false if no permit is about such a crossing.
    fn without_permit(&self, permits: &Permits<'_>, row: &Unpermitted, list: &mut Vec<Advice>) -> bool {
        let witness = &row.witness;
        let candidates = permits.between(row.from, row.to).iter().filter(|p| p.carrier == row.carrier);
        let nearest = candidates.map(|p| (self.lacking(p, witness), p)).min_by_key(|(lacks, _)| lacks.len());
        let k = super::words::carried(Lens::Direct, row.carrier);
        if let Some((lacks, permit)) = &nearest {
            let ja: Vec<&str> = lacks.iter().map(|t| t.ja.as_str()).collect();
            let en: Vec<&str> = lacks.iter().map(|t| t.en.as_str()).collect();
            self.note(
                list,
                permit.span,
                format!("{}に最も近い許可は「{}」ですが、{}", k.ja, permit.origin.ja, ja.join("。また、")),
                format!("{}: the nearest permit is \"{}\", but {}", k.en, permit.origin.en, en.join("; and ")),
            );
        }
        if let Some(Hop { cause: Cause::Session(s), .. }) = witness.hops.last()
            && matches!(row.carrier, Carrier::Req | Carrier::Rsp)
        {
            self.communication_notes(s, witness.hops.len() == 1, list);
        }
        nearest.is_some()
    }

    /// What a permit demands and this path does not have.
    fn lacking(&self, permit: &Permit, witness: &Witness) -> Vec<Text> {
        let mut lacks = Vec::new();
        let passed = witness.labels();
        let missing: Vec<_> = permit.via.iter().copied().filter(|l| !passed.contains(l)).collect();
        if !missing.is_empty() {
            let (mut ja, mut en) = (Vec::new(), Vec::new());
            for name in self.labels(&missing) {
                let earned = super::words::earned_by(&name);
                ja.push(earned.as_ref().map_or_else(|| format!("`{name}`"), |e| format!("`{name}`({})", e.ja)));
                en.push(earned.as_ref().map_or_else(|| format!("`{name}`"), |e| format!("`{name}` ({})", e.en)));
            }
            lacks.push(Text::new(
                format!("それに必要な標識 {} を通っていません", ja.join("、")),
                format!("the path lacks the label {} that it needs", en.join(", ")),
            ));
        }
        let barred: Vec<_> = permit.avoids.iter().copied().filter(|l| passed.contains(l)).collect();
        if !barred.is_empty() {
            let names = self.labels(&barred);
            let told = |lang| {
                let one = |n: &String| super::words::earned_by(n).map_or_else(|| n.clone(), |e| e.get(lang).to_owned());
                names.iter().map(one).collect::<Vec<_>>()
            };
            lacks.push(Text::new(
                format!("通ってはならない {} を通っています", told(Lang::Ja).join("、")),
                format!("the path passes {}, which it must not", told(Lang::En).join(", ")),
            ));
        }
        let ends = [(&permit.from_nodes, witness.start.face), (&permit.to_nodes, witness.end().face)];
        for (nodes, face) in ends {
            let node = self.model.faces[face].node;
            if nodes.as_ref().is_some_and(|n| !n.contains(&node)) {
                let name = self.node(node);
                lacks.push(Text::new(
                    format!("{name} は対象に入っていません"),
                    format!("{name} is not among its nodes"),
                ));
            }
        }
        if let Some(services) = &permit.services {
            let delivered = match witness.hops.last().map(|h| &h.cause) {
                Some(Cause::Session(s)) => Some(s.delivered),
                _ => None,
            };
            let fits = |d: &crate::verify::Packet| {
                services.iter().any(|s| s.contains(d.protocol, d.source_port, d.destination_port))
            };
            if !delivered.as_ref().is_some_and(fits) {
                let all: Vec<String> = services.iter().map(ToString::to_string).collect();
                let used = delivered.map_or_else(|| "-".to_owned(), |d| self.packet(&d).service());
                lacks.push(Text::new(
                    format!("許されるサービスは {} だけで、{used} は入っていません", all.join("、")),
                    format!("it is for {} only, not for {used}", all.join(", ")),
                ));
            }
        }
        lacks
    }

    /// Whether a declared communication was meant, and what it lacks to be a specific communication.
    fn communication_notes(&self, s: &SessionCause, direct: bool, list: &mut Vec<Advice>) {
        let node = |f| self.model.faces[f].node;
        let (a, b) = (node(s.initiator), node(s.responder));
        let between = |c: &&Communication| has(&c.from, a) && has(&c.to, b);
        let serves = |c: &Communication| {
            c.services
                .iter()
                .any(|x| x.contains(s.delivered.protocol, s.delivered.source_port, s.delivered.destination_port))
        };
        let service = self.packet(&s.delivered).service();
        let mut any = false;
        for c in self.model.communications.values().filter(between) {
            any = true;
            let label = super::names::called(&c.label, &c.name);
            let mut lacks: Vec<(&str, &str)> = Vec::new();
            for (given, ja, en) in [
                (c.limits.mac, "MAC の限定", "the limit Mac"),
                (c.limits.address, "アドレスの限定", "the limit Address"),
                (c.limits.port, "ポートの限定", "the limit Port"),
                (c.purpose.is_some(), "目的(purpose)", "a purpose"),
            ] {
                if !given {
                    lacks.push((ja, en));
                }
            }
            let (ja, en) = if !serves(c) {
                (
                    format!("通信「{label}」は宣言されていますが、サービスに {service} が入っていません"),
                    format!("communication \"{label}\" is declared, but its service does not include {service}"),
                )
            } else if !lacks.is_empty() {
                let ja: Vec<&str> = lacks.iter().map(|l| l.0).collect();
                let en: Vec<&str> = lacks.iter().map(|l| l.1).collect();
                (
                    format!("通信「{label}」には、{}がないため、特定通信とみなせません", ja.join("、")),
                    format!(
                        "communication \"{label}\" lacks {}, so it does not count as a specific communication",
                        en.join(", ")
                    ),
                )
            } else {
                (
                    format!(
                        "通信「{label}」は特定通信の条件を満たしますが、この二つのセグメントの間では許されていません"
                    ),
                    format!(
                        "communication \"{label}\" is a specific communication, but none is permitted between these segments"
                    ),
                )
            };
            self.note(list, Some(c.span), ja, en);
        }
        if !any && direct {
            let (a, b) = (self.node(a), self.node(b));
            self.note(
                list,
                None,
                format!("{a} から {b} への通信は communications に宣言されていないので、特定通信ではありません"),
                format!("no communication from {a} to {b} is declared, so this is no specific communication"),
            );
        }
    }
}

fn has(nodes: &[NodeId], node: NodeId) -> bool {
    nodes.binary_search(&node).is_ok()
}
