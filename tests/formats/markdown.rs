//! Markdown for a comment on a change.

use sekisho::diagnostic::Lang;
use sekisho::report::markdown;

use super::sample;

#[test]
fn the_verdict_comes_first_and_everything_to_act_on_follows() {
    let ja = markdown(&sample::city(), Lang::Ja);
    assert!(ja.starts_with("## sekisho: 違反または期待との違いがあります\n"), "{ja}");
    let mut last = 0;
    for part in [
        "| ガイドラインの規則 | 2 | 2 | 1 | 2 | 1 |",
        "### 違反しているガイドラインの規則",
        "**R-Z-01** [重大]",
        "### 禁止された経路",
        "### 書けば決まること",
        "- [ ] 多要素認証の有無",
        "### 登録されている例外",
        "| `EX-2` | `R-B-01` | 期限切れ | 2027-03-31 |",
        "この答えの前提",
    ] {
        let at = ja.find(part).unwrap_or_else(|| panic!("{part} is missing in\n{ja}"));
        assert!(at >= last, "{part} comes too early in\n{ja}");
        last = at;
    }
    let en = markdown(&sample::city(), Lang::En);
    assert!(en.starts_with("## sekisho: There are violations or unmet expectations\n"), "{en}");
    assert!(en.contains("- [ ] 多要素認証の有無 (en)") && en.contains("→ `R-C-01`, `R-C-02`"), "{en}");
}

#[test]
fn a_violated_rule_is_never_called_clean() {
    let mut report = sample::report("models/alpha.ron");
    assert!(markdown(&report, Lang::Ja).starts_with("## sekisho: 違反は見つかりませんでした"));
    report.rules = vec![sample::rule("R-A", sekisho::report::RuleStatus::Violated, "low")];
    let ja = markdown(&report, Lang::Ja);
    assert!(ja.starts_with("## sekisho: ガイドラインの規則への違反があります"), "{ja}");
    report.rules = vec![sample::rule("R-A", sekisho::report::RuleStatus::Undecided, "low")];
    let ja = markdown(&report, Lang::Ja);
    assert!(ja.starts_with("## sekisho: 違反は見つからず、未確定のものが残っています"), "{ja}");
}

#[test]
fn nothing_of_a_name_acts() {
    let mut report = sample::city();
    report.drawing = sample::HOSTILE.to_owned();
    report.statements = vec![sample::HOSTILE.to_owned()];
    report.differences = vec![(
        sekisho::diagnostic::Text::new(sample::HOSTILE, sample::HOSTILE),
        sekisho::report::Place { file: sample::HOSTILE.to_owned(), line: 1, column: 1 },
    )];
    for lang in [Lang::Ja, Lang::En] {
        let text = markdown(&report, lang);
        assert!(text.contains("script"), "the name is there");
        let outside: String = text.lines().map(without_code).collect();
        for tag in ["details", "summary"] {
            let n = |tag: &str| outside.matches(tag).count();
            assert_eq!(n(&format!("<{tag}>")), n(&format!("</{tag}>")), "{tag}");
        }
        // What is in a code span or after it does not act; everything else is looked at.
        for line in text.lines() {
            // An escaped bracket ends no link text.
            let outside = without_code(line).replace("\\]", "");
            for bad in ["<script", "@all", "#1", "](", "www.e", "\u{1}", "\u{202e}"] {
                assert!(!outside.contains(bad), "{bad} in {line}");
            }
            assert!(!line.starts_with("# "), "{line}");
            let tags = ["<details>", "</details>", "<summary>", "</summary>"];
            let rest = tags.iter().fold(outside, |rest, tag| rest.replace(tag, ""));
            assert!(!rest.contains('<'), "{line}");
        }
        for row in text.lines().filter(|l| l.starts_with("| `EX-")) {
            let bars = row.replace("\\|", "").matches('|').count();
            assert_eq!(bars, 8, "a name opens a cell: {row}");
        }
    }
}

/// A line without its code spans, read as the specification of Markdown reads them.
fn without_code(line: &str) -> String {
    let chars: Vec<char> = line.chars().collect();
    let run = |at: usize| chars[at..].iter().take_while(|c| **c == '`').count();
    let (mut out, mut at) = (String::new(), 0);
    while at < chars.len() {
        if chars[at] == '\\' {
            out.extend(&chars[at..(at + 2).min(chars.len())]);
            at += 2;
            continue;
        }
        let open = run(at);
        if open == 0 {
            out.push(chars[at]);
            at += 1;
            continue;
        }
        let mut end = at + open;
        while end < chars.len() && (chars[end] != '`' || run(end) != open) {
            end += run(end).max(1);
        }
        at = if end < chars.len() { end + open } else { at + open };
    }
    out
}

#[test]
fn after_an_internal_error_there_is_no_answer() {
    let text = markdown(&sample::broken(), Lang::Ja);
    assert!(text.starts_with("## sekisho: 内部エラー") && !text.contains("R-Z-01") && !text.contains("\n|"), "{text}");
}

#[test]
fn a_long_comment_keeps_every_head() {
    let mut report = sample::city();
    let model = report.rules[2].clone();
    report.rules = (0..400)
        .map(|i| {
            let mut rule = model.clone();
            rule.id = format!("R-{i:03}");
            rule
        })
        .collect();
    let text = markdown(&report, Lang::Ja);
    assert!((0..400).all(|i| text.contains(&format!("**R-{i:03}**"))));
    assert!(text.matches("<details>").count() < 100, "paths stop where hosts would refuse the comment");
}
