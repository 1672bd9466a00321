//! Where to begin, and what is left to do before the audit: a page for whoever has to decide.
//!
//! Everything here is told in full in a section below and only points there. Not here: how the places were chosen
//! (`report::causes`).

use super::findings::anchor;
use super::page::Page;
use super::rules::linked;
use super::words::{self, slug};
use crate::diagnostic::Text;
use crate::report::{CauseReport, ControlReport, Report, RuleStatus};

/// So many things are named in one entry of the list; the rest is counted.
const NAMED: usize = 8;

/// The anchor of a cause.
pub(super) fn cause_anchor(at: usize) -> String {
    format!("cause-{}", at + 1)
}

/// The causes that a finding or a rule goes through, each a link with its number.
pub(super) fn goes_through(page: &mut Page, report: &Report, part: impl Fn(&CauseReport) -> bool) {
    let list: Vec<usize> = report.causes.iter().enumerate().filter(|(_, c)| part(c)).map(|(at, _)| at).collect();
    if list.is_empty() {
        return;
    }
    page.open("p", &[("class", "through")]);
    page.say("b", &[], "まず見る所: ", "Where to begin: ");
    for (n, &at) in list.iter().enumerate() {
        if n > 0 {
            page.text(page.pick("、", "; "));
        }
        let text = format!("({}) {}", at + 1, report.causes[at].text.get(page.lang));
        page.el("a", &[("href", &format!("#{}", cause_anchor(at)))], &text);
    }
    page.close("p");
}

pub(super) fn begin(page: &mut Page, report: &Report) {
    page.section("begin", "まず見る所", "Where to begin");
    if report.causes.is_empty() {
        page.say("p", &[("class", "none")], "違反はありません。", "Nothing is violated.");
        return page.close("section");
    }
    let n = report.causes.len();
    let (are, s) = if n == 1 { ("is", "") } else { ("are", "s") };
    page.say(
        "p",
        &[],
        &format!(
            "次の {n} か所で、この報告のすべての違反を説明できます。ここから見直してください。正しい仕事にも要る所は後に並べています。直したら、もう一度検査してください。"
        ),
        &format!(
            "The {n} place{s} below {are} enough to explain every violation of this report: begin there. What lawful work needs, too, comes last. Check again after a repair."
        ),
    );
    page.open("ol", &[("class", "causes")]);
    for (at, cause) in report.causes.iter().enumerate() {
        page.open("li", &[("id", &cause_anchor(at)), ("class", "cause")]);
        page.open("p", &[("class", "head")]);
        page.el("b", &[], &format!("({}) ", at + 1));
        page.told("b", &[], &cause.text);
        page.place(cause.place.as_ref());
        page.close("p");
        if !cause.findings.is_empty() {
            page.open("p", &[("class", "fine")]);
            page.text(page.pick("説明する指摘: ", "findings: "));
            for (n, number) in cause.findings.iter().enumerate() {
                if n > 0 {
                    page.text(page.pick("、", ", "));
                }
                page.el("a", &[("href", &format!("#{}", anchor(*number)))], &number.to_string());
            }
            page.close("p");
        }
        if !cause.rules.is_empty() {
            page.open("p", &[("class", "fine")]);
            page.text(page.pick("説明する規則: ", "rules: "));
            linked(page, report, cause.rules.iter().map(String::as_str));
            page.close("p");
        }
        page.close("li");
    }
    page.close("ol");
    page.close("section");
}

/// Mandatory or recommended controls with a status.
pub(super) fn controls(report: &Report, mandatory: bool, status: RuleStatus) -> Vec<&ControlReport> {
    report.controls.iter().filter(|c| c.mandatory == Some(mandatory) && c.status == status).collect()
}

/// The anchor of a control, where its name allows one.
pub(super) fn control_anchor(control: &ControlReport) -> Option<String> {
    slug(&control.id).map(|s| format!("control-{s}"))
}

pub(super) fn audit(page: &mut Page, report: &Report) {
    page.section("audit", "監査までにすること", "Before the audit");
    let before = page.out.len();
    page.open("ul", &[("class", "todo")]);
    let empty = page.out.len();
    let n = report.causes.len();
    entry(
        page,
        n,
        "#begin",
        (&format!("違反のもとを直す({n} か所)"), &format!("repair the places where violations begin ({n})")),
    );
    for (status, ja, en) in [
        (RuleStatus::Violated, "足りない必須の対策を入れる", "put the missing mandatory controls in place"),
        (
            RuleStatus::Undecided,
            "図面に記載のない必須の対策を確かめ、図面に書く",
            "find out about the mandatory controls that are not stated, and state them",
        ),
    ] {
        let list = controls(report, true, status);
        let (ja, en) = (format!("{ja}({} 件)", list.len()), format!("{en} ({})", list.len()));
        if entry_open(page, list.len(), "#controls", (&ja, &en)) {
            let names = list.iter().map(|c| (control_anchor(c), c.name.get(page.lang).to_owned()));
            let names: Vec<_> = names.collect();
            named(page, &names);
            page.close("li");
        }
    }
    let open = report.open_attributes();
    let (ja, en) = (
        format!("未確定の規則が待っていることを図面に書く({} 件)", open.len()),
        format!("state what undecided rules wait for ({})", open.len()),
    );
    if entry_open(page, open.len(), "#undecided", (&ja, &en)) {
        page.open("ul", &[]);
        for a in open.iter().take(NAMED) {
            page.open("li", &[]);
            page.text(a.open.text.get(page.lang));
            page.place(a.open.place.as_ref());
            page.text(" → ");
            linked(page, report, a.rules.iter().copied());
            page.close("li");
        }
        rest(page, open.len(), "li");
        page.close("ul");
        page.close("li");
    }
    let turns = report.turns.len();
    if entry_open(page, turns, "#turns", ("期日の前に手を打つ", "act before these days")) {
        page.open("ul", &[]);
        for turn in report.turns.iter().take(NAMED) {
            page.open("li", &[]);
            page.el("b", &[], &turn.on);
            page.text(page.pick(" から違反: ", " and later violated: "));
            linked(page, report, std::iter::once(turn.rule.as_str()));
            page.text(page.pick("。", "; "));
            page.text(turn.why.get(page.lang));
            page.close("li");
        }
        rest(page, turns, "li");
        page.close("ul");
        page.close("li");
    }
    let idle = report.idle_exceptions();
    let (ja, en) = (
        format!("有効でない例外を改めるか、取り下げる({} 件)", idle.len()),
        format!("renew or withdraw the exceptions that are not active ({})", idle.len()),
    );
    if entry_open(page, idle.len(), "#exceptions", (&ja, &en)) {
        let names: Vec<_> = idle
            .iter()
            .map(|e| (None, format!("{}({})", e.id, words::standing(e.standing).0.get(page.lang))))
            .collect();
        named(page, &names);
        page.close("li");
    }
    if page.out.len() == empty {
        page.out.truncate(before);
        page.say(
            "p",
            &[("class", "none")],
            "この報告から挙げられることはありません。",
            "This report has nothing to add here.",
        );
    } else {
        page.close("ul");
    }
    page.close("section");
}

/// An entry of the list, a link to its section; the caller closes it. Nothing where there is nothing to do.
fn entry_open(page: &mut Page, n: usize, to: &str, text: (&str, &str)) -> bool {
    if n > 0 {
        page.open("li", &[]);
        page.say("a", &[("href", to)], text.0, text.1);
    }
    n > 0
}

fn entry(page: &mut Page, n: usize, to: &str, text: (&str, &str)) {
    if entry_open(page, n, to, text) {
        page.close("li");
    }
}

/// Names in a row, links where they have an anchor.
fn named(page: &mut Page, names: &[(Option<String>, String)]) {
    page.text(": ");
    for (n, (to, name)) in names.iter().enumerate() {
        if n > 0 {
            page.text(page.pick("、", ", "));
        }
        match to {
            Some(to) => page.el("a", &[("href", &format!("#{to}"))], name),
            None => page.text(name),
        }
    }
}

fn rest(page: &mut Page, all: usize, tag: &'static str) {
    if all > NAMED {
        let n = all - NAMED;
        page.say(tag, &[], &format!("ほか {n} 件"), &format!("and {n} more"));
    }
}

/// How the controls that the model asks for stand: rules alone would comfort falsely.
pub(super) fn demanded(page: &mut Page, report: &Report) {
    let asked = |mandatory| report.controls.iter().filter(|c| c.mandatory == Some(mandatory)).count();
    if asked(true) + asked(false) == 0 {
        return;
    }
    let lacks = |mandatory: bool| {
        let of = |s| controls(report, mandatory, s).len();
        (of(RuleStatus::Violated), of(RuleStatus::Undecided))
    };
    let ((a, b), (c, d)) = (lacks(true), lacks(false));
    if a + b + c + d > 0 {
        page.open("p", &[("class", "notice")]);
        page.say(
            "b",
            &[],
            &format!(
                "規則の数のほかに、モデルが求める対策があります: 必須の {} 件のうち不足 {a} 件・記載なし {b} 件、推奨の {} 件のうち不足 {c} 件・記載なし {d} 件。",
                asked(true),
                asked(false)
            ),
            &format!(
                "Besides the rules, the model asks for controls: of {} mandatory ones {a} are missing and {b} not stated; of {} recommended ones {c} are missing and {d} not stated. ",
                asked(true),
                asked(false)
            ),
        );
        page.say("a", &[("href", "#controls")], "対策と責任", "Controls and who answers for them");
        page.close("p");
    }
    page.open("div", &[("class", "scroll")]);
    page.open("table", &[("class", "counts")]);
    page.say("caption", &[], "モデルが求める対策の数", "Controls that the model asks for");
    page.open("thead", &[]);
    page.open("tr", &[]);
    page.say("th", &[("scope", "col")], "求め", "demand");
    let order = [
        RuleStatus::Violated,
        RuleStatus::Undecided,
        RuleStatus::Excepted,
        RuleStatus::Holds,
        RuleStatus::NotApplicable,
    ];
    for status in order {
        let (sign, word) = words::in_place(status);
        page.el("th", &[("scope", "col")], &format!("{sign} {}", word.get(page.lang)));
    }
    page.close("tr");
    page.close("thead");
    page.open("tbody", &[]);
    for mandatory in [true, false] {
        page.open("tr", &[]);
        let word: Text = words::demand(Some(mandatory));
        page.head(word.get(page.lang));
        for status in order {
            page.cell(&controls(report, mandatory, status).len().to_string());
        }
        page.close("tr");
    }
    page.end_table();
}
