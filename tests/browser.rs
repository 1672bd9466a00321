//! The HTML report in a real browser: it runs offline, its policy holds, filter and paths work, and it prints on A4.
//!
//! Without a browser these tests are passed over with a visible line; with SEKISHO_REQUIRE_TOOLS=1 they fail.

// The sample names things as the library does.
#[allow(
    unused_imports,
    reason = "the sample, which is shared with the library's own tests, names them by `crate::`"
)]
use sekisho::{diagnostic, document, network, report, verify};

#[path = "../src/report/sample.rs"]
#[allow(dead_code, reason = "shared with the library's own tests")]
mod sample;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use sekisho::diagnostic::Lang;
use sekisho::diagram::build::{View, picture};
use sekisho::diagram::{Flow, Page, svg};
use sekisho::report::{HtmlInput, Report, html};

/// The installed browser, or a visible line that says the test did not happen.
fn browser() -> Option<PathBuf> {
    let named = std::env::var_os("SEKISHO_BROWSER").map(PathBuf::from);
    let folders: Vec<PathBuf> = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect();
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let found =
        named.or_else(|| names.iter().flat_map(|n| folders.iter().map(move |f| f.join(n))).find(|p| p.is_file()));
    if found.is_none() {
        assert!(
            std::env::var_os("SEKISHO_REQUIRE_TOOLS").is_none_or(|v| v != "1"),
            "no browser: install chromium or set SEKISHO_BROWSER"
        );
        // Written past the capture of the test harness, so that it is seen.
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), "SKIPPED: no browser is installed (chromium, SEKISHO_BROWSER)");
    }
    found
}

/// Runs the browser on a page and gives what it wrote; it is stopped when it does not end.
fn run(browser: &Path, folder: &Path, url: &str, args: &[&str]) -> String {
    let profile = tempfile::tempdir_in(folder).expect("a folder");
    let out = profile.path().join("stdout");
    let mut child = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"])
        // Whatever it asks for, it gets no answer: the page has to do without.
        .arg("--host-resolver-rules=MAP * ~NOTFOUND")
        .arg(format!("--user-data-dir={}", profile.path().join("profile").display()))
        .args(args)
        .arg(url)
        .stdout(std::fs::File::create(&out).expect("a file"))
        .stderr(Stdio::null())
        .spawn()
        .expect("the browser starts");
    let until = Instant::now() + Duration::from_secs(90);
    loop {
        match child.try_wait().expect("a status") {
            Some(status) => {
                assert!(status.success(), "the browser ended with {status}");
                break;
            }
            None if Instant::now() > until => {
                let _ = child.kill();
                let _ = child.wait();
                panic!("the browser did not end");
            }
            None => std::thread::sleep(Duration::from_millis(50)),
        }
    }
    std::fs::read_to_string(out).expect("text")
}

/// The report of the sample with its pictures, changed by `change`.
fn page(lang: Lang, change: impl FnOnce(&mut Report)) -> String {
    let (loaded, network, verdicts) = sample::nas();
    let mut report = sample::full(&loaded, &network, &verdicts);
    change(&mut report);
    let draw = |view, options: &svg::Options| {
        picture(&loaded.model, &network, &verdicts, view, lang).ok().map(|p| svg::render(&p, options))
    };
    let part = svg::Options { page: Page::Fit, flow: Flow::Right, legend: false, heading: false, pointers: false };
    let whole = svg::Options { page: Page::Fit, pointers: true, ..svg::Options::default() };
    let finding_svgs = (1..=report.findings.len()).map(|n| draw(View::Finding(n), &part)).collect();
    let svg = draw(View::Whole, &whole);
    html(&report, &HtmlInput { lang, svg, finding_svgs })
}

struct Site {
    folder: tempfile::TempDir,
    browser: PathBuf,
}

impl Site {
    fn new(browser: PathBuf, text: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("report.html"), text).expect("written");
        Self { folder, browser }
    }

    /// The page as it stands once its script has run.
    fn dom(&self, fragment: &str, args: &[&str]) -> String {
        let url = format!("file://{}{fragment}", self.folder.path().join("report.html").display());
        let args: Vec<&str> = args.iter().copied().chain(["--dump-dom"]).collect();
        run(&self.browser, self.folder.path(), &url, &args)
    }

    /// The sizes of the pages it prints, filtered or not.
    fn printed(&self) -> Vec<(i64, i64)> {
        let to = self.folder.path().join("report.pdf");
        let url = format!("file://{}#status=undecided", self.folder.path().join("report.html").display());
        let print = format!("--print-to-pdf={}", to.display());
        run(&self.browser, self.folder.path(), &url, &["--no-pdf-header-footer", print.as_str()]);
        boxes(&std::fs::read(&to).expect("a PDF"))
    }
}

/// Sizes of the pages of a PDF in points, without a reader for PDF: Chromium writes them in the clear.
fn boxes(pdf: &[u8]) -> Vec<(i64, i64)> {
    let text = String::from_utf8_lossy(pdf);
    let size = |t: &str| {
        let inside = t.split('[').nth(1)?.split(']').next()?;
        let n: Vec<f64> = inside.split_whitespace().filter_map(|w| w.parse().ok()).collect();
        Some((n.get(2)?.round() as i64, n.get(3)?.round() as i64))
    };
    text.split("/MediaBox").skip(1).filter_map(size).collect()
}

/// The opening tags that have a text in them.
fn tags<'d>(dom: &'d str, with: &str) -> Vec<&'d str> {
    dom.split('<').skip(1).filter_map(|t| t.split('>').next()).filter(|t| t.contains(with)).collect()
}

fn counted(dom: &str) -> String {
    let text = dom.split("id=\"count\"").nth(1).and_then(|t| t.split('>').nth(1)).and_then(|t| t.split('<').next());
    text.expect("a count").to_owned()
}

#[test]
fn the_script_runs_and_the_filter_starts_open() {
    let Some(browser) = browser() else { return };
    let site = Site::new(browser, &page(Lang::Ja, |_| {}));
    let dom = site.dom("", &[]);
    assert!(dom.contains("class=\"scripted\""), "the policy lets the script of the page run");
    assert!(!tags(&dom, "id=\"filter\"")[0].contains("hidden"));
    let n = tags(&dom, "class=\"item").len();
    assert!(n > 5);
    assert_eq!(counted(&dom), format!("指摘 {n} 件のうち {n} 件を表示"));
}

#[test]
fn the_fragment_filters_by_status_severity_and_words() {
    let Some(browser) = browser() else { return };
    let site = Site::new(browser, &page(Lang::En, |_| {}));
    for (fragment, mark) in [
        ("#status=undecided", "data-status=\"undecided\""),
        ("#severity=critical", "data-severity=\"critical\""),
        ("#status=excepted&severity=low", "id=\"rule-R-RA-02\""),
        ("#text=Counter", "id=\"rule-R-SN-05\""),
    ] {
        let dom = site.dom(fragment, &[]);
        let items = tags(&dom, "class=\"item");
        let (off, on): (Vec<&str>, Vec<&str>) = items.iter().partition(|t| t.contains(" off\""));
        assert!(!on.is_empty() && !off.is_empty(), "{fragment}");
        assert!(on.iter().all(|t| t.contains(mark)), "{fragment}: {on:?}");
        assert!(!off.iter().any(|t| t.contains(mark)), "{fragment}: {off:?}");
        assert_eq!(counted(&dom), format!("{} of {} findings shown", on.len(), items.len()));
    }
}

#[test]
fn a_chosen_finding_is_shown_in_the_diagram() {
    let Some(browser) = browser() else { return };
    let site = Site::new(browser, &page(Lang::Ja, |_| {}));
    for id in ["finding-2", "rule-R-LI-03", "rule-R-SN-05-1"] {
        let dom = site.dom(&format!("#{id}"), &[]);
        let chosen = tags(&dom, &format!(" id=\"{id}\""));
        let chosen = chosen.first().copied().unwrap_or_else(|| tags(&dom, &format!("id=\"{id}\""))[0]);
        assert!(chosen.contains("chosen"), "{chosen}");
        let way: Vec<String> = chosen
            .split("data-path=\"")
            .nth(1)
            .and_then(|t| t.split('"').next())
            .expect("a path")
            .split('\t')
            .map(str::to_owned)
            .collect();
        let lit: Vec<&str> = tags(&dom, "data-node=").into_iter().filter(|t| t.contains("class=\"node on\"")).collect();
        for name in &way {
            let name = format!("data-node=\"{name}\"");
            assert!(lit.iter().any(|t| t.contains(&name)), "{id}: {name} of {way:?} is not lit: {lit:?}");
        }
        let mut unique = way.clone();
        unique.sort();
        unique.dedup();
        assert_eq!(lit.len(), unique.len(), "{id}: nothing else is");
        assert!(dom.contains("class=\"overlay\"") && tags(&dom, "class=\"lit\"").len() == 1);
    }
    let dom = site.dom("", &[]);
    assert!(tags(&dom, "class=\"node on\"").is_empty() && !dom.contains("class=\"overlay\""), "none is without asking");
}

#[test]
fn without_scripts_everything_is_visible() {
    let Some(browser) = browser() else { return };
    let text = page(Lang::Ja, |_| {});
    // With scripts off altogether a headless browser can neither dump nor print, which it does by a script of its own.
    // So it refuses the script of the page, whose hash is another here.
    let refused = text.replacen("script-src 'sha256-", "script-src 'sha256-AAAA", 1);
    assert_ne!(refused, text);
    let site = Site::new(browser.clone(), &refused);
    let dom = site.dom("#status=undecided", &[]);
    assert!(!dom.contains("class=\"scripted\"") && dom.contains("R-SH-01"));
    assert!(!tags(&dom, "class=\"item").iter().any(|t| t.contains(" off")));
    let hidden: Vec<&str> = tags(&dom, " hidden=").into_iter().filter(|t| !t.contains("aria-hidden")).collect();
    let control =
        |t: &&str| ["id=\"filter\"", "class=\"show\"", "id=\"zoom\"", "id=\"lit\""].iter().any(|c| t.contains(c));
    assert!(!hidden.is_empty() && hidden.iter().all(control), "only what needs the script is hidden: {hidden:?}");
    assert_eq!(site.printed(), Site::new(browser, &text).printed(), "the same is printed");
}

#[test]
fn nothing_of_a_hostile_drawing_runs() {
    let Some(browser) = browser() else { return };
    let evil = "x\"><script>document.title='OWNED'</script><img src=x onerror=\"document.title='OWNED'\">";
    let text = page(Lang::Ja, |r| {
        r.drawing = evil.to_owned();
        r.rules[0].id = evil.to_owned();
        r.findings[0].title = diagnostic::Text::new(evil, evil);
    });
    let site = Site::new(browser.clone(), &text);
    let dom = site.dom("#finding-1", &[]);
    assert!(!dom.contains("<title>OWNED") && tags(&dom, "script").iter().filter(|t| **t == "script").count() == 1);
    assert!(dom.contains("class=\"scripted\""));
    // Had something slipped through, the policy would have stopped it: a page into which it was put by force.
    let probe = "<script>document.documentElement.id='OWNED'</script><img src=x onerror=\"document.documentElement.id='OWNED'\">\
        <p id=clicked onclick=\"document.documentElement.id='OWNED'\"></p>";
    let forced = text.replacen("<main", &format!("{probe}<main"), 1);
    assert_ne!(forced, text);
    let dom = Site::new(browser.clone(), &forced).dom("", &[]);
    assert!(!dom.contains("id=\"OWNED\"") && dom.contains("id=\"clicked\""));
    // The probe does run where there is no policy, so its silence above means something.
    let bare = forced.replacen("Content-Security-Policy", "x-none", 1);
    assert!(Site::new(browser, &bare).dom("", &[]).contains("id=\"OWNED\""));
}

#[test]
fn the_page_asks_for_nothing_outside_itself() {
    let text = page(Lang::Ja, |_| {});
    for word in [
        " src=",
        "@import",
        "url(",
        "<link",
        "<iframe",
        "<object",
        "<embed",
        "srcset",
        "<base",
        "<form",
        "javascript:alert(1)\"",
        "<use",
        "xlink",
    ] {
        assert!(!text.contains(word), "{word}");
    }
    let handlers = tags(&text, " on")
        .into_iter()
        .filter(|t| !t.contains('\n'))
        .find(|t| t.split_whitespace().any(|a| a.starts_with("on") && a.contains('=')));
    assert_eq!(handlers, None, "no inline event handlers");
    assert!(text.contains("default-src 'none'"));
}

#[test]
fn it_prints_on_a4_and_a_filter_takes_nothing_away() {
    let Some(browser) = browser() else { return };
    let site = Site::new(browser, &page(Lang::Ja, |_| {}));
    let sizes = site.printed();
    assert!(sizes.len() > 5, "{sizes:?}");
    let a4 = |(w, h): &(i64, i64)| (w.min(h) - 595).abs() <= 1 && (w.max(h) - 842).abs() <= 1;
    assert!(sizes.iter().all(a4), "{sizes:?}");
    assert!(sizes.iter().filter(|(w, h)| w > h).count() <= 1, "only a wide diagram lies: {sizes:?}");
}

#[test]
fn the_program_writes_the_page() {
    let folder = tempfile::tempdir().expect("a folder");
    for (lang, tag) in [("ja", "<html lang=\"ja\">"), ("en", "<html lang=\"en\">")] {
        let to = folder.path().join(format!("{lang}.html"));
        let output = Command::new(env!("CARGO_BIN_EXE_sekisho"))
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .env("SEKISHO_DOT", "none")
            .args(["check", "--lang", lang, "--format", "html", "models/mistakes/e-03-shared-nas.ron", "-o"])
            .arg(&to)
            .output()
            .expect("the program runs");
        assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
        let text = std::fs::read_to_string(&to).expect("a page");
        assert!(text.starts_with("<!DOCTYPE html>\n") && text.contains(tag) && text.ends_with("</html>\n"));
        assert!(text.matches("<svg ").count() > 1 && text.contains("data-node=\"kyoyu-nas\""));
    }
}
