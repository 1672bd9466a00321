//! The catalogue of mediators: what each makes of what arrives, as transforms.
//!
//! A row of the catalogue is data about a device type; anything a file leaves
//! unstated becomes a transform that rests on an assumption, never a silent "no".

use std::collections::BTreeMap;

use super::super::shape::{
    AttachmentsDoc, CarrierDoc, DeliversDoc, FilterDoc, KioskDoc, MediatorCommon, NodeDoc, OnOffDoc, OwnerDoc,
    PurposeDoc, RedirectDoc, RedirectionDoc, TransformDoc, TypeActionDoc, WayDoc,
};
use super::super::value::{Map, Name, Names};
use super::endpoints::{Head, owner, stated};
use super::names::normal;
use super::{KioskTypes, Named, Pending, PendingDoc, Resolver};
use crate::diagnostic::{Code, Text};
use crate::model::{
    AssumptionId, Carrier, Declared, FaceId, GuardId, Kind, Layer, Mediator, NodeId, Redirection, Role, Settings,
    Transform, TypeAction, Way,
};
use crate::source::Span;

/// A mediator as it is being put together: its sides with their faces, and its transforms.
struct Build {
    name: String,
    faces: Vec<FaceId>,
    transforms: Vec<Transform>,
}

impl Build {
    fn step(
        &mut self,
        from: usize,
        takes: Carrier,
        to: usize,
        gives: Carrier,
        way: Way,
        reason: &Text,
    ) -> &mut Transform {
        self.transforms.push(Transform {
            takes: (self.faces[from], takes),
            gives: (self.faces[to], gives, way),
            guards: Vec::new(),
            assumption: None,
            reason: reason.clone(),
        });
        let last = self.transforms.len() - 1;
        &mut self.transforms[last]
    }
}

/// The most sides of one mediator.
const MAX_SIDES: usize = 256;

/// Everything that can arrive with a file in it.
const FILE_INPUTS: [Carrier; 3] = [Carrier::Req, Carrier::Rsp, Carrier::Raw];

fn way(delivers: Option<DeliversDoc>) -> Way {
    match delivers {
        None | Some(DeliversDoc::Both) => Way::Both,
        Some(DeliversDoc::Push) => Way::Opens,
        Some(DeliversDoc::Pull) => Way::Answers,
    }
}

pub(super) fn carrier(doc: CarrierDoc) -> Carrier {
    match doc {
        CarrierDoc::Control => Carrier::Own,
        CarrierDoc::Request => Carrier::Req,
        CarrierDoc::Response => Carrier::Rsp,
        CarrierDoc::Screen => Carrier::Scr,
        CarrierDoc::Keys => Carrier::Key,
        CarrierDoc::RawFile => Carrier::Raw,
        CarrierDoc::CheckedFile => Carrier::Chk,
        CarrierDoc::CleanFile => Carrier::San,
        CarrierDoc::Text => Carrier::Txt,
        CarrierDoc::Admin => Carrier::Ctl,
    }
}

pub(super) fn type_action(doc: TypeActionDoc) -> TypeAction {
    match doc {
        TypeActionDoc::Rebuild => TypeAction::Rebuild,
        TypeActionDoc::Inspect => TypeAction::Inspect,
        TypeActionDoc::Block => TypeAction::Block,
        TypeActionDoc::Pass => TypeAction::Pass,
        TypeActionDoc::PassAfterApproval => TypeAction::PassAfterApproval,
    }
}

/// Every redirection of a screen transfer, as far as it is stated.
fn redirections_stated(doc: &RedirectDoc) -> Vec<(&'static str, Option<Redirection>)> {
    let word = |given: Option<RedirectionDoc>| {
        given.or(doc.others).map(|d| match d {
            RedirectionDoc::Off => Redirection::Off,
            RedirectionDoc::ToViewer => Redirection::ToViewer,
            RedirectionDoc::ToDesktop => Redirection::ToDesktop,
            RedirectionDoc::Both => Redirection::Both,
        })
    };
    vec![
        ("clipboard", word(doc.clipboard)),
        ("files", word(doc.files)),
        ("drive", word(doc.drive)),
        ("printer", word(doc.printer)),
        ("usb", word(doc.usb)),
    ]
}

/// The label of a purpose.
pub(super) fn purpose_label(purpose: PurposeDoc) -> &'static str {
    match purpose {
        PurposeDoc::Business => "business",
        PurposeDoc::Update => "update",
        PurposeDoc::Licence => "licence",
        PurposeDoc::Log => "log",
        PurposeDoc::Name => "name",
        PurposeDoc::Time => "time",
        PurposeDoc::Print => "print",
        PurposeDoc::Authentication => "authentication",
        PurposeDoc::Management => "management",
        PurposeDoc::CloudUse => "cloud-use",
        PurposeDoc::Mail => "mail",
    }
}

impl Resolver<'_> {
    /// A mediator; its peers wait until all nodes have faces.
    pub(super) fn mediator(&mut self, id: NodeId, name: &Name, doc: NodeDoc) -> PendingDoc {
        match doc {
            NodeDoc::ScreenGateway(d) => {
                let (c, (viewer, desktop, redirect)) = d.split();
                self.screen(id, name, c, Kind::ScreenGateway, [("viewer", viewer), ("desktop", desktop)], &redirect)
            }
            NodeDoc::RemoteBrowser(d) => {
                let (c, (user, web, redirect, on_terminal)) = d.split();
                let pending = self.screen(id, name, c, Kind::RemoteBrowser, [("user", user), ("web", web)], &redirect);
                if let Settings::Screen { on_terminal: here, .. } = &mut self.model.nodes[id].declared.settings {
                    *here = on_terminal.unwrap_or(false);
                }
                pending
            }
            NodeDoc::Sanitiser(d) => self.filter(id, name, d, Kind::Sanitiser),
            NodeDoc::Inspector(d) => self.filter(id, name, d, Kind::Inspector),
            NodeDoc::MailConverter(d) => {
                let (c, (from, into, attachments, delivers)) = d.split();
                self.mail_converter(id, name, c, [("from", from), ("into", into)], attachments, delivers)
            }
            NodeDoc::MailRelay(d) => {
                let (c, (inside, outside)) = d.split();
                let reason = Text::new("メールを中継する", "relays mail");
                self.device(
                    id,
                    name,
                    c,
                    Kind::MailRelay,
                    &["mailrelay"],
                    [("inside", inside), ("outside", outside)],
                    |b| {
                        for (from, to) in [(0, 1), (1, 0)] {
                            for takes in FILE_INPUTS {
                                b.step(from, takes, to, Carrier::Raw, Way::Both, &reason);
                            }
                            b.step(from, Carrier::Txt, to, Carrier::Txt, Way::Both, &reason);
                            b.step(from, Carrier::San, to, Carrier::San, Way::Both, &reason);
                            b.step(from, Carrier::Chk, to, Carrier::Chk, Way::Both, &reason);
                        }
                    },
                )
            }
            NodeDoc::Proxy(d) => {
                let (c, (inside, outside)) = d.split();
                let reason = Text::new("要求を取り次ぐ", "passes requests on");
                self.device(id, name, c, Kind::Proxy, &["proxy"], [("inside", inside), ("outside", outside)], |b| {
                    pass_on(b, 0, 1, &reason)
                })
            }
            NodeDoc::Resolver(d) => {
                let (c, (serves, upstream)) = d.split();
                let reason = Text::new("問い合わせを上位へ取り次ぐ", "forwards queries upstream");
                let forwards = upstream.is_some();
                let sides = std::iter::once(("serves", serves)).chain(forwards.then_some(("upstream", upstream)));
                self.device(id, name, c, Kind::Resolver, &["resolver"], sides, |b| {
                    if forwards && b.faces.len() == 2 {
                        pass_on(b, 0, 1, &reason);
                    }
                })
            }
            NodeDoc::Relay(d) => {
                let (c, (from, into, purpose, verifies)) = d.split();
                self.relay(id, name, c, [("from", from), ("into", into)], purpose, verifies.unwrap_or(false))
            }
            NodeDoc::Transfer(d) => {
                let (c, (from, into, approval, log, delivers)) = d.split();
                let approved = approval == Some(true) && log == Some(true);
                let labels: &[&str] = if approved { &["transfer", "fout"] } else { &["transfer"] };
                let reason = Text::new("ファイルを持ち出す", "transfers files out");
                let pending = self.device(id, name, c, Kind::Transfer, labels, [("from", from), ("into", into)], |b| {
                    for takes in FILE_INPUTS {
                        b.step(0, takes, 1, Carrier::Raw, way(delivers), &reason);
                    }
                });
                self.model.nodes[id].declared.settings = Settings::Transfer { approval, log };
                pending
            }
            NodeDoc::FileShare(d) => self.file_share(id, name, d),
            NodeDoc::Kiosk(d) => self.kiosk(id, name, d),
            NodeDoc::Kvm(d) => self.kvm(id, name, d),
            NodeDoc::Mediator(d) => self.custom(id, name, d),
            _ => PendingDoc::Done,
        }
    }

    /// Makes the node, its sides and its transforms.
    #[allow(clippy::too_many_arguments, reason = "one call per row of the catalogue")]
    fn device<'s>(
        &mut self,
        id: NodeId,
        name: &Name,
        common: MediatorCommon,
        kind: Kind,
        labels: &[&str],
        sides: impl IntoIterator<Item = (&'s str, Option<Name>)>,
        build: impl FnOnce(&mut Build),
    ) -> PendingDoc {
        let mut words = self.own_label(name);
        words.extend(labels.iter().map(|l| (*l).to_owned()));
        if self.is_security_cloud(common.part_of.as_ref(), common.owner) {
            words.push("psc".to_owned());
        }
        let (controls, controls_stated) = stated(common.controls.as_deref());
        if controls.iter().any(|c| c == "Mfa") {
            words.push("mfa".to_owned());
        }
        let labels = self.label_list(&words);
        let listens = common.listens.as_ref().map(|l| self.service_list(l));
        let head = Head {
            label: common.label,
            kind,
            count: 1,
            controls,
            declared: Declared { controls_stated, owner: common.owner.map(owner), ..Declared::default() },
            part_of: common.part_of,
        };
        let mediator =
            Mediator { sides: Vec::new(), transforms: Vec::new(), labels, listens, clients: None, servers: None };
        self.push_node(name, head, Role::Mediator(mediator));
        let sides: Vec<(String, Option<Name>)> = sides.into_iter().map(|(s, n)| (s.to_owned(), n)).collect();
        let mut given: BTreeMap<&str, Span> = BTreeMap::new();
        for (side, _) in &common.addresses.entries {
            if let Some(&first) = given.get(side.text.as_str()) {
                self.twice(side, first);
            }
            given.entry(&side.text).or_insert(side.span);
            if !sides.iter().any(|(s, _)| *s == side.text) {
                let known: Vec<String> = sides.iter().map(|(s, _)| s.clone()).collect();
                self.unknown_word(
                    Code::UNKNOWN_FIELD,
                    &side.text,
                    side.span,
                    &known,
                    Text::new(
                        format!("`{}` という面はありません", side.text),
                        format!("there is no side `{}`", side.text),
                    ),
                    Text::new("知らない面です", "unknown side"),
                );
            }
        }
        let faces = self.side_faces(id, name, &sides, &common.addresses);
        let complete = faces.len() == sides.len();
        let mut b = Build { name: self.own(name), faces, transforms: Vec::new() };
        if complete {
            build(&mut b);
        }
        if let Role::Mediator(m) = &mut self.model.nodes[id].role {
            m.sides = sides.into_iter().map(|(s, _)| s).collect();
            m.transforms = b.transforms;
        }
        if common.forwards {
            self.forwarding(id, name);
        }
        PendingDoc::Mediator { clients: common.clients, servers: common.servers }
    }

    fn side_faces(
        &mut self,
        id: NodeId,
        name: &Name,
        sides: &[(String, Option<Name>)],
        addresses: &Map<Names>,
    ) -> Vec<FaceId> {
        let mut faces = Vec::new();
        for (side, network) in sides {
            let Some(network) = network else {
                self.missing(name.span, side, &name.text);
                continue;
            };
            let address =
                addresses.entries.iter().find(|(s, _)| s.text == *side).map(|(_, a)| a.clone()).unwrap_or_default();
            if let Some(zone) = self.network(network) {
                faces.push(self.push_face(id, Some(zone), false, &address));
            }
        }
        faces
    }

    /// Where a device is drawn says whose it is, unless it is said to be the body's own.
    pub(super) fn is_security_cloud(&self, part_of: Option<&Name>, owner: Option<OwnerDoc>) -> bool {
        let own = matches!(owner, Some(OwnerDoc::Body | OwnerDoc::Personal));
        !own && part_of.is_some_and(|p| {
            matches!(self.names.get(&self.key(&p.text, p.span)), Some((Named::Segment(s), _)) if self.model.segments[*s].layer == Layer::SecurityCloud)
        })
    }

    fn screen(
        &mut self,
        id: NodeId,
        name: &Name,
        c: MediatorCommon,
        kind: Kind,
        sides: [(&str, Option<Name>); 2],
        redirect: &RedirectDoc,
    ) -> PendingDoc {
        let steps = self.redirections(name, redirect);
        let pending = self.device(id, name, c, kind, &["screen"], sides, |b| {
            let reason = Text::new("画面転送", "screen transfer");
            b.step(0, Carrier::Req, 1, Carrier::Key, Way::Opens, &reason);
            b.step(1, Carrier::Rsp, 0, Carrier::Scr, Way::Answers, &reason);
            for (to_viewer, carrier, assumption, reason) in &steps {
                let step = if *to_viewer {
                    b.step(1, Carrier::Rsp, 0, *carrier, Way::Answers, reason)
                } else {
                    b.step(0, Carrier::Req, 1, *carrier, Way::Opens, reason)
                };
                step.assumption = *assumption;
            }
        });
        self.model.nodes[id].declared.settings =
            Settings::Screen { redirect: redirections_stated(redirect), on_terminal: false };
        pending
    }

    /// What a screen transfer carries besides the screen: `(towards the viewer, carrier, open question, why)`.
    fn redirections(&mut self, name: &Name, doc: &RedirectDoc) -> Vec<(bool, Carrier, Option<AssumptionId>, Text)> {
        let fields = [
            ("clipboard", "クリップボード", doc.clipboard, Carrier::Txt),
            ("files", "ファイル", doc.files, Carrier::Raw),
            ("drive", "ドライブ", doc.drive, Carrier::Raw),
            ("printer", "プリンタ", doc.printer, Carrier::Raw),
            ("usb", "USB", doc.usb, Carrier::Raw),
        ];
        let unstated: Vec<&str> =
            fields.iter().filter(|(_, _, d, _)| d.or(doc.others).is_none()).map(|(f, ..)| *f).collect();
        let assumption = (!unstated.is_empty()).then(|| {
            let list = unstated.join(", ");
            self.assume(
                Code::REDIRECT_UNSTATED,
                name.span,
                Text::new(
                    format!("`{}` の redirect のうち {list} が書かれていません", name.text),
                    format!("redirect of `{}` does not state {list}", name.text),
                ),
                Text::new(
                    "Off, ToViewer, ToDesktop, Both のどれかを書いてください",
                    "state Off, ToViewer, ToDesktop or Both",
                ),
            )
        });
        let mut steps = Vec::new();
        for (field, called, given, carrier) in fields {
            let stated = given.or(doc.others);
            let open = if stated.is_none() { assumption } else { None };
            let reason = Text::new(format!("{called}のリダイレクト({field})"), format!("redirection of {field}"));
            for (to_viewer, on) in [
                (true, matches!(stated, None | Some(RedirectionDoc::ToViewer | RedirectionDoc::Both))),
                (false, matches!(stated, None | Some(RedirectionDoc::ToDesktop | RedirectionDoc::Both))),
            ] {
                if on {
                    steps.push((to_viewer, carrier, open, reason.clone()));
                }
            }
        }
        steps
    }

    fn filter(&mut self, id: NodeId, name: &Name, doc: FilterDoc, kind: Kind) -> PendingDoc {
        let (c, (from, into, types, types_of, otherwise, delivers)) = doc.split();
        let table = self.type_table(name, &types, types_of.as_ref(), otherwise);
        let (label, guard) = match kind {
            Kind::Inspector => ("av", format!("av@{}", self.own(name))),
            _ => ("cdr", format!("cdr@{}", self.own(name))),
        };
        let guard = self.guard(&guard, name.span);
        let pending = self.device(id, name, c, kind, &[label], [("from", from), ("into", into)], |b| {
            for takes in FILE_INPUTS {
                filter_steps(b, takes, kind, &table, guard, way(delivers));
            }
        });
        self.model.nodes[id].declared.settings = table.settings();
        pending
    }

    /// Sums up a type table; what is not stated becomes an open question.
    fn type_table(
        &mut self,
        name: &Name,
        own: &Map<TypeActionDoc>,
        types_of: Option<&Name>,
        otherwise: Option<TypeActionDoc>,
    ) -> KioskTypes {
        let mut rows = self.type_rows(own);
        if let Some(table) = types_of {
            let key = self.key_in(&self.file_types, &table.text, table.span);
            self.used.insert(format!("types:{key}"));
            match self.file_types.get(&key).map(|(r, _)| r.clone()) {
                Some(more) => rows
                    .extend(more.into_iter().filter(|(t, _)| !own.entries.iter().any(|(n, _)| normal(&n.text) == *t))),
                None => self.unknown_table(table),
            }
        }
        let mut sum = KioskTypes { otherwise: otherwise.map(type_action), ..KioskTypes::default() };
        sum.rows = rows.iter().map(|(t, a)| (t.clone(), type_action(*a))).collect();
        for (kind, action) in &rows {
            sum.add(kind, *action);
        }
        match otherwise {
            Some(action) => sum.add("*", action),
            None => {
                sum.open = Some(self.assume(
                    Code::UNSTATED,
                    name.span,
                    Text::new(
                        format!("`{}` が表にない形式のファイルをどう扱うか(otherwise)が書かれていません", name.text),
                        format!("`{}` does not state what happens to other file types (otherwise)", name.text),
                    ),
                    Text::new("otherwise: Block などを書いてください", "state otherwise: Block or another action"),
                ));
            }
        }
        sum
    }

    fn unknown_table(&mut self, table: &Name) {
        if self.damage.hides(&table.text) {
            return;
        }
        let known: Vec<String> = self.file_types.keys().cloned().collect();
        self.unknown_word(
            Code::UNKNOWN_NAME,
            &table.text,
            table.span,
            &known,
            Text::new(
                format!("形式の表 `{}` は定義されていません", table.text),
                format!("type table `{}` is not defined", table.text),
            ),
            Text::new("file_types にこの名前の表はありません", "file_types has no table of this name"),
        );
    }

    fn mail_converter(
        &mut self,
        id: NodeId,
        name: &Name,
        c: MediatorCommon,
        sides: [(&str, Option<Name>); 2],
        attachments: Option<AttachmentsDoc>,
        delivers: Option<DeliversDoc>,
    ) -> PendingDoc {
        let guard = self.guard(&format!("conv@{}", self.own(name)), name.span);
        let open = attachments.is_none().then(|| {
            self.assume(
                Code::UNSTATED,
                name.span,
                Text::new(
                    format!("`{}` の添付ファイルの扱い(attachments)が書かれていません", name.text),
                    format!("`{}` does not state what happens to attachments", name.text),
                ),
                Text::new(
                    "attachments: Remove か Sanitise か Pass を書いてください",
                    "state attachments: Remove, Sanitise or Pass",
                ),
            )
        });
        let labels: &[&str] =
            if attachments == Some(AttachmentsDoc::Sanitise) { &["mailconv", "cdr"] } else { &["mailconv"] };
        let pending = self.device(id, name, c, Kind::MailConverter, labels, sides, |b| {
            let text = Text::new("本文をテキストにする", "converts the body to text");
            let way = way(delivers);
            for takes in FILE_INPUTS {
                b.step(0, takes, 1, Carrier::Txt, way, &text);
                b.step(0, takes, 1, Carrier::Raw, way, &Text::new("変換の失敗", "failed conversion")).guards =
                    vec![guard];
                match attachments {
                    Some(AttachmentsDoc::Remove) => {}
                    Some(AttachmentsDoc::Sanitise) => {
                        b.step(0, takes, 1, Carrier::San, way, &Text::new("添付を無害化する", "sanitises attachments"));
                    }
                    Some(AttachmentsDoc::Pass) => {
                        b.step(
                            0,
                            takes,
                            1,
                            Carrier::Raw,
                            way,
                            &Text::new("添付をそのまま通す", "passes attachments as they are"),
                        );
                    }
                    None => {
                        b.step(
                            0,
                            takes,
                            1,
                            Carrier::Raw,
                            way,
                            &Text::new("添付の扱いが不明", "attachments not stated"),
                        )
                        .assumption = open;
                    }
                }
            }
        });
        self.model.nodes[id].declared.settings =
            Settings::Mail { passes: attachments.map(|a| a == AttachmentsDoc::Pass) };
        pending
    }

    fn relay(
        &mut self,
        id: NodeId,
        name: &Name,
        c: MediatorCommon,
        sides: [(&str, Option<Name>); 2],
        purpose: Option<PurposeDoc>,
        verifies: bool,
    ) -> PendingDoc {
        let mut labels = vec!["relay"];
        match purpose {
            Some(p) => labels.push(purpose_label(p)),
            None => self.missing(name.span, "purpose", &name.text),
        }
        let guard = verifies.then(|| self.guard(&format!("verify@{}", self.own(name)), name.span));
        let pending = self.device(id, name, c, Kind::Relay, &labels, sides, |b| {
            let reason = Text::new("決められた目的の内容だけを取り寄せる", "fetches content for its one purpose");
            b.step(1, Carrier::Req, 0, Carrier::Req, Way::Opens, &reason);
            for takes in [Carrier::Rsp, Carrier::Chk] {
                match guard {
                    None => {
                        b.step(0, takes, 1, takes, Way::Answers, &reason);
                    }
                    Some(guard) => {
                        b.step(
                            0,
                            takes,
                            1,
                            Carrier::Chk,
                            Way::Answers,
                            &Text::new("署名を確かめて渡す", "hands on what is properly signed"),
                        );
                        b.step(
                            0,
                            takes,
                            1,
                            Carrier::Raw,
                            Way::Answers,
                            &Text::new("署名確認の失敗", "failed verification"),
                        )
                        .guards = vec![guard];
                    }
                }
            }
        });
        self.model.nodes[id].declared.settings =
            Settings::Relay { purpose: purpose.map(super::policy::purpose), verifies };
        pending
    }

    fn file_share(&mut self, id: NodeId, name: &Name, doc: super::super::shape::FileShareDoc) -> PendingDoc {
        let (c, (mut joins,)) = doc.split();
        self.two_or_more(name, "joins", &mut joins);
        let sides: Vec<(String, Option<Name>)> = joins.0.iter().map(|n| (n.text.clone(), Some(n.clone()))).collect();
        self.device(id, name, c, Kind::FileShare, &["share"], sides.iter().map(|(s, n)| (s.as_str(), n.clone())), |b| {
            let reason = Text::new("置かれたファイルをそのまま渡す", "hands on files as they are");
            for from in 0..b.faces.len() {
                for to in (0..b.faces.len()).filter(|&to| to != from) {
                    for takes in FILE_INPUTS {
                        b.step(from, takes, to, Carrier::Raw, Way::Both, &reason);
                    }
                }
            }
        })
    }

    /// A list that makes sense with two members or more, and not with thousands: every pair is a step.
    fn two_or_more(&mut self, name: &Name, field: &str, names: &mut Names) {
        if names.0.len() < 2 && !self.damage.touches(name.span) {
            self.error(
                Code::MISSING_FIELD,
                name.span,
                Text::new(format!("{field} には二つ以上の名前が必要です"), format!("{field} needs two names or more")),
                Text::new("何と何をつなぐ機器ですか", "what does it join?"),
            );
        }
        self.no_more_than(name, field, names.0.len());
        names.0.truncate(MAX_SIDES);
    }

    fn no_more_than(&mut self, name: &Name, field: &str, count: usize) {
        if count > MAX_SIDES {
            self.error(
                Code::TOO_MANY,
                name.span,
                Text::new(
                    format!("{field} が多すぎます(上限 {MAX_SIDES})"),
                    format!("too many {field} (limit {MAX_SIDES})"),
                ),
                Text::new("一つの機器に収まりません", "more than one device can have"),
            );
        }
    }

    fn kiosk(&mut self, id: NodeId, name: &Name, doc: KioskDoc) -> PendingDoc {
        let (c, (types, types_of, otherwise)) = doc.split();
        let table = self.type_table(name, &types, types_of.as_ref(), otherwise);
        self.device(id, name, c, Kind::Kiosk, &["kiosk"], [], |_| {});
        self.model.nodes[id].declared.settings = table.settings();
        PendingDoc::Kiosk(table)
    }

    fn kvm(&mut self, id: NodeId, name: &Name, doc: super::super::shape::KvmDoc) -> PendingDoc {
        let (c, (mut connects, usb)) = doc.split();
        self.two_or_more(name, "connects", &mut connects);
        self.device(id, name, c, Kind::Kvm, &["kvm"], [], |_| {});
        PendingDoc::Kvm { connects, usb }
    }

    fn custom(&mut self, id: NodeId, name: &Name, doc: super::super::shape::MediatorDoc) -> PendingDoc {
        let (c, (sides, transforms, labels)) = doc.split();
        if sides.entries.is_empty() && !self.damage.touches(name.span) {
            self.missing(name.span, "sides", &name.text);
        }
        self.no_more_than(name, "sides", sides.entries.len());
        let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
        for (side, _) in &sides.entries {
            if let Some(&first) = seen.get(side.text.as_str()) {
                self.twice(side, first);
            }
            seen.entry(&side.text).or_insert(side.span);
        }
        let names: Vec<&str> = sides.entries.iter().map(|(s, _)| s.text.as_str()).collect();
        let rows: Vec<_> = transforms.iter().filter_map(|t| self.custom_row(name, t, &names)).collect();
        let unsure = transforms.iter().filter(|t| t.unsure).count();
        let claims: Vec<String> =
            labels.0.iter().map(|l| normal(&l.text)).filter(|l| super::LABELS.contains(&l.as_str())).collect();
        let words: Vec<&str> = labels.0.iter().map(|l| l.text.as_str()).collect();
        let pairs: Vec<(String, Option<Name>)> =
            sides.entries.iter().map(|(s, n)| (s.text.clone(), Some(n.clone()))).collect();
        let pending =
            self.device(id, name, c, Kind::Mediator, &words, pairs.iter().map(|(s, n)| (s.as_str(), n.clone())), |b| {
                for (from, takes, to, gives, way, guard, assumption) in rows {
                    let reason = Text::new(format!("`{}` の働き", b.name), format!("what `{}` does", b.name));
                    // A file comes in a session: whoever takes files takes them from requests and answers, too.
                    let takes: &[Carrier] = if takes == Carrier::Raw { &FILE_INPUTS } else { &[takes] };
                    for &takes in takes {
                        let step = b.step(from, takes, to, gives, way, &reason);
                        step.guards = guard.into_iter().collect();
                        step.assumption = assumption;
                    }
                }
            });
        self.model.nodes[id].declared.settings = Settings::Own { unsure, claims };
        pending
    }

    #[allow(clippy::type_complexity, reason = "the columns of one row, used once")]
    fn custom_row(
        &mut self,
        name: &Name,
        t: &TransformDoc,
        sides: &[&str],
    ) -> Option<(usize, Carrier, usize, Carrier, Way, Option<GuardId>, Option<AssumptionId>)> {
        let mut side = |n: &Name| {
            let found = sides.iter().position(|s| *s == n.text);
            if found.is_none() {
                let known: Vec<String> = sides.iter().map(|s| (*s).to_owned()).collect();
                self.unknown_word(
                    Code::UNKNOWN_NAME,
                    &n.text,
                    n.span,
                    &known,
                    Text::new(format!("`{}` という面はありません", n.text), format!("there is no side `{}`", n.text)),
                    Text::new("知らない面です", "unknown side"),
                );
            }
            found
        };
        let (from, to) = (side(&t.at), side(&t.out));
        let guard = t.unless.as_ref().map(|u| self.guard(&normal(&u.text), u.span));
        let assumption = t.unsure.then(|| {
            self.assume(
                Code::UNSTATED,
                t.at.span,
                Text::new(
                    format!("`{}` がこれをするかどうか分かりません(unsure)", name.text),
                    format!("it is not known whether `{}` does this (unsure)", name.text),
                ),
                Text::new("確認が必要です", "to be clarified"),
            )
        });
        let way = match t.way {
            None | Some(WayDoc::Both) => Way::Both,
            Some(WayDoc::Opens) => Way::Opens,
            Some(WayDoc::Answers) => Way::Answers,
        };
        Some((from?, carrier(t.takes), to?, carrier(t.gives), way, guard, assumption))
    }

    pub(super) fn mediator_peers(&mut self, id: NodeId, clients: Option<&Names>, servers: Option<&Names>) {
        let clients = clients.map(|c| self.node_list(c));
        let servers = servers.map(|s| self.node_list(s));
        if let Role::Mediator(m) = &mut self.model.nodes[id].role {
            m.clients = clients;
            m.servers = servers;
        }
    }

    /// The open question of a KVM switch of which nobody says whether it shares USB.
    pub(super) fn kvm_open(&mut self, p: &Pending, usb: Option<OnOffDoc>) -> Option<AssumptionId> {
        usb.is_none().then(|| {
            self.assume(
                Code::UNSTATED,
                p.name.span,
                Text::new(
                    format!("`{}` が USB も共有するか(usb)が書かれていません", p.name.text),
                    format!("`{}` does not state whether it shares USB (usb)", p.name.text),
                ),
                Text::new("usb: Off か usb: On を書いてください", "state usb: Off or usb: On"),
            )
        })
    }
}

fn pass_on(b: &mut Build, inside: usize, outside: usize, reason: &Text) {
    b.step(inside, Carrier::Req, outside, Carrier::Req, Way::Opens, reason);
    b.step(outside, Carrier::Rsp, inside, Carrier::Rsp, Way::Answers, reason);
}

fn filter_steps(b: &mut Build, takes: Carrier, kind: Kind, table: &KioskTypes, guard: GuardId, way: Way) {
    if table.rebuilds {
        let gives = if kind == Kind::Inspector { Carrier::Chk } else { Carrier::San };
        b.step(0, takes, 1, gives, way, &Text::new("無害化して渡す", "hands on what it has rebuilt"));
    }
    if table.inspects {
        b.step(0, takes, 1, Carrier::Chk, way, &Text::new("検査して渡す", "hands on what passed inspection"));
    }
    if table.rebuilds || table.inspects {
        b.step(0, takes, 1, Carrier::Raw, way, &Text::new("処理の失敗", "failed processing")).guards = vec![guard];
    }
    for passed in &table.passes {
        let reason = Text::new(format!("形式 `{passed}` をそのまま通す"), format!("passes type `{passed}` unchanged"));
        b.step(0, takes, 1, Carrier::Raw, way, &reason);
    }
    if let Some(open) = table.open {
        b.step(0, takes, 1, Carrier::Raw, way, &Text::new("その他の形式の扱いが不明", "other types not stated"))
            .assumption = Some(open);
    }
}

impl KioskTypes {
    fn add(&mut self, file_type: &str, action: TypeActionDoc) {
        match action {
            TypeActionDoc::Rebuild => self.rebuilds = true,
            TypeActionDoc::Inspect => self.inspects = true,
            TypeActionDoc::Block => {}
            TypeActionDoc::Pass | TypeActionDoc::PassAfterApproval => self.passes.push(file_type.to_owned()),
        }
    }
}
