//! Why two places are connected, or why not: `sekisho explain FILE FROM TO` as text.
//!
//! The engines and `verify::blocking` decide; this words it. Every path shown here has been replayed, too.

use super::{Look, Page, Style};
use crate::model::{CheckId, FaceId, Id, Lens, Model, Question, Service};
use crate::network::Network;
use crate::report::flows;
use crate::report::names::Scribe;
use crate::report::words;
use crate::source::Sources;
use crate::verify::fast::{self, Depth};
use crate::verify::{Answer, Level, blocking, replay};

/// How many pairs of faces are explained when nothing passes.
const PAIRS: usize = 4;
/// How many walks of one pair are written out.
const WALKS: usize = 12;

/// What there is to say about two places; the error is an internal one.
///
/// # Errors
/// When a path cannot be replayed: nothing of it may be shown.
pub fn connection(
    model: &Model,
    sources: &Sources,
    network: &Network,
    ends: (&[FaceId], &[FaceId]),
    wanted: Option<&[Service]>,
    style: Style,
) -> Result<String, String> {
    let scribe = Scribe { model, sources };
    let mut page = Page::new(style);
    let (from, to) = ends;
    let (a, b) = (named(&scribe, from, style), named(&scribe, to, style));
    let service = wanted.map(|w| w.iter().map(ToString::to_string).collect::<Vec<_>>().join(" + "));
    let head = match &service {
        Some(s) => format!("{a} → {b}  ({s})"),
        None => format!("{a} → {b}"),
    };
    page.line(Look::Head, 0, &head);
    if direct(&mut page, &scribe, from, to, wanted) {
        // Said already.
    } else {
        let through = if wanted.is_none() { fast::shortest(model, network, from, to) } else { None };
        match through {
            Some(witness) => {
                replay::replay(model, Lens::Direct, false, &[], &witness).map_err(|e| e.to_string())?;
                let text = page.pick(
                    "直接の通信はできませんが、中継機器や人手を通して届きます",
                    "no direct session, but something passes through mediators or by hand",
                );
                page.line(Look::Plain, 0, &text);
                super::finding::path(&mut page, Lens::Direct, &scribe.path(Lens::Direct, &witness));
            }
            None => {
                let text = page
                    .pick("つながりません(中継機器を通しても届きません)", "not connected, not even through mediators");
                let text = if service.is_some() {
                    page.pick("この通信はつながりません", "this is not connected")
                } else {
                    text
                }
                .to_owned();
                page.line(Look::Plain, 0, &text);
            }
        }
        blocked(&mut page, &scribe, from, to, wanted);
    }
    far(&mut page, &scribe, network, from, to)?;
    Ok(page.finish())
}

/// One node by its name, a set by what it is.
fn named(scribe: &Scribe<'_>, faces: &[FaceId], style: Style) -> String {
    match faces {
        [one] => scribe.thing(*one).called(),
        _ => scribe.set(faces).get(style.lang).to_owned(),
    }
}

/// A direct session, if there is one, with the rule on each device.
fn direct(page: &mut Page, scribe: &Scribe<'_>, from: &[FaceId], to: &[FaceId], wanted: Option<&[Service]>) -> bool {
    let pairs = from.iter().flat_map(|&x| to.iter().map(move |&y| (x, y)));
    let found: Vec<_> =
        pairs.filter_map(|(x, y)| blocking::passage(scribe.model, x, y, wanted).map(|p| (x, y, p))).collect();
    let best = found.iter().min_by_key(|(x, y, c)| (c.level < Level::Sure, c.walk.len(), x.index(), y.index()));
    let Some((x, y, blocking::Connection { packet, level, walk, rests_on })) = best else { return false };
    let text = if *level >= Level::Sure {
        page.pick("直接つながります", "connected directly")
    } else {
        page.pick(
            "つながるかもしれません(図面に書かれていないことに左右されます)",
            "possibly connected (it depends on what the drawing does not state)",
        )
    };
    page.line(Look::Plain, 0, &text);
    let text = page.pick(
        &format!("{} が {} への通信を開ける", scribe.thing(*x).called(), scribe.thing(*y).called()),
        &format!("{} can open a session to {}", scribe.thing(*x).called(), scribe.thing(*y).called()),
    );
    page.line(Look::Plain, 3, &text);
    let sent = scribe.packet(packet);
    page.line(Look::Faint, 8, &super::finding::packet(page.style.lang, &sent));
    if walk.is_empty() {
        let zone = scribe.model.faces[*x].zone.map(|z| scribe.zone(z)).unwrap_or_default();
        let text = page.pick(&format!("同じネットワーク {zone} の中"), &format!("inside the network {zone}"));
        page.line(Look::Faint, 8, &text);
    }
    let mut before = *packet;
    for p in walk {
        let translated = before != p.packet;
        before = p.packet;
        super::finding::device(page, &scribe.device(p, translated));
    }
    for &open in rests_on {
        let assumption = &scribe.model.assumptions[open];
        let text = assumption.text.get(page.style.lang).to_owned();
        page.placed(Look::Open, 5, "? ", &text, assumption.span.map(|s| scribe.place(s).to_string()));
    }
    let others = found.len() - 1;
    if others > 0 {
        let text = page.pick(
            &format!("ほかに {others} 組の端点どうしもつながります"),
            &format!("{others} more pairs of ends are connected"),
        );
        page.line(Look::Plain, 3, &text);
    }
    true
}

/// Everything that stops a direct session, walk by walk.
fn blocked(page: &mut Page, scribe: &Scribe<'_>, from: &[FaceId], to: &[FaceId], wanted: Option<&[Service]>) {
    let mut pairs: Vec<(FaceId, FaceId)> = from.iter().flat_map(|&x| to.iter().map(move |&y| (x, y))).collect();
    let all = pairs.len();
    pairs.truncate(PAIRS);
    for &(x, y) in &pairs {
        let found = blocking::between(scribe.model, x, y, wanted);
        let (a, b) = (scribe.thing(x).called(), scribe.thing(y).called());
        let text = page.pick(
            &format!("直接の通信 {a} → {b} を止めているもの:"),
            &format!("what stops a direct session {a} → {b}:"),
        );
        page.line(Look::Plain, 0, &text);
        for refusal in &found.refusals {
            let a = flows::refused(scribe, *refusal, x, y);
            let text = a.text.get(page.style.lang).to_owned();
            page.placed(Look::Plain, 2, "- ", &text, a.place.map(|p| p.to_string()));
        }
        let (walks, again): (Vec<_>, Vec<_>) = flows::walks(scribe, &found).into_iter().partition(|w| !w.again);
        if !again.is_empty() {
            let n = again.len();
            let text = page.pick(
                &format!("(同じ機器を続けて二度通る道 {n} 本も、すべて止まります。表示は省略しました)"),
                &format!("({n} ways that pass one device twice in a row are stopped as well, and left out here)"),
            );
            page.line(Look::Faint, 2, &text);
        }
        for flows::Way { way, stops, open, .. } in walks.iter().take(WALKS) {
            let text = page.pick(&format!("道 {way}"), &format!("way {way}"));
            page.line(Look::Plain, 2, &text);
            for s in stops {
                let text = s.text.get(page.style.lang).to_owned();
                page.placed(Look::Plain, 4, "- ", &text, s.place.as_ref().map(ToString::to_string));
            }
            if *open {
                let text = page.pick("止められないパケットもあります", "some packets are stopped nowhere on it");
                page.line(Look::Plain, 4, &text);
            }
        }
        let more = walks.len().saturating_sub(WALKS);
        if more > 0 {
            let text =
                page.pick(&format!("ほかの道 {more} 本は省略しました"), &format!("{more} more ways are left out"));
            page.line(Look::Plain, 2, &text);
        }
        if found.limited {
            let text = page.pick(
                "道かパケットが多いため、途中で打ち切りました(すべてではありません)",
                "there are more ways or packets than were looked at (not complete)",
            );
            page.line(Look::Open, 2, &text);
        }
    }
    if all > PAIRS {
        let more = all - PAIRS;
        let text = page.pick(
            &format!("ほか {more} 組の端点どうしは省略しました"),
            &format!("{more} more pairs of ends are left out"),
        );
        page.line(Look::Plain, 0, &text);
    }
}

/// Whether an attacker or information gets there in the end, one line each.
fn far(page: &mut Page, scribe: &Scribe<'_>, network: &Network, from: &[FaceId], to: &[FaceId]) -> Result<(), String> {
    let model = scribe.model;
    let ends = |faces: &[FaceId]| -> Vec<FaceId> {
        faces.iter().copied().filter(|&f| model.endpoint_of(f).is_some()).collect()
    };
    let (from, to) = (ends(from), ends(to));
    if from.is_empty() || to.is_empty() {
        return Ok(());
    }
    page.blank();
    for (lens, ja, en) in [
        (Lens::Attack, "機器を次々に乗っ取る攻撃", "attack, host by host"),
        (Lens::Leak, "機器を伝う情報の漏えい", "leak, host by host"),
    ] {
        let question = Question::Forbid { lens, from: from.clone(), to: to.clone(), eyes: false };
        let verdict = fast::ask(model, network, CheckId::new(0), &question);
        if let Answer::Paths(paths) = &verdict.answer {
            for w in paths {
                replay::replay(model, lens, false, &[], w)
                    .and_then(|()| replay::start_ok(model, &question, w))
                    .map_err(|e| e.to_string())?;
            }
        }
        let reached = match verdict.status {
            crate::model::Status::Violated => page.pick("届く", "reached"),
            crate::model::Status::Undecided => page.pick("届くかもしれない", "possibly reached"),
            _ => page.pick("届かない", "not reached"),
        };
        let depth = match fast::depth(model, network, &question) {
            Some(Depth::Exactly(0, _)) | None => String::new(),
            Some(Depth::None) => page.pick("(どの対策が破られても)", " (whatever controls fail)"),
            Some(Depth::AtLeast(n)) => page.pick(&format!("(深さ {n} 以上)"), &format!(" (depth at least {n})")),
            Some(Depth::Exactly(n, sets)) => {
                let names = |s: &Vec<crate::model::GuardId>| {
                    s.iter()
                        .map(|&g| words::guard(&model.guards[g].name).get(page.style.lang).to_owned())
                        .collect::<Vec<_>>()
                        .join(" + ")
                };
                let first = sets.first().map(names).unwrap_or_default();
                let more = sets.len().saturating_sub(1);
                let more = if more > 0 {
                    page.pick(&format!(" ほか {more} 組"), &format!(" and {more} more sets"))
                } else {
                    String::new()
                };
                page.pick(&format!("(深さ {n}: {first}{more})"), &format!(" (depth {n}: {first}{more})"))
            }
        };
        let text = format!("{}: {reached}{depth}", page.pick(ja, en));
        page.hanging(Look::Plain, 0, "", &text);
        if let (Answer::Paths(paths), true) = (&verdict.answer, page.style.verbose)
            && let Some(w) = paths.first()
        {
            super::finding::path(page, lens, &scribe.path(lens, w));
        }
    }
    Ok(())
}
