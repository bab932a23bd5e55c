//! A crate of its own, with the runtime beside it, builds on its own.

use std::fs;

use writ_codegen::package::{Package, wrap};

use crate::contracts::{self, root};
use crate::workspace::{COMPILED, cargo, put, target};

#[test]
fn a_standalone_crate_compiles_on_its_own() {
    // What both stand on is compiled once, and one cargo does not wait for the other.
    assert!(!COMPILED.is_empty());
    let folder = target().join("standalone");
    let package = Package::new("standalone-shop", "A shop", &[], &[]).expect("a name");
    let contract = contracts::generated(&contracts::golden_folder().join("shop/contract.yaml"));
    let whole = wrap(&package, contract).expect("the manifests");
    put(&folder, &whole);
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).expect("the manifest");
    assert!(!manifest.contains(&*root().to_string_lossy()), "it points nowhere outside:\n{manifest}");
    let finished = cargo(
        &folder,
        &target(),
        &["build", "--config", "profile.dev.debug=false", "--config", "profile.dev.incremental=false"],
    );
    assert!(finished.status.success(), "{}", String::from_utf8_lossy(&finished.stderr));
}
