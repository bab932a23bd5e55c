//! The contracts that are changed at random.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use writ_contract::diagnostic::Diagnostics;
use writ_contract::document::{LoadOptions, Version, load};

use crate::parts::excerpts;

/// The largest number of excerpts that are taken from one contract.
const EXCERPTS: usize = 20;

/// Collects the contracts in a folder and the folders below it.
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

/// Returns the contracts to start with: those of the tests, of this repository, and published ones if they
/// exist. Contracts of `largest` bytes or more are split into excerpts, since a large contract takes too long.
pub fn seeds(largest: u64) -> Vec<Value> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    for folder in [
        "tests",
        "../spec",
        "../../shared/corpus/features",
        "../../shared/corpus/invalid",
        "../../shared/corpus/real",
        "../../shared/corpus/wire",
    ] {
        contracts(&here.join(folder), &mut paths);
    }
    let trees = paths.iter().flat_map(|path| {
        let document = load(path, &LoadOptions::default(), &mut Diagnostics::new());
        // Loading upgrades a contract of Swagger 2.0, which is to be changed as it is written.
        let tree = document.and_then(|document| match document.written_in() {
            Version::V20 => serde_yaml::from_str(document.sources.text(document.root)).ok(),
            _ => Some(document.root_node().to_json()),
        });
        let Some(tree) = tree else { return Vec::new() };
        match fs::metadata(path).is_ok_and(|data| data.len() >= largest) {
            // An excerpt has no white space, and several excerpts repeat the components that they share.
            true => excerpts(&tree, usize::try_from(largest / 3).unwrap_or(usize::MAX), EXCERPTS),
            false => vec![tree],
        }
    });
    trees.collect()
}
