//! Templates and generated populations.

use std::collections::BTreeSet;

use sekisho::diagnostic::{Lang, RenderOptions, render_all};
use sekisho::document::{LoadError, Loaded, Loader, load};
use sekisho::generate::{TEMPLATES, Template};
use sekisho::guideline::{self, Answer};
use sekisho::model::{Action, Date, Status};
use sekisho::network::Network;
use sekisho::verify::fast;

/// The municipality templates.
const MODELS: [&str; 5] = ["physical", "alpha", "alpha-prime", "beta", "beta-prime"];

fn template(name: &str) -> Template {
    let (_, text) = TEMPLATES.into_iter().find(|(n, _)| *n == name).expect("a shipped template");
    Template::read(text).unwrap_or_else(|| panic!("{name} is a template"))
}

/// Files in memory: the first includes all the others.
struct Memory(Vec<String>);

impl Loader for Memory {
    fn root(&mut self) -> Result<(String, String), LoadError> {
        let others: Vec<String> = (0..self.0.len()).map(|i| format!("\"{i}\"")).collect();
        Ok(("drawing".to_owned(), format!("Municipality(name: \"試験\", include: [{}])", others.join(", "))))
    }

    fn include(&mut self, _: &str, path: &str) -> Result<(String, String), LoadError> {
        let part = path.parse::<usize>().ok().and_then(|i| self.0.get(i));
        part.map(|text| (path.to_owned(), text.clone())).ok_or(LoadError::NotFound)
    }
}

fn loaded(parts: Vec<String>, what: &str) -> Loaded {
    let options = RenderOptions { lang: Lang::En, color: false, width: None };
    load(&mut Memory(parts))
        .unwrap_or_else(|failed| panic!("{what}:\n{}", render_all(&failed.diagnostics, &failed.sources, &options)))
}

/// A town with what stands above it, as one ordinary drawing.
fn town(model: &str, with: &[(&str, &str)]) -> Loaded {
    let with: Vec<(&str, String)> = with.iter().map(|(n, v)| (*n, (*v).to_owned())).collect();
    let mut parts = template("nation").parts(&[]).expect("no choice");
    parts.extend(template("psc").parts(&[("n", "27".to_owned())]).expect("no choice"));
    parts.extend(template(model).parts(&with).unwrap_or_else(|| panic!("{model} {with:?}: no such choice")));
    loaded(parts, &format!("{model} {with:?}"))
}

/// What is violated and what is undecided: names of checks and ids of rules.
#[derive(Debug, Default, PartialEq, Eq)]
struct Judged {
    violated: BTreeSet<String>,
    undecided: BTreeSet<String>,
}

fn judged(loaded: &Loaded) -> Judged {
    let model = &loaded.model;
    let network = Network::new(model);
    let verdicts = fast::verify(model, &network);
    let as_of = Date::parse("2026-11-01");
    let assessment = guideline::assess(&guideline::Input { model, network: &network, verdicts: &verdicts, as_of });
    let mut judged = Judged::default();
    for verdict in &verdicts {
        let name = model.checks[verdict.check].name.clone();
        match verdict.status {
            Status::Violated => judged.violated.insert(name),
            Status::Undecided => judged.undecided.insert(name),
            Status::Holds | Status::Vacuous => false,
        };
    }
    for rule in &assessment.judged.rules {
        match rule.answer() {
            Some(Answer::Violated) => judged.violated.insert(rule.rule.id.clone()),
            Some(Answer::Undecided) => judged.undecided.insert(rule.rule.id.clone()),
            _ => false,
        };
    }
    judged
}

#[test]
fn a_body_without_a_mistake_has_no_finding_and_every_mistake_is_one() {
    for name in MODELS {
        let template = template(name);
        for (parameter, table) in &template.variants {
            assert!(parameter != "mistake" || table.len() > 8, "{name} has {} mistakes", table.len() - 1);
            for (value, _) in table {
                let Judged { violated, undecided } = judged(&town(name, &[(parameter, value)]));
                let is_mistake = match parameter.as_str() {
                    "mistake" => value != "none",
                    "files" => ["raw", "other"].contains(&value.as_str()),
                    _ => false,
                };
                assert_eq!(violated.is_empty(), !is_mistake, "{name}, {parameter} {value}: {violated:?}");
                assert!(is_mistake || undecided.is_empty(), "{name}, {parameter} {value}: {undecided:?}");
            }
        }
    }
}

/// What every body can see, and no machine of a body.
const SHARED: [&str; 6] = ["lgb", "nat", "ext", "psc", "psc-net", "psc-web"];

#[test]
fn no_device_of_a_body_joins_two_shared_networks_or_opens_one_by_default() {
    let names = |loaded: &Loaded| loaded.model.nodes.iter().map(|(_, n)| n.name.clone()).collect::<BTreeSet<_>>();
    let mut above = template("nation").parts(&[]).expect("no choice");
    above.extend(template("psc").parts(&[]).expect("no choice"));
    above.push("Municipality(forbid: [Attack(from: \"ext\", to: \"psc\")])".to_owned());
    let above = names(&loaded(above, "what is shared"));
    for name in MODELS {
        for (parameter, table) in &template(name).variants {
            for (value, _) in table {
                let loaded = town(name, &[(parameter, value)]);
                let model = &loaded.model;
                for transit in
                    model.transits.iter().map(|(_, t)| t).filter(|t| !above.contains(&model.nodes[t.node].name))
                {
                    let shared =
                        transit.zones.iter().filter(|z| SHARED.contains(&model.zones[**z].name.as_str())).count();
                    let device = &model.nodes[transit.node].name;
                    assert!(shared < 2, "{name}, {parameter} {value}: {device}");
                    assert!(
                        shared == 0 || transit.default == Some(Action::Deny),
                        "{name}, {parameter} {value}: {device}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_joined_template_means_what_its_parts_mean() {
    for name in MODELS {
        let template = template(name);
        for (value, _) in template.variants.iter().flat_map(|(p, t)| t.iter().filter(move |_| p == "mistake")) {
            let with = [("mistake", value.clone()), ("telework", "loaner".to_owned()), ("n", "200".to_owned())];
            let mut parts = self::template("nation").parts(&[]).expect("no choice");
            parts.extend(self::template("psc").parts(&[]).expect("no choice"));
            let mut apart = parts.clone();
            apart.extend(template.parts(&with).expect("a choice"));
            parts.push(template.joined(&with).expect("a choice"));
            let (one, many) = (loaded(parts, name), loaded(apart, name));
            let nodes = |l: &Loaded| l.model.nodes.iter().map(|(_, n)| n.name.clone()).collect::<BTreeSet<_>>();
            assert_eq!(nodes(&one), nodes(&many), "{name} {value}");
            assert_eq!(judged(&one), judged(&many), "{name} {value}");
        }
    }
}
