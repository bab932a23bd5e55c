//! Generated crates that are members of an existing workspace and share one runtime.

use std::path::Path;

use writ_codegen::output::{Output, TOML_HEADER};
use writ_codegen::package::{Misfit, Package, Runtime, Workspace, fit, wrap};

use crate::contracts;
use crate::workspace::{COMPILED, cargo, put, target};

/// The source of a crate that compiles only if both generated crates use one runtime.
const BOTH: &str = r#"
/// The operations of two contracts in one list.
pub fn operations() -> Vec<&'static writ_runtime::Operation> {
    one::operations::ALL.iter().chain(two::operations::ALL).copied().collect()
}
"#;

/// Writes the generated crate of a golden contract into the workspace.
fn member(folder: &Path, name: &str, contract: &str, runtime: &Runtime) {
    let out = folder.join(name);
    assert_eq!(fit(&out, Workspace::Member, runtime), Ok(None), "the workspace needs no change");
    let mut package = Package::new(name, "A member", &[], &[]).expect("a name");
    package.workspace = Workspace::Member;
    package.runtime = runtime.seen_from(&out);
    let contract = contracts::generated(&contracts::golden_folder().join(contract).join("contract.yaml"));
    put(&out, &wrap(&package, contract).expect("the manifests"));
}

#[test]
fn two_members_of_a_workspace_share_one_runtime() {
    // Waits for the other build: it compiles the shared dependencies, and two cargos do not run at once.
    assert!(!COMPILED.is_empty());
    let folder = target().join("members");
    let mut workspace = Output::default();
    let manifest = format!("{TOML_HEADER}\n[workspace]\nresolver = \"3\"\nmembers = [\"both\", \"one\", \"two\"]\n");
    workspace.files.insert("Cargo.toml".to_owned(), manifest);
    let manifest = format!(
        "{TOML_HEADER}\n[package]\nname = \"both\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n\
         one = {{ path = \"../one\" }}\ntwo = {{ path = \"../two\" }}\n\
         writ-runtime = {{ path = \"../one/writ-runtime\" }}\n"
    );
    workspace.files.insert("both/Cargo.toml".to_owned(), manifest);
    workspace.files.insert("both/src/lib.rs".to_owned(), BOTH.to_owned());
    put(&folder, &workspace);
    member(&folder, "one", "shop", &Runtime::Embedded);
    let shared = folder.join("one/writ-runtime");
    let second = fit(&folder.join("two"), Workspace::Member, &Runtime::Embedded);
    assert_eq!(second, Err(Misfit::TwoRuntimes { other: shared.clone() }));
    member(&folder, "two", "responses", &Runtime::Path(shared));
    let arguments =
        ["build", "--workspace", "--config", "profile.dev.debug=false", "--config", "profile.dev.incremental=false"];
    let finished = cargo(&folder, &target(), &arguments);
    assert!(finished.status.success(), "{}", String::from_utf8_lossy(&finished.stderr));
}
