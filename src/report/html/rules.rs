//! Rules that are violated, undecided or excepted: what they ask, what was found, repair, who answers.
//!
//! Not here: the register of exceptions, and rules that hold (`register`, `appendix`).

use super::begin;
use super::findings::{anchor, show};
use super::page::Page;
use super::path::{self, nodes};
use super::words::{self, slug};
use crate::report::rulewords;
use crate::report::{PathReport, Report, RuleEvidence, RuleReport, RuleStatus};

/// The anchor of a rule; a pack may have given it any name.
pub(super) fn rule_anchor(rule: &RuleReport, at: usize) -> String {
    slug(&rule.id).map_or_else(|| format!("rule.{at}"), |s| format!("rule-{s}"))
}

/// Ids of rules in a row, each a link to its card if it has one.
pub(super) fn linked<'i>(page: &mut Page, report: &Report, ids: impl Iterator<Item = &'i str>) {
    for (n, id) in ids.enumerate() {
        if n > 0 {
            page.text(page.pick("、", ", "));
        }
        let told = |r: &RuleReport| r.id == id && !matches!(r.status, RuleStatus::Holds | RuleStatus::NotApplicable);
        match report.rules.iter().position(told) {
            Some(at) => {
                let to = format!("#{}", rule_anchor(&report.rules[at], at));
                page.el("a", &[("href", &to)], id);
            }
            None => page.text(id),
        }
    }
}

fn with(report: &Report, status: RuleStatus) -> Vec<(usize, &RuleReport)> {
    let mut list: Vec<(usize, &RuleReport)> =
        report.rules.iter().enumerate().filter(|(_, r)| r.status == status).collect();
    let rank = |r: &RuleReport| rulewords::SEVERITIES.iter().position(|s| *s == r.severity);
    list.sort_by_key(|(at, r)| (rank(r).unwrap_or(usize::MAX), *at));
    list
}

pub(super) fn violated(page: &mut Page, report: &Report) {
    page.section("violated", "違反している規則", "Violated rules");
    cards(page, report, RuleStatus::Violated);
    page.close("section");
}

pub(super) fn undecided(page: &mut Page, report: &Report) {
    page.section("undecided", "未確定の規則", "Undecided rules");
    cards(page, report, RuleStatus::Undecided);
    page.close("section");
}

pub(super) fn cards(page: &mut Page, report: &Report, status: RuleStatus) {
    let list = with(report, status);
    if list.is_empty() {
        page.say("p", &[("class", "none")], "ありません。", "None.");
    }
    for (at, rule) in list {
        card(page, report, rule, at);
    }
}

fn card(page: &mut Page, report: &Report, rule: &RuleReport, at: usize) {
    let id = rule_anchor(rule, at);
    let class = format!("item card {}", rule.status.as_str());
    let way = match rule.findings.as_slice() {
        [only] => only.path.as_ref().map(nodes).unwrap_or_default(),
        _ => String::new(),
    };
    let mut attrs = vec![
        ("id", id.as_str()),
        ("class", class.as_str()),
        ("data-status", rule.status.as_str()),
        ("data-severity", rule.severity),
        ("tabindex", "-1"),
    ];
    if !way.is_empty() {
        attrs.push(("data-path", &way));
    }
    page.open("article", &attrs);
    page.open("h3", &[]);
    page.status(rule.status);
    page.text(" ");
    page.el("span", &[("class", "id")], &rule.id);
    page.text(" ");
    page.text(rule.statement.get(page.lang));
    page.close("h3");
    page.open("dl", &[("class", "facts")]);
    let severity = rulewords::severity(rule.severity).get(page.lang).to_owned();
    page.term("重大度", "severity", &severity);
    let kind = words::kind(rule.kind).get(page.lang).to_owned();
    page.term("種類", "kind", &kind);
    let who = page.who(&rule.responsible);
    page.term("責任", "responsible", &who);
    page.say("dt", &[], "根拠の確かさ", "how well it is known");
    page.open("dd", &[]);
    page.marks(&rule.evidence_marks);
    page.close("dd");
    own(page, rule);
    clauses(page, rule);
    page.close("dl");
    let why = rule.why.get(page.lang);
    if !why.is_empty() {
        page.open("p", &[("class", "fine")]);
        page.say("span", &[], "調べたこと: ", "looked at: ");
        page.text(rule.why.get(page.lang));
        page.close("p");
    }
    let several = rule.findings.len() > 1;
    for (n, evidence) in rule.findings.iter().enumerate() {
        finding(page, report, evidence, &format!("{id}-{}", n + 1), several.then_some(n + 1));
    }
    if let [only] = rule.findings.as_slice()
        && only.path.is_some()
    {
        show(page, &id, &way);
    }
    if !rule.open.is_empty() {
        page.say("h4", &[], "図面に書くこと", "What to state in the drawing");
        page.open("ul", &[]);
        for o in &rule.open {
            page.item(&o.text, o.place.as_ref());
        }
        page.close("ul");
    }
    begin::goes_through(page, report, |c| rule.status == RuleStatus::Violated && c.rules.contains(&rule.id));
    page.open("p", &[("class", "repair")]);
    page.say("b", &[], "一般的な直し方: ", "Usual repair: ");
    page.text(rule.repair.get(page.lang));
    page.close("p");
    page.close("article");
}

fn clauses(page: &mut Page, rule: &RuleReport) {
    if rule.clauses.is_empty() {
        return;
    }
    page.say("dt", &[("class", "clause")], "条項(要約)", "clauses (paraphrased)");
    for (code, text) in &rule.clauses {
        page.open("dd", &[("class", "clause")]);
        page.el("span", &[("class", "id")], code);
        if let Some(text) = text {
            page.text(" ");
            page.text(text.get(page.lang));
        }
        page.close("dd");
    }
}

/// That a rule is the designer's own has to be seen wherever it is told.
pub(super) fn own(page: &mut Page, rule: &RuleReport) {
    let Some(own) = &rule.own else { return };
    page.say("dt", &[], "独自の規則", "rule of one's own");
    page.open("dd", &[]);
    let pack = &own.pack;
    let text = match own.overrides {
        true => page
            .pick(
                &format!("規則集「{pack}」が標準の規則を置き換えています"),
                &format!("the pack \"{pack}\" replaces the shipped rule"),
            )
            .to_owned(),
        false => page.pick(&format!("規則集「{pack}」の規則"), &format!("from the pack \"{pack}\"")).to_owned(),
    };
    page.text(&text);
    page.place(Some(&own.place));
    page.close("dd");
}

/// The finding of a check that is told with the same path, so that it is not told twice.
fn told_as(report: &Report, path: &PathReport) -> Option<usize> {
    let same = |&(i, j): &(usize, usize)| report.checks[i].evidence[j].path == *path;
    report.findings.iter().find(|f| f.parts.first().is_some_and(same)).map(|f| f.number)
}

fn finding(page: &mut Page, report: &Report, evidence: &RuleEvidence, id: &str, number: Option<usize>) {
    let way = evidence.path.as_ref().map(nodes).unwrap_or_default();
    let mut attrs = vec![("class", "found"), ("id", id)];
    if number.is_some() && !way.is_empty() {
        attrs.push(("data-path", &way));
    }
    page.open("div", &attrs);
    page.open("p", &[("class", "fact")]);
    if let Some(n) = number {
        page.el("b", &[], &format!("({n}) "));
    }
    page.text(evidence.text.get(page.lang));
    if !evidence.certain {
        page.out.push(' ');
        page.say("span", &[("class", "doubt")], "【未確定】", "[not certain]");
    }
    page.place(evidence.place.as_ref());
    if let Some(n) = evidence.path.as_ref().and_then(|p| told_as(report, p)) {
        page.text(page.pick("。経路は指摘 ", ". The path is told with "));
        let name = page.pick(&n.to_string(), &format!("finding {n}")).to_owned();
        page.el("a", &[("href", &format!("#{}", anchor(n)))], &name);
        page.text(page.pick(" で述べています。", "."));
    }
    page.out.push(' ');
    mark(page, evidence);
    page.close("p");
    if let Some(exception) = evidence.exception.and_then(|i| report.exceptions.get(i)) {
        page.open("p", &[]);
        page.status(RuleStatus::Excepted);
        let until = exception.until.as_deref().unwrap_or("—");
        page.say(
            "span",
            &[],
            &format!(" 例外 {}(期限 {until})が覆っています", exception.id),
            &format!(" covered by exception {} (until {until})", exception.id),
        );
        page.close("p");
    }
    if number.is_some() {
        show(page, id, &way);
    }
    if let Some(path) = &evidence.path
        && told_as(report, path).is_none()
    {
        path::path(page, path);
    }
    page.close("div");
}

/// How common it is, and the mark that stays.
fn mark(page: &mut Page, evidence: &RuleEvidence) {
    page.open("span", &[("class", "fine")]);
    let (origins, targets) = evidence.faces;
    if origins > 0 {
        let text = page
            .pick(
                &format!("出どころ {origins}、届き先 {targets}。"),
                &format!("{origins} origins, {targets} targets. "),
            )
            .to_owned();
        page.text(&text);
    }
    page.text(page.pick("指摘の印 ", "fingerprint "));
    page.el("code", &[], &evidence.fingerprint);
    page.close("span");
}
