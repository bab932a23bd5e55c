//! The source of settings: the variables of the environment and of a file. It also collects the faults in them.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

use super::ConfigError;

/// The variables of the environment and of the configuration file, and the faults found so far in their values.
///
/// A service reads its own settings from the source of its platform. So all missing and invalid settings are reported
/// together, and a variable that no setting reads is reported as probably misspelt.
///
/// ```
/// use writ_platform::config::{Source, parse};
///
/// let variables = [("MUSEUM_OFFERS", "25"), ("MUSEUM_COLOUR", "red")];
/// let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
/// let mut source = Source::new("MUSEUM_", "", variables);
///
/// assert_eq!(source.setting("OFFERS").or(10, parse::count), 25);
/// assert_eq!(source.setting("PAGES").or(10, parse::count), 10);
/// assert_eq!(source.unknown_names(), ["MUSEUM_COLOUR"]);
/// ```
pub struct Source {
    prefix: &'static str,
    values: BTreeMap<String, String>,
    known: BTreeSet<String>,
    faults: BTreeMap<String, String>,
}

/// A variable of a [`Source`] that a setting is read from.
#[derive(Debug)]
pub struct Setting<'a> {
    source: &'a mut Source,
    name: String,
}

/// Prints the names of the variables. Their values can be secrets.
impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.values.keys().filter(|name| name.starts_with(self.prefix)).collect();
        f.debug_struct("Source").field("prefix", &self.prefix).field("names", &names).finish_non_exhaustive()
    }
}

impl Source {
    /// Reads the variables of the environment, and of the file that the variable `CONFIG` with the prefix names.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read.
    pub fn from_environment(prefix: &'static str) -> Result<Source, ConfigError> {
        Source::from_variables(prefix, std::env::vars_os())
    }

    /// Reads the variables of an environment. A variable of another program can have any bytes, but no setting can.
    fn from_variables(
        prefix: &'static str,
        variables: impl Iterator<Item = (OsString, OsString)>,
    ) -> Result<Source, ConfigError> {
        let named = variables.filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string())));
        let (environment, unreadable): (Vec<_>, Vec<_>) = named.partition(|(_, value)| value.is_ok());
        let environment: Vec<_> =
            environment.into_iter().filter_map(|(name, value)| Some((name, value.ok()?))).collect();
        let variable = format!("{prefix}CONFIG");
        let path = environment.iter().find(|(name, value)| *name == variable && !value.is_empty());
        let file = match path.map(|(_, path)| PathBuf::from(path)) {
            Some(path) => std::fs::read_to_string(&path).map_err(|error| ConfigError {
                faults: vec![format!("{variable}: cannot read the file {}: {error}", path.display())],
            })?,
            None => String::new(),
        };
        let mut source = Source::new(prefix, &file, environment);
        for (name, _) in unreadable.iter().filter(|(name, _)| name.starts_with(prefix)) {
            source.fault(name, "must be valid UTF-8");
        }
        Ok(source)
    }

    /// Creates a source from the text of a configuration file and from environment variables.
    ///
    /// The file contains `NAME=value` lines, comments that begin with `#`, and empty lines. A variable of the
    /// environment overrides the file. An empty value counts as absent.
    pub fn new(prefix: &'static str, file: &str, environment: impl IntoIterator<Item = (String, String)>) -> Source {
        let (values, known, faults) = (BTreeMap::new(), BTreeSet::from([format!("{prefix}CONFIG")]), BTreeMap::new());
        let mut source = Source { prefix, values, known, faults };
        for (number, line) in file.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            match line.split_once('=') {
                Some((name, value)) => source.set(name.trim(), unquoted(value.trim())),
                None => source.fault(
                    &format!("{prefix}CONFIG: line {} of the file", number + 1),
                    "must have the form NAME=value",
                ),
            }
        }
        for (name, value) in environment {
            source.set(&name, &value);
        }
        source
    }

    /// Returns the prefix of the variables of the service, for example `WRIT_`.
    pub fn prefix(&self) -> &'static str {
        self.prefix
    }

    /// Returns the name of the service that follows from the prefix, for example `writ` from `WRIT_`. Several settings
    /// have it as their default.
    pub fn service_name(&self) -> String {
        self.prefix.trim_end_matches('_').to_ascii_lowercase().replace('_', "-")
    }

    /// Replaces the value of a variable. An empty value counts as absent and changes nothing.
    pub fn set(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            self.values.insert(name.to_owned(), value.to_owned());
        }
    }

    /// Returns the value of a variable by its complete name.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// Iterates over the names of all variables and their values.
    pub fn values(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Marks the variable of a setting as known, so that its presence is no fault although nothing reads it.
    pub(crate) fn mark_known(&mut self, name: &str) {
        self.known.insert(format!("{}{name}", self.prefix));
    }

    /// Returns the variable of a setting, whose name is the prefix of the service and then `name`.
    pub fn setting(&mut self, name: &str) -> Setting<'_> {
        let name = format!("{}{name}", self.prefix);
        Setting { source: self, name }
    }

    /// Returns the variable `name`, to which the prefix of the service is not added. `DATABASE_URL` is an example.
    pub fn shared_setting(&mut self, name: &str) -> Setting<'_> {
        Setting { name: name.to_owned(), source: self }
    }

    /// Returns the names of variables that begin with the prefix but that no setting has read. Variables of tests
    /// (`TEST_` after the prefix) are not included.
    pub fn unknown_names(&self) -> Vec<String> {
        let ours = |name: &&String| name.strip_prefix(self.prefix).is_some_and(|rest| !rest.starts_with("TEST_"));
        self.values.keys().filter(ours).filter(|name| !self.known.contains(*name)).cloned().collect()
    }

    /// Checks that no variable has a fault.
    ///
    /// # Errors
    /// Returns the faults of all variables.
    pub fn finish(self) -> Result<(), ConfigError> {
        if self.faults.is_empty() {
            return Ok(());
        }
        Err(ConfigError { faults: self.faults.into_iter().map(|(name, fault)| format!("{name}: {fault}")).collect() })
    }

    /// Records a fault of a variable, unless the variable already has one.
    fn fault(&mut self, name: &str, fault: &str) {
        self.faults.entry(name.to_owned()).or_insert_with(|| fault.to_owned());
    }
}

impl Setting<'_> {
    /// Returns the complete name of the variable.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns true if the variable has a value, valid or not.
    pub fn is_set(&self) -> bool {
        self.source.values.contains_key(&self.name)
    }

    /// Returns the parsed value of the variable. Returns `None` if the variable is absent or invalid; the fault of an
    /// invalid value is recorded.
    pub fn optional<T>(self, read: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        self.source.known.insert(self.name.clone());
        match read(self.source.values.get(&self.name)?) {
            Ok(value) => Some(value),
            Err(fault) => {
                self.source.fault(&self.name, &fault);
                None
            }
        }
    }

    /// Returns the parsed value of the variable, or `default` if the variable is absent or invalid.
    pub fn or<T>(self, default: T, read: impl Fn(&str) -> Result<T, String>) -> T {
        self.optional(read).unwrap_or(default)
    }

    /// Returns the value that the table `words` assigns to the text of the variable. Returns `None` if the variable is
    /// absent or the table does not contain its text.
    pub fn one_of<T: Copy>(self, words: &[(&str, T)]) -> Option<T> {
        self.optional(|text| {
            words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value).ok_or_else(|| {
                let words: Vec<_> = words.iter().map(|(word, _)| *word).collect();
                format!("must be one of {}", words.join(", "))
            })
        })
    }

    /// Records a fault of the variable, for example that it is required but absent. A variable that already has a fault
    /// keeps it.
    pub fn missing(self, fault: &str) {
        self.source.known.insert(self.name.clone());
        self.source.fault(&self.name, fault);
    }
}

/// Removes a matching pair of quotes around the value of a variable in the configuration file.
fn unquoted(value: &str) -> &str {
    ['"', '\''].iter().find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote)).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStringExt as _;

    use super::*;

    #[test]
    fn a_variable_that_is_not_utf_8_is_a_fault_only_if_it_is_a_setting() {
        let bytes = || OsString::from_vec(vec![b'a', 0xff]);
        let variables = [("LS_COLORS".into(), bytes()), (bytes(), "1".into()), ("MUSEUM_BIND".into(), bytes())];
        let source = Source::from_variables("MUSEUM_", variables.into_iter()).unwrap();
        assert_eq!(source.finish().unwrap_err().faults, ["MUSEUM_BIND: must be valid UTF-8"]);
    }

    #[test]
    fn the_debug_output_of_a_source_has_the_names_of_its_settings_and_no_value() {
        let settings = [("MUSEUM_BIND", "hush"), ("OTHER", "hush")].map(|(name, value)| (name.into(), value.into()));
        let shown = format!("{:?}", Source::from_variables("MUSEUM_", settings.into_iter()).unwrap());
        assert!(shown.contains("MUSEUM_BIND") && !shown.contains("OTHER") && !shown.contains("hush"), "{shown}");
    }
}
