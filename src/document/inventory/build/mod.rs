//! An inventory built out as one of the five models: the text of a drawing, for the normal reader.
//!
//! It follows the reference drawings in `models/`. What a model provides for (screen transfer, sanitiser, security cloud,
//! …) is drawn where a needed task asks for it; how well it is set up, only as far as the inventory says. What is unknown
//! is drawn as unknown. The same inventory gives the same bytes. Not here: whether the drawing is any good.

mod border;
mod declared;
mod exit;
mod my_number;
mod office;
mod place;
mod remote;
mod text;

use super::{Inventory, Work};
use crate::model::SeparationModel;
use place::{Home, Plan};
use text::{Filter, names, quoted};

/// The text of the drawing of an inventory under a model.
#[must_use]
pub fn drawing(inventory: &Inventory, model: SeparationModel) -> String {
    let mut d = Draft::new(Plan { i: inventory, model });
    my_number::draw(&mut d);
    office::draw(&mut d);
    border::draw(&mut d);
    exit::draw(&mut d);
    remote::draw(&mut d);
    d.finish()
}

/// The parts of the list of nodes, in their order.
#[derive(Clone, Copy)]
enum Part {
    MyNumber,
    Lgwan,
    Backbone,
    Border,
    Internet,
    Exit,
    Remote,
}

const PARTS: [(&str, &str); 7] = [
    ("マイナンバー利用事務系", "My Number work"),
    ("LGWAN接続系", "the LGWAN segment"),
    ("LGWANと提供者", "the LGWAN and what is offered in it"),
    ("LGWANとインターネットの境界", "the border between LGWAN and the Internet segment"),
    ("インターネット接続系", "the Internet segment"),
    ("出口とクラウド", "the exit, and clouds"),
    ("庁外の端末", "terminals outside of the office"),
];

/// A drawing in the making.
struct Draft<'a> {
    p: Plan<'a>,
    segments: Vec<String>,
    networks: Vec<String>,
    nodes: [Vec<String>; PARTS.len()],
    media: Vec<String>,
    carry: Vec<String>,
    communications: Vec<String>,
    mn_fw: Filter,
    lg_fw: Filter,
    lgwan_fw: Filter,
    in_fw: Filter,
    exit: Filter,
    /// Who may reach what by the local breakout.
    breakout: Vec<(String, String)>,
}

impl<'a> Draft<'a> {
    fn new(p: Plan<'a>) -> Self {
        let mut d = Self {
            p,
            segments: Vec::new(),
            networks: Vec::new(),
            nodes: Default::default(),
            media: Vec::new(),
            carry: Vec::new(),
            communications: Vec::new(),
            mn_fw: Filter::new("mn-fw", "Firewall", &["mn", "lgw"], ", label: \"番号系境界FW\""),
            lg_fw: Filter::new("lg-fw", "Firewall", &["lg", "lg-srv", "lgw"], ", label: \"LGWAN系FW\""),
            lgwan_fw: Filter::new(
                "lgwan-fw",
                "LgwanFirewall",
                &["lgw", "lgb"],
                format!(", label: \"LGWAN接続FW\"{}", text::controls(&[(p.on("O-LOGS"), "BlockLog")])),
            ),
            in_fw: Filter::new(
                "in-fw",
                "Firewall",
                &["in", "in-srv"],
                format!(", label: \"インターネット系FW\"{}", text::controls(&[(p.on("C-MON-IN"), "Monitoring")])),
            ),
            exit: exit::device(p),
            breakout: Vec::new(),
        };
        // 特定通信の三つの限定には、機器とアドレスの固定が要る。 / The three limits need addresses bound to devices.
        let bound = if p.on("C-SPEC3") == Some(true) { ", binding: true" } else { "" };
        d.segment("mn", "MyNumber", "マイナンバー利用事務系", bound);
        d.segment("lg", "Lgwan", "LGWAN接続系", "");
        d.segment("lgb", "LgwanBackbone", "LGWAN", ", client_isolation: true");
        d.segment("in", "Internet", "インターネット接続系", "");
        d.networks.push(format!("\"lg-srv\": (segment: \"lg\", label: \"LGWAN系サーバ\"{bound}),"));
        d.networks.push("\"in-srv\": (segment: \"in\", label: \"インターネット系サーバ\"),".to_owned());
        d.networks.push("\"lgw\": (label: \"LGWAN接続ルータ前\"),".to_owned());
        d
    }

    fn segment(&mut self, name: &str, layer: &str, label: &str, more: &str) {
        self.segments.push(format!("\"{name}\": (layer: {layer}, label: \"{label}\"{more}),"));
    }

    fn node(&mut self, part: Part, line: impl Into<String>) {
        self.nodes[part as usize].push(line.into());
    }

    fn nodes(&mut self, part: Part, lines: Vec<String>) {
        self.nodes[part as usize].extend(lines);
    }

    /// A router or line of an office, or a device of which nobody knows what it passes.
    fn wire(&mut self, part: Part, name: &str, joins: &[&str], line: Option<crate::model::LineKind>, label: &str) {
        let joins: Vec<String> = joins.iter().map(|j| (*j).to_owned()).collect();
        let (joins, label) = (names(&joins), quoted(label));
        self.node(
            part,
            match line {
                Some(kind) => format!("\"{name}\": Line(joins: {joins}, line: {kind:?}, label: {label}),"),
                None => format!("\"{name}\": Firewall(joins: {joins}, label: {label}),  // 回線が書かれていない / the line is not stated"),
            },
        );
    }

    /// The whole text.
    fn finish(mut self) -> String {
        for (part, lines) in [
            (Part::MyNumber, if self.p.on("C-SPEC3").is_none() { self.mn_fw.unknown() } else { self.mn_fw.lines() }),
            (Part::Lgwan, self.lg_fw.lines()),
            (Part::Backbone, self.lgwan_fw.lines()),
            (Part::Internet, self.in_fw.lines()),
        ] {
            self.nodes(part, lines);
        }
        let joined = self.p.i.security_cloud.as_ref().and_then(|c| c.joined);
        let exit = if joined.is_none() { self.exit.unknown() } else { self.exit.lines() };
        self.nodes(Part::Exit, exit);
        let mut out = declared::head(self.p);
        let section = |out: &mut String, ja: &str, en: &str, field: &str, lines: &[String]| {
            if !lines.is_empty() {
                out.push_str(&format!("\n  // {ja} / {en}\n  {field}: {{\n"));
                lines.iter().for_each(|l| out.push_str(&format!("    {l}\n")));
                out.push_str("  },\n");
            }
        };
        section(
            &mut out,
            "セグメント。同じ名前のネットワークにもなる",
            "segments; each is a network, too",
            "segments",
            &self.segments,
        );
        section(
            &mut out,
            "ほかのネットワーク。segment のないものは機器だけ",
            "further networks; those without a segment hold devices only",
            "networks",
            &self.networks,
        );
        let mut nodes = Vec::new();
        for ((ja, en), lines) in PARTS.iter().zip(&self.nodes) {
            if !lines.is_empty() {
                nodes.push(format!("// {ja} / {en}"));
                nodes.extend(lines.iter().cloned());
            }
        }
        section(
            &mut out,
            "機器。台数と名前は現況表のもの",
            "machines and devices; numbers and names are those of the inventory",
            "nodes",
            &nodes,
        );
        section(&mut out, "人が運ぶ媒体", "media carried by people", "media", &self.media);
        if !self.carry.is_empty() {
            out.push_str("  carry: [\n");
            self.carry.iter().for_each(|l| out.push_str(&format!("    {l}\n")));
            out.push_str("  ],\n");
        }
        section(&mut out, "通信", "communications", "communications", &self.communications);
        section(
            &mut out,
            "対策。現況表のとおり",
            "controls, as the inventory states them",
            "measures",
            &declared::measures(self.p),
        );
        out.push_str(")\n");
        out
    }
}

/// The names of the terminals of groups.
fn terminals(groups: &[usize]) -> Vec<String> {
    groups.iter().map(|g| format!("pc-{}", g + 1)).collect()
}

impl Draft<'_> {
    /// The controls of a terminal outside of My Number work.
    fn terminal_controls(&self, edr: Option<bool>) -> String {
        let p = self.p;
        text::controls(&[
            (p.on("C-AV"), "AntiVirus"),
            (edr.or(p.on("C-EDR")), "Edr"),
            (p.on("C-VULN"), "VulnerabilityManagement"),
        ])
    }

    /// The controls of a server outside of My Number work.
    fn server_controls(&self, edr: Option<bool>) -> String {
        let p = self.p;
        text::controls(&[
            (p.on("C-AV"), "AntiVirus"),
            (edr.or(p.on("C-EDR")), "Edr"),
            (p.on("C-LOG-BIZ"), "LogReview"),
            (p.on("C-ACL-ASSET"), "AssetAccessControl"),
            (p.on("C-VULN"), "VulnerabilityManagement"),
        ])
    }

    /// Who works in LGWAN: the terminals themselves, or desktops that are shown.
    fn lgwan_side(&self, groups: &[usize]) -> Vec<String> {
        if self.p.outward() {
            groups.iter().filter(|&&g| self.p.lgwan_desktops(g) > 0).map(|g| format!("lgvdi-{}", g + 1)).collect()
        } else {
            let inside: Vec<usize> = groups.iter().copied().filter(|&g| self.p.home(g) == Home::Lgwan).collect();
            terminals(&inside)
        }
    }

    /// Who works in the Internet segment: the terminals themselves, or desktops that are shown.
    fn internet_side(&self, groups: &[usize]) -> Vec<String> {
        let mut list = Vec::new();
        for &g in groups {
            if self.p.home(g) == Home::Internet {
                list.push(format!("pc-{}", g + 1));
            } else if self.p.internet_desktops(g) > 0 {
                list.push(format!("invdi-{}", g + 1));
            }
        }
        if self.p.physical() && self.new_internet_terminals() > 0 {
            list.push("in-pc".to_owned());
        }
        list
    }

    /// How many terminals for the Internet have to be added where there are no wires between the segments.
    fn new_internet_terminals(&self) -> u32 {
        let p = self.p;
        if !p.physical() || !p.needs_internet() || !p.internet_only().is_empty() {
            return 0;
        }
        let wanted = p.groups(Work::Internet).into_iter().map(|g| {
            let t = &p.i.terminals[g];
            u64::from(t.internet_at_once.unwrap_or(t.count))
        });
        u32::try_from(wanted.sum::<u64>().min(100_000_000)).unwrap_or(100_000_000)
    }
}
