//! The text of a region: templates with a line for every body, or every drawing written out.

use std::fmt::Write as _;

use super::population::{CLASSES, MODELS, Population, Shape};
use super::template::Template;
use super::{Kind, Order, TEMPLATES};

/// The text of a population as a region.
#[must_use]
pub fn write(order: &Order, population: &Population) -> String {
    let mut text = head(order, population);
    let name = match order.kind {
        Kind::Municipality => "架空の自治体",
        Kind::Prefecture => "架空の県と市町村",
        Kind::Country => "架空の全国",
    };
    text.push_str(&format!("Region(\n  name: \"{name}\",\n"));
    let templates: Vec<(&str, Template)> =
        TEMPLATES.into_iter().filter_map(|(name, text)| Some((name, Template::read(text)?))).collect();
    let written = |name: &str, with: &[(&str, String)]| {
        let template = templates.iter().find(|(n, _)| *n == name).and_then(|(_, t)| t.joined(with));
        template.unwrap_or_default()
    };
    if order.expanded {
        text.push_str(&format!("  drawing: {},\n", indented(&written("nation", &[]), "  ")));
    } else {
        text.push_str("  of: \"nation\",\n  templates: {\n");
        let is_used = |name: &str| {
            MODELS.iter().all(|(m, _)| *m != name) || population.shapes.iter().any(|shape| shape.model == name)
        };
        for (name, template) in TEMPLATES.into_iter().filter(|(name, _)| is_used(name)) {
            text.push_str(&template_text(name, template));
        }
        text.push_str("  },\n");
    }
    text.push_str("  bodies: {\n");
    for prefecture in &population.prefectures {
        let own = match order.expanded {
            true => {
                let with = [("n", prefecture.number.to_string())];
                format!("drawing: {}", indented(&written("psc", &with), "    "))
            }
            false => format!("of: \"psc\", with: {{ \"n\": {} }}", prefecture.number),
        };
        text.push_str(&format!("    \"{}\": (label: \"{}\", {own}, bodies: {{\n", prefecture.name, prefecture.label));
        for (i, shape) in prefecture.bodies.iter().enumerate() {
            let (number, shape) = (i + 1, &population.shapes[*shape]);
            let with = with(shape, number, population.thousandths);
            let label = format!("{} 第{number}団体（{}）", prefecture.label, CLASSES[shape.class].0);
            let own = match order.expanded {
                true => format!("drawing: {}", indented(&written(shape.model, &with), "      ")),
                false => {
                    let template =
                        templates.iter().find(|(name, _)| *name == shape.model).map(|(_, template)| template);
                    let is_default =
                        |name: &str, value: &str| name != "n" && template.is_some_and(|t| t.is_default(name, value));
                    let stated: Vec<String> = with
                        .iter()
                        .filter(|(name, value)| !is_default(name, value))
                        .map(|(name, value)| format!("\"{name}\": {value}"))
                        .collect();
                    format!("of: \"{}\", with: {{ {} }}", shape.model, stated.join(", "))
                }
            };
            text.push_str(&format!("      \"m{number:03}\": (label: \"{label}\", {own}),\n"));
        }
        text.push_str("    }),\n");
    }
    text.push_str("  },\n)\n");
    text
}

/// What a shape says for the parameters of its template, as RON.
#[must_use]
pub fn with(shape: &Shape, number: usize, thousandths: u64) -> Vec<(&'static str, String)> {
    let machines = shape.machines(thousandths);
    let [encryption, log_review, unknown_malware, csirt, drill, vulnerability, audit, av_patterns] = shape.controls;
    let is_beta = ["beta", "beta-prime"].contains(&shape.model);
    let list = |controls: &[(bool, &str)]| {
        let named: Vec<&str> = controls.iter().filter(|(is_there, _)| *is_there).map(|(_, name)| *name).collect();
        format!("[{}]", named.join(", "))
    };
    let quoted = |word: &str| format!("\"{word}\"");
    let mut with = vec![
        ("n", number.to_string()),
        ("pcs", machines.main.to_string()),
        (if shape.model == "physical" { "in_pcs" } else { "desktops" }, machines.other.to_string()),
        ("mn_pcs", machines.my_number.to_string()),
        (
            "pc_controls",
            list(&[
                (av_patterns, "AntiVirus"),
                (unknown_malware, "Edr"),
                (vulnerability && is_beta, "VulnerabilityManagement"),
            ]),
        ),
        (
            "server_controls",
            list(&[
                (av_patterns, "AntiVirus"),
                (unknown_malware && is_beta, "Edr"),
                (log_review, "LogReview"),
                (vulnerability, "VulnerabilityManagement"),
                (true, "AssetAccessControl"),
                (is_beta, "Monitoring"),
                (encryption, "Encrypted"),
            ]),
        ),
        ("csirt", csirt.to_string()),
        ("drill", drill.to_string()),
        ("audit", audit.to_string()),
        ("files", quoted(shape.files)),
        ("telework", quoted(shape.telework)),
    ];
    if machines.remote > 0 {
        with.push(("remote", machines.remote.to_string()));
    }
    if shape.mistake != "none" {
        with.push(("mistake", quoted(&shape.mistake)));
    }
    with
}

/// A template as the file of the same name has it, its head comment above its name.
fn template_text(name: &str, template: &str) -> String {
    let comments = template.lines().take_while(|line| line.starts_with("//")).count();
    let mut text = String::new();
    for (i, line) in template.lines().enumerate() {
        let named = if i == comments { format!("\"{name}\": {line}") } else { line.to_owned() };
        let comma = if line == ")" { "," } else { "" };
        let _ = writeln!(text, "    {named}{comma}");
    }
    text
}

/// A text whose lines after the first stand further to the right.
fn indented(text: &str, by: &str) -> String {
    text.replace('\n', &format!("\n{by}"))
}

/// The comments at the top.
fn head(order: &Order, population: &Population) -> String {
    let (bodies, shapes, machines) = (population.bodies(), population.shapes.len(), population.machines());
    format!(
        "// 合成した図面。実在の団体を表すものではない。 / A synthetic drawing; it describes no real body.\n\
         // 同じコマンドは同じファイルを書く。 / The same command writes the same file:\n\
         //   {}\n\
         // 種 / seed: {}\n\
         // 団体 / bodies: {bodies}、組み合わせ / shapes: {shapes}、端末と仮想デスクトップ / terminals and desktops: {machines}\n\
         // 重みの出どころ: 2021年の調査（人口5万人以上の168団体。構成、ファイル、テレワーク）と2025年の調査（全団体。対策）。\n\
         // 周辺度数だけで、答えどうしの関係は分からない。βとβ′は分けて聞かれず、α′はまだなかった。5万人未満の団体には調査が及ばない。\n\
         // Weights: a survey of 2021 (168 bodies of at least 50,000 inhabitants: composition, files, telework) and one of 2025 (all\n\
         // bodies: controls). They are marginals only; how answers hang together is not known. β and β′ were one answer, α′ did not\n\
         // exist yet, and no survey of composition reaches bodies below 50,000 inhabitants.\n",
        order.command(),
        order.seed,
    )
}
