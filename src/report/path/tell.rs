//! From the steps of a witness to sentences in both languages.

use super::{DeviceReport, PassedBy, PathReport, SessionReport, StepReport};
use crate::diagnostic::Text;
use crate::model::{Behaviour, Carrier, FaceId, Fact, Kind, Lens, Protocol, Role, State};
use crate::report::names::Scribe;
use crate::report::words::carried;
use crate::verify::{Cause, Hop, Level, SessionCause, Transit3, Witness};

impl Scribe<'_> {
    /// Tells a witness.
    pub(in crate::report) fn path(&self, lens: Lens, witness: &Witness) -> PathReport {
        let start = self.thing(witness.start.face);
        let name = start.called();
        let opening = match lens {
            Lens::Direct => Text::new(format!("{name} から出る"), format!("{name} sends")),
            Lens::Attack => {
                Text::new(format!("{name} は攻撃者の手にある"), format!("{name} is in the attacker's hands"))
            }
            Lens::Leak => Text::new(format!("情報は {name} にある"), format!("the information is at {name}")),
        };
        PathReport {
            start,
            opening,
            steps: witness.hops.iter().map(|h| self.step(lens, h)).collect(),
            labels: self.labels(&witness.labels()),
            certain: witness.level() >= Level::Sure,
        }
    }

    fn step(&self, lens: Lens, hop: &Hop) -> StepReport {
        let (state, carrier) = match hop.to.state {
            State::Arrives(k) => ("arrives", k),
            State::Holds(k) => ("holds", k),
            State::Leaves(k, _) => ("leaves", k),
        };
        let mut step = StepReport {
            kind: "pivot",
            from: self.thing(hop.from.face),
            to: self.thing(hop.to.face),
            carrier,
            state,
            text: Text::new("", ""),
            reason: None,
            place: None,
            certain: hop.level >= Level::Sure,
            session: None,
            guards: hop.guards.iter().map(|&g| self.model.guards[g].name.clone()).collect(),
            labels: self.labels(&hop.labels),
        };
        match &hop.cause {
            Cause::Session(s) => {
                step.kind = "session";
                step.text = self.session_text(lens, hop, s, carrier);
                step.session = Some(self.session(s));
            }
            Cause::Transform(i) => {
                step.kind = "transform";
                step.text = self.transform_text(hop.from, hop.to);
                if let Role::Mediator(m) = &self.model.node_of(hop.from.face).role {
                    step.reason = m.transforms.get(*i).map(|t| t.reason.clone());
                }
                step.place = Some(self.place(self.model.node_of(hop.from.face).span));
            }
            Cause::Pivot => {
                step.text = self.pivot_text(lens, hop);
                step.place = Some(self.place(self.model.node_of(hop.to.face).span));
            }
            Cause::Stored => {
                step.kind = "stored";
                let (name, k) = (step.to.called(), carried(lens, carrier));
                step.text =
                    Text::new(format!("{name} に{}のまま保存される", k.ja), format!("{name} keeps it as {}", k.en));
            }
            Cause::SameMachine => {
                step.kind = "same-machine";
                step.text = self.machine_text(hop.from.face, hop.to.face);
                step.place = Some(self.place(self.model.node_of(hop.to.face).span));
            }
            Cause::Relation(i) => {
                step.kind = "relation";
                let k = carried(lens, carrier);
                let (a, b) = (step.from.called(), step.to.called());
                let moves = match carrier {
                    Carrier::Ctl | Carrier::Own => "及ぶ",
                    Carrier::Req | Carrier::Rsp => "届く",
                    _ => "移る",
                };
                step.text =
                    Text::new(format!("{a} から {b} へ、{}が{moves}", k.ja), format!("from {a} to {b}: {}", k.en));
                if let Some(relation) = self.model.relations.get(*i) {
                    step.reason = Some(relation.reason.clone());
                    step.place = Some(self.place(relation.span));
                }
            }
        }
        step
    }

    fn session_text(&self, lens: Lens, hop: &Hop, s: &SessionCause, k: Carrier) -> Text {
        let name = |f| self.thing(f).called();
        let (a, b, k) = (name(s.initiator), name(s.responder), carried(lens, k));
        let (ja, en) = match (s.impersonator, s.reply) {
            // One datagram is content already: nobody has to answer it.
            (None, false) if s.packet.protocol != Protocol::Tcp => (
                format!("{a} が {b} へパケットを送り、{}が届く", k.ja),
                format!("{a} sends packets to {b}; what arrives: {}", k.en),
            ),
            (None, false) => (
                format!("{a} が {b} への通信を開き、{}が届く", k.ja),
                format!("{a} opens a session to {b}; what arrives: {}", k.en),
            ),
            (None, true) => (
                format!("{a} が {b} に開いた通信の返りで、{}が届く", k.ja),
                format!("{b} answers a session that {a} opened; what arrives at {a}: {}", k.en),
            ),
            (Some(m), reply) => {
                let (m, gives) = (name(m), hop.from.face == m);
                match (gives, reply) {
                    (true, false) => (
                        format!("{m} が {a} を名乗って {b} への通信を開き、{}が届く(なりすまし)", k.ja),
                        format!("{m} uses the address of {a} and opens a session to {b}; what arrives: {}", k.en),
                    ),
                    (true, true) => (
                        format!("{m} が {b} を名乗り、{a} が開いた通信に{}を返す(なりすまし)", k.ja),
                        format!("{m} uses the address of {b} and answers a session of {a}; what arrives: {}", k.en),
                    ),
                    (false, true) => (
                        format!("{m} が {a} を名乗って開いた通信の返りで、{b} から{}が届く(なりすまし)", k.ja),
                        format!("{m} uses the address of {a}, and {b} answers; what arrives at {m}: {}", k.en),
                    ),
                    (false, false) => (
                        format!("{a} が {b} に送る{}が、{b} を名乗る {m} に届く(なりすまし)", k.ja),
                        format!("what {a} sends to {b} arrives at {m}, which uses the address of {b}: {}", k.en),
                    ),
                }
            }
        };
        let Text { ja, en } = self.past_the_gateway(s, Text::new(ja, en));
        if s.covert {
            return Text::new(
                format!("{ja}(通信は成立しないが、両端が示し合わせれば片道で送れる)"),
                format!("{en} (no session completes, but two ends that collude can send one way)"),
            );
        }
        Text::new(ja, en)
    }

    /// An honest machine hands everything to its gateway. Whoever controls it need not, and a path that rests on this says so.
    fn past_the_gateway(&self, s: &SessionCause, text: Text) -> Text {
        let stated = self.model.faces.get(s.initiator).and_then(|f| f.gateway);
        let (Some(gateway), Some(first)) = (stated, s.forward.first()) else { return text };
        if s.impersonator.is_some() || gateway == first.device {
            return text;
        }
        let name = |device| self.node(self.model.transits[device].node);
        let (a, gateway, first) = (self.thing(s.initiator).called(), name(gateway), name(first.device));
        Text::new(
            format!("{}({a} の gateway は {gateway} だが、{first} に渡す)", text.ja),
            format!("{} (the gateway of {a} is {gateway}, but it hands this to {first})", text.en),
        )
    }

    fn session(&self, s: &SessionCause) -> SessionReport {
        let mut before = s.packet;
        let mut devices = Vec::new();
        for passage in &s.forward {
            let translated = passage.packet != before;
            devices.push(self.device(passage, translated));
            before = passage.packet;
        }
        SessionReport {
            initiator: self.thing(s.initiator),
            responder: self.thing(s.responder),
            impersonator: s.impersonator.map(|m| self.thing(m)),
            reply: s.reply,
            covert: s.covert,
            communication: s.communication.map(|c| self.model.communications[c].name.clone()),
            sent: self.packet(&s.packet),
            delivered: self.packet(&s.delivered),
            devices,
        }
    }

    pub(in crate::report) fn device(&self, passage: &Transit3, translated: bool) -> DeviceReport {
        let device = &self.model.transits[passage.device];
        let node = &self.model.nodes[device.node];
        let rule = passage.rule.and_then(|i| Some((i, device.rules.as_ref()?.get(i)?)));
        let by = match (rule, &device.rules, device.default) {
            (Some((i, r)), _, _) => PassedBy::Rule { number: i + 1, text: r.text.clone(), reason: r.reason.clone() },
            (None, None, _) => PassedBy::NoRules,
            (None, Some(_), None) => PassedBy::UnstatedDefault,
            (None, Some(_), Some(_)) => PassedBy::Default,
        };
        DeviceReport {
            name: node.name.clone(),
            label: node.label.clone(),
            from: self.zone(passage.from),
            to: self.zone(passage.to),
            by,
            place: self.place(rule.map_or(device.span, |(_, r)| r.span)),
            packet: self.packet(&passage.packet),
            translated,
        }
    }

    fn transform_text(&self, from: Fact, to: Fact) -> Text {
        let node = self.model.node_of(from.face);
        let name = self.node(self.model.faces[from.face].node);
        let of = |fact: Fact| match fact.state {
            State::Arrives(k) | State::Holds(k) | State::Leaves(k, _) => k,
        };
        let (a, b) = (carried(Lens::Direct, of(from)), carried(Lens::Direct, of(to)));
        if matches!(node.kind, Kind::Medium | Kind::Kvm) {
            return Text::new(format!("{name} が{}を運ぶ", b.ja), format!("{name} carries {}", b.en));
        }
        let side = self.side(to.face).unwrap_or_default();
        if of(from) == of(to) {
            return Text::new(
                format!("{name} が{}を {side} 側へ渡す", b.ja),
                format!("{name} passes {} to its side {side}", b.en),
            );
        }
        Text::new(
            format!("{name} が、届いた{}を{}にして {side} 側へ渡す", a.ja, b.ja),
            format!("{name} turns {} into {} for its side {side}", a.en, b.en),
        )
    }

    fn pivot_text(&self, lens: Lens, hop: &Hop) -> Text {
        let name = self.thing(hop.to.face).called();
        let arrived = match hop.from.state {
            State::Arrives(k) | State::Holds(k) | State::Leaves(k, _) => k,
        };
        if lens == Lens::Leak {
            return Text::new(
                format!("情報は {name} で再び使える形になる"),
                format!("at {name} the information can be used again"),
            );
        }
        let edr = match &self.model.node_of(hop.to.face).role {
            Role::Endpoint(e) => !e.edr.is_empty(),
            _ => false,
        };
        let (ja, en) = match arrived {
            Carrier::Req => {
                ("届いた要求に応じるので、弱点を突かれて", "it answers what arrives, so a flaw can be used;")
            }
            Carrier::Rsp if edr => {
                ("外から来た内容を開き、EDR も破られて", "it opens what came from outside and EDR fails;")
            }
            Carrier::Raw if edr => {
                ("外から来たファイルを開き、EDR も破られて", "it opens a file from outside and EDR fails;")
            }
            Carrier::Rsp => ("外から来た内容を EDR なしで開くので", "it opens what came from outside, without EDR;"),
            Carrier::Raw => ("外から来たファイルを EDR なしで開くので", "it opens a file from outside, without EDR;"),
            Carrier::Key => ("キー操作で動かされて", "it is worked by keystrokes;"),
            Carrier::Ctl => ("管理の権限で動かされて", "it is worked by administrators' rights;"),
            _ => ("制御がそのまま渡り", "control passes on;"),
        };
        Text::new(format!("{name} は{ja}、乗っ取られる"), format!("{name}: {en} it is taken over"))
    }

    fn machine_text(&self, from: FaceId, to: FaceId) -> Text {
        let node = self.node(self.model.faces[from].node);
        let (a, b) = (self.side(from).unwrap_or_default(), self.side(to).unwrap_or_default());
        let store = self.model.endpoint_of(from).is_some_and(|e| e.behaviour == Behaviour::Store);
        let (ja, en) = if store { ("保管場所", "store") } else { ("機器", "machine") };
        Text::new(
            format!("{node} は {a} と {b} の両方につながる一つの{ja}で、内部が隔てられていない"),
            format!("{node} is one {en} attached to {a} and {b}, with nothing between them"),
        )
    }
}
