//! These tests catch: blaming a text that RON reads, blaming the wrong
//! place, and panicking on anything at all.

use super::ScanIssueKind::*;
use super::*;
use proptest::prelude::*;

/// Every issue as `Kind@text under the span`, with `<>` for an empty span.
fn issues(text: &str) -> Vec<String> {
    let scan = scan(text);
    scan.issues.iter().map(|i| format!("{:?}@{}", i.kind, &text[i.span.clone()])).collect()
}

/// The only issue, which must begin at the `«` that is taken out of the text,
/// and explain itself with the place of the `»` if there is one.
#[track_caller]
fn check(marked: &str, kind: ScanIssueKind) -> ScanIssue {
    let mut text = marked.to_owned();
    let mut take = |mark: char| {
        let at = text.find(mark)?;
        text.remove(at);
        Some(at)
    };
    // The mark that comes first must go first, or it would move the other.
    let is_reversed = marked.find('»') < marked.find('«');
    let (start, other) = if is_reversed && marked.contains('»') {
        let other = take('»');
        (take('«'), other)
    } else {
        let start = take('«');
        (start, take('»'))
    };
    let found = scan(&text).issues;
    assert_eq!(found.len(), 1, "{text}\n{found:?}");
    let issue = found.into_iter().next().expect("one");
    assert_eq!((issue.kind, Some(issue.span.start)), (kind, start), "{text}\n{issue:?}");
    assert_eq!(issue.other.as_ref().map(|other| other.start), other, "{text}\n{issue:?}");
    issue
}

const DRAWING: &str = r###"
// 上野市
Municipality(
    name: "上野市", /* 例 /* 入れ子 */ */
    segments: { "in": (layer: Internet), "ext": (layer: Outside) },
    nodes: {
        "in-pc": Terminal(at: "in", count: 800, redirect: None),
        "fw": Firewall(
            joins: ["in", "ext"],
            rules: [
                (permit: "in-pc -> sgw tcp 443", reason: "メール \"(\" の転送"),
                (deny: r##"x"#"##, bytes: b"\"}", letter: '\'', byte: b'('),
            ],
        ),
    },
)
"###;

#[test]
fn a_drawing_is_silent() {
    ron::from_str::<ron::Value>(DRAWING).expect("RON");
    assert_eq!(issues(DRAWING), Vec::<String>::new());
}

#[test]
fn whatever_ron_reads_is_silent() {
    let texts = [
        "#![enable(implicit_some)]\n#![type = \"x\"]\n(a: 1)",
        "1..5",
        "1..=5",
        "inf..5",
        "NaN..=2",
        "..=5",
        "..",
        "[1.0..2.0, 1..b'a', b'a'..5, -inf, +1, .5, 0xFF_u8, 1e-3]",
        "'''",
        "'\"'",
        "'\\u{1F600}'",
        "'\\x41'",
        "\"\\\"\"",
        "\"a\\\n  b\"",
        "r\"\\\"",
        "r#\"\"(\"#",
        "br#\"\"\"#",
        "b\"\\\"\"",
        "r#in-pc",
        "{r#a.b-c+d: 1}",
        "Foo",
        "Foo()",
        "Foo (1, )",
        "Some (Some(1))",
        "(a:1,b:2,)",
        "{(1): [2], \"x\": (), 'c': {}}",
        "[()]",
        "\"\u{0}（）“\"",
        "/* ( */ [ /* , */ 1 // )\n]",
        "// （",
        "網(区画: \"内\", ｎａｍｅ: 1, a０: 2)",
        "\u{85}\u{200e}1\u{2028}",
        "[Foo\n(1), Foo/**/(2)]",
        "(Foo, Bar: 1)",
        "true",
        "",
        "/**/",
    ];
    for text in texts {
        if ron::from_str::<ron::Value>(text).is_ok() {
            assert_eq!(issues(text), Vec::<String>::new(), "{text}");
        }
    }
}

#[test]
fn as_deep_as_ron_reads() {
    for (open, middle, close) in [("[", "1", "]"), ("(", "()", ")"), ("{1:", "()", "}"), ("Some(", "[]", ")")] {
        for depth in 120..140 {
            let text = format!("{}{middle}{}", open.repeat(depth), close.repeat(depth));
            if ron::from_str::<ron::Value>(&text).is_ok() {
                assert_eq!(issues(&text), Vec::<String>::new());
            }
        }
    }
    assert_eq!(issues(&"[".repeat(1_000_000)), ["TooDeep@["]);
}

#[test]
fn unclosed_is_blamed_where_it_opened() {
    check(
        "(\n  nodes: {\n    \"a\": Terminal«(at: \"in\",\n    \"b\": Terminal(at: \"in\"),\n  »},\n)",
        UnclosedDelimiter,
    );
    check("(rules: [\n  «(permit: \"a\",\n  (permit: \"b\"),\n»])", UnclosedDelimiter);
    check("«(a: 1", UnclosedDelimiter);
}

#[test]
fn indentation_tells_which_one_is_unclosed() {
    check("Municipality(\n  policy: Policy«(a: 1,\n  nodes: {\n  },\n)\n", UnclosedDelimiter);
    check("A(\n  b: B(\n    c: C«(1,\n    d: 2,\n  ),\n)\n", UnclosedDelimiter);
    // Odd indentation alone is no mistake.
    assert_eq!(issues("A(\n    b: B(1,\n  ),\n  c: 2\n)"), Vec::<String>::new());
}

#[test]
fn wrong_and_stray_closing_brackets() {
    let issue = check("(a: Terminal»(at: \"in\"«}, b: 2)", MismatchedDelimiter);
    assert_eq!(issue.replacement, Some(')'));
    check("(\n  a: [\n    Terminal»(at: \"in\"«],\n  ],\n)", MismatchedDelimiter);
    check("(a: 1)«)", UnexpectedClose);
    check("(a: 1«], b: (2))", UnexpectedClose);
    check("{\n  a: »(\n    b: 1\n  «}\n}", MismatchedDelimiter);
}

#[test]
fn unclosed_strings_and_comments() {
    check("(name: «\"上野市)", UnclosedString);
    check(
        "(\n  \"a\": (at: «\"in, count: 1),\n  \"b\": (at: \"in\", count: 1, [),\n  \"c\": (at: \"in»\")\n",
        UnclosedString,
    );
    check("(name: «r#\"上野市\")", UnclosedString);
    check("(a: 1, «/* b: 2)", UnclosedComment);
    check("(a: 1, «/* \"10.0.0.0»/*\" */ b: 2)", UnclosedComment);
    let issue = check("(name: »\"上野市«”,\n model: BetaPrime, x: \"a\")", FullWidthSymbol);
    assert_eq!(issue.replacement, Some('"'));
}

#[test]
fn full_width_symbols() {
    let text = "Municipality（name： “上野市”，　count: ８0、x:\u{a0}[1］）";
    let found: Vec<_> = scan(text).issues.iter().map(|i| (i.kind, i.replacement)).collect();
    let meant: Vec<_> = "(:\"\", 8, ])".chars().map(|c| (FullWidthSymbol, Some(c))).collect();
    assert_eq!(found, meant);
    assert_eq!(issues("(a: \"（）\") // ："), Vec::<String>::new());
}

#[test]
fn missing_commas() {
    let issue = check("{ \"a\": (1)« »\"b\": (2) }", MissingComma);
    assert_eq!((issue.span.is_empty(), issue.replacement), (true, Some(',')));
    check("(a: 1« /* ) */ »b: 2)", MissingComma);
    check("[(1)« »(2)]", MissingComma);
    check("(a: \"x\"« »b: \"y\", c: 1)", MissingComma);
    // A missing colon or missing quotation marks are not a missing comma.
    assert_eq!(issues("(name \"上野市\")"), Vec::<String>::new());
    assert_eq!(issues("(name: 上野 市)"), Vec::<String>::new());
    let text = "(a: 1 b: 2)";
    let keys: Vec<_> = scan(text).groups[0].entries.iter().filter_map(|e| text.get(e.key.clone()?)).collect();
    assert_eq!(keys, ["a", "b"]);
}

#[test]
fn hidden_characters() {
    assert_eq!(issues("(a: \"\u{202e}x\u{2069}\")").len(), 2);
    check("(a: «\0)", NulByte);
}

#[test]
fn entries_and_paths() {
    let scan = scan(DRAWING);
    let at = |needle: &str| DRAWING.find(needle).expect("there");
    let path = |needle: &str| scan.path(DRAWING, at(needle));
    assert_eq!(path("Municipality"), "");
    assert_eq!(path("None"), "nodes.\"in-pc\".redirect");
    assert_eq!(path("\"ext\"],"), "nodes.\"fw\".joins[1]");
    assert_eq!(path("r##"), "nodes.\"fw\".rules[1].deny");
    let entry = scan.innermost_entry(at("800")).expect("an entry");
    assert_eq!(&DRAWING[entry.range.clone()], "count: 800");
    assert_eq!(entry.comma, Some(entry.range.end));
    let around: Vec<_> = scan.enclosing(at("800")).filter_map(|e| DRAWING.get(e.key.clone()?)).collect();
    assert_eq!(around, ["count", "\"in-pc\"", "nodes"]);
    let last = scan.innermost_entry(at("b'('")).expect("an entry");
    assert_eq!((&DRAWING[last.range.clone()], last.comma), ("byte: b'('", None));
}

#[test]
fn much_text_takes_linear_time() {
    for piece in ["(", ")", "[],", "\"\n", "“", "r#\"", "/*", "'", "\u{202e}", "a b", "）", "(]", "  [\n ]\n", "r##"]
    {
        let found = scan(&piece.repeat(200_000));
        assert!(found.issues.len() <= MAX_ISSUES);
    }
}

/// Pieces that together are often RON or nearly so.
fn soup() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "(", ")", "[", "]", "{", "}", ",", ",", ":", "a", "in-pc", "Foo", "Some", "None", "inf", "NaN", "1", "..", "=",
        "-", ".", "\"x\"", "\"", "\\", "r#", "r\"", "b\"", "b'", "br", "'", "'a'", "#", "!", "//", "/*", "*/", "/",
        "\n", " ", "\t", "\r", "\u{3000}", "（", "）", "“", "”", "：", "、", "日本", "８", "\0", "\u{202e}",
        "\u{200e}", "\u{feff}", "é", "\u{301}", "()", "u8",
    ]);
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// Mostly well-formed RON.
fn ron_text() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "1",
        "-1.5e3",
        "0x1F",
        "\"x\"",
        "\"\\\"(\"",
        "r#\"\"]\"#",
        "'('",
        "b'\\''",
        "b\"}\"",
        "Foo",
        "()",
        "true",
        "None",
        "1..2",
        "inf",
        "/*,*/ 1",
        "2 // )\n",
        "网",
        "'''",
        "NaN..1",
    ])
    .prop_map(str::to_owned);
    leaf.prop_recursive(4, 32, 4, |inner| {
        let list = prop::collection::vec(inner.clone(), 0..4);
        let gap = prop::sample::select(vec!["", " ", "\n  ", "/* ( */"]);
        (list, 0..6_u8, gap, any::<bool>()).prop_map(|(list, shape, gap, trailing)| {
            let end = if trailing && !list.is_empty() { "," } else { "" };
            let named = |sep: &str| {
                let entry = |(i, v): (usize, &String)| format!("{gap}k{i}{gap}:{sep}{v}{gap}");
                list.iter().enumerate().map(entry).collect::<Vec<_>>().join(",")
            };
            match shape {
                0 => format!("[{}{end}{gap}]", list.join(&format!("{gap},{gap}"))),
                1 => format!("({gap}{}{end})", list.join(&format!("{gap},{gap}"))),
                2 => format!("Foo{gap}({}{end})", named(gap)),
                3 => format!("({}{end}{gap})", named("")),
                4 => format!("Some{gap}({gap}{})", list.first().map_or("1", String::as_str)),
                _ => {
                    let entry = |v: &String| format!("{v}{gap}:{gap}{v}");
                    format!("{{{}{end}}}", list.iter().map(entry).collect::<Vec<_>>().join(","))
                }
            }
        })
    })
}

fn holds(text: &str) -> Result<(), TestCaseError> {
    let found = scan(text);
    for issue in &found.issues {
        prop_assert!(text.get(issue.span.clone()).is_some(), "{issue:?}");
        prop_assert!(issue.other.clone().is_none_or(|other| text.get(other).is_some()), "{issue:?}");
    }
    for entry in found.groups.iter().flat_map(|group| &group.entries) {
        prop_assert!(text.get(entry.range.clone()).is_some_and(|t| !t.is_empty()), "{entry:?}");
        prop_assert!(entry.key.clone().is_none_or(|key| text.get(key).is_some()), "{entry:?}");
    }
    for offset in 0..=text.len() {
        let _ = found.path(text, offset);
    }
    if ron::from_str::<ron::Value>(text).is_ok() {
        let wrong: Vec<_> = found.issues.iter().filter(|issue| issue.kind != BidiControl).collect();
        prop_assert!(wrong.is_empty(), "{wrong:?}");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_text(text in any::<String>()) {
        holds(&text)?;
    }

    #[test]
    fn any_soup(text in soup()) {
        holds(&text)?;
    }

    #[test]
    fn any_ron(text in ron_text()) {
        holds(&text)?;
    }
}

/// Whatever single character is forgotten, one place is blamed, and for
/// quotation marks and commas it is the line with the gap.
#[test]
fn one_forgotten_character_is_one_issue() {
    for (at, c) in DRAWING.char_indices().filter(|&(_, c)| "()[]{}\",".contains(c)) {
        let mut text = DRAWING.to_owned();
        text.remove(at);
        let line = |at: usize| text.as_bytes()[..at].iter().filter(|&&b| b == b'\n').count();
        let found = scan(&text).issues;
        let counted = found.iter().filter(|issue| issue.kind != MissingComma || c == ',');
        assert!(counted.count() <= 1, "{text}\n{found:?}");
        let is_here = found.iter().all(|issue| line(issue.span.start) == line(at));
        assert!(is_here || "()[]{}".contains(c), "{text}\n{found:?}");
    }
}
