//! Where settings come from, and the list of everything that is wrong with them.

use std::collections::{BTreeMap, BTreeSet};

use super::ConfigError;

/// Names and values, and what was found wrong so far.
#[derive(Debug)]
pub struct Source {
    values: BTreeMap<String, String>,
    asked: BTreeSet<&'static str>,
    faults: BTreeMap<String, String>,
}

impl Source {
    /// `file` holds `NAME=value` lines, `#` comments and empty lines; `environment` wins over it.
    /// An empty value is none.
    pub fn new(file: &str, environment: impl IntoIterator<Item = (String, String)>) -> Source {
        let mut source = Source { values: BTreeMap::new(), asked: BTreeSet::new(), faults: BTreeMap::new() };
        for (number, line) in file.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            match line.split_once('=') {
                Some((name, value)) => source.keep(name.trim().to_owned(), unquoted(value.trim()).to_owned()),
                None => source.fault(&format!("line {} of the file", number + 1), "is not NAME=value"),
            }
        }
        for (name, value) in environment {
            source.keep(name, value);
        }
        source
    }

    /// The value of `name`, if there is one that can be read.
    pub fn optional<T>(&mut self, name: &'static str, read: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        self.asked.insert(name);
        match read(self.values.get(name)?) {
            Ok(value) => Some(value),
            Err(fault) => {
                self.fault(name, &fault);
                None
            }
        }
    }

    /// The value of `name`, or `default`.
    pub fn or<T>(&mut self, name: &'static str, default: T, read: impl Fn(&str) -> Result<T, String>) -> T {
        self.optional(name, read).unwrap_or(default)
    }

    /// The value of `name` among words.
    pub fn one_of<T: Copy>(&mut self, name: &'static str, words: &[(&str, T)]) -> Option<T> {
        self.optional(name, |text| {
            words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value).ok_or_else(|| {
                let words: Vec<_> = words.iter().map(|(word, _)| *word).collect();
                format!("must be one of {}", words.join(", "))
            })
        })
    }

    /// Records that `name` is needed, unless something worse is known of it.
    pub fn missing(&mut self, name: &'static str) {
        self.asked.insert(name);
        if !self.faults.contains_key(name) {
            self.fault(name, "is required");
        }
    }

    /// Names that begin like ours and that nothing asked for.
    pub fn unasked(&self) -> Vec<String> {
        let ours = |name: &&String| name.starts_with("WRIT_") && !name.starts_with("WRIT_TEST_");
        let asked = |name: &&String| self.asked.contains(name.as_str()) || *name == "WRIT_CONFIG";
        self.values.keys().filter(ours).filter(|name| !asked(name)).cloned().collect()
    }

    /// `value`, unless something was wrong.
    ///
    /// # Errors
    /// Everything that was wrong.
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

fn unquoted(value: &str) -> &str {
    ['"', '\''].iter().find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote)).unwrap_or(value)
}
