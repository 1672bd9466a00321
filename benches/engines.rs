//! How long the stages take, and the fast engine against the reference in one run: read the ratios, not the seconds.
//!
//! `cargo bench` prints both; nothing here fails a test.

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, criterion_group, criterion_main};
use sekisho::document::{LoadError, Loader, load};
use sekisho::guideline::{Input, assess};
use sekisho::model::Model;
use sekisho::network::Network;
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

criterion_group!(benches, stages, growth);
criterion_main!(benches);
