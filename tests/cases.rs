//! Drawings that carry their own expected answers: `tests/cases` and `models`.
//!
//! What each test catches:
//! * `every_drawing_gives_what_it_expects`: a verdict that changed;
//! * `both_engines_agree_on_every_drawing`: a device or medium, rare in random models, on which the engines or the replay
//!   drift apart;
//! * `no_case_is_missing`: a case that was deleted or renamed;
//! * `every_mistake_is_a_violation`: a mistake of the catalogue that nothing would notice any more, and a base or a
//!   repaired twin that has a finding;
//! * `an_answer_that_goes_another_way_names_its_firewall`: an open question about such answers that nobody is told.
//!
//! A file that another file includes is a part, not a drawing.

use std::collections::BTreeSet;
use std::path::Path;

use sekisho::document::Loaded;
use sekisho::model::{Carrier, CheckId, Expectation, Id, Lens, Model, Question, Status};
use sekisho::network::Network;
use sekisho::verify::reference::Walked;
use sekisho::verify::{Answer, Verdict, Witness, expect, fast, reference, replay};

use crate::support::disk::{drawings, readable, shown};

/// The numbers of the table of cases. The gaps are intended.
const NUMBERS: [u32; 99] = [
    1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16, 17, 19, 20, 21, 22, 23, 24, 25, 27, 28, 30, 31, 32, 34, 35, 37, 39,
    40, 41, 43, 44, 46, 47, 48, 51, 52, 53, 55, 56, 57, 59, 60, 62, 63, 64, 65, 67, 68, 70, 71, 72, 73, 74, 75, 76, 78,
    80, 81, 82, 83, 84, 85, 87, 89, 90, 91, 92, 93, 94, 95, 96, 97, 98, 99, 100, 101, 102, 103, 104, 105, 106, 107,
    108, 109, 110, 111, 112, 113, 114, 115, 116, 117, 118, 119, 120,
];

/// How many mistakes the catalogue has.
const MISTAKES: usize = 35;

/// The drawings looked at here.
const FOLDERS: [&str; 2] = ["tests/cases", "models"];

/// The statuses of its checks.
fn statuses(loaded: &Loaded) -> Vec<Status> {
    fast::verify(&loaded.model, &Network::new(&loaded.model)).iter().map(|v| v.status).collect()
}

#[test]
fn every_drawing_gives_what_it_expects() {
    let mut wrong = Vec::new();
    for (path, loaded) in readable(&FOLDERS, &mut wrong) {
        let model = &loaded.model;
        let network = Network::new(model);
        let differences = expect::differences(model, &network, &fast::verify(model, &network));
        wrong.extend(
            differences.iter().map(|d| format!("{}: {} {}", shown(&path), loaded.sources.place(d.span), d.text.en)),
        );
        // The steps of the tutorial are read by beginners; what they give is held by the test of the documents.
        if model.expectations.is_empty() && !shown(&path).starts_with("models/tutorial") {
            wrong.push(format!("{}: nothing is expected", shown(&path)));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// What both engines must agree on.
#[derive(Debug, PartialEq, Eq)]
struct Essence {
    status: Status,
    /// Final carriers with the length of their shortest path.
    carriers: Vec<(Carrier, usize)>,
    /// Members without a flow, and whether they have it in `may`.
    missing: Vec<(usize, bool)>,
}

fn essence(verdict: &Verdict) -> Essence {
    let (mut carriers, mut missing) = (Vec::new(), Vec::new());
    match &verdict.answer {
        Answer::Matrix(rows) => carriers.extend(rows.iter().map(|u| (u.carrier, u.witness.hops.len()))),
        Answer::Paths(paths) => carriers.extend(paths.iter().filter_map(|w| Some((w.final_carrier()?, w.hops.len())))),
        Answer::Flow { missing: m, .. } => missing.extend(m.iter().map(|(f, may)| (f.index(), *may))),
        Answer::Nothing => {}
    }
    carriers.sort_unstable();
    Essence { status: verdict.status, carriers, missing }
}

/// What the replay says against the paths of a verdict.
fn refusals(model: &Model, question: &Question, verdict: &Verdict) -> Vec<String> {
    let (lens, eyes) = match question {
        Question::Forbid { lens, eyes, .. } => (*lens, *eyes),
        _ => (Lens::Direct, false),
    };
    let paths: Vec<&Witness> = match &verdict.answer {
        Answer::Matrix(rows) => rows.iter().map(|u| &u.witness).collect(),
        Answer::Paths(paths) => paths.iter().collect(),
        Answer::Flow { witness, .. } => witness.iter().collect(),
        Answer::Nothing => Vec::new(),
    };
    paths.iter().filter_map(|w| replay::replay(model, lens, eyes, &[], w).err().map(|e| e.to_string())).collect()
}

/// Everything in which the engines differ on one question.
fn disagreements(
    (model, network, walked): (&Model, &Network, &Walked<'_>),
    question: &Question,
    f: &Verdict,
    r: &Verdict,
) -> Vec<String> {
    let mut wrong = Vec::new();
    if essence(f) != essence(r) {
        wrong.push(format!("fast {:?} reference {:?}", essence(f), essence(r)));
    }
    let depth = match fast::depth(model, network, question) {
        Some(fast::Depth::Exactly(n, sets)) => Some((n, sets)),
        _ => None,
    };
    let slow = (f.status != Status::Vacuous).then(|| walked.depth(question));
    if let Some(slow) = slow.filter(|slow| *slow != depth) {
        wrong.push(format!("depth: fast {depth:?} reference {slow:?}"));
    }
    wrong.extend(refusals(model, question, f).into_iter().map(|e| format!("path of fast refused: {e}")));
    wrong.extend(refusals(model, question, r).into_iter().map(|e| format!("path of reference refused: {e}")));
    wrong
}

#[test]
fn both_engines_agree_on_every_drawing() {
    let mut wrong = Vec::new();
    for (path, loaded) in readable(&FOLDERS, &mut wrong) {
        let model = &loaded.model;
        let network = Network::new(model);
        // The packets of a drawing are walked once for all its questions.
        let walked = Walked::of(model);
        let mut compare = |name: &str, question: &Question, f: &Verdict, r: &Verdict| {
            let list = disagreements((model, &network, &walked), question, f, r);
            wrong.extend(list.into_iter().map(|d| format!("{}: {name}: {d}", shown(&path))));
        };
        for (f, r) in fast::verify(model, &network).iter().zip(&walked.verify()) {
            let check = &model.checks[f.check];
            compare(&check.name, &check.question, f, r);
        }
        for expectation in &model.expectations {
            if let Expectation::Verdict { question, text, .. } = expectation
                && !model.checks.values().any(|c| c.question == *question)
            {
                let none = CheckId::new(0);
                compare(text, question, &fast::ask(model, &network, none, question), &walked.ask(none, question));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// The open questions that the verdicts of a case name, by both engines.
fn named(case: &str) -> Vec<BTreeSet<String>> {
    let mut wrong = Vec::new();
    let all = readable(&FOLDERS, &mut wrong);
    let found = all.iter().find(|(path, _)| shown(path) == format!("tests/cases/{case}.ron"));
    let model = &found.expect("the case is there").1.model;
    let of = |verdicts: Vec<Verdict>| {
        let ids = verdicts.iter().flat_map(|v| v.assumptions.iter().copied());
        ids.map(|a| model.assumptions[a].text.en.to_string()).collect()
    };
    vec![of(fast::verify(model, &Network::new(model))), of(reference::verify(model))]
}

// P-STRAY
#[test]
fn an_answer_that_goes_another_way_names_its_firewall() {
    let question = "how `fw2` treats answers to requests that it has not seen (strays) is not stated";
    assert_eq!(named("case-101c"), vec![BTreeSet::from([question.to_owned()]); 2]);
    // Stated, or of no weight: nothing is named.
    for case in ["case-101a", "case-101b", "case-101f", "case-93", "case-102b"] {
        assert_eq!(named(case), vec![BTreeSet::new(); 2], "{case}");
    }
}

#[test]
fn every_mistake_is_a_violation() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/mistakes");
    let (mut mistakes, mut wrong) = (0, Vec::new());
    for (path, loaded) in readable(&FOLDERS, &mut wrong).iter().filter(|(path, _)| path.starts_with(&folder)) {
        let is_mistake = path.file_name().is_some_and(|n| n.to_string_lossy().starts_with("e-"));
        mistakes += usize::from(is_mistake);
        let is_violated = statuses(loaded).contains(&Status::Violated);
        let is_clean = statuses(loaded).iter().all(|s| *s == Status::Holds);
        if is_mistake && !is_violated || !is_mistake && !is_clean {
            wrong.push(format!(
                "{}: {}",
                shown(path),
                if is_mistake { "no violation" } else { "not free of findings" }
            ));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
    assert_eq!(mistakes, MISTAKES);
}

#[test]
fn no_case_is_missing() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let found: BTreeSet<u32> = drawings(&FOLDERS)
        .keys()
        .filter(|path| path.parent() == Some(&root))
        .map(|path| {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let number = name.strip_prefix("case-").map(|n| n.trim_end_matches(|c: char| c.is_ascii_lowercase()));
            number.and_then(|n| n.parse().ok()).unwrap_or_else(|| panic!("{name}: not the name of a case"))
        })
        .collect();
    assert_eq!(found, BTreeSet::from(NUMBERS));
}
