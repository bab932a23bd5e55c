//! The results of earlier runs, so that a run continues where the one before it ended.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::Context;

use super::list::Mutant;

/// The beginning of the tests in a file. Tests come last, so they move no mutant.
const TESTS: &str = "\n#[cfg(test)]\nmod tests {";

/// A file with the results of mutants, one in each line. Later lines replace earlier ones.
pub struct Known {
    path: PathBuf,
    results: Mutex<BTreeMap<String, Result>>,
}

/// The result of a mutant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Result {
    /// The change does not compile.
    Unviable,
    /// A test failed.
    Caught,
    /// A test did not end in time.
    Hung,
    /// All tests passed that reach the mutant.
    Survived {
        /// The compiled tests.
        programs: u64,
        /// The number of tests that reach the mutant.
        tests: usize,
    },
}

impl Known {
    /// Reads the results of earlier runs. With `afresh`, only mutants that do not compile are known.
    pub fn read(work: &Path, afresh: bool) -> Self {
        let path = work.join("known.txt");
        let text = fs::read_to_string(&path).unwrap_or_default();
        let mut results: BTreeMap<_, _> = text.lines().filter_map(parse).collect();
        results.retain(|_, result| !afresh || *result == Result::Unviable);
        Self { path, results: Mutex::new(results) }
    }

    /// Returns the result of a mutant of a file with this text, unless it survived.
    pub fn get(&self, mutant: &Mutant, text: &str) -> Option<Result> {
        self.find(&key(mutant, text, None))
    }

    /// Returns the number of compiled tests that a mutant of a file with this text survived.
    pub fn survived(&self, mutant: &Mutant, text: &str, programs: u64) -> Option<usize> {
        match self.find(&key(mutant, text, Some(programs)))? {
            Result::Survived { tests, .. } => Some(tests),
            _ => None,
        }
    }

    fn find(&self, key: &str) -> Option<Result> {
        self.results.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    /// Adds the result of a mutant of a file with this text.
    pub fn add(&self, mutant: &Mutant, text: &str, result: Result) -> anyhow::Result<()> {
        let (word, programs) = match &result {
            Result::Unviable => ("unviable".to_owned(), None),
            Result::Caught => ("caught".to_owned(), None),
            Result::Hung => ("hung".to_owned(), None),
            Result::Survived { programs, tests } => (format!("survived {programs} {tests}"), Some(*programs)),
        };
        let key = key(mutant, text, programs);
        let mut results = self.results.lock().unwrap_or_else(PoisonError::into_inner);
        let file = OpenOptions::new().create(true).append(true).open(&self.path);
        file.and_then(|mut file| file.write_all(format!("{word}\t{key}\n").as_bytes()))
            .with_context(|| format!("cannot write {}", self.path.display()))?;
        results.insert(key, result);
        Ok(())
    }
}

fn parse(line: &str) -> Option<(String, Result)> {
    let (result, key) = line.split_once('\t')?;
    let mut words = result.split(' ');
    let result = match words.next()? {
        "unviable" => Result::Unviable,
        "caught" => Result::Caught,
        "hung" => Result::Hung,
        "survived" => Result::Survived { programs: words.next()?.parse().ok()?, tests: words.next()?.parse().ok()? },
        _ => return None,
    };
    Some((key.to_owned(), result))
}

/// Returns the text of a file without its tests.
pub fn code(text: &str) -> &str {
    text.split_once(TESTS).map_or(text, |(code, _)| code)
}

/// Returns the key of a mutant in the file, or of its survival of compiled tests.
fn key(mutant: &Mutant, text: &str, programs: Option<u64>) -> String {
    let mut hasher = DefaultHasher::new();
    (code(text), programs).hash(&mut hasher);
    format!("{:016x} {}", hasher.finish(), mutant.name)
}

#[cfg(test)]
mod tests {
    use super::super::list::named;
    use super::*;

    #[test]
    fn a_result_stays_known_until_the_code_of_the_file_changes() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (named("one"), named("other"));
        Known::read(folder.path(), false).add(&one, "text", Result::Caught).unwrap();
        let known = Known::read(folder.path(), false);
        assert_eq!(known.get(&one, "text"), Some(Result::Caught));
        assert_eq!(known.get(&one, "text\n#[cfg(test)]\nmod tests {}\n"), Some(Result::Caught));
        assert_eq!((known.get(&one, "changed text"), known.get(&other, "text")), (None, None));
    }

    #[test]
    fn a_mutant_survives_only_the_tests_that_were_tried() {
        let folder = tempfile::tempdir().unwrap();
        let one = named("one");
        Known::read(folder.path(), false).add(&one, "text", Result::Survived { programs: 7, tests: 3 }).unwrap();
        let known = Known::read(folder.path(), false);
        assert_eq!((known.survived(&one, "text", 7), known.survived(&one, "text", 8)), (Some(3), None));
        assert_eq!(known.get(&one, "text"), None);
    }

    #[test]
    fn a_fresh_run_knows_only_what_does_not_compile() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (named("one"), named("other"));
        let known = Known::read(folder.path(), false);
        known.add(&one, "text", Result::Unviable).unwrap();
        known.add(&other, "text", Result::Hung).unwrap();
        let known = Known::read(folder.path(), true);
        assert_eq!((known.get(&one, "text"), known.get(&other, "text")), (Some(Result::Unviable), None));
    }
}
