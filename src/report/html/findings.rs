//! Findings of checks: forbidden paths, open ones, required flows; each told with its picture.
//!
//! Not here: rules of the guideline (`rules`), and how a path is told (`path`).

use super::HtmlInput;
use super::begin;
use super::page::Page;
use super::path::{self, nodes};
use super::words::of_check;
use crate::diagnostic::Text;
use crate::model::{Lens, Status};
use crate::report::words::carried;
use crate::report::{CheckKind, CheckReport, Evidence, Finding, Report, RuleStatus, typed};

fn is_flow(report: &Report, finding: &Finding) -> bool {
    matches!(report.checks[finding.check].kind, CheckKind::Require(..))
}

pub(super) fn violated(page: &mut Page, report: &Report, input: &HtmlInput) {
    page.section("forbidden", "禁止された経路", "Forbidden paths");
    let wanted = |f: &Finding| f.status == Status::Violated && !is_flow(report, f);
    none(page, report.findings.iter().any(wanted));
    list(page, report, input, wanted);
    page.close("section");
}

pub(super) fn undecided(page: &mut Page, report: &Report, input: &HtmlInput) {
    page.section("open", "図面からは決められない検査", "Checks that the drawing does not decide");
    let wanted = |f: &Finding| f.status == Status::Undecided && !is_flow(report, f);
    let empty: Vec<&CheckReport> = report.checks.iter().filter(|c| c.status == Status::Vacuous).collect();
    none(page, !empty.is_empty() || report.findings.iter().any(wanted));
    list(page, report, input, wanted);
    if !empty.is_empty() {
        page.say("h3", &[], "何も言えない検査(相手がいません)", "Checks about nothing");
        page.open("ul", &[]);
        for c in empty {
            page.item(&Text::new(c.name.clone(), c.name.clone()), c.place.as_ref());
        }
        page.close("ul");
    }
    page.close("section");
}

pub(super) fn flows(page: &mut Page, report: &Report, input: &HtmlInput) {
    page.section("flows", "必要な通信", "Required flows");
    let all: Vec<&CheckReport> = report.checks.iter().filter(|c| matches!(c.kind, CheckKind::Require(..))).collect();
    if all.is_empty() {
        page.say("p", &[], "必要な通信は図面に書かれていません。", "The drawing requires no flow.");
    } else {
        page.table(
            "flows",
            ("図面が求める通信", "Flows that the drawing requires"),
            &[
                ("名前", "name"),
                ("どこから", "from"),
                ("どこへ", "to"),
                ("何が", "what"),
                ("条件", "condition"),
                ("状態", "status"),
            ],
        );
        for c in &all {
            let CheckKind::Require(k, via) = &c.kind else { continue };
            page.open("tr", &[]);
            page.head(&c.name);
            page.told("td", &[], &c.from);
            page.told("td", &[], &c.to);
            page.told("td", &[], &carried(Lens::Direct, *k));
            let via = if via.is_empty() { "—".to_owned() } else { page.joined(via) };
            page.cell(&via);
            page.open("td", &[]);
            page.status(of_check(c.status));
            page.close("td");
            page.close("tr");
        }
        page.end_table();
        list(page, report, input, |f| is_flow(report, f));
    }
    page.close("section");
}

fn none(page: &mut Page, any: bool) {
    if !any {
        page.say("p", &[("class", "none")], "ありません。", "None.");
    }
}

fn list(page: &mut Page, report: &Report, input: &HtmlInput, wanted: impl Fn(&Finding) -> bool) {
    for (at, finding) in report.findings.iter().enumerate().filter(|(_, f)| wanted(f)) {
        card(page, report, finding, input.finding_svgs.get(at).and_then(Option::as_deref));
    }
}

/// The anchor of a finding.
pub(super) fn anchor(number: usize) -> String {
    format!("finding-{number}")
}

fn card(page: &mut Page, report: &Report, finding: &Finding, svg: Option<&str>) {
    let check = &report.checks[finding.check];
    let status = of_check(finding.status);
    let parts: Vec<(&CheckReport, &Evidence)> =
        finding.parts.iter().map(|&(i, j)| (&report.checks[i], &report.checks[i].evidence[j])).collect();
    let way = parts.first().map(|(_, e)| nodes(&e.path)).unwrap_or_default();
    let id = anchor(finding.number);
    let class = format!("item card {}", status.as_str());
    let mut attrs = vec![
        ("id", id.as_str()),
        ("class", class.as_str()),
        ("data-status", status.as_str()),
        ("data-severity", "none"),
        ("tabindex", "-1"),
    ];
    if !way.is_empty() {
        attrs.push(("data-path", &way));
    }
    page.open("article", &attrs);
    page.open("h3", &[]);
    page.status(status);
    page.text(&format!(" {} {}: ", page.pick("指摘", "Finding"), finding.number));
    page.text(finding.title.get(page.lang));
    page.close("h3");
    page.open("p", &[("class", "fine")]);
    page.text(page.pick("検査: ", "check: "));
    page.text(&check.name);
    page.place(check.place.as_ref());
    page.close("p");
    show(page, &id, &way);
    crossing(page, &parts);
    if let Some(svg) = svg {
        page.open("figure", &[("class", "part")]);
        page.out.push_str(svg);
        let n = finding.number;
        page.say("figcaption", &[], &format!("指摘 {n} の経路"), &format!("the path of finding {n}"));
        page.close("figure");
    }
    if let Some((first, others)) = parts.split_first() {
        path::path(page, &first.1.path);
        more(page, others);
    }
    missing(page, check, finding);
    open(page, &parts, check, status);
    begin::goes_through(page, report, |c| c.findings.contains(&finding.number));
    if !finding.advice.is_empty() {
        page.say("h4", &[], "直すために見る所", "Where to look for a repair");
        if !matches!(check.kind, CheckKind::Matrix | CheckKind::Require(..)) {
            page.say(
                "p",
                &[("class", "fine")],
                "どれかを塞ぐとこの経路は切れます。別の経路が残ることはあります。",
                "Closing any of these ends this path; others may remain.",
            );
        }
        page.open("ul", &[]);
        for a in &finding.advice {
            page.item(&a.text, a.place.as_ref());
        }
        page.close("ul");
    }
    page.close("article");
}

/// A button that shows a path in the diagram; hidden where no script makes it work.
pub(super) fn show(page: &mut Page, id: &str, way: &str) {
    if !way.is_empty() {
        page.say(
            "button",
            &[("type", "button"), ("class", "show"), ("data-for", id), ("hidden", "")],
            "図で経路を示す",
            "Show the path in the diagram",
        );
    }
}

/// What passes, direction by direction, and how common it is.
fn crossing(page: &mut Page, parts: &[(&CheckReport, &Evidence)]) {
    if !parts.first().is_some_and(|(c, _)| c.kind == CheckKind::Matrix) {
        return;
    }
    page.say("h4", &[], "通るもの", "What crosses");
    page.open("ul", &[("class", "crosses")]);
    for (check, e) in parts {
        let k = carried(Lens::Direct, e.carrier);
        let (o, t) = (e.origins, e.targets);
        let common = match o > 1 || t > 1 {
            true => (format!("(出どころ {o}、届き先 {t})"), format!(" ({o} origins, {t} targets)")),
            false => Default::default(),
        };
        page.say(
            "li",
            &[],
            &format!("{} → {}: {}{}", check.from.ja, check.to.ja, k.ja, common.0),
            &format!("{} → {}: {}{}", check.from.en, check.to.en, k.en, common.1),
        );
    }
    page.close("ul");
}

/// The other paths of the finding, each in one line; the first is told in full.
fn more(page: &mut Page, others: &[(&CheckReport, &Evidence)]) {
    let others: Vec<_> = others.iter().filter(|(c, _)| c.kind != CheckKind::Matrix).collect();
    if others.is_empty() {
        return;
    }
    page.say("h4", &[], "ほかの経路", "Other paths");
    page.open("ul", &[]);
    for (check, e) in others {
        let lens = match check.kind {
            CheckKind::Forbid(lens, _) => lens,
            _ => Lens::Direct,
        };
        let mut names: Vec<&str> = vec![&e.path.start.name];
        names.extend(e.path.steps.iter().map(|s| s.to.name.as_str()));
        names.dedup();
        let (way, k) = (names.join(" → "), carried(lens, e.carrier));
        page.say("li", &[], &format!("{way}(最後は{})", k.ja), &format!("{way} (ends with {})", k.en));
    }
    page.close("ul");
}

/// A required flow: who lacks it, and what stands in the way.
fn missing(page: &mut Page, check: &CheckReport, finding: &Finding) {
    if !finding.parts.is_empty() || check.missing.is_empty() {
        return;
    }
    page.say("h4", &[], "通らないもの", "Who lacks it");
    page.open("ul", &[]);
    for m in &check.missing {
        page.open("li", &[]);
        let name = m.member.called();
        let count = if m.member.count > 1 { format!(" ×{}", m.member.count) } else { String::new() };
        let said = if m.possible {
            page.pick("通るかもしれないが、確かではない", "possible, but not certain")
        } else {
            page.pick("通らない", "does not pass")
        };
        page.text(&format!("{name}{count}: {said}"));
        if !m.obstacles.is_empty() {
            page.open("ul", &[]);
            for o in &m.obstacles {
                page.item(&o.text, o.place.as_ref());
            }
            page.close("ul");
        }
        if !m.trace.is_empty() {
            page.text(page.pick(" パケットを追う: ", " Follow a packet: "));
            page.el("code", &[], &typed(&m.trace));
        }
        page.close("li");
    }
    page.close("ul");
}

/// What has to be stated, each sentence once.
fn open(page: &mut Page, parts: &[(&CheckReport, &Evidence)], check: &CheckReport, status: RuleStatus) {
    let certain = parts.iter().any(|(_, e)| e.path.certain);
    if certain || parts.is_empty() && status != RuleStatus::Undecided && check.open.is_empty() {
        return;
    }
    page.say("h4", &[], "図面に書くこと", "What to state in the drawing");
    let mut list: Vec<_> = parts.iter().flat_map(|(c, _)| &c.open).collect();
    if parts.is_empty() {
        list.extend(&check.open);
    }
    let mut said: Vec<&Text> = Vec::new();
    page.open("ul", &[]);
    for o in list {
        if !said.contains(&&o.text) {
            said.push(&o.text);
            page.item(&o.text, o.place.as_ref());
        }
    }
    if said.is_empty() {
        page.say(
            "li",
            &[],
            "【未確定】の手順で使うアドレス、経路(routes)、既定の動作(default)のどれか。または、要求と応答が別の道を通ること",
            "an address, a route or a default used by the steps marked [not certain], or an answer that goes another way than its request",
        );
    }
    page.close("ul");
}
