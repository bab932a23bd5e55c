//! The mutants that are known not to compile, so that the next run does not compile them again.

use std::collections::BTreeSet;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::list::Mutant;

/// The mutants that are known not to compile, by the text of their file.
pub struct Known {
    path: PathBuf,
    keys: BTreeSet<String>,
}

impl Known {
    /// Reads the mutants that earlier runs have found.
    pub fn read(work: &Path) -> Self {
        let path = work.join("unviable.txt");
        let text = fs::read_to_string(&path).unwrap_or_default();
        Self { path, keys: text.lines().map(str::to_owned).collect() }
    }

    /// Returns true if the mutant of a file with this text is known not to compile.
    pub fn contains(&self, mutant: &Mutant, text: &str) -> bool {
        self.keys.contains(&key(mutant, text))
    }

    /// Adds mutants with the texts of their files.
    pub fn add<'a>(&mut self, found: impl Iterator<Item = (&'a Mutant, &'a str)>) -> anyhow::Result<()> {
        self.keys.extend(found.map(|(mutant, text)| key(mutant, text)));
        let lines: String = self.keys.iter().map(|key| format!("{key}\n")).collect();
        fs::write(&self.path, lines).with_context(|| format!("cannot write {}", self.path.display()))
    }
}

fn key(mutant: &Mutant, text: &str) -> String {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    format!("{:016x} {}", hasher.finish(), mutant.name)
}

#[cfg(test)]
mod tests {
    use super::super::list::named;
    use super::*;

    #[test]
    fn a_mutant_stays_known_until_its_file_changes() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (named("one"), named("other"));
        Known::read(folder.path()).add([(&one, "text")].into_iter()).unwrap();
        let known = Known::read(folder.path());
        assert!(known.contains(&one, "text"));
        assert!(!known.contains(&one, "changed text") && !known.contains(&other, "text"));
    }
}
