//! The generated code as a crate: a manifest, and the runtime that it stands on.

mod description;
mod enclosing;
mod manifest;
mod path;
mod runtime;
mod runtime_source;

use crate::output::Output;

pub use description::{BadName, Package, Workspace, is_legal};
pub use enclosing::{Misfit, fit};
pub(crate) use path::relative;
pub use runtime::embedded_runtime;
pub use runtime_source::{RUNTIME, Runtime};

/// Adds to the files of a contract what makes a crate of them.
///
/// # Errors
/// If the manifests that are part of this program cannot be read, which would be a fault of ours.
pub fn wrap(package: &Package, mut contract: Output) -> Result<Output, toml::de::Error> {
    contract.files.insert("Cargo.toml".to_owned(), manifest::of(package));
    if package.runtime == Runtime::Embedded {
        let runtime = embedded_runtime()?.files.into_iter();
        contract.files.extend(runtime.map(|(path, text)| (format!("{RUNTIME}/{path}"), text)));
    }
    Ok(contract)
}
