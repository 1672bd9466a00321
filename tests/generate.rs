//! Templates and generated populations.

use std::collections::{BTreeMap, BTreeSet};

use sekisho::diagnostic::{Lang, RenderOptions, render_all};
use sekisho::document::{LoadError, Loaded, Loader, format, load};
use sekisho::generate::population::{CLASSES, CONTROLS, FILES, MODELS, PREFECTURES, Shape, TELEWORK};
use sekisho::generate::{Kind, Order, Population, Refused, TEMPLATES, Template, with, write};
use sekisho::guideline::{self, Answer};
use sekisho::model::{Action, Date, Status};
use sekisho::network::Network;
use sekisho::verify::{Verdict, fast, reference};

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

/// Each mistake with the rules that the page lists for it.
fn listed(page: &str) -> BTreeMap<String, BTreeSet<String>> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(page);
    let text = std::fs::read_to_string(path).expect("the page can be read");
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `")?.strip_suffix(" |")?.split_once('`'));
    let ids = |cells: &str| cells.rsplit('|').next().unwrap_or("").split(',').map(|id| id.trim().to_owned()).collect();
    rows.filter(|(_, cells)| cells.contains("| R-")).map(|(name, cells)| (name.to_owned(), ids(cells))).collect()
}

#[test]
fn a_body_without_a_mistake_has_no_finding_and_every_mistake_is_one() {
    let listed_in = ["docs/generate.md", "docs/generate.ja.md"].map(listed);
    let mut in_all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (name, _) in MODELS {
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
                if parameter == "mistake" && is_mistake {
                    let rules: BTreeSet<String> = violated.into_iter().filter(|id| id.starts_with("R-")).collect();
                    let common = in_all.entry(value.clone()).or_insert_with(|| rules.clone());
                    *common = &*common & &rules;
                }
            }
        }
    }
    for listed in listed_in {
        assert_eq!(listed, in_all, "the page lists what every model violates");
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
    for (name, _) in MODELS {
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
    for (name, _) in MODELS {
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

// ---------------------------------------------------------------- populations

fn order(kind: Kind, seed: u64) -> Order {
    Order { kind, seed, nodes: None, bodies: None, mistakes: 100_000, shapes: None, expanded: false }
}

fn drawn(order: &Order) -> Population {
    Population::draw(order).unwrap_or_else(|e| panic!("{order:?}: {e:?}"))
}

#[test]
fn the_same_seed_writes_the_same_bytes_and_another_one_others() {
    for kind in [Kind::Municipality, Kind::Prefecture, Kind::Country] {
        for expanded in [false, true] {
            // A country written out is large; a part of it shows the same.
            let bodies = (kind != Kind::Municipality).then_some(60);
            let text = |seed| {
                let order = Order { bodies, expanded, ..order(kind, seed) };
                write(&order, &drawn(&order))
            };
            assert_eq!(text(7), text(7), "{kind:?}");
            assert_ne!(text(7), text(8), "{kind:?}");
            assert!(text(7).contains(&format!("sekisho generate {}", kind.word())));
        }
    }
}

#[test]
fn bodies_add_up_and_numbers_are_unique_in_a_prefecture() {
    assert_eq!(PREFECTURES.iter().map(|(.., n)| n).sum::<u32>(), 1_741);
    for (kind, bodies, wanted) in [
        (Kind::Municipality, None, 1),
        (Kind::Prefecture, None, 43),
        (Kind::Prefecture, Some(255), 255),
        (Kind::Country, None, 1_741),
        (Kind::Country, Some(100), 100),
        (Kind::Country, Some(2_000), 2_000),
    ] {
        let order = Order { bodies, ..order(kind, 3) };
        let population = drawn(&order);
        assert_eq!(population.bodies(), wanted, "{kind:?} {bodies:?}");
        let text = write(&order, &population);
        let lines: Vec<&str> = text.lines().filter(|l| l.starts_with("      \"m")).collect();
        assert_eq!(lines.len(), wanted, "{kind:?} {bodies:?}");
        assert!(lines.iter().all(|l| l.contains("\"n\": ")));
        assert!(population.prefectures.iter().all(|p| (1..=255).contains(&p.bodies.len())), "{kind:?} {bodies:?}");
    }
    for (kind, bodies, why) in [
        (Kind::Municipality, Some(2), Refused::OneBody),
        (Kind::Prefecture, Some(0), Refused::NoBody),
        (Kind::Prefecture, Some(256), Refused::TooManyBodies { most: 255 }),
    ] {
        assert_eq!(Population::draw(&Order { bodies, ..order(kind, 3) }).err(), Some(why));
    }
    // What is said to be possible is possible.
    let Some(Refused::TooManyBodies { most }) =
        Population::draw(&Order { bodies: Some(1_000_000), ..order(Kind::Country, 3) }).err()
    else {
        panic!("a million bodies have no addresses")
    };
    assert_eq!(drawn(&Order { bodies: Some(most), ..order(Kind::Country, 3) }).bodies(), most as usize);
}

#[test]
fn machines_are_as_many_as_asked_for() {
    for (kind, nodes) in [(Kind::Municipality, 800), (Kind::Prefecture, 200_000), (Kind::Country, 10_000_000)] {
        for seed in 0..5 {
            let machines = drawn(&Order { nodes: Some(nodes), ..order(kind, seed) }).machines();
            // The scale is in thousandths, and no group has less than one machine or more than its addresses.
            assert!(machines <= nodes && machines * 100 >= nodes * 98, "{kind:?}: {machines} of {nodes}");
        }
    }
    // Without a wish: two to two and a half machines for each of 2.8 million employees.
    let machines = drawn(&order(Kind::Country, 1)).machines();
    assert!((5_000_000..8_000_000).contains(&machines), "{machines}");
    let too_many = Population::draw(&Order { nodes: Some(u64::MAX), ..order(Kind::Country, 1) });
    assert!(matches!(too_many, Err(Refused::TooManyMachines { .. })));
}

#[test]
fn answers_are_as_frequent_as_the_tables_say() {
    for (shapes, seed) in [(60, 1), (60, 2), (300, 3), (1_741, 4), (1_741, 5)] {
        let order = Order { shapes: Some(shapes), ..order(Kind::Country, seed) };
        let population = drawn(&order);
        let all: Vec<&Shape> =
            population.prefectures.iter().flat_map(|p| &p.bodies).map(|s| &population.shapes[*s]).collect();
        assert_eq!(population.shapes.len(), shapes as usize);
        // Answers are spread over the shapes evenly: each is off by one shape at most at either end of its part. Some
        // shapes are used once more than others.
        let (count, bodies) = (f64::from(shapes), all.len() as f64);
        let used_more = if all.len().is_multiple_of(population.shapes.len()) { 0.0 } else { count / bodies };
        let tolerance = 2.0 / count + used_more + 1e-9;
        let near = |what: &str, weight: u32, of: u32, is_it: &dyn Fn(&Shape) -> bool| {
            let share = all.iter().filter(|s| is_it(s)).count() as f64 / bodies;
            let wanted = f64::from(weight) / f64::from(of);
            assert!((share - wanted).abs() <= tolerance, "{shapes} shapes, {what}: {share} instead of {wanted}");
        };
        let sum = |table: &[(&str, u32)]| table.iter().map(|(_, w)| w).sum::<u32>();
        MODELS.iter().for_each(|(m, w)| near(m, *w, sum(&MODELS), &|s| s.model == *m));
        FILES.iter().for_each(|(f, w)| near(f, *w, sum(&FILES), &|s| s.files == *f));
        TELEWORK.iter().for_each(|(t, w)| near(t, *w, sum(&TELEWORK), &|s| s.telework == *t));
        CONTROLS.iter().enumerate().for_each(|(i, (c, w))| near(c, *w, 1_000, &|s| s.controls[i]));
        let classes: u32 = CLASSES.iter().map(|(_, w, _)| w).sum();
        CLASSES.iter().enumerate().for_each(|(i, (c, w, _))| near(c, *w, classes, &|s| s.class == i));
        near("mistakes", order.mistakes, 1_000_000, &|s| s.mistake != "none");
    }
}

#[test]
fn every_drawing_of_a_country_can_be_read_and_has_the_machines_that_were_drawn() {
    const COUNTED: [&str; 8] = ["lg-pc", "in-pc", "in-vdi", "lg-vdi", "mn-pc", "rt-pc", "byod", "own-pc"];
    let order = Order { mistakes: 500_000, shapes: Some(120), nodes: Some(9_000_000), ..order(Kind::Country, 11) };
    let population = drawn(&order);
    let expanded = write(&Order { expanded: true, ..order.clone() }, &population);
    let tight = |text: &str| text.lines().map(str::trim).collect::<Vec<_>>().join("\n");
    let whole = tight(&expanded);
    let nation = template("nation").joined(&[]).expect("no choice");
    let mut seen = BTreeSet::new();
    for prefecture in &population.prefectures {
        let psc = template("psc").joined(&[("n", prefecture.number.to_string())]).expect("no choice");
        for (i, shape) in prefecture.bodies.iter().enumerate().filter(|(_, shape)| seen.insert(**shape)) {
            let shape = &population.shapes[*shape];
            let with = with(shape, i + 1, population.thousandths);
            let own = template(shape.model).joined(&with).unwrap_or_else(|| panic!("{with:?} chooses"));
            assert!(whole.contains(&tight(&own)), "{} {} is written out", prefecture.name, i + 1);
            let loaded = loaded(vec![nation.clone(), psc.clone(), own], &format!("{} {}", prefecture.name, i + 1));
            let nodes = loaded.model.nodes.iter().map(|(_, n)| n).filter(|n| COUNTED.contains(&n.name.as_str()));
            let machines: u64 = nodes.map(|n| u64::from(n.count)).sum();
            assert_eq!(machines, shape.machines(population.thousandths).sum(), "{shape:?}");
        }
    }
    assert_eq!(seen.len(), population.shapes.len(), "every shape stands somewhere");
}

#[test]
fn what_is_written_is_whole_text_of_the_format() {
    for (kind, expanded) in [(Kind::Municipality, true), (Kind::Prefecture, false), (Kind::Country, false)] {
        let order = Order { expanded, ..order(kind, 5) };
        let text = write(&order, &drawn(&order));
        let formatted = format(&text).unwrap_or_else(|_| panic!("{kind:?}: brackets and commas are in place"));
        assert!(formatted.contains("Region("), "{kind:?}");
        assert!(!text.lines().any(|l| expanded && l.contains('$')), "every parameter is filled in");
    }
}

#[test]
fn the_command_writes_a_new_file_only() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let run = |args: &[&str]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_sekisho"))
            .current_dir(folder.path())
            .args(["--lang", "en", "generate"])
            .args(args)
            .output()
            .expect("the program starts");
        let said = String::from_utf8(output.stderr).expect("text");
        (output.status.code(), String::from_utf8(output.stdout).expect("text"), said)
    };
    let (code, shown, said) = run(&["prefecture", "--seed", "7"]);
    assert_eq!((code, said.as_str()), (Some(0), ""), "quiet when nobody waits");
    let (code, empty, _) = run(&["prefecture", "--seed", "7", "-o", "a.ron"]);
    assert_eq!((code, empty.as_str()), (Some(0), ""));
    let path = folder.path().join("a.ron");
    assert_eq!(std::fs::read_to_string(&path).expect("written"), shown);
    let (code, _, said) = run(&["municipality", "--seed", "8", "-o", "a.ron"]);
    assert_eq!(code, Some(2));
    assert!(said.contains("exists and is not overwritten"), "{said}");
    assert_eq!(std::fs::read_to_string(&path).expect("still there"), shown);
    for wrong in [
        &["municipality", "--seed", "1", "--bodies", "2", "-o", "b.ron"][..],
        &["country", "--seed", "1", "--mistakes", "1.5", "-o", "b.ron"],
        &["country", "--seed", "1", "--nodes", "99999999999", "-o", "b.ron"],
        &["country", "--seed", "1", "--shapes", "0", "-o", "b.ron"],
        &["country", "--seed", "1", "-o", "nowhere/b.ron"],
        &["country", "-o", "b.ron"],
    ] {
        let (code, _, said) = run(wrong);
        assert_eq!(code, Some(2), "{wrong:?}: {said}");
    }
    let left: Vec<_> =
        std::fs::read_dir(folder.path()).expect("readable").map(|e| e.expect("an entry").file_name()).collect();
    assert_eq!(left, ["a.ron"], "nothing half written");
}

/// The devices of a text that join a shared network, each with its rules.
fn border_devices(text: &str) -> Vec<(String, Vec<String>)> {
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut found = Vec::new();
    for piece in flat.split("joins: [").skip(1) {
        let (joins, rest) = piece.split_once(']').expect("a closed list");
        if !joins.split(',').any(|n| SHARED.contains(&n.trim().trim_matches('"'))) {
            continue;
        }
        let rules = rest.split_once("rules: [").map_or("", |(_, r)| r).split(']').next().unwrap_or("");
        let sentences = rules.split("permit: \"").skip(1).filter_map(|s| s.split('"').next());
        found.push((joins.to_owned(), sentences.map(str::to_owned).collect()));
    }
    found
}

#[test]
fn at_a_shared_network_only_named_machines_and_own_addresses_are_let_through() {
    let shared: Vec<String> = ["nation", "psc"].map(|n| template(n).joined(&[]).expect("no choice")).into();
    let mut seen = 0;
    for (name, _) in MODELS {
        let template = template(name);
        for (parameter, table) in &template.variants {
            for (value, _) in table {
                let with = [("n", "200".to_owned()), (parameter.as_str(), value.clone())];
                let text = template.joined(&with).expect("a choice");
                for (joins, rules) in border_devices(&text) {
                    assert!(!rules.is_empty(), "{name}, {parameter} {value}: {joins} has rules");
                    for source in
                        rules.iter().filter_map(|r| r.split_once(" -> ")).flat_map(|(from, _)| from.split(", "))
                    {
                        let node = format!("\"{}\": ", source.split('.').next().unwrap_or(source));
                        let is_named = text.contains(&node) || shared.iter().any(|t| t.contains(&node));
                        assert!(is_named || source.starts_with("10.200."), "{name}, {parameter} {value}: {source}");
                        seen += 1;
                    }
                }
            }
        }
    }
    assert!(seen > 1_000, "{seen} sources were looked at");
}

#[test]
fn both_engines_agree_on_every_model() {
    for (name, _) in MODELS {
        let loaded = town(name, &[("telework", "loaner")]);
        let model = &loaded.model;
        let status = |verdicts: &[Verdict]| verdicts.iter().map(|v| (v.check, v.status)).collect::<Vec<_>>();
        let network = Network::new(model);
        assert_eq!(status(&fast::verify(model, &network)), status(&reference::verify(model)), "{name}");
    }
}
