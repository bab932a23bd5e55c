//! The description of a generated crate.

use std::fmt;
use std::str::FromStr;

use toml::Value;

use super::runtime_source::Runtime;
use crate::options::Part;

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
        write!(f, "`{}` is not a valid crate name: use letters, digits, `-` and `_`, and begin with a letter", self.0)
    }
}

impl std::error::Error for BadName {}
