//! These tests catch: a page without something a report holds, with text that could run, or with a stale hash.

use base64::Engine as _;
use sha2::Digest as _;

use super::{HtmlInput, SCRIPT, SCRIPT_HASH, html};
use crate::diagnostic::{Lang, Text};
use crate::report::{Report, RuleStatus, sample};

fn full() -> Report {
    let (loaded, network, verdicts) = sample::nas();
    sample::full(&loaded, &network, &verdicts)
}

fn page(report: &Report, lang: Lang) -> String {
    html(report, &HtmlInput { lang, ..HtmlInput::default() })
}

#[test]
fn the_policy_names_the_script_by_its_hash() {
    // Browsers see line ends as line feeds, however the file was checked out.
    let text = SCRIPT.replace("\r\n", "\n");
    let hash = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(text));
    assert_eq!(SCRIPT_HASH, hash);
    assert!(!SCRIPT.contains("</") && !SCRIPT.contains("<!--"), "it could end itself");
}

#[test]
fn everything_a_report_holds_is_on_the_page_in_both_languages() {
    let report = full();
    for lang in [Lang::Ja, Lang::En] {
        let page = page(&report, lang);
        let has = |text: &str| assert!(page.contains(&super::page::escape(text)), "{text}");
        for f in &report.findings {
            has(f.title.get(lang));
            f.advice.iter().for_each(|a| has(a.text.get(lang)));
            for (i, j) in f.parts.iter().take(1) {
                report.checks[*i].evidence[*j].path.steps.iter().for_each(|s| has(s.text.get(lang)));
            }
        }
        for r in &report.rules {
            has(&r.id);
            has(r.statement.get(lang));
            has(r.why.get(lang));
            for e in &r.findings {
                has(e.text.get(lang));
                has(&e.fingerprint);
            }
            r.open.iter().for_each(|o| has(o.text.get(lang)));
        }
        for e in &report.exceptions {
            has(&e.id);
            has(super::words::standing(e.standing).0.get(lang));
        }
        report.controls.iter().for_each(|c| has(c.name.get(lang)));
        report.crossings.iter().for_each(|c| has(&c.id));
        for t in &report.tasks {
            has(t.name.get(lang));
            t.ways.iter().flat_map(|w| &w.steps).chain(&t.obstacles).for_each(|s| has(s.get(lang)));
        }
        for status in RuleStatus::ALL {
            has(super::words::status(status).1.get(lang));
        }
        for g in crate::report::words::GIVENS {
            has(if lang == Lang::Ja { g.ja } else { g.en });
        }
        report.sources.values().for_each(|s| has(s));
        has("2026-04-01");
    }
}

#[test]
fn an_english_page_is_english_outside_names() {
    let mut report = full();
    // What the drawing says stays as it is; what we say must not be Japanese.
    let (ja, en) = (page(&report, Lang::Ja), page(&report, Lang::En));
    assert!(ja.contains("<html lang=\"ja\">") && en.contains("<html lang=\"en\">"));
    report.rules.clear();
    for head in ["まとめ", "目次", "違反している規則", "直し方", "責任", "前提と"] {
        assert!(ja.contains(head) && !en.contains(head), "{head}");
    }
}

#[test]
fn addresses_that_run_something_are_no_links() {
    let page = page(&full(), Lang::Ja);
    assert!(page.contains("javascript:alert(1)"), "it is shown");
    assert!(!page.contains("href=\"javascript"));
    assert!(page.contains("href=\"https://www.example.jp/guideline/r7.pdf\""));
}

#[test]
fn hostile_texts_stay_texts() {
    let mut report = full();
    let evil = "\"><script>alert(1)</script><img src=x onerror=alert(1)>'\u{202E}\n&amp;\u{0}";
    report.drawing = evil.to_owned();
    report.file = evil.to_owned();
    report.rules[0].id = evil.to_owned();
    report.rules[0].statement = Text::new(evil, evil);
    report.sources.insert(evil.to_owned(), format!("https://example.jp/{evil}"));
    for lang in [Lang::Ja, Lang::En] {
        let page = page(&report, lang);
        assert_eq!(page.matches("<script").count(), 1, "only our own");
        assert!(!page.contains("<img") && !page.contains('\u{202E}') && !page.contains('\0'));
        assert!(page.contains("&quot;&gt;&lt;script&gt;alert(1)"));
        for tag in page.split('<').skip(1).filter_map(|t| t.split('>').next()) {
            // What is between quotes is a value, however it looks.
            let bare: String = tag.split('"').step_by(2).collect();
            assert!(!bare.contains("onerror") && !bare.starts_with("img"), "{tag}");
        }
    }
}

#[test]
fn equal_reports_give_equal_pages() {
    assert_eq!(page(&full(), Lang::Ja), page(&full(), Lang::Ja));
}

#[test]
fn anchors_are_unique_and_links_lead_somewhere() {
    let page = page(&full(), Lang::Ja);
    let after = |mark: &str| -> Vec<String> {
        page.split(mark).skip(1).filter_map(|t| t.split('"').next()).map(str::to_owned).collect()
    };
    let ids = after(" id=\"");
    let mut unique = ids.clone();
    unique.sort();
    unique.dedup();
    assert_eq!(ids.len(), unique.len(), "an anchor is used twice");
    for to in after(" href=\"#") {
        assert!(unique.contains(&to), "#{to} leads nowhere");
    }
}

#[test]
fn a_path_that_was_told_is_not_told_again() {
    let report = full();
    let page = page(&report, Lang::Ja);
    assert!(page.contains("経路は指摘 "));
    let (i, j) = report.findings[0].parts[0];
    let opening = super::page::escape(&report.checks[i].evidence[j].path.opening.ja);
    let card = page.split("id=\"rule-R-LI-03\"").nth(1).and_then(|t| t.split("</article>").next()).expect("a card");
    assert!(!card.contains(&opening));
}

#[test]
fn a_fault_leaves_nothing_that_looks_like_an_answer() {
    let mut report = full();
    report.faults.push("a path was refused".to_owned());
    let page = page(&report, Lang::Ja);
    assert!(page.contains("この答えは使えません") && page.contains("a path was refused"));
    assert!(!page.contains("守られている") && !page.contains("R-LI-03"));
}

#[test]
fn where_to_begin_names_every_cause_and_leads_to_what_it_explains() {
    let report = full();
    assert!(!report.causes.is_empty());
    for lang in [Lang::Ja, Lang::En] {
        let page = page(&report, lang);
        let section = page.split("<section id=\"begin\"").nth(1).and_then(|t| t.split("</section>").next());
        let section = section.expect("a section");
        for (at, cause) in report.causes.iter().enumerate() {
            assert!(section.contains(&format!("id=\"cause-{}\"", at + 1)));
            assert!(section.contains(&super::page::escape(cause.text.get(lang))));
            for n in &cause.findings {
                assert!(section.contains(&format!("href=\"#finding-{n}\"")));
                let card = page.split(&format!("id=\"finding-{n}\"")).nth(1).and_then(|t| t.split("</article>").next());
                assert!(card.expect("a card").contains(&format!("href=\"#cause-{}\"", at + 1)), "it leads back");
            }
            cause.rules.iter().for_each(|r| assert!(section.contains(&super::page::escape(r)), "{r}"));
        }
        let at = |id: &str| page.find(&format!("<section id=\"{id}\"")).expect("a section");
        assert!(at("summary") < at("begin") && at("begin") < at("audit") && at("audit") < at("diagram"));
    }
}

#[test]
fn missing_mandatory_controls_are_counted_at_the_top_and_named_before_the_audit() {
    let mut report = full();
    let control = |report: &Report, status| {
        let mut c = report.controls[0].clone();
        (c.id, c.mandatory, c.status) = ("C-PROBE".to_owned(), Some(true), status);
        c.name = Text::new("試しの対策", "a probe");
        c
    };
    report.controls = vec![control(&report, RuleStatus::Violated)];
    let of = |report: &Report, id: &str| {
        let page = page(report, Lang::Ja);
        let section = page.split(&format!("<section id=\"{id}\"")).nth(1).and_then(|t| t.split("</section>").next());
        section.expect("a section").to_owned()
    };
    assert!(of(&report, "summary").contains("必須の 1 件のうち不足 1 件・記載なし 0 件"));
    assert!(of(&report, "audit").contains("href=\"#control-C-PROBE\""));
    report.controls = vec![control(&report, RuleStatus::Holds)];
    assert!(!of(&report, "summary").contains("不足 1 件"));
    assert!(!of(&report, "audit").contains("C-PROBE"), "nothing is left to do for it");
}

#[test]
fn a_control_stands_once_and_names_all_who_answer() {
    use crate::report::Responsible;
    let mut report = full();
    let mut c = report.controls[0].clone();
    c.name = Text::new("分担の対策", "a shared one");
    c.responsible = vec![Responsible::Body, Responsible::Prefecture];
    c.mandatory = None;
    report.controls = vec![c];
    let page = page(&report, Lang::Ja);
    assert_eq!(page.matches("分担の対策").count(), 1);
    assert!(page.contains("分担: 団体、都道府県"));
}

#[test]
fn sources_stand_as_a_person_counts() {
    let mut report = full();
    report.sources = ["A10", "A2", "A1"].iter().map(|n| ((*n).to_owned(), format!("https://{n}.example"))).collect();
    let page = page(&report, Lang::En);
    let at = |n: &str| page.find(&format!("id=\"source-{n}\"")).expect("a source");
    assert!(at("A1") < at("A2") && at("A2") < at("A10"));
}

#[test]
fn editions_are_told_by_year_and_month() {
    assert_eq!(super::words::edition("R7_3"), Text::new("令和7年3月版(R7_3)", "2025-03 (R7_3)"));
    assert_eq!(super::words::edition("R7_x"), Text::new("R7_x", "R7_x"));
}
