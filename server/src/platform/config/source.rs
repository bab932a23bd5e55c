//! The source of configuration settings: the variables of the environment and of a file. It also collects the
//! errors in them.

use std::collections::{BTreeMap, BTreeSet};

use super::ConfigError;

/// The variables of the environment and of the configuration file, and the errors found so far in their values.
#[derive(Debug)]
pub struct Source {
    values: BTreeMap<String, String>,
    known: BTreeSet<&'static str>,
    faults: BTreeMap<String, String>,
}

impl Source {
    /// Creates a source from the text of a configuration file and from environment variables.
    ///
    /// The file contains `NAME=value` lines, comments that begin with `#`, and empty lines. A variable of the
    /// environment overrides the file. An empty value counts as absent.
    pub fn new(file: &str, environment: impl IntoIterator<Item = (String, String)>) -> Source {
        let mut source = Source { values: BTreeMap::new(), known: BTreeSet::new(), faults: BTreeMap::new() };
        for (number, line) in file.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            match line.split_once('=') {
                Some((name, value)) => source.keep(name.trim().to_owned(), unquoted(value.trim()).to_owned()),
                None => source
                    .fault(&format!("WRIT_CONFIG: line {} of the file", number + 1), "must have the form NAME=value"),
            }
        }
        for (name, value) in environment {
            source.keep(name, value);
        }
        source
    }

    /// Returns the parsed value of the configuration variable `name`. Returns `None` if the variable is absent or
    /// invalid; the error of an invalid value is recorded.
    pub fn optional<T>(&mut self, name: &'static str, read: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        self.known.insert(name);
        match read(self.values.get(name)?) {
            Ok(value) => Some(value),
            Err(fault) => {
                self.fault(name, &fault);
                None
            }
        }
    }

    /// Returns the parsed value of the configuration variable `name`, or `default` if the variable is absent or
    /// invalid.
    pub fn or<T>(&mut self, name: &'static str, default: T, read: impl Fn(&str) -> Result<T, String>) -> T {
        self.optional(name, read).unwrap_or(default)
    }

    /// Returns the value that the table `words` assigns to the text of the configuration variable `name`. Returns
    /// `None` if the variable is absent or the table does not contain its text.
    pub fn one_of<T: Copy>(&mut self, name: &'static str, words: &[(&str, T)]) -> Option<T> {
        self.optional(name, |text| {
            words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value).ok_or_else(|| {
                let words: Vec<_> = words.iter().map(|(word, _)| *word).collect();
                format!("must be one of {}", words.join(", "))
            })
        })
    }

    /// Records the error `fault` for a required configuration variable that is absent, unless it already has an
    /// error.
    pub fn missing(&mut self, name: &'static str, fault: &str) {
        self.known.insert(name);
        if !self.faults.contains_key(name) {
            self.fault(name, fault);
        }
    }

    /// Returns the names of configuration variables that begin with `WRIT_` but that no setting has read.
    pub fn unknown_names(&self) -> Vec<String> {
        let ours = |name: &&String| name.starts_with("WRIT_") && !name.starts_with("WRIT_TEST_");
        let known = |name: &&String| self.known.contains(name.as_str()) || *name == "WRIT_CONFIG";
        self.values.keys().filter(ours).filter(|name| !known(name)).cloned().collect()
    }

    /// Returns `value`, the finished configuration, if no variable has an error.
    ///
    /// # Errors
    /// Returns the recorded errors of all variables.
    pub fn finish<T>(self, value: T) -> Result<T, ConfigError> {
        if self.faults.is_empty() {
            return Ok(value);
        }
        Err(ConfigError { faults: self.faults.into_iter().map(|(name, fault)| format!("{name}: {fault}")).collect() })
    }

    fn keep(&mut self, name: String, value: String) {
        if !value.is_empty() {
            self.values.insert(name, value);
        }
    }

    fn fault(&mut self, name: &str, fault: &str) {
        self.faults.insert(name.to_owned(), fault.to_owned());
    }
}

/// Removes a matching pair of quotes around the value of a variable in the configuration file.
fn unquoted(value: &str) -> &str {
    ['"', '\''].iter().find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote)).unwrap_or(value)
}
