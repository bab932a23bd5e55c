//! Published contracts, which nobody here wrote: reading them finds nothing wrong that is right.

use std::path::{Path, PathBuf};
use std::time::Instant;

use writ_codegen::diagnostic::{Diagnostics, render};
use writ_codegen::document::{LoadOptions, load};

/// The files of a folder of the corpus, if it is there.
fn corpus(folder: &str) -> Option<Vec<PathBuf>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus").join(folder);
    let entries = std::fs::read_dir(&folder).ok()?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    files.sort();
    Some(files)
}

#[test]
fn published_contracts_are_read_without_an_error() {
    let Some(files) = corpus("real") else {
        eprintln!("skipped: there is no corpus beside the repository");
        return;
    };
    let mut wrong = String::new();
    for file in files {
        let mut diagnostics = Diagnostics::new();
        let begun = Instant::now();
        let document = load(&file, &LoadOptions::default(), &mut diagnostics);
        let took = begun.elapsed();
        let counts = diagnostics.counts();
        eprintln!("{} {counts:?} {took:?}", file.display());
        if std::env::var_os("WRIT_SHOW").is_some() {
            eprintln!("{}", render(&diagnostics, diagnostics.sources(), false));
        }
        if document.is_none() || diagnostics.has_errors() {
            wrong.push_str(&render(&diagnostics, diagnostics.sources(), false));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
