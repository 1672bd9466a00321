//! Every rule of the rule book has a drawing that violates it and one that satisfies it, in `tests/rules`.
//!
//! The name of a file says what is expected of it: `R-MN-01-violates.ron`, `R-MN-01-holds.ron`, `R-MN-01-open.ron`;
//! a number at the end tells several of a kind apart. The table of rules in `docs/rules.md` is checked here, too:
//! `SEKISHO_BLESS=1 cargo test --test rules` writes it anew.

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
    let of = |shows: Shows| -> BTreeSet<String> {
        files.iter().filter(|f| f.2 == shows).map(|f| f.1.clone()).collect()
    };
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
