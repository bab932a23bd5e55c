//! The layers of the generator: each folder imports only from folders below it.

#[path = "../runtime/tests/layers/imports.rs"]
mod imports;

use std::path::Path;

/// The folders and files of `src`, the lowest layer first.
const LAYERS: &[&str] = &[
    "options",
    "dependencies",
    "rust::code",
    "version_declaration",
    "rust::mention",
    "rust::comment",
    "rust::names",
    "rust::view",
    "rust::plan",
    "rust::expr",
    "rust::types",
    "rust::operations",
    "rust::events",
    "rust::servers",
    "rust::services",
    "rust::client",
    "rust::fallbacks",
    "rust",
    "output",
    "render",
    "versions",
    "summary",
    "generate",
    "stub",
    "package",
    "settings",
];

#[test]
fn each_folder_imports_only_from_folders_below_it() {
    let src = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"));
    if let Err(faults) = imports::check(src, LAYERS, &[]) {
        panic!("{faults}");
    }
}
