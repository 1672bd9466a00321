//! Lists the files of the shipped rule packs, so that a new edition of the guideline is one new file.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the folder of the packs can be read") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            walk(&path, found);
        } else if path.extension().is_some_and(|x| x == "ron") {
            found.push(path);
        }
    }
}

fn main() {
    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("set by cargo")).join("models/policies");
    println!("cargo:rerun-if-changed={}", root.display());
    let mut files = Vec::new();
    walk(&root, &mut files);
    files.sort();
    let mut code = String::from("pub(super) const SHIPPED: &[(&str, &str)] = &[\n");
    for file in &files {
        // Cargo looks at a folder's own time only, so every file is named.
        println!("cargo:rerun-if-changed={}", file.display());
        let name = file.strip_prefix(&root).expect("under the root").to_string_lossy().replace('\\', "/");
        if name != "matrix.ron" {
            writeln!(code, "    ({name:?}, include_str!({:?})),", file.display().to_string()).expect("a string grows");
        }
    }
    code.push_str("];\n");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("set by cargo")).join("policies.rs");
    std::fs::write(out, code).expect("the list can be written");
}
