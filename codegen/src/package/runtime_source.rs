//! The source from which a generated crate takes the runtime crate `writ-runtime`.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use semver::{Version, VersionReq};

use super::path::relative;

/// The name of the runtime crate, and of its folder if it is embedded.
pub const RUNTIME: &str = "writ-runtime";

/// The source of the crate `writ-runtime`, on which a generated crate depends.
///
/// ```
/// use writ_codegen::package::Runtime;
///
/// assert_eq!("path:../runtime".parse(), Ok(Runtime::Path("../runtime".into())));
/// assert_eq!(Runtime::version("0.1"), Ok(Runtime::Version("0.1".to_owned())));
/// // Version 99 of the runtime does not match the generated code.
/// assert!(Runtime::version("99").is_err());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Runtime {
    /// A copy of the runtime is generated into the folder of the crate.
    #[default]
    Embedded,
    /// The runtime is in this folder, which several generated crates can share.
    Path(PathBuf),
    /// Cargo takes the runtime from the registry, by this version requirement.
    Version(String),
}

impl Runtime {
    /// Creates a runtime source from a version requirement such as `0.1`.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is not a version requirement, or if it excludes the runtime version that
    /// matches the generated code.
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

    /// Returns the runtime source for the manifest of a crate in `out`: a path becomes relative to this folder.
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

    /// Parses a runtime source from the command line: `embedded`, `path:DIR` or `version:REQ`.
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
