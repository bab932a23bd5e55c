//! The source from which a generated crate takes the runtime.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use semver::{Version, VersionReq};

use super::path::relative;

/// The name of the runtime crate, and of its folder if it is embedded.
pub const RUNTIME: &str = "writ-runtime";

/// The source of the runtime that a generated crate depends on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Runtime {
    /// A copy of the runtime in the folder of the crate.
    #[default]
    Embedded,
    /// A folder with the runtime, which several crates can share.
    Path(PathBuf),
    /// A version requirement, which cargo resolves in the registry.
    Version(String),
}

impl Runtime {
    /// Returns the runtime of a version requirement.
    ///
    /// # Errors
    /// If the text is not a version requirement, or if it excludes the version that generated code is written
    /// for.
    pub fn version(requirement: &str) -> Result<Runtime, String> {
        let parsed = VersionReq::parse(requirement).map_err(|error| format!("not a version requirement: {error}"))?;
        let own = env!("CARGO_PKG_VERSION");
        match Version::parse(own) {
            Ok(version) if !parsed.matches(&version) => {
                Err(format!("the generated code needs `{RUNTIME}` {own}, which `{requirement}` excludes"))
            }
            _ => Ok(Runtime::Version(requirement.to_owned())),
        }
    }

    /// Returns the runtime for the manifest of a crate in `out`: a path becomes relative to this folder.
    #[must_use]
    pub fn seen_from(&self, out: &Path) -> Runtime {
        match self {
            Runtime::Path(path) => Runtime::Path(relative(out, path).into()),
            other => other.clone(),
        }
    }
}

impl FromStr for Runtime {
    type Err = String;

    /// Parses `embedded`, `path:DIR` or `version:REQ`, the values of the command line.
    fn from_str(text: &str) -> Result<Runtime, String> {
        match text.split_once(':') {
            None if text == "embedded" => Ok(Runtime::Embedded),
            Some(("path", path)) if !path.is_empty() => Ok(Runtime::Path(path.into())),
            Some(("version", requirement)) => Runtime::version(requirement),
            _ => Err("expected `embedded`, `path:DIR` or `version:REQ`".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_of_a_runtime_is_parsed() {
        assert_eq!("embedded".parse(), Ok(Runtime::Embedded));
        assert_eq!("path:../shared".parse(), Ok(Runtime::Path("../shared".into())));
        assert_eq!("version:0.1".parse(), Ok(Runtime::Version("0.1".to_owned())));
        for text in ["", "path", "path:", "version:", "version:one", "embed", "./runtime"] {
            assert!(text.parse::<Runtime>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_version_other_than_that_of_generated_code_is_refused() {
        let error = Runtime::version("99").unwrap_err();
        assert!(error.contains("which `99` excludes"), "{error}");
    }
}
