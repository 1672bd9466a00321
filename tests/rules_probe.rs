//! probe
use sekisho::document::{LoadError, Loader, load};
use sekisho::guideline::{self, Answer, assess};
use sekisho::network::Network;
use sekisho::verify::fast;
use std::path::Path;
struct Disk {
    folder: std::path::PathBuf,
    file: std::path::PathBuf,
}
impl Disk {
    fn text(&self, p: &Path) -> Result<(String, String), LoadError> {
        let t = std::fs::read_to_string(self.folder.join(p)).map_err(|_| LoadError::NotFound)?;
        Ok((p.to_string_lossy().into_owned(), t))
    }
}
impl Loader for Disk {
    fn root(&mut self) -> Result<(String, String), LoadError> {
        self.text(&self.file.clone())
    }
    fn include(&mut self, from: &str, path: &str) -> Result<(String, String), LoadError> {
        let mut i = std::path::PathBuf::from(from);
        i.pop();
        for p in Path::new(path).components() {
            match p {
                std::path::Component::Normal(n) => i.push(n),
                std::path::Component::ParentDir => {
                    i.pop();
                }
                _ => {}
            }
        }
        self.text(&i)
    }
}
#[test]
fn probe() {
    for f in std::env::var("PROBE").unwrap_or_default().split_whitespace() {
        let path = Path::new(f);
        let mut d = Disk { folder: path.parent().unwrap().to_owned(), file: path.file_name().unwrap().into() };
        let loaded = match load(&mut d) {
            Ok(l) => l,
            Err(e) => {
                println!(
                    "{f}: NOT LOADED {:?}",
                    e.diagnostics.iter().map(|d| d.message.en.clone()).collect::<Vec<_>>()
                );
                continue;
            }
        };
        let network = Network::new(&loaded.model);
        let verdicts = fast::verify(&loaded.model, &network);
        let input = guideline::Input {
            model: &loaded.model,
            network: &network,
            verdicts: &verdicts,
            as_of: sekisho::model::Date::parse("2026-11-26"),
        };
        let a = assess(&input);
        println!("=== {f}");
        let mut counts = [0; 5];
        for r in &a.judged.rules {
            let mut show = |w: &str, texts: Vec<String>| {
                println!("  {} {w}: {}", r.rule.id, texts.into_iter().take(3).collect::<Vec<_>>().join(" | "))
            };
            match &r.verdict {
                guideline::Verdict::Decided(o) => match o.answer() {
                    Answer::Holds => counts[0] += 1,
                    Answer::Violated => {
                        counts[1] += 1;
                        show("VIOLATED", o.findings.iter().map(|f| f.text.en.clone()).collect())
                    }
                    Answer::Undecided => {
                        counts[2] += 1;
                        if std::env::var("OPEN").is_ok() {
                            show(
                                "open",
                                o.open
                                    .iter()
                                    .map(|f| f.text.1.clone())
                                    .chain(o.findings.iter().map(|f| f.text.en.clone()))
                                    .collect(),
                            )
                        } else {
                            show("open", o.open.iter().map(|f| f.attribute.clone()).collect())
                        }
                    }
                    Answer::Absent => {
                        counts[3] += 1;
                        if std::env::var("ABSENT").is_ok() {
                            show("absent", o.absent.iter().map(|t| t.en.clone()).collect())
                        }
                    }
                },
                guideline::Verdict::NotApplicable(_) => counts[4] += 1,
            }
        }
        println!(
            "  holds {} violated {} undecided {} absent {} n/a {}",
            counts[0], counts[1], counts[2], counts[3], counts[4]
        );
        if std::env::var("TASKS").is_ok() {
            for t in &a.tasks {
                println!(
                    "  task {}: {:?} || {:?} dead {:?}",
                    t.task.id,
                    t.ways.iter().map(|w| w.way.name.en.clone()).collect::<Vec<_>>(),
                    t.obstacles.iter().map(|o| o.en.clone()).collect::<Vec<_>>(),
                    t.dead_types
                );
            }
            for i in guideline::infer(&loaded.model, &network) {
                println!("  infer {:?} {:?}", i.model, i.reasons.iter().map(|r| r.text.en.clone()).collect::<Vec<_>>());
            }
            for c in &a.crossings {
                println!("  crossing {} {}", c.crossing.id, c.present);
            }
        }
    }
}
