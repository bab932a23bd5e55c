//! The services that `cargo xtask adopt` creates, as `xtask/adopt/services.toml` lists them.

use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::Deserialize;

use crate::cargo;

/// The folder of the list of services and of the contracts that belong to it.
const FOLDER: &str = "xtask/adopt";

/// A service that is created from a contract, and the implementation of one of its operations.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// The name of the service, from which the names in its workspace derive.
    pub name: String,
    /// The contract in the folder of the list; `None` for a published contract, or for the one that `new` writes.
    contract: Option<PathBuf>,
    /// The contract in the folder of published contracts.
    published: Option<PathBuf>,
    /// True if the checks of this repository create the service.
    #[serde(default)]
    pub checked: bool,
    /// The stores of the service, as the option `--with` names them.
    #[serde(default)]
    pub with: Vec<String>,
    /// The source of the crates of Writ, as the option `--deps` names it.
    #[serde(default = "checkout")]
    pub deps: String,
    /// The id of the operation that is implemented.
    pub operation: String,
    /// The method of the operation that is implemented.
    pub method: String,
    /// The query of a request to the operation that is implemented.
    #[serde(default)]
    pub query: String,
    /// The code that replaces the stub of the operation.
    pub code: String,
}

fn checkout() -> String {
    "path".to_owned()
}

/// The content of the list of services.
#[derive(Deserialize)]
struct List {
    service: Vec<Service>,
}

impl Service {
    /// Reads the list of services.
    pub fn read() -> anyhow::Result<Vec<Service>> {
        let path = cargo::root().join(FOLDER).join("services.toml");
        let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let list: List = toml::from_str(&text).with_context(|| format!("cannot read {}", path.display()))?;
        Ok(list.service)
    }

    /// Returns the path of the contract, or `None` for the one that `new` writes.
    pub fn contract(&self, published: &Path) -> Option<PathBuf> {
        let own = self.contract.as_ref().map(|path| cargo::root().join(FOLDER).join(path));
        own.or_else(|| self.published.as_ref().map(|path| published.join(path)))
    }

    /// Returns the number of lines that are written by hand to implement the operation.
    pub fn lines(&self) -> usize {
        self.code.trim().lines().count()
    }
}
