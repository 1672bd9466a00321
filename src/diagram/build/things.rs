//! Things of a picture: one per node, or one per segment and kind, each in its box.
//!
//! It knows labels, counts and controls; lines are the business of `wires`.

use std::collections::{BTreeMap, BTreeSet};

use super::home::{Boxes, Home, homes};
use super::words::{kind, pick, shape};
use crate::diagnostic::Lang;
use crate::diagram::kinds::Shape;
use crate::diagram::parts::Node as Drawn;
use crate::diagram::picture::{NodeId as Thing, Picture};
use crate::model::{FaceAddress, Id, Kind, Model, Node, NodeId, Role, ZoneId};

/// How many controls are written on a thing; all of them are in its note.
const CONTROLS: usize = 3;

/// Adds boxes and things for some nodes, and says which thing stands for which node.
pub(super) fn place(
    model: &Model,
    picture: &mut Picture,
    nodes: &BTreeSet<NodeId>,
    aggregate: bool,
) -> (BTreeMap<NodeId, Thing>, Boxes) {
    let lang = picture.lang;
    let homes = homes(model);
    let home = |n: NodeId| coarse(homes[n.index()], aggregate);
    let used: BTreeSet<Home> = nodes.iter().map(|n| home(*n)).collect();
    let boxes = Boxes::new(model, picture, &used, lang);
    let mut groups: BTreeMap<(Home, Kind), Vec<NodeId>> = BTreeMap::new();
    let mut order: Vec<(Home, Vec<NodeId>)> = Vec::new();
    for &node in nodes {
        let row = &model.nodes[node];
        if aggregate && !matches!(row.role, Role::Mediator(_)) {
            let group = groups.entry((home(node), row.kind)).or_default();
            group.push(node);
            if group.len() == 1 {
                order.push((home(node), vec![node]));
            }
        } else {
            order.push((home(node), vec![node]));
        }
    }
    let mut things = BTreeMap::new();
    for (home, mut members) in order {
        if let [first] = members[..]
            && let Some(group) = groups.get(&(home, model.nodes[first].kind))
            && group.first() == Some(&first)
        {
            members.clone_from(group);
        }
        let mut drawn = match members[..] {
            [one] => single(model, one, lang),
            _ => group(model, &members, lang),
        };
        if let Some(cluster) = boxes.of(home) {
            drawn = drawn.within(cluster);
        }
        drawn.names = members.iter().map(|n| model.nodes[*n].name.clone()).collect();
        let thing = picture.node(drawn);
        things.extend(members.into_iter().map(|n| (n, thing)));
    }
    (things, boxes)
}

/// A thing that stands for everything on a network.
pub(super) fn hub(model: &Model, picture: &mut Picture, boxes: &Boxes, zone: ZoneId) -> Thing {
    let row = &model.zones[zone];
    let drawn = Drawn::new(Shape::Network, &row.label).line(pick(picture.lang, "すべての機器", "everything on it"));
    let segment = row.segment;
    let cluster = segment.and_then(|s| boxes.of(Home::Network(s, zone)).or_else(|| boxes.of(Home::Segment(s))));
    picture.node(match cluster {
        Some(cluster) => drawn.within(cluster),
        None => drawn,
    })
}

/// In an aggregated picture networks are not told apart.
fn coarse(home: Home, aggregate: bool) -> Home {
    match home {
        Home::Network(segment, _) if aggregate => Home::Segment(segment),
        other => other,
    }
}

pub(super) fn single(model: &Model, id: NodeId, lang: Lang) -> Drawn {
    let node = &model.nodes[id];
    let (outline, more) = shape(node.kind, lang);
    let mut drawn = Drawn::new(outline, &node.label);
    drawn = match node.label == node.name {
        true => drawn.note(&node.name),
        false => drawn.line(with_address(model, node, &node.name)),
    };
    if node.label == node.name
        && let Some(address) = address(model, node)
    {
        drawn = drawn.line(address);
    }
    if let Some(word) = more.filter(|w| !node.label.contains(w)) {
        drawn = drawn.line(word);
    }
    if !node.controls.is_empty() {
        drawn = drawn.line(controls(&node.controls, lang)).note(node.controls.join(", "));
    }
    if node.count > 1 {
        drawn = drawn.count(u64::from(node.count));
    }
    drawn
}

fn group(model: &Model, members: &[NodeId], lang: Lang) -> Drawn {
    let rows = || members.iter().map(|n| &model.nodes[*n]);
    let total: u64 = rows().map(|n| u64::from(n.count)).sum();
    let what = rows().next().map_or(Kind::Mediator, |n| n.kind);
    let names: Vec<&str> = rows().map(|n| n.label.as_str()).collect();
    let line = match lang {
        Lang::Ja => format!("{} 種を集約", members.len()),
        Lang::En => format!("{} drawn as one", members.len()),
    };
    let drawn = Drawn::new(shape(what, lang).0, kind(what, lang)).line(line).count(total);
    drawn.note(names.join(pick(lang, "、", ", ")))
}

fn with_address(model: &Model, node: &Node, name: &str) -> String {
    match address(model, node) {
        Some(address) => format!("{name}  {address}"),
        None => name.to_owned(),
    }
}

/// The first address stated, in short.
fn address(model: &Model, node: &Node) -> Option<String> {
    if node.kind == Kind::Internet || node.faces.len() != 1 {
        return None;
    }
    node.faces.iter().find_map(|f| match &model.faces[*f].address {
        FaceAddress::Known(ranges) if ranges.len() == 1 => ranges.first().map(ToString::to_string),
        _ => None,
    })
}

/// Controls in short words, the first few.
fn controls(list: &[String], lang: Lang) -> String {
    let mut words: Vec<&str> = list.iter().map(|c| control(c, lang)).collect();
    words.dedup();
    let more = words.len().saturating_sub(CONTROLS);
    words.truncate(CONTROLS);
    let mut text = words.join(pick(lang, "・", ", "));
    if more > 0 {
        text.push_str(&match lang {
            Lang::Ja => format!(" 他{more}"),
            Lang::En => format!(" +{more}"),
        });
    }
    text
}

fn control(word: &str, lang: Lang) -> &str {
    let (ja, en) = match word {
        "Edr" => ("EDR", "EDR"),
        "Mfa" => ("多要素認証", "MFA"),
        "NoExport" => ("持出し制限", "no export"),
        "AntiVirus" => ("ウイルス対策", "antivirus"),
        "Encrypted" => ("暗号化", "encrypted"),
        "LogReview" => ("ログ監査", "log review"),
        "AssetAccessControl" => ("アクセス制御", "access control"),
        "VulnerabilityManagement" => ("脆弱性管理", "patching"),
        "TlsInspection" => ("TLS検査", "TLS inspection"),
        "Monitoring" => ("監視", "monitoring"),
        "NoCapture" => ("画面保存禁止", "no capture"),
        "FileInspection" => ("ファイル検査", "file inspection"),
        "DeviceRestriction" => ("端末制限", "device restriction"),
        "SecureContainer" => ("業務領域の分離", "secure container"),
        "BlockLog" => ("遮断ログ", "block log"),
        "Enterprise8021x" => ("802.1X", "802.1X"),
        "SessionRecording" => ("操作記録", "session recording"),
        "Backup" => ("バックアップ", "backup"),
        other if other.starts_with("EdrOf") => ("EDR", "EDR"),
        other => (other, other),
    };
    match lang {
        Lang::Ja => ja,
        Lang::En => en,
    }
}
