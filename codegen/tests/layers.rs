//! The folders of the deciding stage import one way, and no modules of it import each other.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The folders and files of `src/rust`, each of which imports only from those in the rows before its own.
const LAYERS: &[&[&str]] = &[
    &["code", "mention"],
    &["names", "view"],
    &["plan"],
    &["expr"],
    &["types", "operations", "servers"],
    &["client"],
    &["root"],
];

fn layer(name: &str) -> usize {
    LAYERS.iter().position(|row| row.contains(&name)).unwrap_or_else(|| panic!("`{name}` is in no layer"))
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder of sources").flatten() {
        match entry.path() {
            path if path.is_dir() => sources(&path, found),
            path => found.push(path),
        }
    }
}

/// Every module of the stage, by its path below `rust`, with the modules that it imports from.
fn imports() -> BTreeMap<String, BTreeSet<String>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rust");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let module = |path: &Path| {
        let below = path.strip_prefix(&root).expect("a file below the stage").with_extension("");
        let name = below.to_string_lossy().replace(['/', '\\'], "::");
        name.strip_suffix("::mod").unwrap_or(&name).to_owned()
    };
    let modules: BTreeSet<String> = files.iter().map(|file| module(file)).collect();
    let mut imports = BTreeMap::new();
    for file in &files {
        let text = std::fs::read_to_string(file).expect("a source");
        let paths = text.split("crate::rust::").skip(1).map(|rest| {
            let end = rest.find(|letter: char| !letter.is_alphanumeric() && !matches!(letter, '_' | ':'));
            &rest[..end.unwrap_or(rest.len())]
        });
        let imported = paths.filter_map(|path| {
            let mut known = path;
            while !modules.contains(known) {
                known = known.rsplit_once("::")?.0;
            }
            Some(known.to_owned())
        });
        let name = module(file);
        imports.insert(name.clone(), imported.filter(|other| *other != name).collect());
    }
    imports
}

#[test]
fn folders_import_only_from_the_layers_before_their_own() {
    for (module, imported) in imports().iter().filter(|(module, _)| *module != "mod") {
        let folder = module.split("::").next().unwrap_or_default();
        for other in imported {
            let source = other.split("::").next().unwrap_or_default();
            assert!(source == folder || layer(source) < layer(folder), "`{module}` imports from `{other}`");
        }
    }
}

#[test]
fn no_modules_import_each_other() {
    let mut left = imports();
    // Takes away what imports from nothing that is left, until only cycles are left.
    while let Some(free) = left.iter().find(|(_, imported)| !imported.iter().any(|other| left.contains_key(other))) {
        let free = free.0.clone();
        left.remove(&free);
    }
    assert!(left.is_empty(), "these modules import each other: {:?}", left.keys());
}
