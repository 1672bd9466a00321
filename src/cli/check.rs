//! `sekisho check`: load, verify, report.

use sekisho::diagnostic::{RenderOptions, render_all};
use sekisho::document::load;
use sekisho::model::Status;
use sekisho::network::Network;
use sekisho::verify::{Answer, fast, reference};

use crate::Outcome;
use crate::args::{Args, CheckArgs, EngineArg};
use crate::files::Disk;

pub(crate) fn run(args: &Args, check: &CheckArgs) -> Outcome {
    let options = RenderOptions { lang: args.lang(), color: false, width: None };
    let loaded = match load(&mut Disk::new(&check.file)) {
        Ok(loaded) => loaded,
        Err(failed) => {
            eprint!("{}", render_all(&failed.diagnostics, &failed.sources, &options));
            return Outcome::Wrong;
        }
    };
    eprint!("{}", render_all(&loaded.warnings, &loaded.sources, &options));
    let model = &loaded.model;
    let network = Network::new(model);
    let verdicts = match check.engine {
        EngineArg::Reference => reference::verify(model),
        _ => fast::verify(model, &network),
    };
    for v in &verdicts {
        let depth = fast::depth(model, &network, &model.checks[v.check].question);
        println!("{:10} {} {:?}", v.status.as_str(), model.checks[v.check].name, depth);
        if let Answer::Matrix(rows) = &v.answer {
            for u in rows {
                let path: Vec<String> = u.witness.hops.iter().map(|h| format!("{}:{:?}", model.face_name(h.to.face), h.to.state)).collect();
                println!("    {} {} => {}", u.carrier, model.face_name(u.witness.start.face), path.join(" => "));
            }
        }
        if let Answer::Paths(rows) = &v.answer {
            for w in rows {
                let path: Vec<String> = w.hops.iter().map(|h| format!("{}:{:?}", model.face_name(h.to.face), h.to.state)).collect();
                println!("    {} => {}", model.face_name(w.start.face), path.join(" => "));
            }
        }
        if let Answer::Flow { missing, .. } = &v.answer {
            for (f, may) in missing {
                println!("    missing {} (may: {may})", model.face_name(*f));
            }
        }
    }
    let expected = sekisho::verify::expect::differences(model, &network, &verdicts);
    for d in &expected {
        println!("EXPECTATION {}: {}", loaded.sources.place(d.span), d.text.en);
    }
    if verdicts.iter().any(|v| v.status == Status::Vacuous) {
        Outcome::Wrong
    } else if verdicts.iter().any(|v| v.status == Status::Violated) || !expected.is_empty() {
        Outcome::Violated
    } else if verdicts.iter().any(|v| v.status == Status::Undecided) {
        Outcome::Undecided
    } else {
        Outcome::Holds
    }
}
