//! The folders of the crate are layers: each imports only from those below it.

#[path = "../../runtime/tests/layers/imports.rs"]
mod imports;

use std::path::Path;

/// The folders of the crate, from the lowest layer to the highest.
const LAYERS: &[&str] = &["source", "diagnostic", "document", "model"];

#[test]
fn each_folder_imports_only_from_folders_below_it() {
    let src = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"));
    if let Err(faults) = imports::check(src, LAYERS, &[]) {
        panic!("{faults}");
    }
}
