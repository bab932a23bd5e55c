//! The state of one file in the folder of generated files.

use std::fmt;

/// The state of a file in the folder of generated files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileState {
    /// The file does not exist.
    Missing,
    /// The content of the file is up to date.
    Fresh,
    /// An earlier run wrote the file, and its content has changed. The number of the first line that differs,
    /// starting at 1.
    Stale(usize),
    /// An earlier run wrote the file, and it was edited by hand since.
    Edited,
    /// No earlier run wrote the file.
    NotGenerated,
    /// An earlier run wrote the file, and it is no longer generated.
    Leftover,
    /// An earlier run wrote the file, it was edited by hand since, and it is no longer generated.
    EditedLeftover,
    /// The file is in a folder with a separate manifest, which belongs to another generated crate.
    OtherCrate,
    /// The file is behind a symbolic link.
    Link,
}

impl FileState {
    /// Returns true if the file must not be replaced or removed without a request.
    pub fn is_conflict(self) -> bool {
        self.can_be_overwritten() || matches!(self, FileState::OtherCrate | FileState::Link)
    }

    /// Returns true if the file is replaced or removed on request.
    pub fn can_be_overwritten(self) -> bool {
        matches!(self, FileState::Edited | FileState::NotGenerated | FileState::EditedLeftover)
    }
}

impl fmt::Display for FileState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FileState::Missing => write!(f, "is missing"),
            FileState::Fresh => write!(f, "is up to date"),
            FileState::Stale(line) => write!(f, "differs from the generated file, first in line {line}"),
            FileState::Edited => write!(f, "was edited by hand"),
            FileState::NotGenerated => write!(f, "was not generated"),
            FileState::Leftover => write!(f, "is no longer generated"),
            FileState::EditedLeftover => write!(f, "was edited by hand, and is no longer generated"),
            FileState::OtherCrate => write!(f, "belongs to another generated crate"),
            FileState::Link => write!(f, "is behind a symbolic link"),
        }
    }
}
