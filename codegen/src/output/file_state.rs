//! The state of one file in the folder of generated files.

use std::fmt;

/// The state of a file in the folder of generated files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileState {
    /// The file is not there.
    Missing,
    /// The file is as it would be generated.
    Fresh,
    /// An earlier run wrote the file, which differs from this line on (the first is 1).
    Stale(usize),
    /// An earlier run wrote the file, and it was edited since.
    Edited,
    /// No earlier run wrote the file.
    NotGenerated,
    /// An earlier run wrote the file, which is no longer generated.
    Leftover,
    /// The same of a file that was edited since.
    EditedLeftover,
    /// The file lies in a folder with a manifest of its own.
    OtherCrate,
    /// The file lies behind a symbolic link.
    Link,
}

impl FileState {
    /// True if the file must not be replaced or removed unasked.
    pub fn is_conflict(self) -> bool {
        self.can_be_overwritten() || matches!(self, FileState::OtherCrate | FileState::Link)
    }

    /// True if the file is replaced or removed on request.
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
