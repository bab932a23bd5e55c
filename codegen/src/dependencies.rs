//! The check that a standalone crate depends on the crates of all custom types (`x-rust-type`).

use writ_contract::diagnostic::{Diagnostic, Diagnostics};
use writ_contract::model::Contract;

use crate::options::Options;

/// Reports each custom type whose crate is not among the dependencies of the standalone crate.
pub fn check_dependencies(contract: &Contract, options: &Options, diagnostics: &mut Diagnostics) {
    let there = |name: &str| {
        let listed = options.dependencies.iter().any(|(known, _)| known.value.replace('-', "_") == name);
        listed || ["std", "core", "alloc", "writ_runtime"].contains(&name)
    };
    for id in contract.schemas.ids() {
        let Some(own) = &contract.schemas.get(id).rust_type else { continue };
        let name = own.path.value.split("::").next().unwrap_or_default();
        if !there(name) {
            let message = format!("the generated crate does not depend on `{name}`");
            diagnostics.push(
                Diagnostic::error("missing-dependency", own.path.span, message)
                    .label("its crate is not a dependency")
                    .help(format!("add it to `[dependencies]` in codegen.toml: `{name} = {{ path = \"..\" }}`")),
            );
        }
    }
}
