//! The groups and tests of the suite that do not pass, with the reasons.

use std::collections::BTreeMap;

/// The text of the list. A line that starts with `=` is the reason for the entries below it. The entry of a
/// group that the generator rejects is `draft4/ref.json: description`. The entry of a test continues with
/// ` > description`.
const LIST: &str = include_str!("exceptions.txt");

/// The entries of the list with their reasons.
#[derive(Debug, Default)]
pub struct Exceptions {
    entries: BTreeMap<String, &'static str>,
}

impl Exceptions {
    /// Parses the list of exceptions.
    pub fn read() -> Exceptions {
        let mut exceptions = Exceptions::default();
        let mut reason = "";
        for line in LIST.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//")) {
            match line.strip_prefix("= ") {
                Some(why) => reason = why,
                None => {
                    assert!(!reason.is_empty(), "the entry `{line}` has no reason above it");
                    let before = exceptions.entries.insert(line.to_owned(), reason);
                    assert!(before.is_none(), "`{line}` is listed twice");
                }
            }
        }
        exceptions
    }

    /// Returns true if the list contains an entry.
    pub fn lists(&self, entry: &str) -> bool {
        self.entries.contains_key(entry)
    }

    /// Returns every entry with its reason.
    pub fn all(&self) -> impl Iterator<Item = (&str, &'static str)> {
        self.entries.iter().map(|(entry, reason)| (entry.as_str(), *reason))
    }
}
