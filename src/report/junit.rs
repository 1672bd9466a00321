//! The report as JUnit XML, for systems that show tests: one suite for the checks, one for the rules of the guideline.
//!
//! Only what holds is a success. What is undecided, says nothing or could not be confirmed is an error; what is
//! excepted passes and says by which exception. In the language of the reader; no times, as there is no clock.

use super::rulewords::{self, way};
use super::{CheckReport, Finding, Report, RuleReport, RuleStatus, clean, told};
use crate::diagnostic::Lang;
use crate::model::Status;

/// How a test case ends.
enum End {
    Passed,
    /// `failure` or `error`: its type, its message, its text.
    Bad(&'static str, &'static str, String, Vec<String>),
    Skipped(String),
    /// Passed, with something to read.
    Noted(Vec<String>),
}

struct Case {
    name: String,
    class: String,
    end: End,
}

/// Text in an attribute or element. What XML cannot hold is gone before.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in clean(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            // Not characters of XML, though Unicode text may have them.
            '\u{FFFE}' | '\u{FFFF}' => out.push('\u{FFFD}'),
            c => out.push(c),
        }
    }
    out
}

fn body(lines: &[String]) -> String {
    lines.iter().map(|l| escaped(l)).collect::<Vec<_>>().join("\n")
}

fn pick(lang: Lang, ja: &str, en: &str) -> String {
    match lang {
        Lang::Ja => ja,
        Lang::En => en,
    }
    .to_owned()
}

/// The report as JUnit XML, with a final line break.
#[must_use]
pub fn junit(report: &Report, lang: Lang) -> String {
    let usable = report.faults.is_empty();
    let mut suites = Vec::new();
    if !usable {
        let text = pick(lang, "内部エラー。この答えは使えません", "internal error; this answer cannot be used");
        let end = End::Bad("error", "internal", text, report.faults.clone());
        suites.push(("internal", vec![Case { name: "replay".to_owned(), class: "sekisho.internal".to_owned(), end }]));
    }
    let mut checks: Vec<Case> = (0..report.checks.len()).map(|i| check(report, i, lang, usable)).collect();
    checks.extend(expectations(report, lang));
    if checks.is_empty() {
        let text = pick(lang, "検査が一つもありません", "there is no check");
        let end = End::Bad("error", "vacuous", text, Vec::new());
        checks.push(Case { name: "checks".to_owned(), class: "sekisho.check".to_owned(), end });
    }
    suites.push(("checks", checks));
    if !report.rules.is_empty() {
        suites.push(("rules", report.rules.iter().map(|r| rule(report, r, lang, usable)).collect()));
    }
    written(report, &suites)
}

fn unknown(lang: Lang) -> End {
    let text = pick(lang, "内部エラーのため不明", "unknown, because of an internal error");
    End::Bad("error", "unknown", text, Vec::new())
}

fn check(report: &Report, at: usize, lang: Lang, usable: bool) -> Case {
    let c = &report.checks[at];
    let end = match c.status {
        _ if !usable => unknown(lang),
        Status::Holds => End::Passed,
        Status::Vacuous => {
            let text = pick(lang, "相手がなく、何も言えません", "it is about nothing, so it says nothing");
            End::Bad("error", "vacuous", text, c.place.iter().map(ToString::to_string).collect())
        }
        Status::Violated => told_check(report, at, c, lang, "failure", "violated"),
        Status::Undecided => told_check(report, at, c, lang, "error", "undecided"),
    };
    Case { name: c.name.clone(), class: format!("sekisho.check.{}", c.kind.as_str()), end }
}

fn told_check(
    report: &Report,
    at: usize,
    c: &CheckReport,
    lang: Lang,
    element: &'static str,
    kind: &'static str,
) -> End {
    let mine = |f: &&Finding| f.check == at || f.parts.iter().any(|&(i, _)| i == at);
    let list: Vec<&Finding> = report.findings.iter().filter(mine).collect();
    let message = list.first().map_or_else(|| c.name.clone(), |f| f.title.get(lang).to_owned());
    let mut lines = Vec::new();
    for f in list {
        lines.push(f.title.get(lang).to_owned());
        let paths = told::paths(report, f);
        // A grouped finding may be told by a path of another check; each check shows one of its own.
        let own = f.parts.iter().position(|&(i, _)| i == at).and_then(|p| paths.get(p));
        if let Some((_, e)) = own {
            path(&e.path, lang, &mut lines);
        }
    }
    for m in &c.missing {
        let text = if m.possible {
            pick(lang, "通るとは言い切れない", "possible, but not certain")
        } else {
            pick(lang, "通らない", "does not pass")
        };
        lines.push(format!("{}: {text}", m.member.called()));
        lines.extend(m.obstacles.iter().map(|o| with_place(o.text.get(lang), o.place.as_ref())));
        if !m.trace.is_empty() {
            lines.push(format!("{}: {}", pick(lang, "パケットを追う", "follow a packet"), super::typed(&m.trace)));
        }
    }
    lines.extend(c.open.iter().map(|o| format!("? {}", with_place(o.text.get(lang), o.place.as_ref()))));
    End::Bad(element, kind, message, lines)
}

fn with_place(text: &str, place: Option<&super::Place>) -> String {
    match place {
        Some(p) => format!("{text}  [{p}]"),
        None => text.to_owned(),
    }
}

fn path(path: &super::PathReport, lang: Lang, lines: &mut Vec<String>) {
    for l in told::path(path) {
        let text = with_place(l.text.get(lang), l.place);
        lines.push(format!("{}{text}", "  ".repeat(l.depth + 1)));
    }
}

fn expectations(report: &Report, lang: Lang) -> Vec<Case> {
    let case = |name: String, end| Case { name, class: "sekisho.expectation".to_owned(), end };
    if report.expectations > 0 && report.differences.is_empty() {
        let end = if report.faults.is_empty() { End::Passed } else { unknown(lang) };
        return vec![case(format!("expectations ({})", report.expectations), end)];
    }
    let unmet = |(text, place): &(crate::diagnostic::Text, super::Place)| {
        let text = text.get(lang).to_owned();
        case(format!("expectation {place}"), End::Bad("failure", "expectation", text, vec![place.to_string()]))
    };
    report.differences.iter().map(unmet).collect()
}

fn rule(report: &Report, r: &RuleReport, lang: Lang, usable: bool) -> Case {
    let end = match r.status {
        _ if !usable => unknown(lang),
        RuleStatus::Holds => End::Passed,
        RuleStatus::NotApplicable => End::Skipped(r.why.get(lang).to_owned()),
        RuleStatus::Excepted => End::Noted(told_rule(report, r, lang)),
        RuleStatus::Violated => {
            End::Bad("failure", "violated", r.statement.get(lang).to_owned(), told_rule(report, r, lang))
        }
        RuleStatus::Undecided => {
            End::Bad("error", "undecided", r.statement.get(lang).to_owned(), told_rule(report, r, lang))
        }
    };
    let class = format!("sekisho.rule.{}.{}", r.kind, r.severity);
    Case { name: format!("{} {}", r.id, r.statement.get(lang)), class, end }
}

fn told_rule(report: &Report, r: &RuleReport, lang: Lang) -> Vec<String> {
    let mut lines = Vec::new();
    for f in &r.findings {
        let covered = report.exception(f.exception).map(|e| {
            let until = e.until.as_deref().unwrap_or("-");
            pick(lang, &format!("〔例外 {}、期限 {until}〕", e.id), &format!(" [exception {}, until {until}]", e.id))
        });
        let doubt = if f.certain { String::new() } else { pick(lang, "【未確定】", " [not certain]") };
        let text = format!("{}{doubt}{}", f.text.get(lang), covered.unwrap_or_default());
        lines.push(with_place(&text, f.place.as_ref()));
        lines.extend(f.path.iter().map(|p| format!("  {}", way(p))));
    }
    lines.extend(r.open.iter().map(|o| format!("? {}", with_place(o.text.get(lang), o.place.as_ref()))));
    if !r.clauses.is_empty() {
        let codes: Vec<&str> = r.clauses.iter().map(|(c, _)| c.as_str()).collect();
        lines.push(format!("{} {}", pick(lang, "条項:", "clauses:"), codes.join(", ")));
    }
    if !r.evidence_marks.is_empty() {
        lines.push(format!("{} {}", pick(lang, "根拠:", "grounds:"), rulewords::marks(&r.evidence_marks).get(lang)));
    }
    lines.push(format!("{} {}", pick(lang, "直し方:", "repair:"), r.repair.get(lang)));
    lines
}

/// Tests, failures, errors, skipped.
fn totals<'c>(cases: impl Iterator<Item = &'c Case>) -> [usize; 4] {
    let mut n = [0; 4];
    for case in cases {
        n[0] += 1;
        match &case.end {
            End::Bad("failure", ..) => n[1] += 1,
            End::Bad(..) => n[2] += 1,
            End::Skipped(_) => n[3] += 1,
            End::Passed | End::Noted(_) => {}
        }
    }
    n
}

fn written(report: &Report, suites: &[(&str, Vec<Case>)]) -> String {
    let counts = |[t, f, e, s]: [usize; 4]| format!("tests=\"{t}\" failures=\"{f}\" errors=\"{e}\" skipped=\"{s}\"");
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let all = totals(suites.iter().flat_map(|(_, cases)| cases));
    out.push_str(&format!("<testsuites name=\"sekisho: {}\" {}>\n", escaped(&report.drawing), counts(all)));
    for (name, cases) in suites {
        out.push_str(&format!("  <testsuite name=\"{name}\" {}>\n", counts(totals(cases.iter()))));
        for case in cases {
            let (name, class) = (escaped(&case.name), escaped(&case.class));
            let head = format!("    <testcase name=\"{name}\" classname=\"{class}\"");
            match &case.end {
                End::Passed => out.push_str(&format!("{head}/>\n")),
                End::Skipped(why) => {
                    out.push_str(&format!("{head}>\n      <skipped message=\"{}\"/>\n    </testcase>\n", escaped(why)))
                }
                End::Noted(lines) => {
                    out.push_str(&format!(
                        "{head}>\n      <system-out>{}</system-out>\n    </testcase>\n",
                        body(lines)
                    ));
                }
                End::Bad(element, kind, message, lines) => out.push_str(&format!(
                    "{head}>\n      <{element} type=\"{kind}\" message=\"{}\">{}</{element}>\n    </testcase>\n",
                    escaped(message),
                    body(lines)
                )),
            }
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}
