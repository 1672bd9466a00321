//! A path on the page: hop by hop, in the same sentences as in the text report.
//!
//! Not here: which path belongs to which finding.

use super::page::{Page, listed};
use crate::report::text::packet;
use crate::report::{PathReport, SessionReport, StepReport};

/// The names of all nodes on a path, in its order, for the diagram.
pub(super) fn nodes(path: &PathReport) -> String {
    let mut names: Vec<&str> = vec![&path.start.node];
    for step in &path.steps {
        if let Some(s) = &step.session {
            // The packet walks from who opens the session; the content may travel the other way.
            let devices = s.devices.iter().map(|d| d.name.as_str());
            if s.reply { names.extend(devices.rev()) } else { names.extend(devices) }
        }
        names.push(&step.to.node);
    }
    names.dedup();
    listed(names)
}

pub(super) fn path(page: &mut Page, path: &PathReport) {
    let count = match path.start.count {
        0 | 1 => String::new(),
        n => page.pick(&format!("({n} 台)"), &format!(" ({n} of them)")).to_owned(),
    };
    page.open("div", &[("class", "path")]);
    page.open("p", &[("class", "opening")]);
    page.say("b", &[], "経路: ", "Path: ");
    page.text(&format!("{}{count}", path.opening.get(page.lang)));
    page.close("p");
    page.open("ol", &[]);
    for s in &path.steps {
        step(page, s);
    }
    page.close("ol");
    page.close("div");
}

fn step(page: &mut Page, step: &StepReport) {
    page.open("li", &[]);
    page.text(step.text.get(page.lang));
    if !step.certain {
        page.out.push(' ');
        page.say("span", &[("class", "doubt")], "【未確定】", "[not certain]");
    }
    if let Some(s) = &step.session {
        session(page, s);
    } else if step.reason.is_some() || step.place.is_some() {
        page.open("p", &[("class", "fine")]);
        if let Some(reason) = &step.reason {
            page.say("span", &[], "根拠: ", "why: ");
            page.text(reason.get(page.lang));
        }
        page.place(step.place.as_ref());
        page.close("p");
    }
    page.close("li");
}

fn session(page: &mut Page, s: &SessionReport) {
    page.open("ul", &[("class", "fine")]);
    page.el("li", &[], &packet(page.lang, &s.sent));
    if s.devices.is_empty() {
        let zone = s.initiator.network.as_deref().unwrap_or_default();
        page.say("li", &[], &format!("同じネットワーク {zone} の中"), &format!("inside the network {zone}"));
    }
    for d in &s.devices {
        page.item(&d.passage(), Some(&d.place));
    }
    if s.delivered != s.sent {
        let text = packet(page.lang, &s.delivered);
        page.say("li", &[], &format!("届くときのパケット: {text}"), &format!("packet on arrival: {text}"));
    }
    if let Some(c) = &s.communication {
        page.say("li", &[], &format!("宣言された通信: {c}"), &format!("declared communication: {c}"));
    }
    page.close("ul");
}
