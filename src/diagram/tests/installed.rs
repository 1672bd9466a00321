//! Tests with the Graphviz that is installed here, if one is.

use std::time::{Duration, Instant};

use crate::diagnostic::Lang;
use crate::diagram::dot;
use crate::diagram::graphviz::{Error, Format, Graphviz};
use crate::diagram::sample::{city, large, nasty};

/// The installed `dot`, or a visible line that says the test did not happen.
fn installed() -> Option<Graphviz> {
    match Graphviz::find(None) {
        Ok(dot) => Some(dot),
        Err(error) if std::env::var_os("SEKISHO_REQUIRE_TOOLS").is_some_and(|v| v == "1") => {
            panic!("{error}");
        }
        Err(_) => {
            // Written past the capture of the test harness, so that it is seen.
            use std::io::Write as _;
            let _ = writeln!(std::io::stderr(), "SKIPPED: dot is not installed");
            None
        }
    }
}

#[test]
fn graphviz_sees_the_same_things() {
    let Some(dot) = installed() else { return };
    for picture in [city(), nasty(Lang::Ja), large(80, Lang::En)] {
        let bytes = dot.render(&picture, &dot::Options::default(), Format::Svg).expect("drawn");
        let text = String::from_utf8(bytes).expect("UTF-8");
        let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
        let xml = roxmltree::Document::parse_with_options(&text, options).expect("XML");
        let titles = xml.descendants().filter(|e| e.has_tag_name(("http://www.w3.org/2000/svg", "title")));
        let names = titles.filter_map(|t| t.text()).filter(|name| super::is_node(name)).count();
        assert_eq!(names, picture.node_count());
    }
    let png = dot.render(&city(), &dot::Options::default(), Format::Png).expect("drawn");
    assert!(png.starts_with(b"\x89PNG"));
    let pdf = dot.render(&city(), &dot::Options::default(), Format::Pdf).expect("drawn");
    assert!(pdf.starts_with(b"%PDF"));
}

#[test]
fn graphviz_says_what_went_wrong() {
    let nowhere = std::path::Path::new("/nowhere/at/all/dot");
    assert!(matches!(Graphviz::find(Some(nowhere)), Err(Error::NotInstalled { .. })));
    let Some(dot) = installed() else { return };
    let error = dot.run(&["-Tsvg"], "digraph { \"".to_owned()).expect_err("no DOT");
    assert!(matches!(&error, Error::Failed { stderr, .. } if !stderr.is_empty()), "{error}");
    let error = dot.render(&large(501, Lang::En), &dot::Options::default(), Format::Svg);
    assert!(matches!(error, Err(Error::TooLarge { nodes: 501, most: 500 })));
}

#[cfg(unix)]
#[test]
fn a_dot_that_hangs_is_stopped() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    let script = folder.path().join("dot");
    // The sleeping child keeps the pipes open after the script itself is stopped.
    std::fs::write(&script, "#!/bin/sh\n/bin/sleep 5\n").expect("written");
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).expect("allowed");
    let begin = Instant::now();
    let dot = Graphviz::find(Some(&script)).expect("found").timeout(Duration::from_millis(300));
    let error = dot.render(&city(), &dot::Options::default(), Format::Svg);
    assert!(matches!(error, Err(Error::TimedOut { .. })), "{error:?}");
    assert!(begin.elapsed() < Duration::from_secs(4));
}
