//! Whether the steps of a plan fit together: what each needs from the others, and what two of them both write.
//!
//! The state after a set of steps must not depend on their order; where it would, that is an error here.

use std::collections::{BTreeMap, BTreeSet};

use super::super::shape::Municipality;
use super::super::value::Name;
use super::apply::{flow_name, path_name};
use super::effects::{Effects, Item, Sort, attached, items, listed};
use crate::diagnostic::{Code, Diagnostic, Text};
use crate::document::resolve::normal;
use crate::document::suggest::nearest;
use crate::model::plan::Precedence;
use crate::source::Span;

/// A step as far as the others are concerned.
pub(super) struct Part<'a> {
    pub(super) name: &'a str,
    pub(super) span: Span,
    pub(super) effects: Effects,
}

/// Derives what has to come before what, and reports what does not fit.
pub(super) fn precedences(
    base: &Municipality,
    parts: &[Part<'_>],
    stated: Vec<Precedence>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Precedence> {
    let there: BTreeMap<Item, Span> = items(base).into_iter().collect();
    let mut all = Makers::new(parts);
    all.made_twice(parts, &there, diagnostics);
    let mut found = stated;
    for (b, part) in parts.iter().enumerate() {
        let e = &part.effects;
        let wanted = e.needs.iter().map(|(i, s)| (i, *s));
        let wanted =
            wanted.chain(e.changes.iter().map(|((i, _), s)| (i, *s))).chain(e.takes.iter().map(|(i, s)| (i, *s)));
        let mut seen = BTreeSet::new();
        for (item, span) in wanted {
            if item.0 == Sort::Whole || !seen.insert(item.clone()) {
                continue;
            }
            let (maker, taker) = (all.makers.get(item), all.takers.get(item));
            if !there.contains_key(item) && maker.is_none() {
                if !e.makes.contains_key(item) {
                    diagnostics.push(unknown(item, span, &there, &all));
                }
                continue;
            }
            if let Some(&a) = maker.filter(|&&a| a != b) {
                found.push(follows(parts, a, b, item, span, true));
            }
            if let Some(&c) = taker.filter(|&&c| c != b) {
                found.push(follows(parts, b, c, item, span, false));
            }
        }
    }
    all.leave_before_it_goes(base, parts, &mut found);
    put_before_dropped(base, parts, &mut found);
    found.sort_by_key(|p| (p.first, p.then, !p.stated));
    found.dedup_by_key(|p| (p.first, p.then));
    written_twice(parts, &found, diagnostics);
    found
}

/// Which step makes an item, and which takes it away.
struct Makers {
    makers: BTreeMap<Item, usize>,
    takers: BTreeMap<Item, usize>,
}

impl Makers {
    fn new(parts: &[Part<'_>]) -> Self {
        let mut all = Self { makers: BTreeMap::new(), takers: BTreeMap::new() };
        for (i, part) in parts.iter().enumerate() {
            for item in part.effects.makes.keys() {
                all.makers.entry(item.clone()).or_insert(i);
            }
            for item in part.effects.takes.keys() {
                all.takers.entry(item.clone()).or_insert(i);
            }
        }
        all
    }

    fn made_twice(&mut self, parts: &[Part<'_>], there: &BTreeMap<Item, Span>, diagnostics: &mut Vec<Diagnostic>) {
        for (i, part) in parts.iter().enumerate() {
            // Rows may be there twice.
            for (item, &span) in part.effects.makes.iter().filter(|(i, _)| i.0 != Sort::Row) {
                let first = match self.makers.get(item) {
                    Some(&other) if other != i => parts[other].effects.makes.get(item).copied(),
                    _ => there.get(item).copied(),
                };
                if let Some(first) = first {
                    diagnostics.push(
                        Diagnostic::error(
                            Code::DUPLICATE_NAME,
                            span,
                            Text::new(
                                format!("`{}` は、もうあります", item.1),
                                format!("`{}` is there already", item.1),
                            ),
                            Text::new(
                                "置き換えるなら Add でなく Replace です",
                                "to put another in its place, use Replace instead of Add",
                            ),
                        )
                        .also(first, Text::new("もう一方はここです", "the other is here")),
                    );
                }
            }
            for (item, &span) in &part.effects.takes {
                if let Some(&other) = self.takers.get(item).filter(|&&other| other != i) {
                    let mut d = Diagnostic::error(
                        Code::CONFLICT,
                        span,
                        Text::new(
                            format!("`{}` を二つの手順が取り除きます", item.1),
                            format!("two steps remove `{}`", item.1),
                        ),
                        Text::new("どちらか一方にしてください", "leave it to one of them"),
                    );
                    if let Some(&place) = parts[other].effects.takes.get(item) {
                        d = d.also(place, Text::new("もう一方はここです", "the other is here"));
                    }
                    diagnostics.push(d);
                }
            }
        }
    }

    /// What is attached to a network has to leave it before the network goes.
    fn leave_before_it_goes(&self, base: &Municipality, parts: &[Part<'_>], found: &mut Vec<Precedence>) {
        for (name, node) in &base.nodes.entries {
            let mut one = Municipality::default();
            one.nodes.entries.push((name.clone(), node.clone()));
            for (network, _) in attached(&one) {
                let Some(&goes) = self.takers.get(&network) else { continue };
                let item = (Sort::Thing, normal(&name.text));
                for (b, part) in parts.iter().enumerate().filter(|(b, _)| *b != goes) {
                    let e = &part.effects;
                    let leaves = |p: &str| p == "place" || p.is_empty() || p.starts_with("joins ");
                    let span = e
                        .takes
                        .get(&item)
                        .copied()
                        .or_else(|| e.changes.iter().find(|((i, p), _)| *i == item && leaves(p)).map(|(_, s)| *s));
                    if let Some(span) = span {
                        found.push(follows(parts, b, goes, &network, span, false));
                    }
                }
            }
        }
    }
}

/// What one step puts into a list and another takes out was not there before.
fn put_before_dropped(base: &Municipality, parts: &[Part<'_>], found: &mut Vec<Precedence>) {
    for (b, dropping) in parts.iter().enumerate() {
        for (item, part) in &dropping.effects.drops {
            let node = base.nodes.entries.iter().find(|(n, _)| normal(&n.text) == item.1);
            if node.is_some_and(|(_, node)| listed(node).contains(part)) {
                continue;
            }
            let key = (item.clone(), part.clone());
            for a in (0..parts.len()).filter(|&a| a != b && parts[a].effects.puts.contains(&key)) {
                let span = dropping.effects.changes.get(&key).copied().unwrap_or(dropping.span);
                let (first, then) = (parts[a].name, dropping.name);
                let reason = Text::new(
                    format!("`{then}` は、`{first}` が `{}` に加えるもの({part})を取り除く", item.1),
                    format!("`{then}` takes out what `{first}` puts into `{}` ({part})", item.1),
                );
                found.push(Precedence { first: a, then: b, reason, stated: false, span });
            }
        }
    }
}

/// `then` needs what `first` makes, or `then` takes away what `first` still needs.
fn follows(parts: &[Part<'_>], first: usize, then: usize, item: &Item, span: Span, makes: bool) -> Precedence {
    let (a, b) = (parts[first].name, parts[then].name);
    let reason = match makes {
        true => Text::new(
            format!("`{b}` は、`{a}` が作る `{}` を使う", item.1),
            format!("`{b}` uses `{}`, which `{a}` makes", item.1),
        ),
        false => Text::new(
            format!("`{a}` は、`{b}` が取り除く `{}` をまだ使う", item.1),
            format!("`{a}` still uses `{}`, which `{b}` removes", item.1),
        ),
    };
    Precedence { first, then, reason, stated: false, span }
}

fn unknown(item: &Item, span: Span, there: &BTreeMap<Item, Span>, all: &Makers) -> Diagnostic {
    let known = there.keys().chain(all.makers.keys()).filter(|i| i.0 == item.0).map(|i| i.1.as_str());
    let d = Diagnostic::error(
        Code::UNKNOWN_NAME,
        span,
        Text::new(
            format!("`{}` は、元の図面にも、どの手順にもありません", item.1),
            format!("`{}` is neither in the drawing nor made by a step", item.1),
        ),
        Text::new("この名前のものはありません", "nothing has this name"),
    );
    match nearest(&item.1, known) {
        Some(near) if span.range().len() == item.1.len() => d.fix(span, near),
        _ => d,
    }
}

/// Whether the steps leave open which of two writings counts.
fn written_twice(parts: &[Part<'_>], precedences: &[Precedence], diagnostics: &mut Vec<Diagnostic>) {
    let after = reachable(parts.len(), precedences);
    for (b, second) in parts.iter().enumerate() {
        for (a, first) in parts.iter().enumerate().take(b) {
            if after[a].contains(&b) || after[b].contains(&a) {
                continue;
            }
            let clash = second.effects.changes.iter().find_map(|((item, part), span)| {
                let other = first
                    .effects
                    .changes
                    .iter()
                    .find(|((i, p), _)| i == item && (p == part || p.is_empty() || part.is_empty()))?;
                Some((item, if part.is_empty() { &other.0.1 } else { part }, *span, *other.1))
            });
            let Some((item, part, span, other)) = clash else { continue };
            let what = if part.is_empty() { item.1.clone() } else { format!("{}: {part}", item.1) };
            diagnostics.push(
                Diagnostic::error(
                    Code::CONFLICT,
                    span,
                    Text::new(
                        format!("`{}` と `{}` が同じもの({what})を書き換えます", first.name, second.name),
                        format!("`{}` and `{}` both write the same ({what})", first.name, second.name),
                    ),
                    Text::new("どちらが後かで結果が変わります", "the result depends on which comes last"),
                )
                .also(other, Text::new("もう一方はここです", "the other is here"))
                .help(Text::new(
                    format!(
                        "順番が決まっているなら constraints に Before(first: \"{}\", then: \"{}\") と書きます",
                        first.name, second.name
                    ),
                    format!(
                        "if the order is fixed, write Before(first: \"{}\", then: \"{}\") under constraints",
                        first.name, second.name
                    ),
                )),
            );
        }
    }
}

/// For each step, those that come after it.
pub(super) fn reachable(n: usize, precedences: &[Precedence]) -> Vec<BTreeSet<usize>> {
    let mut after = vec![BTreeSet::new(); n];
    for (start, reached) in after.iter_mut().enumerate() {
        let mut todo = vec![start];
        while let Some(at) = todo.pop() {
            for p in precedences.iter().filter(|p| p.first == at) {
                if reached.insert(p.then) {
                    todo.push(p.then);
                }
            }
        }
    }
    after
}

/// The steps so that what comes first comes first, otherwise as declared; or the steps of a circle.
pub(super) fn canonical(n: usize, precedences: &[Precedence]) -> Result<Vec<usize>, Vec<usize>> {
    let mut order: Vec<usize> = Vec::with_capacity(n);
    while order.len() < n {
        let ready = |i: &usize| {
            !order.contains(i) && precedences.iter().all(|p| p.then != *i || p.first == *i || order.contains(&p.first))
        };
        match (0..n).find(ready) {
            Some(next) => order.push(next),
            None => {
                let after = reachable(n, precedences);
                return Err((0..n).filter(|&i| after[i].contains(&i)).collect());
            }
        }
    }
    Ok(order)
}

/// A circle of steps that all have to come before each other.
pub(super) fn circle(parts: &[Part<'_>], steps: &[usize], precedences: &[Precedence]) -> Option<Diagnostic> {
    let first = *steps.first()?;
    let names = steps.iter().map(|&i| format!("`{}`", parts[i].name)).collect::<Vec<_>>().join(", ");
    let mut d = Diagnostic::error(
        Code::CONFLICT,
        parts[first].span,
        Text::new(
            format!("手順 {names} は、互いに先でなければならないので、並べられません"),
            format!("the steps {names} each have to come before the other"),
        ),
        Text::new("この手順です", "this step"),
    );
    for p in precedences.iter().filter(|p| steps.contains(&p.first) && steps.contains(&p.then)).take(6) {
        d = d.also(p.span, p.reason.clone());
    }
    Some(d.help(Text::new(
        "手順を二つに分けるか、Together で一度に行います",
        "split a step in two, or do them in one go with Together",
    )))
}

/// Steps in one go, and every other step by itself; in the order of their first step.
pub(super) fn units(n: usize, together: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut of: Vec<usize> = (0..n).collect();
    for group in together {
        for pair in group.windows(2) {
            let (a, b) = (of[pair[0]], of[pair[1]]);
            let (low, high) = (a.min(b), a.max(b));
            of.iter_mut().filter(|u| **u == high).for_each(|u| *u = low);
        }
    }
    (0..n).filter(|&i| of[i] == i).map(|i| (0..n).filter(|&j| of[j] == i).collect()).collect()
}

/// What has no name cannot be put in the place of anything.
pub(super) fn nameless(step: &Name, doc: &Municipality) -> Vec<Diagnostic> {
    let given = [
        ("carry", !doc.carry.is_empty()),
        ("permits", !doc.permits.is_empty()),
        ("require", doc.require.iter().any(|r| flow_name(r).is_none())),
        ("forbid", doc.forbid.iter().any(|f| path_name(f).is_none())),
    ];
    let told = |field: &str| {
        Diagnostic::error(
            Code::UNKNOWN_FIELD,
            step.span,
            Text::new(
                format!("名前のない `{field}` の行は Replace では置き換えられません"),
                format!("a line of `{field}` without a name cannot be replaced"),
            ),
            Text::new("Remove で消し、Add で加えてください", "take it away with Remove, and add one with Add"),
        )
    };
    given.into_iter().filter(|(_, given)| *given).map(|(field, _)| told(field)).collect()
}
