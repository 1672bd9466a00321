//! One finding as text: what crosses, the path step by step, where to look.

use super::{Look, Page};
use crate::diagnostic::{Lang, Text};
use crate::model::{Carrier, Lens, Status};
use crate::report::names::PacketReport;
use crate::report::words::carried;
use crate::report::{
    CheckKind, CheckReport, DeviceReport, Evidence, Finding, PathReport, Report, SessionReport, StepReport, typed,
};

/// How many of the members that lack a flow are named without `--verbose`.
const MEMBERS: usize = 5;

pub(super) fn finding(page: &mut Page, report: &Report, finding: &Finding) {
    let look = if finding.status == Status::Violated { Look::Bad } else { Look::Open };
    let sign = format!("{}. ", finding.number);
    let title = finding.title.get(page.style.lang).to_owned();
    page.hanging(look, 0, &sign, &title);
    let check = &report.checks[finding.check];
    if let CheckKind::Require(..) = check.kind {
        return flow(page, check, finding);
    }
    let parts: Vec<(&CheckReport, &Evidence)> =
        finding.parts.iter().map(|&(i, j)| (&report.checks[i], &report.checks[i].evidence[j])).collect();
    let Some((first, others)) = parts.split_first() else { return };
    if let Some(place) = &check.place {
        let text = page.pick(&format!("検査「{}」", check.name), &format!("check \"{}\"", check.name));
        page.placed(Look::Faint, 3, "", &text, Some(place.to_string()));
    }
    crossing(page, &parts);
    path(page, lens(check), &first.1.path);
    more(page, check, others);
    open(page, &parts);
    advice(page, check, finding);
}

fn lens(check: &CheckReport) -> Lens {
    match check.kind {
        CheckKind::Forbid(lens, _) => lens,
        _ => Lens::Direct,
    }
}

/// What passes, direction by direction, and how common it is.
fn crossing(page: &mut Page, parts: &[(&CheckReport, &Evidence)]) {
    if !matches!(parts[0].0.kind, CheckKind::Matrix) {
        return;
    }
    let lang = page.style.lang;
    let mut ways: Vec<(String, Vec<String>, usize, usize)> = Vec::new();
    for (check, e) in parts {
        let way = format!("{} → {}", check.from.get(lang), check.to.get(lang));
        let k = carried(Lens::Direct, e.carrier).get(lang).to_owned();
        match ways.iter_mut().find(|(w, ..)| *w == way) {
            Some((_, carriers, origins, targets)) => {
                carriers.push(k);
                *origins = (*origins).max(e.origins);
                *targets = (*targets).max(e.targets);
            }
            None => ways.push((way, vec![k], e.origins, e.targets)),
        }
    }
    let comma = page.pick("、", ", ");
    for (i, (way, carriers, origins, targets)) in ways.into_iter().enumerate() {
        let sign = if i == 0 { page.pick("通るもの: ", "crossing: ") } else { " ".repeat(10) };
        let common = if origins > 1 || targets > 1 {
            page.pick(
                &format!("(出どころ {origins}、届き先 {targets})"),
                &format!(" ({origins} origins, {targets} targets)"),
            )
        } else {
            String::new()
        };
        page.hanging(Look::Plain, 3, &sign, &format!("{way}  {}{common}", carriers.join(&comma)));
    }
}

pub(in crate::report) fn path(page: &mut Page, lens: Lens, path: &PathReport) {
    let lang = page.style.lang;
    let count = group(page, path.start.count);
    let opening = format!("{}{count}", path.opening.get(lang));
    let sign = page.pick("経路: ", "path: ");
    page.hanging(Look::Plain, 3, &sign, &opening);
    for (i, step) in path.steps.iter().enumerate() {
        self::step(page, lens, i + 1, step);
    }
}

fn group(page: &Page, count: u32) -> String {
    if count > 1 { page.pick(&format!("({count} 台)"), &format!(" ({count} of them)")) } else { String::new() }
}

fn step(page: &mut Page, lens: Lens, number: usize, step: &StepReport) {
    let lang = page.style.lang;
    let sign = format!("{number}) ");
    let doubt = if step.certain { String::new() } else { page.pick("【未確定】", " [not certain]") };
    let text = format!("{}{doubt}", step.text.get(lang));
    page.hanging(Look::Plain, 5, &sign, &text);
    if let Some(session) = &step.session {
        self::session(page, session);
    } else if let Some(reason) = &step.reason {
        let text = page.pick(&format!("根拠: {}", reason.ja), &format!("why: {}", reason.en));
        page.placed(Look::Faint, 8, "", &text, step.place.as_ref().map(ToString::to_string));
    } else if step.kind == "same-machine"
        || lens == Lens::Attack && step.kind == "pivot" && step.carrier == Carrier::Own
    {
        page.placed(Look::Faint, 8, "", "", step.place.as_ref().map(ToString::to_string));
    }
}

fn session(page: &mut Page, s: &SessionReport) {
    let lang = page.style.lang;
    page.line(Look::Faint, 8, &packet(page.style.lang, &s.sent));
    if s.devices.is_empty() {
        let zone = s.initiator.network.as_deref().unwrap_or_default();
        let text = page.pick(&format!("同じネットワーク {zone} の中"), &format!("inside the network {zone}"));
        page.line(Look::Faint, 8, &text);
    }
    for d in &s.devices {
        device(page, d);
    }
    if s.delivered != s.sent {
        let text = s.delivered.text().get(lang).to_owned();
        let text = format!("{}: {text}", page.pick("届くときのパケット", "packet on arrival"));
        page.line(Look::Faint, 8, &text);
    }
    if let Some(c) = &s.communication {
        let text = format!("{}: {c}", page.pick("宣言された通信", "declared communication"));
        page.line(Look::Faint, 8, &text);
    }
}

/// The packet; its source port only if it is not any port of a client.
pub(in crate::report) fn packet(lang: Lang, p: &PacketReport) -> String {
    let text = p.text().get(lang).to_owned();
    match (p.source_port, lang) {
        (Some(port), Lang::Ja) if port < 1024 => format!("{text}(送信元ポート {port})"),
        (Some(port), Lang::En) if port < 1024 => format!("{text} (from port {port})"),
        _ => text,
    }
}

pub(super) fn device(page: &mut Page, d: &DeviceReport) {
    let text = d.passage().get(page.style.lang).to_owned();
    page.placed(Look::Faint, 8, "", &text, Some(d.place.to_string()));
}

/// The other paths of the finding: in full with `--verbose`, else one line each, none of them hidden.
fn more(page: &mut Page, check: &CheckReport, others: &[(&CheckReport, &Evidence)]) {
    if matches!(check.kind, CheckKind::Matrix) && !page.style.verbose {
        return;
    }
    let lang = page.style.lang;
    for (_, e) in others {
        let k = carried(lens(check), e.carrier).get(lang).to_owned();
        if page.style.verbose {
            let text = page.pick(&format!("最後に{k}が届く経路:"), &format!("the path that ends with {k}:"));
            page.line(Look::Plain, 3, &text);
            path(page, lens(check), &e.path);
            continue;
        }
        let mut names: Vec<&str> = vec![&e.path.start.name];
        for step in &e.path.steps {
            if names.last() != Some(&step.to.name.as_str()) {
                names.push(&step.to.name);
            }
        }
        let text = format!("{} {}", names.join(" → "), page.pick(&format!("(最後は{k})"), &format!("(ends with {k})")));
        let sign = page.pick("ほかの経路: ", "another path: ");
        page.hanging(Look::Plain, 3, &sign, &text);
    }
}

/// What has to be clarified for an undecided finding.
fn open(page: &mut Page, parts: &[(&CheckReport, &Evidence)]) {
    if parts.iter().any(|(_, e)| e.path.certain) {
        return;
    }
    let heading = page.pick("図面に書かれていないこと:", "what the drawing does not state:");
    page.line(Look::Plain, 3, &heading);
    let mut said: Vec<&Text> = Vec::new();
    for open in parts.iter().flat_map(|(c, _)| &c.open) {
        if !said.contains(&&open.text) {
            said.push(&open.text);
            let text = open.text.get(page.style.lang).to_owned();
            page.placed(
                Look::Plain,
                5,
                "- ",
                &text,
                open.place.as_ref().map(|p| format!("{} {p}", page.pick("書く場所", "to be stated at"))),
            );
        }
    }
    if said.is_empty() {
        let text = page.pick(
            "【未確定】の手順で使うアドレス、経路(routes)、既定の動作(default)のどれか。または、要求と応答が別の道を通ること",
            "an address, a route or a default used by the steps marked [not certain], or an answer that goes another way than its request",
        );
        page.hanging(Look::Plain, 5, "- ", &text);
    }
}

fn advice(page: &mut Page, check: &CheckReport, finding: &Finding) {
    if finding.advice.is_empty() {
        return;
    }
    let heading = match check.kind {
        CheckKind::Matrix => page.pick("見る所:", "where to look:"),
        _ => page.pick(
            "見る所(どれかを塞ぐとこの経路は切れます。別の経路が残ることはあります):",
            "where to look (closing any of these ends this path; others may remain):",
        ),
    };
    page.line(Look::Plain, 3, &heading);
    for a in &finding.advice {
        let text = a.text.get(page.style.lang).to_owned();
        page.placed(Look::Plain, 5, "- ", &text, a.place.as_ref().map(ToString::to_string));
    }
}

/// A required flow: who lacks it, and what stands in the way.
fn flow(page: &mut Page, check: &CheckReport, finding: &Finding) {
    let lang = page.style.lang;
    if let CheckKind::Require(_, via) = &check.kind
        && !via.is_empty()
    {
        let text =
            page.pick(&format!("条件: 標識 {} を通る", via.join("、")), &format!("it has to pass: {}", via.join(", ")));
        page.line(Look::Plain, 3, &text);
    }
    let shown = if page.style.verbose { check.missing.len() } else { MEMBERS };
    for member in check.missing.iter().take(shown) {
        let name = format!("{}{}", member.member.called(), group(page, member.member.count));
        let text = match (member.possible, finding.status) {
            (true, _) => page.pick(
                &format!("{name}: 通るかもしれないが、確かではない"),
                &format!("{name}: possible, but not certain"),
            ),
            (false, _) => page.pick(&format!("{name}: 通らない"), &format!("{name}: does not pass")),
        };
        page.hanging(Look::Plain, 3, "- ", &text);
        for o in &member.obstacles {
            let text = o.text.get(lang).to_owned();
            page.placed(Look::Plain, 6, "", &text, o.place.as_ref().map(ToString::to_string));
        }
        if !member.trace.is_empty() {
            let sign = page.pick("パケットを追う: ", "follow a packet: ");
            page.command(6, &sign, &typed(&member.trace));
        }
    }
    let rest = check.missing.len().saturating_sub(shown);
    if rest > 0 {
        let text =
            page.pick(&format!("ほか {rest} 件(--verbose で表示)"), &format!("{rest} more (--verbose shows them)"));
        page.line(Look::Plain, 3, &text);
    }
    for o in &check.open {
        let text = o.text.get(lang).to_owned();
        page.placed(Look::Plain, 3, "? ", &text, o.place.as_ref().map(ToString::to_string));
    }
}
