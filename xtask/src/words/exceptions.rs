//! The exceptions from the check of comments: sentences that may open without a subject, each with the reason.

use anyhow::{Context, bail};
use serde::Deserialize;

/// The content of the file that lists the exceptions from the check of comments.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    exception: Vec<Entry>,
}

/// An exception from the check of comments, as the file lists it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// The path of the file with the comment, below the root of the repository.
    path: String,
    /// The beginning of the sentence of a comment that may open without a subject.
    sentence: String,
    /// The reason why the sentence of a comment may open without a subject.
    reason: String,
}

/// The exceptions from the check of comments. Each has a flag that is true if a comment needed the exception.
pub struct Exceptions {
    entries: Vec<(Entry, bool)>,
}

impl Exceptions {
    /// Parses the file that lists the exceptions from the check of comments.
    ///
    /// # Errors
    ///
    /// Fails if the text is not TOML of the expected form, or if an exception has no reason.
    pub fn parse(text: &str) -> anyhow::Result<Exceptions> {
        let file: File = toml::from_str(text).context("cannot read the exceptions")?;
        if let Some(entry) = file.exception.iter().find(|entry| entry.reason.trim().is_empty()) {
            bail!("the exception `{}` has no reason", entry.sentence);
        }
        Ok(Exceptions { entries: file.exception.into_iter().map(|entry| (entry, false)).collect() })
    }

    /// Returns true if an exception covers a sentence of the file `path`, and marks this exception as needed.
    pub fn covers(&mut self, path: &str, sentence: &str) -> bool {
        let found = self.entries.iter_mut().find(|(entry, _)| {
            entry.path == path && !entry.sentence.is_empty() && sentence.starts_with(&entry.sentence)
        });
        found.map(|(_, needed)| *needed = true).is_some()
    }

    /// Returns the sentences of the exceptions that no comment needed, so that they can be removed.
    pub fn unused(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().filter(|(_, needed)| !needed).map(|(entry, _)| entry.sentence.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "[[exception]]\npath = \"a.rs\"\nsentence = \"What is\"\nreason = \"A quotation.\"\n";

    #[test]
    fn an_exception_covers_a_sentence_of_its_file_alone() {
        let mut exceptions = Exceptions::parse(FILE).unwrap();
        assert!(!exceptions.covers("b.rs", "What is left."));
        assert!(!exceptions.covers("a.rs", "What was left."));
        assert_eq!(exceptions.unused().collect::<Vec<_>>(), ["What is"]);
        assert!(exceptions.covers("a.rs", "What is left."));
        assert_eq!(exceptions.unused().count(), 0);
    }

    #[test]
    fn an_exception_without_a_reason_is_refused() {
        assert!(Exceptions::parse(&FILE.replace("A quotation.", " ")).is_err());
        assert!(Exceptions::parse(&FILE.replace("reason", "because")).is_err());
    }
}
