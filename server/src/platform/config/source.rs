//! The source of the settings, which also collects their faults.

use std::collections::{BTreeMap, BTreeSet};

use super::ConfigError;

/// The variables of the environment and of the configuration file, and the faults that reading them has found.
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

    /// Returns the value of the variable `name`. Returns `None` if it is absent or invalid, and records the
    /// fault of an invalid value.
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

    /// Returns the value of the variable `name`, or `default` if it is absent or invalid.
    pub fn or<T>(&mut self, name: &'static str, default: T, read: impl Fn(&str) -> Result<T, String>) -> T {
        self.optional(name, read).unwrap_or(default)
    }

    /// Returns the value that `words` assigns to the text of the variable `name`. Returns `None` if the
    /// variable is absent or its text is not one of the words.
    pub fn one_of<T: Copy>(&mut self, name: &'static str, words: &[(&str, T)]) -> Option<T> {
        self.optional(name, |text| {
            words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value).ok_or_else(|| {
                let words: Vec<_> = words.iter().map(|(word, _)| *word).collect();
                format!("must be one of {}", words.join(", "))
            })
        })
    }

    /// Records `fault` for a required variable that is absent, unless the source already has a fault for it.
    pub fn missing(&mut self, name: &'static str, fault: &str) {
        self.known.insert(name);
        if !self.faults.contains_key(name) {
            self.fault(name, fault);
        }
    }

    /// Returns the variables that begin with `WRIT_` but have not been read as a setting.
    pub fn unknown_names(&self) -> Vec<String> {
        let ours = |name: &&String| name.starts_with("WRIT_") && !name.starts_with("WRIT_TEST_");
        let known = |name: &&String| self.known.contains(name.as_str()) || *name == "WRIT_CONFIG";
        self.values.keys().filter(ours).filter(|name| !known(name)).cloned().collect()
    }

    /// Returns `value` if the source has no faults.
    ///
    /// # Errors
    /// Returns all faults.
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

/// Removes matching quotes around a value.
fn unquoted(value: &str) -> &str {
    ['"', '\''].iter().find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote)).unwrap_or(value)
}
