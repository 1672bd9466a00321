//! How long the stages take, and the fast engine against the reference in one run: read the ratios, not the seconds.
//!
//! `cargo bench` prints both; nothing here fails a test.

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, criterion_group, criterion_main};
use sekisho::change::plan::{Found, Survey, order};
use sekisho::change::{Stand, Standing, differences, stand_both};
use sekisho::compose::{Options, compose};
use sekisho::document::{Change, LoadError, Loader, Region, Wish, load, load_edited, load_plan, load_region};
use sekisho::guideline::{Input, assess, judge};
use sekisho::model::Model;
use sekisho::model::plan::{Stage, StepSet};
use sekisho::network::Network;
use sekisho::packet::Sessions;
use sekisho::verify::{fast, reference};

/// One text, no includes.
struct Text(String);

impl Loader for Text {
    fn root(&mut self) -> Result<(String, String), LoadError> {
        Ok(("bench.ron".to_owned(), self.0.clone()))
    }

    fn include(&mut self, _: &str, _: &str) -> Result<(String, String), LoadError> {
        Err(LoadError::NotFound)
    }
}

fn text(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("models").join(name);
    std::fs::read_to_string(path).expect("the models are in the repository")
}

fn model(text: &str) -> Model {
    load(&mut Text(text.to_owned())).expect("the models are well formed").model
}

/// A β′ city with `departments` VLANs of its own, each with terminals, a server and rules at one firewall.
fn departments(departments: usize) -> String {
    let mut networks = String::new();
    let mut nodes = String::new();
    let mut rules = String::new();
    let mut joins = String::new();
    for i in 0..departments {
        let (a, b) = (i / 250, i % 250);
        networks.push_str(&format!("\"v{i}\": (segment: \"in\", address: \"10.{a}.{b}.0/24\"),\n"));
        nodes.push_str(&format!(
            "\"pc{i}\": Terminal(at: \"v{i}\", count: 40, address: \"10.{a}.{b}.64/26\", controls: [Edr]),\n\
             \"srv{i}\": Server(at: \"v{i}\", address: \"10.{a}.{b}.10\", controls: [Edr], listens: [\"tcp 443\"]),\n"
        ));
        rules.push_str(&format!("(permit: \"pc{i} -> srv{i}, srv{} tcp 443\"),\n", (i + 1) % departments));
        joins.push_str(&format!("\"v{i}\","));
    }
    format!(
        "Municipality(name: \"departments\", model: BetaPrime, edition: R7_3,\n\
         segments: {{ \"mn\": (layer: MyNumber), \"lg\": (layer: Lgwan), \"in\": (layer: Internet), \"ext\": (layer: Outside) }},\n\
         networks: {{ {networks} }},\n\
         nodes: {{ \"mn-pc\": Terminal(at: \"mn\"), \"lg-pc\": Desktop(at: \"lg\"), \"net\": Internet(at: \"ext\"),\n{nodes}\n\
         \"core\": Firewall(joins: [{joins}], default: Deny, rules: [{rules}]),\n\
         \"psc\": SecurityCloud(joins: [\"v0\", \"ext\"], default: Deny, rules: [(permit: \"in -> any tcp 443\")]),\n\
         }})"
    )
}

fn stages(c: &mut Criterion) {
    let source = text("beta-prime.ron");
    let city = model(&source);
    let network = Network::new(&city);
    let mut group = c.benchmark_group("beta-prime");
    group.bench_function("read and resolve", |b| b.iter(|| black_box(model(&source))));
    group.bench_function("compile", |b| b.iter(|| black_box(Network::new(&city))));
    group.bench_function("verify, fast", |b| b.iter(|| black_box(fast::verify(&city, &network))));
    let verdicts = fast::verify(&city, &network);
    let input = Input { model: &city, network: &network, verdicts: &verdicts, as_of: None };
    group.bench_function("rules of the guideline", |b| b.iter(|| black_box(assess(&input))));
    group.sample_size(10);
    group.bench_function("verify, reference", |b| b.iter(|| black_box(reference::verify(&city))));
    group.finish();
}

fn growth(c: &mut Criterion) {
    let mut group = c.benchmark_group("departments");
    group.sample_size(10);
    for n in [10, 40, 160] {
        let city = model(&departments(n));
        group.bench_function(format!("compile {n}"), |b| b.iter(|| black_box(Network::new(&city))));
        let network = Network::new(&city);
        group.bench_function(format!("verify {n}"), |b| b.iter(|| black_box(fast::verify(&city, &network))));
        let verdicts = fast::verify(&city, &network);
        let input = Input { model: &city, network: &network, verdicts: &verdicts, as_of: None };
        group.bench_function(format!("rules {n}"), |b| b.iter(|| black_box(assess(&input))));
    }
    group.finish();
}

/// One edit of a drawing, re-verified, against the same drawing read and verified from scratch.
fn what_if(c: &mut Criterion) {
    let mut group = c.benchmark_group("what-if");
    group.sample_size(10);
    // How many machines a group counts does not matter: 150 groups here are 3,075 machines.
    for (name, city) in [("150 groups", departments(75)), ("300 groups", departments(150))] {
        let plain = model(&city);
        group.bench_function(format!("{name}: read and resolve"), |b| b.iter(|| black_box(model(&city))));
        group.bench_function(format!("{name}: compile"), |b| b.iter(|| black_box(Network::new(&plain))));
        let network = Network::new(&plain);
        group.bench_function(format!("{name}: verify"), |b| b.iter(|| black_box(fast::verify(&plain, &network))));
        let verdicts = fast::verify(&plain, &network);
        let input = Input { model: &plain, network: &network, verdicts: &verdicts, as_of: None };
        group.bench_function(format!("{name}: rules"), |b| b.iter(|| black_box(judge(&input))));
        group.bench_function(format!("{name}: depths"), |b| {
            b.iter(|| {
                for check in plain.checks.values() {
                    black_box(fast::depth(&plain, &network, &check.question));
                }
            });
        });
        let sessions = Sessions::new(&plain);
        let alone = [Change::new(Wish::DropControl, "pc3: Edr")];
        group.bench_function(format!("{name}: one edit, re-verified"), |b| {
            b.iter(|| {
                let edited = load_edited(&mut Text(city.clone()), &alone).expect("the change fits");
                let after = &edited.after.model;
                let network = Network::over(after, Sessions::like(after, &plain, &sessions));
                black_box(Stand::with(after, network, None).standing.issues.len())
            });
        });
        let once = |change: &[Change]| {
            let edited = load_edited(&mut Text(city.clone()), change).expect("the change fits");
            let (before, after) = stand_both(&edited.before.model, &edited.after.model, None);
            differences(&before, &after)
        };
        group.bench_function(format!("{name}: from scratch"), |b| {
            b.iter(|| {
                let model = model(&city);
                black_box(Stand::new(&model, None).standing.issues.len())
            });
        });
        for (what, wish, text) in [
            ("a control goes", Wish::DropControl, "pc3: Edr"),
            ("a rule comes", Wish::Open, "core: pc3 -> srv9 tcp 445"),
            ("a machine goes", Wish::Fail, "srv3"),
        ] {
            let change = [Change::new(wish, text)];
            group.bench_function(format!("{name}: before and after, {what}"), |b| b.iter(|| black_box(once(&change))));
        }
    }
    group.finish();
}

/// A plan and its drawing.
struct Both(String, String);

impl Loader for Both {
    fn root(&mut self) -> Result<(String, String), LoadError> {
        Ok(("plan.ron".to_owned(), self.0.clone()))
    }

    fn include(&mut self, _: &str, _: &str) -> Result<(String, String), LoadError> {
        Ok(("town.ron".to_owned(), self.1.clone()))
    }
}

/// Forty steps on a town: three of four change controls, the fourth opens a rule.
fn forty_steps() -> String {
    let mut steps = String::new();
    for i in 0..40 {
        let change = match i % 4 {
            3 => format!("Rules(of: \"core\", add: [(permit: \"pc{i} -> srv{} tcp 8443\")])", i - 1),
            _ => format!("Controls(of: \"pc{i}\", add: [AntiVirus])"),
        };
        steps.push_str(&format!("\"s{i}\": (change: [{change}]),\n"));
    }
    format!("Plan(name: \"forty\", base: \"town.ron\", steps: {{ {steps} }})")
}

fn plans(c: &mut Criterion) {
    let mut group = c.benchmark_group("plan");
    group.sample_size(10);
    // 80 groups: as many rows as a town of some 5,000 machines is drawn with.
    let loaded = load_plan(&mut Both(forty_steps(), departments(40))).expect("the plan fits");
    let stages: Vec<Stage> = (0..=40).map(|n| Stage::of(StepSet::all(n))).collect();
    group.bench_function("41 stages, each from scratch", |b| {
        b.iter(|| {
            let each = stages.iter().map(|&s| loaded.draw(s).map(|d| Standing::new(&d.model, None)).is_ok());
            black_box(each.filter(|drawn| *drawn).count())
        });
    });
    group.bench_function("41 stages, checked", |b| {
        b.iter(|| black_box(Survey::new(&loaded, None).all(&stages).len()));
    });
    group.bench_function("40 steps, ordered", |b| {
        b.iter(|| black_box(matches!(order(&Survey::new(&loaded, None)), Found::Safe(_))));
    });
    group.finish();
}

/// A drawing whose files lie in the folder of the models.
struct Files(String);

impl Loader for Files {
    fn root(&mut self) -> Result<(String, String), LoadError> {
        Ok(("region.ron".to_owned(), self.0.clone()))
    }

    fn include(&mut self, _: &str, path: &str) -> Result<(String, String), LoadError> {
        Ok((path.to_owned(), text(path)))
    }
}

/// A prefecture of towns of the β model that are alike but for their addresses.
fn alike(towns: usize) -> Region {
    let templates = ["nation", "psc", "beta"].map(|t| format!("\"{t}\": (file: \"templates/{t}.ron\"),\n")).concat();
    let bodies: String = (1..=towns)
        .map(|n| format!("\"t{n:03}\": (of: \"beta\", label: \"町{n}\", with: {{ \"n\": {n} }}),\n"))
        .collect();
    let text = format!(
        "Region(name: \"alike\", of: \"nation\", templates: {{ {templates} }},\n\
         bodies: {{ \"pref\": (of: \"psc\", with: {{ \"n\": 27 }}, bodies: {{ {bodies} }}) }})"
    );
    load_region(&mut Files(text)).expect("the templates are well formed")
}

/// Towns that are alike are judged once: twice as many should cost almost nothing more.
fn regions(c: &mut Criterion) {
    let mut group = c.benchmark_group("region");
    group.sample_size(10);
    let options = |symmetry| Options { symmetry, as_of: None, only: None };
    for towns in [30, 60, 120, 240] {
        let region = alike(towns);
        group.bench_function(format!("{towns} alike"), |b| b.iter(|| black_box(compose(&region, options(true)))));
    }
    let region = alike(30);
    group.bench_function("30, each by itself", |b| b.iter(|| black_box(compose(&region, options(false)))));
}

criterion_group!(benches, stages, growth, what_if, plans, regions);
criterion_main!(benches);
