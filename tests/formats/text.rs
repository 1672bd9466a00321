//! The rules in the text for a terminal.

use sekisho::diagnostic::Lang;
use sekisho::report::{Style, text};

use super::sample;

fn told(lang: Lang, verbose: bool) -> String {
    text(&sample::city(), Style { lang, verbose, width: 400, ..Style::default() })
}

/// Where a part stands; it has to be there.
fn at(text: &str, part: &str) -> usize {
    text.find(part).unwrap_or_else(|| panic!("{part} is missing in\n{text}"))
}

#[test]
fn a_report_without_rules_says_nothing_of_them() {
    let report = sample::report("models/mistakes/e-03-shared-nas.ron");
    let mut style = Style::default();
    for lang in [Lang::Ja, Lang::En] {
        style.lang = lang;
        style.verbose = true;
        let told = text(&report, style);
        assert!(
            !told.contains("ガイドラインの規則")
                && !told.contains("ules of the guideline")
                && !told.contains("例外扱い"),
            "{told}"
        );
    }
}

#[test]
fn violated_rules_come_first_the_most_serious_before_the_others() {
    let ja = told(Lang::Ja, false);
    assert!(ja.starts_with("禁止された経路が") && ja.contains("ガイドラインの規則 2 件に違反しています"), "{ja}");
    assert!(at(&ja, "R-Z-01 [重大]") < at(&ja, "R-B-01 [中]"), "{ja}");
    assert!(at(&ja, "R-B-01 [中]") < at(&ja, "書けば決まること"), "{ja}");
    for part in [
        "違反: 2(重大 1、中 1)",
        "条項 L-1、L-2",
        "公開資料 A52、B-1、記憶による・未確認、不確か、本ツールの判断",
        "直し方: R-Z-01 の直し方",
        "(出どころ 2、届き先 3)",
        "2026-04-01 の時点",
    ] {
        at(&ja, part);
    }
    let en = told(Lang::En, false);
    for part in ["violated: 2 (critical 1, medium 1)", "clause L-1, L-2", "recalled, not confirmed; uncertain"] {
        at(&en, part);
    }
    assert!(!en.lines().any(|l| l.contains("直し方:")), "{en}");
}

#[test]
fn what_an_exception_covers_is_marked_and_comes_after_what_counts() {
    let ja = told(Lang::Ja, false);
    assert!(at(&ja, "残るもの(和)") < at(&ja, "例外で済むもの(和)〔例外 EX-1〕"), "{ja}");
    assert!(at(&ja, "例外として認められている違反") < at(&ja, "R-D-01 [高]"), "{ja}");
    let idle = &ja[at(&ja, "■ 効いていない例外")..];
    for part in ["[期限切れ]", "[対象が図面にない]", "[使われていない]", "[記載が足りない(効力なし)]"]
    {
        at(idle, part);
    }
    assert!(!idle.contains("例外 EX-1:"), "{idle}");
}

#[test]
fn one_line_per_missing_attribute_lists_the_rules_that_it_decides() {
    let ja = told(Lang::Ja, false);
    assert!(at(&ja, "多要素認証の有無(和) → R-C-01、R-C-02") < at(&ja, "EDR の有無(和) → R-C-01"), "{ja}");
    let section = &ja[at(&ja, "■ 書けば決まること")..at(&ja, "■ 例外として")];
    assert_eq!(section.matches("? ").count(), 2, "{section}");
}

#[test]
fn what_holds_is_a_count_and_a_list_with_verbose() {
    let short = told(Lang::Ja, false);
    assert!(short.contains("守られている: 2(高 1、低 1)") && !short.contains("R-E-01"), "{short}");
    assert!(!short.contains("R-F-01"), "{short}");
    let long = told(Lang::Ja, true);
    for part in ["R-E-01 の理由", "edr@in-pc", "R-F-01 の理由", "条項の趣旨"] {
        at(&long, part);
    }
}

#[test]
fn the_last_lines_count_rules_and_checks() {
    let ja = told(Lang::Ja, false);
    let last: Vec<&str> = ja.trim_end().lines().rev().take(2).collect();
    assert_eq!(last[1], "ガイドラインの規則 8 件: 違反 2、未確定 2、例外扱い 1、守られている 2、対象外 1");
    assert!(last[0].starts_with("検査 18 件"), "{ja}");
}

#[test]
fn after_an_internal_error_no_rule_is_told() {
    let told = text(&sample::broken(), Style { verbose: true, ..Style::default() });
    assert!(!told.contains("R-Z-01") && !told.contains("守られている"), "{told}");
}
