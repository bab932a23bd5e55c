//! What does not pass, and why.

use std::collections::BTreeMap;

/// The list: a reason after `=`, and below it what it holds for. A group that the generator refuses
/// is `draft4/ref.json: description`; one test of a group has ` > description` after that.
const LIST: &str = include_str!("exceptions.txt");

/// Entries with their reasons.
#[derive(Debug, Default)]
pub struct Exceptions {
    entries: BTreeMap<String, &'static str>,
}

impl Exceptions {
    /// Reads the list.
    pub fn read() -> Exceptions {
        let mut exceptions = Exceptions::default();
        let mut reason = "";
        for line in LIST.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//")) {
            match line.strip_prefix("= ") {
                Some(why) => reason = why,
                None => {
                    assert!(!reason.is_empty(), "no reason stands above `{line}`");
                    let before = exceptions.entries.insert(line.to_owned(), reason);
                    assert!(before.is_none(), "`{line}` is listed twice");
                }
            }
        }
        exceptions
    }

    /// Whether an entry is listed.
    pub fn lists(&self, entry: &str) -> bool {
        self.entries.contains_key(entry)
    }

    /// Every entry with its reason.
    pub fn all(&self) -> impl Iterator<Item = (&str, &'static str)> {
        self.entries.iter().map(|(entry, reason)| (entry.as_str(), *reason))
    }
}
