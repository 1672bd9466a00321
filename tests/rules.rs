//! Every rule of the rule book has a drawing that violates it and one that satisfies it, in `tests/rules`.
//!
//! The name of a file says what is expected of it: `R-MN-01-violates.ron`, `R-MN-01-holds.ron`, `R-MN-01-open.ron`;
//! a number at the end tells several of a kind apart. The table of rules in `docs/rules.md` is checked here, too:
//! `SEKISHO_BLESS=1 cargo test --test suite rules::` writes it anew.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sekisho::document::{LoadError, Loaded, Loader, load};
use sekisho::guideline::{self, Answer, Outcome};
use sekisho::model::rulebook::{Decide, Mark, Rule, RuleKind, RuleSeverity, Rulebook};
use sekisho::model::{Date, Model};
use sekisho::network::Network;
use sekisho::verify::{fast, replay};

/// The day for which dates are judged in these tests.
const TODAY: &str = "2026-11-26";

/// Parts of a rule that no drawing needs, with the reason. A part is written as the rule and its place in `All`.
const UNTESTED: [(&str, usize, &str); 0] = [];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules")
}

// ---------------------------------------------------------------- drawings

struct Disk(String);

impl Disk {
    fn text(name: &str) -> Result<(String, String), LoadError> {
        let text = std::fs::read_to_string(folder().join(name)).map_err(|_| LoadError::NotFound)?;
        Ok((name.to_owned(), text))
    }
}

impl Loader for Disk {
    fn root(&mut self) -> Result<(String, String), LoadError> {
        Self::text(&self.0)
    }

    fn include(&mut self, from: &str, path: &str) -> Result<(String, String), LoadError> {
        let folder = from.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
        Self::text(&format!("{folder}{path}"))
    }
}

fn drawing(name: &str) -> Loaded {
    load(&mut Disk(name.to_owned())).unwrap_or_else(|e| {
        let said: Vec<_> = e.diagnostics.iter().map(|d| d.message.en.clone()).collect();
        panic!("{name} cannot be read: {said:?}")
    })
}

/// What a file is meant to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Shows {
    Violated,
    Holds,
    Undecided,
}

impl Shows {
    fn answer(self) -> Answer {
        match self {
            Self::Violated => Answer::Violated,
            Self::Holds => Answer::Holds,
            Self::Undecided => Answer::Undecided,
        }
    }
}

/// Rule and meaning of a file name; `None` if it is not named as it should be.
fn meaning(name: &str) -> Option<(String, Shows)> {
    let stem = name.strip_suffix(".ron")?;
    for (word, shows) in [("-violates", Shows::Violated), ("-holds", Shows::Holds), ("-open", Shows::Undecided)] {
        if let Some((id, rest)) = stem.split_once(word) {
            let number = rest.strip_prefix('-').map(|n| n.parse::<u32>().is_ok_and(|n| n > 1));
            return (rest.is_empty() || number == Some(true)).then(|| (id.to_owned(), shows));
        }
    }
    None
}

/// Every file of the folder with its meaning, in the order of names.
fn files() -> Vec<(String, String, Shows)> {
    let entries = std::fs::read_dir(folder()).expect("tests/rules is there");
    let names: BTreeSet<String> = entries
        .map(|e| e.expect("an entry").path())
        .filter(|p| p.extension().is_some_and(|x| x == "ron"))
        .map(|p| p.file_name().expect("a name").to_string_lossy().into_owned())
        .collect();
    names
        .into_iter()
        .map(|name| {
            let (id, shows) = meaning(&name).unwrap_or_else(|| panic!("{name} is not named after a rule"));
            (name, id, shows)
        })
        .collect()
}

fn outcome(model: &Model, id: &str) -> Option<Outcome> {
    let network = Network::new(model);
    let verdicts = fast::verify(model, &network);
    let input = guideline::Input { model, network: &network, verdicts: &verdicts, as_of: Date::parse(TODAY) };
    let judged = guideline::judge(&input);
    judged.rules.into_iter().find(|r| r.rule.id == id).and_then(|r| match r.verdict {
        guideline::Verdict::Decided(outcome) => Some(outcome),
        guideline::Verdict::NotApplicable(_) => None,
    })
}

/// What is said of a rule, for the reader of a failed test.
fn told(o: &Outcome) -> String {
    let list = |texts: Vec<String>| texts.join(" | ");
    format!(
        "{:?}: findings [{}], open [{}], absent [{}]",
        o.answer(),
        list(o.findings.iter().map(|f| f.text.en.clone()).collect()),
        list(o.open.iter().map(|x| format!("{}: {}", x.attribute, x.sentence().en)).collect()),
        list(o.absent.iter().map(|t| t.en.clone()).collect()),
    )
}

/// Shipped rules, as every drawing has them.
fn rulebook() -> Rulebook {
    Rulebook::clone(&drawing("R-MN-01-holds.ron").model.rulebook)
}

/// What is wrong with the answer of one file.
fn complaints(model: &Model, o: &Outcome, id: &str, shows: Shows) -> Vec<String> {
    let mut all = Vec::new();
    if o.answer() != shows.answer() {
        return vec![told(o)];
    }
    match shows {
        Shows::Violated => {
            for f in o.findings.iter().filter(|f| f.certain) {
                if f.span.is_none() && f.path.is_none() {
                    all.push(format!("a finding without a place: {}", f.text.en));
                }
                if f.text.ja.trim().is_empty() || f.text.en.trim().is_empty() {
                    all.push("a finding says nothing".to_owned());
                }
                if let Some((lens, eyes, w)) = &f.path
                    && let Err(refusal) = replay::replay(model, *lens, *eyes, &[], w)
                {
                    all.push(format!("the path of \"{}\" does not replay: {refusal:?}", f.text.en));
                }
            }
        }
        Shows::Holds => {
            if o.looked.is_empty() {
                all.push("it holds without having looked at anything".to_owned());
            }
            let rule = model.rulebook.version(id, model.edition).expect("a rule that was decided");
            if rule.kind == RuleKind::Control && o.controls.is_empty() && names_controls(&rule.decide) {
                all.push("it holds and names no control on which it rests".to_owned());
            }
        }
        Shows::Undecided => {
            if o.open.is_empty() || o.open.iter().any(|x| x.attribute.is_empty()) {
                all.push(format!("it is undecided and does not name what is missing: {}", told(o)));
            }
        }
    }
    all
}

/// Whether a test rests on controls or measures that somebody declared, and not on paths or a register alone.
fn names_controls(test: &Decide) -> bool {
    match test {
        Decide::All(list) | Decide::Any(list) => list.iter().any(names_controls),
        Decide::If { then, .. } => names_controls(then),
        Decide::Controls(_) | Decide::Measures(_) | Decide::BrokerMfa { .. } | Decide::WirelessSecurity { .. } => true,
        Decide::BreakoutTenants | Decide::CloudFunctions => true,
        _ => false,
    }
}

// ---------------------------------------------------------------- tests

#[test]
fn every_drawing_shows_what_its_name_says() {
    let mut wrong = Vec::new();
    for (name, id, shows) in files() {
        let model = drawing(&name).model;
        match outcome(&model, &id) {
            None => wrong.push(format!("{name}: the rule does not apply")),
            Some(o) => wrong.extend(complaints(&model, &o, &id, shows).into_iter().map(|c| format!("{name}: {c}"))),
        }
    }
    assert!(wrong.is_empty(), "{} complaints\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_rule_has_a_violating_and_a_satisfying_drawing() {
    let known: BTreeSet<String> = rulebook().rules.iter().map(|r| r.id.clone()).collect();
    let files = files();
    let of =
        |shows: Shows| -> BTreeSet<String> { files.iter().filter(|f| f.2 == shows).map(|f| f.1.clone()).collect() };
    for shows in [Shows::Violated, Shows::Holds] {
        let lacking: Vec<_> = known.difference(&of(shows)).cloned().collect();
        assert!(lacking.is_empty(), "no drawing in which it is {shows:?}: {lacking:?}");
    }
    let strangers: Vec<_> = files.iter().filter(|f| !known.contains(&f.1)).map(|f| &f.0).collect();
    assert!(strangers.is_empty(), "files of rules that do not exist: {strangers:?}");
    assert_eq!(known.len(), 90);
}

#[test]
fn at_least_twelve_rules_are_shown_undecided() {
    let open: BTreeSet<String> = files().into_iter().filter(|f| f.2 == Shows::Undecided).map(|f| f.1).collect();
    assert!(open.len() >= 12, "{open:?}");
}

#[test]
fn every_drawing_says_in_both_languages_why_it_is_there() {
    let mut wrong = Vec::new();
    for (name, id, _) in files() {
        let text = std::fs::read_to_string(folder().join(&name)).expect("a file of the folder");
        let head: Vec<&str> = text.lines().take_while(|l| l.starts_with("// ")).collect();
        let japanese = |l: &&&str| l.chars().any(|c| ('\u{3040}'..='\u{9fff}').contains(&c));
        let fits = head.len() >= 2 && head.iter().any(|l| japanese(&l)) && head.iter().any(|l| !japanese(&l));
        if !fits || !head.iter().any(|l| l.contains(&id)) {
            wrong.push(name.clone());
        }
        if text.lines().count() > 45 {
            wrong.push(format!("{name} is longer than it needs to be"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn a_violating_and_a_satisfying_drawing_differ_in_one_thing() {
    let lines = |name: String| -> Vec<String> {
        let text = std::fs::read_to_string(folder().join(&name)).unwrap_or_else(|e| panic!("{name}: {e}"));
        text.lines().filter(|l| !l.starts_with("//")).map(|l| l.trim().to_owned()).collect()
    };
    let mut wrong = Vec::new();
    for rule in &rulebook().rules {
        let (a, b) = (lines(format!("{}-violates.ron", rule.id)), lines(format!("{}-holds.ron", rule.id)));
        let only = |x: &[String], y: &[String]| x.iter().filter(|l| !y.contains(l)).count();
        let (here, there) = (only(&a, &b), only(&b, &a));
        // One thing may be a declaration of three lines.
        if here + there == 0 || here.max(there) > 3 {
            wrong.push(format!("{}: {here} and {there} lines of their own", rule.id));
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// Every rule whose test has parts, with the test that is left when one part is dropped.
fn dropped(rules: &[Rule]) -> Vec<(&Rule, usize, Decide)> {
    let mut all = Vec::new();
    for rule in rules {
        let Decide::All(parts) = &rule.decide else { continue };
        for i in 0..parts.len() {
            let rest: Vec<Decide> = parts.iter().enumerate().filter(|(k, _)| *k != i).map(|(_, p)| p.clone()).collect();
            all.push((rule, i, Decide::All(rest)));
        }
    }
    all
}

#[test]
fn no_part_of_a_rule_can_be_dropped_unnoticed() {
    let book = rulebook();
    let mut drawings: BTreeMap<String, Vec<Model>> = BTreeMap::new();
    for (name, id, shows) in files() {
        if shows == Shows::Violated {
            drawings.entry(id).or_default().push(drawing(&name).model);
        }
    }
    let mut unnoticed: Vec<(&str, usize)> = Vec::new();
    for (rule, part, rest) in dropped(&book.rules) {
        let noticed = drawings.get(&rule.id).into_iter().flatten().any(|model| {
            let mut model = model.clone();
            let rules = vec![Rule { decide: rest.clone(), ..rule.clone() }];
            model.rulebook = Arc::new(Rulebook { rules, ..Rulebook::clone(&model.rulebook) });
            outcome(&model, &rule.id).is_none_or(|o| o.answer() != Answer::Violated)
        });
        if !noticed {
            unnoticed.push((&rule.id, part));
        }
    }
    let excused: Vec<(&str, usize)> = UNTESTED.iter().map(|u| (u.0, u.1)).collect();
    assert_eq!(unnoticed, excused, "parts of rules that no violating drawing needs (left), and those with a reason");
}

// ---------------------------------------------------------------- the pages

/// How well something is known, in words; Japanese first.
fn mark(mark: &Mark) -> (String, String) {
    match mark {
        Mark::Source(n) => (format!("公開資料 {n}"), format!("public source {n}")),
        Mark::Survey(s) => {
            let (ja, en) = s.split_once(" / ").unwrap_or((s, s));
            (format!("調査({ja})"), format!("survey ({en})"))
        }
        Mark::Recalled => ("記憶による".to_owned(), "recalled".to_owned()),
        Mark::Unsure => ("不確か".to_owned(), "uncertain".to_owned()),
        Mark::Design => ("このツールの判断".to_owned(), "this tool's own decision".to_owned()),
    }
}

fn severity(s: RuleSeverity) -> (&'static str, &'static str) {
    match s {
        RuleSeverity::Critical => ("重大", "critical"),
        RuleSeverity::High => ("高", "high"),
        RuleSeverity::Medium => ("中", "medium"),
        RuleSeverity::Low => ("低", "low"),
    }
}

fn kind(k: RuleKind) -> (&'static str, &'static str) {
    match k {
        RuleKind::Path => ("経路", "path"),
        RuleKind::Control => ("対策", "control"),
        RuleKind::Consistency => ("整合", "consistency"),
    }
}

/// Links to the drawings of a rule: `violates`, then `2`, `3`, … for further ones.
fn links(files: &[(String, String, Shows)], id: &str, shows: Shows) -> String {
    let own = files.iter().filter(|f| f.1 == id && f.2 == shows);
    // The first has no number, so it would sort behind the others.
    let mut names: Vec<&str> = own.map(|f| f.0.as_str()).collect();
    names.sort_by_key(|n| (n.len(), *n));
    let each = names.iter().enumerate().map(|(i, n)| format!("[{}](../tests/rules/{n})", i + 1));
    each.collect::<Vec<_>>().join(" ")
}

/// The table of all rules, in one of the two languages.
fn table(japanese: bool) -> String {
    let say = |ja: &str, en: &str| if japanese { ja.to_owned() } else { en.to_owned() };
    let files = files();
    let mut out = say(
        "| 番号 | 求めること | 重さ | 種類 | 条項 | 根拠 | 反する図面 | 満たす図面 | 決まらない図面 |\n",
        "| id | what it asks | severity | kind | clauses | how it is known | violated in | holds in | undecided in |\n",
    );
    out.push_str("|---|---|---|---|---|---|---|---|---|\n");
    for rule in &rulebook().rules {
        let (severity, kind) = (severity(rule.severity), kind(rule.kind));
        let marks: Vec<_> = rule.evidence.iter().map(mark).map(|(ja, en)| if japanese { ja } else { en }).collect();
        let row = [
            rule.id.clone(),
            say(&rule.statement.ja, &rule.statement.en),
            say(severity.0, severity.1),
            say(kind.0, kind.1),
            rule.clauses.join(" "),
            marks.join(&say("、", "; ")),
            links(&files, &rule.id, Shows::Violated),
            links(&files, &rule.id, Shows::Holds),
            links(&files, &rule.id, Shows::Undecided),
        ];
        out.push_str(&format!("| {} |\n", row.map(|cell| cell.replace('|', "\\|")).join(" | ")));
    }
    out
}

#[test]
fn the_pages_list_the_rules_as_they_are() {
    const BEGIN: &str = "<!-- rules -->\n";
    const END: &str = "<!-- end of rules -->";
    for (page, japanese) in [("docs/rules.md", false), ("docs/rules.ja.md", true)] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(page);
        let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{page}: {e}"));
        let (before, rest) = text.split_once(BEGIN).unwrap_or_else(|| panic!("{page} has no `{}`", BEGIN.trim()));
        let (listed, after) = rest.split_once(END).unwrap_or_else(|| panic!("{page} has no `{END}`"));
        let real = table(japanese);
        if std::env::var_os("SEKISHO_BLESS").is_some() {
            std::fs::write(&path, format!("{before}{BEGIN}{real}{END}{after}")).expect("a page can be written");
        } else {
            assert_eq!(listed, real, "{page} is out of date; SEKISHO_BLESS=1 writes it anew");
        }
    }
}
