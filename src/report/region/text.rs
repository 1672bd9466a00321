//! A region for reading on a terminal.

use super::{BodyRow, KindRow, LegRow, RegionReport, RegionTrouble};
use crate::model::{Lens, Status};
use crate::report::Style;
use crate::report::text::{Look, Page, finding};

/// So many paths of a kind of bodies are told without `--verbose`; the number of the others is said.
const TOLD: usize = 2;
/// So many bodies of a kind are named without `--verbose`; the number of the others is said.
const NAMED: usize = 8;
/// So many places where bodies meet are listed without `--verbose`; the number of the others is said.
const MEETINGS: usize = 10;

/// A region for reading.
#[must_use]
pub fn region_text(report: &RegionReport, style: Style) -> String {
    let mut page = Page::new(style);
    head(&mut page, report);
    coupled(&mut page, report);
    for kind in report.kinds.iter().filter(|k| !fine(k)) {
        troubled(&mut page, kind);
    }
    let good: Vec<&BodyRow> = report.kinds.iter().filter(|k| fine(k)).flat_map(|k| &k.members).collect();
    if !good.is_empty() {
        page.blank();
        let n = good.len();
        let (look, text) = if report.coupled.is_empty() {
            (Look::Good, page.pick(&format!("問題のない団体 {n}"), &format!("{n} without anything wrong")))
        } else {
            let ja = format!("一つずつ見る限り違反のない団体 {n}(上の理由で未確定)");
            (Look::Open, page.pick(&ja, &format!("{n} without anything wrong by themselves (undecided, see above)")))
        };
        page.line(look, 0, &text);
        names(&mut page, &good);
    }
    page.finish()
}

fn head(page: &mut Page, report: &RegionReport) {
    let (n, kinds, machines) = (report.bodies, report.kinds.len(), report.work.machines);
    let title = page.pick(
        &format!("地域「{}」 団体 {n}、機器 {machines} 台", report.name),
        &format!("region \"{}\": {n} bodies, {machines} machines", report.name),
    );
    page.line(Look::Head, 0, &title);
    let bad = count(report, Status::Violated);
    let open = count(report, Status::Undecided);
    let (look, text) = match report.status {
        Status::Violated => (
            Look::Bad,
            page.pick(
                &format!("違反のある団体 {bad}、未確定 {open}"),
                &format!("{bad} with violations, {open} undecided"),
            ),
        ),
        Status::Undecided | Status::Vacuous if !report.coupled.is_empty() => (
            Look::Open,
            page.pick(
                "未確定: 団体どうしが共有部分の外で通じていて、一つずつ判定できません",
                "undecided: bodies meet past what they share, so they cannot be judged one by one",
            ),
        ),
        Status::Undecided | Status::Vacuous => (
            Look::Open,
            page.pick(&format!("違反はなし、未確定の団体 {open}"), &format!("no violation, {open} undecided")),
        ),
        Status::Holds => (Look::Good, page.pick("どの団体にも問題はありません", "every body holds")),
    };
    page.line(look, 0, &text);
    let shapes = report.work.shapes;
    let text = page.pick(
        &format!("作りの違う団体 {shapes} 種、周りも含めて {kinds} 種を一度ずつ判定し、同じものはまとめました"),
        &format!("{shapes} distinct bodies, {kinds} with what surrounds them; each kind was judged once"),
    );
    page.line(Look::Faint, 0, &text);
    if report.warnings > 0 {
        let n = report.warnings;
        let text = page.pick(&format!("警告 {n}"), &format!("warnings: {n}"));
        page.line(Look::Faint, 0, &text);
    }
}

fn fine(kind: &KindRow) -> bool {
    kind.troubles.is_empty() && kind.differences.is_empty()
}

fn count(report: &RegionReport, status: Status) -> usize {
    report.kinds.iter().filter(|k| k.status == status).map(|k| k.members.len()).sum()
}

fn coupled(page: &mut Page, report: &RegionReport) {
    if report.coupled.is_empty() {
        return;
    }
    page.blank();
    let text = page.pick(
        "団体どうしが共有部分の外で通じるところ(ここを閉じるか、一つの団体として描くまで、安全とは言えません)",
        "where bodies meet past what they share (until this is closed or drawn as one body, nothing counts as safe)",
    );
    page.line(Look::Open, 0, &text);
    let shown = if page.style.verbose { report.coupled.len() } else { MEETINGS };
    for text in report.coupled.iter().take(shown) {
        let text = text.get(page.style.lang).to_owned();
        page.hanging(Look::Open, 1, "? ", &text);
    }
    rest(page, report.coupled.len().saturating_sub(shown), 1);
}

fn rest(page: &mut Page, more: usize, indent: usize) {
    if more > 0 {
        let text =
            page.pick(&format!("ほか {more} 件(--verbose で全部)"), &format!("{more} more (--verbose shows all)"));
        page.line(Look::Faint, indent, &text);
    }
}

fn called(body: &BodyRow) -> String {
    if body.label.is_empty() || body.path.ends_with(&body.label) {
        body.path.clone()
    } else {
        format!("{} ({})", body.path, body.label)
    }
}

fn names(page: &mut Page, bodies: &[&BodyRow]) {
    let shown = if page.style.verbose { bodies.len() } else { NAMED };
    let list: Vec<String> = bodies.iter().take(shown).map(|b| called(b)).collect();
    let text = list.join(&page.pick("、", ", "));
    page.hanging(Look::Faint, 1, "", &text);
    rest(page, bodies.len().saturating_sub(shown), 1);
}

fn troubled(page: &mut Page, kind: &KindRow) {
    page.blank();
    let others: Vec<&BodyRow> = kind.members.iter().filter(|m| m.path != kind.body.path).collect();
    let n = others.len();
    let own = called(&kind.body);
    let title = match n {
        0 => own,
        _ => page.pick(&format!("{own} ほか同じ作り {n}"), &format!("{own} and {n} alike")),
    };
    let look = if kind.status == Status::Violated { Look::Bad } else { Look::Open };
    let sign = if kind.status == Status::Violated { "× " } else { "? " };
    page.placed(look, 0, sign, &title, Some(kind.body.place.to_string()));
    if !others.is_empty() {
        names(page, &others);
    }
    let text = page.pick(
        &format!("検査と規則 {} のうち成り立つもの {}", kind.asked, kind.holding),
        &format!("{} of {} checks and rules hold", kind.holding, kind.asked),
    );
    page.line(Look::Faint, 1, &text);
    let mut told = 0;
    for t in &kind.troubles {
        let tell = page.style.verbose || told < TOLD;
        trouble(page, t, tell);
        told += usize::from(t.path.is_some());
    }
    for (text, place) in &kind.differences {
        let text = page.pick(&format!("期待と違う: {}", text.ja), &format!("not as expected: {}", text.en));
        page.placed(Look::Bad, 1, "× ", &text, Some(place.to_string()));
    }
    if told > TOLD && !page.style.verbose {
        let text = page.pick(
            &format!("経路は {TOLD} 件だけ示しました。全部は --verbose か --body {} で", kind.body.path),
            &format!("only {TOLD} paths are told; all of them with --verbose or --body {}", kind.body.path),
        );
        page.line(Look::Faint, 1, &text);
    }
}

fn trouble(page: &mut Page, t: &RegionTrouble, tell: bool) {
    let (look, sign) = if t.certain { (Look::Bad, "× ") } else { (Look::Open, "? ") };
    let text = t.text.get(page.style.lang).to_owned();
    let text = match t.between_bodies {
        true => page.pick(&format!("他の団体との間: {text}"), &format!("between bodies: {text}")),
        false => text,
    };
    page.placed(look, 1, sign, &text, t.place.as_ref().map(ToString::to_string));
    if let (true, Some((lens, path))) = (tell, &t.path) {
        finding::path(page, *lens, path);
        for (step, leg) in &t.legs {
            self::leg(page, *lens, *step, leg);
        }
    }
}

fn leg(page: &mut Page, lens: Lens, step: usize, leg: &LegRow) {
    let n = step + 1;
    let title = match leg.told_of == leg.body {
        true => page.pick(
            &format!("手順 {n} の、団体 `{}` の中:", leg.body),
            &format!("step {n}, inside body `{}`:", leg.body),
        ),
        false => page.pick(
            &format!("手順 {n} の、団体 `{}` の中(同じ作りの `{}` の図面で示す):", leg.body, leg.told_of),
            &format!(
                "step {n}, inside body `{}` (told in the drawing of `{}`, which is alike):",
                leg.body, leg.told_of
            ),
        ),
    };
    page.line(Look::Head, 3, &title);
    finding::path(page, lens, &leg.path);
    for (step, below) in &leg.below {
        self::leg(page, lens, *step, below);
    }
}
