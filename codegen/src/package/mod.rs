//! The generated code as a crate: a manifest, and the runtime that it stands on.

mod enclosing;
mod manifest;
mod path;
mod runtime;

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use semver::{Version, VersionReq};
use toml::Value;

use crate::options::Part;
use crate::output::Output;

pub use enclosing::{Misfit, fit};
pub(crate) use path::relative;
pub use runtime::embedded_runtime;

/// The name of the crate that generated code stands on, and of its folder where it is embedded.
pub const RUNTIME: &str = "writ-runtime";

/// A crate to be made of the files of a contract.
#[derive(Debug, Clone, PartialEq)]
pub struct Package {
    /// The name, legal for cargo.
    pub name: String,
    /// `info.title` of the contract.
    pub description: String,
    /// The features of the runtime that the code needs.
    pub features: Vec<&'static str>,
    /// The parts that stand behind features of the crate.
    pub parts: Vec<Part>,
    /// Further crates that the crate depends on, for types of the user's own.
    pub dependencies: Vec<(String, Value)>,
    /// The cargo workspace of the crate.
    pub workspace: Workspace,
    /// The runtime of the crate. A path begins at the folder of the crate.
    pub runtime: Runtime,
}

/// The cargo workspace of a generated crate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Workspace {
    /// The crate is a workspace of its own.
    #[default]
    Own,
    /// The crate is a member of a workspace that is there already.
    Member,
}

/// The place of the runtime that a generated crate depends on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Runtime {
    /// A copy that is written into the folder of the crate.
    #[default]
    Embedded,
    /// A folder, which other crates can share.
    Path(PathBuf),
    /// A version requirement, resolved by the registry.
    Version(String),
}

/// A name that cargo would refuse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadName(String);

impl Package {
    /// Returns a package of that name, in its own workspace and with an embedded runtime.
    ///
    /// # Errors
    /// If cargo would not take the name.
    pub fn new(name: &str, description: &str, features: &[&'static str], parts: &[Part]) -> Result<Package, BadName> {
        if !is_legal(name) {
            return Err(BadName(name.to_owned()));
        }
        Ok(Package {
            name: name.to_owned(),
            description: description.to_owned(),
            features: features.to_vec(),
            parts: parts.to_vec(),
            dependencies: Vec::new(),
            workspace: Workspace::default(),
            runtime: Runtime::default(),
        })
    }
}

/// True if cargo takes a name for a crate, and no crate of ours has it.
pub fn is_legal(name: &str) -> bool {
    let legal = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    let reserved = ["writ-runtime", "writ_runtime", "test", "core", "std", "alloc", "proc-macro", "proc_macro"];
    name.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && name.chars().all(legal)
        && !reserved.contains(&name)
}

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

impl Runtime {
    /// Returns the runtime of a version requirement.
    ///
    /// # Errors
    /// If it is no version requirement, or does not admit the version that generated code is written for.
    pub fn version(requirement: &str) -> Result<Runtime, String> {
        let parsed = VersionReq::parse(requirement).map_err(|error| format!("no version requirement: {error}"))?;
        let own = env!("CARGO_PKG_VERSION");
        match Version::parse(own) {
            Ok(version) if !parsed.matches(&version) => {
                Err(format!("the generated code is for `{RUNTIME}` {own}, which `{requirement}` excludes"))
            }
            _ => Ok(Runtime::Version(requirement.to_owned())),
        }
    }

    /// Returns the same runtime with its path as it stands in the manifest of a crate in `out`.
    #[must_use]
    pub fn seen_from(&self, out: &Path) -> Runtime {
        match self {
            Runtime::Path(path) => Runtime::Path(relative(out, path).into()),
            other => other.clone(),
        }
    }
}

impl FromStr for Workspace {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Workspace, &'static str> {
        match text {
            "own" => Ok(Workspace::Own),
            "member" => Ok(Workspace::Member),
            _ => Err("write `own` or `member`"),
        }
    }
}

impl FromStr for Runtime {
    type Err = String;

    /// Reads `embedded`, `path:DIR` or `version:REQ`, as on the command line.
    fn from_str(text: &str) -> Result<Runtime, String> {
        match text.split_once(':') {
            None if text == "embedded" => Ok(Runtime::Embedded),
            Some(("path", path)) if !path.is_empty() => Ok(Runtime::Path(path.into())),
            Some(("version", requirement)) => Runtime::version(requirement),
            _ => Err("write `embedded`, `path:DIR` or `version:REQ`".to_owned()),
        }
    }
}

impl fmt::Display for BadName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` cannot name a crate: use letters, digits, `-` and `_`, a letter first", self.0)
    }
}

impl std::error::Error for BadName {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_runtime_is_read_as_it_is_written_on_the_command_line() {
        assert_eq!("embedded".parse(), Ok(Runtime::Embedded));
        assert_eq!("path:../shared".parse(), Ok(Runtime::Path("../shared".into())));
        assert_eq!("version:0.1".parse(), Ok(Runtime::Version("0.1".to_owned())));
        for text in ["", "path", "path:", "version:", "version:one", "embed", "./runtime"] {
            assert!(text.parse::<Runtime>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_version_that_generated_code_is_not_for_is_refused() {
        let error = Runtime::version("99").unwrap_err();
        assert!(error.contains("which `99` excludes"), "{error}");
    }
}
