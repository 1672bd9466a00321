//! What crosses between segments, as a table and a list: also what is permitted.
//!
//! Marks are a sign and a word, never a colour alone. Not here: which crossings exist (`verify::fast::crossings`).

use serde::Serialize;

use super::json::{JsonCarrier, SCHEMA_VERSION, carrier, written};
use super::names::Scribe;
use super::text::{Look, Page, Style, columns, fill};
use super::words;
use crate::diagnostic::{Lang, Text};
use crate::model::{Carrier, Lens, Model, Role, SegmentId};
use crate::source::Sources;
use crate::verify::fast::Crossing;
use crate::verify::replay;

/// The short word of a carrier in a cell of the table.
fn short(k: Carrier) -> Text {
    let (ja, en) = match k {
        Carrier::Own => ("共用", "own"),
        Carrier::Req => ("要求", "req"),
        Carrier::Rsp => ("応答", "rsp"),
        Carrier::Scr => ("画面", "scr"),
        Carrier::Key => ("キー", "key"),
        Carrier::Raw => ("生", "raw"),
        Carrier::Chk => ("検査済", "chk"),
        Carrier::San => ("無害化", "san"),
        Carrier::Txt => ("文字", "txt"),
        Carrier::Ctl => ("管理", "ctl"),
    };
    Text::new(ja, en)
}

/// Ordered pairs of segments that some check asks about.
type Asked = std::collections::BTreeSet<(SegmentId, SegmentId)>;

/// What a crossing is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Mark {
    /// Without a permit, for certain.
    Forbidden,
    /// Without a permit, if it passes at all.
    Possible,
    /// No check asks about the two segments.
    Unjudged,
    Permitted,
}

impl Mark {
    fn of(asked: &Asked, c: &Crossing) -> Self {
        match (c.permitted_by, c.certain) {
            (Some(_), _) => Self::Permitted,
            _ if !asked.contains(&(c.from, c.to)) => Self::Unjudged,
            (None, true) => Self::Forbidden,
            (None, false) => Self::Possible,
        }
    }

    fn sign(self) -> &'static str {
        match self {
            Self::Forbidden => "×",
            Self::Possible => "?",
            Self::Unjudged => "・",
            Self::Permitted => "○",
        }
    }

    fn word(self) -> Text {
        let (ja, en) = match self {
            Self::Forbidden => ("許可なし", "NO PERMIT"),
            Self::Possible => ("許可なし(通るかは未確定)", "NO PERMIT (if it passes at all)"),
            Self::Unjudged => ("判定しない組", "pair not judged"),
            Self::Permitted => ("許可", "permitted"),
        };
        Text::new(ja, en)
    }
}

/// The mediators on the way, by name; what was passed if there are none.
fn through(scribe: &Scribe<'_>, c: &Crossing) -> Vec<String> {
    let mut names = Vec::new();
    for hop in &c.witness.hops {
        let node = scribe.model.node_of(hop.to.face);
        if matches!(node.role, Role::Mediator(_)) && !names.contains(&node.name) {
            names.push(node.name.clone());
        }
    }
    for label in scribe.labels(&c.via) {
        if !names.contains(&label) {
            names.push(label);
        }
    }
    names
}

/// Walks every path of a table again; the first that is refused, in words.
#[must_use]
pub fn replayed_crossings(model: &Model, crossings: &[Crossing]) -> Option<String> {
    crossings.iter().find_map(|c| {
        let refusal = replay::replay(model, Lens::Direct, false, &[], &c.witness).err()?;
        Some(format!("{} -> {} {}: {refusal}", model.segments[c.from].name, model.segments[c.to].name, c.carrier))
    })
}

/// The table of `sekisho matrix`.
#[must_use]
pub fn matrix_text(model: &Model, sources: &Sources, crossings: &[Crossing], style: Style) -> String {
    let scribe = Scribe { model, sources };
    let mut page = Page::new(style);
    let used: Vec<SegmentId> = model.segments.ids().filter(|&s| model.faces_of(s).next().is_some()).collect();
    let asked = super::build::asked(model);
    let bad = crossings.iter().filter(|c| Mark::of(&asked, c) < Mark::Unjudged).count();
    let head = page.pick(
        &format!("セグメントの間を通るもの(行が出どころ、列が届き先)。許可のないもの {bad} 件"),
        &format!("What crosses between segments (row: from, column: to); {bad} without a permit"),
    );
    page.line(Look::Head, 0, &head);
    let key = page.pick(
        "○ 許可あり  × 許可なし  ? 許可なし(通るかは未確定)  ・ 判定しない組  - 通るものなし",
        "○ permitted  × no permit  ? no permit (if it passes at all)  ・ pair not judged  - nothing",
    );
    let key = key.to_owned();
    page.line(Look::Plain, 0, &key);
    page.blank();
    grid(&mut page, &scribe, &asked, &used, crossings);
    page.blank();
    for &s in &used {
        let segment = &model.segments[s];
        if segment.label != segment.name {
            page.row(Look::Plain, &format!("  {} = {}", segment.name, segment.label));
        }
    }
    list(&mut page, &scribe, &asked, crossings);
    page.finish()
}

fn grid(page: &mut Page, scribe: &Scribe<'_>, asked: &Asked, used: &[SegmentId], crossings: &[Crossing]) {
    let lang = page.style.lang;
    let name = |s: SegmentId| scribe.model.segments[s].name.clone();
    let cell = |from, to| -> Vec<String> {
        if from == to {
            return vec!["\\".to_owned()];
        }
        let mut lines: Vec<(Mark, String)> = Vec::new();
        for c in crossings.iter().filter(|c| (c.from, c.to) == (from, to)) {
            let mark = Mark::of(asked, c);
            let line = format!("{}{}", mark.sign(), short(c.carrier).get(lang));
            if !lines.iter().any(|(_, l)| *l == line) {
                lines.push((mark, line));
            }
        }
        lines.sort_by_key(|(mark, _)| *mark);
        if lines.is_empty() { vec!["-".to_owned()] } else { lines.into_iter().map(|(_, l)| l).collect() }
    };
    let first = used.iter().map(|&s| columns(&name(s))).max().unwrap_or(0) + 2;
    let cells: Vec<Vec<Vec<String>>> = used.iter().map(|&a| used.iter().map(|&b| cell(a, b)).collect()).collect();
    let widths: Vec<usize> = used
        .iter()
        .enumerate()
        .map(|(j, &b)| {
            cells.iter().flat_map(|row| &row[j]).map(|l| columns(l)).max().unwrap_or(0).max(columns(&name(b))) + 2
        })
        .collect();
    let mut head = fill("", first);
    for (&b, width) in used.iter().zip(&widths) {
        head.push_str("| ");
        head.push_str(&fill(&name(b), *width));
    }
    page.row(Look::Head, &head);
    let rule = format!(
        "{}{}",
        "-".repeat(first),
        widths.iter().map(|w| format!("+{}", "-".repeat(w + 1))).collect::<String>()
    );
    page.row(Look::Plain, &rule);
    for (&a, row) in used.iter().zip(&cells) {
        for line in 0..row.iter().map(Vec::len).max().unwrap_or(1) {
            let mut text = fill(&if line == 0 { name(a) } else { String::new() }, first);
            for (cell, width) in row.iter().zip(&widths) {
                text.push_str("| ");
                text.push_str(&fill(cell.get(line).map_or("", String::as_str), *width));
            }
            page.row(Look::Plain, &text);
        }
        page.row(Look::Plain, &rule);
    }
}

fn list(page: &mut Page, scribe: &Scribe<'_>, asked: &Asked, crossings: &[Crossing]) {
    let lang = page.style.lang;
    let mut last = None;
    for c in crossings {
        if last != Some((c.from, c.to)) {
            page.blank();
            let text = format!("{} → {}", scribe.segment(c.from), scribe.segment(c.to));
            page.line(Look::Head, 0, &text);
            last = Some((c.from, c.to));
        }
        let via = through(scribe, c);
        let comma = page.pick("、", ", ");
        let via = if via.is_empty() { page.pick("直接", "direct") } else { via.join(&comma) };
        let by = match c.permitted_by.and_then(|p| scribe.model.permits.get(p)) {
            Some(p) => format!(": {}", p.origin.get(lang)),
            None => String::new(),
        };
        let mark = Mark::of(asked, c);
        let look = match mark {
            Mark::Forbidden => Look::Bad,
            Mark::Possible => Look::Open,
            Mark::Unjudged | Mark::Permitted => Look::Plain,
        };
        let (from, to) = (c.origins, c.targets);
        let count = page.pick(&format!("出どころ {from}、届き先 {to}"), &format!("{from} origins, {to} targets"));
        let text = format!(
            "{}  {}: {via}  {}{by}  ({count})",
            words::carried(Lens::Direct, c.carrier).get(lang),
            page.pick("経由", "via"),
            mark.word().get(lang),
        );
        page.hanging(look, 2, &format!("{} ", mark.sign()), &text);
    }
    if crossings.is_empty() {
        page.blank();
        let text = page.pick("セグメントの間を通るものはありません", "nothing crosses between segments");
        page.line(Look::Plain, 0, &text);
    }
}

#[derive(Serialize)]
struct JsonMatrix {
    schema_version: u32,
    drawing: String,
    segments: Vec<JsonSegment>,
    crossings: Vec<JsonCrossing>,
}

#[derive(Serialize)]
struct JsonSegment {
    name: String,
    label: String,
    layer: &'static str,
}

#[derive(Serialize)]
struct JsonCrossing {
    from: String,
    to: String,
    carrier: JsonCarrier,
    via: Vec<String>,
    labels: Vec<String>,
    permitted: bool,
    judged: bool,
    certain: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    permit: Option<[String; 2]>,
    origins: usize,
    targets: usize,
}

/// The table of `sekisho matrix --format json`.
#[must_use]
pub fn matrix_json(model: &Model, sources: &Sources, crossings: &[Crossing]) -> String {
    let scribe = Scribe { model, sources };
    let asked = super::build::asked(model);
    let name = |s: SegmentId| model.segments[s].name.clone();
    written(&JsonMatrix {
        schema_version: SCHEMA_VERSION,
        drawing: model.name.clone(),
        segments: model
            .segments
            .values()
            .map(|s| JsonSegment { name: s.name.clone(), label: s.label.clone(), layer: s.layer.as_str() })
            .collect(),
        crossings: crossings
            .iter()
            .map(|c| JsonCrossing {
                from: name(c.from),
                to: name(c.to),
                carrier: carrier(c.carrier),
                via: through(&scribe, c),
                labels: scribe.labels(&c.via),
                permitted: c.permitted_by.is_some(),
                judged: asked.contains(&(c.from, c.to)),
                certain: c.certain,
                permit: c
                    .permitted_by
                    .and_then(|p| model.permits.get(p))
                    .map(|p| [p.origin.get(Lang::Ja).to_owned(), p.origin.get(Lang::En).to_owned()]),
                origins: c.origins,
                targets: c.targets,
            })
            .collect(),
    })
}
