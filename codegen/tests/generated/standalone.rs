//! A generated crate with a copy of the runtime, which builds without any other crate of this repository.

use std::fs;

use writ_codegen::package::{Package, wrap};

use crate::contracts::{self, root};
use crate::workspace::{COMPILED, cargo, put, target};

#[test]
fn a_standalone_crate_compiles_without_this_repository() {
    // Waits for the other build: it compiles the shared dependencies, and two cargos do not run at once.
    assert!(!COMPILED.is_empty());
    let folder = target().join("standalone");
    let package = Package::new("standalone-shop", "A shop", &[], &[]).expect("a name");
    let contract = contracts::generated(&contracts::golden_folder().join("shop/contract.yaml"));
    let files = wrap(&package, contract).expect("the manifests");
    put(&folder, &files);
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).expect("the manifest");
    assert!(!manifest.contains(&*root().to_string_lossy()), "the manifest refers to this repository:\n{manifest}");
    let finished = cargo(
        &folder,
        &target(),
        &["build", "--config", "profile.dev.debug=false", "--config", "profile.dev.incremental=false"],
    );
    assert!(finished.status.success(), "{}", String::from_utf8_lossy(&finished.stderr));
}
