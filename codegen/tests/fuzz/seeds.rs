//! What contracts are bent out of.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use writ_contract::diagnostic::Diagnostics;
use writ_contract::document::{LoadOptions, load};

use crate::parts::parts;

/// How many parts of one contract are taken.
const PARTS: usize = 20;

/// The contracts of a folder and those below it.
fn contracts(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            contracts(&path, found);
        } else if path.extension().is_some_and(|it| it == "yaml" || it == "yml" || it == "json") {
            found.push(path);
        }
    }
}

/// The contracts to begin with, as trees: goldens, this project's own, and published ones where they
/// are there. Those of more than so many bytes are taken in parts: they take too long to be bent often.
pub fn seeds(largest: u64) -> Vec<Value> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    for folder in
        ["tests", "../spec", "../../shared/corpus/features", "../../shared/corpus/invalid", "../../shared/corpus/real"]
    {
        contracts(&here.join(folder), &mut paths);
    }
    let trees = paths.iter().flat_map(|path| {
        let document = load(path, &LoadOptions::default(), &mut Diagnostics::new());
        let Some(tree) = document.map(|document| document.root_node().to_json()) else { return Vec::new() };
        match fs::metadata(path).is_ok_and(|data| data.len() >= largest) {
            // Without the white space, and what several paths share is in several parts.
            true => parts(&tree, usize::try_from(largest / 3).unwrap_or(usize::MAX), PARTS),
            false => vec![tree],
        }
    });
    trees.collect()
}
