//! Input that nobody would draw: no panic, no hang, always an answer that can be read.
//!
//! Times are far above what is needed and only catch work that grows with the square of the input.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use sekisho::diagnostic::{Diagnostic, Lang, RenderOptions, Severity, render_all};
use sekisho::document::{Failed, LoadError, Loaded, Loader, load};
use sekisho::lint::lint;

/// Files in memory; the first is the drawing.
struct Memory(Vec<(String, String)>);

impl Loader for Memory {
    fn root(&mut self) -> Result<(String, String), LoadError> {
        Ok(self.0[0].clone())
    }

    fn include(&mut self, _: &str, path: &str) -> Result<(String, String), LoadError> {
        self.0.iter().find(|(n, _)| n == path).cloned().ok_or(LoadError::NotFound)
    }
}

/// Reads a text and draws what there is to say, in both languages.
fn read(text: impl Into<String>) -> Result<Loaded, Failed> {
    read_all(vec![("図面.ron".to_owned(), text.into())])
}

fn read_all(files: Vec<(String, String)>) -> Result<Loaded, Failed> {
    let result = load(&mut Memory(files));
    let (diagnostics, sources) = match &result {
        Ok(loaded) => (&loaded.warnings, &loaded.sources),
        Err(failed) => (&failed.diagnostics, &failed.sources),
    };
    for lang in [Lang::Ja, Lang::En] {
        let shown = render_all(diagnostics, sources, &RenderOptions { lang, color: false, width: None });
        assert!(shown.chars().all(|c| c == '\n' || !c.is_control()), "a control character on the screen");
        assert!(shown.len() < 4 << 20, "{} bytes of messages", shown.len());
    }
    if let Err(failed) = &result {
        assert!(failed.diagnostics.iter().any(|d| d.severity == Severity::Error), "failed without an error");
    }
    result
}

fn codes(result: Result<Loaded, Failed>) -> Vec<&'static str> {
    let diagnostics = match result {
        Ok(loaded) => loaded.warnings,
        Err(failed) => failed.diagnostics,
    };
    diagnostics.iter().map(|d: &Diagnostic| d.code.as_str()).collect()
}

/// Runs something that must not take long.
fn quick<T>(what: &str, seconds: u64, run: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let value = run();
    let taken = start.elapsed();
    println!("{what}: {taken:?}");
    assert!(taken < Duration::from_secs(seconds), "{what} took {taken:?}");
    value
}

fn drawing(nodes: &str) -> String {
    format!(
        "Municipality(\n  model: Alpha,\n  segments: {{ \"in\": (layer: Internet), \"lg\": (layer: Lgwan) }},\n  nodes: {{\n{nodes}\n  }},\n)\n"
    )
}

#[test]
fn deep_nesting_is_an_error_not_a_crash() {
    for (open, close) in [("(", ")"), ("[", "]"), ("{1:", "}"), ("Some(", ")"), ("/*", "*/"), ("[(", ")]")] {
        for closed in [true, false] {
            let middle = if closed { close.repeat(10_000) } else { String::new() };
            let text = format!("Municipality(assumptions: {}{middle})", open.repeat(10_000));
            assert!(read(text).is_err(), "{open}");
        }
    }
    assert!(
        read(drawing(&format!("\"a\": Terminal(at: \"in\", controls: {}{})", "[".repeat(100), "]".repeat(100))))
            .is_err()
    );
}

#[test]
fn numbers_beyond_reason() {
    for count in [
        "0",
        "-1",
        "100000001",
        "18446744073709551616",
        "1e30",
        "0x7fffffffffffffff",
        "NaN",
        "1.5",
        "99999999999999999999999999999999999999999",
    ] {
        assert!(read(drawing(&format!("\"a\": Terminal(at: \"in\", count: {count})"))).is_err(), "{count}");
    }
    let most = read(drawing("\"a\": Terminal(at: \"in\", count: 100000000), \"b\": Server(at: \"lg\")"));
    assert!(most.is_ok());
    for port in ["65536", "-1", "99999999999999999999", "1-", "-", ",", "1,,2", "0x50"] {
        let rule = format!(
            "\"f\": Firewall(joins: [\"in\", \"lg\"], default: Deny, rules: [(permit: \"in -> lg tcp {port}\")])"
        );
        assert!(read(drawing(&rule)).is_err(), "{port}");
    }
}

#[test]
fn includes_in_circles_and_long_chains() {
    let file = |i: usize, next: &str| (format!("{i}.ron"), format!("Municipality(include: [\"{next}\"])"));
    assert!(codes(read_all(vec![file(0, "0.ron")])).contains(&"S3002"));
    assert!(codes(read_all(vec![file(0, "1.ron"), file(1, "2.ron"), file(2, "0.ron")])).contains(&"S3002"));
    let chain = (0..2_000).map(|i| file(i, &format!("{}.ron", i + 1))).collect();
    assert_eq!(codes(read_all(chain)), ["S3004"]);
    // A thousand files that each include all others are read once each.
    let all: String = (0..100).map(|i| format!("\"{i}.ron\",")).collect();
    let mesh = (0..100).map(|i| (format!("{i}.ron"), format!("Municipality(include: [{all}])"))).collect();
    assert!(quick("a mesh of includes", 60, || read_all(mesh)).is_err());
}

fn sekisho(folder: &Path, args: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_sekisho"))
        .args(["--lang", "en", "--color", "never"])
        .args(args)
        .current_dir(folder)
        .output()
        .expect("runs");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn includes_cannot_leave_the_folder() {
    let home = tempfile::tempdir().expect("a folder");
    let inside = home.path().join("city");
    std::fs::create_dir(&inside).expect("made");
    std::fs::write(home.path().join("secret.ron"), "Municipality(name: \"secret\")").expect("written");
    let mut ways = vec![
        "../secret.ron".to_owned(),
        "./../secret.ron".to_owned(),
        "x/../../secret.ron".to_owned(),
        home.path().join("secret.ron").display().to_string(),
        "/dev/zero".to_owned(),
        "..".to_owned(),
    ];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("../secret.ron", inside.join("link.ron")).expect("linked");
        std::os::unix::fs::symlink("..", inside.join("up")).expect("linked");
        ways.extend(["link.ron".to_owned(), "up/secret.ron".to_owned()]);
    }
    for way in ways {
        std::fs::write(inside.join("a.ron"), format!("Municipality(model: Alpha, include: [\"{way}\"], segments: {{\"in\": (layer: Internet)}}, nodes: {{\"a\": Terminal(at: \"in\")}})")).expect("written");
        let (code, said) = sekisho(&inside, &["check", "a.ron"]);
        assert_eq!(code, Some(2), "{way}: {said}");
        assert!(said.contains("S300"), "{way}: {said}");
    }
}

#[test]
fn files_that_are_no_text() {
    let home = tempfile::tempdir().expect("a folder");
    let write = |bytes: &[u8]| std::fs::write(home.path().join("a.ron"), bytes).expect("written");
    let mut utf16 = vec![0xff, 0xfe];
    utf16.extend("Municipality()".encode_utf16().flat_map(u16::to_le_bytes));
    for bytes in [
        &b"Municipality(name: \"\x8e\x73\")"[..],
        b"\xff\xfe\xfd",
        b"\x00\x00\x00",
        b"\x80",
        b"\x7fELF\x02\x01",
        &utf16,
    ] {
        write(bytes);
        for verb in ["check", "lint"] {
            let (code, said) = sekisho(home.path(), &[verb, "a.ron"]);
            assert_eq!(code, Some(2), "{bytes:?}: {said}");
            assert!(!said.contains("panicked"), "{said}");
        }
    }
    let (code, said) = sekisho(home.path(), &["check", "."]);
    assert_eq!(code, Some(2), "{said}");
    let (code, said) = sekisho(home.path(), &["check", "missing.ron"]);
    assert!(code == Some(2) && said.contains("missing.ron"), "{said}");
}

fn models() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
    let mut all: Vec<_> = std::fs::read_dir(folder)
        .expect("models")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|e| e == "ron"))
        .map(|path| (path.display().to_string(), std::fs::read_to_string(&path).expect("text")))
        // Regions are read otherwise.
        .filter(|(_, text)| !sekisho::document::is_region(text))
        .collect();
    all.sort();
    all
}

/// A region that is cut off or mixed up is an error, never a crash.
#[test]
fn regions_cut_off_anywhere() {
    let name = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/towns-that-meet.ron");
    let text = std::fs::read_to_string(name).expect("text");
    for at in (0..text.len()).step_by(97) {
        let cut = (at..).find(|&i| text.is_char_boundary(i)).expect("the end is one");
        for odd in [text[..cut].to_owned(), format!("{}$ {}", &text[..cut], &text[cut..])] {
            if let Ok(region) = sekisho::document::load_region(&mut Memory(vec![("region.ron".to_owned(), odd)])) {
                for body in region.leaves() {
                    let _ = region.draw(body, &[]);
                }
            }
        }
    }
}

#[test]
fn files_cut_off_anywhere() {
    for (name, text) in models() {
        for at in (0..text.len()).step_by(97) {
            let cut = (at..).find(|&i| text.is_char_boundary(i)).expect("the end is one");
            if read(&text[..cut]).is_ok() {
                // Only the drawing itself, up to white space and comments behind it.
                assert!(
                    text[cut..].trim().is_empty() || text[cut..].trim_start().starts_with("//"),
                    "{name} cut at {cut} was read"
                );
            }
        }
    }
}

#[test]
fn line_ends_and_marks_do_not_matter() {
    for (name, text) in models() {
        let plain = read(text.as_str()).map_err(|_| ()).expect("a model");
        for odd in [text.replace('\n', "\r\n"), format!("\u{feff}{text}"), format!("{text}\n\n   \n")] {
            let other = read(odd).map_err(|f| format!("{:?}", f.diagnostics)).expect(&name);
            assert_eq!(plain.model.checks.len(), other.model.checks.len(), "{name}");
            assert_eq!(plain.model.permits.len(), other.model.permits.len(), "{name}");
            assert_eq!(plain.warnings.len(), other.warnings.len(), "{name}");
        }
    }
}

#[test]
fn odd_characters() {
    for odd in [
        "\0",
        "\u{1b}[31m",
        "\u{202e}",
        "\u{feff}",
        "\u{200b}",
        "\r",
        "\u{7f}",
        "\u{85}",
        "\u{2028}",
        "\u{e000}",
        "\u{10ffff}",
    ] {
        for text in [
            drawing(&format!("\"a{odd}b\": Terminal(at: \"in\")")),
            drawing(&format!("\"a\": Terminal(at: \"in\", label: \"a{odd}b\")")),
            drawing(&format!("\"a\": {odd}Terminal(at: \"in\")")),
            format!("{odd}{}", drawing("\"a\": Terminal(at: \"in\")")),
        ] {
            let _ = read(text);
        }
    }
    for name in [
        "a\\\"b",
        "a\\nb",
        "a\nb",
        "<script>alert(1)</script>",
        "a<b",
        "'; drop",
        "%s",
        "..",
        "/",
        "-->",
        "\u{301}",
        "🏢",
    ] {
        let _ = read(drawing(&format!(
            "\"{name}\": Terminal(at: \"in\", label: \"<script>&\\\"'\\n\\u{{202e}}\"), \"x\": Server(at: \"{name}\")"
        )));
    }
    // Markup in labels is kept as it is; what draws them must escape it.
    let loaded = read(drawing("\"a\": Terminal(at: \"in\", label: \"<script>\"), \"b\": Server(at: \"lg\")"));
    assert_eq!(
        loaded.map_err(|_| ()).expect("fine").model.nodes.values().next().map(|n| n.label.clone()),
        Some("<script>".to_owned())
    );
}

#[test]
fn five_megabytes_on_one_line() {
    let long = 5 << 20;
    let nodes: String = (0..long / 40).map(|i| format!("\"terminal-{i:08}\": Terminal(at: \"in\"), ")).collect();
    assert!(quick("a drawing on one line", 60, || read(drawing(&nodes))).is_ok());
    assert!(quick("letters", 30, || read("a".repeat(long))).is_err());
    assert!(quick("quotation marks", 30, || read("\"".repeat(long))).is_err());
    quick("one long name", 30, || read(drawing(&format!("\"{}\": Terminal(at: \"in\")", "あ".repeat(long / 3)))))
        .map_err(|_| ())
        .ok();
    assert!(
        quick("one long unknown name", 30, || read(drawing(&format!(
            "\"a\": Terminal(at: \"{}\")",
            "い".repeat(long / 3)
        ))))
        .is_err()
    );
    let wrong: String = (0..long / 40).map(|i| format!("\"terminal-{i:08}\": Terminal(at: \"in\", x: 1), ")).collect();
    assert!(quick("a mistake in every node", 120, || read(drawing(&wrong))).is_err());
}

#[test]
fn a_hundred_thousand_nodes() {
    let n = 100_000;
    let many = |one: &dyn Fn(usize) -> String| drawing(&(0..n).map(|i| one(i) + ",\n").collect::<String>());
    let address = |i: usize| format!("10.{}.{}.{}", i >> 16, i >> 8 & 255, i & 255);
    let plain = many(&|i| {
        format!("\"n{i}\": Server(at: \"{}\", address: \"{}\", controls: [Edr])", ["in", "lg"][i % 2], address(i))
    });
    let loaded = quick("100,000 nodes", 60, || read(plain)).map_err(|_| ()).expect("fine");
    assert_eq!(loaded.model.nodes.len(), n);
    quick("their lint", 60, || lint(&loaded.model));
    assert!(
        quick("the same address", 60, || read(many(&|i| format!(
            "\"n{i}\": Server(at: \"in\", address: \"10.0.0.1\")"
        ))))
        .is_err()
    );
    assert!(
        quick("overlapping ranges", 60, || read(many(&|i| format!(
            "\"n{i}\": Server(at: \"in\", address: \"{}-{}\")",
            address(i),
            address(i + n)
        ))))
        .is_err()
    );
    assert!(quick("unknown networks", 60, || read(many(&|i| format!("\"n{i}\": Server(at: \"in{i}\")")))).is_err());
    assert!(quick("one name", 60, || read(many(&|_| "\"n\": Server(at: \"in\")".to_owned()))).is_err());
    quick("devices", 60, || read(many(&|i| format!("\"n{i}\": Router(joins: [\"in\", \"lg\"])"))))
        .map_err(|_| ())
        .expect("fine");
}

#[test]
fn ten_thousand_rules() {
    let servers: String = (0..10_000)
        .map(|i| format!("\"s{i}\": Server(at: \"lg\", address: \"10.2.{}.{}\"),\n", i >> 8, i & 255))
        .collect();
    let rules: String = (0..10_000).map(|i| format!("(permit: \"in -> s{i} tcp {}\"),\n", 1000 + i)).collect();
    let text = format!(
        "\"pc\": Terminal(at: \"in\", address: \"10.3.0.0/24\"),\n{servers}\"f\": Firewall(joins: [\"in\", \"lg\"], default: Deny, rules: [{rules}(deny: \"any -> any\")]),"
    );
    let loaded = quick("10,000 rules", 60, || read(drawing(&text))).map_err(|f| f.diagnostics).expect("fine");
    let found = quick("their lint", 120, || lint(&loaded.model));
    assert_eq!(found.iter().map(|d| d.code.as_str()).collect::<Vec<_>>(), ["W5004"]);
    // Every rule hidden by one at the top, and every rule a little wider than the one before.
    let hidden: String = (0..10_000).map(|i| format!("(permit: \"in -> 10.2.{}.{}\"),\n", i >> 8, i & 255)).collect();
    let text = format!(
        "\"pc\": Terminal(at: \"in\"), \"s\": Server(at: \"lg\"), \"f\": Firewall(joins: [\"in\", \"lg\"], default: Permit, rules: [(deny: \"any -> any\"), {hidden}]),"
    );
    let loaded = quick("hidden rules", 60, || read(drawing(&text))).map_err(|f| f.diagnostics).expect("fine");
    let found = quick("their lint", 120, || lint(&loaded.model));
    assert_eq!(found.iter().filter(|d| d.code.as_str() == "W5003").count(), 10_000);
    let wider: String = (0..10_000)
        .map(|i| {
            format!(
                "(permit: \"10.3.0.0-10.3.{}.{} -> 10.2.0.0-10.2.{}.{} tcp 1-{}\"),\n",
                i >> 8,
                i & 255,
                i >> 8,
                i & 255,
                1 + i
            )
        })
        .collect();
    let text = format!(
        "\"pc\": Terminal(at: \"in\"), \"s\": Server(at: \"lg\"), \"f\": Firewall(joins: [\"in\", \"lg\"], default: Deny, rules: [{wider}]),"
    );
    let loaded = quick("wider rules", 60, || read(drawing(&text))).map_err(|f| f.diagnostics).expect("fine");
    quick("their lint", 240, || lint(&loaded.model));
}

#[test]
fn much_of_everything_else() {
    let n = 20_000;
    let list = |one: &dyn Fn(usize) -> String| (0..n).map(|i| one(i) + ",").collect::<String>();
    let whole = |fields: String| {
        format!(
            "Municipality(model: Alpha, segments: {{ \"in\": (layer: Internet), \"lg\": (layer: Lgwan) }}, nodes: {{ \"a\": Terminal(at: \"in\"), \"b\": Server(at: \"lg\") }},\n{fields})"
        )
    };
    for (what, fields) in [
        (
            "communications",
            format!(
                "communications: {{ {} }}",
                list(&|i| format!("\"c{i}\": (from: \"a\", to: \"b\", service: \"tcp 1\")"))
            ),
        ),
        ("media", format!("media: {{ {} }}", list(&|i| format!("\"m{i}\": ()")))),
        (
            "carries",
            format!(
                "media: {{ \"m\": () }}, carry: [{}]",
                list(&|_| "(from: \"a\", to: \"b\", medium: \"m\")".to_owned())
            ),
        ),
        (
            "permits",
            format!(
                "permits: [{}]",
                list(&|i| format!("(from: \"in\", to: \"lg\", carries: [Request], via: [\"a\"], reason: \"{i}\")"))
            ),
        ),
        (
            "requirements",
            format!(
                "require: [{}]",
                list(&|_| "Flow(from: \"a\", to: \"b\", carries: Keys, via: \"screan\")".to_owned())
            ),
        ),
        ("types", format!("file_types: {{ \"t\": {{ {} }} }}", list(&|i| format!("\"x{i}\": Block")))),
        ("services", format!("services: {{ {} }}", list(&|i| format!("\"x{i}\": \"tcp {}\"", i % 65536)))),
        ("networks", format!("networks: {{ {} }}", list(&|i| format!("\"x{i}\": (segment: \"in\")")))),
        ("addresses", format!("addresses: {{ \"x\": [{}] }}", list(&|i| format!("\"10.{}.{}.1\"", i >> 8, i & 255)))),
        (
            "expectations",
            format!("expect: [{}]", list(&|_| "Attack(from: \"in\", to: \"lg\", controls: [\"edr@x\"])".to_owned())),
        ),
    ] {
        let _ = quick(what, 60, || read(whole(fields)));
    }
    let segments: String = (0..3_000).map(|i| format!("\"s{i}\": (layer: Internet),")).collect();
    let nodes: String = (0..3_000).map(|i| format!("\"n{i}\": Server(at: \"s{i}\"),")).collect();
    assert!(
        quick("segments", 120, || read(format!(
            "Municipality(model: Alpha, segments: {{ {segments} }}, nodes: {{ {nodes} }})"
        )))
        .is_err()
    );
    let joins: String = (0..5_000).map(|_| "\"in\",").collect();
    for kind in ["Router(joins", "FileShare(joins", "Kvm(connects"] {
        assert!(quick(kind, 60, || read(drawing(&format!("\"r\": {kind}: [{joins}])")))).is_err());
    }
}
