//! The contracts of the corpus that the generator must reject. The generator's tests use the list too.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;

/// The text of the list; its first lines describe the format.
const LIST: &str = include_str!("../../../codegen/tests/corpus/expected.toml");

/// The contracts that must be rejected, as `folder/file`, each with the code of the error.
pub struct Expected(BTreeMap<String, String>);

impl Expected {
    /// Parses the list of contracts that the generator must reject.
    pub fn read() -> anyhow::Result<Expected> {
        let list: toml::Table = toml::from_str(LIST).context("cannot read codegen/tests/corpus/expected.toml")?;
        let refused = |entry: &toml::Value| Some(entry.get("refused")?.as_str()?.to_owned());
        Ok(Expected(list.iter().filter_map(|(name, entry)| Some((name.clone(), refused(entry)?))).collect()))
    }

    /// Returns the code of the error that must reject the contract `name` in `folder`, `None` if the contract
    /// must be accepted.
    pub fn refusal(&self, folder: &Path, name: &str) -> Option<&str> {
        let folder = folder.canonicalize().ok()?;
        self.0.get(&format!("{}/{name}", folder.file_name()?.to_string_lossy())).map(String::as_str)
    }
}
