//! Terminals outside of the office: the screen of an office terminal in α and α′, a full tunnel in β and β′.
//!
//! Physical separation has no way for them: they are drawn, and reach nothing.

use super::super::{TeleworkKind, Work};
use super::place::Plan;
use super::text::{Filter, controls, names};
use super::{Draft, Part};
use crate::model::LineKind;

/// The remote terminal, if there is one.
pub(super) fn terminal(p: Plan<'_>) -> Option<String> {
    p.i.telework.as_ref().filter(|t| t.count > 0).map(|_| "rt-pc".to_owned())
}

pub(super) fn draw(d: &mut Draft<'_>) {
    let p = d.p;
    let Some(t) = p.i.telework.clone() else { return unknown(d) };
    if t.count == 0 {
        return;
    }
    d.segment("remote", "Remote", "庁外端末", "");
    let owner = match t.kind {
        Some(TeleworkKind::Loaned) => ", owner: Body",
        Some(TeleworkKind::Private) => ", owner: Personal",
        None => "",
    };
    let list = controls(&[
        (p.on("C-MFA-RA"), "Mfa"),
        (p.on("C-EDR"), "Edr"),
        (p.on("C-AV"), "AntiVirus"),
        (p.on("C-ENC"), "Encrypted"),
    ]);
    d.node(
        Part::Remote,
        format!("\"rt-pc\": Terminal(at: \"remote\", count: {}, label: \"テレワーク端末\"{owner}{list}),", t.count),
    );
    if p.physical() {
        return;
    }
    let rt = ["rt-pc".to_owned()];
    let closed = t.line == Some(LineKind::ClosedMobile);
    let ours = closed || !super::exit::joined(p);
    let entry = if closed { "sim" } else { "remote" };
    if closed {
        d.networks.push("\"sim\": (label: \"閉域モバイル着信\"),".to_owned());
        d.wire(Part::Remote, "sim-line", &["remote", "sim"], t.line, "閉域SIM");
    }
    let mfa = if p.on("C-MFA-RA") == Some(true) { ", mfa: (enrolled: \"rt-pc\")" } else { "" };
    let part_of = if ours { "" } else { ", part_of: \"psc\"" };
    let more = format!(", label: \"リモートアクセス装置\"{part_of}{mfa}");
    let mut vpn;
    if p.outward() {
        vpn = Filter::new("vpn", "VpnGateway", &[entry, "in", "in-srv"], more);
        if super::exit::has_proxy(d) {
            vpn.permit(&rt, &["proxy.inside".to_owned()], "tcp 8080", "外へは県の出口から");
        }
        let servers: Vec<String> = at_in_srv(d);
        vpn.permit(&rt, &servers, "tcp 443", "庁内の業務");
    } else {
        let office = d.lgwan_side(&p.groups(Work::Internal));
        if office.is_empty() {
            return;
        }
        d.networks.push("\"dmz-ra\": (label: \"リモートアクセスDMZ\"),".to_owned());
        vpn = Filter::new("vpn", "VpnGateway", &[entry, "dmz-ra"], more);
        vpn.permit(&rt, &["sgw-ra.viewer".to_owned()], "tcp 443", "庁内の端末の画面");
        let redirect = super::border::redirect(d);
        d.node(
            Part::Remote,
            format!(
                "\"sgw-ra\": ScreenGateway(viewer: \"dmz-ra\", desktop: \"dmz-lg\", clients: \"rt-pc\", servers: {}, label: \"テレワーク画面転送\"{redirect}),",
                names(&office)
            ),
        );
        d.lg_fw.permit(&["sgw-ra.desktop".to_owned()], &office, "tcp 3389", "テレワーク");
    }
    let lines = if p.on("C-MFA-RA").is_none() { vpn.unknown() } else { vpn.lines() };
    d.nodes(Part::Remote, lines);
    let beside = match p.on("C-RA") {
        Some(true) => None,
        // 条件を満たさないリモートアクセス: 端末がそのまま外へ出る。
        Some(false) => Some("\"rt-out\": Router(joins: [\"remote\", \"ext\"], label: \"端末からの直接の出口\"),"),
        None => Some(
            "\"rt-out\": Firewall(joins: [\"remote\", \"ext\"], label: \"端末からの直接の出口\"),  // あるかどうか書かれていない / not stated whether it is there",
        ),
    };
    beside.into_iter().for_each(|line| d.node(Part::Remote, line));
}

/// Nobody said whether there is telework: there may be, by whatever way.
fn unknown(d: &mut Draft<'_>) {
    d.segment("remote", "Remote", "庁外端末", "");
    let home = if d.p.outward() { "in" } else { "lg" };
    d.node(Part::Remote, "\"rt-pc\": Terminal(at: \"remote\", label: \"テレワーク端末(現況表にない)\"),");
    d.node(
        Part::Remote,
        format!("\"vpn\": Firewall(joins: [\"remote\", \"{home}\"], label: \"庁外からの入口\"),  // あるかどうか書かれていない / not stated whether there is one"),
    );
}

/// Servers of the Internet segment that are worked with from outside.
fn at_in_srv(d: &Draft<'_>) -> Vec<String> {
    let lines = d.nodes.iter().flatten().filter(|l| l.contains("Server(at: \"in-srv\""));
    let names: Vec<String> = lines.filter_map(|l| l.split('"').nth(1).map(str::to_owned)).collect();
    names
}
