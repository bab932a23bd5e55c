//! The contracts of the corpus that the generator must reject, from a list that the generator's own tests use
//! too.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;

/// The text of the file that lists the test contracts with an expected result, such as a rejection. The file's
/// first lines describe its format.
const LIST: &str = include_str!("../../../codegen/tests/corpus/expected.toml");

/// The contracts that the generator must reject: `folder/file` and the code of the error.
pub struct Expected(BTreeMap<String, String>);

impl Expected {
    /// Parses the list of contracts that the generator must reject.
    pub fn read() -> anyhow::Result<Expected> {
        let list: toml::Table = toml::from_str(LIST).context("cannot read codegen/tests/corpus/expected.toml")?;
        let refused = |entry: &toml::Value| Some(entry.get("refused")?.as_str()?.to_owned());
        Ok(Expected(list.iter().filter_map(|(name, entry)| Some((name.clone(), refused(entry)?))).collect()))
    }

    /// Returns the code of the error that must reject the contract `name` in `folder`, or `None` if the generator
    /// must accept the contract.
    pub fn refusal(&self, folder: &Path, name: &str) -> Option<&str> {
        let folder = folder.canonicalize().ok()?;
        self.0.get(&format!("{}/{name}", folder.file_name()?.to_string_lossy())).map(String::as_str)
    }
}
