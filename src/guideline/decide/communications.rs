//! Tests about declared communications: limits, far ends, state-approved exchanges, purposes.

use std::collections::BTreeSet;

use super::crossing::{grouped, open_of};
use super::{Context, Oracle};
use crate::diagnostic::Text;
use crate::guideline::outcome::{Finding, Outcome};
use crate::guideline::select::{faces, layer_name, layers_of};
use crate::model::rulebook::Select;
use crate::model::{
    Carrier, Communication, FaceId, Kind, Layer, Model, NodeId, PortRange, Protocol, Purpose, Settings,
};
use crate::verify::fast::CrossingQuery;

/// State-approved exchanges that every drawing may name, besides its own list.
const APPROVED: [&str; 2] = ["eLTAX", "ぴったりサービス"];

/// The layers on both ends of a communication, through mediators too.
fn ends(model: &Model, comm: &Communication) -> (BTreeSet<Layer>, BTreeSet<Layer>) {
    let of = |nodes: &[NodeId]| nodes.iter().flat_map(|&n| layers_of(model, n)).collect();
    (of(&comm.from), of(&comm.to))
}

/// Whether a communication leaves or enters one of some layers.
fn on_border(model: &Model, comm: &Communication, layers: &[Layer]) -> bool {
    let (from, to) = ends(model, comm);
    let inside = |set: &BTreeSet<Layer>| set.iter().any(|l| layers.contains(l));
    let outside = |set: &BTreeSet<Layer>| set.iter().any(|l| !layers.contains(l));
    inside(&from) && outside(&to) || inside(&to) && outside(&from)
}

/// The nodes of a communication that do not stand in these layers.
fn far_nodes(model: &Model, comm: &Communication, layers: &[Layer]) -> Vec<NodeId> {
    let mut far: Vec<NodeId> = comm
        .from
        .iter()
        .chain(&comm.to)
        .copied()
        .filter(|&n| layers_of(model, n).iter().all(|l| !layers.contains(l)))
        .collect();
    far.sort_unstable();
    far.dedup();
    far
}

fn at_communication(comm: &Communication, text: Text) -> Finding {
    let mut nodes: Vec<NodeId> = comm.from.iter().chain(&comm.to).copied().collect();
    nodes.sort_unstable();
    nodes.dedup();
    Finding { span: Some(comm.span), nodes, ..Finding::of(text) }
}

fn names(layers: &[Layer]) -> Text {
    Text::new(
        layers.iter().map(|&l| layer_name(l).ja).collect::<Vec<_>>().join("・"),
        layers.iter().map(|&l| layer_name(l).en).collect::<Vec<_>>().join(" and "),
    )
}

pub(super) fn limits(c: &Context<'_>, layers: &[Layer], oracle: &mut Oracle) -> Outcome {
    let inside = faces(c.model, &Select { layers: layers.to_vec(), ..Select::default() });
    let outside: Vec<FaceId> = c
        .model
        .faces
        .iter()
        .filter(|(id, f)| f.segment.is_some() && inside.binary_search(id).is_err())
        .map(|(id, _)| id)
        .collect();
    // A dedicated line to the government cloud and update relays have rules of their own.
    let excused_by = vec![vec!["dedicated".to_owned()], vec!["update".to_owned()], vec!["licence".to_owned()]];
    let mut sessions = Vec::new();
    for (from, to) in [(&inside, &outside), (&outside, &inside)] {
        sessions.extend(oracle.ask(CrossingQuery {
            from: from.clone(),
            to: to.clone(),
            carriers: vec![Carrier::Req],
            excused_by: excused_by.clone(),
            ..CrossingQuery::default()
        }));
    }
    let name = names(layers);
    if inside.is_empty() {
        return Outcome::absent(Text::new(
            format!("図面に{}がありません", name.ja),
            format!("the drawing has nothing of {}", name.en),
        ));
    }
    let mut outcome = Outcome::default();
    for comm in c.model.communications.values().filter(|m| on_border(c.model, m, layers)) {
        let lacking: Vec<(&str, &str)> = [
            (!comm.limits.mac, ("機器(Mac)", "device (Mac)")),
            (!comm.limits.address, ("アドレス(Address)", "address (Address)")),
            (!comm.limits.port, ("ポート(Port)", "port (Port)")),
            (comm.purpose.is_none(), ("目的(purpose)", "purpose (purpose)")),
        ]
        .into_iter()
        .filter(|(lacks, _)| *lacks)
        .map(|(_, w)| w)
        .collect();
        if !lacking.is_empty() {
            let ja: Vec<&str> = lacking.iter().map(|w| w.0).collect();
            let en: Vec<&str> = lacking.iter().map(|w| w.1).collect();
            outcome.findings.push(at_communication(
                comm,
                Text::new(
                    format!("通信 {} に{}の限定がない", comm.label, ja.join("、")),
                    format!("the communication {} is not limited by {}", comm.label, en.join(", ")),
                ),
            ));
        } else {
            outcome.controls.push(format!("{}(Mac, Address, Port)", comm.name));
        }
    }
    let node = |f: FaceId| c.model.faces[f].node;
    let declared =
        |a: NodeId, b: NodeId| c.model.communications.values().any(|m| m.from.contains(&a) && m.to.contains(&b));
    let undeclared: Vec<_> = sessions.into_iter().filter(|h| !declared(node(h.origin), node(h.target))).collect();
    outcome.findings.extend(grouped(c, &undeclared, |_, from, to| {
        Text::new(
            format!("{from} から {to} への通信が、特定通信として宣言されていない(communications)"),
            format!("the session from {from} to {to} is not declared as a specific communication (communications)"),
        )
    }));
    outcome.open.extend(open_of(c, &outcome.findings));
    outcome.looked.push(Text::new(
        format!("{}の境界を越える通信", name.ja),
        format!("communications across the border of {}", name.en),
    ));
    outcome
}

/// Whether a communication is an approved exchange.
fn approved(model: &Model, comm: &Communication) -> bool {
    comm.exchange
        .as_ref()
        .is_some_and(|e| APPROVED.contains(&e.as_str()) || model.switches.approved_external.iter().any(|a| a == e))
}

pub(super) fn far_end(c: &Context<'_>, layers: &[Layer], to: &[Layer], oracle: &mut Oracle) -> Outcome {
    let beyond = faces(c.model, &Select { layers: to.to_vec(), ..Select::default() });
    let mut outcome = Outcome::default();
    for comm in c.model.communications.values().filter(|m| on_border(c.model, m, layers)) {
        let far = far_nodes(c.model, comm, layers);
        let from: Vec<FaceId> = {
            let mut list: Vec<FaceId> = far.iter().flat_map(|&n| c.model.nodes[n].faces.clone()).collect();
            list.sort_unstable();
            list
        };
        // The far end's own layers are told apart from those beyond: an end that stands outside itself is one there.
        let (out, back) = (
            oracle.ask(CrossingQuery { from: from.clone(), to: beyond.clone(), ..CrossingQuery::default() }),
            oracle.ask(CrossingQuery { from: beyond.clone(), to: from.clone(), ..CrossingQuery::default() }),
        );
        outcome.looked.push(Text::new(
            format!("通信 {} の相手の先", comm.label),
            format!("what lies behind the far end of {}", comm.label),
        ));
        if approved(c.model, comm) {
            outcome.controls.push(format!("{}({})", comm.name, comm.exchange.clone().unwrap_or_default()));
            continue;
        }
        for &node in far.iter().filter(|&&n| layers_of(c.model, n).iter().any(|l| to.contains(l))) {
            let label = c.model.nodes[node].label.clone();
            outcome.findings.push(at_communication(
                comm,
                Text::new(
                    format!("特定通信 {} の相手 {label} が、インターネットの側にある", comm.label),
                    format!("the far end {label} of {} stands on the Internet side itself", comm.label),
                ),
            ));
        }
        // Answers to what others asked, and what is only seen, lead nowhere by themselves: a session counts.
        let leads: Vec<_> = out
            .into_iter()
            .chain(back)
            .filter(|h| matches!(h.carrier, Carrier::Req | Carrier::Raw | Carrier::Own | Carrier::Ctl))
            .collect();
        outcome.findings.extend(grouped(c, &leads, |_, from, to| {
            Text::new(
                format!("特定通信 {} の相手から先がインターネットにつながる: {from} → {to}", comm.label),
                format!("the far end of {} leads on to the Internet: {from} → {to}", comm.label),
            )
        }));
    }
    concluded(c, layers, outcome)
}

/// What is open about the findings; absent where these layers declare no communication.
fn concluded(c: &Context<'_>, layers: &[Layer], mut outcome: Outcome) -> Outcome {
    outcome.open.extend(open_of(c, &outcome.findings));
    if outcome.looked.is_empty() {
        outcome.absent.push(Text::new(
            format!("{}に特定通信の宣言がありません", names(layers).ja),
            format!("{} declares no specific communication", names(layers).en),
        ));
    }
    outcome
}

pub(super) fn exchange(c: &Context<'_>, layers: &[Layer], oracle: &mut Oracle) -> Outcome {
    let backbone = faces(c.model, &Select { layers: vec![Layer::LgwanBackbone], ..Select::default() });
    let mut outcome = Outcome::default();
    let exchanges = c.model.communications.values().filter(|m| m.exchange.is_some() && on_border(c.model, m, layers));
    for comm in exchanges {
        let far = far_nodes(c.model, comm, layers);
        let inside: Vec<NodeId> = comm.from.iter().chain(&comm.to).copied().filter(|n| !far.contains(n)).collect();
        let of = |nodes: &[NodeId]| {
            let mut list: Vec<FaceId> = nodes.iter().flat_map(|&n| c.model.nodes[n].faces.clone()).collect();
            list.sort_unstable();
            list
        };
        let mut unguarded = Vec::new();
        // To the exchange itself, and from a linkage server onwards: always past the LGWAN connection firewall.
        let at_backbone: Vec<NodeId> =
            far.iter().copied().filter(|&n| layers_of(c.model, n).contains(&Layer::LgwanBackbone)).collect();
        for (a, b) in [(of(&inside), of(&at_backbone)), (of(&at_backbone), of(&inside)), (of(&far), backbone.clone())] {
            unguarded.extend(oracle.ask(CrossingQuery {
                from: a,
                to: b,
                carriers: vec![Carrier::Req],
                excused_by: vec![vec!["lgwan-fw".to_owned()]],
                ..CrossingQuery::default()
            }));
        }
        outcome.looked.push(Text::new(
            format!("国が認めたやりとり {}({})の道", comm.exchange.clone().unwrap_or_default(), comm.label),
            format!("the way of the approved exchange {} ({})", comm.exchange.clone().unwrap_or_default(), comm.label),
        ));
        for &node in &far {
            let stands = layers_of(c.model, node);
            let lawful = stands.iter().all(|l| matches!(l, Layer::LgwanBackbone | Layer::NationalNet | Layer::Lgwan));
            if !lawful || stands.is_empty() {
                let label = c.model.nodes[node].label.clone();
                outcome.findings.push(at_communication(
                    comm,
                    Text::new(
                        format!("{} が LGWAN と連携サーバを通らず、{label} とじかにやりとりしている", comm.label),
                        format!(
                            "{} goes straight to {label}, not by way of the LGWAN and a linkage server",
                            comm.label
                        ),
                    ),
                ));
            }
        }
        outcome.findings.extend(grouped(c, &unguarded, |_, from, to| {
            Text::new(
                format!("{from} → {to} が LGWAN 接続ファイアウォールを通っていない"),
                format!("{from} → {to} does not pass the LGWAN connection firewall"),
            )
        }));
    }
    outcome.open.extend(open_of(c, &outcome.findings));
    if outcome.looked.is_empty() {
        outcome.absent.push(Text::new(
            "国が認めたやりとり(communications の exchange)が図面にありません",
            "the drawing declares no state-approved exchange (exchange of communications)",
        ));
    }
    outcome
}

/// A service of one or a few fixed ports.
fn narrow(comm: &Communication) -> bool {
    comm.services.iter().all(|s| match s.protocol {
        Some(Protocol::Tcp | Protocol::Udp) => {
            let PortRange { first, last } = s.destination;
            last - first < 16
        }
        _ => false,
    })
}

pub(super) fn one_purpose(c: &Context<'_>, layers: &[Layer], oracle: &mut Oracle) -> Outcome {
    let mut outcome = Outcome::default();
    for comm in c.model.communications.values().filter(|m| on_border(c.model, m, layers)) {
        let of = |nodes: &[NodeId]| {
            let mut list: Vec<FaceId> = nodes.iter().flat_map(|&n| c.model.nodes[n].faces.clone()).collect();
            list.sort_unstable();
            list
        };
        // What the two ends can do beyond the communication has no permit.
        let more = oracle.ask(CrossingQuery {
            from: of(&comm.from),
            to: of(&comm.to),
            carriers: vec![Carrier::Req],
            unpermitted: true,
            ..CrossingQuery::default()
        });
        outcome.looked.push(Text::new(
            format!("通信 {} のサービス", comm.label),
            format!("services of the communication {}", comm.label),
        ));
        if !narrow(comm) {
            outcome.findings.push(at_communication(
                comm,
                Text::new(
                    format!("通信 {} のサービスが広すぎる(一つの目的のポートに絞る)", comm.label),
                    format!("the services of {} are too wide for one purpose", comm.label),
                ),
            ));
        }
        // A communication without its limits permits nothing at all: that is the business of the test of limits.
        let more = if comm.limits.complete() && comm.purpose.is_some() { more } else { Vec::new() };
        outcome.findings.extend(grouped(c, &more, |_, from, to| {
            Text::new(
                format!("{from} → {to} に、通信 {} のほかのサービスも通っている", comm.label),
                format!("{from} → {to} passes more than the communication {}", comm.label),
            )
        }));
    }
    concluded(c, layers, outcome)
}

/// Whether two sets of layers lie on different sides.
fn across(a: &BTreeSet<Layer>, b: &BTreeSet<Layer>, of: &[Layer], with: &[Layer]) -> bool {
    let on = |s: &BTreeSet<Layer>, side: &[Layer]| s.iter().any(|l| side.contains(l));
    on(a, of) && on(b, with) || on(a, with) && on(b, of)
}

pub(super) fn purposes(c: &Context<'_>, wanted: &[Purpose], of: &[Layer], with: &[Layer]) -> Outcome {
    let drawn = |layers: &[Layer]| c.model.segments.values().any(|s| layers.contains(&s.layer));
    if !drawn(of) {
        return Outcome::absent(Text::new(
            format!("図面に{}がありません", names(of).ja),
            format!("the drawing has nothing of {}", names(of).en),
        ));
    }
    let mut outcome = Outcome::default();
    for comm in c.model.communications.values().filter(|m| m.purpose.is_some_and(|p| wanted.contains(&p))) {
        let (a, b) = ends(c.model, comm);
        if across(&a, &b, of, with) {
            outcome.findings.push(at_communication(
                comm,
                Text::new(
                    format!("{}の通信 {} が層をまたいでいる", purpose_name(comm.purpose).ja, comm.label),
                    format!("the communication {} ({}) crosses layers", comm.label, purpose_name(comm.purpose).en),
                ),
            ));
        }
    }
    for (id, node) in c.model.nodes.iter() {
        let purpose = match &node.declared.settings {
            Settings::Relay { purpose, .. } => *purpose,
            _ if node.kind == Kind::Resolver => Some(Purpose::Name),
            _ => None,
        };
        let layers = layers_of(c.model, id);
        if purpose.is_some_and(|p| wanted.contains(&p)) && across(&layers, &layers, of, with) {
            outcome.findings.push(Finding::at(
                id,
                node.span,
                Text::new(
                    format!(
                        "{}の中継 {} が層をまたいでいる",
                        purpose_name(purpose).ja,
                        super::controls::called(c.model, id)
                    ),
                    format!(
                        "the relay {} ({}) joins the two layers",
                        super::controls::called(c.model, id),
                        purpose_name(purpose).en
                    ),
                ),
            ));
        }
    }
    outcome.looked.push(Text::new(
        format!("{}と{}のあいだの通信と中継の目的", names(of).ja, names(with).ja),
        format!("purposes of communications and relays between {} and {}", names(of).en, names(with).en),
    ));
    outcome
}

fn purpose_name(purpose: Option<Purpose>) -> Text {
    let (ja, en) = match purpose {
        Some(Purpose::Business) | None => ("業務", "business"),
        Some(Purpose::Update) => ("更新", "update"),
        Some(Purpose::Licence) => ("ライセンス認証", "licence"),
        Some(Purpose::Log) => ("ログ", "log"),
        Some(Purpose::Name) => ("名前解決", "name service"),
        Some(Purpose::Time) => ("時刻", "time"),
        Some(Purpose::Print) => ("印刷", "print"),
        Some(Purpose::Authentication) => ("認証", "authentication"),
        Some(Purpose::Management) => ("管理", "management"),
        Some(Purpose::CloudUse) => ("クラウド利用", "cloud use"),
        Some(Purpose::Mail) => ("メール", "mail"),
    };
    Text::new(ja, en)
}
