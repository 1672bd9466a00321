//! The places at which a path could be stopped, step by step.

use super::Advice;
use crate::model::{Carrier, Lens, Role, State};
use crate::report::names::Scribe;
use crate::verify::{Cause, Hop, SessionCause};

impl Scribe<'_> {
    /// The places at which one step could be stopped.
    pub(super) fn places(&self, lens: Lens, hop: &Hop, list: &mut Vec<Advice>) {
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
                    format!("{name} を一方のネットワークだけにつなぐ"),
                    format!("attach {name} to one network only"),
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
