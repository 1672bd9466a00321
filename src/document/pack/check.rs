//! Whether the words inside the rules of a pack are known: clauses, labels, controls, switches, measures.
//!
//! Such words are plain texts inside a rule, so the place that is shown is the rule.

use std::collections::{BTreeMap, BTreeSet};

use super::super::damage::Damage;
use super::super::suggest::nearest;
use crate::diagnostic::{Code, Diagnostic, Text};
use crate::model::Switches;
use crate::model::rulebook::{Decide, Mark, PackOrigin, Rule, Rulebook};
use crate::source::Span;

/// The words for controls of nodes, as drawings write them.
pub(in crate::document) const CONTROL_WORDS: [&str; 19] = [
    "Edr",
    "EdrOf",
    "Mfa",
    "NoExport",
    "AntiVirus",
    "Encrypted",
    "LogReview",
    "AssetAccessControl",
    "VulnerabilityManagement",
    "TlsInspection",
    "Monitoring",
    "Enterprise8021x",
    "SessionRecording",
    "Backup",
    "NoCapture",
    "FileInspection",
    "DeviceRestriction",
    "SecureContainer",
    "BlockLog",
];

/// A word that a rule uses, and where such words are listed.
enum Word<'a> {
    Label(&'a str),
    Control(&'a str),
    Switch(&'a str),
    Measure(&'a str),
}

/// Where the controls, crossings and tasks of the designer's packs are written, by what they are and their id.
pub(super) type Places = BTreeMap<(&'static str, String), Span>;

/// Reports every unknown word of the rules that are asked about, and of all controls, crossings and tasks.
///
/// A clause, source or control that `damage` left out is not called unknown.
pub(super) fn check(
    book: &Rulebook,
    asked: impl Fn(&Rule) -> bool,
    places: &Places,
    damage: &Damage,
    diagnostics: &mut Vec<Diagnostic>,
) {
    for rule in book.rules.iter().filter(|r| asked(r)) {
        let place = place(rule);
        for clause in rule.clauses.iter().filter(|c| !book.clauses.contains_key(*c) && !damage.hides(c)) {
            let known: Vec<&str> = book.clauses.keys().map(String::as_str).collect();
            diagnostics.push(unknown(&rule.id, place, ("条項", "clause"), clause, &known));
        }
        for mark in &rule.evidence {
            if let Mark::Source(number) = mark
                && !book.sources.contains_key(number)
                && !damage.hides(number)
            {
                let known: Vec<&str> = book.sources.keys().map(String::as_str).collect();
                diagnostics.push(unknown(&rule.id, place, ("出典", "source"), number, &known));
            }
        }
        let mut words = Vec::new();
        words.extend(rule.switch.as_deref().map(Word::Switch));
        collect(&rule.decide, &mut words);
        diagnostics.extend(words.iter().filter_map(|w| wrong(book, &rule.id, place, w, damage)));
    }
    let at = |what, id: &String| places.get(&(what, id.clone())).copied();
    for control in &book.controls {
        let mut words: Vec<Word<'_>> = control.mandatory_if.values().map(|s| Word::Switch(s)).collect();
        collect(&control.decide, &mut words);
        let place = at("control", &control.id);
        diagnostics.extend(words.iter().filter_map(|w| wrong(book, &control.id, place, w, damage)));
    }
    for crossing in &book.crossings {
        let place = at("crossing", &crossing.id);
        let words = crossing.via.iter().map(|l| Word::Label(l));
        diagnostics.extend(words.filter_map(|w| wrong(book, &crossing.id, place, &w, damage)));
    }
    for task in &book.tasks {
        let place = at("task", &task.id);
        let words = task.ways.iter().flat_map(|w| &w.legs).flat_map(|l| &l.via).map(|l| Word::Label(l));
        diagnostics.extend(words.filter_map(|w| wrong(book, &task.id, place, &w, damage)));
    }
}

fn place(rule: &Rule) -> Option<Span> {
    match &rule.pack {
        PackOrigin::Own { span, .. } => Some(*span),
        PackOrigin::Shipped => None,
    }
}

fn wrong(book: &Rulebook, id: &str, place: Option<Span>, word: &Word<'_>, damage: &Damage) -> Option<Diagnostic> {
    match word {
        Word::Label(l) => {
            let known = super::super::resolve::LABELS;
            (!known.contains(l)).then(|| unknown(id, place, ("標識", "label"), l, &known))
        }
        Word::Control(c) => {
            (!CONTROL_WORDS.contains(c)).then(|| unknown(id, place, ("対策", "control"), c, &CONTROL_WORDS))
        }
        Word::Switch(s) => {
            let known = Switches::NAMES;
            let name = s.trim_start_matches('!');
            (!known.contains(&name)).then(|| unknown(id, place, ("切り替え", "switch"), name, &known))
        }
        Word::Measure(m) => {
            let known: BTreeSet<&str> = book.controls.iter().map(|c| c.id.as_str()).collect();
            let known: Vec<&str> = known.into_iter().collect();
            (!known.contains(m) && !damage.hides(m))
                .then(|| unknown(id, place, ("対策の番号", "control id"), m, &known))
        }
    }
}

fn unknown(id: &str, place: Option<Span>, what: (&str, &str), word: &str, known: &[&str]) -> Diagnostic {
    let message = Text::new(
        format!("`{id}` の{} `{word}` はありません", what.0),
        format!("`{id}`: there is no {} `{word}`", what.1),
    );
    let near = nearest(word, known.iter().copied());
    let help = match near {
        Some(near) => Text::new(format!("`{near}` のことですか"), format!("did you mean `{near}`?")),
        None => Text::new(format!("使えるもの: {}", known.join(", ")), format!("known here: {}", known.join(", "))),
    };
    match place {
        Some(span) => Diagnostic::error(
            Code::UNKNOWN_NAME,
            span,
            message,
            Text::new("この中に書かれています", "written inside this"),
        )
        .help(help),
        None => Diagnostic {
            code: Code::UNKNOWN_NAME,
            severity: crate::diagnostic::Severity::Error,
            message,
            labels: Vec::new(),
            help: vec![help],
            fix: None,
        },
    }
}

/// An id that no rule has.
pub(in crate::document) fn unknown_rule(book: &Rulebook, id: &str, span: Span) -> Diagnostic {
    let mut d = Diagnostic::error(
        Code::UNKNOWN_NAME,
        span,
        Text::new(format!("規則 `{id}` はありません"), format!("there is no rule `{id}`")),
        Text::new("規則の一覧にない番号です", "not in the rule book"),
    );
    if let Some(near) = nearest(id, book.rules.iter().map(|r| r.id.as_str())) {
        d = d.fix(span, near);
    }
    d
}

fn collect<'a>(decide: &'a Decide, words: &mut Vec<Word<'a>>) {
    match decide {
        Decide::All(list) | Decide::Any(list) => list.iter().for_each(|d| collect(d, words)),
        Decide::If { switch, then, .. } => {
            words.extend(switch.as_deref().map(Word::Switch));
            collect(then, words);
        }
        Decide::Crossing(t) => {
            words.extend(t.excused_by.iter().flatten().chain(&t.past).map(|l| Word::Label(l)));
        }
        Decide::Chain(t) => {
            words.extend(t.unless.iter().flatten().map(|c| Word::Control(c)));
            words.extend(t.excused_by.iter().flatten().map(|l| Word::Label(l)));
        }
        Decide::Controls(t) => words.extend(t.need.iter().flatten().map(|c| Word::Control(c))),
        Decide::Measures(t) => words.extend(t.all.iter().chain(&t.dated).map(|m| Word::Measure(m))),
        Decide::Bodies { via } => words.extend(via.as_deref().map(Word::Label)),
        _ => {}
    }
}
