//! What contracts are bent out of.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use writ_codegen::diagnostic::Diagnostics;
use writ_codegen::document::{LoadOptions, load};

/// The contracts of a folder and those below it.
fn contracts(folder: &Path, largest: u64, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    entries.sort();
    for path in entries {
        let small = fs::metadata(&path).is_ok_and(|data| data.len() < largest);
        if path.is_dir() {
            contracts(&path, largest, found);
        } else if small && path.extension().is_some_and(|it| it == "yaml" || it == "yml" || it == "json") {
            found.push(path);
        }
    }
}

/// The contracts of at most so many bytes to begin with, as trees: goldens, this project's own, and
/// published ones where they are there.
pub fn seeds(largest: u64) -> Vec<Value> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    for folder in
        ["tests", "../spec", "../../shared/corpus/features", "../../shared/corpus/invalid", "../../shared/corpus/real"]
    {
        contracts(&here.join(folder), largest, &mut paths);
    }
    let trees = paths.iter().filter_map(|path| {
        let document = load(path, &LoadOptions::default(), &mut Diagnostics::new())?;
        Some(document.root_node().to_json())
    });
    trees.collect()
}
