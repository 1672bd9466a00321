//! The diagram of the whole drawing, and the place where the script says which path it shows.
//!
//! Not here: how it is drawn; it is put in as it came.

use super::HtmlInput;
use super::page::Page;

/// Whether a picture is higher than it is wide, by its `viewBox`.
fn is_tall(svg: &str) -> bool {
    let sizes = svg.split("viewBox=\"").nth(1).and_then(|t| t.split('"').next());
    let sizes: Vec<f64> = sizes.unwrap_or_default().split(' ').filter_map(|n| n.parse().ok()).collect();
    matches!(sizes[..], [_, _, w, h] if h > w)
}

pub(super) fn diagram(page: &mut Page, input: &HtmlInput) {
    page.section("diagram", "図", "Diagram");
    let Some(svg) = &input.svg else {
        page.say("p", &[], "図はありません。", "There is no diagram.");
        return page.close("section");
    };
    page.open("p", &[("id", "lit"), ("hidden", "")]);
    page.open("span", &[("aria-live", "polite")]);
    page.say("span", &[], "経路を表示しています: ", "path shown: ");
    page.open("a", &[("href", "#diagram"), ("id", "lit-name")]);
    page.close("a");
    page.close("span");
    page.say("button", &[("id", "lit-off"), ("type", "button")], "経路の表示をやめる", "Stop showing the path");
    page.close("p");
    let (wide, fit) =
        (page.pick("拡大する", "Enlarge").to_owned(), page.pick("幅に合わせる", "Fit to width").to_owned());
    page.el(
        "button",
        &[("id", "zoom"), ("type", "button"), ("hidden", ""), ("data-other", &fit), ("aria-pressed", "false")],
        &wide,
    );
    let class = if is_tall(svg) { "canvas tall" } else { "canvas" };
    let about = page.pick("ネットワーク全体の図", "diagram of the whole network").to_owned();
    page.open(
        "div",
        &[("id", "whole"), ("class", class), ("tabindex", "0"), ("role", "region"), ("aria-label", &about)],
    );
    page.out.push_str(svg);
    page.close("div");
    page.close("section");
}
