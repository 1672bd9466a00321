//! Rule packs: the shipped ones and those of a drawing become one rule book.
//!
//! A later pack adds to the earlier ones; what has the same id takes its place. How a rule is decided is not known here.

mod check;
pub(super) use check::{CONTROL_WORDS, unknown_rule};
mod shape;

use std::sync::{Arc, LazyLock};

use super::damage::Damage;
use super::value::Name;
use crate::diagnostic::{Code, Diagnostic, Text};
use crate::model::Edition;
use crate::model::rulebook::{
    Clause, CloudFunction, Control, EditionInfo, LawfulCrossing, Leg, PackOrigin, Rule, Rulebook, Task, TaskWay,
};
use crate::source::{FileId, Sources, Span};
pub(in crate::document) use shape::Pack;
use shape::{RuleDoc, Said, TaskDoc};

include!(concat!(env!("OUT_DIR"), "/policies.rs"));

/// The shipped rule book. Tests read it, so a mistake in the data cannot be shipped.
pub(super) static BOOK: LazyLock<Arc<Rulebook>> = LazyLock::new(|| {
    let (book, mistakes) = shipped();
    debug_assert!(mistakes.is_empty(), "the shipped packs are tested: {mistakes:?}");
    Arc::new(book)
});

/// The shipped rule book, and what is wrong with its files (nothing, as a test says).
fn shipped() -> (Rulebook, Vec<String>) {
    let mut sources = Sources::default();
    let mut book = Rulebook::default();
    let mut mistakes = Vec::new();
    for (name, text) in SHIPPED {
        let Ok(file) = sources.add((*name).to_owned(), (*text).to_owned()) else { continue };
        let parsed = super::value::reading(file, text, || super::options().from_str::<Pack>(text));
        match parsed {
            Ok(pack) => add(&mut book, pack, None, &mut Vec::new()),
            Err(e) => mistakes.push(format!("{name}:{}: {}", e.span.start, e.code)),
        }
    }
    book.editions.sort_by_key(|e| e.edition);
    let mut diagnostics = Vec::new();
    check::check(&book, |_| true, &check::Places::new(), &Damage::default(), &mut diagnostics);
    mistakes.extend(diagnostics.into_iter().map(|d| d.message.en));
    (book, mistakes)
}

/// The rule book of a drawing: the shipped one with the packs of the designer, in order.
///
/// What `damage` left out of a pack may be named elsewhere; that is no second mistake.
pub(super) fn book(packs: Vec<(FileId, Pack)>, damage: &Damage, diagnostics: &mut Vec<Diagnostic>) -> Arc<Rulebook> {
    if packs.is_empty() {
        return BOOK.clone();
    }
    let mut book = Rulebook::clone(&BOOK);
    let mut places = check::Places::new();
    for (file, pack) in packs {
        places.extend(pack.controls.entries.iter().map(|(id, _)| (("control", id.text.clone()), id.span)));
        places.extend(pack.crossings.entries.iter().map(|(id, _)| (("crossing", id.text.clone()), id.span)));
        places.extend(pack.tasks.entries.iter().map(|(id, _)| (("task", id.text.clone()), id.span)));
        let name = pack.name.clone().unwrap_or_default();
        if name.trim().is_empty() && !damage.lacks(Span::new(file, 0..0), "name") {
            diagnostics.push(Diagnostic::error(
                Code::MISSING_FIELD,
                Span::new(file, 0..0),
                Text::new("規則集に名前 `name` がありません", "the rule pack has no `name`"),
                Text::new("報告書に出る名前です", "reports show it"),
            ));
        }
        add(&mut book, pack, Some((&name, damage)), diagnostics);
    }
    book.editions.sort_by_key(|e| e.edition);
    check::check(&book, |rule| matches!(rule.pack, PackOrigin::Own { .. }), &places, damage, diagnostics);
    Arc::new(book)
}

fn said(s: Said) -> Text {
    Text::new(s.ja, s.en)
}

/// Takes the place of the row with the same key, or stands behind all others.
fn put<T>(rows: &mut Vec<T>, row: T, same: impl Fn(&T, &T) -> bool) {
    match rows.iter_mut().find(|old| same(old, &row)) {
        Some(old) => *old = row,
        None => rows.push(row),
    }
}

/// Adds a pack; `own` is the name of one of the designer's, and what could not be read.
fn add(book: &mut Rulebook, pack: Pack, own: Option<(&str, &Damage)>, diagnostics: &mut Vec<Diagnostic>) {
    repeats(&pack, diagnostics);
    for (code, e) in pack.editions.entries {
        let Some(edition) = Edition::parse(&code.text) else {
            diagnostics.push(bad_edition(&code));
            continue;
        };
        let row = EditionInfo { edition, published: said(e.published), changes: said(e.changes), evidence: e.evidence };
        put(&mut book.editions, row, |a, b| a.edition == b.edition);
    }
    for (code, c) in pack.clauses.entries {
        book.clauses.insert(code.text, Clause { text: Text::new(c.ja, c.en), evidence: c.evidence });
    }
    for (number, address) in pack.sources.entries {
        book.sources.insert(number.text, address);
    }
    for (id, doc) in pack.rules.entries {
        add_rule(book, &id, doc, own.map(|(name, _)| name));
    }
    for id in pack.withdrawn {
        withdraw(book, &id, own, diagnostics);
    }
    for (id, c) in pack.controls.entries {
        let row = Control {
            id: id.text,
            name: Text::new(c.ja, c.en),
            organisational: c.organisational,
            responsible: c.responsible,
            asked: c.asked,
            mandatory_if: c.mandatory_if,
            evidence: c.evidence,
            decide: c.decide,
        };
        put(&mut book.controls, row, |a, b| a.id == b.id);
    }
    for (id, c) in pack.crossings.entries {
        let row = LawfulCrossing {
            id: id.text,
            models: c.models,
            from: c.from,
            to: c.to,
            mediator: said(c.mediator),
            carriers: c.carriers,
            via: c.via,
            responsible: c.responsible,
            evidence: c.evidence,
        };
        put(&mut book.crossings, row, |a, b| a.id == b.id);
    }
    for (word, f) in pack.functions.entries {
        let row =
            CloudFunction { word: word.text, name: Text::new(f.ja, f.en), required: f.required, evidence: f.evidence };
        put(&mut book.functions, row, |a, b| a.word == b.word);
    }
    for (id, doc) in pack.tasks.entries {
        let row = task(id.text, doc);
        put(&mut book.tasks, row, |a, b| a.id == b.id);
    }
}

fn add_rule(book: &mut Rulebook, id: &Name, doc: RuleDoc, own: Option<&str>) {
    let overrides = book.rules.iter().any(|r| r.id == id.text);
    let pack = match own {
        None => PackOrigin::Shipped,
        Some(pack) => PackOrigin::Own { pack: pack.to_owned(), span: id.span, overrides },
    };
    let row = Rule {
        id: id.text.clone(),
        clauses: doc.clauses.into_iter().map(|c| c.text).collect(),
        statement: Text::new(doc.ja, doc.en),
        repair: doc.repair.map_or_else(|| Text::new("", ""), said),
        models: doc.models,
        since: doc.since,
        switch: doc.switch.map(|s| s.text),
        severity: doc.severity,
        kind: doc.kind,
        evidence: doc.evidence,
        decide: doc.decide,
        pack,
        withdrawn: false,
    };
    match own {
        // A designer's rule without an edition replaces every version; with one, it is in force from then on.
        Some(_) if row.since.is_none() => {
            let at = book.rules.iter().position(|r| r.id == row.id).unwrap_or(book.rules.len());
            book.rules.retain(|r| r.id != row.id);
            book.rules.insert(at.min(book.rules.len()), row);
        }
        _ => put(&mut book.rules, row, |a, b| a.id == b.id && a.since == b.since),
    }
}

fn withdraw(book: &mut Rulebook, id: &Name, own: Option<(&str, &Damage)>, diagnostics: &mut Vec<Diagnostic>) {
    let mut found = false;
    for rule in book.rules.iter_mut().filter(|r| r.id == id.text) {
        found = true;
        rule.withdrawn = true;
        if let Some((pack, _)) = own {
            rule.pack = PackOrigin::Own { pack: pack.to_owned(), span: id.span, overrides: true };
        }
    }
    if !found && !own.is_some_and(|(_, damage)| damage.hides(&id.text)) {
        diagnostics.push(check::unknown_rule(book, &id.text, id.span));
    }
}

fn task(id: String, doc: TaskDoc) -> Task {
    let ways = doc
        .ways
        .into_iter()
        .map(|w| TaskWay {
            name: Text::new(w.ja, w.en),
            from: w.from,
            to: w.to,
            legs: w
                .legs
                .into_iter()
                .map(|l| Leg { from: l.from, to: l.to, carriers: l.carriers, via: l.via })
                .collect(),
            steps: w.steps.into_iter().map(said).collect(),
        })
        .collect();
    Task { id, name: Text::new(doc.ja, doc.en), pain: doc.pain, ways }
}

fn bad_edition(code: &Name) -> Diagnostic {
    Diagnostic::error(
        Code::BAD_VALUE,
        code.span,
        Text::new(
            format!("`{}` は版の記号ではありません", code.text),
            format!("`{}` is not the code of an edition", code.text),
        ),
        Text::new("R7_3(令和7年3月)のように書きます", "write it like R7_3 (March of Reiwa 7)"),
    )
}

/// Ids that one pack gives twice.
fn repeats(pack: &Pack, diagnostics: &mut Vec<Diagnostic>) {
    fn of<T>(map: &super::value::Map<T>, diagnostics: &mut Vec<Diagnostic>) {
        let mut seen: std::collections::BTreeMap<&str, Span> = std::collections::BTreeMap::new();
        for (name, _) in &map.entries {
            match seen.get(name.text.as_str()) {
                None => {
                    seen.insert(&name.text, name.span);
                }
                Some(&first) => diagnostics.push(
                    Diagnostic::error(
                        Code::DUPLICATE_NAME,
                        name.span,
                        Text::new(
                            format!("`{}` が二度書かれています", name.text),
                            format!("`{}` is written twice", name.text),
                        ),
                        Text::new("二度目です", "the second time"),
                    )
                    .also(first, Text::new("最初はここです", "first here")),
                ),
            }
        }
    }
    of(&pack.editions, diagnostics);
    of(&pack.clauses, diagnostics);
    of(&pack.sources, diagnostics);
    of(&pack.rules, diagnostics);
    of(&pack.controls, diagnostics);
    of(&pack.crossings, diagnostics);
    of(&pack.functions, diagnostics);
    of(&pack.tasks, diagnostics);
}

#[cfg(test)]
mod tests {
    use super::shipped;

    #[test]
    fn the_shipped_packs_are_without_a_mistake() {
        let (book, mistakes) = shipped();
        assert!(mistakes.is_empty(), "{}", mistakes.join("\n"));
        assert!(!book.rules.is_empty() && !book.controls.is_empty());
    }
}
