//! The generated code as a crate: its manifest, and the runtime that it depends on.
//!
//! [`Package`] describes the crate, [`fit`] checks that cargo accepts the crate in its folder, and [`wrap`]
//! adds the manifest and the runtime to the generated files.

mod description;
mod enclosing;
mod manifest;
mod path;
mod runtime;
mod runtime_source;

use crate::output::{Output, TOML_HEADER};

pub use description::{BadName, Package, Workspace, is_legal};
pub use enclosing::{Misfit, fit};
pub(crate) use path::{lexical, relative};
pub use runtime::embedded_runtime;
pub use runtime_source::{RUNTIME, Runtime};

/// The settings of `rustfmt` for a generated crate: generated code keeps its layout when its workspace is formatted.
const RUSTFMT: &str = "disable_all_formatting = true\n";

/// Adds a `Cargo.toml` and the settings of `rustfmt` to the files that are generated from a contract, and a copy of the
/// runtime if it is embedded.
///
/// # Errors
///
/// Returns an error if the manifests that are embedded in the generator are not valid TOML, which is a defect of
/// this crate.
pub fn wrap(package: &Package, mut contract: Output) -> Result<Output, toml::de::Error> {
    contract.files.insert("Cargo.toml".to_owned(), manifest::of(package));
    contract.files.insert("rustfmt.toml".to_owned(), format!("{TOML_HEADER}\n{RUSTFMT}"));
    if package.runtime == Runtime::Embedded {
        let runtime = embedded_runtime()?.files.into_iter();
        contract.files.extend(runtime.map(|(path, text)| (format!("{RUNTIME}/{path}"), text)));
    }
    Ok(contract)
}
