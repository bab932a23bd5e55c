//! Which contracts of the corpus are to be refused: the list that the tests of the generator hold it to.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;

/// The list; its head says what stands in it.
const LIST: &str = include_str!("../../../codegen/tests/corpus/expected.toml");

/// The contracts that are to be refused, `folder/file`, with the code of the error.
pub struct Expected(BTreeMap<String, String>);

impl Expected {
    /// Reads the list.
    pub fn read() -> anyhow::Result<Expected> {
        let list: toml::Table = toml::from_str(LIST).context("cannot read codegen/tests/corpus/expected.toml")?;
        let refused = |entry: &toml::Value| Some(entry.get("refused")?.as_str()?.to_owned());
        Ok(Expected(list.iter().filter_map(|(name, entry)| Some((name.clone(), refused(entry)?))).collect()))
    }

    /// The code of the error that is to refuse a contract, by the folder that it is in and its name there.
    pub fn refusal(&self, folder: &Path, name: &str) -> Option<&str> {
        let folder = folder.canonicalize().ok()?;
        self.0.get(&format!("{}/{name}", folder.file_name()?.to_string_lossy())).map(String::as_str)
    }
}
