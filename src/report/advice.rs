//! Where to look: the permit that comes nearest and what it lacks, and the places on the path that let it pass.
//!
//! Nothing here changes a verdict, and none of it promises that one change is enough.

use super::findings::Group;
use super::names::{Place, Scribe};
use crate::diagnostic::Text;
use crate::model::{
    Carrier, Communication, Lens, NodeId, Permit, Question, Role, SegmentId, State,
};
use crate::source::Span;
use crate::verify::{Answer, Cause, Hop, SessionCause, Verdict, Witness};

/// One remark with a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// What to look at or do.
    pub text: Text,
    /// Where it is written.
    pub place: Option<Place>,
}

impl Scribe<'_> {
    /// The remarks on a finding: why it has no permit, then the places on its first path.
    pub(super) fn advice(&self, group: &Group, verdicts: &[Verdict]) -> Vec<Advice> {
        let mut list = Vec::new();
        for &(i, j) in &group.parts {
            if let Answer::Matrix(rows) = &verdicts[i].answer
                && let Some(row) = rows.get(j)
            {
                self.without_permit(row.from, row.to, row.carrier, &row.witness, &mut list);
            }
        }
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

    fn without_permit(&self, from: SegmentId, to: SegmentId, carrier: Carrier, witness: &Witness, list: &mut Vec<Advice>) {
        let candidates = self.model.permits.iter().filter(|p| (p.from, p.to, p.carrier) == (from, to, carrier));
        let judged = candidates.map(|p| (self.lacking(p, witness), p)).min_by_key(|(lacks, _)| lacks.len());
        let (a, b) = (self.segment(from), self.segment(to));
        let k = super::words::carried(Lens::Direct, carrier);
        match judged {
            Some((lacks, permit)) => {
                let ja: Vec<&str> = lacks.iter().map(|t| t.ja.as_str()).collect();
                let en: Vec<&str> = lacks.iter().map(|t| t.en.as_str()).collect();
                self.note(
                    list,
                    permit.span,
                    format!("{}に最も近い許可は「{}」ですが、{}", k.ja, permit.origin.ja, ja.join("、また")),
                    format!("{}: the nearest permit is \"{}\", but {}", k.en, permit.origin.en, en.join(", and ")),
                );
            }
            None => {
                let any = self.model.permits.iter().any(|p| (p.from, p.to) == (from, to));
                let (ja, en) = if any { ("を許す決まりはありません", "no permit allows") } else { ("はもちろん、何も許されていません", "nothing is permitted, let alone") };
                self.note(list, None, format!("{a} から {b} へは、{}{ja}", k.ja), format!("from {a} to {b}, {en} {}", k.en));
            }
        }
        if let Some(Hop { cause: Cause::Session(s), .. }) = witness.hops.last()
            && matches!(carrier, Carrier::Req | Carrier::Rsp)
        {
            self.communication_notes(s, witness.hops.len() == 1, list);
        }
    }

    /// What a permit demands and this path does not have.
    fn lacking(&self, permit: &Permit, witness: &Witness) -> Vec<Text> {
        let mut lacks = Vec::new();
        let passed = witness.labels();
        let missing: Vec<_> = permit.via.iter().copied().filter(|l| !passed.contains(l)).collect();
        if !missing.is_empty() {
            let names: Vec<String> = self.labels(&missing).iter().map(|n| format!("`{n}`")).collect();
            lacks.push(Text::new(
                format!("その条件の標識 {} を通っていません", names.join("、")),
                format!("the path does not pass the label {} that it demands", names.join(", ")),
            ));
        }
        let ends = [(&permit.from_nodes, witness.start.face), (&permit.to_nodes, witness.end().face)];
        for (nodes, face) in ends {
            let node = self.model.faces[face].node;
            if nodes.as_ref().is_some_and(|n| !n.contains(&node)) {
                let name = self.node(node);
                lacks.push(Text::new(format!("{name} は対象に入っていません"), format!("{name} is not among its nodes")));
            }
        }
        if let Some(services) = &permit.services {
            let delivered = match witness.hops.last().map(|h| &h.cause) {
                Some(Cause::Session(s)) => Some(s.delivered),
                _ => None,
            };
            let fits = |d: &crate::verify::Packet| services.iter().any(|s| s.contains(d.protocol, d.source_port, d.destination_port));
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
            c.services.iter().any(|x| x.contains(s.delivered.protocol, s.delivered.source_port, s.delivered.destination_port))
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
                    format!("通信「{label}」には{}がないため、特定通信とみなせません", ja.join("、")),
                    format!("communication \"{label}\" lacks {}, so it does not count as a specific communication", en.join(", ")),
                )
            } else {
                (
                    format!("通信「{label}」は特定通信の条件を満たしますが、この二つのセグメントの間では許されていません"),
                    format!("communication \"{label}\" is a specific communication, but none is permitted between these segments"),
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

    /// The places at which one step could be stopped.
    fn places(&self, lens: Lens, hop: &Hop, list: &mut Vec<Advice>) {
        match &hop.cause {
            Cause::Session(s) => self.session_places(s, list),
            Cause::Transform(i) => {
                let node = self.model.node_of(hop.from.face);
                let name = self.node(self.model.faces[hop.from.face].node);
                if let Role::Mediator(m) = &node.role
                    && let Some(t) = m.transforms.get(*i)
                {
                    self.note(
                        list,
                        Some(node.span),
                        format!("{name} の働きを見直す({})", t.reason.ja),
                        format!("look at what {name} does ({})", t.reason.en),
                    );
                }
            }
            Cause::Pivot if lens == Lens::Attack => {
                let node = self.model.node_of(hop.to.face);
                let opened = matches!(hop.from.state, State::Arrives(Carrier::Rsp | Carrier::Raw));
                let bare = matches!(&node.role, Role::Endpoint(e) if e.edr.is_empty());
                if opened && bare {
                    let name = self.node(self.model.faces[hop.to.face].node);
                    self.note(
                        list,
                        Some(node.span),
                        format!("{name} に EDR を入れる(controls: [Edr])"),
                        format!("put EDR on {name} (controls: [Edr])"),
                    );
                }
            }
            Cause::SameMachine => {
                let node = self.model.node_of(hop.to.face);
                let name = self.node(self.model.faces[hop.to.face].node);
                self.note(
                    list,
                    Some(node.span),
                    format!("{name} を一方のネットワークだけにつなぐ。内部が隔てられているなら isolated: true と書く"),
                    format!("attach {name} to one network only; if it is isolated inside, state isolated: true"),
                );
            }
            Cause::Relation(i) => {
                if let Some(relation) = self.model.relations.get(*i) {
                    self.note(
                        list,
                        Some(relation.span),
                        format!("この関係を見直す: {}", relation.reason.ja),
                        format!("look at this relation: {}", relation.reason.en),
                    );
                }
            }
            Cause::Pivot | Cause::Stored => {}
        }
    }

    fn session_places(&self, s: &SessionCause, list: &mut Vec<Advice>) {
        if let Some(m) = s.impersonator {
            let zone = self.model.faces[m].zone.map(|z| (self.zone(z), self.model.zones[z].span));
            if let Some((zone, span)) = zone {
                self.note(
                    list,
                    Some(span),
                    format!("{zone} でアドレスを固定する(binding: true)と、名乗りを防げます"),
                    format!("address binding in {zone} (binding: true) stops the use of another's address"),
                );
            }
        }
        for passage in &s.forward {
            let device = &self.model.transits[passage.device];
            let name = self.node(device.node);
            match passage.rule.and_then(|i| Some((i, device.rules.as_ref()?.get(i)?))) {
                Some((i, rule)) => self.note(
                    list,
                    Some(rule.span),
                    format!("{name} の規則 {}「{}」を見直す", i + 1, rule.text),
                    format!("look at rule {} of {name}: \"{}\"", i + 1, rule.text),
                ),
                None if device.rules.is_none() => self.note(
                    list,
                    Some(device.span),
                    format!("{name} には規則がなく、すべて通します"),
                    format!("{name} has no rules and forwards everything"),
                ),
                None => self.note(
                    list,
                    Some(device.span),
                    format!("{name} の既定の動作(default)を見直す"),
                    format!("look at the default of {name}"),
                ),
            }
        }
        if s.forward.is_empty()
            && s.impersonator.is_none()
            && let Some(zone) = self.model.faces[s.initiator].zone
        {
            let (a, b) = (self.thing(s.initiator).called(), self.thing(s.responder).called());
            self.note(
                list,
                Some(self.model.zones[zone].span),
                format!("{a} と {b} は同じネットワーク {} にあり、間に止める機器がありません", self.zone(zone)),
                format!("{a} and {b} are in one network, {}, with no device between them", self.zone(zone)),
            );
        }
    }
}

fn has(nodes: &[NodeId], node: NodeId) -> bool {
    nodes.binary_search(&node).is_ok()
}
