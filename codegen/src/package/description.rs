//! The description of a generated crate: its name, features, dependencies, workspace and runtime.

use std::fmt;
use std::str::FromStr;

use toml::Value;

use super::runtime_source::Runtime;
use crate::options::Part;
use crate::rust::is_keyword;

/// The description of a generated crate, from which its manifest is written.
///
/// ```
/// use writ_codegen::options::Part;
/// use writ_codegen::package::{Package, Runtime, Workspace};
///
/// let mut package = Package::new("pets-api", "Pets", &[], &[Part::Client])?;
/// package.workspace = Workspace::Member;
/// package.runtime = Runtime::Version("0.1".to_owned());
/// assert!(Package::new("no crate name", "Pets", &[], &[]).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Package {
    /// The name of the generated crate, valid for cargo.
    pub name: String,
    /// The field `description` of the crate's manifest, usually the title of the contract.
    pub description: String,
    /// The cargo features of the crate `writ-runtime` that the generated code requires.
    pub features: Vec<&'static str>,
    /// The optional parts of the generated code, such as a client, each behind a cargo feature of the crate.
    pub parts: Vec<Part>,
    /// The further dependencies of the generated crate, for custom types. Each is a name and a value as in a
    /// `Cargo.toml`.
    pub dependencies: Vec<(String, Value)>,
    /// The relation of the generated crate to a cargo workspace.
    pub workspace: Workspace,
    /// The source of the crate `writ-runtime`. A path is relative to the folder of the generated crate.
    pub runtime: Runtime,
}

/// The relation of a generated crate to a cargo workspace.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Workspace {
    /// The generated crate is the root of a separate workspace.
    #[default]
    Own,
    /// The generated crate is a member of an existing workspace.
    Member,
}

/// The error for a name that is not valid for a generated crate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadName(String);

impl Package {
    /// Creates the description of a generated crate that is a separate workspace and contains a copy of the runtime.
    ///
    /// # Errors
    ///
    /// Returns an error if the name is not valid for a generated crate (see [`is_legal`]).
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

/// Returns true if cargo accepts a name for a crate and the generator does not reserve the name.
pub fn is_legal(name: &str) -> bool {
    let legal = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    let reserved = ["writ-runtime", "writ_runtime", "test", "core", "std", "alloc", "proc-macro", "proc_macro"];
    name.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && name.chars().all(legal)
        && !reserved.contains(&name)
        && !is_keyword(name)
}

impl FromStr for Workspace {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Workspace, &'static str> {
        match text {
            "own" => Ok(Workspace::Own),
            "member" => Ok(Workspace::Member),
            _ => Err("expected `own` or `member`"),
        }
    }
}

impl fmt::Display for BadName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is not a valid crate name: use letters, digits, `-` and `_`, begin with a letter, and use no keyword of Rust",
            self.0
        )
    }
}

impl std::error::Error for BadName {}
