//! What `sekisho twin` found, in words and as JSON.
//!
//! Not here: building and asking (`twin`).

use serde::Serialize;

use super::json::{SCHEMA_VERSION, written};
use super::text::{Look, Page, Style, clean};
use crate::diagnostic::{Lang, Text};
use crate::twin::{Comparison, Difference, How};

/// A comparison with what it was about.
#[derive(Debug)]
pub struct TwinReport<'a> {
    /// The name of the drawing.
    pub drawing: &'a str,
    /// What was found.
    pub found: &'a Comparison,
    /// The release of the kernel, if it is known.
    pub kernel: Option<&'a str>,
    /// How many differences are shown; all of them if `None`.
    pub most: Option<usize>,
}

/// A way of differing, in words.
#[must_use]
pub fn how(how: How) -> Text {
    match how {
        How::ArrivedUnseen => {
            Text::new("モデルではどこにも届かないパケットが届いた", "a packet arrived that the model lets nowhere")
        }
        How::ReachedUnseen => {
            Text::new("モデルにないセッションが成り立った", "a session came about that the model does not have")
        }
        How::CertainNotArrived => {
            Text::new("モデルでは必ず届くパケットが届かない", "a packet did not arrive that is certain in the model")
        }
        How::OtherJourney => Text::new(
            "モデルがたどった道と違うことが起きた",
            "something else became of the packets than of their journey in the model",
        ),
        How::CertainNotReached => Text::new(
            "モデルでは必ず成り立つセッションが成り立たない",
            "a session did not come about that is certain in the model",
        ),
    }
}

/// The text of `sekisho twin`.
#[must_use]
pub fn twin_text(r: &TwinReport<'_>, style: Style) -> String {
    let mut page = Page::new(style);
    let f = r.found;
    let name = clean(r.drawing);
    let title = page.pick(&format!("カーネルとの照合: {name}"), &format!("Compared with the kernel: {name}"));
    page.line(Look::Head, 0, &title);
    let kernel = r.kernel.map(clean);
    let kernel = kernel.map(|k| format!(" (Linux {k})")).unwrap_or_default();
    let text = page.pick(
        &format!("機器 {}、中継 {}、ネットワーク {} を建てました{kernel}", f.machines, f.routers, f.networks),
        &format!("{} machines, {} routers and {} networks were built{kernel}", f.machines, f.routers, f.networks),
    );
    page.line(Look::Plain, 0, &text);
    let text = page.pick(
        &format!("問い合わせ {}: 返事 {}、最初のパケットの到着 {}", f.probes, f.reached, f.arrived),
        &format!("{} probes: {} answered, {} arrived", f.probes, f.reached, f.arrived),
    );
    page.line(Look::Plain, 0, &text);
    let n = f.differences.len();
    let differing: std::collections::BTreeSet<_> =
        f.differences.iter().map(|d| (d.source, d.asked, &d.service)).collect();
    let agreed = f.probes - differing.len();
    let text = page.pick(
        &format!(
            "一致 {agreed}、食い違い {n} (セッションの有無をモデルが言い切るもの {}、道が一つに決まるもの {})",
            f.certain, f.exact
        ),
        &format!(
            "{agreed} agree, {n} differ (in the model it is settled whether there is a session or none for {}, the way for {})",
            f.certain, f.exact
        ),
    );
    page.line(Look::Plain, 0, &text);
    let shown = r.most.unwrap_or(n).min(n);
    for d in &f.differences[..shown] {
        page.blank();
        difference(&mut page, d, style.lang);
    }
    if shown < n {
        let left = n - shown;
        let text = page.pick(
            &format!("ほかに {left} (--keep-going ですべて表示)"),
            &format!("{left} more (--keep-going shows all)"),
        );
        page.blank();
        page.line(Look::Plain, 0, &text);
    }
    if !f.told.is_empty() {
        page.blank();
        let text = page.pick(
            "図面にないので選んだこと、建てなかったこと",
            "Chosen because the drawing does not say, or not built",
        );
        page.line(Look::Head, 0, &text);
        for t in &f.told {
            let text = clean(t.get(style.lang));
            page.line(Look::Plain, 2, &text);
        }
    }
    page.finish()
}

fn difference(page: &mut Page, d: &Difference, lang: Lang) {
    let (from, source, asked) = (clean(&d.from), d.source, d.asked);
    page.line(Look::Head, 0, &format!("{from} {source} -> {asked} {}", d.service));
    let text = how(d.how);
    page.line(Look::Plain, 2, text.get(lang));
    let (kernel, model) = (clean(d.kernel.get(lang)), clean(d.model.get(lang)));
    let text = page.pick(&format!("カーネル: {kernel}"), &format!("kernel: {kernel}"));
    page.line(Look::Plain, 2, &text);
    let text = page.pick(&format!("モデル: {model}"), &format!("model: {model}"));
    page.line(Look::Plain, 2, &text);
}

#[derive(Serialize)]
struct JsonTwin<'a> {
    schema_version: u32,
    program_version: &'static str,
    drawing: &'a str,
    kernel: Option<&'a str>,
    machines: usize,
    routers: usize,
    networks: usize,
    probes: usize,
    reached: usize,
    arrived: usize,
    certain: usize,
    exact: usize,
    differences: Vec<JsonDifference<'a>>,
    told: Vec<Both<'a>>,
}

#[derive(Serialize)]
struct JsonDifference<'a> {
    kind: &'static str,
    from: &'a str,
    source: String,
    asked: String,
    service: &'a str,
    kernel: Both<'a>,
    model: Both<'a>,
}

#[derive(Serialize)]
struct Both<'a> {
    ja: &'a str,
    en: &'a str,
}

fn both(t: &Text) -> Both<'_> {
    Both { ja: &t.ja, en: &t.en }
}

fn one(d: &Difference) -> JsonDifference<'_> {
    let Difference { how, from, source, asked, service, kernel, model, .. } = d;
    let kind = match how {
        How::ArrivedUnseen => "arrived_unseen",
        How::ReachedUnseen => "reached_unseen",
        How::CertainNotArrived => "certain_not_arrived",
        How::CertainNotReached => "certain_not_reached",
        How::OtherJourney => "other_journey",
    };
    let (source, asked) = (source.to_string(), asked.to_string());
    JsonDifference { kind, from, source, asked, service, kernel: both(kernel), model: both(model) }
}

/// The form of `sekisho twin --format json`.
#[must_use]
pub fn twin_json(r: &TwinReport<'_>) -> String {
    let f = r.found;
    written(&JsonTwin {
        schema_version: SCHEMA_VERSION,
        program_version: env!("CARGO_PKG_VERSION"),
        drawing: r.drawing,
        kernel: r.kernel,
        machines: f.machines,
        routers: f.routers,
        networks: f.networks,
        probes: f.probes,
        reached: f.reached,
        arrived: f.arrived,
        certain: f.certain,
        exact: f.exact,
        differences: f.differences.iter().map(one).collect(),
        told: f.told.iter().map(both).collect(),
    })
}
